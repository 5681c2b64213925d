package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	eform "luukku/domain/form"
	"luukku/web"
)

// change takes over what was typed about a thing; what is wrong with it is returned, by the name of its control.
func (f building) change(page i18n.Lang, it eform.Item, typed url.Values) (wrong []fault.Field) {
	lang := f.lang(web.Base{Lang: page})
	tr, wrong := traitsTyped(it, typed)
	if it.Scope != "" && it.Kind != "" && len(wrong) == 0 {
		f.sketch.Ask(it.Path, tr)
	}
	if slices.Contains(itemFields(it.Kind), "choices") {
		wrong = append(wrong, f.changeChoices(lang, it, typed)...)
	}
	f.changeWords(it, typed)
	return append(wrong, f.changeRule(it, typed)...)
}

// traitsTyped are how a question is asked, as it was typed, and what is wrong with that.
func traitsTyped(it eform.Item, typed url.Values) (tr eform.Traits, wrong []fault.Field) {
	tr = it.Traits
	number := func(name string) string {
		s, ok := numberTyped(typed.Get(name), it.Kind == eform.Number)
		if !ok {
			wrong = append(wrong, fault.Field{Name: name, Key: "forms.needs_number"})
		}
		return s
	}
	for _, name := range itemFields(it.Kind) {
		switch name {
		case "format":
			tr.Format = typed.Get("format")
		case "min":
			tr.Min = number("min")
		case "max":
			tr.Max = number("max")
		case "step":
			tr.Step = number("step")
		case "unit":
			tr.Unit = oneLine(typed.Get("unit"))
		case "prefill":
			tr.Prefill = typed.Get("prefill")
		case "readonly":
			tr.ReadOnly = typed.Get("readonly") != ""
		case "sensitive":
			tr.Sensitive = typed.Get("sensitive") != ""
		case "tick":
			tr.Declared, tr.Radio = typed.Get("tick") == "declare", typed.Get("tick") == "yesno"
		case "types":
			tr.FileTypes = typed["types"]
		case "sum":
			if tr.Sum.Own {
				continue
			}
			tr.Sum = eform.Sum{Op: typed.Get("sum"), Scopes: typed["of"]}
			if tr.Sum.Op != "" && len(tr.Sum.Scopes) == 0 {
				wrong = append(wrong, fault.Field{Name: "of", Key: "forms.needs_fields"})
			}
			if tr.Sum.Op == "" || len(tr.Sum.Scopes) == 0 {
				tr.Sum = eform.Sum{}
			}
		}
	}
	tr.Required = typed.Get("required") != ""
	return tr, wrong
}

// numberTyped is a number as a document has it, empty for none; fraction says whether it may have decimals.
func numberTyped(typed string, fraction bool) (s string, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(typed), ",", ".")
	if s == "" {
		return "", true
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) > 20 || strings.ContainsAny(s, "eExXiInN") || (!fraction && n != float64(int64(n))) {
		return "", false
	}
	return s, true
}

// changeChoices takes over the choices of a question, a line each, and their words in the other languages.
func (f building) changeChoices(lang i18n.Lang, it eform.Item, typed url.Values) []fault.Field {
	var words []string
	text, _ := i18n.CleanText(typed.Get("choices")) // browsers end lines with two characters
	for l := range strings.SplitSeq(text, "\n") {
		if w := oneLine(l); w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 || len(words) > eform.MaxChoices {
		return []fault.Field{{Name: "choices", Key: "forms.needs_choices"}}
	}
	for _, c := range it.Choices { // before the choices: those that go take their words with them
		for _, l := range f.langs {
			if l != lang {
				f.sketch.Say(l, it.Key+"."+c, oneLine(typed.Get("choice."+c+"."+string(l))))
			}
		}
	}
	f.sketch.SetChoices(it.Path, lang, words)
	return nil
}

// changeWords takes over what a thing is called and what helps with it, in each language.
func (f building) changeWords(it eform.Item, typed url.Values) {
	for _, l := range f.langs {
		if it.Kind == eform.TextItem {
			text, _ := i18n.CleanText(typed.Get("label." + string(l)))
			f.sketch.Say(l, it.Key+it.Suffix, text)
			continue
		}
		f.sketch.Say(l, it.Key+it.Suffix, oneLine(typed.Get("label."+string(l))))
		if it.Kind != eform.StepItem {
			text, _ := i18n.CleanText(typed.Get("help." + string(l)))
			f.sketch.Say(l, it.Key+".description", text)
		}
		for _, name := range wordsOfRows(it.Kind) {
			f.sketch.Say(l, it.Key+"."+name, oneLine(typed.Get(name+"."+string(l))))
		}
	}
}

// changeRule takes over on which answer it hangs whether a thing is asked. A rule of the form's own stays as it is.
func (f building) changeRule(it eform.Item, typed url.Values) []fault.Field {
	if it.Rule.Own || !typed.Has("when") {
		return nil
	}
	r := eform.Rule{Hide: typed.Get("effect") == "hide", Scope: strings.TrimPrefix(typed.Get("when"), "^"), Form: strings.HasPrefix(typed.Get("when"), "^"), Test: typed.Get("test")}
	if r.Scope == "" {
		f.sketch.Show(it.Path, eform.Rule{}, "")
		return nil
	}
	of, ok := f.fieldOf(it, r)
	if ok {
		r.Value, ok = f.valueOf(of, oneLine(typed.Get("value")))
		ok = ok || r.Test == eform.TestAnswered
	}
	if !ok {
		return []fault.Field{{Name: "value", Key: "forms.needs_value"}}
	}
	if of.Kind == eform.Choices && r.Test == eform.TestIs {
		r.Test = eform.TestHas
	}
	f.sketch.Show(it.Path, r, of.Kind)
	return nil
}

// valueOf is a value of a rule as the document has it.
func (f building) valueOf(of eform.Item, typed string) (string, bool) {
	switch of.Kind {
	case eform.Choice, eform.Choices:
		for _, c := range of.Choices {
			if c == typed {
				return c, true
			}
			for _, l := range f.langs {
				if strings.EqualFold(f.sketch.Text(l, of.Key+"."+c), typed) && typed != "" {
					return c, true
				}
			}
		}
		return "", false
	case eform.Tick:
		switch strings.ToLower(typed) {
		case "yes", "kyllä", "ja", "ano", "true", "1":
			return "true", true
		case "no", "ei", "nej", "ne", "false", "0":
			return "false", true
		}
		return "", false
	case eform.Number, eform.Integer:
		s := strings.ReplaceAll(typed, ",", ".")
		_, err := strconv.ParseFloat(s, 64)
		return s, err == nil && !strings.ContainsAny(s, "eExXiInN")
	}
	return typed, typed != ""
}
