package inbox

import (
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/notify"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// readFacts is what the page of a conversation is made of.
type readFacts struct {
	Config *catalog.Config
	Whole  conversation.Whole
	Me     ids.Staff
	Staff  map[ids.Staff]string
	// Codes says that the codes are shown.
	Codes bool
	Typed typed
	// MayBook says that the reader may book at the desk.
	MayBook bool
	Key     ids.FormKey
	Done    string
	Now     time.Time
	Why     error
}

// typed is what was typed on the page of a conversation.
type typed struct{ Text, Note string }

func itemOf(v *web.Visit) ids.Work { return ids.Work(v.R.PathValue("id")) }

func seenIn(v *web.Visit) int64 {
	n, _ := strconv.ParseInt(v.Form("seen"), 10, 64)
	return n
}

// read shows a conversation.
func (d *Door) read(v *web.Visit) error {
	return d.whole(v, readFacts{Done: v.Query("done")})
}

// codes shows a conversation with the codes in it.
func (d *Door) codes(v *web.Visit) error { return d.whole(v, readFacts{Codes: true}) }

func (d *Door) whole(v *web.Visit, f readFacts) error {
	var err error
	if f.Whole, err = d.Talks.Read(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), f.Codes); err != nil {
		return err
	}
	f.MayBook = v.May(actor.BookingDesk, actor.Object{}) == nil
	f.Config, f.Me, f.Now, f.Staff = v.Org, v.Actor().Staff, v.Now, map[ids.Staff]string{}
	if f.Key == "" {
		f.Key = v.Site.Gen.FormKey()
	}
	d.nameStaff(v, f.Staff, f.Whole.Item.Assignee)
	for _, e := range f.Whole.History {
		d.nameStaff(v, f.Staff, ids.Staff(e.Actor))
		if e.What == worklist.Assigned {
			d.nameStaff(v, f.Staff, ids.Staff(e.Detail))
		}
	}
	return d.show(v, newReadPage(d.page(v), f))
}

// answer sends what was typed.
func (d *Door) answer(v *web.Visit) error {
	if do := v.Form("do"); do == "canned" || do == "appointments" {
		return d.fill(v, do)
	}
	key := ids.FormKey(v.Form("key"))
	err := d.Talks.Answer(v.Ctx(), v.Actor(), conversation.Answer{
		Org: v.OrgID(), ID: itemOf(v), Seen: seenIn(v), Key: key, Body: v.Form("text"), Close: v.Form("do") == "close",
	})
	if mendable(err) {
		return d.whole(v, readFacts{Typed: typed{Text: v.Form("text")}, Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))) + "?done=sent")
}

// do does something with a conversation.
func (d *Door) do(v *web.Visit) error {
	deed := worklist.Deed{Org: v.OrgID(), ID: itemOf(v), Seen: seenIn(v), Note: v.Form("note"), Inbox: ids.Inbox(v.Form("inbox"))}
	var err error
	switch v.Form("do") {
	case "book":
		return d.book(v)
	case "confirm":
		err = d.Talks.Confirm(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), deed.Seen, "")
	default:
		if deed.Do = worklist.What(v.Form("do")); deed.Do == worklist.Assigned {
			deed.Staff = v.Actor().Staff
		}
		_, err = d.Work.Do(v.Ctx(), v.Actor(), deed)
	}
	if mendable(err) {
		return d.whole(v, readFacts{Typed: typed{Note: v.Form("note")}, Why: err})
	}
	if err != nil {
		return err
	}
	if deed.Do == worklist.Handed {
		return v.SeeOther(at(baseOf(v)))
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))))
}

func newReadPage(b web.Base, f readFacts) Page {
	w := f.Whole
	b.Title = b.T("inbox.talk_title")
	p := Page{Base: b, Back: at(b)}
	if w.Hidden {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.protected_help")}))
		return p
	}
	if f.Done == "sent" {
		p.Done = b.T("inbox.done_sent")
	}
	t := troubleOf(b, f.Why)
	if fault.Is(f.Why, fault.KindConflict) {
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, nil), true
	} else {
		t.on(&p)
	}
	wide := []web.Component{ui.Thread(b.T("inbox.thread"), f.thread(b))}
	if w.Item.State != worklist.Closed {
		wide = append(wide, f.answerForm(b, t))
	}
	p.Parts = append(p.Parts, columns(wide, f.beside(b, t)))
	return p
}

func (f readFacts) hidden() []ui.Hidden {
	return []ui.Hidden{{Name: "seen", Value: strconv.FormatInt(f.Whole.Item.Version, 10)}, {Name: "key", Value: string(f.Key)}}
}

