package i18n

import (
	"slices"
	"strings"
	"testing"
)

func TestCountriesInEachLanguage(t *testing.T) {
	for lang, want := range map[Lang][3]string{
		"fi": {"Suomi", "Tšekki", "Ahvenanmaa"}, "sv": {"Finland", "Tjeckien", "Åland"}, "en": {"Finland", "Czechia", "Åland Islands"}, "cs": {"Finsko", "Česko", "Ålandy"},
	} {
		for i, code := range []string{"FI", "CZ", "AX"} {
			if got := CountryName(lang, code); got != want[i] {
				t.Errorf("%s is called %q in %s, want %q", code, got, lang, want[i])
			}
		}
		list := Countries(lang)
		if len(list) < 240 || slices.ContainsFunc(list, func(c Country) bool { return strings.TrimSpace(c.Name) == "" || c.Name == c.Code || !IsCountry(c.Code) }) {
			t.Errorf("%s: %d countries, one of which has no name, or too few: %v", lang, len(list), list)
		}
		order := Collator(lang)
		if !slices.IsSortedFunc(list, func(a, b Country) int { return order.CompareString(a.Name, b.Name) }) {
			t.Errorf("the countries are not in the order of %s", lang)
		}
	}
	if list := Countries("sv"); list[len(list)-1].Name != "Östtimor" {
		t.Errorf("the last country in Swedish is %q, want Östtimor", list[len(list)-1].Name)
	}
}

func TestACountryIsToldByItsCode(t *testing.T) {
	for typed, want := range map[string]string{
		"FI": "FI", "fi": "FI", " FIN ": "FI", "cze": "CZ", "GB": "GB",
		"": "", "Finland": "", "YU": "", "SU": "", "ZZ": "", "QQ": "", "EU": "", "F": "", "246": "FI", "999": "",
	} {
		if got, _ := CountryCode(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
	for code, want := range map[string]bool{"FI": true, "fi": false, "FIN": false, "YU": false, "": false} {
		if IsCountry(code) != want {
			t.Errorf("%q is a country: %v, want %v", code, !want, want)
		}
	}
}
