package course

import (
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/org"
	"luukku/domain/waiting"
)

// Start is when a course begins, End when its last meeting is over (Unix seconds); 0 without meetings.
func (d Details) Start() int64 {
	if len(d.Sessions) == 0 {
		return 0
	}
	return slices.MinFunc(d.Sessions, func(a, b Session) int { return int(a.Start - b.Start) }).Start
}

// End is when its last meeting is over.
func (d Details) End() (end int64) {
	for _, s := range d.Sessions {
		end = max(end, s.End)
	}
	return end
}

// Shuts is the last second in which people enrol by themselves.
func (d Details) Shuts() int64 {
	if d.Closes != 0 {
		return d.Closes
	}
	return d.Start() - 1
}

// LastCancel is the last second in which people cancel by themselves.
func (d Details) LastCancel() int64 {
	if d.CancelUntil != 0 {
		return d.CancelUntil
	}
	return d.Start() - 1
}

// Stage is how far a course is.
type Stage string

// The stages.
const (
	Hidden  Stage = "hidden" // a draft
	Soon    Stage = "soon"   // enrolment has not opened
	Open    Stage = "open"
	Shut    Stage = "shut" // enrolment is over
	Over    Stage = "over" // so is the course
	Stopped Stage = "off"  // it was called off
)

// StageAt is how far a course is at a moment.
func (c Course) StageAt(now int64) Stage {
	switch {
	case c.State == Draft:
		return Hidden
	case c.State == CalledOff:
		return Stopped
	case now >= c.End():
		return Over
	case now < c.Opens:
		return Soon
	case now > c.Shuts():
		return Shut
	}
	return Open
}

// Taken is how many places have gone, by quota: of those who come, to whom one is offered, and for whom one is held. The places for everybody are under "".
type Taken map[string]int

// All is how many places have gone.
func (t Taken) All() (n int) {
	for _, m := range t {
		n += m
	}
	return n
}

// kept reports whether a quota's places are still its own.
func (q Quota) kept(now int64) bool { return q.Until == 0 || now <= q.Until }

// general is how many places are for everybody, as they were shared out.
func (d Details) general() int {
	n := d.Places
	for _, q := range d.Quotas {
		n -= q.Places
	}
	return max(n, 0)
}

// Left is how many places are free, by quota. What a quota did not need is everybody's once its time is over.
func (d Details) Left(t Taken, now int64) Taken {
	out := Taken{"": d.general() - t[""]}
	known := []string{""}
	for _, q := range d.Quotas {
		known = append(known, q.ID)
		free := q.Places - t[q.ID]
		if q.kept(now) {
			out[q.ID] = free
		} else {
			out[""] += free
		}
	}
	for id, n := range t { // places of a quota that there is no more
		if !slices.Contains(known, id) {
			out[""] -= n
		}
	}
	whole := d.Places - t.All() // never more than there are
	if planted.Bug("course-seat-over") {
		whole++
		out[""]++
	}
	for id := range out {
		out[id] = max(min(out[id], whole), 0)
	}
	return out
}

// Free is how many places are free for anybody at all.
func (d Details) Free(t Taken, now int64) int {
	n := 0
	for _, m := range d.Left(t, now) {
		n += m
	}
	return min(n, max(d.Places-t.All(), 0))
}

// Seat is the place that somebody gets: of the first quota that they fit and that has one, so that the others are left to everybody. ok is false when there is none for them.
func (d Details) Seat(fits []string, t Taken, now int64) (quota string, ok bool) {
	left := d.Left(t, now)
	for _, q := range d.Quotas {
		if left[q.ID] > 0 && slices.Contains(fits, q.ID) {
			return q.ID, true
		}
	}
	return "", left[""] > 0
}

// Who is somebody who wants to come, as the rules see them.
type Who struct {
	Birth string // YYYY-MM-DD, from the register where there is one; empty is unknown
	Code  string // postal code
	Lang  i18n.Lang
}

// Age is how many years somebody is old on a day; -1 when that is unknown. Who was born on 29 February is a year older on 1 March of other years.
func Age(birth string, on org.Date) int {
	b, err := org.ParseDate(birth)
	if err != nil || on.Before(b) {
		return -1
	}
	y1, m1, d1 := b.YMD()
	y2, m2, d2 := on.YMD()
	age := y2 - y1
	if m2 < m1 || m2 == m1 && d2 < d1 {
		age--
	}
	return age
}

// AgeDay is the day on which people's age counts: the first day of the course, or today when it has begun.
func (d Details) AgeDay(today org.Date, start org.Date) org.Date {
	if start.Before(today) {
		return today
	}
	return start
}

// Fits are the quotas of which somebody may have a place.
func (d Details) Fits(w Who, day org.Date) (out []string) {
	for _, q := range d.Quotas {
		if ageFault(q.MinAge, q.MaxAge, w.Birth, day) == "" && near(q.Codes, w.Code) && (len(q.Langs) == 0 || slices.Contains(q.Langs, w.Lang)) {
			out = append(out, q.ID)
		}
	}
	return out
}

