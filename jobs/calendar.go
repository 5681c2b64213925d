package jobs

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ical"
	"luukku/domain/notify"
)

// calendar is the mail's part for a calendar. It says no more than where, when and which service: calendars are shared, so neither the code nor the
// link is in it. Its UID is that of the file on the booking's page, so that a calendar knows the same event again.
func calendar(p *i18n.Printer, f facts) ([]byte, ical.Method, error) {
	w, a := writer{p, f}, f.appointment
	e := ical.Event{
		UID: string(a.ID) + "@" + hostOf(f.baseURL), Sequence: int(a.Sequence), Method: ical.Request, Alarm: true,
		Summary: p.T("mail.calendar_title", "service", serviceName(f.config, a.Service), "organisation", f.config.Org.Name),
		URL:     w.url("appointment"), Start: time.Unix(a.Start, 0), End: time.Unix(a.End, 0), Stamp: time.Unix(a.ChangedAt, 0),
		Organizer: ical.Party{Name: f.config.Org.Name.In(p.Lang()), Email: f.from.Email}, Attendee: ical.Party{Email: a.Details.Email},
	}
	var where []string
	if f.discreet() { // a calendar is often shared
		e.Summary = f.config.Org.Name.In(p.Lang())
	} else {
		for _, line := range w.place(a.Office, false) {
			where = append(where, line.Text)
		}
	}
	e.Location = strings.Join(where, ", ")
	description := []string{p.T("mail.calendar_change")}
	if phone, hours := w.phone(); phone != "" {
		description = append(description, w.call("mail.call", phone, hours))
	}
	e.Description = strings.Join(description, "\n")
	if o := f.officeOf(); o != nil && o.HasPlace() && !f.discreet() {
		e.Geo = &ical.Point{Lat: o.Lat, Lon: o.Lon}
	}
	if f.notice.Event == notify.AppointmentCancelled {
		e.Method, e.Status, e.Description, e.Alarm = ical.Cancel, ical.Cancelled, "", false
	}
	b, err := ical.Bytes(e)
	if err != nil {
		return nil, "", fmt.Errorf("write calendar part: %w", err)
	}
	return b, e.Method, nil
}

func hostOf(baseURL string) string {
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}
