package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/e2e/client"
)

// my is an address of one's own pages.
func my(l i18n.Lang, parts ...string) string {
	return "/" + string(l) + "/my/" + strings.Join(parts, "/")
}

// identify signs a specimen person in from a page that asks for it, and returns what the demo's provider leads back to.
func identify(t *testing.T, l i18n.Lang, p *client.Page, means, person string) *client.Page {
	t.Helper()
	p = p.MustText(say(l, "sign_in.title")).Click(say(l, "demo_eid.provider."+means))
	p.MustStatus(http.StatusOK).MustText(say(l, "demo_eid.no_real"))
	return p.Click(say(l, "demo_eid.as", "name", person))
}

// code is the newest code that was mailed to an address.
func (h *house) code(t *testing.T, to string, nth int) string {
	t.Helper()
	m := h.awaitMails(t, to, nth)
	found := regexp.MustCompile(`\b\d{6}\b`).FindString(m[len(m)-1].Text)
	if found == "" {
		t.Fatalf("no code in %q", m[len(m)-1].Text)
	}
	return found
}

// settle signs a specimen person in for the first time, with or without the registers, and opens the folder.
func (h *house) settle(t *testing.T, c *client.Client, l i18n.Lang, means, person, email string, register bool) *client.Page {
	t.Helper()
	p := identify(t, l, c.Get(my(l)), means, person).MustText(say(l, "sign_in.done_title"), person)
	p = p.Click(say(l, "common.continue")).MustText(say(l, "welcome.title"))
	button := "welcome.decline"
	if register {
		button = "welcome.agree"
	}
	p = p.Click(say(l, button)).MustText(say(l, "account.first_title"))
	p = p.Form(say(l, "common.continue")).Set(say(l, "common.email"), email).Submit(say(l, "common.continue")).MustText(say(l, "verify.title"), email)
	p = p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), h.code(t, email, 1)).Submit(say(l, "common.continue"))
	p.MustStatus(http.StatusOK)
	return c.Get(my(l)).MustText(say(l, "my.title", "name", person))
}

// actFor chooses for whom to act.
func actFor(t *testing.T, c *client.Client, l i18n.Lang, whom string) *client.Page {
	t.Helper()
	p := c.Get(my(l, "acting"))
	return p.Form(say(l, "acting.legend")).Set(say(l, "acting.legend"), whom).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
}

// Whichever means is used, it is the same person and the same folder; "Identification succeeded", and on to where one came from. Signing out ends it.
func TestS2_2_AnyMeansLeadsToTheSameFolder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			c := h.person(t)
			if i == 0 {
				h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
			} else {
				identify(t, l, c.Get(my(l)), []string{"bank", "mobile", "card"}[i%3], "Maija Meikäläinen").MustText(say(l, "sign_in.done_title"))
			}
			p := c.Get(my(l)).MustText(say(l, "my.title", "name", "Maija Meikäläinen"))
			p = p.Click(say(l, "my.details")).MustStatus(http.StatusOK)
			if got := p.Form(say(l, "account.save")).Value(say(l, "common.email")); got != "maija@example.org" {
				t.Errorf("%s: got the address %q, want the one that was registered by another means", l, got)
			}
			p = p.Click(say(l, "ui.signed.out")).MustText(say(l, "sign_in.out_title"))
			c.Get(my(l)).MustText(say(l, "sign_in.title"))
			_ = p
		}
	})
}

// The first sign-in registers an address by a code and opens the folder; empty parts say what they are for. What the registers know comes after consent.
func TestS2_3_FirstSignInRegistersAndOpensTheFolder(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.person(t)
	identify(t, l, c.Get(my(l)), "bank", "Matti Meikäläinen")
	// Nothing is shown before the welcome is done.
	p := c.Get(my(l)).MustText(say(l, "welcome.title"), say(l, "welcome.fetch_children"))
	p = p.Click(say(l, "welcome.decline"))
	// Without an address or number there is no way to reach the person.
	p = p.Form(say(l, "common.continue")).Submit(say(l, "common.continue")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "account.contact_missing"))
	p = p.Form(say(l, "common.continue")).Set(say(l, "common.email"), "matti(at)example").Submit(say(l, "common.continue")).MustStatus(http.StatusUnprocessableEntity)
	if got := p.Form(say(l, "common.continue")).Value(say(l, "common.email")); got != "matti(at)example" {
		t.Errorf("got %q, want what was typed", got)
	}
	p = p.Form(say(l, "common.continue")).Set(say(l, "common.email"), "matti@example.org").Submit(say(l, "common.continue")).MustText(say(l, "verify.title"))
	code := h.code(t, "matti@example.org", 1)
	for left := 4; left > 0; left-- {
		p = p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), "000000").Submit(say(l, "common.continue")).MustStatus(http.StatusUnprocessableEntity)
	}
	c.Get(my(l)).MustText(say(l, "welcome.title")) // not yet
	p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), code).Submit(say(l, "common.continue")).MustStatus(http.StatusOK)
	p = c.Get(my(l))
	for _, part := range []string{"booked", "sent", "received", "enrolled"} {
		p.MustText(say(l, "folder.part."+part), say(l, "folder.empty."+part))
	}
	// Without consent nobody is fetched.
	p.Click(say(l, "my.acting")).MustText(say(l, "acting.nobody"))
}

