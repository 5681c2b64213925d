package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"time"
)

// Times of a file that is made while it is sent.
const (
	downloadTime  = 30 * time.Minute
	downloadPause = time.Minute // whoever takes nothing for so long is dropped
)

// Download sends a file that is made while it is sent, so that a large one is never in memory. It may take longer than a page. A fault before anything was sent is returned as for a page;
// after that the answer is cut off, so that nobody takes half a file for a whole one.
func (v *Visit) Download(kind, name string, write func(ctx context.Context, w io.Writer) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.Ctx()), downloadTime)
	defer cancel()
	d := &download{v: v, kind: kind, name: name, control: http.NewResponseController(v.W)}
	out := bufio.NewWriterSize(d, 32<<10)
	err := write(ctx, out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil || !d.begun {
		return err
	}
	if !d.left {
		v.Site.incident(v.R, err)
	}
	panic(http.ErrAbortHandler)
}

// download is the answer of a file, begun with its first bytes.
type download struct {
	v           *Visit
	kind, name  string
	control     *http.ResponseController
	begun, left bool
}

// Write sends some of the file.
func (d *download) Write(b []byte) (int, error) {
	if !d.begun {
		d.begun = true
		h := d.v.W.Header()
		h.Set("Content-Type", d.kind)
		h.Set("Content-Disposition", `attachment; filename="`+d.name+`"`)
		h.Set("Cache-Control", "no-store")
		d.v.W.WriteHeader(http.StatusOK)
	}
	if s := d.v.Site.Streams; s != nil {
		_ = d.control.SetWriteDeadline(s.clock().Add(downloadPause)) // where there is none, the server's own holds
	}
	n, err := d.v.W.Write(b)
	d.left = d.left || err != nil
	return n, err
}
