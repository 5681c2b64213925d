package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/e2e/browser"
)

const city ids.Org = "kaupunki"

// sayN is a text that counts.
func sayN(l i18n.Lang, key string, n int) string { return texts().Printer(l).N(key, n) }

// cityServices is the list of the city's services in a language.
func cityServices(l i18n.Lang) string { return "/" + string(l) + "/kaupunki/services" }

// Among the hundreds of services of a city each is found by a misspelt word, by another word for it, by an inflected one and by one of another language, whatever the
// language of the page is, and stands among the first.
func TestS2_1_AmongHundredsOfServicesTheRightOneIsFound(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		if n := len(h.config(t, city).Services); n < 200 {
			t.Errorf("the city has %d services, want hundreds", n)
		}
		for _, x := range []struct{ words, want string }{
			{"päivkäoti", "day-care-application"}, {"päiväkotiin", "day-care-application"}, {"hakea päiväkodista", "day-care-application"}, {"kindergarden", "day-care-application"}, {"dagis", "day-care-application"},
			{"skolka", "day-care-application"}, // the Czech word without its accent
			{"parkkilupa", "resident-parking"}, {"parkovaci karta", "resident-parking"}, {"alotment", "allotment"}, {"kolonilott", "allotment"},
			{"popelnice", "waste-collection"}, {"hundskatt", "dog-registration"}, {"parkkisakko", "parking-fine-claim"}, {"REKLAMATION", "feedback-to-city"},
			{"bygg lov", "building-permit"}, {"freedom of information", "records-request"},
		} {
			for _, l := range languages() {
				name := h.service(t, city, x.want).Name.In(l)
				p := h.person(t).Get(cityServices(l) + "?q=" + url.QueryEscape(x.words)).MustStatus(http.StatusOK)
				first := ""
				for i, a := range p.All("main article a, main li a, main h2 a") {
					if i < 3 {
						first += a.Text() + "\n"
					}
				}
				if !strings.Contains(first, name) {
					t.Errorf("%s: %q: got %q first, want %s among them", l, x.words, first, name)
				}
			}
		}
	})
}

// The search is narrowed by topic, for whom, time of life and way, and says what it searched. Where nothing is found, it says what helps. All of it works without
// JavaScript, as this client has none.
func TestS2_1_TheSearchIsNarrowedAndSaysWhatItSearched(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		c := h.config(t, city)
		for _, l := range languages() {
			p := h.person(t).Get(cityServices(l)).MustStatus(http.StatusOK)
			wanted := catalog.Wanted{Topic: "traffic", For: catalog.ForCompanies, Way: "phone"}
			found := c.Find(l, wanted)
			if len(found) == 0 || len(found) >= len(c.Fitting(catalog.Wanted{Topic: "traffic"})) {
				t.Fatalf("%d services: narrowing proves nothing", len(found))
			}
			form := p.Form(say(l, "services.narrow_button"))
			for name, value := range map[string]string{"topic": "traffic", "for": "company", "way": "phone"} {
				form.Force(name, value)
			}
			p = form.Submit(say(l, "services.narrow_button")).MustStatus(http.StatusOK)
			p.MustText(sayN(l, "services.found_n", len(found)), say(l, "service.audience.company"), say(l, "service.way.phone"))
			for _, s := range found {
				p.MustText(s.Name.In(l))
			}
			// With words that none of these has: what there would be without narrowing is one click away.
			form = p.Form(say(l, "services.narrow_button"))
			p = form.Set(say(l, "services.search"), "popelnice").Submit(say(l, "services.narrow_button")).MustStatus(http.StatusOK)
			p.MustText(say(l, "services.found_none"), "popelnice", say(l, "services.popular"), c.Org.Phone)
			wide := c.Find(l, catalog.Wanted{Words: "popelnice"})
			p.Click(sayN(l, "services.wider", len(wide))).MustStatus(http.StatusOK).MustText(h.service(t, city, "waste-collection").Name.In(l))
			// What nobody has is said, and what most people look for is offered.
			p = h.person(t).Get(cityServices(l) + "?q=qwertzuiop").MustStatus(http.StatusOK)
			p.MustText("qwertzuiop").Click(h.service(t, city, "library-card").Name.In(l)).MustStatus(http.StatusOK)
		}
		for _, bad := range []string{"?topic=nowhere", "?way=pigeon", "?life=x&for=y", "?page=-7&way=phone", "?page=99999999999999999999", "?q=%00%ff", "?letter=%3Cscript%3E"} {
			p := h.person(t).Get(cityServices("en") + bad).MustStatus(http.StatusOK)
			if strings.Contains(string(p.Body), "<script>") {
				t.Errorf("%s: what was asked is on the page as it came", bad)
			}
		}
		// Programs ask the same.
		var got struct {
			Services []struct {
				ID ids.Service `json:"id"`
			} `json:"services"`
		}
		p := h.person(t).Get("/api/v1/organisations/kaupunki/services?category=traffic&audience=company&way=phone&q=parkkisakko").MustStatus(http.StatusOK)
		if err := json.Unmarshal(p.Body, &got); err != nil || len(got.Services) == 0 || got.Services[0].ID != "parking-fine-claim" {
			t.Errorf("got %s, %v", p.Body, err)
		}
		h.person(t).Get("/api/v1/organisations/kaupunki/services?audience=cats").MustStatus(http.StatusUnprocessableEntity)
	})
}

