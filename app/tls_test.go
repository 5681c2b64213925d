package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a certificate authority of a test's own.
type authority struct {
	cert   *x509.Certificate
	key    *ecdsa.PrivateKey
	roots  *x509.CertPool
	serial int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key := newKey(t)
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Specimen Authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{cert: cert, key: key, roots: x509.NewCertPool(), serial: 1}
	a.roots.AddCert(cert)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sign makes a certificate for hosts.
func (a *authority) sign(t *testing.T, public any, hosts ...string) []byte {
	t.Helper()
	a.serial++
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(a.serial), DNSNames: hosts, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, public, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// pair writes a new certificate for hosts and its key.
func (a *authority) pair(t *testing.T, dir string, hosts ...string) (cert, key string) {
	t.Helper()
	k := newKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePEM(t, cert, "CERTIFICATE", a.sign(t, &k.PublicKey, hosts...))
	writePEM(t, key, "PRIVATE KEY", der)
	return cert, key
}

func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// browserOf asks an address whatever host is meant, and trusts an authority. It follows no redirect.
func browserOf(t *testing.T, address string, c *tls.Config) *http.Client {
	t.Helper()
	tr := &http.Transport{TLSClientConfig: c, ForceAttemptHTTP2: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fresh asks over a connection of its own.
func fresh(t *testing.T, address, target string, c *tls.Config) (*http.Response, error) {
	t.Helper()
	b := browserOf(t, address, c)
	res, err := b.Get(target)
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	b.CloseIdleConnections()
	return res, err
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// secured serves a town over TLS with a certificate of files.
func secured(t *testing.T, ca *authority) (h *house, address, dir string, beside string) {
	t.Helper()
	dir, beside = t.TempDir(), free(t)
	cert, key := ca.pair(t, dir, "booking.example", "vuorela.example")
	h = newTown(t, map[string]string{
		"LUUKKU_TLS_CERT_FILE": cert, "LUUKKU_TLS_KEY_FILE": key, "LUUKKU_BASE_URL": "https://booking.example", "LUUKKU_TLS_HTTP_LISTEN": beside,
	})
	address, _ = h.serve(t)
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // until Serve has opened the second port
		if c, err := net.Dial("tcp", beside); err == nil {
			c.Close()
			break
		}
		if time.Now().After(until) {
			t.Fatal("nobody listens for plain HTTP")
		}
	}
	return h, strings.TrimPrefix(address, "http://"), dir, beside
}

func TestServerSpeaksTLSItself(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	_, address, _, _ := secured(t, ca)
	for name, c := range map[string]struct {
		client  *tls.Config
		version uint16 // 0: refused
	}{
		"as it is":     {&tls.Config{RootCAs: ca.roots}, tls.VersionTLS13},
		"TLS 1.2":      {&tls.Config{RootCAs: ca.roots, MaxVersion: tls.VersionTLS12}, tls.VersionTLS12},
		"TLS 1.1":      {&tls.Config{RootCAs: ca.roots, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, 0},
		"old ciphers":  {&tls.Config{RootCAs: ca.roots, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, 0},
		"another root": {&tls.Config{RootCAs: x509.NewCertPool()}, 0},
	} {
		res, err := fresh(t, address, "https://booking.example/en/vuorela/", c.client)
		if c.version == 0 {
			if err == nil {
				t.Errorf("%s: got an answer, want it refused", name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if res.StatusCode != http.StatusOK || res.TLS.Version != c.version || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: got %d over %s and TLS %x with %q; want 200 over HTTP/2 with HSTS", name, res.StatusCode, res.Proto, res.TLS.Version, res.Header.Get("Strict-Transport-Security"))
		}
	}
	old := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.roots, ServerName: "booking.example", NextProtos: []string{"http/1.1"}}}}
	res, err := old.Get("https://" + address + "/en/vuorela/")
	if err != nil || res.ProtoMajor != 1 || res.StatusCode != http.StatusOK {
		t.Errorf("HTTP/1.1: got %v, %v", res, err)
	}
	if err == nil {
		res.Body.Close()
	}
	old.CloseIdleConnections()
}

func TestNewCertificateIsUsedWithoutARestart(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	h, address, dir, _ := secured(t, ca)
	serial := func() int64 {
		res, err := fresh(t, address, "https://booking.example/healthz", &tls.Config{RootCAs: ca.roots})
		if err != nil {
			t.Fatal(err)
		}
		return res.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	first := serial()
	// Half of a change: a certificate that does not belong to the key.
	writePEM(t, filepath.Join(dir, "cert.pem"), "CERTIFICATE", ca.sign(t, &newKey(t).PublicKey, "booking.example"))
	for until := time.Now().Add(20 * time.Second); !strings.Contains(h.log.String(), "tls.certificate_not_read"); time.Sleep(50 * time.Millisecond) {
		if got := serial(); got != first {
			t.Fatalf("got certificate %d, want the old one %d kept", got, first)
		}
		if time.Now().After(until) {
			t.Fatal("the log says nothing of the certificate that cannot be read")
		}
	}
	if got := serial(); got != first {
		t.Errorf("got certificate %d, want the old one %d kept", got, first)
	}
	ca.pair(t, dir, "booking.example")
	for until := time.Now().Add(20 * time.Second); serial() != ca.serial; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("got certificate %d still, want the new one %d", serial(), ca.serial)
		}
	}
}

func TestPlainHTTPLeadsToTLS(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	_, _, _, beside := secured(t, ca)
	b := browserOf(t, beside, nil)
	for target, want := range map[string]string{
		"http://booking.example/en/vuorela/?week=2026-W49": "https://booking.example/en/vuorela/?week=2026-W49",
		"http://booking.example:80/":                       "https://booking.example/",
		"http://Vuorela.example/fi/":                       "https://vuorela.example/fi/",
		"http://other.example/en/":                         "https://booking.example/en/",
		"http://booking.example//other.example/":           "https://booking.example//other.example/",
		"http://192.0.2.1/":                                "https://booking.example/",
	} {
		res, err := b.Get(target)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusPermanentRedirect || got != want {
			t.Errorf("%s: got %d to %q, want 308 to %q", target, res.StatusCode, got, want)
		}
	}
	res, err := b.Post("http://booking.example/en/vuorela/", "application/x-www-form-urlencoded", strings.NewReader("name=Specimen"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden || res.Header.Get("Location") != "" {
		t.Errorf("a form in the clear: got %d to %q, want 403", res.StatusCode, res.Header.Get("Location"))
	}
}

func TestServerDoesNotStartWithoutItsCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := settings(t, map[string]string{"LUUKKU_TLS_CERT_FILE": filepath.Join(dir, "none"), "LUUKKU_TLS_KEY_FILE": filepath.Join(dir, "none")})
	if err := refused(t, c, false); !strings.Contains(err.Error(), "open the certificate") {
		t.Errorf("got %v, want that the certificate is missing", err)
	}
	if _, err := os.Stat(c.Data); err == nil {
		t.Error("got a data directory made all the same")
	}
}
