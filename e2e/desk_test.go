package e2e

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/e2e/client"
)

// clerk is a browser in which one of the staff has signed in.
func (h *house) clerk(t *testing.T, name string, g actor.Grant) *client.Client {
	t.Helper()
	c := h.person(t)
	k := caller{name: name, staff: h.member(t, name, g)}
	for cookie, value := range h.cookies(t, k, g.Org, "") {
		if value != "" {
			c.SetCookie(&http.Cookie{Name: cookie, Value: value, Path: "/"})
		}
	}
	return c
}

func deskAt(l i18n.Lang, o ids.Org, parts ...string) string {
	return "/" + strings.Join(append([]string{string(l), "staff", string(o), "desk"}, parts...), "/")
}

// slots are the times that a page of the desk offers.
func slots(p *client.Page, name string) []*client.Element { return p.All("button[name=" + name + "]") }

// pressed presses a time by its value.
func pressed(t *testing.T, p *client.Page, name, value string) *client.Page {
	t.Helper()
	for _, b := range slots(p, name) {
		if b.Attr("value") == value {
			return p.Click(strings.Join(strings.Fields(b.Text()), " "))
		}
	}
	t.Fatalf("the page does not offer %s: %s", value, p)
	return nil
}

// bare is a page's address without its query.
func bare(p *client.Page) string { path, _, _ := strings.Cut(p.Path(), "?"); return path }

// byPhone books for a caller, and returns the booking's page, its address and its start.
func byPhone(t *testing.T, c *client.Client, o order, n int) (p *client.Page, start string) {
	t.Helper()
	p = c.Get(deskAt(o.lang, o.org, "book")).MustStatus(http.StatusOK)
	// The time first, then who it is: the order is the caller's.
	p = p.Form("call").Set(say(o.lang, "common.service"), o.service).Set(say(o.lang, "common.place"), o.office).Submit(say(o.lang, "desk.show_times_key"))
	free := slots(p, "slot")
	if len(free) <= n {
		t.Fatalf("got %d times, want more than %d: %s", len(free), n, p)
	}
	chosen := free[n].Attr("value")
	p = pressed(t, p, "slot", chosen).MustStatus(http.StatusOK).MustText(say(o.lang, "desk.kept_title"))
	p = p.Form("call").Set("name", o.name).Set("phone", o.phone).Set("email", o.email).Set("note", o.note).Submit(say(o.lang, "desk.book_now_key"))
	p.MustStatus(http.StatusOK).MustText(say(o.lang, "desk.done.booked"), o.name)
	_, start, _ = strings.Cut(chosen, "|")
	return p, start
}

// A clerk books for who is on the phone without JavaScript and in any order; what is typed is never lost; the code can be read aloud; the day's list shows it.
func TestDesk_PhoneBookingInAnyOrderWithoutJavaScript(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		o := passport(l)
		o.name, o.phone, o.note = "Ässä Virtanen", "040 123 4567", "Hearing loop"
		p := c.Get(deskAt(l, vuorela)).MustStatus(http.StatusOK)
		p = p.Click(say(l, "desk.book_key"))
		// The caller begins with the phone number and the name; then the clerk looks for a time. Nothing is lost.
		p = p.Form("call").Set("phone", o.phone).Set("name", o.name).Set("birth-day", "31").Set("birth-month", "2").Set("birth-year", "1990").
			Set(say(l, "common.service"), o.service).Submit(say(l, "desk.show_times_key")).MustText(say(l, "desk.first_free"))
		if got := p.Form("call").Value("name"); got != o.name {
			t.Fatalf("the name is %q, want what was typed", got)
		}
		p = p.Form("call").Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "desk.choose_time"))
		p = pressed(t, p, "slot", slots(p, "slot")[0].Attr("value")).MustText(say(l, "desk.kept_title"))
		p = p.Form("call").Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.date"))
		if got := p.Form("call").Value("phone"); got != o.phone {
			t.Fatalf("the phone number is %q, want what was typed", got)
		}
		p = p.Form("call").Set("birth-day", "1").Set("note", o.note).Submit(say(l, "desk.book_now_key")).MustStatus(http.StatusOK)
		p.MustText(say(l, "desk.done.booked"), o.name, o.note, "1 Feb 1990")
		code := codeForm.FindString(p.Text())
		if code == "" {
			t.Fatalf("no code to read aloud: %s", p)
		}
		// Another clerk finds it by each of what a caller may say.
		other := h.clerk(t, "another", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		for field, value := range map[string]string{"code": code, "name": "virtanen ass", "phone": "+358 40 1234567"} {
			other.Get(deskAt(l, vuorela, "find")).Form(say(l, "desk.find_button")).Set(field, value).Submit(say(l, "desk.find_button")).MustText(o.name, code)
		}
		other.Get(deskAt(l, vuorela, "find")).Form(say(l, "desk.find_button")).Set("birth-day", "1").Set("birth-month", "2").Set("birth-year", "1990").
			Submit(say(l, "desk.find_button")).MustText(o.name, code)
		other.Get(deskAt(l, vuorela, "find")).Form(say(l, "desk.find_button")).Set("name", "nobody").Submit(say(l, "desk.find_button")).MustText(say(l, "desk.nothing_found"))
		// The client opens it with the code, and it is on the day's list, on paper and as a table.
		o.open(h.person(t), code).MustText(say(l, "manage.title"))
		list := c.Get(p.Click(say(l, "ui.back")).Path()).MustText(o.name, o.note, code)
		list.Click(say(l, "desk.print")).MustText(o.name, say(l, "ui.print_hint"))
		csv := list.Click(say(l, "desk.csv")).MustStatus(http.StatusOK)
		if !strings.Contains(string(csv.Body), o.name) || !strings.Contains(string(csv.Body), "'+358401234567") {
			t.Errorf("the table lacks the booking, or a phone number that a spreadsheet would take for a formula: %s", csv.Body)
		}
	})
}

