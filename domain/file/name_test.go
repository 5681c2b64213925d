package file

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNamesAreMadeHarmless(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Päätös 2026.pdf":                  "Päätös 2026.pdf",
		"../../etc/passwd":                 "passwd",
		`C:\Users\maija\kuva.jpg`:          "kuva.jpg",
		"con.pdf":                          "_con.pdf",
		"COM1.tar.pdf":                     "_COM1.tar.pdf",
		"lpt¹":                             "_lpt¹",
		"nul .txt":                         "_nul.txt",
		"invoice\u202efdp.exe":             "invoicefdp.exe",
		"a\x00b\x1f\u200b\ufeff.pdf":       "ab.pdf",
		"what?<now>|\"*:.pdf":              "what__now_____.pdf",
		" .htaccess":                       "htaccess",
		"a.pdf. . .":                       "a.pdf",
		"line\nbreak\t\u2028here.txt":      "line break here.txt",
		"":                                 "",
		"...":                              "",
		"pa\u0308a\u0308to\u0308s.pdf":     "päätös.pdf",
		strings.Repeat("ä", 300) + ".docx": strings.Repeat("ä", 97) + ".docx",
		strings.Repeat("a", 300) + ".pdf":  strings.Repeat("a", 116) + ".pdf",
		"\xff\xfe.pdf":                     ".pdf"[1:],
	} {
		if got := CleanName(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestNamesOfOneLetterDiffer(t *testing.T) {
	t.Parallel()
	taken := []string{"kuva.jpg", "KUVA (2).JPG", "lasku"}
	for name, want := range map[string]string{"kuva.jpg": "kuva (3).jpg", "Kuva.JPG": "Kuva (3).JPG", "lasku": "lasku (2)", "muu.jpg": "muu.jpg"} {
		if got := UniqueName(name, taken); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	long := strings.Repeat("ä", 97) + ".docx"
	if got := UniqueName(long, []string{long}); len(got) > mostNameBytes || !strings.HasSuffix(got, " (2).docx") {
		t.Errorf("got %q", got)
	}
}

// FuzzCleanName holds what every clean name is.
func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "con", "con.con.con", "\u202e", "a\u0301", ". . .", "aux .\u200b", strings.Repeat("é.", 200), "x.\xff", "\u0344", "com1 .pdf", "a/b\\c:d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got := CleanName(typed)
		if again := CleanName(got); again != got {
			t.Fatalf("%q: %q becomes %q", typed, got, again)
		}
		if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) || len(got) > mostNameBytes || utf8.RuneCountInString(got) > MostName+1 {
			t.Fatalf("%q: %q is no name", typed, got)
		}
		if strings.ContainsAny(got, `/\<>:"|?*`) || strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.C, r) || unicode.In(r, unicode.Zl, unicode.Zp) }) {
			t.Fatalf("%q: %q has what must not be there", typed, got)
		}
		if got != strings.Trim(got, ". ") || slices.Contains(reserved, strings.ToLower(first(got))) {
			t.Fatalf("%q: %q opens something else", typed, got)
		}
	})
}
