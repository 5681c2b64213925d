package booking

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"luukku/base/ids"
	"luukku/base/planted"
)

// Board is what is taken, of every unit that can be booked, in memory: what the pages read and what tells a loser without asking the database. The lanes
// beside the counters are not on it: nobody looks for free times there, and what other nodes do with them is not followed. It is
// filled by Fill, kept true by Apply after each commit and by Replace after a commit of another node. It never decides that a time is had: the primary
// key of the database does.
//
// The state of a unit is a value that never changes; a change puts another in its place. So reading takes no lock and waits for nobody. It is safe for
// concurrent use. The zero Board is ready and knows no organisation.
type Board struct {
	orgs sync.Map // ids.Org -> *orgBoard
}

// orgBoard is the board of one organisation.
type orgBoard struct {
	version  atomic.Uint64 // grows with each change of a unit
	ready    atomic.Bool
	units    atomic.Pointer[map[ids.Unit]*boardUnit]
	calendar atomic.Pointer[calendar]

	mu      sync.Mutex // held by whoever changes something
	filling bool
	missed  []Applied     // what was committed while the board was being filled
	recent  [256]ids.Unit // the units that changed last: recent[v%256] made the version v

	// loose is what is being given back: it may be committed already and still be taken here. The list never changes; a change puts another in its place.
	loose atomic.Pointer[[]*Applied]
}

// boardUnit is a unit with what is taken of it now.
type boardUnit struct{ state atomic.Pointer[unitState] }

// Applied is a change that was committed, with the unit that it got.
type Applied struct {
	Change Change
	Unit   ids.Unit
	Kept   bool // whether its Keep kept its cells
}

func (b *Board) org(o ids.Org) *orgBoard {
	if b == nil {
		return nil
	}
	if have, ok := b.orgs.Load(o); ok {
		return have.(*orgBoard)
	}
	made := &orgBoard{}
	made.units.Store(&map[ids.Unit]*boardUnit{})
	have, _ := b.orgs.LoadOrStore(o, made)
	return have.(*orgBoard)
}

// Ready reports whether the board knows what is taken in an organisation.
func (b *Board) Ready(o ids.Org) bool {
	if b == nil {
		return false
	}
	have, ok := b.orgs.Load(o)
	return ok && have.(*orgBoard).ready.Load()
}

// Doubt says that the board may be wrong about an organisation: until it is filled again, nobody asks it.
func (b *Board) Doubt(o ids.Org) { b.org(o).ready.Store(false) }

// unit returns a unit, making it when it is new.
func (ob *orgBoard) unit(u ids.Unit) *boardUnit {
	if have := (*ob.units.Load())[u]; have != nil {
		return have
	}
	ob.mu.Lock()
	defer ob.mu.Unlock()
	return ob.unitLocked(u)
}

func (ob *orgBoard) unitLocked(u ids.Unit) *boardUnit {
	units := *ob.units.Load()
	if have := units[u]; have != nil {
		return have
	}
	made := &boardUnit{}
	made.state.Store(&unitState{expiry: never})
	grown := maps.Clone(units)
	grown[u] = made
	ob.units.Store(&grown)
	return made
}

// Apply puts a committed change on the board. Changes come in the order of their commits.
func (b *Board) Apply(a Applied) {
	if a.Change.Free == nil && a.Change.Take == nil && a.Change.Prolong == nil && !a.Kept {
		return
	}
	ob := b.org(a.Change.Org)
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if ob.filling {
		ob.missed = append(ob.missed, a)
		return
	}
	ob.apply(a)
}

// apply follows the order of Change's fields, as the store does.
func (ob *orgBoard) apply(a Applied) {
	c := a.Change
	for _, own := range ownOf(c) {
		if beside(own.Unit) || planted.Bug("board-forgets-free") && c.SetCancelled != nil {
			continue
		}
		ob.edit(own.Unit, func(s *unitState) { s.free(own) })
	}
	if t := c.Take; t != nil && !beside(a.Unit) {
		r := cellRange{FirstCell(t.From), LastCell(t.To)}
		ob.edit(a.Unit, func(s *unitState) {
			s.trim(FirstCell(c.Now))
			if t.ExpiresAt == 0 {
				s.book(r)
			} else {
				s.hold(heldCells{r, t.Holder, sessionOf(c), t.ExpiresAt})
			}
		})
	}
	if a.Kept {
		f := c.Keep.Freed
		ob.edit(f.Unit, func(s *unitState) {
			s.hold(heldCells{f.cells().cells(), string(f.ID), nil, f.ExpiresAt})
		})
	}
	if p := c.Prolong; p != nil {
		r := cellRange{FirstCell(p.Hold.Start), LastCell(p.Hold.BusyUntil)}
		ob.edit(p.Hold.Unit, func(s *unitState) { s.hold(heldCells{r, string(p.Hold.ID), p.Hold.Session, p.ExpiresAt}) })
	}
}

