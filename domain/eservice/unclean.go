package eservice

import (
	"context"
	"slices"

	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/worklist"
)

// Scanned hears that the scanner is done with a file. An attachment may be sent while it waits for the scanner: what is found bad then is opened for nobody, and is an event of what was sent, once; its work
// comes anew, and whose it is is told that there is something new. Of a draft nothing is written: it is not sent with such a file.
func (s *Service) Scanned(ctx context.Context, h file.Holder) error {
	if h.Kind != file.OfForm {
		return nil
	}
	x, err := s.Store.Submission(ctx, h.Org, ids.Submission(h.ID))
	if err != nil {
		return orNobody(err) // a draft
	}
	c, err := s.Store.Config(ctx, h.Org)
	if err != nil {
		return err
	}
	f, err := c.Form(x.Form)
	if err := orNobody(err); err != nil {
		return err
	}
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		x, err := tx.Submission(ctx, h.Org, x.ID)
		if err != nil {
			return orNobody(err) // deleted meanwhile
		}
		files, err := s.Files.Of(ctx, tx.Letters(), x.holder(), x.Owner)
		if err != nil {
			return err
		}
		events, err := tx.SubmissionEvents(ctx, x.Org, x.ID)
		if err != nil {
			return err
		}
		for _, a := range files {
			known := func(e Event) bool {
				return !planted.Bug("bad-file-told-again") && e.What == Unclean && e.Detail == string(a.ID)
			}
			if !a.State.Bad() || slices.ContainsFunc(events, known) {
				continue
			}
			return s.unclean(ctx, tx, x, a.ID, f) // each file is heard of by itself, and each event has a number of its own
		}
		return nil
	})
}

// unclean writes that an attachment is opened for nobody, and has those hear of it who must.
func (s *Service) unclean(ctx context.Context, tx SubmissionTx, x Submission, id ids.File, f *catalog.Form) error {
	now, scanner := s.Now().Unix(), actor.System("scanner")
	x, err := s.happen(ctx, tx, x, Event{Org: x.Org, Submission: x.ID, At: now, What: Unclean, ActorKind: scanner.Kind, Actor: scanner.ID(), Detail: string(id)}, f)
	if err != nil {
		return err
	}
	if err := tx.PutTelling(ctx, TellArgs{Org: x.Org, Submission: x.ID, Seq: x.Seen}, now); err != nil {
		return err
	}
	i, err := tx.Letters().WorkItem(ctx, x.Org, x.Item)
	if err != nil {
		return err
	}
	if i.Changed = now; !x.State.Ended() {
		i = i.Came(now)
	}
	line := s.line(x, scanner, audit.SubmissionChanged, map[string]string{"what": string(Unclean), "file": string(id)})
	return orAgain(tx.Letters().ChangeWork(ctx, worklist.Change{Now: i, Audit: []audit.Entry{line}}))
}
