package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/identity"
	"luukku/store"
	"luukku/store/sqldb"
)

// people is a house of people who sign in, with a provider and registers that say what a test has them say.
type people struct {
	t     testing.TB
	db    *sqldb.DB
	clock *clock.Fixed
	gen   *ids.Gen
	id    *identity.Service
	outer *outside
}

// outside is the world beyond: what providers and registers say.
type outside struct {
	mu       sync.Mutex
	asserted map[string]identity.Assertion // by code
	asked    map[string]identity.AuthRequest
	people   map[natid.Secret]identity.Registered
	mandates map[natid.Secret][]identity.RegisteredMandate
	down     bool
}

func (o *outside) AuthURL(_ context.Context, p identity.Provider, r identity.AuthRequest) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return "", fault.Unavailable("sign_in.provider_down", time.Minute)
	}
	o.asked[r.State] = r
	return p.Issuer + "/authorize?state=" + r.State, nil
}

func (o *outside) Redeem(_ context.Context, p identity.Provider, r identity.AuthRequest, code, _ string) (identity.Assertion, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	asked, a := o.asked[r.State], o.asserted[code]
	if a.Subject == "" || asked.Nonce != r.Nonce || asked.Verifier != r.Verifier {
		return identity.Assertion{}, fault.Invalid("sign_in.failed", nil)
	}
	delete(o.asserted, code)
	a.Issuer = p.Issuer
	return a, nil
}

func (o *outside) EndURL(context.Context, identity.Provider, string, string, string) (string, error) {
	return "https://provider.example/end", nil
}

func (o *outside) EndedBy(_ context.Context, _ identity.Provider, token string) (sid string, subject natid.Secret, jti string, expires int64, err error) {
	switch kind, rest, _ := strings.Cut(token, ":"); kind {
	case "sid":
		return rest, "", token, Monday.Add(time.Hour).Unix(), nil
	case "sub":
		return "", natid.Secret(rest), token, Monday.Add(time.Hour).Unix(), nil
	}
	return "", "", "", 0, fault.Invalid("sign_in.failed", nil).Because(errors.New("no logout token"))
}

func (o *outside) Person(_ context.Context, _ natid.Kind, id natid.Secret) (identity.Registered, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return identity.Registered{}, fault.Unavailable("register.down", time.Minute)
	}
	r, ok := o.people[id]
	if !ok {
		return identity.Registered{}, fault.NotFound("register.unknown")
	}
	return r, nil
}

func (o *outside) Mandates(_ context.Context, _ natid.Kind, id natid.Secret) ([]identity.RegisteredMandate, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.mandates[id]), nil
}

// code makes a specimen identity code with the right check character.
func code(t testing.TB, birth, century string, number int) natid.Secret {
	t.Helper()
	digits := fmt.Sprintf("%s%03d", birth, number)
	n := 0
	for _, d := range digits {
		n = (n*10 + int(d-'0')) % 31
	}
	made := fmt.Sprintf("%s%s%03d%c", birth, century, number, "0123456789ABCDEFHJKLMNPRSTUVWXY"[n])
	got, err := natid.Parse(natid.FinnishCode, made, natid.Options{Test: true})
	if err != nil {
		t.Fatalf("make a specimen code: %v", err)
	}
	return got
}

