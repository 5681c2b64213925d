package i18n

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestCleanLineKeepsWhatPeopleTypeAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, want string
		ok       bool
	}{
		"nothing":               {"", "", true},
		"only spaces":           {" \t\u00a0 ", "", true},
		"trim and collapse":     {"  Äänekoski \t  12\u00a0A\u2003", "Äänekoski 12 A", true},
		"composed":              {"A\u0308a\u0308", "Ää", true},
		"Arabic":                {"محمد علي", "محمد علي", true},
		"Hebrew with marks":     {"\u200fשָׁלוֹם\u200e", "\u200fשָׁלוֹם\u200e", true},
		"Persian joiner":        {"می\u200cخواهم", "می\u200cخواهم", true},
		"override":              {"a\u202etxt.exe\u202c", "atxt.exe", true},
		"isolate":               {"\u2066a\u2069 \u2067b\u2069", "a b", true},
		"byte order mark":       {"\ufeffname\u200b", "name", true},
		"emoji":                 {"👩‍👧", "👩‍👧", true},
		"NUL":                   {"a\x00b", "", false},
		"escape":                {"a\x1b[31m", "", false},
		"delete":                {"a\x7f", "", false},
		"C1 control":            {"a\u0090", "", false},
		"line break":            {"a\nb", "", false},
		"line break at the end": {"a\r\n", "", false},
		"line separator":        {"a\u2028b", "", false},
		"next line":             {"a\u0085b", "", false},
		"bad UTF-8":             {"a\xff", "", false},
		"half a surrogate":      {"a\xed\xa0\x80", "", false},
		"no character":          {"a\uffff", "", false},
		"long":                  {strings.Repeat("ä ", 10_000), strings.TrimSpace(strings.Repeat("ä ", 10_000)), true},
	} {
		got, ok := CleanLine(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %.60q %v, want %.60q %v", name, got, ok, c.want, c.ok)
		}
	}
}

func TestCleanTextKeepsLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, want string
		ok       bool
	}{
		"lines":        {"a  b \r\n c\rd\n", "a b\nc\nd", true},
		"blank lines":  {"\n\na\n\n\n \nb\n\n", "a\n\nb", true},
		"separators":   {"a\u2029b\u0085c", "a\nb\nc", true},
		"NUL":          {"a\nb\x00", "", false},
		"bad UTF-8":    {"a\n\xc3", "", false},
		"override":     {"a\n\u202eb", "a\nb", true},
		"only spaces":  {" \n \r\n", "", true},
		"tab in a row": {"a\tb", "a b", true},
	} {
		got, ok := CleanText(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: got %q %v, want %q %v", name, got, ok, c.want, c.ok)
		}
	}
}

func FuzzCleanLine(f *testing.F) {
	for _, s := range []string{"", " a  b ", "A\u0308", "a\x00", "\u202e", "a\nb", "\xff", "م", "\u2000\u0344\u0300", "\u200b\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fn := range map[string]func(string) (string, bool){"CleanLine": CleanLine, "CleanText": CleanText} {
			got, ok := fn(s)
			if !ok {
				if got != "" {
					t.Errorf("%s(%q): refused, and yet gave %q", name, s, got)
				}
				continue
			}
			if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || got != strings.TrimSpace(got) || strings.Contains(got, "  ") {
				t.Errorf("%s(%q): got %q, want valid, composed, trimmed, single spaces", name, s, got)
			}
			for _, r := range got {
				if unicode.IsControl(r) && (r != '\n' || name == "CleanLine") || isInvisible(r) {
					t.Errorf("%s(%q): got %q with %U", name, s, got, r)
				}
			}
			if again, ok := fn(got); !ok || again != got {
				t.Errorf("%s is not done after once: %q became %q, then %q (%v)", name, s, got, again, ok)
			}
		}
	})
}
