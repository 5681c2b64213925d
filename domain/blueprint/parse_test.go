package blueprint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
)

// town is a small blueprint that has one of everything. Tests replace parts of it.
const town = `format = 1

[installation]
name = { fi = "Esittely", en = "Demo" }
languages = ["fi", "en"]
phone_countries = ["FI"]

[organisations.town]
name = { fi = "Kunta", en = "Town" }
country = "FI"
zone = "Europe/Helsinki"
languages = ["fi", "en"]
hosts = ["booking.town.example"]
brand = { primary = "#0b4f6c" }
notices = [{ text = { fi = "Suljettu", en = "Closed" }, from = "2026-12-01" }]

[organisations.town.policy]
horizon = "90d"

[organisations.town.categories.papers]
name = { fi = "Paperit", en = "Papers" }

[organisations.town.services.passport]
category = "papers"
name = { fi = "Passi", en = "Passport" }
policy = { length = "20m" }

[organisations.town.services.permit]
category = "papers"
name = { fi = "Lupa", en = "Permit" }

[organisations.town.groups.north]
name = { fi = "Pohjoinen", en = "North" }

[organisations.town.offices.hall]
group = "north"
name = { fi = "Kaupungintalo", en = "Hall" }
hours = ["mon-fri 09:00-16:15"]
closures = [{ from = "2026-12-31", reason = { fi = "Aatto", en = "Eve" } }]
services = ["passport", "permit"]
policy = { permit = { length = "45m" } }
units = ["desk-1", { id = "room", name = { fi = "Huone", en = "Room" }, services = ["permit"] }]

[organisations.town.offices.annex]
name = { fi = "Sivupiste", en = "Annex" }
hours = ["tue 10:00-12:00"]
services = ["passport"]
units = ["desk-1"]
`

// with replaces one part of town, which must be there.
func with(t testing.TB, old, now string) string {
	t.Helper()
	if strings.Count(town, old) != 1 {
		t.Fatalf("the test's blueprint has %q %d times, want once", old, strings.Count(town, old))
	}
	return strings.Replace(town, old, now, 1)
}

// mustParse parses a file that has no problems.
func mustParse(t testing.TB, file string) Document {
	t.Helper()
	d, problems := Parse([]byte(file))
	for _, p := range problems {
		t.Errorf("parse: %s", p)
	}
	return d
}

func TestShippedBlueprintsHaveNoProblems(t *testing.T) {
	t.Parallel()
	if len(blueprints.Names()) < 2 {
		t.Errorf("got blueprints %v, want at least two", blueprints.Names())
	}
	for _, name := range blueprints.Names() {
		b, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if name == "mailbox" {
			want = 92
		}
		if d := mustParse(t, string(b)); len(d.Organisations) != want {
			t.Errorf("%s: got %d organisations, want %d", name, len(d.Organisations), want)
		}
	}
}

func TestWhatEachOrganisationHasInCommonIsSaidOnce(t *testing.T) {
	t.Parallel()
	d := mustParse(t, `format = 1
[each]
country = "SE"
zone = "Europe/Stockholm"
languages = ["sv"]
receives_letters = true

[organisations.a]
name = { sv = "A" }

[organisations.b]
name = { sv = "B" }
country = "FI"
receives_letters = false
`)
	a, _ := d.Organisation("a")
	b, _ := d.Organisation("b")
	if a.Country != "SE" || a.Zone != "Europe/Stockholm" || !a.ReceivesLetters || len(a.Languages) != 1 {
		t.Errorf("got %+v, want what the file says of each", a.Organisation)
	}
	if b.Country != "FI" || b.ReceivesLetters || b.Zone != "Europe/Stockholm" {
		t.Errorf("got %+v, want its own words before those of each", b.Organisation)
	}
	_, problems := Parse([]byte("format = 1\n[each]\nwater = 1\n"))
	if len(problems) != 1 || problems[0].Path != "each.water" || problems[0].Line != 3 {
		t.Errorf("got %v, want the key that there is not", problems)
	}
}

func TestThingsKeepTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	o := mustParse(t, town).Organisations[0]
	var got []string
	for _, f := range o.Offices {
		got = append(got, string(f.ID))
		for _, u := range f.Units {
			got = append(got, string(u.ID))
		}
	}
	for _, s := range o.Services {
		got = append(got, string(s.ID))
	}
	want := []string{"hall", "hall-desk-1", "hall-room", "annex", "annex-desk-1", "passport", "permit"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestUnitThatIsOnlyNamedHasANameInEveryLanguage(t *testing.T) {
	t.Parallel()
	file := with(t, `units = ["desk-1"]`, `units = ["window", "desk-12"]`)
	units := mustParse(t, file).Organisations[0].Offices[1].Units
	want := []i18n.Text{
		{"fi": "Palvelutiski 1", "sv": "Kundservice 1", "en": "Service desk 1", "cs": "Přepážka 1"},
		{"fi": "Palvelutiski 12", "sv": "Kundservice 12", "en": "Service desk 12", "cs": "Přepážka 12"},
	}
	for i := range want {
		if diff := cmp.Diff(want[i], units[i].Name); diff != "" {
			t.Errorf("%s (-want +got):\n%s", units[i].ID, diff)
		}
	}
}

func TestTextsAreTrimmed(t *testing.T) {
	t.Parallel()
	file := with(t, `name = { fi = "Lupa", en = "Permit" }`, "name = { fi = \"Lupa\", en = \"Permit\" }\nsummary = { fi = \"\"\"\nYksi.\n\nKaksi.\n\"\"\", en = \" One. \" }")
	got := mustParse(t, file).Organisations[0].Services[1].Summary
	if diff := cmp.Diff(i18n.Text{"fi": "Yksi.\n\nKaksi.", "en": "One."}, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

// Each bad document has one fault, which is said once, at its place, in words that name it.
func TestEveryFaultIsSaidWithPathAndLine(t *testing.T) {
	t.Parallel()
	const o = "organisations.town."
	for _, c := range []struct {
		name, old, now, path, message string
		warning                       bool
	}{
		{"not TOML", `zone = "Europe/Helsinki"`, `zone = Europe`, "", "unexpected character", false},
		{"key twice", `zone = "Europe/Helsinki"`, "zone = \"UTC\"\nzone = \"UTC\"", "zone", "already", false},
		{"no format", `format = 1`, ``, "format", "want the line format = 1", false},
		{"other format", `format = 1`, `format = 2`, "format", "reads format = 1", false},
		{"unknown top key", `format = 1`, "format = 1\nowner = \"x\"", "owner", "no such key", false},
		{"unknown key", `zone = "Europe/Helsinki"`, "zone = \"Europe/Helsinki\"\ncolour = \"#ffffff\"", o + "colour", "no such key here; there are name, short", false},
		{"unknown key of an office", `hours = ["tue 10:00-12:00"]`, "hours = [\"tue 10:00-12:00\"]\nopen = true", o + "offices.annex.open", "no such key", false},
		{"unknown key of a unit", `services = ["permit"] }]`, `services = ["permit"], lane = 2 }]`, o + "offices.hall.units.room.lane", "no such key", false},
		{"number for text", `zone = "Europe/Helsinki"`, `zone = 2`, o + "zone", "want text in quotes, not a whole number", false},
		{"text for a list", `hours = ["tue 10:00-12:00"]`, `hours = "tue 10:00-12:00"`, o + "offices.annex.hours", "want a list", false},
		{"text for a text in languages", `name = { fi = "Lupa", en = "Permit" }`, `name = "Lupa"`, o + "services.permit.name", "want a text in each language", false},
		{"list for a text", `name = { fi = "Lupa", en = "Permit" }`, `name = { fi = ["Lupa"], en = "Permit" }`, o + "services.permit.name.fi", "want text in quotes, not a list", false},
		{"text for a switch", `zone = "Europe/Helsinki"`, "zone = \"Europe/Helsinki\"\ndemo = \"yes\"", o + "demo", "want true or false", false},
		{"text for a number", `name = { fi = "Paperit", en = "Papers" }`, "name = { fi = \"Paperit\", en = \"Papers\" }\norder = \"1\"", o + "categories.papers.order", "want a whole number", false},
		{"degrees out of range", `hours = ["tue 10:00-12:00"]`, "hours = [\"tue 10:00-12:00\"]\nlat = 91", o + "offices.annex.lat", "between -90 and 90", false},
		{"slug", `[organisations.town.offices.annex]`, `[organisations.town.offices.Annex_1]`, o + "offices.Annex_1", "lower case letters", false},
		{"double hyphen", `[organisations.town.offices.annex]`, `[organisations.town.offices.an--nex]`, o + "offices.an--nex", "single hyphens", false},
		{"unit's slug", `units = ["desk-1"]`, `units = ["Desk 1"]`, o + "offices.annex.units[0]", "lower case letters", false},
		{"unit twice", `units = ["desk-1"]`, `units = ["desk-1", "desk-1"]`, o + "offices.annex.units[1]", "another unit", false},
		{"unit without id", `units = ["desk-1"]`, `units = [{ name = { fi = "A", en = "A" } }]`, o + "offices.annex.units[0]", "no id", false},
		{"unknown language", `name = { fi = "Lupa", en = "Permit" }`, `name = { fi = "Lupa", en = "Permit", xx = "?" }`, o + "services.permit.name.xx", "no such language", false},
		{"missing language", `name = { fi = "Lupa", en = "Permit" }`, `name = { fi = "Lupa" }`, o + "services.permit.name", "has no text in en", true},
		{"missing language of a unit", `id = "room", name = { fi = "Huone", en = "Room" }`, `id = "room", name = { fi = "Huone" }`, o + "offices.hall.units.room.name", "has no text in en", true},
		{"missing language of a closure", `reason = { fi = "Aatto", en = "Eve" }`, `reason = { fi = "Aatto" }`, o + "offices.hall.closures[0].reason", "has no text in en", true},
		{"missing language of the installation", `name = { fi = "Esittely", en = "Demo" }`, `name = { fi = "Esittely" }`, "installation.name", "has no text in en", true},
		{"no name", "name = { fi = \"Lupa\", en = \"Permit\" }\n", "", o + "services.permit.name", "must not be empty", false},
		{"office without name", `name = { fi = "Sivupiste", en = "Annex" }`, "", o + "offices.annex.name", "must not be empty", false},
		{"long name", `name = { fi = "Lupa", en = "Permit" }`, `name = { fi = "Lupa", en = "` + strings.Repeat("x", 201) + `" }`, o + "services.permit.name.en", "201 characters", false},
		{"control character", `name = { fi = "Lupa", en = "Permit" }`, `name = { fi = "Lupa", en = "Per\u0007mit" }`, o + "services.permit.name.en", "control characters", false},
		{"colour", `primary = "#0b4f6c"`, `primary = "blue"`, o + "brand.primary", "want a colour", false},
		{"zone", `zone = "Europe/Helsinki"`, `zone = "Helsinki"`, o + "zone", "IANA time zone", false},
		{"country", `country = "FI"`, `country = "Finland"`, o + "country", "two capital letters", false},
		{"hours", `hours = ["tue 10:00-12:00"]`, `hours = ["tue 10-12"]`, o + "offices.annex.hours[0]", "opening hours", false},
		{"hours over midnight", `hours = ["tue 10:00-12:00"]`, `hours = ["tue 20:00-02:00"]`, o + "offices.annex.hours[0]", "must end after they begin", false},
		{"hours for an unknown service", `hours = ["tue 10:00-12:00"]`, `hours = ["tue 10:00-12:00 for visa"]`, o + "offices.annex.hours[0]", `no service "visa"`, false},
		{"overlapping hours", `hours = ["tue 10:00-12:00"]`, `hours = ["tue 10:00-12:00", "mon-fri 11:00-13:00"]`, o + "offices.annex.hours[1]", "counts once", true},
		{"every second week since when", `hours = ["tue 10:00-12:00"]`, `hours = ["tue 10:00-12:00 every 2 weeks"]`, o + "offices.annex.hours[0]", "first date", false},
		{"exception", `hours = ["tue 10:00-12:00"]`, `exceptions = ["24.12. closed"]`, o + "offices.annex.exceptions[0]", "want the form 2026", false},
		{"exception for an unknown service", `hours = ["tue 10:00-12:00"]`, `exceptions = ["2026-12-23 10:00-12:00 for visa"]`, o + "offices.annex.exceptions[0]", `no service "visa"`, false},
		{"open and closed", `hours = ["tue 10:00-12:00"]`, `exceptions = ["2026-12-23 10:00-12:00", "2026-12-23 closed"]`, o + "offices.annex.exceptions[1]", "closed and to have hours", false},
		{"kind of unit", `services = ["permit"] }`, `kind = "robot" }`, o + "offices.hall.units.room.kind", `no kind of unit "robot"`, false},
		{"unit's unknown language", `services = ["permit"] }`, `languages = ["xx"] }`, o + "offices.hall.units.room.languages[0]", "no texts in", false},
		{"unit's language without pages", `services = ["permit"] }`, `languages = ["fi", "cs"] }`, o + "offices.hall.units.room.languages[1]", "no pages in cs", true},
		{"unit's skill", `services = ["permit"] }`, `skills = ["Finger prints"] }`, o + "offices.hall.units.room.skills[0]", "lower case letters", false},
		{"skill that nobody has", `name = { fi = "Lupa", en = "Permit" }`, "name = { fi = \"Lupa\", en = \"Permit\" }\nskills = [\"photos\"]", o + "offices.hall.services[1]", "no unit here has the skills that permit needs: photos", true},
		{"date", `from = "2026-12-31"`, `from = "31.12.2026"`, o + "offices.hall.closures[0].from", "date", false},
		{"closure without date", `from = "2026-12-31", `, ``, o + "offices.hall.closures[0].from", "first closed date", false},
		{"unknown group", `group = "north"`, `group = "south"`, o + "offices.hall.group", `no group "south"`, false},
		{"unknown category", "category = \"papers\"\nname = { fi = \"Lupa\"", "category = \"permits\"\nname = { fi = \"Lupa\"", o + "services.permit.category", `no category "permits"`, false},
		{"unknown service", `services = ["passport"]`, `services = ["passport", "visa"]`, o + "offices.annex.services[1]", `no service "visa"`, false},
		{"service twice", `services = ["passport"]`, `services = ["passport", "passport"]`, o + "offices.annex.services[1]", "named twice", false},
		{"unit's unknown service", `services = ["permit"] }`, `services = ["visa"] }`, o + "offices.hall.units.room.services[0]", `no service "visa"`, false},
		{"unit's service that is not offered", `units = ["desk-1"]`, `units = [{ id = "desk-1", name = { fi = "A", en = "A" }, services = ["permit"] }]`, o + "offices.annex.units.desk-1.services[0]", "does not offer permit", true},
		{"policy of what is not offered", `services = ["passport"]`, "services = [\"passport\"]\npolicy = { permit = { length = \"10m\" } }", o + "offices.annex.policy.permit", "does not offer permit", false},
		{"unknown policy field", `horizon = "90d"`, `horizons = "90d"`, o + "policy.horizons", "no such policy field", false},
		{"policy out of its limits", `policy = { length = "20m" }`, `policy = { length = "9h" }`, o + "services.passport.policy.length", "more than", false},
		{"policy of the wrong kind", `policy = { length = "20m" }`, `policy = { length = ["20m"] }`, o + "services.passport.policy.length", "not a period", false},
		{"policy at an office", `permit = { length = "45m" }`, `permit = { length = "3m" }`, o + "offices.hall.policy.permit.length", "length", false},
		{"host", `hosts = ["booking.town.example"]`, `hosts = ["https://booking.town.example"]`, o + "hosts[0]", "want a host name", false},
		{"owns", `zone = "Europe/Helsinki"`, "zone = \"Europe/Helsinki\"\nowns = [\"units\"]", o + "owns[0]", `no section "units"`, false},
		{"default language", `phone_countries = ["FI"]`, "phone_countries = [\"FI\"]\ndefault = \"sv\"", "installation.default", "one of the languages", false},
		{"empty notice", `text = { fi = "Suljettu", en = "Closed" }, `, ``, o + "notices[0].text", "must not be empty", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Parse([]byte(with(t, c.old, c.now)))
			if len(problems) != 1 {
				t.Fatalf("got %d problems, want 1: %v", len(problems), problems)
			}
			p := problems[0]
			if p.Path != c.path || !strings.Contains(p.Message, c.message) || p.Warning != c.warning {
				t.Errorf("got %+v, want path %q, a message with %q, warning %t", p, c.path, c.message, c.warning)
			}
			if p.Line == 0 {
				t.Errorf("%s: got no line", p)
			}
		})
	}
}

func TestFaultsOfAFileThatOnlyAdds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, path, message string }{
		{"things as a list", "[[organisations.town.groups]]\nname = { fi = \"A\" }", "organisations.town.groups", "want a table of things"},
		{"thing as text", "[organisations.town.groups]\nnorth = \"A\"", "organisations.town.groups.north", "want a table"},
		{"organisation as text", "[organisations]\ntown = \"A\"", "organisations.town", "want a table"},
		{"organisations as a list", "[[organisations]]\nid = \"town\"", "organisations", "want a table of organisations"},
		{"installation as text", "installation = \"A\"", "installation", "want a table"},
		{"organisation's slug", "[organisations.Town_1]\nphone = \"1\"", "organisations.Town_1", "lower case letters"},
		{"colour", "[organisations.town]\nbrand = \"#ffffff\"", "organisations.town.brand", "want a table"},
		{"closures", "[organisations.town.offices.hall]\nclosures = [\"2026-12-31\"]", "organisations.town.offices.hall.closures[0]", "want a table"},
		{"minute", "[organisations.town.offices.hall]\nclosures = [{ from = 2026-12-31, from_minute = 9 }]",
			"organisations.town.offices.hall.closures[0].from_minute", "want text"},
		{"office's policy", "[organisations.town.offices.hall]\npolicy = { length = \"20m\" }", "organisations.town.offices.hall.policy.length", "want policy fields"},
		{"lat", "[organisations.town.offices.hall]\nlat = \"60\"", "organisations.town.offices.hall.lat", "want a number"},
		{"order", "[organisations.town.services.passport]\norder = 99999999999", "organisations.town.services.passport.order", "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Parse([]byte("format = 1\n" + c.file + "\n"))
			if len(problems) != 1 || problems[0].Path != c.path || !strings.Contains(problems[0].Message, c.message) || problems[0].Line < 2 {
				t.Errorf("got %v, want one problem at %s with %q", problems, c.path, c.message)
			}
		})
	}
}

