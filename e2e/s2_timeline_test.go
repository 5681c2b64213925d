package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// timelineRow is one entry of a timeline as it is given out.
type timelineRow struct{ Kind, Organisation, What, At, Until, Where, State, More string }

// from is when it begins, until when it ends: the same for what only happened.
func (r timelineRow) from(t *testing.T) time.Time { return parsed(t, r.At) }

func (r timelineRow) until(t *testing.T) time.Time {
	if r.Until == "" {
		return r.from(t)
	}
	return parsed(t, r.Until)
}

func parsed(t *testing.T, at string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// timelineOf is what the timeline gives out of what is asked for: names of fields, each with its value. Page by page, as a table and for programs it is the same; what was asked for stays in its fields, and is in
// no address.
func timelineOf(t *testing.T, c *client.Client, l i18n.Lang, asked ...string) []timelineRow {
	t.Helper()
	show, next := say(l, "folder.timeline_show"), say(l, "folder.timeline_later")
	f := c.Get(my(l, "timeline")).MustStatus(http.StatusOK).Form(show)
	for i := 0; i < len(asked); i += 2 {
		f.Set(asked[i], asked[i+1])
	}
	p := f.Submit(show).MustStatus(http.StatusOK)
	f = p.Form(show)
	for i := 0; i < len(asked); i += 2 {
		if got := f.Value(asked[i]); got != asked[i+1] {
			t.Errorf("%s is %q afterwards, want %q", asked[i], got, asked[i+1])
		}
		if strings.Contains(p.Path(), asked[i+1]) {
			t.Errorf("what was looked for is in the address: %s", p.Path())
		}
	}
	var got struct{ Entries []timelineRow }
	if err := json.Unmarshal(f.Submit(say(l, "folder.timeline_json")).MustStatus(http.StatusOK).Body, &got); err != nil || got.Entries == nil {
		t.Fatalf("for programs: %v", err)
	}
	table, err := csv.NewReader(bytes.NewReader(p.Form(show).Submit(say(l, "folder.timeline_csv")).MustStatus(http.StatusOK).Body)).ReadAll()
	if err != nil || len(table) == 0 {
		t.Fatalf("as a table: %v", err)
	}
	var lines []timelineRow
	for _, r := range table[1:] {
		lines = append(lines, timelineRow{r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]})
	}
	if !slices.Equal(lines, got.Entries) {
		t.Errorf("%v: as a table %+v, for programs %+v", asked, lines, got.Entries)
	}
	var shown, want []string
	for more := true; more; {
		for _, e := range p.All("main h3") {
			shown = append(shown, strings.Join(strings.Fields(e.Text()), " "))
		}
		if more = p.HasText(next); more {
			p = p.Form(show).Submit(next).MustStatus(http.StatusOK)
		}
	}
	for _, r := range got.Entries {
		want = append(want, strings.Join(strings.Fields(r.What), " "))
	}
	if !slices.Equal(shown, want) {
		t.Errorf("%v: the pages show %q, want %q", asked, shown, want)
	}
	return got.Entries
}

// those are the rows that are so.
func those(rows []timelineRow, is func(r timelineRow) bool) (out []timelineRow) {
	for _, r := range rows {
		if is(r) {
			out = append(out, r)
		}
	}
	return out
}

// isVisited has somebody who booked a time come to it: the desk checks them in, calls, serves, and ends its day.
func (h *house) isVisited(t *testing.T, l i18n.Lang, name string, start time.Time) {
	t.Helper()
	h.stopAt(start.Add(-10 * time.Minute))
	desk := h.atCounter(t, "calls", 0)
	p := desk.Get(lobbyAt(l) + "?tab=coming").MustStatus(http.StatusOK).Click(say(l, "lobby.check_in") + " " + name).MustStatus(http.StatusOK)
	p = p.Click(nextButton(t, p)).MustStatus(http.StatusOK)
	h.stopAt(start)
	p.Click(say(l, "lobby.start")).MustStatus(http.StatusOK)
	h.stopAt(start.Add(10 * time.Minute))
	desk.Get(lobbyAt(l, "end")).Click(say(l, "lobby.end_now")).MustStatus(http.StatusOK)
}

