package blueprint

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Clash is a value that was changed in two places: in a draft, and meanwhile in what is configured.
type Clash struct {
	Path         string // from the organisation on: "offices.kallio.phone"; a thing that one side removed: "offices.kallio"
	Mine, Theirs string // as comparisons write them; empty for what was removed
	Removed      string // who removed the thing, "mine" or "theirs"; empty when both have it
}

// Rebase carries a draft over to what is configured now: what only the draft changed stays the draft's, what only others changed becomes theirs, field by
// field. What both changed stays the draft's and is a clash. It returns the draft as it is then, the base from which it is to be compared the next time
// (for a clash, the old one), and the clashes.
func Rebase(base, mine, now Organisation) (draft, newBase Organisation, clashes []Clash) {
	r := &rebaser{}
	newBase = copyOf(now)
	draft = copyOf(mine)
	base = copyOf(base)
	rebaseFields(r, "", organisationFields, &base, &draft, &newBase)
	for _, s := range sections {
		s.rebase(r, &base, &draft, &newBase)
	}
	for i := range draft.Offices {
		draft.Offices[i].prune()
	}
	return draft, newBase, r.clashes
}

// prune drops policies of what an office does not offer.
func (f *Office) prune() {
	if slices.ContainsFunc(slices.Collect(maps.Keys(f.Policy)), func(s ids.Service) bool { return !slices.Contains(f.Services, s) }) {
		f.Policy = maps.Clone(f.Policy)
		maps.DeleteFunc(f.Policy, func(s ids.Service, _ catalog.Settings) bool { return !slices.Contains(f.Services, s) })
	}
}

// copyOf is an organisation whose lists and maps of settings can be changed without changing the other's.
func copyOf(o Organisation) Organisation {
	o.Categories, o.Services, o.Groups = slices.Clone(o.Categories), slices.Clone(o.Services), slices.Clone(o.Groups)
	o.Offices, o.Inboxes, o.Wordings, o.Forms = slices.Clone(o.Offices), slices.Clone(o.Inboxes), slices.Clone(o.Wordings), slices.Clone(o.Forms)
	o.FormTexts = slices.Clone(o.FormTexts)
	for i := range o.Offices {
		f := &o.Offices[i]
		f.Units, f.Services, f.Policy = slices.Clone(f.Units), slices.Clone(f.Services), maps.Clone(f.Policy)
	}
	return o
}

type rebaser struct{ clashes []Clash }

// same reports whether two values say the same.
func same(a, b any) bool { return empty(a) && empty(b) || reflect.DeepEqual(a, b) }

// rebaseFields does so for one record: mine becomes the draft's, now the new base.
func rebaseFields[T any](r *rebaser, path string, fields []field[T], base, mine, now *T) {
	for _, f := range fields {
		if f.rebase != nil {
			f.rebase(r, path+f.name+".", base, mine, now)
			continue
		}
		b, m, n := f.say(base), f.say(mine), f.say(now)
		switch {
		case same(m, b):
			f.take(mine, now)
		case same(n, b), same(n, m):
		default:
			r.clashes = append(r.clashes, Clash{Path: path + f.name, Mine: render(m), Theirs: render(n)})
			f.take(now, base)
		}
	}
}

// rebaseList does so for a list of things.
func rebaseList[T any](r *rebaser, path string, fields []field[T], base, mine, now *[]T, id func(*T) string) {
	find := func(list []T, slug string) *T {
		for i := range list {
			if id(&list[i]) == slug {
				return &list[i]
			}
		}
		return nil
	}
	unchanged := func(a, b *T) bool { return same(say(fields, a), say(fields, b)) }
	names := func(list []T) []string {
		out := make([]string, len(list))
		for i := range list {
			out[i] = id(&list[i])
		}
		return out
	}
	theirOrder := slices.Equal(names(*base), names(*mine))
	out, newBase := []T{}, []T{}
	for i := range *mine {
		m := &(*mine)[i]
		slug := id(m)
		b, n := find(*base, slug), find(*now, slug)
		switch {
		case n != nil:
			fresh, their := *m, *n
			if b == nil {
				b = new(T)
			}
			rebaseFields(r, path+slug+".", fields, b, &fresh, &their)
			out, newBase = append(out, fresh), append(newBase, their)
		case b == nil: // only the draft has it
			out = append(out, *m)
		case unchanged(b, m): // others removed it
		default:
			r.clashes = append(r.clashes, Clash{Path: path + slug, Mine: render(recordText(fields, m)), Removed: "theirs"})
			out, newBase = append(out, *m), append(newBase, *b)
		}
	}
	for i := range *now {
		n := &(*now)[i]
		slug := id(n)
		if find(*mine, slug) != nil {
			continue
		}
		b := find(*base, slug)
		switch {
		case b == nil: // others added it
			out, newBase = insertAfter(out, *now, i, id), append(newBase, *n)
		case unchanged(b, n): // the draft removed it
			newBase = append(newBase, *n)
		default:
			r.clashes = append(r.clashes, Clash{Path: path + slug, Theirs: render(recordText(fields, n)), Removed: "mine"})
			newBase = append(newBase, *b)
		}
	}
	order := names(*now)
	if theirOrder {
		inOrderOf(out, order, id)
	}
	inOrderOf(newBase, order, id)
	*mine, *now = out, newBase
}

