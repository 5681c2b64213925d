package eservice

import (
	"context"
	"errors"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
)

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