// Somebody came to a time, and has another; sent a form, enrolled on a course, got a letter, took a consent back and gave it again, was opened a service, and was looked at: the timeline holds each once, what is
// to come first and the soonest on top, then what is past and the newest on top. Each filter leaves just what it says. Nobody else has any of it.
func TestS2_3_TimelineHoldsEverything(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who, care = i18n.Lang("en"), "Maija Meikäläinen", ids.Org("oral-health")
		h.stopAt(begin)
		c, other := h.person(t), h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		h.settle(t, c, l, "bank", who, "maija@example.org", false)
		openBox(t, c, l)
		o, closed := passport(l), notary(l)
		_, first := o.bookSigned(t, c, "2026-W48")
		came := parsed(t, first)
		h.isVisited(t, l, who, came)
		now := came.Add(time.Hour)
		then := func() { now = now.Add(time.Minute); h.stopAt(now) }
		then()
		identify(t, l, c.Get(my(l)), "bank", who)
		h.sendsForm(t, c, l, "Mallikatu 1", "proof.pdf", onePage)
		then()
		h.makeCourse(t, "pottery", func(d *course.Details) { d.Level = "substantial" })
		p := c.Get(courseAt(l, "pottery")).Click(say(l, "course.enrol")).Form("people").Check(who).Submit(say(l, "course.next")).MustStatus(http.StatusOK)
		p.Form("contact").Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText("POTT-0001")
		then()
		h.sendTo(t, "What the town says", "It is so.", mailbox.Ordinary)
		then()
		save := say(l, "consent.save")
		p = c.Get(my(l, "messages", string(care))).Form(save).Uncheck("email-reminders").Submit(save).MustStatus(http.StatusOK)
		then()
		p.Form(save).Check("email-reminders").Submit(save).MustStatus(http.StatusOK)
		then()
		h.setPolicy(t, closed, `needs_access = true`)
		desk := h.clerk(t, "opens", actor.Grant{Role: actor.RoleClerk, Org: closed.org})
		p = accessOpened(t, desk, l, closed, codeOfMaija)
		p.Form(say(l, "desk.save_key")).Set("why", "She came by.").Submit(say(l, "desk.save_key")).MustStatus(http.StatusOK)
		then()
		_, second := o.bookSigned(t, c, "2026-W50")
		then()

		rows := timelineOf(t, c, l)
		part := func(name string) string { return say(l, "folder.part."+name) }
		form, err := h.config(t, vuorela).Form("day-care")
		if err != nil {
			t.Fatal(err)
		}
		passports, service := h.serviceName(t, o), h.serviceName(t, closed)
		for _, w := range []struct {
			part, what, state string
			at                time.Time
		}{
			{"booked", passports, say(l, "folder.state.booked"), parsed(t, second)}, {"booked", passports, "", came},
			{"visited", passports, say(l, "folder.visit.done"), came.Add(-10 * time.Minute)},
			{"sent", form.Name.In(l), say(l, "submission.state.received"), time.Time{}}, {"enrolled", "Course pottery", say(l, "folder.state.attending"), time.Time{}},
			{"received", "What the town says", say(l, "folder.state.fresh"), time.Time{}}, {"opened", service, say(l, "folder.state.access_open"), time.Time{}},
			{"agreed", say(l, "consent.scope_reminders"), say(l, "folder.state.refused"), time.Time{}}, {"agreed", say(l, "consent.scope_reminders"), say(l, "folder.state.agreed"), time.Time{}},
		} {
			found := those(rows, func(r timelineRow) bool {
				return r.Kind == part(w.part) && r.What == w.what && (w.state == "" || r.State == w.state) && (w.at.IsZero() || r.from(t).Equal(w.at))
			})
			if len(found) != 1 {
				t.Errorf("%s, %s is there %d times, want once: %+v", w.part, w.what, len(found), rows)
			}
		}
		office := h.config(t, closed.org).Org.Name.In(l)
		if len(those(rows, func(r timelineRow) bool { return r.Kind == part("looked") && r.Organisation == office })) == 0 {
			t.Errorf("nobody looked: %+v", rows)
		}

		coming, past := timelineOf(t, c, l, "when", "coming"), timelineOf(t, c, l, "when", "past")
		if len(coming) != 3 || !slices.Equal(slices.Concat(coming, past), rows) {
			t.Errorf("to come are %+v, then %+v", coming, past)
		}
		older := func(a, b timelineRow) int { return a.from(t).Compare(b.from(t)) }
		slices.Reverse(past)
		if !slices.IsSortedFunc(coming, older) || !slices.IsSortedFunc(past, older) {
			t.Errorf("not in order of time: %+v", rows)
		}

		leaves := func(want func(r timelineRow) bool, asked ...string) {
			t.Helper()
			if got, want := timelineOf(t, c, l, asked...), those(rows, want); len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%v leaves %+v, want %+v", asked, got, want)
			}
		}
		for _, name := range []string{"booked", "visited", "opened", "sent", "received", "enrolled", "agreed", "looked"} {
			leaves(func(r timelineRow) bool { return r.Kind == part(name) }, "part", name)
		}
		for _, of := range []ids.Org{vuorela, care, closed.org} {
			name := h.config(t, of).Org.Name.In(l)
			leaves(func(r timelineRow) bool { return r.Organisation == name }, "of", string(of))
		}
		zone := h.config(t, vuorela).Zone()
		day := parsed(t, second).In(zone).Format(time.DateOnly)
		leaves(func(r timelineRow) bool { return r.from(t).In(zone).Format(time.DateOnly) <= day }, "until", day)
		leaves(func(r timelineRow) bool { return r.until(t).In(zone).Format(time.DateOnly) >= day }, "first", day)
		leaves(func(r timelineRow) bool { return r.from(t).Equal(parsed(t, second)) }, "first", day, "until", day, "part", "booked")
		leaves(func(r timelineRow) bool { return strings.Contains(r.What, "pottery") && r.Kind == part("enrolled") }, "words", "POTTERY course", "part", "enrolled")
		leaves(func(r timelineRow) bool { return r.What == "What the town says" }, "words", "town SAYS")
		if got := timelineOf(t, c, l, "words", "qwertzuiop"); len(got) != 0 {
			t.Errorf("found %+v", got)
		}

		identify(t, l, other.Get(my(l)), "bank", "Matti Meikäläinen")
		if got := timelineOf(t, other, l); len(got) != 0 {
			t.Errorf("somebody else has %+v", got)
		}
		h.person(t).Get(my(l, "timeline")).MustText(say(l, "sign_in.title"))
	})
}

