package inbox

import (
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/eservice"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// row is one item of a list.
type row struct {
	Item worklist.Item
	// Number is the end of the number; Known what is known of who it is. Both are empty for whom the reader may not see, and of letters.
	Number string
	Known  conversation.Known
	// Name is whose letter it is.
	Name   string
	Hidden bool
	// Sent is of a form that was sent.
	Sent eservice.Listed
}

// listFacts is what the list is made of.
type listFacts struct {
	Config  *catalog.Config
	Inboxes []org.Inbox
	Inbox   ids.Inbox
	Kind    worklist.Kind
	View    worklist.View
	Counts  worklist.Counts
	// After is where the page began, nil for the first; More where the next one begins.
	After, More *worklist.Place
	Rows        []row
	Staff       map[ids.Staff]string
	Mark        string
	Now         time.Time
	// Fills says that the reader may fill in forms for others.
	Fills bool
	// Next says that there was nothing to take.
	Next bool
	// Number is what was looked for, Why that there is none.
	Number string
	Why    error
}

// list shows what lies there.
func (d *Door) list(v *web.Visit) error { return d.listed(v, listFacts{}) }

// listed shows the list with what was looked for in vain.
func (d *Door) listed(v *web.Visit, f listFacts) error {
	f.Config, f.Inboxes, f.View, f.Inbox, f.Now = v.Org, worklist.Inboxes(v.Org, v.Actor()), worklist.View(v.Query("view")), ids.Inbox(v.Query("inbox")), v.Now
	if !slices.Contains(worklist.Views, f.View) {
		f.View = worklist.All
	}
	if k := worklist.Kind(v.Query("kind")); slices.Contains(worklist.Kinds, k) {
		f.Kind = k
	}
	f.Next = v.Query("next") == "none"
	var err error
	if d.Forms != nil && (f.Kind == "" || f.Kind == worklist.Submission) {
		list, err := d.Forms.DeskForms(v.Ctx(), v.Actor(), v.OrgID())
		if err != nil {
			return err
		}
		f.Fills = len(list) > 0
	}
	if err = d.rows(v, &f); err != nil {
		return err
	}
	if f.Mark, err = d.Work.Mark(v.Ctx(), v.Actor(), v.OrgID()); err != nil {
		return err
	}
	f.Staff = map[ids.Staff]string{}
	for _, r := range f.Rows {
		d.nameStaff(v, f.Staff, r.Item.Assignee)
	}
	return d.show(v, newListPage(d.page(v), f))
}

// rows reads what a list shows of each kind.
func (d *Door) rows(v *web.Visit, f *listFacts) error {
	f.After = worklist.ParsePlace(v.Query("after"))
	page, counts, err := d.Work.List(v.Ctx(), v.Actor(), v.OrgID(), worklist.Wanted{Inbox: f.Inbox, Kind: f.Kind, View: f.View, After: f.After})
	if err != nil {
		return err
	}
	items := page.Items
	f.Counts, f.More = counts, page.Next
	talks, err := d.Talks.Listed(v.Ctx(), v.Actor(), v.OrgID(), items)
	if err != nil {
		return err
	}
	matters, err := d.Letters.MattersListed(v.Ctx(), v.Actor(), v.OrgID(), items)
	if err != nil {
		return err
	}
	var sent map[ids.Work]eservice.Listed
	if d.Forms != nil {
		if sent, err = d.Forms.SubmissionsListed(v.Ctx(), v.Actor(), v.OrgID(), items); err != nil {
			return err
		}
	}
	for _, i := range items {
		if t, ok := talks[i.ID]; ok {
			f.Rows = append(f.Rows, row{Item: i, Number: t.Tail, Known: t.Known, Hidden: t.Hidden})
		} else if m, ok := matters[i.ID]; ok {
			f.Rows = append(f.Rows, row{Item: i, Name: m.Name, Hidden: m.Protected})
		} else if x, ok := sent[i.ID]; ok {
			f.Rows = append(f.Rows, row{Item: i, Hidden: x.Protected, Sent: x})
		} // else it was closed, or came, a moment ago
	}
	return nil
}

// next takes what waits longest and nobody has taken, and opens it: so whoever answers one after the other presses one key.
func (d *Door) next(v *web.Visit) error {
	w := worklist.Wanted{Inbox: ids.Inbox(v.Form("inbox")), View: worklist.Unassigned}
	if k := worklist.Kind(v.Form("kind")); slices.Contains(worklist.Kinds, k) {
		w.Kind = k
	}
	for {
		page, _, err := d.Work.List(v.Ctx(), v.Actor(), v.OrgID(), w)
		if err != nil {
			return err
		}
		for _, i := range page.Items {
			if i.State != worklist.Open {
				continue
			}
			do := d.Work.Do
			if i.Kind == worklist.Submission && d.Forms != nil {
				do = d.Forms.DoWork
			}
			_, err := do(v.Ctx(), v.Actor(), worklist.Deed{Org: v.OrgID(), ID: i.ID, Seen: i.Version, Do: worklist.Assigned, Staff: v.Actor().Staff})
			switch {
			case err == nil:
				return v.SeeOther(at(baseOf(v), string(i.ID)))
			case !fault.Is(err, fault.KindConflict): // else somebody was faster: the one after it
				return err
			}
		}
		if w.After = page.Next; page.Next == nil {
			return v.SeeOther(at(baseOf(v)) + "?next=none")
		}
	}
}

// nameStaff finds out what one of the staff is called.
func (d *Door) nameStaff(v *web.Visit, names map[ids.Staff]string, id ids.Staff) {
	if _, had := names[id]; !had && id != "" && d.StaffName != nil {
		names[id] = d.StaffName(v.Ctx(), id)
		if names[id] == "" && d.ProgramName != nil { // a case system works on letters, too
			names[id] = d.ProgramName(v.Ctx(), v.OrgID(), ids.Client(id))
		}
	}
}

func newListPage(b web.Base, f listFacts) Page {
	b.Title = b.T("inbox.title")
	p := Page{Base: b}
	var views []ui.Link
	for _, v := range worklist.Views {
		text := b.T("inbox.view." + string(v))
		switch {
		case v == worklist.Done:
		case f.Counts.More && f.Counts.Of[v] > 0:
			text = b.T("inbox.view_count_more", "view", text, "n", f.Counts.Of[v])
		default:
			text = b.T("inbox.view_count", "view", text, "n", f.Counts.Of[v])
		}
		views = append(views, ui.Link{Href: f.query(b, f.Inbox, f.Kind, v), Text: text, Current: v == f.View})
	}
	p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.views"), views))
	every := []ui.Link{{Href: f.query(b, f.Inbox, "", f.View), Text: b.T("inbox.kind.every"), Current: f.Kind == ""}}
	for _, k := range worklist.Kinds {
		every = append(every, ui.Link{Href: f.query(b, f.Inbox, k, f.View), Text: b.T("inbox.kind." + string(k)), Current: f.Kind == k})
	}
	p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.kinds"), every))
	if len(f.Inboxes) > 1 {
		boxes := []ui.Link{{Href: f.query(b, "", f.Kind, f.View), Text: b.T("inbox.every"), Current: f.Inbox == ""}}
		for _, box := range f.Inboxes {
			boxes = append(boxes, ui.Link{Href: f.query(b, box.ID, f.Kind, f.View), Text: inboxName(b, box), Current: box.ID == f.Inbox})
		}
		p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.inboxes"), boxes))
	}
	p.Parts = append(p.Parts, f.lateNote(b)...)
	p.Parts = append(p.Parts, ui.FreshNote(ui.Fresh{Ask: at(b, "fresh"), Mark: f.Mark, Href: f.query(b, f.Inbox, f.Kind, f.View), Text: b.T("inbox.list_changed"), Link: b.T("inbox.came_show")}))
	if t := troubleOf(b, f.Why); len(f.Inboxes) > 0 {
		p.blame(t)
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "number")}, ui.FieldRow(
			ui.TextField(b.Printer, ui.Field{Name: "number", Label: b.T("inbox.form.number"), Value: f.Number, Error: t.At("number"), Short: true, NoSpelling: true, Autocomplete: "off"}),
			ui.SubmitButton(ui.Button{Text: b.T("inbox.form.number_open"), Look: ui.Secondary}))))
	}
	more := []ui.Link{{Href: at(b, "notices"), Text: b.T("inbox.notices.title")}}
	if f.Kind == worklist.Submission {
		more = append([]ui.Link{{Href: formsAt(b), Text: b.T("inbox.forms.title")}, {Href: formsAt(b, "figures"), Text: b.T("inbox.figures.title")}}, more...)
	}
	p.Parts = append(p.Parts, ui.LinkList(more))
	if f.Fills {
		p.Parts = append(p.Parts, parts.Buttons(ui.LinkButton(ui.Secondary, ui.Link{Href: web.Path(b.Lang, "", "staff", string(b.Org), "forms"), Text: b.T("inbox.form.fill_for")})))
	}
	if f.Next {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Text: b.T("inbox.next_none")}))
	}
	if f.Counts.Of[worklist.Unassigned] > 0 {
		hidden := []ui.Hidden{{Name: "inbox", Value: string(f.Inbox)}, {Name: "kind", Value: string(f.Kind)}}
		p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "next"), Hidden: hidden}, ui.SubmitButton(ui.Button{Text: b.T("inbox.next"), Key: b.Keys.Of(staff.DeskMain)})))
	}
	if len(f.Rows) == 0 {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("inbox.nothing")}))
	} else {
		p.Parts = append(p.Parts, ui.Table(f.table(b)))
	}
	if pages := pageLinks(b, f.query(b, f.Inbox, f.Kind, f.View), f.After, f.More); len(pages) > 0 {
		p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.forms.pages"), pages))
	}
	return p
}

