package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	eform "luukku/domain/form"
	"luukku/web"
	"luukku/web/ui"
)

// Forms is what this door needs of the room of forms.
type Forms interface {
	// Holds, HoldSent and ReleaseSent keep forms that were sent from being deleted.
	Holds(ctx context.Context, who actor.Actor, o ids.Org) ([]eservice.Held, error)
	HoldSent(ctx context.Context, who actor.Actor, r eservice.Holding) error
	ReleaseSent(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) error

	Building(ctx context.Context, who actor.Actor, o ids.Org) ([]eservice.Edit, error)
	Build(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) (eservice.Edit, error)
	Begin(ctx context.Context, who actor.Actor, o ids.Org, lang i18n.Lang, called string, of ids.Form) (ids.Form, error)
	Keep(ctx context.Context, who actor.Actor, e eservice.Edit) error
	Undo(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, seq int64) error
	Discard(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, seq int64) error
	Publish(ctx context.Context, who actor.Actor, e eservice.Edit, from int64, note string) error
	Versions(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) ([]eservice.Version, error)
	BackTo(ctx context.Context, who actor.Actor, e eservice.Edit, number int64) error
	FormAt(ctx context.Context, o ids.Org, id ids.Form, number int64) (*catalog.Form, eservice.Version, *eform.Definition, error)
}

// formRoutes is every page on which forms are built.
func (d *Door) formRoutes(at string) []web.Route {
	const right, one = actor.ConfigEdit, "forms/{form}"
	return []web.Route{
		web.GET(at+"forms", right, d.forms),
		web.POST(at+"forms", right, d.formsPost),
		web.GET(at+one, right, d.formBuilt),
		web.POST(at+one, right, d.formDo),
		web.GET(at+one+"/item", right, d.formItem),
		web.POST(at+one+"/item", right, d.formItemPost),
		web.GET(at+one+"/settings", right, d.formSettings),
		web.POST(at+one+"/settings", right, d.formSettingsPost),
		web.GET(at+one+"/try", right, d.formTry),
		web.POST(at+one+"/try", right, d.formTryPost),
		web.GET(at+one+"/document", right, d.formDocument),
		web.POST(at+one+"/document", right, d.formDocumentPost),
		web.GET(at+one+"/document.json", right, d.formDownload),
		web.GET(at+one+"/versions", right, d.formVersions),
		web.POST(at+one+"/versions", right, d.formVersionsPost),
		web.GET(at+one+"/publish", right, d.formPublish),
		web.POST(at+one+"/publish", right, d.formPublishPost),
	}
}

// building is a form as somebody builds it, as pages show it.
type building struct {
	eservice.Edit
	sketch *eform.Sketch
	langs  []i18n.Lang
	config *catalog.Config
	where
}

func (f building) at(b web.Base, parts ...string) string {
	return adminAt(b, append([]string{"forms", string(f.Form)}, parts...)...)
}

// seen names the state that a page shows.
func (f building) seen() string { return fmt.Sprintf("%d.%d.%d", f.Base, f.Seq, f.MadeAt) }

func (f building) hidden(more ...ui.Hidden) []ui.Hidden {
	return append([]ui.Hidden{{Name: "seen", Value: f.seen()}}, more...)
}

// name is what the form is called.
func (f building) name(b web.Base) string {
	if s := f.Settings.Name.In(b.Lang); s != "" {
		return s
	}
	return string(f.Form)
}

// lang is the language in which things are named on the builder's pages: the page's, if the organisation has it.
func (f building) lang(b web.Base) i18n.Lang {
	if slices.Contains(f.langs, b.Lang) || len(f.langs) == 0 {
		return b.Lang
	}
	return f.langs[0]
}

// word is a text of the form in the builder's language, or in another.
func (f building) word(b web.Base, key, standIn string) string {
	for _, l := range append([]i18n.Lang{f.lang(b)}, f.langs...) {
		if s := f.sketch.Text(l, key); s != "" {
			return s
		}
	}
	return standIn
}

func (d *Door) openForm(v *web.Visit) (building, error) {
	e, err := d.Forms.Build(v.Ctx(), v.Actor(), v.OrgID(), ids.Form(v.R.PathValue("form")))
	if err != nil {
		return building{}, err
	}
	return building{Edit: e, sketch: eform.Sketched(e.Document), langs: v.Org.Org.Languages, config: v.Org, where: whereOf(v)}, nil
}

