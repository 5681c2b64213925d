package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/ids"
	"luukku/domain/catalog"
	attached "luukku/domain/file"
	"luukku/domain/mailbox"
)

// printRoutes are for a print service: the letters that go on paper.
func (d *Door) printRoutes(api huma.API) {
	const list = "/organisations/{org}/print-batches"
	const one = list + "/{batch}"
	add(d, api, step("get-print-queue", http.MethodGet, "/organisations/{org}/letters/print", "How many letters wait to be printed", readWithKey), d.printQueue)
	add(d, api, step("create-print-batch", http.MethodPost, list, "Take the letters that wait to be printed", setAsideWithKey), d.takeBatch)
	add(d, api, step("list-print-batches", http.MethodGet, list, "Print batches, the newest first", readWithKey), d.printBatches)
	add(d, api, step("get-print-batch", http.MethodGet, one, "Read the letters of a print batch", readWithKey), d.printBatch)
	for _, w := range mailbox.Papers {
		op := step("record-letters-"+string(w), http.MethodPost, one+"/"+string(w), "Record that letters of a print batch were "+string(w), deedWithKey)
		op.Description = "Needs a key with the right letter.print. Saying the same again is no fault. Each letter stands by itself: what is refused is in the answer."
		add(d, api, op, d.paper(w))
	}
}

// PrintQueue is what waits for a print service.
type PrintQueue struct {
	Waiting int64  `json:"waiting" doc:"How many letters wait to be taken."`
	Since   string `json:"since,omitempty" format:"date-time" doc:"Since when the oldest one does."`
}

func (d *Door) printQueue(ctx context.Context, in *Credentials) (*struct{ Body PrintQueue }, error) {
	who, c, err := d.mailroom(ctx, in)
	if err != nil {
		return nil, err
	}
	n, oldest, err := d.Programs.Mailboxes.PrintWaiting(ctx, who, in.Org)
	if err != nil {
		return nil, err
	}
	out := PrintQueue{Waiting: n}
	if n > 0 {
		out.Since = moment(oldest, c.Zone())
	}
	return &struct{ Body PrintQueue }{out}, nil
}

// BatchRequest asks for a batch.
type BatchRequest struct {
	Most int `json:"most,omitempty" minimum:"1" maximum:"200" doc:"How many letters the batch has at most; 200 when it is left out."`
}

// ListedBatch is a batch in a list.
type ListedBatch struct {
	ID     ids.PrintBatch `json:"id"`
	MadeAt string         `json:"made_at" format:"date-time"`
}

// TakenBatch is a batch that was taken, with its manifest.
type TakenBatch struct {
	ListedBatch
	Letters []ids.Letter `json:"letters" nullable:"false" doc:"The letters in it, those that waited longest first; empty when none waited."`
}

func (d *Door) takeBatch(ctx context.Context, in *struct {
	Credentials
	Keyed
	Body BatchRequest
},
) (*struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     TakenBatch
}, error,
) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	most := in.Body.Most
	if most == 0 {
		most = mailbox.MostBatch
	}
	b, again, err := d.Programs.Mailboxes.TakeBatch(ctx, who, in.Org, most, in.formKey("print-batch", string(who.Client)))
	if err != nil {
		return nil, err
	}
	out := &struct {
		Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
		Body     TakenBatch
	}{Replayed: replayed(again)}
	out.Body = TakenBatch{listedBatch(c, b), append([]ids.Letter{}, b.Letters...)}
	return out, nil
}

func listedBatch(c *catalog.Config, b mailbox.Batch) ListedBatch {
	return ListedBatch{b.ID, moment(b.MadeAt, c.Zone())}
}

// BatchList are batches, and where the next ones are.
type BatchList struct {
	Batches []ListedBatch  `json:"batches" nullable:"false"`
	Next    ids.PrintBatch `json:"next,omitempty" doc:"Ask again with this as before for older ones; left out when there are none."`
}

