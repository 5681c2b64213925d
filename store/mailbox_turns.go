package store

import (
	"context"
	"hash/maphash"
	"sync/atomic"

	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// boxTurns count the changes of mailboxes by this process. Some mailboxes share a number, so that there are not more of them with every person: a page that is made anew for nothing is no harm.
type boxTurns struct {
	of  [4096]atomic.Uint64
	all atomic.Uint64
}

var turnSeed = maphash.MakeSeed()

func (b *boxTurns) number(owner string) *atomic.Uint64 {
	return &b.of[maphash.String(turnSeed, owner)%uint64(len(b.of))]
}

// add counts a change of some mailboxes; of all, where one of them has no name.
func (b *boxTurns) add(owners map[string]bool) {
	for owner := range owners {
		if owner == "" {
			b.all.Add(1)
		} else {
			b.number(owner).Add(1)
		}
	}
}

// Turns is a number that grows with each transaction that may have changed what an owner's mailbox shows, before whoever asked for the change is answered. Ok is false where it cannot be told:
// on PostgreSQL other nodes write, too.
func (m *Mailboxes) Turns(of actor.Owner) (n uint64, ok bool) {
	b := &m.store.boxes
	return b.number(of.ID()).Load() + b.all.Load(), m.store.db.Engine() == sqldb.SQLite
}

// NextEdge is the next second in which a letter appears in an owner's mailbox, or the last one in which one of them is there; 0 for neither. A letter that has not appeared is new, and in the inbox.
func (m *Mailboxes) NextEdge(ctx context.Context, of actor.Owner, now int64) (appears, ends int64, err error) {
	if appears, err = m.q.NextFreshLetter(ctx, db.NextFreshLetterParams{Owner: of.ID(), Folder: string(mailbox.Inbox), Now: now}); err != nil {
		return 0, 0, m.fault(err)
	}
	ends, err = m.q.NextLetterEnd(ctx, db.NextLetterEndParams{Owner: of.ID(), Now: now})
	return appears, ends, m.fault(err)
}
