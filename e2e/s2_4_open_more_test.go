package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/trap"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	"luukku/e2e/client"
)

// albumForm asks for attachments at two questions, too.
var albumForm = strings.NewReplacer(
	`"note":{"type":"string","maxLength":100}`, `"note":{"type":"string","maxLength":100},`+
		`"photos":{"type":"array","items":{"type":"string"},"maxItems":6,"x-attachment":{"types":["pdf","picture"]}},"plans":{"type":"array","items":{"type":"string"},"maxItems":6,"x-attachment":{"types":["pdf"]}}`,
	`{"type":"Control","scope":"#/properties/note"}`, `{"type":"Control","scope":"#/properties/note"},{"type":"Control","scope":"#/properties/photos"},{"type":"Control","scope":"#/properties/plans"}`,
	`"note.label":"Note"`, `"note.label":"Note","photos.label":"Photos","plans.label":"Plans"`,
).Replace(tripForm)

// openTrip is the form without signing in as a blueprint.
func openTrip(settled, document string) string {
	return fmt.Sprintf("format = 1\n[organisations.vuorela.forms.trip]\nname = { fi = \"Retki\", sv = \"Utflykt\", en = \"School trip\", cs = \"Výlet\" }\nlevel = \"none\"\ninbox = \"permits\"\n%s\ndocument = '''%s'''\n", settled, document)
}

// readyOpen is a form that somebody has filled in without signing in, before they send it.
func (h *house) readyOpen(t *testing.T, c *client.Client, to string) *client.Form {
	t.Helper()
	draft := beginsOpen(t, c, "en")
	answersTrip(t, c, draft, to)
	h.skip(trap.Soonest + time.Second)
	return c.Get(draft + "/check").Form(en("eform.check.send"))
}

// goesOpen sends what is ready, and returns the page of what was sent without what was just done.
func goesOpen(f *client.Form) *client.Page {
	p := f.Submit(en("eform.check.send")).MustStatus(http.StatusOK).MustText(en("submission.done_sent"))
	return p
}

// byCode opens what was sent in another browser, by the number and the code of its page.
func (h *house) byCode(t *testing.T, sent *client.Page, number string) *client.Client {
	t.Helper()
	c, open := h.person(t), en("sent_open.open")
	c.Get("/en/vuorela/sent").Form(open).Set(en("submission.fact.number"), number).Set(en("sent_open.code"), codeOfSent.FindString(sent.Text())).Submit(open).MustStatus(http.StatusOK).MustText(number)
	return c
}

// What was sent without signing in is withdrawn by whoever has its code, once: who looks at it in another window is told, and nothing more can be done with it here or at the desk.
func TestS2_4_WithdrawnByItsCode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripOpens(t, "")
		c := h.person(t)
		sent := goesOpen(h.readyOpen(t, c, "Nuuksio"))
		page := bare(sent)
		desk := h.answersMessages(t, "desk", vuorela)
		one := desk.Get(inboxAt(l, vuorela) + "/forms").MustText("2026-000001").Click(en("inbox.form.unsigned")).MustText("Nuuksio")
		decide := one.Form(en("inbox.form.decide")).Set(en("inbox.letter.body"), "Too late.")

		other := h.byCode(t, sent, "2026-000001")
		yes := en("submission.withdraw_yes")
		h.person(t).Get(page + "/withdraw").MustStatus(http.StatusNotFound)
		stale := c.Get(page).Click(en("submission.withdraw")).MustText(en("submission.withdraw_title")).Form(yes)
		other.Get(page).Click(en("submission.withdraw")).Form(yes).Submit(yes).MustStatus(http.StatusOK).MustText(en("submission.done_withdrawn"), en("submission.state.withdrawn"))
		stale.Submit(yes).MustText(en("submission.state.withdrawn"))
		if p := c.Get(page).MustStatus(http.StatusOK).MustText(en("submission.state.withdrawn")); p.HasLink(en("submission.withdraw")) {
			t.Errorf("what was withdrawn can be withdrawn: %s", p)
		}
		if p := decide.Submit(en("inbox.form.decide")); p.HasText(en("inbox.form.done_decided")) {
			t.Errorf("what was withdrawn is decided: %s", p)
		}
		desk.Get(one.Path()).MustText(en("submission.state.withdrawn"))
		if p := c.Get(page); p.HasText("Too late.") {
			t.Errorf("the decision on what was withdrawn is read: %s", p)
		}
	})
}

