package i18n

import (
	"strings"
	"testing"
)

func TestMatchPicksWhatTheBrowserLikesBest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header string
		among  []Lang
		want   Lang
	}{
		{"", nil, "fi"},
		{"cs", nil, "cs"},
		{"en-GB,en;q=0.9,fi;q=0.8", nil, "en"},
		{"de, sv;q=0.5, en;q=0.7", nil, "en"},
		{"sv_FI", nil, "sv"},
		{" SV-fi ; q=0.3 , cs ; q=0.2", nil, "sv"},
		{"en;q=0, cs;q=0.1", nil, "cs"},
		{"en;q=2, cs;q=0.1", nil, "cs"},
		{"en;q=x, cs;q=0.1", nil, "cs"},
		{"*", nil, "fi"},
		{"de", []Lang{"cs", "en"}, "cs"},
		{"de", []Lang{"cs", "fi"}, "fi"},
		{"fi, en;q=0.1", []Lang{"cs", "en"}, "en"},
		{"finnish", nil, "fi"},
		{strings.Repeat("x,", 100_000) + "cs", nil, "fi"},
	} {
		if got := Match(c.header, c.among...); got != c.want {
			t.Errorf("Match(%.40q, %v): got %q, want %q", c.header, c.among, got, c.want)
		}
	}
}

func TestLookupKnowsEveryRowAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		if got, ok := Lookup(string(l.Code)); !ok || got.Name != l.Name {
			t.Errorf("Lookup(%q): got %v %v, want the row", l.Code, got, ok)
		}
	}
	for _, code := range []string{"", "FI", "fi-FI", "xx", "../fi"} {
		if _, ok := Lookup(code); ok {
			t.Errorf("Lookup(%q): got a language, want none", code)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("en-GB,en;q=0.9,fi;q=0.8")
	f.Add(";q=,,;=")
	f.Fuzz(func(t *testing.T, header string) {
		if got := Match(header, "cs", "sv"); got != "cs" && got != "sv" {
			t.Errorf("Match(%q): got %q, want one of those offered", header, got)
		}
	})
}
