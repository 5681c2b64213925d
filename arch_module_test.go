package luukku

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// modulePath is what our import paths begin with.
const modulePath = "luukku"

// module is the source of the house, without tests: they may import and take what they like.
type module struct {
	files    *token.FileSet
	packages map[string]*pkg // by folder; "." is the top
	templ    map[string]string
}

// pkg is one package: its folder and its files. One that has nothing but tests has no sources.
type pkg struct {
	folder  string
	sources []source
}

// source is one parsed file.
type source struct {
	path string
	file *ast.File
}

// readModule parses every Go file below a folder and reads every templ file. Other modules, installed packages and hidden folders are not ours.
func readModule(fsys fs.FS) (*module, error) {
	m := &module{files: token.NewFileSet(), packages: map[string]*pkg{}, templ: map[string]string{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name != "." && foreign(fsys, name) {
				return fs.SkipDir
			}
			return nil
		case path.Ext(name) == ".go":
			return m.addGo(fsys, name)
		case path.Ext(name) == ".templ":
			b, err := fs.ReadFile(fsys, name)
			m.templ[name] = string(b)
			return err
		}
		return nil
	})
	return m, err
}

// foreign reports whether a folder is no part of the house's source.
func foreign(fsys fs.FS, name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || slices.Contains([]string{"node_modules", "testdata"}, base) || slices.Contains([]string{"bin", "build", "data"}, name) {
		return true
	}
	_, err := fs.Stat(fsys, path.Join(name, "go.mod"))
	return !errors.Is(err, fs.ErrNotExist)
}

func (m *module) addGo(fsys fs.FS, name string) error {
	folder := path.Dir(name)
	p := m.packages[folder]
	if p == nil {
		p = &pkg{folder: folder}
		m.packages[folder] = p
	}
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	f, err := parser.ParseFile(m.files, filepath.FromSlash(name), b, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	p.sources = append(p.sources, source{name, f})
	return nil
}

// name is the package's import path.
func (p *pkg) name() string { return path.Join(modulePath, p.folder) }

// imports are the import paths of the package, sorted, each once.
func (p *pkg) imports() []string {
	all := map[string]bool{}
	for _, s := range p.sources {
		for _, i := range s.file.Imports {
			all[unquote(i.Path)] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// localName is the name by which a file calls a package of the standard library; empty when it does not import it.
func (s source) localName(imported string) string {
	for _, i := range s.file.Imports {
		if unquote(i.Path) != imported {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(imported)
	}
	return ""
}

// literals calls do with every string literal of a file that is no import path and no tag of a struct.
func (s source) literals(do func(text string, at token.Pos)) {
	tags := map[*ast.BasicLit]bool{}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			tags[n.Tag] = true
		case *ast.BasicLit:
			if n.Kind == token.STRING && !tags[n] {
				do(unquote(n), n.Pos())
			}
		}
		return true
	})
}

// at is a position as people write it: "web/page.go:12".
func (m *module) at(pos token.Pos) string {
	p := m.files.Position(pos)
	return filepath.ToSlash(p.Filename) + ":" + strconv.Itoa(p.Line)
}

// unquote is the text of a literal; the parser has made sure that it is one.
func unquote(l *ast.BasicLit) string {
	s, err := strconv.Unquote(l.Value)
	if err != nil {
		return ""
	}
	return s
}
