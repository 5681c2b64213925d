package admin

import (
	"net/http"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// hoursChange shows what a change would do and whom it affects, or, once it is saved, what became of them.
func (d *Door) hoursChange(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	change, err := d.changeOf(v, w)
	if err != nil {
		return err
	}
	if change.AppliedAt != 0 {
		return d.showOutcomes(v, w, change, nil)
	}
	return d.showPlan(v, w, change, hours.Choice(v.Query("all")), nil, nil)
}

// changeOf is the change of the address, at its office.
func (d *Door) changeOf(v *web.Visit, w hourWords) (hours.Change, error) {
	c, err := d.Hours.Change(v.Ctx(), v.Actor(), v.OrgID(), ids.HoursChange(v.R.PathValue("id")))
	if err == nil && c.Office != w.office.ID {
		return c, fault.NotFound("hours.no_change")
	}
	return c, err
}

// showPlan shows what a change would do. What was chosen stays; why says what went wrong.
func (d *Door) showPlan(v *web.Visit, w hourWords, change hours.Change, all hours.Choice, chosen map[ids.Appointment]hours.Visit, why error) error {
	p, err := d.Hours.Plan(v.Ctx(), v.Actor(), v.OrgID(), change.ID)
	if fault.Is(err, fault.KindInvalid) { // the hours are others now, and it does not fit them
		page := newUnfitPage(w, err)
		return v.Render(http.StatusConflict, ShowDesk(page))
	}
	if err != nil {
		return err
	}
	w.config = p.Config
	if chosen == nil {
		chosen = p.Decided
	}
	page := newPlanPage(w, p, all, chosen, why)
	if why != nil {
		return v.Render(web.StatusOf(fault.Of(why).Kind), ShowDesk(page))
	}
	return show(v, page)
}

func newUnfitPage(w hourWords, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.check_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID)}
	p.blame(web.TroubleOf(b, why))
	p.Parts = []web.Component{ui.P(b.T("hours.unfit")), ui.LinkButton(ui.Primary, ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.to_hours")})}
	return p
}

// hoursChangePost carries a change out, or goes on with one.
func (d *Door) hoursChangePost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	change, err := d.changeOf(v, w)
	if err != nil {
		return err
	}
	seen, err := strconv.ParseInt(v.Form("seen"), 10, 64)
	if err != nil {
		seen = 0
	}
	chosen := choicesIn(v)
	err = d.Hours.Carry(v.Ctx(), v.Actor(), hours.Decision{Org: v.OrgID(), Change: change.ID, Seen: seen, Choices: chosen})
	switch {
	case err == nil:
		return v.SeeOther(hoursAt(w.b, w.office.ID, "change", string(change.ID)))
	case change.AppliedAt == 0 && (fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindInvalid)):
		return d.showPlan(v, w, change, "", chosen, err)
	}
	return err
}

// choicesIn reads what was chosen for each of the affected.
func choicesIn(v *web.Visit) map[ids.Appointment]hours.Visit {
	out := map[ids.Appointment]hours.Visit{}
	for _, id := range v.R.PostForm["visit[]"] {
		c := hours.Visit{Appointment: ids.Appointment(id), Choice: hours.Choice(v.Form("choice-" + id))}
		if to, err := strconv.ParseInt(v.Form("to-"+id), 10, 64); err == nil {
			c.To = to
		}
		out[c.Appointment] = c
	}
	return out
}

