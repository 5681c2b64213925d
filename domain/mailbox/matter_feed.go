package mailbox

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/file"
	"luukku/domain/worklist"
)

// FedMatter is a matter in the feed of a case system: as it stands now, under the number of its newest change, and without what it says.
type FedMatter struct {
	Matter
	Seq  int64
	Work worklist.Item
	// Protected says that it is of somebody whose data is protected: to a program it is not there.
	Protected bool
}

// MatterFeed returns the matters of an organisation that changed after a number, each once, in the order of their newest changes: what came, and what anybody did with it. Whoever asks again with
// next misses no matter, however much happens meanwhile; one that changes again comes again. What lies beyond the limits of who asks is left out. That they were listed is written down.
func (s *Service) MatterFeed(ctx context.Context, who actor.Actor, o ids.Org, after int64, most int) (list []FedMatter, next int64, more bool, err error) {
	if err := who.MaySomewhere(actor.LetterWork, o); err != nil {
		return nil, 0, false, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, 0, false, err
	}
	after, most = max(after, 0), min(max(most, 1), MostFeed)
	page, err := s.Store.MattersAfter(ctx, o, after, most)
	if err != nil {
		return nil, 0, false, err
	}
	next = after
	for _, m := range page {
		next = m.Seq
		if !m.Protected && who.May(worklist.RightOver(who, worklist.Letter), m.Work.Object(c)) == nil {
			list = append(list, m)
		}
	}
	if len(list) > 0 { // who asks each minute, and hears nothing, has listed nothing
		err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			return tx.Audit(ctx, s.Work.Line(o, who, audit.WorkListed, "all", map[string]string{"kind": string(worklist.Letter)}))
		})
	}
	return list, next, len(page) == most, err
}

// MatterFile opens what is attached to a letter of a matter, for one of those who may read it; that it was opened is in the log. Close it. Faults: NotFound, and Conflict "file.closed" for one that no
// scanner has found clean.
func (s *Service) MatterFile(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, id ids.Letter, f ids.File) (file.Attached, *file.Content, error) {
	a, _, err := s.mayDo(ctx, who, o, item)
	if err != nil {
		return file.Attached{}, nil, err
	}
	for _, l := range a.Letters {
		if l.ID == id {
			return s.openFile(ctx, who, l.Letter, f)
		}
	}
	return file.Attached{}, nil, fault.NotFound("error.not_found")
}

// MatterFiles are what is attached to a letter of a matter, with how each stands.
func (s *Service) MatterFiles(ctx context.Context, l Stored) ([]file.Attached, error) {
	return s.filesOf(ctx, l.Letter)
}

// Do does something with a matter that every piece of work knows: to assign it, to date it, to put it into another inbox, to close it. Faults: NotFound also for whose data is hidden, and those of
// worklist.Service.Do.
func (s *Service) Do(ctx context.Context, who actor.Actor, d worklist.Deed) (worklist.Item, error) {
	if _, _, err := s.mayDo(ctx, who, d.Org, d.ID); err != nil {
		return worklist.Item{}, err
	}
	return s.Work.Do(ctx, who, d)
}
