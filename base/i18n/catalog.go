package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

//go:embed locales
var embedded embed.FS

// Catalog holds the texts of all languages. It does not change after loading, and is safe for concurrent use.
type Catalog struct {
	printers map[Lang]*Printer
	keys     []string
}

// Load reads the texts that were built in. It fails on a file that cannot be read, a placeholder that is none, a folder without a row in the table
// of languages and a row without a folder. Missing texts do not stop it: they are what Check returns. They are read once, and the same for all.
func Load() (*Catalog, error) { return builtIn() }

var builtIn = sync.OnceValues(func() (*Catalog, error) {
	sub, err := fs.Sub(embedded, "locales")
	if err != nil {
		return nil, fmt.Errorf("open built-in texts: %w", err)
	}
	return load(sub)
})

// MustLoad is Load for programs that cannot speak without it; it panics when the built-in texts cannot be read, which tests rule out.
func MustLoad() *Catalog {
	c, err := Load()
	if err != nil {
		panic(err)
	}
	return c
}

// Printer returns the printer of the language, or of the default one when the language is unknown. It costs a look-up.
func (c *Catalog) Printer(lang Lang) *Printer {
	if p, ok := c.printers[lang]; ok {
		return p
	}
	return c.printers[Default]
}

// Keys returns every key that any language has, sorted.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

func load(fsys fs.FS) (*Catalog, error) {
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("list languages: %w", err)
	}
	for _, f := range folders {
		if _, ok := Lookup(f.Name()); !ok {
			return nil, fmt.Errorf("locales/%s: no such language in the table", f.Name())
		}
	}
	c := &Catalog{printers: make(map[Lang]*Printer, len(languages))}
	all := map[string]bool{}
	for _, l := range languages {
		p, err := loadLanguage(fsys, l)
		if err != nil {
			return nil, err
		}
		p.all = c.printers
		c.printers[l.Code] = p
		for k := range p.entries {
			all[k] = true
		}
	}
	c.keys = slices.Sorted(maps.Keys(all))
	return c, nil
}

func loadLanguage(fsys fs.FS, l Language) (*Printer, error) {
	rules, err := newPlurals(l.Tag)
	if err != nil {
		return nil, err
	}
	p := &Printer{lang: l.Code, plurals: rules, entries: map[string]*entry{}}
	files, err := fs.ReadDir(fsys, string(l.Code))
	if err != nil {
		return nil, fmt.Errorf("list texts of %s: %w", l.Code, err)
	}
	for _, f := range files {
		stem, ok := strings.CutSuffix(f.Name(), ".toml")
		if !ok {
			continue
		}
		name := path.Join(string(l.Code), f.Name())
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read locales/%s: %w", name, err)
		}
		if stem == localeStem {
			if p.locale, err = newLocale(data); err != nil {
				return nil, fmt.Errorf("locales/%s: %w", name, err)
			}
			continue
		}
		var tree map[string]any
		if err := toml.Unmarshal(data, &tree); err != nil {
			return nil, fmt.Errorf("locales/%s: %w", name, positioned(err))
		}
		if err := p.add(stem, stem, tree); err != nil {
			return nil, fmt.Errorf("locales/%s: %w", name, err)
		}
	}
	if p.locale == nil {
		return nil, fmt.Errorf("locales/%s: %s.toml is missing", l.Code, localeStem)
	}
	return p, nil
}

// positioned adds the line, or the unknown key, to an error of the TOML reader.
func positioned(err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return fmt.Errorf("unknown key %q", strings.Join(strict.Errors[0].Key(), "."))
	}
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := at.Position()
		return fmt.Errorf("line %d, column %d: %w", line, column, err)
	}
	return err
}

// add files a table of texts under its prefix.
func (p *Printer) add(stem, prefix string, tree map[string]any) error {
	for name, v := range tree {
		key := prefix + "." + name
		if !isName(name) {
			return fmt.Errorf("key %q: only letters, digits, _ and - are allowed", key)
		}
		e := &entry{stem: stem}
		switch v := v.(type) {
		case string:
			m, err := newMessage(v)
			if err != nil {
				return fmt.Errorf("key %q: %w", key, err)
			}
			e.forms[catOther] = m
		case map[string]any:
			if !isPlural(v) {
				if err := p.add(stem, key, v); err != nil {
					return err
				}
				continue
			}
			e.plural = true
			if err := e.addForms(v); err != nil {
				return fmt.Errorf("key %q: %w", key, err)
			}
		default:
			return fmt.Errorf("key %q: want a text or a table, got %T", key, v)
		}
		p.entries[key] = e
	}
	return nil
}

// isPlural reports whether a table is the forms of one text: it has "other" and nothing but plural categories. Words that are called "other" in a
// table of further words stay texts of their own.
func isPlural(table map[string]any) bool {
	for name, v := range table {
		_, isCategory := categoryOf(name)
		if _, isText := v.(string); !isCategory || !isText {
			return false
		}
	}
	_, ok := table["other"]
	return ok
}

func (e *entry) addForms(table map[string]any) error {
	for name, v := range table {
		c, _ := categoryOf(name)
		m, err := newMessage(v.(string))
		if err != nil {
			return err
		}
		e.forms[c] = m
	}
	return nil
}
