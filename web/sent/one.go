package sent

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// facts is what the page of what was sent is made of.
type facts struct {
	eservice.Whole
	By   string
	Done string
	Key  ids.FormKey
	Now  time.Time
	// Text and Kept are what was typed and taken in to be added.
	Text   string
	Kept   []file.Attached
	Limits file.Limits
	Why    error
	// Code and Link open it again for who has not signed in.
	Code, Link string
}

// one shows what was sent: the receipt, and how it stands.
func (d *Door) one(v *web.Visit) error { return d.show(v, facts{Done: v.Query("done")}) }

func (d *Door) show(v *web.Visit, f facts) error {
	var err error
	if f.Whole, err = d.Room.Submission(v.Ctx(), d.who(v), idOf(v)); err != nil {
		return err
	}
	if f.By, err = d.Room.SentBy(v.Ctx(), f.Submission); err != nil {
		return err
	}
	if d.open != nil {
		f.Code, f.Link = d.open.Code(f.Submission), d.open.base+web.Path(v.Lang, f.Org, "sent", "link", d.open.StatusToken(f.Submission))
	}
	f.Now, f.Key, f.Limits = v.Now, v.Site.Gen.FormKey(), f.Submission.Limits(f.Config)
	return show(v, newPageOf(d.base(v), f))
}

func newPageOf(b web.Base, f facts) Page {
	p := newPage(b, f.Title(b.Lang))
	p.Back = at(b)
	if b.Unsigned {
		p.Back = b.URL("forms")
	}
	switch f.Done {
	case "sent":
		p.Done = b.T("submission.done_sent") + ". " + b.T("submission.done_number", "number", f.Number)
	case "added", "anew", "withdrawn":
		p.Done = b.T("submission.done_" + f.Done)
	}
	said := map[string]string{}
	switch {
	case fault.Is(f.Why, fault.KindConflict):
		p.Wrong, p.HasError = b.Printer.TA(fault.Of(f.Why).Key, fault.Of(f.Why).Args), true
	case f.Why != nil:
		for _, x := range fault.Of(f.Why).Fields {
			said[x.Name] = b.Printer.TA(x.Key, x.Args)
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: said[x.Name]})
		}
		p.HasError = true
	}
	p.add(f.asked(b)...)
	p.add(f.decision(b)...)
	var rows []ui.DefinitionRow
	for _, x := range f.Facts(b.Printer, f.By) {
		rows = append(rows, ui.DefinitionRow{Key: x.Name, Value: x.Value})
	}
	if f.DeleteAt > 0 {
		rows = append(rows, ui.DefinitionRow{Key: b.T("submission.fact.deleted"), Value: f.day(b, f.DeleteAt)})
	}
	p.add(ui.DefinitionList(rows))
	if follows := f.Follows(b.Lang); follows != "" && !f.State.Ended() {
		p.add(parts.Section(b.T("submission.follows"), ui.P(follows)))
	}
	p.add(f.kept(b)...)
	p.add(ui.LinkList([]ui.Link{
		{Href: at(b, string(f.ID), "document.pdf"), Text: b.T("submission.pdf")}, {Href: at(b, string(f.ID), "sent.json"), Text: b.T("submission.json"), Note: " " + b.T("submission.json_hint")},
	}))
	p.add(f.history(b))
	if f.State.May(eservice.Added) == nil {
		p.add(f.adding(b, said))
	}
	p.add(parts.AnsweredAnew(b, f.Whole)...)
	for _, s := range f.Sections(b.Printer) {
		p.add(parts.Section(s.Title, parts.AnswerList(s)))
	}
	if list := f.attached(b, f.Whole.Files); len(list) > 0 {
		p.add(parts.Section(b.T("submission.files.title"), ui.LinkList(list)))
	}
	if f.State.May(eservice.TakenBack) == nil {
		p.add(ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b, string(f.ID), "withdraw"), Text: b.T("submission.withdraw")}))
	}
	return p
}

func (f facts) at(b web.Base, unix int64) string {
	return b.Printer.At(time.Unix(unix, 0).In(f.Config.Zone()))
}

func (f facts) day(b web.Base, unix int64) string {
	return b.Printer.LongDate(time.Unix(unix, 0).In(f.Config.Zone()))
}

