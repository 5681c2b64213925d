package audit

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// forest keeps tiles in memory.
type forest map[TileID][]byte

func (f forest) read(_ context.Context, id TileID) ([]byte, error) { return f[id], nil }

func (f forest) grow(t *testing.T, size int64, root tlog.Hash, n int) Grown {
	t.Helper()
	var leaves []tlog.Hash
	for i := range n {
		leaves = append(leaves, leaf(size+int64(i)))
	}
	g, err := Grow(t.Context(), f.read, size, root, leaves)
	if err != nil {
		t.Fatalf("grow from %d by %d: %v", size, n, err)
	}
	for _, tile := range g.Tiles {
		f[tile.TileID] = tile.Hashes
	}
	return g
}

func leaf(n int64) tlog.Hash { return tlog.RecordHash(fmt.Appendf(nil, "line %d", n)) }

// plainRoot is the tree's definition (RFC 6962): the root of the largest power of two below n, and of the rest.
func plainRoot(from, n int64) tlog.Hash {
	if n == 1 {
		return leaf(from)
	}
	k := int64(1)
	for k*2 < n {
		k *= 2
	}
	return tlog.NodeHash(plainRoot(from, k), plainRoot(from+k, n-k))
}

func TestTreeGrownInAnyStepsHasTheRootOfItsDefinition(t *testing.T) {
	t.Parallel()
	for _, steps := range [][]int{{1}, {1, 1, 1}, {255, 1, 1}, {256, 256}, {300, 212, 3}, {1000, 1, 24}, {65535, 1, 1, 300}} {
		f, g := forest{}, Grown{}
		var r Range
		for _, n := range steps {
			g = f.grow(t, g.Size, g.Root, n)
			for r.Size < g.Size {
				r.Add(leaf(r.Size), func(level int, n int64, h tlog.Hash) {
					if level%TileHeight != 0 {
						return
					}
					tile, at := f[TileID{level / TileHeight, n / TileWidth}], n%TileWidth*tlog.HashSize
					if int64(len(tile)) < at+tlog.HashSize || tlog.Hash(tile[at:at+tlog.HashSize]) != h {
						t.Errorf("steps %v: node %d of level %d is not what its tile says", steps, n, level)
					}
				})
			}
			if want := plainRoot(0, g.Size); g.Root != want || r.Root() != want {
				t.Errorf("steps %v, size %d: got %v, and %v from the leaves; want %v", steps, g.Size, g.Root, r.Root(), want)
			}
		}
	}
}

func TestTreeDoesNotGrowFromWhatWasNotSigned(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 200, 256, 700} {
		f := forest{}
		g := f.grow(t, 0, tlog.Hash{}, size)
		other := g.Root
		other[0] ^= 1
		if _, err := Grow(t.Context(), f.read, g.Size, other, []tlog.Hash{leaf(g.Size)}); !errors.Is(err, ErrDamaged) {
			t.Errorf("size %d, another root: got %v, want ErrDamaged", size, err)
		}
		for id := range f {
			if id.N < int64(size)>>(TileHeight*(id.Level+1)) {
				continue // whole tiles that the right edge does not need
			}
			spoiled := forest{}
			for other, data := range f {
				spoiled[other] = append([]byte{}, data...)
			}
			spoiled[id][0] ^= 1
			if _, err := Grow(t.Context(), spoiled.read, g.Size, g.Root, []tlog.Hash{leaf(g.Size)}); !errors.Is(err, ErrDamaged) {
				t.Errorf("size %d, tile %v: got %v, want ErrDamaged", size, id, err)
			}
			delete(spoiled, id)
			if _, err := Grow(t.Context(), spoiled.read, g.Size, g.Root, []tlog.Hash{leaf(g.Size)}); !errors.Is(err, ErrDamaged) {
				t.Errorf("size %d, without tile %v: got %v, want ErrDamaged", size, id, err)
			}
		}
	}
}

