package identity

import (
	"context"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Fact is something that is known of a person or a company, and who says so: "register" (the population register), "sign_in" (the means of signing in), "account" (the person) or "companies" (the
// register of companies).
type Fact struct{ Value, Source string }

// Facts are what a form of the actor's can be filled in with beforehand, by the words of forms ("self.name"). Name, birth date and identifier are those of the child whom they act for, if it is one;
// how to be reached is always their own. Where their post goes is told for a person alone, and not where one of the two is under a non-disclosure order: a company's colleagues, and whoever may read the
// child's form, have no part in it.
func (s *Service) Facts(ctx context.Context, who actor.Actor) (map[string]Fact, error) {
	if err := who.May(actor.AccountManage, actor.Object{Owner: actor.Owner{Person: who.Person}}); err != nil {
		return nil, err
	}
	out := map[string]Fact{}
	put := func(name, value, source string) {
		if value != "" {
			out[name] = Fact{value, source}
		}
	}
	mine, key, err := s.open(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	put("self.email", mine.Email, "account")
	put("self.phone", mine.Phone, "account")
	put("self.language", string(mine.Lang), "account")
	about := mine
	if who.For.Person != "" {
		if _, err := s.actingFor(ctx, who.Person, actor.Owner{Person: who.For.Person}); err != nil {
			return nil, err
		}
		if about, _, err = s.open(ctx, who.For.Person); err != nil {
			return nil, err
		}
	}
	if who.For.Company == "" && !mine.Protected && !about.Protected {
		list, err := s.addresses(ctx, who.Person, key)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 {
			by := string(list[0].Source)
			put("self.street", list[0].Street, by)
			put("self.postal_code", list[0].Code, by)
			put("self.town", list[0].Town, by)
			put("self.country", list[0].Country, by)
		}
	}
	source := "sign_in"
	if about.RegisterAt != 0 || who.For.Person != "" {
		source = "register"
	}
	put("self.name", about.Name, source)
	put("self.first_names", about.Given, source)
	put("self.family_name", about.Family, source)
	put("self.birth_date", about.Birth, source)
	_, code, err := s.identifier(ctx, about.Person)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return nil, err
	}
	if err == nil {
		put("self.code", code.Reveal(), source)
	}
	if who.For.Company != "" {
		c, err := s.Store.Company(ctx, who.For.Company)
		if err != nil {
			return nil, err
		}
		put("organisation.name", c.Name, "companies")
		put("organisation.code", c.BusinessID, "companies")
	}
	return out, nil
}

// Signer is somebody who may be asked to sign with the actor.
type Signer struct {
	Person ids.Person
	Name   string
}

// Others are who could sign with the actor what is an owner's: the other guardians of the child that they act for, the others who act for the company.
func (s *Service) Others(ctx context.Context, who actor.Actor, of actor.Owner) ([]Signer, error) {
	today := s.today()
	people := map[ids.Person]bool{}
	switch {
	case of.Company != "":
		list, err := s.Store.MandatesFor(ctx, of.Company)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			people[m.Person] = people[m.Person] || m.Good(today)
		}
	case of.Person != "" && of.Person != who.Person:
		list, err := s.Store.GuardiansOf(ctx, of.Person)
		if err != nil {
			return nil, err
		}
		for _, g := range list {
			people[g.Guardian] = people[g.Guardian] || g.Good(today)
		}
	}
	if !people[who.Person] { // only among those who may act for them
		return nil, nil
	}
	var out []Signer
	for p, good := range people {
		if !good || p == who.Person {
			continue
		}
		a, err := s.Store.Account(ctx, p)
		if fault.Is(err, fault.KindNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Signer{p, a.ShortName()})
	}
	return out, nil
}
