package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/seal"
	"luukku/domain/audit"
	"luukku/store"
)

// VerifyAudit computes the audit log of the database that the settings name anew and returns what it found. The server may be running meanwhile. Kept names a file with a
// head that was kept elsewhere, as AuditHead printed it; it may be empty.
func VerifyAudit(ctx context.Context, c config.Config, kept string, progress func(string)) (report store.AuditReport, err error) {
	keys, err := seal.Load(c.KeyFile, rand.Reader)
	if err != nil {
		return report, fmt.Errorf("open the keys: %w", err)
	}
	var head *audit.Head
	if kept != "" {
		text, err := os.ReadFile(kept)
		if err != nil {
			return report, err
		}
		h, err := audit.ParseNote(string(text), keys)
		if err != nil {
			return report, fmt.Errorf("%s: %w", kept, err)
		}
		head = &h
	}
	d, err := openCurrent(ctx, c)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	next := time.Now().Add(verifyTold)
	return store.New(d, store.Options{Now: clock.Real()}).VerifyAudit(ctx, keys, head, func(lines int64) {
		if now := time.Now(); now.After(next) {
			next = now.Add(verifyTold)
			progress(fmt.Sprintf("%d lines so far", lines))
		}
	})
}

// verifyTold is how often it is told how far a verification is.
const verifyTold = 5 * time.Second

// AuditHead returns the newest head of the audit log as a signed note, to be kept elsewhere. Its error wraps store.ErrNoHead when nothing is sealed yet.
func AuditHead(ctx context.Context, c config.Config) (text string, err error) {
	keys, err := seal.Load(c.KeyFile, rand.Reader)
	if err != nil {
		return "", fmt.Errorf("open the keys: %w", err)
	}
	d, err := openCurrent(ctx, c)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	h, err := store.New(d, store.Options{Now: clock.Real()}).AuditHead(ctx)
	if err != nil {
		return "", err
	}
	if err := h.Check(keys); err != nil {
		return "", fmt.Errorf("the newest head of the audit log, of %d lines: %w", h.Size, err)
	}
	return h.Note(keys)
}
