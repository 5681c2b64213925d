package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/conversation"
	"luukku/domain/worklist"
)

var answerWithKey = steps{tag: tagPrograms, status: http.StatusCreated, security: keyed, errors: []int{400, 401, 404, 409, 412, 413, 415, 422, 429, 500, 503}}

// conversationRoutes are the conversations by text message, for programs with a key.
func (d *Door) conversationRoutes(api huma.API) {
	const list = "/organisations/{org}/conversations"
	const one = list + "/{conversation}"
	add(d, api, step("list-conversations", http.MethodGet, list, "Conversations by text message", readWithKey), d.conversations)
	add(d, api, step("get-conversation", http.MethodGet, one, "Read a conversation", readWithKey), d.conversation)
	add(d, api, step("answer-conversation", http.MethodPost, one+"/messages", "Answer in a conversation", answerWithKey), d.answerConversation)
	add(d, api, step("assign-conversation", http.MethodPut, one+"/assignee", "Give a conversation to somebody, or to nobody", deedWithKey), d.assignConversation)
	add(d, api, step("close-conversation", http.MethodPost, one+"/close", "Close a conversation", deedWithKey), d.closeConversation)
}

// ListedConversation is a conversation in a list, without whose it is.
type ListedConversation struct {
	ID           ids.Work       `json:"id"`
	Inbox        ids.Inbox      `json:"inbox" doc:"Where it lies now."`
	State        worklist.State `json:"state" enum:"open,waiting,closed" doc:"open: somebody who works here has something to do. waiting: the person has. closed: nobody has."`
	Unanswered   int64          `json:"unanswered" doc:"How many messages came since the last answer."`
	Since        string         `json:"since" format:"date-time" doc:"Since when it has been in this state."`
	Due          string         `json:"due,omitempty" format:"date-time" doc:"Until when it is to be answered; left out for no end."`
	Assignee     ids.Staff      `json:"assignee,omitempty" doc:"Who has taken it; left out for nobody."`
	NumberEnding string         `json:"number_ending" example:"4567" doc:"The last digits of the number."`
	Identity     string         `json:"identity" enum:"none,wrong,unknown,record,other,several,fits,staff" doc:"What is known of who it is: no code; a wrong one; one that nobody here has; none, but the office wrote first to a number on record; the code of somebody with another number; codes of several people; a code that fits the number; confirmed by staff. The number alone tells nothing."`
	Version      int64          `json:"version" doc:"Grows with every change. The ETag, for If-Match, is this number in quotes."`
}

// ConversationList is the list.
type ConversationList struct {
	Conversations []ListedConversation `json:"conversations" nullable:"false"`
	Next          string               `json:"next,omitempty" doc:"The next page is asked for with it as after. Without it there is none."`
}

// ConversationMessage is one text message of a conversation.
type ConversationMessage struct {
	ID        ids.Text `json:"id"`
	Direction string   `json:"direction" enum:"in,out"`
	Time      string   `json:"time" format:"date-time"`
	Text      string   `json:"text" doc:"Identity codes in it are hidden."`
	State     string   `json:"state,omitempty" doc:"What became of one that goes out: waiting, begun, sent, failed, unknown or dropped."`
}

// Conversation is a conversation with its messages.
type Conversation struct {
	ListedConversation
	Number   string                `json:"number" example:"+358401234567"`
	Lang     string                `json:"lang" doc:"The language in which it is answered."`
	Name     string                `json:"name,omitempty" doc:"Who it is with, once that is certain."`
	Messages []ConversationMessage `json:"messages" nullable:"false" doc:"The oldest first."`
}

// ReadConversation is the answer with a conversation.
type ReadConversation struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body Conversation
}

// OneConversation is a request about one conversation.
type OneConversation struct {
	Credentials
	Conversation ids.Work `path:"conversation" maxLength:"40" doc:"As list-conversations has it."`
}

// SeenConversation is a change of a conversation as it was read.
type SeenConversation struct {
	OneConversation
	IfMatch string `header:"If-Match" required:"true" doc:"The ETag of the conversation that was read: when a message has come since, or somebody did something, nothing is done and the answer is 412." example:"\"3\""`
}

// version is what the asker has seen.
func (in SeenConversation) version() (int64, error) {
	seen, err := Guarded{in.IfMatch}.seen()
	if err != nil || seen == nil {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "If-Match", Key: "api.field_conversation_version"})
	}
	return *seen, nil
}

// talks is who asks, where there are conversations at all.
func (d *Door) talks(ctx context.Context, in *Credentials) (actor.Actor, *catalog.Config, error) {
	who, err := d.program(ctx, in)
	if err != nil {
		return who, nil, err
	}
	if d.Programs.Talks == nil {
		return who, nil, fault.NotFound("error.not_found")
	}
	c, err := d.organisation(ctx, in.Org)
	return who, c, err
}

func (d *Door) conversations(ctx context.Context, in *struct {
	Credentials
	View  string    `query:"view" enum:"all,unassigned,overdue,closed" default:"all" doc:"all are those that are not closed."`
	Inbox ids.Inbox `query:"inbox" maxLength:"60" doc:"Of one inbox alone."`
	Limit int       `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many conversations a page has at most."`
	After string    `query:"after" maxLength:"80" doc:"What the page before had as next."`
},
) (*struct{ Body ConversationList }, error) {
	who, c, err := d.talks(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	after := worklist.ParsePlace(in.After)
	if in.After != "" && after == nil {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "after", Key: "api.field_after"})
	}
	list, next, err := d.Programs.Talks.List(ctx, who, in.Org, worklist.Wanted{Inbox: in.Inbox, View: worklist.View(in.View), After: after, Most: in.Limit})
	if err != nil {
		return nil, err
	}
	out := ConversationList{Conversations: []ListedConversation{}}
	if next != nil {
		out.Next = next.String()
	}
	for _, l := range list {
		if !l.Hidden { // to a program, who is protected is not there
			out.Conversations = append(out.Conversations, listedConversation(c, l.Item, l.Tail, l.Known))
		}
	}
	return &struct{ Body ConversationList }{out}, nil
}

