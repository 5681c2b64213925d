package citizen

import (
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// opened makes a handler of one that only those get to whom the service of the address is open: the others get the page of the service, which says what comes first.
func (d *Door) opened(page web.Handler) web.Handler {
	return func(v *web.Visit) error {
		err := d.mayUse(v, ids.Service(v.R.PathValue("service")), ids.Office(v.R.PathValue("office")))
		if access.Refused(err) {
			return d.notOpen(v, ids.Service(v.R.PathValue("service")), err)
		}
		if err != nil {
			return err
		}
		return page(v)
	}
}

// mayUse says whether a service is open to the visitor. What is not there is left to the page.
func (d *Door) mayUse(v *web.Visit, service ids.Service, office ids.Office) error {
	if v.Org == nil {
		return nil
	}
	return d.Booking.Access.Check(v.Ctx(), v.Actor(), v.Org, service, office)
}

// notOpen shows the page of a service that is not open to the visitor.
func (d *Door) notOpen(v *web.Visit, service ids.Service, why error) error {
	s, err := v.Org.Service(service)
	if err != nil {
		return err
	}
	return d.showService(v, s, why)
}

// opens takes the way on from the page of a service that is not open to the reader, and says what comes first; to whom it is open it says until when.
func (d *Door) opens(v *web.Visit, s *catalog.Service, page *ServicePage, why error) error {
	p := v.Org.Policy(s.ID, "")
	if !p.NeedsAccess && !p.ForCompany && why == nil {
		return nil
	}
	if why == nil {
		why = d.mayUse(v, s.ID, "")
	}
	switch {
	case access.Refused(why) || fault.Is(why, fault.KindSignInRequired):
		page.closed(page.Base, v.Org, s, why, v.SignInURL(v.URL("services", string(s.ID)), max(actor.LevelLow, p.SignIn)))
		return nil
	case why != nil:
		return why
	case !p.NeedsAccess:
		return nil
	}
	g, err := d.Booking.Access.Holds(v.Ctx(), v.OrgID(), s.ID, v.Actor().Owner())
	if err != nil {
		return err
	}
	page.OpenUntil = openUntil(page.Base, v.Org, g)
	return nil
}

// openUntil says until when a service is open to the reader.
func openUntil(b web.Base, c *catalog.Config, g access.Grant) string {
	if g.Until == 0 {
		return b.T("access.open_no_end")
	}
	return b.T("access.open_until", "time", b.Printer.At(time.Unix(g.Until, 0).In(c.Zone())))
}

// closed is the page of a service for who may not use it: nothing leads to it, and what comes first is said.
func (page *ServicePage) closed(b web.Base, c *catalog.Config, s *catalog.Service, why error, signIn string) {
	page.First, page.Book, page.Wait, page.Elsewhere = parts.NewFirst(b, c, s, why, signIn), nil, ui.Link{}, nil
}

// refusedDraft shows what comes first to who goes on with a booking that is not open to them any more.
func (d *Door) refusedDraft(v *web.Visit, dr openDraft) (refused bool, err error) {
	for _, id := range append([]ids.Service{dr.Service}, dr.Visit.Also...) {
		if err := d.mayUse(v, id, dr.Office); access.Refused(err) {
			return true, d.notOpen(v, id, err)
		} else if err != nil && v.R.Method == http.MethodGet {
			return true, err
		}
	}
	return false, nil
}
