package e2e

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/e2e/client"
)

// sendsForm has somebody send the application for day care, with a word in their answers and a file, and returns its number.
func (h *house) sendsForm(t *testing.T, c *client.Client, l i18n.Lang, street, file string, body []byte) string {
	t.Helper()
	next := say(l, "common.continue")
	p := beginForm(t, c, l).Click(say(l, "eform.tasks.go_on"))
	p = p.Form(next).Set("Phone number", "040 123 4567").Set("Street address", street).Set("Postcode", "00100").
		Set("Does another adult live in the household?", say(l, "eform.no")).Submit(next).MustText("The children")
	p = p.Form(next).Set("The child’s name", "Liisa Meikäläinen").Set("Date of birth", "1.2.2024").Set("From which day is the place needed?", h.app.Now().AddDate(0, 6, 0).Format("2.1.2006")).
		Set("Hours of care in a week (h)", "37,5").Set("Is care needed in the evening, at night or at weekends?", say(l, "eform.no")).
		Set("Does the child have an allergy or a special diet?", say(l, "eform.no")).Set("Does the child need support or aids?", say(l, "eform.no")).Submit(next).MustText("The place")
	p = p.Form(next).Set("What kind of care do you want?", "Open club").Submit(next).MustText("Income and attachments")
	p = p.Form(next).Set("How is the fee worked out?", "By income").Submit(next)
	const field = "Proof of income"
	p = p.Form(next).Set("Your income in a month, before tax (EUR)", "2500,50").Attach(field, file, "application/pdf", body).Submit(say(l, "eform.attach") + " " + field)
	p = p.MustStatus(http.StatusOK).MustText(file).Form(next).Submit(next).MustText("Declaration")
	p = p.Form(next).Check("I declare that what I have written is true").Submit(next).MustText(say(l, "eform.check.title"))
	p = p.Form(say(l, "eform.check.send")).Submit(say(l, "eform.check.send")).MustStatus(http.StatusOK)
	id, _, _ := strings.Cut(path.Base(p.Path()), "?")
	return id
}

// tookData is what somebody takes along of what is kept of them.
func tookData(t *testing.T, c *client.Client, l i18n.Lang) map[string]string {
	t.Helper()
	p := c.Get(my(l, "data")).MustStatus(http.StatusOK)
	p = p.Form(say(l, "my_data.button")).Submit(say(l, "my_data.button")).MustStatus(http.StatusOK)
	if d := p.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the file comes with %v", p.Header)
	}
	return opened(t, p.Body)
}

// Somebody takes along what is kept of them: their account, what the office opened to them and why, a form that they sent with its attachment, what happened to it and what the office asked, one that
// they have begun, and, of who signs with them, that they were asked. Nothing of it is in the file of anybody else, and none of it is given to who signed in a while ago.
func TestS2_3_WhatIsKeptOfMeIsGivenToMeAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, o = i18n.Lang("en"), ids.Org("vuorela")
		c, other := h.person(t), h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		sent := h.sendsForm(t, c, l, "Canary street 7001", "canary 7002.pdf", onePage)
		draft := beginForm(t, c, l).Path()
		c.Get(draft+"/step/1").Form(say(l, "eform.step.save")).Set("Street address", "Canary street 7003").Submit(say(l, "eform.step.save")).MustStatus(http.StatusOK)

		clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Level: actor.LevelHigh, Grants: []actor.Grant{{Role: actor.RoleInbox, Org: o}, {Role: actor.RoleCaseworker, Org: o}}}
		x, err := h.app.Eservices.Store.Submission(t.Context(), o, ids.Submission(sent))
		if err != nil {
			t.Fatal(err)
		}
		maija := x.Owner.Person
		seen, err := h.app.Eservices.Read(t.Context(), clerk, o, x.Item)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.app.Eservices.Do(t.Context(), clerk, eservice.Deed{Org: o, Item: x.Item, Seen: seen.Item.Version, Key: h.app.Site.Gen.FormKey(), Do: eservice.Asked, Text: "Please say canary 7004."}); err != nil {
			t.Fatal(err)
		}
		o2 := notary(l)
		h.setPolicy(t, o2, `needs_access = true`)
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o2.org})
		p := accessOpened(t, desk, l, o2, codeOfMaija)
		p.Form(say(l, "desk.save_key")).Set("why", "Canary 7005 came by.").Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK)

		h.skip(11 * time.Minute)
		c.Get(my(l)).Click(say(l, "my.data")).MustText(say(l, "my_data.again"), say(l, "my_data.erased.forms"))
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		files := tookData(t, c, l)
		for name, want := range map[string][]string{
			"own-account.json":    {"Maija Meikäläinen", "maija@example.org"},
			"messages.json":       {string(maija)},
			"service-access.json": {"Canary 7005 came by.", `"open"`, o2.service},
			"forms/" + string(o) + "-" + x.Number + ".json":            {"Canary street 7001", "2500.5", "canary 7002.pdf", "Please say canary 7004.", `"more_asked"`, `"you"`, `"organisation"`, x.AnswersDigest},
			"forms/" + string(o) + "-" + x.Number + "/canary 7002.pdf": {string(onePage)},
			"drafts/" + path.Base(draft) + ".json":                     {"Canary street 7003"},
			"asked.json":                                               {"[]"},
			"index.html":                                               {say(l, "my_data.title"), "forms/" + string(o) + "-" + x.Number + ".json"},
			"records/account.json":                                     {"maija@example.org"},
			"records/identifier.json":                                  {"140385-902F"},
			"records/submission.json":                                  {"Canary street 7001", x.Number},
			"records/session.json":                                     {"auth_at"},
		} {
			for _, w := range want {
				if !strings.Contains(files[name], w) {
					t.Errorf("%s lacks %q: %s", name, w, files[name])
				}
			}
		}
		for name, text := range files {
			if strings.HasSuffix(name, ".json") && !json.Valid([]byte(text)) {
				t.Errorf("%s is no JSON", name)
			}
		}
		other = h.person(t)
		identify(t, l, other.Get(my(l)), "bank", "Matti Meikäläinen")
		var names []string
		for name, text := range tookData(t, other, l) {
			if names = append(names, name); strings.Contains(strings.ToLower(name+text), "canary") || strings.Contains(text, "maija") {
				t.Errorf("somebody else gets %s: %s", name, text)
			}
		}
		names = slices.DeleteFunc(names, func(n string) bool { return strings.HasPrefix(n, "records/") })
		if slices.Sort(names); !slices.Equal(names, []string{"asked.json", "courses.json", "index.html", "messages.json", "own-account.json", "page-feedback.json", "service-access.json"}) {
			t.Errorf("somebody else gets %v", names)
		}
		h.person(t).Get(my(l, "data")).MustText(say(l, "sign_in.title"))
		for range 4 {
			tookData(t, c, l)
		}
		form := c.Get(my(l, "data")).Form(say(l, "my_data.button"))
		form.Submit(say(l, "my_data.button")).MustStatus(http.StatusTooManyRequests)
	})
}
