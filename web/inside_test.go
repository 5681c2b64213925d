package web

import (
	"net/url"
	"strings"
	"testing"
)

func TestOnlyAddressesOfThisSiteAreGoneOnTo(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/fi/":                               "/fi/",
		"/en/vuorela/book/passport?week=1&a": "/en/vuorela/book/passport?week=1&a",
		"/sv/my/appointments":                "/sv/my/appointments",
		"/en/v%C3%A4":                        "/en/v%C3%A4",
		"/en/vä":                             "/en/v%C3%A4",
		"/en/?next=https://other.example/":   "/en/?next=https://other.example/",

		"": "", "/": "", "en/": "", "/en": "", "/xx/": "", "/api/v1/": "", "/assets/x": "",
		"https://other.example/en/": "", "//other.example/en/": "", "///other.example/en/": "", "/\\other.example/en/": "", "\\\\other.example": "",
		"/en//other.example": "", "/en/../..//other.example": "", "/en/./x": "", "/en/x/..": "", "/en/%2e%2e/x": "", "/en/%2f/other.example": "",
		"/%2f%2fother.example/en/": "", "/en/%5cother.example": "", "/en/a\r\nSet-Cookie: b": "", "/en/%0d%0aSet-Cookie:b": "", "/en/ x": "", "/en/\t": "",
		"/\t/other.example": "", "javascript:alert(1)": "", "/en/#//other": "", "/en/%": "", "/en/\x00": "", "/en/\xff": "", "/en/%ff": "",
		"/en/" + strings.Repeat("a", 2000): "",
	} {
		got, ok := Inside(to)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", to, got, ok, want)
		}
	}
}

// FuzzInside holds what is let through against how a browser reads an address of a page of ours.
func FuzzInside(f *testing.F) {
	for _, seed := range []string{"/fi/", "//x/en/", "/en/\\x", "/en/a?b=c", "/en/%2e%2e/x"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://booking.example/en/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to string) {
		got, ok := Inside(to)
		if !ok {
			return
		}
		// Browsers take a backslash for a slash and leave out tabs and line breaks.
		seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(got)
		u, err := base.Parse(seen)
		if err != nil || u.Scheme != "https" || u.Host != "booking.example" || strings.HasPrefix(seen, "//") || !strings.HasPrefix(u.Path, "/") {
			t.Errorf("%q became %q, which leads to %v (%v)", to, got, u, err)
		}
		for _, r := range got {
			if r < ' ' || r > '~' {
				if !strings.Contains(got, "?") {
					t.Errorf("%q became %q", to, got)
				}
			}
		}
		if again, ok := Inside(got); !ok || again != got {
			t.Errorf("%q became %q, and that %q", to, got, again)
		}
	})
}
