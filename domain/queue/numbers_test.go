package queue

import "testing"

func TestFreeNumber(t *testing.T) {
	t.Parallel()
	r := Range{Prefix: "A", First: 10, Last: 12}
	for name, c := range map[string]struct {
		from int
		used map[int]bool
		want int
	}{
		"the next": {11, map[int]bool{10: true}, 11},
		"one that was written by hand is passed over":     {11, map[int]bool{10: true, 11: false}, 12},
		"after the last the first again":                  {12, map[int]bool{11: false, 12: false}, 10},
		"all were had: the next whose ticket has ended":   {11, map[int]bool{10: false, 11: true, 12: false}, 12},
		"all were had, and those from here on still wait": {11, map[int]bool{10: false, 11: true, 12: true}, 10},
		"all wait: beyond the last":                       {11, map[int]bool{10: true, 11: true, 12: true}, 13},
		"all wait, beyond the last, too":                  {10, map[int]bool{10: true, 11: true, 12: true, 13: true}, 14},
		"the day's first":                                 {10, nil, 10},
		"the range was moved up during the day":           {4, map[int]bool{1: true, 2: true, 3: true}, 10},
	} {
		if got := FreeNumber(r, c.from, c.used); got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
