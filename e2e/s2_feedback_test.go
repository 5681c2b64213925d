package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/domain/feedback"
)

// Whoever reads what a service of the city is says what they think of the page, with an address for the answer; it reaches the city, which offers the service, and nobody else; it is handled there once;
// and the figures name the service, with a rate from the fifth answer on.
func TestS2_9_FeedbackReachesWhoOffersTheServiceAndIsCounted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, l := range languages() {
			c, send := h.personAt(t, "192.0.2."+strconv.Itoa(i+1)), say(l, "feedback.send")
			p := c.Get("/" + string(l) + "/kaupunki/services/home-care-older").MustStatus(http.StatusOK).Click(say(l, "feedback.link")).MustText(h.config(t, city).Org.Name.In(l))
			h.skip(time.Minute)
			f := p.Form(send).Set(say(l, "feedback.useful"), say(l, "feedback.use.no")).Set(say(l, "feedback.body"), "Whom do I call first? "+string(l))
			f.Set(say(l, "feedback.wish"), say(l, "feedback.by.email")).Set(say(l, "common.email"), "maija@example.org").Submit(send).MustStatus(http.StatusOK).MustText(say(l, "feedback.back"))
		}
		clerk, elsewhere := h.answersMessages(t, "city", city), h.answersMessages(t, "town", vuorela)
		const desk = "/en/staff/kaupunki/feedback"
		if n := strings.Count(clerk.Get(desk).Text(), "Whom do I call first?"); n != 4 {
			t.Errorf("%d of four reached the city", n)
		}
		if elsewhere.Get("/en/staff/vuorela/feedback").HasText("Whom do I call first?") {
			t.Error("another authority has it")
		}
		elsewhere.Get(desk).MustStatus(http.StatusNotFound)

		one := clerk.Get(desk).Click("Whom do I call first? sv").MustText("maija@example.org", "services/home-care-older")
		answered := en("feedback.was_answered")
		twice := one.Form(answered)
		twice.Submit(answered).MustText(en("feedback.done"))
		twice.Submit(answered).MustStatus(http.StatusConflict)

		// Of four answers no rate, of five there is.
		name := h.config(t, city).Services[0].Name
		for _, s := range h.config(t, city).Services {
			if s.ID == "home-care-older" {
				name = s.Name
			}
		}
		if few := clerk.Get(desk+"/figures").MustText(name.In("en"), en("feedback.few", "n", feedback.Few)); few.HasText("20%") {
			t.Errorf("of four answers there is a rate: %s", few)
		}
		p := h.personAt(t, "192.0.2.77").Get("/en/kaupunki/services/home-care-older").Click(en("feedback.link"))
		h.skip(time.Minute)
		p.Form(en("feedback.send")).Set(en("feedback.useful"), en("feedback.use.yes")).Submit(en("feedback.send")).MustStatus(http.StatusOK)
		csv := clerk.Get(desk+"/figures").MustText(name.In("en"), "20%").Click(en("feedback.csv"))
		if body := string(csv.Body); !strings.Contains(body, ",services/home-care-older,1,4,20,4\n") {
			t.Errorf("got the figures %q", body)
		}
	})
}
