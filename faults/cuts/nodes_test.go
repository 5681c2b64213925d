package cuts

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/faults/report"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

const (
	// nodeVariable is the environment variable that makes this test's program a node; it says where the node listens.
	nodeVariable = "LUUKKU_CUTS_NODE"
	// lease is how long a node's jobs are its own. It is counted in whole seconds, so that it ends up to a second early, and a job's context ends after
	// three quarters of it: a shorter lease could end before the context does.
	lease = 4 * time.Second
)

// serveNode is a node: it says its address, and serves the town until its standard input ends, which is when the test has ended in whatever way.
func serveNode() int {
	err := func() error {
		c, err := config.Load("", os.Getenv)
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		a, err := app.Open(ctx, c, app.Options{Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Lease: lease})
		if err != nil {
			return err
		}
		if err := configure(ctx, a); err != nil {
			return err
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", os.Getenv(nodeVariable))
		if err != nil {
			return err
		}
		fmt.Println(l.Addr())
		go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop() }()
		return a.Serve(ctx, l)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// node is a server in a process of its own.
type node struct {
	number int
	env    []string
	listen string
	log    *record
	cmd    *exec.Cmd
	leash  io.Closer
}

// startNode starts a node on a database, with keys that all nodes share.
func startNode(t *testing.T, number int, dsn, keys string, mail *postOffice) *node {
	t.Helper()
	n := &node{number: number, listen: "127.0.0.1:0", log: &record{}, env: os.Environ()}
	for k, v := range settings(filepath.Join(t.TempDir(), "data"), dsn, mail) {
		n.env = append(n.env, k+"="+v)
	}
	n.env = append(n.env, fmt.Sprintf("LUUKKU_NODE=%d", number), "LUUKKU_KEY_FILE="+keys, "LUUKKU_SMTP_HELO="+n.name())
	n.start(t)
	t.Cleanup(func() {
		n.signal(t, syscall.SIGCONT)
		n.end()
	})
	return n
}

func (n *node) name() string { return fmt.Sprintf("node-%d.example", n.number) }
func (n *node) base() string { return "http://" + n.listen }

func (n *node) start(t *testing.T) {
	t.Helper()
	n.cmd = exec.Command(os.Args[0]) //nolint:noctx // it is ended as the test says
	n.cmd.Env = append(n.env, nodeVariable+"="+n.listen)
	n.cmd.Stderr = n.log
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if n.leash, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("node %d did not start: %v: %s", n.number, err, n.log)
	}
	n.listen = strings.TrimSpace(line)
	healthy(t, n.base(), 30*time.Second)
}

// end lets it finish, or kills it when it does not.
func (n *node) end() {
	_ = n.leash.Close()
	late := time.AfterFunc(30*time.Second, func() { _ = n.cmd.Process.Kill() })
	_ = n.cmd.Wait()
	late.Stop()
}

// kill is the crash.
func (n *node) kill(t *testing.T) {
	t.Helper()
	n.signal(t, syscall.SIGKILL)
	_ = n.cmd.Wait() // it was killed
	_ = n.leash.Close()
}

func (n *node) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := n.cmd.Process.Signal(s); err != nil {
		t.Errorf("node %d: %v: %v", n.number, s, err)
	}
}

// standStill waits until no thread of a node that was stopped or killed runs any more: the signal is only under way when it has been sent, and on a full
// machine a thread can still read the answer to its mail and settle the notice. Where there is no /proc it does not wait.
func (n *node) standStill() {
	for end := time.Now().Add(5 * time.Second); n.runs() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
}

