package mailbox

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// MostBatch is how many letters a print batch has at most.
const MostBatch = 200

// Batch is what a print service took of the letters that go on paper, at once.
type Batch struct {
	Org     ids.Org
	ID      ids.PrintBatch
	MadeAt  int64
	Letters []ids.Letter
	// Taken says of each of its letters how many batches it was in, this one included: more than one says that another printer may have it, too.
	Taken map[ids.Letter]int
}

// PrintLate is after how many seconds a batch of which letters are neither printed nor recalled is looked after.
const PrintLate = 48 * 60 * 60

// PrintRun is a batch with how far it came.
type PrintRun struct {
	Batch
	// Count is how many letters it has, Open of how many nothing was said yet; the others are how many were printed, posted and returned.
	Count, Open, Printed, Posted, Returned int64
}

// Late reports whether somebody should look after a batch: of some of its letters nothing was said, and it was taken long ago. In its last second it is not late.
func (r PrintRun) Late(now int64) bool { return r.Open > 0 && now > r.MadeAt+PrintLate }

// ReturnedLetter is a letter that came back.
type ReturnedLetter struct {
	Letter   ids.Letter
	Batch    ids.PrintBatch
	Ref      string
	Posted   int64
	Returned int64
}

// PrintRoom is how an organisation's printing stands: what waits and since when, the batches that are not done and the newest ones, and what came back.
type PrintRoom struct {
	Waiting, Oldest int64
	Open, Newest    []PrintRun
	Returned        []ReturnedLetter
}

// mostRuns is how many batches and returned letters the print room has of each.
const mostRuns = 50

// PrintRoom returns how printing stands.
func (s *Service) PrintRoom(ctx context.Context, who actor.Actor, o ids.Org) (PrintRoom, error) {
	var room PrintRoom
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return room, err
	}
	var err error
	if room.Waiting, room.Oldest, err = s.Store.PrintWaiting(ctx, o); err != nil {
		return room, err
	}
	open, err := s.Store.OpenBatches(ctx, o, mostRuns)
	if err != nil {
		return room, err
	}
	newest, err := s.Store.Batches(ctx, o, "", mostRuns)
	if err != nil {
		return room, err
	}
	for _, b := range newest {
		r, err := s.Store.Run(ctx, b)
		if err != nil {
			return room, err
		}
		room.Newest = append(room.Newest, r)
	}
	for _, b := range open {
		r, err := s.Store.Run(ctx, b)
		if err != nil {
			return room, err
		}
		room.Open = append(room.Open, r)
	}
	if room.Returned, err = s.Store.ReturnedLetters(ctx, o, mostRuns); err != nil {
		return room, err
	}
	for i, l := range room.Returned {
		stored, err := s.Store.SentLetter(ctx, o, l.Letter)
		if err != nil {
			return room, err
		}
		room.Returned[i].Ref = stored.Ref
	}
	return room, nil
}

// Release puts the letters of a batch of which nothing was said back into the queue, where the next batch takes them: a print service that is silent keeps no letter. Each says from then on that it
// was in a batch before. Done counts them.
func (s *Service) Release(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (done int, err error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return 0, err
	}
	b, err := s.Store.Batch(ctx, o, id)
	if err != nil {
		return 0, err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		done = 0
		for _, l := range b.Letters {
			ok, err := tx.ReleasePrint(ctx, o, id, l)
			if err != nil {
				return err
			}
			if ok {
				done++
			}
		}
		if done == 0 {
			return nil
		}
		return tx.Audit(ctx, s.entry(o, who, audit.LettersReleased, "print_batch", string(id), nil))
	})
	return done, err
}

