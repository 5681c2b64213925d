package booking

import (
	"context"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// codeTail is how many of the last characters of a booking code, together with the number that it was booked with, open an appointment.
const codeTail = 4

// FindOfNumber returns the appointment to come that was booked with a phone number (E.164), when it is the only one and what was typed are the last
// characters of its code. Guessing is slowed as in Find. Faults: Invalid "code.form", NotFound "manage.not_found", TooMany.
func (s *Service) FindOfNumber(ctx context.Context, who actor.Actor, o ids.Org, phone, typed string) (Appointment, error) {
	now := s.Now()
	if wait, ok := s.Guard.Allow(who.Address, now); !ok {
		return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
	}
	// Read as the end of a code, so that O is 0 here, too.
	code, err := ids.ParseCode(strings.Repeat("0", 10-codeTail) + typed)
	if err != nil {
		return Appointment{}, err
	}
	list, err := s.Store.AppointmentsOfContact(ctx, o, s.Seals.LookupHash("contact.phone", phone), now.Unix(), 2*mostSought)
	if err != nil {
		return Appointment{}, err
	}
	var live []Appointment
	for _, id := range list {
		a, err := s.load(ctx, o, id)
		switch {
		case err == nil && CheckLive(a, now.Unix()) == nil:
			live = append(live, a)
		case err != nil && !fault.Is(err, fault.KindNotFound):
			return Appointment{}, err
		}
	}
	if len(live) == 1 {
		for _, key := range s.keys() {
			if full, err := key.Code(live[0].ID); err == nil && full[len(full)-codeTail:] == code[len(code)-codeTail:] {
				if wait, ok := s.Guard.Succeeded(who.Address, now); !ok {
					return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
				}
				return live[0], nil
			}
		}
	}
	if wait, ok := s.Guard.Failed(who.Address, now); !ok {
		return Appointment{}, fault.TooMany("manage.too_many_tries", wait)
	}
	return Appointment{}, fault.NotFound("manage.not_found")
}

// keys are those under which codes were handed out.
func (s *Service) keys() []ids.CodeKey {
	keys := []ids.CodeKey{s.Codes.Current}
	if !s.Codes.Previous.IsZero() {
		keys = append(keys, s.Codes.Previous)
	}
	return keys
}
