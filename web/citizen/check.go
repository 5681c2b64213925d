package citizen

import (
	"net/http"

	"luukku/base/fault"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// CheckPage shows everything before it is booked.
type CheckPage struct {
	web.Base
	Back     string
	Step, Of int
	Lead     string
	Action   string
	Trouble  *Trouble
	Hold     *HoldNotice
	Chosen   []ui.SummaryRow
	Details  []ui.SummaryRow
	Phone    string
}

// checkForm is the ID of the form.
const checkForm = "check"

// check shows everything before it is booked.
func (d *Door) check(v *web.Visit, dr openDraft) error {
	if !dr.Filled {
		return v.SeeOther(draftURL(v, dr.ID, "details"))
	}
	if err := booking.CheckKnown(dr.Schedule.Policy, v.Actor()); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowCheck(newCheckPage(v.Base(""), dr, confirms(v, dr), nil)))
}

// checkPost books.
func (d *Door) checkPost(v *web.Visit, dr openDraft) error {
	made, err := d.Booking.BookDraft(v.Ctx(), v.Actor(), v.OrgID(), dr.ID)
	f := fault.Of(err)
	switch {
	case err == nil:
		return d.booked(v, made.Appointment.ID, made.Retaken)
	case f.Key == "draft.unfilled":
		return v.SeeOther(draftURL(v, dr.ID, "details"))
	case f.Key == "booking.too_many" || f.Key == "form.key_reused":
		return v.Render(pickStatus(err), ShowCheck(newCheckPage(v.Base(""), dr, confirms(v, dr), err)))
	case f.Kind == fault.KindConflict || f.Kind == fault.KindInvalid:
		return d.pickOther(v, dr, err)
	}
	return err
}

// confirms reports whether the visitor will have to confirm by the mailed link.
func confirms(v *web.Visit, dr openDraft) bool {
	return booking.NeedsConfirming(dr.Schedule.Policy, v.Actor())
}

func newCheckPage(b web.Base, dr openDraft, confirm bool, why error) CheckPage {
	b.Title, b.Service, b.NoIndex = b.T("check.title"), dr.Schedule.Service.Name.In(b.Lang), true
	page := CheckPage{
		Base: b, Chosen: dr.chosenRows(b), Hold: holdNotice(b, dr, checkForm), Phone: phoneOf(dr.Schedule),
		Back: b.URL("book", "draft", string(dr.ID), "details"), Action: b.URL("book", "draft", string(dr.ID), "check"),
	}
	page.Lead = b.T("check.not_yet")
	if confirm {
		page.Lead = b.T("check.then_confirm", "time", b.Printer.Deadline(dr.Schedule.Policy.ConfirmWindow))
	}
	page.Step, page.Of = stepOf(dr.Schedule.Config, dr.Service, stepCheck)
	page.Details = detailRows(b, dr.Details, dr.Schedule.Config.Org.Country, page.Back)
	if why != nil {
		f := fault.Of(why)
		page.HasError = true
		page.Trouble = &Trouble{Title: b.Printer.TA(f.Key, sentenceArgs(b.Printer, f.Args))}
		if f.Key == "booking.too_many" {
			page.Trouble.Items = []ui.ErrorItem{{Href: b.URL("appointment"), Text: b.T("check.too_many_help")}}
		}
	}
	return page
}

// detailRows are what a person told, each with the way to change it; an empty address leaves the ways out.
func detailRows(b web.Base, d booking.Details, home, change string) []ui.SummaryRow {
	at := func(field string) string {
		if change == "" {
			return ""
		}
		return change + "#" + field
	}
	row := func(key, value, field string) ui.SummaryRow {
		if value == "" {
			value = b.T("common.not_given")
		}
		return ui.SummaryRow{Key: b.T(key), Value: value, Capital: field == "lang", ChangeHref: at(field)}
	}
	return []ui.SummaryRow{
		row("details.name", d.Name, "name"),
		row("common.email", d.Email, "email"),
		row("common.phone", notify.ShowPhone(d.Phone, home), "phone"),
		row("details.lang", b.T("common.languages."+string(d.Lang)), "lang"),
		row("details.note", d.Note, "note"),
	}
}
