package admin

import (
	"context"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// OurKeys are our keys towards identity providers.
type OurKeys struct {
	// ReturnTo and KeysAt are the addresses that a provider is told: where it leads back to, and where our public keys are.
	ReturnTo, KeysAt string
	// LogoutAt is where a provider says that somebody signed out; the provider's id follows.
	LogoutAt string
	// Public are our public keys as a JSON Web Key Set.
	Public func() (string, error)
	// Renew makes new keys beside the old ones, which are taken for a while longer. Nil where that is not possible.
	Renew func(ctx context.Context, who actor.Actor) error
}

// providers lists the means to sign in.
func (d *Door) providers(v *web.Visit) error {
	list, err := d.Identity.OwnProviders(v.Ctx(), v.Actor(), orgOf(v))
	if err != nil {
		return err
	}
	public := ""
	if d.Keys.Public != nil {
		if public, err = d.Keys.Public(); err != nil {
			return err
		}
	}
	p := newProvidersPage(page(v, ""), list, d.Keys, public)
	switch v.Query("done") {
	case "saved":
		p.Done = p.T("providers.done_saved")
	case "removed":
		p.Done = p.T("providers.done_removed")
	case "renewed":
		p.Done = p.T("providers.done_renewed")
	}
	return show(v, p)
}

func newProvidersPage(b web.Base, list []identity.Provider, keys OurKeys, public string) DeskPage {
	b.Title = b.T("providers.title")
	p := DeskPage{Base: b, Lead: b.T("providers.lead")}
	t := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("common.name"), b.T("providers.id"), b.T("providers.audience"), b.T("providers.issuer"), b.T("people.state"), b.T("members.open_head"),
	}}
	for _, x := range list {
		name := x.Name.In(b.Lang)
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: name}, {Text: string(x.ID)}, {Text: b.T("providers.audience_" + string(x.Audience))}, {Text: x.Issuer},
			{Text: onOff(b, x.Enabled)}, {Content: ui.A(ui.Link{Href: adminAt(b, "providers", "of", string(x.ID)), Text: b.T("providers.change"), Hidden: name})},
		})
	}
	p.Parts = []web.Component{
		ui.LinkButton(ui.Primary, ui.Link{Href: adminAt(b, "providers", "new"), Text: b.T("providers.new_title")}),
		listOf(b.T("providers.list"), t, b.T("providers.none")),
		ui.H2("", b.T("providers.ours")), ui.P(b.T("providers.ours_lead")),
		ui.DefinitionList([]ui.DefinitionRow{
			{Key: b.T("providers.return_to"), Value: keys.ReturnTo}, {Key: b.T("providers.keys_at"), Value: keys.KeysAt},
			{Key: b.T("providers.logout_at"), Value: keys.LogoutAt + "…"},
		}),
	}
	if public != "" {
		p.Parts = append(p.Parts, ui.TextArea(b.Printer, ui.Field{
			Name: "keys", Label: b.T("providers.public"), Hint: b.T("providers.public_hint"), Value: public, Rows: 6, NoSpelling: true,
		}))
	}
	if b.Org == "" && keys.Renew != nil {
		p.Parts = append(p.Parts, ui.H2("", b.T("providers.renew_title")), ui.P(b.T("providers.renew_what")),
			act(ui.FormData{Action: adminAt(b, "providers", "keys")}, ui.Button{Text: b.T("providers.renew"), Look: ui.Secondary}))
	}
	return p
}

func onOff(b web.Base, on bool) string {
	if on {
		return b.T("providers.on")
	}
	return b.T("providers.off")
}

// providersKeys renews our keys towards providers.
func (d *Door) providersKeys(v *web.Visit) error {
	if d.Keys.Renew == nil {
		return fault.NotFound("error.not_found")
	}
	if err := d.Keys.Renew(v.Ctx(), v.Actor()); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "providers") + "?done=renewed")
}

// providerNew asks for a new means to sign in.
func (d *Door) providerNew(v *web.Visit) error {
	audience := identity.ForStaff
	if v.Org == nil {
		audience = identity.ForCitizens
	}
	f := formOf(identity.Provider{Audience: audience, Claims: identity.Claims{Name: "name", Given: "given_name", Family: "family_name", Birth: "birthdate"}})
	return show(v, newProviderPage(page(v, ""), f, providerState{Fresh: true}, nil))
}

