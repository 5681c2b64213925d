package staff

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"luukku/base/fault"
	"luukku/base/i18n"
)

// Ceremony is one use of a passkey on its way: what the browser's WebAuthn is asked (JSON), and what is to come back with its answer, sealed.
type Ceremony struct {
	Options string
	Sealed  string
}

// ceremonyLife is how long a ceremony may take.
const ceremonyLife = 10 * time.Minute

// The purposes of ceremonies. One begun for one purpose is good for no other.
const (
	ceremonySignIn = "staff passkey sign-in"
	ceremonyAdd    = "staff passkey add "    // and whose
	ceremonyInvite = "staff passkey invite " // and the invitation
)

func noPasskeys() error { return fault.Invalid("staff.passkey_impossible", nil) }

// badPasskey is what whoever's passkey does not work is told, whatever the reason; the reason is for the log.
func badPasskey(why error) error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "credential", Key: "staff.passkey_failed"}).Because(reason(why))
}

// reason keeps of a library's error what is no data of the browser.
func reason(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		return errors.New("passkey: " + e.Type + ": " + e.Details)
	}
	return errors.New("passkey: refused")
}

// user is a member as the library wants to see them.
type user struct {
	member   Member
	passkeys []Passkey
}

func (u user) WebAuthnID() []byte          { return u.member.Handle }
func (u user) WebAuthnName() string        { return u.member.Email }
func (u user) WebAuthnDisplayName() string { return u.member.Name }

func (u user) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(u.passkeys))
	for i, p := range u.passkeys {
		out[i] = p.Credential
	}
	return out
}

func (s *Service) ceremony(purpose string, options any, session *webauthn.SessionData) (Ceremony, error) {
	asked, err := json.Marshal(options)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write passkey options: %w", err)
	}
	kept, err := json.Marshal(session)
	if err != nil {
		return Ceremony{}, fmt.Errorf("write passkey ceremony: %w", err)
	}
	return Ceremony{Options: string(asked), Sealed: s.Seals.SealToken(purpose, kept, s.Now().Add(ceremonyLife))}, nil
}

// takeCeremony opens a ceremony.
func (s *Service) takeCeremony(purpose, sealed string) (webauthn.SessionData, error) {
	var out webauthn.SessionData
	if s.web == nil {
		return out, noPasskeys()
	}
	b, err := s.Seals.OpenToken(purpose, sealed, s.Now())
	if err != nil {
		return out, fault.Invalid("form.invalid", nil, fault.Field{Name: "credential", Key: "staff.passkey_stale"})
	}
	if err := json.Unmarshal(b, &out); err != nil {
		return out, fmt.Errorf("read passkey ceremony: %w", err)
	}
	return out, nil
}

// spend makes a ceremony's challenge good no second time.
func (s *Service) spend(ctx context.Context, session webauthn.SessionData) error {
	fresh, err := s.Store.UseToken(ctx, s.Seals.LookupHash("passkey challenge", session.Challenge), s.Now().Add(ceremonyLife).Unix())
	if err == nil && !fresh {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "credential", Key: "staff.passkey_stale"})
	}
	return err
}

// BeginPasskey asks for any passkey of this site: whose it is comes with the answer.
func (s *Service) BeginPasskey() (Ceremony, error) {
	if s.web == nil {
		return Ceremony{}, noPasskeys()
	}
	asked, session, err := s.web.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin passkey sign-in: %w", err)
	}
	return s.ceremony(ceremonySignIn, asked, session)
}

// SignInPasskey ends a sign-in by passkey: the token of a new session. Invalid with the field "credential" says that it did not work.
func (s *Service) SignInPasskey(ctx context.Context, sealed, answer, address, agent string) (string, error) {
	if wait, ok := s.guess.Allow(address, s.Now()); !ok {
		return "", fault.TooMany("error.too_many", wait)
	}
	session, err := s.takeCeremony(ceremonySignIn, sealed)
	if err != nil {
		return "", err
	}
	m, used, err := s.judgePasskey(ctx, session, answer)
	if err == nil && (m.State != Active || used.Credential.Authenticator.CloneWarning) {
		err = badPasskey(errors.New("member or passkey is not good"))
	}
	if fault.Is(err, fault.KindInvalid) {
		if wait, ok := s.guess.Failed(address, s.Now()); !ok {
			return "", fault.TooMany("error.too_many", wait)
		}
		return "", err
	}
	if err != nil {
		return "", err
	}
	if err := s.spend(ctx, session); err != nil {
		return "", err
	}
	used.LastUsedAt = s.Now().Unix()
	return s.begin(ctx, m, entrance{AMR: amrPasskey, Agent: agent}, func(ctx context.Context, tx Tx) error { return tx.UsedPasskey(ctx, used) })
}

// judgePasskey finds whose passkey answered, and checks the answer.
func (s *Service) judgePasskey(ctx context.Context, session webauthn.SessionData, answer string) (Member, Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return Member{}, Passkey{}, badPasskey(err)
	}
	var found user
	var broken error // of our own, which the library would hide
	who := func(_, handle []byte) (webauthn.User, error) {
		m, err := s.Store.MemberByHandle(ctx, handle)
		if err == nil {
			found.member = m
			found.passkeys, err = s.Store.Passkeys(ctx, m.ID)
		}
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			broken = err
		}
		return found, err
	}
	_, credential, err := s.web.ValidatePasskeyLogin(who, session, parsed)
	if broken != nil {
		return Member{}, Passkey{}, broken
	}
	if err != nil {
		return Member{}, Passkey{}, badPasskey(err)
	}
	for _, p := range found.passkeys {
		if bytes.Equal(p.Credential.ID, credential.ID) {
			p.Credential = *credential
			return found.member, p, nil
		}
	}
	return Member{}, Passkey{}, badPasskey(nil)
}

// beginMaking asks the browser to make a passkey for a member.
func (s *Service) beginMaking(purpose string, m Member, had []Passkey) (Ceremony, error) {
	if s.web == nil {
		return Ceremony{}, noPasskeys()
	}
	u := user{m, had}
	asked, session, err := s.web.BeginRegistration(u,
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		}),
		webauthn.WithExclusions(webauthn.Credentials(u.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("begin to make a passkey: %w", err)
	}
	return s.ceremony(purpose, asked, session)
}

// made checks the passkey that a browser made. The ceremony is spent.
func (s *Service) made(ctx context.Context, purpose, sealed, answer, name string) (Passkey, []byte, error) {
	session, err := s.takeCeremony(purpose, sealed)
	if err != nil {
		return Passkey{}, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return Passkey{}, nil, badPasskey(err)
	}
	credential, err := s.web.CreateCredential(user{member: Member{Handle: session.UserID}}, session, parsed)
	if err != nil {
		return Passkey{}, nil, badPasskey(err)
	}
	if err := s.spend(ctx, session); err != nil {
		return Passkey{}, nil, err
	}
	hash := sha256.Sum256(credential.ID)
	return Passkey{Hash: hash[:], Name: name, Credential: *credential, CreatedAt: s.Now().Unix()}, session.UserID, nil
}

// maxKeyName is the longest name of a passkey, in characters.
const maxKeyName = 60

// cleanKeyName is a passkey's name as typed, or its number when nothing was.
func cleanKeyName(name string) (string, error) {
	clean, ok := i18n.CleanLine(name)
	switch {
	case !ok:
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.bad_characters"})
	case len([]rune(clean)) > maxKeyName:
		return "", fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.too_long", Args: fault.Args{"max": maxKeyName}})
	}
	return clean, nil
}
