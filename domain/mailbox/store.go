package mailbox

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/worklist"
)

// Stored is a letter with its events, in their order.
type Stored struct {
	Letter
	Events []Event
}

// Stand is how the letter stands.
func (s Stored) Stand() Standing { return Stand(s.Events) }

// Reader is what the room reads.
type Reader interface {
	// Box returns somebody's mailbox, its zero value with Version 0 for who never had one.
	Box(ctx context.Context, p ids.Person) (Box, error)
	// CompanyBox returns a company's mailbox, its zero value with Version 0 for one that never had any.
	CompanyBox(ctx context.Context, c ids.Company) (Box, error)
	// Tellers returns how those who act for a mailbox's owner want to be told.
	Tellers(ctx context.Context, of actor.Owner) ([]Teller, error)
	// Preferences returns somebody's preferences in the order of their versions.
	Preferences(ctx context.Context, p ids.Person) ([]Preference, error)
	// PersonKey returns somebody's wrapped key, or NotFound.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	// Letter returns an owner's letter, SentLetter an organisation's; NotFound.
	Letter(ctx context.Context, of actor.Owner, id ids.Letter) (Stored, error)
	SentLetter(ctx context.Context, o ids.Org, id ids.Letter) (Stored, error)
	// Kept returns how long a letter is kept, NotFound for one without an end; Hold what holds it, or NotFound.
	Kept(ctx context.Context, o ids.Org, id ids.Letter) (Kept, error)
	Hold(ctx context.Context, o ids.Org, id ids.Letter) (Hold, error)
	// Exchange returns the letters of an exchange with an organisation, the oldest first.
	Exchange(ctx context.Context, o ids.Org, first ids.Letter) ([]Stored, error)
}

// Store is what the room needs of storage.
type Store interface {
	Reader
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// Letters returns an owner's letters, the newest first, at most so many, those that were created before a letter when one is named.
	Letters(ctx context.Context, of actor.Owner, before ids.Letter, most int) ([]Stored, error)
	// Shelf returns the letters of a folder that are there for their reader at a moment and are as it is wanted, but for the text, in the order of Letters and without subjects; Sheets is what
	// a search reads of them.
	Shelf(ctx context.Context, of actor.Owner, w Wanted, now int64, before ids.Letter, most int) ([]Listed, error)
	Sheets(ctx context.Context, of actor.Owner, w Wanted, now int64, before ids.Letter, most int) ([]Sheet, error)
	// Turns is a number that grows with each change of what an owner's mailbox shows, before whoever asked for it is answered; ok is false where it cannot be told.
	Turns(of actor.Owner) (n uint64, ok bool)
	// NextEdge is the first second after a moment in which a letter appears in an owner's mailbox, and the last one, from that moment on, in which one of them is there; 0 for none.
	NextEdge(ctx context.Context, of actor.Owner, now int64) (appears, ends int64, err error)
	// Lapses counts what an owner was told is deleted, and is deleted from one moment to another; Holds are the letters that an organisation holds, the newest first, at most so many.
	Lapses(ctx context.Context, of actor.Owner, from, until int64) (Lapse, error)
	Holds(ctx context.Context, o ids.Org, most int) ([]HeldLetter, error)
	// Unmet returns letters of an owner that wait for somebody to sign in, and are there at a moment, at most so many.
	Unmet(ctx context.Context, of actor.Owner, now int64, most int) ([]TellArgs, error)
	// Fresh counts the new letters of an owner's inbox.
	Fresh(ctx context.Context, of actor.Owner, now int64) (int, error)
	// Thread returns the letters of an exchange, the oldest first.
	Thread(ctx context.Context, of actor.Owner, first ids.Letter) ([]Stored, error)
	// Feed returns what happened to an organisation's letters after a number of its feed, at most so many.
	Feed(ctx context.Context, o ids.Org, after int64, most int) ([]Fed, error)
	// Due returns what has become due with letters at a moment, at most so many of an organisation.
	Due(ctx context.Context, now int64, most int) ([]Due, error)
	// PrintWaiting counts an organisation's letters that wait to be taken by a print service, and says since when the oldest does.
	PrintWaiting(ctx context.Context, o ids.Org) (letters, oldest int64, err error)
	// Batch returns a print batch with its letters, or NotFound; Batches the newest ones, those before one when it is named, without letters.
	Batch(ctx context.Context, o ids.Org, id ids.PrintBatch) (Batch, error)
	Batches(ctx context.Context, o ids.Org, before ids.PrintBatch, most int) ([]Batch, error)
	// Mailing returns a mailing with the counts of its rows, or NotFound; Mailings the newest of an organisation, at most so many.
	Mailing(ctx context.Context, o ids.Org, id ids.Mailing) (Mailing, error)
	Mailings(ctx context.Context, o ids.Org, most int) ([]Mailing, error)
	// MailingsUnsent are those that were looked through before a moment and never sent, at most so many of an organisation.
	MailingsUnsent(ctx context.Context, before int64, most int) ([]MailingArgs, error)
	// WrongRows are the rows of a mailing that cannot be sent, in their order; RowsToSend those that wait, at most so many.
	WrongRows(ctx context.Context, o ids.Org, id ids.Mailing, most int) ([]MailingRow, error)
	RowsToSend(ctx context.Context, o ids.Org, id ids.Mailing, most int) ([]MailingRow, error)
	// Matter returns what an item of work is about, and MattersAbout those that are linked to a booking.
	Matter(ctx context.Context, o ids.Org, item ids.Work) (Matter, error)
	MattersAbout(ctx context.Context, o ids.Org, about ids.Appointment) ([]Matter, error)
	// MattersAfter returns those of an organisation that changed after a number, in the order of their newest changes, at most so many: whoever reads on after the last one misses none.
	MattersAfter(ctx context.Context, o ids.Org, after int64, most int) ([]FedMatter, error)
	// ListedMatter returns what an item of work is about as a list needs it, or NotFound.
	ListedMatter(ctx context.Context, o ids.Org, item ids.Work) (ListedMatter, error)
	// OpenBatches returns the batches with letters of which nothing was said, the oldest first; Run how far a batch came; ReturnedLetters those that came back, the last first. At most so many.
	OpenBatches(ctx context.Context, o ids.Org, most int) ([]Batch, error)
	Run(ctx context.Context, b Batch) (PrintRun, error)
	ReturnedLetters(ctx context.Context, o ids.Org, most int) ([]ReturnedLetter, error)
	// Hooks returns an organisation's hooks, Hook one of them or NotFound, DueHooks those that have something to be told at a moment.
	Hooks(ctx context.Context, o ids.Org) ([]Hook, error)
	Hook(ctx context.Context, o ids.Org, id ids.Hook) (Hook, error)
	DueHooks(ctx context.Context, now int64, most int) ([]HookArgs, error)
	// Draft returns an owner's draft, or NotFound; Drafts all of them, the newest first; DraftsDue those that are deleted at a moment, at most so many of an organisation.
	Draft(ctx context.Context, of actor.Owner, id ids.Letter) (Draft, error)
	Drafts(ctx context.Context, of actor.Owner) ([]Draft, error)
	DraftsDue(ctx context.Context, now int64, most int) ([]Draft, error)
	// InTx runs do in one transaction. It may run twice.
	InTx(ctx context.Context, do func(ctx context.Context, tx Tx) error) error
}

