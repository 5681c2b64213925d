package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	eform "luukku/domain/form"
	"luukku/web"
	"luukku/web/ui"
)

// itemFields are the names of the controls that ask about a kind of question.
func itemFields(k eform.Kind) []string {
	switch k {
	case eform.Line:
		return []string{"format", "min", "max", "prefill", "readonly", "sensitive"}
	case eform.Lines:
		return []string{"min", "max", "sensitive"}
	case eform.Number, eform.Integer:
		return []string{"min", "max", "step", "unit", "sum", "sensitive"}
	case eform.Tick:
		return []string{"tick"}
	case eform.Choice:
		return []string{"choices", "sensitive"}
	case eform.Choices:
		return []string{"choices", "min", "max", "sensitive"}
	case eform.Date:
		return []string{"min", "max", "prefill", "readonly", "sensitive"}
	case eform.TimeOf:
		return []string{"sensitive"}
	case eform.Files:
		return []string{"min", "max", "types"}
	case eform.Repeated:
		return []string{"min", "max"}
	}
	return nil
}

// wordsOfRows are the texts that a repeated group has beside its own: what a row is called, and what adds one.
func wordsOfRows(k eform.Kind) []string {
	if k != eform.Repeated {
		return nil
	}
	return []string{"row", "add"}
}

// formItem shows one thing of a form, to be changed.
func (d *Door) formItem(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	it, ok := f.sketch.Item(v.Query("at"))
	if !ok {
		return fault.NotFound("error.not_found")
	}
	return show(v, newItemPage(page(v, ""), f, it, f.itemTyped(page(v, ""), it), web.Trouble{}, false))
}

// itemTyped is what a thing says, as its form has it.
func (f building) itemTyped(b web.Base, it eform.Item) url.Values {
	t := url.Values{}
	lang := f.lang(b)
	for _, l := range f.langs {
		t.Set("label."+string(l), f.sketch.Text(l, it.Key+it.Suffix))
		t.Set("help."+string(l), f.sketch.Text(l, it.Key+".description"))
		for _, name := range wordsOfRows(it.Kind) {
			t.Set(name+"."+string(l), f.sketch.Text(l, it.Key+"."+name))
		}
		for _, c := range it.Choices {
			t.Set("choice."+c+"."+string(l), f.sketch.Text(l, it.Key+"."+c))
		}
	}
	var words []string
	for _, c := range it.Choices {
		w := f.sketch.Text(lang, it.Key+"."+c)
		if w == "" {
			w = c
		}
		words = append(words, w)
	}
	t.Set("choices", strings.Join(words, "\n"))
	set := func(name string, yes bool) {
		if yes {
			t.Set(name, "1")
		}
	}
	set("required", it.Required)
	set("sensitive", it.Sensitive)
	set("readonly", it.ReadOnly)
	for name, s := range map[string]string{"format": it.Format, "min": it.Min, "max": it.Max, "step": it.Step, "unit": it.Unit, "prefill": it.Prefill, "sum": it.Sum.Op} {
		t.Set(name, s)
	}
	t["of"] = it.Sum.Scopes
	t["types"] = it.FileTypes
	switch {
	case it.Declared:
		t.Set("tick", "declare")
	case it.Radio:
		t.Set("tick", "yesno")
	default:
		t.Set("tick", "box")
	}
	if it.Rule.Test != "" {
		t.Set("when", whenValue(it.Rule))
		t.Set("test", it.Rule.Test)
		if it.Rule.Hide {
			t.Set("effect", "hide")
		}
		if of, ok := f.fieldOf(it, it.Rule); ok {
			t.Set("value", f.valueWords(b, of, it.Rule.Value))
		}
	}
	return t
}

// whenValue names the field of a rule in a form: its scope, with a mark where it is the form's and not the row's.
func whenValue(r eform.Rule) string {
	if r.Form {
		return "^" + r.Scope
	}
	return r.Scope
}

// asked are the questions that a rule or a sum of a thing can read: those of its row first, and those of the form.
func (f building) asked(it eform.Item) (own, all []eform.Item) {
	var rowsAt string
	parts := strings.Split(it.Path, "/")
	for i := len(parts) - 1; i > 0; i-- {
		if p := strings.Join(parts[:i], "/"); rowsAt == "" {
			if x, ok := f.sketch.Item(p); ok && x.Kind == eform.Repeated {
				rowsAt = p
			}
		}
	}
	var look func(items []eform.Item)
	look = func(items []eform.Item) {
		for _, x := range items {
			switch {
			case x.Kind == eform.Repeated:
				if x.Path == rowsAt {
					var inner func(items []eform.Item)
					inner = func(items []eform.Item) {
						for _, y := range items {
							if y.Scope != "" && y.Path != it.Path {
								own = append(own, y)
							}
							if y.Scope == "" {
								inner(y.Items)
							}
						}
					}
					inner(x.Items)
				}
				all = append(all, x)
			case x.Scope != "":
				if x.Path != it.Path {
					all = append(all, x)
				}
			default:
				look(x.Items)
			}
		}
	}
	look(f.sketch.Items())
	return own, all
}

