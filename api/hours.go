package api

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// OfficeHours are the opening hours of an office, by the day and as the rules they follow from.
type OfficeHours struct {
	Days       []DayHours `json:"days" nullable:"false"`
	Weekly     []string   `json:"weekly" nullable:"false" example:"[\"mon-fri 09:00-16:15\",\"tue 16:15-18:00 every 2 weeks walk-in from 2026-11-03\"]" doc:"What repeats, as blueprints write it."`
	Exceptions []string   `json:"exceptions" nullable:"false" example:"[\"2026-12-23 09:00-12:00\",\"2026-12-24 closed\"]" doc:"What holds on single dates instead, from the first day that was asked for."`
}

// DayHours is one local date. Without hours the office is closed.
type DayHours struct {
	Date  string      `json:"date" format:"date" example:"2026-12-23"`
	Hours []HoursSpan `json:"hours" nullable:"false"`
	// Closed says why; it is there on a day that a holiday or a closure takes or shortens.
	Closed string `json:"closed,omitempty" enum:"holiday,closure" doc:"Why there are none, or fewer than on other days."`
	Reason string `json:"reason,omitempty" doc:"Of a closure, in the language of the answer."`
}

// HoursSpan is a time of opening as the clock on the wall shows it. To may be 24:00.
type HoursSpan struct {
	From string `json:"from" example:"09:00"`
	To   string `json:"to" example:"16:15"`
	Kind string `json:"kind" enum:"appointments,walk-in,phone" doc:"What it is open for."`
}

func (d *Door) officeHours(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org    ids.Org    `path:"org" example:"town"`
	Office ids.Office `path:"office" example:"hall"`
	From   string     `query:"from" format:"date" doc:"The first day; today when it is left out."`
	Days   int        `query:"days" minimum:"1" maximum:"62" default:"14" doc:"How many days."`
},
) (*Listed[OfficeHours], error) {
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	o, err := c.Office(in.Office)
	if err != nil {
		return nil, err
	}
	first := c.Today(d.site.Now())
	if in.From != "" {
		if first, err = org.ParseDate(in.From); err != nil {
			return nil, fault.Invalid("booking.bad_range", nil).Because(err)
		}
	}
	out := OfficeHours{Days: []DayHours{}, Weekly: []string{}, Exceptions: []string{}}
	for _, w := range o.Hours {
		out.Weekly = append(out.Weekly, w.String())
	}
	for _, e := range o.Exceptions {
		if !e.Date.Before(first) {
			out.Exceptions = append(out.Exceptions, e.String())
		}
	}
	for day := first; first.DaysTo(day) < min(in.Days, mostDays); day = day.Add(1) {
		out.Days = append(out.Days, dayHours(c.Org, o, day, c.Zone(), language(in.r)))
		if day.Add(1) == day { // the end of the calendar
			break
		}
	}
	return listed(out, cacheCatalogue), nil
}

func dayHours(o org.Organisation, office *org.Office, day org.Date, zone *time.Location, lang i18n.Lang) DayHours {
	out := DayHours{Date: day.String(), Hours: []HoursSpan{}}
	for _, k := range []org.Kind{org.Appointments, org.WalkIn, org.Phone} {
		for _, h := range org.HoursOn(o, *office, day, k) {
			out.Hours = append(out.Hours, HoursSpan{h.From.String(), h.To.String(), k.String()})
		}
	}
	switch state := org.DayState(o, *office, org.Unit{}, "", day, zone); {
	case state.State == org.StateHoliday:
		out.Closed = string(org.StateHoliday)
	case !state.Closure.From.IsZero():
		out.Closed, out.Reason = string(org.StateClosure), state.Closure.Reason.In(lang)
	}
	return out
}
