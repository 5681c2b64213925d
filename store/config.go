package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/store/db"
)

// orgDoc is the document of the organisation table.
type orgDoc struct {
	org.Organisation
	Help i18n.Text `json:"help,omitzero"`
}

// Installation returns what all organisations share, or NotFound "installation.none" before set-up.
func (s *Store) Installation(ctx context.Context) (org.Installation, error) {
	return s.installation.get(s, func() (org.Installation, error) { return s.readInstallation(ctx) })
}

func (s *Store) readInstallation(ctx context.Context) (org.Installation, error) {
	row, err := s.read.Installation(ctx)
	if err != nil {
		return org.Installation{}, s.found(err, "installation.none", "read installation")
	}
	var in org.Installation
	if err := json.Unmarshal([]byte(row.Doc), &in); err != nil {
		return org.Installation{}, fmt.Errorf("read installation: %w", err)
	}
	return in, nil
}

// Organisations returns all organisations, sorted by slug.
func (s *Store) Organisations(ctx context.Context) ([]org.Organisation, error) {
	list, err := s.organisations.get(s, func() ([]org.Organisation, error) { return s.readOrganisations(ctx) })
	return slices.Clone(list), err
}

// kept is a value that was read a moment ago: ConfigAge at most.
type kept[T any] struct {
	mu sync.Mutex
	v  T
	at time.Time
}

// get returns the value, or reads it when it is too old, or when this process has changed the configuration since.
func (k *kept[T]) get(s *Store, read func() (T, error)) (T, error) {
	now := s.opts.Now()
	k.mu.Lock()
	v, at := k.v, k.at
	k.mu.Unlock()
	if age := now.Sub(at); !at.IsZero() && s.opts.ConfigAge > 0 && age >= 0 && age < s.opts.ConfigAge {
		return v, nil
	}
	changes := s.changes.Load()
	v, err := read()
	if err == nil && changes == s.changes.Load() {
		k.mu.Lock()
		k.v, k.at = v, now
		k.mu.Unlock()
	}
	return v, err
}

// forget has the value read anew.
func (k *kept[T]) forget() {
	k.mu.Lock()
	k.at = time.Time{}
	k.mu.Unlock()
}

func (s *Store) readOrganisations(ctx context.Context) ([]org.Organisation, error) {
	rows, err := s.read.Organisations(ctx)
	if err != nil {
		return nil, fmt.Errorf("read organisations: %w", s.fault(err))
	}
	out := make([]org.Organisation, 0, len(rows))
	for _, r := range rows {
		var d orgDoc
		if err := json.Unmarshal([]byte(r.Doc), &d); err != nil {
			return nil, fmt.Errorf("read organisation %s: %w", r.Org, err)
		}
		d.ID = ids.Org(r.Org)
		out = append(out, d.Organisation)
	}
	return out, nil
}

// Config returns what an organisation has configured, from memory as long as its version is the same. Unknown organisations are NotFound "org.unknown".
func (s *Store) Config(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	now := s.opts.Now()
	have, ok := s.cached(o)
	if ok && s.opts.ConfigAge > 0 && now.Sub(have.checked) < s.opts.ConfigAge && !now.Before(have.checked) {
		return have.config, nil
	}
	version, err := s.version(ctx, o)
	if err != nil {
		return nil, err
	}
	if !ok || have.config.Version != version {
		return s.reload(ctx, o, version)
	}
	s.keep(o, cached{have.config, now})
	return have.config, nil
}

// reload reads a configuration whose version has changed, unless somebody else has just done so.
func (s *Store) reload(ctx context.Context, o ids.Org, version int64) (*catalog.Config, error) {
	s.loading.Lock()
	defer s.loading.Unlock()
	if have, ok := s.cached(o); ok && have.config.Version == version {
		return have.config, nil
	}
	c, err := s.loadConfig(ctx, o)
	if err != nil {
		return nil, err
	}
	s.keep(o, cached{c, s.opts.Now()})
	return c, nil
}

func (s *Store) cached(o ids.Org) (cached, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.configs[o]
	return c, ok
}

func (s *Store) keep(o ids.Org, c cached) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configs[o] = c
}

