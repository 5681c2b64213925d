package seal

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Place is where a sealed value lies. Row is the whole primary key, joined by the store in one way that never changes.
type Place struct{ Table, Column, Row string }

// A sealed value is one byte of format, the key's version in two bytes, a nonce of 12, and the ciphertext with its tag of 16. Under a person's
// key, of which there is one version, the version is zero.
const (
	formatRow       = 1
	formatPersonKey = 2
	formatPerson    = 3
	formatToken     = 4

	headSize  = 3
	nonceSize = 12
	tagSize   = 16

	// Overhead is how many bytes longer a sealed value is than what was sealed.
	Overhead = headSize + nonceSize + tagSize
)

var errPlace = errors.New("seal: the place lacks its table, column or row")

// Seal encrypts b for its place under the current master key. It is for what belongs to no person: see PersonKey.
func (k *Keyring) Seal(b []byte, where Place) ([]byte, error) {
	aad, err := where.aad()
	if err != nil {
		return nil, err
	}
	return k.rows.seal(k.rand, formatRow, b, aad)
}

// Open decrypts what Seal sealed for the place. The errors are ErrTampered and ErrNoKey.
func (k *Keyring) Open(sealed []byte, where Place) ([]byte, error) {
	aad, err := where.aad()
	if err != nil {
		return nil, err
	}
	return k.rows.open(formatRow, sealed, aad)
}

// aad returns the place as bytes that no other place has.
func (p Place) aad() ([]byte, error) {
	if !p.known() {
		return nil, errPlace
	}
	return parts(p.Table, p.Column, p.Row), nil
}

func (p Place) known() bool { return p.Table != "" && p.Column != "" && p.Row != "" }

// parts joins texts, each behind its length, so that no two lists give the same bytes.
func parts(texts ...string) []byte {
	n := 0
	for _, t := range texts {
		n += len(t) + 4
	}
	b := make([]byte, 0, n+headSize)
	for _, t := range texts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(t)))
		b = append(b, t...)
	}
	return b
}

// seal encrypts under the current version.
func (b boxes) seal(rand io.Reader, format byte, plain, aad []byte) ([]byte, error) {
	return sealWith(b.by[b.current], rand, format, b.current, plain, aad)
}

// open decrypts under the version that the value names.
func (b boxes) open(format byte, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != format {
		return nil, ErrTampered
	}
	version := binary.BigEndian.Uint16(sealed[1:headSize])
	aead, ok := b.by[version]
	if !ok {
		return nil, fmt.Errorf("version %d: %w", version, ErrNoKey)
	}
	return openWith(nil, aead, format, version, sealed, aad)
}

// sealWith writes head, nonce and ciphertext. The head is bound in with the place.
func sealWith(aead cipher.AEAD, rand io.Reader, format byte, version uint16, plain, aad []byte) ([]byte, error) {
	out := make([]byte, headSize+nonceSize, Overhead+len(plain))
	out[0] = format
	binary.BigEndian.PutUint16(out[1:], version)
	nonce := out[headSize:]
	if _, err := io.ReadFull(rand, nonce); err != nil {
		return nil, fmt.Errorf("seal: nonce: %w", err)
	}
	return aead.Seal(out, nonce, plain, append(aad, out[:headSize]...)), nil
}

// openWith reads what sealWith wrote, into dst when there is room and nil for memory of its own.
func openWith(dst []byte, aead cipher.AEAD, format byte, version uint16, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != format || binary.BigEndian.Uint16(sealed[1:headSize]) != version {
		return nil, ErrTampered
	}
	if n := len(sealed) - Overhead; cap(dst) < n || dst == nil {
		dst = make([]byte, 0, n)
	}
	body := sealed[headSize:]
	plain, err := aead.Open(dst[:0], body[:nonceSize], body[nonceSize:], append(aad, sealed[:headSize]...))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}
