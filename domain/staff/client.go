package staff

import (
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Client is a program with an API key of its own.
type Client struct {
	Org    ids.Org
	ID     ids.Client
	Name   string
	Scopes []actor.Right
	// Only is what it is limited to.
	Only      actor.Bounds
	CreatedBy ids.Staff
	CreatedAt int64
	// RotatedAt is when the key was last replaced, LastUsedAt when the program was last there, to the minute, RevokedAt when it was shut out; 0 is never.
	RotatedAt, LastUsedAt, RevokedAt int64
	ExpiresAt                        int64 // the last Unix second; 0 is never
}

// KeyPrefix begins every API key, so that whoever searches files for secrets finds it.
const KeyPrefix = "luukku_"

// GraceLife is how long a key that was replaced may still be used.
const GraceLife = 24 * time.Hour

// Scopes are the rights that a program may be given.
func Scopes() []actor.Right {
	var out []actor.Right
	for _, r := range actor.Rights {
		if r.Client {
			out = append(out, r.Right)
		}
	}
	return out
}

// MakeClient makes a program's key for all of an organisation, shown this once. Scopes are of Scopes; expires is the last Unix second, 0 for never.
func (s *Service) MakeClient(ctx context.Context, who actor.Actor, o ids.Org, name string, scopes []actor.Right, expires int64) (Client, string, error) {
	return s.MakeLimited(ctx, who, o, name, scopes, actor.Bounds{}, expires)
}

// MakeLimited is MakeClient within some bounds. Faults: NotFound; Invalid with the fields.
func (s *Service) MakeLimited(ctx context.Context, who actor.Actor, o ids.Org, name string, scopes []actor.Right, only actor.Bounds, expires int64) (Client, string, error) {
	if err := who.May(actor.ClientManage, actor.Object{Org: o}); err != nil {
		return Client{}, "", err
	}
	name, err := checkName(name)
	if err != nil {
		return Client{}, "", err
	}
	allowed := Scopes()
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(r actor.Right) bool { return !slices.Contains(allowed, r) }) {
		return Client{}, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "scopes", Key: "error.field.choose"})
	}
	if err := only.Fits(scopes); err != nil {
		return Client{}, "", err
	}
	now := s.Now().Unix()
	if expires != 0 && expires <= now {
		return Client{}, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "expires", Key: "staff.expiry_past"})
	}
	c := Client{Org: o, ID: ids.Client(s.Gen.New()), Name: name, Scopes: scopes, Only: only, CreatedBy: who.Staff, CreatedAt: now, ExpiresAt: expires}
	key := s.Gen.SessionToken()
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutClient(ctx, c); err != nil {
			return err
		}
		if err := tx.PutSecret(ctx, ids.HashToken(key), c.kept(), now); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.ClientMade, "client", string(c.ID), limitsSaid("", only)))
	})
	return c, KeyPrefix + key, err
}

func (c Client) kept() Kept {
	k := Kept{SecretClient, c.Org, string(c.ID), c.ExpiresAt}
	if k.ExpiresAt == 0 {
		k.ExpiresAt = forever
	}
	return k
}

// RotateClient replaces a program's key, shown this once. With grace the old one is good for GraceLife more, otherwise it is void at once.
func (s *Service) RotateClient(ctx context.Context, who actor.Actor, o ids.Org, id ids.Client, grace bool) (string, error) {
	if err := who.May(actor.ClientManage, actor.Object{Org: o}); err != nil {
		return "", err
	}
	key, now := s.Gen.SessionToken(), s.Now()
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Client(ctx, o, id)
		if err != nil {
			return err
		}
		if ok, err := tx.RotateClient(ctx, o, id, now.Unix()); err != nil || !ok {
			return orElse(err, fault.NotFound("staff.no_client"))
		}
		if grace {
			err = tx.ShortenSecrets(ctx, SecretClient, o, string(id), now.Add(GraceLife).Unix())
		} else {
			err = tx.DropSecrets(ctx, SecretClient, o, string(id))
		}
		if err != nil {
			return err
		}
		if err := tx.PutSecret(ctx, ids.HashToken(key), c.kept(), now.Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.ClientRotated, "client", string(id), nil))
	})
	return KeyPrefix + key, err
}

// RevokeClient shuts a program out from its next request on.
func (s *Service) RevokeClient(ctx context.Context, who actor.Actor, o ids.Org, id ids.Client) error {
	if err := who.May(actor.ClientManage, actor.Object{Org: o}); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if ok, err := tx.RevokeClient(ctx, o, id, s.Now().Unix()); err != nil || !ok {
			return orElse(err, fault.NotFound("staff.no_client"))
		}
		if err := tx.DropSecrets(ctx, SecretClient, o, string(id)); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.ClientRevoked, "client", string(id), nil))
	})
}

// Clients returns an organisation's programs, revoked ones too.
func (s *Service) Clients(ctx context.Context, who actor.Actor, o ids.Org) ([]Client, error) {
	if err := who.May(actor.ClientManage, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Clients(ctx, o)
}

// NameOfProgram is what a program of an organisation is called; empty for none.
func (s *Service) NameOfProgram(ctx context.Context, o ids.Org, id ids.Client) string {
	c, err := s.Store.Client(ctx, o, id)
	if err != nil {
		return ""
	}
	return c.Name
}

// Client returns the program of an API key, with what it may do. SignInRequired "staff.key_invalid" says that the key is none, has expired or was revoked.
func (s *Service) Client(ctx context.Context, key string) (actor.Actor, error) {
	none := fault.SignInRequired("staff.key_invalid")
	token, ok := strings.CutPrefix(key, KeyPrefix)
	if !ok {
		return actor.Actor{}, none
	}
	now := s.Now().Unix()
	kept, err := s.Store.Secret(ctx, SecretClient, ids.HashToken(token), now)
	if fault.Is(err, fault.KindNotFound) {
		return actor.Actor{}, none
	}
	if err != nil {
		return actor.Actor{}, err
	}
	c, err := s.Store.Client(ctx, kept.Org, ids.Client(kept.Subject))
	if fault.Is(err, fault.KindNotFound) || err == nil && !c.Good(now) {
		return actor.Actor{}, none
	}
	if err != nil {
		return actor.Actor{}, err
	}
	if now >= c.LastUsedAt+seenEvery {
		if err := s.Store.UsedClient(ctx, c.Org, c.ID, now); err != nil {
			return actor.Actor{}, err
		}
	}
	return c.actor(), nil
}

// Program is a program as who asks, for what is done for it without its key. NotFound when its key is good no more.
func (s *Service) Program(ctx context.Context, o ids.Org, id ids.Client) (actor.Actor, error) {
	c, err := s.Store.Client(ctx, o, id)
	if err == nil && !c.Good(s.Now().Unix()) {
		err = fault.NotFound("staff.no_client")
	}
	if err != nil {
		return actor.Actor{}, err
	}
	return c.actor(), nil
}

// Good reports whether a program's key opens anything at a moment: in its last second it does.
func (c Client) Good(now int64) bool {
	return c.RevokedAt == 0 && (c.ExpiresAt == 0 || now <= c.ExpiresAt)
}

func (c Client) actor() actor.Actor {
	return actor.Actor{Kind: actor.KindClient, Client: c.ID, Org: c.Org, Scopes: c.Scopes, Only: c.Only}
}
