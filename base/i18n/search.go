package i18n

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// Doc is something to be found, such as a service in one language.
type Doc struct {
	ID       string
	Name     string
	Synonyms []string // other words people use for it, and its names in other languages
	Summary  string
}

// Hit is a Doc that was found.
type Hit struct {
	ID    string
	Score int // more is better; comparable within one search only
}

// Index finds some thousand docs by what people type. It does not change, and is safe for concurrent use.
type Index struct {
	docs   []indexed
	vocab  []vocable // by word
	shapes []shape   // of vocab
}

type indexed struct {
	id   string
	name string // folded
}

// vocable is one word and where it stands.
type vocable struct {
	word  []rune
	where []posting
}

type posting struct {
	doc    int32
	weight int32 // percent
}

// How much a word counts by where it stands, in percent. A name that begins with what was typed comes before a summary that has the very word.
const (
	weightName    = 100
	weightSynonym = 95
	weightSummary = 50
)

// What the whole query adds when it is a name, or the beginning of one.
const (
	bonusIsName     = 30
	bonusBeginsName = 10 // so little that a name with the very word still comes first
)

// What is read of a query; people type less.
const (
	longestQuery = 200 // runes
	longestWord  = 40  // runes
	mostWords    = 8
)

// NewIndex makes an index of the docs. Where two are found equally well, the earlier one comes first.
func NewIndex(docs []Doc) *Index {
	ix := &Index{docs: make([]indexed, len(docs))}
	where := map[string][]posting{}
	for i, d := range docs {
		ix.docs[i] = indexed{id: d.ID, name: Fold(d.Name)}
		best := map[string]int{}
		note := func(s string, weight int) {
			for _, w := range indexWords(s) {
				best[w] = max(best[w], weight)
			}
		}
		note(d.Name, weightName)
		note(d.Summary, weightSummary)
		for _, s := range d.Synonyms {
			note(s, weightSynonym)
		}
		for w, weight := range best {
			where[w] = append(where[w], posting{doc: int32(i), weight: int32(weight)})
		}
	}
	for w, p := range where {
		ix.vocab = append(ix.vocab, vocable{word: []rune(w), where: p})
	}
	slices.SortFunc(ix.vocab, func(a, b vocable) int { return slices.Compare(a.word, b.word) })
	ix.shapes = make([]shape, len(ix.vocab))
	runes, postings := 0, 0
	for _, v := range ix.vocab {
		runes, postings = runes+len(v.word), postings+len(v.where)
	}
	// All words, and where they stand, lie one after another in memory, as a search goes through them: waiting for memory took longer than comparing.
	words, places := make([]rune, 0, runes), make([]posting, 0, postings)
	for i := range ix.vocab {
		v := &ix.vocab[i]
		words, places = append(words, v.word...), append(places, v.where...)
		v.word, v.where = words[len(words)-len(v.word):], places[len(places)-len(v.where):]
		ix.shapes[i] = shapeOf(v.word)
	}
	return ix
}

// indexWords returns the words of s, and words with hyphens also in one piece.
func indexWords(s string) []string {
	folded := Fold(s)
	out := words(folded)
	for _, f := range strings.Fields(folded) {
		if parts := words(f); len(parts) > 1 && strings.ContainsAny(f, "-‐‑") {
			out = append(out, strings.Join(parts, ""))
		}
	}
	return out
}