// A draft without signing in takes ten attachments: the eleventh is refused at its question, in words, and what was typed stays; one that is taken away makes room. They are sent with it.
func TestS2_4_AttachmentsWithoutSigningIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.apply(t, openTrip("", albumForm))
		c := h.person(t)
		draft := beginsOpen(t, c, "en")
		next := en("common.continue")
		attach := func(to, name string) *client.Page {
			return c.Get(draft+"/step/1").Form(next).Attach(to, name, "application/pdf", onePage).Submit(en("eform.attach") + " " + to)
		}
		var names []string
		for i := range 10 {
			to, name := "Photos", fmt.Sprintf("photo-%d.pdf", i+1)
			if i >= 6 {
				to, name = "Plans", fmt.Sprintf("plan-%d.pdf", i+1)
			}
			attach(to, name).MustStatus(http.StatusOK).MustText(name)
			names = append(names, name)
		}
		full := en("eform.open.files_full", "most", 10, "mb", 30)
		p := c.Get(draft+"/step/1").MustText(names...).Form(next).Set("Where to?", "Sipoo").Set("Note", "By train").Attach("Plans", "plan-11.pdf", "application/pdf", onePage).Submit(en("eform.attach") + " Plans")
		p.MustStatus(http.StatusUnprocessableEntity).MustText(full)
		f := p.Form(next)
		if f.Value("Where to?") != "Sipoo" || f.Value("Note") != "By train" || p.HasText("plan-11.pdf") {
			t.Errorf("of what was typed is left %q, %q: %s", f.Value("Where to?"), f.Value("Note"), p)
		}
		f.Submit(en("eform.remove") + " plan-7.pdf").MustStatus(http.StatusOK)
		attach("Plans", "plan-11.pdf").MustStatus(http.StatusOK).MustText("plan-11.pdf")

		h.skip(trap.Soonest + time.Second)
		p = goesOpen(c.Get(draft+"/check").MustText("Sipoo", "photo-1.pdf", "plan-11.pdf").Form(en("eform.check.send"))).MustText("photo-1.pdf", "plan-11.pdf")
		if p.HasText("plan-7.pdf") {
			t.Errorf("what was taken away was sent: %s", p)
		}
		desk := h.answersMessages(t, "desk", vuorela)
		desk.Get(inboxAt("en", vuorela)+"/forms").Click(en("inbox.form.unsigned")).MustText("photo-1.pdf", "plan-11.pdf", "By train")

		// As much again is added later, and no more: what was typed beside the file too many stays.
		add, files := en("submission.add_send"), en("mailbox.draft.files")
		f = p.Form(add)
		for i := range 10 {
			f.Attach(files, fmt.Sprintf("later-%d.pdf", i+1), "application/pdf", onePage)
		}
		p = f.Submit(add).MustStatus(http.StatusOK).MustText(en("submission.done_added"), "later-10.pdf")
		p = p.Form(add).Set(en("submission.add_text"), "One more picture").Attach(files, "too-many.pdf", "application/pdf", onePage).Submit(add)
		p.MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.open.files_full", "most", 20, "mb", 60))
		if got := p.Form(add).Value(en("submission.add_text")); got != "One more picture" {
			t.Errorf("what was typed is %q", got)
		}
	})
}

