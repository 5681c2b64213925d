package citizen

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// Trouble is the error summary on top of a page.
type Trouble struct {
	Title string
	Items []ui.ErrorItem
}

// PickPage is the page of free times of a service at an office.
type PickPage struct {
	web.Base
	Back     string
	Step, Of int
	Heading  string
	Trouble  *Trouble
	// Kept says that the details typed before are kept, Old which time a move still keeps; both may be empty.
	Kept, Old string
	Rows      []ui.SummaryRow
	// Held says which time is kept now, with the way on; nil for none.
	Held *FullWeek
	// Moved says why the week shown is not the one asked for; may be empty.
	Moved string

	Action string
	Hidden []ui.Hidden
	First  []ui.SlotItem
	// Press is what pressing a time does, in the words of a button; How says it in a sentence, and whether the time is then kept.
	Press, How string

	WeekTitle string
	Picker    ui.WeekPickerData
	Days      []ui.Day  // nothing when Full is set
	Full      *FullWeek // nil when the week has times
	// None is set when no time is free at all; there are no weeks then.
	None *FullWeek

	Others []ui.Link
	// Wait leads to the waiting list; without an address there is none.
	Wait  ui.Link
	Phone string
	Hours string // when the phone is answered
}

// otherWays are the links for somebody whom no time here suits.
func (p *PickPage) otherWays() []ui.Link {
	if p.Wait.Href == "" {
		return p.Others
	}
	return append(slices.Clip(p.Others), p.Wait)
}

// FullWeek says that there are no times, and where there are.
type FullWeek struct {
	Title, Text string
	Go          *ui.Link // to the next free time
	Others      *ui.Link // to the places with earlier times
}

// newPickPage puts the facts into words.
func newPickPage(b web.Base, f pickFacts) PickPage {
	sch, p := f.Schedule, b.Printer
	office := sch.Office.Name.In(b.Lang)
	page := PickPage{Base: b, Back: f.Back, Step: f.Step, Of: f.Of, Heading: b.T("pick.title"), Phone: phoneOf(sch), Hours: parts.CallOf(sch.Config.Org, sch.Office).Hours.In(b.Lang)}
	if f.Moves != "" {
		page.Heading = b.T("pick.move_title")
	}
	page.Title, page.Service = page.Heading, sch.Service.Name.In(b.Lang)
	page.NoIndex = f.Draft != "" || f.Moves != ""
	page.HasError = f.Fault != nil
	page.Rows = []ui.SummaryRow{
		{Key: b.T("common.service"), Value: serviceAndLength(b, sch), ChangeHref: f.ServiceURL},
		{Key: b.T("common.place"), Value: placeLine(b, sch.Office), ChangeHref: f.PlaceURL},
	}
	if rows := visitRows(b, sch.Config, f.Visit, nil); len(rows) > 0 && f.Moves == "" {
		rows[len(rows)-1].ChangeHref = f.VisitURL
		page.Rows = slices.Insert(page.Rows, 1, rows...)
	} else if f.VisitURL != "" {
		page.Rows = slices.Insert(page.Rows, 1, ui.SummaryRow{Key: b.T("visit.people_row"), Value: b.N("visit.n_people", 1), ChangeHref: f.VisitURL})
	}
	if f.Same != "" {
		page.Rows = append(page.Rows, ui.SummaryRow{Key: b.T("pick.with"), Value: f.Same})
	}
	page.Rows = append(page.Rows, f.wishRows(b)...)
	if f.Old != "" {
		page.Old = b.T("pick.move_keeps", "time", f.Old)
	}
	if h := f.Held; h != nil {
		page.Held = &FullWeek{
			Text: b.T("pick.held", "time", f.time(h.Start), "until", p.Clock(f.time(h.Until))), Go: &ui.Link{Href: h.Go, Text: b.T("pick.held_go")},
		}
	} else if f.Kept && f.Fault != nil {
		page.Kept = b.T("pick.kept")
	}
	page.Trouble = f.trouble(p)
	page.Moved = f.movedText(p)
	page.form(f)
	page.Others = f.others(b)
	page.Wait = f.wait(b)
	times := booking.Times{Days: f.Days}
	if times.Free() == 0 && f.Moves != "" {
		page.None = &FullWeek{Title: b.T("pick.move_none_title"), Text: b.T("pick.move_none", "time", f.Old)}
		return page
	}
	if times.Free() == 0 {
		page.None = &FullWeek{Title: b.T("pick.none_title", "place", office), Text: b.T("pick.none", "last", p.LongDate(sch.LastDay().At(0, sch.Zone())))}
		if page.None.Others = f.othersButton(b); page.None.Others != nil {
			page.None.Others.Text = b.T("pick.see_free")
			page.Others[0].Text = b.T("pick.free_places")
		}
		return page
	}
	page.week(f)
	return page
}

