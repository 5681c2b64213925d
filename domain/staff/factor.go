package staff

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"luukku/base/ids"
	"luukku/base/seal"
)

// A code of the authenticator app is good for its step of 30 seconds and for the one before and after (RFC 6238, 5.2), and each step once.
const (
	totpPeriod = 30
	totpSkew   = 1
	totpSecret = 20 // bytes
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// newTOTP makes a secret, as apps take it typed.
func (s *Service) newTOTP() (string, error) {
	b := make([]byte, totpSecret)
	if _, err := io.ReadFull(s.Rand, b); err != nil {
		return "", fmt.Errorf("make a secret: %w", err)
	}
	return base32Plain.EncodeToString(b), nil
}

// TOTPLink is what a QR code hands to the app.
func TOTPLink(secret, email, issuer string) string {
	q := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {strconv.Itoa(totpPeriod)}}
	// Apps read %20, and show a + as it is.
	return "otpauth://totp/" + url.PathEscape(issuer+":"+email) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// stepOf returns the step that a code is of; ok is false for a code of no step that is good now and after the last one used.
func stepOf(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	code = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, code)
	for d := int64(-totpSkew); d <= totpSkew; d++ {
		at := now.Unix()/totpPeriod + d
		want, err := totp.GenerateCode(secret, time.Unix(at*totpPeriod, 0))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && at > last {
			step, ok = at, true
		}
	}
	return step, ok
}

// RecoveryCodes is how many recovery codes somebody gets at once.
const RecoveryCodes = 10

// newRecovery makes recovery codes: what a person keeps, and what is stored.
func (s *Service) newRecovery(id ids.Staff) (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		code := strings.ToUpper(s.Gen.Token(40)) // 8 characters
		codes = append(codes, code[:4]+"-"+code[4:])
		hashes = append(hashes, s.recoveryHash(id, code))
	}
	return codes, hashes
}

func (s *Service) recoveryHash(id ids.Staff, code string) []byte {
	return s.Seals.LookupHash("recovery code", string(id)+"/"+code)
}

// plainCode is a typed code as it was made: without spaces and hyphens, in capitals, O read as 0, I and L as 1.
func plainCode(typed string) string {
	if len(typed) > 100 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
		default:
			return -1
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, typed)
}

func passwordPlace(id ids.Staff) seal.Place {
	return seal.Place{Table: "staff", Column: "password", Row: string(id)}
}

func totpPlace(id ids.Staff) seal.Place {
	return seal.Place{Table: "staff", Column: "totp", Row: string(id)}
}

func (s *Service) sealMeans(id ids.Staff, phc, secret string) (password, totp []byte, err error) {
	if password, err = s.Seals.Seal([]byte(phc), passwordPlace(id)); err != nil {
		return nil, nil, fmt.Errorf("seal password: %w", err)
	}
	if totp, err = s.Seals.Seal([]byte(secret), totpPlace(id)); err != nil {
		return nil, nil, fmt.Errorf("seal second factor: %w", err)
	}
	return password, totp, nil
}

// passwordOf is the PHC string of a member; empty for who has none.
func (s *Service) passwordOf(m Member) (string, error) {
	if !m.HasPassword() {
		return "", nil
	}
	b, err := s.Seals.Open(m.Password, passwordPlace(m.ID))
	if err != nil {
		return "", fmt.Errorf("open password: %w", err)
	}
	return string(b), nil
}

func (s *Service) totpOf(m Member) (string, error) {
	b, err := s.Seals.Open(m.TOTP, totpPlace(m.ID))
	if err != nil {
		return "", fmt.Errorf("open second factor: %w", err)
	}
	return string(b), nil
}
