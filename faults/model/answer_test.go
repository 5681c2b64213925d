package model

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/faults/report"
)

// Ann's booking waits for her mailed link up to and including the second T. What can happen around it: she confirms, confirms again, cancels; Bob books the same
// time, which then waits for his link, and confirms it; Cid moves his appointment onto it; what has lapsed is written down. Every order of these, at every
// second from T-1 to T+1, must come out as a model says that knows one time and who has it.

// reply is something that happens to a booking that waits.
type reply int

const (
	annAnswers reply = iota
	annAnswersAgain
	annGivesUp
	bobBooks
	bobAnswers
	cidComes
	lapses
	replies
)

func (r reply) String() string {
	return [...]string{"Ann confirms", "Ann confirms again", "Ann cancels", "Bob books", "Bob confirms", "Cid moves", "it is written that it lapsed"}[r]
}

// turn is a reply with when it comes, in seconds after T.
type turn struct {
	reply reply
	at    int64
}

type exchange []turn

func (x exchange) String() string {
	s := ""
	for _, t := range x {
		s += fmt.Sprintf("%s at T%+d, ", t.reply, t.at)
	}
	return s
}

// exchanges are all orders of n different replies, each with all ways to spread them over the three seconds.
func exchanges(n int) iter.Seq[exchange] {
	return func(yield func(exchange) bool) {
		var extend func(x exchange, used uint) bool
		extend = func(x exchange, used uint) bool {
			if len(x) == n {
				return yield(slices.Clone(x))
			}
			first := int64(-1)
			if len(x) > 0 {
				first = x[len(x)-1].at
			}
			for r := range replies {
				for at := first; at <= 1 && used&(1<<r) == 0; at++ {
					if !extend(append(x, turn{r, at}), used|1<<r) {
						return false
					}
				}
			}
			return true
		}
		extend(nil, 0)
	}
}

// awaited is the model: who has the time until when, and how each one's booking stands.
type awaited struct {
	owner  string
	until  int64 // relative to T
	status map[string]booking.Status
	ends   map[string]int64 // of those that wait
	mails  []string
}

func newAwaited() *awaited {
	return &awaited{
		owner: ann, until: 0, status: map[string]booking.Status{ann: booking.Pending, cid: booking.Booked}, ends: map[string]int64{ann: 0},
		mails: []string{"ann pending", "cid booked"},
	}
}

func (m *awaited) at(who string, now int64) booking.Status {
	if s := m.status[who]; s != booking.Pending || now <= m.ends[who] {
		return s
	}
	return booking.Lapsed
}

func (m *awaited) tell(what string) { m.mails = append(m.mails, what) }

// confirm is somebody's mailed link, pressed.
func (m *awaited) confirm(who string, now int64) string {
	switch m.at(who, now) {
	case booking.Pending:
		m.status[who], m.owner, m.until = booking.Booked, who, forGood
		m.tell(who + " booked")
	case booking.Cancelled:
		return "manage.cancelled_already"
	case booking.Lapsed:
		return "confirm.lapsed"
	}
	return ""
}

func (m *awaited) does(r reply, now int64) string {
	free := m.owner == "" || now > m.until
	switch r {
	case annAnswers, annAnswersAgain:
		return m.confirm(ann, now)
	case annGivesUp:
		switch m.at(ann, now) {
		case booking.Lapsed:
			return "confirm.lapsed"
		case booking.Cancelled:
			return "manage.cancelled_already"
		}
		m.status[ann] = booking.Cancelled
		m.owner = ""
		m.tell("ann cancelled")
	case bobBooks:
		if !free {
			return "booking.taken"
		}
		m.owner, m.until, m.status[bob], m.ends[bob] = bob, now+holdFor, booking.Pending, now+holdFor
		m.tell("bob pending")
	case bobAnswers:
		if m.status[bob] != "" {
			return m.confirm(bob, now)
		}
	case cidComes:
		if !free {
			return "booking.taken"
		}
		m.owner, m.until = cid, forGood
		m.tell("cid moved")
	case lapses:
		if m.status[ann] == booking.Pending && m.at(ann, now) == booking.Lapsed {
			m.status[ann] = booking.Lapsed
		}
	}
	return ""
}

// does carries out a reply in the real house.
func (s *scene) answers(r reply) string {
	ctx := s.t.Context()
	confirm := func(who string) string {
		id := s.booked[who]
		if id == "" {
			return ""
		}
		_, err := s.h.room.Confirm(ctx, proven(who+s.name, id), town, id)
		return s.key(err)
	}
	switch r {
	case annAnswers, annAnswersAgain:
		return confirm(ann)
	case annGivesUp:
		id := s.booked[ann]
		_, err := s.h.room.Cancel(ctx, proven(ann+s.name, id), booking.CancelRequest{Org: town, ID: id, Key: s.h.room.Gen.FormKey()})
		return s.key(err)
	case bobBooks:
		return s.book(bob, s.here)
	case bobAnswers:
		return confirm(bob)
	case cidComes:
		return s.does(cidMoves)
	}
	return s.key(s.h.room.Lapse(ctx, town, s.booked[ann]))
}

