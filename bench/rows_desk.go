package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/domain/staff"
)

// deskRows are what a clerk looks at all day.
var deskRows = []Row{
	{
		Name: "page/desk", About: "the desk's list of a day with 500 appointments, as a clerk gets it; that it is read is written down each time",
		Peer: "a net/http hello", Target: atLeast(0.2), Run: deskPages,
	},
}

// deskAppointments are those of the day, and mostDeskBytes what the page with them may have, unpacked.
const (
	deskAppointments = 500
	mostDeskBytes    = 150 * 1024
)

// deskDate is a day in the future of every fixture, and beyond its appointments.
func deskDate(now time.Time) org.Date { return org.DateOf(now).Add(370) }

// deskSpec is where the day is.
type deskSpec struct {
	Installation
	Office ids.Office `json:"office"`
}

// deskPart is the product with a clerk who has signed in, and a day with many appointments.
type deskPart struct {
	*product
	token string
}

func openDesk(ctx context.Context, spec json.RawMessage) (part, error) {
	d := &deskPart{}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) {
		var in deskSpec
		if bad = json.Unmarshal(spec, &in); bad != nil {
			return
		}
		if d.token, bad = signClerkIn(ctx, a); bad == nil {
			bad = fillDesk(ctx, a, in.Office)
		}
	})
	if err != nil {
		return nil, err
	}
	if d.product = p; bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return d, nil
}

// Call tells the clerk's secret, beside what the product does.
func (d *deskPart) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do == "tokens" {
		return []string{d.token}, nil
	}
	return d.product.Call(ctx, do, args)
}

// signClerkIn makes a clerk with a session.
func signClerkIn(ctx context.Context, a *app.App) (string, error) {
	gen, now := a.Site.Gen, a.Now().Unix()
	id := ids.Staff(gen.New())
	sealed, err := a.Site.Seals.Seal([]byte("nothing"), seal.Place{Table: "staff", Column: "password", Row: string(id)})
	if err != nil {
		return "", err
	}
	err = a.Store.Workers().InTx(ctx, func(ctx context.Context, tx staff.Tx) error {
		m := staff.Member{ID: id, Email: "clerk@bench.example", Name: "Clerk", Lang: "fi", State: staff.Active, Handle: []byte(id), Password: sealed, CreatedAt: now}
		if _, err := tx.PutMember(ctx, m); err != nil {
			return err
		}
		_, err := tx.PutRole(ctx, id, staff.Granted{Grant: actor.Grant{Role: actor.RoleClerk, Org: fixtureOrg}, At: now})
		return err
	})
	if err != nil {
		return "", err
	}
	token := gen.SessionToken()
	s := identity.Session{
		Hash: ids.HashToken(token), Of: identity.SessionOfStaff, Staff: id, AuthAt: now, CreatedAt: now, SeenAt: now, EndsAt: now + 8*3600,
		Level: actor.LevelSubstantial, Agent: "bench",
	}
	return token, a.Store.People().InTx(ctx, func(ctx context.Context, tx identity.Tx) error { return tx.PutSession(ctx, s) })
}

// fillDesk writes a day of the first office, more than its counters could serve.
func fillDesk(ctx context.Context, a *app.App, office ids.Office) error {
	gen, now := a.Site.Gen, a.Now()
	c, err := a.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return err
	}
	first := deskDate(now).At(8*60, c.Zone()).Unix()
	for n := range deskAppointments {
		person := gen.Person()
		_, wrapped, err := a.Site.Seals.NewPersonKey(string(person))
		if err != nil {
			return err
		}
		start := first + int64(n/25)*20*60
		ap := booking.Appointment{
			Org: fixtureOrg, ID: gen.Appointment(), Service: fixtureService, Office: office, Start: start, End: start + 1200, BusyUntil: start + 1200,
			Status: booking.Booked, Person: person, PolicyVersion: c.Version, CreatedAt: now.Unix(), ChangedAt: now.Unix(),
			Details: booking.Details{Name: fmt.Sprintf("Maija Meikäläinen %03d", n), Email: "maija@example.org", Phone: fmt.Sprintf("+35840123%04d", n), Lang: "fi"},
		}
		out, err := a.Store.Commit(ctx, booking.Change{
			Org: fixtureOrg, Now: now.Unix(), PutPerson: &booking.Person{ID: person, WrappedKey: wrapped}, PutAppointment: &ap,
			Take:  &booking.Take{Units: []ids.Unit{ids.Unit(fmt.Sprintf("desk-%02d", n%25))}, Holder: string(ap.ID), From: start, To: start + 1200},
			Audit: []audit.Entry{audit.New(fixtureOrg, gen.Audit(), now.UnixMicro(), actor.System("bench"), audit.AppointmentBooked, "appointment", string(ap.ID), nil)},
		})
		if err != nil || out.Verdict != booking.Done {
			return fmt.Errorf("fill the day: verdict %d, %w", out.Verdict, err)
		}
	}
	return nil
}

// desk starts the server, and returns what a clerk asks of it.
func (e *Env) desk(ctx context.Context) (p *pages, path string, err error) {
	in, err := e.Copied(ctx, e.bookFixture())
	if err != nil {
		return nil, "", err
	}
	p = &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return nil, "", err
	}
	if p.s, err = e.Serve(ctx, "desk", deskSpec{in, in.Fixture.Offices[0]}); err != nil {
		return nil, "", err
	}
	if err := p.s.filled(ctx); err != nil {
		return nil, "", err
	}
	if p.hello, err = e.Serve(ctx, "hello", nil); err != nil {
		return nil, "", err
	}
	var tokens []string
	if err := p.s.Call(ctx, "tokens", nil, &tokens); err != nil {
		return nil, "", err
	}
	address := fmt.Sprintf("/fi/staff/%s/desk?office=%s&date=%s", fixtureOrg, in.Fixture.Offices[0], deskDate(time.Now()))
	return p, address + "\t\tCookie: luukku-staff=" + tokens[0], nil
}

// deskPage fetches the page once, and sees that everything is on it.
func (p *pages) deskPage(asked string) (Answer, error) {
	path, cookie, _ := strings.Cut(asked, "\t\t")
	page, err := p.look(path, cookie)
	if err != nil {
		return page, err
	}
	if n := countOf(page.Body, "Maija Meikäläinen "); n != deskAppointments {
		return page, fmt.Errorf("the list shows %d appointments, want %d: what is measured is not what was meant", n, deskAppointments)
	}
	return page, nil
}

func deskPages(ctx context.Context, e *Env) (Result, error) {
	p, asked, err := e.desk(ctx)
	if err != nil {
		return Result{}, err
	}
	page, err := p.deskPage(asked)
	if err != nil {
		return Result{}, err
	}
	res, err := p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: []string{asked}}, http.StatusOK)
	if err == nil {
		res.Figures["page_bytes"] = float64(page.Bytes)
		if page.Bytes > mostDeskBytes {
			res.Wrong = append(res.Wrong, fmt.Sprintf("the page has %d bytes, more than %d", page.Bytes, mostDeskBytes))
		}
	}
	return res, err
}
