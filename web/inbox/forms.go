package inbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// asked is what of the forms that were sent is asked for, as it stands in the address: nothing of it says anything about a person.
type asked struct{ Form, State, From, Until, Inbox, Who, Late, Order, After, Before string }

func askedIn(v *web.Visit) asked {
	return asked{v.Query("form"), v.Query("state"), v.Query("from"), v.Query("until"), v.Query("inbox"), v.Query("who"), v.Query("late"), v.Query("order"), v.Query("after"), v.Query("before")}
}

// query is the same as an address ends, without where in the list it is.
func (a asked) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"form": a.Form, "state": a.State, "from": a.From, "until": a.Until, "inbox": a.Inbox, "who": a.Who, "late": a.Late, "order": a.Order} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// dateTyped reads a date as addresses have it (2026-11-20) or as people write it (20.11.2026).
func dateTyped(s string) (org.Date, bool) {
	s = strings.ReplaceAll(s, " ", "")
	if d, err := org.ParseDate(s); err == nil {
		return d, true
	}
	t, err := time.Parse("2.1.2006", s)
	return org.DateOf(t), err == nil
}

// wanted is what is asked for; Invalid at the fields that are wrong.
func (a asked) wanted(zone *time.Location) (eservice.Sought, error) {
	w := eservice.Sought{Form: ids.Form(a.Form), State: eservice.State(a.State), Inbox: ids.Inbox(a.Inbox), Who: a.Who, Late: a.Late != "", Order: eservice.Order(a.Order)}
	var wrong []fault.Field
	for _, x := range []struct {
		name, typed string
		to          *int64
		add         int
	}{{"from", a.From, &w.From, 0}, {"until", a.Until, &w.Until, 1}} {
		if x.typed == "" {
			continue
		}
		d, ok := dateTyped(x.typed)
		if !ok {
			wrong = append(wrong, fault.Field{Name: x.name, Key: "field.date"})
			continue
		}
		*x.to = d.Add(x.add).At(0, zone).Unix()
	}
	if w.From > 0 && w.Until > 0 && w.From >= w.Until {
		wrong = append(wrong, fault.Field{Name: "until", Key: "inbox.forms.span"})
	}
	w.After = worklist.ParsePlace(a.After)
	if at, id, ok := strings.Cut(a.Before, "."); ok {
		n, err := strconv.ParseInt(at, 10, 64)
		if err == nil && ids.Valid(id) {
			w.Before = eservice.Submission{SentAt: n, ID: ids.Submission(id)}
		}
	}
	if len(wrong) > 0 {
		return w, fault.Invalid("form.invalid", nil, wrong...)
	}
	return w.Clean(), nil
}

// formsFacts is what the list of forms that were sent is made of.
type formsFacts struct {
	Config  *catalog.Config
	Inboxes []org.Inbox
	Asked   asked
	Wanted  eservice.Sought
	Found   eservice.Found
	Staff   map[ids.Staff]string
	Takers  []worklist.Colleague
	Me      ids.Staff
	Now     time.Time
	// Exports says that the reader may take them out.
	Exports bool
	// Done is with how many something was done, Changed the numbers of those with which it was not, since they had changed.
	Done    int
	Did     bool
	Changed []string
	Why     error
}

func formsAt(b web.Base, parts ...string) string {
	return at(b, append([]string{"forms"}, parts...)...)
}

func (a asked) at(b web.Base, end string) string {
	here := at(b, "forms"+end)
	if q := a.query().Encode(); q != "" {
		here += "?" + q
	}
	return here
}

// forms lists the forms that were sent as they were asked for.
func (d *Door) forms(v *web.Visit) error {
	f := formsFacts{Asked: askedIn(v)}
	if n, err := strconv.Atoi(v.Query("done")); err == nil && n >= 0 {
		f.Done, f.Did = n, true
		f.Changed = strings.FieldsFunc(v.Query("changed"), func(r rune) bool { return r == ',' })
	}
	return d.showForms(v, f)
}

