package bench

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"luukku/domain/file"
)

// Attachments that come in.
const (
	uploadSize    = 50 * file.MB // the most that one may have
	uploadsAtOnce = 8
	uploadLook    = 10 * time.Millisecond // how often the server's memory is looked at
)

// uploaded is one round of uploads.
type uploaded struct {
	bytes, files int64
	elapsed, cpu time.Duration
	// before is the server's memory when nothing was going on, most the most that was seen, and heap what was alive of it before; in bytes.
	before, most, heap int64
}

// mailUpload has people attach pictures and PDF files of 50 MB at once, and looks at the server's memory meanwhile.
func mailUpload(ctx context.Context, e *Env) (Result, error) {
	size, people := int64(uploadSize), uploadsAtOnce
	if e.tiny {
		size, people = file.MB, 2
	}
	p, inboxes, err := e.mail(ctx, mailSpec{People: people, Each: 1})
	if err != nil {
		return Result{}, err
	}
	var cookies []string
	for _, x := range inboxes {
		_, cookie, _ := strings.Cut(x, "Cookie: ")
		cookies = append(cookies, cookie)
	}
	if _, err := p.uploads(ctx, cookies, file.MB/2); err != nil { // what is needed for a small one is there before
		return Result{}, err
	}
	var grown, rates, before, most, heap []float64
	var cpu time.Duration
	res := Result{}
	small, err := p.uploads(ctx, cookies, size/10)
	if err != nil {
		return Result{}, err
	}
	for range e.Rounds() {
		u, err := p.uploads(ctx, cookies, size)
		if err != nil {
			return Result{}, err
		}
		cpu, res.N = cpu+u.cpu, res.N+u.files
		grown, before, most = append(grown, float64(u.most-u.before)/megabytes), append(before, float64(u.before)/megabytes), append(most, float64(u.most)/megabytes)
		heap = append(heap, float64(u.heap)/megabytes)
		rates = append(rates, float64(u.bytes)/megabytes/u.elapsed.Seconds())
	}
	res.Ratio, res.IQR, res.CPU = median(grown), iqr(grown), micros(cpu)/float64(max(res.N, 1))
	res.Figures = map[string]float64{
		"at_once": float64(people), "before_mb": median(before), "before_heap_mb": median(heap), "highest_mb": median(most), "mb_per_second": median(rates),
		"small_grown_mb": float64(small.most-small.before) / megabytes,
	}
	kept, bytes, err := p.in.attachments()
	if err != nil {
		return Result{}, err
	}
	if want := res.N + 2*int64(people); kept != want || bytes < res.N*size {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d attachments with %d bytes were kept, want %d with at least %d", kept, bytes, want, res.N*size))
	}
	return res, nil
}

// attachments are the files that an installation keeps, and their bytes.
func (i Installation) attachments() (files, bytes int64, err error) {
	c, err := i.config()
	if err != nil {
		return 0, 0, err
	}
	err = filepath.WalkDir(filepath.Join(c.Files.Dir, "kept"), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			files, bytes = files+1, bytes+info.Size()
		}
		return err
	})
	return files, bytes, err
}

// uploads has each of some people begin a letter with one attachment, all at once. The server gives the memory back that it does not use before they begin, so that nothing of what they need is there already.
func (p *pages) uploads(ctx context.Context, cookies []string, size int64) (u uploaded, err error) {
	var idle Usage
	if err := p.s.Call(ctx, "trimmed", nil, &idle); err != nil {
		return u, err
	}
	u.before, u.heap, u.bytes, u.files = idle.RSS, idle.Heap, size*int64(len(cookies)), int64(len(cookies))
	client := &http.Client{Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	failed := make(chan error, len(cookies))
	done := make(chan struct{})
	var all sync.WaitGroup
	begun := time.Now()
	for i, cookie := range cookies {
		all.Go(func() {
			if err := uploadOne(ctx, client, p.s.Addr, cookie, i, size); err != nil {
				failed <- err
			}
		})
	}
	go func() {
		all.Wait()
		u.elapsed = time.Since(begun)
		close(done)
	}()
	last := idle
	for more := true; more; {
		select {
		case <-done:
			more = false
		case <-time.After(uploadLook):
		}
		if last, err = p.s.Usage(ctx); err != nil {
			<-done
			return u, err
		}
		u.most = max(u.most, last.RSS)
	}
	u.cpu = last.CPU - idle.CPU
	close(failed)
	return u, <-failed
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// uploadOne begins a letter with one attachment, a picture or a PDF by turns: PDF files are looked through for what is not taken.
func uploadOne(ctx context.Context, client *http.Client, addr, cookie string, n int, size int64) error {
	const boundary = "b0undary"
	name, head, foot := "IMG.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", ""
	if n%2 == 1 {
		name, head, foot = "plan.pdf", "%PDF-1.7\n1 0 obj\n<< /Type /XObject >>\nstream\n", "\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
	}
	before := "--" + boundary + "\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\napplication\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\nA file\r\n--" +
		boundary + "\r\nContent-Disposition: form-data; name=\"" + file.Field + "\"; filename=\"" + name + "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + head
	after := foot + "\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"do\"\r\n\r\nsave\r\n--" + boundary + "--\r\n"
	block, err := aes.NewCipher(make([]byte, 16))
	if err != nil {
		return err
	}
	noise := cipher.StreamReader{S: cipher.NewCTR(block, append(make([]byte, 15), byte(n))), R: zeros{}} // what is not packed any further, the same each time
	middle := size - int64(len(head)+len(foot))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/fi/my/mailbox/write/"+string(fixtureOrg)+"/files",
		io.MultiReader(strings.NewReader(before), io.LimitReader(noise, middle), strings.NewReader(after)))
	if err != nil {
		return err
	}
	req.ContentLength = int64(len(before)) + middle + int64(len(after))
	req.Header = http.Header{"Content-Type": {"multipart/form-data; boundary=" + boundary}, "Cookie": {cookie}, "Sec-Fetch-Site": {"same-origin"}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("attach a file: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if to := resp.Header.Get("Location"); err == nil && (resp.StatusCode != http.StatusSeeOther || !strings.Contains(to, "/draft/")) {
		err = fmt.Errorf("attach a file: got %d, %q: %.300s", resp.StatusCode, to, body)
	}
	return err
}
