package cuts

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/pgtest"
)

// clients is how many book, hold, move and cancel at once.
const clients = 16

// crowd is people who go on booking until they are told to stop; what they were told is in the ledger.
type crowd struct {
	ledger *ledger
	places []place
	bases  []string      // the servers; each person has one, and settles at the next
	rest   time.Duration // between one booking and the next
	all    sync.WaitGroup
	stop   context.CancelFunc
}

// place is where and what can be booked, and all its times.
type place struct {
	service, office string
	starts          []string
}

// places are every service at every office, on so many days.
func (h *town) places(t *testing.T, days int) []place {
	t.Helper()
	var all []place
	for _, service := range []string{"kept", "quick", "long"} {
		for _, office := range []string{"one", "two", "three"} {
			all = append(all, place{service, office, h.starts(t, service, office, days)})
		}
	}
	return all
}

// gather lets people begin. They finish what they have begun when the crowd is told to go home.
func gather(t *testing.T, n int, rest time.Duration, places []place, bases ...string) *crowd {
	ctx, stop := context.WithCancel(context.Background())
	c := &crowd{ledger: newLedger(), places: places, bases: bases, rest: rest, stop: stop}
	t.Cleanup(stop)
	for i := range n {
		c.all.Go(func() { c.person(ctx, i) })
	}
	return c
}

// goHome ends the crowd, and fails the test when somebody is never told what became of their request.
func (c *crowd) goHome(t *testing.T) {
	t.Helper()
	c.stop()
	done := make(chan struct{})
	go func() { c.all.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("somebody still does not know what became of their request")
	}
}

func (c *crowd) person(ctx context.Context, i int) {
	chance := rand.New(rand.NewPCG(uint64(i), 3)) //nolint:gosec // no secret
	for n := 0; ctx.Err() == nil; n++ {
		here := c.bases[(i+n)%len(c.bases)]
		v := &visit{crowd: c, chance: chance, here: newPerson(here), name: fmt.Sprintf("person-%d-%d@town.example", i, n)}
		v.there = v.here.at(c.bases[(i+n+1)%len(c.bases)])
		v.live(context.WithoutCancel(ctx))
		v.here.http.CloseIdleConnections()
		time.Sleep(c.rest)
	}
}

// visit is one person from booking to the end.
type visit struct {
	crowd       *crowd
	chance      *rand.Rand
	here, there *person
	name        string
}

func (v *visit) pick() wanted {
	p := v.crowd.places[v.chance.IntN(len(v.crowd.places))]
	return wanted{p.service, p.office, p.starts[v.chance.IntN(len(p.starts))], v.name}
}

func (v *visit) key(what string) string { return what + "-of-" + v.name }

func (v *visit) likely(percent int) bool { return v.chance.IntN(100) < percent }

// live books, and mostly moves and cancels what was booked.
func (v *visit) live(ctx context.Context) {
	w := v.pick()
	k, a := v.book(ctx, w)
	v.crowd.ledger.told(v.name, k, a)
	if k == nil {
		return
	}
	if v.likely(40) {
		to := v.otherTime(w)
		if to != w.start && v.do(ctx, k, moving(k.code, to, v.key("move"))) {
			k.start, k.moves = to, k.moves+1
		}
	}
	if v.likely(80) {
		k.cancelled = v.do(ctx, k, cancelling(k.code, v.key("cancel")))
	}
}

func (v *visit) otherTime(w wanted) string {
	for _, p := range v.crowd.places {
		if p.service == w.service && p.office == w.office {
			return p.starts[v.chance.IntN(len(p.starts))]
		}
	}
	return w.start
}

// book books by one of the ways, and settles it; nil is a no, with the answer that said so.
func (v *visit) book(ctx context.Context, w wanted) (*kept, answer) {
	last, stopped, ok := byProgram(w, v.key("book")), answer{}, true
	switch way := v.chance.IntN(3); {
	case way == 0:
		last, stopped, ok = v.here.byPages(ctx, w)
	case way == 1 && w.service == "kept":
		last, stopped, ok = v.hold(ctx, w)
	}
	if !ok {
		return nil, stopped
	}
	a := v.settle(ctx, last)
	if a.sure() != yes {
		return nil, a
	}
	code := v.codeOf(ctx, a)
	if v.likely(20) { // the same form once more, as somebody does who is not sure
		again, _ := v.there.settle(ctx, last)
		if got := v.codeOf(ctx, again); again.sure() != yes || got != code {
			v.crowd.ledger.complain("%s was told %s and, asking again, %q: %s", v.name, code, got, again)
		}
	}
	return &kept{code: code, start: w.start}, a
}

