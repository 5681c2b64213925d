package portal

import (
	"luukku/base/i18n"
	"luukku/domain/directory"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// phone is a phone that helps, in words.
type phone struct {
	Name, About, Phone, Hours string
	Level                     int
}

// newIntroPage is what the mailbox is, with the two ways in: for the first time, and later.
func newIntroPage(b web.Base, f facts) (Page, error) {
	p := newPage(b, "portal.intro.title")
	p.Back = web.Path(b.Lang, "")
	p.Structured = web.Structured(map[string]any{
		"@type": "GovernmentService", "name": p.Title, "serviceType": p.Title, "isAccessibleForFree": true, "availableLanguage": f.In.Languages,
		"provider": keeperOf(b.Lang, f),
	})
	if len(f.In.Pages.Intro) > 0 {
		p.add(ui.ProseText(b.Printer, f.In.Pages.Intro))
	} else {
		p.Lead = b.T("portal.intro.lead")
	}
	p.add(cards([]ui.CardData{
		{Title: b.T("portal.intro.first"), Href: web.Path(b.Lang, "", "my", "mailbox", "open"), Text: b.T("portal.intro.first_text")},
		{Title: b.T("portal.intro.later"), Href: web.Path(b.Lang, "", "my", "mailbox"), Text: b.T("portal.intro.later_text")},
	}, false))
	p.add(f.video(b)...)
	all := f.Dir.All()
	var some []ui.Link
	for _, e := range all[:min(len(all), 8)] {
		some = append(some, link(b, e))
	}
	p.add(parts.Section(b.T("portal.list.title"),
		ui.P(b.N("portal.list.count", len(all))),
		ui.LinkList(some),
		ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "organisations"), Text: b.T("portal.intro.all")}),
	))
	var more []ui.Link
	for _, l := range f.pages(b)[1:] {
		more = append(more, l.Link)
	}
	p.add(parts.Section(b.T("portal.intro.more"), ui.LinkList(more)))
	if list := f.phones(b, 3); len(list) > 0 {
		p.add(parts.Section(b.T("portal.support.phones"), phones(p, list)))
	}
	return p, nil
}

// video is where the film can be seen, and what is said in it; nothing where there is none.
func (f facts) video(b web.Base) []web.Component {
	v := f.In.Pages.Video
	if v.Address == "" {
		return nil
	}
	return []web.Component{parts.Section(b.T("portal.video.title"),
		ui.P(b.T("portal.video.text")),
		ui.LinkButton(ui.Secondary, ui.Link{Href: v.Address, Text: b.T("portal.video.watch"), Rel: "noopener noreferrer"}),
		parts.More(b.T("portal.video.transcript"), ui.ProseText(b.Printer, v.Transcript)),
	)}
}

// phones are the phones that help; level is that of their headings.
func (f facts) phones(b web.Base, level int) []phone {
	var out []phone
	for _, s := range f.In.Pages.Support {
		out = append(out, phone{Name: s.Name.In(b.Lang), About: s.About.In(b.Lang), Phone: s.Phone, Hours: s.Hours.In(b.Lang), Level: level})
	}
	return out
}

// listed is a page of the site map.
type listed struct {
	ui.Link
	about bool // it is about the service, not for using it
}

// pages are the pages that there are: what is not configured is left out.
func (f facts) pages(b web.Base) []listed {
	out := []listed{{Link: ui.Link{Href: at(b), Text: b.T("portal.intro.title")}}}
	add := func(there, about bool, page string) {
		if there {
			out = append(out, listed{ui.Link{Href: at(b, page), Text: b.T("portal." + key(page) + ".title")}, about})
		}
	}
	_, terms := f.In.Mailbox.TermsOn(f.Today)
	_, register := f.In.Mailbox.RegisterOn(f.Today)
	add(true, false, "organisations")
	add(len(f.Dir.Topics()) > 0, false, "topics")
	add(len(f.In.Forms) > 0 || f.Consent != "", false, "forms")
	add(len(f.In.Guides) > 0, false, "guides")
	add(len(f.In.Questions) > 0, false, "questions")
	add(terms, true, "terms")
	add(register, true, "register")
	add(true, true, "support")
	add(true, true, "accessibility")
	add(true, true, "site-map")
	return out
}

// key is a page's part of the names of its texts.
func key(page string) string {
	switch page {
	case "organisations":
		return "list"
	case "site-map":
		return "map"
	}
	return page
}

func link(b web.Base, e directory.Entry) ui.Link {
	return ui.Link{Href: at(b, "organisations", string(e.ID)), Text: e.Name.In(b.Lang), Lang: foreign(b.Lang, e.Name)}
}

// foreign is the language of a text when it is not the page's.
func foreign(page i18n.Lang, t i18n.Text) string {
	if _, got := t.InOK(page); got != page {
		return string(got)
	}
	return ""
}

// keeperOf is who keeps the mailbox, for programs.
func keeperOf(l i18n.Lang, f facts) map[string]any {
	for _, e := range f.Dir.All() {
		if e.ID == f.In.Mailbox.Keeper {
			return agency(l, e.Organisation)
		}
	}
	return nil
}

// agency is an organisation as schema.org has it.
func agency(l i18n.Lang, o org.Organisation) map[string]any {
	out := map[string]any{"@type": "GovernmentOrganization", "name": o.Name.In(l)}
	if o.Phone != "" {
		contact := map[string]any{"@type": "ContactPoint", "telephone": o.Phone, "contactType": "customer service", "availableLanguage": o.Languages}
		if h := o.PhoneHours.In(l); h != "" {
			contact["description"] = h
		}
		out["contactPoint"] = contact
	}
	if o.Email != "" {
		out["email"] = o.Email
	}
	return out
}
