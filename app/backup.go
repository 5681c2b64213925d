package app

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/fault"
	"luukku/base/seal"
	"luukku/store"
	"luukku/store/sqldb"
)

// Backup writes everything that the settings' database holds at one moment into a file, which must not be there yet. The server may be running, and people
// booking, meanwhile. The file gets its name only when it is whole, on the disk, and has been read back.
func Backup(ctx context.Context, c config.Config, file string, progress func(string)) (err error) {
	d, err := openCurrent(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: a backup never takes the place of another one", file)
	}
	part := file + ".part"
	if err := writeBackup(ctx, store.New(d, store.Options{Now: clock.Real()}), part, progress); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	progress("reading it back")
	if _, _, err := readBackup(part); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("name the backup: %w", err)
	}
	return syncDir(filepath.Dir(file))
}

func writeBackup(ctx context.Context, st *store.Store, file string, progress func(string)) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	err = st.Backup(ctx, f, func(table string, rows int64) { progress(fmt.Sprintf("%s: %d rows", table, rows)) })
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func readBackup(file string) (store.Manifest, map[string]int64, error) {
	f, err := os.Open(file)
	if err != nil {
		return store.Manifest{}, nil, err
	}
	defer f.Close()
	m, rows, err := store.ReadBackup(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return m, rows, fmt.Errorf("%s: %w", file, err)
	}
	return m, rows, nil
}

// syncDir makes a new name in a directory last.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openCurrent opens the database that the settings name for reading, beside a server that may be running. Its schema must be this program's.
func openCurrent(ctx context.Context, c config.Config) (*sqldb.DB, error) {
	if path, ok := strings.CutPrefix(c.Database.Reveal(), "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: %w", path, ErrNoDatabase) // opening would make it
		}
	}
	d, err := sqldb.Open(ctx, c.Database.Reveal())
	if err != nil {
		return nil, err
	}
	current, err := schemaIsCurrent(ctx, d)
	if err == nil && !current {
		err = ErrOldSchema
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Restored is what a restore made.
type Restored struct {
	Manifest store.Manifest
	// Contradictions are what luukku check says of the data; none in a backup of healthy data.
	Contradictions []string
	// Keys says what the operator must still do about the key file; empty when it is there and the right one.
	Keys string
}

// Restore fills the empty database that the settings name from a backup, whichever engine either has, and checks it. No server may be running on it. After
// an error nothing is in it.
func Restore(ctx context.Context, c config.Config, file string, progress func(string)) (out Restored, err error) {
	f, err := os.Open(file)
	if err != nil {
		return out, fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	var held locks
	defer func() { err = errors.Join(err, held.release()) }()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return out, fmt.Errorf("make the data directory: %w", err)
	}
	if err := held.take(filepath.Join(c.Data, lockName), c.Data); err != nil {
		return out, err
	}
	if err := held.takeDatabase(c.Database.Reveal()); err != nil {
		return out, err
	}
	d, err := sqldb.Open(ctx, c.Database.Reveal())
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := migrate(ctx, d, progress); err != nil {
		return out, err
	}
	st := store.New(d, store.Options{Now: clock.Real()})
	out.Manifest, err = st.Restore(ctx, bufio.NewReaderSize(f, 1<<20), func(table string, rows int64) { progress(fmt.Sprintf("%s: %d rows", table, rows)) })
	if err != nil {
		return out, err
	}
	progress("checking what was restored")
	if out.Contradictions, err = st.Check(ctx); err != nil {
		return out, err
	}
	out.Keys, err = keysFor(ctx, st, c.KeyFile)
	return out, err
}

// keysFor says what is missing for the sealed data to be read.
func keysFor(ctx context.Context, st *store.Store, path string) (string, error) {
	kept, err := st.Setting(ctx, keysSetting)
	if fault.Is(err, fault.KindNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read which keys belong to the data: %w", err)
	}
	keys, err := seal.Load(path, rand.Reader)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("the key file is not here yet: put your copy of it at %s before you start the server", path), nil
	case err != nil:
		return "", fmt.Errorf("open the keys: %w", err)
	case !slices.Contains(keyMarks(keys), kept):
		return fmt.Sprintf("the key file %s is another one than this data was sealed with: put the right one there before you start the server", path), nil
	}
	return "", nil
}
