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
	"luukku/e2e/client"
)

// The identity codes of the demo's people.
const (
	codeOfMaija  = "140385-902F"
	codeOfVeikko = "300144-9217"
	codeOfTuuli  = "170690-928Y"
)

// careOpened is the page of somebody's care at the desk, found by the identity code.
func careOpened(t *testing.T, c *client.Client, o order, code string) *client.Page {
	t.Helper()
	p := c.Get(deskAt(o.lang, o.org, "care")).MustStatus(http.StatusOK)
	return p.Form(say(o.lang, "care.open_key")).Set("identifier", code).Submit(say(o.lang, "care.open_key"))
}

// inCare records that somebody is in care under the agenda of a service, until a day, and perhaps needs the service.
func (h *house) inCare(t *testing.T, c *client.Client, o order, code, agenda, until string, needs bool) *client.Page {
	t.Helper()
	careOpened(t, c, o, code).MustStatus(http.StatusOK)
	p := c.Get(deskAt(o.lang, o.org, "care", "person") + "?agenda=" + agenda).MustStatus(http.StatusOK)
	f := p.Form(say(o.lang, "desk.save_key")).Set("until", until)
	if needs {
		s, err := h.config(t, o.org).Service(ids.Service(o.service))
		if err != nil {
			t.Fatal(err)
		}
		f.Check(s.Name.In(o.lang))
	}
	return f.Submit(say(o.lang, "desk.save_key"))
}

// waitsSigned puts somebody who has signed in on the list.
func (h *house) waitsSigned(t *testing.T, c *client.Client, o order, email string, n int) {
	t.Helper()
	p := c.Get(o.url("services", o.service, "waiting")).MustStatus(http.StatusOK)
	p.Form(say(o.lang, "waiting.join")).Submit(say(o.lang, "waiting.join")).MustStatus(http.StatusOK).MustText(say(o.lang, "waiting.done_title"))
	h.awaitMails(t, email, n)
}

// A freed time goes to who is in care on the day of the visit, its last day included, and not to who has waited longer and is not; and so does a time that was set
// aside and lapsed. Who is not in care is told before they wait in vain.
func TestS5_9_FreedTimesGoToThoseInCare(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("en"), "maija@example.org"
		o := notary(l)
		h.queue(t, o, byTurn, "")
		h.waits(t, o, "Anna", "anna@example.org", nil) // when anybody was offered times
		h.stopAt(begin.Add(time.Minute))
		h.queue(t, o, byTurn, `, waiting_care = "in_care"`)
		waitAt := o.url("services", o.service, "waiting")

		// Who is not known is asked to sign in; who is not in care is told so. Nothing is asked of either.
		p := h.person(t).Get(waitAt).MustStatus(http.StatusOK).MustText(say(l, "waiting.care_title"), say(l, "waiting.care_sign_in"), say(l, "error.sign_in_link"))
		if len(p.All("main form")) > 0 {
			t.Errorf("the list can be joined in vain: %s", p)
		}
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
		c.Get(waitAt).MustText(say(l, "waiting.not_in_care"), h.config(t, o.org).Org.Phone)

		service, err := h.config(t, o.org).Service(ids.Service(o.service))
		if err != nil {
			t.Fatal(err)
		}
		agenda := string(service.Category)
		desk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		_, code, start := o.book(t, h.person(t), 8)
		day := moment(t, start).In(h.config(t, o.org).Zone())
		o.name, o.email = "Bertil", "bertil@example.org"
		h.inCare(t, desk, o, codeOfMaija, agenda, day.AddDate(0, 0, -1).Format(time.DateOnly), false).MustText(say(l, "care.done_recorded"), "Maija Meikäläinen")
		h.waitsSigned(t, c, o, email, 2)

		// Her care ends the day before the visit: nobody else is in care, so the time is for everybody.
		h.cancelBy(t, o, code)
		h.eventually(t, "the time is free", func() bool { return o.isFree(h.person(t), start) })

		// It ends on the very day: it is hers, though Anna has waited longer.
		_, code, start = o.book(t, h.person(t), 8)
		if got := moment(t, start).In(day.Location()); got.Format(time.DateOnly) != day.Format(time.DateOnly) {
			t.Fatalf("the story needs two times of one day, got %s", got)
		}
		h.inCare(t, desk, o, codeOfMaija, agenda, day.Format(time.DateOnly), false).MustText(say(l, "care.done_recorded"))
		h.cancelBy(t, o, code)
		h.person(t).Get(h.offerTo(t, o, email, 3)).Click(say(l, "offer.decline")).MustStatus(http.StatusOK)
		h.eventually(t, "the time is free after her no", func() bool { return o.isFree(h.person(t), start) })
		h.awaitMails(t, "anna@example.org", 1)

		// A time that was set aside and lapses goes the same way.
		until := h.app.Now().Add(time.Hour)
		h.setAside(t, o, "", start, until)
		h.stopAt(until.Add(time.Second))
		codeOn(t, l, h.person(t).Get(h.offerTo(t, o, email, 4)).Click(say(l, "offer.take")))
		h.awaitMails(t, "anna@example.org", 1)
		desk = h.clerk(t, "later", actor.Grant{Role: actor.RoleClerk, Org: o.org}) // an hour has passed
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		desk.Get(deskAt(l, o.org, "waiting")+"?service="+o.service).MustText("Anna", say(l, "care.not_offered"))

		// The clerk takes her out of care, and she may not wait any more; the history says who did it.
		p = careOpened(t, desk, o, codeOfMaija)
		p.Click(say(l, "care.end")).MustText(say(l, "care.done_ended"), say(l, "care.taken_away"), say(l, "care.state.off"), "clerk")
		c.Get(waitAt).MustText(say(l, "waiting.not_in_care"))
	})
}

