// Package pgserver starts PostgreSQL servers of our own from the machine's programs, each in a temporary directory: for tests (store/pgtest) and for the
// bench.
//
// It promises that nothing is left behind however this process ends: a guardian process then ends the server and deletes its files. What is done with
// the databases is left to the caller.
package pgserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"luukku/store/sqldb"
)

// Options say what cluster to start. The zero value is one for tests: fast, and lost with the machine's power.
type Options struct {
	// Durable keeps fsync, synchronous commit and full page writes on, as in production.
	Durable bool
	// MaxConnections of the server; zero means 200.
	MaxConnections int
	// Settings are further server settings, such as "shared_buffers": "512MB".
	Settings map[string]string
}

// Cluster is one running PostgreSQL server of our own.
type Cluster struct {
	bin      string
	account  account
	dir      string
	port     int
	claim    net.Listener // nobody else of us takes this port
	password string
	opts     Options
	guardian *exec.Cmd
	leash    io.Closer // closing it, or our death, makes the guardian clean up

	mu     sync.Mutex
	server *exec.Cmd
	exited chan struct{}
	gone   bool
}

// Start makes a cluster in a temporary directory (in memory where there is room, unless Durable) and starts it on a free port of 127.0.0.1 below 32768. It runs until Stop, or until this process
// ends in whatever way: a guardian process then ends the server and removes its directory. ErrNoPostgres says that it is not installed.
func Start(ctx context.Context, opts Options) (_ *Cluster, err error) {
	c := &Cluster{opts: opts, password: rand.Text()}
	if c.bin, err = binaries(ctx); err != nil {
		return nil, err
	}
	if c.account, err = serverAccount(); err != nil {
		return nil, err
	}
	if c.dir, err = c.account.makeDir(opts.Durable); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	if err := c.guard(); err != nil {
		return nil, errors.Join(fmt.Errorf("start postgres: %w", err), os.RemoveAll(c.dir))
	}
	if err := c.create(); err != nil {
		return nil, errors.Join(fmt.Errorf("start postgres: %w", err), c.Stop())
	}
	if err := c.launchAnywhere(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start postgres: %w", err), c.Stop())
	}
	return c, nil
}

// DSN returns the address of a database of the cluster.
func (c *Cluster) DSN(database string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/%s?sslmode=disable", c.password, c.port, database)
}

// Dir returns the directory that the cluster lives in.
func (c *Cluster) Dir() string { return c.dir }

// Port returns the port the cluster listens on.
func (c *Cluster) Port() int { return c.port }

// guardScript waits until its standard input ends, which is when the process that started the cluster closes it or dies; then it ends the server
// and deletes the directory. A server that was killed has left its postmaster.pid, whose seventh line names its shared memory, and that too.
const guardScript = `
cat >/dev/null
file="$1/data/postmaster.pid"
if [ -s "$file" ]; then
	pid=$(head -n 1 "$file")
	kill -QUIT "$pid" 2>/dev/null
	n=0
	while kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done
	if [ -s "$file" ]; then
		set -- "$1" $(sed -n 7p "$file")
		ipcrm -m "$3" 2>/dev/null
	fi
fi
cd /
rm -rf "$1"
`

func (c *Cluster) guard() error {
	c.guardian = c.account.command(c.dir, "/bin/sh", "-c", guardScript, "luukku-pg-guardian", c.dir)
	leash, err := c.guardian.StdinPipe()
	if err != nil {
		return err
	}
	c.leash = leash
	return c.guardian.Start()
}

