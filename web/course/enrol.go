package course

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// whoFacts are what the first page of enrolling is made of.
type whoFacts struct {
	Course course.Course
	Known  []course.Known
	// Rows are the people whose names are typed.
	Rows  []course.Named
	Chose []ids.Person
	Code  string
	Batch string
	Why   error
}

// who asks who comes.
func (d *Door) who(v *web.Visit) error {
	c, _, err := d.Room.Public(v.Ctx(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	if err := d.Room.MayEnrol(v.Actor(), c); err != nil {
		return err
	}
	if refused, err := d.refused(v, c); refused || err != nil {
		return err
	}
	f := whoFacts{Course: c}
	if list := c.Refusals(v.Now.Unix(), false); len(list) > 0 {
		f.Why = fault.Conflict(list[0].Key, list[0].Args)
	}
	return d.askWho(v, f)
}

// refused says what comes first to whom the service of a course is not open.
func (d *Door) refused(v *web.Visit, c course.Course) (bool, error) {
	err := d.Room.MayUse(v.Ctx(), v.Actor(), v.Org, c)
	if !access.Refused(err) {
		return false, err
	}
	s, unknown := v.Org.Service(c.Service)
	if unknown != nil {
		return true, unknown
	}
	return true, v.Render(http.StatusForbidden, ShowCourse(newClosedPage(v.Base(""), c, s, err)))
}

func newClosedPage(b web.Base, c course.Course, s *catalog.Service, why error) Page {
	b.Title, b.NoIndex = c.Title.In(b.Lang), true
	p := Page{Base: b, Back: at(b, c.ID), Lead: b.T("access.first_title")}
	p.add(ui.Alert(ui.AlertBox{Kind: ui.Warning, Text: b.T(fault.Of(why).Key)}), ui.P(b.T("course.access_first")),
		parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})))
	return p
}

func (d *Door) askWho(v *web.Visit, f whoFacts) error {
	var err error
	if f.Known, err = d.Room.Participants(v.Ctx(), v.Actor()); err != nil {
		return err
	}
	if f.Batch == "" {
		f.Batch = string(v.Site.Gen.Draft())
	}
	if len(f.Known) == 0 && len(f.Rows) == 0 {
		f.Rows = []course.Named{{}}
	}
	return show(v, newWhoPage(v.Base(""), f))
}