// LatePrint are the batches of an organisation that somebody should look after.
func (s *Service) LatePrint(ctx context.Context, o ids.Org) ([]PrintRun, error) {
	open, err := s.Store.OpenBatches(ctx, o, mostRuns)
	if err != nil {
		return nil, err
	}
	now := s.Now().Unix()
	var late []PrintRun
	for _, b := range open { // the oldest first
		r, err := s.Store.Run(ctx, b)
		if err != nil {
			return nil, err
		}
		if r.Late(now) {
			late = append(late, r)
		}
	}
	return late, nil
}

// PrintWaiting says how many letters of an organisation wait to be taken by a print service, and since when the oldest does.
func (s *Service) PrintWaiting(ctx context.Context, who actor.Actor, o ids.Org) (letters, oldest int64, err error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return 0, 0, err
	}
	return s.Store.PrintWaiting(ctx, o)
}

// TakeBatch puts the letters that have waited longest into a batch, at most so many: all of them in one step, or none. Asked again under its key it is the same batch, and again says so.
func (s *Service) TakeBatch(ctx context.Context, who actor.Actor, o ids.Org, most int, key ids.FormKey) (b Batch, again bool, err error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return Batch{}, false, err
	}
	now := s.Now().Unix()
	b = Batch{Org: o, ID: s.Gen.PrintBatch(), MadeAt: now}
	var used string
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		used, again, err = tx.UseForm(ctx, o, key, "print_batch", digest(most), string(b.ID), now+formLife)
		if again || err != nil {
			return err
		}
		return s.fill(ctx, tx, who, b, min(max(most, 1), MostBatch))
	})
	if err != nil {
		return Batch{}, false, err
	}
	if again {
		b.ID = ids.PrintBatch(used)
	}
	b, err = s.Store.Batch(ctx, o, b.ID)
	return b, again, err
}

func (s *Service) fill(ctx context.Context, tx Tx, who actor.Actor, b Batch, most int) error {
	if err := tx.PutBatch(ctx, b); err != nil {
		return err
	}
	list, err := tx.TakePrint(ctx, b, most)
	if err != nil {
		return err
	}
	letters := make([]Letter, len(list))
	for i, id := range list { // all are read before the first event is written: whoever recalls one of them waits for one thing at a time
		l, err := tx.SentLetter(ctx, b.Org, id)
		if err != nil {
			return err
		}
		letters[i] = l.Letter
	}
	for _, l := range letters {
		if err := tx.PutEvent(ctx, s.event(l, who, Printing, b.MadeAt, "")); err != nil {
			return err
		}
	}
	return tx.Audit(ctx, s.entry(b.Org, who, audit.LettersTaken, "print_batch", string(b.ID), nil))
}

// Batches returns the newest batches, those before one when it is named, without their letters.
func (s *Service) Batches(ctx context.Context, who actor.Actor, o ids.Org, before ids.PrintBatch, most int) ([]Batch, error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Batches(ctx, o, before, most)
}

// Batch returns a batch and its letters with what is to be printed, a verifiable one's too. A letter that was recalled, posted or erased has nothing to print any more. That they
// were read is in the log.
func (s *Service) Batch(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (Batch, []Stored, error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return Batch{}, nil, err
	}
	b, err := s.Store.Batch(ctx, o, id)
	if err != nil {
		return Batch{}, nil, err
	}
	list := make([]Stored, 0, len(b.Letters))
	for _, l := range b.Letters {
		stored, err := s.Store.SentLetter(ctx, o, l)
		if err != nil {
			return Batch{}, nil, err
		}
		one := []Stored{stored}
		err = s.openThose(ctx, one, func(l Stored) bool { return ToPrint(l.Stand()) })
		if err != nil && !fault.Is(err, fault.KindNotFound) { // whose key was erased has nothing to print, and keeps nobody else's letter back
			return Batch{}, nil, err
		}
		list = append(list, one[0])
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry(o, who, audit.LettersPrintRead, "print_batch", string(id), nil))
	})
	return b, list, err
}

// ToPrint reports whether there is something left to print of a letter that is in a batch.
func ToPrint(s Standing) bool { return s.Recalled == 0 && s.Posted == 0 }

