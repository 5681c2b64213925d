package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/store"
)

// noMailServer is how long a notice waits where no mail server is configured. The runner gives up after its last try, which is more than a week later.
const noMailServer = 4 * time.Hour

// sender does the tasks of kind notify.TaskSend.
type sender struct {
	Deps
	runner *task.Runner
}

// errCutShort is why a notice is of unknown outcome when the try before this one did not end.
var errCutShort = errors.New("an earlier try was cut short before its outcome was recorded")

var (
	errNoMailServer = errors.New("no mail server is configured")
	errQuiet        = errors.New("nobody is disturbed at this hour")
)

// subject is what a notice is about, as it is when the notice is sent.
type subject struct {
	notice      notify.Notice
	appointment booking.Appointment // its note and reason stay sealed: no mail can tell them
	config      *catalog.Config
	// entry, freed and offer are what a notice about the waiting list is about; its appointment is the one that there might be.
	entry booking.Waiter
	freed booking.Freed
	offer booking.Offer
}

// send renders one notice and hands it over. What becomes of it is recorded before the task is.
func (s *sender) send(ctx context.Context, t task.Task) error {
	var args notify.SendArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	n, err := s.Store.Notice(ctx, args.Org, args.Notice)
	if fault.Is(err, fault.KindNotFound) {
		return task.Permanent(err)
	}
	if err != nil || n.State != notify.StateWaiting { // settled before, by a try whose task was not ticked off
		return err
	}
	sub, why, err := s.load(ctx, n)
	switch {
	case err != nil:
		return err
	case why != "":
		s.Log.Info("notice.dropped", "notice", n.ID, "event", n.Event, "why", why)
		return s.settle(ctx, n, notify.StateDropped, "")
	}
	last, err := s.Store.LastOutcome(ctx, n)
	if err != nil {
		return err
	}
	if last == notify.OutcomeBegun {
		return s.unknown(ctx, n, errCutShort)
	}
	return s.deliver(ctx, t, sub)
}

// load reads what a notice is about. why says why it is not sent any more; empty when it is.
func (s *sender) load(ctx context.Context, n notify.Notice) (sub subject, why string, err error) {
	sub.notice = n
	if n.Waiting != "" {
		if why, err = s.loadWaiting(ctx, &sub); err != nil || why != "" {
			return sub, why, err
		}
		if sub.config, err = s.Store.Config(ctx, n.Org); err != nil {
			return sub, "", fmt.Errorf("configuration of %s: %w", n.Org, err)
		}
		why, err = s.stopped(ctx, sub)
		return sub, why, err
	}
	if sub.appointment, err = s.Store.Appointment(ctx, n.Org, n.Appointment); fault.Is(err, fault.KindNotFound) {
		return sub, "gone", nil
	}
	if err != nil {
		return sub, "", err
	}
	if sub.config, err = s.Store.Config(ctx, n.Org); err != nil {
		return sub, "", fmt.Errorf("configuration of %s: %w", n.Org, err)
	}
	if why := pointless(n, sub.appointment, s.Now().Unix()); why != "" {
		return sub, why, nil
	}
	why, err = s.stopped(ctx, sub)
	return sub, why, err
}

// stopped says why somebody is not told by a channel: they took that back, or never agreed.
func (s *sender) stopped(ctx context.Context, sub subject) (why string, err error) {
	n := sub.notice
	may, err := s.Consent.MayBy(ctx, n.Org, n.Channel, sub.address(), consent.ScopeOf(n.Event))
	if err == nil && !may && !planted.Bug("stop-ignored") {
		why = "stopped"
	}
	return why, err
}

// address is where a notice goes by its channel.
func (s subject) address() string {
	if s.notice.Channel == notify.SMS {
		return s.appointment.Details.Phone
	}
	return s.appointment.Details.Email
}

