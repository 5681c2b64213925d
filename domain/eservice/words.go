package eservice

import (
	"slices"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// Section is a step of a form, or a row of a group in it, with its answers in words.
type Section struct {
	Title string
	Lines []Line
}

// Line is one answer in the form's words.
type Line struct {
	At, Label, Value string
	// None says that there is no answer; Value says so then, too.
	None bool
	// Sensitive is shown to nobody but whose it is and who handles it.
	Sensitive bool
	// Files are what is attached there.
	Files []mailbox.Attachment
}

// Words are the answers of what was sent in the form's words: by step, in a reader's language where the form has it. What was hidden is not there.
func Words(p *i18n.Printer, def *form.Definition, a form.Answers, files []mailbox.Attachment, at time.Time) []Section {
	w := worder{p: p, def: def, out: def.Evaluate(a, at), files: files}
	var all []Section
	for _, s := range w.out.Steps() {
		title, _ := def.Word(p.Lang(), s.Key+".label", s.Text)
		w.sections, w.now = nil, Section{Title: title}
		w.elements(s.Elements, -1)
		w.close()
		all = append(all, w.sections...)
	}
	return all
}

type worder struct {
	p        *i18n.Printer
	def      *form.Definition
	out      *form.Outcome
	files    []mailbox.Attachment
	sections []Section
	now      Section
}

func (w *worder) close() {
	if len(w.now.Lines) > 0 {
		w.sections = append(w.sections, w.now)
	}
	w.now.Lines = nil
}

func (w *worder) elements(list []*form.Element, row int) {
	for _, e := range list {
		switch {
		case !w.out.Shows(e, row):
		case e.Field == nil:
			w.elements(e.Elements, row)
		case e.Field.Kind == form.Repeated:
			title := w.now.Title
			w.close()
			for i := range w.out.Rows(e.Field) {
				name, _ := w.def.RowName(w.p.Lang(), e.Field)
				w.now.Title = w.p.T("submission.row", "name", name, "n", i+1)
				w.elements(e.Elements, i)
				w.close()
			}
			w.now.Title = title
		default:
			w.now.Lines = append(w.now.Lines, w.line(e.Field, row))
		}
	}
}

func (w *worder) label(f *form.Field) string {
	s, _ := w.def.Word(w.p.Lang(), f.Key+".label", f.Label)
	if s == "" {
		s = f.Name
	}
	return s
}

func (w *worder) line(f *form.Field, row int) Line {
	l := Line{At: f.In(row), Label: w.label(f), Sensitive: f.Sensitive}
	v := w.out.Value(f, row)
	if f.Kind == form.Files {
		for _, id := range fileIDs(v) {
			if i := slices.IndexFunc(w.files, func(a mailbox.Attachment) bool { return a.ID == id }); i >= 0 {
				l.Files = append(l.Files, w.files[i])
			}
		}
		var names []string
		for _, a := range l.Files {
			names = append(names, w.p.T("submission.file", "name", a.Name, "size", mailbox.SizeText(w.p, a.Size)))
		}
		l.Value = strings.Join(names, "\n")
	} else {
		l.Value = w.def.Said(w.p, f, v)
	}
	if l.Value == "" {
		l.None, l.Value = true, w.p.T("submission.no_answer")
	}
	return l
}

// fileIDs are the files that an answer names.
func fileIDs(v any) []ids.File {
	var out []ids.File
	list, _ := v.([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, ids.File(s))
		}
	}
	return out
}
