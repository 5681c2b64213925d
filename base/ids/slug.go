package ids

// maxSlug is how long a slug may be, in characters.
const maxSlug = 60

// reserved are the second segments of an address that belong to the installation, and so to no organisation.
var reserved = map[string]bool{
	"my": true, "staff": true, "admin": true, "kiosk": true, "display": true, "api": true, "assets": true, "healthz": true, "readyz": true,
	"metrics": true, "dev": true, "setup": true, "t": true,
}

// ValidSlug reports whether s is 1 to 60 lower-case letters a to z, digits and hyphens, with a hyphen at neither end.
func ValidSlug(s string) bool {
	if s == "" || len(s) > maxSlug || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// ReservedOrg reports whether a slug is a segment of the installation's own addresses, and so cannot name an organisation.
func ReservedOrg(slug string) bool { return reserved[slug] }
