package e2e

import (
	"bufio"
	"html"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/e2e/client"
)

// A gigabyte is what is poured in; what may have been sent by the time of the answer is what is looked at, some more that is passed over, and what lies in the buffers of two sockets.
const (
	gigabyte   = 1 << 30
	mostPoured = 96 << 20
)

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// poured is how a server answered while it was being sent a gigabyte.
type poured struct {
	status int
	text   string
	// sent is how much had left by the time of the answer, disk the most that lay in the directory of attachments meanwhile; in bytes.
	sent, disk int64
}

// onDisk is how much lies below a directory, in bytes, and in how many files.
func onDisk(t *testing.T, dir string) (size int64, files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // gone meanwhile
		}
		if info, err := e.Info(); err == nil {
			size, files = size+info.Size(), files+1
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return size, files
}

// scale counts what leaves, and looks at the disk at every few megabytes.
type scale struct {
	net.Conn
	sent, next, disk atomic.Int64
	look             func() int64
}

func (s *scale) Write(b []byte) (int, error) {
	n, err := s.Conn.Write(b)
	if s.sent.Add(int64(n)) >= s.next.Load() {
		s.next.Store(s.sent.Load() + 4<<20)
		s.disk.Store(max(s.disk.Load(), s.look()))
	}
	return n, err
}

// pour sends what begins like a file and goes on for a gigabyte, and reads the answer while it does: with an honest length, or in chunks without one.
func (h *house) pour(t *testing.T, path string, header http.Header, before, after string, chunked bool) poured {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, io.MultiReader(strings.NewReader(before), io.LimitReader(zeros{}, gigabyte), strings.NewReader(after)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	if req.ContentLength = -1; !chunked {
		req.ContentLength = int64(len(before)) + gigabyte + int64(len(after))
	}
	plain, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if err := plain.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	c := &scale{Conn: plain, look: func() int64 { size, _ := onDisk(t, h.app.Config.Files.Dir); return size }}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = req.Write(c) // which fails, since the server does not read it all
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), req)
	if err != nil {
		t.Fatalf("no answer after %d bytes: %v", c.sent.Load(), err)
	}
	defer resp.Body.Close()
	out := poured{status: resp.StatusCode, sent: c.sent.Load()}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Errorf("the answer broke off: %v", err)
	}
	_ = plain.Close()
	<-done
	out.text, out.disk = html.UnescapeString(string(body)), c.disk.Load()
	if out.sent > mostPoured || out.disk > file.DefaultLimits.Size+file.MB {
		t.Errorf("by the time of the answer %d bytes were sent, and up to %d lay on the disk", out.sent, out.disk)
	}
	return out
}

// asBrowser is the header of a form with files that somebody who has signed in posts.
func asBrowser(t *testing.T, c *client.Client, path, cookie, boundary string) http.Header {
	t.Helper()
	k, ok := c.Cookie(path, cookie)
	if !ok {
		t.Fatalf("there is no cookie %s", cookie)
	}
	return http.Header{
		"Content-Type": {"multipart/form-data; boundary=" + boundary}, "Cookie": {k.Name + "=" + k.Value}, "Sec-Fetch-Site": {"same-origin"}, "Accept": {"text/html"}, "Accept-Encoding": {"identity"},
	}
}

// multi is a form with files up to where the file's content begins, and from where it ends.
func multi(boundary, name string, fields ...string) (before, after string) {
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n")
	}
	b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + file.Field + "\"; filename=\"" + name + "\"\r\nContent-Type: application/pdf\r\n\r\n")
	return b.String(), "\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nsend\r\n--" + boundary + "--\r\n"
}

// Somebody who sends a file of a gigabyte hears that it is too large, in their language, when it has become that and long before all of it has come: the disk holds no more of it than one file may have, and
// nothing afterwards. What was typed is in the form and kept as a draft. The same holds for the desk and for programs.
func TestS4_6_AFileThatIsFarTooLargeIsRefusedEarly(t *testing.T) {
	t.Parallel()
	const begins, boundary = "%PDF-1.7\n", "b0undary"
	onBoth(t, func(t *testing.T, h *house) {
		c := h.withBox(t, "en")
		for _, x := range []struct {
			lang    i18n.Lang
			begins  string
			chunked bool
			key     string
		}{{"fi", begins, false, "file.too_large"}, {"sv", begins, true, "file.too_large"}, {"cs", "", false, "file.type"}, {"en", "", true, "file.type"}} {
			subject, typed := "My film in "+string(x.lang), "What I typed 4711 in "+string(x.lang)
			path := my(x.lang, "mailbox", "write", string(vuorela), "files")
			before, after := multi(boundary, "film.pdf", "kind", "application", "subject", subject, "body", typed)
			got := h.pour(t, path, asBrowser(t, c, path, "luukku-citizen", boundary), before+x.begins, after, x.chunked)
			if want := say(x.lang, x.key, "name", "film.pdf", "most", 50); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, want) {
				t.Errorf("%s: got %d, want %q in %s", x.lang, got.status, want, got.text)
			}
			for _, want := range []string{subject, typed, `<html lang="` + string(x.lang)} {
				if !strings.Contains(got.text, want) {
					t.Errorf("%s: the form lacks %q", x.lang, want)
				}
			}
			p := c.Get(my(x.lang, "mailbox", "drafts")).Click(subject).MustText(typed)
			if p.HasText("film.pdf") {
				t.Errorf("%s: the file is attached", x.lang)
			}
		}

		desk := h.sendsLetters(t, "registry")
		path := "/sv/staff/" + string(vuorela) + "/letters/write/files"
		before, after := multi(boundary, "film.pdf", "subject", "An answer", "body", "What the desk typed.", "post", "Mallikatu 1", "no_reply", "1")
		got := h.pour(t, path, asBrowser(t, desk, path, "luukku-staff", boundary), before+begins, after, false)
		if want := say("sv", "file.too_large", "name", "film.pdf", "most", 50); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, want) ||
			!strings.Contains(got.text, "What the desk typed.") || !strings.Contains(got.text, "Mallikatu 1") {
			t.Errorf("the desk got %d, want %q in %s", got.status, want, got.text)
		}

		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, chunked := range []bool{false, true} {
			got := h.pour(t, "/api/v1/organisations/vuorela/files", http.Header{
				"Authorization": {"Bearer " + key}, "Idempotency-Key": {"a-film-of-mine"}, "Content-Type": {"application/octet-stream"}, "Content-Disposition": {`attachment; filename="film.pdf"`},
			}, begins, "", chunked)
			if got.status != http.StatusRequestEntityTooLarge && got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, "too large") {
				t.Errorf("the program got %d: %s", got.status, got.text)
			}
			if !chunked && got.sent > 16<<20 {
				t.Errorf("the program said how much it would send, and %d bytes of it were taken in", got.sent)
			}
		}
		if size, files := onDisk(t, h.app.Config.Files.Dir); files != 0 {
			t.Errorf("%d bytes in %d files are left", size, files)
		}
	})
}
