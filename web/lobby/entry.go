package lobby

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// How many lines there are to enter numbers at once, and how many empty ones a printed list has.
const (
	entryLines = 10
	blankLines = 20
)

// entry is one line: a number that was given by hand.
type entry struct {
	Service, Number, Time string
	// Done is the number as it was entered now or before; the line is over then.
	Done string
	// Wrong are the faults at the line's fields.
	Wrong map[string]string
}

func (e entry) empty() bool {
	return strings.TrimSpace(e.Number) == "" && strings.TrimSpace(e.Time) == ""
}

// entryFacts is what the page is made of on which numbers are entered that were given by hand.
type entryFacts struct {
	Config  *catalog.Config
	Office  *org.Office
	Lines   []entry
	Keys    []ids.FormKey
	Items   []ui.ErrorItem
	Entered int
}

// entryPage asks for numbers that were given by hand while the system was down.
func (d *Door) entryPage(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	return d.show(v, newEntryPage(d.page(v), d.emptyEntry(v, o)))
}

func (d *Door) emptyEntry(v *web.Visit, o *org.Office) entryFacts {
	f := entryFacts{Config: v.Org, Office: o, Lines: make([]entry, entryLines)}
	for range entryLines {
		f.Keys = append(f.Keys, v.Site.Gen.FormKey())
	}
	return f
}

func newEntryPage(b web.Base, f entryFacts) Page {
	b.Title = b.T("entry.title")
	p := Page{Base: b, Back: at(b, string(f.Office.ID)), Lead: b.T("entry.lead"), Trouble: f.Items}
	p.HasError = len(f.Items) > 0
	if f.Entered > 0 {
		p.Done = b.N("entry.done", f.Entered)
	}
	services := servicesOf(b, f.Config, f.Office.ID, "")
	t := ui.TableData{Caption: b.T("entry.title"), HideCaption: true, Head: []string{b.T("entry.line"), b.T("common.service"), b.T("lobby.head_number"), b.T("entry.time")}}
	var hidden []ui.Hidden
	for i, e := range f.Lines {
		n := strconv.Itoa(i + 1)
		hidden = append(hidden, ui.Hidden{Name: "key_" + n, Value: string(f.Keys[i])})
		if e.Done != "" {
			t.Rows = append(t.Rows, []ui.Cell{{Text: n}, {Text: serviceName(b, f.Config, ids.Service(e.Service))}, {Text: e.Done}, {Text: e.Time}})
			hidden = append(hidden, ui.Hidden{Name: "done_" + n, Value: "yes"}, ui.Hidden{Name: "service_" + n, Value: e.Service}, ui.Hidden{Name: "number_" + n, Value: e.Number}, ui.Hidden{Name: "time_" + n, Value: e.Time})
			continue
		}
		field := func(name, label, value string) web.Component {
			return ui.TextField(b.Printer, ui.Field{
				Name: name + "_" + n, Label: b.T("entry.at_line", "what", b.T(label), "n", n), HideLabel: true, Value: value, Error: e.Wrong[name], Short: true, NoSpelling: true, Autocomplete: "off", InputMode: "decimal",
			})
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: n},
			{Content: ui.Select(b.Printer, ui.SelectField{Name: "service_" + n, Label: b.T("entry.at_line", "what", b.T("common.service"), "n", n), HideLabel: true, Value: e.Service, Options: services, Error: e.Wrong["service"]})},
			{Content: field("number", "lobby.head_number", e.Number)}, {Content: field("time", "entry.time", e.Time)}})
	}
	return p.with(ui.P(b.T("entry.hint")), parts.Form(ui.FormData{Action: at(b, string(f.Office.ID), "entry"), Hidden: hidden}, ui.Table(t),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("entry.save")}))))
}

