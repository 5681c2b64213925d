package org

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
)

func text(s string) i18n.Text { return i18n.Text{"fi": s, "en": s} }

// whole is an organisation without a fault, and its offices.
func whole(t testing.TB) (Organisation, []Group, []Office) {
	o := Organisation{
		ID: "town", Name: text("Specimen Town"), Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "en"},
		Brand: Brand{Primary: "#0a5c8f"}, Phone: "+358 29 000 000", Email: "office@town.example", ClosedOnHolidays: true,
		Notices: []Notice{{Text: text("Closed on 6 December.\nWelcome back on the 7th."), From: date(t, "2026-12-01"), Until: date(t, "2026-12-06")}},
	}
	groups := []Group{{ID: "south", Name: text("South")}}
	offices := []Office{{
		ID: "harbour", Group: "south", Name: text("Harbour"), Street: text("Harbour Street 1"), Postcode: "00100", Phone: "116 117", Lat: 60.17, Lon: 24.94,
		Hours:    []Weekly{weekly(t, "mon-fri 09:00-16:15"), weekly(t, "mon 16:15-18:00 for notary")},
		Closures: []Closure{{From: date(t, "2026-12-31"), FromMinute: 720, Reason: text("New Year's Eve")}},
		Units:    []Unit{{ID: "harbour-1", Name: text("Counter 1"), Services: []ids.Service{"notary"}, Hours: []Weekly{weekly(t, "mon 9:00-10:00")}}},
	}}
	return o, groups, offices
}

func services(s ids.Service) bool { return s == "notary" || s == "name-change" }

func TestValidateAcceptsAWholeOrganisation(t *testing.T) {
	t.Parallel()
	o, groups, offices := whole(t)
	if got := Validate(o, groups, offices, services); len(got) > 0 {
		t.Errorf("got %v, want no problems", got)
	}
}

