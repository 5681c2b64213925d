package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// letterArrived is what a notice of the mailbox tells of.
const letterArrived notify.Event = "arrival.told"

// arrival tells somebody that something lies in their mailbox, where they want to be told: that, and nothing of what it is or who sent it (S4.5).
func (s *sender) arrival(ctx context.Context, t task.Task) error {
	var args mailbox.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Mailboxes.Tellings(ctx, args)
	if err != nil || len(list) == 0 {
		return err
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range list {
		id := ids.Notice(string(args.Org) + "." + string(args.Letter))
		if to.Acting { // one of several who share a mailbox
			id += ids.Notice("." + string(to.Person))
		}
		errs, err := s.tell(ctx, in, id, to)
		if err != nil {
			return err
		}
		failed = append(failed, errs...)
	}
	if len(failed) == 0 {
		return nil
	}
	for _, err := range failed {
		if err == nil { // one was reached by one of the ways: told again, they would be told twice
			return s.Mailboxes.Told(ctx, args, mailbox.Told)
		}
	}
	return errors.Join(failed...)
}

// tell tells one person that something came, by the ways that they want: what became of each of them.
func (s *sender) tell(ctx context.Context, in org.Installation, id ids.Notice, to mailbox.Telling) (failed []error, err error) {
	p := s.Texts.Printer(to.Lang)
	link := s.BaseURL + "/" + string(to.Lang) + "/my/"
	if to.Email != "" {
		if s.Mailer == nil {
			return nil, errors.New("no way to send mail")
		}
		_, err := s.Mailer.Send(ctx, notify.Message{
			ID: id, Event: letterArrived, Lang: to.Lang, To: notify.Address{Email: to.Email}, From: notify.Address{Name: cmp.Or(s.From.Name, in.Name.In(to.Lang), "Luukku"), Email: s.From.Email},
			Subject: oneLine(p.T("mailbox.told_subject")), Text: p.T("mailbox.told_mail", "link", link) + "\n",
		})
		failed = append(failed, err)
	}
	if to.Phone != "" && s.Texter != nil {
		_, err := s.Texter.SendText(ctx, notify.Text{ID: id, Event: letterArrived, Lang: to.Lang, To: to.Phone, Text: p.T("mailbox.told_sms", "link", link)})
		failed = append(failed, err)
	}
	return failed, nil
}

// unserved looks at a letter once the time to confirm it is over: one that was not confirmed goes on paper.
func (d Deps) unserved(ctx context.Context, t task.Task) error {
	var args mailbox.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	early, err := d.Mailboxes.Unserve(ctx, args)
	if err == nil && early > 0 {
		err = task.NotYet(time.Duration(early)*time.Second, errors.New("the letter can still be confirmed"))
	}
	return err
}
