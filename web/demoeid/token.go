package demoeid

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// code is what a person has agreed to, until it is exchanged.
type code struct {
	provider provider
	request  request
	person   Specimen
	acr      string
	at       time.Time
	until    time.Time
}

// access is what an access token may read.
type access struct {
	provider provider
	person   Specimen
	until    time.Time
}

const (
	idTokenLife = 5 * time.Minute
	sessionLife = 8 * time.Hour
)

// token exchanges a code, once.
func (d *Door) token(w http.ResponseWriter, r *http.Request, p provider) {
	refuse := func(status int, why string) { sendJSON(w, status, map[string]string{"error": why}) }
	if r.ParseForm() != nil {
		refuse(http.StatusBadRequest, "invalid_request")
		return
	}
	if why := d.checkAssertion(p, r.PostForm.Get("client_assertion_type"), r.PostForm.Get("client_assertion")); why != "" {
		d.site.Log.Warn("demo e-ID refused a client", "provider", string(p.id), "why", why)
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		refuse(http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	now := d.site.Now()
	d.mu.Lock()
	c, ok := d.codes[r.PostForm.Get("code")]
	delete(d.codes, r.PostForm.Get("code"))
	d.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	proof := base64.RawURLEncoding.EncodeToString(challenge[:])
	if !ok || c.provider.id != p.id || !now.Before(c.until) || c.request.ReturnTo != r.PostForm.Get("redirect_uri") ||
		subtle.ConstantTimeCompare([]byte(proof), []byte(c.request.Challenge)) != 1 {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	bearer := d.site.Gen.Token(256)
	sid := d.site.Gen.Token(128)
	idToken, err := d.idToken(p, c, bearer, sid)
	if err != nil {
		d.site.Log.Error("demo e-ID cannot write a token", "provider", string(p.id), "error", err.Error())
		refuse(http.StatusInternalServerError, "server_error")
		return
	}
	d.mu.Lock()
	d.sweep(now)
	d.access[bearer] = access{p, c.person, now.Add(idTokenLife)}
	d.sessions[sid] = session{p, d.subject(p, c.person), now.Add(sessionLife)}
	d.mu.Unlock()
	sendJSON(w, http.StatusOK, map[string]any{
		"access_token": bearer, "token_type": "Bearer", "expires_in": int(idTokenLife.Seconds()), "id_token": idToken, "scope": "openid",
	})
}

// checkAssertion says what is wrong with the proof of who a client is (RFC 7523, section 3), "" when nothing is.
func (d *Door) checkAssertion(p provider, typ, assertion string) string {
	var said struct {
		Issuer   string  `json:"iss"`
		Subject  string  `json:"sub"`
		Audience texts   `json:"aud"`
		ID       string  `json:"jti"`
		Expires  float64 `json:"exp"`
	}
	now := d.site.Now()
	switch {
	case typ != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer":
		return "type"
	case !d.signedByClient(assertion, &said):
		return "signature"
	case said.Issuer != d.o.ClientID || said.Subject != d.o.ClientID:
		return "client"
	case !slices.Contains(said.Audience, d.issuer(p)+"/token") && !slices.Contains(said.Audience, d.issuer(p)):
		return "audience"
	case int64(said.Expires) <= now.Unix():
		return "expired"
	case int64(said.Expires) > now.Unix()+60:
		return "good for too long"
	case said.ID == "":
		return "no jti"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	name := string(p.id) + " " + said.ID
	if _, again := d.seen[name]; again {
		return "jti again"
	}
	d.seen[name] = time.Unix(int64(said.Expires)+1, 0)
	return ""
}

// subject is what a provider calls a person: the same always, and something else at each provider.
func (d *Door) subject(p provider, s Specimen) string {
	sum := sha256.Sum256([]byte(string(p.id) + "\x00" + s.Key + "\x00" + d.o.ClientID))
	return hex.EncodeToString(sum[:16])
}

// idToken says who signed in, in the claims of the provider's kind.
func (d *Door) idToken(p provider, c code, bearer, sid string) (string, error) {
	now := d.site.Now()
	half := sha256.Sum256([]byte(bearer))
	claims := p.about(d.today(c.person))
	for name, value := range map[string]any{
		"iss": d.issuer(p), "sub": d.subject(p, c.person), "aud": d.o.ClientID, "iat": now.Unix(), "exp": now.Add(idTokenLife).Unix(),
		"auth_time": c.at.Unix(), "nonce": c.request.Nonce, "acr": c.acr, "amr": []string{p.amr}, "sid": sid,
		"at_hash": base64.RawURLEncoding.EncodeToString(half[:16]),
	} {
		claims[name] = value
	}
	signed, err := d.sign(p, "JWT", claims)
	if err != nil || p.enc == "" {
		return signed, err
	}
	return d.encrypt(p, signed)
}

// about is what a provider says of a person.
func (p provider) about(s Specimen) map[string]any {
	claims := map[string]any{}
	for name, value := range map[string]string{
		p.claims.Identifier: s.Identifier.Reveal(), p.claims.Name: s.Name(), p.claims.Given: s.Given, p.claims.Family: s.Family,
		p.claims.Birth: s.Birth, p.claims.Email: s.Email,
	} {
		if name != "" && value != "" {
			claims[name] = value
		}
	}
	p.aboutAddress(s, claims)
	if p.claims.Groups != "" {
		claims[p.claims.Groups] = s.Groups
	}
	return claims
}

// aboutAddress is what a provider says of where a person's post goes. Suomi.fi gives none while there is a non-disclosure order; the others are of a kind that leaves it to whoever asks.
func (p provider) aboutAddress(s Specimen, claims map[string]any) {
	a, c := s.Address, p.claims
	if c.Address != "" && !a.Empty() {
		claims[c.Address] = map[string]string{"street_address": a.Street, "postal_code": a.Code, "locality": a.Town, "country": a.Country}
	}
	if c.Street != "" && !a.Empty() && !s.Protected {
		claims[c.Street], claims[c.PostalCode], claims[c.Town] = a.Street, a.Code, a.Town
	}
	switch {
	case c.Protected == "" || a.Empty() && !s.Protected:
	case c.Street != "":
		claims[c.Protected] = "0"
		if s.Protected {
			claims[c.Protected] = "1"
		}
	default:
		claims[c.Protected] = s.Protected
	}
}

func (d *Door) sign(p provider, typ string, claims map[string]any) (string, error) {
	key := d.keys[p.id].sign
	options := (&jose.SignerOptions{}).WithHeader("kid", key.KeyID).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key.Key}, options)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write claims: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return jws.CompactSerialize()
}

// encrypt puts a token into an envelope for our client.
func (d *Door) encrypt(p provider, signed string) (string, error) {
	for _, k := range d.o.ClientKeys().Keys {
		if k.Use != "enc" || k.Algorithm != string(p.keyAlg) {
			continue
		}
		to := jose.Recipient{Algorithm: p.keyAlg, Key: k.Key, KeyID: k.KeyID}
		encrypter, err := jose.NewEncrypter(p.enc, to, (&jose.EncrypterOptions{}).WithContentType("JWT"))
		if err != nil {
			return "", fmt.Errorf("encrypt: %w", err)
		}
		jwe, err := encrypter.Encrypt([]byte(signed))
		if err != nil {
			return "", fmt.Errorf("encrypt: %w", err)
		}
		return jwe.CompactSerialize()
	}
	return "", fmt.Errorf("the client has no key for %s", p.keyAlg)
}

// userInfo says again what the ID token says of the person.
func (d *Door) userInfo(w http.ResponseWriter, r *http.Request, p provider) {
	bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	d.mu.Lock()
	a, known := d.access[bearer]
	d.mu.Unlock()
	if !ok || !known || a.provider.id != p.id || !d.site.Now().Before(a.until) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		sendJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_token"})
		return
	}
	claims := p.about(d.today(a.person))
	claims["sub"] = d.subject(p, a.person)
	sendJSON(w, http.StatusOK, claims)
}