// What was done can be undone for five minutes: a cancellation takes the time again, a move goes back, an outcome is taken away.
func TestDesk_UndoForFiveMinutes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		o := passport(l)
		o.email = "erika@example.org"
		p, start := byPhone(t, c, o, 0)
		cancelled := func() *client.Page {
			return c.Get(bare(p)).Click(say(l, "manage.cancel")).Form(say(l, "manage.cancel")).Set("reason", "The clerk is ill").Submit(say(l, "manage.cancel")).
				MustText(say(l, "desk.done.cancelled"), "The clerk is ill")
		}
		done := cancelled()
		if !slices.ContainsFunc(h.awaitMails(t, o.email, 2), func(m mail) bool { return m.Event == "appointment.cancelled" }) {
			t.Error("the client is not told")
		}
		o.open(h.person(t), codeForm.FindString(p.Text())).MustText("The clerk is ill") // no mail tells why, the code does
		done.Click(say(l, "desk.undo")).MustText(say(l, "desk.done.undone"), say(l, "desk.state.booked"))
		if o.isFree(h.person(t), start) && h.units(t, o) == 1 {
			t.Error("the time is free although the cancellation was undone")
		}
		// Moved, and back.
		move := c.Get(bare(p)).Click(say(l, "manage.move")).MustStatus(http.StatusOK)
		to := slots(move, "to")
		at := slices.IndexFunc(to, func(b *client.Element) bool { return b.Attr("value") != start })
		moved := pressed(t, move, "to", to[at].Attr("value")).MustText(say(l, "desk.done.moved"))
		day, clock := h.inWords(t, o, to[at].Attr("value"))
		moved.MustText(day, clock)
		day, clock = h.inWords(t, o, start)
		moved.Click(say(l, "desk.undo")).MustText(say(l, "desk.done.undone"), day, clock)
		// One second too late there is nothing to press, and a page from before is refused.
		done = cancelled()
		h.skip(5*time.Minute + 2*time.Second)
		if again := c.Get(bare(p)); len(again.All("form")) > 0 && again.HasText(say(l, "desk.undo")) {
			t.Error("a cancellation can be undone after six minutes")
		}
		done.Click(say(l, "desk.undo"))
		c.Get(bare(p)).MustText(say(l, "desk.state.cancelled_office"))
	})
}

