package course

import (
	"cmp"
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/folder"
)

// View is an enrolment with its course, as its person sees it.
type View struct {
	Enrolment
	Of Course
	// Place is the place in the line of who waits.
	Place int
}

// ByLink returns the enrolment that a mailed link is about; NotFound "link.not_found".
func (s *Service) ByLink(ctx context.Context, token string) (View, error) {
	o, id, err := s.Store.Subject(ctx, ids.HashToken(token), s.Now().Unix())
	if err != nil {
		return View{}, err
	}
	e, err := s.Store.Enrolment(ctx, o, id)
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, e)
}

// Mine returns an enrolment that is the actor's, or of whom they act for or whom they may act for; NotFound for everybody else.
func (s *Service) Mine(ctx context.Context, who actor.Actor, o ids.Org, id ids.Enrolment) (View, error) {
	e, err := s.Store.Enrolment(ctx, o, id)
	if err != nil {
		return View{}, err
	}
	if err := s.owns(ctx, who, e); err != nil {
		return View{}, err
	}
	return s.View(ctx, e)
}

func (s *Service) owns(ctx context.Context, who actor.Actor, e Enrolment) error {
	if who.Kind != actor.KindCitizen {
		return notFound()
	}
	owner := who.Owner()
	if e.Company != "" && owner.Company == e.Company || e.Account != "" && owner.Person == e.Account || e.By == who.Person && e.Account == "" && e.Company == "" {
		return nil
	}
	if e.Account == "" || !who.For.IsZero() {
		return notFound()
	}
	list, err := s.People.Participants(ctx, who)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(k Known) bool { return k.Person == e.Account }) {
		return notFound()
	}
	return nil
}

// View returns an enrolment that the caller may see, with its course and its place in the line.
func (s *Service) View(ctx context.Context, e Enrolment) (View, error) {
	v := View{Enrolment: e}
	var err error
	if v.Of, err = s.Store.Course(ctx, e.Org, e.Course); err != nil {
		return View{}, err
	}
	if e.Status == Waiting {
		v.Place, err = s.Store.Place(ctx, e)
	}
	return v, err
}

// Deed is what somebody does with an enrolment.
type Deed string

// The deeds.
const (
	Accept  Deed = "accept"  // takes the place that is offered
	Decline Deed = "decline" // does not want it
	Cancel  Deed = "cancel"  // gives the place back, or does not wait any more
)

// Do does something with an enrolment that the caller has shown to be theirs to do: by ByLink, Mine, or a right at the desk. What is free then is offered to the next in line at once.
// Conflicts: "course.offer_over" when an offer is not open any more, and those of CheckCancel. What was done already is done once.
func (s *Service) Do(ctx context.Context, who actor.Actor, e Enrolment, deed Deed) (Enrolment, error) {
	staff := who.Kind == actor.KindStaff || who.Kind == actor.KindClient
	if deed == Accept && !staff {
		if err := s.stillMay(ctx, e); err != nil {
			return Enrolment{}, err
		}
	}
	var out Enrolment
	err := s.Store.InTx(ctx, e.Org, e.Course, func(ctx context.Context, tx Tx) error {
		c, err := tx.Lock(ctx, e.Org, e.Course, 0)
		if err != nil {
			return err
		}
		if _, err := s.settle(ctx, tx, c); err != nil {
			return err
		}
		if out, err = tx.Enrolment(ctx, e.Org, e.ID); err != nil {
			return err
		}
		did, err := s.change(&out, c, deed, staff)
		if err != nil || !did {
			return err
		}
		if err := tx.Set(ctx, out); err != nil {
			return err
		}
		out.Version++
		what, action := ToldCancelled, audit.EnrolmentCancelled
		switch deed {
		case Accept:
			what, action = ToldPlace, audit.EnrolmentAccepted
		case Decline:
			action = audit.EnrolmentDeclined
		}
		if err := s.told(ctx, tx, who, out, what, action); err != nil {
			return err
		}
		taken, err := tx.Taken(ctx, e.Org, e.Course, s.Now().Unix())
		if err != nil {
			return err
		}
		return s.offer(ctx, tx, c, taken)
	})
	s.committed()
	return out, err
}

