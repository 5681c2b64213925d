package admin

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// editor asks for the fields of a thing.
type editor struct {
	web.Base
	o       *blueprint.Organisation
	ref     blueprint.Ref
	infos   []blueprint.FieldInfo
	typed   url.Values
	wrong   map[string]string // by the name of the input
	langs   []i18n.Lang       // in which texts are asked for
	summary []ui.ErrorItem
	usual   bool                          // whether the hours of the office are a usual week
	hoursAt string                        // where all of its hours are; empty for nowhere
	words   func(i18n.Lang) *i18n.Printer // speaks other languages than the page's; nil says everything in that
}

func newEditor(b web.Base, o *blueprint.Organisation, ref blueprint.Ref, typed url.Values) *editor {
	infos, _ := blueprint.Fields(ref.Section)
	return &editor{Base: b, o: o, ref: ref, infos: infos, typed: typed, wrong: map[string]string{}, langs: languagesOf(o), usual: true}
}

// blame says at an input what is wrong with it, and in the summary with the name of the question.
func (e *editor) blame(name, label, what string) {
	if e.wrong[name] == "" {
		e.wrong[name] = what
	}
	item := ui.ErrorItem{Text: e.T("thing.wrong", "field", label, "what", what)}
	if name != "" {
		item.Href = "#" + name
	}
	e.summary = append(e.summary, item)
}

// faults puts what a form got wrong into words.
func (e *editor) faults(fields []fault.Field) {
	for _, f := range fields {
		e.blame(f.Name, e.labelOfInput(f.Name), e.Printer.TA(f.Key, f.Args))
	}
}

// problems puts what is wrong with the thing into words.
func (e *editor) problems(list []blueprint.Problem) {
	for _, p := range list {
		path := p.Path[min(len(p.Path), len(e.ref.Path())):]
		name := inputOf(e.infos, path, e.langs[0])
		if strings.HasPrefix(name, "usual"+inner) && !e.usual {
			name = "" // the hours are not asked for here
		}
		_, field, rest := splitPath(p.Path)
		label := fieldLabel(e.Base, e.ref.Section, field)
		if part := partLabel(e.Base, field, rest); part != "" {
			label = e.T("thing.at_part", "field", label, "part", part)
		}
		e.blame(name, label, problemWords(e.Base, p))
	}
}

// labelOfInput is the question that an input belongs to.
func (e *editor) labelOfInput(name string) string {
	switch {
	case name == "slug":
		return e.T("thing.slug.label")
	case strings.HasPrefix(name, "usual"+inner):
		return e.T("thing.offices.usual.label")
	}
	if field, rest, ok := strings.Cut(name, "-"); ok {
		part := partLabel(e.Base, field, strings.ReplaceAll(rest, "-", "."))
		return e.T("thing.at_part", "field", fieldLabel(e.Base, e.ref.Section, field), "part", part)
	}
	return fieldLabel(e.Base, e.ref.Section, name)
}

func (e *editor) info(name string) (blueprint.FieldInfo, bool) {
	i := slices.IndexFunc(e.infos, func(f blueprint.FieldInfo) bool { return f.Name == name })
	if i < 0 {
		return blueprint.FieldInfo{}, false
	}
	return e.infos[i], true
}

// hint is what stands under a question; nothing where there is no text.
func (e *editor) hint(section, field string) string {
	if key := "thing." + section + "." + field + ".help"; e.Printer.Has(key) {
		return e.T(key)
	}
	return ""
}

// ask asks for one field.
func (e *editor) ask(name string) []web.Component {
	switch name {
	case "offered":
		return []web.Component{e.offered()}
	case "usual":
		return e.usualWeek()
	}
	f, ok := e.info(name)
	if !ok {
		return nil
	}
	return e.field(sectionKey(e.ref.Section), f, "")
}

