package inbox

import (
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// wholeLetter shows an exchange of letters.
func (d *Door) wholeLetter(v *web.Visit, f readFacts) error {
	var err error
	if f.Letter, err = d.Letters.Matter(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v)); err != nil {
		return err
	}
	f.Whole.Item, f.Whole.History = f.Letter.Item, f.Letter.History
	if err := d.around(v, &f); err != nil {
		return err
	}
	for _, l := range f.Letter.Letters {
		for _, e := range l.Events {
			if e.What == mailbox.Seen {
				d.nameStaff(v, f.Staff, ids.Staff(e.Actor))
			}
		}
	}
	list, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	f.Typed.Enclosed.Limits = mailbox.LimitsOf(v.Org)
	f.Orgs = slices.DeleteFunc(slices.Clone(list), func(o org.Organisation) bool { return !o.ReceivesLetters || o.ID == v.OrgID() })
	return d.show(v, newLetterPage(d.page(v), f))
}

// typedAnswer is what was typed as an answer.
func typedAnswer(v *web.Visit) typed {
	return typed{Text: v.Form("body"), Subject: v.Form("subject"), Kind: v.Form("kind"), Service: v.Form("service"), Post: v.Form("post"), NoReply: v.Form("no_reply")}
}

// answerLetter sends an answer, puts a ready one into it, or takes files in that are attached to it. Whatever is wrong, what was typed and the files that are right are kept.
func (d *Door) answerLetter(v *web.Visit) error {
	if sent, err := d.isSubmission(v); err != nil || sent {
		if err != nil {
			return err
		}
		return d.decide(v)
	}
	if letter, err := d.isLetter(v); err != nil || !letter {
		return orNotFound(err)
	}
	e, asked, why, err := d.takeForm(v, itemOf(v))
	if err != nil {
		return err
	}
	was := typedAnswer(v)
	was.Enclosed = e
	switch {
	case v.Form("do") == "canned":
		return d.fillLetter(v, was)
	case asked:
		return d.wholeLetter(v, readFacts{Typed: was, Why: why})
	}
	_, err = d.Letters.Answer(v.Ctx(), v.Actor(), mailbox.Answer{
		Org: v.OrgID(), Item: itemOf(v), Seen: seenIn(v), Key: ids.FormKey(v.Form("key")), Kind: mailbox.Kind(was.Kind), Mode: mailbox.Mode(was.Service),
		Content: mailbox.Content{Subject: strings.TrimSpace(was.Subject), Body: was.Text, Post: linesOf(was.Post)}, Reply: was.NoReply == "", Close: v.Form("do") == "close",
		Attachments: e.ids(),
	})
	if web.Mendable(err) {
		return d.wholeLetter(v, readFacts{Typed: was, Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))) + "?done=letter")
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.NotFound("error.not_found")
	}
	return err
}

// fillLetter puts a ready answer behind what is typed already, in the language of the letter; nothing is sent.
func (d *Door) fillLetter(v *web.Visit, was typed) error {
	a, err := d.Letters.Matter(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v))
	if err != nil {
		return err
	}
	list := v.Org.Inbox(a.Item.Inbox).LetterAnswers
	if n, err := strconv.Atoi(v.Form("canned")); err == nil && n >= 0 && n < len(list) && !a.Hidden {
		was.Text = strings.TrimSpace(was.Text + "\n\n" + list[n].Text.In(a.Lang()))
	}
	return d.wholeLetter(v, readFacts{Typed: was})
}

func newLetterPage(b web.Base, f readFacts) Page {
	a := f.Letter
	b.Title = kindName(b, a.Item)
	p := Page{Base: b, Back: at(b)}
	if a.Hidden {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.letter.protected_help")}))
		return p
	}
	if f.Done == "letter" {
		p.Done = b.T("inbox.letter.done_sent")
	}
	t := troubleOf(b, f.Why)
	if fault.Is(f.Why, fault.KindConflict) {
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, nil), true
	} else {
		p.blame(t)
	}
	wide := []web.Component{ui.Thread(b.T("inbox.letter.thread"), f.letterThread(b))}
	if a.Answerable() {
		wide = append(wide, f.letterForm(b, t))
	}
	fresh := ui.FreshNote(ui.Fresh{Ask: at(b, "fresh") + "?id=" + string(a.Item.ID), Mark: markOf(a.Item), Href: at(b, string(a.Item.ID)), Text: b.T("inbox.letter.came"), Link: b.T("inbox.came_show")})
	p.Parts = append(p.Parts, fresh, parts.Columns(wide, f.besideLetter(b, t)))
	return p
}

