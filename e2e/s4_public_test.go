package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/feedback"
	"luukku/domain/worklist"
	"luukku/e2e/browser"
)

// Who reads about the mailbox without signing in: what it is, its two entrances, who joined (from A to Z, by topic, and by what is typed, without its dots), guides, questions, terms and register
// description in every version, who helps, the site map; larger text on all of them. In each language, without JavaScript.
func TestS4_10_ThePublicPagesOfTheMailbox(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for _, row := range i18n.Languages() {
			l := row.Code
			c := h.person(t)
			p := c.Get("/"+string(l)+"/").Click(say(l, "portal.intro.title")).MustText(say(l, "portal.intro.first"), say(l, "portal.intro.later"), "09 000 0011", "09 000 0012")
			if p.HasText(say(l, "portal.video.watch")) {
				t.Errorf("%s: a film is offered that there is not", l)
			}
			if p.Click(say(l, "portal.intro.first")); !strings.Contains(p.Click(say(l, "portal.intro.first")).Path(), "sign-in") {
				t.Errorf("%s: the entrance for the first time does not ask to sign in", l)
			}

			list := p.Click(say(l, "portal.intro.all")).MustText("93")
			if n := len(list.All("main .lk-block a")); n != 93 {
				t.Errorf("%s: got %d organisations from A to Z, want 93", l, n)
			}
			button := say(l, "ui.search")
			found := list.Form(button).Set(say(l, "portal.list.search"), "AYRILA").Submit(button)
			if !found.HasText("Äyrilä") {
				t.Errorf("%s: AYRILA finds no Äyrilä", l)
			}
			list.Form(button).Set(say(l, "portal.list.search"), "qqqqqq").Submit(button).MustText(say(l, "portal.list.none_text"))
			town := h.config(t, vuorela).Org.Name.In(l)
			list.Click(town).MustText(say(l, "portal.joined.writes.yes"), "09 000 0000", "neuvonta@vuorela.example")
			topics := list.Click(say(l, "portal.topics.title"))
			if cards := topics.All("main .lk-card a"); len(cards) != 11 {
				t.Errorf("%s: got %d topics, want 11", l, len(cards))
			}
			c.Get("/" + string(l) + "/mailbox/topics/justice").MustText("10")

			questions := p.Click(say(l, "portal.questions.title"))
			if !strings.Contains(string(questions.Body), `"@type":"FAQPage"`) {
				t.Errorf("%s: the questions are not described for programs", l)
			}
			p.Click(say(l, "portal.guides.title")).MustStatus(http.StatusOK)
			p.Click(say(l, "portal.support.title")).MustText(say(l, "portal.support.run_by"), town)
			for _, of := range []string{"terms", "register"} {
				now := p.Click(say(l, "portal."+of+".title"))
				others := now.All("main li a")
				if len(others) == 0 {
					t.Fatalf("%s: no other version of the %s can be read", l, of)
				}
				c.Get("/" + string(l) + "/mailbox/" + of + "/2025-01-01").MustText(say(l, "portal.version.past"))
			}
			siteMap := p.Click(say(l, "portal.map.title"))
			if n := len(siteMap.All("main a")); n < 92+11+12 {
				t.Errorf("%s: the site map has %d links", l, n)
			}

			// Larger text, on this page and the next one.
			big := siteMap.Form(say(l, "look.sizes.150")).Submit(say(l, "look.sizes.150"))
			if big.H1() != siteMap.H1() || big.Find("html").Attr("data-text-size") != "150" {
				t.Errorf("%s: the text is no larger after it was asked for", l)
			}
			if c.Get("/"+string(l)+"/mailbox/terms").Find("html").Attr("data-text-size") != "150" {
				t.Errorf("%s: the next page has forgotten how large the text is", l)
			}
		}
		c := h.person(t)
		for _, gone := range []string{"/fi/mailbox/terms/2024-01-01", "/fi/mailbox/organisations/nobody", "/fi/mailbox/topics/nothing", "/fi/mailbox/nothing"} {
			c.Get(gone).MustStatus(http.StatusNotFound)
		}
		// Such a page is kept, and says so.
		first := c.Get("/fi/mailbox/organisations").MustStatus(http.StatusOK)
		tag := first.Header.Get("ETag")
		if again := c.Raw(http.MethodGet, "/fi/mailbox/organisations", http.Header{"If-None-Match": {tag}}, ""); tag == "" || again.Status != http.StatusNotModified {
			t.Errorf("got %d for a page that the reader has (%s)", again.Status, tag)
		}
		if m := c.Get("/sitemap.xml").MustStatus(http.StatusOK); strings.Count(string(m.Body), "<loc>") < 4*(92+11) || !strings.Contains(string(m.Body), `hreflang="cs"`) {
			t.Error("the map for search engines lacks pages")
		}
	})
}

