package api

import (
	"context"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	attached "luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// matterRoutes are what people write in letters, for a case system with a key.
func (d *Door) matterRoutes(api huma.API) {
	const list = "/organisations/{org}/matters"
	const one = list + "/{matter}"
	const content = one + "/letters/{letter}/files/{file}"
	add(d, api, step("list-matters", http.MethodGet, list, "What people wrote, and what was done with it, since a number", readWithKey), d.matters)
	add(d, api, step("get-matter", http.MethodGet, one, "Read a matter", readWithKey), d.matter)
	add(d, api, step("answer-matter", http.MethodPost, one+"/letters", "Answer a matter, or decide it", answerWithKey), d.answerMatter)
	add(d, api, step("list-assignees", http.MethodGet, one+"/assignees", "To whom a matter can be given", readWithKey), d.assignees)
	add(d, api, step("assign-matter", http.MethodPut, one+"/assignee", "Give a matter to somebody, to the program itself, or to nobody", deedWithKey), d.assignMatter)
	add(d, api, step("date-matter", http.MethodPut, one+"/due", "Say until when a matter is to be answered", deedWithKey), d.dateMatter)
	add(d, api, step("close-matter", http.MethodPost, one+"/close", "Close a matter", deedWithKey), d.closeMatter)
	add(d, api, step("hand-over-matter", http.MethodPost, one+"/hand-over", "Hand a matter over to another inbox or organisation", deedWithKey), d.handOverMatter)

	op := file("get-matter-file", content, "An attachment of a letter of a matter", "application/octet-stream")
	op.Parameters = []*huma.Param{}
	for _, name := range []string{"org", "matter", "letter", "file"} {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.Errors = append(op.Errors, http.StatusConflict)
	document(api.OpenAPI(), &op)
	api.OpenAPI().AddOperation(&op)
	d.streams.HandleFunc("GET "+prefix+content, d.matterFile)
}

// ListedMatter is a matter in the feed, without whose it is and without what it says.
type ListedMatter struct {
	Seq         int64           `json:"seq" doc:"The number of its newest change."`
	ID          ids.Work        `json:"id"`
	Kind        mailbox.Kind    `json:"kind" enum:"application,statement,rectification,notice,other" doc:"What the person called it, when it came."`
	Inbox       ids.Inbox       `json:"inbox" doc:"Where it lies now."`
	State       worklist.State  `json:"state" enum:"open,waiting,closed" doc:"open: somebody who works here has something to do. waiting: the person has. closed: nobody has."`
	Unanswered  int64           `json:"unanswered" doc:"How many letters came since the last answer."`
	CreatedAt   string          `json:"created_at" format:"date-time"`
	Since       string          `json:"since" format:"date-time" doc:"Since when it has been in this state."`
	Due         string          `json:"due,omitempty" format:"date-time" doc:"The last second in which it is to be answered; left out for no end."`
	Assignee    string          `json:"assignee,omitempty" doc:"Who has taken it: one of those who work here, or a program; left out for nobody."`
	Appointment ids.Appointment `json:"appointment,omitempty" doc:"The booking that it is about."`
	Version     int64           `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
}

// MatterFeed is a page of the feed.
type MatterFeed struct {
	Matters []ListedMatter `json:"matters" nullable:"false" doc:"Each once, in the order of their newest changes. Numbers may be left out."`
	Next    int64          `json:"next" doc:"Ask again with this as after: whoever does misses nothing."`
	More    bool           `json:"more" doc:"Whether there is more to be had at once."`
}

// MatterSender is who wrote: what identifies them is as send-letter takes it.
type MatterSender struct {
	Kind       string `json:"kind,omitempty" enum:"FI-HETU,SE-PNR,SE-CN,CZ-RC,CZ-BSI,EIDAS-PID,COMPANY" doc:"What sort of identifier it is; left out for whom no register knows."`
	Identifier string `json:"identifier,omitempty"`
	Name       string `json:"name,omitempty"`
}

// MatterFile is an attachment of a letter of a matter.
type MatterFile struct {
	ID     ids.File       `json:"id"`
	Name   string         `json:"name"`
	Type   attached.Type  `json:"type" example:"application/pdf" doc:"What it is, by its content."`
	Size   int64          `json:"size" doc:"In bytes."`
	Digest string         `json:"sha256"`
	State  attached.State `json:"state" enum:"waiting,clean,infected,refused" doc:"Only a clean one can be fetched."`
}

// MatterLetter is a letter of a matter.
type MatterLetter struct {
	ID          ids.Letter      `json:"id"`
	Direction   string          `json:"direction" enum:"in,out" doc:"in: the person wrote it."`
	Kind        mailbox.Kind    `json:"kind" enum:"application,statement,rectification,notice,other,decision,message"`
	Service     mailbox.Mode    `json:"service,omitempty" enum:"ordinary,verifiable" doc:"Of what was sent to the person."`
	Channel     mailbox.Channel `json:"channel,omitempty" enum:"mailbox,paper" doc:"Which way it went to the person."`
	Lang        Lang            `json:"lang"`
	At          string          `json:"at" format:"date-time" doc:"When it arrived here, or was sent."`
	ReadAt      string          `json:"read_at,omitempty" format:"date-time"`
	ConfirmedAt string          `json:"confirmed_at,omitempty" format:"date-time"`
	Subject     string          `json:"subject"`
	Body        string          `json:"body" doc:"Plain text. Empty when it was erased."`
	Digest      string          `json:"sha256" doc:"Of the content as it was handed over."`
	Files       []MatterFile    `json:"attachments" nullable:"false"`
}

// Matter is a matter with its letters.
type Matter struct {
	ID          ids.Work        `json:"id"`
	Kind        mailbox.Kind    `json:"kind" enum:"application,statement,rectification,notice,other"`
	Inbox       ids.Inbox       `json:"inbox"`
	State       worklist.State  `json:"state" enum:"open,waiting,closed"`
	Unanswered  int64           `json:"unanswered"`
	CreatedAt   string          `json:"created_at" format:"date-time"`
	Since       string          `json:"since" format:"date-time"`
	Due         string          `json:"due,omitempty" format:"date-time"`
	Assignee    string          `json:"assignee,omitempty"`
	Appointment ids.Appointment `json:"appointment,omitempty"`
	Version     int64           `json:"version"`
	From        MatterSender    `json:"from" doc:"Who wrote."`
	Reach       mailbox.Reach   `json:"reach" enum:"mailbox,paper" doc:"Which way an answer goes as things are. On paper it needs post."`
	HandedBy    ids.Org         `json:"handed_over_by,omitempty" doc:"The organisation that it came from."`
	CameAt      string          `json:"came_there_at,omitempty" format:"date-time" doc:"When it arrived there: a period that was kept there is kept."`
	Letters     []MatterLetter  `json:"letters" nullable:"false" doc:"The oldest first."`
}

// ReadMatter is the answer with a matter.
type ReadMatter struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body Matter
}

// OneMatter is a request about one matter.
type OneMatter struct {
	Credentials
	Matter ids.Work `path:"matter" maxLength:"40" doc:"As list-matters has it."`
}

// SeenMatter is a change of a matter as it was read.
type SeenMatter struct {
	OneMatter
	IfMatch string `header:"If-Match" required:"true" doc:"The ETag of the matter that was read: when a letter has come since, or somebody did something, nothing is done and the answer is 412." example:"\"3\""`
}

// version is what the asker has seen.
func (in SeenMatter) version() (int64, error) {
	seen, err := Guarded{in.IfMatch}.seen()
	if err != nil || seen == nil {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "If-Match", Key: "api.field_conversation_version"})
	}
	return *seen, nil
}

// casework is who asks, where there are letters, and may work on what people write.
func (d *Door) casework(ctx context.Context, in *Credentials) (actor.Actor, *catalog.Config, error) {
	who, c, err := d.mailroom(ctx, in)
	if err == nil {
		err = who.MaySomewhere(actor.LetterWork, in.Org)
	}
	return who, c, err
}

func (d *Door) matters(ctx context.Context, in *struct {
	Credentials
	After int64 `query:"after" minimum:"0" default:"0" doc:"The next of the page before; left out for the beginning."`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body MatterFeed }, error) {
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	list, next, more, err := d.Programs.Mailboxes.MatterFeed(ctx, who, in.Org, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := MatterFeed{Matters: make([]ListedMatter, len(list)), Next: next, More: more}
	for i, m := range list {
		out.Matters[i] = listedMatter(c, m)
	}
	return &struct{ Body MatterFeed }{out}, nil
}

func listedMatter(c *catalog.Config, m mailbox.FedMatter) ListedMatter {
	w := m.Work
	return ListedMatter{
		Seq: m.Seq, ID: w.ID, Kind: mailbox.Kind(w.Subject), Inbox: c.Inbox(w.Inbox).ID, State: w.State, Unanswered: w.Fresh, CreatedAt: moment(w.CreatedAt, c.Zone()),
		Since: moment(w.Since, c.Zone()), Due: momentOrNone(c, w.Due), Assignee: string(w.Assignee), Appointment: m.About, Version: w.Version,
	}
}

// momentOrNone is a moment; empty for none.
func momentOrNone(c *catalog.Config, at int64) string {
	if at == 0 {
		return ""
	}
	return moment(at, c.Zone())
}

func (d *Door) matter(ctx context.Context, in *OneMatter) (*ReadMatter, error) {
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	a, err := d.Programs.Mailboxes.Matter(ctx, who, in.Org, in.Matter)
	if err != nil {
		return nil, err
	}
	w, err := d.Programs.Identity.Writer(ctx, who, in.Org, a.Owner)
	if err != nil {
		return nil, err
	}
	l := listedMatter(c, mailbox.FedMatter{Matter: a.Matter, Work: a.Item})
	out := &ReadMatter{ETag: etagOf(a.Item.Version), Body: Matter{
		ID: l.ID, Kind: l.Kind, Inbox: l.Inbox, State: l.State, Unanswered: l.Unanswered, CreatedAt: l.CreatedAt, Since: l.Since, Due: l.Due, Assignee: l.Assignee, Appointment: l.Appointment,
		Version: l.Version, From: matterSender(a, w), Reach: a.Reach, HandedBy: a.From, CameAt: momentOrNone(c, a.CameAt), Letters: make([]MatterLetter, len(a.Letters)),
	}}
	for i, l := range a.Letters {
		if out.Body.Letters[i], err = d.matterLetter(ctx, c, l); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func matterSender(a mailbox.AtDesk, w identity.Writer) MatterSender {
	switch {
	case a.Owner.Company != "":
		return MatterSender{Kind: company, Identifier: w.Company.BusinessID, Name: w.Company.Name}
	case w.Code == "":
		return MatterSender{Name: a.Person.Name}
	}
	return MatterSender{Kind: string(w.Kind), Identifier: w.Code.Reveal(), Name: a.Person.Name}
}

func (d *Door) matterLetter(ctx context.Context, c *catalog.Config, l mailbox.Stored) (MatterLetter, error) {
	out := MatterLetter{
		ID: l.ID, Direction: "in", Kind: l.Kind, Lang: Lang(l.Lang), At: moment(l.CreatedAt, c.Zone()), Subject: l.Subject, Body: l.Body, Digest: l.DigestHex(), Files: []MatterFile{},
	}
	if !l.Inward {
		st := l.Stand()
		out.Direction, out.Service, out.Channel, out.ReadAt, out.ConfirmedAt = "out", l.Mode, l.Channel, momentOrNone(c, st.Read), momentOrNone(c, st.Confirmed)
		if st.Unserved > 0 {
			out.Channel = mailbox.Paper
		}
	}
	list, err := d.Programs.Mailboxes.MatterFiles(ctx, l)
	for _, f := range list {
		out.Files = append(out.Files, MatterFile{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Digest: f.DigestHex(), State: f.State})
	}
	return out, err
}

// matterFile streams an attachment, however large it is.
func (d *Door) matterFile(w http.ResponseWriter, r *http.Request) {
	in := &Credentials{Caller: Caller{r: r}, Org: ids.Org(r.PathValue("org")), Authorization: r.Header.Get("Authorization")}
	who, _, err := d.casework(r.Context(), in)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	a, content, err := d.Programs.Mailboxes.MatterFile(r.Context(), who, in.Org, ids.Work(r.PathValue("matter")), ids.Letter(r.PathValue("letter")), ids.File(r.PathValue("file")))
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	defer content.Close()
	w.Header().Set("Content-Type", string(a.Type))
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	http.ServeContent(w, r, "", time.Time{}, content)
}

// MatterAnswerRequest is an answer.
type MatterAnswerRequest struct {
	Kind    mailbox.Kind `json:"kind" enum:"decision,notice,message"`
	Service mailbox.Mode `json:"service" enum:"ordinary,verifiable" doc:"verifiable: the recipient confirms that it arrived before they can read it; what is not confirmed in time goes on paper."`
	Subject string       `json:"subject" minLength:"1" maxLength:"255" doc:"One line."`
	Body    string       `json:"body" minLength:"1" maxLength:"100000" doc:"Plain text; empty lines part paragraphs. In the language in which the person wrote."`
	Post    []string     `json:"post,omitempty" maxItems:"7" nullable:"false" doc:"The recipient's name and address, line by line. Needed when the answer goes on paper (reach)."`
	Reply   bool         `json:"reply_allowed,omitempty" doc:"Whether the person may answer."`
	Close   bool         `json:"close,omitempty" doc:"Closes the matter with it."`
}

// MatterDone is a matter after something was done with it.
type MatterDone struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     struct {
		State    worklist.State `json:"state" enum:"open,waiting,closed"`
		Inbox    ids.Inbox      `json:"inbox"`
		Assignee string         `json:"assignee,omitempty"`
		Due      string         `json:"due,omitempty" format:"date-time"`
		Letter   ids.Letter     `json:"letter,omitempty" doc:"The answer that was sent."`
		Version  int64          `json:"version" doc:"The ETag, for If-Match, is this number in quotes."`
	}
}

// matterDone is a matter as it is now, after a change that had err.
func (d *Door) matterDone(ctx context.Context, who actor.Actor, c *catalog.Config, in *OneMatter, err error) (*MatterDone, error) {
	if fault.IsKey(err, "work.changed") {
		err = fault.Conflict("api.changed_since", nil)
	}
	if err != nil {
		return nil, err
	}
	i, err := d.Programs.Mailboxes.Work.Item(ctx, who, in.Org, in.Matter)
	if err != nil {
		return nil, err
	}
	out := &MatterDone{ETag: etagOf(i.Version)}
	out.Body.State, out.Body.Inbox, out.Body.Assignee, out.Body.Due, out.Body.Version = i.State, c.Inbox(i.Inbox).ID, string(i.Assignee), momentOrNone(c, i.Due), i.Version
	return out, nil
}

func (d *Door) answerMatter(ctx context.Context, in *struct {
	SeenMatter
	Keyed
	Body MatterAnswerRequest
},
) (*MatterDone, error) {
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	sent, again, err := d.Programs.Mailboxes.AnswerOnce(ctx, who, mailbox.Answer{
		Org: in.Org, Item: in.Matter, Seen: seen, Key: in.messageKey(who, in.Matter), Kind: b.Kind, Mode: b.Service, Content: mailbox.Content{Subject: b.Subject, Body: b.Body, Post: b.Post},
		Reply: b.Reply, Close: b.Close,
	})
	out, err := d.matterDone(ctx, who, c, &in.OneMatter, err)
	if err != nil {
		return nil, err
	}
	out.Replayed, out.Body.Letter = replayed(again), sent
	return out, nil
}

// Assignee is somebody to whom a matter can be given.
type Assignee struct {
	Staff ids.Staff `json:"staff"`
	Name  string    `json:"name"`
}

// AssigneeList is who they are.
type AssigneeList struct {
	Assignees []Assignee `json:"assignees" nullable:"false" doc:"Those who may read what lies in its inbox."`
}

func (d *Door) assignees(ctx context.Context, in *OneMatter) (*struct{ Body AssigneeList }, error) {
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	i, err := d.Programs.Mailboxes.Work.Item(ctx, who, in.Org, in.Matter)
	if err != nil {
		return nil, err
	}
	list, err := d.Programs.Mailboxes.Work.Takers(ctx, in.Org, c.Inbox(i.Inbox))
	if err != nil {
		return nil, err
	}
	out := AssigneeList{Assignees: make([]Assignee, len(list))}
	for i, t := range list {
		out.Assignees[i] = Assignee{t.ID, t.Name}
	}
	return &struct{ Body AssigneeList }{out}, nil
}

// MatterAssigneeRequest says to whom a matter is given.
type MatterAssigneeRequest struct {
	Staff   ids.Staff `json:"staff,omitempty" maxLength:"40" doc:"One of list-assignees. Without it, and without program, the matter goes back to all."`
	Program bool      `json:"program,omitempty" doc:"The program that asks keeps it to itself."`
}

func (d *Door) assignMatter(ctx context.Context, in *struct {
	SeenMatter
	Body MatterAssigneeRequest
},
) (*MatterDone, error) {
	return d.matterDeed(ctx, &in.SeenMatter, in.Body.deed)
}

// MatterDueRequest says until when a matter is to be answered.
type MatterDueRequest struct {
	Due string `json:"due,omitempty" format:"date-time" doc:"The last second; left out for no end. At most a year ahead."`
}

func (d *Door) dateMatter(ctx context.Context, in *struct {
	SeenMatter
	Body MatterDueRequest
},
) (*MatterDone, error) {
	return d.matterDeed(ctx, &in.SeenMatter, in.Body.deed)
}

func (d *Door) closeMatter(ctx context.Context, in *SeenMatter) (*MatterDone, error) {
	return d.matterDeed(ctx, in, func(actor.Actor) (worklist.Deed, error) { return worklist.Deed{Do: worklist.Ended}, nil })
}

func (d *Door) matterDeed(ctx context.Context, in *SeenMatter, what func(who actor.Actor) (worklist.Deed, error)) (*MatterDone, error) {
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	deed, err := what(who)
	if err != nil {
		return nil, err
	}
	if deed.Seen, err = in.version(); err != nil {
		return nil, err
	}
	deed.Org, deed.ID = in.Org, in.Matter
	_, err = d.Programs.Mailboxes.Do(ctx, who, deed)
	return d.matterDone(ctx, who, c, &in.OneMatter, err)
}

// HandOverRequest says where a matter goes.
type HandOverRequest struct {
	Inbox ids.Inbox `json:"inbox,omitempty" maxLength:"60" doc:"Another inbox of the organisation; nobody has taken it then."`
	Org   ids.Org   `json:"organisation,omitempty" maxLength:"60" doc:"Another organisation: what the person wrote goes there with the day on which it came, the person is told by a letter, and here the matter is closed."`
	Post  []string  `json:"post,omitempty" maxItems:"7" nullable:"false" doc:"Where the person is told on paper, for whom cannot be reached in a mailbox."`
}

func (d *Door) handOverMatter(ctx context.Context, in *struct {
	SeenMatter
	Body HandOverRequest
},
) (*MatterDone, error) {
	b := in.Body
	if (b.Inbox == "") == (b.Org == "") {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "inbox", Key: "error.field.choose"})
	}
	if b.Inbox != "" {
		return d.matterDeed(ctx, &in.SeenMatter, func(actor.Actor) (worklist.Deed, error) {
			return worklist.Deed{Do: worklist.Handed, Inbox: b.Inbox}, nil
		})
	}
	who, c, err := d.casework(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	err = d.Programs.Mailboxes.HandOn(ctx, who, mailbox.HandOn{Org: in.Org, Item: in.Matter, Seen: seen, To: b.Org, Post: b.Post})
	return d.matterDone(ctx, who, c, &in.OneMatter, renamed(err, "to", "organisation")) // the pages call it "to"
}
