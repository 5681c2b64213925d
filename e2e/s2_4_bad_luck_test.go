package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/e2e/client"
)

// tripForm asks where a trip leads, and something that hangs on another answer.
const tripForm = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["trip"],"properties":{"trip":{"type":"string","maxLength":50},"swims":{"type":"boolean"},` +
	`"how_well":{"type":"string","maxLength":50},"days":{"type":"integer","minimum":1,"maximum":5},"note":{"type":"string","maxLength":100}}},` +
	`"ui":{"type":"Categorization","elements":[{"type":"Category","i18n":"step.trip","elements":[{"type":"Control","scope":"#/properties/trip"},{"type":"Control","scope":"#/properties/swims","options":{"format":"radio"}},` +
	`{"type":"Control","scope":"#/properties/how_well","rule":{"effect":"SHOW","condition":{"scope":"#/properties/swims","schema":{"const":true}}}},{"type":"Control","scope":"#/properties/days"},` +
	`{"type":"Control","scope":"#/properties/note"}]}]},` +
	`"texts":{"en":{"step.trip.label":"The trip","trip.label":"Where to?","swims.label":"Does somebody swim?","how_well.label":"How well?","days.label":"How many days?","note.label":"Note"}}}`

// laterTrip is its next version: it asks for a number and not for a note.
var laterTrip = strings.NewReplacer(`"note":{"type":"string","maxLength":100}`, `"people":{"type":"integer","minimum":1}`, "properties/note", "properties/people", `"note.label":"Note"`, `"people.label":"How many people?"`).Replace(tripForm)

const tripAt = "new/vuorela/trip"

// tripIs has the town have the form, with what else is settled about it.
func (h *house) tripIs(t *testing.T, document, settled string) {
	t.Helper()
	h.apply(t, fmt.Sprintf("format = 1\n[organisations.vuorela.forms.trip]\nname = { fi = \"Retki\", sv = \"Utflykt\", en = \"School trip\", cs = \"Výlet\" }\nlevel = \"substantial\"\ninbox = \"permits\"\n%s\ndocument = '''%s'''\n",
		settled, document))
}

// begins begins the form and answers it, and returns the address of its draft.
func begins(t *testing.T, c *client.Client, to string) string {
	t.Helper()
	const l = i18n.Lang("en")
	p := c.Get(my(l, "forms", tripAt)).MustStatus(http.StatusOK)
	draft := p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK).Path()
	answersTrip(t, c, draft, to)
	return draft
}

// answersTrip answers where the trip leads.
func answersTrip(t *testing.T, c *client.Client, draft, to string) *client.Page {
	t.Helper()
	next := en("common.continue")
	return c.Get(draft+"/step/1").Form(next).Set("Where to?", to).Submit(next).MustStatus(http.StatusOK).MustText(en("eform.check.title"), to)
}

// sendsTrip sends the draft, and returns the page of what was sent.
func sendsTrip(t *testing.T, c *client.Client, draft string) *client.Page {
	t.Helper()
	return c.Get(draft + "/check").Form(en("eform.check.send")).Submit(en("eform.check.send")).MustStatus(http.StatusOK).MustText(en("submission.done_sent"))
}

// unsigned is the page on which nothing can be sent yet.
func unsigned(t *testing.T, c *client.Client, draft string) {
	t.Helper()
	if p := c.Get(draft + "/check").MustText(en("eform.unsigned")); p.HasText(en("eform.check.declare")) {
		t.Errorf("what nobody has signed can be sent: %s", p)
	}
}

// asks asks somebody who is known to sign.
func asks(t *testing.T, c *client.Client, draft, whom string) {
	t.Helper()
	button := en("eform.together.ask") + " " + en("eform.together.known")
	f := c.Get(draft + "/together").Form(button)
	f.Submit(button).MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.choose_signer"))
	f.Set(en("eform.together.known"), whom).Submit(button).MustStatus(http.StatusOK).MustText(en("eform.together.asked_done"), whom, en("eform.part.asked"))
	f = c.Get(draft + "/together").Form(button)
	f.Set(en("eform.together.known"), whom).Submit(button).MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.asked_already"))
}

// signs opens what one is asked to sign from the list of drafts on, and signs it.
func signs(t *testing.T, c *client.Client) (draft string) {
	t.Helper()
	p := c.Get(my("en", "forms")).MustText(en("eform.drafts.asked")).Click("School trip").MustText(en("eform.tasks.asked"))
	draft = p.Path()
	p.Click(en("eform.together.title")).Form(en("eform.sign.button")).Submit(en("eform.sign.button")).MustStatus(http.StatusOK).MustText(en("eform.together.answered_done"), en("eform.sign.signed"))
	return draft
}

// The other guardian of a child is asked, told without a word of what it is about, fills in and signs; a change after that, by either, voids the signature; what was changed since it was looked at is not
// signed; only what the other has signed is sent, and lies in the child's folder for both.
func TestS2_4_TheOtherGuardianSignsAndAChangeVoidsIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, `signers = "guardian"`)
		maija, matti := h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, matti, l, "mobile", "Matti Meikäläinen", "matti@example.org", true)
		actFor(t, maija, l, "Liisa Meikäläinen")
		draft := begins(t, maija, "Porvoo")
		unsigned(t, maija, draft)
		matti.Get(draft).MustStatus(http.StatusNotFound)
		asks(t, maija, draft, "Matti Meikäläinen")
		if m := h.awaitMails(t, "matti@example.org", 2)[1]; m.Subject != say(l, "eform.told.ask_subject") || strings.Contains(m.Subject+m.Text, "trip") || strings.Contains(m.Text, "Liisa") {
			t.Errorf("the notice says %q: %q", m.Subject, m.Text)
		}
		unsigned(t, maija, draft)
		if signs(t, matti) != draft {
			t.Error("the other guardian signs another draft")
		}
		matti.Get(draft + "/drop").MustStatus(http.StatusNotFound)
		if p := matti.Get(draft + "/check"); p.HasText(en("eform.check.declare")) {
			t.Error("who was asked to sign can send")
		}
		maija.Get(draft + "/together").MustText(en("eform.part.signed"))
		ready := maija.Get(draft + "/check").MustText(en("eform.check.declare")).Form(en("eform.check.send"))

		// Changed by who signed: it is void, and what was seen before is not sent.
		answersTrip(t, matti, draft, "Turku")
		ready.Submit(en("eform.check.send")).MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.changed_since"), "Turku")
		unsigned(t, maija, draft)
		maija.Get(draft + "/together").MustText(en("eform.part.void"))
		old := matti.Get(draft + "/together").MustText(en("eform.sign.void")).Form(en("eform.sign.button"))
		answersTrip(t, maija, draft, "Hanko")
		old.Submit(en("eform.sign.button")).MustStatus(http.StatusUnprocessableEntity).MustText(en("eform.changed_since"))
		unsigned(t, maija, draft)
		signs(t, matti)

		// Taken back: it is not sent; asked and signed again it is.
		ready = maija.Get(draft + "/check").Form(en("eform.check.send"))
		matti.Get(draft + "/together").Form(en("eform.sign.decline")).Submit(en("eform.sign.decline")).MustText(en("eform.together.declined_done"))
		matti.Get(draft).MustStatus(http.StatusNotFound)
		ready.Submit(en("eform.check.send")).MustText(en("eform.unsigned"))
		button := en("eform.together.ask") + " " + en("eform.together.known")
		maija.Get(draft+"/together").MustText(en("eform.part.declined")).Form(button).Set(en("eform.together.known"), "Matti Meikäläinen").Submit(button).MustText(en("eform.together.asked_done"))
		signs(t, matti)
		sent := sendsTrip(t, maija, draft).MustText("Hanko").Path()
		matti.Get(draft).MustStatus(http.StatusNotFound)
		sent, _, _ = strings.Cut(sent, "?")
		matti.Get(sent).MustStatus(http.StatusNotFound)
		actFor(t, matti, l, "Liisa Meikäläinen")
		matti.Get(sent).MustStatus(http.StatusOK).MustText("Hanko")
	})
}

// A colleague who acts for the same association signs what one of them sends; whose mandate has ended does not.
func TestS2_4_AColleagueSigns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, "signers = \"colleague\"\naudience = [\"company\"]")
		maija, veikko, other := h.person(t), h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, veikko, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		h.settle(t, other, l, "bank", "Tuuli Mallikas", "tuuli@example.org", true)
		maija.Get(my(l, "forms", tripAt)).MustText(en("eform.audience_company"))
		actFor(t, maija, l, village)
		draft := begins(t, maija, "Porvoo")
		unsigned(t, maija, draft)
		asks(t, maija, draft, "Veikko Mallikas")
		if p := maija.Get(draft + "/together"); p.HasText("Tuuli Mallikas") {
			t.Error("somebody who does not act for the association can be asked by name")
		}
		signs(t, veikko)
		other.Get(draft).MustStatus(http.StatusNotFound)
		sent, _, _ := strings.Cut(sendsTrip(t, maija, draft).Path(), "?")
		veikko.Get(sent).MustStatus(http.StatusNotFound) // it is the association's
		actFor(t, veikko, l, village)
		veikko.Get(sent).MustStatus(http.StatusOK).MustText("Porvoo", "Maija Meikäläinen")
	})
}

var invitationLink = regexp.MustCompile(`http://[^ ]*/my/forms/invitation/[^ \n]+`)

