package notify_test

import (
	"testing"

	"luukku/domain/notify"
)

func TestWhatMayLeaveToTheEdge(t *testing.T) {
	t.Parallel()
	l := notify.Limits{Prefixes: []string{"+358", "+46"}, PerNumber: 20, Burst: 100, Budget: 1000}
	const good = "+358401234567"
	for name, tt := range map[string]struct {
		past   notify.Past
		number string
		parts  int
		want   notify.Verdict
	}{
		"nothing before":               {notify.Past{}, good, 1, notify.Verdict{}},
		"a Swedish number":             {notify.Past{}, "+46701234567", 1, notify.Verdict{}},
		"another country":              {notify.Past{}, "+420601234567", 1, notify.Verdict{Why: notify.WhyCountry, Final: true}},
		"a satellite":                  {notify.Past{}, "+8823456789012", 1, notify.Verdict{Why: notify.WhyCountry, Final: true}},
		"a premium number":             {notify.Past{}, "+358600123456", 1, notify.Verdict{Why: notify.WhyPremium, Final: true}},
		"the last before the stop":     {notify.Past{Refused: notify.MostRefused - 2}, "+358600123456", 1, notify.Verdict{Why: notify.WhyPremium, Final: true}},
		"so many refused":              {notify.Past{Refused: notify.MostRefused - 1}, "+358600123456", 1, notify.Verdict{Why: notify.WhyPremium, Final: true, Stop: true}},
		"neighbours, one fewer":        {notify.Past{Neighbours: notify.MostNeighbours - 1}, good, 1, notify.Verdict{}},
		"neighbours":                   {notify.Past{Neighbours: notify.MostNeighbours}, good, 1, notify.Verdict{Why: notify.WhyNeighbours, Stop: true}},
		"the last of a number":         {notify.Past{ToNumber: 19}, good, 1, notify.Verdict{}},
		"one more to a number":         {notify.Past{ToNumber: 20}, good, 1, notify.Verdict{Why: notify.WhyNumber}},
		"the last of the hour":         {notify.Past{Hour: 99}, good, 1, notify.Verdict{}},
		"a burst":                      {notify.Past{Hour: 100}, good, 1, notify.Verdict{Why: notify.WhyBurst, Stop: true}},
		"five times the busiest, less": {notify.Past{Hour: 249, Busiest: 50}, good, 1, notify.Verdict{}},
		"five times the busiest":       {notify.Past{Hour: 250, Busiest: 50}, good, 1, notify.Verdict{Why: notify.WhyBurst, Stop: true}},
		"the last of the budget":       {notify.Past{Month: 998}, good, 2, notify.Verdict{}},
		"beyond the budget":            {notify.Past{Month: 999}, good, 2, notify.Verdict{Why: notify.WhyBudget, Stop: true}},
	} {
		got := notify.Judge(l, tt.past, tt.number, tt.parts)
		if wait := got.Why != "" && !got.Final; wait != (got.Wait > 0) {
			t.Errorf("%s: waits %v", name, got.Wait)
		}
		if got.Wait = 0; got != tt.want {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
	if got := notify.PrefixesOf([]string{"FI", "cz", "XX"}); len(got) != 2 || got[0] != "+358" || got[1] != "+420" {
		t.Errorf("got %v", got)
	}
	own := notify.Limits{Budget: 5}.Or(l)
	if own.Budget != 5 || own.Burst != 100 || own.PerNumber != 20 || len(own.Prefixes) != 2 {
		t.Errorf("got %+v", own)
	}
}
