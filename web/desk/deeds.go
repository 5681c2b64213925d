package desk

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

func dateAt(c *catalog.Config, start int64) org.Date { return org.DateOf(dateOfStart(c, start)) }

// cancel asks for the reason.
func (d *Door) cancel(v *web.Visit, a booking.Appointment) error {
	return d.show(v, newCancelPage(d.page(v, ""), v.Org, a, "", v.Site.Gen.FormKey(), nil))
}

func newCancelPage(b web.Base, c *catalog.Config, a booking.Appointment, reason string, key ids.FormKey, why error) Page {
	b.Title = b.T("desk.cancel_title")
	p := Page{Base: b, Back: at(b, string(a.ID)), Lead: b.T("desk.about", "name", a.Details.Name, "time", timeLine(b, a.Start, a.End, c.Zone()))}
	t := troubleOf(b, why)
	p.blame(t)
	told := b.T("desk.told_nobody")
	if a.Details.Email != "" {
		told = b.T("desk.told_mail", "email", a.Details.Email)
	}
	return p.with(parts.Form(ui.FormData{Action: at(b, string(a.ID), "cancel"), Hidden: seenFields(a, key)},
		ui.TextArea(b.Printer, ui.Field{
			Name: "reason", Label: b.T("desk.cancel_reason"), Hint: told, Value: reason, Error: t.At("reason"), Rows: 2, MaxLen: booking.MaxNote, Optional: true,
		}),
		parts.Buttons(
			ui.SubmitButton(ui.Button{Text: b.T("manage.cancel"), Look: ui.Destructive, Key: b.Keys.Of(staff.DeskMain)}),
			ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b, string(a.ID)), Text: b.T("desk.keep")}),
		),
	))
}

// cancelPost cancels; the client is told, and it can be undone for a while.
func (d *Door) cancelPost(v *web.Visit, a booking.Appointment) error {
	after, err := d.Booking.Cancel(v.Ctx(), v.Actor(), booking.CancelRequest{
		Org: a.Org, ID: a.ID, Reason: v.Form("reason"), Key: ids.FormKey(v.Form("key")), Seen: seenIn(v),
	})
	switch {
	case web.Mendable(err) && len(fault.Of(err).Fields) > 0:
		return d.show(v, newCancelPage(d.page(v, ""), v.Org, a, v.Form("reason"), ids.FormKey(v.Form("key")), err))
	case web.Mendable(err):
		return d.refused(v, a.ID, err)
	case err != nil:
		return err
	}
	d.keepUndo(v, undoable{What: undoCancel, ID: a.ID, Seq: after.Sequence})
	return v.SeeOther(at(baseOf(v), string(a.ID)) + "?done=cancelled")
}

// edit asks for other details.
func (d *Door) edit(v *web.Visit, a booking.Appointment) error {
	return d.show(v, newEditPage(d.page(v, ""), v.Org, a, a.Details, typedOf(a.Details.Birth), v.Site.Gen.FormKey(), nil))
}

func newEditPage(b web.Base, c *catalog.Config, a booking.Appointment, typed booking.Details, birth typedDate, key ids.FormKey, why error) Page {
	b.Title = b.T("manage.edit_title")
	p := Page{Base: b, Back: at(b, string(a.ID)), Lead: b.T("desk.about", "name", a.Details.Name, "time", timeLine(b, a.Start, a.End, c.Zone()))}
	t := troubleOf(b, why)
	p.blame(t)
	fields := slices.Insert(detailFields(b, c, typed, birth, t), 1, otherFields(b, a.Visit().People, typed.Others, t)...)
	fields = append(fields, parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("desk.save_key"), Key: b.Keys.Of(staff.DeskMain)}),
		ui.LinkButton(ui.Tertiary, ui.Link{Href: at(b, string(a.ID)), Text: b.T("desk.keep")}),
	))
	return p.with(parts.Form(ui.FormData{Action: at(b, string(a.ID), "details"), Hidden: seenFields(a, key)}, fields...))
}

// editPost saves the details.
func (d *Door) editPost(v *web.Visit, a booking.Appointment) error {
	c := calledIn(v)
	c.Details.Others = othersIn(v, a.Visit().People)
	_, err := d.Booking.Edit(v.Ctx(), v.Actor(), booking.EditRequest{Org: a.Org, ID: a.ID, Details: c.Details, Key: c.Key, Seen: seenIn(v)})
	switch {
	case web.Mendable(err) && fault.IsKey(err, "form.invalid"):
		return d.show(v, newEditPage(d.page(v, ""), v.Org, a, c.Details, c.Birth, c.Key, err))
	case web.Mendable(err):
		return d.refused(v, a.ID, err)
	case err != nil:
		return err
	}
	return v.SeeOther(at(baseOf(v), string(a.ID)) + "?done=saved")
}

// moveAsked is where and when another time is looked for.
type moveAsked struct {
	Office ids.Office
	Unit   ids.Unit
	Week   org.Week
}

// move shows the times to move to: of a week, at an office, perhaps with one person.
func (d *Door) move(v *web.Visit, a booking.Appointment) error {
	return d.showMove(v, a, v.Query, nil)
}

