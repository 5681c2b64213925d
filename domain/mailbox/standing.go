package mailbox

// Standing is how a letter stands, as its events say. Each fact is the second in which it first happened, 0 for what has not.
//
// States are not ordered by a number: events come late and out of order (a printer acknowledges after the letter was read), so each fact stands by itself.
type Standing struct {
	Published, Told, Read, Confirmed, Unserved, Printing, Printed, Posted, Returned, Recalled, Expired, Purged, Refused, Checked int64
	// Reminded is when the reader was reminded of it, Unreached when they could be told by no means, SignedIn when somebody entitled first signed in after it was published: where that serves
	// it, which BySignIn says.
	Reminded, Unreached, SignedIn int64
	BySignIn                      bool
	// Unread says that the reader marked it as not read; Archived and Binned where they put it, the latter since when.
	Unread, Archived bool
	Binned           int64
}

// Stand is what a letter's events make of it, in their order.
func Stand(events []Event) Standing {
	var s Standing
	for _, e := range events {
		if at := s.fact(e.What); at != nil && *at == 0 {
			*at = e.At
		}
		switch e.What {
		case Published:
			s.BySignIn = s.BySignIn || e.Detail == servedBySignIn
		case Read:
			s.Unread = false
		case Marked:
			s.Unread = true
		case Archived:
			s.Archived = true
		case Taken:
			s.Archived = false
		case Deleted:
			s.Binned = e.At
		case Restored:
			s.Binned = 0
		}
	}
	return s
}

// fact is when something first happened; nil for what is no such fact.
func (s *Standing) fact(w What) *int64 {
	switch w {
	case Published:
		return &s.Published
	case Told:
		return &s.Told
	case Read:
		return &s.Read
	case Confirmed:
		return &s.Confirmed
	case Unserved:
		return &s.Unserved
	case Printing:
		return &s.Printing
	case Printed:
		return &s.Printed
	case Posted:
		return &s.Posted
	case Returned:
		return &s.Returned
	case Recalled:
		return &s.Recalled
	case Expired:
		return &s.Expired
	case Purged:
		return &s.Purged
	case Refused:
		return &s.Refused
	case Checked:
		return &s.Checked
	case Reminded:
		return &s.Reminded
	case Unreached:
		return &s.Unreached
	case SignedIn:
		return &s.SignedIn
	}
	return nil
}

// New reports whether a letter is shown as new.
func (s Standing) New() bool { return s.Read == 0 || s.Unread }
