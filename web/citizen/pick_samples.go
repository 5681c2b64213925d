package citizen

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// keep says which times of the samples' calendar are free.
type keep func(t time.Time) bool

// sampleFree are the times of the pictures: some in week 48, none in week 49, many from week 50 on.
func sampleFree(t time.Time) bool {
	clock := t.Format("15:04")
	switch _, week := t.ISOWeek(); {
	case week < 48 || week == 49:
		return false
	case week > 49:
		return t.Weekday() != time.Monday && t.Minute() == 40
	}
	switch t.Weekday() {
	case time.Monday:
		return slices.Contains([]string{"09:20", "10:40", "13:00", "14:20", "15:40"}, clock)
	case time.Wednesday:
		return slices.Contains([]string{"08:00", "08:20", "08:40", "09:00", "09:20", "11:40", "12:00", "12:20", "14:00"}, clock)
	case time.Thursday:
		return t.Hour() >= 16 && t.Hour() < 17 || clock == "17:00"
	}
	return false
}

// sampleDays are the days of a schedule in which the kept times alone are free.
func sampleDays(sch booking.Schedule, free keep) []booking.DayTimes {
	busy := booking.Busy{}
	var days []booking.DayTimes
	for d := sch.Today(); !d.After(sch.LastDay()); d = d.Add(1) {
		for _, slot := range sch.Grid(d) {
			if free(time.Unix(slot.Start, 0).In(sch.Zone())) {
				continue
			}
			for _, u := range slot.Units {
				for cell := booking.FirstCell(slot.Start); cell < booking.LastCell(slot.End); cell++ {
					busy.Add(u, cell)
				}
			}
		}
		days = append(days, sch.Day(d, busy))
	}
	return wholeWeeks(sch, days)
}

// samplePick is a page of free times; with changes its facts.
func samplePick(state string, service ids.Service, office ids.Office, free keep, with func(f *pickFacts)) web.Sample {
	return sample("pick", state, func(b web.Base) web.Component {
		sch := sampleSchedule(service, office)
		offices := b.URL("services", string(service), "offices")
		f := pickFacts{Days: sampleDays(sch, free), pickInput: pickInput{
			Schedule: sch, Step: stepTime, Of: bookingSteps, Back: offices, PlaceURL: offices, ServiceURL: b.URL("services"),
			Action: b.URL("book", string(service), string(office)),
		}}
		if office == sampleKallio && service == "passport" {
			start := sampleStart(time.November, 21, 11, 0)
			f.Earlier = []booking.Place{{Office: sch.Config.OfficesOf(service)[1], Any: true, First: booking.FreeTime{Start: start, End: start + 20*60}}}
		}
		if with != nil {
			with(&f)
		}
		if f.Moves != "" {
			f.Old = b.Printer.At(f.time(sampleStart(time.November, 24, 9, 20)))
		}
		if err := f.chooseWeek(); err != nil {
			panic("samples: " + err.Error())
		}
		return ShowPick(newPickPage(b, f))
	})
}

func pickSamples() []web.Sample {
	refused := func(key string, args fault.Args, start int64) func(*pickFacts) {
		return func(f *pickFacts) { f.Fault, f.Start = fault.Invalid(key, args), start }
	}
	full := func(time.Time) bool { return false }
	first := sampleStart(time.November, 23, 9, 20)
	taken := func(t time.Time) bool { return sampleFree(t) && t.Unix() != first }
	lost := func(f *pickFacts) {
		f.Fault, f.Start = fault.Conflict("booking.taken", fault.Args{"start": time.Unix(first, 0).In(f.Schedule.Zone())}), first
	}
	return []web.Sample{
		samplePick("", "passport", sampleKallio, sampleFree, nil),
		samplePick("taken", "passport", sampleKallio, taken, lost),
		samplePick("taken-kept", "name-change", sampleKallio, func(t time.Time) bool { return t.Hour() == 10 && t.Unix() != first }, func(f *pickFacts) {
			lost(f)
			f.Draft, f.Kept = sampleDraftID, true
		}),
		samplePick("full-week", "passport", sampleKallio, sampleFree, func(f *pickFacts) { f.Week = "2026-W49" }),
		samplePick("nothing-after", "passport", sampleKallio, func(t time.Time) bool { return t.Month() == time.November && sampleFree(t) }, func(f *pickFacts) {
			f.Week = "2026-W51"
		}),
		samplePick("last-week", "passport", sampleKallio, func(time.Time) bool { return true }, func(f *pickFacts) { f.Week = "2027-W03" }),
		samplePick("beyond", "passport", sampleKallio, sampleFree, func(f *pickFacts) { f.Week = "2027-W10" }),
		samplePick("past", "passport", sampleKallio, func(time.Time) bool { return true }, func(f *pickFacts) { f.Week = "2026-W40" }),
		samplePick("holidays", "passport", sampleKallio, func(time.Time) bool { return true }, func(f *pickFacts) { f.Week = "2026-W52" }),
		samplePick("none", "passport", sampleKallio, full, nil),
		samplePick("saturday", "passport", "itakeskus", func(t time.Time) bool { return t.Minute() == 0 }, nil),
		samplePick("not-held", "name-change", sampleKallio, func(t time.Time) bool { return t.Hour() != 11 }, nil),
		samplePick("held", "passport", sampleKallio, taken, func(f *pickFacts) {
			f.Draft, f.Held = sampleDraftID, &heldTime{first, sampleNow().Unix() + 900, "/"}
		}),
		samplePick("only-place", "parking", sampleKallio, sampleFree, nil),
		samplePick("too-late", "passport", sampleKallio, sampleFree, refused("booking.past", nil, sampleStart(time.November, 20, 9, 0))),
		samplePick("too-close", "passport", sampleKallio, sampleFree, refused("booking.too_close", fault.Args{"notice": time.Hour}, sampleStart(time.November, 20, 14, 20))),
		samplePick("too-far", "passport", sampleKallio, sampleFree, refused("booking.too_far", nil, sampleStart(time.November, 20, 9, 0)+90*86400)),
		samplePick("closed-day", "passport", sampleKallio, sampleFree, refused("booking.not_on_grid", nil, sampleStart(time.November, 27, 9, 0))),
		samplePick("off-grid", "passport", sampleKallio, sampleFree, refused("booking.not_on_grid", nil, sampleStart(time.November, 25, 9, 1))),
		samplePick("unreadable", "passport", sampleKallio, sampleFree, refused("booking.bad_time", nil, 0)),
		samplePick("move-none", "passport", sampleKallio, full, func(f *pickFacts) {
			f.Moves, f.CanWait, f.Same = sampleID, true, "Anna Ahola"
			f.ServiceURL, f.PlaceURL, f.VisitURL, f.Step, f.Of = "", "", "", 0, 0
		}),
		samplePick("move", "passport", sampleKallio, sampleFree, func(f *pickFacts) {
			f.Moves, f.CanWait = sampleID, true
			f.ServiceURL, f.PlaceURL, f.VisitURL, f.Step, f.Of = "", "", "", 0, 0
		}),
	}
}