// A form that has to be answered asks for an address or a number: without one it is not sent, with a wrong one neither, and what was typed stays. One that asks for none has no such fields.
func TestS2_4_AnAddressForTheAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		send, email, phone := en("eform.check.send"), en("common.email"), en("common.phone")
		h.tripOpens(t, `reply = "required"`)
		c := h.person(t)
		f := h.readyOpen(t, c, "Nuuksio")
		p := f.Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.open.reply_needed"), "Nuuksio")
		p = p.Form(send).Set(phone, "12").Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText("Nuuksio")
		if got := p.Form(send).Value(phone); got != "12" || p.Form(send).FieldError(phone) == "" {
			t.Errorf("the number that was typed is %q, and wrong is %q", got, p.Form(send).FieldError(phone))
		}
		p = p.Form(send).Set(email, "a@@b").Set(phone, "040 123 4567").Submit(send).MustStatus(http.StatusUnprocessableEntity)
		if f := p.Form(send); f.Value(email) != "a@@b" || f.Value(phone) != "040 123 4567" || f.FieldError(email) == "" || f.FieldError(phone) != "" {
			t.Errorf("typed was %q (%s) and %q (%s)", f.Value(email), f.FieldError(email), f.Value(phone), f.FieldError(phone))
		}
		goesOpen(p.Form(send).Set(email, "")).MustText(en("sent_open.told_phone", "phone", "+358401234567"))

		h.tripOpens(t, `reply = "none"`)
		f = h.readyOpen(t, h.person(t), "Porvoo")
		if labels := f.Labels(); slices.Contains(labels, email) || slices.Contains(labels, phone) {
			t.Errorf("it asks for %q", labels)
		}
		goesOpen(f).MustText(en("sent_open.told_none"))
	})
}

// A decision is read behind the code with what it comes to and how to appeal, by whoever has the code and nobody else; a mail says that there is something new, and not what.
func TestS2_4_ADecisionBehindItsCode(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.tripOpens(t, `appeal_for = ["refused"]`)
		h.apply(t, "format = 1\n[organisations.vuorela.form_texts.trip-appeal]\nname = { fi = \"Oikaisuohje\", sv = \"Omprövning\", en = \"How to claim a rectification\", cs = \"Jak žádat o nápravu\" }\n"+
			"use = \"appeal\"\nforms = [\"trip\"]\ntext = { fi = \"Oikaisu {number}.\", sv = \"Omprövning {number}.\", en = \"Within 14 days, naming {number}.\", cs = \"Do 14 dnů, {number}.\" }\n")
		c := h.person(t)
		sent := goesOpen(h.readyOpen(t, c, "Nuuksio").Set(en("common.email"), "trip@example.org"))
		page := bare(sent)
		h.awaitMails(t, "trip@example.org", 1)
		desk := h.answersMessages(t, "desk", vuorela)
		decide := en("inbox.form.decide")
		p := desk.Get(inboxAt("en", vuorela) + "/forms").Click(en("inbox.form.unsigned"))
		p = p.Form(decide).Set(en("inbox.letter.body"), "Nobody may go 4711.").Submit(decide).MustStatus(http.StatusUnprocessableEntity).MustText(en("error.field.choose"))
		p = p.Form(decide).Set(en("inbox.form.outcome"), en("submission.outcome.refused")).Submit(decide).MustStatus(http.StatusOK)
		p.MustText(en("inbox.form.done_decided"), en("submission.outcome.refused"), "Nobody may go 4711.", "Within 14 days, naming 2026-000001.")
		m := h.awaitMails(t, "trip@example.org", 2)[1]
		if strings.Contains(m.Subject+m.Text, "4711") || strings.Contains(m.Text, "14 days") {
			t.Errorf("the mail says %q: %s", m.Subject, m.Text)
		}
		told := []string{en("sent_open.decision"), "Nobody may go 4711.", "How to claim a rectification", "Within 14 days, naming 2026-000001.", en("submission.state.decided")}
		c.Get(page).MustStatus(http.StatusOK).MustText(told...)
		h.byCode(t, sent, "2026-000001").Get(page).MustStatus(http.StatusOK).MustText(told...)
		if p := h.person(t).Get(page).MustStatus(http.StatusNotFound); p.HasText("4711") {
			t.Errorf("a stranger reads %s", p)
		}
	})
}

