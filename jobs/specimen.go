package jobs

import (
	"context"
	"strconv"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// The secrets of a booking that nobody made.
const (
	specimenCode  = "K7PQ3M9XTR"
	specimenPIN   = "123456"
	specimenToken = "4kq8z2mw7xh3n5r9t6vcy1bdse"
)

// Specimen writes a notice as an organisation would send it by this configuration, about a booking that nobody made: the same code as what is sent, and no
// word of it is kept.
func Specimen(ctx context.Context, p *i18n.Printer, c *catalog.Config, o notify.Occasion, baseURL string, now time.Time) (notify.Specimen, error) {
	f := specimenFacts(c, o, now)
	f.baseURL, f.from, f.appointment.Details.Email = baseURL, notify.Address{Email: "specimen@example.org"}, "specimen@example.org"
	m, err := compose(ctx, p, f)
	if err != nil {
		return notify.Specimen{}, err
	}
	w := writer{p, f}
	return notify.Specimen{Subject: m.Subject, Mail: m.Text, SMS: w.text(), Facts: w.textFacts(), MailFacts: w.mailFacts()}, nil
}

// specimenFacts are what it is written from: the first service that an office offers, at 9:20 on a weekday of next week.
func specimenFacts(c *catalog.Config, o notify.Occasion, now time.Time) facts {
	day := now.In(c.Zone()).AddDate(0, 0, 7)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	start := time.Date(day.Year(), day.Month(), day.Day(), 9, 20, 0, 0, c.Zone())
	a := booking.Appointment{
		Org: c.Org.ID, ID: "specimen", Start: start.Unix(), End: start.Add(20 * time.Minute).Unix(), PolicyVersion: c.Version, Status: booking.Booked,
	}
	if len(c.Offers) > 0 {
		a.Service, a.Office = c.Offers[0].Service, c.Offers[0].Office
	}
	f := facts{now: now.Unix(), code: ids.FormatCode(specimenCode), pin: specimenPIN, token: specimenToken}
	event := o.Event()
	f.notice = notify.Notice{Org: c.Org.ID, ID: "specimen", Event: event, Appointment: a.ID, Args: map[string]string{}}
	if o != notify.OccasionOf(event, false) {
		a.CancelledBy, f.notice.Args["by"] = byOffice, byOffice
	}
	switch event {
	case notify.AppointmentPending, notify.AppointmentProposed:
		a.ExpiresAt, f.pin = start.AddDate(0, 0, -2).Unix(), ""
	case notify.AppointmentMoved:
		f.notice.Args["from"] = strconv.FormatInt(start.AddDate(0, 0, -1).Unix(), 10)
	case notify.WaitingJoined:
		a.Start, a.End, f.code, f.pin = 0, 0, "", ""
	case notify.TimeOffered:
		f.offer.ExpiresAt, f.code, f.pin = start.AddDate(0, 0, -2).Unix(), "K4M7", ""
	case notify.OfferGone:
		f.code, f.pin = "", ""
	case notify.AppointmentCancelled:
		a.Status, f.token = booking.Cancelled, ""
	case notify.AppointmentLapsed:
		a.Status, f.pin, f.token = booking.Lapsed, "", ""
	}
	f.appointment, f.config = a, c
	return f
}
