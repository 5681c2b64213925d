package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/mailbox"
)

// letterRoutes are the letters that an authority's program sends, for programs with a key.
func (d *Door) letterRoutes(api huma.API) {
	const list = "/organisations/{org}/letters"
	const one = list + "/{letter}"
	add(d, api, step("send-letter", http.MethodPost, list, "Send a letter", setAsideWithKey), d.sendLetter)
	add(d, api, step("reach-person", http.MethodPost, list+"/reach", "Ask whether somebody can be reached electronically", deedWithKey), d.reach)
	add(d, api, step("list-letter-events", http.MethodGet, list+"/events", "What became of the letters that were sent", readWithKey), d.letterEvents)
	add(d, api, step("get-letter", http.MethodGet, one, "How a letter stands", readWithKey), d.letter)
	add(d, api, step("recall-letter", http.MethodPost, one+"/recall", "Take a letter back that nobody has read", deedWithKey), d.recallLetter)
}

// mailroom is who asks, where there are letters.
func (d *Door) mailroom(ctx context.Context, in *Credentials) (actor.Actor, *catalog.Config, error) {
	who, err := d.program(ctx, in)
	if err != nil {
		return who, nil, err
	}
	if d.Programs.Mailboxes == nil {
		return who, nil, fault.NotFound("error.not_found")
	}
	c, err := d.organisation(ctx, in.Org)
	return who, c, err
}

// LetterRecipient is whom a letter is for.
type LetterRecipient struct {
	Kind       string `json:"kind" enum:"FI-HETU,SE-PNR,SE-CN,CZ-RC,CZ-BSI,EIDAS-PID,COMPANY" doc:"What sort of identifier it is. COMPANY: the public number of a company or an association, such as a Finnish Y-tunnus."`
	Identifier string `json:"identifier" minLength:"1" maxLength:"300"`
}

// company is the kind of a company's number.
const company = "COMPANY"

// recipient reads whom a letter is for. A wrong identifier is never repeated.
func (d *Door) recipient(p LetterRecipient) (mailbox.Recipient, error) {
	if p.Kind == company {
		number, ok := i18n.CleanLine(p.Identifier)
		if !ok || number == "" || len(number) > mailbox.MostNumber {
			return mailbox.Recipient{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "recipient.identifier", Key: "record.number"})
		}
		return mailbox.Recipient{Number: number}, nil
	}
	kind := natid.Kind(p.Kind)
	code, err := natid.Parse(kind, p.Identifier, natid.Options{Test: d.Programs.Identity.TestIdentifiers})
	if err != nil {
		return mailbox.Recipient{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "recipient.identifier", Key: fault.Of(err).Key})
	}
	return mailbox.Recipient{Kind: natid.Sort(kind, code), Code: code}, nil
}

// ReachRequest asks for somebody.
type ReachRequest struct {
	Recipient LetterRecipient `json:"recipient"`
}

// ReachAnswer is which way a letter would go to somebody now.
type ReachAnswer struct {
	Reach mailbox.Reach `json:"reach" enum:"mailbox,paper" doc:"The way that a letter of the organisation would go now. Nothing more is told: not why, and not whether the person is known here."`
}

func (d *Door) reach(ctx context.Context, in *struct {
	Credentials
	Body ReachRequest
},
) (*struct{ Body ReachAnswer }, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err == nil {
		err = who.May(actor.LetterSend, actor.Object{Org: in.Org})
	}
	if err != nil {
		return nil, err
	}
	to, err := d.recipient(in.Body.Recipient)
	if err != nil {
		return nil, err
	}
	way, err := d.Programs.Mailboxes.Reachable(ctx, who, in.Org, to)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReachAnswer }{ReachAnswer{way}}, nil
}

// LetterRequest is a letter to be sent.
type LetterRequest struct {
	Recipient LetterRecipient `json:"recipient"`
	Kind      mailbox.Kind    `json:"kind" enum:"decision,notice,message"`
	Service   mailbox.Mode    `json:"service" enum:"ordinary,verifiable" doc:"verifiable: the recipient confirms that it arrived before they can read it; what is not confirmed in time goes on paper."`
	Lang      Lang            `json:"lang" doc:"The language that the letter is written in."`
	Subject   string          `json:"subject" minLength:"1" maxLength:"255" doc:"One line. It is shown in the mailbox alone, never in an email or a text message."`
	Body      string          `json:"body" minLength:"1" maxLength:"100000" doc:"Plain text; empty lines part paragraphs."`
	Post      []string        `json:"post" minItems:"2" maxItems:"7" nullable:"false" doc:"The recipient's name and address, line by line, for the case that the letter goes on paper."`
	Reply     bool            `json:"reply_allowed,omitempty" doc:"Whether the recipient may answer."`
	Retention string          `json:"retention,omitempty" maxLength:"63" doc:"The organisation's class by which the letter is kept; left out, the one for its kind."`
	ExpiresAt string          `json:"expires_at,omitempty" format:"date-time" doc:"The last second in which it can be read in the mailbox; left out for no end."`
	Files     []ids.File      `json:"attachments,omitempty" maxItems:"100" nullable:"false" doc:"Files that were uploaded before (upload-file), in their order. The letter is published when the malware scanner has found all of them clean."`
	Ref       string          `json:"ref,omitempty" maxLength:"100" pattern:"^[A-Za-z0-9._/-]*$" patternDescription:"letters, digits and . _ / -" doc:"Your own name of the letter, such as a record number. Nothing personal belongs into it."`
}

