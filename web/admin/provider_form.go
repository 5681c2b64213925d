package admin

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// providerForm is a means to sign in as it is typed: what is a table is lines, each with a sign of equality.
type providerForm struct {
	ID, Position                         string
	Audience                             string
	Name, Help                           i18n.Text
	Issuer, ClientID                     string
	Scopes                               string
	Params, Levels, Groups               string
	AuthMethod, AssertionAudience        string
	SigningAlg                           string
	Secret                               natid.Secret // never shown again
	Claims                               identity.Claims
	Enabled, Signed, Encrypted, UserInfo bool
}

// providerOrder is the order of the fields on the page, for the lines of the error summary.
var providerOrder = []string{
	"id", "audience", "position", "name", "help", "issuer", "client_id", "auth_method", "secret", "assertion_audience", "signing_alg", "scopes", "params",
	"levels", "claims", "kind", "groups",
}

// providerState is what the page knows beside the form.
type providerState struct{ Fresh, HasSecret bool }

// claimNames are the fields of claims, by the names of their fields in the form.
func claimNames(c *identity.Claims) []struct {
	name  string
	value *string
} {
	return []struct {
		name  string
		value *string
	}{
		{"identifier", &c.Identifier}, {"name", &c.Name}, {"given", &c.Given}, {"family", &c.Family}, {"birth", &c.Birth}, {"email", &c.Email},
		{"groups", &c.Groups}, {"address", &c.Address}, {"street", &c.Street}, {"postal_code", &c.PostalCode}, {"town", &c.Town}, {"country", &c.Country}, {"protected", &c.Protected},
	}
}

func providerFormIn(v *web.Visit) providerForm {
	f := providerForm{
		ID: strings.TrimSpace(v.Form("id")), Position: v.Form("position"), Audience: v.Form("audience"), Name: i18n.Text{}, Help: i18n.Text{}, Issuer: v.Form("issuer"),
		ClientID: v.Form("client_id"), Scopes: v.Form("scopes"), Params: v.Form("params"), Levels: v.Form("levels"), Groups: v.Form("groups"),
		AuthMethod: v.Form("auth_method"), AssertionAudience: v.Form("assertion_audience"), SigningAlg: v.Form("signing_alg"),
		Secret: natid.Secret(strings.TrimSpace(v.Form("secret"))), Enabled: v.Form("enabled") != "", Signed: v.Form("signed") != "",
		Encrypted: v.Form("encrypted") != "", UserInfo: v.Form("user_info") != "",
	}
	for _, l := range i18n.Languages() {
		f.Name[l.Code], f.Help[l.Code] = v.Form("name-"+string(l.Code)), v.Form("help-"+string(l.Code))
	}
	for _, c := range claimNames(&f.Claims) {
		*c.value = strings.TrimSpace(v.Form("claim-" + c.name))
	}
	f.Claims.Kind = natid.Kind(v.Form("kind"))
	return f
}

// formOf is a provider's row as it is typed.
func formOf(p identity.Provider) providerForm {
	f := providerForm{
		ID: string(p.ID), Position: strconv.Itoa(p.Position), Audience: string(p.Audience), Name: p.Name, Help: p.Help, Issuer: p.Issuer, ClientID: p.ClientID,
		Scopes: strings.Join(p.Scopes, " "), AuthMethod: p.AuthMethod, AssertionAudience: p.AssertionAudience, SigningAlg: p.SigningAlg, Claims: p.Claims,
		Enabled: p.Enabled, Signed: p.SignedRequest, Encrypted: p.EncryptedIDToken, UserInfo: p.UserInfo,
	}
	var params, levels, groups []string
	for _, name := range slices.Sorted(maps.Keys(p.Params)) {
		params = append(params, name+" = "+p.Params[name])
	}
	for _, acr := range slices.Sorted(maps.Keys(p.Levels)) {
		levels = append(levels, acr+" = "+p.Levels[acr].String())
	}
	for _, group := range slices.Sorted(maps.Keys(p.Groups)) {
		groups = append(groups, group+" = "+grantLine(p.Groups[group], p.Org))
	}
	f.Params, f.Levels, f.Groups = lines(params), lines(levels), lines(groups)
	return f
}

// grantLine writes a role as parseGrant reads it: "clerk", "clerk @ office" at an organisation; "system_admin", "clerk @ org/office" for the installation.
func grantLine(g actor.Grant, o ids.Org) string {
	at := string(g.Office)
	if o == "" && g.Org != "" {
		at = strings.TrimSuffix(string(g.Org)+"/"+at, "/")
	}
	if at == "" {
		return string(g.Role)
	}
	return string(g.Role) + " @ " + at
}

