package admin

import (
	"net/url"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// hoursAt is an address below an office's opening hours.
func hoursAt(b web.Base, office ids.Office, parts ...string) string {
	return adminAt(b, append([]string{"hours", string(office)}, parts...)...)
}

// withValues is an address with a query of names and values by turns; those without a value are left out.
func withValues(address string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return address
	}
	return address + "?" + q.Encode()
}

// officeHours is the office of an address whose hours the reader may change; NotFound otherwise.
func officeHours(v *web.Visit) (hourWords, error) {
	o, err := v.Org.Office(ids.Office(v.R.PathValue("office")))
	if err != nil {
		return hourWords{}, err
	}
	if err := v.Actor().May(actor.HoursEdit, actor.Object{Org: v.OrgID(), Office: o.ID}); err != nil {
		return hourWords{}, err
	}
	return hourWords{page(v, ""), v.Org, o, v.Now}, nil
}

// hours lists the offices whose opening hours the reader may change.
func (d *Door) hours(v *web.Visit) error {
	var list []*org.Office
	for i := range v.Org.Offices {
		o := &v.Org.Offices[i]
		if v.Actor().May(actor.HoursEdit, actor.Object{Org: v.OrgID(), Office: o.ID}) == nil {
			list = append(list, o)
		}
	}
	return show(v, newHoursPage(page(v, ""), v.Org, list, v.Now))
}

func newHoursPage(b web.Base, c *catalog.Config, list []*org.Office, now time.Time) DeskPage {
	b.Title = b.T("hours.title")
	p := DeskPage{Base: b, Lead: b.T("hours.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("common.place"), b.T("hours.today"), b.T("hours.next_closure")}}
	today := c.Today(now)
	for _, o := range list {
		w := hourWords{b, c, o, now}
		next := ""
		for _, cl := range o.Closures {
			if !cl.Last().Before(today) {
				next = w.closed(cl)
				break
			}
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: hoursAt(b, o.ID), Text: o.Name.In(b.Lang)})}, {Text: w.sign(today)}, {Text: next},
		})
	}
	p.Parts = []web.Component{listOf(b.T("hours.offices"), t, b.T("hours.no_offices"))}
	return p
}

// sign is what a sign at the office's door would say of a date.
func (w hourWords) sign(d org.Date) string {
	var parts []string
	for _, h := range org.HoursOn(w.config.Org, *w.office, d) {
		parts = append(parts, w.range_(h.From, h.To))
	}
	if len(parts) == 0 {
		return w.b.T("hours.closed")
	}
	return w.b.Printer.List(parts)
}

// hoursWeek shows an office's hours in a week, and all that they follow from.
func (d *Door) hoursWeek(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	today := v.Org.Today(v.Now)
	week := today.ISOWeek()
	if asked := v.Query("week"); asked != "" {
		if week, err = org.ParseWeek(asked); err != nil {
			return fault.NotFound("error.not_found").Because(err)
		}
	}
	return show(v, newHoursWeekPage(w, week, today))
}

func newHoursWeekPage(w hourWords, week org.Week, today org.Date) DeskPage {
	b := w.b
	b.Title = b.T("hours.of", "office", w.office.Name)
	p := DeskPage{Base: b, Back: adminAt(b, "hours"), Lead: b.T("hours.week_lead")}
	at := func(to org.Week) string { return withValues(hoursAt(b, w.office.ID), "week", to.String()) }
	p.Parts = []web.Component{
		buttonRow(
			ui.LinkButton(ui.Primary, ui.Link{Href: hoursAt(b, w.office.ID, "new"), Text: b.T("hours.new_title")}),
			ui.LinkButton(ui.Secondary, ui.Link{Href: hoursAt(b, w.office.ID, "day"), Text: b.T("hours.day_title")}),
			ui.LinkButton(ui.Secondary, ui.Link{Href: hoursAt(b, w.office.ID, "close"), Text: b.T("hours.close_title")}),
		),
		ui.H2("week", b.Printer.WeekTitle(week.Year, week.Number)),
		ui.LinkRow(b.T("hours.week_caption"), []ui.Link{
			{Href: at(week.Prev()), Text: b.T("hours.week_before")}, {Href: at(week.Next()), Text: b.T("hours.week_after")},
			{Href: hoursAt(b, w.office.ID, "month"), Text: b.T("hours.month_title")}, {Href: hoursAt(b, w.office.ID, "history"), Text: b.T("hours.history_title")},
		}),
		ui.Table(w.weekTable(week)),
		listOf(b.T("hours.series"), w.seriesTable(), b.T("hours.no_series_yet")),
		listOf(b.T("hours.exceptions"), w.exceptionTable(today), b.T("hours.no_exceptions")),
		listOf(b.T("hours.closures"), w.closureTable(today), b.T("hours.no_closures")),
		listOf(b.T("hours.units"), w.unitTable(), b.T("hours.no_units")),
	}
	return p
}

