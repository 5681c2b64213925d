package citizen

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
	"luukku/web/ui"
)

// DraftPage is shown when a booking on its way cannot be found: nothing was sent wrong, and there is a way on.
type DraftPage struct {
	web.Base
	Services string
	Manage   string
	Phone    string
}

// openDraft is a booking on its way with the schedule it belongs to.
type openDraft struct {
	booking.Draft
	Schedule booking.Schedule
	// MustConfirm is whether the booking will have to be confirmed by a mailed link.
	MustConfirm bool
}

// draft makes a handler of a page about a draft: it opens the draft, sends a person whose booking is made already to its confirmation, and explains what
// may have happened when there is no such draft.
func (d *Door) draft(page func(*web.Visit, openDraft) error) web.Handler {
	return func(v *web.Visit) error {
		id := ids.Draft(v.R.PathValue("draft"))
		draft, err := d.Booking.Draft(v.Ctx(), v.Actor(), v.OrgID(), id)
		if err == nil && draft.Moves != "" {
			return v.SeeOther(v.URL("appointment"))
		}
		if err == nil && draft.Done != "" {
			return d.booked(v, draft.Done, false)
		}
		if err == nil {
			var sch booking.Schedule
			if sch, err = d.Booking.Schedule(v.Ctx(), v.OrgID(), draft.Service, draft.Office); err != nil {
				return err // the service was taken from the list meanwhile
			}
			if all, failed := sch.For(draft.Visit); failed == nil { // else booking says why not
				sch = all
			}
			dr := openDraft{draft, sch, booking.NeedsConfirming(sch.Policy, v.Actor())}
			if refused, err := d.refusedDraft(v, dr); refused {
				return err
			}
			err = page(v, dr)
		}
		if fault.IsKey(err, "draft.not_found") {
			return d.draftLost(v)
		}
		return err
	}
}

func (d *Door) draftLost(v *web.Visit) error {
	page := newDraftPage(v.Base(""), v.Org.Org.Phone)
	return v.Render(http.StatusNotFound, ShowDraftLost(page))
}

func newDraftPage(b web.Base, phone string) DraftPage {
	b.Title, b.NoIndex = b.T("draft.lost_title"), true
	return DraftPage{Base: b, Services: b.URL("services"), Manage: b.URL("appointment"), Phone: phone}
}

// booked proves the appointment to the session that made it and shows the confirmation. The session made it, so it may see it. What was booked by who has
// signed in is opened by that: it is in a folder, and whoever may not see the folder any more does not see it by having made it either.
func (d *Door) booked(v *web.Visit, id ids.Appointment, retaken bool) error {
	if v.Signed() != nil {
		v.OpenOwn(v.OrgID(), id)
	} else {
		v.Prove(v.OrgID(), id)
	}
	to := v.URL("booked")
	if retaken {
		to = withQuery(to, "again", "1")
	}
	return v.SeeOther(to)
}

// pickOther is the page of free times on which a draft whose time is lost goes on.
func (d *Door) pickOther(v *web.Visit, dr openDraft, why error) error {
	in := newPick(v, dr.Schedule, dr.ID, dr.Visit)
	in.Kept = dr.Filled
	return d.pickAgain(v, in, dr.Start, why)
}

// extend keeps the held time longer. What was typed meanwhile is kept as it is.
func (d *Door) extend(v *web.Visit, dr openDraft) error {
	back := "check"
	if v.R.PostForm.Has("name") { // the button was pressed in the form of details
		back = "details"
		if _, err := d.Booking.KeepTyped(v.Ctx(), v.Actor(), v.OrgID(), dr.ID, typedDetails(v)); err != nil {
			return err
		}
		dr.Details, dr.Filled = typedDetails(v), false
	}
	_, err := d.Booking.Extend(v.Ctx(), v.Actor(), v.OrgID(), dr.ID)
	switch {
	case fault.IsKey(err, "hold.too_often"):
		return d.detailsAgain(v, dr, err)
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid):
		return d.pickOther(v, dr, err)
	case err != nil:
		return err
	}
	return v.SeeOther(draftURL(v, dr.ID, back))
}

