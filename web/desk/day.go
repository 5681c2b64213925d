package desk

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/sheet"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// dayAsked is which list is asked for. Nothing in it is personal.
type dayAsked struct {
	Office ids.Office
	Date   org.Date
	Unit   ids.Unit // empty is all
}

// query is what is asked for as an address has it.
func (a dayAsked) query() string {
	q := url.Values{"office": {string(a.Office)}, "date": {a.Date.String()}}
	if a.Unit != "" {
		q.Set("unit", string(a.Unit))
	}
	return "?" + q.Encode()
}

// asked reads which day is asked for: today at the first office where one may work, unless the address says otherwise. What is not there is NotFound.
func (d *Door) asked(v *web.Visit, value func(string) string) (dayAsked, error) {
	who, a := v.Actor(), dayAsked{Office: ids.Office(value("office")), Date: v.Org.Today(v.Now), Unit: ids.Unit(value("unit"))}
	at := slices.IndexFunc(v.Org.Offices, func(x org.Office) bool {
		return (a.Office == "" || x.ID == a.Office) && who.May(actor.BookingDesk, actor.Object{Org: v.OrgID(), Office: x.ID}) == nil
	})
	if at < 0 {
		return a, fault.NotFound("error.not_found")
	}
	a.Office = v.Org.Offices[at].ID
	if typed := value("date"); typed != "" {
		date, ok := dateOf(typed, a.Date)
		if !ok {
			return a, fault.NotFound("error.not_found")
		}
		a.Date = date
	}
	if office, err := v.Org.Office(a.Office); a.Unit != "" && err == nil &&
		!slices.ContainsFunc(office.Units, func(u org.Unit) bool { return u.ID == a.Unit }) {
		a.Unit = ""
	}
	return a, nil
}

// rows are the list that is asked for; cancelled and lapsed ones are left out unless they are wanted.
func (d *Door) rows(v *web.Visit, a dayAsked) ([]booking.DeskRow, error) {
	return d.only(a)(d.Booking.Day(v.Ctx(), v.Actor(), v.OrgID(), a.Office, a.Date))
}

// only leaves the rows of the unit that is asked for, if one is.
func (d *Door) only(a dayAsked) func([]booking.DeskRow, error) ([]booking.DeskRow, error) {
	return func(list []booking.DeskRow, err error) ([]booking.DeskRow, error) {
		if err != nil || a.Unit == "" {
			return list, err
		}
		return slices.DeleteFunc(list, func(r booking.DeskRow) bool { return r.Unit != a.Unit }), nil
	}
}

// day shows the list of a day.
func (d *Door) day(v *web.Visit) error {
	a, err := d.asked(v, v.Query)
	if err != nil {
		return err
	}
	// Before the list is read: what changes after that makes a page that is kept an old one.
	writes, known := d.Booking.Store.Writes()
	if err := d.noteRead(v, a, writes, known); err != nil {
		return err
	}
	facts := dayFacts{Config: v.Org, Asked: a, Now: v.Now, Relative: "desk/", Phone: d.phones.show}
	write := func() (Page, error) {
		var err error
		facts.List, err = d.only(a)(d.Booking.DayNoted(v.Ctx(), v.Actor(), v.OrgID(), a.Office, a.Date))
		facts.Offices = offices(v.Org, v.Actor())
		return newDayPage(d.page(v, ""), facts), err
	}
	if _, done := d.lastDone(v); done || !known {
		p, err := write()
		if err != nil {
			return err
		}
		d.undoOn(v, &p)
		return d.show(v, p)
	}
	return v.RenderAlike(web.Alike{Sight: sight(v.Actor()), Writes: writes}, func() (web.AlikePage, error) {
		p, err := write()
		return web.AlikePage{Component: ShowDesk(p), Until: facts.until()}, err
	})
}

// until is the last second in which the list is as it is now if nothing changes: then something lapses, or a button appears, or the day is over.
func (f dayFacts) until() int64 {
	now := f.Now.Unix()
	// An edge is the first second in which something is different.
	until := f.Config.Today(f.Now).Add(1).At(0, f.Config.Zone()).Unix() - 1
	for _, r := range f.List {
		for _, edge := range []int64{r.ExpiresAt + 1, r.Start - int64(booking.VisitFrom/time.Second)} {
			if edge > now {
				until = min(until, edge-1)
			}
		}
	}
	return until
}

// sight tells apart those who see different things on a list: by what they were granted, and for whom they have broken the glass.
func sight(who actor.Actor) string { return fmt.Sprint(who.Level, who.Grants, who.Glass) }

// dayPost writes down that somebody came, from the list.
func (d *Door) dayPost(v *web.Visit) error {
	a, err := d.asked(v, v.Form)
	if err != nil {
		return err
	}
	id := ids.Appointment(v.Form("came"))
	before, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), id)
	if err != nil {
		return err
	}
	after, err := d.Booking.RecordVisit(v.Ctx(), v.Actor(), v.OrgID(), id, booking.OutcomeCame, nil)
	if web.Mendable(err) {
		return v.SeeOther(at(baseOf(v), string(id))) // its page says what can be done with it
	}
	if err != nil {
		return err
	}
	d.keepUndo(v, undoable{What: undoOutcome, ID: id, Seq: after.Sequence, Outcome: before.Outcome})
	return v.SeeOther(at(baseOf(v)) + a.query())
}

