// Package folder is the timeline of a person or a company: what is booked, sent, received and enrolled, whoever offers the service.
//
// Each room that has something of somebody's is a Source and can replay its own. The package promises that entries come in order of time, and that nobody
// gets another's. What an entry looks like is left to the doors.
package folder

import (
	"cmp"
	"context"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
)

// Part is a part of the folder.
type Part string

// The parts, in the order they are shown.
const (
	Booked   Part = "booked"
	Sent     Part = "sent"
	Received Part = "received"
	Enrolled Part = "enrolled"
	Agreed   Part = "agreed" // to what they have agreed, and what they took back
	Looked   Part = "looked" // who looked at their data
	Visited  Part = "visited"
	Opened   Part = "opened" // services that the office has opened to them
)

// Parts are those of the folder's own page.
var Parts = []Part{Booked, Visited, Opened, Sent, Received, Enrolled}

// Entry is a line in somebody's folder. Its state is a text key below folder.state; of a visit below folder.visit, of a look below log.action.
type Entry struct {
	Part    Part
	Org     ids.Org
	Service ids.Service
	Office  ids.Office
	// Form is the form that was sent.
	Form ids.Form
	// Name is what it is called in each language, where that is not the service; Place where it is, where that is no office.
	Name  i18n.Text
	Place string
	// Subject is the identifier of what it is about, in its room.
	Subject string
	// At is when it is or was (Unix seconds), End when it ends; 0 when it has no end.
	At, End int64
	State   string
	// Until is the last second in which something that waits for an answer can be answered; 0 for what waits for none.
	Until int64
	// MadeBy is who did it, where that is not whose folder it is.
	MadeBy     ids.Person
	MadeByName string
	// Title is what it is about, in words that its room has; empty for what the service is called.
	Title string
	// Page is where it is opened, below /{lang}: such as "my", "forms", and its id; none for what is opened by a form, or not at all.
	Page []string
	// Label is the number that they had, and CalledAt when they were called, of a visit.
	Label    string
	CalledAt int64
}

// Source is a room that has something of people's.
type Source interface {
	// FolderOf returns the entries of an owner.
	FolderOf(ctx context.Context, o actor.Owner) ([]Entry, error)
}

// Folder is what there is of one owner's, by part, the earliest first.
type Folder map[Part][]Entry

// Service is the room's use case.
type Service struct {
	Sources []Source
	// Name returns a person's name, for entries that somebody else made.
	Name func(ctx context.Context, p ids.Person) (string, error)
}

// Folder returns the folder in which the actor works now: their own, or that of whom they act for.
func (s *Service) Folder(ctx context.Context, who actor.Actor) (Folder, error) {
	owner := who.Owner()
	if err := who.May(actor.FolderRead, actor.Object{Owner: owner}); err != nil {
		return nil, err
	}
	out := Folder{}
	for _, source := range s.Sources {
		list, err := source.FolderOf(ctx, owner)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.MadeBy != "" && e.MadeBy != owner.Person && s.Name != nil {
				if e.MadeByName, err = s.Name(ctx, e.MadeBy); err != nil {
					return nil, err
				}
			}
			out[e.Part] = append(out[e.Part], e)
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b Entry) int { return cmp.Compare(a.At, b.At) })
	}
	return out, nil
}
