package eservice

import (
	"context"
	"encoding/json"
	"fmt"
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
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// mostText is how long what is asked for, and what is added, may be, in characters.
const mostText = 10_000

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
	// Anew are the places of the questions that are to be answered anew, where more is asked.
	Anew []string
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
		var questions string
		if e.Fields, questions, err = s.asksAnew(ctx, a, p, r.Anew); err != nil {
			return false, err
		}
		base.Body = p.T("submission.asked_body", "text", e.Text+questions)
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
		Outcome     string   `json:",omitempty"`
		Appeal      string   `json:",omitempty"`
		Anew        []string `json:",omitempty"`
	}{r.Item, r.Do, r.Text, fmt.Sprint(r.Until), r.Subject, r.Mode, r.Post, r.Attachments, r.Outcome, r.Appeal, r.Anew})
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

// DoWork does something with it that every piece of work knows: to assign it, to date it, to note something, to put it into another inbox. What takes it is in progress. The item is as it is then.
func (s *Service) DoWork(ctx context.Context, who actor.Actor, d worklist.Deed) (worklist.Item, error) {
	a, err := s.mayDo(ctx, who, d.Org, d.ID)
	if err != nil {
		return worklist.Item{}, err
	}
	if !slices.Contains([]worklist.What{worklist.Assigned, worklist.Released, worklist.Handed, worklist.Noted, worklist.Dated}, d.Do) { // the others are deeds of what was sent
		return worklist.Item{}, fault.Invalid("work.nothing", nil)
	}
	done, err := s.Work.Do(ctx, who, d)
	if err != nil {
		return worklist.Item{}, err
	}
	if d.Do == worklist.Handed { // perhaps to where whoever handed it over sees it no more
		done.Version++
		return done, nil
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
