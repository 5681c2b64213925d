package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ical"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/web"
)

// enrolmentTold is what a message about an enrolment tells of.
const enrolmentTold notify.Event = "enrolments.told"

// enrolmentLink is how long a link to an enrolment is good after its course is over, in seconds.
const enrolmentLink = 30 * 24 * 60 * 60

// settleCourse looks at a course once an offer may have run out, so that the next in line hears of the place.
func (d Deps) settleCourse(ctx context.Context, t task.Task) error {
	var args course.SettleArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	err := d.Courses.Settle(ctx, args)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

// enrolled tells somebody what became of their enrolment, in their mailbox, and by mail or by text message as they can be reached. Neither a name nor anything else confidential is in it: which course, when, and a
// link that opens the rest.
func (s *sender) enrolled(ctx context.Context, t task.Task) error {
	var args course.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	told, still, err := s.Courses.Telling(ctx, args)
	if err != nil || !still {
		return err
	}
	cfg, err := s.Store.Config(ctx, args.Org)
	if err != nil {
		return err
	}
	e, c, p := told.Enrolment, told.Of, s.Texts.Printer(told.Lang)
	if err := s.keepEnrolled(ctx, told, cfg, args); err != nil {
		return err
	}
	if e.Email == "" && e.Phone == "" {
		return nil
	}
	token := s.Gen.LinkToken()
	if err := s.Store.PutEnrolmentLink(ctx, e.Org, e.ID, ids.HashToken(token), c.End()+enrolmentLink); err != nil {
		return err
	}
	link := strings.TrimSuffix(s.BaseURL, "/") + web.Path(told.Lang, e.Org, "enrolment", token)
	words := enrolledWords(told, cfg, p, link)
	key := "course.tell." + string(told.What)
	id := ids.Notice(string(e.Org) + "." + string(e.ID) + fmt.Sprintf(".%d", args.Version) + args.Message)
	var failed []error
	if e.Email != "" {
		if s.Mailer == nil {
			return fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
		}
		m := notify.Message{
			Org: e.Org, ID: id, Event: enrolmentTold, Lang: told.Lang, To: notify.Address{Email: e.Email}, From: notify.Address{Name: cmp.Or(s.From.Name, cfg.Org.Name.In(told.Lang)), Email: s.From.Email},
			Subject: oneLine(p.T(key+"_subject", words...)), Text: p.T(key+"_mail", words...) + "\n\n--\n" + p.T("mail.no_answer") + "\n",
		}
		if told.What == course.ToldPlace {
			if m.Calendar, err = courseCalendar(told, link, s.BaseURL); err != nil {
				return err
			}
			m.CalendarMethod = string(ical.Publish)
		}
		_, err := s.Mailer.Send(ctx, m)
		failed = append(failed, err)
	}
	if notify.IsMobile(e.Phone) && s.Texter != nil && (e.Email == "" || told.What == course.ToldOffer) {
		short := strings.TrimSuffix(s.BaseURL, "/") + web.Path(told.Lang, e.Org, "enrolment", token)
		_, err := s.Texter.SendText(ctx, notify.Text{Org: e.Org, ID: id, Event: enrolmentTold, Lang: told.Lang, To: e.Phone, Text: p.T(key+"_sms", append(words, "short", short)...)})
		failed = append(failed, err)
	}
	if len(failed) == 0 || slices.Contains(failed, nil) { // told again, they would be told twice
		return nil
	}
	err = errors.Join(failed...)
	if !slices.ContainsFunc(failed, func(err error) bool { return !notify.IsPermanent(err) && !notify.IsUnknown(err) }) {
		return task.Permanent(err) // the folder and the desk say it, too
	}
	return err
}

// enrolledWords are what the texts about an enrolment speak of.
func enrolledWords(told course.Told, cfg *catalog.Config, p *i18n.Printer, link string) []any {
	e, c, zone := told.Enrolment, told.Of, cfg.Zone()
	return []any{
		"course", c.Title.In(told.Lang), "org", cfg.Org.Name.In(told.Lang), "number", course.Number(c.ID, e.Number), "when", p.At(time.Unix(c.Start(), 0).In(zone)),
		"until", p.At(time.Unix(e.Until, 0).In(zone)), "place", told.Place, "link", link, "text", told.Text,
	}
}

// keepEnrolled puts what somebody is told of an enrolment into the first mailbox of those whose it is, where it can say who comes. Who left an address or a number is told there that something happened, and
// not a second time of the letter.
func (s *sender) keepEnrolled(ctx context.Context, told course.Told, cfg *catalog.Config, args course.TellArgs) error {
	e, p := told.Enrolment, s.Texts.Printer(told.Lang)
	page := strings.TrimSuffix(s.BaseURL, "/") + web.Path(told.Lang, "", "my", "enrolments", string(e.Org), string(e.ID))
	key := "course.tell." + string(told.What)
	words := enrolledWords(told, cfg, p, page)
	kind := mailbox.Receipt
	if told.What == course.ToldOffer || told.What == course.ToldMessage {
		kind = mailbox.Message
	}
	id := strings.Join([]string{"course", string(e.Org), string(e.ID), strconv.FormatInt(args.Version, 10), args.Message}, "/")
	for _, of := range e.Keepers() {
		put, err := s.Mailboxes.Deliver(ctx, ids.FormKey(id), mailbox.Letter{
			Org: e.Org, ID: s.Gen.Letter(), Owner: of, Kind: kind, Lang: told.Lang, CreatedAt: s.Now().Unix(), Ref: course.Number(e.Course, e.Number),
			Content: mailbox.Content{Subject: oneLine(p.T(key+"_subject", words...)), Body: p.T("course.tell.who", "name", e.Name) + "\n\n" + p.T(key+"_mail", words...)},
		}, e.Email == "" && e.Phone == "")
		if put || err != nil {
			return err
		}
	}
	return nil
}

// courseCalendar is the meetings of a course for a calendar.
func courseCalendar(t course.Told, link, base string) ([]byte, error) {
	host := strings.TrimPrefix(strings.TrimPrefix(base, "https://"), "http://")
	if i := strings.IndexAny(host, ":/"); i >= 0 {
		host = host[:i]
	}
	var list []ical.Event
	for i, x := range t.Of.Sessions {
		list = append(list, ical.Event{
			UID: string(t.Of.Org) + "-" + string(t.Of.ID) + fmt.Sprintf("-%d@", i+1) + cmp.Or(host, "localhost"), Sequence: int(t.Of.Version), Method: ical.Publish, Status: ical.Confirmed, Alarm: true,
			Summary: t.Of.Title.In(t.Lang), Location: cmp.Or(x.Place, t.Of.Details.Place), URL: link, Start: time.Unix(x.Start, 0), End: time.Unix(x.End, 0), Stamp: time.Unix(t.Of.ChangedAt, 0),
		})
	}
	return ical.All(list)
}
