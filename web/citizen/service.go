package citizen

import (
	"net/http"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
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
	Rules       []string
	// Book leads on; nil when no place offers the service.
	Book  *ui.Link
	Phone string
}

// service shows the instructions of a service.
func (d *Door) service(v *web.Visit) error {
	s, err := v.Org.Service(ids.Service(v.R.PathValue("service")))
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowService(newServicePage(v.Base(""), v.Org, s, draftParam(v.Query("draft")))))
}

func newServicePage(b web.Base, c *catalog.Config, s *catalog.Service, draft ids.Draft) ServicePage {
	policy := c.Policy(s.ID, "")
	page := ServicePage{
		Base: b, Name: s.Name, Summary: s.Summary, Description: s.Description, Phone: c.Org.Phone,
		Back: withDraft(b.URL("services"), draft), Rules: bookingRules(b, policy, c.Org.Phone),
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
	page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.length"), Value: b.Printer.Duration(policy.Length)})
	if n := len(c.OfficesOf(s.ID)); n > 0 {
		page.Facts = append(page.Facts, ui.DefinitionRow{Key: b.T("service.places"), Value: placesText(b, c.OfficesOf(s.ID))})
		page.Book = &ui.Link{Href: withDraft(b.URL("services", string(s.ID), "offices"), draft), Text: b.T("service.book")}
	}
	return page
}

// until says until when something can be done online; with no time between, until the appointment begins.
func until(b web.Base, key string, cutoff time.Duration) string {
	if cutoff == 0 {
		return b.T(key + "_start")
	}
	return b.T(key, "time", b.Printer.Deadline(cutoff))
}
