package dossier

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/eservice"
	"luukku/domain/feedback"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
)

// Writer takes what is given out, one after the other: what programs read, and files, each under a name.
type Writer interface {
	Put(name string, at int64, v any) error
	File(name string, at int64, in io.Reader) error
}

// Whole gives the actor what is kept of themselves at every organisation: every row that the registry of columns says is theirs, their account, their messages and consents, access that was opened to them,
// the forms that they sent with all that happened to them and what is attached, those that they have begun, those of others that they were asked to sign, courses, and their letters with what is attached
// to them. Who acts for a company gets what is the company's. For which person they act makes no difference. shownAt is when they showed who they are; that it was given is written down before it is.
// Faults: as mailbox.MayExport.
func (s *Service) Whole(ctx context.Context, who actor.Actor, shownAt int64, to Writer) error {
	who.For.Person = ""
	if err := mailbox.MayExport(shownAt, s.Now().Unix()); err != nil {
		return err
	}
	if who.For.Company != "" {
		return s.wholeCompany(ctx, who, shownAt, to)
	}
	if err := who.May(actor.AccountManage, actor.Object{Owner: who.Owner()}); err != nil {
		return err
	}
	a, err := s.Accounts.Mine(ctx, who)
	if err != nil {
		return err
	}
	if err := s.given(ctx, who, a.Person, audit.DataGiven); err != nil {
		return err
	}
	w := writing{Writer: to, now: s.Now().Unix()}
	addresses, err := s.Accounts.Addresses(ctx, who)
	if err != nil {
		return err
	}
	if err := w.put("own-account.json", accountOf(a, addresses)); err != nil {
		return err
	}
	e, err := s.messages(ctx, a)
	if err != nil {
		return err
	}
	if err := w.put("messages.json", e); err != nil {
		return err
	}
	if err := s.said(ctx, a, w); err != nil {
		return err
	}
	for _, part := range []func(context.Context, actor.Actor, writing) error{s.access, s.sent, s.begun, s.enrolled} {
		if err := part(ctx, who, w); err != nil {
			return err
		}
	}
	if err := s.recordsOf(ctx, who.Owner(), w); err != nil {
		return err
	}
	return s.letters(ctx, who, shownAt, w)
}

// wholeCompany gives who acts for a company what is kept of it: its rows, its forms and drafts with what is attached, and its letters.
func (s *Service) wholeCompany(ctx context.Context, who actor.Actor, shownAt int64, to Writer) error {
	of := who.Owner()
	if err := who.May(actor.FolderRead, actor.Object{Owner: of}); err != nil {
		return err
	}
	e := audit.New("", s.Gen.Audit(), s.Now().UnixMicro(), who, audit.DataGiven, "company", of.ID(), nil)
	if err := s.Store.PutAudit(ctx, e); err != nil {
		return err
	}
	w := writing{Writer: to, now: s.Now().Unix()}
	for _, part := range []func(context.Context, actor.Actor, writing) error{s.sent, s.begunOwn} {
		if err := part(ctx, who, w); err != nil {
			return err
		}
	}
	if err := s.recordsOf(ctx, of, w); err != nil {
		return err
	}
	return s.letters(ctx, who, shownAt, w)
}

// ExportedLetter is a letter that somebody got or wrote. What waits to be confirmed has neither subject nor text.
type ExportedLetter struct {
	Org     ids.Org               `json:"organisation"`
	ID      ids.Letter            `json:"id"`
	Thread  ids.Letter            `json:"thread,omitempty"`
	Written bool                  `json:"written_by_you"`
	Kind    mailbox.Kind          `json:"kind"`
	Mode    mailbox.Mode          `json:"mode"`
	Lang    string                `json:"lang"`
	Ref     string                `json:"reference,omitempty"`
	At      string                `json:"at"`
	Subject string                `json:"subject,omitempty"`
	Body    string                `json:"body,omitempty"`
	Files   []ExportedAttached    `json:"attachments"`
	Events  []ExportedLetterEvent `json:"events"`
}

// ExportedLetterEvent is what happened to a letter.
type ExportedLetterEvent struct {
	At     string `json:"at"`
	What   string `json:"what"`
	Detail string `json:"detail,omitempty"`
}

