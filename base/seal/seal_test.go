package seal

import (
	"bytes"
	"errors"
	"io"
	mrand "math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// chance returns a source of chance that is the same every time.
func chance(seed byte) io.Reader { return mrand.NewChaCha8([32]byte{seed}) }

// newRing returns a key file's path and what it holds.
func newRing(t testing.TB) (string, *Keyring) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys")
	k, err := Create(path, chance(1))
	if err != nil {
		t.Fatal(err)
	}
	return path, k
}

// rotate adds and promotes a version, and loads the file again.
func rotate(t testing.TB, path string, kind Kind) *Keyring {
	t.Helper()
	v, err := AddVersion(path, kind, chance(byte(len(kind))+100))
	if err != nil {
		t.Fatal(err)
	}
	if err := Promote(path, kind, v); err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

func load(t testing.TB, path string) *Keyring {
	t.Helper()
	k, err := Load(path, chance(2))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var place = Place{"contact", "national_id", "reg/01"}

// sealer is what a Keyring and a PersonKey have in common.
type sealer interface {
	Seal([]byte, Place) ([]byte, error)
	Open([]byte, Place) ([]byte, error)
}

// sealers runs a test with both.
func sealers(t *testing.T, test func(*testing.T, sealer)) {
	_, k := newRing(t)
	p, _, err := k.NewPersonKey("p1")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]sealer{"keyring": k, "person": p} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func TestSealedValueOpensInItsPlace(t *testing.T) {
	t.Parallel()
	sealers(t, func(t *testing.T, s sealer) {
		rapid.Check(t, func(t *rapid.T) {
			want := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
			sealed, err := s.Seal(want, place)
			if err != nil {
				t.Fatal(err)
			}
			if len(sealed) != len(want)+Overhead || len(want) > 3 && bytes.Contains(sealed, want) {
				t.Fatalf("got %d bytes of %d sealed, want %d more and none of them clear", len(sealed), len(want), Overhead)
			}
			if got, err := s.Open(sealed, place); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("got %x %v, want %x", got, err, want)
			}
		})
	})
}

// What is opened into memory of the caller's is what is opened otherwise, whatever lies there; what was tampered with is not opened at all.
func TestOpenedIntoMemoryOfTheCaller(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	p, _, err := k.NewPersonKey("p1")
	if err != nil {
		t.Fatal(err)
	}
	var dst []byte
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := p.Seal(want, place)
		if err != nil {
			t.Fatal(err)
		}
		before := bytes.Clone(sealed)
		if dst, err = p.OpenInto(dst, sealed, place); err != nil || !bytes.Equal(dst, want) || !bytes.Equal(sealed, before) {
			t.Fatalf("got %x %v, want %x and what is sealed as it was", dst, err, want)
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "at")] ^= 1
		if got, err := p.OpenInto(dst, sealed, place); !errors.Is(err, ErrTampered) || got != nil {
			t.Fatalf("got %x %v, want %v", got, err, ErrTampered)
		}
	})
}

func TestSealingTwiceGivesUnlikeBytes(t *testing.T) {
	t.Parallel()
	sealers(t, func(t *testing.T, s sealer) {
		a, _ := s.Seal([]byte("010190-999X"), place)
		b, _ := s.Seal([]byte("010190-999X"), place)
		if bytes.Equal(a, b) {
			t.Error("got the same bytes twice, want a nonce of its own for each")
		}
	})
}

func TestSealedValueOpensNowhereElse(t *testing.T) {
	t.Parallel()
	sealers(t, func(t *testing.T, s sealer) {
		sealed, _ := s.Seal([]byte("010190-999X"), place)
		for _, other := range []Place{
			{"contacts", "national_id", "reg/01"}, {"contact", "note", "reg/01"}, {"contact", "national_id", "reg/02"},
			{"contactn", "ational_id", "reg/01"}, {"contact", "national_idr", "eg/01"}, {"national_id", "contact", "reg/01"},
		} {
			if got, err := s.Open(sealed, other); !errors.Is(err, ErrTampered) {
				t.Errorf("at %v: got %q %v, want %v", other, got, err, ErrTampered)
			}
		}
	})
}

func TestPlaceMustBeWhole(t *testing.T) {
	t.Parallel()
	sealers(t, func(t *testing.T, s sealer) {
		for _, bad := range []Place{{}, {"t", "c", ""}, {"t", "", "r"}, {"", "c", "r"}} {
			if _, err := s.Seal([]byte("x"), bad); err == nil {
				t.Errorf("got a value sealed for %v, want an error", bad)
			}
			if _, err := s.Open(make([]byte, 100), bad); err == nil {
				t.Errorf("got a value opened at %v, want an error", bad)
			}
		}
	})
}

