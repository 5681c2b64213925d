package lobby

import (
	"strconv"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// tag is a small word about a thing.
type tag struct {
	Kind ui.Kind
	Text string
}

// newDeskPage is the desk for calling.
func newDeskPage(b web.Base, f deskFacts) Page {
	waiting := len(f.waiting())
	b.Title = b.N("lobby.waiting_title", waiting)
	if f.Here.ID != "" {
		b.Title = b.T("lobby.desk_title", "number", f.Here.Name(), "rest", b.N("lobby.waiting_title", waiting))
	}
	heading := b.T("lobby.heading", "place", f.Office.Name.In(b.Lang))
	if f.Mine.Unit != "" {
		heading = b.T("lobby.heading_at", "place", f.Office.Name.In(b.Lang), "counter", f.unit(b, f.Mine.Unit))
	}
	p := Page{Base: b, Heading: heading, Refused: f.Wrong != ""}
	if f.Chosen != nil {
		p.blame(web.TroubleOf(b, f.Chosen.Why))
	}
	above := []web.Component{ui.DeskStatus(f.status(b)), part("desk-head", f.alerts(b)...)}
	left := []web.Component{part("desk-serving", f.serving(b)), part("desk-others", f.others(b)...)}
	right := []web.Component{part("desk-queue", f.queue(b)...)}
	box := ui.CallDesk{Src: f.Live, Lost: b.T("lobby.lost")}
	return p.with(deskBox(box, above, left, right), ui.LinkList(f.links(b)))
}

func (f deskFacts) unit(b web.Base, u ids.Unit) string { return unitName(b, f.Config, f.Office.ID, u) }

// status is the one line about what was just done.
func (f deskFacts) status(b web.Base) string {
	switch f.Done {
	case "nobody", "opened", "break", "resumed", "closed", "services", "seen", "alarm", "told", "untold", "ended", "entered":
		return b.T("lobby.done." + f.Done)
	case "called", "picked", "recalled", "begun", "done", "missed", "left", "parked", "returned", "moved", "raised", "undone", "arrived", "already", "taken", "finished", "printed":
		if f.About.ID != "" {
			return b.T("lobby.said."+f.Done, "number", f.About.Name())
		}
	}
	return ""
}

// alerts are what somebody should see to, with the messages to those who wait.
func (f deskFacts) alerts(b web.Base) []web.Component {
	var out []web.Component
	if f.Wrong != "" {
		out = append(out, parts.Alert(ui.AlertBox{Kind: ui.Danger, Text: f.Wrong}))
	}
	if list := queue.Uncalled(f.Config, f.Hall, f.Now.Unix()); len(list) > 0 {
		out = append(out, parts.Alert(ui.AlertBox{Kind: ui.Warning, Text: b.T("lobby.uncalled", "services", f.namesOf(b, list)), Quiet: true}))
	}
	for _, a := range f.Hall.Alerts {
		where := f.Devices[a.Device]
		if a.Unit != "" {
			where = f.unit(b, a.Unit)
		}
		kind := ui.Warning
		if a.Kind == queue.AlertEmergency {
			kind = ui.Danger
		}
		text := b.T("lobby.alert."+string(a.Kind), "time", clockAt(b, f.Config, a.At))
		if where != "" {
			text = b.T("lobby.alert_at", "where", where, "what", text)
		}
		out = append(out, parts.Alert(ui.AlertBox{Kind: kind, Text: text, ID: "alert-" + a.ID},
			ui.RowForm1(ui.FormData{Action: at(b, string(f.Office.ID), "seen"), Hidden: f.with(ui.Hidden{Name: "alert", Value: a.ID})},
				ui.Button{Text: b.T("lobby.seen"), Look: ui.Secondary})))
	}
	return out
}

// with are the fields that each form of the desk has.
func (f deskFacts) with(more ...ui.Hidden) []ui.Hidden {
	return append([]ui.Hidden{{Name: "tab", Value: f.Tab}, {Name: "key", Value: string(f.Key)}}, more...)
}

// action is where deeds go.
func (f deskFacts) action(b web.Base, list ...string) string {
	return at(b, append([]string{string(f.Office.ID)}, list...)...)
}

// about are the fields that say which ticket is meant, and as it was seen.
func (f deskFacts) about(t queue.Ticket) []ui.Hidden {
	h := f.with(ui.Hidden{Name: "unit", Value: string(f.Mine.Unit)})
	if t.ID == "" {
		return h
	}
	return append(h, ui.Hidden{Name: "ticket", Value: string(t.ID)}, ui.Hidden{Name: "rev", Value: strconv.FormatInt(t.Rev, 10)})
}

// serving is the card of the counter: who is there, and the next step.
func (f deskFacts) serving(b web.Base) web.Component {
	now := f.Now.Unix()
	switch {
	case f.Mine.Unit == "":
		return card(b.T("lobby.no_counter"), "", f.opening(b)...)
	case f.Mine.BreakSince != 0:
		return card(b.T("lobby.on_break"), f.since(b, f.Mine.BreakSince, now), f.counterForm(b, "resumed", ui.StepButton{
			ID: "desk-next", Text: b.T("lobby.resume"), Key: b.Keys.Of(staff.CallNext),
		}), f.rest(b))
	case f.Here.ID == "":
		next := ui.StepButton{ID: "desk-next", Text: b.T("lobby.call_next"), Under: b.T("lobby.nobody_waits"), Name: "do", Value: "next", Key: b.Keys.Of(staff.CallNext)}
		if f.Next.ID != "" {
			next.Text, next.Under = b.T("lobby.call_next_number", "number", f.Next.Name()), f.underOf(b, f.Next)
		}
		return card(b.T("lobby.idle"), "", parts.Form(ui.FormData{Action: f.action(b), Hidden: f.about(queue.Ticket{})}, ui.Step(next)), f.undoLast(b), f.rest(b))
	}
	title, since := b.T("lobby.in_service"), f.Here.BegunAt
	if f.Here.State == queue.Called {
		title, since = b.T("lobby.called"), f.Here.CalledAt
	}
	list := append([]web.Component{ui.BigNumber(f.Here.Name())}, f.facts(b)...)
	list = append(list, f.steps(b), f.moving(b), f.undoLast(b), f.rest(b))
	return card(title, f.since(b, since, now), list...)
}

func (f deskFacts) since(b web.Base, at, now int64) string {
	return b.T("lobby.since", "time", clockAt(b, f.Config, at), "for", b.Printer.Minutes(int(max(now-at, 0)/60)))
}

// underOf is what stands below a number: the service, and the booked time.
func (f deskFacts) underOf(b web.Base, t queue.Ticket) string {
	name := serviceName(b, f.Config, t.Service)
	if t.Kind == queue.Booked {
		return b.T("lobby.service_booked", "service", name, "time", clockAt(b, f.Config, t.BookedAt))
	}
	return b.T("lobby.service_walk_in", "service", name)
}

// facts are what is known of who is at the counter.
func (f deskFacts) facts(b web.Base) []web.Component {
	var out []web.Component
	switch {
	case f.Client.Hidden:
		out = append(out, ui.Strong(b.T("lobby.protected")))
	case f.Client.Name != "":
		out = append(out, ui.Strong(f.Client.Name))
	}
	out = append(out, ui.P(f.underOf(b, f.Here)), tags(f.remarks(b, f.Here)))
	if f.Client.Note != "" {
		out = append(out, ui.P(b.T("lobby.note", "note", f.Client.Note)))
	}
	return out
}

// remarks are what is special about a ticket.
func (f deskFacts) remarks(b web.Base, t queue.Ticket) []tag {
	var out []tag
	switch {
	case t.Priority == queue.Emergency:
		out = append(out, tag{ui.Danger, b.T("lobby.priority.emergency")})
	case t.Priority == queue.First:
		out = append(out, tag{ui.Warning, b.T("lobby.priority.first")})
	}
	if t.Reason != "" {
		out = append(out, tag{ui.Neutral, b.T("lobby.reason." + string(t.Reason))})
	}
	if t.Speaks {
		out = append(out, tag{ui.Info, b.T("lobby.speaks", "lang", b.T("lobby.lang."+string(t.Lang)))})
	}
	if t.Calls > 1 {
		out = append(out, tag{ui.Neutral, b.N("lobby.calls", t.Calls)})
	}
	return out
}

// steps are the next step and the others of who is at the counter.
func (f deskFacts) steps(b web.Base) web.Component {
	step := func(do string, deed staff.Deed, name string) web.Component {
		return ui.Step(ui.StepButton{ID: "desk-" + do, Text: b.T(name), Name: "do", Value: do, Key: b.Keys.Of(deed), Look: ui.Secondary})
	}
	var next web.Component
	var others []web.Component
	if f.Here.State == queue.Called {
		next = ui.Step(ui.StepButton{ID: "desk-next", Text: b.T("lobby.start"), Name: "do", Value: "start", Key: b.Keys.Of(staff.CallNext)})
		others = []web.Component{
			step("recall", staff.CallAgain, "lobby.recall"), step("missed", staff.CallMissed, "lobby.missed"),
			ui.Step(ui.StepButton{ID: "desk-back", Text: b.T("lobby.back"), Name: "do", Value: "back", Look: ui.Secondary}),
		}
	} else {
		s := ui.StepButton{ID: "desk-next", Text: b.T("lobby.finish"), Under: b.T("lobby.nobody_waits"), Name: "do", Value: "done", Key: b.Keys.Of(staff.CallNext)}
		if f.Next.ID != "" {
			s.Text, s.Under, s.Value = b.T("lobby.finish_next", "number", f.Next.Name()), f.underOf(b, f.Next), "next"
			others = append(others, step("done", staff.CallFinish, "lobby.finish_only"))
		}
		next = ui.Step(s)
	}
	return parts.Form(ui.FormData{Action: f.action(b), Hidden: f.about(f.Here)}, append([]web.Component{next}, grid(others...))...)
}

// moving is what opens to send somebody on, or to set them aside.
func (f deskFacts) moving(b web.Base) web.Component {
	services := servicesOf(b, f.Config, f.Office.ID, f.Here.Service)
	list := []web.Component{parkForm(b, f.action(b), f.about(f.Here), "", "")}
	if len(services) > 0 {
		list = append([]web.Component{moveForm(b, f.action(b), f.about(f.Here), services, "", "")}, list...)
	}
	return parts.More(b.T("lobby.move_or_park"), append(list, ui.LinkList([]ui.Link{{Href: f.action(b, "tickets", string(f.Here.ID)), Text: b.T("lobby.to_ticket", "number", f.Here.Name())}}))...)
}

func moveForm(b web.Base, action string, hidden []ui.Hidden, services []ui.Option, value, wrong string) web.Component {
	return parts.Form(ui.FormData{Action: action, Hidden: hidden}, ui.FieldRow(
		ui.Select(b.Printer, ui.SelectField{Name: "service", Label: b.T("lobby.move"), Value: value, Options: services, Error: wrong}),
		ui.SubmitButton(ui.Button{Text: b.T("lobby.move_now"), Look: ui.Secondary, Name: "do", Value: "move"})))
}

func parkForm(b web.Base, action string, hidden []ui.Hidden, value, wrong string) web.Component {
	return parts.Form(ui.FormData{Action: action, Hidden: hidden}, ui.FieldRow(
		ui.TextField(b.Printer, ui.Field{Name: "minutes", Label: b.T("lobby.park"), Hint: b.T("lobby.park_hint"), Value: value, Error: wrong, Short: true, InputMode: "numeric", NoSpelling: true, Autocomplete: "off"}),
		ui.SubmitButton(ui.Button{Text: b.T("lobby.park_now"), Look: ui.Secondary, Name: "do", Value: "park"})))
}

// undoLast takes the last end at this counter back, for as long as that can be done.
func (f deskFacts) undoLast(b web.Base) web.Component {
	var last queue.Ticket
	for _, t := range f.Hall.Gone {
		if t.Counter == f.Mine.Unit && f.undoable(t) && t.EndAt >= last.EndAt {
			last = t
		}
	}
	if last.ID == "" {
		return tags(nil)
	}
	return f.undo(b, last, b.T("lobby.undo_last", "number", last.Name(), "state", b.T("lobby.state."+string(last.State))))
}

// undoable reports whether the end of a ticket can still be taken back.
func (f deskFacts) undoable(t queue.Ticket) bool {
	return !t.State.Live() && f.Now.Unix() <= t.EndAt+queue.UndoSeconds
}

func (f deskFacts) undo(b web.Base, t queue.Ticket, text string) web.Component {
	return ui.RowForm1(ui.FormData{Action: f.action(b), Hidden: f.about(t)}, ui.Button{Text: text, Look: ui.Tertiary, Name: "do", Value: "undo"})
}

// links are the pages beside the desk.
func (f deskFacts) links(b web.Base) []ui.Link {
	var list []ui.Link
	if f.MaySee {
		list = []ui.Link{{Href: f.action(b, "list"), Text: b.T("lobby_list.link")}}
	}
	return append(list, []ui.Link{
		{Href: f.action(b, "entry"), Text: b.T("entry.title")},
		{Href: f.action(b, "figures"), Text: b.T("figures.link")},
		{Href: f.action(b, "messages"), Text: b.T("lobby.messages")},
		{Href: f.action(b, "end"), Text: b.T("lobby.end_title")},
		{Href: web.Path(b.Lang, "", "staff", "keys"), Text: b.T("staff_keys.link")},
	}...)
}

// queue is the queue with its tabs.
func (f deskFacts) queue(b web.Base) []web.Component {
	tab := func(name string, n int) ui.Link {
		return ui.Link{Href: f.action(b) + "?tab=" + name, Text: b.T("lobby.tab", "name", b.T("lobby.tabs."+name), "n", n), Current: f.Tab == name}
	}
	tabs := []ui.Link{tab(tabWaiting, len(f.waiting()))}
	if f.MaySee {
		tabs = append(tabs, tab(tabComing, len(f.Coming)))
	}
	tabs = append(tabs, tab(tabDone, len(f.Hall.Gone)))
	out := []web.Component{ui.H2("", b.T("lobby.queue")), parts.Buttons(f.above(b)...), ui.LinkRow(b.T("lobby.views"), tabs)}
	for _, m := range f.Hall.Messages {
		out = append(out, ui.Muted(b.T("lobby.message_shown", "text", m.Text.In(b.Lang), "time", clockAt(b, f.Config, m.Until))))
	}
	switch f.Tab {
	case tabComing:
		return append(out, f.comingTable(b))
	case tabDone:
		return append(out, f.doneTable(b))
	}
	return append(out, f.waitingTable(b), f.asideTable(b))
}

// above are what adds somebody to the queue.
func (f deskFacts) above(b web.Base) []web.Component {
	list := []web.Component{ui.LinkButton(ui.Secondary, ui.Link{Href: f.action(b, "walk-in"), Text: b.T("lobby.add_walk_in")})}
	if f.MaySee {
		list = append(list, ui.LinkButton(ui.Secondary, ui.Link{Href: web.Path(b.Lang, "", "staff", string(b.Org), "desk", "book"), Text: b.T("lobby.book")}))
	}
	return list
}

func (f deskFacts) ticketLink(b web.Base, t queue.Ticket) web.Component {
	return number(ui.Link{Href: f.action(b, "tickets", string(t.ID)), Text: t.Name()})
}

func (f deskFacts) waitingTable(b web.Base) web.Component {
	list := f.waiting()
	if len(list) == 0 {
		return ui.P(b.T("lobby.nobody_waits"))
	}
	now := f.Now.Unix()
	t := ui.TableData{Caption: b.T("lobby.tabs.waiting"), HideCaption: true, Head: []string{
		b.T("lobby.head_number"), b.T("common.service"), b.T("lobby.head_booked"), b.T("lobby.head_waited"), b.T("lobby.head_remarks"), b.T("lobby.head_action"),
	}}
	for _, x := range list {
		booked := b.T("lobby.walk_in")
		if x.Kind == queue.Booked {
			booked = clockAt(b, f.Config, x.BookedAt)
		}
		remarks := f.remarks(b, x)
		if bound := f.bound(x.Service); bound > 0 && x.Kind == queue.WalkIn && now-x.ArrivedAt >= bound {
			remarks = append(remarks, tag{ui.Danger, b.T("lobby.over_bound", "n", int(bound/60))})
		}
		var do web.Component = ui.A(ui.Link{Href: f.action(b, "tickets", string(x.ID)) + "#pick", Text: b.T("lobby.pick"), Hidden: x.Name()})
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: f.ticketLink(b, x)}, {Text: serviceName(b, f.Config, x.Service)}, {Text: booked},
			{Text: b.Printer.Minutes(int(max(now-x.ArrivedAt, 0) / 60))}, {Content: tags(remarks)}, {Content: do},
		})
	}
	return ui.Table(t)
}

