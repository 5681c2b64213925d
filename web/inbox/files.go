package inbox

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// enclosed is what is attached to a letter that is being written at the desk: files that were taken in already, whatever is wrong with the rest of the form.
type enclosed struct {
	List   []file.Attached
	Limits file.Limits
}

func (e enclosed) ids() []ids.File {
	var out []ids.File
	for _, a := range e.List {
		out = append(out, a.ID)
	}
	return out
}

// Names of fields and deeds of a form with attachments.
const (
	attachedField = "attachment" // the files that were taken in before, with commas between
	doAdd         = "add"
	doRemove      = "remove." // with the file behind it
)

// Bounds of what is typed into one field of such a form, in bytes: more than any rule allows, so that the rule says so.
const mostTyped = 8 << 20

// takeForm reads the form of a letter as it comes, and keeps each file as soon as it is there; the fields are read with v.Form after it. After a file that is far too large nothing more is heard. asked says that nothing more is to be done than to show the form
// again: a file was added or removed, or could not be taken, which why says then.
func (d *Door) takeForm(v *web.Visit, item ids.Work) (e enclosed, asked bool, why error, err error) {
	e.Limits = mailbox.LimitsOf(v.Org)
	values := url.Values{}
	var wrong []fault.Field
	form, notFiles := v.R.MultipartReader()
	for heard := true; heard && notFiles == nil; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return e, false, nil, unread(err)
		}
		name := part.FormName()
		if name == file.Field && part.FileName() != "" {
			a, err := d.Letters.KeepFile(v.Ctx(), v.Actor(), v.OrgID(), item, part.FileName(), len(attachedIn(values)), part)
			switch {
			case err == nil:
				values.Add(attachedField, string(a.ID))
			case fault.Is(err, fault.KindInvalid):
				wrong = append(wrong, fault.Of(err).Fields...)
				if heard, err = web.PassOver(part); err != nil {
					return e, false, nil, unread(err)
				}
			default:
				return e, false, nil, err
			}
			continue
		}
		b, err := io.ReadAll(io.LimitReader(part, mostTyped))
		if err == nil {
			heard, err = web.PassOver(part)
		}
		if err != nil {
			return e, false, nil, unread(err)
		}
		if !heard {
			return e, false, nil, fault.Invalid("error.too_large", nil)
		}
		if name == "file" { // a table, which stands for what is pasted
			if name = "csv"; len(b) == 0 {
				continue
			}
		} else if name == "csv" && values.Has(name) {
			continue
		}
		values.Add(name, string(b))
	}
	if notFiles == nil {
		v.R.PostForm, v.R.Form = values, values
	}
	do := v.Form("do")
	removed, isRemove := strings.CutPrefix(do, doRemove)
	var list []ids.File
	for _, id := range attachedIn(v.R.PostForm) {
		if !isRemove || id != removed {
			list = append(list, ids.File(id))
		}
	}
	if e.List, err = d.Letters.KeptFiles(v.Ctx(), v.Actor(), v.OrgID(), item, list); err != nil {
		return e, false, nil, err
	}
	if gone := len(list) - len(e.List); gone > 0 && !isRemove && do != doAdd {
		wrong = append(wrong, fault.Field{Name: "attachments", Key: "letter.no_attachment"})
	}
	if len(wrong) > 0 {
		why = fault.Invalid("form.invalid", nil, wrong...)
	}
	return e, why != nil || isRemove || do == doAdd, why, nil
}

// attachedIn are the files that a form says were taken in before.
func attachedIn(form url.Values) []string {
	var out []string
	for _, some := range form[attachedField] {
		for id := range strings.SplitSeq(some, ",") {
			if id != "" {
				out = append(out, id)
			}
		}
	}
	return out
}

// unread is a form that did not come in whole.
func unread(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return fault.Invalid("error.bad_request", nil).Because(err)
}

// hidden keeps what is attached with the form.
func (e enclosed) hidden() []ui.Hidden {
	if len(e.List) == 0 {
		return nil
	}
	var all []string
	for _, a := range e.List {
		all = append(all, string(a.ID))
	}
	return []ui.Hidden{{Name: attachedField, Value: strings.Join(all, ",")}}
}

// fields are the field for files, and what is attached by now. They come last in a form: what is typed before a file that is far too large is kept.
func (e enclosed) fields(b web.Base, t web.Trouble) []web.Component {
	hint := b.T("mailbox.draft.files_hint", "most", e.Limits.Files, "size", mailbox.SizeText(b.Printer, e.Limits.Size)) + " " + b.T("inbox.letter.files_paper")
	out := []web.Component{
		ui.FilesField(b.Printer, ui.Field{Name: file.Field, Label: b.T("mailbox.draft.files"), Hint: hint, Error: t.At(file.Field), Optional: true}, file.Accept()),
		ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.add"), Name: "do", Value: doAdd, Look: ui.Secondary}),
	}
	for _, a := range e.List {
		note := parts.FileNote(b, a)
		if a.Paper() == file.OnRequest {
			note += " " + b.T("inbox.letter.not_on_paper")
		}
		out = append(out, parts.Buttons(
			ui.P(a.Name+" "+note),
			ui.SubmitButton(ui.Button{Text: b.T("mailbox.draft.remove"), Hidden: a.Name, Name: "do", Value: doRemove + string(a.ID), Look: ui.Tertiary}),
		))
	}
	return out
}

// file gives out an attachment of a letter of a matter.
func (d *Door) file(v *web.Visit) error {
	if sent, err := d.isSubmission(v); err != nil || sent {
		if err != nil {
			return err
		}
		return d.sentFile(v)
	}
	a, in, err := d.Letters.OpenMatterFile(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), ids.Letter(v.R.PathValue("letter")), ids.File(v.R.PathValue("file")))
	if err != nil {
		return err
	}
	defer in.Close()
	return v.Attachment(a, in)
}

// attachedTo are the links to what is attached to a letter, with what the scanner said.
func (f readFacts) attachedTo(b web.Base, l mailbox.Stored) []ui.Link {
	var out []ui.Link
	for _, a := range f.Letter.Files[l.ID] {
		link := ui.Link{Text: a.Name, Note: " " + parts.FileNote(b, a)}
		if a.State == file.Clean {
			link.Href = at(b, string(f.Letter.Item.ID), "file", string(l.ID), string(a.ID))
		}
		out = append(out, link)
	}
	return out
}
