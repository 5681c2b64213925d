package form

import (
	"slices"

	"luukku/base/i18n"
)

// Change is one difference between two documents: something that is asked comes, goes, or is asked otherwise.
type Change struct {
	Op   string // added, changed, removed
	Kind Kind
	// Label is what it is called, of what goes as it was called.
	Label string
}

// Changes are the differences between two documents in the words of a language, in the order of the second one, then what goes.
func Changes(have, want Document, lang i18n.Lang) []Change {
	a, b := Sketched(have), Sketched(want)
	was, is := a.list(lang), b.list(lang)
	var out []Change
	for _, x := range is {
		i := slices.IndexFunc(was, func(y thing) bool { return y.key == x.key })
		switch {
		case i < 0:
			out = append(out, Change{"added", x.kind, x.label})
		case was[i].says != x.says:
			out = append(out, Change{"changed", x.kind, x.label})
		}
	}
	for _, x := range was {
		if !slices.ContainsFunc(is, func(y thing) bool { return y.key == x.key }) {
			out = append(out, Change{"removed", x.kind, x.label})
		}
	}
	return out
}

// thing is a thing on a form with all that is said of it.
type thing struct {
	key, label, says string
	kind             Kind
}

func (s *Sketch) list(lang i18n.Lang) []thing {
	var out []thing
	var look func(items []Item)
	look = func(items []Item) {
		for _, it := range items {
			e, _, schema, _ := s.at(it.Path)
			own := map[string]any{"rule": e["rule"], "required": it.Required}
			if e["type"] == "Control" {
				own["field"], own["options"] = s.property(e, schema), e["options"]
			}
			if it.Kind == Repeated { // what is asked in its rows are things of their own
				p := s.property(e, schema)
				own["field"], own["options"] = []any{p["minItems"], p["maxItems"]}, nil
			}
			words := map[string]any{}
			for l, all := range s.texts {
				for k, text := range all {
					if k == it.Key+it.Suffix || k == it.Key+".description" || it.Kind == Repeated && (k == it.Key+rowText || k == it.Key+addText) || (len(it.Choices) > 0 && len(k) > len(it.Key) && k[:len(it.Key)+1] == it.Key+".") {
						words[string(l)+" "+k] = text
					}
				}
			}
			own["words"] = words
			label := s.Text(lang, it.Key+it.Suffix)
			if label == "" {
				label = it.Key
			}
			out = append(out, thing{it.Key, label, flat(own), it.Kind})
			look(it.Items)
		}
	}
	look(s.Items())
	return out
}
