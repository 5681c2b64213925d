package desk

import (
	"testing"
	"time"

	"luukku/domain/booking"
)

func TestListIsTrueUntilSomethingOnItLapsesOrCanBePressed(t *testing.T) {
	t.Parallel()
	f := dayFacts{Config: sampleConfig(), Now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	start := f.Now.Add(6 * time.Hour).Unix()
	last := f.Now.Add(10 * time.Minute).Unix()
	f.List = []booking.DeskRow{{Listed: booking.Listed{Start: start, End: start + 1200, Status: booking.Pending}, ExpiresAt: last}}
	for _, c := range []struct{ now, want int64 }{
		{last - 1, last}, {last, last}, // the last second of the window is still in it
		{last + 1, start - int64(booking.VisitFrom/time.Second) - 1},
	} {
		f.Now = time.Unix(c.now, 0)
		if got := f.until(); got != c.want {
			t.Errorf("at %d before its end: got true until %d after it, want %d", last-c.now, got-last, c.want-last)
		}
	}
}