// form says where the buttons of the times post, and what goes with them.
func (page *PickPage) form(f pickFacts) {
	path, query, _ := strings.Cut(f.Action, "?")
	page.Action = path
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	if f.Draft != "" {
		q.Set("draft", string(f.Draft))
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		page.Hidden = append(page.Hidden, ui.Hidden{Name: name, Value: q.Get(name)})
	}
	page.Picker.Action, page.Picker.Hidden = path, page.Hidden
	if f.Key != "" {
		page.Hidden = append(slices.Clone(page.Hidden), ui.Hidden{Name: "key", Value: string(f.Key)})
	}
}

// week fills in the shown week and the choice of weeks.
func (page *PickPage) week(f pickFacts) {
	b := page.Base
	weeks := f.weeks()
	at := slices.IndexFunc(weeks, func(w weekFacts) bool { return w.Week == f.Shown })
	for i, w := range weeks {
		title := b.T("pick.week_option", "week", w.Number, "free", freeText(b, w), "days", f.shortRange(b, w))
		page.Picker.Options = append(page.Picker.Options, ui.Option{Value: w.String(), Text: title})
		link := &ui.Link{Href: f.weekHref(w.Week), Text: b.T("pick.week_link", "week", w.Number, "free", freeText(b, w))}
		switch i {
		case at - 1:
			page.Picker.Prev = link
		case at + 1:
			page.Picker.Next = link
		}
	}
	page.Picker.Value = f.Shown.String()
	if at < 0 {
		return
	}
	w := weeks[at]
	page.WeekTitle = b.T("pick.week_heading", "week", w.Number, "days", f.longRange(b, w))
	if w.free == 0 {
		page.Full = f.fullWeek(b)
		return
	}
	for _, s := range booking.Spread(f.Days, f.Schedule.Zone(), mostFirst, 3, 2) {
		t := f.time(s.Start)
		page.First = append(page.First, ui.SlotItem{
			Value: startValue(s.Start, f.Schedule.Zone()), Weekday: b.Printer.Weekday(t), Date: b.Printer.DayMonth(t), Time: b.Printer.Clock(t),
		})
	}
	page.Press, page.How = howText(b, f)
	page.Days = f.uiDays(b, w)
}

// mostFirst is how many first free times are offered: they fill whole rows of one, two and three.
const mostFirst = 6

// howText says what pressing a time does: in a few words and in a sentence.
func howText(b web.Base, f pickFacts) (press, how string) {
	hold := f.Schedule.Policy.Hold
	switch {
	case f.Moves != "" && hold > 0:
		return b.T("manage.move"), b.T("pick.move_hold", "hold", b.Printer.Deadline(hold))
	case f.Moves != "":
		return b.T("manage.move"), b.T("pick.move_no_hold")
	case hold > 0:
		return b.T("service.book"), b.T("pick.hold", "hold", b.Printer.Deadline(hold))
	}
	return b.T("service.book"), b.T("pick.no_hold")
}

func freeText(b web.Base, w weekFacts) string {
	switch {
	case w.free > 0:
		return b.N("pick.free", w.free)
	case w.open:
		return b.T("pick.full")
	}
	return b.T("pick.closed")
}

