package pgtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"luukku/store/sqldb"
)

// TestMain doubles as the process that a test kills: asked by the environment, it starts a cluster, says where, and waits.
func TestMain(m *testing.M) {
	if os.Getenv("LUUKKU_PGTEST_CHILD") != "" {
		c, err := Start(context.Background(), Options{})
		if err != nil {
			panic(err)
		}
		os.Stdout.WriteString(c.Dir() + " " + c.DSN("postgres") + "\n")
		select {}
	}
	os.Exit(Main(m))
}

// needsOwn skips, loudly, the tests of our own clusters where the environment says that there are none.
func needsOwn(t *testing.T) {
	t.Helper()
	if v := os.Getenv(EnvVar); v != "" {
		t.Skipf("%s is set: no cluster of our own", EnvVar)
	}
}

func open(t *testing.T, dsn string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

var migrations atomic.Int64

func migrate(dsn string) error {
	migrations.Add(1)
	return sqldb.Administer(context.Background(), dsn, "CREATE TABLE thing (id BIGINT PRIMARY KEY)")
}

func TestEachTestHasItsOwnDatabaseFromOneTemplate(t *testing.T) {
	for _, name := range []string{"first", "second", "third"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, DSN(t, migrate))
			err := db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO thing (id) VALUES (1)")
				return err
			})
			if err != nil {
				t.Fatalf("the others' row is here, or no table: %v", err)
			}
			if got := migrations.Load(); got != 1 {
				t.Errorf("migrated %d times, want once per process", got)
			}
		})
	}
}

func TestDatabaseIsDroppedWhenItsTestEnds(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) { dsn = DSN(t, nil) })
	if dsn == "" {
		t.Skip("PostgreSQL is off")
	}
	err := sqldb.Administer(t.Context(), dsn, "SELECT 1")
	if err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("got %v, want that the database does not exist", err)
	}
}

func TestHaltedClusterResumesWithItsData(t *testing.T) {
	t.Parallel()
	needsOwn(t)
	ctx := t.Context()
	c, err := Start(ctx, Options{Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(c.Dir()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("its directory is still there: %v", err)
		}
	})
	if c.Port() >= 32768 {
		t.Errorf("port %d, want one below 32768", c.Port())
	}
	dsn := c.DSN("postgres")
	if err := sqldb.Administer(ctx, dsn, "CREATE TABLE kept (id BIGINT)"); err != nil {
		t.Fatal(err)
	}
	for _, how := range []How{Kill, Immediate, Fast} {
		if err := c.Halt(how); err != nil {
			t.Fatal(err)
		}
		if err := sqldb.Administer(ctx, dsn, "SELECT 1"); sqldb.Classify(err) != sqldb.ClassUnavailable {
			t.Errorf("a halted server answers %v, want unavailable", err)
		}
		if err := c.Resume(ctx); err != nil {
			t.Fatal(err)
		}
		if err := sqldb.Administer(ctx, dsn, "SELECT id FROM kept"); err != nil {
			t.Errorf("after %d: %v", how, err)
		}
	}
}

func TestStoppingAKilledClusterLeavesNoSharedMemory(t *testing.T) {
	t.Parallel()
	needsOwn(t)
	c, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile(filepath.Join(c.Dir(), "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	segment := strings.Fields(strings.Split(string(lock), "\n")[6])[1]
	present := func() bool {
		list, err := os.ReadFile("/proc/sysvipc/shm")
		if err != nil {
			t.Skip("this system does not list its shared memory in /proc")
		}
		return regexp.MustCompile(`(?m)^ *-?\d+ +` + segment + ` `).Match(list)
	}
	if !present() {
		t.Fatal("the running server's segment is not listed: the test proves nothing")
	}
	if err := errors.Join(c.Halt(Kill), c.Stop()); err != nil {
		t.Fatal(err)
	}
	if present() {
		t.Error("its shared memory is still there")
	}
	if _, err := os.Stat(c.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}

func TestClusterWantsItsPassword(t *testing.T) {
	needsOwn(t)
	u, err := url.Parse(DSN(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), "wrong")
	if err := sqldb.Administer(t.Context(), u.String(), "SELECT 1"); err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("got %v, want that the password is refused", err)
	}
}

func TestKilledProcessLeavesNothing(t *testing.T) {
	t.Parallel()
	needsOwn(t)
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "LUUKKU_PGTEST_CHILD=1")
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 0, 512)
	for !bytes.HasSuffix(line, []byte("\n")) {
		var b [1]byte
		if _, err := io.ReadFull(out, b[:]); err != nil {
			t.Fatalf("the child said only %q: %v", line, err)
		}
		line = append(line, b[0])
	}
	dir, dsn, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
	if err := sqldb.Administer(t.Context(), dsn, "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	deadline := time.Now().Add(30 * time.Second)
	for {
		_, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("after 30 s its directory is still there: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err := sqldb.Administer(t.Context(), dsn, "SELECT 1"); sqldb.Classify(err) != sqldb.ClassUnavailable {
		t.Errorf("the server answers %v, want unavailable", err)
	}
}

func TestAddressOfAnotherServer(t *testing.T) {
	t.Parallel()
	address, err := addressing("postgres://town@db.example.org:5433/postgres?sslmode=require")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := address("luukku_test_1"), "postgres://town@db.example.org:5433/luukku_test_1?sslmode=require"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := addressing("yes"); err == nil {
		t.Error("an address that is none was taken")
	}
}
