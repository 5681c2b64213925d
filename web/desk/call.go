package desk

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
)

// called is everything that the page of a call has: what the caller said so far, in any order.
type called struct {
	Details booking.Details
	Birth   typedDate
	Seek    string // what a person is looked for by
	Person  string // the sealed token of who was found and chosen
	Service ids.Service
	Office  ids.Office
	Unit    ids.Unit
	Week    string
	Slot    string // "office|start", what is chosen
	// Date and Clock are a time of the clerk's own choice.
	Date, Clock string
	Key         ids.FormKey
	// Visit is how many come and for what else; their names are in Details.
	Visit booking.Visit
	// From is the appointment that the details are of; empty for none.
	From ids.Appointment
}

// typedDate is a date as it was typed, in three fields.
type typedDate struct{ Day, Month, Year string }

func dateIn(v *web.Visit, name string) typedDate {
	field := func(part string) string { return strings.TrimSpace(v.Form(name + "-" + part)) }
	return typedDate{field("day"), field("month"), field("year")}
}

// iso is the date as YYYY-MM-DD, empty when nothing was typed, and "?" when what was typed is none.
func (d typedDate) iso() string {
	if d == (typedDate{}) {
		return ""
	}
	pad := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	date := d.Year + "-" + pad(d.Month) + "-" + pad(d.Day)
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return "?"
	}
	return date
}

func typedOf(iso string) typedDate {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return typedDate{}
	}
	return typedDate{t.Format("2"), t.Format("1"), t.Format("2006")}
}

func calledIn(v *web.Visit) called {
	c := called{
		Details: booking.Details{
			Name: v.Form("name"), Email: v.Form("email"), Phone: v.Form("phone"), Lang: i18n.Lang(v.Form("lang")), Note: v.Form("note"),
		},
		Birth: dateIn(v, "birth"), Seek: v.Form("seek"), Person: v.Form("person"), Service: ids.Service(v.Form("service")), Office: ids.Office(v.Form("office")),
		Unit: ids.Unit(v.Form("unit")), Week: v.Form("week"), Slot: v.Form("chosen"), Date: v.Form("date"), Clock: v.Form("clock"),
		Key: ids.FormKey(v.Form("key")), From: ids.Appointment(v.Form("from")),
	}
	c.Details.Birth = c.Birth.iso()
	c.Visit, c.Details.Others = visitIn(v)
	if w := v.Form("to-week"); w != "" {
		c.Week = w
	}
	if s := v.Form("slot"); s != "" {
		c.Slot = s
	}
	return c
}

// slot is the office and the start that are chosen; ok is false for nothing, or nothing that a button says.
func (c called) slot(zone *time.Location) (office ids.Office, start int64, ok bool) {
	o, at, found := strings.Cut(c.Slot, "|")
	t, err := time.Parse(time.RFC3339, at)
	if !found || err != nil || t.In(zone).Format(time.RFC3339) != at {
		return "", 0, false
	}
	return ids.Office(o), t.Unix(), true
}

func slotValue(office ids.Office, start int64, zone *time.Location) string {
	return string(office) + "|" + time.Unix(start, 0).In(zone).Format(time.RFC3339)
}

// call begins a call. With the address of an appointment its person's details are there already.
func (d *Door) call(v *web.Visit) error {
	c := called{Details: booking.Details{Lang: v.Org.Org.Languages[0]}, Key: v.Site.Gen.FormKey(), Service: ids.Service(v.Query("service"))}
	if from := ids.Appointment(v.Query("from")); from != "" {
		a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), from)
		if err != nil {
			return err
		}
		c.Details, c.Birth, c.From, c.Office = a.Details, typedOf(a.Details.Birth), a.ID, a.Office
		c.Visit.People = a.Visit().People
	}
	if v.Query("caller") != "" && d.Talks != nil {
		if err := d.fromTalk(v, &c); err != nil {
			return err
		}
	}
	if err := d.Booking.EndCall(v.Ctx(), v.Actor(), v.OrgID()); err != nil { // what an earlier call kept
		return err
	}
	return d.showCall(v, c, callState{})
}

