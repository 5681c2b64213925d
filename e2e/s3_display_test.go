package e2e

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/queue"
	"luukku/domain/staff"
)

// shownLobby is an office where somebody takes walk-ins at a counter.
type shownLobby struct {
	*house
	clerk   actor.Actor
	office  ids.Office
	service ids.Service
	unit    ids.Unit
	name    i18n.Text // of the counter
}

func (h *house) shownLobby(t *testing.T) *shownLobby {
	t.Helper()
	grant := actor.Grant{Role: actor.RoleClerk, Org: vuorela}
	l := &shownLobby{house: h, clerk: actor.Actor{Kind: actor.KindStaff, Org: vuorela, Staff: h.member(t, "calls", grant), Grants: []actor.Grant{grant}}}
	c := h.config(t, vuorela)
	for i := range c.Offices {
		o := &c.Offices[i]
		for _, s := range c.ServicesAt(o.ID) {
			if units := c.Units(s.ID, o.ID); l.service == "" && len(units) > 0 && queue.WalkInOpen(c, o, s.ID, h.app.Now()) {
				l.office, l.service, l.unit, l.name = o.ID, s.ID, units[0].ID, units[0].Name
			}
		}
	}
	if l.service == "" {
		t.Fatal("nobody takes walk-ins anywhere")
	}
	if _, err := h.app.Queue.SetCounter(t.Context(), l.clerk, vuorela, l.office, l.unit, queue.CounterOpened, nil, false); err != nil {
		t.Fatal(err)
	}
	return l
}

// takes is a walk-in's ticket, and the secret of its paper.
func (l *shownLobby) takes(t *testing.T, lang i18n.Lang) (queue.Ticket, string) {
	t.Helper()
	k, err := l.app.Queue.Take(t.Context(), l.clerk, queue.TakeRequest{Org: vuorela, Office: l.office, Service: l.service, Lang: lang})
	if err != nil {
		t.Fatal(err)
	}
	token, err := l.app.Queue.TokenOf(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return k, token
}

func (l *shownLobby) does(t *testing.T, d queue.Deed) queue.Ticket {
	t.Helper()
	d.Org, d.Office, d.Unit = vuorela, l.office, l.unit
	out, err := l.app.Queue.Do(t.Context(), l.clerk, d)
	if err != nil {
		t.Fatalf("%s: %v", d.Do, err)
	}
	return out.Ticket
}

// stream is an open event stream, and what it says.
type stream struct {
	events chan [2]string
	ended  chan struct{}
}

// listens opens a stream, with the cookies given.
func (h *house) listens(t *testing.T, path string, cookies ...*http.Cookie) *stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	for _, c := range cookies {
		r.AddCookie(c)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%s: got %d %v, want a stream", path, res.StatusCode, res.Header)
	}
	s := &stream{events: make(chan [2]string, 1000), ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		name, data := "", ""
		for lines.Scan() {
			switch what, rest, _ := strings.Cut(lines.Text(), ": "); {
			case what == "event":
				name = rest
			case what == "data":
				data += rest + "\n"
			case lines.Text() == "" && name != "":
				s.events <- [2]string{name, data}
				name, data = "", ""
			}
		}
	}()
	return s
}

// hears waits for a state with all the words, and returns it. What takes longer than a second is too late.
func (s *stream) hears(t *testing.T, words ...string) string {
	t.Helper()
	return s.waits(t, time.Second, words...)
}

// waits is hears with another patience.
func (s *stream) waits(t *testing.T, most time.Duration, words ...string) string {
	t.Helper()
	late := time.After(most)
	last := ""
	for {
		select {
		case e := <-s.events:
			if e[0] != "state" {
				continue
			}
			last = e[1]
			if hasAll(last, words) {
				return last
			}
		case <-late:
			t.Fatalf("got nothing with %q within %s; the last state was %s", words, most, last)
		}
	}
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// display enrols a display of the office, and returns its cookie.
func (l *shownLobby) display(t *testing.T) (staff.Device, *http.Cookie) {
	t.Helper()
	grant := actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela}
	admin := actor.Actor{Kind: actor.KindStaff, Org: vuorela, Staff: l.member(t, "devices", grant), Grants: []actor.Grant{grant}}
	d, code, err := l.app.Staff.MakeDevice(t.Context(), admin, vuorela, staff.Display, l.office, "Hall")
	if err != nil {
		t.Fatal(err)
	}
	c := l.person(t)
	c.Get("/en/staff/device").Form("").Set(say("en", "staff.device_code"), code).Submit(say("en", "common.continue"))
	cookie, ok := c.Cookie("/en/display", "luukku-display")
	if !ok {
		t.Fatal("the browser is no display")
	}
	c.Get("/en/display").MustStatus(http.StatusOK)
	return d, cookie
}

