package web

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"

	"luukku/domain/booking"
	"luukku/domain/identity"
	"luukku/web/ui"
)

// OwnRoom is how much memory the kept pages of people who have signed in take, in bytes: some thousand lists of letters.
const OwnRoom = 8 << 20

// Own has a page made for one session, and kept for it alone as it is sent, while what it follows from stays as it is: turns is a number that grows with each change of that, and config with each
// change of what is configured. The page is found by the secret of the session, which is read at each request as for any other page, and by who it stands for and for whom they act: nobody else's
// request can name it. Only what says how long the session lasts is written each time. A page is kept if it calls KeepUntil, and sets no cookie; signing out forgets it.
func (v *Visit) Own(turns uint64, config int64, page Handler) error {
	s := v.Site
	if v.signed == nil || s.Own == nil || v.R.Method != http.MethodGet || s.Preview != nil {
		return page(v)
	}
	key := s.keyOf(v.R, ownedBy(v.signed))
	if !key.packed || len(key.uri) > longestURI || !strings.HasPrefix(key.uri, "/") {
		return page(v)
	}
	stamp := booking.Stamp{Key: booking.StampKey{Config: config, Times: turns}}
	if p := s.Own.get(key); p != nil && p.holds(stamp, v.Now) {
		bar, err := v.stayBar()
		if err != nil {
			return err
		}
		return v.sendPacked(p.own.around(bar))
	}
	v.own = &owning{key: key, stamp: stamp}
	return page(v)
}

// owning is what a page is kept under that is being made.
type owning struct {
	key   hotKey
	stamp booking.Stamp
}

// KeepUntil has the page that is being made kept until a second, its last one, if it is one that may be.
func (v *Visit) KeepUntil(until int64) {
	if v.own == nil {
		return
	}
	if v.Site.Demo != nil {
		until = min(until, thisMinute(v.Now)) // the demo's pages tell the time
	}
	v.own.stamp.Until = until
}

// ownedBy tells sessions apart, and what is known of who they stand for.
func ownedBy(s *identity.Signed) string {
	return fmt.Sprintf("%x %q", s.Session.Hash, []any{s.Actor.Person, s.Actor.Level, s.Actor.For, s.Name, s.ForName, s.Welcomed})
}

// forgetOwn forgets the pages of a session.
func (s *Site) forgetOwn(signed *identity.Signed) {
	if signed != nil {
		s.Own.forget(fmt.Sprintf("%x ", signed.Session.Hash))
	}
}

// forget drops what was asked for under a prefix.
func (h *Hot) forget(prefix string) {
	if h == nil {
		return
	}
	for i := range h.shards {
		s := &h.shards[i]
		s.mu.Lock()
		for _, p := range slices.Clone(s.ring) {
			if strings.HasPrefix(p.key.asked, prefix) {
				s.drop(p)
			}
		}
		s.mu.Unlock()
	}
}

// stayBar is what a page says of how long the session lasts: all of it that is another in each second.
func (v *Visit) stayBar() ([]byte, error) {
	bar := v.signedBar()
	if bar == nil {
		return nil, nil
	}
	var b bytes.Buffer
	err := ui.StayBar(v.P, *bar).Render(v.Ctx(), &b)
	return b.Bytes(), err
}

// renderOwn keeps a page that was written, if it is to be, and sends it; false leaves that to the caller.
func (v *Visit) renderOwn(status int, body []byte) (bool, error) {
	o := v.own
	if o == nil || status != http.StatusOK || o.stamp.Until == 0 || len(v.W.Header()["Set-Cookie"]) > 0 {
		return false, nil
	}
	bar, err := v.stayBar()
	if err != nil || len(bar) == 0 || len(bar) > mostBar || bytes.Count(body, bar) != 1 {
		return false, err
	}
	before, after, _ := bytes.Cut(body, bar)
	parts, err := packAround(before, after)
	if err != nil {
		return false, err
	}
	v.Site.Own.keep(&hotPage{key: o.key, stamp: o.stamp, since: v.Now.Unix(), private: true, status: status, own: parts})
	return true, v.sendPacked(parts.around(bar))
}

// sendPacked sends a page that is packed, as Render does.
func (v *Visit) sendPacked(body []byte) error {
	h := v.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", string(v.Lang))
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Encoding", "gzip")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.W.WriteHeader(http.StatusOK)
	_, err := v.W.Write(body)
	return gone(err)
}

// mostBar is the longest text that one stored block of a packed page holds.
const mostBar = 1<<16 - 1

// packedAround is a page, packed, with a gap in it: what stands before the gap, which ends at a whole byte, and what stands after it, which looks back at nothing before. So the gap can be
// filled with a block that is not packed (RFC 1951, 3.2.4), and the whole is one gzip stream (RFC 1952).
type packedAround struct {
	before, after []byte // packed; before begins with the header of gzip
	sum           uint32 // CRC-32 of what is before the gap
	size          int    // of it
	tail          []byte // what is after the gap, not packed: its sum follows from what is before
}

// gzipHead is a header of gzip that says nothing else.
var gzipHead = []byte{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, packLevel) // a valid level: no error
	return w
}}

func packAround(before, after []byte) (*packedAround, error) {
	p := &packedAround{sum: crc32.ChecksumIEEE(before), size: len(before), tail: bytes.Clone(after)}
	for _, half := range []struct {
		text []byte
		into *[]byte
		head []byte
		end  func(*flate.Writer) error
	}{{before, &p.before, gzipHead, (*flate.Writer).Flush}, {after, &p.after, nil, (*flate.Writer).Close}} {
		out := bytes.NewBuffer(slices.Clone(half.head))
		w := deflaters.Get().(*flate.Writer)
		w.Reset(out)
		_, err := w.Write(half.text)
		if err == nil {
			err = half.end(w)
		}
		deflaters.Put(w)
		if err != nil {
			return nil, fmt.Errorf("compress: %w", err)
		}
		*half.into = bytes.Clone(out.Bytes())
	}
	return p, nil
}

// around is the whole page with a text in its gap, of at most mostBar bytes.
func (p *packedAround) around(gap []byte) []byte {
	out := make([]byte, 0, len(p.before)+5+len(gap)+len(p.after)+8)
	out = append(out, p.before...)
	out = append(out, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(gap)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(gap)))
	out = append(out, gap...)
	out = append(out, p.after...)
	sum := crc32.Update(crc32.Update(p.sum, crc32.IEEETable, gap), crc32.IEEETable, p.tail)
	out = binary.LittleEndian.AppendUint32(out, sum)
	return binary.LittleEndian.AppendUint32(out, uint32(p.size+len(gap)+len(p.tail)))
}

// cost is what it takes of the memory.
func (p *packedAround) cost() int {
	if p == nil {
		return 0
	}
	return len(p.before) + len(p.after) + len(p.tail)
}