func newPlanPage(w hourWords, plan hours.Plan, all hours.Choice, chosen map[ids.Appointment]hours.Visit, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.check_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.check_lead", "office", w.office.Name)}
	p.blame(web.TroubleOf(b, why))
	for _, diff := range plan.Differences {
		gone, come := w.difference(diff)
		p.Parts = append(p.Parts, ui.H2("", w.unit(diff.Unit)))
		if len(gone) > 0 {
			p.Parts = append(p.Parts, ui.H3("", b.T("hours.gone")), ui.BulletList(gone))
		}
		if len(come) > 0 {
			p.Parts = append(p.Parts, ui.H3("", b.T("hours.new")), ui.BulletList(come))
		}
	}
	if len(plan.Overlaps) > 0 {
		var lines []string
		for _, o := range plan.Overlaps {
			lines = append(lines, b.T("hours.overlap", "one", w.line(o.Line), "other", w.line(o.Other)))
		}
		p.Parts = append(p.Parts, boxed(ui.AlertBox{Kind: ui.Warning, Title: b.T("hours.overlap_title"), Text: b.T("hours.overlap_text"), Quiet: true}, []web.Component{ui.BulletList(lines)}))
	}
	self := hoursAt(b, w.office.ID, "change", string(plan.Change.ID))
	fields := []web.Component{ui.HiddenFields([]ui.Hidden{{Name: "seen", Value: strconv.FormatInt(plan.Version(), 10)}})}
	button := b.T("hours.publish")
	p.Parts = append(p.Parts, ui.H2("affected", b.N("hours.affected", len(plan.Affected))))
	if len(plan.Affected) == 0 {
		p.Parts = append(p.Parts, ui.P(b.T("hours.nobody_affected")))
	} else {
		button = b.T("hours.publish_and_tell")
		p.Parts = append(p.Parts, ui.P(b.T("hours.affected_lead")), ui.LinkRow(b.T("hours.for_all"), []ui.Link{
			{Href: withValues(self, "all", string(hours.Move)) + "#affected", Text: b.T("hours.all_move")},
			{Href: withValues(self, "all", string(hours.Cancel)) + "#affected", Text: b.T("hours.all_cancel")},
			{Href: withValues(self, "all", string(hours.Keep)) + "#affected", Text: b.T("hours.all_keep")},
		}))
	}
	for _, a := range plan.Affected {
		fields = append(fields, w.choiceFields(a, preset(a, all, chosen))...)
	}
	p.Parts = append(p.Parts, form(ui.FormData{Action: self}, ui.Button{Text: button}, ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")}, fields...))
	return p
}

// preset is what is chosen for somebody at first: what was chosen before, what is for all, or to move when there is a time.
func preset(a booking.Displaced, all hours.Choice, chosen map[ids.Appointment]hours.Visit) hours.Choice {
	c := chosen[a.Appointment.ID].Choice
	if all.Valid() {
		c = all
	}
	switch {
	case c == hours.Move && a.To == 0, c == "" && a.To == 0:
		return hours.Cancel
	case c == "":
		return hours.Move
	}
	return c
}

// at is a moment in the office's time, within a sentence: "Monday 23 November at 9:00".
func (w hourWords) at(unix int64) string {
	return w.b.Printer.At(time.Unix(unix, 0).In(w.config.Zone()))
}

// when is at by itself.
func (w hourWords) when(unix int64) string { return begin(w.at(unix)) }

// choiceFields ask what is to become of one of the affected.
func (w hourWords) choiceFields(d booking.Displaced, chosen hours.Choice) []web.Component {
	a, to := d.Appointment, d.To
	b, id := w.b, string(a.ID)
	c := ui.Choices{
		Name: "choice-" + id, Legend: b.T("hours.visit", "time", w.when(a.Start), "service", w.service(a.Service), "name", a.Details.Name),
		Hint: b.T("hours.visit_at", "unit", w.unit(a.Unit), "contact", w.contact(d)),
	}
	if d.Hidden {
		c.Legend = b.T("hours.visit_protected", "time", w.when(a.Start))
	}
	if to != 0 {
		c.Options = append(c.Options, ui.Choice{Value: string(hours.Move), Label: b.T("hours.move_to", "time", w.at(to)), Checked: chosen == hours.Move})
	}
	tell := b.T("hours.cancel_and_tell")
	if !d.Mailed {
		tell = b.T("hours.cancel_and_call")
	}
	c.Options = append(c.Options,
		ui.Choice{Value: string(hours.Cancel), Label: tell, Checked: chosen == hours.Cancel},
		ui.Choice{Value: string(hours.Keep), Label: b.T("hours.keep"), Checked: chosen == hours.Keep},
	)
	return []web.Component{
		ui.HiddenFields([]ui.Hidden{{Name: "visit[]", Value: id}, {Name: "to-" + id, Value: strconv.FormatInt(to, 10)}}), ui.Radios(b.Printer, c),
	}
}

// contact is how somebody is told: by email, or else by phone.
func (w hourWords) contact(d booking.Displaced) string {
	a := d.Appointment
	switch {
	case d.Mailed:
		return w.b.T("hours.by_email")
	case d.Hidden:
		return w.b.T("hours.call_protected")
	case a.Details.Phone != "":
		return w.b.T("hours.by_phone", "phone", a.Details.Phone)
	}
	return w.b.T("hours.by_nothing")
}

// showOutcomes shows what became of the affected.
func (d *Door) showOutcomes(v *web.Visit, w hourWords, change hours.Change, why error) error {
	list, err := d.Hours.Outcomes(v.Ctx(), v.Actor(), v.OrgID(), change.ID)
	if err != nil {
		return err
	}
	p := newOutcomePage(w, change, list)
	p.blame(web.TroubleOf(w.b, why))
	return show(v, p)
}

func newOutcomePage(w hourWords, change hours.Change, list []hours.Outcome) DeskPage {
	b := w.b
	b.Title = b.T("hours.done_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Done: b.T("hours.saved")}
	t := ui.TableData{Caption: b.T("hours.outcomes"), HideCaption: true, Head: []string{
		b.T("hours.old_time"), b.T("common.service"), b.T("common.name"), b.T("hours.became"), b.T("hours.told"),
	}}
	var left, calls []hours.Outcome
	for _, o := range list {
		if o.Visit.State == hours.Failed || o.Visit.State == hours.Waiting {
			left = append(left, o)
			continue
		}
		told := b.T("hours.by_email")
		switch {
		case o.Visit.Choice == hours.Keep || o.Visit.State == hours.Gone:
			told = b.T("hours.not_needed")
		case !o.Mailed:
			told = b.T("hours.to_call")
			calls = append(calls, o)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: w.when(o.Visit.Was)}, w.serviceCell(o), {Text: w.nameOf(o)}, {Text: w.became(o)}, {Text: told},
		})
	}
	if len(left) > 0 {
		p.Parts = append(p.Parts, w.leftForm(change, left))
	}
	if len(t.Rows) > 0 {
		p.Parts = append(p.Parts, listOf(b.T("hours.outcomes"), t, ""))
	} else if len(left) == 0 {
		p.Parts = append(p.Parts, ui.P(b.T("hours.nobody_affected")))
	}
	if len(calls) > 0 {
		p.Parts = append(p.Parts, w.callList(calls)...)
	}
	p.Parts = append(p.Parts, buttonRow(ui.LinkButton(ui.Secondary, ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.to_hours")})))
	return p
}

// became is what was done about an appointment.
func (w hourWords) became(o hours.Outcome) string {
	switch {
	case o.Visit.State == hours.Gone:
		return w.b.T("hours.became_gone")
	case o.Visit.Choice == hours.Move:
		return w.b.T("hours.became_moved", "time", w.at(o.Visit.To))
	case o.Visit.Choice == hours.Cancel:
		return w.b.T("hours.became_cancelled")
	}
	return w.b.T("hours.became_kept")
}

// leftForm asks about those for whom the choice could not be carried out: their new time was taken, or they booked at the last moment.
func (w hourWords) leftForm(change hours.Change, left []hours.Outcome) web.Component {
	b := w.b
	var fields []web.Component
	for _, o := range left {
		chosen := hours.Move
		if o.To == 0 {
			chosen = hours.Cancel
		}
		fields = append(fields, w.choiceFields(o.Displaced, chosen)...)
	}
	inside := form(
		ui.FormData{Action: hoursAt(b, w.office.ID, "change", string(change.ID))}, ui.Button{Text: b.T("hours.go_on")}, ui.Link{}, fields...,
	)
	return boxed(ui.AlertBox{Kind: ui.Warning, Title: b.N("hours.left", len(left)), Text: b.T("hours.left_text"), Quiet: true}, []web.Component{inside})
}

// nameOf is whose an appointment is; of those whose data is protected, that alone.
func (w hourWords) nameOf(o hours.Outcome) string {
	if o.Hidden {
		return w.b.T("hours.protected")
	}
	return o.Appointment.Details.Name
}

func (w hourWords) serviceCell(o hours.Outcome) ui.Cell {
	if o.Hidden {
		return ui.Cell{}
	}
	return ui.Cell{Text: w.service(o.Appointment.Service)}
}

// callList is who is to be called, since they gave no email address.
func (w hourWords) callList(calls []hours.Outcome) []web.Component {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.calls"), HideCaption: true, Head: []string{
		b.T("common.name"), b.T("common.phone"), b.T("common.service"), b.T("hours.old_time"), b.T("hours.say"),
	}}
	for _, o := range calls {
		phone := ui.Cell{Text: b.T("common.not_given")}
		if o.Hidden {
			phone.Text = b.T("hours.call_protected")
		}
		if o.Appointment.Details.Phone != "" {
			phone = ui.Cell{Content: ui.Phone(o.Appointment.Details.Phone)}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: w.nameOf(o)}, phone, w.serviceCell(o), {Text: w.when(o.Visit.Was)}, {Text: w.became(o)},
		})
	}
	return []web.Component{ui.H2("calls", b.T("hours.calls")), ui.P(b.T("hours.calls_lead")), ui.Table(t), ui.PrintButton(b.Printer)}
}

