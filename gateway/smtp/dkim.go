package smtp

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/wneessen/go-mail"
)

// DKIM is how mail is signed (RFC 6376): for which domain, under which selector, and with which key.
type DKIM struct {
	Domain, Selector string
	Key              crypto.Signer // RSA or Ed25519
}

// rsaBits is the length of a new key: the longest whose record all name servers carry, and what every receiver checks.
const rsaBits = 2048

// NewKey makes a key, as PEM. RSA, since many receivers check no other yet (RFC 8463 came late).
func NewKey(chance io.Reader) ([]byte, error) {
	key, err := rsa.GenerateKey(chance, rsaBits)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParseKey reads a key of at least 1024 bits, or Ed25519. The error never holds any of it.
func ParseKey(text []byte) (crypto.Signer, error) {
	key, err := mail.PrivKeyFromPEM(text)
	if err != nil {
		return nil, errors.New("this is no private key (PEM) of RSA or Ed25519")
	}
	if r, ok := key.(*rsa.PrivateKey); ok && r.N.BitLen() < 1024 {
		return nil, errors.New("this key is too short: receivers take none below 1024 bits")
	}
	return key, nil
}

// Name is where the record stands in the domain name system.
func (d DKIM) Name() string { return d.Selector + "._domainkey." + d.Domain }

// Record is what stands there, in one piece.
func (d DKIM) Record() (string, error) {
	kind, der := "rsa", []byte(nil)
	switch pub := d.Key.Public().(type) {
	case ed25519.PublicKey:
		kind, der = "ed25519", pub
	default:
		var err error
		if der, err = x509.MarshalPKIXPublicKey(pub); err != nil {
			return "", fmt.Errorf("write the public key: %w", err)
		}
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(der), nil
}

// Zone is the record as a line of a zone file: in pieces of at most 255 octets.
func (d DKIM) Zone() (string, error) {
	record, err := d.Record()
	if err != nil {
		return "", err
	}
	var pieces []string
	for len(record) > 0 {
		n := min(len(record), 250)
		pieces = append(pieces, `"`+record[:n]+`"`)
		record = record[n:]
	}
	return d.Name() + ". IN TXT ( " + strings.Join(pieces, " ") + " )", nil
}

// Published reports what stands in the way of receivers finding the key: nothing, when one of the records that were found there is this key's.
func (d DKIM) Published(found []string) error {
	want, err := d.Record()
	if err != nil {
		return err
	}
	for _, r := range found {
		if publicPart(r) == publicPart(want) {
			return nil
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no TXT record at %s", d.Name())
	}
	return fmt.Errorf("the TXT record at %s is of another key", d.Name())
}

// publicPart is the key in a record.
func publicPart(record string) string {
	for tag := range strings.SplitSeq(record, ";") {
		if name, value, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(name) == "p" {
			return strings.Join(strings.Fields(value), "")
		}
	}
	return "none"
}

// check reports what makes signing impossible.
func (d DKIM) check() error {
	if d.Key == nil {
		return nil
	}
	if d.Domain == "" || d.Selector == "" || strings.ContainsAny(d.Domain+d.Selector, " \r\n\t;=@") {
		return errors.New("smtp: dkim needs a domain and a selector")
	}
	switch d.Key.(type) {
	case *rsa.PrivateKey, ed25519.PrivateKey:
		return nil
	}
	return errors.New("smtp: dkim signs with RSA or Ed25519")
}

// signed are the fields that a signature covers. Those of sealed are covered once more than they are there, so that nobody can add one that is shown in its stead;
// List-Unsubscribe must be covered for one click to be believed (RFC 8058).
var (
	signed = []string{
		"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
	}
	sealed = []string{"From", "To", "Subject", "Date", "Content-Type"}
)

// sign signs a mail that is complete. The mail library writes the same octets each time, since it keeps its boundaries; its own signature folds the list of fields
// within their names, which verifiers do not read.
func (d DKIM) sign(msg *mail.Msg) error {
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil {
		return fmt.Errorf("write the mail: %w", err)
	}
	s, err := dkim.NewSigner(&dkim.SignOptions{
		Domain: d.Domain, Selector: d.Selector, Signer: d.Key, Hash: crypto.SHA256, HeaderKeys: slices.Concat(signed, sealed),
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		return fmt.Errorf("sign the mail: %w", err)
	}
	_, err = s.Write(raw.Bytes())
	if err = errors.Join(err, s.Close()); err != nil {
		return fmt.Errorf("sign the mail: %w", err)
	}
	name, value, _ := strings.Cut(strings.TrimSpace(s.Signature()), ":")
	msg.SetGenHeaderPreformatted(mail.Header(name), strings.TrimSpace(value))
	return nil
}
