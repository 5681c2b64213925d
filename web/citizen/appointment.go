package citizen

import (
	"net/http"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// AppointmentPage shows a booking to whoever has shown its code or link, and what can be done with it.
type AppointmentPage struct {
	web.Base
	Heading string
	Trouble *Trouble
	// Done says what was just done, in the words of a panel; empty on an ordinary visit.
	Done, DoneText string
	// State says why the booking is no more; nil for one that is to come.
	State *ui.AlertBox
	Facts AppointmentFacts
	// PIN is the kiosk's, and PINHint when and where it is good; empty for none.
	PIN, PINHint string
	// Confirm is the button that confirms a time that was set aside; without words there is none.
	Confirm    ui.Button
	ConfirmURL string
	// Live is whether the appointment is still to come.
	Live bool
	// Move, Edit and Cancel are what can be done online; an empty address is what cannot.
	Move, Edit, Cancel ui.Link
	// Until says until when, Why says why something cannot be done online.
	Until, Why []string
	// Wait leads to waiting for an earlier time; an empty address where that is not possible.
	Wait ui.Link
	// Again leads to booking the same service once more.
	Again ui.Link
	Links []ui.Link
	Close string // where the form that closes the booking goes
}

// What was just done, as the address says it: never anything about the person.
const (
	doneMoved     = "moved"
	doneEdited    = "edited"
	doneCancelled = "cancelled"
	doneClosed    = "closed"
	doneExpired   = "expired"
	doneConfirmed = "confirmed"
)

// withAppointment opens the appointment that the visitor has proven. Who has proven none is led to the form for the code, without a word about any
// appointment.
func (d *Door) withAppointment(h func(v *web.Visit, a booking.Appointment) error) web.Handler {
	return func(v *web.Visit) error {
		a, ok, err := d.provenAppointment(v)
		switch {
		case err != nil:
			return err
		case !ok:
			return v.SeeOther(v.URL("appointment") + "?done=" + doneExpired)
		}
		return h(v, a)
	}
}

func (d *Door) provenAppointment(v *web.Visit) (a booking.Appointment, ok bool, err error) {
	id, ok := v.Opened()
	if !ok {
		return a, false, nil
	}
	a, err = d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), id)
	switch {
	case fault.Is(err, fault.KindNotFound):
		v.ForgetProof()
		return a, false, nil
	case err != nil:
		return a, false, err
	case v.Now.After(time.Unix(a.End, 0).Add(booking.LinkLife)):
		v.ForgetProof() // a code opens it no longer, so a cookie does not either
		return a, false, nil
	}
	return a, true, nil
}

// appointment shows the booking, or asks for its code.
func (d *Door) appointment(v *web.Visit) error {
	a, ok, err := d.provenAppointment(v)
	switch {
	case err != nil:
		return err
	case !ok:
		return d.showCode(v, http.StatusOK, "", nil)
	}
	if a.StatusAt(v.Now.Unix()) == booking.Pending {
		return d.showPending(v, http.StatusOK, a, nil)
	}
	return d.showAppointment(v, http.StatusOK, a, nil)
}

// appointmentPost opens a booking by its code, or closes the one that is open.
func (d *Door) appointmentPost(v *web.Visit) error {
	if v.Form("forget") != "" {
		v.ForgetProof()
		return v.SeeOther(v.URL("appointment") + "?done=" + doneClosed)
	}
	typed := v.Form("code")
	a, err := d.Booking.Find(v.Ctx(), v.Actor(), v.OrgID(), typed)
	switch {
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		return d.showCode(v, http.StatusUnprocessableEntity, typed, err)
	case fault.Is(err, fault.KindTooMany):
		setRetryAfter(v, fault.Of(err).RetryAfter)
		return d.showCode(v, http.StatusTooManyRequests, typed, err)
	case err != nil:
		return err
	}
	v.Prove(a.Org, a.ID)
	return v.SeeOther(v.URL("appointment"))
}

// showAppointment shows the booking; why, unless it is nil, is what was refused just now.
func (d *Door) showAppointment(v *web.Visit, status int, a booking.Appointment, why error) error {
	st, err := d.Booking.StandingOf(v.Ctx(), a)
	if err != nil {
		return err
	}
	code, err := d.Booking.Code(a.ID)
	if err != nil {
		return err
	}
	b := v.Base("")
	facts := appointmentFacts(b, v.Org, a, code, v.Now)
	page := newAppointmentPage(b, appointmentInput{
		Appointment: a, Standing: st, Facts: facts, Done: v.Query("done"), Now: v.Now, Zone: v.Org.Zone(), Why: why,
		Offered: slices.ContainsFunc(v.Org.Offers, offers(a.Service)), CanWait: canWait(v.Org, a),
	})
	return v.Render(status, ShowAppointment(page))
}

// refused shows the booking with the reason why what was asked for was not done.
func (d *Door) refused(v *web.Visit, why error) error {
	a, ok, err := d.provenAppointment(v)
	switch {
	case err != nil:
		return err
	case !ok:
		return v.SeeOther(v.URL("appointment") + "?done=" + doneExpired)
	}
	return d.showAppointment(v, web.StatusOf(fault.Of(why).Kind), a, why)
}

// appointmentInput is what the page is made of.
type appointmentInput struct {
	Appointment booking.Appointment
	Standing    booking.Standing
	Facts       AppointmentFacts
	Done        string
	Now         time.Time
	Zone        *time.Location
	Why         error
	Offered     bool // whether the service can still be booked somewhere
	CanWait     bool // whether an earlier time can be waited for
}

