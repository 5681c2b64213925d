package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/live"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/store"
	"luukku/store/db"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
	"luukku/store/storetest"
)

// house is a store on a database of its own with the blueprint room over it, at a time that stands still.
type house struct {
	*store.Store
	blueprint.Service
	db    *sqldb.DB
	clock *clock.Fixed
	live  *live.Hub
}

var system = actor.System("test")

// onEngines runs a test on every engine.
func onEngines(t *testing.T, test func(t *testing.T, h house)) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(*testing.T) string { return "sqlite::memory:" },
		"postgres": func(t *testing.T) string { return pgtest.DSN(t, migrated) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, openHouse(t, dsn(t)))
		})
	}
}

func newHouse(t *testing.T) house {
	t.Helper()
	return openHouse(t, "sqlite::memory:")
}

func openHouse(t *testing.T, dsn string) house {
	t.Helper()
	d := storetest.Database(t, dsn, sqldb.Options{})
	now := clock.NewFixed(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	hub := &live.Hub{}
	st := store.New(d, store.Options{Now: now.Now, Gen: gen, Live: hub, ConfigAge: time.Hour})
	return house{Store: st, Service: blueprint.Service{Store: st, Gen: gen, Now: now.Now}, db: d, clock: now, live: hub}
}

func shipped(t *testing.T, name string) string {
	t.Helper()
	b, err := blueprints.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(t *testing.T, file string) blueprint.Document {
	t.Helper()
	d, problems := blueprint.Parse([]byte(file))
	for _, p := range problems {
		t.Errorf("parse: %s", p)
	}
	return d
}

func (h house) apply(t *testing.T, file string) blueprint.Result {
	t.Helper()
	return h.applyWith(t, file, blueprint.Options{})
}

func (h house) applyWith(t *testing.T, file string, opts blueprint.Options) blueprint.Result {
	t.Helper()
	r, err := h.Apply(t.Context(), system, parse(t, file), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refused applies a file that must be refused, and returns why.
func (h house) refused(t *testing.T, file string) []blueprint.Problem {
	t.Helper()
	r, err := h.Apply(t.Context(), system, parse(t, file), blueprint.Options{})
	var refused *blueprint.Refused
	if !errors.As(err, &refused) {
		t.Fatalf("got %+v and error %v, want it to be refused", r, err)
	}
	return refused.Problems
}

func (h house) version(t *testing.T, o ids.Org) int64 {
	t.Helper()
	c, err := h.Config(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c.Version
}

// patch is a file about one organisation that changes only what it names.
func patch(lines string) string { return "format = 1\n[organisations.vuorela]\n" + lines + "\n" }

func TestShippedBlueprintsApplyAndTheSecondTimeChangeNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		for _, name := range blueprints.Names() {
			file := shipped(t, name)
			first := h.apply(t, file)
			if first.Version == 0 || len(first.Lines) == 0 {
				t.Errorf("%s: got version %d and %d lines, want something applied", name, first.Version, len(first.Lines))
			}
			h.clock.Advance(time.Minute)
			if again := h.apply(t, file); again.Version != 0 || len(again.Lines) != 0 {
				t.Errorf("%s applied again: got version %d and lines %v, want nothing", name, again.Version, again.Lines)
			}
			d := parse(t, file)
			want := d.Organisations[0]
			c, err := h.Config(t.Context(), want.ID)
			if err != nil {
				t.Fatal(err)
			}
			if c.Version != first.Version {
				t.Errorf("%s: got version %d, want %d", name, c.Version, first.Version)
			}
			if len(want.Offices) == 0 { // the file adds to what another says of it
				continue
			}
			var got, names []ids.Office
			for i := range c.Offices {
				got = append(got, c.Offices[i].ID)
			}
			for i := range want.Offices {
				names = append(names, want.Offices[i].ID)
			}
			if diff := cmp.Diff(names, got); diff != "" {
				t.Errorf("%s: offices in order (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestExportIsWhatIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range blueprints.Names() {
		h.apply(t, shipped(t, name))
	}
	all, err := h.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if lines, problems, err := h.Plan(t.Context(), system, parse(t, string(all))); len(lines)+len(problems) > 0 || err != nil {
		t.Errorf("got lines %v, problems %v, error %v, want nothing", lines, problems, err)
	}
	other := newHouse(t)
	other.apply(t, string(all))
	again, err := other.Export(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(all), string(again)); diff != "" {
		t.Errorf("export of a copy (-want +got):\n%s", diff)
	}
	one, err := h.Export(t.Context(), "vuorela")
	if err != nil {
		t.Fatal(err)
	}
	if d := parse(t, string(one)); d.Installation != nil || len(d.Organisations) != 1 || d.Organisations[0].ID != "vuorela" {
		t.Errorf("got installation %v and organisations %d, want vuorela alone", d.Installation, len(d.Organisations))
	}
	if _, err := h.Export(t.Context(), "nowhere"); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("export of an unknown organisation: got %v, want NotFound", err)
	}
}

func TestChangeOfHoursIsOneLineAndANewVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.apply(t, shipped(t, "demo-town"))
	before := h.version(t, "vuorela")
	changes, cancel := h.live.Subscribe("config/vuorela")
	defer cancel()
	r := h.apply(t, patch("[organisations.vuorela.offices.satama]\nhours = [\"mon-wed 09:00-12:00\"]"))
	want := "~ offices.satama.hours: mon-wed 09:00-12:00; mon-wed 12:45-16:00; thu 12:00-18:00 -> mon-wed 09:00-12:00"
	if len(r.Lines) != 1 || r.Lines[0].String() != want {
		t.Errorf("got %v, want %s", r.Lines, want)
	}
	// The clock stands still: the version grows all the same, and nobody reads the old one from memory.
	if got := h.version(t, "vuorela"); got != before+1 || got != r.Version {
		t.Errorf("got version %d, want %d and %d", got, before+1, r.Version)
	}
	select {
	case e := <-changes:
		if !slices.Contains(e.Topics, "config/vuorela") {
			t.Errorf("got %v, want config/vuorela", e.Topics)
		}
	default:
		t.Error("open pages were not told")
	}
	q := db.New(h.db.Reader())
	rows, err := q.AuditOf(t.Context(), db.AuditOfParams{Org: "vuorela", SubjectKind: "organisation", Subject: "vuorela"})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[1].Action != "blueprint.applied" || !strings.Contains(rows[1].Detail, `"changed":"1"`) || rows[1].Actor != "test" {
		t.Errorf("got audit %+v, want two entries, the second of one change", rows)
	}
	feed, err := q.FeedAfter(t.Context(), db.FeedAfterParams{Node: 0, Seq: 0, Most: 10})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(feed); n < 2 || feed[n-1].Topic != "config/vuorela" {
		t.Errorf("got feed %+v, want config/vuorela twice", feed)
	}
}

// What a file changes is in the history: opening hours apart from other things, and nothing of an organisation that is new.
func TestWhatIsAppliedIsInTheHistory(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		h.apply(t, shipped(t, "demo-town"))
		if rows, err := h.OfficeHistory(t.Context(), "vuorela", "satama", "", 10); err != nil || len(rows) != 0 {
			t.Fatalf("got %+v, %v, want no history of a new organisation", rows, err)
		}
		h.apply(t, patch("[organisations.vuorela.offices.satama]\nhours = [\"mon-wed 09:00-12:00\"]\nphone = \"09 111 1111\"\nexceptions = [\"2026-12-23 closed\"]"))
		h.apply(t, patch("[organisations.vuorela.offices.satama]\nclosures = [{ from = \"2026-12-30\", to = \"2026-12-31\", reason = { fi = \"a; b\", sv = \"a\", en = \"a\", cs = \"a\" } }]"))
		rows, err := h.OfficeHistory(t.Context(), "vuorela", "satama", "", 10)
		if err != nil {
			t.Fatal(err)
		}
		var got [][3]string
		for _, r := range rows {
			got = append(got, [3]string{r.What, r.Was, r.Became})
			if r.Actor != "test" || r.Kind != actor.KindSystem || r.AtMicros != h.clock.Now().UnixMicro() {
				t.Errorf("got %+v, want who and when", r)
			}
		}
		slices.SortFunc(got, func(a, b [3]string) int { return strings.Compare(a[0], b[0]) })
		want := [][3]string{
			{"offices.satama.closures", "", "2026-12-30 to 2026-12-31"}, {"offices.satama.exceptions", "", "2026-12-23 closed"},
			{"offices.satama.hours", "mon-wed 09:00-12:00\nmon-wed 12:45-16:00\nthu 12:00-18:00", "mon-wed 09:00-12:00"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
		if page, err := h.OfficeHistory(t.Context(), "vuorela", "satama", rows[0].ID, 1); err != nil || len(page) != 1 || page[0].ID != rows[1].ID {
			t.Errorf("got %+v, %v, want the one before the newest", page, err)
		}
	})
}

func TestInstallationAndOrganisationsAgreeOnWhatIsNewer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range blueprints.Names() {
		h.apply(t, shipped(t, name))
	}
	before := [2]int64{h.version(t, "vuorela"), h.version(t, "register-office")}
	r := h.apply(t, "format = 1\n[installation]\npolicy = { max_live = 7 }\n")
	if got := h.version(t, "vuorela"); got != r.Version || got <= before[0] || got <= before[1] {
		t.Errorf("got version %d, want %d, newer than %v", got, r.Version, before)
	}
	c, err := h.Config(t.Context(), "vuorela")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Policy("digital-help", "kallio").MaxLive; got != 7 {
		t.Errorf("got the installation's policy max_live = %d, want 7", got)
	}
	if got := h.apply(t, patch("phone = \"09 000 0009\"")).Version; got <= r.Version {
		t.Errorf("got version %d of the organisation, want more than the installation's %d", got, r.Version)
	}
}

func TestPolicyKeepsItsHistory(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		const service, office = ids.Service("digital-help"), ids.Office("kallio")
		set := func(length string, opts blueprint.Options) int64 {
			h.clock.Advance(time.Hour)
			return h.applyWith(t, patch(fmt.Sprintf("[organisations.vuorela.services.digital-help]\npolicy = { length = %q }", length)), opts).Version
		}
		v1 := h.apply(t, shipped(t, "demo-town")).Version
		v2 := set("40m", blueprint.Options{})
		c, err := h.Config(t.Context(), "vuorela")
		if err != nil {
			t.Fatal(err)
		}
		if old, now := c.PolicyAt(v1, service, office).Length, c.Policy(service, office).Length; old != 30*time.Minute || now != 40*time.Minute {
			t.Errorf("got lengths %s under the old version and %s now, want 30m and 40m", old, now)
		}
		set("50m", blueprint.Options{TouchesExisting: true})
		if c, err = h.Config(t.Context(), "vuorela"); err != nil {
			t.Fatal(err)
		}
		if got := c.PolicyAt(v2, service, office).Length; got != 50*time.Minute {
			t.Errorf("got %s for an appointment of before, want the 50m that touch existing ones", got)
		}
		h.apply(t, patch("phone = \"09 000 0009\""))
		if c, err = h.Config(t.Context(), "vuorela"); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range c.Policies {
			if p.Service == service && p.Office == "" {
				n++
			}
		}
		if n != 3 {
			t.Errorf("got %d documents of the service's policy, want 3: one for each change", n)
		}
	})
}

func TestServiceThatComesBackBeginsWithoutItsOldPolicy(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := shipped(t, "demo-town")
	h.apply(t, file)
	h.apply(t, patch("owns = [\"forms\", \"services\", \"offices\"]"))
	c, err := h.Config(t.Context(), "vuorela")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Services)+len(c.Offices)+len(c.Offers) != 0 {
		t.Fatalf("got %d services, %d offices, %d offers, want none", len(c.Services), len(c.Offices), len(c.Offers))
	}
	h.apply(t, strings.Replace(file, `length = "60m", `, "", 1))
	if c, err = h.Config(t.Context(), "vuorela"); err != nil {
		t.Fatal(err)
	}
	if got := c.Policy("debt-counselling", "kallio").Length; got != 30*time.Minute {
		t.Errorf("got length %s, want the product's 30m", got)
	}
}

