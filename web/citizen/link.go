package citizen

import (
	"net/http"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/web"
	"luukku/web/ui"
)

// LinkPage is where a mailed link leads: a button, and not a word about the appointment, because mail scanners open links before people do.
type LinkPage struct {
	web.Base
	Heading string
	Action  string // where the button posts; empty for a link that opens nothing
	CodeURL string // where the booking code is asked for
	Open    ui.Button
}

// link shows the button of a mailed link that is good, and the way on for one that is not.
func (d *Door) link(v *web.Visit) error {
	_, err := d.linked(v)
	return d.showLink(v, err)
}

// linkPost opens the booking: the link is shown, and a cookie and a clean address take its place.
func (d *Door) linkPost(v *web.Visit) error {
	id, err := d.linked(v)
	if err != nil {
		return d.showLink(v, err)
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

func (d *Door) showLink(v *web.Visit, err error) error {
	switch {
	case fault.Is(err, fault.KindNotFound):
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "")))
	case err != nil:
		return err
	}
	return v.Render(http.StatusOK, ShowLink(newLinkPage(v.Base(""), v.R.URL.Path)))
}

func newLinkPage(b web.Base, action string) LinkPage {
	p := LinkPage{Base: b, Heading: b.T("link.title"), Action: action, CodeURL: b.URL("appointment"), Open: ui.Button{Text: b.T("link.open")}}
	if action == "" {
		p.Heading = b.T("link.not_found_title")
	}
	p.Title, p.NoIndex = p.Heading, true
	// The link's secret goes into no other address.
	for i, l := range p.FooterLinks {
		p.FooterLinks[i].Href, _, _ = strings.Cut(l.Href, "?")
	}
	return p
}
