package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/domain/notify"
	"luukku/store/db"
)

var (
	_ identity.Store = (*People)(nil)
	_ identity.Tx    = peopleTx{}
)

// People is the store as domain/identity sees it.
type People struct{ *Store }

// People returns the people served, their sessions and whom they act for.
func (s *Store) People() *People { return &People{s} }

// peopleTx is one open transaction as domain/identity sees it.
type peopleTx struct {
	people
	store *Store
}

// people reads what is read alike in and outside of a transaction.
type people struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
}

func (s *People) reads() people { return people{s.read, s.Store.found} }

// InTx runs do in one transaction.
func (s *People) InTx(ctx context.Context, do func(ctx context.Context, tx identity.Tx) error) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, peopleTx{people{q, s.Store.found}, s.Store})
	})
}

// PutSignIn keeps a sign-in that is on its way.
func (s *People) PutSignIn(ctx context.Context, state, data []byte, expires int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutSignIn(ctx, db.PutSignInParams{State: state, Data: data, ExpiresAt: expires})
	})
}

// TakeSignIn takes a sign-in out: NotFound when it was taken before, or is too old.
func (s *People) TakeSignIn(ctx context.Context, state []byte, now int64) ([]byte, error) {
	var got db.TakeSignInRow
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		var err error
		got, err = q.TakeSignIn(ctx, state)
		if noRows(err) {
			return fault.NotFound("sign_in.stale")
		}
		return err
	})
	if err == nil && now > got.ExpiresAt {
		err = fault.NotFound("sign_in.stale")
	}
	return got.Data, err
}

// UseToken remembers a token that is good once; false when it was there.
func (s *People) UseToken(ctx context.Context, hash []byte, expires int64) (bool, error) {
	n := int64(0)
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		var err error
		n, err = q.UseToken(ctx, db.UseTokenParams{Hash: hash, ExpiresAt: expires})
		return err
	})
	return n == 1, err
}

// Session returns a session, or NotFound.
func (s *People) Session(ctx context.Context, hash []byte) (identity.Session, error) {
	r, err := s.read.Session(ctx, hash)
	if err != nil {
		return identity.Session{}, s.found(err, "sign_in.ended", "read session")
	}
	return sessionOf(r), nil
}

// Signed returns the session of somebody with an account, what they are called and whether the first sign-in was completed, or NotFound.
func (s *People) Signed(ctx context.Context, hash []byte) (sess identity.Session, name string, welcomed bool, err error) {
	r, err := s.read.SignedSession(ctx, hash)
	if err != nil {
		return sess, "", false, s.found(err, "sign_in.ended", "read session")
	}
	return sessionOf(db.Session{
		Hash: r.Hash, OfKind: r.OfKind, Subject: r.Subject, Provider: r.Provider, Issuer: r.Issuer, Acr: r.Acr, Amr: r.Amr, AuthAt: r.AuthAt, Level: r.Level, Sid: r.Sid, IDToken: r.IDToken,
		ForPerson: r.ForPerson, ForCompany: r.ForCompany, Agent: r.Agent, CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, EndsAt: r.EndsAt,
	}), identity.Account{Name: r.Name, Given: r.Given, Family: r.Family}.ShortName(), r.WelcomedAt != 0, nil
}

func sessionOf(r db.Session) identity.Session {
	out := identity.Session{
		Hash: r.Hash, Of: r.OfKind, Provider: ids.Provider(r.Provider), Issuer: r.Issuer, ACR: r.Acr, AMR: r.Amr, AuthAt: r.AuthAt, Level: actor.Level(r.Level),
		SID: r.Sid, IDToken: r.IDToken, For: actor.Owner{Person: ids.Person(r.ForPerson), Company: ids.Company(r.ForCompany)}, Agent: r.Agent,
		CreatedAt: r.CreatedAt, SeenAt: r.SeenAt, EndsAt: r.EndsAt,
	}
	if r.OfKind == identity.SessionOfStaff {
		out.Staff = ids.Staff(r.Subject)
	} else {
		out.Person = ids.Person(r.Subject)
	}
	return out
}

// SessionsOf returns the sessions of a person or of one of the staff, the newest first.
func (s *People) SessionsOf(ctx context.Context, of, subject string) ([]identity.Session, error) {
	rows, err := s.read.SessionsOf(ctx, db.SessionsOfParams{OfKind: of, Subject: subject})
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", s.fault(err))
	}
	out := make([]identity.Session, len(rows))
	for i, r := range rows {
		out[i] = sessionOf(r)
	}
	return out, nil
}

