package lobby

import (
	"context"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// ticketFacts is what the page of a ticket is made of.
type ticketFacts struct {
	deskFacts
	Ticket queue.Ticket
	Steps  []queue.Step
	// Printers are the kiosks at which it can be printed again.
	Printers []staff.Device
	// Typed is what was typed into its forms, Why what was wrong with it.
	Typed func(string) string
	Why   error
}

// ticket shows a ticket: what happened to it, and what can be done with it.
func (d *Door) ticket(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	return d.showTicket(v, o, ids.Ticket(v.R.PathValue("id")), nil)
}

func (d *Door) showTicket(v *web.Visit, o *org.Office, id ids.Ticket, why error) error {
	t, err := d.Queue.Store.Ticket(v.Ctx(), v.OrgID(), id)
	if err == nil && t.Office != o.ID {
		err = fault.NotFound("queue.no_ticket")
	}
	if err != nil {
		return err
	}
	desk, err := d.facts(v, o, "")
	if err != nil {
		return err
	}
	f := ticketFacts{deskFacts: desk, Ticket: t, Why: why, Typed: v.Form}
	if f.Steps, err = d.Queue.Store.Steps(v.Ctx(), v.OrgID(), id); err != nil {
		return err
	}
	if f.Printers, err = d.printers(v, o); err != nil {
		return err
	}
	f.Client = client{}
	if t.Appointment != "" {
		if f.Client, err = d.client(v, t); err != nil {
			return err
		}
	}
	d.namesOf(v.Ctx(), f)
	return d.show(v, newTicketPage(d.page(v), f))
}

// namesOf adds what those are called who did something with the ticket.
func (d *Door) namesOf(ctx context.Context, f ticketFacts) {
	for _, s := range f.Steps {
		d.called(ctx, f.Staff, ids.Staff(s.By))
	}
}

func newTicketPage(b web.Base, f ticketFacts) Page {
	t := f.Ticket
	b.Title = b.T("lobby.ticket_title", "number", t.Name())
	tr := web.TroubleOf(b, f.Why)
	p := Page{Base: b, Back: f.action(b), Lead: f.underOf(b, t)}
	if p.blame(tr); fault.IsKey(f.Why, notPrinted) { // nothing typed is wrong
		p.Trouble, p.HasError, p.Wrong = nil, false, b.T(notPrinted)
	}
	now := f.Now.Unix()
	state := t.StateAt(now)
	rows := []ui.DefinitionRow{{Key: b.T("lobby.head_state"), Value: b.T("lobby.state." + string(state)), Capital: true}}
	switch {
	case f.Client.Hidden:
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.name"), Value: b.T("lobby.protected")})
	case f.Client.Name != "":
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.name"), Value: f.Client.Name})
	}
	if f.Client.Note != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("lobby.needs"), Value: f.Client.Note})
	}
	rows = append(rows, ui.DefinitionRow{Key: b.T("lobby.arrived_at"), Value: clockAt(b, f.Config, t.ArrivedAt)})
	if t.Counter != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("lobby.counter"), Value: f.unit(b, t.Counter)})
	}
	p = p.with(ui.DefinitionList(rows), tags(f.remarks(b, t)))
	if t.Day == f.Hall.Day {
		p = p.with(f.ticketForms(b, tr)...)
		if t.State.Live() {
			p = p.with(f.again(b))
		}
	}
	return p.with(parts.Section(b.T("lobby.history"), f.historyTable(b)))
}

// ticketForms are what can be done with a ticket in its state.
func (f ticketFacts) ticketForms(b web.Base, tr web.Trouble) []web.Component {
	t := f.Ticket
	state := t.StateAt(f.Now.Unix())
	hidden, action := f.about(t), f.action(b, "tickets", string(t.ID))
	at := func(c web.Component, title string) web.Component { return parts.Section(b.T(title), c) }
	var out []web.Component
	if state == queue.Waiting || state == queue.Parked || state == queue.Missed {
		if f.Mine.Open() && f.Here.ID == "" {
			out = append(out, at(f.pickForm(b, action, hidden, tr), "lobby.pick_title"))
		}
	}
	if state == queue.Waiting || state == queue.Parked {
		out = append(out, at(f.raiseForm(b, action, hidden, tr), "lobby.raise_title"))
	}
	mine := t.Counter == f.Mine.Unit && t.ID == f.Mine.Ticket
	if services := servicesOf(b, f.Config, f.Office.ID, t.Service); len(services) > 0 && (state == queue.Waiting || state == queue.Parked || mine) {
		out = append(out, at(moveForm(b, action, hidden, services, f.Typed("service"), tr.At("service")), "lobby.move_title"))
	}
	if state == queue.Waiting || mine {
		out = append(out, at(parkForm(b, action, hidden, f.Typed("minutes"), tr.At("minutes")), "lobby.park_title"))
	}
	var row []web.Component
	small := func(do, text string) {
		row = append(row, ui.RowForm1(ui.FormData{Action: action, Hidden: hidden}, ui.Button{Text: b.T(text), Look: ui.Secondary, Name: "do", Value: do}))
	}
	if state == queue.Parked {
		small("return", "lobby.return")
	}
	if state == queue.Waiting || state == queue.Parked {
		small("left", "lobby.left")
	}
	if n := len(f.Steps); n > 0 && f.canUndo(f.Steps[n-1]) {
		small("undo", "lobby.undo")
	}
	if len(row) > 0 {
		out = append(out, parts.Buttons(row...))
	}
	return out
}

