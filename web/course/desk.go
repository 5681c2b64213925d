package course

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// deskPage begins a page of those who work here.
func (d *Door) deskPage(v *web.Visit) web.Base {
	b := v.Base("")
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}
	if d.Pages != nil {
		b.Nav = append(b.Nav, d.Pages(b, v.Actor())...)
	}
	return b
}

// all shows every course to those who work on them.
func (d *Door) all(v *web.Visit) error {
	list, err := d.Room.All(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return show(v, newAllPage(d.deskPage(v), list, v.Org, v.Now))
}

func newAllPage(b web.Base, list []course.Listed, c *catalog.Config, now time.Time) Page {
	b.Title = b.T("course.desk_title")
	p := Page{Base: b}
	p.add(parts.Buttons(ui.LinkButton(ui.Primary, ui.Link{Href: deskAt(b, "new"), Text: b.T("course.make")})))
	if len(list) == 0 {
		p.add(ui.P(b.T("course.desk_none")))
		return p
	}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("course.head_name"), b.T("course.when"), b.T("course.state_key"), b.T("course.places")}}
	for _, x := range list {
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: deskAt(b, string(x.ID)), Text: x.Title.In(b.Lang)})}, {Text: parts.CourseWhen(b, c.Zone(), x.Details)},
			{Text: b.T("course.stage." + string(x.StageAt(now.Unix())))}, {Text: b.T("course.taken_of", "taken", x.Taken.All(), "of", x.Places)},
		})
	}
	p.add(ui.Table(t))
	return p
}

// rollFacts are what the list of who comes is made of.
type rollFacts struct {
	Course course.Course
	Taken  course.Taken
	Rows   []course.Row
	Config *catalog.Config
	Now    time.Time
	Why    error
	Done   string
}

func (d *Door) rollOf(v *web.Visit) (f rollFacts, err error) {
	f = rollFacts{Config: v.Org, Now: v.Now, Done: v.Query("done")}
	if f.Course, f.Taken, f.Rows, err = d.Room.Roll(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course"))); err != nil {
		return f, err
	}
	for i, r := range f.Rows {
		if r.Hidden && !r.Erased() {
			f.Rows[i].Name = v.P.T("course.protected")
		}
	}
	return f, nil
}

// roll shows who comes and who waits.
func (d *Door) roll(v *web.Visit) error { return d.showRoll(v, nil) }

func (d *Door) showRoll(v *web.Visit, why error) error {
	f, err := d.rollOf(v)
	if err != nil {
		return err
	}
	f.Why = why
	return show(v, newRollPage(d.deskPage(v), f))
}

// rollPost marks who came, publishes, calls off, gives more places, and does something for one person.
func (d *Door) rollPost(v *web.Visit) error {
	o, id := v.OrgID(), ids.Course(v.R.PathValue("course"))
	seen, _ := strconv.ParseInt(v.Form("seen"), 10, 64)
	what, about, _ := strings.Cut(v.Form("do"), " ")
	var err error
	switch what {
	case "marks":
		marks := map[ids.Enrolment]course.Mark{}
		for name, values := range v.R.PostForm {
			if e, ok := strings.CutPrefix(name, "mark-"); ok && len(values) > 0 {
				marks[ids.Enrolment(e)] = course.Mark(values[0])
			}
		}
		err = d.Room.MarkAll(v.Ctx(), v.Actor(), o, id, marks)
	case "publish":
		err = d.Room.Publish(v.Ctx(), v.Actor(), o, id, seen)
	case "off":
		if v.Form("sure") == "" {
			err = fault.Invalid("form.invalid", nil, fault.Field{Name: "sure", Key: "course.off_sure"})
			break
		}
		err = d.Room.CallOff(v.Ctx(), v.Actor(), o, id, seen)
	case "places":
		n, bad := strconv.Atoi(strings.TrimSpace(v.Form("places")))
		if bad != nil {
			n = 0
		}
		err = d.Room.Places(v.Ctx(), v.Actor(), o, id, seen, n)
	case string(course.Cancel), string(course.Accept), string(course.Decline):
		var e course.Enrolment
		if e, err = d.Room.At(v.Ctx(), v.Actor(), o, id, ids.Enrolment(about)); err == nil {
			_, err = d.Room.Do(v.Ctx(), v.Actor(), e, course.Deed(what))
		}
	default:
		err = fault.Invalid("work.nothing", nil)
	}
	if web.Mendable(err) {
		return d.showRoll(v, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: o}, string(id)) + "?done=" + what)
}

