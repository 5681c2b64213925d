package citizen

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/ui"
)

// OfferPage is a freed time that is offered to somebody who waits. To look at it answers nothing: mail scanners look, too.
type OfferPage struct {
	web.Base
	Heading, Lead string
	Trouble       *Trouble
	Rows          []ui.SummaryRow
	Note          string // what becomes of the booking that they have
	Action        string
	// Take and Decline answer; Open leads to the booking that the time became. Without words there is no such button.
	Take, Decline, Open ui.Button
	// Leave takes whoever does not want to wait any more off the list.
	Leave ui.Button
	Next  ui.Link
}

// The answers, as the buttons send them.
const (
	answerTake    = "take"
	answerDecline = "decline"
	answerLeave   = "leave"
)

// offer shows an offered time, or what became of it.
func (d *Door) offer(v *web.Visit) error {
	view, err := d.offered(v)
	return d.showOffer(v, view, err, nil)
}

func (d *Door) offered(v *web.Visit) (booking.OfferView, error) {
	view, err := d.Booking.OfferOf(v.Ctx(), v.R.PathValue("token"))
	if err == nil && view.Freed.Org != v.OrgID() {
		err = fault.NotFound("link.not_found")
	}
	return view, err
}

// offerPost takes the time, or does not.
func (d *Door) offerPost(v *web.Visit) error {
	view, err := d.offered(v)
	if err != nil {
		return d.showOffer(v, view, err, nil)
	}
	o, freed, entry := v.OrgID(), view.Freed.ID, view.Entry.ID
	switch v.Form("answer") {
	case answerTake:
		return d.takeOffer(v, view)
	case answerDecline:
		err = d.Booking.DeclineOffer(v.Ctx(), v.Actor(), o, freed, entry)
	case answerLeave:
		err = d.Booking.Leave(v.Ctx(), v.Actor(), view.Entry)
	}
	if err != nil && !fault.Is(err, fault.KindInvalid) { // what became of the offer, its page says
		return err
	}
	return v.SeeOther(v.R.URL.Path)
}

func (d *Door) takeOffer(v *web.Visit, view booking.OfferView) error {
	a, err := d.Booking.AcceptOffer(v.Ctx(), v.Actor(), v.OrgID(), view.Freed.ID, view.Entry.ID)
	if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) {
		why := err
		view, err := d.offered(v)
		return d.showOffer(v, view, err, why)
	}
	if err != nil {
		return err
	}
	v.Prove(a.Org, a.ID)
	if a.Status != booking.Booked || booking.CheckLive(a, v.Now.Unix()) != nil {
		return v.SeeOther(v.URL("appointment"))
	}
	return v.SeeOther(v.URL("booked"))
}

// showOffer shows the offer as it is now; why is what was refused just now, nil for nothing.
func (d *Door) showOffer(v *web.Visit, view booking.OfferView, err, why error) error {
	if fault.Is(err, fault.KindNotFound) {
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{Apart: true})))
	}
	if err != nil {
		return err
	}
	in := offerInput{View: view, Config: v.Org, Action: v.R.URL.Path, Now: v.Now, Why: why}
	if view.Entry.Moves != "" {
		a, err := d.linkedAppointment(v, view.Entry.Moves)
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
		if err == nil && booking.CheckLive(a, v.Now.Unix()) == nil {
			in.Moves = &a
		}
	}
	status := http.StatusOK
	switch over := booking.CheckOffer(view, v.Now.Unix()); {
	case over != nil && view.Offer.State != booking.Declined:
		status = http.StatusGone
	case why != nil:
		status = web.StatusOf(fault.Of(why).Kind)
	}
	return v.Render(status, ShowOffer(newOfferPage(v.Base(""), in)))
}

// offerInput is what the page is made of.
type offerInput struct {
	View   booking.OfferView
	Config *catalog.Config
	Moves  *booking.Appointment // the booking that would be given up; nil for none
	Action string
	Now    time.Time
	Why    error
}

func newOfferPage(b web.Base, in offerInput) OfferPage {
	f, c, e := in.View.Freed, in.Config, in.View.Entry
	zone := c.Zone()
	p := OfferPage{
		Base: b, Heading: b.T("offer.title"), Action: in.Action,
		Lead: b.T("offer.lead", "until", time.Unix(in.View.Offer.ExpiresAt, 0).In(zone)),
		Rows: []ui.SummaryRow{
			{Key: b.T("common.service"), Content: ui.Words(b.Printer, serviceName(c, f.Service))},
			{Key: b.T("manage.when"), Value: timeLine(b, f.Start, f.End, zone), Capital: true},
		},
		Next: ui.Link{Href: b.URL("services", string(f.Service)), Text: b.T("waiting.to_service")},
	}
	if o, err := c.Office(f.Office); err == nil {
		p.Rows = append(p.Rows, ui.SummaryRow{Key: b.T("common.place"), Content: place(b, officeFacts(b, c.Org, o), false)})
	}
	over := booking.CheckOffer(in.View, in.Now.Unix())
	switch {
	case in.View.Offer.State == booking.Accepted:
		p.Heading, p.Lead = b.T("offer.taken_title"), b.T("offer.taken")
		p.Open = ui.Button{Text: b.T("link.open"), Name: "answer", Value: answerTake}
	case over != nil:
		p.Heading, p.Lead = b.T("offer.title_"+overState(over)), b.Printer.TA(fault.Of(over).Key, nil)
		if e.State == waiting.Waiting {
			p.Leave = ui.Button{Text: b.T("waiting.leave"), Name: "answer", Value: answerLeave, Look: ui.Secondary}
			p.Note = b.T("offer.still_waiting")
		}
	default:
		p.Take = ui.Button{Text: b.T("offer.take"), Name: "answer", Value: answerTake}
		p.Decline = ui.Button{Text: b.T("offer.decline"), Name: "answer", Value: answerDecline, Look: ui.Secondary}
		if p.Note = b.T("offer.anew"); in.Moves != nil {
			p.Note = b.T("offer.instead", "time", time.Unix(in.Moves.Start, 0).In(zone))
		}
		p.trouble(in.Why)
	}
	p.Title, p.Service, p.NoIndex = p.Heading, serviceName(c, f.Service).In(b.Lang), true
	noSecret(&p.Base)
	return p
}

// trouble says why the time could not be taken though the offer is good.
func (p *OfferPage) trouble(why error) {
	if why == nil {
		return
	}
	f := fault.Of(why)
	p.HasError = true
	p.Trouble = &Trouble{Title: p.T("manage.refused"), Items: []ui.ErrorItem{{Text: p.Printer.TA(f.Key, sentenceArgs(p.Printer, f.Args))}}}
}

// overState is which heading an offer has that cannot be answered any more.
func overState(why error) string {
	switch {
	case fault.IsKey(why, "offer.gone"):
		return "gone"
	case fault.IsKey(why, "offer.declined"):
		return "declined"
	}
	return "over"
}