func (d *Door) showForms(v *web.Visit, f formsFacts) error {
	if d.Forms == nil {
		return fault.NotFound("error.not_found")
	}
	f.Config, f.Inboxes, f.Me, f.Now = v.Org, worklist.Inboxes(v.Org, v.Actor()), v.Actor().Staff, v.Now
	f.Exports = v.Actor().May(actor.SubmissionExport, actor.Object{Org: v.OrgID()}) == nil
	var err error
	if f.Wanted, err = f.Asked.wanted(v.Org.Zone()); err != nil && f.Why == nil {
		f.Why = err
	}
	if err == nil {
		if f.Found, err = d.Forms.Search(v.Ctx(), v.Actor(), v.OrgID(), f.Wanted); err != nil {
			return err
		}
	} else if len(f.Inboxes) == 0 {
		return fault.NotFound("error.not_found")
	}
	f.Staff = map[ids.Staff]string{}
	for _, x := range f.Found.List {
		d.nameStaff(v, f.Staff, x.Work.Assignee)
	}
	seen := map[ids.Staff]bool{}
	for _, box := range f.Inboxes {
		list, err := d.Work.Takers(v.Ctx(), v.OrgID(), box)
		if err != nil {
			return err
		}
		for _, c := range list {
			if !seen[c.ID] {
				seen[c.ID] = true
				f.Takers = append(f.Takers, c)
			}
		}
	}
	return d.show(v, newFormsPage(d.page(v), f))
}

// formsPost does something with several at once.
func (d *Door) formsPost(v *web.Visit) error {
	if d.Forms == nil {
		return fault.NotFound("error.not_found")
	}
	q, err := url.ParseQuery(v.Form("asked"))
	if err != nil {
		return fault.Invalid("error.bad_request", nil)
	}
	f := formsFacts{Asked: asked{q.Get("form"), q.Get("state"), q.Get("from"), q.Get("until"), q.Get("inbox"), q.Get("who"), q.Get("late"), q.Get("order"), q.Get("after"), q.Get("before")}}
	var list []eservice.Chosen
	for name := range v.R.PostForm {
		if id, ok := strings.CutPrefix(name, "chosen-"); ok {
			seen, _ := strconv.ParseInt(v.Form(name), 10, 64)
			list = append(list, eservice.Chosen{Item: ids.Work(id), Seen: seen})
		}
	}
	slices.SortFunc(list, func(a, b eservice.Chosen) int { return cmp.Compare(a.Item, b.Item) })
	deed := worklist.Deed{Do: worklist.Assigned, Staff: ids.Staff(v.Form("staff"))}
	if v.Form("do") == "hand" {
		deed = worklist.Deed{Do: worklist.Handed, Inbox: ids.Inbox(v.Form("to_inbox"))}
	}
	out, err := d.Forms.DoSeveral(v.Ctx(), v.Actor(), v.OrgID(), list, deed)
	if web.Mendable(err) {
		f.Why = err
		return d.showForms(v, f)
	}
	if err != nil {
		return err
	}
	q = f.Asked.query()
	q.Set("done", strconv.Itoa(out.Done))
	if len(out.Changed) > 0 {
		q.Set("changed", strings.Join(out.Changed, ","))
	}
	return v.SeeOther(formsAt(baseOf(v)) + "?" + q.Encode())
}

func newFormsPage(b web.Base, f formsFacts) Page {
	b.Title = b.T("inbox.forms.title")
	p := Page{Base: b, Back: at(b) + "?kind=" + string(worklist.Submission)}
	t := troubleOf(b, f.Why)
	p.blame(t)
	if f.Did {
		p.Done = b.N("inbox.forms.done", f.Done)
		if len(f.Changed) > 0 {
			p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Warning, Text: b.N("inbox.forms.changed", len(f.Changed), "numbers", strings.Join(f.Changed, ", "))}))
		}
	}
	p.Parts = append(p.Parts, f.filter(b, t))
	links := []ui.Link{{Href: formsAt(b, "figures"), Text: b.T("inbox.figures.title")}}
	if f.Exports && f.Asked.Form != "" {
		links = append(links, ui.Link{Href: f.Asked.at(b, ".csv"), Text: b.T("inbox.forms.csv"), Download: true}, ui.Link{Href: f.Asked.at(b, ".json"), Text: b.T("inbox.forms.json"), Download: true})
	} else if f.Exports {
		p.Parts = append(p.Parts, ui.Muted(b.T("inbox.forms.export_hint")))
	}
	p.Parts = append(p.Parts, ui.LinkList(links))
	if len(f.Found.List) == 0 {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("inbox.forms.none")}))
	} else {
		p.Parts = append(p.Parts, f.several(b, t))
	}
	if more := f.more(b); len(more) > 0 {
		p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.forms.pages"), more))
	}
	return p
}

