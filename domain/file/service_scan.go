package file

import (
	"context"
	"errors"
	"time"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// scanPause is how long a file waits before the scanner is asked again that could not be.
const scanPause = 30 * time.Second

// ErrScanner is that the scanner could not be asked.
var ErrScanner = errors.New("the scanner does not answer")

// Scan has a file looked at by the scanner, and tells its holders. Again, when the scanner cannot be asked: wait says how long to wait before, and the error is ErrScanner. A file
// that nobody holds any more is passed over.
func (s *Service) Scan(ctx context.Context, a Ref) (wait time.Duration, err error) {
	f, err := s.Store.File(ctx, a.Org, a.File)
	if fault.Is(err, fault.KindNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if f.State == Waiting {
		if s.Scanner == nil {
			return scanPause, ErrScanner
		}
		key, err := s.anyKey(ctx, f)
		if err != nil || key == "" {
			return 0, err
		}
		if wait, err := s.judge(ctx, f, key); err != nil {
			return wait, err
		}
	}
	links, err := s.Store.Holders(ctx, a.Org, a.File)
	if err != nil || s.Scanned == nil {
		return 0, err
	}
	for _, l := range links {
		if err := s.Scanned(ctx, l.Holder); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// judge asks the scanner and writes down what it says.
func (s *Service) judge(ctx context.Context, f File, key string) (wait time.Duration, err error) {
	in, err := s.open(f, key)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	v, err := s.Scanner.Scan(ctx, in)
	if err != nil {
		return scanPause, errors.Join(ErrScanner, err)
	}
	state := Clean
	switch {
	case v.Found != "":
		state = Infected
	case v.Unable != "":
		state = Refused
	}
	if state.Bad() {
		s.Log.Warn("scan.refused", "org", f.Org, "file", f.ID, "state", state, "found", v.Found, "unable", v.Unable)
	}
	return 0, s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) error {
		done, err := tx.SetFileState(ctx, f.Org, f.ID, state, s.Now().Unix())
		if err != nil || !done || !state.Bad() {
			return err
		}
		return tx.Audit(ctx, s.entry(f.Org, actor.System("scanner"), audit.FileRefused, f.ID))
	})
}

// anyKey is a file's key, from whoever holds it; empty when nobody does, or when all who did were erased.
func (s *Service) anyKey(ctx context.Context, f File) (string, error) {
	if len(f.Sealed) > 0 {
		x, err := openSecret(s.Seals, f.Sealed, holdPlace(f))
		return x.Key, err
	}
	links, err := s.Store.Holders(ctx, f.Org, f.ID)
	if err != nil {
		return "", err
	}
	for _, l := range links {
		key, err := s.sealer(ctx, s.Store, l.Owner)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		x, err := openSecret(key, l.Sealed, linkPlace(l))
		return x.Key, err
	}
	return "", nil
}

// orphanAge is how old bytes are that no row speaks of before they are taken for left over.
const orphanAge = 24 * time.Hour

// Sweep takes away files that nobody holds any more, and bytes that were left over when something broke off; at most so many of each, and says how many.
func (s *Service) Sweep(ctx context.Context, most int) (done int, err error) {
	now := s.Now()
	list, err := s.Store.Unheld(ctx, now.Unix(), most)
	if err != nil {
		return 0, err
	}
	for _, f := range list {
		gone := false
		err := s.Store.FileTx(ctx, func(ctx context.Context, tx Tx) (err error) {
			gone, err = tx.DropFile(ctx, f.Org, f.ID, now.Unix())
			return err
		})
		if err == nil && gone {
			err = s.Blobs.Remove(f.ref())
		}
		if err != nil {
			return done, err
		}
		done++
	}
	left, err := s.Blobs.Unsettled(now.Add(-orphanAge), most)
	if err != nil {
		return done, err
	}
	for _, f := range left {
		_, err := s.Store.File(ctx, f.Org, f.File)
		switch {
		case err == nil:
			err = s.Blobs.Settle(f)
		case fault.Is(err, fault.KindNotFound):
			err = s.Blobs.Remove(f)
		}
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
