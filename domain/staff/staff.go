// Package staff knows those who work here: how they get in, what roles they have and who may give them, and the devices and programs they set up.
//
// It promises that a passkey or a password with a second factor is needed to get in, that guessing is slowed for whoever guesses and never for whom it is
// about, that nobody gives what is beyond them, that the last system administrator and somebody's last means to get in are never taken away, and that a
// role taken holds from the next request. The people served are domain/identity's, of whose sessions it makes its own; pages are left to the doors.
package staff

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
)

// State says whether somebody may get in.
type State string

// The states.
const (
	Active   State = "active"
	Inactive State = "inactive"
)

// Member is somebody who works here.
type Member struct {
	ID    ids.Staff
	Email string // in lower case; unique
	Name  string
	Lang  i18n.Lang
	State State
	// Handle is what passkeys call the member: chance, and no name.
	Handle []byte
	// Password (a PHC string) and TOTP (the secret) are sealed; both are there or neither.
	Password, TOTP []byte
	// TOTPStep is the last step of 30 seconds of which a code was used.
	TOTPStep   int64
	CreatedAt  int64
	LastSignIn int64 // Unix seconds; 0 is never
	// FunctionKeys is what Keys reads.
	FunctionKeys string
}

// HasPassword reports whether the member can sign in by password and second factor.
func (m Member) HasPassword() bool { return len(m.Password) > 0 && len(m.TOTP) > 0 }

// Granted is a role that a member has, with who gave it: a member's id, "provider:..." for a group at a provider, or empty for the installation itself.
type Granted struct {
	actor.Grant
	By string
	At int64
}

// Worker is a member with their roles.
type Worker struct {
	Member
	Roles []Granted
}

// Grants are the roles alone.
func (w Worker) Grants() []actor.Grant {
	out := make([]actor.Grant, len(w.Roles))
	for i, r := range w.Roles {
		out[i] = r.Grant
	}
	return out
}

// Passkey is a passkey of a member. Hash names it: SHA-256 of the credential's id.
type Passkey struct {
	Hash       []byte
	Staff      ids.Staff
	Name       string
	Credential webauthn.Credential
	CreatedAt  int64
	LastUsedAt int64 // 0 is never
}

// Directory is what is configured here.
type Directory interface {
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	Organisations(ctx context.Context) ([]org.Organisation, error)
}

// Deps are what a Service is made of.
type Deps struct {
	Store     Store
	Directory Directory
	// Sessions returns the session of a token that goes on; SignInRequired "sign_in.ended" otherwise. It is identity.Service.
	Sessions interface {
		StaffSession(ctx context.Context, token string) (identity.Session, error)
	}
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   clock.Now
	Rand  io.Reader
	Log   *slog.Logger
	// BaseURL is the address of the site: passkeys hang on its host.
	BaseURL string
	// Cores is how many passwords are judged at once: half the cores of the machine leave the other half to the people who book. Zero is one.
	Cores int
	// Committed is told that jobs may have been written. May be nil.
	Committed func()
}

// Service is the room's use cases.
type Service struct {
	Deps
	web    *webauthn.WebAuthn // nil where passkeys cannot work
	hasher *hasher
	guess  *limit.CodeGuard          // by address
	failed *limit.Limiter[string]    // addresses that failed within the hour
	tries  *limit.Limiter[ids.Staff] // failures by account
}

// accountTries is how much may fail at one account before addresses that have failed elsewhere are slowed there.
var accountTries = limit.Rate{N: 1, Per: time.Minute, Burst: 20}

// NewService returns the room's use cases.
func NewService(d Deps) (*Service, error) {
	s := &Service{
		Deps: d, hasher: newHasher(max(1, d.Cores), d.Rand), guess: limit.NewCodeGuard(limit.CodeLimits{}),
		failed: limit.New[string](limit.Rate{N: 1, Per: time.Hour, Burst: 1}, d.Now), tries: limit.New[ids.Staff](accountTries, d.Now),
	}
	u, err := url.Parse(d.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("base_url: %w", err)
	}
	if !passkeyHost(u) {
		return s, nil
	}
	s.web, err = webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Luukku", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, fmt.Errorf("set up passkeys: %w", err)
	}
	return s, nil
}

// passkeyHost reports whether browsers make passkeys for an address: over TLS or on this machine, and never for a bare network address (WebAuthn, 5.1.3:
// the effective domain must be a domain).
func passkeyHost(u *url.URL) bool {
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "" {
		return false
	}
	return u.Scheme == "https" || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// PasskeysWork reports whether passkeys can be used at the address of this site.
func (s *Service) PasskeysWork() bool { return s.web != nil }

// entry is a line of the audit log.
func (s *Service) entry(o ids.Org, who actor.Actor, action audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, action, kind, subject, detail)
}

func (s *Service) about(who actor.Actor, action audit.Action, m ids.Staff, detail map[string]string) audit.Entry {
	return s.entry("", who, action, "staff", string(m), detail)
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

// self is a member as an actor of their own.
func self(id ids.Staff) actor.Actor { return actor.Actor{Kind: actor.KindStaff, Staff: id} }

// SignedStaff returns who a token of a session stands for, with the roles they have now: what was taken is gone from the next request on. The fault is
// SignInRequired "sign_in.ended" for a session that has ended, and for a member who was deactivated.
func (s *Service) SignedStaff(ctx context.Context, token string) (identity.Signed, error) {
	sess, err := s.Sessions.StaffSession(ctx, token)
	if err != nil {
		return identity.Signed{}, err
	}
	m, err := s.Store.Member(ctx, sess.Staff)
	if fault.Is(err, fault.KindNotFound) || err == nil && m.State != Active {
		return identity.Signed{}, fault.SignInRequired("sign_in.ended")
	}
	if err != nil {
		return identity.Signed{}, err
	}
	roles, err := s.Store.Roles(ctx, m.ID)
	if err != nil {
		return identity.Signed{}, err
	}
	glass, err := s.Store.Glass(ctx, m.ID, s.Now().Unix())
	if err != nil {
		return identity.Signed{}, err
	}
	who := self(m.ID)
	who.Level, who.Grants, who.Glass = sess.Level, Worker{m, roles}.Grants(), glass
	return identity.Signed{Actor: who, Session: sess, Name: m.Name, Until: sess.Until(identity.StaffLimits), Welcomed: true}, nil
}
