package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/domain/org"
	"luukku/web/ui"
)

// logoPrefix is the path under which organisations' logos are.
const logoPrefix = ui.AssetPrefix + "logo-"

// LogoURL is the address of the logo of a brand; empty when it has none. The address holds the picture's hash.
func (s *Site) LogoURL(b org.Brand) string {
	if b.Logo == "" {
		return ""
	}
	if path, ok := s.logoPaths.Load(b.Logo); ok {
		return path.(string)
	}
	l, ok := org.ReadLogo(b.Logo)
	if !ok {
		return ""
	}
	sum := sha256.Sum256(l.Body)
	path := logoPrefix + hex.EncodeToString(sum[:8])
	s.logos.Store(path, l)
	s.logoPaths.Store(b.Logo, path)
	return path
}

// logoPolicy lets a drawing do nothing but draw, also where somebody opens it by itself.
const logoPolicy = "default-src 'none'; sandbox"

// serveLogo answers for a logo. As with colours, another node may have been asked for the page.
func (s *Site) serveLogo(w http.ResponseWriter, r *http.Request) {
	l, ok := s.logos.Load(r.URL.Path)
	if !ok {
		if err := s.makeThemes(r.Context()); err != nil {
			if !fault.Left(r.Context()) {
				s.Log.Warn("logo unreadable", "error", err.Error())
			}
			w.Header().Set("Retry-After", "5")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		if l, ok = s.logos.Load(r.URL.Path); !ok {
			http.NotFound(w, r)
			return
		}
	}
	logo := l.(org.Logo)
	h := w.Header()
	h.Set("Content-Type", logo.Type)
	h.Set("Content-Length", strconv.Itoa(len(logo.Body)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", logoPolicy)
	_, _ = w.Write(logo.Body)
}