// refuses applies a blueprint that is to be refused, and checks that it says why.
func (h *house) refuses(t *testing.T, text, why string) {
	t.Helper()
	doc, problems := blueprint.Parse([]byte(text))
	said := fmt.Sprint(problems)
	if len(blueprint.Faults(problems)) == 0 {
		_, err := h.app.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{})
		if err == nil {
			t.Errorf("it was applied, want %q", why)
			return
		}
		said = err.Error()
	}
	if !strings.Contains(said, why) {
		t.Errorf("got %q, want %q", said, why)
	}
}

// A form is not taken without signing in that needs to know who sends it: one that others sign, that is for companies alone, that leads to a service which opens after a contact, or that has a question
// which only what is known of somebody answers; nor does a service open after a contact to which such a form leads.
func TestS2_4_WhatNeedsToKnowWhoIsNotOpen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := order{org: vuorela, service: "debt-counselling", lang: "en"}
		const leads = `services = ["debt-counselling"]`
		for settled, why := range map[string]string{
			`signers = "guardian"`:   "forms.not_open.signers",
			`signers = "any"`:        "forms.not_open.signers",
			`audience = ["company"]`: "forms.not_open.company",
			`reply = "by-pigeon"`:    "",
		} {
			want := "want one of optional, required, none"
			if why != "" {
				want = en(why)
			}
			h.refuses(t, openTrip(settled, tripForm), want)
		}
		known := strings.Replace(tripForm, `"trip":{"type":"string","maxLength":50}`, `"trip":{"type":"string","maxLength":50,"readOnly":true,"x-prefill":"self.name"}`, 1)
		h.refuses(t, openTrip("", known), en("forms.not_open.prefill"))
		h.person(t).Get("/en/vuorela/forms/trip").MustStatus(http.StatusNotFound)

		h.apply(t, openTrip(leads, tripForm))
		h.person(t).Get("/en/vuorela/forms/trip").MustStatus(http.StatusOK)
		h.refuses(t, "format = 1\n[organisations.vuorela.services.debt-counselling]\npolicy = { needs_access = true }\n", en("forms.not_open.access"))
		h.apply(t, strings.Replace(openTrip(leads, tripForm), `level = "none"`, `level = "low"`, 1))
		h.setPolicy(t, o, `needs_access = true`)
		h.refuses(t, openTrip(leads, tripForm), en("forms.not_open.access"))
	})
}

// A form that asks who sends it by now, or is closed, takes nothing without signing in: neither from who found it open and begins it now, nor from who has filled it in before, and nothing is begun or
// sent. Where it is open again, what was filled in is still there and goes.
func TestS2_4_WhatIsNotOpenAnyMoreTakesNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		closed, known := openTrip("closed = true", tripForm), strings.Replace(openTrip("closed = false", tripForm), `level = "none"`, `level = "low"`, 1)
		begin, start, send := en("eform.start.begin"), "/en/vuorela/fill/trip", en("eform.check.send")
		h.tripOpens(t, "")
		early, ready := h.person(t), h.person(t)
		form, sends := early.Get(start).MustStatus(http.StatusOK).Form(begin), h.readyOpen(t, ready, "Nuuksio")
		clerk := h.answersMessages(t, "desk", vuorela)
		none := func(when string) {
			t.Helper()
			if clerk.Get(inboxAt("en", vuorela) + "/forms").MustStatus(http.StatusOK).HasText("2026-000001") {
				t.Errorf("%s: it was sent", when)
			}
			if p := early.Get("/en/vuorela/fill").MustStatus(http.StatusOK); !p.HasText(en("eform.drafts.none")) {
				t.Errorf("%s: it was begun: %s", when, p.Text())
			}
		}
		for settled, document := range map[string]string{"closed": closed, "known": known} {
			h.apply(t, document)
			p := form.Submit(begin)
			q := early.Get(start)
			r := sends.Submit(send)
			if settled == "closed" {
				p.MustStatus(http.StatusConflict).MustText(en("forms.closed"))
				q.MustStatus(http.StatusConflict).MustText(en("forms.closed"))
				r.MustStatus(http.StatusConflict).MustText(en("eform.closed_draft"))
			} else {
				for what, x := range map[string]*client.Page{"begun": p, "looked at": q, "sent": r} {
					if x.Status != http.StatusUnauthorized && !strings.HasPrefix(x.Path(), "/en/sign-in") {
						t.Errorf("%s, it does not ask to sign in, but leads to %s with %d", what, x.Path(), x.Status)
					}
				}
			}
			none(settled)
		}
		h.tripOpens(t, "closed = false")
		goesOpen(sends).MustText("Nuuksio", "2026-000001")
		clerk.Get(inboxAt("en", vuorela) + "/forms").MustText("2026-000001")
	})
}

