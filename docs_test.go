package luukku

import (
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
)

var update = flag.Bool("update", false, "write the documents that are made from the code")

const policiesFile = "docs/policies.md"

func TestPoliciesDocumentIsCurrent(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatalf("load texts: %v", err)
	}
	want := policies(texts.Printer(i18n.Reference))
	if *update {
		if err := os.WriteFile(policiesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(policiesFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the table of policy fields says; write it anew with: go test . -run Policies -update", policiesFile)
	}
}

// policies makes docs/policies.md from the table of policy fields and their texts.
func policies(p *i18n.Printer) string {
	var b strings.Builder
	b.WriteString(`# Policies

Every rule of booking that an organisation may set is a policy field. This page is made from the table of fields (catalog.Fields) and their texts; after a
change, write it anew with ` + "`go test . -run Policies -update`" + `.

A field can be set at four levels. The nearest one that sets it wins; what nobody set is the product's default:

1. the installation: ` + "`[installation] policy = { ... }`" + `
2. the organisation: ` + "`[organisations.<org>] policy = { ... }`" + `
3. a service: ` + "`[organisations.<org>.services.<service>] policy = { ... }`" + `
4. a service at one office: ` + "`[organisations.<org>.offices.<office>.policy] <service> = { ... }`" + `

Periods are written as 15m, 2h, 60d, or a sum such as 1h30m. Every deadline is a whole second and inclusive: what is allowed until 24 hours before is
allowed in the very second 24 hours before. An appointment keeps the policy that it was made, or last moved, under; a change reaches appointments that
exist only when it is applied with ` + "`luukku blueprint apply --existing`" + `.

| field | what it says | default | least | most | step |
|---|---|---|---|---|---|
`)
	for _, f := range catalog.Fields {
		low, high, step := f.Format(f.Min), f.Format(f.Max), f.Format(f.Step)
		if f.Kind == catalog.KindSwitch {
			low, high, step = "", "", ""
		}
		fmt.Fprintf(&b, "| `%s` | **%s.** %s | %s | %s | %s | %s |\n", f.Name, p.T("policy."+f.Name+".label"), p.T("policy."+f.Name+".help"),
			f.Format(f.Value(catalog.Product)), low, high, step)
	}
	return b.String()
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)

// TestLinksBetweenDocumentsLeadSomewhere keeps the documents from pointing at files that are gone.
func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	files := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) < 15 {
		t.Fatalf("got %d documents, want all of them", len(files))
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, found := range link.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(found[1], ":") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), found[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, found[1])
			}
		}
	}
}

var tomlBlock = regexp.MustCompile("(?s)```toml\n(.*?)```")

// TestBlueprintExampleCanBeApplied reads the example of docs/blueprints.md as the server would.
func TestBlueprintExampleCanBeApplied(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("docs/blueprints.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := tomlBlock.FindAllStringSubmatch(string(b), -1)
	if len(blocks) != 6 {
		t.Fatalf("got %d blocks of TOML, want the file, the unit, the policies of notices, a wording, the pages of the mailbox and a ready text", len(blocks))
	}
	pages, problems := blueprint.Parse([]byte("format = 1\n" + blocks[4][1]))
	for _, p := range problems {
		t.Errorf("pages of the mailbox: %s", p)
	}
	if in := pages.Installation; in == nil || len(in.Questions) != 1 || len(in.Pages.Support) != 1 || len(in.Matters) != 1 {
		t.Errorf("pages of the mailbox: got %+v", in)
	}
	file, unit := blocks[0][1], blocks[1][1]
	told := regexp.MustCompile(`(?m)^policy = \{ horizon.*$`).ReplaceAllString(file, "") + blocks[2][1] + blocks[3][1] + blocks[5][1]
	plain := regexp.MustCompile(`(?m)^units = .*$`).ReplaceAllString(file, "")
	for name, text := range map[string]string{"with units by name": file, "with a unit as a table": plain + unit, "with notices": told} {
		doc, problems := blueprint.Parse([]byte(text))
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
		if o, ok := doc.Organisation("specimen"); !ok || len(o.Offices) != 1 || len(o.Offices[0].Units) == 0 || len(o.Services) != 1 {
			t.Errorf("%s: got %+v, want the organisation with its office, units and service", name, o)
		}
	}
}

const dependenciesFile = "docs/decisions/0007-dependencies.md"

// TestDependenciesHaveTheirReasons holds the imports of the whole module, its tests among them, against the page that gives each its reason.
func TestDependenciesHaveTheirReasons(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(dependenciesFile)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{} // and whether it is imported
	for _, found := range regexp.MustCompile("`([a-z0-9.]+\\.[a-z]+/[^` ]+)`").FindAllStringSubmatch(string(b), -1) {
		listed[found[1]] = false
	}
	for _, imported := range allImports(t) {
		known := false
		for module := range listed {
			if imported == module || strings.HasPrefix(imported, module+"/") {
				listed[module], known = true, true
			}
		}
		if !known {
			t.Errorf("%s is imported and has no reason in %s", imported, dependenciesFile)
		}
	}
	for _, module := range slices.Sorted(maps.Keys(listed)) {
		if !listed[module] {
			t.Errorf("%s gives a reason for %s, which is not imported", dependenciesFile, module)
		}
	}
}

// allImports are the import paths of other people's packages.
func allImports(t *testing.T) []string {
	t.Helper()
	all := map[string]bool{}
	fsys := os.DirFS(".")
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && foreign(fsys, name):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			if first, _, _ := strings.Cut(unquote(i.Path), "/"); strings.Contains(first, ".") {
				all[unquote(i.Path)] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(all))
}

// bold is what a document says that a page says.
var bold = regexp.MustCompile(`\*\*([^*]+)\*\*`)

func TestTutorialNamesWhatThePagesSay(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatalf("load texts: %v", err)
	}
	p, said := texts.Printer(i18n.Reference), map[string]bool{}
	for _, key := range texts.Keys() {
		said[p.T(key)] = true
	}
	doc, err := os.ReadFile("docs/tutorial-town-hall.md")
	if err != nil {
		t.Fatal(err)
	}
	found := bold.FindAllStringSubmatch(string(doc), -1)
	if len(found) < 30 {
		t.Fatalf("got %d names, want those of the whole tutorial", len(found))
	}
	for _, f := range found {
		name, _, _ := strings.Cut(strings.Join(strings.Fields(f[1]), " "), " – ") // the page with the organisation
		if !said[name] {
			t.Errorf("docs/tutorial-town-hall.md names %q, which no page says", name)
		}
	}
}
