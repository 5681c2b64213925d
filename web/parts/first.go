package parts

import (
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// First says what comes before a service: a contact with the office, or acting for a company.
type First struct {
	// Refused is why it is not open to who has signed in; empty for who has not.
	Refused string
	Lines   []string
	// Contact is set where a contact comes first: by the phone of Call, or in writing where there is none, or at one of the Places.
	Contact bool
	Call    Calling
	Places  []ui.Link
	// About leads to the page of the service; without an address it is this one.
	About ui.Link
	// On leads on: to signing in, or to choosing for whom one acts.
	On ui.Link
}

// At has the notice lead to the page of the service, where it stands on another one.
func (n *First) At(b web.Base, s *catalog.Service) *First {
	n.About = ui.Link{Href: b.URL("services", string(s.ID)), Text: b.T("access.first_about", "service", s.Name.In(b.Lang))}
	return n
}

// NewFirst says what comes before a service for who may not use it.
func NewFirst(b web.Base, c *catalog.Config, s *catalog.Service, why error, signIn string) *First {
	p := c.Policy(s.ID, "")
	n := &First{}
	anybody := fault.Is(why, fault.KindSignInRequired)
	if !anybody {
		n.Refused = b.T(fault.Of(why).Key)
	}
	if p.ForCompany {
		n.Lines = append(n.Lines, b.T("access.first_company"))
	}
	if p.NeedsAccess || fault.IsKey(why, "access.contact_first") {
		n.Lines = append(n.Lines, b.T("access.first"))
		n.Contact, n.Call = true, CallOf(c.Org, nil)
		offices := c.OfficesOf(s.ID)
		if len(offices) == 1 {
			n.Call = CallOf(c.Org, offices[0])
		}
		if len(offices) <= FewPlaces {
			for _, o := range offices {
				l := ui.Link{Href: b.URL("offices", string(o.ID)), Text: o.Name.In(b.Lang)}
				if address := AddressLine(b, o); address != "" {
					l.Note = ", " + address
				}
				n.Places = append(n.Places, l)
			}
		}
	}
	switch {
	case anybody:
		n.On = ui.Link{Href: signIn, Text: b.T("access.first_sign_in")}
		if !p.NeedsAccess {
			n.On.Text = b.T("access.first_company_sign_in")
		}
	case fault.IsKey(why, "access.company_only"):
		n.On = ui.Link{Href: web.Path(b.Lang, "", "my", "acting"), Text: b.T("access.choose_company")}
	}
	return n
}

// Calling is the phone to call, and when it is answered.
type Calling struct {
	Phone string
	Hours i18n.Text
}

// CallOf is the office's phone, or the organisation's where the office has none. Without an office it is the organisation's.
func CallOf(o org.Organisation, office *org.Office) Calling {
	if office != nil && office.Phone != "" {
		return Calling{office.Phone, office.PhoneHours}
	}
	return Calling{o.Phone, o.PhoneHours}
}

// Number is "09 000 0001 (weekdays 9–15)"; empty when nobody can be called.
func (c Calling) Number(b web.Base) string {
	if hours := c.Hours.In(b.Lang); c.Phone != "" && hours != "" {
		return c.Phone + " (" + hours + ")"
	}
	return c.Phone
}

// Please asks to call, or to get in touch where there is no phone.
func (c Calling) Please(b web.Base) string {
	if c.Phone == "" {
		return b.T("service.contact")
	}
	return b.T("service.by_phone", "phone", c.Number(b))
}

// AddressLine is "Toinen linja 7, 00530 Helsinki".
func AddressLine(b web.Base, o *org.Office) string {
	return Join(", ", o.Street.In(b.Lang), Join(" ", o.Postcode, o.Town.In(b.Lang)))
}

// FewPlaces is up to how many offices are told by name.
const FewPlaces = 3

// Join joins what there is.
func Join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}
