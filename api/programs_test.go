package api_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/domain/staff"
)

// programs opens the house to programs with keys.
func (c *client) programs(t *testing.T) (*staff.Service, *identity.Service) {
	t.Helper()
	people := &identity.Service{
		Store: c.Store.People(), Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now, Log: slog.New(slog.DiscardHandler), TestIdentifiers: true,
	}
	workers, err := staff.NewService(staff.Deps{
		Store: c.Store.Workers(), Directory: c.Store, Sessions: people, Seals: c.Keys, Gen: c.Booking.Gen, Now: c.Clock.Now, Rand: rand.Reader,
		Log: slog.New(slog.DiscardHandler), BaseURL: "https://town.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	c.door.Programs = api.Programs{Clients: workers, Identity: people, Log: &audit.Reader{Log: c.Store, Gen: c.Booking.Gen, Now: c.Clock.Now}}
	return workers, people
}

// key makes a key with rights; the header of a request follows.
func key(t *testing.T, s *staff.Service, expires int64, scopes ...actor.Right) []string {
	t.Helper()
	_, k, err := s.MakeClient(t.Context(), actor.System("test"), "town", "Reports", scopes, expires)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"Authorization", "Bearer " + k}
}

func (a answer) into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%v: %s", err, a.body)
	}
}

func TestKeyOpensWhatItWasGiven(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	paths := []string{town + "/appointments?office=hall&date=2026-11-23", town + "/audit"}
	for _, p := range paths {
		c.get(t, p, "Authorization", "Bearer luukku_x").want(http.StatusUnauthorized)
	}
	s, _ := c.programs(t)
	all := key(t, s, 0, actor.AppointmentList, actor.AuditRead)
	expires := c.Clock.Now().Unix() + 60
	short, other := key(t, s, expires, actor.AppointmentList, actor.AuditRead), key(t, s, 0, actor.GuardianshipRecord)
	for _, p := range paths {
		a := c.get(t, p).want(http.StatusUnauthorized)
		if got := a.header.Get("WWW-Authenticate"); got != "Bearer" {
			t.Errorf("got WWW-Authenticate %q, want Bearer", got)
		}
		c.get(t, p, "Authorization", "Bearer luukku_0123456789abcdefghjkmnpqrs").want(http.StatusUnauthorized)
		c.get(t, p, "Authorization", strings.Replace(all[1], "Bearer", "Basic", 1)).want(http.StatusUnauthorized)
		c.get(t, p, all...).want(http.StatusOK)
		c.get(t, p, other...).want(http.StatusNotFound)
		c.get(t, strings.Replace(p, "town", "city", 1), all...).want(http.StatusNotFound)
	}
	c.Clock.Advance(time.Minute)
	c.get(t, paths[0], short...).want(http.StatusOK)
	c.Clock.Advance(time.Second)
	c.get(t, paths[0], short...).want(http.StatusUnauthorized)
}

func TestListOfAppointmentsHasNoNames(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, _ := c.programs(t)
	read := key(t, s, 0, actor.AppointmentList)
	c.post(t, "first-booking", wish()).want(http.StatusCreated)
	a := c.get(t, town+"/appointments?office=hall&date=2026-11-23", read...).want(http.StatusOK)
	var got api.AppointmentList
	a.into(&got)
	if len(got.Appointments) != 1 || got.Appointments[0].Start != monday || got.Appointments[0].Status != booking.Booked || got.Appointments[0].Unit == "" {
		t.Errorf("got %+v, want the one of Monday", got.Appointments)
	}
	for _, secret := range []string{"name", "email", "phone"} {
		if strings.Contains(string(a.body), `"`+secret) {
			t.Errorf("the list has a %s", secret)
		}
	}
	c.get(t, town+"/appointments?office=hall&date=2026-11-24", read...).want(http.StatusOK).into(&got)
	if len(got.Appointments) != 0 {
		t.Errorf("got %+v on Tuesday, want none", got.Appointments)
	}
	c.get(t, town+"/appointments?office=nowhere&date=2026-11-24", read...).want(http.StatusNotFound)
	c.get(t, town+"/appointments?office=hall", read...).want(http.StatusUnprocessableEntity)
	c.get(t, town+"/appointments?office=hall&date=2026-02-30", read...).want(http.StatusUnprocessableEntity)
	log := key(t, s, 0, actor.AuditRead)
	var lines api.AuditLines
	c.get(t, town+"/audit?action=appointment.listed", log...).want(http.StatusOK).into(&lines)
	if len(lines.Lines) != 2 || lines.Lines[0].ActorKind != actor.KindClient {
		t.Errorf("got %+v, want two readings by a program", lines.Lines)
	}
}

