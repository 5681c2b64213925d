package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
)

// at is a time on the house's Monday, Helsinki time, in Unix seconds.
func at(hour, minute int) int64 {
	return Monday.Add(time.Duration(hour-8)*time.Hour + time.Duration(minute)*time.Minute).Unix()
}

func visitor(name string) actor.Actor { return actor.Visitor([]byte("session of "+name), "192.0.2.1") }

func details(name string) booking.Details { return booking.Details{Name: name, Lang: "en"} }

// Booking is the suite of the booking room.
func Booking(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"FiftyForThreeUnitsGiveThree":   fiftyForThree,
		"HoldsRaceForUnits":             holdsRace,
		"HoldRunsOutToTheSecond":        holdRunsOut,
		"SameFormBooksOnce":             sameFormOnce,
		"MoveKeepsTheOldUntilTheNew":    moveKeepsOld,
		"TwoMovesOfOneAppointment":      twoMoves,
		"CancelledTimeIsFreeAtOnce":     cancelFrees,
		"LimitOfLiveBookingsPerContact": contactLimit,
		"OneLiveHoldPerSession":         oneHold,
		"HolderIsToldOfATakenTime":      holderLooks,
		"MoveOntoItself":                moveOntoItself,
		"CrowdInBatches":                crowdInBatches,
		"OverlapsInBatches":             overlapsInBatches,
		"StreamsMeanTheSame":            streamsMeanTheSame,
		"UndoneAgainstBookings":         undoneAgainstBookings,
		"SetAsideToTheSecond":           setAsideToTheSecond,
		"NamesGoWithTheKey":             namesGoWithTheKey,
		"ImportedOnce":                  importedOnce,
		"FoundAtTheDesk":                foundAtTheDesk,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// race runs n functions at once and returns what each answered.
func race(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			errs[i] = do(i)
		})
	}
	start.Done()
	done.Wait()
	return errs
}

// count checks that exactly want succeeded and that the others were told that the time was taken.
func count(t *testing.T, errs []error, want int) {
	t.Helper()
	got := 0
	for _, err := range errs {
		switch {
		case err == nil:
			got++
		case !fault.IsKey(err, "booking.taken"):
			t.Errorf("a loser was told: %v", err)
		}
	}
	if got != want {
		t.Errorf("got %d bookings, want %d", got, want)
	}
}

func (h *House) book(t testing.TB, who string, service ids.Service, start int64) (booking.Booking, error) {
	return h.Booking.Book(t.Context(), visitor(who), booking.BookRequest{
		Org: "town", Service: service, Office: "hall", Start: start, Details: details(who), Key: h.Booking.Gen.FormKey(),
	})
}

func fiftyForThree(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	count(t, race(50, func(i int) error {
		_, err := h.book(t, fmt.Sprint("person ", i), "passport", at(10, 0))
		return err
	}), 3)
}

func (h *House) pick(t testing.TB, who string, service ids.Service, start int64) (booking.Draft, error) {
	return h.Booking.Pick(t.Context(), visitor(who), booking.PickRequest{Org: "town", Service: service, Office: "hall", Start: start, Lang: "en"})
}

func (h *House) fill(t testing.TB, who string, d booking.Draft) {
	t.Helper()
	if _, err := h.Booking.SaveDetails(t.Context(), visitor(who), "town", d.ID, details(who)); err != nil {
		t.Fatalf("save details: %v", err)
	}
}

func holdsRace(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	errs := race(50, func(i int) error {
		who := fmt.Sprint("person ", i)
		d, err := h.pick(t, who, "permit", at(10, 0))
		if err != nil {
			return err
		}
		h.fill(t, who, d)
		_, err = h.Booking.BookDraft(t.Context(), visitor(who), "town", d.ID)
		return err
	})
	count(t, errs, 3)
}