// pointless says why nobody needs to be told of an event any more; empty when somebody does.
func pointless(n notify.Notice, a booking.Appointment, now int64) string {
	wanted := map[notify.Event]booking.Status{
		notify.AppointmentCancelled: booking.Cancelled, notify.AppointmentPending: booking.Pending, notify.AppointmentProposed: booking.Proposed,
		notify.AppointmentLapsed: booking.Lapsed,
	}[n.Event]
	switch {
	case noAddress(n.Channel, a.Details):
		return "no address"
	case now >= a.End, n.Event == notify.AppointmentReminder && now >= a.Start:
		return "past"
	case a.StatusAt(now) != cmp.Or(wanted, booking.Booked):
		return "overtaken"
	case n.Event == notify.AppointmentReminder && n.Args["start"] != strconv.FormatInt(a.Start, 10):
		return "moved"
	}
	return ""
}

// noAddress reports whether somebody cannot be reached by a channel.
func noAddress(ch notify.Channel, d booking.Details) bool {
	if ch == notify.SMS {
		return !notify.IsMobile(d.Phone)
	}
	return d.Email == ""
}

// quiet is until when a notice waits because nobody is disturbed at this hour; the zero time when it need not.
func (s *sender) quiet(sub subject) time.Time {
	n, a := sub.notice, sub.appointment
	if n.Event != notify.AppointmentReminder && (n.Event != notify.TimeOffered || n.Channel != notify.SMS || a.Start-s.Now().Unix() <= soonOffer) {
		return time.Time{}
	}
	now := s.Now()
	if over := sub.config.Policy(a.Service, a.Office).Quiet.Over(now, sub.config.Zone()); over.After(now) {
		return over
	}
	return time.Time{}
}

// soonOffer is how close a time is, in seconds, of which somebody who waits hears at any hour.
const soonOffer = 24 * 60 * 60

// deliver hands the notice over and records the outcome.
func (s *sender) deliver(ctx context.Context, t task.Task, sub subject) error {
	n := sub.notice
	if over := s.quiet(sub); !over.IsZero() {
		return task.NotYet(over.Sub(s.Now()), errQuiet)
	}
	if n.Channel == notify.SMS && s.Texter == nil || n.Channel != notify.SMS && s.Mailer == nil {
		err := fault.Unavailable("error.unavailable", noMailServer).Because(noWay(n.Channel))
		if s.lastTry(t) {
			return s.giveUp(ctx, t, n, err)
		}
		return err
	}
	hand, links, err := s.written(ctx, sub)
	if err != nil {
		return fmt.Errorf("write %s: %w", n.Event, err)
	}
	if !planted.Bug("begun-not-kept") {
		if err := s.record(ctx, n, notify.StateWaiting, notify.Delivery{Outcome: notify.OutcomeBegun}, links...); err != nil {
			return err
		}
	}
	receipt, err := hand(ctx)
	switch {
	case err == nil:
		s.Log.Info("notice.sent", "notice", n.ID, "event", n.Event, "tries", t.Tries)
		return s.settle(ctx, n, notify.StateSent, receipt.Reference)
	case notify.IsPermanent(err):
		s.Log.Warn("notice.failed", "notice", n.ID, "event", n.Event, "tries", t.Tries, "error", err.Error())
		return s.settle(ctx, n, notify.StateFailed, notify.WhyOf(err))
	case notify.IsUnknown(err):
		return s.unknown(ctx, n, err)
	}
	return s.later(ctx, t, n, err)
}

func noWay(ch notify.Channel) error {
	if ch == notify.SMS {
		return errNoTexter
	}
	return errNoMailServer
}

// unknown gives a notice up that may or may not be on its way: whoever gets the same mail twice wonders which one counts.
func (s *sender) unknown(ctx context.Context, n notify.Notice, err error) error {
	s.Log.Error("notice.unknown", "notice", n.ID, "event", n.Event, "error", err.Error())
	return s.settle(ctx, n, notify.StateUnknown, notify.WhyOf(err))
}

// later has the notice tried again, unless this was the last time.
func (s *sender) later(ctx context.Context, t task.Task, n notify.Notice, err error) error {
	if s.lastTry(t) {
		return s.giveUp(ctx, t, n, err)
	}
	if settling := s.settle(ctx, n, notify.StateWaiting, ""); settling != nil {
		return errors.Join(err, settling)
	}
	return err
}

