package crash

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/store/pgtest"
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(childVariable); mode != "" {
		if err := runChild(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(pgtest.Main(m))
}

// process is the product in a process of its own, and what it says.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	errors bytes.Buffer
	ready  chan string   // its first line, without "ready"
	ended  chan struct{} // everything it said was noted

	mu      sync.Mutex
	ledger  *ledger
	limited chan struct{}
}

// start starts a child on a data directory; environment is further settings. The ledger is the process's until it has ended.
func start(t *testing.T, mode, dir string, l *ledger, environment ...string) *process {
	t.Helper()
	p := &process{ready: make(chan string, 1), ended: make(chan struct{}), ledger: l, limited: make(chan struct{}, 1)}
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(slices.Clone(os.Environ()), childVariable+"="+mode, "LUUKKU_DATA="+dir, "LUUKKU_LIMITS_REQUESTS_PER_SECOND=1000000")
	p.cmd.Env = append(p.cmd.Env, environment...)
	p.cmd.Stderr = &p.errors
	said, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.ExtraFiles = []*os.File{out}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	go p.listen(said)
	return p
}

func (p *process) listen(said *os.File) {
	defer close(p.ended)
	defer close(p.ready)
	defer said.Close()
	lines := bufio.NewReader(said)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // a line that is not whole was not said
			return
		}
		line = strings.TrimSuffix(line, "\n")
		if address, ok := strings.CutPrefix(line, "ready"); ok {
			p.ready <- strings.TrimSpace(address)
			continue
		}
		if line == "limited" {
			p.limited <- struct{}{}
			continue
		}
		p.mu.Lock()
		p.ledger.note(line)
		p.mu.Unlock()
	}
}

// wait waits until the child is ready, and fails the test when it ends instead.
func (p *process) wait(t *testing.T) (address string) {
	t.Helper()
	select {
	case address, ok := <-p.ready:
		if ok {
			return address
		}
		p.kill()
		t.Fatalf("the child did not start: %s", p.errors.String())
	case <-time.After(time.Minute):
		p.kill()
		t.Fatalf("the child was not ready within a minute: %s", p.errors.String())
	}
	return ""
}

// kill ends the child as kill -9 does, and waits until everything it said was noted. A second kill does nothing.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
	_ = p.cmd.Wait() // how it ended is known
	_ = p.in.Close()
}

// losesDisk notes that from now on the child's disk answers nothing but errors. Acknowledgements count as before.
func (p *process) losesDisk(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ledger.cut = is
}

// acknowledged returns what the ledger counts so far.
func (p *process) acknowledged() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ledger.acknowledged
}
