package admin

import (
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// daySpans is how many times of opening a day can have in the form.
const daySpans = 4

// dayForm is what was typed of the hours of one date.
type dayForm struct {
	Date  typedDate
	Unit  string
	Of    string // the kind
	How   string // "closed", "hours" or "usual"
	Spans [daySpans]daySpan
}

// daySpan is one time of opening. For are the services it is for, which go along unseen.
type daySpan struct{ From, To, For string }

// How a day is, as forms have it.
const (
	dayClosed = "closed"
	dayHours  = "hours"
	dayUsual  = "usual"
)

func dayIn(v *web.Visit) dayForm {
	f := dayForm{Date: dateIn(v, "date"), Unit: v.Form("unit"), Of: v.Form("of"), How: v.Form("how")}
	for i := range f.Spans {
		n := strconv.Itoa(i + 1)
		f.Spans[i] = daySpan{v.Form("from-" + n), v.Form("to-" + n), v.Form("for-" + n)}
	}
	return f
}

// hoursDay asks for the hours of one date, as they are now when the address names it.
func (d *Door) hoursDay(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	f := dayForm{Unit: v.Query("unit"), Of: v.Query("of"), How: dayHours}
	if asked := v.Query("date"); asked != "" {
		date, err := org.ParseDate(asked)
		if err != nil {
			return fault.NotFound("error.not_found").Because(err)
		}
		f.Date = typedDay(date)
		f.fill(w, date)
	}
	return show(v, newDayPage(w, f, nil))
}

// fill puts the hours that a date has now into the form.
func (f *dayForm) fill(w hourWords, d org.Date) {
	t := w.office.Timetable()
	kind := org.Kind(f.Of)
	if u, ok := w.config.UnitOf(w.office.ID, ids.Unit(f.Unit)); ok {
		if own := u.Timetable(); len(own.Weekly) > 0 || slices.ContainsFunc(own.Exceptions, func(e org.Exception) bool { return e.Replaces(d, kind) }) {
			t = own
		}
	}
	for i, h := range t.Hours(d, kind) {
		if i == daySpans {
			break
		}
		services := make([]string, len(h.Services))
		for j, s := range h.Services {
			services[j] = string(s)
		}
		f.Spans[i] = daySpan{h.From.String(), h.To.String(), strings.Join(services, ",")}
	}
}

// hoursDayPost writes the change of a date down.
func (d *Door) hoursDayPost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	typed := dayIn(v)
	e, err := typed.edit(w)
	if err == nil {
		err = d.begin(v, w, e)
	}
	return again(v, err, func(why error) DeskPage { return newDayPage(w, typed, why) })
}

func (f dayForm) edit(w hourWords) (hours.Edit, error) {
	var r hoursReader
	e := hours.Edit{Kind: hours.SetDay, Date: r.date("date", f.Date), Of: org.Kind(f.Of), Units: unitIDs([]string{f.Unit})}
	if e.Date.IsZero() {
		r.add("date", "hours.date_wrong")
	} else if e.Date.Before(w.config.Today(w.now)) {
		r.add("date", "hours.past")
	}
	if !e.Of.Valid() {
		r.add("of", "error.field.choose")
	}
	switch f.How {
	case dayClosed:
	case dayUsual:
		e.Kind = hours.ClearDay
	case dayHours:
		e.Hours = f.spans(&r)
	default:
		r.add("how", "error.field.choose")
	}
	return e, r.err()
}

func (f dayForm) spans(r *hoursReader) []org.Exception {
	var out []org.Exception
	for i, s := range f.Spans {
		n := strconv.Itoa(i + 1)
		if strings.TrimSpace(s.From) == "" && strings.TrimSpace(s.To) == "" {
			continue
		}
		before := len(r.wrong)
		h := org.Exception{From: r.minute("from-"+n, s.From), To: r.minute("to-"+n, s.To)}
		if len(r.wrong) == before && h.From >= h.To {
			r.add("to-"+n, "hours.ends_before")
		}
		for service := range strings.SplitSeq(s.For, ",") {
			if service != "" {
				h.Services = append(h.Services, ids.Service(service))
			}
		}
		out = append(out, h)
	}
	if len(out) == 0 {
		r.add("from-1", "hours.hours_missing")
	}
	return out
}

