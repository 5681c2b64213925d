package i18n

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/unicode/norm"
)

// Collator returns what compares words in the order of the language: Å Ä Ö after Z in Finnish and Swedish, Ch after H in Czech. It is cheap to make
// (two microseconds) and for one goroutine only.
func Collator(lang Lang) *collate.Collator { return collate.New(row(lang).Tag) }

// SortKey returns a key for a column to order by: keys compare as the strings do in the language. It is lower-case hexadecimal, so that it sorts alike
// in every database, whatever its own rules of sorting are.
func SortKey(lang Lang, s string) string {
	var buf collate.Buffer
	return hex.EncodeToString(Collator(lang).KeyFromString(&buf, s))
}

// The headings of an A–Z list that are no letters.
const (
	InitialDigit = "0–9"
	InitialNone  = "#"
)

// Initial returns the heading of an A–Z list under which s is found: its first letter in upper case, where only the language's own letters keep their
// accents. Digits share InitialDigit, and what has neither letter nor digit comes under InitialNone.
func Initial(lang Lang, s string) string {
	s = norm.NFC.String(s)
	start := strings.IndexFunc(s, isWordRune)
	if start < 0 {
		return InitialNone
	}
	l := row(lang)
	upper := strings.ToUpper(s[start:min(len(s), start+4*utf8.UTFMax)])
	for _, letter := range l.letters {
		if strings.HasPrefix(upper, strings.ToUpper(letter)) {
			return letter
		}
	}
	first, _ := utf8.DecodeRuneInString(upper)
	if as, ok := l.letterAs[string(first)]; ok {
		return as
	}
	folded := Fold(string(first))
	if folded == "" {
		return string(first)
	}
	first, _ = utf8.DecodeRuneInString(folded)
	if unicode.IsDigit(first) {
		return InitialDigit
	}
	return string(unicode.ToUpper(first))
}

// unfoldable are the letters that Unicode does not take apart into a base letter and a mark.
var unfoldable = map[rune]string{
	'ø': "o", 'æ': "ae", 'œ': "oe", 'ß': "ss", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t", 'ĸ': "k", 'ʼ': "", '’': "", '\'': "",
}

// Fold returns s as search compares it: lower case, accents and apostrophes gone (ä and a are one), white space collapsed and trimmed.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.Is(unicode.Mn, r) || isInvisible(r) || unicode.IsControl(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		if as, ok := unfoldable[r]; ok {
			b.WriteString(as)
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// words returns the words of a folded string.
func words(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !isWordRune(r) && !unicode.IsMark(r) })
}
