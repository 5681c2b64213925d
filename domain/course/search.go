package course

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// Find returns the first of the courses on the public list that a search finds, by the rule of Narrow, with what is taken of them, and how many there are in all. With a topic it is those under it. Without a
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
	for _, c := range s.Narrow(unasked(list), f, time.UTC, now) { // no day is asked for, so the zone does not matter
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

// Narrow returns the courses of a list that a filter leaves: where every word of a search is in the title, the summary, the text or the place, in any language, whatever the case and the accents. Where
// there is no such course, it is those whose title, summary or place has every word with typing mistakes or in another form, the best first, by the rules by which services are found.
func (s *Service) Narrow(list []Listed, f Filter, zone *time.Location, now time.Time) []Listed {
	words, place := f.words(), i18n.Fold(f.Place)
	left := slices.DeleteFunc(slices.Clone(list), func(c Listed) bool {
		return !f.keeps(c, place, zone, now)
	})
	if len(words) == 0 {
		return left
	}
	var sure []Listed
	read := make([]*text, len(left))
	for i, c := range left {
		if read[i] = s.texts.of(c.Course); read[i].has(words) {
			sure = append(sure, c)
		}
	}
	if len(sure) > 0 {
		return sure
	}
	return alike(left, read, f.Text)
}

// alike are the courses of a list that answer a query more or less, the best first; those that do half as well as the best, or less, are left out. The long text of a course is not looked at: among so
// many words there is one like any other. Read are their texts.
func alike(list []Listed, read []*text, query string) []Listed {
	type hit struct {
		Listed
		how int
	}
	var hits []hit
	best, typed := 0, i18n.NewQuery(query)
	for i, c := range list {
		if how := typed.Similar(read[i].short); how > 0 {
			hits, best = append(hits, hit{c, how}), max(best, how)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.how, a.how) })
	var out []Listed
	for _, h := range hits {
		if h.how*2 > best {
			out = append(out, h.Listed)
		}
	}
	return out
}

// words are those that are looked for, as they are compared.
func (f Filter) words() []string { return strings.Fields(i18n.Fold(f.Text)) }

func (f Filter) keeps(c Listed, place string, zone *time.Location, now time.Time) bool {
	switch {
	case f.Kind != "" && c.Kind != f.Kind,
		f.Topic != "" && c.Topic != f.Topic,
		f.Service != "" && c.Service != f.Service,
		f.Age >= 0 && (f.Age < c.MinAge || c.MaxAge > 0 && f.Age > c.MaxAge),
		f.Free && (c.Free(c.Taken, now.Unix()) == 0 || c.StageAt(now.Unix()) != Open && c.StageAt(now.Unix()) != Soon),
		place != "" && !c.near(place):
		return false
	}
	return f.From.IsZero() || !org.DateOf(time.Unix(c.Start(), 0).In(zone)).Before(f.From)
}

// near reports whether a course meets at a place, by a part of its name.
func (d Details) near(place string) bool {
	return strings.Contains(i18n.Fold(d.Place), place) || slices.ContainsFunc(d.Sessions, func(s Session) bool { return strings.Contains(i18n.Fold(s.Place), place) })
}
