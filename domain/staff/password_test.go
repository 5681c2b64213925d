package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"luukku/base/fault"
)

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	f := fault.Of(err)
	if len(f.Fields) > 0 {
		return f.Fields[0].Key
	}
	return f.Key
}

func TestPasswordsAreLongAndNotEverybodys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ password, want string }{
		{"", "field.required"},
		{"elevenchars", "staff.password_short"},
		{"twelve chars", ""},
		{"ääääääääääö1", ""},
		{strings.Repeat("ab3", 86), "field.too_long"},
		{"keltainen sateenvarjo", ""},
		{"a\x00bcdefghijklmn", "field.bad_characters"},
		{"password1234", "staff.password_common"},
		{"PASSWORD!2026", "staff.password_common"},
		{"Salasana1234!", "staff.password_common"},
		{"123456789012", "staff.password_common"},
		{"210987654321", "staff.password_common"},
		{"aaaaaaaaaaaaaa", "staff.password_common"},
		{"abcabcabcabcabc", "staff.password_common"},
		{"qwertyuiop123", "staff.password_common"},
		{"aino.virtanen@town.example", "staff.password_own"},
		{"AinoVirtanen2026", "staff.password_own"},
		{"aino virtanen aino virtanen", "staff.password_own"},
		{"aino virtanen likes cats", ""},
	} {
		if got := keyOf(CheckPassword(c.password, "aino.virtanen@town.example", "Aino Virtanen")); got != c.want {
			t.Errorf("%q: got %q, want %q", c.password, got, c.want)
		}
	}
}

func TestPasswordsMatchTheirHashAndNobodysMatchesNothing(t *testing.T) {
	t.Parallel()
	h := newHasher(2, rand.Reader)
	stored, err := h.hash(t.Context(), "a", "keltainen sateenvarjo å")
	if err != nil || !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("got %.40s, %v", stored, err)
	}
	for _, c := range []struct {
		stored, typed string
		want          bool
	}{
		{stored, "keltainen sateenvarjo å", true},
		{stored, "keltainen sateenvarjo a\u030a", true}, // the same letter from another keyboard
		{stored, "keltainen sateenvarjo", false},
		{stored, "", false},
		{stored, strings.Repeat("x", 5000), false},
		{"", "", false},
		{"", "anything", false},
	} {
		if got, err := h.matches(t.Context(), "a", c.stored, c.typed); got != c.want || err != nil {
			t.Errorf("%.10q %.30q: got %v, %v", c.stored, c.typed, got, err)
		}
	}
	again, err := h.hash(t.Context(), "a", "keltainen sateenvarjo å")
	if err != nil || again == stored {
		t.Error("two hashes of one password are the same")
	}
	if _, err := h.matches(t.Context(), "a", "$2a$10$something", "x"); err == nil {
		t.Error("a hash of another kind was read")
	}
}

// A crowd from one place has its share of the queue, and somebody from another place gets their turn within moments.
func TestBadPasswordsFromOnePlaceKeepNobodyOut(t *testing.T) {
	t.Parallel()
	h := newHasher(2, rand.Reader)
	stored, err := h.hash(t.Context(), "me", "keltainen sateenvarjo")
	if err != nil {
		t.Fatal(err)
	}
	var judged, refused atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for range 200 {
		all.Go(func() {
			<-start
			_, err := h.matches(t.Context(), "10.6.6.6", stored, "wrong")
			switch {
			case err == nil:
				judged.Add(1)
			case fault.Is(err, fault.KindTooMany):
				refused.Add(1)
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	close(start)
	ok, err := h.matches(t.Context(), "10.0.0.1", stored, "keltainen sateenvarjo")
	if !ok || err != nil {
		t.Errorf("the right one: got %v, %v", ok, err)
	}
	all.Wait()
	if judged.Load() == 0 || judged.Load()+refused.Load() != 200 {
		t.Errorf("got %d judged and %d refused of 200", judged.Load(), refused.Load())
	}
	if len(h.waiting) != 0 || h.all != 0 {
		t.Errorf("the queue still counts %d", h.all)
	}
}

func TestTheQueueOfPasswordsIsBounded(t *testing.T) {
	t.Parallel()
	h := newHasher(1, rand.Reader)
	busy, done := make(chan struct{}), make(chan struct{})
	go func() { _ = h.run(t.Context(), "first", func() { close(busy); <-done }) }()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var left atomic.Int32
	full := 0
	for i := range waitAll + 5 {
		h.mu.Lock()
		room := h.all < waitAll
		h.mu.Unlock()
		if !room {
			if err := h.run(ctx, fmt.Sprint(i), func() {}); !fault.Is(err, fault.KindUnavailable) {
				t.Errorf("got %v, want that all is full", err)
			}
			full++
			continue
		}
		entered := make(chan struct{})
		all.Go(func() {
			close(entered)
			if err := h.run(ctx, fmt.Sprint(i), func() {}); errors.Is(err, context.Canceled) {
				left.Add(1)
			}
		})
		<-entered
		for counted := false; !counted; {
			h.mu.Lock()
			counted = h.all >= i+2 || h.all >= waitAll
			h.mu.Unlock()
		}
	}
	cancel()
	all.Wait()
	close(done)
	if full == 0 || left.Load() != waitAll-1 {
		t.Errorf("got %d refused and %d who left, want some and %d", full, left.Load(), waitAll-1)
	}
}

func TestCodesAreGoodForTheirStepAndItsNeighboursOnce(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	at := time.Unix(1_800_000_000, 0) // the first second of a step
	step := at.Unix() / totpPeriod
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		after time.Duration
		last  int64
		typed string
		want  bool
	}{
		{"in its step", 0, 0, code, true},
		{"with a space", 0, 0, code[:3] + " " + code[3:], true},
		{"a step early, first second", -30 * time.Second, 0, code, true},
		{"two steps early, last second", -31 * time.Second, 0, code, false},
		{"a step late, last second", 59 * time.Second, 0, code, true},
		{"two steps late, first second", 60 * time.Second, 0, code, false},
		{"used", 0, step, code, false},
		{"a later one was used", 0, step + 1, code, false},
		{"the one before was used", 0, step - 1, code, true},
		{"empty", 0, 0, "", false},
		{"too short", 0, 0, code[:5], false},
	} {
		got, ok := stepOf(secret, c.typed, at.Add(c.after), c.last)
		if ok != c.want || ok && got != step {
			t.Errorf("%s: got %d %v, want %v", c.name, got, ok, c.want)
		}
	}
	link := TOTPLink(secret, "aino@town.example", "Luukku")
	if !strings.HasPrefix(link, "otpauth://totp/Luukku:aino@town.example?") || !strings.Contains(link, "secret="+secret) {
		t.Errorf("got %s", link)
	}
}

func TestPasskeysHangOnAName(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://booking.town.example": true, "https://booking.town.example:8443": true, "http://localhost:8080": true, "http://town.localhost": true,
		"http://booking.town.example": false, "http://127.0.0.1:8080": false, "https://192.0.2.1": false, "https://[2001:db8::1]": false, "": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := passkeyHost(u); got != want {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}

func TestTypedCodesAreReadAsMeant(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"K7PQ-3M9X": "K7PQ3M9X", " k7pq 3m9x ": "K7PQ3M9X", "oil0": "0110", strings.Repeat("A", 101): "", "ä-!": ""} {
		if got := plainCode(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
