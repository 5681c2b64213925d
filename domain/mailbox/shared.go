package mailbox

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Teller is how somebody who acts for a mailbox's owner wants to be told that something arrived in it. Each who holds a mandate says so for themselves.
type Teller struct {
	Owner                actor.Owner
	Person               ids.Person
	TellEmail, TellPhone bool
	Lang                 i18n.Lang
}

// Reading is who read or confirmed a letter of a shared mailbox, and when: those who share it see that of each other.
type Reading struct {
	Person ids.Person
	Name   string // empty for whom is not known any more
	What   What   // Read or Confirmed
	At     int64  // Unix seconds
}

// inPerson reports whether somebody is in their own mailbox: not for a company, and not for somebody in their care.
func inPerson(who actor.Actor) bool { return who.For.IsZero() }

// box is the mailbox of an owner, its zero value with Version 0 for who never had one.
func box(ctx context.Context, from Reader, of actor.Owner) (Box, error) {
	if of.Company != "" {
		return from.CompanyBox(ctx, of.Company)
	}
	return from.Box(ctx, of.Person)
}

// preferences is what an owner has said about letters. A company says nothing else than by opening and closing its mailbox (nobody of it can want paper for all the others).
func preferences(ctx context.Context, from Reader, of actor.Owner, b Box) ([]Preference, error) {
	if of.Company == "" {
		return from.Preferences(ctx, of.Person)
	}
	if b.Version == 0 {
		return nil, nil
	}
	history := []Preference{{Version: 1, Channel: Electronic, Basis: Consent, Terms: b.Terms, From: b.OpenedAt, At: b.OpenedAt, ByKind: actor.KindCitizen, By: string(b.OpenedBy)}}
	if b.ClosedAt > 0 {
		history = append(history, Preference{Version: 2, Channel: Paper, Basis: Wish, From: b.ClosedAt, At: b.ClosedAt, ByKind: actor.KindCitizen})
	}
	return history, nil
}

// tellerOf is what somebody said of being told, its zero value when they said nothing.
func tellerOf(list []Teller, p ids.Person) Teller {
	if i := slices.IndexFunc(list, func(t Teller) bool { return t.Person == p }); i >= 0 {
		return list[i]
	}
	return Teller{}
}

// putTeller keeps what somebody who acts for the owner wants to be told.
func putTeller(ctx context.Context, tx Tx, who actor.Actor, email, phone bool, lang i18n.Lang) error {
	if inPerson(who) {
		return nil
	}
	return tx.PutTeller(ctx, Teller{Owner: who.Owner(), Person: who.Person, TellEmail: email, TellPhone: phone, Lang: lang})
}

// anyTold reports whether somebody wants to be told of what arrives in a mailbox.
func anyTold(ctx context.Context, from Reader, of actor.Owner, b Box) (bool, error) {
	if b.TellEmail || b.TellPhone {
		return true, nil
	}
	list, err := from.Tellers(ctx, of)
	return slices.ContainsFunc(list, func(t Teller) bool { return t.TellEmail || t.TellPhone }), err
}

// hasRead reports whether somebody has read a letter since it was last marked as not read.
func hasRead(l Stored, who actor.Actor) bool {
	read := false
	for _, e := range l.Events {
		switch {
		case e.What == Marked:
			read = false
		case e.What == Read && e.Actor == who.ID():
			read = true
		}
	}
	return read
}

// readings are who read and confirmed a letter, each once, in the order in which they did.
func (s *Service) readings(ctx context.Context, l Stored) ([]Reading, error) {
	var out []Reading
	for _, e := range l.Events {
		p := ids.Person(e.Actor)
		again := slices.ContainsFunc(out, func(r Reading) bool { return r.Person == p && r.What == e.What })
		if e.ActorKind != actor.KindCitizen || again || e.What != Read && e.What != Confirmed {
			continue
		}
		who := actor.System("mailbox")
		who.Person = p
		a, err := s.People.Mine(ctx, who)
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return nil, err
		}
		out = append(out, Reading{p, a.ShortName(), e.What, e.At})
	}
	return out, nil
}
