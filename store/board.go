package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/store/db"
	"luukku/store/sqldb"
)

// bookedCells is not in queries/ because its rows, of which there are millions in all, are taken one by one.
const bookedCells = `SELECT cell FROM occupancy WHERE org = $1 AND unit = $2 AND cell >= $3 AND expires_at IS NULL`

// FillBoard reads what is taken in an organisation from yesterday on and puts it on the board. What is committed meanwhile counts.
func (s *Store) FillBoard(ctx context.Context, o ids.Org) error {
	filling := s.opts.Board.Fill(o)
	err := s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		q, now := db.New(tx), s.opts.Now().Unix()
		units, err := q.Units(ctx, string(o))
		if err != nil {
			return err
		}
		for _, u := range units {
			if err := fillUnit(ctx, tx, filling, o, ids.Unit(u.ID), booking.FirstCell(now-24*60*60)); err != nil {
				return err
			}
		}
		holds, err := q.LiveHolds(ctx, db.LiveHoldsParams{Org: string(o), Now: now})
		if err != nil {
			return err
		}
		for _, h := range holds {
			filling.Hold(holdOf(h))
		}
		return fillWaiting(ctx, q, filling, o, now)
	})
	if err != nil {
		filling.Abandon()
		return fmt.Errorf("fill the board of %s: %w", o, s.fault(err))
	}
	filling.Done()
	return nil
}

// fillWaiting puts up what is kept until somebody answers: appointments to be confirmed, and freed times that are offered.
func fillWaiting(ctx context.Context, q *db.Queries, filling *booking.Filling, o ids.Org, now int64) error {
	asked, err := q.Expiring(ctx, db.ExpiringParams{Org: string(o), Now: nullInt(now)})
	if err != nil {
		return err
	}
	for _, a := range asked {
		filling.Hold(booking.Hold{ID: ids.Hold(a.ID), Unit: ids.Unit(a.Unit), Start: a.StartAt, BusyUntil: a.BusyUntil, ExpiresAt: a.ExpiresAt.Int64})
	}
	freed, err := q.OpenFreed(ctx, db.OpenFreedParams{Org: string(o), Now: now})
	for _, f := range freed {
		filling.Hold(booking.Hold{ID: ids.Hold(f.ID), Unit: ids.Unit(f.Unit), Start: f.StartAt, BusyUntil: f.BusyUntil, ExpiresAt: f.ExpiresAt})
	}
	return err
}

func fillUnit(ctx context.Context, tx *sqldb.Tx, filling *booking.Filling, o ids.Org, u ids.Unit, from int64) error {
	rows, err := tx.QueryContext(ctx, bookedCells, string(o), string(u), from)
	if err != nil {
		return err
	}
	defer rows.Close()
	var cell int64
	for rows.Next() {
		if err := rows.Scan(&cell); err != nil {
			return err
		}
		filling.Book(u, cell)
	}
	return rows.Err()
}

// How often the follower looks for other nodes' changes, and how many of its rounds it is until it looks for organisations that are not on the board.
const (
	feedPoll  = 50 * time.Millisecond
	fillEvery = 10
	feedBatch = 2000
)