func holdRunsOut(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	d, err := h.pick(t, "first", "permit", at(10, 0))
	if err != nil {
		t.Fatalf("first pick: %v", err)
	}
	h.fill(t, "first", d)
	h.Clock.Set(time.Unix(d.HoldUntil, 0))
	if _, err := h.pick(t, "second", "permit", at(10, 0)); !fault.IsKey(err, "booking.taken") {
		t.Errorf("in the hold's last second: got %v, want taken", err)
	}
	h.Clock.Advance(time.Second)
	second, err := h.pick(t, "second", "permit", at(10, 0))
	if err != nil {
		t.Fatalf("one second after: got %v, want the time", err)
	}
	if _, err := h.Booking.BookDraft(t.Context(), visitor("first"), "town", d.ID); !fault.IsKey(err, "booking.taken") {
		t.Errorf("the first books after losing the hold: got %v, want taken", err)
	}
	kept, err := h.Booking.Draft(t.Context(), visitor("first"), "town", d.ID)
	if err != nil || kept.Details.Name != "first" {
		t.Errorf("after losing: got %+v, %v, want the details kept", kept.Details, err)
	}
	h.fill(t, "second", second)
	if _, err := h.Booking.BookDraft(t.Context(), visitor("second"), "town", second.ID); err != nil {
		t.Errorf("the second books: %v", err)
	}
}

