package store

import (
	"strings"
	"testing"
)

// Each table that has a column which is given to people has a way to find whose its rows are, and no other has one: a table that is added and forgotten is told here.
func TestSubjects(t *testing.T) {
	t.Parallel()
	given := map[string]bool{}
	for column, entry := range Columns() {
		table, _, _ := strings.Cut(column, ".")
		given[table] = given[table] || strings.HasPrefix(entry.Export, "yes")
		if !strings.HasPrefix(entry.Export, "yes") && !strings.HasPrefix(entry.Export, "no: ") {
			t.Errorf("%s: the export says %q, want yes, or no and why", column, entry.Export)
		}
		switch e := entry.Erasure; {
		case e == erasedRow || e == erasedText || e == erasedKey || strings.HasPrefix(e, "kept: ") || strings.HasPrefix(e, "none: "):
		default:
			t.Errorf("%s: erasing says %q", column, e)
		}
	}
	found := map[string]bool{}
	for _, s := range subjects {
		if found[s.table] || !given[s.table] {
			t.Errorf("%s stands twice among the subjects, or nothing of it is given", s.table)
		}
		found[s.table] = true
		if columnsNamed(s.table) == nil {
			t.Errorf("%s is no table", s.table)
		}
	}
	for table, yes := range given {
		if yes && !found[table] {
			t.Errorf("something of %s is given, and nobody knows whose its rows are: add it to subjects", table)
		}
	}
}
