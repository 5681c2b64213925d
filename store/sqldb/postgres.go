package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// minPostgres is the oldest PostgreSQL we run on, as server_version_num writes it.
const minPostgres = 150000

// How long the end of a transaction may take when its caller no longer waits, or waits without a limit. COMMIT includes the synchronous standby.
const (
	commitTimeout   = 30 * time.Second
	rollbackTimeout = 5 * time.Second
)

// isolationParam is our own parameter of a PostgreSQL DSN.
const isolationParam = "luukku_isolation"

func openPostgres(ctx context.Context, dsn string, opts Options) (_ *DB, err error) {
	dsn, opts, err = isolationOf(dsn, opts)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err) // pgx leaves the password out
	}
	// PgBouncer passes these two on; others it refuses, so that timeouts are the DSN's to set.
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "luukku"
	}
	config.RuntimeParams["timezone"] = "UTC"

	db := &DB{engine: Postgres, opts: opts.withDefaults(Postgres), refuse: newRefusing()}
	db.reader = reader{db: db}
	db.pool = stdlib.OpenDB(*config)
	db.pool.SetMaxOpenConns(db.opts.MaxConns)
	db.pool.SetMaxIdleConns(db.opts.MaxConns)
	db.pool.SetConnMaxIdleTime(5 * time.Minute)
	db.pool.SetConnMaxLifetime(30 * time.Minute) // after a failover the nodes spread again
	if err := checkPostgres(ctx, db.pool); err != nil {
		_ = db.release() // the first error counts
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	return db, nil
}

// isolationOf takes our parameter out of a DSN. It does not parse the rest: an address of several hosts is no URL to net/url.
func isolationOf(dsn string, opts Options) (string, Options, error) {
	address, query, _ := strings.Cut(dsn, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return "", opts, errors.New("the parameters of the address cannot be read")
	}
	if !params.Has(isolationParam) {
		return dsn, opts, nil
	}
	switch v := params.Get(isolationParam); v {
	case "serializable":
		opts.Isolation = Serializable
	case "read_committed":
		opts.Isolation = ReadCommitted
	default:
		return "", opts, fmt.Errorf("%s is %q, must be serializable or read_committed", isolationParam, v)
	}
	params.Del(isolationParam)
	return address + "?" + params.Encode(), opts, nil
}

func checkPostgres(ctx context.Context, pool *sql.DB) error {
	var version int
	var name, encoding string
	err := pool.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding')`).
		Scan(&version, &name, &encoding)
	if err != nil {
		return err
	}
	if version < minPostgres {
		return fmt.Errorf("the server is PostgreSQL %s, we need %d or newer", name, minPostgres/10000)
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s, must be UTF8", encoding)
	}
	return nil
}

// Administer runs statements on PostgreSQL one by one, outside of any transaction, on a connection of its own: what makes and drops databases.
// It is for test clusters and the operator's tools.
func Administer(ctx context.Context, dsn string, statements ...string) error {
	dsn, _, err := isolationOf(dsn, Options{})
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
	}
	return nil
}

// errStaleConn marks a BEGIN that met a connection which had died in the pool: nothing has happened, another one may live.
var errStaleConn = errors.New("the connection was gone")

func (db *DB) beginWrite(ctx context.Context) (session, error) {
	if db.opts.Isolation == Serializable {
		return db.beginPostgres(ctx, "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")
	}
	return db.beginPostgres(ctx, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
}

func (db *DB) beginRead(ctx context.Context) (session, error) {
	if db.engine == SQLite {
		tx, err := db.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, err
		}
		return &reading{db, tx}, nil
	}
	return db.beginPostgres(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
}

func (db *DB) beginPostgres(ctx context.Context, begin string) (session, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &pgSession{conn}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		s.discard()
		if ctx.Err() == nil && Classify(err) == ClassUnavailable {
			return nil, fmt.Errorf("%w: %w", errStaleConn, err)
		}
		return nil, err
	}
	return s, nil
}

// pgSession is a transaction on PostgreSQL.
type pgSession struct{ conn *sql.Conn }

var _ session = (*pgSession)(nil)

func (s *pgSession) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return s.conn.ExecContext(ctx, text, args...)
}

func (s *pgSession) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	return s.conn.PrepareContext(ctx, text)
}

func (s *pgSession) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	return s.conn.QueryContext(ctx, text, args...)
}

func (s *pgSession) queryRow(ctx context.Context, text string, args []any) *sql.Row {
	return s.conn.QueryRowContext(ctx, text, args...)
}

// raw runs a statement below database/sql, to see the server's command tag, under a deadline of our own.
func (s *pgSession) raw(ctx context.Context, limit time.Duration, text string) (tag pgconn.CommandTag, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err = s.conn.Raw(func(dc any) error {
		conn := dc.(*stdlib.Conn).Conn()
		if conn.IsClosed() {
			return errNotSent
		}
		var err error
		tag, err = conn.Exec(ctx, text)
		return err
	})
	return tag, err
}

// errNotSent says that a connection was found closed before anything was sent on it. We look ourselves: pgx (5.12) says so too of a connection
// that was lost while it waited for the answer, and pgconn.SafeToRetry believes it.
var errNotSent = fmt.Errorf("nothing was sent: %w", net.ErrClosed)

func (s *pgSession) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		s.rollback(ctx)
		return err
	}
	tag, err := s.raw(ctx, commitTimeout, "COMMIT")
	if err != nil {
		s.discard()
		if lostInCommit(err) {
			return unknown(err)
		}
		return fmt.Errorf("commit: %w", err)
	}
	_ = s.conn.Close() // gives it back to the pool
	if tag.String() != "COMMIT" {
		return fmt.Errorf("commit: the server answered %s: a statement had failed unseen", tag)
	}
	return nil
}

func (s *pgSession) rollback(ctx context.Context) {
	if _, err := s.raw(ctx, rollbackTimeout, "ROLLBACK"); err != nil {
		s.discard() // the server rolls back what a lost connection had open
		return
	}
	_ = s.conn.Close() // gives it back to the pool
}

func (s *pgSession) discard() {
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // this is how database/sql is told to discard it
	_ = s.conn.Close()
}
