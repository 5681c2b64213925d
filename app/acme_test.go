package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// directory is an ACME authority (RFC 8555) with the steps that a server goes through to get a certificate. It takes everybody's signatures for right, and proves by
// itself that a host is the server's: over TLS (RFC 8737) or plain HTTP, at the addresses it is given.
type directory struct {
	*authority
	t         *testing.T
	server    *httptest.Server
	challenge string // the one kind it offers
	at        string // address that is asked, whatever the host

	mu     sync.Mutex
	host   string
	proven bool
	issued []byte
	orders int
}

func newDirectory(t *testing.T, challenge string) *directory {
	t.Helper()
	d := &directory{authority: newAuthority(t), t: t, challenge: challenge}
	d.server = httptest.NewTLSServer(http.HandlerFunc(d.serve))
	t.Cleanup(d.server.Close)
	return d
}

// roots is a file with what the directory's own TLS is trusted by.
func (d *directory) rootFile(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "ca.pem")
	writePEM(t, file, "CERTIFICATE", d.server.Certificate().Raw)
	return file
}

const token = "specimen-token-of-the-test"

func (d *directory) serve(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w.Header().Set("Replay-Nonce", fmt.Sprint(time.Now().UnixNano()))
	url := d.server.URL
	reply := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	status := map[bool]string{false: "pending", true: "valid"}
	order := func() map[string]any {
		o := map[string]any{"status": "pending", "authorizations": []string{url + "/authz"}, "finalize": url + "/finalize", "identifiers": []any{map[string]string{"type": "dns", "value": d.host}}}
		if d.proven {
			o["status"] = "ready"
		}
		if d.issued != nil {
			o["status"], o["certificate"] = "valid", url+"/cert"
		}
		return o
	}
	chal := func() map[string]any {
		return map[string]any{"type": d.challenge, "url": url + "/chal", "token": token, "status": status[d.proven]}
	}
	switch r.URL.Path {
	case "/":
		reply(200, map[string]any{"newNonce": url + "/nonce", "newAccount": url + "/account", "newOrder": url + "/order", "revokeCert": url + "/revoke", "keyChange": url + "/key",
			"meta": map[string]any{"termsOfService": url + "/terms"}})
	case "/nonce":
		w.WriteHeader(200)
	case "/account":
		w.Header().Set("Location", url+"/account/1")
		reply(201, map[string]any{"status": "valid"})
	case "/order":
		var o struct{ Identifiers []struct{ Value string } }
		d.payload(r, &o)
		d.host, d.proven, d.issued, d.orders = o.Identifiers[0].Value, false, nil, d.orders+1
		w.Header().Set("Location", url+"/order/1")
		reply(201, order())
	case "/order/1":
		w.Header().Set("Location", url+"/order/1")
		reply(200, order())
	case "/authz":
		reply(200, map[string]any{"identifier": map[string]string{"type": "dns", "value": d.host}, "status": status[d.proven], "challenges": []any{chal()}})
	case "/chal":
		d.mu.Unlock()
		err := d.prove()
		d.mu.Lock()
		if err != nil {
			d.t.Errorf("prove %s by %s: %v", d.host, d.challenge, err)
		}
		d.proven = err == nil
		reply(200, chal())
	case "/finalize":
		var f struct{ CSR string }
		d.payload(r, &f)
		der, _ := base64.RawURLEncoding.DecodeString(f.CSR)
		csr, err := x509.ParseCertificateRequest(der)
		if err != nil || !d.proven {
			d.t.Errorf("finalize: %v, proven %v", err, d.proven)
			reply(403, map[string]any{})
			return
		}
		d.issued = d.sign(d.t, csr.PublicKey, csr.DNSNames...)
		w.Header().Set("Location", url+"/order/1")
		reply(200, order())
	case "/cert":
		var chain bytes.Buffer
		for _, c := range [][]byte{d.issued, d.cert.Raw} {
			_ = pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: c})
		}
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(chain.Bytes())
	default:
		reply(404, map[string]any{"type": "urn:ietf:params:acme:error:malformed"})
	}
}

// payload reads what a request signs.
func (d *directory) payload(r *http.Request, into any) {
	var jws struct{ Payload string }
	b, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(b, &jws)
	p, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	_ = json.Unmarshal(p, into)
}