// A code is good for ten minutes, to the second, and five tries.
func TestS2_3_CodeIsGoodForTenMinutesAndFiveTries(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.person(t)
	identify(t, l, c.Get(my(l)), "bank", "Matti Meikäläinen")
	ask := func(email string) *client.Page {
		p := c.Get(my(l, "welcome", "contact"))
		return p.Form(say(l, "common.continue")).Set(say(l, "common.email"), email).Submit(say(l, "common.continue")).MustText(say(l, "verify.title"))
	}
	enter := func(p *client.Page, code string) *client.Page {
		return p.Form(say(l, "common.continue")).Set(say(l, "verify.code"), code).Submit(say(l, "common.continue"))
	}
	p := ask("one@example.org")
	code := h.code(t, "one@example.org", 1)
	h.skip(10*time.Minute + 2*time.Second)
	enter(p, code).MustText(say(l, "account.first_title")) // over: back to where it is sent anew
	p = ask("two@example.org")
	code = h.code(t, "two@example.org", 1)
	for range 5 {
		p = c.Get(p.Path())
		enter(p, "999999")
	}
	if got := c.Get(p.Path()); got.HasText(say(l, "verify.title")) {
		enter(got, code).MustText(say(l, "account.first_title"))
	}
	c.Get(my(l)).MustText(say(l, "welcome.title"))
}

// A service that asks for it leads to sign in and comes back to the same step, with the time held and what was typed kept; the booking is in the folder.
func TestS2_3_BookedWhileSignedInIsInTheFolder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, h.person(t), l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		o := passport(l)
		o.service, o.office = "debt-counselling", h.officeOf(t, vuorela, "debt-counselling")
		p := c.Get(o.calendar()).MustStatus(http.StatusOK)
		p = press(t, p, times(p)[0])
		p = identify(t, l, p, "mobile", "Maija Meikäläinen")
		p = p.MustText(say(l, "sign_in.done_title")).Click(say(l, "sign_in.to_service")).MustText(say(l, "details.title"))
		form := p.Form("details")
		if form.Value(say(l, "details.name")) != "Maija Meikäläinen" || form.Value(say(l, "common.email")) != "maija@example.org" {
			t.Errorf("the form begins with %q and %q, want what is known of her", form.Value(say(l, "details.name")), form.Value(say(l, "common.email")))
		}
		p = form.Submit(say(l, "common.continue")).MustText(say(l, "check.not_yet"))
		p = o.save(p)
		code := codeOn(t, l, p)
		p = c.Get(my(l)).MustText(h.service(t, vuorela, "debt-counselling").Name.In(l), say(l, "folder.state.booked"))
		p = p.Click(say(l, "folder.open")).MustText(code)
		// Signed out, the pages of the appointment are closed; the code still opens them.
		p.Click(say(l, "ui.signed.out"))
		c.Get(o.url("appointment")).MustText(say(l, "code.title"))
	})
}

// Guardians see the child's folder and act for it; when the record is revoked, the next click is refused, and nothing is done for the guardian instead.
func TestS5_1_RevokedGuardianIsRefusedAtTheNextClick(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		actFor(t, c, l, "Liisa Meikäläinen").MustText(say(l, "my.title_for", "name", "Liisa Meikäläinen"), say(l, "ui.signed.for", "name", "Liisa Meikäläinen"))
		o := passport(l)
		p := c.Get(o.calendar()).MustText(say(l, "ui.signed.for", "name", "Liisa Meikäläinen"))
		p = press(t, p, times(p)[0])
		p = p.Form("details").Submit(say(l, "common.continue")).MustText("Liisa Meikäläinen")
		o.save(p)
		c.Get(my(l)).MustText(h.service(t, vuorela, o.service).Name.In(l), say(l, "folder.made_by", "name", "Maija Meikäläinen"))
		// The other parent sees it, too, in the same folder.
		other := h.person(t)
		h.settle(t, other, l, "mobile", "Matti Meikäläinen", "matti@example.org", true)
		actFor(t, other, l, "Liisa Meikäläinen").MustText(say(l, "folder.made_by", "name", "Maija Meikäläinen"))

		h.revokeAll(t, "maija@example.org")
		c.Get(my(l)).MustStatus(http.StatusForbidden).MustText(say(l, "acting.ended_title"))
		p = c.Get(my(l)).MustText(say(l, "my.title", "name", "Maija Meikäläinen"))
		if p.HasText(h.service(t, vuorela, o.service).Name.In(l)) {
			t.Errorf("the child's appointment is in the folder of one who may not act for it any more")
		}
		c.Get(o.url("appointment")).MustText(say(l, "code.title"))
		actFor(t, other, l, "Liisa Meikäläinen").MustText(say(l, "my.title_for", "name", "Liisa Meikäläinen"))
	})
}

