package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// Submissions is the suite of forms that were sent: who sends twice at once, what happens to one at once, and numbers that are given once.
func Submissions(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"SentOnceHoweverOften":               submittedAtOnce,
		"NumbersAreGivenOnce":                submissionNumbersAtOnce,
		"AskedAnsweredAndDecided":            askedAndDecided,
		"DecidedOnce":                        decidedAtOnce,
		"TakenIsInProgress":                  takenAtOnce,
		"TheFeedIsNarrowedAndLeavesNoneOut":  feedNarrowed,
		"HandledAfterItsFormHasGone":         handledWithoutForm,
		"WithdrawnWhileItIsDecided":          withdrawnAtOnce,
		"ProgramsAreToldOfEachEventOnce":     eventsTold,
		"AProgramStaysWithinItsBounds":       withinBounds,
		"DeletedToTheSecondUnlessItIsHeld":   deletedInTime,
		"HeldUntilItsLastSecond":             heldUntil,
		"WhoReadsOnAfterANumberMissesNone":   submissionsFollowed,
		"WhoHasNoMailboxIsToldOrGetsNothing": submittedWithoutMailbox,
		"EachIsOnOnePageInTheOrderOfWork":    pagesOfWork,
		"NoneIsLostWhileSomebodyLeafs":       leafedWhileTimePasses,
		"EachBadFileIsFoundOnceAndNotGiven":  badFilesAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

const oneForm = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["plate"],"properties":{"plate":{"type":"string","maxLength":10}}},` +
	`"ui":{"type":"Control","scope":"#/properties/plate"},"texts":{"en":{"plate.label":"Plate"}}}`

// eservices is the room with a form "permit" that is kept for so many days after it ended.
func (h *House) eservices(t *testing.T, keepDays int) (*eservice.Service, *form.Definition, eservice.Version) {
	t.Helper()
	s := h.eservicesOf(t, oneForm, "", keepDays)
	_, v, def, err := s.FormAt(t.Context(), "town", "permit", 1)
	if err != nil {
		t.Fatal(err)
	}
	return s, def, v
}

// eservicesOf is the room with a form "permit" that asks what a document says, and is signed by others.
func (h *House) eservicesOf(t *testing.T, document, signers string, keepDays int) *eservice.Service {
	t.Helper()
	return h.eservicesWith(t, document, catalog.Form{ID: "permit", Name: text("Permit"), Signers: signers, DueDays: 3, KeepDays: keepDays})
}

// eservicesWith is the room with the form "permit" as it is settled, that asks what a document says.
func (h *House) eservicesWith(t *testing.T, document string, f catalog.Form) *eservice.Service {
	t.Helper()
	doc, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	err = h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		return db.New(tx).PutForm(ctx, db.PutFormParams{Org: "town", ID: "permit", Doc: string(doc)})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.formVersion(t, "permit", 1, document)
	m := h.mailboxes()
	return &eservice.Service{Store: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now, Texts: m.Texts, Work: m.Work, Files: m.Files, Letters: m}
}

// formVersion publishes a document as a version of a form.
func (h *House) formVersion(t *testing.T, f ids.Form, number int64, document string) {
	t.Helper()
	def, mistakes := form.Read([]byte(document))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	err := h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE organisation SET version = version + 1 WHERE org = 'town'")
		return errors.Join(err, db.New(tx).AddFormVersion(ctx, db.AddFormVersionParams{Org: "town", Form: string(f), Number: number, Digest: def.Digest, FromAt: 1, Document: document, MadeAt: 1}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *House) filledIn(p ids.Person) eservice.Draft {
	return eservice.Draft{
		Org: "town", ID: h.Booking.Gen.Submission(), Form: "permit", Version: 1, Owner: actor.Owner{Person: p}, MadeBy: p, Lang: "en", Filled: eservice.Filled{Answers: form.Answers{"plate": "ABC-123"}},
	}
}

func (h *House) submitted(t *testing.T, s *eservice.Service, def *form.Definition, v eservice.Version, p ids.Person) eservice.Submission {
	t.Helper()
	x, err := s.Submit(t.Context(), holder(p), h.filledIn(p), def, v, h.Booking.Gen.FormKey())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func submittedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	before := len(h.inbox(t, s.Letters, p))
	d := h.filledIn(p)
	wrong := d
	wrong.ID, wrong.Answers = h.Booking.Gen.Submission(), form.Answers{}
	if _, err := s.Submit(t.Context(), holder(p), wrong, def, v, h.Booking.Gen.FormKey()); !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != "/plate" {
		t.Errorf("nothing answered: got %v", err)
	}
	if _, err := s.Submit(t.Context(), holder(h.withMailbox(t, s.Letters)), d, def, v, h.Booking.Gen.FormKey()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else's: got %v", err)
	}
	got := make([]eservice.Submission, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.Submit(t.Context(), holder(p), d, def, v, h.Booking.Gen.FormKey())
		return err
	}) {
		if err != nil {
			t.Errorf("submit: %v", err)
		}
	}
	for _, x := range got {
		if x.ID != d.ID || x.Number != got[0].Number || x.AnswersDigest != got[0].AnswersDigest {
			t.Errorf("got %+v, want %+v", x, got[0])
		}
	}
	if work := h.works(t, s.Letters, "town"); len(work) != 1 || work[0].Kind != worklist.Submission || work[0].Due == 0 {
		t.Errorf("the work is %+v", work)
	}
	letters := h.inbox(t, s.Letters, p)
	if len(letters) != before+1 || letters[0].Kind != mailbox.Receipt {
		t.Errorf("got %d letters more, the newest %+v", len(letters)-before, letters[0])
	}
	w, err := s.Submission(t.Context(), holder(p), d.ID)
	if err != nil || w.Answers["plate"] != "ABC-123" || len(w.Events) != 1 {
		t.Fatalf("got %+v, %v", w, err)
	}
	if _, err := s.Submission(t.Context(), holder(h.withMailbox(t, s.Letters)), d.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else reads: got %v", err)
	}
}

func submissionNumbersAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	got := make([]eservice.Submission, 8)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.Submit(t.Context(), holder(p), h.filledIn(p), def, v, h.Booking.Gen.FormKey())
		return err
	}) {
		if err != nil {
			t.Errorf("submit: %v", err)
		}
	}
	numbers := map[string]bool{}
	for _, x := range got {
		numbers[x.Number] = true
	}
	if len(numbers) != len(got) {
		t.Errorf("%d numbers for %d forms", len(numbers), len(got))
	}
}

func (h *House) deed(t *testing.T, s *eservice.Service, x eservice.Submission, do eservice.What) eservice.Deed {
	t.Helper()
	i, err := s.Work.Item(t.Context(), registry("clerk", "town"), "town", x.Item)
	if err != nil {
		t.Fatal(err)
	}
	return eservice.Deed{Org: "town", Item: x.Item, Seen: i.Version, Key: h.Booking.Gen.FormKey(), Do: do}
}

func askedAndDecided(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p, clerk := h.withMailbox(t, s.Letters), registry("clerk", "town")
	x := h.submitted(t, s, def, v, p)
	was := len(h.inbox(t, s.Letters, p))
	ask := h.deed(t, s, x, eservice.Asked)
	ask.Text = "Whose car is it?"
	for i := range 2 { // sent twice it is asked once
		if again, err := s.Do(t.Context(), clerk, ask); err != nil || again != (i == 1) {
			t.Fatalf("ask: %t, %v", again, err)
		}
	}
	if n := len(h.inbox(t, s.Letters, p)); n != was+1 {
		t.Errorf("%d letters ask", n-was)
	}
	late := h.deed(t, s, x, eservice.Answered)
	late.Seen--
	late.Subject, late.Text, late.Mode = "Decision", "Granted.", mailbox.Ordinary
	if _, err := s.Do(t.Context(), clerk, late); !fault.IsKey(err, "work.changed") {
		t.Errorf("decided unseen: got %v", err)
	}
	add := eservice.Addition{ID: x.ID, Key: h.Booking.Gen.FormKey(), Text: "My brother's."}
	for range 2 {
		if err := s.Add(t.Context(), holder(p), add); err != nil {
			t.Fatal(err)
		}
	}
	a, err := s.Read(t.Context(), clerk, "town", x.Item)
	if err != nil || a.State != eservice.InProgress || a.Answers["plate"] != "ABC-123" || len(a.Events) != 3 || a.Events[2].Text != "My brother's." || a.Item.State != worklist.Open || a.Item.Fresh != 1 {
		t.Fatalf("got %+v, %v", a, err)
	}
	decide := h.deed(t, s, x, eservice.Answered)
	decide.Subject, decide.Text, decide.Mode = "Decision", "Granted.", mailbox.Ordinary
	if _, err := s.Do(t.Context(), clerk, decide); err != nil {
		t.Fatal(err)
	}
	letters := h.inbox(t, s.Letters, p)
	w, err := s.Submission(t.Context(), holder(p), x.ID)
	if err != nil || w.State != eservice.Decided || w.EndedAt == 0 || letters[0].Kind != mailbox.Decision || w.Events[3].Detail != string(letters[0].ID) || eservice.Stand(w.Events) != w.State {
		t.Errorf("got %+v, %v, the newest letter %+v", w, err, letters[0])
	}
	if err := s.Withdraw(t.Context(), holder(p), x.ID); !fault.IsKey(err, "submission.not_now") {
		t.Errorf("withdrawn after it was decided: got %v", err)
	}
	if err := s.Add(t.Context(), holder(p), eservice.Addition{ID: x.ID, Key: h.Booking.Gen.FormKey(), Text: "More."}); !fault.IsKey(err, "submission.not_now") {
		t.Errorf("added after it was decided: got %v", err)
	}
}

// Of those who decide at once one does, and nobody after them.
func decidedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	x := h.submitted(t, s, def, v, p)
	was := len(h.inbox(t, s.Letters, p))
	decide := h.deed(t, s, x, eservice.Answered)
	decide.Subject, decide.Text, decide.Mode = "Decision", "Granted.", mailbox.Ordinary
	done := 0
	for _, err := range race(4, func(i int) error {
		mine := decide
		mine.Key = h.Booking.Gen.FormKey()
		_, err := s.Do(t.Context(), registry("clerk", "town"), mine)
		return err
	}) {
		if err == nil {
			done++
		} else if !fault.Is(err, fault.KindConflict) {
			t.Errorf("decided at once: got %v", err)
		}
	}
	again := h.deed(t, s, x, eservice.Answered)
	again.Subject, again.Text, again.Mode = "Decision", "Refused.", mailbox.Ordinary
	if _, err := s.Do(t.Context(), registry("clerk", "town"), again); !fault.IsKey(err, "submission.not_now") {
		t.Errorf("decided again: got %v", err)
	}
	if n := len(h.inbox(t, s.Letters, p)); done != 1 || n != was+1 {
		t.Errorf("%d decided, and %d letters came, want one of each", done, n-was)
	}
}

// What somebody takes is in progress, of those who take it at once one has it, and a note under a key is written once.
func takenAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	x := h.submitted(t, s, def, v, p)
	take := worklist.Deed{Org: "town", ID: x.Item, Seen: h.deed(t, s, x, eservice.TakenUp).Seen, Do: worklist.Assigned}
	clerks := []ids.Staff{"anna", "bertta", "cecilia"}
	done := 0
	for i, err := range race(len(clerks), func(i int) error {
		mine := take
		mine.Staff = clerks[i]
		_, err := s.DoWork(t.Context(), registry(string(clerks[i]), "town"), mine)
		return err
	}) {
		if err == nil {
			done++
		} else if !fault.IsKey(err, "work.changed") {
			t.Errorf("%s takes it: got %v", clerks[i], err)
		}
	}
	got, err := h.Store.Submission(t.Context(), "town", x.ID)
	if err != nil || done != 1 || got.State != eservice.InProgress {
		t.Errorf("%d took it, it stands as %s, %v", done, got.State, err)
	}
	note := worklist.Deed{Org: "town", ID: x.Item, Do: worklist.Noted, Note: "Called.", Key: h.Booking.Gen.FormKey()}
	for _, err := range race(3, func(int) error { _, err := s.DoWork(t.Context(), registry("anna", "town"), note); return err }) {
		if err != nil {
			t.Errorf("note: %v", err)
		}
	}
	note.Note = "Not called."
	if _, err := s.DoWork(t.Context(), registry("anna", "town"), note); !fault.IsKey(err, "form.key_reused") {
		t.Errorf("another note under the key: got %v", err)
	}
	a, err := s.Read(t.Context(), registry("anna", "town"), "town", x.Item)
	notes := 0
	for _, e := range a.History {
		if e.What == worklist.Noted && e.Text == "Called." {
			notes++
		}
	}
	if err != nil || notes != 1 {
		t.Errorf("got %d notes, %v, want one", notes, err)
	}
}

// A program that narrows the feed misses none, and lists none but those; whose data is protected is not there; pages of a period have each once.
func feedNarrowed(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	program := actor.Actor{Kind: actor.KindClient, Client: "case-system", Org: "town", Scopes: []actor.Right{actor.SubmissionWork}}
	if _, _, _, err := s.Feed(t.Context(), registry("clerk", "town"), "town", 0, eservice.Wanted{}, 10); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("one of the staff follows the feed: got %v", err)
	}
	var sent []ids.Submission
	for range 5 {
		sent = append(sent, h.submitted(t, s, def, v, p).ID)
	}
	if err := s.Withdraw(t.Context(), holder(p), sent[1]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		w    eservice.Wanted
		want []ids.Submission
	}{
		{eservice.Wanted{}, []ids.Submission{sent[0], sent[2], sent[3], sent[4], sent[1]}},
		{eservice.Wanted{State: eservice.Withdrawn}, sent[1:2]},
		{eservice.Wanted{State: eservice.Received, Form: "permit"}, []ids.Submission{sent[0], sent[2], sent[3], sent[4]}},
		{eservice.Wanted{Form: "other"}, nil},
		{eservice.Wanted{Inbox: "other"}, nil},
	} {
		var got []ids.Submission
		for after, more := int64(0), true; more; {
			var list []eservice.Listed
			var err error
			if list, after, more, err = s.Feed(t.Context(), program, "town", after, c.w, 2); err != nil || len(list) > 2 {
				t.Fatalf("%+v: %d, %v", c.w, len(list), err)
			}
			for _, x := range list {
				got = append(got, x.ID)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %v, want %v", c.w, got, c.want)
		}
	}
	var pages []ids.Submission
	for before := (eservice.Submission{}); ; {
		list, err := h.Store.SubmissionsSent(t.Context(), "town", "", 0, 1<<40, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, x := range list {
			pages, before = append(pages, x.ID), x.Submission
		}
	}
	slices.Reverse(pages)
	if !slices.Equal(pages, sent) {
		t.Errorf("page by page there are %v, want %v", pages, sent)
	}
	h.upwards(t, sent)
}

// What was sent is handled to its end although the organisation has the form no more.
func handledWithoutForm(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p, clerk := h.withMailbox(t, s.Letters), registry("clerk", "town")
	x := h.submitted(t, s, def, v, p)
	err := h.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM form WHERE org = 'town' AND id = 'permit'")
		_, err2 := tx.ExecContext(ctx, "UPDATE organisation SET version = version + 1 WHERE org = 'town'")
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		do   eservice.What
		want eservice.State
	}{{eservice.TakenUp, eservice.InProgress}, {eservice.Asked, eservice.MoreAsked}, {eservice.Ended, eservice.Closed}, {eservice.Reopened, eservice.InProgress}} {
		d := h.deed(t, s, x, c.do)
		d.Text = "Whose car is it?"
		if _, err := s.Do(t.Context(), clerk, d); err != nil {
			t.Errorf("%s: %v", c.do, err)
		}
		if got, err := h.Store.Submission(t.Context(), "town", x.ID); err != nil || got.State != c.want {
			t.Errorf("%s: it stands as %s, %v, want %s", c.do, got.State, err, c.want)
		}
	}
}

func withdrawnAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	for range 4 {
		x := h.submitted(t, s, def, v, p)
		was := len(h.inbox(t, s.Letters, p))
		decide := h.deed(t, s, x, eservice.Answered)
		decide.Subject, decide.Text, decide.Mode = "Decision", "Granted.", mailbox.Ordinary
		errs := race(2, func(i int) error {
			if i == 0 {
				return s.Withdraw(t.Context(), holder(p), x.ID)
			}
			_, err := s.Do(t.Context(), registry("clerk", "town"), decide)
			return err
		})
		got, err := h.Store.Submission(t.Context(), "town", x.ID)
		if err != nil || (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("withdrawn: %v, decided: %v, read: %v", errs[0], errs[1], err)
		}
		want, letters := eservice.Withdrawn, was
		if errs[1] == nil {
			want, letters = eservice.Decided, was+1
		}
		if got.State != want || len(h.inbox(t, s.Letters, p)) != letters {
			t.Errorf("got %s with %d letters, want %s", got.State, len(h.inbox(t, s.Letters, p))-was, want)
		}
	}
}

func deletedInTime(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 2)
	p := h.withMailbox(t, s.Letters)
	x, y := h.submitted(t, s, def, v, p), h.submitted(t, s, def, v, p)
	for _, z := range []eservice.Submission{x, y} {
		if err := s.Withdraw(t.Context(), holder(p), z.ID); err != nil {
			t.Fatal(err)
		}
	}
	err := h.Store.InSubmissionTx(t.Context(), func(ctx context.Context, tx eservice.SubmissionTx) error {
		_, err := tx.PutSubmissionHold(ctx, eservice.Hold{Org: "town", Submission: y.ID, Why: mailbox.HoldCourt, At: 1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ended, err := h.Store.Submission(t.Context(), "town", x.ID)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[int64]int{ended.DeleteAt - 1: 0} {
		h.until(at)
		if n, err := s.SweepSubmissions(t.Context(), 10); err != nil || n != want {
			t.Errorf("a second before: %d deleted, %v", n, err)
		}
	}
	h.until(ended.DeleteAt)
	if n, err := s.SweepSubmissions(t.Context(), 10); err != nil || n != 1 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if _, err := h.Store.Submission(t.Context(), "town", x.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what was deleted is there: %v", err)
	}
	if _, err := h.Store.Submission(t.Context(), "town", y.ID); err != nil {
		t.Errorf("what is held is gone: %v", err)
	}
}

func submissionsFollowed(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	x, y := h.submitted(t, s, def, v, p), h.submitted(t, s, def, v, p)
	first, err := h.Store.SubmissionsAfter(t.Context(), "town", 0, 10)
	if err != nil || len(first) != 2 || first[0].ID != x.ID || first[1].ID != y.ID {
		t.Fatalf("got %+v, %v", first, err)
	}
	if err := s.Withdraw(t.Context(), holder(p), x.ID); err != nil {
		t.Fatal(err)
	}
	next, err := h.Store.SubmissionsAfter(t.Context(), "town", first[1].Seq, 10)
	if err != nil || len(next) != 1 || next[0].ID != x.ID || next[0].State != eservice.Withdrawn || next[0].Work.State != worklist.Closed {
		t.Errorf("got %+v, %v", next, err)
	}
}

func submittedWithoutMailbox(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 0)
	p := h.withMailbox(t, s.Letters)
	if err := s.Letters.Close(t.Context(), holder(p)); err != nil {
		t.Fatal(err)
	}
	x := h.submitted(t, s, def, v, p)
	decide := h.deed(t, s, x, eservice.Answered)
	decide.Subject, decide.Text, decide.Mode = "Decision", "Granted.", mailbox.Ordinary
	if _, err := s.Do(t.Context(), registry("clerk", "town"), decide); !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != "post" {
		t.Errorf("decided without an address: got %v", err)
	}
	if got, err := h.Store.Submission(t.Context(), "town", x.ID); err != nil || got.State != eservice.Received {
		t.Errorf("got %+v, %v", got, err)
	}
	decide.Post = []string{"Maija Meikäläinen", "Testikatu 1", "00100 Helsinki"}
	if _, err := s.Do(t.Context(), registry("clerk", "town"), decide); err != nil {
		t.Fatal(err)
	}
	waits, _, err := h.Store.Mailboxes().PrintWaiting(t.Context(), "town")
	if got, err2 := h.Store.Submission(t.Context(), "town", x.ID); err != nil || err2 != nil || waits != 1 || got.State != eservice.Decided {
		t.Errorf("%d letters wait for paper, %+v, %v, %v", waits, got, err, err2)
	}
}
