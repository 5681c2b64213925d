package course

import (
	"slices"
	"strings"
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

// Who mistypes a word, or uses another form of it, finds the course all the same, but only where no course has the very words; the long text forgives nothing.
func TestWordsAreFoundWithTypingMistakes(t *testing.T) {
	t.Parallel()
	swim, pots, choir := sample(), sample(), sample()
	swim.ID, swim.Title, swim.Body, swim.Place = "swim", i18n.Text{"fi": "Lasten uimakoulu", "sv": "Simskola för små"}, i18n.Text{"fi": "Ottakaa pyyhe mukaan."}, "Töölön uimahalli"
	pots.ID, pots.Title, pots.Summary, pots.Place = "pots", i18n.Text{"fi": "Keramiikkaa aloittelijoille", "en": "Pottery for beginners"}, i18n.Text{"fi": "Savea ja lasitteita"}, "Kulttuuritalo"
	choir.ID, choir.Title, choir.Place = "choir", i18n.Text{"fi": "Keramikan ystävien kuoro"}, "Kulttuuritalo" // a word that is nearly the other's
	all := []Listed{{Course: swim}, {Course: pots}, {Course: choir}}
	for words, want := range map[string]string{
		"uimakuolu":            "swim",       // two letters swapped
		"uimakoulussa":         "swim",       // another form
		"simsklla":             "swim",       // a letter wrong
		"lasten uimakulu":      "swim",       // one word right, one with a letter missing
		"potery":               "pots",       // in any language
		"lasitteta":            "pots",       // in the summary
		"kulttuuritallo":       "pots choir", // at a place
		"keramiikkaa":          "pots",       // the very word: nothing is guessed beside it
		"keramika":             "choir",      // inside of a word is sure, too
		"pyyhke":               "",           // in the long text, mistyped
		"pyyhe":                "swim",       // in the long text
		"uimakuolu keramiikka": "",           // every word
		"xy":                   "",
		"uim":                  "swim",
		"uin":                  "", // so short a word forgives nothing
	} {
		var got []string
		for _, c := range Narrow(all, Filter{Text: words, Age: -1}, time.UTC, time.Unix(begins-500, 0)) {
			got = append(got, string(c.ID))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: found %q, want %q", words, got, want)
		}
	}
	// What is filtered out is not found by a guess either.
	if got := Narrow(all, Filter{Text: "uimakuolu", Place: "kulttuuritalo", Age: -1}, time.UTC, time.Unix(begins-500, 0)); len(got) != 0 {
		t.Errorf("at another place: %v", got)
	}
}

func BenchmarkNarrowWithMistakes(b *testing.B) {
	c := sample()
	c.Title, c.Summary = i18n.Text{"fi": "Keramiikkaa aloittelijoille", "sv": "Keramik för nybörjare", "en": "Pottery for beginners", "cs": "Keramika pro začátečníky"},
		i18n.Text{"fi": "Savea ja lasitteita neljänä iltana, myös niille, jotka eivät ole koskaan kokeilleet", "en": "Clay and glazes on four evenings, for those, too, who have never tried it"}
	all := slices.Repeat([]Listed{{Course: c}}, mostCourses)
	for b.Loop() {
		Narrow(all, Filter{Text: "passin uusiminen", Age: -1}, time.UTC, time.Unix(begins-500, 0))
	}
}
