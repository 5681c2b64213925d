package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"luukku/base/fault"
	"luukku/domain/org"
	"luukku/web/ui"
	"luukku/web/ui/theme"
)

// Component is a rendered thing: a page or a part of one.
type Component = templ.Component

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var packers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, packLevel) // a valid level: no error
	return z
}}

// packLevel is less than half the work of 5, and makes a page that is a tenth larger: some 300 bytes.
const packLevel = 1

// Render sends a page: rendered whole first, so that a fault in the middle never leaves half of it.
func (v *Visit) Render(status int, page Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := page.Render(v.Ctx(), buf); err != nil {
		return fmt.Errorf("render %s: %w", v.R.Pattern, err)
	}
	if sent, err := v.renderOwn(status, buf.Bytes()); sent || err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	// What a person typed or booked may be on any page: no cache keeps it.
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	h.Set("Content-Language", string(v.Lang))
	return Send(v.W, v.R, status, buf.Bytes())
}

// Send writes a body, compressed when the reader understands gzip and it is worth it.
func Send(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) < packFrom || !takesGzip(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, err := w.Write(body)
		return gone(err)
	}
	packed := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(packed)
	packed.Reset()
	if err := pack(packed, body); err != nil {
		return err
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(packed.Len()))
	w.WriteHeader(status)
	_, err := w.Write(packed.Bytes())
	return gone(err)
}

// packFrom is from how many bytes on an answer is worth packing.
const packFrom = 1000

func pack(to io.Writer, body []byte) error {
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(to)
	if _, err := z.Write(body); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	return nil
}

// takesGzip reports whether an Accept-Encoding header names gzip, and not to refuse it (q=0).
func takesGzip(header string) bool {
	for header != "" {
		var part string
		part, header, _ = strings.Cut(header, ",")
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(params, " ", "")), "q=")
		if !ok {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

// gone forgets an error of writing to a reader who has left: nobody is there to be told.
func gone(error) error { return nil }

// themed is the style sheet of one pair of colours.
type themed struct {
	path string
	css  []byte
}

// ThemeURL is the address of the style sheet with an organisation's colours.
func (s *Site) ThemeURL(b org.Brand) string { return s.theme(b).path }

func (s *Site) theme(b org.Brand) *themed {
	colours := [2]string{b.Primary, b.Accent}
	if t, ok := s.themes.Load(colours); ok {
		return t.(*themed)
	}
	made, err := theme.New(b.Primary, b.Accent)
	if err != nil { // colours are checked when they are set; the product's own are always there
		made, err = theme.New("", "")
		if err != nil {
			return &themed{}
		}
	}
	t := &themed{path: ThemePrefix + made.Hash() + ".css", css: made.CSS()}
	s.themes.Store(colours, t)
	return t
}

// ThemePrefix is the path under which the style sheets of organisations' colours are.
const ThemePrefix = ui.AssetPrefix + "theme-"

// ServeAsset answers for the bundle and the colours. Addresses hold the content's hash, so browsers may keep them for ever.
func (s *Site) ServeAsset(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch {
	case strings.HasPrefix(r.URL.Path, ThemePrefix):
		s.serveTheme(w, r)
		return
	case strings.HasPrefix(r.URL.Path, logoPrefix):
		s.serveLogo(w, r)
		return
	}
	a, ok := s.Assets.Lookup(r.URL.Path, r.Header.Get("Accept-Encoding"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	h.Set("Content-Type", a.Type)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", a.ETag)
	h.Add("Vary", "Accept-Encoding")
	if a.Encoding != "" {
		h.Set("Content-Encoding", a.Encoding)
	}
	if r.Header.Get("If-None-Match") == a.ETag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	_, _ = w.Write(a.Body)
}

// serveTheme answers for the colours. A browser may ask for a style sheet that this node has not made yet: another node did, or this one before it was
// started again. It is made from the colours that are configured.
func (s *Site) serveTheme(w http.ResponseWriter, r *http.Request) {
	css, ok := s.themeCSS(r.URL.Path)
	if !ok {
		if err := s.makeThemes(r.Context()); err != nil {
			if !fault.Left(r.Context()) {
				s.Log.Warn("theme unreadable", "error", err.Error())
			}
			w.Header().Set("Retry-After", "5")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		css, ok = s.themeCSS(r.URL.Path)
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_ = Send(w, r, http.StatusOK, css)
}

// makeThemes makes the style sheets of all colours there are: the product's, the installation's, and each organisation's.
func (s *Site) makeThemes(ctx context.Context) error {
	in, err := s.Directory.Installation(ctx)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	orgs, err := s.Directory.Organisations(ctx)
	if err != nil {
		return err
	}
	s.theme(org.Brand{})
	s.theme(in.Brand)
	s.LogoURL(in.Brand)
	for _, o := range orgs {
		s.theme(o.Brand)
		s.LogoURL(o.Brand)
	}
	return nil
}

// themeCSS finds a style sheet by its path among those that are made.
func (s *Site) themeCSS(path string) (css []byte, ok bool) {
	s.themes.Range(func(_, t any) bool {
		if t := t.(*themed); t.path == path {
			css, ok = t.css, true
		}
		return !ok
	})
	return css, ok
}
