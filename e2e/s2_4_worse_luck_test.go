package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/e2e/client"
)

// tripGoes takes the trip away from the forms of the town, all of which a file says.
func (h *house) tripGoes(t *testing.T) {
	t.Helper()
	out, err := h.app.Blueprints.Export(t.Context(), vuorela)
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(out), "[organisations.vuorela.forms.trip]")
	if !found {
		t.Fatal("the town has no trip")
	}
	_, after, more := strings.Cut(after, "\n[")
	if more {
		before += "["
	}
	h.apply(t, strings.Replace(before+after, "[organisations.vuorela]\n", "[organisations.vuorela]\nowns = [\"forms\"]\n", 1))
}

// A form is closed, and then taken away, with drafts open: they are read and taken along, nothing is saved or sent, and nothing of them is lost; opened again they are sent. What was sent is there all along.
func TestS2_4_AFormGoesWithDraftsOpen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		next := en("common.continue")
		h.tripIs(t, tripForm, `services = ["day-care-guidance"]`)
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		sent, _, _ := strings.Cut(sendsTrip(t, c, begins(t, c, "Hanko")).Path(), "?")
		draft := begins(t, c, "Porvoo")
		step, check := c.Get(draft+"/step/1").Form(next), c.Get(draft+"/check").Form(en("eform.check.send"))
		start := c.Get(my(l, "forms", tripAt)).Form(en("eform.start.begin"))
		service := "/en/vuorela/services/day-care-guidance"
		h.person(t).Get(service).MustText("School trip")

		refused := func(name string) {
			t.Helper()
			c.Get(my(l, "forms")).MustText(name).Click(name).MustText(en("eform.closed_draft"), "Porvoo")
			step.Set("Where to?", "Elsewhere").Submit(next).MustText(en("eform.closed_draft"), "Porvoo")
			check.Submit(en("eform.check.send")).MustText(en("eform.closed_draft"))
			for _, at := range []string{"/step/1", "/check"} {
				c.Get(draft+at).MustText(en("eform.closed_draft"), "Porvoo")
			}
			if b := c.Get(draft + "/filled.json").Body; !bytes.Contains(b, []byte("Porvoo")) {
				t.Errorf("the answers are not given along: %s", b)
			}
			c.Get(sent).MustStatus(http.StatusOK).MustText("Hanko")
			c.Get(sent + "/document.pdf").MustStatus(http.StatusOK)
		}
		h.apply(t, "format = 1\n[organisations.vuorela.forms.trip]\nclosed = true\n")
		refused("School trip")
		start.Submit(en("eform.start.begin")).MustText(en("forms.closed"))
		h.person(t).Get("/en/vuorela/forms/trip").MustText(en("forms.page.is_closed"))

		h.tripGoes(t)
		refused("trip")
		start.Submit(en("eform.start.begin")).MustStatus(http.StatusNotFound)
		h.person(t).Get("/en/vuorela/forms/trip").MustStatus(http.StatusNotFound)
		if p := h.person(t).Get(service).MustStatus(http.StatusOK); p.HasText("School trip") {
			t.Error("the service leads to a form that is not there")
		}

		h.tripIs(t, tripForm, "closed = false")
		answersTrip(t, c, draft, "Turku")
		sendsTrip(t, c, draft).MustText("Turku")
	})
}