func sameFormOnce(t *testing.T, e Engine) {
	h := Open(t, e, 5)
	d, err := h.pick(t, "one", "passport", at(11, 0))
	if err != nil {
		t.Fatal(err)
	}
	h.fill(t, "one", d)
	got := make([]booking.Booking, 20)
	for i, err := range race(20, func(i int) (err error) {
		got[i], err = h.Booking.BookDraft(t.Context(), visitor("one"), "town", d.ID)
		return err
	}) {
		if err != nil {
			t.Errorf("post %d: %v", i, err)
		}
	}
	fresh := 0
	for _, b := range got {
		if b.Appointment.ID != got[0].Appointment.ID {
			t.Errorf("got appointments %s and %s, want one", b.Appointment.ID, got[0].Appointment.ID)
		}
		if !b.Repeated {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("got %d first answers, want 1", fresh)
	}
}

func proven(who string, a booking.Appointment) actor.Actor {
	v := visitor(who)
	v.Proven = []actor.Appointment{{Org: a.Org, ID: a.ID}}
	return v
}

func (h *House) move(t testing.TB, who string, a booking.Appointment, start int64) (booking.Appointment, error) {
	return h.Booking.Move(t.Context(), proven(who, a), booking.MoveRequest{Org: "town", ID: a.ID, Start: start, Key: h.Booking.Gen.FormKey()})
}

func moveKeepsOld(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	a, err := h.book(t, "mover", "passport", at(12, 0))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.book(t, "owner", "passport", at(13, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.move(t, "mover", a.Appointment, at(13, 0)); !fault.IsKey(err, "booking.taken") {
		t.Errorf("move to a taken time: got %v, want taken", err)
	}
	if _, err := h.book(t, "thief", "passport", at(12, 0)); !fault.IsKey(err, "booking.taken") {
		t.Errorf("the old time after a failed move: got %v, want taken", err)
	}
	moved, err := h.move(t, "mover", a.Appointment, at(14, 0))
	if err != nil || moved.Start != at(14, 0) {
		t.Fatalf("move: got %d, %v, want %d", moved.Start, err, at(14, 0))
	}
	if _, err := h.book(t, "next", "passport", at(12, 0)); err != nil {
		t.Errorf("the old time after the move: got %v, want it free", err)
	}
}

func twoMoves(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	a, err := h.book(t, "mover", "passport", at(12, 0))
	if err != nil {
		t.Fatal(err)
	}
	errs := race(10, func(i int) error {
		_, err := h.move(t, "mover", a.Appointment, at(13, 20*(i%3)))
		return err
	})
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !fault.IsKey(err, "manage.stale") && !fault.IsKey(err, "booking.taken") && !fault.IsKey(err, "move.same_time"):
			t.Errorf("a loser was told: %v", err)
		}
	}
	if done == 0 {
		t.Error("no move succeeded")
	}
	// However many moves there were one after the other, each counted: none was made upon a time that had been left already.
	now, err := h.Store.Appointment(t.Context(), "town", a.Appointment.ID)
	if err != nil || now.Sequence != int64(done) {
		t.Errorf("got sequence %d, %v after %d moves", now.Sequence, err, done)
	}
}

func cancelFrees(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	a, err := h.book(t, "leaver", "passport", at(12, 0))
	if err != nil {
		t.Fatal(err)
	}
	r := booking.CancelRequest{Org: "town", ID: a.Appointment.ID, Reason: "ill", Key: h.Booking.Gen.FormKey()}
	for range 2 { // the second post of the same form gets the same answer
		c, err := h.Booking.Cancel(t.Context(), proven("leaver", a.Appointment), r)
		if err != nil || c.Status != booking.Cancelled || c.Reason != "ill" {
			t.Fatalf("cancel: got %s %q, %v, want it cancelled", c.Status, c.Reason, err)
		}
	}
	if _, err := h.book(t, "next", "passport", at(12, 0)); err != nil {
		t.Errorf("the freed time: %v", err)
	}
}

func contactLimit(t *testing.T, e Engine) {
	h := Open(t, e, 10)
	errs := race(12, func(i int) error {
		_, err := h.Booking.Book(t.Context(), visitor(fmt.Sprint(i)), booking.BookRequest{
			Org: "town", Service: "permit", Office: "hall", Start: at(9+i%6, 0), Key: h.Booking.Gen.FormKey(),
			Details: booking.Details{Name: "Specimen", Email: "Specimen@example.org", Lang: "en"},
		})
		return err
	})
	got := 0
	for _, err := range errs {
		switch {
		case err == nil:
			got++
		case !fault.IsKey(err, "booking.too_many"):
			t.Errorf("one too many was told: %v", err)
		}
	}
	if got != 2 {
		t.Errorf("got %d live bookings of one contact, want 2", got)
	}
}

func oneHold(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	if _, err := h.pick(t, "hoarder", "permit", at(10, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pick(t, "hoarder", "permit", at(11, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pick(t, "next", "permit", at(10, 0)); err != nil {
		t.Errorf("the time that the second hold gave back: %v", err)
	}
}

// holderLooks: somebody who holds a time of one service looks at a time of another that holds nothing.
func holderLooks(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	if _, err := h.book(t, "owner", "passport", at(10, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pick(t, "holder", "permit", at(12, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.pick(t, "holder", "passport", at(10, 0)); !fault.IsKey(err, "booking.taken") {
		t.Errorf("a taken time: got %v, want taken", err)
	}
	d, err := h.pick(t, "holder", "passport", at(12, 0))
	if err != nil || d.Hold != "" {
		t.Errorf("the time that the own hold kept: got hold %q, %v, want it free and unheld", d.Hold, err)
	}
	if _, err := h.pick(t, "next", "permit", at(12, 0)); err != nil {
		t.Errorf("the hold that was given back: %v", err)
	}
}

// moveOntoItself: the new time lies over the old one on the only unit, with a policy that holds.
func moveOntoItself(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	b, err := h.Booking.Book(t.Context(), visitor("mover"), booking.BookRequest{
		Org: "town", Service: "permit", Office: "hall", Start: at(10, 0), Details: details("mover"), Key: h.Booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	who := proven("mover", b.Appointment)
	// The service has become shorter: 10:20 now begins inside the old appointment.
	h.configurePolicy(t, "permit", `{"length":"20m"}`)
	if _, err := h.pick(t, "stranger", "permit", at(10, 20)); !fault.IsKey(err, "booking.taken") {
		t.Errorf("a stranger picks inside the appointment: got %v, want taken", err)
	}
	d, err := h.Booking.Pick(t.Context(), who, booking.PickRequest{
		Org: "town", Service: "permit", Office: "hall", Start: at(10, 20), Lang: "en", Moves: b.Appointment.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	moved, err := h.Booking.MoveDraft(t.Context(), who, "town", d.ID)
	if err != nil || moved.Start != at(10, 20) {
		t.Errorf("got %d, %v, want %d", moved.Start, err, at(10, 20))
	}
}