// Two clerks move the same appointment: the second is told what the first did, and nothing is lost.
func TestDesk_SecondClerkIsToldWhatTheFirstDid(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		one, two := h.clerk(t, "one", actor.Grant{Role: actor.RoleClerk, Org: vuorela}), h.clerk(t, "two", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		p, start := byPhone(t, one, passport(l), 0)
		first, second := one.Get(bare(p)+"/move"), two.Get(bare(p)+"/move")
		var to []string
		for _, b := range slots(first, "to") {
			if b.Attr("value") != start {
				to = append(to, b.Attr("value"))
			}
		}
		pressed(t, first, "to", to[0]).MustText(say(l, "desk.done.moved"))
		day, clock := h.inWords(t, passport(l), to[0])
		refused := pressed(t, second, "to", to[1]).MustStatus(http.StatusConflict)
		refused.MustText("Somebody else moved the booking", day, clock)
		one.Get(bare(p)).MustText(clock)
		// And one who cancels what the other has cancelled.
		a, b := one.Get(bare(p)+"/cancel"), two.Get(bare(p)+"/cancel")
		a.Form(say(l, "manage.cancel")).Submit(say(l, "manage.cancel")).MustText(say(l, "desk.done.cancelled"))
		b.Form(say(l, "manage.cancel")).Submit(say(l, "manage.cancel")).MustStatus(http.StatusConflict).MustText("Somebody else cancelled the booking")
	})
}

// Where there is no room, who has the right books over the limit after a warning; who has not is refused.
func TestDesk_OverTheLimitAfterAWarning(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		clerk, manager := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela}), h.clerk(t, "manager", actor.Grant{Role: actor.RoleManager, Org: vuorela})
		o := passport(l)
		p, start := byPhone(t, clerk, o, 0)
		for h.openUnits(t, o, start) > 0 { // until it is full
			ask := clerk.Get(deskAt(l, vuorela, "book"))
			ask = atTime(ask, o, start)
			ask.MustText(say(l, "desk.kept_title")).Form("call").Set("name", "Erik Exempel").Submit(say(l, "desk.book_now_key")).MustText(say(l, "desk.done.booked"))
		}
		atTime(clerk.Get(deskAt(l, vuorela, "book")), o, start).MustStatus(http.StatusConflict).MustText("was just taken")
		warned := atTime(manager.Get(deskAt(l, vuorela, "book")), o, start).MustStatus(http.StatusOK).MustText(say(l, "desk.full_title"))
		over := warned.Form("call").Set("name", "Sanna Mallikas").Submit(say(l, "desk.book_over")).MustText(say(l, "desk.done.booked"), say(l, "desk.over_unit"))
		over.Click(say(l, "ui.back")).MustText("Sanna Mallikas", say(l, "desk.over_unit"))
		// Moved to a counter, and back: the place beside the counters is theirs again, also for a clerk who may not book over the limit, and for five minutes.
		to := func() *client.Page {
			page := clerk.Get(bare(over)).Click(say(l, "manage.move"))
			free := slots(page, "to")
			return pressed(t, page, "to", free[len(free)-1].Attr("value")).MustText(say(l, "desk.done.moved"))
		}
		moved := to()
		if moved.HasText(say(l, "desk.over_unit")) {
			t.Error("it is still beside the counters")
		}
		day, clock := h.inWords(t, o, start)
		moved.Click(say(l, "desk.undo")).MustText(say(l, "desk.done.undone"), say(l, "desk.over_unit"), day, clock)
		if got := h.openUnits(t, o, start); got != 0 {
			t.Errorf("%d counters are free though all are booked", got)
		}
		moved = to()
		h.skip(5*time.Minute + time.Second)
		moved.Click(say(l, "desk.undo"))
		if clerk.Get(bare(over)).HasText(say(l, "desk.over_unit")) {
			t.Error("it could be undone after five minutes")
		}
		_ = p
	})
}

// atTime takes a time of the clerk's own choice.
func atTime(p *client.Page, o order, start string) *client.Page {
	at, _ := time.Parse(time.RFC3339, start)
	return p.Form("call").Set(say(o.lang, "common.service"), o.service).Set(say(o.lang, "common.place"), o.office).Set("date", at.Format("2.1.2006")).
		Set("clock", at.Format("15.04")).Submit(say(o.lang, "desk.take_time"))
}

// openUnits is how many units of an order's office are free at a start.
func (h *house) openUnits(t *testing.T, o order, start string) int {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	sch, err := h.app.Booking.DeskSchedule(t.Context(), o.org, ids.Service(o.service), ids.Office(o.office), "")
	if err != nil {
		t.Fatal(err)
	}
	busy, err := h.app.Store.Occupied(t.Context(), o.org, sch.UnitIDs(), at.Unix()/300, at.Unix()/300+1, h.app.Now().Unix(), "")
	if err != nil {
		t.Fatal(err)
	}
	slot, ok := sch.At(at.Unix())
	if !ok {
		t.Fatalf("%s is no time", start)
	}
	n := 0
	for _, u := range slot.Units {
		if !busy.AnyIn(u, at.Unix()/300, at.Unix()/300+1) {
			n++
		}
	}
	return n
}

