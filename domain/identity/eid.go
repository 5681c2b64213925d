package identity

import (
	"context"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
)

// Audience is who signs in with a provider.
type Audience string

// The audiences.
const (
	ForCitizens Audience = "citizens"
	ForStaff    Audience = "staff"
)

// Provider is a means to sign in: an OpenID provider, or a broker that stands for several. It is a row that an administrator can edit; Org is empty for
// the installation's own.
type Provider struct {
	Org      ids.Org
	ID       ids.Provider
	Position int
	Enabled  bool
	Audience Audience  `json:"audience"`
	Name     i18n.Text `json:"name"` // "Bank ID"
	Help     i18n.Text `json:"help,omitempty"`
	// Issuer is where its configuration is found, below /.well-known/openid-configuration.
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	// Scopes beyond openid, and further parameters of the authorization request, such as which bank.
	Scopes []string          `json:"scopes,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	// AuthMethod is how we prove who we are at the token endpoint: "private_key_jwt" (the default) or "client_secret_basic", whose secret is sealed.
	AuthMethod string `json:"auth_method,omitempty"`
	Secret     []byte `json:"-"`
	// Audience of our assertions: "token_endpoint" (the default) or "issuer", as the provider wants it.
	AssertionAudience string `json:"assertion_audience,omitempty"`
	// SignedRequest sends the parameters as a signed request object (RFC 9101); EncryptedIDToken refuses an ID token that is not encrypted for us.
	SignedRequest    bool `json:"signed_request,omitempty"`
	EncryptedIDToken bool `json:"encrypted_id_token,omitempty"`
	// SigningAlg is what we sign with: RS256, PS256 or ES256.
	SigningAlg string `json:"signing_alg,omitempty"`
	// Levels say what each acr that the provider may return is worth; one that is not here is worth nothing. ACR is asked for by level.
	Levels map[string]actor.Level `json:"levels"`
	Claims Claims                 `json:"claims"`
	// Groups map the provider's groups of staff to roles here.
	Groups map[string]actor.Grant `json:"groups,omitempty"`
	// UserInfo asks the user info endpoint for claims that the ID token lacks.
	UserInfo bool `json:"user_info,omitempty"`
}

// Claims say which claim of a provider is what. An empty name is never asked for.
type Claims struct {
	// Identifier is the claim with the national identifier, and Kind what it is: Finnish identity code, Swedish personal number, Czech NIA pseudonym, eIDAS
	// identifier.
	Identifier string     `json:"identifier,omitempty"`
	Kind       natid.Kind `json:"kind,omitempty"`
	Name       string     `json:"name,omitempty"`
	Given      string     `json:"given,omitempty"`
	Family     string     `json:"family,omitempty"`
	Birth      string     `json:"birth,omitempty"`
	Email      string     `json:"email,omitempty"`
	Groups     string     `json:"groups,omitempty"`
	// Address is the claim with the postal address as OpenID Connect writes it; Street, PostalCode, Town and Country are claims of their own, where a provider has such. Protected is the one that says whether
	// the address is under a non-disclosure order.
	Address    string `json:"address,omitempty"`
	Street     string `json:"street,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Town       string `json:"town,omitempty"`
	Country    string `json:"country,omitempty"`
	Protected  string `json:"protected,omitempty"`
}

// Names are the claims that are asked for.
func (c Claims) Names() []string {
	all := []string{c.Identifier, c.Name, c.Given, c.Family, c.Birth, c.Email, c.Groups, c.Address, c.Street, c.PostalCode, c.Town, c.Country, c.Protected}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// TellAddress reports whether an address is among them.
func (c Claims) TellAddress() bool { return c.Address != "" || c.Street != "" }

// AuthRequest is what a sign-in asks of a provider. State, Nonce and Verifier (PKCE) are secrets of this one sign-in.
type AuthRequest struct {
	State, Nonce, Verifier string
	// Level is the least that is wanted. Fresh asks that the person proves it anew; At is then when that was asked (Unix seconds), and an answer of whoever
	// proved it before is refused.
	Level actor.Level
	Fresh bool
	At    int64
	Lang  i18n.Lang
	// ReturnTo is our own address that the provider leads back to.
	ReturnTo string
}

// Assertion is what a provider said of who signed in, checked: signature, issuer, audience, times, nonce. Its ACR is checked by who asked.
type Assertion struct {
	Issuer  string
	Subject natid.Secret // opaque, and at some providers an identifier
	ACR     string
	AMR     []string
	AuthAt  int64 // Unix seconds; 0 when it did not say
	SID     string
	IDToken string // as received, for signing out

	Identifier natid.Secret // as the provider writes it; empty when it gave none
	Name       string
	Given      string
	Family     string
	Birth      string
	Email      string
	Groups     []string
	// Address is as the provider writes it, empty when it gave none. Protected says that it is under a non-disclosure order; nil when the provider does not say.
	Address   Address
	Protected *bool
}

// EID speaks OpenID Connect with providers. Implemented by gateway/eid.
//
// Its faults: Invalid "sign_in.cancelled" when the person gave up at the provider, Invalid "sign_in.failed" for an answer that is not to be believed (the
// cause is for the log, and never holds an identifier or a token), Unavailable "sign_in.provider_down" when the provider does not answer.
type EID interface {
	// AuthURL returns where the browser goes.
	AuthURL(ctx context.Context, p Provider, r AuthRequest) (string, error)
	// Redeem exchanges a code for what the provider says of the person. issuer is the iss parameter of the answer (RFC 9207), empty when there was none.
	Redeem(ctx context.Context, p Provider, r AuthRequest, code, issuer string) (Assertion, error)
	// EndURL returns where the browser goes to sign out there, too; empty when the provider has no such place.
	EndURL(ctx context.Context, p Provider, idToken, state, returnTo string) (string, error)
	// EndedBy checks a logout token that a provider posted (OpenID Connect Back-Channel Logout 1.0) and returns whose sessions end: by the provider's session,
	// or, when that is empty, all of a subject. jti names the token, which is good once, until expires (Unix seconds).
	EndedBy(ctx context.Context, p Provider, token string) (sid string, subject natid.Secret, jti string, expires int64, err error)
}

// Registered is what the population register says of a person.
type Registered struct {
	Identifier natid.Secret
	Kind       natid.Kind
	Name       string
	Given      string
	Family     string
	Birth      string
	Email      string
	// Address is empty where the register gives none. Protected says that it is under a non-disclosure order.
	Address   Address
	Protected bool
	// Dependants are the children whose guardian the person is.
	Dependants []RegisteredDependant
}

// RegisteredDependant is a child of whom the register says that somebody is a guardian. Until is the last local date, when the register knows it.
type RegisteredDependant struct {
	Identifier natid.Secret
	Kind       natid.Kind
	Name       string
	Given      string
	Family     string
	Birth      string
	Until      string
}

// Register is the population register. Nothing is ever written to it.
//
// Its faults: NotFound "register.unknown" for a person whom it does not know, Unavailable "register.down".
type Register interface {
	Person(ctx context.Context, kind natid.Kind, identifier natid.Secret) (Registered, error)
}

// RegisteredMandate is what the register of mandates says: whom a person may act for.
type RegisteredMandate struct {
	BusinessID string
	Name       string
	Kind       CompanyKind
	Role       string
	From       string
	Until      string
}

// MandateRegister is the register of mandates (Suomi.fi e-Authorizations and its kind). The fault is Unavailable "register.down".
type MandateRegister interface {
	Mandates(ctx context.Context, kind natid.Kind, identifier natid.Secret) ([]RegisteredMandate, error)
}
