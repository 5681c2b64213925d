package mailbox

import (
	"testing"
	"time"
)

// No list is kept beyond a second in which it may say something else by the clock alone.
func TestAListLastsUntilSomethingBeginsOrEnds(t *testing.T) {
	t.Parallel()
	at := func(clock string) int64 {
		m, err := time.Parse("15:04:05", clock)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, 23, m.Hour(), m.Minute(), m.Second(), 0, time.UTC).Unix()
	}
	for _, c := range []struct {
		now, from, until, want string
	}{
		{"09:00:00", "08:00:00", "", "09:14:59"}, {"09:14:59", "08:00:00", "", "09:14:59"}, {"09:15:00", "08:00:00", "", "09:29:59"}, // a date begins at no other time, in any zone
		{"09:00:00", "09:00:00", "", "09:14:59"}, {"08:59:59", "09:00:00", "", "08:59:59"}, {"09:00:00", "09:05:00", "", "09:04:59"},
		{"09:00:00", "08:00:00", "09:05:00", "09:05:00"}, {"09:05:00", "08:00:00", "09:05:00", "09:05:00"}, {"09:05:01", "08:00:00", "09:05:00", "09:14:59"}, {"09:00:00", "08:00:00", "10:00:00", "09:14:59"},
	} {
		p := Preference{From: at(c.from)}
		if c.until != "" {
			p.Until = at(c.until)
		}
		if got := lasts([]Preference{{From: at("07:00:00")}, p}, at(c.now)); got != at(c.want) {
			t.Errorf("at %s, from %s until %q: lasts until %s, want %s", c.now, c.from, c.until, time.Unix(got, 0).UTC().Format(time.TimeOnly), c.want)
		}
	}
}
