package jobs_test

import (
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/blueprints"
	"luukku/domain/blueprint"
	"luukku/domain/notify"
)

// The words that come along in blueprints have no faults, and their text messages take no more than two parts with addresses as long as those of a town.
func TestWordsOfTheBlueprints(t *testing.T) {
	t.Parallel()
	own := 0
	for _, name := range []string{"town-hall", "oral-health"} {
		text, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, problems := blueprint.Parse(text)
		for _, p := range problems {
			if strings.Contains(p.Path, "wordings") {
				t.Errorf("%s: %s", name, p)
			}
		}
		c, err := doc.Organisations[0].Config(blueprint.Installation{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.Wordings {
			for _, l := range i18n.Languages() {
				if w.SMS[l.Code] == "" {
					continue
				}
				own++
				got := specimen(t, c, notify.Occasion(w.ID), l.Code).SMS
				if size := notify.SizeOf(got); size.Parts > 2 || size.Alphabet != notify.GSM7 {
					t.Errorf("%s in %s takes %d parts of %s: %q", w.ID, l.Code, size.Parts, size.Alphabet, got)
				}
			}
		}
	}
	if own < 8 {
		t.Errorf("got %d text messages, want those of the two blueprints", own)
	}
}
