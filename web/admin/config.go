package admin

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/web"
	"luukku/web/ui"
)

// configView is what a page of the configuration is made from.
type configView struct {
	blueprint.Work
	who  string // who changed the draft last
	zone *time.Location
}

// openConfig opens what the reader works on.
func (d *Door) openConfig(v *web.Visit) (configView, error) {
	w, err := d.Drafts.Open(v.Ctx(), v.Actor(), orgOf(v))
	if err != nil {
		return configView{}, err
	}
	c := configView{Work: w, zone: v.Zone()}
	if w.Begun {
		c.who = cmp.Or(d.Staff.NameOf(v.Ctx(), ids.Staff(w.ChangedBy)), w.ChangedBy)
	}
	return c, nil
}

// dones are what a page of the configuration can say was just done.
var dones = []string{"saved", "added", "removed", "published", "discarded", "imported", "settled"}

func (d *Door) config(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	p := newConfigPage(page(v, ""), c)
	return show(v, done(v, p))
}

// done says on a page what the address says was just done.
func done(v *web.Visit, p DeskPage) DeskPage {
	if what := v.Query("done"); slices.Contains(dones, what) {
		p.Done = p.T("config.done." + what)
	}
	return p
}

// newConfigPage is the page from which everything that is configured is changed.
func newConfigPage(b web.Base, c configView) DeskPage {
	b.Title = b.T("config.title")
	p := DeskPage{Base: b, Lead: b.T("config.lead")}
	var todo, missing []blueprint.Problem
	for _, x := range blueprint.Check(c.Draft) {
		if untranslated(x) {
			missing = append(missing, x)
		} else {
			todo = append(todo, x)
		}
	}
	p.Parts = append(p.Parts, draftBox(b, c)...)
	if len(c.Clashes) > 0 {
		p.Parts = append(p.Parts, clashBox(b, c)...)
	}
	if len(todo) > 0 {
		p.Parts = append(p.Parts, section(b.T("config.todo"), b.T("config.todo_lead"), ui.LinkList(problemLinks(b, &c.Draft, todo))))
	}
	p.Parts = append(p.Parts, section(b.T("thing.organisation.one"), "", ui.LinkList(organisationLinks(b))))
	p.Parts = append(p.Parts, servicesPart(b, c)...)
	p.Parts = append(p.Parts, officesPart(b, c)...)
	more := []ui.Link{
		{Href: adminAt(b, "config", "missing"), Text: b.T("config.missing"), Note: " (" + strconv.Itoa(len(missing)) + ")"},
		{Href: adminAt(b, "config", "blueprint.toml"), Text: b.T("config.export"), Download: true, Icon: "download"},
		{Href: adminAt(b, "config", "import"), Text: b.T("config.import")},
	}
	p.Parts = append(p.Parts, section(b.T("config.more"), "", ui.LinkList(more)))
	return p
}

// draftBox says whether there is a draft, and leads to publishing it.
func draftBox(b web.Base, c configView) []web.Component {
	preview := ui.Link{Href: adminAt(b, "preview"), Text: b.T("config.preview")}
	if !c.Begun {
		return []web.Component{ui.Muted(b.T("config.no_draft")), ui.LinkList([]ui.Link{preview})}
	}
	n := len(wordedLines(b, c.Work, c.Lines()))
	text := b.N("config.draft", n, "who", c.who, "when", stamp(b, time.Unix(c.ChangedAt, 0).In(c.zone)))
	return []web.Component{
		infoBox(b.T("config.draft_title"), text), buttons(
			ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "config", "publish"), Text: b.T("config.publish")}),
			ui.LinkButton(ui.Secondary, preview),
			ui.LinkButton(ui.Tertiary, ui.Link{Href: adminAt(b, "config", "discard"), Text: b.T("config.discard")}),
		),
	}
}

// clashBox shows what was changed both in the draft and elsewhere, with both values.
func clashBox(b web.Base, c configView) []web.Component {
	t := ui.TableData{Caption: b.T("config.clash"), Head: []string{b.T("publish.what"), b.T("config.theirs"), b.T("config.mine"), b.T("config.settle")}}
	for _, x := range c.Clashes {
		words, _ := placeOf(b, &c.Draft, x.Path)
		_, field, rest := splitPath(x.Path)
		theirs, mine := valueWords(b, field, rest, x.Theirs), valueWords(b, field, rest, x.Mine)
		switch x.Removed {
		case "mine":
			mine = b.T("config.removed")
		case "theirs":
			theirs = b.T("config.removed")
		}
		choose := func(whose, text string) web.Component {
			return rowAct(ui.FormData{Action: adminAt(b, "config", "settle"), Hidden: []ui.Hidden{{Name: "path", Value: x.Path}, {Name: "whose", Value: whose}}},
				ui.Button{Text: text, Hidden: words, Look: ui.Secondary})
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: words}, {Text: theirs}, {Text: mine}, {Content: ui.RowActions([]web.Component{
			choose("theirs", b.T("config.take_theirs")), choose("mine", b.T("config.keep_mine")),
		})}})
	}
	return []web.Component{warningBox(b.T("config.clash"), b.T("config.clash_lead")), ui.Table(t)}
}

