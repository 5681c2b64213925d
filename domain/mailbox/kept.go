package mailbox

import (
	"context"

	"luukku/domain/actor"
)

// quarter is what every day of every time zone is made of, in seconds: in none of them a date begins between two.
const quarter = 15 * 60

// Turns is a number that grows with each change of what the mailbox shows that the actor works in. Ok is false where it cannot be told; then nothing that was made of it is to be kept.
func (s *Service) Turns(who actor.Actor) (n uint64, ok bool) { return s.Store.Turns(who.Owner()) }

// Lasts is the last second, by the clock alone, in which the mailbox that the actor works in shows what it shows now: then a letter appears or ends, a preference begins or ends, or a date may.
func (s *Service) Lasts(ctx context.Context, who actor.Actor, m Mine) (int64, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return 0, err
	}
	now := s.Now().Unix()
	last := lasts(m.History, now)
	appears, ends, err := s.Store.NextEdge(ctx, of, now)
	if appears > 0 {
		last = min(last, appears-1)
	}
	if ends > 0 {
		last = min(last, ends)
	}
	return last, err
}

// lasts is the last second in which no date and no preference begins or ends.
func lasts(history []Preference, now int64) int64 {
	last := now - now%quarter + quarter - 1
	for _, p := range history {
		if p.From > now {
			last = min(last, p.From-1)
		}
		if p.Until >= now {
			last = min(last, p.Until)
		}
	}
	return last
}
