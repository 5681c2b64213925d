package crash

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/sqldb"
)

// until waits for a condition, for 20 seconds at most; then the test has failed, and goes on to see what is on disk.
func until(t *testing.T, what string, holds func() bool) bool {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return true
		}
	}
	t.Errorf("not within 20 seconds: %s", what)
	return false
}

// readable are pages that must be shown while nothing can be written.
var readable = []string{
	"/en/" + town, "/en/" + town + "/book/stamp/office-1", "/en/" + town + "/book/permit/office-2",
	"/api/v1/organisations/" + town + "/services", "/readyz",
}

// reads looks at pages, and returns how many. A server that is busy may ask to be asked again.
func (c *crowd) reads(t *testing.T) int {
	t.Helper()
	for _, path := range readable {
		status, text, err := c.look(path)
		for again := 0; again < 10 && status == http.StatusServiceUnavailable; again++ {
			c.busy.Add(1)
			time.Sleep(200 * time.Millisecond)
			status, text, err = c.look(path)
		}
		if err != nil || status != http.StatusOK {
			t.Errorf("%s with a full disk: got status %d, %v: %s", path, status, err, text[:min(len(text), 600)])
		}
	}
	return len(readable)
}

func (c *crowd) look(path string) (status int, text string, err error) {
	answer, err := c.client.Get(c.address + path)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b), err
}

// shortage is a way to take the room away and to give it back.
type shortage struct {
	name       string
	take, give func(t *testing.T, p *process)
}

// TestDiskFull takes the room away while sixteen clients book at the running server, and gives it back: they are told to come back later, reading goes
// on, nothing that was acknowledged is lost, and everything works again without a restart.
func TestDiskFull(t *testing.T) {
	t.Run("pages", func(t *testing.T) {
		diskFull(t, t.TempDir(), shortage{
			"max_page_count",
			func(t *testing.T, p *process) { p.order(t, fmt.Sprintf("pages %d", rand.IntN(40))) },
			func(t *testing.T, p *process) { p.order(t, "pages -1") },
		})
	})
	t.Run("tmpfs", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("luukku-full", dir, "tmpfs", 0, "size=256m"); err != nil {
			fmt.Fprintf(os.Stderr, "SKIPPED, FULL TMPFS NOT TESTED (it needs root): %v\n", err)
			t.Skip(err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Errorf("unmount: %v", err)
			}
		})
		ballast := filepath.Join(dir, "ballast")
		diskFull(t, dir, shortage{
			"tmpfs",
			func(t *testing.T, _ *process) { fill(t, dir, ballast, rand.Int64N(400<<10)) },
			func(t *testing.T, _ *process) {
				if err := os.Remove(ballast); err != nil {
					t.Fatal(err)
				}
			},
		})
	})
}

// order tells the child something and waits until it is done.
func (p *process) order(t *testing.T, what string) {
	t.Helper()
	if _, err := fmt.Fprintln(p.in, what); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.limited:
	case <-time.After(20 * time.Second):
		t.Fatalf("the child did not obey: %s", what)
	}
}

// fill leaves so many bytes free in a file system.
func fill(t *testing.T, dir, ballast string, leave int64) {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, max(0, int64(fs.Bavail)*fs.Bsize-leave))
	if err := os.WriteFile(ballast, b, 0o600); err != nil {
		t.Logf("the clients were faster: %v", err) // it is full all the same
	}
}

// tooMany are more bookings than there can be room for, at half a kilobyte and more each.
const tooMany = 2000

func diskFull(t *testing.T, dir string, s shortage) {
	var sum tally
	looked := 0
	p := start(t, "serve", dir, newLedger())
	c := gather("http://" + p.wait(t))
	leave := sync.OnceFunc(c.leave)
	defer leave()
	for ok := true; ok && sum.runs < report.Size(5, 50); sum.runs++ {
		before, turned := c.booked.Load(), c.refused.Load()
		ok = until(t, "bookings with room", func() bool { return c.booked.Load() > before+20 })
		s.take(t, p)
		before = c.booked.Load() // what was booked while the room was being taken had room
		ok = ok && until(t, "503 for want of room", func() bool { return c.refused.Load() > turned+clients || c.booked.Load() > before+tooMany })
		looked += c.reads(t)
		s.give(t, p)
		if n := c.booked.Load() - before; n > tooMany {
			t.Errorf("%d bookings were acknowledged without room for them", n)
			ok = false
		}
		before = c.booked.Load()
		ok = ok && until(t, "bookings after there is room again", func() bool { return c.booked.Load() > before+20 })
	}
	leave()
	p.kill()
	d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
	if err != nil {
		t.Fatalf("open after the end: %v", err)
	}
	intact(t.Context(), t, d.Reader())
	c.kept(t, d.Reader(), &sum)
	if n := c.unanswered.Load(); n > 0 {
		t.Errorf("%d requests were not answered", n)
	}
	found := newLedger()
	found.check(t.Context(), t, d.Reader())
	sum.contradictions = found.contradictions
	if err := d.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	sum.report(t, "disk full ("+s.name+")", report.Of(int(c.refused.Load()), "answered 503"), report.Of(looked, "pages read"),
		report.Of(int(c.busy.Load()), "told that it is busy"))
}
