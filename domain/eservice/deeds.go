package eservice

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// mostText is how long what is asked for, and what is added, may be, in characters.
const mostText = 10_000

// AtDesk is what was sent as one of those who handle it sees it.
type AtDesk struct {
	Whole
	Item    worklist.Item
	History []worklist.Entry
	// Person is whose it is; without an id for a company, or for nobody who is known.
	Person identity.Account
	// Reach is which way a letter goes as things are.
	Reach mailbox.Reach
	// Hidden says that it is of somebody whose data is protected, and that the reader has not broken the glass: nothing of it is shown. Glass is who that is.
	Hidden bool
	Glass  ids.Person
	Hold   *Hold
	// Behind says that an answer without a postal address is read behind a code; of somebody who is not known.
	Behind bool
	to     mailbox.Addressee
}

func orNobody(err error) error {
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

// atDesk finds what somebody may see who handles it, still sealed.
func (s *Service) atDesk(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (a AtDesk, err error) {
	if a.Config, err = s.Store.Config(ctx, o); err != nil {
		return a, err
	}
	if a.Item, err = s.Work.Item(ctx, who, o, item); err != nil {
		return a, err
	}
	if a.Item.Kind != worklist.Submission {
		return a, fault.NotFound("error.not_found")
	}
	if a.Submission, err = s.Store.SubmissionOfItem(ctx, o, item); err != nil {
		return a, err
	}
	if a.to, err = s.Letters.Addressee(ctx, a.Owner); err != nil {
		return a, err
	}
	if a.Owner.Person == "" {
		return a, nil
	}
	a.Person, err = s.Letters.People.InboxPerson(ctx, who, o, a.Config.Inbox(a.Item.Inbox).Office, a.Owner.Person)
	switch {
	case fault.Is(err, fault.KindInvalid):
		a.Hidden, a.Glass, err = true, a.Owner.Person, nil
	case fault.Is(err, fault.KindNotFound): // known by nothing but what was typed in for them, or erased since
		err = nil
	}
	if a.Hidden && who.Kind != actor.KindStaff {
		err = fault.NotFound("error.not_found")
	}
	return a, err
}

// mayDo is atDesk of what is not hidden.
func (s *Service) mayDo(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, error) {
	a, err := s.atDesk(ctx, who, o, item)
	if err == nil && a.Hidden {
		err = fault.NotFound("error.not_found")
	}
	return a, err
}

// Read opens what was sent for one of those who may see the inbox in which it lies. That it was read is written down before anything is shown.
func (s *Service) Read(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (AtDesk, error) {
	a, err := s.atDesk(ctx, who, o, item)
	if err != nil {
		return a, err
	}
	err = s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		lines := []audit.Entry{s.line(a.Submission, who, audit.SubmissionRead, nil)}
		if a.Owner.Person != "" && !a.Hidden {
			lines = append(lines, s.Letters.WorkLine(o, who, audit.SubmissionRead, a.Owner.Person))
		}
		return tx.Letters().Audit(ctx, lines...)
	})
	if err != nil || a.Hidden {
		a.Person = identity.Account{}
		return a, err
	}
	if a.Whole, err = s.whole(ctx, a.Submission); err != nil {
		return a, err
	}
	if a.History, err = s.Work.History(ctx, o, item); err != nil {
		return a, err
	}
	h, err := s.Store.SubmissionHold(ctx, o, a.ID)
	if err == nil && !h.Over(s.Now().Unix()) {
		a.Hold = &h
	} else if err = orNobody(err); err != nil {
		return a, err
	}
	a.Behind = byStatus(a.Submission)
	a.Reach, err = s.Letters.ReachOf(ctx, o, a.to)
	return a, err
}

// OpenDeskFile opens what is attached for one of those who handle it; that it was opened is in the log. Close it.
func (s *Service) OpenDeskFile(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work, f ids.File) (file.Attached, *file.Content, error) {
	a, err := s.mayDo(ctx, who, o, item)
	if err != nil {
		return file.Attached{}, nil, err
	}
	return s.openAttached(ctx, who, a.Submission, f)
}

// Deed is what somebody who handles it does with what was sent.
type Deed struct {
	Org  ids.Org
	Item ids.Work
	// Seen is the version of the work that whoever does it has seen.
	Seen int64
	Key  ids.FormKey
	// Do is TakenUp, Asked, Answered, Ended or Reopened.
	Do What
	// Text is what is asked for, or why it is closed; of a decision it is the letter's.
	Text string
	// Until is the local day until when what is asked for is to be answered; its zero value for no end.
	Until org.Date
	// Subject, Mode, Post and Attachments are of the letter that goes out: a decision, and what is asked of whom.
	Subject     string
	Mode        mailbox.Mode
	Post        []string
	Attachments []ids.File
	// Outcome is what a decision comes to, one of catalog.Outcomes; empty for what is not said. Appeal are the instructions that go with it: a text of the organisation's, NoAppeal, or empty for those of
	// the outcome.
	Outcome, Appeal string
}

func cleaned(name, text string, must bool) (string, error) {
	clean, ok := i18n.CleanText(text)
	clean = strings.TrimSpace(clean)
	wrong := func(key string, args fault.Args) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key, Args: args})
	}
	switch {
	case !ok:
		return "", wrong("field.bad_characters", nil)
	case clean == "" && must:
		return "", wrong("field.required", nil)
	case len([]rune(clean)) > mostText:
		return "", wrong("field.too_long", fault.Args{"max": mostText})
	}
	return clean, nil
}

