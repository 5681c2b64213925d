package staff

import (
	"net/http"

	"luukku/domain/actor"
	"luukku/domain/org"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// FrontPage says who has signed in, what they may do where, and where to go.
type FrontPage struct {
	web.Base
	Name  string
	Roles []RoleRow
	Links []ui.Link
	// Renew asks for more means to get in, where there is just one.
	Renew bool
	// RecoveryFew says that the recovery codes run out.
	RecoveryFew string
}

// RoleRow is a role and where it is held.
type RoleRow struct{ Name, Where, Help string }

// fewCodes is from how few recovery codes on somebody is asked to make new ones.
const fewCodes = 3

func (d *Door) front(v *web.Visit) error {
	who := v.Actor()
	mine, err := d.Staff.Mine(v.Ctx(), who)
	if err != nil {
		return err
	}
	orgs, err := v.Site.Directory.Organisations(v.Ctx())
	if err != nil {
		return err
	}
	b := d.base(v)
	var links []ui.Link
	if d.Links != nil {
		if links, err = d.Links(v, who, orgs); err != nil {
			return err
		}
	}
	return v.Render(http.StatusOK, ShowFront(newFrontPage(b, mine, orgs, links, d.officeNames(v, who.Grants))))
}

// officeNames are the names of the offices where roles are held.
func (d *Door) officeNames(v *web.Visit, grants []actor.Grant) map[actor.Grant]string {
	out := map[actor.Grant]string{}
	for _, g := range grants {
		if g.Office == "" {
			continue
		}
		out[g] = string(g.Office)
		if c, err := v.Site.Directory.Config(v.Ctx(), g.Org); err == nil {
			if o, err := c.Office(g.Office); err == nil {
				out[g] = o.Name.In(v.Lang)
			}
		}
	}
	return out
}

func newFrontPage(b web.Base, mine room.Security, orgs []org.Organisation, links []ui.Link, offices map[actor.Grant]string) FrontPage {
	b = dress(b, b.T("staff.front_title"))
	p := FrontPage{Base: b, Name: mine.Name, Links: links, Renew: mine.Providers == 0 && !mine.HasPassword() && len(mine.Passkeys) == 1}
	if mine.HasPassword() && mine.RecoveryLeft <= fewCodes {
		p.RecoveryFew = b.N("staff.recovery_few", int(mine.RecoveryLeft))
	}
	for _, r := range mine.Roles {
		row := RoleRow{Name: b.T("role." + string(r.Role) + ".name"), Help: b.T("role." + string(r.Role) + ".help"), Where: b.T("staff.everywhere")}
		for _, o := range orgs {
			if o.ID == r.Org {
				row.Where = o.Name.In(b.Lang)
			}
		}
		if office := offices[r.Grant]; office != "" {
			row.Where = b.T("staff.at_office", "office", office, "org", row.Where)
		}
		p.Roles = append(p.Roles, row)
	}
	return p
}
