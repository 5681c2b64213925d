package e2e

import (
	"net/http"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
)

// homeVisit is a form of one step for a service, as a blueprint.
const homeVisit = `format = 1
[organisations.vuorela.forms.home-visit]
name = { fi = "Kotikäyntipyyntö", sv = "Begäran om hembesök", en = "Request for a home visit", cs = "Žádost o návštěvu doma" }
services = ["debt-counselling"]
level = "low"
document = '''{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["when"],"properties":{"when":{"type":"string","maxLength":100},"phone":{"type":"string","format":"tel"}}},
"ui":{"type":"Categorization","elements":[{"type":"Category","i18n":"visit","elements":[{"type":"Control","scope":"#/properties/when"},{"type":"Control","scope":"#/properties/phone"}]}]},
"texts":{"en":{"visit.label":"The visit","when.label":"When do you want it?","phone.label":"Phone number"}}}'''
`

// A form for a service that opens after a contact is begun by nobody before, and sent by nobody to whom it is not open any more; its page says what comes first, in the words of the service. What was
// filled in is kept. A telephone number is the organisation's country's.
func TestS2_7_AFormOpensAfterAContact(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := order{org: vuorela, service: "debt-counselling", lang: l}
		h.stopAt(begin)
		h.apply(t, homeVisit)
		h.setPolicy(t, o, `needs_access = true`)
		page := "/en/vuorela/forms/home-visit"
		stranger := h.person(t).Get(page).MustStatus(http.StatusOK).MustText(say(l, "access.first_title"), say(l, "access.first"))
		if stranger.HasLink(say(l, "forms.page.begin")) {
			t.Errorf("the page leads on: %s", stranger)
		}
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		c.Get(page).MustStatus(http.StatusOK).MustText(say(l, "access.contact_first"))
		// It says where one gets in touch, and leads there.
		first := c.Get(my(l, "forms", "new", "vuorela", "home-visit")).MustStatus(http.StatusForbidden).MustText(say(l, "access.contact_first"), say(l, "access.first_title"))
		org := h.config(t, o.org)
		first.MustText(say(l, "access.first_phone"), org.Org.Phone)
		service, err := org.Service("debt-counselling")
		if err != nil {
			t.Fatal(err)
		}
		first.Click(say(l, "access.first_about", "service", service.Name.In(l))).MustStatus(http.StatusOK).MustText(service.Name.In(l), say(l, "access.first_title"))

		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		p := accessOpened(t, desk, l, o, codeOfMaija)
		f := p.Form(say(l, "desk.save_key")).Set("until", "2026-11-24").Set("why", "She called.")
		f.Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK)
		next := say(l, "common.continue")
		p = c.Get(page).Click(say(l, "forms.page.begin")).MustStatus(http.StatusOK)
		p = p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK)
		p = p.Click(say(l, "eform.tasks.go_on")).Form(next).Set("When do you want it?", "In the morning").Set("Phone number", "040 123 4567").Submit(next)
		p = p.MustStatus(http.StatusOK).MustText(say(l, "eform.check.title"), "+358401234567")
		send := say(l, "eform.check.send")

		// In the last second it goes; in the next it does not, and what was filled in is kept.
		last := time.Date(2026, 11, 24, 23, 59, 59, 0, h.config(t, o.org).Zone())
		h.stopAt(last)
		identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		p = c.Get(p.Path()).MustStatus(http.StatusOK)
		h.stopAt(last.Add(time.Second))
		form := p.Form(send)
		form.Submit(send).MustStatus(http.StatusForbidden).MustText(say(l, "access.over"), "In the morning", say(l, "access.first_phone"))
		c.Get(my(l, "forms", "new", "vuorela", "home-visit")).MustStatus(http.StatusForbidden).MustText(say(l, "access.over"))
		c.Get(my(l, "forms")).MustText("Request for a home visit")
	})
}
