package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"

	"luukku/base/planted"
	"luukku/store/migrations"
	"luukku/store/sqldb"
)

// A backup is one file that either engine can write and either can read: gzip over lines of JSON. The first line is the Manifest; then each table is a
// line {"table":NAME} followed by a line for each row, an array in the order of the manifest's columns; the last line counts the rows and has the
// SHA-256 of all the lines before it. Bytes stand as {"b":"base64"}. What is sealed in the database is sealed in the file; the keys are not in it.

// backupFormat is the format's number.
const backupFormat = 1

// Manifest is the first line of a backup.
type Manifest struct {
	Luukku string        `json:"luukku"` // always "backup"
	Format int           `json:"format"`
	Schema int64         `json:"schema"`  // the last migration
	MadeAt int64         `json:"made_at"` // Unix seconds
	Engine sqldb.Engine  `json:"engine"`  // that it was made on; it can be restored on the other
	Tables []BackupTable `json:"tables"`
}

// BackupTable names the columns of a table in the order of its rows.
type BackupTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// backupEnd is the last line.
type backupEnd struct {
	End    bool             `json:"end"`
	Rows   map[string]int64 `json:"rows"`
	SHA256 string           `json:"sha256"`
}

// backupTables are all tables of the registry.
func backupTables() []BackupTable {
	var out []BackupTable
	for _, t := range columnsOf {
		out = append(out, BackupTable{t.table, columnsNamed(t.table)})
	}
	return out
}

// Backup writes everything in the database as it is at one moment, while others go on writing to it. Progress is told each table with its number of rows.
func (s *Store) Backup(ctx context.Context, w io.Writer, progress func(table string, rows int64)) error {
	m, err := s.manifest(ctx)
	if err != nil {
		return err
	}
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	out := &backupWriter{w: bufio.NewWriterSize(zip, 1<<16), sum: sha256.New(), rows: map[string]int64{}, progress: progress}
	err = s.db.InReadTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if out.begun {
			return fmt.Errorf("the database asked for the reading to be done again, and it was half written")
		}
		from := sqldb.DBTX(tx)
		if planted.Bug("backup-of-many-moments") {
			from, ctx = s.db.Reader(), context.Background()
		}
		return out.all(ctx, from, m)
	})
	if err == nil {
		err = out.w.Flush()
	}
	if err == nil {
		err = zip.Close()
	}
	if err != nil {
		return fmt.Errorf("back up: %w", s.fault(err))
	}
	return nil
}

func (s *Store) manifest(ctx context.Context) (Manifest, error) {
	version, err := schemaVersion(ctx, s.db)
	return Manifest{
		Luukku: "backup", Format: backupFormat, Schema: version, MadeAt: s.opts.Now().Unix(), Engine: s.db.Engine(), Tables: backupTables(),
	}, err
}

// schemaVersion is the number of the last migration that was applied.
func schemaVersion(ctx context.Context, d *sqldb.DB) (version int64, err error) {
	steps, err := sqldb.MigrationStatus(ctx, d, migrations.FS)
	for _, m := range steps {
		if m.Applied {
			version = max(version, m.Version)
		}
	}
	return version, err
}

// backupWriter writes the lines.
type backupWriter struct {
	w        *bufio.Writer
	sum      hash.Hash
	line     []byte
	rows     map[string]int64
	begun    bool
	progress func(string, int64)
}

func (b *backupWriter) all(ctx context.Context, from sqldb.DBTX, m Manifest) error {
	b.begun = true
	if err := b.json(m); err != nil {
		return err
	}
	for _, t := range m.Tables {
		if err := b.table(ctx, from, t); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		b.progress(t.Name, b.rows[t.Name])
	}
	return b.json(backupEnd{true, b.rows, hex.EncodeToString(b.sum.Sum(nil))})
}

func (b *backupWriter) json(v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.put(line)
}

func (b *backupWriter) put(line []byte) error {
	line = append(line, '\n')
	b.sum.Write(line)
	_, err := b.w.Write(line)
	return err
}

func (b *backupWriter) table(ctx context.Context, from sqldb.DBTX, t BackupTable) error {
	if err := b.json(map[string]string{"table": t.Name}); err != nil {
		return err
	}
	rows, err := from.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s", strings.Join(t.Columns, ", "), t.Name))
	if err != nil {
		return err
	}
	defer rows.Close()
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if b.line, err = appendRow(b.line[:0], values); err != nil {
			return err
		}
		if err := b.put(b.line); err != nil {
			return err
		}
		b.rows[t.Name]++
	}
	return rows.Err()
}

func appendRow(line []byte, values []any) ([]byte, error) {
	line = append(line, '[')
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		switch v := v.(type) {
		case nil:
			line = append(line, "null"...)
		case int64:
			line = strconv.AppendInt(line, v, 10)
		case bool:
			line = strconv.AppendBool(line, v)
		case []byte:
			line = append(line, `{"b":"`...)
			line = base64.StdEncoding.AppendEncode(line, v)
			line = append(line, `"}`...)
		case string:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			line = append(line, text...)
		default:
			return nil, fmt.Errorf("a value of the type %T", v)
		}
	}
	return append(line, ']'), nil
}
