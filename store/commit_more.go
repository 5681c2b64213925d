package store

import (
	"context"
	"encoding/json"
	"errors"

	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/task"
	"luukku/domain/booking"
	"luukku/domain/waiting"
	"luukku/store/db"
)

// The steps of a change that few changes have.

// errNoPIN ends a transaction in which every candidate was somebody's: a matter of a broken source of chance.
var errNoPIN = errors.New("no PIN of those drawn is free")

// offer changes a freed time, on the condition that it is as it was read.
func (w writer) offer(ctx context.Context) error {
	o := w.c.Offer
	if o == nil {
		return nil
	}
	state, more, good := booking.FreedOpen, int64(0), int64(0)
	switch {
	case o.Accept != "":
		state, good = booking.FreedTaken, w.c.Now
	case o.Decline != "":
		good = w.c.Now
	case o.Over:
		state = booking.FreedOver
	default:
		more = 1
	}
	n, err := w.q.ClaimFreed(ctx, db.ClaimFreedParams{
		State: string(state), More: more, ExpiresAt: o.ExpiresAt, Org: string(w.c.Org), ID: string(o.Freed), Round: o.Round, GoodAt: good,
	})
	if err != nil {
		return err
	}
	if n != 1 && !planted.Bug("offer-gone-taken") {
		return w.verdict(booking.OfferGone)
	}
	if err := w.answer(ctx, o); err != nil {
		return err
	}
	for _, p := range o.Put {
		err := w.q.PutTimeOffer(ctx, db.PutTimeOfferParams{
			Org: string(w.c.Org), Freed: string(p.Freed), Waiting: string(p.Waiting), Round: p.Round, ExpiresAt: p.ExpiresAt, CreatedAt: p.CreatedAt,
		})
		if err != nil {
			return err
		}
		if err := w.q.CountOffer(ctx, db.CountOfferParams{Org: string(w.c.Org), ID: string(p.Waiting)}); err != nil {
			return err
		}
	}
	return nil
}

// answer writes down who accepted or declined. Who accepts is served; the others' offers are gone.
func (w writer) answer(ctx context.Context, o *booking.OfferChange) error {
	state, who := booking.Accepted, o.Accept
	if o.Decline != "" {
		state, who = booking.Declined, o.Decline
	}
	if who == "" {
		return nil
	}
	n, err := w.q.AnswerOffer(ctx, db.AnswerOfferParams{
		State: string(state), AnsweredAt: nullInt(w.c.Now), Org: string(w.c.Org), Freed: string(o.Freed), Waiting: string(who), GoodAt: w.c.Now,
	})
	if err != nil {
		return err
	}
	if n != 1 {
		return w.verdict(booking.OfferGone)
	}
	if o.Accept == "" {
		return nil
	}
	if err := w.q.EndOffers(ctx, db.EndOffersParams{Org: string(w.c.Org), Freed: string(o.Freed)}); err != nil {
		return err
	}
	// Who was served or left since the offer was read does not get it: one place in the line is one time.
	if n, err = w.endWaiting(ctx, o.Accept, waiting.Served); err == nil && n != 1 && !planted.Bug("offer-after-leaving") {
		return w.verdict(booking.OfferGone)
	}
	return err
}

