package inbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// dueDays is how many days a conversation can be given, from today on.
const dueDays = 15

// dueDay is the last second of a local day.
func dueDay(d org.Date, zone *time.Location) int64 { return d.Add(1).At(0, zone).Unix() - 1 }

// dueIn is until when something is due: the end of the day that was chosen, or 0 for none.
func dueIn(v *web.Visit, typed string) (int64, error) {
	if typed == "" {
		return 0, nil
	}
	d, err := org.ParseDate(typed)
	if err != nil {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "due", Key: "error.field.choose"})
	}
	return dueDay(d, v.Org.Zone()), nil
}

// codeGiven is nil when an identity code was typed at all.
func codeGiven(typed string) error {
	if strings.TrimSpace(typed) == "" {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: "field.required"})
	}
	return nil
}

// beside is who it is with and what can be done.
func (f readFacts) beside(b web.Base, t web.Trouble) []web.Component {
	w := f.Whole
	row := func(key, value string) ui.DefinitionRow { return ui.DefinitionRow{Key: b.T(key), Value: value} }
	rows := []ui.DefinitionRow{
		row("common.phone", notify.ShowPhone(w.Talk.Number, f.Config.Org.Country)), row("inbox.head_who", b.T("inbox.known."+knownKey(w.Talk.Known, false))),
	}
	if w.Person.Person != "" {
		key := "inbox.on_record_of"
		switch {
		case w.Talk.Person != "":
			key = "common.name"
		case w.Talk.Coded():
			key = "inbox.code_of"
		}
		rows = append(rows, row(key, w.Person.ShortName()))
	}
	rows = append(rows, row("inbox.head_state", b.T("inbox.state."+string(w.Item.State))))
	rows = append(rows, row("inbox.head_inbox", inboxName(b, f.Config.Inbox(w.Item.Inbox))))
	assignee := f.Staff[w.Item.Assignee]
	if assignee == "" {
		assignee = b.T("inbox.nobody")
	}
	rows = append(rows, row("inbox.head_assignee", assignee))
	if w.Item.Due > 0 {
		rows = append(rows, row("inbox.head_due", dueText(b, f.Config, w.Item, f.Now)))
	}
	out := []web.Component{ui.DefinitionList(rows)}
	if w.Talk.About != "" && f.MayBook {
		out = append(out, ui.LinkList([]ui.Link{{Href: web.Path(b.Lang, "", "staff", string(b.Org), "desk", string(w.Talk.About)), Text: b.T("inbox.about_booking")}}))
	}
	out = append(out, f.who(b, t)...)
	out = append(out, f.deeds(b, t)...)
	return append(out, f.earlier(b)...)
}

// dueText is the day on which something is due, and that it is over when it is.
func dueText(b web.Base, c *catalog.Config, i worklist.Item, now time.Time) string {
	day := b.Printer.Day(time.Unix(i.Due, 0).In(c.Zone()))
	if i.Late(now.Unix()) {
		return b.T("inbox.due_over", "day", day)
	}
	return day
}

// who is how it is made sure who it is.
func (f readFacts) who(b web.Base, t web.Trouble) []web.Component {
	w := f.Whole
	do := at(b, string(w.Item.ID), "do")
	var out []web.Component
	if f.hasCodes() && !f.Codes {
		out = append(out, parts.Form(ui.FormData{Action: at(b, string(w.Item.ID), "codes")}, ui.SubmitButton(ui.Button{Text: b.T("inbox.show_codes"), Look: ui.Secondary})))
	}
	if w.Talk.Person != "" {
		return out
	}
	if w.Talk.Claimed != "" {
		out = append(out, parts.Form(ui.FormData{Action: do, Hidden: f.hidden()}, ui.P(b.T("inbox.confirm_help")), f.act(b, "confirm", "inbox.confirm")))
	}
	code := parts.Form(ui.FormData{Action: do, Hidden: f.hidden()},
		ui.TextField(b.Printer, ui.Field{
			Name: "code", Label: b.T("inbox.code_label"), Hint: b.T("inbox.code_hint"), Value: f.Typed.Code, Error: t.At("code"), Short: true, NoSpelling: true, Autocomplete: "off",
		}), f.act(b, "code", "inbox.code_check"))
	if t.At("code") != "" {
		return append(out, code)
	}
	return append(out, parts.More(b.T("inbox.code_title"), code))
}

func (f readFacts) act(b web.Base, do, key string) web.Component {
	return ui.SubmitButton(ui.Button{Text: b.T(key), Look: ui.Secondary, Name: "do", Value: do})
}

