package admin

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
)

// hourWords writes opening hours in the words of a page.
type hourWords struct {
	b      web.Base
	config *catalog.Config
	office *org.Office
	now    time.Time
}

func (w hourWords) clock(m org.Minute) string {
	if m == org.EndOfDay {
		return w.b.T("hours.midnight")
	}
	return w.b.Printer.Clock(aDay.At(m, time.UTC))
}

// aDay is a Monday; any would do.
var aDay = org.DateOf(time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC))

func (w hourWords) range_(from, to org.Minute) string {
	return w.b.T("hours.range", "from", w.clock(from), "to", w.clock(to))
}

// weekday is "Mon".
func (w hourWords) weekday(d time.Weekday) string {
	return w.b.Printer.WeekdayShort(aDay.Add((int(d)+6)%7).At(720, time.UTC))
}

// days is "Mon–Fri" or "Tue and Thu".
func (w hourWords) days(days org.Weekdays) string {
	var parts []string
	for _, r := range days.Runs() {
		first, last := w.weekday(r.First), w.weekday(r.Last)
		if r.First != r.Last {
			first = w.b.T("hours.days_range", "from", first, "to", last)
		}
		parts = append(parts, first)
	}
	return begin(w.b.Printer.List(parts))
}

// begin writes the first letter as a capital.
func begin(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// date is "24 Dec 2026".
func (w hourWords) date(d org.Date) string { return w.b.Printer.ShortDate(d.At(720, time.UTC)) }

// day is "Thursday 24 December 2026".
func (w hourWords) day(d org.Date) string {
	return begin(w.b.Printer.LongDate(d.At(720, time.UTC)))
}

// rule is a weekly rule: "Mon–Fri 9:00–16:15, every 2 weeks, from 3 Nov 2026".
func (w hourWords) rule(r org.Weekly) string {
	parts := []string{w.b.T("hours.rule", "days", w.days(r.Days), "hours", w.range_(r.From, r.To))}
	if r.Every > 1 {
		parts = append(parts, w.b.N("hours.every", r.Every))
	}
	if r.Nth != 0 {
		var names []string
		for _, n := range r.Nth.Names() {
			names = append(names, w.b.T("hours.nth_"+n))
		}
		parts = append(parts, w.b.T("hours.of_month", "which", w.b.Printer.List(names)))
	}
	parts = append(parts, w.kindAndServices(r.Kind, r.Services)...)
	if !r.ValidFrom.IsZero() {
		parts = append(parts, w.b.T("hours.from", "date", w.date(r.ValidFrom)))
	}
	if !r.ValidUntil.IsZero() {
		parts = append(parts, w.b.T("hours.until", "date", w.date(r.ValidUntil)))
	}
	return strings.Join(parts, ", ")
}

func (w hourWords) kindAndServices(k org.Kind, services []ids.Service) []string {
	var parts []string
	if k == org.WalkIn || k == org.Phone {
		parts = append(parts, w.kind(k))
	}
	if len(services) > 0 {
		parts = append(parts, w.b.T("hours.only_for", "services", w.services(services)))
	}
	return parts
}

// kind is what hours are for.
func (w hourWords) kind(k org.Kind) string {
	return w.b.T("hours.kind_" + strings.ReplaceAll(k.String(), "-", "_"))
}

func (w hourWords) services(list []ids.Service) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = w.service(s)
	}
	return w.b.Printer.List(names)
}

func (w hourWords) service(id ids.Service) string {
	if w.config != nil {
		if s, err := w.config.Service(id); err == nil {
			return s.Name.In(w.b.Lang)
		}
	}
	return string(id)
}

// unit is a unit's name; that of the office's own hours for none.
func (w hourWords) unit(id ids.Unit) string {
	if id == "" {
		return w.b.T("hours.whole_office")
	}
	if u, ok := w.config.UnitOf(w.office.ID, id); ok {
		return u.Name.In(w.b.Lang)
	}
	return string(id)
}

// exception is the hours of a date: "Thu 24 Dec 2026: 9:00–12:00".
func (w hourWords) exception(e org.Exception) string {
	return w.b.T("hours.on_date", "date", w.day(e.Date), "hours", w.exceptionHours(e))
}

// exceptionHours is exception without its date.
func (w hourWords) exceptionHours(e org.Exception) string {
	var parts []string
	switch {
	case !e.Closed:
		parts = append([]string{w.range_(e.From, e.To)}, w.kindAndServices(e.Kind, e.Services)...)
	case e.Kind == org.AnyKind:
		parts = []string{w.b.T("hours.closed")}
	default:
		parts = []string{w.b.T("hours.closed_for", "kind", w.kind(e.Kind))}
	}
	return strings.Join(parts, ", ")
}

// closure is when an office is closed, without the reason: "24–26 December 2026, 12:00–24:00".
func (w hourWords) closure(c org.Closure) string {
	s := w.day(c.From)
	if c.Last() != c.From {
		s = w.b.Printer.DayRange(c.From.At(720, time.UTC), c.Last().At(720, time.UTC))
	}
	if !c.WholeDay() {
		from, to := c.Minutes()
		s = w.b.T("hours.part_of_day", "date", s, "hours", w.range_(from, to))
	}
	return s
}

// line writes a line of the history in words; what is no opening hours stays as it is.
func (w hourWords) line(s string) string {
	if r, err := org.ParseWeekly(s); err == nil {
		return w.rule(r)
	}
	if e, err := org.ParseException(s); err == nil {
		return w.exception(e)
	}
	if d, err := org.ParseDate(s); err == nil {
		return w.day(d)
	}
	if c, ok := org.ParseClosure(s); ok {
		return w.b.T("hours.closed_on", "date", w.closure(c))
	}
	return s
}

// difference is what goes and what comes, a line each.
func (w hourWords) difference(d hours.Difference) (gone, come []string) {
	for _, r := range d.Weekly.Gone {
		gone = append(gone, w.rule(r))
	}
	for _, r := range d.Weekly.New {
		come = append(come, w.rule(r))
	}
	for _, e := range d.Exceptions.Gone {
		gone = append(gone, w.exception(e))
	}
	for _, e := range d.Exceptions.New {
		come = append(come, w.exception(e))
	}
	for _, c := range d.Closures.Gone {
		gone = append(gone, w.closed(c))
	}
	for _, c := range d.Closures.New {
		come = append(come, w.closed(c))
	}
	if d.Until != d.WasUntil {
		if !d.WasUntil.IsZero() {
			gone = append(gone, w.b.T("hours.last_day_is", "date", w.day(d.WasUntil)))
		}
		if !d.Until.IsZero() {
			come = append(come, w.b.T("hours.last_day_is", "date", w.day(d.Until)))
		}
	}
	return gone, come
}

// closed is a closure with its reason.
func (w hourWords) closed(c org.Closure) string {
	s := w.b.T("hours.closed_on", "date", w.closure(c))
	if reason := c.Reason.In(w.b.Lang); reason != "" {
		s = w.b.T("hours.with_reason", "what", s, "reason", reason)
	}
	return s
}