// letters are those of the mailbox in which the actor works. Who is not known surely enough to open it gets none: it says so in the mailbox.
func (s *Service) letters(ctx context.Context, who actor.Actor, shownAt int64, w writing) error {
	if s.Letters == nil || who.May(actor.MailboxUse, actor.Object{Owner: who.Owner()}) != nil {
		return nil
	}
	err := s.Letters.Export(ctx, who, shownAt, func(x mailbox.Exported) error {
		out := ExportedLetter{
			Org: x.Org, ID: x.ID, Thread: x.Thread, Written: x.Inward, Kind: x.Kind, Mode: x.Mode, Lang: string(x.Lang), Ref: x.Ref, At: stamp(x.PublishAt),
			Subject: x.Subject, Body: x.Body,
		}
		for _, e := range x.Events {
			out.Events = append(out.Events, ExportedLetterEvent{stamp(e.At), string(e.What), e.Detail})
		}
		name := "letters/" + string(x.ID)
		var err error
		if out.Files, err = w.files(name, x.Attached); err != nil {
			return err
		}
		return w.put(name+".json", out)
	})
	if fault.Is(err, fault.KindForbidden) || fault.Is(err, fault.KindNotFound) { // they have no mailbox
		return nil
	}
	return err
}

// writing is a Writer at a moment.
type writing struct {
	Writer
	now int64
}

func (w writing) put(name string, v any) error { return w.Put(name, w.now, v) }

// ExportedAccount is what is kept of somebody's account.
type ExportedAccount struct {
	Person        ids.Person `json:"person"`
	Name          string     `json:"name"`
	Given         string     `json:"given_name,omitempty"`
	Family        string     `json:"family_name,omitempty"`
	Birth         string     `json:"born,omitempty"`
	Lang          string     `json:"lang"`
	Email         string     `json:"email,omitempty"`
	EmailVerified bool       `json:"email_proven"`
	Phone         string     `json:"phone,omitempty"`
	PhoneVerified bool       `json:"phone_proven"`
	PhoneSince    string     `json:"phone_since,omitempty"`
	Protected     bool       `json:"protected,omitempty"`
	// Addresses are where their post goes, by who says so; the first is the one that forms are filled in with.
	Addresses []ExportedAddress `json:"postal_addresses,omitempty"`
	CreatedAt string            `json:"created_at"`
	ChangedAt string            `json:"changed_at"`
}

// ExportedAddress is a postal address with who said it, and when.
type ExportedAddress struct {
	identity.Address
	Source identity.AddressSource `json:"source"`
	At     string                 `json:"at"`
}

func accountOf(a identity.Account, addresses []identity.KnownAddress) ExportedAccount {
	out := ExportedAccount{
		Person: a.Person, Name: a.Name, Given: a.Given, Family: a.Family, Birth: a.Birth, Lang: string(a.Lang), Email: a.Email, EmailVerified: a.EmailVerified, Phone: a.Phone,
		PhoneVerified: a.PhoneVerified, PhoneSince: stamp(a.PhoneSince), Protected: a.Protected, CreatedAt: stamp(a.CreatedAt), ChangedAt: stamp(a.ChangedAt),
	}
	for _, x := range addresses {
		out.Addresses = append(out.Addresses, ExportedAddress{x.Address, x.Source, stamp(x.At)})
	}
	return out
}

// ExportedFeedback is what somebody wrote of a page, with an address for the answer that they have proven.
type ExportedFeedback struct {
	Org    ids.Org         `json:"organisation"`
	ID     ids.Work        `json:"id"`
	Page   string          `json:"page"`
	Lang   string          `json:"lang"`
	Useful feedback.Useful `json:"of_use,omitempty"`
	Text   string          `json:"text"`
	Email  string          `json:"email,omitempty"`
	Phone  string          `json:"phone,omitempty"`
	At     string          `json:"at"`
}

// said is the feedback that they gave under an address that they have proven.
func (s *Service) said(ctx context.Context, a identity.Account, w writing) error {
	out := []ExportedFeedback{}
	list, err := s.Store.Organisations(ctx)
	if err != nil || s.Feedback == nil {
		return err
	}
	for _, o := range list {
		own, err := s.Feedback.Of(ctx, o.ID, proven(a))
		if err != nil {
			return err
		}
		for _, f := range own {
			out = append(out, ExportedFeedback{f.Org, f.ID, f.Page, string(f.Lang), f.Useful, f.Body, f.Email, f.Phone, stamp(f.At)})
		}
	}
	return w.put("page-feedback.json", out)
}

