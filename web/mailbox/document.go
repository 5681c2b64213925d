package mailbox

import (
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// letterPDF gives out a letter as a document, and by that it is read. One that waits to be confirmed leads to its page, which says so.
func (d *Door) letterPDF(v *web.Visit, _ mailbox.Mine) error {
	id := v.R.PathValue("id")
	f, err := d.Boxes.LetterPDF(v.Ctx(), v.Actor(), ids.Letter(id))
	if fault.IsKey(err, "letter.unconfirmed") {
		return v.SeeOther(d.at(v, "letter", id))
	}
	return sendPDF(v, "letter-"+id, f, err)
}

// receiptPDF gives out the receipt of a letter, in the language of the page.
func (d *Door) receiptPDF(v *web.Visit, _ mailbox.Mine) error {
	id := v.R.PathValue("id")
	f, err := d.Boxes.ReceiptPDF(v.Ctx(), v.Actor(), ids.Letter(id), v.Lang)
	return sendPDF(v, "receipt-"+id, f, err)
}

// sendPDF sends a document to be kept: it is shown by whatever the reader opens it with, never inside of a page of ours.
func sendPDF(v *web.Visit, name string, f pdf.File, err error) error {
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(f.Bytes)))
	h.Set("Content-Disposition", `attachment; filename="`+name+`.pdf"`)
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(f.Bytes) // whoever went away gets nothing
	return nil
}

// documents are the links to a letter as a document, and to its receipt where an authority sent it.
func (f letterFacts) documents(b web.Base) web.Component {
	list := []ui.Link{{Href: at(b, "letter", string(f.ID), "document.pdf"), Text: b.T("mailbox.read.pdf")}}
	if !f.Inward && f.Kind != mailbox.Welcome && f.Kind != mailbox.Receipt {
		list = append(list, ui.Link{Href: at(b, "letter", string(f.ID), "receipt.pdf"), Text: b.T("mailbox.read.receipt_pdf")})
	}
	return ui.LinkList(list)
}