// asked is what was asked last, while it waits to be answered.
func (f facts) asked(b web.Base) []web.Component {
	if list, _ := f.Asking(); f.State != eservice.MoreAsked && len(list) == 0 {
		return nil
	}
	for i := len(f.Events) - 1; i >= 0; i-- {
		e := f.Events[i]
		if e.What != eservice.Asked {
			continue
		}
		text := b.T("submission.asked_now")
		if e.Until > 0 {
			text = b.T("submission.asked_now_until", "day", f.day(b, e.Until))
		}
		inside := []web.Component{ui.LetterText("", e.Text)}
		if list, _ := f.Asking(); len(list) > 0 {
			inside = append(inside, ui.LinkButton(ui.Primary, ui.Link{Href: at(b, string(f.ID), "anew"), Text: b.T("submission.anew_open")}))
		}
		return []web.Component{parts.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: text}, inside...)}
	}
	return nil
}

// history is what happened, the oldest first.
func (f facts) history(b web.Base) web.Component {
	var lines []ui.ThreadLine
	for _, e := range f.Events {
		l := ui.ThreadLine{Kind: ui.ThreadEvent, When: f.at(b, e.At), Text: b.T("submission.event." + string(e.What))}
		switch e.What {
		case eservice.Asked:
			l.Kind, l.Who, l.Text = ui.ThreadOut, f.Config.Org.Name.In(b.Lang), e.Text
		case eservice.Added:
			l.Kind, l.Who, l.Text = ui.ThreadIn, b.T("submission.you"), parts.Additions(b, f.Whole, e)
			l.Files = f.attached(b, e.Files)
		case eservice.Unclean:
			l.Text = parts.UncleanText(b, f.Whole, e)
		case eservice.Ended:
			if e.Text != "" {
				l.Kind, l.Who, l.Text = ui.ThreadOut, f.Config.Org.Name.In(b.Lang), b.T("submission.event.closed")+"\n\n"+e.Text
			}
		}
		if e.What == eservice.Answered {
			l.Text = b.T("submission.event.decided_letter")
			if e.Text != "" {
				l.Text = b.T("submission.event.decided_here")
			}
		}
		lines = append(lines, l)
	}
	return parts.SectionAt("history", b.T("submission.history"), ui.Thread(b.T("submission.history"), lines))
}

// attached are the links to some files, with what the scanner said of each.
func (f facts) attached(b web.Base, list []mailbox.Attachment) []ui.Link {
	return parts.Attached(b, f.Whole, list, func(id ids.File) string { return at(b, string(f.ID), "file", string(id)) })
}

// Names of fields and deeds of the form for additions.
const (
	keptField = "attachment" // the files that were taken in before, with commas between
	doAdd     = "add"
	doRemove  = "remove." // with the file behind it
	// mostTyped is how many bytes of a field are read: more than any rule allows, so that the rule says so.
	mostTyped = 1 << 20
)

// adding is the form by which something is added.
func (f facts) adding(b web.Base, said map[string]string) web.Component {
	title := "submission.add_title"
	if f.State == eservice.MoreAsked {
		title = "submission.answer_title"
	}
	hidden := []ui.Hidden{{Name: "key", Value: string(f.Key)}}
	if len(f.Kept) > 0 {
		var all []string
		for _, a := range f.Kept {
			all = append(all, string(a.ID))
		}
		hidden = append(hidden, ui.Hidden{Name: keptField, Value: strings.Join(all, ",")})
	}
	fields := []web.Component{
		ui.P(b.T("submission.add_means")),
		ui.EnterButton(b.Printer, "add"),
		ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("submission.add_text"), Value: f.Text, Error: said["text"], Rows: 6}),
		ui.FilesField(b.Printer, ui.Field{
			Name: file.Field, Label: b.T("mailbox.draft.files"), Error: said[file.Field], Optional: true,
			Hint: b.T("mailbox.draft.files_hint", "most", f.Limits.Files, "size", mailbox.SizeText(b.Printer, f.Limits.Size)),
		}, file.Accept()),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.add"), Name: "do", Value: doAdd, Look: ui.Secondary}),
	}
	for _, a := range f.Kept {
		fields = append(fields, parts.Buttons(
			ui.P(a.Name+" "+parts.FileNote(b, a)),
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.remove"), Hidden: a.Name, Name: "do", Value: doRemove + string(a.ID), Look: ui.Tertiary}),
		))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("submission.add_send")}))
	form := parts.Form(ui.FormData{ID: "add", Action: at(b, string(f.ID), "add", "files"), Upload: true, Hidden: hidden}, fields...)
	if f.State == eservice.MoreAsked || f.Why != nil || len(f.Kept) > 0 || f.Text != "" {
		return parts.SectionAt("more", b.T(title), form)
	}
	return parts.More(b.T(title), form)
}

