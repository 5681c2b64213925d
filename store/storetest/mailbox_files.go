package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
)

// memory keeps the bytes of files in memory.
type memory struct {
	mu   sync.Mutex
	kept map[file.Ref][]byte
}

type inMemory struct {
	m   *memory
	ref file.Ref
	b   []byte
}

func (m *memory) Create(f file.Ref) (file.Blob, error) { return &inMemory{m: m, ref: f}, nil }

func (w *inMemory) Write(b []byte) (int, error) {
	w.b = append(w.b, b...)
	return len(b), nil
}

func (w *inMemory) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(w.b).ReadAt(b, at)
}

func (w *inMemory) Keep() error {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	w.m.kept[w.ref] = w.b
	return nil
}

func (w *inMemory) Drop() {}

type openBytes struct{ *bytes.Reader }

func (openBytes) Close() error { return nil }

func (m *memory) Open(f file.Ref) (file.Opened, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.kept[f]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return openBytes{bytes.NewReader(b)}, nil
}

func (m *memory) Remove(f file.Ref) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, f)
	return nil
}

func (m *memory) Unsettled(time.Time, int) ([]file.Ref, error) { return nil, nil }
func (m *memory) Settle(file.Ref) error                        { return nil }

func (m *memory) has(id ids.File) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.kept[file.Ref{Org: "town", File: id}]
	return ok
}

// finder finds a word.
type finder struct{}

func (finder) Scan(_ context.Context, r io.Reader) (file.Verdict, error) {
	b, err := io.ReadAll(r)
	if bytes.Contains(b, []byte("MALWARE")) {
		return file.Verdict{Found: "Test"}, err
	}
	return file.Verdict{}, err
}

// down is a scanner that does not answer.
type down struct{}

func (down) Scan(context.Context, io.Reader) (file.Verdict, error) {
	return file.Verdict{}, errors.New("connection refused")
}

func (h *House) files() *file.Service {
	return &file.Service{
		Store: h.Store.Files(), Blobs: &memory{kept: map[file.Ref][]byte{}}, Scanner: finder{}, Seals: h.Keys, Gen: h.Booking.Gen, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}
}

// upload is a text that an organisation uploaded.
func (h *House) upload(t *testing.T, s *mailbox.Service, name, text string) ids.File {
	t.Helper()
	a, _, err := s.Files.Upload(t.Context(), sender(), file.Incoming{Org: "town", Name: name, Most: file.MB}, h.Booking.Gen.FormKey(), strings.NewReader(text))
	if err != nil {
		t.Fatalf("upload %s: %v", name, err)
	}
	return a.ID
}

func (h *House) scan(t *testing.T, s *mailbox.Service, list ...ids.File) {
	t.Helper()
	s.Files.Scanned = s.Settle
	for _, id := range list {
		if _, err := s.Files.Scan(t.Context(), file.Ref{Org: "town", File: id}); err != nil {
			t.Errorf("scan: %v", err)
		}
	}
}

// happened are the events of a letter, in their order.
func (h *House) happened(t *testing.T, id ids.Letter) string {
	t.Helper()
	l, err := h.Store.Mailboxes().SentLetter(t.Context(), "town", id)
	if err != nil {
		t.Fatalf("read letter: %v", err)
	}
	var out []string
	for _, e := range l.Events {
		out = append(out, string(e.What))
	}
	return strings.Join(out, " ")
}

