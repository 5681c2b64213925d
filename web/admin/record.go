package admin

import (
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// typedDate is a date as it was typed, in three fields.
type typedDate struct{ Day, Month, Year string }

func dateIn(v *web.Visit, name string) typedDate {
	field := func(part string) string { return strings.TrimSpace(v.Form(name + "-" + part)) }
	return typedDate{field("day"), field("month"), field("year")}
}

// iso is the date as YYYY-MM-DD, empty when nothing was typed, and no date at all when what was typed is none.
func (d typedDate) iso() string {
	if d == (typedDate{}) {
		return ""
	}
	pad := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	date := d.Year + "-" + pad(d.Month) + "-" + pad(d.Day)
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "?"
	}
	return date
}

// typedToday is today as it would be typed.
func typedToday(m moment) typedDate {
	t, err := time.Parse(time.DateOnly, m.today)
	if err != nil {
		return typedDate{}
	}
	return typedDate{t.Format("2"), t.Format("1"), t.Format("2006")}
}

// dateFields ask for a date in three fields. The first has the name of the date as its ID, so that an error's link finds it.
func dateFields(b web.Base, name, label, hint string, typed typedDate, t web.Trouble) web.Component {
	field := func(part, value string) ui.Field {
		return ui.Field{Name: name + "-" + part, Label: b.T("people.date_" + part), Value: value, InputMode: "numeric", Short: true, Autocomplete: "off"}
	}
	day := field("day", typed.Day)
	day.ID, day.Error = name, t.At(name)
	return group(b.Printer, label, hint, []web.Component{ui.FieldRow(
		ui.TextField(b.Printer, day), ui.TextField(b.Printer, field("month", typed.Month)), ui.TextField(b.Printer, field("year", typed.Year)),
	)})
}

// record is what was typed to record that somebody may act for another.
type record struct {
	Side             string // "guardian" or "dependant": what the open person is
	Kind, Identifier string // of the other one
	Number, Name     string // of a company
	CompanyKind      string
	Role             string
	From, Until      typedDate
	Evidence         string
}

func recordIn(v *web.Visit) record {
	return record{
		Side: v.Form("side"), Kind: v.Form("kind"), Identifier: v.Form("identifier"), Number: v.Form("number"), Name: v.Form("name"),
		CompanyKind: v.Form("company-kind"), Role: v.Form("role"), From: dateIn(v, "from"), Until: dateIn(v, "until"), Evidence: v.Form("evidence"),
	}
}

// request is what is typed for any record; a note that cannot be read counts as none.
func (r record) request(o ids.Org) identity.RecordRequest {
	evidence, ok := i18n.CleanText(r.Evidence)
	if !ok {
		evidence = ""
	}
	return identity.RecordRequest{Org: o, Role: r.Role, From: r.From.iso(), Until: r.Until.iso(), Evidence: evidence}
}

// guardianship asks for a guardianship to record.
func (d *Door) guardianship(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		typed := record{Side: "guardian", Kind: string(kindIn(v.Org.Org.Country)), From: typedToday(momentOf(v))}
		return show(v, newGuardianshipPage(page(v, ""), seen.Account.ShortName(), typed, nil))
	})
}

// guardianshipPost records a guardianship. What was typed stays.
func (d *Door) guardianshipPost(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		typed := recordIn(v)
		err := d.recordGuardianship(v, p, typed)
		if fault.Is(err, fault.KindInvalid) {
			return show(v, newGuardianshipPage(page(v, ""), seen.Account.ShortName(), typed, err))
		}
		if err != nil {
			return err
		}
		return leadTo(v, "?done=recorded", "person")
	})
}

func (d *Door) recordGuardianship(v *web.Visit, p ids.Person, typed record) error {
	if typed.Side != "guardian" && typed.Side != "dependant" {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "side", Key: "error.field.choose"})
	}
	other, err := d.byIdentifier(v, typed.Kind, typed.Identifier)
	if err != nil {
		return err
	}
	r := typed.request(v.OrgID())
	r.Guardian, r.Dependant = p, other
	if typed.Side == "dependant" {
		r.Guardian, r.Dependant = other, p
	}
	_, err = d.Identity.RecordGuardianship(v.Ctx(), v.Actor(), r)
	return fault.Renamed(err, map[string]string{"guardian": "identifier"})
}

// byIdentifier finds the one person with a national identifier; Invalid at the field identifier when there is none here.
func (d *Door) byIdentifier(v *web.Visit, kind, identifier string) (ids.Person, error) {
	identifier = strings.TrimSpace(identifier)
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: key})
	}
	if identifier == "" {
		return "", wrong("field.required")
	}
	list, err := d.Identity.FindPeople(v.Ctx(), v.Actor(), identity.Find{Org: v.OrgID(), Kind: natid.Kind(kind), Identifier: natid.Secret(identifier)})
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", wrong("people.nobody")
	}
	return list[0].Person, nil
}

