package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/gateway/blob"
)

func house(t testing.TB) (*file.Service, blob.Dir, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "files")
	d, err := blob.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.Real()
	return &file.Service{Blobs: d, Gen: &ids.Gen{Now: now, Rand: rand.Reader}, Now: now, Log: slog.New(slog.DiscardHandler)}, d, root
}

// onDisk are the files below a directory, by their names.
func onDisk(t testing.TB, root string) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			out[strings.TrimPrefix(path, root+"/")] = info.Size()
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s can be read by others: %v", path, info.Mode())
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	s, _, root := house(t)
	for name, body := range map[string]string{"a.pdf": "MZ\x90\x00", "b.txt": strings.Repeat("too long ", 200), "c.pdf": "%PDF-1.4\n<</S/JavaScript>>"} {
		if _, err := s.Take(t.Context(), file.Incoming{Org: "town", Name: name, Most: 1000}, strings.NewReader(body)); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
	broken := io.MultiReader(strings.NewReader(strings.Repeat("a", 5000)), brokenReader{})
	if _, err := s.Take(t.Context(), file.Incoming{Org: "town", Name: "d.txt", Most: 9000}, broken); !errors.Is(err, errGone) {
		t.Errorf("got %v, want what broke it off", err)
	}
	if left := onDisk(t, root); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

var errGone = errors.New("the browser is gone")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errGone }

func TestNothingLiesInTheOpen(t *testing.T) {
	t.Parallel()
	s, d, root := house(t)
	canary := "Maija Meikäläinen, 140385-902F"
	taken, err := s.Take(t.Context(), file.Incoming{Org: "town", Name: "maija.txt", Most: 1000}, strings.NewReader(canary))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256([]byte(canary)); taken.Size != int64(len(canary)) || !bytes.Equal(taken.Digest, sum[:]) || taken.Type != file.TXT {
		t.Errorf("got %+v", taken.File)
	}
	if _, err := d.Open(file.Ref{Org: "town", File: taken.ID}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before it is kept: got %v", err)
	}
	for range onDisk(t, root) {
		taken.Drop()
	}
	if left := onDisk(t, root); len(left) > 0 {
		t.Errorf("dropped, and left over: %v", left)
	}

	taken, err = s.Take(t.Context(), file.Incoming{Org: "town", Name: "maija.txt", Most: 1000}, strings.NewReader(canary))
	if err != nil {
		t.Fatal(err)
	}
	ref := file.Ref{Org: "town", File: taken.ID}
	w, err := d.Create(file.Ref{Org: "town", File: "OTHER12345"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Keep(); err != nil {
			t.Fatalf("keep: %v", err)
		}
	}
	w.Drop() // kept is kept
	taken.Drop()
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(path, "maija") || bytes.Contains(b, []byte("Maija")) {
			t.Errorf("%s says whose it is", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	old, err := d.Unsettled(time.Now().Add(time.Hour), 10)
	if err != nil || len(old) != 1 || old[0].File != "OTHER12345" {
		t.Errorf("got %v, %v, want the one that was kept", old, err)
	}
	if young, err := d.Unsettled(time.Now().Add(-time.Hour), 10); err != nil || len(young) > 0 {
		t.Errorf("got %v, %v: what is new may still be written down", young, err)
	}
	if err := errors.Join(d.Settle(old[0]), d.Remove(ref), d.Remove(ref)); err != nil {
		t.Error(err)
	}
	if in, err := d.Open(old[0]); err != nil || in.Size() != 1 {
		t.Errorf("settled: got %v", err)
	} else if err := in.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Remove(old[0]); err != nil {
		t.Error(err)
	}
	if left := onDisk(t, root); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestNoNameLeadsOut(t *testing.T) {
	t.Parallel()
	_, d, _ := house(t)
	for _, f := range []file.Ref{{Org: "../x", File: "ABCDEF"}, {Org: "town", File: "../../etc/passwd"}, {Org: "town", File: ""}, {Org: "", File: "ABCDEF"}, {Org: "town", File: "a.b.c.d"}} {
		_, made := d.Create(f)
		_, opened := d.Open(f)
		if made == nil || opened == nil || d.Remove(f) == nil || d.Settle(f) == nil {
			t.Errorf("%v was taken", f)
		}
	}
}

// endless is text without an end, made as it is read.
type endless struct{ line []byte }

func (e endless) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		n += copy(b[n:], e.line)
	}
	return n, nil
}

// 200 MB come in, are encrypted, looked at and read again, and the heap does not grow by 20.
func TestALargeFileTakesNoMemory(t *testing.T) {
	s, _, _ := house(t)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapInuse + m.StackInuse)
	}
	runtime.GC()
	before := heap()
	var most atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			most.Store(max(most.Load(), heap()))
			time.Sleep(5 * time.Millisecond)
		}
	}()
	const size = 200 * file.MB
	taken, err := s.Take(t.Context(), file.Incoming{Org: "town", Name: "long.txt", Most: size}, io.LimitReader(endless{[]byte("A line of a long text, and another.\n")}, size))
	stop()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Drop()
	if grown := most.Load() - before; taken.Size != size || grown > 20*file.MB {
		t.Errorf("%d bytes came in, the heap grew by %d KB, want less than 20 MB", taken.Size, grown>>10)
	} else {
		t.Logf("the heap grew by %d KB", grown>>10)
	}
}
