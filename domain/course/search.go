package course

import (
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// Find returns the first of the courses on the public list in which every word is found, with what is taken of them, and how many there are in all. With a topic it is those under it. Without a
// word nothing is found.
func (s *Service) Find(ctx context.Context, o ids.Org, words string, topic ids.Category, most int) (first []Listed, all int, err error) {
	f := Filter{Text: words, Topic: topic, Age: -1}
	if len(f.words()) == 0 {
		return nil, 0, nil
	}
	now := s.Now()
	list, err := s.public(ctx, o, now.Unix())
	if err != nil {
		return nil, 0, err
	}
	var found []Course
	for _, c := range Narrow(unasked(list), f, time.UTC, now) { // no day is asked for, so the zone does not matter
		found = append(found, c.Course)
	}
	first, err = s.listed(ctx, found[:min(most, len(found))], now.Unix())
	return first, len(found), err
}

// unasked are courses of which it was not asked what is taken.
func unasked(list []Course) []Listed {
	out := make([]Listed, len(list))
	for i, c := range list {
		out[i].Course = c
	}
	return out
}

// Narrow returns the courses of a list that a filter leaves: where every word of a search is in the title, the summary, the text or the place, in any language, whatever the case and the accents.
func Narrow(list []Listed, f Filter, zone *time.Location, now time.Time) []Listed {
	words, place := f.words(), i18n.Fold(f.Place)
	return slices.DeleteFunc(slices.Clone(list), func(c Listed) bool {
		return !f.keeps(c, words, place, zone, now)
	})
}

// words are those that are looked for, as they are compared.
func (f Filter) words() []string { return strings.Fields(i18n.Fold(f.Text)) }

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
	if len(words) == 0 {
		return true
	}
	text := i18n.Fold(c.text())
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// near reports whether a course meets at a place, by a part of its name.
func (d Details) near(place string) bool {
	return strings.Contains(i18n.Fold(d.Place), place) || slices.ContainsFunc(d.Sessions, func(s Session) bool { return strings.Contains(i18n.Fold(s.Place), place) })
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
