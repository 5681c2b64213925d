package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
)

// Shelf is where a letter lies for whom it is, as its events say. It is kept beside them so that a mailbox of any size is listed without reading them, and follows from them alone:
// whatever appends an event writes it in the same step (decisions 0030 and 0035).
type Shelf struct {
	Folder Folder
	// Fresh says that it is shown as new, Waits that it shows nothing of itself before it is confirmed.
	Fresh, Waits bool
	// Unmet says that it waits for somebody entitled to sign in, and that this serves it.
	Unmet bool
	// PublishAt and ExpiresAt are the first and last second in which it is there; ExpiresAt is 0 for no end.
	PublishAt, ExpiresAt int64
}

// Shelve is where a letter lies; ok is false for one that is there for nobody, whatever the time is.
func Shelve(l Letter, s Standing) (shelf Shelf, ok bool) {
	at := l.PublishAt
	if l.Inward {
		at = 0 // what somebody wrote themselves is there for them at once
	}
	if l.Owner.IsZero() || !Visible(l, s, max(at, 0)) && !Visible(l, s, l.PublishAt) {
		return Shelf{}, false
	}
	return Shelf{Folder: FolderOf(l, s), Fresh: s.New() && !l.Inward, Waits: s.Sealed(l), Unmet: s.BySignIn && s.SignedIn == 0 && !l.Inward, PublishAt: at, ExpiresAt: l.ExpiresAt}, true
}

// Shows reports whether a letter that lies there is there for its reader at a moment.
func (s Shelf) Shows(now int64) bool {
	return s.PublishAt <= now && (s.ExpiresAt == 0 || now <= s.ExpiresAt)
}

// Shelves reports whether an event may change where a letter lies.
func (w What) Shelves() bool {
	switch w {
	case Told, Unreached, Reminded, Unserved, Printing, Printed, Posted, Returned, Lapsing, FilesPurged:
		return false
	}
	return true
}

// Wanted are the letters that a list shows.
type Wanted struct {
	Folder Folder
	Org    ids.Org // of one sender; empty for all
	Unread bool    // new ones alone
	// Text are words of which each is in the subject, the body or the sender's reference, without regard to capitals and accents.
	Text string
	// From and Until are the first and last moment of publication (Unix seconds); 0 for any.
	From, Until int64
}

// Sheet is what a search reads of a letter.
type Sheet struct {
	Org    ids.Org
	Letter ids.Letter
	Waits  bool
	Ref    string
	Sealed []byte
}

// mostRead is how many letters a search reads at once.
const mostRead = 250

// Listed is a letter as a list shows it.
type Listed struct {
	Org    ids.Org
	ID     ids.Letter
	Inward bool
	Kind   Kind
	// PublishAt is since when it can be seen, in Unix seconds.
	PublishAt int64
	// Fresh and Waits are as it lies (Shelf); Confirm says of one that waits that its reader may still confirm it.
	Fresh, Waits, Confirm bool
	// Subject is empty while it waits, and once its content was purged.
	Subject string
	// Sealed is the content as it is stored.
	Sealed []byte
}

// List returns the actor's letters, the newest first, at most so many, those before a letter when one is named; more says that there are others. What waits to be confirmed has no
// subject yet. Nothing but the subject is read of a letter, and of what happened to it no more than how it lies, which follows from it (Shelf).
func (s *Service) List(ctx context.Context, who actor.Actor, w Wanted, before ids.Letter, most int) (list []Listed, more bool, err error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return nil, false, err
	}
	now := s.Now().Unix()
	if terms := strings.Fields(i18n.Fold(w.Text)); len(terms) > 0 {
		list, err = s.find(ctx, of, w, now, terms, before, most+1)
	} else {
		list, err = s.Store.Shelf(ctx, of, w, now, before, most+1)
	}
	if err != nil {
		return nil, false, err
	}
	more = len(list) > most
	list = list[:min(len(list), most)]
	return list, more, s.finish(ctx, of, list)
}

// finish reads the subjects of letters of one owner, and which of those that wait can be confirmed.
func (s *Service) finish(ctx context.Context, of actor.Owner, list []Listed) error {
	open, err := s.opener(ctx, of)
	if err != nil {
		return err
	}
	var opened []byte // used again for each letter
	for i := range list {
		l := &list[i]
		switch {
		case l.Waits:
			x, err := s.Store.Letter(ctx, of, l.ID)
			if err != nil && !fault.Is(err, fault.KindNotFound) {
				return err
			}
			l.Confirm = err == nil && MayConfirm(x.Letter, x.Stand()) == nil
		case len(l.Sealed) > 0:
			opened, err = open(opened, l.Sealed, place(Letter{Org: l.Org, ID: l.ID}))
			if err == nil {
				l.Subject, err = subjectIn(opened)
			}
			if err != nil {
				return fmt.Errorf("open letter %s: %w", l.ID, err)
			}
		}
		l.Sealed = nil
	}
	return nil
}

// listed is a letter as a list shows it, its content still sealed.
func listed(l Stored) Listed {
	st := l.Stand()
	return Listed{Org: l.Org, ID: l.ID, Inward: l.Inward, Kind: l.Kind, PublishAt: l.PublishAt, Fresh: st.New() && !l.Inward, Waits: st.Sealed(l.Letter), Sealed: l.Sealed}
}

