package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestTokenIsGoodUpToItsLastSecond(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	token := k.SealToken("appointment", []byte("1W9K000123"), noon.Add(300*time.Millisecond))
	for after, want := range map[time.Duration]error{-time.Hour: nil, 0: nil, 999 * time.Millisecond: nil, time.Second: ErrExpired, time.Hour: ErrExpired} {
		got, err := k.OpenToken("appointment", token, noon.Add(after))
		if !errors.Is(err, want) || want == nil && string(got) != "1W9K000123" {
			t.Errorf("%v after: got %q %v, want %v", after, got, err, want)
		}
	}
}

func TestTokenIsForOnePurpose(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	token := k.SealToken("appointment", nil, noon)
	if got, err := k.OpenToken("appointment", token, noon); err != nil || len(got) != 0 {
		t.Errorf("got %q %v, want nothing and no error", got, err)
	}
	for _, other := range []string{"", "appointments", "draft"} {
		if _, err := k.OpenToken(other, token, noon); !errors.Is(err, ErrTampered) {
			t.Errorf("as %q: got %v, want %v", other, err, ErrTampered)
		}
	}
}

func TestChangedTokenIsRefused(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	token := k.SealToken("draft", []byte("payload"), noon)
	for i := range token {
		c := byte('A')
		if token[i] == c {
			c = 'B'
		}
		bad := token[:i] + string(c) + token[i+1:]
		if _, err := k.OpenToken("draft", bad, noon); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNoKey) {
			t.Errorf("character %d: got %v, want it noticed", i, err)
		}
	}
	for _, bad := range []string{"", token + "=", token + "\n", "\n" + token, token[1:], token + token, strings.Repeat("A", maxToken+1)} {
		if _, err := k.OpenToken("draft", bad, noon); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNoKey) {
			t.Errorf("got %v for a token of %d characters, want it refused", err, len(bad))
		}
	}
}

func TestTokensOutliveARotation(t *testing.T) {
	t.Parallel()
	path, old := newRing(t)
	token := old.SealToken("draft", []byte("payload"), noon)
	now := rotate(t, path, Cookie)
	if got, err := now.OpenToken("draft", token, noon); err != nil || string(got) != "payload" {
		t.Errorf("got %q %v, want payload", got, err)
	}
	if _, err := old.OpenToken("draft", now.SealToken("draft", nil, noon), noon); !errors.Is(err, ErrNoKey) {
		t.Errorf("got %v from the old file, want %v", err, ErrNoKey)
	}
}

func TestSecretShowsItselfToNobody(t *testing.T) {
	t.Parallel()
	s := Secret("hunter2")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10s"} {
		for _, v := range []any{s, struct{ P Secret }{s}, []Secret{s}, map[string]Secret{"p": s}} {
			if got := fmt.Sprintf(verb, v); strings.Contains(got, "hunter2") || strings.Contains(strings.ToLower(got), "68756e") || !strings.Contains(got, redacted) {
				t.Errorf("%s of %T: got %q, want a placeholder", verb, v, got)
			}
		}
	}
	j, err := json.Marshal(map[string]any{"p": s, "q": &s})
	if want := `{"p":"[secret]","q":"[secret]"}`; err != nil || string(j) != want {
		t.Errorf("got %s %v, want %s", j, err, want)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "p", s, "g", s.GoString(), "t", struct{ P Secret }{s})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "p", s, "t", struct{ P Secret }{s})
	if strings.Contains(log.String(), "hunter2") {
		t.Errorf("got %s, want no secret in the log", log.String())
	}
	if s.Reveal() != "hunter2" || Secret("").String() != "" {
		t.Error("got another text, want it revealed when asked, and nothing for no secret")
	}
}

func FuzzOpenToken(f *testing.F) {
	_, k := newRing(f)
	good := k.SealToken("draft", []byte("payload"), noon)
	for _, s := range []string{good, "", "AAAA", good[:20], strings.Repeat("A", 80), "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, token string) {
		got, err := k.OpenToken("draft", token, noon)
		if err == nil && (token != good || string(got) != "payload") {
			t.Fatalf("got %q from %q, want only our own token to open", got, token)
		}
		if err != nil && got != nil {
			t.Fatalf("got %q with %v, want nothing", got, err)
		}
	})
}
