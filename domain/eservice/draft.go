package eservice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/identity"
)

// DraftReader reads drafts, inside and outside of a transaction; in one, whoever reads a draft waits for who changes it. What is not there is NotFound "error.not_found".
type DraftReader interface {
	// FormDraft returns a draft, whoever's it is; FormDraftOf an owner's.
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
	key, err := s.draftKey(ctx, from, d.Owner)
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
func (f Filling) Asks() bool { return !f.Form.Closed }

// Ready reports whether all answers are right.
func (f Filling) Ready() bool { return len(f.Out.Check()) == 0 }

// fillable says whether the actor may fill in a form: known surely enough, and one of those whom it is for.
func fillable(who actor.Actor, c *catalog.Config, f *catalog.Form) error {
	if who.Kind == actor.KindVisitor {
		return openable(c, f)
	}
	if err := who.May(actor.FormFill, actor.Object{Level: levelOf(f)}); err != nil {
		return err
	}
	for_ := catalog.ForPersons
	if who.For.Company != "" {
		for_ = catalog.ForCompanies
	}
	if len(f.Audience) > 0 && !slices.Contains(f.Audience, for_) {
		return fault.Conflict("eform.audience_"+string(f.Audience[0]), nil)
	}
	return nil
}

// MayBegin says whether the actor may begin a form now, and returns it with what they have begun of it already. Faults: NotFound, SignInRequired at the level that the form asks for, and Conflict
// "forms.closed" or "eform.audience_..." where it takes nothing from them; those of access.Check where a service that it leads to is not open to them.
func (s *Service) MayBegin(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form) (*catalog.Form, []Draft, error) {
	f, _, _, err := s.Form(ctx, o, id, s.Now())
	if err != nil {
		return nil, nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err == nil {
		err = fillable(who, c, f)
	}
	if err == nil && who.Kind != actor.KindVisitor { // what opens after a contact takes nothing from whom nobody knows
		err = s.checkAccess(ctx, who, c, f)
	}
	if err != nil {
		return f, nil, err
	}
	list, err := s.draftsOf(ctx, who)
	list = slices.DeleteFunc(list, func(d Draft) bool { return d.Org != o || d.Form != id || d.ExpiresAt <= s.Now().Unix() })
	return f, list, err
}

// draftsOf are the newest drafts of the actor, or of whom they act for; of a visitor those of their browser.
func (s *Service) draftsOf(ctx context.Context, who actor.Actor) ([]Draft, error) {
	switch {
	case who.Kind != actor.KindVisitor:
		return s.Store.FormDraftsOf(ctx, who.Owner(), mostDrafts)
	case len(who.Session) == 0:
		return nil, nil
	}
	return s.Store.FormDraftsOfSecret(ctx, who.Session, mostOpenDrafts)
}

// draftOf is one of them. NotFound.
func draftOf(ctx context.Context, from DraftReader, who actor.Actor, id ids.Submission) (Draft, error) {
	if who.Kind == actor.KindVisitor {
		return from.FormDraftOfSecret(ctx, who.Session, id)
	}
	return from.FormDraftOf(ctx, who.Owner(), id)
}

// BeginFilling begins a draft with what is known beforehand. Begun twice under one id it is one. Faults as MayBegin, and Invalid "eform.too_many_drafts".
func (s *Service) BeginFilling(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, as ids.Submission, lang i18n.Lang) (ids.Submission, error) {
	if _, _, err := s.MayBegin(ctx, who, o, id); err != nil {
		return "", err
	}
	f, v, def, err := s.Form(ctx, o, id, s.Now())
	if err != nil {
		return "", err
	}
	of := who.Owner()
	if was, err := draftOf(ctx, s.Store, who, as); err == nil {
		return was.ID, nil
	} else if !fault.Is(err, fault.KindNotFound) {
		return "", err
	}
	if !ids.Valid(string(as)) {
		as = s.Gen.Submission()
	}
	most, open := mostDrafts, who.Kind == actor.KindVisitor
	if open {
		most = mostOpenDrafts
	}
	if list, err := s.draftsOf(ctx, who); err != nil {
		return "", err
	} else if len(list) >= most {
		return "", fault.Invalid("eform.too_many_drafts", fault.Args{"most": most})
	}
	var facts map[string]identity.Fact
	if !open {
		if facts, err = s.Facts.Facts(ctx, who); err != nil {
			return "", err
		}
	}
	now := s.Now().Unix()
	d := Draft{Org: o, ID: as, Form: id, Version: v.Number, Owner: of, MadeBy: who.Person, Lang: lang, CreatedAt: now, ChangedAt: now, Filled: begun(def, facts)}
	if open {
		d.Secret = who.Session
	}
	d.ExpiresAt = d.expiry(f, now)
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		if err := s.sealDraft(ctx, tx, &d); err != nil {
			return err
		}
		ok, err := tx.PutFormDraft(ctx, d)
		if err == nil && !ok { // twice at once, or somebody else's
			_, err = draftOf(ctx, tx, who, as)
			return err
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(d, who, audit.FormBegun, map[string]string{"form": string(id)}))
	})
	return d.ID, err
}

