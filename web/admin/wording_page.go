package admin

import (
	"cmp"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// shownSMS is the text message on the page, which the script writes anew.
const shownSMS = "shown-sms"

func newWordingPage(b web.Base, w wordingView) DeskPage {
	b.Title = noticeName(b, w.Occasion)
	p := DeskPage{Back: adminAt(b, "wordings"), Lead: b.T("wording.edit_lead", "language", languageName(b, w.Lang))}
	wrong := w.trouble(b, &p)
	b.HasError = len(p.Trouble) > 0
	p.Base = b
	if langs := languagesOf(&w.Draft); len(langs) > 1 {
		var links []ui.Link
		for _, l := range langs {
			links = append(links, ui.Link{Href: wordingAt(b, w.Occasion, l), Text: languageName(b, l), Current: l == w.Lang})
		}
		p.Parts = append(p.Parts, ui.LinkRow(b.T("wording.languages"), links))
	}
	if w.Discreet() {
		p.Parts = append(p.Parts, infoBox(b.T("wording.discreet_title"), b.T("wording.discreet")))
	}
	if w.outdated {
		p.Parts = append(p.Parts, ui.P(b.T("thing.changed_what")), ui.Table(w.both(b)))
	}
	p.Parts = append(p.Parts, w.form(b, wrong), w.preview(b), w.placesTable(b))
	if w.Begun {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: adminAt(b, "config", "publish"), Text: b.T("wording.to_publish")}}))
	}
	return p
}

// trouble says what is wrong: by part, and in the summary of the page.
func (w wordingView) trouble(b web.Base, p *DeskPage) map[notify.Part]string {
	wrong := map[notify.Part]string{}
	blame := func(part notify.Part, what string) {
		if wrong[part] == "" {
			wrong[part] = what
		}
		p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + string(part), Text: b.T("thing.wrong", "field", partName(b, part), "what", what)})
	}
	if w.outdated {
		p.Trouble = append(p.Trouble, ui.ErrorItem{Text: changedBy(b, w.configView)})
	}
	for _, f := range w.unread {
		blame(notify.Part(f.Name), b.Printer.TA(f.Key, f.Args))
	}
	for _, x := range w.problems {
		part, _, _ := strings.Cut(x.Path, ".")
		blame(notify.Part(part), problemWords(b, x))
	}
	return wrong
}

func partName(b web.Base, p notify.Part) string {
	return fieldLabel(b, blueprint.Wordings, string(p))
}

// both shows what somebody else has written beside what was typed.
func (w wordingView) both(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("thing.changed_table"), Head: []string{b.T("thing.changed_field"), b.T("thing.changed_now"), b.T("thing.changed_yours")}}
	for _, p := range notify.Parts {
		if theirs := p.Of(w.Draft.Wording(w.Occasion))[w.Lang]; theirs != w.Words[p] {
			t.Rows = append(t.Rows, []ui.Cell{{Text: partName(b, p)}, {Text: plainWords(b, theirs)}, {Text: plainWords(b, w.Words[p])}})
		}
	}
	return t
}

// form asks for each part, with the product's words beside it.
func (w wordingView) form(b web.Base, wrong map[notify.Part]string) web.Component {
	var fields []web.Component
	for _, p := range notify.Parts {
		f := ui.Field{
			Name: string(p), Label: partName(b, p), Hint: b.T("thing.wordings." + string(p) + ".help"), Value: w.Words[p], Error: wrong[p], Autocomplete: "off", MaxLen: p.Most(),
		}
		var field web.Component
		switch p {
		case notify.PartSubject:
			field = ui.TextField(b.Printer, f)
		case notify.PartOpening:
			f.Rows = 6
			field = ui.TextArea(b.Printer, f)
		default:
			field = ui.TextArea(b.Printer, f)
		}
		parts := []web.Component{field}
		if p == notify.PartSMS && w.shown != nil {
			parts = append(parts, w.counter(b))
		}
		product := notify.ProductWording(w.words, w.Occasion, p)
		fields = append(fields, besides(parts, []web.Component{
			ui.Muted(b.T("wording.ready_of", "part", b.T("wording.part."+string(p)))), ui.Specimen("", langOf(b, w.Lang), product),
		}))
	}
	save := b.T("thing.save")
	if w.outdated {
		save = b.T("thing.save_mine")
	}
	at := adminAt(b, "wordings", string(w.Occasion))
	list := []ui.Button{{Text: save, Name: "do", Value: "save"}, {Text: b.T("wording.preview"), Look: ui.Secondary, Name: "do", Value: "preview", FormAction: at + "#preview"}}
	if len(ownParts(w.configView, w.Occasion, w.Lang)) > 0 {
		list = append(list, ui.Button{Text: b.T("wording.back_to_ready"), Look: ui.Tertiary, Name: "do", Value: "ready"})
	}
	return rulesForm(ui.FormData{Action: at, Hidden: []ui.Hidden{
		{Name: "in", Value: string(w.Lang)}, {Name: "seen", Value: w.SeenWording(w.Occasion, w.Lang)},
	}}, list, ui.Link{Href: adminAt(b, "wordings"), Text: b.T("people.cancel")}, fields)
}

