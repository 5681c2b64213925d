package conversation

import (
	"context"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/worklist"
)

// MaxAnswer is the longest answer, in characters: ten parts of an SMS and some.
const MaxAnswer = 1530

// CheckBody cleans what is to be sent: Invalid at the field text for nothing, and for what is too long.
func CheckBody(typed string) (string, error) {
	body, ok := i18n.CleanText(typed)
	body = strings.TrimSpace(body)
	switch {
	case !ok:
		return typed, fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.bad_characters"})
	case body == "":
		return typed, fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.required"})
	case len([]rune(body)) > MaxAnswer:
		return typed, fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.too_long", Args: fault.Args{"max": MaxAnswer}})
	}
	return body, nil
}

// Answer is what one of the staff writes.
type Answer struct {
	Org  ids.Org
	ID   ids.Work
	Seen int64
	Key  ids.FormKey
	Body string
	// Close closes the conversation with it.
	Close bool
}

// Answer sends what one of the staff writes, once for its key. Faults: Conflict "work.changed" when something came or was done since it was seen, Conflict
// "work.closed", Invalid at the field text.
func (s *Service) Answer(ctx context.Context, who actor.Actor, r Answer) error {
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return err
	}
	w, err := s.open(ctx, who, c, r.ID)
	if err != nil {
		return err
	}
	body, err := CheckBody(r.Body)
	switch {
	case w.Hidden:
		return fault.NotFound("error.not_found")
	case err != nil:
		return err
	case !r.Key.Valid():
		return fault.Invalid("error.bad_request", nil)
	case !answerable(w.Talk.Number):
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "inbox.not_answerable"})
	}
	if _, err := s.Store.EntryOf(ctx, r.Org, string(r.Key)); !fault.Is(err, fault.KindNotFound) {
		return err // it was sent already
	}
	switch {
	case w.Item.State == worklist.Closed:
		return fault.Conflict("work.closed", nil)
	case w.Item.Version != r.Seen:
		return fault.Conflict("work.changed", nil)
	}
	lang := w.Talk.Lang
	if lang == "" && len(c.Org.Languages) > 0 {
		lang = c.Org.Languages[0]
	}
	out, err := s.outgoing(r.Org, string(r.Key), EventAnswer, w.Talk.Number, body, lang, c.Inbox(w.Talk.Inbox), who)
	if err != nil {
		return err
	}
	change := worklist.Change{Now: w.Item.Answered(who.Staff, s.Now().Unix()), Audit: []audit.Entry{s.Work.Line(r.Org, who, audit.TextAnswered, string(r.ID), nil)}}
	if r.Close {
		change.Now.State = worklist.Closed
		change.Entries = append(change.Entries, worklist.Entry{
			Org: r.Org, ID: s.Gen.New(), Item: r.ID, What: worklist.Ended, At: s.Now().Unix(), ActorKind: who.Kind, Actor: who.ID(),
		})
	}
	_, err = s.Store.Say(ctx, change, w.Talk, false, out)
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return err
}

// Confirm records that one of the staff has made sure who a conversation is with: whose code was written in it when no person is
// named. Faults: Conflict "work.changed", Invalid "inbox.nobody_claimed".
func (s *Service) Confirm(ctx context.Context, who actor.Actor, o ids.Org, id ids.Work, seen int64, person ids.Person) error {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return err
	}
	w, err := s.open(ctx, who, c, id)
	switch {
	case err != nil:
		return err
	case w.Hidden:
		return fault.NotFound("error.not_found")
	case w.Item.Version != seen:
		return fault.Conflict("work.changed", nil)
	}
	if person == "" {
		person = w.Talk.Claimed
	}
	if person == "" {
		return fault.Invalid("inbox.nobody_claimed", nil)
	}
	a, err := s.People.InboxPerson(ctx, who, o, c.Inbox(w.Item.Inbox).Office, person)
	if err != nil {
		return err
	}
	w.Talk.Known = w.Talk.Known.Confirmed(person)
	w.Talk.Lang = a.Lang
	w.Item.Changed = s.Now().Unix()
	_, err = s.Store.Say(ctx, worklist.Change{
		Now: w.Item,
		Entries: []worklist.Entry{{
			Org: o, ID: s.Gen.New(), Item: id, What: Confirmed, At: s.Now().Unix(), ActorKind: who.Kind, Actor: who.ID(),
		}},
		Audit: []audit.Entry{
			s.Work.Line(o, who, audit.PersonConfirmed, string(id), nil),
			audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.PersonConfirmed, audit.OfPerson, string(person), nil),
		},
	}, w.Talk, false)
	return err
}
