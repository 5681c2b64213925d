package store

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func TestCommitsAreAppliedInTheirOrder(t *testing.T) {
	t.Parallel()
	var o order
	var applied []int
	var all sync.WaitGroup
	places := make([]*position, 6)
	for i := range places {
		places[i] = o.enter()
	}
	for _, i := range []int{5, 3, 1, 0} { // the later come back first; 2 and 4 are still under way
		all.Go(func() { places[i].committed(func() { applied = append(applied, i) }) })
	}
	done := make(chan bool)
	go func() { all.Wait(); close(done) }()
	select {
	case <-done:
		t.Error("who comes after one that is under way came back")
	case <-time.After(20 * time.Millisecond): // not needed to pass: it gives them the chance to come back too early
	}
	places[2].end() // rolled back
	places[4].committed(func() { applied = append(applied, 4) })
	<-done
	if want := []int{0, 1, 3, 4, 5}; !slices.Equal(applied, want) {
		t.Errorf("applied %v, want %v", applied, want)
	}
}

func TestAPlaceIsSettledOnce(t *testing.T) {
	t.Parallel()
	var o order
	var none *position
	none.end()
	n := 0
	p := o.enter()
	p.committed(func() { n++ })
	p.end()
	p.committed(func() { n++ })
	if n != 1 || len(o.queue) != 0 {
		t.Errorf("applied %d times, %d in the queue, want once and nobody", n, len(o.queue))
	}
}
