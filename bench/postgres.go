package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"luukku/store"
	"luukku/store/pgserver"
	"luukku/store/sqldb"
)

// ErrNotEmpty is returned when the named database has anything in it. The bench writes millions of rows and removes them again, and will not do so where
// there may be somebody's data.
var ErrNotEmpty = errors.New("this database is not empty: the bench measures only in a database that has no tables; make one for it (createdb luukku_bench)")

// checkNamed refuses the database that was named, if one was and it has anything in it.
func checkNamed(ctx context.Context, o Options) error {
	if o.Database == "" {
		return nil
	}
	return checkEmpty(ctx, o.Database)
}

// checkEmpty refuses a database with anything in it.
func checkEmpty(ctx context.Context, dsn string) error {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return errors.New("--database must begin with postgres://; SQLite needs no database named")
	}
	d, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return err
	}
	names, err := store.Tables(ctx, d)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	if len(names) > 0 {
		return fmt.Errorf("%w; it has %d, among them %s", ErrNotEmpty, len(names), names[0])
	}
	return nil
}

// Postgres returns an empty database on PostgreSQL for the row alone: the named one, emptied again when the row is over, or one in a cluster of the bench's
// own. Without either the row is skipped.
func (e *Env) Postgres(ctx context.Context) (dsn string, err error) {
	if e.Database != "" {
		if err := checkEmpty(ctx, e.Database); err != nil {
			return "", err
		}
		e.Defer(func() error { return store.DropTables(context.WithoutCancel(ctx), e.Database) })
		return e.Database, nil
	}
	if e.shared.cluster == nil {
		e.Say("a PostgreSQL server is started")
		c, err := pgserver.Start(context.WithoutCancel(ctx), pgserver.Options{Durable: true, Settings: map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB"}})
		if errors.Is(err, pgserver.ErrNoPostgres) {
			return "", fmt.Errorf("%w: %w", err, ErrSkipped)
		}
		if err != nil {
			return "", err
		}
		e.shared.cluster = c
	}
	e.shared.databases++
	name := fmt.Sprintf("bench_%d", e.shared.databases)
	admin := e.shared.cluster.DSN("postgres")
	if err := sqldb.Administer(ctx, admin, "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	e.Defer(func() error {
		return sqldb.Administer(context.WithoutCancel(ctx), admin, "DROP DATABASE "+name+" WITH (FORCE)")
	})
	return e.shared.cluster.DSN(name), nil
}

// FilledPostgres is Filled on PostgreSQL, for the row alone.
func (e *Env) FilledPostgres(ctx context.Context, spec FixtureSpec) (Installation, error) {
	dsn, err := e.Postgres(ctx)
	if err != nil {
		return Installation{}, err
	}
	dir, err := e.TempDir()
	if err != nil {
		return Installation{}, err
	}
	in, err := e.fill(ctx, Installation{Dir: dir, Database: dsn}, spec)
	if err != nil {
		return Installation{}, err
	}
	return in, sqldb.Administer(ctx, dsn, "VACUUM ANALYZE", "CHECKPOINT")
}

// pgbenchClients write at once.
const pgbenchClients = 32

// pgbench runs BareBooking with PostgreSQL's own tool.
type pgbench struct {
	program, script, services string
}

// newPgbench finds the tool and prepares a database for it.
func (e *Env) newPgbench(ctx context.Context, dsn string) (*pgbench, error) {
	p := &pgbench{}
	var err error
	if p.program, err = findPgbench(); err != nil {
		return nil, err
	}
	dir, err := e.TempDir()
	if err != nil {
		return nil, err
	}
	p.script, p.services = filepath.Join(dir, "bare.sql"), filepath.Join(dir, "service")
	service, err := serviceFile(dsn)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.services, []byte(service), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(p.script, []byte(store.BareBooking), 0o600); err != nil {
		return nil, err
	}
	return p, sqldb.Administer(ctx, dsn, store.BareSetUp)
}

func findPgbench() (string, error) {
	if program, err := exec.LookPath("pgbench"); err == nil {
		return program, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is well formed
	if len(found) == 0 {
		return "", fmt.Errorf("pgbench is not on this machine, and it is what booking on PostgreSQL is held against (Debian: apt-get install postgresql-contrib): %w",
			ErrSkipped)
	}
	return found[len(found)-1], nil
}

// serviceFile writes an address as libpq's service file has it, so that a password is in no command line.
func serviceFile(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || strings.Contains(u.Host, ",") {
		return "", errors.New("pgbench cannot be given this address: name one host, with user, password and database in the address")
	}
	var b strings.Builder
	b.WriteString("[bench]\n")
	password, _ := u.User.Password()
	for _, s := range [][2]string{
		{"host", u.Hostname()}, {"port", u.Port()}, {"user", u.User.Username()}, {"password", password}, {"dbname", strings.TrimPrefix(u.Path, "/")},
	} {
		if s[1] != "" {
			fmt.Fprintf(&b, "%s=%s\n", s[0], s[1])
		}
	}
	for name, values := range u.Query() {
		if !strings.HasPrefix(name, "luukku_") {
			fmt.Fprintf(&b, "%s=%s\n", name, values[0])
		}
	}
	return b.String(), nil
}

var (
	pgbenchDone = regexp.MustCompile(`number of transactions actually processed: (\d+)`)
	pgbenchRate = regexp.MustCompile(`tps = ([0-9.]+) \(without initial connection time\)`)
)

// run writes for some time. Pgbench counts in whole seconds.
func (p *pgbench) run(ctx context.Context, d time.Duration) (Measure, error) {
	const longest = 60 // seconds
	for seconds := max(1, int((d+time.Second-1)/time.Second)); ; seconds *= 5 {
		m, err := p.once(ctx, seconds)
		// On a machine with much else to do its clients may still be planning when a short time is over.
		if !errors.Is(err, errNothingDone) || seconds > longest {
			return m, err
		}
	}
}

var errNothingDone = errors.New("pgbench did nothing in its time")

func (p *pgbench) once(ctx context.Context, seconds int) (Measure, error) {
	cmd := exec.CommandContext(ctx, p.program, "--no-vacuum", "--protocol=prepared", "--file="+p.script, fmt.Sprintf("--time=%d", seconds),
		fmt.Sprintf("--client=%d", pgbenchClients), "--jobs=2", "service=bench")
	cmd.Env = []string{"PGSERVICEFILE=" + p.services, "LC_ALL=C", "HOME=" + filepath.Dir(p.services)}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Measure{}, fmt.Errorf("pgbench: %w: %.500s", err, out)
	}
	return pgbenchMeasure(string(out))
}

// pgbenchMeasure reads what pgbench says of itself. The time that its clients took to connect is not held against it.
func pgbenchMeasure(out string) (Measure, error) {
	if strings.Contains(out, "actually processed: 0\n") {
		return Measure{}, errNothingDone
	}
	done, rate := pgbenchDone.FindStringSubmatch(out), pgbenchRate.FindStringSubmatch(out)
	if done == nil || rate == nil {
		return Measure{}, fmt.Errorf("pgbench did not say how much it did: %.500s", out)
	}
	n, err := strconv.ParseInt(done[1], 10, 64)
	if err != nil {
		return Measure{}, err
	}
	perSecond, err := strconv.ParseFloat(rate[1], 64)
	if err != nil || perSecond == 0 {
		return Measure{}, errors.Join(err, errNothingDone)
	}
	return Measure{Ops: n, Elapsed: time.Duration(float64(n) / perSecond * float64(time.Second))}, nil
}

// bookPostgres measures booking against pgbench.
func bookPostgres(ctx context.Context, e *Env) (Result, error) {
	if _, err := findPgbench(); err != nil {
		return Result{}, err
	}
	in, err := e.FilledPostgres(ctx, e.bookFixture())
	if err != nil {
		return Result{}, err
	}
	times, err := in.Fixture.FreeTimes(e.need(mostBooked))
	if err != nil {
		return Result{}, err
	}
	b, err := e.prepareDrafts(ctx, in, times)
	if err != nil {
		return Result{}, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	peer, err := e.newPgbench(ctx, in.Database)
	if err != nil {
		return Result{}, err
	}
	s, err := e.Product(ctx, b.in)
	if err != nil {
		return Result{}, err
	}
	res, err := alternate(ctx, e, b.posts(s, load, bookConns), peer.run)
	return b.finish(ctx, e, s, res, err)
}