// create makes the data directory. Its superuser has a password: on a shared machine a superuser without one is everybody's.
func (c *Cluster) create() error {
	secret := filepath.Join(c.dir, "password")
	if err := os.WriteFile(secret, []byte(c.password+"\n"), 0o600); err != nil {
		return err
	}
	if cred := c.account.cred; cred != nil {
		if err := os.Chown(secret, int(cred.Uid), int(cred.Gid)); err != nil {
			return err
		}
	}
	return c.account.run(c.dir, filepath.Join(c.bin, "initdb"), "--pgdata=data", "--username=postgres", "--auth=password", "--pwfile=password",
		"--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
}

// Ports are tried from firstPort up, from a point of our own: below the ports that systems give to outgoing connections (32768 and up).
const firstPort, portCount = 20000, 12000

func (c *Cluster) launchAnywhere(ctx context.Context) error {
	start := os.Getpid() * 7
	for i := range portCount {
		if err := c.claimPort(firstPort + (start+i)%portCount); err != nil {
			continue
		}
		err := c.launch(ctx)
		if err == nil || c.portIsFree() { // it failed for another reason
			return err
		}
		_ = c.claim.Close() // somebody took the port in between; the next one then
	}
	return errors.New("no free port")
}

// claimPort sees that a port is free and keeps our other processes on this machine off it, by a name in Linux's abstract socket space, which
// needs no file and falls with the process. Elsewhere the port alone decides.
func (c *Cluster) claimPort(port int) error {
	claim, err := net.Listen("unix", fmt.Sprintf("@luukku-pgserver-%d", port))
	if err != nil {
		return err
	}
	c.claim, c.port = claim, port
	if !c.portIsFree() {
		return errors.Join(errors.New("port in use"), claim.Close())
	}
	return nil
}

func (c *Cluster) portIsFree() bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func (c *Cluster) settings() []string {
	s := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"port":                    fmt.Sprint(c.port),
		"unix_socket_directories": "",
		"max_connections":         "200",
		"jit":                     "off",
		// files in the data directory: a killed server would leave those of /dev/shm
		"dynamic_shared_memory_type": "mmap",
		"log_min_error_statement":    "panic", // constraint errors are what tests provoke; the log is for the server's own trouble
	}
	if c.opts.MaxConnections > 0 {
		s["max_connections"] = fmt.Sprint(c.opts.MaxConnections)
	}
	if !c.opts.Durable {
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes", "autovacuum"} {
			s[name] = "off"
		}
		s["wal_level"], s["max_wal_senders"] = "minimal", "0"
	}
	for name, value := range c.opts.Settings {
		s[name] = value
	}
	var args []string
	for name, value := range s {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// launch starts the server and waits until it answers.
func (c *Cluster) launch(ctx context.Context) error {
	log, err := os.OpenFile(filepath.Join(c.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	server := c.account.command(c.dir, filepath.Join(c.bin, "postgres"), append([]string{"-D", filepath.Join(c.dir, "data")}, c.settings()...)...)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = server.Wait() // how it ended is in its log
	}()
	c.mu.Lock()
	c.server, c.exited = server, exited
	c.mu.Unlock()

	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := sqldb.Administer(ctx, c.DSN("postgres"), "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-exited:
			return fmt.Errorf("the server ended at once: %s", c.Log())
		case <-ctx.Done():
			return errors.Join(err, c.Halt(Kill))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Log returns the last 4 KB of the server's log.
func (c *Cluster) Log() string {
	b, err := os.ReadFile(filepath.Join(c.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-4096):])
}

// How is a way to end the server.
type How syscall.Signal

// The ways. Fast rolls back and cuts what is open, and writes everything; Immediate leaves it to recovery, as a crash of the server does;
// Kill is the crash, of all its processes.
const (
	Fast      = How(syscall.SIGINT)
	Immediate = How(syscall.SIGQUIT)
	Kill      = How(syscall.SIGKILL)
)

// Halt ends the server and keeps its data; Resume starts it again. Halting a halted server does nothing.
func (c *Cluster) Halt(how How) error {
	c.mu.Lock()
	server, exited := c.server, c.exited
	c.server = nil
	c.mu.Unlock()
	if server == nil {
		return nil
	}
	var children []int
	if how == Kill { // they would notice only when they next wait, and work on until then
		children = childrenOf(server.Process.Pid)
	}
	if err := server.Process.Signal(syscall.Signal(how)); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("halt postgres: %w", err)
	}
	for _, pid := range children {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
	}
	limit := time.After(time.Minute)
	select {
	case <-exited:
	case <-limit:
		return errors.New("halt postgres: it did not end within a minute")
	}
	for slices.ContainsFunc(children, running) { // they hold the shared memory that the next start wants gone
		select {
		case <-time.After(5 * time.Millisecond):
		case <-limit:
			return errors.New("halt postgres: its processes did not end within a minute")
		}
	}
	return nil
}

// childrenOf returns the processes that a process has started, where Linux tells.
func childrenOf(pid int) []int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var list []int
	for _, word := range strings.Fields(string(b)) {
		if child, err := strconv.Atoi(word); err == nil {
			list = append(list, child)
		}
	}
	return list
}

// running says that a process is there and has not ended, where Linux tells.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(b), ") ")
	return !strings.HasPrefix(state, "Z") && !strings.HasPrefix(state, "X")
}

// Resume starts a halted server again, on the same port with the same data, and waits until it answers.
func (c *Cluster) Resume(ctx context.Context) error {
	if err := c.launch(ctx); err != nil {
		return fmt.Errorf("resume postgres: %w", err)
	}
	return nil
}

// Stop ends the server and deletes everything. A second Stop does nothing.
func (c *Cluster) Stop() error {
	c.mu.Lock()
	gone := c.gone
	c.gone = true
	c.mu.Unlock()
	if gone {
		return nil
	}
	errs := []error{c.Halt(Immediate), c.leash.Close(), c.guardian.Wait()}
	if c.claim != nil {
		errs = append(errs, c.claim.Close())
	}
	return errors.Join(errs...)
}
