package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	eform "luukku/domain/form"
	"luukku/web"
	"luukku/web/ui"
)

// settingsNames are the texts of a form's settings.
var settingsNames = []string{"name", "summary", "follows"}

// formSettings asks for what is settled about a form.
func (d *Door) formSettings(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	return show(v, newFormSettingsPage(page(v, ""), f, f.settingsTyped(), web.Trouble{}, false))
}

func (f building) settingsTyped() url.Values {
	t := url.Values{}
	s := f.Settings
	for _, l := range f.langs {
		for i, text := range []i18n.Text{s.Name, s.Summary, s.Follows} {
			t.Set(settingsNames[i]+"."+string(l), text[l])
		}
	}
	for _, x := range s.Services {
		t.Add("services", string(x))
	}
	for _, a := range s.Audience {
		t.Add("audience", string(a))
	}
	for _, x := range s.AppealFor {
		t.Add("appeal_for", x)
	}
	for name, n := range map[string]int{"due_days": s.DueDays, "draft_days": s.DraftDays, "keep_days": s.KeepDays} {
		if n > 0 {
			t.Set(name, strconv.Itoa(n))
		}
	}
	t.Set("level", s.Level)
	t.Set("reply", s.Reply)
	t.Set("signers", s.Signers)
	t.Set("inbox", string(s.Inbox))
	if s.Closed {
		t.Set("closed", "1")
	}
	return t
}

func newFormSettingsPage(b web.Base, f building, typed url.Values, t web.Trouble, outdated bool) DeskPage {
	b.Title = b.T("forms.build.settings")
	b.HasError = len(t.Items) > 0 || outdated
	p := DeskPage{Base: b, Back: f.at(b), Lead: b.T("forms.build.settings_lead")}
	p.blame(t)
	if outdated {
		p.Wrong = b.T("forms.edited_kept")
	}
	label := func(name string) string { return b.T("thing.forms." + name + ".label") }
	help := func(name string) string {
		if key := "thing.forms." + name + ".help"; b.Printer.Has(key) {
			return b.T(key)
		}
		return ""
	}
	var fields []web.Component
	for i, name := range settingsNames {
		var in []web.Component
		for _, l := range f.langs {
			field := ui.Field{Name: name + "." + string(l), ID: name + "-" + string(l), Label: languageName(b, l), Value: typed.Get(name + "." + string(l)), Error: t.At(name + "." + string(l)), Optional: true, Autocomplete: "off", Rows: 3}
			if i == 0 {
				in = append(in, ui.TextField(b.Printer, field))
			} else {
				in = append(in, ui.TextArea(b.Printer, field))
			}
		}
		fields = append(fields, sideBySide(b.Printer, label(name), help(name), in))
	}
	services := ui.Choices{Name: "services", Legend: label("services"), Hint: help("services"), Optional: true, Error: t.At("services")}
	for _, s := range f.config.Services {
		services.Options = append(services.Options, ui.Choice{Value: string(s.ID), Label: s.Name.In(b.Lang), Checked: slices.Contains(typed["services"], string(s.ID))})
	}
	if len(services.Options) > 0 {
		fields = append(fields, ui.Checkboxes(b.Printer, services))
	}
	audience := ui.Choices{Name: "audience", Legend: label("audience"), Hint: help("audience"), Optional: true}
	for _, a := range catalog.Audiences {
		audience.Options = append(audience.Options, ui.Choice{Value: string(a), Label: b.T("forms.audience." + string(a)), Checked: slices.Contains(typed["audience"], string(a))})
	}
	fields = append(fields, ui.Checkboxes(b.Printer, audience))
	choose := func(name string, options []ui.Option) {
		fields = append(fields, ui.Select(b.Printer, ui.SelectField{Name: name, Label: label(name), Hint: help(name), Value: typed.Get(name), Options: options, Error: t.At(name)}))
	}
	words := func(key string, list []string) (out []ui.Option) {
		for _, s := range list {
			out = append(out, ui.Option{Value: s, Text: b.T(key + s)})
		}
		return out
	}
	choose("level", words("forms.level.", catalog.Levels))
	choose("reply", words("forms.reply.", catalog.Replies))
	choose("signers", words("forms.signers.", catalog.AllSigners))
	inboxes := []ui.Option{{Text: b.T("forms.build.no_inbox")}}
	for _, x := range f.config.Inboxes {
		inboxes = append(inboxes, ui.Option{Value: string(x.ID), Text: x.Name.In(b.Lang)})
	}
	choose("inbox", inboxes)
	appeal := ui.Choices{Name: "appeal_for", Legend: label("appeal_for"), Hint: help("appeal_for"), Optional: true}
	for _, x := range catalog.Outcomes {
		appeal.Options = append(appeal.Options, ui.Choice{Value: x, Label: b.T("submission.outcome." + x), Checked: slices.Contains(typed["appeal_for"], x)})
	}
	fields = append(fields, ui.Checkboxes(b.Printer, appeal))
	for _, name := range []string{"due_days", "draft_days", "keep_days"} {
		fields = append(fields, ui.TextField(b.Printer, ui.Field{Name: name, Label: label(name), Hint: help(name), Value: typed.Get(name), Error: t.At(name), Optional: true, Short: true, InputMode: "numeric", Autocomplete: "off"}))
	}
	fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "closed", Label: label("closed"), Hint: help("closed"), Checked: typed.Get("closed") != ""}))
	p.Parts = append(p.Parts, form2link(b, ui.FormData{Action: f.at(b, "settings"), Hidden: f.hidden()}, f.at(b), fields))
	return p
}

