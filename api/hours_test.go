package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/api"
)

func TestOpeningHoursByTheDayAndAsRules(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	got := read[api.OfficeHours](c.get(t, town+"/offices/hall/hours?from=2026-12-04&days=4").want(200))
	nine := []api.HoursSpan{{From: "09:00", To: "15:00", Kind: "appointments"}}
	want := api.OfficeHours{
		Weekly: []string{"mon-fri 09:00-15:00"}, Exceptions: []string{},
		Days: []api.DayHours{
			{Date: "2026-12-04", Hours: nine}, {Date: "2026-12-05", Hours: []api.HoursSpan{}},
			{Date: "2026-12-06", Hours: []api.HoursSpan{}, Closed: "holiday"}, {Date: "2026-12-07", Hours: nine},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hours (-want +got):\n%s", diff)
	}
	if got := read[api.OfficeHours](c.get(t, town+"/offices/hall/hours").want(200)); len(got.Days) != 14 || got.Days[0].Date != "2026-11-23" {
		t.Errorf("got %d days from %s, want 14 from today", len(got.Days), got.Days[0].Date)
	}
	for _, wrong := range []string{"?days=0", "?days=63", "?from=tomorrow", "?from=2026-02-30"} {
		c.get(t, town+"/offices/hall/hours"+wrong).want(422)
	}
	c.get(t, town+"/offices/nowhere/hours").want(404)
	if got := read[api.OfficeHours](c.get(t, town+"/offices/hall/hours?from=9999-12-30&days=9").want(200)); len(got.Days) != 2 {
		t.Errorf("got %d days at the end of the calendar, want 2", len(got.Days))
	}
}
