package citizen

import (
	"net/http"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/ui"
)

// HelpPage is the general help (S1.9): the steps of booking, and where each of them begins.
type HelpPage struct {
	web.Base
	Heading string
	// Text is what the organisation wrote; empty where it wrote nothing, and Steps are the product's own words.
	Text  i18n.Text
	Steps []HelpStep
	Links []ui.Link
	Phone string
	Hours i18n.Text
	Email string
}

// HelpStep is one step of booking in the product's own words.
type HelpStep struct{ Title, Text string }

// help shows the general help.
func (d *Door) help(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowHelp(newHelpPage(v.Base(""), v.Org)))
}

func newHelpPage(b web.Base, c *catalog.Config) HelpPage {
	p := HelpPage{Base: b, Heading: b.T("help.title"), Text: c.Help, Phone: c.Org.Phone, Hours: c.Org.PhoneHours, Email: c.Org.Email}
	p.Title = p.Heading
	if p.Text.In(b.Lang) == "" {
		for _, step := range []string{"service", "office", "time", "change"} {
			p.Steps = append(p.Steps, HelpStep{b.T("help.steps." + step + ".title"), b.T("help.steps." + step + ".text")})
		}
	}
	p.Links = []ui.Link{
		{Href: b.URL("services"), Text: b.T("help.to_services")},
		{Href: b.URL("appointment"), Text: b.T("help.to_appointment")},
		{Href: b.URL("offices"), Text: b.T("help.to_offices")},
		{Href: b.URL("look"), Text: b.T("help.to_look")},
	}
	return p
}
