package storetest

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

// addressOf is what forms are filled in with; empty for none.
func (h *people) addressOf(who actor.Actor) (street, source string) {
	h.t.Helper()
	facts, err := h.id.Facts(h.t.Context(), who)
	if err != nil {
		h.t.Fatal(err)
	}
	return facts["self.street"].Value, facts["self.street"].Source
}

// keptAddresses is how many addresses the database holds, of anybody.
func (h *people) keptAddresses() (n int) {
	h.t.Helper()
	if err := h.db.Reader().QueryRowContext(h.t.Context(), "SELECT count(*) FROM postal_address WHERE address IS NOT NULL").Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// addressesComeAndGo follows an address from the means of signing in to the forms: a newer word takes its place, what the person writes comes first, and what the person takes away is gone.
func addressesComeAndGo(t *testing.T, h *people) {
	a := h.mother()
	a.Address = identity.Address{Street: "Vanhatie 1-canary", Code: "00990", Town: "Mallila", Country: "FI"}
	sign := func(a identity.Assertion, means ids.Provider) actor.Actor {
		t.Helper()
		got, err := h.come(means, a, "", actor.LevelSubstantial)
		if err != nil {
			t.Fatal(err)
		}
		return h.signedIn(got.Token).Actor
	}
	want := func(when string, who actor.Actor, street, source string) {
		t.Helper()
		if got, by := h.addressOf(who); got != street || by != source {
			t.Errorf("%s: %q of %q, want %q of %q", when, got, by, street, source)
		}
	}
	who := sign(a, "living")
	want("after the first sign-in", who, "Vanhatie 1-canary", "sign_in")
	if bytes.Contains(dump(t, h.db), []byte("canary")) {
		t.Error("the address is in the database as it is")
	}
	a.Address.Street = "Uusitie 2"
	want("after she has moved", sign(a, "living"), "Uusitie 2", "sign_in")
	a.Address = identity.Address{}
	want("by a means that gives none", sign(a, "bank"), "Uusitie 2", "sign_in")

	own := identity.Address{Street: "Postilokero 3-canary", Code: "009 91", Town: "Mallila", Country: "fi"}
	change := func(a *identity.Address) error {
		_, err := h.id.ChangeDetails(t.Context(), who, identity.Details{Phone: "", Email: "maija@town.example", Lang: "en", Address: a})
		return err
	}
	if err := change(&own); err != nil {
		t.Fatal(err)
	}
	want("after she wrote one", who, "Postilokero 3-canary", "account")
	if bytes.Contains(dump(t, h.db), []byte("canary")) {
		t.Error("what she wrote is in the database as it is")
	}
	if list, err := h.id.Addresses(t.Context(), who); err != nil || len(list) != 2 || list[0].Code != "00991" || list[0].At != h.clock.Now().Unix() || list[1].Source != identity.AddressSignIn {
		t.Errorf("known are %+v, %v", list, err)
	}
	if err := change(nil); err != nil {
		t.Fatal(err)
	}
	want("after something else was changed", who, "Postilokero 3-canary", "account")
	bad := identity.Address{Street: "Postilokero 3", Code: "991", Town: "Mallila", Country: "FI"}
	if err := change(&bad); !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Name != "postal_code" {
		t.Errorf("three digits: %v", err)
	}
	if err := change(&identity.Address{Country: "FI"}); err != nil {
		t.Fatal(err)
	}
	want("after she took hers away", who, "Uusitie 2", "sign_in")
	want("when the same means gives none any more", sign(a, "living"), "", "")
	if n := h.keptAddresses(); n != 0 {
		t.Errorf("%d addresses are kept, want none", n)
	}
}

// protectedHasNoAddress puts an order on somebody whose address is known: it goes in the same step, nobody brings it back while the order holds, and it is there again with the next sign-in.
func protectedHasNoAddress(t *testing.T, h *people) {
	yes, no := true, false
	a := h.mother()
	a.Address, a.Protected = identity.Address{Street: "Mallikatu 3", Code: "00990", Town: "Mallila"}, &no
	sign := func() actor.Actor {
		t.Helper()
		got, err := h.come("living", a, "", actor.LevelSubstantial)
		if err != nil {
			t.Fatal(err)
		}
		return h.signedIn(got.Token).Actor
	}
	who := sign()
	write := func() error {
		_, err := h.id.ChangeDetails(t.Context(), who, identity.Details{Email: "maija@town.example", Lang: "en", Address: &identity.Address{Street: "Toinentie 4", Code: "00990", Town: "Mallila", Country: "FI"}})
		return err
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	if n := h.keptAddresses(); n != 2 {
		t.Fatalf("%d addresses are kept, want two", n)
	}
	a.Protected = &yes
	who = sign()
	if n := h.keptAddresses(); n != 0 {
		t.Errorf("%d addresses are kept of whom is protected", n)
	}
	if street, _ := h.addressOf(who); street != "" {
		t.Errorf("forms are filled in with %q", street)
	}
	if list, err := h.id.Addresses(t.Context(), who); err != nil || len(list) != 0 {
		t.Errorf("known are %+v, %v", list, err)
	}
	if mine, err := h.id.Mine(t.Context(), who); err != nil || !mine.Protected {
		t.Errorf("she is protected: %v, %v", mine.Protected, err)
	}
	if err := write(); !fault.Is(err, fault.KindInvalid) || fault.Of(err).Fields[0].Key != "account.address_protected" {
		t.Errorf("she writes one: %v", err)
	}
	a.Protected = nil // a means that does not say
	if sign(); h.keptAddresses() != 0 {
		t.Error("an address came back without a word that the order has ended")
	}
	h.outer.people[a.Identifier] = identity.Registered{Given: "Maija", Family: "Meikäläinen", Address: a.Address}
	if err := h.id.Agree(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	if mine, err := h.id.Mine(t.Context(), who); err != nil || !mine.Protected || h.keptAddresses() != 0 {
		t.Errorf("the register, which knows of no order, ended that of the means: protected %v, %v", mine.Protected, err)
	}
	a.Protected = &no
	who = sign()
	if street, source := h.addressOf(who); street != "Mallikatu 3" || source != "sign_in" {
		t.Errorf("after the order forms have %q of %q", street, source)
	}
}

// addressIsOnesOwn acts for a company, a child and a child who is protected: the form of the second alone has the address of who sends it.
func addressIsOnesOwn(t *testing.T, h *people) {
	h.family("2036-01-01")
	a := h.mother()
	a.Address = identity.Address{Street: "Mallikatu 3", Code: "00990", Town: "Mallila"}
	h.outer.mandates[a.Identifier] = []identity.RegisteredMandate{{BusinessID: "0000001-9", Name: "Meikäläisen Leipomo Oy", Kind: identity.KindCompany, Role: "signatory", From: "2020-01-01"}}
	got, err := h.come("living", a, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	if err := h.id.Agree(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	choices, err := h.id.Choices(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	var child, company actor.Owner
	for _, c := range choices {
		if c.Owner.Company != "" {
			company = c.Owner
		} else if c.Owner.Person != "" && c.Owner.Person != who.Person {
			child = c.Owner
		}
	}
	if child.Person == "" || company.Company == "" {
		t.Fatalf("she may act for %+v, want a child and a company", choices)
	}
	for name, c := range map[string]struct {
		of   actor.Owner
		want string
	}{"herself": {want: "Mallikatu 3"}, "a child": {child, "Mallikatu 3"}, "a company": {of: company}} {
		as := who
		as.For = c.of
		if street, _ := h.addressOf(as); street != c.want {
			t.Errorf("for %s: %q, want %q", name, street, c.want)
		}
	}
	if err := h.id.Store.InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error { return tx.SetProtected(ctx, child.Person, true) }); err != nil {
		t.Fatal(err)
	}
	who.For = child
	if street, _ := h.addressOf(who); street != "" {
		t.Errorf("for a child who is protected: %q", street)
	}
}

// protectedAtOnce has an address written and a name changed while an order comes: whoever is first, no address is kept and the order holds.
func protectedAtOnce(t *testing.T, h *people) {
	yes := true
	a := h.mother()
	got, err := h.come("living", a, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	a.Protected = &yes
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			address := identity.Address{Street: "Mallikatu 3", Code: "00990", Town: "Mallila", Country: "FI"}
			_, err := h.id.ChangeDetails(t.Context(), who, identity.Details{Email: "maija@town.example", Lang: "en", Address: &address})
			if err != nil && !fault.Is(err, fault.KindInvalid) {
				t.Errorf("write an address: %v", err)
			}
		})
	}
	answer := h.begun("living", a, "", actor.LevelSubstantial)
	wg.Go(func() {
		if _, _, err := h.id.Finish(t.Context(), answer); err != nil {
			t.Errorf("sign in: %v", err)
		}
	})
	wg.Wait()
	if mine, err := h.id.Mine(t.Context(), who); err != nil || !mine.Protected {
		t.Errorf("protected: %v, %v", mine.Protected, err)
	}
	if n := h.keptAddresses(); n != 0 {
		t.Errorf("%d addresses are kept", n)
	}
}
