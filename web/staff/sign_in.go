package staff

import (
	"net/http"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/identity"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// SignInPage asks with what somebody who works here signs in.
type SignInPage struct {
	web.Base
	Trouble  []ui.ErrorItem
	Hidden   []ui.Hidden
	Passkeys bool // whether they work at this address
	Passkey  ui.Passkey
	Email    ui.Field
	Password ui.Field
	Means    []Means
	Action   string
}

// Means is a provider to sign in with.
type Means struct{ Value, Name, Help string }

// signIn shows the ways in. Who is in already is led on.
func (d *Door) signIn(v *web.Visit) error {
	if v.Signed() != nil {
		next, ok := web.Inside(v.Query("next"))
		if !ok {
			next = d.at(v)
		}
		return v.SeeOther(next)
	}
	return d.showSignIn(v, v.Query("next"), "", nil)
}

func (d *Door) showSignIn(v *web.Visit, next, email string, why error) error {
	ceremony := room.Ceremony{}
	if d.Staff.PasskeysWork() {
		var err error
		if ceremony, err = d.Staff.BeginPasskey(); err != nil {
			return err
		}
	}
	means, err := d.providers(v)
	if err != nil {
		return err
	}
	if len(means) > 0 {
		v.FormsMayLeave()
	}
	next, _ = web.Inside(next)
	return v.Render(status(why), ShowSignIn(newSignInPage(d.base(v), next, email, ceremony, d.Staff.PasskeysWork(), means, why)))
}

// mostOrgs is of how many organisations the providers are looked up; where there are more, a link names the organisation.
const mostOrgs = 20

// providers are the means of staff of all organisations, or of the one that the address names.
func (d *Door) providers(v *web.Visit) ([]identity.Provider, error) {
	orgs := []ids.Org{ids.Org(v.Query("org"))}
	if orgs[0] == "" {
		all, err := v.Site.Directory.Organisations(v.Ctx())
		if err != nil {
			return nil, err
		}
		for _, o := range all[:min(len(all), mostOrgs)] {
			orgs = append(orgs, o.ID)
		}
	}
	var out []identity.Provider
	for _, o := range orgs {
		list, err := d.Identity.Providers(v.Ctx(), o, identity.ForStaff)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if !slices.ContainsFunc(out, func(had identity.Provider) bool { return had.Org == p.Org && had.ID == p.ID }) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func newSignInPage(b web.Base, next, email string, c room.Ceremony, works bool, means []identity.Provider, why error) SignInPage {
	b = dress(b, b.T("staff.sign_in_title"))
	t := troubleOf(&b, why)
	p := SignInPage{
		Base: b, Trouble: t.Items, Passkeys: works, Action: at(b, "sign-in"), Hidden: []ui.Hidden{{Name: "next", Value: next}},
		Passkey: ui.Passkey{
			Kind: ui.PasskeyGet, Text: b.T("staff.use_passkey"), Options: c.Options, Sealed: c.Sealed, Failed: b.T("staff.passkey_none"),
			Without: b.T("staff.passkey_script"), Error: t.At("credential"),
		},
		Email: ui.Field{
			Name: "email", Label: b.T("common.email"), Value: email, Error: t.At("email"), Type: "email", Autocomplete: "username",
		},
		Password: passwordField(b, t, "password", "staff.password", "", "current-password"),
	}
	for _, m := range means {
		p.Means = append(p.Means, Means{Value: string(m.Org) + "/" + string(m.ID), Name: m.Name.In(b.Lang), Help: m.Help.In(b.Lang)})
	}
	return p
}

// signInPost takes address and password, and asks for the second factor.
func (d *Door) signInPost(v *web.Visit) error {
	email := v.Form("email")
	step, err := d.Staff.SignInPassword(v.Ctx(), email, v.Form("password"), v.Address())
	if web.Mendable(err) {
		return d.showSignIn(v, v.Form("next"), email, err)
	}
	if err != nil {
		return err
	}
	d.keepNext(v)
	v.KeepSealed(stepCookie, step)
	return v.SeeOther(d.at(v, "sign-in", "code"))
}

func (d *Door) keepNext(v *web.Visit) {
	next, _ := web.Inside(v.Form("next"))
	v.KeepSealed(nextCookie, next)
}

// passkeyPost takes the answer of a passkey.
func (d *Door) passkeyPost(v *web.Visit) error {
	token, err := d.Staff.SignInPasskey(v.Ctx(), v.Form("ceremony"), v.Form("credential"), v.Address(), web.AgentName(v.R.UserAgent()))
	if web.Mendable(err) {
		v.NoteRefusal("staff passkey", err)
		return d.showSignIn(v, v.Form("next"), "", err)
	}
	if err != nil {
		return err
	}
	next, _ := web.Inside(v.Form("next"))
	return d.enter(v, token, next)
}

// enter gives the browser a session that has begun, in the place of any other, and leads on.
func (d *Door) enter(v *web.Visit, token, next string) error {
	if s := v.Signed(); s != nil {
		if _, err := d.Identity.SignOut(v.Ctx(), s.Session); err != nil {
			return err
		}
	}
	for _, name := range []string{stepCookie, nextCookie, meansCookie} {
		v.KeepSealed(name, "")
	}
	v.SignedIn(identity.SessionOfStaff, token)
	if next == "" {
		next = d.at(v)
	}
	return v.SeeOther(next)
}

// providerPost leads to the organisation's own provider.
func (d *Door) providerPost(v *web.Visit) error {
	o, id, _ := strings.Cut(v.Form("means"), "/")
	next, ok := web.Inside(v.Form("next"))
	if !ok {
		next = d.at(v)
	}
	to, browser, err := d.Identity.Begin(v.Ctx(), identity.BeginRequest{
		Org: ids.Org(o), Provider: ids.Provider(id), Next: next, Lang: v.Lang, Audience: identity.ForStaff,
	})
	if fault.Is(err, fault.KindNotFound) {
		err = fault.Invalid("sign_in.no_provider", nil)
	}
	if web.Mendable(err) || fault.Is(err, fault.KindUnavailable) {
		return d.showSignIn(v, next, "", err)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(eidCookie, browser)
	return v.SeeOther(to)
}

// CodePage asks for the second factor.
type CodePage struct {
	web.Base
	Trouble []ui.ErrorItem
	Action  string
	Lead    string
	Code    ui.Field
	// Other leads to the other second factor.
	Other ui.Link
}

func newCodePage(b web.Base, why error) CodePage {
	b = dress(b, b.T("staff.code_title"))
	t := troubleOf(&b, why)
	return CodePage{
		Base: b, Trouble: t.Items, Action: at(b, "sign-in", "code"), Lead: b.T("staff.code_lead"), Code: codeField(b, t, "staff.code", "staff.code_hint"),
		Other: ui.Link{Href: at(b, "sign-in", "recovery"), Text: b.T("staff.no_app")},
	}
}

func newRecoveryPage(b web.Base, why error) CodePage {
	b = dress(b, b.T("staff.recovery_title"))
	t := troubleOf(&b, why)
	p := CodePage{
		Base: b, Trouble: t.Items, Action: at(b, "sign-in", "recovery"), Lead: b.T("staff.recovery_lead"),
		Code:  codeField(b, t, "staff.recovery_code", "staff.recovery_hint"),
		Other: ui.Link{Href: at(b, "sign-in", "code"), Text: b.T("staff.have_app")},
	}
	p.Code.InputMode, p.Code.Autocomplete = "", "off"
	return p
}

// half returns the sign-in whose password was right; without one, it begins anew.
func (d *Door) half(v *web.Visit) (step string, ok bool) {
	step, ok = v.Sealed(stepCookie)
	return step, ok && d.Staff.StepGood(v.Ctx(), step)
}

// again begins a sign-in anew.
func (d *Door) again(v *web.Visit) error {
	v.KeepSealed(stepCookie, "")
	next, _ := v.Sealed(nextCookie)
	return d.showSignIn(v, next, "", fault.Invalid("staff.step_over", nil))
}

func (d *Door) code(v *web.Visit) error {
	if _, ok := d.half(v); !ok {
		return v.SeeOther(d.at(v, "sign-in"))
	}
	return v.Render(http.StatusOK, ShowCode(newCodePage(d.base(v), nil)))
}

func (d *Door) codePost(v *web.Visit) error {
	step, _ := v.Sealed(stepCookie)
	token, err := d.Staff.SignInCode(v.Ctx(), step, v.Form("code"), v.Address(), web.AgentName(v.R.UserAgent()))
	return d.finish(v, token, err, newCodePage)
}

func (d *Door) recovery(v *web.Visit) error {
	if _, ok := d.half(v); !ok {
		return v.SeeOther(d.at(v, "sign-in"))
	}
	return v.Render(http.StatusOK, ShowCode(newRecoveryPage(d.base(v), nil)))
}

func (d *Door) recoveryPost(v *web.Visit) error {
	step, _ := v.Sealed(stepCookie)
	token, _, err := d.Staff.SignInRecovery(v.Ctx(), step, v.Form("code"), v.Address(), web.AgentName(v.R.UserAgent()))
	return d.finish(v, token, err, newRecoveryPage)
}

// finish ends a second step.
func (d *Door) finish(v *web.Visit, token string, err error, page func(b web.Base, why error) CodePage) error {
	switch {
	case fault.IsKey(err, "staff.step_over"):
		return d.again(v)
	case web.Mendable(err):
		return v.Render(status(err), ShowCode(page(d.base(v), err)))
	case err != nil:
		return err
	}
	next, _ := v.Sealed(nextCookie)
	next, _ = web.Inside(next)
	return d.enter(v, token, next)
}

// signOut ends the session, here and, where that is how it began, at the provider.
func (d *Door) signOut(v *web.Visit) error {
	if s := v.Signed(); s != nil {
		if _, err := d.Identity.SignOut(v.Ctx(), s.Session); err != nil {
			return err
		}
	}
	v.SignedOut(identity.SessionOfStaff)
	for _, name := range []string{stepCookie, nextCookie, meansCookie, codesCookie} {
		v.KeepSealed(name, "")
	}
	return v.SeeOther(d.at(v, "sign-in"))
}
