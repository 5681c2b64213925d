package course

import (
	"luukku/base/ids"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// nameOf is who somebody on the list is, or that it was erased.
func nameOf(b web.Base, r course.Row) string {
	if r.Name == "" {
		return b.T("course.erased")
	}
	return r.Name
}

// eraseCell leads to erasing who somebody is, where that can be.
func eraseCell(b web.Base, c course.Course, r course.Row, now int64) ui.Cell {
	if !c.Erasable(r.Enrolment, now) {
		return ui.Cell{Text: "–"}
	}
	return ui.Cell{Content: ui.A(ui.Link{Href: deskAt(b, string(c.ID), "erase", string(r.ID)), Text: b.T("course.erase"), Hidden: r.Name})}
}

// eraseFacts are what the page that asks before it erases is made of.
type eraseFacts struct {
	Course course.Course
	Number string
	ID     ids.Enrolment
	Why    error
}

// erase asks whether who somebody is is to be erased.
func (d *Door) erase(v *web.Visit) error { return d.askErase(v, nil) }

func (d *Door) askErase(v *web.Visit, why error) error {
	c, err := d.Room.Edited(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(v.R.PathValue("course")))
	if err != nil {
		return err
	}
	e, err := d.Room.At(v.Ctx(), v.Actor(), v.OrgID(), c.ID, ids.Enrolment(v.R.PathValue("enrolment")))
	if err != nil {
		return err
	}
	return show(v, newErasePage(d.deskPage(v), eraseFacts{Course: c, Number: course.Number(c.ID, e.Number), ID: e.ID, Why: why}))
}

// erasePost erases it.
func (d *Door) erasePost(v *web.Visit) error {
	id := v.R.PathValue("course")
	err := d.Room.Erase(v.Ctx(), v.Actor(), v.OrgID(), ids.Course(id), ids.Enrolment(v.R.PathValue("enrolment")))
	if web.Mendable(err) {
		return d.askErase(v, err)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(deskAt(web.Base{Lang: v.Lang, Org: v.OrgID()}, id) + "?done=erase")
}

// newErasePage shows no name: whoever erases has it before them, and looking at it once more is not needed.
func newErasePage(b web.Base, f eraseFacts) Page {
	b.Title = b.T("course.erase_title", "number", f.Number)
	p := Page{Base: b, Back: deskAt(b, string(f.Course.ID)), Lead: f.Course.Title.In(b.Lang)}
	p.blame(f.Why)
	p.add(ui.P(b.T("course.erase_text")), parts.Form(ui.FormData{ID: "erase", Action: deskAt(b, string(f.Course.ID), "erase", string(f.ID))}, parts.Buttons(
		ui.SubmitButton(ui.Button{Text: b.T("course.erase_yes"), Look: ui.Destructive}), ui.LinkButton(ui.Secondary, ui.Link{Href: deskAt(b, string(f.Course.ID)), Text: b.T("course.erase_no")}))))
	return p
}