// canUndo reports whether the last thing that happened can be taken back.
func (f ticketFacts) canUndo(s queue.Step) bool {
	switch s.What {
	case queue.StepUndone, queue.StepTaken, queue.StepArrived, queue.StepEntered:
		return false
	}
	return f.Now.Unix() <= s.At+queue.UndoSeconds
}

func reasonField(b web.Base, id, value, wrong string) web.Component {
	list := []ui.Option{{Text: b.T("lobby.reason_choose")}}
	for _, r := range queue.Reasons {
		list = append(list, ui.Option{Value: string(r), Text: b.T("lobby.reason." + string(r))})
	}
	return ui.Select(b.Printer, ui.SelectField{Name: "reason", ID: id, Label: b.T("lobby.reason_label"), Value: value, Error: wrong, Options: list})
}

func (f ticketFacts) pickForm(b web.Base, action string, hidden []ui.Hidden, tr web.Trouble) web.Component {
	id, wrong := "pick", ""
	if f.Typed("do") == "pick" {
		wrong = tr.At("reason")
	}
	if wrong != "" {
		id = "reason"
	}
	return parts.Form(ui.FormData{Action: action, Hidden: hidden}, ui.FieldRow(reasonField(b, id, f.Typed("reason"), wrong),
		ui.SubmitButton(ui.Button{Text: b.T("lobby.pick_now", "number", f.Ticket.Name()), Name: "do", Value: "pick", Key: b.Keys.Of(staff.CallNext)})))
}

func (f ticketFacts) raiseForm(b web.Base, action string, hidden []ui.Hidden, tr web.Trouble) web.Component {
	id, wrong, value := "raise", "", string(f.Ticket.Reason)
	if f.Typed("do") == "raise" {
		value = f.Typed("reason")
		if wrong = tr.At("reason"); wrong != "" {
			id = "reason"
		}
	}
	return parts.Form(ui.FormData{Action: action, Hidden: hidden}, ui.FieldRow(
		priorityField(b, f.priority(), tr.At("priority")), reasonField(b, id, value, wrong),
		ui.SubmitButton(ui.Button{Text: b.T("lobby.raise_now"), Look: ui.Secondary, Name: "do", Value: "raise"})))
}

func (f ticketFacts) priority() string {
	if typed := f.Typed("priority"); typed != "" {
		return typed
	}
	return strconv.Itoa(int(f.Ticket.Priority))
}

func priorityField(b web.Base, value, wrong string) web.Component {
	return ui.Select(b.Printer, ui.SelectField{Name: "priority", Label: b.T("lobby.priority_label"), Value: value, Error: wrong, Options: []ui.Option{
		{Value: "0", Text: b.T("lobby.priority.normal")}, {Value: "1", Text: b.T("lobby.priority.first")}, {Value: "2", Text: b.T("lobby.priority.emergency")},
	}})
}

// historyTable is what happened to the ticket, in its order.
func (f ticketFacts) historyTable(b web.Base) web.Component {
	t := ui.TableData{Caption: b.T("lobby.history"), HideCaption: true, Head: []string{b.T("lobby.head_time"), b.T("lobby.head_what"), b.T("lobby.counter"), b.T("lobby.head_by")}}
	for _, s := range f.Steps {
		what := b.T("lobby.step." + string(s.What))
		if s.What == queue.StepMoved {
			what = b.T("lobby.step_moved_to", "service", serviceName(b, f.Config, s.Service))
		}
		if s.What == queue.StepPicked || s.What == queue.StepRaised {
			if s.Reason != "" {
				what = b.T("lobby.step_because", "what", what, "reason", b.T("lobby.reason."+s.Reason))
			}
		}
		unit := ""
		if s.Unit != "" {
			unit = f.unit(b, s.Unit)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: clockAt(b, f.Config, s.At)}, {Text: what}, {Text: unit}, {Text: f.by(b, s.By)}})
	}
	return ui.Table(t)
}

// by is who did something: the name of one of the staff, or what else it was.
func (f ticketFacts) by(b web.Base, by string) string {
	if by == "" {
		return b.T("lobby.by_themselves")
	}
	if name := f.Staff[ids.Staff(by)]; name != "" {
		return name
	}
	return b.T("lobby.by_machine")
}

// ticketPost does something with a ticket from its page.
func (d *Door) ticketPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	id := ids.Ticket(v.R.PathValue("id"))
	deed, err := deedIn(v, o)
	deed.Ticket = id
	if err == nil {
		deed.Unit, err = d.unitFor(v, o, deed)
	}
	var out queue.Outcome
	if err == nil {
		out, err = d.Queue.Do(v.Ctx(), v.Actor(), deed)
	}
	if web.Mendable(err) {
		return d.showTicket(v, o, id, err)
	}
	if err != nil {
		return err
	}
	return d.did(v, o, doneWord(deed, out), out.Ticket)
}