// pageLinks lead to the first page of a list and to the next one, whose address is that of the list with where it begins.
func pageLinks(b web.Base, here string, after, more *worklist.Place) []ui.Link {
	var out []ui.Link
	if after != nil {
		out = append(out, ui.Link{Href: here, Text: b.T("inbox.forms.first")})
	}
	if more != nil {
		sep := "?"
		if strings.Contains(here, "?") {
			sep = "&"
		}
		out = append(out, ui.Link{Href: here + sep + "after=" + more.String(), Text: b.T("inbox.forms.next")})
	}
	return out
}

func (f listFacts) query(b web.Base, box ids.Inbox, k worklist.Kind, v worklist.View) string {
	var q []string
	if v != worklist.All {
		q = append(q, "view="+string(v))
	}
	if k != "" {
		q = append(q, "kind="+string(k))
	}
	if box != "" {
		q = append(q, "inbox="+string(box))
	}
	if len(q) == 0 {
		return at(b)
	}
	return at(b) + "?" + strings.Join(q, "&")
}

func (f listFacts) table(b web.Base) ui.TableData {
	t := ui.TableData{Caption: b.T("inbox.title"), HideCaption: true, Head: []string{
		b.T("inbox.head_from"), b.T("inbox.head_kind"), b.T("inbox.head_state"), b.T("inbox.head_since"), b.T("inbox.head_who"), b.T("inbox.head_assignee"), b.T("inbox.head_due"),
	}}
	if len(f.Inboxes) > 1 {
		t.Head = append(t.Head, b.T("inbox.head_inbox"))
	}
	for _, r := range f.Rows {
		name, what := b.T("inbox.from_end", "end", r.Number), b.T("inbox.kind.one_text")
		if r.Item.Kind == worklist.Letter {
			name, what = r.Name, kindName(b, r.Item)
			if name == "" {
				name = b.T("inbox.letter.company")
			}
		}
		if r.Item.Kind == worklist.Submission {
			name, what = sentName(b, r.Sent), b.T("inbox.form.line", "form", formName(b, f.Config, ids.Form(r.Item.Subject)), "number", r.Sent.Number)
		}
		if r.Hidden {
			name = b.T("inbox.protected")
		}
		assignee := f.Staff[r.Item.Assignee]
		if assignee == "" {
			assignee = b.T("inbox.nobody")
		}
		line := []ui.Cell{
			{Content: ui.A(ui.Link{Href: at(b, string(r.Item.ID)), Text: name})},
			{Text: what},
			{Content: r.stateTag(b)},
			{Text: when(b, r.Item.Since, f.Config.Zone())},
			{Text: r.known(b)},
			{Text: assignee},
			f.dueCell(b, r.Item),
		}
		if len(f.Inboxes) > 1 {
			line = append(line, ui.Cell{Text: inboxName(b, f.Config.Inbox(r.Item.Inbox))})
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// known says what is known of who it is. Who writes letters has signed in.
func (r row) known(b web.Base) string {
	switch {
	case r.Item.Kind == worklist.Letter || r.Item.Kind == worklist.Submission && r.Sent.MadeBy != "":
		return b.T("inbox.letter.signed_in")
	case r.Item.Kind == worklist.Submission && r.Sent.By != "":
		return b.T("inbox.form.by_staff")
	case r.Item.Kind == worklist.Submission:
		return b.T("inbox.form.unknown")
	}
	return b.T("inbox.known." + knownKey(r.Known, r.Hidden))
}

// kindName is what a letter is called that is the beginning of work.
func kindName(b web.Base, i worklist.Item) string {
	if slices.Contains(org.LetterKinds, i.Subject) {
		return b.T("mailbox.kind." + i.Subject)
	}
	return b.T("inbox.kind.letter")
}

// dueCell is until when something is due.
func (f listFacts) dueCell(b web.Base, i worklist.Item) ui.Cell {
	switch {
	case i.Due == 0:
		return ui.Cell{}
	case i.Late(f.Now.Unix()):
		return ui.Cell{Content: ui.Tag(ui.Danger, dueText(b, f.Config, i, f.Now))}
	}
	return ui.Cell{Text: dueText(b, f.Config, i, f.Now)}
}

// fresh answers with a mark that changes whenever the list does, or one conversation: so open pages can ask without reading anything.
func (d *Door) fresh(v *web.Visit) error {
	mark := ""
	if id := ids.Work(v.Query("id")); id != "" {
		i, err := d.Work.Item(v.Ctx(), v.Actor(), v.OrgID(), id)
		if err != nil {
			return err
		}
		mark = markOf(i)
	} else {
		var err error
		if mark, err = d.Work.Mark(v.Ctx(), v.Actor(), v.OrgID()); err != nil {
			return err
		}
	}
	v.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	v.W.Header().Set("Cache-Control", "no-store")
	_, err := v.W.Write([]byte(mark))
	return err
}

// stateTag says how a form stands, and of other work whose turn it is.
func (r row) stateTag(b web.Base) web.Component {
	if r.Item.Kind == worklist.Submission {
		return ui.Tag(parts.StateKinds[r.Sent.State], b.T("submission.state."+string(r.Sent.State)))
	}
	return stateTag(b, r.Item)
}

// stateTag says whose turn it is.
func stateTag(b web.Base, i worklist.Item) web.Component {
	switch {
	case i.State == worklist.Closed:
		return ui.Tag(ui.Neutral, b.T("inbox.state.closed"))
	case i.State == worklist.Waiting:
		return ui.Tag(ui.Neutral, b.T("inbox.state.waiting"))
	case i.Fresh > 0:
		if i.Kind == worklist.Letter {
			return ui.Tag(ui.Warning, b.N("inbox.fresh_letters", int(i.Fresh)))
		}
		return ui.Tag(ui.Warning, b.N("inbox.fresh", int(i.Fresh)))
	}
	return ui.Tag(ui.Info, b.T("inbox.state.open"))
}

// knownKey says, as part of a key, what is known of who a conversation is with.
func knownKey(k conversation.Known, hidden bool) string {
	if hidden {
		return "protected"
	}
	return k.Word()
}
