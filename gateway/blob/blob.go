// Package blob keeps the bytes of attachments in a directory of the machine, or of a file system that all servers share.
//
// It promises that what was kept is on the disk, whole, under its name and nowhere else, and that nothing half written is ever read. What is written comes encrypted:
// this package knows no keys, and its names are ids, which say nothing. Which of the bytes somebody still holds is known to domain/file.
package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/file"
)

// Dir is a directory of attachments: kept/org/ab/id, where ab are the last two letters of the id. What is on its way is in new.
type Dir struct{ root string }

var _ file.Blobs = Dir{}

const (
	incoming = "new"
	partial  = ".part" // being written
	kept     = ".kept" // kept, and perhaps not written down in the database
)

// Open returns the directory, making it when it is not there. Nobody but the server's own user may read it.
func Open(root string) (Dir, error) {
	if err := os.MkdirAll(filepath.Join(root, incoming), 0o700); err != nil {
		return Dir{}, fmt.Errorf("make the directory of attachments: %w", err)
	}
	return Dir{root}, nil
}

func name(f file.Ref) string { return string(f.Org) + "." + string(f.File) }

// refOf reads a name of what is on its way.
func refOf(name string) (file.Ref, bool) {
	o, id, ok := strings.Cut(name, ".")
	return file.Ref{Org: ids.Org(o), File: ids.File(id)}, ok && check(file.Ref{Org: ids.Org(o), File: ids.File(id)}) == nil
}

var errName = errors.New("no name of an attachment")

// check refuses what could lead out of the directory.
func check(f file.Ref) error {
	if !ids.ValidSlug(string(f.Org)) || len(f.File) < 4 || strings.ContainsFunc(string(f.File), func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return errName
	}
	return nil
}

func (d Dir) path(f file.Ref) string {
	return filepath.Join(d.root, "kept", string(f.Org), string(f.File[len(f.File)-2:]), string(f.File))
}

func (d Dir) new(f file.Ref, state string) string {
	return filepath.Join(d.root, incoming, name(f)+state)
}

// Create begins a file.
func (d Dir) Create(f file.Ref) (file.Blob, error) {
	if err := check(f); err != nil {
		return nil, err
	}
	out, err := os.OpenFile(d.new(f, partial), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin an attachment: %w", err)
	}
	return &writing{File: out, dir: d, ref: f}, nil
}

// writing is a file that is being written.
type writing struct {
	*os.File
	dir  Dir
	ref  file.Ref
	done bool
}

// Keep writes everything to the disk, and gives the file its place.
func (w *writing) Keep() error {
	if w.done {
		return nil
	}
	to := w.dir.path(w.ref)
	steps := []func() error{
		w.Sync,
		w.Close,
		func() error { return os.WriteFile(w.dir.new(w.ref, kept), nil, 0o600) },
		func() error { return syncDir(filepath.Join(w.dir.root, incoming)) },
		func() error { return os.MkdirAll(filepath.Dir(to), 0o700) },
		func() error { return os.Rename(w.dir.new(w.ref, partial), to) },
		func() error { return syncDir(filepath.Dir(to)) },
		func() error { return syncDir(filepath.Dir(filepath.Dir(to))) },
		func() error { return syncDir(filepath.Join(w.dir.root, "kept")) },
		func() error { return syncDir(w.dir.root) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("keep an attachment: %w", err)
		}
	}
	w.done = true
	return nil
}

// Drop throws it away, unless it was kept.
func (w *writing) Drop() {
	if w.done {
		return
	}
	w.done = true
	_ = w.Close()
	_ = os.Remove(w.dir.new(w.ref, partial)) // what stays is taken away by a sweep
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// reading is a file that is read.
type reading struct {
	*os.File
	size int64
}

// Size is how long it is.
func (r reading) Size() int64 { return r.size }

// Open opens what was kept.
func (d Dir) Open(f file.Ref) (file.Opened, error) {
	if err := check(f); err != nil {
		return nil, err
	}
	in, err := os.Open(d.path(f))
	if err != nil {
		return nil, fmt.Errorf("open an attachment: %w", err)
	}
	info, err := in.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open an attachment: %w", err), in.Close())
	}
	return reading{in, info.Size()}, nil
}

// Remove takes a file away, wherever it is.
func (d Dir) Remove(f file.Ref) error {
	if err := check(f); err != nil {
		return err
	}
	for _, path := range []string{d.path(f), d.new(f, partial), d.new(f, kept)} { // the marks last: what breaks off is found again
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove an attachment: %w", err)
		}
	}
	return nil
}

// Unsettled returns files that were begun or kept before a moment and are not settled, at most so many.
func (d Dir) Unsettled(before time.Time, most int) ([]file.Ref, error) {
	dir, err := os.Open(filepath.Join(d.root, incoming))
	if err != nil {
		return nil, fmt.Errorf("look for attachments left over: %w", err)
	}
	defer dir.Close()
	var out []file.Ref
	for len(out) < most {
		list, err := dir.ReadDir(256)
		for _, e := range list {
			info, err := e.Info()
			f, ok := refOf(strings.TrimSuffix(strings.TrimSuffix(e.Name(), partial), kept))
			if err == nil && ok && info.ModTime().Before(before) && len(out) < most {
				out = append(out, f)
			}
		}
		if err != nil {
			break // the end
		}
	}
	return out, nil
}

// Settle says that a file is written down.
func (d Dir) Settle(f file.Ref) error {
	if err := check(f); err != nil {
		return err
	}
	if err := os.Remove(d.new(f, kept)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("settle an attachment: %w", err)
	}
	return nil
}
