package e2e

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/e2e/client"

	"golang.org/x/net/html"
)

// opened reads an archive with a reader that knows nothing of how it was made.
func opened(t *testing.T, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("open the archive: %v", err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("read %s: %v", f.Name, err)
		}
		if _, twice := files[f.Name]; twice || strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, "..") {
			t.Errorf("the archive has %s twice, or it lies elsewhere", f.Name)
		}
		files[f.Name] = string(text)
	}
	return files
}

// offlineLinks are where the links of a page lead, within the archive. Anything that is loaded from elsewhere, or run, fails the test.
func offlineLinks(t *testing.T, name, text string, l i18n.Lang) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	headings, lang := 0, ""
	for n := range doc.Descendants() {
		switch n.Data {
		case "script", "img", "link", "iframe", "object":
			t.Errorf("%s has <%s>", name, n.Data)
		case "h1":
			headings++
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
			case a.Key == "href" && (strings.Contains(a.Val, ":") || strings.HasPrefix(a.Val, "/")):
				t.Errorf("%s leads out of the archive, to %s", name, a.Val)
			case a.Key == "href":
				to, err := url.PathUnescape(a.Val)
				if err != nil {
					t.Errorf("%s has a link %q: %v", name, a.Val, err)
				}
				links = append(links, path.Join(path.Dir(name), to))
			case a.Key == "src", strings.HasPrefix(a.Key, "on"):
				t.Errorf("%s has %s=%q", name, a.Key, a.Val)
			case n.Data == "html" && a.Key == "lang":
				lang = a.Val
			}
		}
	}
	if headings != 1 || lang != string(l) {
		t.Errorf("%s has %d first headings and is in %q", name, headings, lang)
	}
	return links
}

// slowScanner finds what the scanner behind it finds, and takes until it is let go for what says that it is slow.
type slowScanner struct {
	file.Scanner
	slow map[string]chan struct{} // by what a file says
}

// Scan looks at a file.
func (s slowScanner) Scan(ctx context.Context, r io.Reader) (file.Verdict, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return file.Verdict{}, err
	}
	for says, wait := range s.slow {
		if bytes.Contains(b, []byte(says)) {
			select {
			case <-wait:
			case <-ctx.Done():
				return file.Verdict{}, ctx.Err()
			}
		}
	}
	return s.Scanner.Scan(ctx, bytes.NewReader(b))
}

// attachedFile is what is sent with a letter.
type attachedFile struct {
	name, kind string
	body       []byte
}

// sendClosed sends a letter with an attachment that is to be confirmed, and waits until it is there.
func (h *house) sendClosed(t *testing.T, c *client.Client, l i18n.Lang, subject, name, says string) {
	t.Helper()
	who := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
	a, _, err := h.app.Files.Upload(t.Context(), who, file.Incoming{Org: vuorela, Name: name, Most: file.MB}, h.app.Site.Gen.FormKey(), strings.NewReader(says))
	var sent mailbox.Stored
	if err == nil {
		sent, err = h.app.Mailboxes.Send(t.Context(), who, mailbox.SendRequest{
			Org: vuorela, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: "140385-902F"}, Kind: mailbox.Decision, Mode: mailbox.Verifiable, Lang: "en",
			Content: mailbox.Content{Subject: subject, Body: "Closed."}, Attachments: []ids.File{a.ID}, Key: h.app.Site.Gen.FormKey(),
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); c.Get(my(l, "mailbox", "letter", string(sent.ID))).Status != http.StatusOK; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the letter with a clean attachment does not come")
		}
	}
}

// writes sends a new letter with attachments, and returns its id.
func writes(t *testing.T, h *house, c *client.Client, l i18n.Lang, subject string, files ...attachedFile) string {
	t.Helper()
	send := say(l, "mailbox.write.button")
	form := c.Get(my(l, "mailbox", "write")).Click(h.config(t, vuorela).Org.Name.In(l)).Form(send).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.application")).
		Set(say(l, "mailbox.write.subject"), subject).Set(say(l, "mailbox.write.body"), "See what is attached.")
	for _, f := range files {
		form.Attach(say(l, "mailbox.draft.files")+" "+say(l, "ui.optional"), f.name, f.kind, f.body)
	}
	p := form.Submit(send).MustStatus(http.StatusOK).MustText(say(l, "mailbox.read.did_send"), subject)
	id, _, _ := strings.Cut(path.Base(p.Path()), "?")
	return id
}

