package storetest

import (
	"context"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/identity"
)

// family is a register in which somebody is the other guardian.
type family struct {
	nobodyKnown
	other ids.Person
}

func (f family) Others(context.Context, actor.Actor, actor.Owner) ([]identity.Signer, error) {
	return []identity.Signer{{Person: f.other, Name: "Other Guardian"}}, nil
}

// draftUnsigned sends drafts as no page does, which asks first: sending itself refuses what is not signed, and the draft is there still.
func draftUnsigned(t *testing.T, e Engine) {
	refused := func(t *testing.T, d drafting) {
		t.Helper()
		if x, err := d.sends(t.Context(), d.filling(t, d.owner)); !fault.IsKey(err, "eform.unsigned") {
			t.Errorf("got %s, %v", x.ID, err)
		}
		if a := d.filling(t, d.owner).Answers; a["plate"] == "" {
			t.Errorf("the draft is lost: %v", a)
		}
		if list, err := d.Store.SubmissionsOf(t.Context(), holder(d.owner).Owner(), "", 10); err != nil || len(list) != 0 {
			t.Errorf("%d were sent, %v", len(list), err)
		}
	}
	sent := func(t *testing.T, d drafting) {
		t.Helper()
		if _, err := d.sends(t.Context(), d.filling(t, d.owner)); err != nil {
			t.Errorf("send: %v", err)
		}
	}
	t.Run("somebody who is asked", func(t *testing.T) {
		d := Open(t, e, 1).drafting(t)
		p, part := d.asked(t)
		refused(t, d)
		before := d.filling(t, d.owner)
		if err := d.signs(t, p, part); err != nil {
			t.Fatal(err)
		}
		if _, err := d.sends(t.Context(), before); !fault.IsKey(err, "eform.changed_since") {
			t.Errorf("as it was seen before it was signed: %v", err)
		}
		d.save(t, d.owner, 0, "/plate", "NEW-1") // what was signed is another
		refused(t, d)
		d.save(t, d.owner, 0, "/plate", "ABC-123")
		sent(t, d)
	})
	t.Run("a colleague, any", func(t *testing.T) {
		h := Open(t, e, 1)
		s := h.eservicesOf(t, twoSteps, eservice.SignersColleague, 0)
		s.Facts = nobodyKnown{}
		d := drafting{Service: s, h: h}.another(t)
		refused(t, d)
		p, part := d.asked(t)
		refused(t, d)
		if err := d.signs(t, p, part); err != nil {
			t.Fatal(err)
		}
		sent(t, d)
	})
	t.Run("the other guardian, not anybody", func(t *testing.T) {
		h := Open(t, e, 1)
		s := h.eservicesOf(t, twoSteps, eservice.SignersGuardian, 0)
		other := h.someone(t)
		s.Facts = family{other: other}
		d := drafting{Service: s, h: h}.another(t)
		refused(t, d)
		p, part := d.asked(t)
		if err := d.signs(t, p, part); err != nil {
			t.Fatal(err)
		}
		refused(t, d)
		if err := d.Ask(t.Context(), holder(d.owner), eservice.AskRequest{Draft: d.id, Person: other}); err != nil {
			t.Fatal(err)
		}
		refused(t, d)
		for _, x := range d.filling(t, d.owner).Parts {
			if x.Person == other {
				if err := d.signs(t, other, x.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		sent(t, d)
	})
	t.Run("what was never a draft", func(t *testing.T) {
		h := Open(t, e, 1)
		s := h.eservicesOf(t, twoSteps, eservice.SignersColleague, 0)
		s.Facts = nobodyKnown{}
		p := h.someone(t)
		_, v, def, err := s.FormAt(t.Context(), "town", "permit", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Submit(t.Context(), holder(p), h.filledIn(p), def, v, h.Booking.Gen.FormKey()); !fault.IsKey(err, "eform.unsigned") {
			t.Errorf("got %v", err)
		}
	})
}
