package lobby

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// walkFacts is what the page is made of on which somebody without an appointment gets a number.
type walkFacts struct {
	deskFacts
	Typed func(string) string
	Why   error
}

// walkIn asks for what somebody has come.
func (d *Door) walkIn(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	return d.showWalkIn(v, o, nil)
}

func (d *Door) showWalkIn(v *web.Visit, o *org.Office, why error) error {
	f, err := d.facts(v, o, "")
	if err != nil {
		return err
	}
	if typed := v.Form("key"); typed != "" {
		f.Key = ids.FormKey(typed)
	}
	return d.show(v, newWalkInPage(d.page(v), walkFacts{deskFacts: f, Typed: v.Form, Why: why}))
}

func newWalkInPage(b web.Base, f walkFacts) Page {
	b.Title = b.T("lobby.add_walk_in")
	p := Page{Base: b, Back: f.action(b)}
	tr := web.TroubleOf(b, f.Why)
	p.blame(tr)
	langs := make([]ui.Option, 0, len(f.Config.Org.Languages))
	for _, l := range f.Config.Org.Languages {
		langs = append(langs, ui.Option{Value: string(l), Text: b.T("lobby.lang." + string(l))})
	}
	services := append([]ui.Option{{Text: b.T("lobby.service_choose")}}, servicesOf(b, f.Config, f.Office.ID, "")...)
	return p.with(parts.Form(ui.FormData{Action: f.action(b, "walk-in"), Hidden: f.with()},
		ui.Select(b.Printer, ui.SelectField{Name: "service", Label: b.T("common.service"), Value: f.Typed("service"), Options: services, Error: tr.At("service")}),
		ui.Select(b.Printer, ui.SelectField{Name: "lang", Label: b.T("lobby.lang_label"), Value: cmp.Or(f.Typed("lang"), string(b.Lang)), Options: langs}),
		ui.Checkboxes(b.Printer, ui.Choices{Name: "speaks", Legend: b.T("lobby.speaks_legend"), Options: []ui.Choice{
			{Value: "yes", Label: b.T("lobby.speaks_only"), Checked: f.Typed("speaks") == "yes"},
		}}),
		ui.FieldRow(priorityField(b, cmp.Or(f.Typed("priority"), "0"), tr.At("priority")), reasonField(b, "reason", f.Typed("reason"), tr.At("reason"))),
		parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("lobby.give_number"), Key: b.Keys.Of(staff.CallNext)}),
			ui.LinkButton(ui.Tertiary, ui.Link{Href: f.action(b), Text: b.T("lobby.to_desk")}),
		),
	))
}

// walkInPost gives a number.
func (d *Door) walkInPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	service := ids.Service(v.Form("service"))
	if _, _, err := v.Org.Offered(service, o.ID); err != nil {
		return d.showWalkIn(v, o, wrongAt("service", "error.field.choose"))
	}
	n, _ := strconv.Atoi(v.Form("priority")) // what is no number is none
	r := queue.TakeRequest{
		Org: v.OrgID(), Office: o.ID, Service: service, Lang: i18n.Lang(v.Form("lang")), Speaks: v.Form("speaks") == "yes", Priority: queue.Priority(n),
		Reason: queue.Reason(v.Form("reason")), Key: ids.FormKey(v.Form("key")),
	}
	if _, ok := i18n.Lookup(string(r.Lang)); !ok {
		r.Lang = v.Lang
	}
	if r.Priority == queue.Normal {
		r.Reason = ""
	}
	t, err := d.Queue.Take(v.Ctx(), v.Actor(), r)
	if web.Mendable(err) {
		return d.showWalkIn(v, o, err)
	}
	if err != nil {
		return err
	}
	return d.did(v, o, "taken", t)
}

// messages are what those who wait are told.
func (d *Door) messages(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	return d.showMessages(v, o, nil)
}

func (d *Door) showMessages(v *web.Visit, o *org.Office, why error) error {
	f, err := d.facts(v, o, "")
	if err != nil {
		return err
	}
	return d.show(v, newMessagesPage(d.page(v), walkFacts{deskFacts: f, Typed: v.Form, Why: why}))
}

