package identity

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// What a provider's row may say, the default first.
var (
	AuthMethods        = []string{"private_key_jwt", "client_secret_basic"}
	AssertionAudiences = []string{"token_endpoint", "issuer"}
	SigningAlgs        = []string{"RS256", "PS256", "ES256"}
	IdentifierKinds    = []natid.Kind{
		natid.FinnishCode, natid.SwedishNumber, natid.SwedishCoord, natid.CzechNumber, natid.CzechPseudonym, natid.EIDASIdentifier,
	}
)

// maxProviderText is the longest text of a provider's row, in characters.
const maxProviderText = 500

// CheckProvider cleans a provider's row. Invalid names the fields that are wrong: id, audience, name, help, issuer, client_id, scopes, params, auth_method,
// assertion_audience, signing_alg, levels, claims, kind, groups.
func CheckProvider(p Provider) (Provider, error) {
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	if !ids.ValidSlug(string(p.ID)) {
		bad("id", "providers.id_wrong")
	}
	if p.Audience != ForCitizens && p.Audience != ForStaff {
		bad("audience", "error.field.choose")
	}
	if !cleanWords(&p.Name) || len(p.Name) == 0 {
		bad("name", "providers.name_wrong")
	}
	if !cleanWords(&p.Help) {
		bad("help", "field.bad_characters")
	}
	p.Issuer = strings.TrimSpace(p.Issuer)
	if !issuerOK(p.Issuer) {
		bad("issuer", "providers.issuer_wrong")
	}
	if p.ClientID = strings.TrimSpace(p.ClientID); p.ClientID == "" || !line(p.ClientID) {
		bad("client_id", "field.required")
	}
	if slices.ContainsFunc(p.Scopes, func(s string) bool { return s == "" || !line(s) || strings.Contains(s, " ") }) {
		bad("scopes", "field.bad_characters")
	}
	for name, value := range p.Params {
		if slices.Contains(ownParams, name) || name == "" || !line(name) || !line(value) {
			bad("params", "providers.params_wrong")
			break
		}
	}
	oneOf := func(name string, value *string, all []string) {
		if *value == "" {
			*value = all[0]
		}
		if !slices.Contains(all, *value) {
			bad(name, "error.field.choose")
		}
	}
	oneOf("auth_method", &p.AuthMethod, AuthMethods)
	oneOf("assertion_audience", &p.AssertionAudience, AssertionAudiences)
	oneOf("signing_alg", &p.SigningAlg, SigningAlgs)
	if len(p.Levels) == 0 || slices.Contains(slices.Collect(maps.Values(p.Levels)), actor.LevelNone) {
		bad("levels", "providers.levels_wrong")
	}
	wrong = append(wrong, checkClaims(p)...)
	if len(wrong) > 0 {
		return p, fault.Invalid("form.invalid", nil, wrong...)
	}
	return p, nil
}

// ownParams are the parameters of an authorization request that are ours alone to say.
var ownParams = []string{
	"acr_values", "client_id", "code_challenge", "code_challenge_method", "max_age", "nonce", "redirect_uri", "request", "request_uri", "response_mode",
	"response_type", "scope", "state",
}

func checkClaims(p Provider) (wrong []fault.Field) {
	c := p.Claims
	for _, name := range c.Names() {
		if !line(name) {
			wrong = append(wrong, fault.Field{Name: "claims", Key: "field.bad_characters"})
			break
		}
	}
	if c.Identifier != "" && !slices.Contains(IdentifierKinds, c.Kind) {
		wrong = append(wrong, fault.Field{Name: "kind", Key: "error.field.choose"})
	}
	for group, g := range p.Groups {
		role, ok := actor.RoleByID(g.Role)
		elsewhere := p.Org != "" && g.Org != p.Org
		if !ok || group == "" || !line(group) || elsewhere || role.Installation != (g.Org == "") || g.Org == "" && g.Office != "" {
			return append(wrong, fault.Field{Name: "groups", Key: "providers.groups_wrong"})
		}
	}
	return wrong
}

// line reports whether a text is one line that can be seen, and not too long.
func line(s string) bool {
	clean, ok := i18n.CleanLine(s)
	return ok && clean == s && utf8.RuneCountInString(s) <= maxProviderText
}

func cleanWords(t *i18n.Text) bool {
	out := i18n.Text{}
	for l, s := range *t {
		clean, ok := i18n.CleanLine(s)
		if !ok || utf8.RuneCountInString(clean) > maxProviderText {
			return false
		}
		if clean != "" {
			out[l] = clean
		}
	}
	*t = out
	return true
}

