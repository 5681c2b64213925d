package ids

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"luukku/base/clock"
)

func TestTokensHaveTheirLengthAndDiffer(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	a, b := g.LinkToken(), g.LinkToken()
	if len(a) != 26 || a == b {
		t.Errorf("got link tokens %q and %q, want two different ones of 26 characters", a, b)
	}
	if s := g.SessionToken(); len(s) != 52 {
		t.Errorf("got a session token of %d characters, want 52", len(s))
	}
}

func TestHashOfATokenIsTheHashOfItsSecret(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 16, 32).Draw(t, "secret")
		want := sha256.Sum256(secret)
		if got := HashToken(encodeBytes(secret)); !bytes.Equal(got, want[:]) {
			t.Fatalf("got %x, want %x", got, want)
		}
	})
}

func TestNoOtherTextHasATokensHash(t *testing.T) {
	t.Parallel()
	token := testGen(clock.NewFixed(noon).Now).LinkToken()
	want := HashToken(token)
	others := []string{"", strings.ToUpper(token), token + "0", token[:25], token + " ", "o" + token[1:]}
	// The last character carries three bits and two of filling, which must be zero.
	for _, c := range lower {
		if other := token[:25] + string(c); other != token {
			others = append(others, other)
		}
	}
	for _, other := range others {
		if bytes.Equal(HashToken(other), want) {
			t.Errorf("got the hash of %q for %q, want another", token, other)
		}
	}
	if got := len(HashToken("")); got != sha256.Size {
		t.Errorf("got a hash of %d bytes for the empty text, want %d", got, sha256.Size)
	}
}

func TestBytesComeBackFromTheirText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		if got, ok := decodeBytes(encodeBytes(b)); !ok || !bytes.Equal(got, b) {
			t.Fatalf("got %x %v, want %x", got, ok, b)
		}
	})
}

func TestPINsAreSixDigitsAndEven(t *testing.T) {
	t.Parallel()
	g := testGen(clock.NewFixed(noon).Now)
	const n = 100_000
	var first [10]int
	for range n {
		pin := g.PIN()
		if len(pin) != 6 || strings.Trim(pin, "0123456789") != "" {
			t.Fatalf("got %q, want 6 digits", pin)
		}
		first[pin[0]-'0']++
	}
	// A remainder of 2^20 would put 14.3 % on the digit 0 and 9.5 % on the others. The source is the same every time, so this cannot flicker.
	for d, got := range first {
		if got < n/10-500 || got > n/10+500 {
			t.Errorf("got %d PINs beginning with %d of %d, want about %d", got, d, n, n/10)
		}
	}
}
