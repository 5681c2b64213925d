package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/base/config"
	"luukku/base/seal"
	"luukku/store"
	"luukku/store/sqldb"
)

func TestOneProcessServesADataDirectoryAndAFile(t *testing.T) {
	t.Parallel()
	c := settings(t, nil)
	h := open(t, c, false)
	link, err := h.SetupLink(t.Context())
	if err != nil || link == "" {
		t.Fatalf("got %q, %v; want a link", link, err)
	}
	elsewhere := settings(t, map[string]string{"LUUKKU_DATABASE": c.Database.Reveal()})
	inHere := settings(t, map[string]string{"LUUKKU_DATA": c.Data, "LUUKKU_DATABASE": "sqlite:" + filepath.Join(t.TempDir(), "other.db")})
	linked := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(strings.TrimPrefix(c.Database.Reveal(), "sqlite:"), linked); err != nil {
		t.Fatal(err)
	}
	throughLink := settings(t, map[string]string{"LUUKKU_DATABASE": "sqlite:" + linked})
	for name, other := range map[string]config.Config{"the same": c, "the file alone": elsewhere, "the directory alone": inHere, "the file by a link": throughLink} {
		if err := refused(t, other, false); !errors.Is(err, ErrRunning) {
			t.Errorf("%s: got %v, want ErrRunning", name, err)
		}
	}
	if err := Migrate(t.Context(), c, func(string) {}); !errors.Is(err, ErrRunning) {
		t.Errorf("migrate: got %v, want ErrRunning", err)
	}
	if found, err := Check(t.Context(), c, func(string) {}); err != nil || len(found) > 0 {
		t.Errorf("check: got %v, %v; want it possible meanwhile", found, err)
	}
	// The refused ones have not made the link void.
	if got := h.ask(t, "GET", strings.TrimPrefix(strings.Replace(link, "/setup/", "/en/setup/", 1), h.Config.BaseURL)).StatusCode; got != 200 {
		t.Errorf("the set-up link: got %d, want 200", got)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, c, false)
}

func TestDemoAndServerNeverMeet(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			fresh := func() config.Config {
				if database == "sqlite" {
					return settings(t, nil)
				}
				dsn, _ := onPostgres(t)
				return settings(t, map[string]string{"LUUKKU_DATABASE": dsn})
			}
			demo, waiting, serving, blank := fresh(), fresh(), fresh(), fresh()
			closed(t, open(t, demo, true))

			h := open(t, waiting, false)
			if _, err := h.SetupLink(t.Context()); err != nil {
				t.Fatal(err)
			}
			closed(t, h)
			h = open(t, serving, false)
			h.town(t)
			closed(t, h)
			if err := Migrate(t.Context(), blank, func(string) {}); err != nil {
				t.Fatal(err)
			}

			if err := refused(t, demo, false); !errors.Is(err, ErrDemoData) {
				t.Errorf("serve on a demo's: got %v, want ErrDemoData", err)
			}
			for name, c := range map[string]config.Config{"a server's": serving, "one that waits for set-up": waiting} {
				if err := refused(t, c, true); !errors.Is(err, ErrRealData) {
					t.Errorf("demo on %s: got %v, want ErrRealData", name, err)
				}
				closed(t, open(t, c, false)) // and it is still a server's
			}
			closed(t, open(t, demo, true))
			closed(t, open(t, blank, true))
		})
	}
}

