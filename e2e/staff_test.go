package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/e2e/browser"
	"luukku/e2e/client"
)

// named opens a demo at an address with a name, as it is used: a passkey belongs to a name, not to a number.
func named(t *testing.T, e engine) *house {
	t.Helper()
	h := openWith(t, e, func(c *config.Config) { c.BaseURL = strings.Replace(c.BaseURL, "127.0.0.1", "localhost", 1) })
	h.base = strings.Replace(h.base, "127.0.0.1", "localhost", 1)
	return h
}

func work(l i18n.Lang, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "staff"}, parts...), "/")
}

// invited is the link in the newest mail to somebody who was invited.
func (h *house) invited(t *testing.T, email string, l i18n.Lang, g actor.Grant) string {
	t.Helper()
	if _, err := h.app.Staff.Invite(t.Context(), actor.System("story"), "", email, l, g); err != nil {
		t.Fatal(err)
	}
	m := h.awaitMails(t, email, 1)[0]
	for _, line := range strings.Split(m.Text, "\n") {
		if strings.HasPrefix(line, h.base) {
			return line
		}
	}
	t.Fatalf("no link in %q", m.Text)
	return ""
}

// A clerk is invited by mail, makes a passkey, and signs in with it; a second browser has none and gets nowhere.
func TestS2_Staff_ClerkWithAPasskey(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := named(t, sqlite)
	for i, l := range []i18n.Lang{"fi", "en"} {
		tab := b.Tab(t, []browser.Options{{Lang: string(l)}, {Lang: string(l), Width: 320, Height: 600}}[i])
		tab.Authenticator()
		fits := func() {
			t.Helper()
			for _, s := range browser.Overflow(tab) {
				t.Errorf("%s: %s: %s", l, tab.Path(), s)
			}
			tab.MustBeClean()
			tab.Forget()
		}
		link := h.invited(t, "clerk-"+string(l)+"@vuorela.example", l, actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		tab.Go(link)
		tab.MustText(say(l, "staff.invitation_title"), say(l, "role.clerk.name"))
		fits()
		tab.Fill(say(l, "staff.your_name"), "Bertta Virkailija")
		tab.Click(say(l, "staff.start_passkey"))
		tab.MustText(say(l, "staff.front_lead", "name", "Bertta Virkailija"), say(l, "role.clerk.name"))
		fits()
		tab.Click(say(l, "staff.sign_out"))
		tab.MustText(say(l, "staff.sign_in_title"))
		fits()
		tab.Click(say(l, "staff.use_passkey"))
		tab.MustText(say(l, "staff.front_lead", "name", "Bertta Virkailija"))
		tab.Click(say(l, "staff.nav_security"))
		tab.MustText(say(l, "staff.passkey_number", "n", 1))
		fits()

		other := b.Tab(t, browser.Options{Lang: string(l)})
		other.Authenticator()
		other.Go(h.base + work(l, "sign-in"))
		other.Click(say(l, "staff.use_passkey"))
		other.MustText(say(l, "staff.passkey_none"))
	}
}

// The same way in without scripts, with a password and an app, on both engines; and nobody else gets any further with the link.
func TestS2_Staff_PasswordAndApp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, l := range languages() {
			email := "manager-" + string(l) + "@vuorela.example"
			link := h.path(t, h.invited(t, email, l, actor.Grant{Role: actor.RoleManager, Org: vuorela}))
			c := h.person(t)
			p := c.Get(link).MustText(say(l, "staff.invitation_title"))
			p = p.Form(say(l, "staff.start_password")).Set(say(l, "staff.your_name"), "Cecilia").Set(say(l, "staff.password"), "sininen polkupyörä 4").
				Submit(say(l, "staff.start_password")).MustText(say(l, "staff.app_title"))
			secret := appKey(t, p)
			p = p.Form(say(l, "common.continue")).Set(say(l, "staff.code"), h.authenticator(t, secret)).Submit(say(l, "common.continue")).MustText(say(l, "staff.codes_title"))
			p.Click(say(l, "staff.codes_kept")).MustText(say(l, "staff.front_lead", "name", "Cecilia"), say(l, "role.manager.name"))
			h.person(t).Get(link).MustStatus(http.StatusNotFound).MustText(say(l, "staff.no_invitation"))

			h.skip(time.Minute)
			again := h.person(t)
			p = again.Get(work(l)).MustText(say(l, "staff.sign_in_title"))
			p = p.Form(say(l, "staff.sign_in")).Set(say(l, "common.email"), email).Set(say(l, "staff.password"), "sininen polkupyörä 4").
				Submit(say(l, "staff.sign_in")).MustText(say(l, "staff.code_title"))
			p = p.Form(say(l, "common.continue")).Set(say(l, "staff.code"), h.authenticator(t, secret)).Submit(say(l, "common.continue"))
			p.MustText(say(l, "staff.front_lead", "name", "Cecilia"))
		}
	})
}

// appKey is the key that a page shows for the authenticator app.
func appKey(t *testing.T, p *client.Page) string {
	t.Helper()
	_, rest, ok := strings.Cut(string(p.Body), `class="lk-code-value" translate="no">`)
	key, _, end := strings.Cut(rest, "<")
	if !ok || !end {
		t.Fatal("the page shows no key")
	}
	return strings.ReplaceAll(key, " ", "")
}

// authenticator is what the authenticator app shows now.
func (h *house) authenticator(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, h.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// Somebody signs in with their employer's account; the groups there are roles here, at each sign-in.
func TestS2_Staff_EmployersAccount(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	for _, l := range languages() {
		c := h.person(t)
		p := c.Get(work(l)).MustText(say(l, "staff.sign_in_title"), say(l, "staff.by_provider"))
		p = p.Click(say(l, "demo_eid.provider.staff"))
		p = p.MustStatus(http.StatusOK).Click(say(l, "demo_eid.as", "name", "Sanna Mallikas"))
		p.MustStatus(http.StatusOK).MustText(say(l, "staff.front_lead", "name", "Sanna Mallikas"), say(l, "role.clerk.name"))
		c.Get(work(l, "security")).MustText(say(l, "staff.provider_too"))

		p = h.person(t).Get(work(l)).Click(say(l, "demo_eid.provider.staff"))
		p.Click(say(l, "demo_eid.as", "name", "Niilo Mallikas")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "staff.no_role"))
	}
}
