package natid

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
)

// Options say what is taken beside the ordinary.
type Options struct {
	// Test takes Finnish codes with individual numbers 900 to 999, which are kept for tests and for temporary use in hospitals. It is for the demo and for the
	// test environments of providers.
	Test bool
	// Year is the present year: it gives the century to Swedish numbers of ten digits. Without it they are refused.
	Year int
}

// longestTyped is how long what is typed may be (bytes). eIDAS allows 256 characters for the opaque part (SAML Attribute Profile 1.2, section 2.2.3).
const longestTyped = 300

// Parse reads an identifier as it is typed or as a provider writes it, checks its form and check digit, and returns it as we write it: Finnish codes in
// capitals, Swedish numbers with twelve digits, Czech ones without the slash. SwedishNumber takes coordination numbers, too, since providers send either in
// one claim; Sort tells which it is.
//
// The faults are Invalid, to be told to a person: "natid.form", "natid.date", "natid.check", "natid.test". None of them holds what was typed.
func Parse(kind Kind, typed string, o Options) (Secret, error) {
	if len(typed) > longestTyped {
		return "", fault.Invalid("natid.form", nil)
	}
	typed = strings.Map(plain, strings.TrimSpace(typed))
	switch kind {
	case FinnishCode:
		return finnish(strings.ToUpper(typed), o)
	case SwedishNumber, SwedishCoord:
		return swedish(typed, kind == SwedishCoord, o)
	case CzechNumber:
		return czech(typed)
	case CzechPseudonym, EIDASIdentifier:
		return european(kind, typed)
	}
	return "", fmt.Errorf("there is no kind of identifier %q", string(kind))
}

// plain writes the dashes that keyboards and word processors make as a hyphen.
func plain(r rune) rune {
	switch r {
	case '‐', '‑', '–', '−':
		return '-'
	}
	return r
}

// Sort returns the kind that an identifier which Parse returned is of: a coordination number among Swedish ones, otherwise the kind itself.
func Sort(kind Kind, s Secret) Kind {
	if kind == SwedishNumber && len(s) == 12 && s[6] >= '6' {
		return SwedishCoord
	}
	return kind
}

// Birth returns the date of birth that an identifier holds, YYYY-MM-DD; ok is false for one that holds none, or was not returned by Parse.
func Birth(kind Kind, s Secret) (date string, ok bool) {
	var b birth
	switch {
	case kind == FinnishCode && len(s) == 11:
		b, ok = finnishBirth(string(s))
	case (kind == SwedishNumber || kind == SwedishCoord) && len(s) == 12:
		b, ok = swedishBirth(string(s))
	case kind == CzechNumber && (len(s) == 9 || len(s) == 10):
		b, ok = czechBirth(string(s))
	}
	if !ok || !b.real() {
		return "", false
	}
	return fmt.Sprintf("%04d-%02d-%02d", b.year, b.month, b.day), true
}

// birth is a date as an identifier writes it; it may be no real one.
type birth struct{ year, month, day int }

func (b birth) real() bool {
	t := time.Date(b.year, time.Month(b.month), b.day, 0, 0, 0, 0, time.UTC)
	return b.month >= 1 && b.month <= 12 && t.Year() == b.year && int(t.Month()) == b.month && t.Day() == b.day
}

