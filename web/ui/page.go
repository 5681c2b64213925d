package ui

import (
	"strings"

	"github.com/a-h/templ"

	"luukku/base/i18n"
)

// shield is the mark of an organisation that has uploaded none, drawn in its colour.
const shield = `<svg class="lk-shield" viewBox="0 0 32 36" width="32" height="36" aria-hidden="true" focusable="false">` +
	`<path fill="currentColor" d="M2 2h28v18c0 8-6 12-14 14C8 32 2 28 2 20z"/>` +
	`<path fill="none" stroke="var(--ds-color-neutral-background-default)" stroke-width="3" d="m7 20 6-7 4 5 3-4 5 6"/></svg>`

// StayBar is what each page of who has signed in says of how long that lasts.
func StayBar(p *i18n.Printer, s SignedBar) templ.Component { return stayBar(p, s) }

func (p Page) title() string {
	name, _ := read(p.Printer, p.Brand.Name)
	parts := make([]string, 0, 3)
	for _, s := range []string{p.Title, p.Service, name} {
		if s != "" && (len(parts) == 0 || parts[len(parts)-1] != s) {
			parts = append(parts, s)
		}
	}
	title := strings.Join(parts, " – ")
	if p.HasError {
		return say(p.Printer, "ui.error_title", "title", title)
	}
	return title
}

func helpLine(p Page) (before, after string) {
	if p.Help.Hours == "" {
		return around(say(p.Printer, "ui.help.call", "phone", mark))
	}
	return around(say(p.Printer, "ui.help.call_hours", "phone", mark, "hours", p.Help.Hours))
}

func scheme(a Appearance) string {
	switch a.Scheme {
	case "light", "dark", "contrast":
		return a.Scheme
	}
	return "auto"
}

func metaScheme(a Appearance) string {
	switch scheme(a) {
	case "light", "contrast":
		return "light"
	case "dark":
		return "dark"
	}
	return "light dark"
}

func textSize(a Appearance) string {
	if a.Size == "125" || a.Size == "150" {
		return a.Size
	}
	return "100"
}

func langName(l i18n.Lang) string {
	if row, ok := i18n.Lookup(string(l)); ok {
		return row.Name
	}
	return string(l)
}

// langAttr is a lang attribute, or nothing for the page's own language.
func langAttr(lang string) templ.Attributes {
	if lang == "" {
		return nil
	}
	return templ.Attributes{"lang": lang}
}

// telHref is the address of a phone number as people write it.
func telHref(phone string) templ.SafeURL {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
	return templ.SafeURL("tel:" + digits)
}

func alt(p *i18n.Printer, t i18n.Text) string {
	text, _ := read(p, t)
	return text
}
