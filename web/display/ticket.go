package display

import (
	"context"
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/ui"
)

// later are how many minutes later one can come back.
var later = []int{15, 30, 60}

// TicketPage is somebody's number on their phone.
type TicketPage struct {
	web.Base
	Heading, Where string
	Refresh        string
	Live           ui.LiveBox
	State          ticketState
	// Done is said when something was done, Wrong when it could not be.
	Done, Wrong string
	// Leave asks once more before the place is given up.
	Leave bool
	// Texts is whether they can be told by text message, and Texted the number, masked, where they are.
	Texts  bool
	Texted string
	// Phone asks for it; Trouble is what is wrong with it.
	Phone   ui.Field
	Trouble []ui.ErrorItem
	home    string // the country of numbers without a prefix
}

// ticketState is what changes on it.
type ticketState struct {
	p      *i18n.Printer
	Number string
	State  queue.State
	// Title and Text say how things stand, Wait how long it takes.
	Title, Text, Wait string
	// Turn is whether they are to go now.
	Turn bool
	// Action is where its forms go; the forms are those that State allows.
	Action string
}

// found returns the ticket of the address, as it is now.
func (d *Door) found(v *web.Visit) (queue.Ticket, facts, error) {
	t, err := d.Queue.ByToken(v.Ctx(), v.OrgID(), v.R.PathValue("token"))
	if err != nil {
		return t, facts{}, err
	}
	f, err := d.facts(v.Ctx(), v.OrgID(), t.Office)
	return t, f, err
}

// ticket shows a ticket.
func (d *Door) ticket(v *web.Visit) error {
	t, f, err := d.found(v)
	if err != nil {
		return err
	}
	return d.show(v, http.StatusOK, t, d.newTicketPage(v, t, f))
}

// show shows a ticket with whether its holder is told by text message.
func (d *Door) show(v *web.Visit, status int, t queue.Ticket, p TicketPage) error {
	number, err := d.Queue.AskedNumber(v.Ctx(), t)
	if err != nil {
		return err
	}
	p.asks(d.Queue.Texts != nil, number)
	return v.Render(status, ShowTicket(p))
}

// leave asks once more.
func (d *Door) leave(v *web.Visit) error {
	t, f, err := d.found(v)
	if err != nil {
		return err
	}
	p := d.newTicketPage(v, t, f)
	p.Leave = p.State.State == queue.Waiting || p.State.State == queue.Parked
	return v.Render(http.StatusOK, ShowTicket(p))
}

func (d *Door) newTicketPage(v *web.Visit, t queue.Ticket, f facts) TicketPage {
	p := newTicketPage(v.Base(""), t, f, v.URL("ticket", v.R.PathValue("token")))
	switch v.Query("done") {
	case "left", "parked", "returned", "texted", "untexted":
		p.Done = p.T("my_ticket.done_" + v.Query("done"))
	}
	return p
}

func newTicketPage(b web.Base, t queue.Ticket, f facts, at string) TicketPage {
	p := TicketPage{Base: b, Heading: b.T("my_ticket.title", "number", t.Name()), Refresh: at, State: newTicketState(b.Printer, t, f, at)}
	p.Title, p.NoIndex, p.home = p.Heading, true, f.Config.Org.Country
	if o, err := f.Office(t.Office); err == nil {
		p.Where = o.Name.In(b.Lang)
	}
	if s, err := f.Service(t.Service); err == nil {
		p.Where = b.T("my_ticket.where", "service", s.Name.In(b.Lang), "office", p.Where)
	}
	p.Live = ui.LiveBox{ID: "ticket", Src: at + "/stream", Clock: b.Printer.Clock(f.now), Stale: b.T("line.stale", "time", "{time}")}
	return p
}

