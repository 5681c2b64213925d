package blueprint

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"luukku/base/ids"
)

// Op is what applying a file does to a thing.
type Op string

// The operations, as a comparison writes them.
const (
	Added   Op = "+"
	Changed Op = "~"
	Removed Op = "-"
)

// Line is one difference.
type Line struct {
	Op  Op
	Org ids.Org // empty for the installation
	// What is "service name-change" for a thing that comes or goes, and the path within the organisation for a change: "offices.helsinki.hours".
	What     string
	Old, New string // of a change; empty says nothing was or will be said
}

// String returns the line as an administrator reads it below the name of its organisation: "~ offices.helsinki.hours: mon-fri 09:00-16:15 ->
// mon-fri 09:00-15:00". Long values are shortened to where they differ.
func (l Line) String() string {
	if l.Op != Changed {
		return string(l.Op) + " " + l.What
	}
	from, to := shortened(l.Old, l.New)
	return fmt.Sprintf("~ %s: %s -> %s", l.What, orNothing(from), orNothing(to))
}

// Print writes lines below a heading for each organisation.
func Print(lines []Line) string {
	var b strings.Builder
	for i, l := range lines {
		if i == 0 || l.Org != lines[i-1].Org {
			name := string(l.Org)
			if name == "" {
				name = "installation"
			}
			b.WriteString(name + ":\n")
		}
		b.WriteString("  " + l.String() + "\n")
	}
	return b.String()
}

func orNothing(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

// Diff returns what applying want over have changes, in the order of the installation, the organisations and their sections; nothing when it changes
// nothing.
func Diff(have, want Document) []Line { return compare(have, Merge(have, want)) }

// compare returns the differences of two whole configurations.
func compare(have, want Document) []Line {
	c := comparer{}
	if want.Installation != nil {
		if have.Installation == nil {
			c.add(Added, "installation")
		} else {
			c.table("", say(installationFields, have.Installation), say(installationFields, want.Installation))
		}
	}
	for i := range want.Organisations {
		o := &want.Organisations[i]
		c.org = o.ID
		stored, ok := have.Organisation(o.ID)
		if !ok {
			c.add(Added, "organisation "+string(o.ID))
		} else {
			c.table("", say(organisationFields, &stored), say(organisationFields, o))
		}
		for _, s := range sections {
			c.things(s.name, "", s.say(&stored), s.say(o))
		}
	}
	return c.lines
}

type comparer struct {
	org   ids.Org
	lines []Line
}

func (c *comparer) add(op Op, what string) {
	c.lines = append(c.lines, Line{Op: op, Org: c.org, What: what})
}

func (c *comparer) changed(path, old, now string) {
	c.lines = append(c.lines, Line{Op: Changed, Org: c.org, What: path, Old: old, New: now})
}

// table compares two records key by key, in the order of the second, then what only the first has.
func (c *comparer) table(path string, have, want table) {
	keys := make([]string, 0, len(want))
	for _, p := range slices.Concat(want, have) {
		if !slices.Contains(keys, p.key) {
			keys = append(keys, p.key)
		}
	}
	for _, key := range keys {
		c.value(dotted(path, key), have.get(key), want.get(key))
	}
}

func dotted(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (c *comparer) value(path string, have, want any) {
	if empty(have) && empty(want) || reflect.DeepEqual(have, want) {
		return
	}
	if a, b, ok := both[things](have, want); ok {
		c.things(path, ownerOf(path)+".", a, b)
		return
	}
	a, okA := asTable(have)
	b, okB := asTable(want)
	if okA || okB {
		c.table(path, a, b)
		return
	}
	old, now := render(have), render(want)
	if empty(have) && have != false {
		old = ""
	}
	if empty(want) && want != false {
		now = ""
	}
	if old == now { // they differ in what a line does not show, such as where lines break
		now += " (other line breaks or spaces)"
	}
	c.changed(path, old, now)
}

// both returns two values of one type, where a missing one is its zero.
func both[V any](a, b any) (V, V, bool) {
	x, okA := a.(V)
	y, okB := b.(V)
	return x, y, okA || okB
}

// ownerOf is the thing that a list within it belongs to: "offices.helsinki.units" is helsinki's.
func ownerOf(path string) string {
	seg := strings.Split(path, ".")
	return seg[max(0, len(seg)-2)]
}

// things compares two lists of things: what comes and what changes in the order of the second, then what goes, then the order of those in both.
func (c *comparer) things(path, owner string, have, want things) {
	noun := cmp.Or(want.noun, have.noun)
	var was, is []string
	for _, t := range want.list {
		old, ok := have.find(t.id)
		if !ok {
			c.add(Added, noun+" "+owner+t.id)
			continue
		}
		is = append(is, t.id)
		c.table(path+"."+t.id, old.fields, t.fields)
	}
	for _, t := range have.list {
		if _, ok := want.find(t.id); !ok {
			c.add(Removed, noun+" "+owner+t.id)
			continue
		}
		was = append(was, t.id)
	}
	if !slices.Equal(was, is) {
		c.changed(path+" (order)", strings.Join(was, ", "), strings.Join(is, ", "))
	}
}

// How long a value may be in a line, in characters, and how much of what is the same is kept before a difference.
const (
	longValue = 100
	lead      = 20
)

// shortened cuts two long values to where they differ.
func shortened(a, b string) (string, string) {
	x, y := []rune(a), []rune(b)
	if len(x) <= longValue && len(y) <= longValue {
		return a, b
	}
	same := 0
	for same < len(x) && same < len(y) && x[same] == y[same] {
		same++
	}
	from := max(0, same-lead)
	return window(x, from), window(y, from)
}

func window(s []rune, from int) string {
	from = min(from, len(s))
	to := min(len(s), from+longValue)
	out := string(s[from:to])
	if from > 0 {
		out = "…" + out
	}
	if to < len(s) {
		out += "…"
	}
	return out
}
