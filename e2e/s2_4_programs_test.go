package e2e

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// sendsOpenTrip fills in the form that is open to everybody, and sends it; it returns the page of what was sent.
func sendsOpenTrip(t *testing.T, h *house, c *client.Client, l i18n.Lang, to string) *client.Page {
	t.Helper()
	next, send := say(l, "common.continue"), say(l, "eform.check.send")
	p := c.Get(beginsOpen(t, c, l)+"/step/1").Form(next).Set("Where to?", to).Submit(next).MustText(say(l, "eform.check.title"))
	h.skip(trap.Soonest + time.Second)
	return p.Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "submission.done_sent"))
}

// limitedKey makes a key on the page for it, with the right to handle forms and limits by the words on the page.
func limitedKey(t *testing.T, h *house, admin *client.Client, l i18n.Lang, name string, limits ...string) *mailProgram {
	t.Helper()
	list := "/" + string(l) + "/admin/vuorela/clients"
	page := admin.Get(list + "/new").MustText(say(l, "clients.only_title"))
	form := page.Form(say(l, "clients.make")).Set(say(l, "common.name"), name).Check(say(l, "clients.scope_submission_work"))
	for _, limit := range limits {
		form = form.Check(limit)
	}
	p := form.Submit(say(l, "clients.make")).MustStatus(http.StatusOK).MustText(say(l, "clients.made_title"))
	_, rest, ok := strings.Cut(p.Text(), "luukku_")
	if !ok {
		t.Fatalf("no key is shown: %s", p.Text())
	}
	admin.Get(list).MustText(name, say(l, "clients.only", "what", strings.Join(limits, ", ")))
	return &mailProgram{t: t, c: h.person(t), key: "luukku_" + strings.Fields(rest)[0]}
}

// waits until a program was told of something that happened to what was sent.
func (r *receiver) waits(id ids.Submission, what eservice.What) {
	r.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		list, _ := r.seen()
		if slices.ContainsFunc(list, func(e toldEvent) bool { return e.Submission == id && string(e.What) == string(what) }) {
			return
		}
	}
	list, asked := r.seen()
	r.t.Fatalf("was never told %s of %s: %+v in %d messages", what, id, list, asked)
}