// extendGet leads somebody who reloads or changes the language to the page it belongs to.
func (d *Door) extendGet(v *web.Visit, dr openDraft) error {
	return v.SeeOther(draftURL(v, dr.ID, "details"))
}

// HoldNotice says whether and how long a draft's time is kept.
type HoldNotice struct {
	Data ui.HoldData
	// Over is true when it was kept and is no longer; Text says so, and the button takes it again.
	Over bool
}

// holdNotice is nil when the service keeps no times. The button belongs to the form with the ID, so that its fields go along.
func holdNotice(b web.Base, dr openDraft, form string) *HoldNotice {
	p := dr.Schedule.Policy
	if dr.HoldUntil == 0 && (p.Hold == 0 || dr.Hold == "") {
		return nil
	}
	zone, now := dr.Schedule.Zone(), dr.Schedule.Now
	until := time.Unix(dr.HoldUntil, 0).In(zone)
	n := &HoldNotice{
		Over: now.Unix() > dr.HoldUntil,
		Data: ui.HoldData{
			Until: until.Format(time.RFC3339), Now: now.In(zone).Format(time.RFC3339), FormID: form,
			Text: b.T("hold.until", "time", b.Printer.Clock(until)),
		},
	}
	if p.Hold > 0 {
		n.Data.Action = b.URL("book", "draft", string(dr.ID), "extend")
		n.Data.Button = b.T("hold.more", "time", b.Printer.Deadline(p.Hold))
	}
	if n.Over {
		n.Data.Text, n.Data.Button = b.T("hold.over"), b.T("hold.again")
	}
	return n
}

// timeLine is when the draft would be: "Monday 23 November 2026, 9:20–9:40".
func (dr openDraft) timeLine(b web.Base) string {
	return timeLine(b, dr.Start, dr.End(), dr.Schedule.Zone())
}

func timeLine(b web.Base, start, end int64, zone *time.Location) string {
	from := time.Unix(start, 0).In(zone)
	return b.T("booking.time_line", "day", b.Printer.LongDate(from), "hours", b.Printer.ClockRange(from, time.Unix(end, 0).In(zone)))
}

// chosenRows are service, place and time with the ways to change them.
func (dr openDraft) chosenRows(b web.Base) []ui.SummaryRow {
	service := string(dr.Service)
	places := ""
	if !onePlace(dr.Schedule.Config, dr.Service) {
		places = withVisit(withDraft(b.URL("services", service, "offices"), dr.ID), dr.Visit)
	}
	rows := []ui.SummaryRow{{Key: b.T("common.service"), Value: serviceAndLength(b, dr.Schedule), ChangeHref: withDraft(b.URL("services"), dr.ID)}}
	if visit := visitRows(b, dr.Schedule.Config, dr.Visit, dr.names()); len(visit) > 0 {
		visit[len(visit)-1].ChangeHref = withVisit(withDraft(b.URL("services", service, "visit"), dr.ID), dr.Visit)
		rows = append(rows, visit...)
	}
	rows = append(rows, []ui.SummaryRow{
		{Key: b.T("common.place"), Value: placeLine(b, dr.Schedule.Office), ChangeHref: places},
		{Key: b.T("booking.time"), Value: dr.timeLine(b), Capital: true, ChangeHref: dr.timeURL(b)},
	}...)
	if name := servedBy(b, dr.Schedule.Office.Units, dr.Wish.Unit); name != "" {
		rows = append(rows, ui.SummaryRow{Key: b.T("pick.with"), Value: name, ChangeHref: dr.timeURL(b)})
	}
	return rows
}

// timeURL is where another time is chosen.
func (dr openDraft) timeURL(b web.Base) string {
	week := dateIn(time.Unix(dr.Start, 0).In(dr.Schedule.Zone())).ISOWeek().String()
	return withQuery(withWish(withVisit(withDraft(b.URL("book", string(dr.Service), string(dr.Office)), dr.ID), dr.Visit), dr.Wish), "week", week)
}

// names are those who come, once they were all told.
func (dr openDraft) names() []string {
	if !dr.Filled {
		return nil
	}
	return booking.Appointment{Details: dr.Details}.Names()
}
