package demo

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/app"
	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/eservice"
	"luukku/domain/worklist"
	"luukku/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// monday is when the demos of tests begin: Monday 23 November 2026 at 9:00 in Helsinki.
var monday = time.Date(2026, time.November, 23, 7, 0, 0, 0, time.UTC)

func settings(t *testing.T, dsn string) config.Config {
	t.Helper()
	env := map[string]string{"LUUKKU_DATA": filepath.Join(t.TempDir(), "data"), "LUUKKU_DATABASE": dsn}
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// begun is a demo with what it told while it opened.
type begun struct {
	*app.App
	told []string
}

func open(t *testing.T, c config.Config, now time.Time, empty bool) *begun {
	t.Helper()
	b := &begun{}
	var err error
	b.App, err = Open(t.Context(), c, Options{
		Log: slog.New(slog.DiscardHandler), Now: clock.NewFixed(now).Now, Empty: empty, Progress: func(s string) { b.told = append(b.told, s) },
	})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { b.close(t) })
	return b
}

func (b *begun) close(t *testing.T) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// booked is every appointment of a demo, without what chance gives.
func (b *begun) booked(t *testing.T) []string {
	t.Helper()
	rows, err := b.Store.DB().Reader().QueryContext(context.Background(),
		"SELECT org, office, unit, service, start_at, end_at, status, name, email, phone FROM appointment")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var of [10]string
		var into []any
		for i := range of {
			into = append(into, &of[i])
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Join(of[:], " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// configured is the configuration as a file.
func (b *begun) configured(t *testing.T) string {
	t.Helper()
	doc, err := b.Blueprints.Export(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

func TestDemoIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	onPostgres := pgtest.DSN(t, func(string) error { return nil })
	one := open(t, settings(t, ""), monday, false)
	booked, configured := one.booked(t), one.configured(t)
	if n := len(booked); n < 300 || n > 2000 {
		t.Errorf("got %d appointments, want some hundreds", n)
	}
	for name, other := range map[string]*begun{"SQLite": open(t, settings(t, ""), monday, false), "PostgreSQL": open(t, settings(t, onPostgres), monday, false)} {
		if diff := cmp.Diff(booked, other.booked(t)); diff != "" {
			t.Errorf("%s: other appointments (-first +second):\n%s", name, diff)
		}
		if diff := cmp.Diff(configured, other.configured(t)); diff != "" {
			t.Errorf("%s: another configuration (-first +second):\n%s", name, diff)
		}
		found, err := other.Store.Check(t.Context())
		if err != nil || len(found) > 0 {
			t.Errorf("%s: got contradictions %v, %v; want none", name, found, err)
		}
	}
	for _, name := range blueprints.Names() {
		if !slices.ContainsFunc(one.told, func(s string) bool { return strings.HasPrefix(s, "blueprint "+name+":") }) {
			t.Errorf("got %q told, want the progress of %s in it", one.told, name)
		}
	}
}

func TestNobodyRealIsInTheDemo(t *testing.T) {
	t.Parallel()
	b := open(t, settings(t, ""), monday, false)
	seen := map[string]bool{}
	for _, a := range b.booked(t) {
		i := slices.IndexFunc(specimens[:], func(name string) bool { return strings.HasSuffix(a, " "+name+"  ") })
		if i < 0 {
			t.Fatalf("got %q, want a specimen's name and no address or phone", a)
		}
		seen[specimens[i]] = true
	}
	if len(seen) != len(specimens) {
		t.Errorf("got %v, want all %d specimens", seen, len(specimens))
	}
}

func TestDemoGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"SQLite": "", "PostgreSQL": pgtest.DSN(t, func(string) error { return nil })} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := settings(t, dsn)
			first := open(t, c, monday, false)
			booked := first.booked(t)
			// Somebody has configured something since.
			before := first.configured(t)
			doc, problems := blueprint.Parse(bytes.Replace([]byte(before), []byte(`phone = "09 000 0000"`), []byte(`phone = "09 111 1111"`), 1))
			if len(blueprint.Faults(problems)) > 0 {
				t.Fatal(problems)
			}
			if _, err := first.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
				t.Fatal(err)
			}
			configured := first.configured(t)
			if configured == before {
				t.Fatal("nothing was configured: this proves nothing")
			}
			first.close(t)

			again := open(t, c, monday.Add(48*time.Hour), false)
			if diff := cmp.Diff(booked, again.booked(t)); diff != "" {
				t.Errorf("other appointments (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(configured, again.configured(t)); diff != "" {
				t.Errorf("another configuration (-before +after):\n%s", diff)
			}
			if len(again.told) > 0 {
				t.Errorf("got %q done again, want nothing", again.told)
			}
		})
	}
}

