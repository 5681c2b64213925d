package i18n

import "slices"

// How well a typed word fits a word of a text. Within scorePrefix up to scorePrefix+closest, the fewer letters are left to type the better.
const (
	scoreExact    = 100
	closest       = 9
	scorePrefix   = 80
	scoreInside   = 60
	scoreForm     = 50
	scoreTypo     = 40
	scoreTwoTypos = 25
)

// From how many letters on a fit counts.
const (
	insideFrom    = 3
	formFrom      = 5 // letters in common, as Finnish endings leave them
	stemChanges   = 2 // letters at a word's end that change before an ending: koti, kodissa
	longestEnding = 5
	typoFrom      = 4
	twoTyposFrom  = 8
)

// wordScore returns how well the folded word typed fits the folded word of a text; 0 is not at all.
func wordScore(typed, word []rune) int {
	same := common(typed, word)
	switch {
	case len(typed) == 0 || len(word) == 0:
		return 0
	case same == len(typed) && same == len(word):
		return scoreExact
	case same == len(typed):
		return scorePrefix + closest*len(typed)/len(word)
	case len(typed) >= insideFrom && contains(word, typed):
		return scoreInside
	case same >= formFrom && same*10 >= len(typed)*6, same > formFrom && len(word)-same <= stemChanges && len(typed)-same <= longestEnding:
		return scoreForm
	}
	allowed := typosAllowed(typed)
	if allowed == 0 || len(word)+allowed < len(typed) {
		return 0
	}
	whole, beginning := distances(typed, word)
	switch {
	case whole == 1:
		return scoreTypo
	case beginning == 1:
		return scoreTypo - 5
	case whole == 2 && allowed == 2:
		return scoreTwoTypos
	case beginning == 2 && allowed == 2:
		return scoreTwoTypos - 5
	}
	return 0
}

// typosAllowed returns how many mistakes are forgiven in a word.
func typosAllowed(typed []rune) int {
	switch {
	case len(typed) >= twoTyposFrom:
		return 2
	case len(typed) >= typoFrom:
		return 1
	}
	return 0
}

// common returns how many letters both begin with.
func common(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func contains(word, part []rune) bool {
	for i := 0; i+len(part) <= len(word); i++ {
		if slices.Equal(word[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// distances returns the Damerau-Levenshtein distance (letters wrong, missing, too many, or two swapped) from typed to the whole word, and to the
// beginning of the word that is nearest to it. Both are exact up to two; beyond that they say no more than "too far".
func distances(typed, word []rune) (whole, beginning int) {
	const far = 3
	tooLong := len(word) > len(typed)+far
	if tooLong {
		word = word[:len(typed)+far]
	}
	// Row i holds the distances from the first i letters typed to the beginnings of the word; more than two letters longer or shorter is too far, so that only a band of each row is worked out, and
	// what lies beside it counts as far.
	var rows [3][longestWord + far + 2]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range far + 2 {
		last[j] = uint8(min(j, far))
	}
	for i, t := range typed {
		from, to := max(0, i+1-far), min(len(word), i+1+far) // of the beginnings, by their length
		nearest := uint8(far)
		if from == 0 {
			row[0] = uint8(i + 1)
			nearest = min(nearest, row[0])
			from = 1
		} else {
			row[from-1] = far
		}
		for j := from; j <= to; j++ {
			w, cost := word[j-1], uint8(1)
			if t == w {
				cost = 0
			}
			d := min(last[j-1]+cost, last[j]+1, row[j-1]+1)
			if i > 0 && j > 1 && t == word[j-2] && typed[i-1] == w {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			nearest = min(nearest, d)
		}
		row[to+1] = far
		if nearest >= far { // it only grows from here
			return far, far
		}
		before, last, row = last, row, before
	}
	whole = int(last[len(word)])
	if tooLong {
		whole = far
	}
	return whole, int(slices.Min(last[max(0, len(typed)-far) : len(word)+1]))
}
