package store

import (
	"context"
	"fmt"
	"time"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/waiting"
	"luukku/store/db"
)

// Swept is how many rows of each kind a sweep took away.
type Swept struct{ Holds, Drafts, FormKeys, Secrets, Feed, Sessions, SignIns, Tokens, Codes, PINs, Dialogues, Offers, Texts, Tickets int64 }

// Most is the greatest of the counts: a sweep that reached its bound has more to do.
func (s Swept) Most() int64 {
	return max(s.Holds, s.Drafts, s.FormKeys, s.Secrets, s.Feed, s.Sessions, s.SignIns, s.Tokens, s.Codes, s.PINs, s.Dialogues, s.Offers, s.Texts, s.Tickets)
}

// Add adds the counts of another sweep.
func (s *Swept) Add(o Swept) {
	s.Holds += o.Holds
	s.Drafts += o.Drafts
	s.FormKeys += o.FormKeys
	s.Secrets += o.Secrets
	s.Feed += o.Feed
	s.Sessions += o.Sessions
	s.SignIns += o.SignIns
	s.Tokens += o.Tokens
	s.Codes += o.Codes
	s.PINs += o.PINs
	s.Dialogues += o.Dialogues
	s.Offers += o.Offers
	s.Texts += o.Texts
	s.Tickets += o.Tickets
}

// ticketLife is how long the lobbies' days are kept: for the figures of a year. What staff were told there is kept for alertLife.
const (
	ticketLife = 400 * 24 * time.Hour
	alertLife  = 90 * 24 * time.Hour
)

// lobbyTextRest is how long text messages about a ticket are kept, in seconds.
const lobbyTextRest = 24 * 60 * 60

// sweepLobby takes away tickets with their steps, numbers, alerts and messages that are too old.
func sweepLobby(ctx context.Context, q *db.Queries, o ids.Org, now int64, most int32) (tickets int64, err error) {
	day := time.Unix(now, 0).Add(-ticketLife).UTC().Format(time.DateOnly)
	if _, err := q.SweepTicketSteps(ctx, db.SweepTicketStepsParams{Org: string(o), Before: day, Most: most}); err != nil {
		return 0, err
	}
	if tickets, err = q.SweepTickets(ctx, db.SweepTicketsParams{Org: string(o), Before: day, Most: most}); err != nil {
		return 0, err
	}
	if _, err := q.SweepTicketNumbers(ctx, db.SweepTicketNumbersParams{Org: string(o), Before: day}); err != nil {
		return 0, err
	}
	old := now - int64(alertLife/time.Second)
	if _, err := q.SweepLobbyAlerts(ctx, db.SweepLobbyAlertsParams{Org: string(o), Before: old, Most: most}); err != nil {
		return 0, err
	}
	if _, err := q.SweepTicketTexts(ctx, db.SweepTicketTextsParams{Org: string(o), Before: now}); err != nil {
		return 0, err
	}
	if _, err := q.SweepLobbyTexts(ctx, db.SweepLobbyTextsParams{Org: string(o), Before: now - lobbyTextRest, Most: most}); err != nil {
		return 0, err
	}
	if _, err := q.SweepFeedback(ctx, db.SweepFeedbackParams{Org: string(o), Before: now - 2*holdRest, Most: most}); err != nil {
		return 0, err
	}
	if _, err := sweepCourses(ctx, q, o, now, most); err != nil {
		return 0, err
	}
	_, err = q.SweepLobbyMessages(ctx, db.SweepLobbyMessagesParams{Org: string(o), Before: old})
	return tickets, err
}

// textLife is how long text messages are kept, and conversations after they were closed.
const textLife = 365 * 24 * time.Hour

// holdRest is how long a hold that ran out is kept, in seconds: whoever comes back to the form is told that it ran out, and not that it never was.
const holdRest = 24 * 60 * 60

// pinRest is how long a PIN is kept after its day, in seconds.
const pinRest = 7 * 24 * 60 * 60

// feedLife is how long a change stays in the feed, in seconds: a page that was away for longer reads everything anew.
const feedLife = 24 * 60 * 60

// Sweep takes away what has run out by now (Unix seconds), at most so many rows of each kind and organisation: drafts, form keys, secrets, holds that
// ran out a day ago together with the cells they still have, dialogues by text message and codes of offers, changes older than a day, and
// sessions, sign-ins, used tokens and codes, and the PINs of days that were over a week ago. Nothing that is still good is touched.
func (s *Store) Sweep(ctx context.Context, now int64, most int) (Swept, error) {
	orgs, err := s.Organisations(ctx)
	if err != nil {
		return Swept{}, err
	}
	var out Swept
	for _, o := range orgs {
		n, err := s.sweepOrg(ctx, o.ID, now, int32(most))
		out.Add(n)
		if err != nil {
			return out, fmt.Errorf("sweep %s: %w", o.ID, err)
		}
	}
	nodes, err := s.read.FeedNodes(ctx)
	if err != nil {
		return out, fmt.Errorf("read nodes: %w", s.fault(err))
	}
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		out.Secrets, out.Feed = 0, 0 // the function may run twice
		var err error
		if out.Secrets, err = q.SweepSecrets(ctx, db.SweepSecretsParams{Before: now, Most: int32(most)}); err != nil {
			return err
		}
		for _, n := range nodes {
			swept, err := q.SweepFeed(ctx, db.SweepFeedParams{Node: n.Node, Before: now - feedLife, Most: int32(most)})
			if err != nil {
				return err
			}
			out.Feed += swept
		}
		return out.signIns(ctx, q, now, int32(most))
	})
	if err != nil {
		return out, fmt.Errorf("sweep secrets and feed: %w", err)
	}
	return out, nil
}

