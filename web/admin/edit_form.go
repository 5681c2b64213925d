package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/org"
)

// What is typed into a form of the configuration is kept as it was typed (url.Values), so that it comes back whatever was wrong with it. The names of the
// fields are those of blueprints: "phone", "name-fi" for a text in a language, "notices--0--text-fi" for what is in a list.

// inner stands in the name of a field between what is around it and its own name.
const inner = "--"

// typedOf is a record as a form begins with it.
func typedOf(infos []blueprint.FieldInfo, rec blueprint.Record, prefix string) url.Values {
	out := url.Values{}
	for _, f := range infos {
		name := prefix + f.Name
		switch v := rec[f.Name].(type) {
		case string:
			out.Set(name, v)
		case []string:
			out[name] = slices.Clone(v)
		case bool:
			if v {
				out.Set(name, "1")
			}
		case int64:
			out.Set(name, strconv.FormatInt(v, 10))
		case float64:
			if v != 0 {
				out.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
			}
		case i18n.Text:
			for l, s := range v {
				out.Set(name+"-"+string(l), s)
			}
		case i18n.TextList:
			for l, s := range v {
				out.Set(name+"-"+string(l), lines(s))
			}
		case blueprint.Record:
			for key, s := range typedOf(f.Inner, v, name+inner) {
				out[key] = s
			}
		case []blueprint.Record:
			out.Set(name+inner+"n", strconv.Itoa(len(v)))
			for i, e := range v {
				for key, s := range typedOf(f.Inner, e, name+inner+strconv.Itoa(i)+inner) {
					out[key] = s
				}
			}
		}
	}
	return out
}

// mostRows is how many of a list are taken from one form.
const mostRows = 50

// formReader reads what was typed.
type formReader struct {
	form  url.Values
	wrong []fault.Field
}

func (r *formReader) bad(name, key string) {
	r.wrong = append(r.wrong, fault.Field{Name: name, Key: key})
}

func (r *formReader) line(name string) string {
	s, ok := i18n.CleanLine(r.form.Get(name))
	if !ok {
		r.bad(name, "field.bad_characters")
	}
	return s
}

func (r *formReader) text(name string, several bool) string {
	if !several {
		return r.line(name)
	}
	s, ok := i18n.CleanText(r.form.Get(name))
	if !ok {
		r.bad(name, "field.bad_characters")
	}
	return s
}

// read returns the values of the named fields. A text is taken in every language there is: what is in one that the organisation does not offer stays.
func (r *formReader) read(section string, infos []blueprint.FieldInfo, names []string, prefix string) blueprint.Record {
	out := blueprint.Record{}
	for _, f := range infos {
		if names != nil && !slices.Contains(names, f.Name) {
			continue
		}
		if v, ok := r.value(section, f, prefix+f.Name); ok {
			out[f.Name] = v
		}
	}
	return out
}

func (r *formReader) value(section string, f blueprint.FieldInfo, name string) (any, bool) {
	switch f.Shape {
	case blueprint.ShapeLine, blueprint.ShapeTime:
		return r.line(name), true
	case blueprint.ShapeLines, blueprint.ShapeSet:
		return r.words(name), true
	case blueprint.ShapeSwitch:
		return r.form.Get(name) != "", true
	case blueprint.ShapeCount:
		return r.count(name), true
	case blueprint.ShapeDegrees:
		return r.degrees(name), true
	case blueprint.ShapeText:
		out := i18n.Text{}
		for _, l := range i18n.Languages() {
			if s := r.text(name+"-"+string(l.Code), tall[sectionKey(section)+"/"+f.Name] > 0); s != "" {
				out[l.Code] = s
			}
		}
		return out, true
	case blueprint.ShapeTexts:
		out := i18n.TextList{}
		for _, l := range i18n.Languages() {
			if list := r.list(name + "-" + string(l.Code)); len(list) > 0 {
				out[l.Code] = list
			}
		}
		return out, true
	case blueprint.ShapeDate:
		return r.date(name), true
	case blueprint.ShapeTable:
		return r.read(f.Name, f.Inner, nil, name+inner), true
	case blueprint.ShapeTables:
		return r.tables(f, name), true
	}
	return nil, false
}