// Somebody is asked by mail: the link opens nothing before they have signed in, is one person's from then on, and nobody's after it was withdrawn.
func TestS2_4_SomebodyIsInvitedByMail(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.tripIs(t, tripForm, `signers = "any"`)
		maija, veikko, tuuli := h.person(t), h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		h.settle(t, veikko, l, "bank", "Veikko Mallikas", "veikko@example.org", false)
		h.settle(t, tuuli, l, "bank", "Tuuli Mallikas", "tuuli@example.org", false)
		draft := begins(t, maija, "Porvoo")
		send := en("eform.together.send_link")
		invite := func(address string) string {
			f := maija.Get(draft + "/together").Form(send)
			f.Set(en("eform.together.address"), "somebody").Submit(send).MustStatus(http.StatusUnprocessableEntity)
			f.Set(en("eform.together.address"), address).Submit(send).MustText(en("eform.together.asked_done"), address)
			m := h.awaitMails(t, address, 1)[0]
			if strings.Contains(m.Subject+m.Text, "trip") || strings.Contains(m.Subject+m.Text, "Maija") {
				t.Errorf("the invitation says %q", m.Text)
			}
			link := invitationLink.FindString(m.Text)
			if link == "" {
				t.Fatalf("the invitation has no link: %q", m.Text)
			}
			return h.path(t, link)
		}
		link := invite("somebody@example.org")
		unsigned(t, maija, draft)
		if p := h.person(t).Get(link); p.HasText("Porvoo") || !p.HasText(en("sign_in.title")) {
			t.Errorf("the link opens something before one has signed in: %s", p)
		}
		// Who opens it for the first time in their life signs in, and is led there.
		fresh := h.person(t)
		p := identify(t, l, fresh.Get(link), "mobile", "Tuuli Mallikas").Click(en("common.continue")).MustText(en("eform.invitation.title"))
		p.Form(en("eform.invitation.button")).Submit(en("eform.invitation.button")).MustStatus(http.StatusOK).MustText(en("eform.tasks.asked"))
		for _, c := range []*client.Client{veikko, maija} {
			c.Get(link).Form(en("eform.invitation.button")).Submit(en("eform.invitation.button")).MustStatus(http.StatusNotFound)
		}
		tuuli.Get(link).Form(en("eform.invitation.button")).Submit(en("eform.invitation.button")).MustStatus(http.StatusOK) // hers on any device
		signs(t, tuuli)
		maija.Get(draft+"/together").MustText(en("eform.part.signed"), "Tuuli Mallikas")

		// One more is asked: nothing is sent before they have signed, or the request is withdrawn.
		second := invite("another@example.org")
		unsigned(t, maija, draft)
		withdraw := en("eform.together.withdraw") + " another@example.org"
		maija.Get(draft + "/together").Form(withdraw).Submit(withdraw).MustText(en("eform.part.withdrawn"))
		veikko.Get(second).Form(en("eform.invitation.button")).Submit(en("eform.invitation.button")).MustStatus(http.StatusNotFound)
		sendsTrip(t, maija, draft)
		tuuli.Get(draft).MustStatus(http.StatusNotFound)
	})
}

