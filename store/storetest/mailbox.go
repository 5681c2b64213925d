package storetest

import (
	"context"
	"fmt"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// Mailboxes is the suite of the secure mailbox: who opens twice, sends twice, closes while something is sent, confirms twice, and a feed that many write to.
func Mailboxes(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"OpenedTwiceAtOnceIsOneMailbox":        mailboxOpenedAtOnce,
		"SentTwiceAtOnceIsOneLetter":           letterSentAtOnce,
		"ClosedWhileLettersAreSent":            closedWhileSent,
		"ConfirmedTwiceAtOnceIsConfirmedOnce":  confirmedAtOnce,
		"AFeedThatManyWriteToHasNoGaps":        feedOfMany,
		"ALetterIsNobodyElses":                 letterOfAnother,
		"WhatAPersonWritesIsAcknowledgedOnce":  writtenAtOnce,
		"UnknownRecipientsGetPaperAndNoTraces": sentToNobody,
		"WhatNobodyConfirmsGoesOnPaper":        unserved,
		"LettersExpireAndBinsArePurged":        expiredAndPurged,
		"ACompanysMailboxIsShared":             mailboxShared,
		"WhomNobodyActsForGetsPaper":           lettersToUnmanned,
		"InCareOnlyWhereItIsAllowed":           mailboxInCare,
		"TwoPrintersNeverGetTheSameLetter":     printedAtOnce,
		"WhoSignsInIsServedOnce":               metBySignIn,
		"SignedInWhileLettersArePublished":     metWhilePublished,
		"RemindedOnceAndIfNeeded":              remindedOnce,
		"ALetterWaitsForItsAttachments":        waitsForFiles,
		"AnInfectedAttachmentRefusesItsLetter": refusedForFile,
		"TheLastCleanScanPublishesOnce":        scannedAtOnce,
		"SentWhileItIsScanned":                 sentWhileScanned,
		"ADraftIsSentOnce":                     draftSentAtOnce,
		"ADraftHasNoMoreFilesThanItMay":        filesAddedAtOnce,
		"BytesGoWithTheLastWhoHasThem":         bytesGo,
		"WhatIsWrittenIsTakenBeforeItIsClean":  writtenWithFile,
		"AMailboxOfManyLettersIsReadToItsEnd":  mailboxOfMany,
		"SeveralClerksAnswerAtOnce":            answeredAtOnce,
		"AnsweredAndHandedOnAtOnce":            answeredAndHandedOn,
		"FeedbackIsHandledOnce":                feedbackHandledOnce,
		"AMailingCutOffAnywhereIsSentOnce":     mailingSentOnce,
		"ABatchCutOffAnywhereIsTakenOnce":      batchTakenOnce,
		"TheFeedOfMattersLeavesNothingOut":     followedMatters,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// knownPeople finds people by codes that are their ids.
type knownPeople struct{ h *House }

func (k knownPeople) Claimed(ctx context.Context, _ actor.Actor, _ ids.Org, _ natid.Kind, code natid.Secret) (identity.Account, error) {
	a, err := k.h.Store.People().Account(ctx, ids.Person(code.Reveal()))
	if fault.Is(err, fault.KindNotFound) {
		return identity.Account{}, nil
	}
	return a.Account, err
}

func (k knownPeople) Mine(ctx context.Context, who actor.Actor) (identity.Account, error) {
	a, err := k.h.Store.People().Account(ctx, who.Person)
	return a.Account, err
}

func (k knownPeople) InboxPerson(ctx context.Context, _ actor.Actor, _ ids.Org, _ ids.Office, p ids.Person) (identity.Account, error) {
	a, err := k.h.Store.People().Account(ctx, p)
	return a.Account, err
}

func (k knownPeople) InboxCompany(ctx context.Context, _ actor.Actor, _ ids.Org, _ ids.Office, c ids.Company) (identity.Company, error) {
	return k.h.Store.People().Company(ctx, c)
}

func (k knownPeople) ServedCompany(ctx context.Context, _ actor.Actor, _ ids.Org, _ ids.Office, number, _ string, _ identity.CompanyKind) (identity.Company, error) {
	return k.h.Store.People().CompanyByNumber(ctx, number)
}

func (k knownPeople) Represented(ctx context.Context, _ actor.Actor, number string) (identity.Company, bool, error) {
	c, err := k.h.Store.People().CompanyByNumber(ctx, number)
	if fault.Is(err, fault.KindNotFound) {
		return identity.Company{}, false, nil
	}
	return c, number != unmanned, err
}

func (k knownPeople) Died(ctx context.Context, _ actor.Actor, p ids.Person) (string, error) {
	return k.h.Store.People().Death(ctx, p)
}

func (k knownPeople) ActsFor(context.Context, actor.Actor, ids.Person, actor.Owner) (bool, error) {
	return true, nil
}

// unmanned is the number of a company that nobody may act for.
const unmanned = "0000000-0"

const mailTerms = "2026-01"

func (h *House) mailboxes() *mailbox.Service {
	return &mailbox.Service{
		Store: h.Store.Mailboxes(), People: knownPeople{h}, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now, Texts: i18n.MustLoad(), Rules: mailbox.ServiceRules, Files: h.files(),
		Work:   &worklist.Service{Store: h.Store, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now},
		Keeper: func(context.Context) (ids.Org, error) { return "town", nil }, Terms: func(context.Context) (string, error) { return mailTerms, nil },
	}
}

func holder(p ids.Person) actor.Actor {
	return actor.Actor{Kind: actor.KindCitizen, Person: p, Level: actor.LevelSubstantial}
}

func sender() actor.Actor {
	return actor.Actor{Kind: actor.KindClient, Client: "registry", Org: "town", Scopes: []actor.Right{actor.LetterSend}}
}

// withMailbox is somebody with an open mailbox.
func (h *House) withMailbox(t *testing.T, s *mailbox.Service) ids.Person {
	t.Helper()
	p := h.someone(t)
	if err := s.Open(t.Context(), holder(p), mailbox.OpenRequest{Terms: mailTerms, Lang: "fi"}); err != nil {
		t.Fatalf("open a mailbox: %v", err)
	}
	return p
}

func (h *House) letterTo(p ids.Person, m mailbox.Mode) mailbox.SendRequest {
	return mailbox.SendRequest{
		Org: "town", Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: natid.Secret(p)}, Kind: mailbox.Decision, Mode: m, Lang: "fi", Reply: true,
		Content: mailbox.Content{Subject: "A decision", Body: "It was decided."}, Key: h.Booking.Gen.FormKey(),
	}
}

func (h *House) inbox(t *testing.T, s *mailbox.Service, p ids.Person) []mailbox.Listed {
	t.Helper()
	list, _, err := s.List(t.Context(), holder(p), mailbox.Wanted{Folder: mailbox.Inbox}, "", 100)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	return list
}

func mailboxOpenedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, p := h.mailboxes(), h.someone(t)
	for _, err := range race(8, func(int) error {
		return s.Open(t.Context(), holder(p), mailbox.OpenRequest{Terms: mailTerms, Lang: "sv"})
	}) {
		if err != nil {
			t.Errorf("open: %v", err)
		}
	}
	if list := h.inbox(t, s, p); len(list) != 1 || list[0].Kind != mailbox.Welcome || list[0].Subject == "" {
		t.Errorf("got %d letters, want one welcome: %+v", len(list), list)
	}
	m, err := s.Mine(t.Context(), holder(p))
	if err != nil || !m.Open() || len(m.History) != 1 || m.Preference.Channel != mailbox.Electronic || m.Preference.Terms != mailTerms {
		t.Errorf("got %+v, %v, want one mailbox with one consent", m, err)
	}
	if err := s.Open(t.Context(), holder(h.someone(t)), mailbox.OpenRequest{Terms: "2019-01", Lang: "sv"}); !fault.IsKey(err, "form.invalid") {
		t.Errorf("terms of another version: got %v", err)
	}
	acting := holder(p)
	acting.For = actor.Owner{Person: h.someone(t)} // nobody opens one for a child
	if err := s.Open(t.Context(), acting, mailbox.OpenRequest{Terms: mailTerms, Lang: "sv"}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("for somebody else: got %v, want not found", err)
	}
}

func letterSentAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	r := h.letterTo(p, mailbox.Ordinary)
	got := make([]ids.Letter, 8)
	for _, err := range race(len(got), func(i int) error {
		l, err := s.Send(t.Context(), sender(), r)
		got[i] = l.ID
		return err
	}) {
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	for _, id := range got {
		if id != got[0] || id == "" {
			t.Errorf("got the letters %v, want one", got)
		}
	}
	if n := len(h.inbox(t, s, p)); n != 2 {
		t.Errorf("%d letters in the inbox, want the welcome and this one", n)
	}
	r.Body = "Something else was decided."
	if _, err := s.Send(t.Context(), sender(), r); !fault.IsKey(err, "form.key_reused") {
		t.Errorf("another letter under the same key: got %v", err)
	}
}

// closedWhileSent closes a mailbox while letters are sent: each letter is in the mailbox or on paper, and none that was handed over after the closing is in it.
func closedWhileSent(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	const letters = 12
	sent := make([]mailbox.Stored, letters)
	for i, err := range race(letters+1, func(i int) error {
		if i == letters {
			return s.Close(t.Context(), holder(p))
		}
		var err error
		sent[i], err = s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	in := 0
	for _, l := range sent {
		switch st := l.Stand(); {
		case l.Channel == mailbox.Electronic && st.Published > 0:
			in++
		case l.Channel == mailbox.Paper && st.Published == 0:
		default:
			t.Errorf("letter %s goes by %s and stands as %+v", l.ID, l.Channel, st)
		}
	}
	if got := len(h.inbox(t, s, p)) - 1; got != in {
		t.Errorf("%d letters in the mailbox, want the %d that went there", got, in)
	}
	if l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary)); err != nil || l.Channel != mailbox.Paper {
		t.Errorf("after the closing: got %s, %v, want paper", l.Channel, err)
	}
	if way, err := s.Reachable(t.Context(), sender(), "town", mailbox.Recipient{Code: natid.Secret(p)}); way != mailbox.OnPaper || err != nil {
		t.Errorf("reached by %s, %v, want paper", way, err)
	}
}

func confirmedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Verifiable))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Letter(t.Context(), holder(p), l.ID); err != nil || got.Subject != "" || got.Body != "" || got.Standing.Read > 0 {
		t.Errorf("before it was confirmed: got %+v, %v, want nothing of what it says", got.Content, err)
	}
	done := 0
	for _, err := range race(8, func(int) error { return s.Confirm(t.Context(), holder(p), l.ID) }) {
		switch {
		case err == nil:
			done++
		case !fault.IsKey(err, "letter.confirmed"):
			t.Errorf("confirm: %v", err)
		}
	}
	if done != 1 {
		t.Errorf("confirmed %d times, want once", done)
	}
	got, err := s.Letter(t.Context(), holder(p), l.ID)
	if err != nil || got.Body != "It was decided." || got.Standing.Confirmed == 0 || !got.Served.Certain {
		t.Errorf("confirmed: got %+v, %+v, %v", got.Content, got.Served, err)
	}
}

func feedOfMany(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	const letters = 10
	for i, err := range race(letters, func(int) error {
		_, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
		return err
	}) {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	after, accepted := int64(0), 0
	for {
		list, err := s.Store.Feed(t.Context(), "town", after, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, ev := range list {
			if after++; ev.Seq != after {
				t.Fatalf("number %d comes after %d", ev.Seq, after-1)
			}
			if ev.What == mailbox.Accepted {
				accepted++
			}
		}
		if len(list) == 0 {
			break
		}
	}
	if accepted != letters+1 { // the welcome, too
		t.Errorf("%d letters in the feed, want %d", accepted, letters+1)
	}
}

func letterOfAnother(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p, other := h.withMailbox(t, s), h.withMailbox(t, s)
	l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Verifiable))
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"read":    second(s.Letter(t.Context(), holder(other), l.ID)),
		"confirm": s.Confirm(t.Context(), holder(other), l.ID),
		"delete":  second(s.Tidy(t.Context(), holder(other), mailbox.Deleted, []ids.Letter{l.ID})),
		"answer":  second(s.Write(t.Context(), holder(other), mailbox.WriteRequest{Answers: l.ID, Lang: "fi", Content: mailbox.Content{Subject: "a", Body: "b"}, Key: h.Booking.Gen.FormKey()})),
	} {
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
	city := sender()
	city.Org = "city"
	if _, err := s.SentLetter(t.Context(), city, "town", l.ID); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another authority: got %v, want not found", err)
	}
	if _, err := s.Tidy(t.Context(), holder(p), mailbox.Deleted, []ids.Letter{l.ID}); !fault.IsKey(err, "letter.unconfirmed") {
		t.Errorf("deleted before it was confirmed: got %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func writtenAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
	if err != nil {
		t.Fatal(err)
	}
	r := mailbox.WriteRequest{Answers: l.ID, Lang: "fi", Content: mailbox.Content{Subject: "My answer", Body: "I do not agree."}, Key: h.Booking.Gen.FormKey()}
	got := make([]ids.Letter, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.Write(t.Context(), holder(p), r)
		return err
	}) {
		if err != nil {
			t.Errorf("write: %v", err)
		}
	}
	shown, err := s.Letter(t.Context(), holder(p), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[mailbox.Kind]int{}
	for _, x := range shown.Thread {
		kinds[x.Kind]++
	}
	if fmt.Sprint(kinds) != fmt.Sprint(map[mailbox.Kind]int{mailbox.Decision: 1, mailbox.Message: 1, mailbox.Receipt: 1}) {
		t.Errorf("the exchange has %v, want the decision, the answer and one receipt", kinds)
	}
}

func sentToNobody(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	l, err := s.Send(t.Context(), sender(), h.letterTo("nobody", mailbox.Verifiable))
	if err != nil || l.Channel != mailbox.Paper || l.Owner.Person == "" || l.Stand().Published > 0 {
		t.Errorf("got %+v, %v, want a letter on paper", l.Letter, err)
	}
}
