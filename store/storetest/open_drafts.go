package storetest

import (
	"bytes"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/form"
)

// OpenDrafts is the suite of forms that are filled in without signing in: which browser finds a draft, when it is gone, whose it becomes of two who take it over, and what is sent once.
func OpenDrafts(t *testing.T, e Engine) {
	for name, run := range map[string]func(*testing.T, Engine){
		"FoundByItsSecretAlone":    openDraftFound,
		"BegunOnceHoweverOften":    openDraftBegunAtOnce,
		"GoneInItsSecond":          openDraftGone,
		"TakenOverByOne":           openDraftOwnedAtOnce,
		"SentOnceAndOfItsBrowser":  openDraftSentAtOnce,
		"TakenOverOrSentAndNoBoth": openDraftOwnedWhileItIsSent,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, e)
		})
	}
}

// openDraft is a draft of the form "permit" that a browser fills in without signing in, whose first step is answered.
type openDraft struct {
	*eservice.Service
	h       *House
	browser actor.Actor
	id      ids.Submission
}

// browser is a visitor whose cookie has a secret.
func browser(secret string) actor.Actor { return actor.Visitor(ids.HashToken(secret), "") }

func (h *House) openDraft(t *testing.T) openDraft {
	t.Helper()
	s := h.eservicesWith(t, twoSteps, catalog.Form{ID: "permit", Name: text("Permit"), Level: "none"})
	s.Facts = nobodyKnown{}
	d := openDraft{Service: s, h: h, browser: browser("one")}
	var err error
	if d.id, err = s.BeginFilling(t.Context(), d.browser, "town", "permit", h.Booking.Gen.Submission(), "en"); err != nil {
		t.Fatalf("begin: %v", err)
	}
	d.save(t, "ABC-123")
	return d
}

func (d openDraft) filling(t *testing.T) eservice.Filling {
	t.Helper()
	f, err := d.Filling(t.Context(), d.browser, d.id)
	if err != nil {
		t.Fatalf("read the draft: %v", err)
	}
	return f
}

func (d openDraft) save(t *testing.T, plate string) {
	t.Helper()
	f := d.filling(t)
	out, err := d.Save(t.Context(), d.browser, eservice.SaveRequest{
		Draft: d.id, Step: 0, Typed: form.Typed{"/plate": {plate}}, Mark: eservice.StepMark(f.Def, f.Def.Steps[0], f.Answers), Try: true,
	})
	if err != nil || len(out.Conflicts) > 0 {
		t.Fatalf("save: %v, %+v", err, out.Conflicts)
	}
}

func openDraftFound(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	d := h.openDraft(t)
	// Somebody's own draft lies beside it: no secret finds that, not even none.
	own, err := d.BeginFilling(t.Context(), holder(h.someone(t)), "town", "permit", h.Booking.Gen.Submission(), "en")
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Store.FormDraftOfSecret(t.Context(), d.browser.Session, d.id)
	if err != nil || got.ID != d.id || !got.Owner.IsZero() || got.MadeBy != "" || !bytes.Equal(got.Secret, d.browser.Session) {
		t.Errorf("by its secret: %+v, %v", got, err)
	}
	for name, secret := range map[string][]byte{"another": browser("two").Session, "none": nil, "empty": {}, "half": d.browser.Session[:16], "the secret and not its hash": []byte("one")} {
		for _, id := range []ids.Submission{d.id, own} {
			if x, err := d.Store.FormDraftOfSecret(t.Context(), secret, id); !fault.Is(err, fault.KindNotFound) {
				t.Errorf("by %s: %s, %v", name, x.ID, err)
			}
		}
		if list, err := d.Store.FormDraftsOfSecret(t.Context(), secret, 10); err != nil || len(list) != 0 {
			t.Errorf("by %s: %d drafts, %v", name, len(list), err)
		}
	}
	if list, err := d.Store.FormDraftsOfSecret(t.Context(), d.browser.Session, 10); err != nil || len(list) != 1 || list[0].ID != d.id {
		t.Errorf("of the browser: %d drafts, %v", len(list), err)
	}
	if x, err := d.Store.FormDraftOf(t.Context(), actor.Owner{}, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("as nobody's own: %s, %v", x.ID, err)
	}
	if _, err := d.Filling(t.Context(), browser("two"), d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("filled in in another browser: %v", err)
	}
}

func openDraftBegunAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).openDraft(t)
	id := d.h.Booking.Gen.Submission()
	got := make([]ids.Submission, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = d.BeginFilling(t.Context(), d.browser, "town", "permit", id, "en")
		return err
	}) {
		if err != nil {
			t.Errorf("begin: %v", err)
		}
	}
	for _, x := range got {
		if x != id {
			t.Errorf("got %v", got)
		}
	}
	if list, err := d.OpenFillings(t.Context(), d.browser, "town"); err != nil || len(list) != 2 {
		t.Errorf("%d drafts, %v", len(list), err)
	}
	if _, err := d.BeginFilling(t.Context(), browser("two"), "town", "permit", id, "en"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another browser's id: %v", err)
	}
}

