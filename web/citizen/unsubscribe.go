package citizen

import (
	"net/http"

	"luukku/base/fault"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/ui"
)

// unsubscribe is where a mail leads whose person wants no more of them: a button, since whoever only looks at links takes nothing back.
func (d *Door) unsubscribe(v *web.Visit) error {
	_, _, err := d.mailOf(v)
	if fault.Is(err, fault.KindNotFound) {
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{Apart: true})))
	}
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowLink(newUnsubscribePage(v.Base(""), v.R.URL.Path, false)))
}

// unsubscribePost takes it back: pressed here, or by the reader's mail program, which sends no more than that (RFC 8058). Twice does no more than once.
func (d *Door) unsubscribePost(v *web.Visit) error {
	n, email, err := d.mailOf(v)
	if fault.Is(err, fault.KindNotFound) {
		return v.Render(http.StatusNotFound, ShowLink(newLinkPage(v.Base(""), "", linkInput{Apart: true})))
	}
	if err != nil {
		return err
	}
	if err := d.Consent.Withdraw(v.Ctx(), v.Actor(), n.Org, notify.Email, email, consent.ScopeOf(n.Event), consent.ByLink); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowLink(newUnsubscribePage(v.Base(""), "", true)))
}

// mailOf is the mail that the link of the address came in. One of another organisation is none here.
func (d *Door) mailOf(v *web.Visit) (n notify.Notice, email string, err error) {
	n, email, err = d.Booking.MailOfLink(v.Ctx(), v.R.PathValue("token"))
	if err == nil && n.Org != v.OrgID() {
		err = fault.NotFound("link.not_found")
	}
	return n, email, err
}

func newUnsubscribePage(b web.Base, action string, done bool) LinkPage {
	b.NoIndex = true
	p := LinkPage{Base: b, Heading: b.T("consent.stop_title"), Lead: b.T("consent.stop_lead"), Action: action, Open: ui.Button{Text: b.T("consent.stop")}, CodeURL: b.URL("appointment")}
	if done {
		p.Heading, p.Lead = b.T("consent.stopped_title"), b.T("consent.stopped")
		p.Again = ui.Link{Href: b.URL(), Text: b.T("consent.home")}
	}
	p.Title = p.Heading
	return p
}
