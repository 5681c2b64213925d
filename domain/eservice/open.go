package eservice

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/base32"
	"maps"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/planted"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
)

// OpenSeconds is how long a draft is kept that somebody fills in without signing in, after it was last changed.
const OpenSeconds = 24 * 60 * 60

// What one browser, and one draft in it, may hold of somebody whom nobody knows.
const (
	mostOpenDrafts = 10
	mostOpenFiles  = 10
	mostOpenBytes  = 30 << 20
	// What was sent holds as much again, which is added when more is asked or remembered.
	mostSentFiles = 2 * mostOpenFiles
	mostSentBytes = 2 * mostOpenBytes
)

// Unsigned reports whether it was sent without signing in: nobody has proven who they are.
func (s Submission) Unsigned() bool { return s.Owner.IsZero() && s.MadeBy == "" && s.By == "" }

// Nobody reports whether it is of somebody who is not known: sent without signing in, or filled in by the office for somebody whom it knows by what they said alone.
func (s Submission) Nobody() bool { return s.Owner.IsZero() && s.MadeBy == "" }

// expiry is the first second in which a draft of a form is deleted that is changed at a moment.
func (d Draft) expiry(f *catalog.Form, changed int64) int64 {
	if len(d.Secret) > 0 {
		return changed + OpenSeconds + 1
	}
	return DraftExpiry(f, changed)
}

// mayOpen is whether a visitor's browser is the one in which a draft is filled in. NotFound.
func (s *Service) mayOpen(who actor.Actor, d Draft) error {
	if len(d.Secret) == 0 || who.May(actor.FormOpen, actor.Object{Org: d.Org, Session: d.Secret}) != nil {
		return fault.NotFound("error.not_found")
	}
	return nil
}

// openable says whether a visitor may fill in a form: it takes what is sent without signing in, and nothing that is settled about it needs to know who that is.
func openable(c *catalog.Config, f *catalog.Form) error {
	if (!f.Open() || c.NotOpen(f) != "") && !planted.Bug("unsigned-let-in") {
		return actor.SignInAt("sign_in.required", levelOf(f))
	}
	return nil
}

// levelOf is how surely a form asks to know who sends it.
func levelOf(f *catalog.Form) actor.Level {
	if l, ok := actor.ParseLevel(f.Level); ok && f.Level != "" {
		return l
	}
	return actor.LevelSubstantial
}

// Reply is what somebody who has not signed in types of how to reach them.
type Reply struct{ Email, Phone string }

// Suggested is how to reach somebody as far as their answers say it: what they answered where who has signed in finds it filled in (x-prefill).
func (f Filling) Suggested() (name string, r Reply) {
	for _, x := range f.Def.Fields {
		if x.Rows != nil || f.Out.Hidden(x, 0) {
			continue
		}
		text, _ := f.Out.Value(x, -1).(string)
		switch x.Prefill {
		case "self.name":
			name = text
		case "self.email":
			r.Email = text
		case "self.phone":
			r.Phone = text
		}
	}
	return name, r
}

// Contact is how to reach who sends a form without signing in, as it is kept. Invalid with its fields.
func (f Filling) Contact(r Reply) (*Contact, error) {
	name, _ := f.Suggested()
	c := &Contact{Name: strings.TrimSpace(name)}
	if f.Form.Reply == catalog.ReplyNone {
		return c, nil
	}
	var wrong []fault.Field
	if email := strings.TrimSpace(r.Email); email != "" {
		a, err := notify.ParseEmail(email)
		if err != nil {
			wrong = append(wrong, fault.Field{Name: "email", Key: fault.Of(err).Key, Args: fault.Of(err).Args})
		}
		c.Email = a
	}
	if phone := strings.TrimSpace(r.Phone); phone != "" {
		home := f.Config.Org.Country
		n, err := notify.ParsePhone(phone, home, f.Config.Installation.PhoneCountries)
		if err != nil {
			wrong = append(wrong, fault.Field{Name: "phone", Key: fault.Of(err).Key, Args: fault.Of(err).Args})
		}
		c.Phone = n
	}
	if f.Form.Reply == catalog.ReplyRequired && len(wrong) == 0 && c.Email == "" && c.Phone == "" {
		wrong = append(wrong, fault.Field{Name: "email", Key: "eform.open.reply_needed"})
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid("form.invalid", nil, wrong...)
	}
	return c, nil
}

