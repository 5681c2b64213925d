package ui

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// proseBlock is a paragraph with its lines, a list with its items, or one item of a numbered list with its lines.
type proseBlock struct {
	list   bool
	number int // of the item; 0 is none
	lines  [][]proseSpan
}

// proseSpan is a run of words, or a link when it has an address.
type proseSpan struct{ text, href string }

// parseProse reads what an administrator types in a plain text field: an empty line ends a paragraph, a line that begins with "- " is an item of a
// list, a line that begins with "1. " (and then "2. " and so on) one of a numbered list, and [words](address), a bare https:// address and an email
// address become links. Nothing else means anything, and no HTML gets through.
func parseProse(text string) []proseBlock {
	var blocks []proseBlock
	open, last := false, 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			open = false
			continue
		}
		if n, item, ok := numbered(line); ok && (n == 1 || n == last+1) {
			blocks = append(blocks, proseBlock{number: n, lines: [][]proseSpan{parseSpans(item)}})
			open, last = true, n
			continue
		}
		item, list := strings.CutPrefix(line, "- ")
		if !open || blocks[len(blocks)-1].list != list {
			blocks = append(blocks, proseBlock{list: list})
			open = true
		}
		b := &blocks[len(blocks)-1]
		b.lines = append(b.lines, parseSpans(item))
	}
	return blocks
}

// numbered reads the beginning "1. " of a line.
func numbered(line string) (n int, rest string, ok bool) {
	digits, rest, found := strings.Cut(line, ". ")
	n, err := strconv.Atoi(digits)
	return n, rest, found && err == nil && len(digits) < 3 && n > 0 && strings.TrimSpace(rest) != ""
}

// steps puts the items of a numbered list that follow each other into one list; everything else stands alone.
func steps(blocks []proseBlock) [][]proseBlock {
	var out [][]proseBlock
	for _, b := range blocks {
		if n := len(out); n > 0 && b.number > 1 && out[n-1][0].number > 0 {
			out[n-1] = append(out[n-1], b)
		} else {
			out = append(out, []proseBlock{b})
		}
	}
	return out
}

var linkRE = regexp.MustCompile(`\[([^\[\]]+)\]\(([^\s()]+)\)|https?://[^\s<>()\[\]"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)

func parseSpans(line string) []proseSpan {
	var spans []proseSpan
	words := func(s string) {
		if s != "" {
			spans = append(spans, proseSpan{text: s})
		}
	}
	for {
		m := linkRE.FindStringSubmatchIndex(line)
		if m == nil {
			words(line)
			return spans
		}
		found := line[m[0]:m[1]]
		text, href := found, found
		switch {
		case m[2] >= 0:
			text, href = line[m[2]:m[3]], line[m[4]:m[5]]
		case strings.HasPrefix(found, "http"):
			text = strings.TrimRight(found, ".,;:!?")
			href = text
		default:
			href = "mailto:" + found
		}
		words(line[:m[0]])
		if safeHref(href) {
			spans = append(spans, proseSpan{text: text, href: href})
		} else {
			spans = append(spans, proseSpan{text: text})
		}
		if m[2] < 0 {
			line = line[m[0]+len(text):]
		} else {
			line = line[m[1]:]
		}
	}
}

// safeHref allows addresses that lead to a page, a mail program or a phone.
func safeHref(href string) bool {
	u, err := url.Parse(href)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "https", "http":
		return u.Host != ""
	case "mailto", "tel":
		return u.Opaque != ""
	case "":
		return strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.HasPrefix(href, `/\`)
	}
	return false
}
