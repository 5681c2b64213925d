package citizen

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// MovePage shows the old time and the new one before the booking is moved.
type MovePage struct {
	web.Base
	Heading string
	Back    string
	Trouble *Trouble
	Rows    []ui.SummaryRow
	Keeps   string      // that the old time is kept until then
	Hold    *HoldNotice // nil when nothing is held
	Action  string
}

// moveForm is the ID of the form.
const moveForm = "move"

// move shows the free times of the same office, the old time kept.
func (d *Door) move(v *web.Visit, a booking.Appointment) error {
	in, ok, err := d.moveInput(v, a)
	switch {
	case err != nil:
		return err
	case !ok:
		return v.SeeOther(v.URL("appointment")) // it says why not
	}
	in.Week = v.Query("week")
	page, err := d.pickPage(v, in)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowPick(page))
}

// moveInput is the page of free times for a move; ok is false when the appointment cannot be moved online now.
func (d *Door) moveInput(v *web.Visit, a booking.Appointment) (in pickInput, ok bool, err error) {
	st, err := d.Booking.StandingOf(v.Ctx(), a)
	if err != nil || st.Move != nil {
		return in, false, err
	}
	sch, err := d.Booking.Schedule(v.Ctx(), a.Org, a.Service, a.Office)
	if err != nil {
		return in, false, err
	}
	old := v.P.At(v.In(a.Start))
	same := ""
	if v.Org.PolicyAt(a.PolicyVersion, a.Service, a.Office).SameUnit {
		same = unitName(v.Base(""), sch, a.Unit)
	}
	sch = sch.ForMove(v.Actor(), a)
	return pickInput{
		Same: same, Visit: a.Visit(),
		Schedule: sch, Moves: a.ID, Old: old, OldStart: a.Start, Action: v.URL("appointment", "move"), Back: v.URL("appointment"), CanWait: canWait(v.Org, a),
	}, true, nil
}

// unitName is what a professional, or a counter, is called.
func unitName(b web.Base, sch booking.Schedule, id ids.Unit) string {
	for _, u := range sch.Units {
		if u.ID == id {
			return u.Name.In(b.Lang)
		}
	}
	return ""
}

// movePost chooses the new time. Nothing is moved yet.
func (d *Door) movePost(v *web.Visit, a booking.Appointment) error {
	start, err := parseStart(v.Form("slot"), v.Org.Zone())
	if err == nil && start == a.Start {
		err = fault.Invalid("move.same_time", nil)
	}
	if err != nil {
		return d.moveAgain(v, a, 0, err)
	}
	draft, err := d.Booking.Pick(v.Ctx(), v.ActorWithSession(), booking.PickRequest{
		Org: a.Org, Service: a.Service, Office: a.Office, Start: start, Lang: a.Details.Lang, Moves: a.ID,
	})
	if err != nil {
		return d.moveFailed(v, a, start, err)
	}
	return v.SeeOther(v.URL("appointment", "move", string(draft.ID)))
}

// moveAgain shows the free times again, and why the one that was asked for cannot be had.
func (d *Door) moveAgain(v *web.Visit, a booking.Appointment, start int64, why error) error {
	in, ok, err := d.moveInput(v, a)
	switch {
	case err != nil:
		return err
	case !ok:
		return d.refused(v, why)
	}
	return d.pickAgain(v, in, start, why)
}

// moveFailed tells a time that cannot be had from an appointment that cannot be moved.
func (d *Door) moveFailed(v *web.Visit, a booking.Appointment, start int64, err error) error {
	switch {
	case fault.IsKey(err, "manage.stale"), fault.IsKey(err, "form.key_reused"):
		return d.refused(v, fault.Conflict("manage.stale", nil))
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid):
		return d.moveAgain(v, a, start, err)
	}
	return err
}

