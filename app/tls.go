package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"luukku/base/config"
	"luukku/base/limit"
	"luukku/web"
)

// The server speaks TLS itself when it is told to (tls.cert_file or tls.acme), and leaves it to a proxy otherwise.

// suites are what TLS 1.2 may use: keys that are forgotten afterwards, and ciphers that notice changes. TLS 1.3 has no others.
var suites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
}

// transport is how the server speaks TLS; nil where a proxy does.
type transport struct {
	tls  *tls.Config
	acme *autocert.Manager // nil with a certificate of files
}

// openTLS reads the certificate, or gets ready to fetch one.
func openTLS(c config.Config, log *slog.Logger) (*transport, error) {
	if !c.TLS.On() {
		return nil, nil
	}
	t := &transport{tls: &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, NextProtos: []string{"h2", "http/1.1"}}}
	if !c.TLS.ACME {
		files := &certFiles{cert: c.TLS.CertFile, key: c.TLS.KeyFile, log: log}
		if err := files.load(files.stamp()); err != nil {
			return nil, fmt.Errorf("open the certificate: %w", err)
		}
		t.tls.GetCertificate = files.get
		return t, nil
	}
	client := &acme.Client{DirectoryURL: c.TLS.ACMEDirectory, UserAgent: "luukku"}
	if c.TLS.ACMECAFile != "" {
		pem, err := os.ReadFile(c.TLS.ACMECAFile)
		if err != nil {
			return nil, fmt.Errorf("open what the ACME directory is trusted by: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("open what the ACME directory is trusted by: there is no certificate in %s", c.TLS.ACMECAFile)
		}
		client.HTTPClient = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		}}
	}
	t.acme = &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(c.Data, "acme")), HostPolicy: autocert.HostWhitelist(c.TLS.ACMEHosts...),
		Email: c.TLS.ACMEEmail, Client: client,
	}
	failing := &acmeLog{log: log}
	t.tls.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		cert, err := t.acme.GetCertificate(hello)
		failing.note(c.TLS.ACMEHosts, hello.ServerName, err)
		return cert, err
	}
	t.tls.NextProtos = append(t.tls.NextProtos, acme.ALPNProto)
	return t, nil
}

// acmeLog tells when certificates cannot be had, at most once a minute. What strangers ask for under other names is not told.
type acmeLog struct {
	log  *slog.Logger
	mu   sync.Mutex
	told time.Time
}

func (l *acmeLog) note(hosts []string, name string, err error) {
	if err == nil || !slices.Contains(hosts, strings.TrimSuffix(name, ".")) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); now.Sub(l.told) > time.Minute {
		l.told = now
		l.log.Error("tls.no_certificate", "host", name, "error", err.Error())
	}
}

// certLooked is how often it is looked whether the files have changed: with a handshake, so that an idle server looks at nothing.
const certLooked = time.Second

// certFiles is a certificate of two files, which is read again when they change.
type certFiles struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	now    *tls.Certificate
	of     string    // the stamp of the files that were read last, well or not
	looked time.Time // when the stamp was taken
}

// stamp changes when one of the files does.
func (f *certFiles) stamp() string {
	var b strings.Builder
	for _, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			fmt.Fprintf(&b, "%d %d,", info.ModTime().UnixNano(), info.Size())
		}
	}
	return b.String()
}

// load reads the files.
func (f *certFiles) load(stamp string) error {
	f.of = stamp
	cert, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.now = &cert
	f.log.Info("tls.certificate", "not_after", cert.Leaf.NotAfter, "names", strings.Join(cert.Leaf.DNSNames, ","))
	return nil
}

// get returns the certificate. New files that cannot be read, as when one of the two has been replaced by now, leave the old one in use.
func (f *certFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.looked) > certLooked {
		f.looked = now
		if stamp := f.stamp(); stamp != f.of {
			if err := f.load(stamp); err != nil {
				f.log.Warn("tls.certificate_not_read", "error", err.Error())
			}
		}
	}
	return f.now, nil
}

// beside is the server for plain HTTP beside TLS: it leads on to https, and answers the authority.
type beside struct {
	server   *http.Server
	visitors *crowd
}

// openBeside opens the port for plain HTTP; nil when the settings want none.
func (a *App) openBeside(ctx context.Context, t *transport) (*beside, error) {
	address := a.Config.TLS.HTTPListen
	if t == nil || address == "" {
		return nil, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for plain HTTP (tls.http_listen): %w", err)
	}
	var h http.Handler = http.HandlerFunc(a.leadToTLS)
	if t.acme != nil {
		h = t.acme.HTTPHandler(h)
	}
	b := &beside{server: a.server(h), visitors: a.openCrowd(l)}
	b.server.ConnState = b.visitors.note
	return b, nil
}

func (b *beside) close() {
	if b != nil {
		_ = b.server.Close() // nothing that it does is worth waiting for
		_ = b.visitors.Close()
	}
}

// leadToTLS sends a reader on to https, at the host that was asked for when it is one of ours. A form that came in the clear is not asked for again: it is said that it must not.
func (a *App) leadToTLS(w http.ResponseWriter, r *http.Request) {
	if !reads(r) {
		w.Header().Set("Connection", "close")
		plain(w, http.StatusForbidden, "https only")
		return
	}
	base, err := url.Parse(a.Config.BaseURL)
	if err != nil {
		plain(w, http.StatusInternalServerError, "https only")
		return
	}
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host != base.Hostname() && !slices.Contains(a.Config.TLS.ACMEHosts, host) && !a.isTowns(r, host) {
		host = base.Hostname()
	}
	to := url.URL{Scheme: "https", Host: host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	switch port := base.Port(); {
	case port != "" && port != "443":
		to.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		to.Host = "[" + host + "]"
	}
	if !strings.HasPrefix(to.Path, "/") {
		to.Path, to.RawPath = "/", ""
	}
	w.Header().Set("Location", to.String())
	plain(w, http.StatusPermanentRedirect, "https only")
}

// isTowns reports whether a host is an organisation's own. Who asks too often is not looked up.
func (a *App) isTowns(r *http.Request, host string) bool {
	if _, ok := a.limits.Allow(limit.Network(web.SenderOf(r, nil))); !ok {
		return false
	}
	_, err := a.Store.OrgOfHost(r.Context(), strings.TrimSuffix(host, "."))
	return err == nil
}
