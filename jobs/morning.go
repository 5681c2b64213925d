package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// The tasks of the list that an office gets each morning, for when the system is down: TaskPlanLists looks a day ahead and records a TaskList for each office
// that asks for one.
const (
	TaskPlanLists = "morning.plan"
	TaskList      = "morning.mail"
)

// listMailed is what the mail of a day's list tells of.
const listMailed notify.Event = "morning.listed"

// blankLines are how many empty lines a list has for numbers that are written by hand.
const blankLines = 30

// ListArgs say whose list of which day is mailed, and when.
type ListArgs struct {
	Org    ids.Org
	Office ids.Office
	Day    string
	At     int64
}

// ListDue is when an office's list is mailed next after a moment, and of which day; ok is false when the office asks for none.
func ListDue(c *catalog.Config, o org.Office, after time.Time) (at time.Time, day org.Date, ok bool) {
	clock, err := time.Parse("15:04", o.ListAt)
	if o.ListAt == "" || o.Email == "" || err != nil {
		return time.Time{}, org.Date{}, false
	}
	day = c.Today(after)
	for {
		y, m, d := day.At(12*60, c.Zone()).Date()
		at = time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, c.Zone())
		if at.After(after) {
			return at, day, true
		}
		day = day.Add(1)
	}
}

// planLists records the lists that are mailed within the next day. They lie ahead, so none is recorded again after it went.
func (s *sender) planLists(ctx context.Context, _ task.Task) error {
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
		for _, office := range c.Offices {
			at, day, ok := ListDue(c, office, now)
			if !ok {
				continue
			}
			args, err := json.Marshal(ListArgs{o.ID, office.ID, day.String(), at.Unix()})
			if err != nil {
				return err
			}
			uniq := fmt.Sprintf("%s/%s/%s/%d", o.ID, office.ID, day, at.Unix())
			t := task.Task{Bucket: task.BucketOf(uniq), ID: s.Gen.Task(), Kind: TaskList, Uniq: uniq, Args: args, RunAt: at.Unix(), Lane: notify.LaneMail}
			if _, err := s.Store.Tasks().Add(ctx, t, now.Unix()); err != nil {
				return err
			}
		}
	}
	return nil
}

// mailList mails the list of a day to the office's own address. A mail of unknown outcome is not sent again; one that is no longer asked for is not sent.
func (s *sender) mailList(ctx context.Context, t task.Task) error {
	var args ListArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("arguments of %s: %w", t.Kind, err))
	}
	if s.Mailer == nil {
		return fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
	}
	c, err := s.Store.Config(ctx, args.Org)
	if err != nil {
		return fmt.Errorf("configuration of %s: %w", args.Org, err)
	}
	office, err := c.Office(args.Office)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	at, day, ok := ListDue(c, *office, time.Unix(args.At-1, 0))
	if !ok || at.Unix() != args.At || day.String() != args.Day || c.Today(s.Now()).String() != args.Day {
		return nil // not asked for any more, at another time now, or the day is over
	}
	list, err := s.Booking.Day(ctx, actor.System("lobby-list"), args.Org, args.Office, day)
	if err != nil {
		return err
	}
	_, err = s.Mailer.Send(ctx, s.list(c, office, day, list))
	switch {
	case notify.IsUnknown(err):
		s.Log.Error("morning.unknown", "office", office.ID, "error", err.Error())
		return nil
	case notify.IsPermanent(err):
		return task.Permanent(err)
	}
	return err
}

// list writes the mail: who comes, in the order of their time, and empty lines with numbers. Of whom whose data is protected, the time alone.
func (s *sender) list(c *catalog.Config, office *org.Office, day org.Date, list []booking.DeskRow) notify.Message {
	lang := i18n.Default
	if len(c.Org.Languages) > 0 {
		lang = c.Org.Languages[0]
	}
	p := s.Texts.Printer(lang)
	date := p.LongDate(day.At(12*60, c.Zone()))
	lines := []string{p.T("lobby_list.title", "place", office.Name.In(lang), "day", date), p.T("lobby_list.lead"), ""}
	n := 0
	for _, r := range list {
		if r.StatusAt(s.Now().Unix()) != booking.Booked {
			continue
		}
		n++
		lines = append(lines, ListLine(p, c, r))
	}
	if n == 0 {
		lines = append(lines, p.T("lobby_list.nobody"))
	}
	lines = append(lines, "", p.T("lobby_list.blank"), "")
	for i := range blankLines {
		lines = append(lines, fmt.Sprintf("%3d  ____.____  ______________________________", i+1))
	}
	lines = append(lines, "", "--", p.T("mail.no_answer"))
	return notify.Message{
		Org: c.Org.ID, ID: ids.Notice(s.Gen.New()), Event: listMailed, Lang: lang, To: notify.Address{Email: office.Email},
		From:    notify.Address{Name: cmp.Or(s.From.Name, c.Org.Name.In(lang)), Email: s.From.Email},
		Subject: oneLine(p.T("lobby_list.subject", "place", office.Name.In(lang), "day", date)), Text: strings.Join(lines, "\n") + "\n",
	}
}

// ListLine is one line of a list: the time, the service, the name, and what help is needed. Of whom whose data is protected, it has the time alone.
func ListLine(p *i18n.Printer, c *catalog.Config, r booking.DeskRow) string {
	from := p.Clock(time.Unix(r.Start, 0).In(c.Zone()))
	if r.Protected {
		return fmt.Sprintf("%5s  %s", from, p.T("lobby.protected"))
	}
	service := string(r.Service)
	if sv, err := c.Service(r.Service); err == nil {
		service = sv.Name.In(p.Lang())
	}
	line := fmt.Sprintf("%5s  %s, %s", from, oneLine(r.Name), service)
	if r.Note != "" {
		line += " (" + oneLine(r.Note) + ")"
	}
	return line
}