func newRollPage(b web.Base, f rollFacts) Page {
	c, now, zone := f.Course, f.Now.Unix(), f.Config.Zone()
	b.Title = c.Title.In(b.Lang)
	p := Page{Base: b, Back: deskAt(b), Lead: parts.CourseWhen(b, zone, c.Details)}
	said := p.blame(f.Why)
	if f.Done != "" && f.Why == nil {
		p.Done = b.T("course.desk_done")
	}
	action := deskAt(b, string(c.ID))
	seen := []ui.Hidden{{Name: "seen", Value: strconv.FormatInt(c.Version, 10)}}
	links := []ui.Link{
		{Href: deskAt(b, string(c.ID), "edit"), Text: b.T("course.edit")}, {Href: deskAt(b, "new") + "?copy=" + string(c.ID), Text: b.T("course.copy")},
		{Href: deskAt(b, string(c.ID), "add"), Text: b.T("course.add")}, {Href: deskAt(b, string(c.ID), "message"), Text: b.T("course.message")},
		{Href: deskAt(b, string(c.ID), "list.pdf"), Text: b.T("course.pdf"), Download: true}, {Href: deskAt(b, string(c.ID), "list.csv"), Text: b.T("course.csv"), Download: true},
	}
	if c.State != course.Draft {
		links = append(links, ui.Link{Href: at(b, c.ID), Text: b.T("course.public_page")})
	}
	p.add(ui.DefinitionList([]ui.DefinitionRow{
		{Key: b.T("course.state_key"), Value: b.T("course.stage." + string(c.StageAt(now)))},
		{Key: b.T("course.places"), Value: strings.Join(quotaWords(b, c, f.Taken), "\n")},
	}), ui.LinkRow(b.T("course.deeds"), links))
	if c.State == course.Draft {
		p.add(parts.Form(ui.FormData{ID: "publish", Action: action, Hidden: seen}, ui.SubmitButton(ui.Button{Text: b.T("course.publish"), Name: "do", Value: "publish"})))
	}
	var come, line, gone []course.Row
	for _, r := range f.Rows {
		switch r.At(now) {
		case course.Attending:
			come = append(come, r)
		case course.Waiting, course.Offered:
			line = append(line, r)
		default:
			gone = append(gone, r)
		}
	}
	p.add(parts.Section(b.N("course.who_come", len(come)), comeTable(b, f, come, action, said)...))
	if len(line) > 0 {
		p.add(parts.Section(b.N("course.who_wait", len(line)), lineTable(b, f, line, action)))
	}
	if len(gone) > 0 {
		t := ui.TableData{Caption: b.T("course.gone"), HideCaption: true, Head: []string{b.T("course.number_key"), b.T("course.name"), b.T("course.state_key"), b.T("course.deeds")}}
		for _, r := range gone {
			t.Rows = append(t.Rows, []ui.Cell{{Text: course.Number(c.ID, r.Number)}, {Text: nameOf(b, r)}, {Text: b.T("course.state." + course.FolderState(r.Enrolment, c, now))}, eraseCell(b, c, r, now)})
		}
		p.add(parts.More(b.N("course.gone_n", len(gone)), ui.Table(t)))
	}
	if c.State != course.CalledOff && c.StageAt(now) != course.Over {
		p.add(parts.Section(b.T("course.more_places"), parts.Form(ui.FormData{ID: "more", Action: action, Hidden: seen},
			ui.TextField(b.Printer, ui.Field{Name: "places", Label: b.T("course.places"), Hint: b.T("course.more_hint"), Value: strconv.Itoa(c.Places), Error: said["places"], Short: true, InputMode: "numeric"}),
			ui.SubmitButton(ui.Button{Text: b.T("course.more_save"), Look: ui.Secondary, Name: "do", Value: "places"}))))
		p.add(parts.Section(b.T("course.off_title"), ui.P(b.T("course.off_text")), parts.Form(ui.FormData{ID: "off", Action: action, Hidden: seen},
			ui.Checkbox(b.Printer, ui.CheckField{Name: "sure", Label: b.T("course.off_yes"), Error: said["sure"]}),
			ui.SubmitButton(ui.Button{Text: b.T("course.off"), Look: ui.Destructive, Name: "do", Value: "off"}))))
	}
	return p
}

// quotaWords are how many places have gone, a line for each quota.
func quotaWords(b web.Base, c course.Course, t course.Taken) []string {
	out := []string{b.T("course.taken_of", "taken", t.All(), "of", c.Places)}
	for _, q := range c.Quotas {
		out = append(out, q.Name.In(b.Lang)+": "+b.T("course.taken_of", "taken", t[q.ID], "of", q.Places))
	}
	return out
}

