package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
)

// Waiting is the suite of the waiting list: freed times and their offers.
func Waiting(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"OfManyWhoAnswerOneGetsTheTime":  oneOfMany,
		"FreedTimeIsNobodyElses":         nobodyElses,
		"NextTurnAfterTheLastSecond":     nextTurn,
		"AcceptedTwiceIsTheSame":         acceptedTwice,
		"EarlierTimeMovesAndGoesOn":      earlierMoves,
		"MovedMeanwhileIsOfferedNothing": movedMeanwhile,
		"OfManyWhoRecordCareOneIsFirst":  careRecordedAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// queue lets people wait for the service "passport".
func (h *House) queue(t *testing.T, how catalog.Waiting) {
	t.Helper()
	way := map[catalog.Waiting]string{catalog.WaitingTurn: "turn", catalog.WaitingFirst: "first"}[how]
	h.configurePolicy(t, "passport", fmt.Sprintf(`{"length":"20m","hold":"0s","notice":"0s","max_live":0,"waiting_list":%q,"offer_window":"1h","change_cutoff":"0s","cancel_cutoff":"0s"}`, way))
	h.Store.Forget()
}

func (h *House) waits(t *testing.T, who string, moves ids.Appointment) booking.Waiter {
	t.Helper()
	d := details(who)
	d.Email = who + "@example.org"
	asks := visitor(who)
	if moves != "" {
		asks.Proven = []actor.Appointment{{Org: "town", ID: moves}}
	}
	e, err := h.Booking.Wait(t.Context(), asks, booking.WaitRequest{Org: "town", Service: "passport", Details: d, Moves: moves, Key: h.Booking.Gen.FormKey()})
	if err != nil {
		t.Fatalf("wait: %v", err)
	}
	h.Clock.Set(h.Clock.Now().Add(time.Second))
	return e
}

// cancelled books a time, gives it up, and returns what became of it.
func (h *House) cancelled(t *testing.T, start int64) booking.Freed {
	t.Helper()
	b, err := h.book(t, "the one who cancels", "passport", start)
	if err != nil {
		t.Fatalf("book: %v", err)
	}
	h.cancel(t, b.Appointment.ID)
	return h.open(t)
}

func (h *House) cancel(t *testing.T, id ids.Appointment) {
	t.Helper()
	_, err := h.Booking.Cancel(t.Context(), actor.System("test"), booking.CancelRequest{Org: "town", ID: id, Key: h.Booking.Gen.FormKey()})
	if err != nil {
		t.Fatalf("cancel: %v", err)
	}
}

// open is the freed time that was kept last, and is offered in its first round.
func (h *House) open(t *testing.T) booking.Freed {
	t.Helper()
	var id string
	if err := h.DB.Reader().QueryRowContext(t.Context(), "SELECT id FROM freed WHERE org = 'town' AND state = 'open' AND round = 0").Scan(&id); err != nil {
		t.Fatalf("nothing was kept for those who wait: %v", err)
	}
	h.offer(t, ids.Freed(id), 0)
	return h.freed(t, ids.Freed(id))
}

func (h *House) offer(t *testing.T, id ids.Freed, round int64) {
	t.Helper()
	if err := h.Booking.OfferNext(t.Context(), "town", id, round); err != nil {
		t.Fatalf("offer: %v", err)
	}
}

func (h *House) freed(t *testing.T, id ids.Freed) booking.Freed {
	t.Helper()
	f, err := h.Store.Freed(t.Context(), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (h *House) accept(t *testing.T, f booking.Freed, e booking.Waiter) (booking.Appointment, error) {
	return h.Booking.AcceptOffer(t.Context(), visitor(e.Name), "town", f.ID, e.ID)
}

func oneOfMany(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	h.queue(t, catalog.WaitingFirst)
	var all []booking.Waiter
	for i := range 5 {
		all = append(all, h.waits(t, fmt.Sprint("person-", i), ""))
	}
	f := h.cancelled(t, at(10, 0))
	errs := race(len(all), func(i int) error {
		_, err := h.accept(t, f, all[i])
		return err
	})
	won := 0
	for i, err := range errs {
		w, failed := h.Store.WaitingEntry(t.Context(), "town", all[i].ID)
		if failed != nil {
			t.Fatal(failed)
		}
		switch {
		case err == nil:
			won++
			if w.State != "served" {
				t.Errorf("who got the time is %s", w.State)
			}
		case !fault.IsKey(err, "offer.gone"):
			t.Errorf("a loser was told %v", err)
		case w.State != "waiting":
			t.Errorf("a loser is %s, want to wait on", w.State)
		}
	}
	if won != 1 {
		t.Errorf("%d got the time, want one", won)
	}
}

func nobodyElses(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	h.queue(t, catalog.WaitingTurn)
	w := h.waits(t, "anna", "")
	b, err := h.book(t, "the one who cancels", "passport", at(10, 0))
	if err != nil {
		t.Fatal(err)
	}
	// From the cancellation itself on, before any task has run, nobody gets it; nor while it is offered.
	h.cancel(t, b.Appointment.ID)
	count(t, race(10, func(i int) error {
		_, err := h.book(t, fmt.Sprint("stranger ", i), "passport", at(10, 0))
		return err
	}), 0)
	f := h.open(t)
	count(t, race(10, func(i int) error {
		_, err := h.book(t, fmt.Sprint("another ", i), "passport", at(10, 0))
		return err
	}), 0)
	if err := h.Booking.DeclineOffer(t.Context(), visitor("anna"), "town", f.ID, w.ID); err != nil {
		t.Fatal(err)
	}
	h.offer(t, f.ID, 1)
	count(t, race(10, func(i int) error {
		_, err := h.book(t, fmt.Sprint("third ", i), "passport", at(10, 0))
		return err
	}), 1)
}

func nextTurn(t *testing.T, e Engine) {
	for _, row := range []struct {
		after time.Duration
		first bool // whether it is still the first one's
	}{{59*time.Minute + 59*time.Second, true}, {time.Hour, true}, {time.Hour + time.Second, false}} {
		h := Open(t, e, 1)
		h.queue(t, catalog.WaitingTurn)
		anna, bertil := h.waits(t, "anna", ""), h.waits(t, "bertil", "")
		f := h.cancelled(t, at(14, 0))
		if _, err := h.accept(t, f, bertil); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("out of turn: %v", err)
		}
		h.Clock.Set(h.Clock.Now().Add(row.after))
		h.offer(t, f.ID, 1) // does nothing while the first one may answer
		_, err := h.accept(t, f, anna)
		if row.first && err != nil || !row.first && !fault.IsKey(err, "offer.over") {
			t.Errorf("%s after the offer: the first one was told %v", row.after, err)
		}
		if _, err := h.accept(t, f, bertil); row.first && err == nil || !row.first && err != nil {
			t.Errorf("%s after the offer: the second was told %v", row.after, err)
		}
	}
}

func acceptedTwice(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	h.queue(t, catalog.WaitingTurn)
	w := h.waits(t, "anna", "")
	f := h.cancelled(t, at(10, 0))
	got := make([]ids.Appointment, 8)
	for i, err := range race(len(got), func(i int) error {
		a, err := h.accept(t, f, w)
		got[i] = a.ID
		return err
	}) {
		if err != nil {
			t.Errorf("answer %d: %v", i, err)
		}
	}
	if len(slices.Compact(got)) != 1 {
		t.Errorf("one offer made the appointments %v", got)
	}
}

func earlierMoves(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	h.queue(t, catalog.WaitingTurn)
	mine := h.emailed(t, "anna", at(12, 0))
	w, next := h.waits(t, "anna", mine), h.waits(t, "bertil", "")
	f := h.cancelled(t, at(10, 0))
	a, err := h.accept(t, f, w)
	if err != nil || a.ID != mine || a.Start != at(10, 0) {
		t.Fatalf("got %s at %d: %v; want the appointment moved", a.ID, a.Start, err)
	}
	on := h.open(t)
	if on.Start != at(12, 0) {
		t.Fatalf("the time that goes on begins at %d, want the old one", on.Start)
	}
	if _, err := h.accept(t, on, next); err != nil {
		t.Errorf("the next one was told %v", err)
	}
}

// emailed books for somebody with an address.
func (h *House) emailed(t *testing.T, who string, start int64) ids.Appointment {
	t.Helper()
	d := details(who)
	d.Email = who + "@example.org"
	b, err := h.Booking.Book(t.Context(), visitor(who), booking.BookRequest{
		Org: "town", Service: "passport", Office: "hall", Start: start, Details: d, Key: h.Booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Appointment.ID
}

func movedMeanwhile(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	h.queue(t, catalog.WaitingTurn)
	mine := h.emailed(t, "anna", at(12, 0))
	w := h.waits(t, "anna", mine)
	who := visitor("anna")
	who.Proven = []actor.Appointment{{Org: "town", ID: mine}}
	if _, err := h.Booking.Move(t.Context(), who, booking.MoveRequest{Org: "town", ID: mine, Start: at(9, 0), Key: h.Booking.Gen.FormKey()}); err != nil {
		t.Fatal(err)
	}
	var old string // what the move gave back is nothing for her
	if err := h.DB.Reader().QueryRowContext(t.Context(), "SELECT id FROM freed WHERE org = 'town' AND state = 'open'").Scan(&old); err != nil {
		t.Fatal(err)
	}
	h.offer(t, ids.Freed(old), 0)
	f := h.cancelled(t, at(10, 0))
	if _, err := h.accept(t, f, w); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a time later than the one she has was offered: %v", err)
	}
	if _, err := h.book(t, "anybody", "passport", at(10, 0)); err != nil {
		t.Errorf("nobody wants the time, and it is not free: %v", err)
	}
}
