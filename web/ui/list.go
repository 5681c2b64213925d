package ui

import (
	"strings"

	"github.com/a-h/templ"
)

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

func (t TableData) head(i int) string {
	if i < len(t.Head) {
		return t.Head[i]
	}
	return ""
}

// number reports whether the column's cells are numbers, as the first row has them.
func (t TableData) number(i int) bool {
	return len(t.Rows) > 0 && i < len(t.Rows[0]) && t.Rows[0][i].Number
}

// capital marks a fact that begins a line of its own.
func capital(yes bool) templ.Attributes {
	if !yes {
		return nil
	}
	return templ.Attributes{"data-capital": true}
}