// providerNewPost makes a means to sign in.
func (d *Door) providerNewPost(v *web.Visit) error {
	return d.saveProvider(v, providerState{Fresh: true})
}

// provider shows a means to sign in.
func (d *Door) provider(v *web.Visit) error {
	x, err := d.Identity.OwnProvider(v.Ctx(), v.Actor(), orgOf(v), ids.Provider(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	p := newProviderPage(page(v, ""), formOf(x), providerState{HasSecret: len(x.Secret) > 0}, nil)
	switch v.Query("answers") {
	case "yes":
		p.Done = p.T("providers.answers")
	case "no":
		p.Trouble, p.Wrong = nil, p.T("providers.answers_not")
	}
	return show(v, p)
}

// providerPost changes a means to sign in.
func (d *Door) providerPost(v *web.Visit) error {
	x, err := d.Identity.OwnProvider(v.Ctx(), v.Actor(), orgOf(v), ids.Provider(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	return d.saveProvider(v, providerState{HasSecret: len(x.Secret) > 0})
}

func (d *Door) saveProvider(v *web.Visit, state providerState) error {
	f := providerFormIn(v)
	if !state.Fresh {
		f.ID = v.R.PathValue("id")
	}
	x, err := f.provider(orgOf(v))
	if err == nil {
		err = d.Identity.SaveProvider(v.Ctx(), v.Actor(), x, f.Secret, state.Fresh)
	} else if _, more := identity.CheckProvider(x); more != nil {
		err = joined(err, more)
	}
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newProviderPage(page(v, ""), f, state, err))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "providers") + "?done=saved")
}

// joined is the first fault with what else is wrong at other fields.
func joined(first, more error) error {
	all := *fault.Of(first)
	for _, f := range fault.Of(more).Fields {
		known := false
		for _, had := range all.Fields {
			known = known || had.Name == f.Name
		}
		if !known {
			all.Fields = append(all.Fields, f)
		}
	}
	return &all
}

// providerTry asks a provider whether it answers.
func (d *Door) providerTry(v *web.Visit) error {
	id := v.R.PathValue("id")
	err := d.Identity.TryProvider(v.Ctx(), v.Actor(), orgOf(v), ids.Provider(id))
	if fault.Is(err, fault.KindNotFound) {
		return err
	}
	answer := "yes"
	if err != nil {
		answer = "no"
		v.NoteRefusal("provider", err)
	}
	return v.SeeOther(adminAt(baseOf(v), "providers", "of", id) + "?answers=" + answer)
}

// providerRemove asks once more before a means to sign in is taken away.
func (d *Door) providerRemove(v *web.Visit) error {
	x, err := d.Identity.OwnProvider(v.Ctx(), v.Actor(), orgOf(v), ids.Provider(v.R.PathValue("id")))
	if err != nil {
		return err
	}
	return show(v, newProviderRemovePage(page(v, ""), x))
}

func newProviderRemovePage(b web.Base, x identity.Provider) DeskPage {
	return newConfirmPage(b, confirm{
		Title: b.T("providers.remove_title"), What: b.T("providers.remove_what", "name", x.Name.In(b.Lang)), Yes: b.T("providers.remove"),
		Back: adminAt(b, "providers"), Action: adminAt(b, "providers", "of", string(x.ID), "remove"),
	})
}

// providerRemovePost takes a means to sign in away.
func (d *Door) providerRemovePost(v *web.Visit) error {
	if err := d.Identity.RemoveProvider(v.Ctx(), v.Actor(), orgOf(v), ids.Provider(v.R.PathValue("id"))); err != nil {
		return err
	}
	return v.SeeOther(adminAt(baseOf(v), "providers") + "?done=removed")
}

// inLanguages asks for a text in each language.
func inLanguages(b web.Base, name, label, hint string, typed i18n.Text, wrong string) web.Component {
	var fields []web.Component
	for i, l := range i18n.Languages() {
		f := ui.Field{Name: name + "-" + string(l.Code), Label: b.T("common.languages." + string(l.Code)), Value: typed[l.Code], Autocomplete: "off"}
		if i == 0 {
			f.ID, f.Error = name, wrong
		}
		fields = append(fields, ui.TextField(b.Printer, f))
	}
	return group(b.Printer, label, hint, fields)
}

// lines joins what stands on lines of its own.
func lines(list []string) string { return strings.Join(list, "\n") }