func parseGrant(s string, o ids.Org) actor.Grant {
	role, at, _ := strings.Cut(s, "@")
	at = strings.TrimSpace(at)
	g := actor.Grant{Role: actor.RoleID(strings.TrimSpace(role)), Org: o, Office: ids.Office(at)}
	if o == "" {
		first, office, _ := strings.Cut(at, "/")
		g.Org, g.Office = ids.Org(first), ids.Office(office)
	}
	return g
}

// pairs reads lines with a sign of equality. Last says that the last one on a line counts, and not the first: names of groups and of levels may hold some.
func pairs(text string, last bool) (map[string]string, bool) {
	out := map[string]string{}
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		i := strings.Index(l, "=")
		if last {
			i = strings.LastIndex(l, "=")
		}
		if i <= 0 {
			return nil, false
		}
		out[strings.TrimSpace(l[:i])] = strings.TrimSpace(l[i+1:])
	}
	return out, true
}

// provider is the row that the form says. Invalid names the fields that cannot be read; the row then has the rest.
func (f providerForm) provider(o ids.Org) (identity.Provider, error) {
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	p := identity.Provider{
		Org: o, ID: ids.Provider(f.ID), Enabled: f.Enabled, Audience: identity.Audience(f.Audience), Name: f.Name, Help: f.Help, Issuer: f.Issuer,
		ClientID: f.ClientID, Scopes: strings.Fields(f.Scopes), AuthMethod: f.AuthMethod, AssertionAudience: f.AssertionAudience, SigningAlg: f.SigningAlg,
		SignedRequest: f.Signed, EncryptedIDToken: f.Encrypted, UserInfo: f.UserInfo, Claims: f.Claims, Levels: map[string]actor.Level{},
		Groups: map[string]actor.Grant{},
	}
	if p.Claims.Identifier == "" {
		p.Claims.Kind = ""
	}
	var err error
	if p.Position, err = strconv.Atoi(strings.TrimSpace(f.Position)); err != nil && strings.TrimSpace(f.Position) != "" || p.Position < 0 || p.Position > 1000 {
		bad("position", "providers.position_wrong")
	}
	params, ok := pairs(f.Params, false)
	if p.Params = params; !ok {
		bad("params", "providers.params_wrong")
	}
	levels, ok := pairs(f.Levels, true)
	for acr, name := range levels {
		level, known := actor.ParseLevel(name)
		ok = ok && known
		p.Levels[acr] = level
	}
	if !ok {
		bad("levels", "providers.levels_wrong")
	}
	groups, ok := pairs(f.Groups, true)
	if !ok {
		bad("groups", "providers.groups_wrong")
	}
	for name, role := range groups {
		p.Groups[name] = parseGrant(role, o)
	}
	if len(wrong) > 0 {
		return p, fault.Invalid("form.invalid", nil, wrong...)
	}
	return p, nil
}

func newProviderPage(b web.Base, f providerForm, state providerState, why error) DeskPage {
	b.Title = b.T("providers.new_title")
	action := adminAt(b, "providers", "new")
	if !state.Fresh {
		b.Title, action = b.T("providers.change_title", "id", f.ID), adminAt(b, "providers", "of", f.ID)
	}
	p := DeskPage{Base: b, Back: adminAt(b, "providers"), Lead: b.T("providers.form_lead")}
	t := web.TroubleOf(b, why)
	inOrder(t, providerOrder)
	p.blame(t)
	w := asking{b, t}
	var fields []web.Component
	if state.Fresh {
		fields = append(fields, w.line("id", f.ID, "providers.id", "providers.id_hint"))
	}
	fields = append(fields,
		ui.Radios(b.Printer, w.choices("audience", "providers.audience", f.Audience, "providers.audience_", string(identity.ForCitizens), string(identity.ForStaff))),
		ui.Checkbox(b.Printer, ui.CheckField{Name: "enabled", Label: b.T("providers.enabled"), Hint: b.T("providers.enabled_hint"), Checked: f.Enabled}),
		w.line("position", f.Position, "providers.position", "providers.position_hint"),
		inLanguages(b, "name", b.T("providers.name"), b.T("providers.name_hint"), f.Name, t.At("name")),
		inLanguages(b, "help", b.T("providers.help"), b.T("providers.help_hint"), f.Help, t.At("help")),
	)
	fields = append(fields, w.protocol(f, state)...)
	fields = append(fields, w.said(f)...)
	p.Parts = []web.Component{form(ui.FormData{Action: action}, ui.Button{Text: b.T("providers.save")},
		ui.Link{Href: adminAt(b, "providers"), Text: b.T("people.cancel")}, fields...)}
	if !state.Fresh {
		p.Parts = append(p.Parts, ui.H2("", b.T("providers.try_title")), ui.P(b.T("providers.try_what")),
			act(ui.FormData{Action: action + "/try"}, ui.Button{Text: b.T("providers.try"), Look: ui.Secondary}),
			ui.LinkList([]ui.Link{{Href: action + "/remove", Text: b.T("providers.remove")}}))
	}
	return p
}

