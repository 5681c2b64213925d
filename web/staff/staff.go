// Package staff is the door through which those who work here come in: signing in with a passkey, a password or the organisation's own provider, accepting
// an invitation, looking after one's own keys and sessions, and making a browser a kiosk or a display.
//
// It promises that every way in works without JavaScript but the passkey, that what is secret is never in an address beyond a link that is good once, and
// that recovery codes are shown once. Who may do what is left to domain/staff, what staff do all day to the other doors.
package staff

import (
	"net/http"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/org"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Door is the door.
type Door struct {
	Site     *web.Site
	Staff    *room.Service
	Identity *identity.Service
	// Links are the pages that somebody's roles open, for the front page. May be nil.
	Links func(v *web.Visit, who actor.Actor, orgs []org.Organisation) ([]ui.Link, error)
	*web.Mux
}

// New returns the door. Links is set before it is used.
func New(site *web.Site, s *room.Service, i *identity.Service) *Door {
	d := &Door{Site: site, Staff: s, Identity: i}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/staff"
	return []web.Route{
		web.GET(at, actor.StaffSelf, d.front),
		web.GET(at+"/{$}", actor.StaffSelf, d.front),

		// signing in and out
		web.GET(at+"/sign-in", actor.Public, d.signIn),
		web.POST(at+"/sign-in", actor.Public, d.signInPost),
		web.POST(at+"/sign-in/passkey", actor.Public, d.passkeyPost),
		web.POST(at+"/sign-in/provider", actor.Public, d.providerPost),
		web.GET(at+"/sign-in/code", actor.Public, d.code),
		web.POST(at+"/sign-in/code", actor.Public, d.codePost),
		web.GET(at+"/sign-in/recovery", actor.Public, d.recovery),
		web.POST(at+"/sign-in/recovery", actor.Public, d.recoveryPost),
		web.POST(at+"/sign-out", actor.Public, d.signOut),

		// one's own keys and sessions
		web.GET(at+"/security", actor.StaffSelf, d.security),
		web.GET(at+"/security/passkey", actor.StaffSelf, d.addPasskey),
		web.POST(at+"/security/passkey", actor.StaffSelf, d.addPasskeyPost),
		web.GET(at+"/security/passkey/{key}", actor.StaffSelf, d.passkey),
		web.POST(at+"/security/passkey/{key}", actor.StaffSelf, d.onePasskeyPost),
		web.GET(at+"/security/password", actor.StaffSelf, d.password),
		web.POST(at+"/security/password", actor.StaffSelf, d.passwordPost),
		web.GET(at+"/security/factor", actor.StaffSelf, d.factor),
		web.POST(at+"/security/factor", actor.StaffSelf, d.factorPost),
		web.GET(at+"/security/factor/code", actor.StaffSelf, d.factorCode),
		web.POST(at+"/security/factor/code", actor.StaffSelf, d.factorCodePost),
		web.GET(at+"/security/recovery", actor.StaffSelf, d.newRecovery),
		web.POST(at+"/security/recovery", actor.StaffSelf, d.newRecoveryPost),
		web.GET(at+"/security/codes", actor.StaffSelf, d.codes),
		web.POST(at+"/security/codes", actor.StaffSelf, d.codesPost),
		web.POST(at+"/security/sessions", actor.StaffSelf, d.sessionsPost),

		// one's own function keys
		web.GET(at+"/keys", actor.StaffSelf, d.functionKeys),
		web.POST(at+"/keys", actor.StaffSelf, d.functionKeysPost),

		// coming in for the first time
		web.GET(at+"/invitation/{token}", actor.Public, d.invitation),
		web.POST(at+"/invitation/{token}", actor.Public, d.invitationPost),
		web.POST(at+"/invitation/{token}/passkey", actor.Public, d.invitationPasskey),
		web.GET(at+"/invitation/{token}/code", actor.Public, d.invitationCode),
		web.POST(at+"/invitation/{token}/code", actor.Public, d.invitationCodePost),
		web.POST(at+"/invitation/{token}/join", actor.StaffSelf, d.joinPost),

		// a browser becomes a device
		web.GET(at+"/device", actor.Public, d.device),
		web.POST(at+"/device", actor.Public, d.devicePost),
	}
}

// What the browser keeps for a while, sealed.
const (
	stepCookie  = "staff-step"  // a right password, before the second factor
	nextCookie  = "staff-next"  // where to go on after signing in
	meansCookie = "staff-means" // a second factor that is being set up
	codesCookie = "staff-codes" // recovery codes until they were seen
	eidCookie   = "eid"         // the browser's half of a sign-in at a provider, as web/my reads it
)

// at is an address of this door.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff"}, parts...)...)
}

func (d *Door) at(v *web.Visit, parts ...string) string {
	return web.Path(v.Lang, "", append([]string{"staff"}, parts...)...)
}

// dress makes a page one of this door.
func dress(b web.Base, title string) web.Base {
	b.Title, b.NoIndex = title, true
	return b
}

// base begins a page of this door; who has signed in finds the way to their own pages on top.
func (d *Door) base(v *web.Visit) web.Base {
	b := v.Base("")
	b.Nav = nil
	if v.Signed() != nil {
		b.Nav = []ui.Link{{Href: at(b), Text: b.T("staff.nav_front")}, {Href: at(b, "security"), Text: b.T("staff.nav_security")}}
	}
	return b
}

// troubleOf puts a fault of a form into words, and says in the title of the page that something is wrong.
func troubleOf(b *web.Base, err error) web.Trouble {
	b.HasError = b.HasError || err != nil
	return web.TroubleOf(*b, err)
}

// status is that of a form shown again.
func status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return web.StatusOf(fault.Of(err).Kind)
}

// passwordField asks for a password.
func passwordField(b web.Base, t web.Trouble, name, label, hint, complete string) ui.Field {
	return ui.Field{Name: name, Label: b.T(label), Hint: hint, Error: t.At(name), Type: "password", Autocomplete: complete, NoSpelling: true}
}

// codeField asks for a code of the authenticator app.
func codeField(b web.Base, t web.Trouble, label, hint string) ui.Field {
	return ui.Field{
		Name: "code", Label: b.T(label), Hint: b.T(hint), Error: t.At("code"), Autocomplete: "one-time-code", InputMode: "numeric", NoSpelling: true, Short: true,
	}
}
