package admin

import (
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/hours"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// seriesOf finds the weekly rule that an address or a form names by its line: of the office, or of a unit. NotFound when it is not there any more.
func (w hourWords) seriesOf(unit ids.Unit, line string) (org.Weekly, error) {
	list := w.office.Hours
	if unit != "" {
		u, ok := w.config.UnitOf(w.office.ID, unit)
		if !ok {
			return org.Weekly{}, fault.NotFound("hours.no_series")
		}
		list = u.Hours
	}
	i := slices.IndexFunc(list, func(r org.Weekly) bool { return r.String() == line })
	if i < 0 {
		return org.Weekly{}, fault.NotFound("hours.no_series")
	}
	return list[i], nil
}

// hoursSeries asks how a series is to be changed, and how much of it.
func (d *Door) hoursSeries(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	unit, line := ids.Unit(v.Query("unit")), v.Query("line")
	r, err := w.seriesOf(unit, line)
	if err != nil {
		return err
	}
	typed := typedRule(r)
	typed.Scope, typed.Date = string(org.Following), typedDay(nextOf(r, v.Org.Today(v.Now)))
	return show(v, newSeriesChangePage(w, unit, r, typed, nil))
}

// nextOf is the next date from one on at which a rule is in force; no date when there is none within two years.
func nextOf(r org.Weekly, from org.Date) org.Date {
	if from.Before(r.ValidFrom) {
		from = r.ValidFrom
	}
	for d := from; d.Before(from.Add(2 * 366)); d = d.Add(1) {
		if r.InForce(d) {
			return d
		}
	}
	return org.Date{}
}

// hoursSeriesPost writes the change of a series down: another rule, or none when it is to end.
func (d *Door) hoursSeriesPost(v *web.Visit) error {
	w, err := officeHours(v)
	if err != nil {
		return err
	}
	unit, line := ids.Unit(v.Form("unit")), v.Form("line")
	r, err := w.seriesOf(unit, line)
	if err != nil {
		return err
	}
	typed := seriesIn(v)
	e, err := typed.change(r, unit, v.Form("end") != "")
	if err == nil {
		err = d.begin(v, w, e)
	}
	return again(v, err, func(why error) DeskPage { return newSeriesChangePage(w, unit, r, typed, why) })
}

// change reads what is to become of a series.
func (f seriesForm) change(old org.Weekly, unit ids.Unit, end bool) (hours.Edit, error) {
	e := hours.Edit{Kind: hours.ChangeSeries, Series: old.String(), Scope: org.Scope(f.Scope)}
	if unit != "" {
		e.Units = []ids.Unit{unit}
	}
	var r hoursReader
	switch e.Scope {
	case org.OnlyDay, org.Following:
		e.Date = r.date("date", f.Date)
		if e.Date.IsZero() {
			r.add("date", "field.required")
		} else if !old.InForce(e.Date) {
			r.add("date", "hours.not_its_day")
		}
	case org.Whole:
	default:
		r.add("scope", "error.field.choose")
	}
	if end {
		return e, r.err()
	}
	rules, err := f.rules()
	if wrong := fault.Of(err); err != nil && fault.Is(err, fault.KindInvalid) {
		wrong.Fields = append(slices.Clone(r.wrong), wrong.Fields...)
		return e, wrong
	}
	if err != nil || r.err() != nil {
		return e, errorOf(err, r.err())
	}
	e.Rule = &rules[0]
	return e, nil
}

func errorOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func newSeriesChangePage(w hourWords, unit ids.Unit, r org.Weekly, typed seriesForm, why error) DeskPage {
	b := w.b
	b.Title = b.T("hours.change_title")
	p := DeskPage{Base: b, Back: hoursAt(b, w.office.ID), Lead: w.rule(r)}
	t := web.TroubleOf(b, why)
	p.blame(t)
	scope := ui.Choices{Name: "scope", Legend: b.T("hours.scope"), Hint: b.T("hours.scope_hint"), Error: t.At("scope")}
	for _, s := range []org.Scope{org.OnlyDay, org.Following, org.Whole} {
		scope.Options = append(scope.Options, ui.Choice{
			Value: string(s), Label: b.T("hours.scope_" + string(s)), Hint: b.T("hours.scope_" + string(s) + "_hint"), Checked: typed.Scope == string(s),
		})
	}
	fields := append([]web.Component{
		ui.Radios(b.Printer, scope), dateFields(b, "date", b.T("hours.scope_date"), w.nextDays(r), typed.Date, t), ui.H2("", b.T("hours.becomes")),
	}, w.ruleFields(typed, t)...)
	p.Parts = []web.Component{
		ui.DefinitionList([]ui.DefinitionRow{{Key: b.T("hours.for_whom"), Value: w.unit(unit)}}),
		formWith(
			ui.FormData{
				Action: hoursAt(b, w.office.ID, "series"), Hidden: []ui.Hidden{{Name: "unit", Value: string(unit)}, {Name: "line", Value: r.String()}},
			},
			[]web.Component{
				ui.SubmitButton(ui.Button{Text: b.T("hours.to_check")}),
				ui.SubmitButton(ui.Button{Text: b.T("hours.end"), Look: ui.Secondary, Name: "end", Value: "1"}),
				ui.LinkButton(ui.Tertiary, ui.Link{Href: hoursAt(b, w.office.ID), Text: b.T("hours.leave")}),
			}, fields,
		),
	}
	return p
}

// nextDays names the next few days of a series, so that one of them can be typed.
func (w hourWords) nextDays(r org.Weekly) string {
	var days []string
	for d := nextOf(r, w.config.Today(w.now)); !d.IsZero() && len(days) < 4; d = nextOf(r, d.Add(1)) {
		days = append(days, w.b.Printer.Day(d.At(720, time.UTC)))
	}
	if len(days) == 0 {
		return ""
	}
	return w.b.T("hours.next_days", "days", w.b.Printer.List(days))
}
