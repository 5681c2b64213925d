package eservice

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Desk is what the door needs more where one of the staff fills in a form for somebody.
type Desk interface {
	DeskForms(ctx context.Context, who actor.Actor, o ids.Org) ([]*catalog.Form, error)
	FillingsFor(ctx context.Context, who actor.Actor, o ids.Org) ([]eservice.Draft, error)
	BeginFor(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, as ids.Submission, lang i18n.Lang, b eservice.Behalf) (ids.Submission, error)
}

// NewDesk returns the door for those who work here, who fill in a form for somebody who cannot: the same pages, at the desk. Pages is set before it is used.
func NewDesk(site *web.Site, forms Forms, desk Desk, testCodes bool) *Door {
	d := &Door{Site: site, Forms: forms, Desk: desk, TestCodes: testCodes}
	const all = "/{lang}/staff/{org}/forms"
	const one = all + "/draft/{id}"
	d.Mux = web.NewMux(site, []web.Route{
		web.GET(all, actor.InboxWork, d.desk),
		web.POST(all, actor.InboxWork, d.deskPost),
		web.GET(one, actor.InboxWork, d.tasks),
		web.GET(one+"/step/{step}", actor.InboxWork, d.step),
		web.POST(one+"/step/{step}", actor.InboxWork, d.stepPost),
		web.GET(one+"/check", actor.InboxWork, d.check),
		web.POST(one+"/send", actor.InboxWork, d.sendPost),
		web.POST(one+"/move", actor.InboxWork, d.movePost),
		web.GET(one+"/drop", actor.InboxWork, d.dropPage),
		web.POST(one+"/drop", actor.InboxWork, d.dropPost),
		web.GET(one+"/file/{file}", actor.InboxWork, d.file),
		web.GET(one+"/filled.json", actor.InboxWork, d.answersJSON),
	})
	return d
}

// ServesDesk reports whether an address is the desk's: /{lang}/staff/{org}/forms and what is below it.
func ServesDesk(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	return len(parts) >= 4 && parts[1] == "staff" && parts[3] == "forms"
}

// base begins a page of this door.
func (d *Door) base(v *web.Visit) web.Base {
	b := v.Base("")
	if d.Open != nil {
		b.Unsigned = true
		return b
	}
	if d.Desk == nil {
		return b
	}
	b = atDesk(b)
	if d.Pages != nil {
		b.Nav = append(b.Nav, d.Pages(b, v.Actor())...)
	}
	if d.Keys != nil {
		b.Keys = d.Keys(v.Ctx(), v.Actor().Staff)
	}
	return b
}

func atDesk(b web.Base) web.Base {
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}
	return b
}

// isIn reports whether whoever sends something is known still.
func (d *Door) isIn(v *web.Visit) bool { return d.Desk != nil || d.Open != nil || v.Signed() != nil }

// behalf is for whom somebody of the staff fills in a form, as it was typed.
type behalf struct{ Form, Lang, Code, Number, CompanyName, Kind, Name, Post, Phone, Email string }

// deskFacts is what the page is made of on which a form is begun for somebody.
type deskFacts struct {
	Config *catalog.Config
	Forms  []*catalog.Form
	Drafts []named
	Typed  behalf
	Key    ids.Submission
	Done   string
	Why    error
}

func (d *Door) desk(v *web.Visit) error {
	return d.showDesk(v, deskFacts{Typed: behalf{Form: v.Query("form"), Lang: string(v.Org.Org.Languages[0])}, Key: v.Site.Gen.Submission(), Done: v.Query("done")})
}

