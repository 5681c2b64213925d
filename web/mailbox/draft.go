package mailbox

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// written is a letter that somebody writes.
type written struct {
	Org     org.Organisation
	Kind    mailbox.Kind
	Subject string
	Body    string
	Key     ids.FormKey
	// Draft is where it is kept; empty for one that was not saved yet. Answers is what it answers.
	Draft, Answers ids.Letter
	Files          []file.Attached
	Limits         file.Limits
	Done           string
	Why            error
}

func (w written) request(l i18n.Lang) mailbox.WriteRequest {
	return mailbox.WriteRequest{
		Org: w.Org.ID, Kind: w.Kind, Answers: w.Answers, Lang: l, Key: w.Key, Draft: w.Draft, Content: mailbox.Content{Subject: w.Subject, Body: w.Body},
	}
}

// What a form of a letter asks to be done.
const (
	doSend   = "send"
	doSave   = "save"
	doDrop   = "drop"
	doRemove = "remove" // with the file after a point
)

// limits are how many files an organisation takes, and how large.
func (d *Door) limits(v *web.Visit, o ids.Org) file.Limits {
	c, err := d.Site.Directory.Config(v.Ctx(), o)
	if err != nil {
		return file.DefaultLimits
	}
	return mailbox.LimitsOf(c)
}