func openPeople(t testing.TB, e Engine) *people {
	t.Helper()
	keys, now := newKeys(t), clock.NewFixed(Monday)
	d := Database(t, e.DSN(t), e.Options)
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	st := store.New(d, store.Options{Now: now.Now, Gen: gen})
	o := &outside{
		asserted: map[string]identity.Assertion{}, asked: map[string]identity.AuthRequest{}, people: map[natid.Secret]identity.Registered{},
		mandates: map[natid.Secret][]identity.RegisteredMandate{},
	}
	h := &people{t: t, db: d, clock: now, gen: gen, outer: o, id: &identity.Service{
		Store: st.People(), EID: o, Register: o, Mandates: o, Seals: keys, Gen: gen, Now: now.Now, Log: slog.New(slog.DiscardHandler),
		Guard: limit.NewCodeGuard(limit.CodeLimits{}), ReturnTo: "https://town.example/eid/return", Zone: time.UTC, TestIdentifiers: true, SMS: true,
	}}
	levels := map[string]actor.Level{"loa2": actor.LevelSubstantial, "loa3": actor.LevelHigh}
	for _, p := range []identity.Provider{
		{ID: "bank", Enabled: true, Issuer: "https://bank.example", Levels: levels, Claims: identity.Claims{Identifier: "hetu", Kind: natid.FinnishCode}},
		{ID: "mobile", Enabled: true, Issuer: "https://mobile.example", Levels: levels, Claims: identity.Claims{Identifier: "hetu", Kind: natid.FinnishCode}},
		{ID: "living", Enabled: true, Issuer: "https://living.example", Levels: levels, Claims: identity.Claims{Identifier: "hetu", Kind: natid.FinnishCode, Address: "address", Protected: "order"}},
		{ID: "opaque", Enabled: true, Issuer: "https://opaque.example", Levels: levels},
		{ID: "off", Issuer: "https://off.example", Levels: levels},
	} {
		p.Audience = identity.ForCitizens
		e := audit.New("", gen.Audit(), now.Now().UnixMicro(), actor.System("test"), audit.ProviderChanged, "provider", string(p.ID), nil)
		if err := st.PutProvider(t.Context(), p, e); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// come signs somebody in: begin, the provider's answer, and what becomes of it.
func (h *people) come(means ids.Provider, a identity.Assertion, step string, level actor.Level) (identity.Finished, error) {
	h.t.Helper()
	answer := h.begun(means, a, step, level)
	got, _, err := h.id.Finish(h.t.Context(), answer)
	return got, err
}

// begun begins a sign-in and returns the answer that the provider sends back with the browser.
func (h *people) begun(means ids.Provider, a identity.Assertion, step string, level actor.Level) identity.Answer {
	h.t.Helper()
	url, browser, err := h.id.Begin(h.t.Context(), identity.BeginRequest{
		Provider: means, Level: level, Next: "/en/my/", Lang: "en", Step: step, Audience: identity.ForCitizens,
	})
	if err != nil {
		h.t.Fatalf("begin: %v", err)
	}
	_, state, _ := strings.Cut(url, "state=")
	secret := h.gen.LinkToken()
	h.outer.mu.Lock()
	h.outer.asserted[secret] = a
	h.outer.mu.Unlock()
	return identity.Answer{State: state, Code: secret, Browser: browser, Agent: "Firefox, Linux"}
}

// signedIn is who a token stands for.
func (h *people) signedIn(token string) identity.Signed {
	h.t.Helper()
	s, err := h.id.Signed(h.t.Context(), token)
	if err != nil {
		h.t.Fatalf("signed in: %v", err)
	}
	return s
}

func (h *people) mother() identity.Assertion {
	return identity.Assertion{
		Subject: "subject-of-mother", ACR: "loa2", AuthAt: h.clock.Now().Unix(), SID: "sid-1", IDToken: "token", Given: "Maija", Family: "Meikäläinen",
		Identifier: code(h.t, "140385", "-", 901),
	}
}

// People runs the suite.
func People(t *testing.T, e Engine) {
	t.Parallel()
	for name, story := range map[string]func(t *testing.T, h *people){
		"any means one person":        anyMeansOnePerson,
		"an answer is good once":      answerIsGoodOnce,
		"too weak is refused":         tooWeakIsRefused,
		"step-up":                     stepUp,
		"sessions end to the second":  sessionsEnd,
		"the provider signs out":      providerSignsOut,
		"codes":                       codesProve,
		"two tries at once":           twoTriesAtOnce,
		"guardians":                   guardiansComeAndGo,
		"the register forgets":        registerForgets,
		"mandates":                    mandatesComeAndGo,
		"a company by its number":     companyByNumber,
		"registers down":              registersDown,
		"two first sign-ins at once":  twoFirstSignIns,
		"who has died has no session": diedAtSignIn,
		"identifiers are not to read": identifiersAreSealed,
		"staff record":                staffRecord,
		"whose data is protected":     protectedData,
		"addresses":                   addressesComeAndGo,
		"protected has no address":    protectedHasNoAddress,
		"address is one's own":        addressIsOnesOwn,
		"protected at once":           protectedAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, openPeople(t, e))
		})
	}
}

