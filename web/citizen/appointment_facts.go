package citizen

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// AppointmentFacts is a booked appointment in words. Contacts are masked: whoever looks over a shoulder learns nothing to reach anybody with.
type AppointmentFacts struct {
	Code    string // in groups, as people read it
	Service i18n.Text
	When    string
	Status  string
	With    string // the professional; empty at a counter
	Office  OfficeFacts
	Name    string
	Email   string // masked; empty when none was given
	Phone   string // masked; empty when none was given
	Lang    string // of the service
	Note    string
	Bring   i18n.TextList
	// Visit says what the visit is made of; nothing for one service for one person.
	Visit []ui.SummaryRow
}

// OfficeFacts is where an office is and how it is reached.
type OfficeFacts struct {
	Name    i18n.Text
	URL     string // its page; empty when it is not in the configuration any more
	Inside  string // building, floor and door on one line; empty when there is nothing to tell
	Address string // lines
	MapURL  string // empty when the place is unknown
	Access  i18n.Text
	Phone   string
	Hours   i18n.Text // when the phone is answered
	Email   string
}

// appointmentFacts puts an appointment into words. A service or an office that is not offered any more is told by its slug alone.
func appointmentFacts(b web.Base, c *catalog.Config, a booking.Appointment, code string, now time.Time) AppointmentFacts {
	f := AppointmentFacts{
		Code: ids.FormatCode(code), When: timeLine(b, a.Start, a.End, c.Zone()), Status: statusText(b, a, now), Name: a.Details.Name, Note: a.Details.Note,
		Service: serviceName(c, a.Service), Lang: b.T("common.languages." + string(a.Details.Lang)),
	}
	if a.Details.Email != "" {
		f.Email = notify.MaskEmail(a.Details.Email)
	}
	if a.Details.Phone != "" {
		f.Phone = notify.MaskPhone(a.Details.Phone, c.Org.Country)
	}
	if s, err := c.Service(a.Service); err == nil {
		f.Bring = s.Bring
	}
	f.Visit = visitRows(b, c, a.Visit(), a.Names())
	f.Office = OfficeFacts{Name: i18n.Text{i18n.Default: string(a.Office)}, Phone: c.Org.Phone, Hours: c.Org.PhoneHours}
	if o, err := c.Office(a.Office); err == nil {
		f.Office = officeFacts(b, c.Org, o)
		f.With = servedBy(b, o.Units, a.Unit)
	}
	return f
}

func serviceName(c *catalog.Config, id ids.Service) i18n.Text {
	s, err := c.Service(id)
	if err != nil {
		return i18n.Text{i18n.Default: string(id)}
	}
	return s.Name
}

// officeFacts are an office's, with the organisation's phone where it has none.
func officeFacts(b web.Base, o org.Organisation, office *org.Office) OfficeFacts {
	f := OfficeFacts{
		Name: office.Name, URL: b.URL("offices", string(office.ID)), Address: address(b, office), MapURL: mapURL(office), Access: office.Access,
		Inside: insideLine(b, office), Phone: office.Phone, Hours: office.PhoneHours, Email: office.Email,
	}
	if f.Phone == "" {
		f.Phone, f.Hours = o.Phone, o.PhoneHours
	}
	return f
}

// address is street and town on lines of their own, as on an envelope.
func address(b web.Base, o *org.Office) string {
	var lines []string
	for _, line := range []string{o.Street.In(b.Lang), strings.TrimSpace(o.Postcode + " " + o.Town.In(b.Lang))} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// mapURL shows the office on a map that anybody may use; there is no map on our own pages, so that nobody is told who looks.
func mapURL(o *org.Office) string {
	if !o.HasPlace() {
		return ""
	}
	return fmt.Sprintf("https://www.openstreetmap.org/?mlat=%.5f&mlon=%.5f#map=17/%.5f/%.5f", o.Lat, o.Lon, o.Lat, o.Lon)
}

func statusText(b web.Base, a booking.Appointment, now time.Time) string {
	switch {
	case a.Status == booking.Cancelled:
		return b.T("manage.status.cancelled")
	case a.StatusAt(now.Unix()) == booking.Lapsed:
		return b.T("manage.status.lapsed")
	case a.Status == booking.Pending:
		return b.T("manage.status.pending")
	case a.Status == booking.Proposed && now.Unix() < a.Start:
		return b.T("manage.status.proposed")
	case now.Unix() >= a.Start:
		return b.T("manage.status.past")
	}
	return b.T("manage.status.booked")
}

// rows are the facts as a list; brief leaves out what is about the person.
func (f AppointmentFacts) rows(b web.Base, brief bool) []ui.SummaryRow {
	rows := []ui.SummaryRow{{Key: b.T("common.service"), Content: ui.Words(b.Printer, f.Service)}}
	rows = append(append(rows, f.Visit...), []ui.SummaryRow{
		{Key: b.T("manage.when"), Value: f.When, Capital: true},
		{Key: b.T("common.place"), Content: place(b, f.Office, brief)},
	}...)
	if f.With != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("pick.with"), Value: f.With})
	}
	if brief {
		return rows
	}
	rows = append(rows, f.person(b)...)
	return append(rows, ui.SummaryRow{Key: b.T("manage.status.label"), Value: f.Status})
}

// person are the details of the person, their contacts masked.
func (f AppointmentFacts) person(b web.Base) []ui.SummaryRow {
	none := b.T("common.not_given")
	rows := []ui.SummaryRow{
		{Key: b.T("common.name"), Value: f.Name},
		{Key: b.T("common.email"), Value: cmp.Or(f.Email, none)},
		{Key: b.T("common.phone"), Value: cmp.Or(f.Phone, none)},
		{Key: b.T("details.lang"), Value: f.Lang, Capital: true},
	}
	if f.Note != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("details.note"), Value: f.Note})
	}
	return rows
}
