package file

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"filippo.io/age"

	"luukku/base/fault"
	"luukku/base/ids"
)

// Incoming is a file on its way in.
type Incoming struct {
	Org  ids.Org
	Name string
	// Most is how many bytes it may have.
	Most int64
}

// Taken is a file that has come in and was found to be what may be taken. Nobody holds it yet: attach it, or drop it.
type Taken struct {
	File
	Name string
	key  string
	blob Blob
}

// Drop throws away what was taken in, unless it was kept.
func (t *Taken) Drop() { t.blob.Drop() }

// meter counts and sums what passes, and stops what is too much.
type meter struct {
	in   io.Reader
	sum  hash.Hash
	n    int64
	most int64
}

var errTooLarge = errors.New("file is too large")

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.in.Read(b)
	m.n += int64(n)
	m.sum.Write(b[:n])
	if m.n > m.most {
		return 0, errTooLarge
	}
	return n, err
}

// Take takes a file in: it is encrypted as it comes, under a key of its own, and never lies anywhere in the open. Then it is looked at. What is too large or of no type that is taken
// is refused before the rest of it is read. Faults: Invalid at Field.
func (s *Service) Take(_ context.Context, in Incoming, r io.Reader) (_ *Taken, err error) {
	name := CleanName(in.Name)
	begin := bufio.NewReaderSize(r, headSize)
	head, err := begin.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil, broken(err)
	}
	head = slices.Clone(head)
	if len(head) > 0 && sniff(head) == "" {
		return nil, wrong("file.type", name, nil)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a file's key: %w", err)
	}
	t := &Taken{File: File{Org: in.Org, ID: s.Gen.File(), State: Waiting, CreatedAt: s.Now().Unix()}, key: identity.String()}
	if t.blob, err = s.Blobs.Create(t.ref()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.blob.Drop()
		}
	}()
	m := &meter{in: begin, sum: sha256.New(), most: in.Most}
	written := &tally{w: t.blob}
	w, err := age.Encrypt(written, identity.Recipient())
	if err != nil {
		return nil, fmt.Errorf("encrypt a file: %w", err)
	}
	if _, err = io.Copy(w, m); err != nil {
		if errors.Is(err, errTooLarge) {
			return nil, wrong("file.too_large", name, fault.Args{"most": in.Most / MB})
		}
		return nil, broken(err)
	}
	if err = w.Close(); err != nil {
		return nil, fmt.Errorf("encrypt a file: %w", err)
	}
	t.Size, t.Digest = m.n, m.sum.Sum(nil)
	at, _, err := age.DecryptReaderAt(t.blob, written.n, identity)
	if err != nil {
		return nil, fmt.Errorf("read a file back: %w", err)
	}
	if t.Type, t.Name, err = check(at, t.Size, head, name); err != nil {
		return nil, err
	}
	return t, nil
}

// broken is that a file did not come in whole. What the disk says of itself stays an error of ours.
func broken(err error) error {
	if fault.Of(err) != nil {
		return err
	}
	return fmt.Errorf("take a file in: %w", err)
}

// tally counts what is written.
type tally struct {
	w io.Writer
	n int64
}

func (t *tally) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	t.n += int64(n)
	return n, err
}
