package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/feedback"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// registry is one of those who answer letters, and may send them.
func registry(name string, o ids.Org) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff(name), Grants: []actor.Grant{{Role: actor.RoleInbox, Org: o}, {Role: actor.RoleLetters, Org: o}}}
}

// receives makes an organisation beside the town that people can write to, too.
func (h *House) receives(t *testing.T, o ids.Org) {
	t.Helper()
	doc, err := json.Marshal(org.Organisation{Name: text("City"), Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "en"}, ReceivesLetters: true})
	if err != nil {
		t.Fatal(err)
	}
	err = h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		return db.New(tx).PutOrganisation(ctx, db.PutOrganisationParams{Org: string(o), Doc: string(doc), Version: 1})
	})
	if err != nil {
		t.Fatalf("make an organisation: %v", err)
	}
}

// atWork has somebody answer a decision of the town, and returns the work that it is there.
func (h *House) atWork(t *testing.T, s *mailbox.Service, p ids.Person) worklist.Item {
	t.Helper()
	l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
	if err != nil {
		t.Fatal(err)
	}
	w := mailbox.WriteRequest{Answers: l.ID, Lang: "fi", Content: mailbox.Content{Subject: "My answer", Body: "I do not agree."}, Key: h.Booking.Gen.FormKey()}
	if _, err := s.Write(t.Context(), holder(p), w); err != nil {
		t.Fatal(err)
	}
	for _, i := range h.works(t, s, "town") {
		m, err := h.Store.Mailboxes().Matter(t.Context(), "town", i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if m.Thread == l.Thread {
			return i
		}
	}
	t.Fatal("what was written is no work")
	return worklist.Item{}
}

// works is the work that is open in an organisation.
func (h *House) works(t *testing.T, s *mailbox.Service, o ids.Org) []worklist.Item {
	t.Helper()
	page, _, err := s.Work.List(t.Context(), registry("reader", o), o, worklist.Wanted{View: worklist.All, Most: worklist.Most})
	if err != nil {
		t.Fatalf("list the work of %s: %v", o, err)
	}
	return page.Items
}

// done is how often each thing was done with an item.
func (h *House) done(t *testing.T, s *mailbox.Service, id ids.Work) map[worklist.What]int {
	t.Helper()
	list, err := s.Work.History(t.Context(), "town", id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[worklist.What]int{}
	for _, e := range list {
		out[e.What]++
	}
	return out
}

// replies are the letters in somebody's inbox that are neither the welcome, nor a decision, nor an acknowledgement.
func (h *House) replies(t *testing.T, s *mailbox.Service, p ids.Person) (out []mailbox.Listed) {
	t.Helper()
	for _, l := range h.inbox(t, s, p) {
		if l.Kind != mailbox.Welcome && l.Kind != mailbox.Decision && l.Kind != mailbox.Receipt {
			out = append(out, l)
		}
	}
	return out
}

// answeredAtOnce has several clerks answer at once what all of them have seen: one does, and the others are told that it has changed; one form posted again is one answer.
func answeredAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	i := h.atWork(t, s, p)
	answer := func(clerk int, key ids.FormKey) (ids.Letter, error) {
		return s.Answer(t.Context(), registry(fmt.Sprint("clerk ", clerk), "town"), mailbox.Answer{
			Org: "town", Item: i.ID, Seen: i.Version, Key: key, Kind: mailbox.Message, Mode: mailbox.Ordinary, Content: mailbox.Content{Subject: "An answer", Body: fmt.Sprint("Of clerk ", clerk)}, Reply: true,
		})
	}
	var keys [6]ids.FormKey
	for n := range keys {
		keys[n] = h.Booking.Gen.FormKey()
	}
	won := -1
	for n, err := range race(len(keys), func(n int) error { return second(answer(n, keys[n])) }) {
		switch {
		case err == nil && won < 0:
			won = n
		case err == nil:
			t.Errorf("%d and %d have both answered", won, n)
		case !fault.IsKey(err, "work.changed"):
			t.Errorf("%d was told %v, want that it has changed", n, err)
		}
	}
	if won < 0 {
		t.Fatal("nobody has answered")
	}
	first, err := answer(won, keys[won])
	if err != nil {
		t.Fatalf("the same form again: %v", err)
	}
	got := make([]ids.Letter, 6)
	for _, err := range race(len(got), func(n int) (err error) {
		got[n], err = answer(won, keys[won])
		return err
	}) {
		if err != nil {
			t.Errorf("the same form again: %v", err)
		}
	}
	for _, id := range got {
		if id != first {
			t.Errorf("the same form is the letters %s and %s", first, id)
		}
	}
	if list := h.replies(t, s, p); len(list) != 1 || list[0].ID != first {
		t.Errorf("the person has %d answers, want %s alone", len(list), first)
	}
	if l, err := s.Letter(t.Context(), holder(p), first); err != nil || l.Body != fmt.Sprint("Of clerk ", won) {
		t.Errorf("the answer says %q, %v", l.Body, err)
	}
	if done := h.done(t, s, i.ID); done[mailbox.Replied] != 1 {
		t.Errorf("the history has %v", done)
	}
}

// answeredAndHandedOn has one clerk answer while another hands the matter over: one of the two happens, whole.
func answeredAndHandedOn(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	h.receives(t, "city")
	there := 0
	for round := range 6 {
		p := h.withMailbox(t, s)
		i := h.atWork(t, s, p)
		errs := race(4, func(n int) error {
			who := registry(fmt.Sprint("clerk ", n), "town")
			if n%2 == 0 {
				return s.HandOn(t.Context(), who, mailbox.HandOn{Org: "town", Item: i.ID, Seen: i.Version, To: "city"})
			}
			return second(s.Answer(t.Context(), who, mailbox.Answer{
				Org: "town", Item: i.ID, Seen: i.Version, Key: h.Booking.Gen.FormKey(), Kind: mailbox.Message, Mode: mailbox.Ordinary, Content: mailbox.Content{Subject: "An answer", Body: "Yes."}, Reply: true,
			}))
		})
		won := -1
		for n, err := range errs {
			switch {
			case err == nil && won < 0:
				won = n
			case err == nil:
				t.Errorf("round %d: %d and %d have both changed it", round, won, n)
			case !fault.IsKey(err, "work.changed") && !fault.IsKey(err, "work.closed"):
				t.Errorf("round %d: %d was told %v", round, n, err)
			}
		}
		now, err := h.Store.WorkItem(t.Context(), "town", i.ID)
		if err != nil {
			t.Fatal(err)
		}
		done, list := h.done(t, s, i.ID), h.replies(t, s, p)
		want := worklist.Waiting
		if won%2 == 0 {
			want, there = worklist.Closed, there+1
		}
		if won < 0 || now.State != want || len(list) != 1 || done[mailbox.Replied] != 1 || (done[mailbox.HandedOn] == 1) != (won%2 == 0) {
			t.Errorf("round %d: %d won, the work is %s, the person has %d letters, the history %v", round, won, now.State, len(list), done)
		}
		if got := h.works(t, s, "city"); len(got) != there {
			t.Errorf("round %d: the city has %d matters, want %d", round, len(got), there)
		}
	}
}

// feedbackHandledOnce has the same form sent several times at once, and several clerks handle it at once: it is kept, counted and closed once.
func feedbackHandledOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := &feedback.Service{Store: h.Store, Work: &worklist.Service{Store: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now}, Seals: h.Keys, Now: h.Clock.Now}
	g := feedback.Given{Org: "town", ID: h.Booking.Gen.Work(), Page: "help", Lang: "fi", Useful: feedback.No, Body: "Canary words"}
	for _, err := range race(8, func(int) error { return s.Give(t.Context(), g) }) {
		if err != nil {
			t.Errorf("give: %v", err)
		}
	}
	list, err := s.List(t.Context(), registry("one", "town"), "town", false)
	if err != nil || len(list) != 1 || list[0].Body != g.Body {
		t.Fatalf("got %+v, %v, want one with its words", list, err)
	}
	counts, err := s.Counts(t.Context(), registry("one", "town"), "town")
	if err != nil || len(counts) != 1 || counts[0].No != 1 || counts[0].Yes != 0 || counts[0].Written != 1 {
		t.Errorf("counted %+v, %v, want it once", counts, err)
	}
	seen, won := list[0].Item.Version, 0
	for n, err := range race(8, func(n int) error {
		return s.Done(t.Context(), registry(fmt.Sprint("clerk ", n), "town"), "town", g.ID, seen, n%2 == 0)
	}) {
		switch {
		case err == nil:
			won++
		case !fault.IsKey(err, "work.changed") && !fault.IsKey(err, "work.closed"):
			t.Errorf("%d was told %v", n, err)
		}
	}
	done := h.done(t, &mailbox.Service{Work: s.Work}, g.ID)
	if won != 1 || done[feedback.Answered]+done[worklist.Ended] != 1 {
		t.Errorf("%d have closed it, the history has %v", won, done)
	}
	if list, err := s.List(t.Context(), registry("one", "town"), "town", true); err != nil || len(list) != 1 || list[0].Item.State != worklist.Closed {
		t.Errorf("got %+v, %v, want it among those that are closed", list, err)
	}
}

