package jobs

import (
	"strings"

	"luukku/base/i18n"
)

// plain is the letter as text alone: every fact on a line, every link on a line of its own, nothing that only a picture of it would tell.
func plain(p *i18n.Printer, l letter) string {
	var b strings.Builder
	paragraph := func(lines ...string) {
		b.WriteString(strings.Join(lines, "\n") + "\n\n")
	}
	paragraph(l.Heading)
	for _, line := range paragraphs(l.Lead) {
		paragraph(line)
	}
	rows := make([]string, len(l.Rows))
	for i, r := range l.Rows {
		lines := make([]string, len(r.Lines))
		for j, line := range r.Lines {
			lines[j] = line.Text
		}
		rows[i] = p.T("mail.row", "key", r.Key, "value", strings.Join(lines, "\n  "))
	}
	paragraph(rows...)
	for _, s := range l.Sections {
		lines := []string{s.Title}
		for _, item := range s.List {
			lines = append(lines, "- "+item.Text)
		}
		lines = append(lines, s.Text...)
		paragraph(lines...)
		if s.Link.Href != "" {
			paragraph(p.T("mail.link", "text", s.Link.Text), s.Link.Href)
		}
	}
	paragraph(append([]string{"--"}, l.Foot...)...)
	return strings.TrimRight(b.String(), "\n") + "\n"
}
