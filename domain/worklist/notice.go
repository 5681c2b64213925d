package worklist

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// Wish is of what one of the staff is told in the morning when work is late.
type Wish string

// The wishes.
const (
	WishOwn  Wish = ""     // what was given to them
	WishAll  Wish = "all"  // and what nobody has taken in the inboxes that they may see
	WishNone Wish = "none" // nothing
)

// Wishes are all of them, in their order.
var Wishes = []Wish{WishOwn, WishAll, WishNone}

// SoonFor is how long before it is due something counts as due soon, in seconds.
const SoonFor = 2 * 24 * 60 * 60

// Soon reports whether an item is due before long: from so long before its last second until that second, in which it is not late yet.
func (i Item) Soon(now int64) bool {
	return i.State != Closed && i.Due > 0 && now <= i.Due && i.Due-now <= SoonFor
}

// Of reports whether somebody with this wish is told of an item.
func (w Wish) Of(i Item, me ids.Staff) bool {
	switch w {
	case WishOwn:
		return me != "" && i.Assignee == me
	case WishAll:
		return me != "" && i.Assignee == me || i.Assignee == ""
	}
	return false
}

// Told is how much somebody is told of: how many are late, and how many are due soon. Nothing else is said.
type Told struct{ Late, Soon int }

// Tell counts what somebody is told of, of a list.
func Tell(list []Item, w Wish, me ids.Staff, now int64) (t Told) {
	for _, i := range list {
		switch {
		case !w.Of(i, me):
		case i.Late(now):
			t.Late++
		case i.Soon(now):
			t.Soon++
		}
	}
	return t
}

// noticeClock is when notices are sent on a working day, in minutes after midnight.
const noticeClock = 7*60 + 30

// NoticeAt is when notices are sent next after a moment, and on which day: in the morning, from Monday to Friday.
func NoticeAt(zone *time.Location, after time.Time) (at time.Time, day org.Date) {
	day = org.DateOf(after.In(zone))
	for ; ; day = day.Add(1) {
		y, m, d := day.At(12*60, zone).Date()
		at = time.Date(y, m, d, noticeClock/60, noticeClock%60, 0, 0, zone)
		if w := at.Weekday(); at.After(after) && w != time.Saturday && w != time.Sunday {
			return at, day
		}
	}
}

// Noticed are those who may be told of late work of an organisation: who may see an inbox of it.
func (s *Service) Noticed(ctx context.Context, c *catalog.Config) ([]ids.Staff, error) {
	var out []ids.Staff
	for _, b := range c.AllInboxes() {
		list, err := s.Takers(ctx, c.Org.ID, b)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if !slices.Contains(out, x.ID) {
				out = append(out, x.ID)
			}
		}
	}
	return out, nil
}

// ToldOf is what one of the staff is told of now: nothing where they do not wish it, or may see no inbox any more.
func (s *Service) ToldOf(ctx context.Context, o ids.Org, me ids.Staff) (Told, error) {
	w, err := s.Store.WorkNotice(ctx, me, o)
	if err != nil || w == WishNone {
		return Told{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Told{}, err
	}
	var mine []ids.Inbox
	for _, b := range c.AllInboxes() {
		list, err := s.Takers(ctx, o, b)
		if err != nil {
			return Told{}, err
		}
		if slices.ContainsFunc(list, func(x Colleague) bool { return x.ID == me }) {
			mine = append(mine, b.ID)
		}
	}
	var list []Item
	more := false
	err = s.briefs(ctx, o, mine, "", &more, func(i Item) { list = append(list, i) })
	return Tell(list, w, me, s.Now().Unix()), err
}

// MyWish is what one of the staff wants to be told of at an organisation.
func (s *Service) MyWish(ctx context.Context, who actor.Actor, o ids.Org) (Wish, error) {
	return s.Store.WorkNotice(ctx, who.Staff, o)
}

// SetWish changes it. Invalid at "wish".
func (s *Service) SetWish(ctx context.Context, who actor.Actor, o ids.Org, w Wish) error {
	if !slices.Contains(Wishes, w) || who.Staff == "" {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "wish", Key: "error.field.choose"})
	}
	if err := s.Store.PutWorkNotice(ctx, who.Staff, o, w); err != nil {
		return err
	}
	return s.Store.PutAudit(ctx, s.Line(o, who, audit.WorkChanged, "notices", map[string]string{"what": "notices", "to": string(w)}))
}
