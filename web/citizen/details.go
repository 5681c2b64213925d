package citizen

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// DetailsPage asks who comes.
type DetailsPage struct {
	web.Base
	Back     string
	Step, Of int
	Action   string
	Trouble  *Trouble
	Rows     []ui.SummaryRow
	Hold     *HoldNotice
	Fields   DetailsFields
}

// DetailsFields are the questions about a person, with what was answered and what is wrong with it. The page that changes a booking asks the same.
type DetailsFields struct {
	Name, Email, Phone, Note ui.Field
	Others                   []ui.Field // the names of those who come along
	Lang                     ui.Choices
}

// detailsForm is the ID of the form.
const detailsForm = "details"

// detailsFields puts the questions into words. Wrong are the fields of a fault; nil for none.
func detailsFields(b web.Base, o org.Organisation, d booking.Details, people int, wrong []fault.Field) DetailsFields {
	said := map[string]string{}
	for _, f := range wrong {
		said[f.Name] = b.Printer.TA(f.Key, f.Args)
	}
	fields := DetailsFields{
		Name: ui.Field{Name: "name", Label: b.T("details.name"), Value: d.Name, Autocomplete: "name", NoSpelling: true, Error: said["name"]},
		Email: ui.Field{
			Name: "email", Type: "email", Label: b.T("common.email"), Hint: b.T("details.email_hint"), Value: d.Email, Optional: true,
			Autocomplete: "email", Error: said["email"],
		},
		Phone: ui.Field{
			Name: "phone", Type: "tel", Label: b.T("common.phone"), Hint: b.T("details.phone_hint"), Value: notify.ShowPhone(d.Phone, o.Country), Optional: true,
			Autocomplete: "tel", Error: said["phone"],
		},
		Note: ui.Field{
			Name: "note", Label: b.T("details.note"), Hint: b.T("details.note_hint"), Value: d.Note, Optional: true, Rows: 3, MaxLen: booking.MaxNote,
			Error: said["note"],
		},
		Lang: ui.Choices{Name: "lang", Legend: b.T("details.lang"), Hint: b.T("details.lang_hint"), Error: said["lang"]},
	}
	for i := range people - 1 {
		name := booking.OtherField(i)
		f := ui.Field{Name: name, Label: b.T("visit.name_of", "n", i+2), NoSpelling: true, Error: said[name]}
		if others := strings.Split(d.Others, "\n"); i < len(others) {
			f.Value = others[i]
		}
		fields.Others = append(fields.Others, f)
	}
	for _, l := range o.Languages {
		fields.Lang.Options = append(fields.Lang.Options, ui.Choice{Value: string(l), Label: languageName(l), Lang: string(l), Checked: l == d.Lang})
	}
	return fields
}

func languageName(l i18n.Lang) string {
	row, ok := i18n.Lookup(string(l))
	if !ok {
		return string(l)
	}
	return row.Name
}

// fieldErrors are the lines of the summary, in the order of the fields on the page, each with the name of its field.
func fieldErrors(p *i18n.Printer, wrong []fault.Field) []ui.ErrorItem {
	var out []ui.ErrorItem
	for _, row := range [][2]string{
		{"name", "details.name"}, {"email", "common.email"}, {"phone", "common.phone"}, {"lang", "details.lang"}, {"note", "details.note"},
	} {
		for _, f := range wrong {
			if f.Name == row[0] {
				out = append(out, ui.ErrorItem{Href: "#" + f.Name, Text: p.T("details.wrong", "field", i18n.Key(row[1]), "what", p.TA(f.Key, f.Args))})
			}
		}
	}
	for _, f := range wrong {
		if n, ok := strings.CutPrefix(f.Name, "other-"); ok {
			text := p.TA(f.Key, f.Args)
			if i, err := strconv.Atoi(n); err == nil {
				text = p.T("visit.wrong_name", "n", i+1, "what", text)
			}
			out = append(out, ui.ErrorItem{Href: "#" + f.Name, Text: text})
		}
	}
	return out
}

