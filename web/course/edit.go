package course

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// mostQuotas is how many quotas the form has room for.
const mostQuotas = 4

// editFacts are what the form of a course is made of: what was typed, by field.
type editFacts struct {
	ID     ids.Course // empty for a new one
	Typed  url.Values
	Config *catalog.Config
	Why    error
	Done   bool
}

// dayTyped is how days are written into fields; parseDate reads it.
const dayTyped = "2.1.2006"

// typedOf writes a course as its form has it, times as the reader's language writes them.
func typedOf(p *i18n.Printer, c course.Course, cfg *catalog.Config) url.Values {
	zone := cfg.Zone()
	at := func(unix int64) string {
		if unix == 0 {
			return ""
		}
		t := time.Unix(unix, 0).In(zone)
		return t.Format(dayTyped) + " " + p.Clock(t)
	}
	v := url.Values{}
	for _, l := range cfg.Org.Languages {
		for name, t := range map[string]i18n.Text{"title": c.Title, "summary": c.Summary, "body": c.Body, "price": c.Price} {
			v.Set(name+"-"+string(l), t[l])
		}
	}
	var lines []string
	for _, s := range c.Sessions {
		start, end := time.Unix(s.Start, 0).In(zone), time.Unix(s.End, 0).In(zone)
		lines = append(lines, strings.TrimSpace(start.Format(dayTyped)+" "+p.Clock(start)+"–"+p.Clock(end)+" "+s.Place))
	}
	set := func(name, value string) { v.Set(name, value) }
	number := func(name string, n int) {
		if n != 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	set("kind", string(c.Kind))
	set("topic", string(c.Topic))
	set("service", string(c.Service))
	set("place", c.Details.Place)
	set("lang", string(c.Lang))
	set("contact", c.Contact)
	set("sessions", strings.Join(lines, "\n"))
	set("opens", at(c.Opens))
	set("closes", at(c.Closes))
	set("cancel", at(c.CancelUntil))
	set("level", c.Level)
	set("codes", strings.Join(c.Codes, " "))
	number("places", c.Places)
	number("min-age", c.MinAge)
	number("max-age", c.MaxAge)
	number("hold", c.Hold)
	number("offer", c.Offer)
	number("at-once", c.AtOnce)
	if c.Details.Waiting {
		set("waiting", "1")
	}
	for i, q := range c.Quotas {
		n := strconv.Itoa(i + 1)
		set("quota-id-"+n, q.ID)
		set("quota-name-"+n, q.Name.In(cfg.Org.Languages[0]))
		set("quota-codes-"+n, strings.Join(q.Codes, " "))
		set("quota-until-"+n, at(q.Until))
		number("quota-places-"+n, q.Places)
		number("quota-from-"+n, q.MinAge)
		number("quota-to-"+n, q.MaxAge)
		if len(q.Langs) > 0 {
			set("quota-lang-"+n, string(q.Langs[0]))
		}
	}
	return v
}

// readCourse reads the form. Faults name the fields that cannot be read; what they say is the room's to judge. was is the course as it is: what the form does not show stays.
func readCourse(v url.Values, cfg *catalog.Config, was course.Details) (d course.Details, err error) {
	zone := cfg.Zone()
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	text := func(name string, was i18n.Text) i18n.Text {
		out := i18n.Text{}
		for l, s := range was {
			out[l] = s
		}
		for _, l := range cfg.Org.Languages {
			s, ok := i18n.CleanText(v.Get(name + "-" + string(l)))
			if !ok || len([]rune(s)) > 5000 {
				bad(name+"-"+string(l), "field.bad_characters")
			}
			if out[l] = strings.TrimSpace(s); out[l] == "" {
				delete(out, l)
			}
		}
		return out
	}
	number := func(name string) int {
		s := strings.TrimSpace(v.Get(name))
		if s == "" {
			return 0
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			bad(name, "course.number_wrong")
		}
		return n
	}
	moment := func(name string) int64 {
		s := strings.TrimSpace(v.Get(name))
		if s == "" {
			return 0
		}
		t, ok := parseMoment(s, zone)
		if !ok {
			bad(name, "course.moment_wrong")
			return 0
		}
		return t.Unix()
	}
	line := func(name string) string {
		s, ok := i18n.CleanLine(v.Get(name))
		if !ok || len([]rune(s)) > 300 {
			bad(name, "field.bad_characters")
		}
		return s
	}
	d = course.Details{
		Kind: course.Kind(cmp.Or(v.Get("kind"), string(course.ACourse))), Title: text("title", was.Title), Summary: text("summary", was.Summary), Body: text("body", was.Body), Price: text("price", was.Price),
		Topic: ids.Category(v.Get("topic")), Service: ids.Service(v.Get("service")), Place: line("place"), Lang: i18n.Lang(v.Get("lang")), Contact: line("contact"), Places: number("places"),
		MinAge: number("min-age"), MaxAge: number("max-age"), Codes: strings.Fields(v.Get("codes")), Opens: moment("opens"), Closes: moment("closes"), CancelUntil: moment("cancel"),
		Hold: number("hold"), Offer: number("offer"), Level: v.Get("level"), AtOnce: number("at-once"), Waiting: v.Get("waiting") != "",
	}
	for _, s := range strings.Split(v.Get("sessions"), "\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		x, ok := parseSession(s, zone)
		if !ok {
			bad("sessions", "course.session_unread")
			break
		}
		d.Sessions = append(d.Sessions, x)
	}
	for i := 1; i <= mostQuotas; i++ {
		n := strconv.Itoa(i)
		name := line("quota-name-" + n)
		if name == "" && v.Get("quota-places-"+n) == "" {
			continue
		}
		q := course.Quota{
			ID: cmp.Or(v.Get("quota-id-"+n), "q"+n), Name: i18n.Text{cfg.Org.Languages[0]: name}, Places: number("quota-places-" + n), MinAge: number("quota-from-" + n), MaxAge: number("quota-to-" + n),
			Codes: strings.Fields(v.Get("quota-codes-" + n)), Until: moment("quota-until-" + n),
		}
		for _, old := range was.Quotas { // names in other languages stay as they were
			if old.ID == q.ID {
				for l, s := range old.Name {
					if l != cfg.Org.Languages[0] {
						q.Name[l] = s
					}
				}
			}
		}
		if l := v.Get("quota-lang-" + n); l != "" {
			q.Langs = []i18n.Lang{i18n.Lang(l)}
		}
		if name == "" {
			bad("quota-name-"+n, "course.title_missing")
		}
		d.Quotas = append(d.Quotas, q)
	}
	if len(wrong) > 0 {
		return d, fault.Invalid("form.invalid", nil, wrong...)
	}
	return d, nil
}

// parseMoment reads a date with a time.
func parseMoment(s string, zone *time.Location) (time.Time, bool) {
	day, clock, ok := cutLast(strings.TrimSpace(s))
	if !ok {
		day, clock = s, "0:00"
	}
	date, ok := parseDate(day)
	m, err := parseClock(clock)
	if !ok || err != nil {
		return time.Time{}, false
	}
	return date.At(m, zone), true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// parseClock reads a time of day as people write it: 9, 9:00 or 9.00.
func parseClock(s string) (org.Minute, error) {
	s = strings.ReplaceAll(s, ".", ":")
	if !strings.Contains(s, ":") {
		s += ":00"
	}
	if strings.IndexByte(s, ':') == 1 {
		s = "0" + s
	}
	return org.ParseMinute(s)
}

// parseSession reads "1.12.2026 17.00–18.30 Gym": a date, from when to when, and where.
func parseSession(s string, zone *time.Location) (course.Session, bool) {
	s = strings.NewReplacer("–", "-", "—", "-").Replace(strings.Join(strings.Fields(s), " "))
	day, rest, _ := strings.Cut(s, " ")
	date, ok := parseDate(day)
	times, place, _ := strings.Cut(rest, " ")
	from, to, two := strings.Cut(times, "-")
	a, err1 := parseClock(from)
	b, err2 := parseClock(to)
	if !ok || !two || err1 != nil || err2 != nil {
		return course.Session{}, false
	}
	return course.Session{Start: date.At(a, zone).Unix(), End: date.At(b, zone).Unix(), Place: place}, true
}

// fresh is the form of a new course, as a copy of another where one is meant.
func (d *Door) fresh(v *web.Visit) error {
	c := course.Course{Details: course.Details{Kind: course.ACourse, Hold: 15, Offer: 24, Level: "substantial", AtOnce: 3, Waiting: true, Opens: v.Now.Unix()}}
	if id := v.Query("copy"); id != "" {
		was, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(id))
		if err != nil {
			return err
		}
		c.Details = was.Details
	}
	return show(v, newEditPage(d.deskPage(v), editFacts{Typed: typedOf(v.P, c, v.Org), Config: v.Org}))
}

func (d *Door) freshPost(v *web.Visit) error {
	id := ids.Course(strings.TrimSpace(v.Form("id")))
	details, err := readCourse(v.R.PostForm, v.Org, course.Details{})
	if err == nil {
		err = d.Room.Create(v.Ctx(), v.Actor(), v.OrgID(), id, details)
	}
	if web.Mendable(err) {
		return show(v, newEditPage(d.deskPage(v), editFacts{Typed: v.R.PostForm, Config: v.Org, Why: err}))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: v.OrgID()}, string(id)) + "?done=made")
}