// runs says whether a thread of the node is neither stopped nor dead (proc(5), the state in stat).
func (n *node) runs() bool {
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", n.cmd.Process.Pid))
	if err != nil {
		return false
	}
	for _, stat := range stats {
		b, err := os.ReadFile(stat) //nolint:gosec // the path is ours
		if err != nil {
			continue // the thread is gone
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		if !strings.ContainsAny(rest[:min(1, len(rest))], "TZX") {
			return true
		}
	}
	return false
}

// lost is how often the node has noticed that a job was no longer its own.
func (n *node) lost() int { return strings.Count(n.log.String(), "the lease was lost") }

// Two nodes serve one database, and one is paused or killed while it has handed over a mail and not yet said so, or at any time: the other takes its jobs
// over when their leases have run out, and a node that wakes after that notices. No booking twice, no mail twice.
func TestNodePausedOrKilled(t *testing.T) {
	t.Parallel()
	mail := openPost(t)
	direct := pgtest.DSN(t, migrate)
	keys := filepath.Join(t.TempDir(), "keys")
	var nodes [2]*node
	for i := range nodes {
		nodes[i] = startNode(t, i+1, direct, keys, mail)
	}
	d := openDirect(t, direct)
	first := &town{base: nodes[0].base()}
	c := gather(t, 4, 50*time.Millisecond, first.places(t, report.Size(3, 40)), nodes[0].base(), nodes[1].base())
	chance := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // no secret
	pauses, kills, noticed := 0, 0, 0
	runs := report.Size(10, 500)
	for i := range runs {
		switch i % 5 {
		case 0:
			pauses++
			noticed += pausedInMail(t, nodes, mail, d)
		case 1:
			kills++
			killedInMail(t, nodes, mail, d)
		default:
			pauses++
			n := nodes[chance.IntN(2)]
			n.signal(t, syscall.SIGSTOP)
			time.Sleep(time.Duration(200+chance.IntN(800)) * time.Millisecond)
			n.signal(t, syscall.SIGCONT)
		}
		if t.Failed() {
			t.Fatalf("in run %d", i)
		}
	}
	c.goHome(t)
	states := quiet(t, d, mail, time.Duration(report.Size(10, 300))*time.Second)
	f := c.ledger.compare(t, d)
	f.report(t)
	report.Line(t, "two nodes, one paused or killed", report.Of(runs, "runs"), report.Of(c.ledger.acknowledged(), "acknowledged"),
		report.Of(f.lost, "lost"), report.Of(f.doubles, "doubles"), report.Of(pauses, "pauses"), report.Of(kills, "kills"),
		report.Of(noticed, "leases noticed as lost"), report.Of(len(mail.mails()), "mails"), report.Of(states["unknown"], "mails unknown"))
}

// inMail stops a node by a signal at the moment when it has handed a mail over and not yet heard that it was taken; it returns the node and the notice.
func inMail(t *testing.T, nodes [2]*node, mail *postOffice, s syscall.Signal) (*node, string) {
	t.Helper()
	type caught struct {
		n  *node
		id string
	}
	got := make(chan caught, 1)
	var once sync.Once
	mail.atGate(func(sender, id string) {
		once.Do(func() {
			for _, n := range nodes {
				if n.name() == sender {
					n.signal(t, s)
					n.standStill()
					got <- caught{n, id}
				}
			}
		})
	})
	defer mail.atGate(nil)
	select {
	case c := <-got:
		return c.n, c.id
	case <-time.After(20 * time.Second):
		t.Fatal("no mail for 20 s")
	}
	return nil, ""
}

// takenOver waits until another node has settled a notice.
func takenOver(t *testing.T, d *sqldb.DB, id string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		state := ""
		query(t, d, "SELECT state FROM notice WHERE id = '"+id+"'", func(scan func(...any) error) error { return scan(&state) })
		if state != "waiting" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("nobody took notice %s over within 20 s", id)
		}
	}
}

// pausedInMail pauses a node until its lease has run out and its job was done by the other; awake, it must notice. It returns how many leases it lost.
func pausedInMail(t *testing.T, nodes [2]*node, mail *postOffice, d *sqldb.DB) int {
	t.Helper()
	n, id := inMail(t, nodes, mail, syscall.SIGSTOP)
	before := n.lost()
	takenOver(t, d, id)
	n.signal(t, syscall.SIGCONT)
	for end := time.Now().Add(30 * time.Second); n.lost() == before; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("node %d woke after its lease of notice %s had run out, and did not notice; its tries: %s; its log:\n%s", n.number, id, tries(t, d, id), lastLines(n.log))
			break
		}
	}
	return n.lost() - before
}

// killedInMail kills a node, waits until the other has taken its job over, and starts it again.
func killedInMail(t *testing.T, nodes [2]*node, mail *postOffice, d *sqldb.DB) {
	t.Helper()
	n, id := inMail(t, nodes, mail, syscall.SIGKILL)
	n.kill(t)
	takenOver(t, d, id)
	n.start(t)
}
