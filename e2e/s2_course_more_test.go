package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/course"
	"luukku/e2e/browser"
)

// An association enrols several of its people in one go: they lie in its folder with their names, in nobody's own, and its mandate is what opens them.
func TestS2_5_AnAssociationEnrolsSeveralPeople(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "first-aid", func(d *course.Details) { d.Level, d.Places, d.MinAge = "substantial", 2, 15 })
		c := h.person(t)
		h.settle(t, c, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		actFor(t, c, l, village)
		p := c.Get(courseAt(l, "first-aid")).Click(say(l, "course.enrol")).MustStatus(http.StatusOK)
		for range 2 { // one more person at a time, and nothing typed is lost
			p = p.Form("people").Set("name-1", "Maija Meikäläinen").Set("birth-1", "5.3.1985").Submit(say(l, "course.one_more")).MustStatus(http.StatusOK)
		}
		f := p.Form("people")
		if f.Value("name-1") != "Maija Meikäläinen" {
			t.Error("what was typed was lost")
		}
		p = f.Set("name-2", "Jan Novák").Set("birth-2", "2015-05-05").Set("name-3", "Erika Exempel").Set("birth-3", "1.2.1990").Submit(say(l, "course.next")).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say(l, "course.no.young", "name", "Jan Novák", "age", 15))
		p = p.Form("people").Set("birth-2", "5.5.1995").Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.form_title"), "Maija Meikäläinen", "Jan Novák", "Erika Exempel")
		p = p.Form("contact").Check(say(l, "course.wait")).Set(say(l, "common.email"), "village@example.org").Submit(say(l, "course.send")).MustStatus(http.StatusOK)
		p.MustText(say(l, "course.done_both"), "FIRS-0001", "FIRS-0002", say(l, "course.state.waiting_at", "place", 1))
		h.awaitMails(t, "village@example.org", 3)
		c.Get(my(l)).MustText("Course first-aid", "Erika Exempel, FIRS-0003")
		actFor(t, c, l, say(l, "acting.myself", "name", "Veikko Mallikas"))
		if c.Get(my(l)).HasText("Course first-aid") {
			t.Error("what is the association's lies in his own folder")
		}
	})
}

// The office calls a course off: all who have a place, wait or are offered one are told, who left before is not, nobody can enrol any more, and it cannot be done by ticking nothing.
func TestS2_5_ACourseThatIsCalledOffTellsAll(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "pottery", nil)
		enrolByMail(t, h.person(t), l, "pottery", "course.enrol", "Maija Meikäläinen", "maija@example.org")
		h.awaitMails(t, "maija@example.org", 1)
		for i, who := range []string{"jan", "erika"} {
			enrolByMail(t, h.person(t), l, "pottery", "course.enrol_wait", "Somebody "+who, who+"@example.org").MustText(say(l, "course.state.waiting_at", "place", i+1))
			h.awaitMails(t, who+"@example.org", 1)
			h.skip(time.Second)
		}
		desk := h.clerk(t, "runs", actor.Grant{Role: actor.RoleCourses, Org: vuorela})
		at := "/en/staff/vuorela/courses/pottery"
		p := desk.Get(at).MustStatus(http.StatusOK)
		p = p.Form("line").Submit(say(l, "course.cancel_for") + " Somebody erika").MustStatus(http.StatusOK)
		h.awaitMails(t, "erika@example.org", 2)
		p = p.Form("off").Submit(say(l, "course.off")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "course.off_sure"))
		p.Form("off").Check(say(l, "course.off_yes")).Submit(say(l, "course.off")).MustStatus(http.StatusOK).MustText(say(l, "course.stage.off"))
		for _, who := range []string{"maija", "jan"} {
			if m := h.awaitMails(t, who+"@example.org", 2)[1]; m.Subject != say(l, "course.tell.off_subject", "course", "Course pottery") {
				t.Errorf("%s was told %q", who, m.Subject)
			}
		}
		if n := len(h.awaitMails(t, "erika@example.org", 2)); n != 2 {
			t.Errorf("who had left was told %d times", n)
		}
		if p := h.person(t).Get(courseAt(l, "pottery")).MustText(say(l, "course.no.off")); p.HasText(say(l, "course.enrol_wait")) {
			t.Error("one can still enrol")
		}
		// Who it was is erased on the list of those who left: the number stays.
		p = desk.Get(at)
		for _, who := range []string{"Maija Meikäläinen", "Somebody jan", "Somebody erika"} {
			p = p.Click(say(l, "course.erase") + " " + who).MustStatus(http.StatusOK)
			p = p.Form("erase").Submit(say(l, "course.erase_yes")).MustStatus(http.StatusOK)
		}
		p.MustText("POTT-0001", say(l, "course.erased"))
		if p.HasText("Meikäläinen") || p.HasText("erika") || h.audited(t, vuorela, audit.EnrolmentErased) != 3 {
			t.Error("who it was is still there, or nothing says that it was erased")
		}
	})
}