// TouchSession writes when a session was last used.
func (s *People) TouchSession(ctx context.Context, hash []byte, seen int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.TouchSession(ctx, db.TouchSessionParams{SeenAt: seen, Hash: hash})
	})
}

// Account returns a person's account, or NotFound.
func (s *People) Account(ctx context.Context, p ids.Person) (identity.StoredAccount, error) {
	r, err := s.read.Account(ctx, string(p))
	if err != nil {
		return identity.StoredAccount{}, s.found(err, "account.not_found", "read account")
	}
	return identity.StoredAccount{
		Account: identity.Account{
			Person: p, Name: r.Name, Given: r.Given, Family: r.Family, Email: r.Email, Phone: r.Phone, Lang: i18n.Lang(r.Lang),
			EmailVerified: r.EmailVerified != 0, PhoneVerified: r.PhoneVerified != 0, Protected: r.Protected != 0, RegisterConsentAt: r.RegisterConsentAt, RegisterAt: r.RegisterAt,
			Welcomed: r.WelcomedAt, CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, PhoneSince: r.PhoneSince,
		},
		SealedBirth: r.Birth, WrappedKey: r.WrappedKey,
	}, nil
}

// Name returns what a person is called and whether the first sign-in was completed, or NotFound.
func (s *People) Name(ctx context.Context, p ids.Person) (name string, welcomed bool, err error) {
	r, err := s.read.AccountName(ctx, string(p))
	if err != nil {
		return "", false, s.found(err, "account.not_found", "read account")
	}
	return identity.Account{Name: r.Name, Given: r.Given, Family: r.Family}.ShortName(), r.WelcomedAt != 0, nil
}

// Identifiers returns a person's national identifiers, sealed.
func (s *People) Identifiers(ctx context.Context, p ids.Person) ([]identity.StoredIdentifier, error) {
	rows, err := s.read.IdentifiersOf(ctx, string(p))
	if err != nil {
		return nil, fmt.Errorf("read identifiers: %w", s.fault(err))
	}
	out := make([]identity.StoredIdentifier, len(rows))
	for i, r := range rows {
		out[i] = identity.StoredIdentifier{
			Person: p, Kind: natid.Kind(r.Kind), Lookup: r.Lookup, Sealed: r.Value, VerifiedBy: r.VerifiedBy, VerifiedAt: r.VerifiedAt,
		}
	}
	return out, nil
}

// Addresses returns what is kept of where a person's post goes; nothing of whom is under a non-disclosure order.
func (s *People) Addresses(ctx context.Context, p ids.Person) ([]identity.StoredAddress, error) {
	rows, err := s.read.AddressesShown(ctx, string(p))
	if err != nil {
		return nil, fmt.Errorf("read postal addresses: %w", s.fault(err))
	}
	return addressesOf(rows), nil
}

