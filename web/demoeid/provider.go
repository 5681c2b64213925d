package demoeid

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

// provider is one of the demo's providers. Claims and acr values are those of the real ones of its kind.
type provider struct {
	id     ids.Provider
	staff  bool
	claims identity.Claims
	// acr are the values for the levels that it offers; usual is the level that is chosen unless another is.
	acr   map[actor.Level]string
	usual actor.Level
	amr   string
	// What ID tokens are encrypted by; empty leaves them plain. Signed says that request objects are demanded.
	keyAlg jose.KeyAlgorithm
	enc    jose.ContentEncryption
	signed bool
}

var (
	// finnish are the levels of the Finnish trust network (Traficom's recommendation 213/2023 S), european those of Regulation (EU) 2015/1502, swedish those
	// of the Swedish e-ID framework.
	finnish  = map[actor.Level]string{actor.LevelSubstantial: "http://ftn.ficora.fi/2017/loa2", actor.LevelHigh: "http://ftn.ficora.fi/2017/loa3"}
	european = map[actor.Level]string{
		actor.LevelLow: "http://eidas.europa.eu/LoA/low", actor.LevelSubstantial: "http://eidas.europa.eu/LoA/substantial",
		actor.LevelHigh: "http://eidas.europa.eu/LoA/high",
	}
	swedish = map[actor.Level]string{actor.LevelSubstantial: "http://id.elegnamnden.se/loa/1.0/loa3", actor.LevelHigh: "http://id.elegnamnden.se/loa/1.0/loa4"}
)

// claimsOf are the usual claims about a person, and the one that holds the identifier.
func claimsOf(identifier string, kind natid.Kind) identity.Claims {
	return identity.Claims{Identifier: identifier, Kind: kind, Name: "name", Given: "given_name", Family: "family_name", Birth: "birthdate"}
}

// withAddress adds the address as OpenID Connect writes it, and whether it is under a non-disclosure order.
func withAddress(c identity.Claims) identity.Claims {
	c.Address, c.Protected = "address", "address_protected"
	return c
}

// withAttributes adds them as brokers pass on the attributes of Suomi.fi e-Identification: the permanent address in Finland, each part by itself, and whether it is under a non-disclosure order, 1 or 0.
func withAttributes(c identity.Claims) identity.Claims {
	c.Street, c.PostalCode, c.Town = "urn:oid:1.2.246.517.2002.2.4", "urn:oid:1.2.246.517.2002.2.6", "urn:oid:1.2.246.517.2002.2.7"
	c.Protected = "urn:oid:1.2.246.517.2002.2.27"
	return c
}

// table is the providers, in the order in which they are offered.
var table = []provider{
	{
		id: "bank", claims: withAddress(claimsOf("ftn_hetu", natid.FinnishCode)), acr: finnish, usual: actor.LevelSubstantial, amr: "mfa",
		keyAlg: jose.RSA_OAEP_256, enc: jose.A256GCM, signed: true,
	},
	{
		id: "mobile", claims: claimsOf("ftn_hetu", natid.FinnishCode), acr: finnish, usual: actor.LevelSubstantial, amr: "swk",
		keyAlg: jose.ECDH_ES, enc: jose.A128GCM, signed: true,
	},
	{
		id: "card", claims: withAttributes(claimsOf("ftn_hetu", natid.FinnishCode)), acr: finnish, usual: actor.LevelHigh, amr: "sc",
		keyAlg: jose.RSA_OAEP_256, enc: jose.A128GCM, signed: true,
	},
	{
		id: "swedish", claims: claimsOf("https://id.oidc.se/claim/personalIdentityNumber", natid.SwedishNumber), acr: swedish,
		usual: actor.LevelSubstantial, amr: "swk", keyAlg: jose.RSA_OAEP_256, enc: jose.A256GCM, signed: true,
	},
	{
		id: "czech", claims: withAddress(claimsOf("pseudonym", natid.CzechPseudonym)), acr: european, usual: actor.LevelSubstantial, amr: "mfa",
		keyAlg: jose.ECDH_ES, enc: jose.A256GCM, signed: true,
	},
	{
		id: "european", claims: claimsOf("person_identifier", natid.EIDASIdentifier), acr: european, usual: actor.LevelSubstantial, amr: "mfa",
		keyAlg: jose.RSA_OAEP_256, enc: jose.A256GCM, signed: true,
	},
	{
		id: "staff", staff: true, claims: identity.Claims{Name: "name", Given: "given_name", Family: "family_name", Email: "email", Groups: "groups"},
		acr: european, usual: actor.LevelSubstantial, amr: "mfa",
	},
}

func byID(id ids.Provider) (provider, bool) {
	i := slices.IndexFunc(table, func(p provider) bool { return p.id == id })
	if i < 0 {
		return provider{}, false
	}
	return table[i], true
}

// levelOf is what an acr value is worth; LevelNone when the provider has none such.
func (p provider) levelOf(acr string) actor.Level {
	for level, value := range p.acr {
		if value == acr {
			return level
		}
	}
	return actor.LevelNone
}

