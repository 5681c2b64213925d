package booking

import "luukku/base/ids"

// Occupancy knows which cells of units are taken.
type Occupancy interface {
	// AnyIn reports whether some cell of a unit from first up to last (excluded) is taken.
	AnyIn(u ids.Unit, first, last int64) bool
}

// AnyIn reports whether some cell of a unit from first up to last (excluded) is taken.
func (b Busy) AnyIn(u ids.Unit, first, last int64) bool { return b[u].AnyIn(first, last) }

// Busy are the taken cells of some units. A unit that is not in it is free.
type Busy map[ids.Unit]*CellSet

// CellSet is a set of cells in a window, as bits. Its zero value is empty.
type CellSet struct {
	base int64 // the first cell of bits[0], a multiple of 64
	bits []uint64
}

// Add puts a cell into the set.
func (s *CellSet) Add(cell int64) {
	word := cell >> 6
	switch {
	case len(s.bits) == 0:
		s.base, s.bits = word<<6, []uint64{0}
	case word < s.base>>6:
		grown := make([]uint64, int64(len(s.bits))+s.base>>6-word)
		copy(grown[s.base>>6-word:], s.bits)
		s.base, s.bits = word<<6, grown
	}
	for at := word - s.base>>6; at >= int64(len(s.bits)); {
		s.bits = append(s.bits, 0)
	}
	s.bits[word-s.base>>6] |= 1 << (cell & 63)
}

// Has reports whether a cell is in the set.
func (s *CellSet) Has(cell int64) bool {
	if s == nil || len(s.bits) == 0 {
		return false
	}
	at := cell>>6 - s.base>>6
	return at >= 0 && at < int64(len(s.bits)) && s.bits[at]&(1<<(cell&63)) != 0
}

// AnyIn reports whether some cell from first up to last (excluded) is in the set.
func (s *CellSet) AnyIn(first, last int64) bool {
	for c := first; c < last; c++ {
		if s.Has(c) {
			return true
		}
	}
	return false
}

// Add marks a cell of a unit as taken.
func (b Busy) Add(u ids.Unit, cell int64) {
	set := b[u]
	if set == nil {
		set = &CellSet{}
		b[u] = set
	}
	set.Add(cell)
}

// FirstCell is the cell that a moment lies in.
func FirstCell(unix int64) int64 { return floorDiv(unix, CellSeconds) }

// LastCell is the first cell that begins at a moment or after it.
func LastCell(unix int64) int64 { return -floorDiv(-unix, CellSeconds) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}