// field asks for a field of a section; prefix is what its names begin with within a list.
func (e *editor) field(section string, f blueprint.FieldInfo, prefix string) []web.Component {
	name, label, hint := prefix+f.Name, e.T("thing."+section+"."+f.Name+".label"), e.hint(section, f.Name)
	switch f.Shape {
	case blueprint.ShapeText:
		return []web.Component{e.text(name, label, hint, tall[section+"/"+f.Name])}
	case blueprint.ShapeTexts:
		return []web.Component{e.text(name, label, hint, 4)}
	case blueprint.ShapeSwitch:
		return []web.Component{ui.Checkbox(e.Printer, ui.CheckField{Name: name, Label: label, Hint: hint, Checked: e.typed.Get(name) != "", Error: e.wrong[name]})}
	case blueprint.ShapeLines, blueprint.ShapeSet:
		if c, ok := e.choices(name, f.Name); ok {
			c.Legend, c.Hint, c.Error = label, hint, e.wrong[name]
			return []web.Component{ui.Checkboxes(e.Printer, c)}
		}
		return []web.Component{ui.TextField(e.Printer, ui.Field{Name: name, Label: label, Hint: hint, Value: joinWords(e.typed[name]), Error: e.wrong[name], Optional: true})}
	case blueprint.ShapeTables:
		return e.list(f, name, label, hint)
	case blueprint.ShapeTable:
		var inside []web.Component
		for _, within := range f.Inner {
			inside = append(inside, e.field(f.Name, within, name+inner)...)
		}
		return []web.Component{group(e.Printer, label, hint, inside)}
	}
	if s, ok := e.options(name, f.Name); ok {
		s.Label, s.Hint, s.Error = label, hint, e.wrong[name]
		return []web.Component{ui.Select(e.Printer, s)}
	}
	field := ui.Field{Name: name, Label: label, Hint: hint, Value: e.typed.Get(name), Error: e.wrong[name], NoSpelling: true, Autocomplete: "off", Optional: f.Name != "zone"}
	switch f.Shape {
	case blueprint.ShapeDate, blueprint.ShapeTime, blueprint.ShapeCount, blueprint.ShapeDegrees:
		field.Short = true
	}
	if f.Name == "email" {
		field.Type = "email"
	} else if f.Name == "phone" {
		field.Type = "tel"
	}
	return []web.Component{ui.TextField(e.Printer, field)}
}

// text asks for a text in all languages side by side, and marks those in which it is missing.
func (e *editor) text(name, label, hint string, rows int) web.Component {
	langs := slices.Clone(e.langs)
	filled := 0
	for _, l := range i18n.Languages() {
		if e.typed.Get(name+"-"+string(l.Code)) == "" {
			continue
		}
		filled++
		if !slices.Contains(langs, l.Code) { // written before the language was taken out
			langs = append(langs, l.Code)
		}
	}
	var fields []web.Component
	for _, l := range langs {
		id := name + "-" + string(l)
		f := ui.Field{Name: id, Label: e.T("common.languages." + string(l)), Value: e.typed.Get(id), Error: e.wrong[id], Autocomplete: "off", Rows: rows}
		if filled > 0 && f.Value == "" {
			f.Label = e.T("thing.untranslated", "language", f.Label)
		}
		if rows > 0 {
			fields = append(fields, ui.TextArea(e.Printer, f))
		} else {
			fields = append(fields, ui.TextField(e.Printer, f))
		}
	}
	return sideBySide(e.Printer, label, hint, fields)
}

// choices are what can be checked for a field of words that stand for things.
func (e *editor) choices(name, field string) (ui.Choices, bool) {
	c := ui.Choices{Name: name, Optional: field != "languages" || e.ref.Section == blueprint.Units}
	chosen := e.typed[name]
	switch field {
	case "languages":
		for _, l := range i18n.Languages() {
			c.Options = append(c.Options, ui.Choice{Value: string(l.Code), Label: e.T("common.languages." + string(l.Code)), Checked: slices.Contains(chosen, string(l.Code))})
		}
	case "audience":
		for _, a := range catalog.Audiences {
			c.Options = append(c.Options, ui.Choice{Value: string(a), Label: e.T("service.audience." + string(a)), Checked: slices.Contains(chosen, string(a))})
		}
	case "life_events":
		for _, l := range catalog.LifeEvents {
			c.Options = append(c.Options, ui.Choice{Value: string(l), Label: e.T("service.life." + string(l)), Checked: slices.Contains(chosen, string(l))})
		}
	case "outcomes":
		for _, x := range catalog.Outcomes {
			c.Options = append(c.Options, ui.Choice{Value: x, Label: e.T("submission.outcome." + x), Checked: slices.Contains(chosen, x)})
		}
	case "forms", "inboxes":
		for _, r := range e.o.Refs(field, "") {
			c.Options = append(c.Options, ui.Choice{Value: r.ID, Label: nameOfRef(e.Base, e.o, r), Checked: slices.Contains(chosen, r.ID)})
		}
		if len(c.Options) == 0 {
			return c, false
		}
	case "services":
		for _, r := range e.o.Refs("services", "") {
			if e.ref.Section == blueprint.Units && !e.officeOffers(r.ID) && !slices.Contains(chosen, r.ID) {
				continue
			}
			c.Options = append(c.Options, ui.Choice{Value: r.ID, Label: nameOfRef(e.Base, e.o, r), Checked: slices.Contains(chosen, r.ID)})
		}
		if len(c.Options) == 0 {
			return c, false
		}
	default:
		return c, false
	}
	return c, true
}

