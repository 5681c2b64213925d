package queue

import (
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// A program stands at the counters that it opens, at several at once, and takes none from anybody without saying so; a clerk is at one alone.
func TestProgramWorksAtSeveralCounters(t *testing.T) {
	w := newTown(t, nil)
	w.clock = at8(t, "2026-11-23")
	program := actor.Actor{Kind: actor.KindClient, Client: "screens", Org: testOrg, Scopes: []actor.Right{actor.QueueWork}}
	open := func(who actor.Actor, u ids.Unit, over bool, services ...ids.Service) (Counter, error) {
		return w.SetCounter(t.Context(), who, testOrg, testOffice, u, CounterOpened, services, over)
	}
	for _, u := range []ids.Unit{"k1", "k2"} {
		if k, err := open(program, u, false); err != nil || !k.Open() || k.Staff != "screens" {
			t.Fatalf("got %+v (%v), want it open", k, err)
		}
	}
	if _, err := open(clerk("k1"), "k1", false); !fault.IsKey(err, "queue.counter_taken") {
		t.Errorf("got %v, want it taken", err)
	}
	if _, err := open(clerk("k1"), "k1", true); err != nil {
		t.Error(err)
	}
	if _, err := open(program, "k1", false); !fault.IsKey(err, "queue.counter_taken") {
		t.Errorf("got %v, want it taken", err)
	}
	if _, err := open(program, "k4", false, "quick", "passport"); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("got %v, want a refusal: no passports there", err)
	}
	if _, err := open(clerk("k1"), "k3", false); err != nil {
		t.Error(err)
	}
	list, err := w.memory.Counters(t.Context(), testOrg, testOffice)
	if err != nil {
		t.Fatal(err)
	}
	got := map[ids.Unit]ids.Staff{}
	for _, k := range list {
		got[k.Unit] = k.Staff
	}
	if len(got) != 2 || got["k2"] != "screens" || got["k3"] != "at k1" {
		t.Errorf("got %v, want the program at its second and the clerk at their new one", got)
	}
}
