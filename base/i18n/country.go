package i18n

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is a country as it is chosen from a list.
type Country struct{ Code, Name string }

// IsCountry reports whether a text is the ISO 3166 code of a country, in capitals, such as "FI".
func IsCountry(code string) bool {
	got, ok := CountryCode(code)
	return ok && got == code && len(code) == 2
}

// CountryCode returns the two letters of a country that is told by its two or three, or by its number, as registers write it.
func CountryCode(s string) (string, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 2 && len(s) != 3 {
		return "", false
	}
	r, err := language.ParseRegion(s)
	// What is no more a country has no name, and leads to another; groups and codes for private use are none.
	if err != nil || !r.IsCountry() || r.IsPrivateUse() || r.Canonicalize() != r || len(r.String()) != 2 || english.Name(r) == "" {
		return "", false
	}
	return r.String(), true
}

// CountryName returns what a country is called in a language; the code itself when it is none.
func CountryName(lang Lang, code string) string {
	r, err := language.ParseRegion(code)
	if err != nil || !IsCountry(code) {
		return code
	}
	return display.Regions(row(lang).Tag).Name(r)
}

var english = display.Regions(language.English)

var countries sync.Map // Lang -> []Country

// Countries are all countries in the order of a language.
func Countries(lang Lang) []Country {
	lang = row(lang).Code
	if list, ok := countries.Load(lang); ok {
		return slices.Clone(list.([]Country))
	}
	var list []Country
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if code := string([]rune{a, b}); IsCountry(code) {
				list = append(list, Country{code, CountryName(lang, code)})
			}
		}
	}
	order := Collator(lang)
	slices.SortFunc(list, func(a, b Country) int { return order.CompareString(a.Name, b.Name) })
	countries.Store(lang, list)
	return slices.Clone(list)
}
