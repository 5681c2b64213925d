package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/queue"
)

// comers is the house's room of appointments, as the lobby sees it. A code is the appointment's id.
type comers struct{ c *client }

func (l comers) ByPIN(ctx context.Context, o ids.Org, _ ids.Office, _, pin string) (queue.Appointment, error) {
	return l.ByID(ctx, o, ids.Appointment(pin))
}

func (l comers) ByCode(ctx context.Context, o ids.Org, code string) (queue.Appointment, error) {
	return l.ByID(ctx, o, ids.Appointment(code))
}

func (l comers) ByID(ctx context.Context, o ids.Org, id ids.Appointment) (queue.Appointment, error) {
	a, err := l.c.Store.Appointment(ctx, o, id)
	if err != nil {
		return queue.Appointment{}, err
	}
	return queue.Appointment{
		ID: a.ID, Service: a.Service, Office: a.Office, Unit: a.Unit, Start: a.Start, Sequence: a.Sequence, Lang: a.Details.Lang,
		Good: a.StatusAt(l.c.Clock.Now().Unix()) == booking.Booked,
	}, nil
}

// lobby opens the house's lobby to programs.
func (c *client) lobby(*testing.T) {
	c.door.Queue = &queue.Service{Store: c.Store.Lobby(), Appointments: comers{c}, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now}
}

const (
	hall = town + "/offices/hall"
	desk = hall + "/counters/hall.desk-aa"
)

// caller is a program with a key for the lobby.
type caller struct {
	*client
	t   *testing.T
	key []string
	n   int
}

func (p *caller) with(more ...string) []string { return append(more, p.key...) }

// once is a key for a request.
func (p *caller) once() []string {
	p.n++
	return p.with("Idempotency-Key", "request-"+strings.Repeat("x", p.n))
}

func (p *caller) number() api.LobbyTicket {
	p.t.Helper()
	return read[api.LobbyTicket](p.ask(p.t, http.MethodPost, hall+"/tickets", request{"service": "passport"}, p.once()...).want(http.StatusCreated))
}

func (p *caller) set(body request) answer {
	p.t.Helper()
	return p.ask(p.t, http.MethodPut, desk, body, p.key...)
}

func (p *caller) call(body request) answer {
	p.t.Helper()
	return p.ask(p.t, http.MethodPost, desk+"/call", body, p.once()...)
}

func (p *caller) do(t api.LobbyTicket, body request, more ...string) answer {
	p.t.Helper()
	headers := append([]string{"If-Match", version(t)}, p.once()...)
	return p.ask(p.t, http.MethodPost, hall+"/tickets/"+string(t.ID)+"/deeds", body, append(headers, more...)...)
}

func version(t api.LobbyTicket) string { return `"` + string(rune('0'+t.Version)) + `"` }

func calling(t *testing.T) *caller {
	t.Helper()
	c := open(t, 2)
	s, _ := c.programs(t)
	c.lobby(t)
	when, err := time.Parse(time.RFC3339, monday)
	if err != nil {
		t.Fatal(err)
	}
	c.Clock.Set(when)
	return &caller{client: c, t: t, key: key(t, s, 0, actor.QueueWork)}
}

func TestLobbyIsThereForTheRightAlone(t *testing.T) {
	t.Parallel()
	p := calling(t)
	s, _ := p.programs(t)
	other := key(t, s, 0, actor.BookingDesk, actor.AppointmentList)
	k := p.number()
	one := hall + "/tickets/" + string(k.ID)
	for _, x := range []struct {
		method, path string
		body         any
	}{
		{http.MethodGet, hall + "/tickets", nil}, {http.MethodGet, one, nil}, {http.MethodPost, hall + "/tickets", request{"service": "passport"}},
		{http.MethodPost, hall + "/arrivals", request{"code": "x"}}, {http.MethodPut, desk, request{"state": "open"}}, {http.MethodPost, desk + "/call", request{}},
		{http.MethodPost, one + "/deeds", request{"do": "left"}},
	} {
		head := []string{"Idempotency-Key", "a-request", "If-Match", `"1"`}
		p.ask(t, x.method, x.path, x.body, head...).problem(http.StatusUnauthorized, "staff.key_invalid")
		p.ask(t, x.method, x.path, x.body, append(head, other...)...).problem(http.StatusNotFound, "error.not_found")
		p.ask(t, x.method, strings.Replace(x.path, "/hall", "/nowhere", 1), x.body, append(head, p.key...)...).problem(http.StatusNotFound, "office.unknown")
		p.ask(t, x.method, strings.Replace(x.path, "/town", "/city", 1), x.body, append(head, p.key...)...).want(http.StatusNotFound)
	}
	if got := read[api.LobbyTicket](p.get(t, one, p.key...).want(http.StatusOK)); got.State != queue.Waiting || got.Version != 1 {
		t.Errorf("got %+v, want the number as it was", got)
	}
}