// queryWords returns the words of what was typed, each once, as far as it is read.
func queryWords(q string) [][]rune {
	var out [][]rune
	for _, w := range words(Fold(firstRunes(q, longestQuery))) {
		r := []rune(firstRunes(w, longestWord))
		if !slices.ContainsFunc(out, func(have []rune) bool { return slices.Equal(have, r) }) {
			out = append(out, r)
		}
		if len(out) == mostWords {
			break
		}
	}
	return out
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Search returns what fits the query, best first: docs that have every word of it or, when there are none, those that have the most of it. A word
// counts most when it is there itself, then as the beginning of one, inside of one, as another form of one, and with one or two typing mistakes.
func (ix *Index) Search(q string) []Hit {
	typed := queryWords(q)
	if len(typed) == 0 {
		return nil
	}
	scores := make([][]int, len(typed)) // by word and doc
	for i, w := range typed {
		scores[i] = ix.scoreWord(w)
	}
	hits := ix.full(scores, Fold(firstRunes(q, longestQuery)))
	if hits == nil {
		hits = ix.partial(scores, typed)
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits
}

// scoreWord looks closely only at words that begin as w does, which stand together, and at those whose shape leaves open that w is in them or mistyped. No other
// word can fit.
func (ix *Index) scoreWord(w []rune) []int {
	scores := make([]int, len(ix.docs))
	first, last := ix.beginning(w[:min(len(w), formFrom)])
	typed, allowed := shapeOf(w), typosAllowed(w)
	for i := range ix.shapes {
		if (i < first || i >= last) && !typed.near(&ix.shapes[i], allowed) {
			continue
		}
		v := &ix.vocab[i]
		s := wordScore(w, v.word)
		if s == 0 {
			continue
		}
		for _, p := range v.where {
			scores[p.doc] = max(scores[p.doc], s*int(p.weight)/100)
		}
	}
	return scores
}

// beginning returns where in vocab the words stand that begin so.
func (ix *Index) beginning(w []rune) (first, last int) {
	first, _ = slices.BinarySearchFunc(ix.vocab, w, func(v vocable, w []rune) int { return slices.Compare(v.word[:min(len(v.word), len(w))], w) })
	n, _ := slices.BinarySearchFunc(ix.vocab[first:], w, func(v vocable, w []rune) int {
		if common(v.word, w) == len(w) {
			return -1
		}
		return 1
	})
	return first, first + n
}

// letters is a set of letters, or of pairs of them; several may stand for one another.
type letters uint64

func lettersOf(w []rune) letters {
	var l letters
	for _, r := range w {
		l |= 1 << (uint32(r) % 64)
	}
	return l
}

// missing is how many of the letters are not among others: each needs a typing mistake of its own.
func (l letters) missing(have letters) int { return bits.OnesCount64(uint64(l &^ have)) }

// shape is what is looked at before a word itself: its letters, those of its beginnings, which follow one another, and how many there are.
type shape struct {
	all, first4, first7, pairs letters
	n                          int
}

func shapeOf(w []rune) shape {
	s := shape{n: len(w), all: lettersOf(w), first4: lettersOf(w[:min(len(w), 4)]), first7: lettersOf(w[:min(len(w), 7)])}
	for i := 1; i < len(w); i++ {
		s.pairs |= 1 << ((uint32(w[i-1])*31 + uint32(w[i])) % 64)
	}
	return s
}

// pairsOfMistake is how many pairs of what was typed one mistake spoils at the most: two letters that were swapped stand in three.
const pairsOfMistake = 3

// near reports whether a typed word may be inside of a word, or its beginning or all of it with so many mistakes.
func (s *shape) near(word *shape, allowed int) bool {
	n := s.n
	if s.all.missing(word.all) > allowed {
		return false
	}
	if n >= insideFrom && s.pairs&^word.pairs == 0 {
		return true
	}
	if allowed == 0 || word.n+allowed < n || s.pairs.missing(word.pairs) > pairsOfMistake*allowed {
		return false
	}
	// What is typed stands for at least n-allowed letters of the word's beginning.
	switch {
	case n-allowed >= 7:
		return word.first7.missing(s.all) <= allowed
	case n-allowed >= 4:
		return word.first4.missing(s.all) <= allowed
	}
	return true
}

// full returns the docs that have every word. Bold guesses are left out when there is a sure find.
func (ix *Index) full(scores [][]int, folded string) []Hit {
	var hits []Hit
	best := 0
	for d, doc := range ix.docs {
		sum, lowest := 0, scoreExact
		for _, s := range scores {
			sum += s[d]
			lowest = min(lowest, s[d])
		}
		if lowest == 0 {
			continue
		}
		score := sum / len(scores)
		best = max(best, score)
		switch {
		case doc.name == folded:
			score += bonusIsName
		case strings.HasPrefix(doc.name, folded):
			score += bonusBeginsName
		}
		hits = append(hits, Hit{ID: doc.id, Score: score})
	}
	if best >= scorePrefix {
		hits = slices.DeleteFunc(hits, func(h Hit) bool { return h.Score <= scoreTwoTypos*weightName/100 })
	}
	return hits
}

// partial returns the docs that have some of the words: people ask in whole sentences. Long words count for more, and the shortest not at all.
func (ix *Index) partial(scores [][]int, typed [][]rune) []Hit {
	var hits []Hit
	best, whole := 0, 0
	for _, w := range typed {
		whole += weightOfLength(w)
	}
	for d, doc := range ix.docs {
		sum := 0
		for i, w := range typed {
			sum += scores[i][d] * weightOfLength(w)
		}
		if sum > 0 {
			hits = append(hits, Hit{ID: doc.id, Score: sum / whole})
			best = max(best, sum/whole)
		}
	}
	return slices.DeleteFunc(hits, func(h Hit) bool { return h.Score*2 < best })
}

func weightOfLength(w []rune) int {
	const short, long = 3, 8
	if len(w) < short {
		return 0
	}
	return min(len(w), long)
}

// Words returns the words of a text, folded: as names are compared with what somebody types.
func Words(s string) []string { return words(Fold(firstRunes(s, longestQuery))) }