// signIns takes away what has run out of those who sign in.
func (s *Swept) signIns(ctx context.Context, q *db.Queries, now int64, most int32) (err error) {
	if s.Sessions, err = q.SweepSessions(ctx, db.SweepSessionsParams{Before: now, Most: most}); err != nil {
		return err
	}
	if s.SignIns, err = q.SweepSignIns(ctx, db.SweepSignInsParams{Before: now, Most: most}); err != nil {
		return err
	}
	if s.Tokens, err = q.SweepTokens(ctx, db.SweepTokensParams{Before: now, Most: most}); err != nil {
		return err
	}
	s.Codes, err = q.SweepVerifications(ctx, now)
	return err
}

func (s *Store) sweepOrg(ctx context.Context, o ids.Org, now int64, most int32) (Swept, error) {
	var out Swept
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		var err error
		if out.Drafts, err = q.SweepDrafts(ctx, db.SweepDraftsParams{Org: string(o), Before: now, Most: most}); err != nil {
			return err
		}
		if out.FormKeys, err = q.SweepFormKeys(ctx, db.SweepFormKeysParams{Org: string(o), Before: now, Most: most}); err != nil {
			return err
		}
		if out.Dialogues, err = q.SweepTextDialogues(ctx, db.SweepTextDialoguesParams{Org: string(o), Before: now, Most: most}); err != nil {
			return err
		}
		if out.Offers, err = q.SweepTextOffers(ctx, db.SweepTextOffersParams{Org: string(o), Before: now, Most: most}); err != nil {
			return err
		}
		_, err = q.SweepAsked(ctx, db.SweepAskedParams{Org: string(o), Now: nullInt(now), Before: now - 2*waiting.AskedLife, Most: most})
		if err != nil {
			return err
		}
		day := time.Unix(now-pinRest, 0).UTC().Format(time.DateOnly)
		if out.PINs, err = q.SweepPINs(ctx, db.SweepPINsParams{Org: string(o), Before: day, Most: most}); err != nil {
			return err
		}
		if out.Tickets, err = sweepLobby(ctx, q, o, now, most); err != nil {
			return err
		}
		return sweepLedger(ctx, q, o, now, most)
	})
	if err != nil {
		return Swept{}, err
	}
	if out.Texts, err = s.sweepTexts(ctx, o, time.Unix(now, 0).Add(-textLife), most); err != nil {
		return out, err
	}
	stale, err := s.read.StaleHolds(ctx, db.StaleHoldsParams{Org: string(o), Before: now - holdRest, Most: most})
	if err != nil {
		return out, fmt.Errorf("read holds that ran out: %w", s.fault(err))
	}
	for _, h := range stale {
		gone, err := s.sweepHold(ctx, h, now-holdRest)
		if err != nil {
			return out, err
		}
		if gone {
			out.Holds++
		}
	}
	return out, nil
}

// sweepTexts takes away conversations that were closed before a moment, and text messages from before it that are part of none.
func (s *Store) sweepTexts(ctx context.Context, o ids.Org, before time.Time, most int32) (swept int64, err error) {
	first := ids.FirstAt(before)
	old, err := s.read.OldWork(ctx, db.OldWorkParams{Org: string(o), BeforeID: first, Before: before.Unix(), Most: most})
	if err != nil {
		return 0, fmt.Errorf("read old work: %w", s.fault(err))
	}
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		swept = 0
		for _, id := range old {
			n, err := q.DropWorkItem(ctx, db.DropWorkItemParams{Org: string(o), ID: id, Before: before.Unix()})
			if err != nil {
				return err
			}
			if n == 0 { // opened again meanwhile
				continue
			}
			swept++
			if err := q.DropFeedback(ctx, db.DropFeedbackParams{Org: string(o), Item: id}); err != nil {
				return err
			}
			if err := q.DropWorkEntries(ctx, db.DropWorkEntriesParams{Org: string(o), Item: id}); err != nil {
				return err
			}
			if err := q.DropConversation(ctx, db.DropConversationParams{Org: string(o), Item: id}); err != nil {
				return err
			}
		}
		in, err := q.SweepTextsIn(ctx, db.SweepTextsInParams{Org: string(o), BeforeID: first, Most: most})
		if err != nil {
			return err
		}
		out, err := q.SweepTextsOut(ctx, db.SweepTextsOutParams{Org: string(o), BeforeID: first, Most: most})
		swept += in + out
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep text messages: %w", err)
	}
	return swept, nil
}

// sweepHold takes one hold away together with the cells it still has. Each has its own transaction, so that nobody who books waits for all of them.
func (s *Store) sweepHold(ctx context.Context, h db.Hold, before int64) (gone bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.SweepHold(ctx, db.SweepHoldParams{Org: h.Org, ID: h.ID, Before: before})
		if gone = err == nil && n == 1; !gone {
			return err
		}
		_, err = q.Release(ctx, db.ReleaseParams{
			Org: h.Org, Unit: h.Unit, FromCell: booking.FirstCell(h.StartAt), ToCell: booking.LastCell(h.BusyUntil), Holder: h.ID,
		})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("sweep hold %s: %w", h.ID, err)
	}
	return gone, nil
}
