package eservice

import (
	"container/list"
	"sync"
)

// recent keeps what was read last, up to a weight altogether: what was not asked for the longest goes first. Its zero value is ready.
type recent[K comparable, V any] struct {
	mu     sync.Mutex
	weight int
	at     map[K]*list.Element
	order  list.List // of weighed[K, V]: the newest in front
}

type weighed[K comparable, V any] struct {
	key    K
	value  V
	weight int
}

// get returns what is kept under a key, which is the newest from then on.
func (r *recent[K, V]) get(k K) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.at[k]
	if !ok {
		return v, false
	}
	r.order.MoveToFront(e)
	return e.Value.(weighed[K, V]).value, true
}

// put keeps something of a weight, and lets go of as much as is too much by then: no more than most stays. What is heavier itself is not kept.
func (r *recent[K, V]) put(k K, v V, weight, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.at[k]; ok {
		r.drop(e)
	}
	if weight > most {
		return
	}
	if r.at == nil {
		r.at = map[K]*list.Element{}
	}
	r.at[k] = r.order.PushFront(weighed[K, V]{k, v, weight})
	for r.weight += weight; r.weight > most; {
		r.drop(r.order.Back())
	}
}

func (r *recent[K, V]) drop(e *list.Element) {
	x := r.order.Remove(e).(weighed[K, V])
	delete(r.at, x.key)
	r.weight -= x.weight
}
