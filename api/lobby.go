package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/queue"
)

// lobbyRoutes are what is done at the desk for calling, for programs with a key.
func (d *Door) lobbyRoutes(api huma.API) {
	const office = "/organisations/{org}/offices/{office}"
	const ticket = office + "/tickets/{ticket}"
	const counter = office + "/counters/{counter}"
	add(d, api, step("list-tickets", http.MethodGet, office+"/tickets", "Today's numbers and the counters of an office", readWithKey), d.tickets)
	add(d, api, step("get-ticket", http.MethodGet, ticket, "Read a number", readWithKey), d.ticket)
	add(d, api, step("create-ticket", http.MethodPost, office+"/tickets", "Give a number to somebody without a booking", setAsideWithKey), d.giveNumber)
	add(d, api, step("check-in", http.MethodPost, office+"/arrivals", "Check somebody in who has a booking", deedWithKey), d.checkIn)
	add(d, api, step("set-counter", http.MethodPut, counter, "Open, pause or close a counter", deedWithKey), d.setCounter)
	add(d, api, step("call-next", http.MethodPost, counter+"/call", "Call the next to a counter", deedWithKey), d.callNext)
	add(d, api, step("do-with-ticket", http.MethodPost, ticket+"/deeds", "Do something with a number", deedWithKey), d.ticketDeed)
}

