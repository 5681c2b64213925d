package eservice

import (
	"context"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// Facts are what a receipt says before the answers: what was sent, under which number, when to the second, by whom, and what it can be recognised by.
func (w Whole) Facts(p *i18n.Printer, by string) pdf.Facts {
	var out pdf.Facts
	add := func(key, value string) {
		if value != "" {
			out = append(out, pdf.Fact{Name: p.T(key), Value: value})
		}
	}
	add("submission.fact.to", w.Config.Org.Name.In(p.Lang()))
	add("submission.fact.number", w.Number)
	add("submission.fact.sent", w.moment(p, w.SentAt))
	if w.Unsigned() {
		by = strings.TrimSpace(by + " " + p.T("submission.unsigned"))
	}
	add("submission.fact.by", by)
	if w.By != "" {
		add("submission.fact.typed", p.T("submission.by_staff"))
	}
	add("submission.fact.state", p.T("submission.state."+string(w.State)))
	add("submission.fact.digest", w.AnswersDigest)
	return out
}

// moment is a moment to the second, with the distance from universal time.
func (w Whole) moment(p *i18n.Printer, unix int64) string {
	t := time.Unix(unix, 0).In(w.Config.Zone())
	return p.T("paper.receipt.moment", "date", p.ShortDate(t), "time", t.Format("15:04:05"), "zone", t.Format("UTC-07:00"))
}

// Title is what the form is called, in a reader's language.
func (w Whole) Title(l i18n.Lang) string {
	if w.Form != nil {
		if name := w.Form.Name.In(l); name != "" {
			return name
		}
	}
	return string(w.Submission.Form)
}

// Follows is what follows after it was sent.
func (w Whole) Follows(l i18n.Lang) string {
	if w.Form == nil {
		return ""
	}
	return w.Form.Follows.In(l)
}

// Sections are the answers in words, as they were sent.
func (w Whole) Sections(p *i18n.Printer) []Section {
	return Words(p, w.Def, w.Answers, w.Files, w.sentOn())
}

// Additions are the answers that were given anew with an event, in words: each with what stood there before.
func (w Whole) Additions(p *i18n.Printer, e Event) []Section {
	var out Section
	for _, c := range w.Changes(p, e) {
		value := c.Now
		if c.Was != c.Now {
			value = p.T("submission.anew_was", "now", c.Now, "was", c.Was)
		}
		out.Lines = append(out.Lines, Line{At: c.At, Label: c.Label, Value: value})
	}
	if len(out.Lines) == 0 {
		return nil
	}
	out.Title = p.T("submission.anew_title")
	return []Section{out}
}

func (w Whole) sentOn() time.Time { return time.Unix(w.SentAt, 0).In(w.Config.Zone()) }

// Document is what was sent as a document: what the receipt says, each answer with its question, what is attached with size and digest, and what happened since. Who sent it is named by.
func (w Whole) Document(p *i18n.Printer, by string, at time.Time) pdf.Document {
	lang, _ := i18n.Lookup(string(p.Lang()))
	d := pdf.Document{
		Title: w.Title(p.Lang()), Lang: lang.BCP47, Author: w.Config.Org.Name.In(p.Lang()), At: at, Foot: w.Config.Org.Name.In(p.Lang()) + " · " + w.Number,
		Page: func(n, of int) string { return p.T("paper.page", "n", n, "of", of) },
	}
	d.Blocks = append(d.Blocks, w.Facts(p, by))
	if follows := w.Follows(p.Lang()); follows != "" {
		d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: p.T("submission.follows")}, pdf.Paragraph{Text: follows})
	}
	sections := func(list []Section, level int) {
		for _, s := range list {
			if s.Title != "" {
				d.Blocks = append(d.Blocks, pdf.Heading{Level: level, Text: s.Title})
			}
			var facts pdf.Facts
			for _, l := range s.Lines {
				facts = append(facts, pdf.Fact{Name: l.Label, Value: l.Value})
			}
			d.Blocks = append(d.Blocks, facts)
		}
	}
	sections(w.Sections(p), 2)
	files := func(list []mailbox.Attachment) {
		if len(list) == 0 {
			return
		}
		t := pdf.Table{Head: []string{p.T("submission.files.name"), p.T("submission.files.size"), p.T("submission.files.digest")}, RowHeads: true}
		for _, a := range list {
			t.Rows = append(t.Rows, []string{a.Name, mailbox.SizeText(p, a.Size), a.Digest})
		}
		d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: p.T("submission.files.title")}, t)
	}
	files(w.Files)
	for _, e := range w.Events {
		switch {
		case e.What == Added:
			d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: p.T("submission.added_at", "at", w.moment(p, e.At))})
		case e.What == Answered && e.Text != "":
			d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: p.T("submission.decided_at", "at", w.moment(p, e.At))}, pdf.Heading{Level: 3, Text: e.Subject})
		default:
			continue
		}
		if e.Text != "" {
			d.Blocks = append(d.Blocks, pdf.Paragraph{Text: e.Text})
		}
		sections(w.Additions(p, e), 3)
		files(e.Files)
	}
	return d
}

// SubmissionPDF is what the actor has sent as a document, in a language.
func (s *Service) SubmissionPDF(ctx context.Context, who actor.Actor, id ids.Submission, lang i18n.Lang) (Whole, pdf.File, error) {
	w, err := s.Submission(ctx, who, id)
	if err != nil {
		return w, pdf.File{}, err
	}
	by, err := s.SentBy(ctx, w.Submission)
	if err != nil {
		return w, pdf.File{}, err
	}
	f, err := w.Document(s.Texts.Printer(lang), by, s.Now()).Write()
	return w, f, err
}

// SentBy is the name of whose it is, for themselves and for those who handle it; empty where nobody is known.
func (s *Service) SentBy(ctx context.Context, x Submission) (string, error) {
	if x.Owner.Person == "" && x.MadeBy == "" {
		if !x.For.IsZero() {
			return x.For.Name, nil
		}
		return "", nil
	}
	who := actor.System("eservice")
	if who.Person = x.Owner.Person; who.Person == "" {
		who.Person = x.MadeBy
	}
	a, err := s.Letters.People.Mine(ctx, who)
	return a.Name, orNobody(err)
}
