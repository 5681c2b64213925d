package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"luukku/base/ids"
)

// Errors. Those of a Keyring's methods wrap one of these and never hold what was sealed.
var (
	// ErrTampered says that a sealed value was changed, cut, moved to another place, or never sealed by us.
	ErrTampered = errors.New("not sealed for this place, or changed since")
	// ErrNoKey says that the key file lacks the version that a value was sealed under.
	ErrNoKey = errors.New("the key file lacks the key this was sealed under")
	// ErrExpired says that a token was good once.
	ErrExpired = errors.New("token expired")
)

// Keyring holds every version of the installation's keys. It never changes once loaded and is safe for concurrent use.
type Keyring struct {
	rows, persons, cookies boxes
	lookups                []lookup // the current one first, then from the newest to the oldest
	codes                  ids.CodeKeys
	heads                  heads
	rand                   io.Reader
}

// boxes are the ciphers of one purpose by version.
type boxes struct {
	current uint16
	by      map[uint16]cipher.AEAD
}

// Load reads the key file at path. Chance for nonces and new keys comes from rand, crypto/rand.Reader when serving. It refuses a file that
// others than its owner can read. A missing file is an error that is fs.ErrNotExist: see Create.
func Load(path string, rand io.Reader) (*Keyring, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	k, err := newKeyring(f, rand)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return k, nil
}

// Create writes a new key file at path, mode 0600, with one version of each key, and returns it loaded. It never replaces a file: when there is one,
// the error is fs.ErrExist.
func Create(path string, rand io.Reader) (*Keyring, error) {
	var f keyFile
	for _, kind := range kinds {
		if _, err := f.add(kind, rand); err != nil {
			return nil, err
		}
		if err := f.promote(kind, 1); err != nil {
			return nil, err
		}
	}
	if err := createFile(path, f); err != nil {
		return nil, err
	}
	return newKeyring(f, rand)
}

// AddVersion writes a new version of a key into the file at path and returns its number. It is read from now on, and used once promoted.
func AddVersion(path string, kind Kind, rand io.Reader) (version int, err error) {
	err = changeFile(path, func(f *keyFile) error {
		version, err = f.add(kind, rand)
		return err
	})
	return version, err
}

// Promote makes a version of a key in the file at path the current one.
func Promote(path string, kind Kind, version int) error {
	return changeFile(path, func(f *keyFile) error { return f.promote(kind, version) })
}

// newKeyring makes the ciphers.
func newKeyring(f keyFile, rand io.Reader) (*Keyring, error) {
	k := &Keyring{rand: &lockedReader{r: rand}}
	var err error
	for _, b := range []struct {
		boxes   *boxes
		kind    Kind
		purpose string
	}{{&k.rows, Master, "luukku rows 1"}, {&k.persons, Master, "luukku person keys 1"}, {&k.cookies, Cookie, "luukku tokens 1"}} {
		if *b.boxes, err = newBoxes(f, b.kind, b.purpose); err != nil {
			return nil, err
		}
	}
	if k.heads, err = newHeads(f); err != nil {
		return nil, err
	}
	for _, e := range f.of(Lookup) {
		k.lookups = append(k.lookups, lookup{key: e.key})
	}
	codes := f.of(Code)
	if k.codes.Current, err = ids.NewCodeKey(codes[0].key); err != nil {
		return nil, err
	}
	if prev, ok := previous(codes); ok {
		if k.codes.Previous, err = ids.NewCodeKey(prev.key); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// previous returns the version before the current one, which comes first. Where there is none it returns the newest other: one that another server
// may have promoted already, or that was promoted and taken back.
func previous(entries []entry) (entry, bool) {
	if len(entries) < 2 {
		return entry{}, false
	}
	for _, e := range entries[1:] {
		if e.version < entries[0].version {
			return e, true
		}
	}
	return entries[1], true
}

// newBoxes derives one cipher per version for a purpose, so that one purpose's values mean nothing to another.
func newBoxes(f keyFile, kind Kind, purpose string) (boxes, error) {
	entries := f.of(kind)
	b := boxes{current: uint16(entries[0].version), by: make(map[uint16]cipher.AEAD, len(entries))}
	for _, e := range entries {
		aead, err := newAEAD(e.key, purpose)
		if err != nil {
			return boxes{}, err
		}
		b.by[uint16(e.version)] = aead
	}
	return b, nil
}

// newAEAD derives AES-256-GCM from a key for a purpose.
func newAEAD(key []byte, purpose string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key, nil, purpose, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return aead, nil
}

// CodeKeys returns the keys of the booking codes.
func (k *Keyring) CodeKeys() ids.CodeKeys { return k.codes }

// Format writes a placeholder whatever the verb, so that keys never reach a log.
func (k *Keyring) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[keyring]")) }

// lockedReader makes a source of chance safe for concurrent use.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

// Read fills p whole or fails.
func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}

// of returns the keys of a kind: the current one first, then from the newest to the oldest.
func (f keyFile) of(kind Kind) []entry {
	var out []entry
	for _, e := range f.entries {
		if e.kind == kind {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b entry) int {
		if a.current != b.current {
			if a.current {
				return -1
			}
			return 1
		}
		return b.version - a.version
	})
	return out
}
