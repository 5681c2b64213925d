package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/ids"
)

// documentRoutes are what programs get as documents: letters to be printed, whole batches of them, and receipts.
func (d *Door) documentRoutes(api huma.API) {
	const batch = "/organisations/{org}/print-batches/{batch}"
	add(d, api, file("get-print-batch-zip", batch+"/zip", "A print batch as a ZIP of PDFs with a manifest", zipType), d.batchZIP)
	add(d, api, file("get-print-batch-letter", batch+"/letters/{letter}/pdf", "A letter of a print batch as a PDF", pdfType), d.batchLetter)
	add(d, api, file("get-letter-receipt", "/organisations/{org}/letters/{letter}/receipt", "The receipt of a letter as a PDF", pdfType), d.letterReceipt)
}

const (
	zipType = "application/zip"
	pdfType = "application/pdf"
)

// file is an operation whose answer is a file.
func file(id, path, summary, kind string) huma.Operation {
	op := step(id, http.MethodGet, path, summary, readWithKey)
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The file", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	return op
}

// File is an answer that is a file.
type File struct {
	Kind string `header:"Content-Type"`
	Body []byte
}

func (d *Door) batchZIP(ctx context.Context, in *OneBatch) (*File, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	b, _, err := d.Programs.Mailboxes.BatchArchive(ctx, who, in.Org, in.Batch)
	return &File{zipType, b}, err
}

func (d *Door) batchLetter(ctx context.Context, in *struct {
	OneBatch
	Letter ids.Letter `path:"letter" maxLength:"40"`
},
) (*File, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	f, err := d.Programs.Mailboxes.BatchLetterPDF(ctx, who, in.Org, in.Batch, in.Letter)
	return &File{pdfType, f.Bytes}, err
}

func (d *Door) letterReceipt(ctx context.Context, in *struct {
	Credentials
	Letter ids.Letter `path:"letter" maxLength:"40"`
},
) (*File, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	f, err := d.Programs.Mailboxes.SentReceiptPDF(ctx, who, in.Org, in.Letter, language(in.r))
	return &File{pdfType, f.Bytes}, err
}
