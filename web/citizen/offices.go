package citizen

import (
	"net/http"
	"time"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// OfficesPage is where the offices are and how they are reached, by the local office that they belong to.
type OfficesPage struct {
	web.Base
	Heading string
	Phone   string
	Hours   i18n.Text
	Email   string
	Groups  []OfficeGroup
	About   i18n.Text
}

// OfficeGroup is offices that belong together. A group without a name is of those that belong to none.
type OfficeGroup struct {
	Name    string
	Offices []OfficeLine
}

// OfficeLine is one office in the list.
type OfficeLine struct {
	Facts OfficeFacts
	Line  string // its address on one line
	Today string // "open today 9:00–16:15"
}

// offices shows the contact pages' list.
func (d *Door) offices(v *web.Visit) error {
	return v.Render(http.StatusOK, ShowOffices(newOfficesPage(v.Base(""), v.Org, v.Now)))
}

func newOfficesPage(b web.Base, c *catalog.Config, now time.Time) OfficesPage {
	p := OfficesPage{Base: b, Heading: b.T("contact.title"), Phone: c.Org.Phone, Hours: c.Org.PhoneHours, Email: c.Org.Email, About: c.Org.About}
	p.Title = p.Heading
	today := c.Today(now)
	for _, g := range officeGroups(b, c) {
		group := OfficeGroup{Name: g.Name}
		for _, o := range g.Offices {
			hours, _ := hoursToday(b, c, o, today)
			group.Offices = append(group.Offices, OfficeLine{Facts: officeFacts(b, c.Org, o), Line: parts.AddressLine(b, o), Today: capital(hours)})
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// grouped is the offices of one group, in the organisation's order.
type grouped struct {
	Name    string
	Offices []*org.Office
}

// officeGroups sorts the offices by group. Those of no group come last; they have a heading only when others have one.
func officeGroups(b web.Base, c *catalog.Config) []grouped {
	var out []grouped
	others := grouped{}
	for _, g := range c.Groups {
		group := grouped{Name: g.Name.In(b.Lang)}
		for i := range c.Offices {
			if c.Offices[i].Group == g.ID {
				group.Offices = append(group.Offices, &c.Offices[i])
			}
		}
		if len(group.Offices) > 0 {
			out = append(out, group)
		}
	}
	for i := range c.Offices {
		if _, ok := c.Group(c.Offices[i].Group); !ok {
			others.Offices = append(others.Offices, &c.Offices[i])
		}
	}
	if len(others.Offices) == 0 {
		return out
	}
	if len(out) > 0 {
		others.Name = b.T("contact.others")
	}
	return append(out, others)
}

// officeLevel is the level of an office's heading: under its group's, or under the page's.
func officeLevel(inGroup bool) int {
	if inGroup {
		return 3
	}
	return 2
}

func contactRows(b web.Base, phone, hours, email string) []ui.DefinitionRow {
	var rows []ui.DefinitionRow
	if phone != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.phone"), Content: phoneAndHours(phone, hours)})
	}
	if email != "" {
		rows = append(rows, ui.DefinitionRow{Key: b.T("common.email"), Content: ui.Mail(email)})
	}
	return rows
}