// typedDetails reads the form.
func typedDetails(v *web.Visit) booking.Details {
	var others []string
	for i := 0; v.R.PostForm.Has(booking.OtherField(i)); i++ {
		others = append(others, oneLine(v.Form(booking.OtherField(i))))
	}
	return booking.Details{
		Name: v.Form("name"), Email: v.Form("email"), Phone: v.Form("phone"), Lang: i18n.Lang(v.Form("lang")), Note: v.Form("note"),
		Others: strings.Join(others, "\n"),
	}
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// details asks who comes.
func (d *Door) details(v *web.Visit, dr openDraft) error {
	if err := d.known(v, &dr); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDetails(newDetailsPage(v.Base(""), dr, nil)))
}

// known asks who goes on to sign in where the service wants that, and begins the form with what is known of them. What was typed is in the draft, and waits.
func (d *Door) known(v *web.Visit, dr *openDraft) error {
	who := v.Actor()
	if err := booking.CheckKnown(dr.Schedule.Policy, who); err != nil {
		return err
	}
	if d.Known == nil || who.Kind != actor.KindCitizen || dr.Filled || dr.Details != (booking.Details{}) && dr.Details.Name != "" {
		return nil
	}
	known, err := d.Known(v.Ctx(), who)
	if err != nil {
		return err
	}
	if !slices.Contains(v.Org.Org.Languages, known.Lang) {
		known.Lang = v.Lang
	}
	known.Note = dr.Details.Note
	if of, _ := v.Sealed(forCookie); of == forOther && who.For.IsZero() {
		known.Name = "" // it is for somebody else
	}
	dr.Details = known
	return nil
}

// detailsPost keeps what was typed and goes on to the check.
func (d *Door) detailsPost(v *web.Visit, dr openDraft) error {
	typed := typedDetails(v)
	_, err := d.Booking.SaveDetails(v.Ctx(), v.Actor(), v.OrgID(), dr.ID, typed)
	if fault.Is(err, fault.KindInvalid) {
		dr.Details = typed
		return d.detailsAgain(v, dr, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(draftURL(v, dr.ID, "check"))
}

// detailsAgain shows the form again with what was typed, and what is to be mended.
func (d *Door) detailsAgain(v *web.Visit, dr openDraft, why error) error {
	return v.Render(pickStatus(why), ShowDetails(newDetailsPage(v.Base(""), dr, why)))
}

func newDetailsPage(b web.Base, dr openDraft, why error) DetailsPage {
	b.Title, b.Service, b.NoIndex = b.T("details.title"), dr.Schedule.Service.Name.In(b.Lang), true
	page := DetailsPage{
		Base: b, Rows: dr.chosenRows(b), Hold: holdNotice(b, dr, detailsForm),
		Action: b.URL("book", "draft", string(dr.ID), "details"),
	}
	page.Back = dr.timeURL(b)
	page.Step, page.Of = stepOf(dr.Schedule.Config, dr.Service, stepDetails)
	var wrong []fault.Field
	if why != nil {
		f := fault.Of(why)
		wrong = f.Fields
		page.HasError = true
		page.Trouble = &Trouble{Title: b.Printer.TA(f.Key, f.Args), Items: fieldErrors(b.Printer, wrong)}
	}
	page.Fields = detailsFields(b, dr.Schedule.Config.Org, dr.Details, dr.Visit.People, wrong)
	if l := dr.Wish.Language; l != "" { // the time is where this language is spoken; another is chosen with another time
		page.Fields.Lang.Options = []ui.Choice{{Value: string(l), Label: languageName(l), Lang: string(l), Checked: true}}
	}
	if dr.MustConfirm {
		page.Fields.Email.Optional, page.Fields.Email.Hint = false, b.T("details.email_confirm", "time", b.Printer.Deadline(dr.Schedule.Policy.ConfirmWindow))
	}
	return page
}