// appoint books a time, past the booking room: only what removal looks at matters here.
func (h house) appoint(t *testing.T, id, service, office, unit, status string, end time.Time) {
	t.Helper()
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		start, busy := end.Add(-30*time.Minute).Unix(), end.Unix()
		if err := db.New(tx).PutPerson(ctx, db.PutPersonParams{Person: "person of " + id, WrappedKey: []byte{1}}); err != nil {
			return err
		}
		for cell := start / 300; cell < busy/300 && status == "booked"; cell++ {
			_, err := tx.ExecContext(ctx, "INSERT INTO occupancy (org, unit, cell, holder) VALUES ('vuorela', $1, $2, $3)", unit, cell, id)
			if err != nil {
				return err
			}
		}
		return db.New(tx).PutAppointment(ctx, db.PutAppointmentParams{
			Org: "vuorela", ID: id, Service: service, Office: office, Unit: unit, Status: status, Person: "person of " + id, Lang: "fi",
			StartAt: start, EndAt: busy, BusyUntil: busy,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatPeopleHaveAppointmentsAtIsNotRemoved(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		h.apply(t, shipped(t, "demo-town"))
		before, now := h.version(t, "vuorela"), h.clock.Now()
		h.appoint(t, "A", "digital-help", "kallio", "kallio-counter-2", "booked", now.Add(time.Second))
		h.appoint(t, "B", "digital-help", "kallio", "kallio-counter-2", "booked", now.Add(48*time.Hour))
		h.appoint(t, "C", "digital-help", "kallio", "kallio-counter-3", "booked", now)
		h.appoint(t, "D", "digital-help", "kallio", "kallio-counter-1", "cancelled", now.Add(time.Hour))
		h.appoint(t, "E", "parking-permit", "satama", "satama-desk-1", "booked", now.Add(time.Hour))

		problems := h.refused(t, patch("[organisations.vuorela.offices.kallio]\nunits = [\"lane-1\"]"))
		path := "organisations.vuorela.offices.kallio.units.counter-2"
		if len(problems) != 1 || problems[0].Path != path || !strings.Contains(problems[0].Message, "2 appointments") || problems[0].Line == 0 {
			t.Errorf("units: got %v, want one problem at %s about 2 appointments", problems, path)
		}
		problems = h.refused(t, patch("owns = [\"offices\"]"))
		if len(problems) != 2 || !strings.Contains(problems[0].Message, "2 appointments") || !strings.Contains(problems[1].Message, "1 appointment") {
			t.Errorf("offices: got %v, want problems about 2 and 1 appointments", problems)
		}
		problems = h.refused(t, patch("owns = [\"services\", \"categories\"]"))
		if !slices.ContainsFunc(problems, func(p blueprint.Problem) bool {
			return p.Path == "organisations.vuorela.services.digital-help" && strings.Contains(p.Message, "2 appointments")
		}) {
			t.Errorf("services: got %v, want one about 2 appointments for digital-help", problems)
		}
		if got := h.version(t, "vuorela"); got != before {
			t.Errorf("got version %d, want %d: nothing was to change", got, before)
		}
		h.apply(t, patch("[organisations.vuorela.offices.kallio]\nunits = [\"counter-2\", \"lane-1\"]"))
	})
}

func TestHostOfAnotherOrganisationIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range blueprints.Names() {
		h.apply(t, shipped(t, name))
	}
	h.apply(t, patch("hosts = [\"booking.vuorela.example\"]"))
	if o, err := h.OrgOfHost(t.Context(), "booking.vuorela.example"); err != nil || o != "vuorela" {
		t.Errorf("got %q, %v, want vuorela", o, err)
	}
	take := "format = 1\n[organisations.register-office]\nhosts = [\"booking.vuorela.example\"]\n"
	if problems := h.refused(t, take); len(problems) != 1 || !strings.Contains(problems[0].Message, "belongs to the organisation vuorela") {
		t.Errorf("got %v, want one problem about the host", problems)
	}
	h.apply(t, take+"[organisations.vuorela]\nhosts = []\n")
	if o, err := h.OrgOfHost(t.Context(), "booking.vuorela.example"); err != nil || o != "register-office" {
		t.Errorf("got %q, %v, want register-office: the file moves the host", o, err)
	}
}

