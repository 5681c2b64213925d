// Package pgtest gives tests real PostgreSQL databases: it starts the machine's own PostgreSQL programs in a temporary directory, once per test
// process, and clones a migrated template for each test.
//
// It promises that a test has a database of its own in some tens of milliseconds, that several test processes can run at once, and that nothing is
// left behind however a process ends: a guardian process ends the server and deletes its files when the test process is gone. A machine without
// PostgreSQL fails the test with one line that says what to install; it never skips in silence. What is tested is left to the caller.
//
// The environment may say otherwise: LUUKKU_TEST_POSTGRES=postgres://... uses that server (its user must be allowed to create databases), and
// LUUKKU_TEST_POSTGRES=off skips, loudly.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/store/pgserver"
	"luukku/store/sqldb"
)

// A cluster of the test's own, as store/pgserver starts it.
type (
	Cluster = pgserver.Cluster
	Options = pgserver.Options
	How     = pgserver.How
)

// The ways to halt a cluster.
const (
	Fast      = pgserver.Fast
	Immediate = pgserver.Immediate
	Kill      = pgserver.Kill
)

// ErrNoPostgres is what Start returns on a machine without PostgreSQL.
var ErrNoPostgres = pgserver.ErrNoPostgres

// Start starts a cluster of the test's own.
func Start(ctx context.Context, o Options) (*Cluster, error) { return pgserver.Start(ctx, o) }

// EnvVar is the environment variable that names another server, or "off".
const EnvVar = "LUUKKU_TEST_POSTGRES"

// shared is the one server of this test process.
var shared struct {
	mu        sync.Mutex
	started   bool
	cluster   *Cluster // nil when the server is somebody else's
	address   func(database string) string
	err       error
	templates map[uintptr]*template
	names     atomic.Int64
}

type template struct {
	once sync.Once
	name string
	err  error
}

// DSN returns the address of a fresh database for a test, dropped when the test ends. Migrate prepares the template that databases are cloned
// from: it runs once per process for each function (a closure counts as its function, whatever it captured), must close its connections, and may
// be nil for an empty database.
func DSN(t testing.TB, migrate func(dsn string) error) string {
	t.Helper()
	if os.Getenv(EnvVar) == "off" {
		fmt.Fprintf(os.Stderr, "SKIPPED, NOT TESTED ON POSTGRESQL: %s (%s=off)\n", t.Name(), EnvVar)
		t.Skipf("%s=off", EnvVar)
	}
	address, err := server(t.Context())
	if err != nil {
		t.Fatalf("%v (or set %s=off to leave PostgreSQL untested)", err, EnvVar)
	}
	clone := "CREATE DATABASE %s STRATEGY FILE_COPY" // half the time of WAL_LOG
	if migrate != nil {
		from, err := templateOf(t.Context(), address, migrate)
		if err != nil {
			t.Fatalf("prepare the template database: %v", err)
		}
		clone += " TEMPLATE " + from
	}
	name := freshName()
	if err := sqldb.Administer(t.Context(), address(adminDatabase), fmt.Sprintf(clone, name)); err != nil {
		t.Fatalf("clone the template database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err := sqldb.Administer(ctx, address(adminDatabase), dropping(name))
		if err != nil && sqldb.Classify(err) != sqldb.ClassUnavailable { // a server that was ended takes its databases along
			t.Errorf("drop database: %v", err)
		}
	})
	return address(name)
}

// Main runs a package's tests and then stops the server and waits until its files are gone, for TestMain: os.Exit(pgtest.Main(m)). Without it the
// same happens a moment after the process has ended.
func Main(m *testing.M) int {
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "stop postgres:", err)
		return max(code, 1)
	}
	return code
}

// adminDatabase is where CREATE DATABASE and DROP DATABASE are sent; every server has it.
const adminDatabase = "postgres"

func dropping(name string) string { return "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)" }

// freshName is a database name that no other test process on the same server uses. It needs no quotes.
func freshName() string {
	return fmt.Sprintf("luukku_test_%d_%d", os.Getpid(), shared.names.Add(1))
}

// server returns how to address databases of this process's server, which it starts when it is the first to ask.
func server(ctx context.Context) (func(string) string, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.started {
		return shared.address, shared.err
	}
	shared.started = true
	shared.templates = make(map[uintptr]*template)
	if given := os.Getenv(EnvVar); given != "" {
		shared.address, shared.err = addressing(given)
		return shared.address, shared.err
	}
	shared.cluster, shared.err = Start(context.WithoutCancel(ctx), Options{})
	if shared.err == nil {
		shared.address = shared.cluster.DSN
	}
	return shared.address, shared.err
}

// addressing turns the address of a server into those of its databases.
func addressing(given string) (func(string) string, error) {
	u, err := url.Parse(given)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return nil, errors.New(EnvVar + ` must be "off" or an address that begins with postgres://`)
	}
	return func(database string) string {
		of := *u
		of.Path = "/" + database
		return of.String()
	}, nil
}

func templateOf(ctx context.Context, address func(string) string, migrate func(string) error) (string, error) {
	key := reflect.ValueOf(migrate).Pointer()
	shared.mu.Lock()
	tpl := shared.templates[key]
	if tpl == nil {
		tpl = &template{name: freshName()}
		shared.templates[key] = tpl
	}
	shared.mu.Unlock()
	tpl.once.Do(func() {
		if tpl.err = sqldb.Administer(ctx, address(adminDatabase), "CREATE DATABASE "+tpl.name); tpl.err == nil {
			tpl.err = migrate(address(tpl.name))
		}
	})
	return tpl.name, tpl.err
}

// stopShared stops our own server, or drops the templates from somebody else's.
func stopShared() error {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.cluster != nil {
		return shared.cluster.Stop()
	}
	if shared.address == nil {
		return nil
	}
	var errs []error
	for _, tpl := range shared.templates {
		errs = append(errs, sqldb.Administer(context.Background(), shared.address(adminDatabase), dropping(tpl.name)))
	}
	return errors.Join(errs...)
}