// openSeen is openForm of the state that a form of a page names; Conflict "forms.edited" when there is another by now.
func (d *Door) openSeen(v *web.Visit) (building, error) {
	f, err := d.openForm(v)
	if err == nil && v.Form("seen") != f.seen() {
		err = fault.Conflict("forms.edited", nil)
	}
	return f, err
}

// forms lists the forms, those in force and those that are being built.
func (d *Door) forms(v *web.Visit) error { return d.showForms(v, "", nil) }

func (d *Door) showForms(v *web.Visit, typed string, why error) error {
	edits, err := d.Forms.Building(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return show(v, done(v, newFormsPage(page(v, ""), v.Org, edits, typed, why)))
}

func newFormsPage(b web.Base, c *catalog.Config, edits []eservice.Edit, typed string, why error) DeskPage {
	b.Title = b.T("forms.build.title")
	p := DeskPage{Base: b, Lead: b.T("forms.build.lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	table := ui.TableData{Caption: b.T("forms.build.list"), HideCaption: true, Head: []string{b.T("common.name"), b.T("people.state"), b.T("invitations.act_head")}}
	copies := []ui.Option{{Text: b.T("forms.build.empty")}}
	row := func(id ids.Form, name, state string) {
		table.Rows = append(table.Rows, []ui.Cell{{Text: name}, {Text: state}, {Content: ui.A(ui.Link{Href: adminAt(b, "forms", string(id)), Text: b.T("forms.build.open"), Hidden: name})}})
		copies = append(copies, ui.Option{Value: string(id), Text: b.T("forms.build.copy_of", "name", name)})
	}
	isBuilt := func(id ids.Form) bool {
		return slices.ContainsFunc(edits, func(e eservice.Edit) bool { return e.Form == id })
	}
	for _, f := range c.Forms {
		state := b.T("forms.build.in_force")
		if f.Closed {
			state = b.T("forms.build.is_closed")
		}
		if isBuilt(f.ID) {
			state += "; " + b.T("forms.build.changed")
		}
		row(f.ID, f.Name.In(b.Lang), state)
	}
	for _, e := range edits {
		if _, err := c.Form(e.Form); err != nil {
			row(e.Form, e.Settings.Name.In(b.Lang), b.T("forms.build.being_built"))
		}
	}
	p.Parts = []web.Component{
		listOf(b.T("forms.build.list"), table, b.T("forms.build.none")),
		section(b.T("forms.build.new"), b.T("forms.build.new_lead"), shortForm(ui.FormData{Action: adminAt(b, "forms")}, b.T("forms.build.begin"),
			ui.TextField(b.Printer, ui.Field{Name: "name", Label: b.T("forms.build.name"), Value: typed, Error: t.At("name"), Autocomplete: "off"}),
			ui.Select(b.Printer, ui.SelectField{Name: "of", Label: b.T("forms.build.from"), Options: copies}),
		)),
	}
	return p
}

// shortForm is fields and one button.
func shortForm(f ui.FormData, yes string, fields ...web.Component) web.Component {
	return form(f, ui.Button{Text: yes}, ui.Link{}, fields...)
}

// formsPost begins a form, or copies one.
func (d *Door) formsPost(v *web.Visit) error {
	id, err := d.Forms.Begin(v.Ctx(), v.Actor(), v.OrgID(), v.Lang, v.Form("name"), ids.Form(v.Form("of")))
	if fault.Is(err, fault.KindInvalid) {
		return d.showForms(v, v.Form("name"), err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "forms", string(id)))
}

// formBuilt shows a form as it is built, with what is wrong with it.
func (d *Door) formBuilt(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	p := newFormPage(page(v, ""), f)
	if v.Query("done") != "" && slices.Contains([]string{"kept", "undone", "published", "back"}, v.Query("done")) {
		p.Done = p.T("forms.build.done." + v.Query("done"))
	}
	return show(v, p)
}

// newFormPage is the form with its steps and questions, each with what can be done with it.
func newFormPage(b web.Base, f building) DeskPage {
	b.Title = f.name(b)
	p := DeskPage{Base: b, Back: adminAt(b, "forms")}
	state := b.T("forms.build.not_changed")
	if f.Seq > 0 {
		state = b.T("forms.build.kept_at", "at", f.time(b, f.MadeAt))
	}
	p.Lead = state
	p.Parts = append(p.Parts, ui.LinkRow(b.T("forms.build.pages"), []ui.Link{
		{Href: f.at(b, "settings"), Text: b.T("forms.build.settings")},
		{Href: f.at(b, "try"), Text: b.T("forms.build.try")},
		{Href: f.at(b, "versions"), Text: b.T("forms.build.versions")},
		{Href: f.at(b, "document"), Text: b.T("forms.build.document")},
	}))
	p.Parts = append(p.Parts, f.wrongs(b)...)
	items := f.sketch.Items()
	where := []ui.Option{}
	for i, s := range items {
		name := f.itemName(b, s)
		where = append(where, ui.Option{Value: s.Path, Text: b.T("forms.build.step_n", "n", i+1, "name", name)})
		table := ui.TableData{Caption: name, HideCaption: true, Head: []string{b.T("forms.build.question"), b.T("forms.build.kind"), b.T("invitations.act_head")}}
		f.rows(b, &table, &where, s.Items, 0)
		head := []web.Component{ui.RowActions(f.acts(b, s))}
		if len(table.Rows) == 0 {
			head = append(head, ui.Muted(b.T("forms.build.nothing_asked")))
		} else {
			head = append(head, ui.Table(table))
		}
		p.Parts = append(p.Parts, section(b.T("forms.build.step_n", "n", i+1, "name", name), "", head...))
	}
	kinds := []ui.Option{}
	for _, k := range append(slices.Clone(eform.Kinds), eform.GroupItem, eform.TextItem) {
		kinds = append(kinds, ui.Option{Value: string(k), Text: b.T("forms.kind." + string(k))})
	}
	p.Parts = append(p.Parts,
		section(b.T("forms.build.add"), "", shortForm(ui.FormData{Action: f.at(b), Hidden: f.hidden(ui.Hidden{Name: "do", Value: "add"})}, b.T("forms.build.add_button"),
			ui.TextField(b.Printer, ui.Field{Name: "label", Label: b.T("forms.build.label"), Hint: b.T("forms.build.label_hint"), Autocomplete: "off"}),
			ui.Select(b.Printer, ui.SelectField{Name: "kind", Label: b.T("forms.build.answer"), Options: kinds}),
			ui.Select(b.Printer, ui.SelectField{Name: "in", Label: b.T("forms.build.in"), Options: where, Value: last(items)}),
		)),
		section(b.T("forms.build.add_step"), "", shortForm(ui.FormData{Action: f.at(b), Hidden: f.hidden(ui.Hidden{Name: "do", Value: "step"})}, b.T("forms.build.add_step"),
			ui.TextField(b.Printer, ui.Field{Name: "step", Label: b.T("forms.build.step_name"), Autocomplete: "off"}),
		)),
	)
	if f.Seq > 0 {
		p.Parts = append(p.Parts, section(b.T("forms.build.then"), "",
			ui.RowActions([]web.Component{
				ui.LinkButton(ui.Primary, ui.Link{Href: f.at(b, "publish"), Text: b.T("forms.build.publish")}),
				rowAct(ui.FormData{Action: f.at(b), Hidden: f.hidden(ui.Hidden{Name: "do", Value: "undo"})}, ui.Button{Text: b.T("forms.build.undo"), Look: ui.Secondary}),
				rowAct(ui.FormData{Action: f.at(b), Hidden: f.hidden(ui.Hidden{Name: "do", Value: "discard"})}, ui.Button{Text: b.T("forms.build.discard"), Look: ui.Tertiary}),
			})))
	}
	return p
}

func last(items []eform.Item) string {
	if len(items) == 0 {
		return ""
	}
	return items[len(items)-1].Path
}

// itemName is what a thing on a form is called.
func (f building) itemName(b web.Base, it eform.Item) string {
	standIn := it.Scope
	if i := strings.LastIndex(standIn, "/"); i >= 0 {
		standIn = standIn[i+1:]
	}
	if standIn == "" {
		standIn = b.T("forms.build.unnamed")
	}
	s := f.word(b, it.Key+it.Suffix, standIn)
	if r := []rune(s); len(r) > 90 {
		s = string(r[:90]) + "…"
	}
	return s
}

// rows are the questions of a step, those within others below them.
func (f building) rows(b web.Base, t *ui.TableData, where *[]ui.Option, items []eform.Item, depth int) {
	for _, it := range items {
		name := strings.Repeat("– ", depth) + f.itemName(b, it)
		kind := b.T("forms.build.own_kind")
		if it.Kind != "" {
			kind = b.T("forms.kind." + string(it.Kind))
		}
		if it.Required {
			kind += ", " + b.T("forms.build.required")
		}
		if it.Sum.Op != "" || it.Sum.Own {
			kind += ", " + b.T("forms.build.calculated")
		}
		if it.Rule.Test != "" || it.Rule.Own {
			kind += ", " + b.T("forms.build.conditional")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: name}, {Text: kind}, {Content: ui.RowActions(f.acts(b, it))}})
		if it.Kind == eform.Repeated || it.Kind == eform.GroupItem {
			*where = append(*where, ui.Option{Value: it.Path, Text: b.T("forms.build.within", "name", f.itemName(b, it))})
		}
		f.rows(b, t, where, it.Items, depth+1)
	}
}

// acts are what can be done with a thing.
func (f building) acts(b web.Base, it eform.Item) []web.Component {
	name := f.itemName(b, it)
	act := func(do string) web.Component {
		return rowAct(ui.FormData{Action: f.at(b), Hidden: f.hidden(ui.Hidden{Name: "do", Value: do}, ui.Hidden{Name: "at", Value: it.Path})}, ui.Button{Text: b.T("forms.build." + do), Hidden: name, Look: ui.Tertiary})
	}
	return []web.Component{ui.A(ui.Link{Href: f.at(b, "item") + "?at=" + it.Path, Text: b.T("forms.build.edit"), Hidden: name}), act("up"), act("down"), act("delete")}
}

// wrongs say what stands in the way of publishing, with links to where it is mended.
func (f building) wrongs(b web.Base) []web.Component {
	def, mistakes := eform.Parse(f.Document)
	var links []ui.Link
	for _, m := range mistakes {
		links = append(links, f.mistakeLink(b, m))
	}
	if len(links) > 0 {
		return []web.Component{section(b.T("forms.build.wrong"), b.T("forms.build.wrong_lead"), ui.LinkList(links))}
	}
	links = f.untold(b, def)
	if len(links) == 0 {
		return []web.Component{ui.Muted(b.T("forms.build.sound"))}
	}
	if len(links) > 20 {
		links = links[:20]
	}
	return []web.Component{section(b.T("forms.build.untold"), b.T("forms.build.untold_lead"), ui.LinkList(links))}
}

// untold are links to the things that lack texts, each with the languages it lacks them in.
func (f building) untold(b web.Base, def *eform.Definition) (links []ui.Link) {
	type lack struct {
		link  ui.Link
		name  string
		langs []string
	}
	var lacks []*lack
	at := map[string]*lack{}
	for _, l := range f.langs {
		for _, m := range def.Untold(l) {
			one := &lack{name: m.Key}
			if it, ok := f.speaker(m.Key); ok {
				one.name = f.itemName(b, it)
				one.link.Href = f.at(b, "item") + "?at=" + it.Path
			}
			key := one.link.Href + " " + one.name
			if at[key] == nil {
				at[key] = one
				lacks = append(lacks, one)
			}
			if name := languageName(b, l); !slices.Contains(at[key].langs, name) {
				at[key].langs = append(at[key].langs, name)
			}
		}
	}
	for _, one := range lacks {
		one.link.Text = b.T("forms.build.untold_in", "name", one.name, "langs", strings.Join(one.langs, ", "))
		links = append(links, one.link)
	}
	return links
}

// speaker is the thing whose texts begin with the longest part of a text's key.
func (f building) speaker(key string) (of eform.Item, ok bool) {
	var look func(items []eform.Item)
	look = func(items []eform.Item) {
		for _, it := range items {
			if it.Key != "" && len(it.Key) > len(of.Key) && strings.HasPrefix(key, it.Key+".") {
				of, ok = it, true
			}
			look(it.Items)
		}
	}
	look(f.sketch.Items())
	return of, ok
}

func (f building) mistakeLink(b web.Base, m eform.Mistake) ui.Link {
	args := []any{}
	for k, v := range m.Args {
		args = append(args, k, v)
	}
	l := ui.Link{Text: b.T(m.Key, args...), Href: f.at(b, "document")}
	var path []string
	parts := strings.Split(m.Where, "/")
	for i := 0; i+1 < len(parts); i++ {
		if parts[i] == "elements" {
			path = append(path, parts[i+1])
		}
	}
	at := strings.Join(path, "/")
	if _, ok := f.sketch.Item(at); !ok || at == "" {
		named := parts[len(parts)-1]
		at, _ = f.find(func(it eform.Item) bool {
			return it.Scope != "" && (strings.HasSuffix(it.Scope, "/"+named) || strings.Contains(m.Where+"/", "/"+it.Scope[strings.LastIndex(it.Scope, "/")+1:]+"/"))
		})
	}
	if it, ok := f.sketch.Item(at); ok && at != "" {
		l.Href, l.Text = f.at(b, "item")+"?at="+at, f.itemName(b, it)+": "+l.Text
	}
	return l
}

// find is the place of the first thing of which something is true.
func (f building) find(is func(eform.Item) bool) (at string, ok bool) {
	var look func(items []eform.Item) bool
	look = func(items []eform.Item) bool {
		for _, it := range items {
			if is(it) {
				at = it.Path
				return true
			}
			if look(it.Items) {
				return true
			}
		}
		return false
	}
	return at, look(f.sketch.Items())
}

// formDo does one thing with the form: adds, moves, deletes, undoes.
func (d *Door) formDo(v *web.Visit) error {
	f, err := d.openSeen(v)
	if err != nil {
		return err
	}
	b := baseOf(v)
	lang := f.lang(web.Base{Lang: v.Lang})
	to, ok := f.at(b)+"?done=kept", true
	switch do, at := v.Form("do"), v.Form("at"); do {
	case "undo":
		if err := d.Forms.Undo(v.Ctx(), v.Actor(), v.OrgID(), f.Form, f.Seq); err != nil {
			return err
		}
		return d.afterUndo(v, f)
	case "discard":
		if err := d.Forms.Discard(v.Ctx(), v.Actor(), v.OrgID(), f.Form, f.Seq); err != nil {
			return err
		}
		return d.afterUndo(v, f)
	case "step":
		path := f.sketch.AddStep()
		it, _ := f.sketch.Item(path)
		f.sketch.Say(lang, it.Key+it.Suffix, oneLine(v.Form("step")))
	case "add":
		var path string
		label := oneLine(v.Form("label"))
		if path, ok = f.sketch.Add(v.Form("in"), eform.Kind(v.Form("kind")), label); ok {
			it, _ := f.sketch.Item(path)
			f.sketch.Say(lang, it.Key+it.Suffix, label)
			to = f.at(b, "item") + "?at=" + path
		}
	case "up", "down":
		by := 1
		if do == "up" {
			by = -1
		}
		if _, ok = f.sketch.Move(at, by); !ok {
			return v.SeeOther(f.at(b)) // it stands there already
		}
	case "delete":
		ok = f.sketch.Delete(at)
	default:
		ok = false
	}
	if !ok {
		return fault.Conflict("forms.edited", nil)
	}
	f.Document = f.sketch.Document()
	if err := d.Forms.Keep(v.Ctx(), v.Actor(), f.Edit); err != nil {
		return err
	}
	return v.SeeOther(to)
}

// afterUndo leads back to the form, or to the list when there is nothing left of it.
func (d *Door) afterUndo(v *web.Visit, f building) error {
	if _, err := d.openForm(v); fault.Is(err, fault.KindNotFound) {
		return v.SeeOther(adminAt(baseOf(v), "forms"))
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=undone")
}

// oneLine is a line as it was typed, without what does not belong there.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	if clean, ok := i18n.CleanLine(s); ok {
		s = clean
	}
	if r := []rune(s); len(r) > 500 {
		s = string(r[:500])
	}
	return s
}
