// Package texting is the room of text messages in both directions: what comes in is kept once, whoever delivers it how often, and answered; what goes out by
// itself is kept until it is handed over.
//
// It promises that a message that was taken is never lost and acts once, that nothing anybody wrote lies open in the database, and that nobody is known by
// the number they write from alone. How messages travel is left to the gateways; notices about bookings to domain/notify; what staff and people
// say to each other in a conversation to whoever is the Room.
package texting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/notify"
)

// The kinds of the tasks that act on a message that came in, and that hand over one that goes out.
const (
	TaskIn  = "text.in"
	TaskOut = "text.send"
)

// TaskArgs are the arguments of both.
type TaskArgs struct {
	Org ids.Org  `json:"org"`
	ID  ids.Text `json:"id"`
}

// MaxBody bounds what is kept of one message, in octets: far more than ten parts.
const MaxBody = 8000

// Inbound is a message as a gateway delivers it.
type Inbound struct {
	Org     ids.Org
	Gateway string // the name of the gateway it came by
	Ref     string // the gateway's own number of it; empty when it gives none
	From    string // as it came; E.164 where it can be
	To      string // the number or short code it was sent to
	Body    string
	At      int64 // Unix seconds: when the gateway got it; 0 when it does not say
}

// Receiver takes messages that come in. What it took without an error is kept, and will be acted on once; a message that it has already is no error.
type Receiver interface {
	Receive(ctx context.Context, m Inbound) error
}

// State of a message that came in.
type State string

// The states.
const (
	New    State = "new"
	Done   State = "done"
	Failed State = "failed"
)

// In is a message that came in, opened.
type In struct {
	Org      ids.Org
	ID       ids.Text
	Gateway  string
	From, To string
	Body     string
	At       int64 // Unix seconds
	State    State
}

// Room takes what is no command: a conversation with those who work there. Taking the same message twice must do no more than once.
type Room interface {
	Take(ctx context.Context, m In) error
}

// Outgoing is a message that goes out by itself: an answer to a command, or what somebody of the staff wrote.
type Outgoing struct {
	Org       ids.Org
	ID        ids.Text
	Event     notify.Event
	To        string // E.164
	Body      string
	Lang      i18n.Lang
	From      string // the number or name that it comes from; empty leaves it to the gateway
	About     string // what it belongs to, such as "conversation/…"; never personal
	CreatedAt int64
	State     notify.State
	Reference string // the gateway's
	Round     int    // how often somebody had it sent again, and when last
	AgainAt   int64
}

// SealedIn and SealedOut are messages as they are stored.
type (
	SealedIn struct {
		In
		Ref                     string
		Number, NumberKey, Text []byte
	}
	SealedOut struct {
		Outgoing
		Number, NumberKey, Text []byte
	}
)

// Store is what texting needs of storage.
type Store interface {
	// PutIn keeps a message and records the task that acts on it; false when it is there already.
	PutIn(ctx context.Context, m SealedIn) (kept bool, err error)
	// TextIn is NotFound "sms.not_found" for one that is not there; SettleIn ends one that is new, and says whether it was.
	TextIn(ctx context.Context, o ids.Org, id ids.Text) (SealedIn, error)
	SettleIn(ctx context.Context, o ids.Org, id ids.Text, state State) (bool, error)
	// PutOut keeps messages and records the tasks that hand them over.
	PutOut(ctx context.Context, list ...SealedOut) error
	TextOut(ctx context.Context, o ids.Org, id ids.Text) (SealedOut, error)
	SettleOut(ctx context.Context, o ids.Org, id ids.Text, state notify.State, reference, why string, at int64) error

	// Dialogue returns the dialogue of a number, the zero one when there is none.
	Dialogue(ctx context.Context, o ids.Org, key []byte) (SealedDialogue, error)
	// Finish ends a message that came in together with what follows from it, in one transaction.
	Finish(ctx context.Context, f Finish) (Finished, error)
	// CountOut counts what was sent to a number of an event since a moment, LastLang is the language of what was last sent there.
	CountOut(ctx context.Context, o ids.Org, key []byte, event notify.Event, since int64) (int, error)
	LastLang(ctx context.Context, o ids.Org, key []byte) (i18n.Lang, error)
	// TextsIn returns what came in from a number, newest first.
	TextsIn(ctx context.Context, o ids.Org, key []byte, most int) ([]SealedIn, error)
	// PutOffer keeps the code of an offer; false when the code is somebody's, or the offer has one. Offer and OfferOf are NotFound "offer.not_found".
	PutOffer(ctx context.Context, o ids.Org, t Told) (bool, error)
	Offer(ctx context.Context, o ids.Org, code string) (Told, error)
	OfferOf(ctx context.Context, o ids.Org, freed ids.Freed, w ids.Waiting) (Told, error)
	OffersOfNumber(ctx context.Context, o ids.Org, key []byte, since int64) ([]Told, error)
}

// Finish is what follows from a message that came in.
type Finish struct {
	Org ids.Org
	ID  ids.Text
	// Key is the number's, Version the dialogue's as it was read, 0 for none.
	Key     []byte
	Version int64
	// Dialogue is how it goes on, nil ends it; Leave touches nothing.
	Dialogue *SealedDialogue
	Leave    bool
	Out      []SealedOut
	Audit    []audit.Entry
}

// Finished is what became of it.
type Finished int

// The ends.
const (
	FinishedNow     Finished = iota
	FinishedAlready          // by somebody else: nothing was done
	FinishedStale            // the dialogue went on meanwhile: nothing was done
)

