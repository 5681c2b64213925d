package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// Ten thousand canaries, in subjects, texts, names and addresses of letters that are sent, told of, read, printed and taken back, and in a file that is attached: none of them, and no identifier, is in the database as it lies on
// the disk, in the log, in a notice, in what a program hears, or in what is measured.
func TestS4_6_NoCanaryLeavesItsLetter(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	const l, who, code, canary = i18n.Lang("fi"), "Maija Meikäläinen", "140385-902F", "kanarek"
	c := h.person(t)
	h.settle(t, c, l, "bank", who, "maija@example.org", false)
	openBox(t, c, l)
	const letters, atOnce = 2_500, 8
	sender := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
	send := func(i int) error {
		recipient, mode := code, mailbox.Ordinary
		if i%2 == 1 { // whom nobody knows here: on paper
			recipient = "010170-901M"
		}
		if i%10 == 4 {
			mode = mailbox.Verifiable
		}
		_, err := h.app.Mailboxes.Send(t.Context(), sender, mailbox.SendRequest{
			Org: vuorela, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: natid.Secret(recipient)}, Kind: mailbox.Decision, Mode: mode, Lang: "fi",
			Content: mailbox.Content{
				Subject: fmt.Sprintf("%s-subject-%d", canary, i), Body: fmt.Sprintf("%s-body-%d", canary, i),
				Post: []string{fmt.Sprintf("%s-name-%d", canary, i), fmt.Sprintf("%s-street-%d", canary, i), "00100 MALLILA"},
			},
			Ref: fmt.Sprintf("VRL/%d", i), Key: h.app.Site.Gen.FormKey(),
		})
		return err
	}
	failed := make([]error, atOnce)
	var all sync.WaitGroup
	for w := range atOnce {
		all.Go(func() {
			for i := w; i < letters && failed[w] == nil; i += atOnce {
				failed[w] = send(i)
			}
		})
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}

	// What its reader does, and what the sender's programs ask.
	p := c.Get(my(l, "mailbox")).MustText(canary + "-subject-")
	p = p.Form(say(l, "mailbox.find.button")).Set(say(l, "mailbox.find.text")+" "+say(l, "ui.optional"), canary+"-body-0").Submit(say(l, "mailbox.find.button")).MustText(canary + "-subject-0")
	p = p.Click(canary + "-subject-0").MustText(canary + "-body-0")
	if bytes.Contains([]byte(p.URL), []byte(canary)) {
		t.Errorf("an address has it: %s", p.URL)
	}
	// And what somebody attaches.
	add, button := say(l, "mailbox.draft.add"), say(l, "mailbox.write.button")
	p = c.Get(my(l, "mailbox", "write", string(vuorela)))
	p = p.Form(add).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.other")).Set(say(l, "mailbox.write.subject"), canary+"-matter").Set(say(l, "mailbox.write.body"), canary+"-words").
		Attach(say(l, "mailbox.draft.files")+" "+say(l, "ui.optional"), canary+"-file.txt", "text/plain", bytes.Repeat([]byte(canary+"-content\n"), 5000)).Submit(add)
	p.MustText(canary + "-file.txt").Form(button).Submit(button).MustText(canary + "-file.txt")
	m := h.mailKey(t, actor.LetterSend, actor.LetterPrint)
	var heard bytes.Buffer
	for after := int64(0); ; {
		var page api.LetterFeed
		heard.Write(m.read(m.ask(http.MethodGet, fmt.Sprintf("/letters/events?after=%d", after), ""), http.StatusOK, &page))
		if after = page.Next; !page.More {
			break
		}
	}
	heard.Write(m.ask(http.MethodGet, "/letters/print", "").MustStatus(http.StatusOK).Body)
	heard.Write(h.person(t).Get("/en/dev/outbox.json").MustStatus(http.StatusOK).Body)

	places := map[string][]byte{"what programs and notices say": heard.Bytes(), "the log": []byte(h.log.String())}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(h.file + end)
		if err != nil {
			t.Fatal(err)
		}
		places["the database's file"+end] = b
	}
	if len(places["the database's file"])+len(places["the database's file-wal"]) < letters*500 {
		t.Errorf("the database's files have %d bytes: the letters are not in them", len(places["the database's file"])+len(places["the database's file-wal"]))
	}
	err := filepath.WalkDir(h.app.Config.Files.Dir, func(path string, is fs.DirEntry, err error) error {
		if err == nil && !is.IsDir() {
			places["the file "+filepath.Base(path)], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(places) < 5 {
		t.Errorf("got %d places (%v), want an attachment among them", len(places), err)
	}
	for place, b := range places {
		for _, secret := range []string{canary, code, "010170-901M"} {
			if i := bytes.Index(b, []byte(secret)); i >= 0 {
				t.Errorf("%s is in %s: %q", secret, place, b[max(0, i-80):min(len(b), i+80)])
			}
		}
	}
}
