package course

import (
	"context"
	"slices"

	"luukku/domain/actor"
	"luukku/domain/audit"
)

// atOnce is how many who wait are read at a time.
const atOnce = 200

// settle writes down which offers and holds have run out, offers what is free to those who wait, and says how many places have gone then. The course is locked.
func (s *Service) settle(ctx context.Context, tx Tx, c Course) (Taken, error) {
	now := s.Now().Unix()
	over, err := tx.Over(ctx, c.Org, c.ID, now)
	if err != nil {
		return nil, err
	}
	luukku := actor.System("courses")
	for _, e := range over {
		was := e.Status
		e.Status, e.ChangedAt = e.At(now), now
		if err := tx.Set(ctx, e); err != nil {
			return nil, err
		}
		e.Version++
		if was == Offered {
			if err := s.told(ctx, tx, luukku, e, ToldLapsed, audit.EnrolmentLapsed); err != nil {
				return nil, err
			}
		}
	}
	taken, err := tx.Taken(ctx, c.Org, c.ID, now)
	if err != nil {
		return nil, err
	}
	return taken, s.offer(ctx, tx, c, taken)
}

// offer offers what is free to the first of those who wait whom it fits, and so on, and counts it.
func (s *Service) offer(ctx context.Context, tx Tx, c Course, taken Taken) error {
	now := s.Now().Unix()
	if _, ok := c.OfferEnds(now); !ok || c.Free(taken, now) == 0 {
		return nil
	}
	var from int64
	for {
		line, err := tx.Line(ctx, c.Org, c.ID, from, atOnce)
		if err != nil {
			return err
		}
		whole := len(line) == atOnce
		if len(line) > 0 {
			from = line[len(line)-1].Line + 1
		}
		for {
			e, ok := c.Next(line, taken, now)
			if !ok {
				break
			}
			e.ChangedAt = now
			if err := tx.Set(ctx, e); err != nil {
				return err
			}
			e.Version++
			if err := s.told(ctx, tx, actor.System("courses"), e, ToldOffer, audit.EnrolmentOffered); err != nil {
				return err
			}
			if err := tx.Settle(ctx, SettleArgs{Org: c.Org, Course: c.ID, At: e.Until + 1}); err != nil {
				return err
			}
			taken[e.Quota]++
			line = slices.DeleteFunc(line, func(x Enrolment) bool { return x.ID == e.ID })
		}
		if !whole || c.Free(taken, now) == 0 {
			return nil
		}
	}
}

// Settle looks at a course once an offer may have run out.
func (s *Service) Settle(ctx context.Context, a SettleArgs) error {
	err := s.Store.InTx(ctx, a.Org, a.Course, func(ctx context.Context, tx Tx) error {
		c, err := tx.Lock(ctx, a.Org, a.Course, 0)
		if err != nil {
			return err
		}
		_, err = s.settle(ctx, tx, c)
		return err
	})
	s.committed()
	return err
}
