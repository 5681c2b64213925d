package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/pdf"
	"luukku/base/pdf/pdftest"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// unzip reads an archive of letters, and its manifest.
func unzip(t *testing.T, b []byte) (map[string][]byte, mailbox.Manifest) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("open the archive: %v", err)
	}
	files, m := map[string][]byte{}, mailbox.Manifest{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(files[mailbox.ManifestFile], &m); err != nil {
		t.Fatalf("read the manifest: %v", err)
	}
	delete(files, mailbox.ManifestFile)
	return files, m
}

// mailKey makes a program of the town with some rights.
func (h *house) mailKey(t *testing.T, rights ...actor.Right) *mailProgram {
	t.Helper()
	_, key, err := h.app.Staff.MakeClient(t.Context(), actor.System("test"), vuorela, "Mail room", rights, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &mailProgram{t: t, c: h.person(t), key: key}
}

// paperLetters are a letter on paper in each language.
func (h *house) paperLetters(t *testing.T) (sent []ids.Letter, said map[ids.Letter]mailbox.Content) {
	t.Helper()
	said = map[ids.Letter]mailbox.Content{}
	who := actor.Actor{Kind: actor.KindClient, Client: "registry", Org: vuorela, Scopes: []actor.Right{actor.LetterSend}}
	for l, content := range map[i18n.Lang]mailbox.Content{
		"fi": {Subject: "Päätös hakemuksestanne", Body: "Hakemuksenne on hyväksytty.\n\nPäätökseen saa hakea oikaisua."},
		"sv": {Subject: "Beslut om din ansökan", Body: "Din ansökan har godkänts på Åland."},
		"en": {Subject: "Decision on your application", Body: strings.Repeat("Your application has been granted. ", 300)},
		"cs": {Subject: "Rozhodnutí o žádosti", Body: "Vaší žádosti jsme vyhověli. Příliš žluťoučký kůň."},
	} {
		content.Post = []string{"Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"}
		h.made++
		l, err := h.app.Mailboxes.Send(t.Context(), who, mailbox.SendRequest{
			Org: vuorela, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: "140385-902F"}, Kind: mailbox.Decision, Mode: mailbox.Ordinary, Lang: l, Ref: "VUO/2026/" + string(l),
			Content: content, Key: h.app.Site.Gen.FormKey(),
		})
		if err != nil || l.Channel != mailbox.Paper {
			t.Fatalf("got %s, %v, want a letter on paper", l.Channel, err)
		}
		sent, said[l.ID] = append(sent, l.ID), content
	}
	return sent, said
}

// inWindow are the words that stand in the window of the envelope.
func inWindow(t *testing.T, b []byte) string {
	t.Helper()
	var out []string
	w := pdf.DIN5008B
	for _, word := range pdftest.Words(t, b) {
		if word.Page == 1 && word.Right > w.X && word.Left < w.X+w.Width && word.Bottom > w.Y+w.Notes && word.Top < w.Y+w.Height {
			out = append(out, word.Text)
		}
	}
	return strings.Join(out, " ")
}