// letterThread is everything that was written and done, in its order.
func (f readFacts) letterThread(b web.Base) []ui.ThreadLine {
	letters := map[string]mailbox.Stored{}
	for _, l := range f.Letter.Letters {
		letters[string(l.ID)] = l
	}
	var out []ui.ThreadLine
	for _, l := range f.Letter.Letters { // what was sent before anybody wrote: by a program, or from the desk
		if !slices.ContainsFunc(f.Whole.History, func(e worklist.Entry) bool { return e.ID == string(l.ID) }) {
			out = append(out, f.letterLine(b, l, b.T("inbox.who_office")))
		}
	}
	for _, e := range f.Whole.History {
		l, ok := letters[e.ID]
		switch {
		case ok && e.What == mailbox.Arrived:
			out = append(out, f.letterLine(b, l, f.sender(b)))
		case ok:
			out = append(out, f.letterLine(b, l, f.nameOf(b, e)))
		case e.What == worklist.Noted:
			out = append(out, ui.ThreadLine{Kind: ui.ThreadNote, When: when(b, e.At, f.Config.Zone()), Who: b.T("inbox.who_note", "name", f.nameOf(b, e)), Text: e.Text})
		default:
			out = append(out, ui.ThreadLine{Kind: ui.ThreadEvent, When: when(b, e.At, f.Config.Zone()), Text: f.letterEvent(b, e)})
		}
	}
	return out
}

// sender is what the person is called.
func (f readFacts) sender(b web.Base) string {
	switch {
	case f.Letter.Owner.Company != "":
		return b.T("inbox.letter.company")
	case f.Letter.Person.Person == "":
		return b.T("inbox.who_person")
	}
	return f.Letter.Person.ShortName()
}

func (f readFacts) letterLine(b web.Base, l mailbox.Stored, who string) ui.ThreadLine {
	zone := f.Config.Zone()
	out := ui.ThreadLine{
		Kind: ui.ThreadIn, When: when(b, l.CreatedAt, zone), Who: b.T("inbox.letter.from_kind", "name", who, "kind", b.T("mailbox.kind."+string(l.Kind))), Text: l.Subject + "\n\n" + l.Body,
		Files: f.attachedTo(b, l),
	}
	st := l.Stand()
	if l.Inward {
		return out
	}
	out.Kind = ui.ThreadOut
	switch {
	case st.Recalled > 0:
		out.State, out.StateKind = b.T("inbox.letter.recalled"), ui.Neutral
	case st.Returned > 0:
		out.State, out.StateKind = b.T("inbox.letter.returned", "at", when(b, st.Returned, zone)), ui.Danger
	case st.Read > 0:
		out.State, out.StateKind = b.T("inbox.letter.read", "at", when(b, st.Read, zone)), ui.Success
	case st.Confirmed > 0:
		out.State, out.StateKind = b.T("inbox.letter.confirmed", "at", when(b, st.Confirmed, zone)), ui.Success
	case st.Posted > 0:
		out.State, out.StateKind = b.T("inbox.letter.posted", "at", when(b, st.Posted, zone)), ui.Success
	case l.Channel == mailbox.Paper || st.Unserved > 0:
		out.State, out.StateKind = b.T("inbox.letter.on_paper"), ui.Neutral
	case st.Sealed(l.Letter):
		out.State, out.StateKind = b.T("inbox.letter.to_confirm", "at", when(b, l.ConfirmBy, zone)), ui.Neutral
	default:
		out.State, out.StateKind = b.T("inbox.letter.in_mailbox"), ui.Neutral
	}
	return out
}

// letterEvent says what was done with letters.
func (f readFacts) letterEvent(b web.Base, e worklist.Entry) string {
	switch e.What {
	case mailbox.HandedOn, mailbox.HandedHere:
		return b.T("inbox.event."+string(e.What), "name", f.nameOf(b, e), "to", f.orgName(b, ids.Org(e.Detail)))
	case mailbox.Linked, mailbox.Unlinked:
		return b.T("inbox.event."+string(e.What), "name", f.nameOf(b, e))
	}
	return f.event(b, e)
}

