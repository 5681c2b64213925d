package org

import (
	"testing"
	"time"
)

func TestMessagesAreReadInTheHoursAndToTheSecond(t *testing.T) {
	t.Parallel()
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	w, err := ParseWeekly("mon-fri 08:00-16:00")
	if err != nil {
		t.Fatal(err)
	}
	o := Organisation{Country: "FI", Zone: "Europe/Helsinki", ClosedOnHolidays: true}
	box := Inbox{Hours: []Weekly{w}}
	at := func(day, h, m, s int) time.Time { return time.Date(2026, time.November, day, h, m, s, 0, helsinki) }
	for _, c := range []struct {
		at    time.Time
		shut  bool
		since time.Time
	}{
		{at(20, 7, 59, 59), true, at(19, 16, 0, 0)}, {at(20, 8, 0, 0), false, time.Time{}}, {at(20, 15, 59, 59), false, time.Time{}},
		{at(20, 16, 0, 0), true, at(20, 16, 0, 0)}, {at(20, 16, 0, 1), true, at(20, 16, 0, 0)}, {at(22, 12, 0, 0), true, at(20, 16, 0, 0)},
	} {
		since, shut := box.ShutSince(o, c.at, helsinki)
		if shut != c.shut || shut && !since.Equal(c.since) {
			t.Errorf("%s: got %t since %s, want %t since %s", c.at, shut, since, c.shut, c.since)
		}
	}
	if _, shut := (Inbox{}).ShutSince(o, at(22, 3, 0, 0), helsinki); shut {
		t.Error("an inbox without hours is shut")
	}
	if since, shut := box.ShutSince(o, time.Date(2026, time.December, 25, 10, 0, 0, 0, helsinki), helsinki); !shut || since.Day() != 23 {
		t.Errorf("at Christmas: got %t since %s", shut, since)
	}
}
