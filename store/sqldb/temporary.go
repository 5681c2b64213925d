package sqldb

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

const temporaryPrefix = "luukku-sqlite-"

// ownedDir is a temporary directory that its process holds locked, so that another one can tell a live directory from what a killed process left.
type ownedDir struct {
	path string
	lock *os.File
}

func (d ownedDir) remove() error {
	return errors.Join(os.RemoveAll(d.path), d.lock.Close())
}

// sweepOnce removes, once per process, what killed processes left behind.
var sweepOnce sync.Once

func temporaryDir() (ownedDir, error) {
	base := MemoryDir(256 << 20)
	sweepOnce.Do(func() { sweep(base) })
	path, err := os.MkdirTemp(base, temporaryPrefix)
	if err != nil {
		return ownedDir{}, err
	}
	lock, err := lockFile(filepath.Join(path, "lock"))
	if err != nil {
		_ = os.RemoveAll(path) // the first error counts
		return ownedDir{}, err
	}
	return ownedDir{path, lock}, nil
}

// MemoryDir returns a directory for temporary files that lies in memory: /dev/shm where it is there and has room bytes free (containers often give
// it 64 MB in all), otherwise the system's temporary directory.
func MemoryDir(room uint64) string {
	const shm = "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(shm, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room {
		return os.TempDir()
	}
	probe, err := os.MkdirTemp(shm, "luukku-probe-")
	if err != nil {
		return os.TempDir()
	}
	if err := os.Remove(probe); err != nil {
		return os.TempDir()
	}
	return shm
}

// sweep removes directories whose process is gone. Best effort: what it cannot see into belongs to somebody else. A directory without its lock
// file is being made at this moment.
func sweep(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, temporaryPrefix+"*"))
	for _, dir := range dirs {
		name := filepath.Join(dir, "lock")
		if _, err := os.Stat(name); err != nil {
			continue
		}
		if lock, err := lockFile(name); err == nil {
			_ = ownedDir{dir, lock}.remove()
		}
	}
}

// lockFile opens a file and locks it for as long as it is open; an error means that somebody else has it.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