func (e *editor) officeOffers(service string) bool {
	rec, _ := e.o.Record(blueprint.Ref{Section: "offices", ID: string(e.ref.Office)})
	list, _ := rec["services"].([]string)
	return slices.Contains(list, service)
}

// options are what can be chosen for a field that names one thing.
func (e *editor) options(name, field string) (ui.SelectField, bool) {
	s := ui.SelectField{Name: name, Value: e.typed.Get(name)}
	of := func(section string) {
		for _, r := range e.o.Refs(section, "") {
			s.Options = append(s.Options, ui.Option{Value: r.ID, Text: nameOfRef(e.Base, e.o, r)})
		}
	}
	switch field {
	case "category":
		of("categories")
	case "group":
		s.Options = append(s.Options, ui.Option{Text: e.T("thing.offices.group.none")})
		of("groups")
	case "office":
		s.Options = append(s.Options, ui.Option{Text: e.T("thing.inboxes.office.none")})
		of("offices")
	case "help_desk":
		s.Options = append(s.Options, ui.Option{Text: e.T("thing.organisation.help_desk.none")})
		of("offices")
	case "default":
		for _, l := range e.langs {
			s.Options = append(s.Options, ui.Option{Value: string(l), Text: e.T("common.languages." + string(l))})
		}
	case "kind":
		if e.ref.Section != blueprint.Units {
			s.Options = append(s.Options, ui.Option{Text: e.T("thing.channels.kind.none")})
			for _, k := range catalog.ChannelKinds {
				s.Options = append(s.Options, ui.Option{Value: string(k), Text: e.T("thing.channels.kind." + string(k))})
			}
			break
		}
		for _, k := range []org.UnitKind{org.CounterLane, org.Professional} {
			s.Options = append(s.Options, ui.Option{Value: string(k), Text: e.T("thing.units.kind." + cmp.Or(string(k), "counter"))})
		}
	case "use":
		for _, x := range catalog.Uses {
			s.Options = append(s.Options, ui.Option{Value: x, Text: e.T("thing.form_texts.use." + x)})
		}
	case "country":
		for _, c := range countries {
			s.Options = append(s.Options, ui.Option{Value: c, Text: e.T("setup.countries." + lower(c))})
		}
	default:
		return s, false
	}
	if s.Value != "" && !slices.ContainsFunc(s.Options, func(o ui.Option) bool { return o.Value == s.Value }) {
		s.Options = append(s.Options, ui.Option{Value: s.Value, Text: s.Value})
	}
	return s, true
}

// list asks for the rows of a list, and for one more.
func (e *editor) list(f blueprint.FieldInfo, name, label, hint string) []web.Component {
	n, _ := strconv.Atoi(e.typed.Get(name + inner + "n"))
	n = min(max(n, 0)+1, mostRows)
	out := []web.Component{ui.HiddenFields([]ui.Hidden{{Name: name + inner + "n", Value: strconv.Itoa(n)}})}
	for i := range n {
		var inside []web.Component
		for _, within := range f.Inner {
			inside = append(inside, e.field(f.Name, within, name+inner+strconv.Itoa(i)+inner)...)
		}
		title := e.T("thing.nth", "field", label, "n", i+1)
		if i == n-1 {
			title = e.T("thing." + f.Name + ".add")
		}
		out = append(out, group(e.Printer, title, hint, inside))
		hint = ""
	}
	return out
}

