package citizen

import (
	"net/http"
	"net/url"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// ServicePage tells everything about one service that a person should know before booking ("more instructions").
type ServicePage struct {
	web.Base
	Back        string
	Name        i18n.Text
	Summary     i18n.Text
	Description i18n.Text
	Facts       []ui.DefinitionRow
	Bring       []string
	BringLang   i18n.Lang
	// Needs say who can have it and what it takes.
	Needs []string
	// Elsewhere leads on where no time is booked: to the e-service of somebody else.
	Elsewhere *ui.Link
	Ways      []Way
	Rules     []string
	// First says that a contact comes first, or that only companies use it, with the ways to get there; nil where that is not so, or where it is open to the reader.
	First *parts.First
	// OpenUntil says until when it is open to the reader; empty where it is open to everybody.
	OpenUntil string
	// Book leads on; nil when no place offers the service.
	Book  *ui.Link
	Phone string
	// Wait leads to the waiting list; without an address there is none.
	Wait ui.Link
	// Updated says when somebody last looked through what is said here; empty where nobody has said.
	Updated string
	shared
}

// shared is the address of a page by itself, to be copied or mailed; empty where it is not shared.
type shared struct{ Share, ShareMail string }

func (s *shared) sharedAt(address, title string) {
	// As RFC 6068 has it: a blank is %20, since a plus sign is itself.
	s.Share, s.ShareMail = address, "mailto:?subject="+url.PathEscape(title)+"&body="+url.QueryEscape(address)
}

// Way is a way to a service beside booking a time.
type Way struct {
	Name, Text string
	// Links lead on; none where nothing is on the web.
	Links []ui.Link
	Phone string
}

// service shows the instructions of a service.
func (d *Door) service(v *web.Visit) error {
	s, err := v.Org.Service(ids.Service(v.R.PathValue("service")))
	if err != nil {
		return err
	}
	return d.showService(v, s, nil)
}

// showService is the page of a service, with why it is not open to the reader; nil asks.
func (d *Door) showService(v *web.Visit, s *catalog.Service, why error) error {
	draft := draftParam(v.Query("draft"))
	page := newServicePage(v.Base(""), v.Org, s, draft)
	status := http.StatusOK
	if why != nil {
		status = http.StatusForbidden
	}
	if err := d.opens(v, s, &page, why); err != nil {
		return err
	}
	if page.Book != nil {
		if asks, err := d.asks(v, s.ID); err != nil {
			return err
		} else if asks {
			page.Book.Href = withDraft(v.URL("services", string(s.ID), "visit"), draft)
		}
	}
	courses, err := d.running(v)
	if err != nil {
		return err
	}
	if courses.Of(s.ID) {
		page.coursesOf(s)
	}
	page.share(v, s)
	return v.Render(status, ShowService(page))
}

// coursesOf leads to the courses of the service.
func (page *ServicePage) coursesOf(s *catalog.Service) {
	l := ui.Link{Href: withQuery(page.URL("courses"), "service", string(s.ID)), Text: page.T("service.courses")}
	page.Ways = append(page.Ways, Way{Name: page.T("course.list_title"), Links: []ui.Link{l}})
	if page.Book == nil && page.Elsewhere == nil {
		page.Elsewhere = &l
	}
}

// asks reports whether the visitor is asked something before the time: for whom it is, how many come, what else.
func (d *Door) asks(v *web.Visit, service ids.Service) (bool, error) {
	if asksVisit(v.Org, service) {
		return true, nil
	}
	if v.Signed() == nil || d.Acting == nil || v.Actor().Kind != actor.KindCitizen {
		return false, nil
	}
	list, err := d.Acting.Choices(v.Ctx(), v.Actor())
	return len(list) > 0, err
}

func newServicePage(b web.Base, c *catalog.Config, s *catalog.Service, draft ids.Draft) ServicePage {
	policy := c.Policy(s.ID, "")
	call := parts.CallOf(c.Org, nil)
	if onePlace(c, s.ID) {
		call = parts.CallOf(c.Org, c.OfficesOf(s.ID)[0])
	}
	page := ServicePage{
		Base: b, Name: s.Name, Summary: s.Summary, Description: s.Description, Phone: c.Org.Phone,
		Back: backFromService(b, c, s, draft), Rules: bookingRules(b, policy, call),
	}
	page.Title = s.Name.In(b.Lang)
	page.NoIndex = draft != ""
	page.Bring, page.BringLang = s.Bring.InOK(b.Lang)
	if page.BringLang == b.Lang {
		page.BringLang = ""
	}
	if price := s.Price.In(b.Lang); price != "" {
		page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.price"), Value: price})
	}
	if words := audienceWords(b, s); words != "" {
		page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.for"), Value: words})
	}
	page.Ways, page.Elsewhere = ways(b, c, s)
	page.Needs = s.Requirements.In(b.Lang)
	if !s.Updated.IsZero() {
		page.Updated = b.T("service.updated", "day", b.Printer.ShortDate(s.Updated.At(0, c.Zone())))
	}
	if len(c.OfficesOf(s.ID)) > 0 || len(page.Ways) == 0 && page.Elsewhere == nil {
		page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.length"), Value: b.Printer.Duration(policy.Length)})
	}
	if n := len(c.OfficesOf(s.ID)); n > 0 {
		page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.places"), Value: placesText(b, c.OfficesOf(s.ID))})
		page.Book = &ui.Link{Href: placesURL(b, c, s.ID, draft), Text: b.T("service.book")}
		page.Wait = waitLink(b, c, s.ID, "")
	}
	return page
}

// waitLink leads to the waiting list of a service, where it has one; with an office, to that of the office.
func waitLink(b web.Base, c *catalog.Config, id ids.Service, office ids.Office) ui.Link {
	if !booking.HasWaitingList(c, id, office) {
		return ui.Link{}
	}
	l := ui.Link{Href: b.URL("services", string(id), "waiting"), Text: b.T("waiting.tell_me")}
	if office != "" {
		l.Href = withQuery(l.Href, "place", string(office))
	}
	return l
}

// placesURL is where a place is chosen for a service; where there is one only, its times.
func placesURL(b web.Base, c *catalog.Config, id ids.Service, draft ids.Draft) string {
	if onePlace(c, id) {
		return withDraft(b.URL("book", string(id), string(c.OfficesOf(id)[0].ID)), draft)
	}
	return withDraft(b.URL("services", string(id), "offices"), draft)
}

// until says until when something can be done online; with no time between, until the appointment begins.
func until(b web.Base, key string, cutoff time.Duration) string {
	if cutoff == 0 {
		return b.T(key + "_start")
	}
	return b.T(key, "time", b.Printer.Deadline(cutoff))
}
