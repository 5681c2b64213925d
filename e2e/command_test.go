package e2e

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"luukku/e2e/client"
	"luukku/store/pgtest"
)

// binary builds the one binary; with the bugs in it when one is planted.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "luukku")
	args := []string{"build", "-o", path}
	if os.Getenv("LUUKKU_PLANTED") != "" {
		args = append(args, "-tags", "planted")
	}
	build := exec.CommandContext(t.Context(), "go", append(args, "luukku/cmd/luukku")...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// demoProcess is "luukku demo" as a person starts it.
type demoProcess struct {
	cmd  *exec.Cmd
	base string
	said *record
}

func startDemo(t *testing.T, path string, args ...string) *demoProcess {
	t.Helper()
	d := &demoProcess{cmd: exec.Command(path, append([]string{"demo", "--listen", "127.0.0.1:0"}, args...)...), said: &record{}} //nolint:noctx // it is stopped as a person stops it
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.cmd.Stderr = d.said
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for d.base == "" && lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "http://"); ok {
			d.base = "http://" + strings.TrimSuffix(strings.Fields(address)[0], "/")
		}
	}
	if d.base == "" {
		t.Fatalf("the demo did not tell its address: %s", d.said)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if p := client.New(t, d.base).Get("/readyz"); p.Status == http.StatusOK {
			return d
		}
		if time.Now().After(end) {
			t.Fatalf("the demo is not ready: %s", d.said)
		}
	}
}

// stop ends it as Ctrl+C does; it ends without a complaint.
func (d *demoProcess) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- d.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the demo ended with %v: %s", err, d.said)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("the demo does not end: %s", d.said)
	}
}

// The demo as a person starts it: two commands, a booking, and after a restart on the same data it is still there. Its calendars are filled.
func TestDemoCommand(t *testing.T) {
	t.Parallel()
	path := binary(t)
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			args := []string{"--data", t.TempDir()}
			if e == postgres {
				args = append(args, "--db", pgtest.DSN(t, migrate))
			}
			d := startDemo(t, path, args...)
			c := client.New(t, d.base)
			c.Get("/healthz").MustStatus(http.StatusOK)
			o := passport("sv")
			_, code, _ := o.book(t, c, len(times(c.Get(o.calendar())))-1)
			if p := c.Get("/en/register-office/services/notary/offices").MustStatus(http.StatusOK); !p.HasText("First free time") {
				t.Errorf("want offices with their first free times: %s", p)
			}
			d.stop(t)
			again := startDemo(t, path, args...)
			o.open(client.New(t, again.base), code).MustStatus(http.StatusOK).MustText(o.name)
			again.stop(t)
			if said := d.said.String() + again.said.String(); strings.Contains(said, "level=ERROR") || strings.Contains(said, o.name) || strings.Contains(said, code) {
				t.Errorf("the demo said: %s", said)
			}
		})
	}
}