func newMessagesPage(b web.Base, f walkFacts) Page {
	b.Title = b.T("lobby.messages")
	p := Page{Base: b, Back: f.action(b), Lead: b.T("lobby.messages_lead")}
	tr := web.TroubleOf(b, f.Why)
	p.blame(tr)
	action := f.action(b, "messages")
	for _, m := range f.Hall.Messages {
		lines := []web.Component{}
		for _, l := range f.Config.Org.Languages {
			if text := m.Text[l]; text != "" {
				lines = append(lines, ui.Specimen("", string(l), text))
			}
		}
		lines = append(lines, ui.Muted(b.T("lobby.message_until", "time", clockAt(b, f.Config, m.Until))),
			ui.RowForm1(ui.FormData{Action: action, Hidden: f.with(ui.Hidden{Name: "drop", Value: m.ID})}, ui.Button{Text: b.T("lobby.message_drop"), Look: ui.Secondary}))
		p = p.with(parts.Section(b.T("lobby.message_now"), lines...))
	}
	fields := make([]web.Component, 0, len(f.Config.Org.Languages)+2)
	for _, l := range f.Config.Org.Languages {
		name := "text_" + string(l)
		fields = append(fields, ui.TextField(b.Printer, ui.Field{
			Name: name, Label: b.T("lobby.message_in", "lang", b.T("lobby.lang."+string(l))), Value: f.Typed(name), Error: tr.At(name), Optional: l != f.Config.Org.Languages[0], MaxLen: queue.MostMessage,
		}))
	}
	until := cmp.Or(f.Typed("until"), f.Now.Add(2*time.Hour).In(f.Config.Zone()).Format("15.04"))
	fields = append(fields,
		ui.TextField(b.Printer, ui.Field{Name: "until", Label: b.T("lobby.message_until_label"), Hint: b.T("lobby.clock_hint"), Value: until, Error: tr.At("until"), Short: true, NoSpelling: true, Autocomplete: "off"}),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("lobby.message_show"), Key: b.Keys.Of(staff.CallNext)})))
	return p.with(parts.Section(b.T("lobby.message_new"), parts.Form(ui.FormData{Action: action, Hidden: f.with()}, fields...)))
}

// messagesPost shows a message, or takes one back.
func (d *Door) messagesPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	if id := v.Form("drop"); id != "" {
		if err := d.Queue.Untell(v.Ctx(), v.Actor(), v.OrgID(), o.ID, id); err != nil {
			return err
		}
		return d.did(v, o, "untold", queue.Ticket{})
	}
	text := i18n.Text{}
	for _, l := range v.Org.Org.Languages {
		text[l] = v.Form("text_" + string(l))
	}
	until, ok := clockToday(v.Form("until"), v.Now, v.Org.Zone())
	if !ok {
		return d.showMessages(v, o, wrongAt("until", "lobby.clock_wrong"))
	}
	if until <= v.Now.Unix() { // past midnight
		until = time.Unix(until, 0).In(v.Org.Zone()).AddDate(0, 0, 1).Unix()
	}
	err = d.Queue.Tell(v.Ctx(), v.Actor(), v.OrgID(), o.ID, text, until)
	if web.Mendable(err) {
		return d.showMessages(v, o, err)
	}
	if err != nil {
		return err
	}
	return d.did(v, o, "told", queue.Ticket{})
}

// clockToday reads a time of today as people write it: 9.05, 9:05, 0905.
func clockToday(s string, now time.Time, zone *time.Location) (int64, bool) {
	s = strings.NewReplacer(":", ".", ",", ".", " ", "").Replace(strings.TrimSpace(s))
	h, m, dotted := strings.Cut(s, ".")
	if !dotted {
		switch len(s) {
		case 1, 2:
			h, m = s, "00"
		case 3, 4:
			h, m = s[:len(s)-2], s[len(s)-2:]
		}
	}
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil || len(m) != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false
	}
	day := now.In(zone)
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, zone).Unix(), true
}

// end asks whether the day is to be ended: that cannot be taken back as a whole.
func (d *Door) end(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	f, err := d.facts(v, o, "")
	if err != nil {
		return err
	}
	return d.show(v, newEndPage(d.page(v), f))
}

func newEndPage(b web.Base, f deskFacts) Page {
	b.Title = b.T("lobby.end_title")
	p := Page{Base: b, Back: f.action(b), Lead: b.T("lobby.end_lead", "place", f.Office.Name.In(b.Lang))}
	serving, called, rest := 0, 0, 0
	for _, t := range f.Hall.Tickets {
		switch t.State {
		case queue.Serving:
			serving++
		case queue.Called:
			called++
		default:
			rest++
		}
	}
	return p.with(ui.BulletList([]string{b.N("lobby.end_serving", serving), b.N("lobby.end_called", called), b.N("lobby.end_waiting", rest), b.T("lobby.end_counters")}),
		parts.Form(ui.FormData{Action: f.action(b, "end"), Hidden: f.with()}, parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("lobby.end_now"), Look: ui.Destructive}),
			ui.LinkButton(ui.Tertiary, ui.Link{Href: f.action(b), Text: b.T("lobby.to_desk")}),
		)))
}

func (d *Door) endPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	if _, err := d.Queue.EndDay(v.Ctx(), v.Actor(), v.OrgID(), o.ID); err != nil {
		return err
	}
	return d.did(v, o, "ended", queue.Ticket{})
}
