package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/blueprint"
	"luukku/domain/org"
	"luukku/web"
)

// setupForm is what was typed.
type setupForm struct {
	Name                string // of the installation
	Languages           []i18n.Lang
	Default             i18n.Lang
	OrgName, Hours      i18n.Text // as typed, also in languages that are not offered
	Slug, Country, Zone string
	Phone, Email        string
	Primary, Accent     string
	Begin               string
}

// The beginnings: an organisation without anything, or the offices and services of a blueprint that comes along.
const (
	beginEmpty    = "empty"
	beginRegister = "register-office"
	beginTown     = "demo-town"
)

var beginnings = []string{beginEmpty, beginRegister, beginTown}

// countries are those whose public holidays are known, as domain/org has them, in the order in which they are offered.
var countries = []string{"FI", "SE", "CZ"}

// zones are the usual time zones of the countries.
var zones = map[string]string{"FI": "Europe/Helsinki", "SE": "Europe/Stockholm", "CZ": "Europe/Prague"}

// maxLine is the longest line that is taken, in characters; domain/org has the same.
const maxLine = 200

// firstForm is the form before anything was typed.
func firstForm(l i18n.Lang) setupForm {
	return setupForm{Languages: []i18n.Lang{l}, Default: l, Begin: beginEmpty}
}

func typedForm(v *web.Visit) setupForm {
	f := setupForm{
		Name: v.Form("name"), Default: i18n.Lang(v.Form("default")), Slug: v.Form("slug"), Country: v.Form("country"), Zone: v.Form("zone"),
		Phone: v.Form("phone"), Email: v.Form("email"), Primary: v.Form("primary"), Accent: v.Form("accent"), Begin: v.Form("begin"),
		OrgName: i18n.Text{}, Hours: i18n.Text{},
	}
	for _, l := range i18n.Languages() { // in the order in which languages are offered everywhere
		if slices.Contains(v.R.PostForm["languages"], string(l.Code)) {
			f.Languages = append(f.Languages, l.Code)
		}
		f.OrgName[l.Code], f.Hours[l.Code] = v.Form("org-name-"+string(l.Code)), v.Form("hours-"+string(l.Code))
	}
	return f
}

func (f setupForm) offers(l i18n.Lang) bool { return slices.Contains(f.Languages, l) }

// checker collects what is wrong with the form.
type checker struct{ wrong []fault.Field }

func (c *checker) add(name, key string) { c.wrong = append(c.wrong, fault.Field{Name: name, Key: key}) }

// line cleans a line. What cannot be kept stays as it was typed.
func (c *checker) line(name string, value *string, required bool) {
	clean, ok := i18n.CleanLine(*value)
	switch {
	case !ok:
		c.add(name, "field.bad_characters")
	case clean == "" && required:
		c.add(name, "field.required")
		*value = ""
	case utf8.RuneCountInString(clean) > maxLine:
		c.wrong = append(c.wrong, fault.Field{Name: name, Key: "field.too_long", Args: fault.Args{"max": maxLine}})
	default:
		*value = clean
	}
}

// text cleans a text in several languages; it must be there in one of them, unless that is empty.
func (c *checker) text(prefix string, t i18n.Text, required i18n.Lang) i18n.Text {
	out := i18n.Text{}
	for _, l := range i18n.Languages() {
		s := t[l.Code]
		c.line(prefix+string(l.Code), &s, l.Code == required)
		if s != "" {
			out[l.Code] = s
		}
	}
	return out
}

// checkForm returns what was typed as it is kept, and what is wrong with it. The form comes back with what was typed wherever that is wrong.
func checkForm(f setupForm) (setupForm, []fault.Field) {
	var c checker
	c.line("name", &f.Name, true)
	f.checkLanguages(&c)
	needed := f.Default
	if !f.offers(needed) { // the language is to be mended first
		needed = ""
	}
	f.OrgName = c.text("org-name-", f.OrgName, needed)
	if !slices.Contains(countries, f.Country) {
		c.add("country", "error.field.choose")
	}
	f.checkSlug(&c)
	c.line("zone", &f.Zone, false)
	c.line("phone", &f.Phone, false)
	c.line("email", &f.Email, false)
	f.Hours = c.text("hours-", f.Hours, "")
	f.Primary, f.Accent = colour(f.Primary), colour(f.Accent)
	if !slices.Contains(beginnings, f.Begin) {
		c.add("begin", "error.field.choose")
	}
	f.checkOrganisation(&c)
	return f, c.wrong
}

func (f *setupForm) checkLanguages(c *checker) {
	switch {
	case len(f.Languages) == 0:
		c.add("languages", "setup.choose_language")
	case f.Default == "" && len(f.Languages) == 1:
		f.Default = f.Languages[0]
	case !f.offers(f.Default):
		c.add("default", "setup.default_not_offered")
	}
}