func (v *visit) codeOf(ctx context.Context, a answer) string {
	if a.form.leads == "" {
		return a.code()
	}
	return v.here.booked(ctx)
}

// hold keeps the time first, under a session of its own.
func (v *visit) hold(ctx context.Context, w wanted) (last form, stopped answer, ok bool) {
	var held struct{ ID, Session string }
	a := v.here.insist(ctx, holding(w, ""))
	if a.sure() != yes || json.Unmarshal(a.body, &held) != nil {
		return form{}, a, false
	}
	return fromHold(w, held.ID, held.Session, v.key("book")), a, true
}

// do sends a form about a booking and says whether it was done.
func (v *visit) do(ctx context.Context, k *kept, f form) bool {
	a := v.settle(ctx, f)
	if a.sure() != yes {
		k.refused = append(k.refused, a)
	}
	return a.sure() == yes
}

// settle sends a form here, and, when it was left open, there until it is settled.
func (v *visit) settle(ctx context.Context, f form) answer {
	a := v.here.send(ctx, f)
	if a.sure() == unknown {
		var n int
		a, n = v.there.settle(ctx, f)
		v.crowd.ledger.open(n + 1)
	}
	switch a.sure() {
	case yes:
		v.crowd.ledger.saidYes()
	case broken:
		v.crowd.ledger.complain("%s got %s", v.name, a)
	}
	return a
}

// The wire to PostgreSQL is cut before, during and after COMMIT, anywhere, and stands still: every request ends as yes, no, or unknown and then settled by
// the same form again.
func TestDatabaseConnectionCut(t *testing.T) {
	t.Parallel()
	mail := openPost(t)
	direct := pgtest.DSN(t, migrate)
	w := openWire(t, hostOf(t, direct))
	h := open(t, at(t, direct, w.address()), mail)
	c := gather(t, clients, 0, h.places(t, report.Size(3, 40)), h.base)
	happened := w.cutAgainAndAgain(t, report.Size(100, 2000))
	c.goHome(t)
	healthy(t, h.base, 10*time.Second)

	d := openDirect(t, direct)
	states := quiet(t, d, mail, time.Duration(report.Size(3, 300))*time.Second)
	f := c.ledger.compare(t, d)
	f.report(t)
	runs := 0
	for kind := range cuts {
		runs += happened[kind]
		if happened[kind] == 0 {
			t.Errorf("the cut %q never happened", kind)
		}
	}
	if few := runs < 50; c.ledger.unknowns == 0 && !few || c.ledger.acknowledged() == 0 { // one in ten leaves somebody in the dark
		t.Errorf("got %d answers unknown and %d acknowledged: nothing was tried", c.ledger.unknowns, c.ledger.acknowledged())
	}
	if t.Failed() {
		t.Log(lastLines(h.log))
	}
	report.Line(t, "PostgreSQL connection cut", report.Of(runs, "runs"), report.Of(c.ledger.acknowledged(), "acknowledged"), report.Of(f.lost, "lost"),
		report.Of(f.doubles, "doubles"), report.Of(c.ledger.unknowns, "settled by the same form"), report.Of(states["unknown"], "mails unknown"))
}

// cutAgainAndAgain cuts the wire so many times, in every way by turns, while people use it; it returns how often each way happened.
func (w *wire) cutAgainAndAgain(t *testing.T, n int) map[cut]int {
	t.Helper()
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	happened := map[cut]int{}
	stillness := time.Duration(report.Size(1, 5)) * time.Second
	freezes := report.Size(2, n/50)
	for i := range n {
		kind := cut(i) % frozen
		if freezes > 0 && i%max(1, n/freezes) == n/freezes-1 {
			w.freeze(stillness, i%2 == 0)
			happened[frozen]++
			continue
		}
		done := w.arm(kind, chance.Int64N(20_000))
		select {
		case <-done:
			happened[kind]++
		case <-time.After(10 * time.Second):
			t.Fatalf("cut %d (%s) found nothing to cut for 10 s", i, kind)
		}
		time.Sleep(time.Duration(chance.IntN(40)) * time.Millisecond)
	}
	w.disarm()
	return happened
}
