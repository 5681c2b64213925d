package mailbox

import (
	"archive/zip"
	"io"
	"net/http"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// attachments are the links to what is attached to a letter: what may be shown is shown, all else is kept.
func (f letterFacts) attachments(b web.Base) web.Component {
	var list []ui.Link
	clean := 0
	for _, a := range f.Files {
		l := ui.Link{Text: a.Name, Note: " " + parts.FileNote(b, a)}
		if a.State == file.Clean {
			clean++
			l.Href = at(b, "letter", string(f.ID), "file", string(a.ID))
		}
		list = append(list, l)
	}
	var shown []web.Component
	for _, l := range list {
		if l.Href == "" {
			shown = append(shown, ui.P(l.Text+l.Note))
			continue
		}
		shown = append(shown, ui.LinkList([]ui.Link{l}))
	}
	if clean > 1 {
		shown = append(shown, ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "letter", string(f.ID), "files.zip"), Text: b.T("mailbox.files.all")}))
	}
	return parts.SectionAt("attachments", b.T("mailbox.files.title"), shown...)
}

// file gives out an attachment: pictures and PDF are shown, everything else is to be kept.
func (d *Door) file(v *web.Visit, _ mailbox.Mine) error {
	id := v.R.PathValue("id")
	a, in, err := d.Boxes.OpenFile(v.Ctx(), v.Actor(), ids.Letter(id), ids.File(v.R.PathValue("file")))
	if fault.IsKey(err, "letter.unconfirmed") {
		return v.SeeOther(d.at(v, "letter", id))
	}
	if err != nil {
		return err
	}
	defer in.Close()
	return v.Attachment(a, in)
}

// filesZIP gives out all that is attached to a letter and clean, packed as it is read. What breaks off is cut off, so that nobody takes half of it for all.
func (d *Door) filesZIP(v *web.Visit, _ mailbox.Mine) error {
	id := ids.Letter(v.R.PathValue("id"))
	list, err := d.Boxes.FilesOf(v.Ctx(), v.Actor(), id)
	if fault.IsKey(err, "letter.unconfirmed") {
		return v.SeeOther(d.at(v, "letter", string(id)))
	}
	if err == nil && len(list) == 0 {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="letter-`+string(id)+`.zip"`)
	v.W.WriteHeader(http.StatusOK)
	z := zip.NewWriter(v.W)
	for _, a := range list {
		if a.State != file.Clean {
			continue
		}
		if err := d.pack(v, z, id, a); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if z.Close() != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (d *Door) pack(v *web.Visit, z *zip.Writer, id ids.Letter, a file.Attached) error {
	_, in, err := d.Boxes.OpenFile(v.Ctx(), v.Actor(), id, a.ID)
	if err != nil {
		return err
	}
	defer in.Close()
	w, err := z.CreateHeader(&zip.FileHeader{Name: a.Name, Method: zip.Store, Modified: v.Now})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	return err
}
