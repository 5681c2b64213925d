package inbox

import (
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// noticesFacts is what the page of one's notices is made of.
type noticesFacts struct {
	Wish worklist.Wish
	Done bool
	Why  error
}

// notices asks of what one wants to be told when work is late.
func (d *Door) notices(v *web.Visit) error {
	w, err := d.Work.MyWish(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	return d.show(v, newNoticesPage(d.page(v), noticesFacts{Wish: w, Done: v.Query("done") != ""}))
}

// noticesPost changes it.
func (d *Door) noticesPost(v *web.Visit) error {
	w := wishNamed(v.Form("wish"))
	err := d.Work.SetWish(v.Ctx(), v.Actor(), v.OrgID(), w)
	if web.Mendable(err) {
		return d.show(v, newNoticesPage(d.page(v), noticesFacts{Wish: w, Why: err}))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), "notices") + "?done=saved")
}

// wishOwn is how a form says worklist.WishOwn: what is empty was not chosen.
const wishOwn = "own"

func wishNamed(s string) worklist.Wish {
	switch s {
	case wishOwn:
		return worklist.WishOwn
	case "":
		return "?" // which is no wish
	}
	return worklist.Wish(s)
}

func wishName(w worklist.Wish) string {
	if w == worklist.WishOwn {
		return wishOwn
	}
	return string(w)
}

func newNoticesPage(b web.Base, f noticesFacts) Page {
	b.Title = b.T("inbox.notices.title")
	p := Page{Base: b, Back: at(b), Lead: b.T("inbox.notices.lead", "days", worklist.SoonFor/86400)}
	if f.Done {
		p.Done = b.T("inbox.notices.done")
	}
	t := troubleOf(b, f.Why)
	p.blame(t)
	c := ui.Choices{Name: "wish", Legend: b.T("inbox.notices.of"), Error: t.At("wish")}
	for _, w := range worklist.Wishes {
		c.Options = append(c.Options, ui.Choice{Value: wishName(w), Label: b.T("inbox.notices.wish." + wishName(w)), Checked: f.Wish == w})
	}
	p.Parts = append(p.Parts, parts.Form(ui.FormData{Action: at(b, "notices")}, ui.Radios(b.Printer, c), ui.SubmitButton(ui.Button{Text: b.T("inbox.notices.save")})))
	return p
}

// lateNote says above the list how much is late and due soon.
func (f listFacts) lateNote(b web.Base) []web.Component {
	late, soon := f.Counts.Of[worklist.Overdue], f.Counts.Of[worklist.Soon]
	switch {
	case late > 0 && f.View != worklist.Overdue:
		return []web.Component{ui.Alert(ui.AlertBox{Kind: ui.Danger, Quiet: true, Text: b.T("inbox.notices.note", "late", late, "soon", soon)})}
	case soon > 0 && f.View != worklist.Soon && f.View != worklist.Overdue:
		return []web.Component{ui.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Text: b.T("inbox.notices.note", "late", late, "soon", soon)})}
	}
	return nil
}
