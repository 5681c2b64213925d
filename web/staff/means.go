package staff

import (
	"encoding/base64"
	"net/http"
	"strings"

	"rsc.io/qr"

	"luukku/base/fault"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// PresentPage asks for the present password, and perhaps a new one.
type PresentPage struct {
	web.Base
	Trouble []ui.ErrorItem
	Lead    string
	Action  string
	Back    string
	Button  string
	Email   string
	Fields  []ui.Field
}

// presentPage begins a page that changes how somebody gets in. The present password is asked unless who they are was shown a moment ago.
func presentPage(b web.Base, page, title, lead, button, email string, ask bool, why error) (PresentPage, web.Trouble) {
	b = dress(b, b.T(title))
	t := troubleOf(&b, why)
	p := PresentPage{
		Base: b, Trouble: t.Items, Lead: b.T(lead), Action: at(b, "security", page), Back: at(b, "security"), Button: b.T(button), Email: email,
	}
	if ask {
		p.Fields = append(p.Fields, passwordField(b, t, "present", "staff.present_password", "", "current-password"))
	}
	return p, t
}

func newPasswordPage(b web.Base, email string, has, fresh bool, why error) PresentPage {
	title, lead := "staff.change_password", "staff.change_password_lead"
	if !has {
		title, lead = "staff.set_password", "staff.set_password_lead"
	}
	p, t := presentPage(b, "password", title, lead, "common.continue", email, has && !fresh, why)
	p.Fields = append(p.Fields, newPasswordField(p.Base, t))
	return p
}

func newPasswordField(b web.Base, t web.Trouble) ui.Field {
	return passwordField(b, t, "password", "staff.new_password", b.T("staff.password_hint", "min", room.MinPassword), "new-password")
}

// present shows a page that may ask for the present password. Whoever has none, and did not show who they are a moment ago, signs in again.
func (d *Door) present(v *web.Visit, why error, page func(b web.Base, email string, has, fresh bool, why error) PresentPage) error {
	mine, err := d.Staff.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	fresh := d.Staff.Fresh(v.Signed().Session)
	if !mine.HasPassword() && !fresh {
		return v.Render(http.StatusOK, ShowAgain(newAgainPage(d.base(v))))
	}
	return v.Render(status(why), ShowPresent(page(d.base(v), mine.Email, mine.HasPassword(), fresh, why)))
}

// AgainPage asks to sign in anew, to show who one is.
type AgainPage struct {
	web.Base
	Action string
}

func newAgainPage(b web.Base) AgainPage {
	b = dress(b, b.T("staff.again_title"))
	return AgainPage{Base: b, Action: at(b, "sign-out")}
}

func (d *Door) password(v *web.Visit) error { return d.present(v, nil, newPasswordPage) }

func (d *Door) passwordPost(v *web.Visit) error {
	pending, err := d.Staff.ChangePassword(v.Ctx(), v.Actor(), v.Signed().Session, v.Form("present"), v.Form("password"))
	switch {
	case web.Mendable(err), fault.IsKey(err, "staff.sign_in_again"):
		return d.present(v, err, newPasswordPage)
	case err != nil:
		return err
	case pending == "":
		return d.done(v, "password")
	}
	v.KeepSealed(meansCookie, pending)
	return v.SeeOther(d.at(v, "security", "factor", "code"))
}

func newFactorPage(b web.Base, email string, _, fresh bool, why error) PresentPage {
	p, _ := presentPage(b, "factor", "staff.change_app", "staff.change_app_lead", "common.continue", email, !fresh, why)
	return p
}

func (d *Door) factor(v *web.Visit) error { return d.present(v, nil, newFactorPage) }

func (d *Door) factorPost(v *web.Visit) error {
	pending, err := d.Staff.RenewFactor(v.Ctx(), v.Actor(), v.Signed().Session, v.Form("present"))
	if web.Mendable(err) {
		return d.present(v, err, newFactorPage)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(meansCookie, pending)
	return v.SeeOther(d.at(v, "security", "factor", "code"))
}

// FactorPage shows a second factor to be set up, and asks for a code of it.
type FactorPage struct {
	web.Base
	Trouble []ui.ErrorItem
	Action  string
	Picture string
	Secret  string
	Code    ui.Field
}

func newFactorCodePage(b web.Base, action string, m room.Means, why error) FactorPage {
	b = dress(b, b.T("staff.app_title"))
	t := troubleOf(&b, why)
	p := FactorPage{Base: b, Trouble: t.Items, Action: action, Secret: room.SpacedSecret(m.Secret), Code: codeField(b, t, "staff.code", "staff.app_code_hint")}
	if code, err := qr.Encode(m.Link, qr.M); err == nil {
		p.Picture = "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG())
	}
	return p
}

func (d *Door) factorCode(v *web.Visit) error { return d.showFactorCode(v, nil) }

func (d *Door) showFactorCode(v *web.Visit, why error) error {
	pending, _ := v.Sealed(meansCookie)
	m, err := d.Staff.MyMeans(v.Ctx(), v.Actor(), pending)
	if fault.IsKey(err, "staff.means_over") {
		return v.SeeOther(d.at(v, "security"))
	}
	if err != nil {
		return err
	}
	return v.Render(status(why), ShowFactor(newFactorCodePage(d.base(v), d.at(v, "security", "factor", "code"), m, why)))
}

func (d *Door) factorCodePost(v *web.Visit) error {
	pending, _ := v.Sealed(meansCookie)
	codes, err := d.Staff.FinishMeans(v.Ctx(), v.Actor(), v.Signed().Session, pending, v.Form("code"))
	if web.Mendable(err) || fault.IsKey(err, "staff.means_over") {
		return d.showFactorCode(v, err)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(meansCookie, "")
	return d.giveCodes(v, codes)
}

// giveCodes shows recovery codes on the next page, until the reader says that they have them.
func (d *Door) giveCodes(v *web.Visit, codes []string) error {
	v.KeepSealed(codesCookie, strings.Join(codes, " "))
	return v.SeeOther(d.at(v, "security", "codes"))
}

// CodesPage shows recovery codes.
type CodesPage struct {
	web.Base
	Action string
	Codes  []string
}

func newCodesPage(b web.Base, codes []string) CodesPage {
	b = dress(b, b.T("staff.codes_title"))
	return CodesPage{Base: b, Action: at(b, "security", "codes"), Codes: codes}
}

func (d *Door) codes(v *web.Visit) error {
	kept, ok := v.Sealed(codesCookie)
	if !ok {
		return v.SeeOther(d.at(v, "security"))
	}
	return v.Render(http.StatusOK, ShowCodes(newCodesPage(d.base(v), strings.Fields(kept))))
}

func (d *Door) codesPost(v *web.Visit) error {
	v.KeepSealed(codesCookie, "")
	return v.SeeOther(d.at(v))
}

func newRecoveryCodesPage(b web.Base, email string, _, fresh bool, why error) PresentPage {
	p, _ := presentPage(b, "recovery", "staff.make_recovery", "staff.make_recovery_lead", "staff.make_recovery", email, !fresh, why)
	return p
}

func (d *Door) newRecovery(v *web.Visit) error { return d.present(v, nil, newRecoveryCodesPage) }

func (d *Door) newRecoveryPost(v *web.Visit) error {
	codes, err := d.Staff.RenewRecovery(v.Ctx(), v.Actor(), v.Signed().Session, v.Form("present"))
	if web.Mendable(err) {
		return d.present(v, err, newRecoveryCodesPage)
	}
	if err != nil {
		return err
	}
	return d.giveCodes(v, codes)
}
