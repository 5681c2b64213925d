// Package worklist is the room of work that lies before those who work here: what came in, whose it is to answer, by when, and what became of it. Conversations by
// text message and letters lie in the same lists.
//
// It promises that who may not see an inbox learns nothing of it, not even how much lies there; that each reading is written down; that what somebody does is
// judged by what they saw; and that nothing personal is in an item itself. What an item is about, its content, is left to the room of its kind.
package worklist

import (
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// Kind is what sort of work an item is.
type Kind string

// The kinds.
const (
	Conversation Kind = "conversation" // an exchange of text messages with one number
	Letter       Kind = "letter"       // an exchange of letters with one person or company
	Submission   Kind = "submission"   // a form that somebody has sent; its subject is the form
)

// State is whose turn it is.
type State string

// The states: those who work here have something to do; they wait for the person; there is nothing left to do.
const (
	Open    State = "open"
	Waiting State = "waiting"
	Closed  State = "closed"
)

// Kinds are the kinds that lie in inboxes, in their order.
var Kinds = []Kind{Submission, Letter, Conversation}

// Item is one piece of work.
type Item struct {
	Org   ids.Org
	ID    ids.Work
	Kind  Kind
	Inbox ids.Inbox
	State State
	// Subject says what it is about, and is never personal; a kind may have its own words instead.
	Subject  string
	Assignee ids.Staff
	Due      int64 // Unix seconds; 0 for none
	// Since is when the oldest thing came that nobody has answered, and of what is closed when it was; Fresh how many nobody has answered.
	Since, Fresh       int64
	Version            int64
	CreatedAt, Changed int64
}

// Object is an item as what somebody has a right over: where it lies now, and which form it answers. Every way to an item asks for this.
func (i Item) Object(c *catalog.Config) actor.Object {
	b := c.Inbox(i.Inbox)
	on := actor.Object{Org: i.Org, Office: b.Office, Inbox: b.ID}
	if i.Kind == Submission {
		on.Form = ids.Form(i.Subject)
	}
	return on
}

// What happened to an item.
type What string

// What happens to items of every kind. A kind may have more.
const (
	Assigned What = "assigned" // detail: to whom
	Released What = "released"
	Handed   What = "handed" // detail: to which inbox
	Ended    What = "closed"
	Reopened What = "reopened"
	Noted    What = "note"
	Dated    What = "due" // detail: until when, Unix seconds; empty for no end
)

// Wanted are the items that a list shows.
type Wanted struct {
	Inbox ids.Inbox // of one inbox alone; empty for all that somebody may see
	Kind  Kind      // of one kind alone; empty for all
	View  View
	// After is where the page begins, nil for the first; Most how many it has, PageSize without, and never more than Most.
	After *Place
	Most  int
}

// Entry is a line of an item's history.
type Entry struct {
	Org       ids.Org
	ID        string
	Item      ids.Work
	What      What
	At        int64
	ActorKind actor.Kind
	Actor     string
	Detail    string // a slug or an identifier: never personal
	Sealed    []byte // what somebody wrote
	Text      string // the same, opened
}

// View is which items a list shows.
type View string

// The views.
const (
	All        View = "all"
	Mine       View = "mine"
	Unassigned View = "unassigned"
	Overdue    View = "overdue"
	Soon       View = "soon" // due before long
	Done       View = "closed"
)

// Views are all of them, in their order.
var Views = []View{All, Unassigned, Mine, Overdue, Soon, Done}

// Late reports whether an item's time is over: in the second when it is due it is not yet.
func (i Item) Late(now int64) bool { return i.State != Closed && i.Due > 0 && now > i.Due }

// Shows reports whether an item is in a view of one of the staff, now.
func (v View) Shows(i Item, staff ids.Staff, now int64) bool {
	switch v {
	case Overdue:
		return i.Late(now)
	case Soon:
		return i.Soon(now)
	case Done:
		return i.State == Closed
	case Mine:
		return i.State != Closed && i.Assignee == staff
	case Unassigned:
		return i.State != Closed && i.Assignee == ""
	}
	return i.State != Closed
}

// Came is an item after something came in that somebody has to answer.
func (i Item) Came(at int64) Item {
	if i.State != Open || i.Fresh == 0 {
		i.Since = at
	}
	i.State, i.Changed = Open, at
	i.Fresh++
	return i
}

// Answered is an item after it was answered: it waits for the person, and is whose answer it was when it was nobody's.
func (i Item) Answered(by ids.Staff, at int64) Item {
	i.State, i.Since, i.Fresh, i.Changed = Waiting, at, 0, at
	if i.Assignee == "" {
		i.Assignee = by
	}
	return i
}

// Deed is what somebody does with an item.
type Deed struct {
	Org ids.Org
	ID  ids.Work
	// Seen is the version that whoever does it has seen.
	Seen  int64
	Do    What
	Staff ids.Staff // to whom it is assigned
	Inbox ids.Inbox // to which inbox it is handed
	Note  string
	Due   int64
	// Key is a note's, which is written once for it; empty for each time that it is asked.
	Key ids.FormKey
}

// Apply is an item after a deed. Faults: Conflict "work.changed" when it was changed since it was seen, Invalid for what cannot be done with it as it is.
func (d Deed) Apply(i Item, at int64) (Item, Entry, error) {
	e := Entry{Org: i.Org, Item: i.ID, What: d.Do, At: at}
	if d.Do != Noted && d.Seen != i.Version {
		return i, e, fault.Conflict("work.changed", nil)
	}
	closed := i.State == Closed
	switch {
	case d.Do == Reopened && closed:
		i.State, i.Since = Open, at
	case d.Do == Noted && d.Note != "":
	case closed:
		return i, e, fault.Conflict("work.closed", nil)
	case d.Do == Assigned && d.Staff != "":
		i.Assignee, e.Detail = d.Staff, string(d.Staff)
	case d.Do == Released && i.Assignee != "":
		i.Assignee = ""
	case d.Do == Handed && d.Inbox != "" && d.Inbox != i.Inbox:
		i.Inbox, i.Assignee, e.Detail = d.Inbox, "", string(d.Inbox)
	case d.Do == Ended:
		i.State, i.Fresh, i.Since = Closed, 0, at
	case d.Do == Dated && d.Due != i.Due:
		if i.Due, e.Detail = d.Due, ""; d.Due > 0 {
			e.Detail = strconv.FormatInt(d.Due, 10)
		}
	default:
		return i, e, fault.Invalid("work.nothing", nil)
	}
	i.Changed = at
	return i, e, nil
}
