package admin

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// organisations lists who is served here.
func (d *Door) organisations(v *web.Visit) error {
	list, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	return show(v, newOrganisationsPage(page(v, ""), list))
}

func newOrganisationsPage(b web.Base, list []org.Organisation) DeskPage {
	b.Title = b.T("organisations.title")
	p := DeskPage{Base: b, Lead: b.T("organisations.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("common.name"), b.T("organisations.address"), b.T("config.do")}}
	for _, o := range list {
		name := o.Name.In(b.Lang)
		t.Rows = append(t.Rows, []ui.Cell{{Text: name}, {Content: ui.A(ui.Link{Href: web.Path(b.Lang, o.ID), Text: web.Path(b.Lang, o.ID)})}, {Content: ui.A(
			ui.Link{Href: web.Path(b.Lang, "", "admin", string(o.ID), "config"), Text: b.T("organisations.config"), Hidden: name})}})
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "organisations", "new"), Text: b.T("organisations.new")}),
		listOf(b.T("organisations.list"), t, b.T("organisations.none")),
	}
	return p
}

// foundFields are what is asked of a new organisation.
var foundFields = []string{"name", "languages", "country", "zone"}

// organisationNew asks for a new organisation.
func (d *Door) organisationNew(v *web.Visit) error {
	return show(v, newFoundOrgPage(newEditor(page(v, ""), everyLanguage(), blueprint.Ref{}, url.Values{"languages": {string(v.Lang)}})))
}

// everyLanguage is an organisation of which nothing is known but that all languages may be asked for.
func everyLanguage() *blueprint.Organisation {
	o := &blueprint.Organisation{}
	for _, l := range i18n.Languages() {
		o.Languages = append(o.Languages, l.Code)
	}
	return o
}

func newFoundOrgPage(e *editor) DeskPage {
	b := e.Base
	b.Title, b.HasError = b.T("organisations.new"), len(e.summary) > 0
	p := DeskPage{Base: b, Back: adminAt(b, "organisations"), Lead: b.T("organisations.new_lead"), Trouble: e.summary}
	var fields []web.Component
	for _, name := range foundFields {
		f, _ := e.info(name)
		if name == "zone" {
			fields = append(fields, ui.TextField(b.Printer, ui.Field{
				Name: name, Label: b.T("setup.zone"), Hint: b.T("setup.zone_hint"), Value: e.typed.Get(name), Error: e.wrong[name], Optional: true, NoSpelling: true,
			}))
			continue
		}
		fields = append(fields, e.field("organisation", f, "")...)
	}
	fields = append(fields, ui.TextField(b.Printer, ui.Field{
		Name: "slug", Label: b.T("setup.slug"), Hint: b.T("setup.slug_hint"), Value: e.typed.Get("slug"), Error: e.wrong["slug"], NoSpelling: true, Autocomplete: "off",
	}))
	p.Parts = []web.Component{form(ui.FormData{Action: adminAt(b, "organisations", "new")}, ui.Button{Text: b.T("organisations.found")},
		ui.Link{Href: p.Back, Text: b.T("people.cancel")}, fields...)}
	return p
}

