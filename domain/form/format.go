package form

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"luukku/base/natid"
	"luukku/domain/notify"
)

// standard are the formats of JSON Schema that a line may have.
var standard = []string{"uri", "uuid"}

var errForm = errors.New("not of its form")

// formats are those that a line may have beside the standard's. "email" and "tel" are the product's: what passes here can be written to.
var formats = map[string]*jsonschema.Format{
	"clock":       format("clock", clock.MatchString),
	"email":       format("email", func(s string) bool { e, err := notify.ParseEmail(s); return err == nil && e == s }),
	"tel":         format("tel", func(s string) bool { n, err := notify.ParsePhone(s, "FI", nil); return err == nil && n == s }),
	"hetu":        format("hetu", code(natid.FinnishCode)),
	"rodne-cislo": format("rodne-cislo", code(natid.CzechNumber)),
	"y-tunnus":    format("y-tunnus", natid.FinnishCompany),
	"iban":        format("iban", iban),
	"postal-code": format("postal-code", postal.MatchString),
}

// Takes reports whether a text can be an answer to a field, as far as its own length, choices and format go. What is known of somebody and cannot be is not filled in: they would have to take it out again, and
// where they may not type they could not.
func (f *Field) Takes(s string) bool {
	n := utf8.RuneCountInString(s)
	switch {
	case f.MaxLength != nil && n > *f.MaxLength, f.MinLength != nil && n < *f.MinLength, len(f.Choices) > 0 && !slices.Contains(f.Choices, s):
		return false
	}
	if judge := formats[f.Format]; judge != nil {
		return judge.Validate(s) == nil
	}
	return true
}

// format judges text; of anything else the type is judged, elsewhere.
func format(named string, holds func(s string) bool) *jsonschema.Format {
	return &jsonschema.Format{Name: named, Validate: func(v any) error {
		if s, isText := v.(string); isText && !holds(s) {
			return errForm
		}
		return nil
	}}
}

var (
	clock  = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	postal = regexp.MustCompile(`^[0-9]{5}$`)
	ibans  = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$`)
)

// code reports whether text is a national identifier. Those kept for tests pass: a form is filled in by whoever fills it in, and proves nothing.
func code(kind natid.Kind) func(s string) bool {
	return func(s string) bool {
		c, err := natid.Parse(kind, s, natid.Options{Test: true})
		return err == nil && c.Reveal() == s
	}
}

// iban reports whether text is an international bank account number: its check digits are right (ISO 13616, modulo 97).
func iban(s string) bool {
	if !ibans.MatchString(s) {
		return false
	}
	var digits strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			digits.WriteString(big.NewInt(int64(r - 'A' + 10)).String())
		} else {
			digits.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(digits.String(), 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}
