package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"luukku/demo"
	"luukku/store/pgtest"
)

// TestMain ends the PostgreSQL server of this process and removes what stories were copied from.
func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	for _, mold := range molds {
		if err := os.RemoveAll(mold.data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// mold is a demo with empty calendars that was made at the beginning, from nothing, and closed again: what each story gets a copy of.
type mold struct {
	engine engine
	once   sync.Once
	data   string // the directory of its data; empty until it is made
	err    error
}

var molds = [...]*mold{{engine: sqlite}, {engine: postgres}}

func moldOf(e engine) *mold {
	for _, m := range molds {
		if m.engine == e {
			return m
		}
	}
	panic("no such engine: " + string(e))
}

// copyTo copies it to an empty directory, and says where its database is.
func (m *mold) copyTo(t *testing.T, data string) (dsn string) {
	t.Helper()
	if m.engine == postgres {
		dsn = pgtest.DSN(t, cast)
	} else {
		m.once.Do(func() { m.err = m.make("") })
		dsn = sqliteAt(data)
	}
	if m.err != nil {
		t.Fatalf("make the demo that stories are copied from: %v", m.err)
	}
	err := os.CopyFS(data, os.DirFS(m.data))
	if err := errors.Join(err, os.Chmod(filepath.Join(data, "keys"), 0o600)); err != nil { // the copy may be read by all
		t.Fatal(err)
	}
	return dsn
}

// cast makes the one of PostgreSQL in the database that those of stories are copied from.
func cast(dsn string) error { return moldOf(postgres).make(dsn) }

// make makes it, at the time at which stories begin. Without the address of a database it is in the directory.
func (m *mold) make(dsn string) (err error) {
	if m.data, err = os.MkdirTemp("", "luukku-mold-"); err != nil {
		return err
	}
	if dsn == "" {
		dsn = sqliteAt(m.data)
	}
	c, err := settings("127.0.0.1:8080", m.data, dsn) // nobody listens
	if err != nil {
		return err
	}
	log := &record{}
	a, err := demo.Open(context.Background(), c, demo.Options{Log: log.logger(), Empty: true, Now: func() time.Time { return begin }})
	if err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	for _, line := range log.incidents() {
		err = errors.Join(err, errors.New(line))
	}
	return errors.Join(err, os.Remove(filepath.Join(m.data, "lock")))
}
