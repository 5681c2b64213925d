package booking

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// calendar keeps the times that one configuration has, free or not, so that the walk through opening hours is done once. Each day is made when it is
// first asked for.
type calendar struct {
	config *catalog.Config
	board  *orgBoard
	first  org.Date // days before it are not kept
	offers sync.Map // catalog.Offer -> *offer
	places sync.Map // ids.Service -> *places
	day    atomic.Pointer[localDay]

	mu       sync.Mutex
	patterns map[string]*pattern
}

// localDay is a local date with its first and last second.
type localDay struct {
	date       org.Date
	begin, end int64
}

// offer is one service at one office.
type offer struct {
	calendar *calendar
	schedule Schedule // Now is not set
	units    []*boardUnit
	days     []atomic.Pointer[gridDay] // from calendar.first on
	first    atomic.Pointer[firstTime]
	next     atomic.Pointer[nextCut]
}

// gridDay are the times of one local day.
type gridDay struct {
	*pattern          // nil on a day without times
	base     int64    // the cell of bit 0
	closed   *org.Day // why there are none
}

// pattern is how the times of a day lie, from the first one on. Days and offices share equal ones.
type pattern struct {
	words  int        // how long each set of bits is
	all    []uint64   // the cells in which some time begins
	starts [][]uint64 // the same for each unit, in the offer's order
	staff  [][]uint64 // those in which the unit is of the share kept for staff; nil when none is
}

// mostWords bounds the bits of a day: a local day of 26 hours has 312 cells.
const mostWords = 5

// mostCells bounds what one appointment takes: eight hours and a gap of four.
const mostCells = 144

// calendarOf returns the calendar of a configuration; nil for one that is older than the newest seen.
func (b *Board) calendarOf(c *catalog.Config, now time.Time) *calendar {
	ob := b.org(c.Org.ID)
	have := ob.calendar.Load()
	today := c.Today(now)
	if have != nil && have.config == c && have.keeps(today) {
		return have
	}
	ob.mu.Lock()
	defer ob.mu.Unlock()
	have = ob.calendar.Load()
	switch {
	case have != nil && have.config == c && have.keeps(today):
		return have
	case have != nil && have.config.Version > c.Version:
		return nil
	}
	made := &calendar{config: c, board: ob, first: today, patterns: map[string]*pattern{}}
	ob.calendar.Store(made)
	return made
}

// spare is how many days beyond the horizon are kept, so that a calendar is made again once in a month at most.
const spare = 32

func (c *calendar) keeps(today org.Date) bool {
	ahead := c.first.DaysTo(today)
	return 0 <= ahead && ahead < spare
}

// today returns the local date of a moment with its ends.
func (c *calendar) today(now int64) *localDay {
	if d := c.day.Load(); d != nil && d.begin <= now && now <= d.end {
		return d
	}
	date := c.config.Today(time.Unix(now, 0))
	d := &localDay{date: date, begin: date.At(0, c.config.Zone()).Unix(), end: date.Add(1).At(0, c.config.Zone()).Unix() - 1}
	if d.begin <= now && now <= d.end { // a zone whose clocks go back over midnight has one date twice
		c.day.Store(d)
	} else {
		d.begin, d.end = now, now
	}
	return d
}

// offer returns a service at an office, or a NotFound fault.
func (c *calendar) offer(service ids.Service, office ids.Office) (*offer, error) {
	key := catalog.Offer{Service: service, Office: office}
	if have, ok := c.offers.Load(key); ok {
		return have.(*offer), nil
	}
	sch, err := NewSchedule(c.config, service, office, time.Time{})
	if err != nil {
		return nil, err
	}
	o := &offer{calendar: c, schedule: sch, units: make([]*boardUnit, len(sch.Units))}
	for i, u := range sch.Units {
		o.units[i] = c.board.unit(u.ID)
	}
	o.days = make([]atomic.Pointer[gridDay], int(sch.Policy.Horizon/(24*time.Hour))+7+spare)
	have, _ := c.offers.LoadOrStore(catalog.Offer{Service: sch.Service.ID, Office: sch.Office.ID}, o)
	return have.(*offer), nil
}

