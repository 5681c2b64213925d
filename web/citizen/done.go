package citizen

import (
	"net/http"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// DonePage confirms a booking.
type DonePage struct {
	web.Base
	When    string
	Code    string
	Retaken bool
	// PIN is the kiosk's, and PINHint when and where it is good; empty for none.
	PIN, PINHint string
	Facts        []ui.DefinitionRow
	Bring        []string
	// SentTo is the masked address that the code is mailed to; empty for none.
	SentTo   string
	Calendar ui.Link
	Print    ui.Link
	Manage   ui.Link
	Next     []string
	Phone    string
}

// done shows what was booked, to whoever has proven the booking.
func (d *Door) done(v *web.Visit) error {
	id, ok := v.Opened()
	if !ok {
		return v.SeeOther(v.URL("appointment"))
	}
	a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), id)
	switch {
	case err == nil && a.StatusAt(v.Now.Unix()) == booking.Pending:
		return d.showPending(v, http.StatusOK, a, nil)
	case fault.Is(err, fault.KindNotFound) || err == nil && a.Status != booking.Booked:
		return v.SeeOther(v.URL("appointment"))
	case err != nil:
		return err
	}
	f := doneFacts{Config: v.Org, Appointment: a, Policy: v.Org.PolicyAt(a.PolicyVersion, a.Service, a.Office), Retaken: v.Query("again") == "1"}
	if f.Code, err = d.Booking.Code(id); err != nil {
		return err
	}
	if f.Service, err = v.Org.Service(a.Service); err != nil {
		return err
	}
	if f.Office, err = v.Org.Office(a.Office); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDone(newDonePage(v.Base(""), f)))
}

// doneFacts is what the confirmation shows, before it is put into words.
type doneFacts struct {
	Config      *catalog.Config
	Service     *catalog.Service
	Office      *org.Office
	Appointment booking.Appointment
	Policy      catalog.Policy
	Code        string
	Retaken     bool
}

func newDonePage(b web.Base, f doneFacts) DonePage {
	a := f.Appointment
	b.Title, b.Service, b.NoIndex = b.T("done.title"), f.Service.Name.In(b.Lang), true
	page := DonePage{
		Base: b, When: timeLine(b, a.Start, a.End, f.Config.Zone()), Code: ids.FormatCode(f.Code), Retaken: f.Retaken, Bring: f.Service.Bring.In(b.Lang),
		Calendar: ui.Link{Href: b.URL("appointment.ics"), Text: b.T("done.calendar"), Download: true},
		Print:    ui.Link{Href: b.URL("appointment", "print"), Text: b.T("done.print")},
		Manage:   ui.Link{Href: b.URL("appointment"), Text: b.T("done.manage")},
		Phone:    f.Office.Phone,
	}
	if page.Phone == "" {
		page.Phone = f.Config.Org.Phone
	}
	page.PIN, page.PINHint = pinOf(b, a, f.Policy, f.Config.Zone())
	if a.Details.Email != "" {
		page.SentTo = b.T("done.sent_to", "address", notify.MaskEmail(a.Details.Email))
	}
	page.Facts = []ui.DefinitionRow{
		{Key: b.T("common.service"), Value: f.Service.Name.In(b.Lang)},
		{Key: b.T("done.when"), Value: page.When, Capital: true},
		{Key: b.T("common.place"), Value: parts.Join("\n", f.Office.Name.In(b.Lang), parts.AddressLine(b, f.Office), insideLine(b, f.Office), f.Office.Access.In(b.Lang))},
		{Key: b.T("details.name"), Value: a.Details.Name},
		{Key: b.T("details.lang"), Value: b.T("common.languages." + string(a.Details.Lang)), Capital: true},
	}
	for i, r := range visitRows(b, f.Config, a.Visit(), a.Names()) {
		page.Facts = slices.Insert(page.Facts, 1+i, ui.DefinitionRow{Key: r.Key, Value: r.Value})
	}
	page.Next = doneNext(b, f)
	return page
}

// pinOf is the kiosk PIN in groups, and when it is good.
func pinOf(b web.Base, a booking.Appointment, p catalog.Policy, zone *time.Location) (pin, hint string) {
	if a.PIN == "" || a.Status != booking.Booked {
		return "", ""
	}
	from, until := time.Unix(p.CheckinFrom(a.Start), 0).In(zone), time.Unix(p.CheckinUntil(a.Start), 0).In(zone)
	return ids.FormatPIN(a.PIN), b.T("confirm.pin_hint", "window", b.Printer.ClockRange(from, until))
}

// doneNext is what happens next, in words.
func doneNext(b web.Base, f doneFacts) []string {
	a := f.Appointment
	next := []string{b.T("done.keep_code"), b.T("done.come")}
	zone := f.Config.Zone()
	call := parts.CallOf(f.Config.Org, f.Office)
	until := time.Unix(booking.CancelUntil(f.Policy, a.Start), 0).In(zone)
	switch {
	case f.Policy.OnlineCancel && call.Phone != "":
		next = append(next, b.T("done.cancel_phone", "until", until, "phone", call.Number(b)))
	case f.Policy.OnlineCancel:
		next = append(next, b.T("done.cancel", "until", until))
	case f.Policy.OnlineChange:
		next = append(next, b.T("service.no_cancel")+" "+call.Please(b))
	default:
		next = append(next, b.T("service.not_online")+" "+call.Please(b))
	}
	return next
}

func dateIn(t time.Time) org.Date { return org.DateOf(t) }