func listedConversation(c *catalog.Config, i worklist.Item, tail string, k conversation.Known) ListedConversation {
	out := ListedConversation{
		ID: i.ID, Inbox: c.Inbox(i.Inbox).ID, State: i.State, Unanswered: i.Fresh, Since: moment(i.Since, c.Zone()), Assignee: i.Assignee, NumberEnding: tail,
		Identity: k.Word(), Version: i.Version,
	}
	if i.Due > 0 {
		out.Due = moment(i.Due, c.Zone())
	}
	return out
}

func (d *Door) conversation(ctx context.Context, in *OneConversation) (*ReadConversation, error) {
	who, c, err := d.talks(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	w, err := d.Programs.Talks.Read(ctx, who, in.Org, in.Conversation, false)
	if err != nil {
		return nil, err
	}
	if w.Hidden {
		return nil, fault.NotFound("error.not_found")
	}
	out := &ReadConversation{ETag: etagOf(w.Item.Version)}
	out.Body = Conversation{
		ListedConversation: listedConversation(c, w.Item, conversation.Tail(w.Talk.Number), w.Talk.Known), Number: w.Talk.Number,
		Lang: string(conversation.LangOf(c, w.Talk.Lang)), Messages: make([]ConversationMessage, len(w.Messages)),
	}
	if w.Talk.Person != "" {
		out.Body.Name = w.Person.ShortName()
	}
	for i, m := range w.Messages {
		out.Body.Messages[i] = ConversationMessage{ID: m.ID, Direction: "in", Time: time.Unix(m.At, 0).In(c.Zone()).Format(time.RFC3339), Text: m.Body}
		if m.Out {
			out.Body.Messages[i].Direction, out.Body.Messages[i].State = "out", string(m.State)
		}
	}
	return out, nil
}

func etagOf(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// AnswerRequest is an answer.
type AnswerRequest struct {
	Text  string `json:"text" minLength:"1" maxLength:"1530" doc:"Goes out as a text message. No health details and no identity code belong into it."`
	Close bool   `json:"close,omitempty" doc:"Closes the conversation with it."`
}

// ConversationDone is a conversation after something was done with it.
type ConversationDone struct {
	ETag string `header:"ETag" doc:"The version, for If-Match."`
	Body struct {
		State    worklist.State `json:"state" enum:"open,waiting,closed"`
		Assignee ids.Staff      `json:"assignee,omitempty"`
		Version  int64          `json:"version" doc:"The ETag, for If-Match, is this number in quotes."`
	}
}

// done is a conversation as it is now, after a change that had err.
func (d *Door) done(ctx context.Context, who actor.Actor, in *OneConversation, err error) (*ConversationDone, error) {
	if fault.IsKey(err, "work.changed") {
		err = fault.Conflict("api.changed_since", nil)
	}
	if err != nil {
		return nil, err
	}
	i, err := d.Programs.Talks.Work.Item(ctx, who, in.Org, in.Conversation)
	if err != nil {
		return nil, err
	}
	out := &ConversationDone{ETag: etagOf(i.Version)}
	out.Body.State, out.Body.Assignee, out.Body.Version = i.State, i.Assignee, i.Version
	return out, nil
}

// messageKey is the key of a message, which is its identifier, too, and so has the form of one.
func (k Keyed) messageKey(who actor.Actor, id ids.Work) ids.FormKey {
	sum := sha256.Sum256([]byte(k.formKey("answer", string(who.Client)+"/"+string(id))))
	return ids.FormKey("0" + hex.EncodeToString(sum[:])[:25])
}

func (d *Door) answerConversation(ctx context.Context, in *struct {
	SeenConversation
	Keyed
	Body AnswerRequest
},
) (*ConversationDone, error) {
	who, _, err := d.talks(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	seen, err := in.version()
	if err != nil {
		return nil, err
	}
	err = d.Programs.Talks.Answer(ctx, who, conversation.Answer{
		Org: in.Org, ID: in.Conversation, Seen: seen, Key: in.messageKey(who, in.Conversation), Body: in.Body.Text, Close: in.Body.Close,
	})
	return d.done(ctx, who, &in.OneConversation, err)
}

// AssigneeRequest says to whom a conversation is given.
type AssigneeRequest struct {
	Staff ids.Staff `json:"staff" maxLength:"40" doc:"One of those who may read the inbox; empty gives it back to all."`
}

func (d *Door) assignConversation(ctx context.Context, in *struct {
	SeenConversation
	Body AssigneeRequest
},
) (*ConversationDone, error) {
	deed := worklist.Deed{Do: worklist.Assigned, Staff: in.Body.Staff}
	if in.Body.Staff == "" {
		deed.Do = worklist.Released
	}
	return d.deedOf(ctx, &in.SeenConversation, deed)
}

func (d *Door) closeConversation(ctx context.Context, in *SeenConversation) (*ConversationDone, error) {
	return d.deedOf(ctx, in, worklist.Deed{Do: worklist.Ended})
}

func (d *Door) deedOf(ctx context.Context, in *SeenConversation, deed worklist.Deed) (*ConversationDone, error) {
	who, _, err := d.talks(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	if deed.Seen, err = in.version(); err != nil {
		return nil, err
	}
	deed.Org, deed.ID = in.Org, in.Conversation
	err = d.Programs.Talks.Do(ctx, who, deed)
	return d.done(ctx, who, &in.OneConversation, err)
}
