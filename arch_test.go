package luukku

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// The floors of the house, from the ground up. A package imports only what stands on a lower row: lower floors, and on its own floor the rows above it
// here. Packages of one row never import each other. A package that is on no row fails the test, and so does a row's name without its package.
var floors = []struct {
	floor    int
	packages string // folders of the module; * stands for one name
}{
	{0, "."}, // the map

	{0, "base/admit base/clock base/drawing base/fault base/i18n base/ical base/limit base/live base/planted faults/report"},
	{0, "base/ids base/natid base/pdf base/sheet base/trap"},
	{0, "base/pdf/pdftest"},
	{0, "base/seal base/task"},
	{0, "base/config base/task/tasktest"},

	{1, "domain/actor"},
	{1, "domain/audit"},
	{1, "domain/org"},
	{1, "domain/catalog domain/directory"},
	{1, "domain/notify"},
	{1, "domain/care domain/consent domain/file domain/folder domain/form domain/guide domain/identity domain/waiting"},
	{1, "domain/access domain/erasure domain/staff"},

	{2, "domain/booking domain/blueprint domain/course domain/queue domain/worklist"},
	{2, "domain/mailbox"},
	{2, "domain/texting"},
	{2, "domain/conversation domain/eservice domain/feedback"},
	{2, "domain/dossier"},

	{3, "domain/hours blueprints store/sqldb store/migrations web/ui/theme"},
	{3, "store/db store/pgserver store/schemalint web/ui"},
	{3, "store/pgtest"},

	{4, "store web"},
	{4, "web/parts"},
	{4, "web/formview"},

	{5, "api gateway/* jobs store/storetest web/webtest web/admin web/citizen web/course web/demoeid web/desk web/dev web/display web/eservice web/feedback web/inbox web/mailbox web/my web/portal web/sent web/staff web/lobby"},
	{5, "gateway/eid/eidtest gateway/sms/* gateway/printer/printertest web/kiosk"},
	{5, "gateway/sms/kannel/kanneltest"},
	{6, "web/gallery"},
	{7, "app"},

	{8, "demo bench"},
	{8, "e2e e2e/*"},
	{8, "faults/*"},
	{9, "cmd/luukku"},
}

// forTests are packages that only tests import, and each other. The machine's clock, chance and environment are theirs to use as they are the tests'.
const forTests = "base/pdf/pdftest web/webtest base/task/tasktest gateway/eid/eidtest gateway/mailtest gateway/smstest gateway/printer/printertest gateway/sms/kannel/kanneltest store/pgtest store/storetest e2e e2e/* faults/*"

// guarded says who may import what. A path stands for what is below it, too.
var guarded = []struct {
	imports string
	by      string // folders; a leading - takes one out again
	why     string
}{
	{"database/sql", "store store/*", "all SQL is the store's"},
	{"modernc.org/sqlite", "store/sqldb", "engines are known to store/sqldb alone"},
	{"github.com/jackc/pgx", "store/sqldb", "engines are known to store/sqldb alone"},
	{"github.com/pressly/goose", "store/sqldb", "engines are known to store/sqldb alone"},
	{"net/http", "web web/* -web/ui api gateway/* gateway/sms/* app demo bench e2e e2e/* faults/* cmd/*", "rooms, jobs and the store know no HTTP"},
	{"crypto/rand", "app store/pgserver cmd/*", "chance is given by app, not taken"},
	{"math/rand", "", "chance is given by app, not taken"},
}

// taken are the functions that take from the machine what app and the commands give.
var taken = []struct {
	pkg   string
	names string
	by    string
	why   string
}{
	{"time", "Now Since Until", "app base/clock bench cmd/*", "time is given by app, not taken"},
	{"os", "Getenv LookupEnv Environ ExpandEnv", "app store/pgserver base/planted cmd/*", "the environment is read by the commands alone"},
}

func TestArrows(t *testing.T) {
	t.Parallel()
	report(t, checkFloors(house(t), true))
}