func newGuardianshipPage(b web.Base, name string, typed record, why error) DeskPage {
	b.Title = b.T("people.record_guardianship")
	p := DeskPage{Base: b, Back: at(b, "person"), Lead: b.T("people.record_lead", "name", name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	side := ui.Choices{Name: "side", Legend: b.T("people.side"), Error: t.At("side")}
	for _, s := range []string{"guardian", "dependant"} {
		side.Options = append(side.Options, ui.Choice{Value: s, Label: b.T("people.side_" + s), Checked: typed.Side == s})
	}
	fields := append([]web.Component{ui.Radios(b.Printer, side)}, identifierFields(b, typed.Kind, typed.Identifier, b.T("people.other_identifier"), t)...)
	p.Parts = []web.Component{form(
		ui.FormData{Action: at(b, "person", "guardianship")}, ui.Button{Text: b.T("people.record")}, ui.Link{Href: at(b, "person"), Text: b.T("people.cancel")},
		append(fields, recordFields(b, typed, t)...)...,
	)}
	return p
}

// recordFields ask what every record has: from when, until when, and what was shown.
func recordFields(b web.Base, typed record, t web.Trouble) []web.Component {
	return []web.Component{
		dateFields(b, "from", b.T("people.record_from"), "", typed.From, t),
		dateFields(b, "until", b.T("people.record_until"), b.T("people.record_until_hint"), typed.Until, t),
		ui.TextArea(b.Printer, ui.Field{
			Name: "evidence", Label: b.T("people.evidence"), Hint: b.T("people.evidence_hint"), Value: typed.Evidence, Error: t.At("evidence"), Rows: 2,
		}),
	}
}

// companyRoles are the roles in which somebody may be recorded to act for a company.
var companyRoles = []string{"signatory", "representative", "employee", "other"}

// mandate asks for a mandate to record.
func (d *Door) mandate(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		typed := record{CompanyKind: string(identity.KindCompany), Role: companyRoles[0], From: typedToday(momentOf(v))}
		return show(v, newMandatePage(page(v, ""), seen.Account.ShortName(), typed, nil))
	})
}

// mandatePost records a mandate. What was typed stays.
func (d *Door) mandatePost(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		typed := recordIn(v)
		err := d.recordMandate(v, p, typed)
		if fault.Is(err, fault.KindInvalid) {
			return show(v, newMandatePage(page(v, ""), seen.Account.ShortName(), typed, err))
		}
		if err != nil {
			return err
		}
		return leadTo(v, "?done=recorded", "person")
	})
}

func (d *Door) recordMandate(v *web.Visit, p ids.Person, typed record) error {
	known := false
	for _, r := range companyRoles {
		known = known || r == typed.Role
	}
	if !known {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "role", Key: "error.field.choose"})
	}
	c, err := d.Identity.CompanyByNumber(v.Ctx(), v.Actor(), v.OrgID(), typed.Number, typed.Name, identity.CompanyKind(typed.CompanyKind))
	if err != nil {
		return err
	}
	r := typed.request(v.OrgID())
	r.Guardian, r.Company = p, c.ID
	_, err = d.Identity.RecordMandate(v.Ctx(), v.Actor(), r)
	return err
}

func newMandatePage(b web.Base, name string, typed record, why error) DeskPage {
	b.Title = b.T("people.record_mandate")
	p := DeskPage{Base: b, Back: at(b, "person"), Lead: b.T("people.mandate_lead", "name", name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	kind := ui.Choices{Name: "company-kind", Legend: b.T("company.kind")}
	for _, k := range []identity.CompanyKind{identity.KindCompany, identity.KindAssociation} {
		kind.Options = append(kind.Options, ui.Choice{Value: string(k), Label: b.T("company.kinds." + string(k)), Checked: typed.CompanyKind == string(k)})
	}
	role := ui.SelectField{Name: "role", Label: b.T("people.company_role"), Value: typed.Role, Error: t.At("role")}
	for _, r := range companyRoles {
		role.Options = append(role.Options, ui.Option{Value: r, Text: b.T("mandate.role." + r)})
	}
	fields := []web.Component{
		ui.TextField(b.Printer, ui.Field{
			Name: "number", Label: b.T("people.number"), Hint: b.T("people.number_hint"), Value: typed.Number, Error: t.At("number"), NoSpelling: true,
		}),
		ui.TextField(b.Printer, ui.Field{
			Name: "name", Label: b.T("people.company_name"), Hint: b.T("people.company_name_hint"), Value: typed.Name, Error: t.At("name"), Optional: true,
		}),
		ui.Radios(b.Printer, kind), ui.Select(b.Printer, role),
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: at(b, "person", "mandate")}, ui.Button{Text: b.T("people.record")}, ui.Link{Href: at(b, "person"), Text: b.T("people.cancel")},
		append(fields, recordFields(b, typed, t)...)...,
	)}
	return p
}
