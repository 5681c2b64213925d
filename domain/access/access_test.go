package access

import (
	"testing"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// A grant is good in its first and in its last second, and in neither the one before nor the one after.
func TestAGrantHoldsFromItsFirstToItsLastSecond(t *testing.T) {
	t.Parallel()
	g := Grant{Version: 1, From: 1000, Until: 2000}
	with := func(change func(*Grant)) Grant { x := g; change(&x); return x }
	for name, c := range map[string]struct {
		g    Grant
		now  int64
		want State
	}{
		"nothing recorded":        {Grant{}, 1500, None},
		"a second before it":      {g, 999, Later},
		"its first second":        {g, 1000, Open},
		"its last second":         {g, 2000, Open},
		"the second after":        {g, 2001, Over},
		"without an end":          {with(func(g *Grant) { g.Until = 0 }), 1 << 40, Open},
		"withdrawn, within":       {with(func(g *Grant) { g.Off = true }), 1500, Withdrawn},
		"withdrawn, after":        {with(func(g *Grant) { g.Off = true }), 2500, Withdrawn},
		"one second long, in it":  {with(func(g *Grant) { g.Until = 1000 }), 1000, Open},
		"one second long, beside": {with(func(g *Grant) { g.Until = 1000 }), 1001, Over},
	} {
		if got := c.g.StateAt(c.now); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// Who may use a service, by the policy, who they are and what was opened to them.
func TestWhoMayUseAService(t *testing.T) {
	t.Parallel()
	person := actor.Actor{Kind: actor.KindCitizen, Person: "p", Level: actor.LevelSubstantial}
	company := person
	company.For = actor.Owner{Company: "c"}
	weak := person
	weak.Level = actor.LevelLow
	open, over := Grant{Version: 1, From: 1, Until: 100}, Grant{Version: 1, From: 1, Until: 50}
	contact, firms := catalog.Policy{NeedsAccess: true}, catalog.Policy{ForCompany: true}
	both := catalog.Policy{NeedsAccess: true, ForCompany: true}
	strong := catalog.Policy{NeedsAccess: true, SignIn: actor.LevelSubstantial}
	for name, c := range map[string]struct {
		p    catalog.Policy
		who  actor.Actor
		g    Grant
		want string
	}{
		"open to everybody":             {catalog.Policy{}, actor.Visitor(nil, ""), Grant{}, ""},
		"nobody known":                  {contact, actor.Visitor(nil, ""), open, "access.sign_in"},
		"a program for a visitor":       {contact, actor.Actor{Kind: actor.KindAPI}, open, "access.sign_in"},
		"a person without":              {contact, person, Grant{}, "access.contact_first"},
		"a person with":                 {contact, person, open, ""},
		"a person whose time is over":   {contact, person, over, "access.over"},
		"withdrawn":                     {contact, person, Grant{Version: 2, Off: true}, "access.withdrawn"},
		"to come":                       {contact, person, Grant{Version: 1, From: 101}, "access.later"},
		"known too weakly":              {strong, weak, open, "sign_in.stronger"},
		"known surely enough":           {strong, person, open, ""},
		"the office itself":             {both, actor.Actor{Kind: actor.KindStaff}, Grant{}, ""},
		"a person for a company's":      {firms, person, Grant{}, "access.company_only"},
		"a person with, of a company's": {both, person, open, "access.company_only"},
		"a company":                     {firms, company, Grant{}, ""},
		"a company without":             {both, company, Grant{}, "access.contact_first"},
		"a company with":                {both, company, open, ""},
	} {
		err := Check(c.p, c.who, c.g, 100)
		if c.want == "" && err != nil || c.want != "" && !fault.IsKey(err, c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if signIn := fault.Is(err, fault.KindSignInRequired); err != nil && Refused(err) == signIn {
			t.Errorf("%s: %v is refused: %v, and asks to sign in: %v", name, err, Refused(err), signIn)
		}
	}
}

// The end is told of seven days ahead to the second; what ends sooner than that was told of when it was granted.
func TestTheEndIsToldOfAWeekAhead(t *testing.T) {
	t.Parallel()
	const now = 1_000_000
	for name, c := range map[string]struct {
		g    Grant
		want int64
	}{
		"no end":                  {Grant{From: now}, 0},
		"withdrawn":               {Grant{From: now, Until: now + 10*NoticeBefore, Off: true}, 0},
		"a year":                  {Grant{From: now, Until: now + 52*NoticeBefore}, now + 51*NoticeBefore},
		"a week":                  {Grant{From: now, Until: now + NoticeBefore}, 0},
		"a week and a second":     {Grant{From: now, Until: now + NoticeBefore + 1}, now + 1},
		"a week, later in time":   {Grant{From: now + 100, Until: now + 100 + NoticeBefore}, 0},
		"longer, that will begin": {Grant{From: now + 100, Until: now + 101 + NoticeBefore}, now + 101},
	} {
		when, ok := c.g.TellEndAt(now)
		if ok != (c.want != 0) || ok && when != c.want {
			t.Errorf("%s: got %d %v, want %d", name, when, ok, c.want)
		}
	}
}
