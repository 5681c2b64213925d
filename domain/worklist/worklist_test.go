package worklist

import (
	"strings"
	"testing"

	"luukku/base/fault"
)

func TestOverdueFromTheSecondAfterTheTime(t *testing.T) {
	t.Parallel()
	const due = 1000
	for _, c := range []struct {
		state State
		now   int64
		want  bool
	}{
		{Open, due - 1, false}, {Open, due, false}, {Open, due + 1, true}, {Waiting, due + 1, true}, {Closed, due + 1, false},
	} {
		i := Item{State: c.state, Due: due, Assignee: "me"}
		if got := i.Late(c.now); got != c.want {
			t.Errorf("%s at %d: late is %t, want %t", c.state, c.now, got, c.want)
		}
		if got := Overdue.Shows(i, "me", c.now); got != c.want {
			t.Errorf("%s at %d: the view of what is overdue shows it: %t, want %t", c.state, c.now, got, c.want)
		}
	}
	if (Item{State: Open}).Late(due) {
		t.Error("what has no time is late")
	}
}

func TestOrderOfWork(t *testing.T) {
	t.Parallel()
	list := []Item{
		{ID: "waits-for-person", State: Waiting, Since: 1},
		{ID: "younger", State: Open, Since: 20},
		{ID: "late", State: Open, Since: 30, Due: 99},
		{ID: "older", State: Open, Since: 10},
		{ID: "later", State: Waiting, Since: 2, Due: 98},
		{ID: "due-soon", State: Open, Since: 40, Due: 15 + 100},
	}
	Sort(list, 100)
	var got []string
	for _, i := range list {
		got = append(got, string(i.ID))
	}
	if s := strings.Join(got, " "); s != "later late older younger due-soon waits-for-person" {
		t.Errorf("got %s", s)
	}
}

func TestADeedIsJudgedByWhatWasSeen(t *testing.T) {
	t.Parallel()
	open := Item{State: Open, Version: 3, Inbox: "a"}
	closed := Item{State: Closed, Version: 3}
	for name, c := range map[string]struct {
		on   Item
		do   Deed
		want string // the key of the fault
	}{
		"unseen":           {open, Deed{Seen: 2, Do: Ended}, "work.changed"},
		"a note unseen":    {open, Deed{Seen: 1, Do: Noted, Note: "x"}, ""},
		"to nobody":        {open, Deed{Seen: 3, Do: Assigned}, "work.nothing"},
		"released nobody":  {open, Deed{Seen: 3, Do: Released}, "work.nothing"},
		"handed to itself": {open, Deed{Seen: 3, Do: Handed, Inbox: "a"}, "work.nothing"},
		"the same day":     {Item{State: Open, Version: 3, Due: 5}, Deed{Seen: 3, Do: Dated, Due: 5}, "work.nothing"},
		"a day":            {open, Deed{Seen: 3, Do: Dated, Due: 5}, ""},
		"closed":           {closed, Deed{Seen: 3, Do: Assigned, Staff: "me"}, "work.closed"},
		"opened again":     {closed, Deed{Seen: 3, Do: Reopened}, ""},
		"open again":       {open, Deed{Seen: 3, Do: Reopened}, "work.nothing"},
	} {
		_, _, err := c.do.Apply(c.on, 100)
		got := ""
		if err != nil {
			got = fault.Of(err).Key
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	i, e, err := Deed{Seen: 3, Do: Handed, Inbox: "b"}.Apply(Item{State: Open, Version: 3, Inbox: "a", Assignee: "me"}, 100)
	if err != nil || i.Assignee != "" || i.Inbox != "b" || e.Detail != "b" {
		t.Errorf("handed over: got %+v, %+v, %v", i, e, err)
	}
	if i, e, err = (Deed{Seen: 3, Do: Dated}).Apply(Item{State: Open, Version: 3, Due: 5}, 100); err != nil || i.Due != 0 || e.Detail != "" {
		t.Errorf("the day taken away: got %+v, %+v, %v", i, e, err)
	}
}