// dayFacts is what the page of a day is made of.
type dayFacts struct {
	Config  *catalog.Config
	Asked   dayAsked
	Offices []*org.Office
	List    []booking.DeskRow
	Now     time.Time
	// Relative is the way from the page to an appointment's: short, since it stands in each row.
	Relative string
	// Phone writes a number as people do.
	Phone func(e164, country string) string
	// Print leaves out what is pressed.
	Print bool
}

func (f dayFacts) noon() time.Time { return f.Asked.Date.At(12*60, f.Config.Zone()) }

func newDayPage(b web.Base, f dayFacts) Page {
	office := officeName(b, f.Config, f.Asked.Office)
	b.Title = b.T("desk.day_title", "day", b.Printer.LongDate(f.noon()), "place", office)
	p := Page{Base: b, Lead: f.counts(b)}
	if !f.Print {
		p.Parts = append(p.Parts, parts.Buttons(
			ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "book"), Text: b.T("desk.book_key"), Key: b.Keys.Of(staff.DeskMain)}),
			ui.LinkButton(ui.Secondary, ui.Link{Href: at(b, "find"), Text: b.T("desk.find_key"), Key: b.Keys.Of(staff.DeskFind)}),
		), f.chooser(b), ui.LinkRow(b.T("desk.other_days"), f.otherDays(b)))
	}
	if len(f.List) == 0 {
		p.Parts = append(p.Parts, ui.P(b.T("desk.nothing")))
	} else {
		p.Parts = append(p.Parts, ui.DayList(f.table(b)))
	}
	if !f.Print {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{
			{Href: at(b, "waiting"), Text: b.T("desk.waiting_title")}, {Href: at(b, "undelivered"), Text: b.T("undelivered.title")},
			{Href: at(b, "import"), Text: b.T("import.title")}, {Href: at(b, "access"), Text: b.T("access.title")},
			{Href: at(b, "print") + f.Asked.query(), Text: b.T("desk.print"), Icon: "print"},
			{Href: at(b, "day.csv") + f.Asked.query(), Text: b.T("desk.csv"), Download: true},
			{Href: web.Path(b.Lang, "", "staff", "keys"), Text: b.T("staff_keys.link")},
		}))
	}
	return p
}

func (p Page) with(parts ...web.Component) Page {
	p.Parts = append(p.Parts, parts...)
	return p
}

// counts says how many are to come and how many came.
func (f dayFacts) counts(b web.Base) string {
	live, came := 0, 0
	for _, r := range f.List {
		if st := r.StatusAt(f.Now.Unix()); st == booking.Cancelled || st == booking.Lapsed {
			continue
		}
		if live++; r.Outcome != booking.OutcomeNone && r.Outcome != booking.OutcomeNoShow {
			came++
		}
	}
	return b.T("desk.counts", "live", live, "came", came)
}

// chooser chooses another office, person or day.
func (f dayFacts) chooser(b web.Base) web.Component {
	place := ui.SelectField{Name: "office", Label: b.T("common.place"), Value: string(f.Asked.Office)}
	for _, o := range f.Offices {
		place.Options = append(place.Options, ui.Option{Value: string(o.ID), Text: o.Name.In(b.Lang)})
	}
	unit := ui.SelectField{Name: "unit", Label: b.T("desk.unit"), Value: string(f.Asked.Unit), Options: []ui.Option{{Text: b.T("desk.all_units")}}}
	if o, err := f.Config.Office(f.Asked.Office); err == nil {
		for _, u := range o.Units {
			unit.Options = append(unit.Options, ui.Option{Value: string(u.ID), Text: u.Name.In(b.Lang)})
		}
	}
	return parts.Form(ui.FormData{Action: at(b), Get: true}, ui.FieldRow(
		ui.Select(b.Printer, place), ui.Select(b.Printer, unit),
		ui.TextField(b.Printer, ui.Field{Name: "date", Label: b.T("desk.date"), Value: f.noon().Format("2.1.2006"), Short: true, NoSpelling: true, Autocomplete: "off"}),
		ui.SubmitButton(ui.Button{Text: b.T("desk.show"), Look: ui.Secondary}),
	))
}

func (f dayFacts) otherDays(b web.Base) []ui.Link {
	to := func(days int) dayAsked {
		a := f.Asked
		a.Date = a.Date.Add(days)
		return a
	}
	today := f.Asked
	today.Date = f.Config.Today(f.Now)
	return []ui.Link{
		{Href: at(b) + to(-1).query(), Text: b.T("desk.day_before")},
		{Href: at(b) + today.query(), Text: b.T("desk.today"), Current: today.Date.Equal(f.Asked.Date)},
		{Href: at(b) + to(1).query(), Text: b.T("desk.day_after")},
	}
}

