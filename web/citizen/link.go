package citizen

import (
	"net/http"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/web"
	"luukku/web/ui"
)

// LinkPage is where a mailed link leads: a button, and not a word about the appointment, because mail scanners open links before people do.
type LinkPage struct {
	web.Base
	Heading string
	Lead    string
	Action  string // where the button posts; empty for a link that opens nothing
	// Again leads to another time, where the booking has lapsed.
	Again   ui.Link
	CodeURL string // where the booking code is asked for
	Open    ui.Button
}

// link shows the button of a mailed link that is good, and the way on for one that is not.
func (d *Door) link(v *web.Visit) error {
	id, err := d.linked(v)
	return d.showLink(v, id, err)
}

// linkPost confirms the booking where that is what it waits for, and opens it: a cookie and a clean address take the link's place.
func (d *Door) linkPost(v *web.Visit) error {
	id, err := d.linked(v)
	if err != nil {
		return d.showLink(v, id, err)
	}
	if a, err := d.linkedAppointment(v, id); err != nil {
		return err
	} else if a.StatusAt(v.Now.Unix()) == booking.Lapsed { // told alike before and after the lapse is written down
		return d.showLink(v, id, nil)
	} else if a.Status == booking.Pending {
		_, err := d.Booking.ConfirmLink(v.Ctx(), v.Actor(), v.R.PathValue("token"))
		switch {
		case err == nil:
			v.Prove(v.OrgID(), id)
			return v.SeeOther(v.URL("booked"))
		case fault.IsKey(err, "confirm.lapsed"):
			return d.showLink(v, id, nil)
		case !fault.Is(err, fault.KindInvalid): // what else there is against it, the booking says itself
			return err
		}
	}
	v.Prove(v.OrgID(), id)
	return v.SeeOther(v.URL("appointment"))
}

// linked is the appointment that the link of the address is about. A link of another organisation is none here.
func (d *Door) linked(v *web.Visit) (ids.Appointment, error) {
	o, id, err := d.Booking.FollowLink(v.Ctx(), v.R.PathValue("token"))
	if err == nil && o != v.OrgID() {
		err = fault.NotFound("link.not_found")
	}
	return id, err
}

// linkedAppointment is the appointment itself, which whoever has the link may see.
func (d *Door) linkedAppointment(v *web.Visit, id ids.Appointment) (booking.Appointment, error) {
	who := v.Actor()
	who.Proven = append(slices.Clone(who.Proven), actor.Appointment{Org: v.OrgID(), ID: id})
	return d.Booking.Appointment(v.Ctx(), who, v.OrgID(), id)
}

func (d *Door) showLink(v *web.Visit, id ids.Appointment, err error) error {
	switch {
	case fault.Is(err, fault.KindNotFound):
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{})))
	case err != nil:
		return err
	}
	a, err := d.linkedAppointment(v, id)
	if err != nil {
		return err
	}
	in := linkInput{Status: a.Status, Zone: v.Org.Zone(), Until: a.ExpiresAt}
	if a.StatusAt(v.Now.Unix()) == booking.Lapsed {
		in.Status, in.Service = booking.Lapsed, a.Service
		return v.Render(http.StatusGone, ShowLink(newLinkPage(v.Base(""), v.R.URL.Path, in)))
	}
	return v.Render(http.StatusOK, ShowLink(newLinkPage(v.Base(""), v.R.URL.Path, in)))
}

// linkInput is what the page says of the appointment: no more than until when it waits.
type linkInput struct {
	Status  booking.Status
	Until   int64
	Zone    *time.Location
	Service ids.Service
	// Apart says that the link was about no booking: no code opens what it opened.
	Apart bool
}

func newLinkPage(b web.Base, action string, in linkInput) LinkPage {
	p := LinkPage{
		Base: b, Heading: b.T("link.title"), Lead: b.T("link.lead"), Action: action, CodeURL: b.URL("appointment"), Open: ui.Button{Text: b.T("link.open")},
	}
	switch {
	case in.Apart:
		p.Heading, p.Lead = b.T("link.not_found_title"), b.T("link.not_found_apart")
		p.Again = ui.Link{Href: b.URL("services"), Text: b.T("manage.again_any")}
	case action == "":
		p.Heading, p.Lead = b.T("link.not_found_title"), b.T("link.not_found")
	case in.Status == booking.Pending:
		p.Heading, p.Lead = b.T("link.confirm_title"), b.T("link.confirm_lead", "until", time.Unix(in.Until, 0).In(in.Zone))
		p.Open.Text = b.T("link.confirm")
	case in.Status == booking.Lapsed:
		p.Heading, p.Lead, p.Action = b.T("link.lapsed_title"), b.T("link.lapsed", "until", time.Unix(in.Until, 0).In(in.Zone)), ""
		p.Again = ui.Link{Href: b.URL("services", string(in.Service)), Text: b.T("link.again")}
	}
	p.Title, p.NoIndex = p.Heading, true
	noSecret(&p.Base)
	return p
}
