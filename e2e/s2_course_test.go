package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/e2e/client"
)

// makeCourse publishes a course that begins in ten days.
func (h *house) makeCourse(t *testing.T, id ids.Course, change func(d *course.Details)) {
	t.Helper()
	now := h.app.Now().Unix()
	d := course.Details{
		Kind: course.ACourse, Title: i18n.Text{"fi": "Kurssi " + string(id), "sv": "Kurs " + string(id), "en": "Course " + string(id), "cs": "Kurz " + string(id)}, Place: "Uimahalli", Places: 1,
		Sessions: []course.Session{{Start: now + 10*86400, End: now + 10*86400 + 3600}, {Start: now + 17*86400, End: now + 17*86400 + 3600}}, Opens: now - 60, Hold: 15, Offer: 24, Level: "none", AtOnce: 3, Waiting: true,
	}
	if change != nil {
		change(&d)
	}
	system := actor.System("test")
	if err := h.app.Courses.Create(t.Context(), system, vuorela, id, d); err != nil {
		t.Fatal(err)
	}
	if err := h.app.Courses.Publish(t.Context(), system, vuorela, id, 1); err != nil {
		t.Fatal(err)
	}
}

// enrolmentLink is where the link of a mail leads.
func (h *house) enrolmentLink(t *testing.T, m mail) string {
	t.Helper()
	_, after, ok := strings.Cut(m.Text, h.base)
	if !ok {
		t.Fatalf("there is no link in %q", m.Text)
	}
	return strings.Fields(after)[0]
}

func courseAt(l i18n.Lang, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "vuorela", "courses"}, parts...), "/")
}

// enrolByMail enrols somebody who does not sign in, and returns the receipt.
func enrolByMail(t *testing.T, c *client.Client, l i18n.Lang, id, button, name, email string) *client.Page {
	t.Helper()
	p := c.Get(courseAt(l, id)).MustStatus(http.StatusOK).Click(say(l, button)).MustText(say(l, "course.who_title"))
	p = p.Form(say(l, "course.next")).Set(say(l, "course.name"), name).Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.form_title"))
	send := "course.send"
	if p.HasText(say(l, "course.goes_waiting")) {
		send = "course.send_wait"
	}
	return p.Form("contact").Set(say(l, "common.email"), email).Submit(say(l, send)).MustStatus(http.StatusOK).MustText(say(l, "course.done_title"))
}

// A course fills; who comes later waits, with a place in line. One gives the place back: it is offered to the first, who does not answer; then to the second, who takes it. Each is told by mail, in
// words that name nobody, and answers by its link without signing in.
func TestS2_5_ACourseFillsAndItsWaitingListMovesOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "pottery", nil)
		list := h.person(t).Get(courseAt(l)).MustStatus(http.StatusOK).MustText("Course pottery", say(l, "course.left", "n", 1, "of", 1))
		list.Click("Course pottery").MustText("Uimahalli", say(l, "course.free_of_charge"), say(l, "course.level.none"))

		maija, jan, erika := h.person(t), h.person(t), h.person(t)
		p := enrolByMail(t, maija, l, "pottery", "course.enrol", "Maija Meikäläinen", "maija@example.org")
		p.MustText("Maija Meikäläinen", "POTT-0001", say(l, "course.state.attending"))
		h.awaitMails(t, "maija@example.org", 1)
		jan.Get(courseAt(l, "pottery")).MustText(say(l, "course.full_waiting"))
		enrolByMail(t, jan, l, "pottery", "course.enrol_wait", "Jan Novák", "jan@example.org").MustText(say(l, "course.state.waiting_at", "place", 1))
		h.awaitMails(t, "jan@example.org", 1) // before the next enrols, so that each is in line by a second of their own
		h.skip(time.Second)
		enrolByMail(t, erika, l, "pottery", "course.enrol_wait", "Erika Exempel", "erika@example.org").MustText(say(l, "course.state.waiting_at", "place", 2))
		h.awaitMails(t, "erika@example.org", 1)

		told := h.awaitMails(t, "maija@example.org", 1)[0]
		if strings.Contains(told.Text, "Meikäläinen") {
			t.Errorf("the mail names who comes: %s", told.Text)
		}
		link := h.enrolmentLink(t, told)
		stranger := h.person(t)
		p = stranger.Get(link).MustStatus(http.StatusOK).MustText("Course pottery", say(l, "course.state.attending"))
		p = p.Click(say(l, "course.cancel")).MustText(say(l, "course.cancel_sure"))
		p.Form(say(l, "course.cancel_yes")).Submit(say(l, "course.cancel_yes")).MustText(say(l, "course.did.cancel"), say(l, "course.state.cancelled"))

		offer := h.enrolmentLink(t, h.awaitMails(t, "jan@example.org", 2)[1])
		h.person(t).Get(offer).MustText(say(l, "course.offer_title"))
		h.skip(24*time.Hour + 2*time.Second)
		next := h.awaitMails(t, "erika@example.org", 2)[1]
		h.awaitMails(t, "jan@example.org", 3)
		h.person(t).Get(offer).MustText(say(l, "course.state.lapsed"))
		p = h.person(t).Get(h.enrolmentLink(t, next)).MustText(say(l, "course.offer_title"))
		p = p.Form(say(l, "course.accept")).Submit(say(l, "course.accept")).MustStatus(http.StatusOK).MustText(say(l, "course.did.accept"), say(l, "course.state.attending"))
		h.awaitMails(t, "erika@example.org", 3)
		if p.HasText(say(l, "course.accept")) {
			t.Error("what was taken can be taken again")
		}
	})
}

