package eservice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/folder"
	"luukku/domain/form"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// SubmissionReader reads what was sent, inside and outside of a transaction; in one, whoever reads it waits for who changes it. What is not there is NotFound "error.not_found".
type SubmissionReader interface {
	Submission(ctx context.Context, o ids.Org, id ids.Submission) (Submission, error)
	SubmissionEvents(ctx context.Context, o ids.Org, id ids.Submission) ([]Event, error)
	// SubmissionHold is what holds it, its time over or not.
	SubmissionHold(ctx context.Context, o ids.Org, id ids.Submission) (Hold, error)
}

// SubmissionStore is what the room needs of the storage of what was sent.
type SubmissionStore interface {
	SubmissionReader
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	// SubmissionOf returns an owner's, SubmissionsOf the newest of theirs, those before one when it is named.
	SubmissionOf(ctx context.Context, of actor.Owner, id ids.Submission) (Submission, error)
	SubmissionsOf(ctx context.Context, of actor.Owner, before ids.Submission, most int) ([]Submission, error)
	// SubmissionOfItem is the one that makes a piece of work, SubmissionOfNumber the one of a number.
	SubmissionOfItem(ctx context.Context, o ids.Org, item ids.Work) (Submission, error)
	SubmissionOfNumber(ctx context.Context, o ids.Org, number string) (Submission, error)
	// SubmissionListed returns what a piece of work is about, as a list needs it, or NotFound "error.not_found".
	SubmissionListed(ctx context.Context, o ids.Org, item ids.Work) (Listed, error)
	// SubmissionsSent are those that were sent in a period, the newest first, at most so many, those before one when it is named; SubmissionsAfter those that changed after a number, in the order of
	// their newest changes.
	SubmissionsSent(ctx context.Context, o ids.Org, f ids.Form, from, until int64, before Submission, most int) ([]Listed, error)
	SubmissionsAfter(ctx context.Context, o ids.Org, after int64, most int) ([]Listed, error)
	// SubmissionsSentUp are the same, the oldest first, those after one when it is named; SubmissionTimes what figures are made of, the earliest first.
	SubmissionsSentUp(ctx context.Context, o ids.Org, f ids.Form, from, until int64, after Submission, most int) ([]Listed, error)
	SubmissionTimes(ctx context.Context, o ids.Org, from, until int64, most int) ([]Counted, error)
	// SubmissionEventsAfter are the events that programs are told of under a higher number than one, in their order, at most so many; SubmissionSeq is the highest that was given.
	SubmissionEventsAfter(ctx context.Context, o ids.Org, after int64, most int) ([]Told, error)
	SubmissionSeq(ctx context.Context, o ids.Org) (int64, error)
	// SubmissionsDue are those that are to be deleted at a moment, at most so many of an organisation: none that is held.
	SubmissionsDue(ctx context.Context, now int64, most int) ([]Submission, error)
	// SubmissionsToTell are those that are to be deleted by a moment, whose owners were not told of it yet: none that is held beyond it.
	SubmissionsToTell(ctx context.Context, by int64, most int) ([]Submission, error)
	// SubmissionHolds are what an organisation holds, the newest first.
	SubmissionHolds(ctx context.Context, o ids.Org, most int) ([]Held, error)
	// InSubmissionTx runs do in one transaction. It may run twice.
	InSubmissionTx(ctx context.Context, do func(ctx context.Context, tx SubmissionTx) error) error
}

// SubmissionTx is one open transaction.
type SubmissionTx interface {
	SubmissionReader
	// Letters is the same transaction for letters, files and work.
	Letters() mailbox.Tx
	// TakeDraft takes a draft away that is sent, as it was read, and returns who was asked to sign it: Conflict "eform.changed_since" when it was changed since, NotFound when it is gone.
	TakeDraft(ctx context.Context, d Draft) ([]Part, error)
	// NextNumber counts what is sent in a year.
	NextNumber(ctx context.Context, o ids.Org, year int) (int64, error)
	// PutSubmission writes a new one; false when it is there already. SetSubmission writes how one stands whose Seen is the one that was read, and makes it one more; false when it has another by now.
	PutSubmission(ctx context.Context, s Submission) (bool, error)
	SetSubmission(ctx context.Context, s Submission) (bool, error)
	// PutSubmissionEvent appends an event; its number is the store's to give.
	PutSubmissionEvent(ctx context.Context, e Event) error
	// DropSubmission deletes what was sent with all that belongs to it but its files.
	DropSubmission(ctx context.Context, s Submission) error
	PutSubmissionHold(ctx context.Context, h Hold) (bool, error)
	DropSubmissionHold(ctx context.Context, o ids.Org, id ids.Submission) (bool, error)
	// SetTold writes when whose it is was told that it is deleted, and when that is; false when it is not as it was read.
	SetTold(ctx context.Context, s Submission) (bool, error)
	// PutEnding has them told.
	PutEnding(ctx context.Context, t TellArgs, now int64) error
	// PutTelling has whoever it is from told that something came, once for its name.
	PutTelling(ctx context.Context, t TellArgs, now int64) error
}

