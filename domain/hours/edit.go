package hours

import (
	"errors"
	"maps"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// EditKind is what an edit does.
type EditKind string

// The kinds of edits.
const (
	AddSeries    EditKind = "add"    // a weekly rule more
	ChangeSeries EditKind = "change" // a weekly rule to be another, or to end when Rule is nil
	SetDay       EditKind = "day"    // the hours of one date
	ClearDay     EditKind = "clear"  // the date is like others again
	Close        EditKind = "close"  // a closure
	Reopen       EditKind = "reopen" // the closure goes
	FollowOffice EditKind = "follow" // units have the office's hours again, and none of their own
	LastDay      EditKind = "last"   // units serve until a date
)

// Edit says what is to be otherwise at an office. Only the fields of its kind count.
type Edit struct {
	Kind EditKind `json:"kind"`
	// Units are those whose own hours are meant; empty means the office's.
	Units []ids.Unit `json:"units,omitempty"`
	// Series is the line of the weekly rule that is changed, as it was seen.
	Series string      `json:"series,omitempty"`
	Scope  org.Scope   `json:"scope,omitempty"`
	Date   org.Date    `json:"date,omitzero"`
	Rule   *org.Weekly `json:"rule,omitempty"`
	// Rules are those that are added.
	Rules []org.Weekly    `json:"rules,omitempty"`
	Of    org.Kind        `json:"of,omitempty"` // of which kind the hours of a day are
	Hours []org.Exception `json:"hours,omitempty"`
	// Closure is the one that is added; Closed is the line of the one that goes, as it was seen.
	Closure *org.Closure `json:"closure,omitempty"`
	Closed  string       `json:"closed,omitempty"`
}

// Apply returns the office as it is after the edit. An edit that has been applied changes nothing when it is applied again. Faults: Invalid "hours.no_series",
// "hours.not_its_day", "hours.day_has_own", "hours.no_closure", "hours.no_unit" or "hours.nothing" when it does not fit the hours that hold.
func (e Edit) Apply(o org.Office) (org.Office, error) {
	o.Units = slices.Clone(o.Units)
	switch e.Kind {
	case Close:
		if e.Closure == nil {
			return o, fault.Invalid("hours.nothing", nil)
		}
		if !slices.ContainsFunc(o.Closures, func(c org.Closure) bool { return sameClosure(c, *e.Closure) }) {
			o.Closures = slices.Clone(o.Closures)
			o.Closures = append(o.Closures, *e.Closure)
			slices.SortStableFunc(o.Closures, func(a, b org.Closure) int { return a.From.Compare(b.From) })
		}
		return o, nil
	case Reopen:
		i := slices.IndexFunc(o.Closures, func(c org.Closure) bool { return c.String() == e.Closed })
		if i < 0 {
			return o, fault.Invalid("hours.no_closure", nil)
		}
		o.Closures = slices.Delete(slices.Clone(o.Closures), i, i+1)
		return o, nil
	}
	if len(e.Units) == 0 {
		t, err := e.timetable(o.Timetable())
		o.Hours, o.Exceptions = t.Weekly, t.Exceptions
		return o, err
	}
	for _, id := range e.Units {
		i := slices.IndexFunc(o.Units, func(u org.Unit) bool { return u.ID == id })
		if i < 0 {
			return o, fault.Invalid("hours.no_unit", nil)
		}
		if err := e.unit(o, &o.Units[i]); err != nil {
			return o, err
		}
	}
	return o, nil
}

func sameClosure(a, b org.Closure) bool {
	return a.String() == b.String() && maps.Equal(a.Reason, b.Reason)
}

// unit changes the hours of one unit. One that followed the office's begins with those when it gets hours of its own.
func (e Edit) unit(o org.Office, u *org.Unit) error {
	switch e.Kind {
	case FollowOffice:
		u.Hours = nil
		return nil
	case LastDay:
		if !u.From.IsZero() && e.Date.Before(u.From.Add(-1)) {
			return fault.Invalid("hours.before_first", nil)
		}
		u.Until = e.Date
		return nil
	}
	t := u.Timetable()
	if len(t.Weekly) == 0 && (e.Kind == AddSeries || e.Kind == ChangeSeries) {
		t.Weekly = OfficeSeries(o)
	}
	t, err := e.timetable(t)
	u.Hours, u.Exceptions = t.Weekly, t.Exceptions
	if len(u.Hours) == 0 && e.Kind == ChangeSeries && err == nil {
		return fault.Invalid("hours.none_left", nil) // no hours of its own would mean those of the office
	}
	return err
}

// OfficeSeries are the office's weekly rules for appointments, which a unit without hours of its own follows.
func OfficeSeries(o org.Office) []org.Weekly {
	return slices.DeleteFunc(slices.Clone(o.Hours), func(w org.Weekly) bool { return w.Kind != org.Appointments })
}

func (e Edit) timetable(t org.Timetable) (org.Timetable, error) {
	index := func(line string) int {
		return slices.IndexFunc(t.Weekly, func(w org.Weekly) bool { return w.String() == line })
	}
	switch e.Kind {
	case AddSeries:
		t.Weekly = slices.Clone(t.Weekly)
		for _, r := range e.Rules {
			if index(r.String()) < 0 {
				t.Weekly = append(t.Weekly, r)
			}
		}
		return t, nil
	case ChangeSeries:
		out, err := t.ChangeSeries(index(e.Series), e.Scope, e.Date, e.Rule)
		return out, seriesFault(err)
	case SetDay:
		return t.SetDay(e.Date, e.Of, e.Hours), nil
	case ClearDay:
		return t.ClearDay(e.Date, e.Of), nil
	}
	return t, fault.Invalid("hours.nothing", nil)
}

func seriesFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, org.ErrNoSeries):
		return fault.Invalid("hours.no_series", nil)
	case errors.Is(err, org.ErrNotItsDay):
		return fault.Invalid("hours.not_its_day", nil, fault.Field{Name: "date", Key: "hours.not_its_day"})
	case errors.Is(err, org.ErrDayHasOwn):
		return fault.Invalid("hours.day_has_own", nil, fault.Field{Name: "date", Key: "hours.day_has_own"})
	}
	return err
}

