package org

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Problem is something wrong with what was configured.
type Problem struct {
	// Path says where, by slug where there is one and by place (from 0) elsewhere: "offices.helsinki.hours[2]".
	Path string
	// Message says what to mend, in English, for whoever applies a blueprint.
	Message string
	// Warning says that it may be stored all the same.
	Warning bool
	// Format is the message before its values were put in, and Values are these, each after a NUL: for whoever says it in another language.
	Format, Values string
}

// ValuesOf joins the values of a message as Problem has them.
func ValuesOf(args ...any) string {
	var b strings.Builder
	for _, a := range args {
		fmt.Fprintf(&b, "\x00%v", a)
	}
	return b.String()
}

// String returns path and message.
func (p Problem) String() string { return p.Path + ": " + p.Message }

// The longest texts that are taken, in characters.
const (
	maxName = 200
	maxText = 20_000
)

// Reserved reports whether a slug is kept for Luukku's own addresses, so that no organisation may have it.
func Reserved(slug string) bool {
	_, isLang := i18n.Lookup(slug)
	return isLang || ids.ReservedOrg(slug)
}

// problems collects what is wrong.
type problems []Problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, Problem{Path: path, Message: fmt.Sprintf(format, args...), Format: format, Values: ValuesOf(args...)})
}

func (p *problems) warn(path, format string, args ...any) {
	*p = append(*p, Problem{Path: path, Message: fmt.Sprintf(format, args...), Warning: true, Format: format, Values: ValuesOf(args...)})
}

// ValidateInstallation returns what is wrong with the installation, in the order of its fields; nothing when it may be stored.
func ValidateInstallation(in Installation) []Problem {
	var p problems
	p.name("installation.name", in.Name)
	p.languages("installation.languages", in.Languages)
	if !slices.Contains(in.Languages, in.Default) {
		p.add("installation.default", "must be one of the languages, not %q", string(in.Default))
	}
	p.brand("installation.brand", in.Brand)
	for i, c := range in.PhoneCountries {
		if !isCountry(c) || slices.Contains(in.PhoneCountries[:i], c) {
			p.add(at("installation.phone_countries", i), "want each country once, as two capital letters, not %.40q", c)
		}
	}
	p.pages(in)
	return p
}

// Validate returns what is wrong with an organisation, its groups and its offices, in their order; nothing but warnings when they may be stored. known says which
// services the organisation has; nil leaves services unchecked.
func Validate(o Organisation, groups []Group, offices []Office, known func(ids.Service) bool) []Problem {
	var p problems
	p.organisation(o)
	if o.HelpDesk != "" && !slices.ContainsFunc(offices, func(f Office) bool { return f.ID == o.HelpDesk }) {
		p.add("organisation.help_desk", "there is no office %.40q", string(o.HelpDesk))
	}
	groupIDs := map[string]bool{}
	for i, g := range groups {
		path := p.slug("groups", i, g.ID, groupIDs)
		p.name(path+".name", g.Name)
	}
	officeIDs, unitIDs := map[string]bool{}, map[string]bool{}
	for i, o := range offices {
		path := p.slug("offices", i, string(o.ID), officeIDs)
		if o.Group != "" && !groupIDs[o.Group] {
			p.add(path+".group", "there is no group %.40q", o.Group)
		}
		p.office(path, o)
		p.timetable(path, o.Timetable(), known)
		p.closures(path, o.Closures)
		for j, u := range o.Units {
			unit := p.slug(path+".units", j, string(u.ID), unitIDs)
			p.unit(unit, u, known)
		}
	}
	return p
}

func (p *problems) organisation(o Organisation) {
	const path = "organisation"
	switch {
	case !ids.ValidSlug(string(o.ID)):
		p.add(path+".id", "%s", slugRule(string(o.ID)))
	case Reserved(string(o.ID)):
		p.add(path+".id", "%q is kept for addresses of the product", string(o.ID))
	}
	p.name(path+".name", o.Name)
	p.text(path+".short", o.Short, maxName)
	if _, err := o.Location(); err != nil {
		p.add(path+".zone", "want an IANA time zone such as Europe/Helsinki, not %.60q", o.Zone)
	}
	switch {
	case !isCountry(o.Country):
		p.add(path+".country", "want two capital letters such as FI, not %.40q", o.Country)
	case o.ClosedOnHolidays && !slices.Contains(HolidayCountries(), o.Country):
		p.add(path+".closed_on_holidays", "the public holidays of %s are not known, only those of %s", o.Country, strings.Join(HolidayCountries(), ", "))
	}
	p.languages(path+".languages", o.Languages)
	p.brand(path+".brand", o.Brand)
	p.contact(path, o.Phone, o.PhoneHours, o.Email)
	for i, n := range o.Notices {
		notice := at(path+".notices", i)
		p.text(notice+".text", n.Text, maxText)
		if n.Text.In(i18n.Default) == "" {
			p.add(notice+".text", "must not be empty")
		}
		p.validity(notice, n.From, n.Until)
	}
	p.text(path+".front", o.Front, maxText)
	p.text(path+".about", o.About, maxText)
	p.text(path+".privacy", o.Privacy, maxText)
	p.text(path+".accessibility", o.Accessibility, maxText)
	p.text(path+".unit", o.Unit, maxName)
	for i, m := range o.Sends {
		if !ids.ValidSlug(m) || slices.Contains(o.Sends[:i], m) {
			p.add(at(path+".sends", i), "want each matter once, as a slug, not %.60q", m)
		}
	}
}

