package catalog

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/org"
)

func TestLaterLevelWins(t *testing.T) {
	p := Resolve(Settings{"hold": 300, "max_live": 9}, nil, Settings{"hold": 0}, Settings{"length": 3600})
	want := Product
	want.Hold, want.MaxLive, want.Length = 0, 9, time.Hour
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestEveryFieldReadsWhatItSets(t *testing.T) {
	for _, f := range Fields {
		for _, v := range []int64{f.Min, f.Max} {
			if got := f.Value(Resolve(Settings{f.Name: v})); got != v {
				t.Errorf("%s: got %d, want %d", f.Name, got, v)
			}
			if wrong := f.Check(v); wrong != "" {
				t.Errorf("%s at its limit %d: %s", f.Name, v, wrong)
			}
		}
		if f.Check(f.Max+f.Step) == "" || f.Check(f.Min-f.Step) == "" {
			t.Errorf("%s: a value beyond its limits is taken", f.Name)
		}
	}
}

func TestProductDefaultsKeepTheirOwnLimits(t *testing.T) {
	for _, f := range Fields {
		if wrong := f.Check(f.Value(Product)); wrong != "" {
			t.Error(wrong)
		}
	}
}

func TestSettingsSurviveTheirDocument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Settings{}
		for _, f := range Fields {
			if rapid.Bool().Draw(t, f.Name) {
				switch f.Kind { // of these, not every number stands for something
				case KindTimes:
					r, err := RemindersOf(time.Duration(rapid.Int64Range(1, 60*24*60).Draw(t, "reminder"))*time.Minute, 24*time.Hour)
					if err != nil {
						t.Fatal(err)
					}
					want[f.Name] = int64(r)
					continue
				case KindQuiet:
					want[f.Name] = int64(QuietOf(21*60, org.Minute(rapid.IntRange(0, 20*60).Draw(t, "until"))))
					continue
				}
				want[f.Name] = f.Min + f.Step*rapid.Int64Range(0, (f.Max-f.Min)/f.Step).Draw(t, f.Name+" value")
			}
		}
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Settings
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestFaultsInSettingsAreAllNamed(t *testing.T) {
	_, faults := ParseSettings(map[string]any{"hold": "soon", "length": "7m", "max_live": -1, "colour": "red", "online_change": "perhaps", "horizon": "500d"})
	if len(faults) != 6 {
		t.Errorf("got %q, want six faults", faults)
	}
	good, faults := ParseSettings(map[string]any{"hold": "1h", "notice": "1d12h30m", "max_live": int64(3), "online_change": false})
	if len(faults) > 0 {
		t.Errorf("got %q, want no fault", faults)
	}
	if diff := cmp.Diff(Settings{"hold": 3600, "notice": 131400, "max_live": 3, "online_change": 0}, good); diff != "" {
		t.Error(diff)
	}
}

func config(t *testing.T, docs ...PolicyDoc) *Config {
	t.Helper()
	c := &Config{
		Version: 100, Org: org.Organisation{ID: "town", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "en"}},
		Offices:  []org.Office{{ID: "hall"}, {ID: "annex"}},
		Services: []Service{{ID: "passport", Name: i18n.Text{"fi": "Passi", "en": "Passport"}}, {ID: "permit", Name: i18n.Text{"fi": "Lupa", "en": "Permit"}}},
		Offers:   []Offer{{"passport", "hall"}, {"passport", "annex"}, {"permit", "hall"}}, Policies: docs,
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAppointmentFollowsThePolicyOfItsVersion(t *testing.T) {
	c := config(t,
		PolicyDoc{Version: 1, Settings: Settings{"cancel_cutoff": 3600}},
		PolicyDoc{Version: 5, Settings: Settings{"cancel_cutoff": 7200}},
		PolicyDoc{Version: 9, Settings: Settings{"cancel_cutoff": 10800}, TouchesExisting: true})
	for version, want := range map[int64]time.Duration{1: 3 * time.Hour, 5: 3 * time.Hour, 9: 3 * time.Hour} {
		if got := c.PolicyAt(version, "passport", "hall").CancelCutoff; got != want {
			t.Errorf("made under %d, with a newest one that touches all: got %v, want %v", version, got, want)
		}
	}
	c = config(t, PolicyDoc{Version: 1, Settings: Settings{"cancel_cutoff": 3600}}, PolicyDoc{Version: 5, Settings: Settings{"cancel_cutoff": 7200}})
	for version, want := range map[int64]time.Duration{0: Product.CancelCutoff, 1: time.Hour, 4: time.Hour, 5: 2 * time.Hour, 100: 2 * time.Hour} {
		if got := c.PolicyAt(version, "passport", "hall").CancelCutoff; got != want {
			t.Errorf("made under %d: got %v, want %v", version, got, want)
		}
	}
}

func TestServiceAtAnOfficeIsTheNarrowestLevel(t *testing.T) {
	c := config(t,
		PolicyDoc{Installation: true, Version: 1, Settings: Settings{"max_live": 1, "hold": 60, "gap": 300}},
		PolicyDoc{Version: 1, Settings: Settings{"max_live": 2, "hold": 120}},
		PolicyDoc{Service: "passport", Version: 1, Settings: Settings{"max_live": 3}},
		PolicyDoc{Service: "passport", Office: "annex", Version: 1, Settings: Settings{"max_live": 4}})
	for at, want := range map[Offer]int{{"permit", "hall"}: 2, {"passport", "hall"}: 3, {"passport", "annex"}: 4} {
		p := c.Policy(at.Service, at.Office)
		if p.MaxLive != want || p.Hold != 2*time.Minute || p.Gap != 5*time.Minute {
			t.Errorf("%v: got %d live, %v hold, %v gap, want %d, 2m, 5m", at, p.MaxLive, p.Hold, p.Gap, want)
		}
	}
}

func TestNotEveryOfficeOffersEverything(t *testing.T) {
	c := config(t)
	if got := len(c.OfficesOf("permit")); got != 1 {
		t.Errorf("got %d offices for the permit, want 1", got)
	}
	if _, _, err := c.Offered("permit", "annex"); !fault.IsKey(err, "office.not_offered") {
		t.Errorf("got %v, want that the annex does not offer it", err)
	}
	if _, _, err := c.Offered("permit", "moon"); !fault.IsKey(err, "office.unknown") {
		t.Errorf("got %v, want an unknown office", err)
	}
}

func TestSearchKnowsEveryLanguage(t *testing.T) {
	c := config(t)
	for _, q := range []string{"passi", "Passport", "pasport", "PASS"} {
		got := c.Search("en", q)
		if len(got) == 0 || got[0].ID != "passport" {
			t.Errorf("%q: got %v, want the passport first", q, got)
		}
	}
}