// Do does something with what was sent, once for its key. A decision, and what is asked for, goes as a letter: into the mailbox, or on paper; what is asked of whom cannot be reached by letter they are
// told where they have proven an address or a number, and find it in their folder. Faults: Conflict "work.changed" when something came or was done since it was seen, "submission.not_now";
// Invalid with the fields.
func (s *Service) Do(ctx context.Context, who actor.Actor, r Deed) (again bool, err error) {
	a, err := s.mayDo(ctx, who, r.Org, r.Item)
	if err != nil {
		return false, err
	}
	if !r.Key.Valid() {
		return false, fault.Invalid("error.bad_request", nil)
	}
	now := s.Now()
	e := Event{Org: r.Org, Submission: a.ID, At: now.Unix(), What: r.Do, ActorKind: who.Kind, Actor: who.ID()}
	var letter *mailbox.Letter
	behind := false // what is answered is read behind a code
	p := s.Texts.Printer(a.Lang)
	f, err := a.Config.Form(a.Submission.Form)
	if err := orNobody(err); err != nil {
		return false, err
	}
	base := mailbox.Letter{
		Org: r.Org, ID: s.Gen.Letter(), Lang: a.Lang, CreatedAt: now.Unix(), Ref: a.Number, Mode: mailbox.Ordinary, Content: mailbox.Content{Subject: strings.TrimSpace(r.Subject), Body: r.Text, Post: r.Post},
	}
	switch r.Do {
	case TakenUp, Reopened:
	case Ended:
		e.Text, err = cleaned("text", r.Text, false)
	case Asked:
		if e.Text, err = cleaned("text", r.Text, true); err != nil {
			return false, err
		}
		if !r.Until.IsZero() {
			e.Until = r.Until.Add(1).At(0, a.Config.Zone()).Unix() - 1
			if e.Until <= now.Unix() {
				return false, fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "work.due_past"})
			}
		}
		if e.Text, err = a.dated(p, e.Text, r.Until); err != nil {
			return false, err
		}
		base.Kind, base.Subject = mailbox.Message, p.T("submission.asked_subject", "form", FormName(f, a.Submission), "number", a.Number)
		base.Body = p.T("submission.asked_body", "text", e.Text)
		if e.Until > 0 {
			base.Body += "\n\n" + p.T("submission.asked_until", "at", p.ShortDate(r.Until.At(12*60, a.Config.Zone())))
		}
		letter = &base
	case Answered:
		if r.Mode != mailbox.Ordinary && r.Mode != mailbox.Verifiable {
			return false, fault.Invalid("form.invalid", nil, fault.Field{Name: "service", Key: "error.field.choose"})
		}
		appeal, ok, err := a.appealOf(f, r.Outcome, r.Appeal)
		if err != nil {
			return false, err
		}
		if behind, err = s.behindCode(ctx, a, r); err != nil {
			return false, err
		}
		if behind {
			if e.Note, err = openNote(r.Subject, r.Text); err != nil {
				return false, err
			}
			base.Body = e.Text
		}
		if e.Outcome = r.Outcome; ok {
			base.Body = a.withAppeal(p, base.Body, appeal)
		}
		if behind {
			e.Text = base.Body
			break
		}
		base.Kind, base.Mode = mailbox.Decision, r.Mode
		letter = &base
	default:
		err = fault.Invalid("work.nothing", nil)
	}
	if err != nil {
		return false, err
	}
	if r.Do == Asked && len(r.Post) == 0 {
		if letter, err = s.byLetter(ctx, a, letter); err != nil {
			return false, err
		}
	}
	if behind && len(r.Attachments) > mailbox.LimitsOf(a.Config).Files {
		return false, fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "file.too_many", Args: fault.Args{"most": mailbox.LimitsOf(a.Config).Files}})
	}
	sum := sumOf(r)
	err = s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		mail := tx.Letters()
		_, before, err := mail.UseForm(ctx, r.Org, r.Key, "submission", sum, string(a.ID), now.Unix()+day)
		if again = before; before || err != nil {
			return err
		}
		x, err := tx.Submission(ctx, r.Org, a.ID)
		if err != nil {
			return err
		}
		i, err := mail.WorkItem(ctx, r.Org, r.Item)
		switch {
		case err != nil:
			return err
		case i.Version != r.Seen && !planted.Bug("decided-unseen"):
			return fault.Conflict("work.changed", nil)
		}
		if err := x.State.May(r.Do); err != nil && !planted.Bug("decided-again") {
			return err
		}
		e := e
		if letter != nil {
			way, err := s.Letters.Post(ctx, mail, who, a.Config, a.to, *letter, r.Attachments...)
			if err != nil {
				return err
			}
			if r.Do == Answered {
				e.Detail = string(letter.ID)
			} else {
				e.Detail = string(way)
			}
		}
		if behind {
			if e.Files, err = s.addFiles(ctx, mail, x, r.Attachments); err != nil {
				return err
			}
		}
		x, err = s.happen(ctx, tx, x, e, f)
		if err != nil {
			return err
		}
		if letter == nil && r.Do == Asked || behind {
			if err := tx.PutTelling(ctx, TellArgs{Org: r.Org, Submission: a.ID, Seq: x.Seen}, now.Unix()); err != nil {
				return err
			}
		}
		line := s.line(x, who, map[What]audit.Action{Asked: audit.SubmissionAsked, Answered: audit.SubmissionDecided}[r.Do], nil)
		if line.Action == "" {
			line = s.line(x, who, audit.SubmissionChanged, map[string]string{"what": string(r.Do)})
		}
		return mail.ChangeWork(ctx, worklist.Change{Now: worked(i, x, who, now.Unix()), Audit: []audit.Entry{line}})
	})
	return again, err
}

