package blueprint

import (
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// section is a kind of thing that an organisation has many of, each under its slug. A room that is configured by blueprints has a row in sections.
type section struct {
	name  string // the key in the file, and the word for owns
	noun  string // of one thing, in comparisons
	keys  []string
	read  func(r *reader, n *node, path string, o *Organisation)
	say   func(o *Organisation) things
	merge func(have, want Organisation, n *node, whole bool, into *Organisation)
	check func(c *checker, o *Organisation)
	editing
}

// sections are in the order in which files and comparisons have them.
var sections = []section{
	listOf("categories", "category", categoryFields,
		func(o *Organisation) *[]catalog.Category { return &o.Categories }, func(c *catalog.Category) *ids.Category { return &c.ID }, checkCategories),
	listOf("services", "service", serviceFields,
		func(o *Organisation) *[]ServiceEntry { return &o.Services }, func(s *ServiceEntry) *ids.Service { return &s.ID }, checkServices),
	listOf("groups", "group", groupFields,
		func(o *Organisation) *[]org.Group { return &o.Groups }, func(g *org.Group) *string { return &g.ID }, nil),
	listOf("offices", "office", officeFields,
		func(o *Organisation) *[]Office { return &o.Offices }, func(o *Office) *ids.Office { return &o.ID }, checkOffices),
	listOf("inboxes", "inbox", inboxFields,
		func(o *Organisation) *[]org.Inbox { return &o.Inboxes }, func(b *org.Inbox) *ids.Inbox { return &b.ID }, checkInboxes),
	listOf(Wordings, "wording", wordingFields,
		func(o *Organisation) *[]org.Wording { return &o.Wordings }, func(w *org.Wording) *string { return &w.ID }, checkWordings),
	listOf(FormTexts, "form text", formTextFields,
		func(o *Organisation) *[]catalog.FormText { return &o.FormTexts }, func(t *catalog.FormText) *string { return &t.ID }, checkFormTexts),
	listOf("forms", "form", formFields,
		func(o *Organisation) *[]FormEntry { return &o.Forms }, func(f *FormEntry) *ids.Form { return &f.ID }, checkForms),
}

func sectionNames() []string {
	out := make([]string, len(sections))
	for i, s := range sections {
		out[i] = s.name
	}
	return out
}

// listOf makes the row of a section that is a list of records. check may be nil.
func listOf[T any, S ~string](
	name, noun string, fields []field[T], list func(*Organisation) *[]T, id func(*T) *S, check func(*checker, *Organisation),
) section {
	return section{
		name: name, noun: noun, keys: names(fields), check: check, editing: editingOf(name, fields, list, id),
		read: func(r *reader, n *node, path string, o *Organisation) {
			if !r.is(n, path, unstable.Table, "a table of things by their name") {
				return
			}
			for _, slug := range n.keys {
				var v T
				*id(&v) = S(slug)
				if c, p := n.table[slug], path+"."+slug; r.slug(c, slug, p) {
					record(r, c, p, fields, &v)
					*list(o) = append(*list(o), v)
				}
			}
		},
		say: func(o *Organisation) things {
			out := things{noun: noun}
			for i := range *list(o) {
				v := &(*list(o))[i]
				out.list = append(out.list, thing{id: string(*id(v)), fields: say(fields, v)})
			}
			return out
		},
		merge: func(have, want Organisation, n *node, whole bool, into *Organisation) {
			*list(into) = mergeList(fields, *list(&have), *list(&want), id, n, whole)
		},
	}
}

// mergeList puts the things of a file over the stored ones. The file's order holds; a thing it does not name stays behind the neighbour it had.
func mergeList[T any, S ~string](fields []field[T], have, want []T, id func(*T) *S, n *node, whole bool) []T {
	index := func(list []T, slug S) int {
		return slices.IndexFunc(list, func(v T) bool { return *id(&v) == slug })
	}
	var out []T
	for i := range want {
		v := want[i]
		if at := index(have, *id(&v)); at >= 0 {
			v = merge(fields, have[at], v, n.child(string(*id(&v))), whole)
		}
		out = append(out, v)
	}
	if whole {
		return out
	}
	for i := range have {
		if index(out, *id(&have[i])) >= 0 {
			continue
		}
		after := 0
		if i > 0 {
			after = index(out, *id(&have[i-1])) + 1
		}
		out = slices.Insert(out, after, have[i])
	}
	return out
}