// fieldOf is the question that a rule of a thing reads.
func (f building) fieldOf(it eform.Item, r eform.Rule) (eform.Item, bool) {
	own, all := f.asked(it)
	list := all
	if len(own) > 0 && !r.Form {
		list = own
	}
	i := slices.IndexFunc(list, func(x eform.Item) bool { return x.Scope == r.Scope })
	if i < 0 {
		return eform.Item{}, false
	}
	return list[i], true
}

// valueWords is the value of a rule as people write it: a choice by its words, a tick as yes or no.
func (f building) valueWords(b web.Base, of eform.Item, value string) string {
	switch of.Kind {
	case eform.Choice, eform.Choices:
		return f.word(b, of.Key+"."+value, value)
	case eform.Tick:
		if value == "true" {
			return strings.ToLower(b.T("eform.yes"))
		}
		return strings.ToLower(b.T("eform.no"))
	}
	return value
}

// newItemPage asks about one thing of a form.
func newItemPage(b web.Base, f building, it eform.Item, typed url.Values, t web.Trouble, outdated bool) DeskPage {
	b.Title = f.itemName(b, it)
	b.HasError = len(t.Items) > 0 || outdated
	p := DeskPage{Base: b, Back: f.at(b)}
	p.blame(t)
	if outdated {
		p.Wrong = b.T("forms.edited_kept")
	}
	line := func(name, label, hint string, short bool) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Hint: hint, Value: typed.Get(name), Error: t.At(name), Optional: true, Short: short, Autocomplete: "off"})
	}
	tick := func(name, label, hint string) web.Component {
		return ui.Checkbox(b.Printer, ui.CheckField{Name: name, Label: label, Hint: hint, Checked: typed.Get(name) != ""})
	}
	pick := func(name, label, hint string, options []ui.Option) web.Component {
		return ui.Select(b.Printer, ui.SelectField{Name: name, Label: label, Hint: hint, Value: typed.Get(name), Options: options, Error: t.At(name)})
	}
	var fields []web.Component
	var labels []web.Component
	for _, l := range f.langs {
		area := ui.Field{Name: "label." + string(l), ID: "label-" + string(l), Label: b.T("forms.build.label_in", "language", languageName(b, l)), Value: typed.Get("label." + string(l)), Optional: true, Autocomplete: "off"}
		if it.Kind == eform.TextItem {
			area.Rows = 5
			labels = append(labels, ui.TextArea(b.Printer, area))
			continue
		}
		labels = append(labels, ui.TextField(b.Printer, area))
		if it.Kind != eform.StepItem {
			labels = append(labels, ui.TextArea(b.Printer, ui.Field{
				Name: "help." + string(l), ID: "help-" + string(l), Label: b.T("forms.build.help_in", "language", languageName(b, l)), Value: typed.Get("help." + string(l)), Optional: true, Rows: 2, Autocomplete: "off",
			}))
		}
	}
	fields = append(fields, group(b.Printer, b.T("forms.build.words"), "", labels))
	fields = append(fields, f.rowsPart(b, it, typed)...)
	asks := it.Scope != "" && it.Kind != ""
	if asks && !(it.Kind == eform.Tick && it.Declared) {
		fields = append(fields, tick("required", b.T("forms.build.must"), b.T("forms.build.must_hint")))
	}
	for _, name := range itemFields(it.Kind) {
		switch name {
		case "format":
			options := []ui.Option{{Text: b.T("forms.format.none")}}
			for _, s := range []string{"email", "tel", "uri", "hetu", "rodne-cislo", "y-tunnus", "iban", "postal-code"} {
				options = append(options, ui.Option{Value: s, Text: b.T("forms.format." + strings.ReplaceAll(s, "-", "_"))})
			}
			fields = append(fields, pick("format", b.T("forms.build.format"), "", options))
		case "min", "max":
			fields = append(fields, line(name, b.T("forms.build."+name+"_"+limitOf(it.Kind)), "", true))
		case "step":
			fields = append(fields, line(name, b.T("forms.build.multiple"), b.T("forms.build.multiple_hint"), true))
		case "unit":
			fields = append(fields, line(name, b.T("forms.build.unit"), b.T("forms.build.unit_hint"), true))
		case "prefill":
			options := []ui.Option{{Text: b.T("forms.prefill.none")}}
			for _, s := range eform.Prefills {
				options = append(options, ui.Option{Value: s, Text: b.T("forms.prefill." + strings.ReplaceAll(s, ".", "_"))})
			}
			fields = append(fields, pick("prefill", b.T("forms.build.prefill"), b.T("forms.build.prefill_hint"), options))
		case "readonly":
			fields = append(fields, tick(name, b.T("forms.build.readonly"), b.T("forms.build.readonly_hint")))
		case "sensitive":
			fields = append(fields, tick(name, b.T("forms.build.sensitive"), b.T("forms.build.sensitive_hint")))
		case "tick":
			fields = append(fields, pick(name, b.T("forms.build.tick"), "", []ui.Option{
				{Value: "yesno", Text: b.T("forms.build.tick_yesno")}, {Value: "box", Text: b.T("forms.build.tick_box")}, {Value: "declare", Text: b.T("forms.build.tick_declare")},
			}))
		case "types":
			c := ui.Choices{Name: name, Legend: b.T("forms.build.types"), Hint: b.T("forms.build.types_hint")}
			for _, one := range []string{"pdf", "picture", "text", "packed"} {
				c.Options = append(c.Options, ui.Choice{Value: one, Label: b.T("forms.build.type_" + one), Checked: slices.Contains(typed["types"], one)})
			}
			fields = append(fields, ui.Checkboxes(b.Printer, c))
		case "choices":
			fields = append(fields, f.choicesPart(b, it, typed, t)...)
		case "sum":
			fields = append(fields, f.sumPart(b, it, typed, t)...)
		}
	}
	fields = append(fields, f.whenPart(b, it, typed, t)...)
	p.Parts = append(p.Parts, form2link(b, ui.FormData{Action: f.at(b, "item"), Hidden: f.hidden(ui.Hidden{Name: "at", Value: it.Path})}, f.at(b), fields))
	return p
}

