package mailbox

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/worklist"
)

// Answer is what those who work there write back.
type Answer struct {
	Org  ids.Org
	Item ids.Work
	// Seen is the version of the work that whoever answers has seen.
	Seen int64
	Key  ids.FormKey
	Kind Kind
	Mode Mode
	Content
	Reply bool
	// Attachments are uploads of the organisation (KeepFile), in their order.
	Attachments []ids.File
	// Close says that the matter is closed with it.
	Close bool
}

func (r Answer) check() error {
	var bad []fault.Field
	if err := r.Content.check(); err != nil {
		bad = append(bad, fault.Of(err).Fields...)
	}
	if !slices.Contains(Sent, r.Kind) {
		bad = append(bad, fault.Field{Name: "kind", Key: "error.field.choose"})
	}
	if r.Mode != Ordinary && r.Mode != Verifiable {
		bad = append(bad, fault.Field{Name: "service", Key: "error.field.choose"})
	}
	switch {
	case len(bad) > 0:
		return fault.Invalid("form.invalid", nil, bad...)
	case !r.Key.Valid():
		return fault.Invalid("error.bad_request", nil)
	}
	return nil
}

// errNoPost is what is wrong with a letter that has to go on paper without an address.
var errNoPost = fault.Invalid("form.invalid", nil, fault.Field{Name: "post", Key: "letter.post_needed"})

// Answer sends an answer in an exchange, once for its key: into the mailbox, or on paper when its owner cannot be reached there in that moment. Faults: Conflict "work.changed" when something
// came or was done since it was seen, Conflict "work.closed", Invalid with the fields; at "post" when it has to go on paper and there is no address.
func (s *Service) Answer(ctx context.Context, who actor.Actor, r Answer) (ids.Letter, error) {
	id, _, err := s.AnswerOnce(ctx, who, r)
	return id, err
}

// AnswerOnce is Answer; again says that the answer had been sent before under its key.
func (s *Service) AnswerOnce(ctx context.Context, who actor.Actor, r Answer) (sent ids.Letter, again bool, err error) {
	a, c, err := s.mayDo(ctx, who, r.Org, r.Item)
	if err != nil {
		return "", false, err
	}
	if err := r.check(); err != nil {
		return "", false, err
	}
	now := s.Now().Unix()
	l := s.reply(a, r.Kind, r.Mode, r.Content, now)
	l.Reply = r.Reply
	if l.Files, err = wanted(c, r.Attachments); err != nil {
		return "", false, err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		sum := digest(r.Item, r.Kind, r.Mode, r.Subject, r.Body, r.Post, r.Reply, r.Close, r.Attachments)
		earlier, before, err := tx.UseForm(ctx, r.Org, r.Key, "letter", sum, string(l.ID), now+formLife)
		if sent, again = l.ID, before; before || err != nil {
			sent = ids.Letter(earlier)
			return err
		}
		i, err := open(ctx, tx, r.Org, r.Item, r.Seen)
		if err != nil {
			return err
		}
		if err := s.answer(ctx, tx, who, c, a.to, l); err != nil {
			return err
		}
		i = i.Answered(ids.Staff(who.ID()), now)
		list := []worklist.Entry{workEntry(r.Org, r.Item, string(l.ID), Replied, now, who, string(l.ID))}
		if r.Close {
			i.State = worklist.Closed
			list = append(list, workEntry(r.Org, r.Item, s.Gen.New(), worklist.Ended, now, who, ""))
		}
		return tx.ChangeWork(ctx, worklist.Change{Now: i, Entries: list, Audit: []audit.Entry{s.Work.Line(r.Org, who, audit.WorkChanged, string(r.Item), map[string]string{"what": string(Replied)})}})
	})
	if err == nil && !again {
		s.committed()
	}
	return sent, again, err
}

// mayDo finds a matter that somebody may see and whose owner is not hidden from them.
func (s *Service) mayDo(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, *catalog.Config, error) {
	a, c, err := s.atDesk(ctx, who, o, item)
	if err == nil && a.Hidden {
		err = fault.NotFound("error.not_found")
	}
	return a, c, err
}

// open returns an item that is open in the version that was seen.
func open(ctx context.Context, tx Tx, o ids.Org, item ids.Work, seen int64) (worklist.Item, error) {
	i, err := tx.WorkItem(ctx, o, item)
	switch {
	case err != nil:
		return i, err
	case i.Version != seen:
		return i, fault.Conflict("work.changed", nil)
	case i.State == worklist.Closed:
		return i, fault.Conflict("work.closed", nil)
	}
	return i, nil
}

