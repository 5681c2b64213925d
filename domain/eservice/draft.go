package eservice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/identity"
)

// DraftReader reads drafts, inside and outside of a transaction; in one, whoever reads a draft waits for who changes it. What is not there is NotFound "error.not_found".
type DraftReader interface {
	// FormDraft returns a draft, whoever's it is; FormDraftOf an owner's. Outside of a transaction it may come with what is beside it.
	FormDraft(ctx context.Context, o ids.Org, id ids.Submission) (Draft, error)
	FormDraftOf(ctx context.Context, of actor.Owner, id ids.Submission) (Draft, error)
	// FormDraftOfStaff returns one that somebody of the staff fills in for others: it is not among its owner's.
	FormDraftOfStaff(ctx context.Context, by ids.Staff, id ids.Submission) (Draft, error)
	// FormDraftOfSecret is one that somebody fills in without signing in, by the hash of their browser's secret.
	FormDraftOfSecret(ctx context.Context, secret []byte, id ids.Submission) (Draft, error)
	// FormParts are who was asked to fill a draft in together, in the order in which they were.
	FormParts(ctx context.Context, o ids.Org, id ids.Submission) ([]Part, error)
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
}

// DraftStore is what the room needs of the storage of drafts.
type DraftStore interface {
	DraftReader
	// FormDraftsOf are the newest of an owner, at most so many; FormPartsOf what somebody is asked to fill in with others.
	FormDraftsOf(ctx context.Context, of actor.Owner, most int) ([]Draft, error)
	FormPartsOf(ctx context.Context, p ids.Person) ([]Part, error)
	// FormDraftsOfStaff are the newest that somebody of the staff fills in for others.
	FormDraftsOfStaff(ctx context.Context, by ids.Staff, most int) ([]Draft, error)
	// FormPartOfSecret is the one of a link. NotFound.
	FormPartOfSecret(ctx context.Context, hash []byte) (Part, error)
	// FormDraftsOfSecret are the newest that one browser fills in without signing in.
	FormDraftsOfSecret(ctx context.Context, secret []byte, most int) ([]Draft, error)
	// FormDraftsDue are those that are to be deleted at a moment, FormDraftsEnding those that are within so many seconds and of which nobody was told: at most so many of an organisation.
	FormDraftsDue(ctx context.Context, now int64, most int) ([]Draft, error)
	FormDraftsEnding(ctx context.Context, now, within int64, most int) ([]Draft, error)
	// InDraftTx runs do in one transaction. It may run twice.
	InDraftTx(ctx context.Context, do func(ctx context.Context, tx DraftTx) error) error
	// PutFormKept keeps what was typed when a session had ended, TakeFormKept gives it back once to the same browser (NotFound), and SweepFormKept forgets what nobody came back for.
	PutFormKept(ctx context.Context, k Kept) error
	TakeFormKept(ctx context.Context, o ids.Org, id string, session []byte, now int64) (Kept, error)
	SweepFormKept(ctx context.Context, now int64, most int) (int, error)
}

// DraftTx is one open transaction.
type DraftTx interface {
	DraftReader
	file.Tx
	// PutFormDraft writes a draft whose Seen is the one that was read, and makes it one more; a Seen of 0 is a new one. False when it has another by now, or is there.
	PutFormDraft(ctx context.Context, d Draft) (bool, error)
	// OwnFormDraft gives one that was begun without signing in to its Owner likewise; false when it was changed since, or is somebody's.
	OwnFormDraft(ctx context.Context, d Draft) (bool, error)
	// DropFormDraft takes a draft away with who was asked to sign it; false when it is gone.
	DropFormDraft(ctx context.Context, o ids.Org, id ids.Submission) (bool, error)
	// PutPart writes a part likewise, by its Version.
	PutPart(ctx context.Context, p Part) (bool, error)
	// PutDraftTelling has somebody told that they are asked to fill in a draft, or that one is deleted before long; once.
	PutDraftTelling(ctx context.Context, kind string, a TellDraftArgs, now int64) error
}

var errDraftAgain = fault.Conflict("eform.changed", nil)

func (s *Service) inDraftTx(ctx context.Context, do func(ctx context.Context, tx DraftTx) error) error {
	for range 5 {
		err := s.Store.InDraftTx(ctx, do)
		if !fault.IsKey(err, "eform.changed") {
			return err
		}
	}
	return errDraftAgain
}

func orDraftAgain(ok bool, err error) error {
	if err == nil && !ok {
		return errDraftAgain
	}
	return err
}

func draftPlace(d Draft) seal.Place {
	return seal.Place{Table: "form_draft", Column: "content", Row: string(d.Org) + "/" + string(d.ID)}
}

// holder is the draft as what has files: the one that it will be when it was sent.
func (d Draft) holder() file.Holder {
	return file.Holder{Org: d.Org, Kind: file.OfForm, ID: string(d.ID)}
}

