package booking

import (
	"maps"

	"luukku/base/ids"
)

// Filling is the board of one organisation being filled from the database: what is booked and held goes in, in any order, and Done puts it up. What is
// committed meanwhile is remembered and put up after it. It is not safe for concurrent use.
type Filling struct {
	board *orgBoard
	units map[ids.Unit]*unitState
	last  *unitState // the unit of the call before; rows come unit by unit
	unit  ids.Unit
}

// Fill begins to fill the board of an organisation. It must begin before the database is read, so that nothing is missed between; only one filling of an
// organisation runs at a time. Until Done nobody is answered from the board.
func (b *Board) Fill(o ids.Org) *Filling {
	ob := b.org(o)
	ob.mu.Lock()
	defer ob.mu.Unlock()
	ob.ready.Store(false)
	ob.filling, ob.missed = true, nil
	return &Filling{board: ob, units: map[ids.Unit]*unitState{}}
}

func (f *Filling) of(u ids.Unit) *unitState {
	if f.last != nil && f.unit == u {
		return f.last
	}
	s := f.units[u]
	if s == nil {
		s = &unitState{expiry: never}
		f.units[u] = s
	}
	f.last, f.unit = s, u
	return s
}

// Book puts one booked cell in.
func (f *Filling) Book(u ids.Unit, cell int64) { f.of(u).mark(cell) }

// mark sets one cell of a state that nobody sees yet.
func (s *unitState) mark(cell int64) {
	p := s.page(cell / pageCells)
	if *p == nil {
		*p = &page{}
	}
	(*p)[cell>>6&63] |= 1 << uint(cell&63)
}

// Hold puts a hold in.
func (f *Filling) Hold(h Hold) {
	f.of(h.Unit).hold(heldOf(h))
}

func heldOf(h Hold) heldCells {
	return heldCells{cellRange{FirstCell(h.Start), LastCell(h.BusyUntil)}, string(h.ID), h.Session, h.ExpiresAt}
}

// Done puts up what was read, and what was committed meanwhile after it.
func (f *Filling) Done() {
	ob := f.board
	ob.mu.Lock()
	defer ob.mu.Unlock()
	for u := range f.units {
		ob.unitLocked(u)
	}
	for u := range maps.Keys(*ob.units.Load()) {
		ob.edit(u, func(s *unitState) {
			version := s.version
			*s = unitState{expiry: never}
			if read := f.units[u]; read != nil {
				*s = *read
			}
			s.version = version
		})
	}
	for _, a := range ob.missed {
		ob.apply(a)
	}
	ob.filling, ob.missed = false, nil
	ob.ready.Store(true)
}

// Abandon gives a filling up, after an error. The board stays unready.
func (f *Filling) Abandon() {
	f.board.mu.Lock()
	defer f.board.mu.Unlock()
	f.board.filling, f.board.missed = false, nil
}

// Seen is a unit's version, to be taken before the database is read for Replace.
func (b *Board) Seen(o ids.Org, u ids.Unit) uint64 {
	return b.org(o).unit(u).state.Load().version
}

// Replace puts up what the database says of a part of a unit: the booked cells from first up to last (excluded), and the holds that begin there. It
// answers false, and does nothing, when the unit has changed since it was seen: then the database must be read again.
func (b *Board) Replace(o ids.Org, u ids.Unit, seen uint64, first, last int64, booked []int64, holds []Hold) bool {
	ob := b.org(o)
	ob.mu.Lock()
	defer ob.mu.Unlock()
	if ob.filling {
		return true // what fills the board has read it, or will
	}
	if ob.unitLocked(u).state.Load().version != seen {
		return false
	}
	ob.edit(u, func(s *unitState) {
		s.dropHolds(func(h heldCells) bool { return first <= h.first && h.first < last })
		s.set(cellRange{first, last}, false)
		for _, c := range booked {
			s.mark(c) // set has copied every page of the range
		}
		for _, h := range holds {
			s.hold(heldOf(h))
		}
	})
	return true
}