func TestProgramCallsAndServes(t *testing.T) {
	t.Parallel()
	p := calling(t)
	first, second := p.number(), p.number()
	p.call(request{}).problem(http.StatusConflict, "queue.counter_closed")
	p.set(request{"state": "break"}).problem(http.StatusConflict, "queue.counter_closed")
	if got := fields(p.set(request{"state": "open", "services": []string{"nothing"}}).problem(http.StatusUnprocessableEntity, "form.invalid")); got != "services" {
		t.Errorf("got %q, want services", got)
	}
	k := read[api.LobbyCounter](p.set(request{"state": "open", "services": []string{"passport"}}).want(http.StatusOK))
	if k.State != "open" || k.By == "" || len(k.Services) != 1 {
		t.Errorf("got %+v, want it open, with the program there", k)
	}
	// A second counter of the same program leaves the first one open.
	p.ask(t, http.MethodPut, strings.Replace(desk, "aa", "ab", 1), request{"state": "open"}, p.key...).want(http.StatusOK)
	headers := p.once()
	var got, again api.Call
	p.ask(t, http.MethodPost, desk+"/call", request{}, headers...).want(http.StatusOK).into(&got)
	if got.Ticket == nil || got.Ticket.ID != first.ID || got.Ticket.State != queue.Called || got.Counter.Ticket != first.ID || got.Finished != nil {
		t.Fatalf("got %+v, want the first called", got)
	}
	repeat := p.ask(t, http.MethodPost, desk+"/call", request{}, headers...).want(http.StatusOK)
	if repeat.into(&again); repeat.header.Get("Idempotent-Replayed") != "true" {
		t.Error("sent again, the call is not said to be a repeat")
	}
	if again.Ticket == nil || again.Ticket.ID != first.ID || again.Ticket.Calls != 1 {
		t.Errorf("sent again, got %+v, want the first, called once", again)
	}
	p.call(request{}).problem(http.StatusConflict, "queue.busy")
	p.set(request{"state": "closed"}).problem(http.StatusConflict, "queue.busy")
	p.do(first, request{"do": "begin", "counter": "hall.desk-aa"}).problem(http.StatusPreconditionFailed, "api.ticket_changed")
	p.do(*got.Ticket, request{"do": "begin", "counter": "hall.desk-ab"}).problem(http.StatusConflict, "queue.elsewhere")
	p.do(*got.Ticket, request{"do": "dance"}).problem(http.StatusUnprocessableEntity, "form.invalid")
	serving := read[api.LobbyTicket](p.do(*got.Ticket, request{"do": "begin", "counter": "hall.desk-aa"}).want(http.StatusOK))
	if serving.State != queue.Serving {
		t.Errorf("got %+v, want them served", serving)
	}
	p.call(request{"finish": true, "ticket": string(second.ID)}).problem(http.StatusConflict, "queue.changed")
	got = api.Call{}
	p.call(request{"finish": true, "ticket": string(first.ID)}).want(http.StatusOK).into(&got)
	if got.Ticket == nil || got.Ticket.ID != second.ID || got.Finished == nil || got.Finished.State != queue.Done {
		t.Fatalf("got %+v, want the first done and the second called", got)
	}
	a := p.do(*got.Ticket, request{"do": "missed", "counter": "hall.desk-aa"}).want(http.StatusOK)
	missed := read[api.LobbyTicket](a)
	if missed.State != queue.Missed || a.header.Get("ETag") != version(missed) {
		t.Errorf("got %+v with ETag %s, want it missed", missed, a.header.Get("ETag"))
	}
	p.Clock.Advance(queue.UndoSeconds * time.Second)
	back := read[api.LobbyTicket](p.do(missed, request{"do": "undo"}).want(http.StatusOK))
	if back.State != queue.Called || back.Counter != "hall.desk-aa" {
		t.Errorf("got %+v, want them back at the counter", back)
	}
	read[api.LobbyTicket](p.do(back, request{"do": "missed", "counter": "hall.desk-aa"}).want(http.StatusOK))
	got = api.Call{}
	p.call(request{}).want(http.StatusOK).into(&got)
	if got.Ticket != nil {
		t.Errorf("got %+v, want nobody", got.Ticket)
	}
	if k = read[api.LobbyCounter](p.set(request{"state": "break"}).want(http.StatusOK)); k.State != "break" {
		t.Errorf("got %+v, want a break", k)
	}
	p.call(request{}).problem(http.StatusConflict, "queue.on_break")
	if k = read[api.LobbyCounter](p.set(request{"state": "closed"}).want(http.StatusOK)); k.State != "closed" || k.By != "" {
		t.Errorf("got %+v, want it closed", k)
	}
}

