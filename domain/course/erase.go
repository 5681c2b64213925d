package course

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Ahead counts the enrolments of somebody, and those that they wrote for people without an account, that cannot be erased yet: Erasable says why.
func (s *Service) Ahead(ctx context.Context, p ids.Person) (n int, err error) {
	err = s.eachOf(ctx, p, func(c Course, e Enrolment) error {
		if !e.Erased() && e.Live(s.Now().Unix()) && !c.Erasable(e, s.Now().Unix()) {
			n++
		}
		return nil
	})
	return n, err
}

func (s *Service) eachOf(ctx context.Context, p ids.Person, do func(c Course, e Enrolment) error) error {
	list, err := s.Store.OfPerson(ctx, p)
	if err != nil {
		return err
	}
	for _, e := range list {
		c, err := s.Store.Course(ctx, e.Org, e.Course)
		if err == nil {
			err = do(c, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// EraseOf erases who somebody is in all their enrolments, and in those that they wrote for people without an account, except at some organisations, and counts those that cannot be erased yet. It is for
// Luukku itself; erased twice they are erased once.
func (s *Service) EraseOf(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	err = s.eachOf(ctx, p, func(_ Course, e Enrolment) error {
		if e.Erased() || slices.Contains(but, e.Org) {
			return nil
		}
		err := s.Erase(ctx, actor.System("erasure"), e.Org, e.Course, e.ID)
		if fault.Is(err, fault.KindConflict) {
			left++
			return nil
		}
		return err
	})
	return left, err
}
