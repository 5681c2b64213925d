package desk

import (
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// agreedFacts are what is known of the messages about an appointment: what was sent, and what its number agreed to.
type agreedFacts struct {
	Told    []notify.Letter
	History []consent.Row // of the number, by text message
}

// agreed reads them.
func (d *Door) agreed(v *web.Visit, a booking.Appointment) (f agreedFacts, err error) {
	if f.Told, err = d.Booking.Told(v.Ctx(), v.Actor(), a); err != nil || d.Consent == nil {
		return f, err
	}
	f.History, err = d.Consent.History(v.Ctx(), a.Org, notify.SMS, a.Details.Phone)
	return f, err
}

// consentPost writes down what the client said about text messages to the number of their booking.
func (d *Door) consentPost(v *web.Visit, a booking.Appointment) error {
	if !notify.IsMobile(a.Details.Phone) {
		return v.SeeOther(at(baseOf(v), string(a.ID)))
	}
	said := map[consent.Scope]bool{}
	for _, s := range consent.Scopes {
		said[s] = v.Form("may-"+string(s)) == "1"
	}
	if err := d.Consent.Say(v.Ctx(), v.Actor(), a.Org, notify.SMS, a.Details.Phone, said, consent.AtDesk); err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(a.ID)) + "?done=agreed")
}

// messages are the parts of an appointment's page about its messages.
func (f openFacts) messages(b web.Base) []web.Component {
	var out []web.Component
	if len(f.Told) > 0 {
		out = append(out, parts.Section(b.T("undelivered.told"), toldList(b, f.Config, f.Told)))
	}
	if !notify.IsMobile(f.A.Details.Phone) {
		return out
	}
	var fields []web.Component
	for _, s := range consent.Scopes {
		hint := b.T("consent.basis_number")
		if r, ok := consent.Latest(f.History, notify.SMS, s); ok {
			hint = b.T("consent.said_"+map[bool]string{true: "yes", false: "no"}[r.Given], "at", time.Unix(r.At, 0).In(f.Config.Zone()), "basis", b.T("consent.basis_"+string(r.Basis)))
		} else if s == consent.Care {
			hint = b.T("consent.not_asked")
		}
		fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{
			Name: "may-" + string(s), Label: b.T("consent.scope_" + string(s)), Hint: hint, Checked: consent.Allowed(f.History, notify.SMS, s),
		}))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("consent.save"), Look: ui.Secondary}))
	title := b.T("consent.desk_title", "number", notify.ShowPhone(f.A.Details.Phone, f.Config.Org.Country))
	return append(out, parts.More(title, parts.Form(ui.FormData{Action: at(b, string(ids.Appointment(f.A.ID)), "consent")}, fields...)))
}
