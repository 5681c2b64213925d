// Package browser drives a real Chromium for tests and looks at pages as a person would see them.
//
// It promises one headless browser per test process, gone with its children and its files when the process ends, however it ends; tabs with their own
// cookies; steps in a person's words (visible labels, texts of links and buttons), refused when a person could not take them (hidden, switched off, covered
// by something else); waits for conditions, never for time, at most ten seconds; and no request that leaves the machine. A step that fails ends the test
// with the page's text and a picture in the test's artefact directory (kept by go test -artifacts).
//
// It checks pages, too: Trouble (console, content security policy, failed and foreign requests), Axe, Overflow, Targets, TextSpacing, Weight, and, without a
// browser, HTMLValidate. Most end-to-end tests are better off with e2e/client, which is a hundred times faster; this package is for what needs layout,
// scripts or a real browser's rules. Its checkers are installed by make e2e-deps.
package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Wait is how long a step waits for its condition before the test ends.
const Wait = 10 * time.Second

// startWait is how long the browser may take to start on a busy machine.
const startWait = 60 * time.Second

// launches is how often the browser is started at most.
const launches = 3

// ErrNone is the error of Find.
var ErrNone = errors.New("no Chromium on this machine: run make e2e-deps, or leave these tests out with -short")

// Find returns the path of an installed Chromium or Chrome; ErrNone when there is none.
func Find() (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

// Browser is the test process's one browser.
type Browser struct {
	ctx       context.Context
	userAgent string
}

// running is the one browser of the process; state of the package because processes have no other owner in go test.
var running struct {
	once sync.Once
	b    *Browser
	err  error
}

// Start returns the process's browser, which it starts at the first call. With -short the test is skipped. It may be called by parallel tests.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs a browser")
	}
	running.once.Do(func() { running.b, running.err = find() })
	if running.err != nil {
		tb.Fatalf("browser: %v", running.err)
	}
	return running.b
}

func find() (*Browser, error) {
	path, err := Find()
	if err != nil {
		return nil, err
	}
	return launch(path, startWait)
}

// launch starts a browser, and once more from nothing, with a profile of its own, when one says nothing: on a machine that has just been set up the first
// start may stand still over reading what the second finds read.
func launch(path string, wait time.Duration) (b *Browser, err error) {
	for range launches {
		if b, err = launchOnce(path, wait); err == nil || !errors.Is(err, errSilent) {
			return b, err
		}
	}
	return nil, fmt.Errorf("%d times, %s each: %w", launches, wait, err)
}

// errSilent says that a browser was started and did not answer in time.
var errSilent = errors.New("it said nothing")

func launchOnce(path string, wait time.Duration) (*Browser, error) {
	dir, err := os.MkdirTemp("", "luukku-browser-")
	if err != nil {
		return nil, fmt.Errorf("a directory for the browser: %w", err)
	}
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("a directory for the browser: %w", err)
	}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), append(flags(),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Env("TMPDIR="+tmp, "HOME="+tmp, "XDG_CONFIG_HOME="+tmp, "XDG_CACHE_HOME="+tmp),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			// A process group of its own, so that the guard can end all of it.
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		}))...)
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	started := make(chan error, 1)
	go func() { started <- chromedp.Do(ctx) }()
	select {
	case err = <-started:
	case <-time.After(wait):
		err = errSilent
	}
	if err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("start %s: %w", path, err), os.RemoveAll(dir))
	}
	if err := guard(chromedp.FromContext(ctx).Browser.Process().Pid, dir); err != nil {
		stop()
		return nil, errors.Join(fmt.Errorf("guard %s: %w", path, err), os.RemoveAll(dir))
	}
	version, err := chromedp.CallBrowser(ctx, browser.GetVersion, cdp.Empty{})
	if err != nil {
		return nil, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	return &Browser{ctx: ctx, userAgent: version.UserAgent}, nil
}

// flags are the browser's: headless, quiet, the same on every machine, and blind to all but this machine.
func flags() []chromedp.ExecAllocatorOption {
	opts := []chromedp.ExecAllocatorOption{
		chromedp.Flag("headless", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en"),
		chromedp.Flag("password-store", "basic"),
		// The back button shall ask the server or the cache, as it does on a small phone.
		chromedp.Flag("disable-features", "BackForwardCache,Translate,OptimizationHints,MediaRouter,AutofillServerCommunication"),
	}
	for _, name := range []string{
		"no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check", "disable-background-networking",
		"disable-component-update", "disable-sync", "disable-default-apps", "disable-extensions", "disable-breakpad", "disable-crash-reporter",
		"disable-dev-shm-usage", "disable-hang-monitor", "disable-popup-blocking", "disable-background-timer-throttling",
		"disable-backgrounding-occluded-windows", "disable-renderer-backgrounding", "disable-client-side-phishing-detection", "mute-audio",
		"hide-scrollbars", "metrics-recording-only", "enable-automation",
	} {
		opts = append(opts, chromedp.Flag(name, true))
	}
	return opts
}

// guards keeps the writing ends of the guards' pipes open for as long as the process lives.
var guards []io.Closer

// guard starts a shell that sleeps until this process is gone, by whatever end (its pipe closes), and then kills the browser's process group and removes
// its files. Nothing inside the process could promise that: a test that panics or runs out of time takes its clean-ups with it.
func guard(group int, dir string) error {
	cmd := exec.Command("/bin/sh", "-c", `cat >/dev/null
for i in 1 2 3 4 5; do kill -KILL -- "-$1" 2>/dev/null; rm -rf -- "$2" 2>/dev/null && [ ! -e "$2" ] && exit; sleep 0.2; done`,
		"luukku-browser-guard", fmt.Sprint(group), dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	guards = append(guards, pipe)
	return nil
}
