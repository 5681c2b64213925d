package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

func caseSystem() actor.Actor {
	return actor.Actor{Kind: actor.KindClient, Client: "cases", Org: "town", Scopes: []actor.Right{actor.LetterWork}}
}

// followedMatters: who reads the feed while many write and clerks work misses no matter, and sees each in its newest state in the end.
func followedMatters(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	const people, each = 4, 5
	var who [people]ids.Person
	for i := range who {
		who[i] = h.withMailbox(t, s)
	}
	seen := map[ids.Work]int64{} // versions
	var after int64
	follow := func() {
		for {
			list, next, more, err := s.MatterFeed(t.Context(), caseSystem(), "town", after, 3)
			if err != nil {
				t.Error(err)
				return
			}
			for _, m := range list {
				if m.Seq <= after {
					t.Errorf("number %d comes after %d", m.Seq, after)
				}
				seen[m.Work.ID] = m.Work.Version
			}
			if after = next; !more {
				return
			}
		}
	}
	var left atomic.Int64
	left.Store(people)
	for i, err := range race(people+1, func(i int) error {
		if i == people {
			for left.Load() > 0 {
				follow()
			}
			return nil
		}
		defer left.Add(-1)
		for n := range each {
			l, err := s.Send(t.Context(), sender(), h.letterTo(who[i], mailbox.Ordinary))
			if err != nil {
				return err
			}
			_, err = s.Write(t.Context(), holder(who[i]), mailbox.WriteRequest{
				Answers: l.ID, Lang: "fi", Content: mailbox.Content{Subject: fmt.Sprint(i, n), Body: "b"}, Key: h.Booking.Gen.FormKey(),
			})
			if err != nil {
				return err
			}
			item, err := h.workOf(t, s, l.Thread)
			if err != nil {
				return err
			}
			if n%2 == 0 {
				if _, err := s.Do(t.Context(), caseSystem(), worklist.Deed{Org: "town", ID: item, Seen: 1, Do: worklist.Ended}); err != nil {
					return err
				}
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	follow()
	if len(seen) != people*each {
		t.Errorf("%d matters were seen, want %d", len(seen), people*each)
	}
	for id, v := range seen {
		now, err := h.Store.WorkItem(t.Context(), "town", id)
		if err != nil || now.Version != v {
			t.Errorf("%s was seen in version %d, and is %d, %v", id, v, now.Version, err)
		}
	}
	// Another authority's program sees nothing of it, nor does one with another right.
	other, texts := caseSystem(), caseSystem()
	other.Org, texts.Scopes = "city", []actor.Right{actor.InboxWork, actor.LetterSend}
	for id := range seen {
		for _, a := range []actor.Actor{other, texts} {
			if _, err := s.Matter(t.Context(), a, "town", id); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("got %v, want not found", err)
			}
			if _, _, _, err := s.MatterFeed(t.Context(), a, "town", 0, 10); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("the feed: got %v, want not found", err)
			}
		}
		break
	}
}

// workOf is the work that an exchange of letters is.
func (h *House) workOf(t *testing.T, s *mailbox.Service, thread ids.Letter) (item ids.Work, err error) {
	t.Helper()
	err = s.Store.InTx(t.Context(), func(ctx context.Context, tx mailbox.Tx) error {
		m, err := tx.MatterOf(ctx, "town", thread)
		item = m.Item
		return err
	})
	return item, err
}
