package mailbox

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// How long letters are kept. What is told to somebody holds: the days are reckoned when a letter is published, and a class that is changed later is that of later letters.

// defaultRetention are the classes of letters for which an organisation has none of its own, by country: what the state's own mailbox promises. Elsewhere there is no end.
var defaultRetention = map[string]org.Retention{
	"FI": {Attachments: "5y", Source: "Suomi.fi-viestit"},
	// Ninety days from signing in, or three years where nobody does: the longer one, since what counts here is the day of publication.
	"CZ": {Letters: "3y", Attachments: "3y", Source: "CZ 194/2009 Sb., § 6"},
}

// RetentionOf is the class of a letter: the one that its sender named, else the one for its kind, else the product's for the country.
func RetentionOf(o org.Organisation, kind Kind, named string) org.Retention {
	if r, ok := o.RetentionOf(string(kind), named); ok {
		return r
	}
	return defaultRetention[o.Country]
}

// Kept is how long a letter is kept.
type Kept struct {
	Org    ids.Org
	Letter ids.Letter
	// OwnerID is the person or company whose letter it is.
	OwnerID string
	// Class is the organisation's; empty for the product's own.
	Class string
	// DeleteAt and FilesAt are the first seconds in which the letter, and what is attached to it, are deleted; 0 is never.
	DeleteAt, FilesAt int64
}

// KeptUntil reckons how long a letter of a class is kept that was published at a moment: to the end of a local day. Attachments that go with their letter have no day of their own.
func KeptUntil(r org.Retention, published int64, zone *time.Location) (letter, files int64) {
	day := org.DateOf(time.Unix(published, 0).In(zone))
	after := func(k org.Keep) int64 {
		last, ok := k.Last(day)
		if !ok {
			return 0
		}
		return midnight(last.Add(1), zone)
	}
	letter, files = after(r.Letters), after(r.Attachments)
	if letter > 0 && files >= letter {
		files = 0
	}
	return letter, files
}

func midnight(d org.Date, zone *time.Location) int64 { return d.At(0, zone).Unix() }

// Somebody is told so many days before the last on which a letter is kept, at an hour at which nobody sleeps.
const (
	LapseDays = 30
	lapseHour = 9
)

// LapseNoticeAt is when somebody is told of a letter that is deleted at a moment.
func LapseNoticeAt(deleteAt int64, zone *time.Location) int64 {
	last := org.DateOf(time.Unix(deleteAt-1, 0).In(zone))
	return last.Add(-LapseDays).At(lapseHour*60, zone).Unix()
}

// LapsesFrom is the first second in which a letter is deleted that was to be deleted at a moment, and of which somebody was told at another: never before they had all the days.
func LapsesFrom(deleteAt, told int64, zone *time.Location) int64 {
	return max(deleteAt, midnight(org.DateOf(time.Unix(told, 0).In(zone)).Add(LapseDays+1), zone))
}

// LastDayKept is the last day on which what is deleted at a moment is there.
func LastDayKept(deleteAt int64, zone *time.Location) org.Date {
	return org.DateOf(time.Unix(deleteAt-1, 0).In(zone))
}

// What becomes due with a letter that is not kept for ever; none of them is an event.
const (
	dueLapsing      What = "lapsing"       // somebody is to be told
	dueLapsed       What = "lapsed"        // it is to be deleted
	dueFilesLapsing What = "files_lapsing" // the same of what is attached
	dueFilesLapsed  What = "files_lapsed"
)

// deletions is all that takes something away by itself.
var deletions = []What{Purged, dueLapsing, dueLapsed, dueFilesLapsing, dueFilesLapsed}

// ofFiles is the detail of an event that is about what is attached.
const ofFiles = "files"

// keep reckons how long a letter is kept that is published now, and has what follows done.
func (s *Service) keep(ctx context.Context, tx Tx, c *catalog.Config, l Letter) error {
	k := Kept{Org: l.Org, Letter: l.ID, OwnerID: l.Owner.ID(), Class: l.Class}
	r := RetentionOf(c.Org, l.Kind, l.Class)
	k.Class = r.ID
	k.DeleteAt, k.FilesAt = KeptUntil(r, l.PublishAt, c.Zone())
	if len(l.Files) == 0 {
		k.FilesAt = 0
	}
	if k.DeleteAt == 0 && k.FilesAt == 0 && k.Class == "" {
		return nil
	}
	if err := tx.PutKept(ctx, k); err != nil {
		return err
	}
	return lapses(ctx, tx, k, c.Zone(), l.PublishAt)
}

