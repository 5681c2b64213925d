// Package schemalint holds the schema and the queries to the rules that let one query text run on SQLite, on PostgreSQL, and one day on a
// PostgreSQL that is spread over machines.
//
// Check applies the migrations for real and looks at what the engines then have: every key begins with the organisation (or with the person, for
// what a person owns) except in a closed list of directory tables; the two engines agree column by column and key by key; every column says in a
// registry what it holds and how long. LintQueries reads query texts and refuses what only one engine understands or what belongs in Go;
// PrepareQueries has SQLite compile each of them. All return findings as sentences, none when all is well. What the registry says is left to the
// store; what a finding is worth is left to the test that fails on it.
package schemalint

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"luukku/store/sqldb"
)

// Content is what a column holds, as privacy sees it.
type Content string

// The contents. The list is closed.
const (
	Clear     Content = "clear"     // readable in the database
	Encrypted Content = "encrypted" // ciphertext
	Hashed    Content = "hashed"    // a hash of a secret, or a keyed hash of something personal
)

// Column is what the registry says of one column. Every field must say something.
type Column struct {
	Content   Content
	Export    string // what a person gets of it who asks for their data
	Retention string // how long it is kept
	Erasure   string // what becomes of it when a person is erased
}

// Schema is what Check looks at.
type Schema struct {
	// Migrations has sqlite/NNNN_name.sql and postgres/NNNN_name.sql.
	Migrations fs.FS
	// Postgres is the address of an empty database; when it is empty, SQLite alone is checked.
	Postgres string
	// Directory is the closed list of exceptions from the rule of keys, each with its reason: "host" excepts the table, "session(id)" one key.
	Directory map[string]string
	// Registry has an entry for every column, as "table.column".
	Registry map[string]Column
}

// Check migrates a fresh database of each engine and returns what is wrong with it, in order. An error means that it could not look.
func Check(ctx context.Context, s Schema) ([]string, error) {
	lite, err := load(ctx, "sqlite::memory:", s.Migrations, sqliteTables)
	if err != nil {
		return nil, fmt.Errorf("schema of sqlite: %w", err)
	}
	found := slices.Concat(checkKinds("sqlite", lite, sqliteKinds), checkStrict(lite), checkKeys(lite, s.Directory), checkRegistry(lite, s.Registry))
	if s.Postgres != "" {
		pg, err := load(ctx, s.Postgres, s.Migrations, postgresTables)
		if err != nil {
			return nil, fmt.Errorf("schema of postgres: %w", err)
		}
		found = slices.Concat(found, checkKinds("postgres", pg, postgresKinds), compare(lite, pg))
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// table is one table as an engine has it.
type table struct {
	name    string
	strict  bool // SQLite
	columns []column
	keys    []key
}

type column struct {
	name       string
	kind       string // as the engine names it
	notNull    bool
	hasDefault bool
}

// key is a primary key, a unique key, a foreign key or an index.
type key struct {
	sort    string // "primary key", "unique key", "foreign key", "index"
	columns []string
	target  string   // a foreign key's table
	targets []string // and its columns there
}

// String names a key as people write it: "foreign key (org, office) -> office (org, id)".
func (k key) String() string {
	s := k.sort + " (" + strings.Join(k.columns, ", ") + ")"
	if k.target != "" {
		s += " -> " + k.target + " (" + strings.Join(k.targets, ", ") + ")"
	}
	return s
}

// load migrates a database and reads its tables, without goose's own and the engine's.
func load(ctx context.Context, dsn string, migrations fs.FS, read func(context.Context, sqldb.DBTX) ([]table, error)) (_ []table, err error) {
	db, err := sqldb.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, db.Close()) }()
	if err := sqldb.Migrate(ctx, db, migrations); err != nil {
		return nil, err
	}
	tables, err := read(ctx, db.Reader())
	if err != nil {
		return nil, err
	}
	tables = slices.DeleteFunc(tables, func(t table) bool { return t.name == sqldb.MigrationTable })
	for _, t := range tables {
		slices.SortFunc(t.keys, func(a, b key) int { return cmp.Compare(a.String(), b.String()) })
	}
	return tables, nil
}

// The kinds of column that both engines share, by what each calls them.
var (
	sqliteKinds   = map[string]string{"INTEGER": "integer", "TEXT": "text", "BLOB": "bytes", "REAL": "float"}
	postgresKinds = map[string]string{"bigint": "integer", "boolean": "integer", "text": "text", "bytea": "bytes", "double precision": "float"}
)

func checkKinds(engine string, tables []table, kinds map[string]string) (found []string) {
	known := strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
	for _, t := range tables {
		for _, c := range t.columns {
			if kinds[c.kind] == "" {
				found = append(found, fmt.Sprintf("%s.%s: %s has it as %s, which is none of %s", t.name, c.name, engine, c.kind, known))
			}
		}
	}
	return found
}

func checkStrict(tables []table) (found []string) {
	for _, t := range tables {
		if !t.strict {
			found = append(found, t.name+": on sqlite the table is not STRICT")
		}
	}
	return found
}

