package seal

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Kind is what a key is for.
type Kind string

// The kinds of key.
const (
	Master Kind = "master"
	Lookup Kind = "lookup"
	Code   Kind = "code"
	Cookie Kind = "cookie"
)

var kinds = []Kind{Master, Lookup, Code, Cookie}

const (
	keySize    = 32
	maxVersion = 1<<16 - 1
	fileHead   = "luukku keys 1"
	maxFile    = 1 << 20
)

const fileComment = `# The keys of this installation of Luukku. Without this file nothing personal in the database can be read again.
# Keep a copy of it in a safe place, apart from the backups of the database. Nobody but the server's own user may read it.
`

// keyFile is what the file holds.
type keyFile struct{ entries []entry }

// entry is one line of it.
type entry struct {
	kind    Kind
	version int
	key     []byte
	current bool
}

// Format writes the line without its key, whatever the verb.
func (e entry) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[%s key %d]", string(e.kind), e.version) }

// add appends a version with a key from rand.
func (f *keyFile) add(kind Kind, rand io.Reader) (int, error) {
	if !slices.Contains(kinds, kind) {
		return 0, fmt.Errorf("no kind of key is called %q: take one of %v", string(kind), kinds)
	}
	version := 1
	for _, e := range f.entries {
		if e.kind == kind {
			version = max(version, e.version+1)
		}
	}
	if version > maxVersion {
		return 0, fmt.Errorf("%s key: all %d versions are used up", kind, maxVersion)
	}
	key := make([]byte, keySize)
	if _, err := io.ReadFull(rand, key); err != nil {
		return 0, fmt.Errorf("new %s key: %w", kind, err)
	}
	f.entries = append(f.entries, entry{kind: kind, version: version, key: key})
	return version, nil
}

// promote makes one version the current one.
func (f *keyFile) promote(kind Kind, version int) error {
	if !slices.ContainsFunc(f.entries, func(e entry) bool { return e.kind == kind && e.version == version }) {
		return fmt.Errorf("%s key: there is no version %d in the key file", kind, version)
	}
	for i := range f.entries {
		if e := &f.entries[i]; e.kind == kind {
			e.current = e.version == version
		}
	}
	return nil
}

// text writes the file, kind by kind, oldest version first.
func (f keyFile) text() []byte {
	var b bytes.Buffer
	b.WriteString(fileHead + "\n" + fileComment)
	for _, kind := range kinds {
		entries := f.of(kind)
		slices.SortFunc(entries, func(a, b entry) int { return a.version - b.version })
		for _, e := range entries {
			fmt.Fprintf(&b, "%s %d %s", e.kind, e.version, base64.StdEncoding.EncodeToString(e.key))
			if e.current {
				b.WriteString(" current")
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// parse reads the file. Its errors name the line and never hold a key.
func parse(text []byte) (keyFile, error) {
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if strings.TrimSpace(lines[0]) != fileHead {
		return keyFile{}, fmt.Errorf("line 1: this is no key file, which begins with %q", fileHead)
	}
	var f keyFile
	for i, line := range lines[1:] {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		e, err := parseLine(strings.Fields(line))
		if err != nil {
			return keyFile{}, fmt.Errorf("line %d: %w", i+2, err)
		}
		for _, o := range f.entries {
			if o.kind == e.kind && o.version == e.version {
				return keyFile{}, fmt.Errorf("line %d: %s key %d is there twice", i+2, e.kind, e.version)
			}
			if o.kind == e.kind && o.current && e.current {
				return keyFile{}, fmt.Errorf("line %d: %s key %d is current already; only one can be", i+2, e.kind, o.version)
			}
		}
		f.entries = append(f.entries, e)
	}
	for _, kind := range kinds {
		if entries := f.of(kind); len(entries) == 0 || !entries[0].current {
			return keyFile{}, fmt.Errorf("no %s key is marked current", kind)
		}
	}
	return f, nil
}

// parseLine reads "kind version key [current]".
func parseLine(words []string) (entry, error) {
	if len(words) < 3 || len(words) > 4 || len(words) == 4 && words[3] != "current" {
		return entry{}, errors.New(`want "kind version key", and "current" behind the one in use`)
	}
	e := entry{kind: Kind(words[0]), current: len(words) == 4}
	if !slices.Contains(kinds, e.kind) {
		return entry{}, fmt.Errorf("the first word must be one of %v", kinds)
	}
	var err error
	if e.version, err = strconv.Atoi(words[1]); err != nil || e.version < 1 || e.version > maxVersion {
		return entry{}, fmt.Errorf("the version of a %s key must be a number from 1 to %d", e.kind, maxVersion)
	}
	if e.key, err = base64.StdEncoding.Strict().DecodeString(words[2]); err != nil || len(e.key) != keySize {
		return entry{}, fmt.Errorf("%s key %d is damaged: want %d bytes in base 64", e.kind, e.version, keySize)
	}
	return e, nil
}

// readFile reads a key file that nobody but its owner can read.
func readFile(path string) (keyFile, error) {
	in, err := os.Open(path)
	if err != nil {
		return keyFile{}, fmt.Errorf("key file: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return keyFile{}, fmt.Errorf("key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return keyFile{}, fmt.Errorf("key file %s is not a file", path)
	}
	if perm := info.Mode().Perm(); perm&0o077 != 0 {
		return keyFile{}, fmt.Errorf("key file %s can be read by others than its owner (mode %04o): run chmod 600 on it", path, perm)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile))
	if err != nil {
		return keyFile{}, fmt.Errorf("key file %s: %w", path, err)
	}
	f, err := parse(text)
	if err != nil {
		return keyFile{}, fmt.Errorf("key file %s: %w", path, err)
	}
	return f, nil
}

// createFile writes a file that must not exist yet. What a failure leaves half written is taken away again.
func createFile(path string, f keyFile) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	if err := writeClose(out, f); err != nil {
		return err
	}
	return syncDir(path)
}

// changeFile reads, changes and replaces a file in one step. The one who runs it sees to it that nobody else does at the same time.
func changeFile(path string, change func(*keyFile) error) error {
	f, err := readFile(path)
	if err != nil {
		return err
	}
	if err := change(&f); err != nil {
		return err
	}
	tmp, err := writeTemp(path, f)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return errors.Join(fmt.Errorf("replace key file: %w", err), os.Remove(tmp))
	}
	return syncDir(path)
}

// writeTemp writes a file beside path and returns its name. os.CreateTemp makes it with mode 0600.
func writeTemp(path string, f keyFile) (string, error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".keys-*")
	if err != nil {
		return "", fmt.Errorf("write key file: %w", err)
	}
	return tmp.Name(), writeClose(tmp, f)
}

// writeClose writes the keys to the disk and closes the file, or removes it.
func writeClose(out *os.File, f keyFile) error {
	_, err := out.Write(f.text())
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(fmt.Errorf("write key file: %w", err), os.Remove(out.Name()))
	}
	return nil
}

// syncDir makes the directory's entry for path durable.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("sync directory of key file: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, fs.ErrInvalid) {
		return fmt.Errorf("sync directory of key file: %w", err)
	}
	return nil
}
