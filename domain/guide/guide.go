// Package guide is the illustrated guide of the help page (S2.8): which steps an organisation's people go through, what each says, a picture of it, and the same on paper.
//
// It promises that only what an organisation offers is explained, that the pictures are ours and say in words what they show, and that a change of what the guide says cannot go out under the day of the
// last one. What the organisation itself wrote for its help page is the catalogue's.
package guide

import (
	"strconv"
	"time"

	"luukku/base/drawing"
	"luukku/base/i18n"
	"luukku/base/pdf"
	"luukku/domain/catalog"
)

// Revised is when the product's own words and pictures of the guide were last changed: a test knows what they were, and fails when they are others under the same moment.
var Revised = time.Date(2026, time.November, 23, 4, 30, 0, 0, time.UTC)

// Step is one step of the guide, in one language.
type Step struct {
	// Key names it: "service", "office", "time", "change", "sign_in", "form" or "follow".
	Key         string
	Title, Text string
	Picture     drawing.Drawing
}

// keys are the steps that people of an organisation go through, in their order.
func keys(c *catalog.Config) []string {
	if len(c.Services) == 0 {
		return nil
	}
	out := []string{"service"}
	if len(c.Offers) > 0 {
		out = append(out, "office", "time", "change")
	}
	if len(c.OpenForms()) > 0 {
		out = append(out, "sign_in", "form", "follow")
	}
	return out
}

// Steps are the guide for the people of an organisation; none where it offers nothing that could be explained.
func Steps(p *i18n.Printer, c *catalog.Config) []Step {
	var out []Step
	for i, key := range keys(c) {
		pic := pictures[key](p)
		pic.Alt = p.T("help.pictures." + key)
		out = append(out, Step{Key: key, Title: p.T("help.step", "n", strconv.Itoa(i+1), "title", p.T("help.steps."+key+".title")), Text: p.T("help.steps." + key + ".text"), Picture: pic})
	}
	return out
}

// Changed is when the help page of an organisation was last changed: what it wrote itself, its contact details and its help desk's hours, or the guide.
func Changed(c *catalog.Config) time.Time {
	at := time.Unix(c.HelpAt, 0)
	if len(keys(c)) > 0 && Revised.After(at) {
		at = Revised
	}
	return at.In(c.Zone())
}

// Document is the guide on paper: a tagged document with its pictures, each said in words, and where to ask. Hours are the help desk's, in words.
func Document(p *i18n.Printer, c *catalog.Config, hours pdf.Facts) pdf.Document {
	lang, _ := i18n.Lookup(string(p.Lang()))
	name, at := c.Org.Name.In(p.Lang()), Changed(c)
	changed := p.T("help.changed", "at", p.ShortDate(at)+" "+p.Clock(at))
	d := pdf.Document{
		Title: p.T("help.guide_title", "org", name), Lang: lang.BCP47, Author: name, At: at, Foot: name + " · " + changed, Page: func(n, of int) string { return p.T("paper.page", "n", n, "of", of) },
	}
	for _, s := range Steps(p, c) {
		d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: s.Title}, pdf.Paragraph{Text: s.Text}, pdf.Drawn{Drawing: s.Picture, Width: 105})
	}
	d.Blocks = append(d.Blocks, pdf.Heading{Level: 2, Text: p.T("help.contact")})
	var ask pdf.Facts
	for _, f := range []pdf.Fact{{Name: p.T("common.phone"), Value: c.Org.Phone}, {Name: p.T("help.phone_hours"), Value: c.Org.PhoneHours.In(p.Lang())}, {Name: p.T("common.email"), Value: c.Org.Email}} {
		if f.Value != "" {
			ask = append(ask, f)
		}
	}
	if ask = append(ask, hours...); len(ask) > 0 {
		d.Blocks = append(d.Blocks, ask)
	}
	d.Blocks = append(d.Blocks, pdf.Paragraph{Text: changed})
	return d
}