func (d *Door) showMove(v *web.Visit, a booking.Appointment, value func(string) string, why error) error {
	ask := moveAsked{Office: a.Office, Unit: ids.Unit(value("unit"))}
	places := slices.DeleteFunc(offices(v.Org, v.Actor()), func(o *org.Office) bool { _, _, err := v.Org.Offered(a.Service, o.ID); return err != nil })
	if o := ids.Office(value("office")); slices.ContainsFunc(places, func(x *org.Office) bool { return x.ID == o }) {
		ask.Office = o
	}
	units := booking.UnitsFor(v.Org, a, ask.Office)
	if !slices.ContainsFunc(units, func(u *org.Unit) bool { return u.ID == ask.Unit }) {
		ask.Unit = ""
	}
	sch, err := d.Booking.DeskSchedule(v.Ctx(), a.Org, a.Service, ask.Office, ask.Unit)
	if err != nil {
		return err
	}
	sch = sch.ForMove(v.Actor(), a)
	if ask.Week, err = org.ParseWeek(value("week")); err != nil || ask.Week.Before(sch.Today().ISOWeek()) {
		ask.Week = sch.Today().ISOWeek()
		if own := dateAt(v.Org, a.Start).ISOWeek(); !own.Before(ask.Week) {
			ask.Week = own
		}
	}
	t, err := d.Booking.Between(v.Ctx(), sch, ask.Week.Monday(), ask.Week.Monday().Add(6), a.ID)
	if err != nil {
		return err
	}
	f := moveFacts{Config: v.Org, A: a, Asked: ask, Places: places, Units: units, Schedule: sch, Days: t.Days, Key: v.Site.Gen.FormKey(), Why: why}
	return d.show(v, newMovePage(d.page(v, ""), f))
}

// moveFacts is what the page is made of.
type moveFacts struct {
	Config   *catalog.Config
	A        booking.Appointment
	Asked    moveAsked
	Places   []*org.Office
	Units    []*org.Unit
	Schedule booking.Schedule
	Days     []booking.DayTimes
	Key      ids.FormKey
	Why      error
}

func (f moveFacts) query(b web.Base, w org.Week) string {
	q := "?office=" + string(f.Asked.Office) + "&week=" + w.String()
	if f.Asked.Unit != "" {
		q += "&unit=" + string(f.Asked.Unit)
	}
	return at(b, string(f.A.ID), "move") + q
}

func newMovePage(b web.Base, f moveFacts) Page {
	a := f.A
	b.Title = b.T("desk.move_title")
	p := Page{Base: b, Back: at(b, string(a.ID)), Lead: b.T("desk.move_lead", "name", a.Details.Name, "time", timeLine(b, a.Start, a.End, f.Config.Zone()),
		"place", officeName(b, f.Config, a.Office))}
	p.blame(troubleOf(b, f.Why))
	place := ui.SelectField{Name: "office", Label: b.T("common.place"), Value: string(f.Asked.Office)}
	for _, o := range f.Places {
		place.Options = append(place.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	unit := ui.SelectField{Name: "unit", Label: b.T("desk.unit"), Value: string(f.Asked.Unit), Options: []ui.Option{{Text: b.T("desk.any_unit")}}}
	for _, u := range f.Units {
		unit.Options = append(unit.Options, ui.Option{Value: string(u.ID), Text: u.Name.In(b.Lang)})
	}
	choose := parts.Form(ui.FormData{Action: at(b, string(a.ID), "move"), Get: true, Hidden: []ui.Hidden{{Name: "week", Value: f.Asked.Week.String()}}}, ui.FieldRow(
		ui.Select(b.Printer, place), ui.Select(b.Printer, unit), ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
	))
	zone := f.Schedule.Zone()
	hidden := append(seenFields(a, f.Key), ui.Hidden{Name: "office", Value: string(f.Asked.Office)}, ui.Hidden{Name: "unit", Value: string(f.Asked.Unit)},
		ui.Hidden{Name: "week", Value: f.Asked.Week.String()})
	grid := parts.Form(ui.FormData{Action: at(b, string(a.ID), "move"), Hidden: hidden},
		weekGrid(b, f.Schedule, f.Days, "to", func(start int64) string { return time.Unix(start, 0).In(zone).Format(time.RFC3339) }))
	return p.with(choose, parts.Section(b.T("desk.week_at", "week", f.Asked.Week.Number, "place", f.Schedule.Office.Name),
		ui.LinkRow(b.T("desk.other_weeks"), []ui.Link{
			{Href: f.query(b, f.Asked.Week.Prev()), Text: b.T("desk.week_before")}, {Href: f.query(b, f.Asked.Week.Next()), Text: b.T("desk.week_after")},
		}), grid))
}

// movePost moves the appointment at once; it can be undone for a while.
func (d *Door) movePost(v *web.Visit, a booking.Appointment) error {
	to, err := time.Parse(time.RFC3339, v.Form("to"))
	if err != nil {
		return d.showMove(v, a, v.Form, fault.Invalid("booking.bad_time", nil))
	}
	after, err := d.Booking.Move(v.Ctx(), v.Actor(), booking.MoveRequest{
		Org: a.Org, ID: a.ID, Office: ids.Office(v.Form("office")), Start: to.Unix(), Unit: ids.Unit(v.Form("unit")), Key: ids.FormKey(v.Form("key")), Seen: seenIn(v),
	})
	switch {
	case fault.IsKey(err, "booking.taken"), fault.IsKey(err, "move.same_time"), fault.IsKey(err, "booking.not_on_grid"), fault.IsKey(err, "booking.past"):
		return d.showMove(v, a, v.Form, err)
	case web.Mendable(err):
		return d.refused(v, a.ID, err)
	case err != nil:
		return err
	}
	d.keepUndo(v, undoable{What: undoMove, ID: a.ID, Seq: after.Sequence, Office: a.Office, Unit: a.Unit, Start: a.Start})
	return v.SeeOther(at(baseOf(v), string(a.ID)) + "?done=moved")
}
