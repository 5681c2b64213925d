package identity

import (
	"context"
	"errors"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// personOf returns whose an assertion is: the one person whom the national identifier leads to, or else the identity, or else a new one. Where the two lead to
// two people, the identifier counts: it is proven by the state, and a provider's subject is only the provider's name for it.
func (s *Service) personOf(ctx context.Context, p Provider, got Assertion) (ids.Person, error) {
	var value natid.Secret
	if p.Claims.Identifier != "" && got.Identifier != "" {
		var err error
		if value, err = s.parse(p.Claims.Kind, got.Identifier); err != nil {
			return "", fault.Invalid("sign_in.failed", nil).Because(errors.New("the provider's identifier is none of its kind"))
		}
	}
	kind := natid.Sort(p.Claims.Kind, value)
	now := s.Now().Unix()
	subjects := s.subjectHashes(got.Issuer, got.Subject)
	var lookups [][]byte
	if value != "" {
		lookups = s.identifierHashes(kind, value)
	}
	fresh, err := s.newPerson(got.registered(value, kind))
	if err != nil {
		return "", err
	}
	var person ids.Person
	err = s.inTxAgain(ctx, func(ctx context.Context, tx Tx) error {
		byIdentity, err := known(tx.PersonOfIdentity(ctx, got.Issuer, subjects))
		if err != nil {
			return err
		}
		person = byIdentity
		if value != "" {
			byIdentifier, err := known(tx.PersonOfIdentifier(ctx, kind, lookups))
			if err != nil {
				return err
			}
			if byIdentifier != "" {
				person = byIdentifier
			}
		}
		if person == "" {
			person = fresh.Person
			if err := s.put(ctx, tx, fresh, string(p.ID)); err != nil {
				return err
			}
		}
		if value != "" {
			if err := s.putIdentifier(ctx, tx, person, kind, value, string(p.ID)); err != nil {
				return err
			}
		}
		e := ExternalIdentity{Issuer: got.Issuer, Subject: subjects[0], Person: person, Provider: p.ID, At: now}
		if person != fresh.Person {
			return tx.PutIdentity(ctx, e)
		}
		if first, err := tx.ClaimIdentity(ctx, e); err != nil || !first {
			if err == nil {
				err = errSecond
			}
			return err
		}
		return nil
	})
	return person, err
}

// errSecond ends a transaction in which somebody was new who meanwhile came by another: once more, and they are known.
var errSecond = errors.New("somebody was first")

// inTxAgain is InTx for what must be done anew when another was first.
func (s *Service) inTxAgain(ctx context.Context, do func(ctx context.Context, tx Tx) error) error {
	for {
		if err := s.Store.InTx(ctx, do); !errors.Is(err, errSecond) {
			return err
		}
	}
}

// parse reads a national identifier as it was given to us.
func (s *Service) parse(kind natid.Kind, value natid.Secret) (natid.Secret, error) {
	return natid.Parse(kind, value.Reveal(), natid.Options{Test: s.TestIdentifiers, Year: s.Now().Year()})
}

func known(p ids.Person, err error) (ids.Person, error) {
	if fault.Is(err, fault.KindNotFound) {
		return "", nil
	}
	return p, err
}

// registered is what a provider said, as a register would.
func (a Assertion) registered(value natid.Secret, kind natid.Kind) Registered {
	r := Registered{Identifier: value, Kind: kind, Name: a.Name, Given: a.Given, Family: a.Family, Birth: a.Birth}
	if r.Birth == "" && value != "" {
		r.Birth, _ = natid.Birth(kind, value)
	}
	return r
}

// newPerson makes the account of somebody who is new here, with a key of their own.
func (s *Service) newPerson(r Registered) (StoredAccount, error) {
	p := s.Gen.Person()
	key, wrapped, err := s.Seals.NewPersonKey(string(p))
	if err != nil {
		return StoredAccount{}, fmt.Errorf("make person key: %w", err)
	}
	now := s.Now().Unix()
	a := StoredAccount{WrappedKey: wrapped, Account: Account{
		Person: p, Name: r.Name, Given: r.Given, Family: r.Family, Birth: r.Birth, CreatedAt: now, ChangedAt: now,
	}}
	if a.Name == "" {
		a.Name = joinName(r.Given, r.Family)
	}
	if r.Birth != "" {
		if a.SealedBirth, err = key.Seal([]byte(r.Birth), birthPlace(p)); err != nil {
			return StoredAccount{}, fmt.Errorf("seal birth date: %w", err)
		}
	}
	return a, nil
}

func (s *Service) put(ctx context.Context, tx Tx, a StoredAccount, by string) error {
	if err := tx.PutPerson(ctx, a.Person, a.WrappedKey, a.CreatedAt); err != nil {
		return err
	}
	if err := tx.PutAccount(ctx, a); err != nil {
		return err
	}
	who := actor.Actor{Kind: actor.KindCitizen, Person: a.Person}
	return tx.Audit(ctx, s.entry("", who, audit.AccountMade, "person", string(a.Person), map[string]string{"by": by}))
}

// putIdentifier keeps a national identifier of a person. One that they had before stays beside it: identity codes change, and the old one still leads here.
func (s *Service) putIdentifier(ctx context.Context, tx Tx, p ids.Person, kind natid.Kind, value natid.Secret, by string) error {
	wrapped, err := tx.WrappedKey(ctx, p)
	if err != nil {
		return err
	}
	key, err := s.Seals.Unwrap(string(p), wrapped)
	if err != nil {
		return fmt.Errorf("unwrap person key: %w", err)
	}
	lookup := s.identifierHashes(kind, value)[0]
	sealed, err := key.Seal([]byte(value.Reveal()), identifierPlace(kind, lookup))
	if err != nil {
		return fmt.Errorf("seal identifier: %w", err)
	}
	whose, err := tx.PutIdentifier(ctx, StoredIdentifier{
		Person: p, Kind: kind, Lookup: lookup, Sealed: sealed, VerifiedBy: by, VerifiedAt: s.Now().Unix(),
	})
	if err == nil && whose != p {
		return errSecond
	}
	return err
}

func birthPlace(p ids.Person) seal.Place {
	return seal.Place{Table: "account", Column: "birth", Row: string(p)}
}

func identifierPlace(kind natid.Kind, lookup []byte) seal.Place {
	return seal.Place{Table: "identifier", Column: "value", Row: fmt.Sprintf("%s/%x", kind, lookup)}
}

func joinName(given, family string) string {
	switch {
	case given == "":
		return family
	case family == "":
		return given
	}
	return given + " " + family
}

// ShortName is how a person is named on the page: the name the register or provider gave, in everyday form.
func (a Account) ShortName() string {
	if n := joinName(a.Given, a.Family); n != "" {
		return n
	}
	return a.Name
}

// open returns an account with what was sealed opened.
func (s *Service) open(ctx context.Context, p ids.Person) (StoredAccount, seal.PersonKey, error) {
	a, err := s.Store.Account(ctx, p)
	if err != nil {
		return StoredAccount{}, seal.PersonKey{}, err
	}
	key, err := s.Seals.Unwrap(string(p), a.WrappedKey)
	if err != nil {
		return StoredAccount{}, seal.PersonKey{}, fmt.Errorf("unwrap person key: %w", err)
	}
	if len(a.SealedBirth) > 0 {
		birth, err := key.Open(a.SealedBirth, birthPlace(p))
		if err != nil {
			return StoredAccount{}, seal.PersonKey{}, fmt.Errorf("open birth date: %w", err)
		}
		a.Birth = string(birth)
	}
	return a, key, nil
}

// identifier returns a national identifier of a person that a register knows; NotFound "register.unknown" when there is none.
func (s *Service) identifier(ctx context.Context, p ids.Person) (natid.Kind, natid.Secret, error) {
	list, err := s.Store.Identifiers(ctx, p)
	if err != nil {
		return "", "", err
	}
	if len(list) == 0 {
		return "", "", fault.NotFound("register.unknown")
	}
	newest := list[0]
	for _, i := range list {
		if i.VerifiedAt > newest.VerifiedAt {
			newest = i
		}
	}
	_, key, err := s.open(ctx, p)
	if err != nil {
		return "", "", err
	}
	value, err := key.Open(newest.Sealed, identifierPlace(newest.Kind, newest.Lookup))
	if err != nil {
		return "", "", fmt.Errorf("open identifier: %w", err)
	}
	return newest.Kind, natid.Secret(value), nil
}
