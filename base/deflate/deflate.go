// Package deflate packs pages that are made for one reader and sent once, as gzip (RFC 1951 and 1952).
//
// compress/gzip spends most of its time on a page of ten kilobytes on working out the codes that suit just that page. Here the codes are always the same ones, worked out beforehand over the product's
// own pages (codes.go): any text comes back as it was, and text like theirs becomes nearly as small, in a fraction of the time. What is packed once and sent often is packed better by the
// standard library.
package deflate

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"sync"
)

const (
	window    = 1 << 15 // how far back a match may lie
	minMatch  = 4
	maxMatch  = 258
	tableBits = 13
	tries     = 4  // how many earlier places are looked at
	enough    = 32 // a match of this length is looked for no longer
)

// packer is what packing needs of memory.
type packer struct {
	out   []byte
	acc   uint64 // bits that are not written yet, the first one lowest
	n     uint   // how many
	found []token
	heads [1 << tableBits]int32
	links [window]int32 // the place before with the same beginning, by the place modulo the window; places count from 1
}

// token is a letter, or what stood there before: how long, and how far back.
type token uint32

const isMatch token = 1 << 31

func matchOf(length, back int) token { return isMatch | token(length)<<16 | token(back-1) }

func (t token) length() int { return int(t >> 16 & (1<<15 - 1)) }
func (t token) back() int   { return int(t&(1<<16-1)) + 1 }

var packers = sync.Pool{New: func() any { return new(packer) }}

// gzipHead is a header of gzip that says nothing but what it is.
var gzipHead = []byte{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF}

// AppendGzip appends a text as one gzip stream.
func AppendGzip(out, text []byte) []byte {
	out = AppendPiece(append(out, gzipHead...), text, true)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(text))
	return binary.LittleEndian.AppendUint32(out, uint32(len(text)))
}

// AppendHead appends the header of gzip, after which pieces and the sum of them all follow.
func AppendHead(out []byte) []byte { return append(out, gzipHead...) }

// AppendPiece appends a text as a piece of a stream: it looks back at nothing that was packed before, and ends at a whole byte. After the last piece nothing follows.
func AppendPiece(out, text []byte, last bool) []byte {
	p := packers.Get().(*packer)
	p.out, p.acc, p.n = out, 0, 0
	head := blockHead
	if last {
		head |= 1
	}
	p.bits(head, 3)
	for _, c := range codeHead {
		p.bits(uint64(c.bits), uint(c.n))
	}
	p.find(text)
	for _, t := range p.found {
		if t&isMatch == 0 {
			p.code(&literals[t])
		} else {
			p.match(t.length(), t.back())
		}
	}
	p.code(&literals[endOfBlock])
	if !last { // an empty block that is not packed ends at a whole byte
		p.bits(0, 3)
		p.whole()
		p.out = append(p.out, 0, 0, 0xFF, 0xFF)
	}
	p.whole()
	out = p.out
	p.out = nil
	packers.Put(p)
	return out
}

// bits writes up to 32 bits.
func (p *packer) bits(b uint64, n uint) {
	p.acc |= b << p.n
	p.n += n
	if p.n >= 32 {
		p.out = binary.LittleEndian.AppendUint32(p.out, uint32(p.acc))
		p.acc >>= 32
		p.n -= 32
	}
}

func (p *packer) code(c *code) { p.bits(uint64(c.bits), uint(c.n)) }

// whole fills up the last byte.
func (p *packer) whole() {
	for ; p.n > 0; p.n -= min(p.n, 8) {
		p.out = append(p.out, byte(p.acc))
		p.acc >>= 8
	}
}

func hash(four uint32) uint32 { return four * 0x9E3779B1 >> (32 - tableBits) }

// find tells a text apart: what stood in it already, and the rest letter by letter.
func (p *packer) find(text []byte) {
	clear(p.heads[:])
	p.found = p.found[:0]
	i, last := 0, len(text)-minMatch
	for i <= last {
		four := binary.LittleEndian.Uint32(text[i:])
		h := hash(four)
		length, back := p.longest(text, i, four, int(p.heads[h]))
		p.links[i&(window-1)], p.heads[h] = p.heads[h], int32(i+1)
		if length == 0 {
			p.found = append(p.found, token(text[i]))
			i++
			continue
		}
		p.found = append(p.found, matchOf(length, back))
		end := i + length
		for i++; i < end; i++ {
			if i <= last {
				h := hash(binary.LittleEndian.Uint32(text[i:]))
				p.links[i&(window-1)], p.heads[h] = p.heads[h], int32(i+1)
			}
		}
	}
	for ; i < len(text); i++ {
		p.found = append(p.found, token(text[i]))
	}
}

// longest is the longest match for what stands at a place, among the latest places with the same beginning; at is the latest of them, from 1, and 0 is none.
func (p *packer) longest(text []byte, i int, four uint32, at int) (length, back int) {
	most := min(maxMatch, len(text)-i)
	for range tries {
		at--
		if at < 0 || i-at > window {
			break
		}
		if binary.LittleEndian.Uint32(text[at:]) == four && (length == 0 || text[at+length] == text[i+length]) {
			if n := same(text[at:], text[i:], most); n > length {
				length, back = n, i-at
				if n >= enough || n == most {
					break
				}
			}
		}
		at = int(p.links[at&(window-1)])
	}
	return length, back
}

// same is how many of the first bytes of two texts are the same, at most so many; the second one has that many.
func same(a, b []byte, most int) int {
	n := minMatch
	for n+8 <= most {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

func (p *packer) match(length, back int) {
	l := &lengths[length]
	p.bits(uint64(l.bits), uint(l.n))
	d := &distances[distanceOf(back)]
	p.bits(uint64(d.bits)|uint64(back-int(d.base))<<d.n, uint(d.n)+uint(d.extra))
}

// distanceOf is the number of the code of a distance: two for each power of two (RFC 1951, 3.2.5).
func distanceOf(back int) int {
	back--
	if back < 4 {
		return back
	}
	top := bits.Len(uint(back)) - 1
	return 2*top + back>>(top-1)&1
}
