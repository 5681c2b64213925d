package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/worklist"
)

// submissionDeedRoutes are what a case system does with a form that was sent.
func (d *Door) submissionDeedRoutes(api huma.API, one string) {
	add(d, api, step("assign-submission", http.MethodPut, one+"/assignee", "Give a form that was sent to somebody, to the program itself, or to nobody", deedWithKey), d.assignSubmission)
	add(d, api, step("date-submission", http.MethodPut, one+"/due", "Say until when a form that was sent is to be handled", deedWithKey), d.dateSubmission)
	add(d, api, step("hand-over-submission", http.MethodPost, one+"/hand-over", "Put a form that was sent into another inbox", deedWithKey), d.handOverSubmission)
	add(d, api, step("note-submission", http.MethodPost, one+"/notes", "Note something for those who handle it", answerWithKey), d.noteSubmission)
	add(d, api, step("ask-for-more", http.MethodPost, one+"/requests", "Ask whoever sent a form for more", answerWithKey), d.askForMore)
	add(d, api, step("decide-submission", http.MethodPost, one+"/decision", "Decide on a form that was sent", answerWithKey), d.decideSubmission)
	add(d, api, step("close-submission", http.MethodPost, one+"/close", "Close a form that was sent without a decision", deedWithKey), d.closeSubmission)
	add(d, api, step("reopen-submission", http.MethodPost, one+"/reopen", "Open a form again that was decided or closed", deedWithKey), d.reopenSubmission)
}

// SeenSubmission is a change of a form that was sent as it was read.
type SeenSubmission struct {
	OneSubmission
	IfMatch string `header:"If-Match" required:"true" doc:"The ETag of what was read: when something was added since, or somebody did something, nothing is done and the answer is 412." example:"\"3\""`
}

// version is what the asker has seen.
func (in SeenSubmission) version() (int64, error) { return SeenMatter{IfMatch: in.IfMatch}.version() }

// SubmissionDone is a form that was sent after something was done with it.
type SubmissionDone struct {
	ETag     string `header:"ETag" doc:"The version, for If-Match."`
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     ListedSubmission
}

// submissionDone is what was sent as it is now, after a change that had err.
func (d *Door) submissionDone(ctx context.Context, who actor.Actor, c *catalog.Config, in *OneSubmission, again bool, err error) (*SubmissionDone, error) {
	if fault.IsKey(err, "work.changed") {
		err = fault.Conflict("api.changed_since", nil)
	}
	if err != nil {
		return nil, err
	}
	x, err := d.Programs.Forms.Listed(ctx, who, in.Org, in.Submission)
	if err != nil {
		return nil, err
	}
	return &SubmissionDone{ETag: etagOf(x.Work.Version), Replayed: replayed(again), Body: listedSubmission(c, x)}, nil
}

// workDeed does with what was sent what every piece of work knows.
func (d *Door) workDeed(ctx context.Context, in *SeenSubmission, what func(who actor.Actor) (worklist.Deed, error)) (*SubmissionDone, error) {
	who, c, item, err := d.sentForm(ctx, &in.OneSubmission)
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
	deed.Org, deed.ID = in.Org, item
	done, err := d.Programs.Forms.DoWork(ctx, who, deed)
	if err != nil || deed.Do != worklist.Handed {
		return d.submissionDone(ctx, who, c, &in.OneSubmission, false, err)
	}
	x, err := d.Programs.Forms.ListedWith(ctx, in.Org, in.Submission, done)
	if err != nil {
		return nil, err
	}
	return &SubmissionDone{ETag: etagOf(x.Work.Version), Replayed: replayed(false), Body: listedSubmission(c, x)}, nil
}

func (d *Door) assignSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Body MatterAssigneeRequest
},
) (*SubmissionDone, error) {
	return d.workDeed(ctx, &in.SeenSubmission, in.Body.deed)
}

func (d *Door) dateSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Body MatterDueRequest
},
) (*SubmissionDone, error) {
	return d.workDeed(ctx, &in.SeenSubmission, in.Body.deed)
}

// SubmissionHandOverRequest says into which inbox a form that was sent goes.
type SubmissionHandOverRequest struct {
	Inbox ids.Inbox `json:"inbox" minLength:"1" maxLength:"60" doc:"Another inbox of the organisation; nobody has taken it then."`
}

func (d *Door) handOverSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Body SubmissionHandOverRequest
},
) (*SubmissionDone, error) {
	return d.workDeed(ctx, &in.SeenSubmission, func(actor.Actor) (worklist.Deed, error) {
		return worklist.Deed{Do: worklist.Handed, Inbox: in.Body.Inbox}, nil
	})
}

// SubmissionNoteRequest is a note.
type SubmissionNoteRequest struct {
	Text string `json:"text" minLength:"1" maxLength:"2000" doc:"Plain text. Those who handle it see it; whose it is does not."`
}

func (d *Door) noteSubmission(ctx context.Context, in *struct {
	OneSubmission
	Keyed
	Body SubmissionNoteRequest
},
) (*SubmissionDone, error) {
	who, c, item, err := d.sentForm(ctx, &in.OneSubmission)
	if err != nil {
		return nil, err
	}
	_, err = d.Programs.Forms.DoWork(ctx, who, worklist.Deed{Org: in.Org, ID: item, Do: worklist.Noted, Note: in.Body.Text, Key: in.messageKey(who, item)})
	return d.submissionDone(ctx, who, c, &in.OneSubmission, false, renamed(err, "note", "text"))
}

