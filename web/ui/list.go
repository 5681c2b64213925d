package ui

import "strings"

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
