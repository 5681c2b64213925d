package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// kept counts the attachments on the disk.
func keptOnDisk(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A notice is kept as long as its class says, and what is attached to it for less: its reader is told thirty days before, of neither what it is nor whose; each goes in its second and not
// before, from the disk, too. While one of the staff holds it nothing is told or deleted, and its reader sees nothing of that; let go, they are told and have their thirty days.
func TestS4_6_KeptAsLongAsItsClassSays(t *testing.T) {
	t.Parallel()
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			var dir string
			h := openWith(t, e, func(c *config.Config) { dir = c.Files.Dir })
			keptStory(t, h, dir)
		})
	}
}

func keptStory(t *testing.T, h *house, dir string) {
	const l, email = i18n.Lang("en"), "maija@example.org"
	c := h.person(t)
	h.settle(t, c, l, "bank", "Maija Meikäläinen", email, false)
	openBox(t, c, l)
	program := h.mailKey(t, actor.LetterSend)
	var file struct{ ID string }
	program.read(h.person(t).Raw(http.MethodPost, "/api/v1/organisations/vuorela/files", http.Header{
		"Authorization": {"Bearer " + program.key}, "Idempotency-Key": {"kept-with-a-letter"}, "Content-Disposition": {`attachment; filename="canary-8001.pdf"`},
	}, string(onePage)), http.StatusCreated, &file)
	letter := `{"recipient": {"kind": "FI-HETU", "identifier": "140385-902F"}, "kind": "message", "service": "ordinary", "lang": "en", "subject": "Canary 8002", "body": "Canary 8003.",
		"post": ["Maija Meikäläinen", "Mallikatu 1 A 2", "00100 MALLILA"], "attachments": ["` + file.ID + `"], "retention": "notices"}`
	program.ask(http.MethodPost, "/letters", strings.Replace(letter, `"notices"`, `"for-ever"`, 1)).MustStatus(http.StatusUnprocessableEntity)
	var sent api.SentLetter
	program.read(program.ask(http.MethodPost, "/letters", letter), http.StatusCreated, &sent)
	_, next := program.until(0, sent.ID, mailbox.Published)
	h.awaitMails(t, email, 2) // the code, and that something came
	page := c.Get(my(l, "mailbox", "letter", string(sent.ID))).MustText("Canary 8003.", "canary-8001.pdf", say(l, "mailbox.read.kept"), say(l, "mailbox.read.files_kept"))

	stored, err := h.app.Store.Mailboxes().SentLetter(t.Context(), vuorela, sent.ID)
	if err != nil {
		t.Fatal(err)
	}
	k, err := h.app.Store.Mailboxes().Kept(t.Context(), vuorela, sent.ID)
	if err != nil || k.Class != "notices" || k.FilesAt == 0 || k.FilesAt >= k.DeleteAt {
		t.Fatalf("got %+v, %v, want both ends of the class", k, err)
	}
	zone := h.config(t, vuorela).Zone()
	page.MustText(texts().Printer(l).ShortDate(time.Unix(k.DeleteAt-1, 0).In(zone)), texts().Printer(l).ShortDate(time.Unix(k.FilesAt-1, 0).In(zone)))
	maija := actor.Actor{Kind: actor.KindCitizen, Person: stored.Owner.Person, Level: actor.LevelSubstantial}
	sweep := func(at int64) {
		t.Helper()
		h.stopAt(time.Unix(at, 0))
		if _, err := h.app.Mailboxes.Sweep(t.Context(), 500); err != nil {
			t.Fatal(err)
		}
		if _, err := h.app.Mailboxes.Files.Sweep(t.Context(), 500); err != nil {
			t.Fatal(err)
		}
	}
	happened := func(what mailbox.What) bool {
		t.Helper()
		l, err := h.app.Store.Mailboxes().SentLetter(t.Context(), vuorela, sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l.Events {
			if e.What == what {
				return true
			}
		}
		return false
	}
	told := func(n int) {
		t.Helper()
		got := h.awaitMails(t, email, n)
		if last := got[n-1]; last.Subject != say(l, "mailbox.lapse_subject") || strings.Contains(last.Text+last.Subject, "anary") || strings.Contains(last.Text, "800") {
			t.Errorf("got %q: %q, want that something is deleted soon and not what", last.Subject, last.Text)
		}
	}

	// What is attached goes first, and from the disk.
	first := mailbox.LapseNoticeAt(k.FilesAt, zone)
	if sweep(first - 1); happened(mailbox.Lapsing) {
		t.Error("told before its second")
	}
	sweep(first)
	told(3)
	if lapse, err := h.app.Mailboxes.Lapse(t.Context(), maija); err != nil || lapse != (mailbox.Lapse{Files: 1, First: k.FilesAt}) {
		t.Errorf("the mailbox says %+v, %v", lapse, err)
	}
	if sweep(k.FilesAt - 1); keptOnDisk(t, filepath.Join(dir, "kept")) != 1 {
		t.Error("what is attached is gone before its second")
	}
	sweep(k.FilesAt)
	if _, next = program.until(next, sent.ID, mailbox.FilesPurged); keptOnDisk(t, dir) != 0 {
		t.Error("what was attached is still on the disk")
	}
	shown, err := h.app.Mailboxes.Letter(t.Context(), maija, sent.ID)
	if err != nil || shown.Body != "Canary 8003." {
		t.Errorf("the letter without what was attached: %q, %v", shown.Body, err)
	}
	if list, err := h.app.Mailboxes.FilesOf(t.Context(), maija, sent.ID); err != nil || len(list) != 0 || len(shown.FilesGone(list)) != 1 {
		t.Errorf("got %v, %v, want one that is gone", list, err)
	}

	// Held, it stays, and nobody is told.
	place := func(parts ...string) string {
		return "/" + strings.Join(append([]string{string(l), "staff", string(vuorela), "holds"}, parts...), "/")
	}
	keeper := h.clerk(t, "Keeper", actor.Grant{Role: actor.RoleRecords, Org: vuorela})
	button := say(l, "hold.button")
	p := keeper.Get(place()).MustText(say(l, "hold.none"))
	p = p.Form(button).Set(say(l, "paper.number"), "01JD3V0C9T9XK8M2W4H6Q5S7R1").Set(say(l, "hold.why"), say(l, "hold.why_court")).Submit(button)
	p = p.MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "hold.unknown"))
	p = p.Form(button).Set(say(l, "paper.number"), string(sent.ID)).Set(say(l, "hold.ref")+" "+say(l, "ui.optional"), "HAO/2027/12").Submit(button)
	p = p.MustStatus(http.StatusOK).MustText(say(l, "hold.done_held"), string(sent.ID), "HAO/2027/12")
	if p.HasText("anary") || p.HasText("Maija") {
		t.Error("the page of holds says whose the letter is, or what it says")
	}
	sweep(mailbox.LapseNoticeAt(k.DeleteAt, zone))
	sweep(k.DeleteAt + 100*24*60*60)
	if _, err := h.app.Mailboxes.Letter(t.Context(), maija, sent.ID); err != nil || happened(mailbox.Purged) {
		t.Errorf("a letter that is held is gone: %v", err)
	}
	h.awaitMails(t, email, 3)

	// Let go, its reader has thirty days.
	keeper = h.clerk(t, "Keeper later", actor.Grant{Role: actor.RoleRecords, Org: vuorela})
	p = keeper.Get(place()).Click(say(l, "hold.release")).MustText(say(l, "hold.release_title"))
	p.Form(say(l, "hold.release")).Submit(say(l, "hold.release")).MustText(say(l, "hold.done_released"), say(l, "hold.none"))
	now := h.app.Now().Unix()
	sweep(now)
	told(4)
	gone := mailbox.LapsesFrom(k.DeleteAt, now, zone)
	if gone < now+30*24*60*60 {
		t.Errorf("it goes %d s after it was told", gone-now)
	}
	if sweep(gone - 1); happened(mailbox.Purged) {
		t.Error("it is gone before its second")
	}
	sweep(gone)
	program.until(next, sent.ID, mailbox.Purged)
	if stored, err = h.app.Store.Mailboxes().SentLetter(t.Context(), vuorela, sent.ID); err != nil || len(stored.Sealed) != 0 {
		t.Errorf("%d bytes of it are left, %v", len(stored.Sealed), err)
	}
	if _, err := h.app.Mailboxes.Letter(t.Context(), maija, sent.ID); err == nil {
		t.Error("a letter that was deleted is still there")
	}
	sweep(gone + 1) // and nothing more
	h.awaitMails(t, email, 4)
}

