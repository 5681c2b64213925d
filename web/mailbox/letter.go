package mailbox

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// letterFacts is what the page of a letter is made of.
type letterFacts struct {
	clock
	mailbox.Shown
	Mine  mailbox.Mine
	Names names
	Key   ids.FormKey
	Typed string
	Done  string
	Why   error
	// Files are what is attached, with how each stands with the scanner; Kept how long they and the letter are there.
	Files []file.Attached
	Kept  mailbox.Kept
}

func (d *Door) letterOf(v *web.Visit, m mailbox.Mine) (f letterFacts, err error) {
	f = letterFacts{clock: clockOf(v), Mine: m, Done: v.Query("done")}
	if _, f.Names, err = d.orgs(v.Ctx()); err != nil {
		return f, err
	}
	f.Key = v.Site.Gen.FormKey()
	if f.Shown, err = d.Boxes.Letter(v.Ctx(), v.Actor(), ids.Letter(v.R.PathValue("id"))); err != nil {
		return f, err
	}
	if f.Kept, err = d.Boxes.KeptOf(v.Ctx(), f.Letter); err != nil {
		return f, err
	}
	if !f.Standing.Sealed(f.Letter) {
		f.Files, err = d.Boxes.FilesOf(v.Ctx(), v.Actor(), f.ID)
	}
	return f, err
}

// letter shows a letter, and by that it is read.
func (d *Door) letter(v *web.Visit, m mailbox.Mine) error {
	f, err := d.letterOf(v, m)
	if err != nil {
		return err
	}
	return show(v, newLetterPage(v.Base(""), f))
}

// answer sends an answer to a letter.
func (d *Door) answer(v *web.Visit, m mailbox.Mine) error {
	f, err := d.letterOf(v, m)
	if err != nil {
		return err
	}
	f.Typed = v.Form("body")
	if key := ids.FormKey(v.Form("key")); key != "" {
		f.Key = key
	}
	name := f.Names.in(v.Lang, f.Org)
	r := mailbox.WriteRequest{
		Answers: f.ID, Lang: v.Lang, Key: f.Key, Content: mailbox.Content{Subject: answerTo(v.Base(""), subject(v.Base(""), f.Stored, name)), Body: f.Typed},
	}
	write, save := d.Boxes.Write, v.Form("do") == doSave // an answer with files is kept as a draft first
	if save {
		write = d.Boxes.SaveDraft
	}
	id, err := write(v.Ctx(), v.Actor(), r)
	if err != nil && web.Mendable(err) {
		f.Why, f.Done = err, ""
		return show(v, newLetterPage(v.Base(""), f))
	}
	if err != nil {
		return err
	}
	if save {
		return v.SeeOther(d.at(v, "draft", string(id)) + "?done=" + doSave)
	}
	return v.SeeOther(d.at(v, "letter", string(id)) + "?done=sent")
}

// answerTo is the subject of an answer, cut where it would be too long.
func answerTo(b web.Base, to string) string {
	text := []rune(b.T("mailbox.read.answer_subject", "subject", to))
	return string(text[:min(len(text), mailbox.MostSubject)])
}

func newLetterPage(b web.Base, f letterFacts) Page {
	sender, folder := f.Names.in(b.Lang, f.Org), mailbox.FolderOf(f.Letter, f.Standing)
	p := newPage(b, subject(b, f.Stored, sender))
	p.Back = folderURL(b, folder)
	switch f.Done {
	case "confirmed":
		p.Done = b.T("mailbox.read.did_confirm")
	case "sent":
		p.Done = b.T("mailbox.read.did_send")
	}
	t := web.TroubleOf(b, f.Why)
	p.blame(t)
	p.add(ui.DefinitionList(f.facts(b, sender)))
	if f.Standing.Sealed(f.Letter) {
		p.add(f.sealed(b))
		return p
	}
	p.add(ui.LetterText(langOf(b, f.Letter), f.Body))
	if len(f.Files) > 0 {
		p.add(f.attachments(b))
	}
	if gone := f.FilesGone(f.Files); len(gone) > 0 {
		names := make([]string, len(gone))
		for i, a := range gone {
			names[i] = a.Name
		}
		p.add(ui.P(b.T("mailbox.read.files_gone", "names", strings.Join(names, ", "))))
	}
	p.add(f.tidying(b, folder), ui.PrintButton(b.Printer), f.documents(b))
	if len(f.Readings) > 0 {
		p.add(f.readings(b))
	}
	if mailbox.MayAnswer(f.Letter, f.Standing) == nil && f.Mine.Open() {
		p.add(f.answering(b, t))
	}
	if len(f.Thread) > 1 {
		p.add(f.thread(b))
	}
	return p
}