func (f readFacts) orgName(b web.Base, id ids.Org) string {
	for _, o := range f.Orgs {
		if o.ID == id {
			return o.Name.In(b.Lang)
		}
	}
	return string(id)
}

// besideLetter is whose it is and what can be done.
func (f readFacts) besideLetter(b web.Base, t web.Trouble) []web.Component {
	a, zone := f.Letter, f.Config.Zone()
	row := func(key, value string) ui.DefinitionRow { return ui.DefinitionRow{Key: b.T(key), Value: value} }
	rows := []ui.DefinitionRow{row("inbox.letter.whose", f.sender(b)), row("inbox.letter.came_at", when(b, a.Item.CreatedAt, zone))}
	if a.From != "" {
		rows = append(rows, row("inbox.letter.handed_from", b.T("inbox.letter.from_at", "org", f.orgName(b, a.From), "at", when(b, a.CameAt, zone))))
	}
	rows = append(rows, row("inbox.letter.reach", b.T("inbox.letter.reach_"+string(a.Reach))), row("inbox.head_state", b.T("inbox.state."+string(a.Item.State))))
	rows = append(rows, row("inbox.head_inbox", inboxName(b, f.Config.Inbox(a.Item.Inbox))))
	assignee := f.Staff[a.Item.Assignee]
	if assignee == "" {
		assignee = b.T("inbox.nobody")
	}
	rows = append(rows, row("inbox.head_assignee", assignee))
	if a.Item.Due > 0 {
		rows = append(rows, row("inbox.head_due", dueText(b, f.Config, a.Item, f.Now)))
	}
	var out []web.Component
	if a.Item.Late(f.Now.Unix()) {
		out = append(out, ui.Alert(ui.AlertBox{Kind: ui.Danger, Quiet: true, Text: dueText(b, f.Config, a.Item, f.Now)}))
	}
	out = append(out, ui.DefinitionList(rows))
	if a.About != "" && f.MayBook {
		out = append(out, ui.LinkList([]ui.Link{{Href: web.Path(b.Lang, "", "staff", string(b.Org), "desk", string(a.About)), Text: b.T("inbox.letter.booking_open")}}))
	}
	out = append(out, f.deeds(b, t)...)
	if a.Item.State != worklist.Closed {
		out = append(out, f.linking(b, t), f.handingOn(b, t))
	}
	return append(out, f.seenBy(b)...)
}

// linking links the matter to a booking, or to none.
func (f readFacts) linking(b web.Base, t web.Trouble) web.Component {
	data := ui.FormData{Action: at(b, string(f.Letter.Item.ID), "do"), Hidden: f.hidden()}
	if f.Letter.About != "" {
		return parts.Form(data, ui.P(b.T("inbox.letter.booking_linked")), f.act(b, "link", "inbox.letter.booking_unlink"))
	}
	return parts.Form(data, ui.FieldRow(ui.TextField(b.Printer, ui.Field{
		Name: "booking", Label: b.T("inbox.letter.booking_code"), Value: f.Typed.Booking, Error: t.At("booking"), Short: true, NoSpelling: true, Autocomplete: "off",
	}), f.act(b, "link", "inbox.letter.booking_link")))
}