// A list that was looked through and that nobody sent is deleted with what it says of people; one that is sent stays as a count.
func TestS4_1_AListThatNobodySendsIsDeleted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		who := actor.Actor{Kind: actor.KindStaff, Staff: h.member(t, "Sender", actor.Grant{Role: actor.RoleLetters, Org: vuorela}), Grants: []actor.Grant{{Role: actor.RoleLetters, Org: vuorela}}}
		check := func() ids.Mailing {
			id, err := h.app.Mailboxes.Check(t.Context(), who, mailbox.MailingRequest{
				Org: vuorela, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "en", Content: mailbox.Content{Subject: "Canary", Body: "Canary."},
				List: "identifier;name;address;postcode;town\n140385-902F;Maija Meikäläinen;Mallikatu 1;00100;MALLILA\n", Key: h.app.Site.Gen.FormKey(),
			})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		made := h.app.Now().Truncate(time.Second)
		h.stopAt(made)
		left, sent := check(), check()
		if err := h.app.Mailboxes.Start(t.Context(), who, vuorela, sent); err != nil {
			t.Fatal(err)
		}
		for after, want := range []bool{true, false} {
			h.stopAt(time.Unix(mailbox.MailingGoneAt(made.Unix())-1+int64(after), 0))
			if _, err := h.app.Mailboxes.SweepMailings(t.Context(), 500); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.app.Mailboxes.Mailing(t.Context(), who, vuorela, left); (err == nil) != want {
				t.Errorf("%d s after its last second: got %v, want it there %t", after, err, want)
			}
		}
		if _, _, err := h.app.Mailboxes.Mailing(t.Context(), who, vuorela, sent); err != nil {
			t.Errorf("the one that was sent: %v", err)
		}
		if wrong, err := h.app.Store.Mailboxes().RowsToSend(t.Context(), vuorela, left, 10); err != nil || len(wrong) != 0 {
			t.Errorf("rows of it are left: %v, %v", wrong, err)
		}
	})
}
