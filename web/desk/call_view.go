package desk

import (
	"cmp"
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// callFacts is what the page of a call is made of.
type callFacts struct {
	Config  *catalog.Config
	Typed   called
	State   callState
	Now     time.Time
	Offices []*org.Office
	// First are the first free times of all offices; Schedule, Week and Days the week of the office that is chosen, if one is.
	First    []booking.FreePlace
	Schedule booking.Schedule
	Week     org.Week
	Days     []booking.DayTimes
	NotThere bool // the office does not offer the service
	// Held is what is kept for the call; without an ID nothing is.
	Held booking.Hold
}

func newCallPage(b web.Base, f callFacts) Page {
	b.Title = b.T("desk.call_title")
	p := Page{Base: b, Back: at(b)}
	t := troubleOf(b, f.State.Why)
	p.blame(t)
	c := f.Typed
	hidden := []ui.Hidden{{Name: "key", Value: string(c.Key)}, {Name: "chosen", Value: c.Slot}, {Name: "week", Value: f.weekValue()}, {Name: "from", Value: string(c.From)}}
	fields := []web.Component{
		ui.EnterButton(b.Printer, callForm),
		beside([]web.Component{f.caller(b, t)}, append(f.choices(b, t), f.folder(b, t))),
	}
	fields = append(fields, f.kept(b), f.bookButtons(b))
	fields = append(fields, f.times(b, t)...)
	p.Parts = []web.Component{parts.Form(ui.FormData{ID: callForm, Action: at(b, "book"), Hidden: hidden}, fields...)}
	return p
}

// callForm is the ID of the form.
const callForm = "call"

func (f callFacts) weekValue() string {
	if len(f.Days) == 0 {
		return f.Typed.Week
	}
	return f.Week.String()
}

// caller are the questions about the person.
func (f callFacts) caller(b web.Base, t web.Trouble) web.Component {
	fields := detailFields(b, f.Config, f.Typed.Details, f.Typed.Birth, t)
	return parts.Group(b.Printer, b.T("desk.caller"), "", slices.Insert(fields, 1, otherFields(b, f.Typed.Visit.People, f.Typed.Details.Others, t)...)...)
}

// folder finds who has signed in before: the booking goes to their folder.
func (f callFacts) folder(b web.Base, t web.Trouble) web.Component {
	seek := []web.Component{
		ui.TextField(b.Printer, ui.Field{
			Name: "seek", Label: b.T("desk.seek"), Hint: b.T("desk.seek_hint"), Value: f.Typed.Seek, Error: t.At("seek"), Autocomplete: "off", NoSpelling: true,
			Optional: true,
		}),
		ui.SubmitButton(ui.Button{Text: b.T("desk.find_person"), Look: ui.Secondary, Name: "do", Value: "find"}),
	}
	switch {
	case len(f.State.Found) > 0:
		who := ui.Choices{Name: "person", Legend: b.T("desk.whose_folder"), Options: []ui.Choice{{Label: b.T("desk.no_folder"), Checked: f.Typed.Person == ""}}}
		for _, p := range f.State.Found {
			who.Options = append(who.Options, ui.Choice{Value: p.Token, Label: p.Name, Hint: p.Email, Checked: p.Token == f.Typed.Person})
		}
		seek = append(seek, ui.Radios(b.Printer, who))
	case f.State.Sought && f.State.Why == nil:
		seek = append(seek, ui.Muted(b.T("people.nobody")))
	}
	return parts.Group(b.Printer, b.T("desk.known_person"), "", seek...)
}

// detailFields are the questions about a person as the desk asks them.
func detailFields(b web.Base, c *catalog.Config, d booking.Details, birth typedDate, t web.Trouble) []web.Component {
	out := contactFields(b, c, d, t)
	out = slices.Insert(out, 2, dateFields(b, "birth", b.T("desk.birth"), birth, t))
	return append(out, ui.TextArea(b.Printer, ui.Field{
		Name: "note", Label: b.T("desk.note"), Value: d.Note, Error: t.At("note"), Rows: 2, MaxLen: booking.MaxNote, Optional: true,
	}))
}

// contactFields ask who somebody is and how they are reached.
func contactFields(b web.Base, c *catalog.Config, d booking.Details, t web.Trouble) []web.Component {
	lang := ui.SelectField{Name: "lang", Label: b.T("details.lang"), Value: string(d.Lang), Error: t.At("lang")}
	for _, l := range c.Org.Languages {
		row, _ := i18n.Lookup(string(l))
		lang.Options = append(lang.Options, ui.Option{Value: string(l), Text: cmp.Or(row.Name, string(l))})
	}
	return []web.Component{
		ui.TextField(b.Printer, ui.Field{Name: "name", Label: b.T("common.name"), Value: d.Name, Error: t.At("name"), Autocomplete: "off", NoSpelling: true}),
		ui.TextField(b.Printer, ui.Field{Name: "phone", Label: b.T("common.phone"), Type: "tel", Value: d.Phone, Error: t.At("phone"), Autocomplete: "off", Optional: true}),
		ui.TextField(b.Printer, ui.Field{
			Name: "email", Label: b.T("common.email"), Hint: b.T("desk.email_hint"), Type: "email", Value: d.Email, Error: t.At("email"), Autocomplete: "off", Optional: true,
		}),
		ui.Select(b.Printer, lang),
	}
}

// dateFields ask for a date in three fields.
func dateFields(b web.Base, name, label string, typed typedDate, t web.Trouble) web.Component {
	field := func(part, value string) ui.Field {
		return ui.Field{Name: name + "-" + part, Label: b.T("people.date_" + part), Value: value, InputMode: "numeric", Short: true, Autocomplete: "off"}
	}
	day := field("day", typed.Day)
	day.ID, day.Error = name, t.At(name)
	return parts.Group(b.Printer, label, "", ui.FieldRow(
		ui.TextField(b.Printer, day), ui.TextField(b.Printer, field("month", typed.Month)), ui.TextField(b.Printer, field("year", typed.Year)),
	))
}

// choices ask what for and where.
func (f callFacts) choices(b web.Base, t web.Trouble) []web.Component {
	service := ui.SelectField{Name: "service", Label: b.T("common.service"), Value: string(f.Typed.Service), Error: t.At("service"), Options: []ui.Option{{Text: b.T("desk.choose")}}}
	for _, s := range sortedServices(b, f.Config, f.Offices) {
		service.Options = append(service.Options, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
	}
	place := ui.SelectField{Name: "office", Label: b.T("common.place"), Value: string(f.Typed.Office), Error: t.At("office"), Options: []ui.Option{{Text: b.T("desk.any_place")}}}
	for _, o := range f.Offices {
		place.Options = append(place.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	fields := []web.Component{ui.Select(b.Printer, service), ui.Select(b.Printer, place)}
	if u := f.units(b); len(u.Options) > 1 {
		fields = append(fields, ui.Select(b.Printer, u))
	}
	fields = append(fields, f.visitFields(b, t)...)
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("desk.show_times_key"), Look: ui.Secondary, Name: "do", Value: "times", Key: b.Keys.Of(staff.DeskFind)}))
	other := []web.Component{
		ui.P(b.T("desk.other_time_about")),
		ui.FieldRow(
			ui.TextField(b.Printer, ui.Field{Name: "date", Label: b.T("desk.date"), Value: f.Typed.Date, Error: t.At("date"), Short: true, Optional: true, Autocomplete: "off"}),
			ui.TextField(b.Printer, ui.Field{Name: "clock", Label: b.T("desk.head_time"), Value: f.Typed.Clock, Error: t.At("clock"), Short: true, Optional: true, Autocomplete: "off"}),
			ui.SubmitButton(ui.Button{Text: b.T("desk.take_time"), Look: ui.Secondary, Name: "do", Value: "other"}),
		),
	}
	return []web.Component{parts.Group(b.Printer, b.T("desk.what"), "", fields...), parts.Group(b.Printer, b.T("desk.other_time"), "", other...)}
}

func (f callFacts) units(b web.Base) ui.SelectField {
	u := ui.SelectField{Name: "unit", Label: b.T("desk.unit"), Value: string(f.Typed.Unit), Options: []ui.Option{{Text: b.T("desk.any_unit")}}}
	if f.Typed.Office == "" || f.Typed.Service == "" {
		return u
	}
	for _, x := range f.Config.Units(f.Typed.Service, f.Typed.Office) {
		u.Options = append(u.Options, ui.Option{Value: string(x.ID), Text: x.Name.In(b.Lang)})
	}
	return u
}

// sortedServices are those that the offices offer, by name.
func sortedServices(b web.Base, c *catalog.Config, offices []*org.Office) []*catalog.Service {
	var out []*catalog.Service
	for i := range c.Services {
		s := &c.Services[i]
		for _, o := range offices {
			if _, _, err := c.Offered(s.ID, o.ID); err == nil {
				out = append(out, s)
				break
			}
		}
	}
	slices.SortStableFunc(out, func(x, y *catalog.Service) int {
		return cmp.Compare(i18n.SortKey(b.Lang, x.Name.In(b.Lang)), i18n.SortKey(b.Lang, y.Name.In(b.Lang)))
	})
	return out
}

// times are the free times: first those of all places, then the week of one.
func (f callFacts) times(b web.Base, _ web.Trouble) []web.Component {
	if f.Typed.Service == "" {
		return []web.Component{ui.Muted(b.T("desk.choose_service"))}
	}
	zone := f.Config.Zone()
	var out []web.Component
	if len(f.First) == 0 {
		out = append(out, ui.P(b.T("desk.no_times")))
	} else {
		var slots []ui.SlotItem
		for _, p := range f.First {
			t := time.Unix(p.Start, 0).In(zone)
			slots = append(slots, ui.SlotItem{
				Value: slotValue(p.Office, p.Start, zone), Weekday: b.Printer.Weekday(t), Date: b.Printer.DayMonth(t), Time: b.Printer.Clock(t),
				Place: officeName(b, f.Config, p.Office),
			})
		}
		out = append(out, parts.Section(b.T("desk.first_free"), ui.SlotList("slot", b.T("desk.keep_time"), slots)))
	}
	if f.NotThere {
		return append(out, ui.P(b.T("desk.not_there")))
	}
	if f.Typed.Office == "" || len(f.Days) == 0 {
		return out
	}
	return append(out, f.week(b))
}

// week is the week of an office.
func (f callFacts) week(b web.Base) web.Component {
	title := b.T("desk.week_at", "week", f.Week.Number, "place", f.Schedule.Office.Name)
	return parts.Section(title, weekGrid(b, f.Schedule, f.Days, "slot", func(start int64) string { return slotValue(f.Typed.Office, start, f.Schedule.Zone()) }), parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("desk.week_before"), Look: ui.Tertiary, Name: "to-week", Value: f.Week.Prev().String()}),
		ui.SubmitButton(ui.Button{Text: b.T("desk.week_after"), Look: ui.Tertiary, Name: "to-week", Value: f.Week.Next().String()}),
	))
}

