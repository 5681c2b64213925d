package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"luukku/base/ids"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/store/db"
	"luukku/store/sqldb"
)

var _ blueprint.Store = (*Store)(nil)

// blueprintLock names the row of setting that everyone who applies a blueprint locks: it is there before the first installation and organisation are.
const blueprintLock = "blueprint.lock"

// blueprintView answers inside one transaction.
type blueprintView struct {
	q     *db.Queries
	store *Store
}

// View runs do on one state of the database.
func (s *Store) View(ctx context.Context, do func(ctx context.Context, v blueprint.View) error) error {
	return s.fault(s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return do(ctx, blueprintView{db.New(tx), s}) }))
}

// Configure makes a change of the configuration durable as one transaction.
func (s *Store) Configure(ctx context.Context, plan func(ctx context.Context, v blueprint.View) (*blueprint.Change, error)) error {
	return s.configureAfter(ctx, func(context.Context, *db.Queries) error { return nil }, plan)
}

// configureAfter is Configure with something to do first, under its lock and in its transaction.
func (s *Store) configureAfter(
	ctx context.Context, first func(ctx context.Context, q *db.Queries) error, plan func(ctx context.Context, v blueprint.View) (*blueprint.Change, error),
) error {
	var change *blueprint.Change
	err := s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldb.Tx) error {
		change = nil // the function may run twice
		if err := lockConfiguration(ctx, q); err != nil {
			return err
		}
		if err := first(ctx, q); err != nil {
			return err
		}
		var err error
		if change, err = plan(ctx, blueprintView{q, s}); err != nil || change == nil {
			return err
		}
		return s.configure(ctx, q, *change)
	})
	if err != nil || change == nil || len(change.Topics) == 0 {
		return err
	}
	s.Forget()
	if s.opts.Live != nil {
		s.opts.Live.Publish(change.Topics...)
	}
	return nil
}

// lockConfiguration makes changes of the configuration wait for each other, and for whoever else changes the installation or an organisation.
func lockConfiguration(ctx context.Context, q *db.Queries) error {
	if err := q.PutSetting(ctx, db.PutSettingParams{Name: blueprintLock, Value: ""}); err != nil {
		return err
	}
	if _, err := q.LockInstallation(ctx); err != nil {
		return err
	}
	_, err := q.LockOrganisations(ctx)
	return err
}

// Stored reads what is configured.
func (v blueprintView) Stored(ctx context.Context, orgs []ids.Org) (blueprint.Stored, error) {
	out := blueprint.Stored{Hosts: map[string]ids.Org{}, Versions: map[ids.Org]int64{}}
	hosts := map[ids.Org][]string{}
	rows, err := v.q.Hosts(ctx)
	if err != nil {
		return out, fmt.Errorf("read hosts: %w", err)
	}
	for _, r := range rows {
		out.Hosts[r.Host] = ids.Org(r.Org)
		hosts[ids.Org(r.Org)] = append(hosts[ids.Org(r.Org)], r.Host)
	}
	if err := v.installation(ctx, &out); err != nil {
		return out, fmt.Errorf("read installation: %w", err)
	}
	installed := out.Version
	all, err := v.q.OrganisationVersions(ctx)
	if err != nil {
		return out, fmt.Errorf("read organisations: %w", err)
	}
	for _, r := range all {
		o := ids.Org(r.Org)
		out.Versions[o] = max(r.Version, installed)
		out.Orgs, out.Version = append(out.Orgs, o), max(out.Version, r.Version)
		if orgs != nil && !slices.Contains(orgs, o) {
			continue
		}
		c, err := readConfig(ctx, v.q, o)
		if err != nil {
			return out, fmt.Errorf("read configuration of %s: %w", o, err)
		}
		doc := blueprint.FromConfig(c, hosts[o])
		if err := v.documents(ctx, &doc); err != nil {
			return out, fmt.Errorf("read forms of %s: %w", o, err)
		}
		out.Organisations = append(out.Organisations, doc)
	}
	return out, nil
}

func (v blueprintView) installation(ctx context.Context, out *blueprint.Stored) error {
	row, err := v.q.Installation(ctx)
	if noRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	out.Version, out.Installation = row.Version, &blueprint.Installation{}
	if err := json.Unmarshal([]byte(row.Doc), &out.Installation.Installation); err != nil {
		return err
	}
	c := catalog.Config{}
	if err := readPolicies(ctx, v.q, &c); err != nil {
		return err
	}
	for _, d := range c.Policies { // oldest first
		if d.Installation {
			out.Installation.Policy = d.Settings
		}
	}
	return nil
}

// dayBefore is longer than any appointment, in seconds: what ends later began after it. It lets the index of appointments by day be used.
const dayBefore = 24 * 60 * 60