// number reads some digits; ok is false when there is anything else.
func number(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// finnishCheck are the check characters by the remainder of a division by 31, finnishCentury the centuries of the signs (Government Decree 128/2010, and
// 690/2022 for the newer signs).
const finnishCheck = "0123456789ABCDEFHJKLMNPRSTUVWXY"

var finnishCentury = map[byte]int{
	'+': 1800, '-': 1900, 'Y': 1900, 'X': 1900, 'W': 1900, 'V': 1900, 'U': 1900, 'A': 2000, 'B': 2000, 'C': 2000, 'D': 2000, 'E': 2000, 'F': 2000,
}

func finnish(s string, o Options) (Secret, error) {
	b, ok := finnishBirth(s)
	if !ok {
		return "", fault.Invalid("natid.form", nil)
	}
	date, _ := number(s[:6])
	individual, ok := number(s[7:10])
	switch {
	case !ok || individual < 2:
		return "", fault.Invalid("natid.form", nil)
	case !b.real():
		return "", fault.Invalid("natid.date", nil)
	case finnishCheck[(date*1000+individual)%31] != s[10]:
		return "", fault.Invalid("natid.check", nil)
	case individual >= 900 && !o.Test:
		return "", fault.Invalid("natid.test", nil)
	}
	return Secret(s), nil
}

func finnishBirth(s string) (birth, bool) {
	if len(s) != 11 {
		return birth{}, false
	}
	n, ok := number(s[:6])
	century, known := finnishCentury[s[6]]
	return birth{century + n%100, n / 100 % 100, n / 10000}, ok && known
}

// swedish reads personal numbers and coordination numbers, whose day is 60 higher (Folkbokföringslagen 1991:481, 18 §; SKV 704 and 707). What is only known in
// part of a date of birth is 00 in a coordination number.
func swedish(s string, coordination bool, o Options) (Secret, error) {
	s, ok := twelveDigits(s, o.Year)
	if !ok {
		return "", fault.Invalid("natid.form", nil)
	}
	b, ok := swedishBirth(s)
	isCoordination := s[6] >= '6'
	switch {
	case !ok || coordination && !isCoordination:
		return "", fault.Invalid("natid.form", nil)
	case isCoordination && (b.month > 12 || b.day > 31), !isCoordination && !b.real():
		return "", fault.Invalid("natid.date", nil)
	case luhn(s[2:]) != 0:
		return "", fault.Invalid("natid.check", nil)
	}
	return Secret(s), nil
}

// twelveDigits writes a number with its century. With ten digits, a + says that the person turns 100 this year or is older.
func twelveDigits(s string, year int) (string, bool) {
	sign := ""
	if n := len(s); n > 5 && (s[n-5] == '-' || s[n-5] == '+') {
		sign = s[n-5 : n-4]
		s = s[:n-5] + s[n-4:]
	}
	if _, ok := number(s); !ok || len(s) == 12 && sign == "+" {
		return "", false
	}
	switch {
	case len(s) == 12:
		return s, true
	case len(s) != 10 || year < 1900 || year > 9999:
		return "", false
	}
	short, _ := number(s[:2])
	full := year - (year-short)%100 // the last year that ends so
	if sign == "+" {
		full -= 100
	}
	return fmt.Sprintf("%04d%s", full, s[2:]), true
}

func swedishBirth(s string) (birth, bool) {
	n, ok := number(s[:8])
	b := birth{n / 10000, n / 100 % 100, n % 100}
	if b.day > 60 || s[6] >= '6' {
		b.day -= 60
	}
	return b, ok && b.year >= 1800
}

// luhn is the remainder of the digits' weighted sum; 0 when the last one checks the others.
func luhn(s string) int {
	sum := 0
	for i := range len(s) {
		d := int(s[i] - '0')
		if i%2 == len(s)%2 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum % 10
}

// czech reads birth numbers (Act 133/2000 Coll., section 13): nine digits until 1953, ten since then, which as a number can be divided by 11.
func czech(s string) (Secret, error) {
	if n := len(s); n > 6 && s[6] == '/' {
		s = s[:6] + s[7:]
	}
	b, ok := czechBirth(s)
	if !ok {
		return "", fault.Invalid("natid.form", nil)
	}
	if !b.real() {
		return "", fault.Invalid("natid.date", nil)
	}
	if len(s) == 9 {
		if s[6:] == "000" {
			return "", fault.Invalid("natid.check", nil)
		}
		return Secret(s), nil
	}
	nine, _ := number(s[:9])
	last := int(s[9] - '0')
	// Until 1985 some numbers were given out whose remainder is 10, with 0 for it.
	if nine%11 != last && !(nine%11 == 10 && last == 0 && b.year <= 1985) {
		return "", fault.Invalid("natid.check", nil)
	}
	return Secret(s), nil
}

// czechBirth takes off what is added to the month: 50 for women, and 20 since 2004 on days when the numbers ran out.
func czechBirth(s string) (birth, bool) {
	if len(s) != 9 && len(s) != 10 {
		return birth{}, false
	}
	n, ok := number(s[:6])
	if _, rest := number(s[6:]); !ok || !rest {
		return birth{}, false
	}
	b := birth{n / 10000, n / 100 % 100, n % 100}
	switch {
	case len(s) == 9 && b.year >= 54:
		b.year += 1800
	case len(s) == 9, b.year >= 54:
		b.year += 1900
	default:
		b.year += 2000
	}
	if b.month > 50 {
		b.month -= 50
	}
	if b.month > 20 && b.year >= 2004 {
		b.month -= 20
	}
	return b, true
}

// european reads identifiers of the form CC/CC/opaque: whose, for whom, and what only the first country understands (eIDAS SAML Attribute Profile 1.2,
// section 2.2.3). A Czech pseudonym may also come without the countries.
func european(kind Kind, s string) (Secret, error) {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return "", fault.Invalid("natid.form", nil)
		}
	}
	if kind == CzechPseudonym && !strings.Contains(s, "/") && s != "" {
		return Secret(s), nil
	}
	if len(s) < 7 || s[2] != '/' || s[5] != '/' {
		return "", fault.Invalid("natid.form", nil)
	}
	from, to := strings.ToUpper(s[:2]), strings.ToUpper(s[3:5])
	if !letters(from+to) || kind == CzechPseudonym && from != "CZ" {
		return "", fault.Invalid("natid.form", nil)
	}
	return Secret(from + "/" + to + s[5:]), nil
}

func letters(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}