// organisationLinks lead to the organisation's own fields.
func organisationLinks(b web.Base) []ui.Link {
	var out []ui.Link
	for _, part := range organisationParts {
		out = append(out, ui.Link{Href: adminAt(b, "config", "organisation", part.name), Text: b.T("thing.organisation.part." + part.name)})
	}
	return append(out, ui.Link{Href: policyAt(b, "", ""), Text: b.T("rules.title_organisation")}, ui.Link{Href: adminAt(b, "look"), Text: b.T("brand.title")},
		ui.Link{Href: adminAt(b, "wordings"), Text: b.T("wording.title")})
}

// newLink leads to where a thing is added.
func newLink(b web.Base, section string, office ids.Office) ui.Link {
	l := ui.Link{Href: adminAt(b, "config", "new", section), Text: b.T("thing." + section + ".new")}
	if office != "" {
		l.Href += "?office=" + string(office)
	}
	return l
}

// servicesPart lists the services by category.
func servicesPart(b web.Base, c configView) []web.Component {
	o := &c.Draft
	var inside []web.Component
	cats := slices.Clone(o.Categories)
	slices.SortStableFunc(cats, func(x, y category) int { return cmp.Compare(x.Order, y.Order) })
	services := slices.Clone(o.Services)
	slices.SortStableFunc(services, func(x, y blueprint.ServiceEntry) int { return cmp.Compare(x.Order, y.Order) })
	offices := map[ids.Service]int{}
	for _, f := range o.Offices {
		for _, s := range f.Services {
			offices[s]++
		}
	}
	list := func(title string, has func(blueprint.ServiceEntry) bool) ui.TableData {
		t := ui.TableData{Caption: title, HideCaption: true, Head: []string{b.T("common.service"), b.T("config.offered"), b.T("config.do")}}
		for _, s := range services {
			if !has(s) {
				continue
			}
			ref := blueprint.Ref{Section: "services", ID: string(s.ID)}
			name := nameOfRef(b, o, ref)
			t.Rows = append(t.Rows, []ui.Cell{
				{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Text: b.N("config.at_offices", offices[s.ID])},
				{Content: rowOf(b, ref, name, ui.Link{Href: policyAt(b, s.ID, ""), Text: b.T("rules.link"), Hidden: name})},
			})
		}
		return t
	}
	for _, g := range cats {
		ref := blueprint.Ref{Section: "categories", ID: string(g.ID)}
		name := nameOfRef(b, o, ref)
		inside = append(inside, ui.H3("category-"+string(g.ID), name), rowOf(b, ref, name, ui.Link{Href: editAt(b, ref, ""), Text: b.T("config.change"), Hidden: name}))
		if t := list(name, func(s blueprint.ServiceEntry) bool { return s.Category == g.ID }); len(t.Rows) > 0 {
			inside = append(inside, ui.Table(t))
		}
	}
	none := func(s blueprint.ServiceEntry) bool {
		return !slices.ContainsFunc(o.Categories, func(g category) bool { return g.ID == s.Category })
	}
	if t := list(b.T("config.uncategorised"), none); len(t.Rows) > 0 {
		inside = append(inside, ui.H3("", b.T("config.uncategorised")), ui.Table(t))
	}
	var add []web.Component
	if len(o.Categories) > 0 {
		add = append(add, ui.LinkButton(ui.Secondary, newLink(b, "services", "")))
	} else {
		inside = append(inside, ui.P(b.T("config.first_category")))
	}
	add = append(add, ui.LinkButton(ui.Secondary, newLink(b, "categories", "")))
	return []web.Component{section(b.T("config.services"), "", append(inside, buttons(add...))...)}
}