// Providers returns the providers as rows that are ready to be stored, for the address at which the site is reached (without a slash at the end).
func (d *Door) Providers(base string) []identity.Provider {
	var rows []identity.Provider
	for i, p := range table {
		row := identity.Provider{
			ID: p.id, Position: i + 1, Enabled: true, Audience: identity.ForCitizens, Name: d.words("demo_eid.provider." + string(p.id)),
			Help: d.words("demo_eid.provider_help"), Issuer: base + Prefix + string(p.id), ClientID: d.o.ClientID, AuthMethod: "private_key_jwt",
			SigningAlg: "RS256", SignedRequest: p.signed, EncryptedIDToken: p.enc != "", Levels: map[string]actor.Level{}, Claims: p.claims,
		}
		for level, acr := range p.acr {
			row.Levels[acr] = level
		}
		if p.staff {
			row.Audience, row.Groups = identity.ForStaff, d.groups()
		}
		rows = append(rows, row)
	}
	return rows
}

// groups are what the groups of the staff's provider are worth.
func (d *Door) groups() map[string]actor.Grant {
	all := map[string]actor.Grant{"system-administrators": {Role: actor.RoleSystemAdmin}}
	if d.o.Org != "" {
		all["clerks"] = actor.Grant{Role: actor.RoleClerk, Org: d.o.Org}
		all["caseworkers"] = actor.Grant{Role: actor.RoleCaseworker, Org: d.o.Org}
		all["inboxes"] = actor.Grant{Role: actor.RoleInbox, Org: d.o.Org}
		all["managers"] = actor.Grant{Role: actor.RoleManager, Org: d.o.Org}
		all["town-hall-clerks"] = actor.Grant{Role: actor.RoleClerk, Org: "town-hall"}
		all["town-hall-managers"] = actor.Grant{Role: actor.RoleManager, Org: "town-hall"}
		all["administrators"] = actor.Grant{Role: actor.RoleOrgAdmin, Org: d.o.Org}
	}
	return all
}

// words is a text in every language.
func (d *Door) words(key string) i18n.Text {
	t := i18n.Text{}
	for _, l := range i18n.Languages() {
		t[l.Code] = d.site.Texts.Printer(l.Code).T(key)
	}
	return t
}

// providerKeys are a provider's key pairs: to sign with, and to be written to.
type providerKeys struct{ sign, open jose.JSONWebKey }

func newKeys(chance io.Reader) (k providerKeys, err error) {
	for _, to := range []struct {
		key      *jose.JSONWebKey
		use, alg string
	}{{&k.sign, "sig", string(jose.ES256)}, {&k.open, "enc", string(jose.ECDH_ES)}} {
		private, err := p256(chance)
		if err != nil {
			return providerKeys{}, fmt.Errorf("keys of the demo's providers: %w", err)
		}
		*to.key = jose.JSONWebKey{Key: private, KeyID: to.use, Use: to.use, Algorithm: to.alg}
	}
	return k, nil
}

// p256 makes a key of the given chance: the same chance makes the same key.
func p256(chance io.Reader) (*ecdsa.PrivateKey, error) {
	raw := make([]byte, 32)
	for {
		if _, err := io.ReadFull(chance, raw); err != nil {
			return nil, err
		}
		if _, err := ecdh.P256().NewPrivateKey(raw); err == nil { // neither 0 nor beyond the order of the curve
			return ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		}
	}
}

func (d *Door) jwks(w http.ResponseWriter, _ *http.Request, p provider) {
	k := d.keys[p.id]
	sendJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k.sign.Public(), k.open.Public()}})
}

func (d *Door) configuration(w http.ResponseWriter, _ *http.Request, p provider) {
	at := d.issuer(p)
	var acr []string
	for _, value := range p.acr {
		acr = append(acr, value)
	}
	slices.Sort(acr)
	c := map[string]any{
		"issuer": at, "authorization_endpoint": at + "/authorize", "token_endpoint": at + "/token", "userinfo_endpoint": at + "/userinfo",
		"jwks_uri": at + "/jwks", "end_session_endpoint": at + "/end", "response_types_supported": []string{"code"},
		"grant_types_supported": []string{"authorization_code"}, "subject_types_supported": []string{"pairwise"}, "acr_values_supported": acr,
		"id_token_signing_alg_values_supported": []string{"ES256"}, "token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
		"token_endpoint_auth_signing_alg_values_supported": signingAlgs, "request_object_signing_alg_values_supported": signingAlgs,
		"request_parameter_supported": true, "request_uri_parameter_supported": false, "require_signed_request_object": p.signed,
		"code_challenge_methods_supported": []string{"S256"}, "authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported": true, "backchannel_logout_session_supported": true, "scopes_supported": []string{"openid"},
	}
	if p.enc != "" {
		c["id_token_encryption_alg_values_supported"] = []jose.KeyAlgorithm{p.keyAlg}
		c["id_token_encryption_enc_values_supported"] = []jose.ContentEncryption{p.enc}
	}
	sendJSON(w, http.StatusOK, c)
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