// TaskTell is the kind of the task that tells somebody without a mailbox that something of what they sent changed: never what.
const TaskTell = "sent_form.tell"

// TaskTellEnd is the kind of the task that tells somebody that something that they sent is deleted before long: never what.
const TaskTellEnd = "sent_form.ending"

// TellArgs are its arguments.
type TellArgs struct {
	Org        ids.Org        `json:"org"`
	Submission ids.Submission `json:"submission"`
	// Seq is the number of the event that is told of.
	Seq int64 `json:"seq"`
}

// Listed is what was sent as a list shows it: whose it is, and not what it says.
type Listed struct {
	Submission
	Work      worklist.Item
	Name      string
	Protected bool
}

// Hold is that what was sent is not deleted before somebody lets it go.
type Hold struct {
	Org        ids.Org
	Submission ids.Submission
	Why        mailbox.HoldWhy
	Ref        string // of the matter for which it is held, never personal
	By         ids.Staff
	At         int64
	Until      int64 // the last second in which it holds; 0 until it is let go
}

// sent is what was sent, word for word: its SHA-256 stands on the receipt.
type sent struct {
	Form    ids.Form             `json:"form"`
	Version int64                `json:"version"`
	Digest  string               `json:"form_sha256"`
	Answers form.Answers         `json:"answers"`
	Files   []mailbox.Attachment `json:"files,omitempty"`
}

// content is what is sealed.
type content struct {
	Sent    json.RawMessage   `json:"sent"`
	Sources map[string]string `json:"sources,omitempty"`
	For     *Contact          `json:"for,omitempty"`
	Browser []byte            `json:"browser,omitempty"`
}

// words is what was sent, as it counts for its digest.
func (s Submission) words() ([]byte, error) {
	return json.Marshal(sent{s.Form, s.Version, s.Digest, s.Answers, s.Files})
}

// Sent is what was sent, word for word: the SHA-256 of these bytes is AnswersDigest.
func (s Submission) Sent() ([]byte, error) { return s.words() }

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func submissionPlace(s Submission) seal.Place {
	return seal.Place{Table: "submission", Column: "content", Row: string(s.Org) + "/" + string(s.ID)}
}

func eventPlace(e Event) seal.Place {
	return seal.Place{Table: "submission_event", Column: "body", Row: string(e.Org) + "/" + string(e.Submission) + "/" + fmt.Sprint(e.At) + "/" + string(e.What)}
}

// holder is what was sent as what has files, from when it is being filled in.
func (s Submission) holder() file.Holder {
	return file.Holder{Org: s.Org, Kind: file.OfForm, ID: string(s.ID)}
}

type opener interface {
	Seal(b []byte, where seal.Place) ([]byte, error)
	Open(sealed []byte, where seal.Place) ([]byte, error)
}

// sealerOf is what seals what belongs to an owner: a person's key, or else the installation's.
func (s *Service) sealerOf(ctx context.Context, from interface {
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
}, of actor.Owner,
) (opener, error) {
	if of.Company != "" || of.Person == "" {
		return s.Seals, nil
	}
	wrapped, err := from.PersonKey(ctx, of.Person)
	if err != nil {
		return nil, err
	}
	return s.Seals.Unwrap(string(of.Person), wrapped)
}

// openSubmission opens what was sent, and what was written with its events.
func (s *Service) openSubmission(ctx context.Context, x *Submission, events []Event) error {
	key, err := s.sealerOf(ctx, s.Store, x.Owner)
	if err != nil {
		return err
	}
	plain, err := key.Open(x.Sealed, submissionPlace(*x))
	if err != nil {
		return fmt.Errorf("open submission %s: %w", x.ID, err)
	}
	var c content
	var was sent
	if err := decode(plain, &c); err != nil {
		return err
	}
	if err := decode(c.Sent, &was); err != nil {
		return err
	}
	x.Answers, x.Files, x.Sources, x.For, x.Browser = was.Answers, was.Files, c.Sources, c.For, c.Browser
	for i, e := range events {
		if len(e.Sealed) == 0 {
			continue
		}
		if plain, err = key.Open(e.Sealed, eventPlace(e)); err == nil {
			err = decode(plain, &events[i].Note)
		}
		if err != nil {
			return fmt.Errorf("open event %d of submission %s: %w", e.Seq, x.ID, err)
		}
	}
	return nil
}

