package i18n

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
)

func TestTextStandsInInAFixedOrder(t *testing.T) {
	t.Parallel()
	all := Text{"fi": "nimi", "en": "name", "sv": "namn", "cs": "jméno", "et": "nimi (et)", "da": "navn"}
	for _, step := range []struct{ lang, drop Lang }{{"sv", "sv"}, {"fi", "fi"}, {"en", "en"}, {"cs", "cs"}, {"da", "da"}, {"et", "et"}} {
		want := all[step.lang]
		got, lang := all.InOK("sv")
		if got != want || lang != step.lang {
			t.Errorf("InOK(sv) of %v: got %q in %q, want %q in %q", all, got, lang, want, step.lang)
		}
		all[step.drop] = "  "
	}
	if got, lang := all.InOK("sv"); got != "" || lang != "sv" {
		t.Errorf("InOK of blanks: got %q in %q, want nothing in sv", got, lang)
	}
	if got := Text(nil).In("en"); got != "" {
		t.Errorf("In of nil: got %q, want nothing", got)
	}
}

func TestTextSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	got := Text{"fi": "nimi", "sv": " "}.Missing([]Lang{"cs", "sv", "fi"})
	if diff := cmp.Diff([]Lang{"cs", "sv"}, got); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
	list := TextList{"fi": {"passi"}, "sv": {}, "en": {""}}
	if diff := cmp.Diff([]Lang{"sv", "en"}, list.Missing([]Lang{"fi", "sv", "en"})); diff != "" {
		t.Errorf("Missing of a list (-want +got):\n%s", diff)
	}
	if got, lang := list.InOK("sv"); lang != "fi" || len(got) != 1 {
		t.Errorf("list InOK(sv): got %v in %q, want the Finnish one", got, lang)
	}
}

func TestTextSurvivesJSONAndTOML(t *testing.T) {
	t.Parallel()
	type doc struct {
		Name  Text     `json:"name" toml:"name"`
		Bring TextList `json:"bring" toml:"bring"`
	}
	want := doc{Name: Text{"fi": "Nimenmuutos", "cs": "Změna jména"}, Bring: TextList{"en": {"passport", "pen"}}}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got doc
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	data, err = toml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got = doc{}
	if err := toml.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("TOML (-want +got):\n%s\n%s", diff, data)
	}
}
