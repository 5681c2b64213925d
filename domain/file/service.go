package file

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"filippo.io/age"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store Store
	Blobs Blobs
	// Scanner is nil where none is configured: files wait then, and nobody opens them.
	Scanner Scanner
	Seals   *seal.Keyring
	Gen     *ids.Gen
	Now     clock.Now
	Log     *slog.Logger
	// Scanned is told of a file that the scanner is done with, once for each holder, and again if it fails. May be nil.
	Scanned func(ctx context.Context, h Holder) error
	// Committed is told that jobs may have been written. May be nil.
	Committed func()
}

// Upload keeps a file that an organisation is going to attach: HoldDays long. Sent again under its key with the same content it is the same file, and again says so. Faults: Invalid
// at Field; Conflict "form.key_reused".
func (s *Service) Upload(ctx context.Context, who actor.Actor, in Incoming, key ids.FormKey, r io.Reader) (_ Attached, again bool, err error) {
	if err := MayUpload(who, in.Org); err != nil {
		return Attached{}, false, err
	}
	return s.Hold(ctx, who, in, key, r)
}

// MayUpload is whether somebody may upload what an organisation attaches: who sends letters, and a program that decides on forms.
func MayUpload(who actor.Actor, o ids.Org) error {
	if who.MaySomewhere(actor.SubmissionWork, o) == nil {
		return nil
	}
	return who.May(actor.LetterSend, actor.Object{Org: o})
}

// Hold is Upload for whom another room has asked.
func (s *Service) Hold(ctx context.Context, who actor.Actor, in Incoming, key ids.FormKey, r io.Reader) (_ Attached, again bool, err error) {
	t, err := s.Take(ctx, in, r)
	if err != nil {
		return Attached{}, false, err
	}
	defer t.Drop()
	f := t.File
	f.HeldUntil = f.CreatedAt + HoldDays*24*60*60
	if f.Sealed, err = sealSecret(s.Seals, secret{t.Name, t.key}, holdPlace(f)); err != nil {
		return Attached{}, false, err
	}
	if err := t.blob.Keep(); err != nil {
		return Attached{}, false, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %x", t.Name, t.Digest))
	var used string
	err = s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) (err error) {
		used, again, err = tx.UseForm(ctx, f.Org, key, "file", sum[:], string(f.ID), f.CreatedAt+24*60*60)
		if again || err != nil {
			return err
		}
		if err := tx.PutFile(ctx, f); err != nil {
			return err
		}
		if err := tx.PutScan(ctx, f.ref(), f.CreatedAt); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(f.Org, who, audit.FileUploaded, f.ID))
	})
	if err != nil || again {
		err = errors.Join(err, s.Blobs.Remove(f.ref()))
		if err != nil {
			return Attached{}, false, err
		}
		a, err := s.held(ctx, s.Store, f.Org, ids.File(used))
		return a, true, err
	}
	s.committed()
	return Attached{File: f, Name: t.Name, key: t.key}, false, nil
}

func (s *Service) entry(o ids.Org, who actor.Actor, a audit.Action, id ids.File) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, a, "file", string(id), nil)
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

// Held returns an organisation's upload, while it can be attached. NotFound else.
func (s *Service) Held(ctx context.Context, who actor.Actor, o ids.Org, id ids.File) (Attached, error) {
	if err := MayUpload(who, o); err != nil {
		return Attached{}, err
	}
	return s.held(ctx, s.Store, o, id)
}

// Holding returns those of an organisation's uploads that can be attached, for whom another room has asked; the others are left out.
func (s *Service) Holding(ctx context.Context, o ids.Org, list []ids.File) ([]Attached, error) {
	var out []Attached
	for _, id := range list {
		a, err := s.held(ctx, s.Store, o, id)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (s *Service) held(ctx context.Context, from Reader, o ids.Org, id ids.File) (Attached, error) {
	f, err := from.File(ctx, o, id)
	if err == nil && !f.Held(s.Now().Unix()) {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return Attached{}, err
	}
	x, err := openSecret(s.Seals, f.Sealed, holdPlace(f))
	return Attached{File: f, Name: x.Name, key: x.Key}, err
}

// ErrClosed is that a file is opened for nobody: it waits for the scanner, or was found to be bad.
var ErrClosed = fault.Conflict("file.closed", nil)

// Content is what is in an open file. Close it.
type Content struct {
	*io.SectionReader
	opened Opened
}

// Close closes it.
func (c *Content) Close() error { return c.opened.Close() }

// Open opens a file that was found clean, for whom its holder's room lets. Conflict "file.closed" for any other.
func (s *Service) Open(a Attached) (*Content, error) {
	if a.State != Clean && !planted.Bug("bad-file-given") {
		return nil, ErrClosed
	}
	return s.open(a.File, a.key)
}

func (s *Service) open(f File, key string) (*Content, error) {
	identity, err := age.ParseX25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("read the key of file %s: %w", f.ID, err)
	}
	in, err := s.Blobs.Open(f.ref())
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", f.ID, err)
	}
	at, size, err := age.DecryptReaderAt(in, in.Size(), identity)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("decrypt file %s: %w", f.ID, err), in.Close())
	}
	return &Content{io.NewSectionReader(at, 0, size), in}, nil
}