// sumOf tells one deed from another under the same key.
func sumOf(r Deed) []byte {
	b, err := json.Marshal(struct {
		Item        ids.Work
		Do          What
		Text        string
		Until       string
		Subject     string
		Mode        mailbox.Mode
		Post        []string
		Attachments []ids.File
		Outcome     string `json:",omitempty"`
		Appeal      string `json:",omitempty"`
	}{r.Item, r.Do, r.Text, fmt.Sprint(r.Until), r.Subject, r.Mode, r.Post, r.Attachments, r.Outcome, r.Appeal})
	if err != nil { // there is nothing in it that could not be written
		return nil
	}
	return []byte(digestOf(b))
}

// behindCode reports whether whoever is not known reads an answer behind their code: where no address is given to which it goes on paper, and no proof is wanted of when it came.
func (s *Service) behindCode(ctx context.Context, a AtDesk, r Deed) (bool, error) {
	if !a.Nobody() || len(r.Post) > 0 || r.Mode != mailbox.Ordinary {
		return false, nil
	}
	x := a.Submission
	if err := s.openSubmission(ctx, &x, nil); err != nil {
		return false, err
	}
	return byStatus(x), nil
}

// byLetter is the letter that asks for more, nil for whom can be reached by none and will be told otherwise.
func (s *Service) byLetter(ctx context.Context, a AtDesk, l *mailbox.Letter) (*mailbox.Letter, error) {
	if behind, err := s.behindCode(ctx, a, Deed{Mode: mailbox.Ordinary}); err != nil || behind {
		return nil, err
	}
	way, err := s.Letters.ReachOf(ctx, a.Org, a.to)
	if err != nil || way == mailbox.Reachable {
		return l, err
	}
	told, err := s.Tellings(ctx, TellArgs{Org: a.Org, Submission: a.ID})
	if err != nil || len(told) == 0 {
		return l, err // which asks for an address
	}
	return nil, nil
}

// happen writes that something happened to what was sent, and returns it as it stands then.
func (s *Service) happen(ctx context.Context, tx SubmissionTx, x Submission, e Event, f *catalog.Form) (Submission, error) {
	if !e.empty() {
		key, err := s.sealerOf(ctx, tx.Letters(), x.Owner)
		if err != nil {
			return x, err
		}
		plain, err := json.Marshal(e.Note)
		if err == nil {
			e.Sealed, err = key.Seal(plain, eventPlace(e))
		}
		if err != nil {
			return x, fmt.Errorf("seal what happened to submission %s: %w", x.ID, err)
		}
	}
	if err := tx.PutSubmissionEvent(ctx, e); err != nil {
		return x, err
	}
	days := 0
	if f != nil {
		days = f.KeepDays
	}
	x = x.next(e, days)
	ok, err := tx.SetSubmission(ctx, x)
	if err == nil && !ok {
		err = errAgain
	}
	x.Seen++
	return x, err
}

