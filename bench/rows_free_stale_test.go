package bench

import (
	"strings"
	"testing"
)

func TestTwoServersSeeEachOthersBookings(t *testing.T) {
	t.Parallel()
	e := rowEnv(t, "free/stale")
	s, err := e.openStale(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	times, err := s.in.Fixture.FreeTimes(9)
	if err != nil {
		t.Fatal(err)
	}
	var res Result
	for i, x := range times[:4] {
		for node, n := range s.nodes {
			offered, err := s.offered(t.Context(), n, x)
			if err != nil || !offered {
				t.Fatalf("server %d, before: got offered %v, %v, want the free time", node, offered, err)
			}
		}
		if _, err := s.lag(t.Context(), x, i%2); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range times[4:] {
		if err := s.race(t.Context(), x, &res); err != nil {
			t.Fatal(err)
		}
	}
	s.made++ // as if one more had been answered, which the database does not have
	if err := s.settle(t.Context(), &res); err != nil {
		t.Fatal(err)
	}
	if len(res.Wrong) != 1 || !strings.Contains(res.Wrong[0], "10 bookings were answered with 201; there are 9") {
		t.Errorf("got %q, want the one that is not there and nothing else", res.Wrong)
	}
}