// lapses has somebody told of what is to be deleted, in time or, where that is over, at once.
func lapses(ctx context.Context, tx Tx, k Kept, zone *time.Location, now int64) error {
	for what, at := range map[What]int64{dueLapsing: k.DeleteAt, dueFilesLapsing: k.FilesAt} {
		if at == 0 {
			continue
		}
		if err := tx.PutDue(ctx, Due{Org: k.Org, Letter: k.Letter, What: what, At: max(LapseNoticeAt(at, zone), now)}); err != nil {
			return err
		}
	}
	return nil
}

// lapse does what has become due with a letter that is not kept for ever: tells of it, and then deletes it.
func (s *Service) lapse(ctx context.Context, d Due) error {
	c, err := s.Store.Config(ctx, d.Org)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, d.Org, d.Letter)
		if fault.Is(err, fault.KindNotFound) {
			return tx.DropDue(ctx, d)
		}
		if err != nil {
			return err
		}
		if held, err := isHeld(ctx, tx, d.Org, d.Letter); err != nil || held { // whoever lets it go has it looked at again
			return orDrop(ctx, tx, d, err)
		}
		k, err := tx.Kept(ctx, d.Org, d.Letter)
		if fault.Is(err, fault.KindNotFound) {
			return tx.DropDue(ctx, d)
		}
		if err == nil {
			err = tx.DropDue(ctx, d)
		}
		if err != nil {
			return err
		}
		if d.What == dueLapsing || d.What == dueFilesLapsing {
			return s.announce(ctx, tx, c, l, k, d.What)
		}
		return s.delete(ctx, tx, c, l, k, d.What)
	})
}

// announce tells of a letter, or of what is attached to it, that it is deleted soon. What nobody can see any more goes without a word.
func (s *Service) announce(ctx context.Context, tx Tx, c *catalog.Config, l Stored, k Kept, what What) error {
	now, next := s.Now().Unix(), Due{Org: k.Org, Letter: k.Letter, What: dueLapsed, At: k.DeleteAt}
	detail := ""
	if what == dueFilesLapsing {
		next.What, next.At, detail = dueFilesLapsed, k.FilesAt, ofFiles
	}
	if next.At == 0 {
		return nil
	}
	if Visible(l.Letter, l.Stand(), now) {
		if err := tx.PutEvent(ctx, s.event(l.Letter, actor.System("mailbox"), Lapsing, now, detail)); err != nil {
			return err
		}
		if err := tx.PutLapseTask(ctx, LapseArgs{Person: l.Owner.Person, Company: l.Owner.Company, Day: org.DateOf(time.Unix(now, 0).In(c.Zone())).String()}, now); err != nil {
			return err
		}
		next.At = LapsesFrom(next.At, now, c.Zone())
	}
	return tx.PutDue(ctx, next)
}

// told is when the reader was last told that something is deleted; 0 for never.
func told(l Stored, detail string) int64 {
	var at int64
	for _, e := range l.Events {
		if e.What == Lapsing && e.Detail == detail {
			at = e.At
		}
	}
	return at
}

