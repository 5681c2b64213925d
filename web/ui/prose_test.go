package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"lines and paragraphs", "a\nb\n\nc", `<p class="ds-paragraph">a<br>b</p><p class="ds-paragraph">c</p>`},
		{"a list after words", "Bring:\n- one\n- two\nand", `<p class="ds-paragraph">Bring:</p><ul class="ds-list"><li>one</li><li>two</li></ul><p class="ds-paragraph">and</p>`},
		{"steps", "1. Choose.\nFirst.\n\n2. Go\n\nThen\n\n3. Stop", `<ol class="ds-list lk-numbered" start="1"><li><strong>Choose.</strong><br>First.</li><li>Go</li></ol><p class="ds-paragraph">Then</p><ol class="ds-list lk-numbered" start="3"><li>Stop</li></ol>`},
		{"a number that is no step", "24. December\nclosed", `<p class="ds-paragraph">24. December<br>closed</p>`},
		{"an address without the full stop after it", "See https://example.org/a?b=1.", `<p class="ds-paragraph">See <a class="ds-link" href="https://example.org/a?b=1" rel="noopener">https://example.org/a?b=1</a>.</p>`},
		{"a named link", "[Form](/files/form.pdf) here", `<p class="ds-paragraph"><a class="ds-link" href="/files/form.pdf" rel="noopener">Form</a> here</p>`},
		{"mail", "to a.b@example.org", `<p class="ds-paragraph">to <a class="ds-link" href="mailto:a.b@example.org" rel="noopener">a.b@example.org</a></p>`},
		{"script in a link", "[x](javascript:alert)", `<p class="ds-paragraph">x</p>`},
		{"another site without a scheme", `[x](//evil.example) [y](/\evil.example)`, `<p class="ds-paragraph">x y</p>`},
		{"HTML", `<b onclick="x">&`, `<p class="ds-paragraph">&lt;b onclick=&#34;x&#34;&gt;&amp;</p>`},
		{"Windows line ends", "a\r\n\r\nb", `<p class="ds-paragraph">a</p><p class="ds-paragraph">b</p>`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := strings.NewReplacer(`graph"> `, `graph">`, "<li> ", "<li>", "<br> ", "<br>", " </", "</", " <br>", "<br>", "<strong> ", "<strong>").Replace(render(t, Prose(tc.in)))
			got = strings.TrimSuffix(strings.TrimPrefix(got, `<div class="lk-prose">`), "</div>")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func FuzzProseKeepsWordsAndLetsOnlySafeLinksThrough(f *testing.F) {
	for _, s := range []string{"a\n- b", "[x](javascript:1)", "https://a.b/.", "me@x.y", "[[a](b)](c)", "[a](https://)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range parseProse(s) {
			for _, line := range b.lines {
				for _, span := range line {
					if span.text == "" {
						t.Errorf("an empty piece in %q", s)
					}
					if span.href != "" && !safeHref(span.href) {
						t.Errorf("%q leads to %q", s, span.href)
					}
				}
			}
		}
	})
}