// OpenFillings are what a visitor's browser has begun at an organisation, the newest first.
func (s *Service) OpenFillings(ctx context.Context, who actor.Actor, o ids.Org) ([]Draft, error) {
	list, err := s.draftsOf(ctx, who)
	now := s.Now().Unix()
	return slices.DeleteFunc(list, func(d Draft) bool { return d.Org != o || d.ExpiresAt <= now }), err
}

// SentInBrowser is what a draft has become that was sent in the visitor's browser. NotFound.
func (s *Service) SentInBrowser(ctx context.Context, who actor.Actor, o ids.Org, id ids.Submission) (Submission, error) {
	x, err := s.Store.Submission(ctx, o, id)
	if err != nil {
		return Submission{}, err
	}
	if !x.Unsigned() || len(who.Session) == 0 {
		return Submission{}, fault.NotFound("error.not_found")
	}
	if err := s.openSubmission(ctx, &x, nil); err != nil {
		return Submission{}, err
	}
	if who.May(actor.FormOpen, actor.Object{Org: o, Session: x.Browser}) != nil {
		return Submission{}, fault.NotFound("error.not_found")
	}
	return x, nil
}

// inBrowser reports whether what was sent was filled in by the browser of a draft.
func (s *Service) inBrowser(ctx context.Context, x Submission, d Draft) (bool, error) {
	if !x.Unsigned() {
		return true, nil
	}
	err := s.openSubmission(ctx, &x, nil)
	return err == nil && bytes.Equal(x.Browser, d.Secret), err
}

// Own has a form that was begun without signing in be the signed-in person's own, or whom they act for, with all that was answered and attached. What is known of them is filled in where nothing was
// answered. Faults: NotFound for what another browser began; those of MayBegin.
func (s *Service) Own(ctx context.Context, who actor.Actor, browser actor.Actor, id ids.Submission) error {
	looked, err := s.Filling(ctx, browser, id)
	if err != nil {
		return err
	}
	if _, _, err := s.MayBegin(ctx, who, looked.Org, looked.Draft.Form); err != nil {
		return err
	}
	facts, err := s.Facts.Facts(ctx, who)
	if err != nil {
		return err
	}
	of := who.Owner()
	if list, err := s.Store.FormDraftsOf(ctx, of, mostDrafts); err != nil {
		return err
	} else if len(list) >= mostDrafts {
		return fault.Invalid("eform.too_many_drafts", fault.Args{"most": mostDrafts})
	}
	return s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		f, err := s.again(ctx, tx, browser, looked)
		if err != nil {
			return err
		}
		d := f.Draft
		d.Owner, d.MadeBy, d.Secret, d.For = of, who.Person, nil, nil
		d.Filled = knownBeside(f.Def, d.Filled, facts)
		d.ChangedAt, d.ExpiresAt = f.Now, DraftExpiry(f.Form, f.Now)
		if err := s.sealDraft(ctx, tx, &d); err != nil {
			return err
		}
		if ok, err := tx.OwnFormDraft(ctx, d); err != nil || !ok {
			return orDraftAgain(ok, err)
		}
		if err := s.Files.Reseal(ctx, tx, f.holder(), f.Owner, of); err != nil {
			return err
		}
		return tx.Audit(ctx, s.draftLine(d, who, audit.FormBegun, map[string]string{"form": string(d.Form)}))
	})
}

// knownBeside fills in what is known where nothing was answered, and what nobody may type.
func knownBeside(def *form.Definition, in Filled, facts map[string]identity.Fact) Filled {
	for _, f := range def.Fields {
		fact := facts[f.Prefill]
		if f.Prefill == "" || f.Rows != nil || fact.Value == "" || !f.Takes(fact.Value) || !f.ReadOnly && in.Answers.Value(f.At) != nil {
			continue
		}
		in.Answers = def.Put(in.Answers, f, -1, fact.Value)
		in.Sources = maps.Clone(in.Sources)
		if in.Sources == nil {
			in.Sources = map[string]string{}
		}
		in.Sources[f.At] = fact.Source
	}
	return in
}

