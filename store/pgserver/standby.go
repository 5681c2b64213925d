package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"luukku/store/sqldb"
)

// Standby makes a copy of a running cluster that follows it, on a port of its own, and has every commit of the cluster wait for it from now on: what was
// acknowledged is on both. The cluster must have been started Durable.
func (c *Cluster) Standby(ctx context.Context) (_ *Cluster, err error) {
	if !c.opts.Durable {
		return nil, errors.New("start a standby: the cluster keeps no log to follow")
	}
	s := &Cluster{bin: c.bin, account: c.account, password: c.password, opts: c.opts}
	if s.dir, err = s.account.makeDir(true); err != nil {
		return nil, fmt.Errorf("start a standby: %w", err)
	}
	if err := s.guard(); err != nil {
		return nil, errors.Join(fmt.Errorf("start a standby: %w", err), os.RemoveAll(s.dir))
	}
	if err := s.copyOf(c); err != nil {
		return nil, errors.Join(fmt.Errorf("start a standby: %w", err), s.Stop())
	}
	if err := s.launchAnywhere(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start a standby: %w", err), s.Stop())
	}
	err = sqldb.Administer(ctx, c.DSN("postgres"), "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start a standby: %w", err), s.Stop())
	}
	return s, nil
}

// copyOf fills the data directory from a running cluster, so that a server started on it follows that one.
func (c *Cluster) copyOf(from *Cluster) error {
	source := fmt.Sprintf("host=127.0.0.1 port=%d user=postgres password=%s sslmode=disable", from.port, from.password)
	return c.account.run(c.dir, filepath.Join(c.bin, "pg_basebackup"), "--dbname="+source, "--pgdata=data", "--write-recovery-conf", "--checkpoint=fast",
		"--wal-method=stream", "--no-sync")
}

// Promote makes a standby the primary, and waits until it takes writes. It waits for no standby of its own.
func (c *Cluster) Promote(ctx context.Context) error {
	err := sqldb.Administer(ctx, c.DSN("postgres"), "SELECT pg_promote(true, 60)")
	if err == nil {
		err = sqldb.Administer(ctx, c.DSN("postgres"), "ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
	}
	if err != nil {
		return fmt.Errorf("promote a standby: %w", err)
	}
	return nil
}
