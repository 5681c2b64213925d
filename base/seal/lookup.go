package seal

import (
	"crypto/hmac"
	"crypto/sha256"
)

// lookup is one version of the look-up key.
type lookup struct{ key []byte }

// LookupHash returns the keyed hash under which a value is found again: HMAC-SHA-256 under the current look-up key. Kind is what sort of value it
// is ("national_id", "kiosk_pin"), so that equal values of different kinds have unlike hashes. The caller normalises.
func (k *Keyring) LookupHash(kind, normalised string) []byte {
	return k.lookups[0].hash(kind, normalised)
}

// LookupHashes returns the value's hash under every version of the look-up key, the current first: what to search for while older rows wait to be
// hashed anew.
func (k *Keyring) LookupHashes(kind, normalised string) [][]byte {
	out := make([][]byte, len(k.lookups))
	for i, l := range k.lookups {
		out[i] = l.hash(kind, normalised)
	}
	return out
}

func (l lookup) hash(kind, normalised string) []byte {
	m := hmac.New(sha256.New, l.key)
	m.Write(parts("luukku look-up 1", kind, normalised))
	return m.Sum(nil)
}