func TestEachChangedByteIsNoticed(t *testing.T) {
	t.Parallel()
	sealers(t, func(t *testing.T, s sealer) {
		sealed, _ := s.Seal([]byte("010190-999X"), place)
		for i := range sealed {
			for _, flip := range []byte{1, 0x80, 0xff} {
				bad := bytes.Clone(sealed)
				bad[i] ^= flip
				_, err := s.Open(bad, place)
				if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNoKey) {
					t.Errorf("byte %d: got %v, want it noticed", i, err)
				}
			}
			if _, err := s.Open(sealed[:i], place); !errors.Is(err, ErrTampered) {
				t.Errorf("cut at %d: got %v, want %v", i, err, ErrTampered)
			}
		}
		if _, err := s.Open(append(bytes.Clone(sealed), 0), place); !errors.Is(err, ErrTampered) {
			t.Errorf("lengthened: got %v, want %v", err, ErrTampered)
		}
	})
}

func TestValueOfOneUseMeansNothingToAnother(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	p, wrapped, _ := k.NewPersonKey("p1")
	row, _ := k.Seal([]byte("x"), place)
	mine, _ := p.Seal([]byte("x"), place)
	for name, err := range map[string]error{
		"row as person's":       second(p.Open(row, place)),
		"person's as row":       second(k.Open(mine, place)),
		"wrapped key as row":    second(k.Open(wrapped, place)),
		"row as wrapped key":    second(k.Unwrap("p1", row)),
		"person's as their key": second(k.Unwrap("p1", mine)),
	} {
		if !errors.Is(err, ErrTampered) {
			t.Errorf("%s: got %v, want %v", name, err, ErrTampered)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestRowsSealedBeforeARotationStillOpen(t *testing.T) {
	t.Parallel()
	path, old := newRing(t)
	sealed, _ := old.Seal([]byte("x"), place)
	now := rotate(t, path, Master)
	if got, err := now.Open(sealed, place); err != nil || string(got) != "x" {
		t.Errorf("got %q %v after a rotation, want x", got, err)
	}
	fresh, _ := now.Seal([]byte("y"), place)
	if fresh[2] != 2 {
		t.Errorf("got key version %d on a new value, want 2", fresh[2])
	}
	if _, err := old.Open(fresh, place); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v from the old file for a new value, want %v", err, ErrNoKey)
	}
	forged := bytes.Clone(sealed)
	forged[2] = 2
	if _, err := now.Open(forged, place); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v for a value under another version's number, want %v", err, ErrTampered)
	}
}

func TestAddedVersionIsReadButNotUsedBeforeItsPromotion(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	if v, err := AddVersion(path, Master, chance(9)); v != 2 || err != nil {
		t.Fatalf("got version %d %v, want 2", v, err)
	}
	waiting := load(t, path)
	sealed, _ := waiting.Seal([]byte("x"), place)
	if sealed[2] != 1 {
		t.Errorf("got key version %d before the promotion, want 1", sealed[2])
	}
	if err := Promote(path, Master, 2); err != nil {
		t.Fatal(err)
	}
	// Another server has promoted it already: this one reads what it writes.
	sealed, _ = load(t, path).Seal([]byte("y"), place)
	if got, err := waiting.Open(sealed, place); err != nil || string(got) != "y" {
		t.Errorf("got %q %v, want y read before the promotion", got, err)
	}
}

func TestPersonKeyComesBackFromItsWrappedForm(t *testing.T) {
	t.Parallel()
	path, k := newRing(t)
	p, wrapped, err := k.NewPersonKey("p1")
	if err != nil {
		t.Fatal(err)
	}
	sealed, _ := p.Seal([]byte("x"), place)
	again, err := load(t, path).Unwrap("p1", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(sealed, place); err != nil || string(got) != "x" {
		t.Errorf("got %q %v, want x", got, err)
	}
	if _, err := k.Unwrap("p2", wrapped); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v unwrapping another person's key, want %v", err, ErrTampered)
	}
	for i := range wrapped {
		bad := bytes.Clone(wrapped)
		bad[i] ^= 1
		if _, err := k.Unwrap("p1", bad); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNoKey) {
			t.Errorf("byte %d: got %v, want it noticed", i, err)
		}
	}
	other, _, _ := k.NewPersonKey("p1")
	if _, err := other.Open(sealed, place); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v under a later key of the same person, want %v", err, ErrTampered)
	}
}

