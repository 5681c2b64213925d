// Package dossier is the room of what is kept of somebody: it gives it out to whose it is, and erases their messages.
//
// It promises that who takes along what is kept of them gets what each room has of them, opened, with what is attached, and nothing of anybody else. It promises that a person gets the texts of the number that they have proven, from when they had proven it, and those of conversations that were tied to
// them, and never those of somebody else who uses the same number; that notices and consents come with them; and that what was erased can be read by nobody,
// is not sent any more, and is not taken for new when a gateway delivers it again. What people agreed to stays: it proves why something was sent.
package dossier

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/consent"
	"luukku/domain/course"
	"luukku/domain/eservice"
	"luukku/domain/feedback"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// Subject is whose messages are meant.
type Subject struct {
	// Person is who the conversations are with; empty for nobody who is known.
	Person ids.Person
	// Key is what their number is found by, Since from when on it is theirs (Unix seconds); without a key no number counts.
	Key   []byte
	Since int64
	// Anyone takes what is known to be of somebody else with the same number, too.
	Anyone bool
}

// Text is a text message as it is stored.
type Text struct {
	ID           ids.Text
	Out          bool
	At           int64
	Own          string // the organisation's number
	Number, Body []byte // sealed
	State        string
	Item         ids.Work   // the conversation that it is part of; empty for none
	Person       ids.Person // who that is with; empty for nobody who is known
}

// Blank is what a text message is overwritten with.
type Blank struct {
	Text              Text
	Number, Key, Body []byte
}

// Erasure is what is erased in one transaction.
type Erasure struct {
	Org   ids.Org
	Blank []Blank
	Items []ids.Work
	// Key is the number's; what stands under it alone goes, too. Empty for none.
	Key   []byte
	Audit audit.Entry
}

// Store is what the room needs of storage.
type Store interface {
	Organisations(ctx context.Context) ([]org.Organisation, error)
	Config(ctx context.Context, o ids.Org) (*catalog.Config, error)
	// TextsOfNumber and TextsWith return the texts of a number since a moment, and of the conversations with a person, the oldest first.
	TextsOfNumber(ctx context.Context, o ids.Org, key []byte, since int64) ([]Text, error)
	TextsWith(ctx context.Context, o ids.Org, p ids.Person) ([]Text, error)
	// NoticesOfAccount returns what somebody was told of their appointments and places on waiting lists.
	NoticesOfAccount(ctx context.Context, o ids.Org, p ids.Person) ([]notify.Letter, error)
	// RecordsOf goes through every row that is an owner's, one table after the other.
	RecordsOf(ctx context.Context, of actor.Owner, each func(Record) error) error
	// PersonKey returns the wrapped key of a person; nil when the person was erased.
	PersonKey(ctx context.Context, p ids.Person) ([]byte, error)
	Erase(ctx context.Context, e Erasure) error
	PutAudit(ctx context.Context, entries ...audit.Entry) error
}

// Consents knows what was agreed to.
type Consents interface {
	History(ctx context.Context, o ids.Org, ch notify.Channel, address string) ([]consent.Row, error)
}

// Accounts knows the actor's own account.
type Accounts interface {
	Mine(ctx context.Context, who actor.Actor) (identity.Account, error)
	// Addresses are what is known of where the actor's post goes.
	Addresses(ctx context.Context, who actor.Actor) ([]identity.KnownAddress, error)
	// AccountOf returns anybody's account, for Luukku itself.
	AccountOf(ctx context.Context, who actor.Actor, p ids.Person) (identity.Account, error)
}

// Letters gives out the letters of a mailbox.
type Letters interface {
	Export(ctx context.Context, who actor.Actor, shownAt int64, each func(mailbox.Exported) error) error
}

// Feedback gives out what was written of pages under addresses that are proven to be somebody's, and takes it away.
type Feedback interface {
	Of(ctx context.Context, o ids.Org, of []feedback.Address) ([]feedback.Own, error)
	EraseOf(ctx context.Context, o ids.Org, of []feedback.Address) error
}