// add takes in what is added: files as they come, and sends it when that is asked.
func (d *Door) add(v *web.Visit) error {
	var kept []ids.File
	var wrong []fault.Field
	var err error
	if values, e := d.read(v, &kept, &wrong); e != nil {
		return e
	} else if values != nil {
		v.R.PostForm, v.R.Form = values, values
	}
	do := v.Form("do")
	f := facts{Text: v.Form("text")}
	var list []ids.File
	for id := range strings.SplitSeq(v.Form(keptField), ",") {
		if id != "" && doRemove+id != do {
			list = append(list, ids.File(id))
		}
	}
	list = append(list, kept...)
	w, err := d.Room.Submission(v.Ctx(), d.who(v), idOf(v))
	if err != nil {
		return err
	}
	if f.Kept, err = d.Room.KeptFiles(v.Ctx(), w.Org, list); err != nil {
		return err
	}
	if len(wrong) > 0 {
		f.Why = fault.Invalid("form.invalid", nil, wrong...)
	}
	if f.Why != nil || do == doAdd || strings.HasPrefix(do, doRemove) {
		return d.show(v, f)
	}
	list = nil
	for _, a := range f.Kept {
		list = append(list, a.ID)
	}
	err = d.Room.Add(v.Ctx(), d.who(v), eservice.Addition{ID: w.ID, Key: ids.FormKey(v.Form("key")), Text: f.Text, Files: list})
	if fault.Is(err, fault.KindInvalid) || fault.IsKey(err, "submission.not_now") {
		f.Why = err
		return d.show(v, f)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(d.base(v), string(w.ID)) + "?done=added")
}

// read reads a form with files as it comes, and keeps each file as soon as it is there. After a file that is far too large nothing more is heard. Nil values are those of a form without files.
func (d *Door) read(v *web.Visit, kept *[]ids.File, wrong *[]fault.Field) (url.Values, error) {
	form, err := v.R.MultipartReader()
	if err != nil {
		return nil, nil // a form without files is a form, too
	}
	values := url.Values{}
	for heard := true; heard; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unread(err)
		}
		if part.FormName() == file.Field && part.FileName() != "" {
			has := len(*kept) + strings.Count(values.Get(keptField), ",")
			if values.Get(keptField) != "" {
				has++
			}
			if err := d.mayAttach(v); err != nil {
				return nil, err
			}
			a, err := d.Room.KeepFile(v.Ctx(), d.who(v), idOf(v), part.FileName(), has, part)
			switch {
			case err == nil:
				*kept = append(*kept, a.ID)
			case fault.Is(err, fault.KindInvalid):
				*wrong = append(*wrong, fault.Of(err).Fields...)
				if heard, err = web.PassOver(part); err != nil {
					return nil, unread(err)
				}
			default:
				return nil, err
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(part, mostTyped))
		if err == nil {
			heard, err = web.PassOver(part)
		}
		if err != nil {
			return nil, unread(err)
		}
		if !heard {
			return nil, fault.Invalid("error.too_large", nil)
		}
		values.Add(part.FormName(), string(b))
	}
	return values, nil
}

// unread is a form that did not come in whole.
func unread(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

func newWithdrawPage(b web.Base, w eservice.Whole) Page {
	p := newPage(b, b.T("submission.withdraw_title"))
	p.Back = at(b, string(w.ID))
	p.Lead = b.T("submission.withdraw_means", "form", w.Title(b.Lang), "number", w.Number)
	p.add(parts.Form(ui.FormData{Action: at(b, string(w.ID), "withdraw")}, parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("submission.withdraw_yes"), Look: ui.Destructive}), ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, string(w.ID)), Text: b.T("submission.withdraw_no")}),
	)))
	return p
}