func TestFillingThatWasInterruptedIsFinished(t *testing.T) {
	t.Parallel()
	c := settings(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Open(ctx, c, Options{Log: slog.New(slog.DiscardHandler), Now: clock.NewFixed(monday).Now, Progress: func(s string) {
		if strings.HasPrefix(s, "calendars of ") { // the first organisation's are done
			cancel()
		}
	}})
	if err == nil {
		t.Fatal("got it opened, want it interrupted")
	}
	whole := open(t, settings(t, ""), monday, false).booked(t)
	if diff := cmp.Diff(orgsOf(whole), orgsOf(open(t, c, monday, false).booked(t))); diff != "" {
		t.Errorf("other organisations have bookings (-want +got):\n%s", diff)
	}
}

// orgsOf are the organisations of appointments.
func orgsOf(booked []string) []ids.Org {
	var out []ids.Org
	for _, b := range booked {
		o, _, _ := strings.Cut(b, " ")
		out = append(out, ids.Org(o))
	}
	return slices.Compact(out)
}

func TestEmptyDemoHasNoBookings(t *testing.T) {
	t.Parallel()
	c := settings(t, "")
	b := open(t, c, monday, true)
	if got := b.booked(t); len(got) > 0 {
		t.Errorf("got %d appointments, want none", len(got))
	}
	got := b.configured(t)
	for _, org := range []string{"vuorela", "kaupunki", "register-office", "town-hall", "oral-health"} {
		if !strings.Contains(got, "[organisations."+org+"]") {
			t.Errorf("got %d bytes of configuration without %s, want every blueprint", len(got), org)
		}
	}
	b.close(t)
	if got := open(t, c, monday, false).booked(t); len(got) == 0 {
		t.Error("opened to be filled: got no appointments, want some")
	}
}

// On the desk of the town a claim and an application wait, a question was answered, and two letters are to be printed; opened again it is the same.
func TestTheDeskOfTheTownHasLetters(t *testing.T) {
	t.Parallel()
	c := settings(t, "")
	for range 2 {
		b := open(t, c, monday, false)
		system := actor.System("test")
		for view, want := range map[worklist.View]int{worklist.All: 2, worklist.Done: 1} {
			page, _, err := b.Work.List(t.Context(), system, town, worklist.Wanted{Kind: worklist.Letter, View: view})
			if err != nil || len(page.Items) != want {
				t.Errorf("%s: got %d letters (%v), want %d", view, len(page.Items), err, want)
			}
		}
		if n, _, err := b.Mailboxes.PrintWaiting(t.Context(), system, town); err != nil || n != 2 {
			t.Errorf("got %d letters to be printed (%v), want 2", n, err)
		}
		b.close(t)
	}
}

// Forms were sent to the town and the city, by people with a mailbox and without one, and stand in every way; their desks have them. Opened again it is the same.
func TestFormsWereSentAndStandInEveryWay(t *testing.T) {
	t.Parallel()
	c := settings(t, "")
	for range 2 {
		b := open(t, c, monday, false)
		system := actor.System("test")
		states := map[eservice.State]int{}
		unsigned := 0
		for _, o := range []ids.Org{town, city} {
			list, err := b.Store.SubmissionsSent(t.Context(), o, "", 0, 1<<40, eservice.Submission{}, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				states[x.State]++
				if x.Unsigned() {
					unsigned++
				}
			}
			work, _, err := b.Work.List(t.Context(), system, o, worklist.Wanted{Kind: worklist.Submission, View: worklist.All})
			if err != nil || len(work.Items) < 3 {
				t.Errorf("%s: got %d forms at the desk (%v), want some", o, len(work.Items), err)
			}
		}
		want := map[eservice.State]int{eservice.Received: 4, eservice.InProgress: 1, eservice.MoreAsked: 2, eservice.Decided: 2, eservice.Withdrawn: 1, eservice.Closed: 1}
		if d := cmp.Diff(want, states); d != "" {
			t.Errorf("how they stand (-want +got):\n%s", d)
		}
		if unsigned != 1 {
			t.Errorf("%d were sent without signing in, want 1", unsigned)
		}
		b.close(t)
	}
}
