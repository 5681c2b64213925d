package parts

import (
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
)

// FileNote says of which type and how large an attachment is, or that it cannot be opened, or not yet.
func FileNote(b web.Base, a file.Attached) string {
	size := mailbox.SizeText(b.Printer, a.Size)
	switch {
	case a.State == file.Clean:
		return b.T("mailbox.files.size", "type", a.Type.Slug(), "size", size)
	case a.State.Bad():
		return b.T("mailbox.files.bad", "size", size)
	}
	return b.T("mailbox.files.waiting", "size", size)
}
