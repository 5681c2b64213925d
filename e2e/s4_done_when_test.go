package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/pdf/pdftest"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// addressed is the letter of docs/letters.md in a language, to somebody.
func addressed(t *testing.T, l i18n.Lang, code, subject string) string {
	t.Helper()
	var letter map[string]any
	if err := json.Unmarshal([]byte(lettersPage(t)[2]), &letter); err != nil {
		t.Fatal(err)
	}
	letter["lang"], letter["subject"], letter["ref"] = l, subject, "VUO/2026/"+string(l)
	letter["recipient"] = map[string]string{"kind": "FI-HETU", "identifier": code}
	return string(mustJSON(t, letter))
}

// What the secure mailbox is for, in one day of two people and a town, in each language: who joined can be looked up; the town's program sends as docs/letters.md shows; whoever opted out
// of letters without paper gets a PDF in the print queue; the other is told, confirms the decision, appeals with attachments, and is answered at the desk; takes everything along, and closes the
// mailbox, whereupon letters go on paper.
func TestS4_DoneWhenAllOfItWorksTogether(t *testing.T) {
	t.Parallel()
	for _, l := range languages() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			if l == "cs" { // each of the others on the one engine, one of them on both
				onBoth(t, func(t *testing.T, h *house) { h.wholeDay(t, l) })
				return
			}
			h := open(t, sqlite)
			h.wholeDay(t, l)
		})
	}
}

func (h *house) wholeDay(t *testing.T, l i18n.Lang) {
	t.Helper()
	const maija, matti, email = "140385-902F", "021183-9153", "maija@example.org"
	town := h.config(t, vuorela).Org.Name.In(l)
	program, press, desk := h.mailKey(t, actor.LetterSend), h.mailKey(t, actor.LetterPrint), h.answersMessages(t, "registry", vuorela)

	// Who joined: 93, and the town is one of them.
	c := h.person(t)
	list := c.Get("/" + string(l) + "/mailbox/organisations").MustText(town)
	if n := len(list.All("main .lk-block a")); n != 93 {
		t.Errorf("%d organisations are shown, want 93", n)
	}
	h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
	openBox(t, c, l)

	// Whoever wants paper for a while gets a letter in the print queue, whose address stands in the window.
	other := h.person(t)
	h.settle(t, other, l, "bank", "Matti Meikäläinen", "matti@example.org", false)
	openBox(t, other, l)
	paper := say(l, "mailbox.settings.paper_button")
	other.Get(my(l, "mailbox", "settings")).Form(paper).Set(say(l, "mailbox.settings.until"), "31.12.2099").Submit(paper).MustText(say(l, "mailbox.settings.paper_saved"))
	const subject = "Canary decision 4711"
	var onPaper, sent api.SentLetter
	if program.read(program.ask(http.MethodPost, "/letters", addressed(t, l, matti, subject)), http.StatusCreated, &onPaper); onPaper.Channel != mailbox.Paper {
		t.Fatalf("to whom wants paper it went by %s", onPaper.Channel)
	}
	if other.Get(my(l, "mailbox")).HasText("4711") {
		t.Error("what goes on paper lies in the mailbox")
	}
	var batch api.TakenBatch
	press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &batch)
	files, manifest := unzip(t, press.ask(http.MethodGet, "/print-batches/"+string(batch.ID)+"/zip", "").MustStatus(http.StatusOK).Body)
	if len(files) != 1 || len(manifest.Letters) != 1 || manifest.Letters[0].ID != onPaper.ID {
		t.Fatalf("the printer has %d files and %+v", len(files), manifest.Letters)
	}
	b := files[manifest.Letters[0].File]
	if text := pdftest.Text(t, b); !strings.Contains(text, subject) || inWindow(t, b) != "Maija Meikäläinen Mallikatu 1 A 2 00100 MALLILA" {
		t.Errorf("the letter on paper says %s", text)
	}

	// The other is told that something came, and never what; confirms, and reads the decision.
	if program.read(program.ask(http.MethodPost, "/letters", addressed(t, l, maija, subject)), http.StatusCreated, &sent); sent.Channel != mailbox.Electronic {
		t.Fatalf("to whom has a mailbox it went by %s", sent.Channel)
	}
	if told := h.awaitMails(t, email, 2)[1]; told.Lang != l || told.Subject != say(l, "mailbox.told_subject") || strings.Contains(told.Subject+told.Text, "4711") {
		t.Errorf("got the notice %q: %q", told.Subject, told.Text)
	}
	p := c.Get(my(l, "mailbox")).Click(say(l, "mailbox.list.sealed", "sender", town)).MustText(say(l, "mailbox.read.sealed"))
	if p.HasText("4711") || p.HasText("hyväksytty") {
		t.Error("the decision is shown before it is confirmed")
	}
	p = p.Click(say(l, "mailbox.read.confirm")).Click(say(l, "mailbox.confirm.button")).MustText(say(l, "mailbox.read.did_confirm"), subject, "Hakemuksenne on hyväksytty.")
	decision := p.Path()

	// The appeal, with two files from a phone, is acknowledged at once.
	attach, send, field := say(l, "mailbox.draft.attach"), say(l, "mailbox.write.button"), say(l, "mailbox.draft.files")+" "+say(l, "ui.optional")
	p = p.Form(attach).Set(say(l, "mailbox.read.answer_text"), "I appeal: 4712.").Submit(attach).MustText(say(l, "mailbox.draft.saved"))
	add := say(l, "mailbox.draft.add")
	p = p.Form(add).Attach(field, "plan.pdf", "application/pdf", onePage).Submit(add).MustText("plan.pdf")
	p = p.Form(add).Attach(field, "IMG_2044.png", "image/png", picture).Submit(add).MustText("IMG_2044.png")
	p = p.Form(send).Submit(send).MustStatus(http.StatusOK).MustText(say(l, "mailbox.read.did_send"), "I appeal: 4712.", "plan.pdf", "IMG_2044.png", say(l, "mailbox.receipt_subject"))
	appeal := p.Path()
	until(t, c, appeal, say(l, "mailbox.files.all")) // clean

	// The desk reads it in its exchange, and answers.
	w := desk.Get(inboxAt(l, vuorela)).Click("Maija Meikäläinen").MustText("I appeal: 4712.", "Hakemuksenne on hyväksytty.")
	answersLetter(w, l, "Your appeal is granted: 4713.", "inbox.letter.send_close").MustStatus(http.StatusOK).MustText(say(l, "inbox.letter.done_sent"), say(l, "inbox.state.closed"))
	c.Get(strings.TrimPrefix(decision, h.base)).MustText("Your appeal is granted: 4713.")
	if told := h.awaitMails(t, email, 3)[2]; strings.Contains(told.Subject+told.Text, "4713") {
		t.Errorf("the notice says what came: %q", told.Text)
	}

	h.takesAlong(t, c, l, decision)

	// Closed: the next letter goes on paper, and what was there can be read.
	p = c.Get(my(l, "mailbox", "settings")).Click(say(l, "mailbox.settings.close")).Click(say(l, "mailbox.close.button")).MustText(say(l, "mailbox.close.done"))
	p.MustText(say(l, "mailbox.page.closed"))
	program.read(program.ask(http.MethodPost, "/letters", addressed(t, l, maija, "After closing")), http.StatusCreated, &onPaper)
	var queue api.PrintQueue
	if press.read(press.ask(http.MethodGet, "/letters/print", ""), http.StatusOK, &queue); onPaper.Channel != mailbox.Paper || queue.Waiting != 1 {
		t.Errorf("after closing it went by %s, and %d letters wait for the printer", onPaper.Channel, queue.Waiting)
	}
	c.Get(my(l, "mailbox")).Click(subject).MustText("Hakemuksenne on hyväksytty.")

	// The sender has followed it to its end.
	seen, _ := program.until(0, sent.ID, mailbox.Read)
	if seen[0] != mailbox.Accepted || seen[1] != mailbox.Published {
		t.Errorf("the feed says %v", seen)
	}
}

