package inbox

import (
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/org"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// row is one conversation of a list.
type row struct {
	Item worklist.Item
	// Number is the end of the number; Known what is known of who it is. Both are empty for whom the reader may not see.
	Number string
	Known  conversation.Known
	Hidden bool
}

// listFacts is what the list is made of.
type listFacts struct {
	Config  *catalog.Config
	Inboxes []org.Inbox
	Inbox   ids.Inbox
	View    worklist.View
	Counts  map[worklist.View]int
	Rows    []row
	Staff   map[ids.Staff]string
	Mark    string
	Now     time.Time
}

// list shows what lies there.
func (d *Door) list(v *web.Visit) error {
	f := listFacts{Config: v.Org, Inboxes: worklist.Inboxes(v.Org, v.Actor()), View: worklist.View(v.Query("view")), Inbox: ids.Inbox(v.Query("inbox")), Now: v.Now}
	if !slices.Contains(worklist.Views, f.View) {
		f.View = worklist.All
	}
	items, counts, err := d.Talks.List(v.Ctx(), v.Actor(), v.OrgID(), f.Inbox, f.View)
	if err != nil {
		return err
	}
	f.Counts = counts
	for _, i := range items {
		f.Rows = append(f.Rows, row{Item: i.Item, Number: i.Tail, Known: i.Known, Hidden: i.Hidden})
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

// nameStaff finds out what one of the staff is called.
func (d *Door) nameStaff(v *web.Visit, names map[ids.Staff]string, id ids.Staff) {
	if _, had := names[id]; !had && id != "" && d.StaffName != nil {
		names[id] = d.StaffName(v.Ctx(), id)
	}
}

func newListPage(b web.Base, f listFacts) Page {
	b.Title = b.T("inbox.title")
	p := Page{Base: b}
	var views []ui.Link
	for _, v := range worklist.Views {
		text := b.T("inbox.view." + string(v))
		if v != worklist.Done {
			text = b.T("inbox.view_count", "view", text, "n", f.Counts[v])
		}
		views = append(views, ui.Link{Href: f.query(b, f.Inbox, v), Text: text, Current: v == f.View})
	}
	p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.views"), views))
	if len(f.Inboxes) > 1 {
		boxes := []ui.Link{{Href: f.query(b, "", f.View), Text: b.T("inbox.every"), Current: f.Inbox == ""}}
		for _, box := range f.Inboxes {
			boxes = append(boxes, ui.Link{Href: f.query(b, box.ID, f.View), Text: inboxName(b, box), Current: box.ID == f.Inbox})
		}
		p.Parts = append(p.Parts, ui.LinkRow(b.T("inbox.inboxes"), boxes))
	}
	p.Parts = append(p.Parts, ui.FreshNote(ui.Fresh{Ask: at(b, "fresh"), Mark: f.Mark, Href: f.query(b, f.Inbox, f.View), Text: b.T("inbox.list_changed"), Link: b.T("inbox.came_show")}))
	if len(f.Rows) == 0 {
		p.Parts = append(p.Parts, ui.Alert(ui.AlertBox{Kind: ui.Info, Quiet: true, Text: b.T("inbox.nothing")}))
		return p
	}
	p.Parts = append(p.Parts, ui.Table(f.table(b)))
	return p
}

func (f listFacts) query(b web.Base, box ids.Inbox, v worklist.View) string {
	var q []string
	if v != worklist.All {
		q = append(q, "view="+string(v))
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
		b.T("inbox.head_from"), b.T("inbox.head_state"), b.T("inbox.head_since"), b.T("inbox.head_who"), b.T("inbox.head_assignee"), b.T("inbox.head_due"),
	}}
	if len(f.Inboxes) > 1 {
		t.Head = append(t.Head, b.T("inbox.head_inbox"))
	}
	for _, r := range f.Rows {
		name := b.T("inbox.from_end", "end", r.Number)
		if r.Hidden {
			name = b.T("inbox.protected")
		}
		assignee := f.Staff[r.Item.Assignee]
		if assignee == "" {
			assignee = b.T("inbox.nobody")
		}
		line := []ui.Cell{
			{Content: ui.A(ui.Link{Href: at(b, string(r.Item.ID)), Text: name})},
			{Content: stateTag(b, r.Item)},
			{Text: when(b, r.Item.Since, f.Config.Zone())},
			{Text: b.T("inbox.known." + knownKey(r.Known, r.Hidden))},
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

// stateTag says whose turn it is.
func stateTag(b web.Base, i worklist.Item) web.Component {
	switch {
	case i.State == worklist.Closed:
		return ui.Tag(ui.Neutral, b.T("inbox.state.closed"))
	case i.State == worklist.Waiting:
		return ui.Tag(ui.Neutral, b.T("inbox.state.waiting"))
	case i.Fresh > 0:
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
