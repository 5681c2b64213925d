package staff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
)

// How somebody got in, as sessions keep it (RFC 8176 has the first two and the last).
const (
	amrPasskey  = "hwk"
	amrPassword = "pwd otp"
	amrRecovery = "pwd recovery"
	amrProvider = "fed"
)

// stepLife is how long there is between the password and the second factor.
const stepLife = 10 * time.Minute

const stepPurpose = "staff second factor"

// step is a sign-in after the right password.
type step struct {
	Staff ids.Staff
	// Mark is of the password that was right: a step ends when the password changes.
	Mark string
}

// wrongPassword is what is said of a wrong password, of one that nobody has, and of one of somebody who was deactivated.
func wrongPassword() error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "email", Key: "staff.wrong_password"})
}

// slow says how long whoever comes from an address has to wait before trying at an account, which may be nobody's. An account at which much has failed
// slows addresses that have failed of late, and nobody else: its owner gets in.
func (s *Service) slow(address string, at ids.Staff) error {
	if wait, ok := s.guess.Allow(address, s.Now()); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	if at == "" {
		return nil
	}
	if _, fresh := s.failed.Peek(address); fresh {
		return nil
	}
	if wait, ok := s.tries.Peek(at); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	return nil
}

// wrong counts a failure, and returns what is said of it: that it was one, or that the address has to wait.
func (s *Service) wrong(ctx context.Context, address string, at ids.Staff, way string, said error) error {
	wait, ok := s.guess.Failed(address, s.Now())
	if !ok {
		return fault.TooMany("error.too_many", wait)
	}
	s.failed.Penalise(address)
	subject := at
	if at == "" {
		subject = "nobody" // as much work as for somebody
	} else {
		s.tries.Penalise(at)
	}
	who := actor.Visitor(nil, "")
	if err := s.Store.Audit(ctx, s.about(who, audit.StaffSignInFailed, subject, map[string]string{"by": way})); err != nil {
		return err
	}
	return said
}

// SignInPassword is the first step of a sign-in by password; what it returns is needed for the second. Invalid with the field "email" says that address and
// password do not belong together; TooMany and Unavailable, when to try again.
func (s *Service) SignInPassword(ctx context.Context, email, password, address string) (string, error) {
	m, err := s.Store.MemberByEmail(ctx, cleanEmail(email))
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return "", err
	}
	if err := s.slow(address, m.ID); err != nil {
		return "", err
	}
	stored, err := s.passwordOf(m)
	if err != nil {
		return "", err
	}
	right, err := s.hasher.matches(ctx, address, stored, password)
	if err != nil {
		return "", err
	}
	if !right || m.State != Active {
		return "", s.wrong(ctx, address, m.ID, "password", wrongPassword())
	}
	if wait, ok := s.guess.Succeeded(address, s.Now()); !ok {
		return "", fault.TooMany("error.too_many", wait)
	}
	b, err := json.Marshal(step{m.ID, mark(m)})
	if err != nil {
		return "", err
	}
	return s.Seals.SealToken(stepPurpose, b, s.Now().Add(stepLife)), nil
}

// mark names a member's present password without telling it.
func mark(m Member) string {
	sum := sha256.Sum256(m.Password)
	return hex.EncodeToString(sum[:8])
}

// cleanEmail is an address as members have it.
func cleanEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// takeStep returns whose second step it is. SignInRequired "staff.step_over" says that it took too long, or that the password was changed meanwhile.
func (s *Service) takeStep(ctx context.Context, sealed string) (Member, error) {
	over := fault.SignInRequired("staff.step_over")
	b, err := s.Seals.OpenToken(stepPurpose, sealed, s.Now())
	if err != nil {
		return Member{}, over
	}
	var st step
	if err := json.Unmarshal(b, &st); err != nil {
		return Member{}, over
	}
	m, err := s.Store.Member(ctx, st.Staff)
	if fault.Is(err, fault.KindNotFound) || err == nil && (m.State != Active || !m.HasPassword() || mark(m) != st.Mark) {
		return Member{}, over
	}
	return m, err
}