// weekTable has a row for the office's sign and one for each unit, and a column for each day. Each day leads to where its hours are changed.
func (w hourWords) weekTable(week org.Week) ui.TableData {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.week_caption"), HideCaption: true, Head: []string{b.T("hours.for_whom")}}
	for _, d := range week.Dates() {
		t.Head = append(t.Head, b.T("hours.column", "weekday", begin(w.weekday(d.Weekday())), "date", b.Printer.DayMonth(d.At(720, time.UTC))))
	}
	row := func(name string, unit ids.Unit, of func(org.Date) []string) {
		cells := []ui.Cell{{Text: name}}
		for _, d := range week.Dates() {
			lines := of(d)
			link := ui.Link{Href: withValues(hoursAt(b, w.office.ID, "day"), "date", d.String(), "unit", string(unit)), Hidden: b.T("hours.change_of", "who", name, "date", w.day(d))}
			var parts []web.Component
			for i, l := range lines {
				if i == 0 {
					link.Text = l
					parts = append(parts, ui.A(link))
					continue
				}
				parts = append(parts, word(l))
			}
			cells = append(cells, ui.Cell{Content: cellLines(parts)})
		}
		t.Rows = append(t.Rows, cells)
	}
	row(b.T("hours.whole_office"), "", w.officeDay)
	for i := range w.office.Units {
		u := &w.office.Units[i]
		row(u.Name.In(b.Lang), u.ID, func(d org.Date) []string { return w.unitDay(u, d) })
	}
	return t
}

// officeDay is what is open at the office on a date, for each kind of hours.
func (w hourWords) officeDay(d org.Date) []string {
	var out []string
	for _, k := range []org.Kind{org.Appointments, org.WalkIn, org.Phone} {
		for _, h := range org.HoursOn(w.config.Org, *w.office, d, k) {
			line := w.range_(h.From, h.To)
			if k != org.Appointments {
				line = w.b.T("hours.of_kind", "hours", line, "kind", w.kind(k))
			}
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return []string{w.why(org.DayState(w.config.Org, *w.office, org.Unit{}, "", d, w.config.Zone()))}
	}
	return out
}

func (w hourWords) unitDay(u *org.Unit, d org.Date) []string {
	day := org.DayState(w.config.Org, *w.office, *u, "", d, w.config.Zone())
	if len(day.Spans) == 0 {
		return []string{w.why(day)}
	}
	var out []string
	for _, s := range day.Spans {
		from, to := time.Unix(s.Start, 0).In(w.config.Zone()), time.Unix(s.End, 0).In(w.config.Zone())
		end := org.MinuteOf(to)
		if end == 0 {
			end = org.EndOfDay
		}
		out = append(out, w.range_(org.MinuteOf(from), end))
	}
	return out
}

// why says in a word or two why a day is closed.
func (w hourWords) why(day org.Day) string {
	switch {
	case day.State == org.StateHoliday:
		return w.b.T(day.Holiday.Key)
	case day.State == org.StateClosure && day.Closure.Reason.In(w.b.Lang) != "":
		return w.b.T("hours.closed_because", "reason", day.Closure.Reason)
	}
	return w.b.T("hours.closed")
}

// timetables are those of the office and of its units that have something of their own.
func (w hourWords) timetables(each func(unit ids.Unit, t org.Timetable)) {
	each("", w.office.Timetable())
	for i := range w.office.Units {
		each(w.office.Units[i].ID, w.office.Units[i].Timetable())
	}
}

func (w hourWords) seriesTable() ui.TableData {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.series"), HideCaption: true, Head: []string{b.T("common.opening_hours"), b.T("hours.for_whom"), b.T("members.open_head")}}
	w.timetables(func(unit ids.Unit, table org.Timetable) {
		for _, r := range table.Weekly {
			to := withValues(hoursAt(b, w.office.ID, "series"), "unit", string(unit), "line", r.String())
			t.Rows = append(t.Rows, []ui.Cell{
				{Text: w.rule(r)}, {Text: w.unit(unit)}, {Content: ui.A(ui.Link{Href: to, Text: b.T("hours.change"), Hidden: w.rule(r)})},
			})
		}
	})
	return t
}

func (w hourWords) exceptionTable(today org.Date) ui.TableData {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.exceptions"), HideCaption: true, Head: []string{
		b.T("hours.date"), b.T("common.opening_hours"), b.T("hours.for_whom"), b.T("members.open_head"),
	}}
	w.timetables(func(unit ids.Unit, table org.Timetable) {
		for _, e := range table.Exceptions {
			if e.Date.Before(today) {
				continue
			}
			kind := e.Kind
			if kind == org.AnyKind {
				kind = org.Appointments
			}
			to := withValues(hoursAt(b, w.office.ID, "day"), "date", e.Date.String(), "unit", string(unit), "of", string(kind))
			t.Rows = append(t.Rows, []ui.Cell{
				{Text: w.day(e.Date)}, {Text: w.exceptionHours(e)}, {Text: w.unit(unit)},
				{Content: ui.A(ui.Link{Href: to, Text: b.T("hours.change"), Hidden: w.exception(e)})},
			})
		}
	})
	return t
}