// rowsPart asks what a row of a repeated group is called, and what adds one.
func (f building) rowsPart(b web.Base, it eform.Item, typed url.Values) (out []web.Component) {
	for _, name := range wordsOfRows(it.Kind) {
		var fields []web.Component
		for _, l := range f.langs {
			fields = append(fields, ui.TextField(b.Printer, ui.Field{
				Name: name + "." + string(l), ID: name + "-" + string(l), Label: languageName(b, l), Value: typed.Get(name + "." + string(l)), Optional: true, Autocomplete: "off",
			}))
		}
		out = append(out, group(b.Printer, b.T("forms.build.words_"+name), b.T("forms.build.words_"+name+"_hint"), fields))
	}
	return out
}

func form2link(b web.Base, f ui.FormData, back string, fields []web.Component) web.Component {
	return form(f, ui.Button{Text: b.T("forms.build.keep")}, ui.Link{Href: back, Text: b.T("people.cancel")}, fields...)
}

// limitOf says what the limits of a kind are about, as the end of a text's key.
func limitOf(k eform.Kind) string {
	switch k {
	case eform.Line, eform.Lines:
		return "length"
	case eform.Date:
		return "days"
	case eform.Number, eform.Integer:
		return "value"
	}
	return "count"
}

// choicesPart asks for the choices of a question: a line each in one language, and the same in the others.
func (f building) choicesPart(b web.Base, it eform.Item, typed url.Values, t web.Trouble) []web.Component {
	lang := f.lang(b)
	out := []web.Component{ui.TextArea(b.Printer, ui.Field{
		Name: "choices", Label: b.T("forms.build.choices", "language", languageName(b, lang)), Hint: b.T("forms.build.choices_hint"), Value: typed.Get("choices"), Error: t.At("choices"), Rows: max(4, len(it.Choices)+2), Autocomplete: "off",
	})}
	for _, l := range f.langs {
		if l == lang {
			continue
		}
		var words []web.Component
		for i, c := range it.Choices {
			name := "choice." + c + "." + string(l)
			words = append(words, ui.TextField(b.Printer, ui.Field{Name: name, ID: "choice-" + strconv.Itoa(i) + "-" + string(l), Label: f.word(b, it.Key+"."+c, c), Value: typed.Get(name), Optional: true, Autocomplete: "off"}))
		}
		if len(words) > 0 {
			out = append(out, sideBySide(b.Printer, b.T("forms.build.choices_in", "language", languageName(b, l)), "", words))
		}
	}
	return out
}

