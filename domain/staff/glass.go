package staff

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Glass is a person's data opened for a while to a member without the right to read it.
type Glass struct {
	Org       ids.Org
	ID        string
	Staff     ids.Staff
	Person    ids.Person
	CreatedAt int64
	Until     int64 // the last Unix second
}

// GlassLife is how long the glass is broken for.
const GlassLife = 15 * time.Minute

// Bounds of a reason, in characters.
const (
	minReason = 10
	maxReason = 1000
)

// CheckReason cleans why somebody reads a person's data; Invalid with the field "reason" says what is wrong with it.
func CheckReason(reason string) (string, error) {
	clean, ok := i18n.CleanText(reason)
	n := utf8.RuneCountInString(clean)
	switch {
	case !ok:
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "field.bad_characters"})
	case n < minReason:
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "staff.reason_short"})
	case n > maxReason:
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "reason", Key: "field.too_long", Args: fault.Args{"max": maxReason}})
	}
	return clean, nil
}

// Because returns a line of the audit log with the reason for it, sealed under the key of the person whom it is about.
func (s *Service) Because(ctx context.Context, e audit.Entry, p ids.Person, reason string) (audit.Entry, error) {
	wrapped, err := s.Store.WrappedKey(ctx, p)
	if err != nil {
		return e, err
	}
	key, err := s.Seals.Unwrap(string(p), wrapped)
	if err != nil {
		return e, fmt.Errorf("unwrap person key: %w", err)
	}
	sealed, err := key.Seal([]byte(reason), seal.Place{Table: "audit_reason", Column: "reason", Row: string(e.Org) + "/" + string(e.ID)})
	if err != nil {
		return e, fmt.Errorf("seal reason: %w", err)
	}
	return e.Because(p, sealed), nil
}

// BreakGlass opens a person's data to the actor for GlassLife, from their next request on. Why is asked, kept sealed beside the audit log, and shown to the
// person. NotFound for who may not, and for a person who is not there.
func (s *Service) BreakGlass(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, reason string) (Glass, error) {
	if err := who.May(actor.PersonBreakGlass, actor.Object{Org: o, Owner: actor.Owner{Person: p}}); err != nil {
		return Glass{}, err
	}
	reason, err := CheckReason(reason)
	if err != nil {
		return Glass{}, err
	}
	now := s.Now()
	g := Glass{Org: o, ID: s.Gen.New(), Staff: who.Staff, Person: p, CreatedAt: now.Unix(), Until: now.Add(GlassLife).Unix()}
	e := s.entry(o, who, audit.GlassBroken, audit.OfPerson, string(p), map[string]string{"minutes": "15"})
	if e, err = s.Because(ctx, e, p, reason); err != nil {
		return Glass{}, err
	}
	return g, s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.BreakGlass(ctx, g); err != nil {
			return err
		}
		return tx.Audit(ctx, e)
	})
}