// Difference is what an edit changes of one timetable: lines that go and lines that come. Unit is empty for the office's own.
type Difference struct {
	Unit            ids.Unit
	Weekly          Lines[org.Weekly]
	Exceptions      Lines[org.Exception]
	Closures        Lines[org.Closure]
	Until, WasUntil org.Date // the unit's last day
}

// Lines are those that go and those that come.
type Lines[T any] struct{ Gone, New []T }

// IsZero reports whether nothing differs.
func (d Difference) IsZero() bool {
	return d.Weekly.isZero() && d.Exceptions.isZero() && d.Closures.isZero() && d.Until == d.WasUntil
}

func (l Lines[T]) isZero() bool { return len(l.Gone)+len(l.New) == 0 }

// Differences returns what is otherwise at an office.
func Differences(before, after org.Office) []Difference {
	var out []Difference
	add := func(d Difference) {
		if !d.IsZero() {
			out = append(out, d)
		}
	}
	add(Difference{
		Weekly:     differ(before.Hours, after.Hours, org.Weekly.String),
		Exceptions: differ(before.Exceptions, after.Exceptions, org.Exception.String),
		Closures:   differ(before.Closures, after.Closures, closureLine),
	})
	for _, u := range after.Units {
		i := slices.IndexFunc(before.Units, func(b org.Unit) bool { return b.ID == u.ID })
		var was org.Unit
		if i >= 0 {
			was = before.Units[i]
		}
		add(Difference{
			Unit: u.ID, Weekly: differ(was.Hours, u.Hours, org.Weekly.String), Exceptions: differ(was.Exceptions, u.Exceptions, org.Exception.String),
			Until: u.Until, WasUntil: was.Until,
		})
	}
	return out
}

func closureLine(c org.Closure) string {
	line := c.String()
	for _, l := range i18n.Languages() {
		line += "\n" + c.Reason[l.Code]
	}
	return line
}

func differ[T any](before, after []T, line func(T) string) Lines[T] {
	has := func(list []T, v T) bool {
		return slices.ContainsFunc(list, func(o T) bool { return line(o) == line(v) })
	}
	var out Lines[T]
	for _, v := range before {
		if !has(after, v) {
			out.Gone = append(out.Gone, v)
		}
	}
	for _, v := range after {
		if !has(before, v) {
			out.New = append(out.New, v)
		}
	}
	return out
}
