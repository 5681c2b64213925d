package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
		"registers down":              registersDown,
		"two first sign-ins at once":  twoFirstSignIns,
		"who has died has no session": diedAtSignIn,
		"identifiers are not to read": identifiersAreSealed,
		"staff record":                staffRecord,
		"whose data is protected":     protectedData,
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

func answerIsGoodOnce(t *testing.T, h *people) {
	answer := h.begun("bank", h.mother(), "", actor.LevelSubstantial)
	other := answer
	other.Browser = h.gen.SessionToken()
	if _, _, err := h.id.Finish(t.Context(), other); !fault.IsKey(err, "sign_in.stale") {
		t.Errorf("another browser: got %v, want stale", err)
	}
	if _, _, err := h.id.Finish(t.Context(), answer); !fault.IsKey(err, "sign_in.stale") {
		t.Errorf("a state that was shown by another browser is spent: got %v, want stale", err)
	}
	answer = h.begun("bank", h.mother(), "", actor.LevelSubstantial)
	var wg sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		wg.Go(func() { _, _, faults[i] = h.id.Finish(t.Context(), answer) })
	}
	wg.Wait()
	won := 0
	for _, err := range faults {
		switch {
		case err == nil:
			won++
		case !fault.IsKey(err, "sign_in.stale"):
			t.Errorf("eight at once: got %v, want stale", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of eight at once signed in, want one", won)
	}
	answer = h.begun("bank", h.mother(), "", actor.LevelSubstantial)
	h.clock.Advance(15 * time.Minute)
	if _, _, err := h.id.Finish(t.Context(), answer); err != nil {
		t.Errorf("in the last second: got %v", err)
	}
	answer = h.begun("bank", h.mother(), "", actor.LevelSubstantial)
	h.clock.Advance(15*time.Minute + time.Second)
	if _, _, err := h.id.Finish(t.Context(), answer); !fault.IsKey(err, "sign_in.stale") {
		t.Errorf("a second too late: got %v, want stale", err)
	}
	if _, _, err := h.id.Finish(t.Context(), identity.Answer{State: "", Code: "x"}); !fault.IsKey(err, "sign_in.stale") {
		t.Errorf("no state: got %v, want stale", err)
	}
	cancelled := h.begun("bank", h.mother(), "", actor.LevelSubstantial)
	cancelled.Code, cancelled.Error = "", "access_denied"
	if _, where, err := h.id.Finish(t.Context(), cancelled); !fault.IsKey(err, "sign_in.cancelled") || where.Next != "/en/my/" {
		t.Errorf("cancelled: got %v and %q, want to be led back", err, where.Next)
	}
	for _, id := range []ids.Provider{"off", "unknown"} {
		_, _, err := h.id.Begin(t.Context(), identity.BeginRequest{Provider: id, Audience: identity.ForCitizens})
		if !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", id, err)
		}
	}
	h.outer.down = true
	if _, _, err := h.id.Begin(t.Context(), identity.BeginRequest{Provider: "bank", Audience: identity.ForCitizens}); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("the provider is down: got %v, want unavailable", err)
	}
}

func tooWeakIsRefused(t *testing.T, h *people) {
	for acr, want := range map[string]bool{"loa3": true, "loa2": false, "": false, "loa9": false} {
		a := h.mother()
		a.ACR = acr
		_, err := h.come("bank", a, "", actor.LevelHigh)
		if (err == nil) != want || err != nil && !fault.IsKey(err, "sign_in.too_weak") {
			t.Errorf("acr %q for level high: got %v, want allowed %v", acr, err, want)
		}
	}
	a := h.mother()
	a.ACR = "unknown"
	if _, err := h.come("bank", a, "", actor.LevelNone); !fault.IsKey(err, "sign_in.too_weak") {
		t.Errorf("an acr that nobody knows is worth nothing, whatever is asked: got %v", err)
	}
}

