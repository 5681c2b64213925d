package admin

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// openLife is how long a person stays open, and how long people who were found can be opened.
const openLife = 15 * time.Minute

// search is what was typed to look for somebody. It is never in an address.
type search struct {
	Kind, Identifier, Family, Email string
}

// found is one person whom a search found, as the page keeps them: sealed, for who searched.
type found struct {
	Staff  ids.Staff  `json:"s"`
	Org    ids.Org    `json:"o"`
	Person ids.Person `json:"p"`
	Name   string     `json:"n"`
	Email  string     `json:"e"`
}

// people shows the empty search.
func (d *Door) people(v *web.Visit) error {
	b := page(v, v.P.T("people.title"))
	p := newSearchPage(b, search{Kind: string(kindIn(v.Org.Org.Country))}, nil)
	if v.Query("closed") != "" {
		p.Done = b.T("people.closed")
	}
	return show(v, p)
}

// peoplePost looks for people. What was typed stays in the form.
func (d *Door) peoplePost(v *web.Visit) error {
	typed := search{Kind: v.Form("kind"), Identifier: v.Form("identifier"), Family: v.Form("family"), Email: v.Form("email")}
	b := page(v, v.P.T("people.title"))
	list, err := d.Identity.FindPeople(v.Ctx(), v.Actor(), identity.Find{
		Org: v.OrgID(), Kind: natid.Kind(typed.Kind), Identifier: natid.Secret(strings.TrimSpace(typed.Identifier)), Family: typed.Family, Email: typed.Email,
	})
	if fault.Is(err, fault.KindInvalid) {
		return show(v, newSearchPage(b, typed, err))
	}
	if err != nil {
		return err
	}
	tokens := make([]string, len(list))
	for i, a := range list {
		if tokens[i], err = d.sealFound(v, a); err != nil {
			return err
		}
	}
	return show(v, newFoundPage(b, d.openFound(v, tokens), tokens, open{}, nil))
}

// foundPurpose binds the sealed names of people who were found to their use.
const foundPurpose = "person found"

func (d *Door) sealFound(v *web.Visit, a identity.Account) (string, error) {
	f := found{v.Actor().Staff, v.OrgID(), a.Person, short(a.ShortName()), short(a.Email)}
	raw, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	return d.Site.Seals.SealToken(foundPurpose, raw, v.Now.Add(openLife)), nil
}

