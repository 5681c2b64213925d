package portal

import (
	"context"
	"strings"

	"time"

	"luukku/domain/directory"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// newFormsPage is the forms that can be printed.
func newFormsPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.forms.title")
	p.Lead = b.T("portal.forms.lead")
	var list []ui.CardData
	if f.Consent != "" {
		list = append(list, ui.CardData{Title: b.T("portal.forms.consent"), Href: f.Consent, Text: b.T("portal.forms.consent_text"), Meta: b.T("portal.forms.pdf")})
	}
	for _, x := range f.In.Forms {
		list = append(list, ui.CardData{Title: x.Name.In(b.Lang), Lang: foreign(b.Lang, x.Name), Href: x.Address, Text: x.About.In(b.Lang)})
	}
	if len(list) == 0 {
		return Page{}, notThere()
	}
	p.add(cards(list, true))
	return p, nil
}

// newGuidesPage is the guides, below each other.
func newGuidesPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.guides.title")
	if len(f.In.Guides) == 0 {
		return Page{}, notThere()
	}
	for _, g := range f.In.Guides {
		p.add(parts.Section(g.Title.In(b.Lang), ui.ProseText(b.Printer, g.Text)))
	}
	return p, nil
}

// newQuestionsPage is what is often asked.
func newQuestionsPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.questions.title")
	if len(f.In.Questions) == 0 {
		return Page{}, notThere()
	}
	var list []map[string]any
	for _, q := range f.In.Questions {
		p.add(parts.Section(q.Question.In(b.Lang), ui.ProseText(b.Printer, q.Answer)))
		list = append(list, map[string]any{
			"@type": "Question", "name": q.Question.In(b.Lang), "acceptedAnswer": map[string]any{"@type": "Answer", "text": q.Answer.In(b.Lang)},
		})
	}
	p.Structured = web.Structured(map[string]any{"@type": "FAQPage", "mainEntity": list})
	return p, nil
}

// newTermsPage is the terms of use: those that hold, or the version that the address names, with a way to the others.
func newTermsPage(b web.Base, f facts) (Page, error) {
	now, _ := f.In.Mailbox.TermsOn(f.Today)
	return newVersionPage(newPage(b, "portal.terms.title"), f, "terms", f.In.Mailbox.Terms, now.Version)
}

// newRegisterPage is the register description, likewise.
func newRegisterPage(b web.Base, f facts) (Page, error) {
	now, _ := f.In.Mailbox.RegisterOn(f.Today)
	return newVersionPage(newPage(b, "portal.register.title"), f, "register", f.In.Mailbox.Register, now.Version)
}

func newVersionPage(p Page, f facts, of string, all []org.Terms, now string) (Page, error) {
	b, want := p.Base, f.Of
	if want == "" {
		want = now
	} else if want != now {
		p.Back = at(b, of)
	}
	var links []ui.Link
	found := false
	for i := len(all) - 1; i >= 0; i-- {
		t := all[i]
		from, err := org.ParseDate(t.Version)
		if err != nil {
			continue
		}
		day := b.Printer.DayRange(from.At(720, time.UTC), from.At(720, time.UTC))
		if t.Version != want {
			links = append(links, ui.Link{Href: at(b, of, t.Version), Text: b.T("portal.version.from", "day", day)})
			continue
		}
		found = true
		p.Lead = b.T("portal.version.from", "day", day)
		switch {
		case f.Today.Before(from):
			p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("portal.version.future")}))
		case t.Version != now:
			p.add(ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("portal.version.past")}))
		}
		p.add(ui.ProseText(b.Printer, t.Text))
	}
	if !found {
		return Page{}, notThere()
	}
	if want != now {
		p.NoIndex = true
	}
	if len(links) > 0 {
		p.add(parts.Section(b.T("portal.version.others"), ui.LinkList(links)))
	}
	return p, nil
}