func stepUp(t *testing.T, h *people) {
	h.outer.people[h.mother().Identifier] = identity.Registered{Given: "Maija", Family: "Meikäläinen"}
	first, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Advance(10 * time.Minute)
	stale := h.mother()
	stale.ACR, stale.AuthAt = "loa3", h.clock.Now().Add(-5*time.Minute).Unix()
	if _, err := h.come("bank", stale, first.Token, actor.LevelHigh); !fault.IsKey(err, "sign_in.failed") {
		t.Errorf("an old sign-in for a fresh one: got %v, want failed", err)
	}
	other := h.mother()
	other.ACR, other.Identifier, other.Subject = "loa3", code(t, "150386", "-", 903), "somebody else"
	if _, err := h.come("bank", other, first.Token, actor.LevelHigh); !fault.IsKey(err, "sign_in.another_person") {
		t.Errorf("another person: got %v, want refused", err)
	}
	if s := h.signedIn(first.Token); s.Actor.Level != actor.LevelSubstantial {
		t.Errorf("after what was refused the level is %v", s.Actor.Level)
	}
	sure := h.mother()
	sure.ACR = "loa3"
	second, err := h.come("bank", sure, first.Token, actor.LevelHigh)
	if err != nil {
		t.Fatal(err)
	}
	if s := h.signedIn(second.Token); s.Actor.Level != actor.LevelHigh {
		t.Errorf("got level %v, want high", s.Actor.Level)
	}
	if _, err := h.id.Signed(t.Context(), first.Token); !identity.Ended(err) {
		t.Errorf("the weaker session goes on under its old secret: %v", err)
	}
}

func sessionsEnd(t *testing.T, h *people) {
	begin := func() string {
		got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
		if err != nil {
			t.Fatal(err)
		}
		return got.Token
	}
	token := begin()
	h.clock.Advance(identity.CitizenLimits.Idle)
	h.signedIn(token) // in the last second
	h.clock.Advance(identity.CitizenLimits.Idle + time.Second)
	if _, err := h.id.Signed(t.Context(), token); !identity.Ended(err) {
		t.Errorf("a second beyond the idle limit: got %v, want ended", err)
	}
	token = begin()
	for left := identity.CitizenLimits.Absolute; left > 0; left -= 20 * time.Minute {
		h.signedIn(token)
		h.clock.Advance(20 * time.Minute)
	}
	h.signedIn(token) // exactly at the end
	h.clock.Advance(time.Second)
	if _, err := h.id.Signed(t.Context(), token); !identity.Ended(err) {
		t.Errorf("a second beyond the absolute limit: got %v, want ended", err)
	}
	one, two, three := begin(), begin(), begin()
	s := h.signedIn(one)
	if err := h.id.EndOther(t.Context(), s.Session, h.signedIn(two).Session.Hash); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.Signed(t.Context(), two); !identity.Ended(err) {
		t.Errorf("ended from elsewhere: got %v", err)
	}
	other := h.mother()
	other.Identifier, other.Subject = code(t, "150386", "-", 904), "other"
	theirs, err := h.come("bank", other, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.id.EndOther(t.Context(), s.Session, h.signedIn(theirs.Token).Session.Hash); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("ended another's session: %v", err)
	}
	if err := h.id.EndAll(t.Context(), s.Session); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{one, three} {
		if _, err := h.id.Signed(t.Context(), token); !identity.Ended(err) {
			t.Errorf("signed out everywhere, and one goes on: %v", err)
		}
	}
	h.signedIn(theirs.Token)
	if _, err := h.id.Signed(t.Context(), "made up"); !identity.Ended(err) {
		t.Errorf("a made-up secret: %v", err)
	}
}

