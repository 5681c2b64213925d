package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// A form is found without signing in: from the front page and from its service. The page on which it begins says what it takes, and leads to it once one has signed in.
func TestS2_4_AFormIsFoundAndBegun(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, l := range languages() {
			c := h.person(t)
			front := "/" + string(l) + "/vuorela"
			p := c.Get(front + "/").MustStatus(http.StatusOK).Click(say(l, "front.forms")).MustStatus(http.StatusOK).MustText(say(l, "forms.page.lead"))
			name := p.All("main h2")[0].Text()
			c.Get(front+"/site-map").MustStatus(http.StatusOK).MustText(say(l, "forms.page.all"), name)
			p = c.Get(front + "/services/day-care-guidance").MustStatus(http.StatusOK).MustText(say(l, "service.way.form")).Click(name).MustStatus(http.StatusOK)
			p.MustText(name, say(l, "forms.page.sign_in_text"), say(l, "forms.page.signed_by.guardian"), say(l, "forms.page.files"), say(l, "forms.page.follows"))
			if got := p.Path(); got != front+"/forms/day-care" {
				t.Errorf("%s: the service leads to %s", l, got)
			}
			// Whoever has not signed in is asked to, and does not begin anything.
			if p := p.Click(say(l, "forms.page.begin")); p.Path() == "/"+string(l)+"/my/forms/new/vuorela/day-care" && len(p.All("main form")) > 0 && p.Status == http.StatusOK {
				t.Errorf("%s: a form begins without signing in", l)
			}
			c.Get(front + "/forms/no-such-form").MustStatus(http.StatusNotFound)
		}
		// They sign in once, as surely as the form asks: also for one that may be sent without, where they would rather.
		for form, level := range map[string]string{"vuorela/day-care": "substantial", "kaupunki/allotment": "low", "kaupunki/feedback": "low"} {
			if p := h.person(t).Get("/en/my/forms/new/" + form); !strings.Contains(p.Path(), "/sign-in?level="+level+"&") {
				t.Errorf("%s leads to %s", form, p.Path())
			}
		}
		h.person(t).Get("/en/my/forms/new/vuorela/no-such-form").MustStatus(http.StatusNotFound)
		c := h.person(t)
		h.settle(t, c, "en", "bank", "Maija Meikäläinen", "maija@example.org", true)
		c.Get("/en/vuorela/forms/day-care").Click(say("en", "forms.page.begin")).MustStatus(http.StatusOK).MustText(say("en", "eform.start.begin"))
	})
}
