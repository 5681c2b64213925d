package api

import (
	"context"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	attached "luukku/domain/file"
	"luukku/domain/mailbox"
)

// fileRoutes are what an authority's program uploads to attach it to letters.
func (d *Door) fileRoutes(api huma.API) {
	const list = "/organisations/{org}/files"
	upload := step("upload-file", http.MethodPost, list, "Upload a file to attach it to letters", setAsideWithKey)
	upload.RequestBody = &huma.RequestBody{
		Required: true, Description: "The file as it is.", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}
	add(d, api, upload, d.uploadFile)
	add(d, api, step("get-file", http.MethodGet, list+"/{file}", "How an uploaded file stands", readWithKey), d.uploadedFile)
}

// UploadedFile is a file that an authority's program uploaded.
type UploadedFile struct {
	ID     ids.File       `json:"id"`
	Name   string         `json:"name" doc:"What its recipients see: without what some system does not take, and with the ending of what the file is."`
	Type   attached.Type  `json:"type" example:"application/pdf" doc:"What it is, by its content."`
	Size   int64          `json:"size" doc:"In bytes."`
	Digest string         `json:"sha256"`
	State  attached.State `json:"state" enum:"waiting,clean,infected,refused" doc:"waiting: for the malware scanner. infected: malware was found. refused: the scanner cannot look at it."`
	Paper  attached.Paper `json:"on_paper" enum:"as_is,drawn,on_request" doc:"What becomes of it when a letter goes on paper. as_is: its pages are printed. drawn: a page is made of the picture or the text. on_request: it is not printed; the letter names it and says how to get it."`
	Until  string         `json:"attachable_until" format:"date-time" doc:"The last second in which it can be attached."`
}

func uploadedFile(c *catalog.Config, a attached.Attached) UploadedFile {
	return UploadedFile{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, Digest: a.DigestHex(), State: a.State, Paper: a.Paper(), Until: moment(a.HeldUntil, c.Zone())}
}

// UploadAnswer is the answer to an upload.
type UploadAnswer struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true when the same request had already been carried out."`
	Body     UploadedFile
}

func (d *Door) uploadFile(ctx context.Context, in *struct {
	Credentials
	Keyed
	Disposition string `header:"Content-Disposition" required:"true" maxLength:"2000" example:"attachment; filename=decision.pdf" doc:"What the file is called: filename, or filename* (RFC 6266)."`
},
) (*UploadAnswer, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err == nil {
		err = attached.MayUpload(who, in.Org)
	}
	if err != nil {
		return nil, err
	}
	_, with, err := mime.ParseMediaType(in.Disposition)
	if err != nil || with["filename"] == "" {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "Content-Disposition", Key: "field.required"})
	}
	most := mailbox.LimitsOf(c).Size
	if in.r.ContentLength > most {
		return nil, errTooLarge
	}
	a, again, err := d.Programs.Mailboxes.Files.Upload(ctx, who, attached.Incoming{Org: in.Org, Name: with["filename"], Most: most}, in.formKey("file", string(who.Client)), in.r.Body)
	if err != nil {
		return nil, err
	}
	return &UploadAnswer{Replayed: replayed(again), Body: uploadedFile(c, a)}, nil
}

func (d *Door) uploadedFile(ctx context.Context, in *struct {
	Credentials
	File ids.File `path:"file" maxLength:"40" doc:"As upload-file answered."`
},
) (*struct{ Body UploadedFile }, error) {
	who, c, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	a, err := d.Programs.Mailboxes.Files.Held(ctx, who, in.Org, in.File)
	if err != nil {
		return nil, err
	}
	return &struct{ Body UploadedFile }{uploadedFile(c, a)}, nil
}
