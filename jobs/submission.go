package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
)

// inFolder is what a notice tells of that something came into somebody's folder.
const inFolder notify.Event = "sent_form.told"

var foldered = saying{inFolder, mailbox.Told, "submission.told_subject", "submission.told_mail", "submission.told_sms", ""}

// sentForm tells somebody who has no mailbox that something came into their folder: that, and nothing of what it is or who sent it.
func (s *sender) sentForm(ctx context.Context, t task.Task) error {
	var args eservice.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Submissions.Tellings(ctx, args)
	if err != nil || len(list) == 0 {
		return err
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range list {
		errs, err := s.tell(ctx, t, in, ids.Notice(fmt.Sprintf("%s.%s.%d", args.Org, args.Submission, args.Seq)), to, foldered)
		if err != nil {
			return err
		}
		failed = append(failed, errs...)
	}
	if len(failed) == 0 || slices.Contains(failed, nil) {
		return nil
	}
	err = errors.Join(failed...)
	if !slices.ContainsFunc(failed, func(err error) bool { return !s.over(t, err) }) {
		return task.Permanent(err) // their folder says it, too
	}
	return err
}
