package eservice

import (
	"testing"
	"time"

	"luukku/domain/worklist"
)

func TestWhatAListOfFormsShows(t *testing.T) {
	t.Parallel()
	const now = 1000
	x := Listed{Submission: Submission{Form: "a", State: InProgress, SentAt: 500}, Work: worklist.Item{State: worklist.Open, Inbox: "box", Assignee: "me", Due: 999}}
	ended := x
	ended.State, ended.Work.State = Decided, worklist.Closed
	for name, c := range map[string]struct {
		w    Sought
		of   Listed
		want bool
	}{
		"open":             {Sought{}, x, true},
		"ended":            {Sought{}, ended, false},
		"all":              {Sought{State: AnyState}, ended, true},
		"of a state":       {Sought{State: Decided}, ended, true},
		"of another state": {Sought{State: Received}, x, false},
		"another form":     {Sought{Form: "b"}, x, false},
		"first second":     {Sought{From: 500, Until: 501}, x, true},
		"a second later":   {Sought{From: 501}, x, false},
		"second after":     {Sought{Until: 500}, x, false},
		"mine":             {Sought{Who: OfMe}, x, true},
		"nobody's":         {Sought{Who: OfNobody}, x, false},
		"of a colleague":   {Sought{Who: "you"}, x, false},
		"another inbox":    {Sought{Inbox: "other"}, x, false},
		"late":             {Sought{Late: true}, x, true},
		"late that ended":  {Sought{Late: true, State: AnyState}, ended, false},
	} {
		if got := c.w.Shows(c.of, "me", now); got != c.want {
			t.Errorf("%s: shown is %t, want %t", name, got, c.want)
		}
	}
	if x.Work.Due = now; (Sought{Late: true}).Shows(x, "me", now) {
		t.Error("in the last second of its day it is late")
	}
	if w := (Sought{State: "no such"}).Clean(); w.State != OpenStates || w.Order != ByWork {
		t.Errorf("cleaned it is %+v", w)
	}
	if w := (Sought{State: AnyState}).Clean(); w.Order != Newest {
		t.Errorf("what ended is in the order %q", w.Order)
	}
}

func TestFiguresOfForms(t *testing.T) {
	t.Parallel()
	const now = 1_700_000_000
	list := []Counted{
		{Form: "a", Inbox: "x", State: Received, Sent: now - 100, Due: now},     // in its last second
		{Form: "a", Inbox: "x", State: Received, Sent: now - 100, Due: now - 1}, // late
		{Form: "a", Inbox: "x", State: Withdrawn, Sent: now - 100, Ended: now - 50, Due: now - 50},
		{Form: "b", Inbox: "y", State: Closed, Sent: now - 100, Ended: now - 49, Due: now - 50}, // late
	}
	f := FiguresOf(list, time.UTC, now)
	if a := f.All; a.Received != 4 || a.Open != 2 || a.Withdrawn != 1 || a.Closed != 1 || a.Late != 2 || len(f.Forms) != 2 || len(f.Inboxes) != 2 || len(f.Months) != 1 {
		t.Errorf("got %+v", f)
	}
	for n := range int64(4) {
		list = append(list, Counted{Form: "a", Inbox: "x", State: Decided, Sent: now - 100, Ended: now - 100 + 10*(n+1)})
	}
	if f := FiguresOf(list, time.UTC, now); f.All.Median != 0 || f.All.P90 != 0 {
		t.Errorf("of four decisions the times are %d and %d: they say how long one person's took", f.All.Median, f.All.P90)
	}
	list = append(list, Counted{Form: "a", Inbox: "x", State: Decided, Sent: now - 100, Ended: now})
	if f := FiguresOf(list, time.UTC, now); f.All.Median != 30 || f.All.P90 != 100 || f.All.Decided != 5 {
		t.Errorf("of 10, 20, 30, 40 and 100 seconds: %+v", f.All)
	}
}
