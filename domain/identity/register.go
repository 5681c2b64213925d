package identity

import (
	"context"
	"errors"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// byRegister is who ended what a register no longer names.
const byRegister = "register"

// endedByStaff reports whether somebody here ended what a register says.
func (g Guardianship) endedByStaff() bool {
	return g.Source == FromRegister && g.RevokedAt != 0 && g.RevokedBy != byRegister
}

func (m Mandate) endedByStaff() bool {
	return m.Source == FromRegister && m.RevokedAt != 0 && m.RevokedBy != byRegister
}

func evidencePlace(table, row string) seal.Place {
	return seal.Place{Table: table, Column: "evidence", Row: row}
}

// refreshEvery is how old what the registers say may be at a sign-in before they are asked again (seconds).
const refreshEvery = 24 * 60 * 60

// Agree records that a person agreed that the registers are asked, and asks them: name and email for the account, dependants, mandates. What is changed here
// never goes back. A register that does not answer is told as Unavailable "register.down"; the agreement stands then.
func (s *Service) Agree(ctx context.Context, who actor.Actor) error {
	a, _, err := s.open(ctx, who.Person)
	if err != nil {
		return err
	}
	a.RegisterConsentAt = s.Now().Unix()
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutAccount(ctx, a); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, audit.RegisterAgreed, "person", string(who.Person), nil))
	})
	if err != nil {
		return err
	}
	return s.fetch(ctx, who.Person)
}

// refresh asks the registers again when their word is a day old. That they do not answer holds nobody up.
func (s *Service) refresh(ctx context.Context, p ids.Person) {
	a, err := s.Store.Account(ctx, p)
	if err == nil && s.Now().Unix()-a.RegisterAt < refreshEvery {
		return
	}
	if err == nil {
		err = s.fetch(ctx, p)
	}
	if err != nil && !fault.Is(err, fault.KindNotFound) && !fault.Left(ctx) {
		s.Log.Warn("registers not asked", "error", err.Error())
	}
}

// fetch asks the registers and keeps what they say: a record of theirs that they no longer name ends now.
func (s *Service) fetch(ctx context.Context, p ids.Person) error {
	kind, value, err := s.identifier(ctx, p)
	if err != nil {
		return err
	}
	if s.Register != nil {
		got, err := s.Register.Person(ctx, kind, value)
		switch {
		case fault.Is(err, fault.KindNotFound): // a register of one country does not know everybody
		case err != nil:
			return err
		default:
			if err := s.keepRegistered(ctx, p, got); err != nil {
				return err
			}
		}
	}
	if s.Mandates == nil {
		return nil
	}
	list, err := s.Mandates.Mandates(ctx, kind, value)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	return s.keepMandates(ctx, p, list)
}

// keepRegistered keeps what the population register says of a person. An address that the person has proven here stays.
func (s *Service) keepRegistered(ctx context.Context, p ids.Person, got Registered) error {
	a, key, err := s.open(ctx, p)
	if err != nil {
		return err
	}
	if got.Name != "" || got.Family != "" {
		a.Name, a.Given, a.Family = got.Name, got.Given, got.Family
	}
	if got.Birth != "" {
		if a.SealedBirth, err = key.Seal([]byte(got.Birth), birthPlace(p)); err != nil {
			return err
		}
	}
	if a.Email == "" && !a.EmailVerified && got.Email != "" {
		a.Email = got.Email
	}
	a.RegisterAt, a.ChangedAt = s.Now().Unix(), s.Now().Unix()
	fresh, err := s.freshDependants(got)
	if err != nil {
		return err
	}
	return s.inTxAgain(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutAccount(ctx, a); err != nil {
			return err
		}
		if err := s.hear(ctx, tx, p, heard{by: AddressRegister, tells: true, address: got.Address, protected: &got.Protected}); err != nil {
			return err
		}
		if err := s.keepDependants(ctx, tx, p, got.Dependants, fresh); err != nil {
			return err
		}
		who := actor.Actor{Kind: actor.KindSystem, Name: "register"}
		return tx.Audit(ctx, s.entry("", who, audit.RegisterRead, "person", string(p), nil))
	})
}

