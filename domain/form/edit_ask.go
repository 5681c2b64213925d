package form

import (
	"encoding/json"
	"maps"
	"slices"

	"luukku/base/i18n"
)

func (s *Sketch) require(object map[string]any, name string, yes bool) {
	all := slices.DeleteFunc(slices.Clone(list(object["required"])), func(v any) bool { return v == name })
	if yes {
		all = append(all, name)
	}
	if object["required"] = all; len(all) == 0 {
		delete(object, "required")
	}
}

// Text is a wording; Say sets it, an empty one takes it away.
func (s *Sketch) Text(lang i18n.Lang, key string) string { return s.texts[lang][key] }

// Say sets a wording in a language; an empty one is taken away.
func (s *Sketch) Say(lang i18n.Lang, key, text string) {
	if s.texts[lang] == nil {
		s.texts[lang] = map[string]string{}
	}
	if s.texts[lang][key] = text; text == "" {
		delete(s.texts[lang], key)
	}
}

// Ask sets what is asked of a question's answer. What the sketch cannot say of it stays.
func (s *Sketch) Ask(path string, t Traits) bool {
	e, _, schema, ok := s.at(path)
	if !ok || e["type"] != "Control" {
		return false
	}
	scope, _ := e["scope"].(string)
	parent, name := s.parent(scope, schema)
	p := s.property(e, schema)
	if p == nil {
		return false
	}
	kind, _ := traits(p, members(e, "options"))
	s.require(parent, name, t.Required && t.Sum.Op == "" && !t.Sum.Own)
	set := func(k string, v any) {
		if p[k] = v; v == nil || v == "" || v == false || v == json.Number("") {
			delete(p, k)
		}
	}
	set("readOnly", t.ReadOnly)
	set("x-sensitive", t.Sensitive)
	set("x-prefill", t.Prefill)
	switch kind {
	case Line, Lines:
		set("minLength", json.Number(t.Min))
		set("maxLength", json.Number(t.Max))
		set("format", t.Format)
	case Number, Integer:
		set("minimum", json.Number(t.Min))
		set("maximum", json.Number(t.Max))
		set("multipleOf", json.Number(t.Step))
		set("x-unit", t.Unit)
		if !t.Sum.Own {
			set("x-calculate", t.Sum.written())
		}
	case Date:
		days := map[string]any{}
		for k, v := range map[string]string{"from": t.Min, "to": t.Max} {
			if v != "" {
				days[k] = json.Number(v)
			}
		}
		if p["x-days"] = days; len(days) == 0 {
			delete(p, "x-days")
		}
	case Choices, Files, Repeated:
		set("minItems", json.Number(t.Min))
		set("maxItems", json.Number(t.Max))
		if t.Required && t.Min == "" {
			p["minItems"] = json.Number("1")
		}
		if kind == Files {
			var types []any
			for _, ft := range t.FileTypes {
				types = append(types, ft)
			}
			p["x-attachment"] = map[string]any{"types": types}
			if len(types) == 0 {
				p["x-attachment"] = map[string]any{}
			}
		}
	case Tick:
		if set("const", t.Declared); t.Declared {
			s.require(parent, name, true)
		}
		options := maps.Clone(members(e, "options"))
		if options == nil {
			options = map[string]any{}
		}
		if delete(options, "format"); t.Radio && !t.Declared {
			options["format"] = "radio"
		}
		if e["options"] = options; len(options) == 0 {
			delete(e, "options")
		}
	}
	return true
}

// SetChoices sets the choices of a question by their wordings in one language, in their order: those that are there keep their values and other languages' words, new ones get values made of their wordings.
func (s *Sketch) SetChoices(path string, lang i18n.Lang, words []string) bool {
	it, ok := s.Item(path)
	if !ok || (it.Kind != Choice && it.Kind != Choices) {
		return false
	}
	e, _, schema, _ := s.at(path)
	p := s.property(e, schema)
	if it.Kind == Choices {
		p = members(p, "items")
	}
	kept, taken := map[string]any{}, map[string]any{}
	for _, c := range it.Choices {
		taken[c] = true
	}
	var values []any
	for i, w := range words {
		value := ""
		for _, c := range it.Choices { // the one of this wording
			if said := s.Text(lang, it.Key+"."+c); (said == w || (said == "" && c == w)) && kept[c] == nil {
				value = c
			}
		}
		// A choice whose words were mended stays where it stood.
		if value == "" && len(words) == len(it.Choices) && kept[it.Choices[i]] == nil {
			if said := s.Text(lang, it.Key+"."+it.Choices[i]); said != "" && !slices.Contains(words, said) {
				value = it.Choices[i]
			}
		}
		if value == "" {
			value = freeName(w, taken)
		}
		kept[value], taken[value] = true, true
		values = append(values, value)
		s.Say(lang, it.Key+"."+value, w)
	}
	for _, c := range it.Choices {
		if kept[c] == nil {
			for l := range s.texts {
				delete(s.texts[l], it.Key+"."+c)
			}
		}
	}
	p["enum"] = values
	return true
}

// Show sets when a thing is shown or hidden; a rule without a test is none. Kind is that of the field whose answer it reads.
func (s *Sketch) Show(path string, r Rule, kind Kind) bool {
	e, _, _, ok := s.at(path)
	if !ok || r.Own {
		return ok
	}
	if v := r.written(kind); v != nil {
		e["rule"] = v
	} else {
		delete(e, "rule")
	}
	return true
}