// handingOn hands the matter over to another organisation.
func (f readFacts) handingOn(b web.Base, t web.Trouble) web.Component {
	s := ui.SelectField{Name: "to", Label: b.T("inbox.letter.hand_on_to"), Value: f.Typed.To, Error: t.At("to")}
	for _, o := range f.Orgs {
		s.Options = append(s.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	if len(s.Options) == 0 {
		return ui.Muted(b.T("inbox.letter.hand_on_nobody"))
	}
	fields := []web.Component{ui.P(b.T("inbox.letter.hand_on_means")), ui.Select(b.Printer, s)}
	if f.Letter.Reach != mailbox.Reachable {
		fields = append(fields, f.postField(b, "handed_post", t.At("post")))
	}
	fields = append(fields, f.act(b, "handon", "inbox.letter.hand_on"))
	form := parts.Form(ui.FormData{Action: at(b, string(f.Letter.Item.ID), "do"), Hidden: f.hidden()}, fields...)
	if f.Typed.To != "" {
		return parts.Section(b.T("inbox.letter.hand_on_title"), form)
	}
	return parts.More(b.T("inbox.letter.hand_on_title"), form)
}

func (f readFacts) postField(b web.Base, name, wrong string) web.Component {
	return ui.TextArea(b.Printer, ui.Field{
		Name: name, Label: b.T("inbox.letter.post"), Hint: b.T("inbox.letter.post_hint"), Value: f.Typed.Post, Error: wrong, Rows: 4, NoSpelling: true,
	})
}

// seenBy says who has read what the person wrote.
func (f readFacts) seenBy(b web.Base) []web.Component {
	var list []string
	for _, l := range f.Letter.Letters {
		for _, e := range l.Events {
			if name := f.Staff[ids.Staff(e.Actor)]; e.What == mailbox.Seen && name != "" {
				list = append(list, b.T("inbox.letter.seen_line", "name", name, "at", when(b, e.At, f.Config.Zone())))
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return []web.Component{parts.More(b.T("inbox.letter.seen_by"), ui.BulletList(list))}
}

// letterForm is the answer.
func (f readFacts) letterForm(b web.Base, t web.Trouble) web.Component {
	was := f.Typed
	if was.Kind == "" {
		was.Kind, was.Service = string(mailbox.Message), string(mailbox.Ordinary)
	}
	if was.Subject == "" && f.Why == nil {
		was.Subject = f.answerSubject(b)
	}
	fields := []web.Component{ui.EnterButton(b.Printer, "answer")}
	if list := f.Config.Inbox(f.Letter.Item.Inbox).LetterAnswers; len(list) > 0 {
		s := ui.SelectField{Name: "canned", Label: b.T("inbox.letter.canned")}
		for i, a := range list {
			s.Options = append(s.Options, ui.Option{Value: strconv.Itoa(i), Text: a.Title.In(b.Lang)})
		}
		fields = append(fields, ui.FieldRow(ui.Select(b.Printer, s), ui.SubmitButton(ui.Button{Text: b.T("inbox.letter.canned_put"), Look: ui.Secondary, Name: "do", Value: "canned"})))
	}
	kind, service := letterSelects(b, t, was.Kind, was.Service)
	fields = append(fields, ui.FieldRow(ui.Select(b.Printer, kind), ui.Select(b.Printer, service)),
		ui.TextField(b.Printer, ui.Field{Name: "subject", Label: b.T("inbox.letter.subject"), Value: was.Subject, Error: t.At("subject"), MaxLen: mailbox.MostSubject, Autocomplete: "off"}),
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("inbox.letter.body"), Hint: b.T("inbox.letter.body_hint", "lang", b.T("common.languages."+string(f.Letter.Lang()))), Value: was.Text, Error: t.At("body"), Rows: 10}))
	if f.Letter.Reach != mailbox.Reachable || t.At("post") != "" {
		fields = append(fields, f.postField(b, "post", t.At("post")))
	}
	fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "no_reply", Label: b.T("inbox.letter.no_reply"), Checked: was.NoReply != ""}))
	fields = append(fields, was.Enclosed.fields(b, t)...)
	fields = append(fields, parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("inbox.letter.send"), Key: b.Keys.Of(staff.DeskMain)}),
		ui.SubmitButton(ui.Button{Text: b.T("inbox.letter.send_close"), Look: ui.Secondary, Name: "do", Value: "close"}),
	))
	return parts.Section(b.T("inbox.letter.answer"), parts.Form(ui.FormData{
		ID: "answer", Action: at(b, string(f.Letter.Item.ID), "files"), Upload: true, Hidden: append(f.hidden(), was.Enclosed.hidden()...),
	}, fields...))
}

// answerSubject is the subject of the newest letter of the person, as that of an answer.
func (f readFacts) answerSubject(b web.Base) string {
	for _, l := range slices.Backward(f.Letter.Letters) {
		if !l.Inward {
			continue
		}
		subject := []rune(b.T("inbox.letter.re", "subject", l.Subject))
		return string(subject[:min(len(subject), mailbox.MostSubject)])
	}
	return ""
}