// Service is the room.
type Service struct {
	Store Store
	Seals *seal.Keyring
	Gen   *ids.Gen
	Now   clock.Now
	// Committed is called after a commit that recorded a task. May be nil.
	Committed func()
	// Room takes what is no command. Nil leaves such messages unanswered.
	Room Room

	// Booking is what commands act on, Texts what answers are written with.
	Booking *booking.Service
	Texts   *i18n.Catalog
	// Consent keeps who wants no messages. Nil keeps nothing.
	Consent Consent
}

// Consent keeps who wants no messages, by number.
type Consent interface {
	Stop(ctx context.Context, o ids.Org, number string) error
	Start(ctx context.Context, o ids.Org, number string) error
	// Agree keeps that a number agrees to be told something by text message.
	Agree(ctx context.Context, o ids.Org, number string, scope consent.Scope, basis consent.Basis) error
}

var _ Receiver = (*Service)(nil)

// Receive is Receiver's. A message without a text or a sender is Invalid "sms.empty".
func (s *Service) Receive(ctx context.Context, m Inbound) error {
	now := s.Now().Unix()
	if m.From == "" || m.Org == "" {
		return fault.Invalid("sms.empty", nil)
	}
	if m.At <= 0 || m.At > now {
		m.At = now
	}
	m.Body = clip(m.Body)
	if m.Ref == "" {
		sum := sha256.Sum256([]byte(m.From + "\x00" + m.To + "\x00" + m.Body + "\x00" + strconv.FormatInt(m.At/60, 10)))
		m.Ref = "sum:" + hex.EncodeToString(sum[:16])
	}
	in := SealedIn{In: In{Org: m.Org, ID: s.Gen.Text(), Gateway: m.Gateway, From: m.From, To: m.To, Body: m.Body, At: m.At, State: New}, Ref: m.Ref}
	var err error
	if in.Number, in.NumberKey, in.Text, err = s.seal("text_in", in.Org, in.ID, m.From, m.Body); err != nil {
		return err
	}
	kept, err := s.Store.PutIn(ctx, in)
	if err == nil && kept && s.Committed != nil {
		s.Committed()
	}
	return err
}

// clip holds a text to what is kept, without NUL and broken octets.
func clip(body string) string {
	clean := make([]rune, 0, len(body))
	n := 0
	for _, r := range body {
		if r == 0 || r == '�' {
			continue
		}
		if n += len(string(r)); n > MaxBody {
			break
		}
		clean = append(clean, r)
	}
	return string(clean)
}

func (s *Service) seal(table string, o ids.Org, id ids.Text, number, body string) (sealedNumber, key, text []byte, err error) {
	row := string(o) + "/" + string(id)
	if sealedNumber, err = s.Seals.Seal([]byte(number), seal.Place{Table: table, Column: "number", Row: row}); err != nil {
		return nil, nil, nil, err
	}
	text, err = s.Seals.Seal([]byte(body), seal.Place{Table: table, Column: "body", Row: row})
	return sealedNumber, s.NumberKey(number), text, err
}

// NumberKey is what a number is found by: a keyed hash.
func (s *Service) NumberKey(number string) []byte { return s.Seals.LookupHash("text.number", number) }

func (s *Service) open(table string, o ids.Org, id ids.Text, sealedNumber, sealedBody []byte) (number, body string, err error) {
	row := string(o) + "/" + string(id)
	n, err := s.Seals.Open(sealedNumber, seal.Place{Table: table, Column: "number", Row: row})
	if err != nil {
		return "", "", err
	}
	b, err := s.Seals.Open(sealedBody, seal.Place{Table: table, Column: "body", Row: row})
	return string(n), string(b), err
}

// Open reads a message that came in.
func (s *Service) Open(ctx context.Context, o ids.Org, id ids.Text) (In, error) {
	sealed, err := s.Store.TextIn(ctx, o, id)
	if err != nil {
		return In{}, err
	}
	in := sealed.In
	in.From, in.Body, err = s.open("text_in", o, id, sealed.Number, sealed.Text)
	return in, err
}

// From returns what came in from a number, newest first, opened.
func (s *Service) From(ctx context.Context, o ids.Org, number string, most int) ([]In, error) {
	sealed, err := s.Store.TextsIn(ctx, o, s.NumberKey(number), most)
	if err != nil {
		return nil, err
	}
	out := make([]In, len(sealed))
	for i, m := range sealed {
		out[i] = m.In
		if out[i].From, out[i].Body, err = s.open("text_in", o, m.ID, m.Number, m.Text); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Seal makes messages ready to be stored, for who stores them with something else in one transaction.
func (s *Service) Seal(list ...Outgoing) ([]SealedOut, error) {
	out := make([]SealedOut, len(list))
	for i, m := range list {
		if m.ID == "" {
			m.ID = s.Gen.Text()
		}
		if m.CreatedAt == 0 {
			m.CreatedAt = s.Now().Unix()
		}
		m.State = notify.StateWaiting
		out[i].Outgoing = m
		var err error
		if out[i].Number, out[i].NumberKey, out[i].Text, err = s.seal("text_out", m.Org, m.ID, m.To, m.Body); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Send has messages handed over: each once.
func (s *Service) Send(ctx context.Context, list ...Outgoing) error {
	sealed, err := s.Seal(list...)
	if err != nil {
		return err
	}
	if err := s.Store.PutOut(ctx, sealed...); err != nil {
		return err
	}
	if s.Committed != nil {
		s.Committed()
	}
	return nil
}

// OpenOut reads a message that goes out.
func (s *Service) OpenOut(ctx context.Context, o ids.Org, id ids.Text) (Outgoing, error) {
	sealed, err := s.Store.TextOut(ctx, o, id)
	if err != nil {
		return Outgoing{}, err
	}
	m := sealed.Outgoing
	m.To, m.Body, err = s.open("text_out", o, id, sealed.Number, sealed.Text)
	return m, err
}
