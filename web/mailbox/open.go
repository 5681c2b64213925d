package mailbox

import (
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// tellForm is what a form asks of how somebody is told: what they chose, and where they can be told.
type tellForm struct {
	Account      identity.Account
	Email, Phone bool
	Lang         i18n.Lang
	Langs        []i18n.Lang
	Terms        org.Terms // empty when none are to be accepted
	Accepted     bool
	Seen         int64
	Why          error
}

// tellOf reads what a form says.
func (d *Door) tellOf(v *web.Visit, m mailbox.Mine) (f tellForm, err error) {
	if f.Account, err = d.People.Mine(v.Ctx(), v.Actor()); err != nil {
		return f, err
	}
	in, err := d.Site.Directory.Installation(v.Ctx())
	if err != nil {
		return f, err
	}
	f.Langs = in.Languages
	if !m.Open() || m.TermsNew {
		f.Terms, _ = in.Mailbox.TermsOn(org.DateOf(v.Now.In(v.Zone())))
	}
	f.Email, f.Phone, f.Lang, f.Seen = m.TellEmail, m.TellPhone, m.Lang, m.Version
	if m.Version == 0 {
		f.Email, f.Phone, f.Lang = f.Account.EmailVerified, false, v.Lang
	}
	return f, nil
}

// typed puts what was sent in the place of what is kept.
func (f *tellForm) typed(v *web.Visit) {
	f.Email, f.Phone, f.Accepted = v.Form("tell_email") != "", v.Form("tell_phone") != "", v.Form("terms") != ""
	f.Lang = i18n.Lang(v.Form("lang"))
	if _, ok := i18n.Lookup(string(f.Lang)); !ok {
		f.Lang = v.Lang
	}
}

// open says what a mailbox is, and asks to open one.
func (d *Door) open(v *web.Visit, m mailbox.Mine) error {
	if m.Open() {
		return v.SeeOther(d.at(v))
	}
	f, err := d.tellOf(v, m)
	if err != nil {
		return err
	}
	return show(v, newOpenPage(v.Base(""), f, m.Version > 0))
}

func (d *Door) openPost(v *web.Visit, m mailbox.Mine) error {
	f, err := d.tellOf(v, m)
	if err != nil {
		return err
	}
	f.typed(v)
	r := mailbox.OpenRequest{TellEmail: f.Email, TellPhone: f.Phone, Lang: f.Lang}
	if f.Accepted { // the version that was read: another one may hold by now
		r.Terms = v.Form("version")
	}
	err = d.Boxes.Open(v.Ctx(), v.Actor(), r)
	if fault.Is(err, fault.KindInvalid) {
		f.Why, f.Accepted = err, false
		return show(v, newOpenPage(v.Base(""), f, m.Version > 0))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v) + "?done=open")
}

func newOpenPage(b web.Base, f tellForm, again bool) Page {
	title := b.T("mailbox.open.title")
	if again {
		title = b.T("mailbox.open.again")
	}
	point := b.T("mailbox.open.point_you")
	if name := owner(b); name != "" {
		title, point = b.T("mailbox.shared.open", "name", name), b.T("mailbox.shared.point", "name", name)
	}
	p := newPage(b, title)
	p.Back, p.Lead = web.Path(b.Lang, "", "my")+"/", b.T("mailbox.open.lead")
	t := web.TroubleOf(b, f.Why)
	p.blame(t)
	p.add(ui.BulletList([]string{point, b.T("mailbox.open.point_write"), b.T("mailbox.open.point_close")}), f.termsText(b))
	fields := append(f.tellFields(b), f.accept(b, t), parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.open.button")}), ui.LinkButton(ui.Tertiary, ui.Link{Href: p.Back, Text: b.T("mailbox.open.cancel")})))
	p.add(parts.Form(ui.FormData{Action: at(b, "open"), Hidden: []ui.Hidden{{Name: "version", Value: f.Terms.Version}}}, fields...))
	return p
}

// termsText are the terms that hold now.
func (f tellForm) termsText(b web.Base) web.Component {
	list := []web.Component{}
	if d, err := org.ParseDate(f.Terms.Version); err == nil {
		list = append(list, ui.Muted(b.T("mailbox.open.version", "date", b.Printer.ShortDate(d.At(720, time.UTC)))))
	}
	list = append(list, ui.ProseText(b.Printer, f.Terms.Text))
	return parts.SectionAt("terms-text", b.T("mailbox.open.terms"), list...)
}

func (f tellForm) accept(b web.Base, t web.Trouble) web.Component {
	return ui.Checkbox(b.Printer, ui.CheckField{Name: "terms", Label: b.T("mailbox.open.accept"), Checked: f.Accepted, Error: t.At("terms")})
}

// tellFields ask how somebody is told that something came, and in which language.
func (f tellForm) tellFields(b web.Base) []web.Component {
	details := ui.LinkList([]ui.Link{{Href: web.Path(b.Lang, "", "my", "details"), Text: b.T("mailbox.tell.details")}})
	var fields []web.Component
	if f.Account.EmailVerified {
		fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "tell_email", Label: b.T("mailbox.tell.email"), Hint: f.Account.Email, Checked: f.Email}))
	} else {
		fields = append(fields, ui.Muted(b.T("mailbox.tell.no_email")))
	}
	if f.Account.PhoneVerified {
		fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "tell_phone", Label: b.T("mailbox.tell.phone"), Hint: notify.ShowPhone(f.Account.Phone, ""), Checked: f.Phone}))
	} else {
		fields = append(fields, ui.Muted(b.T("mailbox.tell.no_phone")))
	}
	lang := ui.Choices{Name: "lang", Legend: b.T("mailbox.tell.lang")}
	for _, l := range f.Langs {
		if row, ok := i18n.Lookup(string(l)); ok {
			lang.Options = append(lang.Options, ui.Choice{Value: string(l), Label: row.Name, Lang: string(l), Checked: l == f.Lang})
		}
	}
	return []web.Component{parts.Group(b.Printer, b.T("mailbox.tell.legend"), b.T("mailbox.tell.hint"), append(fields, details)...), ui.Radios(b.Printer, lang)}
}
