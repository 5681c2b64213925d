package inbox

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// isSubmission reports whether the item of the address is a form that was sent. Who may not see it learns nothing.
func (d *Door) isSubmission(v *web.Visit) (bool, error) {
	if d.Forms == nil {
		return false, nil
	}
	i, err := d.Work.Item(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v))
	return i.Kind == worklist.Submission, err
}

// wholeSubmission shows a form that was sent.
func (d *Door) wholeSubmission(v *web.Visit, f readFacts) error {
	var err error
	if f.Sent, err = d.Forms.Read(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v)); err != nil {
		return err
	}
	f.Whole.Item, f.Whole.History = f.Sent.Item, f.Sent.History
	if err := d.around(v, &f); err != nil {
		return err
	}
	d.nameStaff(v, f.Staff, f.Sent.By)
	for _, e := range f.Sent.Events {
		d.nameStaff(v, f.Staff, ids.Staff(e.Actor))
	}
	f.Typed.Enclosed.Limits = mailbox.LimitsOf(v.Org)
	if f.Why == nil && f.Put == "" && !f.Sent.For.IsZero() {
		f.Typed.Post = strings.Join(f.Sent.For.Post, "\n")
	}
	f.put(d.Forms.Texts.Printer(f.Sent.Lang))
	return d.show(v, newSubmissionPage(d.page(v), f))
}

// decide sends a decision about a form, or takes files in that are attached to it. Whatever is wrong, what was typed and the files that are right are kept.
func (d *Door) decide(v *web.Visit) error {
	e, asked, why, err := d.takeForm(v, itemOf(v))
	if err != nil {
		return err
	}
	was := typedAnswer(v)
	was.Enclosed = e
	was.Ready, was.Outcome, was.Appeal = v.Form("ready"), v.Form("outcome"), v.Form("appeal")
	switch {
	case v.Form("do") == doPut:
		return d.wholeSubmission(v, readFacts{Typed: was, Put: catalog.UseDecision, Why: why})
	case asked:
		return d.wholeSubmission(v, readFacts{Typed: was, Why: why})
	}
	_, err = d.Forms.Do(v.Ctx(), v.Actor(), eservice.Deed{
		Org: v.OrgID(), Item: itemOf(v), Seen: seenIn(v), Key: ids.FormKey(v.Form("key")), Do: eservice.Answered, Subject: was.Subject, Text: was.Text, Mode: mailbox.Mode(was.Service),
		Post: linesOf(was.Post), Attachments: e.ids(), Outcome: was.Outcome, Appeal: was.Appeal,
	})
	return d.didSubmission(v, was, err, "decided")
}

// didSubmission goes on after a deed: to the page again with what is wrong, or with what was done.
func (d *Door) didSubmission(v *web.Visit, was typed, err error, done string) error {
	if web.Mendable(err) {
		return d.wholeSubmission(v, readFacts{Typed: was, Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(itemOf(v))) + "?done=" + done)
}

// doSubmission does something with a form that was sent.
func (d *Door) doSubmission(v *web.Visit) error {
	was := typed{Note: v.Form("note"), Due: v.Form("due"), Staff: v.Form("staff"), Ask: v.Form("ask"), Until: v.Form("until"), Post: v.Form("ask_post"), Why: v.Form("why"), ReadyAsk: v.Form("ready_ask"), Anew: anewIn(v)}
	if v.Form("do") == doPut {
		return d.wholeSubmission(v, readFacts{Typed: was, Put: catalog.UseAsk})
	}
	r := eservice.Deed{Org: v.OrgID(), Item: itemOf(v), Seen: seenIn(v), Key: ids.FormKey(v.Form("key")), Do: eservice.What(v.Form("do"))}
	deed := worklist.Deed{Org: v.OrgID(), ID: itemOf(v), Seen: r.Seen, Note: was.Note, Inbox: ids.Inbox(v.Form("inbox")), Do: worklist.What(v.Form("do"))}
	var err error
	switch r.Do {
	case eservice.Asked:
		r.Text, r.Post, r.Anew = was.Ask, linesOf(was.Post), was.Anew
		if was.Until != "" {
			if r.Until, err = org.ParseDate(was.Until); err != nil {
				err = fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "error.field.choose"})
				return d.didSubmission(v, was, err, "")
			}
		}
		_, err = d.Forms.Do(v.Ctx(), v.Actor(), r)
		return d.didSubmission(v, was, renamed(err), "asked")
	case eservice.Ended:
		r.Text = was.Why
		_, err = d.Forms.Do(v.Ctx(), v.Actor(), r)
		return d.didSubmission(v, was, err, "closed")
	case eservice.Reopened:
		_, err = d.Forms.Do(v.Ctx(), v.Actor(), r)
		return d.didSubmission(v, was, err, "reopened")
	}
	switch {
	case v.Form("do") == "give":
		deed.Do, deed.Staff = worklist.Assigned, ids.Staff(was.Staff)
	case deed.Do == worklist.Assigned:
		deed.Staff = v.Actor().Staff
	case deed.Do == worklist.Dated:
		deed.Due, err = dueIn(v, was.Due)
	}
	if err == nil {
		_, err = d.Forms.DoWork(v.Ctx(), v.Actor(), deed)
	}
	if err == nil && deed.Do == worklist.Handed {
		return v.SeeOther(at(baseOf(v)))
	}
	return d.didSubmission(v, was, err, "saved")
}