// moveDraft returns the draft of the address if it moves this appointment; ok is false when it is gone.
func (d *Door) moveDraft(v *web.Visit, a booking.Appointment) (booking.Draft, bool, error) {
	id := draftParam(v.R.PathValue("draft"))
	if id == "" {
		return booking.Draft{}, false, nil
	}
	draft, err := d.Booking.Draft(v.Ctx(), v.Actor(), a.Org, id)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return booking.Draft{}, false, nil
	case err != nil:
		return booking.Draft{}, false, err
	}
	return draft, draft.Moves == a.ID, nil
}

// moveCheck shows the old time and the new one.
func (d *Door) moveCheck(v *web.Visit, a booking.Appointment) error {
	draft, ok, err := d.moveDraft(v, a)
	switch {
	case err != nil:
		return err
	case !ok:
		return v.SeeOther(v.URL("appointment", "move"))
	case draft.Done != "":
		return v.SeeOther(v.URL("appointment") + "?done=" + doneMoved)
	}
	sch, err := d.Booking.Schedule(v.Ctx(), a.Org, a.Service, a.Office)
	if err != nil {
		return err
	}
	b := v.Base("")
	return v.Render(http.StatusOK, ShowMove(newMovePage(b, moveFacts{
		Appointment: a, Draft: draft, Facts: appointmentFacts(b, v.Org, a, "", v.Now), Schedule: sch,
	})))
}

// moveCheckPost moves the booking, or keeps the new time for longer.
func (d *Door) moveCheckPost(v *web.Visit, a booking.Appointment) error {
	draft, ok, err := d.moveDraft(v, a)
	switch {
	case err != nil:
		return err
	case !ok:
		return v.SeeOther(v.URL("appointment", "move"))
	case draft.Done != "":
		return v.SeeOther(v.URL("appointment") + "?done=" + doneMoved)
	}
	if v.Query("keep") != "" {
		if _, err := d.Booking.Extend(v.Ctx(), v.Actor(), a.Org, draft.ID); err != nil {
			return d.moveFailed(v, a, draft.Start, err)
		}
		return v.SeeOther(v.URL("appointment", "move", string(draft.ID)))
	}
	if _, err := d.Booking.MoveDraft(v.Ctx(), v.Actor(), a.Org, draft.ID); err != nil {
		return d.moveFailed(v, a, draft.Start, err)
	}
	return v.SeeOther(v.URL("appointment") + "?done=" + doneMoved)
}

// moveFacts is what the page is made of.
type moveFacts struct {
	Appointment booking.Appointment
	Draft       booking.Draft
	Facts       AppointmentFacts
	Schedule    booking.Schedule
}

func newMovePage(b web.Base, f moveFacts) MovePage {
	p := MovePage{Base: b, Heading: b.T("move.title"), Back: b.URL("appointment", "move")}
	p.Title, p.Service = p.Heading, f.Facts.Service.In(b.Lang)
	p.NoIndex = true
	p.Action = b.URL("appointment", "move", string(f.Draft.ID))
	zone := f.Schedule.Zone()
	from := time.Unix(f.Draft.Start, 0).In(zone)
	change := b.URL("appointment", "move") + "?week=" + org.DateOf(from).ISOWeek().String()
	p.Rows = []ui.SummaryRow{
		{Key: b.T("move.old"), Value: f.Facts.When, Capital: true},
		{
			Key: b.T("move.new"), Value: timeLine(b, f.Draft.Start, f.Draft.End(), zone), Capital: true,
			ChangeHref: change,
		},
	}
	for _, r := range f.Facts.rows(b, true) {
		if r.Content != nil {
			p.Rows = append(p.Rows, r)
		}
	}
	p.Keeps = b.T("move.keeps", "time", time.Unix(f.Appointment.Start, 0).In(zone))
	if p.Hold = holdNotice(b, openDraft{Draft: f.Draft, Schedule: f.Schedule}, moveForm); p.Hold != nil && p.Hold.Data.Action != "" {
		p.Hold.Data.Action = p.Action + "?keep=1"
	}
	return p
}