// delete takes a letter away for good, or what is attached to it, unless somebody was not told in time or still works with it: then it is looked at again.
func (s *Service) delete(ctx context.Context, tx Tx, c *catalog.Config, l Stored, k Kept, what What) error {
	now, st := s.Now().Unix(), l.Stand()
	at, detail, before := k.DeleteAt, "", dueLapsing
	if what == dueFilesLapsed {
		at, detail, before = k.FilesAt, ofFiles, dueFilesLapsing
	}
	if at == 0 {
		return nil
	}
	if Visible(l.Letter, st, now) {
		said := told(l, detail)
		if said == 0 {
			return tx.PutDue(ctx, Due{Org: k.Org, Letter: k.Letter, What: before, At: now})
		}
		at = LapsesFrom(at, said, c.Zone())
	}
	if now < at {
		return tx.PutDue(ctx, Due{Org: k.Org, Letter: k.Letter, What: what, At: at})
	}
	if busy, err := worked(ctx, tx, l.Letter); err != nil || busy {
		if busy && err == nil {
			err = tx.PutDue(ctx, Due{Org: k.Org, Letter: k.Letter, What: what, At: now + dayLong})
		}
		return err
	}
	if err := tx.DropLinks(ctx, holder(l.Letter), now); err != nil {
		return err
	}
	who, action, event := actor.System("mailbox"), audit.LetterFilesPurged, FilesPurged
	if what == dueFilesLapsed {
		k.FilesAt = 0
		if err := tx.PutKept(ctx, k); err != nil {
			return err
		}
	} else {
		action, event = audit.LetterPurged, Purged
		if err := tx.Erase(ctx, k.Org, k.Letter); err != nil {
			return err
		}
		if err := tx.SettlePrint(ctx, k.Org, k.Letter, now); err != nil {
			return err
		}
		if err := dropDeletions(ctx, tx, k.Org, k.Letter); err != nil {
			return err
		}
		if err := tx.DropKept(ctx, k.Org, k.Letter); err != nil {
			return err
		}
	}
	if st.Purged == 0 { // what its reader had deleted before was said to be gone
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, event, now, byAge)); err != nil {
			return err
		}
	}
	return tx.Audit(ctx, s.entry(k.Org, who, action, "letter", string(k.Letter), map[string]string{"by": byAge, "class": k.Class}))
}

// byAge is the detail of what was deleted since its time was over.
const byAge = "retention"

const dayLong = 24 * 60 * 60

// worked reports whether an exchange that a person wrote in is still somebody's work.
func worked(ctx context.Context, tx Tx, l Letter) (bool, error) {
	m, err := tx.MatterOf(ctx, l.Org, l.Thread)
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	item, err := tx.WorkItem(ctx, l.Org, m.Item)
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	return err == nil && item.State != worklist.Closed, err
}

func dropDeletions(ctx context.Context, tx Tx, o ids.Org, id ids.Letter) error {
	for _, what := range deletions {
		if err := tx.DropDue(ctx, Due{Org: o, Letter: id, What: what}); err != nil {
			return err
		}
	}
	return nil
}

// TaskLapse is the kind of the task that tells somebody that letters of theirs are deleted soon.
const TaskLapse = "arrival.lapse"

// LapseArgs are its arguments: one for each owner and day, however many letters there are.
type LapseArgs struct {
	Person  ids.Person  `json:"person,omitempty"`
	Company ids.Company `json:"company,omitempty"`
	Day     string      `json:"day"`
}

// Lapsings say how to tell somebody that letters of theirs are deleted soon: its owner, and those who may act for them, each where they want to hear of new ones.
func (s *Service) Lapsings(ctx context.Context, a LapseArgs) ([]Telling, error) {
	of := actor.Owner{Person: a.Person, Company: a.Company}
	b, err := box(ctx, s.Store, of)
	if err != nil {
		return nil, err
	}
	return s.tellings(ctx, of, b)
}

// Lapse is what is deleted of a mailbox before long: so many letters, and what is attached to so many others.
type Lapse struct {
	Letters, Files int
	// First is the first second in which some of them are deleted.
	First int64
}

// Lapse counts the letters of the actor that they were told are deleted, and those whose attachments are.
func (s *Service) Lapse(ctx context.Context, who actor.Actor) (Lapse, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return Lapse{}, err
	}
	now := s.Now().Unix()
	return s.Store.Lapses(ctx, of, now, now+(LapseDays+2)*dayLong)
}

// KeptOf is how long one of the actor's letters is kept; its zero value for one without an end.
func (s *Service) KeptOf(ctx context.Context, l Letter) (Kept, error) {
	k, err := s.Store.Kept(ctx, l.Org, l.ID)
	if fault.Is(err, fault.KindNotFound) {
		return Kept{}, nil
	}
	return k, err
}

// FilesGone are the files that a letter names and that are not kept any more.
func (l Letter) FilesGone(list []file.Attached) (gone []Attachment) {
	there := map[ids.File]bool{}
	for _, a := range list {
		there[a.ID] = true
	}
	for _, a := range l.Files {
		if !there[a.ID] {
			gone = append(gone, a)
		}
	}
	return gone
}