func sessionOf(c Change) []byte {
	if c.PutHold == nil {
		return c.Session
	}
	return c.PutHold.Session
}

// edit changes a unit: do gets a copy to change. The lock must be held.
func (ob *orgBoard) edit(u ids.Unit, do func(*unitState)) {
	unit := ob.unitLocked(u)
	next := *unit.state.Load()
	next.version++
	do(&next)
	unit.state.Store(&next)
	ob.recent[(ob.version.Load()+1)%uint64(len(ob.recent))] = u
	ob.version.Add(1)
}

// changed returns the units that changed after one version and up to another; ok is false when that is too long ago.
func (ob *orgBoard) changed(after, upTo uint64) (units []ids.Unit, ok bool) {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if after > upTo || ob.version.Load()-after > uint64(len(ob.recent)) {
		return nil, false
	}
	for v := after + 1; v <= upTo; v++ {
		units = append(units, ob.recent[v%uint64(len(ob.recent))])
	}
	return units, true
}

// Refuses reports whether, as far as is known here, a change cannot get any of the units it would take. What the change itself gives back counts as free.
// Who moves an appointment is not refused here: it may be another move of the same one that took the time, and the database tells the two apart. Nor is
// anybody refused because of a hold of their own that they have just given back elsewhere. What is kept for those who wait is theirs, though another node
// kept it and it is not known here yet.
func (b *Board) Refuses(c Change) bool {
	if c.Take == nil || c.Claim != nil || c.Offer != nil || !b.Ready(c.Org) {
		return false
	}
	v := b.View(c.Org, c.Now, ownOf(c)...)
	v.session = sessionOf(c)
	first, last := FirstCell(c.Take.From), LastCell(c.Take.To)
	return b.org(c.Org).certain(c.Take.Units, first, last, func(u ids.Unit) bool { return v.AnyIn(u, first, last) })
}

// certain reports whether all units were taken at one moment since the question began. What is being given back is not certain, nor is what was looked at
// while something changed: with one unit read before and one after, all may seem taken although one was free at each moment.
func (ob *orgBoard) certain(units []ids.Unit, first, last int64, taken func(ids.Unit) bool) bool {
	const tries = 3
	for range tries {
		// This comes first: what was committed before the question, and is not loose any more, is seen by what follows.
		loose, version := ob.loose.Load(), ob.version.Load()
		for _, u := range units {
			if !taken(u) || loosened(loose, u, first, last) {
				return false
			}
		}
		if len(units) == 1 || ob.version.Load() == version {
			return true
		}
	}
	return false
}

func loosened(loose *[]*Applied, u ids.Unit, first, last int64) bool {
	return loose != nil && slices.ContainsFunc(*loose, func(a *Applied) bool {
		return slices.ContainsFunc(a.Change.Free, func(f Cells) bool {
			return f.Unit == u && f.cells().first < last && first < f.cells().last
		})
	})
}

// Loosen says that changes are about to be committed: until the function that it returns is called, after Apply, nobody is refused for the sake of what
// they give back. Others may know of the commit before this process does: who was told that a time was given up must not be told that it is taken.
func (b *Board) Loosen(batch []Applied) (done func()) {
	var undo []func()
	for i := range batch {
		a := &batch[i]
		if !a.givesBack() || b == nil {
			continue
		}
		ob := b.org(a.Change.Org)
		ob.editLoose(func(l []*Applied) []*Applied { return append(l, a) })
		undo = append(undo, func() {
			ob.editLoose(func(l []*Applied) []*Applied { return slices.DeleteFunc(l, func(x *Applied) bool { return x == a }) })
		})
	}
	return func() {
		for _, u := range undo {
			u()
		}
	}
}

// editLoose changes what is loose: do gets a copy to change.
func (ob *orgBoard) editLoose(do func([]*Applied) []*Applied) {
	ob.mu.Lock()
	defer ob.mu.Unlock()
	var list []*Applied
	if have := ob.loose.Load(); have != nil {
		list = slices.Clone(*have)
	}
	if list = do(list); len(list) == 0 {
		ob.loose.Store(nil)
		return
	}
	ob.loose.Store(&list)
}

// givesBack reports whether a change gives back what it does not take itself: who books what they hold gives nothing back.
func (a Applied) givesBack() bool {
	t := a.Change.Take
	return slices.ContainsFunc(a.Change.Free, func(f Cells) bool {
		return t == nil || f.Unit != a.Unit || len(without([]cellRange{f.cells()}, cellRange{FirstCell(t.From), LastCell(t.To)})) > 0
	})
}