// lastTry reports whether the runner makes a dead letter of the task when this try fails too.
func (s *sender) lastTry(t task.Task) bool {
	return s.runner.MaxTries > 0 && t.Tries >= s.runner.MaxTries
}

// giveUp ends a notice that could not be handed over in all its tries; its task becomes a dead letter.
func (s *sender) giveUp(ctx context.Context, t task.Task, n notify.Notice, err error) error {
	s.Log.Error("notice.failed", "notice", n.ID, "event", n.Event, "tries", t.Tries, "error", err.Error())
	return errors.Join(task.Permanent(err), s.settle(ctx, n, notify.StateFailed, notify.WhyTries))
}

// settlePauses are the waits between attempts to record an outcome.
var settlePauses = []time.Duration{0, 100 * time.Millisecond, time.Second}

// settle records an outcome, more than once if it must, and also while the server stops: without it, the notice would count as of unknown outcome.
func (s *sender) settle(ctx context.Context, n notify.Notice, state notify.State, reference string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var err error
	for _, pause := range settlePauses {
		time.Sleep(pause)
		if err = s.record(ctx, n, state, notify.Delivery{Outcome: state, Reference: reference}); err == nil {
			return nil
		}
	}
	s.Log.Error("notice.not_settled", "notice", n.ID, "state", state, "error", err.Error())
	return err
}

func (s *sender) record(ctx context.Context, n notify.Notice, state notify.State, d notify.Delivery, links ...store.Link) error {
	d.AtMicros, d.Channel = s.Now().UnixMicro(), n.Channel
	if d.Outcome != notify.OutcomeBegun {
		d.AtMicros++ // after the try began, also by a clock that stands
	}
	if err := s.Store.Settle(ctx, n, state, d, links...); err != nil {
		return fmt.Errorf("record outcome of notice %s: %w", n.ID, err)
	}
	return nil
}

// written renders the notice for the person, in the language of their appointment, and returns what hands it over, and the links in it that must be kept before.
func (s *sender) written(ctx context.Context, sub subject) (hand func(context.Context) (notify.Receipt, error), links []store.Link, err error) {
	f, err := s.facts(ctx, sub)
	if err != nil {
		return nil, nil, err
	}
	p := s.Texts.Printer(sub.appointment.Details.Lang)
	if sub.notice.Channel == notify.SMS {
		t := composeText(p, f)
		return func(ctx context.Context) (notify.Receipt, error) { return s.Texter.SendText(ctx, t) }, f.links, nil
	}
	m, err := compose(ctx, p, f)
	if err != nil {
		return nil, nil, err
	}
	if consent.ScopeOf(sub.notice.Event) != consent.Appointments {
		token := s.Gen.LinkToken()
		f.links = append(f.links, store.UnsubscribeLink(sub.notice, ids.HashToken(token), f.now+waitingLinkLife))
		m.Unsubscribe = writer{p, f}.url("unsubscribe", token)
	}
	return func(ctx context.Context) (notify.Receipt, error) { return s.Mailer.Send(ctx, m) }, f.links, nil
}

// facts are what the message is written from, with a link of its own.
func (s *sender) facts(ctx context.Context, sub subject) (facts, error) {
	if sub.notice.Waiting != "" {
		return s.waitingFacts(ctx, sub)
	}
	a := sub.appointment
	f := facts{subject: sub, baseURL: s.BaseURL, from: s.From, now: s.Now().Unix()}
	if sub.notice.Event != notify.AppointmentCancelled {
		f.token = s.Gen.LinkToken()
		f.links = append(f.links, store.AppointmentLink(a.Org, a.ID, ids.HashToken(f.token), a.End+int64(booking.LinkLife/time.Second)))
	}
	code, err := s.Booking.Code(a.ID)
	if err != nil {
		return facts{}, fmt.Errorf("booking code: %w", err)
	}
	f.code = ids.FormatCode(code)
	if f.pin, err = s.Booking.PINOf(ctx, a); err != nil {
		return facts{}, fmt.Errorf("PIN: %w", err)
	}
	return f, nil
}
