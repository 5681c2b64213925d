package storetest

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
)

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