func TestLineIsThatOfTheValue(t *testing.T) {
	t.Parallel()
	file := with(t, `hours = ["tue 10:00-12:00"]`, "hours = [\n  \"tue 10:00-12:00\",\n  \"tue 13-14\",\n]")
	_, problems := Parse([]byte(file))
	want := 1 + strings.Count(file[:strings.Index(file, `"tue 13-14"`)], "\n")
	if len(problems) != 1 || problems[0].Line != want {
		t.Errorf("got %v, want one problem on line %d", problems, want)
	}
}

func TestReservedAddressesAreNoOrganisations(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"my", "staff", "admin", "api", "assets", "en", "healthz"} {
		file := strings.ReplaceAll(town, "organisations.town", "organisations."+slug)
		d, problems := Parse([]byte(file))
		if len(problems) != 1 || !strings.Contains(problems[0].Message, "kept for addresses") || len(d.Organisations) != 0 {
			t.Errorf("%s: got %v, want it to be refused", slug, problems)
		}
	}
}

func TestHostBelongsToOneOrganisation(t *testing.T) {
	t.Parallel()
	file := town + "\n[organisations.village]\nhosts = [\"Booking.town.example\"]\n"
	_, problems := Parse([]byte(file))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "named already, at town") {
		t.Errorf("got %v, want one problem about the host", problems)
	}
}

