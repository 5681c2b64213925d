package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// careCookie keeps, sealed, whose care a browser looks at, for whom, and until when: so no address says who it is.
const (
	careCookie = "care"
	careLife   = 15 * time.Minute
)

// careSought is what was typed to find whose care it is about, or to make them known.
type careSought struct {
	Identifier, Name string
	// New says that nobody has the identifier yet: their name is asked for.
	New bool
	// Unsigned says that the page was come to from a booking that is in nobody's folder.
	Unsigned bool
}

// findCare asks whose care it is about.
func (d *Door) findCare(v *web.Visit) error {
	return d.show(v, newFindCarePage(d.page(v, ""), careSought{Unsigned: v.Query("unsigned") != ""}, nil))
}

// findCarePost opens the care of whom was found, or of the client of a booking.
func (d *Door) findCarePost(v *web.Visit) error {
	if id := ids.Appointment(v.Form("appointment")); id != "" {
		return d.careOfBooking(v, id)
	}
	typed := careSought{Identifier: strings.TrimSpace(v.Form("identifier")), Name: v.Form("name")}
	p, err := d.carePerson(v, &typed)
	if err == nil {
		_, err = d.People.NameOf(v.Ctx(), v.Actor(), v.OrgID(), p)
	}
	if web.Mendable(err) {
		return d.show(v, newFindCarePage(d.page(v, ""), typed, atIdentifier(err)))
	}
	if err != nil {
		return err
	}
	return d.openCare(v, p)
}

// atIdentifier puts what is wrong with a person at the field that names them.
func atIdentifier(err error) error {
	return fault.Renamed(err, map[string]string{"person": "identifier"})
}

// carePerson finds by an identity code, which is written down; with a name, who is new here is made known.
func (d *Door) carePerson(v *web.Visit, typed *careSought) (ids.Person, error) {
	kind := kindIn(v.Org.Org.Country)
	if typed.Identifier == "" {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: "field.required"})
	}
	found, err := d.People.FindPeople(v.Ctx(), v.Actor(), identity.Find{Org: v.OrgID(), Kind: kind, Identifier: natid.Secret(typed.Identifier)})
	if err != nil {
		return "", err
	}
	if len(found) == 1 {
		return found[0].Person, nil
	}
	if typed.New = true; v.Form("do") != "new" {
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "care.new_person"})
	}
	return d.People.MakeKnown(v.Ctx(), v.Actor(), v.OrgID(), kind, natid.Secret(typed.Identifier), typed.Name)
}

// careOfBooking opens the care of the client of a booking, if it is in somebody's folder.
func (d *Door) careOfBooking(v *web.Visit, id ids.Appointment) error {
	a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), id)
	if err != nil {
		return err
	}
	if a.Owner.Person == "" {
		return v.SeeOther(at(baseOf(v), "care") + "?unsigned=yes")
	}
	return d.openCare(v, a.Owner.Person)
}

func (d *Door) openCare(v *web.Visit, p ids.Person) error {
	until := strconv.FormatInt(v.Now.Add(careLife).Unix(), 10)
	v.KeepSealed(careCookie, strings.Join([]string{string(v.Actor().Staff), string(v.OrgID()), string(p), until}, "/"))
	return v.SeeOther(at(baseOf(v), "care", "person"))
}

// withCare hands whose care is open in the reader's browser to a page. Without one, the reader looks for somebody first.
func (d *Door) withCare(do func(v *web.Visit, p ids.Person, name string) error) web.Handler {
	return func(v *web.Visit) error {
		kept, ok := v.Sealed(careCookie)
		parts := strings.Split(kept, "/")
		if !ok || len(parts) != 4 || ids.Staff(parts[0]) != v.Actor().Staff || ids.Org(parts[1]) != v.OrgID() {
			return v.SeeOther(at(baseOf(v), "care"))
		}
		until, err := strconv.ParseInt(parts[3], 10, 64)
		if err != nil || v.Now.Unix() > until {
			return v.SeeOther(at(baseOf(v), "care"))
		}
		p := ids.Person(parts[2])
		name, err := d.People.NameOf(v.Ctx(), v.Actor(), v.OrgID(), p)
		if fault.IsKey(err, "form.invalid") { // whose data has been protected since
			return v.SeeOther(at(baseOf(v), "care"))
		}
		if err != nil {
			return err
		}
		return do(v, p, name)
	}
}

// careTyped is what was typed of a care relationship.
type careTyped struct {
	From, Until string
	Needs       []ids.Service
}

// careFacts is what the page of somebody's care is made of.
type careFacts struct {
	Config  *catalog.Config
	Name    string
	Records []care.Record // all of them, by agenda, the newest first
	Staff   map[ids.Staff]string
	Agenda  ids.Category
	Typed   careTyped
	Seen    int64
	Today   org.Date
	Why     error
}

// now is what holds under an agenda.
func (f careFacts) now(agenda ids.Category) care.Record {
	i := slices.IndexFunc(f.Records, func(r care.Record) bool { return r.Agenda == agenda })
	if i < 0 {
		return care.Record{}
	}
	return f.Records[i]
}

