package texting

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/notify"
)

// Answer is the event of an answer to a message.
const Answer notify.Event = "text.answer"

// A number that has had so many answers within the time (seconds) is a machine that answers a machine: it gets no more, and those who work there see it. It is
// what notify.UsualLimits lets leave to one number.
const (
	mostAnswers = 20
	answersIn   = 60 * 60
)

// dialogueLife is how long a dialogue waits for its next answer, in seconds.
const dialogueLife = 2 * 60 * 60

// Dialogue is what somebody is being asked, by text message.
type Dialogue struct {
	Verb Verb      `json:"verb"`
	Step Step      `json:"step"`
	Lang i18n.Lang `json:"lang"`
	// Lines are what the numbers mean; those from Shown on are shown.
	Lines []Line `json:"lines,omitempty"`
	Shown int    `json:"shown,omitempty"`
	// Wrong counts the answers in a row that were not understood.
	Wrong int `json:"wrong,omitempty"`

	Service     ids.Service     `json:"service,omitempty"`
	Office      ids.Office      `json:"office,omitempty"`
	Day         string          `json:"day,omitempty"`
	Draft       ids.Draft       `json:"draft,omitempty"`
	Start       int64           `json:"start,omitempty"`
	Name        string          `json:"name,omitempty"`
	Appointment ids.Appointment `json:"appointment,omitempty"`
	Sequence    int64           `json:"sequence,omitempty"`
}

// Line is a line of a list: what it stands for, and what it says.
type Line struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// Step is what a dialogue asks for.
type Step string

// The steps.
const (
	askService Step = "service"
	askOffice  Step = "office"
	askDay     Step = "day"
	askTime    Step = "time"
	askName    Step = "name"
	askSure    Step = "sure"
	askCode    Step = "code"
)

// SealedDialogue is a dialogue as it is stored. Version 0 is none.
type SealedDialogue struct {
	State     []byte
	Version   int64
	ExpiresAt int64
}

// reply is what follows from a message.
type reply struct {
	text string // empty is no answer
	lang i18n.Lang
	next *Dialogue // how the dialogue goes on; nil ends it
	room bool      // it is for the conversation, and the dialogue stays as it is
}

var errBusyNumber = errors.New("several messages of one number at once")

// Handle acts on a message that came in. It may be called again for the same one: what it does is known by the message, and its answer is written with it.
func (s *Service) Handle(ctx context.Context, o ids.Org, id ids.Text) error {
	in, err := s.Open(ctx, o, id)
	if err != nil || in.State != New {
		return err
	}
	const tries = 5 // of several messages of one number, one is first
	for range tries {
		done, err := s.handle(ctx, in)
		if err != nil || done {
			return err
		}
	}
	return errBusyNumber
}

func (s *Service) handle(ctx context.Context, in In) (done bool, err error) {
	t, version, err := s.begin(ctx, in)
	if err != nil {
		return false, err
	}
	f := Finish{Org: in.Org, ID: in.ID, Key: t.key, Version: version}
	r := reply{room: true}
	command := Parse(in.Body)
	sent, err := s.Store.CountOut(ctx, in.Org, t.key, Answer, s.Now().Unix()-answersIn)
	switch {
	case err != nil:
		return false, err
	case t.cfg == nil: // no organisation, or nothing to answer with
	case sent >= mostAnswers:
		if command.Verb == Stop {
			err = t.consent(ctx, Stop)
		}
		if sent == mostAnswers {
			f.Audit = []audit.Entry{audit.New(in.Org, s.Gen.Audit(), s.Now().UnixMicro(), actor.System("texting"), audit.TextsStopped, "text", string(in.ID), nil)}
		}
	case t.number != "":
		r, err = t.answer(ctx, command)
	}
	if err != nil {
		return false, err
	}
	if r.room {
		if s.Room != nil {
			if err := s.Room.Take(ctx, in); err != nil {
				return false, err
			}
		}
		f.Leave = true
	} else if err := s.fill(&f, t, r); err != nil {
		return false, err
	}
	end, err := s.Store.Finish(ctx, f)
	if err == nil && end == FinishedNow && len(f.Out) > 0 && s.Committed != nil {
		s.Committed()
	}
	return end != FinishedStale, err
}

