package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Service is the room's use cases. Set the fields before the first use.
type Service struct {
	Store    Store
	EID      EID
	Register Register        // nil when there is none
	Mandates MandateRegister // nil when there is none
	Seals    *seal.Keyring
	Gen      *ids.Gen
	Now      clock.Now
	Log      *slog.Logger
	// Guard slows who tries codes.
	Guard *limit.CodeGuard
	// ReturnTo is our address that providers lead back to, and SignedOutAt the one after signing out there.
	ReturnTo, SignedOutAt string
	// Zone is where dates of guardianships and mandates begin and end.
	Zone *time.Location
	// ContactOptional says that an account needs no address or number to reach the person; nil is that it does.
	ContactOptional func(ctx context.Context) bool
	// PhoneCountries are the countries whose numbers are taken, the first that of a number without a prefix.
	PhoneCountries func(ctx context.Context) []string
	// TestIdentifiers takes identifiers that were never given to anybody: the demo's.
	TestIdentifiers bool
	// SMS says that text messages can be sent, so that a number can be proven.
	SMS bool
	// Committed is told that jobs may have been written. May be nil.
	Committed func()
}

// Signed is who a session stands for.
type Signed struct {
	Actor   actor.Actor
	Session Session
	// Name is the person's, ForName that of whom they act for.
	Name, ForName string
	// Until is the last second of the session, unless something is asked before it.
	Until int64
	// Welcomed says that the first sign-in was completed.
	Welcomed bool
}

// signInLife is how long somebody may take at the provider.
const signInLife = 15 * time.Minute

// pending is a sign-in on its way, as it is kept, sealed.
type pending struct {
	Org      ids.Org
	Provider ids.Provider
	Browser  []byte // the hash of the secret that the browser keeps, so that nobody signs in with another's answer
	Nonce    string
	Verifier string
	Level    actor.Level
	Next     string
	Lang     i18n.Lang
	// Step is the session that is to be made surer; its person must be the same. Empty for a new one.
	Step     []byte
	AskedAt  int64
	Audience Audience
}

// BeginRequest asks for a sign-in.
type BeginRequest struct {
	Org      ids.Org
	Provider ids.Provider
	Level    actor.Level
	Next     string // a path of this site to go on at
	Lang     i18n.Lang
	// Step is the token of the session that is to be made surer; empty for a new one.
	Step     string
	Audience Audience
}

// Providers are the means to sign in that an audience has at an organisation, in their order; the installation's own come after the organisation's.
func (s *Service) Providers(ctx context.Context, o ids.Org, who Audience) ([]Provider, error) {
	all, err := s.Store.Providers(ctx, o)
	if err != nil {
		return nil, err
	}
	var out []Provider
	for _, p := range all {
		if p.Enabled && p.Audience == who {
			out = append(out, p)
		}
	}
	return out, nil
}

// Begin starts a sign-in: it returns where the browser goes, and the secret that the browser keeps until it comes back.
func (s *Service) Begin(ctx context.Context, r BeginRequest) (url, browser string, err error) {
	p, err := s.provider(ctx, r.Org, r.Provider, r.Audience)
	if err != nil {
		return "", "", err
	}
	now := s.Now()
	state, browser := s.Gen.SessionToken(), s.Gen.SessionToken()
	kept := pending{
		Org: p.Org, Provider: p.ID, Browser: ids.HashToken(browser), Nonce: s.Gen.SessionToken(), Verifier: s.Gen.SessionToken(), Level: r.Level,
		Next: r.Next, Lang: r.Lang, AskedAt: now.Unix(), Audience: r.Audience,
	}
	if r.Step != "" {
		kept.Step = ids.HashToken(r.Step)
	}
	url, err = s.EID.AuthURL(ctx, p, s.authRequest(state, kept))
	if err != nil {
		return "", "", err
	}
	data, err := json.Marshal(kept)
	if err != nil {
		return "", "", err
	}
	hash := ids.HashToken(state)
	sealed, err := s.Seals.Seal(data, signInPlace(hash))
	if err != nil {
		return "", "", fmt.Errorf("seal sign-in: %w", err)
	}
	return url, browser, s.Store.PutSignIn(ctx, hash, sealed, now.Add(signInLife).Unix())
}

func signInPlace(state []byte) seal.Place {
	return seal.Place{Table: "sign_in", Column: "data", Row: fmt.Sprintf("%x", state)}
}

func (s *Service) authRequest(state string, p pending) AuthRequest {
	return AuthRequest{
		State: state, Nonce: p.Nonce, Verifier: p.Verifier, Level: p.Level, Fresh: len(p.Step) > 0, At: p.AskedAt, Lang: p.Lang, ReturnTo: s.ReturnTo,
	}
}