func (p *problems) office(path string, o Office) {
	p.name(path+".name", o.Name)
	p.text(path+".department", o.Department, maxName)
	p.text(path+".building", o.Building, maxName)
	p.text(path+".floor", o.Floor, maxName)
	p.text(path+".door", o.Door, maxName)
	p.text(path+".street", o.Street, maxName)
	p.text(path+".town", o.Town, maxName)
	p.line(path+".postcode", o.Postcode, 20)
	p.contact(path, o.Phone, o.PhoneHours, o.Email)
	p.text(path+".access", o.Access, maxText)
	// The comparisons are turned so that NaN fails them.
	if !(o.Lat >= -90 && o.Lat <= 90) {
		p.add(path+".lat", "want degrees north between -90 and 90")
	}
	if !(o.Lon >= -180 && o.Lon <= 180) {
		p.add(path+".lon", "want degrees east between -180 and 180")
	}
}

func (p *problems) unit(path string, u Unit, known func(ids.Service) bool) {
	p.name(path+".name", u.Name)
	p.validity(path, u.From, u.Until)
	for i, s := range u.Services {
		p.service(at(path+".services", i), s, known)
		if slices.Contains(u.Services[:i], s) {
			p.add(at(path+".services", i), "service %q is named twice", string(s))
		}
	}
	if !u.Kind.Valid() {
		p.add(path+".kind", "there is no kind of unit %.40q; leave it out, or write %q", string(u.Kind), string(Professional))
	}
	if len(u.Languages) > 0 {
		p.languages(path+".languages", u.Languages)
	}
	p.skills(path, u.Skills)
	p.timetable(path, u.Timetable(), known)
}

func (p *problems) skills(path string, list []Skill) {
	for i, s := range list {
		if !ids.ValidSlug(string(s)) {
			p.add(at(path+".skills", i), "%s", slugRule(string(s)))
		}
		if slices.Contains(list[:i], s) {
			p.add(at(path+".skills", i), "%q is named twice", string(s))
		}
	}
}

func (p *problems) timetable(path string, t Timetable, known func(ids.Service) bool) {
	sound := true
	for i, w := range t.Weekly {
		rule := at(path+".hours", i)
		if err := w.Check(); err != nil {
			p.add(rule, "%v", err)
			sound = false
			continue
		}
		for _, s := range w.Services {
			p.service(rule, s, known)
		}
	}
	for i, e := range t.Exceptions {
		line := at(path+".exceptions", i)
		if err := e.Check(); err != nil {
			p.add(line, "%v", err)
			sound = false
			continue
		}
		for _, s := range e.Services {
			p.service(line, s, known)
		}
	}
	if !sound {
		return
	}
	for i, e := range t.Exceptions {
		if j := slices.IndexFunc(t.Exceptions[:i], e.contradicts); j >= 0 {
			p.add(at(path+".exceptions", i), "%s is said to be closed and to have hours: %s", e.Date, t.Exceptions[j])
		}
	}
	for _, o := range t.Overlaps() {
		p.warn(path+"."+o.At(), "opens at the same time as %s on %s; both hold, and what they share counts once", o.Other, o.On)
	}
}

func (p *problems) service(path string, s ids.Service, known func(ids.Service) bool) {
	if known != nil && !known(s) {
		p.add(path, "there is no service %.60q", string(s))
	}
}

func (p *problems) closures(path string, closures []Closure) {
	for i, c := range closures {
		closure := at(path+".closures", i)
		p.text(closure+".reason", c.Reason, maxText)
		from, to := c.minutes()
		switch {
		case c.From.IsZero():
			p.add(closure+".from", "want the first closed date")
		case c.last().Before(c.From):
			p.add(closure+".to", "%s is before the first closed date, %s", c.To, c.From)
		case !from.Valid() || !to.Valid() || from >= to:
			p.add(closure+".to_minute", "the closed hours must end after they begin, and by 24:00")
		}
	}
}

