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

// doing is a deed as it is going to be done: all that is looked up and worked out before anything is written.
type doing struct {
	Deed
	who actor.Actor
	at  AtDesk
	// form is how the form is settled, nil when it is there no more.
	form  *catalog.Form
	event Event
	// letter is what goes out, nil for nothing; behind says that what is answered is read behind a code instead.
	letter *mailbox.Letter
	behind bool
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
	d := doing{Deed: r, who: who, at: a, event: Event{Org: r.Org, Submission: a.ID, At: s.Now().Unix(), What: r.Do, ActorKind: who.Kind, Actor: who.ID()}}
	d.form, err = a.Config.Form(a.Submission.Form)
	if err = orNobody(err); err != nil {
		return false, err
	}
	switch r.Do {
	case TakenUp, Reopened:
	case Ended:
		d.event.Text, err = cleaned("text", r.Text, false)
	case Asked:
		err = s.asking(ctx, &d)
	case Answered:
		err = s.deciding(ctx, &d)
	default:
		err = fault.Invalid("work.nothing", nil)
	}
	if err != nil {
		return false, err
	}
	sum := sumOf(r)
	err = s.inSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error {
		_, before, err := tx.Letters().UseForm(ctx, r.Org, r.Key, "submission", sum, string(a.ID), d.event.At+day)
		if again = before; before || err != nil {
			return err
		}
		return s.carryOut(ctx, tx, d)
	})
	return again, err
}

// letterOut is a letter about what was sent, as it begins.
func (s *Service) letterOut(d *doing) mailbox.Letter {
	return mailbox.Letter{
		Org: d.Org, ID: s.Gen.Letter(), Lang: d.at.Lang, CreatedAt: d.event.At, Ref: d.at.Number, Mode: mailbox.Ordinary,
		Content: mailbox.Content{Subject: strings.TrimSpace(d.Subject), Body: d.Text, Post: d.Post},
	}
}

// asking works out what is asked for, until when, and the letter that asks it.
func (s *Service) asking(ctx context.Context, d *doing) (err error) {
	a, e, p := d.at, &d.event, s.Texts.Printer(d.at.Lang)
	if e.Text, err = cleaned("text", d.Text, true); err != nil {
		return err
	}
	if !d.Until.IsZero() {
		e.Until = d.Until.Add(1).At(0, a.Config.Zone()).Unix() - 1
		if e.Until <= e.At {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "work.due_past"})
		}
	}
	if e.Text, err = a.dated(p, e.Text, d.Until); err != nil {
		return err
	}
	var questions string
	if e.Fields, questions, err = s.asksAnew(ctx, a, p, d.Anew); err != nil {
		return err
	}
	l := s.letterOut(d)
	l.Kind, l.Subject = mailbox.Message, p.T("submission.asked_subject", "form", FormName(d.form, a.Submission), "number", a.Number)
	l.Body = p.T("submission.asked_body", "text", e.Text+questions)
	if e.Until > 0 {
		l.Body += "\n\n" + p.T("submission.asked_until", "at", p.ShortDate(d.Until.At(12*60, a.Config.Zone())))
	}
	if d.letter = &l; len(d.Post) == 0 {
		d.letter, err = s.byLetter(ctx, a, d.letter)
	}
	return err
}

// deciding works out a decision: the letter that it is, or what is read behind a code.
func (s *Service) deciding(ctx context.Context, d *doing) error {
	a, e := d.at, &d.event
	if d.Mode != mailbox.Ordinary && d.Mode != mailbox.Verifiable {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "service", Key: "error.field.choose"})
	}
	appeal, ok, err := a.appealOf(d.form, d.Outcome, d.Appeal)
	if err != nil {
		return err
	}
	if d.behind, err = s.behindCode(ctx, a, d.Deed); err != nil {
		return err
	}
	l := s.letterOut(d)
	if d.behind {
		if e.Note, err = openNote(d.Subject, d.Text); err != nil {
			return err
		}
		l.Body = e.Text
	}
	if e.Outcome = d.Outcome; ok {
		l.Body = a.withAppeal(s.Texts.Printer(a.Lang), l.Body, appeal)
	}
	if !d.behind {
		l.Kind, l.Mode = mailbox.Decision, d.Mode
		d.letter = &l
		return nil
	}
	e.Text = l.Body
	if most := mailbox.LimitsOf(a.Config).Files; len(d.Attachments) > most {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "file.too_many", Args: fault.Args{"most": most}})
	}
	return nil
}

// carryOut writes a deed, if what it is about still stands as it was seen: what goes out, what happened, and the work as it is then.
func (s *Service) carryOut(ctx context.Context, tx SubmissionTx, d doing) error {
	mail := tx.Letters()
	x, err := tx.Submission(ctx, d.Org, d.at.ID)
	if err != nil {
		return err
	}
	i, err := mail.WorkItem(ctx, d.Org, d.Item)
	switch {
	case err != nil:
		return err
	case i.Version != d.Seen && !planted.Bug("decided-unseen"):
		return fault.Conflict("work.changed", nil)
	}
	if err := x.State.May(d.Do); err != nil && !planted.Bug("decided-again") {
		return err
	}
	if err := s.sendOut(ctx, mail, x, &d); err != nil {
		return err
	}
	if x, err = s.happen(ctx, tx, x, d.event, d.form); err != nil {
		return err
	}
	if d.letter == nil && d.Do == Asked || d.behind {
		if err := tx.PutTelling(ctx, TellArgs{Org: d.Org, Submission: x.ID, Seq: x.Seen}, d.event.At); err != nil {
			return err
		}
	}
	line := s.line(x, d.who, map[What]audit.Action{Asked: audit.SubmissionAsked, Answered: audit.SubmissionDecided}[d.Do], nil)
	if line.Action == "" {
		line = s.line(x, d.who, audit.SubmissionChanged, map[string]string{"what": string(d.Do)})
	}
	return mail.ChangeWork(ctx, worklist.Change{Now: worked(i, x, d.who, d.event.At), Audit: []audit.Entry{line}})
}

// sendOut posts the letter of a deed, or attaches what is read behind a code, and has the event say so.
func (s *Service) sendOut(ctx context.Context, mail mailbox.Tx, x Submission, d *doing) error {
	if d.letter != nil {
		way, err := s.Letters.Post(ctx, mail, d.who, d.at.Config, d.at.to, *d.letter, d.Attachments...)
		if err != nil {
			return err
		}
		if d.event.Detail = string(way); d.Do == Answered {
			d.event.Detail = string(d.letter.ID)
		}
	}
	if !d.behind {
		return nil
	}
	var err error
	d.event.Files, err = s.addFiles(ctx, mail, x, d.Attachments)
	return err
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