func closed(t *testing.T, h *house) {
	t.Helper()
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDemoGoesOnWhereItsClockWas(t *testing.T) {
	t.Parallel()
	c := settings(t, nil)
	h := open(t, c, true)
	r := h.request(t, "POST", "/en/dev/clock", "by=1w", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	if got := h.send(r).StatusCode; got != 303 {
		t.Fatalf("got %d, want the clock moved", got)
	}
	want := monday.Add(7 * 24 * time.Hour)
	if got := h.Now(); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	closed(t, h)
	if got := open(t, c, true).Now(); !got.Equal(want) {
		t.Errorf("opened again: got %v, want %v", got, want)
	}
}

func TestDataIsNotOpenedWithOtherKeys(t *testing.T) {
	t.Parallel()
	c := settings(t, nil)
	closed(t, open(t, c, false))
	key, err := os.ReadFile(c.KeyFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(c.KeyFile); err != nil {
		t.Fatal(err)
	}
	if err := refused(t, c, false); !strings.Contains(err.Error(), "is missing") {
		t.Errorf("without the file: got %v, want it missed", err)
	}
	if _, err := os.Stat(c.KeyFile); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got a new key file (%v), want none", err)
	}
	other := settings(t, nil)
	closed(t, open(t, other, false))
	c.KeyFile = other.KeyFile
	if err := refused(t, c, false); !strings.Contains(err.Error(), "does not belong to this database") {
		t.Errorf("with another file: got %v, want it refused", err)
	}
	c.KeyFile = filepath.Join(c.Data, "keys")
	if err := os.WriteFile(c.KeyFile, key, 0o600); err != nil {
		t.Fatal(err)
	}
	closed(t, open(t, c, false))

	// A new version of the look-up key, in use: the old one is still there.
	if _, err := seal.AddVersion(c.KeyFile, seal.Lookup, strings.NewReader(strings.Repeat("k", 32))); err != nil {
		t.Fatal(err)
	}
	if err := seal.Promote(c.KeyFile, seal.Lookup, 2); err != nil {
		t.Fatal(err)
	}
	closed(t, open(t, c, false))
	closed(t, open(t, c, false))
}

func TestKeyFilesThatCannotBeUsedStopTheStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(path string) error
		want string
	}{
		"others can read it": {func(p string) error { return os.WriteFile(p, []byte("luukku keys 1\n"), 0o640) }, "run chmod 600"},
		"no keys in it":      {func(p string) error { return os.WriteFile(p, []byte("hello\n"), 0o600) }, "this is no key file"},
		"a directory":        {func(p string) error { return os.Mkdir(p, 0o700) }, "is not a file"},
	} {
		cfg := settings(t, map[string]string{"LUUKKU_KEY_FILE": filepath.Join(t.TempDir(), "keys")})
		if err := c.make(cfg.KeyFile); err != nil {
			t.Fatal(err)
		}
		if err := refused(t, cfg, false); !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), cfg.KeyFile) {
			t.Errorf("%s: got %v, want the file and %q", name, err, c.want)
		}
	}
}

func TestCheckTellsWhatItCannotCheck(t *testing.T) {
	t.Parallel()
	c := settings(t, nil)
	if _, err := Check(t.Context(), c, func(string) {}); !errors.Is(err, ErrNoDatabase) {
		t.Errorf("got %v, want ErrNoDatabase", err)
	}
	if _, err := os.Stat(c.Data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v: checking made something", err)
	}
	empty := settings(t, map[string]string{"LUUKKU_DATABASE": "sqlite:" + filepath.Join(t.TempDir(), "empty.db")})
	d, err := sqldb.Open(t.Context(), empty.Database.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Check(t.Context(), empty, func(string) {}); !errors.Is(err, ErrOldSchema) {
		t.Errorf("got %v, want ErrOldSchema", err)
	}
}

func TestADatabaseThatCannotBeReadIsNoEmptyOne(t *testing.T) {
	t.Parallel()
	c := settings(t, nil)
	closed(t, open(t, c, true))
	d, err := sqldb.Open(t.Context(), c.Database.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	// The demo's mark is out of reach, as when the disk fails: neither may take the data for its own.
	st := store.New(d, store.Options{})
	for _, demo := range []bool{false, true} {
		if err := ours(t.Context(), st, demo); err == nil {
			t.Errorf("demo %v: got it opened, want the error of reading", demo)
		}
	}
}