// asideTable are those who are set aside.
func (f deskFacts) asideTable(b web.Base) web.Component {
	var rows [][]ui.Cell
	for _, x := range f.Hall.Tickets {
		if x.StateAt(f.Now.Unix()) != queue.Parked {
			continue
		}
		until := b.T("lobby.parked_open")
		if x.ParkedUntil != 0 {
			until = b.T("lobby.parked_until", "time", clockAt(b, f.Config, x.ParkedUntil))
		}
		rows = append(rows, []ui.Cell{{Content: f.ticketLink(b, x)}, {Text: serviceName(b, f.Config, x.Service)}, {Text: until}, {Content: ui.RowForm1(
			ui.FormData{Action: f.action(b), Hidden: f.about(x)}, ui.Button{Text: b.T("lobby.return"), Hidden: x.Name(), Look: ui.Tertiary, Name: "do", Value: "return"})}})
	}
	if len(rows) == 0 {
		return tags(nil)
	}
	return ui.Table(ui.TableData{Caption: b.T("lobby.aside"), Head: []string{b.T("lobby.head_number"), b.T("common.service"), b.T("lobby.head_state"), b.T("lobby.head_action")}, Rows: rows})
}

func (f deskFacts) comingTable(b web.Base) web.Component {
	if len(f.Coming) == 0 {
		return ui.P(b.T("lobby.nobody_comes"))
	}
	t := ui.TableData{Caption: b.T("lobby.tabs.coming"), HideCaption: true, Head: []string{
		b.T("lobby.head_booked"), b.T("common.name"), b.T("common.service"), b.T("lobby.counter"), b.T("lobby.head_action"),
	}}
	for _, r := range f.Coming {
		name, do := r.Name, web.Component(ui.RowForm1(ui.FormData{Action: f.action(b, "in"), Hidden: f.with(ui.Hidden{Name: "appointment", Value: string(r.ID)})},
			ui.Button{Text: b.T("lobby.check_in"), Hidden: r.Name, Look: ui.Tertiary}))
		if r.Hidden {
			name, do = b.T("lobby.protected"), tags(nil)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: clockAt(b, f.Config, r.Start)}, {Text: name}, {Text: f.serviceOf(b, r)}, {Text: f.unit(b, r.Unit)}, {Content: do},
		})
	}
	return ui.Table(t)
}

