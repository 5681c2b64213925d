package org

import (
	"fmt"
	"slices"
	"strings"
)

// MostWeeks is the longest time between two weeks of a rule.
const MostWeeks = 52

// Ordinals is a set of the places that a day of the week has in its month: bit 0 is the first, bit 4 the fifth, bit 5 the last.
type Ordinals uint8

const allOrdinals Ordinals = 1<<6 - 1

var ordinalNames = [6]string{"1st", "2nd", "3rd", "4th", "5th", "last"}

// OrdinalNames are the names of the places in their order, as blueprints and forms write them.
func OrdinalNames() []string { return slices.Clone(ordinalNames[:]) }

// Names lists the set in its order.
func (o Ordinals) Names() []string {
	var out []string
	for i, name := range ordinalNames {
		if o&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// String returns the set as blueprints write it: "1st,3rd", "last".
func (o Ordinals) String() string { return strings.Join(o.Names(), ",") }

// ParseOrdinals reads what String writes.
func ParseOrdinals(s string) (Ordinals, error) {
	var o Ordinals
	for part := range strings.SplitSeq(s, ",") {
		i := slices.Index(ordinalNames[:], part)
		if i < 0 {
			return 0, fmt.Errorf("days of the month %.40q: want the form 1st,3rd or last", s)
		}
		o |= 1 << i
	}
	return o, nil
}

// has reports whether a date is one of these in its month; the empty set has every date.
func (o Ordinals) has(d Date) bool {
	if o == 0 {
		return true
	}
	_, month, day := d.YMD()
	if o&(1<<((day-1)/7)) != 0 {
		return true
	}
	_, next, _ := d.Add(7).YMD()
	return o&(1<<5) != 0 && next != month
}
