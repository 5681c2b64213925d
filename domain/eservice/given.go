package eservice

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/mailbox"
)

// SentWhole is what somebody has sent, as it is given out to them: all that happened to it, and what is attached to it.
type SentWhole struct {
	Submission
	Events []Event
	Files  []mailbox.ExportedFile
}

// mostGiven is how many are in memory at once while somebody takes along what they have sent.
const mostGiven = 50

// givenTo is whose forms are given out: the actor's own, or those of the company that they act for.
func givenTo(who actor.Actor) (actor.Owner, error) {
	if who.For.Company != "" {
		return who.Owner(), who.May(actor.FolderRead, actor.Object{Owner: who.Owner()})
	}
	of := actor.Owner{Person: who.Person}
	return of, who.May(actor.AccountManage, actor.Object{Owner: of})
}

// EachSent goes through everything that the actor has sent for themselves, or that was sent for the company that they act for, the newest first.
func (s *Service) EachSent(ctx context.Context, who actor.Actor, each func(SentWhole) error) error {
	of, err := givenTo(who)
	if err != nil {
		return err
	}
	for last := (Submission{}); ; {
		list, err := s.Store.SubmissionsOf(ctx, of, last.ID, mostGiven)
		if err != nil {
			return err
		}
		for _, x := range list {
			last = x
			out := SentWhole{Submission: x}
			if out.Events, err = s.Store.SubmissionEvents(ctx, x.Org, x.ID); err != nil {
				return err
			}
			if err := s.openSubmission(ctx, &out.Submission, out.Events); err != nil {
				return err
			}
			named := slices.Clone(out.Submission.Files)
			for _, e := range out.Events {
				named = append(named, e.Files...)
			}
			has, err := s.Files.Of(ctx, s.Files.Store, x.holder(), x.Owner)
			if err != nil {
				return err
			}
			out.Files = mailbox.TakeAlong(s.Files, named, has)
			if err := each(out); err != nil {
				return err
			}
		}
		if len(list) < mostGiven {
			return nil
		}
	}
}

// BegunWhole is what somebody has begun to fill in, as it is given out to them, with who was asked to sign it.
type BegunWhole struct {
	Draft
	Parts []Part
	Files []mailbox.ExportedFile
}

// EachBegun goes through everything that the actor has begun to fill in for themselves and not sent.
func (s *Service) EachBegun(ctx context.Context, who actor.Actor, each func(BegunWhole) error) error {
	of, err := givenTo(who)
	if err != nil {
		return err
	}
	list, err := s.Store.FormDraftsOf(ctx, of, mostDrafts)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ExpiresAt <= s.Now().Unix() {
			continue
		}
		out := BegunWhole{}
		if out.Draft, err = s.openDraft(ctx, s.Store, d); err != nil {
			return err
		}
		if out.Parts, err = s.partsOf(ctx, s.Store, d); err != nil {
			return err
		}
		has, err := s.Files.Of(ctx, s.Files.Store, d.holder(), d.Owner)
		if err != nil {
			return err
		}
		out.Files = mailbox.TakeAlong(s.Files, namesOf(has), has)
		if err := each(out); err != nil {
			return err
		}
	}
	return nil
}

func namesOf(has []file.Attached) []mailbox.Attachment {
	out := make([]mailbox.Attachment, len(has))
	for i, a := range has {
		out[i] = mailbox.Attachment{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, Digest: a.DigestHex()}
	}
	return out
}

// AskedWhole is that somebody was asked to fill in another's form with them, as it is given out to who was asked: which form, and how it stands.
type AskedWhole struct {
	Part
	Of Draft // its answers are not opened: they are given to whose it is
}

// AskedOf returns what the actor was asked to fill in with others, also where they answered or came too late, while the draft is there.
func (s *Service) AskedOf(ctx context.Context, who actor.Actor) ([]AskedWhole, error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return nil, err
	}
	list, err := s.Store.FormPartsOf(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	var out []AskedWhole
	for _, p := range list {
		d, err := s.Store.FormDraft(ctx, p.Org, p.Draft)
		if fault.Is(err, fault.KindNotFound) {
			continue // sent or thrown away meanwhile
		}
		if err != nil {
			return nil, err
		}
		parts, err := s.partsOf(ctx, s.Store, d)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(parts, func(x Part) bool { return x.ID == p.ID }); i >= 0 {
			p.PartWho = parts[i].PartWho
		}
		out = append(out, AskedWhole{Part: p, Of: d})
	}
	return out, nil
}
