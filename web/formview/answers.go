package formview

import (
	"luukku/domain/form"
	"luukku/web"
	"luukku/web/ui"
)

// Answers are the answers of a step under its title: to be checked before a form is sent, and to be read afterwards. Change is where they can be changed; empty where they cannot.
func (v View) Answers(b web.Base, s *form.Step, title, change string) []web.Component {
	title, lang := v.StepTitle(b, s, title)
	out := []web.Component{ui.HeadingIn(2, "", title, lang)}
	rows := v.summary(b, s.Elements, -1, change)
	return append(out, v.lists(b, rows)...)
}

// line is one line of a summary: an answer, or the heading of a row.
type line struct {
	ui.SummaryRow
	heading, lang string
}

// lists are lines as lists with headings between them.
func (v View) lists(b web.Base, all []line) (out []web.Component) {
	var rows []ui.SummaryRow
	flush := func() {
		if len(rows) > 0 {
			out = append(out, ui.SummaryList(b.Printer, rows))
		}
		rows = nil
	}
	for _, l := range all {
		if l.heading != "" {
			flush()
			out = append(out, ui.HeadingIn(3, "", l.heading, l.lang))
			continue
		}
		rows = append(rows, l.SummaryRow)
	}
	flush()
	return out
}

// AnswerList is all answers of a form, step by step, to be read.
func (v View) AnswerList(b web.Base, title string) (out []web.Component) {
	for _, s := range v.Out.Steps() {
		out = append(out, v.Answers(b, s, title, "")...)
	}
	return out
}

func (v View) summary(b web.Base, list []*form.Element, row int, change string) (out []line) {
	for _, e := range list {
		if !v.Out.Shows(e, row) {
			continue
		}
		switch {
		case e.Kind == form.Group:
			out = append(out, v.summary(b, e.Elements, row, change)...)
		case e.Kind != form.Control:
		case e.Field.Kind == form.Repeated:
			name, lang := v.Label(b, e.Field)
			n := v.Out.Rows(e.Field)
			if n == 0 {
				out = append(out, v.line(b, e.Field, row, change, ui.SummaryRow{Key: name, KeyLang: lang, Value: b.T("eform.no_rows")}))
			}
			for i := range n {
				title, in := v.row(b, e.Field, i)
				out = append(out, line{heading: title, lang: in})
				out = append(out, v.summary(b, e.Elements, i, change)...)
			}
		default:
			name, lang := v.Label(b, e.Field)
			r := ui.SummaryRow{Key: name, KeyLang: lang, Value: v.Text(b, e.Field, v.Out.Value(e.Field, row))}
			if files := v.Attached(e.Field, row); e.Field.Kind == form.Files && len(files) > 0 && v.FileURL != nil {
				var to []ui.Link
				for _, a := range files {
					to = append(to, ui.Link{Href: v.FileURL(a.ID), Text: a.Name})
				}
				r.Content = links(to)
			}
			out = append(out, v.line(b, e.Field, row, change, r))
		}
	}
	return out
}

// line is an answer with where it comes from, or what is wrong with it, and a link to change it.
func (v View) line(b web.Base, f *form.Field, row int, change string, r ui.SummaryRow) line {
	at := f.In(row)
	if s := v.source(b, at); s != "" {
		r.Note = s
	}
	if s := v.wrongAt(b, at); s != "" {
		r.Note = s
	}
	if change != "" && !v.Out.Closed(f, row) {
		r.ChangeHref, r.ChangeHidden = change+"#"+ID(at), v.Name(b, f, row)
	}
	return line{SummaryRow: r}
}
