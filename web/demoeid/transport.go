package demoeid

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// Transport answers requests to the demo's own providers and registers within the process and sends all others on: the address at which browsers reach the demo
// need not be one at which it reaches itself. A nil next refuses all others.
func (d *Door) Transport(next http.RoundTripper) http.RoundTripper { return inside{d, next} }

type inside struct {
	door *Door
	next http.RoundTripper
}

// RoundTrip is for http.Client.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme+"://"+r.URL.Host != i.door.site.BaseURL || !strings.HasPrefix(r.URL.Path, Prefix) {
		if i.next == nil {
			return nil, http.ErrNotSupported
		}
		return i.next.RoundTrip(r)
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.Host = r.URL.Host
	if in.Body == nil {
		in.Body = http.NoBody
	}
	w := &kept{header: http.Header{}, status: http.StatusOK}
	i.door.ServeHTTP(w, in)
	_ = in.Body.Close()
	return &http.Response{
		Status: http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// kept is an answer that is kept in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
