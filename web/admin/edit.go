package admin

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/web"
	"luukku/web/ui"
)

func notThere() error { return fault.NotFound("error.not_found") }

func lower(s string) string { return strings.ToLower(s) }

// joinWords writes words on one line.
func joinWords(list []string) string { return strings.Join(list, ", ") }

// cutNUL takes the values of a problem apart: the first of them.
func cutNUL(values string) (before, first string, ok bool) {
	before, rest, ok := strings.Cut(values, "\x00")
	first, _, _ = strings.Cut(rest, "\x00")
	return before, first, ok
}

// sheet is a page on which a thing, or some fields of the organisation, are changed.
type sheet struct {
	ref    blueprint.Ref
	part   string // of the organisation
	layout []block
}

// sheetIn is the page that the address names.
func sheetIn(v *web.Visit) (sheet, error) {
	switch {
	case v.R.PathValue("part") != "":
		for _, p := range organisationParts {
			if p.name == v.R.PathValue("part") {
				return sheet{part: p.name, layout: []block{{"", p.fields}}}, nil
			}
		}
		return sheet{}, notThere()
	case v.R.PathValue("unit") != "":
		s := sheet{ref: blueprint.Ref{Section: blueprint.Units, Office: ids.Office(v.R.PathValue("office")), ID: v.R.PathValue("unit")}}
		s.layout = layoutOf(s.ref.Section, v.P.Has)
		return s, nil
	}
	s := sheet{ref: blueprint.Ref{Section: v.R.PathValue("section"), ID: v.R.PathValue("slug")}}
	if !slices.Contains(blueprint.Sections(), s.ref.Section) || s.ref.Section == blueprint.Wordings { // these have pages of their own
		return sheet{}, notThere()
	}
	s.layout = layoutOf(s.ref.Section, v.P.Has)
	return s, nil
}

// fields are the names of the fields of the page that a thing itself has.
func (s sheet) fields() []string {
	var out []string
	for _, b := range s.layout {
		out = append(out, b.fields...)
	}
	return out
}

// has reports whether the page asks for a field.
func (s sheet) has(name string) bool { return slices.Contains(s.fields(), name) }

// address is where the page is.
func (s sheet) address(b web.Base) string {
	if s.part != "" {
		return adminAt(b, "config", "organisation", s.part)
	}
	return editAt(b, s.ref, "")
}

