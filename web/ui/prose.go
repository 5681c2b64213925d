package ui

import (
	"net/url"
	"regexp"
	"strings"
)

// proseBlock is a paragraph with its lines, or a list with its items.
type proseBlock struct {
	list  bool
	lines [][]proseSpan
}

// proseSpan is a run of words, or a link when it has an address.
type proseSpan struct{ text, href string }

// parseProse reads what an administrator types in a plain text field: an empty line ends a paragraph, a line that begins with "- " is an item of a
// list, and [words](address), a bare https:// address and an email address become links. Nothing else means anything, and no HTML gets through.
func parseProse(text string) []proseBlock {
	var blocks []proseBlock
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			open = false
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
