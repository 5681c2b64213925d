package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

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
	if ack, open, err := s.Submissions.Acknowledgement(ctx, args); err != nil {
		return err
	} else if open {
		return s.sentOpen(ctx, t, args, ack, list[0])
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

// sentOpen tells somebody whom nobody knows, at the address that they gave, that what they sent was received, or that there is something new about it: with its number and the link that leads there, and
// nothing of what it is about. The link's secret is made here, as the mail is written.
func (s *sender) sentOpen(ctx context.Context, t task.Task, args eservice.TellArgs, ack eservice.Acknowledged, to mailbox.Telling) error {
	if s.Mailer == nil {
		return errors.New("no way to send mail")
	}
	p, c := s.Texts.Printer(to.Lang), ack.Config
	name := c.Org.Name.In(to.Lang)
	at := time.Unix(ack.SentAt, 0).In(c.Zone())
	values := []any{"org", name, "number", ack.Number, "at", p.ShortDate(at), "time", at.Format("15:04:05"), "link", s.BaseURL + "/" + string(to.Lang) + "/" + string(ack.Org) + "/sent/link/" + ack.Token}
	say := "news"
	if args.Seq == 1 {
		say = "received"
	}
	_, err := s.Mailer.Send(ctx, notify.Message{
		ID: ids.Notice(fmt.Sprintf("%s.%s.%d", args.Org, args.Submission, args.Seq)), Event: inFolder, Lang: to.Lang, To: notify.Address{Email: to.Email},
		From: notify.Address{Name: cmp.Or(s.From.Name, name), Email: s.From.Email}, Subject: oneLine(p.T("sent_open.mail."+say+"_subject", values...)), Text: p.T("sent_open.mail."+say, values...) + "\n",
	})
	if err != nil && s.over(t, err) {
		return task.Permanent(err) // the page behind the code says it, too
	}
	return err
}

// sentEnding is what a notice tells of that something that somebody sent is deleted before long.
const sentEnding notify.Event = "sent_form.ending"

var sentEnds = saying{event: sentEnding, subject: "submission.end_subject", mail: "submission.end_mail", sms: "submission.end_sms"}

// sentFormEnds tells somebody that something that they sent is deleted before long: not what it is, nor who has it.
func (s *sender) sentFormEnds(ctx context.Context, t task.Task) error {
	var args eservice.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Submissions.SentEndings(ctx, args)
	if err != nil {
		return err
	}
	return s.tellDraftAt(ctx, t, ids.Notice(fmt.Sprintf("ending.%s.%s.%d", args.Org, args.Submission, args.Seq)), list, sentEnds, "my/sent")
}