// edit shows a thing to be changed.
func (d *Door) edit(v *web.Visit) error {
	s, err := sheetIn(v)
	if err != nil {
		return err
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	if !c.Draft.Has(s.ref) {
		return notThere()
	}
	b := page(v, "")
	typed, usual := thingTyped(&c.Draft, s.ref)
	e := newEditor(b, &c.Draft, s.ref, typed)
	e.usual, e.words = usual, v.Site.Texts.Printer
	e.hoursAt = d.hoursAt(b, ids.Office(s.ref.ID))
	return show(v, done(v, newEditPage(e, c, s, nil)))
}

// editPost saves a thing, or shows it again with what is wrong or with what somebody else has changed.
func (d *Door) editPost(v *web.Visit) error {
	s, err := sheetIn(v)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	values, wrong := s.read(form)
	var problems []blueprint.Problem
	if len(wrong) == 0 {
		problems, err = d.Drafts.Save(v.Ctx(), v.Actor(), orgOf(v), s.ref, v.Form("seen"), values, offers(s.ref, form))
	}
	changed := fault.IsKey(err, "draft_config.changed")
	if err != nil && !changed {
		return err
	}
	if len(wrong) == 0 && len(problems) == 0 && !changed {
		return v.SeeOther(s.address(baseOf(v)) + "?done=saved")
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	if !c.Draft.Has(s.ref) {
		return notThere()
	}
	e := newEditor(page(v, ""), &c.Draft, s.ref, form)
	_, e.usual = thingTyped(&c.Draft, s.ref)
	e.words = v.Site.Texts.Printer
	e.hoursAt = d.hoursAt(e.Base, ids.Office(s.ref.ID))
	e.faults(wrong)
	e.problems(problems)
	var both *ui.TableData
	if changed {
		both = bothOf(e, c, s, values)
	}
	return show(v, newEditPage(e, c, s, both))
}

// read returns what was typed as it is kept.
func (s sheet) read(form url.Values) (blueprint.Record, []fault.Field) {
	infos, _ := blueprint.Fields(s.ref.Section)
	r := &formReader{form: form}
	values := r.read(s.ref.Section, infos, s.fields(), "")
	if s.has("usual") && form.Has(usualName(0, "from")) {
		rules, wrong := usualIn(form)
		r.wrong = append(r.wrong, wrong...)
		values["hours"] = rules
	}
	return values, r.wrong
}

// offers says at which offices a service is offered: what was checked and was not before comes, what was and is not any more goes. The rest is left alone.
func offers(ref blueprint.Ref, form url.Values) func(*blueprint.Organisation) {
	if ref.Section != "services" {
		return nil
	}
	service, had := ids.Service(ref.ID), strings.Split(form.Get("was"), ",")
	return func(o *blueprint.Organisation) {
		for _, f := range o.Offices {
			id := string(f.ID)
			is, was := slices.Contains(form["offered"], id), slices.Contains(had, id)
			if is == was || is == slices.Contains(f.Services, service) {
				continue
			}
			var list []string
			for _, s := range f.Services {
				if s != service {
					list = append(list, string(s))
				}
			}
			if is {
				list = append(list, ref.ID)
			}
			o.Set(blueprint.Ref{Section: "offices", ID: id}, blueprint.Record{"services": list})
		}
	}
}

// bothOf shows what somebody else has made of a thing beside what was typed.
func bothOf(e *editor, c configView, s sheet, values blueprint.Record) *ui.TableData {
	t := &ui.TableData{Caption: e.T("thing.changed_table"), Head: []string{e.T("thing.changed_field"), e.T("thing.changed_now"), e.T("thing.changed_yours")}}
	now, _ := c.Draft.Record(s.ref)
	for _, f := range e.infos {
		mine, typed := values[f.Name]
		if !typed || f.Shape == "" {
			continue
		}
		if list, ok := mine.([]string); ok && f.Shape == blueprint.ShapeSet {
			mine = slices.Sorted(slices.Values(list))
		}
		theirs, yours := plainWords(e.Base, now[f.Name]), plainWords(e.Base, mine)
		if theirs != yours {
			t.Rows = append(t.Rows, []ui.Cell{{Text: fieldLabel(e.Base, s.ref.Section, f.Name)}, {Text: theirs}, {Text: yours}})
		}
	}
	return t
}

// plainWords writes a value for people.
func plainWords(b web.Base, v any) string {
	s := strings.TrimSpace(blueprint.Words(v))
	switch s {
	case "":
		return b.T("publish.nothing")
	case "true", "false":
		return b.T("rules.yes_no." + s)
	}
	return s
}

// changedBy says that somebody has changed what the form showed; who, when it was in the draft.
func changedBy(b web.Base, c configView) string {
	if c.who == "" {
		return b.T("thing.changed_other")
	}
	return b.T("thing.changed_meanwhile", "who", c.who)
}

// newEditPage is the page on which a thing is changed. both is what somebody else changed meanwhile; nil for nothing.
func newEditPage(e *editor, c configView, s sheet, both *ui.TableData) DeskPage {
	b := e.Base
	b.Title = titleOfRef(b, e.o, s.ref)
	p := DeskPage{Back: adminAt(b, "config"), Lead: e.hint(sectionKey(s.ref.Section), "page")}
	if s.part != "" {
		b.Title = b.T("thing.organisation.part." + s.part)
		p.Lead = e.hint("organisation", "part_"+s.part)
	}
	if s.ref.Section == blueprint.Units {
		p.Back = backFrom(b, s.ref)
	}
	p.Trouble = e.summary
	b.HasError = len(e.summary) > 0 || both != nil
	p.Base = b
	save := b.T("thing.save")
	if both != nil {
		p.Trouble = append([]ui.ErrorItem{{Text: changedBy(b, c)}}, p.Trouble...)
		p.Parts = append(p.Parts, ui.P(b.T("thing.changed_what")), ui.Table(*both))
		save = b.T("thing.save_mine")
	}
	asked, _ := s.read(e.typed)
	hidden := []ui.Hidden{{Name: "seen", Value: c.Seen(s.ref, slices.Collect(maps.Keys(asked))...)}}
	p.Parts = append(p.Parts, form(ui.FormData{Action: s.address(b), Hidden: hidden}, ui.Button{Text: save},
		ui.Link{Href: p.Back, Text: b.T("people.cancel")}, e.blocks(s.layout)...))
	if s.ref.Section == "inboxes" {
		p.Parts = append(p.Parts, e.automatic())
	}
	return withMore(p, c, s)
}

// withMore puts under a form what else belongs to the thing.
func withMore(p DeskPage, c configView, s sheet) DeskPage {
	b := p.Base
	switch s.ref.Section {
	case "services":
		links := []ui.Link{{Href: policyAt(b, ids.Service(s.ref.ID), ""), Text: b.T("rules.link_service")}}
		for _, f := range c.Draft.Offices {
			if slices.Contains(f.Services, ids.Service(s.ref.ID)) {
				place := nameOfRef(b, &c.Draft, blueprint.Ref{Section: "offices", ID: string(f.ID)})
				links = append(links, ui.Link{Href: policyAt(b, ids.Service(s.ref.ID), f.ID), Text: b.T("rules.link_at", "place", place)})
			}
		}
		p.Parts = append(p.Parts, section(b.T("rules.title_short"), "", ui.LinkList(links)))
	case "offices":
		p.Parts = append(p.Parts, unitsPart(b, c, ids.Office(s.ref.ID)))
	}
	if s.ref.Section != "" {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: adminAt(b, "config", "remove") + queryOf(s.ref), Text: b.T("config.remove_title", "thing", b.Title)}}))
	}
	return p
}