// ends are noon of the first and the last of a week's columns.
func (f *pickFacts) ends(w weekFacts) (from, to time.Time) {
	days := w.columns()
	return days[0].Date.At(12*60, f.Schedule.Zone()), days[len(days)-1].Date.At(12*60, f.Schedule.Zone())
}

// longRange is "23–27 November 2026".
func (f *pickFacts) longRange(b web.Base, w weekFacts) string { return b.Printer.DayRange(f.ends(w)) }

// shortRange is longRange without the year, for the narrow list of weeks.
func (f *pickFacts) shortRange(b web.Base, w weekFacts) string {
	from, to := f.ends(w)
	if from.Equal(to) {
		return b.Printer.DayMonth(to)
	}
	if from.Month() == to.Month() {
		return b.T("pick.days_in_month", "from", from.Day(), "to", b.Printer.DayMonth(to))
	}
	return b.T("pick.days_over_months", "from", b.Printer.DayMonth(from), "to", b.Printer.DayMonth(to))
}

func (f *pickFacts) fullWeek(b web.Base) *FullWeek {
	full := &FullWeek{Title: b.T("pick.full_title", "place", f.Schedule.Office.Name), Others: f.othersButton(b)}
	if next, ok := f.after(); ok {
		t := f.time(next.Start)
		full.Text = b.T("pick.next_free", "time", t)
		if f.dateOf(next).ISOWeek().Before(f.Shown) {
			full.Text = b.T("pick.first_free", "time", t)
		}
		full.Go = &ui.Link{Href: f.hrefOf(f.dateOf(next)), Text: b.T("pick.go_to", "day", b.Printer.Day(t))}
	}
	return full
}

// uiDays are the columns of a week. The parts of the day are the same in all of them.
func (f *pickFacts) uiDays(b web.Base, w weekFacts) []ui.Day {
	halves := [2]bool{}
	for _, d := range w.days {
		for s := range d.Free.All() {
			halves[half(f.time(s.Start))] = true
		}
	}
	var out []ui.Day
	for _, d := range w.columns() {
		noon := d.Date.At(12*60, f.Schedule.Zone())
		day := ui.Day{ID: dayID(d.Date), Weekday: b.Printer.Weekday(noon), Date: b.Printer.DayMonth(noon)}
		day.State, day.Note = f.dayState(b, d)
		if day.State == ui.DayOpen {
			day.Parts, day.Count = f.parts(b, d, halves), b.N("pick.free", d.Free.Len())
		}
		out = append(out, day)
	}
	return out
}

func half(t time.Time) int {
	if t.Hour() >= 12 {
		return 1
	}
	return 0
}

func (f *pickFacts) parts(b web.Base, d booking.DayTimes, halves [2]bool) []ui.DayPart {
	var parts []ui.DayPart
	for i, label := range [2]string{b.T("common.morning"), b.T("common.afternoon")} {
		if !halves[i] {
			continue
		}
		part := ui.DayPart{Label: label}
		for s := range d.Free.All() {
			if t := f.time(s.Start); half(t) == i {
				part.Slots = append(part.Slots, ui.SlotTime{Value: startValue(s.Start, t.Location()), Time: b.Printer.Clock(t)})
			}
		}
		parts = append(parts, part)
	}
	return parts
}

func (f *pickFacts) dayState(b web.Base, d booking.DayTimes) (ui.DayState, string) {
	switch d.Kind {
	case booking.DayFull:
		return ui.DayFull, ""
	case booking.DayClosed:
		return ui.DayClosed, closedWhy(b, d.Calendar)
	case booking.DayBeyond:
		return ui.DayNotYet, b.T("pick.opens", "time", d.Opens.In(f.Schedule.Zone()))
	case booking.DayOver:
		if d.Date == f.Schedule.Today() {
			return ui.DayNone, ""
		}
		return ui.DayPast, ""
	}
	return ui.DayOpen, ""
}

// closedWhy is the name of the holiday or the reason of the closure, if there is one to tell.
func closedWhy(b web.Base, day *org.Day) string {
	switch day.State {
	case org.StateHoliday:
		return b.T(day.Holiday.Key)
	case org.StateClosure:
		return day.Closure.Reason.In(b.Lang)
	}
	return ""
}

