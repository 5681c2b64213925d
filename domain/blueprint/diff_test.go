package blueprint

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func diffOf(t *testing.T, want string) string {
	t.Helper()
	return Print(Diff(mustParse(t, town), mustParse(t, want)))
}

func TestNothingDiffersFromItself(t *testing.T) {
	t.Parallel()
	if got := diffOf(t, town); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
	if got := Diff(whole(mustParse(t, town)), whole(mustParse(t, town))); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestDifferencesReadWell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"hours", with(t, "mon-fri 09:00-16:15", "mon-fri 09:00-15:00"), `town:
  ~ offices.hall.hours: mon-fri 09:00-16:15 -> mon-fri 09:00-15:00
`},
		{"one wording", with(t, `en = "Permit"`, `en = "Licence"`), `town:
  ~ services.permit.name.en: Permit -> Licence
`},
		{"policy", with(t, `length = "20m"`, `length = "25m", online_change = false`), `town:
  ~ services.passport.policy.length: 20m -> 25m
  ~ services.passport.policy.online_change: (nothing) -> false
`},
		{"emptied", with(t, `closures = [{ from = "2026-12-31", reason = { fi = "Aatto", en = "Eve" } }]`, `closures = []`), `town:
  ~ offices.hall.closures: {from 2026-12-31, reason {fi Aatto, en Eve}} -> (nothing)
`},
		{"switch", with(t, `country = "FI"`, "country = \"FI\"\nclosed_on_holidays = true"), `town:
  ~ closed_on_holidays: false -> true
`},
		{"new service", town + "\n[organisations.town.services.name-change]\ncategory = \"papers\"\nname = { fi = \"Nimi\", en = \"Name\" }\n", `town:
  + service name-change
`},
		{"units", with(t, `units = ["desk-1", { id = "room", name`, `units = [{ id = "saloon", name`), `town:
  + unit hall.saloon
  - unit hall.desk-1
  - unit hall.room
`},
		{"order", with(t, `units = ["desk-1", { id = "room", name = { fi = "Huone", en = "Room" }, services = ["permit"] }]`,
			`units = [{ id = "room", name = { fi = "Huone", en = "Room" }, services = ["permit"] }, "desk-1"]`), `town:
  ~ offices.hall.units (order): desk-1, room -> room, desk-1
`},
		{"installation", with(t, `phone_countries = ["FI"]`, `phone_countries = ["FI", "CZ"]`), `installation:
  ~ phone_countries: FI -> FI; CZ
`},
		{"two places", strings.Replace(with(t, `en = "North"`, `en = "Up"`), `en = "Demo"`, `en = "Trial"`, 1), `installation:
  ~ name.en: Demo -> Trial
town:
  ~ groups.north.name.en: North -> Up
`},
		{"new organisation", town + "\n[organisations.village]\nname = { fi = \"Kylä\" }\ncountry = \"FI\"\nzone = \"Europe/Helsinki\"\nlanguages = [\"fi\"]\n" +
			"[organisations.village.groups.a]\nname = { fi = \"A\" }\n", `village:
  + organisation village
  + group a
`},
	} {
		if diff := cmp.Diff(c.want, diffOf(t, c.file)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWhatIsAbsentIsLeftAloneUnlessTheFileOwnsIt(t *testing.T) {
	t.Parallel()
	const file = `format = 1
[organisations.town]
%s
[organisations.town.offices.annex]
hours = ["wed 10:00-12:00"]
`
	for _, c := range []struct{ owns, want string }{
		{"", `town:
  ~ offices.annex.hours: tue 10:00-12:00 -> wed 10:00-12:00
`},
		{`owns = ["groups"]`, `town:
  - group north
  ~ offices.annex.hours: tue 10:00-12:00 -> wed 10:00-12:00
`},
		{`owns = ["offices"]`, `town:
  ~ offices.annex.name.fi: Sivupiste -> (nothing)
  ~ offices.annex.name.en: Annex -> (nothing)
  ~ offices.annex.hours: tue 10:00-12:00 -> wed 10:00-12:00
  ~ offices.annex.services: passport -> (nothing)
  - unit annex.desk-1
  - office hall
`},
		{`owns = ["services", "categories"]`, `town:
  - category papers
  - service passport
  - service permit
  ~ offices.annex.hours: tue 10:00-12:00 -> wed 10:00-12:00
`},
	} {
		if diff := cmp.Diff(c.want, diffOf(t, strings.Replace(file, "%s", c.owns, 1))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.owns, diff)
		}
	}
}

func TestWhatIsAbsentKeepsItsPlace(t *testing.T) {
	t.Parallel()
	d := mustParse(t, town+"\n[organisations.town.offices.z]\nname = { fi = \"Z\", en = \"Z\" }\n")
	patch := mustParse(t, "format = 1\n[organisations.town.offices.new]\n[organisations.town.offices.hall]\n")
	var got []string
	for _, f := range Merge(d, patch).Organisations[0].Offices {
		got = append(got, string(f.ID))
	}
	if diff := cmp.Diff([]string{"new", "hall", "annex", "z"}, got); diff != "" {
		t.Errorf("offices (-want +got):\n%s", diff)
	}
}

func TestLongValuesAreShortenedToWhereTheyDiffer(t *testing.T) {
	t.Parallel()
	same := strings.Repeat("sama ", 40)
	l := Line{Op: Changed, What: "help.fi", Old: same + "vanha " + same, New: same + "uusi " + same}
	got := l.String()
	if !strings.Contains(got, "vanha") || !strings.Contains(got, "uusi") || len(got) > 300 {
		t.Errorf("got %q, want it short with both words", got)
	}
}

func TestPolicyOfWhatAnOfficeStopsOfferingGoesWithIt(t *testing.T) {
	t.Parallel()
	patch := mustParse(t, "format = 1\n[organisations.town.offices.hall]\nservices = [\"passport\"]\n")
	got := Merge(mustParse(t, town), patch).Organisations[0].Offices[0].Policy
	if len(got) != 0 {
		t.Errorf("got %v, want no policy", got)
	}
}