// renamed gives the fields of a fault the names that they have in the form by which more is asked.
func renamed(err error) error {
	return fault.Renamed(err, map[string]string{"text": "ask", "post": "ask_post", "body": "ask"})
}

// byNumber opens what was sent under a number.
func (d *Door) byNumber(v *web.Visit) error {
	if d.Forms == nil {
		return fault.NotFound("error.not_found")
	}
	item, err := d.Forms.ByNumber(v.Ctx(), v.Actor(), v.OrgID(), v.Form("number"))
	if fault.Is(err, fault.KindInvalid) {
		return d.listed(v, listFacts{Number: v.Form("number"), Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), string(item)))
}

// formName is what a form is called.
func formName(b web.Base, c *catalog.Config, id ids.Form) string {
	if f, err := c.Form(id); err == nil && f.Name.In(b.Lang) != "" {
		return f.Name.In(b.Lang)
	}
	return string(id)
}

func newSubmissionPage(b web.Base, f readFacts) Page {
	a := f.Sent
	b.Title = formName(b, f.Config, ids.Form(a.Item.Subject))
	p := Page{Base: b, Back: at(b)}
	if a.Hidden {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.form.protected_help")}))
		return p
	}
	if slices.Contains([]string{"asked", "decided", "closed", "reopened", "filled", "put"}, f.Done) {
		p.Done = b.T("inbox.form.done_" + f.Done)
	}
	t := troubleOf(b, f.Why)
	if fault.Is(f.Why, fault.KindConflict) {
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, nil), true
	} else {
		p.blame(t)
	}
	var wide []web.Component
	for _, s := range a.Sections(b.Printer) {
		wide = append(wide, parts.Section(s.Title, parts.AnswerList(s)))
	}
	wide = append(wide, parts.AnsweredAnew(b, a.Whole)...)
	if list := f.sentFiles(b, a.Whole.Files); len(list) > 0 {
		wide = append(wide, parts.Section(b.T("submission.files.title"), ui.LinkList(list)))
	}
	wide = append(wide, parts.Section(b.T("submission.history"), ui.Thread(b.T("submission.history"), f.sentThread(b))))
	if a.State.May(eservice.Asked) == nil {
		wide = append(wide, f.decideForm(b, t), f.askForm(b, t), f.closeForm(b, t))
	}
	wide = append(wide, parts.Buttons(ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, string(a.Item.ID), "document.pdf"), Text: b.T("inbox.form.pdf")})))
	fresh := ui.FreshNote(ui.Fresh{Ask: at(b, "fresh") + "?id=" + string(a.Item.ID), Mark: markOf(a.Item), Href: at(b, string(a.Item.ID)), Text: b.T("inbox.form.came"), Link: b.T("inbox.came_show")})
	p.Parts = append(p.Parts, fresh, parts.Columns(wide, f.besideSubmission(b, t)))
	return p
}

