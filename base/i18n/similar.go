package i18n

// Query is what somebody typed, taken apart once to be held against many texts.
type Query struct{ words []typed }

type typed struct {
	word, beginning []rune
	shape           shape
	allowed         int // typing mistakes
}

// NewQuery takes a query apart.
func NewQuery(q string) Query {
	var out Query
	for _, w := range queryWords(q) {
		out.words = append(out.words, typed{w, w[:min(len(w), formFrom)], shapeOf(w), typosAllowed(w)})
	}
	return out
}

// Wordlist is a text taken apart once, to be held against many queries. It does not change, and is safe for concurrent use.
type Wordlist struct {
	words  [][]rune
	shapes []shape
}

// NewWordlist takes a text apart. What it keeps takes some ten times as much memory as the text.
func NewWordlist(text string) Wordlist {
	var out Wordlist
	have := map[string]bool{}
	for _, w := range indexWords(text) {
		if have[w] {
			continue
		}
		have[w] = true
		word := []rune(w)
		out.words, out.shapes = append(out.words, word), append(out.shapes, shapeOf(word))
	}
	return out
}

// Similar returns how well a text answers the query, from 0 (not at all) to 100 (it has every word), by the rules of Search.
func (q Query) Similar(text Wordlist) int {
	if len(q.words) == 0 {
		return 0
	}
	sum := 0
	for i := range q.words {
		best := q.words[i].best(text)
		if best == 0 {
			return 0
		}
		sum += best
	}
	return sum / len(q.words)
}

// best is how well the word of a text fits that fits best. As in a search, only those are looked at closely that begin alike or whose shape leaves it open.
func (t *typed) best(text Wordlist) int {
	best := 0
	for i, word := range text.words {
		if common(word, t.beginning) == len(t.beginning) || t.shape.near(&text.shapes[i], t.allowed) {
			best = max(best, wordScore(t.word, word))
		}
	}
	return best
}
