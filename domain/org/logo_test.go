package org

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
)

func TestOnlyWhatDrawsIsLeftOfADrawing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v2z" fill="#b01c48"/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h2v2z" fill="#b01c48"></path></svg>`},
		{`<?xml version="1.0"?><!DOCTYPE svg><svg onload="alert(1)"><script>alert(1)</script><g onclick="x()"><rect width="1"/></g></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg"><g><rect width="1"></rect></g></svg>`},
		{`<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>x</script></body></foreignObject><circle r="1"/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"></circle></svg>`},
		{`<svg><a href="javascript:x"><path d="M0"/></a><image href="https://elsewhere.example/x.png"/></svg>`, `<svg xmlns="http://www.w3.org/2000/svg"></svg>`},
		{`<svg xmlns:x="http://www.w3.org/1999/xlink"><use x:href="https://elsewhere.example/#a"/><use x:href="#a"/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg"><use></use><use href="#a"></use></svg>`},
		{`<svg><path style="fill:#fff;background:url(https://elsewhere.example)" fill="red"/><path fill="url(#g)"/><path fill="url(https://e.example/#g)"/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg"><path fill="#fff"></path><path fill="url(#g)"></path><path></path></svg>`},
		{`<svg><style>@import "https://elsewhere.example"</style><animate attributeName="href" to="javascript:x"/><set/><title>Å &lt; Ö</title></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg"><title>Å &lt; Ö</title></svg>`},
		{`<svg><path d="M0&#106;avascript:x"/><path fill="&#x75;rl(//e.example)"/></svg>`, `<svg xmlns="http://www.w3.org/2000/svg"><path></path><path></path></svg>`},
	} {
		got, err := CleanSVG([]byte(tc.in))
		if err != nil || string(got) != tc.want {
			t.Errorf("%s\n got %s, %v\nwant %s", tc.in, got, err, tc.want)
		}
		again, err := CleanSVG(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%s: cleaned again it is %s, %v", got, again, err)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	deep := "<svg>" + strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100) + "</svg>"
	for _, in := range []string{"", "GIF89a", "<html><svg/></html>", "<svg>", "<svg/><svg/>", `<!DOCTYPE svg [<!ENTITY x "y">]><svg><title>&x;</title></svg>`, deep} {
		if _, err := NewLogo([]byte(in)); !errors.Is(err, ErrLogoKind) {
			t.Errorf("%.40q: got %v, want %v", in, err, ErrLogoKind)
		}
	}
	if _, err := NewLogo(bytes.Repeat([]byte("x"), MaxLogo+1)); !errors.Is(err, ErrLogoLarge) {
		t.Errorf("too large: got %v", err)
	}
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, maxPixels+1, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := NewLogo(wide.Bytes()); !errors.Is(err, ErrLogoLarge) {
		t.Errorf("too wide: got %v", err)
	}
}

func TestALogoIsReadBackAndADirtyOneIsNot(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	for _, in := range [][]byte{picture.Bytes(), []byte(`<svg><path d="M0 0"/></svg>`)} {
		l, err := NewLogo(in)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := ReadLogo(l.Address())
		if !ok || got.Type != l.Type || !bytes.Equal(got.Body, l.Body) {
			t.Errorf("got %v, %v, want the logo back", got, ok)
		}
	}
	dirty := Logo{LogoSVG, []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script></script></svg>`)}
	for _, address := range []string{"", "town.svg", "https://elsewhere.example/logo.svg", dirty.Address(), Logo{"text/html", []byte("x")}.Address(), "data:image/png;base64,!"} {
		if _, ok := ReadLogo(address); ok {
			t.Errorf("%.60s is taken for a logo", address)
		}
	}
}

func FuzzCleanSVG(f *testing.F) {
	f.Add([]byte(`<svg><g style="fill:url(#a)"><script>x</script><path d="M0"/></g></svg>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := CleanSVG(in)
		if err != nil {
			return
		}
		low := strings.ToLower(string(got))
		for _, bad := range []string{"<script", "javascript:", " on", "<foreign", "<style", "http://e", "https:"} {
			if strings.Contains(low, bad) && !strings.Contains(low, "<t") && !strings.Contains(low, "<desc") {
				t.Errorf("%q is left in %s", bad, got)
			}
		}
		again, err := CleanSVG(got)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("%q, cleaned again: %q, %v", got, again, err)
		}
	})
}
