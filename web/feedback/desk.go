package feedback

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/feedback"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// deskAt is an address of the pages of those who work here.
func deskAt(b web.Base, more ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "feedback"}, more...)...)
}

// desk begins a page of those who work here.
func (d *Door) desk(v *web.Visit) web.Base {
	b := v.Base("")
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}
	if d.Pages != nil {
		b.Nav = append(b.Nav, d.Pages(b, v.Actor())...)
	}
	return b
}

// listFacts are what the list is made of.
type listFacts struct {
	Said   []feedback.Said
	Closed bool
	Zone   *time.Location
}

// list shows what people said.
func (d *Door) list(v *web.Visit) error {
	f := listFacts{Closed: v.Query("view") == "closed", Zone: v.Zone()}
	var err error
	if f.Said, err = d.Room.List(v.Ctx(), v.Actor(), v.OrgID(), f.Closed); err != nil {
		return err
	}
	return show(v, newListPage(d.desk(v), f))
}

func newListPage(b web.Base, f listFacts) Page {
	b.Title = b.T("feedback.desk_title")
	p := Page{Base: b}
	p.add(ui.LinkRow(b.T("feedback.views"), []ui.Link{
		{Href: deskAt(b), Text: b.T("feedback.open"), Current: !f.Closed},
		{Href: deskAt(b) + "?view=closed", Text: b.T("feedback.closed"), Current: f.Closed},
		{Href: deskAt(b, "figures"), Text: b.T("feedback.figures")},
	}))
	if len(f.Said) == 0 {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("feedback.none")}))
		return p
	}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{b.T("feedback.head_said"), b.T("feedback.head_page"), b.T("feedback.head_useful"), b.T("feedback.head_wish"), b.T("feedback.head_at")}}
	for _, s := range f.Said {
		t.Rows = append(t.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: deskAt(b, string(s.ID)), Text: beginning(s.Body)})},
			{Text: s.Page}, {Text: usefulWord(b, s.Useful)}, {Text: wishOf(b, s)},
			{Text: b.Printer.At(time.Unix(s.CreatedAt, 0).In(f.Zone))},
		})
	}
	p.add(ui.Table(t))
	return p
}

// mostBeginning is how much of what somebody wrote stands in a list, in characters.
const mostBeginning = 80

func beginning(s string) string {
	if r := []rune(s); len(r) > mostBeginning {
		return string(r[:mostBeginning]) + "…"
	}
	return s
}

func usefulWord(b web.Base, u feedback.Useful) string {
	if u == "" {
		return "–"
	}
	return b.T("feedback.use." + string(u))
}

// wishOf is how somebody wishes to be answered, in a word.
func wishOf(b web.Base, s feedback.Said) string {
	switch {
	case s.Email != "":
		return b.T("feedback.by.email")
	case s.Phone != "":
		return b.T("feedback.by.phone")
	}
	return b.T("feedback.by.none")
}

// readFacts are what the page of one is made of.
type readFacts struct {
	Said    feedback.Said
	History []worklist.Entry
	Zone    *time.Location
	Note    string
	Done    bool
	Why     error
	// Name says what one of the staff is called.
	Name func(ids.Staff) string
}

func (d *Door) read(v *web.Visit) error { return d.whole(v, readFacts{Done: v.Query("done") != ""}) }

func (d *Door) whole(v *web.Visit, f readFacts) error {
	var err error
	if f.Said, f.History, err = d.Room.Read(v.Ctx(), v.Actor(), v.OrgID(), ids.Work(v.R.PathValue("id"))); err != nil {
		return err
	}
	f.Zone = v.Zone()
	f.Name = func(id ids.Staff) string {
		if d.StaffName == nil || id == "" {
			return string(id)
		}
		return d.StaffName(v.Ctx(), id)
	}
	return show(v, newReadPage(d.desk(v), f))
}

