package citizen

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// OfficePage is one office: where it is, when it is open, when it is not, and what it offers.
type OfficePage struct {
	web.Base
	Heading string
	Back    string
	Group   string
	Facts   OfficeFacts
	// Inside are department, building, floor and door, those that there are (S3.10).
	Inside []ui.DefinitionRow
	Today  string
	Hours  []OpeningHours
	// Closed are the days ahead on which the office is closed against its hours; Days is how many days ahead that looks.
	Closed   []ui.DefinitionRow
	Days     int
	Services []ui.Link
	// Queue is where it says how many wait now; empty where everybody comes by appointment.
	Queue string
}

// OpeningHours are the regular hours of one kind.
type OpeningHours struct {
	Title string
	Rows  []ui.DefinitionRow
}

// daysAhead is how far ahead the office's page tells of holidays and closures.
const daysAhead = 60

// office shows one office.
func (d *Door) office(v *web.Visit) error {
	o, err := v.Org.Office(ids.Office(v.R.PathValue("office")))
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowOffice(newOfficePage(v.Base(""), v.Org, o, v.Now)))
}

func newOfficePage(b web.Base, c *catalog.Config, o *org.Office, now time.Time) OfficePage {
	p := OfficePage{Base: b, Heading: o.Name.In(b.Lang), Back: b.URL("offices"), Facts: officeFacts(b, c.Org, o), Days: daysAhead}
	p.Title, p.Service = p.Heading, b.T("contact.title")
	if g, ok := c.Group(o.Group); ok {
		p.Group = g.Name.In(b.Lang)
	}
	for _, in := range []struct {
		key  string
		text i18n.Text
	}{{"contact.department", o.Department}, {"contact.building", o.Building}, {"contact.floor", o.Floor}, {"contact.door", o.Door}} {
		if len(in.text) > 0 {
			p.Inside = append(p.Inside, ui.DefinitionRow{Key: b.T(in.key), Content: ui.Words(b.Printer, in.text)})
		}
	}
	today := c.Today(now)
	hours, _ := hoursToday(b, c, o, today)
	p.Today = capital(hours)
	p.Hours = openingHours(b, o, today.ISOWeek())
	p.Closed = closedAhead(b, c, o, today, today.Add(daysAhead))
	for _, s := range c.ServicesAt(o.ID) {
		p.Services = append(p.Services, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})
		if c.Policy(s.ID, o.ID).WalkIn {
			p.Queue = b.URL("queue", string(o.ID))
		}
	}
	return p
}

// openingHours are the regular hours of a week, in words, for each kind that the office has.
func openingHours(b web.Base, o *org.Office, week org.Week) []OpeningHours {
	has := func(k org.Kind) bool {
		return slices.ContainsFunc(o.Hours, func(w org.Weekly) bool { return w.Kind == k })
	}
	var out []OpeningHours
	for _, kind := range []struct {
		key  string
		kind org.Kind
	}{{"contact.hours.appointments", org.Appointments}, {"contact.hours.walk_in", org.WalkIn}, {"contact.hours.phone", org.Phone}} {
		if has(kind.kind) {
			out = append(out, OpeningHours{b.T(kind.key), hoursRows(b, org.WeekHours(*o, week, kind.kind), week)})
		}
	}
	if len(out) == 1 && has(org.Appointments) {
		out[0].Title = b.T("common.opening_hours")
	}
	return out
}

func hoursRows(b web.Base, lines []org.HoursLine, week org.Week) []ui.DefinitionRow {
	var rows []ui.DefinitionRow
	for _, l := range lines {
		rows = append(rows, ui.DefinitionRow{Key: daysText(b, l.Days, week), Value: hoursText(b, l.Hours)})
	}
	return rows
}

// daysText is "Monday–Wednesday and Friday".
func daysText(b web.Base, days org.Weekdays, week org.Week) string {
	name := func(d time.Weekday) string {
		return b.Printer.Weekday(week.Monday().Add((int(d)+6)%7).At(12*60, time.UTC))
	}
	var parts []string
	for _, r := range days.Runs() {
		if r.First == r.Last {
			parts = append(parts, name(r.First))
			continue
		}
		parts = append(parts, name(r.First)+"–"+name(r.Last))
	}
	return capital(b.Printer.List(parts))
}

