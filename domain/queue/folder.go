package queue

import (
	"context"

	"luukku/domain/actor"
	"luukku/domain/folder"
)

var _ folder.Source = (*Service)(nil)

// mostVisits is how many visits a folder has at most.
const mostVisits = 100

// FolderOf returns somebody's visits: when they came, what number they had, and when they were called. They are there when the appointment was theirs.
func (s *Service) FolderOf(ctx context.Context, of actor.Owner) ([]folder.Entry, error) {
	list, err := s.Store.TicketsOfOwner(ctx, of, mostVisits)
	if err != nil {
		return nil, err
	}
	now := s.Now().Unix()
	out := make([]folder.Entry, len(list))
	for i, t := range list {
		out[i] = folder.Entry{
			Part: folder.Visited, Org: t.Org, Service: t.Service, Office: t.Office, Subject: string(t.ID), At: t.ArrivedAt, End: t.EndAt, State: string(t.StateAt(now)),
			Label: t.Name(), CalledAt: t.CalledAt,
		}
	}
	return out, nil
}
