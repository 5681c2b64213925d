package course

import (
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// mineFacts are what the page of an enrolment is made of.
type mineFacts struct {
	View   course.View
	Config *catalog.Config
	Now    time.Time
	Action string
	Back   string
	Asks   bool // whether a place is to be given back
	Why    error
	Done   course.Deed
}

// linked shows the enrolment that a mailed link leads to.
func (d *Door) linked(v *web.Visit) error { return d.showLinked(v, nil) }

func (d *Door) showLinked(v *web.Visit, why error) error {
	e, err := d.Room.ByLink(v.Ctx(), v.R.PathValue("token"))
	if err != nil {
		return err
	}
	v.W.Header().Set("Referrer-Policy", "no-referrer")
	return show(v, newMinePage(v.Base(""), mineFacts{View: e, Config: v.Org, Now: v.Now, Action: v.R.URL.Path, Asks: v.Query("cancel") != "", Done: course.Deed(v.Query("done")), Why: why}))
}

func (d *Door) linkedPost(v *web.Visit) error {
	e, err := d.Room.ByLink(v.Ctx(), v.R.PathValue("token"))
	if err != nil {
		return err
	}
	return d.deed(v, e.Enrolment, d.showLinked)
}

// mine shows an enrolment of one's own folder.
func (d *Door) mine(v *web.Visit) error { return d.showMine(v, nil) }

func (d *Door) showMine(v *web.Visit, why error) error {
	e, err := d.Room.Mine(v.Ctx(), v.Actor(), v.OrgID(), ids.Enrolment(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	return show(v, newMinePage(v.Base(""), mineFacts{
		View: e, Config: v.Org, Now: v.Now, Action: v.R.URL.Path, Back: web.Path(v.Lang, "", "my") + "/", Asks: v.Query("cancel") != "", Done: course.Deed(v.Query("done")), Why: why,
	}))
}

func (d *Door) minePost(v *web.Visit) error {
	e, err := d.Room.Mine(v.Ctx(), v.Actor(), v.OrgID(), ids.Enrolment(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	return d.deed(v, e.Enrolment, d.showMine)
}

// deed does what was pressed.
func (d *Door) deed(v *web.Visit, e course.Enrolment, again func(v *web.Visit, why error) error) error {
	do := course.Deed(v.Form("do"))
	_, err := d.Room.Do(v.Ctx(), v.Actor(), e, do)
	if web.Mendable(err) {
		return again(v, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(v.R.URL.Path + "?done=" + string(do))
}

func newMinePage(b web.Base, f mineFacts) Page {
	v, c, now, zone := f.View, f.View.Of, f.Now.Unix(), f.Config.Zone()
	b.Title, b.NoIndex = b.T("course.mine_title"), true
	p := Page{Base: b, Back: f.Back, Lead: c.Title.In(b.Lang)}
	p.blame(f.Why)
	switch {
	case f.Done == course.Accept && v.At(now) == course.Attending, f.Done == course.Decline && v.At(now) == course.Declined, f.Done == course.Cancel && v.At(now) == course.Cancelled:
		p.Done = b.T("course.did." + string(f.Done))
	}
	button := func(look ui.Look, do course.Deed, text string) web.Component {
		return ui.SubmitButton(ui.Button{Text: text, Look: look, Name: "do", Value: string(do)})
	}
	if v.At(now) == course.Offered {
		p.add(parts.Alert(ui.AlertBox{Kind: ui.Warning, Quiet: true, Title: b.T("course.offer_title"), Text: b.T("course.offer_text", "time", b.Printer.At(time.Unix(v.Until, 0).In(zone)))},
			parts.Form(ui.FormData{ID: "answer", Action: f.Action}, parts.Buttons(button(ui.Primary, course.Accept, b.T("course.accept")), button(ui.Secondary, course.Decline, b.T("course.decline"))))))
	}
	rows := []ui.SummaryRow{
		{Key: b.T("course.state_key"), Value: stateWords(b, v, now, zone)},
		{Key: b.T("course.number_key"), Value: course.Number(c.ID, v.Number)},
		{Key: b.T("course.who_comes"), Value: v.Name},
		{Key: b.T("course.when"), Value: parts.CourseWhen(b, zone, c.Details)},
	}
	if c.Place != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("course.where"), Value: c.Place})
	}
	p.add(ui.SummaryList(b.Printer, rows))
	links := []ui.Link{{Href: at(b, c.ID), Text: b.T("course.to_course")}, {Href: at(b, c.ID, "calendar.ics"), Text: b.T("course.calendar"), Download: true}}
	p.add(ui.LinkList(links))
	may := c.CheckCancel(v.Enrolment, now) == nil && v.At(now) != course.Offered
	switch {
	case may && f.Asks:
		p.add(parts.Section(b.T("course.cancel_title"), ui.P(b.T("course.cancel_sure")),
			parts.Form(ui.FormData{ID: "cancel", Action: f.Action}, parts.Buttons(button(ui.Destructive, course.Cancel, b.T("course.cancel_yes")), ui.LinkButton(ui.Secondary, ui.Link{Href: f.Action, Text: b.T("course.cancel_no")})))))
	case may:
		p.add(parts.Buttons(ui.LinkButton(ui.Secondary, ui.Link{Href: f.Action + "?cancel=yes", Text: b.T("course.cancel")})))
		p.add(ui.Muted(b.T("course.cancel_by", "time", b.Printer.At(time.Unix(c.LastCancel(), 0).In(zone)))))
	case v.At(now) == course.Attending && now < c.Start():
		p.add(ui.Muted(b.T("course.cancel_late")))
	}
	return p
}
