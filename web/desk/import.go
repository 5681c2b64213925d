package desk

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// shownFaults is how many wrong lines a page lists.
const shownFaults = 200

// importPage asks for the file.
func (d *Door) importPage(v *web.Visit) error {
	return d.show(v, newImportPage(d.page(v, ""), "", nil))
}

func newImportPage(b web.Base, typed string, why error) Page {
	b.Title = b.T("import.title")
	p := Page{Base: b, Back: at(b), Lead: b.T("import.lead")}
	t := troubleOf(b, why)
	p.blame(t)
	example := strings.Join(booking.ImportColumns, ",")
	return p.with(parts.Form(ui.FormData{Action: at(b, "import"), Upload: true},
		ui.P(b.T("import.columns", "columns", example)),
		ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("import.file"), Hint: b.T("import.file_hint", "max", booking.MostLines), Optional: true}),
		ui.TextArea(b.Printer, ui.Field{Name: "csv", Label: b.T("import.paste"), Value: typed, Error: t.At("csv"), Rows: 8, Optional: true, NoSpelling: true}),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("import.check"), Name: "do", Value: "check", Key: b.Keys.Of(staff.DeskMain)})),
	))
}

// importPost looks through a file, or imports the good lines of one that was looked through.
func (d *Door) importPost(v *web.Visit) error {
	who := v.ActorWithSession()
	if kept := ids.Draft(v.Form("kept")); kept != "" {
		return d.runImport(v, kept)
	}
	text, err := web.UploadedText(v.R, "file", "csv")
	if err != nil {
		return err
	}
	in, err := d.Booking.CheckImport(v.Ctx(), who, v.OrgID(), text, d.personFinder(v))
	if web.Mendable(err) {
		f := fault.Of(err)
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "csv", Key: f.Key, Args: f.Args})
		return d.show(v, newImportPage(d.page(v, ""), shownText(text), err))
	}
	if err != nil {
		return err
	}
	kept, err := d.Booking.KeepImport(v.Ctx(), who, v.OrgID(), text)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDesk(newCheckedPage(d.page(v, ""), in, kept)))
}

// shownText is what is put back into the field: no more than a page holds well.
func shownText(text string) string {
	const most = 20_000
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// personFinder finds whom a line names: by a national identifier of the country, or by an account's id.
func (d *Door) personFinder(v *web.Visit) booking.PersonFinder {
	return func(ctx context.Context, named string) (ids.Person, error) {
		f := identity.Find{Org: v.OrgID(), Kind: kindIn(v.Org.Org.Country), Identifier: natid.Secret(named)}
		if strings.Contains(named, "@") {
			f = identity.Find{Org: v.OrgID(), Email: named}
		}
		list, err := d.People.FindPeople(ctx, v.Actor(), f)
		if err != nil {
			return "", err
		}
		if len(list) != 1 {
			return "", fault.NotFound("person.not_found")
		}
		return list[0].Person, nil
	}
}

// newCheckedPage says what a file would do: how many lines are good, and what is wrong with each of the others.
func newCheckedPage(b web.Base, in booking.Import, kept ids.Draft) Page {
	b.Title = b.T("import.checked_title")
	good, already, wrong := in.Count()
	p := Page{Base: b, Back: at(b, "import"), Lead: b.T("import.counts", "all", len(in.Lines), "good", good, "already", already, "wrong", wrong)}
	if good > 0 {
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "import"), Hidden: []ui.Hidden{{Name: "kept", Value: string(kept)}}}, parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.N("import.run", good), Name: "do", Value: "import"}),
			ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "import"), Text: b.T("import.none")}),
		)))
	} else {
		p.Parts = append(p.Parts, parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "import"), Text: b.T("import.again")})))
	}
	return p.with(faultList(b, in)...)
}

// faultList lists the wrong lines by their numbers.
func faultList(b web.Base, in booking.Import) []web.Component {
	var list []lineFault
	for _, l := range in.Lines {
		list = append(list, lineFault{l.Line, l.Fault})
	}
	return faultsOf(b, list)
}

// lineFault is a line of a file and what is wrong with it; nil for nothing.
type lineFault struct {
	line  int
	fault error
}

func faultsOf(b web.Base, list []lineFault) []web.Component {
	t := ui.TableData{Caption: b.T("import.faults"), Head: []string{b.T("import.line"), b.T("import.fault")}}
	wrong := 0
	for _, l := range list {
		if l.fault == nil {
			continue
		}
		if wrong++; wrong > shownFaults {
			continue
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: strconv.Itoa(l.line)}, {Text: faultText(b, l.fault)}})
	}
	if wrong == 0 {
		return nil
	}
	out := []web.Component{ui.Table(t)}
	if wrong > shownFaults {
		out = append(out, ui.P(b.T("import.more_faults", "n", wrong-shownFaults)))
	}
	return out
}

// faultText is what is wrong with a line: of each field, or in one sentence.
func faultText(b web.Base, err error) string {
	f := fault.Of(err)
	if len(f.Fields) == 0 {
		return b.Printer.TA(f.Key, deadlines(b.Printer, f.Args))
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, b.T("import.field", "field", field.Name, "what", b.Printer.TA(field.Key, field.Args)))
	}
	return strings.Join(out, " ")
}

// runImport imports the good lines of a file that was looked through.
func (d *Door) runImport(v *web.Visit, kept ids.Draft) error {
	who := v.Actor()
	text, err := d.Booking.KeptImport(v.Ctx(), who, v.OrgID(), kept)
	if fault.Is(err, fault.KindNotFound) {
		return v.SeeOther(at(baseOf(v), "import"))
	}
	if err != nil {
		return err
	}
	in, err := d.Booking.CheckImport(v.Ctx(), who, v.OrgID(), text, d.personFinder(v))
	if err != nil {
		return err
	}
	done, err := d.Booking.RunImport(v.Ctx(), who, in)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowDesk(newImportedPage(d.page(v, ""), done, kept)))
}

// newImportedPage says what was imported. What is left of a long file goes on with one more press.
func newImportedPage(b web.Base, done booking.Import, kept ids.Draft) Page {
	b.Title = b.T("import.done_title")
	left, already, wrong := done.Count()
	made := done.MadeNow()
	p := Page{Base: b, Back: at(b), Done: b.N("import.done", made), Lead: b.T("import.done_counts", "already", already-made, "wrong", wrong)}
	if left > 0 {
		b.Title, p.Title = b.T("import.going_title"), b.T("import.going_title")
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "import"), Hidden: []ui.Hidden{{Name: "kept", Value: string(kept)}}},
			parts.Buttons(ui.SubmitButton(ui.Button{Text: b.N("import.go_on", left), Name: "do", Value: "import", Key: b.Keys.Of(staff.DeskMain)}))))
		return p
	}
	p.Parts = append(p.Parts, parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: at(b), Text: b.T("desk.to_day")})))
	return p.with(faultList(b, done)...)
}
