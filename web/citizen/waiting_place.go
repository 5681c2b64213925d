package citizen

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/ui"
)

// WaitingPage is somebody's place on a waiting list, to whoever has the mailed link.
type WaitingPage struct {
	web.Base
	Heading, Lead string
	Rows          []ui.SummaryRow
	Leave         ui.Button // without words there is nothing to leave
	Action        string
	Next          ui.Link
}

// waiting shows a place on the list.
func (d *Door) waiting(v *web.Visit) error {
	e, err := d.waiterOf(v)
	return d.showWaiting(v, e, err)
}

// waitingPost leaves the list.
func (d *Door) waitingPost(v *web.Visit) error {
	e, err := d.waiterOf(v)
	if err != nil {
		return d.showWaiting(v, e, err)
	}
	if err := d.Booking.Leave(v.Ctx(), v.Actor(), e); err != nil {
		return err
	}
	return v.SeeOther(v.R.URL.Path)
}

func (d *Door) waiterOf(v *web.Visit) (booking.Waiter, error) {
	e, err := d.Booking.WaiterOfLink(v.Ctx(), v.R.PathValue("token"))
	if err == nil && e.Org != v.OrgID() {
		err = fault.NotFound("link.not_found")
	}
	return e, err
}

func (d *Door) showWaiting(v *web.Visit, e booking.Waiter, err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{Apart: true})))
	}
	if err != nil {
		return err
	}
	p := newWaitingPage(v.Base(""), v.Org, e, v.R.URL.Path)
	vain, err := d.inVain(v, e)
	if err != nil {
		return err
	}
	if vain != nil && e.State == waiting.Waiting {
		p.Lead = notOffered(p.Base, v.Org)
	}
	return v.Render(http.StatusOK, ShowWaiting(p))
}

func newWaitingPage(b web.Base, c *catalog.Config, e booking.Waiter, action string) WaitingPage {
	p := WaitingPage{
		Base: b, Heading: b.T("waiting.place_title"), Lead: b.T("waiting.place_lead"), Rows: wishRows(b, c, e), Action: action,
		Leave: ui.Button{Text: b.T("waiting.leave"), Look: ui.Secondary},
		Next:  ui.Link{Href: b.URL("services", string(e.Service)), Text: b.T("waiting.to_service")},
	}
	switch e.State {
	case waiting.Served:
		p.Heading, p.Lead, p.Leave = b.T("waiting.served_title"), b.T("waiting.served"), ui.Button{}
	case waiting.Left:
		p.Heading, p.Lead, p.Leave = b.T("waiting.left_title"), b.T("waiting.left"), ui.Button{}
	}
	p.Title, p.Service, p.NoIndex = p.Heading, serviceName(c, e.Service).In(b.Lang), true
	noSecret(&p.Base)
	return p
}

// notOffered says that who is not in care any more is offered nothing, and whom to call.
func notOffered(b web.Base, c *catalog.Config) string {
	return b.T("waiting.care_over") + " " + callOf(c.Org, nil).please(b)
}

// noSecret takes the address of this page, in which a mailed link's secret is, out of every other address.
func noSecret(b *web.Base) {
	for i, l := range b.FooterLinks {
		b.FooterLinks[i].Href, _, _ = strings.Cut(l.Href, "?")
	}
}
