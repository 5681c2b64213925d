package store_test

import (
	"context"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/store"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// TestUnitHadInPartKeepsNobodyWaiting has somebody who got some cells of a unit, and not all, wait for the next unit: whoever wants only those cells has them
// meanwhile. If they had to wait, two who try the units in another order would wait for each other.
func TestUnitHadInPartKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	d := openUnchecked(t, pgtest.DSN(t, migrated), sqldb.Options{})
	s := store.New(d, store.Options{Now: clock.Real()})
	const put = `INSERT INTO occupancy (org, unit, cell, holder) VALUES ('town', $1, $2, 'somebody')`
	in := func(do func(ctx context.Context, tx *sqldb.Tx) error) error { return d.InTx(t.Context(), do) }
	first := booking.FirstCell(halfPast)
	err := in(func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, put, "a", first+1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// Another program is about to have unit b, and takes its time.
	has, let, ended := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		ended <- in(func(ctx context.Context, tx *sqldb.Tx) error {
			if _, err := tx.ExecContext(ctx, put, "b", first); err != nil {
				return err
			}
			close(has)
			<-let
			return nil
		})
	}()
	<-has

	took := make(chan error, 1)
	var out booking.Outcome
	go func() {
		var err error
		out, err = s.Commit(t.Context(), booking.Change{
			Org: "town", Now: halfPast - 3600,
			Take: &booking.Take{Units: []ids.Unit{"a", "b"}, Holder: "me", From: halfPast, To: halfPast + 600},
		})
		took <- err
	}()
	waits := func() (n int) {
		err := in(func(ctx context.Context, tx *sqldb.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	for end := time.Now().Add(time.Minute); waits() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("nobody waits for unit b")
			break
		}
	}

	err = in(func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.ExecContext(ctx, `SET LOCAL lock_timeout = '3s'`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, put, "a", first)
		return err
	})
	if err != nil {
		t.Errorf("the cell that was given back cannot be had: %v", err)
	}
	close(let)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := <-took; err != nil || out.Verdict != booking.Taken {
		t.Errorf("got %v, %v; want that both units are taken", out.Verdict, err)
	}
}

// halfPast is half past some hour, in Unix seconds.
const halfPast = 1_795_163_400