func (f readFacts) answerForm(b web.Base, t trouble) web.Component {
	var fill []web.Component
	if list := f.Config.Inbox(f.Whole.Item.Inbox).Answers; len(list) > 0 {
		s := ui.SelectField{Name: "canned", Label: b.T("inbox.canned")}
		for i, a := range list {
			s.Options = append(s.Options, ui.Option{Value: strconv.Itoa(i), Text: a.Title.In(b.Lang)})
		}
		fill = append(fill, ui.FieldRow(ui.Select(b.Printer, s), ui.SubmitButton(ui.Button{Text: b.T("inbox.canned_put"), Look: ui.Secondary, Name: "do", Value: "canned"})))
	}
	if f.Whole.Talk.Person != "" {
		fill = append(fill, ui.SubmitButton(ui.Button{Text: b.T("inbox.appointments_put"), Look: ui.Secondary, Name: "do", Value: "appointments"}))
	}
	fill = append([]web.Component{ui.EnterButton(b.Printer, "answer")}, fill...)
	return section(b.T("inbox.answer"), form(ui.FormData{ID: "answer", Action: at(b, string(f.Whole.Item.ID)), Hidden: f.hidden()}, append(fill,
		ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("inbox.text"), Hint: b.T("inbox.text_hint"), Value: f.Typed.Text, Error: t.at("text"), Rows: 5}),
		buttons(
			ui.SubmitButton(ui.Button{Text: b.T("inbox.send_key"), Key: "F2"}),
			ui.SubmitButton(ui.Button{Text: b.T("inbox.send_close"), Look: ui.Secondary, Name: "do", Value: "close"}),
		))...))
}

// beside is who it is with and what can be done.
func (f readFacts) beside(b web.Base, t trouble) []web.Component {
	w := f.Whole
	rows := []ui.DefinitionRow{
		{Key: b.T("common.phone"), Value: notify.ShowPhone(w.Talk.Number, f.Config.Org.Country)},
		{Key: b.T("inbox.head_who"), Value: b.T("inbox.known." + knownKey(w.Talk.Known, false))},
	}
	if w.Person.Person != "" {
		key := "inbox.code_of"
		if w.Talk.Person != "" {
			key = "common.name"
		}
		rows = append(rows, ui.DefinitionRow{Key: b.T(key), Value: w.Person.ShortName()})
	}
	rows = append(rows, ui.DefinitionRow{Key: b.T("inbox.head_inbox"), Value: inboxName(b, f.Config.Inbox(w.Item.Inbox))})
	assignee := f.Staff[w.Item.Assignee]
	if assignee == "" {
		assignee = b.T("inbox.nobody")
	}
	rows = append(rows, ui.DefinitionRow{Key: b.T("inbox.head_assignee"), Value: assignee})
	out := []web.Component{ui.DefinitionList(rows)}
	return append(out, f.deeds(b, t)...)
}

func (f readFacts) deeds(b web.Base, t trouble) []web.Component {
	w := f.Whole
	do := at(b, string(w.Item.ID), "do")
	act := func(what worklist.What, key string) web.Component {
		return ui.SubmitButton(ui.Button{Text: b.T(key), Look: ui.Secondary, Name: "do", Value: string(what)})
	}
	var out []web.Component
	if w.Talk.Claimed != "" && w.Talk.Person == "" {
		out = append(out, form(ui.FormData{Action: do, Hidden: f.hidden()}, ui.P(b.T("inbox.confirm_help")), act("confirm", "inbox.confirm")))
	}
	if f.hasCodes() && !f.Codes {
		out = append(out, form(ui.FormData{Action: at(b, string(w.Item.ID), "codes")}, ui.SubmitButton(ui.Button{Text: b.T("inbox.show_codes"), Look: ui.Secondary})))
	}
	if f.MayBook && w.Item.State != worklist.Closed {
		out = append(out, form(ui.FormData{Action: do, Hidden: f.hidden()}, act("book", "inbox.book")))
	}
	var list []web.Component
	switch {
	case w.Item.State == worklist.Closed:
		list = append(list, act(worklist.Reopened, "inbox.reopen"))
	case w.Item.Assignee == f.Me:
		list = append(list, act(worklist.Released, "inbox.release"), act(worklist.Ended, "inbox.close"))
	default:
		list = append(list, act(worklist.Assigned, "inbox.take"), act(worklist.Ended, "inbox.close"))
	}
	out = append(out, form(ui.FormData{Action: do, Hidden: f.hidden()}, buttons(list...)))
	if boxes := f.Config.AllInboxes(); len(boxes) > 1 && w.Item.State != worklist.Closed {
		s := ui.SelectField{Name: "inbox", Label: b.T("inbox.hand_to")}
		for _, box := range boxes {
			if box.ID != w.Item.Inbox {
				s.Options = append(s.Options, ui.Option{Value: string(box.ID), Text: inboxName(b, box)})
			}
		}
		out = append(out, form(ui.FormData{Action: do, Hidden: f.hidden()}, ui.FieldRow(ui.Select(b.Printer, s), act(worklist.Handed, "inbox.hand_over"))))
	}
	out = append(out, more(b.T("inbox.note"), form(ui.FormData{Action: do, Hidden: f.hidden()},
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("inbox.note_label"), Hint: b.T("inbox.note_hint"), Value: f.Typed.Note, Error: t.at("note"), Rows: 3}),
		ui.SubmitButton(ui.Button{Text: b.T("inbox.note_save"), Look: ui.Secondary, Name: "do", Value: string(worklist.Noted)}))))
	return out
}