func (s *Service) draftLine(d Draft, who actor.Actor, a audit.Action, detail map[string]string) audit.Entry {
	return audit.New(d.Org, s.Gen.Audit(), s.Now().UnixMicro(), who, a, "submission", string(d.ID), detail)
}

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
	if f.Files, err = s.Files.Of(ctx, files, f.holder(), f.Owner); err != nil {
		return err
	}
	if f.Parts, err = s.partsOf(ctx, from, f.Draft); err != nil {
		return err
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

// SaveRequest is a step as it was sent.
type SaveRequest struct {
	Draft ids.Submission
	Step  int
	Typed form.Typed
	// Mark is what was seen of the step (StepMark).
	Mark string
	// Try marks the step as answered; whoever only looks again does not.
	Try  bool
	Lang i18n.Lang
	// Then changes the answers after what was typed: a row more or less.
	Then func(d *form.Definition, a form.Answers) form.Answers
}

// Saved is what became of a step that was sent.
type Saved struct {
	Filling
	// Conflicts are what was answered differently by somebody else, or in another window, since the page was made: then nothing was saved, and Answers are those that were typed. Theirs are what is
	// saved.
	Conflicts []Difference
	// Shown says that questions of the step are asked now that were not before.
	Shown bool
}

// Save keeps what was typed in a step, whatever it is. Faults: NotFound, Conflict "forms.closed", Invalid "eform.too_large".
func (s *Service) Save(ctx context.Context, who actor.Actor, r SaveRequest) (out Saved, err error) {
	looked, err := s.Filling(ctx, who, r.Draft)
	if err != nil {
		return out, err
	}
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		out = Saved{}
		f, err := s.again(ctx, tx, who, looked)
		if err != nil {
			return err
		}
		if r.Step < 0 || r.Step >= len(f.Def.Steps) {
			return fault.NotFound("error.not_found")
		}
		if !f.Asks() {
			return fault.Conflict("forms.closed", nil)
		}
		step := f.Def.Steps[r.Step]
		was := f.Answers
		base := withRows(f.Def, step, was, r.Typed)
		on := time.Unix(f.Now, 0).In(f.Config.Zone())
		before := f.Out
		if len(base) > 0 {
			before = f.Def.Evaluate(base, on)
		}
		typed := before.Fill(base, step, r.Typed, f.Config.Org.Country)
		out.Filling = f
		if r.Mark != "" && r.Mark != StepMark(f.Def, step, was) {
			if list := differences(f.Def, step, typed, was); len(list) > 0 {
				out.Conflicts, out.Answers = list, typed
				out.Out = f.Def.Evaluate(typed, on)
				return nil
			}
		}
		shown := f.shown(step)
		d := f.Draft
		d.Answers = typed
		if r.Then != nil {
			d.Answers = r.Then(f.Def, typed)
		}
		d.Sources = keptSources(f.Def, d.Sources, was, d.Answers)
		if r.Try {
			d.Done = marked(d.Done, r.Step)
		}
		if r.Lang != "" {
			d.Lang = r.Lang
		}
		if err := s.put(ctx, tx, &d, f.Form, f.Now); err != nil {
			return err
		}
		out.Draft = d
		if err := s.complete(ctx, tx, tx, &out.Filling); err != nil {
			return err
		}
		for at := range out.shown(step) {
			out.Shown = out.Shown || !shown[at]
		}
		return nil
	})
	return out, err
}

// put writes a draft that was changed: from then on it is kept for its whole time again.
func (s *Service) put(ctx context.Context, tx DraftTx, d *Draft, f *catalog.Form, now int64) error {
	d.ChangedAt, d.ExpiresAt, d.ToldAt = now, d.expiry(f, now), 0
	if err := s.sealDraft(ctx, tx, d); err != nil {
		return err
	}
	if ok, err := tx.PutFormDraft(ctx, *d); err != nil || !ok {
		return orDraftAgain(ok, err)
	}
	d.Seen++
	return nil
}

