package mailbox

import (
	"strconv"

	"luukku/base/fault"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// settingsFacts is what the settings are made of.
type settingsFacts struct {
	clock
	Mine  mailbox.Mine
	Tell  tellForm
	Names names
	Until string // as typed
	Done  string
	Why   error // of paper for a while
	Wrong string
}

func (d *Door) settingsOf(v *web.Visit, m mailbox.Mine) (f settingsFacts, err error) {
	f = settingsFacts{clock: clockOf(v), Mine: m}
	if f.Tell, err = d.tellOf(v, m); err != nil {
		return f, err
	}
	_, f.Names, err = d.orgs(v.Ctx())
	return f, err
}

func (d *Door) settings(v *web.Visit, m mailbox.Mine) error {
	f, err := d.settingsOf(v, m)
	if err != nil {
		return err
	}
	f.Done = v.Query("done")
	return show(v, newSettingsPage(v.Base(""), f))
}

// settingsPost keeps how somebody wants to be told, and the terms when they accepted new ones.
func (d *Door) settingsPost(v *web.Visit, m mailbox.Mine) error {
	f, err := d.settingsOf(v, m)
	if err != nil {
		return err
	}
	f.Tell.typed(v)
	r := mailbox.SetRequest{TellEmail: f.Tell.Email, TellPhone: f.Tell.Phone, Lang: f.Tell.Lang, Seen: numberOf(v.Form("seen"))}
	if f.Tell.Accepted {
		r.Terms = v.Form("version")
	}
	err = d.Boxes.Set(v.Ctx(), v.Actor(), r)
	switch {
	case fault.Is(err, fault.KindInvalid):
		f.Tell.Why, f.Tell.Accepted = err, false
		return show(v, newSettingsPage(v.Base(""), f))
	case fault.IsKey(err, "letter.changed"):
		f.Wrong = v.P.T("mailbox.settings.same")
		return show(v, newSettingsPage(v.Base(""), f))
	case err != nil:
		return err
	}
	return v.SeeOther(d.at(v, "settings") + "?done=saved")
}

// paper has letters sent on paper until the end of a day.
func (d *Door) paper(v *web.Visit, m mailbox.Mine) error {
	c, typed := clockOf(v), v.Form("until")
	day, ok := dayTyped(typed)
	var err error
	switch {
	case !ok:
		err = wrongAt("until", "field.date")
	case day.IsZero():
		err = wrongAt("until", "field.required")
	default:
		err = d.Boxes.PaperUntil(v.Ctx(), v.Actor(), c.lastSecond(day))
	}
	if fault.Is(err, fault.KindInvalid) {
		f, readErr := d.settingsOf(v, m)
		if readErr != nil {
			return readErr
		}
		f.Until, f.Why = typed, err
		return show(v, newSettingsPage(v.Base(""), f))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "settings") + "?done=paper")
}

// paperless has letters come without paper again.
func (d *Door) paperless(v *web.Visit, _ mailbox.Mine) error {
	if err := d.Boxes.Paperless(v.Ctx(), v.Actor()); err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "settings") + "?done=back")
}

// closing says what follows when the mailbox is closed.
func (d *Door) closing(v *web.Visit, m mailbox.Mine) error {
	if !m.Open() {
		return v.SeeOther(d.at(v))
	}
	return show(v, newClosePage(v.Base("")))
}

func (d *Door) closePost(v *web.Visit, _ mailbox.Mine) error {
	if err := d.Boxes.Close(v.Ctx(), v.Actor()); err != nil {
		return err
	}
	return v.SeeOther(d.at(v) + "?done=close")
}