// filter asks which are wanted. It is asked by address, so that it can be kept as a bookmark.
func (f formsFacts) filter(b web.Base, t web.Trouble) web.Component {
	a := f.Asked
	form := ui.SelectField{Name: "form", Label: b.T("inbox.forms.form"), Value: a.Form, Options: []ui.Option{{Text: b.T("inbox.kind.every")}}, Error: t.At("form")}
	for _, x := range f.Config.Forms {
		form.Options = append(form.Options, ui.Option{Value: string(x.ID), Text: formName(b, f.Config, x.ID)})
	}
	state := ui.SelectField{Name: "state", Label: b.T("submission.fact.state"), Value: a.State, Options: []ui.Option{{Text: b.T("inbox.forms.state_open")}, {Value: string(eservice.AnyState), Text: b.T("inbox.forms.state_all")}}}
	for _, s := range eservice.States {
		state.Options = append(state.Options, ui.Option{Value: string(s), Text: b.T("submission.state." + string(s))})
	}
	who := ui.SelectField{Name: "who", Label: b.T("inbox.head_assignee"), Value: a.Who, Options: []ui.Option{
		{Text: b.T("inbox.forms.who_all")}, {Value: eservice.OfMe, Text: b.T("inbox.forms.who_me")}, {Value: eservice.OfNobody, Text: b.T("inbox.nobody")},
	}}
	for _, c := range f.Takers {
		if c.ID != f.Me {
			who.Options = append(who.Options, ui.Option{Value: string(c.ID), Text: c.Name})
		}
	}
	order := ui.SelectField{Name: "order", Label: b.T("inbox.forms.order"), Value: string(f.Wanted.Order), Options: []ui.Option{{Value: string(eservice.Newest), Text: b.T("inbox.forms.order_newest")}, {Value: string(eservice.Oldest), Text: b.T("inbox.forms.order_oldest")}}}
	if f.Wanted.Open() {
		order.Options = append([]ui.Option{{Text: b.T("inbox.forms.order_work")}}, order.Options...)
	}
	date := func(name, label, value string) web.Component {
		return ui.TextField(b.Printer, ui.Field{Name: name, Label: label, Value: value, Error: t.At(name), Short: true, NoSpelling: true, Autocomplete: "off", Optional: true})
	}
	first := []web.Component{ui.Select(b.Printer, form), ui.Select(b.Printer, state), ui.Select(b.Printer, who)}
	if len(f.Inboxes) > 1 {
		box := ui.SelectField{Name: "inbox", Label: b.T("inbox.head_inbox"), Value: a.Inbox, Options: []ui.Option{{Text: b.T("inbox.every")}}}
		for _, x := range f.Inboxes {
			box.Options = append(box.Options, ui.Option{Value: string(x.ID), Text: inboxName(b, x)})
		}
		first = append(first, ui.Select(b.Printer, box))
	}
	return parts.Form(ui.FormData{Action: formsAt(b), Get: true}, ui.FieldRow(first...),
		ui.FieldRow(date("from", b.T("inbox.forms.from"), a.From), date("until", b.T("inbox.forms.until"), a.Until), ui.Select(b.Printer, order)),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "late", Label: b.T("inbox.forms.late"), Checked: a.Late != ""}),
		parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("inbox.forms.show"), Look: ui.Secondary})))
}