func providerSignsOut(t *testing.T, h *people) {
	a, b := h.mother(), h.mother()
	b.SID = "sid-2"
	one, err := h.come("bank", a, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.come("bank", b, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.id.EndedByProvider(t.Context(), "", "bank", "sid:sid-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.Signed(t.Context(), one.Token); !identity.Ended(err) {
		t.Errorf("the provider ended it, and it goes on: %v", err)
	}
	h.signedIn(two.Token)
	three, err := h.come("bank", a, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.id.EndedByProvider(t.Context(), "", "bank", "sid:sid-1"); err != nil { // replayed: nothing happens
		t.Fatal(err)
	}
	h.signedIn(three.Token)
	if err := h.id.EndedByProvider(t.Context(), "", "bank", "sub:subject-of-mother"); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{two.Token, three.Token} {
		if _, err := h.id.Signed(t.Context(), token); !identity.Ended(err) {
			t.Errorf("all of a subject's sessions ended, and one goes on: %v", err)
		}
	}
	if err := h.id.EndedByProvider(t.Context(), "", "bank", "rubbish"); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("rubbish: got %v", err)
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

// family has the register say that the mother is guardian of a child until a date.
func (h *people) family(until string) {
	h.outer.mu.Lock()
	defer h.outer.mu.Unlock()
	r := identity.Registered{Given: "Maija", Family: "Meikäläinen", Email: "maija@register.example"}
	if until != "none" {
		r.Dependants = []identity.RegisteredDependant{{
			Kind: natid.FinnishCode, Identifier: code(h.t, "200518", "A", 905), Given: "Liisa", Family: "Meikäläinen", Until: until,
		}}
	}
	h.outer.people[h.mother().Identifier] = r
}

func guardiansComeAndGo(t *testing.T, h *people) {
	h.family("2026-11-24")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if list, err := h.id.Choices(t.Context(), s.Actor); err != nil || len(list) != 0 {
		t.Errorf("before consent: got %v, %v", list, err)
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil { // twice: one child all the same
		t.Fatal(err)
	}
	list, err := h.id.Choices(t.Context(), s.Actor)
	if err != nil || len(list) != 1 || list[0].Name != "Liisa Meikäläinen" {
		t.Fatalf("got %v, %v, want the child", list, err)
	}
	child := list[0].Owner
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, actor.Owner{Person: h.gen.Person()}); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("acts for anybody: %v", err)
	}
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, child); err != nil {
		t.Fatal(err)
	}
	if s := h.signedIn(got.Token); s.Actor.Owner() != child || s.ForName != "Liisa Meikäläinen" {
		t.Errorf("got %v %q, want the child", s.Actor.Owner(), s.ForName)
	}
	// The last day is the 24th, its last second included.
	h.clock.Set(time.Date(2026, 11, 24, 23, 45, 0, 0, time.UTC))
	again, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s = h.signedIn(again.Token)
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, child); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(time.Date(2026, 11, 24, 23, 59, 59, 0, time.UTC))
	h.signedIn(again.Token)
	h.clock.Set(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if _, err := h.id.Signed(t.Context(), again.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("the day after: got %v, want ended", err)
	}
	if s := h.signedIn(again.Token); s.Actor.Owner() != (actor.Owner{Person: s.Actor.Person}) {
		t.Errorf("after that she acts for %v, want herself", s.Actor.Owner())
	}
	// What staff end, the register does not bring back.
	h.family("2036-01-01")
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}}
	records, err := h.id.Store.GuardianshipsOf(t.Context(), s.Actor.Person)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range records {
		if g.RevokedAt == 0 {
			if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", s.Actor.Person, g.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), s.Actor); err != nil || len(list) != 0 {
		t.Errorf("ended by staff, and the register brings it back: got %v, %v", list, err)
	}
}

// registerForgets has the register name a child no longer: the record ends at the next sign-in.
func registerForgets(t *testing.T, h *people) {
	h.family("none")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	h.family("2036-01-01")
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	h.family("none")
	h.clock.Advance(25 * time.Hour)
	last, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), h.signedIn(last.Token).Actor); err != nil || len(list) != 0 {
		t.Errorf("the register knows no child any more: got %v, %v", list, err)
	}
}