// Papers are what a print service says of a letter.
var Papers = []What{Printed, Posted, Returned}

// MayPaper says whether a print service may say something of a letter; done is true where it has been said before. Conflict "letter.recalled_already", "letter.not_posted".
func MayPaper(s Standing, what What) (done bool, err error) {
	said := map[What]int64{Printed: s.Printed, Posted: s.Posted, Returned: s.Returned}[what]
	switch {
	case said > 0:
		return true, nil
	case s.Recalled > 0:
		return false, fault.Conflict("letter.recalled_already", nil)
	case what == Returned && s.Posted == 0:
		return false, fault.Conflict("letter.not_posted", nil)
	}
	return false, nil
}

// Paper records that letters of a batch were printed, posted or returned, each by itself: the fault of one does not keep the others from it, and saying it again is none. The answer has
// the faults of those that were refused. Faults: NotFound, for the batch, and in the answer for letters that are not in it.
func (s *Service) Paper(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch, what What, letters []ids.Letter) (refused map[ids.Letter]error, err error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	if !slices.Contains(Papers, what) {
		return nil, fault.NotFound("error.not_found")
	}
	b, err := s.Store.Batch(ctx, o, id)
	if err != nil {
		return nil, err
	}
	refused = map[ids.Letter]error{}
	for _, l := range letters {
		var err error = fault.NotFound("error.not_found")
		if slices.Contains(b.Letters, l) {
			err = s.paper(ctx, who, o, id, l, what)
		}
		switch {
		case err == nil:
		case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindNotFound):
			refused[l] = err
		default:
			return nil, err
		}
	}
	return refused, nil
}

func (s *Service) paper(ctx context.Context, who actor.Actor, o ids.Org, batch ids.PrintBatch, id ids.Letter, what What) error {
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, o, id)
		if err != nil {
			return err
		}
		if in, err := tx.BatchOf(ctx, o, id); err != nil || in != batch { // it was taken out of this batch meanwhile
			return orNotFound(err)
		}
		if done, err := MayPaper(l.Stand(), what); done || err != nil {
			return err
		}
		now := s.Now().Unix()
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, what, now, "")); err != nil {
			return err
		}
		if err := tx.SetPaper(ctx, o, id, what, now); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.LetterPrinting, "letter", string(id), map[string]string{"what": string(what)}))
	})
}

func orNotFound(err error) error {
	if err == nil {
		return fault.NotFound("error.not_found")
	}
	return err
}

// PrintLine is how a letter of a batch stands, without what it says.
type PrintLine struct {
	ID    ids.Letter
	Ref   string
	State PaperState
	// Taken is how many batches it was in, Files how many files are attached to it.
	Taken, Files int
}

// PrintList is how a batch and each of its letters stand. It opens none of them.
func (s *Service) PrintList(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (PrintRun, []PrintLine, error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return PrintRun{}, nil, err
	}
	b, err := s.Store.Batch(ctx, o, id)
	if err != nil {
		return PrintRun{}, nil, err
	}
	run, err := s.Store.Run(ctx, b)
	if err != nil {
		return PrintRun{}, nil, err
	}
	lines := make([]PrintLine, len(b.Letters))
	for i, l := range b.Letters {
		stored, err := s.Store.SentLetter(ctx, o, l)
		if err != nil {
			return PrintRun{}, nil, err
		}
		if len(stored.Sealed) > 0 {
			stored.Body = "-" // there is something to print: what, is nobody's here
		}
		lines[i] = PrintLine{ID: l, Ref: stored.Ref, State: PaperStateOf(stored), Taken: b.Taken[l]}
		if s.Files == nil {
			continue
		}
		files, _, err := s.Files.Store.FilesOf(ctx, holder(stored.Letter))
		if err != nil {
			return PrintRun{}, nil, err
		}
		lines[i].Files = len(files)
	}
	return run, lines, nil
}