// A parent who has signed in enrols the child, who is old enough, and not themselves, who are too old; the place is in the child's folder, and the parent gives it back there.
func TestS2_5_AParentEnrolsAChildWhomTheCourseIsFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.makeCourse(t, "swimming", func(d *course.Details) {
			d.Level, d.MaxAge, d.Places = "substantial", 17, 4
			d.Quotas = []course.Quota{{ID: "near", Name: i18n.Text{"fi": "lähellä asuvat", "en": "those who live near"}, Places: 2, Codes: []string{"001"}}}
		})
		c := h.person(t)
		c.Get(courseAt(l, "swimming", "enrol")).MustText(say(l, "sign_in.title"))
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		p := c.Get(courseAt(l, "swimming")).Click(say(l, "course.enrol")).MustStatus(http.StatusOK).MustText("Maija Meikäläinen", "Liisa Meikäläinen")
		p = p.Form(say(l, "course.next")).Check("Maija Meikäläinen").Set(say(l, "course.code"), "00100").Submit(say(l, "course.next")).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say(l, "course.no.old", "name", "Maija Meikäläinen", "age", 17))
		form := p.Form(say(l, "course.next"))
		if form.Value(say(l, "course.code")) != "00100" {
			t.Error("what was typed was lost")
		}
		p = form.Uncheck("Maija Meikäläinen").Check("Liisa Meikäläinen").Submit(say(l, "course.next")).MustStatus(http.StatusOK).MustText(say(l, "course.form_title"), "Liisa Meikäläinen", say(l, "course.holds_place"))
		if got := p.Form("contact").Value(say(l, "common.email")); got != "maija@example.org" {
			t.Errorf("got the address %q, want the parent's own", got)
		}
		send := p.Form("contact")
		done := send.Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText(say(l, "course.done_title"), "SWIM-0001")
		// Sent twice, by a double click, there is one enrolment with one number.
		send.Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText("SWIM-0001")
		if done.HasText("SWIM-0002") {
			t.Error("one form enrolled twice")
		}
		_, taken, err := h.app.Courses.Public(t.Context(), vuorela, "swimming")
		if err != nil || taken["near"] != 1 || taken.All() != 1 {
			t.Errorf("got %v, %v, want one place of those who live near", taken, err)
		}
		c.Get(courseAt(l, "swimming")).Click(say(l, "course.enrol")).Form(say(l, "course.next")).Uncheck("Maija Meikäläinen").Check("Liisa Meikäläinen").Set(say(l, "course.code"), "00100").
			Submit(say(l, "course.next")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "course.already", "name", "Liisa Meikäläinen"))

		p = actFor(t, c, l, "Liisa Meikäläinen").MustText("Course swimming", say(l, "folder.state.attending"))
		p = p.Click("Course swimming").MustStatus(http.StatusOK).MustText("Liisa Meikäläinen", "SWIM-0001").Click(say(l, "course.cancel"))
		p.Form(say(l, "course.cancel_yes")).Submit(say(l, "course.cancel_yes")).MustText(say(l, "course.did.cancel"))
		// Nobody else sees it.
		other := h.person(t)
		h.settle(t, other, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		other.Get(p.Path()).MustStatus(http.StatusNotFound)
		h.person(t).Get(p.Path()).MustText(say(l, "sign_in.title"))
	})
}

