package ids

// MaxSlug is how long a slug may be, in characters.
const MaxSlug = 60

// reserved are the first segments of an address, after the language where there is one, that belong to the installation, and so to no organisation.
var reserved = map[string]bool{
	"admin": true, "api": true, "assets": true, "demo-eid": true, "dev": true, "display": true, "eid": true, "gallery": true, "healthz": true,
	"installation": true, "kiosk": true, "look": true, "mailbox": true, "metrics": true, "my": true, "outbox": true, "readyz": true, "robots": true, "setup": true, "sign-in": true, "sitemap": true,
	"staff": true, "t": true,
}

// ValidSlug reports whether s is 1 to 60 lower-case letters a to z, digits and single hyphens between them.
func ValidSlug(s string) bool {
	if s == "" || len(s) > MaxSlug {
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

// ReservedOrg reports whether a slug is a segment of the installation's own addresses, and so cannot name an organisation. Language codes are kept too:
// see org.Reserved.
func ReservedOrg(slug string) bool { return reserved[slug] }
