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