// organisationNewPost makes a new organisation.
func (d *Door) organisationNewPost(v *web.Visit) error {
	form := v.R.PostForm
	e := newEditor(page(v, ""), everyLanguage(), blueprint.Ref{}, form)
	r := &formReader{form: form}
	values := r.read("", e.infos, foundFields, "")
	o := blueprint.Organisation{}
	name, _ := values["name"].(i18n.Text)
	langs, _ := values["languages"].([]string)
	first := i18n.Lang("")
	if len(langs) > 0 {
		first = i18n.Lang(langs[0])
	}
	o.ID = ids.Org(strings.ToLower(strings.TrimSpace(v.Form("slug"))))
	if o.ID == "" { // it is hard to change later, so it is never made unseen
		o.ID = ids.Org(suggestSlug(name.In(first)))
		form.Set("slug", string(o.ID))
		r.bad("slug", map[bool]string{true: "field.required", false: "setup.slug_suggested"}[o.ID == ""])
	} else if !ids.ValidSlug(string(o.ID)) || strings.Contains(string(o.ID), "--") {
		r.bad("slug", "setup.slug_invalid")
	} else if org.Reserved(string(o.ID)) {
		r.bad("slug", "setup.slug_reserved")
	}
	values["closed_on_holidays"] = true
	country, _ := values["country"].(string)
	zone, _ := values["zone"].(string)
	values["zone"] = cmp.Or(zone, zones[country])
	problems := o.Set(blueprint.Ref{}, values)
	wrong := r.wrong
	var err error
	if len(wrong) == 0 && len(problems) == 0 {
		problems, err = d.Drafts.Found(v.Ctx(), v.Actor(), o)
	} else {
		problems = append(problems, slices.DeleteFunc(blueprint.Faults(blueprint.Check(o)), func(p blueprint.Problem) bool { return p.Path == "id" })...)
	}
	if f := fault.Of(err); err != nil && f.Kind == fault.KindInvalid {
		wrong, err = f.Fields, nil
	}
	if err != nil {
		return err
	}
	if len(wrong) == 0 && len(problems) == 0 {
		return v.SeeOther(web.Path(v.Lang, "", "admin", string(o.ID), "config") + "?done=added")
	}
	e.faults(wrong)
	e.problems(problems)
	return show(v, newFoundOrgPage(e))
}

// settingParts are the pages of what all organisations share; the first has no name in its address.
var settingParts = []part{
	{"", []string{"name", "languages", "default", "phone_countries", "contact_optional", "erasure_days"}},
	{"mailbox", []string{"mailbox"}},
	{"pages", []string{"pages"}},
	{"guides", []string{"guides"}},
	{"questions", []string{"questions"}},
	{"forms", []string{"forms"}},
	{"topics", []string{"topics"}},
	{"matters", []string{"matters"}},
}

// settingPart is the page that the address names.
func settingPart(v *web.Visit) (part, error) {
	i := slices.IndexFunc(settingParts, func(p part) bool { return p.name == v.R.PathValue("part") })
	if i < 0 {
		return part{}, notThere()
	}
	return settingParts[i], nil
}

// settingsAt is where a page of the settings is.
func settingsAt(b web.Base, p part) string {
	if p.name == "" {
		return adminAt(b, "settings")
	}
	return adminAt(b, "settings", p.name)
}

// settings shows what all organisations share.
func (d *Door) settings(v *web.Visit) error {
	which, err := settingPart(v)
	if err != nil {
		return err
	}
	in, seen, err := d.Drafts.Installed(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	typed := typedOf(blueprint.InstallationFields(), blueprint.RecordOfInstallation(in), "")
	return show(v, done(v, newSettingsPage(installationEditor(page(v, ""), in, typed), which, seen, false, false)))
}

// installationEditor asks for the fields of the installation.
func installationEditor(b web.Base, in blueprint.Installation, typed url.Values) *editor {
	o := &blueprint.Organisation{}
	o.Languages = in.Languages
	return &editor{
		Base: b, o: o, ref: blueprint.Ref{Section: "installation"}, infos: blueprint.InstallationFields(), typed: typed, wrong: map[string]string{}, langs: languagesOf(o),
	}
}

func newSettingsPage(e *editor, which part, seen string, outdated, preview bool) DeskPage {
	b := e.Base
	b.Title, b.HasError = b.T("thing.installation.one"), len(e.summary) > 0 || outdated
	p := DeskPage{Base: b, Lead: b.T("thing.installation.page.help"), Trouble: e.summary}
	if outdated {
		p.Trouble = append(p.Trouble, ui.ErrorItem{Text: b.T("thing.changed_other")})
	}
	var links []ui.Link
	for _, x := range settingParts {
		links = append(links, ui.Link{Href: settingsAt(b, x), Text: b.T("thing.installation.part." + cmp.Or(x.name, "basics")), Current: x.name == which.name})
	}
	p.Parts = []web.Component{ui.LinkRow(b.T("thing.installation.parts"), links)}
	var fields []web.Component
	long := false
	for _, name := range which.fields {
		f, _ := e.info(name)
		fields = append(fields, e.field("installation", f, "")...)
		if preview {
			p.Parts = append(p.Parts, e.look("installation", f, "")...)
		}
		long = long || len(f.Inner) > 0
	}
	if long && which.name != "topics" && which.name != "matters" {
		fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("thing.look"), Look: ui.Secondary, Name: "do", Value: "look"}))
	}
	p.Parts = append(p.Parts, form(ui.FormData{Action: settingsAt(b, which), Hidden: []ui.Hidden{{Name: "seen", Value: seen}}}, ui.Button{Text: b.T("thing.save_now")},
		ui.Link{Href: adminAt(b, "organisations"), Text: b.T("people.cancel")}, fields...))
	return p
}