// News is how many letters are new in the actor's inbox. None of them is opened.
func (s *Service) News(ctx context.Context, who actor.Actor) (int, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return 0, err
	}
	return s.Store.Fresh(ctx, of, s.Now().Unix())
}

// find returns the letters in which all terms are. Contents are opened one after another and forgotten: nothing that could be searched lies anywhere unsealed.
func (s *Service) find(ctx context.Context, of actor.Owner, w Wanted, now int64, terms []string, before ids.Letter, most int) ([]Listed, error) {
	look, err := s.newLook(ctx, of, terms)
	if err != nil {
		return nil, err
	}
	var list []Listed
	for {
		sheets, err := s.Store.Sheets(ctx, of, w, now, before, mostRead)
		if err != nil {
			return nil, err
		}
		for _, x := range sheets {
			before = x.Letter
			if found, err := look.in(x); err != nil {
				return nil, err
			} else if !found {
				continue
			}
			l, err := s.visible(ctx, s.Store, of, x.Letter)
			if err != nil {
				continue // it went elsewhere this very moment
			}
			if list = append(list, listed(l)); len(list) == most {
				return list, nil
			}
		}
		if len(sheets) < mostRead {
			return list, nil
		}
	}
}

// look looks for terms in letters of one owner.
type look struct {
	open                  opener
	terms                 [][]byte
	opened, plain, folded []byte // used again for each letter
}

func (s *Service) newLook(ctx context.Context, of actor.Owner, terms []string) (k *look, err error) {
	k = &look{}
	for _, t := range terms {
		k.terms = append(k.terms, []byte(t))
	}
	k.open, err = s.opener(ctx, of)
	return k, err
}

// opener opens what is sealed, into the memory of dst when there is enough of it.
type opener func(dst, sealed []byte, where seal.Place) ([]byte, error)

// opener opens what is sealed for an owner: under a person's key, or under the installation's for a company.
func (s *Service) opener(ctx context.Context, of actor.Owner) (opener, error) {
	if of.Company != "" {
		return func(_, sealed []byte, where seal.Place) ([]byte, error) { return s.Seals.Open(sealed, where) }, nil
	}
	key, err := s.key(ctx, s.Store, of.Person)
	return key.OpenInto, err
}

// in reports whether all terms are in a letter.
func (k *look) in(x Sheet) (bool, error) {
	k.plain = k.plain[:0]
	if !x.Waits && len(x.Sealed) > 0 {
		b, err := k.open(k.opened, x.Sealed, place(Letter{Org: x.Org, ID: x.Letter}))
		if err != nil {
			return false, err
		}
		k.opened = b
		var ok bool
		if k.plain, ok = appendText(k.plain, b); !ok {
			var c Content
			if err := json.Unmarshal(b, &c); err != nil {
				return false, err
			}
			k.plain = append(append(append(k.plain[:0], c.Subject...), '\n'), c.Body...)
		}
	}
	k.plain = append(append(k.plain, '\n'), x.Ref...)
	k.folded = i18n.AppendFold(k.folded[:0], k.plain)
	for _, t := range k.terms {
		if !bytes.Contains(k.folded, t) {
			return false, nil
		}
	}
	return true, nil
}

// appendText appends the subject and the body of a content as it is sealed, in lines of their own. It reads what json.Marshal writes of a Content and nothing else; ok is false for
// whatever looks otherwise.
func appendText(dst, sealed []byte) (text []byte, ok bool) {
	for _, head := range []string{`{"subject":"`, `,"body":"`} {
		rest, found := bytes.CutPrefix(sealed, []byte(head))
		if !found {
			return dst, false
		}
		if dst, sealed, ok = appendString(dst, rest); !ok {
			return dst, false
		}
		dst = append(dst, '\n')
	}
	return dst, true
}

// subjectIn is the subject of a content as it is sealed: who looks through a list reads nothing else of it.
func subjectIn(sealed []byte) (string, error) {
	if rest, ok := bytes.CutPrefix(sealed, []byte(`{"subject":"`)); ok {
		if subject, _, ok := appendString(nil, rest); ok {
			return string(subject), nil
		}
	}
	var c Content
	err := json.Unmarshal(sealed, &c)
	return c.Subject, err
}

// appendString appends a JSON string whose quotation mark has been read, and returns what follows it.
func appendString(dst, s []byte) (text, rest []byte, ok bool) {
	quote := bytes.IndexByte(s, '"')
	for {
		if quote < 0 {
			return dst, s, false
		}
		i := bytes.IndexByte(s[:quote], '\\')
		if i < 0 {
			return append(dst, s[:quote]...), s[quote+1:], true
		}
		dst = append(dst, s[:i]...)
		c := s[i+1] // the quotation mark, at the latest
		s = s[i+2:]
		if quote -= i + 2; quote < 0 {
			quote = bytes.IndexByte(s, '"')
		}
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, ok := hex4(s)
			if !ok || r >= 0xD800 && r < 0xE000 { // half of a pair: json.Marshal writes none
				return dst, s, false
			}
			dst, s, quote = utf8.AppendRune(dst, r), s[4:], quote-4
		default:
			return dst, s, false
		}
	}
}

func hex4(s []byte) (r rune, ok bool) {
	if len(s) < 4 {
		return 0, false
	}
	for _, c := range s[:4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