func TestFileThatOnlyAddsIsNotJudgedByItself(t *testing.T) {
	t.Parallel()
	d := mustParse(t, "format = 1\n[organisations.town.offices.annex]\nservices = [\"passport\"]\n")
	if got := d.Organisations[0].Offices[0].Services; len(got) != 1 || got[0] != ids.Service("passport") {
		t.Errorf("got services %v, want passport", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(town))
	f.Add([]byte("format = 1\n[organisations.a.offices.b]\nunits = [[1], {}, { id = 2 }]\n[[organisations.a.offices.c.units]]\n"))
	f.Add([]byte("organisations.a.offices.b.hours = [2026-01-01, 10:00:00]\na.b.c = nan\n'' = {}\n[organisations.'x y']"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, problems := Parse(b)
		for _, p := range problems {
			if p.Message == "" || p.Line < 0 || p.Line > 1+strings.Count(string(b), "\n") {
				t.Errorf("got problem %+v, want a message and a line of the file", p)
			}
		}
		if len(Faults(problems)) > 0 {
			return
		}
		out, err := Export(d)
		if err != nil {
			t.Fatalf("export: %v", err)
		}
		again, problems := Parse(out)
		if len(Faults(problems)) > 0 {
			t.Fatalf("the export has problems: %v\n%s", Faults(problems), out)
		}
		if lines := Diff(d, whole(again)); len(lines) > 0 {
			t.Fatalf("the export differs:\n%s\n%s", Print(lines), out)
		}
	})
}