// What was sent without signing in is taken out as a table and as JSON like any other, without a name; a case system reads that nobody is known, and decides: the decision has its text and is no letter.
func TestS2_4_ProgramsReadWhatNobodySigned(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.tripOpens(t, "")
		c := h.person(t)
		sent := goesOpen(h.readyOpen(t, c, "=Nuuksio").Set(en("common.email"), "trip@example.org"))
		h.awaitMails(t, "trip@example.org", 1)

		both, list := h.manages(t, "both"), inboxAt("en", vuorela)+"/forms"
		table, err := csv.NewReader(bytes.NewReader(both.Get(list + ".csv?form=trip").MustStatus(http.StatusOK).Body)).ReadAll()
		if err != nil || len(table) != 2 {
			t.Fatalf("the table is %q: %v", table, err)
		}
		for head, want := range map[string]string{"number": "2026-000001", "from": "unknown", "name": "", "state": "received", "Where to? [trip]": "'=Nuuksio"} {
			if i := slices.Index(table[0], head); i < 0 || table[1][i] != want {
				t.Errorf("no %q under %q: %q", want, head, table)
			}
		}
		var out struct {
			Submissions []struct {
				Number, From, Name string
				Answers            map[string]any
			}
		}
		b := both.Get(list + ".json?form=trip").MustStatus(http.StatusOK).Body
		if err := json.Unmarshal(b, &out); err != nil || len(out.Submissions) != 1 || out.Submissions[0].From != "unknown" || out.Submissions[0].Name != "" || out.Submissions[0].Answers["trip"] != "=Nuuksio" {
			t.Errorf("taken out as JSON it is %s, %v", b, err)
		}

		p := h.mailKey(t, actor.SubmissionWork)
		feed, _ := p.sentFresh(0, "")
		if len(feed) != 1 || feed[0].Form != "trip" || feed[0].State != eservice.Received {
			t.Fatalf("the feed has %+v", feed)
		}
		one := "/submissions/" + string(feed[0].ID)
		var got api.Submission
		p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &got)
		if got.From != (api.MatterSender{}) || got.Level != "none" || got.SentBy != "" || got.Entered || got.Answers["trip"] != "=Nuuksio" || got.Events[0].By != actor.KindVisitor {
			t.Errorf("it is %+v", got)
		}
		if b := p.ask(http.MethodGet, one+"/sent", "").MustStatus(http.StatusOK); digestHex(b.Body) != got.Digest {
			t.Error("what was sent has another digest")
		}
		if pdf := p.ask(http.MethodGet, one+"/pdf", "").MustStatus(http.StatusOK); !strings.HasPrefix(string(pdf.Body), "%PDF-") {
			t.Errorf("the document begins with %.10q", pdf.Body)
		}
		x := p.done(p.seen(http.MethodPost, one+"/decision", `{"service":"ordinary","subject":"The trip","body":"Yes 4712.","outcome":"granted"}`, got.Version), http.StatusCreated)
		if x.State != eservice.Decided {
			t.Errorf("decided it is %+v", x)
		}
		p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &got)
		if last := got.Events[len(got.Events)-1]; last.What != eservice.Answered || last.Subject != "The trip" || last.Text != "Yes 4712." || last.Letter != "" || last.Outcome != "granted" {
			t.Errorf("the decision is %+v, want its text and no letter", last)
		}
		c.Get(bare(sent)).MustStatus(http.StatusOK).MustText("Yes 4712.", "The trip")
		h.awaitMails(t, "trip@example.org", 2)
	})
}