func TestProgramDealsWithWhoWaits(t *testing.T) {
	t.Parallel()
	p := calling(t)
	first, second := p.number(), p.number()
	p.ask(t, http.MethodPost, hall+"/tickets/"+string(first.ID)+"/deeds", request{"do": "left"}, p.once()...).problem(http.StatusUnprocessableEntity, "form.invalid")
	if got := fields(p.do(first, request{"do": "left"}, "If-Match", "*").problem(http.StatusUnprocessableEntity, "form.invalid")); got != "If-Match" {
		t.Errorf("got %q, want If-Match", got)
	}
	parked := read[api.LobbyTicket](p.do(first, request{"do": "park", "minutes": 10}).want(http.StatusOK))
	if parked.State != queue.Parked || parked.ParkedUntil == "" {
		t.Errorf("got %+v, want it parked", parked)
	}
	p.do(parked, request{"do": "park"}).problem(http.StatusConflict, "queue.not_now")
	first = read[api.LobbyTicket](p.do(parked, request{"do": "return"}).want(http.StatusOK))
	if got := fields(p.do(second, request{"do": "raise", "priority": 1}).problem(http.StatusUnprocessableEntity, "form.invalid")); got != "reason" {
		t.Errorf("got %q, want reason", got)
	}
	second = read[api.LobbyTicket](p.do(second, request{"do": "raise", "priority": 1, "reason": "infant"}).want(http.StatusOK))
	p.do(second, request{"do": "move", "service": "nothing"}).problem(http.StatusUnprocessableEntity, "form.invalid")
	day := read[api.LobbyDay](p.get(t, hall+"/tickets", p.key...).want(http.StatusOK))
	if len(day.Tickets) != 2 || day.Tickets[0].ID != second.ID || day.Tickets[1].ID != first.ID || len(day.Counters) != 2 || day.Counters[0].State != "closed" {
		t.Errorf("got %+v, want the second before the first, and two closed counters", day)
	}
	p.do(first, request{"do": "left"}).want(http.StatusOK)
	headers := p.once()
	give := func(service string) answer {
		return p.ask(t, http.MethodPost, hall+"/tickets", request{"service": service}, headers...)
	}
	third := read[api.LobbyTicket](give("passport").want(http.StatusCreated))
	repeat := give("passport").want(http.StatusCreated)
	if again := read[api.LobbyTicket](repeat); again.ID != third.ID || repeat.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("sent again, got %s, replayed %q, want %s", again.Number, repeat.header.Get("Idempotent-Replayed"), third.Number)
	}
	p.ask(t, http.MethodPost, hall+"/tickets", request{"service": "passport", "speaks": true}, headers...).problem(http.StatusConflict, "form.key_reused")
	give("nothing").problem(http.StatusNotFound, "service.unknown")
	p.get(t, hall+"/tickets/06A1B2C3D4", p.key...).problem(http.StatusNotFound, "queue.no_ticket")
}

func TestProgramChecksIn(t *testing.T) {
	t.Parallel()
	p := calling(t)
	s, _ := p.programs(t)
	p.Clock.Advance(-72 * time.Hour)
	p.post(t, "first-booking", wish()).want(http.StatusCreated)
	p.Clock.Advance(72*time.Hour - 5*time.Minute)
	a := p.listed(t, "2026-11-23", key(t, s, 0, actor.AppointmentList))
	in := func(body request) answer { return p.ask(t, http.MethodPost, hall+"/arrivals", body, p.key...) }
	in(request{}).problem(http.StatusUnprocessableEntity, "form.invalid")
	in(request{"appointment": string(a.ID), "code": "x"}).problem(http.StatusUnprocessableEntity, "form.invalid")
	in(request{"appointment": "06A1B2C3D4"}).problem(http.StatusNotFound, "manage.not_found")
	first := read[api.LobbyTicket](in(request{"code": string(a.ID)}).want(http.StatusOK))
	if first.Appointment != a.ID || first.Kind != queue.Booked || first.BookedAt != a.Start || first.State != queue.Waiting {
		t.Errorf("got %+v, want a number for the booking", first)
	}
	if again := read[api.LobbyTicket](in(request{"appointment": string(a.ID)}).want(http.StatusOK)); again.ID != first.ID {
		t.Errorf("checked in twice, got %s, want %s", again.Number, first.Number)
	}
}
