package citizen

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// PendingPage says that the booking must be confirmed from the mail, and what to do when none comes.
type PendingPage struct {
	web.Base
	Lead, Else string
	Resent     bool
	Trouble    *Trouble
	Code       string
	Rows       []ui.SummaryRow
	Action     string // of the form that sends the mail again
	Hidden     []ui.Hidden
	Edit       ui.Link
}

// pendingInput is what the page is made of.
type pendingInput struct {
	Appointment booking.Appointment
	Facts       AppointmentFacts
	Zone        *time.Location
	Resent      bool
	Key         ids.FormKey
	Why         error
}

func newPendingPage(b web.Base, in pendingInput) PendingPage {
	a := in.Appointment
	p := PendingPage{
		Base: b, Resent: in.Resent, Code: in.Facts.Code, Rows: in.Facts.rows(b, true), Action: b.URL("appointment", "resend"),
		Lead:   b.T("confirm.lead", "address", notify.MaskEmail(a.Details.Email), "until", time.Unix(a.ExpiresAt, 0).In(in.Zone)),
		Else:   b.T("confirm.else"),
		Hidden: []ui.Hidden{{Name: "key", Value: string(in.Key)}},
		Edit:   ui.Link{Href: b.URL("appointment", "details"), Text: b.T("confirm.mend")},
	}
	p.Title, p.Service, p.NoIndex = b.T("confirm.title"), in.Facts.Service.In(b.Lang), true
	if in.Why != nil {
		f := fault.Of(in.Why)
		p.HasError = true
		p.Trouble = &Trouble{Title: b.T("error.summary_title"), Items: []ui.ErrorItem{{Text: b.Printer.TA(f.Key, f.Args)}}}
	}
	return p
}

// showPending shows a booking that waits for its link.
func (d *Door) showPending(v *web.Visit, status int, a booking.Appointment, why error) error {
	code, err := d.Booking.Code(a.ID)
	if err != nil {
		return err
	}
	b := v.Base("")
	return v.Render(status, ShowPending(newPendingPage(b, pendingInput{
		Appointment: a, Facts: appointmentFacts(b, v.Org, a, code, v.Now), Zone: v.Org.Zone(), Resent: v.Query("done") == "resent" && why == nil,
		Key: v.Site.Gen.FormKey(), Why: why,
	})))
}

// resendPost mails the confirming link again.
func (d *Door) resendPost(v *web.Visit, a booking.Appointment) error {
	_, err := d.Booking.Resend(v.Ctx(), v.Actor(), a.Org, a.ID, ids.FormKey(v.Form("key")))
	switch {
	case err == nil:
		return v.SeeOther(v.URL("booked") + "?done=resent")
	case fault.IsKey(err, "confirm.resent_enough"):
		return d.showPending(v, http.StatusUnprocessableEntity, a, err)
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindConflict):
		return v.SeeOther(v.URL("appointment")) // it says what has become of the booking
	}
	return err
}

// confirmPost confirms a time that was set aside.
func (d *Door) confirmPost(v *web.Visit, a booking.Appointment) error {
	if a.Status == booking.Pending { // that takes the mailed link
		return v.SeeOther(v.URL("booked"))
	}
	_, err := d.Booking.Confirm(v.Ctx(), v.Actor(), a.Org, a.ID)
	switch {
	case err == nil:
		return v.SeeOther(v.URL("appointment") + "?done=" + doneConfirmed)
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindConflict):
		return d.refused(v, err)
	}
	return err
}
