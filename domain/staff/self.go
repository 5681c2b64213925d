package staff

import (
	"context"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
)

// Security is how a member gets in.
type Security struct {
	Worker
	Passkeys     []Passkey
	RecoveryLeft int64
	// Providers is at how many providers the member is known.
	Providers int64
}

// Mine returns how the actor gets in.
func (s *Service) Mine(ctx context.Context, who actor.Actor) (Security, error) {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return Security{}, err
	}
	m, err := s.Store.Member(ctx, who.Staff)
	if err != nil {
		return Security{}, err
	}
	out := Security{}
	if out.Worker, err = s.worker(ctx, m, ""); err != nil {
		return Security{}, err
	}
	if out.Passkeys, err = s.Store.Passkeys(ctx, m.ID); err != nil {
		return Security{}, err
	}
	if out.RecoveryLeft, err = s.Store.RecoveryLeft(ctx, m.ID); err != nil {
		return Security{}, err
	}
	out.Providers, err = s.Store.Identities(ctx, m.ID)
	return out, err
}

// freshLife is how long after a sign-in by passkey or provider the password may be set without the present one.
const freshLife = 10 * time.Minute

// Fresh reports whether a session needs no password to change how its member gets in.
func (s *Service) Fresh(sess identity.Session) bool {
	return (sess.AMR == amrPasskey || sess.AMR == amrProvider) && s.Now().Unix() <= sess.AuthAt+int64(freshLife/time.Second)
}

// sure returns the actor's member after they have shown who they are: by their present password, or by a sign-in with a passkey or at a provider not long
// ago. Invalid with the field "present" says that the password is wrong; SignInRequired "staff.sign_in_again" that there is none to ask for.
func (s *Service) sure(ctx context.Context, who actor.Actor, sess identity.Session, present string) (Member, error) {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return Member{}, err
	}
	m, err := s.Store.Member(ctx, who.Staff)
	if err != nil || s.Fresh(sess) {
		return m, err
	}
	if !m.HasPassword() {
		return m, fault.SignInRequired("staff.sign_in_again")
	}
	if err := s.slow(who.Address, m.ID); err != nil {
		return m, err
	}
	stored, err := s.passwordOf(m)
	if err != nil {
		return m, err
	}
	right, err := s.hasher.matches(ctx, who.Address, stored, present)
	if err == nil && !right {
		err = s.wrong(ctx, who.Address, m.ID, "password", fault.Invalid("form.invalid", nil, fault.Field{Name: "present", Key: "staff.wrong_present"}))
	}
	return m, err
}

// BeginPasskeyOf asks the browser to make another passkey for the actor.
func (s *Service) BeginPasskeyOf(ctx context.Context, who actor.Actor) (Ceremony, error) {
	mine, err := s.Mine(ctx, who)
	if err != nil {
		return Ceremony{}, err
	}
	return s.beginMaking(ceremonyAdd+string(who.Staff), mine.Member, mine.Passkeys)
}

// maxPasskeys is how many passkeys a member may have.
const maxPasskeys = 20

// AddPasskey keeps the passkey that the actor's browser made.
func (s *Service) AddPasskey(ctx context.Context, who actor.Actor, sealed, answer, name string) error {
	mine, err := s.Mine(ctx, who)
	if err != nil {
		return err
	}
	if len(mine.Passkeys) >= maxPasskeys {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "credential", Key: "staff.passkeys_full", Args: fault.Args{"max": maxPasskeys}})
	}
	if name, err = cleanKeyName(name); err != nil {
		return err
	}
	key, _, err := s.made(ctx, ceremonyAdd+string(who.Staff), sealed, answer, name)
	if err != nil {
		return err
	}
	key.Staff = who.Staff
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error { return s.putPasskey(ctx, tx, key) })
}

// NamePasskey gives a passkey of the actor another name.
func (s *Service) NamePasskey(ctx context.Context, who actor.Actor, hash []byte, name string) error {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return err
	}
	name, err := cleanKeyName(name)
	if err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		had, err := tx.NamePasskey(ctx, who.Staff, hash, name)
		if err == nil && !had {
			err = fault.NotFound("staff.no_passkey")
		}
		return err
	})
}

// RemovePasskey takes a passkey of the actor away. Conflict "staff.last_means" when there would be no way left to get in.
func (s *Service) RemovePasskey(ctx context.Context, who actor.Actor, hash []byte) error {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockMember(ctx, who.Staff); err != nil {
			return err
		}
		had, err := tx.DropPasskey(ctx, who.Staff, hash)
		if err == nil && !had {
			err = fault.NotFound("staff.no_passkey")
		}
		if err != nil {
			return err
		}
		if err := s.someMeans(ctx, tx, who.Staff); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.PasskeyRemoved, who.Staff, nil))
	})
}