// reply is a letter of the organisation in an exchange.
func (s *Service) reply(a AtDesk, k Kind, m Mode, content Content, now int64) Letter {
	return Letter{
		Org: a.Org, ID: s.Gen.Letter(), Owner: a.Owner, Thread: a.Thread, Kind: k, Mode: m, Lang: a.Lang(), CreatedAt: now, PublishAt: now, Content: content,
	}
}

// Lang is the language in which the person wrote last.
func (a AtDesk) Lang() i18n.Lang {
	for _, l := range slices.Backward(a.Letters) {
		if l.Inward {
			return l.Lang
		}
	}
	return a.Letters[0].Lang
}

// answer delivers a letter that has an address if it has to go on paper.
func (s *Service) answer(ctx context.Context, tx Tx, who actor.Actor, c *catalog.Config, to found, l Letter) error {
	way, err := s.deliver(ctx, tx, c, who, to, l)
	if err == nil && way == Paper && len(l.Post) == 0 {
		err = errNoPost
	}
	return err
}

// Link links a matter to the booking that a booking code of the same organisation opens, or with no code to none.
type Link struct {
	Org  ids.Org
	Item ids.Work
	Seen int64
	Code string
}

// Link links a matter to a booking, or to none. Faults: Conflict "work.changed", "work.closed"; Invalid at the field "booking"; TooMany.
func (s *Service) Link(ctx context.Context, who actor.Actor, r Link) error {
	a, _, err := s.mayDo(ctx, who, r.Org, r.Item)
	if err != nil {
		return err
	}
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "booking", Key: key})
	}
	m, what := a.Matter, Linked
	switch {
	case r.Code == "" && m.About == "":
		return wrong("field.required")
	case r.Code == "":
		m.About, what = "", Unlinked
	case s.Booking == nil:
		return wrong("manage.not_found")
	default:
		m.About, err = s.Booking(ctx, who, r.Org, r.Code)
		if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindNotFound) {
			return wrong(fault.Of(err).Key)
		}
		if err != nil {
			return err
		}
	}
	now := s.Now().Unix()
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		i, err := open(ctx, tx, r.Org, r.Item, r.Seen)
		if err != nil {
			return err
		}
		if err := tx.LinkMatter(ctx, m); err != nil {
			return err
		}
		i.Changed = now
		return tx.ChangeWork(ctx, worklist.Change{
			Now: i, Entries: []worklist.Entry{workEntry(r.Org, r.Item, s.Gen.New(), what, now, who, string(m.About))},
			Audit: []audit.Entry{s.Work.Line(r.Org, who, audit.WorkChanged, string(r.Item), map[string]string{"what": string(what)})},
		})
	})
}

// HandOn hands a matter over to another organisation.
type HandOn struct {
	Org  ids.Org
	Item ids.Work
	Seen int64
	To   ids.Org
	// Post is where the person is told on paper, for whom cannot be reached in a mailbox.
	Post []string
}

// HandOn hands a matter that is another organisation's over to it (handingOnLaw): what the person wrote goes there with the day on which it came here, the person is told by a letter, and here it is
// closed. It is all in one step. Faults: Conflict "work.changed", "work.closed"; Invalid at "to" for who receives no letters, at "post" when the person must be told on paper.
func (s *Service) HandOn(ctx context.Context, who actor.Actor, r HandOn) error {
	a, c, err := s.mayDo(ctx, who, r.Org, r.Item)
	if err != nil {
		return err
	}
	to, err := s.Store.Config(ctx, r.To)
	if fault.Is(err, fault.KindNotFound) || err == nil && (!to.Org.ReceivesLetters || r.To == r.Org) {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "to", Key: "error.field.choose"})
	}
	if err != nil {
		return err
	}
	if err := s.openThose(ctx, a.Letters, func(l Stored) bool { return l.Inward }); err != nil {
		return err
	}
	copies, err := s.copyFiles(ctx, a, r.To)
	defer func() {
		for _, list := range copies {
			for _, t := range list {
				t.Drop()
			}
		}
	}()
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	p := s.Texts.Printer(a.Lang())
	first := a.firstWritten()
	told := s.reply(a, Notice, Ordinary, Content{
		Subject: p.T("letter.handed_subject"), Post: r.Post,
		Body: p.T("letter.handed_body", "org", c.Org.Name.In(a.Lang()), "to", to.Org.Name.In(a.Lang()), "at", p.ShortDate(time.Unix(first.CreatedAt, 0).In(c.Zone())), "subject", first.Subject),
	}, now)
	if law := handingOnLaw[c.Org.Country]; law != "" {
		told.Body += "\n\n" + p.T("letter.handed_source", "source", law)
	}
	if err := told.Content.check(); err != nil {
		return err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		i, err := open(ctx, tx, r.Org, r.Item, r.Seen)
		if err != nil {
			return err
		}
		if err := s.copyTo(ctx, tx, who, to, a, copies, now); err != nil {
			return err
		}
		if err := s.answer(ctx, tx, who, c, a.to, told); err != nil {
			return err
		}
		i.State, i.Fresh, i.Since, i.Changed = worklist.Closed, 0, now, now
		return tx.ChangeWork(ctx, worklist.Change{
			Now: i,
			Entries: []worklist.Entry{
				workEntry(r.Org, r.Item, string(told.ID), Replied, now, who, string(told.ID)), workEntry(r.Org, r.Item, s.Gen.New(), HandedOn, now, who, string(r.To)),
			},
			Audit: []audit.Entry{s.Work.Line(r.Org, who, audit.WorkChanged, string(r.Item), map[string]string{"what": string(HandedOn), "to": string(r.To)})},
		})
	})
	if err == nil {
		s.committed()
	}
	return err
}