// A time that the desk sets aside waits for its person: who confirms it, confirms it by moving it, or cancels it. What nobody confirms lapses to the second, the
// person is told, and the time is free.
func TestS5_4_PreReservationSetAsideByTheDesk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		o := passport(l)
		far := h.app.Now().In(h.config(t, vuorela).Zone()).AddDate(0, 0, 21)
		year, week := far.ISOWeek()
		propose := func(email string, n int) (p *client.Page, start string) {
			p = c.Get(deskAt(l, vuorela, "book"))
			p = p.Form("call").Set(say(l, "common.service"), o.service).Set(say(l, "common.place"), o.office).Force("week", weekValue(year, week)).Submit(say(l, "desk.show_times_key"))
			free := times(p)
			p = pressed(t, p, "slot", free[n])
			p = p.Form("call").Set("name", "Maija Meikäläinen").Set("email", email).Set(say(l, "details.lang"), "en").Submit(say(l, "desk.propose"))
			p.MustStatus(http.StatusOK).MustText(say(l, "desk.done.proposed"), say(l, "desk.state.proposed"))
			_, start, _ = strings.Cut(free[n], "|")
			return p, start
		}
		one, start := propose("one@example.org", 0)
		two, _ := propose("two@example.org", 3)
		three, kept := propose("three@example.org", 6)
		// Too near to be confirmed in time: refused, and what was typed stays.
		near := c.Get(deskAt(l, vuorela, "book"))
		near = near.Form("call").Set(say(l, "common.service"), o.service).Submit(say(l, "desk.show_times_key"))
		near = pressed(t, near, "slot", slots(near, "slot")[0].Attr("value"))
		near = near.Form("call").Set("name", "Typed Once").Submit(say(l, "desk.propose")).MustStatus(http.StatusUnprocessableEntity).MustText("at the latest 14 days before")
		if near.Form("call").Value("name") != "Typed Once" {
			t.Error("what was typed is lost")
		}
		// The person confirms one by its mail, and cancels another.
		code := func(p *client.Page) string { return codeForm.FindString(p.Text()) }
		o.open(h.person(t), code(one)).Click(say(l, "confirm.confirm")).MustText(say(l, "confirm.booked"))
		o.open(h.person(t), code(two)).Click(say(l, "manage.cancel")).Form(say(l, "manage.cancel")).Submit(say(l, "manage.cancel")).MustStatus(http.StatusOK)
		c.Get(bare(one)).MustText(say(l, "desk.state.booked"))
		c.Get(bare(two)).MustText(say(l, "desk.state.cancelled"))
		// Nobody confirms the third: it is good in its last second, and lapsed in the next.
		at, err := time.Parse(time.RFC3339, kept)
		if err != nil {
			t.Fatal(err)
		}
		h.stopAt(at.Add(-14 * 24 * time.Hour))
		c = h.clerk(t, "later", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		c.Get(bare(three)).MustText(say(l, "desk.state.proposed"))
		h.stopAt(at.Add(-14*24*time.Hour + time.Second))
		c.Get(bare(three)).MustText(say(l, "desk.state.lapsed"))
		if !o.isFree(h.person(t), kept) || h.units(t, o) == 1 && o.isFree(h.person(t), start) {
			t.Error("a lapsed time is not free, or a confirmed one is")
		}
		h.awaitMails(t, "three@example.org", 2) // that it was set aside, and that it has lapsed
	})
}