// newTicketState says how things stand with a ticket: as the lobby has it, if it is of today.
func newTicketState(p *i18n.Printer, t queue.Ticket, f facts, at string) ticketState {
	if now, ok := f.waits.Hall.Ticket(t.ID); ok {
		t = now
	}
	s := ticketState{p: p, Number: t.Name(), State: t.StateAt(f.now.Unix()), Action: at}
	if t.Day != f.waits.Hall.Day {
		s.State, s.Title, s.Text = "", p.T("my_ticket.title_old"), p.T("my_ticket.old")
		return s
	}
	counter := f.place(t.Counter).In(p.Lang())
	s.Title, s.Text = p.T("my_ticket.title_"+string(s.State), "counter", counter), p.T("my_ticket.text_"+string(s.State))
	switch s.State {
	case queue.Waiting:
		w, known := f.waits.Tickets[t.ID]
		if known && w.Ahead == 0 {
			s.Title = p.T("my_ticket.next")
		} else if known {
			s.Title = p.N("my_ticket.ahead", w.Ahead)
		}
		s.Wait = p.T("my_ticket.wait_unknown")
		if about := minutes(p, w); known && about != "" {
			s.Wait = p.T("my_ticket.wait", "wait", about)
		}
	case queue.Called:
		s.Turn = true
	case queue.Parked:
		if t.ParkedUntil != 0 {
			s.Text = p.T("my_ticket.parked_until", "time", p.Clock(f.at(t.ParkedUntil)))
		}
	case queue.Missed:
		s.Text = p.T("my_ticket.missed_at", "time", p.Clock(f.at(t.CalledAt)))
	}
	return s
}

// ticketPost gives a place up, or keeps it until somebody comes back.
func (d *Door) ticketPost(v *web.Visit) error {
	t, f, err := d.found(v)
	if err != nil {
		return err
	}
	if v.Form("do") == "text" || v.Form("do") == "no_text" {
		return d.textPost(v, t, f)
	}
	done, n := "", 0
	switch do := v.Form("do"); do {
	case "leave":
		done = "left"
	case "return":
		done, n = "returned", -1
	default:
		n, _ = strconv.Atoi(do)
		done = "parked"
		if n != later[0] && n != later[1] && n != later[2] {
			return fault.Invalid("error.bad_request", nil)
		}
	}
	_, err = d.Queue.GiveUp(v.Ctx(), t, n)
	at := v.URL("ticket", v.R.PathValue("token"))
	if fault.Is(err, fault.KindConflict) {
		p := d.newTicketPage(v, t, f)
		p.Wrong = p.T("my_ticket.not_now")
		return d.show(v, http.StatusConflict, t, p)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at + "?done=" + done)
}

// ticketStream tells of its changes.
func (d *Door) ticketStream(v *web.Visit) error {
	t, _, err := d.found(v)
	if err != nil {
		return err
	}
	p, o, at := v.P, v.OrgID(), v.URL("ticket", v.R.PathValue("token"))
	return v.Stream(web.View{
		Key: "ticket/" + string(o) + "/" + string(t.ID) + "/" + string(v.Lang), Topics: []string{queue.Topic(o, t.Office)}, Clock: d.clock(v),
		Make: func(ctx context.Context) ([]byte, error) {
			f, err := d.facts(ctx, o, t.Office)
			if err != nil {
				return nil, err
			}
			return rendered(ctx, ticketParts(newTicketState(p, t, f, at)))
		},
	})
}

// TicketPath is the address of a ticket that its paper carries: short, and in no language.
func TicketPath(o ids.Org, token string) string { return "/t/" + string(o) + "/" + token }

// Short leads on from that address to the page in the ticket's own language.
func (d *Door) Short(w http.ResponseWriter, r *http.Request, o ids.Org, token string) error {
	t, err := d.Queue.ByToken(r.Context(), o, token)
	if err != nil {
		return err
	}
	lang := t.Lang
	if _, ok := i18n.Lookup(string(lang)); !ok {
		lang = i18n.Default
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, web.Path(lang, o, "ticket", token), http.StatusFound)
	return nil
}
