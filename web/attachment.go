package web

import (
	"mime"
	"net/http"
	"time"

	"luukku/domain/file"
)

// What an attachment may do in a browser: nothing. A PDF is shown by the browser's own viewer, which does not run in a sandbox; it has no scripts (domain/file).
const (
	filePolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	sandboxed  = "; sandbox"
)

// Attachment gives out an attachment: pictures and PDF are shown, everything else is to be kept. Whose right it is has been asked.
func (v *Visit) Attachment(a file.Attached, in *file.Content) error {
	how, policy := "attachment", filePolicy+sandboxed
	if a.Type.Inline() {
		how = "inline"
	}
	if a.Type == file.PDF {
		policy = filePolicy
	}
	kind := string(a.Type)
	if a.Type == file.TXT || a.Type == file.CSV { // a text never as anything else
		kind += "; charset=utf-8"
	}
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", policy)
	http.ServeContent(v.W, v.R, "", time.Time{}, in)
	return nil
}
