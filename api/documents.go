package api

import (
	"bufio"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"luukku/base/ids"
	"luukku/domain/mailbox"
)

// documentRoutes are what programs get as documents: letters to be printed, whole batches of them, and receipts.
func (d *Door) documentRoutes(api huma.API) {
	const batch = "/organisations/{org}/print-batches/{batch}"
	add(d, api, file("get-print-batch-zip", batch+"/zip", "A print batch as a ZIP of PDFs with a manifest", zipType), d.batchZIP)
	add(d, api, file("get-print-batch-letter", batch+"/letters/{letter}/pdf", "A letter of a print batch as a PDF", pdfType), d.batchLetter)
	add(d, api, file("get-print-batch-letter-zip", batch+"/letters/{letter}/zip", "A letter of a print batch with what is attached to it, as a ZIP", zipType), d.batchLetterZIP)
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

// Streamed is an answer that is a file and made while it is sent.
type Streamed struct {
	Kind string `header:"Content-Type"`
	Body func(huma.Context)
}

// archive sends an archive as it is written. What breaks off is cut off, so that nobody takes half of it for all.
func (d *Door) archive(in *Credentials, a *mailbox.PaperArchive) *Streamed {
	return &Streamed{zipType, func(ctx huma.Context) {
		_, w := humago.Unwrap(ctx)
		out := bufio.NewWriterSize(w.(*buffered).direct(), 32<<10)
		_, err := a.Write(ctx.Context(), out)
		if err == nil {
			err = out.Flush()
		}
		if err != nil {
			if ctx.Context().Err() == nil {
				d.incident(in.r, err)
			}
			panic(http.ErrAbortHandler)
		}
	}}
}

func (d *Door) batchZIP(ctx context.Context, in *OneBatch) (*Streamed, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	a, err := d.Programs.Mailboxes.BatchArchive(ctx, who, in.Org, in.Batch)
	if err != nil {
		return nil, err
	}
	return d.archive(&in.Credentials, a), nil
}

// BatchLetter is a request about one letter of a print batch.
type BatchLetter struct {
	OneBatch
	Letter ids.Letter `path:"letter" maxLength:"40"`
}

func (d *Door) batchLetterZIP(ctx context.Context, in *BatchLetter) (*Streamed, error) {
	who, _, err := d.mailroom(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	a, err := d.Programs.Mailboxes.LetterArchive(ctx, who, in.Org, in.Batch, in.Letter)
	if err != nil {
		return nil, err
	}
	return d.archive(&in.Credentials, a), nil
}

func (d *Door) batchLetter(ctx context.Context, in *BatchLetter) (*File, error) {
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
