package staff

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/domain/org"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// InvitationPage asks whoever was invited who they are, and with what they want to get in.
type InvitationPage struct {
	web.Base
	Trouble []ui.ErrorItem
	Action  string
	Lead    string
	// Known says that they work here already and sign in to accept; SignedIn that they have, and as whom.
	Known    bool
	SignedIn bool
	SignIn   string
	Works    bool // whether passkeys work at this address
	Email    string
	Fields   []ui.Field
	Passkey  ui.Passkey
	Password ui.Field
}

// invitationFacts are what the page of an invitation is made from.
type invitationFacts struct {
	enrolment room.Enrolment
	orgs      []org.Organisation
	token     string
	person    room.Person
	signedIn  bool
	ceremony  room.Ceremony
	works     bool
}

func (d *Door) facts(v *web.Visit) (invitationFacts, error) {
	token := v.R.PathValue("token")
	e, err := d.Staff.Enrolment(v.Ctx(), token, v.Address())
	if err != nil {
		return invitationFacts{}, err
	}
	orgs, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return invitationFacts{}, err
	}
	f := invitationFacts{
		enrolment: e, orgs: orgs, token: token, person: room.Person{Name: e.Name, Email: e.Email}, signedIn: v.Signed() != nil, works: d.Staff.PasskeysWork(),
	}
	if f.works && !e.NeedsSignIn() {
		f.ceremony, err = d.Staff.BeginEnrolment(e)
	}
	return f, err
}

func newInvitationPage(b web.Base, f invitationFacts, why error) InvitationPage {
	e := f.enrolment
	b = dress(b, b.T("staff.invitation_title"))
	t := troubleOf(&b, why)
	p := InvitationPage{
		Base: b, Trouble: t.Items, Action: at(b, "invitation", f.token), Known: e.NeedsSignIn(), SignedIn: f.signedIn, Works: f.works, Email: e.Email,
		Lead: invitationLead(b, e, f.orgs),
	}
	p.SignIn = at(b, "sign-in") + "?next=" + p.Action
	p.Fields = []ui.Field{{Name: "person", ID: "name", Label: b.T("staff.your_name"), Value: f.person.Name, Error: t.At("name"), Autocomplete: "name"}}
	if e.First() {
		p.Fields = append(p.Fields, ui.Field{
			Name: "email", Label: b.T("staff.your_email"), Hint: b.T("staff.your_email_hint"), Value: f.person.Email, Error: t.At("email"), Type: "email",
			Autocomplete: "username",
		})
	}
	p.Passkey = ui.Passkey{
		Kind: ui.PasskeyCreate, Text: b.T("staff.start_passkey"), Options: f.ceremony.Options, Sealed: f.ceremony.Sealed, Action: p.Action + "/passkey",
		Failed: b.T("staff.passkey_not_made"), Without: b.T("staff.passkey_script"), Error: t.At("credential"),
	}
	p.Password = newPasswordField(b, t)
	p.Password.Label = b.T("staff.password")
	return p
}

// invitationLead says what somebody is invited to.
func invitationLead(b web.Base, e room.Enrolment, orgs []org.Organisation) string {
	switch {
	case e.Role == "":
		return b.T("staff.invitation_keys")
	case e.First():
		return b.T("staff.invitation_first")
	}
	role := b.T("role." + string(e.Role) + ".name")
	for _, o := range orgs {
		if o.ID == e.Org {
			return b.T("staff.invitation_lead", "role", role, "org", o.Name.In(b.Lang))
		}
	}
	return b.T("staff.invitation_system", "role", role)
}

func (d *Door) invitation(v *web.Visit) error { return d.showInvitation(v, nil) }

func (d *Door) showInvitation(v *web.Visit, why error) error {
	f, err := d.facts(v)
	if err != nil {
		return err
	}
	if why != nil {
		f.person.Name = v.Form("person")
		if f.enrolment.First() {
			f.person.Email = v.Form("email")
		}
	}
	return v.Render(status(why), ShowInvitation(newInvitationPage(d.base(v), f, why)))
}

// person is what was typed.
func person(v *web.Visit) room.Person {
	return room.Person{Name: v.Form("person"), Email: v.Form("email"), Lang: v.Lang}
}

