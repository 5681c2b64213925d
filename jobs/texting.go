package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/conversation"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/domain/texting"
)

var errNoTexter = errors.New("no way to send text messages is configured")

// answerLife is how long an answer, or what somebody of the staff wrote, is worth sending: after a day nobody knows what it answers.
const answerLife = 24 * time.Hour

// lifeOf is how long a message is worth sending.
func lifeOf(e notify.Event) time.Duration {
	if e == queue.EventText {
		return lobbyLife
	}
	return answerLife
}

// textIn acts on a text message that came in.
func (s *sender) textIn(ctx context.Context, t task.Task) error {
	var args texting.TaskArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	return s.Texting.Handle(ctx, args.Org, args.ID)
}

// textOut hands over a text message that goes out by itself. What becomes of it is recorded before the task is; one of unknown outcome is not sent again.
func (s *sender) textOut(ctx context.Context, t task.Task) error {
	var args texting.TaskArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	m, err := s.Texting.OpenOut(ctx, args.Org, args.ID)
	switch {
	case fault.Is(err, fault.KindNotFound):
		return task.Permanent(err)
	case err != nil:
		return err
	case m.State == notify.OutcomeBegun:
		s.Log.Error("text.unknown", "text", m.ID, "event", m.Event, "error", errCutShort.Error())
		return s.settleText(ctx, m, notify.StateUnknown, "", string(notify.StageFinal))
	case m.State != notify.StateWaiting:
		return nil
	case s.Now().Unix()-max(m.CreatedAt, m.AgainAt) > int64(lifeOf(m.Event)/time.Second):
		s.Log.Warn("text.dropped", "text", m.ID, "event", m.Event, "why", "too old")
		return s.settleText(ctx, m, notify.StateDropped, "", "")
	}
	if refused, err := s.refusedSince(ctx, m); err != nil {
		return err
	} else if refused {
		s.Log.Info("text.dropped", "text", m.ID, "event", m.Event, "why", "refused")
		return s.settleText(ctx, m, notify.StateDropped, "", "")
	}
	if s.Texter == nil {
		err := fault.Unavailable("error.unavailable", noMailServer).Because(errNoTexter)
		if s.lastTry(t) {
			return errors.Join(task.Permanent(err), s.settleText(ctx, m, notify.StateFailed, "", notify.WhyTries))
		}
		return err
	}
	if err := s.settleText(ctx, m, notify.OutcomeBegun, "", ""); err != nil {
		return err
	}
	receipt, err := s.Texter.SendText(ctx, notify.Text{
		Org: m.Org, ID: notify.RefOf(ids.Notice(m.ID), m.Round), Event: m.Event, Lang: m.Lang, To: m.To, From: m.From, Text: m.Body,
	})
	switch {
	case err == nil:
		s.Log.Info("text.sent", "text", m.ID, "event", m.Event, "tries", t.Tries)
		return s.settleText(ctx, m, notify.StateSent, receipt.Reference, "")
	case notify.IsPermanent(err):
		s.Log.Warn("text.failed", "text", m.ID, "event", m.Event, "tries", t.Tries, "error", err.Error())
		return s.settleText(ctx, m, notify.StateFailed, "", notify.WhyOf(err))
	case notify.IsUnknown(err):
		s.Log.Error("text.unknown", "text", m.ID, "event", m.Event, "error", err.Error())
		return s.settleText(ctx, m, notify.StateUnknown, "", string(notify.StageFinal))
	case s.lastTry(t):
		return errors.Join(task.Permanent(err), s.settleText(ctx, m, notify.StateFailed, "", notify.WhyTries))
	}
	return errors.Join(err, s.settleText(ctx, m, notify.StateWaiting, "", ""))
}

// refusedSince reports whether the number has said, since somebody of the staff wrote to it or it was told of its ticket, that it wants no messages.
func (s *sender) refusedSince(ctx context.Context, m texting.Outgoing) (bool, error) {
	if m.Event != conversation.EventAnswer && m.Event != queue.EventText || s.Consent == nil {
		return false, nil
	}
	at, err := s.Consent.RefusedAt(ctx, m.Org, m.To)
	return at > 0 && at >= m.CreatedAt, err
}

// settleText records the state of a text message, more than once if it must, and also while the server stops.
func (s *sender) settleText(ctx context.Context, m texting.Outgoing, state notify.State, reference, why string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var err error
	for _, pause := range settlePauses {
		time.Sleep(pause)
		if err = s.Store.Texting().SettleOut(ctx, m.Org, m.ID, state, reference, why, s.Now().Unix()); err == nil {
			return nil
		}
	}
	s.Log.Error("text.not_settled", "text", m.ID, "state", state, "error", err.Error())
	return err
}