func (f readFacts) sentFiles(b web.Base, list []mailbox.Attachment) []ui.Link {
	return parts.Attached(b, f.Sent.Whole, list, func(id ids.File) string { return at(b, string(f.Sent.Item.ID), "file", "sent", string(id)) })
}

// sentThread is what happened to a form and what was done with it, in its order.
func (f readFacts) sentThread(b web.Base) []ui.ThreadLine {
	type line struct {
		at int64
		ui.ThreadLine
	}
	var all []line
	zone := f.Config.Zone()
	for _, e := range f.Sent.Events {
		l := ui.ThreadLine{Kind: ui.ThreadEvent, When: when(b, e.At, zone), Text: b.T("submission.event." + string(e.What))}
		name := f.Staff[ids.Staff(e.Actor)]
		switch e.What {
		case eservice.Asked:
			l.Kind, l.Who, l.Text = ui.ThreadOut, name, e.Text
			if e.Until > 0 {
				l.State, l.StateKind = b.T("inbox.form.until", "day", b.Printer.Day(time.Unix(e.Until, 0).In(zone))), ui.Neutral
			}
		case eservice.Added:
			l.Kind, l.Who, l.Text, l.Files = ui.ThreadIn, f.sentBy(b), parts.Additions(b, f.Sent.Whole, e), f.sentFiles(b, e.Files)
		case eservice.Answered:
			if e.Outcome != "" {
				l.Text = b.T("inbox.form.decided", "outcome", b.T("submission.outcome."+e.Outcome))
			}
			if e.Text != "" { // it is read behind a code, and is no letter
				l.Kind, l.Who, l.Text, l.Files = ui.ThreadOut, name, l.Text+"\n\n"+e.Subject+"\n\n"+e.Text, f.sentFiles(b, e.Files)
			}
		case eservice.Unclean:
			l.Text = parts.UncleanText(b, f.Sent.Whole, e)
		case eservice.Ended:
			if e.Text != "" {
				l.Text += ": " + e.Text
			}
		}
		if l.Kind == ui.ThreadEvent && name != "" {
			l.Text += " · " + name
		}
		all = append(all, line{e.At, l})
	}
	for _, e := range f.Sent.History {
		l := ui.ThreadLine{Kind: ui.ThreadEvent, When: when(b, e.At, zone), Text: f.event(b, e)}
		if e.What == worklist.Noted {
			l = ui.ThreadLine{Kind: ui.ThreadNote, When: l.When, Who: b.T("inbox.who_note", "name", f.nameOf(b, e)), Text: e.Text}
		}
		all = append(all, line{e.At, l})
	}
	slices.SortStableFunc(all, func(a, b line) int { return int(a.at - b.at) })
	out := make([]ui.ThreadLine, len(all))
	for i, l := range all {
		out[i] = l.ThreadLine
	}
	return out
}

// sentBy is whose form it is.
func (f readFacts) sentBy(b web.Base) string {
	switch {
	case f.Sent.Company.Name != "":
		return b.T("inbox.form.company", "name", f.Sent.Company.Name, "number", f.Sent.Company.BusinessID)
	case f.Sent.Owner.Company != "":
		return b.T("inbox.letter.company")
	case f.Sent.Unsigned() && (f.Sent.For.IsZero() || f.Sent.For.Name == ""):
		return b.T("inbox.form.unsigned")
	case f.Sent.Person.Person == "" && !f.Sent.For.IsZero():
		return f.Sent.For.Name
	case f.Sent.Person.Person == "":
		return b.T("inbox.who_person")
	}
	return f.Sent.Person.ShortName()
}

