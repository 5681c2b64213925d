package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/e2e/client"
)

// setAside sets a time aside for a person, as the room stores it: until a moment it waits for them.
func (h *house) setAside(t *testing.T, o order, account ids.Person, start string, until time.Time) {
	t.Helper()
	gen, now := h.app.Site.Gen, h.app.Now().Unix()
	sch, err := h.app.Booking.Schedule(t.Context(), o.org, ids.Service(o.service), ids.Office(o.office))
	if err != nil {
		t.Fatal(err)
	}
	slot, ok := sch.At(moment(t, start).Unix())
	if !ok {
		t.Fatalf("no time at %s", start)
	}
	p := gen.Person()
	_, wrapped, err := h.app.Booking.Seals.NewPersonKey(string(p))
	if err != nil {
		t.Fatal(err)
	}
	a := booking.Appointment{
		Org: o.org, ID: gen.Appointment(), Service: sch.Service.ID, Office: sch.Office.ID, Start: slot.Start, End: slot.End, BusyUntil: slot.Start + sch.Busy(),
		Status: booking.Proposed, ExpiresAt: until.Unix(), Person: p, Details: booking.Details{Name: o.name, Email: o.email, Lang: o.lang},
		Owner: actor.Owner{Person: account}, PolicyVersion: sch.Config.Version, CreatedAt: now, ChangedAt: now,
	}
	args, err := json.Marshal(booking.LapseArgs{Org: a.Org, Appointment: a.ID})
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.app.Store.Commit(t.Context(), booking.Change{
		Org: o.org, Now: now, PutPerson: &booking.Person{ID: p, WrappedKey: wrapped}, PutAppointment: &a,
		Take:    &booking.Take{Units: slot.Units, Holder: string(a.ID), From: a.Start, To: a.BusyUntil, ExpiresAt: a.ExpiresAt},
		Notices: []notify.Notice{{Org: o.org, ID: gen.Notice(), Event: notify.AppointmentProposed, Appointment: a.ID, Person: p, CreatedAt: now}},
		Tasks:   []booking.Job{{Kind: booking.TaskLapse, Uniq: string(a.ID), Args: string(args), RunAt: a.ExpiresAt + 1}},
	})
	if err != nil || out.Verdict != booking.Done {
		t.Fatalf("set aside %s: %v, %v", start, out.Verdict, err)
	}
}

// A time that was set aside is in the folder and in the mail: it is confirmed, confirmed by moving it, or cancelled, in its last second too; in the next it
// has lapsed, says so, and is offered to who waits.
func TestS5_4_SetAsideForThePerson(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("sv")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		who, err := h.app.Store.People().AccountsNamed(t.Context(), "", "maija@example.org", 2)
		if err != nil || len(who) != 1 {
			t.Fatal(err)
		}
		o := notary(l)
		h.queue(t, o, byTurn, `, change_cutoff = "1h", cancel_cutoff = "1h"`)
		o.email = "maija@example.org"
		free := times(h.person(t).Get(o.calendar()))
		until := begin.Add(time.Hour)
		h.stopAt(begin.Add(time.Minute))
		for _, n := range []int{4, 5, 6, 7} {
			h.setAside(t, o, who[0].Person, free[n], until)
		}
		mails := h.awaitMails(t, o.email, 5)[1:]
		links := map[string]string{}
		for _, m := range mails {
			for _, n := range []int{4, 5, 6, 7} {
				if day, clock := h.inWords(t, o, free[n]); strings.Contains(m.Text, day) && strings.Contains(m.Text, clock+"–") {
					links[free[n]] = h.linkIn(t, m, "/link/")
				}
			}
		}
		if len(links) != 4 {
			t.Fatalf("the mails tell of %v", links)
		}
		p := c.Get(my(l)).MustText(say(l, "folder.state.proposed"))
		if got := len(p.All("main form")); got != 4 {
			t.Errorf("the folder has %d, want the four times", got)
		}
		open := func(start string) *client.Page { return h.person(t).Get(links[start]).Click(say(l, "link.open")) }
		three, four := open(free[6]), open(free[7])

		h.stopAt(until) // the last second
		open(free[4]).Click(say(l, "confirm.confirm")).MustStatus(http.StatusOK).MustText(say(l, "confirm.booked"))
		moving := open(free[5]).Click(say(l, "manage.move"))
		later := times(moving)[len(times(moving))-1]
		press(t, moving, later).Click(say(l, "move.move")).MustStatus(http.StatusOK).MustText(say(l, "manage.done.moved"))
		three = three.Click(say(l, "manage.cancel"))
		three.Form(say(l, "cancel.cancel")).Submit(say(l, "cancel.cancel")).MustStatus(http.StatusOK).MustText(say(l, "manage.done.cancelled"))
		h.waits(t, o, "Cecilia", "cecilia@example.org", nil)
		if o.isFree(h.person(t), free[7]) {
			t.Error("free for everybody in the last second")
		}

		h.stopAt(until.Add(time.Second))
		four.Click(say(l, "confirm.confirm")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "confirm.lapsed"))
		h.person(t).Get(links[free[7]]).MustStatus(http.StatusGone).MustText(say(l, "link.lapsed_title"))
		c = h.person(t)
		identify(t, l, c.Get(my(l)), "bank", "Maija Meikäläinen")
		c.Get(my(l)).MustText(say(l, "folder.state.lapsed"), say(l, "folder.state.booked"), say(l, "folder.state.cancelled"))
		codeOn(t, l, h.person(t).Get(h.offerTo(t, o, "cecilia@example.org", 2)).Click(say(l, "offer.take")))
	})
}

