package worklist

import (
	"testing"
	"time"

	"luukku/base/ids"
)

func TestLateAndSoonToTheSecond(t *testing.T) {
	const due = 1_000_000
	i := Item{State: Open, Due: due}
	for _, c := range []struct {
		now        int64
		late, soon bool
	}{
		{due - SoonFor - 1, false, false}, {due - SoonFor, false, true}, {due - 1, false, true}, {due, false, true}, {due + 1, true, false},
	} {
		if i.Late(c.now) != c.late || i.Soon(c.now) != c.soon {
			t.Errorf("%d seconds before: late %v, soon %v, want %v and %v", due-c.now, i.Late(c.now), i.Soon(c.now), c.late, c.soon)
		}
	}
	for _, i := range []Item{{State: Open}, {State: Closed, Due: due}} {
		if i.Soon(due) || i.Late(due+1) {
			t.Errorf("%+v is late or due soon", i)
		}
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	const now = 1_000_000
	list := []Item{
		{State: Open, Due: now - 1, Assignee: "me"}, {State: Waiting, Due: now, Assignee: "me"}, {State: Open, Due: now - 9}, {State: Open, Due: now + 5, Assignee: "other"},
		{State: Closed, Due: now - 1, Assignee: "me"}, {State: Open, Assignee: "me"},
	}
	for _, c := range []struct {
		wish Wish
		me   ids.Staff
		want Told
	}{
		{WishOwn, "me", Told{1, 1}}, {WishAll, "me", Told{2, 1}}, {WishNone, "me", Told{}}, {WishOwn, "other", Told{0, 1}}, {WishOwn, "third", Told{}}, {WishAll, "third", Told{1, 0}}, {WishOwn, "", Told{}},
	} {
		if got := Tell(list, c.wish, c.me, now); got != c.want {
			t.Errorf("with the wish %q %q is told of %+v, want %+v", c.wish, c.me, got, c.want)
		}
	}
}

func TestNoticesGoOnTheMorningOfAWorkingDay(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04:05", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct{ after, want string }{
		{"2026-11-20 07:29:59", "2026-11-20 07:30:00"}, // a Friday
		{"2026-11-20 07:30:00", "2026-11-23 07:30:00"}, // gone: the Monday after it
		{"2026-11-21 12:00:00", "2026-11-23 07:30:00"},
		{"2026-10-23 23:59:59", "2026-10-26 07:30:00"}, // over the end of summer time
	} {
		got, day := NoticeAt(zone, at(c.after))
		if !got.Equal(at(c.want)) || day.String() != c.want[:10] {
			t.Errorf("after %s they go at %s of %s, want %s", c.after, got, day, c.want)
		}
	}
}