type draftBox interface {
	Seal(b []byte, where seal.Place) ([]byte, error)
	Open(sealed []byte, where seal.Place) ([]byte, error)
}

// draftKey is what seals what belongs to an owner: a person's key, or else the installation's.
func (s *Service) draftKey(ctx context.Context, from DraftReader, of actor.Owner) (draftBox, error) {
	if of.Person == "" {
		return s.Seals, nil
	}
	wrapped, err := from.PersonKey(ctx, of.Person)
	if err != nil {
		return nil, err
	}
	return s.Seals.Unwrap(string(of.Person), wrapped)
}

func (s *Service) openDraft(ctx context.Context, from DraftReader, d Draft) (Draft, error) {
	var key draftBox
	var err error
	if d.Beside != nil && d.Beside.Key != nil && d.Owner.Person != "" {
		key, err = s.Seals.Unwrap(string(d.Owner.Person), d.Beside.Key)
	} else {
		key, err = s.draftKey(ctx, from, d.Owner)
	}
	if err != nil {
		return d, err
	}
	plain, err := key.Open(d.Sealed, draftPlace(d))
	if err == nil {
		err = readNumbers(plain, &d.Filled)
	}
	if err != nil {
		return d, fmt.Errorf("open draft %s: %w", d.ID, err)
	}
	if d.Answers == nil {
		d.Answers = form.Answers{}
	}
	return d, nil
}

func (s *Service) sealDraft(ctx context.Context, from DraftReader, d *Draft) error {
	plain, err := keepable(d.Filled)
	if err != nil {
		return err
	}
	key, err := s.draftKey(ctx, from, d.Owner)
	if err == nil {
		d.Sealed, err = key.Seal(plain, draftPlace(*d))
	}
	if err != nil {
		return fmt.Errorf("seal draft: %w", err)
	}
	return nil
}

// Filling is a draft with its form, as whoever fills it in sees it.
type Filling struct {
	Draft
	Config *catalog.Config
	Form   *catalog.Form
	Of     Version
	Def    *form.Definition
	Out    *form.Outcome
	Files  []file.Attached
	// Parts are who was asked to sign it, with their names; Digest is of what they sign. Mine is the part of who looks, if it is not theirs otherwise.
	Parts  []Part
	Digest string
	Mine   *Part
	// Newer is the version that holds by now, where that is another; Lost are the places of answers that it does not have.
	Newer int64
	Lost  []string
	Now   int64
	// ForName is for whom one of the staff fills it in, of somebody who is known.
	ForName string

	asked     []Part // what who looks was asked to sign
	newest    Version
	newestDef *form.Definition
}

// Asks reports whether the form of a draft takes it still.
func (f Filling) Asks() bool { return !f.Form.Closed || planted.Bug("closed-form-sent") }

// Ready reports whether all answers are right.
func (f Filling) Ready() bool { return len(f.Out.Check()) == 0 }

// found is a draft that the actor may open: their own, or of whom they act for, or one that they were asked to sign. Mine is their part of it then. What has expired is gone to the second.
func (s *Service) found(ctx context.Context, from DraftReader, who actor.Actor, id ids.Submission, parts []Part) (d Draft, mine *Part, err error) {
	now := s.Now().Unix()
	if planted.Bug("draft-late") {
		now--
	}
	if who.Kind == actor.KindStaff {
		if d, err = from.FormDraftOfStaff(ctx, who.Staff, id); err == nil && d.ExpiresAt <= now {
			return Draft{}, nil, fault.NotFound("error.not_found")
		}
		return d, nil, err
	}
	if who.Kind == actor.KindVisitor && len(who.Session) > 0 {
		if d, err = from.FormDraftOfSecret(ctx, who.Session, id); err == nil && (d.ExpiresAt <= now || s.mayOpen(who, d) != nil) {
			return Draft{}, nil, fault.NotFound("error.not_found")
		}
		return d, nil, err
	}
	if err := who.May(actor.FormFill, actor.Object{}); err != nil {
		return Draft{}, nil, err
	}
	for _, of := range []actor.Owner{who.Owner(), {Person: who.Person}} {
		d, err = from.FormDraftOf(ctx, of, id)
		if err == nil && d.ExpiresAt <= now {
			return Draft{}, nil, fault.NotFound("error.not_found")
		}
		if err == nil || !fault.Is(err, fault.KindNotFound) {
			return d, nil, err
		}
	}
	for _, p := range parts {
		if p.Draft != id || !p.Opens(now) {
			continue
		}
		d, err := from.FormDraft(ctx, p.Org, id)
		if err == nil && d.ExpiresAt <= now {
			break
		}
		return d, &p, err
	}
	return Draft{}, nil, fault.NotFound("error.not_found")
}