// slug checks the slug of the i-th thing of a list, notes it as taken, and returns the thing's path.
func (p *problems) slug(list string, i int, slug string, taken map[string]bool) string {
	path := list + "." + slug
	switch {
	case !ids.ValidSlug(slug):
		path = at(list, i)
		p.add(path+".id", "%s", slugRule(slug))
	case taken[slug]:
		p.add(path+".id", "%q is taken already", slug)
	}
	taken[slug] = true
	return path
}

func slugRule(slug string) string {
	return fmt.Sprintf("want lower case letters a-z, digits and single hyphens, at most %d, not %.80q", ids.MaxSlug, slug)
}

func (p *problems) languages(path string, langs []i18n.Lang) {
	if len(langs) == 0 {
		p.add(path, "want at least one language")
	}
	for i, l := range langs {
		if _, ok := i18n.Lookup(string(l)); !ok {
			p.add(at(path, i), "there are no texts in %.40q", string(l))
		}
		if slices.Contains(langs[:i], l) {
			p.add(at(path, i), "%q is named twice", string(l))
		}
	}
}

// name checks a text that must be there, on one line.
func (p *problems) name(path string, t i18n.Text) {
	if strings.TrimSpace(t.In(i18n.Default)) == "" {
		p.add(path, "must not be empty")
	}
	p.text(path, t, maxName)
}

// text checks the wordings of a text, which may be missing. Those of a name's length are one line.
func (p *problems) text(path string, t i18n.Text, limit int) {
	for _, l := range sortedLangs(t) {
		wording := path + "." + string(l)
		if _, ok := i18n.Lookup(string(l)); !ok {
			p.add(wording, "there is no such language")
		}
		if limit == maxName {
			p.line(wording, t[l], limit)
			continue
		}
		p.characters(wording, t[l], limit, "\n\t")
	}
}

// line checks a text of one line.
func (p *problems) line(path, s string, limit int) { p.characters(path, s, limit, "") }

func (p *problems) characters(path, s string, limit int, allowed string) {
	if n := utf8.RuneCountInString(s); n > limit {
		p.add(path, "has %d characters, at most %d are taken", n, limit)
	}
	bad := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune(allowed, r) }
	if !utf8.ValidString(s) || strings.ContainsFunc(s, bad) {
		p.add(path, "has control characters or is no UTF-8")
	}
}

func (p *problems) brand(path string, b Brand) {
	for _, c := range [...]struct{ name, colour string }{{"primary", b.Primary}, {"accent", b.Accent}} {
		if c.colour != "" && !isColour(c.colour) {
			p.add(path+"."+c.name, "want a colour such as #0a5c8f, not %.40q", c.colour)
		}
	}
	p.text(path+".logo_alt", b.LogoAlt, maxName)
	if b.Logo == "" {
		return
	}
	if _, ok := ReadLogo(b.Logo); !ok {
		p.add(path+".logo", "the logo is no PNG picture, and no SVG drawing that is safe to show")
	}
	if strings.TrimSpace(b.LogoAlt.In(i18n.Default)) == "" {
		p.add(path+".logo_alt", "a logo needs a text that says what it shows")
	}
}

func (p *problems) contact(path, phone string, hours i18n.Text, email string) {
	if phone != "" && !isPhone(phone) {
		p.add(path+".phone", "want a phone number of digits, spaces and one leading +, not %.40q", phone)
	}
	p.text(path+".phone_hours", hours, maxName)
	if email != "" && !isEmail(email) {
		p.add(path+".email", "want an email address, not %.80q", email)
	}
}

func (p *problems) validity(path string, from, until Date) {
	if !until.IsZero() && until.Before(from) {
		p.add(path+".until", "%s is before the first date, %s", until, from)
	}
}

// at names the i-th of a list.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

func sortedLangs(t i18n.Text) []i18n.Lang {
	out := make([]i18n.Lang, 0, len(t))
	for l := range t {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

func isColour(s string) bool {
	return len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}

// isPhone takes numbers as offices print them, short service numbers too; whether they can be reached is not for a pure rule to say.
func isPhone(s string) bool {
	n := 0
	for i, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			n++
		case c == '+' && i == 0, (c == ' ' || c == '-') && n > 0:
		default:
			return false
		}
	}
	return n >= 3 && n <= 15 && s[len(s)-1] >= '0'
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= 254
}