// Gone reports whether, as far as is known here, no unit of a time can be had by a session: each is booked, or held by somebody else.
func (b *Board) Gone(o ids.Org, slot Slot, busy, now int64, session []byte) bool {
	if !b.Ready(o) {
		return false
	}
	units := *b.org(o).units.Load()
	first, last := FirstCell(slot.Start), LastCell(slot.Start+busy)
	return b.org(o).certain(slot.Units, first, last, func(u ids.Unit) bool {
		unit := units[u]
		if unit == nil {
			return false
		}
		s := unit.state.Load()
		// A hold of another node comes without its session: then the database tells whose it is.
		others := func(h heldCells) bool {
			return now <= h.expires && h.session != nil && !bytes.Equal(h.session, session)
		}
		return s.anyBooked(first, last) || slices.ContainsFunc(s.heldIn(first, last), others)
	})
}

// ownOf are the cells that a change gives back before it takes others.
func ownOf(c Change) []Own {
	out := make([]Own, 0, len(c.Free))
	for _, f := range c.Free {
		out = append(out, Own{Cells: f, Booked: c.Claim != nil && !c.Claim.Held && f.Holder == string(c.Claim.ID)})
	}
	return out
}

// Own are cells that count as free to whoever asks, because they have them. Booked says that an appointment has them: then they are theirs for certain.
// The cells of a hold are its own only as long as the board knows the hold.
type Own struct {
	Cells
	Booked bool
}

// View is the board of one organisation as it is at a moment for whoever asks.
type View struct {
	units   map[ids.Unit]*boardUnit
	now     int64
	own     []Own
	session []byte // whose holds are no matter
}

var _ Occupancy = View{}

// View returns what is taken in an organisation at a moment (Unix seconds).
func (b *Board) View(o ids.Org, now int64, own ...Own) View {
	return View{units: *b.org(o).units.Load(), now: now, own: own}
}

// AnyIn reports whether some cell of a unit from first up to last (excluded) is taken.
func (v View) AnyIn(u ids.Unit, first, last int64) bool {
	unit := v.units[u]
	if unit == nil {
		return false
	}
	s := unit.state.Load()
	if len(v.own) == 0 {
		return s.anyBooked(first, last) || v.anyHeld(s, first, last, nil)
	}
	return v.anyButOwn(s, u, first, last)
}

// anyHeld reports whether a hold other than those named has a cell of the range and is still good.
func (v View) anyHeld(s *unitState, first, last int64, but []string) bool {
	for _, h := range s.heldIn(first, last) {
		if v.now <= h.expires && !slices.Contains(but, h.id) && (len(v.session) == 0 || !bytes.Equal(h.session, v.session)) {
			return true
		}
	}
	return false
}

func (v View) anyButOwn(s *unitState, u ids.Unit, first, last int64) bool {
	var holders []string
	rest := []cellRange{{first, last}}
	for _, o := range v.own {
		switch {
		case o.Unit != u:
		case o.Booked:
			rest = without(rest, o.cells())
		default:
			holders = append(holders, o.Holder)
		}
	}
	if v.anyHeld(s, first, last, holders) {
		return true
	}
	return slices.ContainsFunc(rest, func(r cellRange) bool { return s.anyBooked(r.first, r.last) })
}

// cells are the range of the cells.
func (c Cells) cells() cellRange { return cellRange{FirstCell(c.From), LastCell(c.To)} }

// cellRange are the cells from first up to last, excluded.
type cellRange struct{ first, last int64 }

// without returns the ranges without what cut covers.
func without(ranges []cellRange, cut cellRange) []cellRange {
	var out []cellRange
	for _, r := range ranges {
		if before := (cellRange{r.first, min(r.last, cut.first)}); before.first < before.last {
			out = append(out, before)
		}
		if after := (cellRange{max(r.first, cut.last), r.last}); after.first < after.last {
			out = append(out, after)
		}
	}
	return out
}

// never is the expiry of a unit on which nothing is held.
const never = math.MaxInt64

// unitState is what is taken of one unit: booked cells as bits, and holds one by one. It is never changed once it can be seen.
type unitState struct {
	version uint64
	first   int64 // the number of pages[0]
	pages   []*page
	holds   []heldCells // in time order; of each other's cells they have none
	expiry  int64       // the first last second of a hold, or never
}

// page is 4096 cells, a fortnight and five hours, of which a set bit is booked.
type page [64]uint64

const pageCells = 4096

