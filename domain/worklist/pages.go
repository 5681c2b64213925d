package worklist

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"luukku/base/ids"
	"luukku/base/planted"
)

// PageSize is how many items a page of a list has, Most how many it has at most where somebody asks for more.
const (
	PageSize = 50
	Most     = 500
)

// mostCounted is how many items of an inbox and a state are counted: of more it is said that there are more.
const mostCounted = 1000

// Stretch is a part of the order of work: within it one thing alone says what comes first.
type Stretch int

// The stretches, in their order: what is late, by when it was due; what waits for those who work here, and what waits for the person, by since when; and what is done, the newest first.
const (
	Lates Stretch = iota
	Opens
	Waits
	Dones
)

// Place is where in the order of work a page ends: behind this item. It says nothing of what the item is about.
type Place struct {
	In Stretch
	// At is when the item was due in Lates, and since when it is as it is in the others.
	At int64
	ID ids.Work
	// Now is the moment at which the first page was made. What is late is judged by it on all pages: or what becomes late while somebody leafs on would be on none.
	Now int64
}

// String is a place as an address has it.
func (p Place) String() string {
	return strings.Join([]string{strconv.Itoa(int(p.In)), strconv.FormatInt(p.At, 10), string(p.ID), strconv.FormatInt(p.Now, 10)}, ".")
}

// ParsePlace reads a place; nil for what is none, which begins at the first page.
func ParsePlace(s string) *Place {
	parts := strings.Split(s, ".")
	if len(parts) != 4 || !ids.Valid(parts[2]) {
		return nil
	}
	in, err := strconv.Atoi(parts[0])
	at, err2 := strconv.ParseInt(parts[1], 10, 64)
	now, err3 := strconv.ParseInt(parts[3], 10, 64)
	if err != nil || err2 != nil || err3 != nil || in < int(Lates) || in > int(Dones) || at < 0 || now <= 0 {
		return nil
	}
	return &Place{Stretch(in), at, ids.Work(parts[2]), now}
}

// Part is what of a stretch is read.
type Part struct {
	In   Stretch
	Kind Kind // of one kind alone; empty for all
	// Now judges what is late.
	Now int64
	// After is the item behind which it begins: an At below 0, or above all in Dones, is before all.
	After Place
	// Whose says whose it is: Assignee, who is nobody when it is empty. Otherwise it is anybody's.
	Whose    bool
	Assignee ids.Staff
	// DueFrom and DueUntil are between when it is due, 0 for no end.
	DueFrom, DueUntil int64
	Most              int
}

// part is what a view shows of a stretch; ok is false for nothing.
func (v View) part(in Stretch, me ids.Staff, now int64) (p Part, ok bool) {
	p = Part{In: in, Now: now}
	switch v {
	case Done:
		return p, in == Dones
	case Overdue:
		return p, in == Lates
	case Soon:
		p.DueFrom, p.DueUntil = now, now+SoonFor
		return p, in == Opens || in == Waits
	case Mine:
		p.Whose, p.Assignee = true, me
	case Unassigned:
		p.Whose = true
	}
	return p, in != Dones
}

// Place is where an item stands in the order of work at a moment.
func (i Item) Place(now int64) Place {
	p := Place{In: Opens, At: i.Since, ID: i.ID, Now: now}
	switch {
	case i.State == Closed:
		p.In = Dones
	case i.Late(now):
		p.In, p.At = Lates, i.Due
	case i.State == Waiting:
		p.In = Waits
	}
	return p
}

// Compare orders places as work is done: what is late before all, by when it was due; then what waits for those who work here, and then what waits for the person, what has waited longest first; and what is
// done, the newest first.
func (p Place) Compare(q Place) int {
	c := cmp.Or(cmp.Compare(p.In, q.In), cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID))
	if p.In == Dones && q.In == Dones {
		return -c
	}
	return c
}

// Sort puts items in the order of work.
func Sort(list []Item, now int64) {
	slices.SortFunc(list, func(a, b Item) int { return a.Place(now).Compare(b.Place(now)) })
}

// Page is a page of a list.
type Page struct {
	Items []Item
	// Next is where the next page begins, nil when there is none.
	Next *Place
}

// first is the place before all of a stretch.
func first(in Stretch, now int64) Place {
	p := Place{In: in, At: -1, Now: now}
	if in == Dones {
		p.At = 1 << 62
	}
	return p
}

// behind is the place behind which a page goes on: of what came in the same second its identifier says what was on the page before.
func behind(at Place) Place {
	switch {
	case planted.Bug("page-twice"):
		if at.ID = ""; at.In == Dones {
			at.ID = "~"
		}
	case planted.Bug("page-leaves-out"):
		if at.ID = "~"; at.In == Dones {
			at.ID = ""
		}
	}
	return at
}

// Page returns a page of what lies in some inboxes, in the order of work, as one of the staff would see it. It asks for no rights.
func (s *Service) Page(ctx context.Context, o ids.Org, boxes []ids.Inbox, w Wanted, me ids.Staff) (out Page, err error) {
	most := w.Most
	if most <= 0 {
		most = PageSize
	}
	most = min(most, Most)
	at := first(Lates, s.Now().Unix())
	if w.After != nil {
		if at = *w.After; planted.Bug("page-late-anew") {
			at.Now = s.Now().Unix()
		}
	}
	var list []Item
	for in := at.In; in <= Dones && len(list) <= most; in++ {
		p, ok := w.View.part(in, me, at.Now)
		if !ok {
			continue
		}
		p.Kind, p.Most, p.After = w.Kind, most+1-len(list), first(in, at.Now)
		if in == at.In {
			p.After = behind(at)
		}
		var more []Item
		for _, box := range boxes {
			got, err := s.Store.WorkPart(ctx, o, box, p)
			if err != nil {
				return out, err
			}
			more = append(more, got...)
		}
		Sort(more, at.Now)
		list = append(list, more[:min(len(more), p.Most)]...)
	}
	if len(list) > most {
		list = list[:most]
		next := list[most-1].Place(at.Now)
		out.Next = &next
	}
	out.Items = list
	return out, nil
}

// Counts says how many items each view has.
type Counts struct {
	Of map[View]int
	// More says that there are more than are counted.
	More bool
}

// counts counts what lies in some inboxes and is not done.
func (s *Service) counts(ctx context.Context, o ids.Org, boxes []ids.Inbox, k Kind, me ids.Staff, now int64) (Counts, error) {
	c := Counts{Of: map[View]int{}}
	err := s.briefs(ctx, o, boxes, k, &c.More, func(i Item) {
		for _, v := range Views {
			if v.Shows(i, me, now) {
				c.Of[v]++
			}
		}
	})
	return c, err
}

// briefs goes through what lies in some inboxes and is not done, as much of it as is counted; more becomes true when there is more.
func (s *Service) briefs(ctx context.Context, o ids.Org, boxes []ids.Inbox, k Kind, more *bool, do func(Item)) error {
	for _, box := range boxes {
		for _, state := range []State{Open, Waiting} {
			list, err := s.Store.WorkBriefs(ctx, o, box, state, k, mostCounted+1)
			if err != nil {
				return err
			}
			if len(list) > mostCounted {
				list, *more = list[:mostCounted], true
			}
			for _, i := range list {
				do(i)
			}
		}
	}
	return nil
}