// Where it is the need that decides, several in care wait, and only who needs the service is offered the time. Two clerks never write over each other.
func TestS5_9_FreedTimesGoToThoseInNeed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, maija, veikko = i18n.Lang("fi"), "maija@example.org", "veikko@example.org"
		o := notary(l)
		h.queue(t, o, firstOne, `, waiting_care = "in_care"`)
		service, err := h.config(t, o.org).Service(ids.Service(o.service))
		if err != nil {
			t.Fatal(err)
		}
		agenda := string(service.Category)
		desk, other := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org}), h.clerk(t, "another", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		first, second := h.person(t), h.person(t)
		h.settle(t, first, l, "bank", "Veikko Mallikas", veikko, false)
		h.settle(t, second, l, "bank", "Maija Meikäläinen", maija, false)
		h.inCare(t, desk, o, codeOfVeikko, agenda, "", false).MustStatus(http.StatusOK)
		careOpened(t, other, o, codeOfMaija)
		stale := other.Get(deskAt(l, o.org, "care", "person") + "?agenda=" + agenda)
		h.inCare(t, desk, o, codeOfMaija, agenda, "", true).MustStatus(http.StatusOK)
		stale.Form(say(l, "desk.save_key")).Set("until", "2027-01-01").Submit(say(l, "desk.save_key")).MustStatus(http.StatusConflict).MustText(say(l, "care.changed"))
		h.waitsSigned(t, first, o, veikko, 2)
		h.waitsSigned(t, second, o, maija, 2)
		h.queue(t, o, firstOne, `, waiting_care = "need"`)
		first.Get(o.url("services", o.service, "waiting")).MustText(say(l, "waiting.not_in_care"))
		first.Get(my(l)).MustText(say(l, "waiting.care_over"))
		_, code, _ := o.book(t, h.person(t), 8)
		h.cancelBy(t, o, code)
		codeOn(t, l, h.person(t).Get(h.offerTo(t, o, maija, 3)).Click(say(l, "offer.take")))
		h.awaitMails(t, veikko, 2)

		// A clerk finds nobody whose data is protected, and records nothing that makes no sense.
		tuuli := h.person(t)
		h.settle(t, tuuli, l, "bank", "Tuuli Mallikas", "tuuli@example.org", false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "tuuli@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		h.protect(t, found[0].Person)
		careOpened(t, desk, o, codeOfTuuli).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "person.protected"))
		careOpened(t, desk, o, "010101-0000").MustStatus(http.StatusUnprocessableEntity)
		careOpened(t, desk, o, codeOfMaija)
		p := desk.Get(deskAt(l, o.org, "care", "person")+"?agenda="+agenda).Form(say(l, "desk.save_key")).Set("first", "2026-12-24").Set("until", "2026-12-23").
			Submit(say(l, "desk.save_key"))
		p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "care.until_before"))
		if got := p.Form(say(l, "desk.save_key")).Value("until"); got != "2026-12-23" {
			t.Errorf("what was typed is lost: %q", got)
		}
	})
}

