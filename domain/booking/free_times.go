package booking

import (
	"iter"
	"math/bits"
	"slices"
)

// FreeTime is a time that can be booked, in Unix seconds, end excluded, and how many units are free for it.
type FreeTime struct {
	Start, End int64
	Units      int
}

// FreeTimes are the free times of one local day, in order. The zero value has none.
//
// They are sets of bits, one for five minutes, since there are many more of them than anybody looks at: those of a week fit into a few hundred bytes. A set
// is a value; whoever has one may keep it.
type FreeTimes struct {
	base   int64     // the cell of bit 0
	length int64     // of each time, in seconds
	any    dayBits   // where a time begins that some unit can take
	units  []dayBits // how many units can: units[k] has bit k of each of the numbers
}

// put adds a time that some units can take. It must not be there yet, and at the day's first cell or later.
func (f *FreeTimes) put(start int64, units int) {
	i := FirstCell(start) - f.base
	f.any[i>>6] |= 1 << uint(i&63)
	for k := 0; units>>k > 0; k++ {
		if k == len(f.units) {
			f.units = append(f.units, dayBits{})
		}
		f.units[k][i>>6] |= uint64(units>>k&1) << uint(i&63)
	}
}

// add adds the times that one more unit can take: all numbers of units at once, digit by digit with a carry.
func (f *FreeTimes) add(word int, starts uint64) {
	f.any[word] |= starts
	for k := 0; starts != 0; k++ {
		if k == len(f.units) {
			f.units = append(f.units, dayBits{})
		}
		digit := &f.units[k][word]
		*digit, starts = *digit^starts, *digit&starts
	}
}

// Len is how many there are.
func (f *FreeTimes) Len() int { return f.any.count() }

// First returns the earliest; ok is false when there is none.
func (f *FreeTimes) First() (t FreeTime, ok bool) {
	for t := range f.All() {
		return t, true
	}
	return FreeTime{}, false
}

// All are the times, the earliest first.
func (f *FreeTimes) All() iter.Seq[FreeTime] {
	return func(yield func(FreeTime) bool) {
		for w, word := range f.any {
			for ; word != 0; word &= word - 1 {
				bit := bits.TrailingZeros64(word)
				start := (f.base + int64(w*64+bit)) * CellSeconds
				t := FreeTime{Start: start, End: start + f.length}
				for k := range f.units {
					t.Units |= int(f.units[k][w]>>uint(bit)&1) << k
				}
				if !yield(t) {
					return
				}
			}
		}
	}
}

// Without returns the times without the one that begins at a moment.
func (f *FreeTimes) Without(start int64) FreeTimes {
	out := *f
	if i := FirstCell(start) - f.base; start%CellSeconds == 0 && 0 <= i && i < mostWords*64 {
		out.any[i>>6] &^= 1 << uint(i&63)
	}
	return out
}

// Equal reports whether two sets have the same times.
func (f FreeTimes) Equal(g FreeTimes) bool {
	return slices.Equal(slices.Collect(f.All()), slices.Collect(g.All()))
}