// formDeed does something with what was sent, once for its key.
func (d *Door) formDeed(ctx context.Context, in *SeenSubmission, key Keyed, r eservice.Deed) (*SubmissionDone, error) {
	who, c, item, err := d.sentForm(ctx, &in.OneSubmission)
	if err != nil {
		return nil, err
	}
	if r.Seen, err = in.version(); err != nil {
		return nil, err
	}
	r.Org, r.Item, r.Key = in.Org, item, key.messageKey(who, item)
	again, err := d.Programs.Forms.Do(ctx, who, r)
	return d.submissionDone(ctx, who, c, &in.OneSubmission, again, err)
}

// MoreRequest asks for more.
type MoreRequest struct {
	Text  string   `json:"text" minLength:"1" maxLength:"10000" doc:"What is asked for, in the language in which the form was filled in. Plain text."`
	Until string   `json:"until,omitempty" format:"date" doc:"The last day, in the organisation's zone; left out for no end."`
	Post  []string `json:"post,omitempty" maxItems:"7" nullable:"false" doc:"The person's name and address, line by line: needed where nothing else reaches them (422)."`
	Anew  []string `json:"anew,omitempty" maxItems:"500" nullable:"false" example:"/income" doc:"Questions of the form that are to be answered anew, by the places of their answers: a group that is repeated as a whole. The person sees these with their present answers. 422 for what is not asked now, or what people do not answer themselves."`
}

func (d *Door) askForMore(ctx context.Context, in *struct {
	SeenSubmission
	Keyed
	Body MoreRequest
},
) (*SubmissionDone, error) {
	r := eservice.Deed{Do: eservice.Asked, Text: in.Body.Text, Post: in.Body.Post, Anew: in.Body.Anew}
	if in.Body.Until != "" {
		var err error
		if r.Until, err = org.ParseDate(in.Body.Until); err != nil {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "until", Key: "api.field_date"})
		}
	}
	return d.formDeed(ctx, &in.SeenSubmission, in.Keyed, r)
}

// DecisionRequest is a decision.
type DecisionRequest struct {
	Service mailbox.Mode `json:"service" enum:"ordinary,verifiable" doc:"verifiable: the recipient confirms that it arrived before they can read it; what is not confirmed in time goes on paper."`
	Subject string       `json:"subject" minLength:"1" maxLength:"255" doc:"One line."`
	Body    string       `json:"body" minLength:"1" maxLength:"100000" doc:"Plain text; empty lines part paragraphs. In the language in which the form was filled in."`
	Post    []string     `json:"post,omitempty" maxItems:"7" nullable:"false" doc:"The recipient's name and address, line by line. Needed when the decision goes on paper (reach)."`
	Files   []ids.File   `json:"attachments,omitempty" maxItems:"100" nullable:"false" doc:"Files that were uploaded before (upload-file), in their order."`
	Outcome string       `json:"outcome,omitempty" enum:"granted,partly,refused,other" doc:"What the decision comes to. Needed for forms that say with which outcomes instructions for an appeal go (422)."`
	Appeal  string       `json:"appeal,omitempty" maxLength:"100" doc:"The organisation's instructions for an appeal that stand below the decision; - for none. Left out: those of the outcome. 422 where the form needs some and there are none."`
}

func (d *Door) decideSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Keyed
	Body DecisionRequest
},
) (*SubmissionDone, error) {
	b := in.Body
	return d.formDeed(ctx, &in.SeenSubmission, in.Keyed, eservice.Deed{
		Do: eservice.Answered, Mode: b.Service, Subject: b.Subject, Text: b.Body, Post: b.Post, Attachments: b.Files, Outcome: b.Outcome, Appeal: b.Appeal,
	})
}

// CloseRequest says why something is closed.
type CloseRequest struct {
	Text string `json:"text,omitempty" maxLength:"10000" doc:"Why. Whose it is sees it."`
}

func (d *Door) closeSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Keyed
	Body CloseRequest
},
) (*SubmissionDone, error) {
	return d.formDeed(ctx, &in.SeenSubmission, in.Keyed, eservice.Deed{Do: eservice.Ended, Text: in.Body.Text})
}

func (d *Door) reopenSubmission(ctx context.Context, in *struct {
	SeenSubmission
	Keyed
},
) (*SubmissionDone, error) {
	return d.formDeed(ctx, &in.SeenSubmission, in.Keyed, eservice.Deed{Do: eservice.Reopened})
}

// deed is what the request asks for.
func (r MatterAssigneeRequest) deed(who actor.Actor) (worklist.Deed, error) {
	switch {
	case r.Program && r.Staff != "":
		return worklist.Deed{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "staff", Key: "error.field.choose"})
	case r.Program:
		return worklist.Deed{Do: worklist.Assigned, Staff: ids.Staff(who.ID())}, nil
	case r.Staff == "":
		return worklist.Deed{Do: worklist.Released}, nil
	}
	return worklist.Deed{Do: worklist.Assigned, Staff: r.Staff}, nil
}

// deed is what the request asks for.
func (r MatterDueRequest) deed(actor.Actor) (worklist.Deed, error) {
	deed := worklist.Deed{Do: worklist.Dated}
	if r.Due == "" {
		return deed, nil
	}
	t, err := time.Parse(time.RFC3339, r.Due)
	if err != nil || t.Nanosecond() != 0 || t.Unix() <= 0 {
		return deed, fault.Invalid("form.invalid", nil, fault.Field{Name: "due", Key: "api.field_time"})
	}
	deed.Due = t.Unix()
	return deed, nil
}