// errCut is what happens to a store that is cut off.
var errCut = errors.New("cut off")

// cutStore carries some transactions out. From then on nothing is answered: at most one more is carried out and its answer lost.
type cutStore struct {
	mailbox.Store
	left *atomic.Int64
	lost bool // the answer of the last one is lost
}

func (c cutStore) InTx(ctx context.Context, do func(ctx context.Context, tx mailbox.Tx) error) error {
	left := c.left.Add(-1)
	switch {
	case left < 0 && (left < -1 || !c.lost):
		return errCut
	case left < 0:
		return errors.Join(errCut, c.Store.InTx(ctx, do))
	}
	return c.Store.InTx(ctx, do)
}

// meetStore reads the rows of a mailing when all of its kind have read them.
type meetStore struct {
	mailbox.Store
	read *sync.WaitGroup
}

func (m meetStore) RowsToSend(ctx context.Context, o ids.Org, id ids.Mailing, most int) ([]mailbox.MailingRow, error) {
	rows, err := m.Store.RowsToSend(ctx, o, id, most)
	m.read.Done()
	m.read.Wait()
	return rows, err
}

// mailingTo is how many a letter to many goes to.
const mailingTo = 25

// mailingOf looks a list through several times at once under one key; it is one mailing.
func (h *House) mailingOf(t *testing.T, s *mailbox.Service) ids.Mailing {
	t.Helper()
	var list strings.Builder
	list.WriteString("identifier,name,address,postcode,town,amount\n")
	for i := range mailingTo {
		fmt.Fprintf(&list, "%s,Specimen %d,Mallikatu %d,00100,MALLILA,%d euros\n", specimenCode(i), i, i, i)
	}
	r := mailbox.MailingRequest{
		Org: "town", Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "fi", Content: mailbox.Content{Subject: "An invoice", Body: "Pay {amount}."}, List: list.String(), Key: h.Booking.Gen.FormKey(),
	}
	got := make([]ids.Mailing, 4)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.Check(t.Context(), registry("sender", "town"), r)
		return err
	}) {
		if err != nil {
			t.Fatalf("look through: %v", err)
		}
	}
	for _, other := range got {
		if other != got[0] {
			t.Errorf("one form is the mailings %v", got)
		}
	}
	return got[0]
}

