package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/access"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
)

// What is told of access to services: that it has changed, and that it ends; never to which service.
var (
	accessTold = saying{event: notify.Event("grants.told"), subject: "access.told_subject", mail: "access.told_mail", sms: "access.told_sms"}
	accessEnds = saying{event: notify.Event("grants.end"), subject: "access.ends_subject", mail: "access.ends_mail", sms: "access.ends_sms"}
)

// granted tells somebody that what is open to them has changed, or, with ends, that some of it ends soon.
func (s *sender) granted(ends bool) task.Handler {
	say := accessTold
	if ends {
		say = accessEnds
	}
	return func(ctx context.Context, t task.Task) error {
		var args access.TellArgs
		if err := json.Unmarshal(t.Args, &args); err != nil {
			return task.Permanent(fmt.Errorf("read arguments: %w", err))
		}
		to, ok, err := s.Access.Tell(ctx, args, ends)
		if err != nil || !ok {
			return err
		}
		in, err := s.Store.Installation(ctx)
		if err != nil {
			return err
		}
		id := ids.Notice("grants." + args.ID())
		if ends {
			id += ".end"
		}
		failed, err := s.tell(ctx, t, in, id, mailbox.Telling{Person: to.Person, Lang: to.Lang, Email: to.Email, Phone: to.Phone}, say)
		if err != nil || len(failed) == 0 || slices.Contains(failed, nil) {
			return err
		}
		if err = errors.Join(failed...); notify.IsPermanent(err) {
			return task.Permanent(err) // their folder says it, too
		}
		return err
	}
}
