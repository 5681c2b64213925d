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
)

// WriteRequest is a letter that a person writes to an organisation: a new one, or an answer.
type WriteRequest struct {
	Org  ids.Org
	Kind Kind
	// Answers is the letter that it answers; empty for a new one.
	Answers ids.Letter
	Lang    i18n.Lang
	Content
	Key ids.FormKey
	// Draft is the draft that it is; empty for what was never saved.
	Draft ids.Letter
}

// Write sends a letter to an organisation that receives letters, and puts an acknowledgement of receipt beside it at once: with the time, to the second, and a digest of what was sent
// (FI 13/2003, section 12). Sent again under its key it is the same letter. Faults: NotFound; Invalid with the fields; Conflict "form.key_reused".
func (s *Service) Write(ctx context.Context, who actor.Actor, r WriteRequest) (ids.Letter, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return "", err
	}
	l, err := s.toWrite(ctx, of, r)
	if err != nil {
		return "", err
	}
	l.By = who.Person
	now := l.CreatedAt
	c, err := s.mayWrite(ctx, of, l, r.Answers != "")
	if err != nil {
		return "", err
	}
	var used string
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		earlier, again, err := tx.UseForm(ctx, l.Org, r.Key, "letter", digest(of, l.Org, l.Kind, l.Thread == l.ID, r.Subject, r.Body), string(l.ID), now+formLife)
		if used = ""; again || err != nil {
			used = earlier
			return err
		}
		return s.take(ctx, tx, who, c, l)
	})
	if used != "" {
		return ids.Letter(used), err
	}
	if err == nil {
		s.committed()
	}
	return l.ID, err
}

// toWrite is the letter that a request asks for: a new one, or an answer to one that may be answered.
func (s *Service) toWrite(ctx context.Context, of actor.Owner, r WriteRequest) (Letter, error) {
	now := s.Now().Unix()
	l := Letter{
		Org: r.Org, ID: s.Gen.Letter(), Owner: of, Inward: true, Kind: r.Kind, Mode: Ordinary, Lang: r.Lang, CreatedAt: now, PublishAt: now, Channel: Electronic, Content: r.Content,
	}
	l.Thread = l.ID
	if r.Answers != "" {
		to, err := s.visible(ctx, s.Store, of, r.Answers)
		if err == nil {
			err = MayAnswer(to.Letter, to.Stand())
		}
		if err != nil {
			return Letter{}, err
		}
		l.Org, l.Thread, l.Kind = to.Org, to.Thread, Message
	}
	return l, nil
}

// mayWrite says whether an owner may write such a letter: their mailbox is open, and the organisation receives letters.
func (s *Service) mayWrite(ctx context.Context, of actor.Owner, l Letter, answer bool) (*catalog.Config, error) {
	if err := s.mayReceive(ctx, of, l, answer); err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, l.Org)
	if err != nil {
		return nil, err
	}
	if err := l.Content.check(); err != nil {
		return nil, err
	}
	if !answer && !slices.Contains(Written, l.Kind) {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "kind", Key: "error.field.choose"})
	}
	return c, nil
}

// mayReceive says whether an organisation takes letters of an owner at all.
func (s *Service) mayReceive(ctx context.Context, of actor.Owner, l Letter, answer bool) error {
	c, err := s.Store.Config(ctx, l.Org)
	if err != nil {
		return err
	}
	if !answer && !c.Org.ReceivesLetters {
		return fault.NotFound("error.not_found")
	}
	b, err := box(ctx, s.Store, of)
	if err == nil && !b.Open() {
		err = fault.Invalid("mailbox.not_open", nil)
	}
	return err
}

// take writes a person's letter and its acknowledgement.
func (s *Service) take(ctx context.Context, tx Tx, who actor.Actor, c *catalog.Config, l Letter) error {
	if err := s.carry(ctx, tx, &l); err != nil {
		return err
	}
	if err := s.sealed(ctx, tx, &l, nil); err != nil {
		return err
	}
	if err := s.publish(ctx, tx, c, who, l); err != nil {
		return err
	}
	if err := s.came(ctx, tx, who, c, l); err != nil {
		return err
	}
	p := s.Texts.Printer(l.Lang)
	at := time.Unix(l.CreatedAt, 0).In(c.Zone())
	receipt := Letter{
		Org: l.Org, ID: s.Gen.Letter(), Owner: l.Owner, Thread: l.Thread, Kind: Receipt, Mode: Ordinary, Lang: l.Lang, CreatedAt: l.CreatedAt, PublishAt: l.CreatedAt, Channel: Electronic,
		Content: Content{
			Subject: p.T("mailbox.receipt_subject"),
			Body:    p.T("mailbox.receipt_body", "org", c.Org.Name.In(l.Lang), "at", p.ShortDate(at), "seconds", at.Format("15:04:05"), "number", string(l.ID), "digest", hexOf(l.Digest)) + receiptFiles(p, l.Files),
		},
	}
	if err := s.sealed(ctx, tx, &receipt, nil); err != nil {
		return err
	}
	if err := s.publish(ctx, tx, c, actor.System("mailbox"), receipt); err != nil {
		return err
	}
	return tx.Audit(ctx, s.entry(l.Org, who, audit.LetterWritten, "letter", string(l.ID), map[string]string{"kind": string(l.Kind)}))
}