func (f dayFacts) table(b web.Base) ui.DayListData {
	t := ui.DayListData{Caption: b.Title, Head: []string{
		b.T("desk.head_time"), b.T("common.name"), b.T("common.service"), b.T("desk.unit"), b.T("common.phone"), b.T("desk.head_code"), b.T("desk.head_state"),
	}}
	if !f.Print && !f.Asked.Date.After(f.Config.Today(f.Now)) {
		t.Action, t.Name, t.Button = at(b), "came", b.T("desk.came")
		t.Hidden = []ui.Hidden{{Name: "office", Value: string(f.Asked.Office)}, {Name: "date", Value: f.Asked.Date.String()}, {Name: "unit", Value: string(f.Asked.Unit)}}
	}
	for _, r := range f.List {
		t.Rows = append(t.Rows, f.row(b, r))
	}
	return t
}

func (f dayFacts) row(b web.Base, r booking.DeskRow) ui.DayRow {
	now := f.Now.Unix()
	row := ui.DayRow{
		Time: b.Printer.Clock(time.Unix(r.Start, 0).In(f.Config.Zone())), Unit: unitName(b, f.Config, r.Office, r.Unit), State: stateText(b, r, now),
	}
	status := r.StatusAt(now)
	row.Done = status == booking.Cancelled || status == booking.Lapsed || r.Outcome != booking.OutcomeNone
	if r.Hidden {
		row.Name, row.State = b.T("desk.taken"), ""
		return row
	}
	row.Name, row.Href, row.Service, row.With = r.Name, f.Relative+string(r.ID), servicesOf(b, f.Config, r), withWhom(b, r)
	row.Phone, row.Code, row.Note = f.Phone(r.Phone, f.Config.Org.Country), ids.FormatCode(r.Code), r.Note
	if f.Print {
		row.Href = ""
	}
	if status == booking.Booked && r.Outcome == booking.OutcomeNone && now >= r.Start-int64(booking.VisitFrom/time.Second) {
		row.Value = string(r.ID)
	}
	return row
}

// stateText is what an appointment's state is called at the desk.
func stateText(b web.Base, r booking.DeskRow, now int64) string {
	if r.Outcome != booking.OutcomeNone {
		return b.T("desk.outcome." + string(r.Outcome))
	}
	switch st := r.StatusAt(now); {
	case st == booking.Cancelled && r.CancelledBy == "office":
		return b.T("desk.state.cancelled_office")
	default:
		return b.T("desk.state." + string(st))
	}
}

// printDay is the list of a day as it is best printed.
func (d *Door) printDay(v *web.Visit) error {
	a, err := d.asked(v, v.Query)
	if err != nil {
		return err
	}
	list, err := d.rows(v, a)
	if err != nil {
		return err
	}
	return d.show(v, newPrintPage(d.page(v, ""), dayFacts{Config: v.Org, Asked: a, List: list, Now: v.Now, Print: true, Phone: d.phones.show}))
}

func newPrintPage(b web.Base, f dayFacts) Page {
	now := f.Now.Unix()
	f.List = slices.DeleteFunc(slices.Clone(f.List), func(r booking.DeskRow) bool {
		st := r.StatusAt(now)
		return st == booking.Cancelled || st == booking.Lapsed
	})
	p := newDayPage(b, f)
	p.Back = at(b) + f.Asked.query()
	p.Parts = append([]web.Component{ui.PrintButton(b.Printer)}, p.Parts...)
	return p.with(ui.Muted(b.T("desk.printed", "time", f.Now.In(f.Config.Zone()))))
}

// dayCSV is the list of a day as a file.
func (d *Door) dayCSV(v *web.Visit) error {
	a, err := d.asked(v, v.Query)
	if err != nil {
		return err
	}
	list, err := d.rows(v, a)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="`+string(a.Office)+"-"+a.Date.String()+`.csv"`)
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(csvOf(v.Org, list, v.Now)) // the reader has gone: nobody is left to tell
	return nil
}

func csvOf(c *catalog.Config, list []booking.DeskRow, now time.Time) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"start", "end", "office", "unit", "service", "status", "outcome", "name", "phone", "email", "code", "note", "also", "others"}) // a Buffer takes everything
	for _, r := range list {
		from, to := time.Unix(r.Start, 0).In(c.Zone()), time.Unix(r.End, 0).In(c.Zone())
		_ = w.Write([]string{
			from.Format(time.RFC3339), to.Format(time.RFC3339), string(r.Office), string(r.Unit), string(r.Service), string(r.StatusAt(now.Unix())), string(r.Outcome),
			sheet.Plain(r.Name), sheet.Plain(r.Phone), sheet.Plain(r.Email), r.Code, sheet.Plain(r.Note),
			joinedIDs(r.Also()), sheet.Plain(strings.Join(r.Others(), "; ")),
		})
	}
	w.Flush()
	return out.Bytes()
}

// may says whether the reader has a right at an office.
func may(v *web.Visit, right actor.Right, office ids.Office) bool {
	return v.May(right, actor.Object{Office: office}) == nil
}
