package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// actingFor returns the name of whom a person acts for, or Forbidden "acting.ended" when they may not, or not any more.
func (s *Service) actingFor(ctx context.Context, p ids.Person, owner actor.Owner) (string, error) {
	today, over := s.today(), fault.Forbidden("acting.ended")
	if owner.Company != "" {
		list, err := s.Store.MandatesOf(ctx, p)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(list, func(m Mandate) bool { return m.Company == owner.Company && m.Good(today) }) {
			return "", over
		}
		c, err := s.Store.Company(ctx, owner.Company)
		return c.Name, err
	}
	list, err := s.Store.GuardianshipsOf(ctx, p)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(list, func(g Guardianship) bool { return g.Dependant == owner.Person && g.Good(today) }) {
		return "", over
	}
	name, _, err := s.Store.Name(ctx, owner.Person)
	return name, err
}

// Choice is somebody whom a person may act for.
type Choice struct {
	Owner actor.Owner
	Name  string
	// Role is that of a mandate, a text key below mandate.role; empty for a dependant.
	Role string
	// Until is the last local date, empty for no end.
	Until string
	// Registered says that a company has been registered here.
	Registered bool
	BusinessID string
}

// Choices are those whom a person may act for now: dependants first, by name, then companies and associations.
func (s *Service) Choices(ctx context.Context, who actor.Actor) ([]Choice, error) {
	if err := who.May(actor.AccountSwitch, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return nil, err
	}
	today := s.today()
	var out []Choice
	guarded, err := s.Store.GuardianshipsOf(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	for _, g := range guarded {
		owner := actor.Owner{Person: g.Dependant}
		if !g.Good(today) || chosen(out, owner) {
			continue
		}
		a, err := s.Store.Account(ctx, g.Dependant)
		if err != nil {
			return nil, err
		}
		out = append(out, Choice{Owner: owner, Name: a.ShortName(), Until: g.Until})
	}
	slices.SortStableFunc(out, byName)
	companies, err := s.companyChoices(ctx, who.Person, today)
	return append(out, companies...), err
}

func (s *Service) companyChoices(ctx context.Context, p ids.Person, today string) ([]Choice, error) {
	mandates, err := s.Store.MandatesOf(ctx, p)
	if err != nil {
		return nil, err
	}
	var out []Choice
	for _, m := range mandates {
		owner := actor.Owner{Company: m.Company}
		if !m.Good(today) || chosen(out, owner) {
			continue
		}
		c, err := s.Store.Company(ctx, m.Company)
		if err != nil {
			return nil, err
		}
		out = append(out, Choice{Owner: owner, Name: c.Name, Role: m.Role, Until: m.Until, Registered: c.Registered != 0, BusinessID: c.BusinessID})
	}
	slices.SortStableFunc(out, byName)
	return out, nil
}

func byName(a, b Choice) int { return cmp.Compare(a.Name, b.Name) }

func chosen(list []Choice, o actor.Owner) bool {
	return slices.ContainsFunc(list, func(c Choice) bool { return c.Owner == o })
}

// ActFor has a session act for somebody from now on; the zero Owner is the person alone again. NotFound when the person may not.
func (s *Service) ActFor(ctx context.Context, who actor.Actor, sess Session, owner actor.Owner) error {
	if err := who.May(actor.AccountSwitch, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return err
	}
	if !owner.IsZero() {
		choices, err := s.Choices(ctx, who)
		if err != nil {
			return err
		}
		if !chosen(choices, owner) {
			return fault.NotFound("acting.not_found")
		}
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetActing(ctx, sess.Hash, owner); err != nil {
			return err
		}
		subject := owner.ID()
		if owner.IsZero() {
			subject = string(who.Person)
		}
		return tx.Audit(ctx, s.entry("", who, audit.ActingChosen, "person", subject, nil))
	})
}

// RegisterCompany opens the folder of a company that the actor acts for: its address and number, for all who hold a mandate.
func (s *Service) RegisterCompany(ctx context.Context, who actor.Actor, d Details) error {
	if who.For.Company == "" {
		return fault.NotFound("acting.not_found")
	}
	d, err := s.CheckDetails(ctx, Account{Name: "-"}, d)
	if err != nil {
		return err
	}
	c, err := s.Store.Company(ctx, who.For.Company)
	if err != nil {
		return err
	}
	c.Email, c.Phone, c.Lang = d.Email, d.Phone, d.Lang
	action := audit.AccountChanged
	if c.Registered == 0 {
		c.Registered, action = s.Now().Unix(), audit.CompanyRegistered
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.PutCompany(ctx, c); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, action, "company", string(c.ID), nil))
	})
}

// CompanyOf returns the company that the actor acts for, or NotFound.
func (s *Service) CompanyOf(ctx context.Context, who actor.Actor) (Company, error) {
	if who.For.Company == "" {
		return Company{}, fault.NotFound("acting.not_found")
	}
	return s.Store.Company(ctx, who.For.Company)
}

// RecordRequest asks staff's word that somebody may act for another to be kept.
type RecordRequest struct {
	Org       ids.Org
	Guardian  ids.Person // or the one who holds the mandate
	Dependant ids.Person
	Company   ids.Company
	Role      string
	From      string // local dates, YYYY-MM-DD; Until empty: no end
	Until     string
	Evidence  string // what was shown
}

