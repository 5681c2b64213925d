package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/fault"
	"luukku/base/seal"
	"luukku/store"
	"luukku/store/migrations"
	"luukku/store/sqldb"
)

// What must never meet.
var (
	// ErrDemoData is returned when serve is pointed at a demo's data: its clock was moved, and nothing in it is real.
	ErrDemoData = errors.New(`this is the data of a demo, which "serve" refuses: run "luukku demo" on it, or choose another directory or database`)
	// ErrRealData is returned when the demo is pointed at a server's data, which it would fill with what is not real.
	ErrRealData = errors.New(`this is the data of a server, which "demo" never touches: choose another directory or database`)
	// ErrNoDatabase is returned when what is to be checked is not there.
	ErrNoDatabase = errors.New("there is no database yet")
	// ErrOldSchema is returned when the database was made by an older version.
	ErrOldSchema = errors.New(`the database's schema is older than this program: run "luukku migrate" first`)
)

// Settings that the store keeps about its own data.
const (
	demoSetting = "demo.clock_ahead" // how far the demo's clock runs ahead; it is what makes the data a demo's
	keysSetting = "keys.check"       // tells whether a key file is the one that the data was sealed with
)

// openData opens what the settings name, for this process alone where that must be, makes what is not there, and refuses what is not ours to open
// before anything is changed.
func (a *App) openData(ctx context.Context, o Options) error {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	if err := a.locks.take(filepath.Join(a.Config.Data, lockName), a.Config.Data); err != nil {
		return err
	}
	if err := a.locks.takeDatabase(a.Config.Database.Reveal()); err != nil {
		return err
	}
	var err error
	if a.db, err = sqldb.Open(ctx, a.Config.Database.Reveal()); err != nil {
		return err
	}
	begun, err := hasSchema(ctx, a.db)
	if err != nil {
		return err
	}
	if begun {
		if err := ours(ctx, store.New(a.db, store.Options{Now: o.Now}), o.Demo); err != nil {
			return err
		}
	}
	return migrate(ctx, a.db, o.Progress)
}

// hasSchema reports whether anything was ever in a database.
func hasSchema(ctx context.Context, d *sqldb.DB) (bool, error) {
	steps, err := sqldb.MigrationStatus(ctx, d, migrations.FS)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(steps, func(m sqldb.Migration) bool { return m.Applied }), nil
}

// schemaIsCurrent reports whether every migration of this program was applied.
func schemaIsCurrent(ctx context.Context, d *sqldb.DB) (bool, error) {
	steps, err := sqldb.MigrationStatus(ctx, d, migrations.FS)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(steps, func(m sqldb.Migration) bool { return !m.Applied }), nil
}

// ours says whether data may be opened: a server never opens a demo's, and a demo nothing but its own and what is empty.
func ours(ctx context.Context, st *store.Store, demo bool) error {
	_, err := st.Setting(ctx, demoSetting)
	switch {
	case err == nil && !demo:
		return ErrDemoData
	case err == nil:
		return nil
	case !fault.Is(err, fault.KindNotFound):
		return fmt.Errorf("read whose data this is: %w", err)
	case !demo:
		return nil
	}
	for _, trace := range []func() (bool, error){
		func() (bool, error) { return there(st.Installation(ctx)) },
		func() (bool, error) { return there(st.SetupLink(ctx)) },
		func() (bool, error) { orgs, err := st.Organisations(ctx); return len(orgs) > 0, err },
	} {
		found, err := trace()
		if err != nil {
			return fmt.Errorf("read whose data this is: %w", err)
		}
		if found {
			return ErrRealData
		}
	}
	return nil
}

// there reports whether something was found.
func there[T any](_ T, err error) (bool, error) {
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil, err
}

