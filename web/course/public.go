package course

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/ical"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// listFacts are what the list is made of.
type listFacts struct {
	List   []course.Listed
	All    int
	Filter course.Filter
	Config *catalog.Config
	Now    time.Time
}

// list shows an organisation's courses and events.
func (d *Door) list(v *web.Visit) error {
	list, err := d.Room.List(v.Ctx(), v.OrgID())
	if err != nil {
		return err
	}
	f := listFacts{Filter: filterOf(v.R.URL.Query()), Config: v.Org, Now: v.Now, All: len(list)}
	f.List = d.Room.Narrow(list, f.Filter, v.Zone(), v.Now)
	return show(v, newListPage(v.Base(""), f))
}

func filterOf(q url.Values) course.Filter {
	f := course.Filter{Text: strings.TrimSpace(q.Get("q")), Topic: ids.Category(q.Get("topic")), Kind: course.Kind(q.Get("kind")), Service: ids.Service(q.Get("service")), Age: -1, Place: strings.TrimSpace(q.Get("place")), Free: q.Get("free") != ""}
	if age, err := strconv.Atoi(strings.TrimSpace(q.Get("age"))); err == nil && age >= 0 && age < 150 {
		f.Age = age
	}
	if day, ok := parseDate(q.Get("from")); ok {
		f.From = day
	}
	return f
}

func newListPage(b web.Base, f listFacts) Page {
	b.Title = b.T("course.list_title")
	p := Page{Base: b, Back: b.URL(), Lead: b.T("course.list_lead")}
	age := ""
	if f.Filter.Age >= 0 {
		age = strconv.Itoa(f.Filter.Age)
	}
	from := ""
	if !f.Filter.From.IsZero() {
		from = f.Filter.From.String()
	}
	topics := []ui.Option{{Value: "", Text: b.T("course.any_topic")}}
	for _, t := range f.Config.Categories {
		topics = append(topics, ui.Option{Value: string(t.ID), Text: t.Name.In(b.Lang)})
	}
	kinds := []ui.Option{{Value: "", Text: b.T("course.any_kind")}}
	for _, k := range course.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Text: b.T("course.kind." + string(k))})
	}
	hidden := []ui.Hidden{}
	if f.Filter.Service != "" {
		hidden = append(hidden, ui.Hidden{Name: "service", Value: string(f.Filter.Service)})
	}
	narrower := []web.Component{
		ui.Select(b.Printer, ui.SelectField{Name: "kind", Label: b.T("course.filter_kind"), Value: string(f.Filter.Kind), Options: kinds}),
	}
	if len(topics) > 1 {
		narrower = append(narrower, ui.Select(b.Printer, ui.SelectField{Name: "topic", Label: b.T("course.filter_topic"), Value: string(f.Filter.Topic), Options: topics}))
	}
	narrower = append(narrower,
		ui.TextField(b.Printer, ui.Field{Name: "age", Label: b.T("course.filter_age"), Hint: b.T("course.filter_age_hint"), Value: age, Optional: true, InputMode: "numeric", Short: true}),
		ui.TextField(b.Printer, ui.Field{Name: "from", Label: b.T("course.filter_from"), Hint: b.T("course.date_hint"), Value: from, Optional: true, Short: true, NoSpelling: true}),
		ui.TextField(b.Printer, ui.Field{Name: "place", Label: b.T("course.filter_place"), Value: f.Filter.Place, Optional: true, NoSpelling: true}),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "free", Label: b.T("course.filter_free"), Checked: f.Filter.Free}),
	)
	narrowed := f.Filter.Topic != "" || f.Filter.Kind != "" || f.Filter.Age >= 0 || !f.Filter.From.IsZero() || f.Filter.Place != "" || f.Filter.Free
	form := []web.Component{ui.TextField(b.Printer, ui.Field{Name: "q", Label: b.T("course.search"), Type: "search", Value: f.Filter.Text, Optional: true})}
	if narrowed {
		form = append(form, narrower...)
	} else {
		form = append(form, parts.More(b.T("course.narrow"), narrower...))
	}
	form = append(form, ui.SubmitButton(ui.Button{Text: b.T("course.search_button"), Look: ui.Secondary}))
	p.add(parts.Form(ui.FormData{ID: "filter", Action: b.URL("courses"), Get: true, Hidden: hidden}, form...))
	p.add(ui.H2("found", b.N("course.found", len(f.List))))
	if len(f.List) == 0 {
		p.add(ui.P(b.T("course.none")))
		if f.All > 0 {
			p.add(ui.LinkList([]ui.Link{{Href: b.URL("courses"), Text: b.T("course.show_all")}}))
		}
		return p
	}
	var list []ui.CardData
	for _, c := range f.List {
		list = append(list, parts.CourseCard(b, f.Config.Zone(), c, f.Now.Unix()))
	}
	p.add(cards(list))
	return p
}

