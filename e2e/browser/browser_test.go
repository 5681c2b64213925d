package browser

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestMain lets the test binary be the process that dies; see TestBrowserEndsWithItsProcess.
func TestMain(m *testing.M) {
	if os.Getenv("LUUKKU_BROWSER_DIE") == "" {
		os.Exit(m.Run())
	}
	b, err := find()
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	fmt.Printf("group %d\n", chromedp.FromContext(b.ctx).Browser.Process().Pid)
	select {} // until it is killed
}

func TestBrowserEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	Start(t) // skips with -short
	// Short, unlike t.TempDir: the browser keeps a socket in there, whose path may have 107 characters.
	tmp, err := os.MkdirTemp("", "l")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LUUKKU_BROWSER_DIE=1", "TMPDIR="+tmp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	group, parseErr := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "group ")))
	if err != nil || parseErr != nil {
		t.Fatalf("got %q (%v, %v), want the browser's process group", line, err, parseErr)
	}
	if err := syscall.Kill(-group, 0); err != nil {
		t.Fatalf("the browser does not run: %v", err)
	}
	// No last words: the hardest end a process can have.
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed
	for waited := time.Duration(0); ; waited += pause {
		left, err := filepath.Glob(filepath.Join(tmp, "luukku-browser-*"))
		if err != nil {
			t.Fatal(err)
		}
		gone := errors.Is(syscall.Kill(-group, 0), syscall.ESRCH)
		if gone && len(left) == 0 {
			return
		}
		if waited > Wait {
			t.Fatalf("%s after the end of the process: browser gone %v, files left %v", Wait, gone, left)
		}
		time.Sleep(pause)
	}
}

func TestFindTellsWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if got, err := Find(); !errors.Is(err, ErrNone) {
		t.Errorf("got %q, %v, want ErrNone", got, err)
	}
	name := filepath.Join(os.Getenv("PATH"), "chromium")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"), fs.FileMode(0o755)); err != nil {
		t.Fatal(err)
	}
	if got, err := Find(); err != nil || got != name {
		t.Errorf("got %q, %v, want %q", got, err, name)
	}
}