// callState is what became of what was pressed.
type callState struct {
	Why error
	// Full offers to book over the limit.
	Full bool
	// Found are people who were looked for; Sought says that somebody was.
	Found  []foundPerson
	Sought bool
	// Held is what was kept just now; without an ID nothing was.
	Held booking.Hold
}

// callPost does what was pressed; whatever that is, what was typed stays.
func (d *Door) callPost(v *web.Visit) error {
	c := calledIn(v)
	var st callState
	switch do := v.Form("do"); {
	case v.Form("slot") != "":
		st.Why = d.keep(v, &c, &st)
	case do == "other":
		st.Why = d.otherTime(v, &c, &st)
	case do == "find":
		st.Sought = true
		st.Found, st.Why = d.findPeople(v, &c)
	case do == "drop":
		c.Slot = ""
		st.Why = d.Booking.EndCall(v.Ctx(), v.Actor(), v.OrgID())
	case do == "book", do == "over", do == "propose":
		return d.bookCall(v, c, do)
	default:
		if c.Slot != "" {
			st.Why = d.keep(v, &c, &st)
		}
	}
	if st.Why != nil && !web.Mendable(st.Why) {
		return st.Why
	}
	return d.showCall(v, c, st)
}

// keep keeps the chosen time for the call, or for longer.
func (d *Door) keep(v *web.Visit, c *called, st *callState) error {
	office, start, ok := c.slot(v.Org.Zone())
	if !ok || c.Service == "" {
		c.Slot = ""
		return fault.Invalid("booking.bad_time", nil)
	}
	unit := c.Unit
	if office != c.Office {
		unit = ""
	}
	held, err := d.Booking.HoldForCall(v.Ctx(), v.ActorWithSession(), booking.CallRequest{
		Org: v.OrgID(), Service: c.Service, Office: office, Start: start, Unit: unit, Visit: c.Visit,
	})
	if err != nil {
		return d.full(v, c, st, office, start, err)
	}
	st.Held = held
	return nil
}

// full says that a time cannot be had. Who may books over the limit, and is warned; for everybody else nothing is chosen.
func (d *Door) full(v *web.Visit, c *called, st *callState, office ids.Office, start int64, why error) error {
	noRoom := fault.IsKey(why, "booking.taken") || fault.IsKey(why, "booking.not_on_grid")
	if noRoom && may(v, actor.BookingOver, office) && start%booking.CellSeconds == 0 && start > v.Now.Unix() {
		st.Full = true
		return nil
	}
	c.Slot = ""
	return why
}

// otherTime takes the time that the clerk typed.
func (d *Door) otherTime(v *web.Visit, c *called, st *callState) error {
	var fields []fault.Field
	if c.Office == "" {
		fields = append(fields, fault.Field{Name: "office", Key: "desk.choose_office"})
	}
	date, ok := dateOf(c.Date, v.Org.Today(v.Now))
	if !ok {
		fields = append(fields, fault.Field{Name: "date", Key: "field.date"})
	}
	minute, err := org.ParseMinute(clockOf(c.Clock))
	if err != nil || minute == org.EndOfDay {
		fields = append(fields, fault.Field{Name: "clock", Key: "desk.bad_clock"})
	}
	if len(fields) > 0 {
		return fault.Invalid("form.invalid", nil, fields...)
	}
	c.Slot = slotValue(c.Office, date.At(minute, v.Org.Zone()).Unix(), v.Org.Zone())
	return d.keep(v, c, st)
}

// clockOf is a time of day as people type it, such as 9.20, 9:20 or 920, in the form that is read.
func clockOf(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), ".", ":")
	if !strings.Contains(s, ":") && len(s) > 2 {
		s = s[:len(s)-2] + ":" + s[len(s)-2:]
	}
	if !strings.Contains(s, ":") {
		s += ":00"
	}
	if len(s) == 4 {
		s = "0" + s
	}
	return s
}

