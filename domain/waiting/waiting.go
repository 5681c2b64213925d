// Package waiting is the room of those who wait: for a time that becomes free, or for a place on a course.
//
// It promises that who would be served by what has become free is a pure function of what they asked for and of what there is, and that those who have
// waited longest come first. What becomes free, and how it is kept for whom it is offered to, is left to the rooms that have it to give.
package waiting

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// State of somebody on the list.
type State string

// The states.
const (
	// Asked is who gave a number alone: it was asked by text message whether it is theirs, and nothing is offered before it answers.
	Asked   State = "asked"
	Waiting State = "waiting"
	Served  State = "served" // got a time, by an offer
	Left    State = "left"   // does not want to wait any more
)

// Entry is somebody on the list.
type Entry struct {
	Org     ids.Org
	ID      ids.Waiting
	Service ids.Service
	State   State
	// Person is whose key seals what becomes of it.
	Person ids.Person
	Name   string
	Email  string
	Phone  string // E.164
	Lang   i18n.Lang
	// Account is in whose folder it is; empty for who has not signed in.
	Account ids.Person
	Wish    Wish
	// Moves is the appointment that they would give up for an earlier time; empty for none.
	Moves ids.Appointment
	// MadeBy is the clerk who put a caller on the list; empty when they did so themselves.
	MadeBy    ids.Staff
	Offers    int64 // how many times were offered to them
	CreatedAt int64 // Unix seconds
	EndedAt   int64
}

// AskedLife is how long a number that was asked may answer, in seconds.
const AskedLife = 24 * 60 * 60

// MayProve reports whether a place can still be proven by the number that was asked, to the last second.
func (e Entry) MayProve(now int64) bool { return e.State == Asked && now <= e.CreatedAt+AskedLife }

// Wish says which times would do. What is empty does not matter.
type Wish struct {
	Offices []ids.Office `json:"offices,omitempty"`
	// From and Until are the first and the last date.
	From  org.Date `json:"from,omitzero"`
	Until org.Date `json:"until,omitzero"`
	// Days are days of the week; none is every day.
	Days org.Weekdays `json:"days,omitempty"`
	// After and Before are times of day: the visit begins no earlier, and ends no later; both 0 is any.
	After  org.Minute `json:"after,omitempty"`
	Before org.Minute `json:"before,omitempty"`
	// Unit is the one professional who would do.
	Unit ids.Unit `json:"unit,omitempty"`
	// Notice is how long before its start they must hear of a time, in seconds.
	Notice int64 `json:"notice,omitempty"`
	// Earlier is the start of the appointment that they have: only what begins before it is wanted; 0 for none (Unix seconds).
	Earlier int64 `json:"earlier,omitempty"`
}

// Notices are how long before a time somebody wants to hear of it, as it can be chosen, in seconds; 0 is at any time.
var Notices = []int64{0, 2 * 60 * 60, 24 * 60 * 60, 2 * 24 * 60 * 60, 7 * 24 * 60 * 60}

// NoticeOf is the notice that was chosen; what is none is 0.
func NoticeOf(seconds string) int64 {
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil || !slices.Contains(Notices, n) {
		return 0
	}
	return n
}

// Part is a part of the day that one can choose.
type Part string

// The parts of the day: any, the morning, the afternoon, and after work.
const (
	AnyPart   Part = "any"
	Morning   Part = "morning"
	Afternoon Part = "afternoon"
	Evening   Part = "evening"
)

// Parts are the parts of the day in their order.
var Parts = []Part{AnyPart, Morning, Afternoon, Evening}

const (
	noon    org.Minute = 12 * 60
	evening org.Minute = 16 * 60
)

// Times are when a visit may begin, and when it must end; what is no part is any.
func (p Part) Times() (after, before org.Minute) {
	switch p {
	case Morning:
		return 0, noon
	case Afternoon:
		return noon, org.EndOfDay
	case Evening:
		return evening, org.EndOfDay
	}
	return 0, 0
}

// Part is the part of the day that somebody wishes; AnyPart for other times, too.
func (w Wish) Part() Part {
	for _, p := range Parts[1:] {
		if after, before := p.Times(); w.After == after && w.Before == before {
			return p
		}
	}
	return AnyPart
}

// Time is something that has become free.
type Time struct {
	Service    ids.Service
	Office     ids.Office
	Unit       ids.Unit
	Start, End int64 // Unix seconds
}

// Wants reports whether somebody who waits would be served by a time, told now.
func (e Entry) Wants(t Time, now int64, zone *time.Location) bool {
	w := e.Wish
	start, end := time.Unix(t.Start, 0).In(zone), time.Unix(t.End, 0).In(zone)
	day := org.DateOf(start)
	switch {
	case e.State != Waiting, e.Service != t.Service,
		len(w.Offices) > 0 && !slices.Contains(w.Offices, t.Office),
		w.Unit != "" && w.Unit != t.Unit,
		!w.From.IsZero() && day.Before(w.From),
		!w.Until.IsZero() && day.After(w.Until),
		w.Days != 0 && !w.Days.Has(day.Weekday()),
		now > t.Start-w.Notice,
		w.Earlier != 0 && t.Start >= w.Earlier:
		return false
	}
	if w.After == 0 && w.Before == 0 {
		return true
	}
	last := org.EndOfDay // of the day on which the visit begins
	if org.DateOf(end).Equal(day) {
		last = org.MinuteOf(end)
	}
	return org.MinuteOf(start) >= w.After && (w.Before == 0 || last <= w.Before)
}

// Line puts entries in their order: who has waited longest comes first.
func Line(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
}

// Check says what is wrong with a wish, field by field: Invalid "form.invalid" with until, before or days.
func (w Wish) Check(today org.Date) error {
	var fields []fault.Field
	if !w.Until.IsZero() && (w.Until.Before(today) || !w.From.IsZero() && w.Until.Before(w.From)) {
		fields = append(fields, fault.Field{Name: "until", Key: "waiting.until_past"})
	}
	if w.Before != 0 && w.Before <= w.After {
		fields = append(fields, fault.Field{Name: "before", Key: "waiting.before_after"})
	}
	if len(fields) > 0 {
		return fault.Invalid("form.invalid", nil, fields...)
	}
	return nil
}