// freshDependants makes an account for each dependant, in case it is not there yet.
func (s *Service) freshDependants(got Registered) ([]StoredAccount, error) {
	out := make([]StoredAccount, len(got.Dependants))
	for i, d := range got.Dependants {
		r := Registered{Identifier: d.Identifier, Kind: d.Kind, Name: d.Name, Given: d.Given, Family: d.Family, Birth: d.Birth}
		var err error
		if out[i], err = s.newPerson(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) keepDependants(ctx context.Context, tx Tx, guardian ids.Person, list []RegisteredDependant, fresh []StoredAccount) error {
	now, today := s.Now().Unix(), s.today()
	had, err := tx.GuardianshipsOf(ctx, guardian)
	if err != nil {
		return err
	}
	var named []ids.Person
	for i, d := range list {
		p, err := s.dependant(ctx, tx, d, fresh[i])
		if err != nil {
			return err
		}
		named = append(named, p)
		if slices.ContainsFunc(had, func(g Guardianship) bool { return g.Dependant == p && g.endedByStaff() }) {
			continue // what staff have ended, the register does not bring back: staff record it anew when it is right again
		}
		at := slices.IndexFunc(had, func(g Guardianship) bool { return g.Dependant == p && g.Source == FromRegister && g.RevokedAt == 0 })
		g := Guardianship{Guardian: guardian, ID: ids.Guardianship(s.Gen.New()), Dependant: p, Source: FromRegister, From: today, CreatedAt: now}
		if at >= 0 {
			g = had[at]
		}
		g.Until, g.CheckedAt = d.Until, now
		if err := tx.PutGuardianship(ctx, g, nil); err != nil {
			return err
		}
	}
	for _, g := range had {
		if g.Source == FromRegister && g.RevokedAt == 0 && !slices.Contains(named, g.Dependant) {
			if _, err := tx.RevokeGuardianship(ctx, guardian, g.ID, now, byRegister); err != nil {
				return err
			}
		}
	}
	return nil
}

// dependant returns whose an identifier in the register is, making the account of somebody who is new here.
func (s *Service) dependant(ctx context.Context, tx Tx, d RegisteredDependant, fresh StoredAccount) (ids.Person, error) {
	value, err := s.parse(d.Kind, d.Identifier)
	d.Kind = natid.Sort(d.Kind, value)
	if err != nil {
		return "", fault.Unavailable("register.down", 0).Because(errors.New("an identifier of the register is none of its kind"))
	}
	p, err := known(tx.PersonOfIdentifier(ctx, d.Kind, s.identifierHashes(d.Kind, value)))
	if err != nil || p != "" {
		return p, err
	}
	if err := s.put(ctx, tx, fresh, byRegister); err != nil {
		return "", err
	}
	return fresh.Person, s.putIdentifier(ctx, tx, fresh.Person, d.Kind, value, "register")
}

// keepMandates keeps what the register of mandates says of whom a person may act for.
func (s *Service) keepMandates(ctx context.Context, p ids.Person, list []RegisteredMandate) error {
	now := s.Now().Unix()
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		had, err := tx.MandatesOf(ctx, p)
		if err != nil {
			return err
		}
		var kept []ids.Mandate
		for _, r := range list {
			c, err := s.company(ctx, tx, r)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(had, func(h Mandate) bool { return h.Company == c && h.Role == r.Role && h.endedByStaff() }) {
				continue
			}
			m := Mandate{Person: p, ID: ids.Mandate(s.Gen.New()), Company: c, Role: r.Role, Source: FromRegister, CreatedAt: now}
			at := slices.IndexFunc(had, func(h Mandate) bool {
				return h.Company == c && h.Role == r.Role && h.Source == FromRegister && h.RevokedAt == 0
			})
			if at >= 0 {
				m = had[at]
			}
			m.From, m.Until, m.CheckedAt = r.From, r.Until, now
			kept = append(kept, m.ID)
			if err := tx.PutMandate(ctx, m, nil); err != nil {
				return err
			}
		}
		for _, m := range had {
			if m.Source == FromRegister && m.RevokedAt == 0 && !slices.Contains(kept, m.ID) {
				if _, err := tx.RevokeMandate(ctx, p, m.ID, now, byRegister); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (s *Service) company(ctx context.Context, tx Tx, r RegisteredMandate) (ids.Company, error) {
	c, err := tx.CompanyByNumber(ctx, r.BusinessID)
	switch {
	case fault.Is(err, fault.KindNotFound):
		c = Company{ID: ids.Company(s.Gen.New()), BusinessID: r.BusinessID, Kind: r.Kind, CreatedAt: s.Now().Unix()}
	case err != nil:
		return "", err
	case c.Name == r.Name:
		return c.ID, nil
	}
	c.Name = r.Name
	return tx.PutCompany(ctx, c)
}
