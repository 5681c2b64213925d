package identity

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// touchEvery is how often it is written that a session is used.
const touchEvery = time.Minute

// Ended reports whether a fault says that a session has ended, or never was.
func Ended(err error) bool { return fault.IsKey(err, "sign_in.ended") }

func ended() error { return fault.SignInRequired("sign_in.ended") }

// Alive reports whether a session goes on at a moment: the last second of either limit is included.
func (s Session) Alive(now int64, l SessionLimits) bool {
	return now <= s.EndsAt && now <= s.SeenAt+int64(l.Idle/time.Second)
}

// Until is the last second of a session when nothing more is asked.
func (s Session) Until(l SessionLimits) int64 {
	return min(s.EndsAt, s.SeenAt+int64(l.Idle/time.Second))
}

// used is a session that was looked up, if it goes on, and remembers that it was used. The fault is SignInRequired "sign_in.ended".
func (s *Service) used(ctx context.Context, sess Session, err error, of string, l SessionLimits) (Session, error) {
	now := s.Now().Unix()
	if fault.Is(err, fault.KindNotFound) || err == nil && (sess.Of != of || !sess.Alive(now, l)) {
		return Session{}, ended()
	}
	if err != nil {
		return Session{}, err
	}
	if now >= sess.SeenAt+int64(touchEvery/time.Second) {
		if err := s.Store.TouchSession(ctx, sess.Hash, now); err != nil {
			return Session{}, err
		}
	}
	sess.SeenAt = max(sess.SeenAt, now)
	return sess, nil
}

// StaffSession returns a session of staff that goes on; who they are and what they may do is domain/staff's to say.
func (s *Service) StaffSession(ctx context.Context, token string) (Session, error) {
	sess, err := s.Store.Session(ctx, ids.HashToken(token))
	return s.used(ctx, sess, err, SessionOfStaff, StaffLimits)
}

// Signed returns who a citizen's session stands for. Whom the person acts for is looked up each time, so that what was revoked holds from the next request:
// that one is answered with Forbidden "acting.ended", and the session goes on for the person alone.
func (s *Service) Signed(ctx context.Context, token string) (Signed, error) {
	sess, name, welcomed, err := s.Store.Signed(ctx, ids.HashToken(token))
	if sess, err = s.used(ctx, sess, err, SessionOfCitizen, CitizenLimits); err != nil {
		return Signed{}, err
	}
	out := Signed{
		Actor:   actor.Actor{Kind: actor.KindCitizen, Person: sess.Person, Level: sess.Level, For: sess.For},
		Session: sess, Name: name, Until: sess.Until(CitizenLimits), Welcomed: welcomed,
	}
	if sess.For.IsZero() {
		return out, nil
	}
	if out.ForName, err = s.actingFor(ctx, sess.Person, sess.For); err == nil {
		return out, nil
	}
	if !fault.Is(err, fault.KindForbidden) {
		return Signed{}, err
	}
	if stop := s.stopActing(ctx, sess); stop != nil {
		return Signed{}, stop
	}
	return Signed{}, err
}

func (s *Service) stopActing(ctx context.Context, sess Session) error {
	who := actor.Actor{Kind: actor.KindCitizen, Person: sess.Person}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetActing(ctx, sess.Hash, actor.Owner{}); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, audit.ActingEnded, "person", sess.For.ID(), nil))
	})
}

// today is the local date that guardianships and mandates are judged by.
func (s *Service) today() string { return org.DateOf(s.Now().In(s.zone())).String() }

func (s *Service) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// SessionsOf are the sessions of a person or of one of the staff that go on, the newest first.
func (s *Service) SessionsOf(ctx context.Context, of, subject string) ([]Session, error) {
	all, err := s.Store.SessionsOf(ctx, of, subject)
	limits := CitizenLimits
	if of == SessionOfStaff {
		limits = StaffLimits
	}
	var out []Session
	for _, sess := range all {
		if sess.Alive(s.Now().Unix(), limits) {
			out = append(out, sess)
		}
	}
	return out, err
}

