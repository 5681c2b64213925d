// Package bounce takes back mail that a server on its way could not deliver.
//
// Each mail leaves with a return path of its own, which names its notice and is authenticated, so that nobody can invent one. What comes back to it is read as a
// delivery status notification (RFC 3464) and told to notify.Arrivals: undeliverable, delayed, delivered. The package promises that whatever else arrives there
// (vacation answers, advertising, half a report, the same report again) changes nothing and is no error, that nothing of it is kept or logged but a word, and that a
// report which could not be recorded is asked for again. How the mail server hands reports over is RFC 2033 (LMTP), SMTP, or the command luukku bounce.
package bounce

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"luukku/base/ids"
	"luukku/domain/notify"
)

// ErrForeign says that an address is no return path of ours.
var ErrForeign = errors.New("this is no return path of this installation")

// Returns makes return paths below one address, and finds out what comes back by them.
type Returns struct {
	// Address is where mail comes back, such as bounces@example.org; each mail has its own after a plus.
	Address string
	// Hash is a keyed hash; Hashes are those under every version of the key.
	Hash   func(kind, value string) []byte
	Hashes func(kind, value string) [][]byte
	// Orgs are the organisations that mail is sent for.
	Orgs func(ctx context.Context) ([]ids.Org, error)
}

const (
	kind     = "return_path"
	macBytes = 10 // 80 bits: nobody guesses one over a mail server
	// MaxLocal is how long the part of Address before the @ may be, so that with all that comes after it a local part stays within 64 octets.
	MaxLocal = 64 - len("+") - 26 - len(".99") - len("-") - 16
)

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// Path is the return path of one mail; empty for one that has no place for it.
func (r Returns) Path(o ids.Org, ref ids.Notice) string {
	local, domain, ok := strings.Cut(r.Address, "@")
	path := local + "+" + string(ref) + "-" + letters.EncodeToString(r.Hash(kind, value(o, ref))[:macBytes])
	if !ok || len(path) > 64 || strings.ToLower(string(ref)) != string(ref) || strings.Contains(string(ref), "-") {
		return ""
	}
	return path + "@" + domain
}

func value(o ids.Org, ref ids.Notice) string { return string(o) + "\n" + string(ref) }

// Find returns whose mail a return path belongs to, or ErrForeign. Servers on the way may have changed its case.
func (r Returns) Find(ctx context.Context, path string) (ids.Org, ids.Notice, error) {
	path = strings.ToLower(strings.Trim(path, "<> "))
	local, domain, ok := strings.Cut(strings.ToLower(r.Address), "@")
	rest, mine := strings.CutPrefix(path, local+"+")
	rest, there := strings.CutSuffix(rest, "@"+domain)
	name, mac, two := strings.Cut(rest, "-")
	ref := ids.Notice(name)
	if _, _, whole := notify.CutRef(ref); !ok || !mine || !there || !two || !whole || len(path) > 254 {
		return "", "", ErrForeign
	}
	orgs, err := r.Orgs(ctx)
	if err != nil {
		return "", "", fmt.Errorf("find organisations: %w", err)
	}
	for _, o := range append(orgs, "") { // codes and invitations belong to none
		for _, h := range r.Hashes(kind, value(o, ref)) {
			if subtle.ConstantTimeCompare([]byte(letters.EncodeToString(h[:macBytes])), []byte(mac)) == 1 {
				return o, ref, nil
			}
		}
	}
	return "", "", ErrForeign
}

// Intake takes reports.
type Intake struct {
	Returns  Returns
	Arrivals notify.Arrivals
	Log      *slog.Logger
}

// Take reads what came back by a return path. ErrForeign when the path is none of ours; any other error means that it may be delivered again.
func (i *Intake) Take(ctx context.Context, path string, mail io.Reader) error {
	o, ref, err := i.Returns.Find(ctx, path)
	if err != nil {
		return err
	}
	report, err := Read(mail)
	if errors.Is(err, ErrNoReport) {
		i.Log.Info("bounce.no_report", "notice", ref)
		return nil
	}
	if err != nil {
		return err
	}
	if err := i.Arrivals.Arrived(ctx, notify.Arrival{Org: o, ID: ref, Channel: notify.Email, Fate: report.Fate, Why: report.Why}); err != nil {
		return fmt.Errorf("record what came back: %w", err)
	}
	i.Log.Info("bounce.taken", "notice", ref, "fate", report.Fate, "status", report.Status)
	return nil
}