// officesPart lists the offices with their groups.
func officesPart(b web.Base, c configView) []web.Component {
	o := &c.Draft
	t := ui.TableData{Caption: b.T("config.offices"), HideCaption: true, Head: []string{
		b.T("common.place"), b.T("config.services"), b.T("config.units"), b.T("config.do"),
	}}
	for _, f := range o.Offices {
		ref := blueprint.Ref{Section: "offices", ID: string(f.ID)}
		name := nameOfRef(b, o, ref)
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Text: b.Printer.Number(len(f.Services))}, {Text: b.Printer.Number(len(f.Units))},
			{Content: rowOf(b, ref, name, ui.Link{})},
		})
	}
	var inside []web.Component
	if len(t.Rows) > 0 {
		inside = append(inside, ui.Table(t))
	} else {
		inside = append(inside, ui.Muted(b.T("config.no_offices")))
	}
	inside = append(inside, buttons(ui.LinkButton(ui.Secondary, newLink(b, "offices", ""))))
	groups := ui.TableData{Caption: b.T("config.groups"), HideCaption: true, Head: []string{b.T("common.name"), b.T("config.do")}}
	for _, g := range o.Groups {
		ref := blueprint.Ref{Section: "groups", ID: g.ID}
		name := nameOfRef(b, o, ref)
		groups.Rows = append(groups.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Content: rowOf(b, ref, name, ui.Link{})}})
	}
	inside = append(inside, ui.H3("groups", b.T("config.groups")), ui.Muted(b.T("config.groups_lead")))
	if len(groups.Rows) > 0 {
		inside = append(inside, ui.Table(groups))
	}
	inside = append(inside, ui.LinkList([]ui.Link{newLink(b, "groups", "")}))
	inside = append(inside, inboxesPart(b, o)...)
	return []web.Component{section(b.T("config.offices"), "", inside...)}
}

// inboxesPart lists where messages arrive.
func inboxesPart(b web.Base, o *blueprint.Organisation) []web.Component {
	t := ui.TableData{Caption: b.T("config.inboxes"), HideCaption: true, Head: []string{b.T("common.name"), b.T("config.do")}}
	for _, box := range o.Inboxes {
		ref := blueprint.Ref{Section: "inboxes", ID: string(box.ID)}
		name := nameOfRef(b, o, ref)
		t.Rows = append(t.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Content: rowOf(b, ref, name, ui.Link{})}})
	}
	out := []web.Component{ui.H3("inboxes", b.T("config.inboxes")), ui.Muted(b.T("config.inboxes_lead"))}
	if len(t.Rows) > 0 {
		out = append(out, ui.Table(t))
	}
	return append(append(out, ui.LinkList([]ui.Link{newLink(b, "inboxes", "")})), formTextsPart(b, o)...)
}

// formTextsPart lists what those who handle forms have ready to write.
func formTextsPart(b web.Base, o *blueprint.Organisation) []web.Component {
	t := ui.TableData{Caption: b.T("config.form_texts"), HideCaption: true, Head: []string{b.T("common.name"), b.T("thing.form_texts.use.label"), b.T("config.do")}}
	for _, x := range o.FormTexts {
		ref := blueprint.Ref{Section: blueprint.FormTexts, ID: x.ID}
		name := nameOfRef(b, o, ref)
		t.Rows = append(t.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: editAt(b, ref, ""), Text: name})}, {Text: b.T("thing.form_texts.use." + x.Use)}, {Content: rowOf(b, ref, name, ui.Link{})}})
	}
	out := []web.Component{ui.H3("form-texts", b.T("config.form_texts")), ui.Muted(b.T("config.form_texts_lead"))}
	if len(t.Rows) > 0 {
		out = append(out, ui.Table(t))
	}
	return append(out, ui.LinkList([]ui.Link{newLink(b, blueprint.FormTexts, "")}))
}

// rowOf is what can be done with a thing in a list: a page of its own, up, down, away.
func rowOf(b web.Base, ref blueprint.Ref, name string, own ui.Link) web.Component {
	move := func(by, text string) web.Component {
		hidden := append(hiddenOf(ref), ui.Hidden{Name: "by", Value: by})
		return rowAct(ui.FormData{Action: adminAt(b, "config", "move"), Hidden: hidden}, ui.Button{Text: text, Hidden: name, Look: ui.Tertiary})
	}
	var out []web.Component
	if own.Href != "" {
		out = append(out, ui.A(own))
	}
	return ui.RowActions(append(out, move("-1", b.T("config.up")), move("1", b.T("config.down")),
		ui.A(ui.Link{Href: adminAt(b, "config", "remove") + queryOf(ref), Text: b.T("config.remove"), Hidden: name})))
}

// configMove changes the order of a list.
func (d *Door) configMove(v *web.Visit) error {
	ref, by := refIn(v.Form), 1
	if v.Form("by") == "-1" {
		by = -1
	}
	category := ""
	err := d.Drafts.Edit(v.Ctx(), v.Actor(), orgOf(v), ref.Name(), func(w *blueprint.Work) error {
		rec, _ := w.Draft.Record(ref)
		category, _ = rec["category"].(string)
		w.Draft.Move(ref, by)
		return nil
	})
	if err != nil {
		return err
	}
	to := adminAt(baseOf(v), "config")
	switch ref.Section {
	case blueprint.Units:
		to = editAt(baseOf(v), blueprint.Ref{Section: "offices", ID: string(ref.Office)}, "") + "#units"
	case "services":
		to += "#category-" + category
	case "categories":
		to += "#category-" + ref.ID
	}
	return v.SeeOther(to)
}

