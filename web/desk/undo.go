package desk

import (
	"encoding/json"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// undoCookie keeps, sealed, the last thing that was done at the desk in a browser, so that it can be taken back.
const undoCookie = "desk-undo"

// What can be undone.
const (
	undoOutcome = "outcome"
	undoCancel  = "cancel"
	undoMove    = "move"
)

// undoable is what was done, and what it was before.
type undoable struct {
	What    string               `json:"w"`
	Org     ids.Org              `json:"o"`
	Staff   ids.Staff            `json:"s"`
	ID      ids.Appointment      `json:"i"`
	At      int64                `json:"t"`
	Seq     int64                `json:"n"` // the sequence after it
	Outcome booking.VisitOutcome `json:"v,omitempty"`
	Office  ids.Office           `json:"p,omitempty"`
	Unit    ids.Unit             `json:"u,omitempty"`
	Start   int64                `json:"b,omitempty"`
}

// keepUndo remembers what was just done.
func (d *Door) keepUndo(v *web.Visit, u undoable) {
	u.Org, u.Staff, u.At = v.OrgID(), v.Actor().Staff, v.Now.Unix()
	b, err := json.Marshal(u)
	if err != nil {
		return // plain texts and numbers: this cannot be, and nothing is lost but a button
	}
	v.KeepSealed(undoCookie, string(b))
}

// lastDone is what can be undone now.
func (d *Door) lastDone(v *web.Visit) (undoable, bool) {
	kept, ok := v.Sealed(undoCookie)
	var u undoable
	if !ok || json.Unmarshal([]byte(kept), &u) != nil {
		return u, false
	}
	return u, u.Org == v.OrgID() && u.Staff == v.Actor().Staff && booking.CheckUndo(u.At, v.Now.Unix()) == nil
}

// undoOn says on a page what was just done, with the button that takes it back.
func (d *Door) undoOn(v *web.Visit, p *Page) {
	u, ok := d.lastDone(v)
	if !ok || p.Wrong != "" || len(p.Trouble) > 0 {
		return
	}
	offerUndo(p, u.What)
}

func offerUndo(p *Page, what string) {
	if p.Done == "" {
		p.Done = p.T("desk.done." + what)
	}
	p.Undo = &Undo{Action: at(p.Base, "undo"), Text: p.T("desk.undo")}
}

// undoPost takes back what was last done in this browser.
func (d *Door) undoPost(v *web.Visit) error {
	u, ok := d.lastDone(v)
	if !ok {
		return v.SeeOther(at(baseOf(v)))
	}
	err := d.undo(v, u)
	if web.Mendable(err) {
		return d.refused(v, u.ID, err)
	}
	if err != nil {
		return err
	}
	v.KeepSealed(undoCookie, "")
	return v.SeeOther(at(baseOf(v), string(u.ID)) + "?done=undone")
}

func (d *Door) undo(v *web.Visit, u undoable) error {
	var err error
	switch u.What {
	case undoOutcome:
		_, err = d.Booking.RecordVisit(v.Ctx(), v.Actor(), u.Org, u.ID, u.Outcome, &u.Seq)
	case undoCancel:
		_, err = d.Booking.Restore(v.Ctx(), v.Actor(), u.Org, u.ID, &u.Seq)
	case undoMove:
		_, err = d.Booking.Move(v.Ctx(), v.Actor(), booking.MoveRequest{
			Org: u.Org, ID: u.ID, Office: u.Office, Start: u.Start, Unit: u.Unit, Back: true, Key: v.Site.Gen.FormKey(), Seen: &u.Seq,
		})
	default:
		err = fault.Invalid("desk.undo_late", nil)
	}
	return err
}