func TestPersonKeyNeedsAPerson(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	if _, _, err := k.NewPersonKey(""); err == nil {
		t.Error("got a key of nobody, want an error")
	}
	if _, err := k.Unwrap("", make([]byte, 100)); err == nil {
		t.Error("got nobody's key, want an error")
	}
	if _, err := (PersonKey{}).Seal([]byte("x"), place); err == nil {
		t.Error("got a value sealed under no key, want an error")
	}
	if _, err := (PersonKey{}).Open(make([]byte, 100), place); err == nil {
		t.Error("got a value opened under no key, want an error")
	}
}

func TestRewrapMovesAPersonKeyToTheNewMasterKey(t *testing.T) {
	t.Parallel()
	path, old := newRing(t)
	p, wrapped, _ := old.NewPersonKey("p1")
	sealed, _ := p.Seal([]byte("x"), place)
	if same, changed, err := old.Rewrap("p1", wrapped); changed || err != nil || !bytes.Equal(same, wrapped) {
		t.Errorf("got changed %v %v, want the same bytes under the current key", changed, err)
	}
	now := rotate(t, path, Master)
	again, changed, err := now.Rewrap("p1", wrapped)
	if err != nil || !changed || again[2] != 2 {
		t.Fatalf("got changed %v %v, want it wrapped under version 2", changed, err)
	}
	key, err := now.Unwrap("p1", again)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.Open(sealed, place); err != nil || string(got) != "x" {
		t.Errorf("got %q %v, want x", got, err)
	}
	if _, _, err := now.Rewrap("p2", wrapped); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v rewrapping for another person, want %v", err, ErrTampered)
	}
}

func TestLookupHashesFollowTheirKeyAndKind(t *testing.T) {
	t.Parallel()
	path, old := newRing(t)
	before := old.LookupHash("national_id", "010190-999X")
	if len(before) != 32 || !bytes.Equal(before, load(t, path).LookupHash("national_id", "010190-999X")) {
		t.Errorf("got %x, want the same 32 bytes from the same file", before)
	}
	if bytes.Equal(before, old.LookupHash("kiosk_pin", "010190-999X")) || bytes.Equal(old.LookupHash("ab", "c"), old.LookupHash("a", "bc")) {
		t.Error("got one hash for two kinds, want two")
	}
	now := rotate(t, path, Lookup)
	got := now.LookupHashes("national_id", "010190-999X")
	if len(got) != 2 || !bytes.Equal(got[0], now.LookupHash("national_id", "010190-999X")) || !bytes.Equal(got[1], before) || bytes.Equal(got[0], got[1]) {
		t.Errorf("got hashes %x, want the new key's and then %x", got, before)
	}
}

func TestBookingCodesOutliveARotation(t *testing.T) {
	t.Parallel()
	path, old := newRing(t)
	code, err := old.CodeKeys().Code("1W9K000123")
	if err != nil {
		t.Fatal(err)
	}
	now := rotate(t, path, Code)
	if got := now.CodeKeys().Candidates(code); len(got) != 2 || got[1] != "1W9K000123" {
		t.Errorf("got %v, want 1W9K000123 by the previous key", got)
	}
	third := rotate(t, path, Code)
	want, _ := now.CodeKeys().Code("1W9K000123")
	if got, _ := third.CodeKeys().Previous.Code("1W9K000123"); got != want {
		t.Errorf("got previous code %s, want version 2's %s", got, want)
	}
}

func TestFailingChanceIsAnError(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	k, err := Load(path, strings.NewReader("short"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Seal([]byte("x"), place); err == nil {
		t.Error("got a value sealed without a nonce, want an error")
	}
	if _, _, err := k.NewPersonKey("p1"); err == nil {
		t.Error("got a person's key without chance, want an error")
	}
	if _, err := AddVersion(path, Master, strings.NewReader("")); err == nil {
		t.Error("got a new version without chance, want an error")
	}
}

func BenchmarkPersonSeal(b *testing.B) {
	_, k := newRing(b)
	p, _, _ := k.NewPersonKey("p1")
	for b.Loop() {
		_, _ = p.Seal([]byte("010190-999X"), place)
	}
}

func BenchmarkNewPersonKey(b *testing.B) {
	_, k := newRing(b)
	for b.Loop() {
		_, _, _ = k.NewPersonKey("p1")
	}
}
