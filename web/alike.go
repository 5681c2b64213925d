package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"luukku/domain/booking"
)

// Alike says for whom a page of those who work here is the same, and for how long.
type Alike struct {
	// Sight tells apart who sees different things: what one was granted, whose protected data one may see. Two readers of the same sight get the same page.
	Sight string
	// Writes is booking.DeskStore's: the page is out of date when that has grown.
	Writes uint64
}

// AlikePage is such a page, and the last Unix second in which it is true if nothing changes.
type AlikePage struct {
	Component
	Until int64
}

// RenderAlike sends the page that was made for somebody of the same sight while nothing has changed since, else a new one. The address, the language and the
// look tell pages apart, too. Nothing of the reader may be on the page. No browser keeps it.
func (v *Visit) RenderAlike(a Alike, write func() (AlikePage, error)) error {
	s := v.Site
	key := s.keyOf(v.R, a.Sight)
	stamp := booking.Stamp{Key: booking.StampKey{Config: v.Org.Version, Times: a.Writes}}
	if p := s.Desk.get(key); p != nil && p.holds(stamp, v.Now) {
		p.send(v.W, v.R)
		return nil
	}
	page, err := write()
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := page.Render(v.Ctx(), &body); err != nil {
		return fmt.Errorf("render %s: %w", v.R.Pattern, err)
	}
	stamp.Until = page.Until
	if s.Demo != nil {
		stamp.Until = min(stamp.Until, thisMinute(v.Now)) // the demo's pages tell the time
	}
	p := &hotPage{key: key, stamp: stamp, since: v.Now.Unix(), private: true, status: http.StatusOK, body: body.Bytes()}
	written := http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Language": {string(v.Lang)}}
	if err := p.finish(written); err != nil {
		return err
	}
	if strings.HasPrefix(key.uri, "/") && len(key.uri) <= longestURI {
		s.Desk.keep(p)
	}
	p.send(v.W, v.R)
	return nil
}
