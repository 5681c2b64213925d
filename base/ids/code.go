package ids

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"unicode"

	"luukku/base/fault"
)

// CodeKey turns appointments' ids into booking codes and back: a keyed permutation of 50 bits, so that a code is as unique as the id, needs no
// column of its own, and tells a stranger neither when it was made nor which other codes exist. It is safe for concurrent use. The zero CodeKey
// is no key.
type CodeKey struct{ block cipher.Block }

// CodeSecretSize is the length in bytes of the secret that a CodeKey is made of.
const CodeSecretSize = 32

// The permutation is a balanced Feistel network over AES: the two halves of the number take turns, each round adding to one half what AES makes
// of the other. Ten rounds are what NIST SP 800-38G prescribes for its like.
const (
	codeRounds = 10
	halfBits   = 25
	halfMask   = 1<<halfBits - 1
	codeDomain = "luukku booking code 1"
)

// NewCodeKey makes a key from CodeSecretSize secret bytes.
func NewCodeKey(secret []byte) (CodeKey, error) {
	if len(secret) != CodeSecretSize {
		return CodeKey{}, fmt.Errorf("booking code key: got %d bytes, want %d", len(secret), CodeSecretSize)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, codeDomain, 32)
	if err != nil {
		return CodeKey{}, fmt.Errorf("booking code key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return CodeKey{}, fmt.Errorf("booking code key: %w", err)
	}
	return CodeKey{block}, nil
}

// IsZero reports whether this is no key.
func (k CodeKey) IsZero() bool { return k.block == nil }

// Format writes a placeholder whatever the verb, so that a key never reaches a log.
func (k CodeKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[code key]")) }

// LogValue returns a placeholder.
func (k CodeKey) LogValue() slog.Value { return slog.StringValue("[code key]") }

var errNoKey = errors.New("no booking code key")

// Code returns the booking code of an appointment: 10 upper-case characters.
func (k CodeKey) Code(a Appointment) (string, error) {
	n, ok := decode50(string(a))
	if !ok {
		return "", fmt.Errorf("booking code: appointment: %w", errForm)
	}
	if k.IsZero() {
		return "", errNoKey
	}
	left, right := uint32(n>>halfBits), uint32(n&halfMask)
	var buf [aes.BlockSize]byte
	for round := range codeRounds {
		left, right = right, left^k.mix(&buf, round, right)
	}
	return encode50(uint64(left)<<halfBits | uint64(right)), nil
}

// Appointment returns the appointment that a code names under this key. Every well-formed code names one, which need not exist. The code is read
// as ParseCode reads it.
func (k CodeKey) Appointment(code string) (Appointment, error) {
	code, err := ParseCode(code)
	if err != nil {
		return "", err
	}
	if k.IsZero() {
		return "", errNoKey
	}
	n, _ := decode50(code)
	left, right := uint32(n>>halfBits), uint32(n&halfMask)
	var buf [aes.BlockSize]byte
	for round := codeRounds - 1; round >= 0; round-- {
		left, right = right^k.mix(&buf, round, left), left
	}
	return Appointment(encode50(uint64(left)<<halfBits | uint64(right))), nil
}

// mix returns 25 bits that depend on the round and on one half, through AES.
func (k CodeKey) mix(buf *[aes.BlockSize]byte, round int, half uint32) uint32 {
	*buf = [aes.BlockSize]byte{}
	buf[0] = byte(round)
	binary.BigEndian.PutUint32(buf[12:], half)
	k.block.Encrypt(buf[:], buf[:])
	return binary.BigEndian.Uint32(buf[:4]) & halfMask
}

// CodeKeys are the key that new codes are made with and the one before it, under which codes already handed out are still read. Previous is zero
// when there was none.
type CodeKeys struct{ Current, Previous CodeKey }

// Code returns the booking code of an appointment under the current key.
func (k CodeKeys) Code(a Appointment) (string, error) { return k.Current.Code(a) }

// Candidates returns the appointments that a code may name, the current key's first. It is empty when the code is malformed. The caller takes the
// first that exists.
func (k CodeKeys) Candidates(code string) []Appointment {
	var out []Appointment
	for _, key := range []CodeKey{k.Current, k.Previous} {
		if a, err := key.Appointment(code); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// maxTypedCode is more than anybody types for 10 characters, in bytes.
const maxTypedCode = 100

// ParseCode returns the booking code that a person typed or pasted: spaces and hyphens of any kind are dropped, lower case is raised, and O is
// read as 0, I and L as 1. Anything else is the fault Invalid code.form at the field code.
func ParseCode(typed string) (string, error) {
	bad := fault.Invalid("code.form", nil, fault.Field{Name: "code", Key: "code.form"})
	if len(typed) > maxTypedCode {
		return "", bad
	}
	code := make([]byte, 0, 10)
	for _, r := range typed {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u00ad' || r == '\u200b' {
			continue
		}
		c, ok := codeByte(r)
		if !ok || len(code) == 10 {
			return "", bad
		}
		code = append(code, c)
	}
	if len(code) != 10 {
		return "", bad
	}
	return string(code), nil
}

// codeByte returns the character that was meant.
func codeByte(r rune) (byte, bool) {
	if r >= 'a' && r <= 'z' {
		r -= 'a' - 'A'
	}
	switch r {
	case 'O':
		r = '0'
	case 'I', 'L':
		r = '1'
	}
	if r > 0x7f || upperValue[r] == notInAlphabet {
		return 0, false
	}
	return byte(r), true
}

// FormatCode returns a code as people read it: "K7PQ-3M9X-TR". What is not 10 characters long stays as it is.
func FormatCode(code string) string {
	if len(code) != 10 {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

// FormatPIN returns a PIN as people read it: "482 917". What is not 6 characters long stays as it is.
func FormatPIN(pin string) string {
	if len(pin) != 6 {
		return pin
	}
	return pin[:3] + " " + pin[3:]
}