func (d *Door) printBatches(ctx context.Context, in *struct {
	Credentials
	Before ids.PrintBatch `query:"before" maxLength:"40" doc:"Batches older than this one."`
	Limit  int            `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body BatchList }, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	list, err := d.Programs.Mailboxes.Batches(ctx, who, in.Org, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := BatchList{Batches: make([]ListedBatch, len(list))}
	for i, b := range list {
		out.Batches[i] = listedBatch(c, b)
	}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].ID
	}
	return &struct{ Body BatchList }{out}, nil
}

// OneBatch is a request about one print batch.
type OneBatch struct {
	Credentials
	Batch ids.PrintBatch `path:"batch" maxLength:"40" doc:"As create-print-batch answered."`
}

// PaperLetter is a letter for the printer.
type PaperLetter struct {
	ID         ids.Letter         `json:"id"`
	Ref        string             `json:"ref,omitempty" doc:"The sender's own name of it."`
	Kind       mailbox.Kind       `json:"kind" enum:"decision,notice,message"`
	Lang       Lang               `json:"lang"`
	State      mailbox.PaperState `json:"state" enum:"to_print,printed,posted,returned,recalled,gone" doc:"gone: what it said was erased, and nothing is to be printed. recalled: the sender took it back; it is not to be printed, and thrown away if it was."`
	CreatedAt  string             `json:"created_at" format:"date-time" doc:"The date of the letter."`
	Post       []string           `json:"post,omitempty" nullable:"false" doc:"Name and address, line by line; left out, as subject and body, where there is nothing to print any more."`
	Subject    string             `json:"subject,omitempty"`
	Text       string             `json:"body,omitempty"`
	Files      []PaperAttachment  `json:"attachments,omitempty" nullable:"false" doc:"What is printed behind the letter, in its order: as PDF in get-print-batch-zip and get-print-batch-letter-zip."`
	Digest     string             `json:"sha256" doc:"Of the content as it was handed over."`
	PrintedAt  string             `json:"printed_at,omitempty" format:"date-time"`
	PostedAt   string             `json:"posted_at,omitempty" format:"date-time"`
	ReturnedAt string             `json:"returned_at,omitempty" format:"date-time"`
}

// PaperAttachment is what is attached to a letter for the printer.
type PaperAttachment struct {
	Name  string         `json:"name"`
	Type  attached.Type  `json:"type"`
	Paper attached.Paper `json:"on_paper" enum:"as_is,drawn,on_request" doc:"on_request: it is not printed, and the letter must say how to get it. A picture that turns out to be broken is not printed either; the manifest of the ZIP says so."`
}

// PrintBatch is a batch with what is to be printed.
type PrintBatch struct {
	ListedBatch
	Letters []PaperLetter `json:"letters" nullable:"false"`
}

func (d *Door) printBatch(ctx context.Context, in *OneBatch) (*struct{ Body PrintBatch }, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	b, list, err := d.Programs.Mailboxes.Batch(ctx, who, in.Org, in.Batch)
	if err != nil {
		return nil, err
	}
	out := PrintBatch{listedBatch(c, b), make([]PaperLetter, len(list))}
	for i, l := range list {
		out.Letters[i] = paperLetter(c, l)
	}
	return &struct{ Body PrintBatch }{out}, nil
}

func paperLetter(c *catalog.Config, l mailbox.Stored) PaperLetter {
	st := l.Stand()
	out := PaperLetter{ID: l.ID, Ref: l.Ref, Kind: l.Kind, Lang: Lang(l.Lang), State: mailbox.PaperStateOf(l), CreatedAt: moment(l.CreatedAt, c.Zone()), Digest: hex.EncodeToString(l.Digest)}
	if mailbox.ToPrint(st) {
		out.Post, out.Subject, out.Text = l.Post, l.Subject, l.Body
		for _, f := range l.Files {
			out.Files = append(out.Files, PaperAttachment{f.Name, f.Type, attached.PaperOf(f.Type, f.Size)})
		}
	}
	for _, is := range []struct {
		at   int64
		into *string
	}{{st.Printed, &out.PrintedAt}, {st.Posted, &out.PostedAt}, {st.Returned, &out.ReturnedAt}} {
		if is.at > 0 {
			*is.into = moment(is.at, c.Zone())
		}
	}
	return out
}

// PaperRequest says which letters were printed, posted or returned.
type PaperRequest struct {
	Letters []ids.Letter `json:"letters" minItems:"1" maxItems:"200" nullable:"false" doc:"Letters of the batch."`
}

// RefusedLetter is a letter of which it was not recorded, and why.
type RefusedLetter struct {
	Letter ids.Letter `json:"letter"`
	Type   string     `json:"type" doc:"As that of a problem: /problems/letter.recalled_already, /problems/letter.not_posted, or /problems/error.not_found for what is not in the batch."`
	Detail string     `json:"detail"`
}

// PaperAnswer says of which letters it stands.
type PaperAnswer struct {
	Recorded []ids.Letter    `json:"recorded" nullable:"false"`
	Refused  []RefusedLetter `json:"refused" nullable:"false"`
}

type paperInput struct {
	OneBatch
	Body PaperRequest
}

func (d *Door) paper(what mailbox.What) func(context.Context, *paperInput) (*struct{ Body PaperAnswer }, error) {
	return func(ctx context.Context, in *paperInput) (*struct{ Body PaperAnswer }, error) {
		who, _, err := d.mailroom(ctx, &in.Credentials)
		if err != nil {
			return nil, err
		}
		refused, err := d.Programs.Mailboxes.Paper(ctx, who, in.Org, in.Batch, what, in.Body.Letters)
		if err != nil {
			return nil, err
		}
		out := PaperAnswer{Recorded: []ids.Letter{}, Refused: []RefusedLetter{}}
		letters := slices.Clone(in.Body.Letters)
		slices.Sort(letters)
		for _, l := range slices.Compact(letters) {
			if err, no := refused[l]; no {
				p := d.problem(in.r, err)
				out.Refused = append(out.Refused, RefusedLetter{l, p.Type, p.Detail})
				continue
			}
			out.Recorded = append(out.Recorded, l)
		}
		return &struct{ Body PaperAnswer }{out}, nil
	}
}