// Filling returns a draft with its form. NotFound; SignInRequired for who is not known as surely as the form asks.
func (s *Service) Filling(ctx context.Context, who actor.Actor, id ids.Submission) (Filling, error) {
	f := Filling{Now: s.Now().Unix()}
	clerk, open := who.Kind == actor.KindStaff, who.Kind == actor.KindVisitor && len(who.Session) > 0
	d, mine, err := s.found(ctx, s.Store, who, id, nil)
	if !clerk && !open && fault.Is(err, fault.KindNotFound) { // not theirs, as nearly all are: perhaps they were asked to sign it
		if f.asked, err = s.Store.FormPartsOf(ctx, who.Person); err == nil {
			d, mine, err = s.found(ctx, s.Store, who, id, f.asked)
		}
	}
	if err != nil {
		return f, err
	}
	f.Draft, f.Mine = d, mine
	if f.Config, err = s.Store.Config(ctx, d.Org); err != nil {
		return f, err
	}
	if f.Form, f.Of, f.Def, err = s.FormAt(ctx, d.Org, d.Form, d.Version); err != nil {
		return f, err
	}
	if clerk {
		if err := s.byClerk(ctx, who, &f); err != nil {
			return f, err
		}
	} else if open {
		if err := openable(f.Config, f.Form); err != nil && !f.Form.Closed { // it asks for signing in by now
			return f, err
		}
	} else if f.Form.Level != "" && f.Form.Level != "none" {
		if level, ok := actor.ParseLevel(f.Form.Level); ok && who.Level < level {
			return f, actor.SignInAt("sign_in.stronger", level)
		}
	}
	if _, v, def, err := s.Form(ctx, d.Org, d.Form, s.Now()); err == nil && v.Number != d.Version {
		f.newest, f.newestDef = v, def
	}
	if f.Draft, err = s.openDraft(ctx, s.Store, d); err != nil {
		return f, err
	}
	return f, s.complete(ctx, s.Store, s.Files.Store, &f)
}

// again is a draft as it is inside of a transaction, which it was looked at before.
func (s *Service) again(ctx context.Context, tx DraftTx, who actor.Actor, was Filling) (Filling, error) {
	d, mine, err := s.found(ctx, tx, who, was.ID, was.asked)
	if err != nil {
		return was, err
	}
	if d.Version != was.Version { // moved meanwhile
		return was, fault.Conflict("eform.changed_since", nil)
	}
	f := was
	f.Mine = mine
	if f.Draft, err = s.openDraft(ctx, tx, d); err != nil {
		return f, err
	}
	return f, s.complete(ctx, tx, tx, &f)
}

// complete works out what follows from the answers.
func (s *Service) complete(ctx context.Context, from DraftReader, files file.Reader, f *Filling) (err error) {
	f.Out = f.Def.Evaluate(f.Answers, time.Unix(f.Now, 0).In(f.Config.Zone()))
	f.Files, f.Parts = nil, nil
	if b := f.Beside; b == nil || b.Files {
		if f.Files, err = s.Files.Of(ctx, files, f.holder(), f.Owner); err != nil {
			return err
		}
	}
	if b := f.Beside; b == nil || b.Parts {
		if f.Parts, err = s.partsOf(ctx, from, f.Draft); err != nil {
			return err
		}
	}
	if f.Digest, err = Digest(f.Of, f.Out); err != nil {
		return err
	}
	if f.newestDef != nil {
		f.Newer, f.Lost = f.newest.Number, f.newestDef.Unknown(f.Answers)
	}
	return nil
}

// Fillings are what the actor has begun, or who they act for, the newest first; and what they were asked to fill in with others.
func (s *Service) Fillings(ctx context.Context, who actor.Actor) (own, asked []Draft, err error) {
	of := who.Owner()
	if err := who.May(actor.FormFill, actor.Object{Owner: of}); err != nil {
		return nil, nil, err
	}
	now := s.Now().Unix()
	if own, err = s.Store.FormDraftsOf(ctx, of, mostDrafts); err != nil {
		return nil, nil, err
	}
	own = slices.DeleteFunc(own, func(d Draft) bool { return d.ExpiresAt <= now })
	parts, err := s.Store.FormPartsOf(ctx, who.Person)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		if !p.Opens(now) {
			continue
		}
		d, err := s.Store.FormDraft(ctx, p.Org, p.Draft)
		if fault.Is(err, fault.KindNotFound) || err == nil && d.ExpiresAt <= now {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		asked = append(asked, d)
	}
	return own, asked, nil
}

// Known tells what forms are filled in with beforehand, and who could sign.
type Known interface {
	Facts(ctx context.Context, who actor.Actor) (map[string]identity.Fact, error)
	Others(ctx context.Context, who actor.Actor, of actor.Owner) ([]identity.Signer, error)
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
}
