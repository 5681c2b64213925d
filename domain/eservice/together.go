package eservice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/identity"
	"luukku/domain/notify"
)

// mostParts is how many may be asked to sign one draft.
const mostParts = 10

func partPlace(p Part) seal.Place {
	return seal.Place{Table: "form_part", Column: "content", Row: string(p.Org) + "/" + string(p.Draft) + "/" + p.ID}
}

// partsOf are the parts of a draft, opened.
func (s *Service) partsOf(ctx context.Context, from DraftReader, d Draft) ([]Part, error) {
	list, err := from.FormParts(ctx, d.Org, d.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	key, err := s.draftKey(ctx, from, d.Owner)
	if err != nil {
		return nil, err
	}
	for i, p := range list {
		plain, err := key.Open(p.Sealed, partPlace(p))
		if err == nil {
			err = json.Unmarshal(plain, &list[i].PartWho)
		}
		if err != nil {
			return nil, fmt.Errorf("open part of draft %s: %w", d.ID, err)
		}
	}
	return list, nil
}

// putPart writes a part, and with it the draft, as it is: who sends a draft whose signatures are others than those that were looked at is told.
func (s *Service) putPart(ctx context.Context, tx DraftTx, d Draft, p Part) error {
	plain, err := json.Marshal(p.PartWho)
	if err != nil {
		return err
	}
	key, err := s.draftKey(ctx, tx, d.Owner)
	if err == nil {
		p.Sealed, err = key.Seal(plain, partPlace(p))
	}
	if err != nil {
		return fmt.Errorf("seal part: %w", err)
	}
	if ok, err := tx.PutPart(ctx, p); err != nil || !ok {
		return orDraftAgain(ok, err)
	}
	if planted.Bug("signature-gone-sent") {
		return nil
	}
	return orDraftAgain(tx.PutFormDraft(ctx, d))
}

// Others are who may be asked to sign a draft: known to be the other guardians of the child, or to act for the company, too.
func (s *Service) Others(ctx context.Context, who actor.Actor, f Filling) ([]identity.Signer, error) {
	if f.Mine != nil || f.By != "" || !MayAsk(f.Form.Signers) {
		return nil, nil
	}
	return s.Facts.Others(ctx, who, f.Owner)
}

// must are those who have to sign a draft of the actor's before it can be sent. What the office fills in for somebody is signed on paper, which it looks at.
func (s *Service) must(ctx context.Context, who actor.Actor, f *catalog.Form, d Draft) ([]ids.Person, error) {
	if d.By != "" || len(d.Secret) > 0 || f.Signers != SignersGuardian {
		return nil, nil
	}
	list, err := s.Facts.Others(ctx, who, d.Owner)
	var out []ids.Person
	for _, o := range list {
		out = append(out, o.Person)
	}
	return out, err
}

// signed says whether a draft may be sent as far as others go, who were asked and have to sign it. Conflict "eform.unsigned".
func signed(f *catalog.Form, d Draft, v Version, out *form.Outcome, must []ids.Person, parts []Part, now int64) error {
	if d.By != "" || len(d.Secret) > 0 { // of whom nobody knows nobody signs (catalog.Config.NotOpen)
		return nil
	}
	digest, err := Digest(v, out)
	if err != nil {
		return err
	}
	return CheckSigned(f.Signers, must, parts, now, digest)
}

// Unsigned reports whether somebody has to sign a draft yet before Submit takes it: its page asks, so that nobody is shown a button that is refused.
func (s *Service) Unsigned(ctx context.Context, who actor.Actor, f Filling) (bool, error) {
	if f.Mine != nil {
		return false, nil
	}
	must, err := s.must(ctx, who, f.Form, f.Draft)
	if err == nil {
		err = signed(f.Form, f.Draft, f.Of, f.Out, must, f.Parts, f.Now)
	}
	if fault.IsKey(err, "eform.unsigned") {
		return true, nil
	}
	return false, err
}

// AskRequest asks somebody to fill in a draft together, and to sign it: one of Others, or whoever comes by a link that is sent to an address and signs in.
type AskRequest struct {
	Draft   ids.Submission
	Person  ids.Person
	Address string // an email address
}

// Ask asks somebody, who is told of it. Who is asked by an address gets a link, which opens nothing for who has not signed in. Faults: NotFound, Conflict "forms.closed", Invalid at "person" or "address".
func (s *Service) Ask(ctx context.Context, who actor.Actor, r AskRequest) error {
	f, err := s.Filling(ctx, who, r.Draft)
	if err != nil {
		return err
	}
	if f.Mine != nil || f.By != "" || !MayAsk(f.Form.Signers) {
		return fault.NotFound("error.not_found")
	}
	if !f.Asks() {
		return fault.Conflict("forms.closed", nil)
	}
	p := Part{Org: f.Org, Draft: f.ID, ID: string(s.Gen.Submission()), Person: r.Person, By: who.Person, AskedAt: f.Now, ExpiresAt: min(AskExpiry(f.Now), f.ExpiresAt), State: PartAsked, StateAt: f.Now}
	field := "person"
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: key})
	}
	if r.Person != "" {
		others, err := s.Others(ctx, who, f)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(others, func(o identity.Signer) bool { return o.Person == r.Person })
		if i < 0 {
			return wrong("eform.choose_signer")
		}
		p.Name = others[i].Name
	} else {
		field = "address"
		if p.Address, err = notify.ParseEmail(r.Address); err != nil {
			return wrong(fault.Of(err).Key)
		}
	}
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, f)
		if err != nil {
			return err
		}
		if len(f.Parts) >= mostParts {
			return wrong("eform.too_many_signers")
		}
		for _, x := range f.Parts {
			st := x.Standing(f.Now, f.Digest)
			if x.Person == p.Person && x.Address == p.Address && (st == PartAsked || st == PartSigned || st == PartVoid) {
				return wrong("eform.asked_already")
			}
		}
		if err := s.putPart(ctx, tx, f.Draft, p); err != nil {
			return err
		}
		if err := tx.PutDraftTelling(ctx, TaskTellPart, TellDraftArgs{Org: p.Org, Draft: p.Draft, Part: p.ID}, f.Now); err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(f.Draft, who, audit.FormAsked, map[string]string{"part": p.ID}))
	})
	if err == nil && s.Committed != nil {
		s.Committed()
	}
	return err
}

