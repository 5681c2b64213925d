package mailbox

import (
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Box is somebody's mailbox: a person's own, or that of a company or an association, which all who hold a mandate share.
type Box struct {
	Person  ids.Person  // empty for a company's
	Company ids.Company // empty for a person's
	// OpenedBy is who opened a company's last.
	OpenedBy ids.Person
	// OpenedAt is when it was opened last, ClosedAt when it was closed; 0 for one that is open.
	OpenedAt, ClosedAt int64
	// Terms is the version of the terms that was accepted.
	Terms string
	// TellEmail and TellPhone are where its owner wants to be told that something arrived: at the account's address or number, once proven. Both may be off (S4.3).
	TellEmail, TellPhone bool
	Lang                 i18n.Lang
	// SignedIn is when its owner last signed in and came to it: where the law says so, that serves what lies in it.
	SignedIn int64
	Version  int64
}

func (b Box) owner() actor.Owner { return actor.Owner{Person: b.Person, Company: b.Company} }

// Open reports whether letters can be put into it.
func (b Box) Open() bool { return b.OpenedAt > 0 && b.ClosedAt == 0 }

// Reach is whether somebody can be written to without paper, and why not.
type Reach string

// The answers to "can this person be reached?" (S4.7). A sender learns nothing else: not whether somebody never had a mailbox, closed it, died or is unknown.
const (
	Reachable Reach = "mailbox"
	OnPaper   Reach = "paper"
)

// ReachOf says which way a letter to somebody goes at a moment.
func ReachOf(b Box, history []Preference, set Settings, o ids.Org, at int64) Reach {
	if b.Open() && PreferenceUnder(PreferenceAt(history, o, at), set, b.owner(), at).Channel == Electronic {
		return Reachable
	}
	return OnPaper
}
