package citizen

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/booking"
	"luukku/domain/org"
)

// pickFacts is everything the page of free times shows, before it is put into words.
type pickFacts struct {
	pickInput
	// Days are whole weeks, from the one of today to the last that can be booked.
	Days []booking.DayTimes
	// Earlier are other places with earlier times, the earliest first.
	Earlier []booking.Place
	// Shown is the week on the page. Moved says why it is not the one asked for: weekPast, weekBeyond or nothing.
	Shown org.Week
	Moved weekMoved
}

type weekMoved string

const (
	weekPast   weekMoved = "past"
	weekBeyond weekMoved = "beyond"
)

// chooseWeek decides which week to show: the one asked for, held to the weeks there are; else that of the time nearest to the one that was lost; else the
// first that has a time.
func (f *pickFacts) chooseWeek() error {
	first, last := f.Days[0].Date.ISOWeek(), f.Days[len(f.Days)-1].Date.ISOWeek()
	if f.Week != "" {
		w, err := org.ParseWeek(f.Week)
		switch {
		case err != nil:
			return fault.NotFound("booking.unknown_week").Because(err)
		case w.Before(first):
			w, f.Moved = first, weekPast
		case last.Before(w):
			w, f.Moved = last, weekBeyond
		}
		f.Shown = w
		return nil
	}
	f.Shown = first
	if near, ok := f.nearest(); ok {
		f.Shown = f.dateOf(near).ISOWeek()
	}
	return nil
}

// nearest is the free time nearest to the one that was asked for, or the first when none was.
func (f *pickFacts) nearest() (booking.FreeTime, bool) {
	if f.Fault == nil || f.Start == 0 {
		t := booking.Times{Days: f.Days}
		return t.First()
	}
	near := booking.Nearest(f.Days, f.Start, 1)
	if len(near) == 0 {
		return booking.FreeTime{}, false
	}
	return near[0], true
}

// after is the first free time after the shown week, or before it when there is none after.
func (f *pickFacts) after() (booking.FreeTime, bool) {
	end := f.Shown.Next().Monday()
	for _, d := range f.Days {
		if first, ok := d.Free.First(); ok && !d.Date.Before(end) {
			return first, true
		}
	}
	t := booking.Times{Days: f.Days}
	return t.First()
}

// leaveOutOld takes the time that a move begins from out of the times to choose from: it is the person's already.
func (f *pickFacts) leaveOutOld() {
	if f.Moves == "" {
		return
	}
	for i := range f.Days {
		d := &f.Days[i]
		d.Free = d.Free.Without(f.OldStart)
		if d.Kind == booking.DayFree && d.Free.Len() == 0 {
			d.Kind = booking.DayFull
		}
	}
}

func (f *pickFacts) time(unix int64) time.Time { return time.Unix(unix, 0).In(f.Schedule.Zone()) }

func (f *pickFacts) dateOf(t booking.FreeTime) org.Date { return org.DateOf(f.time(t.Start)) }

// weekFacts is one week of the horizon.
type weekFacts struct {
	org.Week
	today org.Date
	days  []booking.DayTimes
	free  int
	// open is whether some day is, or was, open for booking: a week without free times is full then, and closed otherwise.
	open bool
}

// weeks are the weeks to choose from. The first is left out when nothing of it is left, unless it is on the page.
func (f *pickFacts) weeks() []weekFacts {
	var out []weekFacts
	for days := range slices.Chunk(f.Days, 7) {
		w := weekFacts{Week: days[0].Date.ISOWeek(), today: f.Schedule.Today(), days: days}
		for _, d := range days {
			w.free += d.Free.Len()
			w.open = w.open || d.Kind == booking.DayFull || d.Kind == booking.DayFree
		}
		if len(out) == 0 && days[0].Date == f.Days[0].Date && !w.open && w.Week != f.Shown {
			continue
		}
		out = append(out, w)
	}
	return out
}

// columns are the days of a week that are shown: Monday to Friday, and of the weekend what has times. Days that are over are left out of a week that has
// times still.
func (w weekFacts) columns() []booking.DayTimes {
	return slices.DeleteFunc(slices.Clone(w.days), func(d booking.DayTimes) bool {
		wd := d.Date.Weekday()
		return d.Free.Len() == 0 && (wd == time.Saturday || wd == time.Sunday || w.free > 0 && d.Date.Before(w.today))
	})
}

// dayID is where a day's heading is on the page.
func dayID(d org.Date) string { return "d-" + strings.ReplaceAll(d.String()[5:], "-", "") }

// hrefOf leads to a day: on this page when its week is shown, else on the page of its week.
func (f *pickFacts) hrefOf(d org.Date) string {
	if d.ISOWeek() == f.Shown {
		return "#" + dayID(d)
	}
	return f.weekHref(d.ISOWeek()) + "#" + dayID(d)
}

func (f *pickFacts) weekHref(w org.Week) string {
	path, query, _ := strings.Cut(f.Action, "?")
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{} // the action is ours; a broken query is nobody's
	}
	q.Set("week", w.String())
	return path + "?" + q.Encode()
}
