package store_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/base/live"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/store"
	"luukku/store/sqldb"
)

// office is a store on a database of its own with the blueprint room over it, at a time that stands still.
type house struct {
	*store.Store
	blueprint.Service
	db    *sqldb.DB
	clock *clock.Fixed
	live  *live.Hub
}

var system = actor.System("test")

func newHouse(t *testing.T) house {
	t.Helper()
	ctx := t.Context()
	d, err := sqldb.Open(ctx, "sqlite::memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := store.Migrate(ctx, d); err != nil {
		t.Fatal(err)
	}
	now := clock.NewFixed(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC))
	gen := &ids.Gen{Now: now.Now, Rand: rand.Reader}
	hub := &live.Hub{}
	st := store.New(d, store.Options{Now: now.Now, Gen: gen, Live: hub})
	return house{Store: st, Service: blueprint.Service{Store: st, Gen: gen, Now: now.Now}, db: d, clock: now, live: hub}
}

func shipped(t *testing.T, name string) []byte {
	t.Helper()
	b, err := blueprints.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t *testing.T, file []byte) blueprint.Document {
	t.Helper()
	d, problems := blueprint.Parse(file)
	for _, p := range problems {
		t.Errorf("parse: %s", p)
	}
	return d
}

func (h house) apply(t *testing.T, file []byte, opts ...blueprint.Options) blueprint.Result {
	t.Helper()
	var o blueprint.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	r, err := h.Apply(t.Context(), system, parse(t, file), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShippedBlueprintsApplyAndTheSecondTimeChangeNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	for _, name := range blueprints.Names() {
		file := shipped(t, name)
		first := h.apply(t, file)
		if first.Version == 0 || len(first.Lines) == 0 {
			t.Errorf("%s: got version %d and %d lines, want something applied", name, first.Version, len(first.Lines))
		}
		h.clock.Advance(time.Hour)
		if again := h.apply(t, file); again.Version != 0 || len(again.Lines) != 0 {
			t.Errorf("%s applied again: got version %d and lines %v, want nothing", name, again.Version, again.Lines)
		}
		d := parse(t, file)
		c, err := h.Config(ctx, d.Organisations[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if c.Version != first.Version {
			t.Errorf("%s: got version %d, want %d", name, c.Version, first.Version)
		}
		want := d.Organisations[0]
		if diff := cmp.Diff(len(want.Offices), len(c.Offices)); diff != "" {
			t.Errorf("%s: offices (-want +got):\n%s", name, diff)
		}
		for i, f := range c.Offices {
			if f.ID != want.Offices[i].ID || len(f.Units) != len(want.Offices[i].Units) {
				t.Errorf("%s: office %d: got %s with %d units, want %s with %d", name, i, f.ID, len(f.Units), want.Offices[i].ID, len(want.Offices[i].Units))
			}
		}
	}
}
