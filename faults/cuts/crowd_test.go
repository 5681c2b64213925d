package cuts

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/pgtest"
)

// engines are the databases on which a crowd meets.
var engines = map[string]func(*testing.T) string{
	"SQLite":     func(*testing.T) string { return "sqlite::memory:" },
	"PostgreSQL": func(t *testing.T) string { return pgtest.DSN(t, migrate) },
}

// way is one of the ways to want a time: what is to be done before, and the form that everybody sends at the same moment.
type way struct {
	name    string
	service string
	keeps   bool // the form keeps the time for a while and books nothing
	moves   bool // the form moves a booking that was made before, to this time
	prepare func(ctx context.Context, p *person, w wanted, elsewhere string) (form, *kept, error)
}

var ways = []way{
	{name: "program", service: "quick", prepare: func(_ context.Context, _ *person, w wanted, _ string) (form, *kept, error) {
		return byProgram(w, "key-of-"+w.email), nil, nil
	}},
	{name: "pages", service: "quick", prepare: func(ctx context.Context, p *person, w wanted, _ string) (form, *kept, error) {
		last, stopped, ok := p.byPages(ctx, w)
		if !ok {
			return form{}, nil, fmt.Errorf("on the way to the last page: %s", stopped)
		}
		return last, nil, nil
	}},
	{name: "move", service: "quick", moves: true, prepare: func(ctx context.Context, p *person, w wanted, elsewhere string) (form, *kept, error) {
		w.start, elsewhere = elsewhere, w.start
		made := p.send(ctx, byProgram(w, "key-of-"+w.email))
		if made.sure() != yes {
			return form{}, nil, fmt.Errorf("book what is to be moved: %s", made)
		}
		return moving(made.code(), elsewhere, "move-of-"+w.email), &kept{code: made.code(), start: w.start}, nil
	}},
	{name: "hold", service: "kept", keeps: true, prepare: func(_ context.Context, _ *person, w wanted, _ string) (form, *kept, error) {
		return holding(w, ""), nil, nil
	}},
	{name: "pick", service: "kept", keeps: true, prepare: func(_ context.Context, _ *person, w wanted, _ string) (form, *kept, error) {
		return picking(w), nil, nil
	}},
}

// rival is one who wants a time, ready to send the form.
type rival struct {
	*person
	way    way
	wanted wanted
	form   form
	kept   *kept
	answer answer
}

// rivals prepares n people, who come by the given ways by turns and want the given times by turns.
func (h *town) rivals(t *testing.T, n int, ways []way, times []wanted, elsewhere []string) []*rival {
	t.Helper()
	all := make([]*rival, n)
	var ready sync.WaitGroup
	var mu sync.Mutex
	moved := 0
	for worker := range 8 {
		ready.Go(func() {
			for i := worker; i < n; i += 8 {
				r := &rival{person: newPerson(h.base), way: ways[i%len(ways)], wanted: times[i/len(ways)%len(times)]}
				if r.wanted.service == "" {
					r.wanted.service = r.way.service
				}
				r.wanted.email = fmt.Sprintf("rival-%s-%d@town.example", strings.NewReplacer(":", "", "+", "").Replace(r.wanted.start), time.Now().UnixNano())
				mu.Lock()
				from := elsewhere[moved%len(elsewhere)]
				if r.way.moves {
					moved++
				}
				mu.Unlock()
				var err error
				if r.form, r.kept, err = r.way.prepare(t.Context(), r.person, r.wanted, from); err != nil {
					t.Errorf("%s: %v", r.way.name, err)
				}
				all[i] = r
			}
		})
	}
	ready.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return all
}

// rush has everybody send their form at the same moment, and writes down what they were told; it returns how many were told yes.
func rush(t *testing.T, l *ledger, all []*rival) (won int) {
	t.Helper()
	var done sync.WaitGroup
	start := make(chan struct{})
	for _, r := range all {
		done.Go(func() {
			<-start
			r.answer = r.send(t.Context(), r.form)
		})
	}
	close(start)
	done.Wait()
	for _, r := range all {
		switch {
		case r.answer.sure() == yes:
			won++
		case r.answer.status != 409:
			l.complain("%s by %s: neither got the time nor was told that it is taken: %s", r.wanted.email, r.way.name, r.answer)
		}
		r.note(t.Context(), l)
		r.http.CloseIdleConnections()
	}
	return won
}

