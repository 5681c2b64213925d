package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/file"
)

// DraftDays is how long a draft is kept after it was last changed.
const DraftDays = 90

// mostDrafts is how many drafts somebody may have.
const mostDrafts = 100

// Draft is a letter that somebody is writing. Its id is the one that the letter will have, so that it is sent once however often that is asked for, and what is attached stays where it is.
type Draft struct {
	Org   ids.Org
	ID    ids.Letter
	Owner actor.Owner
	// Answers is the letter that it answers; empty for a new one.
	Answers ids.Letter
	// Kind is empty while it was not chosen.
	Kind Kind
	Lang i18n.Lang
	// CreatedAt, ChangedAt and ExpiresAt, the first second in which it is deleted, are in Unix seconds.
	CreatedAt, ChangedAt, ExpiresAt int64
	// Version is 0 for one that was never saved.
	Version int64
	Content
	Sealed []byte
}

// DraftExpiry is the first second in which a draft is deleted that was changed at a moment.
func DraftExpiry(changed int64) int64 { return changed + DraftDays*24*60*60 + 1 }

func draftPlace(d Draft) seal.Place {
	return seal.Place{Table: "letter_draft", Column: "content", Row: string(d.Org) + "/" + string(d.ID)}
}

// box is what seals what belongs to an owner.
func (s *Service) box(ctx context.Context, from Reader, of actor.Owner) (interface {
	Seal(b []byte, where seal.Place) ([]byte, error)
	Open(sealed []byte, where seal.Place) ([]byte, error)
}, error,
) {
	if of.Company != "" {
		return s.Seals, nil
	}
	key, err := s.key(ctx, from, of.Person)
	return key, err
}

func (s *Service) openDrafts(ctx context.Context, of actor.Owner, list []Draft) error {
	if len(list) == 0 {
		return nil
	}
	key, err := s.box(ctx, s.Store, of)
	if err != nil {
		return err
	}
	for i, d := range list {
		plain, err := key.Open(d.Sealed, draftPlace(d))
		if err == nil {
			err = json.Unmarshal(plain, &list[i].Content)
		}
		if err != nil {
			return fmt.Errorf("open draft %s: %w", d.ID, err)
		}
	}
	return nil
}

// Drafts returns what the actor is writing, the newest first.
func (s *Service) Drafts(ctx context.Context, who actor.Actor) ([]Draft, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.Drafts(ctx, of)
	if err == nil {
		err = s.openDrafts(ctx, of, list)
	}
	return list, err
}

// Draft returns one of the actor's drafts with what is attached to it. NotFound.
func (s *Service) Draft(ctx context.Context, who actor.Actor, id ids.Letter) (Draft, []file.Attached, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return Draft{}, nil, err
	}
	d, err := s.Store.Draft(ctx, of, id)
	if err != nil {
		return Draft{}, nil, err
	}
	one := []Draft{d}
	if err := s.openDrafts(ctx, of, one); err != nil {
		return Draft{}, nil, err
	}
	files, err := s.Files.Of(ctx, s.Files.Store, d.holder(), of)
	return one[0], files, err
}

func (d Draft) holder() file.Holder {
	return file.Holder{Org: d.Org, Kind: file.OfLetter, ID: string(d.ID)}
}

// SaveDraft keeps what was typed so far, whatever it is, and answers which draft it is: r.Draft, or a new one. What was saved elsewhere meanwhile is replaced: what is typed last holds.
// Faults: NotFound; Invalid where nothing can be sent to the organisation, where it is too long to be kept, or where there are too many.
func (s *Service) SaveDraft(ctx context.Context, who actor.Actor, r WriteRequest) (ids.Letter, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return "", err
	}
	if err := r.Content.keepable(); err != nil {
		return "", err
	}
	l, err := s.toWrite(ctx, of, r)
	if err != nil {
		return "", err
	}
	if err := s.mayReceive(ctx, of, l, r.Answers != ""); err != nil {
		return "", err
	}
	now := s.Now().Unix()
	id := r.Draft
	if id == "" {
		if list, err := s.Store.Drafts(ctx, of); err != nil {
			return "", err
		} else if len(list) >= mostDrafts {
			return "", fault.Invalid("mailbox.too_many_drafts", fault.Args{"most": mostDrafts})
		}
		id = s.Gen.Letter()
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		d := Draft{Org: l.Org, ID: id, Owner: of, Answers: r.Answers, CreatedAt: now}
		if r.Draft != "" {
			if d, err = tx.Draft(ctx, of, id); err != nil {
				return err
			}
		}
		d.Kind, d.Lang, d.ChangedAt, d.ExpiresAt = r.Kind, r.Lang, now, DraftExpiry(now)
		if !slices.Contains(Written, d.Kind) {
			d.Kind = ""
		}
		plain, err := json.Marshal(Content{Subject: r.Subject, Body: r.Body})
		if err != nil {
			return err
		}
		key, err := s.box(ctx, tx, of)
		if err == nil {
			d.Sealed, err = key.Seal(plain, draftPlace(d))
		}
		if err != nil {
			return fmt.Errorf("seal draft: %w", err)
		}
		if ok, err := tx.PutDraft(ctx, d); err != nil || !ok {
			return orAgain(err)
		}
		return nil
	})
	return id, err
}

