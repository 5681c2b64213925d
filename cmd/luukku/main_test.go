package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

func TestMain(m *testing.M) { testscript.Main(tests{m}, map[string]func(){"luukku": main}) }

// tests run with PostgreSQL at hand.
type tests struct{ m *testing.M }

func (t tests) Run() int { return pgtest.Main(t.m) }

func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params("testdata", nil))
}

func TestCommandsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	empty := func(string) error { return nil }
	testscript.Run(t, params("testdata/postgres", map[string]string{"DSN": pgtest.DSN(t, empty), "OTHER": pgtest.DSN(t, empty)}))
}

func params(dir string, env map[string]string) testscript.Params {
	return testscript.Params{
		Dir: dir, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			for name, value := range env {
				e.Setenv(name, value)
			}
			// Each script has ports of its own, free a moment ago.
			for _, name := range []string{"HERE", "THERE"} {
				address, err := freeAddress()
				if err != nil {
					return err
				}
				e.Setenv(name, address)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await, "get": get, "occupy": occupy, "sql": statement, "off": off, "term": term, "sealed": sealed},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + name)
		},
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// fetch gets an address.
func fetch(address string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	return res.StatusCode, body, err
}

// off WORDS runs luukku with words that are off, which ends with status 2.
func off(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("luukku", args...)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 2 {
		ts.Fatalf("luukku %s: got %v, want status 2", strings.Join(args, " "), err)
	}
}

// term HOST:PORT asks the server there to stop, as the machine does. The script waits for it.
func term(ts *testscript.TestScript, _ bool, args []string) {
	for _, cmd := range ts.BackgroundCmds() {
		if slices.Contains(cmd.Args, args[0]) {
			ts.Check(cmd.Process.Signal(syscall.SIGTERM))
			return
		}
	}
	ts.Fatalf("no server was started at %s", args[0])
}

// await HOST:PORT waits until a server is ready there.
func await(ts *testscript.TestScript, _ bool, args []string) {
	var err error
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		var status int
		if status, _, err = fetch("http://" + args[0] + "/readyz"); status == http.StatusOK {
			return
		}
	}
	ts.Fatalf("nobody is ready at %s: %v", args[0], err)
}

// get URL FILE keeps a page in a file; "! get" wants it not to be there.
func get(ts *testscript.TestScript, neg bool, args []string) {
	status, body, err := fetch(args[0])
	ts.Check(err)
	if (status == http.StatusOK) == neg {
		ts.Fatalf("%s: got status %d", args[0], status)
	}
	if !neg {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o600))
	}
}

// occupy HOST:PORT listens there until the script ends.
func occupy(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", args[0])
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
}

// sql DSN TEXT writes into a database behind the program's back.
func statement(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	d, err := sqldb.Open(ctx, args[0])
	ts.Check(err)
	err = d.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, strings.Join(args[1:], " "))
		return err
	})
	ts.Check(errors.Join(err, d.Close()))
}
