package citizen

import (
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// EditPage changes the details of a booking.
type EditPage struct {
	web.Base
	Heading string
	Back    string
	Trouble *Trouble
	// Now are the details as they are saved, when they are not those that were shown before; empty otherwise.
	Now    []ui.SummaryRow
	Rows   []ui.SummaryRow // which booking
	Action string
	Hidden []ui.Hidden

	Fields DetailsFields
}

// editInput is what the page is made of.
type editInput struct {
	Org         org.Organisation
	Appointment booking.Appointment // as it is saved
	Facts       AppointmentFacts
	Typed       booking.Details
	Key         ids.FormKey
	Why         error
}

// edit shows the details to be changed.
func (d *Door) edit(v *web.Visit, a booking.Appointment) error {
	st, err := d.Booking.StandingOf(v.Ctx(), a)
	switch {
	case err != nil:
		return err
	case st.Edit != nil:
		return v.SeeOther(v.URL("appointment")) // it says why not
	}
	return d.showEdit(v, http.StatusOK, editInput{Appointment: a, Typed: a.Details})
}

// editPost saves the details. Whatever is wrong, nothing that was typed is lost.
func (d *Door) editPost(v *web.Visit, a booking.Appointment) error {
	typed := typedDetails(v)
	_, err := d.Booking.Edit(v.Ctx(), v.Actor(), booking.EditRequest{
		Org: a.Org, ID: a.ID, Details: typed, Key: ids.FormKey(v.Form("key")), Seen: seen(v),
	})
	in := editInput{Appointment: a, Typed: typed, Why: err}
	switch {
	case err == nil:
		return v.SeeOther(v.URL("appointment") + "?done=" + doneEdited)
	case fault.IsKey(err, "form.invalid"), fault.IsKey(err, "form.bad_key"), fault.IsKey(err, "booking.too_many"):
		return d.showEdit(v, http.StatusUnprocessableEntity, in)
	case fault.Is(err, fault.KindConflict):
		// Read again: it may have changed while this form was being taken.
		if in.Appointment, err = d.Booking.Appointment(v.Ctx(), v.Actor(), a.Org, a.ID); err != nil {
			return err
		}
		return d.showEdit(v, http.StatusConflict, in)
	case fault.Is(err, fault.KindInvalid):
		return d.refused(v, err)
	}
	return err
}

// seen is the state of the appointment that a form showed.
func seen(v *web.Visit) *int64 {
	n, err := strconv.ParseInt(v.Form("seen"), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func (d *Door) showEdit(v *web.Visit, status int, in editInput) error {
	code, err := d.Booking.Code(in.Appointment.ID)
	if err != nil {
		return err
	}
	b := v.Base("")
	in.Org, in.Key = v.Org.Org, v.Site.Gen.FormKey()
	in.Facts = appointmentFacts(b, v.Org, in.Appointment, code, v.Now)
	return v.Render(status, ShowEdit(newEditPage(b, in)))
}

func newEditPage(b web.Base, in editInput) EditPage {
	p := EditPage{Base: b, Heading: b.T("edit.title"), Back: b.URL("appointment"), Action: b.URL("appointment", "details")}
	p.Title, p.Service = p.Heading, in.Facts.Service.In(b.Lang)
	p.NoIndex = true
	p.Rows = in.Facts.rows(b, true)
	p.Hidden = writeFields(in.Key, in.Appointment)
	var wrong []fault.Field
	if in.Why != nil {
		wrong = fault.Of(in.Why).Fields
	}
	p.Fields = detailsFields(b, in.Org, in.Typed, in.Appointment.Visit().People, wrong)
	p.trouble(in)
	return p
}

// trouble tells what was wrong: at the fields, and on top.
func (p *EditPage) trouble(in editInput) {
	if in.Why == nil {
		return
	}
	b, f := p.Base, fault.Of(in.Why)
	p.HasError = true
	p.Trouble = &Trouble{Title: b.T("error.summary_title")}
	add := func(text string) { p.Trouble.Items = append(p.Trouble.Items, ui.ErrorItem{Text: text}) }
	switch f.Key {
	case "form.invalid":
		p.Trouble.Items = fieldErrors(b.Printer, f.Fields)
	case "manage.stale":
		p.Trouble.Title = b.T("edit.stale_title")
		add(b.T("edit.stale"))
		p.Now = in.Facts.person(b)
	case "form.key_reused":
		p.Trouble.Title = b.T("edit.again_title")
		add(b.T("edit.again"))
	case "form.bad_key":
		p.Trouble.Title = b.T("error.bad_request_title")
		add(b.T("edit.bad_key"))
	default:
		add(b.Printer.TA(f.Key, sentenceArgs(b.Printer, f.Args)))
	}
}

// writeFields go with every form that changes a booking: a key of its own, and which state of the booking it shows.
func writeFields(key ids.FormKey, a booking.Appointment) []ui.Hidden {
	return []ui.Hidden{{Name: "key", Value: string(key)}, {Name: "seen", Value: strconv.FormatInt(a.Sequence, 10)}}
}
