package queue

import (
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

// Who works at a counter chooses what is called there, when they open it and later, with somebody at the counter and in a break, which goes on.
func TestCounterCallsTheServicesChosenForIt(t *testing.T) {
	w := newTown(t, settings{"": {"walk_in": true}})
	w.clock = at8(t, "2026-11-23")
	set := func(who ids.Unit, do CounterDeed, over bool, services ...ids.Service) (Counter, error) {
		w.clock++
		return w.SetCounter(t.Context(), clerk(who), testOrg, testOffice, "k1", do, services, over)
	}
	mustHave := func(k Counter, err error, want ...ids.Service) Counter {
		t.Helper()
		if err != nil || !slices.Equal(k.Services, want) {
			t.Fatalf("got %v (%v), want %v", k.Services, err, want)
		}
		return k
	}
	if _, err := set("k1", CounterServices, false, "card"); !fault.IsKey(err, "queue.counter_closed") {
		t.Errorf("got %v, want it closed", err)
	}
	k, err := set("k1", CounterOpened, false, "card")
	mustHave(k, err, "card")
	for _, s := range []ids.Service{"passport", "card"} {
		if _, err := w.Take(t.Context(), kioskOf("kiosk"), TakeRequest{Org: testOrg, Office: testOffice, Service: s, Lang: "fi"}); err != nil {
			t.Fatal(err)
		}
	}
	next := func() ids.Service {
		t.Helper()
		out, err := w.Do(t.Context(), clerk("k1"), Deed{Org: testOrg, Office: testOffice, Unit: "k1", Do: StepCalled})
		if err != nil {
			t.Fatal(err)
		}
		return out.Ticket.Service
	}
	uncalled := func(want ...ids.Service) {
		t.Helper()
		h, err := w.Hall(t.Context(), testOrg, testOffice)
		if err != nil {
			t.Fatal(err)
		}
		if got := Uncalled(w.memory.config, h, w.clock); !slices.Equal(got, want) {
			t.Errorf("nobody calls %v, want %v", got, want)
		}
	}
	uncalled("passport")
	if got := next(); got != "card" {
		t.Errorf("called for %q, who came second wants the chosen service", got)
	}
	// Somebody is at the counter: the choice changes, and they stay.
	k, err = set("k1", CounterServices, false, "card", "quick", "passport", "card")
	if k = mustHave(k, err); k.Ticket == "" { // all that it can serve is no choice
		t.Error("who was at the counter is gone")
	}
	uncalled()
	out, err := w.Do(t.Context(), clerk("k1"), Deed{Org: testOrg, Office: testOffice, Unit: "k1", Do: StepBegun, Ticket: k.Ticket})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Do(t.Context(), clerk("k1"), Deed{Org: testOrg, Office: testOffice, Unit: "k1", Do: StepDone, Ticket: out.Ticket.ID}); err != nil {
		t.Fatal(err)
	}
	k, err = set("k1", CounterBreak, false)
	since := mustHave(k, err).BreakSince
	k, err = set("k1", CounterServices, false, "quick")
	if k = mustHave(k, err, "quick"); k.BreakSince != since || since == 0 {
		t.Errorf("the break is from %d, and was from %d", k.BreakSince, since)
	}
	// The choice is that of who works there, unless it is taken over; and of what can be served there.
	if _, err := set("k2", CounterServices, false); !fault.IsKey(err, "queue.counter_taken") {
		t.Errorf("got %v, want it taken", err)
	}
	if _, err := set("k1", CounterServices, false, "permit"); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("got %v, want a refusal: no permits there", err)
	}
	k, err = set("k1", CounterResumed, false)
	mustHave(k, err, "quick")
	uncalled("passport")
	k, err = set("k1", CounterServices, false)
	mustHave(k, err)
	if got := next(); got != "passport" {
		t.Errorf("called for %q, want the one who waits", got)
	}
	// What the counter can serve no longer is no choice: it would call nobody.
	desk := DeskAt(w.memory.config, Counter{Office: testOffice, Unit: "k4", Services: []ids.Service{"passport"}})
	if !desk.Can("card") || !desk.Can("quick") || desk.Can("passport") {
		t.Error("a counter calls what it cannot serve, or nothing")
	}
}
