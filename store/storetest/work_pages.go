package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/worklist"
	"luukku/store"
)

// someWork is work of two inboxes, of which much came in the same second, some is late, some is done, and each is taken by one of two or by nobody. Rows are in no order.
func (h *House) someWork(t *testing.T, n int) []worklist.Item {
	t.Helper()
	now, dice := h.Clock.Now().Unix(), rand.New(rand.NewPCG(7, 11))
	var list []worklist.Item
	var rows []store.FilledSubmission
	for i := range n {
		kind := worklist.Kinds[dice.IntN(len(worklist.Kinds))]
		x := worklist.Item{
			Org: "town", ID: h.Booking.Gen.Work(), Kind: kind, Inbox: []ids.Inbox{"main", "other"}[dice.IntN(2)], State: []worklist.State{worklist.Open, worklist.Waiting, worklist.Closed}[dice.IntN(3)], Subject: "permit",
			Assignee: []ids.Staff{"", "me", "you"}[dice.IntN(3)], Since: now - int64(dice.IntN(20)), Version: 1, CreatedAt: now - 100, Changed: now,
		}
		if dice.IntN(2) == 0 {
			x.Due = now - 10 + int64(dice.IntN(20)) // of which some is due in this second, in which it is not late
		}
		rows = append(rows, store.FilledSubmission{Submission: eservice.Submission{Org: "town", ID: h.Booking.Gen.Submission(), Number: fmt.Sprint(i), Form: "permit", State: eservice.Received, Item: x.ID, SentAt: now, Seen: 1, Sealed: []byte("x")}, Work: x})
		list = append(list, x)
	}
	if err := h.Store.FillSubmissions(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	return list
}

// pagesOfWork reads lists page by page, of every view and every kind: together the pages are what the rules say of all that there is, in the order of work, each once.
func pagesOfWork(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	all := h.someWork(t, 300)
	s, now := h.mailboxes().Work, h.Clock.Now().Unix()
	for _, v := range worklist.Views {
		for _, k := range append([]worklist.Kind{""}, worklist.Kinds...) {
			for _, boxes := range [][]ids.Inbox{{"main", "other"}, {"other"}} {
				var want []worklist.Item
				for _, i := range all {
					if v.Shows(i, "me", now) && (k == "" || i.Kind == k) && slices.Contains(boxes, i.Inbox) {
						want = append(want, i)
					}
				}
				worklist.Sort(want, now)
				for _, most := range []int{7, 500} {
					got := h.leaf(t, s, boxes, worklist.Wanted{View: v, Kind: k, Most: most}, nil)
					if !slices.Equal(got, idsOf(want)) || len(want) == 0 {
						t.Fatalf("%s %q of %v, %d a page: %d items, want %d, each once in the order of work", v, k, boxes, most, len(got), len(want))
					}
				}
			}
		}
	}
}

// leaf reads all pages, and does something between them.
func (h *House) leaf(t *testing.T, s *worklist.Service, boxes []ids.Inbox, w worklist.Wanted, between func()) (got []ids.Work) {
	t.Helper()
	for {
		p, err := s.Page(t.Context(), "town", boxes, w, "me")
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Items) > w.Most || p.Next != nil && len(p.Items) < w.Most {
			t.Fatalf("a page has %d items, want %d", len(p.Items), w.Most)
		}
		got = append(got, idsOf(p.Items)...)
		if p.Next == nil {
			return got
		}
		if w.After != nil && p.Next.Compare(*w.After) <= 0 {
			t.Fatalf("the page behind %s ends at %s", w.After, p.Next)
		}
		if w.After = worklist.ParsePlace(p.Next.String()); w.After == nil {
			t.Fatalf("%s is no place", p.Next)
		}
		if between != nil {
			between()
		}
	}
}

// leafedWhileTimePasses has what becomes late between two pages be on one of them nevertheless, and what is done meanwhile on none that comes.
func leafedWhileTimePasses(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	all := h.someWork(t, 60)
	s, now := h.mailboxes().Work, h.Clock.Now().Unix()
	boxes, w := []ids.Inbox{"main", "other"}, worklist.Wanted{View: worklist.All, Most: 5}
	var want []worklist.Item
	for _, i := range all {
		if i.State != worklist.Closed {
			want = append(want, i)
		}
	}
	worklist.Sort(want, now)
	gone := len(want) - 1
	for want[gone].Kind == worklist.Conversation { // which has its own rows beside the work
		gone--
	}
	last := want[gone]
	want = slices.Delete(slices.Clone(want), gone, gone+1)
	closed := false
	got := h.leaf(t, s, boxes, w, func() {
		h.until(h.Clock.Now().Unix() + 3)
		if !closed {
			closed = true
			last.State, last.Since = worklist.Closed, h.Clock.Now().Unix()
			if err := h.Store.ChangeWork(t.Context(), worklist.Change{Now: last}); err != nil {
				t.Fatal(err)
			}
		}
	})
	if !slices.Equal(got, idsOf(want)) {
		t.Errorf("got %d items, want %d, each once in the order of the first page", len(got), len(want))
	}
	p, err := s.Page(t.Context(), "town", boxes, worklist.Wanted{View: worklist.Done, Most: 1}, "me")
	if err != nil || len(p.Items) != 1 || p.Items[0].ID != last.ID {
		t.Errorf("what was done last is not the first of what is done: %v, %v", p.Items, err)
	}
}

func idsOf(list []worklist.Item) []ids.Work {
	out := make([]ids.Work, len(list))
	for i, x := range list {
		out[i] = x.ID
	}
	return out
}