// several is the list, of which some can be chosen to do something with all of them.
func (f formsFacts) several(b web.Base, t web.Trouble) web.Component {
	table := ui.TableData{Caption: b.T("inbox.forms.title"), HideCaption: true, Head: []string{
		b.T("submission.fact.number"), b.T("inbox.head_from"), b.T("inbox.forms.form"), b.T("submission.fact.state"), b.T("submission.fact.sent"), b.T("inbox.head_assignee"), b.T("inbox.head_due"), b.T("inbox.head_inbox"),
	}}
	for _, x := range f.Found.List {
		assignee := f.Staff[x.Work.Assignee]
		if assignee == "" {
			assignee = b.T("inbox.nobody")
		}
		table.Rows = append(table.Rows, []ui.Cell{
			{Content: ui.Checkbox(b.Printer, ui.CheckField{Name: "chosen-" + string(x.Item), Value: strconv.FormatInt(x.Work.Version, 10), Label: x.Number})},
			{Content: ui.A(ui.Link{Href: at(b, string(x.Item)), Text: sentName(b, x)})},
			{Text: formName(b, f.Config, x.Form)},
			{Content: ui.Tag(parts.StateKinds[x.State], b.T("submission.state."+string(x.State)))},
			{Text: when(b, x.SentAt, f.Config.Zone())},
			{Text: assignee},
			listFacts{Config: f.Config, Now: f.Now}.dueCell(b, x.Work),
			{Text: inboxName(b, f.Config.Inbox(x.Work.Inbox))},
		})
	}
	list := []web.Component{ui.Table(table)}
	staff := ui.SelectField{Name: "staff", Label: b.T("inbox.give_to"), Value: string(f.Me), Error: t.At("staff")}
	for _, c := range f.Takers {
		staff.Options = append(staff.Options, ui.Option{Value: string(c.ID), Text: c.Name})
	}
	if len(staff.Options) > 0 {
		list = append(list, ui.FieldRow(ui.Select(b.Printer, staff), ui.SubmitButton(ui.Button{Text: b.T("inbox.forms.give"), Look: ui.Secondary, Name: "do", Value: "give"})))
	}
	if boxes := f.Config.AllInboxes(); len(boxes) > 1 {
		to := ui.SelectField{Name: "to_inbox", Label: b.T("inbox.hand_to"), Error: t.At("inbox")}
		for _, x := range boxes {
			to.Options = append(to.Options, ui.Option{Value: string(x.ID), Text: inboxName(b, x)})
		}
		list = append(list, ui.FieldRow(ui.Select(b.Printer, to), ui.SubmitButton(ui.Button{Text: b.T("inbox.forms.hand"), Look: ui.Secondary, Name: "do", Value: "hand"})))
	}
	q := f.Asked.query()
	for name, value := range map[string]string{"after": f.Asked.After, "before": f.Asked.Before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return parts.Form(ui.FormData{Action: formsAt(b), Hidden: []ui.Hidden{{Name: "asked", Value: q.Encode()}}}, list...)
}

// more leads to the first page of the list and to the next one.
func (f formsFacts) more(b web.Base) []ui.Link {
	if f.Wanted.Order == eservice.ByWork {
		return pageLinks(b, f.Asked.at(b, ""), f.Wanted.After, f.Found.After)
	}
	var out []ui.Link
	if f.Asked.Before != "" {
		out = append(out, ui.Link{Href: f.Asked.at(b, ""), Text: b.T("inbox.forms.first")})
	}
	if x := f.Found.Next; x != nil {
		q := f.Asked.query()
		q.Set("before", strconv.FormatInt(x.SentAt, 10)+"."+string(x.ID))
		out = append(out, ui.Link{Href: formsAt(b) + "?" + q.Encode(), Text: b.T("inbox.forms.next")})
	}
	return out
}

// export takes out what is asked for.
func (d *Door) export(v *web.Visit, kind string) (eservice.Export, error) {
	if d.Forms == nil {
		return eservice.Export{}, fault.NotFound("error.not_found")
	}
	w, err := askedIn(v).wanted(v.Org.Zone())
	if err != nil {
		return eservice.Export{}, err
	}
	return d.Forms.Export(v.Ctx(), v.Actor(), v.OrgID(), w, kind)
}

// formsCSV takes them out as a table.
func (d *Door) formsCSV(v *web.Visit) error {
	e, err := d.export(v, "csv")
	if web.Mendable(err) {
		return d.showForms(v, formsFacts{Asked: askedIn(v), Why: err})
	}
	if err != nil {
		return err
	}
	return v.Download("text/csv; charset=utf-8", string(e.Form.ID)+".csv", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(table(e.Table(v.P)))
		return err
	})
}

// table is rows as CSV, in which nothing that somebody typed is a formula.
func table(rows [][]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, s := range row {
			cells[i] = plain(s)
		}
		_ = w.Write(cells) // a Buffer takes everything
	}
	w.Flush()
	return out.Bytes()
}

// plain keeps what somebody typed from being a formula in a program for tables: what could begin one stands behind an apostrophe.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(s[0])) {
		return "'" + s
	}
	return s
}

// formsJSON takes them out for programs.
func (d *Door) formsJSON(v *web.Visit) error {
	e, err := d.export(v, "json")
	if web.Mendable(err) {
		return d.showForms(v, formsFacts{Asked: askedIn(v), Why: err})
	}
	if err != nil {
		return err
	}
	b, err := e.JSON()
	if err != nil {
		return err
	}
	return v.Download("application/json; charset=utf-8", string(e.Form.ID)+".json", func(_ context.Context, w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}
