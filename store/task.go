package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/task"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// Tasks is the store as base/task sees it.
type Tasks struct{ store *Store }

var _ task.Store = Tasks{}

// Tasks returns the durable jobs.
func (s *Store) Tasks() Tasks { return Tasks{s} }

// These are not in queries/ because their lists of buckets and lanes are dynamic.
const (
	anyTask  = `EXISTS (SELECT 1 FROM task WHERE lane = %d AND run_at <= $1 AND dead_at IS NULL%s)`
	dueTasks = `SELECT bucket, id, kind, uniq, args, tries FROM task
WHERE lane = $1 AND run_at <= $2 AND dead_at IS NULL%s ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED`
)

// Claim leases due tasks by moving their time.
func (t Tasks) Claim(ctx context.Context, buckets []int, now, leaseUntil int64, room []int) ([]task.Task, error) {
	if len(buckets) == 0 {
		return nil, nil
	}
	room, err := t.busy(ctx, buckets, now, room)
	if err != nil || room == nil {
		return nil, err
	}
	var out []task.Task
	err = t.store.quietTx(ctx, func(ctx context.Context, q *db.Queries, tx *sqldb.Tx) error {
		out = nil
		for lane, most := range room {
			if most == 0 {
				continue
			}
			some, err := due(ctx, tx, buckets, now, lane, most)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		for i := range out {
			_, err := q.LeaseTask(ctx, db.LeaseTaskParams{LeaseUntil: leaseUntil, Bucket: int64(out[i].Bucket), ID: string(out[i].ID)})
			if err != nil {
				return err
			}
			out[i].Tries++
			out[i].RunAt = leaseUntil
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim tasks: %w", err)
	}
	return out, nil
}

// busy looks, without a writing transaction, which lanes have something due: what is returned has no room for the others, and is nil when none has.
func (t Tasks) busy(ctx context.Context, buckets []int, now int64, room []int) ([]int, error) {
	args := []any{now}
	among := amongBuckets(buckets, &args)
	var ask []string
	var lanes []int
	for lane, most := range room {
		if most > 0 {
			ask, lanes = append(ask, fmt.Sprintf(anyTask, lane, among)), append(lanes, lane)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	found, into := make([]bool, len(ask)), make([]any, len(ask))
	for i := range found {
		into[i] = &found[i]
	}
	if err := t.store.db.Reader().QueryRowContext(ctx, "SELECT "+strings.Join(ask, ", "), args...).Scan(into...); err != nil {
		return nil, fmt.Errorf("look for tasks: %w", t.store.fault(err))
	}
	var out []int
	for i, lane := range lanes {
		if found[i] {
			if out == nil {
				out = make([]int, len(room))
			}
			out[lane] = room[lane]
		}
	}
	return out, nil
}

// amongBuckets narrows a query to buckets, unless they are all.
func amongBuckets(buckets []int, args *[]any) string {
	if len(buckets) == task.Buckets {
		return ""
	}
	first := len(*args) + 1
	for _, b := range buckets {
		*args = append(*args, int64(b))
	}
	return " AND bucket IN (" + sqldb.In(len(buckets), first) + ")"
}

func due(ctx context.Context, from sqldb.DBTX, buckets []int, now int64, lane, most int) ([]task.Task, error) {
	args := []any{int64(lane), now, int64(most)}
	among := amongBuckets(buckets, &args)
	rows, err := from.QueryContext(ctx, fmt.Sprintf(dueTasks, among), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []task.Task
	for rows.Next() {
		var (
			bucket, tries        int64
			id, kind, uniq, body string
		)
		if err := rows.Scan(&bucket, &id, &kind, &uniq, &body, &tries); err != nil {
			return nil, err
		}
		out = append(out, task.Task{
			Bucket: int(bucket), ID: ids.Task(id), Kind: kind, Uniq: uniq, Args: json.RawMessage(body), Tries: int(tries), Lane: lane,
		})
	}
	return out, rows.Err()
}

// Done takes a claimed task away.
func (t Tasks) Done(ctx context.Context, x task.Task) error {
	return t.settle(ctx, func(ctx context.Context, q *db.Queries) (int64, error) {
		return q.DoneTask(ctx, db.DoneTaskParams{Bucket: int64(x.Bucket), ID: string(x.ID), Tries: int64(x.Tries)})
	})
}

// Retry makes a claimed task due later.
func (t Tasks) Retry(ctx context.Context, x task.Task, runAt int64, lastError string) error {
	return t.settle(ctx, func(ctx context.Context, q *db.Queries) (int64, error) {
		return q.RetryTask(ctx, db.RetryTaskParams{
			RunAt: runAt, LastError: lastError, Bucket: int64(x.Bucket), ID: string(x.ID), Tries: int64(x.Tries),
		})
	})
}

// Dead makes a claimed task a dead letter.
func (t Tasks) Dead(ctx context.Context, x task.Task, now int64, lastError string) error {
	return t.settle(ctx, func(ctx context.Context, q *db.Queries) (int64, error) {
		return q.DeadTask(ctx, db.DeadTaskParams{
			DeadAt: nullInt(now), LastError: lastError, Bucket: int64(x.Bucket), ID: string(x.ID), Tries: int64(x.Tries),
		})
	})
}

func (t Tasks) settle(ctx context.Context, do func(context.Context, *db.Queries) (int64, error)) error {
	return t.store.quietTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error {
		n, err := do(ctx, q)
		if err == nil && n == 0 && !planted.Bug("lease-ignored") {
			return task.ErrLeaseLost
		}
		return err
	})
}

// Add records a task unless its bucket holds one of the same kind and subject.
func (t Tasks) Add(ctx context.Context, x task.Task, now int64) (added bool, err error) {
	body := string(x.Args)
	if body == "" {
		body = "{}"
	}
	err = t.store.quietTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error {
		n, err := q.PutTask(ctx, db.PutTaskParams{
			Bucket: int64(x.Bucket), ID: string(x.ID), Kind: x.Kind, Uniq: x.Uniq, Args: body, RunAt: x.RunAt, CreatedAt: now, Lane: int64(x.Lane),
		})
		added = n == 1
		return err
	})
	return added, err
}

// orNull is a text, and NULL for an empty one.
func orNull[T ~string](v T) sql.NullString { return sql.NullString{String: string(v), Valid: v != ""} }

// orNullInt is a number that is absent when it is 0.
func orNullInt(v int64) sql.NullInt64 { return sql.NullInt64{Int64: v, Valid: v != 0} }

func nullInt(v int64) sql.NullInt64 { return sql.NullInt64{Int64: v, Valid: true} }