// someMeans is Conflict "staff.last_means" for a member who cannot get in by anything.
func (s *Service) someMeans(ctx context.Context, tx Tx, id ids.Staff) error {
	m, err := tx.Member(ctx, id)
	if err != nil || m.HasPassword() {
		return err
	}
	keys, err := tx.Passkeys(ctx, id)
	if err != nil || len(keys) > 0 {
		return err
	}
	n, err := tx.Identities(ctx, id)
	if err == nil && n == 0 {
		err = fault.Conflict("staff.last_means", nil)
	}
	return err
}

// ChangePassword sets a new password. With a second factor already there it is done at once, the actor's other sessions end, and what is returned is empty;
// otherwise it is what MyMeans shows and FinishMeans completes.
func (s *Service) ChangePassword(ctx context.Context, who actor.Actor, sess identity.Session, present, password string) (string, error) {
	m, err := s.sure(ctx, who, sess, present)
	if err != nil {
		return "", err
	}
	if err := CheckPassword(password, m.Email, m.Name); err != nil {
		return "", err
	}
	phc, err := s.hasher.hash(ctx, who.Address, password)
	if err != nil {
		return "", err
	}
	if !m.HasPassword() {
		return s.pend(m, phc)
	}
	secret, err := s.totpOf(m)
	if err != nil {
		return "", err
	}
	sealed, _, err := s.sealMeans(m.ID, phc, secret)
	if err != nil {
		return "", err
	}
	return "", s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetPassword(ctx, m.ID, sealed); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, m.ID, sess.Hash); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.PasswordChanged, m.ID, nil))
	})
}

func (s *Service) pend(m Member, phc string) (string, error) {
	secret, err := s.newTOTP()
	if err != nil {
		return "", err
	}
	return s.sealPending(pendingMeans{Person: Person{Email: m.Email}, PHC: phc, Secret: secret, For: "staff/" + string(m.ID) + "/" + mark(m)})
}

// RenewFactor begins a new second factor, such as on a new phone; MyMeans shows it and FinishMeans completes it.
func (s *Service) RenewFactor(ctx context.Context, who actor.Actor, sess identity.Session, present string) (string, error) {
	m, err := s.sure(ctx, who, sess, present)
	if err != nil {
		return "", err
	}
	if !m.HasPassword() {
		return "", fault.NotFound("error.not_found")
	}
	return s.pend(m, "")
}

// MyMeans is the second factor that is being set up for the actor.
func (s *Service) MyMeans(ctx context.Context, who actor.Actor, sealed string) (Means, error) {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return Means{}, err
	}
	m, err := s.Store.Member(ctx, who.Staff)
	if err != nil {
		return Means{}, err
	}
	p, err := s.takePending(sealed, "staff/"+string(m.ID)+"/"+mark(m))
	return Means{p.Secret, TOTPLink(p.Secret, m.Email, issuer)}, err
}

// FinishMeans completes a second factor by a code of it: the new recovery codes, which are shown this once. The actor's other sessions end.
func (s *Service) FinishMeans(ctx context.Context, who actor.Actor, sess identity.Session, sealed, code string) ([]string, error) {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return nil, err
	}
	var codes []string
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockMember(ctx, who.Staff); err != nil {
			return err
		}
		m, err := tx.Member(ctx, who.Staff)
		if err != nil {
			return err
		}
		p, err := s.takePending(sealed, "staff/"+string(m.ID)+"/"+mark(m))
		if err != nil {
			return err
		}
		at, ok := stepOf(p.Secret, code, s.Now(), 0)
		if !ok {
			return wrongCode("staff.wrong_code")
		}
		if p.PHC == "" {
			if p.PHC, err = s.passwordOf(m); err != nil {
				return err
			}
		}
		if codes, err = s.putMeans(ctx, tx, m.ID, p, at); err != nil {
			return err
		}
		return tx.EndSessions(ctx, m.ID, sess.Hash)
	})
	return codes, err
}

// RenewRecovery makes new recovery codes; those before are void. They are shown this once.
func (s *Service) RenewRecovery(ctx context.Context, who actor.Actor, sess identity.Session, present string) ([]string, error) {
	m, err := s.sure(ctx, who, sess, present)
	if err != nil {
		return nil, err
	}
	if !m.HasPassword() {
		return nil, fault.NotFound("error.not_found")
	}
	codes, hashes := s.newRecovery(m.ID)
	return codes, s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutRecovery(ctx, m.ID, hashes); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.RecoveryRenewed, m.ID, nil))
	})
}

// SpacedSecret is a secret as people type it: in groups of four.
func SpacedSecret(secret string) string {
	var b strings.Builder
	for i, r := range secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