// Who has a mailbox gets there what is told of an enrolment, with who comes; the mail says neither. What lies in it is for them alone.
func TestS2_5_WhatIsToldLiesInTheMailbox(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "sewing", func(d *course.Details) { d.Level = "substantial" })
		c := h.withBox(t, l)
		p := c.Get(courseAt(l, "sewing")).Click(say(l, "course.enrol")).Form("people").Check("Maija Meikäläinen").Submit(say(l, "course.next")).MustStatus(http.StatusOK)
		before := 1 // the code that proves the address
		p.Form("contact").Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText("SEWI-0001")
		told := h.awaitMails(t, "maija@example.org", before+1)
		if m := told[len(told)-1]; strings.Contains(m.Text, "Meikäläinen") {
			t.Errorf("the mail names who comes: %s", m.Text)
		}
		subject := say(l, "course.tell.place_subject", "course", "Course sewing")
		box := c.Get(my(l, "mailbox")).MustText(subject)
		box.Click(subject).MustStatus(http.StatusOK).MustText(say(l, "course.tell.who", "name", "Maija Meikäläinen"), "SEWI-0001")
		// What those who run it write to all, and that it was called off, come there, too.
		desk := h.clerk(t, "runs", actor.Grant{Role: actor.RoleCourses, Org: vuorela})
		desk.Get("/en/staff/vuorela/courses/sewing/message").Form(say(l, "course.message_send")).Set(say(l, "course.message_text"), "Bring a needle.").Submit(say(l, "course.message_send")).MustStatus(http.StatusOK)
		h.awaitMails(t, "maija@example.org", before+2)
		wrote := say(l, "course.tell.message_subject", "course", "Course sewing")
		c.Get(my(l, "mailbox")).MustText(wrote).Click(wrote).MustText("Bring a needle.")
		// What she takes along of herself has it, opened.
		must(t, tookData(t, c, l)["courses.json"], `"Maija Meikäläinen"`, `"SEWI-0001"`, `"1985-03-14"`, `"attending"`)
	})
}

// A course of a service that opens after a contact takes those alone to whom it is open: the others are told what comes first, and nothing is held for them.
func TestS2_7_ACourseOfAServiceThatOpensAfterAContact(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := passport(l)
		h.setPolicy(t, o, `needs_access = true`)
		h.makeCourse(t, "therapy", func(d *course.Details) { d.Level, d.Service = "substantial", ids.Service(o.service) })
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		p := c.Get(courseAt(l, "therapy")).Click(say(l, "course.enrol")).MustStatus(http.StatusForbidden).MustText(say(l, "access.contact_first"), say(l, "course.access_first"))
		p.Click(h.serviceName(t, o)).MustText(say(l, "access.first"))
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		accessOpened(t, desk, l, o, codeOfMaija).Form(say(l, "desk.save_key")).Set("why", "She called.").Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK)
		p = c.Get(courseAt(l, "therapy")).Click(say(l, "course.enrol")).MustStatus(http.StatusOK).Form("people").Check("Maija Meikäläinen").Submit(say(l, "course.next")).MustStatus(http.StatusOK)
		// It is taken back while she fills in the form: what is sent is refused.
		q := desk.Get(deskAt(l, o.org, "access", "of"))
		q.Form(say(l, "access.withdraw")).Set("why", "It was a mistake.").Submit(say(l, "access.withdraw")).MustStatus(http.StatusOK)
		p.Form("contact").Submit(say(l, "course.send")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "access.withdrawn"))
	})
}

