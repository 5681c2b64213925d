package sms

import "strings"

// Number writes the number that a gateway names in E.164 where it is a whole one: +358…, 00358… and 358…. Short codes and names stay as they are.
func Number(s string) string {
	s = strings.TrimSpace(s)
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "00")
	if strings.Trim(digits, "0123456789") != "" || digits == "" {
		return s
	}
	if len(digits) < 9 || len(digits) > 15 || digits[0] == '0' {
		return s
	}
	return "+" + digits
}
