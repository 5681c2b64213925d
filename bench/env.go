package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"luukku/store/pgserver"
)

// Options are what a run of the bench is told.
type Options struct {
	Quick bool
	// Database is an empty PostgreSQL database to measure in; empty measures SQLite, and PostgreSQL in a cluster of the bench's own where its programs are.
	Database string
	// Dir is where the data lies, on the disk that is to be measured; empty takes a temporary directory.
	Dir string
	// Profile is a directory for CPU profiles of the server during the subject's rounds; empty for none.
	Profile string
	// Self is the command, with its first arguments, that runs Process in a process of its own.
	Self []string
	// Progress is told of long steps. May be nil.
	Progress func(string)

	tiny bool // in tests: each row works and answers rightly; what it measures means nothing
}

// Env is what a row runs in.
type Env struct {
	Options
	row     string
	begun   time.Time
	dir     string  // of this run, removed at its end
	shared  *shared // what several rows use
	closing []func() error
}

// Rounds is how often subject and peer each have their turn.
func (e *Env) Rounds() int {
	if e.tiny {
		return 1
	}
	if e.Quick {
		return 3
	}
	return 5
}

// RoundTime is how long one turn takes.
func (e *Env) RoundTime() time.Duration {
	if e.tiny {
		return 200 * time.Millisecond
	}
	if e.Quick {
		return time.Second
	}
	return 2 * time.Second
}

// Scale is a number of rows or people, a tenth of it when the run is quick.
func (e *Env) Scale(n int) int {
	if e.tiny {
		return max(1, n/1000)
	}
	if e.Quick {
		return max(1, n/10)
	}
	return n
}

// Say tells of a step.
func (e *Env) Say(format string, args ...any) {
	if e.Progress != nil {
		e.Progress(fmt.Sprintf("%s, %.1f s: %s", e.row, time.Since(e.begun).Seconds(), fmt.Sprintf(format, args...)))
	}
}

// TempDir makes a directory of the row's own on the measured disk.
func (e *Env) TempDir() (string, error) {
	dir, err := os.MkdirTemp(e.dir, strings.ReplaceAll(e.row, "/", "-")+"-")
	if err != nil {
		return "", fmt.Errorf("make a directory for %s: %w", e.row, err)
	}
	e.Defer(func() error { return os.RemoveAll(dir) })
	return dir, nil
}

// Defer registers what is to be done when the row is over; the last first.
func (e *Env) Defer(f func() error) { e.closing = append(e.closing, f) }

func (e *Env) close() error {
	var errs []error
	for i := len(e.closing) - 1; i >= 0; i-- {
		errs = append(errs, e.closing[i]())
	}
	e.closing = nil
	return errors.Join(errs...)
}

// shared is what rows of one run have in common.
type shared struct {
	filled    map[FixtureSpec]Installation
	cluster   *pgserver.Cluster // of the bench's own; nil until a row needs it
	databases int               // that were made in it
}

func newShared() *shared { return &shared{filled: map[FixtureSpec]Installation{}} }

func (s *shared) close() error {
	if s.cluster == nil {
		return nil
	}
	return s.cluster.Stop()
}

// Run runs rows one after another and tells each report as soon as it is there. The error says that the bench itself could not go on; a row that fails
// says so in its report.
func Run(ctx context.Context, rows []Row, o Options, tell func(Report)) error {
	if err := checkNamed(ctx, o); err != nil {
		return err
	}
	return in(o, func(dir string) (err error) {
		common := newShared()
		defer func() { err = errors.Join(err, common.close()) }()
		for _, r := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			tell(runRow(ctx, r, &Env{Options: o, row: r.Name, dir: dir, shared: common}))
		}
		return nil
	})
}

func runRow(ctx context.Context, r Row, e *Env) Report {
	e.begun = time.Now()
	res, err := r.Run(ctx, e)
	return report(r, res, errors.Join(err, e.close()), time.Since(e.begun))
}

// in makes the directory to measure in, and removes it again.
func in(o Options, do func(dir string) error) error {
	dir, err := os.MkdirTemp(o.Dir, "luukku-bench-")
	if err != nil {
		return fmt.Errorf("make a directory to measure in: %w", err)
	}
	if o.Profile != "" {
		err = os.MkdirAll(o.Profile, 0o755)
	}
	if err == nil {
		err = do(dir)
	}
	return errors.Join(err, os.RemoveAll(dir))
}