// narrowedOffer names an offer at some of its units.
type narrowedOffer struct {
	catalog.Offer
	units string
}

// narrowed returns the offer of a schedule: the service at the office, or at some of its units alone. There are as many of these as there are languages and
// professionals to ask for.
func (c *calendar) narrowed(sch Schedule) (*offer, error) {
	whole, err := c.offer(sch.Service.ID, sch.Office.ID)
	if err != nil || sch.all == nil {
		return whole, err
	}
	key := narrowedOffer{Offer: catalog.Offer{Service: sch.Service.ID, Office: sch.Office.ID}}
	for _, u := range sch.Units {
		key.units += string(u.ID) + " "
	}
	if have, ok := c.offers.Load(key); ok {
		return have.(*offer), nil
	}
	some := whole.schedule
	some.all, some.Units = whole.schedule.Units, sch.Units
	o := &offer{calendar: c, schedule: some, units: make([]*boardUnit, len(some.Units)), days: make([]atomic.Pointer[gridDay], len(whole.days))}
	for i, u := range some.Units {
		o.units[i] = c.board.unit(u.ID)
	}
	have, _ := c.offers.LoadOrStore(key, o)
	return have.(*offer), nil
}

// at returns the times of a day.
func (o *offer) at(d org.Date) *gridDay {
	i := o.calendar.first.DaysTo(d)
	if i < 0 || i >= len(o.days) {
		return o.makeDay(d)
	}
	if have := o.days[i].Load(); have != nil {
		return have
	}
	made := o.makeDay(d)
	o.days[i].Store(made)
	return made
}

func (o *offer) makeDay(d org.Date) *gridDay {
	grid := o.schedule.Grid(d)
	if len(grid) == 0 {
		return &gridDay{closed: o.schedule.closed(d)}
	}
	base := FirstCell(grid[0].Start)
	p := &pattern{words: int(FirstCell(grid[len(grid)-1].Start)-base)/64 + 1, starts: make([][]uint64, len(o.units))}
	p.all = make([]uint64, p.words)
	index := map[ids.Unit]int{}
	for i, u := range o.schedule.Units {
		p.starts[i], index[u.ID] = make([]uint64, p.words), i
	}
	for _, slot := range grid {
		bit := FirstCell(slot.Start) - base
		p.all[bit>>6] |= 1 << uint(bit&63)
		for _, u := range slot.Units {
			if i, mine := index[u]; mine {
				p.starts[i][bit>>6] |= 1 << uint(bit&63)
			}
		}
		o.keepForStaff(p, slot, bit, index)
	}
	return &gridDay{pattern: o.calendar.shared(p), base: base}
}

// keepForStaff marks the units that are kept for staff at a time: the last ones of the office's order.
func (o *offer) keepForStaff(p *pattern, slot Slot, bit int64, index map[ids.Unit]int) {
	share := o.schedule.Policy.StaffShare
	if share == 0 {
		return
	}
	if p.staff == nil {
		p.staff = make([][]uint64, len(o.units))
		for i := range p.staff {
			p.staff[i] = make([]uint64, p.words)
		}
	}
	for _, u := range slot.Units[max(0, len(slot.Units)-share):] {
		if i, mine := index[u]; mine {
			p.staff[i][bit>>6] |= 1 << uint(bit&63)
		}
	}
}

// kept are the starts of a word in which a unit is kept for staff: those after the cell of released, which is counted from the day's first.
func (p *pattern) kept(unit, word int, released int64) uint64 {
	if p.staff == nil {
		return 0
	}
	kept := p.staff[unit][word]
	if past := released + 1 - int64(word)*64; past > 0 {
		kept &^= lowBits(past)
	}
	return kept
}

