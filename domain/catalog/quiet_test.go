package catalog

import (
	"testing"
	"time"
)

// Quiet hours by the clock of the office: their first second is quiet, the one at which they end is not; over midnight, and when clocks are changed.
func TestQuietHoursEndByTheClockOfTheOffice(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	at := func(month time.Month, day, hour, minute, second int) time.Time {
		return time.Date(2026, month, day, hour, minute, second, 0, zone)
	}
	night, day := QuietOf(21*60, 8*60), QuietOf(12*60, 13*60)
	for _, tt := range []struct {
		name    string
		quiet   Quiet
		t, want time.Time
	}{
		{"none", 0, at(11, 23, 3, 0, 0), at(11, 23, 3, 0, 0)},
		{"a second before the evening", night, at(11, 23, 20, 59, 59), at(11, 23, 20, 59, 59)},
		{"the evening's first second", night, at(11, 23, 21, 0, 0), at(11, 24, 8, 0, 0)},
		{"a second later", night, at(11, 23, 21, 0, 1), at(11, 24, 8, 0, 0)},
		{"the last second of the day", night, at(11, 23, 23, 59, 59), at(11, 24, 8, 0, 0)},
		{"midnight", night, at(11, 24, 0, 0, 0), at(11, 24, 8, 0, 0)},
		{"a second before the morning", night, at(11, 24, 7, 59, 59), at(11, 24, 8, 0, 0)},
		{"the morning", night, at(11, 24, 8, 0, 0), at(11, 24, 8, 0, 0)},
		{"a second after", night, at(11, 24, 8, 0, 1), at(11, 24, 8, 0, 1)},
		{"the last evening of a month", night, at(11, 30, 22, 0, 0), at(12, 1, 8, 0, 0)},
		{"a second before noon", day, at(11, 24, 11, 59, 59), at(11, 24, 11, 59, 59)},
		{"noon", day, at(11, 24, 12, 0, 0), at(11, 24, 13, 0, 0)},
		{"the last second of the hour", day, at(11, 24, 12, 59, 59), at(11, 24, 13, 0, 0)},
		{"one", day, at(11, 24, 13, 0, 0), at(11, 24, 13, 0, 0)},
		{"the evening before clocks go forward", night, at(3, 28, 22, 0, 0), at(3, 29, 8, 0, 0)},
		{"the night in which they do", night, at(3, 29, 4, 30, 0), at(3, 29, 8, 0, 0)},
		{"the evening before they go back", night, at(10, 24, 22, 0, 0), at(10, 25, 8, 0, 0)},
		{"the hour that comes twice", night, at(10, 25, 3, 30, 0).Add(time.Hour), at(10, 25, 8, 0, 0)},
		{"asked in another zone", night, at(11, 23, 22, 0, 0).UTC(), at(11, 24, 8, 0, 0)},
	} {
		if got := tt.quiet.Over(tt.t, zone); !got.Equal(tt.want) {
			t.Errorf("%s: got %s, want %s", tt.name, got.In(zone), tt.want)
		}
	}
	// The nights in which clocks are changed are an hour shorter and longer, and nobody is woken by it.
	for _, n := range []struct {
		evening time.Time
		want    time.Duration
	}{{at(3, 28, 21, 0, 0), 10 * time.Hour}, {at(10, 24, 21, 0, 0), 12 * time.Hour}, {at(11, 23, 21, 0, 0), 11 * time.Hour}} {
		if got := night.Over(n.evening, zone).Sub(n.evening); got != n.want {
			t.Errorf("the night after %s is quiet for %s, want %s", n.evening, got, n.want)
		}
	}
}
