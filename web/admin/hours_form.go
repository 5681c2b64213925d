package admin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// seriesForm is what was typed of a weekly rule.
type seriesForm struct {
	Days               []string
	From, To           string
	BreakFrom, BreakTo string
	Repeat             string // "week", "weeks" or "month"
	Every              string
	Nth                []string
	ValidFrom, ValidTo typedDate
	Kind               string
	Units, Services    []string
	Scope              string // of a change
	Date               typedDate
}

// How a rule repeats, as forms have it.
const (
	repeatWeek  = "week"
	repeatWeeks = "weeks"
	repeatMonth = "month"
)

func seriesIn(v *web.Visit) seriesForm {
	list := func(name string) []string { return v.R.PostForm[name] }
	return seriesForm{
		Days: list("days"), From: v.Form("from"), To: v.Form("to"), BreakFrom: v.Form("break-from"), BreakTo: v.Form("break-to"), Repeat: v.Form("repeat"),
		Every: v.Form("every"), Nth: list("nth"), ValidFrom: dateIn(v, "valid-from"), ValidTo: dateIn(v, "valid-to"), Kind: v.Form("kind"),
		Units: list("units"), Services: list("services"), Scope: v.Form("scope"), Date: dateIn(v, "date"),
	}
}

// typedRule is a rule as it would be typed.
func typedRule(r org.Weekly) seriesForm {
	f := seriesForm{From: r.From.String(), To: r.To.String(), Repeat: repeatWeek, Nth: r.Nth.Names(), Kind: string(r.Kind), ValidFrom: typedDay(r.ValidFrom), ValidTo: typedDay(r.ValidUntil)}
	for _, d := range r.Days.Days() {
		f.Days = append(f.Days, dayValue(d))
	}
	switch {
	case r.Every > 1:
		f.Repeat, f.Every = repeatWeeks, strconv.Itoa(r.Every)
	case r.Nth != 0:
		f.Repeat = repeatMonth
	}
	for _, s := range r.Services {
		f.Services = append(f.Services, string(s))
	}
	return f
}

// typedDay is a date as it would be typed.
func typedDay(d org.Date) typedDate {
	if d.IsZero() {
		return typedDate{}
	}
	y, m, day := d.YMD()
	return typedDate{strconv.Itoa(day), strconv.Itoa(int(m)), strconv.Itoa(y)}
}

func dayValue(d time.Weekday) string { return org.OnDays(d).String() }

// hoursReader reads what was typed, and collects what is wrong with it.
type hoursReader struct{ wrong []fault.Field }

func (r *hoursReader) add(name, key string) {
	if !slices.ContainsFunc(r.wrong, func(f fault.Field) bool { return f.Name == name }) {
		r.wrong = append(r.wrong, fault.Field{Name: name, Key: key})
	}
}

func (r *hoursReader) err() error {
	if len(r.wrong) == 0 {
		return nil
	}
	return fault.Invalid("form.invalid", nil, r.wrong...)
}

// minute reads a time of day as people type it: "9", "9:00", "9.00".
func (r *hoursReader) minute(name, typed string) org.Minute {
	s := strings.ReplaceAll(strings.TrimSpace(typed), ".", ":")
	if s != "" && !strings.Contains(s, ":") {
		s += ":00"
	}
	m, err := org.ParseMinute(s)
	switch {
	case s == "":
		r.add(name, "field.required")
	case err != nil:
		r.add(name, "hours.time_wrong")
	}
	return m
}

// date reads a date; nothing typed is no date.
func (r *hoursReader) date(name string, typed typedDate) org.Date {
	s := typed.iso()
	if s == "" {
		return org.Date{}
	}
	d, err := org.ParseDate(s)
	if err != nil {
		r.add(name, "hours.date_wrong")
	}
	return d
}

// rules reads the form: one rule, or two around a break.
func (f seriesForm) rules() ([]org.Weekly, error) {
	var r hoursReader
	w := org.Weekly{From: r.minute("from", f.From), To: r.minute("to", f.To), ValidFrom: r.date("valid-from", f.ValidFrom), ValidUntil: r.date("valid-to", f.ValidTo)}
	for _, d := range f.Days {
		days, err := org.ParseWeekdays(d)
		if err == nil {
			w.Days |= days
		}
	}
	if w.Days == 0 {
		r.add("days", "hours.days_missing")
	}
	if len(r.wrong) == 0 && w.From >= w.To {
		r.add("to", "hours.ends_before")
	}
	f.repeats(&r, &w)
	if !w.ValidUntil.IsZero() && w.ValidUntil.Before(w.ValidFrom) {
		r.add("valid-to", "hours.until_before")
	}
	if w.Kind = org.Kind(f.Kind); !w.Kind.Valid() {
		r.add("kind", "error.field.choose")
	}
	for _, s := range f.Services {
		w.Services = append(w.Services, ids.Service(s))
	}
	rules := f.around(&r, w)
	if err := r.err(); err != nil {
		return nil, err
	}
	for _, w := range rules {
		if err := w.Check(); err != nil {
			return nil, fault.Invalid("hours.wrong", fault.Args{"what": err.Error()})
		}
	}
	return rules, nil
}

