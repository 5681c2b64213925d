package course

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
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
		if got := len(new(Service).Narrow([]Listed{{Course: c}}, Filter{Text: words, Age: -1}, time.UTC, time.Unix(begins-500, 0))) == 1; got != want {
			t.Errorf("%q: found is %v, want %v", words, got, want)
		}
	}
	for place, want := range map[string]bool{"toolon": true, "TÖÖLÖN": true, "kallio": false} {
		if got := len(new(Service).Narrow([]Listed{{Course: c}}, Filter{Place: place, Age: -1}, time.UTC, time.Unix(begins-500, 0))) == 1; got != want {
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
	room := new(Service)
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
		for _, c := range room.Narrow(all, Filter{Text: words, Age: -1}, time.UTC, time.Unix(begins-500, 0)) {
			got = append(got, string(c.ID))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: found %q, want %q", words, got, want)
		}
	}
	// What is filtered out is not found by a guess either.
	if got := room.Narrow(all, Filter{Text: "uimakuolu", Place: "kulttuuritalo", Age: -1}, time.UTC, time.Unix(begins-500, 0)); len(got) != 0 {
		t.Errorf("at another place: %v", got)
	}
}

func BenchmarkNarrowWithMistakes(b *testing.B) {
	c := sample()
	c.Title, c.Summary = i18n.Text{"fi": "Keramiikkaa aloittelijoille", "sv": "Keramik för nybörjare", "en": "Pottery for beginners", "cs": "Keramika pro začátečníky"},
		i18n.Text{"fi": "Savea ja lasitteita neljänä iltana, myös niille, jotka eivät ole koskaan kokeilleet", "en": "Clay and glazes on four evenings, for those, too, who have never tried it"}
	all := make([]Listed, mostCourses)
	for i := range all {
		all[i].Course = c
		all[i].ID = ids.Course("course-" + strconv.Itoa(i))
	}
	room := new(Service)
	for b.Loop() {
		room.Narrow(all, Filter{Text: "passin uusiminen", Age: -1}, time.UTC, time.Unix(begins-500, 0))
	}
}

// What is remembered of a course is forgotten with its first changed letter, in whatever way it changed, and is not another organisation's.
func TestACourseIsFoundByWhatItSaysNow(t *testing.T) {
	t.Parallel()
	room := new(Service)
	found := func(c Course, words string) bool {
		return len(room.Narrow([]Listed{{Course: c}}, Filter{Text: words, Age: -1}, time.UTC, time.Unix(begins-500, 0))) == 1
	}
	was := sample()
	was.Org, was.ID, was.Version = "town", "one", 1
	was.Title, was.Summary, was.Body, was.Place = i18n.Text{"fi": "Uimakoulu"}, i18n.Text{"sv": "Simskola"}, i18n.Text{"en": "Bring a towel."}, "Uimahalli"
	for _, c := range []struct {
		name, lost, gained string
		change             func(c *Course)
	}{
		{"its title", "uimakoulu", "keramiikka", func(c *Course) { c.Title = i18n.Text{"fi": "Keramiikka"} }},
		{"its title in another language", "uimakoulu", "swimming", func(c *Course) { c.Title = i18n.Text{"en": "Swimming"} }},
		{"its sentence", "simskola", "krukor", func(c *Course) { c.Summary = i18n.Text{"sv": "Krukor"} }},
		{"its text", "towel", "apron", func(c *Course) { c.Body = i18n.Text{"en": "Bring an apron."} }},
		{"its place", "uimahalli", "kulttuuritalo", func(c *Course) { c.Place = "Kulttuuritalo" }},
		{"its organisation", "uimakoulu", "kuoro", func(c *Course) { c.Org, c.Title = "village", i18n.Text{"fi": "Kuoro"} }},
	} {
		now := was // the same version: as a course that was deleted and made again has
		c.change(&now)
		if !found(was, c.lost) || found(was, c.gained) {
			t.Errorf("%s: the course as it was is not found as it was", c.name)
		}
		if !found(now, c.gained) || found(now, c.lost) {
			t.Errorf("%s: the course as it is now is not found as it is now", c.name)
		}
		if !found(was, c.lost) {
			t.Errorf("%s: changed back, the course is not found", c.name)
		}
	}
}

// What is remembered stays within its bound, and many may search at once.
func TestTextsAreRememberedWithinABound(t *testing.T) {
	t.Parallel()
	room := new(Service)
	long := i18n.Text{"fi": strings.Repeat("Kahdeksan kertaa altaassa. ", 1000)}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := range 100 {
				c := sample()
				c.ID, c.Title, c.Body = ids.Course(strconv.Itoa(i*100+n)), i18n.Text{"fi": "Kurssi " + strconv.Itoa(n)}, long
				if got := room.Narrow([]Listed{{Course: c}}, Filter{Text: "kurssi " + strconv.Itoa(n), Age: -1}, time.UTC, time.Unix(begins-500, 0)); len(got) != 1 {
					t.Errorf("course %s is not found", c.ID)
				}
			}
		})
	}
	all.Wait()
	sum := 0
	for _, x := range room.texts.known {
		sum += len(x.all)
	}
	if sum != room.texts.bytes || sum > mostTextBytes || sum == 0 {
		t.Errorf("%d bytes are remembered and %d counted, want at most %d", sum, room.texts.bytes, mostTextBytes)
	}
}
