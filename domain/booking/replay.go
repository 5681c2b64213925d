package booking

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
)

// Remade answers a request to Book that has been made before under the same key: ok with the appointment as it is now, or Conflict "form.key_reused"
// when the key was used for another request. Whoever repeats asks here first, so that a time that can no longer be booked by now is no obstacle.
func (s *Service) Remade(ctx context.Context, r BookRequest) (made Booking, ok bool, err error) {
	return s.replay(ctx, r.Org, r.Key, r.digest())
}

// digest tells the request from another one under the same key.
func (r BookRequest) digest() []byte {
	if r.Visit.Plain() {
		return digest(r.Service, r.Office, r.Start, r.Details)
	}
	return digest(r.Service, r.Office, r.Start, r.Details, r.Visit)
}

func (s *Service) replay(ctx context.Context, o ids.Org, key ids.FormKey, sum []byte) (made Booking, ok bool, err error) {
	now := s.Now().Unix()
	result, used, err := s.Store.FormResult(ctx, o, key, now)
	if err != nil || !used {
		return Booking{}, false, err
	}
	// A change of nothing but the form says whether it is the same one again.
	form := &Form{Key: key, Kind: formBook, Digest: sum, Result: result, ExpiresAt: now + seconds(FormKeyLife)}
	out, err := s.Store.Commit(ctx, Change{Org: o, Now: now, Form: form})
	switch {
	case err != nil:
		return Booking{}, false, err
	case out.Verdict == KeyReused:
		return Booking{}, false, fault.Conflict("form.key_reused", nil)
	}
	a, err := s.load(ctx, o, ids.Appointment(out.Result))
	return Booking{Appointment: a, Repeated: true}, err == nil, err
}
