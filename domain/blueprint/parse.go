package blueprint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/ids"
	"luukku/domain/org"
)

// Parse reads a file and returns what it says with all that is wrong with it, in the order of the file; it may be applied when Faults finds nothing.
//
// An organisation that the file names (by its name key) is taken to be told in full, and is judged by itself. One that the file only adds to is
// judged with what is stored, by Service.Plan and Service.Apply.
func Parse(b []byte) (Document, []Problem) {
	root, problems := readTree(b)
	if len(problems) > 0 {
		return Document{root: root, problems: problems}, problems
	}
	r := &reader{}
	texts, err := loadTexts()
	if err != nil {
		r.problems = append(r.problems, Problem{Message: err.Error()})
	}
	r.texts = texts
	d := Document{root: root}
	r.each(root)
	r.document(&d)
	c := &checker{root: root}
	c.document(d)
	found := slices.DeleteFunc(c.problems, func(p Problem) bool { return follows(p, r.problems) })
	d.problems = inOrder(append(r.problems, found...))
	return d, slices.Clone(d.problems)
}

// follows reports whether a problem only follows from what could not be read: the same place, or one around or inside it.
func follows(p Problem, read []Problem) bool {
	inside := func(path, around string) bool {
		rest, ok := strings.CutPrefix(path, around)
		return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
	}
	return slices.ContainsFunc(read, func(q Problem) bool { return q.Path != "" && (inside(p.Path, q.Path) || inside(q.Path, p.Path)) })
}

// inOrder sorts problems as the file has them.
func inOrder(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path))
	})
	return slices.Compact(problems)
}

func (r *reader) document(d *Document) {
	if d.root.child("format") == nil {
		r.add(d.root, "format", "want the line format = %d", Format)
	}
	for _, key := range d.root.keys {
		n := d.root.table[key]
		switch key {
		case "format":
			if n.kind != unstable.Integer || n.text != fmt.Sprint(Format) {
				r.add(n, key, "this version of Luukku reads format = %d", Format)
			}
		case "installation":
			d.Installation = &Installation{}
			record(r, n, key, installationFields, d.Installation)
			if n.child("default") == nil && len(d.Installation.Languages) > 0 {
				d.Installation.Default = d.Installation.Languages[0]
			}
		case "organisations":
			r.organisations(n, d)
		case eachKey:
		default:
			r.unknown(n, "", key, []string{"format", "installation", eachKey, "organisations"})
		}
	}
}

// eachKey is the table of what all organisations of a file have in common.
const eachKey = "each"

// each puts what the file says of each of its organisations into those that do not say it themselves. From then on it is as if they had said it.
func (r *reader) each(root *node) {
	n := root.child(eachKey)
	if n == nil || !r.is(n, eachKey, unstable.Table, "a table") {
		return
	}
	for _, key := range n.keys {
		if !slices.Contains(names(organisationFields), key) {
			r.unknown(n.table[key], eachKey, key, names(organisationFields))
		}
	}
	orgs := root.child("organisations")
	if orgs == nil || orgs.kind != unstable.Table {
		return
	}
	for _, slug := range orgs.keys {
		o := orgs.table[slug]
		if o.kind != unstable.Table {
			continue
		}
		for _, key := range n.keys {
			if o.child(key) == nil && slices.Contains(names(organisationFields), key) {
				o.put(key, n.table[key])
			}
		}
	}
}

func (r *reader) organisations(n *node, d *Document) {
	if !r.is(n, "organisations", unstable.Table, "a table of organisations by their name") {
		return
	}
	for _, slug := range n.keys {
		c, path := n.table[slug], "organisations."+slug
		switch {
		case !r.slug(c, slug, path):
		case org.Reserved(slug):
			r.add(c, path, "%q is kept for addresses of the product", slug)
		case r.is(c, path, unstable.Table, "a table"):
			d.Organisations = append(d.Organisations, r.organisation(c, path, ids.Org(slug)))
		}
	}
}

// organisation reads one organisation: its own keys, and its sections.
func (r *reader) organisation(n *node, path string, id ids.Org) Organisation {
	o := Organisation{Organisation: org.Organisation{ID: id}}
	own := newTable(n.line)
	for _, key := range n.keys {
		c := n.table[key]
		if i := slices.IndexFunc(sections, func(s section) bool { return s.name == key }); i >= 0 {
			sections[i].read(r, c, path+"."+key, &o)
			continue
		}
		switch {
		case key == "owns":
			o.Owns = r.words(c, path+".owns")
			for i, s := range o.Owns {
				if !slices.Contains(sectionNames(), s) {
					r.add(c, elem(path+".owns", i), "there is no section %.40q; there are %s", s, strings.Join(sectionNames(), ", "))
				}
			}
		case slices.Contains(names(organisationFields), key):
			own.put(key, c)
		default:
			r.unknown(c, path, key, slices.Concat(names(organisationFields), []string{"owns"}, sectionNames()))
		}
	}
	record(r, own, path, organisationFields, &o)
	for i, h := range o.Hosts {
		o.Hosts[i] = strings.ToLower(h)
	}
	return o
}
