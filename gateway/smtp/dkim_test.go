package smtp_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"luukku/domain/notify"
	"luukku/gateway/mailtest"
	"luukku/gateway/smtp"
)

// keys are one of each kind.
func keys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	text, err := smtp.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made, err := smtp.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"RSA": made, "Ed25519": ed}
}

// verified checks a mail as a receiver does, with a verifier that is not ours, and returns which fields the signature covers.
func verified(t *testing.T, d smtp.DKIM, raw string) ([]string, error) {
	t.Helper()
	list, err := dkim.VerifyWithOptions(strings.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "luukku2026._domainkey.example.org" {
			t.Errorf("the verifier asks for %s", name)
		}
		record, err := d.Record()
		return []string{record}, err
	}})
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if len(list) != 1 || list[0].Domain != "example.org" {
		t.Fatalf("got %d signatures, want one of example.org: %+v", len(list), list)
	}
	return list[0].HeaderKeys, list[0].Err
}

// S5.7: mails are signed so that a receiver's own verifier believes them, over a real conversation with a mail server: letters of every language, long subjects,
// dots at the beginning of lines, attachments. Whatever somebody changes or adds on the way breaks the signature.
func TestSignedMailIsBelievedAndChangedMailIsNot(t *testing.T) {
	t.Parallel()
	for kind, key := range keys(t) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := serve(t, false)
			cfg := s.config()
			cfg.DKIM = smtp.DKIM{Domain: "example.org", Selector: "luukku2026", Key: key}
			plain := mailtest.Message("p1")
			plain.HTML, plain.Calendar, plain.CalendarMethod = "", nil, ""
			plain.Text = "Hyvä asiakas,\n\n.\n..piste rivin alussa\n\nFrom här: žluťoučký kůň  \n\n\n"
			long := mailtest.Message("l1")
			long.Subject, long.From.Name = strings.Repeat("Příliš žluťoučký kůň ", 12), "Åbo Äiti, Öinen \"Kettu\""
			once := mailtest.Message("u1")
			once.Unsubscribe = "https://booking.example.org/unsubscribe/" + strings.Repeat("k", 43)
			for _, m := range []notify.Message{mailtest.Message("a1"), plain, long, once} {
				if _, err := smtp.New(cfg).Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
			}
			got := s.got()
			if len(got) != 4 {
				t.Fatalf("got %d mails", len(got))
			}
			for _, l := range got {
				covered, err := verified(t, cfg.DKIM, l.raw)
				if err != nil {
					t.Errorf("not believed: %v\n%s", err, l.raw)
				}
				for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"} {
					if !slices.ContainsFunc(covered, func(c string) bool { return strings.EqualFold(c, name) }) {
						t.Errorf("%s is not covered: %v", name, covered)
					}
				}
			}
			last := got[3].raw
			if !strings.Contains(last, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") {
				t.Errorf("no one-click: %s", last)
			}
			for name, changed := range map[string]string{
				"another subject":     strings.Replace(last, "Subject: ", "Subject: Lasku ", 1),
				"another body":        last[:len(last)-60] + "x" + last[len(last)-60:],
				"a second sender":     "From: bank@example.net\r\n" + last,
				"a second subject":    "Subject: Lasku\r\n" + last,
				"another unsubscribe": strings.Replace(last, "/unsubscribe/k", "/unsubscribe/x", 1),
			} {
				if changed == last {
					t.Fatalf("%s changes nothing", name)
				}
				if _, err := verified(t, cfg.DKIM, changed); err == nil {
					t.Errorf("%s is believed", name)
				}
			}
		})
	}
}

func TestWithoutAKeyNothingIsSigned(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	if _, err := smtp.New(s.config()).Send(t.Context(), mailtest.Message("a1")); err != nil {
		t.Fatal(err)
	}
	if raw := s.got()[0].raw; strings.Contains(raw, "DKIM-Signature") {
		t.Errorf("got %s", raw)
	}
}

func TestRecordsAreOneKeys(t *testing.T) {
	t.Parallel()
	list := keys(t)
	d := smtp.DKIM{Domain: "example.org", Selector: "luukku2026", Key: list["RSA"]}
	record, err := d.Record()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := d.Zone()
	if err != nil || !strings.HasPrefix(zone, "luukku2026._domainkey.example.org. IN TXT ( \"v=DKIM1; k=rsa; p=") {
		t.Errorf("got %s, %v", zone, err)
	}
	var whole string
	for i, piece := range strings.Split(zone, `"`) {
		if i%2 == 1 {
			whole += piece
			if len(piece) > 255 {
				t.Errorf("a piece of %d octets", len(piece))
			}
		}
	}
	if whole != record {
		t.Errorf("the line of the zone file says %q, want %q", whole, record)
	}
	other := smtp.DKIM{Domain: "example.org", Selector: "luukku2026", Key: list["Ed25519"]}
	wrong, err := other.Record()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		found []string
		good  bool
	}{
		"there":             {[]string{"something else", record}, true},
		"with blanks":       {[]string{strings.ReplaceAll(record, "; ", " ;  ")}, true},
		"missing":           {nil, false},
		"of another":        {[]string{wrong}, false},
		"taken back":        {[]string{"v=DKIM1; p="}, false},
		"no record of this": {[]string{"v=spf1 -all"}, false},
	} {
		if err := d.Published(tt.found); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAKeyThatCannotSignIsRefused(t *testing.T) {
	t.Parallel()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(short)})
	if _, err := smtp.ParseKey(text); err != nil {
		t.Errorf("1024 bits: %v", err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&short.PublicKey)})
	for name, bad := range map[string][]byte{"nothing": nil, "no PEM": []byte("secret"), "a public key": public, "cut": text[:200]} {
		if _, err := smtp.ParseKey(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := serve(t, false).config()
	for name, d := range map[string]smtp.DKIM{"no domain": {Selector: "a", Key: short}, "no selector": {Domain: "a.example", Key: short}, "a broken domain": {Domain: "a b", Selector: "a", Key: short}} {
		cfg := good
		cfg.DKIM = d
		if cfg.Check() == nil {
			t.Errorf("%s passes", name)
		}
	}
}
