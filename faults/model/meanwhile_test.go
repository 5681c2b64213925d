package model

import (
	"context"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/waiting"
)

// What histories meet only now and then, in the one order that matters: something happens between what a request has read and what it commits.

// meanwhile is the room's store, and lets something else happen before the first commit of an accepted offer.
type meanwhile struct {
	booking.Store
	done *bool
	do   func()
}

func (s meanwhile) Commit(ctx context.Context, c booking.Change) (booking.Outcome, error) {
	if c.Offer != nil && c.Offer.Accept != "" && !*s.done {
		*s.done = true
		s.do()
	}
	return s.Store.Commit(ctx, c)
}

// offered books a time, has it given up, and offers it to who is next.
func offered(t *testing.T, h *house, start int64) ids.Freed {
	t.Helper()
	ctx := t.Context()
	b, err := h.room.Book(ctx, staff(1), booking.BookRequest{
		Org: town, Service: lobbyService(0), Office: lobbyOffice(0), Start: start, Details: details("who"), Key: h.room.Gen.FormKey(),
	})
	if err != nil {
		t.Fatalf("book: %v", err)
	}
	n := &note{}
	h.room.Store = tap{h.st}
	if _, err := h.room.Cancel(context.WithValue(ctx, noteKey{}, n), staff(1), booking.CancelRequest{Org: town, ID: b.Appointment.ID, Key: h.room.Gen.FormKey()}); err != nil || n.change.Keep == nil {
		t.Fatalf("cancel: %v, want the time kept", err)
	}
	freed := n.change.Keep.Freed.ID
	if err := h.room.OfferNext(ctx, town, freed, 0); err != nil {
		t.Fatalf("offer: %v", err)
	}
	return freed
}

// One place on a waiting list is one time: who answers two offers at once, or leaves while an answer is on its way, gets no second.
func TestOnePlaceInTheLineIsOneTime(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"SQLite": fileDSN, "PostgreSQL": postgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := linearClock()
			begin := c.Now().Unix()
			h := open(t, dsn(t), c.Now, lobbyPlan(1, begin))
			first := firstStart(begin)
			for i, what := range []string{"another offer accepted", "the list left"} {
				who := details("who waits " + what)
				who.Email = "waits@example.org"
				e, err := h.room.Wait(t.Context(), visitor("who waits"), booking.WaitRequest{Org: town, Service: lobbyService(0), Details: who, Key: h.room.Gen.FormKey()})
				if err != nil {
					t.Fatalf("join: %v", err)
				}
				c.Advance(time.Second)
				one, two := offered(t, h, first+int64(2*i)*lobbyLength), offered(t, h, first+int64(2*i+1)*lobbyLength)
				h.room.Store = meanwhile{h.st, new(bool), func() {
					var err error
					if i == 0 {
						_, err = h.room.AcceptOffer(t.Context(), visitor("who waits"), town, two, e.ID)
					} else {
						err = h.room.Leave(t.Context(), visitor("who waits"), e)
					}
					if err != nil {
						t.Errorf("%s meanwhile: %v", what, err)
					}
				}}
				a, err := h.room.AcceptOffer(t.Context(), visitor("who waits"), town, one, e.ID)
				if !fault.IsKey(err, "offer.over") {
					t.Errorf("%s meanwhile: got %q, %v, want to hear that the offer is over", what, a.ID, err)
				}
				h.room.Store = h.st
				if after, err := h.st.WaitingEntry(t.Context(), town, e.ID); err != nil || after.State == waiting.Waiting {
					t.Errorf("%s meanwhile: %s, %v", what, after.State, err)
				}
			}
		})
	}
}
