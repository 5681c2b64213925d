// Package sheet reads the tables that people upload, CSV with a line of names first and commas or semicolons between, and does what their lines say.
//
// It promises that each line is told by its number in the file, that one that cannot be read spoils no other, and that faults of the whole file are said in
// words. It does several lines at a time, and each once. What the columns mean is left to who asks.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
)

// Line is one line of a table.
type Line struct {
	N     int // of the file, from 1
	Fault error
	value func(name string) string
}

// Value is what a line has in a column, trimmed; empty when there is no such column.
func (l Line) Value(name string) string {
	if l.value == nil {
		return ""
	}
	return l.value(name)
}

// Read reads a table that must have some columns, and at most so many lines. Empty lines are left out. Faults of the whole file: Invalid "import.empty",
// "import.no_column", "import.too_long", "import.not_text". A line that cannot be read has its fault.
func Read(text string, most int, needed ...string) ([]Line, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) {
		return nil, fault.Invalid("import.not_text", nil)
	}
	if strings.TrimSpace(text) == "" {
		return nil, fault.Invalid("import.empty", nil)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	if head, _, _ := strings.Cut(text, "\n"); strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, fault.Invalid("import.empty", nil)
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range needed {
		if _, ok := at[name]; !ok {
			return nil, fault.Invalid("import.no_column", fault.Args{"column": name})
		}
	}
	var out []Line
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			out = append(out, Line{N: bad.StartLine, Fault: fault.Invalid("import.unreadable", nil)})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read a table: %w", err)
		}
		n, _ := r.FieldPos(0)
		if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			continue
		}
		if len(out) == most {
			return nil, fault.Invalid("import.too_long", fault.Args{"max": most})
		}
		out = append(out, Line{N: n, value: func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}})
	}
	if len(out) == 0 {
		return nil, fault.Invalid("import.empty", nil)
	}
	return out, nil
}

// Quoted is what a line says, as far as it is shown.
func Quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Plain is a text as it stands in a cell that is written: no spreadsheet takes it for a formula.
func Plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
