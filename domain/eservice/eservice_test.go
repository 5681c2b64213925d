package eservice_test

import (
	"testing"

	"luukku/domain/eservice"
)

func TestInForceToTheSecond(t *testing.T) {
	t.Parallel()
	// The third was published to hold earlier than the second: from then on it holds, and so it stays.
	all := []eservice.Version{{Number: 3, From: 150}, {Number: 2, From: 200}, {Number: 1, From: 100}}
	for _, c := range []struct{ at, want int64 }{{99, 0}, {100, 1}, {149, 1}, {150, 3}, {200, 3}, {1 << 40, 3}} {
		v, ok := eservice.InForce(all, c.at)
		if ok != (c.want > 0) || v.Number != c.want {
			t.Errorf("at %d: got version %d, %v, want %d", c.at, v.Number, ok, c.want)
		}
	}
}
