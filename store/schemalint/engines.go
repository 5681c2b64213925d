package schemalint

import (
	"context"
	"slices"
	"strings"

	"luukku/store/sqldb"
)

// each runs a query and calls scan for each row, with the row's own Scan.
func each(ctx context.Context, read sqldb.DBTX, query string, args []any, scan func(scan func(...any) error) error) error {
	rows, err := read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sqliteTables reads the tables of a SQLite database.
func sqliteTables(ctx context.Context, read sqldb.DBTX) ([]table, error) {
	var tables []table
	err := each(ctx, read, `SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`,
		nil, func(scan func(...any) error) error {
			var t table
			if err := scan(&t.name, &t.strict); err != nil {
				return err
			}
			tables = append(tables, t)
			return nil
		})
	if err != nil {
		return nil, err
	}
	for i := range tables {
		if err := sqliteColumns(ctx, read, &tables[i]); err != nil {
			return nil, err
		}
		if err := sqliteIndexes(ctx, read, &tables[i]); err != nil {
			return nil, err
		}
		if err := sqliteForeignKeys(ctx, read, &tables[i]); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func sqliteColumns(ctx context.Context, read sqldb.DBTX, t *table) error {
	inKey := map[int]string{} // a primary key's columns by their place in it
	err := each(ctx, read, `SELECT name, type, "notnull", dflt_value IS NOT NULL, pk FROM pragma_table_xinfo($1) ORDER BY cid`, []any{t.name},
		func(scan func(...any) error) error {
			var c column
			var place int
			if err := scan(&c.name, &c.kind, &c.notNull, &c.hasDefault, &place); err != nil {
				return err
			}
			if place > 0 {
				inKey[place] = c.name
				c.notNull = c.notNull || t.strict // a STRICT table's primary key takes no NULL, said or not
			}
			t.columns = append(t.columns, c)
			return nil
		})
	if err != nil || len(inKey) == 0 {
		return err
	}
	k := key{sort: "primary key"}
	for place := 1; place <= len(inKey); place++ {
		k.columns = append(k.columns, inKey[place])
	}
	t.keys = append(t.keys, k)
	return nil
}

func sqliteIndexes(ctx context.Context, read sqldb.DBTX, t *table) error {
	return each(ctx, read, `SELECT l."unique", (SELECT group_concat(coalesce(i.name, '(expression)'), ',' ORDER BY i.seqno) FROM pragma_index_info(l.name) i)
			FROM pragma_index_list($1) l WHERE l.origin <> 'pk'`, []any{t.name},
		func(scan func(...any) error) error {
			k := key{sort: "index"}
			var unique bool
			var columns string
			if err := scan(&unique, &columns); err != nil {
				return err
			}
			if unique {
				k.sort = "unique key"
			}
			k.columns = strings.Split(columns, ",")
			t.keys = append(t.keys, k)
			return nil
		})
}

func sqliteForeignKeys(ctx context.Context, read sqldb.DBTX, t *table) error {
	last := -1
	return each(ctx, read, `SELECT id, "table", "from", coalesce("to", '') FROM pragma_foreign_key_list($1) ORDER BY id, seq`, []any{t.name},
		func(scan func(...any) error) error {
			var id int
			var target, from, to string
			if err := scan(&id, &target, &from, &to); err != nil {
				return err
			}
			if id != last {
				t.keys = append(t.keys, key{sort: "foreign key", target: target})
				last = id
			}
			k := &t.keys[len(t.keys)-1]
			k.columns, k.targets = append(k.columns, from), append(k.targets, to)
			return nil
		})
}

// postgresTables reads the tables of the current schema of a PostgreSQL database.
func postgresTables(ctx context.Context, read sqldb.DBTX) ([]table, error) {
	var tables []table
	at := func(name string) *table {
		i := slices.IndexFunc(tables, func(t table) bool { return t.name == name })
		if i < 0 {
			tables = append(tables, table{name: name})
			i = len(tables) - 1
		}
		return &tables[i]
	}
	err := each(ctx, read, `SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef
			FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
			WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
			ORDER BY t.relname, a.attnum`, nil,
		func(scan func(...any) error) error {
			var name string
			var c column
			if err := scan(&name, &c.name, &c.kind, &c.notNull, &c.hasDefault); err != nil {
				return err
			}
			t := at(name)
			t.columns = append(t.columns, c)
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = each(ctx, read, `SELECT t.relname, CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique key' ELSE 'index' END,
				(SELECT string_agg(coalesce(a.attname, '(expression)'), ',' ORDER BY k.place)
				FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place)
				LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum WHERE k.place <= i.indnkeyatts)
			FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
			WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p')`, nil,
		func(scan func(...any) error) error {
			var name, columns string
			var k key
			if err := scan(&name, &k.sort, &columns); err != nil {
				return err
			}
			k.columns = strings.Split(columns, ",")
			t := at(name)
			t.keys = append(t.keys, k)
			return nil
		})
	if err != nil {
		return nil, err
	}
	const named = `(SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(%) WITH ORDINALITY k (attnum, place)
				JOIN pg_attribute a ON a.attrelid = @ AND a.attnum = k.attnum)`
	return tables, each(ctx, read, `SELECT t.relname, f.relname,
				`+strings.NewReplacer("%", "c.conkey", "@", "c.conrelid").Replace(named)+`,
				`+strings.NewReplacer("%", "c.confkey", "@", "c.confrelid").Replace(named)+`
			FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
			WHERE c.contype = 'f' AND t.relnamespace = current_schema()::regnamespace`, nil,
		func(scan func(...any) error) error {
			k := key{sort: "foreign key"}
			var name, columns, targets string
			if err := scan(&name, &k.target, &columns, &targets); err != nil {
				return err
			}
			k.columns, k.targets = strings.Split(columns, ","), strings.Split(targets, ",")
			t := at(name)
			t.keys = append(t.keys, k)
			return nil
		})
}
