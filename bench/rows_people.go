package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/identity"
)

// peopleRows are what signing in costs: the pages of who has, and those who try to.
var peopleRows = []Row{
	{
		Name: "page/authorised", About: "the folder of who has signed in, with two bookings: session, whom they act for, appointments, page",
		Peer: "a net/http hello", Target: atLeast(0.35), Run: authorisedPages,
	},
	{
		Name: "login/flood", About: "the last step of booking, 200 a second, while 200 wrong passwords a second come from as many addresses: the time of the slowest hundredth",
		Peer: "the same without the passwords", Target: atMost(2), Run: loginFlood,
	},
}

// signedSpec is who the server has signed in before it serves.
type signedSpec struct {
	Installation
	People int           `json:"people"`
	Times  []FixtureTime `json:"times"`
	// Service is what they book.
	Service ids.Service `json:"service"`
}

// signed is the product with people who have signed in.
type signed struct {
	*product
	tokens []string
}

func openSigned(ctx context.Context, spec json.RawMessage) (part, error) {
	var in signedSpec
	if err := json.Unmarshal(spec, &in); err != nil {
		return nil, err
	}
	s := &signed{}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) {
		a.Site.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} // the load says for whom it asks
		s.tokens, bad = signIn(ctx, a, in)
	})
	if err != nil {
		return nil, err
	}
	s.product = p
	if bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return s, nil
}

// Call tells the secrets of the sessions, beside what the product does.
func (s *signed) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do == "tokens" {
		return s.tokens, nil
	}
	return s.product.Call(ctx, do, args)
}

// signIn makes people with a session and two bookings each.
func signIn(ctx context.Context, a *app.App, in signedSpec) ([]string, error) {
	var tokens []string
	for i := range in.People {
		p, token, err := signOneIn(ctx, a)
		if err != nil {
			return nil, err
		}
		who := actor.Actor{Kind: actor.KindCitizen, Person: p, Level: actor.LevelSubstantial}
		for _, at := range in.Times[2*i : 2*i+2] {
			_, err := a.Booking.Book(ctx, who, booking.BookRequest{
				Org: fixtureOrg, Service: in.Service, Office: at.Office, Start: at.Start, Key: a.Site.Gen.FormKey(),
				Details: booking.Details{Name: "Maija Meikäläinen", Lang: "fi"},
			})
			if err != nil {
				return nil, fmt.Errorf("book for who has signed in: %w", err)
			}
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}

func signOneIn(ctx context.Context, a *app.App) (ids.Person, string, error) {
	gen, now := a.Site.Gen, a.Now().Unix()
	p := gen.Person()
	_, wrapped, err := a.Site.Seals.NewPersonKey(string(p))
	if err != nil {
		return "", "", err
	}
	token := gen.SessionToken()
	acc := identity.StoredAccount{WrappedKey: wrapped, Account: identity.Account{
		Person: p, Given: "Maija", Family: "Meikäläinen", Lang: "fi", Welcomed: now, CreatedAt: now, ChangedAt: now,
	}}
	sess := identity.Session{
		Hash: ids.HashToken(token), Of: identity.SessionOfCitizen, Person: p, Provider: "bench", Level: actor.LevelSubstantial, Agent: "bench", CreatedAt: now,
		SeenAt: now, EndsAt: now + int64(8*time.Hour/time.Second),
	}
	return p, token, a.Store.People().InTx(ctx, func(ctx context.Context, tx identity.Tx) error {
		if err := tx.PutPerson(ctx, p, wrapped, now); err != nil {
			return err
		}
		if err := tx.PutAccount(ctx, acc); err != nil {
			return err
		}
		if err := tx.PutSession(ctx, sess); err != nil {
			return err
		}
		return tx.Audit(ctx, audit.New("", gen.Audit(), now*1_000_000, actor.System("bench"), audit.SignedIn, audit.OfPerson, string(p), nil))
	})
}

// signedPeople is how many have signed in.
const signedPeople = 200

// authorisedPages measures the folder.
func authorisedPages(ctx context.Context, e *Env) (Result, error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return Result{}, err
	}
	times, err := in.Fixture.FreeTimes(2 * signedPeople)
	if err != nil {
		return Result{}, err
	}
	p := &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return Result{}, err
	}
	if p.s, err = e.Serve(ctx, "signed", signedSpec{in, signedPeople, times, in.Fixture.Service}); err != nil {
		return Result{}, err
	}
	if err := p.s.filled(ctx); err != nil {
		return Result{}, err
	}
	if p.hello, err = e.Serve(ctx, "hello", nil); err != nil {
		return Result{}, err
	}
	var tokens, paths []string
	if err := p.s.Call(ctx, "tokens", nil, &tokens); err != nil {
		return Result{}, err
	}
	for _, token := range tokens {
		paths = append(paths, "/fi/my/\t\tCookie: luukku-citizen="+token)
	}
	page, err := p.look("/fi/my/", "Cookie: luukku-citizen="+tokens[0])
	if err != nil {
		return Result{}, err
	}
	if n := countOf(page.Body, `name="id"`); n != 2 {
		return Result{}, fmt.Errorf("the folder shows %d bookings, want 2: what is measured is not what was meant", n)
	}
	res, err := p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: paths}, http.StatusOK)
	if err == nil {
		res.Figures["page_bytes"] = float64(page.Bytes)
	}
	return res, err
}

