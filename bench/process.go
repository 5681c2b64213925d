package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A part is what runs in a process of its own: a server, a peer, or the load. It gets its spec as JSON and answers calls until it is closed.
type part interface {
	// Call does what a name says. What every part does (usage, profiles) is done before it is asked.
	Call(ctx context.Context, do string, args json.RawMessage) (any, error)
	Close() error
}

// parts opens each kind of part.
var parts = map[string]func(ctx context.Context, spec json.RawMessage) (part, error){
	"product":   openProduct,
	"audited":   openAudited,
	"unaudited": openUnaudited,
	"signed":    openSigned,
	"filling":   openFilling,
	"desk":      openDesk,
	"mail":      openMail,
	"sent":      openSent,
	"texter":    openTexter,
	"gateway":   openGateway,
	"poster":    openPoster,
	"hello":     openHello,
	"bare":      openBare,
	"load":      openLoad,
	"lobby":     openLobby,
	"watchers":  openWatchers,
	"writer":    openWriter,
	"people":    openPeople,
}

// call is one line of the conversation with a part, reply its answer.
type call struct {
	Do   string          `json:"do"`
	Args json.RawMessage `json:"args,omitempty"`
}

type reply struct {
	Error string          `json:"error,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Usage is what a process has used since it began.
type Usage struct {
	CPU  time.Duration `json:"cpu"`
	RSS  int64         `json:"rss"`  // bytes in memory now; 0 where the system does not tell
	Heap int64         `json:"heap"` // bytes of Go's live heap, after a collection if that was asked for
}

// Process is the other side: it runs a part in this process, which talks over in and out, until in ends. The first line is its spec.
func Process(ctx context.Context, kind string, in io.Reader, out io.Writer) error {
	open, ok := parts[kind]
	if !ok {
		return fmt.Errorf("the bench has no part %q", kind)
	}
	lines := bufio.NewReaderSize(in, 1<<20)
	spec, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what the part is to be: %w", err)
	}
	p, err := open(ctx, spec)
	answers := json.NewEncoder(out)
	if err != nil {
		return errors.Join(answers.Encode(reply{Error: err.Error()}), err)
	}
	if err := answers.Encode(reply{}); err != nil {
		return errors.Join(err, p.Close())
	}
	return errors.Join(answerAll(ctx, p, lines, answers), p.Close())
}

func answerAll(ctx context.Context, p part, lines *bufio.Reader, answers *json.Encoder) error {
	prof := &profile{}
	defer prof.stop()
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		var c call
		if err := json.Unmarshal(line, &c); err != nil {
			return fmt.Errorf("read a call: %w", err)
		}
		if err := answers.Encode(answer(ctx, p, prof, c)); err != nil {
			return err
		}
	}
}

func answer(ctx context.Context, p part, prof *profile, c call) reply {
	value, err := answerOwn(prof, c)
	if errors.Is(err, errNotOwn) {
		value, err = p.Call(ctx, c.Do, c.Args)
	}
	if err != nil {
		return reply{Error: err.Error()}
	}
	b, err := json.Marshal(value)
	if err != nil {
		return reply{Error: err.Error()}
	}
	return reply{Value: b}
}

var errNotOwn = errors.New("this is the part's own to do")

// answerOwn does what every part can.
func answerOwn(prof *profile, c call) (any, error) {
	switch c.Do {
	case "usage":
		return usage(), nil
	case "collected": // usage after a collection
		runtime.GC()
		return usage(), nil
	case "trimmed": // usage after a collection, with what is not used given back to the system
		debug.FreeOSMemory()
		return usage(), nil
	case "profile":
		var file string
		if err := json.Unmarshal(c.Args, &file); err != nil {
			return nil, err
		}
		return nil, prof.start(file)
	case "profiled":
		return nil, prof.stop()
	}
	return nil, errNotOwn
}

func usage() Usage {
	var ru syscall.Rusage
	u := Usage{RSS: residentBytes()}
	if syscall.Getrusage(syscall.RUSAGE_SELF, &ru) == nil {
		u.CPU = time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.Heap = int64(m.HeapAlloc)
	return u
}

// residentBytes is how much memory this process has, where Linux tells.
func residentBytes() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(b), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// profile is a CPU profile that is being written.
type profile struct{ file *os.File }

func (p *profile) start(name string) error {
	if p.file != nil {
		return errors.New("a profile is being written already")
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	p.file = f
	return nil
}

func (p *profile) stop() error {
	if p.file == nil {
		return nil
	}
	pprof.StopCPUProfile()
	f := p.file
	p.file = nil
	return f.Close()
}

// Part is a part that runs in a process of its own, as the bench sees it. Calls are answered one after another.
type Part struct {
	Kind  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	said  *tail
	quiet chan struct{} // closed when it says no more
	mu    sync.Mutex
	ended bool
}

// Start starts a part and waits until it is open. It is stopped when the row is over, and stops by itself when this process dies.
func (e *Env) Start(ctx context.Context, kind string, spec any) (*Part, error) {
	if len(e.Self) == 0 {
		return nil, errors.New("start a part of the bench: nobody said how this program is called")
	}
	p := &Part{Kind: kind, cmd: exec.Command(e.Self[0], append(e.Self[1:len(e.Self):len(e.Self)], kind)...), said: &tail{}, quiet: make(chan struct{})}
	p.cmd.Args[0] = selfName(e.Self)
	says, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<20)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the %s of the bench: %w", kind, err)
	}
	go func() {
		_, _ = io.Copy(p.said, says) // until it ends
		close(p.quiet)
	}()
	e.Defer(p.Stop)
	if err := p.talk(ctx, spec, nil); err != nil {
		return nil, fmt.Errorf("start the %s of the bench: %w", kind, err)
	}
	return p, nil
}

// selfName is the name that a part of ours is called by: that of this process, since a program may look at it.
func selfName(self []string) string {
	if self[0] == selfPath {
		return os.Args[0]
	}
	return self[0]
}

// selfPath is this program, whatever it is called and wherever it was started.
const selfPath = "/proc/self/exe"

// Self is the command that runs this program again with some arguments.
func Self(args ...string) []string {
	if _, err := os.Stat(selfPath); err == nil {
		return append([]string{selfPath}, args...)
	}
	return append([]string{os.Args[0]}, args...)
}

// Call asks the part to do something. Value gets the answer; nil wants none.
func (p *Part) Call(ctx context.Context, do string, args, value any) error {
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("%s: %w", do, err)
	}
	if err := p.talk(ctx, call{do, b}, value); err != nil {
		return fmt.Errorf("%s of the bench: %s: %w", p.Kind, do, err)
	}
	return nil
}

// talk sends one line and reads one. When the context ends, the part is stopped: its answer would be taken for the next one's.
func (p *Part) talk(ctx context.Context, line, value any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return errors.New("it has ended")
	}
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })()
	if _, err := p.in.Write(append(b, '\n')); err != nil {
		return p.died(ctx, err)
	}
	got, err := p.out.ReadBytes('\n')
	if err != nil {
		return p.died(ctx, err)
	}
	var r reply
	if err := json.Unmarshal(got, &r); err != nil {
		return fmt.Errorf("read its answer: %w", err)
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	if value == nil {
		return nil
	}
	return json.Unmarshal(r.Value, value)
}

func (p *Part) died(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case <-p.quiet:
	case <-time.After(5 * time.Second):
	}
	return fmt.Errorf("it does not answer (%w); it said: %s", err, p.said)
}

// Usage is what the part's process has used.
func (p *Part) Usage(ctx context.Context) (Usage, error) {
	var u Usage
	err := p.Call(ctx, "usage", nil, &u)
	return u, err
}

// PID is the part's process.
func (p *Part) PID() int { return p.cmd.Process.Pid }

// stopTime is how long a part may take to close what it has open.
const stopTime = 40 * time.Second

// Stop lets the part close what it has open, and waits until it has ended. A second Stop does nothing.
func (p *Part) Stop() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return nil
	}
	p.ended = true
	late := time.AfterFunc(stopTime, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	err := p.in.Close()
	_, _ = io.Copy(io.Discard, p.out) // to its end
	<-p.quiet
	if wait := p.cmd.Wait(); wait != nil {
		err = errors.Join(err, fmt.Errorf("the %s of the bench ended badly: %w; it said: %s", p.Kind, wait, p.said))
	}
	return err
}

// tail keeps the end of what a part writes to its standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if most := 4096; len(t.text) > most {
		t.text = t.text[len(t.text)-most:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return "nothing"
	}
	return strings.TrimSpace(string(bytes.ToValidUTF8(t.text, nil)))
}