// edit is the form of a course.
func (d *Door) edit(v *web.Visit) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	f := editFacts{ID: c.ID, Typed: typedOf(v.P, c, v.Org), Config: v.Org}
	f.Typed.Set("seen", strconv.FormatInt(c.Version, 10))
	return show(v, newEditPage(d.deskPage(v), f))
}

func (d *Door) editPost(v *web.Visit) error {
	id := ids.Course(v.R.PathValue("course"))
	was, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), id)
	if err != nil {
		return err
	}
	details, err := readCourse(v.R.PostForm, v.Org, was.Details)
	if err == nil {
		seen, _ := strconv.ParseInt(v.Form("seen"), 10, 64)
		err = d.Room.Save(v.Ctx(), v.Actor(), v.OrgID(), id, seen, details)
	}
	if web.Mendable(err) {
		return show(v, newEditPage(d.deskPage(v), editFacts{ID: id, Typed: v.R.PostForm, Config: v.Org, Why: err}))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: v.OrgID()}, string(id)) + "?done=saved")
}

func newEditPage(b web.Base, f editFacts) Page {
	b.Title = b.T("course.make")
	p := Page{Base: b, Back: deskAt(b)}
	action := deskAt(b, "new")
	if f.ID != "" {
		p.Title, p.Back, action = b.T("course.edit"), deskAt(b, string(f.ID)), deskAt(b, string(f.ID), "edit")
	}
	said := p.blame(f.Why)
	get := f.Typed.Get
	line := func(name, label, hint string, short, maybe bool) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Hint: hint, Value: get(name), Error: said[name], Short: short, Optional: maybe, NoSpelling: short})
	}
	var fields []web.Component
	if f.ID == "" {
		fields = append(fields, line("id", b.T("course.f_id"), b.T("course.f_id_hint"), true, false))
	}
	kinds := ui.Choices{Name: "kind", Legend: b.T("course.filter_kind")}
	for _, k := range course.Kinds {
		kinds.Options = append(kinds.Options, ui.Choice{Value: string(k), Label: b.T("course.kind." + string(k)), Checked: get("kind") == string(k)})
	}
	fields = append(fields, ui.Radios(b.Printer, kinds))
	for i, l := range f.Config.Org.Languages {
		in := " (" + b.T("common.languages."+string(l)) + ")"
		list := []web.Component{
			line("title-"+string(l), b.T("course.f_title")+in, "", false, i > 0), line("summary-"+string(l), b.T("course.f_summary")+in, "", false, true),
			ui.TextArea(b.Printer, ui.Field{Name: "body-" + string(l), Label: b.T("course.f_body") + in, Value: get("body-" + string(l)), Error: said["body-"+string(l)], Rows: 4, Optional: true}),
			line("price-"+string(l), b.T("course.price")+in, b.T("course.f_price_hint"), false, true),
		}
		if i == 0 {
			fields = append(fields, list...)
		} else {
			fields = append(fields, parts.More(b.T("common.languages."+string(l)), list...))
		}
	}
	topics, services := []ui.Option{{Value: "", Text: "–"}}, []ui.Option{{Value: "", Text: "–"}}
	for _, t := range f.Config.Categories {
		topics = append(topics, ui.Option{Value: string(t.ID), Text: t.Name.In(b.Lang)})
	}
	for _, s := range f.Config.Services {
		services = append(services, ui.Option{Value: string(s.ID), Text: s.Name.In(b.Lang)})
	}
	langs := []ui.Option{{Value: "", Text: "–"}}
	for _, l := range f.Config.Org.Languages {
		langs = append(langs, ui.Option{Value: string(l), Text: b.T("common.languages." + string(l))})
	}
	var levelOptions []ui.Option
	for _, l := range levels {
		levelOptions = append(levelOptions, ui.Option{Value: l.String(), Text: b.T("course.level." + l.String())})
	}
	pick := func(name, label string, options []ui.Option) web.Component {
		return ui.Select(b.Printer, ui.SelectField{Name: name, Label: label, Value: get(name), Error: said[name], Options: options, Optional: true})
	}
	fields = append(fields,
		pick("topic", b.T("course.filter_topic"), topics), pick("service", b.T("course.f_service"), services), pick("lang", b.T("course.held_in"), langs),
		line("place", b.T("course.where"), "", false, true), line("contact", b.T("course.ask"), "", false, true),
		ui.TextArea(b.Printer, ui.Field{Name: "sessions", Label: b.T("course.f_sessions"), Hint: b.T("course.f_sessions_hint"), Value: get("sessions"), Error: said["sessions"], Rows: 5, NoSpelling: true}),
		line("places", b.T("course.places"), "", true, false),
		parts.Group(b.Printer, b.T("course.for_whom"), "", line("min-age", b.T("course.f_from_age"), "", true, true), line("max-age", b.T("course.f_to_age"), "", true, true),
			line("codes", b.T("course.f_codes"), b.T("course.f_codes_hint"), false, true)),
	)
	var quotas []web.Component
	for i := 1; i <= mostQuotas; i++ {
		n := strconv.Itoa(i)
		quotas = append(quotas, parts.Group(b.Printer, b.T("course.f_quota", "n", i), "",
			line("quota-name-"+n, b.T("course.head_name"), "", false, true), line("quota-places-"+n, b.T("course.places"), "", true, true), line("quota-from-"+n, b.T("course.f_from_age"), "", true, true),
			line("quota-to-"+n, b.T("course.f_to_age"), "", true, true), line("quota-codes-"+n, b.T("course.f_codes"), "", false, true), pick("quota-lang-"+n, b.T("course.f_quota_lang"), langs),
			line("quota-until-"+n, b.T("course.f_quota_until"), b.T("course.f_moment_hint"), true, true)))
	}
	lead := b.T("course.f_quotas_hint")
	if said["quotas"] != "" {
		fields = append(fields, ui.Alert(ui.AlertBox{Kind: ui.Danger, Quiet: true, Text: said["quotas"], ID: "quotas"}))
		fields = append(fields, append([]web.Component{ui.H2("", b.T("course.f_quotas")), ui.P(lead)}, quotas...)...)
	} else {
		fields = append(fields, parts.More(b.T("course.f_quotas"), append([]web.Component{ui.P(lead)}, quotas...)...))
	}
	fields = append(fields,
		line("opens", b.T("course.f_opens"), b.T("course.f_moment_hint"), true, false), line("closes", b.T("course.f_closes"), b.T("course.f_closes_hint"), true, true),
		line("cancel", b.T("course.f_cancel"), b.T("course.f_closes_hint"), true, true), pick("level", b.T("course.sign_in"), levelOptions), line("at-once", b.T("course.f_at_once"), "", true, false),
		line("hold", b.T("course.f_hold"), "", true, false), line("offer", b.T("course.f_offer"), "", true, false),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "waiting", Label: b.T("course.f_waiting"), Checked: get("waiting") != ""}),
		ui.SubmitButton(ui.Button{Text: b.T("course.f_save")}),
	)
	hidden := []ui.Hidden{{Name: "seen", Value: get("seen")}}
	for i := 1; i <= mostQuotas; i++ {
		n := strconv.Itoa(i)
		if id := get("quota-id-" + n); id != "" {
			hidden = append(hidden, ui.Hidden{Name: "quota-id-" + n, Value: id})
		}
	}
	p.add(parts.Form(ui.FormData{ID: "course", Action: action, Hidden: hidden}, fields...))
	return p
}