// sumPart asks how a number is worked out.
func (f building) sumPart(b web.Base, it eform.Item, typed url.Values, t web.Trouble) []web.Component {
	if it.Sum.Own {
		return []web.Component{ui.Muted(b.T("forms.build.sum_own"))}
	}
	s := ui.SelectField{Name: "sum", Label: b.T("forms.build.sum"), Value: typed.Get("sum"), Options: []ui.Option{{Text: b.T("forms.sum.none")}}}
	for _, op := range eform.SumOps {
		s.Options = append(s.Options, ui.Option{Value: op, Text: b.T("forms.sum." + op)})
	}
	c := ui.Choices{Name: "of", Legend: b.T("forms.build.sum_of"), Hint: b.T("forms.build.sum_of_hint"), Error: t.At("of"), Optional: true}
	own, all := f.asked(it)
	list := own
	if len(own) == 0 {
		for _, x := range all {
			list = append(list, x)
			if x.Kind == eform.Repeated {
				for _, y := range x.Items {
					if y.Kind == eform.Number || y.Kind == eform.Integer {
						y.Scope = x.Scope + "/items/" + strings.TrimPrefix(y.Scope, "#/")
						list = append(list, y)
					}
				}
			}
		}
	}
	for _, x := range list {
		switch x.Kind {
		case eform.Number, eform.Integer, eform.Date, eform.Repeated, eform.Choices, eform.Files:
			c.Options = append(c.Options, ui.Choice{Value: x.Scope, Label: f.itemName(b, eform.Item{Key: x.Key, Suffix: x.Suffix, Scope: x.Scope}), Checked: slices.Contains(typed["of"], x.Scope)})
		}
	}
	if len(c.Options) == 0 {
		return nil
	}
	return []web.Component{ui.Select(b.Printer, s), ui.Checkboxes(b.Printer, c)}
}

// whenPart asks on which answer it hangs whether a thing is asked.
func (f building) whenPart(b web.Base, it eform.Item, typed url.Values, t web.Trouble) []web.Component {
	if it.Rule.Own {
		return []web.Component{ui.Muted(b.T("forms.build.rule_own"))}
	}
	options := []ui.Option{{Text: b.T("forms.build.always")}}
	own, all := f.asked(it)
	mark := ""
	for _, x := range own {
		options = append(options, ui.Option{Value: x.Scope, Text: f.itemName(b, x)})
		mark = "^"
	}
	for _, x := range all {
		if x.Kind != eform.Repeated {
			options = append(options, ui.Option{Value: mark + x.Scope, Text: f.itemName(b, x)})
		}
	}
	if len(options) == 1 {
		return nil
	}
	tests := []ui.Option{}
	for _, one := range eform.Tests {
		tests = append(tests, ui.Option{Value: one, Text: b.T("forms.test." + one)})
	}
	return []web.Component{group(b.Printer, b.T("forms.build.when"), b.T("forms.build.when_hint"), []web.Component{
		ui.Select(b.Printer, ui.SelectField{Name: "effect", Label: b.T("forms.build.effect"), Value: typed.Get("effect"), Options: []ui.Option{{Text: b.T("forms.build.show")}, {Value: "hide", Text: b.T("forms.build.hide")}}}),
		ui.Select(b.Printer, ui.SelectField{Name: "when", Label: b.T("forms.build.when_field"), Value: typed.Get("when"), Options: options}),
		ui.Select(b.Printer, ui.SelectField{Name: "test", Label: b.T("forms.build.when_test"), Value: typed.Get("test"), Options: tests}),
		ui.TextField(b.Printer, ui.Field{Name: "value", Label: b.T("forms.build.when_value"), Hint: b.T("forms.build.when_value_hint"), Value: typed.Get("value"), Error: t.At("value"), Optional: true, Autocomplete: "off"}),
	})}
}

// formItemPost changes one thing of a form.
func (d *Door) formItemPost(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	it, ok := f.sketch.Item(v.Form("at"))
	if !ok {
		return fault.Conflict("forms.edited", nil)
	}
	typed := v.R.PostForm
	if typed.Get("seen") != f.seen() {
		p := newItemPage(page(v, ""), f, it, typed, web.Trouble{}, true)
		return v.Render(409, ShowDesk(p))
	}
	wrong := f.change(v.Lang, it, typed)
	if len(wrong) > 0 {
		b := page(v, "")
		return show(v, newItemPage(b, f, it, typed, web.TroubleOf(b, fault.Invalid("form.invalid", nil, wrong...)), false))
	}
	f.Document = f.sketch.Document()
	if err := d.Forms.Keep(v.Ctx(), v.Actor(), f.Edit); err != nil {
		return err
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=kept")
}
