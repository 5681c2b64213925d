package booking

import (
	"math/bits"
	"time"

	"luukku/base/ids"
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

// dayTimes are the free times of a day, as Schedule.Day tells them.
func (o *offer) dayTimes(date, today, last org.Date, now int64) DayTimes {
	out := DayTimes{Date: date}
	if date.Before(today) {
		out.Kind = DayOver
		return out
	}
	d := o.at(date)
	switch {
	case d.pattern == nil:
		out.Kind, out.Calendar = DayClosed, d.closed
		return out
	case date.After(last):
		out.Kind, out.Opens = DayBeyond, today.Add(last.DaysTo(date))
		return out
	}
	free := o.free(d, now, o.earliest(now))
	if n := free.count(); n > 0 {
		out.Kind, out.Slots = DayFree, o.slots(d, free, n, now)
		return out
	}
	out.Kind = DayOver
	var all dayBits
	copy(all[:], d.all)
	if all.clearBefore(LastCell(o.earliest(now)) - d.base); all.first() >= 0 {
		out.Kind = DayFull
	}
	return out
}

// slotAt is Schedule.At.
func (o *offer) slotAt(start int64) (Slot, bool) {
	d := o.at(org.DateOf(time.Unix(start, 0).In(o.schedule.Zone())))
	bit := FirstCell(start) - d.base
	if d.pattern == nil || start%CellSeconds != 0 || bit < 0 || bit >= int64(d.words)*64 {
		return Slot{}, false
	}
	slot := Slot{Start: start, End: start + seconds(o.schedule.Policy.Length)}
	for i, u := range o.schedule.Units {
		if d.starts[i][bit>>6]>>uint(bit&63)&1 == 1 {
			slot.Units = append(slot.Units, u.ID)
		}
	}
	return slot, len(slot.Units) > 0
}

// slots writes the free starts of a day out, each with the units that can take it.
func (o *offer) slots(d *gridDay, free dayBits, n int, now int64) []Slot {
	out := make([]Slot, 0, n)
	units := make([]ids.Unit, 0, n*len(o.units))
	length, need := seconds(o.schedule.Policy.Length), LastCell(o.schedule.Busy())
	var open [maxUnitsAtOnce][mostWords]uint64
	masks := open[:0]
	for i, u := range o.units {
		blocked := u.state.Load().blocked(d.base, need, d.words, now)
		var mask [mostWords]uint64
		for w, starts := range d.starts[i] {
			mask[w] = starts &^ blocked[w]
		}
		masks = append(masks, mask)
	}
	for w, word := range free {
		for ; word != 0; word &= word - 1 {
			bit := bits.TrailingZeros64(word)
			start := (d.base + int64(w*64+bit)) * CellSeconds
			from := len(units)
			for i := range masks {
				if masks[i][w]&(1<<uint(bit)) != 0 {
					units = append(units, o.schedule.Units[i].ID)
				}
			}
			if len(units) > from { // somebody may have taken the last one between the two looks
				out = append(out, Slot{Start: start, End: start + length, Units: units[from:len(units):len(units)]})
			}
		}
	}
	return out
}

// maxUnitsAtOnce is how many units' bits are kept without an allocation.
const maxUnitsAtOnce = 16

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
	f.until = min(expiry, today.end)
	if f.any {
		f.until = min(f.until, LastNotice(o.schedule.Policy, f.start))
	}
	o.first.Store(f)
	return f
}

func (o *offer) searchFirst(today org.Date, now int64) (start int64, any bool) {
	from := o.earliest(now)
	for date, last := o.dayOf(from, today), today.Add(o.horizon()); !date.After(last); date = date.Add(1) {
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

func (o *offer) horizon() int { return int(o.schedule.Policy.Horizon / (24 * time.Hour)) }

// nextCut is the last second in which the next time that is not too close yet can be booked, whether it is free or not.
type nextCut struct{ since, until int64 }

// cut returns the next second after which the times of the offer are others because one has come too close.
func (o *offer) cut(now int64) int64 {
	if c := o.next.Load(); c != nil && c.since <= now && now <= c.until {
		return c.until
	}
	c := &nextCut{since: now, until: o.nextCut(now)}
	o.next.Store(c)
	return c.until
}

func (o *offer) nextCut(now int64) int64 {
	today, from := o.calendar.today(now), o.earliest(now)
	for date, last := o.dayOf(from, today.date), today.date.Add(o.horizon()); !date.After(last); date = date.Add(1) {
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
