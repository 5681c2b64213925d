package ids

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Sizes of the secrets, in bits.
const (
	LinkBits    = 128
	SessionBits = 256
)

// Token returns a random secret of the given number of bits, a multiple of 8, as lower-case base 32 that no mail program breaks.
func (g *Gen) Token(bits int) string {
	b := make([]byte, bits/8)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read(b)
	return encodeBytes(b)
}

// LinkToken returns the secret of a link in a mail or a text message: 128 bits, 26 characters.
func (g *Gen) LinkToken() string { return g.Token(LinkBits) }

// SessionToken returns the secret of a session, an API key, an invitation or a device: 256 bits, 52 characters.
func (g *Gen) SessionToken() string { return g.Token(SessionBits) }

// HashToken returns the SHA-256 of the secret that a token carries, which is what the database keeps. Every text has a hash: that of one that
// Token never made equals no token's.
func HashToken(token string) []byte {
	secret, ok := decodeBytes(token)
	if !ok || len(secret) < LinkBits/8 || len(secret) > SessionBits/8 {
		secret = []byte("luukku: not a token, so its hash must equal no token's: " + token)
	}
	sum := sha256.Sum256(secret)
	return sum[:]
}

// PIN returns 6 random digits, each number as likely as any other.
func (g *Gen) PIN() string {
	const pins = 1_000_000
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		var b [4]byte
		g.read(b[1:])
		// 20 bits; what is beyond the last PIN is thrown again, since a remainder would favour the low numbers.
		if n := binary.BigEndian.Uint32(b[:]) & (1<<20 - 1); n < pins {
			return fmt.Sprintf("%06d", n)
		}
	}
}
