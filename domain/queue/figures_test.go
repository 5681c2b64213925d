package queue

import (
	"testing"
	"time"

	"luukku/base/ids"
)

func TestSpreadOfHandCountedTimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times []int64
		want  Spread
	}{
		{nil, Spread{}},
		{[]int64{7}, Spread{1, 7, 7}},
		{[]int64{9, 1}, Spread{2, 5, 9}},
		{[]int64{3, 1, 2}, Spread{3, 2, 3}},
		{[]int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, Spread{10, 5, 9}},
		{[]int64{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, Spread{11, 6, 10}},
	} {
		if got := SpreadOf(c.times); got != c.want {
			t.Errorf("got %+v, want %+v", got, c.want)
		}
	}
}

// A morning counted by hand: four came; one was called twice, one's first call was taken back, one did not come, one left.
func TestFiguresOfAMorningCountedByHand(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	at := func(h, m int) int64 { return time.Date(2026, 11, 20, h, m, 0, 0, zone).Unix() }
	ticket := func(id string, kind Kind, service ids.Service, state State, arrived int64) Ticket {
		return Ticket{ID: ids.Ticket(id), Kind: kind, Service: service, State: state, ArrivedAt: arrived, Estimate: -1}
	}
	a, b := ticket("a", Booked, "passport", Done, at(8, 0)), ticket("b", WalkIn, "permit", Done, at(8, 59))
	c, d := ticket("c", WalkIn, "permit", Missed, at(9, 0)), ticket("d", WalkIn, "permit", Left, at(9, 30))
	a.Counter, a.BegunAt, a.EndAt, a.Estimate = "1", at(8, 12), at(8, 32), 5*60
	b.Counter, b.BegunAt, b.EndAt, b.Estimate = "2", at(9, 20), at(9, 24), 30*60
	c.Counter, c.EndAt = "1", at(9, 40)
	step := func(id string, seq int64, what What, at int64, reason string) Step {
		return Step{Ticket: ids.Ticket(id), Seq: seq, What: what, At: at, Reason: reason}
	}
	got := FiguresOf([]Ticket{a, b, c, d}, []Step{
		step("a", 2, StepCalled, at(8, 10), ""), step("a", 3, StepRecalled, at(8, 11), ""), step("a", 4, StepParked, at(8, 11), ""), step("a", 5, StepCalled, at(8, 12), ""),
		step("b", 2, StepCalled, at(9, 0), ""), step("b", 3, StepUndone, at(9, 1), "called"), step("b", 4, StepPicked, at(9, 19), "urgent"),
		step("c", 2, StepCalled, at(9, 35), ""),
	}, zone)
	all := got.All
	if all.Came != 4 || all.Booked != 1 || all.Served != 2 || all.Missed != 1 || all.Left != 1 {
		t.Errorf("all: got %+v", all)
	}
	// Waits: 10, 20 and 35 minutes; service: 20 and 4 minutes; off: 5 and 10 minutes.
	if want := (Spread{3, 20 * 60, 35 * 60}); all.Wait != want {
		t.Errorf("waits: got %+v, want %+v", all.Wait, want)
	}
	if want := (Spread{2, 12 * 60, 20 * 60}); all.Service != want {
		t.Errorf("service: got %+v, want %+v", all.Service, want)
	}
	if want := (Spread{2, 450, 600}); all.Off != want {
		t.Errorf("estimates: got %+v, want %+v", all.Off, want)
	}
	if len(got.Hours) != 2 || got.Hours[0].Key != "08" || got.Hours[0].Came != 2 || got.Hours[1].Key != "09" || got.Hours[1].Came != 2 {
		t.Errorf("hours: got %+v", got.Hours)
	}
	if len(got.Services) != 2 || got.Services[1].Key != "permit" || got.Services[1].Came != 3 || got.Services[1].Wait.N != 2 {
		t.Errorf("services: got %+v", got.Services)
	}
	if len(got.Counters) != 2 || got.Counters[0].Came != 2 || got.Counters[0].Missed != 1 {
		t.Errorf("counters: got %+v", got.Counters)
	}
	if none := FiguresOf(nil, nil, zone); none.All.Came != 0 || len(none.Hours) != 0 || none.All.Wait.N != 0 {
		t.Errorf("nothing: got %+v", none)
	}
}
