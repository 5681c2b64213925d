// Package live tells open pages, displays and caches that something changed, by topic, within this process.
//
// It promises that publishing never waits for anybody, and that a subscriber who is slow misses repetitions but never the last change: what it is
// told after it looks away is told once, together. A signal says that something changed and not what: who gets it reads again. Changes of other
// servers come through the change feed, which is left to the store.
package live

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

// Event says which topics changed since the event before, each once, in the order in which they first did.
type Event struct{ Topics []string }

// Hub passes changes on. The zero Hub is ready; it is safe for concurrent use.
type Hub struct {
	mu       sync.RWMutex
	topics   map[string]map[*subscriber]struct{}
	versions [versionSlots]atomic.Uint64
}

// versionSlots is how many numbers there are for all topics together.
const versionSlots = 1024

var seed = maphash.MakeSeed()

func (h *Hub) version(topic string) *atomic.Uint64 {
	return &h.versions[maphash.String(seed, topic)%versionSlots]
}

// Version is a number that grows whenever a topic changes, before Publish comes back. Topics share their numbers: one may grow although nothing changed.
func (h *Hub) Version(topic string) uint64 { return h.version(topic).Load() }

// subscriber is one reader. Its channel holds at most one event, into which later ones are merged.
type subscriber struct {
	mu     sync.Mutex
	ch     chan Event
	closed bool
}

// Publish says that the topics changed. It never waits.
func (h *Hub) Publish(topics ...string) {
	for _, topic := range topics {
		h.version(topic).Add(1)
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, topic := range topics {
		for s := range h.topics[topic] {
			s.tell(topic)
		}
	}
}

// Subscribe returns a channel on which changes of the topics arrive from now on. Cancel ends it and closes the channel; it must be called once the
// reader is done, and may be called again.
func (h *Hub) Subscribe(topics ...string) (changes <-chan Event, cancel func()) {
	s := &subscriber{ch: make(chan Event, 1)}
	topics = slices.Clone(topics)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.topics == nil {
		h.topics = map[string]map[*subscriber]struct{}{}
	}
	for _, topic := range topics {
		if h.topics[topic] == nil {
			h.topics[topic] = map[*subscriber]struct{}{}
		}
		h.topics[topic][s] = struct{}{}
	}
	return s.ch, func() { h.cancel(s, topics) }
}

// cancel forgets a subscriber.
func (h *Hub) cancel(s *subscriber, topics []string) {
	h.mu.Lock()
	for _, topic := range topics {
		delete(h.topics[topic], s)
		if len(h.topics[topic]) == 0 {
			delete(h.topics, topic)
		}
	}
	h.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.ch)
	}
}

// tell puts the topic into the event that waits, or makes one.
func (s *subscriber) tell(topic string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	var e Event
	select {
	case e = <-s.ch:
	default:
	}
	if !slices.Contains(e.Topics, topic) {
		e.Topics = append(e.Topics, topic)
	}
	// Never waits: only tell sends, under the lock, and the channel has just been emptied.
	s.ch <- e
}