// clock is the machine's for serve; the demo's runs ahead of it by what was kept.
func (a *App) clock(ctx context.Context, st *store.Store, o Options) (clock.Now, *clock.Movable, error) {
	if !o.Demo {
		return o.Now, nil, nil
	}
	ahead := time.Duration(0)
	kept, err := st.Setting(ctx, demoSetting)
	switch {
	case err == nil:
		if ahead, err = time.ParseDuration(kept); err != nil {
			return nil, nil, fmt.Errorf("read the demo's clock: %w", err)
		}
	case !fault.Is(err, fault.KindNotFound):
		return nil, nil, fmt.Errorf("read the demo's clock: %w", err)
	default:
		if err := st.PutSetting(ctx, demoSetting, ahead.String()); err != nil {
			return nil, nil, fmt.Errorf("keep the demo's clock: %w", err)
		}
	}
	m := clock.NewMovable(o.Now, ahead)
	return m.Now, m, nil
}

// openKeys loads the key file. Where there is none yet it is made, but never for data that was sealed with another one: it would look as if all were
// well, and nothing personal could be read.
func openKeys(ctx context.Context, st *store.Store, path string) (*seal.Keyring, error) {
	kept, err := st.Setting(ctx, keysSetting)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return nil, fmt.Errorf("read which keys belong to the data: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the directory of the key file: %w", err)
	}
	keys, err := seal.Load(path, rand.Reader)
	if errors.Is(err, fs.ErrNotExist) {
		if kept != "" {
			return nil, fmt.Errorf("the key file %s is missing, and nothing personal in this database can be read without it: put back your copy of it (key_file)", path)
		}
		keys, err = seal.Create(path, rand.Reader)
	}
	if err != nil {
		return nil, fmt.Errorf("open the keys: %w", err)
	}
	marks := keyMarks(keys)
	current := marks[0]
	if kept == current {
		return keys, nil
	}
	if kept != "" && !slices.Contains(marks, kept) {
		return nil, fmt.Errorf("the key file %s does not belong to this database, whose personal data is sealed with other keys: put back the right one (key_file)", path)
	}
	if err := st.PutSetting(ctx, keysSetting, current); err != nil {
		return nil, fmt.Errorf("keep which keys belong to the data: %w", err)
	}
	return keys, nil
}

// keyMarks are what tells these keys from others, the present ones first; nothing can be learned of the keys from them.
func keyMarks(keys *seal.Keyring) []string {
	var marks []string
	for _, m := range keys.LookupHashes("keys", "luukku") {
		marks = append(marks, fmt.Sprintf("%x", m))
	}
	return marks
}

// Migrate brings the schema of the database that the settings name up to date, telling of each step. A SQLite file must not be in use meanwhile.
func Migrate(ctx context.Context, c config.Config, progress func(string)) (err error) {
	var held locks
	defer func() { err = errors.Join(err, held.release()) }()
	if path, ok := strings.CutPrefix(c.Database.Reveal(), "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("make the directory of the database: %w", err)
		}
	}
	if err := held.takeDatabase(c.Database.Reveal()); err != nil {
		return err
	}
	d, err := sqldb.Open(ctx, c.Database.Reveal())
	if err != nil {
		return err
	}
	return errors.Join(migrate(ctx, d, progress), d.Close())
}

func migrate(ctx context.Context, d *sqldb.DB, progress func(string)) error {
	err := store.Migrate(ctx, d, func(p sqldb.Progress) {
		if !p.Applied {
			progress(fmt.Sprintf("schema: step %d of %d, %s", p.Step, p.Steps, p.Name))
		}
	})
	if err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	return nil
}

// Check returns the contradictions in the data that the settings name, telling what it is at. The server may be running meanwhile.
func Check(ctx context.Context, c config.Config, progress func(string)) (found []string, err error) {
	d, err := openCurrent(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	progress("times, appointments, holds, people and notices: do they agree?")
	defer every(10*time.Second, func(d time.Duration) { progress(fmt.Sprintf("still checking, for %s now", d)) })()
	return store.New(d, store.Options{Now: clock.Real()}).Check(ctx)
}

// every calls tell again and again, with the time that has passed, until it is stopped.
func every(d time.Duration, tell func(time.Duration)) (stop func()) {
	begun, ticks, done := time.Now(), time.NewTicker(d), make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticks.C:
				tell(time.Since(begun).Round(time.Second))
			}
		}
	}()
	return func() { ticks.Stop(); close(done) }
}