// specimenCode is one of the Finnish identity codes that are kept for tests.
func specimenCode(n int) string {
	const check = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	sum := 0
	digits := fmt.Sprintf("010470%03d", 900+n)
	for _, d := range digits {
		sum = (sum*10 + int(d-'0')) % 31
	}
	return digits[:6] + "-" + digits[6:] + check[sum:sum+1]
}

// mailingSentOnce has a mailing begun several times at once, cut off after each number of steps, with and without the last answer, and gone on with by several at once: everybody gets
// one letter, and the mailing says so.
func mailingSentOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	who := registry("sender", "town")
	s.TestCodes = true
	id := h.mailingOf(t, s)
	if more, err := s.SendSome(t.Context(), mailbox.MailingArgs{Org: "town", Mailing: id}); more || err != nil {
		t.Errorf("before it was begun: %t, %v", more, err)
	}
	for _, err := range race(6, func(int) error { return s.Start(t.Context(), who, "town", id) }) {
		if err != nil {
			t.Errorf("begin: %v", err)
		}
	}
	begun, err := h.Store.AuditOf(t.Context(), "town", audit.Filter{Action: audit.MailingStarted}, "", 100)
	if err != nil || len(begun) != 1 {
		t.Errorf("it was begun %d times, %v", len(begun), err)
	}
	args := mailbox.MailingArgs{Org: "town", Mailing: id}
	sent := func() int {
		t.Helper()
		m, _, err := s.Mailing(t.Context(), who, "town", id)
		if err != nil {
			t.Fatal(err)
		}
		if all := m.Count(mailbox.RowSent) + m.Count(mailbox.RowWaits); all != mailingTo {
			t.Errorf("%d rows are sent or wait, want %d", all, mailingTo)
		}
		return m.Count(mailbox.RowSent)
	}
	// Cut off again and again: by one at a time, and then by several at once.
	for n := range 5 {
		before := sent()
		cut := h.mailboxes()
		left := &atomic.Int64{}
		left.Store(int64(n % 3 * 2)) // a row may take more than one step, for whom is not known here yet
		cut.Store = cutStore{Store: s.Store, left: left, lost: n%2 == 0}
		if _, err := cut.SendSome(t.Context(), args); !errors.Is(err, errCut) {
			t.Fatalf("cut off after %d: got %v", n, err)
		}
		if after := sent(); after < before || after > before+5 {
			t.Errorf("cut off after %d: %d were sent, and now %d", n, before, after)
		}
	}
	if sent() == mailingTo {
		t.Fatal("nothing is left to go on with: the test proves nothing")
	}
	// Six go on at once, and all of them have read the same rows before the first sends one. Three are cut off in between.
	var read sync.WaitGroup
	read.Add(6)
	for n, err := range race(6, func(n int) error {
		one := h.mailboxes()
		var below mailbox.Store = s.Store
		if n%2 == 1 {
			left := &atomic.Int64{}
			left.Store(int64(n))
			below = cutStore{Store: s.Store, left: left, lost: n == 3}
		}
		one.Store = meetStore{Store: below, read: &read}
		return second(one.SendSome(t.Context(), args))
	}) {
		if err != nil && !errors.Is(err, errCut) {
			t.Errorf("%d goes on: %v", n, err)
		}
	}
	m, _, err := s.Mailing(t.Context(), who, "town", id)
	if err != nil || m.State != mailbox.MailingDone || sent() != mailingTo {
		t.Errorf("it is %s with %d sent, %v", m.State, sent(), err)
	}
	accepted := map[ids.Letter]int{}
	events, _, _, err := s.Feed(t.Context(), sender(), "town", 0, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range events {
		if f.What == mailbox.Accepted {
			accepted[f.Letter]++
		}
	}
	if len(accepted) != mailingTo {
		t.Errorf("%d letters for %d people", len(accepted), mailingTo)
	}
	owners := map[actor.Owner]int{}
	for l, n := range accepted {
		stored, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", l)
		if owners[stored.Owner]++; err != nil || n != 1 || owners[stored.Owner] != 1 {
			t.Errorf("%s was accepted %d times, its owner has %d, %v", l, n, owners[stored.Owner], err)
		}
	}
	if err := s.Start(t.Context(), who, "town", id); err != nil {
		t.Errorf("begun again: %v", err)
	}
	if more, err := s.SendSome(t.Context(), args); more || err != nil || sent() != mailingTo {
		t.Errorf("begun again: %t, %v, %d sent", more, err, sent())
	}
}

