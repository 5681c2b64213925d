package e2e

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// onePage is a small PDF, picture a small PNG, eicar the file that every scanner takes for malware (eicar.org), in two parts so that none takes this one for it.
var (
	onePage = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n" +
		"trailer<</Root 1 0 R>>\n%%EOF\n")
	picture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00")
	eicar   = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)
)

// until asks for a page again until it has a text: what is looked at in the background has been looked at then.
func until(t *testing.T, c *client.Client, path, text string) *client.Page {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		p := c.Get(path)
		if p.HasText(text) {
			return p
		}
		if time.Now().After(end) {
			return p.MustText(text)
		}
	}
}

// A decision is appealed with attachments: the answer is kept as a draft with its files, those that cannot be taken are refused with what was typed kept, and the letter is sent once with an
// acknowledgement that names each file. The files can be opened when the scanner has looked at them, and not before; a draft can be left, found again, and thrown away.
func TestS4_6_ADecisionIsAppealedWithAttachments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, l)
		h.sendTo(t, "Decision on the fence", "The fence has to go.", mailbox.Ordinary)

		attach := say(l, "mailbox.draft.attach")
		p := c.Get(my(l, "mailbox")).Click("Decision on the fence")
		p = p.Form(attach).Set(say(l, "mailbox.read.answer_text"), "The fence was there before.").Submit(attach)
		p.MustStatus(http.StatusOK).MustText(say(l, "mailbox.draft.saved"), "The fence was there before.")
		draft := p.Path()

		add, send, field := say(l, "mailbox.draft.add"), say(l, "mailbox.write.button"), say(l, "mailbox.draft.files")+" "+say(l, "ui.optional")
		p = p.Form(add).Attach(field, "the fence.pdf", "application/pdf", onePage).Submit(add).MustStatus(http.StatusOK).MustText("the fence.pdf")
		// A program in a picture's clothes is not taken; what was typed is kept, and so is the file before it.
		p = p.Form(add).Set(say(l, "mailbox.write.body"), "It was there in 1950.").Attach(field, "fence.png", "image/png", []byte("MZ\x90\x00not a picture")).Submit(add)
		p.MustStatus(http.StatusUnprocessableEntity).MustText("It was there in 1950.", "the fence.pdf", "fence.png")
		p = c.Get(draft).MustText("It was there in 1950.")
		p = p.Form(add).Attach(field, "IMG_2044.png", "image/png", picture).Submit(add).MustText("IMG_2044.png")
		p = p.Form(add).Attach(field, "wrong.pdf", "application/pdf", onePage).Submit(add).MustText("wrong.pdf")
		p = p.Form(add).Submit(say(l, "mailbox.draft.remove") + " wrong.pdf")
		if p.HasText("wrong.pdf") {
			t.Error("the attachment that was taken away is still there")
		}

		// Left and found again, and sent once however often the button is pressed.
		c.Get(my(l, "mailbox")).Click(say(l, "mailbox.draft.title")).MustText("Decision on the fence")
		p = c.Get(draft)
		form := p.Form(send).Set(say(l, "mailbox.write.body"), "It was there in 1950. See the picture.")
		first, second := form.Submit(send).MustText(say(l, "mailbox.read.did_send"), "See the picture.", "the fence.pdf", "IMG_2044.png"), form.Submit(send)
		if first.Path() != second.Path() {
			t.Errorf("sent twice it is two letters: %s and %s", first.Path(), second.Path())
		}
		c.Get(my(l, "mailbox", "drafts")).MustText(say(l, "mailbox.draft.none"))
		c.Get(my(l, "mailbox")).Click(say(l, "mailbox.receipt_subject")).MustText("the fence.pdf", "IMG_2044.png")

		// Opened once they are clean; all of them as one file.
		all := say(l, "mailbox.files.all")
		p = until(t, c, first.Path(), all)
		if got := p.Click("the fence.pdf").MustStatus(http.StatusOK); !bytes.Equal(got.Body, onePage) || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the attachment came back as %d bytes with %v", len(got.Body), got.Header)
		}
		packed := p.Click(all)
		z, err := zip.NewReader(bytes.NewReader(packed.Body), int64(len(packed.Body)))
		if err != nil || len(z.File) != 2 {
			t.Errorf("all at once: got %v, %v", z, err)
		}
		other := h.person(t)
		h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
		openBox(t, other, l)
		other.Get(strings.TrimPrefix(first.Path(), h.base)).MustStatus(http.StatusNotFound)

		// A new letter with a file in one go.
		name := h.config(t, vuorela).Org.Name.In(l)
		p = c.Get(my(l, "mailbox", "write")).Click(name)
		p = p.Form(send).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.application")).Set(say(l, "mailbox.write.subject"), "A new application").
			Set(say(l, "mailbox.write.body"), "With a form.").Attach(field, "form.txt", "text/plain", []byte("A form.")).Submit(send).MustStatus(http.StatusOK)
		p.MustText(say(l, "mailbox.read.did_send"), "A new application", "form.txt")

		// Malware is found while the draft lies there; it is not sent before the file is taken away, and nobody can open it.
		h.troubled = true // the log says that a file was refused
		p = c.Get(my(l, "mailbox", "write")).Click(name)
		p = p.Form(add).Set(say(l, "mailbox.write.kind"), say(l, "mailbox.kind.application")).Set(say(l, "mailbox.write.subject"), "Another application").
			Set(say(l, "mailbox.write.body"), "With what it should not have.").Attach(field, "bad.txt", "text/plain", eicar).Submit(add).MustStatus(http.StatusOK)
		p = until(t, c, p.Path(), "bad.txt "+say(l, "mailbox.files.bad", "size", mailbox.SizeText(i18n.MustLoad().Printer(l), int64(len(eicar)))))
		p = p.Form(send).Submit(send).MustStatus(http.StatusUnprocessableEntity).MustText("With what it should not have.")
		p = p.Form(send).Submit(say(l, "mailbox.draft.remove") + " bad.txt")
		p.Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "mailbox.read.did_send"), "Another application")

		// A draft is thrown away with what is attached.
		p = c.Get(my(l, "mailbox", "write")).Click(name)
		p = p.Form(add).Set(say(l, "mailbox.write.subject"), "Never mind").Attach(field, "note.txt", "text/plain", []byte("A note.")).Submit(add).MustText("note.txt")
		p.Form(send).Submit(say(l, "mailbox.draft.drop")).MustText(say(l, "mailbox.draft.dropped"), say(l, "mailbox.draft.none"))
	})
}

