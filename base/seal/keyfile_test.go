package seal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewKeyFileIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %04o, want 0600", got)
	}
}

func TestKeyFileOthersCanReadIsRefused(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, chance(1)); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: got %v, want it refused with the way out", mode, err)
		}
		if _, err := AddVersion(path, Master, chance(1)); err == nil {
			t.Errorf("mode %04o: got a new version, want it refused", mode)
		}
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path, chance(1)); err != nil {
			t.Errorf("mode %04o: got %v, want it read", mode, err)
		}
	}
}

func TestCreateNeverReplacesAFile(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	before, _ := os.ReadFile(path)
	if _, err := Create(path, chance(9)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want %v", err, fs.ErrExist)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("got another file, want it untouched")
	}
}

func TestMissingFileSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none"), chance(1)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := Load(dir, chance(1)); err == nil {
		t.Error("got keys from a directory, want an error")
	}
}

func TestRotationLeavesOneFileOfMode600(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	rotate(t, path, Cookie)
	if err := Promote(path, Cookie, 7); err == nil {
		t.Error("got version 7 promoted, want an error")
	}
	if _, err := AddVersion(path, "pepper", chance(1)); err == nil {
		t.Error("got a key of no kind, want an error")
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("got files %v, want the key file alone", entries)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %04o, want 0600", info.Mode().Perm())
	}
}

func TestDamagedKeyFilesNameTheLineAndNeverTheKey(t *testing.T) {
	t.Parallel()
	path, _ := newRing(t)
	raw, _ := os.ReadFile(path)
	good := string(raw)
	key := strings.Fields(good[strings.Index(good, "\nmaster"):])[2]
	for name, c := range map[string]struct{ text, want string }{
		"empty":             {"", "line 1"},
		"another head":      {strings.Replace(good, "keys 1", "keys 2", 1), "line 1"},
		"unknown kind":      {strings.Replace(good, "\nmaster", "\npepper", 1), "line 4"},
		"version zero":      {strings.Replace(good, "master 1", "master 0", 1), "1 to 65535"},
		"huge version":      {strings.Replace(good, "master 1", "master 65536", 1), "1 to 65535"},
		"cut key":           {strings.Replace(good, key, key[:40], 1), "master key 1 is damaged"},
		"other last word":   {strings.Replace(good, "current", "actual", 1), "line 4"},
		"twice":             {good + "master 1 " + key + "\n", "line 8: master key 1 is there twice"},
		"two current":       {good + "master 2 " + key + " current\n", "line 8: master key 1 is current already"},
		"none current":      {strings.Replace(good, key+" current", key, 1), "no master key is marked current"},
		"a kind is missing": {good[:strings.Index(good, "cookie 1")], "no cookie key"},
	} {
		bad := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(bad, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(bad, chance(1))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
			continue
		}
		if strings.Contains(err.Error(), key[:16]) {
			t.Errorf("%s: got the key in %v", name, err)
		}
	}
}

func TestKeyFileMayHaveCommentsAndForeignLineEnds(t *testing.T) {
	t.Parallel()
	path, k := newRing(t)
	raw, _ := os.ReadFile(path)
	text := strings.ReplaceAll(string(raw)+"\n  # kept by the registry\n", "\n", "\r\n")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(load(t, path).LookupHash("a", "b"), k.LookupHash("a", "b")) {
		t.Error("got other keys, want the same")
	}
}

func TestKeysNeverPrint(t *testing.T) {
	t.Parallel()
	_, k := newRing(t)
	p, _, _ := k.NewPersonKey("p1")
	e := entry{kind: Master, version: 1, key: []byte("0123456789abcdef")}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, c := range []struct {
			v    any
			want string
		}{{k, "[keyring]"}, {p, "[person key]"}, {e, "[master key 1]"}} {
			if got := fmt.Sprintf(verb, c.v); got != c.want {
				t.Errorf("%s: got %q, want %q", verb, got, c.want)
			}
		}
	}
}
