package booking

import (
	"math/bits"
	"time"

	"luukku/domain/org"
)

// earliest is the first second at which a time may begin that is booked now: not in the past, and not too close.
func (o *offer) earliest(now int64) int64 { return now + seconds(o.schedule.Policy.Notice) }

// version tells one state of the offer's units from another: it grows with each change.
func (o *offer) version() (v uint64) {
	for _, u := range o.units {
		v += u.state.Load().version
	}
	return v
}

// settle forgets holds that have run out, and returns the first last second of those that have not.
func (o *offer) settle(now int64) int64 {
	expiry := int64(never)
	for i, u := range o.units {
		s := u.state.Load()
		if s.expiry < now {
			b := o.calendar.board
			b.mu.Lock()
			b.edit(o.schedule.Units[i].ID, func(s *unitState) { s.settle(now) })
			b.mu.Unlock()
			s = u.state.Load()
		}
		expiry = min(expiry, s.expiry)
	}
	return expiry
}

// between appends the free times of the days from first to last, as Service.Between tells them.
func (o *offer) between(days []DayTimes, first, last org.Date, sch Schedule) []DayTimes {
	now := sch.Now.Unix()
	today, end := o.calendar.today(now).date, sch.LastDay()
	digits := bits.Len(uint(len(o.units)))
	room := make([]dayBits, (first.DaysTo(last)+1)*digits) // of all days at once
	for d := first; !d.After(last); d = d.Add(1) {
		days = append(days, DayTimes{Date: d})
		o.dayTimes(&days[len(days)-1], today, end, now, room[:0:digits])
		room = room[digits:]
	}
	return days
}

// dayTimes fills in the free times of a day, as Schedule.Day tells them. In room there is space for the numbers of free units.
func (o *offer) dayTimes(out *DayTimes, today, last org.Date, now int64, room []dayBits) {
	if out.Kind = DayOver; out.Date.Before(today) {
		return
	}
	d := o.at(out.Date)
	switch {
	case d.pattern == nil:
		out.Kind, out.Calendar = DayClosed, d.closed
		return
	case out.Date.After(last):
		out.Kind, out.Opens = DayBeyond, OpensAt(o.schedule.Policy, out.Date, time.Unix(now, 0), o.schedule.Zone())
		return
	}
	past := LastCell(o.earliest(now)) - d.base
	out.Free = FreeTimes{base: d.base, length: seconds(o.schedule.Policy.Length), units: room}
	o.count(&out.Free, d, now)
	if out.Free.any.clearBefore(past); out.Free.any.first() >= 0 {
		out.Kind = DayFree
		return
	}
	var all dayBits
	copy(all[:], d.all)
	if all.clearBefore(past); all.first() >= 0 {
		out.Kind = DayFull
	}
}

// count adds the free times of a day of each unit.
func (o *offer) count(free *FreeTimes, d *gridDay, now int64) {
	need, released := LastCell(o.schedule.Busy()), FirstCell(releasedAt(o.schedule, now))-d.base
	var room blockedCells
	for i, u := range o.units {
		blocked := u.state.Load().blocked(&room, d.base, need, d.words, now)
		for w, starts := range d.starts[i] {
			free.add(w, starts&^blocked[w]&^d.kept(i, w, released))
		}
	}
}

// slotAt is Schedule.At.
func (o *offer) slotAt(start, now int64) (Slot, bool) {
	d := o.at(org.DateOf(time.Unix(start, 0).In(o.schedule.Zone())))
	bit := FirstCell(start) - d.base
	if d.pattern == nil || start%CellSeconds != 0 || bit < 0 || bit >= int64(d.words)*64 {
		return Slot{}, false
	}
	slot := Slot{Start: start, End: start + seconds(o.schedule.Policy.Length)}
	w, mask, released := int(bit>>6), uint64(1)<<uint(bit&63), FirstCell(releasedAt(o.schedule, now))-d.base
	for i, u := range o.schedule.Units {
		if d.starts[i][w]&^d.kept(i, w, released)&mask != 0 {
			slot.Units = append(slot.Units, u.ID)
		}
	}
	return slot, d.all[w]&mask != 0
}