// fill puts an answer and the dialogue into what is written.
func (s *Service) fill(f *Finish, t *talk, r reply) (err error) {
	if r.text != "" {
		if !t.cfg.Policy("", "").Marks {
			r.text = notify.Plain(r.text)
		}
		f.Out, err = s.Seal(Outgoing{
			Org: f.Org, Event: Answer, To: t.number, Body: r.text, Lang: r.lang, From: ownNumber(t.in.To), About: "answer/" + string(f.ID),
		})
		if err != nil {
			return err
		}
	}
	if r.next == nil {
		return nil
	}
	b, err := json.Marshal(r.next)
	if err != nil {
		return fmt.Errorf("write dialogue: %w", err)
	}
	f.Dialogue = &SealedDialogue{ExpiresAt: s.Now().Unix() + dialogueLife}
	f.Dialogue.State, err = s.Seals.Seal(b, dialoguePlace(f.Org, f.Key))
	return err
}

// ownNumber is where an answer comes from: where the message went, when that is a number that can be answered.
func ownNumber(to string) string {
	if strings.Trim(to, "+0123456789") != "" {
		return ""
	}
	return to
}

func dialoguePlace(o ids.Org, key []byte) seal.Place {
	return seal.Place{Table: "text_dialogue", Column: "state", Row: string(o) + "/" + hex.EncodeToString(key)}
}

// begin reads what a message is part of.
func (s *Service) begin(ctx context.Context, in In) (*talk, int64, error) {
	t := &talk{Service: s, in: in, now: s.Now(), key: s.NumberKey(in.From)}
	sealed, err := s.Store.Dialogue(ctx, in.Org, t.key)
	if err != nil {
		return nil, 0, err
	}
	if sealed.Version > 0 && t.now.Unix() <= sealed.ExpiresAt {
		b, err := s.Seals.Open(sealed.State, dialoguePlace(in.Org, t.key))
		if err != nil {
			return nil, 0, fmt.Errorf("open dialogue: %w", err)
		}
		t.d = &Dialogue{}
		if err := json.Unmarshal(b, t.d); err != nil {
			return nil, 0, fmt.Errorf("read dialogue: %w", err)
		}
	}
	if s.Booking == nil || s.Texts == nil {
		return t, sealed.Version, nil
	}
	if t.cfg, err = s.Booking.Store.Config(ctx, in.Org); err != nil {
		return nil, 0, err
	}
	if n, err := notify.ParsePhone(in.From, t.cfg.Org.Country, nil); err == nil {
		t.number = n
	}
	if t.speaks, err = s.speaks(ctx, t); err != nil {
		return nil, 0, err
	}
	session := s.Seals.LookupHash("text.session", string(in.Org)+"/"+in.From)
	t.who = actor.Visitor(session, "sms:"+hex.EncodeToString(t.key))
	t.who.Number = t.number
	return t, sealed.Version, nil
}

// speaks is the language of somebody whose word does not tell it: that of the dialogue, of what they were last sent, or the organisation's first.
func (s *Service) speaks(ctx context.Context, t *talk) (i18n.Lang, error) {
	if t.d != nil {
		return t.d.Lang, nil
	}
	last, err := s.Store.LastLang(ctx, t.in.Org, t.key)
	if err != nil || slices.Contains(t.cfg.Org.Languages, last) {
		return last, err
	}
	return t.cfg.Org.Languages[0], nil
}

// consent keeps that somebody wants messages, or none.
func (t *talk) consent(ctx context.Context, verb Verb) error {
	switch {
	case t.Consent == nil || t.number == "":
		return nil
	case verb == Stop:
		return t.Consent.Stop(ctx, t.in.Org, t.number)
	}
	return t.Consent.Start(ctx, t.in.Org, t.number)
}
