package citizen

import (
	"net/http"
	"time"

	"luukku/base/i18n"
	"luukku/domain/org"
	"luukku/web"
)

// AboutPage is what an organisation says of accessibility or privacy, and what the product adds to it.
type AboutPage struct {
	web.Base
	Heading string
	// Text is the organisation's own; Product are the parts that hold wherever Luukku runs.
	Text    i18n.Text
	Product []AboutPart
	Phone   string
	Hours   i18n.Text
	Email   string
	Contact string // the heading above phone and email
}

// AboutPart is a heading with a list or a paragraph under it.
type AboutPart struct {
	Title, Text string
	Items       []string
}

// statementDate is the day on which the product's part of the accessibility statement was last held against the pages.
var statementDate = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// accessibility shows the accessibility statement.
func (d *Door) accessibility(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowAbout(newAccessibilityPage(v.Base(""), v.Org.Org)))
}

func newAccessibilityPage(b web.Base, o org.Organisation) AboutPage {
	p := newAboutPage(b, o, "about.accessibility.title")
	p.Text, p.Contact = o.Accessibility, b.T("about.accessibility.contact")
	p.Product = []AboutPart{
		{Title: b.T("about.accessibility.status_title"), Text: b.T("about.accessibility.status")},
		{Title: b.T("about.accessibility.does_title"), Items: []string{
			b.T("about.accessibility.does.keyboard"), b.T("about.accessibility.does.reader"), b.T("about.accessibility.does.zoom"),
			b.T("about.accessibility.does.script"), b.T("about.accessibility.does.time"), b.T("about.accessibility.does.colour"),
		}},
		{Title: b.T("about.accessibility.checked_title"), Text: b.T("about.accessibility.checked", "date", b.Printer.DayRange(statementDate, statementDate))},
	}
	return p
}

// privacy shows what is kept of a person, and in their browser.
func (d *Door) privacy(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowAbout(newPrivacyPage(v.Base(""), v.Org.Org)))
}

func newPrivacyPage(b web.Base, o org.Organisation) AboutPage {
	p := newAboutPage(b, o, "about.privacy.title")
	p.Text, p.Contact = o.Privacy, b.T("about.privacy.contact")
	p.Product = []AboutPart{
		{Title: b.T("about.privacy.kept_title"), Items: []string{
			b.T("about.privacy.kept.details"), b.T("about.privacy.kept.note"), b.T("about.privacy.kept.draft"), b.T("about.privacy.kept.log"),
		}},
		{Title: b.T("about.privacy.cookies_title"), Text: b.T("about.privacy.cookies"), Items: []string{
			b.T("about.privacy.cookie.visit"), b.T("about.privacy.cookie.appointment"), b.T("about.privacy.cookie.look"),
		}},
	}
	return p
}

func newAboutPage(b web.Base, o org.Organisation, title string) AboutPage {
	p := AboutPage{Base: b, Heading: b.T(title), Phone: o.Phone, Hours: o.PhoneHours, Email: o.Email}
	p.Title = p.Heading
	return p
}
