package store

import (
	"context"
	"errors"
	"fmt"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/store/db"
)

// Dialogue returns the dialogue of a number, or the zero one.
func (s Texting) Dialogue(ctx context.Context, o ids.Org, key []byte) (texting.SealedDialogue, error) {
	r, err := s.read.TextDialogue(ctx, db.TextDialogueParams{Org: string(o), NumberKey: key})
	if noRows(err) {
		return texting.SealedDialogue{}, nil
	}
	if err != nil {
		return texting.SealedDialogue{}, fmt.Errorf("read dialogue: %w", s.fault(err))
	}
	return texting.SealedDialogue{State: r.State, Version: r.Version, ExpiresAt: r.ExpiresAt}, nil
}

var errStaleDialogue = errors.New("the dialogue went on meanwhile")

// Finish ends a message that came in: its answers, the dialogue and the lines of the log in one transaction.
func (s Texting) Finish(ctx context.Context, f texting.Finish) (out texting.Finished, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		out = texting.FinishedAlready
		n, err := q.SettleTextIn(ctx, db.SettleTextInParams{Org: string(f.Org), ID: string(f.ID), State: string(texting.Done)})
		if err != nil || n == 0 {
			return err
		}
		if err := putDialogue(ctx, q, f); err != nil {
			return err
		}
		out = texting.FinishedNow
		if err := s.putOut(ctx, q, f.Out...); err != nil {
			return err
		}
		for _, e := range f.Audit {
			if err := putAudit(ctx, q, e); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errStaleDialogue) {
		return texting.FinishedStale, nil
	}
	if err != nil {
		return out, fmt.Errorf("answer text message: %w", err)
	}
	return out, nil
}

func putDialogue(ctx context.Context, q *db.Queries, f texting.Finish) (err error) {
	if f.Leave {
		return nil
	}
	org, n := string(f.Org), int64(1)
	switch d := f.Dialogue; {
	case d == nil && f.Version > 0:
		n, err = q.EndTextDialogue(ctx, db.EndTextDialogueParams{Org: org, NumberKey: f.Key, Version: f.Version})
	case d == nil:
	case f.Version == 0:
		n, err = q.BeginTextDialogue(ctx, db.BeginTextDialogueParams{Org: org, NumberKey: f.Key, State: d.State, ExpiresAt: d.ExpiresAt})
	default:
		n, err = q.SetTextDialogue(ctx, db.SetTextDialogueParams{State: d.State, ExpiresAt: d.ExpiresAt, Org: org, NumberKey: f.Key, Version: f.Version})
	}
	if err == nil && n == 0 {
		err = errStaleDialogue
	}
	return err
}

// CountOut counts what was sent to a number of an event since a moment.
func (s Texting) CountOut(ctx context.Context, o ids.Org, key []byte, event notify.Event, since int64) (int, error) {
	n, err := s.read.CountTextOut(ctx, db.CountTextOutParams{Org: string(o), NumberKey: key, Event: string(event), Since: since})
	if err != nil {
		return 0, fmt.Errorf("count text messages: %w", s.fault(err))
	}
	return int(n), nil
}

// LastLang returns the language of what was last sent to a number; empty for none.
func (s Texting) LastLang(ctx context.Context, o ids.Org, key []byte) (i18n.Lang, error) {
	list, err := s.read.LastTextLang(ctx, db.LastTextLangParams{Org: string(o), NumberKey: key})
	if err != nil {
		return "", fmt.Errorf("read last language: %w", s.fault(err))
	}
	if len(list) == 0 {
		return "", nil
	}
	return i18n.Lang(list[0]), nil
}

// PutOffer keeps the code of an offer; false when the code is somebody's, or the offer has one.
func (s Texting) PutOffer(ctx context.Context, o ids.Org, t texting.Told) (kept bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutTextOffer(ctx, db.PutTextOfferParams{
			Org: string(o), Code: t.Code, Freed: string(t.Freed), Waiting: string(t.Waiting), NumberKey: t.Key, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
			Own: t.Own,
		})
		kept = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keep code of an offer: %w", err)
	}
	return kept, nil
}

// Offer returns the offer with a code, OfferOf the one of a freed time to one who waits; NotFound "offer.not_found".
func (s Texting) Offer(ctx context.Context, o ids.Org, code string) (texting.Told, error) {
	r, err := s.read.TextOffer(ctx, db.TextOfferParams{Org: string(o), Code: code})
	if err != nil {
		return texting.Told{}, s.found(err, "offer.not_found", "read code of an offer")
	}
	return toldOf(db.TextOffersOfNumberRow(r)), nil
}

// OfferOf is told at Offer.
func (s Texting) OfferOf(ctx context.Context, o ids.Org, freed ids.Freed, w ids.Waiting) (texting.Told, error) {
	r, err := s.read.TextOfferOf(ctx, db.TextOfferOfParams{Org: string(o), Freed: string(freed), Waiting: string(w)})
	if err != nil {
		return texting.Told{}, s.found(err, "offer.not_found", "read offer of %s", freed)
	}
	return toldOf(db.TextOffersOfNumberRow(r)), nil
}

// mostOffersRead bounds what is read of the offers of one number.
const mostOffersRead = 20

// OffersOfNumber returns the offers that went to a number since a moment, newest first.
func (s Texting) OffersOfNumber(ctx context.Context, o ids.Org, key []byte, since int64) ([]texting.Told, error) {
	rows, err := s.read.TextOffersOfNumber(ctx, db.TextOffersOfNumberParams{Org: string(o), NumberKey: key, Since: since, Most: mostOffersRead})
	if err != nil {
		return nil, fmt.Errorf("read offers of a number: %w", s.fault(err))
	}
	out := make([]texting.Told, len(rows))
	for i, r := range rows {
		out[i] = toldOf(r)
	}
	return out, nil
}

func toldOf(r db.TextOffersOfNumberRow) texting.Told {
	return texting.Told{
		Code: r.Code, Freed: ids.Freed(r.Freed), Waiting: ids.Waiting(r.Waiting), Key: r.NumberKey, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
		Own: r.Own,
	}
}

// TextsIn returns what came in from a number, newest first.
func (s Texting) TextsIn(ctx context.Context, o ids.Org, key []byte, most int) ([]texting.SealedIn, error) {
	rows, err := s.read.TextsInOf(ctx, db.TextsInOfParams{Org: string(o), NumberKey: key, Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read text messages of a number: %w", s.fault(err))
	}
	out := make([]texting.SealedIn, len(rows))
	for i, r := range rows {
		out[i] = texting.SealedIn{
			In:  texting.In{Org: o, ID: ids.Text(r.ID), Gateway: r.Gateway, To: r.SentTo, At: r.At, State: texting.State(r.State)},
			Ref: r.Ref, Number: r.Number, NumberKey: r.NumberKey, Text: r.Body,
		}
	}
	return out, nil
}