// enrolled is to which courses they have enrolled themselves and others.
func (s *Service) enrolled(ctx context.Context, who actor.Actor, w writing) error {
	list, err := s.Courses.Kept(ctx, who)
	if err != nil {
		return err
	}
	return w.put("courses.json", list)
}

// ExportedAccess is what was recorded of somebody's access to a service.
type ExportedAccess struct {
	Org     ids.Org     `json:"organisation"`
	Service ids.Service `json:"service"`
	Version int64       `json:"version"`
	// State is how it stands now, of what holds; of what was recorded before it, "replaced".
	State string     `json:"state"`
	From  string     `json:"from"`
	Until string     `json:"until,omitempty"`
	Why   string     `json:"why"`
	At    string     `json:"recorded_at"`
	By    actor.Kind `json:"recorded_by"` // whether by the office or by a program of it, and not by whom
}

func (s *Service) access(ctx context.Context, who actor.Actor, w writing) error {
	list, err := s.Access.Kept(ctx, who)
	if err != nil {
		return err
	}
	out := make([]ExportedAccess, len(list))
	var last access.Grant
	for i, g := range list {
		out[i] = ExportedAccess{
			Org: g.Org, Service: g.Service, Version: g.Version, State: string(g.StateAt(w.now)), From: stamp(g.From), Until: stamp(g.Until), Why: g.Why, At: stamp(g.At), By: g.ByKind,
		}
		if i > 0 && last.Org == g.Org && last.Service == g.Service {
			out[i].State = "replaced"
		}
		last = g
	}
	return w.put("service-access.json", out)
}

// ExportedForm is a form that somebody sent, or has begun.
type ExportedForm struct {
	Org     ids.Org        `json:"organisation"`
	ID      ids.Submission `json:"id"`
	Number  string         `json:"number,omitempty"`
	Form    ids.Form       `json:"form"`
	Version int64          `json:"form_version"`
	Lang    string         `json:"lang"`
	State   eservice.State `json:"state,omitempty"` // of what was sent
	// Sent, or of what was not: Begun, Changed, and Deleted, when it will be.
	Sent    string `json:"sent_at,omitempty"`
	Begun   string `json:"begun_at,omitempty"`
	Changed string `json:"changed_at,omitempty"`
	Ended   string `json:"ended_at,omitempty"`
	Deleted string `json:"deleted_at,omitempty"`
	// AskedUntil is until when what was asked for can be answered.
	AskedUntil string             `json:"asked_until,omitempty"`
	FormSHA256 string             `json:"form_sha256,omitempty"`
	SHA256     string             `json:"sha256,omitempty"` // of what was sent: it stands on the receipt
	Answers    form.Answers       `json:"answers"`
	Sources    map[string]string  `json:"known_beforehand,omitempty"`
	Files      []ExportedAttached `json:"attachments"`
	Events     []ExportedEvent    `json:"events,omitempty"`
	Signers    []ExportedPart     `json:"signers,omitempty"`
}

// ExportedAttached is an attachment: where it lies beside this, or why it does not.
type ExportedAttached struct {
	mailbox.Attachment
	Path    string          `json:"path,omitempty"`
	Missing mailbox.Missing `json:"missing,omitempty"`
}

// ExportedEvent is what happened to a form that was sent.
type ExportedEvent struct {
	At   string        `json:"at"`
	What eservice.What `json:"what"`
	// By is "you", "another" (who signed with you, or acts for you), "organisation" or "system".
	By      string       `json:"by"`
	Letter  string       `json:"letter,omitempty"` // the one with the decision
	Until   string       `json:"until,omitempty"`
	Text    string       `json:"text,omitempty"`
	Answers form.Answers `json:"answers,omitempty"`
	Files   []ids.File   `json:"attachments,omitempty"`
}

// ExportedPart is that somebody was asked to fill in a form with others.
type ExportedPart struct {
	Org     ids.Org            `json:"organisation"`
	Form    ids.Form           `json:"form,omitempty"`
	Name    string             `json:"name,omitempty"`
	Address string             `json:"address,omitempty"`
	Asked   string             `json:"asked_at"`
	Until   string             `json:"until"`
	State   eservice.PartState `json:"state"`
	StateAt string             `json:"state_at"`
	Signed  string             `json:"signed_sha256,omitempty"`
}

