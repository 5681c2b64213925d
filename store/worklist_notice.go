package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"luukku/base/ids"
	"luukku/domain/worklist"
	"luukku/store/db"
)

// WorkNotice is what one of the staff wants to be told of late work: of what is theirs, where they have said nothing.
func (s *Store) WorkNotice(ctx context.Context, me ids.Staff, o ids.Org) (worklist.Wish, error) {
	w, err := s.read.WorkNotice(ctx, db.WorkNoticeParams{Staff: string(me), Org: string(o)})
	if errors.Is(err, sql.ErrNoRows) {
		return worklist.WishOwn, nil
	}
	if err != nil {
		return worklist.WishNone, fmt.Errorf("read what somebody is told of: %w", s.fault(err))
	}
	return worklist.Wish(w), nil
}

// PutWorkNotice writes it.
func (s *Store) PutWorkNotice(ctx context.Context, me ids.Staff, o ids.Org, w worklist.Wish) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutWorkNotice(ctx, db.PutWorkNoticeParams{Staff: string(me), Org: string(o), Wish: string(w)})
	})
}