// unitsPart lists the counters and professionals of an office.
func unitsPart(b web.Base, c configView, office ids.Office) web.Component {
	t := ui.TableData{Caption: b.T("config.units"), HideCaption: true, Head: []string{b.T("common.name"), b.T("config.services"), b.T("config.do")}}
	for _, ref := range c.Draft.Refs(blueprint.Units, office) {
		rec, _ := c.Draft.Record(ref)
		serves := b.T("config.all_services")
		if list, _ := rec["services"].([]string); len(list) > 0 {
			var names []string
			for _, s := range list {
				names = append(names, nameOfRef(b, &c.Draft, blueprint.Ref{Section: "services", ID: s}))
			}
			serves = b.Printer.List(names)
		}
		name := nameOfRef(b, &c.Draft, ref)
		t.Rows = append(t.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Text: serves}, {Content: rowOf(b, ref, name, ui.Link{})}})
	}
	var list web.Component = ui.Muted(b.T("config.no_units"))
	if len(t.Rows) > 0 {
		list = ui.Table(t)
	}
	return all([]web.Component{ui.H2("units", b.T("config.units")), ui.P(b.T("config.units_lead")), list,
		ui.LinkButton(ui.Secondary, newLink(b, blueprint.Units, office))})
}

// newIn is what is to be added: the section of the address and, of a unit, the office.
func newIn(v *web.Visit, slug string) (blueprint.Ref, error) {
	ref := blueprint.Ref{Section: v.R.PathValue("section"), Office: ids.Office(v.Query("office")), ID: slug}
	if newFields[ref.Section] == nil {
		return ref, notThere()
	}
	return ref, nil
}

// add asks for a new thing.
func (d *Door) add(v *web.Visit) error {
	ref, err := newIn(v, "")
	if err != nil {
		return err
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	if ref.Section == blueprint.Units && !c.Draft.Has(blueprint.Ref{Section: "offices", ID: string(ref.Office)}) {
		return notThere()
	}
	return show(v, newAddPage(newEditor(page(v, ""), &c.Draft, ref, url.Values{}), ref))
}

// addPost adds a thing. Where no name in addresses was typed, one is made from the name.
func (d *Door) addPost(v *web.Visit) error {
	ref, err := newIn(v, strings.ToLower(strings.TrimSpace(v.Form("slug"))))
	if err != nil {
		return err
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	infos, _ := blueprint.Fields(ref.Section)
	r := &formReader{form: form}
	values := r.read(ref.Section, infos, newFields[ref.Section], "")
	if ref.ID == "" {
		ref.ID = freeSlug(&c.Draft, ref, values)
		form.Set("slug", ref.ID)
	}
	wrong := r.wrong
	var problems []blueprint.Problem
	if len(wrong) == 0 {
		problems, err = d.Drafts.Add(v.Ctx(), v.Actor(), orgOf(v), ref, values)
	}
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		wrong, err = f.Fields, nil
	}
	if err != nil {
		return err
	}
	if len(wrong) == 0 && len(problems) == 0 {
		return v.SeeOther(editAt(baseOf(v), ref, "") + "?done=added")
	}
	e := newEditor(page(v, ""), &c.Draft, ref, form)
	e.faults(wrong)
	e.problems(problems)
	return show(v, newAddPage(e, ref))
}

// freeSlug makes a name in addresses that nothing else has: from the first name that has Latin letters, else from the kind of the thing.
func freeSlug(o *blueprint.Organisation, ref blueprint.Ref, values blueprint.Record) string {
	base := ""
	if name, ok := values["name"].(i18n.Text); ok {
		for _, l := range languagesOf(o) {
			if base == "" {
				base = suggestSlug(name[l])
			}
		}
	}
	if base == "" {
		base = map[string]string{"categories": "category", "services": "service", "offices": "office", "groups": "group", "inboxes": "inbox", blueprint.FormTexts: "text"}[ref.Section]
	}
	if base == "" {
		base = "unit"
	}
	for n := 1; ; n++ {
		ref.ID = base
		if n > 1 {
			ref.ID = fmt.Sprintf("%s-%d", base, n)
		}
		if !o.Has(ref) {
			return ref.ID
		}
	}
}

func newAddPage(e *editor, ref blueprint.Ref) DeskPage {
	b := e.Base
	b.Title, b.HasError = b.T("thing."+ref.Section+".new"), len(e.summary) > 0
	p := DeskPage{Base: b, Back: backFrom(b, ref), Trouble: e.summary, Lead: e.hint(ref.Section, "page")}
	fields := e.blocks([]block{{"", newFields[ref.Section]}})
	fields = append(fields, ui.TextField(b.Printer, ui.Field{
		Name: "slug", Label: b.T("thing.slug.label"), Hint: b.T("thing.slug.help"), Value: e.typed.Get("slug"), Error: e.wrong["slug"], Optional: true, NoSpelling: true,
		Autocomplete: "off",
	}))
	action := adminAt(b, "config", "new", ref.Section)
	if ref.Office != "" {
		action += "?office=" + url.QueryEscape(string(ref.Office))
	}
	p.Parts = []web.Component{form(ui.FormData{Action: action}, ui.Button{Text: b.T("thing.add")}, ui.Link{Href: p.Back, Text: b.T("people.cancel")}, fields...)}
	return p
}
