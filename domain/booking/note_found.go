package booking

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// NoteFound writes down that somebody sees an appointment that they did not look for, such as that of who is called to their counter.
func (s *Service) NoteFound(ctx context.Context, who actor.Actor, o ids.Org, id ids.Appointment) error {
	return s.Store.PutAudit(ctx, s.entry(o, who, audit.AppointmentFound, "appointment", string(id), nil))
}