// room says whether a draft of somebody whom nobody knows takes one more attachment. Invalid at file.Field.
func (f Filling) room(size int64) error {
	if len(f.Secret) == 0 {
		return nil
	}
	total := size
	for _, a := range f.Files {
		total += a.Size
	}
	if len(f.Files) >= mostOpenFiles || total > mostOpenBytes {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "eform.open.files_full", Args: fault.Args{"most": mostOpenFiles, "mb": mostOpenBytes >> 20}})
	}
	return nil
}

// Limits are of what is added to it at once.
func (s Submission) Limits(c *catalog.Config) file.Limits {
	limits := mailbox.LimitsOf(c)
	if s.Unsigned() {
		limits.Size = min(limits.Size, mostOpenBytes)
	}
	return limits
}

// fits says whether the attachments of what somebody has sent whom nobody knows, with those added later, are not too many by now. Invalid at file.Field.
func (s Submission) fits(list []file.Attached) error {
	if !s.Unsigned() {
		return nil
	}
	total := int64(0)
	for _, a := range list {
		total += a.Size
	}
	if len(list) > mostSentFiles || total > mostSentBytes {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "eform.open.files_full", Args: fault.Args{"most": mostSentFiles, "mb": mostSentBytes >> 20}})
	}
	return nil
}

// statusDays is for how many days after its end what was sent without signing in can be opened by its code.
const statusDays = 90

// StatusUntil is the last second in which something can be opened by its code; 0 for no end yet.
func (s Submission) StatusUntil() int64 {
	if s.EndedAt == 0 {
		return 0
	}
	return s.EndedAt + statusDays*day
}

// HasStatus reports whether something can be opened by its code at a moment: it is of nobody who is known.
func (s Submission) HasStatus(now int64) bool {
	return s.Nobody() && (s.StatusUntil() == 0 || now <= s.StatusUntil())
}

// The code is 80 bits, in characters that nobody confuses.
var codeText = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const (
	codeBytes = 10
	codeKind  = "sent_form"
)

func codeFrom(hash []byte) string {
	if planted.Bug("code-short") {
		hash = slices.Repeat(hash[:codeBytes/2], 2)
	}
	return codeText.EncodeToString(hash[:codeBytes])
}

// Code is the secret by which who sent something without signing in opens it again: its id seen through a key, in groups. Nothing of it is kept.
func (s *Service) Code(x Submission) string {
	plain := codeFrom(s.Seals.LookupHash(codeKind, string(x.Org)+"/"+string(x.ID)))
	var groups []string
	for i := 0; i < len(plain); i += 4 {
		groups = append(groups, plain[i:i+4])
	}
	return strings.Join(groups, "-")
}

// StatusToken is the last part of the address under which something is opened by its code.
func (s *Service) StatusToken(x Submission) string { return x.Number + "-" + s.Code(x) }

// ByToken finds what an address opens, and ByCode what a number and a code do. NotFound for what is not there, has ended too long ago, or is of somebody who is known: they sign in.
func (s *Service) ByToken(ctx context.Context, o ids.Org, token string) (Submission, error) {
	year, rest, _ := strings.Cut(token, "-")
	n, code, _ := strings.Cut(rest, "-")
	return s.ByCode(ctx, o, year+"-"+n, code)
}

