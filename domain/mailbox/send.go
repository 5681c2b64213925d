package mailbox

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/org"
)

// Recipient is whom a letter is for: a person by their national identifier, or a company or an association by its public number.
type Recipient struct {
	Kind natid.Kind
	Code natid.Secret
	// Number is a company's, such as a Finnish Y-tunnus; empty for a person.
	Number string
}

// found is who a recipient is: nobody when they are not known here. Manned says that somebody is there to read: a person who has not died, or who may act for a company. What arrives
// where nobody can read it has not reached anybody.
type found struct {
	Owner  actor.Owner
	Number string
	Manned bool
	Set    Settings
}

// recipient finds a recipient.
func (s *Service) recipient(ctx context.Context, o ids.Org, r Recipient) (found, error) {
	system := actor.System("mailbox")
	if r.Number != "" {
		c, manned, err := s.People.Represented(ctx, system, r.Number)
		if err != nil {
			return found{}, err
		}
		set, err := s.settings(ctx)
		return found{actor.Owner{Company: c.ID}, r.Number, manned, set}, err
	}
	a, err := s.People.Claimed(ctx, system, o, r.Kind, r.Code)
	if err != nil || a.Person == "" {
		return found{}, err
	}
	return s.manned(ctx, actor.Owner{Person: a.Person})
}

// manned looks whether somebody is there to read what an owner gets.
func (s *Service) manned(ctx context.Context, of actor.Owner) (found, error) {
	set, err := s.settings(ctx)
	to := found{Owner: of, Manned: true, Set: set}
	if of.Person == "" || err != nil {
		return to, err
	}
	died, err := s.People.Died(ctx, actor.System("mailbox"), of.Person)
	to.Manned = died == ""
	return to, err
}

// SendRequest is a letter that an authority hands over, in one request: what it says, to whom, and how it goes if it cannot go electronically.
type SendRequest struct {
	Org       ids.Org
	Recipient Recipient
	Kind      Kind
	Mode      Mode
	Lang      i18n.Lang
	Content
	Reply bool
	// ExpiresAt is the last second in which it can be read; 0 for no end.
	ExpiresAt int64
	// Ref is the sender's own name of it: letters, digits and ".-_/", never personal.
	Ref string
	// Attachments are uploads of the organisation (file.Service.Upload), in their order. The letter is published when all of them are clean.
	Attachments []ids.File
	// Class is the class of the organisation by which it is kept (org.Retention); empty goes by its kind.
	Class string
	// Key is the sender's key of the request: sent again it is the same letter.
	Key ids.FormKey
}

// MostNumber is how long a company's number can be.
const MostNumber = 40

// refForm is what a sender's reference may be, so that nothing personal is in it by accident.
var refForm = regexp.MustCompile(`^[A-Za-z0-9._/-]*$`)

func (r SendRequest) check(now int64) error {
	var bad []fault.Field
	wrong := func(name, key string) { bad = append(bad, fault.Field{Name: name, Key: key}) }
	if err := r.Content.check(); err != nil {
		bad = append(bad, fault.Of(err).Fields...)
	}
	if !slices.Contains(Sent, r.Kind) {
		wrong("kind", "error.field.choose")
	}
	if len(r.Recipient.Number) > MostNumber {
		wrong("recipient.identifier", "field.bad_characters")
	}
	if r.Mode != Ordinary && r.Mode != Verifiable {
		wrong("service", "error.field.choose")
	}
	if _, ok := i18n.Lookup(string(r.Lang)); !ok {
		wrong("lang", "error.field.choose")
	}
	if len(r.Ref) > MostRef || !refForm.MatchString(r.Ref) {
		wrong("ref", "field.bad_characters")
	}
	if r.ExpiresAt != 0 && r.ExpiresAt <= now {
		wrong("expires_at", "letter.expires_past")
	}
	if r.Key == "" {
		wrong("key", "field.required")
	}
	if len(bad) > 0 {
		return fault.Invalid("form.invalid", nil, bad...)
	}
	return nil
}

// reach is which way a letter of an organisation goes to somebody, as a transaction sees it. Nobody is reached without an account, and no company without anybody who acts for it.
func (s *Service) reach(ctx context.Context, from Reader, o ids.Org, to found, now int64) (Box, Reach, error) {
	if to.Owner.IsZero() {
		return Box{}, OnPaper, nil
	}
	b, err := box(ctx, from, to.Owner)
	if err != nil || !to.Manned {
		return b, OnPaper, err
	}
	history, err := preferences(ctx, from, to.Owner, b)
	return b, ReachOf(b, history, to.Set, o, now), err
}

// Reachable answers "can this person be reached electronically?" (S4.7). The question is in the log, and its answer says nothing more than the way.
func (s *Service) Reachable(ctx context.Context, who actor.Actor, o ids.Org, r Recipient) (Reach, error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return OnPaper, err
	}
	to, err := s.recipient(ctx, o, r)
	if err != nil {
		return OnPaper, err
	}
	_, way, err := s.reach(ctx, s.Store, o, to, s.Now().Unix())
	if err != nil {
		return way, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry(o, who, audit.LetterReachAsked, audit.OfPerson, cmp.Or(to.Owner.ID(), "unknown"), nil))
	})
	return way, err
}