func (d *Door) showDesk(v *web.Visit, f deskFacts) error {
	var err error
	f.Config = v.Org
	if f.Forms, err = d.Desk.DeskForms(v.Ctx(), v.Actor(), v.OrgID()); err != nil {
		return err
	}
	list, err := d.Desk.FillingsFor(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	if f.Drafts, err = d.named(v.Ctx(), v.Lang, list); err != nil {
		return err
	}
	return show(v, newDeskPage(d.base(v), clockOf(v), f))
}

// deskPost begins a form for somebody.
func (d *Door) deskPost(v *web.Visit) error {
	t := behalf{v.Form("form"), v.Form("letter_lang"), v.Form("code"), strings.TrimSpace(v.Form("number")), v.Form("company_name"), v.Form("kind"), v.Form("name"), v.Form("post"), v.Form("phone"), v.Form("email")}
	draft, err := d.beginFor(v, t)
	if web.Mendable(err) || fault.IsKey(err, "forms.unknown") {
		return d.showDesk(v, deskFacts{Typed: t, Key: ids.Submission(v.Form("key")), Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "draft", string(draft)))
}

func (d *Door) beginFor(v *web.Visit, t behalf) (ids.Submission, error) {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	lang := i18n.Lang(t.Lang)
	switch {
	case t.Form == "":
		return "", wrong("form", "error.field.choose")
	case !slices.Contains(v.Org.Org.Languages, lang):
		return "", wrong("letter_lang", "error.field.choose")
	}
	b := eservice.Behalf{Company: eservice.BehalfCompany{Number: t.Number, Name: t.CompanyName, Kind: identity.CompanyKind(t.Kind)}, Contact: eservice.Contact{Name: t.Name, Phone: t.Phone, Email: t.Email}}
	for line := range strings.Lines(t.Post) {
		if line = strings.TrimSpace(line); line != "" {
			b.Contact.Post = append(b.Contact.Post, line)
		}
	}
	if code := strings.Join(strings.Fields(t.Code), ""); code != "" {
		kind := mailbox.IdentifierKind(v.Org.Org.Country)
		secret, err := natid.Parse(kind, code, natid.Options{Test: d.TestCodes, Year: v.Now.Year()})
		if err != nil {
			return "", wrong("code", fault.Of(err).Key)
		}
		b.Kind, b.Code, b.Coded = natid.Sort(kind, secret), secret, true
	}
	return d.Desk.BeginFor(v.Ctx(), v.Actor(), v.OrgID(), ids.Form(t.Form), ids.Submission(v.Form("key")), lang, b)
}

func newDeskPage(b web.Base, c clock, f deskFacts) Page {
	p := newPage(b, b.T("eform.desk.title"))
	p.Back, p.Lead = web.Path(b.Lang, "", "staff", string(b.Org), "inbox")+"?kind=submission", b.T("eform.desk.lead")
	switch f.Done {
	case "dropped":
		p.Done = b.T("eform.drafts.dropped")
	case "saved":
		p.Done = b.T("eform.drafts.saved")
	}
	said := map[string]string{}
	if f.Why != nil {
		why := fault.Of(f.Why)
		for _, x := range why.Fields {
			said[x.Name] = b.Printer.TA(x.Key, x.Args)
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: said[x.Name]})
		}
		if len(why.Fields) == 0 {
			p.Trouble = append(p.Trouble, ui.ErrorItem{Text: b.Printer.TA(why.Key, why.Args)})
		}
		p.HasError = true
	}
	if len(f.Drafts) > 0 {
		var list []ui.Link
		for _, x := range f.Drafts {
			note := " · " + b.T("eform.drafts.changed", "at", c.at(b, x.ChangedAt)) + " · " + b.T("eform.drafts.until", "day", c.day(b, x.ExpiresAt-1))
			list = append(list, ui.Link{Href: at(b, "draft", string(x.ID)), Text: x.Name, Note: note})
		}
		p.add(parts.Section(b.T("eform.desk.begun"), ui.LinkList(list)))
	}
	if len(f.Forms) == 0 {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("eform.desk.none")}))
		return p
	}
	which := ui.SelectField{Name: "form", Label: b.T("eform.desk.form"), Value: f.Typed.Form, Error: said["form"], Options: []ui.Option{{Text: b.T("eform.desk.choose")}}}
	for _, x := range f.Forms {
		which.Options = append(which.Options, ui.Option{Value: string(x.ID), Text: x.Name.In(b.Lang)})
	}
	lang := ui.SelectField{Name: "letter_lang", Label: b.T("eform.desk.lang"), Value: f.Typed.Lang, Error: said["letter_lang"]}
	for _, l := range f.Config.Org.Languages {
		lang.Options = append(lang.Options, ui.Option{Value: string(l), Text: b.T("common.languages." + string(l))})
	}
	field := func(name, label, value, kind string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Value: value, Error: said[name], Type: kind, Autocomplete: "off", NoSpelling: true, Optional: true})
	}
	company := []web.Component{ui.TextField(b.Printer, ui.Field{
		Name: "number", Label: b.T("access.number"), Hint: b.T("eform.desk.number_hint"), Value: f.Typed.Number, Error: said["number"], Short: true, NoSpelling: true, Autocomplete: "off", Optional: true,
	})}
	if said["company_name"] != "" || f.Typed.CompanyName != "" { // nobody has the number yet
		company = append(company, ui.FieldRow(field("company_name", b.T("eform.desk.company_name"), f.Typed.CompanyName, ""),
			ui.Select(b.Printer, ui.SelectField{Name: "kind", Label: b.T("access.kind"), Value: f.Typed.Kind, Options: []ui.Option{
				{Value: string(identity.KindCompany), Text: b.T("access.kind_company")}, {Value: string(identity.KindAssociation), Text: b.T("access.kind_association")},
			}})))
	}
	p.add(parts.Form(ui.FormData{Action: at(b), Hidden: []ui.Hidden{{Name: "key", Value: string(f.Key)}}},
		ui.FieldRow(ui.Select(b.Printer, which), ui.Select(b.Printer, lang)),
		parts.Section(b.T("eform.desk.known"), ui.TextField(b.Printer, ui.Field{
			Name: "code", Label: b.T("mailing.code"), Hint: b.T("eform.desk.code_hint"), Value: f.Typed.Code, Error: said["code"], Short: true, NoSpelling: true, Autocomplete: "off", Optional: true,
		})),
		parts.Section(b.T("eform.desk.company"), company...),
		parts.Section(b.T("eform.desk.contact"), ui.P(b.T("eform.desk.contact_lead")),
			field("name", b.T("eform.desk.name"), f.Typed.Name, ""),
			ui.TextArea(b.Printer, ui.Field{Name: "post", Label: b.T("inbox.letter.post"), Hint: b.T("eform.desk.post_hint"), Value: f.Typed.Post, Error: said["post"], Rows: 4, NoSpelling: true, Optional: true}),
			ui.FieldRow(field("phone", b.T("common.phone"), f.Typed.Phone, "tel"), field("email", b.T("common.email"), f.Typed.Email, "email"))),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.desk.begin"), Key: b.Keys.Of(staff.DeskMain)}))))
	return p
}

// forWhom says, on each page of a form that the office fills in, for whom it is.
func forWhom(b web.Base, f eservice.Filling) []web.Component {
	if f.By == "" {
		return nil
	}
	name := f.ForName
	if name == "" && f.For != nil {
		name = f.For.Name
	}
	return []web.Component{ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("eform.desk.for", "name", name)})}
}

// declared is what whoever sends a form says by that.
func declared(b web.Base, f eservice.Filling) []web.Component {
	if f.By == "" {
		return []web.Component{ui.P(b.T("eform.check.declare"))}
	}
	out := []web.Component{ui.P(b.T("eform.desk.declare"))}
	if eservice.MayAsk(f.Form.Signers) {
		out = append(out, ui.P(b.T("eform.desk.signers")))
	}
	return out
}

// atWork is the page of the work that something makes that was sent for somebody.
func atWork(v *web.Visit, x eservice.Submission) string {
	here := web.Path(v.Lang, "", "staff", string(v.OrgID()), "inbox")
	if x.Item == "" {
		return here + "?kind=submission"
	}
	return here + "/" + string(x.Item) + "?done=filled"
}