// takesAlong downloads the whole mailbox: the decision, the appeal and its answer are in it, with all that happened.
func (h *house) takesAlong(t *testing.T, c *client.Client, l i18n.Lang, decision string) {
	t.Helper()
	button := say(l, "mailbox.export.button")
	p := c.Get(my(l, "mailbox", "settings")).Click(say(l, "mailbox.export.title"))
	files := opened(t, p.Form(button).Submit(button).MustStatus(http.StatusOK).Body)
	id := decision[strings.LastIndexByte(decision, '/')+1:]
	id, _, _ = strings.Cut(id, "?")
	for name, want := range map[string][]string{
		"index.html":              {"Maija Meikäläinen", "letters/" + id + ".html"},
		"letters/" + id + ".html": {"Hakemuksenne on hyväksytty.", "FI 13/2003", "../threads/" + id + ".html"},
		"threads/" + id + ".html": {"Canary decision 4711"},
		"preferences.html":        {say(l, "mailbox.settings.basis_consent")},
	} {
		for _, text := range want {
			if !strings.Contains(files[name], text) {
				t.Errorf("%s lacks %q", name, text)
			}
		}
	}
	var all strings.Builder
	for name, text := range files {
		if strings.HasSuffix(name, ".html") {
			offlineLinks(t, name, text, l)
		}
		all.WriteString(text)
	}
	for _, want := range []string{"I appeal: 4712.", "Your appeal is granted: 4713."} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the file lacks %q", want)
		}
	}
}