// entryPost enters the lines. What is good is entered; what is wrong stays, with its fault at its line.
func (d *Door) entryPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	f := entryFacts{Config: v.Org, Office: o}
	b := d.page(v)
	for i := range entryLines {
		n := strconv.Itoa(i + 1)
		e := entry{Service: v.Form("service_" + n), Number: v.Form("number_" + n), Time: v.Form("time_" + n)}
		key := ids.FormKey(v.Form("key_" + n))
		if v.Form("done_"+n) != "" {
			e.Done = e.Number
		} else if !e.empty() {
			t, err := d.enter(v, o, e, key)
			switch {
			case web.Mendable(err):
				e.Wrong = map[string]string{}
				for _, w := range fieldsOf(err) {
					e.Wrong[w.Name] = b.Printer.TA(w.Key, w.Args)
					f.Items = append(f.Items, ui.ErrorItem{Href: "#" + w.Name + "_" + n, Text: b.T("entry.wrong", "n", n, "what", e.Wrong[w.Name])})
				}
			case err != nil:
				return err
			default:
				e.Done = t.Name()
				f.Entered++
			}
		}
		f.Lines, f.Keys = append(f.Lines, e), append(f.Keys, key)
	}
	if len(f.Items) > 0 {
		return d.show(v, newEntryPage(b, f))
	}
	return v.SeeOther(at(b, string(o.ID)) + "?done=entered")
}

func fieldsOf(err error) []fault.Field {
	f := fault.Of(err)
	if len(f.Fields) == 0 {
		return []fault.Field{{Name: "number", Key: f.Key, Args: f.Args}}
	}
	return f.Fields
}

// enter enters one line.
func (d *Door) enter(v *web.Visit, o *org.Office, e entry, key ids.FormKey) (queue.Ticket, error) {
	var wrong []fault.Field
	if _, _, err := v.Org.Offered(ids.Service(e.Service), o.ID); err != nil {
		wrong = append(wrong, fault.Field{Name: "service", Key: "error.field.choose"})
	}
	number, err := strconv.Atoi(strings.TrimSpace(e.Number))
	if err != nil {
		wrong = append(wrong, fault.Field{Name: "number", Key: "queue.number_range"})
	}
	moment, ok := clockToday(e.Time, v.Now, v.Org.Zone())
	if !ok {
		wrong = append(wrong, fault.Field{Name: "time", Key: "lobby.clock_wrong"})
	}
	if len(wrong) > 0 {
		return queue.Ticket{}, fault.Invalid("form.invalid", nil, wrong...)
	}
	return d.Queue.Enter(v.Ctx(), v.Actor(), queue.EnterRequest{Org: v.OrgID(), Office: o.ID, Service: ids.Service(e.Service), Number: number, At: moment, Key: key})
}

// list shows the list that is printed for when the system is down: who comes today, and empty lines for numbers that are written by hand.
func (d *Door) list(v *web.Visit) error {
	o, err := d.office(v)
	if err == nil {
		err = v.May(actor.BookingDesk, actor.Object{Office: o.ID})
	}
	if err != nil {
		return err
	}
	rows, err := d.Booking.Day(v.Ctx(), v.Actor(), v.OrgID(), o.ID, v.Org.Today(v.Now))
	if err != nil {
		return err
	}
	return d.show(v, newListPage(d.page(v), v.Org, o, rows, v.Now))
}

func newListPage(b web.Base, c *catalog.Config, o *org.Office, rows []booking.DeskRow, now time.Time) Page {
	b.Title = b.T("lobby_list.title", "place", o.Name.In(b.Lang), "day", b.Printer.LongDate(now.In(c.Zone())))
	p := Page{Base: b, Back: at(b, string(o.ID)), Lead: b.T("lobby_list.lead")}.with(parts.Buttons(ui.PrintButton(b.Printer)))
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("lobby.head_booked"), b.T("common.service"), b.T("common.name"), b.T("lobby.needs"), b.T("lobby.counter")}}
	for _, r := range rows {
		if r.StatusAt(now.Unix()) != booking.Booked {
			continue
		}
		name, service := r.Name, serviceName(b, c, r.Service)
		if r.Hidden {
			name, service = b.T("lobby.protected"), ""
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: clockAt(b, c, r.Start)}, {Text: service}, {Text: name}, {Text: r.Note}, {Text: unitName(b, c, o.ID, r.Unit)}})
	}
	if len(t.Rows) == 0 {
		p = p.with(ui.P(b.T("lobby_list.nobody")))
	} else {
		p = p.with(ui.Table(t))
	}
	blank := ui.TableData{Caption: b.T("entry.title"), HideCaption: true, Head: []string{b.T("lobby.head_number"), b.T("entry.time"), b.T("common.service")}}
	for i := range blankLines {
		blank.Rows = append(blank.Rows, []ui.Cell{{Text: fmt.Sprintf("%03d", i+1)}, {Text: "____ . ____"}, {Text: "______________________"}})
	}
	return p.with(parts.Section(b.T("entry.title"), ui.P(b.T("lobby_list.blank")), ui.Table(blank)))
}
