package eservice

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/worklist"
)

// PageSize is how many forms that were sent a page has.
const PageSize = 50

// mostRead is how many are looked through for one page at most: then it leads on from there.
const mostRead = 5000

// States that can be asked for beside those of one form: those that have not ended, and all.
const (
	OpenStates State = ""
	AnyState   State = "all"
)

// Whose it is to handle, beside one of the staff.
const (
	OfMe     = "me"
	OfNobody = "nobody"
)

// Order is in which order forms that were sent are listed.
type Order string

// The orders: that of work (what is late first), the newest and the oldest first.
const (
	ByWork Order = ""
	Newest Order = "newest"
	Oldest Order = "oldest"
)

// Sought are the forms that were sent that a list shows.
type Sought struct {
	Form  ids.Form
	State State
	// From is the first second in which they were sent, Until the first after them; 0 for no end.
	From, Until int64
	Inbox       ids.Inbox
	Who         string // OfMe, OfNobody or one of the staff; empty for all
	Late        bool
	Order       Order
	// After is where the page begins in the order of work, Before the last one of the page before in the others.
	After  *worklist.Place
	Before Submission
}

// Clean is what is wanted as it can be given: what ended is not in the order of work.
func (w Sought) Clean() Sought {
	if w.State != OpenStates && w.State != AnyState && !slices.Contains(States, w.State) {
		w.State = OpenStates
	}
	if w.Order != Oldest && (w.Order != ByWork || !w.Open()) {
		w.Order = Newest
	}
	return w
}

// Open reports whether only those are wanted that have not ended.
func (w Sought) Open() bool {
	return w.State == OpenStates || w.State != AnyState && !w.State.Ended()
}

// Shows reports whether one is wanted, by one of the staff, at a moment.
func (w Sought) Shows(x Listed, me ids.Staff, now int64) bool {
	switch {
	case w.Form != "" && x.Form != w.Form,
		w.State == OpenStates && x.State.Ended(), w.State != OpenStates && w.State != AnyState && x.State != w.State,
		w.From > 0 && x.SentAt < w.From, w.Until > 0 && x.SentAt >= w.Until,
		w.Inbox != "" && x.Work.Inbox != w.Inbox,
		w.Late && !x.Work.Late(now):
		return false
	}
	switch w.Who {
	case "":
		return true
	case OfMe:
		return x.Work.Assignee == me
	case OfNobody:
		return x.Work.Assignee == ""
	}
	return x.Work.Assignee == ids.Staff(w.Who)
}

// Found is one page of a list.
type Found struct {
	List []Listed
	// Next is the last one that was looked at, when there may be more after it; After is where the next page begins in the order of work.
	Next  *Submission
	After *worklist.Place
}

// Search returns forms that were sent and that lie in inboxes that the actor may see, a page at a time; whose data is protected is named to those alone who have broken the glass. That they were looked at
// is written down. NotFound for who may see no inbox.
func (s *Service) Search(ctx context.Context, who actor.Actor, o ids.Org, w Sought) (Found, error) {
	out, err := s.search(ctx, who, o, w)
	if err != nil {
		return out, err
	}
	detail := map[string]string{"count": strconv.Itoa(len(out.List)), "state": string(cmp.Or(w.State, "open"))}
	if w.Form != "" {
		detail["form"] = string(w.Form)
	}
	err = s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		return tx.Letters().Audit(ctx, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.SubmissionListed, "submission", "all", detail))
	})
	return out, err
}

// boxesOf are the inboxes of which something is wanted and that the actor may see. NotFound for none.
func boxesOf(who actor.Actor, c *catalog.Config, w Sought) ([]ids.Inbox, error) {
	var out []ids.Inbox
	for _, b := range worklist.Inboxes(c, who) {
		if w.Inbox == "" || w.Inbox == b.ID {
			out = append(out, b.ID)
		}
	}
	if len(out) == 0 {
		return nil, fault.NotFound("error.not_found")
	}
	return out, nil
}

func (s *Service) search(ctx context.Context, who actor.Actor, o ids.Org, w Sought) (out Found, err error) {
	w = w.Clean()
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return out, err
	}
	boxes, err := boxesOf(who, c, w)
	if err != nil {
		return out, err
	}
	now := s.Now().Unix()
	shows := func(x *Listed) bool {
		if !slices.Contains(boxes, c.Inbox(x.Work.Inbox).ID) || !w.Shows(*x, who.Staff, now) {
			return false
		}
		*x = x.shownTo(who)
		return true
	}
	if w.Order == ByWork {
		return s.inOrder(ctx, who, o, boxes, w, shows)
	}
	return s.stream(ctx, o, w, shows)
}