// weekGrid are the free times of a week, each a button.
func weekGrid(b web.Base, sch booking.Schedule, days []booking.DayTimes, name string, value func(start int64) string) web.Component {
	var out []ui.Day
	for _, d := range days {
		noon := d.Date.At(12*60, sch.Zone())
		if d.Kind == booking.DayClosed && d.Date.Weekday()%6 == 0 { // a closed Saturday or Sunday is no news
			continue
		}
		day := ui.Day{Weekday: b.Printer.Weekday(noon), Date: b.Printer.DayMonth(noon), State: dayState(d, sch.Today())}
		if day.State == ui.DayOpen {
			part := ui.DayPart{}
			for s := range d.Free.All() {
				t := time.Unix(s.Start, 0).In(sch.Zone())
				part.Slots = append(part.Slots, ui.SlotTime{Value: value(s.Start), Time: b.Printer.Clock(t)})
			}
			day.Parts = []ui.DayPart{part}
		}
		out = append(out, day)
	}
	return ui.WeekGrid(b.Printer, name, b.T("desk.keep_time"), out)
}

func dayState(d booking.DayTimes, today org.Date) ui.DayState {
	switch {
	case d.Kind == booking.DayFull:
		return ui.DayFull
	case d.Kind == booking.DayClosed:
		return ui.DayClosed
	case d.Kind == booking.DayFree:
		return ui.DayOpen
	case d.Date.Before(today):
		return ui.DayPast
	}
	return ui.DayNone
}

