package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/domain/blueprint"
	"luukku/store/sqldb"
)

func (h house) setup() blueprint.Setup {
	return blueprint.Setup{Store: h.Store, Gen: h.Gen, Now: h.clock.Now}
}

func (h house) newLink(t *testing.T) string {
	t.Helper()
	token, err := h.setup().NewLink(t.Context())
	if err != nil || token == "" {
		t.Fatalf("new link: got %q, %v", token, err)
	}
	return token
}

func TestSetupLinkIsGoodToTheSecond(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.newLink(t)
	begin := h.clock.Now()
	for after, good := range map[time.Duration]bool{
		0: true, blueprint.SetupLinkLife - time.Second: true, blueprint.SetupLinkLife: true, blueprint.SetupLinkLife + time.Second: false,
	} {
		h.clock.Set(begin.Add(after))
		if err := h.setup().Check(t.Context(), token); (err == nil) != good {
			t.Errorf("after %v: got %v, want good %v", after, err, good)
		}
	}
	h.clock.Set(begin.Add(blueprint.SetupLinkLife + time.Second))
	if _, err := h.setup().Apply(t.Context(), token, parse(t, shipped(t, "demo-town"))); !fault.IsKey(err, "setup.no_link") {
		t.Errorf("applied a second late: got %v, want setup.no_link", err)
	}
	h.clock.Set(begin.Add(blueprint.SetupLinkLife))
	if _, err := h.setup().Apply(t.Context(), token, parse(t, shipped(t, "demo-town"))); err != nil {
		t.Errorf("applied in the last second: %v", err)
	}
}

func TestNewSetupLinkMakesTheOldOneVoid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	old, token := h.newLink(t), h.newLink(t)
	for _, wrong := range []string{old, "", "x", token + "0"} {
		if err := h.setup().Check(t.Context(), wrong); !fault.IsKey(err, "setup.no_link") {
			t.Errorf("check %q: got %v, want setup.no_link", wrong, err)
		}
		if _, err := h.setup().Apply(t.Context(), wrong, parse(t, shipped(t, "demo-town"))); !fault.IsKey(err, "setup.no_link") {
			t.Errorf("apply with %q: got %v, want setup.no_link", wrong, err)
		}
	}
	if _, err := h.Installation(t.Context()); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("got %v, want no installation", err)
	}
	if err := h.setup().Check(t.Context(), token); err != nil {
		t.Errorf("check the new one: %v", err)
	}
}

func TestSetupLinkItselfIsNotKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	token := h.newLink(t)
	kept, err := h.Setting(t.Context(), "setup.token")
	if err != nil || len(kept) < 64 || kept == token {
		t.Errorf("got %q, %v, want a hash", kept, err)
	}
}

func TestManySetupsAtOnceSetUpOnce(t *testing.T) {
	onEngines(t, manySetups)
}

func manySetups(t *testing.T, h house) {
	token := h.newLink(t)
	doc := parse(t, shipped(t, "demo-town"))
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = h.setup().Apply(t.Context(), token, doc) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.IsKey(err, "setup.no_link"):
			t.Errorf("got %v, want setup.no_link", err)
		}
	}
	if won != 1 {
		t.Errorf("got %d set-ups, want 1", won)
	}
	if got := h.countAudit(t, "installation.set_up"); got != 1 {
		t.Errorf("got %d audit lines, want 1", got)
	}
	if again, err := h.setup().NewLink(t.Context()); again != "" || err != nil {
		t.Errorf("a link after that: got %q, %v, want none", again, err)
	}
	if err := h.setup().Check(t.Context(), token); !fault.IsKey(err, "setup.no_link") {
		t.Errorf("the used link: got %v, want setup.no_link", err)
	}
}

// A blueprint applied before the first start may have brought organisations already; none of them is written over, and the link stays good.
func TestSetupTakesNoOrganisationThatIsThere(t *testing.T) {
	onEngines(t, noOrganisationThatIsThere)
}

func noOrganisationThatIsThere(t *testing.T, h house) {
	h.apply(t, shipped(t, "register-office"))
	token := h.newLink(t)
	doc := parse(t, shipped(t, "demo-town"))
	doc.Organisations[0].ID = "register-office"
	_, err := h.setup().Apply(t.Context(), token, doc)
	if f := fault.Of(err); f.Key != "form.invalid" || len(f.Fields) != 1 || f.Fields[0].Name != "slug" {
		t.Fatalf("got %v, want form.invalid at slug", err)
	}
	doc.Organisations[0].ID = "vuorela"
	if _, err := h.setup().Apply(t.Context(), token, doc); err != nil {
		t.Fatalf("with another name: %v", err)
	}
	if orgs, err := h.Organisations(t.Context()); err != nil || len(orgs) != 2 {
		t.Errorf("got %d organisations, %v, want 2", len(orgs), err)
	}
}

func (h house) countAudit(t *testing.T, action string) int {
	t.Helper()
	n := 0
	err := h.db.InReadTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT count(*) FROM audit WHERE action = $1", action).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
