package lobby

import (
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// choice is what was chosen on the form with which a counter is opened, or what is called there changed.
type choice struct {
	Unit     ids.Unit
	Over     bool
	Services []ids.Service
	// Why says what is wrong with it; nil for nothing.
	Why error
}

// counterPost opens, pauses or leaves a counter, or chooses what is called there.
func (d *Door) counterPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	what := queue.CounterDeed(v.Form("what"))
	switch what {
	case queue.CounterOpened, queue.CounterBreak, queue.CounterResumed, queue.CounterClosed, queue.CounterServices:
	default:
		return fault.Invalid("error.bad_request", nil)
	}
	c := choice{Unit: ids.Unit(v.Form("unit")), Over: v.Form("over") == "yes"}
	for _, s := range v.R.PostForm["services"] {
		c.Services = append(c.Services, ids.Service(s))
	}
	_, err = d.Queue.SetCounter(v.Ctx(), v.Actor(), v.OrgID(), o.ID, c.Unit, what, c.Services, c.Over)
	if web.Mendable(err) {
		return d.chooseAgain(v, o, c, err)
	}
	if err != nil {
		return err
	}
	return d.did(v, o, string(what), queue.Ticket{})
}

// chooseAgain shows the desk with what was chosen, and why it was not done.
func (d *Door) chooseAgain(v *web.Visit, o *org.Office, c choice, why error) error {
	f, err := d.facts(v, o, v.Form("tab"))
	if err != nil {
		return err
	}
	b := d.page(v)
	if f.Chosen = &c; len(fault.Of(why).Fields) > 0 {
		c.Why = why
	} else {
		f.Wrong = d.worded(v, b, o.ID, why)
	}
	return d.show(v, newDeskPage(b, f))
}

// opening is the choice of a counter, and of what is called there.
func (f deskFacts) opening(b web.Base) []web.Component {
	s := ui.SelectField{Name: "unit", Label: b.T("lobby.counter")}
	for i := range f.Office.Units {
		u := &f.Office.Units[i]
		text := u.Name.In(b.Lang)
		if k := f.Hall.Counter(u.ID); k.Staff != "" {
			text = b.T("lobby.counter_of", "counter", text, "name", f.worker(b, k.Staff))
		} else if s.Value == "" {
			s.Value = string(u.ID)
		}
		s.Options = append(s.Options, ui.Option{Value: string(u.ID), Text: text})
	}
	if len(s.Options) == 0 {
		return []web.Component{ui.P(b.T("lobby.no_counters"))}
	}
	over := false
	if f.Chosen != nil {
		s.Value, over = string(f.Chosen.Unit), f.Chosen.Over
	}
	fields := []web.Component{
		ui.Select(b.Printer, s),
		ui.Checkboxes(b.Printer, ui.Choices{Name: "over", Legend: b.T("lobby.over_legend"), Options: []ui.Choice{{Value: "yes", Label: b.T("lobby.over"), Checked: over}}}),
	}
	if offered := f.Config.ServicesAt(f.Office.ID); len(offered) > 1 {
		list := make([]ids.Service, len(offered))
		for i, x := range offered {
			list[i] = x.ID
		}
		fields = append(fields, f.maybeOpen(b, b.T("lobby.choose_services"), f.ticks(b, list, nil)))
	}
	return []web.Component{parts.Form(ui.FormData{Action: f.action(b, "counter"), Hidden: f.with(ui.Hidden{Name: "what", Value: "opened"})},
		append(fields, ui.Step(ui.StepButton{ID: "desk-next", Text: b.T("lobby.open_counter"), Key: b.Keys.Of(staff.CallNext)}))...)}
}

// choosing is what is called at the counter where the reader is, and the choice of it; nothing where there is none.
func (f deskFacts) choosing(b web.Base) web.Component {
	served := queue.ServedAt(f.Config, f.Office.ID, f.Mine.Unit)
	if len(served) < 2 {
		return tags(nil)
	}
	chosen := queue.ChosenAt(f.Config, f.Mine)
	change := f.maybeOpen(b, b.T("lobby.choose_services"), parts.Form(
		ui.FormData{Action: f.action(b, "counter"), Hidden: f.with(ui.Hidden{Name: "what", Value: string(queue.CounterServices)}, ui.Hidden{Name: "unit", Value: string(f.Mine.Unit)})},
		f.ticks(b, served, chosen), ui.SubmitButton(ui.Button{Text: b.T("lobby.choose_services_now"), Look: ui.Secondary})))
	if len(chosen) == 0 {
		return change
	}
	return parts.All([]web.Component{ui.P(b.T("lobby.only_called", "services", f.namesOf(b, chosen))), change})
}

