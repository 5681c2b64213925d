package schemalint

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"luukku/store/sqldb"
)

// CheckPlans asks a migrated SQLite database without any data how it would run every statement of a folder, and returns those that read a whole table, or
// all rows of one organisation, as sentences. SQLite keeps such a plan however much there is later. Whole are the queries that may, with why; one that
// does not is a finding, too.
func CheckPlans(ctx context.Context, db *sqldb.DB, queries fs.FS, whole map[string]string) ([]string, error) {
	all, err := statements(queries)
	if err != nil {
		return nil, err
	}
	var found []string
	unused := maps.Clone(whole)
	for _, s := range all {
		name := queryName.FindStringSubmatch(s.text)
		if name == nil {
			continue
		}
		steps, err := plan(ctx, db, s)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: plan of %s: %w", s.file, s.tokens[0].line, name[1], err)
		}
		wide := slices.IndexFunc(steps, widePlan.MatchString)
		if wide < 0 {
			continue
		}
		if _, ok := whole[name[1]]; !ok {
			found = append(found, fmt.Sprintf("%s:%d: %s reads too much: %s", s.file, s.tokens[0].line, name[1], steps[wide]))
		}
		delete(unused, name[1])
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		found = append(found, fmt.Sprintf("%s is said to read a whole table (%s), and does not", name, unused[name]))
	}
	return found, nil
}

var (
	queryName = regexp.MustCompile(`--\s*name:\s*(\w+)`)
	widePlan  = regexp.MustCompile(`^SCAN|\(org=\?\)$`)
)

// plan returns the steps of a statement's plan.
func plan(ctx context.Context, db *sqldb.DB, s statement) ([]string, error) {
	text := sqlcParam.ReplaceAllString(s.text, "@$1")
	names := namedParam.FindAllString(text, -1)
	slices.Sort(names)
	var args []any
	for _, name := range slices.Compact(names) {
		args = append(args, sql.Named(name[1:], 1)) // the plan is the same for every value
	}
	var steps []string
	err := each(ctx, db.Reader(), "EXPLAIN QUERY PLAN "+text, args, func(scan func(...any) error) error {
		var id, parent, unused int64
		var step string
		if err := scan(&id, &parent, &unused, &step); err != nil {
			return err
		}
		steps = append(steps, step)
		return nil
	})
	return steps, err
}

var namedParam = regexp.MustCompile(`@\w+`)