// AccountsNamed returns the accounts with a family name or, when that is empty, an email address.
func (s *People) AccountsNamed(ctx context.Context, family, email string, most int) ([]identity.Account, error) {
	var rows []db.AccountsByFamilyRow
	var err error
	if family != "" {
		rows, err = s.read.AccountsByFamily(ctx, db.AccountsByFamilyParams{Family: family, Most: int32(most)})
	} else {
		var same []db.AccountsByEmailRow
		same, err = s.read.AccountsByEmail(ctx, db.AccountsByEmailParams{Email: email, Most: int32(most)})
		for _, r := range same {
			rows = append(rows, db.AccountsByFamilyRow(r))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("look for accounts: %w", s.fault(err))
	}
	return foundAccounts(rows), nil
}

// AccountsOfPhone returns the accounts that have proven a number, which is as it is kept.
func (s *People) AccountsOfPhone(ctx context.Context, phone string, most int) ([]identity.Account, error) {
	same, err := s.read.AccountsByPhone(ctx, db.AccountsByPhoneParams{Phone: phone, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("look for accounts: %w", s.fault(err))
	}
	rows := make([]db.AccountsByFamilyRow, len(same))
	for i, r := range same {
		rows[i] = db.AccountsByFamilyRow(r)
	}
	return foundAccounts(rows), nil
}

func foundAccounts(rows []db.AccountsByFamilyRow) []identity.Account {
	out := make([]identity.Account, len(rows))
	for i, r := range rows {
		out[i] = identity.Account{
			Person: ids.Person(r.Person), Name: r.Name, Given: r.Given, Family: r.Family, Email: r.Email, Phone: r.Phone, Lang: i18n.Lang(r.Lang),
			EmailVerified: r.EmailVerified != 0, PhoneVerified: r.PhoneVerified != 0, Protected: r.Protected != 0, CreatedAt: r.CreatedAt,
		}
	}
	return out
}

// Verification returns a verification, or NotFound.
func (s *People) Verification(ctx context.Context, p ids.Person, id string) (identity.Verification, error) {
	r, err := s.read.Verification(ctx, db.VerificationParams{Person: string(p), ID: id})
	if err != nil {
		return identity.Verification{}, s.found(err, "verify.not_found", "read verification")
	}
	return identity.Verification{
		Person: p, ID: r.ID, Channel: identity.Channel(r.Channel), Address: r.Address, Code: r.Code, Tries: r.Tries, ExpiresAt: r.ExpiresAt,
	}, nil
}

// Death returns the local date on which somebody died, empty for whom nobody says so.
func (s *People) Death(ctx context.Context, p ids.Person) (string, error) {
	on, err := s.read.Death(ctx, string(p))
	if noRows(err) {
		return "", nil
	}
	return on, s.fault(err)
}

// Company returns a company, or NotFound.
func (s *People) Company(ctx context.Context, c ids.Company) (identity.Company, error) {
	r, err := s.read.Company(ctx, string(c))
	if err != nil {
		return identity.Company{}, s.found(err, "acting.not_found", "read company")
	}
	return companyOf(r), nil
}

func companyOf(r db.Company) identity.Company {
	return identity.Company{
		ID: ids.Company(r.ID), BusinessID: r.BusinessID, Name: r.Name, Kind: identity.CompanyKind(r.Kind), Email: r.Email, Phone: r.Phone, Lang: i18n.Lang(r.Lang),
		Registered: r.RegisteredAt, CreatedAt: r.CreatedAt,
	}
}

// PersonOfIdentity, PersonOfIdentifier, GuardianshipsOf, MandatesOf and CompanyByNumber are as in the transaction.
func (s *People) PersonOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Person, error) {
	return s.reads().PersonOfIdentity(ctx, issuer, subjects)
}

// PersonOfIdentifier returns whose a national identifier is, or NotFound.
func (s *People) PersonOfIdentifier(ctx context.Context, kind natid.Kind, lookups [][]byte) (ids.Person, error) {
	return s.reads().PersonOfIdentifier(ctx, kind, lookups)
}

// GuardianshipsOf returns all records of a guardian.
func (s *People) GuardianshipsOf(ctx context.Context, p ids.Person) ([]identity.Guardianship, error) {
	return s.reads().GuardianshipsOf(ctx, p)
}

// GuardiansOf returns all records about a dependant.
func (s *People) GuardiansOf(ctx context.Context, p ids.Person) ([]identity.Guardianship, error) {
	rows, err := s.read.GuardiansOf(ctx, string(p))
	if err != nil {
		return nil, fmt.Errorf("read guardianships: %w", s.fault(err))
	}
	out := make([]identity.Guardianship, len(rows))
	for i, r := range rows {
		out[i] = guardianshipOf(db.GuardianshipsOfRow(r))
	}
	return out, nil
}

// MandatesOf returns all mandates of a person.
func (s *People) MandatesOf(ctx context.Context, p ids.Person) ([]identity.Mandate, error) {
	return s.reads().MandatesOf(ctx, p)
}

// MandatesFor returns all mandates for a company.
func (s *People) MandatesFor(ctx context.Context, c ids.Company) ([]identity.Mandate, error) {
	rows, err := s.read.MandatesFor(ctx, string(c))
	if err != nil {
		return nil, fmt.Errorf("read mandates: %w", s.fault(err))
	}
	out := make([]identity.Mandate, len(rows))
	for i, r := range rows {
		out[i] = mandateOf(db.MandatesOfRow(r))
	}
	return out, nil
}

// CompanyByNumber returns the company with a public number, or NotFound.
func (s *People) CompanyByNumber(ctx context.Context, businessID string) (identity.Company, error) {
	return s.reads().CompanyByNumber(ctx, businessID)
}

// PersonOfIdentity returns whose an external identity is, or NotFound.
func (p people) PersonOfIdentity(ctx context.Context, issuer string, subjects [][]byte) (ids.Person, error) {
	return firstOf(subjects, func(subject []byte) (string, error) {
		return p.q.PersonOfIdentity(ctx, db.PersonOfIdentityParams{Issuer: issuer, Subject: subject})
	}, p.found)
}

// PersonOfIdentifier returns whose a national identifier is, or NotFound.
func (p people) PersonOfIdentifier(ctx context.Context, kind natid.Kind, lookups [][]byte) (ids.Person, error) {
	return firstOf(lookups, func(lookup []byte) (string, error) {
		return p.q.PersonOfIdentifier(ctx, db.PersonOfIdentifierParams{Kind: string(kind), Lookup: lookup})
	}, p.found)
}

// firstOf looks under one hash after the other: the newest key's first.
func firstOf(hashes [][]byte, look func([]byte) (string, error), found func(error, string, string, ...any) error) (ids.Person, error) {
	err := errNoRows
	for _, h := range hashes {
		var p string
		if p, err = look(h); err == nil {
			return ids.Person(p), nil
		}
		if !noRows(err) {
			break
		}
	}
	return "", found(err, "account.not_found", "look for a person")
}

// GuardianshipsOf returns all records of a guardian.
func (p people) GuardianshipsOf(ctx context.Context, guardian ids.Person) ([]identity.Guardianship, error) {
	rows, err := p.q.GuardianshipsOf(ctx, string(guardian))
	if err != nil {
		return nil, p.found(err, "record.not_found", "read guardianships")
	}
	out := make([]identity.Guardianship, len(rows))
	for i, r := range rows {
		out[i] = guardianshipOf(r)
	}
	return out, nil
}

func guardianshipOf(r db.GuardianshipsOfRow) identity.Guardianship {
	return identity.Guardianship{
		Guardian: ids.Person(r.Person), ID: ids.Guardianship(r.ID), Dependant: ids.Person(r.Dependant), Source: identity.Source(r.Source), From: r.FromDate,
		Until: r.UntilDate, Org: ids.Org(r.Org), RecordedBy: ids.Staff(r.RecordedBy), CreatedAt: r.CreatedAt, CheckedAt: r.CheckedAt, RevokedAt: r.RevokedAt,
		RevokedBy: r.RevokedBy,
	}
}

// MandatesOf returns all mandates of a person.
func (p people) MandatesOf(ctx context.Context, person ids.Person) ([]identity.Mandate, error) {
	rows, err := p.q.MandatesOf(ctx, string(person))
	if err != nil {
		return nil, p.found(err, "record.not_found", "read mandates")
	}
	out := make([]identity.Mandate, len(rows))
	for i, r := range rows {
		out[i] = mandateOf(r)
	}
	return out, nil
}

func mandateOf(r db.MandatesOfRow) identity.Mandate {
	return identity.Mandate{
		Person: ids.Person(r.Person), ID: ids.Mandate(r.ID), Company: ids.Company(r.Company), Role: r.Role, Source: identity.Source(r.Source), From: r.FromDate,
		Until: r.UntilDate, Org: ids.Org(r.Org), RecordedBy: ids.Staff(r.RecordedBy), CreatedAt: r.CreatedAt, CheckedAt: r.CheckedAt, RevokedAt: r.RevokedAt,
		RevokedBy: r.RevokedBy,
	}
}

// CompanyByNumber returns the company with a public number, or NotFound.
func (p people) CompanyByNumber(ctx context.Context, businessID string) (identity.Company, error) {
	r, err := p.q.CompanyByNumber(ctx, businessID)
	if err != nil {
		return identity.Company{}, p.found(err, "acting.not_found", "read company")
	}
	return companyOf(r), nil
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// taskOf is the task that has the code of a verification made and sent.
func taskOf(v identity.Verification, id ids.Task, now int64) (db.PutTaskParams, error) {
	args, err := json.Marshal(identity.VerifyArgs{Person: v.Person, ID: v.ID})
	lane := notify.LaneMailUrgent
	if v.Channel == identity.BySMS {
		lane = notify.LaneTextUrgent
	}
	return db.PutTaskParams{
		Lane: int64(lane), Bucket: int64(task.BucketOf(v.ID)), ID: string(id), Kind: identity.TaskVerify, Uniq: v.ID, Args: string(args), RunAt: now, CreatedAt: now,
	}, err
}

// Audit writes lines of the audit log.
func (t peopleTx) Audit(ctx context.Context, list ...audit.Entry) error {
	for _, e := range list {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}