// invitationPost takes a password, and goes on to the second factor.
func (d *Door) invitationPost(v *web.Visit) error {
	token := v.R.PathValue("token")
	pending, err := d.Staff.PreparePassword(v.Ctx(), token, person(v), v.Form("password"), v.Address())
	if web.Mendable(err) {
		return d.showInvitation(v, err)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(meansCookie, pending)
	return v.SeeOther(d.at(v, "invitation", token, "code"))
}

// invitationPasskey takes the passkey that the browser made.
func (d *Door) invitationPasskey(v *web.Visit) error {
	token := v.R.PathValue("token")
	session, err := d.Staff.EnrolPasskey(v.Ctx(), token, person(v), v.Form("ceremony"), v.Form("credential"), v.Address(), web.AgentName(v.R.UserAgent()))
	if web.Mendable(err) {
		v.NoteRefusal("staff passkey", err)
		return d.showInvitation(v, err)
	}
	if err != nil {
		return err
	}
	return d.enter(v, session, "")
}

func (d *Door) invitationCode(v *web.Visit) error { return d.showInvitationCode(v, nil) }

func (d *Door) showInvitationCode(v *web.Visit, why error) error {
	token := v.R.PathValue("token")
	e, err := d.Staff.Enrolment(v.Ctx(), token, v.Address())
	if err != nil {
		return err
	}
	pending, _ := v.Sealed(meansCookie)
	m, err := d.Staff.InvitationMeans(e, pending)
	if fault.IsKey(err, "staff.means_over") {
		return v.SeeOther(d.at(v, "invitation", token))
	}
	if err != nil {
		return err
	}
	return v.Render(status(why), ShowFactor(newFactorCodePage(d.base(v), d.at(v, "invitation", token, "code"), m, why)))
}

func (d *Door) invitationCodePost(v *web.Visit) error {
	token := v.R.PathValue("token")
	pending, _ := v.Sealed(meansCookie)
	session, codes, err := d.Staff.EnrolPassword(v.Ctx(), token, pending, v.Form("code"), v.Address(), web.AgentName(v.R.UserAgent()))
	if web.Mendable(err) || fault.IsKey(err, "staff.means_over") {
		return d.showInvitationCode(v, err)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(codesCookie, strings.Join(codes, " "))
	return d.enter(v, session, d.at(v, "security", "codes"))
}

func (d *Door) joinPost(v *web.Visit) error {
	err := d.Staff.Join(v.Ctx(), v.Actor(), v.R.PathValue("token"), v.Address())
	if web.Mendable(err) {
		return d.showInvitation(v, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v))
}

// DevicePage asks for the code of a device, or says that the browser is one.
type DevicePage struct {
	web.Base
	Trouble []ui.ErrorItem
	Action  string
	Code    ui.Field
	// Name is the device's, when the browser is one.
	Name string
}

func newDevicePage(b web.Base, name string, why error) DevicePage {
	b = dress(b, b.T("staff.device_title"))
	t := troubleOf(&b, why)
	p := DevicePage{Base: b, Trouble: t.Items, Action: at(b, "device"), Code: codeField(b, t, "staff.device_code", "staff.device_code_hint"), Name: name}
	p.Code.InputMode, p.Code.Autocomplete = "", "off"
	return p
}

func (d *Door) device(v *web.Visit) error {
	name := ""
	for _, kind := range []room.DeviceKind{room.Kiosk, room.Display} {
		token := v.DeviceToken(string(kind))
		if token == "" {
			continue
		}
		_, dev, err := d.Staff.Device(v.Ctx(), token)
		if err != nil && !fault.Is(err, fault.KindSignInRequired) {
			return err
		}
		name = dev.Name
	}
	return v.Render(http.StatusOK, ShowDevice(newDevicePage(d.base(v), name, nil)))
}

func (d *Door) devicePost(v *web.Visit) error {
	dev, token, err := d.Staff.EnrolDevice(v.Ctx(), v.Form("code"), v.Address())
	if web.Mendable(err) {
		return v.Render(status(err), ShowDevice(newDevicePage(d.base(v), "", err)))
	}
	if err != nil {
		return err
	}
	v.BecomeDevice(string(dev.Kind), token)
	return v.SeeOther(web.Path(v.Lang, "", string(dev.Kind))) // to its screen
}