// LobbyTicket is somebody's place in the line, without who they are.
type LobbyTicket struct {
	ID          ids.Ticket      `json:"id"`
	Number      string          `json:"number" example:"A 017"`
	State       queue.State     `json:"state" enum:"waiting,called,serving,parked,done,missed,left"`
	Service     ids.Service     `json:"service" example:"name-change"`
	Kind        queue.Kind      `json:"kind" enum:"booked,walk-in"`
	Appointment ids.Appointment `json:"appointment,omitempty" doc:"What was checked in for, as list-appointments has it."`
	Priority    queue.Priority  `json:"priority" minimum:"0" maximum:"2" doc:"0 is as everybody else, 1 goes first, 2 is an emergency."`
	Reason      queue.Reason    `json:"reason,omitempty" doc:"Why they go first."`
	Unit        ids.Unit        `json:"unit,omitempty" doc:"The counter or professional that alone can serve them."`
	Lang        i18n.Lang       `json:"lang,omitempty"`
	Speaks      bool            `json:"speaks" doc:"Whether they can only be served in that language."`
	BookedAt    string          `json:"booked_at,omitempty" format:"date-time"`
	ArrivedAt   string          `json:"arrived_at" format:"date-time"`
	CalledAt    string          `json:"called_at,omitempty" format:"date-time"`
	BegunAt     string          `json:"begun_at,omitempty" format:"date-time"`
	EndedAt     string          `json:"ended_at,omitempty" format:"date-time"`
	Calls       int             `json:"calls" doc:"How often they were called."`
	Counter     ids.Unit        `json:"counter,omitempty" doc:"The counter to which they were called last."`
	ParkedUntil string          `json:"parked_until,omitempty" format:"date-time" doc:"When they are in the line again by themselves."`
	Version     int64           `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
}

// LobbyCounter is a counter as it is now.
type LobbyCounter struct {
	Counter  ids.Unit      `json:"counter" example:"hall-3"`
	Name     string        `json:"name" example:"Counter 3"`
	State    string        `json:"state" enum:"open,break,closed"`
	By       string        `json:"by,omitempty" doc:"Whoever works there: one of the staff, or a program."`
	Services []ids.Service `json:"services,omitempty" doc:"The services called there for now; left out for all that it can serve."`
	Ticket   ids.Ticket    `json:"ticket,omitempty" doc:"Who was called there or is served; left out for nobody."`
}

// LobbyDay is an office's lobby today.
type LobbyDay struct {
	Date     string         `json:"date" format:"date"`
	Tickets  []LobbyTicket  `json:"tickets" nullable:"false" doc:"Those who wait in the order in which they are called, then those at counters and set aside, then those who are done."`
	Counters []LobbyCounter `json:"counters" nullable:"false" doc:"All counters of the office."`
}

// AtOffice is a request of a program about an office's lobby.
type AtOffice struct {
	Credentials
	Office ids.Office `path:"office" maxLength:"60" example:"hall"`
}

// lobbyOf is who asks, where they may work in the lobby. What the key does not open is not there.
func (d *Door) lobbyOf(ctx context.Context, in *AtOffice) (actor.Actor, *catalog.Config, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return who, nil, err
	}
	if err := who.May(actor.QueueWork, actor.Object{Org: in.Org, Office: in.Office}); err != nil {
		return who, nil, err
	}
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return who, nil, err
	}
	_, err = c.Office(in.Office)
	return who, c, err
}

func (d *Door) lobbyTicket(c *catalog.Config, t queue.Ticket) LobbyTicket {
	at := func(unix int64) string {
		if unix == 0 {
			return ""
		}
		return moment(unix, c.Zone())
	}
	return LobbyTicket{
		ID: t.ID, Number: t.Name(), State: t.StateAt(d.site.Now().Unix()), Service: t.Service, Kind: t.Kind, Appointment: t.Appointment, Priority: t.Priority,
		Reason: t.Reason, Unit: t.Unit, Lang: t.Lang, Speaks: t.Speaks, BookedAt: at(t.BookedAt), ArrivedAt: at(t.ArrivedAt), CalledAt: at(t.CalledAt),
		BegunAt: at(t.BegunAt), EndedAt: at(t.EndAt), Calls: t.Calls, Counter: t.Counter, ParkedUntil: at(t.ParkedUntil), Version: t.Rev,
	}
}

func lobbyCounter(c *catalog.Config, office ids.Office, k queue.Counter, l i18n.Lang) LobbyCounter {
	out := LobbyCounter{Counter: k.Unit, State: "open", By: string(k.Staff), Services: k.Services, Ticket: k.Ticket}
	if u, ok := c.UnitOf(office, k.Unit); ok {
		out.Name = u.Name.In(l)
	}
	switch {
	case k.Staff == "":
		out.State = "closed"
	case k.BreakSince != 0:
		out.State = "break"
	}
	return out
}

func (d *Door) tickets(ctx context.Context, in *AtOffice) (*struct{ Body LobbyDay }, error) {
	_, c, err := d.lobbyOf(ctx, in)
	if err != nil {
		return nil, err
	}
	h, err := d.Queue.Hall(ctx, in.Org, in.Office)
	if err != nil {
		return nil, err
	}
	office, err := c.Office(in.Office)
	if err != nil {
		return nil, err
	}
	out := LobbyDay{Date: h.Day, Tickets: []LobbyTicket{}, Counters: make([]LobbyCounter, len(office.Units))}
	now := d.site.Now().Unix()
	bound := func(s ids.Service) int64 { return int64(c.Policy(s, in.Office).WalkInBound.Seconds()) }
	busy := slices.DeleteFunc(slices.Clone(h.Tickets), func(t queue.Ticket) bool { return t.StateAt(now) == queue.Waiting })
	for _, t := range slices.Concat(queue.Order(h.Tickets, now, bound), busy, h.Gone) {
		out.Tickets = append(out.Tickets, d.lobbyTicket(c, t))
	}
	for i := range office.Units {
		out.Counters[i] = lobbyCounter(c, in.Office, h.Counter(office.Units[i].ID), language(in.r))
	}
	return &struct{ Body LobbyDay }{out}, nil
}

// ReadTicket is the answer with a number.
type ReadTicket struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     LobbyTicket
}

// replayed is the value of the header that says so; without it the header is left out.
func replayed(again bool) string {
	if again {
		return "true"
	}
	return ""
}

func (d *Door) ticketAnswer(c *catalog.Config, t queue.Ticket) *ReadTicket {
	return &ReadTicket{ETag: etagOf(t.Rev), Body: d.lobbyTicket(c, t)}
}

// OneTicket is a request about one number.
type OneTicket struct {
	AtOffice
	Ticket ids.Ticket `path:"ticket" maxLength:"40" doc:"As list-tickets has it."`
}

func (d *Door) ticket(ctx context.Context, in *OneTicket) (*ReadTicket, error) {
	_, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	t, err := d.Queue.Store.Ticket(ctx, in.Org, in.Ticket)
	if err == nil && t.Office != in.Office {
		err = fault.NotFound("queue.no_ticket")
	}
	if err != nil {
		return nil, err
	}
	return d.ticketAnswer(c, t), nil
}

// NumberRequest asks for a number for somebody without a booking.
type NumberRequest struct {
	Service  ids.Service    `json:"service" maxLength:"60" example:"name-change"`
	Lang     Lang           `json:"lang,omitempty" doc:"The language in which they are called; one of the organisation's. Without it, that of the request."`
	Speaks   bool           `json:"speaks,omitempty" doc:"Whether they can only be served in that language."`
	Priority queue.Priority `json:"priority,omitempty" minimum:"0" maximum:"2" doc:"0 is as everybody else, 1 goes first, 2 is an emergency."`
	Reason   queue.Reason   `json:"reason,omitempty" enum:"infant,mobility,pregnant,our_mistake,urgent,other" doc:"Needed where somebody goes first."`
}

// deskKey is the key of a request as the lobby keeps it.
func (k Keyed) deskKey(who actor.Actor, what string, office ids.Office) ids.FormKey {
	return k.formKey("lobby-"+what, string(who.Client)+"/"+string(office))
}

func (d *Door) giveNumber(ctx context.Context, in *struct {
	AtOffice
	Keyed
	Body NumberRequest
},
) (*ReadTicket, error) {
	who, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	b := in.Body
	t, again, err := d.Queue.TakeOnce(ctx, who, queue.TakeRequest{
		Org: in.Org, Office: in.Office, Service: b.Service, Lang: wanted(b.Lang, in.r, c.Org.Languages), Speaks: b.Speaks, Priority: b.Priority, Reason: b.Reason,
		Key: in.deskKey(who, "number", in.Office),
	})
	if err != nil {
		return nil, err
	}
	out := d.ticketAnswer(c, t)
	out.Replayed = replayed(again)
	return out, nil
}

// ArrivalRequest says who has come.
type ArrivalRequest struct {
	Appointment ids.Appointment `json:"appointment,omitempty" maxLength:"40" doc:"As list-appointments has it. This or the code."`
	Code        string          `json:"code,omitempty" maxLength:"300" doc:"The booking code."`
	Lang        Lang            `json:"lang,omitempty" doc:"The language in which they are called. Without it, that of the booking."`
}

// checkIn lets somebody in. Who is in already gets the number they have.
func (d *Door) checkIn(ctx context.Context, in *struct {
	AtOffice
	Body ArrivalRequest
},
) (*ReadTicket, error) {
	who, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	b := in.Body
	if (b.Appointment == "") == (b.Code == "") {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "appointment", Key: "api.field_one_of_two"})
	}
	a, err := d.Queue.CheckIn(ctx, who, queue.CheckInRequest{Org: in.Org, Office: in.Office, Appointment: b.Appointment, Code: b.Code, Lang: i18n.Lang(b.Lang)})
	switch {
	case err != nil:
		return nil, err
	case a.Ticket.ID != "":
		return d.ticketAnswer(c, a.Ticket), nil
	case a.Appointment.ID == "":
		return nil, fault.NotFound("manage.not_found")
	}
	return nil, fault.Conflict("lobby.not_in."+string(a.Verdict), nil)
}

// CounterRequest says how a counter is to be.
type CounterRequest struct {
	State    string        `json:"state" enum:"open,break,closed"`
	Services []ids.Service `json:"services,omitempty" maxItems:"200" doc:"The services called there for now, with open; left out for all that it can serve."`
	Over     bool          `json:"over,omitempty" doc:"Takes the counter over from whoever works there."`
}

// OneCounter is a request about a counter.
type OneCounter struct {
	AtOffice
	Counter ids.Unit `path:"counter" maxLength:"60" doc:"As list-tickets has it." example:"hall-3"`
}

func (d *Door) setCounter(ctx context.Context, in *struct {
	OneCounter
	Body CounterRequest
},
) (*struct{ Body LobbyCounter }, error) {
	who, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	do := map[string]queue.CounterDeed{"open": queue.CounterOpened, "break": queue.CounterBreak, "closed": queue.CounterClosed}[in.Body.State]
	k, err := d.Queue.SetCounter(ctx, who, in.Org, in.Office, in.Counter, do, in.Body.Services, in.Body.Over)
	if err != nil {
		return nil, err
	}
	return &struct{ Body LobbyCounter }{lobbyCounter(c, in.Office, k, language(in.r))}, nil
}

// CallRequest asks for the next.
type CallRequest struct {
	Finish bool       `json:"finish,omitempty" doc:"Whoever is served at the counter is done first."`
	Ticket ids.Ticket `json:"ticket,omitempty" maxLength:"40" doc:"With finish: who is served there. When it is somebody else by now, nobody is called."`
}

// Call is who was called.
type Call struct {
	Counter  LobbyCounter `json:"counter"`
	Ticket   *LobbyTicket `json:"ticket,omitempty" doc:"Who was called; left out when nobody waits whom the counter can serve."`
	Finished *LobbyTicket `json:"finished,omitempty" doc:"Who was served until then."`
}

// Called is the answer to a call.
type Called struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     Call
}

func (d *Door) callNext(ctx context.Context, in *struct {
	OneCounter
	Keyed
	Body CallRequest
},
) (*Called, error) {
	who, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	out, err := d.Queue.Do(ctx, who, queue.Deed{
		Org: in.Org, Office: in.Office, Unit: in.Counter, Do: queue.StepCalled, Finish: in.Body.Finish, Ticket: in.Body.Ticket,
		Key: in.deskKey(who, "call", in.Office),
	})
	if err != nil {
		return nil, err
	}
	body := Call{Counter: lobbyCounter(c, in.Office, out.Counter, language(in.r))}
	for to, t := range map[**LobbyTicket]queue.Ticket{&body.Ticket: out.Ticket, &body.Finished: out.Finished} {
		if t.ID != "" {
			said := d.lobbyTicket(c, t)
			*to = &said
		}
	}
	return &Called{Replayed: replayed(out.Repeated), Body: body}, nil
}

// ticketDeeds are what a program does with a number, by their names.
var ticketDeeds = map[string]queue.What{
	"begin": queue.StepBegun, "recall": queue.StepRecalled, "done": queue.StepDone, "missed": queue.StepMissed, "left": queue.StepLeft, "park": queue.StepParked,
	"return": queue.StepReturned, "move": queue.StepMoved, "raise": queue.StepRaised, "pick": queue.StepPicked, "undo": queue.StepUndone,
}

// TicketDeed is something that is done with a number.
type TicketDeed struct {
	Do       string         `json:"do" enum:"begin,recall,done,missed,left,park,return,move,raise,pick,undo"`
	Counter  ids.Unit       `json:"counter,omitempty" maxLength:"60" doc:"The counter at which it is done: needed for whoever is there, and for pick."`
	Service  ids.Service    `json:"service,omitempty" maxLength:"60" doc:"With move: where to."`
	Minutes  int            `json:"minutes,omitempty" minimum:"0" maximum:"240" doc:"With park: for how long; left out until they are brought back."`
	Priority queue.Priority `json:"priority,omitempty" minimum:"0" maximum:"2" doc:"With raise: 0 is as everybody else, 1 goes first, 2 is an emergency."`
	Reason   queue.Reason   `json:"reason,omitempty" enum:"infant,mobility,pregnant,our_mistake,urgent,other" doc:"With pick and raise: why."`
}

func (d *Door) ticketDeed(ctx context.Context, in *struct {
	OneTicket
	Keyed
	IfMatch string `header:"If-Match" required:"true" doc:"The ETag of the number that was read: when something happened to it since, nothing is done and the answer is 412." example:"\"3\""`
	Body    TicketDeed
},
) (*ReadTicket, error) {
	who, c, err := d.lobbyOf(ctx, &in.AtOffice)
	if err != nil {
		return nil, err
	}
	seen, err := Guarded{in.IfMatch}.seen()
	if err != nil || seen == nil || *seen < 1 {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "If-Match", Key: "api.field_ticket_version"})
	}
	b := in.Body
	out, err := d.Queue.Do(ctx, who, queue.Deed{
		Org: in.Org, Office: in.Office, Unit: b.Counter, Do: ticketDeeds[b.Do], Ticket: in.Ticket, Rev: *seen, Service: b.Service, Minutes: b.Minutes,
		Priority: b.Priority, Reason: b.Reason, Key: in.deskKey(who, "deed", in.Office),
	})
	if fault.IsKey(err, "queue.changed") {
		err = fault.Conflict("api.ticket_changed", nil)
	}
	if err != nil {
		return nil, err
	}
	answer := d.ticketAnswer(c, out.Ticket)
	answer.Replayed = replayed(out.Repeated)
	return answer, nil
}