// A new version is published while drafts of the old one are open: each goes on as it was begun, and is sent so; or is moved, and what is lost is told before. Answers of the one are nothing in the other.
func TestS2_4_AFormChangesUnderItsDrafts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		next := en("common.continue")
		h.tripIs(t, tripForm, "")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		stays, moves := begins(t, c, "Porvoo"), begins(t, c, "Turku")
		for _, draft := range []string{stays, moves} {
			c.Get(draft+"/step/1").Form(next).Set("Note", "Packed lunch").Submit(next).MustText(en("eform.check.title"), "Packed lunch")
		}
		h.tripIs(t, laterTrip, "")
		c.Get(stays).MustText(en("eform.tasks.newer"), sayN(l, "eform.tasks.newer_lost", 1))
		c.Get(stays+"/step/1").Form(next).Force("/people", "12").Submit(next).MustStatus(http.StatusOK)
		if b := c.Get(stays + "/filled.json").Body; bytes.Contains(b, []byte("people")) || !bytes.Contains(b, []byte(`"version": 1`)) {
			t.Errorf("an answer to the newer version is in the older one: %s", b)
		}
		sendsTrip(t, c, stays).MustText("Packed lunch")

		p := c.Get(moves)
		p.Form(en("eform.tasks.move")).Submit(en("eform.tasks.move")).MustText(en("eform.tasks.moved"))
		if b := c.Get(moves + "/filled.json").Body; bytes.Contains(b, []byte("Packed lunch")) || !bytes.Contains(b, []byte(`"version": 2`)) || !bytes.Contains(b, []byte("Turku")) {
			t.Errorf("moved it is %s", b)
		}
		p = c.Get(moves + "/step/1")
		if p.HasText("Note") {
			t.Error("the newer version asks what the older one did")
		}
		p.Form(next).Force("/note", "Packed lunch").Set("How many people?", "12").Submit(next).MustText("12")
		if p = sendsTrip(t, c, moves); p.HasText("Packed lunch") {
			t.Error("what was lost is sent")
		}
		if len(c.Get(my(l, "sent")).All("main a")) == 0 {
			t.Error("nothing was sent")
		}
	})
}