// besideSubmission is whose it is, how it stands and what can be done.
func (f readFacts) besideSubmission(b web.Base, t web.Trouble) []web.Component {
	a, zone := f.Sent, f.Config.Zone()
	row := func(key, value string) ui.DefinitionRow { return ui.DefinitionRow{Key: b.T(key), Value: value} }
	rows := []ui.DefinitionRow{
		row("submission.fact.number", a.Number), row("inbox.letter.whose", f.sentBy(b)), row("submission.fact.sent", when(b, a.SentAt, zone)),
		{Key: b.T("submission.fact.state"), Content: ui.Tag(parts.StateKinds[a.State], b.T("submission.state."+string(a.State)))},
	}
	if a.By != "" {
		rows = append(rows, row("submission.fact.typed", f.Staff[a.By]))
	}
	if a.AskedUntil > 0 {
		text := b.Printer.Day(time.Unix(a.AskedUntil, 0).In(zone))
		if a.Late(f.Now.Unix()) {
			text = b.T("inbox.due_over", "day", text)
		}
		rows = append(rows, row("inbox.form.asked_until", text))
	}
	if c := a.For; !c.IsZero() {
		rows = append(rows, row("inbox.form.contact", strings.Join(slices.DeleteFunc(append([]string{c.Name}, append(slices.Clone(c.Post), c.Phone, c.Email)...), func(s string) bool { return s == "" }), ", ")))
	}
	reach := b.T("inbox.letter.reach_" + string(a.Reach))
	if a.Behind {
		reach = b.T("inbox.form.by_code")
		if a.For != nil && a.For.Email != "" {
			reach = b.T("inbox.form.by_code_mail")
		}
	}
	rows = append(rows, row("inbox.letter.reach", reach), row("inbox.head_inbox", inboxName(b, f.Config.Inbox(a.Item.Inbox))))
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
	if a.Unsigned() {
		out = append(out, ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.form.unsigned")}), ui.P(b.T("inbox.form.unproven")))
	}
	out = append(out, ui.DefinitionList(rows))
	if a.State == eservice.Withdrawn {
		return append(out, f.noteForm(b, t))
	}
	return append(out, f.deeds(b, t)...)
}

func (f readFacts) noteForm(b web.Base, t web.Trouble) web.Component {
	data := ui.FormData{Action: at(b, string(f.Whole.Item.ID), "do"), Hidden: f.hidden()}
	return parts.More(b.T("inbox.note"), parts.Form(data,
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("inbox.note_label"), Hint: b.T("inbox.note_hint"), Value: f.Typed.Note, Error: t.At("note"), Rows: 3}),
		f.act(b, string(worklist.Noted), "inbox.note_save")))
}

// decideForm is the decision: a letter.
func (f readFacts) decideForm(b web.Base, t web.Trouble) web.Component {
	was, a := f.Typed, f.Sent
	if was.Service == "" {
		was.Service = string(mailbox.Ordinary)
	}
	if was.Subject == "" && f.Why == nil {
		was.Subject = b.T("inbox.form.decision_subject", "form", f.Sent.Title(a.Lang), "number", a.Number)
	}
	_, service := letterSelects(b, t, "", was.Service)
	fields := []web.Component{ui.EnterButton(b.Printer, "decide")}
	fields = append(fields, f.outcomeFields(b, t)...)
	fields = append(fields, f.readySelect(b, t, catalog.UseDecision, "ready", was.Ready)...)
	fields = append(fields, ui.Select(b.Printer, service),
		ui.TextField(b.Printer, ui.Field{Name: "subject", Label: b.T("inbox.letter.subject"), Value: was.Subject, Error: t.At("subject"), MaxLen: mailbox.MostSubject, Autocomplete: "off"}),
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("inbox.letter.body"), Hint: b.T("inbox.letter.body_hint", "lang", b.T("common.languages."+string(a.Lang))), Value: was.Text, Error: t.At("body"), Rows: 8}))
	if a.Reach != mailbox.Reachable || t.At("post") != "" {
		if a.Behind {
			fields = append(fields, ui.P(b.T("inbox.form.post_optional")))
		}
		fields = append(fields, f.postField(b, "post", t.At("post")))
	}
	fields = append(fields, was.Enclosed.fields(b, t)...)
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("inbox.form.decide"), Key: b.Keys.Of(staff.DeskMain)}))
	return parts.Section(b.T("inbox.form.decide_title"), parts.Form(ui.FormData{
		ID: "decide", Action: at(b, string(a.Item.ID), "files"), Upload: true, Hidden: append(f.hidden(), was.Enclosed.hidden()...),
	}, fields...))
}