// A file of 10,000 lines of which 37 are wrong: each is named by its line, nothing is done until the clerk says so, and repeated it does nothing twice.
func TestS5_4_PreReservationsImportedFromAFile(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l = i18n.Lang("en")
	c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
	o := passport(l)
	var file strings.Builder
	file.WriteString("office,service,unit,start,name\n")
	n, wrong := 0, 0
	for _, office := range []ids.Office{"kallio", "itakeskus", "harbour"} {
		sch, err := h.app.Booking.DeskSchedule(t.Context(), vuorela, ids.Service(o.service), office, "")
		if err != nil {
			continue
		}
		for d := sch.Today().Add(20); d.Before(sch.Today().Add(390)) && n < 10_000; d = d.Add(1) {
			for _, slot := range sch.Grid(d) {
				for _, u := range slot.Units {
					if n == 10_000 {
						break
					}
					start := time.Unix(slot.Start, 0).In(sch.Zone()).Format("2006-01-02 15:04")
					if n++; n%270 == 0 && wrong < 37 {
						wrong++
						start = "soon"
					}
					file.WriteString(string(office) + "," + o.service + "," + string(u) + "," + start + ",A B\n")
				}
			}
		}
	}
	if n != 10_000 || wrong != 37 {
		t.Fatalf("the story has %d lines, %d of them wrong", n, wrong)
	}
	page := c.Get(deskAt(l, vuorela, "import"))
	checked := page.Form(say(l, "import.check")).Attach("file", "times.csv", "text/csv", []byte(file.String())).Submit(say(l, "import.check")).MustStatus(http.StatusOK)
	checked.MustText(say(l, "import.counts", "all", 10_000, "good", 9963, "already", 0, "wrong", 37))
	if got := len(checked.All("tbody tr")); got != 37 {
		t.Errorf("%d wrong lines are named, want 37", got)
	}
	checked.MustText("271", say(l, "import.start", "value", "soon"))
	began := time.Now()
	done, rounds := checked.Click(texts().Printer(l).N("import.run", 9963)).MustStatus(http.StatusOK), 1
	for ; done.H1() == say(l, "import.going_title"); rounds++ { // a long file goes on with each press
		done = done.Form("import").Submit("").MustStatus(http.StatusOK)
	}
	t.Logf("9,963 times were set aside in %v, in %d requests", time.Since(began).Round(time.Millisecond), rounds)
	done.MustText(say(l, "import.done_title"))
	again := page.Form(say(l, "import.check")).Attach("file", "times.csv", "text/csv", []byte(file.String())).Submit(say(l, "import.check"))
	again.MustText(say(l, "import.counts", "all", 10_000, "good", 0, "already", 9963, "wrong", 37))
}

// Of a person whose data is protected, the list and the printout say that a time is taken, no search finds them, and their booking does not open; until somebody
// with the right breaks the glass.
func TestDesk_ProtectedPersonIsATimeThatIsTaken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, name = i18n.Lang("en"), "Somebody" // as bookFor calls them
		h.settle(t, h.person(t), l, "card", "Veikko Mallikas", "veikko@example.org", false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "veikko@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		id := h.bookFor(t, actor.Owner{Person: found[0].Person}, 0)
		a, err := h.app.Store.Appointment(t.Context(), vuorela, id)
		if err != nil {
			t.Fatal(err)
		}
		code, err := h.app.Booking.Code(id)
		if err != nil {
			t.Fatal(err)
		}
		day := "?office=kallio&date=" + time.Unix(a.Start, 0).In(h.config(t, vuorela).Zone()).Format(time.DateOnly)
		c := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		c.Get(deskAt(l, vuorela) + day).MustText(name)
		h.protect(t, found[0].Person)
		find := func(field, value string) *client.Page {
			return c.Get(deskAt(l, vuorela, "find")).Form(say(l, "desk.find_button")).Set(field, value).Submit(say(l, "desk.find_button"))
		}
		for _, p := range []*client.Page{
			c.Get(deskAt(l, vuorela) + day), c.Get(deskAt(l, vuorela, "print") + day), find("name", name), find("code", code),
		} {
			if strings.Contains(string(p.Body), string(id)) || slices.ContainsFunc(p.All("td"), func(e *client.Element) bool { return e.Text() == name }) {
				t.Errorf("%s tells who is protected: %s", p.Path(), p)
			}
		}
		c.Get(deskAt(l, vuorela) + day).MustText(say(l, "desk.taken"))
		if csv := c.Get(deskAt(l, vuorela, "day.csv") + day); strings.Contains(string(csv.Body), name) {
			t.Error("the table tells who is protected")
		}
		for _, page := range []string{"", "/details", "/move", "/cancel"} {
			c.Get(deskAt(l, vuorela, string(id)) + page).MustStatus(http.StatusNotFound)
		}
	})
}

// protect puts somebody's data under protection, as the register says it.
func (h *house) protect(t *testing.T, p ids.Person) {
	t.Helper()
	err := h.app.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error { return tx.SetProtected(ctx, p, true) })
	if err != nil {
		t.Fatal(err)
	}
}
