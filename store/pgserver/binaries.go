package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"

	"luukku/store/sqldb"
)

// minVersion is the oldest PostgreSQL the product runs on.
const minVersion = 15

// ErrNoPostgres is what Start returns on a machine without PostgreSQL.
var ErrNoPostgres = errors.New("no PostgreSQL 15 or newer on this machine: install it (Debian: apt-get install postgresql)")

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// binaries returns the directory of the programs: the PATH's when they are new enough, otherwise the newest installed.
func binaries(ctx context.Context) (string, error) {
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil && versionOf(ctx, filepath.Dir(p)) >= minVersion {
			return filepath.Dir(p), nil
		}
	}
	best, dir := minVersion-1, ""
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		for _, d := range found {
			if v := versionOf(ctx, d); v > best {
				best, dir = v, d
			}
		}
	}
	if dir == "" {
		return "", ErrNoPostgres
	}
	return dir, nil
}

// versionOf returns the major version of the programs in a directory, or 0 when initdb or postgres is not there or does not run.
func versionOf(ctx context.Context, dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return 0
	}
	v, _ := strconv.Atoi(string(m[1])) // digits
	return v
}

// account is whom the server runs as; nil credentials mean ourselves.
type account struct{ cred *syscall.Credential }

// serverAccount picks another account when we are root, since PostgreSQL refuses to run as root.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return account{}, errors.New("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as")
}

// makeDir makes a directory that belongs to the account. One that need not be durable lies in memory where there is room: cloning a database, which
// is making a thousand files, takes 20 ms there and ten times as long on most disks.
func (a account) makeDir(durable bool) (string, error) {
	base := os.TempDir()
	if !durable {
		base = sqldb.MemoryDir(2 << 30)
	}
	if a.cred != nil && !everybodyEnters(base) {
		base = "/tmp"
	}
	dir, err := os.MkdirTemp(base, "luukku-pg-")
	if err != nil || a.cred == nil {
		return dir, err
	}
	if err := os.Chown(dir, int(a.cred.Uid), int(a.cred.Gid)); err != nil {
		return "", errors.Join(err, os.Remove(dir))
	}
	return dir, nil
}

// everybodyEnters says that any account can reach a directory.
func everybodyEnters(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// command prepares a program to run as the account, in dir, in a session of its own (a Ctrl-C at the terminal is ours to pass on), without the
// caller's PG* settings.
func (a account) command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: a.cred, Setsid: true}
	cmd.Env = slices.DeleteFunc(os.Environ(), func(e string) bool { return len(e) >= 2 && e[:2] == "PG" })
	cmd.Env = append(cmd.Env, "LC_ALL=C", "HOME="+dir)
	return cmd
}

// run runs a program to its end and returns what it said when it fails.
func (a account) run(dir, program string, args ...string) error {
	out, err := a.command(dir, program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(program), err, out)
	}
	return nil
}