func openDraftGone(t *testing.T, e Engine) {
	d := Open(t, e, 1).openDraft(t)
	end := d.filling(t).ExpiresAt
	if want := d.h.Clock.Now().Unix() + eservice.OpenSeconds + 1; end != want {
		t.Errorf("it ends at %d, want %d", end, want)
	}
	if list, err := d.Store.FormDraftsEnding(t.Context(), d.h.Clock.Now().Unix(), 30*24*3600, 10); err != nil || len(list) != 0 {
		t.Errorf("somebody is to be told of the end of %d drafts that are nobody's, %v", len(list), err)
	}
	d.h.until(end - 1)
	d.filling(t)
	if n, err := d.SweepDrafts(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("in its last second: %d deleted, %v", n, err)
	}
	d.h.until(end)
	if _, err := d.Filling(t.Context(), d.browser, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("in the second in which it ends it is opened: %v", err)
	}
	if list, err := d.OpenFillings(t.Context(), d.browser, "town"); err != nil || len(list) != 0 {
		t.Errorf("in the second in which it ends %d are listed, %v", len(list), err)
	}
	if n, err := d.SweepDrafts(t.Context(), 10); err != nil || n != 1 {
		t.Errorf("%d deleted, %v", n, err)
	}
	if x, err := d.Store.FormDraftOfSecret(t.Context(), d.browser.Session, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("what was deleted is there: %s, %v", x.ID, err)
	}
}

func openDraftOwnedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	d := h.openDraft(t)
	people := []ids.Person{h.someone(t), h.someone(t)}
	won := -1
	for i, err := range race(len(people), func(i int) error { return d.Own(t.Context(), holder(people[i]), d.browser, d.id) }) {
		switch {
		case err == nil && won < 0:
			won = i
		case err == nil:
			t.Error("both took it over")
		}
	}
	if won < 0 {
		t.Fatal("nobody took it over")
	}
	f, err := d.Filling(t.Context(), holder(people[won]), d.id)
	if err != nil || f.Answers["plate"] != "ABC-123" || len(f.Secret) != 0 {
		t.Errorf("taken over it is %+v, %v", f.Draft, err)
	}
	if _, err := d.Filling(t.Context(), holder(people[1-won]), d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("who was slower opens it: %v", err)
	}
	if _, err := d.Filling(t.Context(), d.browser, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the browser opens it still: %v", err)
	}
	if err := d.Own(t.Context(), holder(people[1-won]), d.browser, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("taken over again: %v", err)
	}
}

func openDraftSentAtOnce(t *testing.T, e Engine) {
	d := Open(t, e, 1).openDraft(t)
	f := d.filling(t)
	got := make([]eservice.Submission, 4)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = d.Submit(t.Context(), d.browser, f.Draft, f.Def, f.Of, ids.FormKey(f.ID))
		return err
	}) {
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	for _, x := range got {
		if x.ID != d.id || x.Number != got[0].Number || !x.Unsigned() || x.Level != actor.LevelNone {
			t.Errorf("sent is %+v", x)
		}
	}
	if x, err := d.SentInBrowser(t.Context(), d.browser, "town", d.id); err != nil || x.ID != d.id {
		t.Errorf("in its browser: %s, %v", x.ID, err)
	}
	for name, who := range map[string]actor.Actor{"another": browser("two"), "none": actor.Visitor(nil, "")} {
		if x, err := d.SentInBrowser(t.Context(), who, "town", d.id); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("in %s: %s, %v", name, x.ID, err)
		}
	}
	stolen := f.Draft // who knows its id, and says that it is theirs
	stolen.Secret = browser("two").Session
	if x, err := d.Submit(t.Context(), browser("two"), stolen, f.Def, f.Of, ids.FormKey(f.ID)); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("sent again by another browser: %s, %v", x.ID, err)
	}
	x, err := d.ByCode(t.Context(), "town", got[0].Number, d.Code(got[0]))
	if err != nil || x.ID != d.id {
		t.Errorf("by its code: %s, %v", x.ID, err)
	}
	if _, err := d.Store.FormDraftOfSecret(t.Context(), d.browser.Session, d.id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the draft of what was sent is there: %v", err)
	}
}

func openDraftOwnedWhileItIsSent(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	d := h.openDraft(t)
	p, f := h.someone(t), d.filling(t)
	errs := race(2, func(i int) error {
		if i == 0 {
			return d.Own(t.Context(), holder(p), d.browser, d.id)
		}
		_, err := d.Submit(t.Context(), d.browser, f.Draft, f.Def, f.Of, ids.FormKey(f.ID))
		return err
	})
	_, mine := d.Filling(t.Context(), holder(p), d.id)
	_, sent := d.SentInBrowser(t.Context(), d.browser, "town", d.id)
	if (errs[0] == nil) != (mine == nil) || (errs[1] == nil) != (sent == nil) || (mine == nil) == (sent == nil) {
		t.Errorf("taken over: %v, %v; sent: %v, %v", errs[0], mine, errs[1], sent)
	}
}
