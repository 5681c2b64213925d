package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"luukku/domain/booking"
)

// A page with a gap unpacks to what was packed around what is in the gap, whatever that is.
func TestPackedAroundIsThePage(t *testing.T) {
	t.Parallel()
	part := rapid.OneOf(rapid.String(), rapid.Map(rapid.IntRange(0, 90_000), func(n int) string { return strings.Repeat("<li>A letter of the town</li>", n/28) }))
	rapid.Check(t, func(t *rapid.T) {
		before, after := part.Draw(t, "before"), part.Draw(t, "after")
		p, err := packAround([]byte(before), []byte(after))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			gap := part.Draw(t, "gap")
			gap = gap[:min(len(gap), mostBar)]
			z, err := gzip.NewReader(bytes.NewReader(p.around([]byte(gap))))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(z) // checks the sum and the length, too
			if want := before + gap + after; err != nil || string(got) != want {
				t.Fatalf("got %d bytes, %v, want %d", len(got), err, len(want))
			}
		}
	})
}

// Signing out forgets the pages of that session, and no others.
func TestForgottenPagesOfASession(t *testing.T) {
	t.Parallel()
	h := NewHot(HotRoom)
	for _, asked := range []string{"ab one", "ab one more", "abc one", "b one", ""} {
		for _, uri := range []string{"/en/my/mailbox", "/en/my/mailbox/sent", "/fi/my/mailbox"} {
			h.keep(&hotPage{key: hotKey{uri: uri, asked: asked}, stamp: booking.Stamp{Until: time.Now().Unix()}, own: &packedAround{before: []byte("x")}})
		}
	}
	h.forget("ab ")
	for asked, want := range map[string]bool{"ab one": false, "ab one more": false, "abc one": true, "b one": true, "": true} {
		if got := h.get(hotKey{uri: "/en/my/mailbox/sent", asked: asked}) != nil; got != want {
			t.Errorf("%q: kept %t, want %t", asked, got, want)
		}
	}
	for i := range h.shards {
		size := 0
		for _, p := range h.shards[i].ring {
			size += p.cost()
		}
		if size != h.shards[i].size {
			t.Errorf("a shard says that it holds %d bytes, want %d", h.shards[i].size, size)
		}
	}
	(*Hot)(nil).forget("ab ")
}
