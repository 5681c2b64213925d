package citizen

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/domain/waiting"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// WaitingPage is somebody's place on a waiting list, to whoever has the mailed link.
type WaitingPage struct {
	web.Base
	Heading, Lead string
	Rows          []ui.SummaryRow
	Prove         ui.Button // says that the number is theirs, and that they want offers; without words there is nothing to say
	Leave         ui.Button // without words there is nothing to leave
	Action        string
	Next          ui.Link
}

// waiting shows a place on the list.
func (d *Door) waiting(v *web.Visit) error {
	e, texted, err := d.waiterOf(v)
	return d.showWaiting(v, e, texted, err)
}

// waitingPost leaves the list, or says that the number is theirs, by the link that was texted to it.
func (d *Door) waitingPost(v *web.Visit) error {
	e, texted, err := d.waiterOf(v)
	if err != nil {
		return d.showWaiting(v, e, texted, err)
	}
	if v.Form("do") != "prove" {
		if err := d.Booking.Leave(v.Ctx(), v.Actor(), e); err != nil {
			return err
		}
		return v.SeeOther(v.R.URL.Path)
	}
	if !texted {
		return fault.NotFound("link.not_found")
	}
	if err := d.Booking.ProveWaiting(v.Ctx(), v.Actor(), e.Org, e.ID); err != nil && !fault.Is(err, fault.KindInvalid) {
		return err
	} else if err == nil {
		if err := d.Consent.Agree(v.Ctx(), e.Org, e.Phone, consent.Offers, consent.ByLink); err != nil {
			return err
		}
	}
	return v.SeeOther(v.R.URL.Path)
}

func (d *Door) waiterOf(v *web.Visit) (booking.Waiter, bool, error) {
	e, texted, err := d.Booking.WaiterOfLink(v.Ctx(), v.R.PathValue("token"))
	if err == nil && e.Org != v.OrgID() {
		err = fault.NotFound("link.not_found")
	}
	return e, texted, err
}

func (d *Door) showWaiting(v *web.Visit, e booking.Waiter, texted bool, err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{Apart: true})))
	}
	if err != nil {
		return err
	}
	ask := false
	if texted && e.State == waiting.Waiting {
		may, err := d.Consent.May(v.Ctx(), e.Org, e.Phone, consent.Offers)
		if err != nil {
			return err
		}
		ask = !may
	}
	p := newWaitingPage(v.Base(""), v.Org, e, v.R.URL.Path, ask, v.Now.Unix())
	vain, err := d.inVain(v, e)
	if err != nil {
		return err
	}
	if vain != nil && e.State == waiting.Waiting {
		p.Lead = notOffered(p.Base, v.Org)
	}
	return v.Render(http.StatusOK, ShowWaiting(p))
}

func newWaitingPage(b web.Base, c *catalog.Config, e booking.Waiter, action string, ask bool, now int64) WaitingPage {
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
	switch {
	case e.MayProve(now):
		p.Heading, p.Lead, ask = b.T("waiting.prove_title"), b.T("waiting.prove_lead", "number", notify.ShowPhone(e.Phone, c.Org.Country)), true
	case e.State == waiting.Asked:
		p.Heading, p.Lead, p.Leave = b.T("waiting.left_title"), b.T("waiting.asked_over"), ui.Button{}
	}
	if ask {
		p.Prove = ui.Button{Text: b.T("waiting.prove")}
	}
	p.Title, p.Service, p.NoIndex = p.Heading, serviceName(c, e.Service).In(b.Lang), true
	noSecret(&p.Base)
	return p
}

// notOffered says that who is not in care any more is offered nothing, and whom to call.
func notOffered(b web.Base, c *catalog.Config) string {
	return b.T("waiting.care_over") + " " + parts.CallOf(c.Org, nil).Please(b)
}

// noSecret takes the address of this page, in which a mailed link's secret is, out of every other address.
func noSecret(b *web.Base) {
	for i, l := range b.FooterLinks {
		b.FooterLinks[i].Href, _, _ = strings.Cut(l.Href, "?")
	}
}
