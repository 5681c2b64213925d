package i18n

import (
	"sync"
	"testing"
)

// texts is a catalogue for the tests of the printer.
func texts(t *testing.T) *Catalog {
	t.Helper()
	c, err := load(house(map[string]string{
		"cs/b.toml": "plain = \"Ahoj\"\nhi = \"Ahoj, {{.who}} a {{ .you }}!\"\nleft = { one = \"Zbývá {{.n}} čas\", few = \"Zbývají {{.n}} časy\", other = \"Zbývá {{.n}} časů pro {{.who}}\" }\n[deep.er]\nkey = \"dole\"\n[kinds]\nother = \"Jiné\"\nbig = \"Velké\"",
		"en/b.toml": "plain = \"Hello\"",
	}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPrinterFillsIn(t *testing.T) {
	t.Parallel()
	p := texts(t).Printer("cs")
	for _, c := range []struct{ name, got, want string }{
		{"plain", p.T("b.plain"), "Ahoj"},
		{"nested", p.T("b.deep.er.key"), "dole"},
		{"a word that is called other", p.T("b.kinds.other"), "Jiné"},
		{"pairs", p.T("b.hi", "who", "A", "you", 3), "Ahoj, A a 3!"},
		{"map", p.TA("b.hi", map[string]any{"who": Text{"fi": "sinä", "cs": "ty"}, "you": Key("b.plain")}), "Ahoj, ty a Ahoj!"},
		{"values are not templates", p.T("b.hi", "who", "{{.you}}", "you", "B"), "Ahoj, {{.you}} a B!"},
		{"missing key", p.T("b.nowhere", "who", "A"), "⟦b.nowhere⟧"},
		{"missing key of TA", p.TA("b.nowhere", nil), "⟦b.nowhere⟧"},
		{"missing key of N", p.N("b.nowhere", 2), "⟦b.nowhere⟧"},
		{"missing argument", p.T("b.hi", "who", "A"), "Ahoj, A a ⟦you⟧!"},
		{"no arguments", p.T("b.hi"), "Ahoj, ⟦who⟧ a ⟦you⟧!"},
		{"odd arguments", p.T("b.hi", "who", "A", "you"), "Ahoj, A a ⟦you⟧!"},
		{"arguments for a plain text", p.T("b.plain", "who", "A"), "Ahoj"},
		{"one", p.N("b.left", 1), "Zbývá 1 čas"},
		{"few", p.N("b.left", 4), "Zbývají 4 časy"},
		{"many", p.N("b.left", 5, "who", "A"), "Zbývá 5 časů pro A"},
		{"none", p.N("b.left", 0, "who", "A"), "Zbývá 0 časů pro A"},
		{"plural by argument", p.TA("b.left", map[string]any{"n": 2}), "Zbývají 2 časy"},
		{"N of a plain text", p.N("b.plain", 2), "Ahoj"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
	if !p.Has("b.plain") || p.Has("b.nowhere") || p.Has("b.deep") {
		t.Error("Has: want true for b.plain alone")
	}
}

func TestAMissingTextNeverReadsAsAnotherLanguage(t *testing.T) {
	t.Parallel()
	c := texts(t)
	if got := c.Printer("sv").T("b.plain"); got != "⟦b.plain⟧" {
		t.Errorf("got %q, want the key in brackets", got)
	}
	if got := c.Printer("xx").Lang(); got != Default {
		t.Errorf("printer of an unknown language: got %q, want %q", got, Default)
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	t.Parallel()
	c := MustLoad()
	for _, w := range []struct {
		lang Lang
		n    int
		want string
	}{
		{"fi", 0, "0 päivää"}, {"fi", 1, "1 päivä"}, {"fi", 2, "2 päivää"},
		{"sv", 1, "1 dag"}, {"sv", 21, "21 dagar"},
		{"en", 1, "1 day"}, {"en", 0, "0 days"}, {"en", 11, "11 days"},
		{"cs", 0, "0 dní"}, {"cs", 1, "1 den"}, {"cs", 2, "2 dny"}, {"cs", 4, "4 dny"}, {"cs", 5, "5 dní"}, {"cs", 22, "22 dní"}, {"cs", 101, "101 dní"},
	} {
		if got := c.Printer(w.lang).N("common.days", w.n); got != w.want {
			t.Errorf("%s %d: got %q, want %q", w.lang, w.n, got, w.want)
		}
	}
}

func TestTextWithoutArgumentsDoesNotAllocate(t *testing.T) {
	p := MustLoad().Printer("fi")
	for name, f := range map[string]func(){
		"T":   func() { _ = p.T("common.continue") },
		"TA":  func() { _ = p.TA("common.continue", nil) },
		"Has": func() { _ = p.Has("common.continue") },
	} {
		if got := testing.AllocsPerRun(100, f); got > 0 {
			t.Errorf("%s: got %v allocations, want none", name, got)
		}
	}
}

func TestPrinterIsSafeForManyAtOnce(t *testing.T) {
	t.Parallel()
	c := MustLoad()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, l := range Languages() {
				p := c.Printer(l.Code)
				for n := range 3000 { // beyond the table of plurals
					_ = p.N("common.days", n)
				}
			}
		})
	}
	wg.Wait()
}
