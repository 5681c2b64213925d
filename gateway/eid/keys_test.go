package eid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
)

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

func generate(t *testing.T, seed byte, at time.Time) []StoredKey {
	t.Helper()
	keys, err := Generate(mrand.NewChaCha8([32]byte{seed}), at)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// At a rotation the new keys are published a day before they sign, and the old ones are read for a week after they are gone.
func TestTwoSetsOfKeysLiveDuringARotation(t *testing.T) {
	t.Parallel()
	older, newer := generate(t, 1, start), generate(t, 2, start.Add(90*24*time.Hour))
	for i := range older {
		older[i].RetiredAt = start.Add(93 * 24 * time.Hour).Unix()
	}
	now := clock.NewFixed(start)
	ring, err := NewKeys(slices.Concat(newer, older), now.Now)
	if err != nil {
		t.Fatal(err)
	}
	day := 24 * time.Hour
	for _, c := range []struct {
		at        time.Duration
		signs     string
		published int
		reads     int
	}{
		{90 * day, "older", 8, 4},
		{91*day - time.Second, "older", 8, 4},
		{91 * day, "newer", 8, 4},
		{93*day - time.Second, "newer", 8, 4},
		{93 * day, "newer", 4, 4},
		{100*day - time.Second, "newer", 4, 4},
		{100 * day, "newer", 4, 2},
	} {
		now.Set(start.Add(c.at))
		key, err := ring.Signing("RS256")
		if err != nil {
			t.Fatal(err)
		}
		signs := "older"
		if key.KeyID == newer[0].ID {
			signs = "newer"
		}
		if published, reads := len(ring.Public().Keys), len(ring.Decryption()); signs != c.signs || published != c.published || reads != c.reads {
			t.Errorf("after %s: got signed by the %s, %d published, %d to read with; want %s, %d, %d", c.at, signs, published, reads, c.signs, c.published, c.reads)
		}
	}
}

func TestTheFirstKeysSignAtOnce(t *testing.T) {
	t.Parallel()
	ring, err := NewKeys(generate(t, 1, start), clock.NewFixed(start).Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, alg := range []string{"RS256", "PS256", "ES256"} {
		if _, err := ring.Signing(alg); err != nil {
			t.Error(err)
		}
	}
	for _, alg := range []string{"none", "HS256", "RSA-OAEP-256", ""} {
		if _, err := ring.Signing(alg); err == nil {
			t.Errorf("got a key to sign with by %q", alg)
		}
	}
}

func TestTheKeySetThatIsPublishedHasNothingPrivate(t *testing.T) {
	t.Parallel()
	ring, err := NewKeys(generate(t, 1, start), clock.NewFixed(start).Now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := JWKS(ring)
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(b, &set); err != nil || len(set.Keys) != 4 {
		t.Fatalf("got %v, %d keys, want 4", err, len(set.Keys))
	}
	uses := map[any]int{}
	for _, k := range set.Keys {
		uses[k["use"]]++
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, ok := k[private]; ok {
				t.Errorf("%s of the key %s is published", private, k["kid"])
			}
		}
		if k["kid"] == "" {
			t.Error("a key has no name")
		}
	}
	if uses["sig"] != 2 || uses["enc"] != 2 {
		t.Errorf("got uses %v, want two of each", uses)
	}
}

func TestStoredKeysNeverPrint(t *testing.T) {
	t.Parallel()
	k := generate(t, 1, start)[1]
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", k)
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s", k, k, k, []StoredKey{k}), log.String()} {
		if strings.Contains(printed, fmt.Sprint(k.Private[40:44])) || strings.Contains(printed, string(k.Private)) || !strings.Contains(printed, k.ID) {
			t.Errorf("got %s", printed)
		}
	}
}

func TestKeysThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	keys := generate(t, 1, start)
	for name, change := range map[string]func(k *StoredKey){
		"garbage":        func(k *StoredKey) { k.Private = []byte("garbage") },
		"another use":    func(k *StoredKey) { k.Use = UseEncryption },
		"another alg":    func(k *StoredKey) { k.Alg = "ES256" },
		"an unknown one": func(k *StoredKey) { k.Alg = "EdDSA" },
	} {
		k := keys[0]
		change(&k)
		if _, err := NewKeys([]StoredKey{k}, clock.NewFixed(start).Now); err == nil || strings.Contains(err.Error(), "garbage") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheSameChanceMakesTheSameKey(t *testing.T) {
	t.Parallel()
	a, b, other := generate(t, 1, start), generate(t, 1, start), generate(t, 2, start)
	if a[1].ID != b[1].ID || !bytes.Equal(a[1].Private, b[1].Private) || a[1].ID == other[1].ID {
		t.Error("a key on P-256 does not follow from the chance it was made of")
	}
}