func anyMeansOnePerson(t *testing.T, h *people) {
	a := h.mother()
	first, err := h.come("bank", a, "", actor.LevelSubstantial)
	if err != nil || !first.First {
		t.Fatalf("got %v and first %v, want a first sign-in", err, first.First)
	}
	me := h.signedIn(first.Token).Actor.Person
	a.Subject = "another subject at another provider"
	second, err := h.come("mobile", a, "", actor.LevelSubstantial)
	if err != nil || h.signedIn(second.Token).Actor.Person != me {
		t.Errorf("the same code at another provider is another person (%v)", err)
	}
	// The subject alone leads to her when the provider gives no code any more.
	a.Identifier = ""
	third, err := h.come("mobile", a, "", actor.LevelSubstantial)
	if err != nil || h.signedIn(third.Token).Actor.Person != me {
		t.Errorf("the same subject without a code is another person (%v)", err)
	}
	// A code that changed is the same person's; both lead to her from then on.
	a.Identifier = code(t, "140385", "-", 902)
	fourth, err := h.come("mobile", a, "", actor.LevelSubstantial)
	if err != nil || h.signedIn(fourth.Token).Actor.Person != me {
		t.Errorf("a changed code is another person (%v)", err)
	}
	a.Subject = "third"
	fifth, err := h.come("bank", a, "", actor.LevelSubstantial)
	if err != nil || h.signedIn(fifth.Token).Actor.Person != me {
		t.Errorf("the new code leads to another person (%v)", err)
	}
	// The same subject at another issuer is somebody else.
	other, err := h.come("opaque", identity.Assertion{Subject: "subject-of-mother", ACR: "loa2"}, "", actor.LevelLow)
	if err != nil || h.signedIn(other.Token).Actor.Person == me {
		t.Errorf("another issuer's subject is the same person (%v)", err)
	}
	a.Identifier = "140385-901A" // a wrong check character
	if _, err := h.come("bank", a, "", actor.LevelSubstantial); !fault.IsKey(err, "sign_in.failed") {
		t.Errorf("a code that is none: got %v, want failed", err)
	}
}

func codesProve(t *testing.T, h *people) {
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	if err := h.id.Welcome(t.Context(), who); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("nobody can reach her, and she is welcome: %v", err)
	}
	id, err := h.id.ChangeDetails(t.Context(), who, identity.Details{Email: "maija@town.example", Lang: "en"})
	if err != nil || id == "" {
		t.Fatalf("got %q, %v", id, err)
	}
	if a, _ := h.id.Mine(t.Context(), who); a.Email != "" {
		t.Errorf("an address counts before it is proven: %q", a.Email)
	}
	if err := h.id.ConfirmCode(t.Context(), who, id, ""); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("no code, and none was sent: %v", err)
	}
	secret, address, channel, _, err := h.id.MakeCode(t.Context(), who.Person, id)
	if err != nil || address != "maija@town.example" || channel != identity.ByEmail {
		t.Fatalf("got %q by %s, %v", address, channel, err)
	}
	h.clock.Advance(identity.VerifyLife)
	if err := h.id.ConfirmCode(t.Context(), who, id, " "+secret[:3]+" "+secret[3:]); err != nil {
		t.Errorf("in the last second, with blanks: %v", err)
	}
	if err := h.id.ConfirmCode(t.Context(), who, id, secret); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the code is good twice: %v", err)
	}
	if a, _ := h.id.Mine(t.Context(), who); a.Email != "maija@town.example" || !a.EmailVerified {
		t.Errorf("got %q, proven %v", a.Email, a.EmailVerified)
	}
	if err := h.id.Welcome(t.Context(), who); err != nil {
		t.Error(err)
	}
	// A number by text message, too late.
	id, err = h.id.ChangeDetails(t.Context(), who, identity.Details{Email: "maija@town.example", Phone: "050 123 4567", Lang: "en"})
	if err != nil || id == "" {
		t.Fatalf("got %q, %v", id, err)
	}
	if secret, _, channel, _, err = h.id.MakeCode(t.Context(), who.Person, id); err != nil || channel != identity.BySMS {
		t.Fatalf("got %s, %v", channel, err)
	}
	h.clock.Advance(identity.VerifyLife + time.Second)
	if err := h.id.ConfirmCode(t.Context(), who, id, secret); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a second too late: %v", err)
	}
	stranger := actor.Actor{Kind: actor.KindCitizen, Person: h.gen.Person(), Level: actor.LevelHigh}
	if _, err := h.id.PendingVerification(t.Context(), stranger, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a stranger sees it: %v", err)
	}
}

func twoTriesAtOnce(t *testing.T, h *people) {
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	id, err := h.id.ChangeDetails(t.Context(), who, identity.Details{Email: "maija@town.example", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	secret, _, _, _, err := h.id.MakeCode(t.Context(), who.Person, id)
	if err != nil {
		t.Fatal(err)
	}
	wrong := "000000"
	if secret == wrong {
		wrong = "000001"
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	tried := 0
	for range 20 { // guessed by many at once: no more than the tries there are get an answer
		wg.Go(func() {
			err := h.id.ConfirmCode(t.Context(), who, id, wrong)
			mu.Lock()
			defer mu.Unlock()
			if fault.Is(err, fault.KindInvalid) {
				tried++
			} else if !fault.Is(err, fault.KindNotFound) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if tried != identity.VerifyTries {
		t.Errorf("%d guesses were answered, want %d", tried, identity.VerifyTries)
	}
	if err := h.id.ConfirmCode(t.Context(), who, id, secret); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("the right code after all tries: %v", err)
	}
}