func newDayPage(w hourWords, typed dayForm, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.day_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.day_lead", "office", w.office.Name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	how := ui.Choices{Name: "how", Legend: b.T("hours.how"), Error: t.At("how")}
	for _, h := range []string{dayHours, dayClosed, dayUsual} {
		how.Options = append(how.Options, ui.Choice{Value: h, Label: b.T("hours.how_" + h), Checked: typed.How == h})
	}
	fields := []web.Component{
		dateFields(b, "date", b.T("hours.date"), "", typed.Date, t), ui.Select(b.Printer, w.unitSelect(typed.Unit, t)),
		ui.Radios(b.Printer, w.kindChoices("of", typed.Of, t)), ui.Radios(b.Printer, how),
	}
	for i, s := range typed.Spans {
		fields = append(fields, w.spanFields(i+1, s, t))
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: hoursAt(b, w.office.ID, "day")}, ui.Button{Text: b.T("hours.to_check")},
		ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")}, fields...,
	)}
	return p
}

func (w hourWords) spanFields(n int, s daySpan, t web.Trouble) web.Component {
	b := w.b
	field := func(part, label, value string) web.Component {
		name := part + "-" + strconv.Itoa(n)
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Value: value, Error: t.At(name), Short: true, Optional: n > 1, Autocomplete: "off"})
	}
	hint := b.T("hours.time_hint")
	if s.For != "" {
		var services []ids.Service
		for id := range strings.SplitSeq(s.For, ",") {
			services = append(services, ids.Service(id))
		}
		hint = b.T("hours.only_for", "services", w.services(services))
	}
	return group(b.Printer, b.T("hours.span", "n", n), hint, []web.Component{
		ui.HiddenFields([]ui.Hidden{{Name: "for-" + strconv.Itoa(n), Value: s.For}}), field("from", b.T("hours.opens"), s.From), field("to", b.T("hours.closes"), s.To),
	})
}

func (w hourWords) unitSelect(chosen string, t web.Trouble) ui.SelectField {
	s := ui.SelectField{Name: "unit", Label: w.b.T("hours.for_whom"), Value: chosen, Error: t.At("unit"), Options: []ui.Option{{Text: w.b.T("hours.whole_office")}}}
	for _, u := range w.office.Units {
		s.Options = append(s.Options, ui.Option{Value: string(u.ID), Text: u.Name.In(w.b.Lang)})
	}
	return s
}

// closeForm is what was typed of a closure.
type closeForm struct {
	From, To             typedDate
	FromMinute, ToMinute string
	Reason               i18n.Text
}

// hoursClose asks when an office is to be closed, and why.
func (d *Door) hoursClose(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	return show(v, newClosePage(w, closeForm{}, nil))
}

// hoursClosePost writes the closing down, and leads to whom it affects.
func (d *Door) hoursClosePost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	typed := closeForm{From: dateIn(v, "first"), To: dateIn(v, "last"), FromMinute: v.Form("from"), ToMinute: v.Form("to"), Reason: i18n.Text{}}
	for _, l := range v.Org.Org.Languages {
		typed.Reason[l] = v.Form("reason-" + string(l))
	}
	c, err := typed.closure(w)
	if err == nil {
		err = d.begin(v, w, hours.Edit{Kind: hours.Close, Closure: &c})
	}
	return again(v, err, func(why error) DeskPage { return newClosePage(w, typed, why) })
}

// maxReason is how long a reason may be, in characters.
const maxReason = 200

func (f closeForm) closure(w hourWords) (org.Closure, error) {
	var r hoursReader
	c := org.Closure{From: r.date("first", f.From), To: r.date("last", f.To), Reason: i18n.Text{}}
	switch {
	case c.From.IsZero():
		r.add("first", "hours.date_wrong")
	case c.Last().Before(w.config.Today(w.now)):
		r.add("first", "hours.past")
	}
	if !c.To.IsZero() && c.To.Before(c.From) {
		r.add("last", "hours.until_before")
	}
	if strings.TrimSpace(f.FromMinute) != "" || strings.TrimSpace(f.ToMinute) != "" {
		c.ToMinute = org.EndOfDay
		if strings.TrimSpace(f.FromMinute) != "" {
			c.FromMinute = r.minute("from", f.FromMinute)
		}
		if strings.TrimSpace(f.ToMinute) != "" {
			c.ToMinute = r.minute("to", f.ToMinute)
		}
		if len(r.wrong) == 0 && c.FromMinute >= c.ToMinute {
			r.add("to", "hours.ends_before")
		}
	}
	for l, s := range f.Reason {
		clean, ok := i18n.CleanText(s)
		switch {
		case !ok || strings.ContainsRune(clean, '\n'):
			r.add("reason-"+string(l), "field.bad_characters")
		case len([]rune(clean)) > maxReason:
			r.wrong = append(r.wrong, fault.Field{Name: "reason-" + string(l), Key: "field.too_long", Args: fault.Args{"max": maxReason}})
		case clean != "":
			c.Reason[l] = clean
		}
	}
	if len(c.Reason) == 0 {
		r.add("reason-"+string(w.config.Org.Languages[0]), "hours.reason_missing")
	}
	return c, r.err()
}