// takenFiles are the attachments that the JSON of a letter names.
func takenFiles(t *testing.T, files map[string]string, letter string) (out []struct {
	Name, Type, SHA256, Path, Missing string
	Size                              int64
}) {
	t.Helper()
	var got struct{ Attachments any }
	if err := json.Unmarshal([]byte(files["letters/"+letter+".json"]), &got); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got.Attachments)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A whole mailbox goes into one file that works without us: each letter once with what is attached to it, what waits to be confirmed without what it says or has, nothing of anybody else. An attachment that
// is not clean, or not there any more, is named with why. It takes a sign-in of this moment.
func TestS4_6_AWholeMailboxIsTakenAlong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who = i18n.Lang("cs"), "Maija Meikäläinen"
		h.troubled = true // the log says that a file was refused
		bad, late := make(chan struct{}), make(chan struct{})
		defer close(late)
		h.app.Files.Scanner = slowScanner{h.app.Files.Scanner, map[string]chan struct{}{"EICAR": bad, "late": late}}
		c, other := h.person(t), h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		openBox(t, other, l)
		h.settle(t, c, l, "bank", who, "maija@example.org", false)
		openBox(t, c, l)
		plain := h.sendTo(t, "Canary 5001", "Body of canary 5002.\n\n<b>not bold</b>", mailbox.Ordinary)
		sealed := h.sendTo(t, "Canary 6001", "Body of canary 6002.", mailbox.Verifiable)
		c.Get(my(l, "mailbox", "letter", string(plain.ID))).Form(say(l, "mailbox.read.answer_button")).Set(say(l, "mailbox.read.answer_text"), "My answer 5003.").Submit(say(l, "mailbox.read.answer_button")).MustStatus(http.StatusOK)
		binned := h.sendTo(t, "Canary 5004", "In the bin.", mailbox.Ordinary)
		c.Get(my(l, "mailbox", "letter", string(binned.ID))).Click(say(l, "mailbox.act.deleted"))

		// What is attached: clean under a name that no address takes as it is, twice the same name, lost with the disk, bad, not looked at yet, and closed with its letter.
		const odd = "plán #1 100 %.pdf"
		clean := writes(t, h, c, l, "With what is clean", attachedFile{odd, "application/pdf", onePage}, attachedFile{"IMG.png", "image/png", picture}, attachedFile{"img.PNG", "image/png", picture},
			attachedFile{"lost.txt", "text/plain", []byte("This one gets lost.")})
		until(t, c, my(l, "mailbox", "letter", clean), say(l, "mailbox.files.all"))
		var stored []file.File
		var err error
		for end := time.Now().Add(30 * time.Second); err == nil && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			stored, _, err = h.app.Files.Store.FilesOf(t.Context(), file.Holder{Org: vuorela, Kind: file.OfLetter, ID: clean})
			if !slices.ContainsFunc(stored, func(f file.File) bool { return f.State != file.Clean }) {
				break
			}
		}
		if err == nil {
			err = h.app.Files.Blobs.Remove(file.Ref{Org: vuorela, File: stored[3].ID})
		}
		if err != nil {
			t.Fatal(err)
		}
		h.sendClosed(t, c, l, "Canary 6003", "canary 6004.txt", "What canary 6005 sings.")
		malware := writes(t, h, c, l, "With what is bad", attachedFile{"bad.txt", "text/plain", eicar})
		close(bad)
		until(t, c, my(l, "mailbox", "letter", malware), say(l, "mailbox.files.bad", "size", "1 kB"))
		unchecked := writes(t, h, c, l, "With what is late", attachedFile{"late.txt", "text/plain", []byte("This one is late.")})

		button := say(l, "mailbox.export.button")
		take := func() *client.Page {
			return c.Get(my(l, "mailbox", "settings")).Click(say(l, "mailbox.export.title")).MustText(say(l, "mailbox.export.has_not")).Form(button).Submit(button)
		}
		h.skip(11 * time.Minute)
		p := c.Get(my(l, "mailbox", "export")).MustText(say(l, "mailbox.export.again"))
		if p.HasText(button) {
			t.Error("eleven minutes after signing in the mailbox can be taken along")
		}
		p = p.Click(say(l, "mailbox.export.again_button")).MustText(say(l, "sign_in.stronger_title")).Click(say(l, "demo_eid.provider.bank"))
		p.Click(say(l, "demo_eid.as", "name", who)).MustStatus(http.StatusOK)
		c.Get(my(l, "mailbox", "export")).MustText(button)

		p = take().MustStatus(http.StatusOK)
		if kind := p.Header.Get("Content-Type"); kind != "application/zip" || !strings.Contains(p.Header.Get("Content-Disposition"), "mailbox-") || p.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("it comes as %s with %v", kind, p.Header)
		}
		files := opened(t, p.Body)
		seen := map[string]bool{}
		for next := []string{"index.html"}; len(next) > 0; {
			name := next[0]
			next = next[1:]
			text, ok := files[name]
			if !ok {
				t.Fatalf("a link leads to %s, which is not there", name)
			}
			if seen[name] {
				continue
			}
			if seen[name] = true; strings.HasSuffix(name, ".html") {
				next = append(next, offlineLinks(t, name, text, l)...)
			}
		}
		letters := 0
		for name, text := range files {
			if !seen[name] {
				t.Errorf("nothing leads to %s", name)
			}
			if inside := name + text; strings.Contains(inside, "600") && strings.Contains(inside, "anary") || strings.Contains(text, "matti@") {
				t.Errorf("%s has what is not to be in it", name)
			}
			if strings.HasSuffix(name, ".json") {
				var got map[string]any
				if err := json.Unmarshal([]byte(text), &got); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				letters++
			}
		}
		if letters != 1+7+7 { // the mailbox itself; the welcome, four decisions, the answer and its receipt; three letters and their receipts, and that one was refused
			t.Errorf("%d JSON files", letters)
		}
		page := files["letters/"+string(plain.ID)+".html"]
		for _, want := range []string{"Canary 5001", "Body of canary 5002.", "&lt;b&gt;not bold", "FI 13/2003", "../threads/" + string(plain.Thread) + ".html"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of the letter lacks %q", want)
			}
		}
		sums := map[string]string{}
		for _, f := range takenFiles(t, files, clean) {
			sum := sha256.Sum256([]byte(files[f.Path]))
			switch lost := f.Name == "lost.txt"; {
			case lost && (f.Missing != "gone" || f.Path != "" || f.Size == 0):
				t.Errorf("what was lost is %+v", f)
			case !lost && (f.Missing != "" || f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != int64(len(files[f.Path])) || !slices.Contains(offlineLinks(t, "letters/"+clean+".html", files["letters/"+clean+".html"], l), f.Path)):
				t.Errorf("%+v is not what lies there, or nothing leads to it", f)
			}
			sums[f.Name] = files[f.Path]
		}
		if len(sums) != 4 || sums[odd] != string(onePage) || sums["IMG.png"] != string(picture) || sums["img (2).PNG"] != string(picture) || files["letters/"+clean+"/"+odd] != string(onePage) {
			t.Errorf("the letter came with %q", sums)
		}
		for letter, why := range map[string]string{clean: "gone", malware: "unsafe", unchecked: "unchecked"} {
			list := takenFiles(t, files, letter)
			last := list[len(list)-1]
			if text := say(l, "mailbox.export.missing_"+why, "size", "1 kB"); last.Missing != why || last.Path != "" || !strings.Contains(files["letters/"+letter+".html"], last.Name+" "+text) {
				t.Errorf("want %s named as %s, got %+v", last.Name, why, last)
			}
		}
		if text := files["letters/"+string(sealed.ID)+".html"]; !strings.Contains(text, say(l, "mailbox.export.waits")) {
			t.Error("the letter that waits does not say so")
		}
		for name, want := range map[string]string{"threads/" + string(plain.Thread) + ".html": "letters/" + string(plain.ID) + ".html", "letters/" + string(binned.ID) + ".json": `"folder": "bin"`, "preferences.html": say(l, "mailbox.settings.basis_consent"), "index.html": who} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		c.Get(my(l, "mailbox")).MustText(say(l, "mailbox.list.waits")) // it was taken along, and is not read by that
		for range 4 {
			take().MustStatus(http.StatusOK)
		}
		take().MustStatus(http.StatusTooManyRequests)
	})
}
