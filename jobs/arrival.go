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
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// letterArrived is what a notice of the mailbox tells of.
const letterArrived notify.Event = "arrival.told"

// letterReminded is what a notice reminds of.
const letterReminded notify.Event = "arrival.reminded"

// lettersLapse is what a notice says that letters are deleted soon.
const lettersLapse notify.Event = "arrival.lapse"

// saying is what somebody is told, and how it is recorded.
type saying struct {
	event              notify.Event
	what               mailbox.What
	subject, mail, sms string // texts
	again              ids.Notice
}

// What is told when something arrived, and when it was not read.
var (
	arrived  = saying{letterArrived, mailbox.Told, "mailbox.told_subject", "mailbox.told_mail", "mailbox.told_sms", ""}
	reminded = saying{letterReminded, mailbox.Reminded, "mailbox.remind_subject", "mailbox.remind_mail", "mailbox.remind_sms", ".again"}
	lapsing  = saying{lettersLapse, mailbox.Lapsing, "mailbox.lapse_subject", "mailbox.lapse_mail", "mailbox.lapse_sms", ""}
)

// arrival tells somebody that something lies in their mailbox, where they want to be told: that, and nothing of what it is or who sent it (S4.5).
func (s *sender) arrival(ctx context.Context, t task.Task) error {
	var args mailbox.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Mailboxes.Tellings(ctx, args)
	if err != nil {
		return err
	}
	return s.tellAll(ctx, t, args, list, arrived)
}

// remind tells them again when it was not read, if that is still needed when it is due.
func (s *sender) remind(ctx context.Context, t task.Task) error {
	var args mailbox.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, early, err := s.Mailboxes.Remindings(ctx, args)
	if err == nil && early > 0 {
		return task.NotYet(time.Duration(early)*time.Second, errors.New("the reminder is not due"))
	}
	if err != nil {
		return err
	}
	return s.tellAll(ctx, t, args, list, reminded)
}

// lapse tells somebody that something in their mailbox is deleted soon, and not what: once for all that is told of on one day.
func (s *sender) lapse(ctx context.Context, t task.Task) error {
	var args mailbox.LapseArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Mailboxes.Lapsings(ctx, args)
	if err != nil || len(list) == 0 {
		return err
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range list {
		errs, err := s.tell(ctx, t, in, ids.Notice("lapse."+args.Day+"."+string(args.Person)+string(args.Company)+"."+string(to.Person)), to, lapsing)
		if err != nil {
			return err
		}
		failed = append(failed, errs...)
	}
	if len(failed) == 0 || slices.Contains(failed, nil) { // one was reached by one of the ways: told again, they would be told twice
		return nil
	}
	err = errors.Join(failed...)
	if !slices.ContainsFunc(failed, func(err error) bool { return !s.over(t, err) }) {
		return task.Permanent(err) // their mailbox says it, too
	}
	return err
}

// tellAll tells everybody who is to be told. What reached nobody, and will not, is recorded for the sender of the letter.
func (s *sender) tellAll(ctx context.Context, t task.Task, args mailbox.TellArgs, list []mailbox.Telling, say saying) error {
	if len(list) == 0 {
		return nil
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range list {
		id := ids.Notice(string(args.Org)+"."+string(args.Letter)) + say.again
		if to.Acting { // one of several who share a mailbox
			id += ids.Notice("." + string(to.Person))
		}
		errs, err := s.tell(ctx, t, in, id, to, say)
		if err != nil {
			return err
		}
		failed = append(failed, errs...)
	}
	if len(failed) == 0 {
		return nil
	}
	if slices.Contains(failed, nil) { // one was reached by one of the ways: told again, they would be told twice
		return s.Mailboxes.Told(ctx, args, say.what)
	}
	err = errors.Join(failed...)
	if !slices.ContainsFunc(failed, func(err error) bool { return !s.over(t, err) }) {
		return errors.Join(task.Permanent(err), s.Mailboxes.Told(ctx, args, mailbox.Unreached))
	}
	return err
}

// over reports whether what could not be told will not be tried again.
func (s *sender) over(t task.Task, err error) bool { return notify.IsPermanent(err) || s.lastTry(t) }

// tell tells one person that something came, by the ways that they want: what became of each of them. Mail that cannot be delivered is followed by a text message where there is a number.
func (s *sender) tell(ctx context.Context, t task.Task, in org.Installation, id ids.Notice, to mailbox.Telling, say saying) (failed []error, err error) {
	return s.tellAt(ctx, t, in, id, to, say, "my/")
}

// tellAt is tell with a link to a page, whose path below the language it is.
func (s *sender) tellAt(ctx context.Context, t task.Task, in org.Installation, id ids.Notice, to mailbox.Telling, say saying, page string) (failed []error, err error) {
	p := s.Texts.Printer(to.Lang)
	link := s.BaseURL + "/" + string(to.Lang) + "/" + page
	if to.Email != "" {
		if s.Mailer == nil {
			return nil, errors.New("no way to send mail")
		}
		_, err := s.Mailer.Send(ctx, notify.Message{
			ID: id, Event: say.event, Lang: to.Lang, To: notify.Address{Email: to.Email}, From: notify.Address{Name: cmp.Or(s.From.Name, in.Name.In(to.Lang), "Luukku"), Email: s.From.Email},
			Subject: oneLine(p.T(say.subject)), Text: p.T(say.mail, "link", link) + "\n",
		})
		if failed = append(failed, err); err != nil && s.over(t, err) && to.Phone == "" {
			to.Phone = to.Otherwise
		}
	}
	if to.Phone != "" && s.Texter != nil {
		_, err := s.Texter.SendText(ctx, notify.Text{ID: id, Event: say.event, Lang: to.Lang, To: to.Phone, Text: p.T(say.sms, "link", link)})
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

// mailing sends some letters of one that goes to many, and begins again until none is left: what was sent is sent once, whenever it is killed.
func (d Deps) mailing(ctx context.Context, t task.Task) error {
	var args mailbox.MailingArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	more, err := d.Mailboxes.SendSome(ctx, args)
	if err == nil && more {
		err = task.NotYet(time.Second, errors.New("there are more letters to send"))
	}
	return err
}