// AddFile attaches a file to one of the actor's drafts. It may be opened and sent at once; what is in it is looked at meanwhile. Faults: NotFound; Invalid at file.Field.
func (s *Service) AddFile(ctx context.Context, who actor.Actor, id ids.Letter, name string, r io.Reader) (file.Attached, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return file.Attached{}, err
	}
	d, err := s.Store.Draft(ctx, of, id)
	if err != nil {
		return file.Attached{}, err
	}
	c, err := s.Store.Config(ctx, d.Org)
	if err != nil {
		return file.Attached{}, err
	}
	limits := LimitsOf(c)
	if has, _, err := s.Files.Store.FilesOf(ctx, d.holder()); err != nil || limits.MayAdd(len(has)) != nil { // before it comes in; looked at again below
		if err == nil {
			err = limits.MayAdd(len(has))
		}
		return file.Attached{}, err
	}
	t, err := s.Files.Take(ctx, file.Incoming{Org: d.Org, Name: name, Most: limits.Size}, r)
	if err != nil {
		return file.Attached{}, err
	}
	defer t.Drop()
	var a file.Attached
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := tx.Draft(ctx, of, id)
		if err != nil {
			return err
		}
		has, _, err := tx.FilesOf(ctx, d.holder())
		if err == nil {
			err = limits.MayAdd(len(has))
		}
		if err != nil {
			return err
		}
		d.ChangedAt, d.ExpiresAt = t.CreatedAt, DraftExpiry(t.CreatedAt)
		if ok, err := tx.PutDraft(ctx, d); err != nil || !ok {
			return orAgain(err)
		}
		a, err = s.Files.Attach(ctx, tx, t, d.holder(), of)
		return err
	})
	if err == nil {
		s.committed()
	}
	return a, err
}

// RemoveFile takes a file from one of the actor's drafts. One that is not there is no fault.
func (s *Service) RemoveFile(ctx context.Context, who actor.Actor, id ids.Letter, f ids.File) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := tx.Draft(ctx, of, id)
		if err != nil {
			return err
		}
		_, err = tx.DropLink(ctx, d.holder(), f, s.Now().Unix())
		return err
	})
}

// DropDraft throws one of the actor's drafts away, with what is attached to it. NotFound.
func (s *Service) DropDraft(ctx context.Context, who actor.Actor, id ids.Letter) error {
	of, err := s.owner(ctx, who)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := tx.Draft(ctx, of, id)
		if err != nil {
			return err
		}
		return s.dropDraft(ctx, tx, d)
	})
}

func (s *Service) dropDraft(ctx context.Context, tx Tx, d Draft) error {
	if ok, err := tx.DropDraft(ctx, d.Org, d.ID); err != nil || !ok {
		return err
	}
	return tx.DropLinks(ctx, d.holder(), s.Now().Unix())
}

// SendDraft saves what was typed last, and sends it with what is attached. Sent twice it is one letter. Faults as Write, and Invalid at file.Field when malware was found in a file.
func (s *Service) SendDraft(ctx context.Context, who actor.Actor, r WriteRequest) (ids.Letter, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return "", err
	}
	if _, err := s.Store.Draft(ctx, of, r.Draft); fault.Is(err, fault.KindNotFound) {
		return s.sentAlready(ctx, of, r.Draft)
	} else if err != nil {
		return "", err
	}
	l, err := s.toWrite(ctx, of, r)
	if err != nil {
		return "", err
	}
	l.ID, l.By = r.Draft, who.Person
	if r.Answers == "" {
		l.Thread = l.ID
	}
	c, err := s.mayWrite(ctx, of, l, r.Answers != "")
	if err != nil {
		return "", err
	}
	gone := false
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := tx.Draft(ctx, of, r.Draft)
		if gone = fault.Is(err, fault.KindNotFound); gone {
			return nil
		}
		if err == nil && d.Org != l.Org {
			err = fault.NotFound("error.not_found")
		}
		if err != nil {
			return err
		}
		if _, err := tx.DropDraft(ctx, d.Org, d.ID); err != nil {
			return err
		}
		return s.take(ctx, tx, who, c, l)
	})
	if err == nil && gone {
		return s.sentAlready(ctx, of, r.Draft)
	}
	if err != nil {
		return "", err
	}
	s.committed()
	return l.ID, s.Settle(ctx, holder(l)) // the scanner may have been done while it was sent
}

// sentAlready is the letter that a draft has become. NotFound when there is none.
func (s *Service) sentAlready(ctx context.Context, of actor.Owner, id ids.Letter) (ids.Letter, error) {
	l, err := s.visible(ctx, s.Store, of, id)
	if err == nil && !l.Inward {
		err = fault.NotFound("error.not_found")
	}
	return l.ID, err
}

// SweepDrafts deletes drafts that nobody changed for DraftDays, at most so many of an organisation, and counts them.
func (s *Service) SweepDrafts(ctx context.Context, most int) (done int, err error) {
	list, err := s.Store.DraftsDue(ctx, s.Now().Unix(), most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, d := range list {
		err := s.inTx(ctx, func(ctx context.Context, tx Tx) error {
			d, err := tx.Draft(ctx, d.Owner, d.ID)
			if fault.Is(err, fault.KindNotFound) || err == nil && d.ExpiresAt > s.Now().Unix() {
				return nil
			}
			if err != nil {
				return err
			}
			if err := s.dropDraft(ctx, tx, d); err != nil {
				return err
			}
			return tx.Audit(ctx, s.entry(d.Org, actor.System("mailbox"), audit.DraftExpired, "letter", string(d.ID), nil))
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}