// parts writes what a visit of several people, or of several services, is made of, in place of what there was.
func (w writer) parts(ctx context.Context, a *booking.Appointment) error {
	if len(a.Parts) == 0 {
		return nil
	}
	if err := w.q.DropParts(ctx, db.DropPartsParams{Org: string(a.Org), Appointment: string(a.ID)}); err != nil {
		return err
	}
	for i, p := range a.Parts {
		err := w.q.PutPart(ctx, db.PutPartParams{
			Org: string(a.Org), Appointment: string(a.ID), Position: int64(i), Service: string(p.Service), Account: orNull(p.Account), Sealed: p.Sealed,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w writer) endWaiting(ctx context.Context, id ids.Waiting, state waiting.State) (int64, error) {
	return w.q.EndWaiting(ctx, db.EndWaitingParams{State: string(state), EndedAt: nullInt(w.c.Now), Org: string(w.c.Org), ID: string(id)})
}

// keep takes what was given back for a freed time; where a cell is somebody's by now, there is nothing to offer, and the rest of the change goes on.
func (w writer) keep(ctx context.Context) error {
	k := w.c.Keep
	if k == nil {
		return nil
	}
	f := k.Freed
	if planted.Bug("offer-not-kept") {
		f.ExpiresAt = f.CreatedAt - 1
	}
	first, last := booking.FirstCell(f.Start), booking.LastCell(f.BusyUntil)
	inner := w
	inner.c.Take = &booking.Take{Holder: string(f.ID), From: f.Start, To: f.BusyUntil, ExpiresAt: f.ExpiresAt}
	n, err := inner.insertCells(ctx, f.Unit, first, last)
	if err != nil {
		return err
	}
	if n != last-first {
		return w.release(ctx, booking.Cells{Unit: f.Unit, Holder: string(f.ID), From: f.Start, To: f.BusyUntil})
	}
	w.out.Kept = true
	return w.q.PutFreed(ctx, db.PutFreedParams{
		Org: string(f.Org), ID: string(f.ID), Service: string(f.Service), Office: string(f.Office), Unit: string(f.Unit), StartAt: f.Start, EndAt: f.End,
		BusyUntil: f.BusyUntil, ExpiresAt: f.ExpiresAt, CreatedAt: f.CreatedAt,
	})
}

func (w writer) pin(ctx context.Context) error {
	o := string(w.c.Org)
	if w.c.DropPIN != "" {
		if err := w.q.DropPINs(ctx, db.DropPINsParams{Org: o, Appointment: string(w.c.DropPIN)}); err != nil {
			return err
		}
		return w.q.SetPIN(ctx, db.SetPINParams{Org: o, ID: string(w.c.DropPIN)})
	}
	p := w.c.PutPIN
	if p == nil {
		return nil
	}
	if err := w.q.DropPINs(ctx, db.DropPINsParams{Org: o, Appointment: string(p.Appointment)}); err != nil {
		return err
	}
	for i, hash := range p.Hashes {
		n, err := w.q.PutPIN(ctx, db.PutPINParams{Org: o, Office: string(p.Office), Day: p.Day, Pin: hash, Appointment: string(p.Appointment)})
		if err != nil {
			return err
		}
		if n == 1 {
			w.out.PIN = i
			return w.q.SetPIN(ctx, db.SetPINParams{Pin: p.Sealed[i], Org: o, ID: string(p.Appointment)})
		}
	}
	return errNoPIN
}

func (w writer) waiting(ctx context.Context) error {
	if e := w.c.PutWaiting; e != nil {
		wish, err := json.Marshal(e.Wish)
		if err != nil {
			return err
		}
		err = w.q.PutWaiting(ctx, db.PutWaitingParams{
			Org: string(e.Org), ID: string(e.ID), Service: string(e.Service), State: string(e.State), Person: string(e.Person), Name: e.Name, Email: e.Email,
			Phone: e.Phone, Lang: string(e.Lang), Account: orNull(e.Account), Wish: string(wish), Moves: string(e.Moves), MadeBy: string(e.MadeBy),
			CreatedAt: e.CreatedAt,
		})
		if err != nil {
			return err
		}
	}
	if e := w.c.SetWaiting; e != nil {
		if e.State == waiting.Waiting { // proven
			_, err := w.q.ProveWaiting(ctx, db.ProveWaitingParams{Org: string(w.c.Org), ID: string(e.ID)})
			return err
		}
		_, err := w.endWaiting(ctx, e.ID, e.State)
		return err
	}
	return nil
}

func (w writer) tasks(ctx context.Context) error {
	for _, j := range w.c.Tasks {
		_, err := w.q.PutTask(ctx, db.PutTaskParams{
			Bucket: int64(task.BucketOf(j.Uniq)), ID: string(w.store.opts.Gen.Task()), Kind: j.Kind, Uniq: j.Uniq, Args: j.Args, RunAt: j.RunAt,
			CreatedAt: w.c.Now, Lane: int64(j.Lane),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