// words are choices that were checked, or words of a line with commas between.
func (r *formReader) words(name string) []string {
	out := []string{}
	for _, v := range r.form[name] {
		for s := range strings.SplitSeq(v, ",") {
			s = strings.TrimSpace(s)
			if clean, ok := i18n.CleanLine(s); ok && clean != "" && !slices.Contains(out, clean) {
				out = append(out, clean)
			}
		}
	}
	return out
}

// list are the lines of a text, without empty ones and without the dashes of a list.
func (r *formReader) list(name string) []string {
	var out []string
	for s := range strings.Lines(r.text(name, true)) {
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "- "))
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (r *formReader) count(name string) int64 {
	s := r.line(name)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		r.bad(name, "thing.count_wrong")
	}
	return n
}

// degrees reads a number with a point or a comma.
func (r *formReader) degrees(name string) float64 {
	s := strings.ReplaceAll(r.line(name), ",", ".")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		r.bad(name, "thing.degrees_wrong")
	}
	return n
}

// date reads a day as people write it here, 31.12.2026, or as machines do, 2026-12-31.
func (r *formReader) date(name string) string {
	s := strings.ReplaceAll(r.line(name), " ", "")
	if s == "" {
		return ""
	}
	if d, ok := readDay(s); ok {
		return d.String()
	}
	r.bad(name, "thing.date_wrong")
	return ""
}

func readDay(s string) (org.Date, bool) {
	if p := strings.Split(s, "."); len(p) == 3 && len(p[2]) == 4 && len(p[0]) <= 2 && len(p[1]) <= 2 {
		s = p[2] + "-" + strings.Repeat("0", 2-len(p[1])) + p[1] + "-" + strings.Repeat("0", 2-len(p[0])) + p[0]
	}
	d, err := org.ParseDate(s)
	return d, err == nil && !d.IsZero()
}

// tables are the rows of a list. One that says nothing is left out: that is how it is removed.
func (r *formReader) tables(f blueprint.FieldInfo, name string) []blueprint.Record {
	n, err := strconv.Atoi(r.form.Get(name + inner + "n"))
	if err != nil || n < 0 || n > mostRows {
		n = 0
	}
	out := []blueprint.Record{}
	for i := range n {
		rec := r.read(f.Name, f.Inner, nil, name+inner+strconv.Itoa(i)+inner)
		if !saysNothing(rec) {
			out = append(out, rec)
		}
	}
	return out
}

// saysNothing reports whether all fields of a row are empty.
func saysNothing(rec blueprint.Record) bool {
	for _, v := range rec {
		switch v := v.(type) {
		case string:
			if v != "" {
				return false
			}
		case i18n.Text:
			if len(v) > 0 {
				return false
			}
		case bool:
			if v {
				return false
			}
		}
	}
	return true
}

// inputOf is the field of a form in which a problem is to be mended; path is that of the problem within the thing.
func inputOf(infos []blueprint.FieldInfo, path string, first i18n.Lang) string {
	field, rest := path, ""
	if i := strings.IndexAny(path, ".["); i >= 0 {
		field, rest = path[:i], strings.TrimPrefix(path[i:], ".")
	}
	i := slices.IndexFunc(infos, func(f blueprint.FieldInfo) bool { return f.Name == field })
	if i < 0 {
		return ""
	}
	switch infos[i].Shape {
	case blueprint.ShapeText, blueprint.ShapeTexts:
		lang, _, _ := strings.Cut(rest, "[")
		if _, ok := i18n.Lookup(lang); !ok {
			lang = string(first)
		}
		return field + "-" + lang
	case blueprint.ShapeTable:
		return field + inner + inputOf(infos[i].Inner, rest, first)
	case blueprint.ShapeTables:
		at, inside, _ := strings.Cut(strings.TrimPrefix(rest, "["), "]")
		if name := inputOf(infos[i].Inner, strings.TrimPrefix(inside, "."), first); name != "" {
			return field + inner + at + inner + name
		}
	case blueprint.ShapeHours:
		return usualName(0, "from")
	}
	return field
}