// do says that somebody was answered, closes, opens again, or notes.
func (d *Door) do(v *web.Visit) error {
	o, id := v.OrgID(), ids.Work(v.R.PathValue("id"))
	seen, _ := strconv.ParseInt(v.Form("seen"), 10, 64)
	var err error
	switch do := worklist.What(v.Form("do")); do {
	case feedback.Answered, worklist.Ended:
		err = d.Room.Done(v.Ctx(), v.Actor(), o, id, seen, do == feedback.Answered)
	default:
		err = d.Room.Do(v.Ctx(), v.Actor(), worklist.Deed{Org: o, ID: id, Seen: seen, Do: do, Note: v.Form("note")})
	}
	if web.Mendable(err) {
		return d.whole(v, readFacts{Note: v.Form("note"), Why: err})
	}
	if err != nil {
		return err
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: o}, string(id)) + "?done=yes")
}

func newReadPage(b web.Base, f readFacts) Page {
	s := f.Said
	b.Title = b.T("feedback.one_title")
	p := Page{Base: b, Back: deskAt(b)}
	note := ""
	switch w := fault.Of(f.Why); {
	case f.Why == nil:
	case w.Kind == fault.KindConflict:
		p.Wrong, p.HasError = b.Printer.TA(w.Key, w.Args), true
	case len(w.Fields) > 0:
		note = b.Printer.TA(w.Fields[0].Key, w.Fields[0].Args)
		p.Trouble, p.HasError = []ui.ErrorItem{{Href: "#note", Text: note}}, true
	default:
		p.Trouble, p.HasError = []ui.ErrorItem{{Text: b.Printer.TA(w.Key, w.Args)}}, true
	}
	if f.Done {
		p.Done = b.T("feedback.done")
	}
	o := b.Org
	if len(s.Page) >= 7 && s.Page[:7] == "mailbox" {
		o = ""
	}
	rows := []ui.DefinitionRow{
		{Key: b.T("feedback.head_page"), Content: ui.A(ui.Link{Href: feedback.Path(b.Lang, o, s.Page), Text: s.Page})},
		{Key: b.T("feedback.head_useful"), Value: usefulWord(b, s.Useful)},
		{Key: b.T("feedback.head_lang"), Value: b.T("common.languages." + string(s.Lang))},
		{Key: b.T("feedback.head_at"), Value: b.Printer.At(time.Unix(s.CreatedAt, 0).In(f.Zone))},
	}
	switch {
	case s.Email != "":
		rows = append(rows, ui.DefinitionRow{Key: b.T("feedback.head_wish"), Content: ui.Mail(s.Email)})
	case s.Phone != "":
		rows = append(rows, ui.DefinitionRow{Key: b.T("feedback.head_wish"), Content: ui.Phone(s.Phone)})
	default:
		rows = append(rows, ui.DefinitionRow{Key: b.T("feedback.head_wish"), Value: b.T("feedback.by.none")})
	}
	p.add(ui.LetterText("", s.Body), ui.DefinitionList(rows))
	hidden := []ui.Hidden{{Name: "seen", Value: strconv.FormatInt(s.Version, 10)}}
	button := func(look ui.Look, do worklist.What, text string) web.Component {
		return ui.SubmitButton(ui.Button{Text: text, Look: look, Name: "do", Value: string(do)})
	}
	at := deskAt(b, string(s.ID))
	if s.State == worklist.Closed {
		p.add(parts.Form(ui.FormData{Action: at, Hidden: hidden}, button(ui.Secondary, worklist.Reopened, b.T("feedback.reopen"))))
	} else {
		var list []web.Component
		if s.Email != "" || s.Phone != "" {
			list = append(list, button(ui.Primary, feedback.Answered, b.T("feedback.was_answered")))
		}
		list = append(list, button(ui.Secondary, worklist.Ended, b.T("feedback.close")))
		p.add(parts.Form(ui.FormData{Action: at, Hidden: hidden}, parts.Buttons(list...)))
	}
	p.add(parts.Section(b.T("feedback.note_title"), parts.Form(ui.FormData{ID: "notes", Action: at, Hidden: hidden},
		ui.TextArea(b.Printer, ui.Field{Name: "note", Label: b.T("feedback.note"), Value: f.Note, Error: note, Rows: 3}),
		button(ui.Secondary, worklist.Noted, b.T("feedback.note_put")))))
	if len(f.History) > 0 {
		var lines []ui.DefinitionRow
		for _, e := range f.History {
			who := ""
			if f.Name != nil {
				who = f.Name(ids.Staff(e.Actor))
			}
			text := b.T("feedback.what."+string(e.What), "who", who)
			if e.Text != "" {
				text += "\n" + e.Text
			}
			lines = append(lines, ui.DefinitionRow{Key: b.Printer.At(time.Unix(e.At, 0).In(f.Zone)), Value: text})
		}
		p.add(parts.Section(b.T("feedback.history"), ui.DefinitionList(lines)))
	}
	return p
}

