package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/notify"
	"luukku/domain/worklist"
	"luukku/web"
)

// The tasks of the notices of what is late: TaskPlanOverdue looks ahead to the next morning and records a TaskOverdue for each who may see an inbox.
const (
	TaskPlanOverdue = "overdue.plan"
	TaskOverdue     = "overdue.mail"
)

// overdueMailed is what such a mail tells of.
const overdueMailed notify.Event = "overdue.told"

// OverdueArgs say whom a notice is for, at which organisation and on which day.
type OverdueArgs struct {
	Org   ids.Org
	Staff ids.Staff
	Day   string
}

// planOverdue records the notices of the next morning. They lie ahead, so none is recorded again after it went: there is one a day at most.
func (s *sender) planOverdue(ctx context.Context, _ task.Task) error {
	orgs, err := s.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	now := s.Now()
	for _, o := range orgs {
		c, err := s.Store.Config(ctx, o.ID)
		if err != nil {
			return err
		}
		list, err := s.Work.Noticed(ctx, c)
		if err != nil {
			return err
		}
		at, day := worklist.NoticeAt(c.Zone(), now)
		for _, id := range list {
			args, err := json.Marshal(OverdueArgs{o.ID, id, day.String()})
			if err != nil {
				return err
			}
			uniq := fmt.Sprintf("%s/%s/%s", o.ID, id, day)
			t := task.Task{Bucket: task.BucketOf(uniq), ID: s.Gen.Task(), Kind: TaskOverdue, Uniq: uniq, Args: args, RunAt: at.Unix(), Lane: notify.LaneMailLater}
			if _, err := s.Store.Tasks().Add(ctx, t, now.Unix()); err != nil {
				return err
			}
		}
	}
	return nil
}

// mailOverdue tells one of the staff how much is late and due soon, as it is by then: not what it is, nor whose. Nothing late is no mail; one of unknown outcome is not sent again.
func (s *sender) mailOverdue(ctx context.Context, t task.Task) error {
	var args OverdueArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("arguments of %s: %w", t.Kind, err))
	}
	if s.Mailer == nil {
		return fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
	}
	c, err := s.Store.Config(ctx, args.Org)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration of %s: %w", args.Org, err)
	}
	if c.Today(s.Now()).String() != args.Day {
		return nil // the day is over: the next morning tells of it
	}
	told, err := s.Work.ToldOf(ctx, args.Org, args.Staff)
	if err != nil || told == (worklist.Told{}) {
		return err
	}
	m, err := s.Store.Workers().Member(ctx, args.Staff)
	if fault.Is(err, fault.KindNotFound) || err == nil && !strings.Contains(m.Email, "@") {
		return nil
	}
	if err != nil {
		return err
	}
	p := s.Texts.Printer(m.Lang)
	name := cmp.Or(c.Org.Name.In(m.Lang), string(args.Org))
	at := func(parts ...string) string {
		return strings.TrimSuffix(s.BaseURL, "/") + web.Path(m.Lang, "", append([]string{"staff", string(args.Org), "inbox"}, parts...)...)
	}
	lines := []string{
		p.T("inbox.notices.mail", "org", name, "late", told.Late, "soon", told.Soon), at(), p.T("inbox.notices.mail_off") + "\n" + at("notices"), "--\n" + p.T("mail.no_answer"),
	}
	_, err = s.Mailer.Send(ctx, notify.Message{
		Org: args.Org, ID: ids.Notice(fmt.Sprintf("overdue.%s.%s.%s", args.Org, args.Staff, args.Day)), Event: overdueMailed, Lang: m.Lang, To: notify.Address{Email: m.Email},
		From:    notify.Address{Name: cmp.Or(s.From.Name, name), Email: s.From.Email},
		Subject: oneLine(p.T("inbox.notices.mail_subject", "late", told.Late, "soon", told.Soon)), Text: strings.Join(lines, "\n\n") + "\n",
	})
	switch {
	case notify.IsUnknown(err):
		s.Log.Error("overdue.unknown", "staff", args.Staff, "error", err.Error())
		return nil
	case notify.IsPermanent(err):
		return task.Permanent(err)
	}
	return err
}

// overdueEvery is how often the next morning is looked ahead to.
const overdueEvery = 10 * time.Minute
