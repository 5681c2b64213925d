package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"luukku/store"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// rows fills in a house: of each kind one that has run out, one that is good up to this very second, and for holds one that ran out but rests.
func rows(t *testing.T, h house, now int64) {
	t.Helper()
	const day = 24 * 60 * 60
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		q := db.New(tx)
		if err := q.PutOrganisation(ctx, db.PutOrganisationParams{Org: "town", Doc: `{"zone":"Europe/Helsinki"}`, Version: 1}); err != nil {
			return err
		}
		for i, expires := range []int64{now - 1, now} {
			id := fmt.Sprint("id", i)
			for _, err := range []error{
				q.PutDraft(ctx, db.PutDraftParams{Org: "town", ID: id, Session: []byte{1}, Data: []byte{1}, ExpiresAt: expires}),
				q.PutSecret(ctx, db.PutSecretParams{Hash: []byte(id), Kind: "appointment", Org: "town", Subject: "a", ExpiresAt: expires}),
				q.PutFeed(ctx, db.PutFeedParams{Node: 3, Seq: int64(i), Topic: "t", At: expires - day}),
			} {
				if err != nil {
					return err
				}
			}
			if _, err := q.PutFormKey(ctx, db.PutFormKeyParams{Org: "town", ID: id, Kind: "book", Digest: []byte{}, ExpiresAt: expires}); err != nil {
				return err
			}
		}
		for i, ago := range []time.Duration{8 * 24 * time.Hour, 6 * 24 * time.Hour} {
			_, err := q.PutPIN(ctx, db.PutPINParams{
				Org: "town", Office: "hall", Day: time.Unix(now, 0).UTC().Add(-ago).Format(time.DateOnly), Pin: []byte{byte(i)}, Appointment: "a",
			})
			if err != nil {
				return err
			}
		}
		if _, err := q.NextFeed(ctx, db.NextFeedParams{Node: 3, More: 2}); err != nil {
			return err
		}
		for i, expires := range []int64{now - day - 1, now - day, now + 60} {
			id, start := fmt.Sprint("hold", i), now+int64(i)*900
			start -= start % 300
			err := q.PutHold(ctx, db.PutHoldParams{
				Org: "town", ID: id, Unit: "desk", StartAt: start, EndAt: start + 600, BusyUntil: start + 600, ExpiresAt: expires, Session: []byte{1},
			})
			if err != nil {
				return err
			}
			for cell := start / 300; cell < (start+600)/300; cell++ {
				_, err := tx.ExecContext(ctx, "INSERT INTO occupancy (org, unit, cell, holder, expires_at) VALUES ($1, $2, $3, $4, $5)", "town", "desk", cell, id, expires)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func left(t *testing.T, h house, table string) (n int) {
	t.Helper()
	if err := h.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestASweepTakesWhatHasRunOutAndNothingElse(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		now := h.clock.Now().Unix()
		rows(t, h, now)
		got, err := h.Sweep(t.Context(), now, 100)
		if err != nil {
			t.Fatal(err)
		}
		want := store.Swept{Holds: 1, Drafts: 1, FormKeys: 1, Secrets: 1, Feed: 1, PINs: 1}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("swept (-want +got):\n%s", d)
		}
		for table, want := range map[string]int{"draft": 1, "form_key": 1, "secret": 1, "feed": 1, "hold": 2, "occupancy": 4, "kiosk_pin": 1} {
			if n := left(t, h, table); n != want {
				t.Errorf("%s: got %d rows left, want %d", table, n, want)
			}
		}
		if got, err := h.Sweep(t.Context(), now, 100); err != nil || got != (store.Swept{}) {
			t.Errorf("the second sweep: got %+v, %v, want nothing", got, err)
		}
	})
}

func TestASweepIsBounded(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		now := h.clock.Now().Unix()
		rows(t, h, now)
		later := now + 2*24*60*60
		for turn := range 4 {
			got, err := h.Sweep(t.Context(), later, 1)
			if err != nil {
				t.Fatal(err)
			}
			if got.Most() > 1 {
				t.Errorf("turn %d: got %+v, want at most one of each", turn, got)
			}
		}
		for _, table := range []string{"draft", "form_key", "secret", "feed", "hold", "occupancy"} {
			if n := left(t, h, table); n != 0 {
				t.Errorf("%s: got %d rows left, want none", table, n)
			}
		}
	})
}

// A hold whose cells somebody else has taken meanwhile leaves them to their taker.
func TestASweptHoldTakesOnlyItsOwnCells(t *testing.T) {
	onEngines(t, func(t *testing.T, h house) {
		now := h.clock.Now().Unix()
		rows(t, h, now)
		err := h.db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			start := now - now%300
			err := db.New(tx).PutHold(ctx, db.PutHoldParams{
				Org: "town", ID: "taker", Unit: "desk", StartAt: start, EndAt: start + 600, BusyUntil: start + 600, ExpiresAt: now + 60, Session: []byte{2},
			})
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE occupancy SET holder = $1, expires_at = $2 WHERE holder = $3", "taker", now+60, "hold0")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Sweep(t.Context(), now, 100); err != nil {
			t.Fatal(err)
		}
		if n := left(t, h, "occupancy WHERE holder = 'taker'"); n != 2 {
			t.Errorf("got %d cells of the taker left, want 2", n)
		}
	})
}