// Who acts for an association by their mandate sees what was done for it, with who did it, and nothing of their own; in their own timeline there is nothing of it.
func TestS2_3_TimelineOfAnAssociation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who = i18n.Lang("en"), "Veikko Mallikas"
		h.stopAt(begin)
		h.makeCourse(t, "first-aid", func(d *course.Details) { d.Level = "substantial" })
		c := h.person(t)
		h.settle(t, c, l, "bank", who, "veikko@example.org", true)
		o := passport(l)
		_, own := o.bookSigned(t, c, "2026-W49")
		p := actFor(t, c, l, village).Click(say(l, "my.company_register"))
		p.Form(say(l, "account.save")).Set(say(l, "common.email"), "village@example.org").Submit(say(l, "account.save")).MustText(say(l, "account.saved"))
		_, theirs := o.bookSigned(t, c, "2026-W50")
		p = c.Get(courseAt(l, "first-aid")).Click(say(l, "course.enrol")).Form("people").Set("name-1", "Maija Meikäläinen").Submit(say(l, "course.next")).MustStatus(http.StatusOK)
		p.Form("contact").Set(say(l, "common.email"), "village@example.org").Submit(say(l, "course.send")).MustStatus(http.StatusOK).MustText("FIRS-0001")

		rows := timelineOf(t, c, l)
		if len(rows) != 2 || rows[0].What != "Course first-aid" || !strings.Contains(rows[0].More, "Maija Meikäläinen") || !rows[1].from(t).Equal(parsed(t, theirs)) || !strings.Contains(rows[1].More, who) {
			t.Errorf("the association has %+v", rows)
		}
		c.Get(my(l, "timeline")).MustText(say(l, "folder.timeline_for", "name", village))
		actFor(t, c, l, say(l, "acting.myself", "name", who))
		if rows = timelineOf(t, c, l); len(rows) != 1 || !rows[0].from(t).Equal(parsed(t, own)) {
			t.Errorf("he himself has %+v", rows)
		}
	})
}