// exchanged plays an exchange and returns what differed from the model.
func (s *scene) exchanged(x exchange) error {
	if key := s.book(cid, s.there); key != "" {
		return fmt.Errorf("Cid cannot book: %s", key)
	}
	if _, err := s.h.room.Confirm(s.t.Context(), proven(cid+s.name, s.booked[cid]), town, s.booked[cid]); err != nil {
		return fmt.Errorf("Cid cannot confirm: %w", err)
	}
	last := s.h.now().Unix() + holdFor
	if key := s.book(ann, s.here); key != "" {
		return fmt.Errorf("Ann cannot book: %s", key)
	}
	m := newAwaited()
	m.mails = append(m.mails, "cid pending")
	for i, t := range x {
		s.until(time.Unix(last+t.at, 0))
		want, got := m.does(t.reply, t.at), s.answers(t.reply)
		if s.problem != nil {
			return s.problem
		}
		if got != want {
			return fmt.Errorf("after %d replies: told %q, want %q", i+1, got, want)
		}
		if err := s.sameAs(m, t.at); err != nil {
			return fmt.Errorf("after %d replies: %w", i+1, err)
		}
	}
	return nil
}

// sameAs holds database and memory against the model.
func (s *scene) sameAs(m *awaited, now int64) error {
	owner, err := s.owner(s.here)
	if err != nil {
		return err
	}
	wantOwner := m.owner
	if now > m.until {
		wantOwner = ""
	}
	if owner != wantOwner {
		return fmt.Errorf("%q has the time, want %q", owner, wantOwner)
	}
	var mails []string
	for who, id := range s.booked {
		a, err := s.h.st.Appointment(s.t.Context(), town, id)
		if err != nil {
			return err
		}
		if got, want := a.StatusAt(s.h.now().Unix()), m.at(who, now); got != want {
			return fmt.Errorf("%s is %s, want %s", who, got, want)
		}
		told, err := s.column("SELECT n.event FROM notice n JOIN task t ON t.uniq = n.id WHERE n.org = $1 AND n.appointment = $2", string(town), string(id))
		if err != nil {
			return err
		}
		mails = append(mails, named(who, told)...)
	}
	slices.Sort(mails)
	if want := slices.Sorted(slices.Values(m.mails)); !slices.Equal(mails, want) {
		return fmt.Errorf("mails %v, want %v", mails, want)
	}
	board, cell := s.h.room.Board, booking.FirstCell(s.here)
	if taken := board.View(town, s.h.now().Unix()).AnyIn(s.unit, cell, cell+1); board.Ready(town) && taken != (wantOwner != "") {
		return fmt.Errorf("in memory the time is taken: %t, want %t", taken, wantOwner != "")
	}
	return nil
}

func answerPlan() plan {
	p := expiryPlan()
	p.services = map[ids.Service]string{
		"visit": `{"length":"5m","hold":"0m","notice":"0m","horizon":"400d","change_cutoff":"0m","cancel_cutoff":"0m","max_live":0,"confirm_window":"1m"}`,
	}
	return p
}

func (x *expiry) exchanges(list []exchange) {
	x.begin = x.h.now().Unix()/day*day + 2*day
	for _, e := range list {
		if err := x.scene(nil).exchanged(e); err != nil {
			x.t.Errorf("%s%v", e, err)
			return
		}
	}
}

// shortExchanges are all orders of two replies, and some of more.
func shortExchanges(six int) (list []exchange) {
	list = slices.Collect(exchanges(2))
	n := 0
	for e := range exchanges(4) {
		if n++; n%101 == 0 {
			list = append(list, e)
		}
	}
	for e := range exchanges(6) {
		if n++; n%six == 0 {
			list = append(list, e)
		}
	}
	return list
}

func TestConfirmWindowInEveryOrder(t *testing.T) {
	t.Parallel()
	list := shortExchanges(report.Size(4999, 1))
	done := 0
	for chunk := range slices.Chunk(list, bubbleScripts) {
		synctest.Test(t, func(t *testing.T) {
			x := &expiry{t: t, h: open(t, "sqlite::memory:", time.Now, answerPlan()), until: func(at time.Time) { time.Sleep(time.Until(at)) }}
			x.exchanges(chunk)
		})
		if t.Failed() {
			return
		}
		done += len(chunk)
	}
	report.Line(t, "confirmation window in every order, SQLite in a bubble", report.Of(done, "runs"))
}

func TestConfirmWindowInEveryOrderOnPostgres(t *testing.T) {
	t.Parallel()
	c := clock.NewFixed(time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC))
	x := &expiry{t: t, h: open(t, postgresDSN(t), c.Now, answerPlan()), until: c.Set}
	x.exchanges(shortExchanges(report.Size(9999, 97)))
	report.Line(t, "confirmation window in every order, PostgreSQL", report.Of(x.n, "runs"))
}
