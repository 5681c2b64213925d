package desk

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/care"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// careImport asks for a file of who is in care.
func (d *Door) careImport(v *web.Visit) error {
	return d.show(v, newCareImportPage(d.page(v, ""), "", nil))
}

func newCareImportPage(b web.Base, typed string, why error) Page {
	b.Title = b.T("care.import_title")
	p := Page{Base: b, Back: at(b, "care"), Lead: b.T("care.import_lead")}
	t := troubleOf(b, why)
	p.blame(t)
	return p.with(parts.Form(ui.FormData{Action: at(b, "care", "import"), Upload: true},
		ui.P(b.T("care.import_columns", "columns", strings.Join(care.ImportColumns, ","))),
		ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("import.file"), Hint: b.T("import.file_hint", "max", care.MostLines), Optional: true}),
		ui.TextArea(b.Printer, ui.Field{Name: "csv", Label: b.T("import.paste"), Value: typed, Error: t.At("csv"), Rows: 8, Optional: true, NoSpelling: true}),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("import.check"), Name: "do", Value: "check", Key: b.Keys.Of(staff.DeskMain)})),
	))
}

// careImportPost looks through a file, or imports the good lines of one that was looked through.
func (d *Door) careImportPost(v *web.Visit) error {
	if kept := ids.Draft(v.Form("kept")); kept != "" {
		return d.runCareImport(v, kept)
	}
	text, err := web.UploadedText(v.R, "file", "csv")
	if err != nil {
		return err
	}
	in, err := d.Care.CheckImport(v.Ctx(), v.Actor(), v.OrgID(), text, d.careFinder(v))
	if web.Mendable(err) {
		f := fault.Of(err)
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "csv", Key: f.Key, Args: f.Args})
		return d.show(v, newCareImportPage(d.page(v, ""), shownText(text), err))
	}
	if err != nil {
		return err
	}
	kept, err := d.Booking.KeepImport(v.Ctx(), v.ActorWithSession(), v.OrgID(), text)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDesk(newCareCheckedPage(d.page(v, ""), in, kept)))
}

// newCareCheckedPage says what a file would do.
func newCareCheckedPage(b web.Base, in care.Import, kept ids.Draft) Page {
	b.Title = b.T("import.checked_title")
	good, already, wrong := in.Count()
	p := Page{Base: b, Back: at(b, "care", "import"), Lead: b.T("care.import_counts", "all", len(in.Lines), "good", good, "already", already, "wrong", wrong)}
	if good > 0 {
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "care", "import"), Hidden: []ui.Hidden{{Name: "kept", Value: string(kept)}}}, parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.N("care.import_run", good), Name: "do", Value: "import"}),
			ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "care", "import"), Text: b.T("import.none")}),
		)))
	} else {
		p.Parts = append(p.Parts, parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "care", "import"), Text: b.T("import.again")})))
	}
	return p.with(faultsOf(b, careFaults(in))...)
}

func careFaults(in care.Import) []lineFault {
	var out []lineFault
	for _, l := range in.Lines {
		out = append(out, lineFault{l.Line, l.Fault})
	}
	return out
}

// runCareImport records what the good lines of a file say that was looked through.
func (d *Door) runCareImport(v *web.Visit, kept ids.Draft) error {
	text, err := d.Booking.KeptImport(v.Ctx(), v.Actor(), v.OrgID(), kept)
	if fault.Is(err, fault.KindNotFound) {
		return v.SeeOther(at(baseOf(v), "care", "import"))
	}
	if err != nil {
		return err
	}
	find := d.careFinder(v)
	in, err := d.Care.CheckImport(v.Ctx(), v.Actor(), v.OrgID(), text, find)
	if err != nil {
		return err
	}
	done, err := d.Care.RunImport(v.Ctx(), v.Actor(), in, find)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDesk(newCareImportedPage(d.page(v, ""), done, kept)))
}

// newCareImportedPage says what was recorded. What is left of a long file goes on with one more press.
func newCareImportedPage(b web.Base, done care.Import, kept ids.Draft) Page {
	b.Title = b.T("import.done_title")
	left, already, wrong := done.Count()
	made := done.MadeNow()
	p := Page{Base: b, Back: at(b, "care"), Done: b.N("care.import_done", made), Lead: b.T("import.done_counts", "already", already-made, "wrong", wrong)}
	if left > 0 {
		b.Title, p.Title = b.T("import.going_title"), b.T("import.going_title")
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "care", "import"), Hidden: []ui.Hidden{{Name: "kept", Value: string(kept)}}},
			parts.Buttons(ui.SubmitButton(ui.Button{Text: b.N("import.go_on", left), Name: "do", Value: "import", Key: b.Keys.Of(staff.DeskMain)}))))
		return p
	}
	p.Parts = append(p.Parts, parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "care"), Text: b.T("care.title")})))
	return p.with(faultsOf(b, careFaults(done))...)
}