// Live counts the appointments of an office that are still to come.
func (v blueprintView) Live(ctx context.Context, o ids.Org, office ids.Office, now int64) ([]blueprint.Live, error) {
	rows, err := v.q.LiveAppointments(ctx, db.LiveAppointmentsParams{Org: string(o), Office: string(office), Since: now - dayBefore, Now: now})
	if err != nil {
		return nil, fmt.Errorf("count appointments of %s: %w", office, err)
	}
	out := make([]blueprint.Live, len(rows))
	for i, r := range rows {
		out[i] = blueprint.Live{Unit: ids.Unit(r.Unit), Service: ids.Service(r.Service), N: int(r.N)}
	}
	return out, nil
}

// configure writes a change, the feed last.
func (s *Store) configure(ctx context.Context, q *db.Queries, c blueprint.Change) error {
	if c.Installation != nil {
		doc, err := json.Marshal(c.Installation.Installation)
		if err != nil {
			return err
		}
		if err := q.PutInstallation(ctx, db.PutInstallationParams{Doc: string(doc), Version: c.Version, CreatedAt: c.Now}); err != nil {
			return err
		}
	}
	if err := putOrganisations(ctx, q, c); err != nil {
		return err
	}
	for _, p := range c.Policies {
		fields, err := json.Marshal(p.Settings)
		if err != nil {
			return err
		}
		err = q.AddPolicy(ctx, db.AddPolicyParams{
			Org: string(p.Org), Service: string(p.Service), Office: string(p.Office), Version: p.Version, Fields: string(fields),
			TouchesExisting: p.TouchesExisting, CreatedAt: c.Now,
		})
		if err != nil {
			return err
		}
	}
	if err := putFormVersions(ctx, q, c); err != nil {
		return err
	}
	if err := putDrafts(ctx, q, c.Drafts); err != nil {
		return err
	}
	for _, e := range c.Audit {
		if err := putAudit(ctx, q, e); err != nil {
			return err
		}
	}
	if err := putHistory(ctx, q, c); err != nil {
		return err
	}
	return putFeed(ctx, q, s.opts.Node, c.Now, c.Topics)
}

func putOrganisations(ctx context.Context, q *db.Queries, c blueprint.Change) error {
	for _, o := range c.Orgs { // all go before any comes, so that a host name can pass from one organisation to another
		if err := q.DropHosts(ctx, string(o.Want.ID)); err != nil {
			return err
		}
	}
	for _, o := range c.Orgs {
		doc, err := json.Marshal(orgDoc{o.Want.Organisation, o.Want.Help})
		if err != nil {
			return err
		}
		id := string(o.Want.ID)
		helpAt := int64(0) // stays as it is
		if o.HelpChanged() {
			helpAt = c.Now
		}
		if err := q.PutOrganisation(ctx, db.PutOrganisationParams{Org: id, Doc: string(doc), Version: c.Version, CreatedAt: c.Now, HelpAt: helpAt}); err != nil {
			return err
		}
		for _, h := range o.Want.Hosts {
			if err := q.PutHost(ctx, db.PutHostParams{Host: h, Org: id}); err != nil {
				return err
			}
		}
		have, err := thingsOf(o.Have)
		if err != nil {
			return err
		}
		want, err := thingsOf(o.Want)
		if err != nil {
			return err
		}
		if err := putThings(ctx, q, id, have, want); err != nil {
			return fmt.Errorf("write %s: %w", id, err)
		}
	}
	return nil
}

// Draft reads the draft of an organisation's configuration.
func (v blueprintView) Draft(ctx context.Context, o ids.Org) (blueprint.DraftRow, bool, error) {
	r, err := v.q.ConfigDraft(ctx, string(o))
	if noRows(err) {
		return blueprint.DraftRow{}, false, nil
	}
	if err != nil {
		return blueprint.DraftRow{}, false, fmt.Errorf("read the draft of %s: %w", o, err)
	}
	return blueprint.DraftRow{
		Org: o, Base: r.Base, Doc: r.Doc, Version: r.Version, CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt, ChangedBy: r.ChangedBy,
	}, true, nil
}

func putDrafts(ctx context.Context, q *db.Queries, drafts []blueprint.DraftChange) error {
	for _, d := range drafts {
		var err error
		if d.Put == nil {
			err = q.DropConfigDraft(ctx, string(d.Org))
		} else {
			err = q.PutConfigDraft(ctx, db.PutConfigDraftParams{
				Org: string(d.Org), Base: d.Put.Base, Doc: d.Put.Doc, Version: d.Put.Version, CreatedAt: d.Put.CreatedAt, ChangedAt: d.Put.ChangedAt,
				ChangedBy: d.Put.ChangedBy,
			})
		}
		if err != nil {
			return fmt.Errorf("write the draft of %s: %w", d.Org, err)
		}
	}
	return nil
}