// repeats reads in which weeks the rule holds.
func (f seriesForm) repeats(r *hoursReader, w *org.Weekly) {
	switch f.Repeat {
	case repeatWeek:
	case repeatWeeks:
		n, err := strconv.Atoi(strings.TrimSpace(f.Every))
		if err != nil || n < 2 || n > org.MostWeeks {
			r.add("every", "hours.every_wrong")
		}
		w.Every = n
		if w.ValidFrom.IsZero() {
			r.add("valid-from", "hours.first_missing")
		}
	case repeatMonth:
		nth, err := org.ParseOrdinals(strings.Join(f.Nth, ","))
		if err != nil {
			r.add("nth", "hours.nth_missing")
		}
		w.Nth = nth
	default:
		r.add("repeat", "error.field.choose")
	}
}

// around cuts a break out of a rule.
func (f seriesForm) around(r *hoursReader, w org.Weekly) []org.Weekly {
	if strings.TrimSpace(f.BreakFrom) == "" && strings.TrimSpace(f.BreakTo) == "" {
		return []org.Weekly{w}
	}
	from, to := r.minute("break-from", f.BreakFrom), r.minute("break-to", f.BreakTo)
	if len(r.wrong) == 0 && (from <= w.From || from >= to || to >= w.To) {
		r.add("break-from", "hours.break_wrong")
	}
	before, after := w, w
	before.To, after.From = from, to
	return []org.Weekly{before, after}
}

func unitIDs(list []string) []ids.Unit {
	var out []ids.Unit
	for _, u := range list {
		if u != "" {
			out = append(out, ids.Unit(u))
		}
	}
	return out
}

// hoursNew asks for opening hours that repeat.
func (d *Door) hoursNew(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	return show(v, newSeriesPage(w, seriesForm{Repeat: repeatWeek, ValidFrom: typedToday(momentOf(v))}, nil))
}

// hoursNewPost writes the change down and leads to what it would do.
func (d *Door) hoursNewPost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	typed := seriesIn(v)
	rules, err := typed.rules()
	if err == nil {
		err = d.begin(v, w, hours.Edit{Kind: hours.AddSeries, Rules: rules, Units: unitIDs(typed.Units)})
	}
	return again(v, err, func(why error) DeskPage { return newSeriesPage(w, typed, why) })
}

// again shows a form once more with what is wrong with it.
func again(v *web.Visit, err error, form func(why error) DeskPage) error {
	if fault.Is(err, fault.KindInvalid) {
		return show(v, form(err))
	}
	return err
}

// begin writes a change down and leads to the page that says what it would do.
func (d *Door) begin(v *web.Visit, w hourWords, e hours.Edit) error {
	c, err := d.Hours.Begin(v.Ctx(), v.Actor(), v.OrgID(), w.office.ID, e)
	if err != nil {
		return err
	}
	return v.SeeOther(hoursAt(w.b, w.office.ID, "change", string(c.ID)))
}

func newSeriesPage(w hourWords, typed seriesForm, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.new_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: b.T("hours.new_lead", "office", w.office.Name)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	fields := append(w.ruleFields(typed, t), w.breakFields(typed, t), w.unitBoxes(typed.Units, t))
	p.Parts = []web.Component{form(
		ui.FormData{Action: hoursAt(b, w.office.ID, "new")}, ui.Button{Text: b.T("hours.to_check")},
		ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")}, fields...,
	)}
	return p
}

// boxes are check boxes of values and labels by turns.
func boxes(name, legend, hint, wrong string, chosen []string, pairs ...string) ui.Choices {
	c := ui.Choices{Name: name, Legend: legend, Hint: hint, Error: wrong}
	for i := 0; i+1 < len(pairs); i += 2 {
		c.Options = append(c.Options, ui.Choice{Value: pairs[i], Label: pairs[i+1], Checked: slices.Contains(chosen, pairs[i])})
	}
	return c
}

