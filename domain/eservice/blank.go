package eservice

import (
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/pdf"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// Blank is a form to be filled in by hand: every question with its help, choices as boxes to tick, lines to write on, what is asked only after an answer with that answer in words, what is to be signed, where
// it goes, and which version it is. The same version gives the same bytes.
func Blank(p *i18n.Printer, c *catalog.Config, f *catalog.Form, v Version, def *form.Definition) pdf.Document {
	lang, _ := i18n.Lookup(string(p.Lang()))
	org, title := c.Org.Name.In(p.Lang()), f.Name.In(p.Lang())
	if title == "" {
		title = string(f.ID)
	}
	b := blank{p: p, def: def, title: title}
	from := time.Unix(v.From, 0).In(c.Zone())
	version := p.T("on_paper.version", "number", v.Number, "date", p.ShortDate(from))
	d := pdf.Document{
		Title: title, Lang: lang.BCP47, Author: org, At: time.Unix(v.From, 0), Foot: org + " · " + version, Page: func(n, of int) string { return p.T("paper.page", "n", n, "of", of) },
	}
	if s := f.Summary.In(p.Lang()); s != "" {
		b.add(pdf.Paragraph{Text: s})
	}
	to := mailbox.ReturnTo(c, p.Lang())
	b.add(pdf.Facts{{Name: p.T("on_paper.to"), Value: strings.Join(to, "\n")}, {Name: p.T("on_paper.which"), Value: version}}, pdf.Paragraph{Text: p.T("on_paper.how")})
	for _, s := range def.Steps {
		name, _ := def.Word(p.Lang(), s.Key+".label", s.Text)
		if name == "" && len(def.Steps) > 1 {
			name = p.T("on_paper.part", "n", s.Index+1)
		}
		if name != "" {
			b.add(pdf.Heading{Level: 2, Text: name})
		}
		b.says(def.StepWhen(p, s))
		b.elements(s.Elements, 3)
	}
	b.add(pdf.Heading{Level: 2, Text: p.T("on_paper.sign")}, pdf.Paragraph{Text: p.T("on_paper.declare")}, pdf.Blank{Label: p.T("on_paper.place_and_day")}, pdf.Blank{Label: p.T("on_paper.signature")},
		pdf.Blank{Label: p.T("on_paper.name")}, pdf.Blank{Label: p.T("on_paper.reach")})
	switch f.Signers {
	case catalog.SignedByGuardian, catalog.SignedByColleague:
		b.add(pdf.Heading{Level: 3, Text: p.T("on_paper.other." + f.Signers)}, pdf.Blank{Label: p.T("on_paper.place_and_day")}, pdf.Blank{Label: p.T("on_paper.signature")}, pdf.Blank{Label: p.T("on_paper.name")})
	}
	if follows := f.Follows.In(p.Lang()); follows != "" {
		b.add(pdf.Heading{Level: 2, Text: p.T("submission.follows")}, pdf.Paragraph{Text: follows})
	}
	d.Blocks = b.blocks
	return d
}

// blank is a form as it is written down.
type blank struct {
	p      *i18n.Printer
	def    *form.Definition
	title  string
	blocks []pdf.Block
}

func (b *blank) add(list ...pdf.Block) { b.blocks = append(b.blocks, list...) }

// says adds running text, if there is any.
func (b *blank) says(text string) {
	if text != "" {
		b.add(pdf.Paragraph{Text: text})
	}
}

func (b *blank) word(key, standIn string) string {
	text, _ := b.def.Word(b.p.Lang(), key, standIn)
	return text
}

func (b *blank) elements(list []*form.Element, level int) {
	for _, e := range list {
		when := b.def.When(b.p, e)
		switch e.Kind {
		case form.Group:
			if title := b.word(e.Key+".label", e.Text); title != "" {
				b.add(pdf.Heading{Level: level, Text: title})
			}
			b.says(when)
			b.says(b.word(e.Key+".description", ""))
			b.elements(e.Elements, min(level+1, 6))
		case form.Label:
			b.says(strings.TrimSpace(when + "\n" + b.word(e.Key+".text", e.Text)))
		case form.Control:
			if e.Field.Kind == form.Repeated {
				b.rows(e, when, level)
				continue
			}
			b.control(e, when)
		}
	}
}

// What a sheet of paper has room for: rows that are asked at once, and choices with a box each.
const (
	fewRows     = 3
	manyChoices = 60
	manyLines   = 5
)

// rows asks for several, as many as most have.
func (b *blank) rows(e *form.Element, when string, level int) {
	f := e.Field
	name := b.label(f)
	b.add(pdf.Heading{Level: level, Text: name})
	b.says(when)
	b.says(b.word(f.Key+".description", f.Description))
	n := fewRows
	if f.MinItems != nil {
		n = max(n, min(*f.MinItems, 2*fewRows))
	}
	if f.MaxItems != nil {
		n = min(n, *f.MaxItems)
	}
	one, _ := b.def.RowName(b.p.Lang(), f)
	for i := range n {
		b.add(pdf.Heading{Level: min(level+1, 6), Text: b.p.T("eform.row", "name", one, "n", i+1)})
		b.elements(e.Elements, min(level+2, 6))
	}
	if f.MaxItems == nil || *f.MaxItems > n {
		b.says(b.p.T("on_paper.more_rows"))
	}
}

// label is what a field is called, with what it is counted in and whether it may be left out.
func (b *blank) label(f *form.Field) string {
	standIn := f.Label
	if standIn == "" {
		standIn = f.Name
	}
	text := b.word(f.Key+".label", standIn)
	if f.Unit != "" {
		text += " (" + f.Unit + ")"
	}
	if !f.Required && !f.Must() && f.Kind != form.Repeated && f.Kind != form.Files {
		text = b.p.T("on_paper.optional", "question", text)
	}
	return text
}

// control asks one thing.
func (b *blank) control(e *form.Element, when string) {
	f, box := e.Field, b.p.T("paper.consent.form_box")
	if f.Calculated() {
		return // it is worked out by those who receive it
	}
	label := b.label(f)
	help := b.word(f.Key+".description", f.Description)
	if when != "" { // in one piece with its question, so that no page comes between them
		label = when + "\n" + label
	}
	asked := func(note string) {
		b.says(strings.TrimSpace(label + "\n" + strings.TrimSpace(help+"\n"+note)))
	}
	line := func(note string, more int) {
		if all := strings.TrimSpace(help + "\n" + note); all != "" {
			label += "\n" + all
		}
		b.add(pdf.Blank{Label: label, More: more})
	}
	switch f.Kind {
	case form.Tick:
		if !e.Radio {
			b.says(help)
			b.add(pdf.Tick{Text: label, Box: box})
			return
		}
		asked(b.p.T("on_paper.tick_one"))
		b.add(pdf.Tick{Text: b.p.T("eform.yes"), Box: box}, pdf.Tick{Text: b.p.T("eform.no"), Box: box})
	case form.Choice, form.Choices:
		if len(f.Choices) > manyChoices {
			line("", 0)
			return
		}
		note := "on_paper.tick_one"
		if f.Kind == form.Choices {
			note = "on_paper.tick_all"
		}
		asked(b.p.T(note))
		for _, one := range f.Choices {
			b.add(pdf.Tick{Text: b.word(f.Key+"."+one, one), Box: box})
		}
	case form.Files:
		b.says(when)
		b.says(help)
		key := "on_paper.attached_if"
		if f.Required {
			key = "on_paper.attached"
		}
		b.add(pdf.Tick{Text: b.p.T(key, "name", b.label(f)), Box: box})
	case form.Date:
		line(b.p.T("eform.date_example"), 0)
	case form.TimeOf:
		line(b.p.T("eform.time_example"), 0)
	case form.Lines:
		line("", manyLines)
	case form.Line:
		more := 0
		if f.Format == "" && f.MaxLength != nil && *f.MaxLength > 200 && *f.MaxLength < form.MaxLine { // what has no bound of its own is a line all the same
			more = 1
		}
		line("", more)
	default:
		line("", 0)
	}
}
