package admin

import (
	"strings"

	"luukku/web"
	"luukku/web/ui"
)

// onceCookie keeps a code or a key, sealed, between the form that made it and the one page that shows it.
const onceCookie = "once"

// showOnce leads to the page that shows a code or a key this once. What it is of is a key of onceWords.
func showOnce(v *web.Visit, of, name, secret string) error {
	v.KeepSealed(onceCookie, strings.Join([]string{string(v.Actor().Staff), of, secret, name}, "\n"))
	return v.SeeOther(adminAt(baseOf(v), of, "made"))
}

// once shows what was made, and forgets it. Without anything to show it leads to the list.
func (d *Door) once(of string) web.Handler {
	return func(v *web.Visit) error {
		kept, ok := v.Sealed(onceCookie)
		parts := strings.SplitN(kept, "\n", 4)
		if !ok || len(parts) != 4 || parts[0] != string(v.Actor().Staff) || parts[1] != of {
			return v.SeeOther(adminAt(baseOf(v), of))
		}
		v.KeepSealed(onceCookie, "")
		return show(v, newOncePage(page(v, ""), of, parts[3], parts[2]))
	}
}

// onceWords are the title, the lead and the label of what is shown once.
var onceWords = map[string][3]string{
	"devices": {"devices.made_title", "devices.made_lead", "devices.made_label"},
	"hooks":   {"hooks.made_title", "hooks.made_lead", "hooks.made_label"},
	"clients": {"clients.made_title", "clients.made_lead", "clients.made_label"},
}

func newOncePage(b web.Base, of, name, secret string) DeskPage {
	words := onceWords[of]
	b.Title = b.T(words[0])
	return DeskPage{Base: b, Lead: b.T(words[1], "name", name), Parts: []web.Component{
		ui.CodePanel(b.T(words[2]), secret, b.T("admin.once")),
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, of), Text: b.T("admin.to_list")}),
	}}
}

// confirm is a page that asks once more.
type confirm struct {
	Title, What, Yes string
	Back, Action     string
	Fields           []web.Component
}

func newConfirmPage(b web.Base, c confirm) DeskPage {
	b.Title = c.Title
	return DeskPage{Base: b, Back: c.Back, Lead: c.What, Parts: []web.Component{
		form(ui.FormData{Action: c.Action}, ui.Button{Text: c.Yes, Look: ui.Destructive}, ui.Link{Href: c.Back, Text: b.T("people.cancel")}, c.Fields...),
	}}
}
