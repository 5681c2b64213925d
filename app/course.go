package app

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/domain/identity"
)

// enrolling is who signed in, as courses know them.
type enrolling struct{ identity *identity.Service }

// Participants are those whom somebody may enrol now.
func (e enrolling) Participants(ctx context.Context, who actor.Actor) ([]course.Known, error) {
	list, err := e.identity.InCare(ctx, who)
	out := make([]course.Known, len(list))
	for i, a := range list {
		out[i] = course.Known{Person: a.Person, Name: a.ShortName(), Email: a.Email, Phone: a.Phone, Birth: a.Birth, Lang: a.Lang}
	}
	return out, err
}

// Contact is where who has signed in is reached.
func (e enrolling) Contact(ctx context.Context, who actor.Actor) (course.Known, error) {
	a, err := e.identity.Mine(ctx, who)
	return course.Known{Person: a.Person, Name: a.ShortName(), Email: a.Email, Phone: a.Phone, Lang: a.Lang}, err
}

// Protected reports whether somebody is under a non-disclosure order.
func (e enrolling) Protected(ctx context.Context, who actor.Actor, p ids.Person) (bool, error) {
	return e.identity.Shielded(ctx, who, p)
}