// heldCells are the cells of a hold, good up to and including its last second.
type heldCells struct {
	cellRange
	id      string
	session []byte
	expires int64
}

// word returns the booked cells from 64*i up to 64*(i+1).
func (s *unitState) word(i int64) uint64 {
	at := i>>6 - s.first
	if at < 0 || at >= int64(len(s.pages)) || s.pages[at] == nil {
		return 0
	}
	return s.pages[at][i&63]
}

// bits returns the 64 booked cells from a cell on.
func (s *unitState) bits(cell int64) uint64 {
	i, shift := cell>>6, uint(cell&63)
	if shift == 0 {
		return s.word(i)
	}
	return s.word(i)>>shift | s.word(i+1)<<(64-shift)
}

func (s *unitState) anyBooked(first, last int64) bool {
	for ; first < last; first += 64 {
		if s.bits(first)&lowBits(last-first) != 0 {
			return true
		}
	}
	return false
}

// lowBits is a word whose lowest n bits are set, all of them from 64 on.
func lowBits(n int64) uint64 {
	if n >= 64 {
		return math.MaxUint64
	}
	return 1<<uint(n) - 1
}

// heldIn returns the holds that have a cell of a range, good or not.
func (s *unitState) heldIn(first, last int64) []heldCells {
	if len(s.holds) == 0 {
		return nil
	}
	from, _ := slices.BinarySearchFunc(s.holds, first, func(h heldCells, c int64) int {
		if h.last <= c {
			return -1
		}
		return 1
	})
	to := from
	for to < len(s.holds) && s.holds[to].first < last {
		to++
	}
	return s.holds[from:to]
}

// book takes cells for good. Whatever hold was in the way had run out, or was the booker's.
func (s *unitState) book(r cellRange) {
	s.dropHolds(r.meets)
	s.set(r, true)
}

// hold keeps cells until a last second. Whatever hold was in the way had run out, or is the same one.
func (s *unitState) hold(h heldCells) {
	s.dropHolds(h.meets)
	at, _ := slices.BinarySearchFunc(s.holds, h.first, func(x heldCells, c int64) int { return cmp.Compare(x.first, c) })
	s.holds = slices.Insert(slices.Clone(s.holds), at, h)
	s.expiry = min(s.expiry, h.expires)
}

func (r cellRange) meets(h heldCells) bool { return h.first < r.last && r.first < h.last }

// free gives back what somebody has: a hold by its name, an appointment's cells as they are. A hold that is not known has run out and was taken over.
func (s *unitState) free(o Own) {
	if !o.Booked {
		s.dropHolds(func(h heldCells) bool { return h.id == o.Holder })
		return
	}
	s.set(o.cells(), false)
}

// settle forgets the holds that have run out.
func (s *unitState) settle(now int64) {
	s.dropHolds(func(h heldCells) bool { return h.expires < now })
}

func (s *unitState) dropHolds(which func(heldCells) bool) {
	if !slices.ContainsFunc(s.holds, which) {
		return
	}
	s.holds = slices.DeleteFunc(slices.Clone(s.holds), which)
	s.expiry = never
	for _, h := range s.holds {
		s.expiry = min(s.expiry, h.expires)
	}
}

// set marks cells as booked or as free. Pages are copied before they are changed.
func (s *unitState) set(r cellRange, booked bool) {
	s.pages = slices.Clone(s.pages)
	var copied *page
	for cell := r.first; cell < r.last; {
		p := s.page(cell / pageCells)
		if *p == nil {
			*p = &page{}
			copied = *p
		} else if *p != copied {
			c := **p
			copied = &c
			*p = copied
		}
		word, bit := cell>>6, cell&63
		n := min(64-bit, r.last-cell)
		mask := lowBits(n) << uint(bit)
		if booked {
			copied[word&63] |= mask
		} else {
			copied[word&63] &^= mask
		}
		cell += n
	}
}

// page returns where the page of a number is kept, making room for it.
func (s *unitState) page(n int64) **page {
	switch {
	case len(s.pages) == 0:
		s.first, s.pages = n, make([]*page, 1)
	case n < s.first:
		s.pages = append(make([]*page, s.first-n), s.pages...)
		s.first = n
	case n >= s.first+int64(len(s.pages)):
		s.pages = append(s.pages, make([]*page, n-s.first-int64(len(s.pages))+1)...)
	}
	return &s.pages[n-s.first]
}

// trim forgets pages that were over two days before a cell: nobody books the past.
func (s *unitState) trim(now int64) {
	const days = 2 * 24 * 3600 / CellSeconds
	for len(s.pages) > 0 && (s.first+1)*pageCells < now-days {
		s.first, s.pages = s.first+1, s.pages[1:]
	}
}