// known puts two people with identifiers into the house, as registers do.
func (c *client) known(t *testing.T, s *identity.Service, list ...natid.Secret) {
	t.Helper()
	for _, value := range list {
		p := c.Booking.Gen.Person()
		_, wrapped, err := c.Keys.NewPersonKey(string(p))
		if err != nil {
			t.Fatal(err)
		}
		now := c.Clock.Now().Unix()
		err = s.Store.InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error {
			if err := tx.PutPerson(ctx, p, wrapped, now); err != nil {
				return err
			}
			a := identity.Account{Person: p, Name: "Somebody", Family: "Somebody", CreatedAt: now, ChangedAt: now}
			if err := tx.PutAccount(ctx, identity.StoredAccount{Account: a, WrappedKey: wrapped}); err != nil {
				return err
			}
			lookup := c.Keys.LookupHashes("identifier "+string(natid.FinnishCode), value.Reveal())[0]
			_, err := tx.PutIdentifier(ctx, identity.StoredIdentifier{Person: p, Kind: natid.FinnishCode, Lookup: lookup, Sealed: []byte{1}, VerifiedBy: "test", VerifiedAt: now})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestGuardianshipIsRecordedAndEndedByAProgram(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, people := c.programs(t)
	const guardian, dependant = "010190-900P", "010119A901D"
	c.known(t, people, guardian, dependant)
	record := key(t, s, 0, actor.GuardianshipRecord)
	named := func(id string) map[string]any { return map[string]any{"kind": "FI-HETU", "identifier": id} }
	body := func(changes ...any) map[string]any {
		b := map[string]any{"guardian": named(guardian), "dependant": named(dependant), "from": "2026-11-01", "evidence": "Decision of 1.2.2026"}
		for i := 0; i+1 < len(changes); i += 2 {
			b[changes[i].(string)] = changes[i+1]
		}
		return b
	}
	const path = town + "/guardianships"
	for _, wrong := range []map[string]any{
		body("from", "2026-02-30"), body("until", "2020-01-01"), body("guardian", named("010190-900X")), body("guardian", named("010190-901R")),
		body("dependant", named(guardian)), body("evidence", ""), body("more", 1),
	} {
		a := c.ask(t, http.MethodPost, path, wrong, record...).want(http.StatusUnprocessableEntity)
		if strings.Contains(string(a.body), "010190") {
			t.Errorf("the problem repeats an identifier: %s", a.body)
		}
	}
	c.ask(t, http.MethodPost, path, body(), key(t, s, 0, actor.AuditRead)...).want(http.StatusNotFound)
	c.ask(t, http.MethodPost, path, body()).want(http.StatusUnauthorized)
	var made api.RecordedGuardianship
	c.ask(t, http.MethodPost, path, body(), record...).want(http.StatusCreated).into(&made)
	end := map[string]any{"id": made.ID, "guardian": named(guardian)}
	c.ask(t, http.MethodDelete, path, map[string]any{"id": ids.Guardianship("other"), "guardian": named(guardian)}, record...).want(http.StatusNotFound)
	c.ask(t, http.MethodDelete, path, end, record...).want(http.StatusNoContent)
	c.ask(t, http.MethodDelete, path, end, record...).want(http.StatusNotFound)
	if strings.Contains(c.log.String(), "010190") {
		t.Error("an identifier is in the log")
	}
}

func TestAuditIsReadPageByPage(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	s, _ := c.programs(t)
	read := key(t, s, 0, actor.AuditRead)
	c.post(t, "first-booking", wish()).want(http.StatusCreated)
	seen := map[ids.Audit]bool{}
	next := ""
	for range 10 {
		var got api.AuditLines
		c.get(t, town+"/audit?limit=1"+next, read...).want(http.StatusOK).into(&got)
		for _, l := range got.Lines {
			if seen[l.ID] {
				t.Errorf("the line %s came twice", l.ID)
			}
			seen[l.ID] = true
		}
		if got.Next == "" {
			break
		}
		next = "&before=" + string(got.Next)
	}
	if len(seen) < 3 {
		t.Errorf("got %d lines, want the key, the booking and the reading at least", len(seen))
	}
	var got api.AuditLines
	c.get(t, town+"/audit?actor_kind=api", read...).want(http.StatusOK).into(&got)
	if len(got.Lines) != 1 || got.Lines[0].Action != audit.AppointmentBooked {
		t.Errorf("got %+v, want the booking", got.Lines)
	}
	c.get(t, town+"/audit?date=2020-01-01", read...).want(http.StatusOK).into(&got)
	if len(got.Lines) != 0 {
		t.Errorf("got %d lines of another day", len(got.Lines))
	}
	c.get(t, town+"/audit?limit=501", read...).want(http.StatusUnprocessableEntity)
}