// worked is the work after something happened to what it is about.
func worked(i worklist.Item, x Submission, who actor.Actor, at int64) worklist.Item {
	i.Changed = at
	switch {
	case x.State.Ended():
		i.State, i.Fresh, i.Since = worklist.Closed, 0, at
	case x.State == MoreAsked:
		i = i.Answered("", at)
	default:
		i.State = worklist.Open
		if i.Fresh = 0; i.Since == 0 {
			i.Since = at
		}
	}
	if i.Assignee == "" && who.Kind == actor.KindStaff {
		i.Assignee = who.Staff
	}
	return i
}

// Work does something with it that every piece of work knows: to assign it, to date it, to note something, to put it into another inbox. What takes it is in progress.
func (s *Service) DoWork(ctx context.Context, who actor.Actor, d worklist.Deed) (worklist.Item, error) {
	a, err := s.mayDo(ctx, who, d.Org, d.ID)
	if err != nil {
		return worklist.Item{}, err
	}
	if !slices.Contains([]worklist.What{worklist.Assigned, worklist.Released, worklist.Handed, worklist.Noted, worklist.Dated}, d.Do) { // the others are deeds of what was sent
		return worklist.Item{}, fault.Invalid("work.nothing", nil)
	}
	if _, err := s.Work.Do(ctx, who, d); err != nil {
		return worklist.Item{}, err
	}
	if d.Do == worklist.Assigned && a.State == Received {
		if err := s.takeUp(ctx, who, d.Org, d.ID); err != nil {
			return worklist.Item{}, err
		}
	}
	return s.Work.Item(ctx, who, d.Org, d.ID)
}

// takeUp has what was sent and taken be in progress, whatever else is done with it meanwhile; what somebody else has taken up, or ended, stays as it is.
func (s *Service) takeUp(ctx context.Context, who actor.Actor, o ids.Org, item ids.Work) (err error) {
	for range mostTries {
		var i worklist.Item
		if i, err = s.Work.Item(ctx, who, o, item); err != nil {
			return err
		}
		_, err = s.Do(ctx, who, Deed{Org: o, Item: item, Seen: i.Version, Key: s.Gen.FormKey(), Do: TakenUp})
		if fault.IsKey(err, "submission.not_now") {
			return nil
		}
		if !fault.IsKey(err, "work.changed") {
			return err
		}
	}
	return err
}

// Addition is what is added to what was sent, by whom it is from: text, answers that are given anew, and files.
type Addition struct {
	ID      ids.Submission
	Key     ids.FormKey
	Text    string
	Answers form.Answers
	Files   []ids.File
}

// Add adds to what the actor has sent, once for its key: what was sent stays as it was. Its work is open again by that. Faults: NotFound; Conflict "submission.not_now"; Invalid with the fields.
func (s *Service) Add(ctx context.Context, who actor.Actor, r Addition) error {
	w, err := s.Submission(ctx, who, r.ID)
	if err != nil {
		return err
	}
	return s.add(ctx, who, w.Submission, w.Config, r)
}

func (s *Service) add(ctx context.Context, who actor.Actor, x Submission, c *catalog.Config, r Addition) error {
	if err := x.State.May(Added); err != nil {
		return err
	}
	if !r.Key.Valid() {
		return fault.Invalid("error.bad_request", nil)
	}
	text, err := cleaned("text", r.Text, len(r.Files) == 0 && len(r.Answers) == 0)
	if err != nil {
		return err
	}
	f, err := c.Form(x.Form)
	if err := orNobody(err); err != nil {
		return err
	}
	now := s.Now().Unix()
	b, err := json.Marshal([]any{text, r.Answers, r.Files})
	if err != nil {
		return err
	}
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		mail := tx.Letters()
		_, before, err := mail.UseForm(ctx, x.Org, r.Key, "submission", []byte(digestOf(b)), string(x.ID), now+day)
		if before || err != nil {
			return err
		}
		x, err := tx.Submission(ctx, x.Org, x.ID)
		if err != nil {
			return err
		}
		if err := x.State.May(Added); err != nil {
			return err
		}
		e := Event{Org: x.Org, Submission: x.ID, At: now, What: Added, ActorKind: who.Kind, Actor: who.ID(), Level: who.Level, Note: Note{Text: text, Answers: r.Answers}}
		if e.Files, err = s.addFiles(ctx, mail, x, r.Files); err != nil {
			return err
		}
		if x.Unsigned() && len(r.Files) > 0 {
			has, err := s.Files.Of(ctx, mail, x.holder(), x.Owner)
			if err != nil {
				return err
			}
			if err := x.fits(has); err != nil {
				return err
			}
		}
		if x, err = s.happen(ctx, tx, x, e, f); err != nil {
			return err
		}
		i, err := mail.WorkItem(ctx, x.Org, x.Item)
		if err != nil {
			return err
		}
		return orAgain(mail.ChangeWork(ctx, worklist.Change{Now: i.Came(now), Audit: []audit.Entry{s.line(x, who, audit.SubmissionAdded, nil)}}))
	})
}

