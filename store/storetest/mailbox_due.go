package storetest

import (
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

func printer() actor.Actor {
	return actor.Actor{Kind: actor.KindClient, Client: "printer", Org: "town", Scopes: []actor.Right{actor.LetterPrint}}
}

// until moves the clock to a moment.
func (h *House) until(at int64) { h.Clock.Advance(time.Unix(at, 0).Sub(h.Clock.Now())) }

func (h *House) stands(t *testing.T, id ids.Letter) mailbox.Standing {
	t.Helper()
	l, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	return l.Stand()
}

func unserved(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	var sent []mailbox.Stored
	for range 3 {
		l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Verifiable))
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, l)
	}
	args := func(i int) mailbox.TellArgs { return mailbox.TellArgs{Org: "town", Letter: sent[i].ID} }
	by := sent[0].ConfirmBy
	for left := int64(1); left >= 0; left-- { // in the second before the last, and in the last
		h.until(by - left)
		if early, err := s.Unserve(t.Context(), args(0)); err != nil || early != left+1 {
			t.Errorf("%d s before the end: got %d, %v, want %d", left, early, err, left+1)
		}
	}
	if err := s.Confirm(t.Context(), holder(p), sent[1].ID); err != nil {
		t.Errorf("confirmed in the last second: %v", err)
	}
	h.until(by + 1)
	if err := s.Confirm(t.Context(), holder(p), sent[0].ID); !fault.IsKey(err, "letter.served_otherwise") {
		t.Errorf("a second late: got %v", err)
	}
	for _, err := range race(6, func(i int) error { // the two that can still be confirmed nowhere, and the one that was
		_, err := s.Unserve(t.Context(), args(i%3))
		return err
	}) {
		if err != nil {
			t.Errorf("unserve: %v", err)
		}
	}
	if st := h.stands(t, sent[0].ID); st.Unserved != by+1 || st.Confirmed != 0 {
		t.Errorf("got %+v, want it unserved at %d", st, by+1)
	}
	if st := h.stands(t, sent[1].ID); st.Unserved != 0 {
		t.Errorf("got %+v, want the confirmed one left alone", st)
	}
	if n, oldest, err := s.PrintWaiting(t.Context(), printer(), "town"); err != nil || n != 2 || oldest != by+1 {
		t.Errorf("got %d since %d, %v, want two that wait for the printer", n, oldest, err)
	}
	b, _, err := s.TakeBatch(t.Context(), printer(), "town", 10, h.Booking.Gen.FormKey())
	if err != nil {
		t.Fatal(err)
	}
	_, list, err := s.Batch(t.Context(), printer(), "town", b.ID)
	if err != nil || len(list) != 2 || list[0].Body != "It was decided." {
		t.Errorf("got %+v, %v, want what is to be printed", list, err)
	}
	if err := s.Confirm(t.Context(), holder(p), sent[2].ID); !fault.IsKey(err, "letter.served_otherwise") {
		t.Errorf("confirmed while it is printed: got %v", err)
	}
}

func expiredAndPurged(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	r := h.letterTo(p, mailbox.Ordinary)
	r.ExpiresAt = h.Clock.Now().Unix() + 100
	short, err := s.Send(t.Context(), sender(), r)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
	if err != nil {
		t.Fatal(err)
	}
	sweep := func(want int) {
		t.Helper()
		if done, err := s.Sweep(t.Context(), 100); err != nil || done != want {
			t.Errorf("swept %d, %v, want %d", done, err, want)
		}
	}
	h.until(r.ExpiresAt)
	sweep(0)
	if _, err := s.Letter(t.Context(), holder(p), short.ID); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	h.until(r.ExpiresAt + 1)
	if _, err := s.Letter(t.Context(), holder(p), short.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a second later: got %v, want not found", err)
	}
	sweep(1)
	sweep(0)
	if st := h.stands(t, short.ID); st.Expired != r.ExpiresAt+1 {
		t.Errorf("got %+v, want it expired at %d", st, r.ExpiresAt+1)
	}
	tidy := func(w mailbox.What) {
		t.Helper()
		if n, err := s.Tidy(t.Context(), holder(p), w, []ids.Letter{kept.ID}); err != nil || n != 1 {
			t.Fatalf("%s: %d, %v", w, n, err)
		}
	}
	tidy(mailbox.Deleted)
	h.until(h.Clock.Now().Unix() + mailbox.BinDays*24*60*60 - 5)
	tidy(mailbox.Restored) // begins anew
	tidy(mailbox.Deleted)
	last := mailbox.PurgeAt(h.Clock.Now().Unix()) - 1
	h.until(last)
	sweep(0)
	h.until(last + 1)
	sweep(1)
	sweep(0)
	if st := h.stands(t, kept.ID); st.Purged != last+1 {
		t.Errorf("got %+v, want it purged at %d", st, last+1)
	}
	l, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", kept.ID)
	if err != nil || len(l.Sealed) != 0 {
		t.Errorf("got %d bytes, %v, want no content", len(l.Sealed), err)
	}
	if list := h.inbox(t, s, p); len(list) != 1 || list[0].Kind != mailbox.Welcome {
		t.Errorf("got %+v, want the welcome alone", list)
	}
}

func printedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.someone(t) // without a mailbox
	const letters = 12
	var first mailbox.Stored
	for i := range letters {
		l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = l
		}
	}
	batches := make([]mailbox.Batch, 4)
	keys := []ids.FormKey{h.Booking.Gen.FormKey(), h.Booking.Gen.FormKey()}
	for i, err := range race(5, func(i int) error {
		if i == 4 {
			return s.Recall(t.Context(), sender(), "town", first.ID)
		}
		b, _, err := s.TakeBatch(t.Context(), printer(), "town", 6, keys[i%2])
		batches[i] = b
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if batches[0].ID != batches[2].ID || batches[1].ID != batches[3].ID || batches[0].ID == batches[1].ID {
		t.Errorf("got %+v, want one batch for each key", batches)
	}
	taken := batches[:2]
	for {
		b, _, err := s.TakeBatch(t.Context(), printer(), "town", 6, h.Booking.Gen.FormKey())
		if err != nil {
			t.Fatal(err)
		}
		if taken = append(taken[:len(taken):len(taken)], b); len(b.Letters) == 0 {
			break
		}
	}
	seen := map[ids.Letter]bool{}
	for _, b := range taken {
		for _, l := range b.Letters {
			if seen[l] {
				t.Errorf("%s is in two batches", l)
			}
			seen[l] = true
		}
	}
	if n := len(seen); n != letters && n != letters-1 || n == letters-1 && seen[first.ID] {
		t.Errorf("%d letters were taken, want all but for the one that was recalled", n)
	}
}
