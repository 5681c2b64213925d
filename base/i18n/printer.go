package i18n

import (
	"fmt"
	"strconv"
	"time"
)

// Printer puts texts, dates and numbers into one language. It is safe for concurrent use.
type Printer struct {
	lang    Lang
	plurals *plurals
	entries map[string]*entry
	locale  *locale
	all     map[Lang]*Printer
}

// Key is an argument of a text that is itself a text's key, such as the name of a field.
type Key string

// Lang returns the language the printer speaks.
func (p *Printer) Lang() Lang { return p.lang }

// In returns the printer of another language, for what is said in several at once; its own for one that is unknown.
func (p *Printer) In(lang Lang) *Printer {
	if other, ok := p.all[lang]; ok {
		return other
	}
	return p
}

// Has reports whether the language has a text for the key.
func (p *Printer) Has(key string) bool {
	_, ok := p.entries[key]
	return ok
}

// T returns the text for the key. The arguments are names and values by turns: T("move.done", "time", t). A missing text is its key in ⟦brackets⟧,
// a missing argument its name.
//
// A value may be a string, an int (written without separators, as a year is), a Text (read in this language), a Key, a time.Time (written as At does),
// a time.Duration (as Duration does) or anything that fmt can print. A text with plural forms takes the form that the argument n asks for.
func (p *Printer) T(key string, args ...any) string {
	e, ok := p.entries[key]
	if !ok {
		return bracketed(key)
	}
	if len(args) == 0 && e.forms[catOther].parts == nil {
		return e.forms[catOther].raw
	}
	return p.pairs(e, args)
}

func (p *Printer) pairs(e *entry, args []any) string {
	find := func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1], true
			}
		}
		return nil, false
	}
	return p.form(e, find).fill(p.values(find))
}

// TA is T with the arguments in a map, as a fault carries them.
func (p *Printer) TA(key string, args map[string]any) string {
	e, ok := p.entries[key]
	if !ok {
		return bracketed(key)
	}
	find := func(name string) (any, bool) {
		v, ok := args[name]
		return v, ok
	}
	return p.form(e, find).fill(p.values(find))
}

// N returns the form of the text that n takes. The text finds n as {{.n}}, written as Number does, and the other arguments as T has them.
func (p *Printer) N(key string, n int, args ...any) string {
	e, ok := p.entries[key]
	if !ok {
		return bracketed(key)
	}
	value := p.values(func(name string) (any, bool) {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				return args[i+1], true
			}
		}
		return nil, false
	})
	return p.count(e, n).fill(func(name string) string {
		if name == "n" {
			return p.Number(n)
		}
		return value(name)
	})
}

// form returns the wording for the argument n, if there is one and it matters.
func (p *Printer) form(e *entry, find func(string) (any, bool)) *message {
	if e.plural {
		if v, ok := find("n"); ok {
			if n, ok := v.(int); ok {
				return p.count(e, n)
			}
		}
	}
	return e.forms[catOther]
}

func (p *Printer) count(e *entry, n int) *message {
	if e.plural {
		if m := e.forms[p.plurals.of(n)]; m != nil {
			return m
		}
	}
	return e.forms[catOther]
}

func (p *Printer) values(find func(string) (any, bool)) func(string) string {
	return func(name string) string {
		v, ok := find(name)
		if !ok {
			return bracketed(name)
		}
		return p.value(v)
	}
}

func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case Text:
		return v.In(p.lang)
	case Key:
		return p.T(string(v))
	case time.Time:
		return p.At(v)
	case time.Duration:
		return p.Duration(v)
	default:
		return fmt.Sprint(v)
	}
}

// bracketed marks what is missing so that neither tests nor people overlook it.
func bracketed(key string) string { return "⟦" + key + "⟧" }