// shared returns the pattern that is equal to p.
func (c *calendar) shared(p *pattern) *pattern {
	key := make([]byte, 0, 8*p.words*(len(p.starts)+1))
	for _, unit := range p.starts {
		for _, w := range unit {
			key = binary.LittleEndian.AppendUint64(key, w)
		}
		key = append(key, '|')
	}
	for _, unit := range p.staff {
		key = append(key, '#')
		for _, w := range unit {
			key = binary.LittleEndian.AppendUint64(key, w)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.patterns[string(key)]; have != nil {
		return have
	}
	c.patterns[string(key)] = p
	return p
}

// dayBits is a set of starts of one day: bit i of it is the cell i cells after the day's first.
type dayBits [mostWords]uint64

// free returns the starts of a day at which some unit is free, from a second on.
func (o *offer) free(d *gridDay, now, from int64) (free dayBits) {
	if d.pattern == nil {
		return free
	}
	need, released := LastCell(o.schedule.Busy()), FirstCell(releasedAt(o.schedule, now))-d.base
	var room blockedCells
	for i, u := range o.units {
		s := u.state.Load()
		if s.full(d.base, d.starts[i]) {
			continue
		}
		blocked := s.blocked(&room, d.base, need, d.words, now)
		for w, starts := range d.starts[i] {
			free[w] |= starts &^ blocked[w] &^ d.kept(i, w, released)
		}
	}
	free.clearBefore(LastCell(from) - d.base)
	return free
}

// full reports whether the first cell of every start is booked: then no more need be looked at. Most days that somebody searches through are like that.
func (s *unitState) full(base int64, starts []uint64) bool {
	for w, word := range starts {
		if word&^s.bits(base+int64(w)*64) != 0 {
			return false
		}
	}
	return true
}

// blockedCells are the cells of a day, and as many after it as an appointment takes.
type blockedCells [mostWords + mostCells/64 + 1]uint64

// blocked returns, in out, for so many words of cells from base on, those from which need cells are not all free.
func (s *unitState) blocked(out *blockedCells, base, need int64, words int, now int64) []uint64 {
	taken := out[:min(words+int(need+62)/64, len(out))]
	s.booked(taken, base)
	if s.expiry != never {
		for _, h := range s.heldIn(base, base+int64(len(taken))*64) {
			if now <= h.expires {
				setRange(taken, h.first-base, h.last-base)
			}
		}
	}
	for have := int64(1); have < need; {
		step := min(have, need-have)
		orShifted(taken, uint(step))
		have += step
	}
	return taken[:words]
}

// booked copies the booked cells from one on.
func (s *unitState) booked(out []uint64, cell int64) {
	i, shift := cell>>6, uint(cell&63)
	low := s.word(i)
	for k := range out {
		high := s.word(i + int64(k) + 1)
		out[k] = low>>shift | high<<(64-shift) // nothing of high when shift is 0: Go shifts all out
		low = high
	}
}

// setRange sets the bits from first up to last, as far as there are any.
func setRange(set []uint64, first, last int64) {
	first, last = max(first, 0), min(last, int64(len(set))*64)
	for first < last {
		n := min(64-first&63, last-first)
		set[first>>6] |= lowBits(n) << uint(first&63)
		first += n
	}
}

// orShifted adds to each bit the one that is n higher.
func orShifted(set []uint64, n uint) {
	skip, shift := int(n>>6), n&63
	for i := range set {
		if i+skip >= len(set) {
			return
		}
		w := set[i+skip] >> shift
		if i+skip+1 < len(set) {
			w |= set[i+skip+1] << (64 - shift) // nothing when shift is 0: Go shifts all out
		}
		set[i] |= w
	}
}

// clearBefore clears the bits below n.
func (b *dayBits) clearBefore(n int64) {
	for i := range b {
		if n <= 0 {
			return
		}
		b[i] &^= lowBits(n)
		n -= 64
	}
}

func (b *dayBits) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// first returns the lowest bit, or -1.
func (b *dayBits) first() int64 {
	for i, w := range b {
		if w != 0 {
			return int64(i*64 + bits.TrailingZeros64(w))
		}
	}
	return -1
}
