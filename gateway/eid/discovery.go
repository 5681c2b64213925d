package eid

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How long what a provider publishes is believed, and how long at most when it cannot be asked again. Keys that were withdrawn are forgotten by then.
const (
	fresh = 10 * time.Minute
	stale = time.Hour
	// often is how soon the keys are fetched again for a token that names an unknown one, so that made-up names do not make us ask without end.
	often = 30 * time.Second
	// sulk is how long a provider that did not answer is not asked again.
	sulk = 5 * time.Second
)

// metadata is what we use of a provider's configuration (OpenID Connect Discovery 1.0, section 3).
type metadata struct {
	Issuer       string `json:"issuer"`
	Authorize    string `json:"authorization_endpoint"`
	Token        string `json:"token_endpoint"`
	UserInfo     string `json:"userinfo_endpoint"`
	JWKS         string `json:"jwks_uri"`
	EndSession   string `json:"end_session_endpoint"`
	IssParameter bool   `json:"authorization_response_iss_parameter_supported"`
}

// party is one provider, as far as it is known.
type party struct {
	// turn is held by whoever asks the provider; it is a channel so that waiting for it ends with the request.
	turn chan struct{}

	meta     metadata
	metaAt   time.Time
	keys     []jose.JSONWebKey
	keysAt   time.Time
	failedAt time.Time
	failure  error
}

// parties are the providers by issuer. Administrators enter them, so they are few.
type parties struct {
	mu  sync.Mutex
	all map[string]*party
}

// open takes the turn to use what is known of an issuer; the caller gives it back with close.
func (ps *parties) open(ctx context.Context, issuer string) (*party, error) {
	ps.mu.Lock()
	if ps.all == nil {
		ps.all = map[string]*party{}
	}
	p := ps.all[issuer]
	if p == nil {
		p = &party{turn: make(chan struct{}, 1)}
		ps.all[issuer] = p
	}
	ps.mu.Unlock()
	select {
	case p.turn <- struct{}{}:
		return p, nil
	case <-ctx.Done():
		return nil, down(errors.New("waiting for others who ask the provider"))
	}
}

func (p *party) close() { <-p.turn }

// try asks the provider, unless it has just failed to answer. Whoever gives up waiting does not make others wait anew.
func (c *Client) try(ctx context.Context, p *party, ask func(ctx context.Context) error) error {
	now := c.now()
	if p.failure != nil && now.Sub(p.failedAt) < sulk {
		return p.failure
	}
	p.failure = ask(context.WithoutCancel(ctx))
	p.failedAt = now
	return p.failure
}

// discover returns a provider's configuration.
func (c *Client) discover(ctx context.Context, issuer string) (metadata, error) {
	p, err := c.parties.open(ctx, issuer)
	if err != nil {
		return metadata{}, err
	}
	defer p.close()
	now := c.now()
	if p.meta.Issuer != "" && now.Sub(p.metaAt) < fresh {
		return p.meta, nil
	}
	err = c.try(ctx, p, func(ctx context.Context) error {
		m, err := c.readMetadata(ctx, issuer)
		if err == nil {
			p.meta, p.metaAt = m, now
		}
		return err
	})
	if err != nil && (p.meta.Issuer == "" || now.Sub(p.metaAt) >= stale) {
		return metadata{}, err
	}
	return p.meta, nil
}

func (c *Client) readMetadata(ctx context.Context, issuer string) (metadata, error) {
	var m metadata
	if err := c.usable(issuer); err != nil {
		return m, down(fmt.Errorf("issuer: %w", err))
	}
	if err := c.getJSON(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", "configuration", &m); err != nil {
		return metadata{}, err
	}
	if m.Issuer != issuer {
		return metadata{}, down(errors.New("the configuration is another issuer's"))
	}
	for _, e := range []struct {
		name, address string
		must          bool
	}{
		{"authorization_endpoint", m.Authorize, true},
		{"token_endpoint", m.Token, true},
		{"jwks_uri", m.JWKS, true},
		{"userinfo_endpoint", m.UserInfo, false},
		{"end_session_endpoint", m.EndSession, false},
	} {
		if e.address == "" && !e.must {
			continue
		}
		if err := c.usable(e.address); err != nil {
			return metadata{}, down(fmt.Errorf("%s: %w", e.name, err))
		}
	}
	return m, nil
}