func hoursText(b web.Base, hours []org.Hours) string {
	if len(hours) == 0 {
		return b.T("contact.closed")
	}
	var parts []string
	for _, h := range hours {
		parts = append(parts, b.Printer.ClockRange(wallClock(h.From), wallClock(h.To)))
	}
	return b.Printer.List(parts)
}

// capital begins a line with a capital letter, where the language writes days with a small one.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// closedAhead are the days from first to last on which the office is closed, or open for a shorter time, against its regular hours: holidays and
// closures, in order. A holiday on a day without hours anyway is not worth a line.
func closedAhead(b web.Base, c *catalog.Config, o *org.Office, first, last org.Date) []ui.DefinitionRow {
	type entry struct {
		from org.Date
		row  ui.DefinitionRow
	}
	always, regular := c.Org, *o
	always.ClosedOnHolidays, regular.Closures = false, nil
	noon := func(d org.Date) time.Time { return d.At(12*60, c.Zone()) }
	var found []entry
	for d := first; !d.After(last); d = d.Add(1) {
		h, ok := org.HolidayOn(c.Org.Country, d)
		if slices.ContainsFunc(o.Exceptions, func(e org.Exception) bool { return e.Date == d && e.Kind != org.Phone }) {
			if hours := org.HoursOn(c.Org, *o, d); len(hours) > 0 || !ok {
				found = append(found, entry{d, ui.DefinitionRow{Key: capital(b.Printer.Day(noon(d))), Value: hoursText(b, hours)}})
				continue
			}
		}
		if ok && c.Org.ClosedOnHolidays && len(org.HoursOn(always, regular, d)) > 0 {
			found = append(found, entry{d, ui.DefinitionRow{Key: capital(b.Printer.Day(noon(d))), Value: b.T("contact.closed_why", "why", b.T(h.Key))}})
		}
	}
	for _, cl := range o.Closures {
		end := cl.To
		if end.IsZero() {
			end = cl.From
		}
		if cl.From.IsZero() || end.Before(first) || cl.From.After(last) {
			continue
		}
		key := capital(b.Printer.Day(noon(cl.From)))
		if end != cl.From {
			key = b.Printer.DayRange(noon(cl.From), noon(end))
		}
		found = append(found, entry{cl.From, ui.DefinitionRow{Key: key, Value: closureText(b, cl)}})
	}
	slices.SortStableFunc(found, func(x, y entry) int { return x.from.Compare(y.from) })
	var rows []ui.DefinitionRow
	for _, e := range found {
		rows = append(rows, e.row)
	}
	return rows
}

func closureText(b web.Base, cl org.Closure) string {
	why := cl.Reason.In(b.Lang)
	if cl.WholeDay() {
		if why == "" {
			return b.T("contact.closed")
		}
		return b.T("contact.closed_why", "why", why)
	}
	key, clock := "contact.closed_part", b.Printer.ClockRange(wallClock(cl.FromMinute), wallClock(cl.ToMinute))
	if cl.ToMinute == 0 || cl.ToMinute == org.EndOfDay {
		key, clock = "contact.closed_from", b.Printer.Clock(wallClock(cl.FromMinute))
	}
	if why == "" {
		return b.T(key, "clock", clock)
	}
	return b.T(key+"_why", "clock", clock, "why", why)
}

// rows are how the office is reached.
func (p OfficePage) rows() []ui.DefinitionRow {
	var rows []ui.DefinitionRow
	if p.Facts.Address != "" || p.Facts.MapURL != "" {
		rows = append(rows, ui.DefinitionRow{Key: p.T("common.address"), Content: officeAddress(p)})
	}
	rows = append(rows, p.Inside...)
	if p.Facts.Access.In(p.Lang) != "" {
		rows = append(rows, ui.DefinitionRow{Key: p.T("contact.access"), Content: ui.Words(p.Printer, p.Facts.Access)})
	}
	rows = append(rows, ui.DefinitionRow{Key: p.T("common.opening_hours"), Value: p.Today})
	return append(rows, contactRows(p.Base, p.Facts.Phone, p.Facts.Hours.In(p.Lang), p.Facts.Email)...)
}

// lines are the lines of a text; none of an empty one.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