// comeTable is who comes, with whether they did once the course has begun.
func comeTable(b web.Base, f rollFacts, list []course.Row, action string, _ wrongs) []web.Component {
	if len(list) == 0 {
		return []web.Component{ui.P(b.T("course.nobody"))}
	}
	c, now := f.Course, f.Now.Unix()
	t := ui.TableData{Caption: b.T("course.who_come_caption"), HideCaption: true, Head: []string{b.T("course.number_key"), b.T("course.name"), b.T("course.reached"), b.T("course.details"), b.T("course.mark"), b.T("course.deeds")}}
	for _, r := range list {
		mark := ui.Cell{Text: markWord(b, r.Mark)}
		if now >= c.Start() {
			mark = ui.Cell{Content: ui.Select(b.Printer, ui.SelectField{
				Name: "mark-" + string(r.ID), Label: b.T("course.mark_of", "name", r.Name), HideLabel: true, Value: string(r.Mark),
				Options: []ui.Option{{Value: "", Text: markWord(b, "")}, {Value: string(course.Came), Text: markWord(b, course.Came)}, {Value: string(course.Absent), Text: markWord(b, course.Absent)}},
			})}
		}
		deed := eraseCell(b, c, r, now)
		if now < c.End() {
			deed = ui.Cell{Content: ui.SubmitButton(ui.Button{Text: b.T("course.cancel_for"), Hidden: r.Name, Look: ui.Tertiary, Name: "do", Value: string(course.Cancel) + " " + string(r.ID)})}
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: course.Number(c.ID, r.Number)}, {Text: nameOf(b, r)}, {Text: reached(r)}, {Text: details(b, f, r)}, mark, deed})
	}
	out := []web.Component{ui.Table(t)}
	if now >= c.Start() {
		out = append(out, ui.SubmitButton(ui.Button{Text: b.T("course.marks_save"), Name: "do", Value: "marks"}))
	}
	return []web.Component{parts.Form(ui.FormData{ID: "marks", Action: action}, out...)}
}

func lineTable(b web.Base, f rollFacts, list []course.Row, action string) web.Component {
	t := ui.TableData{Caption: b.T("course.waiting_caption"), HideCaption: true, Head: []string{b.T("course.line"), b.T("course.name"), b.T("course.reached"), b.T("course.details"), b.T("course.state_key"), b.T("course.deeds")}}
	for _, r := range list {
		place, state := strconv.Itoa(r.Place), b.T("course.state.waiting")
		deeds := []web.Component{ui.SubmitButton(ui.Button{Text: b.T("course.cancel_for"), Hidden: r.Name, Look: ui.Tertiary, Name: "do", Value: string(course.Cancel) + " " + string(r.ID)})}
		if r.Status == course.Offered {
			place, state = "–", b.T("course.state.offered_until", "time", b.Printer.At(time.Unix(r.Until, 0).In(f.Config.Zone())))
			deeds = append([]web.Component{
				ui.SubmitButton(ui.Button{Text: b.T("course.accept_for"), Hidden: r.Name, Look: ui.Tertiary, Name: "do", Value: string(course.Accept) + " " + string(r.ID)}),
				ui.SubmitButton(ui.Button{Text: b.T("course.decline_for"), Hidden: r.Name, Look: ui.Tertiary, Name: "do", Value: string(course.Decline) + " " + string(r.ID)}),
			}, deeds...)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: place}, {Text: r.Name}, {Text: reached(r)}, {Text: details(b, f, r)}, {Text: state}, {Content: parts.Buttons(deeds...)}})
	}
	return parts.Form(ui.FormData{ID: "line", Action: action}, ui.Table(t))
}

func markWord(b web.Base, m course.Mark) string {
	if m == "" {
		return b.T("course.mark_none")
	}
	return b.T("course.mark_" + string(m))
}

func reached(r course.Row) string {
	list := slices.DeleteFunc([]string{r.Phone, r.Email}, func(s string) bool { return s == "" })
	if len(list) == 0 {
		return "–"
	}
	return strings.Join(list, "\n")
}

// details are what else those who run a course need to know of somebody.
func details(b web.Base, f rollFacts, r course.Row) string {
	var out []string
	if day, ok := parseDate(r.Birth); ok {
		out = append(out, b.T("course.born", "date", b.Printer.ShortDate(day.At(0, time.UTC))))
	}
	if r.Code != "" {
		out = append(out, r.Code)
	}
	for _, q := range f.Course.Quotas {
		if q.ID == r.Quota {
			out = append(out, q.Name.In(b.Lang))
		}
	}
	if r.Note != "" {
		out = append(out, r.Note)
	}
	return strings.Join(out, "\n")
}

// rollCSV is who comes and waits, as a table for other programs.
func (d *Door) rollCSV(v *web.Visit) error {
	f, err := d.rollOf(v)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.csv"`, f.Course.ID))
	v.W.Header().Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	w := csv.NewWriter(v.W)
	_ = w.Write([]string{"number", "name", "email", "phone", "birth", "postal_code", "quota", "status", "mark", "note"})
	for _, r := range f.Rows {
		cells := []string{course.Number(f.Course.ID, r.Number), r.Name, r.Email, r.Phone, r.Birth, r.Code, r.Quota, string(r.At(v.Now.Unix())), string(r.Mark), r.Note}
		for i := range cells {
			cells[i] = plain(cells[i])
		}
		_ = w.Write(cells)
	}
	w.Flush()
	return w.Error()
}

// plain keeps what somebody typed from being a formula in a program for tables.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !strings.HasPrefix(s, "+") {
		return "'" + s
	}
	return s
}