func TestValidateSaysWhereAndWhat(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*Organisation, *[]Group, *[]Office)
		want  string // path, and part of the message
	}{
		"slug":             {func(o *Organisation, _ *[]Group, _ *[]Office) { o.ID = "Town Hall" }, "organisation.id: want lower case"},
		"reserved slug":    {func(o *Organisation, _ *[]Group, _ *[]Office) { o.ID = "staff" }, "organisation.id: \"staff\" is kept"},
		"a language":       {func(o *Organisation, _ *[]Group, _ *[]Office) { o.ID = "sv" }, "organisation.id: \"sv\" is kept"},
		"no name":          {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Name = text(" ") }, "organisation.name: must not be empty"},
		"long name":        {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Name["en"] = strings.Repeat("å", 10_000) }, "organisation.name.en: has 10000"},
		"NUL":              {func(o *Organisation, _ *[]Group, _ *[]Office) { o.About = text("a\x00b") }, "organisation.about.en: has control"},
		"line in a name":   {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Name["fi"] = "a\nb" }, "organisation.name.fi: has control"},
		"no UTF-8":         {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Front = i18n.Text{"fi": "\xff"} }, "organisation.front.fi: has control"},
		"strange language": {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Front = i18n.Text{"xx": "a"} }, "organisation.front.xx: there is no"},
		"no languages":     {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Languages = nil }, "organisation.languages: want at least"},
		"language twice":   {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Languages = []i18n.Lang{"fi", "fi"} }, "organisation.languages[1]: \"fi\" is named twice"},
		"unknown language": {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Languages = []i18n.Lang{"tlh"} }, "organisation.languages[0]: there are no"},
		"zone":             {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Zone = "EET+2" }, "organisation.zone: want an IANA"},
		"country":          {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Country = "Finland" }, "organisation.country: want two"},
		"holidays unknown": {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Country = "DE" }, "organisation.closed_on_holidays: the public holidays of DE"},
		"colour":           {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Brand.Accent = "red;}" }, "organisation.brand.accent: want a colour"},
		"phone":            {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Phone = "call us" }, "organisation.phone: want a phone"},
		"email":            {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Email = "Town <a@town.example>" }, "organisation.email: want an email"},
		"empty notice":     {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Notices[0].Text = nil }, "organisation.notices[0].text: must not"},
		"notice dates":     {func(o *Organisation, _ *[]Group, _ *[]Office) { o.Notices[0].Until = date(t, "2026-11-30") }, "organisation.notices[0].until: 2026-11-30 is before"},
		"group twice":      {func(_ *Organisation, g *[]Group, _ *[]Office) { *g = append(*g, (*g)[0]) }, "groups.south.id: \"south\" is taken"},
		"group without id": {func(_ *Organisation, g *[]Group, _ *[]Office) { *g = append(*g, Group{Name: text("x")}) }, "groups[1].id: want lower case"},
		"no such group":    {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Group = "north" }, "offices.harbour.group: there is no group \"north\""},
		"hours":            {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Hours[1].To = 60 }, "offices.harbour.hours[1]: opening hours"},
		"hours' service":   {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Hours[1].Services[0] = "dogs" }, "offices.harbour.hours[1]: there is no service \"dogs\""},
		"latitude":         {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Lat = math.NaN() }, "offices.harbour.lat: want degrees"},
		"longitude":        {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Lon = 181 }, "offices.harbour.lon: want degrees"},
		"postcode":         {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Postcode = strings.Repeat("0", 21) }, "offices.harbour.postcode: has 21"},
		"closure dates":    {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Closures[0].To = date(t, "2026-12-30") }, "offices.harbour.closures[0].to: 2026-12-30 is before"},
		"closure, no date": {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Closures[0].From = Date{} }, "offices.harbour.closures[0].from: want"},
		"closure hours":    {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Closures[0].ToMinute = 600 }, "offices.harbour.closures[0].to_minute: the closed"},
		"unit dates": {func(_ *Organisation, _ *[]Group, o *[]Office) {
			(*o)[0].Units[0].From, (*o)[0].Units[0].Until = date(t, "2026-02-01"), date(t, "2026-01-01")
		}, "offices.harbour.units.harbour-1.until: 2026-01-01 is before"},
		"unit's service": {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Units[0].Services[0] = "dogs" }, "offices.harbour.units.harbour-1.services[0]: there is no"},
		"unit's hours":   {func(_ *Organisation, _ *[]Group, o *[]Office) { (*o)[0].Units[0].Hours[0].Days = 0 }, "offices.harbour.units.harbour-1.hours[0]: opening hours: no days"},
		"unit in two offices": {func(_ *Organisation, _ *[]Group, o *[]Office) {
			second := (*o)[0]
			second.ID = "hill"
			*o = append(*o, second)
		}, "offices.hill.units.harbour-1.id: \"harbour-1\" is taken"},
	} {
		o, groups, offices := whole(t)
		tc.spoil(&o, &groups, &offices)
		got := Validate(o, groups, offices, services)
		if len(got) == 0 || !strings.HasPrefix(got[0].String(), tc.want) {
			t.Errorf("%s: got %v, want %q first", name, got, tc.want)
		}
	}
}

func TestValidateWithoutACatalogueLeavesServicesAlone(t *testing.T) {
	t.Parallel()
	o, groups, offices := whole(t)
	offices[0].Units[0].Services[0] = "dogs"
	if got := Validate(o, groups, offices, nil); len(got) > 0 {
		t.Errorf("got %v, want no problems", got)
	}
}

func TestValidateInstallation(t *testing.T) {
	t.Parallel()
	in := Installation{Name: text("Specimen"), Languages: []i18n.Lang{"fi", "sv"}, Default: "fi", PhoneCountries: []string{"FI", "SE"}}
	if got := ValidateInstallation(in); len(got) > 0 {
		t.Errorf("got %v, want no problems", got)
	}
	in.Name, in.Default, in.PhoneCountries, in.Brand.Primary = nil, "cs", []string{"FI", "fi", "FI"}, "#12"
	var got []string
	for _, p := range ValidateInstallation(in) {
		got = append(got, p.Path)
	}
	want := []string{
		"installation.name", "installation.default", "installation.brand.primary", "installation.phone_countries[1]", "installation.phone_countries[2]",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want - got +:\n%s", d)
	}
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"town": true, "a": true, "town-2": true, "2-town": true, "": false, "-town": false, "town-": false, "a--b": false, "Town": false, "a b": false, "ä": false,
		"a/b": false, strings.Repeat("a", 60): true, strings.Repeat("a", 61): false,
	} {
		if got := ids.ValidSlug(s); got != want {
			t.Errorf("%.70q: got %v, want %v", s, got, want)
		}
	}
}