func (f deskFacts) serviceOf(b web.Base, r booking.DeskRow) string {
	if r.Hidden {
		return ""
	}
	return serviceName(b, f.Config, r.Service)
}

func (f deskFacts) doneTable(b web.Base) web.Component {
	if len(f.Hall.Gone) == 0 {
		return ui.P(b.T("lobby.none_done"))
	}
	t := ui.TableData{Caption: b.T("lobby.tabs.done"), HideCaption: true, Head: []string{
		b.T("lobby.head_number"), b.T("common.service"), b.T("lobby.head_state"), b.T("lobby.counter"), b.T("lobby.head_action"),
	}}
	for i := len(f.Hall.Gone) - 1; i >= 0; i-- {
		x := f.Hall.Gone[i]
		do := tags(nil)
		if f.undoable(x) {
			do = f.undo(b, x, b.T("lobby.undo"))
		}
		at := ""
		if x.Counter != "" {
			at = f.unit(b, x.Counter)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: f.ticketLink(b, x)}, {Text: serviceName(b, f.Config, x.Service)},
			{Text: b.T("lobby.state_at", "state", b.T("lobby.state."+string(x.State)), "time", clockAt(b, f.Config, x.EndAt))}, {Text: at}, {Content: do},
		})
	}
	return ui.Table(t)
}

// heading is what stands on the page: its title, unless that is about what goes on.
func (p Page) heading() string {
	if p.Heading != "" {
		return p.Heading
	}
	return p.Title
}
