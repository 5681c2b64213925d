package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"luukku/base/fault"
)

// UploadedText is the text of a file that was sent in a form, or what was pasted into a field of it when there is none.
func UploadedText(r *http.Request, file, field string) (string, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return r.PostFormValue(field), nil
	}
	const inMemory = 2 << 20
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return "", err
		}
		return "", fault.Invalid("error.bad_request", nil).Because(err)
	}
	f, _, err := r.FormFile(file)
	if errors.Is(err, http.ErrMissingFile) {
		return r.PostFormValue(field), nil
	}
	if err != nil {
		return "", fault.Invalid("error.bad_request", nil).Because(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil || len(b) == 0 {
		return r.PostFormValue(field), err
	}
	return string(b), nil
}