// whoPost holds places for those who were named, and leads on to the form.
func (d *Door) whoPost(v *web.Visit) error {
	c, _, err := d.Room.Public(v.Ctx(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	f := whoFacts{Course: c, Code: v.Form("code"), Batch: v.Form("form")}
	r := course.BeginRequest{Org: v.OrgID(), Course: c.ID, Batch: ids.Draft(f.Batch), Lang: v.Lang}
	for _, p := range v.R.PostForm["who"] {
		f.Chose = append(f.Chose, ids.Person(p))
		r.People = append(r.People, course.Named{Known: ids.Person(p), Code: f.Code, Birth: dateOf(v.Form("birth"))})
	}
	n, _ := strconv.Atoi(v.Form("rows"))
	for i := 1; i <= min(n, 20); i++ {
		name, birth := v.Form(fmt.Sprintf("name-%d", i)), v.Form(fmt.Sprintf("birth-%d", i))
		f.Rows = append(f.Rows, course.Named{Name: name, Birth: birth})
		if name != "" || birth != "" || len(r.People) == 0 && i == 1 {
			r.People = append(r.People, course.Named{Name: name, Birth: dateOf(birth), Code: f.Code})
		}
	}
	if v.Form("do") == "more" && len(f.Rows) < c.AtOnce {
		f.Rows = append(f.Rows, course.Named{})
		return d.askWho(v, f)
	}
	if !ids.Valid(f.Batch) {
		f.Batch = ""
		return d.askWho(v, f)
	}
	_, f.Why = d.Room.Begin(v.Ctx(), v.ActorWithSession(), r)
	if web.Mendable(f.Why) && !access.Refused(f.Why) {
		return d.askWho(v, f)
	}
	if access.Refused(f.Why) {
		_, err := d.refused(v, c)
		return err
	}
	if f.Why != nil {
		return f.Why
	}
	return v.SeeOther(v.URL("courses", string(c.ID), "enrol", f.Batch))
}

// dateOf is a date as the room reads it; what is none stays as it was typed, to be refused.
func dateOf(typed string) string {
	if day, ok := parseDate(typed); ok {
		return day.String()
	}
	return typed
}

func newWhoPage(b web.Base, f whoFacts) Page {
	c := f.Course
	b.Title, b.Service, b.NoIndex = b.T("course.who_title"), c.Title.In(b.Lang), true
	p := Page{Base: b, Back: at(b, c.ID), Lead: c.Title.In(b.Lang)}
	said := p.blame(f.Why)
	if p.Wrong != "" && !fault.IsKey(f.Why, "course.already") {
		p.add(ui.LinkList([]ui.Link{{Href: at(b, c.ID), Text: c.Title.In(b.Lang)}, {Href: b.URL("courses"), Text: b.T("course.list_title")}}))
		return p
	}
	take := func(name string) string {
		text := said[name]
		delete(said, name)
		return text
	}
	var fields []web.Component
	birthMissing := false
	if len(f.Known) > 0 {
		who := ui.Choices{Name: "who", ID: "person-1", Legend: b.T("course.who_legend"), Hint: b.T("course.who_hint")}
		for i := range max(len(f.Known), len(f.Chose)) {
			if text := take(fmt.Sprintf("person-%d", i+1)); text != "" {
				who.Error += text + " "
			}
		}
		for i, k := range f.Known {
			who.Options = append(who.Options, ui.Choice{Value: string(k.Person), Label: k.Name, Checked: slices.Contains(f.Chose, k.Person) || len(f.Known) == 1 && i == 0})
			birthMissing = birthMissing || k.Birth == ""
		}
		fields = append(fields, ui.Checkboxes(b.Printer, who))
		if birthMissing && c.NeedsBirth() {
			fields = append(fields, ui.TextField(b.Printer, ui.Field{Name: "birth", Label: b.T("course.birth"), Hint: b.T("course.birth_unknown"), Optional: true, Short: true, NoSpelling: true}))
		}
	}
	for i, r := range f.Rows {
		n := strconv.Itoa(i + 1)
		row := []web.Component{ui.TextField(b.Printer, ui.Field{
			Name: "name-" + n, ID: rowID(f, i), Label: b.T("course.name"), Value: r.Name, Error: take("name-"+n) + take("person-"+n), Autocomplete: autocomplete(f, i, "name"), NoSpelling: true,
		})}
		if c.NeedsBirth() {
			row = append(row, ui.TextField(b.Printer, ui.Field{
				Name: "birth-" + n, Label: b.T("course.birth"), Hint: b.T("course.date_hint"), Value: r.Birth, Error: take("birth-" + n), Short: true, NoSpelling: true, Autocomplete: autocomplete(f, i, "bday"),
			}))
		}
		fields = append(fields, parts.Group(b.Printer, b.T("course.person_n", "n", i+1), "", row...))
	}
	if c.NeedsCode() {
		wrong := take("code")
		for i := range 20 {
			if text := take(fmt.Sprintf("code-%d", i+1)); text != "" && wrong == "" {
				wrong = text
				for j := range p.Trouble {
					if p.Trouble[j].Href == fmt.Sprintf("#code-%d", i+1) {
						p.Trouble[j].Href = "#code"
					}
				}
			}
		}
		fields = append(fields, ui.TextField(b.Printer, ui.Field{Name: "code", Label: b.T("course.code"), Hint: b.T("course.code_hint"), Value: f.Code, Error: wrong, Short: true, NoSpelling: true, Autocomplete: "postal-code"}))
	}
	buttons := []web.Component{ui.SubmitButton(ui.Button{Text: b.T("course.next")})}
	if len(f.Rows) > 0 && len(f.Rows) < c.AtOnce {
		buttons = append(buttons, ui.SubmitButton(ui.Button{Text: b.T("course.one_more"), Look: ui.Secondary, Name: "do", Value: "more"}))
	}
	fields = append(fields, parts.Buttons(buttons...))
	p.add(parts.Form(ui.FormData{ID: "people", Action: at(b, c.ID, "enrol"), Hidden: []ui.Hidden{{Name: "form", Value: f.Batch}, {Name: "rows", Value: strconv.Itoa(len(f.Rows))}}}, fields...))
	return p
}

// rowID is the field that an error about a person leads to.
func rowID(f whoFacts, i int) string {
	if len(f.Known) > 0 {
		return ""
	}
	return "person-" + strconv.Itoa(i+1)
}

// autocomplete lets the browser fill in the reader's own details for the first person alone.
func autocomplete(f whoFacts, i int, what string) string {
	if i > 0 || len(f.Known) > 0 {
		return "off"
	}
	return what
}

// formFacts are what the second page of enrolling is made of.
type formFacts struct {
	Course  course.Course
	List    []course.Enrolment
	Clashes []course.Course
	Typed   course.Contact
	Config  *catalog.Config
	Now     time.Time
	Batch   string
	Why     error
	Signed  bool
}

// form shows for whom places are held, until when, and asks how they are reached.
func (d *Door) form(v *web.Visit) error { return d.askForm(v, course.Contact{}, nil) }

func (d *Door) askForm(v *web.Visit, typed course.Contact, why error) error {
	batch := v.R.PathValue("batch")
	list, c, err := d.Room.Form(v.Ctx(), v.Actor(), v.OrgID(), ids.Draft(batch))
	if err != nil {
		return err
	}
	if list[0].Number != 0 {
		return v.SeeOther(v.URL("courses", string(c.ID), "enrol", batch, "done"))
	}
	f := formFacts{Course: c, List: list, Typed: typed, Config: v.Org, Now: v.Now, Batch: batch, Why: why, Signed: v.Signed() != nil}
	if v.R.Method == "GET" {
		k, err := d.Room.ContactOf(v.Ctx(), v.Actor())
		if err != nil {
			return err
		}
		f.Typed.Email, f.Typed.Phone = k.Email, k.Phone
	}
	if f.Clashes, err = d.Room.ClashesOf(v.Ctx(), c, list); err != nil {
		return err
	}
	return show(v, newFormPage(v.Base(""), f))
}

// formPost enrols.
func (d *Door) formPost(v *web.Visit) error {
	batch := ids.Draft(v.R.PathValue("batch"))
	typed := course.Contact{Email: v.Form("email"), Phone: v.Form("phone"), Note: v.Form("note"), Wait: v.Form("wait") != ""}
	if v.Query("longer") != "" {
		err := d.Room.Longer(v.Ctx(), v.Actor(), v.OrgID(), batch)
		if err != nil && !web.Mendable(err) {
			return err
		}
		return d.askForm(v, typed, err)
	}
	_, err := d.Room.Send(v.Ctx(), v.Actor(), v.OrgID(), batch, typed)
	if web.Mendable(err) {
		return d.askForm(v, typed, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(v.URL("courses", v.R.PathValue("course"), "enrol", string(batch), "done"))
}

func newFormPage(b web.Base, f formFacts) Page {
	c, now, zone := f.Course, f.Now.Unix(), f.Config.Zone()
	b.Title, b.Service, b.NoIndex = b.T("course.form_title"), c.Title.In(b.Lang), true
	p := Page{Base: b, Back: at(b, c.ID), Lead: c.Title.In(b.Lang)}
	said := p.blame(f.Why)
	held, waits := []course.Enrolment{}, 0
	for _, e := range f.List {
		if e.At(now) == course.Held {
			held = append(held, e)
		} else {
			waits++
		}
	}
	action := at(b, c.ID, "enrol", f.Batch)
	if len(held) > 0 {
		until := time.Unix(held[0].Until, 0)
		p.add(ui.Hold(b.Printer, ui.HoldData{
			Until: until.UTC().Format(time.RFC3339), Now: f.Now.UTC().Format(time.RFC3339), Text: b.N("course.held", len(held), "time", b.Printer.Clock(until.In(zone)), "left", int((held[0].Until-now+59)/60)),
			FormID: "contact", Action: action + "?longer=yes", Button: b.T("course.longer"),
		}))
	}
	if waits > 0 {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.N("course.none_held", waits)}))
	}
	for _, x := range f.Clashes {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("course.clash", "course", x.Title.In(b.Lang), "when", parts.CourseWhen(b, zone, x.Details))}))
	}
	var rows []ui.SummaryRow
	rows = append(rows, ui.SummaryRow{Key: b.T("course.when"), Value: parts.CourseWhen(b, zone, c.Details)})
	if c.Place != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("course.where"), Value: c.Place})
	}
	for _, e := range f.List {
		state := b.T("course.holds_place")
		if e.At(now) != course.Held {
			state = b.T("course.goes_waiting")
		}
		rows = append(rows, ui.SummaryRow{Key: e.Name, Value: state, ChangeHref: at(b, c.ID, "enrol"), ChangeHidden: b.T("course.who_title")})
	}
	p.add(ui.SummaryList(b.Printer, rows))
	fields := []web.Component{
		ui.P(b.T("course.contact_lead")),
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Value: f.Typed.Email, Error: said["email"], Type: "email", Autocomplete: "email", NoSpelling: true, Optional: true}),
		ui.TextField(b.Printer, ui.Field{Name: "phone", Label: b.T("common.phone"), Value: f.Typed.Phone, Error: said["phone"], Type: "tel", Autocomplete: "tel", NoSpelling: true, Optional: true}),
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("course.note"), Hint: b.T("course.note_hint"), Value: f.Typed.Note, Error: said["note"], Rows: 3, Optional: true}),
	}
	button := b.T("course.send")
	if c.Details.Waiting {
		hint := b.T("course.wait_hint")
		if len(held) == 0 {
			button = b.T("course.send_wait")
		}
		fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "wait", Label: b.T("course.wait"), Hint: hint, Checked: f.Typed.Wait || waits > 0 && f.Why == nil}))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: button}))
	p.add(parts.Form(ui.FormData{ID: "contact", Action: action}, fields...))
	return p
}