// handingOnLaw names the law that tells an authority to hand over what belongs to another, by country, as a lawyer would look it up.
var handingOnLaw = map[string]string{"FI": "FI 434/2003, 21 §", "CZ": "CZ 500/2004 Sb., § 12"}

// firstWritten is the first letter that the person wrote.
func (a AtDesk) firstWritten() Letter {
	for _, l := range a.Letters {
		if l.Inward {
			return l.Letter
		}
	}
	return Letter{}
}

// copyFiles takes what is attached to what a person wrote over to another organisation, but for what is bad: nobody could open it there either.
func (s *Service) copyFiles(ctx context.Context, a AtDesk, to ids.Org) (map[ids.Letter][]*file.Taken, error) {
	out := map[ids.Letter][]*file.Taken{}
	for _, l := range a.Letters {
		if !l.Inward {
			continue
		}
		list, err := s.filesOf(ctx, l.Letter)
		if err != nil {
			return out, err
		}
		for _, f := range list {
			if f.State.Bad() {
				continue
			}
			t, err := s.Files.Copy(f, to)
			if err != nil {
				return out, err
			}
			out[l.ID] = append(out[l.ID], t)
		}
	}
	return out, nil
}

// copyTo puts what a person wrote before another organisation, the oldest first, as one exchange, with what is attached to it, and acknowledges it.
func (s *Service) copyTo(ctx context.Context, tx Tx, who actor.Actor, to *catalog.Config, a AtDesk, files map[ids.Letter][]*file.Taken, now int64) error {
	var thread ids.Letter
	for _, l := range a.Letters {
		if !l.Inward {
			continue
		}
		n := Letter{
			Org: to.Org.ID, ID: s.Gen.Letter(), Owner: l.Owner, Inward: true, By: l.By, Kind: l.Kind, Mode: Ordinary, Lang: l.Lang, CreatedAt: now, PublishAt: now, Channel: Electronic,
			Ref: transferRef + string(l.Org) + "/" + string(l.ID), Content: l.Content,
		}
		if thread == "" {
			thread = n.ID
		}
		n.Thread, n.Files = thread, nil
		for _, t := range files[l.ID] {
			f, err := s.Files.Attach(ctx, tx, t, holder(n), n.Owner)
			if err != nil {
				return err
			}
			n.Files = append(n.Files, attachment(f))
		}
		if err := s.sealed(ctx, tx, &n, nil); err != nil {
			return err
		}
		if err := s.publish(ctx, tx, to, who, n); err != nil {
			return err
		}
		if n.ID == thread {
			from := workEntry(n.Org, "", s.Gen.New(), HandedHere, now, who, string(l.Org))
			if err := s.came(ctx, tx, who, to, n, from); err != nil {
				return err
			}
		} else if err := s.came(ctx, tx, who, to, n); err != nil {
			return err
		}
		if err := tx.Audit(ctx, s.entry(n.Org, who, audit.LetterWritten, "letter", string(n.ID), map[string]string{"kind": string(n.Kind), "from": string(l.Org)})); err != nil {
			return err
		}
	}
	if thread == "" {
		return fault.Invalid("letter.nothing_written", nil)
	}
	return nil
}
