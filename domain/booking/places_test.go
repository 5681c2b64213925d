package booking

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// townOf is an organisation with so many offices of two desks each, which offer one service.
func townOf(t testing.TB, offices int) *catalog.Config {
	t.Helper()
	hours, err := org.ParseWeekly("mon-fri 09:00-11:00")
	if err != nil {
		t.Fatal(err)
	}
	c := &catalog.Config{
		Org:      org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"en"}},
		Services: []catalog.Service{{ID: "passport"}},
	}
	for i := range offices {
		o := org.Office{ID: ids.Office(fmt.Sprint("office-", i)), Hours: []org.Weekly{hours}}
		for j := range 2 {
			o.Units = append(o.Units, org.Unit{ID: ids.Unit(fmt.Sprintf("desk-%d-%d", i, j))})
		}
		c.Offices = append(c.Offices, o)
		c.Offers = append(c.Offers, catalog.Offer{Service: "passport", Office: o.ID})
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

// The places are looked at again only where something changed, or a hold ran out, and say what looking at all of them says.
func TestPlacesFollowEveryChange(t *testing.T) {
	t.Parallel()
	c := townOf(t, 4)
	rapid.Check(t, func(rt *rapid.T) {
		now := time.Date(2026, 10, 20, 8, 0, 0, 0, helsinki)
		board, plain, live := &Board{}, naive{}, []Applied{}
		board.Fill("town").Done()
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 40, 900, 40000}).Draw(rt, "wait")) * time.Second)
			if rapid.IntRange(0, 5).Draw(rt, "much") == 0 { // more than is remembered
				for range 300 {
					board.Apply(Applied{Change: Change{Org: "town", Free: []Cells{{Unit: "desk-0-0", Holder: "nobody", From: 0, To: CellSeconds}}}})
				}
			}
			for range rapid.IntRange(0, 3).Draw(rt, "changes") {
				sch, err := NewSchedule(c, "passport", ids.Office(fmt.Sprint("office-", rapid.IntRange(0, 3).Draw(rt, "office"))), now)
				if err != nil {
					rt.Fatal(err)
				}
				if a, ok := nextChange(rt, sch, plain, &live); ok {
					board.Apply(a)
					plain.apply(a)
				}
			}
			got, err := board.calendarOf(c, now).placesOf("passport", now.Unix())
			if err != nil {
				rt.Fatal(err)
			}
			earliest := -1
			for i, place := range got.list {
				sch, err := NewSchedule(c, "passport", place.Office.ID, now)
				if err != nil {
					rt.Fatal(err)
				}
				want, any := firstOf(sch, plain)
				if place.Any != any || any && place.First.Start != want || place.Office.ID != c.Offices[i].ID {
					rt.Fatalf("%s at %s: got %+v, want %d %t", place.Office.ID, now, place, want, any)
				}
				if any && (earliest < 0 || want < got.list[earliest].First.Start) {
					earliest = i
				}
			}
			if got.first != earliest {
				rt.Fatalf("got %d as the place with the earliest time, want %d", got.first, earliest)
			}
		}
	})
}

// nextChange takes the first free time of an office for good or for a while, or gives back what somebody has.
func nextChange(rt *rapid.T, sch Schedule, plain naive, live *[]Applied) (Applied, bool) {
	now := sch.Now.Unix()
	c := Change{Org: "town", Now: now}
	if n := len(*live); n > 0 && rapid.IntRange(0, 2).Draw(rt, "what") == 0 {
		i := rapid.IntRange(0, n-1).Draw(rt, "which")
		had := (*live)[i]
		t := had.Change.Take
		if t.ExpiresAt == 0 {
			c.Claim = &Claim{ID: ids.Appointment(t.Holder)}
		}
		c.Free = []Cells{{had.Unit, t.Holder, t.From, t.To}}
		*live = append((*live)[:i], (*live)[i+1:]...)
		return Applied{Change: c}, true
	}
	start, any := firstOf(sch, plain)
	if !any {
		return Applied{}, false
	}
	slot, _ := sch.At(start)
	unit := rapid.SampledFrom(sch.freeUnits(slot, plain.busy(now))).Draw(rt, "unit")
	c.Take = &Take{Holder: fmt.Sprintf("%s %d %d", unit, start, now), From: start, To: start + sch.Busy()}
	if rapid.Bool().Draw(rt, "hold") {
		c.Take.ExpiresAt = now + int64(rapid.IntRange(0, 1800).Draw(rt, "for"))
	}
	a := Applied{Change: c, Unit: unit}
	*live = append(*live, a)
	return a, true
}
