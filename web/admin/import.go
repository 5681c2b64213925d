package admin

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/domain/blueprint"
	"luukku/web"
	"luukku/web/ui"
)

// export answers with the configuration as a blueprint: what is published or, when the address asks for it, the draft.
func (d *Door) export(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	o := c.Published
	if v.Query("draft") != "" {
		o = c.Draft
	}
	b, err := blueprint.Export(blueprint.Document{Organisations: []blueprint.Organisation{o}})
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/toml; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(orgOf(v))+`.toml"`)
	return web.Send(v.W, v.R, http.StatusOK, b)
}

// importView is what the page of taking a blueprint over is made from.
type importView struct {
	configView
	file     string // what was uploaded
	problems []blueprint.Problem
	lines    []blueprint.Line
	after    blueprint.Work // as it would be
	wrong    string         // the key of a text: why the file was not read
	many     bool           // the file has several organisations, of which the first is taken
}

// imports asks for a blueprint.
func (d *Door) imports(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	return show(v, newImportPage(page(v, ""), importView{configView: c}))
}

// importPost shows what a blueprint would change; sent again from there it puts that into the draft.
func (d *Door) importPost(v *web.Visit) error {
	file, sure, wrong, err := uploaded(v)
	if err != nil {
		return err
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	p := importView{configView: c, file: file, wrong: wrong}
	if wrong == "" {
		doc, problems := blueprint.Parse([]byte(file))
		p.problems, p.many = problems, len(doc.Organisations) > 1
		switch {
		case len(blueprint.Faults(problems)) == 0 && len(doc.Organisations) == 0:
			p.wrong = "take_over.no_organisation"
		case len(blueprint.Faults(problems)) == 0 && sure:
			err := d.Drafts.Take(v.Ctx(), v.Actor(), orgOf(v), doc)
			if refused := (&blueprint.Refused{}); errors.As(err, &refused) {
				p.problems = refused.Problems
				break
			}
			if err != nil {
				return err
			}
			return v.SeeOther(adminAt(baseOf(v), "config") + "?done=imported")
		case len(blueprint.Faults(problems)) == 0:
			after, lines := c.Over(doc)
			p.lines, p.after = lines, blueprint.Work{Published: c.Draft, Draft: after}
		}
	}
	page := newImportPage(page(v, ""), p)
	status := http.StatusOK
	if page.HasError {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, ShowDesk(page))
}

// uploaded reads the file of a form, or the text of one that was looked at already. wrong is the key of a text that says why it cannot be read.
func uploaded(v *web.Visit) (file string, sure bool, wrong string, err error) {
	if err := v.R.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", false, "", err
		}
		return "", false, "", fault.Invalid("error.bad_request", nil).Because(err)
	}
	if text := v.R.PostFormValue("text"); text != "" {
		return oneBreak(text), v.R.PostFormValue("sure") == "1", "", nil
	}
	b, wrong, err := fileOf(v, "file")
	if err == nil && wrong == "" && !utf8.Valid(b) {
		wrong = "take_over.no_text"
	}
	return oneBreak(string(b)), false, wrong, err
}

// oneBreak writes line breaks as we do: browsers and some editors write two characters for each.
func oneBreak(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// fileOf reads an uploaded file.
func fileOf(v *web.Visit, name string) (b []byte, wrong string, err error) {
	f, _, err := v.R.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, "take_over.no_file", nil
	}
	if err != nil {
		return nil, "", fault.Invalid("error.bad_request", nil).Because(err)
	}
	b, err = io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, "", err
	}
	if len(b) == 0 {
		return nil, "take_over.no_file", nil
	}
	return b, "", nil
}

func newImportPage(b web.Base, c importView) DeskPage {
	b.Title = b.T("take_over.title")
	p := DeskPage{Back: adminAt(b, "config"), Lead: b.T("take_over.lead")}
	faults := blueprint.Faults(c.problems)
	wrong := ""
	if c.wrong != "" {
		wrong = b.T(c.wrong)
		p.Trouble = []ui.ErrorItem{{Href: "#file", Text: wrong}}
	} else if len(faults) > 0 {
		p.Trouble = []ui.ErrorItem{{Href: "#faults", Text: b.N("take_over.faults", len(faults))}}
	}
	b.HasError = len(p.Trouble) > 0
	p.Base = b
	if len(c.lines) > 0 {
		p.Lead = ""
		if c.many {
			p.Parts = append(p.Parts, warningBox(b.T("take_over.many_title"), b.T("take_over.many")))
		}
		worded := wordedLines(b, c.after, c.lines)
		p.Parts = append(p.Parts, section(b.T("publish.changes"), b.N("take_over.count", len(worded)), ui.Table(diffTable(b, b.T("publish.changes"), worded))),
			form(ui.FormData{Action: adminAt(b, "config", "import"), Hidden: []ui.Hidden{{Name: "text", Value: c.file}, {Name: "sure", Value: "1"}}},
				ui.Button{Text: b.T("take_over.take")}, ui.Link{Href: adminAt(b, "config", "import"), Text: b.T("take_over.other")}))
		return p
	}
	if c.file != "" && !b.HasError {
		p.Parts = append(p.Parts, infoBox("", b.T("take_over.same")))
	}
	if len(c.problems) > 0 && len(faults) > 0 {
		p.Parts = append(p.Parts, ui.H2("faults", b.T("take_over.faults_title")), ui.P(b.T("take_over.faults_lead")), ui.Table(faultTable(b, c)))
	}
	p.Parts = append(p.Parts, form(ui.FormData{Action: adminAt(b, "config", "import"), Upload: true}, ui.Button{Text: b.T("take_over.read")},
		ui.Link{Href: p.Back, Text: b.T("people.cancel")}, ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("take_over.file"), Hint: b.T("take_over.file_help"), Error: wrong})))
	return p
}

// faultTable shows the faults of a file by their lines. Where in the file is said as the file has it.
func faultTable(b web.Base, c importView) ui.TableData {
	t := ui.TableData{Caption: b.T("take_over.faults_title"), HideCaption: true, Head: []string{b.T("take_over.line"), b.T("take_over.place"), b.T("take_over.fault")}}
	for _, p := range blueprint.Faults(c.problems) {
		line := "–"
		if p.Line > 0 {
			line = b.Printer.Number(p.Line)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: line}, {Content: ui.Code(p.Path)}, {Text: problemWords(b, p)}})
	}
	return t
}
