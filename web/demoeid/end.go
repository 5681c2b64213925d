package demoeid

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/ids"
)

// session is a sign-in as the provider remembers it.
type session struct {
	provider provider
	subject  string
	until    time.Time
}

// end signs a person out here, tells our client so behind the scenes, and leads back.
func (d *Door) end(w http.ResponseWriter, r *http.Request, p provider) {
	if r.ParseForm() != nil {
		d.refuse(w, r, p, "form")
		return
	}
	back := r.Form.Get("post_logout_redirect_uri")
	if back != "" && (r.Form.Get("client_id") != d.o.ClientID || !d.o.ReturnTo(back)) {
		d.refuse(w, r, p, "post_logout_redirect_uri")
		return
	}
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		sid, ok := d.readHint(p, hint)
		if !ok {
			d.refuse(w, r, p, "id_token_hint")
			return
		}
		d.endSession(r.Context(), sid)
	}
	if back == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	u, err := url.Parse(back)
	if err != nil {
		d.refuse(w, r, p, "post_logout_redirect_uri")
		return
	}
	if state := r.Form.Get("state"); state != "" {
		q := u.Query()
		q.Set("state", state)
		u.RawQuery = q.Encode()
	}
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

// readHint reads an ID token of ours, which may come in an envelope. An old one is as good (OpenID Connect RP-Initiated Logout 1.0, section 4).
func (d *Door) readHint(p provider, hint string) (sid string, ok bool) {
	keys := d.keys[p.id]
	if strings.Count(hint, ".") == 4 {
		jwe, err := jose.ParseEncryptedCompact(hint, []jose.KeyAlgorithm{jose.ECDH_ES}, []jose.ContentEncryption{jose.A256GCM, jose.A128GCM})
		if err != nil {
			return "", false
		}
		plain, err := jwe.Decrypt(keys.open.Key)
		if err != nil {
			return "", false
		}
		hint = string(plain)
	}
	jws, err := jose.ParseSignedCompact(hint, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return "", false
	}
	payload, err := jws.Verify(keys.sign.Public())
	if err != nil {
		return "", false
	}
	var said struct {
		Issuer string `json:"iss"`
		SID    string `json:"sid"`
	}
	if json.Unmarshal(payload, &said) != nil || said.Issuer != d.issuer(p) {
		return "", false
	}
	return said.SID, true
}

// End ends every session of a provider as if the people had signed out there, and returns how many there were. Our client is told of each.
func (d *Door) End(ctx context.Context, p ids.Provider) int {
	d.mu.Lock()
	var all []string
	for sid, s := range d.sessions {
		if s.provider.id == p {
			all = append(all, sid)
		}
	}
	d.mu.Unlock()
	for _, sid := range all {
		d.endSession(ctx, sid)
	}
	return len(all)
}

// endSession forgets a session and posts a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.5). Nobody waits for a client that does not answer.
func (d *Door) endSession(ctx context.Context, sid string) {
	d.mu.Lock()
	s, ok := d.sessions[sid]
	delete(d.sessions, sid)
	d.mu.Unlock()
	if !ok || d.o.Ended == nil {
		return
	}
	token, err := d.logoutToken(s, sid)
	if err != nil {
		d.site.Log.Error("demo e-ID cannot write a logout token", "provider", string(s.provider.id), "error", err.Error())
		return
	}
	form := url.Values{"logout_token": {token}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.o.Ended(s.provider.id), strings.NewReader(form.Encode()))
	if err != nil {
		d.site.Log.Error("demo e-ID has no address for logout tokens", "provider", string(s.provider.id))
		return
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := d.o.HTTP.Do(r)
	if err != nil {
		d.site.Log.Warn("demo e-ID cannot post a logout token", "provider", string(s.provider.id))
		return
	}
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		d.site.Log.Warn("a logout token was refused", "provider", string(s.provider.id), "status", resp.StatusCode)
	}
}

func (d *Door) logoutToken(s session, sid string) (string, error) {
	now := d.site.Now()
	return d.sign(s.provider, "logout+jwt", map[string]any{
		"iss": d.issuer(s.provider), "aud": d.o.ClientID, "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": d.site.Gen.Token(128),
		"sub": s.subject, "sid": sid, "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	})
}
