package notify_test

import (
	"testing"

	"luukku/domain/notify"
)

// Lanes are stored with tasks: these must not change.
func TestLanesStayTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		event   notify.Event
		channel notify.Channel
		lane    int
	}{
		{notify.TimeOffered, notify.Email, 2}, {notify.TimeOffered, notify.SMS, 3}, {notify.AppointmentPending, notify.Email, 2}, {notify.AppointmentPending, notify.SMS, 3},
		{notify.AppointmentBooked, notify.Email, 4}, {notify.AppointmentBooked, "", 4}, {notify.AppointmentBooked, notify.SMS, 5}, {notify.AppointmentCancelled, notify.SMS, 5},
		{notify.AppointmentReminder, notify.Email, 6}, {notify.AppointmentReminder, notify.SMS, 7},
	} {
		if got := notify.LaneOf(c.event, c.channel); got != c.lane {
			t.Errorf("%s by %q: got lane %d, want %d", c.event, c.channel, got, c.lane)
		}
	}
	if len(notify.Workers) != 11 || notify.LaneHouse != 0 || notify.LaneScan != 8 || notify.LaneHooks != 9 || notify.LaneLetters != 10 {
		t.Errorf("got %d lanes, the first %d; want 11 from 0 on", len(notify.Workers), notify.LaneHouse)
	}
	for lane, n := range notify.Workers {
		if n < 1 {
			t.Errorf("lane %d has no workers", lane)
		}
	}
}