func langOf(b web.Base, l mailbox.Letter) string {
	if l.Lang == b.Lang {
		return ""
	}
	return string(l.Lang)
}

// facts are from and to whom, when, of what kind, and when it counts as served.
func (f letterFacts) facts(b web.Base, sender string) []ui.DefinitionRow {
	var rows []ui.DefinitionRow
	row := func(key, value string) {
		rows = append(rows, ui.DefinitionRow{Key: b.T("mailbox.read." + key), Value: value})
	}
	from, to := sender, cmp.Or(owner(b), b.T("mailbox.read.you"))
	if f.Inward {
		from, to = to, from
	}
	row("from", from)
	row("to", to)
	row("date", f.at(b, f.PublishAt))
	row("kind", b.T("mailbox.kind."+string(f.Kind)))
	if f.Ref != "" {
		row("ref", f.Ref)
	}
	if f.ExpiresAt > 0 {
		row("expires", f.at(b, f.ExpiresAt))
	}
	if k := f.Kept.DeleteAt; k > f.now {
		row("kept", f.onDay(b, mailbox.LastDayKept(k, f.zone)))
	}
	if k := f.Kept.FilesAt; k > f.now {
		row("files_kept", f.onDay(b, mailbox.LastDayKept(k, f.zone)))
	}
	if c := f.Standing.Confirmed; c > 0 {
		row("confirmed", b.T("mailbox.read.confirmed_at", "at", f.at(b, c), "seconds", time.Unix(c, 0).In(f.zone).Format("15:04:05")))
	}
	if text := f.served(b); text != "" {
		row("served", text)
	}
	return rows
}

// served says when the letter counts as served, and by which rule.
func (f letterFacts) served(b web.Base) string {
	s := f.Served
	if s.Rule.Source == "" {
		return ""
	}
	if s.On.IsZero() {
		if f.Standing.Unserved > 0 {
			return ""
		}
		return b.T("mailbox.read.served_waits", "source", s.Rule.Source)
	}
	key := "mailbox.read.served_act"
	switch {
	case s.Presumed:
		key = "mailbox.read.served_presumed"
	case s.Rule.BySignIn && !s.Rule.ByConfirming:
		key = "mailbox.read.served_sign_in"
	}
	return b.T(key, "date", f.onDay(b, s.On), "source", s.Rule.Source)
}

// sealed says that a letter waits to be confirmed, or that it is too late.
func (f letterFacts) sealed(b web.Base) web.Component {
	if mailbox.MayConfirm(f.Letter, f.Standing) != nil {
		return notice(ui.Warning, b.T("mailbox.read.over"))
	}
	list := []web.Component{}
	if f.ConfirmBy > 0 {
		list = append(list, ui.P(b.T("mailbox.confirm.until", "at", f.at(b, f.ConfirmBy))))
	}
	list = append(list, ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "letter", string(f.ID), "confirm"), Text: b.T("mailbox.read.confirm")}))
	return notice(ui.Info, b.T("mailbox.read.sealed"), list...)
}

// tidying are the buttons that put a letter elsewhere.
func (f letterFacts) tidying(b web.Base, folder mailbox.Folder) web.Component {
	var list []web.Component
	for _, w := range acts[folder] {
		list = append(list, ui.SubmitButton(ui.Button{Text: b.T("mailbox.act." + string(w)), Name: "what", Value: string(w), Look: ui.Secondary}))
	}
	return parts.Form(ui.FormData{Action: at(b, "tidy"), Hidden: []ui.Hidden{{Name: "folder", Value: string(folder)}, {Name: "letter", Value: string(f.ID)}}}, parts.Buttons(list...))
}