// The JSON API books a visit of several people, says what waits to be confirmed, and knows the waiting list.
func TestWaitingAndVisitsOverTheAPI(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	h.queue(t, o, byTurn, `, max_people = 3`)
	c := h.person(t)
	call := func(path, body, key string, want int) map[string]any {
		t.Helper()
		p := c.Raw(http.MethodPost, "/api/v1/organisations/register-office/"+path, http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {key}}, body)
		var out map[string]any
		if err := json.NewDecoder(bytes.NewReader(p.Body)).Decode(&out); err != nil || p.Status != want {
			t.Fatalf("%s: got %d %s, %v; want %d", path, p.Status, p.Body, err, want)
		}
		return out
	}
	p := c.Get("/api/v1/organisations/register-office/free-times?service=notary&office=helsinki-albertinkatu&people=2").MustStatus(http.StatusOK)
	var free struct {
		Days []struct{ Slots []struct{ Start, End string } }
	}
	if err := json.Unmarshal(p.Body, &free); err != nil || len(free.Days[0].Slots) == 0 {
		t.Fatalf("free times: %s, %v", p.Body, err)
	}
	slot := free.Days[0].Slots[len(free.Days[0].Slots)-1]
	length := 2 * h.config(t, o.org).Policy("notary", "helsinki-albertinkatu").Length
	if got := moment(t, slot.End).Sub(moment(t, slot.Start)); got != length {
		t.Errorf("times for two take %s, want %s", got, length)
	}
	made := call("appointments", `{"service":"notary","office":"helsinki-albertinkatu","start":"`+slot.Start+`","name":"Anna","others":["Bertil"],"lang":"en"}`, "visit-of-two", http.StatusCreated)
	a, _ := made["appointment"].(map[string]any)
	if a["end"] != slot.End || a["others"] == nil {
		t.Errorf("got %v, want a visit of two until %s", a, slot.End)
	}
	o.open(h.person(t), made["code"].(string)).MustText("Anna", "Bertil")

	call("waiting", `{"service":"notary","until":"2027-01-31","days":["mon","tue"],"before":"12:00","name":"Cecilia","email":"cecilia@example.org","lang":"en"}`, "a-place-in-line", http.StatusOK)
	call("waiting", `{"service":"notary","from":"2026-02-30","name":"Cecilia","email":"other@example.org","lang":"en"}`, "no-such-date", http.StatusUnprocessableEntity)
	link := h.linkIn(t, h.awaitMails(t, "cecilia@example.org", 1)[0], "/waiting/")
	token := link[strings.LastIndex(link, "/")+1:]
	if left := call("waiting/leave", `{"token":"`+token+`"}`, "", http.StatusOK); left["state"] != "left" {
		t.Errorf("got %v, want to be off the list", left)
	}
	h.person(t).Get(link).MustText(say("en", "waiting.left_title"))
	call("waiting/leave", `{"token":"0000000000000000"}`, "", http.StatusNotFound)
}