// issuerOK reports whether an issuer can be one: an https address without query and fragment (OpenID Connect Discovery 1.0, section 3), or one of this
// machine, for trying out.
func issuerOK(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !line(issuer) {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || err == nil && ip.IsLoopback())
}

// OwnProviders returns all means to sign in of an organisation, or of the installation for the empty one, in their order, also those that are off.
func (s *Service) OwnProviders(ctx context.Context, who actor.Actor, o ids.Org) ([]Provider, error) {
	if err := who.May(actor.ProviderManage, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	all, err := s.Store.Providers(ctx, o)
	return slices.DeleteFunc(all, func(p Provider) bool { return p.Org != o }), err
}

// OwnProvider returns one of OwnProviders, or NotFound "sign_in.no_provider".
func (s *Service) OwnProvider(ctx context.Context, who actor.Actor, o ids.Org, id ids.Provider) (Provider, error) {
	if err := who.May(actor.ProviderManage, actor.Object{Org: o}); err != nil {
		return Provider{}, err
	}
	return s.Store.Provider(ctx, o, id)
}

// ProviderSecretPlace is where the secret of a provider is sealed to.
func ProviderSecretPlace(o ids.Org, id ids.Provider) seal.Place {
	return seal.Place{Table: "provider", Column: "secret", Row: string(o) + "/" + string(id)}
}

// mayProvider says whether an actor may set up a means to sign in. One for citizens can say of anybody, wherever they are served here, who they are: it is for
// whoever may set up the installation's, also where it stands at one organisation alone.
func mayProvider(who actor.Actor, o ids.Org, audience Audience) error {
	if err := who.May(actor.ProviderManage, actor.Object{Org: o}); err != nil {
		return err
	}
	if audience == ForCitizens && who.May(actor.ProviderManage, actor.Object{}) != nil {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "audience", Key: "providers.audience_installation"})
	}
	return nil
}

// SaveProvider writes a means to sign in. A fresh one must not be there yet: Invalid at the field "id" otherwise. An empty secret keeps the one there was;
// one is needed where the provider wants it.
func (s *Service) SaveProvider(ctx context.Context, who actor.Actor, p Provider, secret natid.Secret, fresh bool) error {
	if err := mayProvider(who, p.Org, p.Audience); err != nil {
		return err
	}
	p, err := CheckProvider(p)
	if err != nil {
		return err
	}
	before, err := s.Store.Provider(ctx, p.Org, p.ID)
	there := err == nil
	if there {
		if err := mayProvider(who, p.Org, before.Audience); err != nil {
			return err
		}
	}
	if err != nil && (!fault.Is(err, fault.KindNotFound) || !fresh) {
		return err
	}
	if there && fresh {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "id", Key: "providers.id_taken"})
	}
	p.Secret = before.Secret
	if secret != "" {
		if p.Secret, err = s.Seals.Seal([]byte(secret.Reveal()), ProviderSecretPlace(p.Org, p.ID)); err != nil {
			return fmt.Errorf("seal the secret of provider %s: %w", p.ID, err)
		}
	}
	if p.AuthMethod == AuthMethods[0] {
		p.Secret = nil
	} else if len(p.Secret) == 0 {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "secret", Key: "field.required"})
	}
	detail := map[string]string{"enabled": fmt.Sprint(p.Enabled), "audience": string(p.Audience)}
	return s.Store.PutProvider(ctx, p, s.entry(p.Org, who, audit.ProviderChanged, "provider", string(p.ID), detail))
}

// RemoveProvider takes a means to sign in away. Sessions that it began go on until they end.
func (s *Service) RemoveProvider(ctx context.Context, who actor.Actor, o ids.Org, id ids.Provider) error {
	before, err := s.OwnProvider(ctx, who, o, id)
	if err != nil {
		return err
	}
	if err := mayProvider(who, o, before.Audience); err != nil {
		return err
	}
	there, err := s.Store.DropProvider(ctx, o, id, s.entry(o, who, audit.ProviderRemoved, "provider", string(id), nil))
	if err == nil && !there {
		err = fault.NotFound("sign_in.no_provider")
	}
	return err
}

// TryProvider asks a provider for its configuration, as a sign-in does first. The faults are those of EID.AuthURL.
func (s *Service) TryProvider(ctx context.Context, who actor.Actor, o ids.Org, id ids.Provider) error {
	p, err := s.OwnProvider(ctx, who, o, id)
	if err != nil {
		return err
	}
	r := pending{Nonce: s.Gen.SessionToken(), Verifier: s.Gen.SessionToken(), Level: actor.LevelLow, Lang: i18n.Default}
	_, err = s.EID.AuthURL(ctx, p, s.authRequest(s.Gen.SessionToken(), r))
	return err
}