func TestFileThatOnlyAddsIsJudgedWithWhatIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	office := "[organisations.vuorela.offices.kirjasto]\nname = { fi = \"Kirjasto\", sv = \"Biblioteket\", en = \"Library\", cs = \"Knihovna\" }\n" +
		"hours = [\"mon 10:00-12:00\"]\nunits = [\"desk-1\"]\nservices = [\"digital-help\"]"
	if problems := h.refused(t, patch(office)); len(problems) == 0 {
		t.Error("got no problems for an organisation that is not there, want some")
	}
	h.apply(t, shipped(t, "demo-town"))
	if problems := h.refused(t, patch(strings.Replace(office, "digital-help", "visa", 1))); len(problems) != 1 || problems[0].Line != 7 {
		t.Errorf("got %v, want one problem on line 7", problems)
	}
	if r := h.apply(t, patch(office)); len(r.Lines) != 1 || r.Lines[0].String() != "+ office kirjasto" {
		t.Errorf("got %v, want + office kirjasto", r.Lines)
	}
}

func TestUnitDoesNotBecomeAnotherOffices(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.apply(t, shipped(t, "demo-town"))
	h.apply(t, patch("[organisations.vuorela.offices.satama]\nunits = [\"north-1\"]"))
	problems := h.refused(t, patch("[organisations.vuorela.offices.satama]\nunits = [\"desk-1\"]\n"+
		"[organisations.vuorela.offices.satama-north]\nname = { fi = \"A\", sv = \"A\", en = \"A\", cs = \"A\" }\nunits = [\"1\"]"))
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "too like that of north-1 at satama") {
		t.Errorf("got %v, want one problem about the unit", problems)
	}
}

