package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Every service is found without signing in, by search and by time of life, with what it takes and every way to it; "Go to service" leads to where it is.
func TestS2_1_AServiceIsFoundAndLeadsToWhereItIs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, l := range languages() {
			c := h.person(t)
			s := h.service(t, "vuorela", "moving-notice")
			front := "/" + string(l) + "/vuorela/services"
			p := c.Get(front).MustStatus(http.StatusOK)
			p = p.Click(say(l, "service.life.moving")).MustStatus(http.StatusOK)
			p.MustText(say(l, "service.during", "event", say(l, "service.life.moving")), h.service(t, "vuorela", "parking-permit").Name.In(l))
			if strings.Contains(p.Text(), h.service(t, "vuorela", "debt-counselling").Name.In(l)) {
				t.Errorf("%s: what does not belong to the time of life is shown", l)
			}
			p = p.Click(s.Name.In(l)).MustStatus(http.StatusOK)
			p.MustText(s.Requirements.In(l)[1], say(l, "service.audience.person"), say(l, "service.way.printable"), s.Channels[1].Text.In(l), "move.example.org", say(l, "service.share_mail"))
			links := map[string]bool{}
			for _, a := range p.All("main a") {
				links[a.Attr("href")] = true
			}
			if want := s.Channels[0].Address.In(l); !links[want] || !links["https://move.example.org/form.pdf"] {
				t.Errorf("%s: got links %v, want %s among them", l, links, want)
			}
			if p := c.Get("/" + string(l) + "/vuorela/services/moving-notice/offices"); p.Status == http.StatusOK && len(p.All("main form")) > 0 {
				t.Errorf("%s: a time can be booked for what no office offers", l)
			}
			var described struct {
				Type    string `json:"@type"`
				Name    string `json:"name"`
				URL     string `json:"url"`
				Changed string `json:"dateModified"`
				Ways    []struct {
					URL string `json:"serviceUrl"`
				} `json:"availableChannel"`
			}
			_, after, _ := strings.Cut(string(p.Body), `<script type="application/ld+json">`)
			script, _, _ := strings.Cut(after, "</script>")
			if err := json.Unmarshal([]byte(script), &described); err != nil {
				t.Fatalf("%s: the description for programs: %v: %s", l, err, script)
			}
			if described.Type != "GovernmentService" || described.Name != s.Name.In(l) || described.Changed != "2026-10-12" || described.Ways[0].URL != s.Channels[0].Address.In(l) || !strings.HasSuffix(described.URL, "/services/moving-notice") {
				t.Errorf("%s: got %+v", l, described)
			}
		}
		// Misspelt, by another word and in another language than the page's, it is found all the same.
		for _, words := range []string{"muutoilmoitus", "osoitteenmuutos", "flyttanmälan", "change of address"} {
			h.person(t).Get("/fi/vuorela/services?q=" + strings.ReplaceAll(words, " ", "+")).MustStatus(http.StatusOK).MustText(h.service(t, "vuorela", "moving-notice").Name.In("fi"))
		}
		// By the API, too.
		p := h.person(t).Get("/api/v1/organisations/vuorela/services/moving-notice").MustStatus(http.StatusOK)
		for _, want := range []string{`"channels":[{"kind":"online"`, `"life_events":["moving"]`, `"updated":"2026-10-12"`} {
			if !strings.Contains(string(p.Body), want) {
				t.Errorf("the API does not say %s: %s", want, p.Body)
			}
		}
		h.person(t).Get("/fi/vuorela/life/retiring").MustStatus(http.StatusNotFound)
	})
}
