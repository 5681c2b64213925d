package folder

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"luukku/base/ids"
	"luukku/domain/actor"
)

// PageSize is how many entries a page of the timeline has.
const PageSize = 20

// Most is how many entries of a source a timeline has at most: the nearest. A source may return more, and fewer.
const Most = 2000

// When is whether an entry is still to come, or goes on.
type When string

// What a timeline can be of; empty is all.
const (
	Coming When = "coming"
	Past   When = "past"
)

// Filter is what of the timeline somebody wants to see. Its zero value is everything.
type Filter struct {
	Part Part
	Org  ids.Org
	When When
	// From and Until are the first and the last second of what is shown; 0 for any.
	From, Until int64
	// Text are words of which each is in what the entry says, without regard to capitals.
	Text string
}

// Timeline is one page of somebody's timeline: what is to come, the soonest first, then what is past, the newest first.
type Timeline struct {
	Entries []Entry
	// Page and Pages count from 1; Total are the entries of all pages.
	Page, Pages, Total int
	// Parts and Orgs are those of everything that there is, whatever was asked for.
	Parts []Part
	Orgs  []ids.Org
}

// Past reports whether an entry is over at a moment: what has an end by its end, what waits for nothing and only happened once it happened.
func (e Entry) Past(now int64) bool {
	switch {
	case e.State == "cancelled" || e.State == "lapsed" || e.State == "access_withdrawn":
		return true
	case (e.Part == Opened || e.Part == Visited) && e.End == 0: // it goes on
		return false
	}
	return max(e.At, e.End) < now
}

// Fits reports whether an entry is what somebody wants to see; says is all that it says, in their language.
func (f Filter) Fits(e Entry, says string, now int64) bool {
	if f.Part != "" && e.Part != f.Part || f.Org != "" && e.Org != f.Org {
		return false
	}
	if f.When == Coming && e.Past(now) || f.When == Past && !e.Past(now) {
		return false
	}
	if f.From != 0 && max(e.At, e.End) < f.From || f.Until != 0 && e.At > f.Until {
		return false
	}
	says = strings.ToLower(says)
	for word := range strings.FieldsFuncSeq(strings.ToLower(f.Text), unicode.IsSpace) {
		if !strings.Contains(says, word) {
			return false
		}
	}
	return true
}

// Arrange puts entries in the order of a timeline and returns a page of those that fit. A page that is not there is the nearest that is.
func Arrange(list []Entry, f Filter, says func(Entry) string, now int64, page int) Timeline {
	t := Timeline{}
	var fit []Entry
	for _, e := range list {
		if !slices.Contains(t.Parts, e.Part) {
			t.Parts = append(t.Parts, e.Part)
		}
		if e.Org != "" && !slices.Contains(t.Orgs, e.Org) {
			t.Orgs = append(t.Orgs, e.Org)
		}
		text := ""
		if f.Text != "" && says != nil {
			text = says(e)
		}
		if f.Fits(e, text, now) {
			fit = append(fit, e)
		}
	}
	order := slices.Concat(Parts, []Part{Agreed, Looked})
	slices.SortFunc(t.Parts, func(a, b Part) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
	slices.Sort(t.Orgs)
	slices.SortStableFunc(fit, func(a, b Entry) int {
		switch ap, bp := a.Past(now), b.Past(now); {
		case ap != bp && bp:
			return -1
		case ap != bp:
			return 1
		case ap:
			return cmp.Compare(b.At, a.At)
		}
		return cmp.Compare(a.At, b.At)
	})
	t.Total = len(fit)
	t.Pages = max(1, (t.Total+PageSize-1)/PageSize)
	t.Page = min(max(page, 1), t.Pages)
	first := (t.Page - 1) * PageSize
	t.Entries = fit[first:min(first+PageSize, t.Total)]
	return t
}

// All returns every entry of the folder in which the actor works now, and of more sources beside the room's own, such as those that only this reader may ask.
func (s *Service) All(ctx context.Context, who actor.Actor, more ...Source) ([]Entry, error) {
	owner := who.Owner()
	if err := who.May(actor.FolderRead, actor.Object{Owner: owner}); err != nil {
		return nil, err
	}
	var out []Entry
	for _, source := range slices.Concat(s.Sources, more) {
		list, err := source.FolderOf(ctx, owner)
		if err != nil {
			return nil, err
		}
		out = append(out, list[:min(len(list), Most)]...)
	}
	for i := range out {
		if e := &out[i]; e.MadeBy != "" && e.MadeBy != owner.Person && s.Name != nil {
			var err error
			if e.MadeByName, err = s.Name(ctx, e.MadeBy); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// SourceFunc is a source that is a function.
type SourceFunc func(ctx context.Context, o actor.Owner) ([]Entry, error)

// FolderOf calls the function.
func (f SourceFunc) FolderOf(ctx context.Context, o actor.Owner) ([]Entry, error) { return f(ctx, o) }