// wait leads to the waiting list: of the office, or, for who has a time already, for an earlier one.
func (f *pickFacts) wait(b web.Base) ui.Link {
	switch {
	case f.Moves == "":
		return waitLink(b, f.Schedule.Config, f.Schedule.Service.ID, f.Schedule.Office.ID)
	case f.CanWait:
		return ui.Link{Href: b.URL("appointment", "waiting"), Text: b.T("waiting.tell_me_earlier")}
	}
	return ui.Link{}
}

// others are the links for somebody whom no time here suits.
func (f *pickFacts) others(b web.Base) []ui.Link {
	if f.PlaceURL == "" {
		return nil
	}
	if len(f.Earlier) == 0 {
		if len(f.Schedule.Config.OfficesOf(f.Schedule.Service.ID)) < 2 {
			return nil
		}
		return []ui.Link{{Href: f.PlaceURL, Text: b.T("pick.other_places")}}
	}
	first := f.Earlier[0]
	return []ui.Link{{
		Href: f.PlaceURL, Text: b.T("pick.earlier_places"),
		Note: b.T("pick.earlier_note", "place", first.Office.Name, "time", f.time(first.First.Start)),
	}}
}

func (f *pickFacts) othersButton(b web.Base) *ui.Link {
	if len(f.Earlier) == 0 || f.PlaceURL == "" {
		return nil
	}
	return &ui.Link{Href: f.PlaceURL, Text: b.T("pick.see_earlier")}
}

func (f *pickFacts) movedText(p *i18n.Printer) string {
	switch f.Moved {
	case weekPast:
		return p.T("pick.week_past")
	case weekBeyond:
		return p.T("pick.week_beyond", "last", p.LongDate(f.Schedule.LastDay().At(12*60, f.Schedule.Zone())))
	}
	return ""
}

// trouble says why the time was not taken, and which is the nearest.
func (f *pickFacts) trouble(p *i18n.Printer) *Trouble {
	if f.Fault == nil {
		return nil
	}
	flt := fault.Of(f.Fault)
	t := &Trouble{Title: p.TA(flt.Key, sentenceArgs(p, flt.Args))}
	if flt.Key == "booking.not_on_grid" {
		t.Title = f.offGrid(p, t.Title)
	}
	if flt.Key == "booking.too_far" {
		t.Title = p.T("pick.too_far", "last", p.LongDate(f.Schedule.LastDay().At(12*60, f.Schedule.Zone())))
	}
	near, ok := f.nearest()
	if !ok {
		t.Items = []ui.ErrorItem{{Text: p.T("pick.none_short")}}
		return t
	}
	key := "pick.nearest"
	if f.Start == 0 {
		key = "pick.first_is"
	}
	t.Items = []ui.ErrorItem{{Href: f.hrefOf(f.dateOf(near)), Text: p.T(key, "time", f.time(near.Start))}}
	return t
}

// offGrid tells a time of a closed day from one that was never in the calendar.
func (f *pickFacts) offGrid(p *i18n.Printer, otherwise string) string {
	day := f.Schedule.Day(org.DateOf(f.time(f.Start)), nil)
	if day.Kind != booking.DayClosed {
		return otherwise
	}
	return p.T("pick.closed_day", "place", f.Schedule.Office.Name, "day", p.OnDay(f.time(f.Start)))
}

// sentenceArgs writes the lengths of a fault's arguments as they stand in a sentence.
func sentenceArgs(p *i18n.Printer, args fault.Args) fault.Args {
	out := maps.Clone(args)
	for name, v := range out {
		if d, ok := v.(time.Duration); ok {
			out[name] = p.Deadline(d)
		}
	}
	return out
}

// phoneOf is the office's phone, or else the organisation's.
func phoneOf(sch booking.Schedule) string {
	if sch.Office.Phone != "" {
		return sch.Office.Phone
	}
	return sch.Config.Org.Phone
}