// asking puts the questions of a form into words.
type asking struct {
	web.Base
	t web.Trouble
}

func (w asking) line(name, value, label, hint string) web.Component {
	f := ui.Field{Name: name, Label: w.T(label), Value: value, Error: w.t.At(name), NoSpelling: true, Autocomplete: "off"}
	if hint != "" {
		f.Hint = w.T(hint)
	}
	return ui.TextField(w.Printer, f)
}

func (w asking) area(name, value, label, hint string) web.Component {
	return ui.TextArea(w.Printer, ui.Field{
		Name: name, Label: w.T(label), Hint: w.T(hint), Value: value, Error: w.t.At(name), NoSpelling: true, Optional: name != "levels", Rows: 4,
	})
}

// choices asks for one of a few, whose words are texts that begin alike.
func (w asking) choices(name, legend, chosen, words string, values ...string) ui.Choices {
	c := ui.Choices{Name: name, Legend: w.T(legend), Error: w.t.At(name)}
	for _, v := range values {
		c.Options = append(c.Options, ui.Choice{Value: v, Label: w.T(words + v), Checked: v == chosen})
	}
	return c
}

// options asks for one of some values that stand for themselves.
func (w asking) options(name, label, chosen string, values []string) web.Component {
	s := ui.SelectField{Name: name, Label: w.T(label), Value: chosen, Error: w.t.At(name)}
	for _, v := range values {
		s.Options = append(s.Options, ui.Option{Value: v, Text: v})
	}
	return ui.Select(w.Printer, s)
}

func (w asking) check(name, label string, checked bool) web.Component {
	return ui.Checkbox(w.Printer, ui.CheckField{Name: name, Label: w.T(label), Checked: checked})
}

// protocol asks how the provider is spoken with.
func (w asking) protocol(f providerForm, state providerState) []web.Component {
	hint := "providers.secret_hint"
	if state.HasSecret {
		hint = "providers.secret_kept"
	}
	secret := ui.Field{
		Name: "secret", Label: w.T("providers.secret"), Hint: w.T(hint), Type: "password", Error: w.t.At("secret"), Optional: true, Autocomplete: "new-password", NoSpelling: true,
	}
	return []web.Component{
		ui.H2("", w.T("providers.protocol")),
		w.line("issuer", f.Issuer, "providers.issuer", "providers.issuer_hint"), w.line("client_id", f.ClientID, "providers.client_id", ""),
		w.options("auth_method", "providers.auth_method", f.AuthMethod, identity.AuthMethods), ui.TextField(w.Printer, secret),
		w.options("assertion_audience", "providers.assertion_audience", f.AssertionAudience, identity.AssertionAudiences),
		w.options("signing_alg", "providers.signing_alg", f.SigningAlg, identity.SigningAlgs),
		w.area("scopes", f.Scopes, "providers.scopes", "providers.scopes_hint"), w.area("params", f.Params, "providers.params", "providers.params_hint"),
		w.check("signed", "providers.signed", f.Signed), w.check("encrypted", "providers.encrypted", f.Encrypted),
		w.check("user_info", "providers.user_info", f.UserInfo),
	}
}

// said asks what the provider's words mean here: levels, claims and groups.
func (w asking) said(f providerForm) []web.Component {
	out := []web.Component{
		ui.H2("", w.T("providers.said")), w.area("levels", f.Levels, "providers.levels", "providers.levels_hint"),
		ui.P(w.T("providers.claims_lead")),
	}
	for i, c := range claimNames(&f.Claims) {
		field := ui.Field{Name: "claim-" + c.name, Label: w.T("providers.claim_" + c.name), Value: *c.value, Optional: true, NoSpelling: true, Autocomplete: "off"}
		if i == 0 {
			field.ID, field.Error = "claims", w.t.At("claims")
		}
		out = append(out, ui.TextField(w.Printer, field))
	}
	kind := ui.SelectField{Name: "kind", Label: w.T("people.kind"), Hint: w.T("providers.kind_hint"), Value: string(f.Claims.Kind), Error: w.t.At("kind")}
	kind.Options = append(kind.Options, ui.Option{})
	for _, k := range identity.IdentifierKinds {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Text: kindName(w.Base, k)})
	}
	return append(out, ui.Select(w.Printer, kind), w.area("groups", f.Groups, "providers.groups", "providers.groups_hint"))
}
