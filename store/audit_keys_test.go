package store_test

import (
	"crypto/ed25519"
	"strings"
)

// auditKeys sign with the last version.
type auditKeys struct {
	now int
	by  map[int]ed25519.PrivateKey
}

func newAuditKeys(versions ...int) auditKeys {
	k := auditKeys{by: map[int]ed25519.PrivateKey{}}
	for _, v := range versions {
		k.now, k.by[v] = v, ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+v)), ed25519.SeedSize)))
	}
	return k
}

func (k auditKeys) SignHead(text []byte) (int, []byte) { return k.now, ed25519.Sign(k.by[k.now], text) }

func (k auditKeys) HeadKeys() map[int]ed25519.PublicKey {
	out := map[int]ed25519.PublicKey{}
	for v, key := range k.by {
		out[v] = key.Public().(ed25519.PublicKey)
	}
	return out
}
