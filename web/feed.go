package web

import (
	"bytes"
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/live"
)

// StaleAfter is how long a page that hears nothing goes on showing what it knows: three beats.
const StaleAfter = 3 * beatEvery

// Times of the event streams.
const (
	beatEvery    = 5 * time.Second  // so often every stream says that what it last said still holds
	reconnect    = 2 * time.Second  // after so long a browser comes back to a stream that ended
	writeTime    = 10 * time.Second // whoever takes nothing for so long is dropped
	allowedEvery = time.Minute      // so often it is asked again whether a reader may read
	makeTime     = 4 * time.Second
	breath       = 25 * time.Millisecond // a view is made anew at once, but not more often than this
)

// View is something that many look at: what one change makes of it is written once, for all of them.
type View struct {
	// Key names what is shown: whoever asks for the same key is given the same bytes.
	Key string
	// Topics of base/live at whose change the view is made anew. It is made anew with every beat, too: time alone changes things.
	Topics []string
	// Make returns the state, whole: a fragment of a page, or JSON. It must depend on nothing of the visit but what the key says. What fails is said to
	// nobody: the readers' pages find out that nothing is heard.
	Make func(ctx context.Context) ([]byte, error)
	// Clock says when the state was made, as the readers read it.
	Clock func() string
	// Allowed says whether this reader may still read; nil lets everybody. It is asked when the stream begins and every minute.
	Allowed func(ctx context.Context) error
}

// Streams are the event streams that are open, and the feeds they drink from: one for each view, for as long as anybody looks at it.
//
// Whoever publishes never waits for a reader, and no reader for another one: each writes by itself what the feed made once. Who is slow misses states, but
// never the last one. It is safe for concurrent use.
type Streams struct {
	live     *live.Hub
	clock    clock.Now
	most     int
	mostEach int
	// How often there is a beat, and a right is asked for again.
	beatEvery, allowedEvery time.Duration

	mu     sync.Mutex
	feeds  map[string]*feed
	open   int
	by     map[netip.Addr]int
	closed bool
	done   chan struct{}
}

// NewStreams returns streams over a hub: at most so many at once, and so many for one address. The clock is the machine's: of connections, and not of the house.
func NewStreams(hub *live.Hub, real clock.Now, most, mostEach int) *Streams {
	return &Streams{
		live: hub, clock: real, most: most, mostEach: mostEach, beatEvery: beatEvery, allowedEvery: allowedEvery, feeds: map[string]*feed{}, by: map[netip.Addr]int{}, done: make(chan struct{}),
	}
}

// Close ends all streams, and lets none begin any more.
func (s *Streams) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
}

// Open is how many streams are open.
func (s *Streams) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// enter counts a reader in.
func (s *Streams) enter(from netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return fault.Unavailable("error.unavailable", reconnect)
	case s.open >= s.most:
		return fault.Unavailable(BusyKey, 2*reconnect)
	case s.by[from] >= s.mostEach:
		return fault.TooMany("error.too_many", 2*reconnect)
	}
	s.open++
	s.by[from]++
	return nil
}

func (s *Streams) leave(from netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.by[from]--; s.by[from] == 0 {
		delete(s.by, from)
	}
}

// join is the feed of a view; it is started for its first reader. Every join needs its part.
func (s *Streams) join(v View) *feed {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.feeds[v.Key]
	if f == nil {
		ctx, stop := context.WithCancel(context.Background())
		f = &feed{view: v, stop: stop, now: &said{next: make(chan struct{})}}
		s.feeds[v.Key] = f
		changes, cancel := s.live.Subscribe(v.Topics...)
		go func() {
			defer cancel()
			f.run(ctx, changes, s.beatEvery)
		}()
	}
	f.readers++
	return f
}

// part leaves a feed, which ends with its last reader.
func (s *Streams) part(f *feed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.readers--; f.readers == 0 {
		f.stop()
		delete(s.feeds, f.view.Key)
	}
}

// feed makes a view's states and beats, for all its readers.
type feed struct {
	view    View
	stop    func()
	readers int // the streams' lock

	mu     sync.Mutex
	now    *said
	direct map[*direct]struct{} // whom the feed writes to by itself
}

// said is the last thing that a feed said. Nothing of it changes, but that next is closed when there is more.
type said struct {
	state  []byte // the whole state as an event, and the beat; nil until the first was made
	number int    // of the state: whoever has this one needs the beat alone
	beat   []byte
	// The same, as they are written directly.
	stateChunk, beatChunk []byte
	err                   error // why nothing is known now; readers are told nothing then
	next                  chan struct{}
}

// last is what a feed said last.
func (f *feed) last() *said {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// say says something to all readers.
func (f *feed) say(next *said) {
	next.next = make(chan struct{})
	f.mu.Lock()
	before := f.now
	f.now = next
	to := slices.Collect(maps.Keys(f.direct))
	f.mu.Unlock()
	close(before.next)
	for _, d := range to {
		d.offer(f, next)
	}
}

// admit has the feed write to a stream by itself from now on.
func (f *feed) admit(d *direct) {
	f.mu.Lock()
	if f.direct == nil {
		f.direct = map[*direct]struct{}{}
	}
	f.direct[d] = struct{}{}
	now := f.now
	f.mu.Unlock()
	if now.number != d.has() { // said meanwhile
		d.offer(f, now)
	}
}

func (f *feed) dismiss(d *direct) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.direct, d)
}

func (f *feed) run(ctx context.Context, changes <-chan live.Event, every time.Duration) {
	beat := time.NewTicker(every)
	defer beat.Stop()
	body, number := []byte(nil), 0
	var state []byte
	wrong := false
	due := true // something is to be said, whether anything changed or not
	for {
		made, err := f.make(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.say(&said{state: state, number: number, err: err})
			wrong = true
		case !due && !wrong && bytes.Equal(made, body): // what changed does not show here
		default:
			if number == 0 || !bytes.Equal(made, body) {
				body, number = made, number+1
			}
			clock := ""
			if f.view.Clock != nil {
				clock = f.view.Clock()
			}
			beat := event("beat", []byte(clock))
			state = append(event("state", body), beat...)
			f.say(&said{state: state, number: number, beat: beat, stateChunk: chunk(state), beatChunk: chunk(beat)})
			wrong = false
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(breath):
		}
		select {
		case <-ctx.Done():
			return
		case <-changes:
			due = false
		case <-beat.C:
			due = true
		}
	}
}

func (f *feed) make(ctx context.Context) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, makeTime)
	defer cancel()
	return f.view.Make(ctx)
}

// event writes an event of a stream. A line of the data is a line of the event.
func event(name string, data []byte) []byte {
	out := make([]byte, 0, len(data)+len(name)+64)
	out = append(append(out, "event: "...), name...)
	for line := range bytes.Lines(data) {
		out = append(append(out, "\ndata: "...), bytes.TrimRight(line, "\r\n")...)
	}
	if len(data) == 0 {
		out = append(out, "\ndata:"...)
	}
	return append(out, "\n\n"...)
}
