package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// noMailServer is how long a notice waits where no mail server is configured. The runner gives up after its last try, which is more than a week later.
const noMailServer = 4 * time.Hour

const channelEmail = "email"

// sender does the tasks of kind notify.TaskSend.
type sender struct {
	Deps
	runner *task.Runner
}

// errCutShort is why a notice is of unknown outcome when the try before this one did not end.
var errCutShort = errors.New("an earlier try was cut short before its outcome was recorded")

var errNoMailServer = errors.New("no mail server is configured")

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
			err = fmt.Errorf("configuration of %s: %w", n.Org, err)
		}
		return sub, "", err
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
	return sub, pointless(n.Event, sub.appointment, s.Now().Unix()), nil
}

// pointless says why nobody needs to be told of an event any more; empty when somebody does.
func pointless(event notify.Event, a booking.Appointment, now int64) string {
	wanted := map[notify.Event]booking.Status{
		notify.AppointmentCancelled: booking.Cancelled, notify.AppointmentPending: booking.Pending, notify.AppointmentProposed: booking.Proposed,
		notify.AppointmentLapsed: booking.Lapsed,
	}[event]
	switch {
	case a.Details.Email == "":
		return "no address"
	case now >= a.End:
		return "past"
	case a.StatusAt(now) != cmp.Or(wanted, booking.Booked):
		return "overtaken"
	}
	return ""
}

// deliver hands the notice over and records the outcome.
func (s *sender) deliver(ctx context.Context, t task.Task, sub subject) error {
	n := sub.notice
	if s.Mailer == nil {
		err := fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
		if s.lastTry(t) {
			return s.giveUp(ctx, t, n, err)
		}
		return err
	}
	m, err := s.message(ctx, sub)
	if err != nil {
		return fmt.Errorf("write %s: %w", n.Event, err)
	}
	if err := s.record(ctx, n, notify.StateWaiting, notify.Delivery{Outcome: notify.OutcomeBegun}); err != nil {
		return err
	}
	receipt, err := s.Mailer.Send(ctx, m)
	switch {
	case err == nil:
		s.Log.Info("notice.sent", "notice", n.ID, "event", n.Event, "tries", t.Tries)
		return s.settle(ctx, n, notify.StateSent, receipt.Reference)
	case notify.IsPermanent(err):
		s.Log.Warn("notice.failed", "notice", n.ID, "event", n.Event, "tries", t.Tries, "error", err.Error())
		return s.settle(ctx, n, notify.StateFailed, "")
	case notify.IsUnknown(err):
		return s.unknown(ctx, n, err)
	}
	return s.later(ctx, t, n, err)
}

// unknown gives a notice up that may or may not be on its way: whoever gets the same mail twice wonders which one counts.
func (s *sender) unknown(ctx context.Context, n notify.Notice, err error) error {
	s.Log.Error("notice.unknown", "notice", n.ID, "event", n.Event, "error", err.Error())
	return s.settle(ctx, n, notify.StateUnknown, "")
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
	return errors.Join(task.Permanent(err), s.settle(ctx, n, notify.StateFailed, ""))
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

func (s *sender) record(ctx context.Context, n notify.Notice, state notify.State, d notify.Delivery) error {
	d.AtMicros, d.Channel = s.Now().UnixMicro(), channelEmail
	if d.Outcome != notify.OutcomeBegun {
		d.AtMicros++ // after the try began, also by a clock that stands
	}
	if err := s.Store.Settle(ctx, n, state, d); err != nil {
		return fmt.Errorf("record outcome of notice %s: %w", n.ID, err)
	}
	return nil
}

// message renders the notice for the person, in the language of their appointment.
func (s *sender) message(ctx context.Context, sub subject) (notify.Message, error) {
	if sub.notice.Waiting != "" {
		return s.waitingMessage(ctx, sub)
	}
	a := sub.appointment
	var link string
	if sub.notice.Event != notify.AppointmentCancelled {
		token := s.Gen.LinkToken()
		err := s.Store.PutLink(ctx, a.Org, a.ID, ids.HashToken(token), a.End+int64(booking.LinkLife/time.Second))
		if err != nil {
			return notify.Message{}, fmt.Errorf("keep link: %w", err)
		}
		link = token
	}
	code, err := s.Booking.Code(a.ID)
	if err != nil {
		return notify.Message{}, fmt.Errorf("booking code: %w", err)
	}
	pin, err := s.Booking.PINOf(ctx, a)
	if err != nil {
		return notify.Message{}, fmt.Errorf("PIN: %w", err)
	}
	return compose(ctx, s.Texts.Printer(a.Details.Lang), facts{
		subject: sub, code: ids.FormatCode(code), pin: pin, token: link, baseURL: s.BaseURL, from: s.From, now: s.Now().Unix(),
	})
}