// drafts shows what somebody is writing.
func (d *Door) drafts(v *web.Visit, _ mailbox.Mine) error {
	list, err := d.Boxes.Drafts(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	_, n, err := d.orgs(v.Ctx())
	if err != nil {
		return err
	}
	return show(v, newDraftsPage(v.Base(""), clockOf(v), list, n, v.Query("done")))
}

func newDraftsPage(b web.Base, c clock, list []mailbox.Draft, n names, done string) Page {
	p := newPage(b, b.T("mailbox.draft.title"))
	p.Back = at(b)
	if done == doDrop {
		p.Done = b.T("mailbox.draft.dropped")
	}
	if len(list) == 0 {
		p.Lead = b.T("mailbox.draft.none")
		return p
	}
	p.Lead = b.T("mailbox.draft.lead", "days", mailbox.DraftDays)
	var links []ui.Link
	for _, x := range list {
		subject := x.Subject
		if subject == "" {
			subject = b.T("mailbox.draft.unnamed")
		}
		links = append(links, ui.Link{Href: at(b, "draft", string(x.ID)), Text: subject, Note: " · " + n.in(b.Lang, x.Org) + " · " + c.at(b, x.ChangedAt)})
	}
	p.add(ui.LinkList(links))
	return p
}

// draftOf is a draft as its page shows it.
func (d *Door) draftOf(v *web.Visit) (written, error) {
	x, files, err := d.Boxes.Draft(v.Ctx(), v.Actor(), ids.Letter(v.R.PathValue("id")))
	if err != nil {
		return written{}, err
	}
	list, _, err := d.orgs(v.Ctx())
	if err != nil {
		return written{}, err
	}
	i := slices.IndexFunc(list, func(o org.Organisation) bool { return o.ID == x.Org })
	if i < 0 {
		return written{}, fault.NotFound("error.not_found")
	}
	return written{Org: list[i], Kind: x.Kind, Subject: x.Subject, Body: x.Body, Draft: x.ID, Answers: x.Answers, Files: files, Limits: d.limits(v, x.Org)}, nil
}

func (d *Door) draft(v *web.Visit, m mailbox.Mine) error {
	if !m.Open() {
		return v.SeeOther(d.at(v, "open"))
	}
	w, err := d.draftOf(v)
	if err != nil {
		return err
	}
	w.Done = v.Query("done")
	return show(v, newWritePage(v.Base(""), w))
}

// writePost begins a letter: sends it when nothing is attached to it, and keeps it as a draft as soon as something is.
func (d *Door) writePost(v *web.Visit, _ mailbox.Mine) error {
	o, err := d.receiver(v)
	if err != nil {
		return err
	}
	return d.take(v, written{Org: o, Key: v.Site.Gen.FormKey(), Limits: d.limits(v, o.ID)})
}

// draftPost goes on with a draft.
func (d *Door) draftPost(v *web.Visit, _ mailbox.Mine) error {
	w, err := d.draftOf(v)
	if fault.Is(err, fault.KindNotFound) { // sent by another press of the button
		return v.SeeOther(d.at(v, "letter", v.R.PathValue("id")) + "?done=sent")
	}
	if err != nil {
		return err
	}
	return d.take(v, w)
}

// take reads the form of a letter as it comes, keeps what was typed before the first file, and each file as soon as it is there; and then does what was asked. Whatever is wrong, what was typed
// and the files that are right are kept.
func (d *Door) take(v *web.Visit, w written) error {
	do, wrong, err := d.read(v, &w)
	if err != nil {
		return err
	}
	what, which, _ := cutDo(do)
	switch {
	case what == doDrop && w.Draft != "":
		if err := d.Boxes.DropDraft(v.Ctx(), v.Actor(), w.Draft); err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
		return v.SeeOther(d.at(v, "drafts") + "?done=" + doDrop)
	case what == doSend && len(wrong) == 0:
		id, err := d.send(v, w)
		if err == nil {
			return v.SeeOther(d.at(v, "letter", string(id)) + "?done=sent")
		}
		if !web.Mendable(err) {
			return err
		}
		w.Why = err
	default:
		if err := d.keep(v, &w); err != nil {
			if !web.Mendable(err) {
				return err
			}
			w.Why = err
		} else if what == doRemove {
			if err := d.Boxes.RemoveFile(v.Ctx(), v.Actor(), w.Draft, ids.File(which)); err != nil {
				return err
			}
		}
		if len(wrong) > 0 {
			w.Why = fault.Invalid("form.invalid", nil, wrong...)
		}
		if w.Why == nil {
			return v.SeeOther(d.at(v, "draft", string(w.Draft)) + "?done=" + doSave)
		}
	}
	if w.Draft != "" { // what is attached by now
		if _, w.Files, err = d.Boxes.Draft(v.Ctx(), v.Actor(), w.Draft); err != nil {
			return err
		}
	}
	return show(v, newWritePage(v.Base(""), w))
}

func cutDo(do string) (what, which string, ok bool) {
	for i := range do {
		if do[i] == '.' {
			return do[:i], do[i+1:], true
		}
	}
	return do, "", false
}

// keep saves what was typed.
func (d *Door) keep(v *web.Visit, w *written) error {
	id, err := d.Boxes.SaveDraft(v.Ctx(), v.Actor(), w.request(v.Lang))
	if err == nil {
		w.Draft = id
	}
	return err
}

func (d *Door) send(v *web.Visit, w written) (ids.Letter, error) {
	if w.Draft == "" {
		return d.Boxes.Write(v.Ctx(), v.Actor(), w.request(v.Lang))
	}
	if err := d.keep(v, &w); err != nil && !fault.Is(err, fault.KindNotFound) {
		return "", err
	}
	return d.Boxes.SendDraft(v.Ctx(), v.Actor(), w.request(v.Lang))
}

// mostTyped is how much of one field of the form is read, in bytes: more than any rule allows to be kept, so that the rule says so.
const mostTyped = 8 * mailbox.MostBody

// read takes in the form. wrong is what is wrong with files; the others are kept. After a file that is far too large nothing more is heard, and do is empty.
func (d *Door) read(v *web.Visit, w *written) (do string, wrong []fault.Field, err error) {
	form, err := v.R.MultipartReader()
	if err != nil {
		w.set("subject", v.Form("subject"))
		w.set("body", v.Form("body"))
		w.set("kind", v.Form("kind"))
		w.set("key", v.Form("key"))
		return v.Form("do"), nil, nil
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return do, wrong, nil
		}
		if err != nil {
			return "", nil, broken(err)
		}
		if part.FormName() != file.Field {
			b, err := io.ReadAll(io.LimitReader(part, mostTyped))
			if err != nil {
				return "", nil, broken(err)
			}
			heard, err := web.PassOver(part)
			if err != nil {
				return "", nil, broken(err)
			}
			if !heard {
				return "", nil, fault.Invalid("error.too_large", nil)
			}
			if part.FormName() == "do" {
				do = string(b)
			}
			w.set(part.FormName(), string(b))
			continue
		}
		if part.FileName() == "" { // nothing was chosen
			continue
		}
		bad, err := d.add(v, w, part)
		if err != nil {
			return "", nil, err
		}
		if wrong = append(wrong, bad...); len(bad) == 0 {
			continue
		}
		heard, err := web.PassOver(part)
		if err != nil {
			return "", nil, broken(err)
		}
		if !heard {
			return "", wrong, nil
		}
	}
}

