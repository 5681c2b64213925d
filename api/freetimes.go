package api

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
)

const (
	// cacheTimes is how long free times may be kept without asking.
	cacheTimes = "max-age=5"
	// mostDays is how many days one request may ask for.
	mostDays = 62
	// usualDays is how many it gets when it says nothing.
	usualDays = 14
)

// Slot is a time that can be booked (FHIR: Slot).
type Slot struct {
	Start string `json:"start" format:"date-time" example:"2026-11-23T09:20:00+02:00"`
	End   string `json:"end" format:"date-time" example:"2026-11-23T09:40:00+02:00"`
	Free  int    `json:"free" minimum:"1" example:"3" doc:"How many can book it."`
}

func slotOf(t booking.FreeTime, zone *time.Location) Slot {
	return Slot{Start: moment(t.Start, zone), End: moment(t.End, zone), Free: t.Units}
}

// moment writes Unix seconds with the office's offset.
func moment(unix int64, zone *time.Location) string {
	return time.Unix(unix, 0).In(zone).Format(time.RFC3339)
}

// parseStart reads a time with its offset, on a whole second.
func parseStart(s string) (int64, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Nanosecond() != 0 {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "start", Key: "api.field_time"})
	}
	return t.Unix(), nil
}

// Day is one local day of a schedule.
type Day struct {
	Date   string `json:"date" format:"date" example:"2026-11-23"`
	State  string `json:"state" enum:"free,full,closed,over,beyond" doc:"free: there are times. full: all are taken. closed: not open; reason says why, if it is known. over: too late. beyond: not open for booking yet; opens says when."`
	Reason string `json:"reason,omitempty" example:"Independence Day" doc:"Why a closed day is closed."`
	Opens  string `json:"opens,omitempty" format:"date-time" doc:"The moment from which a day beyond the horizon can be booked."`
	Slots  []Slot `json:"slots" nullable:"false"`
}

// FreeTimes are the free times of one service at one office (FHIR: Schedule with its Slots).
type FreeTimes struct {
	Service ids.Service `json:"service" example:"name-change"`
	Office  ids.Office  `json:"office" example:"hall"`
	Zone    string      `json:"zone" example:"Europe/Helsinki" doc:"The time zone that days and offsets are in."`
	Days    []Day       `json:"days" nullable:"false"`
}

func (d *Door) freeTimes(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org     ids.Org       `path:"org" example:"town"`
	Service ids.Service   `query:"service" required:"true" example:"name-change"`
	Office  ids.Office    `query:"office" required:"true" example:"hall"`
	From    string        `query:"from" format:"date" doc:"The first day." example:"2026-11-23"`
	To      string        `query:"to" format:"date" doc:"The last day, included." example:"2026-11-27"`
	People  int           `query:"people" minimum:"1" maximum:"21" doc:"How many come in the same visit: times are as long as all of them take."`
	Also    []ids.Service `query:"also" maxItems:"10" doc:"Other services in the same visit."`
},
) (*Listed[FreeTimes], error) {
	if _, err := d.organisation(ctx, in.Org); err != nil {
		return nil, err
	}
	sch, err := d.booking.Schedule(ctx, in.Org, in.Service, in.Office)
	if err != nil {
		return nil, err
	}
	if sch, err = sch.For(booking.Visit{People: in.People, Also: in.Also}); err != nil {
		return nil, err
	}
	first, last, err := days(sch, in.From, in.To)
	if err != nil {
		return nil, err
	}
	times, err := d.booking.Between(ctx, sch, first, last, "")
	if err != nil {
		return nil, err
	}
	p, zone := d.printer(in.r), sch.Zone()
	out := FreeTimes{Service: sch.Service.ID, Office: sch.Office.ID, Zone: zone.String(), Days: make([]Day, 0, len(times.Days))}
	for _, t := range times.Days {
		day := Day{Date: t.Date.String(), State: string(t.Kind), Reason: reason(t, p), Slots: slotsOf(slices.Collect(t.Free.All()), zone)}
		if !t.Opens.IsZero() {
			day.Opens = t.Opens.Format(time.RFC3339)
		}
		out.Days = append(out.Days, day)
	}
	return listed(out, cacheTimes), nil
}

func slotsOf(times []booking.FreeTime, zone *time.Location) []Slot {
	out := make([]Slot, 0, len(times))
	for _, t := range times {
		out = append(out, slotOf(t, zone))
	}
	return out
}

// days reads the range that was asked for.
func days(sch booking.Schedule, from, to string) (first, last org.Date, err error) {
	first = sch.Today()
	if from != "" {
		if first, err = org.ParseDate(from); err != nil {
			return first, last, wrongDate("from", "api.field_date")
		}
	}
	last = first.Add(usualDays - 1)
	if to != "" {
		if last, err = org.ParseDate(to); err != nil {
			return first, last, wrongDate("to", "api.field_date")
		}
	}
	if n := first.DaysTo(last); n < 0 || n >= mostDays {
		return first, last, wrongDate("to", "api.field_range")
	}
	return first, last, nil
}

func wrongDate(name, key string) error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key, Args: fault.Args{"max": mostDays}})
}

func reason(t booking.DayTimes, p *i18n.Printer) string {
	if t.Calendar == nil {
		return ""
	}
	switch t.Calendar.State {
	case org.StateHoliday:
		return p.T(t.Calendar.Holiday.Key)
	case org.StateClosure:
		return t.Calendar.Closure.Reason.In(p.Lang())
	}
	return ""
}
