package staff

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Enrolment is an invitation as its page shows it.
type Enrolment struct {
	Invitation
	// Known says that somebody with the address works here already: they sign in to accept, unless the invitation gives new keys.
	Known bool
}

// NeedsSignIn reports whether whoever accepts has to sign in with what they have.
func (e Enrolment) NeedsSignIn() bool { return e.Known && !e.renews() }

// Person is what somebody says of themselves when they accept an invitation. The address counts for the first administrator alone.
type Person struct {
	Name, Email string
	Lang        i18n.Lang
}

// Enrolment returns what a link's secret opens. A guessed one is NotFound "staff.no_invitation", like one that was used, revoked, or is too old; guessing is
// slowed by address.
func (s *Service) Enrolment(ctx context.Context, token, address string) (Enrolment, error) {
	if wait, ok := s.guess.Allow(address, s.Now()); !ok {
		return Enrolment{}, fault.TooMany("error.too_many", wait)
	}
	e, err := s.opened(ctx, token)
	if fault.Is(err, fault.KindNotFound) {
		if wait, ok := s.guess.Failed(address, s.Now()); !ok {
			return Enrolment{}, fault.TooMany("error.too_many", wait)
		}
	}
	return e, err
}

func (s *Service) opened(ctx context.Context, token string) (Enrolment, error) {
	none := fault.NotFound("staff.no_invitation")
	now := s.Now().Unix()
	kept, err := s.Store.Secret(ctx, SecretInvitation, ids.HashToken(token), now)
	if fault.Is(err, fault.KindNotFound) {
		return Enrolment{}, none
	}
	if err != nil {
		return Enrolment{}, err
	}
	i, err := s.Store.Invitation(ctx, kept.Org, kept.Subject)
	if err == nil && !i.Open(now) {
		err = none
	}
	if err != nil {
		return Enrolment{}, err
	}
	e := Enrolment{Invitation: i}
	if i.First() {
		n, err := s.Store.SystemAdmins(ctx, "")
		if err == nil && n > 0 {
			err = none
		}
		return e, err
	}
	_, err = s.Store.MemberByEmail(ctx, i.Email)
	if e.Known = err == nil; fault.Is(err, fault.KindNotFound) {
		err = nil
	}
	return e, err
}

// Join gives the role of an invitation to a member who has signed in with its address. Conflict "staff.other_email" says that it is another's.
func (s *Service) Join(ctx context.Context, who actor.Actor, token, address string) error {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return err
	}
	e, err := s.Enrolment(ctx, token, address)
	if err != nil {
		return err
	}
	roles, err := s.rolesOf(ctx, e.Invitation)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		m, err := tx.Member(ctx, who.Staff)
		if err != nil {
			return err
		}
		if m.Email != e.Email {
			return fault.Conflict("staff.other_email", nil)
		}
		return s.accept(ctx, tx, e.Invitation, roles, m.ID)
	})
}

// BeginEnrolment asks the browser to make a passkey for whoever accepts an invitation.
func (s *Service) BeginEnrolment(e Enrolment) (Ceremony, error) {
	// Name and address are typed on the same page: the browser puts them in.
	m := Member{Email: e.Email, Name: e.Name, Handle: []byte(s.Gen.SessionToken())}
	if m.Email == "" {
		m.Email = "luukku"
	}
	if m.Name == "" {
		m.Name = m.Email
	}
	return s.beginMaking(ceremonyInvite+e.ID, m, nil)
}

// EnrolPasskey accepts an invitation with a new passkey: the token of a first session. Invalid names the fields that are wrong.
func (s *Service) EnrolPasskey(ctx context.Context, token string, p Person, sealed, answer, address, agent string) (string, error) {
	e, p, err := s.enrolment(ctx, token, p, address)
	if err != nil {
		return "", err
	}
	key, handle, err := s.made(ctx, ceremonyInvite+e.ID, sealed, answer, "")
	if err != nil {
		return "", err
	}
	m := s.newMember(e, p)
	m.Handle = handle
	return s.enrol(ctx, e, m, entrance{AMR: amrPasskey, Agent: agent}, func(ctx context.Context, tx Tx, id ids.Staff) error {
		key.Staff = id
		return s.putPasskey(ctx, tx, key)
	})
}

func (s *Service) putPasskey(ctx context.Context, tx Tx, key Passkey) error {
	fresh, err := tx.PutPasskey(ctx, key)
	if err == nil && !fresh {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "credential", Key: "staff.passkey_failed"})
	}
	if err != nil {
		return err
	}
	return tx.Audit(ctx, s.about(self(key.Staff), audit.PasskeyAdded, key.Staff, nil))
}

