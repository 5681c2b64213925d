package citizen

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ical"
	"luukku/domain/booking"
	"luukku/web"
	"luukku/web/parts"
)

// ics is the booking for a calendar: which service, when and where. Neither a name nor the booking code is in it, since calendars are shared.
func (d *Door) ics(v *web.Visit, a booking.Appointment) error {
	file, err := ical.Bytes(calendarEvent(v.Base(""), v.Site.BaseURL, v.Org.Org.Name, appointmentFacts(v.Base(""), v.Org, a, "", v.Now), a))
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH")
	h.Set("Content-Disposition", `attachment; filename="appointment.ics"`)
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, file)
}

func calendarEvent(b web.Base, baseURL string, organisation i18n.Text, f AppointmentFacts, a booking.Appointment) ical.Event {
	host := "localhost"
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	e := ical.Event{
		UID: string(a.ID) + "@" + host, Sequence: int(a.Sequence), Method: ical.Publish, Status: ical.Confirmed, Alarm: true,
		Summary:  b.T("manage.ics_title", "service", f.Service, "organisation", organisation),
		Location: strings.ReplaceAll(parts.Join("\n", f.Office.Name.In(b.Lang), f.Office.Address, f.Office.Inside), "\n", ", "),
		URL:      strings.TrimSuffix(baseURL, "/") + b.URL("appointment"),
		Start:    time.Unix(a.Start, 0), End: time.Unix(a.End, 0), Stamp: time.Unix(a.ChangedAt, 0),
	}
	description := []string{b.T("manage.ics_change")}
	if f.Office.Phone != "" {
		description = append(description, b.T("manage.ics_phone", "phone", f.Office.Phone))
	}
	e.Description = strings.Join(description, "\n")
	if a.Status == booking.Cancelled {
		e.Status, e.Alarm = ical.Cancelled, false
	}
	return e
}
