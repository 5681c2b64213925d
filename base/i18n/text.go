package i18n

import (
	"maps"
	"slices"
	"strings"
)

// Text is what an organisation wrote, in one or several languages: the name of a service, what to bring. In JSON and TOML it is an object of
// language codes. A blank wording counts as missing.
type Text map[Lang]string

// TextList is a list, such as things to bring, that an organisation wrote in one or several languages. An empty list counts as missing.
type TextList map[Lang][]string

// In returns the text in the language, or in the one that stands in for it; the empty string when there is none at all.
func (t Text) In(lang Lang) string {
	s, _ := t.InOK(lang)
	return s
}

// InOK returns the text, and the language it really is in, for a lang attribute. The order is the wanted language, then fi, en, sv, cs, then any other
// by its code. Without any text the language is the wanted one.
func (t Text) InOK(lang Lang) (string, Lang) {
	found, ok := standIn(t, lang, filled)
	if !ok {
		return "", lang
	}
	return t[found], found
}

// Missing returns those of the languages that the text has no wording for, in the order given.
func (t Text) Missing(among []Lang) []Lang { return missing(t, among, filled) }

// In returns the list in the language, or in the one that stands in for it; nil when there is none at all. The caller does not change it.
func (t TextList) In(lang Lang) []string {
	l, _ := t.InOK(lang)
	return l
}

// InOK returns the list, and the language it really is in, by the same order as Text.InOK.
func (t TextList) InOK(lang Lang) ([]string, Lang) {
	found, ok := standIn(t, lang, filledList)
	if !ok {
		return nil, lang
	}
	return t[found], found
}

// Missing returns those of the languages that have no list, in the order given.
func (t TextList) Missing(among []Lang) []Lang { return missing(t, among, filledList) }

func filled(s string) bool { return strings.TrimSpace(s) != "" }

func filledList(l []string) bool { return slices.ContainsFunc(l, filled) }

// standIn finds the language to show for the wanted one.
func standIn[M ~map[Lang]V, V any](m M, want Lang, has func(V) bool) (Lang, bool) {
	if has(m[want]) {
		return want, true
	}
	for _, l := range fallbacks {
		if has(m[l]) {
			return l, true
		}
	}
	for _, l := range slices.Sorted(maps.Keys(m)) {
		if has(m[l]) {
			return l, true
		}
	}
	return "", false
}

func missing[M ~map[Lang]V, V any](m M, among []Lang, has func(V) bool) []Lang {
	var out []Lang
	for _, l := range among {
		if !has(m[l]) {
			out = append(out, l)
		}
	}
	return out
}