func countOf(page []byte, what string) (n int) {
	for i := 0; i+len(what) <= len(page); i++ {
		if string(page[i:i+len(what)]) == what {
			n++
		}
	}
	return n
}

// The rates of the flood: bookings and wrong passwords a second.
const (
	floodBookings  = 200
	floodPasswords = 200
)

// loginFlood measures the times of bookings with and without those who try passwords.
func loginFlood(ctx context.Context, e *Env) (Result, error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return Result{}, err
	}
	b, err := e.bookable(ctx, in, 2*e.need(floodBookings*2))
	if err != nil {
		return Result{}, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	tries, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	s, err := e.Serve(ctx, "signed", signedSpec{Installation: in})
	if err != nil {
		return Result{}, err
	}
	if err := s.filled(ctx); err != nil {
		return Result{}, err
	}
	calm := b.steady(s, load)
	f := &flood{s: s, tries: tries}
	flooded := func(ctx context.Context, d time.Duration) (Measure, error) { return f.during(ctx, d, calm) }
	var with, without Histogram
	res, err := alternateBy(ctx, e, flooded, calm, func(s, p Measure) float64 {
		with.Add(s.Latency)
		without.Add(p.Latency)
		return float64(s.Latency.Quantile(0.99)) / float64(p.Latency.Quantile(0.99))
	})
	if err == nil {
		res.Figures["p99_us"], res.Figures["peer_p99_us"] = micros(with.Quantile(0.99)), micros(without.Quantile(0.99))
		res.Figures["passwords"], res.Figures["passwords_hashed"] = float64(f.asked), float64(f.refused)
	}
	return b.finish(ctx, e, s, res, err)
}

// steady is a round of booking at a steady rate, whose times count from when each was due.
func (b *bookingRow) steady(s *Server, load *Part) round {
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		plan := Load{
			Conns: 32, Time: d, PerSecond: floodBookings, Method: "POST", Headers: append([]string{b.cookie, "Origin: http://" + s.Addr}, browser...),
			PathsFile: b.drafts, Once: true, First: b.next,
		}
		got, m, err := s.Under(ctx, load, plan)
		if err != nil {
			return Measure{}, err
		}
		b.next += int(got.Asked)
		b.made += got.Statuses[http.StatusSeeOther]
		return s.judge(got, m, http.StatusSeeOther)
	}
}

// flood are those who try passwords, each at an address of their own.
type flood struct {
	s              *Server
	tries          *Part
	next           int
	asked, refused int64
}

// during has wrong passwords come while a round runs.
func (f *flood) during(ctx context.Context, d time.Duration, r round) (Measure, error) {
	plan := Load{
		Addr: f.s.Addr, Conns: 64, Time: d, PerSecond: floodPasswords, Method: "POST",
		Headers: append([]string{"Origin: http://" + f.s.Addr, "Content-Type: application/x-www-form-urlencoded"}, browser...),
	}
	for range int(d.Seconds()*floodPasswords) + 1 {
		f.next++
		plan.Paths = append(plan.Paths, fmt.Sprintf("/fi/staff/sign-in\temail=nobody-%d%%40town.example&password=wrong-password-%d\tX-Forwarded-For: 10.%d.%d.%d",
			f.next, f.next, f.next>>16&255, f.next>>8&255, f.next&255))
	}
	ended := make(chan error, 1)
	var got Loaded
	go func() { ended <- f.tries.Call(ctx, "run", plan, &got) }()
	m, err := r(ctx, d)
	if err := errors.Join(err, <-ended); err != nil {
		return Measure{}, err
	}
	f.asked += got.Done
	f.refused += got.Statuses[http.StatusUnprocessableEntity]
	return m, nil
}
