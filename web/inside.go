package web

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
)

// maxInside is the longest address to go on to, in bytes.
const maxInside = 2000

// Inside returns an address to go on to when it leads to a page of this site, and false otherwise. It takes what links and forms say (a parameter called next), which
// anybody may have written: only a path as our pages have it, with a language first, perhaps with a query, and with nothing in it that a browser might take for a host.
func Inside(to string) (string, bool) {
	if len(to) > maxInside || !strings.HasPrefix(to, "/") || !utf8.ValidString(to) {
		return "", false
	}
	if strings.ContainsFunc(to, func(r rune) bool { return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return "", false
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Opaque != "" || u.Host != "" || u.User != nil || u.Fragment != "" {
		return "", false
	}
	// What is escaped must not be a slash, a dot or a control character in disguise, and the path is the one that it stands for.
	plain := u.EscapedPath()
	if strings.ContainsFunc(u.Path, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }) || !utf8.ValidString(u.Path) ||
		strings.Contains(strings.ToLower(plain), "%2f") || strings.Contains(u.Path, "//") {
		return "", false
	}
	if clean := path.Clean(u.Path); clean != u.Path && clean+"/" != u.Path {
		return "", false
	}
	lang, _, ok := strings.Cut(strings.TrimPrefix(plain, "/"), "/")
	if _, known := i18n.Lookup(lang); !ok || !known {
		return "", false
	}
	if u.RawQuery != "" {
		plain += "?" + u.RawQuery
	}
	return plain, true
}
