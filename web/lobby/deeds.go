package lobby

import (
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/web"
)

// deeds are what the desk's buttons do, by their values.
var deeds = map[string]queue.What{
	"next": queue.StepCalled, "start": queue.StepBegun, "recall": queue.StepRecalled, "done": queue.StepDone, "missed": queue.StepMissed, "left": queue.StepLeft,
	"park": queue.StepParked, "back": queue.StepReturned, "return": queue.StepReturned, "move": queue.StepMoved, "raise": queue.StepRaised, "pick": queue.StepPicked,
	"undo": queue.StepUndone,
}

// deedIn is the deed of a form. What is no number is Invalid at its field.
func deedIn(v *web.Visit, o *org.Office) (queue.Deed, error) {
	do, ok := deeds[v.Form("do")]
	if !ok {
		return queue.Deed{}, fault.Invalid("error.bad_request", nil)
	}
	d := queue.Deed{
		Org: v.OrgID(), Office: o.ID, Unit: ids.Unit(v.Form("unit")), Do: do, Ticket: ids.Ticket(v.Form("ticket")), Finish: do == queue.StepCalled,
		Service: ids.Service(v.Form("service")), Reason: queue.Reason(v.Form("reason")), Key: ids.FormKey(v.Form("key")),
	}
	d.Rev, _ = strconv.ParseInt(v.Form("rev"), 10, 64) // none is whatever it is now
	if typed := strings.TrimSpace(v.Form("minutes")); do == queue.StepParked && typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 0 {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "minutes", Key: "queue.park_range"})
		}
		d.Minutes = n
	}
	if do == queue.StepRaised {
		n, err := strconv.Atoi(v.Form("priority"))
		if err != nil {
			return d, fault.Invalid("form.invalid", nil, fault.Field{Name: "priority", Key: "error.field.choose"})
		}
		if d.Priority = queue.Priority(n); d.Priority == queue.Normal {
			d.Reason = ""
		}
	}
	return d, nil
}

// deskPost does something at the counter.
func (d *Door) deskPost(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	deed, err := deedIn(v, o)
	if err == nil {
		deed.Unit, err = d.unitFor(v, o, deed)
	}
	var out queue.Outcome
	if err == nil {
		out, err = d.Queue.Do(v.Ctx(), v.Actor(), deed)
	}
	switch {
	case web.Mendable(err) && len(fault.Of(err).Fields) > 0 && deed.Ticket != "":
		return d.showTicket(v, o, deed.Ticket, err)
	case web.Mendable(err):
		return d.refused(v, o, err)
	case err != nil:
		return err
	}
	return d.did(v, o, doneWord(deed, out), out.Ticket)
}

// unitFor is the counter at which something is done: that of the form, but for what needs none.
func (d *Door) unitFor(v *web.Visit, o *org.Office, deed queue.Deed) (ids.Unit, error) {
	if deed.Do == queue.StepCalled || deed.Ticket == "" || deed.Unit == "" {
		return deed.Unit, nil
	}
	h, err := d.Queue.Hall(v.Ctx(), v.OrgID(), o.ID)
	if err != nil {
		return "", err
	}
	k := h.Counter(deed.Unit)
	if deed.Do != queue.StepPicked && k.Ticket != deed.Ticket {
		return "", nil // about somebody in the line: no counter has a part in it
	}
	return deed.Unit, nil
}

func doneWord(d queue.Deed, out queue.Outcome) string {
	switch {
	case d.Do != queue.StepCalled:
		return string(d.Do)
	case out.Ticket.ID == "":
		return "nobody"
	}
	return string(queue.StepCalled)
}

// did leads back to the desk, which says what was done.
func (d *Door) did(v *web.Visit, o *org.Office, done string, t queue.Ticket) error {
	to := at(baseOf(v), string(o.ID)) + "?tab=" + tabOf(v.Form("tab")) + "&done=" + done
	if t.ID != "" {
		to += "&about=" + string(t.ID)
	}
	return v.SeeOther(to)
}

func tabOf(s string) string {
	if s == tabComing || s == tabDone {
		return s
	}
	return tabWaiting
}

// checkIn lets somebody in who has an appointment, by the clerk's own decision.
func (d *Door) checkIn(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	a, err := d.Queue.CheckIn(v.Ctx(), v.Actor(), queue.CheckInRequest{Org: v.OrgID(), Office: o.ID, Appointment: ids.Appointment(v.Form("appointment"))})
	switch {
	case web.Mendable(err):
		return d.refused(v, o, err)
	case err != nil:
		return err
	case a.Verdict == queue.AlreadyIn:
		return d.did(v, o, "already", a.Ticket)
	case !a.Good():
		return d.refused(v, o, fault.Conflict("lobby.not_in."+string(a.Verdict), nil))
	}
	return d.did(v, o, "arrived", a.Ticket)
}

// seen says that somebody saw to an alert.
func (d *Door) seen(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	if err := d.Queue.See(v.Ctx(), v.Actor(), v.OrgID(), o.ID, v.Form("alert")); err != nil {
		return err
	}
	return d.did(v, o, "seen", queue.Ticket{})
}

// alarm asks the colleagues for help at once.
func (d *Door) alarm(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	if err := d.Queue.Alarm(v.Ctx(), v.Actor(), v.OrgID(), o.ID, queue.AlertEmergency, ids.Unit(v.Form("unit"))); err != nil {
		return err
	}
	return d.did(v, o, "alarm", queue.Ticket{})
}