// The front page and the page of a service lead to courses once there are some, and no more when they are called off, though these pages are kept.
func TestS2_5_TheFrontPageLeadsToCourses(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	now := h.app.Now().Unix()
	c := h.person(t)
	front, service := "/fi/register-office/", "/fi/register-office/services/notary"
	leads := func(want bool) {
		t.Helper()
		for path, to := range map[string]string{front: "/fi/register-office/courses", service: "/fi/register-office/courses?service=notary", "/fi/register-office/site-map": "/fi/register-office/courses"} {
			for range 2 { // once as it is made, once as it is kept
				if got := len(c.Get(path).MustStatus(http.StatusOK).All(fmt.Sprintf("a[href=%q]", to))) > 0; got != want {
					t.Errorf("%s leads to courses: %v, want %v", path, got, want)
				}
			}
		}
	}
	leads(false)
	d := course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Perunkirjoitus", "sv": "Bouppteckning", "en": "Estates", "cs": "Pozůstalost"}, Places: 3, Service: "notary", Opens: now - 60, Hold: 15, Offer: 24, Level: "none", AtOnce: 1,
		Sessions: []course.Session{{Start: now + 86400, End: now + 90000}},
	}
	system := actor.System("test")
	if err := h.app.Courses.Create(t.Context(), system, registerOffice, "estates", d); err != nil {
		t.Fatal(err)
	}
	leads(false)
	if err := h.app.Courses.Publish(t.Context(), system, registerOffice, "estates", 1); err != nil {
		t.Fatal(err)
	}
	leads(true)
	if err := h.app.Courses.CallOff(t.Context(), system, registerOffice, "estates", 2); err != nil {
		t.Fatal(err)
	}
	leads(false)
}

// With the keyboard alone: from the list over the course and both forms to the receipt, on a page 320 pixels wide.
func TestS2_5_EnrolledByKeyboardAlone(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	h.makeCourse(t, "weaving", nil)
	tab := b.Tab(t, browser.Options{Width: 320, Height: 800})
	tab.Go(h.base + courseAt(l))
	reach := func(what, expression string) {
		t.Helper()
		for range 60 {
			var there bool
			if tab.Eval(expression, &there); there {
				return
			}
			tab.Press("Tab")
		}
		t.Fatalf("%s is not reached by Tab; the keyboard is at %q", what, tab.Focused())
	}
	types := func(text string) {
		for _, r := range text {
			if r == ' ' {
				tab.Press("Space")
			} else {
				tab.Press(string(r))
			}
		}
	}
	fits := func() {
		t.Helper()
		for _, s := range browser.Overflow(tab) {
			t.Errorf("%s: %s", tab.Path(), s)
		}
	}
	fits()
	reach("the course", "document.activeElement.tagName === 'A' && document.activeElement.pathname.endsWith('/courses/weaving')")
	tab.Press("Enter")
	fits()
	reach("enrolling", "document.activeElement.tagName === 'A' && document.activeElement.pathname.endsWith('/enrol')")
	tab.Press("Enter")
	reach("the name", "document.activeElement.name === 'name-1'")
	types("Maija")
	fits()
	tab.Press("Enter")
	tab.MustText(say(l, "course.form_title"))
	reach("the address", "document.activeElement.name === 'email'")
	types("maija@example.org")
	fits()
	reach("sending", "document.activeElement.tagName === 'BUTTON' && document.activeElement.form && document.activeElement.form.id === 'contact' && !document.activeElement.formAction.includes('longer')")
	tab.Press("Enter")
	tab.MustText(say(l, "course.done_title"), "WEAV-0001")
	fits()
	tab.MustBeClean()
}
