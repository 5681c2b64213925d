package course

import (
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/course"
)

// TestWhatTheFormShowsIsWhatItReads: a course that is opened and saved is the same in every language, however it writes times.
func TestWhatTheFormShowsIsWhatItReads(t *testing.T) {
	texts, cfg := i18n.MustLoad(), sampleConfig()
	zone := cfg.Zone()
	c := sampleCourse()
	c.Opens, c.CancelUntil = time.Date(2026, 3, 29, 4, 0, 0, 0, zone).Unix(), time.Date(2026, 12, 1, 0, 5, 0, 0, zone).Unix()
	c.Sessions = []course.Session{
		{Start: time.Date(2026, 12, 4, 9, 0, 0, 0, zone).Unix(), End: time.Date(2026, 12, 4, 23, 59, 0, 0, zone).Unix(), Place: "Liikuntasali B"},
		{Start: time.Date(2027, 1, 31, 0, 0, 0, 0, zone).Unix(), End: time.Date(2027, 1, 31, 0, 45, 0, 0, zone).Unix()},
	}
	for _, l := range i18n.Languages() {
		got, err := readCourse(typedOf(texts.Printer(l.Code), c, cfg), cfg, c.Details)
		if err != nil {
			t.Errorf("%s: %v", l.Code, err)
			continue
		}
		if got.Opens != c.Opens || got.CancelUntil != c.CancelUntil || got.Closes != c.Closes {
			t.Errorf("%s: opens, closes, cancel: got %d, %d, %d, want %d, %d, %d", l.Code, got.Opens, got.Closes, got.CancelUntil, c.Opens, c.Closes, c.CancelUntil)
		}
		if len(got.Sessions) != 2 || got.Sessions[0] != c.Sessions[0] || got.Sessions[1] != c.Sessions[1] {
			t.Errorf("%s: sessions: got %+v, want %+v", l.Code, got.Sessions, c.Sessions)
		}
	}
}