// addFacts are what the form of enrolling somebody by phone is made of.
type addFacts struct {
	Course course.Course
	Typed  course.Named
	At     course.Contact
	Batch  string
	Why    error
}

// add asks whom to enrol, who is on the phone.
func (d *Door) add(v *web.Visit) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	return show(v, newAddPage(d.deskPage(v), addFacts{Course: c, Batch: string(v.Site.Gen.Draft()), At: course.Contact{Wait: true}}))
}

func (d *Door) addPost(v *web.Visit) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	f := addFacts{
		Course: c, Typed: course.Named{Name: v.Form("name"), Birth: v.Form("birth"), Code: v.Form("code")}, Batch: v.Form("form"),
		At: course.Contact{Email: v.Form("email"), Phone: v.Form("phone"), Note: v.Form("note"), Wait: v.Form("wait") != ""},
	}
	if !ids.Valid(f.Batch) {
		f.Batch = string(v.Site.Gen.Draft())
	}
	named := f.Typed
	named.Birth = dateOf(named.Birth)
	list, err := d.Room.Enrol(v.Ctx(), v.Actor(), course.BeginRequest{Org: v.OrgID(), Course: c.ID, Batch: ids.Draft(f.Batch), Lang: v.Lang, People: []course.Named{named}}, f.At)
	if web.Mendable(err) {
		f.Why = err
		return show(v, newAddPage(d.deskPage(v), f))
	}
	if err != nil {
		return err
	}
	done := "added"
	if len(list) > 0 && list[0].Status == course.Waiting {
		done = "waits"
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: v.OrgID()}, string(c.ID)) + "?done=" + done)
}

