package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf/pdftest"
	"luukku/domain/actor"
	"luukku/domain/file"
	"luukku/domain/mailbox"
)

// upload sends a file as a program does, and waits until the scanner was done with it.
func (m *mailProgram) upload(key, name string, content []byte) (made api.UploadedFile) {
	m.t.Helper()
	p := m.c.Raw(http.MethodPost, "/api/v1/organisations/vuorela/files", http.Header{
		"Authorization": {"Bearer " + m.key}, "Idempotency-Key": {key}, "Content-Disposition": {`attachment; filename="` + name + `"`},
	}, string(content))
	m.read(p, http.StatusCreated, &made)
	for end := time.Now().Add(30 * time.Second); made.State == file.Waiting; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			m.t.Fatalf("%s still waits for the scanner", name)
		}
		m.read(m.ask(http.MethodGet, "/files/"+string(made.ID), ""), http.StatusOK, &made)
	}
	return made
}

// office is a spreadsheet as far as its type goes, drawnPNG a picture that can be drawn.
func office(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func drawnPNG(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A letter on paper takes its attachments along: a PDF byte for byte, a picture and a text as pages. What cannot be printed is named in the letter with how to get it, in the manifest, and in the answer to
// who sent it. The archive is the same bytes each time, and one letter of it is fetched again until it is posted.
func TestS4_7_AttachmentsGoOnPaper(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		send, press := h.mailKey(t, actor.LetterSend), h.mailKey(t, actor.LetterPrint)
		sheet, decision := office(t), onePage
		files := []struct {
			name    string
			content []byte
			how     file.Paper
		}{
			{"decision.pdf", decision, file.AsIs}, {"fence.png", drawnPNG(t), file.Drawn}, {"note.txt", []byte("The fence stood h\xe9re in 1950."), file.Drawn},
			{"costs.xlsx", sheet, file.OnRequest}, {"broken.png", picture, file.OnRequest},
		}
		var named []string
		for _, f := range files {
			made := send.upload("paper-"+f.name, f.name, f.content)
			if want := f.how; made.Paper != want && f.name != "broken.png" { // that it is broken shows when it is drawn
				t.Errorf("%s goes %s, want %s", f.name, made.Paper, want)
			}
			named = append(named, `"`+string(made.ID)+`"`)
		}
		var sent api.SentLetter
		send.read(send.ask(http.MethodPost, "/letters", `{"recipient": {"kind": "FI-HETU", "identifier": "140385-902F"}, "kind": "decision", "service": "ordinary", "lang": "fi", "subject": "Päätös aidasta",
			"body": "Katso liitteet.", "post": ["Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"], "ref": "VUO/2026/99", "attachments": [`+strings.Join(named, ",")+`]}`), http.StatusCreated, &sent)
		if len(sent.OnRequest) != 1 || `"`+string(sent.OnRequest[0])+`"` != named[3] {
			t.Errorf("the sender is told that %v are not printed, want the spreadsheet", sent.OnRequest)
		}

		var taken api.TakenBatch
		press.read(press.ask(http.MethodPost, "/print-batches", `{}`), http.StatusCreated, &taken)
		if !slices.Equal(taken.Letters, []ids.Letter{sent.ID}) {
			t.Fatalf("the batch has %v, want the letter", taken.Letters)
		}
		one := "/print-batches/" + string(taken.ID)
		var batch api.PrintBatch
		press.read(press.ask(http.MethodGet, one, ""), http.StatusOK, &batch)
		if list := batch.Letters[0].Files; len(list) != len(files) || list[3].Paper != file.OnRequest || list[0].Name != "decision.pdf" {
			t.Errorf("the batch says that %+v are attached", list)
		}
		archive := press.ask(http.MethodGet, one+"/zip", "").MustStatus(http.StatusOK)
		if again := press.ask(http.MethodGet, one+"/zip", ""); !bytes.Equal(archive.Body, again.Body) {
			t.Error("the same batch is not the same bytes")
		}
		in, m := unzip(t, archive.Body)
		line := m.Letters[0]
		if len(in) != 4 || len(line.Attachments) != len(files) {
			t.Fatalf("got %d files, and %+v", len(in), line)
		}
		for i, a := range line.Attachments {
			if a.Name != files[i].name || a.How != files[i].how {
				t.Errorf("the manifest says %+v of %s", a, files[i].name)
			}
			b, sum := in[a.File], sha256.Sum256(in[a.File])
			switch {
			case a.How == file.OnRequest:
				if a.File != "" || a.Sum != "" {
					t.Errorf("%s is not printed, and has a file", a.Name)
				}
			case a.Sum != hex.EncodeToString(sum[:]) || a.Bytes != int64(len(b)) || a.Pages != 1:
				t.Errorf("the manifest says %+v of %d bytes", a, len(b))
			}
		}
		if m.Pages != line.Pages+3 {
			t.Errorf("the batch has %d pages, want those of the letter and three", m.Pages)
		}
		if !bytes.Equal(in[line.Attachments[0].File], decision) {
			t.Error("the PDF is not as it was uploaded")
		}
		if text := pdftest.Text(t, in[line.Attachments[2].File]); !strings.Contains(text, "The fence stood hére in 1950.") {
			t.Errorf("the text is printed as %q", text)
		}
		if tree := pdftest.Structure(t, in[line.Attachments[1].File]); !strings.Contains(tree, "Figure") {
			t.Errorf("the picture is printed as %s", tree)
		}
		letter := in[line.File]
		text := strings.Join(strings.Fields(pdftest.Text(t, letter)), " ")
		for _, want := range []string{
			say("fi", "paper.attachments.title"), "1. decision.pdf", "2. fence.png", "3. note.txt", "4. costs.xlsx (1 KB): ei mukana", "5. broken.png (1 KB): ei mukana", "kirjeen numero " + string(sent.ID) + ".",
		} {
			if !strings.Contains(text, strings.ReplaceAll(want, "1 KB", mailbox.SizeText(i18n.MustLoad().Printer("fi"), 1))) {
				t.Errorf("the letter does not say %q: %s", want, text)
			}
		}
		if got := inWindow(t, letter); got != "Maija Meikäläinen Mallikatu 1 A 2 00100 MALLILA" {
			t.Errorf("%q stands in the window", got)
		}
		alone := press.ask(http.MethodGet, one+"/letters/"+string(sent.ID)+"/pdf", "").MustStatus(http.StatusOK)
		if !bytes.Equal(alone.Body, letter) {
			t.Error("the letter alone is another one than that in the archive")
		}

		// The printer tore it: it is fetched again with what is attached, by program and in the print room, until it is posted.
		press.ask(http.MethodPost, one+"/printed", `{"letters":["`+string(sent.ID)+`"]}`).MustStatus(http.StatusOK)
		torn, again := unzip(t, press.ask(http.MethodGet, one+"/letters/"+string(sent.ID)+"/zip", "").MustStatus(http.StatusOK).Body)
		if len(torn) != 4 || again.Letters[0].Sum != line.Sum || again.Letters[0].State != mailbox.IsPrinted {
			t.Errorf("fetched again it has %d files and %+v", len(torn), again.Letters[0])
		}
		clerk := h.clerk(t, "Minna Manager", actor.Grant{Role: actor.RoleManager, Org: vuorela})
		room := clerk.Get("/en/staff/vuorela/paper/" + string(taken.ID)).MustStatus(http.StatusOK)
		torn, _ = unzip(t, room.Click("5 attachments").MustStatus(http.StatusOK).Body)
		if len(torn) != 4 {
			t.Errorf("the print room gives %d files", len(torn))
		}
		press.ask(http.MethodPost, one+"/posted", `{"letters":["`+string(sent.ID)+`"]}`).MustStatus(http.StatusOK)
		press.ask(http.MethodGet, one+"/letters/"+string(sent.ID)+"/zip", "").MustStatus(http.StatusNotFound)
		send.ask(http.MethodGet, one+"/letters/"+string(sent.ID)+"/zip", "").MustStatus(http.StatusNotFound)
		if in, m := unzip(t, press.ask(http.MethodGet, one+"/zip", "").Body); len(in) != 0 || m.Pages != 0 || m.Letters[0].Attachments != nil {
			t.Errorf("what was posted is still given out: %v", m)
		}
	})
}
