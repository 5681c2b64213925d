package my

import (
	"strings"
	"time"

	"luukku/base/fault"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// ActingPage asks for whom the reader acts.
type ActingPage struct {
	web.Base
	Action  string
	Choices ui.Choices
	// None says that there is nobody but the reader.
	None bool
}

func (d *Door) acting(v *web.Visit) error {
	return d.showActing(v, nil)
}

func (d *Door) showActing(v *web.Visit, why error) error {
	list, err := d.Identity.Choices(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	return render(v, why != nil, ShowActing(newActingPage(v.Base(""), v.Signed().Name, v.Signed().Actor.For, list, why)))
}

func newActingPage(b web.Base, name string, now actor.Owner, list []identity.Choice, why error) ActingPage {
	p := ActingPage{Base: b, Action: at(b, "my", "acting"), None: len(list) == 0}
	p.Title = b.T("acting.title")
	p.Choices = ui.Choices{Name: "for", Legend: b.T("acting.legend"), Options: []ui.Choice{
		{Value: "me", Label: b.T("acting.myself", "name", name), Checked: now.IsZero()},
	}}
	for _, c := range list {
		o := ui.Choice{Value: valueOf(c.Owner), Label: c.Name, Checked: c.Owner == now}
		switch {
		case c.Owner.Company != "":
			o.Hint = b.T("acting.company", "role", b.T("mandate.role."+roleKey(b, c.Role)), "number", c.BusinessID)
		default:
			o.Hint = b.T("acting.dependant")
		}
		if c.Until != "" {
			o.Hint += " " + b.T("acting.until", "date", birthday(b, c.Until))
		}
		p.Choices.Options = append(p.Choices.Options, o)
	}
	if why != nil {
		p.HasError, p.Choices.Error = true, b.Printer.T(fault.Of(why).Key)
	}
	return p
}

// roleKey is the role's text where there is one: registers have roles that nobody here knows.
func roleKey(b web.Base, role string) string {
	if role != "" && b.Printer.Has("mandate.role."+role) {
		return role
	}
	return "other"
}

// valueOf writes an owner into a form: "p/..." for a person, "c/..." for a company.
func valueOf(o actor.Owner) string {
	if o.Company != "" {
		return "c/" + string(o.Company)
	}
	return "p/" + string(o.Person)
}

// ownerOf reads what valueOf wrote; the zero Owner is the reader.
func ownerOf(value string) (actor.Owner, bool) {
	if value == "me" {
		return actor.Owner{}, true
	}
	if len(value) < 3 || value[1] != '/' {
		return actor.Owner{}, false
	}
	switch value[0] {
	case 'p':
		return actor.Owner{Person: ids.Person(value[2:])}, true
	case 'c':
		return actor.Owner{Company: ids.Company(value[2:])}, true
	}
	return actor.Owner{}, false
}

func (d *Door) actingPost(v *web.Visit) error {
	owner, ok := ownerOf(v.Form("for"))
	if !ok {
		return d.showActing(v, fault.Invalid("error.field.choose", nil))
	}
	err := d.Identity.ActFor(v.Ctx(), v.Actor(), v.Signed().Session, owner)
	if fault.Is(err, fault.KindNotFound) {
		return d.showActing(v, err)
	}
	if err != nil {
		return err
	}
	v.ForgetProof() // what was open was somebody else's
	return v.SeeOther(web.Path(v.Lang, "", "my") + "/")
}

// CompanyPage registers a company or an association, or changes what is known of it.
type CompanyPage struct {
	web.Base
	Action  string
	Trouble *Trouble
	Rows    []ui.DefinitionRow
	Lead    string
	Email   ui.Field
	Phone   ui.Field
	First   bool
	Saved   bool
}

func (d *Door) company(v *web.Visit) error {
	c, err := d.Identity.CompanyOf(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	return render(v, false, ShowCompany(newCompanyPage(v.Base(""), c, identity.Details{Email: c.Email, Phone: c.Phone}, v.Query("saved") == "yes", nil)))
}

func (d *Door) companyPost(v *web.Visit) error {
	typed := identity.Details{Email: v.Form("email"), Phone: v.Form("phone"), Lang: v.Lang}
	err := d.Identity.RegisterCompany(v.Ctx(), v.Actor(), typed)
	if fault.Is(err, fault.KindInvalid) {
		c, other := d.Identity.CompanyOf(v.Ctx(), v.Actor())
		if other != nil {
			return other
		}
		return render(v, true, ShowCompany(newCompanyPage(v.Base(""), c, typed, false, err)))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "company") + "?saved=yes")
}

func newCompanyPage(b web.Base, c identity.Company, typed identity.Details, saved bool, why error) CompanyPage {
	p := CompanyPage{Base: b, Action: at(b, "my", "company"), First: c.Registered == 0, Saved: saved, Lead: b.T("company.lead")}
	p.Title = b.T("company.title")
	if p.First {
		p.Title, p.Lead = b.T("company.first_title"), b.T("company.first_lead")
	}
	p.Rows = []ui.DefinitionRow{
		{Key: b.T("company.name"), Value: c.Name}, {Key: b.T("company.number"), Value: c.BusinessID},
		{Key: b.T("company.kind"), Value: b.T("company.kinds." + string(c.Kind))},
	}
	p.Email = ui.Field{Name: "email", Label: b.T("common.email"), Type: "email", Value: typed.Email, Autocomplete: "email"}
	p.Phone = ui.Field{Name: "phone", Label: b.T("common.phone"), Type: "tel", Value: typed.Phone, Autocomplete: "tel"}
	if why != nil {
		p.HasError, p.Trouble = true, &Trouble{Title: b.T("error.summary_title")}
		for _, f := range fault.Of(why).Fields {
			text := b.Printer.TA(f.Key, f.Args)
			if f.Name == "phone" {
				p.Phone.Error = text
			} else {
				p.Email.Error = text
			}
			p.Trouble.Items = append(p.Trouble.Items, ui.ErrorItem{Href: "#" + f.Name, Text: text})
		}
	}
	return p
}

// SessionsPage lists where somebody is signed in.
type SessionsPage struct {
	web.Base
	Action string
	Table  ui.TableData
	Done   string
}

func (d *Door) sessions(v *web.Visit) error {
	list, err := d.Identity.SessionsOf(v.Ctx(), identity.SessionOfCitizen, string(v.Actor().Person))
	if err != nil {
		return err
	}
	return render(v, false, ShowSessions(newSessionsPage(v.Base(""), list, v.Signed().Session.Hash, v.Zone(), v.Query("done"))))
}

// log shows who looked at the reader's data.
func (d *Door) log(v *web.Visit) error {
	list, err := d.Log.ReadersOf(v.Ctx(), v.Actor().Person, 200)
	if err != nil {
		return err
	}
	name := func(o ids.Org) string {
		if c := d.config(v.Ctx(), o); c != nil {
			return c.Org.Name.In(v.Lang)
		}
		return v.P.T("log.installation")
	}
	return render(v, false, ShowLog(newLogPage(v.Base(""), list, name, v.Zone())))
}

// LogPage is who looked at the reader's data.
type LogPage struct {
	web.Base
	Table ui.TableData
	Empty bool
}

func newLogPage(b web.Base, list []Look, name func(ids.Org) string, zone *time.Location) LogPage {
	p := LogPage{Base: b, Empty: len(list) == 0}
	p.Title = b.T("log.title")
	p.Table = ui.TableData{Caption: p.Title, HideCaption: true, Head: []string{b.T("log.when"), b.T("log.who"), b.T("log.what"), b.T("log.why")}}
	for _, l := range list {
		p.Table.Rows = append(p.Table.Rows, []ui.Cell{
			{Text: b.Printer.At(time.Unix(l.At, 0).In(zone))}, {Text: name(l.Org)}, {Text: b.T("log.action." + actionKey(b, l.Action))}, {Text: l.Reason},
		})
	}
	return p
}

// actionKey is the text of an action where there is one.
func actionKey(b web.Base, action string) string {
	key := strings.ReplaceAll(action, ".", "_")
	if b.Printer.Has("log.action." + key) {
		return key
	}
	return "other"
}
