package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
)

// maxBody is the largest request body, in bytes: several times what all fields together may have.
const maxBody = 64 << 10

// maxLetter is that of a letter, whose text is long.
const maxLetter = 1 << 20

// gzipFrom is the size of an answer from which packing it pays, in bytes.
const gzipFrom = 1400

// ServeHTTP answers one request. An answer is written whole or not at all, but for a large file, which breaks off; a public one carries an ETag over its content.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", bcp47(language(r)))
	h.Add("Vary", "Accept-Language")
	if _, pattern := d.streams.Handler(r); pattern != "" {
		d.streams.ServeHTTP(w, r)
		return
	}
	if _, pattern := d.mux.Handler(r); pattern == "" {
		d.noRoute(w, r)
		return
	}
	if err := takeBody(w, r); err != nil {
		d.Fail(w, r, err)
		return
	}
	answer := &buffered{header: h, status: http.StatusOK, out: w}
	d.mux.ServeHTTP(answer, r)
	if answer.sent {
		return
	}
	answer.send(w, r)
}

// Fail answers with the problem of a fault. App uses it for what goes wrong before this door is reached, such as too many requests.
func (d *Door) Fail(w http.ResponseWriter, r *http.Request, err error) {
	d.problem(r, err).write(w)
}

// noRoute answers an address, or a method, that is not there.
func (d *Door) noRoute(w http.ResponseWriter, r *http.Request) {
	plain := &buffered{header: http.Header{}, status: http.StatusOK}
	d.mux.ServeHTTP(plain, r)
	if plain.status != http.StatusMethodNotAllowed {
		d.Fail(w, r, fault.NotFound("api.no_route"))
		return
	}
	p := d.problem(r, fault.Invalid("api.method", nil))
	p.Status, p.headers = plain.status, http.Header{"Allow": plain.header["Allow"]}
	p.write(w)
}

// takeBody reads the body to its end, so that what is too large, or no text at all, never reaches a handler.
func takeBody(w http.ResponseWriter, r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody || web.BringsFiles(r) { // a file is read as it comes
		return nil
	}
	most := int64(maxBody)
	if strings.HasSuffix(r.URL.Path, "/letters") || strings.HasSuffix(r.URL.Path, "/decision") {
		most = maxLetter
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge
	}
	if err != nil {
		return errUnreadable
	}
	if !utf8.Valid(b) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "body", Key: "api.field_utf8"})
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return nil
}

// buffered holds an answer until it is whole.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
	// out is where it goes, sent that it went there already.
	out  http.ResponseWriter
	sent bool
}

// direct sends the answer as it is written from now on.
func (b *buffered) direct() io.Writer {
	b.sent = true
	b.out.WriteHeader(b.status)
	return b.out
}

func (b *buffered) Header() http.Header         { return b.header }
func (b *buffered) WriteHeader(status int)      { b.status = status }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

// send writes the answer, or 304 when the asker has it already. Answers that may be kept are public, so packing them tells nothing.
func (b *buffered) send(w http.ResponseWriter, r *http.Request) {
	body := b.body.Bytes()
	if b.status == http.StatusOK && b.header.Get("Cache-Control") != "no-store" {
		tag := etag(body)
		b.header.Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			b.header.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		b.header.Add("Vary", "Accept-Encoding")
		if len(body) >= gzipFrom && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			b.header.Set("Content-Encoding", "gzip")
			body = pack(body)
		}
	}
	w.WriteHeader(b.status)
	_, _ = w.Write(body) // the reader has gone: nobody is left to tell
}

// etag is weak: the same content, however it is packed.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
}

// matches compares as If-None-Match does, weakly.
func matches(header, tag string) bool {
	if header == "" {
		return false
	}
	return slices.ContainsFunc(strings.Split(header, ","), func(t string) bool {
		t = strings.TrimSpace(t)
		return t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(tag, "W/")
	})
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

func bcp47(lang i18n.Lang) string {
	l, _ := i18n.Lookup(string(lang))
	return l.BCP47
}

// openapi serves the description of this door.
func (d *Door) openapi(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(d.spec)
}