// Those who run courses make one in the browser, publish it, enrol somebody who calls, give more places, see who came and write to all; who has not the role sees nothing there.
func TestS2_5_ACourseIsRunAtTheDesk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, desk = i18n.Lang("en"), "/en/staff/vuorela/courses"
		h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(desk).MustStatus(http.StatusNotFound)
		c := h.clerk(t, "runs", actor.Grant{Role: actor.RoleCourses, Org: vuorela})
		p := c.Get(desk).MustStatus(http.StatusOK).Click(say(l, "course.make"))
		start := h.app.Now().Add(48 * time.Hour)
		en := " (" + say(l, "common.languages.fi") + ")"
		form := p.Form(say(l, "course.f_save")).Set(say(l, "course.f_id"), "first-aid").Set(say(l, "course.f_title")+en, "Ensiapu").Set(say(l, "course.f_sessions"), "tomorrow").Force("places", "1").Force("level", "none")
		p = form.Submit(say(l, "course.f_save")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "course.session_unread"))
		form = p.Form(say(l, "course.f_save"))
		if form.Value(say(l, "course.f_title")+en) != "Ensiapu" {
			t.Error("what was typed was lost")
		}
		p = form.Set(say(l, "course.f_sessions"), start.Format("2006-01-02")+" 17:00–18:30 Paloasema").Submit(say(l, "course.f_save")).MustStatus(http.StatusOK).MustText("Ensiapu", say(l, "course.stage.hidden"))
		h.person(t).Get(courseAt(l, "first-aid")).MustStatus(http.StatusNotFound)
		p.Form(say(l, "course.publish")).Submit(say(l, "course.publish")).MustText(say(l, "course.stage.open"))
		h.person(t).Get(courseAt(l, "first-aid")).MustStatus(http.StatusOK)

		add := func(name, email string) *client.Page {
			t.Helper()
			return c.Get(desk+"/first-aid/add").Form(say(l, "course.send")).Set(say(l, "course.name"), name).Set(say(l, "common.email"), email).Submit(say(l, "course.send")).MustStatus(http.StatusOK)
		}
		add("Maija Meikäläinen", "maija@example.org").MustText("Maija Meikäläinen", "FIRS-0001")
		p = add("Jan Novák", "jan@example.org").MustText(say(l, "course.state.waiting"))
		h.awaitMails(t, "jan@example.org", 1)
		p.Form(say(l, "course.more_save")).Set(say(l, "course.places"), "2").Submit(say(l, "course.more_save")).MustStatus(http.StatusOK)
		h.awaitMails(t, "jan@example.org", 2)
		p = c.Get(desk + "/first-aid")
		p = p.Form(say(l, "course.accept_for")).Submit(say(l, "course.accept_for") + " Jan Novák").MustStatus(http.StatusOK)
		if p.HasText(say(l, "course.waiting_caption")) {
			t.Error("somebody still waits")
		}
		h.awaitMails(t, "jan@example.org", 3)

		c.Get(desk+"/first-aid/message").Form(say(l, "course.message_send")).Set(say(l, "course.message_text"), "Bring warm clothes.").Submit(say(l, "course.message_send")).MustStatus(http.StatusOK)
		if m := h.awaitMails(t, "maija@example.org", 2)[1]; !strings.Contains(m.Text, "Bring warm clothes.") {
			t.Errorf("got %s", m.Text)
		}
		if csv := c.Get(desk + "/first-aid/list.csv").MustStatus(http.StatusOK); !strings.Contains(string(csv.Body), "FIRS-0001,Maija Meikäläinen,maija@example.org") {
			t.Errorf("got %s", csv.Body)
		}
		if paper := c.Get(desk + "/first-aid/list.pdf").MustStatus(http.StatusOK); !strings.HasPrefix(string(paper.Body), "%PDF-") {
			t.Error("the list on paper is no PDF")
		}
		h.skip(72 * time.Hour)
		c = h.clerk(t, "marks", actor.Grant{Role: actor.RoleCourses, Org: vuorela})
		p = c.Get(desk + "/first-aid").MustStatus(http.StatusOK)
		p = p.Form(say(l, "course.marks_save")).Set(say(l, "course.mark_of", "name", "Maija Meikäläinen"), say(l, "course.mark_came")).Set(say(l, "course.mark_of", "name", "Jan Novák"), say(l, "course.mark_absent")).
			Submit(say(l, "course.marks_save")).MustStatus(http.StatusOK)
		marks := p.Form(say(l, "course.marks_save"))
		if a, b := marks.Value(say(l, "course.mark_of", "name", "Maija Meikäläinen")), marks.Value(say(l, "course.mark_of", "name", "Jan Novák")); a != "came" || b != "absent" {
			t.Errorf("got %q and %q", a, b)
		}
	})
}

// What programs read of a course: its description in the page, and its meetings for a calendar.
func TestS2_5_ACourseIsDescribedForPrograms(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.makeCourse(t, "sewing", nil)
	for _, l := range languages() {
		p := h.person(t).Get(courseAt(l, "sewing")).MustStatus(http.StatusOK)
		_, after, _ := strings.Cut(string(p.Body), `<script type="application/ld+json">`)
		script, _, _ := strings.Cut(after, "</script>")
		var v struct {
			Type  string `json:"@type"`
			Name  string `json:"name"`
			Left  int    `json:"remainingAttendeeCapacity"`
			Offer struct {
				Availability string `json:"availability"`
			} `json:"offers"`
		}
		if err := json.Unmarshal([]byte(script), &v); err != nil || v.Type != "Event" || !strings.Contains(v.Name, "sewing") || v.Left != 1 || v.Offer.Availability != "https://schema.org/InStock" {
			t.Errorf("%s: got %+v, %v", l, v, err)
		}
		ics := string(p.Click(say(l, "course.calendar")).MustStatus(http.StatusOK).Body)
		if n := strings.Count(ics, "BEGIN:VEVENT"); n != 2 || !strings.Contains(ics, fmt.Sprintf("LOCATION:%s", "Uimahalli")) {
			t.Errorf("%s: got %d meetings in %s", l, n, ics)
		}
	}
	h.person(t).Get(courseAt("en", "nothing")).MustStatus(http.StatusNotFound)
}