func mandatesComeAndGo(t *testing.T, h *people) {
	mandate := identity.RegisteredMandate{
		BusinessID: "0000002-7", Name: "Mallilan kyläyhdistys ry", Kind: identity.KindAssociation, Role: "signatory", From: "2020-01-01", Until: "2026-12-31",
	}
	future := mandate
	future.BusinessID, future.Name, future.From = "0000001-9", "Leipomo Oy", "2026-12-01"
	h.outer.mandates[h.mother().Identifier] = []identity.RegisteredMandate{mandate, future}
	h.family("none")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	list, err := h.id.Choices(t.Context(), s.Actor)
	if err != nil || len(list) != 1 || list[0].Name != mandate.Name || list[0].Registered {
		t.Fatalf("got %v, %v, want the association alone", list, err)
	}
	if err := h.id.ActFor(t.Context(), s.Actor, s.Session, list[0].Owner); err != nil {
		t.Fatal(err)
	}
	s = h.signedIn(got.Token)
	if err := h.id.RegisterCompany(t.Context(), s.Actor, identity.Details{Lang: "en"}); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("registered without a way to reach it: %v", err)
	}
	if err := h.id.RegisterCompany(t.Context(), s.Actor, identity.Details{Email: "village@town.example", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if c, err := h.id.CompanyOf(t.Context(), s.Actor); err != nil || c.Registered == 0 {
		t.Errorf("got %+v, %v", c, err)
	}
	h.outer.mandates[h.mother().Identifier] = nil // withdrawn
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.Signed(t.Context(), got.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("withdrawn between two clicks: got %v, want ended", err)
	}
}

func registersDown(t *testing.T, h *people) {
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	who := h.signedIn(got.Token).Actor
	h.outer.mu.Lock()
	h.outer.down = true
	h.outer.mu.Unlock()
	if err := h.id.Agree(t.Context(), who); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
	h.outer.mu.Lock()
	h.outer.down = false
	h.outer.mu.Unlock()
	h.family("2036-01-01")
	again, err := h.come("bank", h.mother(), "", actor.LevelSubstantial) // asked anew by itself: she has agreed
	if err != nil {
		t.Fatal(err)
	}
	if list, err := h.id.Choices(t.Context(), h.signedIn(again.Token).Actor); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v, want the child", list, err)
	}
}

