package citizen

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/pdf"
	"luukku/domain/catalog"
	"luukku/domain/guide"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// HelpPage is the general help (S1.9, S2.8): what the organisation says, the guide with pictures, where each thing begins, and who helps when.
type HelpPage struct {
	web.Base
	Heading string
	// Text is what the organisation wrote; empty where it wrote nothing.
	Text i18n.Text
	// Guide are the steps with their pictures; PDF is the same on paper, without an address where there are none.
	Guide []guide.Step
	PDF   ui.Link
	Links []ui.Link
	Phone string
	Hours i18n.Text
	Email string
	// Desk is the name of the office whose hours are the help desk's, Open its hours and Closed the days ahead on which it is closed against them; empty where there is none.
	Desk   string
	Open   []OpeningHours
	Closed []ui.DefinitionRow
	Days   int
	// Changed says when something of the page was last changed.
	Changed string
	shared
}

// help shows the general help.
func (d *Door) help(v *web.Visit) error {
	p := newHelpPage(v.Base(""), v.Org, v.Now)
	p.sharedAt(v.Site.BaseURL+v.URL("help"), p.Title)
	return v.Render(http.StatusOK, ShowHelp(p))
}

// helpGuide gives out the guide on paper.
func (d *Door) helpGuide(v *web.Visit) error {
	p := newHelpPage(v.Base(""), v.Org, v.Now)
	if len(p.Guide) == 0 {
		return fault.NotFound("error.not_found")
	}
	file, err := guide.Document(v.P, v.Org, p.deskFacts()).Write()
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+string(v.Org.Org.ID)+"-"+string(v.Lang)+`.pdf"`)
	h.Set("Content-Length", strconv.Itoa(len(file.Bytes)))
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(file.Bytes) // whoever went away gets nothing
	return nil
}

func newHelpPage(b web.Base, c *catalog.Config, now time.Time) HelpPage {
	p := HelpPage{
		Base: b, Heading: b.T("help.title"), Text: c.Help, Phone: c.Org.Phone, Hours: c.Org.PhoneHours, Email: c.Org.Email, Guide: guide.Steps(b.Printer, c), Days: daysAhead,
	}
	p.Title = p.Heading
	if len(p.Guide) > 0 {
		p.PDF = ui.Link{Href: b.URL("help", "guide.pdf"), Text: b.T("help.guide_pdf"), Note: " (PDF)"}
	}
	if o := c.Org.Desk(c.Offices); o != nil {
		today := c.Today(now)
		p.Desk = o.Name.In(b.Lang)
		p.Open, p.Closed = openingHours(b, o, today.ISOWeek()), closedAhead(b, c, o, today, today.Add(daysAhead))
		p.Closed = append(p.Closed, phoneAhead(b, c, o, today, today.Add(daysAhead))...)
	}
	at := guide.Changed(c)
	p.Changed = b.T("help.changed", "at", b.Printer.ShortDate(at)+" "+b.Printer.Clock(at))
	p.Links = []ui.Link{
		{Href: b.URL("services"), Text: b.T("help.to_services")},
		{Href: b.URL("appointment"), Text: b.T("help.to_appointment")},
		{Href: b.URL("offices"), Text: b.T("help.to_offices")},
		{Href: b.URL("look"), Text: b.T("help.to_look")},
	}
	return p
}

// deskFacts are the hours of the help desk as its document says them.
func (p HelpPage) deskFacts() pdf.Facts {
	var out pdf.Facts
	rows := func(title string, list []ui.DefinitionRow) {
		text := ""
		for _, r := range list {
			text += r.Key + ": " + r.Value + "\n"
		}
		if text != "" {
			out = append(out, pdf.Fact{Name: title, Value: text[:len(text)-1]})
		}
	}
	for _, h := range p.Open {
		rows(h.Title, h.Rows)
	}
	rows(p.T("contact.exceptions"), p.Closed)
	return out
}

// phoneAhead are the days ahead on which the phone is answered at other hours than usual.
func phoneAhead(b web.Base, c *catalog.Config, o *org.Office, first, last org.Date) []ui.DefinitionRow {
	var rows []ui.DefinitionRow
	for d := first; !d.After(last); d = d.Add(1) {
		if slices.ContainsFunc(o.Exceptions, func(e org.Exception) bool { return e.Date == d && e.Kind == org.Phone }) {
			hours := hoursText(b, org.HoursOn(c.Org, *o, d, org.Phone))
			rows = append(rows, ui.DefinitionRow{Key: capital(b.Printer.Day(d.At(12*60, c.Zone()))), Value: b.T("contact.hours.phone") + ": " + hours})
		}
	}
	return rows
}