// finnish is the n-th identity code of the range that nobody has.
func finnish(n int) string {
	const letters = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	day, month, year, own := 1+n%28, 1+n/28%12, 30+n/336%60, 900+n/20160
	sum := ((day*100+month)*100+year)*1000 + own
	return fmt.Sprintf("%02d%02d%02d-%03d%c", day, month, year, own, letters[sum%31])
}

// A file says who is in care: each wrong line is named, nothing is done until the clerk says so, people who are new are made known, and repeated it does nothing
// twice.
func TestS5_9_CareImportedFromAFile(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := treatment(l, "orthodontics", "special-care")
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: oralHealth})
		maija := h.person(t)
		h.settle(t, maija, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		waitAt := o.url("services", o.service, "waiting")
		maija.Get(waitAt).MustText(say(l, "waiting.not_in_care"))
		lines := []string{
			"person;agenda;needs;until;name;end",
			codeOfMaija + ";special;orthodontics+wisdom-tooth;2027-06-30;;",
			codeOfVeikko + ";special;;;;", // 3: new here, and no name
			"010101-0000;special;;;A B;",  // 4: no identity code
			finnish(0) + ";dentures;;;A B;",
			finnish(0) + ";special;filling;;A B;",
			finnish(0) + ";special;;soon;A B;",
			finnish(0) + ";special;;2026-01-01;A B;",
			finnish(0) + ";special;;;A B;perhaps",
			codeOfMaija + ";special;;;;",
		}
		for n := 1; n <= 400; n++ {
			lines = append(lines, finnish(n)+";special;orthodontics;;New Client;")
		}
		check := func(want string) *client.Page {
			page := c.Get(deskAt(l, oralHealth, "care", "import")).MustStatus(http.StatusOK)
			p := page.Form(say(l, "import.check")).Attach("file", "care.csv", "text/csv", []byte(strings.Join(lines, "\r\n"))).Submit(say(l, "import.check"))
			return p.MustStatus(http.StatusOK).MustText(want)
		}
		p := check(say(l, "care.import_counts", "all", 409, "good", 401, "already", 0, "wrong", 8))
		p.MustText(say(l, "import.new_person"), say(l, "import.person"), say(l, "import.agenda", "value", "dentures"), say(l, "import.need", "value", "filling"),
			say(l, "import.date", "value", "soon"), say(l, "import.over"), say(l, "import.end", "value", "perhaps"), say(l, "import.same", "line", 2))
		maija.Get(waitAt).MustText(say(l, "waiting.not_in_care")) // nothing is done yet
		done := p.Click(texts().Printer(l).N("care.import_run", 401)).MustStatus(http.StatusOK)
		for done.H1() == say(l, "import.going_title") {
			done = done.Form("import").Submit("").MustStatus(http.StatusOK)
		}
		done.MustText(say(l, "import.done_title"))
		check(say(l, "care.import_counts", "all", 409, "good", 0, "already", 401, "wrong", 8))
		if p := maija.Get(waitAt); p.HasText(say(l, "waiting.care_title")) {
			t.Errorf("who was imported cannot wait: %s", p)
		}
		maija.Get(my(l)).MustText(say(l, "folder.care"), "30 Jun 2027")
		careOpened(t, c, o, codeOfMaija).MustText("30 Jun 2027", say(l, "care.by_import", "name", "clerk"))
		careOpened(t, c, o, finnish(7)).MustText("New Client", say(l, "care.state.on"))

		lines = []string{"person,agenda,end", codeOfMaija + ",special,yes"}
		check(say(l, "care.import_counts", "all", 1, "good", 1, "already", 0, "wrong", 0)).Click(texts().Printer(l).N("care.import_run", 1))
		maija.Get(waitAt).MustText(say(l, "waiting.not_in_care"))
	})
}

