package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
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
				links = append(links, path.Join(path.Dir(name), a.Val))
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

// A whole mailbox goes into one file that works without us: each letter once, what waits to be confirmed without what it says, nothing of anybody else. It takes a sign-in of this moment.
func TestS4_6_AWholeMailboxIsTakenAlong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, who = i18n.Lang("cs"), "Maija Meikäläinen"
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
			if strings.Contains(text, "600") && strings.Contains(text, "anary") || strings.Contains(text, "matti@") {
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
		if letters != 1+6 { // the mailbox itself; the welcome, three decisions, the answer and its receipt
			t.Errorf("%d JSON files", letters)
		}
		page := files["letters/"+string(plain.ID)+".html"]
		for _, want := range []string{"Canary 5001", "Body of canary 5002.", "&lt;b&gt;not bold", "FI 13/2003", "../threads/" + string(plain.Thread) + ".html"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of the letter lacks %q", want)
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