func (s *Service) provider(ctx context.Context, o ids.Org, id ids.Provider, who Audience) (Provider, error) {
	p, err := s.Store.Provider(ctx, o, id)
	if fault.Is(err, fault.KindNotFound) && o != "" {
		p, err = s.Store.Provider(ctx, "", id)
	}
	if err == nil && (!p.Enabled || p.Audience != who) {
		err = fault.NotFound("sign_in.no_provider")
	}
	return p, err
}

// Answer is what came back from a provider with the browser.
type Answer struct {
	State, Code, Issuer, Error string
	// Browser is the secret that the browser kept.
	Browser string
	// Agent is the kind of browser, in words, for the list of sessions.
	Agent string
}

// Finished is a sign-in that succeeded.
type Finished struct {
	Token    string
	Next     string
	Lang     i18n.Lang
	Org      ids.Org
	Provider Provider
	// First says that the person has not completed a first sign-in yet.
	First    bool
	Audience Audience
	Asserted Assertion
	Level    actor.Level
}

// Where says where a sign-in began, also when it fails: so that the page can lead back there.
type Where struct {
	Org      ids.Org
	Lang     i18n.Lang
	Next     string
	Audience Audience
}

// Take takes a sign-in out that comes back: what was asked, and the provider. The fault Invalid "sign_in.stale" is for a state that is unknown, used, too
// old, or another browser's.
func (s *Service) take(ctx context.Context, a Answer) (pending, Provider, error) {
	stale := fault.Invalid("sign_in.stale", nil)
	if a.State == "" {
		return pending{}, Provider{}, stale
	}
	hash := ids.HashToken(a.State)
	sealed, err := s.Store.TakeSignIn(ctx, hash, s.Now().Unix())
	if fault.Is(err, fault.KindNotFound) {
		return pending{}, Provider{}, stale
	}
	if err != nil {
		return pending{}, Provider{}, err
	}
	data, err := s.Seals.Open(sealed, signInPlace(hash))
	if err != nil {
		return pending{}, Provider{}, fmt.Errorf("open sign-in: %w", err)
	}
	var kept pending
	if err := json.Unmarshal(data, &kept); err != nil {
		return pending{}, Provider{}, fmt.Errorf("read sign-in: %w", err)
	}
	if !sameHash(kept.Browser, ids.HashToken(a.Browser)) {
		return kept, Provider{}, stale
	}
	p, err := s.provider(ctx, kept.Org, kept.Provider, kept.Audience)
	return kept, p, err
}

// Assert takes what came back from a provider and returns what it says, checked against what was asked. Where is filled as far as it is known, also with
// an error. Beside the faults of EID there are Invalid "sign_in.stale" and "sign_in.too_weak".
func (s *Service) assert(ctx context.Context, a Answer) (pending, Provider, Assertion, error) {
	kept, p, err := s.take(ctx, a)
	switch {
	case err != nil:
		return kept, p, Assertion{}, err
	case a.Error == "access_denied":
		return kept, p, Assertion{}, fault.Invalid("sign_in.cancelled", nil)
	case a.Error == "server_error" || a.Error == "temporarily_unavailable":
		return kept, p, Assertion{}, fault.Unavailable("sign_in.provider_down", time.Minute).Because(errors.New("the provider said " + a.Error))
	case a.Error != "" || a.Code == "":
		return kept, p, Assertion{}, fault.Invalid("sign_in.failed", nil).Because(errors.New("the provider answered with an error"))
	}
	got, err := s.EID.Redeem(ctx, p, s.authRequest(a.State, kept), a.Code, a.Issuer)
	if err != nil {
		return kept, p, Assertion{}, err
	}
	// What was wished for is one thing, what was done another: the answer counts, and an acr that is not in the provider's row counts for nothing.
	if p.Levels[got.ACR] < max(kept.Level, actor.LevelLow) {
		return kept, p, got, fault.Invalid("sign_in.too_weak", nil).Because(errors.New("the provider's acr is worth less than was asked"))
	}
	if len(kept.Step) > 0 && got.AuthAt < kept.AskedAt-60 {
		return kept, p, got, fault.Invalid("sign_in.failed", nil).Because(errors.New("a fresh sign-in was asked, and an old one came"))
	}
	return kept, p, got, nil
}

