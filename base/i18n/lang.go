package i18n

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Lang is the code of a language as addresses, files and columns write it, such as "fi".
type Lang string

const (
	// Default is the language of somebody who said nothing.
	Default Lang = "fi"
	// Reference is the language that the texts of all others are checked against.
	Reference Lang = "en"
)

// Language is one row of the table of languages.
type Language struct {
	Code  Lang
	Name  string       // its own name, as its speakers write it in a list
	BCP47 string       // for lang and hreflang attributes and Content-Language
	Tag   language.Tag // whose plural and sorting rules apply

	fallback int               // its place among the languages that stand in for a missing one; 1 is first
	letters  []string          // letters of its own, upper case, in the A–Z list
	letterAs map[string]string // foreign letters, upper case, and the letter they are filed under
}

// Where the sorting rules put foreign letters; a test holds these against the rules.
var (
	finnishAs = map[string]string{"Ü": "Y", "Ø": "Ö", "Æ": "Ä"}
	swedishAs = map[string]string{"Ü": "Y", "Ű": "Y", "Ø": "Ö", "Ő": "Ö", "Œ": "Ö", "Æ": "Ä"}
)

// The languages, in the order in which they are offered.
var languages = []Language{
	{Code: "fi", Name: "Suomi", BCP47: "fi-FI", Tag: language.Finnish, fallback: 1, letters: []string{"Å", "Ä", "Ö"}, letterAs: finnishAs},
	{Code: "sv", Name: "Svenska", BCP47: "sv-FI", Tag: language.Swedish, fallback: 3, letters: []string{"Å", "Ä", "Ö"}, letterAs: swedishAs},
	{Code: "en", Name: "English", BCP47: "en-GB", Tag: language.English, fallback: 2},
	{Code: "cs", Name: "Čeština", BCP47: "cs-CZ", Tag: language.Czech, fallback: 4, letters: []string{"Č", "Ch", "Ř", "Š", "Ž"}},
}

// The languages in the order in which they stand in for a missing one.
var fallbacks = func() []Lang {
	rows := slices.Clone(languages)
	slices.SortFunc(rows, func(a, b Language) int { return a.fallback - b.fallback })
	out := make([]Lang, len(rows))
	for i, r := range rows {
		out[i] = r.Code
	}
	return out
}()

// Languages returns all languages, in the order in which they are offered.
func Languages() []Language { return slices.Clone(languages) }

// Lookup returns the language with the code, which must be written as in the table: lower case, without a region.
func Lookup(code string) (Language, bool) {
	for i := range languages {
		if string(languages[i].Code) == code {
			return languages[i], true
		}
	}
	return Language{}, false
}

// row returns the language, or the default one when it is unknown.
func row(lang Lang) Language {
	if l, ok := Lookup(string(lang)); ok {
		return l
	}
	l, _ := Lookup(string(Default))
	return l
}

// Match returns the language, among those given (none means all), that a browser's Accept-Language header likes best. Regions are ignored. When none
// fits, the answer is the default language if it is among them, otherwise the first of them.
func Match(acceptLanguage string, among ...Lang) Lang {
	if len(among) == 0 {
		among = fallbacks
	}
	best, bestQ := among[0], -1.0
	if slices.Contains(among, Default) {
		best = Default
	}
	const longEnough = 50 // nobody speaks more; a header is only so long
	for i, item := range strings.Split(acceptLanguage, ",") {
		if i == longEnough {
			break
		}
		tag, params, _ := strings.Cut(strings.TrimSpace(item), ";")
		base, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"), "-")
		lang := Lang(strings.ToLower(base))
		if q := quality(params); q > bestQ && q > 0 && slices.Contains(among, lang) {
			best, bestQ = lang, q
		}
	}
	return best
}

// quality reads "q=0.8"; what cannot be read counts as not wanted, and nothing as fully wanted.
func quality(params string) float64 {
	name, value, ok := strings.Cut(strings.TrimSpace(params), "=")
	if !ok || strings.TrimSpace(name) != "q" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
