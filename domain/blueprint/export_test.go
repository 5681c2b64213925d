package blueprint

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// whole takes a file for all there is: what it does not name is gone rather than left alone.
func whole(d Document) Document {
	d.root = nil
	return d
}

// readBack exports a document, reads it again and fails when anything differs.
func readBack(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, d Document,
) {
	t.Helper()
	out, err := Export(d)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	again, problems := Parse(out)
	for _, p := range Faults(problems) { // what is warned of may be configured
		t.Errorf("read back: %s", p)
	}
	opts := cmp.Options{
		cmpopts.IgnoreUnexported(Document{}), cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b ids.Service) bool { return a < b }),
	}
	if diff := cmp.Diff(d, again, opts); diff != "" {
		t.Errorf("read back (-want +got):\n%s\n%s", diff, out)
	}
	if lines := Diff(d, whole(again)); len(lines) > 0 {
		t.Errorf("the export differs from its source:\n%s", Print(lines))
	}
}

func TestShippedBlueprintsSurviveExport(t *testing.T) {
	t.Parallel()
	for _, name := range blueprints.Names() {
		b, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		readBack(t, mustParse(t, string(b)))
	}
	readBack(t, mustParse(t, town))
}

func TestExportWritesOnlyThePolicyThatWasSet(t *testing.T) {
	t.Parallel()
	file := with(t, `horizon = "90d"`, "max_live = 0\nonline_change = false")
	d := mustParse(t, file)
	readBack(t, d)
	out, err := Export(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"policy = { online_change = false, max_live = 0 }\n", `policy = { length = "20m" }`, `policy = { permit = { length = "45m" } }`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("got no %q in\n%s", want, out)
		}
	}
	for _, field := range []string{"hold", "notice", "gap"} {
		if strings.Contains(string(out), field+" =") {
			t.Errorf("got the policy field %s, which was not set, in\n%s", field, out)
		}
	}
}

func TestExportRefusesAUnitThatNoFileCanName(t *testing.T) {
	t.Parallel()
	d := mustParse(t, town)
	d.Organisations[0].Offices[0].Units[0].ID = "elsewhere"
	if out, err := Export(d); err == nil {
		t.Errorf("got %d bytes, want an error", len(out))
	}
}

// Small configurations with awkward texts: quotes, backslashes, line breaks, other scripts.
func TestWhateverIsConfiguredSurvivesExport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		readBack(t, Document{
			Installation: rapid.Just(&Installation{
				Installation: org.Installation{Name: i18n.Text{"fi": "A"}, Languages: []i18n.Lang{"fi"}, Default: "fi"}, Policy: drawPolicy(t, "policy"),
			}).Draw(t, "installation"),
			Organisations: []Organisation{drawOrganisation(t)},
		})
	})
}

func drawText(t *rapid.T, label string, paragraphs bool) i18n.Text {
	pattern := `[a-zä"\\'#{}\[\]=.,žひ ]{0,12}[a-z"\\]`
	if paragraphs {
		pattern = `[a-z"\\#]("{1,5}|[a-z\n\t\\ ]){0,12}[a-z"\\]`
	}
	return i18n.Text{"fi": rapid.StringMatching(pattern).Filter(trimmed).Draw(t, label)}
}

func trimmed(s string) bool { return s != "" && strings.TrimSpace(s) == s }

func drawPolicy(t *rapid.T, label string) catalog.Settings {
	out := catalog.Settings{}
	for _, f := range catalog.Fields {
		if rapid.Bool().Draw(t, label+"."+f.Name) {
			steps := (f.Max - f.Min) / f.Step
			v := f.Min + f.Step*rapid.Int64Range(0, steps).Draw(t, f.Name)
			if v, err := f.Parse(f.Format(v)); err == nil { // of reminders and quiet hours, not every number stands for something
				out[f.Name] = v
			}
		}
	}
	return out
}

func drawSlugs[S ~string](t *rapid.T, label string) []S {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) S { return S(rapid.StringMatching(`[a-z0-9]{1,4}(-[a-z0-9]{1,3})?`).Draw(t, "slug")) }),
		1, 4, rapid.ID[S]).Draw(t, label)
}

func drawSome[S any](t *rapid.T, label string, among []S) []S {
	var out []S
	for _, s := range among {
		if rapid.Bool().Draw(t, label) {
			out = append(out, s)
		}
	}
	return out
}

func drawOrganisation(t *rapid.T) Organisation {
	o := Organisation{
		Organisation: org.Organisation{
			ID: "town", Name: drawText(t, "name", false), Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi"},
			ClosedOnHolidays: rapid.Bool().Draw(t, "closed"), About: drawText(t, "about", true),
			Notices: []org.Notice{{Text: drawText(t, "notice", true)}},
		},
		Help: drawText(t, "help", true), Policy: drawPolicy(t, "own"),
		Categories: []catalog.Category{{ID: "all", Name: drawText(t, "category", false), Order: rapid.IntRange(0, 3).Draw(t, "order")}},
	}
	skills := []org.Skill{"fingerprints", "photos"}
	day := org.DateOf(time.Date(2026, 1, 1+rapid.IntRange(0, 700).Draw(t, "a day"), 0, 0, 0, 0, time.UTC))
	services := drawSlugs[ids.Service](t, "services")
	for _, id := range services {
		o.Services = append(o.Services, ServiceEntry{
			Service: catalog.Service{
				ID: id, Category: "all", Name: drawText(t, "service", false), Summary: drawText(t, "summary", true),
				Bring: i18n.TextList{"fi": {drawText(t, "bring", false)["fi"]}}, Popular: rapid.Bool().Draw(t, "popular"),
				Skills: drawSome(t, "needs", skills),
			},
			Policy: drawPolicy(t, "service"),
		})
	}
	for i, id := range drawSlugs[ids.Office](t, "offices") {
		f := Office{
			Office:   org.Office{ID: id, Name: drawText(t, "office", false), Lat: rapid.Float64Range(-90, 90).Draw(t, "lat")},
			Services: drawSome(t, "offered", services), Policy: map[ids.Service]catalog.Settings{},
		}
		for _, s := range f.Services {
			if p := drawPolicy(t, "office"); len(p) > 0 {
				f.Policy[s] = p
			}
		}
		from := org.Minute(rapid.IntRange(0, 1000).Draw(t, "from"))
		f.Hours = []org.Weekly{{Days: org.Weekdays(rapid.IntRange(1, 127).Draw(t, "days")), From: from, To: from + 60, Services: drawSome(t, "for", services)}}
		if rapid.Bool().Draw(t, "every other week") {
			f.Hours[0].Every, f.Hours[0].ValidFrom = 2, day
		} else {
			f.Hours[0].Nth = org.Ordinals(rapid.IntRange(0, 63).Draw(t, "nth"))
		}
		f.Exceptions = []org.Exception{{Date: day, From: from, To: from + 5, Services: drawSome(t, "that day", services)}}
		if i == 0 { // names of units that begin like another office's would meet
			f.Units = []org.Unit{{
				ID: unitID(id, "x"), Name: drawText(t, "unit", false), Services: drawSome(t, "serves", f.Services), Skills: skills,
				Kind: rapid.SampledFrom([]org.UnitKind{org.CounterLane, org.Professional}).Draw(t, "kind"), Languages: drawSome(t, "speaks", o.Languages),
				Exceptions: []org.Exception{{Date: day, Closed: true, Kind: org.AnyKind}},
			}}
		}
		o.Offices = append(o.Offices, f)
	}
	return o
}
