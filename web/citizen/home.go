package citizen

import (
	"net/http"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// HomePage is the front page of an installation: what this is, and who is served here.
type HomePage struct {
	web.Base
	Heading string
	// Places are the organisations; empty before anything is set up.
	Places []ui.CardData
	// Mailbox leads to the shared mailbox; nil where there is none.
	Mailbox []ui.CardData
}

// home shows the organisations served here.
func (d *Door) home(v *web.Visit) error {
	orgs, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	in, err := v.Site.Directory.Installation(v.Ctx())
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return v.Render(http.StatusOK, ShowHome(newHomePage(v.Base(""), in, orgs)))
}

func newHomePage(b web.Base, in org.Installation, orgs []org.Organisation) HomePage {
	p := HomePage{Base: b, Heading: in.Name.In(b.Lang)}
	if p.Heading == "" {
		p.Heading = "Luukku"
	}
	p.Title = b.T("home.title")
	if in.Mailbox.Keeper != "" {
		p.Mailbox = []ui.CardData{
			{Title: b.T("portal.intro.title"), Href: web.Path(b.Lang, "", "mailbox"), Text: b.T("portal.intro.lead"), Level: 3},
			{Title: b.T("portal.list.title"), Href: web.Path(b.Lang, "", "mailbox", "organisations"), Text: b.T("home.joined"), Level: 3},
		}
	}
	for _, o := range orgs {
		if o.MailboxOnly { // they are in the mailbox's list
			continue
		}
		// An organisation that does not speak the reader's language is linked in its first one.
		lang := b.Lang
		if !slices.Contains(o.Languages, lang) && len(o.Languages) > 0 {
			lang = o.Languages[0]
		}
		p.Places = append(p.Places, ui.CardData{
			Title: o.Name.In(lang), Lang: foreign(lang, b.Lang), Href: web.Path(lang, o.ID), Text: o.Front.In(b.Lang),
		})
	}
	slices.SortFunc(p.Places, func(x, y ui.CardData) int { return i18n.Collator(b.Lang).CompareString(x.Title, y.Title) })
	return p
}

// foreign is the language of a text, when it is not the page's.
func foreign(lang, page i18n.Lang) string {
	if lang == page {
		return ""
	}
	return string(lang)
}
