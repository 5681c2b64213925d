package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/eservice"
	"luukku/domain/form"
)

// sends has Maija send a form with these answers, and returns it.
func (h *house) sends(t *testing.T, o ids.Org, id ids.Form, lang i18n.Lang, answers string) eservice.Submission {
	t.Helper()
	ctx := t.Context()
	person, err := h.app.Identity.MakeKnown(ctx, actor.System("test"), o, natid.FinnishCode, natid.Secret(codeOfMaija), "Maija Meikäläinen")
	if err != nil {
		t.Fatal(err)
	}
	f, v, def, err := h.app.Eservices.Form(ctx, o, id, h.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	var a form.Answers
	d := json.NewDecoder(strings.NewReader(answers))
	d.UseNumber()
	if err := d.Decode(&a); err != nil {
		t.Fatal(err)
	}
	x, err := h.app.Eservices.Submit(ctx, actor.Actor{Kind: actor.KindCitizen, Person: person, Level: actor.LevelSubstantial}, eservice.Draft{
		Org: o, ID: h.app.Eservices.Gen.Submission(), Form: f.ID, Version: v.Number, Owner: actor.Owner{Person: person}, MadeBy: person, Lang: lang, Filled: eservice.Filled{Answers: a},
	}, def, v, h.app.Eservices.Gen.FormKey())
	if err != nil {
		t.Fatalf("send %s: %v", id, err)
	}
	return x
}

// keepsAnAllotment are answers to the form for allotments.
const keepsAnAllotment = `{"name": "Maija Meikäläinen", "phone": "+358401234567", "street": "Mallikatu 1", "postcode": "00100", "household": 1, "asks": "keep", "number": 118, "rules": true, "declare": true}`

// A clerk chooses a text that the organisation has ready: it stands in the field, in the language of whose form it is, with what was typed before it, and can be changed. A decision says its outcome; the
// instructions for an appeal go with it, and one that needs them is not sent without.
func TestS2_4_ReadyTextsAndInstructionsForAnAppeal(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		x := h.sends(t, city, "allotment", "cs", keepsAnAllotment)
		desk := h.answersMessages(t, "garden", city)
		one := inboxAt(l, city) + "/" + string(x.Item)
		put, ask, decide := say(l, "inbox.form.ready_put"), say(l, "inbox.form.ask"), say(l, "inbox.form.decide")

		// The text goes behind what is typed; the day is named when it is sent, and it is not sent without one.
		f := desk.Get(one).MustStatus(http.StatusOK).Form(ask).Set(say(l, "inbox.form.ask_text"), "Hello 4711.").Set(say(l, "inbox.form.ready"), "An attachment is missing")
		f = f.Submit(put).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_put")).Form(ask)
		text := f.Value(say(l, "inbox.form.ask_text"))
		for _, want := range []string{"Hello 4711.", "Žádost o zahrádku", x.Number, "Město Mallila", "{due}"} {
			if !strings.Contains(text, want) {
				t.Errorf("the text has no %q: %s", want, text)
			}
		}
		p := f.Submit(ask).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "submission.text_needs_day"))
		if got := p.Form(ask).Value(say(l, "inbox.form.ask_text")); got != text {
			t.Errorf("of what was typed is left %q", got)
		}
		day := texts().Printer(l).Day(h.app.Now().In(h.config(t, city).Zone()).AddDate(0, 0, 7))
		p = p.Form(ask).Set(say(l, "inbox.form.ask_until"), day).Submit(ask).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_asked"), "Hello 4711.")
		if p.HasText("{due}") {
			t.Errorf("the day is not named: %s", p.Text())
		}

		// A decision is not sent before it says its outcome, nor one that needs instructions without them.
		body := say(l, "inbox.letter.body")
		p = p.Form(decide).Set(body, "Rozhodnutí 4712.").Submit(decide).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "error.field.choose"))
		// Texts stand under what they come to. One of another outcome is not put; without an outcome, its own is chosen with it, and there are no texts of others any more.
		ready, outcome := say(l, "inbox.form.ready"), say(l, "inbox.form.outcome")
		p.MustText("The application is granted", "The application is refused")
		p = p.Form(decide).Set(outcome, say(l, "submission.outcome.granted")).Set(ready, "The application is refused").Submit(put)
		p = p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "submission.text_other_outcome"))
		if got := p.Form(decide).Value(body); got != "Rozhodnutí 4712." {
			t.Errorf("a text of another outcome was put: %q", got)
		}
		p = p.Form(decide).Set(outcome, say(l, "inbox.form.outcome_choose")).Set(ready, "The application is refused").Submit(put).MustStatus(http.StatusOK)
		f = p.Form(decide)
		if got := f.Value(body); !strings.HasPrefix(got, "Rozhodnutí 4712.") || !strings.Contains(got, x.Number) || f.Value(outcome) != "refused" || p.HasText("The application is granted") {
			t.Errorf("the decision is %q, its outcome %q", got, f.Value(outcome))
		}
		f = f.Set(body, "Rozhodnutí 4712.").Set(say(l, "inbox.form.appeal"), say(l, "inbox.form.appeal_none"))
		p = f.Submit(decide).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "submission.appeal_needed"))
		if n := h.audited(t, city, audit.SubmissionDecided); n != 0 {
			t.Errorf("%d decisions were sent, and none was to be", n)
		}
		p = p.Form(decide).Set(say(l, "inbox.form.appeal"), say(l, "inbox.form.appeal_outcome")).Submit(decide).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_decided"))
		p.MustText(say(l, "inbox.form.decided", "outcome", say(l, "submission.outcome.refused")))
		subject := say(l, "inbox.form.decision_subject", "form", "Žádost o zahrádku", "number", x.Number)
		c.Get(my(l, "mailbox")).Click(subject).MustStatus(http.StatusOK).MustText("Rozhodnutí 4712.", "Jak žádat o nápravu", "410/2015", "Žádost o zahrádku, "+x.Number)

		// The unit's texts and those of other forms are not offered here.
		if p := desk.Get(inboxAt(l, city) + "/" + string(h.sends(t, city, "allotment", "fi", keepsAnAllotment).Item)); p.HasText("Income is missing") || p.HasText("How to appeal") {
			t.Errorf("texts of other forms are offered: %s", p.Text())
		}
	})
}