// enrolment checks an invitation and what whoever accepts it says of themselves.
func (s *Service) enrolment(ctx context.Context, token string, p Person, address string) (Enrolment, Person, error) {
	e, err := s.Enrolment(ctx, token, address)
	if err != nil {
		return e, p, err
	}
	if e.NeedsSignIn() {
		return e, p, fault.Conflict("staff.sign_in_first", nil)
	}
	if !e.First() {
		p.Email = e.Email
	}
	p.Name, p.Email, err = CheckPerson(p.Name, p.Email, true)
	return e, p, err
}

func (s *Service) newMember(e Enrolment, p Person) Member {
	return Member{
		ID: ids.Staff(s.Gen.New()), Email: p.Email, Name: p.Name, Lang: p.Lang, State: Active, Handle: []byte(s.Gen.SessionToken()), CreatedAt: s.Now().Unix(),
	}
}

// pendingMeans is a password whose second factor is still to be shown to work. It waits in the browser, sealed.
type pendingMeans struct {
	Person Person
	PHC    string // empty when the password stays
	Secret string // of the second factor
	For    string // the invitation, or the member
}

const (
	meansPurpose = "staff means"
	meansLife    = 30 * time.Minute
)

// Means is a second factor to be set up: the secret, to be typed, and the link that a QR code hands over.
type Means struct {
	Secret, Link string
}

func (s *Service) sealPending(p pendingMeans) (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	return s.Seals.SealToken(meansPurpose, b, s.Now().Add(meansLife)), nil
}

// takePending opens what was begun for an invitation or a member. SignInRequired "staff.means_over" says that it took too long.
func (s *Service) takePending(sealed, whose string) (pendingMeans, error) {
	over := fault.SignInRequired("staff.means_over")
	b, err := s.Seals.OpenToken(meansPurpose, sealed, s.Now())
	if err != nil {
		return pendingMeans{}, over
	}
	var p pendingMeans
	if err := json.Unmarshal(b, &p); err != nil || p.For != whose {
		return pendingMeans{}, over
	}
	return p, nil
}

// PreparePassword begins to accept an invitation with a password: what it returns is needed to show (PendingMeans) and to prove (EnrolPassword) the second
// factor. Nothing is kept before that. Invalid names the fields that are wrong.
func (s *Service) PreparePassword(ctx context.Context, token string, p Person, password, address string) (string, error) {
	e, p, err := s.enrolment(ctx, token, p, address)
	if err != nil && !fault.Is(err, fault.KindInvalid) {
		return "", err
	}
	wrong := fault.Of(err)
	if bad := CheckPassword(password, p.Email, p.Name); bad != nil {
		fields := fault.Of(bad).Fields
		if err != nil {
			fields = append(wrong.Fields, fields...)
		}
		return "", fault.Invalid("form.invalid", nil, fields...)
	}
	if err != nil {
		return "", err
	}
	phc, err := s.hasher.hash(ctx, address, password)
	if err != nil {
		return "", err
	}
	secret, err := s.newTOTP()
	if err != nil {
		return "", err
	}
	return s.sealPending(pendingMeans{Person: p, PHC: phc, Secret: secret, For: "invitation/" + e.ID})
}

// InvitationMeans is the second factor that PreparePassword began.
func (s *Service) InvitationMeans(e Enrolment, sealed string) (Means, error) {
	p, err := s.takePending(sealed, "invitation/"+e.ID)
	return Means{p.Secret, TOTPLink(p.Secret, p.Person.Email, issuer)}, err
}

// issuer is what an authenticator app calls this site.
const issuer = "Luukku"

// EnrolPassword accepts an invitation with the password that PreparePassword took and a code of the second factor: the token of a first session, and the
// recovery codes, which are shown this once. Invalid with the field "code" says that the code is wrong.
func (s *Service) EnrolPassword(ctx context.Context, token, sealed, code, address, agent string) (string, []string, error) {
	e, err := s.Enrolment(ctx, token, address)
	if err != nil {
		return "", nil, err
	}
	p, err := s.takePending(sealed, "invitation/"+e.ID)
	if err != nil {
		return "", nil, err
	}
	at, ok := stepOf(p.Secret, code, s.Now(), 0)
	if !ok {
		return "", nil, wrongCode("staff.wrong_code")
	}
	var codes []string
	session, err := s.enrol(ctx, e, s.newMember(e, p.Person), entrance{AMR: amrPassword, Agent: agent}, func(ctx context.Context, tx Tx, id ids.Staff) error {
		var err error
		codes, err = s.putMeans(ctx, tx, id, p, at)
		return err
	})
	return session, codes, err
}