// kept says what is kept for the call, with the words to read aloud.
func (f callFacts) kept(b web.Base) web.Component {
	zone := f.Config.Zone()
	office, start, chosen := f.Typed.slot(zone)
	if f.State.Full {
		return ui.Alert(ui.AlertBox{Kind: ui.Warning, Title: b.T("desk.full_title"), Text: b.T("desk.full", "time", time.Unix(start, 0).In(zone), "place", officeName(b, f.Config, office))})
	}
	if f.Held.ID == "" || !chosen {
		return ui.Muted(b.T("desk.nothing_kept"))
	}
	box := ui.AlertBox{Kind: ui.Info, Title: b.T("desk.kept_title"), Text: b.T("desk.kept",
		"time", timeLine(b, f.Held.Start, f.Held.End, zone), "place", officeName(b, f.Config, office), "until", b.Printer.Clock(time.Unix(f.Held.ExpiresAt, 0).In(zone)))}
	return parts.Alert(box, ui.P(readAloud(b, f.Config, f.Typed.Service, office, start)),
		ui.SubmitButton(ui.Button{Text: b.T("desk.drop"), Look: ui.Tertiary, Name: "do", Value: "drop"}))
}

// readAloud is what the clerk says to the caller.
func readAloud(b web.Base, c *catalog.Config, service ids.Service, office ids.Office, start int64) string {
	where := officeName(b, c, office)
	if o, err := c.Office(office); err == nil && o.Street.In(b.Lang) != "" {
		where = b.T("desk.place_street", "place", where, "street", o.Street.In(b.Lang))
	}
	text := b.T("desk.read_aloud", "time", time.Unix(start, 0).In(c.Zone()), "place", where)
	if s, err := c.Service(service); err == nil {
		if bring := s.Bring.In(b.Lang); len(bring) > 0 {
			text += " " + b.T("desk.read_bring", "what", joined(bring))
		}
	}
	return text
}

func joined(list []string) string {
	out := ""
	for i, s := range list {
		if i > 0 {
			out += "; "
		}
		out += s
	}
	return out
}

func (f callFacts) bookButtons(b web.Base) web.Component {
	if f.State.Full {
		return parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("desk.book_over"), Name: "do", Value: "over"}),
			ui.SubmitButton(ui.Button{Text: b.T("desk.drop"), Look: ui.Secondary, Name: "do", Value: "drop"}))
	}
	return parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("desk.book_now_key"), Name: "do", Value: "book", Key: b.Keys.Of(staff.DeskMain)}),
		ui.SubmitButton(ui.Button{Text: b.T("desk.propose"), Look: ui.Secondary, Name: "do", Value: "propose"}))
}