// figures shows how often something was said, by page and month.
func (d *Door) figures(v *web.Visit) error {
	list, err := d.Room.Counts(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return show(v, newFiguresPage(d.desk(v), v.Org, list))
}

func newFiguresPage(b web.Base, o *catalog.Config, list []feedback.Count) Page {
	b.Title = b.T("feedback.figures")
	p := Page{Base: b, Back: deskAt(b), Lead: b.T("feedback.figures_lead")}
	if len(list) == 0 {
		p.add(ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("feedback.none")}))
		return p
	}
	whole, months := ui.TableData{Caption: b.T("feedback.whole"), Head: head(b)[1:]}, ui.TableData{Caption: b.T("feedback.by_month"), Head: head(b)}
	for _, c := range feedback.Whole(list) {
		whole.Rows = append(whole.Rows, counted(b, o, c))
	}
	for _, c := range list {
		months.Rows = append(months.Rows, append([]ui.Cell{{Text: monthName(b, c.Month)}}, counted(b, o, c)...))
	}
	p.add(ui.Table(whole), ui.Table(months), ui.LinkList([]ui.Link{{Href: deskAt(b, "figures.csv"), Text: b.T("feedback.csv"), Download: true}}))
	return p
}

// monthName is a month in words; what is no month stands as it is.
func monthName(b web.Base, month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return b.Printer.MonthYear(t)
}

func head(b web.Base) []string {
	return []string{b.T("feedback.month"), b.T("feedback.head_page"), b.T("feedback.use.yes"), b.T("feedback.use.no"), b.T("feedback.rate"), b.T("feedback.written")}
}

func number(b web.Base, n int64) ui.Cell {
	return ui.Cell{Text: b.Printer.Number(int(n)), Number: true}
}

// counted is what was said of a page: of few who said, neither what they said nor a rate.
func counted(b web.Base, o *catalog.Config, c feedback.Count) []ui.Cell {
	yes, no, rate := number(b, c.Yes), number(b, c.No), ui.Cell{Text: "–", Number: true}
	if percent, ok := c.Rate(); ok {
		rate.Text = b.T("feedback.percent", "n", percent)
	} else if c.Yes+c.No > 0 {
		yes, no, rate.Text = ui.Cell{Text: "–", Number: true}, ui.Cell{Text: "–", Number: true}, b.T("feedback.few", "n", feedback.Few)
	}
	return []ui.Cell{{Text: pageName(b, o, c.Page)}, yes, no, rate, number(b, c.Written)}
}

// pageName is a page as its address has it; that of a service begins with the service's name.
func pageName(b web.Base, o *catalog.Config, page string) string {
	id, of := strings.CutPrefix(page, "services/")
	if !of || o == nil {
		return page
	}
	s, err := o.Service(ids.Service(id))
	if err != nil { // it is not offered any more
		return page
	}
	return s.Name.In(b.Lang) + " (" + page + ")"
}

// figuresCSV is figures as a table for other programs.
func (d *Door) figuresCSV(v *web.Visit) error {
	list, err := d.Room.Counts(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="feedback.csv"`)
	v.W.WriteHeader(http.StatusOK)
	w := csv.NewWriter(v.W)
	_ = w.Write([]string{"month", "page", "yes", "no", "percent", "written"})
	for _, c := range list { // pages are names of ours: none begins a formula
		yes, no, rate := "", "", "" // of few who said nothing is told
		if percent, ok := c.Rate(); ok {
			yes, no, rate = strconv.FormatInt(c.Yes, 10), strconv.FormatInt(c.No, 10), strconv.Itoa(percent)
		}
		_ = w.Write([]string{c.Month, c.Page, yes, no, rate, strconv.FormatInt(c.Written, 10)})
	}
	w.Flush()
	return w.Error()
}