// view is the view of work in which lies all that is wanted.
func (w Sought) view() worklist.View {
	switch {
	case w.Late:
		return worklist.Overdue
	case w.Who == OfMe:
		return worklist.Mine
	case w.Who == OfNobody:
		return worklist.Unassigned
	}
	return worklist.All
}

// inOrder reads in the order of work until a page is full and it is known whether there is more, or so many were read that it had better lead on.
func (s *Service) inOrder(ctx context.Context, who actor.Actor, o ids.Org, boxes []ids.Inbox, w Sought, shows func(x *Listed) bool) (out Found, err error) {
	const batch = 200
	from := worklist.Wanted{Kind: worklist.Submission, View: w.view(), After: w.After, Most: batch}
	asOf := s.Now().Unix()
	if w.After != nil {
		asOf = w.After.Now
	}
	var last *worklist.Place // of the page's last one
	for read := 0; read < mostRead; read += batch {
		page, err := s.Work.Page(ctx, o, boxes, from, who.Staff)
		if err != nil {
			return out, err
		}
		for _, i := range page.Items {
			if w.Form != "" && i.Subject != string(w.Form) {
				continue
			}
			x, err := s.Store.SubmissionListed(ctx, o, i.ID)
			if fault.Is(err, fault.KindNotFound) { // it was deleted a moment ago
				continue
			}
			if err != nil {
				return out, err
			}
			if !shows(&x) {
				continue
			}
			if len(out.List) == PageSize {
				out.After = last
				return out, nil
			}
			out.List = append(out.List, x)
			at := i.Place(asOf)
			last = &at
		}
		if from.After = page.Next; page.Next == nil {
			return out, nil
		}
	}
	out.After = from.After
	return out, nil
}

// stream reads by time until a page is full, or so many were read that it had better lead on.
func (s *Service) stream(ctx context.Context, o ids.Org, w Sought, shows func(x *Listed) bool) (out Found, err error) {
	until, last := w.Until, w.Before
	if until == 0 {
		until = 1 << 60
	}
	const batch = 200
	for read := 0; read < mostRead; read += batch {
		var list []Listed
		if w.Order == Oldest {
			list, err = s.Store.SubmissionsSentUp(ctx, o, w.Form, w.From, until, last, batch)
		} else {
			list, err = s.Store.SubmissionsSent(ctx, o, w.Form, w.From, until, last, batch)
		}
		if err != nil {
			return out, err
		}
		for _, x := range list {
			last = Submission{ID: x.ID, SentAt: x.SentAt}
			if shows(&x) {
				if out.List = append(out.List, x); len(out.List) == PageSize {
					out.Next = &last
					return out, nil
				}
			}
		}
		if len(list) < batch {
			return out, nil
		}
	}
	out.Next = &last
	return out, nil
}

// Chosen is one of several with which something is done at once, as it was seen.
type Chosen struct {
	Item ids.Work
	Seen int64
}

// MostAtOnce is with how many something can be done at once.
const MostAtOnce = PageSize

// Several is what came of doing something with several: how many it was done with, and the numbers of those that had changed since they were seen, or are there for the actor no more.
type Several struct {
	Done    int
	Changed []string
}

// DoSeveral gives several to one of the staff, or hands them to another inbox: each by itself, as it was seen. What had changed is left as it is and named. Faults: Invalid for a colleague or an inbox that
// there is not, before anything is done.
func (s *Service) DoSeveral(ctx context.Context, who actor.Actor, o ids.Org, list []Chosen, d worklist.Deed) (out Several, err error) {
	if d.Do != worklist.Assigned && d.Do != worklist.Handed {
		return out, fault.Invalid("work.nothing", nil)
	}
	if len(list) == 0 || len(list) > MostAtOnce {
		return out, fault.Invalid("form.invalid", nil, fault.Field{Name: "chosen", Key: "inbox.forms.choose_some"})
	}
	for _, x := range list {
		d.Org, d.ID, d.Seen = o, x.Item, x.Seen
		_, err := s.DoWork(ctx, who, d)
		switch {
		case err == nil:
			out.Done++
		case fault.IsKey(err, "work.nothing"): // it lies there already
		case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindNotFound):
			n, again := s.numberOfItem(ctx, o, x.Item)
			if again != nil {
				return out, errors.Join(err, again)
			}
			out.Changed = append(out.Changed, n)
		default:
			return out, err
		}
	}
	return out, nil
}

func (s *Service) numberOfItem(ctx context.Context, o ids.Org, item ids.Work) (string, error) {
	x, err := s.Store.SubmissionOfItem(ctx, o, item)
	if fault.Is(err, fault.KindNotFound) {
		return "-", nil
	}
	return x.Number, err
}
