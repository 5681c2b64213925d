package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/queue"
	"luukku/store/sqldb"
)

// Lobby is the suite of the lobby: who presses at once, who checks in while the appointment is cancelled, and numbers that many draw.
func Lobby(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"CountersThatPressAtOnceGetDifferentTickets": countersAtOnce,
		"CheckedInTwiceAtOnceIsOneTicket":            checkedInAtOnce,
		"CheckInAgainstCancelAndMove":                checkInAgainstChange,
		"NumbersUnderManyWriters":                    numbersAtOnce,
		"NumbersBeginAgainAfterTheLast":              numbersAgain,
		"CounterThatPressesTwice":                    pressedTwice,
		"UndoAgainstCall":                            undoAgainstCall,
		"PickedByTwoCounters":                        pickedByTwo,
		"FormSentAgainIsTheSameTicket":               ticketAgain,
		"TheDayEndsWhileCountersCall":                endAgainstCall,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// lobbied is the house's room of appointments, as the lobby sees it. A code is the appointment's id.
type lobbied struct{ h *House }

func (l lobbied) ByPIN(ctx context.Context, o ids.Org, _ ids.Office, _, pin string) (queue.Appointment, error) {
	return l.ByID(ctx, o, ids.Appointment(pin))
}

func (l lobbied) ByCode(ctx context.Context, o ids.Org, code string) (queue.Appointment, error) {
	return l.ByID(ctx, o, ids.Appointment(code))
}

func (l lobbied) ByID(ctx context.Context, o ids.Org, id ids.Appointment) (queue.Appointment, error) {
	a, err := l.h.Store.Appointment(ctx, o, id)
	if err != nil {
		return queue.Appointment{}, err
	}
	return queue.Appointment{
		ID: a.ID, Service: a.Service, Office: a.Office, Unit: a.Unit, Start: a.Start, Sequence: a.Sequence, Lang: a.Details.Lang, Owner: a.Owner,
		Good: a.StatusAt(l.h.Clock.Now().Unix()) == booking.Booked,
	}, nil
}

// lobby is the room of the lobby over a house, at half past nine: the office has been open for half an hour.
func (h *House) lobby() *queue.Service {
	h.Clock.Set(time.Unix(at(9, 30), 0))
	return &queue.Service{
		Store: h.Store.Lobby(), Appointments: lobbied{h}, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now,
	}
}

// kiosk is a kiosk of the hall.
func kiosk(name ids.Device) actor.Actor {
	return actor.Actor{Kind: actor.KindDevice, Device: name, DeviceKind: actor.Kiosk, Org: "town", Office: "hall"}
}

func unit(i int) ids.Unit { return ids.Unit("hall.desk-a" + string(rune('a'+i))) }

func clerkAtDesk(i int) actor.Actor { return clerk(fmt.Sprint("at ", i)) }

// opened opens so many counters, each with a clerk of its own.
func opened(t *testing.T, s *queue.Service, n int) {
	t.Helper()
	for i := range n {
		if _, err := s.SetCounter(t.Context(), clerkAtDesk(i), "town", "hall", unit(i), queue.CounterOpened, nil, false); err != nil {
			t.Fatalf("open counter %d: %v", i, err)
		}
	}
}

func taken(t *testing.T, s *queue.Service, n int) (out []queue.Ticket) {
	t.Helper()
	for range n {
		k, err := s.Take(t.Context(), kiosk("k"), queue.TakeRequest{Org: "town", Office: "hall", Service: "passport", Lang: "fi"})
		if err != nil {
			t.Fatalf("take: %v", err)
		}
		out = append(out, k)
	}
	return out
}

func deed(i int, do queue.What, t ids.Ticket) queue.Deed {
	return queue.Deed{Org: "town", Office: "hall", Unit: unit(i), Do: do, Ticket: t, Reason: "other"}
}

// atOneCounter checks that whoever is called or served is at one counter alone, and that the counter says so; it returns who is where.
func atOneCounter(t *testing.T, s *queue.Service) map[ids.Ticket]ids.Unit {
	t.Helper()
	where := map[ids.Ticket]ids.Unit{}
	list, err := s.Store.Counters(t.Context(), "town", "hall")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range list {
		if k.Ticket == "" {
			continue
		}
		if other, twice := where[k.Ticket]; twice {
			t.Fatalf("%s is at %s and at %s", k.Ticket, other, k.Unit)
		}
		where[k.Ticket] = k.Unit
		got, err := s.Store.Ticket(t.Context(), "town", k.Ticket)
		if err != nil || got.Counter != k.Unit || got.State != queue.Called && got.State != queue.Serving {
			t.Fatalf("counter %s has %s, which is %s at %q (%v)", k.Unit, k.Ticket, got.State, got.Counter, err)
		}
	}
	live, err := s.Store.LiveTickets(t.Context(), "town", "hall", queue.DayOf(s.Now().Unix(), s.Now().Location()))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range live {
		if there := k.State == queue.Called || k.State == queue.Serving; there != (where[k.ID] != "") {
			t.Fatalf("%s is %s, and at counter %q", k.Name(), k.State, where[k.ID])
		}
	}
	return where
}

// countersAtOnce has four counters press at once, again and again: everybody is called once, by one of them, and nobody is left.
func countersAtOnce(t *testing.T, e Engine) {
	const counters, people = 4, 42
	h := Open(t, e, counters)
	s := h.lobby()
	opened(t, s, counters)
	taken(t, s, people)
	called := map[ids.Ticket]int{}
	for range people/counters + 2 {
		got := make([]ids.Ticket, counters)
		errs := race(counters, func(i int) error {
			d := deed(i, queue.StepCalled, "")
			d.Finish = true
			out, err := s.Do(t.Context(), clerkAtDesk(i), d)
			got[i] = out.Ticket.ID
			return err
		})
		for i, err := range errs {
			if err != nil {
				t.Fatalf("counter %d: %v", i, err)
			}
			if got[i] == "" {
				continue
			}
			if called[got[i]]++; called[got[i]] > 1 {
				t.Errorf("%s was called twice", got[i])
			}
			if _, err := s.Do(t.Context(), clerkAtDesk(i), deed(i, queue.StepBegun, got[i])); err != nil {
				t.Fatal(err)
			}
		}
		atOneCounter(t, s)
	}
	if len(called) != people {
		t.Errorf("%d of %d were called", len(called), people)
	}
}

// hesitant lets a moment go by between what a deed reads of its counter and what it does, as a busy machine does: whoever pressed at the same time may be done
// by then.
type hesitant struct{ queue.Store }

func (h hesitant) InTx(ctx context.Context, do func(ctx context.Context, tx queue.Tx) error) error {
	return h.Store.InTx(ctx, func(ctx context.Context, tx queue.Tx) error { return do(ctx, hesitantTx{tx}) })
}

type hesitantTx struct{ queue.Tx }

func (h hesitantTx) Counter(ctx context.Context, o ids.Org, office ids.Office, u ids.Unit) (queue.Counter, error) {
	k, err := h.Tx.Counter(ctx, o, office, u)
	time.Sleep(rand.N(20 * time.Millisecond))
	return k, err
}

// pressedTwice has one counter press several times at once, as where a key bounces or a page is open twice: one person is called.
func pressedTwice(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.lobby()
	opened(t, s, 1)
	s.Store = hesitant{s.Store}
	for round := range 8 {
		all := taken(t, s, 4)
		var called queue.Ticket
		for _, err := range race(4, func(int) error {
			out, err := s.Do(t.Context(), clerkAtDesk(0), deed(0, queue.StepCalled, ""))
			if err == nil {
				called = out.Ticket
			}
			return err
		}) {
			if err != nil && !fault.IsKey(err, "queue.busy") {
				t.Errorf("round %d: %v", round, err)
			}
		}
		if where := atOneCounter(t, s); len(where) != 1 || where[called.ID] == "" {
			t.Fatalf("round %d: %v, and %s was called", round, where, called.Name())
		}
		for _, k := range append(all, called) {
			if _, err := s.Do(t.Context(), clerkAtDesk(0), deed(0, queue.StepLeft, k.ID)); err != nil && !fault.IsKey(err, "queue.not_now") {
				t.Fatal(err)
			}
		}
	}
}

func (h *House) booked(t *testing.T, start int64) ids.Appointment {
	t.Helper()
	b, err := h.book(t, "anna", "passport", start)
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment.ID
}

// checkedInAtOnce has somebody check in at eight kiosks at once: they have one ticket, and all kiosks show it.
func checkedInAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 2)
	for round := range 5 {
		h.Clock.Set(Monday)
		id := h.booked(t, at(9, 40)+int64(round)*1200)
		s := h.lobby()
		h.Clock.Set(time.Unix(at(9, 40)+int64(round)*1200, 0))
		got := make([]queue.Arrival, 8)
		in := 0
		for i, err := range race(len(got), func(i int) (err error) {
			got[i], err = s.CheckIn(t.Context(), kiosk(ids.Device(fmt.Sprint(i))), queue.CheckInRequest{Org: "town", Office: "hall", Code: string(id)})
			return err
		}) {
			if err != nil || got[i].Ticket.ID != got[0].Ticket.ID || got[i].Ticket.Number != round+1 {
				t.Errorf("kiosk %d shows %s (%s), %v; the first shows %s", i, got[i].Ticket.Name(), got[i].Verdict, err, got[0].Ticket.Name())
			}
			if got[i].Good() {
				in++
			}
		}
		if in != 1 {
			t.Errorf("%d were let in, want one", in)
		}
	}
}