// parseDate reads a date as people here write it, or as programs do.
func parseDate(typed string) (org.Date, bool) {
	typed = strings.Join(strings.Fields(typed), "")
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2/1/2006"} {
		if t, err := time.Parse(layout, typed); err == nil {
			return org.DateOf(t), true
		}
	}
	return org.Date{}, false
}

// courseFacts are what a course's page is made of.
type courseFacts struct {
	Course course.Course
	Taken  course.Taken
	Waits  int
	Config *catalog.Config
	Now    time.Time
	URL    string // absolute
}

// course shows one.
func (d *Door) course(v *web.Visit) error {
	f, err := d.facts(v)
	if err != nil {
		return err
	}
	return show(v, newCoursePage(v.Base(""), f))
}

func (d *Door) facts(v *web.Visit) (f courseFacts, err error) {
	f = courseFacts{Config: v.Org, Now: v.Now, URL: v.Site.BaseURL + v.URL("courses", v.R.PathValue("course"))}
	if f.Course, f.Taken, err = d.Room.Public(v.Ctx(), v.OrgID(), ids.Course(v.R.PathValue("course"))); err != nil {
		return f, err
	}
	f.Waits, err = d.Room.Waits(v.Ctx(), f.Course)
	return f, err
}

func newCoursePage(b web.Base, f courseFacts) Page {
	c, now, zone := f.Course, f.Now.Unix(), f.Config.Zone()
	b.Title = c.Title.In(b.Lang)
	b.Structured = structured(b, f)
	p := Page{Base: b, Back: b.URL("courses"), Lead: c.Summary.In(b.Lang)}
	stage := c.StageAt(now)
	free := c.Free(f.Taken, now)
	enrol := ui.LinkButton(ui.Primary, ui.Link{Href: at(b, c.ID, "enrol"), Text: b.T("course.enrol")})
	switch {
	case stage == course.Soon:
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("course.opens_at", "time", b.Printer.At(time.Unix(c.Opens, 0).In(zone)))}))
	case stage == course.Stopped:
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Danger, Quiet: true, Text: b.T("course.no.off")}))
	case stage == course.Over, stage == course.Shut:
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("course.no." + string(stage))}))
	case free > 0:
		p.add(parts.Buttons(enrol))
	case c.Waiting:
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("course.full_waiting") + " " + b.N("course.waits", f.Waits)}),
			parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: at(b, c.ID, "enrol"), Text: b.T("course.enrol_wait")})))
	default:
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("course.full_none")}))
	}
	rows := []ui.DefinitionRow{
		{Key: b.T("course.when"), Value: parts.OnOneLine(strings.Join(sessions(b, zone, c.Details), "\n"))},
	}
	if c.Place != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("course.where"), Value: c.Place})
	}
	rows = append(rows, ui.DefinitionRow{Key: b.T("course.places"), Value: parts.CoursePlaces(b, c, f.Taken, now)})
	price := c.Price.In(b.Lang)
	if price == "" {
		price = b.T("course.free_of_charge")
	}
	rows = append(rows, ui.DefinitionRow{Key: b.T("course.price"), Value: price},
		ui.DefinitionRow{Key: b.T("course.for_whom"), Value: strings.Join(whoMay(b, c.Details), "\n")})
	if c.Lang != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("course.held_in"), Value: b.T("common.languages." + string(c.Lang)), Capital: true})
	}
	period := b.T("course.period", "from", b.Printer.At(time.Unix(c.Opens, 0).In(zone)), "until", b.Printer.At(time.Unix(c.Shuts(), 0).In(zone)))
	rows = append(rows, ui.DefinitionRow{Key: b.T("course.enrolment"), Value: period},
		ui.DefinitionRow{Key: b.T("course.cancelling"), Value: b.T("course.cancel_by", "time", b.Printer.At(time.Unix(c.LastCancel(), 0).In(zone)))},
		ui.DefinitionRow{Key: b.T("course.sign_in"), Value: b.T("course.level." + c.Level)})
	if c.Contact != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("course.ask"), Value: c.Contact})
	}
	p.add(ui.DefinitionList(rows))
	if text := c.Body.In(b.Lang); text != "" {
		p.add(parts.Section(b.T("course.about"), ui.ProseText(b.Printer, c.Body)))
	}
	links := []ui.Link{{Href: at(b, c.ID, "calendar.ics"), Text: b.T("course.calendar"), Download: true}}
	if s, err := f.Config.Service(c.Service); err == nil {
		links = append(links, ui.Link{Href: b.URL("services", string(s.ID)), Text: s.Name.In(b.Lang)})
	}
	p.add(ui.LinkList(links))
	return p
}