// newSupportPage is who runs the mailbox, and the phones that help.
func newSupportPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.support.title")
	if list := f.phones(b, 3); len(list) > 0 {
		p.add(parts.Section(b.T("portal.support.phones"), phones(p, list)))
	}
	if len(f.In.Pages.RunBy) > 0 {
		p.add(parts.Section(b.T("portal.support.run_by"), ui.ProseText(b.Printer, f.In.Pages.RunBy)))
	}
	for _, e := range f.Dir.All() {
		if e.ID == f.In.Mailbox.Keeper {
			p.add(parts.Section(b.T("portal.support.keeper"), ui.LinkList([]ui.Link{link(b, e)}), contact(b, e)))
		}
	}
	return p, nil
}

// newAccessibilityPage is the statement of the shared pages, with what the product adds to it.
func newAccessibilityPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.accessibility.title")
	if len(f.In.Pages.Accessibility) > 0 {
		p.add(ui.ProseText(b.Printer, f.In.Pages.Accessibility))
	}
	p.add(parts.Section(b.T("about.accessibility.status_title"), ui.P(b.T("about.accessibility.status"))))
	p.add(parts.Section(b.T("about.accessibility.does_title"), ui.BulletList([]string{
		b.T("about.accessibility.does.keyboard"), b.T("about.accessibility.does.reader"), b.T("about.accessibility.does.zoom"),
		b.T("about.accessibility.does.script"), b.T("about.accessibility.does.time"), b.T("about.accessibility.does.colour"),
	})))
	return p, nil
}

// newSiteMapPage is every page of the installation that anybody may read.
func newSiteMapPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.map.title")
	use := []ui.Link{{Href: web.Path(b.Lang, ""), Text: b.T("common.front_page")}}
	var about []ui.Link
	for _, l := range f.pages(b) {
		if l.about {
			about = append(about, l.Link)
		} else {
			use = append(use, l.Link)
		}
	}
	about = append(about, ui.Link{Href: web.Path(b.Lang, "", "look"), Text: b.T("web.nav.look")})
	p.add(parts.Section(b.T("portal.intro.title"), ui.LinkList(use)))
	p.add(parts.Section(b.T("portal.map.yours"), ui.LinkList([]ui.Link{
		{Href: web.Path(b.Lang, "", "my", "mailbox", "open"), Text: b.T("portal.intro.first")},
		{Href: web.Path(b.Lang, "", "my", "mailbox"), Text: b.T("portal.intro.later")},
		{Href: web.Path(b.Lang, "", "my") + "/", Text: b.T("web.nav.my")},
	})))
	p.add(parts.Section(b.T("portal.map.about"), ui.LinkList(about)))
	var topics, here []ui.Link
	for _, t := range f.Dir.Topics() {
		topics = append(topics, ui.Link{Href: at(b, "topics", t.ID), Text: t.Name.In(b.Lang)})
	}
	if len(topics) > 0 {
		p.add(parts.Section(b.T("portal.topics.title"), ui.LinkList(topics)))
	}
	for _, e := range f.Dir.All() {
		here = append(here, link(b, e))
	}
	p.add(parts.Section(b.T("portal.list.title"), lists([]group{{Title: b.T("portal.list.a_z"), Links: here}})))
	return p, nil
}

// Pages are the addresses of all pages of this door, below the language; none where there is no mailbox.
func (d *Door) Pages(ctx context.Context) ([][]string, error) {
	in, err := d.Site.Directory.Installation(ctx)
	if err != nil || in.Mailbox.Keeper == "" {
		return nil, err
	}
	orgs, err := d.Site.Directory.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	f := facts{In: in, Dir: directory.New(in.Default, in, orgs), Today: org.DateOf(d.Site.Now())}
	out := [][]string{{Root}}
	for _, l := range f.pages(web.Base{Lang: in.Default, Page: ui.Page{Printer: d.Site.Texts.Printer(in.Default)}})[1:] {
		out = append(out, []string{Root, l.Href[strings.LastIndexByte(l.Href, '/')+1:]})
	}
	for _, t := range f.Dir.Topics() {
		out = append(out, []string{Root, "topics", t.ID})
	}
	for _, e := range f.Dir.All() {
		out = append(out, []string{Root, "organisations", string(e.ID)})
	}
	return out, nil
}