// A key that is limited to a form opens nothing of another: not in the feed, by its address, as a document, a file or a PDF, and nothing is done with it. What it hands on is gone for it. A program is told by
// a webhook what happens to the forms that its key opens, signed and without a word of them; when the key is revoked, it is told nothing more, and the administration says why.
func TestS2_4_AProgramHasItsFormsAloneAndIsToldOfThem(t *testing.T) {
	t.Parallel()
	example := caseExamples(t)[4]
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.troubled = true // that an address was switched off is a line of the log
		h.tripOpens(t, "")
		admin := h.administrator(t, "Anna Admin")
		trips := limitedKey(t, h, admin, l, "Trips", "School trip")
		cares := limitedKey(t, h, admin, l, "Day care", "Application for day care")
		whole := h.mailKey(t, actor.SubmissionWork)

		// A limit that limits nothing is refused, and so is one to offices for a right over all.
		page := admin.Get("/en/admin/vuorela/clients/new").Form(say(l, "clients.make"))
		page.Set(say(l, "common.name"), "Wrong").Check(say(l, "clients.scope_audit_read")).Check("School trip").Submit(say(l, "clients.make")).
			MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "clients.forms_nothing"))

		r := &receiver{t: t}
		door := httptest.NewServer(r)
		defer door.Close()
		add := say(l, "hooks.make")
		p := admin.Get("/en/admin/vuorela/hooks/new").Form(add).Set(say(l, "hooks.url"), door.URL).Set(say(l, "hooks.tells"), say(l, "hooks.tells_forms", "name", "Trips")).Submit(add).MustText(say(l, "hooks.made_title"))
		_, rest, _ := strings.Cut(p.Text(), mailbox.HookSecretPrefix)
		key, err := base64.StdEncoding.DecodeString(strings.Fields(rest)[0])
		if err != nil {
			t.Fatal(err)
		}
		r.secret = key
		admin.Get("/en/admin/vuorela/hooks").MustText(door.URL, say(l, "hooks.tells_forms", "name", "Trips"), say(l, "hooks.state_good"))

		care := bare(sendsDayCare(t, h, h.withBox(t, l), "Mallikatu 4711"))
		visitor := h.person(t)
		sent := sendsOpenTrip(t, h, visitor, l, "Canary Island")
		list, _ := whole.sentFresh(0, "")
		if len(list) != 2 {
			t.Fatalf("the whole organisation has %+v", list)
		}
		trip := list[slices.IndexFunc(list, func(x api.ListedSubmission) bool { return x.Form == "trip" })]
		other := list[slices.IndexFunc(list, func(x api.ListedSubmission) bool { return x.Form != "trip" })]
		if !strings.Contains(care, string(other.ID)) {
			t.Fatalf("%s is not %s", care, other.ID)
		}
		for m, own := range map[*mailProgram]api.ListedSubmission{trips: trip, cares: other} {
			if got, _ := m.sentFresh(0, ""); len(got) != 1 || got[0].ID != own.ID {
				t.Errorf("the feed of the limited key is %+v", got)
			}
		}
		one := "/submissions/" + string(other.ID)
		for _, path := range []string{one, one + "/sent", one + "/form", one + "/pdf", one + "/assignees", one + "/files/01jd3v0a1b2c3d4e5f6g7h8j9k"} {
			trips.ask(http.MethodGet, path, "").MustStatus(http.StatusNotFound)
		}
		for path, body := range map[string]string{
			"/assignee": `{"program":true}`, "/due": `{}`, "/hand-over": `{"inbox":"messages"}`, "/close": `{}`, "/requests": `{"text":"More."}`, "/notes": `{"text":"Seen."}`,
			"/decision": `{"service":"ordinary","subject":"No","body":"No."}`,
		} {
			method := http.MethodPost
			if path == "/assignee" || path == "/due" {
				method = http.MethodPut
			}
			trips.seen(method, one+path, body, other.Version).MustStatus(http.StatusNotFound)
		}
		var got api.Submission
		cares.read(cares.ask(http.MethodGet, one, ""), http.StatusOK, &got)
		if len(got.Notes) != 0 || got.State != eservice.Received || got.Version != other.Version {
			t.Errorf("something was done with it: %+v", got)
		}

		// What happens, told in its order.
		r.waits(trip.ID, eservice.Arrived)
		r.mu.Lock()
		asShown(t, "a message", example, []byte(r.last))
		var m struct {
			Data struct{ Events []map[string]any }
		}
		if err := json.Unmarshal([]byte(r.last), &m); err != nil || m.Data.Events[0]["number"] != trip.Number || m.Data.Events[0]["form"] != "trip" || m.Data.Events[0]["inbox"] != "permits" {
			t.Errorf("a message is %s", r.last)
		}
		r.mu.Unlock()
		mine := "/submissions/" + string(trip.ID)
		x := trips.done(trips.seen(http.MethodPost, mine+"/requests", `{"text":"How many canaries?"}`, trip.Version), http.StatusCreated)
		r.waits(trip.ID, eservice.Asked)
		button := say(l, "submission.add_send")
		visitor.Get(bare(sent)).MustText("How many canaries?").Form(button).Set(say(l, "submission.add_text"), "Two canaries.").Submit(button).MustStatus(http.StatusOK)
		r.waits(trip.ID, eservice.Added)
		trips.read(trips.ask(http.MethodGet, mine, ""), http.StatusOK, &got)
		x = trips.done(trips.seen(http.MethodPost, mine+"/close", `{"text":"No canaries."}`, got.Version), http.StatusOK)
		r.waits(trip.ID, eservice.Ended)
		trips.done(trips.seen(http.MethodPost, mine+"/reopen", `{}`, x.Version), http.StatusOK)
		r.waits(trip.ID, eservice.Reopened)
		told, _ := r.seen()
		for i, e := range told {
			if e.Submission != trip.ID || i > 0 && e.Seq <= told[i-1].Seq {
				t.Errorf("told of %+v", told)
			}
		}

		// A key without its program opens nothing, and tells nothing.
		p = admin.Get("/en/admin/vuorela/clients")
		p.Click(say(l, "clients.revoke") + " Trips").Click(say(l, "clients.revoke")).MustText(say(l, "clients.done_revoked"))
		trips.ask(http.MethodGet, mine, "").MustStatus(http.StatusUnauthorized)
		sendsOpenTrip(t, h, visitor, l, "Canary Wharf")
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			if admin.Get("/en/admin/vuorela/hooks").HasText(say(l, "hooks.trouble_keyless")) {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it is never said that the key is good no more")
			}
		}
		if after, _ := r.seen(); len(after) != len(told) {
			t.Errorf("told of %+v after the key was revoked", after[len(told):])
		}
	})
}

// A key that is limited to an inbox hands on what lies there, and sees it no more.
func TestS2_4_WhatALimitedKeyHandsOnIsGoneForIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripOpens(t, "")
		permits := limitedKey(t, h, h.administrator(t, "Anna Admin"), l, "Permits", "Permits")
		sendsOpenTrip(t, h, h.person(t), l, "Nuuksio")
		list, next := permits.sentFresh(0, "")
		if len(list) != 1 {
			t.Fatalf("got %+v", list)
		}
		one := "/submissions/" + string(list[0].ID)
		x := permits.done(permits.seen(http.MethodPost, one+"/hand-over", `{"inbox":"messages"}`, list[0].Version), http.StatusOK)
		if x.Inbox != "messages" || x.Version != list[0].Version+1 {
			t.Errorf("handed over it is %+v", x)
		}
		permits.ask(http.MethodGet, one, "").MustStatus(http.StatusNotFound)
		if list, again := permits.sentFresh(0, ""); len(list) != 0 || again <= next {
			t.Errorf("the feed has %+v up to %d", list, again)
		}
		whole := h.mailKey(t, actor.SubmissionWork)
		if list, _ := whole.sentFresh(0, "&inbox=messages"); len(list) != 1 || list[0].Version != x.Version {
			t.Errorf("the other inbox has %+v", list)
		}
	})
}