// orAgain has a change begin anew that was overtaken by another of the same work, where nobody decided by what they had seen.
func orAgain(err error) error {
	if fault.IsKey(err, "work.changed") {
		return errAgain
	}
	return err
}

// addFiles gives what was sent the files that were taken in for it, behind those it has.
func (s *Service) addFiles(ctx context.Context, mail mailbox.Tx, x Submission, list []ids.File) ([]mailbox.Attachment, error) {
	var out []mailbox.Attachment
	for _, id := range list {
		a, err := s.Files.Give(ctx, mail, x.Org, id, x.holder(), x.Owner)
		if err == nil && a.State.Bad() {
			err = fault.NotFound("error.not_found")
		}
		if fault.Is(err, fault.KindNotFound) {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "submission.no_file"})
		}
		if err != nil {
			return nil, err
		}
		out = append(out, mailbox.AttachmentOf(a))
	}
	return out, nil
}

// KeepFile keeps a file that the actor is going to add to what they have sent, beside so many others. Faults: NotFound; Conflict "submission.not_now"; Invalid at file.Field.
func (s *Service) KeepFile(ctx context.Context, who actor.Actor, id ids.Submission, name string, has int, r io.Reader) (file.Attached, error) {
	x, err := s.theirs(ctx, who, id)
	if err != nil {
		return file.Attached{}, err
	}
	if err := x.State.May(Added); err != nil {
		return file.Attached{}, err
	}
	c, err := s.Store.Config(ctx, x.Org)
	if err != nil {
		return file.Attached{}, err
	}
	limits := x.Limits(c)
	if err := limits.MayAdd(has); err != nil {
		return file.Attached{}, err
	}
	a, _, err := s.Files.Hold(ctx, who, file.Incoming{Org: x.Org, Name: name, Most: limits.Size}, s.Gen.FormKey(), r)
	return a, err
}

// KeptFiles are files that were kept to be added, by what they are named; those that can be added no more are left out.
func (s *Service) KeptFiles(ctx context.Context, o ids.Org, list []ids.File) ([]file.Attached, error) {
	if len(list) == 0 {
		return nil, nil
	}
	return s.Files.Holding(ctx, o, list)
}

// Withdraw takes back what the actor has sent, until it is decided. Withdrawn twice it is withdrawn once. Faults: NotFound; Conflict "submission.not_now".
func (s *Service) Withdraw(ctx context.Context, who actor.Actor, id ids.Submission) error {
	was, err := s.theirs(ctx, who, id)
	if err != nil {
		return err
	}
	c, err := s.Store.Config(ctx, was.Org)
	if err != nil {
		return err
	}
	f, err := c.Form(was.Form)
	if err := orNobody(err); err != nil {
		return err
	}
	now := s.Now().Unix()
	return s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		x, err := tx.Submission(ctx, was.Org, id)
		if err != nil || x.State == Withdrawn {
			return err
		}
		if err := x.State.May(TakenBack); err != nil {
			return err
		}
		e := Event{Org: x.Org, Submission: x.ID, At: now, What: TakenBack, ActorKind: who.Kind, Actor: who.ID(), Level: who.Level}
		if x, err = s.happen(ctx, tx, x, e, f); err != nil {
			return err
		}
		i, err := tx.Letters().WorkItem(ctx, x.Org, x.Item)
		if err != nil {
			return err
		}
		line := s.line(x, who, audit.SubmissionChanged, map[string]string{"what": string(TakenBack)})
		return orAgain(tx.Letters().ChangeWork(ctx, worklist.Change{Now: worked(i, x, who, now), Audit: []audit.Entry{line}}))
	})
}
