package booking

import (
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// TestShareOfStaffOpensToTheSecond: of three counters one is kept for staff until 24 hours before. A second before that it is theirs, at that second and
// after it is everybody's; whoever asks for that very counter is no exception, and staff have it at all times.
func TestShareOfStaffOpensToTheSecond(t *testing.T) {
	t.Parallel()
	p := catalog.Policy{Length: 20 * time.Minute, Horizon: 60 * 24 * time.Hour, StaffShare: 1, StaffRelease: 24 * time.Hour}
	start := time.Date(2026, 11, 24, 9, 20, 0, 0, helsinki)
	for _, c := range []struct {
		at   time.Duration // before the start
		want int
	}{{24*time.Hour + time.Second, 2}, {24 * time.Hour, 3}, {24*time.Hour - time.Second, 3}} {
		sch := schedule(t, p, start.Add(-c.at), 3, "mon-fri 09:00-12:00")
		slot, ok := sch.At(start.Unix())
		if !ok || len(slot.Units) != c.want {
			t.Errorf("%s before: %d counters for everybody, want %d", c.at, len(slot.Units), c.want)
		}
		last := sch.Units[2].ID
		if slot, ok := sch.With(last).At(start.Unix()); !ok || len(slot.Units) != c.want-2 {
			t.Errorf("%s before: the last counter alone: %v", c.at, slot.Units)
		}
		if slot, _ := sch.With(sch.Units[0].ID).At(start.Unix()); len(slot.Units) != 1 {
			t.Errorf("%s before: the first counter alone is not everybody's: %v", c.at, slot.Units)
		}
		if slot, _ := sch.ForStaff().At(start.Unix()); len(slot.Units) != 3 {
			t.Errorf("%s before: staff have %v, want all three", c.at, slot.Units)
		}
	}
}

// TestShareThatIsNeverReleased stays with the staff to the end.
func TestShareThatIsNeverReleased(t *testing.T) {
	t.Parallel()
	p := catalog.Policy{Length: 20 * time.Minute, Horizon: 60 * 24 * time.Hour, StaffShare: 2}
	start := time.Date(2026, 11, 24, 9, 20, 0, 0, helsinki)
	sch := schedule(t, p, start.Add(-time.Minute), 2, "mon-fri 09:00-12:00")
	if slot, ok := sch.At(start.Unix()); !ok || len(slot.Units) != 0 {
		t.Errorf("a minute before: got %v, want none", slot.Units)
	}
	if day := sch.Day(dateAt(sch, start.Unix()), nil); day.Kind != DayFull {
		t.Errorf("a day that is the staff's alone is %s, want %s", day.Kind, DayFull)
	}
}

// TestLongerVisitsBeginWhereShortOnesDo: a visit of three people takes three lengths, begins on the service's own times, and ends before closing.
func TestLongerVisitsBeginWhereShortOnesDo(t *testing.T) {
	t.Parallel()
	p := catalog.Policy{Length: 20 * time.Minute, Gap: 10 * time.Minute, Horizon: 60 * 24 * time.Hour}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, helsinki)
	sch := schedule(t, p, now, 1, "tue 09:00-11:00").Lasting(time.Hour)
	day, _ := org.ParseDate("2026-11-24")
	var got []string
	for _, s := range sch.Grid(day) {
		got = append(got, time.Unix(s.Start, 0).In(helsinki).Format("15:04")+"-"+time.Unix(s.End, 0).In(helsinki).Format("15:04"))
	}
	want := []string{"09:00-10:00", "09:30-10:30", "10:00-11:00"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	busy := Busy{}
	busy.Add(sch.Units[0].ID, FirstCell(time.Date(2026, 11, 24, 10, 30, 0, 0, helsinki).Unix()))
	free := sch.Day(day, busy).Free
	if free := free.Len(); free != 1 { // 9:30 would need the counter until 10:40
		t.Errorf("got %d free times beside an appointment at 10:30, want 1", free)
	}
	if _, ok := sch.At(time.Date(2026, 11, 24, 9, 20, 0, 0, helsinki).Unix()); ok {
		t.Error("a longer visit begins where no short one does")
	}
}

// TestLapsedIsDecidedByTheClock, at T-1 s, T and T+1 s, whatever the database says.
func TestLapsedIsDecidedByTheClock(t *testing.T) {
	t.Parallel()
	const end = 1_800_000_000
	for _, c := range []struct {
		status Status
		now    int64
		want   Status
	}{
		{Pending, end - 1, Pending}, {Pending, end, Pending}, {Pending, end + 1, Lapsed},
		{Proposed, end - 1, Proposed}, {Proposed, end, Proposed}, {Proposed, end + 1, Lapsed},
		{Booked, end + 1, Booked}, {Cancelled, end + 1, Cancelled},
	} {
		a := Appointment{ID: ids.Appointment("x"), Status: c.status, ExpiresAt: end, Start: end + 1000, End: end + 2000}
		if got := a.StatusAt(c.now); got != c.want {
			t.Errorf("%s at %+d: got %s, want %s", c.status, c.now-end, got, c.want)
		}
		if late := CheckConfirm(a, c.now) != nil; late != (c.want == Lapsed || c.want == Cancelled) {
			t.Errorf("%s at %+d: confirming is refused: %t", c.status, c.now-end, late)
		}
	}
	p := catalog.Policy{ConfirmWindow: 15 * time.Minute}
	if got := ConfirmUntil(p, end, end+86400); got != end+900 {
		t.Errorf("the window ends at %+d, want 900", got-end)
	}
	if got := ConfirmUntil(p, end, end+600); got != end+600 {
		t.Errorf("the window ends %+d after Save, want at the start of the appointment", got-end)
	}
}