// short keeps what is sealed within what a token holds.
func short(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// openFound opens what sealFound sealed, for whom it was sealed. What is too old or another's is left out, and so is its token.
func (d *Door) openFound(v *web.Visit, tokens []string) []found {
	var out []found
	for _, t := range tokens {
		if f, ok := d.oneFound(v, t); ok {
			out = append(out, f)
		}
	}
	return out
}

// foundName is the name of the hidden field with the i-th of those who were found.
func foundName(i int) string { return "found-" + strconv.Itoa(i) }

// tokens are those of the form that were sealed for the reader, here, and are not too old.
func (d *Door) tokens(v *web.Visit) []string {
	var out []string
	for i := 0; v.Form(foundName(i)) != ""; i++ {
		if _, ok := d.oneFound(v, v.Form(foundName(i))); ok {
			out = append(out, v.Form(foundName(i)))
		}
	}
	return out
}

func (d *Door) oneFound(v *web.Visit, token string) (found, bool) {
	var f found
	raw, err := d.Site.Seals.OpenToken(foundPurpose, token, v.Now)
	if err != nil || json.Unmarshal(raw, &f) != nil {
		return found{}, false
	}
	return f, f.Staff == v.Actor().Staff && f.Org == v.OrgID()
}

// kindName is a kind of identifier in words.
func kindName(b web.Base, k natid.Kind) string {
	return b.T("people.kinds." + strings.ToLower(strings.ReplaceAll(string(k), "-", "_")))
}

// kindIn is the identifier that people of a country have.
func kindIn(country string) natid.Kind {
	switch country {
	case "SE":
		return natid.SwedishNumber
	case "CZ":
		return natid.CzechNumber
	}
	return natid.FinnishCode
}

// identifierFields ask for a national identifier: of what kind, and which.
func identifierFields(b web.Base, kind, typed, label string, t web.Trouble) []web.Component {
	s := ui.SelectField{Name: "kind", Label: b.T("people.kind"), Value: kind}
	for _, k := range identity.IdentifierKinds {
		s.Options = append(s.Options, ui.Option{Value: string(k), Text: kindName(b, k)})
	}
	return []web.Component{
		ui.Select(b.Printer, s),
		ui.TextField(b.Printer, ui.Field{Name: "identifier", Label: label, Value: typed, Error: t.At("identifier"), NoSpelling: true, Autocomplete: "off"}),
	}
}

func newSearchPage(b web.Base, typed search, why error) DeskPage {
	p := DeskPage{Base: b, Lead: b.T("people.lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	fields := identifierFields(b, typed.Kind, typed.Identifier, b.T("people.identifier"), t)
	fields = append(fields,
		ui.P(b.T("people.or")),
		ui.TextField(b.Printer, ui.Field{
			Name: "family", Label: b.T("people.family"), Hint: b.T("people.family_hint"), Value: typed.Family, Error: t.At("family"), NoSpelling: true,
			Autocomplete: "off",
		}),
		ui.TextField(b.Printer, ui.Field{Name: "email", Label: b.T("common.email"), Type: "email", Value: typed.Email, Autocomplete: "off"}),
	)
	p.Parts = []web.Component{form(ui.FormData{Action: at(b, "people")}, ui.Button{Text: b.T("people.search")}, ui.Link{}, fields...)}
	return p
}

// open is what was chosen and typed to open a person.
type open struct{ Token, Reason string }

// newFoundPage lists who was found: one is opened, with a reason.
func newFoundPage(b web.Base, list []found, tokens []string, typed open, why error) DeskPage {
	b.Title = b.T("people.found_title")
	p := DeskPage{Base: b, Back: at(b, "people")}
	if len(list) == 0 {
		p.Lead = b.T("people.nobody")
		p.Parts = []web.Component{ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "people"), Text: b.T("people.again")})}
		return p
	}
	p.Lead = b.T("people.found_lead")
	t := web.TroubleOf(b, why)
	p.blame(t)
	who := ui.Choices{Name: "person", Legend: b.T("people.which"), Error: t.At("person")}
	hidden := make([]ui.Hidden, 0, len(list))
	for i, f := range list {
		who.Options = append(who.Options, ui.Choice{Value: tokens[i], Label: f.Name, Hint: f.Email, Checked: tokens[i] == typed.Token || len(list) == 1})
		hidden = append(hidden, ui.Hidden{Name: foundName(i), Value: tokens[i]})
	}
	p.Parts = []web.Component{form(
		ui.FormData{Action: at(b, "person"), Hidden: hidden}, ui.Button{Text: b.T("people.open")}, ui.Link{Href: at(b, "people"), Text: b.T("people.again")},
		ui.Radios(b.Printer, who), reasonField(b, typed.Reason, t),
	)}
	return p
}

func reasonField(b web.Base, typed string, t web.Trouble) web.Component {
	return ui.TextArea(b.Printer, ui.Field{
		Name: "reason", Label: b.T("people.reason"), Hint: b.T("people.reason_hint"), Value: typed, Error: t.At("reason"), Rows: 2, MaxLen: identity.MaxReason,
	})
}

// personPost opens a person who was found. The reason is written down before anything is shown.
func (d *Door) personPost(v *web.Visit) error {
	tokens := d.tokens(v)
	typed := open{Token: v.Form("person"), Reason: v.Form("reason")}
	again := func(why error) error {
		return show(v, newFoundPage(page(v, ""), d.openFound(v, tokens), tokens, typed, why))
	}
	f, ok := d.oneFound(v, typed.Token)
	if !ok {
		if len(tokens) == 0 { // too old, or another's: the search begins anew
			return leadTo(v, "", "people")
		}
		return again(fault.Invalid("form.invalid", nil, fault.Field{Name: "person", Key: "error.field.choose"}))
	}
	_, err := d.Identity.ReadPerson(v.Ctx(), v.Actor(), v.OrgID(), f.Person, typed.Reason)
	if fault.Is(err, fault.KindInvalid) {
		return again(err)
	}
	if err != nil {
		return err
	}
	d.keepOpen(v, f.Person)
	return leadTo(v, "", "person")
}

// may says whether the reader has a right at the organisation of the page.
func may(v *web.Visit, right actor.Right) bool { return v.May(right, actor.Object{}) == nil }