// Service is the room.
type Service struct {
	Store    Store
	Consents Consents
	Accounts Accounts
	// Access, Forms and Courses are the rooms whose part is given out with the rest.
	Access  *access.Service
	Forms   *eservice.Service
	Courses *course.Service
	// Letters is the mailbox, whose letters are given out with the rest. May be nil.
	Letters Letters
	// Feedback is what people wrote of pages, of which theirs is what has an address that they have proven. May be nil.
	Feedback Feedback
	Seals    *seal.Keyring
	Gen      *ids.Gen
	Now      clock.Now
}

// texts chooses the texts that are the subject's, each once, the oldest first.
func (s *Service) texts(ctx context.Context, o ids.Org, of Subject) ([]Text, error) {
	var out []Text
	if of.Person != "" {
		list, err := s.Store.TextsWith(ctx, o, of.Person)
		if err != nil {
			return nil, err
		}
		out = list
	}
	if len(of.Key) > 0 {
		list, err := s.Store.TextsOfNumber(ctx, o, of.Key, of.Since)
		if err != nil {
			return nil, err
		}
		out = append(out, Mine(list, of)...)
	}
	seen := map[ids.Text]bool{}
	out = slices.DeleteFunc(out, func(t Text) bool {
		had := seen[t.ID]
		seen[t.ID] = true
		return had
	})
	slices.SortStableFunc(out, func(a, b Text) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// Mine are those texts of a number that may be the subject's: from when the number was theirs, and of no conversation with somebody else.
func Mine(list []Text, of Subject) []Text {
	return slices.DeleteFunc(slices.Clone(list), func(t Text) bool {
		return t.At < of.Since || !of.Anyone && t.Person != "" && t.Person != of.Person
	})
}

func (s *Service) open(o ids.Org, t Text) (number, body string, err error) {
	n, err := s.Seals.Open(t.Number, place(o, t, "number"))
	if err != nil {
		return "", "", fmt.Errorf("open the number of %s: %w", t.ID, err)
	}
	b, err := s.Seals.Open(t.Body, place(o, t, "body"))
	if err != nil {
		return "", "", fmt.Errorf("open %s: %w", t.ID, err)
	}
	return string(n), string(b), nil
}

func place(o ids.Org, t Text, column string) seal.Place {
	table := "text_in"
	if t.Out {
		table = "text_out"
	}
	return seal.Place{Table: table, Column: column, Row: string(o) + "/" + string(t.ID)}
}

// mine is the subject of somebody's own messages: a number counts when it was proven, and from then on.
func (s *Service) mine(a identity.Account) Subject {
	of := Subject{Person: a.Person}
	if a.Phone != "" && a.PhoneVerified && a.PhoneSince > 0 {
		of.Key, of.Since = s.Seals.LookupHash("text.number", a.Phone), a.PhoneSince
	}
	return of
}

// proven are the addresses that are proven to be somebody's: feedback under them is theirs.
func proven(a identity.Account) (out []feedback.Address) {
	if a.Email != "" && a.EmailVerified {
		out = append(out, feedback.Address{Email: a.Email})
	}
	if a.Phone != "" && a.PhoneVerified && a.PhoneSince > 0 {
		out = append(out, feedback.Address{Phone: a.Phone, Since: a.PhoneSince})
	}
	return out
}

// Export is what somebody gets of their messages. Times are RFC 3339 in UTC.
type Export struct {
	MadeAt        string         `json:"made_at"`
	Person        ids.Person     `json:"person"`
	Number        string         `json:"number,omitempty"`
	NumberSince   string         `json:"number_since,omitempty"`
	Email         string         `json:"email,omitempty"`
	Organisations []Organisation `json:"organisations"`
}

// Organisation is what one of them has.
type Organisation struct {
	ID       ids.Org          `json:"id"`
	Name     string           `json:"name"`
	Texts    []ExportedText   `json:"texts"`
	Notices  []ExportedNotice `json:"notices"`
	Consents []ExportedSaid   `json:"consents"`
}

// ExportedText is a text message, opened.
type ExportedText struct {
	ID           ids.Text `json:"id"`
	Sent         string   `json:"sent"` // "by_you" or "to_you"
	At           string   `json:"at"`
	Number       string   `json:"number"`
	Organisation string   `json:"organisations_number,omitempty"`
	State        string   `json:"state"`
	Text         string   `json:"text"`
	Conversation ids.Work `json:"conversation,omitempty"`
}

// ExportedNotice is something that they were told of a booking.
type ExportedNotice struct {
	ID          ids.Notice      `json:"id"`
	Event       notify.Event    `json:"event"`
	Channel     notify.Channel  `json:"channel"`
	At          string          `json:"at"`
	State       notify.State    `json:"state"`
	SettledAt   string          `json:"settled_at,omitempty"`
	Appointment ids.Appointment `json:"appointment,omitempty"`
	Waiting     ids.Waiting     `json:"waiting_list,omitempty"`
}

// ExportedSaid is something that they agreed to, or took back.
type ExportedSaid struct {
	Channel notify.Channel `json:"channel"`
	Scope   consent.Scope  `json:"scope"`
	Given   bool           `json:"given"`
	At      string         `json:"at"`
	Basis   consent.Basis  `json:"basis"`
}

func stamp(at int64) string {
	if at == 0 {
		return ""
	}
	return time.Unix(at, 0).UTC().Format(time.RFC3339)
}

// Export gives the actor what is kept of their own messages, at every organisation. That it was given is written down before it is.
func (s *Service) Export(ctx context.Context, who actor.Actor) (Export, error) {
	a, err := s.Accounts.Mine(ctx, who)
	if err != nil {
		return Export{}, err
	}
	e, err := s.messages(ctx, a)
	if err != nil {
		return Export{}, err
	}
	return e, s.given(ctx, who, a.Person, audit.MessagesGiven)
}

func (s *Service) given(ctx context.Context, who actor.Actor, p ids.Person, what audit.Action) error {
	return s.Store.PutAudit(ctx, audit.New("", s.Gen.Audit(), s.Now().UnixMicro(), who, what, audit.OfPerson, string(p), nil))
}

func (s *Service) messages(ctx context.Context, a identity.Account) (Export, error) {
	of := s.mine(a)
	e := Export{MadeAt: stamp(s.Now().Unix()), Person: a.Person, Organisations: []Organisation{}}
	if len(of.Key) > 0 {
		e.Number, e.NumberSince = a.Phone, stamp(of.Since)
	}
	if a.EmailVerified {
		e.Email = a.Email
	}
	list, err := s.Store.Organisations(ctx)
	if err != nil {
		return Export{}, err
	}
	for _, o := range list {
		x, err := s.organisation(ctx, o, a, of, e)
		if err != nil {
			return Export{}, err
		}
		if len(x.Texts)+len(x.Notices)+len(x.Consents) > 0 {
			e.Organisations = append(e.Organisations, x)
		}
	}
	return e, nil
}

func (s *Service) organisation(ctx context.Context, o org.Organisation, a identity.Account, of Subject, e Export) (Organisation, error) {
	x := Organisation{ID: o.ID, Name: o.Name.In(a.Lang), Texts: []ExportedText{}, Notices: []ExportedNotice{}, Consents: []ExportedSaid{}}
	texts, err := s.texts(ctx, o.ID, of)
	if err != nil {
		return x, err
	}
	for _, t := range texts {
		number, body, err := s.open(o.ID, t)
		if err != nil {
			return x, err
		}
		sent := "by_you"
		if t.Out {
			sent = "to_you"
		}
		x.Texts = append(x.Texts, ExportedText{t.ID, sent, stamp(t.At), number, t.Own, t.State, body, t.Item})
	}
	notices, err := s.Store.NoticesOfAccount(ctx, o.ID, a.Person)
	if err != nil {
		return x, err
	}
	for _, n := range notices {
		x.Notices = append(x.Notices, ExportedNotice{n.ID, n.Event, n.Channel, stamp(n.CreatedAt), n.State, stamp(n.SettledAt), n.Appointment, n.Waiting})
	}
	for ch, address := range map[notify.Channel]string{notify.SMS: e.Number, notify.Email: e.Email} {
		rows, err := s.Consents.History(ctx, o.ID, ch, address)
		if err != nil {
			return x, err
		}
		for _, r := range rows {
			if ch != notify.SMS || r.At >= of.Since {
				x.Consents = append(x.Consents, ExportedSaid{r.Channel, r.Scope, r.Given, stamp(r.At), r.Basis})
			}
		}
	}
	slices.SortStableFunc(x.Consents, func(a, b ExportedSaid) int { return cmp.Compare(a.At, b.At) })
	return x, nil
}

// Found is what would be erased.
type Found struct {
	Texts, Conversations int
	First, Last          int64 // Unix seconds
}

// Look says what an organisation keeps of a number's messages, and shows none of it. Faults: Invalid "form.invalid" with number.
func (s *Service) Look(ctx context.Context, who actor.Actor, o ids.Org, typed string) (Found, error) {
	_, list, _, err := s.ofNumber(ctx, who, o, typed)
	if err != nil {
		return Found{}, err
	}
	f := Found{Texts: len(list), Conversations: len(items(list))}
	if len(list) > 0 {
		f.First, f.Last = list[0].At, list[len(list)-1].At
	}
	return f, nil
}

func (s *Service) ofNumber(ctx context.Context, who actor.Actor, o ids.Org, typed string) (number string, list []Text, of Subject, err error) {
	if err := who.May(actor.MessagesErase, actor.Object{Org: o}); err != nil {
		return "", nil, of, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return "", nil, of, err
	}
	if number, err = notify.ParsePhone(typed, c.Org.Country, nil); err != nil {
		return "", nil, of, fault.Invalid("form.invalid", nil, fault.Field{Name: "number", Key: fault.Of(err).Key, Args: fault.Of(err).Args})
	}
	of = Subject{Key: s.Seals.LookupHash("text.number", number), Anyone: true}
	list, err = s.texts(ctx, o, of)
	return number, list, of, err
}

// items are the conversations that texts are part of, each once.
func items(list []Text) []ids.Work {
	var out []ids.Work
	for _, t := range list {
		if t.Item != "" && !slices.Contains(out, t.Item) {
			out = append(out, t.Item)
		}
	}
	return out
}

// Erase erases what an organisation keeps of a number's messages: the texts are overwritten, the conversations go with their notes, what waits to be sent is
// not sent. Faults: those of Look.
func (s *Service) Erase(ctx context.Context, who actor.Actor, o ids.Org, typed string) (Found, error) {
	_, list, of, err := s.ofNumber(ctx, who, o, typed)
	if err != nil {
		return Found{}, err
	}
	f := Found{Texts: len(list), Conversations: len(items(list))}
	return f, s.erase(ctx, who, o, of, list)
}

func (s *Service) erase(ctx context.Context, who actor.Actor, o ids.Org, of Subject, list []Text) error {
	e := Erasure{Org: o, Items: items(list), Key: of.Key}
	for _, t := range list {
		b := Blank{Text: t, Key: s.Seals.LookupHash("text.erased", string(o)+"/"+string(t.ID))}
		var err error
		if b.Number, err = s.Seals.Seal(nil, place(o, t, "number")); err != nil {
			return err
		}
		if b.Body, err = s.Seals.Seal(nil, place(o, t, "body")); err != nil {
			return err
		}
		e.Blank = append(e.Blank, b)
	}
	id := s.Gen.Audit()
	e.Audit = audit.New(o, id, s.Now().UnixMicro(), who, audit.MessagesErased, "texts", hex.EncodeToString([]byte(id)), map[string]string{
		"texts": fmt.Sprint(len(list)), "conversations": fmt.Sprint(len(e.Items)),
	})
	return s.Store.Erase(ctx, e)
}

// EraseOf erases the messages of somebody, of the number that they have proven, from then on, and of conversations that were tied to them, and the feedback that they gave under an address that they have
// proven, except at some organisations. It is for Luukku itself, and may be called again. That somebody's messages were erased is written down with the person, once for all.
func (s *Service) EraseOf(ctx context.Context, p ids.Person, but []ids.Org) (left int, err error) {
	who := actor.System("erasure")
	a, err := s.Accounts.AccountOf(ctx, who, p)
	if err != nil {
		return 0, err
	}
	of := s.mine(a)
	list, err := s.Store.Organisations(ctx)
	if err != nil {
		return 0, err
	}
	for _, o := range list {
		if slices.Contains(but, o.ID) {
			continue
		}
		if s.Feedback != nil {
			if err := s.Feedback.EraseOf(ctx, o.ID, proven(a)); err != nil {
				return 0, err
			}
		}
		texts, err := s.texts(ctx, o.ID, of)
		if err != nil {
			return 0, err
		}
		if len(texts) == 0 {
			continue
		}
		if err := s.erase(ctx, who, o.ID, of, texts); err != nil {
			return 0, err
		}
	}
	return 0, nil
}