// hoursHistory shows what was changed about an office's opening hours.
func (d *Door) hoursHistory(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	before := ids.Audit(v.Query("before"))
	if len(before) > 64 {
		before = ""
	}
	list, err := d.Hours.History(v.Ctx(), v.Actor(), v.OrgID(), w.office.ID, before, historyPage+1)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, r := range list {
		if r.Kind == staffKind && names[r.Actor] == "" {
			names[r.Actor] = d.Staff.NameOf(v.Ctx(), ids.Staff(r.Actor))
		}
	}
	return show(v, newHistoryPage(w, list, names, before))
}

// hoursMonth shows how much of an office's time is booked, by the week.
func (d *Door) hoursMonth(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	today := v.Org.Today(v.Now)
	month := today.String()[:7]
	if asked := v.Query("month"); asked != "" {
		month = asked
	}
	first, err := org.ParseDate(month + "-01")
	if err != nil {
		return fault.NotFound("error.not_found").Because(err)
	}
	weeks, err := d.Hours.Month(v.Ctx(), v.Actor(), v.OrgID(), w.office.ID, first)
	if err != nil {
		return err
	}
	return show(v, newMonthPage(w, first, weeks))
}

func newMonthPage(w hourWords, first org.Date, weeks []hours.Load) DeskPage {
	b := w.b
	b.Title = b.T("hours.month_of", "office", w.office.Name, "month", b.Printer.MonthYear(first.At(720, time.UTC)))
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.month_lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("hours.week"), b.T("hours.booked"), b.T("hours.free"), b.T("hours.total"), b.T("hours.bookings"),
	}}
	for _, l := range weeks {
		link := ui.Link{Href: withValues(hoursAt(b, w.office.ID), "week", l.Week.String()), Text: b.Printer.WeekTitle(l.Week.Year, l.Week.Number)}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(link)}, {Text: w.length(l.Booked), Number: true}, {Text: w.length(l.Total - l.Booked), Number: true}, {Text: w.length(l.Total), Number: true},
			{Text: b.Printer.Number(l.Appointments), Number: true},
		})
	}
	at := func(d org.Date) string { return withValues(hoursAt(b, w.office.ID, "month"), "month", d.String()[:7]) }
	before, after := first.Add(-1), first.Add(31)
	p.Parts = []web.Component{
		ui.LinkRow(b.T("hours.month_title"), []ui.Link{
			{Href: at(before), Text: begin(b.Printer.MonthYear(before.At(720, time.UTC)))}, {Href: at(after), Text: begin(b.Printer.MonthYear(after.At(720, time.UTC)))},
		}),
		ui.Table(t),
	}
	return p
}

// length is a time in hours and minutes.
func (w hourWords) length(seconds int64) string {
	if seconds < 0 {
		seconds = 0
	}
	return w.b.T("hours.length", "hours", w.b.Printer.Number(int(seconds/3600)), "minutes", strconv.Itoa(int(seconds/60%60)))
}
