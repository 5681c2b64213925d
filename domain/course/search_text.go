package course

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// text is what can be searched of a course, taken apart: all of it folded, and the words of what it is called, of its sentence and its place.
type text struct {
	said  said
	all   string
	short i18n.Wordlist
}

// said are the texts of a course as they were when it was taken apart.
type said struct {
	title, summary, body i18n.Text
	place                string
}

func saidOf(d Details) said { return said{d.Title, d.Summary, d.Body, d.Place} }

func (a said) equal(b said) bool {
	return a.place == b.place && maps.Equal(a.title, b.title) && maps.Equal(a.summary, b.summary) && maps.Equal(a.body, b.body)
}

func textOf(s said) *text {
	return &text{s, i18n.Fold(inAll(s.title, s.summary, s.body) + s.place), i18n.NewWordlist(inAll(s.title, s.summary) + s.place)}
}

// has reports whether every word is somewhere in what is said of a course.
func (t *text) has(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.all, w) })
}

// inAll are texts in every language.
func inAll(texts ...i18n.Text) string {
	var b strings.Builder
	for _, t := range texts {
		for _, l := range i18n.Languages() {
			b.WriteString(t[l.Code] + "\n")
		}
	}
	return b.String()
}

// mostTextBytes is how many bytes of folded texts are remembered. Their words take several times as much.
const mostTextBytes = 4 << 20

// texts remembers courses that were taken apart, which each search needs of each course. What is remembered counts only for a course that says the very same: a version alone does not tell, since a course
// that was deleted may be made again under its name. Its zero value is ready.
type texts struct {
	mu    sync.Mutex
	bytes int
	known map[courseKey]*text
}

type courseKey struct {
	org ids.Org
	id  ids.Course
}

// of returns the text of a course, as it is now.
func (t *texts) of(c Course) *text {
	key, now := courseKey{c.Org, c.ID}, saidOf(c.Details)
	t.mu.Lock()
	was := t.known[key]
	t.mu.Unlock()
	if was != nil && was.said.equal(now) {
		return was
	}
	read := textOf(now)
	t.mu.Lock()
	defer t.mu.Unlock()
	if was := t.known[key]; was != nil {
		t.bytes -= len(was.all)
		delete(t.known, key)
	}
	if t.known == nil || t.bytes+len(read.all) > mostTextBytes { // rather all anew than a list of what was asked for last
		t.known, t.bytes = map[courseKey]*text{}, 0
	}
	t.known[key] = read
	t.bytes += len(read.all)
	return read
}
