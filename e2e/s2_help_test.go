package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/pdf/pdftest"
	"luukku/domain/guide"
)

// The help of the city says who helps when, also on the days that are others, and shows each step in a picture that is said in words; the same is on paper as a tagged document. The moment of the last
// change moves when what it says changes, and by nothing else; its address can be passed on.
func TestS2_8_HelpSaysWhoHelpsWhenAndShowsEachStep(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		cfg := h.config(t, city)
		at := func() string { return guide.Changed(h.config(t, city)).Format("15:04:05 2.1.2006") }
		h.stopAt(time.Date(2027, time.March, 1, 8, 0, 0, 0, time.UTC))
		for _, l := range languages() {
			c, p := h.person(t), texts().Printer(l)
			page := c.Get("/" + string(l) + "/kaupunki/").Click(say(l, "web.nav.help")).MustStatus(http.StatusOK)
			page.MustText(cfg.Org.Phone, cfg.Org.PhoneHours.In(l), say(l, "help.desk", "office", cfg.Offices[0].Name.In(l)), say(l, "contact.hours.phone"), say(l, "help.guide"),
				say(l, "service.share"), "/"+string(l)+"/kaupunki/help", p.ShortDate(guide.Changed(cfg))+" "+p.Clock(guide.Changed(cfg)))
			steps := guide.Steps(p, cfg)
			if len(steps) != 7 {
				t.Fatalf("%d steps", len(steps))
			}
			for _, s := range steps {
				page.MustText(s.Title, s.Text)
				if !strings.Contains(string(page.Body), `role="img" aria-label="`+s.Picture.Alt+`"`) {
					t.Errorf("%s: the picture of %s is not said in words", l, s.Key)
				}
			}
			page.MustText(p.DayMonth(time.Date(2027, time.March, 26, 12, 0, 0, 0, time.UTC))) // Good Friday
			paper := page.Click(say(l, "help.guide_pdf")).MustStatus(http.StatusOK)
			if got := paper.Header.Get("Content-Type"); got != "application/pdf" || !strings.Contains(pdftest.Info(t, paper.Body), "Tagged:          yes") {
				t.Errorf("%s: got %s that is not tagged", l, got)
			}
			said := strings.Join(strings.Fields(pdftest.Text(t, paper.Body)), " ")
			for _, want := range []string{steps[6].Title, cfg.Org.Phone, cfg.Org.PhoneHours.In(l)} {
				if !strings.Contains(said, want) {
					t.Errorf("%s: on paper there is no %q: %s", l, want, said)
				}
			}
		}

		// What changes nothing of it leaves its moment as it is; a day on which the desk is closed does not.
		before := at()
		h.apply(t, "format = 1\n[organisations.kaupunki.front]\nfi = \"Uusi etusivu.\"\n")
		if got := at(); got != before {
			t.Errorf("after another page was changed, the help was changed at %s, want %s", got, before)
		}
		h.stopAt(time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC))
		h.apply(t, "format = 1\n[organisations.kaupunki.offices.city-hall]\nexceptions = [\"2027-03-04 closed phone\"]\n")
		if got := at(); got != "11:30:00 1.3.2027" {
			t.Errorf("changed at %s", got)
		}
		h.skip(time.Minute)
		h.person(t).Get("/en/kaupunki/help").MustText("1 Mar 2027 11:30", "Thursday 4 March", say("en", "contact.hours.phone")+": "+say("en", "contact.closed"))
		h.person(t).Get("/en/no-such-town/help/guide.pdf").MustStatus(http.StatusNotFound)
	})
}