// A program uploads a file and names it in a letter: the answer is that of docs/letters.md, the letter is published once the file is clean, and its recipient opens it. A file in
// which malware was found is in no letter.
func TestS4_6_AnAuthoritysLettersHaveAttachments(t *testing.T) {
	t.Parallel()
	example := lettersPage(t)[4]
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.troubled = true // the log says that a file was refused
		_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Records", []actor.Right{actor.LetterSend}, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := &mailProgram{t: t, c: h.person(t), key: key}
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, l)
		upload := func(key, name string, content []byte, status int) *client.Page {
			return h.person(t).Raw(http.MethodPost, "/api/v1/organisations/vuorela/files", http.Header{
				"Authorization": {"Bearer " + p.key}, "Idempotency-Key": {key}, "Content-Disposition": {`attachment; filename="` + name + `"`},
			}, string(content)).MustStatus(status)
		}
		letter := func(subject, id string) string {
			return `{"recipient": {"kind": "FI-HETU", "identifier": "140385-902F"}, "kind": "decision", "service": "ordinary", "lang": "en", "subject": "` + subject + `",
				"body": "See the attachment.", "post": ["Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"], "attachments": ["` + id + `"]}`
		}
		send := func(subject, id string) (sent api.SentLetter) {
			p.read(p.ask(http.MethodPost, "/letters", letter(subject, id)), http.StatusCreated, &sent)
			return sent
		}
		var made struct{ ID string }
		answer := upload("upload-one", "decision.pdf", onePage, http.StatusCreated)
		asShown(t, "an upload", example, p.read(answer, http.StatusCreated, &made))
		var again struct{ ID string }
		if p.read(upload("upload-one", "decision.pdf", onePage, http.StatusCreated), http.StatusCreated, &again); again.ID != made.ID {
			t.Errorf("uploaded twice under one key: %s and %s", made.ID, again.ID)
		}
		upload("upload-two", "decision.pdf", []byte("MZ\x90\x00not a PDF"), http.StatusUnprocessableEntity)

		sent := send("With a map", made.ID)
		p.until(0, sent.ID, mailbox.Published)
		page := c.Get(my(l, "mailbox")).Click("With a map").MustText("See the attachment.", "decision.pdf")
		if got := page.Click("decision.pdf"); !bytes.Equal(got.Body, onePage) {
			t.Errorf("the attachment came back as %d bytes, want %d", len(got.Body), len(onePage))
		}

		p.read(upload("upload-three", "form.txt", eicar, http.StatusCreated), http.StatusCreated, &made)
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			var stands struct{ State string }
			if p.read(p.ask(http.MethodGet, "/files/"+made.ID, ""), http.StatusOK, &stands); stands.State == "infected" {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the file is %s, want that malware was found", stands.State)
			}
		}
		p.ask(http.MethodPost, "/letters", letter("With malware", made.ID)).MustStatus(http.StatusUnprocessableEntity)
		if c.Get(my(l, "mailbox")).HasText("With malware") {
			t.Error("a letter with malware lies in the mailbox")
		}
	})
}
