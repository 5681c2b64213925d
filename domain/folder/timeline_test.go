package folder

import (
	"fmt"
	"slices"
	"testing"
)

// What is to come stands first, the soonest on top; then what is past, the newest on top. The second of its end is not past yet.
func TestTheOrderOfATimeline(t *testing.T) {
	t.Parallel()
	const now = 1000
	list := []Entry{
		{Subject: "long ago", At: 10, End: 20}, {Subject: "ends now", At: 900, End: now}, {Subject: "ended a second ago", At: 910, End: now - 1},
		{Subject: "far", At: 5000, End: 5100}, {Subject: "soon", At: 1001, End: 1100}, {Subject: "cancelled", At: 1002, End: 1100, State: "cancelled"},
		{Subject: "letter", Part: Received, At: 950}, {Subject: "open", Part: Opened, At: 5}, {Subject: "waits", Part: Visited, At: 990}, {Subject: "was served", Part: Visited, At: 930, End: 940},
	}
	got := ""
	for _, e := range Arrange(list, Filter{}, nil, now, 1).Entries {
		got += e.Subject + "; "
	}
	if want := "open; ends now; waits; soon; far; cancelled; letter; was served; ended a second ago; long ago; "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Each filter leaves what it says, its first and last second included; together they leave what fits all of them.
func TestFiltersOfATimeline(t *testing.T) {
	t.Parallel()
	const now = 1000
	e := Entry{Part: Booked, Org: "town", At: 100, End: 200}
	for name, c := range map[string]struct {
		f    Filter
		want bool
	}{
		"nothing asked":                {Filter{}, true},
		"its part":                     {Filter{Part: Booked}, true},
		"another part":                 {Filter{Part: Sent}, false},
		"its office":                   {Filter{Org: "town"}, true},
		"another's":                    {Filter{Org: "city"}, false},
		"past":                         {Filter{When: Past}, true},
		"to come":                      {Filter{When: Coming}, false},
		"from its last second":         {Filter{From: 200}, true},
		"from the second after":        {Filter{From: 201}, false},
		"until its first second":       {Filter{Until: 100}, true},
		"until the second before":      {Filter{Until: 99}, false},
		"words in any order and case":  {Filter{Text: "TOWN pass"}, true},
		"a word that is not there":     {Filter{Text: "pass visa"}, false},
		"all of it":                    {Filter{Booked, "town", Past, 1, 300, "passport"}, true},
		"all of it, and another place": {Filter{Booked, "city", Past, 1, 300, "passport"}, false},
	} {
		if got := c.f.Fits(e, "Passport, Town hall", now); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// The kinds that there are to choose from stand in one order, whatever order the rooms answer in.
func TestKindsOfATimeline(t *testing.T) {
	t.Parallel()
	list := []Entry{{Part: Looked}, {Part: Agreed}, {Part: Received}, {Part: Looked}, {Part: Booked}}
	if got, want := Arrange(list, Filter{}, nil, 0, 1).Parts, []Part{Booked, Received, Agreed, Looked}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Pages have a bounded size, and none is lost or told twice; a page beyond the last is the last.
func TestPagesOfATimeline(t *testing.T) {
	t.Parallel()
	var list []Entry
	for i := range 2*PageSize + 1 {
		list = append(list, Entry{Subject: fmt.Sprint(i), At: int64(i)})
	}
	seen := map[string]bool{}
	for page := 1; page <= 3; page++ {
		p := Arrange(list, Filter{}, nil, 5000, page)
		if p.Pages != 3 || p.Total != len(list) || p.Page != page || len(p.Entries) > PageSize {
			t.Errorf("page %d: %d of %d, %d entries of %d", page, p.Page, p.Pages, len(p.Entries), p.Total)
		}
		for _, e := range p.Entries {
			if seen[e.Subject] {
				t.Errorf("entry %s twice", e.Subject)
			}
			seen[e.Subject] = true
		}
	}
	if len(seen) != len(list) {
		t.Errorf("got %d entries, want %d", len(seen), len(list))
	}
	if p := Arrange(list, Filter{}, nil, 5000, 99); p.Page != 3 || len(p.Entries) != 1 {
		t.Errorf("page 99 is page %d with %d entries, want the last", p.Page, len(p.Entries))
	}
	if p := Arrange(nil, Filter{}, nil, 5000, -1); p.Page != 1 || p.Pages != 1 || len(p.Entries) != 0 {
		t.Errorf("of nothing: %+v", p)
	}
}