// Somebody says what they think of a page, anonymously or with an answer wished; the authority that offers it finds it in its list, answers and closes; programs that fill in everything, or are too
// quick, leave nothing; and the figures count it by page.
func TestS4_10_FeedbackReachesWhoOffersThePage(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		for i, row := range i18n.Languages() {
			l := row.Code
			c := h.personAt(t, "192.0.2."+string(rune('1'+i)))
			send := say(l, "feedback.send")
			p := c.Get("/" + string(l) + "/vuorela/help").Click(say(l, "feedback.link")).MustText(say(l, "feedback.wish"))

			// At once is too soon, and nothing that was typed is lost.
			words := "Canary feedback " + string(l)
			p = p.Form(send).Set(say(l, "feedback.useful"), say(l, "feedback.use.no")).Set(say(l, "feedback.body"), words).Set(say(l, "feedback.wish"), say(l, "feedback.by.email")).
				Set(say(l, "common.email"), "maija").Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "form.too_soon"))
			h.skip(trap.Soonest)
			p = p.Form(send).Submit(send).MustStatus(http.StatusUnprocessableEntity)
			if len(p.Errors()) != 1 || !strings.Contains(p.Form(send).Value(say(l, "feedback.body")), words) {
				t.Errorf("%s: got the errors %q, want the address to be mended and the words kept", l, p.Errors())
			}
			sent := p.Form(send).Set(say(l, "common.email"), "maija@example.org")
			sent.Submit(send).MustStatus(http.StatusOK).MustText(say(l, "feedback.back"))
			sent.Submit(send).MustStatus(http.StatusOK) // twice is once

			// A program fills in what nobody sees.
			bot := c.Get("/" + string(l) + "/mailbox/terms").Click(say(l, "feedback.link"))
			h.skip(trap.Soonest)
			bot.Form(send).Set(say(l, "feedback.body"), "buy now").Force("website", "http://spam.example").Submit(send).MustStatus(http.StatusOK)
		}
		// One click, about a page of the mailbox: it goes to who keeps it, and nobody has to do anything.
		c := h.personAt(t, "192.0.2.77")
		p := c.Get("/en/mailbox/questions").Click(say("en", "feedback.link"))
		h.skip(time.Minute)
		p.Form(say("en", "feedback.send")).Set(say("en", "feedback.useful"), say("en", "feedback.use.yes")).Submit(say("en", "feedback.send")).MustText("Vuorela")

		clerk := h.answersMessages(t, "feedback", vuorela)
		const desk = "/en/staff/vuorela/feedback"
		list := clerk.Get(desk).MustStatus(http.StatusOK)
		if n := strings.Count(list.Text(), "Canary feedback"); n != 4 || list.HasText("buy now") {
			t.Errorf("got %d of four in the list, or what a program sent:\n%s", n, list.Text())
		}
		one := list.Click("Canary feedback sv").MustText("maija@example.org", "help")
		answered := say("en", "feedback.was_answered")
		twice := one.Form(answered)
		twice.Submit(answered).MustText(say("en", "feedback.done"), "answered and closed")
		twice.Submit(answered).MustStatus(http.StatusConflict) // it was seen as it no longer is
		if clerk.Get(desk).HasText("Canary feedback sv") || !clerk.Get(desk+"?view=closed").HasText("Canary feedback sv") {
			t.Error("what was answered is not among the handled")
		}
		// Of four answers the figures tell neither what they were nor a rate; of five they do.
		few := clerk.Get(desk+"/figures").MustText("help", "mailbox/questions", say("en", "feedback.few", "n", feedback.Few))
		if few.HasText("0%") {
			t.Errorf("of four answers there is a rate: %s", few)
		}
		fifth := h.personAt(t, "192.0.2.78").Get("/en/vuorela/help").Click(say("en", "feedback.link"))
		h.skip(time.Minute)
		fifth.Form(say("en", "feedback.send")).Set(say("en", "feedback.useful"), say("en", "feedback.use.no")).Submit(say("en", "feedback.send")).MustStatus(http.StatusOK)
		figures := clerk.Get(desk+"/figures").MustText("help", "0%", say("en", "feedback.whole"), say("en", "feedback.few", "n", feedback.Few))
		csv := figures.Click(say("en", "feedback.csv"))
		if body := string(csv.Body); !strings.Contains(body, ",help,0,5,0,4\n") || !strings.Contains(body, ",mailbox/questions,,,,0\n") || strings.Contains(body, "mailbox/terms") {
			t.Errorf("got the figures %q", body)
		}

		// It is no conversation: the inbox does not count it. Who does not work here sees nothing.
		page, err := h.app.Work.Page(t.Context(), vuorela, []ids.Inbox{feedback.Inbox}, worklist.Wanted{}, "")
		items := page.Items
		if err != nil || len(items) != 3 || items[0].Kind != feedback.Kind || items[0].State != worklist.Open {
			t.Errorf("got %v, %v, want three that are open", items, err)
		}
		h.person(t).Get(desk).MustText(say("en", "staff.sign_in_title"))

		// Six at once from one network are too many.
		quick := h.personAt(t, "198.51.100.9")
		var last int
		for range 6 {
			p := quick.Get("/en/vuorela/feedback?about=/en/vuorela/help")
			h.skip(trap.Soonest)
			last = p.Form(say("en", "feedback.send")).Set(say("en", "feedback.useful"), say("en", "feedback.use.yes")).Submit(say("en", "feedback.send")).Status
		}
		if last != http.StatusTooManyRequests {
			t.Errorf("the sixth from one network was answered with %d", last)
		}
	})
}