// DraftTelling is how somebody is told of a draft: never of which, and never about what. Secret is that of the link for an address; it is made when it is sent, and nothing but a hash is kept.
type DraftTelling struct {
	Person       ids.Person
	Lang         i18n.Lang
	Email, Phone string
	Secret       string
}

// Askings say how to tell somebody that they are asked to fill in a form; nobody is left when it was withdrawn or answered since.
func (s *Service) Askings(ctx context.Context, a TellDraftArgs) (list []DraftTelling, err error) {
	var asked ids.Person
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		list, asked = nil, ""
		d, err := tx.FormDraft(ctx, a.Org, a.Draft)
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		parts, err := s.partsOf(ctx, tx, d)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(parts, func(p Part) bool { return p.ID == a.Part })
		if i < 0 || parts[i].State != PartAsked || !parts[i].Opens(s.Now().Unix()) {
			return nil
		}
		p := parts[i]
		if asked = p.Person; asked != "" {
			return nil
		}
		secret := s.Gen.SessionToken()
		p.Secret = ids.HashToken(secret)
		list = []DraftTelling{{Lang: d.Lang, Email: p.Address, Secret: secret}}
		return s.putPart(ctx, tx, d, p)
	})
	if err == nil && asked != "" {
		return s.draftTellings(ctx, asked)
	}
	return list, err
}

// Endings say how to tell whose a draft is that it is deleted before long; nobody is left when it was changed or sent since. Of a company's, who began it is told.
func (s *Service) Endings(ctx context.Context, a TellDraftArgs) ([]DraftTelling, error) {
	d, err := s.Store.FormDraft(ctx, a.Org, a.Draft)
	if fault.Is(err, fault.KindNotFound) {
		return nil, nil
	}
	if err != nil || d.ToldAt == 0 {
		return nil, err
	}
	return s.draftTellings(ctx, d.MadeBy)
}

// draftTellings is where a person is told of something: at what they have proven.
func (s *Service) draftTellings(ctx context.Context, p ids.Person) ([]DraftTelling, error) {
	if p == "" {
		return nil, nil
	}
	who := actor.System("eservice")
	who.Person = p
	a, err := s.Facts.Mine(ctx, who)
	if fault.Is(err, fault.KindNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := DraftTelling{Person: p, Lang: a.Lang}
	switch {
	case a.EmailVerified:
		t.Email = a.Email
	case a.PhoneVerified:
		t.Phone = a.Phone
	default:
		return nil, nil
	}
	return []DraftTelling{t}, nil
}

// WarnDrafts has people told of drafts that are deleted before long, at most so many of an organisation, and counts them.
func (s *Service) WarnDrafts(ctx context.Context, most int) (done int, err error) {
	now := s.Now().Unix()
	list, err := s.Store.FormDraftsEnding(ctx, now, warnDays*24*60*60, most)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if now < WarnAt(d) {
			continue
		}
		err := s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
			d, err := tx.FormDraft(ctx, d.Org, d.ID)
			if fault.Is(err, fault.KindNotFound) || err == nil && (d.ToldAt != 0 || now < WarnAt(d)) {
				return nil
			}
			if err != nil {
				return err
			}
			d.ToldAt = now
			if ok, err := tx.PutFormDraft(ctx, d); err != nil || !ok {
				return orDraftAgain(ok, err)
			}
			done++
			return tx.PutDraftTelling(ctx, TaskTellDraft, TellDraftArgs{Org: d.Org, Draft: d.ID, At: now}, now)
		})
		if err != nil {
			return done, err
		}
	}
	if done > 0 && s.Committed != nil {
		s.Committed()
	}
	return done, nil
}