// ruleFields ask for a rule.
func (w hourWords) ruleFields(typed seriesForm, t web.Trouble) []web.Component {
	b := w.b
	var days, nth []string
	for _, d := range org.EveryDay.Days() {
		days = append(days, dayValue(d), begin(b.Printer.Weekday(aDay.Add((int(d)+6)%7).At(720, time.UTC))))
	}
	for _, n := range org.OrdinalNames() {
		nth = append(nth, n, begin(b.T("hours.nth_"+n)))
	}
	return []web.Component{
		ui.Checkboxes(b.Printer, boxes("days", b.T("hours.days"), "", t.At("days"), typed.Days, days...)),
		w.timeField("from", b.T("hours.opens"), typed.From, t), w.timeField("to", b.T("hours.closes"), typed.To, t),
		ui.Radios(b.Printer, ui.Choices{Name: "repeat", Legend: b.T("hours.repeat"), Error: t.At("repeat"), Options: []ui.Choice{
			{Value: repeatWeek, Label: b.T("hours.repeat_week"), Checked: typed.Repeat == repeatWeek},
			{Value: repeatWeeks, Label: b.T("hours.repeat_weeks"), Hint: b.T("hours.repeat_weeks_hint"), Checked: typed.Repeat == repeatWeeks},
			{Value: repeatMonth, Label: b.T("hours.repeat_month"), Checked: typed.Repeat == repeatMonth},
		}}),
		ui.TextField(b.Printer, ui.Field{
			Name: "every", Label: b.T("hours.every_label"), Hint: b.T("hours.every_hint"), Value: typed.Every, Error: t.At("every"), InputMode: "numeric", Short: true,
			Optional: true, Autocomplete: "off",
		}),
		ui.Checkboxes(b.Printer, boxes("nth", b.T("hours.nth"), b.T("hours.nth_hint"), t.At("nth"), typed.Nth, nth...)),
		dateFields(b, "valid-from", b.T("hours.first_day"), b.T("hours.first_day_hint"), typed.ValidFrom, t),
		dateFields(b, "valid-to", b.T("hours.last_day"), b.T("hours.last_day_hint"), typed.ValidTo, t),
		ui.Radios(b.Printer, w.kindChoices("kind", typed.Kind, t)),
		ui.Checkboxes(b.Printer, w.serviceBoxes(typed.Services, t)),
	}
}

func (w hourWords) timeField(name, label, value string, t web.Trouble) web.Component {
	return ui.TextField(w.b.Printer, ui.Field{
		Name: name, Label: label, Hint: w.b.T("hours.time_hint"), Value: value, Error: t.At(name), Short: true, Autocomplete: "off",
	})
}

func (w hourWords) breakFields(typed seriesForm, t web.Trouble) web.Component {
	b := w.b
	field := func(name, label, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Value: value, Error: t.At(name), Short: true, Optional: true, Autocomplete: "off"})
	}
	return group(b.Printer, b.T("hours.break"), b.T("hours.break_hint"), []web.Component{
		field("break-from", b.T("hours.break_from"), typed.BreakFrom), field("break-to", b.T("hours.break_to"), typed.BreakTo),
	})
}

func (w hourWords) kindChoices(name, chosen string, t web.Trouble) ui.Choices {
	c := ui.Choices{Name: name, Legend: w.b.T("hours.kind"), Error: t.At(name)}
	for _, k := range []org.Kind{org.Appointments, org.WalkIn, org.Phone} {
		c.Options = append(c.Options, ui.Choice{Value: string(k), Label: begin(w.kind(k)), Checked: string(k) == chosen})
	}
	return c
}

func (w hourWords) serviceBoxes(chosen []string, t web.Trouble) ui.Choices {
	var pairs []string
	for _, s := range w.config.ServicesAt(w.office.ID) {
		pairs = append(pairs, string(s.ID), s.Name.In(w.b.Lang))
	}
	return boxes("services", w.b.T("hours.services"), w.b.T("hours.services_hint"), t.At("services"), chosen, pairs...)
}

func (w hourWords) unitBoxes(chosen []string, t web.Trouble) web.Component {
	var pairs []string
	for _, u := range w.office.Units {
		pairs = append(pairs, string(u.ID), u.Name.In(w.b.Lang))
	}
	return ui.Checkboxes(w.b.Printer, boxes("units", w.b.T("hours.which_units"), w.b.T("hours.which_units_hint"), t.At("units"), chosen, pairs...))
}
