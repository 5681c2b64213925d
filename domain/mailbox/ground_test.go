package mailbox

import (
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
)

func day(t *testing.T, s string) org.Date {
	t.Helper()
	d, err := org.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A law holds from the first second of its local day on, and not a second before it; what people said before counts as it lets them.
func TestALawHoldsFromMidnightOn(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	first, second := org.Ground{From: day(t, "2027-01-01"), For: org.GroundPeople, Source: "A 1/2026, 5 §", Choice: true}, org.Ground{From: day(t, "2027-07-01"), For: org.GroundAll, Source: "A 2/2027, 1 §"}
	set := Settings{Zone: zone, Grounds: []org.Ground{first, second}}
	person, shop := Box{Person: "maija", OpenedAt: 1}, Box{Company: "shop", OpenedAt: 1}
	begins := time.Date(2027, 1, 1, 0, 0, 0, 0, zone).Unix()
	summer := time.Date(2027, 7, 1, 0, 0, 0, 0, zone).Unix()
	if begins != time.Date(2026, 12, 31, 22, 0, 0, 0, time.UTC).Unix() || summer != time.Date(2027, 6, 30, 21, 0, 0, 0, time.UTC).Unix() {
		t.Fatal("midnight is not where it is in Helsinki")
	}
	wish := []Preference{{Version: 1, Channel: Paper, Basis: Wish, From: 1}}
	while := []Preference{{Version: 1, Channel: Electronic, Basis: Consent, From: 1}, {Version: 2, Channel: Paper, Basis: Wish, From: 2, Until: summer + 10}}
	for name, c := range map[string]struct {
		box     Box
		history []Preference
		at      int64
		want    Reach
	}{
		"the last second before it":              {person, nil, begins - 1, OnPaper},
		"its first second":                       {person, nil, begins, Reachable},
		"who wants paper, and may":               {person, wish, begins, OnPaper},
		"who wants paper for a while, and may":   {person, while, begins, OnPaper},
		"a company, that it is not for":          {shop, nil, begins, OnPaper},
		"the last second in which one may":       {person, wish, summer - 1, OnPaper},
		"the first in which one may not":         {person, wish, summer, Reachable},
		"paper for a while, beyond that":         {person, while, summer, Reachable},
		"a company, the second before":           {shop, nil, summer - 1, OnPaper},
		"a company, from then on":                {shop, nil, summer, Reachable},
		"a mailbox that is closed, whatever law": {Box{Person: "maija", OpenedAt: 1, ClosedAt: 2}, nil, summer, OnPaper},
		"none":                                   {Box{Person: "maija"}, nil, summer, OnPaper},
	} {
		if got := ReachOf(c.box, c.history, set, ids.Org("town"), c.at); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if got := ReachOf(c.box, c.history, Settings{Zone: zone}, ids.Org("town"), c.at); got != OnPaper && c.want == OnPaper {
			t.Errorf("%s: without a law got %s", name, got)
		}
	}

	// What is shown says why: the law with its source, or the consent that was given before it.
	p := PreferenceUnder(PreferenceAt(nil, "", summer), set, actor.Owner{Person: "maija"}, summer)
	if p.Basis != Law || p.Source != second.Source || p.From != summer {
		t.Errorf("got %+v, want the law of the day", p)
	}
	agreed := []Preference{{Version: 1, Channel: Electronic, Basis: Consent, From: 1}}
	if p := PreferenceUnder(PreferenceAt(agreed, "", summer), set, actor.Owner{Person: "maija"}, summer); p.Basis != Consent {
		t.Errorf("got %+v, want the consent", p)
	}
	for at, want := range map[int64]int{begins - 1: 2, begins: 2, summer - 1: 2, summer: 1} {
		if got := GroundsOf(set.Grounds, actor.Owner{Person: "maija"}, at, zone); len(got) != want {
			t.Errorf("at %d: told of %+v, want %d", at, got, want)
		}
	}
}
