package storetest

import (
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

// family has the register say that the mother is guardian of a child until a date.
func (h *people) family(until string) {
	h.outer.mu.Lock()
	defer h.outer.mu.Unlock()
	r := identity.Registered{Given: "Maija", Family: "Meikäläinen", Email: "maija@register.example"}
	if until != "none" {
		r.Dependants = []identity.RegisteredDependant{{
			Kind: natid.FinnishCode, Identifier: code(h.t, "200518", "A", 905), Given: "Liisa", Family: "Meikäläinen", Until: until,
		}}
	}
	h.outer.people[h.mother().Identifier] = r
}

func guardiansComeAndGo(t *testing.T, h *people) {
	h.family("2026-11-24")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if list, err := h.id.Choices(t.Context(), s.Actor); err != nil || len(list) != 0 {
		t.Errorf("before consent: got %v, %v", list, err)
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil { // twice: one child all the same
		t.Fatal(err)
	}
	list, err := h.id.Choices(t.Context(), s.Actor)
	if err != nil || len(list) != 1 || list[0].Name != "Liisa Meikäläinen" {
		t.Fatalf("got %v, %v, want the child", list, err)
	}
	child := list[0].Owner
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, actor.Owner{Person: h.gen.Person()}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("acts for anybody: %v", err)
	}
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, child); err != nil {
		t.Fatal(err)
	}
	if s := h.signedIn(got.Token); s.Actor.Owner() != child || s.ForName != "Liisa Meikäläinen" {
		t.Errorf("got %v %q, want the child", s.Actor.Owner(), s.ForName)
	}
	// The last day is the 24th, its last second included.
	h.clock.Set(time.Date(2026, 11, 24, 23, 45, 0, 0, time.UTC))
	again, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s = h.signedIn(again.Token)
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, child); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(time.Date(2026, 11, 24, 23, 59, 59, 0, time.UTC))
	h.signedIn(again.Token)
	h.clock.Set(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if _, err := h.id.Signed(t.Context(), again.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("the day after: got %v, want ended", err)
	}
	if s := h.signedIn(again.Token); s.Actor.Owner() != (actor.Owner{Person: s.Actor.Person}) {
		t.Errorf("after that she acts for %v, want herself", s.Actor.Owner())
	}
	// What staff end, the register does not bring back.
	h.family("2036-01-01")
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}}
	records, err := h.id.Store.GuardianshipsOf(t.Context(), s.Actor.Person)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range records {
		if g.RevokedAt == 0 {
			if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", s.Actor.Person, g.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), s.Actor); err != nil || len(list) != 0 {
		t.Errorf("ended by staff, and the register brings it back: got %v, %v", list, err)
	}
}

// registerForgets has the register name a child no longer: the record ends at the next sign-in.
func registerForgets(t *testing.T, h *people) {
	h.family("none")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	h.family("2036-01-01")
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	h.family("none")
	h.clock.Advance(25 * time.Hour)
	last, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), h.signedIn(last.Token).Actor); err != nil || len(list) != 0 {
		t.Errorf("the register knows no child any more: got %v, %v", list, err)
	}
}

// A company that is not here yet is made known by a number that can be one: of a Finnish one the check digit is looked at, those of other countries are taken as they are typed.
func companyByNumber(t *testing.T, h *people) {
	worker := actor.Actor{Kind: actor.KindStaff, Staff: "worker", Grants: []actor.Grant{{Role: actor.RoleCaseworker, Org: "town"}}}
	for number, want := range map[string]string{"0000001-9": "", "0000001-8": "record.number_check", "0000006-0": "record.number_check", "00000019": "", "556036-0793": "", "": "record.number"} {
		c, err := h.id.CompanyByNumber(t.Context(), worker, "town", number, "Malli Oy", identity.KindCompany)
		if f := fault.Of(err); want != "" && (len(f.Fields) != 1 || f.Fields[0].Name != "number" || f.Fields[0].Key != want) || want == "" && (err != nil || c.BusinessID != number) {
			t.Errorf("%q: got %+v, %v, want %q", number, c, err, want)
		}
	}
	first, err := h.id.CompanyByNumber(t.Context(), worker, "town", "0000001-9", "", identity.KindCompany)
	if err != nil || first.Name != "Malli Oy" {
		t.Errorf("known by now: %+v, %v", first, err)
	}
}

func mandatesComeAndGo(t *testing.T, h *people) {
	mandate := identity.RegisteredMandate{
		BusinessID: "0000002-7", Name: "Mallilan kyläyhdistys ry", Kind: identity.KindAssociation, Role: "signatory", From: "2020-01-01", Until: "2026-12-31",
	}
	future := mandate
	future.BusinessID, future.Name, future.From = "0000001-9", "Leipomo Oy", "2026-12-01"
	h.outer.mandates[h.mother().Identifier] = []identity.RegisteredMandate{mandate, future}
	h.family("none")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	list, err := h.id.Choices(t.Context(), s.Actor)
	if err != nil || len(list) != 1 || list[0].Name != mandate.Name || list[0].Registered {
		t.Fatalf("got %v, %v, want the association alone", list, err)
	}
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, list[0].Owner); err != nil {
		t.Fatal(err)
	}
	s = h.signedIn(got.Token)
	if err := h.id.RegisterCompany(t.Context(), s.Actor, identity.Details{Lang: "en"}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("registered without a way to reach it: %v", err)
	}
	if err := h.id.RegisterCompany(t.Context(), s.Actor, identity.Details{Email: "village@town.example", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if c, err := h.id.CompanyOf(t.Context(), s.Actor); err != nil || c.Registered == 0 {
		t.Errorf("got %+v, %v", c, err)
	}
	h.outer.mandates[h.mother().Identifier] = nil // withdrawn
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.Signed(t.Context(), got.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("withdrawn between two clicks: got %v, want ended", err)
	}
}

func registersDown(t *testing.T, h *people) {
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	h.outer.mu.Lock()
	h.outer.down = true
	h.outer.mu.Unlock()
	if err := h.id.Agree(t.Context(), who); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
	h.outer.mu.Lock()
	h.outer.down = false
	h.outer.mu.Unlock()
	h.family("2036-01-01")
	again, err := h.come("bank", h.mother(), "", actor.LevelSubstantial) // asked anew by itself: she has agreed
	if err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), h.signedIn(again.Token).Actor); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v, want the child", list, err)
	}
}
