package eservice

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"luukku/base/ids"
)

func TestWhatWasNotAskedForTheLongestGoesFirst(t *testing.T) {
	var r recent[string, int]
	has := func(want string) {
		t.Helper()
		got := ""
		for e := r.order.Front(); e != nil; e = e.Next() {
			got += e.Value.(weighed[string, int]).key
		}
		if got != want || len(r.at) != len(want) {
			t.Errorf("kept is %q with %d keys, want %q", got, len(r.at), want)
		}
	}
	r.put("a", 1, 4, 10)
	r.put("b", 2, 3, 10)
	r.put("c", 3, 3, 10) // just fits
	has("cba")
	if v, ok := r.get("a"); !ok || v != 1 {
		t.Errorf("got %d, %t", v, ok)
	}
	r.put("d", 4, 1, 10) // b is the oldest now
	has("dac")
	r.put("a", 5, 1, 10) // another of the same name takes its place
	has("adc")
	if v, _ := r.get("a"); v != 5 || r.weight != 5 {
		t.Errorf("got %d, %d altogether", v, r.weight)
	}
	r.put("e", 6, 11, 10) // heavier than all that may be
	has("adc")
	r.put("c", 7, 11, 10) // and what it would have replaced is not true any more
	has("ad")
	r.put("f", 8, 10, 10)
	has("f")
	if _, ok := r.get("nothing"); ok || r.weight != 10 {
		t.Errorf("found what is not there; %d altogether", r.weight)
	}
}

// library is a storage with any number of forms, each with a document of its size; it counts how often one was read.
type library struct {
	Store
	size  int
	mu    sync.Mutex
	reads int
}

func (l *library) FormVersion(_ context.Context, o ids.Org, f ids.Form, number int64) (Version, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reads++
	const start = `{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"a":{"type":"string","maxLength":9}}},"ui":{"type":"Control","scope":"#/properties/a"},"texts":{"en":{"a.label":"`
	doc := start + strings.Repeat("x", 9) + `"}}}`
	return Version{Org: o, Form: f, Number: number, Document: []byte(doc + strings.Repeat(" ", l.size-len(doc)))}, nil
}

// Forms that were read stay in memory up to their bound, however many there are and however often each is asked for, and those that are used stay.
func TestFormsThatWereReadAreBounded(t *testing.T) {
	const size = 256 << 10
	l := &library{size: size}
	s := &Service{Store: l}
	read := func(f string) {
		t.Helper()
		v, def, err := s.read(t.Context(), Version{Org: "town", Form: ids.Form(f), Number: 1})
		if err != nil || def == nil || v.Form != ids.Form(f) {
			t.Fatalf("%s: %v, %v", f, v.Form, err)
		}
	}
	const forms = 3 * mostReadBytes / size
	for i := range forms {
		read(fmt.Sprint("form-", i))
		read("used")
		if got := s.Definitions.read.weight; got > mostReadBytes {
			t.Fatalf("%d bytes of documents are kept after %d, at most %d may be", got, i, mostReadBytes)
		}
	}
	if want := forms + 1; l.reads != want {
		t.Errorf("read %d times, want %d: the one in use was let go", l.reads, want)
	}
	if got, want := len(s.Definitions.read.at), mostReadBytes/size; got != want {
		t.Errorf("%d are kept, want %d", got, want)
	}
	read("form-0") // gone, and read again
	if want := forms + 2; l.reads != want {
		t.Errorf("read %d times, want %d", l.reads, want)
	}
	var at sync.WaitGroup
	for i := range 8 {
		at.Go(func() {
			for j := range 100 {
				if _, def, err := s.read(t.Context(), Version{Org: "town", Form: ids.Form(fmt.Sprint("form-", (i*j)%200)), Number: 1}); err != nil || def == nil {
					t.Error(err)
				}
			}
		})
	}
	at.Wait()
	if got := s.Definitions.read.weight; got > mostReadBytes {
		t.Errorf("%d bytes of documents are kept", got)
	}
}