func newClosePage(b web.Base) Page {
	p := newPage(b, b.T("mailbox.close.title"))
	p.Back, p.Lead = at(b, "settings"), b.T("mailbox.close.lead")
	points := []string{b.T("mailbox.close.paper"), b.T("mailbox.close.kept"), b.T("mailbox.close.no_writing"), b.T("mailbox.close.reopen")}
	if name := owner(b); name != "" {
		points = append([]string{b.T("mailbox.shared.close", "name", name)}, points...)
	}
	p.add(
		ui.BulletList(points),
		parts.Form(ui.FormData{Action: at(b, "close")}, parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.close.button"), Look: ui.Destructive}), ui.LinkButton(ui.Tertiary, ui.Link{Href: p.Back, Text: b.T("mailbox.close.cancel")}))),
	)
	return p
}

// onPaper reports whether letters come on paper for a while.
func (f settingsFacts) onPaper() bool {
	return f.Mine.Preference.Channel == mailbox.Paper && f.Mine.Preference.Until > 0
}

func newSettingsPage(b web.Base, f settingsFacts) Page {
	p := newPage(b, b.T("mailbox.page.settings"))
	p.Back, p.Wrong = at(b), f.Wrong
	switch f.Done {
	case "saved", "paper", "back":
		p.Done = b.T("mailbox.settings." + map[string]string{"saved": "saved", "paper": "paper_saved", "back": "back_saved"}[f.Done])
	}
	why := f.Why
	if why == nil {
		why = f.Tell.Why
	}
	t := web.TroubleOf(b, why)
	p.blame(t)
	if !f.Mine.Open() {
		p.add(notice(ui.Warning, b.T("mailbox.page.closed")), ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "open"), Text: b.T("mailbox.page.reopen")}))
		p.add(ui.Spacer(), f.history(b), ui.LinkList([]ui.Link{{Href: at(b, "export"), Text: b.T("mailbox.export.title")}}))
		return p
	}
	fields := f.Tell.tellFields(b)
	if f.Mine.TermsNew {
		p.add(notice(ui.Warning, b.T("mailbox.settings.terms")), f.Tell.termsText(b))
		fields = append(fields, f.Tell.accept(b, t))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("mailbox.settings.save")}))
	p.add(parts.Form(ui.FormData{Action: at(b, "settings"), Hidden: []ui.Hidden{{Name: "seen", Value: numberText(f.Tell.Seen)}, {Name: "version", Value: f.Tell.Terms.Version}}}, fields...))
	if rules := f.grounds(b); len(rules) > 0 {
		p.add(parts.SectionAt("rules", b.T("mailbox.grounds"), ui.BulletList(rules)))
	}
	if f.Mine.Company == "" {
		p.add(f.paperPart(b, t))
	}
	p.add(ui.Spacer(), f.history(b), ui.LinkList([]ui.Link{{Href: at(b, "export"), Text: b.T("mailbox.export.title")}, {Href: at(b, "close"), Text: b.T("mailbox.settings.close")}}))
	return p
}

// paperPart asks for paper until a day, or for an end of it.
func (f settingsFacts) paperPart(b web.Base, t web.Trouble) web.Component {
	title := b.T("mailbox.settings.paper")
	if f.Mine.NoChoice {
		return parts.SectionAt("paper", title, ui.P(b.T("mailbox.no_choice")))
	}
	if f.onPaper() {
		return parts.SectionAt("paper", title, ui.P(b.T("mailbox.page.on_paper", "date", f.date(b, f.Mine.Preference.Until))),
			parts.Form(ui.FormData{Action: at(b, "paperless")}, ui.SubmitButton(ui.Button{Text: b.T("mailbox.settings.back"), Look: ui.Secondary})))
	}
	return parts.SectionAt("paper", title, ui.P(b.T("mailbox.settings.paper_lead")), parts.Form(ui.FormData{Action: at(b, "paper")},
		ui.TextField(b.Printer, ui.Field{
			Name: "until", Label: b.T("mailbox.settings.until"), Hint: b.T("mailbox.find.day_hint"), Value: f.Until, Error: t.At("until"), Short: true, Autocomplete: "off",
		}),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.settings.paper_button"), Look: ui.Secondary})))
}

// grounds say which law has letters come without paper, from when on, and whether paper can be chosen.
func (f settingsFacts) grounds(b web.Base) []string {
	var out []string
	for _, g := range f.Mine.Grounds {
		key := "mailbox.ground_must"
		if g.Choice {
			key = "mailbox.ground_may"
		}
		out = append(out, b.T(key, "date", b.Printer.ShortDate(g.From.At(0, f.zone)), "source", g.Source))
	}
	return out
}

// history is what somebody has said about letters, the newest first.
func (f settingsFacts) history(b web.Base) web.Component {
	t := ui.TableData{Caption: b.T("mailbox.settings.history"), Head: []string{
		b.T("mailbox.settings.h_from"), b.T("mailbox.settings.h_until"), b.T("mailbox.settings.h_way"), b.T("mailbox.settings.h_basis"),
	}}
	for i := len(f.Mine.History) - 1; i >= 0; i-- {
		h := f.Mine.History[i]
		until, way := "–", b.T("mailbox.settings.way_"+string(h.Channel))
		if h.Until > 0 {
			until = f.at(b, h.Until)
		}
		if h.Org != "" {
			way = b.T("mailbox.settings.only_org", "way", way, "org", f.Names.in(b.Lang, h.Org))
		}
		basis := b.T("mailbox.settings.basis_" + string(h.Basis))
		if h.How != "" { // an authority recorded it
			basis = b.T("mailbox.settings.recorded", "basis", basis, "org", f.Names.in(b.Lang, h.Org))
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: f.at(b, h.From)}, {Text: until}, {Text: way}, {Text: basis}})
	}
	return ui.Table(t)
}

func numberOf(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0 // no mailbox has this version
	}
	return n
}

func numberText(n int64) string { return strconv.FormatInt(n, 10) }