// firstTime is the first free time of an offer, as long as nothing changes and until has not passed.
type firstTime struct {
	version      uint64
	since, until int64
	start        int64
	any          bool
}

// firstFree returns the first free time.
func (o *offer) firstFree(now int64) *firstTime {
	if f := o.first.Load(); f != nil && now <= f.until && now >= f.since && f.version == o.version() {
		return f
	}
	expiry := o.settle(now)
	f := &firstTime{version: o.version(), since: now}
	today := o.calendar.today(now)
	f.start, f.any = o.searchFirst(today.date, now)
	f.until = min(expiry, today.end, o.opening(now)-1, o.release(now)-1)
	if f.any {
		f.until = min(f.until, LastNotice(o.schedule.Policy, f.start))
	}
	o.first.Store(f)
	return f
}

func (o *offer) searchFirst(today org.Date, now int64) (start int64, any bool) {
	from := o.earliest(now)
	for date, last := o.dayOf(from, today), o.lastDay(now); !date.After(last); date = date.Add(1) {
		d := o.at(date)
		free := o.free(d, now, from)
		if bit := free.first(); bit >= 0 {
			return (d.base + bit) * CellSeconds, true
		}
	}
	return 0, false
}

// dayOf returns a day, not before today, that is not after the day of the times from a second on.
func (o *offer) dayOf(from int64, today org.Date) org.Date {
	if seconds(o.schedule.Policy.Notice) < 12*3600 {
		return today
	}
	if d := o.calendar.config.Today(time.Unix(from, 0)).Add(-1); d.After(today) {
		return d
	}
	return today
}

func (o *offer) lastDay(now int64) org.Date {
	return LastDay(o.schedule.Policy, time.Unix(now, 0), o.schedule.Zone())
}

// opening is the next second in which days open for booking.
func (o *offer) opening(now int64) int64 {
	return NextOpening(o.schedule.Policy, time.Unix(now, 0), o.schedule.Zone()).Unix()
}

// release is the next second in which a time of the share kept for staff opens for everybody, whether it is free or not.
func (o *offer) release(now int64) int64 {
	before := seconds(o.schedule.Policy.StaffRelease)
	if o.schedule.Policy.StaffShare == 0 || before == 0 {
		return never
	}
	from := releasedAt(o.schedule, now) + 1
	for date, last := o.calendar.config.Today(time.Unix(from, 0)).Add(-1), o.lastDay(now); !date.After(last); date = date.Add(1) {
		d := o.at(date)
		if d.pattern == nil {
			continue
		}
		var all dayBits
		copy(all[:], d.all)
		if all.clearBefore(LastCell(from) - d.base); all.first() >= 0 {
			return (d.base+all.first())*CellSeconds - before
		}
	}
	return never
}

// nextCut is the last second in which the next time that is not too close yet can be booked, whether it is free or not.
type nextCut struct{ since, until int64 }

// cut returns the next second after which the times of the offer are others because one has come too close.
func (o *offer) cut(now int64) int64 {
	if c := o.next.Load(); c != nil && c.since <= now && now <= c.until {
		return c.until
	}
	c := &nextCut{since: now, until: min(o.nextCut(now), o.opening(now)-1, o.release(now)-1)}
	o.next.Store(c)
	return c.until
}

func (o *offer) nextCut(now int64) int64 {
	today, from := o.calendar.today(now), o.earliest(now)
	for date, last := o.dayOf(from, today.date), o.lastDay(now); !date.After(last); date = date.Add(1) {
		d := o.at(date)
		if d.pattern == nil {
			continue
		}
		var all dayBits
		copy(all[:], d.all)
		if all.clearBefore(LastCell(from) - d.base); all.first() >= 0 {
			return LastNotice(o.schedule.Policy, (d.base+all.first())*CellSeconds)
		}
	}
	return never
}