func newAddPage(b web.Base, f addFacts) Page {
	c := f.Course
	b.Title = b.T("course.add")
	p := Page{Base: b, Back: deskAt(b, string(c.ID)), Lead: c.Title.In(b.Lang)}
	said := p.blame(f.Why)
	fields := []web.Component{ui.TextField(b.Printer, ui.Field{Name: "name", ID: "name-1", Label: b.T("course.name"), Value: f.Typed.Name, Error: said["name-1"] + said["person-1"], NoSpelling: true})}
	if c.NeedsBirth() {
		fields = append(fields, ui.TextField(b.Printer, ui.Field{Name: "birth", ID: "birth-1", Label: b.T("course.birth"), Hint: b.T("course.date_hint"), Value: f.Typed.Birth, Error: said["birth-1"], Short: true, NoSpelling: true}))
	}
	if c.NeedsCode() {
		fields = append(fields, ui.TextField(b.Printer, ui.Field{Name: "code", ID: "code-1", Label: b.T("course.code"), Value: f.Typed.Code, Error: said["code-1"], Short: true, NoSpelling: true}))
	}
	fields = append(fields,
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Value: f.At.Email, Error: said["email"], Type: "email", NoSpelling: true, Optional: true}),
		ui.TextField(b.Printer, ui.Field{Name: "phone", Label: b.T("common.phone"), Value: f.At.Phone, Error: said["phone"], Type: "tel", NoSpelling: true, Optional: true}),
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("course.note"), Value: f.At.Note, Error: said["note"], Rows: 2, Optional: true}))
	if c.Details.Waiting {
		fields = append(fields, ui.Checkbox(b.Printer, ui.CheckField{Name: "wait", Label: b.T("course.wait_for"), Checked: f.At.Wait}))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("course.send")}))
	p.add(parts.Form(ui.FormData{ID: "add", Action: deskAt(b, string(c.ID), "add"), Hidden: []ui.Hidden{{Name: "form", Value: f.Batch}}}, fields...))
	return p
}