// mostTaken is how many letters of senders are taken over at once. They share a commit, so more at once are hardly faster together; but all of them would stand before whoever comes to
// read, in the queue of the writer and at the connections that read.
const mostTaken = 8

// taking lets so many of a crowd go on at a time, and the others wait. Its zero value is ready.
type taking struct {
	once  sync.Once
	slots chan struct{}
}

// turn waits for a place; done gives it back.
func (t *taking) turn(ctx context.Context) (done func(), err error) {
	t.once.Do(func() { t.slots = make(chan struct{}, mostTaken) })
	select {
	case t.slots <- struct{}{}:
		return func() { <-t.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait until a letter can be taken over: %w", ctx.Err())
	}
}

// Send is SendOnce for who need not know whether it was sent before.
func (s *Service) Send(ctx context.Context, who actor.Actor, r SendRequest) (Stored, error) {
	l, _, err := s.SendOnce(ctx, who, r)
	return l, err
}

// SendOnce takes a letter over. It goes into the recipient's mailbox if they can be reached at this moment, which is looked at in the transaction that delivers it, and to
// the printer if not. Sent again under its key it is the same letter, and again says so. Faults: NotFound; Invalid with the fields; Conflict "form.key_reused" for another letter under the same key.
func (s *Service) SendOnce(ctx context.Context, who actor.Actor, r SendRequest) (sent Stored, again bool, err error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: r.Org}); err != nil {
		return Stored{}, false, err
	}
	now := s.Now().Unix()
	if err := r.check(now); err != nil {
		return Stored{}, false, err
	}
	done, err := s.taking.turn(ctx)
	if err != nil {
		return Stored{}, false, err
	}
	defer done()
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return Stored{}, false, err
	}
	if _, ok := c.Org.RetentionOf("", r.Class); r.Class != "" && !ok {
		return Stored{}, false, fault.Invalid("form.invalid", nil, fault.Field{Name: "retention", Key: "error.field.choose"})
	}
	to, err := s.recipient(ctx, r.Org, r.Recipient)
	if err != nil {
		return Stored{}, false, err
	}
	sum := digest(r.Recipient.Kind, r.Recipient.Number, r.Recipient.Code.Reveal(), r.Kind, r.Mode, r.Lang, r.Subject, r.Body, r.Post, r.Reply, r.ExpiresAt, r.Ref)
	l := Letter{
		Org: r.Org, ID: s.Gen.Letter(), Owner: to.Owner, Kind: r.Kind, Mode: r.Mode, Lang: r.Lang, Reply: r.Reply, CreatedAt: now, PublishAt: now,
		ExpiresAt: r.ExpiresAt, Ref: r.Ref, Class: r.Class, Content: r.Content,
	}
	l.Thread = l.ID
	if r.Class != "" {
		sum = digest(string(sum), r.Class)
	}
	if len(r.Attachments) > 0 {
		sum = digest(string(sum), r.Attachments)
		if l.Files, err = wanted(c, r.Attachments); err != nil {
			return Stored{}, false, err
		}
	}
	var used string
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		used, again, err = tx.UseForm(ctx, r.Org, r.Key, "letter", sum, string(l.ID), now+formLife)
		if again || err != nil {
			return err
		}
		_, err = s.deliver(ctx, tx, c, who, to, l)
		return err
	})
	if err != nil {
		return Stored{}, false, err
	}
	if again {
		l.ID = ids.Letter(used)
	}
	s.committed()
	sent, err = s.Store.SentLetter(ctx, r.Org, l.ID)
	return sent, again, err
}

// deliver puts a letter into a mailbox or into the queue of the printer, and says which.
func (s *Service) deliver(ctx context.Context, tx Tx, c *catalog.Config, who actor.Actor, to found, l Letter) (Channel, error) {
	b, way, err := s.reach(ctx, tx, l.Org, to, l.CreatedAt)
	if err != nil {
		return "", err
	}
	fresh, err := s.known(ctx, tx, to, &l)
	if err != nil {
		return "", err
	}
	rule, _ := RuleOn(s.Rules, c.Org.Country, l.Mode, org.DateOf(time.Unix(l.PublishAt, 0).In(c.Zone())))
	if l.Channel = Paper; way == Reachable {
		l.Channel, l.ConfirmBy, l.BySignIn = Electronic, ConfirmBy(rule, l.PublishAt, c.Zone()), rule.BySignIn
	}
	clean, err := s.attach(ctx, tx, &l)
	if err != nil {
		return "", err
	}
	if err := s.sealed(ctx, tx, &l, fresh); err != nil {
		return "", err
	}
	line := s.entry(l.Org, who, audit.LetterSent, "letter", string(l.ID), map[string]string{"channel": string(l.Channel), "kind": string(l.Kind)})
	if err := tx.Audit(ctx, line); err != nil {
		return "", err
	}
	if !clean {
		return l.Channel, s.await(ctx, tx, who, l)
	}
	if l.Channel == Paper {
		return Paper, s.onPaper(ctx, tx, who, l)
	}
	if err := s.publish(ctx, tx, c, who, l); err != nil {
		return "", err
	}
	if err := awaited(ctx, tx, l); err != nil {
		return "", err
	}
	if told, err := anyTold(ctx, tx, l.Owner, b); err != nil || !told {
		return Electronic, err
	}
	told := TellArgs{Org: l.Org, Letter: l.ID}
	if err := tx.PutTelling(ctx, told, l.CreatedAt); err != nil {
		return "", err
	}
	return Electronic, tx.PutReminder(ctx, told, RemindAt(l, to.Set.RemindDays), l.CreatedAt)
}