// decode reads JSON with its numbers as they were written.
func decode(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(into)
}

// Whole is what was sent with all that happened to it, as whose it is sees it.
type Whole struct {
	Submission
	Config *catalog.Config
	Form   *catalog.Form
	Def    *form.Definition
	Events []Event
	// Attached is how the files stand, of what was sent and of what was added.
	Attached []file.Attached
}

// Submission returns what the actor has sent, or whom they act for, or whose code or link they have shown. NotFound.
func (s *Service) Submission(ctx context.Context, who actor.Actor, id ids.Submission) (Whole, error) {
	x, err := s.theirs(ctx, who, id)
	if err != nil {
		return Whole{}, err
	}
	return s.whole(ctx, x)
}

// whole adds to what was sent what its page shows, opened.
func (s *Service) whole(ctx context.Context, x Submission) (w Whole, err error) {
	w.Submission = x
	if w.Config, err = s.Store.Config(ctx, x.Org); err != nil {
		return w, err
	}
	if w.Form, _, w.Def, err = s.FormAt(ctx, x.Org, x.Form, x.Version); err != nil {
		return w, err
	}
	if w.Events, err = s.Store.SubmissionEvents(ctx, x.Org, x.ID); err != nil {
		return w, err
	}
	if err = s.openSubmission(ctx, &w.Submission, w.Events); err != nil {
		return w, err
	}
	w.Attached, err = s.Files.Of(ctx, s.Files.Store, x.holder(), x.Owner)
	return w, err
}

// Submissions are what the actor has sent, the newest first, those before one when it is named.
func (s *Service) Submissions(ctx context.Context, who actor.Actor, before ids.Submission, most int) ([]Submission, error) {
	of := who.Owner()
	if err := who.May(actor.FolderRead, actor.Object{Owner: of}); err != nil {
		return nil, err
	}
	return s.Store.SubmissionsOf(ctx, of, before, most)
}

// inFolder is how many of the newest a folder has.
const inFolder = 200

// FolderOf returns what an owner has sent: it is folder.Source.
func (s *Service) FolderOf(ctx context.Context, of actor.Owner) ([]folder.Entry, error) {
	list, err := s.Store.SubmissionsOf(ctx, of, "", inFolder)
	if err != nil {
		return nil, err
	}
	var out []folder.Entry
	for _, x := range list {
		out = append(out, folder.Entry{
			Part: folder.Sent, Org: x.Org, Form: x.Form, Subject: string(x.ID), At: x.SentAt, End: x.SentAt, State: string(x.State), Until: x.AskedUntil, MadeBy: x.MadeBy, Label: x.Number,
		})
	}
	return out, nil
}

// OpenFile opens what is attached to what the actor has sent; close it. Faults: NotFound, and Conflict "file.closed" for what no scanner has found clean.
func (s *Service) OpenFile(ctx context.Context, who actor.Actor, id ids.Submission, f ids.File) (file.Attached, *file.Content, error) {
	x, err := s.theirs(ctx, who, id)
	if err != nil {
		return file.Attached{}, nil, err
	}
	return s.openAttached(ctx, who, x, f)
}

func (s *Service) openAttached(ctx context.Context, who actor.Actor, x Submission, f ids.File) (file.Attached, *file.Content, error) {
	list, err := s.Files.Of(ctx, s.Files.Store, x.holder(), x.Owner)
	if err != nil {
		return file.Attached{}, nil, err
	}
	for _, a := range list {
		if a.ID != f {
			continue
		}
		in, err := s.Files.Open(a)
		if err != nil {
			return a, nil, err
		}
		err = s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
			return tx.Letters().Audit(ctx, s.line(x, who, audit.SubmissionFile, nil))
		})
		if err != nil {
			_ = in.Close() // what is not written down is not shown
			return a, nil, err
		}
		return a, in, nil
	}
	return file.Attached{}, nil, fault.NotFound("error.not_found")
}

// line is a line of the audit log about what was sent.
func (s *Service) line(x Submission, who actor.Actor, a audit.Action, detail map[string]string) audit.Entry {
	return audit.New(x.Org, s.Gen.Audit(), s.Now().UnixMicro(), who, a, "submission", string(x.ID), detail)
}