// formSettingsPost changes what is settled about a form.
func (d *Door) formSettingsPost(v *web.Visit) error {
	f, err := d.openForm(v)
	if err != nil {
		return err
	}
	if err := v.R.ParseForm(); err != nil {
		return fault.Invalid("error.bad_request", nil).Because(err)
	}
	typed := v.R.PostForm
	if typed.Get("seen") != f.seen() {
		return v.Render(409, ShowDesk(newFormSettingsPage(page(v, ""), f, typed, web.Trouble{}, true)))
	}
	s := &f.Settings
	var wrong []fault.Field
	texts := []*i18n.Text{&s.Name, &s.Summary, &s.Follows}
	for i, name := range settingsNames {
		*texts[i] = i18n.Text{}
		for _, l := range f.langs {
			text, _ := i18n.CleanText(typed.Get(name + "." + string(l)))
			if text = strings.TrimSpace(text); text != "" {
				(*texts[i])[l] = text
			}
		}
	}
	if len(s.Name) == 0 {
		wrong = append(wrong, fault.Field{Name: "name." + string(f.langs[0]), Key: "forms.needs_name"})
	}
	s.Services, s.Audience, s.AppealFor = nil, nil, nil
	for _, x := range catalog.Outcomes {
		if slices.Contains(typed["appeal_for"], x) {
			s.AppealFor = append(s.AppealFor, x)
		}
	}
	for _, x := range typed["services"] {
		if _, err := f.config.Service(ids.Service(x)); err == nil {
			s.Services = append(s.Services, ids.Service(x))
		}
	}
	for _, a := range typed["audience"] {
		if slices.Contains(catalog.Audiences, catalog.Audience(a)) {
			s.Audience = append(s.Audience, catalog.Audience(a))
		}
	}
	s.Level, s.Reply, s.Signers, s.Inbox, s.Closed = typed.Get("level"), typed.Get("reply"), typed.Get("signers"), ids.Inbox(typed.Get("inbox")), typed.Get("closed") != ""
	for name, to := range map[string]*int{"due_days": &s.DueDays, "draft_days": &s.DraftDays, "keep_days": &s.KeepDays} {
		*to = 0
		if t := strings.TrimSpace(typed.Get(name)); t != "" {
			n, err := strconv.Atoi(t)
			if err != nil || n < 0 || n > 36_500 {
				wrong = append(wrong, fault.Field{Name: name, Key: "forms.needs_number"})
			}
			*to = n
		}
	}
	if key := f.config.NotOpen(s); key != "" {
		wrong = append(wrong, fault.Field{Name: "level", Key: key})
	} else if def, bad := eform.Parse(f.Document); s.Open() && len(bad) == 0 && def.NeedsKnown() {
		wrong = append(wrong, fault.Field{Name: "level", Key: "forms.not_open.prefill"})
	}
	if len(wrong) > 0 {
		b := page(v, "")
		return show(v, newFormSettingsPage(b, f, typed, web.TroubleOf(b, fault.Invalid("form.invalid", nil, wrong...)), false))
	}
	if err := d.Forms.Keep(v.Ctx(), v.Actor(), f.Edit); err != nil {
		return err
	}
	return v.SeeOther(f.at(baseOf(v)) + "?done=kept")
}
