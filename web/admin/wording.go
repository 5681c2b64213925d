package admin

import (
	"context"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// Specimen writes a notice as it would be sent by a configuration, in the printer's language, about a booking that nobody made.
type Specimen func(ctx context.Context, p *i18n.Printer, c *catalog.Config, o notify.Occasion) (notify.Specimen, error)

// noticeName is what people call a notice.
func noticeName(b web.Base, o notify.Occasion) string {
	if o != notify.OccasionOf(o.Event(), false) {
		return b.T("wording.by." + o.Key())
	}
	return b.T("undelivered.events." + strings.ReplaceAll(string(o.Event()), ".", "_"))
}

func languageName(b web.Base, l i18n.Lang) string { return b.T("common.languages." + string(l)) }

// wordingAt is the page of a notice's words in a language.
func wordingAt(b web.Base, o notify.Occasion, l i18n.Lang) string {
	return adminAt(b, "wordings", string(o)) + "?in=" + string(l)
}

// wordings lists the notices, and in which languages they have words of the organisation's own.
func (d *Door) wordings(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	return show(v, newWordingsPage(page(v, ""), c))
}

func newWordingsPage(b web.Base, c configView) DeskPage {
	b.Title = b.T("wording.title")
	p := DeskPage{Base: b, Back: adminAt(b, "config"), Lead: b.T("wording.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("wording.notice")}}
	langs := languagesOf(&c.Draft)
	for _, l := range langs {
		t.Head = append(t.Head, languageName(b, l))
	}
	for _, o := range notify.Occasions {
		name := noticeName(b, o)
		row := []ui.Cell{{Text: name}}
		for _, l := range langs {
			text := b.T("wording.ready")
			if own := ownParts(c, o, l); len(own) > 0 {
				var words []string
				for _, part := range own {
					words = append(words, b.T("wording.part."+string(part)))
				}
				text = b.T("wording.own", "parts", b.Printer.List(words))
			}
			hidden := b.T("wording.change", "notice", name, "language", languageName(b, l))
			row = append(row, ui.Cell{Content: ui.A(ui.Link{Href: wordingAt(b, o, l), Text: text, Hidden: "(" + hidden + ")"})})
		}
		t.Rows = append(t.Rows, row)
	}
	p.Parts = []web.Component{ui.Table(t)}
	return p
}

// ownParts are what an organisation words itself of a notice, in one language.
func ownParts(c configView, o notify.Occasion, l i18n.Lang) []notify.Part {
	w := c.Draft.Wording(o)
	return slices.DeleteFunc(slices.Clone(notify.Parts), func(p notify.Part) bool { return p.Of(w)[l] == "" })
}

// wordingView is what the page of a notice's words is made from.
type wordingView struct {
	configView
	blueprint.WordingEdit
	// words prints in the language of the notice.
	words *i18n.Printer
	// shown is the notice as it would be sent, with the product's words for what has faults; nil where there is nothing to show it by.
	shown    *notify.Specimen
	problems []blueprint.Problem
	// unread are parts with characters that no text has.
	unread []fault.Field
	// unsaved says that what is shown is not in the draft, outdated that somebody else has changed it.
	unsaved, outdated bool
}

// openWording opens the words that an address names.
func (d *Door) openWording(v *web.Visit, in string) (w wordingView, err error) {
	if w.configView, err = d.openConfig(v); err != nil {
		return w, err
	}
	w.Org, w.Occasion, w.Lang = orgOf(v), notify.Occasion(v.R.PathValue("notice")), i18n.Lang(in)
	langs := languagesOf(&w.Draft)
	switch {
	case !w.Occasion.Known():
		return w, notThere()
	case in == "" && slices.Contains(langs, v.Lang):
		w.Lang = v.Lang
	case in == "":
		w.Lang = langs[0]
	case !slices.Contains(langs, w.Lang):
		if _, known := i18n.Lookup(in); !known || len(ownParts(w.configView, w.Occasion, w.Lang)) == 0 {
			return w, notThere()
		}
	}
	w.words, w.Words = v.Site.Texts.Printer(w.Lang), map[notify.Part]string{}
	for _, p := range notify.Parts {
		w.Words[p] = p.Of(w.Draft.Wording(w.Occasion))[w.Lang]
	}
	return w, nil
}

// wording shows the words of a notice to be changed.
func (d *Door) wording(v *web.Visit) error {
	w, err := d.openWording(v, v.Query("in"))
	if err != nil {
		return err
	}
	return d.showWording(v, w)
}

func (d *Door) showWording(v *web.Visit, w wordingView) error {
	if d.Deps.Specimen != nil {
		draft := w.With(w.WordingEdit)
		if c, err := draft.Config(w.Installation, v.Org.Version); err == nil {
			s, err := d.Deps.Specimen(v.Ctx(), w.words, c, w.Occasion)
			if err != nil {
				return err
			}
			w.shown = &s
		}
	}
	return show(v, done(v, newWordingPage(page(v, ""), w)))
}

// wordingPost shows what was typed, saves it, or goes back to the product's words.
func (d *Door) wordingPost(v *web.Visit) error {
	w, err := d.openWording(v, v.Form("in"))
	if err != nil {
		return err
	}
	r := &formReader{form: v.R.PostForm}
	for _, p := range notify.Parts {
		if w.Words[p] = r.text(string(p), p == notify.PartOpening); v.Form("do") == "ready" {
			w.Words[p] = ""
		}
	}
	w.Seen = v.Form("seen")
	save := v.Form("do") != "preview"
	switch {
	case v.Form("do") == "ready":
	case len(r.wrong) > 0:
		w.unread = r.wrong
		for _, f := range r.wrong {
			w.Words[notify.Part(f.Name)] = v.Form(f.Name)
		}
		save = false
	case !save:
		w.problems, w.unsaved = blueprint.Faults(w.CheckWording(w.WordingEdit)), true
	}
	if save {
		w.problems, err = d.Drafts.SaveWording(v.Ctx(), v.Actor(), w.WordingEdit)
		w.outdated = fault.IsKey(err, "draft_config.changed")
		if err != nil && !w.outdated {
			return err
		}
		if len(w.problems) == 0 && !w.outdated {
			return v.SeeOther(wordingAt(baseOf(v), w.Occasion, w.Lang) + "&done=saved")
		}
		w.unsaved = true
	}
	return d.showWording(v, w)
}