// messageFacts are what the form of a message to all is made of.
type messageFacts struct {
	Course  course.Course
	Text    string
	Waiting bool
	ID      string
	Why     error
}

// message asks what to tell all who come.
func (d *Door) message(v *web.Visit) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	return show(v, newMessagePage(d.deskPage(v), messageFacts{Course: c, ID: v.Site.Gen.New()}))
}

func (d *Door) messagePost(v *web.Visit) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	f := messageFacts{Course: c, Text: v.Form("text"), Waiting: v.Form("waiting") != "", ID: v.Form("form")}
	if !ids.Valid(f.ID) {
		f.ID = v.Site.Gen.New()
	}
	_, f.Why = d.Room.TellAll(v.Ctx(), v.Actor(), v.OrgID(), c.ID, f.ID, f.Text, f.Waiting)
	if web.Mendable(f.Why) {
		return show(v, newMessagePage(d.deskPage(v), f))
	}
	if f.Why != nil {
		return f.Why
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: v.OrgID()}, string(c.ID)) + "?done=told")
}

func newMessagePage(b web.Base, f messageFacts) Page {
	b.Title = b.T("course.message")
	p := Page{Base: b, Back: deskAt(b, string(f.Course.ID)), Lead: f.Course.Title.In(b.Lang)}
	said := p.blame(f.Why)
	p.add(parts.Form(ui.FormData{ID: "message", Action: deskAt(b, string(f.Course.ID), "message"), Hidden: []ui.Hidden{{Name: "form", Value: f.ID}}},
		ui.TextArea(b.Printer, ui.Field{Name: "text", Label: b.T("course.message_text"), Hint: b.T("course.message_hint"), Value: f.Text, Error: said["text"], Rows: 6}),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "waiting", Label: b.T("course.message_waiting"), Checked: f.Waiting}),
		ui.SubmitButton(ui.Button{Text: b.T("course.message_send")})))
	return p
}

