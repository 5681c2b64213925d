package store

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/store/db"
)

var _ access.Store = (*Store)(nil)

// The states of a grant of access.
const (
	accessOn  = "on"
	accessOff = "off"
)

// AccessNow returns what holds of an owner and a service, or NotFound "access.not_found".
func (s *Store) AccessNow(ctx context.Context, o ids.Org, service ids.Service, of actor.Owner) (access.Stored, error) {
	r, err := s.read.AccessNow(ctx, db.AccessNowParams{Org: string(o), Service: string(service), Account: string(of.Person), Company: string(of.Company)})
	if err != nil {
		return access.Stored{}, s.found(err, "access.not_found", "read access")
	}
	return accessOf(r), nil
}

// AccessOf returns everything recorded of an owner at an organisation, by service, the newest first.
func (s *Store) AccessOf(ctx context.Context, o ids.Org, of actor.Owner) ([]access.Stored, error) {
	rows, err := s.read.AccessOf(ctx, db.AccessOfParams{Org: string(o), Account: string(of.Person), Company: string(of.Company)})
	if err != nil {
		return nil, fmt.Errorf("read access: %w", s.fault(err))
	}
	return accessList(rows), nil
}

// AccessOfOwner is AccessOf for every organisation, by organisation and service.
func (s *Store) AccessOfOwner(ctx context.Context, of actor.Owner) ([]access.Stored, error) {
	rows, err := s.read.AccessOfOwner(ctx, db.AccessOfOwnerParams{Account: string(of.Person), Company: string(of.Company)})
	if err != nil {
		return nil, fmt.Errorf("read access: %w", s.fault(err))
	}
	return accessList(rows), nil
}

func accessList(rows []db.AccessGrant) []access.Stored {
	out := make([]access.Stored, len(rows))
	for i, r := range rows {
		out[i] = accessOf(r)
	}
	return out
}

func accessOf(r db.AccessGrant) access.Stored {
	return access.Stored{Sealed: r.Why, Grant: access.Grant{
		Org: ids.Org(r.Org), Service: ids.Service(r.Service), Owner: actor.Owner{Person: ids.Person(r.Account), Company: ids.Company(r.Company)}, Version: r.Version,
		Off: r.State == accessOff, From: r.FromAt, Until: r.UntilAt, ByKind: actor.Kind(r.ByKind), By: r.MadeBy, At: r.CreatedAt,
	}}
}

// AccessOfService returns what holds of everybody's access to a service, by a filter: the soonest end first, then what has none.
func (s *Store) AccessOfService(ctx context.Context, o ids.Org, service ids.Service, f access.Filter, now int64, most int) ([]access.Holder, error) {
	b := f.At(now)
	p := db.AccessOfServiceParams{
		Org: string(o), Service: string(service), FromMin: b.From[0], FromMax: b.From[1], UntilMin: b.Until[0], UntilMax: b.Until[1], Endless: -1, Most: int32(most),
	}
	if b.Endless {
		p.Endless = 0 // how no end is stored
	}
	if b.On {
		p.OneState = accessOn
	}
	if b.Off {
		p.OtherState = accessOff
	}
	rows, err := s.read.AccessOfService(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list access: %w", s.fault(err))
	}
	out := make([]access.Holder, len(rows))
	for i, r := range rows {
		g := accessOf(db.AccessGrant{
			Org: r.Org, Service: r.Service, Account: r.Account, Company: r.Company, Version: r.Version, State: r.State, FromAt: r.FromAt, UntilAt: r.UntilAt, ByKind: r.ByKind, MadeBy: r.MadeBy,
			CreatedAt: r.CreatedAt,
		})
		out[i] = access.Holder{Grant: g.Grant, Name: r.Name, Hidden: r.Protected != 0}
		if r.Company != "" {
			out[i].Name, out[i].Number = r.CompanyName, r.Number
		}
	}
	return out, nil
}

// PutAccess adds a grant with its tasks and its line of the audit log; false when the version is there already.
func (s *Store) PutAccess(ctx context.Context, g access.Stored, jobs []access.Job, e audit.Entry) (bool, error) {
	p := db.PutAccessParams{
		Org: string(g.Org), Service: string(g.Service), Account: string(g.Owner.Person), Company: string(g.Owner.Company), Version: g.Version, State: accessOn,
		FromAt: g.From, UntilAt: g.Until, Why: g.Sealed, ByKind: string(g.ByKind), MadeBy: g.By, CreatedAt: g.At,
	}
	if g.Off {
		p.State = accessOff
	}
	var made bool
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.PutAccess(ctx, p)
		if made = n == 1; err != nil || !made {
			return err
		}
		for _, j := range jobs {
			if err := putAccessJob(ctx, q, j, g.At); err != nil {
				return err
			}
		}
		return putAudit(ctx, q, e)
	})
	if err != nil {
		return false, fmt.Errorf("record access: %w", err)
	}
	return made, nil
}

func putAccessJob(ctx context.Context, q *db.Queries, j access.Job, now int64) error {
	args, err := json.Marshal(j.Args)
	if err != nil {
		return fmt.Errorf("write arguments: %w", err)
	}
	id := j.Kind + "/" + j.Args.ID()
	_, err = q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: j.Kind, Uniq: id, Args: string(args), RunAt: j.RunAt, CreatedAt: now, Lane: notify.LaneMail,
	})
	return err
}
