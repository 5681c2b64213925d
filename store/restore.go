package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"

	"luukku/store/sqldb"
)

// Errors of Restore and ReadBackup.
var (
	ErrNotBackup  = errors.New("this is no backup of Luukku")
	ErrCutBackup  = errors.New("this backup is cut short or damaged: take another one")
	ErrOtherThan  = errors.New("this backup was made with another schema than this program's")
	ErrNotEmpty   = errors.New("there is data in this database already: a backup is restored into an empty one")
	errReadAgain  = errors.New("the database asked for the writing to be done again, and the backup was half read")
	errManyTables = errors.New("a table stands in the backup twice or out of turn")
)

// ReadBackup reads a backup to its end and returns its manifest and the rows of each table; it fails with ErrNotBackup or ErrCutBackup.
func ReadBackup(r io.Reader) (Manifest, map[string]int64, error) {
	in, err := newBackupReader(r)
	if err != nil {
		return Manifest{}, nil, err
	}
	return in.manifest, in.rows, in.each(func(BackupTable, []any) error { return nil })
}

// Restore fills an empty database, whose schema is current, from a backup, in one transaction: after an error nothing is there.
func (s *Store) Restore(ctx context.Context, r io.Reader, progress func(table string, rows int64)) (Manifest, error) {
	in, err := newBackupReader(r)
	if err != nil {
		return Manifest{}, err
	}
	version, err := schemaVersion(ctx, s.db)
	if err != nil {
		return in.manifest, err
	}
	if in.manifest.Schema != version {
		return in.manifest, fmt.Errorf("%w: step %d, here it is step %d. Restore it with the version that made it, then bring the schema up to date",
			ErrOtherThan, in.manifest.Schema, version)
	}
	begun := false
	err = s.db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if begun {
			return errReadAgain
		}
		begun = true
		return restore(ctx, tx, in, progress)
	})
	if err != nil {
		return in.manifest, fmt.Errorf("restore: %w", s.fault(err))
	}
	s.Forget()
	return in.manifest, nil
}

func restore(ctx context.Context, tx *sqldb.Tx, in *backupReader, progress func(string, int64)) error {
	if err := mustBeEmpty(ctx, tx); err != nil {
		return err
	}
	var into *tableWriter
	finish := func() error {
		if into == nil {
			return nil
		}
		progress(into.table.Name, in.rows[into.table.Name])
		return into.flush(ctx)
	}
	err := in.each(func(t BackupTable, row []any) error {
		if into == nil || into.table.Name != t.Name {
			if err := finish(); err != nil {
				return err
			}
			var err error
			if into, err = newTableWriter(ctx, tx, t); err != nil {
				return err
			}
		}
		return into.add(ctx, row)
	})
	if err != nil {
		return err
	}
	return finish()
}

// mustBeEmpty refuses a database in which anything is.
func mustBeEmpty(ctx context.Context, tx *sqldb.Tx) error {
	for _, t := range backupTables() {
		var one int
		err := tx.QueryRowContext(ctx, fmt.Sprintf("SELECT 1 FROM %s LIMIT 1", t.Name)).Scan(&one)
		switch {
		case err == nil:
			return ErrNotEmpty
		case !noRows(err):
			return err
		}
	}
	return nil
}

// tableWriter inserts the rows of a table, many with one statement.
type tableWriter struct {
	tx       *sqldb.Tx
	table    BackupTable
	booleans []bool // columns that are so in this engine
	args     []any
	rows     int
	most     int
}

// mostArguments bounds the arguments of one statement, far below what either engine takes.
const mostArguments = 4000

func newTableWriter(ctx context.Context, tx *sqldb.Tx, t BackupTable) (*tableWriter, error) {
	w := &tableWriter{tx: tx, table: t, most: mostArguments / len(t.Columns)}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE 1 = 0", strings.Join(t.Columns, ", "), t.Name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	for _, c := range types {
		w.booleans = append(w.booleans, c.DatabaseTypeName() == "BOOL")
	}
	return w, rows.Err()
}

func (w *tableWriter) add(ctx context.Context, row []any) error {
	for i, v := range row {
		if n, ok := v.(int64); ok && w.booleans[i] {
			v = n != 0
		}
		w.args = append(w.args, v)
	}
	if w.rows++; w.rows < w.most {
		return nil
	}
	return w.flush(ctx)
}