func (f readFacts) deeds(b web.Base, t web.Trouble) []web.Component {
	w := f.Whole
	closed := w.Item.State == worklist.Closed
	data := ui.FormData{Action: at(b, string(w.Item.ID), "do"), Hidden: f.hidden()}
	var out []web.Component
	if f.MayBook && !closed && w.Item.Kind == worklist.Conversation {
		out = append(out, parts.Form(data, f.act(b, "book", "inbox.book")))
	}
	var list []web.Component
	switch {
	case closed:
		list = append(list, f.act(b, string(worklist.Reopened), "inbox.reopen"))
	case w.Item.Assignee == f.Me:
		list = append(list, f.act(b, string(worklist.Released), "inbox.release"), f.act(b, string(worklist.Ended), "inbox.close"))
	default:
		list = append(list, f.act(b, string(worklist.Assigned), "inbox.take"), f.act(b, string(worklist.Ended), "inbox.close"))
	}
	out = append(out, parts.Form(data, parts.Buttons(list...)))
	if !closed {
		out = append(out, f.giving(b, t, data)...)
		out = append(out, parts.Form(data, ui.FieldRow(ui.Select(b.Printer, f.dueSelect(b, t)), f.act(b, string(worklist.Dated), "inbox.due_set"))))
	}
	return append(out, parts.More(b.T("inbox.note"), parts.Form(data,
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("inbox.note_label"), Hint: b.T("inbox.note_hint"), Value: f.Typed.Note, Error: t.At("note"), Rows: 3}),
		f.act(b, string(worklist.Noted), "inbox.note_save"))))
}

// giving gives it to a colleague, or to another inbox.
func (f readFacts) giving(b web.Base, t web.Trouble, data ui.FormData) []web.Component {
	var out []web.Component
	s := ui.SelectField{Name: "staff", Label: b.T("inbox.give_to"), Value: f.Typed.Staff, Error: t.At("staff")}
	for _, c := range f.Takers {
		if c.ID != f.Me && c.ID != f.Whole.Item.Assignee {
			s.Options = append(s.Options, ui.Option{Value: string(c.ID), Text: c.Name})
		}
	}
	if len(s.Options) > 0 || s.Error != "" {
		out = append(out, parts.Form(data, ui.FieldRow(ui.Select(b.Printer, s), f.act(b, "give", "inbox.give"))))
	}
	if boxes := f.Config.AllInboxes(); len(boxes) > 1 {
		s := ui.SelectField{Name: "inbox", Label: b.T("inbox.hand_to"), Error: t.At("inbox")}
		for _, box := range boxes {
			if box.ID != f.Whole.Item.Inbox {
				s.Options = append(s.Options, ui.Option{Value: string(box.ID), Text: inboxName(b, box)})
			}
		}
		out = append(out, parts.Form(data, ui.FieldRow(ui.Select(b.Printer, s), f.act(b, string(worklist.Handed), "inbox.hand_over"))))
	}
	return out
}

// dueSelect offers the coming days, and the day that is set where it is none of them.
func (f readFacts) dueSelect(b web.Base, t web.Trouble) ui.SelectField {
	zone := f.Config.Zone()
	s := ui.SelectField{Name: "due", Label: b.T("inbox.due_label"), Error: t.At("due"), Options: []ui.Option{{Text: b.T("inbox.due_none")}}}
	today := org.DateOf(f.Now.In(zone))
	day := func(d org.Date) ui.Option {
		text := b.Printer.Day(d.At(12*60, zone))
		switch d {
		case today:
			text = b.T("inbox.due_today", "day", text)
		case today.Add(1):
			text = b.T("inbox.due_tomorrow", "day", text)
		}
		return ui.Option{Value: d.String(), Text: text}
	}
	for n := range dueDays {
		s.Options = append(s.Options, day(today.Add(n)))
	}
	if f.Whole.Item.Due > 0 {
		set := org.DateOf(time.Unix(f.Whole.Item.Due, 0).In(zone))
		s.Value = set.String()
		if !slices.ContainsFunc(s.Options, func(o ui.Option) bool { return o.Value == s.Value }) {
			s.Options = append(s.Options, day(set))
		}
	}
	if f.Typed.Due != "" {
		s.Value = f.Typed.Due
	}
	return s
}

// earlier leads to what else was written with the same number or person.
func (f readFacts) earlier(b web.Base) []web.Component {
	var links []ui.Link
	for _, l := range f.Whole.Earlier {
		if l.Hidden {
			continue
		}
		text := b.T("inbox.earlier_one", "at", when(b, l.CreatedAt, f.Config.Zone()), "state", b.T("inbox.state."+string(l.State)), "end", l.Tail)
		links = append(links, ui.Link{Href: at(b, string(l.ID)), Text: text})
	}
	if len(links) == 0 {
		return nil
	}
	return []web.Component{parts.More(b.N("inbox.earlier", len(links)), ui.LinkList(links))}
}

// markOf changes whenever an item does.
func markOf(i worklist.Item) string {
	return strconv.FormatInt(i.Version, 10) + "." + string(ids.Work(i.State))
}