// From A to Z a letter is a page, in the order of the language; what was found stands on several pages.
func TestS2_1_FromAToZAndPageByPage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		c := h.config(t, city)
		for _, l := range languages() {
			seen := 0
			p := h.person(t).Get(cityServices(l))
			for _, a := range p.All("nav.lk-az a") {
				letter := p.Follow(a.Attr("href")).MustStatus(http.StatusOK)
				letter.MustText(say(l, "services.letter_title", "letter", a.Text()))
				for _, s := range letter.All("main a") {
					if strings.Contains(s.Attr("href"), "/services/") {
						seen++
					}
				}
			}
			if seen != len(c.Services) {
				t.Errorf("%s: the letters have %d services, want all %d, each once", l, seen, len(c.Services))
			}
		}
		p, names := h.person(t).Get(cityServices("en")+"?for=person"), map[string]bool{}
		for pages := 1; ; pages++ {
			for _, a := range p.MustStatus(http.StatusOK).All("main a") {
				if strings.Contains(a.Attr("href"), "/services/") {
					names[a.Attr("href")] = true
				}
			}
			if !p.HasLink(say("en", "services.next")) {
				if want := len(c.Fitting(catalog.Wanted{For: catalog.ForPersons})); len(names) != want || pages != (want+19)/20 {
					t.Errorf("got %d services on %d pages, want %d", len(names), pages, want)
				}
				break
			}
			p = p.Click(say("en", "services.next"))
		}
		// The list and a letter are kept as they were sent, like other public pages.
		for _, path := range []string{cityServices("fi"), cityServices("fi") + "?letter=K"} {
			tag := h.person(t).Raw(http.MethodGet, path, nil, "").Header.Get("Etag")
			if again := h.person(t).Raw(http.MethodGet, path, http.Header{"If-None-Match": {tag}}, ""); tag == "" || again.Status != http.StatusNotModified {
				t.Errorf("%s: got %d with tag %q, want 304", path, again.Status, tag)
			}
		}
	})
}

// With the keyboard alone: from the field over the filters to what was found. The page fits a slow phone, 320 pixels wide.
func TestS2_1_TheCatalogueByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	tab := b.Tab(t, browser.Options{Width: 320, Height: 800})
	tab.Go(h.base + cityServices("en"))
	reach := func(what, expression string) {
		for range 40 {
			var there bool
			if tab.Eval(expression, &there); there {
				return
			}
			tab.Press("Tab")
		}
		t.Fatalf("%s is not reached by Tab", what)
	}
	reach("the field", "document.activeElement.name === 'q'")
	for _, c := range "alotment" {
		tab.Press(string(c))
	}
	tab.Press("Enter")
	tab.MustText(say("en", "services.results_title"), h.service(t, city, "allotment").Name.In("en"))
	reach("narrowing", "document.activeElement.tagName === 'SUMMARY' && document.activeElement.closest('[role=search]') !== null")
	tab.Press("Enter")
	reach("the topic", "document.activeElement.name === 'topic'")
	reach("what was found", "document.activeElement.tagName === 'A' && document.activeElement.pathname.endsWith('/services/allotment')")
	tab.Press("Enter")
	tab.MustText(h.service(t, city, "allotment").Requirements.In("en")[0])
	tab.MustBeClean()
	for _, path := range []string{cityServices("cs"), cityServices("fi") + "?letter=K", cityServices("sv") + "?way=phone"} {
		small := b.Tab(t, browser.Options{Width: 320, Height: 800})
		small.Go(h.base + path)
		var wide bool
		if small.Eval("document.documentElement.scrollWidth > 320", &wide); wide {
			t.Errorf("%s: the page is wider than 320 pixels", path)
		}
		if got := browser.Weight(small); got.Total >= 100_000 {
			t.Errorf("%s: got %s, want less than 100 KB", path, got)
		}
	}
}
