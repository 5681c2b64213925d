package storetest

import (
	"context"
	"sync"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/care"
	"luukku/domain/identity"
	"luukku/domain/org"
)

// someone makes an account with a key of its own.
func (h *House) someone(t *testing.T) ids.Person {
	t.Helper()
	p := h.Booking.Gen.Person()
	_, wrapped, err := h.Keys.NewPersonKey(string(p))
	if err != nil {
		t.Fatal(err)
	}
	now := h.Clock.Now().Unix()
	err = h.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error {
		if err := tx.PutPerson(ctx, p, wrapped, now); err != nil {
			return err
		}
		return tx.PutAccount(ctx, identity.StoredAccount{Account: identity.Account{Person: p, Name: "Anna", CreatedAt: now, ChangedAt: now}})
	})
	if err != nil {
		t.Fatalf("make an account: %v", err)
	}
	return p
}

// Eight clerks record the care of one person at once, each having seen nothing: one is first, the others are told, and nothing is written over.
func careRecordedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	room := &care.Service{Store: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now}
	p := h.someone(t)
	from := org.DateOf(h.Clock.Now())
	var all sync.WaitGroup
	failed := make([]error, 8)
	for i := range failed {
		all.Go(func() {
			r := care.Request{Org: "town", Person: p, Agenda: "documents", From: from, Until: from.Add(i), Needs: []ids.Service{"passport"}, Source: care.FromStaff}
			_, failed[i] = room.Record(context.WithoutCancel(t.Context()), actor.System("test"), r)
		})
	}
	all.Wait()
	first := -1
	for i, err := range failed {
		switch {
		case err == nil && first < 0:
			first = i
		case !fault.IsKey(err, "care.changed"):
			t.Errorf("clerk %d: got %v, want to hear that another was first", i, err)
		}
	}
	list, err := room.Of(t.Context(), actor.System("test"), "town", p)
	if err != nil || len(list) != 1 || first < 0 {
		t.Fatalf("got %d records, %v; want the one of clerk %d", len(list), err, first)
	}
	if got := list[0]; got.Until != from.Add(first) || got.Version != 1 || len(got.Needs) != 1 {
		t.Errorf("got %+v, want what clerk %d recorded", got, first)
	}
	// Who has seen it goes on from there; taken away, it is kept as history.
	off := care.Request{Org: "town", Person: p, Agenda: "documents", Off: true, Source: care.FromStaff, Seen: 1}
	if made, err := room.Record(t.Context(), actor.System("test"), off); err != nil || !made {
		t.Fatalf("take away: %v, %v", made, err)
	}
	if made, err := room.Record(t.Context(), actor.System("test"), off); err != nil || made {
		t.Errorf("taken away twice: %v, %v, want nothing new", made, err)
	}
	now, err := room.Holds(t.Context(), "town", p, "documents")
	if err != nil || !now.Off || now.Version != 2 {
		t.Errorf("got %+v, %v, want it off", now, err)
	}
}
