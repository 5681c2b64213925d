package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/store/sqldb"
)

// namesGoWithTheKey has nobody read the names of those who come along in a visit without the key of its person: not in the database, and not through the room once
// the key is erased. Names from before they were sealed are sealed by housekeeping, and those of an erased person go.
func namesGoWithTheKey(t *testing.T, e Engine) {
	h := Open(t, e, 2)
	h.configurePolicy(t, "passport", `{"length":"20m","hold":"0m","max_live":0,"max_people":2}`)
	const secret = "Bertil Barnabas"
	desk := clerk("one")
	book := func(minute int) booking.Appointment {
		t.Helper()
		d := details("Anna Ahola")
		d.Others = secret
		made, err := h.Booking.Book(t.Context(), desk, booking.BookRequest{
			Org: "town", Service: "passport", Office: "hall", Start: at(10, minute), Details: d, Visit: booking.Visit{People: 2}, Key: h.Booking.Gen.FormKey(),
		})
		if err != nil {
			t.Fatal(err)
		}
		return made.Appointment
	}
	a, b := book(0), book(40)
	names := func(id ids.Appointment) []string {
		t.Helper()
		got, err := h.Booking.Appointment(t.Context(), desk, "town", id)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := h.Booking.Day(t.Context(), desk, "town", "hall", org.DateOf(Monday))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if listed := append([]string{r.Name}, r.Others()...); r.ID == id && fmt.Sprint(listed) != fmt.Sprint(got.Names()) {
				t.Errorf("the list has %q, the appointment %q", listed, got.Names())
			}
		}
		return got.Names()
	}
	if got := names(a.ID); fmt.Sprint(got) != fmt.Sprint([]string{"Anna Ahola", secret}) {
		t.Fatalf("got %q", got)
	}
	if got := h.plainly(t, secret); got != 0 {
		t.Errorf("%d rows have the name in the clear", got)
	}
	// Rows as they were written before: the names can be read, until housekeeping seals them.
	h.exec(t, `UPDATE appointment_part SET sealed = NULL, name = '`+secret+`' WHERE org = 'town' AND position = 1`)
	h.exec(t, `UPDATE appointment_part SET name = 'Anna Ahola' WHERE org = 'town' AND position = 0`)
	if got := names(b.ID); fmt.Sprint(got) != fmt.Sprint([]string{"Anna Ahola", secret}) {
		t.Errorf("an older row has %q", got)
	}
	h.exec(t, `UPDATE person SET wrapped_key = NULL, erased_at = 1 WHERE person = '`+string(b.Person)+`'`)
	if n, err := h.Booking.SealNames(t.Context(), 100); err != nil || n != 4 {
		t.Errorf("%d names were sealed, %v; want 4", n, err)
	}
	if n, err := h.Booking.SealNames(t.Context(), 100); err != nil || n != 0 {
		t.Errorf("%d more names were sealed, %v; want none", n, err)
	}
	if got := h.plainly(t, secret); got != 0 {
		t.Errorf("%d rows have the name in the clear after housekeeping", got)
	}
	if got := names(a.ID); fmt.Sprint(got) != fmt.Sprint([]string{"Anna Ahola", secret}) {
		t.Errorf("after housekeeping: %q", got)
	}
	// With the key the names are gone, from the page, the list and the search; the time and how long it takes stay.
	h.exec(t, `UPDATE person SET wrapped_key = NULL, erased_at = 1 WHERE person = '`+string(a.Person)+`'`)
	for _, id := range []ids.Appointment{a.ID, b.ID} {
		if got := names(id); strings.Contains(strings.Join(got, " "), "Bertil") || len(got) != 1 {
			t.Errorf("after erasure: %q", got)
		}
	}
	kept, err := h.Booking.Appointment(t.Context(), actor.System("test"), "town", a.ID)
	if err != nil || kept.Visit().People != 2 || kept.End != a.End {
		t.Errorf("after erasure: %d people until %d, %v", kept.Visit().People, kept.End, err)
	}
}

// plainly counts the rows of parts in which a name can be read.
func (h *House) plainly(t *testing.T, name string) (n int) {
	t.Helper()
	rows, err := h.DB.Reader().QueryContext(t.Context(), `SELECT name, sealed FROM appointment_part WHERE org = 'town'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var plain string
		var sealed []byte
		if err := rows.Scan(&plain, &sealed); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(plain, name) || strings.Contains(string(sealed), name) {
			n++
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *House) exec(t *testing.T, sql string) {
	t.Helper()
	err := h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, sql)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
