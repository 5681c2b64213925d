package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/store/sqldb"
)

// clerk is somebody at the desk of the hall.
func clerk(name string) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff(name), Session: []byte("clerk " + name), Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}}
}

// undoneAgainstBookings has a cancellation undone while others want the freed time: one of them all has it.
func undoneAgainstBookings(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	for round := range 5 {
		start := at(10, 0) + int64(round)*1200
		made, err := h.book(t, "first", "passport", start)
		if err != nil {
			t.Fatal(err)
		}
		id := made.Appointment.ID
		cancelled, err := h.Booking.Cancel(t.Context(), clerk("one"), booking.CancelRequest{Org: "town", ID: id, Reason: "x", Key: h.Booking.Gen.FormKey()})
		if err != nil {
			t.Fatal(err)
		}
		won := 0
		for i, err := range race(12, func(i int) error {
			if i%2 == 0 {
				_, err := h.Booking.Restore(t.Context(), clerk(fmt.Sprint("clerk ", i)), "town", id, &cancelled.Sequence)
				return err
			}
			_, err := h.book(t, fmt.Sprint("person ", i), "passport", start)
			return err
		}) {
			switch {
			case err == nil:
				won++
			case !fault.IsKey(err, "booking.taken") && !fault.IsKey(err, "manage.stale") && !fault.IsKey(err, "desk.not_cancelled"):
				t.Errorf("%d was told %v", i, err)
			}
		}
		if won != 1 {
			t.Errorf("%d have the one time, want 1", won)
		}
	}
}

// setAsideToTheSecond keeps a pre-reservation's time up to its last second, and not one longer.
func setAsideToTheSecond(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	start := at(10, 0) + 28*24*60*60
	p, err := h.Booking.Propose(t.Context(), clerk("one"), booking.ProposeRequest{
		Org: "town", Service: "passport", Office: "hall", Start: start, Details: details("Maija"), Key: h.Booking.Gen.FormKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	a := p.Appointment
	if a.Status != booking.Proposed || a.ExpiresAt != start-14*24*60*60 {
		t.Fatalf("got %s until %d", a.Status, a.ExpiresAt)
	}
	h.Clock.Set(time.Unix(a.ExpiresAt, 0))
	if _, err := h.book(t, "too early", "passport", start); !fault.IsKey(err, "booking.taken") {
		t.Errorf("in its last second the time is %v, want taken", err)
	}
	h.Clock.Set(time.Unix(a.ExpiresAt+1, 0))
	if _, err := h.Booking.Confirm(t.Context(), clerk("one"), "town", a.ID); !fault.IsKey(err, "confirm.lapsed") {
		t.Errorf("confirmed a second too late: %v", err)
	}
	count(t, race(10, func(i int) error {
		_, err := h.book(t, fmt.Sprint("person ", i), "passport", start)
		return err
	}), 1)
	if err := h.Booking.Lapse(t.Context(), "town", a.ID); err != nil {
		t.Errorf("lapse: %v", err)
	}
}

// importedOnce imports the same lines from several browsers at once: each time is set aside once.
func importedOnce(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	text := "office,service,start,name\n"
	day := time.Unix(at(9, 0)+28*24*60*60, 0).UTC()
	for i := range 12 {
		text += "hall,passport," + day.Add(time.Duration(i/3)*20*time.Minute).Format(time.RFC3339) + fmt.Sprintf(",Person %d\n", i)
	}
	nobody := func(context.Context, string) (ids.Person, error) { return "", fault.NotFound("person.not_found") }
	for _, err := range race(4, func(i int) error {
		in, err := h.Booking.CheckImport(t.Context(), clerk(fmt.Sprint(i)), "town", text, nobody)
		if err == nil {
			_, err = h.Booking.RunImport(t.Context(), clerk(fmt.Sprint(i)), in)
		}
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := h.Store.DeskDay(t.Context(), "town", "hall", day.Unix()-3600, day.Unix()+24*3600, 100)
	if err != nil || len(list) != 12 {
		t.Fatalf("got %d appointments, %v, want the 12 of the file", len(list), err)
	}
	in, err := h.Booking.CheckImport(t.Context(), clerk("again"), "town", text, nobody)
	if good, already, wrong := in.Count(); err != nil || good != 0 || already != 12 || wrong != 0 {
		t.Errorf("repeated: %d good, %d already, %d wrong, %v; want all there already", good, already, wrong, err)
	}
}

// foundAtTheDesk finds a booking by each of what a caller may say, also one from before names had keys.
func foundAtTheDesk(t *testing.T, e Engine) {
	h := Open(t, e, 3)
	d := details("Ässä Änkyrä-Öhman")
	d.Phone, d.Email, d.Birth = "+358401234567", "assa@example.org", "1990-02-01"
	made, err := h.Booking.Book(t.Context(), clerk("one"), booking.BookRequest{Org: "town", Service: "passport", Office: "hall", Start: at(10, 0), Details: d, Key: h.Booking.Gen.FormKey()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.book(t, "Somebody Else", "passport", at(10, 0)); err != nil {
		t.Fatal(err)
	}
	code, err := h.Booking.Code(made.Appointment.ID)
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		for name, q := range map[string]booking.Sought{
			"name": {Name: "assa"}, "family": {Name: "öhm"}, "both": {Name: "ankyra ässä"}, "phone": {Phone: "040 1234567"}, "email": {Email: "Assa@example.org"},
			"birth": {Birth: "1990-02-01"}, "code": {Code: code},
		} {
			got, err := h.Booking.Seek(t.Context(), clerk("two"), "town", q)
			if err != nil || len(got) != 1 || got[0].ID != made.Appointment.ID {
				t.Errorf("by %s: got %d, %v, want the one", name, len(got), err)
			}
		}
		for name, q := range map[string]booking.Sought{"another name": {Name: "assa xx"}, "another phone": {Phone: "040 7654321"}, "another birth": {Birth: "1990-02-02"}} {
			if got, err := h.Booking.Seek(t.Context(), clerk("two"), "town", q); err != nil || len(got) != 0 {
				t.Errorf("by %s: got %d, %v, want none", name, len(got), err)
			}
		}
	}
	look()
	err = h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE appointment SET name_key = '', family_key = '' WHERE org = 'town'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.Store.KeyNames(t.Context(), 100); err != nil || n != 2 {
		t.Errorf("%d names got keys, %v, want 2", n, err)
	}
	look()
	if n, err := h.Store.KeyNames(t.Context(), 100); err != nil || n != 0 {
		t.Errorf("%d more names got keys, %v, want none", n, err)
	}
}