// ServiceDate is when a letter counts as served, and by which rule.
type ServiceDate struct {
	On       string `json:"on" format:"date" doc:"The day, in the organisation's zone."`
	Certain  bool   `json:"certain" doc:"false while the day lies ahead and something may still come before it."`
	Presumed bool   `json:"presumed" doc:"Whether it counts as served on that day unless the recipient shows otherwise."`
	Country  string `json:"country" example:"FI" doc:"Whose rule it is, by ISO 3166-1."`
	Since    string `json:"rule_since" format:"date" doc:"From which day on the rule holds."`
	Source   string `json:"source" example:"FI 13/2003, 19 §" doc:"The law that says so."`
}

// LetterEvent is one thing that happened to a letter.
type LetterEvent struct {
	Seq    int64        `json:"seq" doc:"Its number in the feed."`
	Letter ids.Letter   `json:"letter"`
	What   mailbox.What `json:"what" enum:"accepted,published,notified,notification_failed,reminded,signed_in,read,confirmed,service_failed,printing,printed,posted,returned,recalled,expired,purged,checked,refused"`
	At     string       `json:"at" format:"date-time"`
}

// SentLetter is how a letter stands, without what it says and whose it is.
type SentLetter struct {
	ID          ids.Letter      `json:"id"`
	Ref         string          `json:"ref,omitempty"`
	Kind        mailbox.Kind    `json:"kind" enum:"decision,notice,message"`
	Service     mailbox.Mode    `json:"service" enum:"ordinary,verifiable"`
	Channel     mailbox.Channel `json:"channel" enum:"mailbox,paper" doc:"The way that it goes now: a letter that was not confirmed in time has changed from mailbox to paper."`
	CreatedAt   string          `json:"created_at" format:"date-time"`
	PublishedAt string          `json:"published_at,omitempty" format:"date-time" doc:"Since when it lies in the mailbox."`
	ConfirmBy   string          `json:"confirm_by,omitempty" format:"date-time" doc:"The last second in which it can be confirmed."`
	ExpiresAt   string          `json:"expires_at,omitempty" format:"date-time"`
	NotifiedAt  string          `json:"notified_at,omitempty" format:"date-time"`
	ReadAt      string          `json:"read_at,omitempty" format:"date-time"`
	ConfirmedAt string          `json:"confirmed_at,omitempty" format:"date-time"`
	FailedAt    string          `json:"service_failed_at,omitempty" format:"date-time" doc:"Since when it goes on paper because nobody confirmed it."`
	PrintedAt   string          `json:"printed_at,omitempty" format:"date-time"`
	PostedAt    string          `json:"posted_at,omitempty" format:"date-time"`
	ReturnedAt  string          `json:"returned_at,omitempty" format:"date-time"`
	RecalledAt  string          `json:"recalled_at,omitempty" format:"date-time"`
	RefusedAt   string          `json:"refused_at,omitempty" format:"date-time" doc:"Since when it goes nowhere because malware was found in an attachment."`
	ExpiredAt   string          `json:"expired_at,omitempty" format:"date-time"`
	PurgedAt    string          `json:"purged_at,omitempty" format:"date-time"`
	Served      *ServiceDate    `json:"served,omitempty" doc:"When it counts as served; left out while no day can be told."`
	Digest      string          `json:"sha256" doc:"Of the content as it was handed over."`
	OnRequest   []ids.File      `json:"not_on_paper,omitempty" nullable:"false" doc:"Attachments that are not printed if the letter goes on paper, now or later: it names them, and says that they are had electronically on request. Attach a PDF instead where they must be on paper."`
	Events      []LetterEvent   `json:"events" nullable:"false" doc:"What happened to it, in the order in which it became known."`
}

