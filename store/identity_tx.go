package store

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/store/db"
)

// WrappedKey returns a person's key, or NotFound.
func (t peopleTx) WrappedKey(ctx context.Context, p ids.Person) ([]byte, error) {
	b, err := t.q.PersonKey(ctx, string(p))
	if err != nil {
		return nil, t.found(err, "account.not_found", "read person key")
	}
	return b, nil
}

// PutPerson makes a person with a key.
func (t peopleTx) PutPerson(ctx context.Context, p ids.Person, wrapped []byte, now int64) error {
	return t.q.PutPerson(ctx, db.PutPersonParams{Person: string(p), WrappedKey: wrapped, CreatedAt: now})
}

// PutAccount writes an account over what was there.
func (t peopleTx) PutAccount(ctx context.Context, a identity.StoredAccount) error {
	return t.q.PutAccount(ctx, db.PutAccountParams{
		Person: string(a.Person), Name: a.Name, Given: a.Given, Family: a.Family, Birth: a.SealedBirth, Email: a.Email, Phone: a.Phone, Lang: string(a.Lang),
		EmailVerified: number(a.EmailVerified), PhoneVerified: number(a.PhoneVerified), Protected: number(a.Protected), RegisterConsentAt: a.RegisterConsentAt, RegisterAt: a.RegisterAt,
		WelcomedAt: a.Welcomed, CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt, PhoneSince: a.PhoneSince,
	})
}

// SetProtected writes whether somebody is under a non-disclosure order.
func (t peopleTx) SetProtected(ctx context.Context, p ids.Person, protected bool) error {
	return t.q.SetProtected(ctx, db.SetProtectedParams{Protected: number(protected), Person: string(p)})
}

// Addresses returns what sources have said of where a person's post goes, and whether the person is protected. Nobody says otherwise before the transaction ends.
func (t peopleTx) Addresses(ctx context.Context, p ids.Person) ([]identity.StoredAddress, bool, error) {
	if _, err := t.q.LockAccount(ctx, string(p)); err != nil {
		return nil, false, t.found(err, "account.not_found", "lock account")
	}
	protected, err := t.q.IsProtected(ctx, string(p))
	if err != nil {
		return nil, false, err
	}
	rows, err := t.q.AddressesKept(ctx, string(p))
	return addressesOf(rows), protected != 0, err
}

func addressesOf(rows []db.PostalAddress) []identity.StoredAddress {
	out := make([]identity.StoredAddress, len(rows))
	for i, r := range rows {
		out[i] = identity.StoredAddress{
			Person: ids.Person(r.Person), Source: identity.AddressSource(r.Source), Provider: ids.Provider(r.Provider), Protected: r.Protected != 0, Sealed: r.Address, At: r.SaidAt,
		}
	}
	return out
}

// PutAddress writes what a source says over what it said.
func (t peopleTx) PutAddress(ctx context.Context, a identity.StoredAddress) error {
	return t.q.PutAddress(ctx, db.PutAddressParams{
		Person: string(a.Person), Source: string(a.Source), Provider: string(a.Provider), Protected: number(a.Protected), Address: a.Sealed, SaidAt: a.At,
	})
}

// DropAddress takes away what a source said.
func (t peopleTx) DropAddress(ctx context.Context, p ids.Person, by identity.AddressSource) error {
	return t.q.DropAddress(ctx, db.DropAddressParams{Person: string(p), Source: string(by)})
}

// Death returns the local date on which somebody died, empty for whom nobody says so. Nobody says otherwise before the transaction ends.
func (t peopleTx) Death(ctx context.Context, p ids.Person) (string, error) {
	if _, err := t.q.LockAccount(ctx, string(p)); err != nil && !noRows(err) {
		return "", err
	}
	on, err := t.q.Death(ctx, string(p))
	if noRows(err) {
		return "", nil
	}
	return on, err
}

// PutDeath writes on which local date somebody died.
func (t peopleTx) PutDeath(ctx context.Context, p ids.Person, on string, o ids.Org, at int64) error {
	return t.q.PutDeath(ctx, db.PutDeathParams{Person: string(p), DiedOn: on, Org: string(o), At: at})
}

// DropDeath takes it back; false when nobody said so.
func (t peopleTx) DropDeath(ctx context.Context, p ids.Person) (bool, error) {
	return one(t.q.DropDeath(ctx, string(p)))
}

// PutIdentity keeps whose an external identity is.
func (t peopleTx) PutIdentity(ctx context.Context, e identity.ExternalIdentity) error {
	return t.q.PutIdentity(ctx, db.PutIdentityParams{
		Issuer: e.Issuer, Subject: e.Subject, Person: string(e.Person), Provider: string(e.Provider), At: e.At,
	})
}

// ClaimIdentity keeps whose an external identity is, unless it is somebody's; false when it is.
func (t peopleTx) ClaimIdentity(ctx context.Context, e identity.ExternalIdentity) (bool, error) {
	n, err := t.q.ClaimIdentity(ctx, db.ClaimIdentityParams{
		Issuer: e.Issuer, Subject: e.Subject, Person: string(e.Person), Provider: string(e.Provider), At: e.At,
	})
	return n == 1, err
}

// PutIdentifier keeps whose a national identifier is, and returns whose that is: who was first.
func (t peopleTx) PutIdentifier(ctx context.Context, i identity.StoredIdentifier) (ids.Person, error) {
	p, err := t.q.PutIdentifier(ctx, db.PutIdentifierParams{
		Kind: string(i.Kind), Lookup: i.Lookup, Person: string(i.Person), Value: i.Sealed, VerifiedBy: i.VerifiedBy, VerifiedAt: i.VerifiedAt,
	})
	return ids.Person(p), err
}

