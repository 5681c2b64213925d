package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"luukku/base/planted"
	"luukku/domain/audit"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// headEvery is how far apart heads are kept for good, in microseconds: of the heads of an hour the last one stays.
const headEvery = int64(time.Hour / time.Microsecond)

// batchLeaves gives lines their leaves on PostgreSQL. That they have none is said so that no index answers to it: by the one of leaves each line would be
// compared with each of the batch.
const batchLeaves = `UPDATE audit SET leaf = v.leaf FROM unnest($1::text[], $2::text[], $3::bigint[]) AS v (org, id, leaf)
WHERE audit.org = v.org AND audit.id = v.id AND coalesce(audit.leaf, -1) = -1`

// sealPlans keeps the planner to indexes, as batchPlans does: it takes most lines for ones without a leaf when they were so as the table was last looked at.
const sealPlans = `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)`

// SealAudit puts at most so many lines that have no leaf yet into the tree of the audit log and signs the new head. It returns how many there were.
//
// All of it is one transaction, under a lock that one sealing has at a time. So a line is sealed once, whatever dies when; and since a line without a leaf is
// found by that alone, in whichever order transactions became visible, none is passed over. audit.ErrDamaged when the stored tree is not the one that was signed.
func (s *Store) SealAudit(ctx context.Context, signer audit.Signer, most int) (sealed int, err error) {
	if s.db.Engine() == sqldb.SQLite { // who has nothing to seal does not take the writer's turn
		some, err := s.read.AnyUnsealed(ctx)
		if err != nil || len(some) == 0 {
			return 0, s.fault(err)
		}
	}
	err = s.quietTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		w := sealing{q: q, tx: tx, signer: signer, now: s.opts.Now().UnixMicro()}
		var err error
		sealed, err = w.run(ctx, most)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("seal the audit log: %w", err)
	}
	return sealed, nil
}

// sealing is one transaction of the sequencer.
type sealing struct {
	q      *db.Queries
	tx     *sqldb.Tx
	signer audit.Signer
	now    int64 // Unix microseconds
}

func (w sealing) run(ctx context.Context, most int) (int, error) {
	if w.tx.Engine() == sqldb.Postgres {
		if _, err := w.tx.ExecContext(ctx, sealPlans); err != nil {
			return 0, err
		}
	}
	if err := w.q.LockAudit(ctx); err != nil {
		return 0, err
	}
	last, err := newestHead(ctx, w.q)
	if err != nil && !errors.Is(err, ErrNoHead) {
		return 0, err
	}
	lines, err := w.q.UnsealedLines(ctx, int32(most))
	if err != nil {
		return 0, err
	}
	if planted.Bug("audit-tail-skipped") {
		lines = slices.DeleteFunc(lines, func(l db.Audit) bool { return l.AtUs <= last.AtMicros })
	}
	if len(lines) == 0 {
		return 0, nil
	}
	slices.SortFunc(lines, func(a, b db.Audit) int {
		return cmp.Or(cmp.Compare(a.AtUs, b.AtUs), cmp.Compare(a.Org, b.Org), cmp.Compare(a.ID, b.ID))
	})
	leaves := make([]tlog.Hash, len(lines))
	for i, l := range lines {
		leaves[i] = rowOf(l).Hash()
	}
	grown, err := audit.Grow(ctx, w.tile, last.Size, last.Root, leaves)
	if err != nil {
		return 0, err
	}
	if err := w.number(ctx, lines, last.Size); err != nil {
		return 0, err
	}
	return len(lines), w.put(ctx, grown, last)
}

func (w sealing) tile(ctx context.Context, id audit.TileID) ([]byte, error) {
	return readTile(ctx, w.q, id)
}

// readTile returns a stored tile, or nothing where there is none.
func readTile(ctx context.Context, q *db.Queries, id audit.TileID) ([]byte, error) {
	hashes, err := q.AuditTile(ctx, db.AuditTileParams{Level: int64(id.Level), N: id.N})
	if noRows(err) {
		return nil, nil
	}
	return hashes, err
}

// number gives lines their leaves, from a leaf on.
func (w sealing) number(ctx context.Context, lines []db.Audit, from int64) error {
	var n int64
	if w.tx.Engine() == sqldb.Postgres {
		t := arraysOf("text", "text", "bigint")
		for i, l := range lines {
			t.add(l.Org, l.ID, from+int64(i))
		}
		done, err := w.tx.ExecContext(ctx, batchLeaves, t.cols...)
		if err != nil {
			return err
		}
		if n, err = done.RowsAffected(); err != nil {
			return err
		}
	} else {
		for i, l := range lines {
			done, err := w.q.SealLine(ctx, db.SealLineParams{Leaf: sql.NullInt64{Int64: from + int64(i), Valid: true}, Org: l.Org, ID: l.ID})
			if err != nil {
				return err
			}
			n += done
		}
	}
	if n != int64(len(lines)) {
		return fmt.Errorf("%d of %d lines could be given a leaf", n, len(lines))
	}
	return nil
}

// put writes what the tree has become, and its head.
func (w sealing) put(ctx context.Context, g audit.Grown, last audit.Head) error {
	for _, t := range g.Tiles {
		if err := w.q.PutAuditTile(ctx, db.PutAuditTileParams{Level: int64(t.Level), N: t.N, Hashes: t.Hashes}); err != nil {
			return err
		}
	}
	h := audit.Head{Size: g.Size, Root: g.Root, AtMicros: w.now}.Sign(w.signer)
	err := w.q.PutAuditHead(ctx, db.PutAuditHeadParams{
		Size: h.Size, Root: h.Root[:], AtUs: h.AtMicros, KeyVersion: int64(h.Key), Signature: h.Signature,
	})
	if err != nil || last.Size == 0 || last.AtMicros/headEvery != h.AtMicros/headEvery {
		return err
	}
	return w.q.DropAuditHead(ctx, last.Size)
}