// Come leads who has signed in by the link of an invitation to the draft: from then on it is theirs to fill in and to sign, and the link leads nobody else there. NotFound for a link that is used,
// withdrawn or too old; SignInRequired for who is not known surely enough.
func (s *Service) Come(ctx context.Context, who actor.Actor, secret string) (ids.Submission, error) {
	if err := who.May(actor.FormFill, actor.Object{Level: actor.LevelSubstantial}); err != nil {
		return "", err
	}
	p, err := s.Store.FormPartOfSecret(ctx, ids.HashToken(secret))
	if err != nil {
		return "", err
	}
	now := s.Now().Unix()
	if p.Person == who.Person && p.Opens(now) {
		return p.Draft, nil
	}
	if p.Person != "" || !p.Opens(now) || p.By == who.Person {
		return "", fault.NotFound("error.not_found")
	}
	facts, err := s.Facts.Facts(ctx, actor.Actor{Kind: who.Kind, Person: who.Person, Level: who.Level})
	if err != nil {
		return "", err
	}
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		d, err := tx.FormDraft(ctx, p.Org, p.Draft)
		if err != nil {
			return err
		}
		list, err := s.partsOf(ctx, tx, d)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Part) bool { return x.ID == p.ID })
		if i < 0 || list[i].Person != "" && list[i].Person != who.Person || !list[i].Opens(now) {
			return fault.NotFound("error.not_found")
		}
		x := list[i]
		x.Person, x.Name = who.Person, facts["self.name"].Value
		if err := s.putPart(ctx, tx, d, x); err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(d, who, audit.FormJoined, map[string]string{"part": x.ID}))
	})
	return p.Draft, err
}

// Answer is what somebody does about a part.
type Answer string

// The answers: Sign and Decline are of who was asked, Withdraw of who asked.
const (
	Sign     Answer = "sign"
	Decline  Answer = "decline"
	Withdraw Answer = "withdraw"
)

// Answer answers an invitation. Who signs says by the digest what they saw: when it is another by now they are told, and nothing is signed. Faults: NotFound; Conflict "eform.changed_since";
// Conflict "eform.incomplete" when something is missing yet.
func (s *Service) Answer(ctx context.Context, who actor.Actor, id ids.Submission, part string, a Answer, digest string) error {
	looked, err := s.Filling(ctx, who, id)
	if err != nil {
		return err
	}
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, who, looked)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(f.Parts, func(p Part) bool { return p.ID == part })
		if i < 0 {
			return fault.NotFound("error.not_found")
		}
		p := f.Parts[i]
		action := audit.FormSigned
		switch mine := f.Mine != nil && f.Mine.ID == part || p.Person == who.Person; {
		case a == Withdraw && f.Mine == nil && !mine:
			p.State, p.Signed, action = PartWithdrawn, "", audit.FormAskWithdrawn
		case a == Decline && mine && p.Opens(f.Now):
			p.State, p.Signed, action = PartDeclined, "", audit.FormDeclined
		case a == Sign && mine && p.Opens(f.Now):
			switch {
			case !f.Asks():
				return fault.Conflict("forms.closed", nil)
			case digest != f.Digest:
				return fault.Conflict("eform.changed_since", nil)
			case !f.Ready():
				return fault.Conflict("eform.incomplete", nil)
			}
			p.State, p.Signed = PartSigned, f.Digest
		default:
			return fault.NotFound("error.not_found")
		}
		p.StateAt = f.Now
		if err := s.putPart(ctx, tx, f.Draft, p); err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(f.Draft, who, action, map[string]string{"part": p.ID}))
	})
}

// TaskTellPart is the kind of the task that tells somebody that they are asked to fill in a form with others, TaskTellDraft of that which tells that a draft is deleted before long, TaskTellGone of that which
// tells that a signature is not there any more: never of which form.
const (
	TaskTellPart  = "filled_form.ask"
	TaskTellDraft = "filled_form.ending"
	TaskTellGone  = "filled_form.signer_gone"
)

// TellDraftArgs are the arguments of all; Part is empty of a draft.
type TellDraftArgs struct {
	Org   ids.Org        `json:"org"`
	Draft ids.Submission `json:"draft"`
	Part  string         `json:"part,omitempty"`
	// At is when it was found that a draft ends before long.
	At int64 `json:"at,omitempty"`
}
