package admin

import (
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// diedRow says when somebody died; nothing of whom nobody says so.
func diedRow(b web.Base, on string) []ui.DefinitionRow {
	if on == "" {
		return nil
	}
	return []ui.DefinitionRow{{Key: b.T("people.died"), Value: dateText(b, on)}}
}

// death asks when the open person died, or whether that is to be taken back.
func (d *Door) death(v *web.Visit) error {
	return d.withPerson(v, func(_ ids.Person, seen identity.View) error {
		return show(v, newDeathPage(page(v, ""), seen, typedDate{}, nil))
	})
}

// deathPost records it, or takes it back. What was typed stays.
func (d *Door) deathPost(v *web.Visit) error {
	return d.withPerson(v, func(p ids.Person, seen identity.View) error {
		typed, done, on := dateIn(v, "on"), "undied", ""
		if v.Form("back") == "" {
			if done, on = "died", typed.iso(); on == "" {
				on = "?"
			}
		}
		err := d.Identity.RecordDeath(v.Ctx(), v.Actor(), v.OrgID(), p, on)
		if fault.Is(err, fault.KindInvalid) {
			return show(v, newDeathPage(page(v, ""), seen, typed, err))
		}
		if err != nil {
			return err
		}
		return leadTo(v, "?done="+done, "person")
	})
}

func newDeathPage(b web.Base, seen identity.View, typed typedDate, why error) DeskPage {
	data, cancel := ui.FormData{Action: at(b, "person", "death")}, ui.Link{Href: at(b, "person"), Text: b.T("people.cancel")}
	if seen.Died != "" {
		b.Title = b.T("people.death_taken_back")
		data.Hidden = []ui.Hidden{{Name: "back", Value: "yes"}}
		p := DeskPage{Base: b, Back: at(b, "person"), Lead: seen.Account.ShortName()}
		p.Parts = []web.Component{ui.DefinitionList(diedRow(b, seen.Died)), form(data, ui.Button{Text: b.T("people.death_taken_back")}, cancel)}
		return p
	}
	b.Title = b.T("people.record_death")
	p := DeskPage{Base: b, Back: at(b, "person"), Lead: b.T("people.death_lead", "name", seen.Account.ShortName())}
	t := web.TroubleOf(b, why)
	p.blame(t)
	p.Parts = []web.Component{form(data, ui.Button{Text: b.T("people.record_death"), Look: ui.Destructive}, cancel, dateFields(b, "on", b.T("people.death_on"), "", typed, t))}
	return p
}
