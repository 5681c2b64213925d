package natid

import "regexp"

var companyForm = regexp.MustCompile(`^[0-9]{7}-[0-9]$`)

// LikeFinnishCompany reports whether text has the form of a Finnish business identity code (Y-tunnus): seven digits, a hyphen and one more. Numbers of companies elsewhere have others.
func LikeFinnishCompany(s string) bool { return companyForm.MatchString(s) }

// FinnishCompany reports whether text is a Finnish business identity code: seven digits weighted 7, 9, 10, 5, 8, 4, 2 and a check digit modulo 11, of which a remainder of 1 is never given (Finnish Patent and
// Registration Office).
func FinnishCompany(s string) bool {
	if !LikeFinnishCompany(s) {
		return false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(s[i]-'0')
	}
	rest := sum % 11
	return rest != 1 && (11-rest)%11 == int(s[8]-'0')
}
