package seal

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// PersonKey seals what concerns one person. It is safe for concurrent use. The zero PersonKey seals and opens nothing.
type PersonKey struct {
	person string
	aead   cipher.AEAD
	rand   io.Reader
}

var (
	errPerson      = errors.New("seal: a person's key needs the person")
	errNoPersonKey = errors.New("seal: no person's key")
)

// NewPersonKey makes a person's data key. The wrapped form is for the database; without it, nothing sealed under the key can be opened again.
func (k *Keyring) NewPersonKey(person string) (key PersonKey, wrapped []byte, err error) {
	if person == "" {
		return PersonKey{}, nil, errPerson
	}
	secret := make([]byte, keySize)
	if _, err := io.ReadFull(k.rand, secret); err != nil {
		return PersonKey{}, nil, fmt.Errorf("new person key: %w", err)
	}
	if wrapped, err = k.persons.seal(k.rand, formatPersonKey, secret, parts(person)); err != nil {
		return PersonKey{}, nil, err
	}
	if key, err = k.personKey(person, secret); err != nil {
		return PersonKey{}, nil, err
	}
	return key, wrapped, nil
}

// Unwrap returns the person's key from its wrapped form. The errors are ErrTampered, also for another person's key, and ErrNoKey.
func (k *Keyring) Unwrap(person string, wrapped []byte) (PersonKey, error) {
	secret, err := k.unwrap(person, wrapped)
	if err != nil {
		return PersonKey{}, err
	}
	return k.personKey(person, secret)
}

// Rewrap returns the same key wrapped under the current master key, and whether that is news: when it was already, wrapped comes back as it is.
func (k *Keyring) Rewrap(person string, wrapped []byte) (again []byte, changed bool, err error) {
	secret, err := k.unwrap(person, wrapped)
	if err != nil {
		return nil, false, err
	}
	if binary.BigEndian.Uint16(wrapped[1:headSize]) == k.persons.current {
		return wrapped, false, nil
	}
	again, err = k.persons.seal(k.rand, formatPersonKey, secret, parts(person))
	return again, err == nil, err
}

// unwrap returns the 32 bytes of a person's key.
func (k *Keyring) unwrap(person string, wrapped []byte) ([]byte, error) {
	if person == "" {
		return nil, errPerson
	}
	return k.persons.open(formatPersonKey, wrapped, parts(person))
}

func (k *Keyring) personKey(person string, secret []byte) (PersonKey, error) {
	aead, err := newAEAD(secret, "luukku person rows 1")
	if err != nil {
		return PersonKey{}, err
	}
	return PersonKey{person: person, aead: aead, rand: k.rand}, nil
}

// Seal encrypts b for its place.
func (p PersonKey) Seal(b []byte, where Place) ([]byte, error) {
	aad, err := p.aad(where)
	if err != nil {
		return nil, err
	}
	return sealWith(p.aead, p.rand, formatPerson, 0, b, aad)
}

// Open decrypts what Seal sealed for the place under this person's key. Else the error is ErrTampered.
func (p PersonKey) Open(sealed []byte, where Place) ([]byte, error) {
	return p.OpenInto(nil, sealed, where)
}

// OpenInto is Open into the memory of dst, which what is sealed must not share, when there is enough of it: for who opens much, one after another, and keeps nothing of it.
func (p PersonKey) OpenInto(dst, sealed []byte, where Place) ([]byte, error) {
	aad, err := p.aad(where)
	if err != nil {
		return nil, err
	}
	return openWith(dst, p.aead, formatPerson, 0, sealed, aad)
}

// aad binds the person in with the place.
func (p PersonKey) aad(where Place) ([]byte, error) {
	if p.aead == nil {
		return nil, errNoPersonKey
	}
	if !where.known() {
		return nil, errPlace
	}
	return parts(p.person, where.Table, where.Column, where.Row), nil
}

// Format writes a placeholder whatever the verb, so that a key never reaches a log.
func (p PersonKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[person key]")) }
