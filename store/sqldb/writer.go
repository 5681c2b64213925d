package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// writer is SQLite's one writing connection. Conn and stmts belong to whoever has the turn.
type writer struct {
	db    *DB
	turn  turn
	pool  *sql.DB   // of one connection
	conn  *sql.Conn // held from transaction to transaction, for its prepared statements
	stmts map[string]*sql.Stmt
}

// forget closes the prepared statements. Between transactions no rows of theirs can be open, and they must be closed before their connection is.
func (w *writer) forget() {
	for _, s := range w.stmts {
		_ = s.Close() // at worst its memory stays until the connection ends
	}
	clear(w.stmts)
}

// letGo gives the connection back to the pool. The turn must be held.
func (w *writer) letGo() {
	w.forget()
	if w.conn != nil {
		_ = w.conn.Close() // gives it back; the pool closes what is broken
		w.conn = nil
	}
}

// drop throws the connection away, with whatever is open on it. The turn must be held.
func (w *writer) drop() {
	w.forget()
	if w.conn != nil {
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn }) // this is how database/sql is told to discard it
	}
	w.letGo()
}

// retire waits for the last writer and keeps the turn, so that none follows.
func (w *writer) retire(ctx context.Context) error {
	if err := w.turn.take(ctx); err != nil {
		return err
	}
	w.letGo()
	w.turn.close()
	return nil
}

// begin opens a transaction. The turn must be held.
func (w *writer) begin(ctx context.Context) (*writing, error) {
	if len(w.stmts) >= maxStatements {
		w.forget()
	}
	if err := w.open(ctx); err != nil {
		if Classify(err) != ClassSerialization { // not just another process at the file; an ended context may leave a BEGIN that took effect
			w.drop()
		}
		return nil, err
	}
	return &writing{w}, nil
}

func (w *writer) open(ctx context.Context) error {
	if w.conn == nil {
		conn, err := w.pool.Conn(ctx)
		if err != nil {
			return err
		}
		w.conn = conn
	}
	_, err := (&writing{w}).exec(ctx, "BEGIN IMMEDIATE", nil)
	return err
}

// writing is a writing transaction on SQLite; whose it is has the turn.
type writing struct{ w *writer }

var _ runner = (*writing)(nil)

// stmt returns the prepared statement of a text, or nil when it should run unprepared. The writer's connection is one, so a text whose rows are
// still being read must not be run again: Tx forbids that, and PostgreSQL refuses it.
func (s *writing) stmt(ctx context.Context, text string) *sql.Stmt {
	if p := s.w.stmts[text]; p != nil || len(s.w.stmts) >= maxStatements {
		return p
	}
	p, err := s.w.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil // running the text says it
	}
	s.w.stmts[text] = p
	return p
}

func (s *writing) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if p := s.stmt(ctx, text); p != nil {
		return p.ExecContext(ctx, args...)
	}
	return s.w.conn.ExecContext(ctx, text, args...)
}

func (s *writing) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	return s.w.conn.PrepareContext(ctx, text)
}

func (s *writing) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if p := s.stmt(ctx, text); p != nil {
		return p.QueryContext(ctx, args...)
	}
	return s.w.conn.QueryContext(ctx, text, args...)
}

func (s *writing) queryRow(ctx context.Context, text string, args []any) *sql.Row {
	if p := s.stmt(ctx, text); p != nil {
		return p.QueryRowContext(ctx, args...)
	}
	return s.w.conn.QueryRowContext(ctx, text, args...)
}

// command runs a statement that begins or ends something. It listens to nobody's context: what took effect must not be reported as cut short.
func (s *writing) command(text string) error {
	_, err := s.exec(context.Background(), text, nil)
	return err
}

// commit ends the transaction; afterwards it is over, whatever the answer.
func (s *writing) commit() error {
	err := s.command("COMMIT")
	if err == nil {
		return nil
	}
	s.undo()
	if ioError(err) { // the frames may have reached the disk although their sync failed
		return unknown(err)
	}
	return fmt.Errorf("commit: %w", err)
}

// undo rolls back. After some errors (a full disk, a statement cut short) SQLite has done so itself, and ROLLBACK answers with a plain error that
// nothing is open. A connection that answers anything else is thrown away, which rolls back too.
func (s *writing) undo() {
	if err := s.command("ROLLBACK"); err != nil && !plainError(err) {
		s.w.drop()
	}
}

// isOpen says that the transaction has not been rolled back by SQLite itself: then another BEGIN is refused.
func (s *writing) isOpen() bool {
	err := s.command("BEGIN")
	return err != nil && plainError(err)
}

// plainError says that SQLite refused a statement as wrong where it stands.
func plainError(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code() == sqlite3.SQLITE_ERROR
}

// reading is a reading transaction on SQLite.
type reading struct {
	db *DB
	tx *sql.Tx
}

var _ session = (*reading)(nil)

func (s *reading) stmt(ctx context.Context, text string) *sql.Stmt {
	if p, _ := s.db.reader.kept(text); p != nil {
		return s.tx.StmtContext(ctx, p)
	}
	return nil
}

func (s *reading) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	return s.tx.ExecContext(ctx, text, args...)
}

func (s *reading) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	return s.tx.PrepareContext(ctx, text)
}

func (s *reading) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if p := s.stmt(ctx, text); p != nil {
		return p.QueryContext(ctx, args...)
	}
	return s.tx.QueryContext(ctx, text, args...)
}

func (s *reading) queryRow(ctx context.Context, text string, args []any) *sql.Row {
	if p := s.stmt(ctx, text); p != nil {
		return p.QueryRowContext(ctx, args...)
	}
	return s.tx.QueryRowContext(ctx, text, args...)
}

func (s *reading) commit(context.Context) error { return s.tx.Commit() }

func (s *reading) rollback(context.Context) {
	_ = s.tx.Rollback() // it only read; database/sql discards a connection that cannot
}
