package staff

import (
	"context"
	"fmt"
	"maps"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// LimitClient changes what a program's key is limited to: from its next request on, and what it is told by webhook from the next message on. seen is the mark of the bounds that were seen. Faults: NotFound;
// Conflict "clients.limited_since" when they are others by now; Invalid with the fields.
func (s *Service) LimitClient(ctx context.Context, who actor.Actor, o ids.Org, id ids.Client, seen string, only actor.Bounds) error {
	if err := who.May(actor.ClientManage, actor.Object{Org: o}); err != nil {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		c, err := tx.Client(ctx, o, id)
		switch {
		case err != nil:
			return err
		case c.RevokedAt != 0:
			return fault.NotFound("staff.no_client")
		case c.Only.Mark() == only.Mark(): // also when it is sent again
			return nil
		case c.Only.Mark() != seen:
			return fault.Conflict("clients.limited_since", nil)
		}
		if err := only.Fits(c.Scopes); err != nil {
			return err
		}
		if ok, err := tx.LimitClient(ctx, c, only); err != nil || !ok {
			return orElse(err, fault.Conflict("clients.limited_since", nil))
		}
		said := limitsSaid("", only)
		maps.Copy(said, limitsSaid("was_", c.Only))
		return tx.Audit(ctx, s.entry(o, who, audit.ClientLimited, "client", string(id), said))
	})
}

// mostSaid is how many slugs a detail of the audit log has: more of one kind go on in another.
const mostSaid = 3

// limitsSaid are bounds as the audit log has them, under names that begin so.
func limitsSaid(begins string, b actor.Bounds) map[string]string {
	out := map[string]string{}
	say(out, begins+"offices", b.Offices)
	say(out, begins+"inboxes", b.Inboxes)
	say(out, begins+"forms", b.Forms)
	return out
}

func say[T ~string](out map[string]string, name string, list []T) {
	for i, x := range list {
		at := name
		if n := i / mostSaid; n > 0 {
			at = fmt.Sprint(name, "_", n+1)
		}
		if out[at] != "" {
			out[at] += ","
		}
		out[at] += string(x)
	}
}
