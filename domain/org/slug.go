package org

// maxSlug keeps slugs readable in a URL, in bytes.
const maxSlug = 60

// validSlug reports whether s is lower case letters a-z, digits and single hyphens between them.
func validSlug(s string) bool {
	if s == "" || len(s) > maxSlug {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '-' && i > 0 && i < len(s)-1 && s[i-1] != '-':
		default:
			return false
		}
	}
	return true
}
