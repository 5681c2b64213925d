package jobs

import (
	"testing"
	"time"

	"luukku/domain/catalog"
	"luukku/domain/org"
)

func TestListIsDueAtItsTimeEachDay(t *testing.T) {
	t.Parallel()
	c := &catalog.Config{Org: org.Organisation{ID: "vuorela", Zone: "Europe/Helsinki"}}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	o := org.Office{ID: "kallio", Email: "kallio@example.org", ListAt: "06:30"}
	on := func(d, h, m, s int) time.Time { return time.Date(2026, 11, d, h, m, s, 0, c.Zone()) }
	for _, x := range []struct {
		after time.Time
		day   int
	}{{on(20, 6, 29, 59), 20}, {on(20, 6, 30, 0), 21}, {on(20, 6, 30, 1), 21}, {on(20, 0, 0, 0), 20}, {on(20, 23, 59, 59), 21}} {
		at, day, ok := ListDue(c, o, x.after)
		if want := on(x.day, 6, 30, 0); !ok || !at.Equal(want) || day != org.DateOf(want) {
			t.Errorf("after %s: got %s of %s", x.after, at, day)
		}
	}
	for _, o := range []org.Office{{Email: "a@example.org"}, {ListAt: "06:30"}, {Email: "a@example.org", ListAt: "x"}} {
		if _, _, ok := ListDue(c, o, on(20, 0, 0, 0)); ok {
			t.Errorf("%+v gets a list", o)
		}
	}
	// When clocks go forward at 3, a list at 3.30 comes once, on its day.
	o.ListAt = "03:30"
	if at, day, ok := ListDue(c, o, time.Date(2026, 3, 29, 0, 0, 0, 0, c.Zone())); !ok || day.String() != "2026-03-29" || at.Day() != 29 {
		t.Errorf("got %s of %s", at, day)
	}
}
