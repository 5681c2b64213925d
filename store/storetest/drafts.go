package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/form"
	"luukku/domain/identity"
)

// Drafts is the suite of forms that are filled in and built: two people in one draft, who signs against who changes, who sends against both, two who build the same form, and who opens a service at once.
func Drafts(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"BegunOnceHoweverOften":                draftBegunAtOnce,
		"TwoInDifferentStepsLoseNothing":       draftStepsAtOnce,
		"OfTwoInOneStepOneIsTold":              draftStepAtOnce,
		"SentOnceAndTheDraftIsGone":            formSentAtOnce,
		"SentAsItWasSeenOrNotAtAll":            draftSentWhileItIsChanged,
		"SignedAsItWasSeenOrNotAtAll":          draftSignedWhileItIsChanged,
		"NotSentWhileASignatureIsTakenBack":    draftSentWhileOneDeclines,
		"AnInvitationIsOnePersons":             draftInvitationAtOnce,
		"DeletedToTheSecondUnlessItIsChanged":  draftDeletedInTime,
		"OfTwoWhoBuildAFormOneIsTold":          formBuiltAtOnce,
		"AFormIsDroppedOrChangedButNotBoth":    formDroppedWhileItIsChanged,
		"OfTwoWhoOpenAServiceOneIsTold":        accessGrantedAtOnce,
		"AHiddenAnswerIsKeptAndNeverSent":      draftHidesAnswers,
		"ManyWhoSignAtOnceHaveAllSigned":       draftSignedByMany,
		"WhatIsMovedToANewVersionLosesNothing": draftMovedWhileItIsChanged,
		"WhatIsNotSignedIsNotSent":             draftUnsigned,
		"ReadWithWhatIsBesideItAndNotTheNext":  draftBeside,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

const twoSteps = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["plate"],"properties":{"plate":{"type":"string","maxLength":20},"loan":{"type":"boolean"},` +
	`"lender":{"type":"string","maxLength":50}}},"ui":{"type":"Categorization","elements":[{"type":"Category","elements":[{"type":"Control","scope":"#/properties/plate"}]},{"type":"Category","elements":[` +
	`{"type":"Control","scope":"#/properties/loan","options":{"format":"radio"}},{"type":"Control","scope":"#/properties/lender","rule":{"effect":"SHOW","condition":{"scope":"#/properties/loan","schema":{"const":true}}}}]}]},` +
	`"texts":{"en":{"plate.label":"Plate"}}}`

// nobodyKnown is a register in which nothing stands of anybody.
type nobodyKnown struct{}

func (nobodyKnown) Facts(context.Context, actor.Actor) (map[string]identity.Fact, error) {
	return nil, nil
}

func (nobodyKnown) Others(context.Context, actor.Actor, actor.Owner) ([]identity.Signer, error) {
	return nil, nil
}

func (nobodyKnown) Mine(context.Context, actor.Actor) (identity.Account, error) {
	return identity.Account{}, fault.NotFound("error.not_found")
}

// drafting is a room with the form "permit" of two steps, which anybody who is asked signs, and somebody's draft of it, whose first step is answered.
type drafting struct {
	*eservice.Service
	h     *House
	owner ids.Person
	id    ids.Submission
}

func (h *House) drafting(t *testing.T) drafting {
	t.Helper()
	s := h.eservicesOf(t, twoSteps, "any", 0)
	s.Facts = nobodyKnown{}
	return drafting{Service: s, h: h}.another(t)
}

// another is the draft of somebody else.
func (d drafting) another(t *testing.T) drafting {
	t.Helper()
	var err error
	d.owner = d.h.someone(t)
	if d.id, err = d.BeginFilling(t.Context(), holder(d.owner), "town", "permit", d.h.Booking.Gen.Submission(), "en"); err != nil {
		t.Fatalf("begin: %v", err)
	}
	d.save(t, d.owner, 0, "/plate", "ABC-123")
	return d
}

// request is one answer of a step, as who sends it has seen it.
func (d drafting) request(t *testing.T, p ids.Person, step int, at, typed string) eservice.SaveRequest {
	t.Helper()
	f := d.filling(t, p)
	return eservice.SaveRequest{Draft: d.id, Step: step, Typed: form.Typed{at: {typed}}, Mark: eservice.StepMark(f.Def, f.Def.Steps[step], f.Answers), Try: true}
}

func (d drafting) save(t *testing.T, p ids.Person, step int, at, typed string) {
	t.Helper()
	if out, err := d.Save(t.Context(), holder(p), d.request(t, p, step, at, typed)); err != nil || len(out.Conflicts) > 0 {
		t.Fatalf("save: %v, %+v", err, out.Conflicts)
	}
}

func (d drafting) filling(t *testing.T, p ids.Person) eservice.Filling {
	t.Helper()
	f, err := d.Filling(t.Context(), holder(p), d.id)
	if err != nil {
		t.Fatalf("read the draft: %v", err)
	}
	return f
}

// asked asks somebody new to sign, who comes by the link.
func (d drafting) asked(t *testing.T) (p ids.Person, part string) {
	t.Helper()
	p, before := d.h.someone(t), d.filling(t, d.owner).Parts
	secret := d.invited(t, fmt.Sprintf("signer%d@example.org", len(before)))
	if _, err := d.Come(t.Context(), holder(p), secret); err != nil {
		t.Fatalf("come: %v", err)
	}
	for _, x := range d.filling(t, d.owner).Parts {
		if x.Person == p {
			return p, x.ID
		}
	}
	t.Fatal("who came has no part")
	return "", ""
}

// invited asks an address, and returns the secret of its link.
func (d drafting) invited(t *testing.T, address string) string {
	t.Helper()
	if err := d.Ask(t.Context(), holder(d.owner), eservice.AskRequest{Draft: d.id, Address: address}); err != nil {
		t.Fatalf("ask: %v", err)
	}
	parts := d.filling(t, d.owner).Parts
	i := slices.IndexFunc(parts, func(p eservice.Part) bool { return p.Address == address })
	list, err := d.Askings(t.Context(), eservice.TellDraftArgs{Org: "town", Draft: d.id, Part: parts[i].ID})
	if err != nil || len(list) != 1 || list[0].Secret == "" {
		t.Fatalf("tell: %+v, %v", list, err)
	}
	return list[0].Secret
}

func (d drafting) signs(t *testing.T, p ids.Person, part string) error {
	t.Helper()
	return d.Answer(t.Context(), holder(p), d.id, part, eservice.Sign, d.filling(t, p).Digest)
}

// sends sends what was seen.
func (d drafting) sends(ctx context.Context, f eservice.Filling) (eservice.Submission, error) {
	return d.Submit(ctx, holder(d.owner), f.Draft, f.Def, f.Of, ids.FormKey(f.ID))
}

func (d drafting) standing(t *testing.T, part string) eservice.PartState {
	t.Helper()
	f := d.filling(t, d.owner)
	i := slices.IndexFunc(f.Parts, func(p eservice.Part) bool { return p.ID == part })
	return f.Parts[i].Standing(f.Now, f.Digest)
}

func draftBegunAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.eservicesOf(t, twoSteps, "any", 0)
	s.Facts = nobodyKnown{}
	p, id := h.someone(t), h.Booking.Gen.Submission()
	got := make([]ids.Submission, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.BeginFilling(t.Context(), holder(p), "town", "permit", id, "en")
		return err
	}) {
		if err != nil {
			t.Errorf("begin: %v", err)
		}
	}
	own, _, err := s.Fillings(t.Context(), holder(p))
	if err != nil || len(own) != 1 || slices.ContainsFunc(got, func(x ids.Submission) bool { return x != id }) {
		t.Errorf("%d drafts, %v: %v", len(own), got, err)
	}
	if _, err := s.BeginFilling(t.Context(), holder(h.someone(t)), "town", "permit", id, "en"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else's id: got %v", err)
	}
}

func draftStepsAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	p, _ := d.asked(t)
	for i := range 5 {
		plate, lender := fmt.Sprintf("P-%d", i), fmt.Sprintf("L-%d", i)
		d.save(t, d.owner, 1, "/loan", "true")
		one, two := d.request(t, d.owner, 0, "/plate", plate), d.request(t, p, 1, "/lender", lender)
		two.Typed["/loan"] = []string{"true"}
		for _, err := range race(2, func(i int) error {
			if i == 0 {
				_, err := d.Save(t.Context(), holder(d.owner), one)
				return err
			}
			_, err := d.Save(t.Context(), holder(p), two)
			return err
		}) {
			if err != nil {
				t.Errorf("save: %v", err)
			}
		}
		if a := d.filling(t, d.owner).Answers; a["plate"] != plate || a["lender"] != lender {
			t.Errorf("got %v, want %s and %s", a, plate, lender)
		}
	}
}

func draftStepAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	requests := make([]eservice.SaveRequest, 6)
	for i := range requests {
		requests[i] = d.request(t, d.owner, 0, "/plate", fmt.Sprintf("P-%d", i))
	}
	saved := make([]eservice.Saved, len(requests))
	for _, err := range race(len(requests), func(i int) (err error) {
		saved[i], err = d.Save(t.Context(), holder(d.owner), requests[i])
		return err
	}) {
		if err != nil {
			t.Errorf("save: %v", err)
		}
	}
	now := d.filling(t, d.owner).Answers["plate"]
	won := 0
	for i, x := range saved {
		mine := fmt.Sprintf("P-%d", i)
		switch {
		case len(x.Conflicts) == 0 && now == mine:
			won++
		case len(x.Conflicts) == 0:
			t.Errorf("%s was said to be saved, and %v is", mine, now)
		case x.Conflicts[0].Mine != mine || x.Answers["plate"] != mine:
			t.Errorf("who was told lost what they typed: %+v", x.Conflicts[0])
		}
	}
	if won != 1 {
		t.Errorf("%d were saved, want one", won)
	}
}

func formSentAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	f := d.filling(t, d.owner)
	got := make([]eservice.Submission, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = d.sends(t.Context(), f)
		return err
	}) {
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	for _, x := range got {
		if x.ID != d.id || x.Number != got[0].Number {
			t.Errorf("got %s %s, want %s %s", x.ID, x.Number, d.id, got[0].Number)
		}
	}
	if list, err := d.Store.SubmissionsOf(t.Context(), holder(d.owner).Owner(), "", 10); err != nil || len(list) != 1 {
		t.Errorf("%d were sent, %v", len(list), err)
	}
	if _, err := d.Filling(t.Context(), holder(d.owner), d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the draft is there still: %v", err)
	}
	if _, err := d.Save(t.Context(), holder(d.owner), eservice.SaveRequest{Draft: d.id, Typed: form.Typed{"/plate": {"late"}}}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("saved after it was sent: %v", err)
	}
}

func draftSentWhileItIsChanged(t *testing.T, e Engine) {
	all := Open(t, e, 1).drafting(t)
	for i := range 6 {
		d := all.another(t)
		seen, change := d.filling(t, d.owner), d.request(t, d.owner, 0, "/plate", "NEW-1")
		var sent eservice.Submission
		errs := race(2, func(j int) (err error) {
			if j == i%2 {
				sent, err = d.sends(t.Context(), seen)
				return err
			}
			_, err = d.Save(t.Context(), holder(d.owner), change)
			return err
		})
		send, save := errs[i%2], errs[1-i%2]
		switch {
		case send == nil && fault.Is(save, fault.KindNotFound):
			w, err := d.Submission(t.Context(), holder(d.owner), sent.ID)
			if err != nil || w.Answers["plate"] != "ABC-123" {
				t.Errorf("sent was %v, %v, and not what was seen", w.Answers, err)
			}
		case fault.IsKey(send, "eform.changed_since") && save == nil:
			if a := d.filling(t, d.owner).Answers; a["plate"] != "NEW-1" {
				t.Errorf("the change is lost: %v", a)
			}
		default:
			t.Errorf("sent: %v, changed: %v", send, save)
		}
	}
}

func draftDeletedInTime(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	ends := d.filling(t, d.owner).ExpiresAt
	d.h.until(ends - 1)
	if n, err := d.SweepDrafts(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("a second before: %d deleted, %v", n, err)
	}
	d.filling(t, d.owner)
	// In its last second it is changed: it is kept for its whole time again.
	change := d.request(t, d.owner, 0, "/plate", "LATE-1")
	for _, err := range race(2, func(j int) (err error) {
		if j == 0 {
			_, err = d.Save(t.Context(), holder(d.owner), change)
			return err
		}
		_, err = d.SweepDrafts(t.Context(), 10)
		return err
	}) {
		if err != nil {
			t.Errorf("changed while drafts are deleted: %v", err)
		}
	}
	d.h.until(ends)
	if n, err := d.SweepDrafts(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("what was changed in its last second: %d deleted, %v", n, err)
	}
	if got := d.filling(t, d.owner).ExpiresAt; got != ends-1+ends-Monday.Unix() {
		t.Errorf("it is kept until %d seconds after its end", got-ends)
	}
	d.h.until(d.filling(t, d.owner).ExpiresAt)
	if _, err := d.Filling(t.Context(), holder(d.owner), d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("in the second in which it ends it is opened: %v", err)
	}
	if _, err := d.Save(t.Context(), holder(d.owner), change); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("in the second in which it ends it is changed: %v", err)
	}
	if n, err := d.SweepDrafts(t.Context(), 10); err != nil || n != 1 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if _, err := d.Store.FormDraft(t.Context(), "town", d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what was deleted is there: %v", err)
	}
}

func draftHidesAnswers(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	for _, loan := range []string{"true", "true", "false"} {
		r := d.request(t, d.owner, 1, "/loan", loan)
		r.Typed["/lender"] = []string{"the bank"} // nobody was asked for it the first time
		if _, err := d.Save(t.Context(), holder(d.owner), r); err != nil {
			t.Fatal(err)
		}
	}
	f := d.filling(t, d.owner)
	if f.Answers["lender"] != "the bank" || f.Out.Answers["lender"] != nil {
		t.Errorf("kept is %v, and sent would be %v", f.Answers, f.Out.Answers)
	}
	x, err := d.sends(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	if w, err := d.Submission(t.Context(), holder(d.owner), x.ID); err != nil || w.Answers["lender"] != nil || w.Answers["loan"] != false {
		t.Errorf("sent was %v, %v", w.Answers, err)
	}
}

func draftMovedWhileItIsChanged(t *testing.T, e Engine) {
	d := Open(t, e, 1).drafting(t)
	d.h.formVersion(t, "permit", 2, oneForm)
	if f := d.filling(t, d.owner); f.Newer != 2 || f.Version != 1 {
		t.Fatalf("it stays in version %d, and %d is newer", f.Version, f.Newer)
	}
	change := d.request(t, d.owner, 0, "/plate", "NEW-1")
	errs := race(2, func(j int) error {
		if j == 0 {
			return d.Move(t.Context(), holder(d.owner), d.id)
		}
		_, err := d.Save(t.Context(), holder(d.owner), change)
		return err
	})
	f := d.filling(t, d.owner)
	want := "NEW-1"
	if fault.IsKey(errs[1], "eform.changed_since") { // it was moved first, and who typed is told
		errs[1], want = nil, "ABC-123"
	}
	if errs[0] != nil || errs[1] != nil || f.Version != 2 || f.Answers["plate"] != want {
		t.Errorf("moved: %v, changed: %v, got version %d with %v", errs[0], errs[1], f.Version, f.Answers)
	}
}