// checkInAgainstChange has somebody check in while the appointment is cancelled and moved: they have a ticket exactly if the kiosk said so, and then it is for the
// time that was booked.
func checkInAgainstChange(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	h.configurePolicy(t, "passport", `{"length":"20m","hold":"0s","notice":"0s","max_live":0,"change_cutoff":"0s","cancel_cutoff":"0s"}`)
	h.Store.Forget()
	for round := range 12 {
		start := at(10, 0) + int64(round%9)*1200
		h.Clock.Set(Monday)
		id := h.booked(t, start)
		s := h.lobby()
		h.Clock.Set(time.Unix(start-600, 0))
		var in queue.Arrival
		var told error
		race(3, func(i int) error {
			switch i {
			case 0:
				in, told = s.CheckIn(t.Context(), kiosk("k"), queue.CheckInRequest{Org: "town", Office: "hall", Code: string(id)})
			case 1:
				_, _ = h.Booking.Cancel(t.Context(), actor.System("test"), booking.CancelRequest{Org: "town", ID: id, Key: h.Booking.Gen.FormKey()}) // may be too late
			default:
				_, _ = h.Booking.Move(t.Context(), actor.System("test"), booking.MoveRequest{Org: "town", ID: id, Office: "hall", Start: start + 24*3600, Key: h.Booking.Gen.FormKey()})
			}
			return nil
		})
		k, err := s.Store.TicketOf(t.Context(), "town", id)
		switch {
		case told != nil && !fault.Is(told, fault.KindConflict):
			t.Errorf("round %d: %v", round, told)
		case in.Good() && told == nil && (err != nil || k.ID != in.Ticket.ID || k.BookedAt != start):
			t.Errorf("round %d: was let in, and has %+v, %v", round, k, err)
		case (!in.Good() || told != nil) && err == nil:
			t.Errorf("round %d: was told %s (%v), and has ticket %s", round, in.Verdict, told, k.Name())
		}
	}
}

