package course

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Given is an enrolment as it is given to whose it is, or who wrote it: all that is kept of it, opened. Times are RFC 3339 in UTC.
type Given struct {
	Org       ids.Org       `json:"organisation"`
	ID        ids.Enrolment `json:"id"`
	Course    ids.Course    `json:"course"`
	Title     string        `json:"title"`
	Number    string        `json:"number"`
	Status    Status        `json:"status"`
	Mark      Mark          `json:"attendance,omitempty"`
	Starts    string        `json:"starts_at"`
	Ends      string        `json:"ends_at"`
	Name      string        `json:"name"`
	Birth     string        `json:"born,omitempty"`
	Code      string        `json:"postal_code,omitempty"`
	Note      string        `json:"note,omitempty"`
	Email     string        `json:"email,omitempty"`
	Phone     string        `json:"phone,omitempty"`
	Lang      i18n.Lang     `json:"lang"`
	Company   ids.Company   `json:"company,omitempty"`
	ByYou     bool          `json:"made_by_you"`
	Until     string        `json:"answer_by,omitempty"` // of a place that is offered
	CreatedAt string        `json:"created_at"`
	ChangedAt string        `json:"changed_at"`
}

// Kept returns every enrolment of the actor's own, and those that they wrote for people without an account, opened. For whom they act makes no difference; what others without an account were enrolled
// by somebody else is not theirs.
func (s *Service) Kept(ctx context.Context, who actor.Actor) ([]Given, error) {
	if who.Kind != actor.KindCitizen {
		return nil, notFound()
	}
	list, err := s.Store.OfPerson(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	out := []Given{}
	now := s.Now().Unix()
	for _, e := range list {
		c, err := s.Store.Course(ctx, e.Org, e.Course)
		if err != nil {
			return nil, err
		}
		p, err := s.private(ctx, e)
		if err != nil {
			return nil, err
		}
		g := Given{
			Org: e.Org, ID: e.ID, Course: e.Course, Title: c.Title.In(e.Lang), Number: Number(e.Course, e.Number), Status: e.At(now), Mark: e.Mark, Starts: stamp(c.Start()), Ends: stamp(c.End()), Name: e.Name,
			Birth: p.Birth, Code: p.Code, Note: p.Note, Email: e.Email, Phone: e.Phone, Lang: e.Lang, Company: e.Company, ByYou: e.By == who.Person, CreatedAt: stamp(e.CreatedAt), ChangedAt: stamp(e.ChangedAt),
		}
		if g.Status == Offered {
			g.Until = stamp(e.Until)
		}
		out = append(out, g)
	}
	return out, nil
}

func stamp(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// Erasable reports whether who somebody is can be erased from an enrolment: not while they have a place on a course to come, wait or may answer an offer; that is cancelled first.
func (c Course) Erasable(e Enrolment, now int64) bool {
	return !e.Erased() && (!e.Live(now) || now >= c.End())
}

// Erased reports whether it was erased who it is about.
func (e Enrolment) Erased() bool { return e.Number != 0 && e.Name == "" }

// Erase overwrites who somebody is in an enrolment: name, address and number, and what is sealed; who has no account loses the key with it. That there was an enrolment, and whether somebody came,
// stays: it is the organisation's own record. Conflict "course.erase_live" while Erasable is false. Erased twice it is erased once.
func (s *Service) Erase(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, enrolment ids.Enrolment) error {
	if err := may(who, o); err != nil {
		return err
	}
	return s.Store.InTx(ctx, o, id, func(ctx context.Context, tx Tx) error {
		c, err := tx.Lock(ctx, o, id, 0)
		if err != nil {
			return err
		}
		e, err := tx.Enrolment(ctx, o, enrolment)
		switch {
		case err != nil:
			return err
		case e.Course != id:
			return notFound()
		case e.Erased():
			return nil
		case !c.Erasable(e, s.Now().Unix()):
			return fault.Conflict("course.erase_live", nil)
		}
		e.WhoKey = s.Seals.LookupHash("enrolled", "erased "+string(e.Org)+"/"+string(e.ID))
		e.ChangedAt = s.Now().Unix()
		if err := tx.Erase(ctx, e); err != nil {
			return err
		}
		return tx.Audit(ctx, s.enrolmentLine(who, audit.EnrolmentErased, e))
	})
}