func (w *tableWriter) flush(ctx context.Context) error {
	if w.rows == 0 {
		return nil
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", w.table.Name, strings.Join(w.table.Columns, ", "), sqldb.Rows(w.rows, len(w.table.Columns), 1))
	_, err := w.tx.ExecContext(ctx, text, w.args...)
	w.args, w.rows = w.args[:0], 0
	if err != nil {
		return fmt.Errorf("table %s: %w", w.table.Name, err)
	}
	return nil
}

// backupReader reads the lines.
type backupReader struct {
	lines    *bufio.Reader
	sum      hash.Hash
	manifest Manifest
	tables   map[string]BackupTable
	rows     map[string]int64
}

func newBackupReader(r io.Reader) (*backupReader, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBackup, err)
	}
	in := &backupReader{lines: bufio.NewReaderSize(zip, 1<<16), sum: sha256.New(), tables: map[string]BackupTable{}, rows: map[string]int64{}}
	line, err := in.line()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotBackup, err)
	}
	in.sum.Write(line)
	if err := json.Unmarshal(line, &in.manifest); err != nil || in.manifest.Luukku != "backup" {
		return nil, ErrNotBackup
	}
	if in.manifest.Format != backupFormat {
		return nil, fmt.Errorf("%w: its format is %d, this program reads %d", ErrOtherThan, in.manifest.Format, backupFormat)
	}
	known := map[string][]string{}
	for _, t := range backupTables() {
		known[t.Name] = t.Columns
	}
	for _, t := range in.manifest.Tables { // names become SQL: only those that the registry has
		if !slices.Equal(known[t.Name], t.Columns) {
			return nil, fmt.Errorf("%w: the table %.40q", ErrOtherThan, t.Name)
		}
		in.tables[t.Name] = t
	}
	return in, nil
}

// line returns the next line.
func (in *backupReader) line() ([]byte, error) {
	line, err := in.lines.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCutBackup, err)
	}
	return line, nil
}

// each calls do for each row, and holds what was read against the last line.
func (in *backupReader) each(do func(BackupTable, []any) error) error {
	var table BackupTable
	for {
		line, err := in.line()
		if err != nil {
			return err
		}
		if line[0] == '{' {
			last, err := in.mark(line, &table)
			if last || err != nil {
				return err
			}
			in.sum.Write(line)
			continue
		}
		in.sum.Write(line)
		row, err := parseRow(line, len(table.Columns))
		if err != nil {
			return err
		}
		in.rows[table.Name]++
		if err := do(table, row); err != nil {
			return err
		}
	}
}

// mark reads a line that is no row: the beginning of a table, or the end.
func (in *backupReader) mark(line []byte, table *BackupTable) (last bool, err error) {
	var mark struct {
		Table string `json:"table"`
		backupEnd
	}
	if err := json.Unmarshal(line, &mark); err != nil {
		return false, fmt.Errorf("%w: %w", ErrCutBackup, err)
	}
	if mark.End {
		if mark.SHA256 != hex.EncodeToString(in.sum.Sum(nil)) || !maps.Equal(mark.Rows, in.rows) {
			return true, ErrCutBackup
		}
		return true, nil
	}
	t, ok := in.tables[mark.Table]
	if !ok {
		return false, fmt.Errorf("%w: %w", ErrCutBackup, errManyTables)
	}
	delete(in.tables, mark.Table)
	*table = t
	return false, nil
}

// parseRow reads the array of a row.
func parseRow(line []byte, columns int) ([]any, error) {
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil || len(cells) != columns || columns == 0 {
		return nil, ErrCutBackup
	}
	row := make([]any, columns)
	for i, cell := range cells {
		if err := parseCell(cell, &row[i]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCutBackup, err)
		}
	}
	return row, nil
}

func parseCell(cell json.RawMessage, into *any) (err error) {
	switch cell[0] {
	case 'n':
		return nil
	case '"':
		var text string
		err = json.Unmarshal(cell, &text)
		*into = text
	case '{':
		var bytes struct{ B []byte }
		err = json.Unmarshal(cell, &bytes)
		*into = append([]byte{}, bytes.B...)
	case 't', 'f':
		*into = cell[0] == 't'
	default:
		var n int64
		err = json.Unmarshal(cell, &n)
		*into = n
	}
	return err
}