// Forget drops cached configurations: the next reader sees what was just applied.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.configs)
	s.changes.Add(1)
	s.installation.forget()
	s.organisations.forget()
	s.newest.forget()
}

// version is the newer of the organisation's and the installation's: both number their documents by the millisecond.
func (s *Store) version(ctx context.Context, o ids.Org) (int64, error) {
	v, err := s.read.OrganisationVersion(ctx, string(o))
	if err != nil {
		return 0, s.found(err, "org.unknown", "read version of %s", o)
	}
	in, err := s.read.InstallationVersion(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read version of the installation: %w", s.fault(err))
	}
	return max(v, in), nil
}

// ConfigVersion is the newest version of anything that is configured, of the installation and of every organisation: it grows with each change.
func (s *Store) ConfigVersion(ctx context.Context) (int64, error) {
	return s.newest.get(s, func() (int64, error) { return s.readNewest(ctx) })
}

func (s *Store) readNewest(ctx context.Context) (int64, error) {
	rows, err := s.read.OrganisationVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("read versions of organisations: %w", s.fault(err))
	}
	newest, err := s.read.InstallationVersion(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read version of the installation: %w", s.fault(err))
	}
	for _, r := range rows {
		newest = max(newest, r.Version)
	}
	return newest, nil
}

// loadConfig reads one organisation's configuration as of one moment.
func (s *Store) loadConfig(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	var c *catalog.Config
	err := s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldbTx) error {
		var err error
		c, err = readConfig(ctx, db.New(tx), o)
		return err
	})
	if err != nil {
		return nil, s.found(err, "org.unknown", "load configuration of %s", o)
	}
	return c, c.Prepare()
}

