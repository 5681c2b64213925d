package care

import (
	"testing"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

func date(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A day is held against a care relationship at its edges: the first and the last day count, the days before and after do not.
func TestWhoIsOfferedAVisit(t *testing.T) {
	t.Parallel()
	from, until := date(t, "2026-11-24"), date(t, "2026-12-24")
	in := Record{Version: 1, From: from, Until: until, Needs: []ids.Service{"filling"}}
	with := func(change func(*Record)) Record { r := in; change(&r); return r }
	for name, c := range map[string]struct {
		demand  catalog.Care
		r       Record
		service ids.Service
		day     string
		want    bool
	}{
		"anyone, nothing recorded":         {catalog.CareAnyone, Record{}, "filling", "2026-11-24", true},
		"nothing recorded":                 {catalog.CareIn, Record{}, "filling", "2026-11-24", false},
		"the first day":                    {catalog.CareIn, in, "filling", "2026-11-24", true},
		"the day before the first":         {catalog.CareIn, in, "filling", "2026-11-23", false},
		"the last day":                     {catalog.CareIn, in, "filling", "2026-12-24", true},
		"the day after the last":           {catalog.CareIn, in, "filling", "2026-12-25", false},
		"without an end":                   {catalog.CareIn, with(func(r *Record) { r.Until = org.Date{} }), "filling", "2027-12-25", true},
		"taken away":                       {catalog.CareIn, with(func(r *Record) { r.Off = true }), "filling", "2026-11-24", false},
		"erased":                           {catalog.CareIn, with(func(r *Record) { r.Erased = true }), "filling", "2026-11-24", false},
		"in care, needing something else":  {catalog.CareIn, in, "hygienist", "2026-11-24", true},
		"needs it":                         {catalog.CareNeed, in, "filling", "2026-11-24", true},
		"needs something else":             {catalog.CareNeed, in, "hygienist", "2026-11-24", false},
		"needs it, the day after the last": {catalog.CareNeed, in, "filling", "2026-12-25", false},
	} {
		if got := Fits(c.demand, c.r, c.service, date(t, c.day)); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// Who will be in care, or is until today, may wait; who was until yesterday waits in vain.
func TestWhoMayWait(t *testing.T) {
	t.Parallel()
	in := Record{Version: 1, From: date(t, "2026-11-24"), Until: date(t, "2026-12-24"), Needs: []ids.Service{"filling"}}
	for name, c := range map[string]struct {
		demand  catalog.Care
		r       Record
		service ids.Service
		today   string
		want    bool
	}{
		"before it begins":     {catalog.CareIn, in, "filling", "2026-10-01", true},
		"ends today":           {catalog.CareIn, in, "filling", "2026-12-24", true},
		"ended yesterday":      {catalog.CareIn, in, "filling", "2026-12-25", false},
		"needs something else": {catalog.CareNeed, in, "hygienist", "2026-12-01", false},
		"nothing recorded":     {catalog.CareIn, Record{}, "filling", "2026-12-01", false},
		"anyone":               {catalog.CareAnyone, Record{}, "filling", "2026-12-01", true},
	} {
		if got := MayWait(c.demand, c.r, c.service, date(t, c.today)); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// The order of needs, and a need named twice, make no difference; each day does.
func TestRecordsThatSayTheSame(t *testing.T) {
	t.Parallel()
	a := Record{From: date(t, "2026-11-24"), Needs: []ids.Service{"filling", "hygienist"}}
	b := a
	b.Needs, b.Version, b.By = []ids.Service{"hygienist", "filling", "filling"}, 7, "anna"
	if !a.Same(b) {
		t.Error("the same needs in another order are not the same")
	}
	for name, change := range map[string]func(*Record){
		"off": func(r *Record) { r.Off = true }, "until": func(r *Record) { r.Until = r.From }, "from": func(r *Record) { r.From = r.From.Add(1) },
		"needs": func(r *Record) { r.Needs = r.Needs[:1] },
	} {
		c := a
		if change(&c); a.Same(c) {
			t.Errorf("another %s is the same", name)
		}
	}
}