// Two people act for one association: one folder, and each act names who did it.
func TestS2_6_TwoPeopleActForOneAssociation(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l, village = i18n.Lang("en"), "Mallilan kyläyhdistys ry"
	maija, veikko := h.person(t), h.person(t)
	h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
	h.settle(t, veikko, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
	p := actFor(t, maija, l, village).MustText(say(l, "my.company_unregistered"))
	p = p.Click(say(l, "my.company_register")).MustText(say(l, "company.first_title"), village)
	p.Form(say(l, "account.save")).Set(say(l, "common.email"), "village@example.org").Submit(say(l, "account.save")).MustText(say(l, "account.saved"))
	o := passport(l)
	p = maija.Get(o.calendar())
	p = press(t, p, times(p)[0])
	p = p.Form("details").Submit(say(l, "common.continue"))
	o.save(p)
	p = actFor(t, veikko, l, village).MustText(say(l, "my.title_for", "name", village), say(l, "folder.made_by", "name", "Maija Meikäläinen"))
	if p.HasText(say(l, "my.company_unregistered")) {
		t.Error("the association is registered, and the other one is asked to register it again")
	}
	p.Click(say(l, "folder.open")).MustText("Maija Meikäläinen")
	// What is the association's is in nobody's own folder.
	actFor(t, maija, l, say(l, "acting.myself", "name", "Maija Meikäläinen")).MustText(say(l, "folder.empty.booked"))
}

// Only strong identification opens an account, and each step can be cancelled.
func TestS4_2_EachStepOfTheFirstSignInCanBeCancelled(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.person(t)
	p := c.Get(my(l)).Click(say(l, "demo_eid.provider.bank"))
	p = p.Click(say(l, "demo_eid.cancel")).MustText(say(l, "sign_in.cancelled"))
	p = identify(t, l, p, "bank", "Veikko Mallikas").Click(say(l, "common.continue")).MustText(say(l, "welcome.title"))
	p.Click(say(l, "welcome.stop")).MustText(say(l, "sign_in.out_title"))
	identify(t, l, c.Get(my(l)), "bank", "Veikko Mallikas")
	c.Get(my(l)).MustText(say(l, "welcome.title"))
}

// What comes back from a provider is good once, in the browser that asked, and not too late.
func TestSignIn_AnswersAreGoodOnceInOneBrowser(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.person(t)
	identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
	const made = "/eid/return?state=made-up&code=made-up"
	h.person(t).Get(made).MustStatus(http.StatusUnprocessableEntity).MustText(say(i18n.Default, "sign_in.stale"))
	c.Get(made).MustText(say(i18n.Default, "welcome.title")) // who is signed in already, by going back in the browser, is led to the folder
	// Half an hour of nothing ends the session; one second less does not.
	c.Get(my(l)).MustText(say(l, "welcome.title"))
	h.skip(29*time.Minute + 30*time.Second)
	c.Get(my(l)).MustText(say(l, "welcome.title"))
	h.skip(30*time.Minute + 30*time.Second)
	c.Get(my(l)).MustText(say(l, "sign_in.title"))
}

// officeOf is an office that offers a service.
func (h *house) officeOf(t *testing.T, o ids.Org, service ids.Service) string {
	t.Helper()
	for _, of := range h.config(t, o).Offers {
		if of.Service == service {
			return string(of.Office)
		}
	}
	t.Fatalf("nobody offers %s", service)
	return ""
}

// revokeAll ends all guardianships of the person with an address, as a clerk does.
func (h *house) revokeAll(t *testing.T, email string) {
	t.Helper()
	found, err := h.app.Store.People().AccountsNamed(t.Context(), "", email, 2)
	if err != nil || len(found) != 1 {
		t.Fatalf("got %d accounts and error %v, want one", len(found), err)
	}
	list, err := h.app.Store.People().GuardianshipsOf(t.Context(), found[0].Person)
	if err != nil || len(list) == 0 {
		t.Fatalf("got %d records and error %v, want some", len(list), err)
	}
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: vuorela}}}
	for _, g := range list {
		if err := h.app.Identity.RevokeGuardianship(t.Context(), clerk, vuorela, g.Guardian, g.ID); err != nil {
			t.Fatal(err)
		}
	}
}
