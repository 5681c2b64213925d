package course

import (
	"slices"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/domain/org"
)

// Narrow returns the courses of a list that a filter leaves: where every word of a search is in the title, the summary, the text or the place, in any language.
func Narrow(list []Listed, f Filter, zone *time.Location, now time.Time) []Listed {
	words := strings.Fields(strings.ToLower(f.Text))
	place := strings.ToLower(f.Place)
	return slices.DeleteFunc(slices.Clone(list), func(c Listed) bool {
		return !f.keeps(c, words, place, zone, now)
	})
}

func (f Filter) keeps(c Listed, words []string, place string, zone *time.Location, now time.Time) bool {
	switch {
	case f.Kind != "" && c.Kind != f.Kind,
		f.Topic != "" && c.Topic != f.Topic,
		f.Service != "" && c.Service != f.Service,
		f.Age >= 0 && (f.Age < c.MinAge || c.MaxAge > 0 && f.Age > c.MaxAge),
		f.Free && (c.Free(c.Taken, now.Unix()) == 0 || c.StageAt(now.Unix()) != Open && c.StageAt(now.Unix()) != Soon),
		place != "" && !c.near(place):
		return false
	}
	if !f.From.IsZero() && org.DateOf(time.Unix(c.Start(), 0).In(zone)).Before(f.From) {
		return false
	}
	text := strings.ToLower(c.text())
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// near reports whether a course meets at a place, by a part of its name.
func (d Details) near(place string) bool {
	return strings.Contains(strings.ToLower(d.Place), place) || slices.ContainsFunc(d.Sessions, func(s Session) bool { return strings.Contains(strings.ToLower(s.Place), place) })
}

// text is all that can be searched of a course.
func (d Details) text() string {
	var b strings.Builder
	for _, t := range []i18n.Text{d.Title, d.Summary, d.Body} {
		for _, l := range i18n.Languages() {
			b.WriteString(t[l.Code] + "\n")
		}
	}
	return b.String() + d.Place
}
