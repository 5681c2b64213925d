package eid

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/clock"
)

// What a key is used for, as JWK and the column use_for have it.
const (
	UseSigning    = "sig"
	UseEncryption = "enc"
)

// Rotation. A new key is published for a while before anything is signed with it, since providers keep our key set for up to a day; and what was encrypted
// for a key that is no longer published can still be read for a while, for the same reason.
const (
	PublishAhead = 24 * time.Hour
	ReadAfter    = 7 * 24 * time.Hour
)

// StoredKey is one of our own key pairs as it is stored. It never prints its private part.
type StoredKey struct {
	// ID is the kid: the thumbprint of the public key (RFC 7638).
	ID string
	// Use is UseSigning or UseEncryption.
	Use string
	// Alg is RS256 (which serves PS256, too) or ES256 for signing, RSA-OAEP-256 or ECDH-ES for encryption.
	Alg string
	// Private is the private key as PKCS #8; it is sealed before it is stored.
	Private []byte
	// CreatedAt and RetiredAt are Unix seconds; a RetiredAt of 0 is not yet.
	CreatedAt, RetiredAt int64
}

// Format writes which key it is, and never the key.
func (k StoredKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[key " + k.ID + "]")) }

// LogValue returns which key it is.
func (k StoredKey) LogValue() slog.Value { return slog.StringValue("[key " + k.ID + "]") }

// Keys are our own keys: what requests are signed with, what is encrypted for us is opened with, and what providers are told of both.
type Keys interface {
	// Signing returns the private key to sign with by an algorithm: RS256, PS256 or ES256.
	Signing(alg string) (jose.JSONWebKey, error)
	// Decryption returns the private keys that something may be encrypted for.
	Decryption() []jose.JSONWebKey
	// Public returns the public parts of all keys that are in use, or soon will be.
	Public() jose.JSONWebKeySet
}

// Ring is Keys made from stored ones. It is immutable: after a rotation, make another.
type Ring struct {
	keys []ringKey
	now  clock.Now
}

type ringKey struct {
	jose.JSONWebKey
	created, retired int64
}

var _ Keys = (*Ring)(nil)

// NewKeys reads stored keys, in any order.
func NewKeys(stored []StoredKey, now clock.Now) (*Ring, error) {
	r := &Ring{now: now}
	for _, s := range stored {
		private, err := x509.ParsePKCS8PrivateKey(s.Private)
		if err != nil {
			return nil, fmt.Errorf("key %s is unreadable", s.ID) // the cause may quote what it read
		}
		if !fits(private, s.Use, s.Alg) {
			return nil, fmt.Errorf("key %s is not one for %s by %s", s.ID, s.Use, s.Alg)
		}
		alg := s.Alg
		if alg == string(jose.RS256) {
			alg = "" // the same key signs RS256 and PS256
		}
		r.keys = append(r.keys, ringKey{jose.JSONWebKey{Key: private, KeyID: s.ID, Use: s.Use, Algorithm: alg}, s.CreatedAt, s.RetiredAt})
	}
	slices.SortStableFunc(r.keys, func(a, b ringKey) int { return int(min(max(a.created-b.created, -1), 1)) })
	return r, nil
}

// fits reports whether a private key can do what it is stored for.
func fits(private any, use, alg string) bool {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return k.N.BitLen() >= 2048 && (use == UseSigning && alg == "RS256" || use == UseEncryption && alg == "RSA-OAEP-256")
	case *ecdsa.PrivateKey:
		return k.Curve == elliptic.P256() && (use == UseSigning && alg == "ES256" || use == UseEncryption && alg == "ECDH-ES")
	}
	return false
}

// Signing returns the newest key that has been published long enough, or else the oldest there is.
func (r *Ring) Signing(alg string) (jose.JSONWebKey, error) {
	now := r.now().Unix()
	var found *ringKey
	for i, k := range r.keys {
		if k.Use != UseSigning || k.gone(now) || !signs(k.Key, alg) {
			continue
		}
		if found == nil || now-k.created >= int64(PublishAhead/time.Second) {
			found = &r.keys[i]
		}
	}
	if found == nil {
		return jose.JSONWebKey{}, fmt.Errorf("there is no key to sign with by %s", alg)
	}
	return found.JSONWebKey, nil
}

func (k ringKey) gone(now int64) bool { return k.retired != 0 && k.retired <= now }

// signs reports whether a private key can sign by an algorithm.
func signs(private any, alg string) bool {
	switch private.(type) {
	case *rsa.PrivateKey:
		return alg == string(jose.RS256) || alg == string(jose.PS256)
	case *ecdsa.PrivateKey:
		return alg == string(jose.ES256)
	}
	return false
}

// Decryption returns all keys for encryption, the newest first, among them those that were retired of late.
func (r *Ring) Decryption() []jose.JSONWebKey {
	now := r.now().Unix()
	var out []jose.JSONWebKey
	for _, k := range slices.Backward(r.keys) {
		if k.Use == UseEncryption && (k.retired == 0 || now < k.retired+int64(ReadAfter/time.Second)) {
			out = append(out, k.JSONWebKey)
		}
	}
	return out
}

// Public returns the key set that providers fetch, or are given as a file: everything that is not retired.
func (r *Ring) Public() jose.JSONWebKeySet {
	now := r.now().Unix()
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range slices.Backward(r.keys) {
		if !k.gone(now) {
			set.Keys = append(set.Keys, k.Public())
		}
	}
	return set
}

// JWKS is the public key set as the JSON that is published, or handed to a provider as a file.
func JWKS(k Keys) ([]byte, error) {
	b, err := json.MarshalIndent(k.Public(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the key set: %w", err)
	}
	return append(b, '\n'), nil
}

// Generate makes a new set of keys: for signing and for encryption, RSA with 2048 bits and P-256 each. The caller seals and stores them; older ones get a
// RetiredAt some days ahead, so that both live while providers learn the new ones. Chance is for P-256; Go makes RSA keys from the machine's alone.
func Generate(chance io.Reader, now time.Time) ([]StoredKey, error) {
	var out []StoredKey
	for _, k := range []struct{ use, alg string }{
		{UseSigning, "RS256"}, {UseSigning, "ES256"}, {UseEncryption, "RSA-OAEP-256"}, {UseEncryption, "ECDH-ES"},
	} {
		var private crypto.Signer
		var err error
		if k.alg == "RS256" || k.alg == "RSA-OAEP-256" {
			private, err = rsa.GenerateKey(chance, 2048)
		} else {
			private, err = newP256(chance)
		}
		if err != nil {
			return nil, fmt.Errorf("make a key for %s: %w", k.alg, err)
		}
		s, err := store(private, k.use, k.alg, now)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func store(private crypto.Signer, use, alg string, now time.Time) (StoredKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return StoredKey{}, errors.New("a new key cannot be written")
	}
	print, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return StoredKey{}, fmt.Errorf("thumbprint: %w", err)
	}
	return StoredKey{ID: base64.RawURLEncoding.EncodeToString(print), Use: use, Alg: alg, Private: der, CreatedAt: now.Unix()}, nil
}

// newP256 makes a private key on P-256 from the given chance: the same chance makes the same key.
func newP256(chance io.Reader) (*ecdsa.PrivateKey, error) {
	raw := make([]byte, 32)
	for {
		if _, err := io.ReadFull(chance, raw); err != nil {
			return nil, fmt.Errorf("chance: %w", err)
		}
		if _, err := ecdh.P256().NewPrivateKey(raw); err != nil {
			continue // 0, or not below the order of the curve
		}
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	}
}
