package admin

import (
	"cmp"

	"luukku/base/i18n"
	"luukku/web"
	"luukku/web/ui"
)

// automatic shows the automatic answers of an inbox as they go out, in each language, and counts them: while somebody types, too.
func (e *editor) automatic() web.Component {
	parts := []web.Component{ui.H2("preview", e.T("thing.inboxes.preview")), ui.Muted(e.T("thing.inboxes.preview_lead"))}
	for _, l := range e.langs {
		p := e.Printer
		if e.words != nil {
			p = e.words(l)
		}
		parts = append(parts, ui.H3("", e.T("common.languages."+string(l))),
			e.answer("out_of_hours", l, p.T("inbox.out_of_hours", "org", e.o.ShortName().In(l))), e.answer("acknowledge", l, ""))
	}
	return all(parts)
}

// answer is one automatic answer as it goes out in a language: as it is written in it, else as it stands in for it in another, else own.
func (e *editor) answer(field string, l i18n.Lang, own string) web.Component {
	name := field + "-" + string(l)
	written := i18n.Text{}
	for _, other := range i18n.Languages() {
		written[other.Code] = e.typed.Get(field + "-" + string(other.Code))
	}
	text, in := written.InOK(l)
	delete(written, l)
	fallback := cmp.Or(written.In(l), own)
	label := ui.P(e.T("thing.inboxes." + field + ".label"))
	if text = cmp.Or(text, own); text == "" {
		return all([]web.Component{label, ui.Muted(e.T("thing.inboxes.preview_none"))})
	}
	return all([]web.Component{label, ui.Specimen("shown-"+name, langOf(e.Base, in), text),
		ui.Counter(e.Printer, web.CountParts(text, ui.PartCount{Field: name, Shown: "shown-" + name, Fallback: fallback}))})
}