// askForm asks whose form it is for more.
func (f readFacts) askForm(b web.Base, t web.Trouble) web.Component {
	a, zone := f.Sent, f.Config.Zone()
	until := ui.SelectField{Name: "until", Label: b.T("inbox.form.ask_until"), Value: f.Typed.Until, Error: t.At("until"), Options: []ui.Option{{Text: b.T("inbox.due_none")}}}
	for _, days := range []int{3, 7, 14, 21, 30} {
		day := org.DateOf(f.Now.In(zone)).Add(days)
		until.Options = append(until.Options, ui.Option{Value: day.String(), Text: b.Printer.Day(day.At(12*60, zone))})
	}
	fields := append(f.readySelect(b, t, catalog.UseAsk, "ready_ask", f.Typed.ReadyAsk),
		ui.TextArea(b.Printer, ui.Field{
			Name: "ask", Label: b.T("inbox.form.ask_text"), Hint: b.T("inbox.letter.body_hint", "lang", b.T("common.languages."+string(a.Lang))), Value: f.Typed.Ask, Error: t.At("ask"), Rows: 5,
		}), ui.Select(b.Printer, until))
	fields = append(fields, f.anewFields(b, t)...)
	if a.Reach != mailbox.Reachable || t.At("ask_post") != "" {
		fields = append(fields, ui.TextArea(b.Printer, ui.Field{
			Name: "ask_post", Label: b.T("inbox.letter.post"), Hint: b.T("inbox.letter.post_hint"), Value: f.Typed.Post, Error: t.At("ask_post"), Rows: 4, NoSpelling: true, Optional: true,
		}))
	}
	form := parts.Form(ui.FormData{Action: at(b, string(a.Item.ID), "do"), Hidden: f.hidden()}, append(fields, f.act(b, string(eservice.Asked), "inbox.form.ask"))...)
	if f.Typed.Ask != "" || len(f.Typed.Anew) > 0 || t.At("ask") != "" {
		return parts.Section(b.T("inbox.form.ask_title"), form)
	}
	return parts.More(b.T("inbox.form.ask_title"), form)
}

// closeForm closes a form that needs no decision.
func (f readFacts) closeForm(b web.Base, t web.Trouble) web.Component {
	return parts.More(b.T("inbox.form.close_title"), parts.Form(ui.FormData{Action: at(b, string(f.Sent.Item.ID), "do"), Hidden: f.hidden()},
		ui.TextArea(b.Printer, ui.Field{Name: "why", Label: b.T("inbox.form.close_why"), Hint: b.T("inbox.form.close_hint"), Value: f.Typed.Why, Error: t.At("text"), Rows: 3, Optional: true}),
		f.act(b, string(eservice.Ended), "inbox.close")))
}

// sentFile gives out what is attached to a form that was sent.
func (d *Door) sentFile(v *web.Visit) error {
	if d.Forms == nil {
		return fault.NotFound("error.not_found")
	}
	a, in, err := d.Forms.OpenDeskFile(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), ids.File(v.R.PathValue("file")))
	if err != nil {
		return err
	}
	defer in.Close()
	return v.Attachment(a, in)
}

// sentPDF is a form that was sent as a document, for whoever it is from and for the office: to be printed at the counter, too.
func (d *Door) sentPDF(v *web.Visit) error {
	if d.Forms == nil {
		return fault.NotFound("error.not_found")
	}
	a, pdf, err := d.Forms.DeskPDF(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), "")
	if err != nil {
		return err
	}
	return v.Download("application/pdf", a.Number+".pdf", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(pdf.Bytes)
		return err
	})
}

// sentName is whose form it is, as a list shows it.
func sentName(b web.Base, x eservice.Listed) string {
	switch {
	case x.Protected:
		return b.T("inbox.protected")
	case x.Owner.Company != "":
		return b.T("inbox.letter.company")
	case x.Unsigned():
		return b.T("inbox.form.unsigned")
	case strings.TrimSpace(x.Name) == "":
		return b.T("inbox.who_person")
	}
	return x.Name
}