// rollPDF is the list to tick off at the door, on paper.
func (d *Door) rollPDF(v *web.Visit) error {
	f, err := d.rollOf(v)
	if err != nil {
		return err
	}
	b, c := d.deskPage(v), f.Course
	t := pdf.Table{Head: []string{b.T("course.number_key"), b.T("course.name"), b.T("course.details"), b.T("course.mark")}, RowHeads: true}
	for _, r := range f.Rows {
		if r.At(v.Now.Unix()) == course.Attending {
			t.Rows = append(t.Rows, []string{course.Number(c.ID, r.Number), r.Name, details(b, f, r), ""})
		}
	}
	doc := pdf.Document{
		Title: c.Title.In(v.Lang), Lang: string(v.Lang), Author: v.Org.Org.Name.In(v.Lang), At: v.Now, Foot: v.Org.Org.Name.In(v.Lang),
		Page:   func(n, of int) string { return b.T("course.page", "n", n, "of", of) },
		Blocks: []pdf.Block{pdf.Heading{Level: 1, Text: c.Title.In(v.Lang)}, pdf.Paragraph{Text: strings.Join(sessions(b, v.Zone(), c.Details), "\n") + "\n" + c.Details.Place}, t},
	}
	if len(t.Rows) == 0 {
		doc.Blocks[2] = pdf.Paragraph{Text: b.T("course.nobody")}
	}
	file, err := doc.Write()
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.pdf"`, c.ID))
	h.Set("Cache-Control", "no-store")
	return web.Send(v.W, v.R, http.StatusOK, file.Bytes)
}
