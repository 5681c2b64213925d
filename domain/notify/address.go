package notify

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"

	"luukku/base/fault"
)

// Limits of RFC 5321 in octets; nobody types a longer phone number than maxPhone.
const (
	maxEmail = 254
	maxLocal = 64
	maxPhone = 40
)

// Ellipsis stands for what a masked address leaves out.
const Ellipsis = "…"

// domains turns what a person typed after the @ into the ASCII form that mail servers know, and refuses what no server can be called.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true), idna.Transitional(false))

// invisible is what copying from a page or a letter leaves at the ends of an address.
const invisible = " \t\r\n\u00a0\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

// ParseEmail returns the address as mail servers know it: without blanks around it, its domain in lower case ASCII (IDNA), its local part as typed.
// It refuses display names, quoted local parts, characters outside ASCII before the @ (far more often a slip than an address), address literals,
// domains without a dot except localhost, and more than 254 octets. The error is the fault field.email, which never holds what was typed.
func ParseEmail(s string) (string, error) {
	s = strings.Trim(s, invisible)
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 4*maxEmail || !isLocal(local) {
		return "", badEmail()
	}
	domain, err := domains.ToASCII(domain)
	if err != nil || !isDomain(domain) {
		return "", badEmail()
	}
	// Some names of mixed direction pass only while they are not yet in ASCII.
	if again, err := domains.ToASCII(domain); err != nil || again != domain {
		return "", badEmail()
	}
	email := local + "@" + domain
	if len(email) > maxEmail {
		return "", badEmail()
	}
	return email, nil
}

func badEmail() error { return fault.Invalid("field.email", nil) }

// isLocal reports whether s is a dot-atom of RFC 5322.
func isLocal(s string) bool {
	if s == "" || len(s) > maxLocal || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	return true
}

// isDomain takes what ToASCII returned: letters, digits, hyphens and dots.
func isDomain(s string) bool {
	if s == "localhost" {
		return true
	}
	dot := strings.LastIndexByte(s, '.')
	return dot > 0 && strings.Trim(s[dot+1:], "0123456789") != "" // an ending of digits alone is an IP address
}

// sameCountry maps regions that have a dialling code in common with the country they belong to: who allows Finland allows Åland.
var sameCountry = map[string]string{"AX": "FI", "SJ": "NO"}

// ParsePhone returns the number in E.164 form, such as +358401234567. A number without a country code belongs to defaultRegion ("FI"). allowed lists
// the regions whose numbers are taken; empty means all. The errors are the faults field.phone (not a number that exists) and field.phone_country (one
// that does, elsewhere); neither holds what was typed.
func ParsePhone(s, defaultRegion string, allowed []string) (e164 string, err error) {
	s = strings.Trim(s, invisible)
	if s == "" || len(s) > maxPhone || !isPhone(s) {
		return "", fault.Invalid("field.phone", nil)
	}
	n, perr := phonenumbers.Parse(s, defaultRegion)
	if perr != nil || n.GetExtension() != "" || !phonenumbers.IsValidNumber(n) {
		return "", fault.Invalid("field.phone", nil)
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if len(allowed) > 0 && !slices.Contains(allowed, region) && !slices.Contains(allowed, sameCountry[region]) {
		return "", fault.Invalid("field.phone_country", nil)
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// IsMobile reports whether an E.164 number is one that takes text messages. Where nobody can tell mobile numbers from others, it may be.
func IsMobile(e164 string) bool {
	if !strings.HasPrefix(e164, "+") {
		return false
	}
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return false
	}
	kind := phonenumbers.GetNumberType(n)
	return kind == phonenumbers.MOBILE || kind == phonenumbers.FIXED_LINE_OR_MOBILE
}

// isPhone takes digits and what people put between them. The library also reads letters as keys, extensions and parameters; we do not.
func isPhone(s string) bool {
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0, strings.ContainsRune(" \t\u00a0\u2009\u202f-‐‑‒–.()/", r):
		default:
			return false
		}
	}
	return true
}

// MaskEmail returns the address so that its owner knows it and nobody else learns it: l…@example.org. What is no address becomes an ellipsis.
func MaskEmail(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" {
		return Ellipsis
	}
	_, n := utf8.DecodeRuneInString(local)
	return local[:n] + Ellipsis + "@" + domain
}

// MaskPhone returns an E.164 number so that its owner knows it and nobody else learns it: 040 … 67 in its own country, +46 … 67 abroad. What is no
// number becomes an ellipsis.
func MaskPhone(e164, homeRegion string) string {
	n, err := phonenumbers.Parse(e164, homeRegion)
	if err != nil || len(e164) < 8 {
		return Ellipsis
	}
	tail := " " + Ellipsis + " " + e164[len(e164)-2:]
	region := phonenumbers.GetRegionCodeForNumber(n)
	if region != homeRegion && (region == "" || sameCountry[region] != homeRegion) {
		head, _, _ := strings.Cut(phonenumbers.Format(n, phonenumbers.INTERNATIONAL), " ")
		return head + tail
	}
	head := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phonenumbers.Format(n, phonenumbers.NATIONAL))
	return head[:min(3, len(head))] + tail
}

// ShowPhone writes an E.164 number as people at home write it: 040 1234567 in its own country, +46 70 123 45 67 abroad. What is no number, such as
// something half typed, is returned as it is.
func ShowPhone(e164, homeRegion string) string {
	if !strings.HasPrefix(e164, "+") {
		return e164
	}
	n, err := phonenumbers.Parse(e164, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return e164
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if region == homeRegion || sameCountry[region] == homeRegion {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