// PutSession begins a session.
func (t peopleTx) PutSession(ctx context.Context, s identity.Session) error {
	return t.q.PutSession(ctx, db.PutSessionParams{
		Hash: s.Hash, OfKind: s.Of, Subject: s.Subject(), Provider: string(s.Provider), Issuer: s.Issuer, Acr: s.ACR, Amr: s.AMR, AuthAt: s.AuthAt,
		Level: int64(s.Level), Sid: s.SID, IDToken: s.IDToken, ForPerson: string(s.For.Person), ForCompany: string(s.For.Company), Agent: s.Agent,
		CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, EndsAt: s.EndsAt,
	})
}

// EndSession ends a session.
func (t peopleTx) EndSession(ctx context.Context, hash []byte) error {
	return t.q.EndSession(ctx, hash)
}

// EndSessionsOf ends the sessions of somebody but one.
func (t peopleTx) EndSessionsOf(ctx context.Context, of, subject string, but []byte) (int64, error) {
	if but == nil {
		but = []byte{}
	}
	return t.q.EndSessionsOf(ctx, db.EndSessionsOfParams{OfKind: of, Subject: subject, But: but})
}

// EndSessionsBySID ends the sessions that a provider's session began.
func (t peopleTx) EndSessionsBySID(ctx context.Context, sid []byte) (int64, error) {
	return t.q.EndSessionsBySID(ctx, sid)
}

// SetActing keeps whom a session's person acts for.
func (t peopleTx) SetActing(ctx context.Context, hash []byte, o actor.Owner) error {
	return t.q.SetActing(ctx, db.SetActingParams{ForPerson: string(o.Person), ForCompany: string(o.Company), Hash: hash})
}

// PutVerification keeps a verification over what was there.
func (t peopleTx) PutVerification(ctx context.Context, v identity.Verification) error {
	code := v.Code
	if code == nil {
		code = []byte{}
	}
	return t.q.PutVerification(ctx, db.PutVerificationParams{
		Person: string(v.Person), ID: v.ID, Channel: string(v.Channel), Address: v.Address, Code: code, Tries: v.Tries, ExpiresAt: v.ExpiresAt,
	})
}

// SpendTry takes one try of a verification; zero means that none was left.
func (t peopleTx) SpendTry(ctx context.Context, p ids.Person, id string) (int64, error) {
	left, err := t.q.SpendTry(ctx, db.SpendTryParams{Person: string(p), ID: id})
	if noRows(err) {
		return 0, nil
	}
	return left + 1, err
}

// DropVerifications forgets a person's verifications.
func (t peopleTx) DropVerifications(ctx context.Context, p ids.Person) error {
	return t.q.DropVerifications(ctx, string(p))
}

// PutVerifyTask has the code of a verification made and sent.
func (t peopleTx) PutVerifyTask(ctx context.Context, v identity.Verification, now int64) error {
	params, err := taskOf(v, t.store.opts.Gen.Task(), now)
	if err != nil {
		return err
	}
	_, err = t.q.PutTask(ctx, params)
	return err
}

// PutGuardianship keeps a record.
func (t peopleTx) PutGuardianship(ctx context.Context, g identity.Guardianship, sealedEvidence []byte) error {
	return t.q.PutGuardianship(ctx, db.PutGuardianshipParams{
		Person: string(g.Guardian), ID: string(g.ID), Dependant: string(g.Dependant), Source: string(g.Source), FromDate: g.From, UntilDate: g.Until,
		Org: string(g.Org), RecordedBy: string(g.RecordedBy), Evidence: sealedEvidence, CreatedAt: g.CreatedAt, CheckedAt: g.CheckedAt,
	})
}

// RevokeGuardianship ends a record; false when it was not there or had ended.
func (t peopleTx) RevokeGuardianship(ctx context.Context, guardian ids.Person, id ids.Guardianship, at int64, by string) (bool, error) {
	n, err := t.q.RevokeGuardianship(ctx, db.RevokeGuardianshipParams{RevokedAt: at, RevokedBy: by, Person: string(guardian), ID: string(id)})
	return n == 1, err
}

// PutCompany writes a company over what was there of its number, and returns what it is called here.
func (t peopleTx) PutCompany(ctx context.Context, c identity.Company) (ids.Company, error) {
	id, err := t.q.PutCompany(ctx, db.PutCompanyParams{
		ID: string(c.ID), BusinessID: c.BusinessID, Name: c.Name, Kind: string(c.Kind), Email: c.Email, Phone: c.Phone, Lang: string(c.Lang),
		RegisteredAt: c.Registered, CreatedAt: c.CreatedAt,
	})
	return ids.Company(id), err
}

// PutMandate keeps a mandate.
func (t peopleTx) PutMandate(ctx context.Context, m identity.Mandate, sealedEvidence []byte) error {
	return t.q.PutMandate(ctx, db.PutMandateParams{
		Person: string(m.Person), ID: string(m.ID), Company: string(m.Company), Role: m.Role, Source: string(m.Source), FromDate: m.From, UntilDate: m.Until,
		Org: string(m.Org), RecordedBy: string(m.RecordedBy), Evidence: sealedEvidence, CreatedAt: m.CreatedAt, CheckedAt: m.CheckedAt,
	})
}

// RevokeMandate ends a mandate; false when it was not there or had ended.
func (t peopleTx) RevokeMandate(ctx context.Context, p ids.Person, id ids.Mandate, at int64, by string) (bool, error) {
	n, err := t.q.RevokeMandate(ctx, db.RevokeMandateParams{RevokedAt: at, RevokedBy: by, Person: string(p), ID: string(id)})
	return n == 1, err
}