// readings are who of those that share the mailbox read and confirmed the letter, to the second.
func (f letterFacts) readings(b web.Base) web.Component {
	t := ui.TableData{Caption: b.T("mailbox.shared.readers"), Head: []string{b.T("mailbox.shared.who"), b.T("mailbox.shared.what"), b.T("mailbox.shared.when")}}
	for _, r := range f.Readings {
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: cmp.Or(r.Name, b.T("mailbox.shared.unknown"))}, {Text: b.T("mailbox.shared." + string(r.What))},
			{Text: b.T("mailbox.page.moment", "date", f.date(b, r.At), "time", time.Unix(r.At, 0).In(f.zone).Format("15:04:05"))},
		})
	}
	return ui.Table(t)
}

// answering is the form of an answer.
func (f letterFacts) answering(b web.Base, t web.Trouble) web.Component {
	return parts.SectionAt("answer", b.T("mailbox.read.answer"), parts.Form(ui.FormData{Action: at(b, "letter", string(f.ID), "answer"), Hidden: []ui.Hidden{{Name: "key", Value: string(f.Key)}}},
		ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("mailbox.read.answer_text"), Value: f.Typed, Error: t.At("body"), Rows: 8}),
		parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.read.answer_button"), Name: "do", Value: doSend}),
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.attach"), Name: "do", Value: doSave, Look: ui.Secondary}),
		),
	))
}

// thread are the letters of the exchange, the newest first.
func (f letterFacts) thread(b web.Base) web.Component {
	list := []web.Component{ui.Muted(b.T("mailbox.read.thread_hint"))}
	for _, l := range slices.Backward(f.Thread) {
		name := f.Names.in(b.Lang, l.Org)
		from := name
		if l.Inward {
			from = cmp.Or(owner(b), b.T("mailbox.read.you"))
		}
		here := l.ID == f.ID
		meta := from + " · " + f.at(b, l.PublishAt) + " · " + b.T("mailbox.kind."+string(l.Kind))
		var body web.Component
		switch {
		case here:
			body = ui.Muted(b.T("mailbox.read.this"))
		case l.Stand().Sealed(l.Letter):
			body = ui.A(ui.Link{Href: at(b, "letter", string(l.ID)), Text: b.T("mailbox.list.waits")})
		default:
			body = ui.LetterText(langOf(b, l.Letter), l.Body)
		}
		list = append(list, article("letter-"+string(l.ID), subject(b, l, name), meta, here, body))
	}
	return parts.SectionAt("thread", b.T("mailbox.read.thread"), list...)
}

// confirm asks whether a letter arrived, and says what that means.
func (d *Door) confirm(v *web.Visit, m mailbox.Mine) error {
	f, err := d.letterOf(v, m)
	if err != nil {
		return err
	}
	if mailbox.MayConfirm(f.Letter, f.Standing) != nil {
		return v.SeeOther(d.at(v, "letter", string(f.ID)))
	}
	return show(v, newConfirmPage(v.Base(""), f))
}

func (d *Door) confirmPost(v *web.Visit, _ mailbox.Mine) error {
	id := v.R.PathValue("id")
	err := d.Boxes.Confirm(v.Ctx(), v.Actor(), ids.Letter(id))
	switch {
	case fault.IsKey(err, "letter.confirmed"), fault.IsKey(err, "letter.served_otherwise"):
		return v.SeeOther(d.at(v, "letter", id)) // the letter's page says how it stands
	case err != nil:
		return err
	}
	return v.SeeOther(d.at(v, "letter", id) + "?done=confirmed")
}

func newConfirmPage(b web.Base, f letterFacts) Page {
	p := newPage(b, b.T("mailbox.confirm.title"))
	p.Lead = b.T("mailbox.confirm.lead", "sender", f.Names.in(b.Lang, f.Org))
	p.Back = at(b, "letter", string(f.ID))
	p.add(ui.P(b.T("mailbox.confirm.means")), ui.P(b.T("mailbox.confirm.recorded")))
	if f.ConfirmBy > 0 {
		p.add(ui.P(b.T("mailbox.confirm.until", "at", f.at(b, f.ConfirmBy))))
	}
	p.add(parts.Form(ui.FormData{Action: at(b, "letter", string(f.ID), "confirm")}, parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.confirm.button")}), ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b), Text: b.T("mailbox.confirm.later")}))))
	return p
}