// add keeps one file, and what was typed before it.
func (d *Door) add(v *web.Visit, w *written, part *multipart.Part) (wrong []fault.Field, err error) {
	if err = d.keep(v, w); err == nil {
		_, err = d.Boxes.AddFile(v.Ctx(), v.Actor(), w.Draft, part.FileName(), part)
	}
	if !fault.Is(err, fault.KindInvalid) {
		return nil, err
	}
	return fault.Of(err).Fields, nil
}

// broken is a form that did not come in whole.
func broken(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

// set keeps a field of the form.
func (w *written) set(name, value string) {
	switch name {
	case "subject":
		if w.Answers == "" {
			w.Subject = value
		}
	case "body":
		w.Body = value
	case "kind":
		w.Kind = mailbox.Kind(value)
	case "key":
		if value != "" {
			w.Key = ids.FormKey(value)
		}
	}
}

func newWritePage(b web.Base, w written) Page {
	p := newPage(b, b.T("mailbox.write.to", "org", w.Org.Name.In(b.Lang)))
	p.Back = at(b, "write")
	action := at(b, "write", string(w.Org.ID), "files")
	if w.Draft != "" {
		p.Back, action = at(b, "drafts"), at(b, "draft", string(w.Draft), "files")
	}
	if w.Done == doSave {
		p.Done = b.T("mailbox.draft.saved")
	}
	t := web.TroubleOf(b, w.Why)
	p.blame(t)
	var fields []web.Component
	if w.Answers != "" {
		p.Lead = w.Subject
	} else {
		kinds := ui.Choices{Name: "kind", Legend: b.T("mailbox.write.kind"), Error: t.At("kind")}
		for _, k := range mailbox.Written {
			kinds.Options = append(kinds.Options, ui.Choice{Value: string(k), Label: b.T("mailbox.kind." + string(k)), Checked: k == w.Kind})
		}
		fields = append(fields, ui.Radios(b.Printer, kinds),
			ui.TextField(b.Printer, ui.Field{Name: "subject", Label: b.T("mailbox.write.subject"), Value: w.Subject, Error: t.At("subject"), MaxLen: mailbox.MostSubject, Autocomplete: "off"}))
	}
	fields = append(fields, ui.TextArea(b.Printer, ui.Field{Name: "body", Label: b.T("mailbox.write.body"), Value: w.Body, Error: t.At("body"), Rows: 12}))
	fields = append(fields, w.files(b, t)...)
	buttons := []web.Component{
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.write.button"), Name: "do", Value: doSend}),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.save"), Name: "do", Value: doSave, Look: ui.Secondary}),
	}
	if w.Draft != "" {
		buttons = append(buttons, ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.drop"), Name: "do", Value: doDrop, Look: ui.Tertiary}))
	} else {
		buttons = append(buttons, ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b), Text: b.T("mailbox.write.cancel")}))
	}
	fields = append(fields, parts.Buttons(buttons...))
	p.add(parts.Form(ui.FormData{Action: action, Upload: true, Hidden: []ui.Hidden{{Name: "key", Value: string(w.Key)}}}, fields...))
	return p
}

// files are the field for files, and what is attached by now. The first button of the form, which Enter in the subject presses, is the one that adds: so nothing is sent or taken away by it.
func (w written) files(b web.Base, t web.Trouble) []web.Component {
	hint := b.T("mailbox.draft.files_hint", "most", w.Limits.Files, "size", mailbox.SizeText(b.Printer, w.Limits.Size))
	out := []web.Component{
		ui.FilesField(b.Printer, ui.Field{Name: file.Field, Label: b.T("mailbox.draft.files"), Hint: hint, Error: t.At(file.Field), Optional: true}, file.Accept()),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.add"), Name: "do", Value: doSave, Look: ui.Secondary}),
	}
	for _, a := range w.Files {
		out = append(out, parts.Buttons(
			ui.P(a.Name+" "+parts.FileNote(b, a)),
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.remove"), Hidden: a.Name, Name: "do", Value: doRemove + "." + string(a.ID), Look: ui.Tertiary}),
		))
	}
	return out
}
