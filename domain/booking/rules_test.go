package booking

import (
	"testing"
	"time"
	_ "time/tzdata"

	"luukku/base/fault"
	"luukku/domain/catalog"
)

var helsinki = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return loc
}()

// key is the text key of a fault, or "" for none.
func key(err error) string {
	if err == nil {
		return ""
	}
	return fault.Of(err).Key
}

func TestDeadlinesToTheSecond(t *testing.T) {
	start := time.Date(2026, 11, 25, 9, 20, 0, 0, helsinki)
	p := catalog.Policy{Notice: 2 * time.Hour, ChangeCutoff: 24 * time.Hour, CancelCutoff: 90 * time.Minute, Horizon: 60 * 24 * time.Hour, OnlineChange: true, OnlineCancel: true}
	a := Appointment{Start: start.Unix(), End: start.Unix() + 1200, Status: Booked}
	for _, tt := range []struct {
		rule   string
		last   time.Duration // before the start: the last second in which it is allowed
		check  func(now time.Time) error
		beyond string
	}{
		{"book until the notice", 2 * time.Hour, func(now time.Time) error { return CheckStart(p, start.Unix(), now, helsinki) }, "booking.too_close"},
		{"move until the cut-off", 24 * time.Hour, func(now time.Time) error { return CheckMove(p, a, now.Unix()) }, "manage.too_late_to_move"},
		{"edit until the cut-off", 24 * time.Hour, func(now time.Time) error { return CheckEdit(p, a, now.Unix()) }, "manage.too_late_to_edit"},
		{"cancel until the cut-off", 90 * time.Minute, func(now time.Time) error { return CheckCancel(p, a, now.Unix()) }, "manage.too_late_to_cancel"},
	} {
		edge := start.Add(-tt.last)
		for _, at := range []struct {
			offset time.Duration
			want   string
		}{{-time.Second, ""}, {0, ""}, {time.Second, tt.beyond}} {
			if got := key(tt.check(edge.Add(at.offset))); got != at.want {
				t.Errorf("%s, %v from the edge: got %q, want %q", tt.rule, at.offset, got, at.want)
			}
		}
	}
}

func TestAppointmentThatHasBegunIsPast(t *testing.T) {
	p := catalog.Policy{OnlineChange: true, OnlineCancel: true}
	a := Appointment{Start: 1000, Status: Booked}
	for now, want := range map[int64]string{999: "", 1000: "manage.past", 1001: "manage.past"} {
		if got := key(CheckCancel(p, a, now)); got != want {
			t.Errorf("at second %d: got %q, want %q", now, got, want)
		}
	}
	a.Status = Cancelled
	if got := key(CheckCancel(p, a, 5000)); got != "manage.cancelled_already" {
		t.Errorf("cancelled and past: got %q, want to hear that it is cancelled", got)
	}
}

func TestNotOnlineStillLetsNamesBeMended(t *testing.T) {
	p := catalog.Policy{OnlineChange: false}
	a := Appointment{Start: 1000, Status: Booked}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"move": {CheckMove(p, a, 1), "manage.not_online"}, "cancel": {CheckCancel(p, a, 1), "manage.not_online"}, "edit": {CheckEdit(p, a, 1), ""},
	} {
		if got := key(tt.err); got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestHorizonIsTheOfficesLocalDays(t *testing.T) {
	p := catalog.Policy{Horizon: 2 * 24 * time.Hour}
	// Half past eleven in the evening in Helsinki is still that day, though not in every zone.
	now := time.Date(2026, 11, 23, 23, 30, 0, 0, helsinki)
	last := time.Date(2026, 11, 25, 23, 55, 0, 0, helsinki)
	if err := CheckStart(p, last.Unix(), now, helsinki); err != nil {
		t.Errorf("the last minutes of the last day: got %v, want them bookable", err)
	}
	if got := key(CheckStart(p, last.Add(5*time.Minute).Unix(), now, helsinki)); got != "booking.too_far" {
		t.Errorf("midnight after: got %q, want too far", got)
	}
	if err := CheckStart(p, last.Add(5*time.Minute).Unix(), now.Add(30*time.Minute), helsinki); err != nil {
		t.Errorf("midnight after, once the next day has begun: got %v, want it bookable", err)
	}
}

func TestHorizonOverAClockChange(t *testing.T) {
	// The clocks go back on 25 October 2026: that day has 25 hours, and two days ahead are still two dates ahead.
	p := catalog.Policy{Horizon: 2 * 24 * time.Hour}
	now := time.Date(2026, 10, 24, 12, 0, 0, 0, helsinki)
	if err := CheckStart(p, time.Date(2026, 10, 26, 16, 0, 0, 0, helsinki).Unix(), now, helsinki); err != nil {
		t.Errorf("two dates ahead over the change: got %v, want it bookable", err)
	}
}

func TestPastTimes(t *testing.T) {
	p := catalog.Policy{Horizon: 24 * time.Hour}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, helsinki)
	for offset, want := range map[time.Duration]string{-time.Second: "booking.past", 0: "", time.Second: ""} {
		if got := key(CheckStart(p, now.Add(offset).Unix(), now, helsinki)); got != want {
			t.Errorf("a time %v from now: got %q, want %q", offset, got, want)
		}
	}
}

func TestHoldIsAliveInItsLastSecond(t *testing.T) {
	h := Hold{ID: "h", ExpiresAt: HoldUntil(catalog.Policy{Hold: 15 * time.Minute}, 1000)}
	for now, want := range map[int64]bool{1899: true, 1900: true, 1901: false} {
		if got := h.Alive(now); got != want {
			t.Errorf("at second %d: got %v, want %v", now, got, want)
		}
	}
	if (Hold{ExpiresAt: 5000}).Alive(1) {
		t.Error("no hold at all is alive")
	}
}

func TestDigestTellsRequestsApart(t *testing.T) {
	seen := map[string]bool{}
	for _, parts := range [][]any{{int64(1795500000)}, {int64(1795501200)}, {"a", "b"}, {"ab", ""}, {Details{Name: "a"}}, {Details{Email: "a"}}, {nil}} {
		sum := string(digest(parts...))
		if seen[sum] {
			t.Errorf("%v has the digest of another request", parts)
		}
		seen[sum] = true
		if sum != string(digest(parts...)) {
			t.Errorf("%v has two digests", parts)
		}
	}
}