// A call is on the display, on the queue's page, in the API and on the person's phone within a second, and none of them names anybody.
func TestS3_7_ACallReachesDisplayPageAndPhoneWithinASecond(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		_, cookie := l.display(t)
		first, token := l.takes(t, "fi")
		second, _ := l.takes(t, "sv")
		at := "/en/" + string(vuorela) + "/queue/" + string(l.office)
		api := "/api/v1/organisations/" + string(vuorela) + "/offices/" + string(l.office) + "/queue"
		screen, page := h.listens(t, "/en/display/stream", cookie), h.listens(t, at+"/stream")
		phone, program := h.listens(t, "/fi/"+string(vuorela)+"/ticket/"+token+"/stream"), h.listens(t, api+"/stream")
		screen.hears(t, second.Name())
		phone.hears(t, say("fi", "my_ticket.next"))

		called := l.does(t, queue.Deed{Do: queue.StepCalled})
		if called.ID != first.ID {
			t.Fatalf("got %s called, want %s", called.Name(), first.Name())
		}
		shown := screen.hears(t, "data-call=\""+string(first.ID)+":1\"", first.Name(), l.name.In("fi"), "data-say=")
		if !strings.Contains(shown, `&#34;lang&#34;:&#34;fi&#34;`) {
			t.Errorf("got %s, want the call spoken in the ticket's language", shown)
		}
		page.hears(t, first.Name(), l.name.In("en"))
		phone.hears(t, "data-turn", l.name.In("fi"))
		program.hears(t, `"number":"`+first.Name()+`"`, `"waiting":1`)

		// Called again: a new call for the displays, and the same place on the phone.
		l.does(t, queue.Deed{Do: queue.StepRecalled, Ticket: first.ID})
		screen.hears(t, "data-call=\""+string(first.ID)+":2\"")

		// Without JavaScript and for programs the same is read by asking.
		h.person(t).Get(at).MustStatus(http.StatusOK).MustText(first.Name())
		answer := h.person(t).Raw(http.MethodGet, api, nil, "").MustStatus(http.StatusOK)
		var got struct {
			Calls    []struct{ Number string }
			Services []struct{ Waiting int }
		}
		if err := json.Unmarshal(answer.Body, &got); err != nil || len(got.Calls) != 1 || got.Calls[0].Number != first.Name() || len(got.Services) == 0 {
			t.Errorf("got %s %v, want the call and the line", answer.Body, err)
		}
		tag := answer.Header.Get("ETag")
		h.person(t).Raw(http.MethodGet, api, http.Header{"If-None-Match": {tag}}, "").MustStatus(http.StatusNotModified)
		l.does(t, queue.Deed{Do: queue.StepBegun, Ticket: first.ID})
		h.person(t).Raw(http.MethodGet, api, http.Header{"If-None-Match": {tag}}, "").MustStatus(http.StatusOK)
	})
}

// A display that was shut out learns nothing any more, and a browser that is none is told so.
func TestS3_7_OnlyADisplayOfTheOfficeIsShownItsCalls(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	l := h.shownLobby(t)
	h.person(t).Get("/en/display").MustStatus(http.StatusUnauthorized).MustText(say("en", "board.none_title"))
	h.person(t).Get("/en/display/stream").MustStatus(http.StatusNotFound)
	d, cookie := l.display(t)
	c := h.person(t)
	c.SetCookie(cookie)
	c.Get("/en/display").MustStatus(http.StatusOK)
	grant := actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela}
	admin := actor.Actor{Kind: actor.KindStaff, Org: vuorela, Staff: h.member(t, "revokes", grant), Grants: []actor.Grant{grant}}
	if err := h.app.Staff.RevokeDevice(t.Context(), admin, vuorela, d.ID); err != nil {
		t.Fatal(err)
	}
	c.Get("/en/display").MustStatus(http.StatusUnauthorized)
	c.Get("/en/display/stream").MustStatus(http.StatusNotFound)
}

// The page of a ticket, in its own language: the place, coming back later, being there again, and giving the place up. All of it without JavaScript.
func TestS3_8_TheTicketOnThePhone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		l := h.shownLobby(t)
		l.takes(t, "fi")
		k, token := l.takes(t, "sv")
		c := h.person(t)
		p := c.Get("/t/" + string(vuorela) + "/" + token).MustStatus(http.StatusOK)
		if !strings.HasPrefix(p.Path(), "/sv/") {
			t.Errorf("got %s, want the page in the ticket's language", p.Path())
		}
		p.MustText(k.Name()).MustText(h.app.Site.Texts.Printer("sv").N("my_ticket.ahead", 1))

		p = p.Form(say("sv", "my_ticket.later_in", "wait", h.app.Site.Texts.Printer("sv").Minutes(30))).Submit(say("sv", "my_ticket.later_in", "wait", h.app.Site.Texts.Printer("sv").Minutes(30))).MustStatus(http.StatusOK)
		p.MustText(say("sv", "my_ticket.title_parked"))
		p = p.Form(say("sv", "my_ticket.return")).Submit(say("sv", "my_ticket.return")).MustStatus(http.StatusOK)
		p.MustText(h.app.Site.Texts.Printer("sv").N("my_ticket.ahead", 1))

		p = p.Click(say("sv", "my_ticket.leave")).MustStatus(http.StatusOK)
		again := p
		p = p.Form("").Submit(say("sv", "my_ticket.leave")).MustStatus(http.StatusOK)
		p.MustText(say("sv", "my_ticket.title_left"))
		// Sent again, from a page that was open beside it: nothing more happens, and it is said.
		again.Form("").Submit(say("sv", "my_ticket.leave")).MustStatus(http.StatusConflict).MustText(say("sv", "my_ticket.not_now"))

		c.Get("/sv/" + string(vuorela) + "/ticket/" + token + "x").MustStatus(http.StatusNotFound)
		c.Get("/t/" + string(vuorela) + "/nonsense").MustStatus(http.StatusNotFound)
		c.Get("/t/" + string(vuorela)).MustStatus(http.StatusNotFound)
		h.skip(24 * time.Hour)
		c.Get("/en/" + string(vuorela) + "/ticket/" + token).MustStatus(http.StatusOK).MustText(say("en", "my_ticket.title_old"))
	})
}
