package blueprint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// field is one key of a record: how it is read from a file, what it says, and how it is taken over from another record. A new key is a new row.
type field[T any] struct {
	name string
	read func(r *reader, n *node, path string, into *T)
	say  func(*T) any
	take func(into, from *T)

	shape Shape       // how it is asked for in a form; empty for what has pages of its own
	inner []FieldInfo // of a table, or of each of several
	// rebase puts what was changed from base to mine over now, for a field that holds things of its own; nil takes the field as a whole.
	rebase func(r *rebaser, path string, base, mine, now *T)
}

// as says how a field is asked for.
func (f field[T]) as(s Shape, inner ...FieldInfo) field[T] {
	f.shape, f.inner = s, inner
	return f
}

func names[T any](fields []field[T]) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.name
	}
	return out
}

// say writes a record as a table.
func say[T any](fields []field[T], v *T) table {
	out := make(table, len(fields))
	for i, f := range fields {
		out[i] = pair{f.name, f.say(v)}
	}
	return out
}

// merge puts what a file says of a record over what is stored. n is the record in the file; whole says that the file says all of it.
func merge[T any](fields []field[T], have, want T, n *node, whole bool) T {
	if whole || n == nil {
		return want
	}
	for _, f := range fields {
		if n.child(f.name) != nil {
			f.take(&have, &want)
		}
	}
	return have
}

func of[T, V any](name string, at func(*T) *V, read func(*reader, *node, string) V, say func(V) any) field[T] {
	return field[T]{
		name: name,
		read: func(r *reader, n *node, path string, into *T) { *at(into) = read(r, n, path) },
		say:  func(v *T) any { return say(*at(v)) },
		take: func(into, from *T) { *at(into) = *at(from) },
	}
}

func word[T any, S ~string](name string, at func(*T) *S) field[T] {
	read := func(r *reader, n *node, path string) S {
		s, _ := r.word(n, path)
		return S(s)
	}
	return of(name, at, read, func(s S) any { return string(s) }).as(ShapeLine)
}

func words[T any, S ~string](name string, at func(*T) *[]S) field[T] {
	read := func(r *reader, n *node, path string) []S {
		var out []S
		for _, s := range r.words(n, path) {
			out = append(out, S(s))
		}
		return out
	}
	return of(name, at, read, func(list []S) any {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = string(s)
		}
		return out
	}).as(ShapeLines)
}

// set is words whose order says nothing: they are written sorted.
func set[T any, S ~string](name string, at func(*T) *[]S) field[T] {
	f := words(name, at)
	f.say = func(v *T) any {
		var out []string
		for _, s := range *at(v) {
			out = append(out, string(s))
		}
		slices.Sort(out)
		return out
	}
	return f.as(ShapeSet)
}

func flag[T any](name string, at func(*T) *bool) field[T] {
	return of(name, at, (*reader).flag, func(b bool) any { return b }).as(ShapeSwitch)
}

func count[T any](name string, at func(*T) *int) field[T] {
	return of(name, at, (*reader).count, func(n int) any { return int64(n) }).as(ShapeCount)
}

func degrees[T any](name string, at func(*T) *float64) field[T] {
	return of(name, at, (*reader).degrees, func(f float64) any { return f }).as(ShapeDegrees)
}

func text[T any](name string, at func(*T) *i18n.Text) field[T] {
	return of(name, at, (*reader).text, func(t i18n.Text) any { return t }).as(ShapeText)
}

func textList[T any](name string, at func(*T) *i18n.TextList) field[T] {
	return of(name, at, (*reader).textList, func(t i18n.TextList) any { return t }).as(ShapeTexts)
}

func date[T any](name string, at func(*T) *org.Date) field[T] {
	return of(name, at, (*reader).date, func(d org.Date) any {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}).as(ShapeDate)
}

func minute[T any](name string, at func(*T) *org.Minute) field[T] {
	return of(name, at, (*reader).minute, func(m org.Minute) any {
		if m == 0 {
			return ""
		}
		return m.String()
	}).as(ShapeTime)
}

func hours[T any](name string, at func(*T) *[]org.Weekly) field[T] {
	return of(name, at, (*reader).hours, func(rules []org.Weekly) any {
		out := make([]string, len(rules))
		for i, w := range rules {
			out[i] = w.String()
		}
		return out
	}).as(ShapeHours)
}

func exceptions[T any](name string, at func(*T) *[]org.Exception) field[T] {
	return of(name, at, (*reader).exceptions, func(list []org.Exception) any {
		out := make([]string, len(list))
		for i, e := range list {
			out[i] = e.String()
		}
		return out
	})
}

func settings[T any](name string, at func(*T) *catalog.Settings) field[T] {
	return of(name, at, (*reader).settings, func(s catalog.Settings) any { return sayPolicy(s) }).as(ShapePolicy)
}

// sayPolicy writes what was set, in the order of the table of policy fields.
func sayPolicy(s catalog.Settings) table {
	var out table
	raw := s.Raw()
	for _, f := range catalog.Fields {
		v, ok := raw[f.Name]
		if !ok {
			continue
		}
		if _, isText := v.(string); !isText {
			v = literal(fmt.Sprint(v))
		}
		out = append(out, pair{f.Name, v})
	}
	return out
}

// within is a table inside a record, such as the brand.
func within[T, V any](name string, at func(*T) *V, fields []field[V]) field[T] {
	read := func(r *reader, n *node, path string) V {
		var v V
		record(r, n, path, fields, &v)
		return v
	}
	return of(name, at, read, func(v V) any { return filled(say(fields, &v)) }).as(ShapeTable, infos(fields)...)
}

// list is a list of tables inside a record, such as the closures of an office.
func list[T, V any](name string, at func(*T) *[]V, fields []field[V]) field[T] {
	read := func(r *reader, n *node, path string) []V {
		if !r.is(n, path, unstable.Array, "a list of tables") {
			return nil
		}
		var out []V
		for i, item := range n.items {
			var v V
			record(r, item, elem(path, i), fields, &v)
			out = append(out, v)
		}
		return out
	}
	return of(name, at, read, func(list []V) any {
		out := make([]table, len(list))
		for i := range list {
			out[i] = filled(say(fields, &list[i]))
		}
		return out
	}).as(ShapeTables, infos(fields)...)
}

// filled leaves out the keys that say nothing.
func filled(t table) table {
	return slices.DeleteFunc(slices.Clone(t), func(p pair) bool { return empty(p.value) })
}

// sayPolicies writes a map of policies by service.
func sayPolicies[S ~string](m map[S]catalog.Settings) table {
	var out table
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if len(m[key]) > 0 {
			out = append(out, pair{string(key), sayPolicy(m[key])})
		}
	}
	return out
}