func twoFirstSignIns(t *testing.T, h *people) {
	var answers []identity.Answer
	for i := range 6 {
		a := h.mother()
		a.Subject = natid.Secret(fmt.Sprintf("subject %d", i%2))
		answers = append(answers, h.begun([]ids.Provider{"bank", "mobile"}[i%2], a, "", actor.LevelSubstantial))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	persons := map[ids.Person]int{}
	for _, a := range answers {
		wg.Go(func() {
			got, _, err := h.id.Finish(t.Context(), a)
			if err != nil {
				t.Errorf("finish: %v", err)
				return
			}
			s := h.signedIn(got.Token)
			mu.Lock()
			defer mu.Unlock()
			persons[s.Actor.Person]++
		})
	}
	wg.Wait()
	if len(persons) != 1 {
		t.Errorf("six first sign-ins of one person at once made %d people: %v", len(persons), slices.Collect(maps.Values(persons)))
	}
}

// diedAtSignIn records a death while somebody signs in as them by several means at once: whichever came first, no session is left.
func diedAtSignIn(t *testing.T, h *people) {
	first, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	p := h.signedIn(first.Token).Actor.Person
	today := h.clock.Now().UTC().Format(time.DateOnly)
	for range 8 {
		var answers []identity.Answer
		for i := range 4 {
			answers = append(answers, h.begun([]ids.Provider{"bank", "mobile"}[i%2], h.mother(), "", actor.LevelSubstantial))
		}
		tokens := make([]string, len(answers))
		var wg sync.WaitGroup
		for i, a := range answers {
			wg.Go(func() {
				got, _, err := h.id.Finish(t.Context(), a)
				if err != nil && !fault.IsKey(err, "sign_in.died") {
					t.Errorf("finish: %v", err)
				}
				tokens[i] = got.Token
			})
		}
		wg.Go(func() {
			if err := h.id.RecordDeath(t.Context(), actor.System("register"), "town", p, today); err != nil {
				t.Errorf("record: %v", err)
			}
		})
		wg.Wait()
		for _, token := range append(tokens, first.Token) {
			if token == "" {
				continue
			}
			if signed, err := h.id.Signed(t.Context(), token); err == nil && signed.Actor.Person != "" {
				t.Error("a session of somebody who has died is left")
			}
		}
		if _, err := h.come("bank", h.mother(), "", actor.LevelSubstantial); !fault.IsKey(err, "sign_in.died") {
			t.Errorf("signed in afterwards: %v", err)
		}
		if err := h.id.RecordDeath(t.Context(), actor.System("register"), "town", p, ""); err != nil {
			t.Fatal(err)
		}
		if first, err = h.come("bank", h.mother(), "", actor.LevelSubstantial); err != nil {
			t.Fatalf("signed in after it was taken back: %v", err)
		}
	}
}

// identifiersAreSealed reads all that the database holds, and finds neither the code nor the subject nor what was proven with it.
func identifiersAreSealed(t *testing.T, h *people) {
	h.family("2036-01-01")
	got, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	s := h.signedIn(got.Token)
	if err := h.id.Agree(t.Context(), s.Actor); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.ChangeDetails(t.Context(), s.Actor, identity.Details{Email: "secret-canary@town.example", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	seen := dump(t, h.db)
	mother, child := h.mother().Identifier.Reveal(), code(t, "200518", "A", 905).Reveal()
	for what, canary := range map[string]string{
		"the identity code": mother, "the child's code": child, "the code without its sign": strings.ReplaceAll(mother, "-", ""),
		"the subject": "subject-of-mother", "the session's secret": got.Token, "the birth date": "1985-03-14", "an unproven address": "secret-canary",
		"the ID token": "token", "the provider's session": "sid-1",
	} {
		if canary == "token" {
			continue // a word that tables have, too
		}
		if bytes.Contains(seen, []byte(canary)) {
			t.Errorf("%s is in the database as it is", what)
		}
	}
	if !bytes.Contains(seen, []byte("Meikäläinen")) {
		t.Error("the names are not in the dump: it dumps nothing")
	}
}

// dump is every value of every table.
func dump(t testing.TB, d *sqldb.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	for name := range store.Columns() {
		table, column, _ := strings.Cut(name, ".")
		rows, err := d.Reader().QueryContext(t.Context(), "SELECT "+column+" FROM "+table)
		if err != nil {
			t.Fatalf("dump %s: %v", name, err)
		}
		for rows.Next() {
			var v any
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			if b, ok := v.([]byte); ok {
				out.Write(b)
			} else {
				fmt.Fprint(&out, v)
			}
			out.WriteByte('\n')
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// protectedData follows a person whose address is under a non-disclosure order from the register to who may read it.
func protectedData(t *testing.T, h *people) {
	mother := h.mother()
	r := identity.Registered{Given: "Maija", Family: "Meikäläinen", Email: "maija@register.example", Protected: true}
	h.outer.people[mother.Identifier] = r
	got, err := h.come("bank", mother, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	own := h.signedIn(got.Token).Actor
	if err := h.id.Agree(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	person := own.Person
	worker := actor.Actor{Kind: actor.KindStaff, Staff: "worker", Grants: []actor.Grant{{Role: actor.RoleCaseworker, Org: "town"}}}
	broken := worker
	broken.Glass = []ids.Person{person}
	other := worker
	other.Glass = []ids.Person{h.gen.Person()}

	found, err := h.id.FindPeople(t.Context(), worker, identity.Find{Org: "town", Family: "Meikäläinen"})
	if err != nil || len(found) != 1 || found[0].Email != "" || found[0].Phone != "" {
		t.Errorf("a search found %+v, %v, want one without a way to reach them", found, err)
	}
	for name, c := range map[string]struct {
		who  actor.Actor
		open bool
	}{
		"a caseworker":               {worker, false},
		"the glass of somebody else": {other, false},
		"the glass is broken":        {broken, true},
	} {
		view, err := h.id.ReadPerson(t.Context(), c.who, "town", person, "asks at the counter")
		if (err == nil) != c.open || !c.open && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s reads: %v, want open %v", name, err, c.open)
		}
		if again, err := h.id.ReadAgain(t.Context(), c.who, "town", person); (err == nil) != c.open {
			t.Errorf("%s reads again: %v, %v", name, again.Account, err)
		}
		if c.open && (view.Account.Email != "maija@register.example" || !view.Account.Protected) {
			t.Errorf("%s sees %+v", name, view.Account)
		}
	}
	if mine, err := h.id.Mine(t.Context(), own); err != nil || mine.Email != "maija@register.example" {
		t.Errorf("the person sees %+v, %v of their own", mine, err)
	}
	r.Protected = false // the order has ended
	h.outer.people[mother.Identifier] = r
	if err := h.id.Agree(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	if _, err := h.id.ReadPerson(t.Context(), worker, "town", person, "asks at the counter"); err != nil {
		t.Errorf("after the order: %v", err)
	}
}

func staffRecord(t *testing.T, h *people) {
	h.family("none")
	mother, err := h.come("bank", h.mother(), "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	other := h.mother()
	other.Identifier, other.Subject, other.Given = code(t, "150386", "-", 906), "father", "Matti"
	father, err := h.come("bank", other, "", actor.LevelSubstantial)
	if err != nil {
		t.Fatal(err)
	}
	guardian, ward := h.signedIn(mother.Token), h.signedIn(father.Token)
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "clerk", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "town"}}}
	r := identity.RecordRequest{
		Org: "town", Guardian: guardian.Actor.Person, Dependant: ward.Actor.Person, From: "2026-11-23", Until: "2026-11-23", Evidence: "Päätös 12/2026",
	}
	for name, c := range map[string]struct {
		who    actor.Actor
		change func(*identity.RecordRequest)
		want   fault.Kind
	}{
		"a citizen":            {guardian.Actor, func(*identity.RecordRequest) {}, fault.KindNotFound},
		"another town":         {clerk, func(r *identity.RecordRequest) { r.Org = "city" }, fault.KindNotFound},
		"no evidence":          {clerk, func(r *identity.RecordRequest) { r.Evidence = "" }, fault.KindInvalid},
		"ends before it is":    {clerk, func(r *identity.RecordRequest) { r.Until = "2026-11-22" }, fault.KindInvalid},
		"no date":              {clerk, func(r *identity.RecordRequest) { r.From = "23.11.2026" }, fault.KindInvalid},
		"their own guardian":   {clerk, func(r *identity.RecordRequest) { r.Dependant = r.Guardian }, fault.KindInvalid},
		"somebody unknown":     {clerk, func(r *identity.RecordRequest) { r.Dependant = h.gen.Person() }, fault.KindNotFound},
		"a guardian of nobody": {clerk, func(r *identity.RecordRequest) { r.Guardian = h.gen.Person() }, fault.KindNotFound},
	} {
		bad := r
		c.change(&bad)
		if _, err := h.id.RecordGuardianship(t.Context(), c.who, bad); !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	id, err := h.id.RecordGuardianship(t.Context(), clerk, r)
	if err != nil {
		t.Fatal(err)
	}
	owner := actor.Owner{Person: ward.Actor.Person}
	if err := h.id.ActFor(t.Context(), guardian.Actor, guardian.Session, owner); err != nil {
		t.Fatal(err)
	}
	h.signedIn(mother.Token)
	if err := h.id.RevokeGuardianship(t.Context(), guardian.Actor, "town", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("a citizen revokes: %v", err)
	}
	elsewhere := actor.Actor{Kind: actor.KindStaff, Staff: "other", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: "city"}}}
	if err := h.id.RevokeGuardianship(t.Context(), elsewhere, "city", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("another organisation ends it: %v", err)
	}
	if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", guardian.Actor.Person, id); err != nil {
		t.Fatal(err)
	}
	if err := h.id.RevokeGuardianship(t.Context(), clerk, "town", guardian.Actor.Person, id); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	if _, err := h.id.Signed(t.Context(), mother.Token); !fault.IsKey(err, "acting.ended") {
		t.Errorf("the next click: got %v, want ended", err)
	}
	if _, err := h.id.ReadPerson(t.Context(), clerk, "town", ward.Actor.Person, "  "); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("read without a reason: %v", err)
	}
	v, err := h.id.ReadPerson(t.Context(), clerk, "town", ward.Actor.Person, "asks at the counter")
	if err != nil || len(v.Guardians) != 1 || v.Guardians[0].Good {
		t.Errorf("got %+v, %v, want one record that has ended", v.Guardians, err)
	}
	if found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Kind: natid.FinnishCode, Identifier: other.Identifier}); err != nil || len(found) != 1 {
		t.Errorf("found %v, %v by the code", found, err)
	}
	if found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Family: "Meikäläinen"}); err != nil || len(found) != 2 {
		t.Errorf("found %d, %v by the name", len(found), err)
	}
	for typed, want := range map[string]string{"+358 40 123 4567": "", "nothing": "phone", "123": "phone"} { // a number that nobody has proven finds nobody
		found, err := h.id.FindPeople(t.Context(), clerk, identity.Find{Org: "town", Phone: typed})
		if got := fault.Of(err); len(found) != 0 || want == "" && err != nil || want != "" && (err == nil || len(got.Fields) != 1 || got.Fields[0].Name != want) {
			t.Errorf("%q: found %v, %v", typed, found, err)
		}
	}
}
