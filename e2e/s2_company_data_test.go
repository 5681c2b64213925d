package e2e

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/course"
	"luukku/e2e/client"
)

// holdsOf reports which of the words a ZIP file holds, in its names or in what is in it.
func holdsOf(files map[string]string, words ...string) (has []string) {
	for _, w := range words {
		for name, text := range files {
			if strings.Contains(name+"\n"+text, w) {
				has = append(has, w+" in "+name)
			}
		}
	}
	return has
}

// enrolsOne enrols somebody by name on a course, or Maija herself, with a note.
func enrolsOne(t *testing.T, c *client.Client, l i18n.Lang, id, name, note string) {
	t.Helper()
	f := c.Get(courseAt(l, id)).Click(say(l, "course.enrol")).Form("people")
	if name == "" {
		f = f.Check("Maija Meikäläinen")
	} else {
		f = f.Set("name-1", name)
	}
	p := f.Submit(say(l, "course.next")).MustStatus(http.StatusOK)
	p.Form("contact").Set(say(l, "common.email"), "somebody@example.org").Set(say(l, "course.note"), note).Submit(say(l, "course.send")).MustStatus(http.StatusOK)
}

// What is kept of an association is given to who acts for it, whoever of them did it: its times, forms that were sent and begun, whom it enrolled, its letters, what was opened to it and why, and who acts for
// it. Nothing of it is in what they take along of themselves, and nothing of themselves is in it. Whose mandate has ended gets it no more, with the page still open, nor anybody who never had one.
func TestS2_3_ACompanysDataIsGivenToWhoActsForItAlone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.stopAt(begin)
		h.tripIs(t, tripForm, "")
		h.makeCourse(t, "first-aid", func(d *course.Details) { d.Level, d.Places = "substantial", 5 })
		maija, veikko, tuuli := h.person(t), h.person(t), h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", true)
		h.settle(t, veikko, l, "bank", "Veikko Mallikas", "veikko@example.org", true)
		h.settle(t, tuuli, l, "bank", "Tuuli Mallikas", "tuuli@example.org", true)

		// Her own.
		begins(t, maija, "Own trip 9001")
		enrolsOne(t, maija, l, "first-aid", "", "Own note 9002")
		o := passport(l)
		_, ownStart := o.bookSigned(t, maija, "2026-W49")

		// The association's, by her.
		actFor(t, maija, l, village)
		p := maija.Get(my(l)).Click(say(l, "my.company_register"))
		p.Form(say(l, "account.save")).Set(say(l, "common.email"), "village8000@example.org").Submit(say(l, "account.save")).MustText(say(l, "account.saved"))
		sent, _, _ := strings.Cut(path.Base(sendsTrip(t, maija, begins(t, maija, "Village trip 8001")).Path()), "?")
		begins(t, maija, "Village trip 8002")
		enrolsOne(t, maija, l, "first-aid", "Village Guest 8003", "Village note 8004")
		_, start := o.bookSigned(t, maija, "2026-W50")
		p = maija.Get(my(l, "mailbox"))
		button := say(l, "mailbox.open.button")
		p.Form(button).Check(say(l, "mailbox.open.accept")).Submit(button).MustText(say(l, "mailbox.open.done"))
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		letter := sendToVillage(&mailProgram{t: t, c: h.person(t), key: key}, "Decision 8005")
		h.setPolicy(t, notary(l), `for_company = true, needs_access = true`)
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: registerOffice})
		p = desk.Get(deskAt(l, registerOffice, "access")).MustStatus(http.StatusOK)
		p = p.Form(say(l, "access.open_key")).Set("number", villageNumber).Submit(say(l, "access.open_key")).MustStatus(http.StatusOK).MustText(village)
		p.Form(say(l, "desk.save_key")).Set("why", "The chair 8006 came by.").Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK)

		own := []string{"9001", "9002", "veikko@example.org", "140385-902F", strconv.FormatInt(parsed(t, ownStart).Unix(), 10)}
		theirs := []string{"8001", "8002", "8003", "8004", "8005", "8006", "village8000@example.org", strconv.FormatInt(parsed(t, start).Unix(), 10)}

		// The other one of them takes it along. The letter that nobody has confirmed is named, and not opened; then it is.
		actFor(t, veikko, l, village)
		files := tookCompanyData(t, veikko, l)
		if text := files["letters/"+string(letter.ID)+".json"]; !strings.Contains(text, string(letter.ID)) || strings.Contains(text, "8005") {
			t.Errorf("the letter that nobody has confirmed is given as %s", text)
		}
		sealed := say(l, "mailbox.list.sealed", "sender", h.config(t, vuorela).Org.Name.In(l))
		veikko.Get(my(l, "mailbox")).Click(sealed).Click(say(l, "mailbox.read.confirm")).Click(say(l, "mailbox.confirm.button"))
		files = tookCompanyData(t, veikko, l)
		x, err := h.app.Store.Submission(t.Context(), vuorela, ids.Submission(sent))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string][]string{
			"index.html":                             {village},
			"forms/vuorela-" + x.Number + ".json":    {"Village trip 8001", x.Number},
			"records/submission.json":                {"Village trip 8001", x.Number},
			"records/enrolment.json":                 {"Village Guest 8003", "Village note 8004"},
			"records/access_grant.json":              {"The chair 8006 came by."},
			"records/company.json":                   {village, villageNumber, "village8000@example.org"},
			"records/company_mailbox.json":           {"opened_at"},
			"records/mandate.json":                   {"from_date"},
			"records/appointment.json":               {"Maija Meikäläinen", strconv.FormatInt(parsed(t, start).Unix(), 10)},
			"records/letter_event.json":              {string(letter.ID)},
			"letters/" + string(letter.ID) + ".json": {"Decision 8005", "The hall may be used."},
		} {
			for _, w := range want {
				if !strings.Contains(files[name], w) {
					t.Errorf("%s lacks %q: %s", name, w, files[name])
				}
			}
		}
		begun := false
		for name, text := range files {
			begun = begun || strings.HasPrefix(name, "drafts/") && strings.Contains(text, "Village trip 8002")
		}
		if !begun {
			t.Error("what the association has begun is not given")
		}
		if has := holdsOf(files, own...); len(has) > 0 {
			t.Errorf("what is given of the association holds what is somebody's own: %v", has)
		}
		if n := h.audited(t, "", audit.DataGiven); n != 2 {
			t.Errorf("%d lines say that it was given, want 2", n)
		}

		// What they take along of themselves has nothing of it, whoever did it.
		for c, name := range map[*client.Client]string{maija: "Maija Meikäläinen", veikko: "Veikko Mallikas"} {
			actFor(t, c, l, say(l, "acting.myself", "name", name))
			files := tookData(t, c, l)
			if has := holdsOf(files, theirs...); len(has) > 0 {
				t.Errorf("%s gets of the association: %v", name, has)
			}
			if c == maija {
				for _, w := range own[:2] {
					if len(holdsOf(files, w)) == 0 {
						t.Errorf("%s does not get %q of her own", name, w)
					}
				}
			}
		}

		// Who never had a mandate, or has none any more, gets nothing of it.
		if p := tuuli.Get(my(l, "acting")); p.HasText(village) {
			t.Error("who does not act for the association can choose it")
		}
		if has := holdsOf(tookData(t, tuuli, l), theirs...); len(has) > 0 {
			t.Errorf("somebody else gets %v", has)
		}
		actFor(t, veikko, l, village)
		open := veikko.Get(my(l, "data")).MustText(say(l, "my_data.company_title", "name", village)).Form(say(l, "my_data.button"))
		h.endMandates(t, "veikko@example.org")
		p = open.Submit(say(l, "my_data.button")).MustStatus(http.StatusForbidden).MustText(say(l, "acting.ended_title"))
		if strings.HasPrefix(p.Header.Get("Content-Type"), "application/zip") {
			t.Error("whose mandate has ended gets a file")
		}
		if p := veikko.Get(my(l, "data")); p.HasText(say(l, "my_data.company_title", "name", village)) {
			t.Error("whose mandate has ended is offered the association's data")
		}
		if has := holdsOf(tookData(t, veikko, l), theirs...); len(has) > 0 {
			t.Errorf("whose mandate has ended gets %v", has)
		}
		actFor(t, maija, l, village)
		if files := tookCompanyData(t, maija, l); len(holdsOf(files, "8001")) == 0 {
			t.Error("who acts for it still does not get it")
		}
	})
}

// tookCompanyData is what somebody takes along of what is kept of the association for which they act.
func tookCompanyData(t *testing.T, c *client.Client, l i18n.Lang) map[string]string {
	t.Helper()
	c.Get(my(l, "data")).MustText(say(l, "my_data.company_title", "name", village), say(l, "my_data.company_lead", "name", village))
	return tookData(t, c, l)
}