// numbersAtOnce has 32 writers draw numbers: each number is given once, and none is left out, whatever the prefix.
func numbersAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.lobby()
	writers, each := 32, 4
	if e.Options.Isolation == sqldb.Serializable {
		writers = 6 // where they all collide, rather than wait for each other, more of them run out of tries
	}
	got := make([][]queue.Ticket, writers)
	for _, err := range race(writers, func(i int) error {
		for range each {
			k, err := s.Take(t.Context(), kiosk(ids.Device(fmt.Sprint(i))), queue.TakeRequest{Org: "town", Office: "hall", Service: "passport", Lang: "fi"})
			if err != nil {
				return err
			}
			got[i] = append(got[i], k)
		}
		return nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := map[int]bool{}
	for _, list := range got {
		for _, k := range list {
			if seen[k.Number] || k.Number < 1 || k.Number > writers*each || k.Prefix != "A" {
				t.Errorf("%s was given, and a number more than once or one too many", k.Name())
			}
			seen[k.Number] = true
		}
	}
	if len(seen) != writers*each {
		t.Errorf("%d numbers were given, want %d", len(seen), writers*each)
	}
}

// numbersAgain gives the last number of the day's range, and then the first that nobody has; a number that was written by hand is nobody else's.
func numbersAgain(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.lobby()
	day := ""
	take := func(want int) {
		t.Helper()
		k, err := s.Take(t.Context(), kiosk("k"), queue.TakeRequest{Org: "town", Office: "hall", Service: "passport", Lang: "fi"})
		if err != nil || k.Number != want {
			t.Errorf("got %d, %v, want %d", k.Number, err, want)
		}
		day = k.Day
	}
	take(1)
	take(2)
	h.exec(t, `UPDATE ticket_last SET number = 998 WHERE org = 'town'`)
	take(999)
	take(3)
	h.exec(t, `UPDATE ticket SET number = 4 WHERE org = 'town' AND number = 999`)
	take(5)
	if err := s.Store.InTx(t.Context(), func(ctx context.Context, tx queue.Tx) error {
		r := queue.Range{Prefix: "A", First: 1, Last: 5}
		for n, want := range map[int]bool{3: false, 6: true} {
			if got, err := tx.NumberUnused(ctx, "town", "hall", day, r, n); got != want || err != nil {
				t.Errorf("%d is unused: %t, %v, want %t", n, got, err, want)
			}
		}
		if n, err := tx.NextNumber(ctx, "town", "hall", day, r); n != 6 || err != nil {
			t.Errorf("where all wait: got %d, %v, want 6", n, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// undoAgainstCall has a counter undo its call while the other presses.
func undoAgainstCall(t *testing.T, e Engine) {
	h := Open(t, e, 2)
	s := h.lobby()
	opened(t, s, 2)
	for round := range 12 {
		k := taken(t, s, 1)[0]
		out, err := s.Do(t.Context(), clerkAtDesk(0), deed(0, queue.StepCalled, ""))
		if err != nil || out.Ticket.ID != k.ID {
			t.Fatalf("round %d: called %s, %v", round, out.Ticket.Name(), err)
		}
		var other queue.Outcome
		for i, err := range race(2, func(i int) (err error) {
			if i == 0 {
				_, err = s.Do(t.Context(), clerkAtDesk(0), deed(0, queue.StepUndone, k.ID))
				return err
			}
			other, err = s.Do(t.Context(), clerkAtDesk(1), deed(1, queue.StepCalled, ""))
			return err
		}) {
			if err != nil {
				t.Fatalf("round %d: %d was told %v", round, i, err)
			}
		}
		where := atOneCounter(t, s)
		if want := map[bool]ids.Unit{true: unit(1)}[other.Ticket.ID == k.ID]; where[k.ID] != want {
			t.Errorf("round %d: the ticket is at %q, want %q", round, where[k.ID], want)
		}
		n := 0
		if where[k.ID] != "" {
			n = 1
			if _, err := s.Do(t.Context(), clerkAtDesk(1), deed(1, queue.StepLeft, k.ID)); err != nil {
				t.Fatal(err)
			}
		} else if _, err := s.Do(t.Context(), clerkAtDesk(0), deed(0, queue.StepLeft, k.ID)); err != nil {
			t.Fatal(err)
		}
		steps, err := s.Store.Steps(t.Context(), "town", k.ID)
		if err != nil || len(steps) != 4+n {
			t.Errorf("round %d: %d steps, %v", round, len(steps), err)
		}
	}
}

// pickedByTwo has three counters pick the same ticket by hand: one has it, the others are told that it is not as they saw it, or who has it.
func pickedByTwo(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	s := h.lobby()
	opened(t, s, 3)
	for round := range 6 {
		k := taken(t, s, 1)[0]
		won := -1
		for i, err := range race(3, func(i int) error {
			_, err := s.Do(t.Context(), clerkAtDesk(i), deed(i, queue.StepPicked, k.ID))
			return err
		}) {
			switch {
			case err == nil && won >= 0:
				t.Errorf("round %d: %d and %d both have it", round, won, i)
			case err == nil:
				won = i
			case !fault.Is(err, fault.KindConflict):
				t.Errorf("round %d: %d was told %v", round, i, err)
			}
		}
		if where := atOneCounter(t, s); won < 0 || where[k.ID] != unit(won) {
			t.Fatalf("round %d: it is at %q, and %d was told to have it", round, where[k.ID], won)
		}
		if _, err := s.Do(t.Context(), clerkAtDesk(won), deed(won, queue.StepMissed, k.ID)); err != nil {
			t.Fatal(err)
		}
	}
}

// ticketAgain has a kiosk whose answer was lost send its form again: at once, and to another process after the first was killed. Each time it is the same ticket, with
// the same number and the same paper.
func ticketAgain(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.lobby()
	ask := queue.TakeRequest{Org: "town", Office: "hall", Service: "passport", Lang: "fi", Key: h.Booking.Gen.FormKey()}
	got := make([]queue.Ticket, 6)
	for i, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.Take(t.Context(), kiosk("k"), ask)
		return err
	}) {
		if err != nil || got[i].ID != got[0].ID || got[i].Number != 1 {
			t.Errorf("got %s, %v", got[i].Name(), err)
		}
	}
	other := join(h.DB, h.Keys, h.Clock).lobby()
	again, err := other.Take(t.Context(), kiosk("k"), ask)
	if err != nil || again.ID != got[0].ID {
		t.Errorf("another process: got %s, %v", again.Name(), err)
	}
	one, first := s.TokenOf(t.Context(), got[0])
	two, second := other.TokenOf(t.Context(), again)
	if one == "" || one != two || errors.Join(first, second) != nil {
		t.Errorf("the papers differ: %v, %v", first, second)
	}
	if k, err := other.ByToken(t.Context(), "town", two); err != nil || k.ID != again.ID {
		t.Errorf("the paper leads to %s, %v", k.Name(), err)
	}
	ask.Service = "permit"
	if _, err := s.Take(t.Context(), kiosk("k"), ask); !fault.IsKey(err, "form.key_reused") {
		t.Errorf("another form under the key: %v", err)
	}
	if k := taken(t, s, 1)[0]; k.Number != 2 {
		t.Errorf("the next number is %d", k.Number)
	}
}

// endAgainstCall ends the day while counters call and people come: afterwards nobody is at a counter, and whoever came before has ended.
func endAgainstCall(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	s := h.lobby()
	for round := range 5 {
		opened(t, s, 3)
		all := taken(t, s, 5)
		errs := race(4, func(i int) error {
			if i == 3 {
				_, err := s.EndDay(t.Context(), clerkAtDesk(3), "town", "hall")
				return err
			}
			_, err := s.Do(t.Context(), clerkAtDesk(i), deed(i, queue.StepCalled, ""))
			return err
		})
		for i, err := range errs {
			if err != nil && !(i < 3 && fault.IsKey(err, "queue.counter_closed")) {
				t.Errorf("round %d: %d was told %v", round, i, err)
			}
		}
		if where := atOneCounter(t, s); len(where) > 0 {
			t.Errorf("round %d: after the end of the day there are %v", round, where)
		}
		for _, k := range all {
			if got, err := s.Store.Ticket(t.Context(), "town", k.ID); err != nil || got.State.Live() {
				t.Errorf("round %d: %s is %s, %v", round, got.Name(), got.State, err)
			}
		}
	}
}