// offered asks which offices offer a service.
func (e *editor) offered() web.Component {
	c := ui.Choices{Name: "offered", Legend: e.T("thing.services.offered.label"), Hint: e.T("thing.services.offered.help"), Optional: true}
	for _, r := range e.o.Refs("offices", "") {
		c.Options = append(c.Options, ui.Choice{Value: r.ID, Label: nameOfRef(e.Base, e.o, r), Checked: slices.Contains(e.typed["offered"], r.ID)})
	}
	if len(c.Options) == 0 {
		return group(e.Printer, c.Legend, "", []web.Component{ui.P(e.T("thing.services.offered.none")), ui.A(newLink(e.Base, "offices", ""))})
	}
	was := ui.HiddenFields([]ui.Hidden{{Name: "was", Value: e.typed.Get("was")}})
	return all([]web.Component{was, ui.Checkboxes(e.Printer, c)})
}

// usualWeek asks for the hours of each day of the week. Where they are more than that, and once the office is published, they have pages of their own.
func (e *editor) usualWeek() []web.Component {
	var more []web.Component
	if e.hoursAt != "" {
		more = append(more, ui.LinkList([]ui.Link{{Href: e.hoursAt, Text: e.T("thing.offices.usual.more")}}))
	}
	section := sectionKey(e.ref.Section)
	label := e.T("thing." + section + ".usual.label")
	if !e.usual {
		var rules []string
		for _, r := range e.typed["rules"] {
			rules = append(rules, hoursWords(e.Base, r))
		}
		inside := append([]web.Component{ui.BulletList(rules)}, more...)
		return []web.Component{group(e.Printer, label, e.T("thing."+section+".usual.special"), inside)}
	}
	t := ui.TableData{Caption: label, HideCaption: true, Head: []string{
		e.T("thing.offices.usual.day"), e.T("thing.offices.usual.from"), e.T("thing.offices.usual.to"),
	}}
	for i, d := range week {
		day := e.T("thing.weekday." + strconv.Itoa(int(d)))
		cell := func(end string) ui.Cell {
			name := usualName(i, end)
			return ui.Cell{Content: ui.TextField(e.Printer, ui.Field{
				Name: name, Label: e.T("thing.offices.usual.of", "day", day, "end", e.T("thing.offices.usual."+end)), Value: e.typed.Get(name), Error: e.wrong[name],
				Short: true, NoSpelling: true, Autocomplete: "off", HideLabel: true,
			})}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: day}, cell("from"), cell("to")})
	}
	return []web.Component{group(e.Printer, label, e.T("thing."+section+".usual.help"), append([]web.Component{ui.Table(t)}, more...))}
}

// blocks asks for all fields of a layout.
func (e *editor) blocks(layout []block) []web.Component {
	var out []web.Component
	for _, bl := range layout {
		if bl.title != "" {
			out = append(out, ui.H2("", e.T("thing.block."+bl.title)))
		}
		for _, name := range bl.fields {
			out = append(out, e.ask(name)...)
		}
	}
	return out
}

// thingTyped is what the form of a thing begins with.
func thingTyped(o *blueprint.Organisation, ref blueprint.Ref) (url.Values, bool) {
	rec, _ := o.Record(ref)
	infos, _ := blueprint.Fields(ref.Section)
	typed := typedOf(infos, rec, "")
	usual := true
	switch ref.Section {
	case "services":
		for _, f := range o.Offices {
			if slices.Contains(f.Services, ids.Service(ref.ID)) {
				typed["offered"] = append(typed["offered"], string(f.ID))
			}
		}
		typed.Set("was", strings.Join(typed["offered"], ","))
	case "offices":
		for _, f := range o.Offices {
			if string(f.ID) == ref.ID {
				usual = weekTyped(typed, f.Hours)
			}
		}
	case "inboxes":
		for _, box := range o.Inboxes {
			if string(box.ID) == ref.ID {
				usual = weekTyped(typed, box.Hours)
			}
		}
	}
	return typed, usual
}

// weekTyped puts hours into a form: as a usual week when they are no more than one, also where there is none yet; and as their rules.
func weekTyped(typed url.Values, rules []org.Weekly) (usual bool) {
	if usual = isUsual(rules); usual {
		typed.Set(usualName(0, "from"), "")
		maps.Copy(typed, usualTyped(rules))
	}
	for _, w := range rules {
		typed.Add("rules", w.String())
	}
	return usual
}
