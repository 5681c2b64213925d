package web

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"luukku/domain/booking"
)

// Hot keeps public pages as they are sent, packed and with their hash, so that a page that has not changed is neither written nor packed twice.
//
// A page is kept under all that it is made from: the address with its query, what was asked by form, the look and the packing; and it is given out only
// while the stamp that it was made under is the present one. Nothing in a key or a page is anybody's: what makes the pages (Public) sees no visitor. The
// memory is bounded: when it is full, pages that nobody has asked for since the last round go first. It is safe for concurrent use; the zero Hot keeps
// nothing.
type Hot struct {
	seed   maphash.Seed
	shards []hotShard
	room   int // bytes of each shard
}

// DeskRoom is how much memory the desk's kept pages take, in bytes: some hundred lists of a long day.
const DeskRoom = 8 << 20

// hotShards is over how many locks the pages are spread.
const hotShards = 16

// HotRoom is how much memory kept pages take, in bytes: some five thousand weeks of free times.
const HotRoom = 32 << 20

// NewHot returns a Hot that takes at most so many bytes.
func NewHot(bytes int) *Hot {
	return &Hot{seed: maphash.MakeSeed(), shards: make([]hotShard, hotShards), room: bytes / hotShards}
}

// hotKey is all that a public page is made from, beside what its stamp stands for.
type hotKey struct {
	uri    string // the path and the query, as they were sent
	asked  string // the one field of a posted form, as name=value; empty for a page that is only read
	look   look
	packed bool
}

// hotPage is a page as it is sent. Nothing of it changes but used.
type hotPage struct {
	key     hotKey
	stamp   booking.Stamp
	follow  Follow
	private bool  // no browser keeps it
	since   int64 // the Unix second in which it was made: a clock that is set back finds nothing

	status int
	header []headerLine
	etag   []string
	body   []byte
	own    *packedAround // instead of a body, of a page that is one session's

	used atomic.Bool // since the hand last passed
	at   int         // in the ring
}

// hotShard is one of the parts, with a ring that a hand goes round for what to forget.
type hotShard struct {
	mu      sync.RWMutex
	pages   map[hotKey]*hotPage
	ring    []*hotPage
	hand    int
	size    int
	flights map[flightKey]*flight
}

// cost is what a page takes of the memory, near enough.
func (p *hotPage) cost() int {
	return len(p.body) + p.own.cost() + len(p.key.uri) + len(p.key.asked) + 1024
}

func (h *Hot) shard(uri string) *hotShard {
	return &h.shards[maphash.String(h.seed, uri)%hotShards]
}

// get returns the page that is kept under a key, true or not; nil for none.
func (h *Hot) get(key hotKey) *hotPage {
	if h == nil || len(h.shards) == 0 {
		return nil
	}
	s := h.shard(key.uri)
	s.mu.RLock()
	p := s.pages[key]
	s.mu.RUnlock()
	if p != nil && !p.used.Load() { // look first: writing what is there already would take the memory from other processors
		p.used.Store(true)
	}
	return p
}

// keep puts a page in the place of the one of its key, and makes room for it. One that is too large for that is not kept.
func (h *Hot) keep(p *hotPage) {
	if h == nil || len(h.shards) == 0 || p.cost() > h.room {
		return
	}
	s := h.shard(p.key.uri)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.pages[p.key]; old != nil {
		s.drop(old)
	}
	for s.size+p.cost() > h.room {
		s.forgetOne()
	}
	if s.pages == nil {
		s.pages = map[hotKey]*hotPage{}
	}
	p.at = len(s.ring)
	s.ring = append(s.ring, p)
	s.pages[p.key] = p
	s.size += p.cost()
}

// forgetOne lets the hand go on to the next page that was not used since it came by last, and drops that.
func (s *hotShard) forgetOne() {
	for {
		s.hand++
		if s.hand >= len(s.ring) {
			s.hand = 0
		}
		p := s.ring[s.hand]
		if !p.used.Swap(false) {
			s.drop(p)
			return
		}
	}
}

// drop takes a page out; the last one of the ring takes its place there.
func (s *hotShard) drop(p *hotPage) {
	end := len(s.ring) - 1
	last := s.ring[end]
	s.ring[p.at], last.at = last, p.at
	s.ring[end] = nil
	s.ring = s.ring[:end]
	delete(s.pages, p.key)
	s.size -= p.cost()
}

// flight is a page being made, for all who ask for it meanwhile.
type flight struct {
	landed chan struct{}
	page   *hotPage // nil when it was not made
}

// flightKey is what they ask for: a page, as of a stamp. Who asks later, under another stamp, does not get it.
type flightKey struct {
	hotKey
	stamp booking.StampKey
}

// once has a page made once for all who ask for it at the same time. Whose turn failed leaves the others to try for themselves: it may have been their own
// request that ended.
func (h *Hot) once(key flightKey, write func() (*hotPage, error)) (*hotPage, error) {
	if h == nil || len(h.shards) == 0 {
		return write()
	}
	s := h.shard(key.uri)
	f, first := s.board(key)
	if !first {
		<-f.landed
		if f.page == nil {
			return write()
		}
		return f.page, nil
	}
	defer func() { // after a panic, too
		s.mu.Lock()
		delete(s.flights, key)
		s.mu.Unlock()
		close(f.landed)
	}()
	page, err := write()
	if err == nil {
		f.page = page
	}
	return page, err
}

// board returns the flight of a key, and whether it has just begun.
func (s *hotShard) board(key flightKey) (f *flight, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f = s.flights[key]; f != nil {
		return f, false
	}
	if s.flights == nil {
		s.flights = map[flightKey]*flight{}
	}
	f = &flight{landed: make(chan struct{})}
	s.flights[key] = f
	return f, true
}