// ByCode is ByToken with a number and a code as somebody types them.
func (s *Service) ByCode(ctx context.Context, o ids.Org, number, code string) (Submission, error) {
	none := fault.NotFound("sent_open.unknown")
	typed := strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "").Replace(strings.ToUpper(code))
	if len(typed) != codeText.EncodedLen(codeBytes) {
		return Submission{}, none
	}
	x, err := s.Store.SubmissionOfNumber(ctx, o, strings.TrimSpace(number))
	if fault.Is(err, fault.KindNotFound) {
		err = none
	}
	if err != nil {
		return Submission{}, err
	}
	right := false
	for _, hash := range s.Seals.LookupHashes(codeKind, string(x.Org)+"/"+string(x.ID)) {
		code := []byte(codeFrom(hash))
		if planted.Bug("code-in-part") {
			code = append(code[:len(code)/2], typed[len(code)/2:]...)
		}
		right = subtle.ConstantTimeCompare(code, []byte(typed)) == 1 || right
	}
	if !right || !x.HasStatus(s.Now().Unix()) {
		return Submission{}, none
	}
	return x, nil
}

// theirs is what the actor has sent, or whom they act for; or what they have shown the code of. NotFound.
func (s *Service) theirs(ctx context.Context, who actor.Actor, id ids.Submission) (Submission, error) {
	if who.Kind == actor.KindVisitor && len(who.Sent) > 0 {
		for _, p := range who.Sent {
			if p.ID != id || who.May(actor.SentOpen, actor.Object{Org: p.Org, Sent: p.ID}) != nil {
				continue
			}
			x, err := s.Store.Submission(ctx, p.Org, id)
			if err == nil && !x.HasStatus(s.Now().Unix()) {
				err = fault.NotFound("error.not_found")
			}
			return x, err
		}
		return Submission{}, fault.NotFound("error.not_found")
	}
	of := who.Owner()
	if err := who.May(actor.FolderRead, actor.Object{Owner: of}); err != nil {
		return Submission{}, err
	}
	return s.Store.SubmissionOf(ctx, of, id)
}

// byStatus reports whether something is answered behind its code: it was sent without signing in, or the office filled it in for somebody unknown who has an address to which the code is sent. The one
// rule for whoever has no mailbox: on paper where there is an address, or else there.
func byStatus(x Submission) bool {
	return x.Nobody() && (x.Unsigned() || x.For != nil && x.For.Email != "")
}

// tellUnknown is how somebody who is not known hears that something came: by mail, where they gave an address. A number is called, and not written to: nobody has proven whose it is.
func (s *Service) tellUnknown(ctx context.Context, x Submission) ([]mailbox.Telling, error) {
	if !x.HasStatus(s.Now().Unix()) {
		return nil, nil
	}
	if err := s.openSubmission(ctx, &x, nil); err != nil {
		return nil, err
	}
	if x.For == nil || x.For.Email == "" {
		return nil, nil
	}
	return []mailbox.Telling{{Lang: x.Lang, Email: x.For.Email}}, nil
}

// Acknowledged is what the notice of something says that was sent without signing in, or of what came of it.
type Acknowledged struct {
	Submission
	Config *catalog.Config
	Token  string
}

// Acknowledgement is what a notice says to somebody who is not known; false for who is.
func (s *Service) Acknowledgement(ctx context.Context, a TellArgs) (out Acknowledged, ok bool, err error) {
	if out.Submission, err = s.Store.Submission(ctx, a.Org, a.Submission); err != nil || !out.Nobody() {
		return out, false, orNobody(err)
	}
	out.Token = s.StatusToken(out.Submission)
	out.Config, err = s.Store.Config(ctx, a.Org)
	return out, err == nil, err
}

// openNote is what an answer says that is read behind a code. Invalid with its fields.
func openNote(subject, text string) (Note, error) {
	var n Note
	var bad []fault.Field
	for _, x := range []struct {
		name, text string
		to         *string
	}{{"subject", subject, &n.Subject}, {"body", text, &n.Text}} {
		clean, err := cleaned(x.name, x.text, true)
		if err != nil {
			bad = append(bad, fault.Of(err).Fields...)
		}
		*x.to = clean
	}
	if clean, ok := i18n.CleanText(subject); ok && len([]rune(strings.TrimSpace(clean))) > mailbox.MostSubject {
		bad = append(bad, fault.Field{Name: "subject", Key: "field.too_long", Args: fault.Args{"max": mailbox.MostSubject}})
	}
	if len(bad) > 0 {
		return n, fault.Invalid("form.invalid", nil, bad...)
	}
	return n, nil
}