func newAppointmentPage(b web.Base, in appointmentInput) AppointmentPage {
	a := in.Appointment
	p := AppointmentPage{Base: b, Heading: b.T("manage.title"), Facts: in.Facts, Close: b.URL("appointment")}
	p.Service = in.Facts.Service.In(b.Lang)
	p.NoIndex = true
	p.Live = booking.CheckLive(a, in.Now.Unix()) == nil
	p.Again = ui.Link{Href: b.URL("services"), Text: b.T("manage.again_any")}
	if in.Offered {
		p.Again = ui.Link{Href: b.URL("services", string(a.Service)), Text: b.T("manage.again")}
	}
	p.done(in)
	if in.Why != nil {
		f := fault.Of(in.Why)
		p.HasError = true
		p.Trouble = &Trouble{Title: b.T("manage.refused"), Items: []ui.ErrorItem{{Text: b.Printer.TA(f.Key, sentenceArgs(b.Printer, f.Args))}}}
	}
	if p.Live {
		p.deeds(in)
		if in.CanWait {
			p.Wait = ui.Link{Href: b.URL("appointment", "waiting"), Text: b.T("waiting.tell_me_earlier")}
		}
		p.Links = append(p.Links, ui.Link{Href: b.URL("appointment.ics"), Text: b.T("manage.ics"), Icon: "calendar", Download: true})
	}
	p.Links = append(p.Links, ui.Link{Href: b.URL("appointment", "print"), Text: b.T("manage.print"), Icon: "print"})
	p.Title = p.Heading
	if p.Done != "" {
		p.Title = p.Done
	}
	return p
}

// done says what was just done, if it is so, and what became of a booking that is no more.
func (p *AppointmentPage) done(in appointmentInput) {
	b, a := p.Base, in.Appointment
	cancelled, status := a.Status == booking.Cancelled, a.StatusAt(in.Now.Unix())
	switch {
	case in.Why != nil:
	case in.Done == doneConfirmed && status == booking.Booked && p.Live:
		p.Done = b.T("confirm.booked")
		if p.Facts.Email != "" {
			p.DoneText = b.T("manage.told", "email", p.Facts.Email)
		}
	case in.Done == doneMoved && p.Live, in.Done == doneEdited && p.Live, in.Done == doneCancelled && cancelled:
		p.Done = b.T("manage.done." + in.Done)
		p.DoneText = b.T("manage.untold")
		if p.Facts.Email != "" {
			p.DoneText = b.T("manage.told", "email", p.Facts.Email)
		}
	}
	switch at := time.Unix(a.CancelledAt, 0).In(in.Zone); {
	case cancelled && p.Done != "":
	case cancelled && a.CancelledBy == "client":
		p.State = &ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("manage.cancelled_by_client", "time", at)}
	case cancelled:
		p.State = &ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("manage.cancelled_by_office", "time", at)}
	case status == booking.Lapsed:
		p.State = &ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("confirm.lapsed")}
	case status == booking.Proposed:
		p.State = &ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("confirm.proposed", "until", time.Unix(a.ExpiresAt, 0).In(in.Zone))}
		p.Heading, p.ConfirmURL = b.T("confirm.proposed_title"), b.URL("appointment", "confirm")
		p.Confirm = ui.Button{Text: b.T("confirm.confirm")}
	case !p.Live:
		p.State = &ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("manage.past")}
	}
	p.PIN, p.PINHint = pinOf(b, a, in.Standing.Policy, in.Zone)
	if cancelled && p.State != nil && a.Reason != "" {
		p.State.Text += " " + b.T("manage.reason", "reason", a.Reason)
	}
	if cancelled {
		p.Heading = b.T("manage.title_cancelled")
	} else if status == booking.Lapsed {
		p.Heading = b.T("manage.title_lapsed")
	} else if !p.Live {
		p.Heading = b.T("manage.title_past")
	}
}

// deeds are what can be done, until when, and why the rest cannot.
func (p *AppointmentPage) deeds(in appointmentInput) {
	b, st, a := p.Base, in.Standing, in.Appointment
	why := func(err error) {
		f := fault.Of(err)
		if text := b.Printer.TA(f.Key, sentenceArgs(b.Printer, f.Args)); !slices.Contains(p.Why, text) {
			p.Why = append(p.Why, text)
		}
	}
	until := func(key string, unix int64) {
		if unix < a.Start {
			p.Until = append(p.Until, b.T(key, "time", time.Unix(unix, 0).In(in.Zone)))
		}
	}
	if st.Move != nil {
		why(st.Move)
	} else {
		p.Move = ui.Link{Href: b.URL("appointment", "move"), Text: b.T("manage.move")}
		until("manage.move_until", booking.ChangeUntil(st.Policy, a.Start))
	}
	if st.Edit != nil {
		// Who cannot move online any more cannot edit either: one sentence says both.
		if !fault.IsKey(st.Move, "manage.too_late_to_move") {
			why(st.Edit)
		}
	} else {
		p.Edit = ui.Link{Href: b.URL("appointment", "details"), Text: b.T("manage.edit")}
	}
	if st.Cancel != nil {
		why(st.Cancel)
	} else {
		p.Cancel = ui.Link{Href: b.URL("appointment", "cancel"), Text: b.T("manage.cancel")}
		until("manage.cancel_until", booking.CancelUntil(st.Policy, a.Start))
	}
}

// bring is the list of things to bring, and its language when another one stands in.
func (f AppointmentFacts) bring(lang i18n.Lang) (items []string, in string) {
	items, got := f.Bring.InOK(lang)
	if got != lang && len(items) > 0 {
		in = string(got)
	}
	return items, in
}

func offers(service ids.Service) func(catalog.Offer) bool {
	return func(o catalog.Offer) bool { return o.Service == service }
}