// Tx is one open transaction.
type Tx interface {
	Reader
	worklist.Tx
	// MatterOf returns the work that an exchange of letters is, or NotFound.
	MatterOf(ctx context.Context, o ids.Org, thread ids.Letter) (Matter, error)
	// PutMailing writes a mailing with its rows; SetMailing changes its state from one to another, false when it has another by now.
	PutMailing(ctx context.Context, m Mailing, rows []MailingRow) error
	SetMailing(ctx context.Context, m Mailing, to MailingState) (bool, error)
	// DropMailing takes a mailing that was never sent away, with its rows; false when it is being sent by now, or gone.
	DropMailing(ctx context.Context, a MailingArgs) (bool, error)
	// SettleRow says what became of a row, and takes away what it holds; false when something has become of it already.
	SettleRow(ctx context.Context, r MailingRow) (bool, error)
	// PutMailingTask has a mailing sent.
	PutMailingTask(ctx context.Context, a MailingArgs, now int64) error
	// PutMatter says which work an exchange is; false when it is another by now. LinkMatter says which booking it is about.
	PutMatter(ctx context.Context, m Matter) (bool, error)
	LinkMatter(ctx context.Context, m Matter) error
	// What is attached is written in the same transaction.
	file.Tx
	// Draft returns an owner's draft, or NotFound. PutDraft writes one whose Version is the one that was read, and makes it one more; false when it has another by now. DropDraft takes it
	// away; false when it is gone.
	Draft(ctx context.Context, of actor.Owner, id ids.Letter) (Draft, error)
	PutDraft(ctx context.Context, d Draft) (bool, error)
	DropDraft(ctx context.Context, o ids.Org, id ids.Letter) (bool, error)
	// PublishLetter writes which way a letter goes that waited, since when, and until when it can be confirmed.
	PublishLetter(ctx context.Context, l Letter) error
	// PutBox writes a mailbox whose Version is the one that was read, and makes it one more; false when it has another by now.
	PutBox(ctx context.Context, b Box) (bool, error)
	// PutTeller writes how somebody who acts for a mailbox's owner wants to be told.
	PutTeller(ctx context.Context, t Teller) error
	// PutCompany makes a company that is known by nothing but a letter, and returns what it is called here: one of the same number may be there already.
	PutCompany(ctx context.Context, c identity.Company) (ids.Company, error)
	// PutPreference appends to somebody's history; the version is the store's to give.
	PutPreference(ctx context.Context, p Preference) error
	// PutPerson makes somebody who is known by nothing but a letter, with their key.
	PutPerson(ctx context.Context, p ids.Person, wrapped []byte, now int64) error
	PutLetter(ctx context.Context, l Letter) error
	// PutEvent appends an event, and puts its letter where it lies by then (Shelve); the number is the store's to give.
	PutEvent(ctx context.Context, e Event) error
	// PutTelling has somebody told that a letter arrived.
	PutTelling(ctx context.Context, t TellArgs, now int64) error
	// PutReminder has somebody told again at a moment, if it is needed then.
	PutReminder(ctx context.Context, t TellArgs, at, now int64) error
	// PutDeadline has somebody look at a letter once the time to confirm it is over.
	PutDeadline(ctx context.Context, t TellArgs, at, now int64) error
	// PutDue remembers what becomes due with a letter, and DropDue forgets it.
	PutDue(ctx context.Context, d Due) error
	DropDue(ctx context.Context, d Due) error
	// PutKept remembers how long a letter is kept, DropKept forgets it. PutLapseTask has its owner told that something is deleted, once for each day.
	PutKept(ctx context.Context, k Kept) error
	DropKept(ctx context.Context, o ids.Org, id ids.Letter) error
	PutLapseTask(ctx context.Context, a LapseArgs, now int64) error
	// PutHold holds a letter, false when it is held already; DropHold lets it go, false when it was not.
	PutHold(ctx context.Context, h Hold) (bool, error)
	DropHold(ctx context.Context, o ids.Org, id ids.Letter) (bool, error)
	// Erase takes a letter's content away.
	Erase(ctx context.Context, o ids.Org, id ids.Letter) error
	// PutPrint puts a letter into the queue of those that go on paper, once; DropPrint takes it out again unless it is in a batch.
	PutPrint(ctx context.Context, o ids.Org, id ids.Letter, now int64) error
	DropPrint(ctx context.Context, o ids.Org, id ids.Letter) error
	// TakePrint puts the letters that have waited longest into a batch, at most so many, and returns them.
	TakePrint(ctx context.Context, b Batch, most int) ([]ids.Letter, error)
	PutBatch(ctx context.Context, b Batch) error
	// BatchOf is the batch that a letter is in; empty for none. ReleasePrint takes it out of one of which nothing was said; false when it is not in it, or something was.
	BatchOf(ctx context.Context, o ids.Org, id ids.Letter) (ids.PrintBatch, error)
	ReleasePrint(ctx context.Context, o ids.Org, b ids.PrintBatch, id ids.Letter) (bool, error)
	// SetPaper remembers what a printer said of a letter, SettlePrint that nobody waits for it any more.
	SetPaper(ctx context.Context, o ids.Org, id ids.Letter, what What, at int64) error
	SettlePrint(ctx context.Context, o ids.Org, id ids.Letter, at int64) error
	// LastSeq is the number of the last event of an organisation of which hooks are told, 0 for none yet.
	LastSeq(ctx context.Context, o ids.Org, tells HookTells) (int64, error)
	// PutHook writes a new hook, SetHook one whose Version is the one that was read, and makes it one more; false when it has another by now. DropHook takes it away; false when it is not there.
	PutHook(ctx context.Context, h Hook) error
	SetHook(ctx context.Context, h Hook) (bool, error)
	DropHook(ctx context.Context, o ids.Org, id ids.Hook) (bool, error)
	// PutHookTask has a hook told what happened, once however often it is asked.
	PutHookTask(ctx context.Context, a HookArgs, now int64) error
	// UseForm remembers the answer to a form; used is the earlier answer when it was sent before. Conflict "form.key_reused" for the same key with another form.
	UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error)
	Audit(ctx context.Context, entries ...audit.Entry) error
}

// TaskRemind is the kind of the task that tells somebody again of a letter that is not read.
const TaskRemind = "arrival.remind"

// TaskDeadline is the kind of the task that looks at a letter once the time to confirm it is over.
const TaskDeadline = "delivery.deadline"

// Fed is an event with what tells whose letter it is about.
type Fed struct {
	Event
	Inward bool
	Kind   Kind
}

// Due is something that becomes due with a letter by itself.
type Due struct {
	Org    ids.Org
	Letter ids.Letter
	// What is Expired, Purged, or that its time to be kept is over or nearly so (keep.go); At the first second in which it is to be done.
	What What
	At   int64
}

// TaskTell is the kind of the task that tells somebody that a letter arrived.
const TaskTell = "arrival.tell"

// TellArgs are its arguments.
type TellArgs struct {
	Org    ids.Org    `json:"org"`
	Letter ids.Letter `json:"letter"`
}