// carePage shows somebody's care.
func (d *Door) carePage(v *web.Visit, p ids.Person, name string) error {
	f, err := d.careFacts(v, p, name, ids.Category(v.Query("agenda")))
	if err != nil {
		return err
	}
	if now := f.now(f.Agenda); now.Version > 0 {
		f.Typed = careTyped{From: typedDay(now.From), Until: typedDay(now.Until), Needs: now.Needs}
	} else {
		f.Typed.From = typedDay(f.Today)
	}
	page := newCarePage(d.page(v, ""), f)
	if done := v.Query("done"); slices.Contains([]string{"recorded", "ended"}, done) {
		page.Done = page.T("care.done_" + done)
	}
	return d.show(v, page)
}

// typedDay is a day as it is typed at the desk; empty for none.
func typedDay(d org.Date) string {
	if d.IsZero() {
		return ""
	}
	year, month, day := d.YMD()
	return strconv.Itoa(day) + "." + strconv.Itoa(int(month)) + "." + strconv.Itoa(year)
}

func (d *Door) careFacts(v *web.Visit, p ids.Person, name string, agenda ids.Category) (careFacts, error) {
	f := careFacts{Config: v.Org, Name: name, Today: v.Org.Today(v.Now), Agenda: agenda, Staff: map[ids.Staff]string{}}
	list, err := d.Care.Of(v.Ctx(), v.Actor(), v.OrgID(), p)
	if err != nil {
		return f, err
	}
	f.Records = list
	known := func(a ids.Category) bool {
		return slices.ContainsFunc(v.Org.Categories, func(c catalog.Category) bool { return c.ID == a })
	}
	if !known(agenda) {
		f.Agenda = firstAgenda(v.Org, list)
	}
	f.Seen = f.now(f.Agenda).Version
	for _, r := range list {
		if _, had := f.Staff[r.By]; !had && r.By != "" && d.StaffName != nil {
			f.Staff[r.By] = d.StaffName(v.Ctx(), r.By)
		}
	}
	return f, nil
}

// firstAgenda is the one to begin with: what is recorded already, or what decides who is offered a freed time, or the first.
func firstAgenda(c *catalog.Config, list []care.Record) ids.Category {
	for _, r := range list {
		if !r.Off && slices.ContainsFunc(c.Categories, func(x catalog.Category) bool { return x.ID == r.Agenda }) {
			return r.Agenda
		}
	}
	if asked := care.Agendas(c); len(asked) > 0 {
		return asked[0]
	}
	if len(c.Categories) > 0 {
		return c.Categories[0].ID
	}
	return ""
}

// carePost records somebody's care, or takes it away.
func (d *Door) carePost(v *web.Visit, p ids.Person, name string) error {
	typed := careTyped{From: v.Form("first"), Until: v.Form("until")}
	for _, n := range v.R.PostForm["needs"] {
		typed.Needs = append(typed.Needs, ids.Service(n))
	}
	r := care.Request{Org: v.OrgID(), Person: p, Agenda: ids.Category(v.Form("agenda")), Needs: typed.Needs, Source: care.FromStaff}
	r.Seen, _ = strconv.ParseInt(v.Form("seen"), 10, 64)
	done := "recorded"
	var err error
	if v.Form("do") == "end" {
		r.Off, done = true, "ended"
	} else {
		r.From, r.Until, err = typed.days(v)
	}
	if err == nil {
		_, err = d.Care.Record(v.Ctx(), v.Actor(), r)
	}
	if web.Mendable(err) {
		f, again := d.careFacts(v, p, name, r.Agenda)
		if again != nil {
			return again
		}
		f.Typed, f.Why = typed, err
		page := newCarePage(d.page(v, ""), f)
		if fault.Is(err, fault.KindConflict) {
			page.Trouble, page.Wrong, page.HasError = nil, page.T("care.changed"), true
		}
		return d.show(v, page)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), "care", "person") + "?agenda=" + string(r.Agenda) + "&done=" + done)
}

// days reads the first and the last day.
func (t careTyped) days(v *web.Visit) (from, until org.Date, err error) {
	var wrong []fault.Field
	today := v.Org.Today(v.Now)
	for _, x := range []struct {
		name, typed string
		to          *org.Date
	}{{"first", t.From, &from}, {"until", t.Until, &until}} {
		if strings.TrimSpace(x.typed) == "" && x.name == "until" {
			continue
		}
		date, ok := dateOf(x.typed, today)
		if !ok {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "field.date"})
		}
		*x.to = date
	}
	if len(wrong) > 0 {
		return from, until, fault.Invalid("form.invalid", nil, wrong...)
	}
	return from, until, nil
}

// careFinder finds whose an identity code of an import is.
func (d *Door) careFinder(v *web.Visit) care.Finder {
	kind := kindIn(v.Org.Org.Country)
	return func(ctx context.Context, identifier, name string) (ids.Person, error) {
		if name == "" {
			return d.People.Whose(ctx, v.Actor(), v.OrgID(), kind, natid.Secret(identifier))
		}
		return d.People.MakeKnown(ctx, v.Actor(), v.OrgID(), kind, natid.Secret(identifier), name)
	}
}

// usesCare reports whether care decides anywhere who is offered a freed time.
func usesCare(c *catalog.Config) bool { return len(care.Agendas(c)) > 0 }

// careButton leads from a booking to the client's care.
func careButton(b web.Base, a booking.Appointment) web.Component {
	return parts.Form(ui.FormData{Action: at(b, "care"), Hidden: []ui.Hidden{{Name: "appointment", Value: string(a.ID)}}},
		ui.SubmitButton(ui.Button{Text: b.T("care.title"), Look: ui.Secondary}))
}