// shown are the questions of a step that are asked now, by their places; what is calculated is none.
func (f Filling) shown(step *form.Step) map[string]bool {
	out := map[string]bool{}
	for _, x := range f.Def.Fields {
		if x.Step != step.Index || x.Calculated() {
			continue
		}
		rows := 1
		if x.Rows != nil {
			rows = f.Out.Rows(x.Rows)
		}
		for i := range rows {
			if !f.Out.Hidden(x, i) {
				out[x.In(i)] = true
			}
		}
	}
	return out
}

// Refresh reads again what is known beforehand and may not be typed over. It is asked when a draft is opened.
func (s *Service) Refresh(ctx context.Context, who actor.Actor, id ids.Submission) error {
	if who.Kind == actor.KindStaff || who.Kind == actor.KindVisitor && len(who.Session) > 0 {
		return nil // what was known when it was begun stands
	}
	facts, err := s.Facts.Facts(ctx, who)
	if err != nil {
		return err
	}
	looked, err := s.Filling(ctx, who, id)
	if err != nil {
		return err
	}
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, looked)
		if err != nil || f.Mine != nil || !f.Asks() || f.Owner != who.Owner() {
			return err
		}
		d := f.Draft
		d.Filled = known(f.Def, d.Filled, facts, true)
		if same(map[string]any(d.Answers), map[string]any(f.Answers)) {
			return nil
		}
		now, expires := d.ChangedAt, d.ExpiresAt
		if err := s.sealDraft(ctx, tx, &d); err != nil {
			return err
		}
		d.ChangedAt, d.ExpiresAt = now, expires
		return orDraftAgain(tx.PutFormDraft(ctx, d))
	})
}

// Move has a draft go on in the version of its form that holds by now. Answers that it does not have are left behind.
func (s *Service) Move(ctx context.Context, who actor.Actor, id ids.Submission) error {
	looked, err := s.Filling(ctx, who, id)
	if err != nil || looked.Newer == 0 {
		return err
	}
	v, def := looked.newest, looked.newestDef
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, looked)
		if err != nil {
			return err
		}
		d := f.Draft
		d.Version = v.Number
		for _, at := range def.Unknown(d.Answers) {
			d.Answers = without(d.Answers, at)
		}
		sources := map[string]string{}
		for at, from := range d.Sources {
			if def.Field(at) != nil {
				sources[at] = from
			}
		}
		d.Sources, d.Done = sources, nil // its steps may be others
		return s.put(ctx, tx, &d, f.Form, f.Now)
	})
}

// Drop throws a draft away, with what is attached to it. It is for whose it is alone. NotFound.
func (s *Service) Drop(ctx context.Context, who actor.Actor, id ids.Submission) error {
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		d, mine, err := s.found(ctx, tx, who, id, nil)
		if err == nil && mine != nil {
			err = fault.NotFound("error.not_found")
		}
		if err != nil {
			return err
		}
		if err := s.drop(ctx, tx, d); err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(d, who, audit.FormDropped, nil))
	})
}

func (s *Service) drop(ctx context.Context, tx DraftTx, d Draft) error {
	if ok, err := tx.DropFormDraft(ctx, d.Org, d.ID); err != nil || !ok {
		return err
	}
	return tx.DropLinks(ctx, d.holder(), s.Now().Unix())
}

// SweepDrafts deletes drafts whose time is over, at most so many of an organisation, and counts them.
func (s *Service) SweepDrafts(ctx context.Context, most int) (done int, err error) {
	list, err := s.Store.FormDraftsDue(ctx, s.Now().Unix(), most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, d := range list {
		err := s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
			d, err := tx.FormDraft(ctx, d.Org, d.ID)
			if fault.Is(err, fault.KindNotFound) || err == nil && d.ExpiresAt > s.Now().Unix() {
				return nil
			}
			if err != nil {
				return err
			}
			if err := s.drop(ctx, tx, d); err != nil {
				return err
			}
			return tx.Audit(ctx, s.draftLine(d, actor.System("eservice"), audit.FormExpired, nil))
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	if n, err := s.Store.SweepFormKept(ctx, s.Now().Unix(), most); err != nil {
		failed = append(failed, err)
	} else {
		done += n
	}
	return done, errors.Join(failed...)
}

// Known tells what forms are filled in with beforehand, and who could sign.
type Known interface {
	Facts(ctx context.Context, who actor.Actor) (map[string]identity.Fact, error)
	Others(ctx context.Context, who actor.Actor, of actor.Owner) ([]identity.Signer, error)
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
}
