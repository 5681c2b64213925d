package conversation

import (
	"context"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
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
	refused, err := s.refused(ctx, w.Talk)
	switch {
	case err != nil:
		return err
	case refused > 0:
		return refusedFault()
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

// Confirm is that one of the staff has made sure who a conversation is with.
type Confirm struct {
	Org  ids.Org
	ID   ids.Work
	Seen int64
	// Code is the identity code that the person has told, typed in; empty takes whose code was written in the conversation.
	Code string
}

// Confirm records that one of the staff has made sure who a conversation is with. Faults: Conflict "work.changed", Invalid "inbox.nobody_claimed", and Invalid at the
// field code for one that is wrong, that nobody here has, or that is another's than who wrote.
func (s *Service) Confirm(ctx context.Context, who actor.Actor, r Confirm) error {
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return err
	}
	w, err := s.open(ctx, who, c, r.ID)
	switch {
	case err != nil:
		return err
	case w.Hidden:
		return fault.NotFound("error.not_found")
	case w.Item.Version != r.Seen:
		return fault.Conflict("work.changed", nil)
	}
	person, how := w.Talk.Claimed, map[string]string{"how": "asked"}
	if strings.TrimSpace(r.Code) != "" {
		how["how"] = "code"
		if person, err = s.told(ctx, who, c, w.Talk, r.Code); err != nil {
			return err
		}
	}
	if person == "" {
		return fault.Invalid("inbox.nobody_claimed", nil)
	}
	a, err := s.People.InboxPerson(ctx, who, r.Org, c.Inbox(w.Item.Inbox).Office, person)
	if err != nil {
		return codeFault(err)
	}
	w.Talk.Known = w.Talk.Known.Confirmed(person)
	w.Talk.Lang = a.Lang
	w.Item.Changed = s.Now().Unix()
	_, err = s.Store.Say(ctx, worklist.Change{
		Now: w.Item,
		Entries: []worklist.Entry{{
			Org: r.Org, ID: s.Gen.New(), Item: r.ID, What: Confirmed, At: s.Now().Unix(), ActorKind: who.Kind, Actor: who.ID(), Detail: how["how"],
		}},
		Audit: []audit.Entry{
			s.Work.Line(r.Org, who, audit.PersonConfirmed, string(r.ID), how),
			audit.New(r.Org, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.PersonConfirmed, audit.OfPerson, string(person), how),
		},
	}, w.Talk, false)
	return err
}

// told is whose code a person has told. That one was tried is written down, whatever comes of it: so nobody finds out unseen who is known here.
func (s *Service) told(ctx context.Context, who actor.Actor, c *catalog.Config, t Talk, typed string) (ids.Person, error) {
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: key})
	}
	kind := KindOf(c.Org.Country)
	if kind == "" {
		return "", wrong("inbox.no_codes")
	}
	code, err := natid.Parse(kind, strings.Join(strings.Fields(typed), ""), natid.Options{Test: s.TestCodes, Year: s.Now().Year()})
	if err != nil {
		return "", wrong(fault.Of(err).Key)
	}
	a, err := s.People.Claimed(ctx, actor.System("texting"), t.Org, natid.Sort(kind, code), code)
	if err != nil {
		return "", err
	}
	key := ""
	switch {
	case a.Person == "":
		key = "inbox.code_unknown"
	case t.Coded() && t.Claim != ClaimSeveral && t.Claimed != a.Person:
		key = "inbox.code_of_another"
	case !t.Coded() && t.Claimed != "" && t.Claimed != a.Person:
		key = "inbox.code_not_on_record"
	}
	result := map[string]string{"result": "fits"}
	if key != "" {
		result["result"] = strings.TrimPrefix(key, "inbox.")
	}
	if err := s.Store.PutAudit(ctx, s.Work.Line(t.Org, who, audit.CodeTried, string(t.Item), result)); err != nil {
		return "", err
	}
	if key != "" {
		return "", wrong(key)
	}
	return a.Person, nil
}

// codeFault says at the field of the code what is told of the person.
func codeFault(err error) error {
	f := fault.Of(err)
	if !fault.Is(err, fault.KindInvalid) || len(f.Fields) == 0 {
		return err
	}
	return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: f.Fields[0].Key, Args: f.Fields[0].Args})
}

// Do does something with a conversation that whoever does it may see.
func (s *Service) Do(ctx context.Context, who actor.Actor, d worklist.Deed) error {
	c, err := s.Store.Config(ctx, d.Org)
	if err != nil {
		return err
	}
	w, err := s.open(ctx, who, c, d.ID)
	if err != nil {
		return err
	}
	if w.Hidden && who.Kind != actor.KindStaff { // to a program, who is protected is not there
		return fault.NotFound("error.not_found")
	}
	_, err = s.Work.Do(ctx, who, d)
	return err
}
