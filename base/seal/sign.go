package seal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// heads are the keys that the heads of the audit log are signed with, by version of the master key.
type heads struct {
	current int
	by      map[int]ed25519.PrivateKey
}

// newHeads derives an Ed25519 key from each version of the master key. So heads that were signed before a rotation can be checked for as long as the version
// they were signed under is in the file.
func newHeads(f keyFile) (heads, error) {
	entries := f.of(Master)
	h := heads{current: entries[0].version, by: make(map[int]ed25519.PrivateKey, len(entries))}
	for _, e := range entries {
		seed, err := hkdf.Key(sha256.New, e.key, nil, "luukku audit heads 1", ed25519.SeedSize)
		if err != nil {
			return heads{}, fmt.Errorf("derive key: %w", err)
		}
		h.by[e.version] = ed25519.NewKeyFromSeed(seed)
	}
	return h, nil
}

// SignHead signs a head of the audit log under the current version and returns which that is.
func (k *Keyring) SignHead(text []byte) (version int, signature []byte) {
	return k.heads.current, ed25519.Sign(k.heads.by[k.heads.current], text)
}

// HeadKeys returns the public keys of all versions, by which heads of the audit log are checked.
func (k *Keyring) HeadKeys() map[int]ed25519.PublicKey {
	out := make(map[int]ed25519.PublicKey, len(k.heads.by))
	for version, key := range k.heads.by {
		out[version] = key.Public().(ed25519.PublicKey)
	}
	return out
}
