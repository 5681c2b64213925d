package citizen

import (
	"net/http"

	"luukku/domain/booking"
	"luukku/web"
)

// PrintPage is a booking on one sheet of paper.
type PrintPage struct {
	web.Base
	Heading string
	Back    string
	Facts   AppointmentFacts
	// Live is whether the appointment is still to come; the sheet of another says so.
	Live bool
}

// print shows the booking as it is best printed.
func (d *Door) print(v *web.Visit, a booking.Appointment) error {
	code, err := d.Booking.Code(a.ID)
	if err != nil {
		return err
	}
	b := v.Base("")
	live := booking.CheckLive(a, v.Now.Unix()) == nil
	return v.Render(http.StatusOK, ShowPrint(newPrintPage(b, appointmentFacts(b, v.Org, a, code, v.Now), live)))
}

func newPrintPage(b web.Base, f AppointmentFacts, live bool) PrintPage {
	p := PrintPage{Base: b, Heading: b.T("print.title"), Back: b.URL("appointment"), Facts: f, Live: live}
	p.Title, p.Service = p.Heading, f.Service.In(b.Lang)
	p.NoIndex = true
	// Paper has no links, so the phone of the office takes the place of the organisation's.
	if f.Office.Phone != "" {
		p.Help.Phone, p.Help.Hours = f.Office.Phone, f.Office.Hours.In(b.Lang)
	}
	return p
}