// done is the receipt.
func (d *Door) done(v *web.Visit) error {
	list, c, err := d.Room.Form(v.Ctx(), v.Actor(), v.OrgID(), ids.Draft(v.R.PathValue("batch")))
	if err != nil {
		return err
	}
	if list[0].Number == 0 {
		return v.SeeOther(v.URL("courses", string(c.ID), "enrol", v.R.PathValue("batch")))
	}
	f := doneFacts{Course: c, Config: v.Org, Now: v.Now, Signed: v.Signed() != nil}
	for _, e := range list {
		view, err := d.Room.View(v.Ctx(), e)
		if err != nil {
			return err
		}
		f.List = append(f.List, view)
	}
	return show(v, newDonePage(v.Base(""), f))
}

// doneFacts are what the receipt is made of.
type doneFacts struct {
	Course course.Course
	List   []course.View
	Config *catalog.Config
	Now    time.Time
	Signed bool
}

func newDonePage(b web.Base, f doneFacts) Page {
	c, zone := f.Course, f.Config.Zone()
	b.Title, b.Service, b.NoIndex = b.T("course.done_title"), c.Title.In(b.Lang), true
	p := Page{Base: b, Lead: c.Title.In(b.Lang)}
	places, waits := 0, 0
	for _, e := range f.List {
		if e.Status == course.Waiting {
			waits++
		} else {
			places++
		}
	}
	switch {
	case waits == 0:
		p.Done = b.N("course.done_place", places)
	case places == 0:
		p.Done = b.T("course.done_waiting")
	default:
		p.Done = b.T("course.done_both")
	}
	rows := []ui.SummaryRow{{Key: b.T("course.when"), Value: parts.CourseWhen(b, zone, c.Details)}}
	if c.Place != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("course.where"), Value: c.Place})
	}
	for _, e := range f.List {
		rows = append(rows, ui.SummaryRow{Key: e.Name, Value: b.T("course.number", "number", course.Number(c.ID, e.Number)) + "\n" + stateWords(b, e, f.Now.Unix(), zone)})
	}
	p.add(ui.SummaryList(b.Printer, rows))
	next := []string{}
	if e := f.List[0]; e.Email != "" || e.Phone != "" {
		next = append(next, b.T("course.told"))
	}
	if waits > 0 {
		next = append(next, b.N("course.offer_how", c.Offer))
	}
	next = append(next, b.T("course.cancel_by", "time", b.Printer.At(time.Unix(c.LastCancel(), 0).In(zone))))
	p.add(parts.Section(b.T("course.next_title"), ui.BulletList(next)))
	links := []ui.Link{{Href: at(b, c.ID, "calendar.ics"), Text: b.T("course.calendar"), Download: true}, {Href: b.URL("courses"), Text: b.T("course.list_title")}}
	if f.Signed {
		links = append([]ui.Link{{Href: web.Path(b.Lang, "", "my") + "/", Text: b.T("course.to_folder")}}, links...)
	}
	p.add(ui.PrintButton(b.Printer), ui.LinkList(links))
	return p
}

// stateWords is how an enrolment stands, in words.
func stateWords(b web.Base, v course.View, now int64, zone *time.Location) string {
	switch st := v.At(now); st {
	case course.Waiting:
		return b.T("course.state.waiting_at", "place", v.Place)
	case course.Offered:
		return b.T("course.state.offered_until", "time", b.Printer.At(time.Unix(v.Until, 0).In(zone)))
	}
	return b.T("course.state." + course.FolderState(v.Enrolment, v.Of, now))
}