// configMissing lists what is not translated.
func (d *Door) configMissing(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	return show(v, newMissingPage(page(v, ""), c))
}

func newMissingPage(b web.Base, c configView) DeskPage {
	b.Title = b.T("config.missing")
	p := DeskPage{Base: b, Back: adminAt(b, "config"), Lead: b.T("config.missing_lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("publish.what"), b.T("config.missing_in")}}
	for _, x := range blueprint.Check(c.Draft) {
		if !untranslated(x) {
			continue
		}
		words, href := placeOf(b, &c.Draft, x.Path)
		_, lacks, _ := cutNUL(x.Values)
		t.Rows = append(t.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: href, Text: words})}, {Text: languagesIn(b, lacks)}})
	}
	if len(t.Rows) == 0 {
		p.Parts = []web.Component{ui.P(b.T("config.missing_none"))}
		return p
	}
	p.Parts = []web.Component{ui.P(b.N("config.missing_count", len(t.Rows))), ui.Table(t)}
	return p
}

// configSettle ends a clash.
func (d *Door) configSettle(v *web.Visit) error {
	if err := d.Drafts.Settle(v.Ctx(), v.Actor(), orgOf(v), v.Form("path"), v.Form("whose") != "theirs"); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "config") + "?done=settled")
}

// configRemove says what hangs on a thing, and asks before it is taken away.
func (d *Door) configRemove(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	ref := refIn(v.Query)
	if ref.Section == "" || !c.Draft.Has(ref) {
		return notThere()
	}
	return show(v, newConfigRemovePage(page(v, ""), c, ref))
}

func newConfigRemovePage(b web.Base, c configView, ref blueprint.Ref) DeskPage {
	b.Title = b.T("config.remove_title", "thing", titleOfRef(b, &c.Draft, ref))
	p := DeskPage{Base: b, Back: backFrom(b, ref)}
	uses := c.Draft.Uses(ref)
	if ref.Section == "categories" && len(uses) > 0 { // a service is never without a category
		p.Lead = b.T("config.remove_category")
		p.Parts = []web.Component{ui.LinkList(refLinks(b, c, uses)), ui.LinkButton(ui.Primary, ui.Link{Href: p.Back, Text: b.T("admin.to_list")})}
		return p
	}
	p.Lead = b.T("config.remove_lead")
	if len(uses) > 0 {
		p.Parts = append(p.Parts, ui.H2("", b.T("config.remove_uses")), ui.P(b.T("config.remove_uses_"+ref.Section)), ui.LinkList(refLinks(b, c, uses)))
	}
	p.Parts = append(p.Parts, form(ui.FormData{Action: adminAt(b, "config", "remove"), Hidden: append(hiddenOf(ref), ui.Hidden{Name: "seen", Value: c.Seen(ref)})},
		ui.Button{Text: b.T("config.remove_yes"), Look: ui.Destructive}, ui.Link{Href: p.Back, Text: b.T("people.cancel")}))
	return p
}

// backFrom is the list that a thing is in.
func backFrom(b web.Base, ref blueprint.Ref) string {
	if ref.Section == blueprint.Units {
		return editAt(b, blueprint.Ref{Section: "offices", ID: string(ref.Office)}, "")
	}
	return adminAt(b, "config")
}

func refLinks(b web.Base, c configView, refs []blueprint.Ref) []ui.Link {
	var out []ui.Link
	for _, r := range refs {
		out = append(out, ui.Link{Href: editAt(b, r, ""), Text: titleOfRef(b, &c.Draft, r)})
	}
	return out
}

// configRemovePost takes a thing away.
func (d *Door) configRemovePost(v *web.Visit) error {
	ref := refIn(v.Form)
	err := d.Drafts.Edit(v.Ctx(), v.Actor(), orgOf(v), ref.Name(), func(w *blueprint.Work) error {
		switch {
		case ref.Section == "" || !w.Draft.Has(ref):
			return nil // it is gone: what was asked for
		case w.Seen(ref) != v.Form("seen"), ref.Section == "categories" && len(w.Draft.Uses(ref)) > 0:
			return blueprint.Outdated()
		}
		w.Draft.Remove(ref)
		return nil
	})
	if err != nil {
		return err
	}
	to := backFrom(baseOf(v), ref)
	return v.SeeOther(to + "?done=removed")
}

// languagesOf are the languages in which texts of an organisation are asked for: its own.
func languagesOf(o *blueprint.Organisation) []i18n.Lang {
	if len(o.Languages) == 0 {
		return []i18n.Lang{i18n.Default}
	}
	return o.Languages
}
