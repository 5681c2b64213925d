package conversation

import (
	"context"
	"errors"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// Begin is what one of the staff writes first, to a number on record.
type Begin struct {
	Org  ids.Org
	Key  ids.FormKey
	Body string
	Lang i18n.Lang
	// Number is the one on record, in E.164.
	Number string
	// Office is where whoever writes works with them, Appointment what they write about; both may be empty.
	Office      ids.Office
	Appointment ids.Appointment
	// Person is whose record has the number; empty for who has no account.
	Person ids.Person
}

// Begun is what became of it.
type Begun struct {
	Item ids.Work
	// Readable says that whoever wrote may read the conversation, too.
	Readable bool
}

// mayBegin is nil for who serves people at the office, and for who answers what is written to its inbox.
func mayBegin(who actor.Actor, r Begin, box org.Inbox) error {
	if err := who.May(actor.BookingDesk, actor.Object{Org: r.Org, Office: r.Office}); r.Office != "" && err == nil {
		return nil
	}
	return MayRead(who, r.Org, box)
}

// MayRead is nil for who may read what lies in an inbox.
func MayRead(who actor.Actor, o ids.Org, box org.Inbox) error { return worklist.MayUse(who, o, box) }

// CheckNumber is nil for a number that somebody may write to first, Invalid at the field text for one that is no mobile's, or that wants no messages.
func (s *Service) CheckNumber(ctx context.Context, o ids.Org, number string) error {
	if !notify.IsMobile(number) || !answerable(number) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "inbox.not_mobile"})
	}
	at, err := s.refusedAt(ctx, o, number)
	if err == nil && at > 0 {
		err = refusedFault()
	}
	return err
}

func refusedFault() error {
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "inbox.refused"})
}

func (s *Service) refusedAt(ctx context.Context, o ids.Org, number string) (int64, error) {
	if s.Refusals == nil {
		return 0, nil
	}
	return s.Refusals.RefusedAt(ctx, o, number)
}

// refused is since when the number of a conversation wants no messages, 0 when it has said no such thing since it last wrote: who asks wants an answer.
func (s *Service) refused(ctx context.Context, t Talk) (int64, error) {
	at, err := s.refusedAt(ctx, t.Org, t.Number)
	if err != nil || at == 0 {
		return 0, err
	}
	list, err := s.Store.Texts(ctx, t.Org, t.Item)
	if err != nil {
		return 0, err
	}
	for _, m := range slices.Backward(list) {
		if !m.Out {
			return stands(at, m.At), nil
		}
	}
	return at, nil
}

// stands is a refusal that was said last: what was written after it asks for an answer.
func stands(refused, wrote int64) int64 {
	if wrote > refused {
		return 0
	}
	return refused
}

// Begin writes to somebody first, once for its key. Faults: those of CheckNumber and CheckBody, and Conflict "inbox.open_already", with the item, when there is an
// open conversation with the number that whoever writes may read, and should. For who may not read it, the message goes there unseen.
func (s *Service) Begin(ctx context.Context, who actor.Actor, r Begin) (Begun, error) {
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Begun{}, err
	}
	box := c.InboxAt(r.Office)
	if err := mayBegin(who, r, box); err != nil {
		return Begun{}, err
	}
	out := Begun{Readable: MayRead(who, r.Org, box) == nil}
	if !r.Key.Valid() {
		return out, fault.Invalid("error.bad_request", nil)
	}
	if out.Item, err = s.Store.EntryOf(ctx, r.Org, string(r.Key)); !fault.Is(err, fault.KindNotFound) {
		return out, err // it was sent already
	}
	body, err := CheckBody(r.Body)
	if err != nil {
		return out, err
	}
	if err := s.CheckNumber(ctx, r.Org, r.Number); err != nil {
		return out, err
	}
	if len(c.Org.Languages) > 0 && !slices.Contains(c.Org.Languages, r.Lang) {
		r.Lang = c.Org.Languages[0]
	}
	m, err := s.outgoing(r.Org, string(r.Key), EventAnswer, r.Number, body, r.Lang, box, who)
	if err != nil {
		return out, err
	}
	for range 5 { // until nobody else begins or changes it in between
		out.Item, err = s.begin(ctx, who, c, r, box, out.Readable, m)
		if !errors.Is(err, errMeanwhile) {
			break
		}
	}
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return out, err
}

// errMeanwhile says that somebody else began or changed the conversation just now.
var errMeanwhile = fault.Conflict("work.changed", nil)

func (s *Service) begin(ctx context.Context, who actor.Actor, c *catalog.Config, r Begin, box org.Inbox, readable bool, m Outgoing) (ids.Work, error) {
	now := s.Now().Unix()
	t := Talk{Org: r.Org, Inbox: box.ID, Number: r.Number, NumberKey: s.Texting.NumberKey(r.Number), Lang: r.Lang, About: r.Appointment}
	id, err := s.Store.OpenOf(ctx, r.Org, t.NumberKey, box.ID)
	switch {
	case err == nil && readable:
		return id, fault.Conflict("inbox.open_already", nil)
	case err == nil:
		return id, s.addUnseen(ctx, who, r, id, m)
	case !fault.Is(err, fault.KindNotFound):
		return "", err
	}
	t.Item = s.Gen.Work()
	if r.Person != "" {
		t.Known = Known{Claim: ClaimRecord, Claimed: r.Person}
	}
	if t.Sealed, err = s.Seals.Seal([]byte(r.Number), numberPlace(r.Org, t.Item)); err != nil {
		return "", err
	}
	item := worklist.Item{
		Org: r.Org, ID: t.Item, Kind: worklist.Conversation, Inbox: box.ID, State: worklist.Waiting, Since: now, Version: 1, CreatedAt: now, Changed: now,
	}
	if readable {
		item.Assignee = who.Staff
	}
	lines := []audit.Entry{s.Work.Line(r.Org, who, audit.ConversationOpened, string(t.Item), nil), s.Work.Line(r.Org, who, audit.TextAnswered, string(t.Item), nil)}
	if r.Appointment != "" {
		lines = append(lines, audit.New(r.Org, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.TextAnswered, "appointment", string(r.Appointment), nil))
	}
	if r.Person != "" {
		lines = append(lines, audit.New(r.Org, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.TextAnswered, audit.OfPerson, string(r.Person), nil))
	}
	_, err = s.Store.Say(ctx, worklist.Change{Now: item, Audit: lines}, t, true, m)
	if fault.IsKey(err, "inbox.open_already") {
		return "", errMeanwhile
	}
	return t.Item, err
}

// addUnseen sends a message in an open conversation that whoever writes may not read: what waits there for an answer goes on waiting.
func (s *Service) addUnseen(ctx context.Context, who actor.Actor, r Begin, id ids.Work, m Outgoing) error {
	i, err := s.Store.WorkItem(ctx, r.Org, id)
	if err != nil {
		return err
	}
	t, err := s.Store.Talk(ctx, r.Org, id)
	if err != nil {
		return err
	}
	if i.State == worklist.Closed {
		return errMeanwhile
	}
	i.Changed = s.Now().Unix()
	if t.About == "" {
		t.About = r.Appointment
	}
	lines := []audit.Entry{s.Work.Line(r.Org, who, audit.TextAnswered, string(id), nil)}
	_, err = s.Store.Say(ctx, worklist.Change{Now: i, Audit: lines}, t, false, m)
	if fault.IsKey(err, "work.changed") {
		return errMeanwhile
	}
	return err
}
