package mailbox

import (
	"context"
	"slices"
	"time"

	"luukku/domain/actor"
	"luukku/domain/org"
)

// Settings are what whoever runs the installation has set for mailboxes.
type Settings struct {
	// Grounds are the rules by which letters go without paper though nobody agreed, the oldest first. Zone is that in which their days begin.
	Grounds []org.Ground
	Zone    *time.Location
	// RemindDays is after how many days somebody is told again of a letter that they have not read.
	RemindDays int
}

// settings are those of the installation; those of the product where nothing is set. They are read before a transaction, never in one.
func (s *Service) settings(ctx context.Context) (Settings, error) {
	set := Settings{Zone: time.UTC}
	if s.Settings != nil {
		var err error
		if set, err = s.Settings(ctx); err != nil {
			return set, err
		}
	}
	if set.RemindDays <= 0 {
		set.RemindDays = RemindDays
	}
	return set, nil
}

// GroundAt is the rule that holds for an owner at a moment: the last that has begun and is for whom they are. It begins with the first second of its local day. ok is false where there is none.
func GroundAt(grounds []org.Ground, of actor.Owner, at int64, zone *time.Location) (g org.Ground, ok bool) {
	for _, x := range grounds {
		if x.From.IsZero() || at < x.From.At(0, zone).Unix() || !groundFor(x, of) {
			continue
		}
		if !ok || !x.From.Before(g.From) {
			g, ok = x, true
		}
	}
	return g, ok
}

func groundFor(g org.Ground, of actor.Owner) bool {
	switch g.For {
	case org.GroundPeople:
		return of.Person != ""
	case org.GroundCompanies:
		return of.Company != ""
	}
	return true
}

// GroundsOf are the rules that an owner is told of: the one that holds at a moment, and those that will, in the order of their days.
func GroundsOf(grounds []org.Ground, of actor.Owner, at int64, zone *time.Location) []org.Ground {
	now, ok := GroundAt(grounds, of, at, zone)
	var out []org.Ground
	for _, g := range grounds {
		if groundFor(g, of) && (ok && g == now || at < g.From.At(0, zone).Unix()) {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b org.Ground) int { return a.From.Compare(b.From) })
	return out
}

// PreferenceUnder is PreferenceAt where a rule may say something else: whoever agreed has agreed; who said nothing is written to without paper by the law; and who wants paper has it only where the rule
// lets people choose.
func PreferenceUnder(p Preference, set Settings, of actor.Owner, at int64) Preference {
	g, ok := GroundAt(set.Grounds, of, at, set.Zone)
	if !ok || p.Channel == Electronic || p.Basis == Wish && g.Choice {
		return p
	}
	return Preference{Person: p.Person, Channel: Electronic, Basis: Law, From: g.From.At(0, set.Zone).Unix(), Source: g.Source}
}