// StepGood reports whether a second step can still be taken.
func (s *Service) StepGood(ctx context.Context, sealed string) bool {
	_, err := s.takeStep(ctx, sealed)
	return err == nil
}

func wrongCode(key string) error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: key})
}

// SignInCode is the second step by a code of the authenticator app: the token of a new session. Invalid with the field "code" says that the code is wrong or
// was used; SignInRequired "staff.step_over" that the password is needed again.
func (s *Service) SignInCode(ctx context.Context, sealed, code, address, agent string) (string, error) {
	m, err := s.takeStep(ctx, sealed)
	if err != nil {
		return "", err
	}
	if err := s.slow(address, m.ID); err != nil {
		return "", err
	}
	secret, err := s.totpOf(m)
	if err != nil {
		return "", err
	}
	at, ok := stepOf(secret, code, s.Now(), m.TOTPStep)
	if !ok {
		return "", s.wrong(ctx, address, m.ID, "code", wrongCode("staff.wrong_code"))
	}
	token, err := s.begin(ctx, m, entrance{AMR: amrPassword, Agent: agent}, func(ctx context.Context, tx Tx) error {
		fresh, err := tx.UseTOTPStep(ctx, m.ID, at)
		if err == nil && !fresh {
			err = wrongCode("staff.wrong_code")
		}
		return err
	})
	if fault.Is(err, fault.KindInvalid) {
		return "", s.wrong(ctx, address, m.ID, "code", err)
	}
	return token, err
}

// SignInRecovery is the second step by a recovery code, which is spent: the token of a new session, and how many codes are left.
func (s *Service) SignInRecovery(ctx context.Context, sealed, code, address, agent string) (token string, left int64, err error) {
	m, err := s.takeStep(ctx, sealed)
	if err != nil {
		return "", 0, err
	}
	if err := s.slow(address, m.ID); err != nil {
		return "", 0, err
	}
	hash := s.recoveryHash(m.ID, plainCode(code))
	token, err = s.begin(ctx, m, entrance{AMR: amrRecovery, Agent: agent}, func(ctx context.Context, tx Tx) error {
		fresh, err := tx.UseRecovery(ctx, m.ID, hash, s.Now().Unix())
		if err == nil && !fresh {
			err = wrongCode("staff.wrong_recovery")
		}
		if err != nil {
			return err
		}
		if left, err = tx.RecoveryLeft(ctx, m.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(self(m.ID), audit.RecoveryUsed, m.ID, nil))
	})
	if fault.Is(err, fault.KindInvalid) {
		return "", 0, s.wrong(ctx, address, m.ID, "recovery", err)
	}
	return token, left, err
}

// entrance is how somebody got in.
type entrance struct {
	AMR      string
	Agent    string
	Provider ids.Provider
	Issuer   string
	ACR      string
	Level    actor.Level
}

// begin starts a session under a new secret, together with what else has to be true in the same transaction.
func (s *Service) begin(ctx context.Context, m Member, e entrance, also func(ctx context.Context, tx Tx) error) (string, error) {
	token := s.Gen.SessionToken()
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		return s.putSession(ctx, tx, m.ID, e, token)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (s *Service) putSession(ctx context.Context, tx Tx, id ids.Staff, e entrance, token string) error {
	now := s.Now().Unix()
	if e.Level == actor.LevelNone {
		e.Level = actor.LevelSubstantial
	}
	err := tx.PutSession(ctx, identity.Session{
		Hash: ids.HashToken(token), Of: identity.SessionOfStaff, Staff: id, Provider: e.Provider, Issuer: e.Issuer, ACR: e.ACR, AMR: e.AMR, AuthAt: now,
		Level: e.Level, Agent: e.Agent, CreatedAt: now, SeenAt: now, EndsAt: now + int64(identity.StaffLimits.Absolute/time.Second),
	})
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	if err := tx.SetLastSignIn(ctx, id, now); err != nil {
		return err
	}
	return tx.Audit(ctx, s.about(self(id), audit.SignedIn, id, map[string]string{"by": strings.ReplaceAll(e.AMR, " ", ".")}))
}
