package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/e2e/client"
)

// The search for services finds courses and events, too, by their name in any language, without accents and with typing mistakes, says so at its field, says how many there are of both, shows five and leads to all. What is not published, and
// what is over, is not found; what is changed is seen at once.
func TestS2_1_SearchFindsCourses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		found := func(l i18n.Lang, words string) *client.Page {
			t.Helper()
			return h.person(t).Get(fmt.Sprintf("/%s/vuorela/services?q=%s", l, url.QueryEscape(words))).MustStatus(http.StatusOK)
		}
		leads := func(p *client.Page, to string) bool { return len(p.All(fmt.Sprintf("main a[href=%q]", to))) > 0 }
		has := func(p *client.Page, l i18n.Lang, id ids.Course) bool { return leads(p, courseAt(l, string(id))) }
		weave := func(d *course.Details) {
			d.Title = i18n.Text{"fi": "Täkänän kutojaiset", "sv": "Väva täkken", "en": "Weaving zzyx", "cs": "Tkaní čalounů"}
			d.Places = 7
		}
		system := actor.System("test")
		draft := course.Details{
			Kind: course.ACourse, Title: i18n.Text{"fi": "Täkänän luonnos"}, Places: 1, Opens: h.app.Now().Unix() - 60, Hold: 15, Offer: 24, Level: "none", AtOnce: 1,
			Sessions: []course.Session{{Start: h.app.Now().Unix() + 86400, End: h.app.Now().Unix() + 90000}},
		}
		if err := h.app.Courses.Create(t.Context(), system, vuorela, "sketch", draft); err != nil {
			t.Fatal(err)
		}
		if p := found("fi", "täkänän"); has(p, "fi", "sketch") || has(p, "fi", "weaving") || p.HasText(say("fi", "services.all_courses")) {
			t.Error("a draft is found")
		}
		// What is searched is said: courses once there are some.
		label := func(path string) string {
			t.Helper()
			for _, x := range h.person(t).Get(path).MustStatus(http.StatusOK).All("main form label") {
				return x.Text()
			}
			return ""
		}
		for _, l := range languages() {
			for _, path := range []string{"/" + string(l) + "/register-office/", "/" + string(l) + "/register-office/services"} {
				if got := label(path); got != say(l, "services.search") {
					t.Errorf("%s: the search is called %q", path, got)
				}
			}
		}
		h.makeCourse(t, "weaving", weave)
		for _, l := range languages() {
			for _, path := range []string{"/" + string(l) + "/vuorela/", "/" + string(l) + "/vuorela/services", "/" + string(l) + "/vuorela/services?q=x"} {
				if got := label(path); got != say(l, "services.search_all") {
					t.Errorf("%s: the search is called %q", path, got)
				}
			}
		}
		for _, l := range languages() {
			for _, words := range []string{"täkänän", "TAKANAN kutojaiset", "vava takken", "weaving", "calounu", "täkänän kutojiaset", "waeving", "čalouún"} {
				p := found(l, words)
				if !has(p, l, "weaving") || has(p, l, "sketch") {
					t.Errorf("%s: %q does not find the course, or finds the draft: %s", l, words, p.Text())
				}
				p.MustText(say(l, "course.list_title"), sayN(l, "services.found_courses", 1), texts().Printer(l).N("course.left", 7, "of", 7), "Uimahalli", sayN(l, "course.times", 2))
				all := p.Click(say(l, "services.all_courses")).MustStatus(http.StatusOK)
				if !has(all, l, "weaving") || !strings.HasSuffix(all.URL, "courses?q="+url.QueryEscape(words)) || !all.HasText(sayN(l, "course.found", 1)) {
					t.Errorf("%s: %q leads to %s, which is not the same", l, words, all.URL)
				}
			}
		}
		// From the front page, and beside services: both are counted, and five courses shown.
		passport := h.service(t, "vuorela", "parking-permit").Name.In("fi")
		for i := range 6 {
			h.makeCourse(t, ids.Course(fmt.Sprintf("beside-%d", i)), func(d *course.Details) { d.Title = i18n.Text{"fi": passport + " " + fmt.Sprint(i)} })
		}
		front := h.person(t).Get("/fi/vuorela/").MustStatus(http.StatusOK)
		p := front.Form(say("fi", "ui.search")).Set("q", passport).Submit("").MustStatus(http.StatusOK)
		p.MustText(sayN("fi", "services.found_courses", 6), say("fi", "services.results_all"))
		if !has(p, "fi", "beside-0") || !has(p, "fi", "beside-4") || has(p, "fi", "beside-5") || !leads(p, "/fi/vuorela/services/parking-permit") {
			t.Errorf("got %s", p.Text())
		}
		// Where a search is narrowed by what courses do not have, and where there are none, nothing is said of them.
		for _, path := range []string{"/fi/vuorela/services?for=person&q=" + url.QueryEscape(passport), "/fi/register-office/services?q=" + url.QueryEscape(passport), "/fi/vuorela/services?q=+", "/fi/vuorela/services"} {
			if p := h.person(t).Get(path).MustStatus(http.StatusOK); p.HasText(say("fi", "services.all_courses")) {
				t.Errorf("%s tells of courses", path)
			}
		}
		// What is over is not found any more.
		h.skip(17*24*time.Hour + 50*time.Minute)
		if !has(found("fi", "täkänän"), "fi", "weaving") {
			t.Error("a course that is not over is not found")
		}
		h.skip(20 * time.Minute)
		if p := found("fi", "täkänän"); has(p, "fi", "weaving") || p.HasText(say("fi", "services.all_courses")) {
			t.Error("a course that is over is found")
		}
	})
}