// A clerk puts a caller on the list with days of the week and a time of day; where care decides, with the identity code, and not who would wait in vain.
func TestS5_8_ClerkPutsACallerOnTheList(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		o := notary(l)
		h.queue(t, o, byTurn, "")
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: o.org})
		list := deskAt(l, o.org, "waiting") + "?service=" + o.service
		put := func(name string, with map[string]string, days ...time.Weekday) *client.Page {
			f := c.Get(list).Form(say(l, "desk.put_on_list_key")).Set("name", name)
			for field, value := range with {
				f.Set(field, value)
			}
			for _, d := range days {
				f.Check(texts().Printer(l).Weekday(time.Date(2026, time.November, 22+int(d), 12, 0, 0, 0, time.UTC)))
			}
			return f.Submit(say(l, "desk.put_on_list_key"))
		}
		monday := texts().Printer(l).Weekday(time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC))
		put("Anna", map[string]string{"email": "anna@example.org", "part": "evening"}, time.Monday).MustStatus(http.StatusOK).
			MustText(say(l, "desk.waiting_joined"), monday, say(l, "waiting.part_evening"))
		// A time that is no Monday evening is not hers.
		_, code, start := o.book(t, h.person(t), 8)
		h.cancelBy(t, o, code)
		h.eventually(t, "the time is everybody's", func() bool { return o.isFree(h.person(t), start) })
		p := put("Bertil", map[string]string{"part": "morning", "until": "someday"}, time.Tuesday)
		p.MustStatus(http.StatusUnprocessableEntity)
		if f := p.Form(say(l, "desk.put_on_list_key")); f.Value("part") != "morning" || f.Value("name") != "Bertil" {
			t.Errorf("what was typed is lost: %s", p)
		}

		h.queue(t, o, byTurn, `, waiting_care = "in_care"`)
		put("Veikko", nil).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "care.caller_who"))
		put("Veikko", map[string]string{"identifier": codeOfVeikko}).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "care.caller_not"))
		// Nobody knows him here yet: the clerk makes him known, and he is in care.
		p = careOpened(t, c, o, codeOfVeikko).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "care.new_person"))
		p.Form(say(l, "care.make_known_key")).Set("name", "Veikko Mallikas").Submit(say(l, "care.make_known_key")).MustText("Veikko Mallikas", say(l, "care.nothing"))
		service, err := h.config(t, o.org).Service(ids.Service(o.service))
		if err != nil {
			t.Fatal(err)
		}
		h.inCare(t, c, o, codeOfVeikko, string(service.Category), "", false).MustText(say(l, "care.done_recorded"))
		put("Veikko", map[string]string{"identifier": codeOfVeikko, "email": "veikko@example.org"}).MustStatus(http.StatusOK).MustText(say(l, "desk.waiting_joined"))
		_, code, _ = o.book(t, h.person(t), 8)
		h.cancelBy(t, o, code)
		h.offerTo(t, o, "veikko@example.org", 2)
		// When he signs in, it is he: the record was made of the same person.
		v := h.person(t)
		h.settle(t, v, l, "bank", "Veikko Mallikas", "veikko.two@example.org", false)
		if p := v.Get(o.url("services", o.service, "waiting")); p.HasText(say(l, "waiting.care_title")) {
			t.Errorf("he is not who was recorded: %s", p)
		}
	})
}
