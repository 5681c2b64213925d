package course

import (
	"testing"
	"time"

	"luukku/base/i18n"
)

// Words are found in each language of a course, in its text and its place, whatever their case and accents; all of them must be there.
func TestWordsAreFoundWhateverTheirCaseAndAccents(t *testing.T) {
	t.Parallel()
	c := sample()
	c.Title, c.Summary = i18n.Text{"fi": "Lasten uimakoulu", "sv": "Simskola för små", "cs": "Plavání pro děti"}, i18n.Text{"fi": "Kahdeksan kertaa altaassa"}
	c.Body, c.Place = i18n.Text{"en": "Bring a towel."}, "Töölön uimahalli"
	for words, want := range map[string]bool{
		"uimakoulu": true, "UIMAKOULU": true, "simskola": true, "sma": true, "små": true, "SMÅ": true, "plavani": true, "deti  lasten": true, "toolo": true, "Töölö": true, "altaassa": true, "towel": true, "": true, "  ": true,
		"uimakoulu pesäpallo": false, "keramik": false,
	} {
		if got := len(Narrow([]Listed{{Course: c}}, Filter{Text: words, Age: -1}, time.UTC, time.Unix(begins-500, 0))) == 1; got != want {
			t.Errorf("%q: found is %v, want %v", words, got, want)
		}
	}
	for place, want := range map[string]bool{"toolon": true, "TÖÖLÖN": true, "kallio": false} {
		if got := len(Narrow([]Listed{{Course: c}}, Filter{Place: place, Age: -1}, time.UTC, time.Unix(begins-500, 0))) == 1; got != want {
			t.Errorf("at %q: found is %v, want %v", place, got, want)
		}
	}
}