// A draft is kept as long as its form says: a week or half of its time before, its owner is told that something ends, and not what; in its last second it is there, in the next one it is not; a change keeps
// it for its whole time again.
func TestS2_4_ADraftEndsInItsSecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("en"), "maija@example.org"
		h.stopAt(begin)
		h.tripIs(t, tripForm, "draft_days = 10")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		draft, second := begins(t, c, "Porvoo"), begins(t, c, "Turku")
		ends := begin.AddDate(0, 0, 10).Add(time.Second)
		warns := ends.Add(-(ends.Sub(begin) / 2).Truncate(time.Second))
		back := func(at time.Time) {
			t.Helper()
			h.stopAt(at)
			identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		}
		told := func(want int) {
			t.Helper()
			if _, err := h.app.Eservices.WarnDrafts(t.Context(), 10); err != nil {
				t.Fatal(err)
			}
			all := h.awaitMails(t, email, 1+want) // the code comes first
			if m := all[len(all)-1]; want > 0 && (m.Subject != en("eform.told.end_subject") || strings.Contains(m.Subject+m.Text, "trip") || strings.Contains(m.Text, "Porvoo")) {
				t.Errorf("the notice says %q: %q", m.Subject, m.Text)
			}
		}
		h.stopAt(warns.Add(-time.Second))
		told(0)
		back(warns.Add(-time.Second))
		answersTrip(t, c, second, "Turku again")
		h.stopAt(warns)
		told(1)
		told(1) // of one draft once

		back(ends.Add(-time.Second))
		if _, err := h.app.Eservices.SweepDrafts(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		c.Get(my(l, "forms")).MustText("School trip")
		step := c.Get(draft + "/step/1").MustStatus(http.StatusOK).Form(en("common.continue"))
		check := c.Get(draft + "/check").Form(en("eform.check.send"))
		h.stopAt(ends)
		c.Get(draft).MustStatus(http.StatusNotFound)
		step.Set("Where to?", "Too late").Submit(en("common.continue")).MustStatus(http.StatusNotFound)
		check.Submit(en("eform.check.send")).MustStatus(http.StatusNotFound)
		if _, err := h.app.Eservices.SweepDrafts(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		c.Get(draft).MustStatus(http.StatusNotFound)
		sendsTrip(t, c, second).MustText("Turku again")
		if p := c.Get(my(l, "sent")); len(p.All("main a[href*='/my/sent/']")) != 1 && p.HasText("Porvoo") {
			t.Error("what ended was sent")
		}
	})
}

// numbered is the number of what was sent.
var numbered = regexp.MustCompile(`\b\d{4}-\d{6}\b`)

// The button is pressed by a dozen at once: exactly one is sent, everybody is led to it, and the desk has it once.
func TestS2_4_SendPressedByADozenAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, "")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		clerk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleInbox, Org: vuorela})
		for round := range 3 {
			draft := begins(t, c, fmt.Sprintf("Porvoo %d", round))
			values := c.Get(draft + "/check").Form(en("eform.check.send")).Values()
			cookie, _ := c.Cookie("/en/my/", "luukku-citizen")
			var all []func() *client.Page
			where := make([]string, 12)
			for i := range where {
				one := h.person(t)
				one.SetCookie(cookie)
				all = append(all, func() *client.Page {
					p := post(one, draft+"/send", values)
					where[i], _, _ = strings.Cut(p.Path(), "?")
					return p
				})
			}
			if got := rush(all); got[http.StatusOK] != len(where) {
				t.Errorf("got statuses %v, want %d that show what was sent", got, len(where))
			}
			for _, at := range where {
				if at != where[0] || !strings.HasPrefix(at, my(l, "sent")) {
					t.Errorf("some are led to %s, others to %s", where[0], at)
				}
			}
			seen := map[string]bool{}
			for _, number := range numbered.FindAllString(clerk.Get(inboxAt(l, vuorela)).Text(), -1) {
				seen[number] = true
			}
			if len(seen) != round+1 {
				t.Errorf("after %d forms the desk has %v", round+1, seen)
			}
		}
	})
}

