package seal

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

// maxToken is the longest token that is looked at, in characters. Browsers keep no longer cookies.
const maxToken = 4096

const expirySize = 8

var tokenText = base64.RawURLEncoding.Strict()

// SealToken seals a small payload for a cookie: who holds it can neither read nor change it, nor use it for another purpose or after it expired.
// Expiry counts in whole seconds. Like ids.Gen it panics when the source of chance fails.
func (k *Keyring) SealToken(purpose string, payload []byte, expires time.Time) string {
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, expirySize+len(payload)), uint64(expires.Unix()))
	plain = append(plain, payload...)
	sealed, err := k.cookies.seal(k.rand, formatToken, plain, parts(purpose))
	if err != nil {
		panic("seal: the source of chance failed: " + err.Error())
	}
	return tokenText.EncodeToString(sealed)
}

// OpenToken returns the payload of a token sealed for the purpose, up to and including the second it expires. The errors are ErrTampered, ErrNoKey
// and ErrExpired.
func (k *Keyring) OpenToken(purpose, token string, now time.Time) ([]byte, error) {
	if len(token) > maxToken {
		return nil, ErrTampered
	}
	// The decoder passes over line breaks; a token has one form only.
	sealed, err := tokenText.DecodeString(token)
	if err != nil || tokenText.EncodedLen(len(sealed)) != len(token) {
		return nil, ErrTampered
	}
	plain, err := k.cookies.open(formatToken, sealed, parts(purpose))
	if err != nil {
		return nil, err
	}
	if len(plain) < expirySize {
		return nil, ErrTampered
	}
	if now.Unix() > int64(binary.BigEndian.Uint64(plain)) {
		return nil, ErrExpired
	}
	return plain[expirySize:], nil
}