// sessions are the meetings, a line each.
func sessions(b web.Base, zone *time.Location, d course.Details) (out []string) {
	list := slices.Clone(d.Sessions)
	slices.SortFunc(list, func(a, b course.Session) int { return int(a.Start - b.Start) })
	for _, s := range list {
		start, end := time.Unix(s.Start, 0).In(zone), time.Unix(s.End, 0).In(zone)
		text := b.Printer.LongDate(start) + ", " + b.Printer.ClockRange(start, end)
		if s.Place != "" {
			text += ", " + s.Place
		}
		out = append(out, text)
	}
	return out
}

// structured describes a course for programs, as schema.org has it (Event).
func structured(b web.Base, f courseFacts) string {
	c, zone := f.Course, f.Config.Zone()
	status := "https://schema.org/EventScheduled"
	if c.State == course.CalledOff {
		status = "https://schema.org/EventCancelled"
	}
	available := "https://schema.org/InStock"
	switch {
	case c.StageAt(f.Now.Unix()) == course.Soon:
		available = "https://schema.org/PreOrder"
	case c.Free(f.Taken, f.Now.Unix()) == 0:
		available = "https://schema.org/SoldOut"
	}
	v := map[string]any{
		"@type": "Event", "name": c.Title.In(b.Lang), "url": f.URL, "inLanguage": string(b.Lang), "eventStatus": status,
		"startDate": time.Unix(c.Start(), 0).In(zone).Format(time.RFC3339), "endDate": time.Unix(c.End(), 0).In(zone).Format(time.RFC3339),
		"organizer":                 map[string]any{"@type": "GovernmentOrganization", "name": f.Config.Org.Name.In(b.Lang)},
		"maximumAttendeeCapacity":   c.Places,
		"remainingAttendeeCapacity": c.Free(f.Taken, f.Now.Unix()),
		"offers":                    map[string]any{"@type": "Offer", "url": f.URL + "/enrol", "availability": available, "validFrom": time.Unix(c.Opens, 0).In(zone).Format(time.RFC3339)},
	}
	if c.Summary.In(b.Lang) != "" {
		v["description"] = c.Summary.In(b.Lang)
	}
	if c.Place != "" {
		v["location"] = map[string]any{"@type": "Place", "name": c.Place, "address": c.Place}
	}
	return web.Structured(v)
}

// calendar is the course's meetings for a calendar.
func (d *Door) calendar(v *web.Visit) error {
	f, err := d.facts(v)
	if err != nil {
		return err
	}
	host := "localhost"
	if u, err := url.Parse(v.Site.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	var events []ical.Event
	for i, s := range f.Course.Sessions {
		place := s.Place
		if place == "" {
			place = f.Course.Place
		}
		e := ical.Event{
			UID: string(f.Course.Org) + "-" + string(f.Course.ID) + "-" + strconv.Itoa(i+1) + "@" + host, Sequence: int(f.Course.Version), Method: ical.Publish, Status: ical.Confirmed, Alarm: true,
			Summary: f.Course.Title.In(v.Lang), Location: place, URL: f.URL, Start: time.Unix(s.Start, 0), End: time.Unix(s.End, 0), Stamp: time.Unix(f.Course.ChangedAt, 0),
		}
		if f.Course.State == course.CalledOff {
			e.Status, e.Alarm = ical.Cancelled, false
		}
		events = append(events, e)
	}
	file, err := ical.All(events)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH")
	h.Set("Content-Disposition", `attachment; filename="`+string(f.Course.ID)+`.ics"`)
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, file)
}

// levels are how surely it may be asked who enrols.
var levels = []actor.Level{actor.LevelNone, actor.LevelLow, actor.LevelSubstantial, actor.LevelHigh}