// What no page sends: answers to hidden questions, of the wrong type, too large, to questions that there are not, and to steps and rows that there are not. Nothing of it is kept that should not be, nothing is
// sent that is wrong, and no page breaks.
func TestS2_4_AnswersThatNoPageSends(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, "")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		draft := begins(t, c, "Porvoo")
		kept := func() string { return string(c.Get(draft + "/filled.json").MustStatus(http.StatusOK).Body) }
		type sent struct {
			name   string
			values url.Values
			status int
			lacks  string
		}
		for _, x := range []sent{
			{"a hidden answer", url.Values{"/trip": {"Porvoo"}, "/swims": {"false"}, "/how_well": {"XHIDDEN"}}, 0, "XHIDDEN"},
			{"a question that there is not", url.Values{"/trip": {"Porvoo"}, "/nowhere": {"XNOWHERE"}, "/trip/deeper": {"XNOWHERE"}, "/": {"XNOWHERE"}, "//": {"XNOWHERE"}}, 0, "XNOWHERE"},
			{"a row that there is not", url.Values{"/trip": {"Porvoo"}, "/trip/0/name": {"XROW"}, "/rows/999999999999999999999/x": {"XROW"}, "/rows/-1/x": {"XROW"}}, 0, "XROW"},
			{"a choice that there is not", url.Values{"/trip": {"Porvoo"}, "/swims": {"XPERHAPS"}}, 0, "XPERHAPS"},
			{"several of what is one", url.Values{"/trip": {"Porvoo", "XSECOND"}}, 0, "XSECOND"},
			{"deeds that there are not", url.Values{"/trip": {"Porvoo"}, "do": {"add./nowhere"}}, 0, "nowhere"},
			{"a row to drop far away", url.Values{"/trip": {"Porvoo"}, "do": {"drop./trip/99999999999999999999"}}, 0, "9999"},
			{"a file to remove that is nobody's", url.Values{"/trip": {"Porvoo"}, "do": {"remove./trip.01890000000070008000000000000000"}}, http.StatusNotFound, "0189"},
			{"bytes that are no text", url.Values{"/trip": {"Por\xff\x00voo"}}, 0, "\x00"},
			{"a number that is none", url.Values{"/trip": {"Porvoo"}, "/days": {"1e999999999"}}, http.StatusUnprocessableEntity, ""},
			{"a number out of its limits", url.Values{"/trip": {"Porvoo"}, "/days": {"-99999999999999999999999999999999"}}, http.StatusUnprocessableEntity, ""},
			{"too long an answer", url.Values{"/trip": {strings.Repeat("x", 5000)}}, http.StatusUnprocessableEntity, ""},
		} {
			p := post(c, draft+"/step/1", x.values)
			if p.Status >= 500 || x.status != 0 && p.Status != x.status {
				t.Errorf("%s: got status %d, want %d", x.name, p.Status, x.status)
			}
			if got := kept(); x.lacks != "" && strings.Contains(got, x.lacks) {
				t.Errorf("%s is kept: %s", x.name, got)
			}
			// What is wrong is not sent, whatever is asked.
			if x.status == http.StatusUnprocessableEntity {
				if p := c.Get(draft + "/check"); p.HasText(en("eform.check.declare")) {
					t.Errorf("%s can be sent", x.name)
				}
			}
		}
		many := url.Values{"/trip": {"Porvoo"}}
		for i := range 3000 {
			many.Set(fmt.Sprintf("/f%d", i), "XMANY")
		}
		if p := post(c, draft+"/step/1", many); p.Status >= 500 || strings.Contains(kept(), "XMANY") {
			t.Errorf("three thousand unknown fields: got status %d", p.Status)
		}
		if p := post(c, draft+"/step/1", url.Values{"/trip": {strings.Repeat("y", 3<<20)}}); p.Status >= 500 || p.Status < 400 || strings.Contains(kept(), "yyyy") && len(kept()) > 1<<20 {
			t.Errorf("three megabytes: got status %d", p.Status)
		}
		for _, step := range []string{"0", "-1", "2", "99999999999999999999", "x", "1.5"} {
			if p := post(c, draft+"/step/"+step, url.Values{"/trip": {"Elsewhere"}}); p.Status != http.StatusNotFound {
				t.Errorf("step %s: got status %d, want 404", step, p.Status)
			}
		}
		if p := post(c, draft+"/send", url.Values{"digest": {"made up"}}); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("sent unseen: got status %d", p.Status)
		}
		c.FromElsewhere(draft+"/send", url.Values{"digest": {"made up"}}).MustStatus(http.StatusForbidden)
		answersTrip(t, c, draft, "Turku")
		p := c.Get(draft+"/step/1").Form(en("common.continue")).Set("Does somebody swim?", en("eform.yes")).Submit(en("common.continue")).MustText(en("eform.step.shown"))
		p.Form(en("common.continue")).Set("How well?", "XWELL").Submit(en("common.continue")).MustText("XWELL")
		c.Get(draft+"/step/1").Form(en("common.continue")).Set("Does somebody swim?", en("eform.no")).Submit(en("common.continue")).MustText(en("eform.check.title"))
		if !strings.Contains(kept(), "XWELL") {
			t.Error("what is hidden is forgotten")
		}
		sentAt, _, _ := strings.Cut(sendsTrip(t, c, draft).Path(), "?")
		if b := c.Get(sentAt + "/sent.json").MustStatus(http.StatusOK).Body; bytes.Contains(b, []byte("XWELL")) || !bytes.Contains(b, []byte("Turku")) {
			t.Errorf("sent was %s", b)
		}
	})
}