// bookCall books. What cannot be is said on the same page, with everything that was typed.
func (d *Door) bookCall(v *web.Visit, c called, do string) error {
	var st callState
	over := do == "over"
	office, start, ok := c.slot(v.Org.Zone())
	if !ok || c.Service == "" {
		st.Why = fault.Invalid("form.invalid", nil, fault.Field{Name: "service", Key: "desk.choose_time"})
		return d.showCall(v, c, st)
	}
	r := booking.BookRequest{Org: v.OrgID(), Service: c.Service, Office: office, Start: start, Details: c.Details, Key: c.Key, Over: over, Visit: c.Visit}
	if office == c.Office {
		r.Unit = c.Unit
	}
	if over {
		r.Unit = ""
	}
	if p, ok := d.foundPerson(v, c.Person); ok {
		r.Account = p.Person
	}
	if held, ok, err := d.Booking.HeldForCall(v.Ctx(), v.Actor(), v.OrgID()); err != nil {
		return err
	} else if ok {
		r.Hold = held.ID
	}
	made, err := d.make(v, r, do == "propose")
	if web.Mendable(err) {
		if st.Why = err; !over && len(fault.Of(err).Fields) == 0 {
			st.Why = d.full(v, &c, &st, office, start, err)
		}
		return d.showCall(v, c, st)
	}
	if err != nil {
		return err
	}
	done := "booked"
	if made.Appointment.Status == booking.Proposed {
		done = "proposed"
	}
	return v.SeeOther(at(baseOf(v), string(made.Appointment.ID)) + "?done=" + done)
}

// make books a time, or sets it aside until the client confirms it.
func (d *Door) make(v *web.Visit, r booking.BookRequest, propose bool) (booking.Booking, error) {
	if !propose {
		return d.Booking.Book(v.Ctx(), v.Actor(), r)
	}
	return d.Booking.Propose(v.Ctx(), v.Actor(), booking.ProposeRequest{
		Org: r.Org, Service: r.Service, Office: r.Office, Start: r.Start, Unit: r.Unit, Details: r.Details, Account: r.Account, Key: r.Key, Hold: r.Hold,
		Visit: r.Visit,
	})
}

// personPurpose binds the sealed names of people who were found to their use.
const personPurpose = "desk person"

// foundPerson is one who was found: sealed, for who searched.
type foundPerson struct {
	Staff  ids.Staff  `json:"s"`
	Org    ids.Org    `json:"o"`
	Person ids.Person `json:"p"`
	Name   string     `json:"n"`
	Email  string     `json:"e"`
	Token  string     `json:"-"`
}

func (d *Door) foundPerson(v *web.Visit, token string) (foundPerson, bool) {
	var f foundPerson
	if token == "" {
		return f, false
	}
	raw, err := d.Site.Seals.OpenToken(personPurpose, token, v.Now)
	if err != nil || json.Unmarshal(raw, &f) != nil {
		return f, false
	}
	f.Token = token
	return f, f.Staff == v.Actor().Staff && f.Org == v.OrgID()
}

// findPeople looks for who has signed in before: by family name, email address or national identifier, whichever it looks like.
func (d *Door) findPeople(v *web.Visit, c *called) ([]foundPerson, error) {
	typed := strings.TrimSpace(c.Seek)
	f := identity.Find{Org: v.OrgID()}
	switch {
	case strings.Contains(typed, "@"):
		f.Email = typed
	case strings.ContainsAny(typed, "0123456789"):
		f.Kind, f.Identifier = kindIn(v.Org.Org.Country), natid.Secret(typed)
	default:
		f.Family = typed
	}
	list, err := d.People.FindPeople(v.Ctx(), v.Actor(), f)
	if err != nil {
		ft := *fault.Of(err)
		ft.Fields = slices.Clone(ft.Fields)
		for i := range ft.Fields {
			ft.Fields[i].Name = "seek" // one field asks for all of it here
		}
		return nil, &ft
	}
	var out []foundPerson
	for _, a := range list {
		if a.Protected {
			continue
		}
		p := foundPerson{Staff: v.Actor().Staff, Org: v.OrgID(), Person: a.Person, Name: short(a.ShortName()), Email: short(a.Email)}
		raw, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		p.Token = d.Site.Seals.SealToken(personPurpose, raw, v.Now.Add(time.Hour))
		out = append(out, p)
	}
	if len(out) == 1 {
		c.Person = out[0].Token
		if c.Details.Name == "" {
			c.Details.Name = out[0].Name
		}
		if c.Details.Email == "" {
			c.Details.Email = out[0].Email
		}
	}
	return out, nil
}