func newClosePage(w hourWords, typed closeForm, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.close_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.close_lead", "office", w.office.Name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	part := func(name, label, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Value: value, Error: t.At(name), Short: true, Optional: true, Autocomplete: "off"})
	}
	var reasons []web.Component
	for _, l := range w.config.Org.Languages {
		name := "reason-" + string(l)
		reasons = append(reasons, ui.TextField(b.Printer, ui.Field{
			Name: name, Label: begin(b.T("common.languages." + string(l))), Value: typed.Reason[l], Error: t.At(name), Autocomplete: "off",
		}))
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: hoursAt(b, w.office.ID, "close")}, ui.Button{Text: b.T("hours.to_check")},
		ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")},
		dateFields(b, "first", b.T("hours.close_first"), "", typed.From, t), dateFields(b, "last", b.T("hours.close_last"), b.T("hours.close_last_hint"), typed.To, t),
		group(b.Printer, b.T("hours.part"), b.T("hours.part_hint"), []web.Component{
			part("from", b.T("hours.close_from"), typed.FromMinute), part("to", b.T("hours.close_to"), typed.ToMinute),
		}),
		group(b.Printer, b.T("hours.reason"), b.T("hours.reason_hint"), reasons),
	)}
	return p
}

// hoursReopen takes a closure away.
func (d *Door) hoursReopen(v *web.Visit) error {
	return d.beginOrBack(v, func(hourWords) hours.Edit { return hours.Edit{Kind: hours.Reopen, Closed: v.Form("closed")} })
}

// hoursFollow gives a unit the office's hours again.
func (d *Door) hoursFollow(v *web.Visit) error {
	return d.beginOrBack(v, func(hourWords) hours.Edit {
		return hours.Edit{Kind: hours.FollowOffice, Units: []ids.Unit{ids.Unit(v.Form("unit"))}}
	})
}

// beginOrBack begins a change that needs no form; one that does not fit any more shows the office's hours with why.
func (d *Door) beginOrBack(v *web.Visit, edit func(hourWords) hours.Edit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	err = d.begin(v, w, edit(w))
	return again(v, err, func(why error) DeskPage {
		today := v.Org.Today(v.Now)
		p := newHoursWeekPage(w, today.ISOWeek(), today)
		p.blame(web.TroubleOf(w.b, why))
		return p
	})
}

// hoursUnit asks until when a unit serves.
func (d *Door) hoursUnit(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	u, ok := w.config.UnitOf(w.office.ID, ids.Unit(v.Query("unit")))
	if !ok {
		return fault.NotFound("error.not_found")
	}
	return show(v, newUnitPage(w, u, typedDay(u.Until), nil))
}

// hoursUnitPost writes a unit's last day down; no date is no end.
func (d *Door) hoursUnitPost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	u, ok := w.config.UnitOf(w.office.ID, ids.Unit(v.Form("unit")))
	if !ok {
		return fault.NotFound("error.not_found")
	}
	typed := dateIn(v, "until")
	var r hoursReader
	e := hours.Edit{Kind: hours.LastDay, Units: []ids.Unit{u.ID}, Date: r.date("until", typed)}
	if err = r.err(); err == nil {
		err = d.begin(v, w, e)
	}
	return again(v, err, func(why error) DeskPage { return newUnitPage(w, u, typed, why) })
}

func newUnitPage(w hourWords, u *org.Unit, typed typedDate, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.last_day_of", "unit", u.Name)
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.last_day_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	p.Parts = []web.Component{form(
		ui.FormData{Action: hoursAt(b, w.office.ID, "unit"), Hidden: []ui.Hidden{{Name: "unit", Value: string(u.ID)}}}, ui.Button{Text: b.T("hours.to_check")},
		ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")},
		dateFields(b, "until", b.T("hours.last_day"), b.T("hours.last_day_hint"), typed, t),
	)}
	return p
}
