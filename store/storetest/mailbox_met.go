package storetest

import (
	"context"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
)

// signInServes are rules by which signing in serves what lies in the mailbox, as in Czechia.
var signInServes = []mailbox.ServiceRule{
	{Country: "FI", Mode: mailbox.Ordinary, From: "2020-01-01", Days: 10, WorkingDay: true, BySignIn: true, Source: "the test"},
	{Country: "FI", Mode: mailbox.Verifiable, From: "2020-01-01", ByConfirming: true, Source: "the test"},
}

// servedOn is when a letter counts as served, as its sender sees it.
func (h *House) servedOn(t *testing.T, s *mailbox.Service, id ids.Letter) mailbox.Served {
	t.Helper()
	l, err := s.SentLetter(t.Context(), sender(), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	return l.Served
}

func metBySignIn(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	s.Rules = signInServes
	p := h.withMailbox(t, s)
	send := func(m mailbox.Mode) mailbox.Stored {
		t.Helper()
		l, err := s.Send(t.Context(), sender(), h.letterTo(p, m))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	arrive := func() {
		t.Helper()
		if err := s.Arrive(t.Context(), holder(p)); err != nil {
			t.Fatal(err)
		}
	}
	arrive() // before anything came: serves nothing
	first, other := send(mailbox.Ordinary), send(mailbox.Verifiable)
	if got := h.servedOn(t, s, first.ID); !got.Presumed || got.Certain || got.On.String() != "2026-12-03" {
		t.Errorf("before anybody came: got %+v, want the tenth day, ahead", got)
	}
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	last := time.Date(2026, 12, 3, 23, 59, 59, 0, zone) // the last second of the tenth day
	late := send(mailbox.Ordinary)
	h.until(last.Unix())
	arrive()
	arrive() // again: nothing happens
	if st := h.stands(t, first.ID); st.SignedIn != last.Unix() || st.Read != 0 {
		t.Errorf("got %+v, want it met at %d and not read", st, last.Unix())
	}
	if st := h.stands(t, other.ID); st.SignedIn != 0 {
		t.Errorf("a letter that signing in does not serve was met: %+v", st)
	}
	for _, id := range []ids.Letter{first.ID, late.ID} {
		if got := h.servedOn(t, s, id); got.Presumed || !got.Certain || got.On.String() != "2026-12-03" {
			t.Errorf("met in the last second of the tenth day: got %+v", got)
		}
	}
	if err := s.Recall(t.Context(), sender(), "town", first.ID); !fault.IsKey(err, "letter.read") {
		t.Errorf("recalled after it was served: got %v", err)
	}
	again := send(mailbox.Ordinary) // published in the second of a visit that did not see it
	if st := h.stands(t, again.ID); st.SignedIn != 0 {
		t.Errorf("met before it was published: %+v", st)
	}
	tenth := time.Date(2026, 12, 14, 0, 0, 0, 0, zone) // the tenth day is a Sunday: the fiction is of Monday
	h.until(tenth.Add(24 * time.Hour).Unix())
	arrive()
	if got := h.servedOn(t, s, again.ID); !got.Presumed || got.On.String() != "2026-12-14" {
		t.Errorf("came a second after the fiction's day: got %+v, want the fiction to stand", got)
	}
	events := 0
	l, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", first.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.Events {
		if e.What == mailbox.SignedIn {
			events++
		}
	}
	if events != 1 {
		t.Errorf("%d events of signing in, want one", events)
	}
}

// metWhilePublished has somebody come while letters are published: each is met once, and none before it was there.
func metWhilePublished(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	s.Rules = signInServes
	p := h.withMailbox(t, s)
	const letters = 8
	sent := make([]mailbox.Stored, letters)
	for i, err := range race(2*letters, func(i int) error {
		if i >= letters {
			return s.Arrive(t.Context(), holder(p))
		}
		var err error
		sent[i], err = s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := s.Arrive(t.Context(), holder(p)); err != nil {
		t.Fatal(err)
	}
	for _, l := range sent {
		now, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", l.ID)
		if err != nil {
			t.Fatal(err)
		}
		met, published := 0, false
		for _, e := range now.Events {
			published = published || e.What == mailbox.Published
			if e.What == mailbox.SignedIn {
				met++
				if !published {
					t.Errorf("%s was met before it was published", l.ID)
				}
			}
		}
		if met != 1 {
			t.Errorf("%s was met %d times", l.ID, met)
		}
	}
}

func remindedOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.someone(t)
	a, err := h.Store.People().Account(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error {
		a.Email, a.EmailVerified = "anna@example.org", true
		return tx.PutAccount(ctx, a)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context(), holder(p), mailbox.OpenRequest{Terms: mailTerms, Lang: "fi", TellEmail: true}); err != nil {
		t.Fatal(err)
	}
	var sent []mailbox.Stored
	for range 3 {
		l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, l)
	}
	ask := func(i int) (early int64, ok bool) {
		t.Helper()
		list, early, err := s.Remindings(t.Context(), mailbox.TellArgs{Org: "town", Letter: sent[i].ID})
		if err != nil {
			t.Fatal(err)
		}
		return early, len(list) > 0
	}
	due := mailbox.RemindAt(sent[0].Letter, mailbox.RemindDays)
	if want := sent[0].PublishAt + 7*24*60*60; due != want {
		t.Errorf("due at %d, want %d", due, want)
	}
	h.until(due - 1)
	if early, ok := ask(0); early != 1 || ok {
		t.Errorf("a second before: %d, %t", early, ok)
	}
	if _, err := s.Letter(t.Context(), holder(p), sent[1].ID); err != nil { // read in the second before
		t.Fatal(err)
	}
	h.until(due)
	if err := s.Recall(t.Context(), sender(), "town", sent[2].ID); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if early, ok := ask(i); early != 0 || ok != want {
			t.Errorf("letter %d when it is due: %d, %t, want %t", i, early, ok, want)
		}
	}
	for range 2 {
		if err := s.Told(t.Context(), mailbox.TellArgs{Org: "town", Letter: sent[0].ID}, mailbox.Reminded); err != nil {
			t.Fatal(err)
		}
	}
	if st := h.stands(t, sent[0].ID); st.Reminded != due {
		t.Errorf("got %+v, want it reminded of at %d", st, due)
	}
	if _, ok := ask(0); ok {
		t.Error("reminded of twice")
	}
}