func waitsForFiles(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	first, second := h.upload(t, s, "päätös.txt", "It was decided."), h.upload(t, s, "päätös.txt", "Why it was.")
	r := h.letterTo(p, mailbox.Verifiable)
	r.Attachments = []ids.File{first, second}
	l, err := s.Send(t.Context(), sender(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.happened(t, l.ID); got != "accepted" || len(h.inbox(t, s, p)) != 1 {
		t.Errorf("before the scan: %s, %d letters", got, len(h.inbox(t, s, p)))
	}
	scanner := s.Files.Scanner
	s.Files.Scanner = down{}
	if wait, err := s.Files.Scan(t.Context(), file.Ref{Org: "town", File: first}); !errors.Is(err, file.ErrScanner) || wait <= 0 {
		t.Errorf("with the scanner down: %v, %v", wait, err)
	}
	if n, oldest, err := h.Store.Files().FilesWaiting(t.Context(), "town", h.Clock.Now().Unix()); n != 2 || oldest != h.Clock.Now().Unix() || err != nil {
		t.Errorf("%d wait since %d, %v", n, oldest, err)
	}
	s.Files.Scanner = scanner
	h.scan(t, s, first)
	if got := h.happened(t, l.ID); got != "accepted" {
		t.Errorf("with one of two: %s", got)
	}
	h.Clock.Advance(100 * time.Second)
	h.scan(t, s, second, first)
	if got := h.happened(t, l.ID); got != "accepted published" {
		t.Errorf("after the scan: %s", got)
	}
	if st := h.stands(t, l.ID); st.Published != h.Clock.Now().Unix() {
		t.Errorf("published at %d, want now", st.Published)
	}
	if _, err := s.FilesOf(t.Context(), holder(p), l.ID); !fault.IsKey(err, "letter.unconfirmed") {
		t.Errorf("before it is confirmed: %v", err)
	}
	if _, _, err := s.OpenFile(t.Context(), holder(p), l.ID, first); !fault.IsKey(err, "letter.unconfirmed") {
		t.Errorf("before it is confirmed: %v", err)
	}
	if err := s.Confirm(t.Context(), holder(p), l.ID); err != nil {
		t.Fatal(err)
	}
	list, err := s.FilesOf(t.Context(), holder(p), l.ID)
	if err != nil || len(list) != 2 || list[0].Name != "päätös.txt" || list[1].Name != "päätös (2).txt" {
		t.Fatalf("got %+v, %v", list, err)
	}
	a, in, err := s.OpenFile(t.Context(), holder(p), l.ID, second)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(in); err != nil || string(b) != "Why it was." || a.Size != int64(len(b)) {
		t.Errorf("got %q, %v", b, err)
	}
	shown, err := s.Letter(t.Context(), holder(p), l.ID)
	if err != nil || len(shown.Files) != 2 || shown.Files[1].Digest != a.DigestHex() {
		t.Errorf("the letter says %+v, %v", shown.Files, err)
	}
	other := h.withMailbox(t, s)
	if _, _, err := s.OpenFile(t.Context(), holder(other), l.ID, first); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else: %v", err)
	}
}

func refusedForFile(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	good, bad := h.upload(t, s, "a.txt", "good"), h.upload(t, s, "b.txt", "MALWARE")
	r := h.letterTo(p, mailbox.Ordinary)
	r.Attachments = []ids.File{good, bad}
	l, err := s.Send(t.Context(), sender(), r)
	if err != nil {
		t.Fatal(err)
	}
	h.scan(t, s, bad, good, bad)
	if got := h.happened(t, l.ID); got != "accepted refused" || len(h.inbox(t, s, p)) != 1 {
		t.Errorf("%s, and %d letters", got, len(h.inbox(t, s, p)))
	}
	feed, _, _, err := s.Feed(t.Context(), sender(), "town", 0, 100)
	if err != nil || feed[len(feed)-1].What != mailbox.Refused {
		t.Errorf("the sender hears %+v, %v", feed, err)
	}
	r.Key = h.Booking.Gen.FormKey()
	if _, err := s.Send(t.Context(), sender(), r); fault.Of(err) == nil || fault.Of(err).Fields[0].Name != "attachments" {
		t.Errorf("sent again: %v", err)
	}
	// One for a person on paper is printed when its attachments are clean.
	r = h.letterTo(h.someone(t), mailbox.Ordinary)
	waits := h.upload(t, s, "c.txt", "clean")
	r.Attachments = []ids.File{waits}
	if l, err = s.Send(t.Context(), sender(), r); err != nil {
		t.Fatal(err)
	}
	if n, _, err := h.Store.Mailboxes().PrintWaiting(t.Context(), "town"); n != 0 || err != nil {
		t.Errorf("%d wait to be printed, %v", n, err)
	}
	h.scan(t, s, waits, waits)
	if n, _, err := h.Store.Mailboxes().PrintWaiting(t.Context(), "town"); n != 1 || err != nil || h.happened(t, l.ID) != "accepted checked" {
		t.Errorf("%d wait to be printed, %v: %s", n, err, h.happened(t, l.ID))
	}
	// Recalled meanwhile it is not published.
	r = h.letterTo(p, mailbox.Ordinary)
	r.Attachments = []ids.File{h.upload(t, s, "d.txt", "clean")}
	if l, err = s.Send(t.Context(), sender(), r); err == nil {
		err = s.Recall(t.Context(), sender(), "town", l.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.scan(t, s, r.Attachments[0])
	if got := h.happened(t, l.ID); got != "accepted recalled" {
		t.Errorf("recalled: %s", got)
	}
}

func scannedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	s.Files.Scanned = s.Settle
	for range 4 {
		r := h.letterTo(p, mailbox.Ordinary)
		for i := range 5 {
			r.Attachments = append(r.Attachments, h.upload(t, s, fmt.Sprintf("%d.txt", i), "clean"))
		}
		l, err := s.Send(t.Context(), sender(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range race(10, func(i int) error {
			_, err := s.Files.Scan(t.Context(), file.Ref{Org: "town", File: r.Attachments[i%5]})
			return err
		}) {
			if err != nil {
				t.Errorf("scan: %v", err)
			}
		}
		if got := h.happened(t, l.ID); got != "accepted published" {
			t.Errorf("%s", got)
		}
	}
}

func sentWhileScanned(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	s.Files.Scanned = s.Settle
	for range 8 {
		r := h.letterTo(p, mailbox.Ordinary)
		r.Attachments = []ids.File{h.upload(t, s, "a.txt", "clean")}
		var l mailbox.Stored
		for _, err := range race(2, func(i int) (err error) {
			if i == 0 {
				l, err = s.Send(t.Context(), sender(), r)
				return err
			}
			_, err = s.Files.Scan(t.Context(), file.Ref{Org: "town", File: r.Attachments[0]})
			return err
		}) {
			if err != nil {
				t.Errorf("%v", err)
			}
		}
		if got := h.happened(t, l.ID); got != "accepted published" {
			t.Errorf("%s: nobody publishes it any more", got)
		}
	}
}

// draft is an answer that somebody is writing.
func (h *House) draft(t *testing.T, s *mailbox.Service, p ids.Person) mailbox.WriteRequest {
	t.Helper()
	l, err := s.Send(t.Context(), sender(), h.letterTo(p, mailbox.Ordinary))
	if err != nil {
		t.Fatal(err)
	}
	r := mailbox.WriteRequest{Answers: l.ID, Lang: "fi", Content: mailbox.Content{Subject: "My answer", Body: "I do not agree."}, Key: h.Booking.Gen.FormKey()}
	if r.Draft, err = s.SaveDraft(t.Context(), holder(p), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func draftSentAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	r := h.draft(t, s, p)
	if _, err := s.AddFile(t.Context(), holder(p), r.Draft, "liite.txt", strings.NewReader("evidence")); err != nil {
		t.Fatal(err)
	}
	d, files, err := s.Draft(t.Context(), holder(p), r.Draft)
	if err != nil || d.Body != "I do not agree." || len(files) != 1 {
		t.Fatalf("got %+v, %v, %v", d, files, err)
	}
	if _, _, err := s.Draft(t.Context(), holder(h.withMailbox(t, s)), r.Draft); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	got := make([]ids.Letter, 6)
	for _, err := range race(len(got), func(i int) (err error) {
		got[i], err = s.SendDraft(t.Context(), holder(p), r)
		return err
	}) {
		if err != nil {
			t.Errorf("send: %v", err)
		}
	}
	for _, id := range got {
		if id != r.Draft {
			t.Errorf("got %s, want %s", id, r.Draft)
		}
	}
	shown, err := s.Letter(t.Context(), holder(p), r.Draft)
	if err != nil || len(shown.Thread) != 3 || len(shown.Files) != 1 || shown.Files[0].Name != "liite.txt" {
		t.Errorf("got %+v, %v", shown, err)
	}
	receipt := shown.Thread[2]
	if receipt.Kind != mailbox.Receipt || !strings.Contains(receipt.Body, "liite.txt") || !strings.Contains(receipt.Body, shown.Files[0].Digest) {
		t.Errorf("the acknowledgement says %q", receipt.Body)
	}
	if list, err := s.Drafts(t.Context(), holder(p)); err != nil || len(list) != 0 {
		t.Errorf("%d drafts are left, %v", len(list), err)
	}
	// A draft that nobody changes for so long is deleted, and not a second before.
	old := h.draft(t, s, p)
	h.until(mailbox.DraftExpiry(h.Clock.Now().Unix()) - 1)
	if n, err := s.SweepDrafts(t.Context(), 100); n != 0 || err != nil {
		t.Errorf("in the last second %d were deleted, %v", n, err)
	}
	h.Clock.Advance(time.Second)
	if n, err := s.SweepDrafts(t.Context(), 100); n != 1 || err != nil {
		t.Errorf("%d were deleted, %v", n, err)
	}
	if _, err := s.SendDraft(t.Context(), holder(p), old); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("sent after that: %v", err)
	}
}

func filesAddedAtOnce(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	r := h.draft(t, s, p)
	most := file.DefaultLimits.Files
	refused := 0
	for _, err := range race(most+4, func(i int) error {
		for {
			_, err := s.AddFile(t.Context(), holder(p), r.Draft, "kuva.txt", strings.NewReader(fmt.Sprint("picture ", i)))
			if !fault.IsKey(err, "letter.changed") { // too many at once for its tries
				return err
			}
		}
	}) {
		if f := fault.Of(err); f != nil && len(f.Fields) == 1 && f.Fields[0].Key == "file.too_many" {
			refused++
		} else if err != nil {
			t.Errorf("add: %v", err)
		}
	}
	_, files, err := s.Draft(t.Context(), holder(p), r.Draft)
	if err != nil || len(files) != most || refused != 4 {
		t.Fatalf("%d files, %d refused, %v", len(files), refused, err)
	}
	names := map[string]bool{}
	for _, f := range files {
		names[strings.ToLower(f.Name)] = true
	}
	if len(names) != most {
		t.Errorf("got %v, want a name for each", names)
	}
	if err := s.RemoveFile(t.Context(), holder(p), r.Draft, files[3].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddFile(t.Context(), holder(p), r.Draft, "another.txt", strings.NewReader("x")); err != nil {
		t.Errorf("after one was removed: %v", err)
	}
}

func bytesGo(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	bytes := s.Files.Blobs.(*memory)
	p, q := h.withMailbox(t, s), h.withMailbox(t, s)
	shared := h.upload(t, s, "a.txt", "for two")
	h.scan(t, s, shared)
	sweep := func() {
		t.Helper()
		if _, err := s.Sweep(t.Context(), 100); err != nil {
			t.Error(err)
		}
		if _, err := s.Files.Sweep(t.Context(), 100); err != nil {
			t.Error(err)
		}
	}
	var letters []ids.Letter
	for _, who := range []ids.Person{p, q} {
		r := h.letterTo(who, mailbox.Ordinary)
		r.Attachments = []ids.File{shared}
		l, err := s.Send(t.Context(), sender(), r)
		if err != nil {
			t.Fatal(err)
		}
		letters = append(letters, l.ID)
	}
	lonely := h.upload(t, s, "b.txt", "for nobody")
	h.until(h.Clock.Now().Unix() + file.HoldDays*24*60*60)
	if sweep(); !bytes.has(lonely) {
		t.Error("in the last second in which it can be attached, an upload is gone")
	}
	h.Clock.Advance(time.Second)
	if sweep(); bytes.has(lonely) || !bytes.has(shared) {
		t.Errorf("held by nobody: %v, by two: %v", bytes.has(lonely), bytes.has(shared))
	}
	r := h.letterTo(p, mailbox.Ordinary)
	r.Attachments = []ids.File{shared}
	if _, err := s.Send(t.Context(), sender(), r); !fault.Is(err, fault.KindInvalid) {
		t.Errorf("attached too late: %v", err)
	}
	for i, who := range []ids.Person{p, q} {
		if _, in, err := s.OpenFile(t.Context(), holder(who), letters[i], shared); err != nil {
			t.Errorf("open: %v", err)
		} else if b, err := io.ReadAll(in); err != nil || string(b) != "for two" {
			t.Errorf("got %q, %v", b, err)
		}
		if _, err := s.Tidy(t.Context(), holder(who), mailbox.Deleted, letters[i:i+1]); err != nil {
			t.Fatal(err)
		}
		h.until(mailbox.PurgeAt(h.Clock.Now().Unix()))
		if sweep(); bytes.has(shared) != (i == 0) {
			t.Errorf("after %d of two letters were purged: kept %v", i+1, bytes.has(shared))
		}
	}
	d := h.draft(t, s, p)
	a, err := s.AddFile(t.Context(), holder(p), d.Draft, "c.txt", strings.NewReader("c"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DropDraft(t.Context(), holder(p), d.Draft); err != nil {
		t.Fatal(err)
	}
	if sweep(); bytes.has(a.ID) {
		t.Error("the file of a draft that was thrown away is kept")
	}
}

func writtenWithFile(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p := h.withMailbox(t, s)
	r := h.draft(t, s, p)
	bad, err := s.AddFile(t.Context(), holder(p), r.Draft, "virus.txt", strings.NewReader("MALWARE"))
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.SendDraft(t.Context(), holder(p), r)
	if err != nil {
		t.Fatalf("before the scan: %v", err)
	}
	if _, _, err := s.OpenFile(t.Context(), holder(p), id, bad.ID); !fault.IsKey(err, "file.closed") {
		t.Errorf("unscanned, it opens: %v", err)
	}
	h.scan(t, s, bad.ID, bad.ID)
	if _, _, err := s.OpenFile(t.Context(), holder(p), id, bad.ID); !fault.IsKey(err, "file.closed") {
		t.Errorf("infected, it opens: %v", err)
	}
	shown, err := s.Letter(t.Context(), holder(p), id)
	if err != nil || len(shown.Thread) != 4 || !strings.Contains(shown.Thread[3].Body, "virus.txt") {
		t.Errorf("who wrote is told %+v, %v", shown.Thread, err)
	}
	if got := h.happened(t, id); got != "accepted published refused" && got != "accepted published read refused" {
		t.Errorf("%s", got)
	}
	r = h.draft(t, s, p)
	if bad, err = s.AddFile(t.Context(), holder(p), r.Draft, "virus.txt", strings.NewReader("MALWARE")); err != nil {
		t.Fatal(err)
	}
	h.scan(t, s, bad.ID)
	if _, err := s.SendDraft(t.Context(), holder(p), r); fault.Of(err) == nil || fault.Of(err).Fields[0].Key != "file.remove_bad" {
		t.Errorf("with what is known to be bad: %v", err)
	}
}