// Follow keeps the board true until ctx ends: it fills it for each organisation, and puts up what other nodes have committed. On SQLite there are no
// other nodes. Errors are reported and tried again; meanwhile whoever asks is answered from the database.
func (s *Store) Follow(ctx context.Context, report func(error)) {
	f := follower{store: s, seen: map[int64]int64{}}
	tick := time.NewTicker(feedPoll)
	defer tick.Stop()
	for round := 0; ; round++ {
		err := f.feed(ctx)
		if err == nil && round%fillEvery == 0 {
			err = f.fill(ctx)
		}
		if err != nil && ctx.Err() == nil {
			report(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// follower remembers how much of each node's feed it has seen.
type follower struct {
	store *Store
	begun bool
	seen  map[int64]int64
}

// fill fills the board of each organisation that is not on it.
func (f *follower) fill(ctx context.Context) error {
	orgs, err := f.store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if f.store.opts.Board.Ready(o.ID) {
			continue
		}
		if err := f.store.FillBoard(ctx, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// feed puts up what other nodes have committed since the last look. The first look only notes where each feed stands: the board is filled after it.
func (f *follower) feed(ctx context.Context) error {
	s := f.store
	if s.db.Engine() == sqldb.SQLite {
		return nil
	}
	nodes, err := s.read.FeedNodes(ctx)
	if err != nil {
		return fmt.Errorf("read the change feed: %w", s.fault(err))
	}
	changed := map[string]bool{}
	for _, n := range nodes {
		if n.Node == int64(s.opts.Node) || n.Seq <= f.seen[n.Node] {
			continue
		}
		if f.begun {
			if err := f.read(ctx, n.Node, n.Seq, changed); err != nil {
				return err
			}
		}
		f.seen[n.Node] = n.Seq
	}
	f.begun = true
	var errs []error
	for topic := range changed {
		errs = append(errs, s.refresh(ctx, topic))
	}
	return errors.Join(errs...)
}

// read collects the topics of a node's feed up to a number. When some have been swept away unseen, everything is read anew.
func (f *follower) read(ctx context.Context, node, upTo int64, changed map[string]bool) error {
	for after := f.seen[node]; after < upTo; {
		rows, err := f.store.read.FeedAfter(ctx, db.FeedAfterParams{Node: node, Seq: after, Most: feedBatch})
		if err != nil {
			return fmt.Errorf("read the change feed: %w", f.store.fault(err))
		}
		if len(rows) == 0 || rows[0].Seq != after+1 {
			return f.store.doubtAll(ctx)
		}
		for _, r := range rows {
			changed[r.Topic] = true
			after = r.Seq
		}
	}
	return nil
}

func (s *Store) doubtAll(ctx context.Context) error {
	s.Forget()
	orgs, err := s.Organisations(ctx)
	for _, o := range orgs {
		s.opts.Board.Doubt(o.ID)
	}
	return err
}

// refresh reads anew what a topic of the feed is about, and tells the open pages.
func (s *Store) refresh(ctx context.Context, topic string) error {
	kind, rest, _ := strings.Cut(topic, "/")
	switch kind {
	case "config":
		s.Forget()
	case "booking":
		parts := strings.Split(rest, "/")
		if len(parts) != 3 {
			return fmt.Errorf("the change feed has the topic %q", topic)
		}
		if err := s.refreshDay(ctx, ids.Org(parts[0]), ids.Office(parts[1]), parts[2]); err != nil {
			s.opts.Board.Doubt(ids.Org(parts[0])) // a day that cannot be read leaves the board untrue
			return err
		}
	}
	if s.opts.Live != nil {
		s.opts.Live.Publish(topic)
	}
	return nil
}

// refreshDay puts up what is taken of an office's units from the beginning of a local day on, for as long as what begins on that day may last.
func (s *Store) refreshDay(ctx context.Context, o ids.Org, office ids.Office, day string) error {
	c, err := s.Config(ctx, o)
	if err != nil {
		return err
	}
	at, err := c.Office(office)
	if err != nil {
		return nil // taken from the list since: nobody asks for it
	}
	date, err := org.ParseDate(day)
	if err != nil {
		return fmt.Errorf("the change feed: %w", err)
	}
	first := booking.FirstCell(date.At(0, c.Zone()).Unix())
	last := booking.LastCell(date.Add(2).At(0, c.Zone()).Unix())
	for _, u := range at.Units {
		if err := s.refreshUnit(ctx, o, u.ID, first, last); err != nil {
			return err
		}
	}
	return nil
}

// takenCells is what one unit has taken in a part of its time.
const takenCells = `SELECT cell, holder, expires_at FROM occupancy WHERE org = $1 AND unit = $2 AND cell >= $3 AND cell < $4 ORDER BY cell`

// refreshUnit reads until nothing was committed here between the reading and the putting up.
func (s *Store) refreshUnit(ctx context.Context, o ids.Org, u ids.Unit, first, last int64) error {
	const tries = 100
	for range tries {
		seen := s.opts.Board.Seen(o, u)
		booked, holds, err := s.takenOf(ctx, o, u, first, last)
		if err != nil {
			return fmt.Errorf("read what is taken of %s: %w", u, s.fault(err))
		}
		if s.opts.Board.Replace(o, u, seen, first, last, booked, holds) {
			return nil
		}
	}
	return fmt.Errorf("unit %s of %s changed %d times while it was read", u, o, tries)
}

func (s *Store) takenOf(ctx context.Context, o ids.Org, u ids.Unit, first, last int64) (booked []int64, holds []booking.Hold, err error) {
	rows, err := s.db.Reader().QueryContext(ctx, takenCells, string(o), string(u), first, last)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var (
			cell    int64
			holder  string
			expires *int64
		)
		if err := rows.Scan(&cell, &holder, &expires); err != nil {
			return nil, nil, err
		}
		if expires == nil {
			booked = append(booked, cell)
			continue
		}
		from := cell * booking.CellSeconds
		if n := len(holds); n > 0 && holds[n-1].ID == ids.Hold(holder) && holds[n-1].BusyUntil == from {
			holds[n-1].BusyUntil += booking.CellSeconds
			continue
		}
		holds = append(holds, booking.Hold{ID: ids.Hold(holder), Unit: u, Start: from, BusyUntil: from + booking.CellSeconds, ExpiresAt: *expires})
	}
	return booked, holds, rows.Err()
}
