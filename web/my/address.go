package my

import (
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// AddressPart is where one's post goes, as the page of one's details asks it.
type AddressPart struct {
	Title, Hint string
	// Protected stands in for the fields while there is a non-disclosure order.
	Protected          string
	Street, Code, Town ui.Field
	Country            ui.SelectField
}

// livesForm is what is known of where somebody's post goes.
type livesForm struct {
	Known []identity.KnownAddress
	// Home is the country that is offered first.
	Home string
	Zone *time.Location
}

// lives is what is known of where the reader's post goes.
func (d *Door) lives(v *web.Visit) (livesForm, error) {
	known, err := d.Identity.Addresses(v.Ctx(), v.Actor())
	return livesForm{Known: known, Home: d.Identity.Home(v.Ctx()), Zone: v.Zone()}, err
}

// own is the address that the person wrote; an empty one where they have not.
func (l livesForm) own() *identity.Address {
	for _, k := range l.Known {
		if k.Source == identity.AddressOwn {
			return &k.Address
		}
	}
	return &identity.Address{}
}

// heard are the addresses that others gave, with who said so and when.
func (l livesForm) heard(b web.Base) (rows []ui.DefinitionRow) {
	for _, k := range l.Known {
		if k.Source != identity.AddressOwn {
			since := b.Printer.ShortDate(time.Unix(k.At, 0).In(l.Zone))
			rows = append(rows, ui.DefinitionRow{Key: b.T("account.address"), Value: b.T("account.address_"+string(k.Source), "address", addressLine(b.Lang, k.Address, l.Home), "date", since)})
		}
	}
	return rows
}

// addressLine is an address on one line, with its country where that is another than one's own.
func addressLine(lang i18n.Lang, a identity.Address, home string) string {
	parts := []string{a.Street, strings.TrimSpace(a.Code + " " + a.Town)}
	if a.Country != "" && a.Country != home {
		parts = append(parts, i18n.CountryName(lang, a.Country))
	}
	return strings.Join(parts, ", ")
}

// addressTyped is the address as it was typed; nil where it was not asked.
func addressTyped(v *web.Visit) *identity.Address {
	if !v.R.PostForm.Has("street") {
		return nil
	}
	return &identity.Address{Street: v.Form("street"), Code: v.Form("postal_code"), Town: v.Form("town"), Country: v.Form("country")}
}

// newAddressPart asks for the address.
func newAddressPart(b web.Base, f detailsForm) *AddressPart {
	p := &AddressPart{Title: b.T("account.address"), Hint: b.T("account.address_hint")}
	if f.Account.Protected {
		p.Protected = b.T("account.address_protected")
		return p
	}
	if len(f.Lives.heard(b)) > 0 {
		p.Hint = b.T("account.address_hint_other")
	}
	typed := identity.Address{}
	if f.Typed.Address != nil {
		typed = *f.Typed.Address
	}
	if typed.Empty() && typed.Country == "" {
		typed.Country = f.Lives.Home
	}
	p.Street = ui.Field{Name: "street", Label: b.T("account.street"), Hint: b.T("account.street_hint"), Value: typed.Street, Optional: true, Autocomplete: "address-line1"}
	p.Code = ui.Field{Name: "postal_code", Label: b.T("account.postal_code"), Value: typed.Code, Optional: true, Short: true, NoSpelling: true, Autocomplete: "postal-code"}
	p.Town = ui.Field{Name: "town", Label: b.T("account.town"), Value: typed.Town, Optional: true, Autocomplete: "address-level2"}
	p.Country = ui.SelectField{Name: "country", Label: b.T("account.country"), Value: typed.Country, Autocomplete: "country"}
	for _, c := range i18n.Countries(b.Lang) {
		p.Country.Options = append(p.Country.Options, ui.Option{Value: c.Code, Text: c.Name})
	}
	return p
}
