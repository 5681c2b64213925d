package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrRunning is returned when another process works on a data directory or a SQLite file.
var ErrRunning = errors.New("another Luukku is running on it: stop that one first, or choose another directory and database")

const lockName = "lock"

// locks are files that the kernel holds for this process, and lets go of however the process ends. They are never removed: whoever removed one could
// let two in.
type locks []*os.File

// take takes what the file at path stands for, or says who has it.
func (l *locks) take(path, of string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("lock %s: %w", of, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrRunning
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open %s: %w", of, err), f.Close())
	}
	*l = append(*l, f)
	return nil
}

// takeDatabase takes a SQLite file, which one process may serve. PostgreSQL looks after itself: many servers may use one database.
func (l *locks) takeDatabase(dsn string) error {
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok || path == ":memory:" {
		return nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return l.take(path+".lock", path)
}

func (l *locks) release() error {
	var errs []error
	for _, f := range *l {
		// Closing alone is not enough: a program that is just being started may have the file still, for a moment.
		errs = append(errs, syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close())
	}
	*l = nil
	return errors.Join(errs...)
}
