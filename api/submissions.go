package api

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	attached "luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// submissionRoutes are the forms that people send, for a case system with a key.
func (d *Door) submissionRoutes(api huma.API) {
	const list = "/organisations/{org}/submissions"
	const one = list + "/{submission}"
	const content = one + "/files/{file}"
	add(d, api, step("list-submissions", http.MethodGet, list, "Forms that people sent, and with which anything was done, since a number", readWithKey), d.submissions)
	add(d, api, step("get-submission", http.MethodGet, one, "Read a form that was sent", readWithKey), d.submission)
	add(d, api, file("get-submission-sent", one+"/sent", "What was sent, byte for byte", "application/json"), d.submissionSent)
	add(d, api, file("get-submission-form", one+"/form", "The version of the form that it answers, byte for byte", "application/json"), d.submissionForm)
	add(d, api, file("get-submission-pdf", one+"/pdf", "A form that was sent, as a PDF", pdfType), d.submissionPDF)
	add(d, api, step("list-submission-assignees", http.MethodGet, one+"/assignees", "To whom a form that was sent can be given", readWithKey), d.submissionAssignees)
	d.submissionDeedRoutes(api, one)

	op := file("get-submission-file", content, "What is attached to a form that was sent", "application/octet-stream")
	op.Parameters = []*huma.Param{}
	for _, name := range []string{"org", "submission", "file"} {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.Errors = append(op.Errors, http.StatusConflict)
	document(api.OpenAPI(), &op)
	api.OpenAPI().AddOperation(&op)
	d.streams.HandleFunc("GET "+prefix+content, d.submissionFile)
}

// ListedSubmission is a form that was sent in the feed, without whose it is and without what it says.
type ListedSubmission struct {
	Seq         int64          `json:"seq" doc:"The number of its newest change."`
	ID          ids.Submission `json:"id"`
	Number      string         `json:"number" example:"2026-000123" doc:"What people and those who work here call it by."`
	Form        ids.Form       `json:"form" example:"day-care"`
	FormVersion int64          `json:"form_version" doc:"The version of the form that it answers: it stays so."`
	Inbox       ids.Inbox      `json:"inbox" doc:"Where it lies now."`
	State       eservice.State `json:"state" enum:"received,in_progress,more_asked,decided,withdrawn,closed"`
	SentAt      string         `json:"sent_at" format:"date-time"`
	EndedAt     string         `json:"ended_at,omitempty" format:"date-time" doc:"When it was decided, withdrawn or closed."`
	AskedUntil  string         `json:"asked_until,omitempty" format:"date-time" doc:"The last second in which what was asked for can be answered; left out when nothing is asked for, or no end was said."`
	Due         string         `json:"due,omitempty" format:"date-time" doc:"The last second in which it is to be handled; left out for no end."`
	Assignee    string         `json:"assignee,omitempty" doc:"Who has taken it: one of those who work here, or a program; left out for nobody."`
	Version     int64          `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
}

// SubmissionFeed is a page of the feed.
type SubmissionFeed struct {
	Submissions []ListedSubmission `json:"submissions" nullable:"false" doc:"Each once, in the order of their newest changes. Numbers may be left out."`
	Next        int64              `json:"next" doc:"Ask again with this as after: whoever does misses nothing."`
	More        bool               `json:"more" doc:"Whether there is more to be had at once, also after a page that is empty."`
}

// SubmissionFile is what is attached to a form that was sent, then or later.
type SubmissionFile struct {
	ID     ids.File       `json:"id"`
	Name   string         `json:"name"`
	Type   attached.Type  `json:"type" example:"application/pdf" doc:"What it is, by its content."`
	Size   int64          `json:"size" doc:"In bytes."`
	Digest string         `json:"sha256"`
	State  attached.State `json:"state" enum:"waiting,clean,infected,refused" doc:"Only a clean one can be fetched."`
}

// SubmissionEvent is one thing that happened to a form that was sent.
type SubmissionEvent struct {
	Seq     int64          `json:"seq" doc:"Counts its events from 1."`
	What    eservice.What  `json:"what" enum:"received,taken_up,asked,added,decided,withdrawn,closed,reopened,file_refused" doc:"file_refused: malware was found in an attachment after it was sent, or it cannot be looked at; nobody opens it."`
	At      string         `json:"at" format:"date-time"`
	By      actor.Kind     `json:"by" enum:"citizen,staff,client,system,visitor" doc:"client: a program with a key."`
	Subject string         `json:"subject,omitempty" doc:"Of a decision that is no letter, its subject."`
	Text    string         `json:"text,omitempty" doc:"What was asked for, what was added, or why it was closed; of a decision that is no letter, what was decided."`
	Answers map[string]any `json:"answers,omitempty" doc:"Answers that were given anew. What was sent stays what it was."`
	Anew    []string       `json:"anew,omitempty" nullable:"false" doc:"Of asked, the places of the questions that are to be answered anew; of added, of those that were. One without an answer has none any more."`
	Files   []ids.File     `json:"attachments,omitempty" nullable:"false" doc:"What was attached with it."`
	Until   string         `json:"until,omitempty" format:"date-time" doc:"The last second in which what was asked for can be answered."`
	Letter  ids.Letter     `json:"letter,omitempty" doc:"The letter with the decision; left out where it is read behind a code, by whom nobody knows: it has text then."`
	Outcome string         `json:"outcome,omitempty" enum:"granted,partly,refused,other" doc:"What the decision came to, where that was said."`
}

// SubmissionNote is what somebody noted for those who work here.
type SubmissionNote struct {
	At   string     `json:"at" format:"date-time"`
	By   actor.Kind `json:"by" enum:"staff,client,system"`
	Text string     `json:"text"`
}

// SubmissionAnswer is one answer in the words of the form.
type SubmissionAnswer struct {
	At       string `json:"at" example:"/children/0/name" doc:"Where it is among the answers, as a JSON Pointer."`
	Question string `json:"question"`
	Answer   string `json:"answer" doc:"In the language of the request, where the form has it; empty for none."`
}

// SubmissionStep is a step of the form, or a row of one of its groups.
type SubmissionStep struct {
	Title   string             `json:"title"`
	Answers []SubmissionAnswer `json:"answers" nullable:"false"`
}

// SubmissionContact is how somebody said that they can be reached.
type SubmissionContact struct {
	Name  string   `json:"name,omitempty"`
	Email string   `json:"email,omitempty" example:"specimen@example.org"`
	Phone string   `json:"phone,omitempty" example:"+358401234567" doc:"E.164. It is called, and not written to."`
	Post  []string `json:"post,omitempty" nullable:"false" doc:"Name and address, line by line."`
}

// Submission is a form that was sent, with its answers.
type Submission struct {
	ID          ids.Submission     `json:"id"`
	Number      string             `json:"number" example:"2026-000123"`
	Form        ids.Form           `json:"form" example:"day-care"`
	FormVersion int64              `json:"form_version"`
	FormDigest  string             `json:"form_sha256" doc:"Of the form as get-submission-form has it: a JSON Schema for the answers, and how they are asked."`
	Inbox       ids.Inbox          `json:"inbox"`
	State       eservice.State     `json:"state" enum:"received,in_progress,more_asked,decided,withdrawn,closed"`
	SentAt      string             `json:"sent_at" format:"date-time"`
	EndedAt     string             `json:"ended_at,omitempty" format:"date-time"`
	DeleteAt    string             `json:"deleted_at,omitempty" format:"date-time" doc:"The first second in which it is deleted here; left out for what is kept, or has not ended. What is held stays beyond it."`
	Held        bool               `json:"held,omitempty" doc:"Whether somebody holds it, so that it is not deleted."`
	AskedUntil  string             `json:"asked_until,omitempty" format:"date-time"`
	Due         string             `json:"due,omitempty" format:"date-time"`
	Assignee    string             `json:"assignee,omitempty"`
	Version     int64              `json:"version"`
	Lang        Lang               `json:"lang" doc:"The language that it was filled in in, and that letters about it are written in."`
	From        MatterSender       `json:"from" doc:"Whose it is. Empty ({}) for nobody who is known: it was sent without signing in (level none), or the office filled it in for somebody whom it knows by what they said alone. Nothing is proven of what the answers say of them."`
	Contact     *SubmissionContact `json:"contact,omitempty" doc:"How whoever sent it said that they can be reached: typed at the end of a form without signing in, or by the clerk who filled it in for somebody. Nothing of it is proven. Left out where nothing was said."`
	SentBy      string             `json:"sent_by,omitempty" doc:"The name of who sent it: another than whose it is where a company's was sent by a person."`
	Entered     bool               `json:"entered_by_staff,omitempty" doc:"Whether one of those who work here filled it in for somebody."`
	Level       string             `json:"level" enum:"none,low,substantial,high" doc:"How surely it was known who sent it. none: it was sent without signing in, or those who work here filled it in (entered_by_staff)."`
	Reach       mailbox.Reach      `json:"reach" enum:"mailbox,paper" doc:"Which way a decision goes as things are. On paper it needs post; without post, a decision for whom nobody knows (from is empty) is read behind the code that they got when they sent it, and is no letter. One that is filled in by staff needs an email address for that."`
	Digest      string             `json:"sha256" doc:"Of what was sent, as get-submission-sent has it: it stands on the acknowledgement."`
	Answers     map[string]any     `json:"answers" doc:"As they were sent, by the form's JSON Schema. What was hidden is not there."`
	Present     map[string]any     `json:"answers_now,omitempty" doc:"The answers that hold now, where some were given anew: those that were sent, with the new ones in their places."`
	Sources     map[string]string  `json:"sources,omitempty" doc:"Of answers that are not the person's own: what they were filled in from, by their JSON Pointers."`
	Steps       []SubmissionStep   `json:"in_words" nullable:"false" doc:"The same in the words of the form."`
	Files       []SubmissionFile   `json:"attachments" nullable:"false"`
	Events      []SubmissionEvent  `json:"events" nullable:"false" doc:"What happened to it, in its order."`
	Notes       []SubmissionNote   `json:"notes" nullable:"false" doc:"Of those who handle it: whose it is does not see them."`
}

// ReadSubmission is the answer with a form that was sent.
type ReadSubmission struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body Submission
}

// OneSubmission is a request about one form that was sent.
type OneSubmission struct {
	Credentials
	Submission ids.Submission `path:"submission" maxLength:"40" doc:"As list-submissions has it."`
}

// forms is who asks, where forms are sent, and may work on them.
func (d *Door) forms(ctx context.Context, in *Credentials) (actor.Actor, *catalog.Config, error) {
	who, c, err := d.mailroom(ctx, in)
	if err == nil && d.Programs.Forms == nil {
		err = fault.NotFound("error.not_found")
	}
	if err == nil {
		err = who.MaySomewhere(actor.SubmissionWork, in.Org)
	}
	return who, c, err
}

// sentForm is forms, and the work of the form that a request is about.
func (d *Door) sentForm(ctx context.Context, in *OneSubmission) (who actor.Actor, c *catalog.Config, item ids.Work, err error) {
	if who, c, err = d.forms(ctx, &in.Credentials); err == nil {
		item, err = d.Programs.Forms.WorkOf(ctx, who, in.Org, in.Submission)
	}
	return who, c, item, err
}

func (d *Door) submissions(ctx context.Context, in *struct {
	Credentials
	After int64          `query:"after" minimum:"0" default:"0" doc:"The next of the page before; left out for the beginning."`
	Limit int            `query:"limit" minimum:"1" maximum:"500" default:"100"`
	Form  ids.Form       `query:"form" maxLength:"60" doc:"Of this form alone."`
	Inbox ids.Inbox      `query:"inbox" maxLength:"60" doc:"What lies in this inbox alone."`
	State eservice.State `query:"state" enum:"received,in_progress,more_asked,decided,withdrawn,closed" doc:"What stands so now alone."`
},
) (*struct{ Body SubmissionFeed }, error) {
	who, c, err := d.forms(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	list, next, more, err := d.Programs.Forms.Feed(ctx, who, in.Org, in.After, eservice.Wanted{Form: in.Form, Inbox: in.Inbox, State: in.State}, in.Limit)
	if err != nil {
		return nil, err
	}
	out := SubmissionFeed{Submissions: make([]ListedSubmission, len(list)), Next: next, More: more}
	for i, x := range list {
		out.Submissions[i] = listedSubmission(c, x)
	}
	return &struct{ Body SubmissionFeed }{out}, nil
}

func listedSubmission(c *catalog.Config, x eservice.Listed) ListedSubmission {
	return ListedSubmission{
		Seq: x.Seq, ID: x.ID, Number: x.Number, Form: x.Form, FormVersion: x.Submission.Version, Inbox: c.Inbox(x.Work.Inbox).ID, State: x.State, SentAt: moment(x.SentAt, c.Zone()),
		EndedAt: momentOrNone(c, x.EndedAt), AskedUntil: momentOrNone(c, x.AskedUntil), Due: momentOrNone(c, x.Work.Due), Assignee: string(x.Work.Assignee), Version: x.Work.Version,
	}
}

func (d *Door) submission(ctx context.Context, in *OneSubmission) (*ReadSubmission, error) {
	who, c, item, err := d.sentForm(ctx, in)
	if err != nil {
		return nil, err
	}
	a, err := d.Programs.Forms.Read(ctx, who, in.Org, item)
	if err != nil {
		return nil, err
	}
	from, err := d.Programs.Identity.Writer(ctx, who, in.Org, a.Owner)
	if err != nil {
		return nil, err
	}
	by, err := d.Programs.Forms.SentBy(ctx, a.Submission)
	if err != nil {
		return nil, err
	}
	l := listedSubmission(c, eservice.Listed{Submission: a.Submission, Work: a.Item})
	out := Submission{
		ID: l.ID, Number: l.Number, Form: l.Form, FormVersion: l.FormVersion, FormDigest: a.Submission.Digest, Inbox: l.Inbox, State: l.State, SentAt: l.SentAt, EndedAt: l.EndedAt,
		DeleteAt: momentOrNone(c, a.DeleteAt), Held: a.Hold != nil, AskedUntil: l.AskedUntil, Due: l.Due, Assignee: l.Assignee, Version: l.Version, Lang: Lang(a.Lang),
		From: formSender(a, from), SentBy: by, Entered: a.By != "", Level: a.Level.String(), Reach: a.Reach, Digest: a.AnswersDigest, Answers: a.Answers, Sources: a.Sources,
		Steps: d.inWords(in.r, a.Whole), Files: []SubmissionFile{}, Events: make([]SubmissionEvent, len(a.Events)), Notes: []SubmissionNote{},
	}
	if out.Answers == nil {
		out.Answers = map[string]any{}
	}
	for _, f := range a.Attached {
		out.Files = append(out.Files, SubmissionFile{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Digest: f.DigestHex(), State: f.State})
	}
	for i, e := range a.Events {
		out.Events[i] = submissionEvent(c, e)
	}
	if a.AnsweredAnew() {
		out.Present = a.Present()
	}
	if x := a.For; !x.IsZero() {
		out.Contact = &SubmissionContact{Name: x.Name, Email: x.Email, Phone: x.Phone, Post: x.Post}
	}
	for _, e := range a.History {
		if e.What == worklist.Noted {
			out.Notes = append(out.Notes, SubmissionNote{At: moment(e.At, c.Zone()), By: e.ActorKind, Text: e.Text})
		}
	}
	return &ReadSubmission{ETag: etagOf(a.Item.Version), Body: out}, nil
}

func formSender(a eservice.AtDesk, w identity.Writer) MatterSender {
	return matterSender(mailbox.AtDesk{Owner: a.Owner, Person: a.Person}, w)
}

func submissionEvent(c *catalog.Config, e eservice.Event) SubmissionEvent {
	out := SubmissionEvent{Seq: e.Seq, What: e.What, At: moment(e.At, c.Zone()), By: e.ActorKind, Subject: e.Subject, Text: e.Text, Answers: e.Answers, Anew: e.Fields, Until: momentOrNone(c, e.Until)}
	for _, f := range e.Files {
		out.Files = append(out.Files, f.ID)
	}
	if e.What == eservice.Answered {
		out.Letter, out.Outcome = ids.Letter(e.Detail), e.Outcome
	}
	return out
}

// inWords are the answers in the words of the form.
func (d *Door) inWords(r *http.Request, w eservice.Whole) []SubmissionStep {
	out := []SubmissionStep{}
	for _, s := range w.Sections(d.printer(r)) {
		step := SubmissionStep{Title: s.Title, Answers: make([]SubmissionAnswer, len(s.Lines))}
		for i, l := range s.Lines {
			step.Answers[i] = SubmissionAnswer{At: l.At, Question: l.Label, Answer: l.Value}
			if l.None {
				step.Answers[i].Answer = ""
			}
		}
		out = append(out, step)
	}
	return out
}

// readAtDesk is what was sent, read.
func (d *Door) readAtDesk(ctx context.Context, in *OneSubmission) (eservice.AtDesk, error) {
	who, _, item, err := d.sentForm(ctx, in)
	if err != nil {
		return eservice.AtDesk{}, err
	}
	return d.Programs.Forms.Read(ctx, who, in.Org, item)
}

func (d *Door) submissionSent(ctx context.Context, in *OneSubmission) (*File, error) {
	a, err := d.readAtDesk(ctx, in)
	if err != nil {
		return nil, err
	}
	b, err := a.Sent()
	return &File{Kind: "application/json", Body: b}, err
}

func (d *Door) submissionForm(ctx context.Context, in *OneSubmission) (*File, error) {
	who, _, item, err := d.sentForm(ctx, in)
	if err != nil {
		return nil, err
	}
	v, err := d.Programs.Forms.FormOfWork(ctx, who, in.Org, item)
	if err != nil {
		return nil, err
	}
	return &File{Kind: "application/json", Body: slices.Clone(v.Document)}, nil
}

func (d *Door) submissionPDF(ctx context.Context, in *OneSubmission) (*File, error) {
	who, _, item, err := d.sentForm(ctx, in)
	if err != nil {
		return nil, err
	}
	_, f, err := d.Programs.Forms.DeskPDF(ctx, who, in.Org, item, language(in.r))
	return &File{Kind: pdfType, Body: f.Bytes}, err
}

// submissionFile streams what is attached, however large it is.
func (d *Door) submissionFile(w http.ResponseWriter, r *http.Request) {
	in := &OneSubmission{
		Credentials: Credentials{Caller: Caller{r: r}, Org: ids.Org(r.PathValue("org")), Authorization: r.Header.Get("Authorization")}, Submission: ids.Submission(r.PathValue("submission")),
	}
	who, _, item, err := d.sentForm(r.Context(), in)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	a, content, err := d.Programs.Forms.OpenDeskFile(r.Context(), who, in.Org, item, ids.File(r.PathValue("file")))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	defer content.Close()
	w.Header().Set("Content-Type", string(a.Type))
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	http.ServeContent(w, r, "", time.Time{}, content)
}

func (d *Door) submissionAssignees(ctx context.Context, in *OneSubmission) (*struct{ Body AssigneeList }, error) {
	who, c, item, err := d.sentForm(ctx, in)
	if err != nil {
		return nil, err
	}
	i, err := d.Programs.Forms.Work.Item(ctx, who, in.Org, item)
	if err != nil {
		return nil, err
	}
	list, err := d.Programs.Forms.Work.Takers(ctx, in.Org, c.Inbox(i.Inbox))
	if err != nil {
		return nil, err
	}
	out := AssigneeList{Assignees: make([]Assignee, len(list))}
	for i, t := range list {
		out.Assignees[i] = Assignee{t.ID, t.Name}
	}
	return &struct{ Body AssigneeList }{out}, nil
}