// SignOut ends a session and returns where the browser goes to sign out at the provider, too; empty when there is no such place.
func (s *Service) SignOut(ctx context.Context, sess Session) (url string, err error) {
	err = s.end(ctx, sess, sess.Hash)
	if err != nil || len(sess.IDToken) == 0 {
		return "", err
	}
	idToken, err := s.Seals.Open(sess.IDToken, tokenPlace(sess.Hash))
	if err != nil {
		return "", nil // signed out here all the same
	}
	p, err := s.provider(ctx, "", sess.Provider, ForCitizens)
	if err != nil {
		return "", nil
	}
	url, err = s.EID.EndURL(ctx, p, string(idToken), s.Gen.LinkToken(), s.SignedOutAt)
	if err != nil {
		if !fault.Left(ctx) {
			s.Log.Warn("sign out at provider", "provider", p.ID, "error", err.Error())
		}
		return "", nil
	}
	return url, nil
}

// EndOther ends another session of the same person or of the same of the staff. NotFound when it is not theirs.
func (s *Service) EndOther(ctx context.Context, sess Session, hash []byte) error {
	other, err := s.Store.Session(ctx, hash)
	if err != nil {
		return err
	}
	if other.Of != sess.Of || other.Person != sess.Person || other.Staff != sess.Staff {
		return fault.NotFound("error.not_found")
	}
	return s.end(ctx, sess, hash)
}

func (s *Service) end(ctx context.Context, sess Session, hash []byte) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.EndSession(ctx, hash); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", sess.who(), audit.SignedOut, sess.kind(), sess.Subject(), nil))
	})
}

// EndAll ends all sessions of who a session is of, the session itself included.
func (s *Service) EndAll(ctx context.Context, sess Session) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.EndSessionsOf(ctx, sess.Of, sess.Subject(), nil); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", sess.who(), audit.SessionsEnded, sess.kind(), sess.Subject(), nil))
	})
}

// Subject is whose the session is.
func (s Session) Subject() string {
	if s.Of == SessionOfStaff {
		return string(s.Staff)
	}
	return string(s.Person)
}

func (s Session) kind() string {
	if s.Of == SessionOfStaff {
		return "staff"
	}
	return "person"
}

func (s Session) who() actor.Actor {
	if s.Of == SessionOfStaff {
		return actor.Actor{Kind: actor.KindStaff, Staff: s.Staff}
	}
	return actor.Actor{Kind: actor.KindCitizen, Person: s.Person}
}

// EndedByProvider ends the sessions that a provider says have ended (OpenID Connect Back-Channel Logout 1.0). The token is good once.
func (s *Service) EndedByProvider(ctx context.Context, o ids.Org, id ids.Provider, token string) error {
	p, err := s.provider(ctx, o, id, ForCitizens)
	if err != nil {
		return err
	}
	sid, subject, jti, expires, err := s.EID.EndedBy(ctx, p, token)
	if err != nil {
		return err
	}
	fresh, err := s.Store.UseToken(ctx, s.Seals.LookupHash("logout "+p.Issuer, jti), expires)
	if err != nil || !fresh {
		return err
	}
	var person ids.Person
	if sid == "" {
		person, err = s.Store.PersonOfIdentity(ctx, p.Issuer, s.subjectHashes(p.Issuer, subject))
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if sid != "" {
			_, err := tx.EndSessionsBySID(ctx, s.sidHash(p.Issuer, sid))
			return err
		}
		_, err := tx.EndSessionsOf(ctx, SessionOfCitizen, string(person), nil)
		return err
	})
}

func sameHash(a, b []byte) bool { return len(a) > 0 && subtle.ConstantTimeCompare(a, b) == 1 }

func join(list []string) string { return strings.Join(list, " ") }