// short keeps what is sealed within what a token holds.
func short(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// kindIn is the identifier that people of a country have.
func kindIn(country string) natid.Kind {
	switch country {
	case "SE":
		return natid.SwedishNumber
	case "CZ":
		return natid.CzechNumber
	}
	return natid.FinnishCode
}

// showCall shows the page of a call with everything that is known.
func (d *Door) showCall(v *web.Visit, c called, st callState) error {
	f := callFacts{Config: v.Org, Typed: c, State: st, Now: v.Now, Offices: offices(v.Org, v.Actor())}
	if p, ok := d.foundPerson(v, c.Person); ok && len(st.Found) == 0 {
		f.State.Found = []foundPerson{p}
	}
	if err := d.callTimes(v, &f); err != nil {
		return err
	}
	p := newCallPage(d.page(v, ""), f)
	status := http.StatusOK
	if f.State.Why != nil {
		status = web.StatusOf(fault.Of(f.State.Why).Kind)
	}
	return v.Render(status, ShowDesk(p))
}

// callTimes fills in the free times: the first ones of all offices, and the week of one that is chosen; and what is kept.
func (d *Door) callTimes(v *web.Visit, f *callFacts) error {
	c := f.Typed
	if _, err := v.Org.Service(c.Service); err != nil {
		return nil // not chosen yet
	}
	var err error
	if f.First, err = d.Booking.FirstForStaff(v.Ctx(), v.Actor(), v.Org, c.Service, c.Visit, 3, 9); err != nil {
		return err
	}
	held, ok := f.State.Held, f.State.Held.ID != ""
	if !ok {
		if held, ok, err = d.Booking.HeldForCall(v.Ctx(), v.Actor(), v.OrgID()); err != nil {
			return err
		}
	}
	if office, start, chosen := c.slot(v.Org.Zone()); ok && chosen && held.Office == office && held.Start == start {
		f.Held = held
	}
	if c.Office == "" || v.May(actor.BookingDesk, actor.Object{Office: c.Office}) != nil {
		return nil
	}
	sch, err := d.Booking.DeskSchedule(v.Ctx(), v.OrgID(), c.Service, c.Office, c.Unit)
	if fault.Is(err, fault.KindNotFound) {
		f.NotThere = true
		return nil
	}
	if err != nil {
		return err
	}
	whole, err := sch.For(c.Visit)
	if err != nil {
		if f.State.Why == nil {
			f.State.Why = err
		}
		return nil
	}
	sch, f.Schedule = whole, whole
	week, err := org.ParseWeek(c.Week)
	if err != nil || week.Before(sch.Today().ISOWeek()) {
		week = sch.Today().ISOWeek()
		if i := slices.IndexFunc(f.First, func(p booking.FreePlace) bool { return p.Office == c.Office }); i >= 0 {
			week = org.DateOf(time.Unix(f.First[i].Start, 0).In(sch.Zone())).ISOWeek()
		}
	}
	f.Week = week
	t, err := d.Booking.Between(v.Ctx(), sch, week.Monday(), week.Monday().Add(6), "")
	f.Days = t.Days
	return err
}

// dateOf is a date as people type it: 2026-11-23, 23.11.2026, or 23.11. for the next such day.
func dateOf(typed string, today org.Date) (org.Date, bool) {
	typed = strings.ReplaceAll(strings.TrimSpace(typed), " ", "")
	if d, err := org.ParseDate(typed); err == nil {
		return d, true
	}
	parts := strings.Split(strings.TrimSuffix(typed, "."), ".")
	if len(parts) < 2 || len(parts) > 3 {
		return org.Date{}, false
	}
	var n [3]int
	for i, p := range parts {
		var err error
		if n[i], err = strconv.Atoi(p); err != nil {
			return org.Date{}, false
		}
	}
	year, _, _ := today.YMD()
	if len(parts) == 2 {
		n[2] = year
	}
	d, err := org.MakeDate(n[2], time.Month(n[1]), n[0])
	if err == nil && len(parts) == 2 && d.Before(today) {
		d, err = org.MakeDate(year+1, time.Month(n[1]), n[0])
	}
	return d, err == nil
}
