package app

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/queue"
	"luukku/store/pgtest"
)

// A call on one node is known on the other, whose displays show it: within a second, usually much sooner. What the other has in memory is never older than that.
func TestCallOnOneNodeIsShownByTheOther(t *testing.T) {
	t.Parallel()
	dsn, keys := pgtest.DSN(t, nil), filepath.Join(t.TempDir(), "keys")
	var nodes [2]*house
	for i, number := range []string{"1", "2"} {
		nodes[i] = open(t, settings(t, map[string]string{"LUUKKU_DATABASE": dsn, "LUUKKU_NODE": number, "LUUKKU_KEY_FILE": keys}), false)
		if i == 0 {
			nodes[i].town(t)
		}
	}
	here, there := nodes[0], nodes[1]
	const org, office = ids.Org("vuorela"), ids.Office("kallio")
	c, err := here.Store.Config(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	service := c.ServicesAt(office)[0].ID
	unit := c.Units(service, office)[0].ID
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "anna", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: org}}}
	if _, err := here.Queue.SetCounter(t.Context(), clerk, org, office, unit, queue.CounterOpened, nil, false); err != nil {
		t.Fatal(err)
	}
	changes, cancel := there.hub.Subscribe(queue.Topic(org, office))
	defer cancel()
	var took []time.Duration
	for round := range 10 {
		k, err := there.Queue.Take(t.Context(), clerk, queue.TakeRequest{Org: org, Office: office, Service: service, Lang: "fi"})
		if err != nil {
			t.Fatal(err)
		}
		if h, err := there.Queue.Hall(t.Context(), org, office); err != nil || len(h.Tickets) != 1 {
			t.Fatalf("round %d: %v, %v", round, h, err)
		}
		for drained := false; !drained; {
			select {
			case <-changes:
			case <-time.After(150 * time.Millisecond): // its own change comes by the feed, too
				drained = true
			}
		}
		out, err := here.Queue.Do(t.Context(), clerk, queue.Deed{Org: org, Office: office, Unit: unit, Do: queue.StepCalled})
		if err != nil || out.Ticket.ID != k.ID {
			t.Fatalf("round %d: called %s, %v", round, out.Ticket.Name(), err)
		}
		begun := time.Now()
		select {
		case <-changes:
			took = append(took, time.Since(begun))
		case <-time.After(5 * time.Second):
			t.Fatalf("round %d: the other node has heard nothing after five seconds", round)
		}
		h, err := there.Queue.Hall(t.Context(), org, office)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := h.Ticket(k.ID); got.State != queue.Called || h.Counter(unit).Ticket != k.ID {
			t.Fatalf("round %d: the other node shows %s, and %q at the counter", round, got.State, h.Counter(unit).Ticket)
		}
		for _, do := range []queue.What{queue.StepBegun, queue.StepDone} {
			if _, err := there.Queue.Do(t.Context(), clerk, queue.Deed{Org: org, Office: office, Unit: unit, Do: do, Ticket: k.ID}); err != nil {
				t.Fatalf("round %d: %s on the other node: %v", round, do, err)
			}
		}
	}
	slices.Sort(took)
	t.Logf("known on the other node after %s (median), %s at most", took[len(took)/2], took[len(took)-1])
	if took[len(took)/2] > time.Second {
		t.Errorf("it takes %s", took[len(took)/2])
	}
}

// Who is booked for the next hours and has not come yet is reckoned with in the wait that is told.
func TestWhoIsStillToComeIsKnownToTheLobby(t *testing.T) {
	t.Parallel()
	h := newTown(t, nil)
	const org, office = ids.Org("vuorela"), ids.Office("kallio")
	if h.Queue.Coming == nil {
		t.Fatal("nobody tells the lobby who is expected")
	}
	c, err := h.Store.Config(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	service, now := c.ServicesAt(office)[0].ID, h.clock.Now().Unix()
	r := booking.BookRequest{Org: org, Service: service, Office: office, Details: booking.Details{Name: "Anna", Lang: "fi"}, Key: h.Booking.Gen.FormKey()}
	for r.Start = now + 600; r.Start < now+3*3600; r.Start += 300 {
		if _, err = h.Booking.Book(t.Context(), actor.System("test"), r); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[int64]int{r.Start - 1: 1, r.Start: 1, r.Start + 1: 0} {
		got, err := h.Queue.Coming.Coming(t.Context(), org, office, from, r.Start+10)
		if err != nil || len(got) != want || want == 1 && (got[0].Start != r.Start || got[0].Service != service || !got[0].Good) {
			t.Errorf("from %+d s: got %+v, %v", from-r.Start, got, err)
		}
	}
	if got, err := h.Queue.Coming.Coming(t.Context(), org, office, now, r.Start); err != nil || len(got) != 1 {
		t.Errorf("until its start: got %+v, %v", got, err)
	}
}