// change applies a deed to an enrolment; false when that is how it is already.
func (s *Service) change(e *Enrolment, c Course, deed Deed, staff bool) (bool, error) {
	now := s.Now().Unix()
	was := e.At(now)
	switch deed {
	case Accept:
		if was == Attending {
			return false, nil
		}
		if was != Offered {
			return false, fault.Conflict("course.offer_over", nil)
		}
		e.Status = Attending
	case Decline:
		if was == Declined {
			return false, nil
		}
		if was != Offered {
			return false, fault.Conflict("course.offer_over", nil)
		}
		e.Status = Declined
	case Cancel:
		if was == Cancelled {
			return false, nil
		}
		if err := c.CheckCancel(*e, now); err != nil && (!staff || fault.IsKey(err, "course.cancel_not")) {
			return false, err
		}
		e.Status = Cancelled
	default:
		return false, fault.Invalid("work.nothing", nil)
	}
	e.Until, e.ChangedAt = 0, now
	return true, nil
}

// ClashesOf returns the other courses of those that a form enrols which meet at the same time.
func (s *Service) ClashesOf(ctx context.Context, c Course, list []Enrolment) ([]Course, error) {
	var out []Course
	now := s.Now().Unix()
	for _, e := range list {
		if e.Account == "" {
			continue
		}
		others, err := s.Store.OfOwner(ctx, actor.Owner{Person: e.Account})
		if err != nil {
			return nil, err
		}
		for _, x := range others {
			if x.Org == c.Org && x.Course == c.ID || !x.Live(now) {
				continue
			}
			other, err := s.Store.Course(ctx, x.Org, x.Course)
			if err != nil {
				return nil, err
			}
			if Clashes(c.Details, other.Details) && !slices.ContainsFunc(out, func(y Course) bool { return y.ID == other.ID && y.Org == other.Org }) {
				out = append(out, other)
			}
		}
	}
	return out, nil
}

// FolderOf returns somebody's enrolments, for their folder.
func (s *Service) FolderOf(ctx context.Context, of actor.Owner) ([]folder.Entry, error) {
	list, err := s.Store.OfOwner(ctx, of)
	if err != nil {
		return nil, err
	}
	if of.Company == "" { // and whom they enrolled who have no folder of their own
		made, err := s.Store.OfPerson(ctx, of.Person)
		if err != nil {
			return nil, err
		}
		for _, e := range made {
			if e.Account == "" && e.Company == "" {
				list = append(list, e)
			}
		}
	}
	var out []folder.Entry
	now := s.Now().Unix()
	for _, e := range list {
		c, err := s.Store.Course(ctx, e.Org, e.Course)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, folder.Entry{
			Part: folder.Enrolled, Org: e.Org, Service: c.Service, Subject: string(e.ID), Name: c.Title, Place: c.Place, At: c.Start(), End: c.End(), State: FolderState(e, c, now), Until: e.Until,
			MadeBy: e.By, Label: cmp.Or(labelOf(of, e), Number(e.Course, e.Number)),
		})
	}
	return out, nil
}

// labelOf names the one who comes, in a company's folder.
func labelOf(of actor.Owner, e Enrolment) string {
	if of.Company == "" && e.Account != "" {
		return ""
	}
	return e.Name + ", " + Number(e.Course, e.Number)
}

// FolderState is a word for how an enrolment stands, as the last part of a text key: came and absent once the course is over.
func FolderState(e Enrolment, c Course, now int64) string {
	st := e.At(now)
	if st == Attending && now >= c.End() {
		switch e.Mark {
		case Came:
			return "came"
		case Absent:
			return "absent"
		}
		return "past"
	}
	return string(st)
}