// owners are the columns a key begins with.
var owners = []string{"org", "person"}

func checkKeys(tables []table, directory map[string]string) (found []string) {
	used := map[string]bool{}
	for _, t := range tables {
		primary := false
		for _, k := range t.keys {
			primary = primary || k.sort == "primary key"
			trouble := keyTrouble(k)
			if trouble == "" {
				continue
			}
			one := t.name + "(" + strings.Join(k.columns, ", ") + ")"
			switch {
			case directory[t.name] != "":
				used[t.name] = true
			case directory[one] != "":
				used[one] = true
			default:
				found = append(found, fmt.Sprintf("%s: %s %s", t.name, k, trouble))
			}
		}
		if !primary {
			found = append(found, t.name+": the table has no primary key")
		}
	}
	for name, why := range directory {
		switch {
		case strings.TrimSpace(why) == "":
			found = append(found, fmt.Sprintf("%s: the list of directory tables gives no reason", name))
		case !used[name]:
			found = append(found, fmt.Sprintf("%s: the list of directory tables excepts what needs no exception or is not there", name))
		}
	}
	return found
}

// keyTrouble says what is wrong with a key, or nothing.
func keyTrouble(k key) string {
	if k.sort == "index" {
		return ""
	}
	if !slices.Contains(owners, k.columns[0]) {
		return "does not begin with org or person"
	}
	if k.sort == "foreign key" && k.targets[0] != k.columns[0] {
		return "does not lead to " + k.columns[0]
	}
	return ""
}

func checkRegistry(tables []table, registry map[string]Column) (found []string) {
	there := map[string]bool{}
	for _, t := range tables {
		for _, c := range t.columns {
			name := t.name + "." + c.name
			there[name] = true
			entry, ok := registry[name]
			if !ok {
				found = append(found, name+": the registry of columns does not know it")
				continue
			}
			if !slices.Contains([]Content{Clear, Encrypted, Hashed}, entry.Content) {
				found = append(found, fmt.Sprintf("%s: the registry's content is %q, must be clear, encrypted or hashed", name, entry.Content))
			}
			for field, said := range map[string]string{"export": entry.Export, "retention": entry.Retention, "erasure": entry.Erasure} {
				if strings.TrimSpace(said) == "" {
					found = append(found, fmt.Sprintf("%s: the registry says nothing of its %s", name, field))
				}
			}
		}
	}
	for name := range registry {
		if !there[name] {
			found = append(found, name+": the registry names it, and there is no such column")
		}
	}
	return found
}

// compare says where the engines differ.
func compare(lite, pg []table) (found []string) {
	other := make(map[string]table, len(pg))
	for _, t := range pg {
		other[t.name] = t
	}
	for _, l := range lite {
		p, ok := other[l.name]
		if !ok {
			found = append(found, l.name+": sqlite has the table, postgres has not")
			continue
		}
		delete(other, l.name)
		found = append(found, compareColumns(l, p)...)
		found = append(found, compareKeys(l, p)...)
	}
	for name := range other {
		found = append(found, name+": postgres has the table, sqlite has not")
	}
	return found
}

func compareColumns(l, p table) (found []string) {
	names := func(t table) (list []string) {
		for _, c := range t.columns {
			list = append(list, c.name)
		}
		return list
	}
	if ln, pn := names(l), names(p); !slices.Equal(ln, pn) {
		return []string{fmt.Sprintf("%s: the columns differ: sqlite (%s), postgres (%s)", l.name, strings.Join(ln, ", "), strings.Join(pn, ", "))}
	}
	for i, lc := range l.columns {
		pc, name := p.columns[i], l.name+"."+lc.name
		if lk, pk := sqliteKinds[lc.kind], postgresKinds[pc.kind]; lk != "" && pk != "" && lk != pk {
			found = append(found, fmt.Sprintf("%s: sqlite has it as %s, postgres as %s", name, lc.kind, pc.kind))
		}
		if lc.notNull != pc.notNull {
			found = append(found, fmt.Sprintf("%s: NOT NULL on one engine alone (sqlite %t, postgres %t)", name, lc.notNull, pc.notNull))
		}
		if lc.hasDefault != pc.hasDefault {
			found = append(found, fmt.Sprintf("%s: a DEFAULT on one engine alone (sqlite %t, postgres %t)", name, lc.hasDefault, pc.hasDefault))
		}
	}
	return found
}

func compareKeys(l, p table) (found []string) {
	texts := func(t table) (list []string) {
		for _, k := range t.keys {
			list = append(list, k.String())
		}
		return list
	}
	lk, pk := texts(l), texts(p)
	for _, k := range lk {
		if !slices.Contains(pk, k) {
			found = append(found, fmt.Sprintf("%s: sqlite alone has the %s", l.name, k))
		}
	}
	for _, k := range pk {
		if !slices.Contains(lk, k) {
			found = append(found, fmt.Sprintf("%s: postgres alone has the %s", l.name, k))
		}
	}
	return found
}
