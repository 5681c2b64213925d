package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Machine is the card of the machine that was measured: nobody can read a ratio without knowing what it was measured on.
type Machine struct {
	CPU        string  `json:"cpu"`
	Cores      int     `json:"cores"`
	MemoryMB   int64   `json:"memory_mb"`
	Kernel     string  `json:"kernel"`
	Go         string  `json:"go"`
	FileSystem string  `json:"file_system"` // where the data of the bench lies
	FsyncP50   float64 `json:"fsync_p50_us"`
	FsyncP99   float64 `json:"fsync_p99_us"`
	HelloRate  float64 `json:"hello_per_second"`        // of net/http, with the load on the same machine
	CommitRate float64 `json:"bare_commits_per_second"` // durable transactions of SQLite, each with the rows of a booking, one after another
}

// JSON is the card as one line.
func (m Machine) JSON() string {
	b, err := json.Marshal(map[string]Machine{"machine": m})
	if err != nil {
		panic("bench: a card that JSON cannot write: " + err.Error()) // it has no such numbers
	}
	return string(b)
}

// Text is the card for people.
func (m Machine) Text() string {
	return fmt.Sprintf("%s, %d cores, %d MB, %s, %s\ndata on %s: fsync %.0f us (p50), %.0f us (p99); %.0f bare durable commits/s; hello %.0f/s\n",
		m.CPU, m.Cores, m.MemoryMB, m.Kernel, m.Go, m.FileSystem, m.FsyncP50, m.FsyncP99, m.CommitRate, m.HelloRate)
}

// Card looks at the machine and measures what every row stands on; it takes about three seconds.
func Card(ctx context.Context, o Options) (m Machine, err error) {
	m = Machine{
		CPU: field("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), MemoryMB: memoryMB(), Kernel: kernel(), Go: runtime.Version(),
	}
	if err := checkNamed(ctx, o); err != nil {
		return Machine{}, err
	}
	err = in(o, func(dir string) error {
		e := &Env{Options: o, row: "card", begun: time.Now(), dir: dir, shared: newShared()}
		m.FileSystem = fileSystem(dir)
		err := m.fsyncs(e)
		if err == nil {
			err = m.rates(ctx, e)
		}
		if err == nil {
			err = m.commits(ctx, e)
		}
		return errors.Join(err, e.close())
	})
	if err != nil {
		return Machine{}, fmt.Errorf("look at the machine: %w", err)
	}
	return m, nil
}

// fsyncs measures how long it takes until a page that was written is on the disk.
func (m *Machine) fsyncs(e *Env) error {
	dir, err := e.TempDir()
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return fmt.Errorf("measure fsync: %w", err)
	}
	defer f.Close()
	var h Histogram
	page := make([]byte, 4096)
	for begun := time.Now(); time.Since(begun) < time.Second && h.N < 2000; {
		from := time.Now()
		if _, err := f.Write(page); err != nil {
			return fmt.Errorf("measure fsync: %w", err)
		}
		if err := f.Sync(); err != nil {
			return fmt.Errorf("measure fsync: %w", err)
		}
		h.Record(time.Since(from))
	}
	m.FsyncP50, m.FsyncP99 = rounded(micros(h.Quantile(0.5))), rounded(micros(h.Quantile(0.99)))
	return nil
}

func (m *Machine) rates(ctx context.Context, e *Env) error {
	load, err := e.Loader(ctx)
	if err != nil {
		return err
	}
	s, err := e.Serve(ctx, "hello", nil)
	if err != nil {
		return err
	}
	got, err := s.throughput(load, helloPlan(pageConns), 200)(ctx, time.Second)
	m.HelloRate = rounded(got.Rate())
	return err
}

// commits measures how many durable transactions with the rows of a booking there are in a second.
func (m *Machine) commits(ctx context.Context, e *Env) error {
	in, err := e.Copied(ctx, emptyFixture())
	if err != nil {
		return err
	}
	const most = 900 // the fixture has a few more free times
	run, err := e.bareRound(ctx, in, most, 1, most)
	if err != nil {
		return err
	}
	got, err := run(ctx, time.Second)
	m.CommitRate = rounded(got.Rate())
	return err
}

// field returns what a file of lines "name : value" says of a name first.
func field(file, name string) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(b)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func memoryMB() int64 {
	var kb int64
	_, _ = fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kb) // "24684084 kB"; where it is not told it stays 0
	return kb / 1024
}

func kernel() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return runtime.GOOS
	}
	return runtime.GOOS + " " + strings.TrimSpace(string(b))
}

// fileSystem names the kind of file system that a directory is on.
func fileSystem(dir string) string {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return "unknown"
	}
	known := map[int64]string{0xef53: "ext4", 0x58465342: "xfs", 0x9123683e: "btrfs", 0x01021994: "tmpfs (memory: nothing on it is durable)", 0x2fc12fc1: "zfs", 0x794c7630: "overlay"}
	if name, ok := known[int64(s.Type)]; ok {
		return name
	}
	return fmt.Sprintf("file system 0x%x", s.Type)
}