// RecordGuardianship keeps that somebody may act for a dependant, on the word of staff.
func (s *Service) RecordGuardianship(ctx context.Context, who actor.Actor, r RecordRequest) (ids.Guardianship, error) {
	if err := who.May(actor.GuardianshipRecord, actor.Object{Org: r.Org}); err != nil {
		return "", err
	}
	if err := s.checkRecord(ctx, r, r.Dependant); err != nil {
		return "", err
	}
	g := Guardianship{
		Guardian: r.Guardian, ID: ids.Guardianship(s.Gen.New()), Dependant: r.Dependant, Source: FromStaff, From: r.From, Until: r.Until, Org: r.Org,
		RecordedBy: who.Staff, CreatedAt: s.Now().Unix(),
	}
	sealed, err := s.sealEvidence(ctx, r.Dependant, "guardianship", string(r.Guardian)+"/"+string(g.ID), r.Evidence)
	if err != nil {
		return "", err
	}
	return g.ID, s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutGuardianship(ctx, g, sealed); err != nil {
			return err
		}
		return tx.Audit(ctx, s.recorded(r.Org, who, audit.GuardianshipRecorded, r.Dependant, string(g.ID)))
	})
}

// RecordMandate keeps that somebody may act for a company, on the word of staff.
func (s *Service) RecordMandate(ctx context.Context, who actor.Actor, r RecordRequest) (ids.Mandate, error) {
	if err := who.May(actor.MandateRecord, actor.Object{Org: r.Org}); err != nil {
		return "", err
	}
	if err := s.checkRecord(ctx, r, ""); err != nil {
		return "", err
	}
	m := Mandate{
		Person: r.Guardian, ID: ids.Mandate(s.Gen.New()), Company: r.Company, Role: r.Role, Source: FromStaff, From: r.From, Until: r.Until, Org: r.Org,
		RecordedBy: who.Staff, CreatedAt: s.Now().Unix(),
	}
	sealed, err := s.sealEvidence(ctx, r.Guardian, "mandate", string(r.Guardian)+"/"+string(m.ID), r.Evidence)
	if err != nil {
		return "", err
	}
	return m.ID, s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutMandate(ctx, m, sealed); err != nil {
			return err
		}
		return tx.Audit(ctx, s.recorded(r.Org, who, audit.MandateRecorded, r.Guardian, string(m.ID)))
	})
}

func (s *Service) recorded(o ids.Org, who actor.Actor, action audit.Action, about ids.Person, record string) audit.Entry {
	return s.entry(o, who, action, "person", string(about), map[string]string{"record": record})
}

// maxEvidence is the longest note of what was shown, in bytes.
const maxEvidence = 500

func (s *Service) checkRecord(ctx context.Context, r RecordRequest, dependant ids.Person) error {
	var wrong []fault.Field
	bad := func(name, key string) { wrong = append(wrong, fault.Field{Name: name, Key: key}) }
	if !isDate(r.From) {
		bad("from", "record.date")
	}
	if r.Until != "" && (!isDate(r.Until) || r.Until < r.From) {
		bad("until", "record.until")
	}
	if r.Evidence == "" || len(r.Evidence) > maxEvidence {
		bad("evidence", "record.evidence")
	}
	if dependant == r.Guardian {
		bad("guardian", "record.oneself")
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	if _, err := s.Store.Account(ctx, r.Guardian); err != nil {
		return err
	}
	if r.Company != "" {
		_, err := s.Store.Company(ctx, r.Company)
		return err
	}
	_, err := s.Store.Account(ctx, dependant)
	return err
}

func isDate(d string) bool {
	_, err := time.Parse(time.DateOnly, d)
	return err == nil
}

func (s *Service) sealEvidence(ctx context.Context, p ids.Person, table, row, evidence string) ([]byte, error) {
	_, key, err := s.open(ctx, p)
	if err != nil {
		return nil, err
	}
	sealed, err := key.Seal([]byte(evidence), evidencePlace(table, row))
	if err != nil {
		return nil, fmt.Errorf("seal evidence: %w", err)
	}
	return sealed, nil
}

// RevokeGuardianship ends a record at once: the next request is refused. NotFound when it is not there, has ended, or was recorded by another organisation.
// One that comes from the register can be ended by whoever may record.
func (s *Service) RevokeGuardianship(ctx context.Context, who actor.Actor, o ids.Org, guardian ids.Person, id ids.Guardianship) error {
	if err := who.May(actor.GuardianshipRecord, actor.Object{Org: o}); err != nil {
		return err
	}
	list, err := s.Store.GuardianshipsOf(ctx, guardian)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(g Guardianship) bool { return g.ID == id && (g.Org == o || g.Source == FromRegister) }) {
		return fault.NotFound("record.not_found")
	}
	return s.revoke(ctx, o, who, audit.GuardianshipRevoked, guardian, string(id), func(ctx context.Context, tx Tx, at int64) (bool, error) {
		return tx.RevokeGuardianship(ctx, guardian, id, at, who.ID())
	})
}

// RevokeMandate ends a record at once, as RevokeGuardianship does.
func (s *Service) RevokeMandate(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, id ids.Mandate) error {
	if err := who.May(actor.MandateRecord, actor.Object{Org: o}); err != nil {
		return err
	}
	list, err := s.Store.MandatesOf(ctx, p)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(m Mandate) bool { return m.ID == id && (m.Org == o || m.Source == FromRegister) }) {
		return fault.NotFound("record.not_found")
	}
	return s.revoke(ctx, o, who, audit.MandateRevoked, p, string(id), func(ctx context.Context, tx Tx, at int64) (bool, error) {
		return tx.RevokeMandate(ctx, p, id, at, who.ID())
	})
}

func (s *Service) revoke(
	ctx context.Context, o ids.Org, who actor.Actor, action audit.Action, about ids.Person, record string,
	do func(ctx context.Context, tx Tx, at int64) (bool, error),
) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		done, err := do(ctx, tx, s.Now().Unix())
		if err != nil {
			return err
		}
		if !done {
			return fault.NotFound("record.not_found")
		}
		return tx.Audit(ctx, s.recorded(o, who, action, about, record))
	})
}
