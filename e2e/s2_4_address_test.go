package e2e

import (
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/identity"
	"luukku/e2e/client"
)

// addressStep is the step of the application for day care that asks the address, of a draft that is begun now.
func addressStep(t *testing.T, c *client.Client, l i18n.Lang, again bool) *client.Page {
	t.Helper()
	begin := beginForm
	if again {
		begin = beginFormAgain
	}
	return c.Get(begin(t, c, l).Path() + "/step/1").MustStatus(http.StatusOK)
}

// mustStand fails unless a step has an address, and says where it comes from; an empty street is none.
func mustStand(t *testing.T, p *client.Page, l i18n.Lang, street, code, source string) {
	t.Helper()
	f := p.Form(say(l, "eform.step.save"))
	if got := f.Value("Street address"); got != street {
		t.Errorf("the street is filled in as %q, want %q", got, street)
	}
	if got := f.Value("Postcode"); got != code {
		t.Errorf("the postal code is filled in as %q, want %q", got, code)
	}
	for _, by := range []string{"account", "sign_in"} {
		want := 1 // the email address is from the account, the name from the sign-in
		if by == source {
			want += 2
		}
		if got := strings.Count(p.Text(), say(l, "eform.source."+by)); got != want {
			t.Errorf("%q stands %d times on the page, want %d", say(l, "eform.source."+by), got, want)
		}
	}
}

// A form has the address that the means of signing in gave, or the one that the person wrote, and says which. It follows a move at the next sign-in. Where there is a non-disclosure order it is kept nowhere,
// shown nowhere and filled in nowhere, whoever gave it.
func TestS2_4_AnAddressIsPrefilledFromWhereItIsKnown(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		mustStand(t, addressStep(t, c, l, false), l, "Mallikatu 3 B 14", "00990", "sign_in")
		c.Get(my(l, "details")).MustText("Mallikatu 3 B 14, 00990 Mallila", say(l, "account.address_hint_other"))

		// What is wrong is said at its field, in each language, and stays as it was typed.
		for _, l := range languages() {
			save := say(l, "account.save")
			p := c.Get(my(l, "details")).Form(save).Set(say(l, "account.street"), "12").Set(say(l, "account.postal_code"), "990").Set(say(l, "account.town"), "00990 Mallila").Submit(save)
			p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "account.street_missing"), say(l, "account.postal_code_digits", "digits", 5), say(l, "account.town_code"))
			f := p.Form(save)
			if f.Value(say(l, "account.street")) != "12" || f.Value(say(l, "account.postal_code")) != "990" || f.Value(say(l, "account.town")) != "00990 Mallila" {
				t.Errorf("%s: what was typed is lost", l)
			}
		}

		// What the person writes comes first, until they take it away.
		save := say(l, "account.save")
		write := func(street, code, town string) {
			t.Helper()
			p := c.Get(my(l, "details")).Form(save).Set(say(l, "account.street"), street).Set(say(l, "account.postal_code"), code).Set(say(l, "account.town"), town).Submit(save)
			p.MustStatus(http.StatusOK).MustText(say(l, "account.saved"))
		}
		write("Postilokero 7", "009 91", "Mallila")
		mustStand(t, addressStep(t, c, l, true), l, "Postilokero 7", "00991", "account")
		files := tookData(t, c, l)
		for _, street := range []string{"Postilokero 7", "Mallikatu 3 B 14"} {
			if !strings.Contains(files["own-account.json"], street) || !strings.Contains(files["records/postal_address.json"], street) {
				t.Errorf("what she takes along lacks %q: %s %s", street, files["own-account.json"], files["records/postal_address.json"])
			}
		}
		write("", "", "")
		mustStand(t, addressStep(t, c, l, true), l, "Mallikatu 3 B 14", "00990", "sign_in")

		// She moves: the next sign-in knows.
		moved := identity.Address{Street: "Uusitie 8", Code: "00992", Town: "Mallila", Country: "FI"}
		h.app.DemoEID().SetAddress("maija", moved, false)
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "card", "Maija Meikäläinen")
		mustStand(t, addressStep(t, c, l, true), l, "Uusitie 8", "00992", "sign_in")
		write("Postilokero 7", "00991", "Mallila")

		// An order comes: with the sign-in it is all gone, also what she wrote herself.
		h.app.DemoEID().SetAddress("maija", moved, true)
		for _, means := range []string{"bank", "mobile"} { // the second does not say
			c = h.person(t)
			identify(t, l, c.Get(my(l)), means, "Maija Meikäläinen")
			p := addressStep(t, c, l, true)
			mustStand(t, p, l, "", "", "")
			p = c.Get(my(l, "details")).MustText(say(l, "account.address_protected"))
			if p.HasText("Uusitie") || p.HasText("Postilokero") || p.HasText(say(l, "account.street")) {
				t.Errorf("by %s: the page of her details asks or shows an address", means)
			}
			if files := tookData(t, c, l); strings.Contains(files["own-account.json"]+files["records/postal_address.json"], "Uusitie") || strings.Contains(files["own-account.json"], "Postilokero") {
				t.Errorf("by %s: an address is kept: %s", means, files["own-account.json"])
			}
		}
		h.app.DemoEID().SetAddress("maija", moved, false)
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "card", "Maija Meikäläinen")
		mustStand(t, addressStep(t, c, l, true), l, "Uusitie 8", "00992", "sign_in")
	})
}

// Somebody who is under a non-disclosure order from the first sign-in on has no address here, although the means of signing in gives one.
func TestS2_4_AProtectedAddressIsPrefilledNowhere(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Tuuli Mallikas", "tuuli@example.org", true)
		p := addressStep(t, c, l, false)
		if f := p.Form(say(l, "eform.step.save")); f.Value("Street address") != "" || f.Value("Postcode") != "" || p.HasText("Salainentie") {
			t.Errorf("the address of who is protected is filled in: %q", f.Value("Street address"))
		}
		c.Get(my(l, "details")).MustText(say(l, "account.address_protected"))
		for name, text := range tookData(t, c, l) {
			if strings.Contains(text, "Salainentie") {
				t.Errorf("%s has the address", name)
			}
		}
	})
}
