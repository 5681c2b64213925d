package storetest

import (
	"context"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
)

// companyOf makes a company of a number.
func (h *House) companyOf(t *testing.T, number string) ids.Company {
	t.Helper()
	var id ids.Company
	err := h.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) (err error) {
		id, err = tx.PutCompany(ctx, identity.Company{ID: ids.Company(h.Booking.Gen.New()), BusinessID: number, Name: "A bakery", Kind: identity.KindCompany, CreatedAt: h.Clock.Now().Unix()})
		return err
	})
	if err != nil {
		t.Fatalf("make a company: %v", err)
	}
	return id
}

func actingFor(p ids.Person, c ids.Company) actor.Actor {
	who := holder(p)
	who.For = actor.Owner{Company: c}
	return who
}

func (h *House) letterToCompany(number string) mailbox.SendRequest {
	r := h.letterTo("", mailbox.Verifiable)
	r.Recipient = mailbox.Recipient{Number: number}
	return r
}

// A company's mailbox is one, whoever of those who act for it opens it; each says for themselves how they are told, and who has read and confirmed what is seen by all.
func mailboxShared(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	const number = "0000003-5"
	s, c := h.mailboxes(), h.companyOf(t, number)
	first, second := actingFor(h.someone(t), c), actingFor(h.someone(t), c)
	if l, err := s.Send(t.Context(), sender(), h.letterToCompany(number)); err != nil || l.Channel != mailbox.Paper || l.Owner.Company != c {
		t.Errorf("before the mailbox: got %+v, %v, want paper for the company", l.Letter, err)
	}
	for _, err := range race(8, func(i int) error {
		return s.Open(t.Context(), []actor.Actor{first, second}[i%2], mailbox.OpenRequest{Terms: mailTerms, Lang: "fi"})
	}) {
		if err != nil {
			t.Errorf("open: %v", err)
		}
	}
	if err := s.Set(t.Context(), second, mailbox.SetRequest{TellEmail: true, Lang: "sv", Seen: 1}); err != nil {
		t.Fatalf("set: %v", err)
	}
	for who, want := range map[*actor.Actor]bool{&first: false, &second: true} {
		m, err := s.Mine(t.Context(), *who)
		if err != nil || !m.Open() || !m.Shared || m.Company != c || m.TellEmail != want || m.Preference.Channel != mailbox.Electronic || len(m.History) != 1 {
			t.Errorf("got %+v, %v, want the company's mailbox and mail %v", m, err, want)
		}
	}
	l, err := s.Send(t.Context(), sender(), h.letterToCompany(number))
	if err != nil || l.Channel != mailbox.Electronic {
		t.Fatalf("send: %+v, %v", l.Letter, err)
	}
	confirmed := 0
	for _, err := range race(8, func(i int) error { return s.Confirm(t.Context(), []actor.Actor{first, second}[i%2], l.ID) }) {
		if err == nil {
			confirmed++
		} else if !fault.IsKey(err, "letter.confirmed") {
			t.Errorf("confirm: %v", err)
		}
	}
	var last mailbox.Shown
	for _, who := range []actor.Actor{first, second, first} {
		if last, err = s.Letter(t.Context(), who, l.ID); err != nil || last.Subject != "A decision" {
			t.Fatalf("read: %v", err)
		}
	}
	var read []ids.Person
	for _, r := range last.Readings {
		if r.What == mailbox.Read {
			read = append(read, r.Person)
		}
	}
	if confirmed != 1 || len(last.Readings) != 3 || len(read) != 2 || read[0] != first.Person || read[1] != second.Person {
		t.Errorf("confirmed %d times, readings %+v; want one confirmation and two readers in their order", confirmed, last.Readings)
	}
	if _, err := s.Letter(t.Context(), holder(first.Person), l.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("read for oneself: got %v, want nothing there", err)
	}
	if _, err := s.Letter(t.Context(), actingFor(first.Person, h.companyOf(t, "0000004-3")), l.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("read for another company: got %v, want nothing there", err)
	}
	if err := s.PaperUntil(t.Context(), first, h.Clock.Now().Unix()+1000); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("paper for a while: got %v, want that a company has none", err)
	}
	if err := s.Close(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Send(t.Context(), sender(), h.letterToCompany(number)); err != nil || l.Channel != mailbox.Paper {
		t.Errorf("after closing: got %+v, %v, want paper", l.Letter, err)
	}
}

// A company that nobody acts for is not reached by a mailbox that nobody can read, and one that nobody here knows gets paper; of the same number it is the same company.
func lettersToUnmanned(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, c := h.mailboxes(), h.companyOf(t, unmanned)
	if err := s.Open(t.Context(), actingFor(h.someone(t), c), mailbox.OpenRequest{Terms: mailTerms, Lang: "fi"}); err != nil {
		t.Fatal(err)
	}
	if way, err := s.Reachable(t.Context(), sender(), "town", mailbox.Recipient{Number: unmanned}); err != nil || way != mailbox.OnPaper {
		t.Errorf("reach a company that nobody acts for: got %v, %v", way, err)
	}
	if l, err := s.Send(t.Context(), sender(), h.letterToCompany(unmanned)); err != nil || l.Channel != mailbox.Paper {
		t.Errorf("got %+v, %v, want paper", l.Letter, err)
	}
	owners := make([]actor.Owner, 6)
	for _, err := range race(len(owners), func(i int) error {
		l, err := s.Send(t.Context(), sender(), h.letterToCompany("0000005-1"))
		owners[i] = l.Owner
		return err
	}) {
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	for _, o := range owners {
		if o.Company == "" || o != owners[0] {
			t.Errorf("letters to one number are of %+v", owners)
			break
		}
	}
}

// Somebody in another's care has no mailbox, unless the installation lets them.
func mailboxInCare(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	guardian := holder(h.someone(t))
	guardian.For = actor.Owner{Person: h.someone(t)}
	if _, err := s.Mine(t.Context(), guardian); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("got %v, want that there is none", err)
	}
	s.InCare = func(context.Context) (bool, error) { return true, nil }
	if err := s.Open(t.Context(), guardian, mailbox.OpenRequest{Terms: mailTerms, TellEmail: true, Lang: "fi"}); err != nil {
		t.Fatal(err)
	}
	m, err := s.Mine(t.Context(), guardian)
	if err != nil || m.Person != guardian.For.Person || !m.TellEmail || !m.Shared || m.Box.Company != "" {
		t.Errorf("got %+v, %v", m, err)
	}
	if own, err := s.Mine(t.Context(), holder(guardian.Person)); err != nil || own.Version != 0 {
		t.Errorf("the guardian's own: got %+v, %v, want none", own, err)
	}
	l, err := s.Send(t.Context(), sender(), h.letterTo(guardian.For.Person, mailbox.Ordinary))
	if err != nil || l.Channel != mailbox.Electronic {
		t.Fatalf("got %+v, %v", l.Letter, err)
	}
	if shown, err := s.Letter(t.Context(), guardian, l.ID); err != nil || len(shown.Readings) != 1 || shown.Readings[0].Person != guardian.Person {
		t.Errorf("got %+v, %v, want that the guardian has read it", shown.Readings, err)
	}
}
