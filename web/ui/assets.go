package ui

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// The bundle: style sheet, script, fonts and the icon of the tab, each under a name with its content's hash, plain, gzip and brotli. It is built by
// "make assets" and is not in the repository.
//
//go:embed all:dist
var dist embed.FS

// ErrNoAssets is returned when the program was built without its bundle.
var ErrNoAssets = errors.New("the style sheet and scripts were not built in: run \"make assets\" and build again")

// AssetPrefix is the path under which web serves the bundle.
const AssetPrefix = "/assets/"

// Assets is the bundle. It does not change, and is safe for concurrent use; nil gives addresses without hashes.
type Assets struct {
	names map[string]string // app.css -> app.3f2a….css
	files map[string]*file  // by hashed name
}

// Asset is one file as a browser gets it. Its address changes with its content, so it may be kept for ever.
type Asset struct {
	Body     []byte
	Type     string // Content-Type
	Encoding string // Content-Encoding: "br", "gzip" or empty
	ETag     string // with its quotes
}

type file struct {
	contentType string
	hash        string
	bodies      map[string][]byte // by encoding
}

type manifest map[string]struct {
	File string `json:"file"`
	Type string `json:"type"`
	Hash string `json:"hash"`
}

// OpenAssets reads the bundle that was built in. It fails with ErrNoAssets when there is none.
func OpenAssets() (*Assets, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("open the bundle: %w", err)
	}
	return openAssets(sub)
}

func openAssets(fsys fs.FS) (*Assets, error) {
	data, err := fs.ReadFile(fsys, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoAssets
	}
	if err != nil {
		return nil, fmt.Errorf("read the bundle's manifest: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("read the bundle's manifest: %w", err)
	}
	a := &Assets{names: map[string]string{}, files: map[string]*file{}}
	for name, e := range m {
		f := &file{contentType: e.Type, hash: e.Hash, bodies: map[string][]byte{}}
		for encoding, suffix := range map[string]string{"": "", "gzip": ".gz", "br": ".br"} {
			body, err := fs.ReadFile(fsys, e.File+suffix)
			if suffix != "" && errors.Is(err, fs.ErrNotExist) {
				continue // not worth compressing
			}
			if err != nil {
				return nil, fmt.Errorf("read %s of the bundle: %w", e.File+suffix, err)
			}
			f.bodies[encoding] = body
		}
		a.names[name] = e.File
		a.files[e.File] = f
	}
	return a, nil
}

// URL returns the path of the file with the plain name, such as "app.css".
func (a *Assets) URL(name string) string {
	if a == nil {
		return AssetPrefix + name
	}
	return AssetPrefix + cmp.Or(a.names[name], name)
}

// Lookup returns the file at the path (with or without AssetPrefix), in the smallest encoding that the Accept-Encoding header allows.
func (a *Assets) Lookup(path, acceptEncoding string) (Asset, bool) {
	if a == nil {
		return Asset{}, false
	}
	f, ok := a.files[strings.TrimPrefix(path, AssetPrefix)]
	if !ok {
		return Asset{}, false
	}
	for _, encoding := range []string{"br", "gzip"} {
		if body, ok := f.bodies[encoding]; ok && accepts(acceptEncoding, encoding) {
			return Asset{Body: body, Type: f.contentType, Encoding: encoding, ETag: `"` + f.hash + "-" + encoding + `"`}, true
		}
	}
	return Asset{Body: f.bodies[""], Type: f.contentType, ETag: `"` + f.hash + `"`}, true
}

// accepts reports whether an Accept-Encoding header names the encoding and does not refuse it by q=0.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
		if !ok {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