// note writes down what a rival was told.
func (r *rival) note(ctx context.Context, l *ledger) {
	won := r.answer.sure() == yes
	switch {
	case r.way.keeps:
	case r.way.moves:
		if won {
			r.kept.start, r.kept.moves = r.wanted.start, 1
		}
		l.told(r.wanted.email, r.kept, r.answer)
	case !won:
		l.told(r.wanted.email, nil, r.answer)
	case r.form.leads != "":
		l.told(r.wanted.email, &kept{code: r.booked(ctx), start: r.wanted.start}, r.answer)
	default:
		l.told(r.wanted.email, &kept{code: r.answer.code(), start: r.wanted.start}, r.answer)
	}
}

// Many want one time at the same moment, by every way and by all ways together: as many as there are counters get it, and everybody else is told that it
// was taken.
func TestOneTimeForMany(t *testing.T) {
	t.Parallel()
	for name, dsn := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mail := openPost(t)
			h := open(t, dsn(t), mail)
			l := newLedger()
			runs, granted, wrong := 0, 0, 0
			for k, office := range []string{"one", "two", "three"} {
				starts := h.starts(t, "quick", office, 50)
				elsewhere := starts[len(starts)/2:]
				for round := range report.Size(1, 10) {
					for i, c := range contests(k + 1) {
						at := starts[(round*20+i)*3%(len(starts)/2)]
						won := rush(t, l, h.rivals(t, c.n, c.ways, []wanted{{office: office, start: at}}, elsewhere[round*200%(len(elsewhere)-200):]))
						runs, granted = runs+1, granted+won
						if won != k+1 {
							wrong++
							t.Errorf("%d of %d got one time at %d counters, %s at %s", won, c.n, k+1, at, office)
						}
					}
				}
			}
			quiet(t, h.data, mail, 10*time.Second)
			f := l.compare(t, h.data)
			f.report(t)
			report.Line(t, "many for one time on "+name, report.Of(runs, "runs"), report.Of(granted, "acknowledged"), report.Of(f.lost, "lost"),
				report.Of(f.doubles, "doubles"), report.Of(wrong, "wrong numbers"))
		})
	}
}

// contest is how many want one time, and by which ways.
type contest struct {
	n    int
	ways []way
}

// contests are fifty by all ways together, and five hundred for the three counters; at night fifty and five hundred by each way and by all.
func contests(counters int) []contest {
	if !report.Night() {
		if counters == 3 {
			return []contest{{500, ways}}
		}
		return []contest{{50, ways}}
	}
	all := []contest{{50, ways}, {500, ways}}
	for _, w := range ways {
		all = append(all, contest{50, []way{w}})
	}
	return append(all, contest{500, ways[:1]}, contest{500, ways[3:4]})
}

// Many want times of two lengths that overlap: whoever gets one has all of it, nobody shares a counter, and no transactions wait for each other in circles.
func TestOverlappingTimes(t *testing.T) {
	t.Parallel()
	for name, dsn := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, dsn(t), openPost(t))
			l := newLedger()
			quick, long := h.starts(t, "quick", "three", 40), h.starts(t, "long", "three", 40)
			elsewhere := quick[len(quick)/2:]
			runs, granted := report.Size(6, 100), 0
			for i := range runs {
				day := i % 20
				first := day*30 + i/20%5*3 // 30 quick ones and 20 long ones a day: two long ones lie over three quick ones
				times := []wanted{
					{service: "quick", office: "three", start: quick[first+1]}, {service: "long", office: "three", start: long[first/3*2]},
					{service: "quick", office: "three", start: quick[first]}, {service: "long", office: "three", start: long[first/3*2+1]},
				}
				both := []way{ways[0], {name: "program again", prepare: ways[0].prepare}}
				granted += rush(t, l, h.rivals(t, 60, both, times, elsewhere))
				if n := h.data.Stats().Retries; n > 0 {
					t.Errorf("%d transactions were broken off because they waited in a circle", n)
					break
				}
			}
			f := l.compare(t, h.data)
			f.report(t)
			report.Line(t, "overlapping times on "+name, report.Of(runs, "runs"), report.Of(granted, "acknowledged"), report.Of(f.lost, "lost"), report.Of(f.doubles, "doubles"))
		})
	}
}