// batchTakenOnce has a print service cut off between asking and hearing: under one key it is one batch, and no letter is in two.
func batchTakenOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	const letters = 20
	for n := range letters {
		r := h.letterTo(ids.Person(fmt.Sprint("nobody ", n)), mailbox.Ordinary)
		r.Post = []string{"Specimen", "Mallikatu 1", "00100 MALLILA"}
		if _, err := s.Send(t.Context(), sender(), r); err != nil {
			t.Fatal(err)
		}
	}
	press := actor.Actor{Kind: actor.KindClient, Client: "press", Org: "town", Scopes: []actor.Right{actor.LetterPrint}}
	in := map[ids.Letter]ids.PrintBatch{}
	for round := range 3 {
		key := h.Booking.Gen.FormKey()
		cut := h.mailboxes()
		cut.Store = cutStore{Store: s.Store, left: &atomic.Int64{}, lost: round != 1}
		if _, _, err := cut.TakeBatch(t.Context(), press, "town", 7, key); !errors.Is(err, errCut) {
			t.Fatalf("got %v, want that it is not known", err)
		}
		got := make([]mailbox.Batch, 4)
		for _, err := range race(len(got), func(n int) (err error) {
			got[n], _, err = s.TakeBatch(t.Context(), press, "town", 7, key)
			return err
		}) {
			if err != nil {
				t.Fatalf("asked again: %v", err)
			}
		}
		for _, b := range got {
			if b.ID != got[0].ID || len(b.Letters) != len(got[0].Letters) {
				t.Errorf("one key is the batches %s with %d and %s with %d letters", got[0].ID, len(got[0].Letters), b.ID, len(b.Letters))
			}
		}
		for _, l := range got[0].Letters {
			if other, twice := in[l]; twice {
				t.Errorf("%s is in %s and %s", l, other, got[0].ID)
			}
			in[l] = got[0].ID
		}
		// What was printed is said by two at once, one of whom is cut off.
		race(3, func(n int) error {
			one := h.mailboxes()
			if n == 0 {
				left := &atomic.Int64{}
				left.Store(3)
				one.Store = cutStore{Store: s.Store, left: left, lost: true}
			}
			return second(one.Paper(t.Context(), press, "town", got[0].ID, mailbox.Printed, got[0].Letters))
		})
		for _, l := range got[0].Letters {
			if got := strings.Count(h.happened(t, l), "printed"); got != 1 {
				t.Errorf("%s was printed %d times", l, got)
			}
		}
	}
	if len(in) != letters {
		t.Errorf("%d letters were taken, want %d", len(in), letters)
	}
}