// putMeans keeps a password and its second factor, with new recovery codes.
func (s *Service) putMeans(ctx context.Context, tx Tx, id ids.Staff, p pendingMeans, step int64) ([]string, error) {
	password, totp, err := s.sealMeans(id, p.PHC, p.Secret)
	if err != nil {
		return nil, err
	}
	if err := tx.SetMeans(ctx, id, password, totp, step); err != nil {
		return nil, err
	}
	codes, hashes := s.newRecovery(id)
	if err := tx.PutRecovery(ctx, id, hashes); err != nil {
		return nil, err
	}
	return codes, tx.Audit(ctx, s.about(self(id), audit.PasswordChanged, id, nil))
}

// enrol makes the account of whoever accepts, or gives a member new keys, in one transaction with spending the invitation; a session begins.
func (s *Service) enrol(ctx context.Context, e Enrolment, m Member, how entrance, means func(ctx context.Context, tx Tx, id ids.Staff) error) (string, error) {
	roles, err := s.rolesOf(ctx, e.Invitation)
	if err != nil {
		return "", err
	}
	token := s.Gen.SessionToken()
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		id := m.ID
		had, err := tx.MemberByEmail(ctx, m.Email)
		switch {
		case fault.Is(err, fault.KindNotFound):
			if err := s.join(ctx, tx, m); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			if id = had.ID; !e.renews() {
				return fault.Conflict("staff.sign_in_first", nil)
			}
			if err := s.clear(ctx, tx, had, m); err != nil {
				return err
			}
		}
		if err := s.accept(ctx, tx, e.Invitation, roles, id); err != nil {
			return err
		}
		if err := means(ctx, tx, id); err != nil {
			return err
		}
		return s.putSession(ctx, tx, id, how, token)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (s *Service) join(ctx context.Context, tx Tx, m Member) error {
	fresh, err := tx.PutMember(ctx, m)
	if err == nil && !fresh {
		err = fault.Conflict("staff.sign_in_first", nil) // somebody was faster with the same address
	}
	if err != nil {
		return err
	}
	return tx.Audit(ctx, s.about(self(m.ID), audit.StaffJoined, m.ID, nil))
}

// clear takes away all that a member gets in with: it is lost, and whoever found it gets no further. The member keeps what passkeys call them unless a new
// one was made under a new name.
func (s *Service) clear(ctx context.Context, tx Tx, had, now Member) error {
	if had.State != Active {
		return fault.Conflict("staff.not_active", nil)
	}
	for _, step := range []func() error{
		func() error { return tx.LockMember(ctx, had.ID) },
		func() error { return tx.DropPasskeys(ctx, had.ID) },
		func() error { return tx.SetMeans(ctx, had.ID, nil, nil, 0) },
		func() error { return tx.PutRecovery(ctx, had.ID, nil) },
		func() error { return tx.EndSessions(ctx, had.ID, nil) },
		func() error { return tx.SetHandle(ctx, had.ID, now.Handle) },
		func() error { return tx.SetDetails(ctx, had.ID, now.Name, now.Lang) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("take keys away: %w", err)
		}
	}
	return tx.Audit(ctx, s.about(self(had.ID), audit.StaffChanged, had.ID, map[string]string{"keys": "renewed"}))
}

// accept spends an invitation and gives its roles.
func (s *Service) accept(ctx context.Context, tx Tx, i Invitation, roles []actor.Grant, id ids.Staff) error {
	none := fault.NotFound("staff.no_invitation")
	if i.First() {
		if err := tx.LockSystemAdmins(ctx); err != nil {
			return err
		}
		if n, err := tx.SystemAdmins(ctx, ""); err != nil || n > 0 {
			return orElse(err, none)
		}
	}
	if ok, err := tx.AcceptInvitation(ctx, i.Org, i.ID, s.Now().Unix()); err != nil || !ok {
		return orElse(err, none)
	}
	if err := tx.DropSecrets(ctx, SecretInvitation, i.Org, i.ID); err != nil {
		return err
	}
	for _, g := range roles {
		if err := s.putRole(ctx, tx, i.by(), id, g); err != nil {
			return err
		}
	}
	return nil
}

// rolesOf are the roles that an invitation gives. The first administrator is that of the organisation, too, where there is just one.
func (s *Service) rolesOf(ctx context.Context, i Invitation) ([]actor.Grant, error) {
	if i.Role == "" {
		return nil, nil
	}
	roles := []actor.Grant{i.Grant()}
	if !i.First() {
		return roles, nil
	}
	orgs, err := s.Directory.Organisations(ctx)
	if err == nil && len(orgs) == 1 {
		roles = append(roles, actor.Grant{Role: actor.RoleOrgAdmin, Org: orgs[0].ID})
	}
	return roles, err
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