func TestBytesOfARowCoverEveryColumnAndBorders(t *testing.T) {
	t.Parallel()
	row := Row{"town", "1", noon, "staff", "7", "person.read", "person", "9", "{}"}
	seen := map[string]string{string(row.Bytes()): "the row"}
	note := func(name string, r Row) {
		if other, was := seen[string(r.Bytes())]; was {
			t.Errorf("%s has the bytes of %s", name, other)
		}
		seen[string(r.Bytes())] = name
	}
	v := reflect.ValueOf(&row).Elem()
	for i := range v.NumField() {
		changed := row
		f := reflect.ValueOf(&changed).Elem().Field(i)
		if f.Kind() == reflect.String {
			f.SetString(f.String() + "x")
		} else {
			f.SetInt(f.Int() + 1)
		}
		note(v.Type().Field(i).Name, changed)
	}
	note("a border moved", Row{"tow", "n1", noon, "staff", "7", "person.read", "person", "9", "{}"})
	note("another border moved", Row{"town", "1", noon, "staff", "7", "person.read", "perso", "n9", "{}"})
}

func TestReasonIsBoundToItsLine(t *testing.T) {
	t.Parallel()
	e := entry().Because("p1", []byte("sealed"))
	if err := e.Check(); err != nil {
		t.Fatalf("got %v, want no error", err)
	}
	row := Row{Detail: `{"fields":"email","reason":"` + e.Detail["reason"] + `"}`}
	if !row.HasReason() || !row.BoundTo(*e.Reason) || row.BoundTo(Reason{"p2", []byte("sealed")}) || row.BoundTo(Reason{"p1", []byte("other")}) {
		t.Error("the reason is not told from others")
	}
	lost := e
	lost.Reason = nil
	if lost.Check() == nil {
		t.Error("without its reason: got no error, want one")
	}
	other := e
	other.Reason = &Reason{"p1", []byte("other")}
	if other.Check() == nil {
		t.Error("with another reason: got no error, want one")
	}
	got := entry()
	got.Because("p1", nil)
	if got.Detail != nil {
		t.Error("the entry itself was changed")
	}
}

// signers signs with one key and knows several.
type signers struct {
	now  int
	keys map[int]ed25519.PrivateKey
}

func newSigners(versions ...int) signers {
	s := signers{now: versions[len(versions)-1], keys: map[int]ed25519.PrivateKey{}}
	for _, v := range versions {
		s.keys[v] = ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+v)), ed25519.SeedSize)))
	}
	return s
}

func (s signers) SignHead(text []byte) (int, []byte) { return s.now, ed25519.Sign(s.keys[s.now], text) }

func (s signers) HeadKeys() map[int]ed25519.PublicKey {
	out := map[int]ed25519.PublicKey{}
	for v, k := range s.keys {
		out[v] = k.Public().(ed25519.PublicKey)
	}
	return out
}

func TestHeadIsKeptElsewhereAndReadAgain(t *testing.T) {
	t.Parallel()
	old, both := newSigners(1), newSigners(1, 2)
	h := Head{Size: 12, Root: leaf(1), AtMicros: noon}.Sign(old)
	text, err := h.Note(old)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseNote(text, both) // after a rotation
	if err != nil || !reflect.DeepEqual(got, h) || got.Check(both) != nil {
		t.Errorf("got %+v, %v; want %+v", got, err, h)
	}
	if _, err := ParseNote(text, newSigners(2)); !errors.Is(err, ErrHeadForged) {
		t.Errorf("without its key: got %v, want ErrHeadForged", err)
	}
	if err := h.Check(newSigners(2)); !errors.Is(err, ErrHeadKey) {
		t.Errorf("without its key: got %v, want ErrHeadKey", err)
	}
	for i := range text {
		b := []byte(text)
		b[i] ^= 1
		if got, err := ParseNote(string(b), both); err == nil && !reflect.DeepEqual(got, h) {
			t.Errorf("byte %d changed: got %+v and no error", i, got)
		}
	}
	for _, bad := range []string{"", "luukku-audit\n", "another\n1\n2\n"} {
		if _, err := ParseNote(bad, both); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}

func FuzzParseNote(f *testing.F) {
	keys := newSigners(1)
	text, _ := Head{Size: 12, Root: leaf(1), AtMicros: noon}.Sign(keys).Note(keys)
	f.Add(text)
	f.Add("luukku-audit\n1\n\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := ParseNote(s, keys); err == nil && h.Check(keys) != nil {
			t.Errorf("%q was read and is not signed", s)
		}
	})
}
