package booking

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/care"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// AsksCare reports whether a freed time of a service is offered only to those in care, at whichever of the offices, or at any.
func AsksCare(c *catalog.Config, service ids.Service, offices ...ids.Office) bool {
	return care.Demanded(c, service, offices...) > catalog.CareAnyone
}

// CheckCare says whether somebody would be offered a time of a service at all, told before they wait in vain: Invalid "waiting.care_sign_in" for who is not
// known, "waiting.not_in_care" for who is not in care, or does not need the service.
func (s *Service) CheckCare(ctx context.Context, who actor.Actor, c *catalog.Config, e Waiter) error {
	demand := care.Demanded(c, e.Service, e.Wish.Offices...)
	if demand == catalog.CareAnyone {
		return nil
	}
	if e.Account == "" && who.Kind != actor.KindCitizen {
		return fault.Invalid("waiting.care_sign_in", nil)
	}
	r, err := s.careOf(ctx, c, e.Service, e.Account)
	if err != nil {
		return err
	}
	if !care.MayWait(demand, r, e.Service, c.Today(s.Now())) {
		return fault.Invalid("waiting.not_in_care", nil)
	}
	return nil
}

// careOf is what holds of somebody under the agenda of a service.
func (s *Service) careOf(ctx context.Context, c *catalog.Config, service ids.Service, account ids.Person) (care.Record, error) {
	sv, err := c.Service(service)
	if err != nil || s.Care == nil {
		return care.Record{}, err
	}
	return s.Care.Holds(ctx, c.Org.ID, account, sv.Category)
}

// inCare reports whether somebody who waits may be offered a freed time: they are in care on the day of the visit, where the policy asks for that.
func (s *Service) inCare(ctx context.Context, e Waiter, f Freed, sch Schedule) (bool, error) {
	demand := sch.Policy.WaitingCare
	if demand == catalog.CareAnyone {
		return true, nil
	}
	r, err := s.careOf(ctx, sch.Config, f.Service, e.Account)
	return err == nil && care.Fits(demand, r, f.Service, org.DateOf(time.Unix(f.Start, 0).In(sch.Zone()))), err
}

// waitingCare is CheckCare for who is put on the list: staff are told at the field that says whom they mean.
func (s *Service) waitingCare(ctx context.Context, who actor.Actor, c *catalog.Config, e Waiter) error {
	err := s.CheckCare(ctx, who, c, e)
	if who.Kind == actor.KindStaff && fault.Is(err, fault.KindInvalid) {
		key := "care.caller_not"
		if e.Account == "" {
			key = "care.caller_who"
		}
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: key})
	}
	return err
}