func (w hourWords) closureTable(today org.Date) ui.TableData {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.closures"), HideCaption: true, Head: []string{b.T("hours.date"), b.T("hours.reason"), b.T("members.open_head")}}
	for _, c := range w.office.Closures {
		if c.Last().Before(today) {
			continue
		}
		hidden := []ui.Hidden{{Name: "closed", Value: c.String()}}
		t.Rows = append(t.Rows, []ui.Cell{{Text: w.closure(c)}, {Text: c.Reason.In(b.Lang)}, {Content: rowAct(
			ui.FormData{Action: hoursAt(b, w.office.ID, "reopen"), Hidden: hidden}, ui.Button{Text: b.T("hours.reopen"), Hidden: w.closure(c), Look: ui.Tertiary},
		)}})
	}
	return t
}

func (w hourWords) unitTable() ui.TableData {
	b := w.b
	t := ui.TableData{Caption: b.T("hours.units"), HideCaption: true, Head: []string{
		b.T("common.name"), b.T("common.opening_hours"), b.T("hours.languages"), b.T("hours.skills"), b.T("hours.last_day"), b.T("members.open_head"),
	}}
	for _, u := range w.office.Units {
		own, acts := b.T("hours.follows"), []web.Component{
			ui.A(ui.Link{Href: withValues(hoursAt(b, w.office.ID, "unit"), "unit", string(u.ID)), Text: b.T("hours.last_day_set"), Hidden: u.Name.In(b.Lang)}),
		}
		if len(u.Hours) > 0 {
			own = b.T("hours.own")
			acts = append(acts, rowAct(
				ui.FormData{Action: hoursAt(b, w.office.ID, "follow"), Hidden: []ui.Hidden{{Name: "unit", Value: string(u.ID)}}},
				ui.Button{Text: b.T("hours.follow"), Hidden: u.Name.In(b.Lang), Look: ui.Tertiary},
			))
		}
		until := ""
		if !u.Until.IsZero() {
			until = w.day(u.Until)
		}
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: u.Name.In(b.Lang)}, {Text: own}, {Text: w.spoken(u)}, {Text: joinSkills(u)}, {Text: until}, {Content: ui.RowActions(acts)},
		})
	}
	return t
}

func (w hourWords) spoken(u org.Unit) string {
	if len(u.Languages) == 0 {
		return w.b.T("hours.all_languages")
	}
	return w.languages(u.Languages)
}

func (w hourWords) languages(list []i18n.Lang) string {
	var names []string
	for _, l := range list {
		names = append(names, w.b.T("common.languages."+string(l)))
	}
	return w.b.Printer.List(names)
}

func joinSkills(u org.Unit) string {
	out := ""
	for i, s := range u.Skills {
		if i > 0 {
			out += ", "
		}
		out += string(s)
	}
	return out
}