// Whoever runs the installation changes what everybody reads: they see how it looks before it is saved, what is wrong is said at its field, and what is saved is read at once, and written down.
func TestS4_10_TheTextsBelongToWhoRunsIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, at = i18n.Lang("en"), "/en/admin/installation/settings/questions"
		c := h.atWork(t, "system", actor.Grant{Role: actor.RoleSystemAdmin})
		save, look := say(l, "thing.save_now"), say(l, "thing.look")
		p := c.Get(at).MustStatus(http.StatusOK)
		p = p.Form(save).Force("questions--6--question-en", "May I keep my stamps?").Force("questions--6--answer-en", "You may.\n\n- All of them").Submit(look).MustText(say(l, "thing.look_title"), "All of them")
		if h.person(t).Get("/en/mailbox/questions").HasText("stamps") {
			t.Error("what was only looked at is published")
		}
		p = p.Form(save).Force("questions--6--answer-en", "").Submit(save).MustStatus(http.StatusUnprocessableEntity)
		if !strings.Contains(string(p.Body), "May I keep my stamps?") {
			t.Error("what was typed is lost")
		}
		p.Form(save).Force("questions--6--answer-en", "You may.").Submit(save).MustText("Saved")
		h.person(t).Get("/en/mailbox/questions").MustText("May I keep my stamps?", "You may.")
		h.person(t).Get("/en/mailbox/terms/2025-01-01").MustText("These were the first terms")
		c.Get("/en/admin/installation/audit").MustText("installation")
	})
}

// The same pages in a browser, at three widths, with and without scripts and with larger text: nothing runs off the side, nothing is refused, and feedback is sent by keyboard and mouse. The field
// that only programs fill in is seen by nobody.
func TestS4_10_ThePublicPagesInTheBrowser(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	for i, l := range languages() {
		o := []browser.Options{{Width: 1280, Height: 900}, {Width: 390, Height: 800, NoScript: true}, {Width: 320, Height: 600, Dark: true}, {Width: 390, Height: 800, TextZoom: 2}}[i]
		o.Lang = string(l)
		tab := b.Tab(t, o)
		fits := func() {
			t.Helper()
			for _, s := range browser.Overflow(tab) {
				t.Errorf("%s: %s: %s", l, tab.Path(), s)
			}
			tab.MustBeClean()
			tab.Forget()
		}
		for _, page := range []string{"", "/organisations", "/topics", "/questions", "/register", "/support", "/site-map"} {
			tab.Go(h.base + "/" + string(l) + "/mailbox" + page)
			fits()
		}
		tab.Click(say(l, "look.sizes.150"))
		fits()
		tab.Click(say(l, "feedback.link"))
		var seen bool
		if tab.Eval("document.querySelector('[name=website]').offsetParent !== null", &seen); seen {
			t.Errorf("%s: the field for programs is seen", l)
		}
		tab.Fill(say(l, "feedback.body"), "Clear.")
		h.skip(trap.Soonest)
		tab.Click(say(l, "feedback.send"))
		tab.MustText(say(l, "feedback.thanks_next"))
		fits()
	}
}