func TestOnlyTheSystemApplies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	visitor := actor.Visitor(nil, "")
	if _, err := h.Apply(t.Context(), visitor, parse(t, shipped(t, "demo-town")), blueprint.Options{}); !fault.Is(err, fault.KindForbidden) {
		t.Errorf("apply: got %v, want Forbidden", err)
	}
	if _, _, err := h.Plan(t.Context(), visitor, blueprint.Document{}); !fault.Is(err, fault.KindForbidden) {
		t.Errorf("plan: got %v, want Forbidden", err)
	}
}

func TestDocumentWithFaultsIsNotApplied(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d, problems := blueprint.Parse([]byte("format = 1\n[organisations.town]\ncolour = 1\n"))
	_, err := h.Apply(t.Context(), system, d, blueprint.Options{})
	var refused *blueprint.Refused
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want it to be refused", err)
	}
	if diff := cmp.Diff(problems, refused.Problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Several apply the same new organisation and then each an office of their own, at once: each is as whole as if it had come alone.
func TestConcurrentAppliesComeOneAfterAnother(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		file := shipped(t, "demo-town")
		const n = 4
		run := func(file func(i int) string) []blueprint.Result {
			t.Helper()
			results, errs := make([]blueprint.Result, n), make([]error, n)
			var wg sync.WaitGroup
			for i := range n {
				d := parse(t, file(i))
				wg.Go(func() { results[i], errs[i] = h.Apply(t.Context(), system, d, blueprint.Options{}) })
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			return results
		}
		wrote := 0
		for _, r := range run(func(int) string { return file }) {
			if r.Version != 0 {
				wrote++
			}
		}
		if wrote != 1 {
			t.Errorf("got %d that wrote the same file, want 1", wrote)
		}
		versions := map[int64]bool{}
		for _, r := range run(func(i int) string {
			return patch(fmt.Sprintf("[organisations.vuorela.offices.o%d]\nname = { fi = \"A\", sv = \"A\", en = \"A\", cs = \"A\" }", i))
		}) {
			versions[r.Version] = true
		}
		c, err := h.Config(t.Context(), "vuorela")
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Offices) != 3+n || len(versions) != n {
			t.Errorf("got %d offices and %d versions, want %d and %d", len(c.Offices), len(versions), 3+n, n)
		}
	})
}

func TestWarningsAreOnlyAboutWhatTheFileNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.apply(t, shipped(t, "demo-town"))
	d, problems := blueprint.Parse([]byte(patch("short = { fi = \"Vuorela\" }")))
	if len(problems) != 0 {
		t.Fatalf("got %v, want nothing: what the organisation speaks is not in the file", problems)
	}
	r, err := h.Apply(t.Context(), system, d, blueprint.Options{})
	if err != nil || len(r.Warnings) != 1 || r.Warnings[0].Path != "organisations.vuorela.short" || r.Warnings[0].Line != 3 {
		t.Errorf("got %v, %v, want one warning about short on line 3", r.Warnings, err)
	}
	if _, problems, err := h.Plan(t.Context(), system, parse(t, patch("phone = \"09 000 0009\""))); err != nil || len(problems) != 0 {
		t.Errorf("got %v, %v, want no warning about what another file left out", problems, err)
	}
}