func (s *Service) sent(ctx context.Context, who actor.Actor, w writing) error {
	return s.Forms.EachSent(ctx, who, func(x eservice.SentWhole) error {
		out := ExportedForm{
			Org: x.Org, ID: x.ID, Number: x.Number, Form: x.Form, Version: x.Version, Lang: string(x.Lang), State: x.State, Sent: stamp(x.SentAt), Ended: stamp(x.EndedAt), Deleted: stamp(x.DeleteAt),
			AskedUntil: stamp(x.AskedUntil), FormSHA256: x.Digest, SHA256: x.AnswersDigest, Answers: x.Answers, Sources: x.Sources,
		}
		for _, e := range x.Events {
			out.Events = append(out.Events, eventOf(x, e))
		}
		name := "forms/" + string(x.Org) + "-" + x.Number
		var err error
		if out.Files, err = w.files(name, x.Files); err != nil {
			return err
		}
		return w.put(name+".json", out)
	})
}

func eventOf(x eservice.SentWhole, e eservice.Event) ExportedEvent {
	out := ExportedEvent{At: stamp(e.At), What: e.What, By: "organisation", Until: stamp(e.Until), Text: e.Text, Answers: e.Answers}
	switch {
	case e.ActorKind == actor.KindSystem:
		out.By = "system"
	case e.ActorKind == actor.KindCitizen && e.Actor == string(x.Owner.Person):
		out.By = "you"
	case e.ActorKind == actor.KindCitizen:
		out.By = "another"
	}
	if e.What == eservice.Answered {
		out.Letter = e.Detail
	}
	for _, f := range e.Files {
		out.Files = append(out.Files, f.ID)
	}
	return out
}

func (s *Service) begunOwn(ctx context.Context, who actor.Actor, w writing) error {
	return s.Forms.EachBegun(ctx, who, func(x eservice.BegunWhole) error {
		out := ExportedForm{
			Org: x.Org, ID: x.ID, Form: x.Form, Version: x.Version, Lang: string(x.Lang), Begun: stamp(x.CreatedAt), Changed: stamp(x.ChangedAt), Deleted: stamp(x.ExpiresAt), Answers: x.Answers, Sources: x.Sources,
		}
		for _, p := range x.Parts {
			out.Signers = append(out.Signers, partOf(p, ""))
		}
		name := "drafts/" + string(x.ID)
		var err error
		if out.Files, err = w.files(name, x.Files); err != nil {
			return err
		}
		return w.put(name+".json", out)
	})
}

// begun is what they have begun, and what others asked them to sign.
func (s *Service) begun(ctx context.Context, who actor.Actor, w writing) error {
	if err := s.begunOwn(ctx, who, w); err != nil {
		return err
	}
	list, err := s.Forms.AskedOf(ctx, who)
	if err != nil {
		return err
	}
	asked := make([]ExportedPart, len(list))
	for i, p := range list {
		asked[i] = partOf(p.Part, p.Of.Form)
	}
	return w.put("asked.json", asked)
}

func partOf(p eservice.Part, of ids.Form) ExportedPart {
	return ExportedPart{
		Org: p.Org, Form: of, Name: p.Name, Address: p.Address, Asked: stamp(p.AskedAt), Until: stamp(p.ExpiresAt - 1), State: p.State, StateAt: stamp(p.StateAt), Signed: p.Signed,
	}
}

// files writes what is attached into a folder, each as it is read, and says where it lies or why it is not there.
func (w writing) files(folder string, list []mailbox.ExportedFile) ([]ExportedAttached, error) {
	out := []ExportedAttached{}
	var taken []string
	for _, f := range list {
		row := ExportedAttached{Attachment: f.Attachment}
		in, missing, err := f.Open()
		if err != nil {
			return nil, err
		}
		if row.Missing = missing; missing == "" {
			name := file.UniqueName(cmp.Or(file.CleanName(f.Name), string(f.ID)), taken)
			taken, row.Path = append(taken, name), folder+"/"+name
			err := w.File(row.Path, w.now, in)
			_ = in.Close()
			if err != nil {
				return nil, fmt.Errorf("attachment %s: %w", f.ID, err)
			}
		}
		out = append(out, row)
	}
	return out, nil
}
