package store_test

import (
	"strings"
	"testing"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
	"luukku/store/storetest"
)

// filled are two changes with what differs between them and what is empty: an appointment of two cells, and a hold of one.
func filled(unit ids.Unit) []booking.Change {
	a := booking.Appointment{
		Org: "town", ID: "0000000001", Service: "passport", Office: "hall", Start: 3000, End: 3600, BusyUntil: 3600, Status: booking.Booked, Person: "p1",
		Details: booking.Details{Name: "Maija Meikäläinen", Lang: "fi"},
	}
	h := booking.Hold{
		Org: "town", ID: "h1", Service: "passport", Office: "hall", Unit: unit, Start: 3600, End: 3900, BusyUntil: 3900, ExpiresAt: 9000, Session: []byte("s"),
	}
	return []booking.Change{
		{
			Org: "town", Now: 1000, Take: &booking.Take{Units: []ids.Unit{"desk-1"}, Holder: string(a.ID), From: a.Start, To: a.BusyUntil},
			PutPerson: &booking.Person{ID: "p1", WrappedKey: []byte("key")}, PutAppointment: &a,
			Contacts: &booking.Contacts{Appointment: a.ID, Hashes: [][]byte{{2}, {1}}},
		},
		{
			Org: "town", Now: 1000, Take: &booking.Take{Units: []ids.Unit{unit}, Holder: string(h.ID), From: h.Start, To: h.BusyUntil, ExpiresAt: h.ExpiresAt},
			PutHold: &h,
		},
	}
}

func TestFill(t *testing.T) {
	for name, dsn := range map[string]string{"sqlite": "sqlite::memory:", "postgres": pgtest.DSN(t, migrated)} {
		t.Run(name, func(t *testing.T) {
			s := store.New(storetest.Database(t, dsn, sqldb.Options{}), store.Options{Now: clock.Real()}) // contradictions are looked for when it closes
			if err := s.Fill(t.Context(), filled("desk-1")); err != nil {
				t.Fatal(err)
			}
			busy, err := s.Occupied(t.Context(), "town", []ids.Unit{"desk-1"}, 0, 100, 2000, "")
			if err != nil {
				t.Fatal(err)
			}
			for cell, want := range map[int64]bool{9: false, 10: true, 11: true, 12: true, 13: false} {
				if got := busy["desk-1"].Has(cell); got != want {
					t.Errorf("cell %d: got taken %v, want %v", cell, got, want)
				}
			}
			a, err := s.Appointment(t.Context(), "town", "0000000001")
			if err != nil || a.Unit != "desk-1" || a.Details.Name != "Maija Meikäläinen" || a.BusyUntil != 3600 {
				t.Errorf("got %+v, %v, want the appointment as it was given", a, err)
			}
			if h, err := s.Hold(t.Context(), "town", "h1"); err != nil || h.ExpiresAt != 9000 || string(h.Session) != "s" {
				t.Errorf("got %+v, %v, want the hold as it was given", h, err)
			}
			again := filled("desk-2")[1:]
			again[0].PutHold.ID, again[0].Take.Holder = "h2", "h2"
			if err := s.Fill(t.Context(), append(again, filled("desk-1")[0])); err == nil {
				t.Error("a cell that is taken was taken again")
			}
			if _, err := s.Hold(t.Context(), "town", "h2"); err == nil {
				t.Error("the changes beside a refused one were made")
			}
		})
	}
}

func TestFillWantsOneUnit(t *testing.T) {
	s := store.New(storetest.Database(t, "sqlite::memory:", sqldb.Options{}), store.Options{Now: clock.Real()})
	c := filled("desk-1")[0]
	c.Take.Units = []ids.Unit{"desk-1", "desk-2"}
	if err := s.Fill(t.Context(), []booking.Change{c}); err == nil || !strings.Contains(err.Error(), "unit") {
		t.Errorf("got %v, want a refusal", err)
	}
}