// near reports whether a postal code is among some, or among those that begin like them.
func near(codes []string, code string) bool {
	return len(codes) == 0 || code != "" && slices.ContainsFunc(codes, func(c string) bool { return strings.HasPrefix(code, c) })
}

// ageFault is what is wrong with an age, as a text key's last part; empty when nothing is.
func ageFault(least, most int, birth string, day org.Date) string {
	if least == 0 && most == 0 {
		return ""
	}
	switch age := Age(birth, day); {
	case age < 0:
		return "birth"
	case age < least:
		return "young"
	case most > 0 && age > most:
		return "old"
	}
	return ""
}

// NeedsBirth and NeedsCode report whether the rules ask for a date of birth, and a postal code.
func (d Details) NeedsBirth() bool {
	return d.MinAge > 0 || d.MaxAge > 0 || slices.ContainsFunc(d.Quotas, func(q Quota) bool { return q.MinAge > 0 || q.MaxAge > 0 })
}

// NeedsCode reports whether the rules ask for a postal code.
func (d Details) NeedsCode() bool {
	return len(d.Codes) > 0 || slices.ContainsFunc(d.Quotas, func(q Quota) bool { return len(q.Codes) > 0 })
}

// Refusal is a reason why somebody cannot enrol: a text key and its arguments.
type Refusal struct {
	Key  string
	Args fault.Args
}

// Refusals are all the reasons why nobody can enrol now; none when people can. Staff enrol before and after the period, too.
func (c Course) Refusals(now int64, staff bool) (out []Refusal) {
	switch stage := c.StageAt(now); {
	case stage == Hidden, stage == Over, stage == Stopped, !staff && (stage == Soon || stage == Shut):
		out = append(out, Refusal{Key: "course.no." + string(stage)})
	}
	return out
}

// RefusalsOf are all the reasons why one person cannot come; none when they can.
func (d Details) RefusalsOf(w Who, day org.Date) (out []Refusal) {
	switch why := ageFault(d.MinAge, d.MaxAge, w.Birth, day); why {
	case "young":
		out = append(out, Refusal{"course.no.young", fault.Args{"age": d.MinAge}})
	case "old":
		out = append(out, Refusal{"course.no.old", fault.Args{"age": d.MaxAge}})
	case "birth":
		out = append(out, Refusal{Key: "course.no.birth"})
	}
	if !near(d.Codes, w.Code) {
		out = append(out, Refusal{Key: "course.no.elsewhere"})
	}
	return out
}

// Clashes reports whether two courses meet at the same time.
func Clashes(a, b Details) bool {
	return slices.ContainsFunc(a.Sessions, func(x Session) bool {
		return slices.ContainsFunc(b.Sessions, func(y Session) bool { return x.Start < y.End && y.Start < x.End })
	})
}

// CheckCancel is nil when somebody may give their place back by themselves; Conflict "course.cancel_late" or "course.cancel_not". Who waits, or is offered a place, may leave at any time.
func (c Course) CheckCancel(e Enrolment, now int64) error {
	switch e.At(now) {
	case Waiting, Offered:
		return nil
	case Attending:
		if now > c.LastCancel() {
			return fault.Conflict("course.cancel_late", nil)
		}
		return nil
	}
	return fault.Conflict("course.cancel_not", nil)
}

// OfferEnds is the last second of an offer that is made now: after the policy's time, and before the course begins. ok is false when nothing is offered any more.
func (c Course) OfferEnds(now int64) (until int64, ok bool) {
	until = min(now+int64(c.Offer)*3600, c.Start()-1)
	return until, c.State == Published && now < until
}

// HoldEnds is the last second of a hold that is taken now.
func (c Course) HoldEnds(now int64) int64 { return now + int64(c.Hold)*60 }

// Line puts those who wait in their order: who has waited longest comes first.
func Line(list []Enrolment) {
	line := make([]waiting.Entry, len(list))
	at := make(map[ids.Waiting]Enrolment, len(list))
	for i, e := range list {
		id := ids.Waiting(e.ID)
		line[i], at[id] = waiting.Entry{ID: id, CreatedAt: e.Line}, e
	}
	waiting.Line(line)
	if planted.Bug("course-line-backwards") {
		slices.Reverse(line)
	}
	for i, e := range line {
		list[i] = at[e.ID]
	}
}

// Next is who of those who wait is offered a place now, and which; ok is false when no free place fits any of them.
func (c Course) Next(line []Enrolment, t Taken, now int64) (e Enrolment, ok bool) {
	until, still := c.OfferEnds(now)
	if !still {
		return Enrolment{}, false
	}
	line = slices.Clone(line)
	Line(line)
	for _, e := range line {
		if quota, free := c.Seat(e.Fits, t, now); free && e.Status == Waiting {
			e.Status, e.Quota, e.Until = Offered, quota, until
			return e, true
		}
	}
	return Enrolment{}, false
}