// A batch is fetched as one archive: what the manifest says is what is in it. A run that is killed after one letter was printed goes on with the others and prints none twice; all four languages can
// be read by somebody else's program, and nothing but the address is in the window.
func TestS4_7_LettersOnPaperAreDocuments(t *testing.T) {
	t.Parallel()
	example := lettersPage(t)[10]
	onBoth(t, func(t *testing.T, h *house) {
		press := h.mailKey(t, actor.LetterPrint)
		sent, said := h.paperLetters(t)
		var taken api.TakenBatch
		press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &taken)
		one := "/print-batches/" + string(taken.ID)
		archive := press.ask(http.MethodGet, one+"/zip", "").MustStatus(http.StatusOK)
		files, m := unzip(t, archive.Body)
		asShown(t, "a manifest", example, mustJSON(t, m))
		if again := press.ask(http.MethodGet, one+"/zip", "").Body; !bytes.Equal(archive.Body, again) {
			t.Error("the same batch is not the same bytes")
		}
		if archive.Header.Get("Content-Type") != "application/zip" || len(files) != len(sent) || len(m.Letters) != len(sent) {
			t.Fatalf("got %d files of %s for %d letters", len(files), archive.Header.Get("Content-Type"), len(sent))
		}
		pages := 0
		for _, l := range m.Letters {
			b := files[l.File]
			sum := sha256.Sum256(b)
			if l.Sum != hex.EncodeToString(sum[:]) || l.Bytes != len(b) || l.Missing != "" {
				t.Errorf("the manifest says %+v of %d bytes", l, len(b))
			}
			if info := pdftest.Info(t, b); !strings.Contains(info, fmt.Sprintf("Pages:           %d\n", l.Pages)) || !strings.Contains(info, "Tagged:          yes") || !strings.Contains(info, said[l.ID].Subject) {
				t.Errorf("%s: got %s", l.Lang, info)
			}
			if !bytes.Contains(b, []byte("/Lang ("+string(l.Lang))) {
				t.Errorf("%s: the document does not say its language", l.Lang)
			}
			text := strings.Join(strings.Fields(pdftest.Text(t, b)), " ")
			if body := strings.Join(strings.Fields(said[l.ID].Body), " "); !strings.Contains(text, body[:min(len(body), 60)]) || !strings.Contains(text, "VUO/2026/"+string(l.Lang)) {
				t.Errorf("%s: got %s", l.Lang, text)
			}
			if got := inWindow(t, b); got != "Maija Meikäläinen Mallikatu 1 A 2 00100 MALLILA" {
				t.Errorf("%s: %q stands in the window", l.Lang, got)
			}
			pages += l.Pages
		}
		if pages != m.Pages || pages < 6 {
			t.Errorf("got %d pages, the manifest says %d", pages, m.Pages)
		}
		// The run is cut short after one letter: it goes on with the others.
		first := m.Letters[0]
		press.ask(http.MethodPost, one+"/printed", fmt.Sprintf(`{"letters":[%q]}`, first.ID)).MustStatus(http.StatusOK)
		files, m = unzip(t, press.ask(http.MethodGet, one+"/zip", "").Body)
		if len(files) != len(sent)-1 || m.Letters[0].State != mailbox.IsPrinted || m.Letters[0].File != "" || len(m.Letters) != len(sent) {
			t.Errorf("got %d files and %+v, want the others, and said which was printed", len(files), m.Letters[0])
		}
		// A torn one is fetched again until it is posted.
		torn := press.ask(http.MethodGet, one+"/letters/"+string(first.ID)+"/pdf", "").MustStatus(http.StatusOK)
		if sum := sha256.Sum256(torn.Body); hex.EncodeToString(sum[:]) != first.Sum {
			t.Error("the letter is another one than before")
		}
		press.ask(http.MethodPost, one+"/posted", fmt.Sprintf(`{"letters":[%q]}`, first.ID)).MustStatus(http.StatusOK)
		press.ask(http.MethodGet, one+"/letters/"+string(first.ID)+"/pdf", "").MustStatus(http.StatusNotFound)
		press.ask(http.MethodGet, one+"/letters/none/pdf", "").MustStatus(http.StatusNotFound)
		press.ask(http.MethodGet, "/print-batches/none/zip", "").MustStatus(http.StatusNotFound)
		send := h.mailKey(t, actor.LetterSend)
		send.ask(http.MethodGet, one+"/zip", "").MustStatus(http.StatusNotFound)
		press.ask(http.MethodGet, "/letters/"+string(sent[0])+"/receipt", "").MustStatus(http.StatusNotFound)
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The recipient downloads what they confirmed, and both sides a receipt with the second and the digest; before it is confirmed, the document is not given out, and the receipt says so.
func TestS4_5_AReceiptSaysWhoAndWhen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		c, send := h.person(t), h.mailKey(t, actor.LetterSend)
		h.settle(t, c, "en", "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, "en")
		sent := h.sendTo(t, "Canary 4713", "The secret of canary 4714.", mailbox.Verifiable)
		page := my("en", "mailbox", "letter", string(sent.ID))
		if p := c.Get(page + "/document.pdf"); p.Header.Get("Content-Type") == "application/pdf" {
			t.Fatal("the letter is given out before it was confirmed")
		}
		before := pdftest.Text(t, c.Get(page+"/receipt.pdf").MustStatus(http.StatusOK).Body)
		if !strings.Contains(before, say("en", "paper.receipt.not_yet")) || strings.Contains(before, "anary") {
			t.Errorf("got %s", before)
		}
		at := h.app.Now().In(h.config(t, vuorela).Zone())
		h.stopAt(at)
		p := c.Get(page + "/confirm")
		p.Click(say("en", "mailbox.confirm.button")).MustText(say("en", "mailbox.read.pdf"), say("en", "mailbox.read.receipt_pdf"))
		doc := c.Get(page + "/document.pdf").MustStatus(http.StatusOK)
		if got := doc.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || strings.Contains(got, "anary") {
			t.Errorf("sent as %q", got)
		}
		if text := pdftest.Text(t, doc.Body); !strings.Contains(text, "Canary 4713") || !strings.Contains(text, "The secret of canary 4714.") {
			t.Errorf("got %s", text)
		}
		mine := pdftest.Text(t, c.Get(page+"/receipt.pdf").MustStatus(http.StatusOK).Body)
		theirs := pdftest.Text(t, send.ask(http.MethodGet, "/letters/"+string(sent.ID)+"/receipt", "").MustStatus(http.StatusOK).Body)
		for who, text := range map[string]string{"the recipient's": mine, "the sender's": theirs} {
			flat := strings.Join(strings.Fields(text), "")
			for _, want := range []string{at.Format("15:04:05"), "UTC+", sent.DigestHex(), "FI13/2003,18§", string(sent.ID)} {
				if !strings.Contains(flat, want) {
					t.Errorf("%s receipt has no %q: %s", who, want, text)
				}
			}
			if strings.Contains(text, "anary") {
				t.Errorf("%s receipt says something of the letter", who)
			}
		}
		if !strings.Contains(mine, "Maija Meikäläinen") || strings.Contains(theirs, "Maija") {
			t.Error("the name stands in the recipient's receipt, and in no other")
		}
		// It is nobody else's.
		matti := h.person(t)
		h.settle(t, matti, "en", "bank", "Matti Meikäläinen", "matti@example.org", false)
		openBox(t, matti, "en")
		for _, doc := range []string{"/document.pdf", "/receipt.pdf"} {
			matti.Get(page + doc).MustStatus(http.StatusNotFound)
		}
	})
}