// Finish ends a citizen's sign-in: a session begins, of the one person whom the identity and the identifier lead to. For a sign-in of staff it returns what
// was asserted, and no session.
func (s *Service) Finish(ctx context.Context, a Answer) (Finished, Where, error) {
	kept, p, got, err := s.assert(ctx, a)
	where := Where{Org: kept.Org, Lang: kept.Lang, Next: kept.Next, Audience: kept.Audience}
	if err != nil {
		return Finished{}, where, err
	}
	out := Finished{
		Next: kept.Next, Lang: kept.Lang, Org: kept.Org, Provider: p, Audience: kept.Audience, Asserted: got, Level: p.Levels[got.ACR],
	}
	if kept.Audience == ForStaff {
		return out, where, nil
	}
	person, err := s.personOf(ctx, p, got)
	if err != nil {
		return Finished{}, where, err
	}
	if err := s.sameAsBefore(ctx, kept.Step, person); err != nil {
		return Finished{}, where, err
	}
	acc, err := s.Store.Account(ctx, person)
	if err != nil {
		return Finished{}, where, err
	}
	out.First = acc.Welcomed == 0
	out.Token, err = s.begin(ctx, kept, p, got, person, a.Agent)
	if err == nil && acc.RegisterConsentAt != 0 {
		s.refresh(ctx, person)
	}
	return out, where, err
}

// sameAsBefore says whether who made their sign-in surer is who they were.
func (s *Service) sameAsBefore(ctx context.Context, step []byte, person ids.Person) error {
	if len(step) == 0 {
		return nil
	}
	before, err := s.Store.Session(ctx, step)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err == nil && before.Person != person {
		return fault.Invalid("sign_in.another_person", nil)
	}
	return err
}

// begin starts a session under a new secret. One that was made surer ends, with whom the person acted for taken along.
func (s *Service) begin(ctx context.Context, kept pending, p Provider, got Assertion, person ids.Person, agent string) (string, error) {
	now := s.Now().Unix()
	token := s.Gen.SessionToken()
	made := Session{
		Hash: ids.HashToken(token), Of: SessionOfCitizen, Person: person, Provider: p.ID, Issuer: got.Issuer, ACR: got.ACR, AMR: join(got.AMR), AuthAt: got.AuthAt,
		Level: p.Levels[got.ACR], Agent: agent, CreatedAt: now, SeenAt: now, EndsAt: now + int64(CitizenLimits.Absolute/time.Second),
	}
	if got.SID != "" {
		made.SID = s.sidHash(got.Issuer, got.SID)
	}
	if got.IDToken != "" {
		var err error
		if made.IDToken, err = s.Seals.Seal([]byte(got.IDToken), tokenPlace(made.Hash)); err != nil {
			return "", fmt.Errorf("seal ID token: %w", err)
		}
	}
	if len(kept.Step) > 0 {
		if before, err := s.Store.Session(ctx, kept.Step); err == nil {
			made.For = before.For
		}
	}
	who := actor.Actor{Kind: actor.KindCitizen, Person: person}
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if died, err := tx.Death(ctx, person); err != nil || died != "" { // asked here: who is said to have died in this moment has no session afterwards
			if err == nil {
				err = fault.Invalid("sign_in.died", nil)
			}
			return err
		}
		said := heard{by: AddressSignIn, provider: p.ID, tells: p.Claims.TellAddress(), address: got.Address, protected: got.Protected}
		if err := s.hear(ctx, tx, person, said); err != nil { // before anything is shown: of whom is protected from now on nothing that was known may be
			return err
		}
		if len(kept.Step) > 0 {
			if err := tx.EndSession(ctx, kept.Step); err != nil {
				return err
			}
		}
		if err := tx.PutSession(ctx, made); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry("", who, audit.SignedIn, "person", string(person), map[string]string{
			"provider": string(p.ID), "level": made.Level.String(),
		}))
	})
	return token, err
}

func tokenPlace(hash []byte) seal.Place {
	return seal.Place{Table: "session", Column: "id_token", Row: fmt.Sprintf("%x", hash)}
}

func (s *Service) sidHash(issuer, sid string) []byte {
	return s.Seals.LookupHash("sid", issuer+"\x00"+sid)
}

// entry is a line of the audit log.
func (s *Service) entry(o ids.Org, who actor.Actor, action audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, action, kind, subject, detail)
}

func (s *Service) committed() {
	if s.Committed != nil {
		s.Committed()
	}
}

// identifierHashes are the keyed hashes under which a national identifier may be found.
func (s *Service) identifierHashes(kind natid.Kind, value natid.Secret) [][]byte {
	return s.Seals.LookupHashes("identifier "+string(kind), value.Reveal())
}

func (s *Service) subjectHashes(issuer string, subject natid.Secret) [][]byte {
	return s.Seals.LookupHashes("subject "+issuer, subject.Reveal())
}