// langOf marks words that are not in the page's language.
func langOf(b web.Base, l i18n.Lang) string {
	if l == b.Lang {
		return ""
	}
	return string(l)
}

// counter counts the text message with the facts of the example in it, also while it has faults.
func (w wordingView) counter(b web.Base) web.Component {
	product := notify.ProductWording(w.words, w.Occasion, notify.PartSMS)
	text := notify.FillLine(cmp.Or(w.Words[notify.PartSMS], product), w.shown.Facts)
	if !w.Marks() {
		text = notify.Plain(text)
	}
	return ui.Counter(b.Printer, web.CountParts(text, ui.PartCount{
		Field: string(notify.PartSMS), Facts: w.shown.Facts, Plain: !w.Marks(), Shown: shownSMS, Fallback: product,
	}))
}

// preview shows the notice as it is read.
func (w wordingView) preview(b web.Base) web.Component {
	title := b.T("wording.preview_title")
	if w.shown == nil || len(w.problems) > 0 || len(w.unread) > 0 {
		return all([]web.Component{ui.H2("preview", title), ui.Muted(b.T("wording.no_preview"))})
	}
	parts := []web.Component{ui.H2("preview", title), ui.Muted(b.T("wording.preview_lead"))}
	if w.unsaved {
		parts = append(parts, infoBox("", b.T("wording.not_saved")))
	}
	lang := langOf(b, w.Lang)
	mail := []web.Component{ui.H3("", b.T("wording.mail_title")), ui.P(b.T("wording.mail_subject", "subject", w.shown.Subject)), ui.Specimen("", lang, w.shown.Mail)}
	sms := []web.Component{ui.H3("", b.T("wording.sms_title")), ui.Specimen(shownSMS, lang, w.shown.SMS)}
	return all(append(parts, besides(mail, sms)))
}

// placesTable says which places may be used, and what they mean.
func (w wordingView) placesTable(b web.Base) web.Component {
	t := ui.TableData{Caption: b.T("wording.places"), HideCaption: true, Head: []string{b.T("wording.place_head"), b.T("wording.meaning"), b.T("wording.usable")}}
	if w.shown != nil {
		t.Head = append(t.Head, b.T("wording.specimen"))
	}
	mail, needed := notify.PartOpening.Places(w.Occasion), notify.PartSMS.Needed(w.Occasion)
	for _, place := range notify.PartSMS.Places(w.Occasion) {
		if w.Discreet() && len(notify.Telling("{"+place+"}")) > 0 {
			continue
		}
		row := []ui.Cell{{Content: ui.Code("{" + place + "}")}, {Text: b.T("wording.place." + place)}, {Text: usable(b, slices.Contains(mail, place), slices.Contains(needed, place))}}
		if w.shown != nil {
			row = append(row, ui.Cell{Text: w.shown.Facts[place]})
		}
		t.Rows = append(t.Rows, row)
	}
	return section(b.T("wording.places"), b.T("wording.places_lead"), ui.Table(t))
}

// usable says in which parts a place may be, and where it must be.
func usable(b web.Base, mail, needed bool) string {
	switch {
	case mail && needed:
		return b.T("wording.in_both_needed")
	case mail:
		return b.T("wording.in_both")
	case needed:
		return b.T("wording.in_sms_needed")
	}
	return b.T("wording.in_sms")
}

// wordingLines are what comes or goes with a notice's words: each of them, since there is nothing else to a wording.
func wordingLines(b web.Base, w blueprint.Work, l blueprint.Line) []wordedLine {
	o := &w.Draft
	if l.Op == blueprint.Removed {
		o = &w.Published
	}
	_, id, _ := strings.Cut(l.What, " ")
	var out []wordedLine
	for _, part := range notify.Parts {
		text := part.Of(o.Wording(notify.Occasion(id)))
		for _, lang := range i18n.Languages() {
			if text[lang.Code] == "" {
				continue
			}
			what, _ := placeOf(b, o, blueprint.Wordings+"."+id+"."+string(part)+"."+string(lang.Code))
			old, now := "", text[lang.Code]
			if l.Op == blueprint.Removed {
				old, now = now, old
			}
			out = append(out, readyWords(b, wordedLine{what, old, now}, old, now))
		}
	}
	return out
}

// readyWords says that the product's words go out where there are none of one's own.
func readyWords(b web.Base, l wordedLine, old, now string) wordedLine {
	if old == "" {
		l.old = b.T("wording.ready")
	}
	if now == "" {
		l.now = b.T("wording.ready")
	}
	return l
}