// usable says what is wrong with an address of a provider.
func (c *Client) usable(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.Fragment != "":
		return errors.New("not a whole address")
	case u.Scheme == "https", u.Scheme == "http" && c.plain:
		return nil
	}
	return errors.New("not https")
}

// keysOf returns the provider's keys that may have signed what names kid; an unknown name makes us look again, but not too often.
func (c *Client) keysOf(ctx context.Context, issuer, kid string, alg jose.SignatureAlgorithm) ([]jose.JSONWebKey, error) {
	found, err := c.choose(ctx, issuer, func(keys []jose.JSONWebKey) []jose.JSONWebKey { return matching(keys, kid, alg) })
	if err == nil && len(found) == 0 {
		return nil, failed("signed by no key that the provider publishes")
	}
	return found, err
}

// encryptionKey returns a key that something can be encrypted for the provider with; ok is false when it publishes none, or cannot be asked.
func (c *Client) encryptionKey(ctx context.Context, issuer string) (jose.JSONWebKey, bool) {
	found, err := c.choose(ctx, issuer, func(keys []jose.JSONWebKey) []jose.JSONWebKey {
		return slices.DeleteFunc(slices.Clone(keys), func(k jose.JSONWebKey) bool { return k.Use != UseEncryption || keyAlg(k) == "" })
	})
	if err != nil || len(found) == 0 {
		return jose.JSONWebKey{}, false
	}
	return found[0], true
}

// choose returns some of the keys that a provider publishes, fetched if need be: also when none is found among those of half a minute ago.
func (c *Client) choose(ctx context.Context, issuer string, some func([]jose.JSONWebKey) []jose.JSONWebKey) ([]jose.JSONWebKey, error) {
	m, err := c.discover(ctx, issuer)
	if err != nil {
		return nil, err
	}
	p, err := c.parties.open(ctx, issuer)
	if err != nil {
		return nil, err
	}
	defer p.close()
	now := c.now()
	age := now.Sub(p.keysAt)
	found := some(p.keys)
	if p.keys != nil && age < fresh && (len(found) > 0 || age < often) {
		return found, nil
	}
	err = c.try(ctx, p, func(ctx context.Context) error {
		keys, err := c.readKeys(ctx, m.JWKS)
		if err == nil {
			p.keys, p.keysAt = keys, now
		}
		return err
	})
	if err != nil && (p.keys == nil || age >= stale) {
		return nil, err
	}
	return some(p.keys), nil
}

// readKeys reads a key set. Keys that we do not understand are passed over (RFC 7517, section 5), weak ones, too.
func (c *Client) readKeys(ctx context.Context, address string) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []lenientKey `json:"keys"`
	}
	if err := c.getJSON(ctx, address, "key set", &set); err != nil {
		return nil, err
	}
	keys := []jose.JSONWebKey{}
	for _, k := range set.Keys {
		if k.ok && k.IsPublic() && strong(k.Key) {
			keys = append(keys, k.JSONWebKey)
		}
	}
	return keys, nil
}

// lenientKey is a key that may be one we do not understand.
type lenientKey struct {
	jose.JSONWebKey
	ok bool
}

// UnmarshalJSON never fails: what is not understood is not ok.
func (k *lenientKey) UnmarshalJSON(b []byte) error {
	k.ok = k.JSONWebKey.UnmarshalJSON(b) == nil && k.Valid()
	return nil
}

func strong(key any) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		return true
	}
	return false
}

// matching are the keys that may have signed by an algorithm under a name. A token that names no key may be signed by any that fits.
func matching(keys []jose.JSONWebKey, kid string, alg jose.SignatureAlgorithm) []jose.JSONWebKey {
	var found []jose.JSONWebKey
	for _, k := range keys {
		if k.Use == UseEncryption || kid != "" && k.KeyID != kid || k.Algorithm != "" && k.Algorithm != string(alg) {
			continue
		}
		_, ec := k.Key.(*ecdsa.PublicKey)
		if ec == (alg == jose.ES256) {
			found = append(found, k)
		}
	}
	return found
}

// keyAlg is the algorithm by which a key of the other side is encrypted for; empty when we know none.
func keyAlg(k jose.JSONWebKey) jose.KeyAlgorithm {
	alg := jose.KeyAlgorithm("")
	switch k.Key.(type) {
	case *rsa.PublicKey:
		alg = jose.RSA_OAEP_256
	case *ecdsa.PublicKey:
		alg = jose.ECDH_ES
	}
	if k.Algorithm != "" && k.Algorithm != string(alg) {
		return ""
	}
	return alg
}