func sentLetter(c *catalog.Config, l mailbox.Shown) SentLetter {
	at := func(unix int64) string {
		if unix == 0 {
			return ""
		}
		return moment(unix, c.Zone())
	}
	st := l.Standing
	out := SentLetter{
		ID: l.ID, Ref: l.Ref, Kind: l.Kind, Service: l.Mode, Channel: l.Channel, CreatedAt: at(l.CreatedAt), PublishedAt: at(st.Published), ConfirmBy: at(l.ConfirmBy),
		ExpiresAt: at(l.ExpiresAt), NotifiedAt: at(st.Told), ReadAt: at(st.Read), ConfirmedAt: at(st.Confirmed), FailedAt: at(st.Unserved), PrintedAt: at(st.Printed),
		PostedAt: at(st.Posted), ReturnedAt: at(st.Returned), RecalledAt: at(st.Recalled), RefusedAt: at(st.Refused), ExpiredAt: at(st.Expired), PurgedAt: at(st.Purged), Digest: l.DigestHex(), OnRequest: l.OnRequest,
		Events: []LetterEvent{},
	}
	if st.Unserved > 0 {
		out.Channel = mailbox.Paper
	}
	if s := l.Served; !s.On.IsZero() && st.Recalled == 0 {
		out.Served = &ServiceDate{On: s.On.String(), Certain: s.Certain, Presumed: s.Presumed, Country: s.Rule.Country, Since: s.Rule.From, Source: s.Rule.Source}
	}
	for _, e := range l.Events {
		if e.What.Fed() {
			out.Events = append(out.Events, letterEvent(c, e))
		}
	}
	return out
}

func letterEvent(c *catalog.Config, e mailbox.Event) LetterEvent {
	return LetterEvent{Seq: e.Seq, Letter: e.Letter, What: e.What, At: moment(e.At, c.Zone())}
}

// LetterMade is the answer to a letter that was sent.
type LetterMade struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     SentLetter
}

func (d *Door) sendLetter(ctx context.Context, in *struct {
	Credentials
	Keyed
	Body LetterRequest
},
) (*LetterMade, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err == nil {
		err = who.May(actor.LetterSend, actor.Object{Org: in.Org})
	}
	if err != nil {
		return nil, err
	}
	b := in.Body
	to, err := d.recipient(b.Recipient)
	if err != nil {
		return nil, err
	}
	r := mailbox.SendRequest{
		Org: in.Org, Recipient: to, Kind: b.Kind, Mode: b.Service, Lang: i18n.Lang(b.Lang), Content: mailbox.Content{Subject: b.Subject, Body: b.Body, Post: b.Post},
		Reply: b.Reply, Ref: b.Ref, Attachments: b.Files, Class: b.Retention, Key: in.formKey("letter", string(who.Client)),
	}
	if b.ExpiresAt != "" {
		t, err := time.Parse(time.RFC3339, b.ExpiresAt)
		if err != nil || t.Nanosecond() != 0 || t.Unix() <= 0 {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "expires_at", Key: "api.field_time"})
		}
		r.ExpiresAt = t.Unix()
	}
	sent, again, err := d.Programs.Mailboxes.SendOnce(ctx, who, r)
	if err != nil {
		return nil, err
	}
	l, err := d.Programs.Mailboxes.SentLetter(ctx, who, in.Org, sent.ID)
	if err != nil {
		return nil, err
	}
	return &LetterMade{Replayed: replayed(again), Body: sentLetter(c, l)}, nil
}

// OneLetter is a request about one letter.
type OneLetter struct {
	Credentials
	Letter ids.Letter `path:"letter" maxLength:"40" doc:"As send-letter answered."`
}

func (d *Door) letter(ctx context.Context, in *OneLetter) (*struct{ Body SentLetter }, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	l, err := d.Programs.Mailboxes.SentLetter(ctx, who, in.Org, in.Letter)
	if err != nil {
		return nil, err
	}
	return &struct{ Body SentLetter }{sentLetter(c, l)}, nil
}

func (d *Door) recallLetter(ctx context.Context, in *OneLetter) (*struct{ Body SentLetter }, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	if err := d.Programs.Mailboxes.Recall(ctx, who, in.Org, in.Letter); err != nil {
		return nil, err
	}
	return d.letter(ctx, in)
}

// LetterFeed is a page of what happened.
type LetterFeed struct {
	Events []LetterEvent `json:"events" nullable:"false" doc:"In the order in which they became known. Numbers may be left out."`
	Next   int64         `json:"next" doc:"Ask again with this as after: whoever does misses nothing."`
	More   bool          `json:"more" doc:"Whether there is more to be had at once."`
}

func (d *Door) letterEvents(ctx context.Context, in *struct {
	Credentials
	After int64 `query:"after" minimum:"0" default:"0" doc:"The next of the page before; left out for the beginning."`
	Limit int   `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body LetterFeed }, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	list, next, more, err := d.Programs.Mailboxes.Feed(ctx, who, in.Org, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := LetterFeed{Events: make([]LetterEvent, len(list)), Next: next, More: more}
	for i, e := range list {
		out.Events[i] = letterEvent(c, e)
	}
	return &struct{ Body LetterFeed }{out}, nil
}