func (s *Service) onPaper(ctx context.Context, tx Tx, who actor.Actor, l Letter) error {
	if err := tx.PutLetter(ctx, l); err != nil {
		return err
	}
	if err := tx.PutEvent(ctx, s.event(l, who, Accepted, l.CreatedAt, "")); err != nil {
		return err
	}
	return tx.PutPrint(ctx, l.Org, l.ID, l.CreatedAt)
}

// known makes a recipient whom nobody here knows yet: somebody with a key of their own, which is returned, or a company of a number.
func (s *Service) known(ctx context.Context, tx Tx, to found, l *Letter) (*seal.PersonKey, error) {
	switch {
	case !l.Owner.IsZero():
		return nil, nil
	case to.Number != "":
		name := to.Number
		if len(l.Post) > 0 {
			name = l.Post[0]
		}
		c, err := tx.PutCompany(ctx, identity.Company{ID: ids.Company(s.Gen.New()), BusinessID: to.Number, Name: name, Kind: identity.KindCompany, CreatedAt: l.CreatedAt})
		l.Owner.Company = c
		return nil, err
	}
	l.Owner.Person = s.Gen.Person()
	key, wrapped, err := s.Seals.NewPersonKey(string(l.Owner.Person))
	if err != nil {
		return nil, err
	}
	return &key, tx.PutPerson(ctx, l.Owner.Person, wrapped, l.CreatedAt)
}

// MostFeed is how many events one page of the feed has.
const MostFeed = 500

// Feed returns what happened to the letters that an organisation sent, after a number of its feed: whoever asks again with next misses nothing. next is after when nothing
// happened since; more says that there is more to be had at once. What people wrote themselves, and how they keep their mailboxes tidy, is not in it.
func (s *Service) Feed(ctx context.Context, who actor.Actor, o ids.Org, after int64, most int) (list []Event, next int64, more bool, err error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return nil, 0, false, err
	}
	after, most = max(after, 0), min(max(most, 1), MostFeed)
	page, err := s.Store.Feed(ctx, o, after, most)
	if err != nil {
		return nil, 0, false, err
	}
	next = after
	for _, e := range page {
		next = e.Seq
		if e.What.Fed() && !e.Inward && slices.Contains(Sent, e.Kind) {
			list = append(list, e.Event)
		}
	}
	return list, next, len(page) == most, nil
}

// SentLetter returns a letter as its sender sees it: how it stands, and not what it says. What a person wrote is none.
func (s *Service) SentLetter(ctx context.Context, who actor.Actor, o ids.Org, id ids.Letter) (Shown, error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return Shown{}, err
	}
	l, err := s.sentBy(ctx, s.Store, o, id)
	if err != nil {
		return Shown{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Stored: l, Standing: l.Stand()}
	if out.Served, err = s.served(ctx, c, l); err != nil || s.Files == nil {
		return out, err
	}
	files, _, err := s.Files.Store.FilesOf(ctx, holder(l.Letter))
	for _, f := range files {
		if f.Paper() == file.OnRequest {
			out.OnRequest = append(out.OnRequest, f.ID)
		}
	}
	return out, err
}

// sentBy is a letter that an organisation sent.
func (s *Service) sentBy(ctx context.Context, from Reader, o ids.Org, id ids.Letter) (Stored, error) {
	l, err := from.SentLetter(ctx, o, id)
	if err == nil && (l.Inward || !slices.Contains(Sent, l.Kind)) {
		err = fault.NotFound("error.not_found")
	}
	return l, err
}

// Recall takes a letter back that nobody has read. Faults: NotFound; Conflict as MayRecall.
func (s *Service) Recall(ctx context.Context, who actor.Actor, o ids.Org, id ids.Letter) error {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := s.sentBy(ctx, tx, o, id)
		if err != nil {
			return err
		}
		if err := MayRecall(l.Letter, l.Stand()); err != nil {
			return err
		}
		if err := tx.PutEvent(ctx, s.event(l.Letter, who, Recalled, s.Now().Unix(), "")); err != nil {
			return err
		}
		if err := tx.DropPrint(ctx, o, id); err != nil {
			return err
		}
		if err := tx.SettlePrint(ctx, o, id, s.Now().Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.LetterRecalled, "letter", string(id), nil))
	})
}