// checkSlug suggests a name in addresses where there is none: it is hard to change later, so it is never made unseen.
func (f *setupForm) checkSlug(c *checker) {
	f.Slug = strings.ToLower(strings.TrimSpace(f.Slug))
	switch {
	case f.Slug == "":
		if f.Slug = suggestSlug(f.OrgName.In(f.Default)); f.Slug == "" {
			c.add("slug", "field.required")
			return
		}
		c.add("slug", "setup.slug_suggested")
	case !ids.ValidSlug(f.Slug) || strings.Contains(f.Slug, "--"):
		c.add("slug", "setup.slug_invalid")
	case org.Reserved(f.Slug):
		c.add("slug", "setup.slug_reserved")
	}
}

// whatIsWrong says which text tells of what domain/org refuses.
var whatIsWrong = map[string]fault.Field{
	"organisation.zone":          {Name: "zone", Key: "setup.zone_unknown"},
	"organisation.phone":         {Name: "phone", Key: "setup.phone_invalid"},
	"organisation.email":         {Name: "email", Key: "field.email"},
	"organisation.brand.primary": {Name: "primary", Key: "ui.theme.bad_colour"},
	"organisation.brand.accent":  {Name: "accent", Key: "ui.theme.bad_colour"},
}

// checkOrganisation asks domain/org about the rest.
func (f *setupForm) checkOrganisation(c *checker) {
	for _, p := range org.Validate(f.organisation(org.Organisation{}), nil, nil, nil) {
		w, ok := whatIsWrong[p.Path]
		noCountry := w.Name == "zone" && f.Zone == "" // the country is to be mended first, and gives the zone
		if ok && !noCountry && !slices.ContainsFunc(c.wrong, func(had fault.Field) bool { return had.Name == w.Name }) {
			c.wrong = append(c.wrong, w)
		}
	}
}

// organisation puts what was typed over an organisation: an example, or nothing.
func (f setupForm) organisation(o org.Organisation) org.Organisation {
	o.ID, o.Name, o.Short = ids.Org(f.Slug), f.OrgName, nil
	o.Country, o.Zone, o.Languages, o.ClosedOnHolidays = f.Country, cmp.Or(f.Zone, zones[f.Country]), f.Languages, true
	o.Brand = org.Brand{Primary: f.Primary, Accent: f.Accent}
	o.Phone, o.PhoneHours, o.Email = f.Phone, f.Hours, f.Email
	return o
}

// document is the configuration that the form asks for. The form has been checked.
func (f setupForm) document() (blueprint.Document, error) {
	o := blueprint.Organisation{}
	if f.Begin != beginEmpty {
		var err error
		if o, err = example(f.Begin); err != nil {
			return blueprint.Document{}, err
		}
	}
	o.Organisation = f.organisation(o.Organisation)
	o.Demo, o.Hosts = f.Begin != beginEmpty, nil
	in := blueprint.Installation{Installation: org.Installation{
		Name: i18n.Text{f.Default: f.Name}, Languages: f.Languages, Default: f.Default, Brand: o.Brand, PhoneCountries: []string{f.Country},
	}}
	for _, c := range countries {
		if c != f.Country {
			in.PhoneCountries = append(in.PhoneCountries, c)
		}
	}
	return blueprint.Document{Installation: &in, Organisations: []blueprint.Organisation{o}}, nil
}

// example is the organisation of a blueprint that comes along.
func example(name string) (blueprint.Organisation, error) {
	file, err := blueprints.Read(name)
	if err != nil {
		return blueprint.Organisation{}, err
	}
	doc, problems := blueprint.Parse(file)
	if wrong := blueprint.Faults(problems); len(wrong) > 0 || len(doc.Organisations) != 1 {
		return blueprint.Organisation{}, fmt.Errorf("blueprint %s: want one organisation without faults, got %d and %v", name, len(doc.Organisations), wrong)
	}
	return doc.Organisations[0], nil
}

// colour lets the # be left out.
func colour(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) == 6 && strings.Trim(s, "0123456789abcdef") == "" {
		return "#" + s
	}
	return s
}

// suggestSlug makes a name in addresses out of a name: "Nové Město" becomes "nove-mesto". It is empty when no letter of the name is a Latin one.
func suggestSlug(name string) string {
	const room = 40 // long addresses are not read
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r): // the dots of ä
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-")
	if len(s) > room {
		s = s[:room]
		if i := strings.LastIndexByte(s, '-'); i > 0 {
			s = s[:i]
		}
	}
	return strings.Trim(s, "-")
}
