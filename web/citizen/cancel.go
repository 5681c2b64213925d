package citizen

import (
	"net/http"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
	"luukku/web/ui"
)

// CancelPage asks once whether to give a booking up.
type CancelPage struct {
	web.Base
	Heading string
	Back    string
	Trouble *Trouble
	Rows    []ui.SummaryRow
	// Move leads to another time instead; without an address it cannot be moved online.
	Move   ui.Link
	Action string
	Hidden []ui.Hidden
	Reason ui.Field
}

// cancelInput is what the page is made of.
type cancelInput struct {
	Appointment booking.Appointment
	Facts       AppointmentFacts
	CanMove     bool
	Reason      string
	Key         ids.FormKey
	Why         error
}

// cancel asks whether to cancel, and advises to move instead.
func (d *Door) cancel(v *web.Visit, a booking.Appointment) error {
	st, err := d.Booking.StandingOf(v.Ctx(), a)
	switch {
	case err != nil:
		return err
	case st.Cancel != nil:
		return v.SeeOther(v.URL("appointment")) // it says why not
	}
	return d.showCancel(v, http.StatusOK, cancelInput{Appointment: a})
}

// cancelPost cancels. Asked twice, the answer is the same: the booking is cancelled.
func (d *Door) cancelPost(v *web.Visit, a booking.Appointment) error {
	_, err := d.Booking.Cancel(v.Ctx(), v.Actor(), booking.CancelRequest{
		Org: a.Org, ID: a.ID, Reason: v.Form("reason"), Key: ids.FormKey(v.Form("key")), Seen: seen(v),
	})
	in := cancelInput{Appointment: a, Reason: v.Form("reason"), Why: err}
	switch {
	case err == nil, fault.IsKey(err, "manage.cancelled_already"):
		return v.SeeOther(v.URL("appointment") + "?done=" + doneCancelled)
	case fault.IsKey(err, "form.invalid"), fault.IsKey(err, "form.bad_key"):
		return d.showCancel(v, http.StatusUnprocessableEntity, in)
	case fault.Is(err, fault.KindConflict):
		if in.Appointment, err = d.Booking.Appointment(v.Ctx(), v.Actor(), a.Org, a.ID); err != nil {
			return err
		}
		if in.Appointment.Status == booking.Cancelled {
			return v.SeeOther(v.URL("appointment") + "?done=" + doneCancelled)
		}
		return d.showCancel(v, http.StatusConflict, in)
	case fault.Is(err, fault.KindInvalid):
		return d.refused(v, err)
	}
	return err
}

func (d *Door) showCancel(v *web.Visit, status int, in cancelInput) error {
	st, err := d.Booking.StandingOf(v.Ctx(), in.Appointment)
	if err != nil {
		return err
	}
	b := v.Base("")
	in.Facts = appointmentFacts(b, v.Org, in.Appointment, "", v.Now)
	in.CanMove, in.Key = st.Move == nil, v.Site.Gen.FormKey()
	return v.Render(status, ShowCancel(newCancelPage(b, in)))
}

func newCancelPage(b web.Base, in cancelInput) CancelPage {
	p := CancelPage{Base: b, Heading: b.T("cancel.title"), Back: b.URL("appointment"), Action: b.URL("appointment", "cancel")}
	p.Title, p.Service = p.Heading, in.Facts.Service.In(b.Lang)
	p.NoIndex = true
	p.Rows = in.Facts.rows(b, true)
	p.Hidden = writeFields(in.Key, in.Appointment)
	if in.CanMove {
		p.Move = ui.Link{Href: b.URL("appointment", "move"), Text: b.T("cancel.move")}
	}
	p.Reason = ui.Field{Name: "reason", Label: b.T("cancel.reason"), Hint: b.T("cancel.reason_hint"), Value: in.Reason, MaxLen: booking.MaxNote, Optional: true}
	if in.Why == nil {
		return p
	}
	f := fault.Of(in.Why)
	p.HasError = true
	p.Trouble = &Trouble{Title: b.T("error.summary_title")}
	switch f.Key {
	case "form.invalid":
		for _, wrong := range f.Fields {
			p.Reason.Error = b.Printer.TA(wrong.Key, wrong.Args)
			p.Trouble.Items = append(p.Trouble.Items, ui.ErrorItem{Href: "#reason", Text: p.Reason.Error})
		}
	case "form.bad_key":
		p.Trouble = &Trouble{Title: b.T("error.bad_request_title"), Items: []ui.ErrorItem{{Text: b.T("cancel.bad_key")}}}
	default:
		p.Trouble = &Trouble{Title: b.T("cancel.stale_title"), Items: []ui.ErrorItem{{Text: b.T("cancel.stale")}}}
	}
	return p
}