// look shows the texts of a field, and of what is in it, as readers of the page's language will see them.
func (e *editor) look(section string, f blueprint.FieldInfo, prefix string) []web.Component {
	name := prefix + f.Name
	var out []web.Component
	switch f.Shape {
	case blueprint.ShapeText:
		text := i18n.Text{}
		for _, l := range i18n.Languages() {
			if s := e.typed.Get(name + "-" + string(l.Code)); s != "" {
				text[l.Code] = s
			}
		}
		if len(text) > 0 {
			out = append(out, ui.Muted(e.T("thing."+section+"."+f.Name+".label")), ui.ProseText(e.Printer, text))
		}
	case blueprint.ShapeTable:
		for _, within := range f.Inner {
			out = append(out, e.look(f.Name, within, name+inner)...)
		}
	case blueprint.ShapeTables:
		n, _ := strconv.Atoi(e.typed.Get(name + inner + "n"))
		for i := range min(max(n, 0), mostRows) {
			for _, within := range f.Inner {
				out = append(out, e.look(f.Name, within, name+inner+strconv.Itoa(i)+inner)...)
			}
		}
	}
	if prefix == "" && len(out) > 0 {
		return []web.Component{group(e.Printer, e.T("thing.look_title"), e.T("thing.look_help"), out)}
	}
	return out
}

// settingsPost changes what all organisations share.
func (d *Door) settingsPost(v *web.Visit) error {
	which, err := settingPart(v)
	if err != nil {
		return err
	}
	form := v.R.PostForm
	if v.Form("do") == "look" {
		in, _, err := d.Drafts.Installed(v.Ctx(), v.Actor())
		if err != nil {
			return err
		}
		return show(v, newSettingsPage(installationEditor(page(v, ""), in, form), which, v.Form("seen"), false, true))
	}
	r := &formReader{form: form}
	values := r.read("installation", blueprint.InstallationFields(), which.fields, "")
	var problems []blueprint.Problem
	if len(r.wrong) == 0 {
		problems, err = d.Drafts.SaveInstallation(v.Ctx(), v.Actor(), v.Form("seen"), values)
	}
	outdated := fault.IsKey(err, "draft_config.changed")
	if err != nil && !outdated {
		return err
	}
	if len(r.wrong) == 0 && len(problems) == 0 && !outdated {
		return v.SeeOther(settingsAt(baseOf(v), which) + "?done=saved")
	}
	in, seen, err := d.Drafts.Installed(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	e := installationEditor(page(v, ""), in, form)
	e.faults(r.wrong)
	for i := range problems {
		problems[i].Path = e.ref.Path() + problems[i].Path
	}
	e.problems(problems)
	return show(v, newSettingsPage(e, which, seen, outdated, false))
}