func TestGuardedImportsAndCalls(t *testing.T) {
	t.Parallel()
	report(t, checkGuarded(house(t)))
}

func report(t *testing.T, found []string) {
	t.Helper()
	for _, f := range found {
		t.Error(f)
	}
}

// house reads the module as it stands.
func house(t *testing.T) *module {
	t.Helper()
	m, err := readModule(os.DirFS("."))
	if err != nil {
		t.Fatalf("read the module: %v", err)
	}
	if len(m.packages) < 20 {
		t.Fatalf("got %d packages, want the whole house", len(m.packages))
	}
	return m
}

// place is where a package stands.
type place struct{ floor, row int }

// placeOf returns the place of a folder; ok is false when it has none. A name wins over a pattern.
func placeOf(folder string) (p place, ok bool) {
	for row, f := range floors {
		for _, name := range strings.Fields(f.packages) {
			if name == folder {
				return place{f.floor, row}, true
			}
			if matched, _ := path.Match(name, folder); matched {
				p, ok = place{f.floor, row}, true
			}
		}
	}
	return p, ok
}

// checkFloors holds every import of ours against the floors. With whole set, it says too which rows name packages that are not there.
func checkFloors(m *module, whole bool) (found []string) {
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		p := m.packages[folder]
		at, ok := placeOf(folder)
		if !ok {
			found = append(found, p.name()+" is on no floor: give it one in arch_test.go")
			continue
		}
		for _, imported := range p.imports() {
			other, ours := strings.CutPrefix(imported, modulePath+"/")
			if !ours {
				continue
			}
			to, ok := placeOf(other)
			switch {
			case !ok:
				continue // said of the package itself
			case to.row >= at.row:
				found = append(found, fmt.Sprintf("%s (floor %d) imports %s (floor %d)", p.name(), at.floor, imported, to.floor))
			case among(other, forTests) && !among(folder, forTests):
				found = append(found, fmt.Sprintf("%s imports %s, which is for tests", p.name(), imported))
			}
		}
	}
	if !whole {
		return found
	}
	for _, f := range floors {
		for _, name := range strings.Fields(f.packages) {
			if _, ok := m.packages[name]; !ok && !strings.Contains(name, "*") {
				found = append(found, fmt.Sprintf("floor %d names %s, which is not there", f.floor, name))
			}
		}
	}
	return found
}

// among reports whether a folder is one of a list of names and patterns.
func among(folder, list string) bool {
	in := false
	for _, name := range strings.Fields(list) {
		out, no := strings.CutPrefix(name, "-")
		if matched, _ := path.Match(out, folder); matched {
			in = !no
		}
	}
	return in
}

// checkGuarded finds imports and calls that are not everybody's.
func checkGuarded(m *module) (found []string) {
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		p := m.packages[folder]
		for _, g := range guarded {
			if among(folder, g.by) || among(folder, forTests) {
				continue
			}
			for _, imported := range p.imports() {
				if imported == g.imports || strings.HasPrefix(imported, g.imports+"/") {
					found = append(found, fmt.Sprintf("%s imports %s: %s", p.name(), imported, g.why))
				}
			}
		}
		for _, c := range taken {
			if among(folder, c.by) || among(folder, forTests) {
				continue
			}
			for _, s := range p.sources {
				found = append(found, takenIn(m, p, s, c.pkg, c.names, c.why)...)
			}
		}
	}
	return found
}

// takenIn finds the uses of some functions of a package in a file, called or handed on.
func takenIn(m *module, p *pkg, s source, from, names, why string) (found []string) {
	local := s.localName(from)
	if local == "" {
		return nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && slices.Contains(strings.Fields(names), sel.Sel.Name) {
			found = append(found, fmt.Sprintf("%s takes %s.%s (%s): %s", p.name(), from, sel.Sel.Name, m.at(sel.Pos()), why))
		}
		return true
	})
	return found
}
