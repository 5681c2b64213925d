package i18n

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// byRule is what folding makes of a text as a whole, by the rules and without a table.
func byRule(s string) string {
	var f folding
	f.add(s)
	return string(f.out)
}

// The table folds as the rules do, whatever it is given: rune by rune, and in what people write.
func TestTheTableFoldsAsTheRulesDo(t *testing.T) {
	t.Parallel()
	same := func(s string) {
		t.Helper()
		if got, want := string(AppendFold([]byte("before"), []byte(s))), "before"+byRule(s); got != want {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		same("a " + string(r) + " B")
		if r < 0x3000 {
			same(string(r))
			same("Á" + string(r) + string(r) + "e\u0301" + string(r))
		}
	}
	for _, s := range []string{
		"", " ", "  Päätös \t\r\n HAKEMUKSESTA  ", "Rozhodnutí o žádosti", "it's ' one", "x\xffy\xc3", "\xc3", "Σίσυφος ΣΙΣΥΦΟΣ", "İstanbul ﬁn ½ ´ ¨a", "日本 語", "a\u0315\u0300\u05aeb", "Δ\u0300é\u0301 ŉ",
	} {
		same(s)
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Päätös ½ Σ")
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := Fold(s), byRule(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s, buf := []byte(strings.Repeat("Hakemuksenne on käsitelty. Päätökseen saa hakea oikaisua. ", 25)), []byte(nil)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		buf = AppendFold(buf[:0], s)
	}
}