// maybeOpen is what opens when its words are pressed, and is open where something in it is wrong.
func (f deskFacts) maybeOpen(b web.Base, words string, part web.Component) web.Component {
	if f.Chosen != nil && (f.Chosen.Why != nil || len(f.Chosen.Services) > 0) {
		return part
	}
	return parts.More(words, part)
}

// ticks are the services to choose from. Before the counter is known, those that not every counter serves say where they are served.
func (f deskFacts) ticks(b web.Base, list, chosen []ids.Service) web.Component {
	c := ui.Choices{Name: "services", Legend: b.T("lobby.services_called"), Hint: b.T("lobby.services_hint")}
	if f.Chosen != nil {
		chosen = f.Chosen.Services
		c.Error = web.TroubleOf(b, f.Chosen.Why).At("services")
	}
	for _, s := range list {
		o := ui.Choice{Value: string(s), Label: serviceName(b, f.Config, s), Checked: slices.Contains(chosen, s)}
		if units := f.Config.Units(s, f.Office.ID); f.Mine.Unit == "" && len(units) < len(f.Office.Units) {
			names := make([]string, len(units))
			for i, u := range units {
				names[i] = u.Name.In(b.Lang)
			}
			o.Hint = b.T("lobby.only_at", "counters", b.Printer.List(names))
		}
		c.Options = append(c.Options, o)
	}
	slices.SortStableFunc(c.Options, func(x, y ui.Choice) int { return strings.Compare(x.Label, y.Label) })
	return ui.Checkboxes(b.Printer, c)
}

func (f deskFacts) namesOf(b web.Base, list []ids.Service) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = serviceName(b, f.Config, s)
	}
	return b.Printer.List(names)
}

// counterForm does something with the counter itself.
func (f deskFacts) counterForm(b web.Base, what string, s ui.StepButton) web.Component {
	s.Name, s.Value = "what", what
	return parts.Form(ui.FormData{Action: f.action(b, "counter"), Hidden: f.with(ui.Hidden{Name: "unit", Value: string(f.Mine.Unit)})}, ui.Step(s))
}

// rest are a break, leaving the counter, help, and what is called here.
func (f deskFacts) rest(b web.Base) web.Component {
	button := func(action, what, text string, look ui.Look) web.Component {
		return ui.RowForm1(ui.FormData{Action: f.action(b, action), Hidden: f.with(ui.Hidden{Name: "unit", Value: string(f.Mine.Unit)})},
			ui.Button{Text: b.T(text), Look: look, Name: "what", Value: what})
	}
	var list []web.Component
	if f.Here.ID == "" {
		if f.Mine.BreakSince == 0 {
			list = append(list, button("counter", "break", "lobby.start_break", ui.Secondary))
		}
		list = append(list, button("counter", "closed", "lobby.close_counter", ui.Secondary))
	}
	return parts.All([]web.Component{parts.Buttons(append(list, button("alarm", "alarm", "lobby.alarm", ui.Secondary))...), f.choosing(b)})
}

// others are the other counters, as they are now.
func (f deskFacts) others(b web.Base) []web.Component {
	var rows [][]ui.Cell
	for i := range f.Office.Units {
		u := &f.Office.Units[i]
		if u.ID == f.Mine.Unit {
			continue
		}
		k := f.Hall.Counter(u.ID)
		state := b.T("lobby.counter_state.closed")
		switch t, busy := f.Hall.Ticket(k.Ticket); {
		case k.Staff == "":
		case k.BreakSince != 0:
			state = b.T("lobby.counter_state.break", "time", clockAt(b, f.Config, k.BreakSince))
		case busy && t.State == queue.Called:
			state = b.T("lobby.counter_state.called", "number", t.Name(), "time", clockAt(b, f.Config, t.CalledAt))
		case busy:
			state = b.T("lobby.counter_state.serving", "number", t.Name(), "time", clockAt(b, f.Config, t.BegunAt))
		default:
			state = b.T("lobby.counter_state.open")
		}
		if chosen := queue.ChosenAt(f.Config, k); k.Staff != "" && len(chosen) > 0 {
			state = b.T("lobby.counter_only", "state", state, "services", f.namesOf(b, chosen))
		}
		rows = append(rows, []ui.Cell{{Text: u.Name.In(b.Lang)}, {Text: f.worker(b, k.Staff)}, {Text: state}})
	}
	if len(rows) == 0 {
		return nil
	}
	return []web.Component{parts.Section(b.T("lobby.others"), ui.Table(ui.TableData{
		Caption: b.T("lobby.others"), HideCaption: true, Head: []string{b.T("lobby.counter"), b.T("common.name"), b.T("lobby.head_state")}, Rows: rows,
	}))}
}

// worker is who works at a counter: one of the staff, or a program. Nobody is empty.
func (f deskFacts) worker(b web.Base, id ids.Staff) string {
	if name := f.Staff[id]; name != "" || id == "" {
		return name
	}
	return b.T("lobby.by_machine")
}