// recordText is what a record says, without the things within it.
func recordText[T any](fields []field[T], v *T) table {
	return slices.DeleteFunc(filled(say(fields, v)), func(p pair) bool { _, inner := p.value.(things); return inner })
}

// insertAfter puts the i-th of a list into another, behind the neighbour that it has.
func insertAfter[T any](into, list []T, i int, id func(*T) string) []T {
	after := 0
	if i > 0 {
		after = len(into)
		for j := range into {
			if id(&into[j]) == id(&list[i-1]) {
				after = j + 1
			}
		}
	}
	return slices.Insert(into, after, list[i])
}

// inOrderOf sorts what an order names by it; what it does not name stays behind its neighbour.
func inOrderOf[T any](list []T, order []string, id func(*T) string) {
	rank := map[string]int{}
	last := -1
	for i := range list {
		if at := slices.Index(order, id(&list[i])); at >= 0 {
			last = at
		}
		rank[id(&list[i])] = last
	}
	slices.SortStableFunc(list, func(a, b T) int { return rank[id(&a)] - rank[id(&b)] })
}

// rebaseUnits carries the units of an office over, unit by unit.
func rebaseUnits(r *rebaser, path string, base, mine, now *Office) {
	office := now.ID
	rebaseList(r, path, unitFields, &base.Units, &mine.Units, &now.Units, func(u *org.Unit) string { return unitName(office, u.ID) })
}

// Settle ends a clash: mine keeps what the draft says, otherwise the draft takes what is configured now. It changes the draft and its base. A path that
// names nothing changes nothing.
func Settle(draft, base *Organisation, now Organisation, path string, mine bool) {
	now = copyOf(now)
	seg := strings.Split(path, ".")
	switch {
	case len(seg) == 1:
		settleField(organisationFields, path, mine, draft, base, &now)
	case len(seg) >= 4 && seg[0] == "offices" && seg[2] == Units:
		d, b, n := draft.office(ids.Office(seg[1])), base.office(ids.Office(seg[1])), now.office(ids.Office(seg[1]))
		if d != nil && b != nil && n != nil {
			id := func(u *org.Unit) string { return unitName(n.ID, u.ID) }
			settleIn(unitFields, &d.Units, &b.Units, &n.Units, seg[3], strings.Join(seg[4:], "."), mine, id)
		}
	default:
		if s, ok := sectionByName(seg[0]); ok {
			s.settle(draft, base, &now, seg[1], strings.Join(seg[2:], "."), mine)
		}
	}
}

// settleIn does so in a list: for a field of a thing, or for the whole thing.
func settleIn[T any](fields []field[T], draft, base, now *[]T, slug, name string, mine bool, id func(*T) string) {
	at := func(list []T) int { return slices.IndexFunc(list, func(v T) bool { return id(&v) == slug }) }
	d, b, n := at(*draft), at(*base), at(*now)
	if name != "" {
		if d >= 0 && b >= 0 && n >= 0 {
			settleField(fields, name, mine, &(*draft)[d], &(*base)[b], &(*now)[n])
		}
		return
	}
	put := func(list *[]T) {
		*list = slices.DeleteFunc(slices.Clone(*list), func(v T) bool { return id(&v) == slug })
		if n >= 0 {
			*list = insertAfter(*list, *now, n, id)
		}
	}
	put(base)
	if !mine {
		put(draft)
	}
}

// settleField does so in a record.
func settleField[T any](fields []field[T], name string, mine bool, draft, base, now *T) {
	for _, f := range fields {
		if f.name != name {
			continue
		}
		if !mine {
			f.take(draft, now)
		}
		f.take(base, now)
	}
}