func readConfig(ctx context.Context, q *db.Queries, o ids.Org) (*catalog.Config, error) {
	row, err := q.Organisation(ctx, string(o))
	if err != nil {
		return nil, err
	}
	c := &catalog.Config{Version: row.Version}
	var d orgDoc
	if err := json.Unmarshal([]byte(row.Doc), &d); err != nil {
		return nil, err
	}
	c.Org, c.Help = d.Organisation, d.Help
	c.Org.ID, c.HelpAt = o, row.HelpAt
	in, err := q.Installation(ctx)
	switch {
	case err == nil:
		c.Version = max(c.Version, in.Version)
		if err := json.Unmarshal([]byte(in.Doc), &c.Installation); err != nil {
			return nil, err
		}
	case !errors.Is(err, sql.ErrNoRows):
		return nil, err
	}
	for _, step := range []func(context.Context, *db.Queries, *catalog.Config) error{readPlaces, readServices, readPolicies, readWordings, readFormTexts, readForms} {
		if err := step(ctx, q, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func readInboxes(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	rows, err := q.Inboxes(ctx, string(c.Org.ID))
	if err != nil {
		return err
	}
	for _, r := range rows {
		b := org.Inbox{}
		if err := json.Unmarshal([]byte(r.Doc), &b); err != nil {
			return fmt.Errorf("inbox %s: %w", r.ID, err)
		}
		b.ID = ids.Inbox(r.ID)
		c.Inboxes = append(c.Inboxes, b)
	}
	return nil
}

func readWordings(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	rows, err := q.Wordings(ctx, string(c.Org.ID))
	if err != nil {
		return err
	}
	for _, r := range rows {
		w := org.Wording{}
		if err := json.Unmarshal([]byte(r.Doc), &w); err != nil {
			return fmt.Errorf("wording %s: %w", r.ID, err)
		}
		w.ID = r.ID
		c.Wordings = append(c.Wordings, w)
	}
	return nil
}

func readFormTexts(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	rows, err := q.FormTexts(ctx, string(c.Org.ID))
	if err != nil {
		return err
	}
	for _, r := range rows {
		t := catalog.FormText{}
		if err := json.Unmarshal([]byte(r.Doc), &t); err != nil {
			return fmt.Errorf("form text %s: %w", r.ID, err)
		}
		t.ID = r.ID
		c.FormTexts = append(c.FormTexts, t)
	}
	return nil
}

func readForms(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	rows, err := q.Forms(ctx, string(c.Org.ID))
	if err != nil {
		return err
	}
	for _, r := range rows {
		f := catalog.Form{}
		if err := json.Unmarshal([]byte(r.Doc), &f); err != nil {
			return fmt.Errorf("form %s: %w", r.ID, err)
		}
		f.ID = ids.Form(r.ID)
		c.Forms = append(c.Forms, f)
	}
	return nil
}

func readPlaces(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	o := string(c.Org.ID)
	groups, err := q.OfficeGroups(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range groups {
		g := org.Group{}
		if err := json.Unmarshal([]byte(r.Doc), &g); err != nil {
			return fmt.Errorf("group %s: %w", r.ID, err)
		}
		g.ID = r.ID
		c.Groups = append(c.Groups, g)
	}
	if err := readInboxes(ctx, q, c); err != nil {
		return err
	}
	offices, err := q.Offices(ctx, o)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, r := range offices {
		f := org.Office{}
		if err := json.Unmarshal([]byte(r.Doc), &f); err != nil {
			return fmt.Errorf("office %s: %w", r.ID, err)
		}
		f.ID, f.Units = ids.Office(r.ID), nil
		at[r.ID] = len(c.Offices)
		c.Offices = append(c.Offices, f)
	}
	units, err := q.Units(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range units {
		u := org.Unit{}
		if err := json.Unmarshal([]byte(r.Doc), &u); err != nil {
			return fmt.Errorf("unit %s: %w", r.ID, err)
		}
		u.ID = ids.Unit(r.ID)
		f := &c.Offices[at[r.Office]]
		f.Units = append(f.Units, u)
	}
	return nil
}

func readServices(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	o := string(c.Org.ID)
	categories, err := q.Categories(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range categories {
		g := catalog.Category{}
		if err := json.Unmarshal([]byte(r.Doc), &g); err != nil {
			return fmt.Errorf("category %s: %w", r.ID, err)
		}
		g.ID = ids.Category(r.ID)
		c.Categories = append(c.Categories, g)
	}
	services, err := q.Services(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range services {
		v := catalog.Service{}
		if err := json.Unmarshal([]byte(r.Doc), &v); err != nil {
			return fmt.Errorf("service %s: %w", r.ID, err)
		}
		v.ID = ids.Service(r.ID)
		c.Services = append(c.Services, v)
	}
	offers, err := q.Offers(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range offers {
		c.Offers = append(c.Offers, catalog.Offer{Service: ids.Service(r.Service), Office: ids.Office(r.Office)})
	}
	return nil
}

func readPolicies(ctx context.Context, q *db.Queries, c *catalog.Config) error {
	rows, err := q.Policies(ctx, string(c.Org.ID))
	if err != nil {
		return err
	}
	for _, r := range rows {
		d := catalog.PolicyDoc{
			Installation: r.Org == "", Service: ids.Service(r.Service), Office: ids.Office(r.Office), Version: r.Version, TouchesExisting: r.TouchesExisting,
		}
		if err := json.Unmarshal([]byte(r.Fields), &d.Settings); err != nil {
			return fmt.Errorf("policy of %q at %q: %w", r.Service, r.Office, err)
		}
		c.Policies = append(c.Policies, d)
	}
	return nil
}

// Setting returns a value that was kept for this installation, or NotFound "setting.none".
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	v, err := s.read.Setting(ctx, name)
	return v, s.found(err, "setting.none", "read setting %s", name)
}

// PutSetting keeps a value for this installation.
func (s *Store) PutSetting(ctx context.Context, name, value string) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return q.PutSetting(ctx, db.PutSettingParams{Name: name, Value: value})
	})
}

// DropSetting forgets a value; ok is false when there was none.
func (s *Store) DropSetting(ctx context.Context, name string) (ok bool, err error) {
	err = s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		n, err := q.DropSetting(ctx, name)
		ok = n > 0
		return err
	})
	return ok, err
}

// OrgOfHost returns the organisation that has a host name of its own, or NotFound "org.unknown".
func (s *Store) OrgOfHost(ctx context.Context, host string) (ids.Org, error) {
	rows, err := s.read.Hosts(ctx)
	if err != nil {
		return "", fmt.Errorf("read hosts: %w", s.fault(err))
	}
	for _, r := range rows {
		if r.Host == host {
			return ids.Org(r.Org), nil
		}
	}
	return "", fault.NotFound("org.unknown")
}