// prove asks the server for what only the host's own server can know.
func (d *directory) prove() error {
	if d.challenge == "http-01" {
		res, err := browserOf(d.t, d.at, nil).Get("http://" + d.host + "/.well-known/acme-challenge/" + token)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err == nil && (res.StatusCode != 200 || !strings.HasPrefix(string(b), token+".")) {
			err = fmt.Errorf("got %d %q", res.StatusCode, b)
		}
		return err
	}
	dial := tls.Dialer{Config: &tls.Config{ServerName: d.host, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true}} // its certificate is the proof itself
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := dial.DialContext(ctx, "tcp", d.at)
	if err != nil {
		return err
	}
	defer conn.Close()
	state := conn.(*tls.Conn).ConnectionState()
	for _, e := range state.PeerCertificates[0].Extensions {
		if e.Id.String() == "1.3.6.1.5.5.7.1.31" && state.NegotiatedProtocol == acme.ALPNProto {
			return nil
		}
	}
	return fmt.Errorf("the certificate for %s proves nothing", d.host)
}

func TestCertificateIsFetchedByACME(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{"tls-alpn-01", "http-01"} {
		t.Run(challenge, func(t *testing.T) {
			t.Parallel()
			d := newDirectory(t, challenge)
			beside, data := free(t), filepath.Join(t.TempDir(), "data")
			env := map[string]string{
				"LUUKKU_DATA": data, "LUUKKU_BASE_URL": "https://booking.example", "LUUKKU_TLS_ACME": "true", "LUUKKU_TLS_ACME_HOSTS": "booking.example",
				"LUUKKU_TLS_ACME_DIRECTORY": d.server.URL + "/", "LUUKKU_TLS_ACME_CA_FILE": d.rootFile(t), "LUUKKU_TLS_HTTP_LISTEN": beside, "LUUKKU_TLS_ACME_EMAIL": "it@example.org",
			}
			h := newTown(t, env)
			address, _ := h.serve(t)
			address = strings.TrimPrefix(address, "http://")
			d.at = map[string]string{"tls-alpn-01": address, "http-01": beside}[challenge]
			for range 2 {
				res, err := fresh(t, address, "https://booking.example/en/vuorela/", &tls.Config{RootCAs: d.roots})
				if err != nil || res.StatusCode != http.StatusOK || res.ProtoMajor != 2 {
					t.Fatalf("got %v, %v; want the page", res, err)
				}
			}
			if _, err := fresh(t, address, "https://other.example/", &tls.Config{RootCAs: d.roots}); err == nil {
				t.Error("a host that is not ours: got an answer, want none")
			}
			if d.orders != 1 {
				t.Errorf("got %d orders, want 1", d.orders)
			}
			kept, err := os.ReadDir(filepath.Join(data, "acme"))
			if err != nil || len(kept) < 2 {
				t.Errorf("got %v, %v in the data directory; want the account's key and the certificate", kept, err)
			}
			for _, f := range kept {
				if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
					t.Errorf("%s: got mode %v, %v; want it to be the server's alone", f.Name(), info.Mode(), err)
				}
			}
			res, err := browserOf(t, beside, nil).Get("http://booking.example/en/")
			if err != nil || res.Header.Get("Location") != "https://booking.example/en/" {
				t.Errorf("plain HTTP: got %v, %v; want it led on", res, err)
			}
			if err == nil {
				res.Body.Close()
			}
		})
	}
}

func TestDirectoryThatAnswersNonsenseIsToldInTheLog(t *testing.T) {
	t.Parallel()
	nonsense := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello</html>") }))
	defer nonsense.Close()
	d := &directory{server: nonsense}
	h := open(t, settings(t, map[string]string{
		"LUUKKU_BASE_URL": "https://booking.example", "LUUKKU_TLS_ACME": "true", "LUUKKU_TLS_ACME_HOSTS": "booking.example",
		"LUUKKU_TLS_ACME_DIRECTORY": nonsense.URL, "LUUKKU_TLS_ACME_CA_FILE": d.rootFile(t),
	}), false)
	address, _ := h.serve(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := tls.Client(conn, &tls.Config{ServerName: "booking.example"}).HandshakeContext(t.Context()); err == nil {
		t.Error("got a certificate, want none")
	}
	if log := h.log.String(); !strings.Contains(log, "tls.no_certificate") || !strings.Contains(log, "booking.example") {
		t.Errorf("got log %q, want that there is no certificate", log)
	}
}
