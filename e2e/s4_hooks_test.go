package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/gateway/webhook"
)

// receiver is a program that is told what happens to letters or forms, and that fails, is slow and comes back as it is bidden.
type receiver struct {
	t      *testing.T
	secret []byte
	mu     sync.Mutex
	how    string // "", "fails" or "slow"
	asked  int
	last   string // the body of the last message that was taken
	told   []toldEvent
}

type toldEvent struct {
	Seq        int64
	Letter     ids.Letter
	Submission ids.Submission
	What       mailbox.What
	At         time.Time
}

func (r *receiver) set(how string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.how = how
}

func (r *receiver) seen() (list []toldEvent, asked int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.told), r.asked
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	b, err := io.ReadAll(q.Body)
	if err != nil {
		r.t.Error(err)
	}
	r.mu.Lock()
	how := r.how
	r.asked++
	r.mu.Unlock()
	switch how {
	case "fails":
		w.WriteHeader(http.StatusInternalServerError)
		return
	case "slow":
		time.Sleep(500 * time.Millisecond)
	}
	var stamp int64
	if err := json.Unmarshal([]byte(q.Header.Get("webhook-timestamp")), &stamp); err != nil || !slices.Contains(strings.Fields(q.Header.Get("webhook-signature")), webhook.Sign(r.secret, q.Header.Get("webhook-id"), stamp, b)) {
		r.t.Errorf("the signature %q is none of ours: %v", q.Header.Get("webhook-signature"), err)
	}
	var m struct {
		Type string
		Data struct{ Events []toldEvent }
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Type != "letters.events" && m.Type != "submissions.events" && m.Type != "test" {
		r.t.Errorf("got %s, %v", b, err)
	}
	if strings.Contains(string(b), "anary") || strings.Contains(string(b), "Maija") || strings.Contains(string(b), "140385") {
		r.t.Errorf("a message says something of a letter: %s", b)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = string(b)
	r.told = append(r.told, m.Data.Events...)
}

// until waits until something was told of a letter.
func (r *receiver) until(letter ids.Letter, what mailbox.What) {
	r.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		list, _ := r.seen()
		if slices.ContainsFunc(list, func(e toldEvent) bool { return e.Letter == letter && e.What == what }) {
			return
		}
	}
	list, asked := r.seen()
	r.t.Fatalf("was never told %s of %s: %+v in %d messages", what, letter, list, asked)
}

// A program is told what happens to letters, signed and without a word of them; it fails for a while, is slow and comes back: nothing is lost, all is in order. One that fails for five days is switched
// off, the administration says so, and sends again from where it stopped.
func TestS4_7_AProgramIsToldWhatHappens(t *testing.T) {
	t.Parallel()
	example := lettersPage(t)[11]
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		h.troubled = true // that an address was switched off is a line of the log
		c := h.person(t)
		h.settle(t, c, l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		openBox(t, c, l)
		before := h.sendTo(t, "Canary", "The canary before.", mailbox.Ordinary)

		r := &receiver{t: t}
		door := httptest.NewServer(r)
		defer door.Close()
		admin := h.administrator(t, "Anna Admin")
		p := admin.Get("/en/admin/vuorela/hooks").MustText(say(l, "hooks.none")).Click(say(l, "hooks.new_title"))
		add := say(l, "hooks.make")
		p = p.Form(add).Set(say(l, "hooks.url"), "http://program.example.org/letters").Submit(add).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "hooks.url_https"))
		p = p.Form(add).Set(say(l, "hooks.url"), door.URL).Submit(add).MustText(say(l, "hooks.made_title"))
		_, rest, ok := strings.Cut(p.Text(), mailbox.HookSecretPrefix)
		if !ok {
			t.Fatalf("no secret is shown: %s", p.Text())
		}
		key, err := base64.StdEncoding.DecodeString(strings.Fields(rest)[0])
		if err != nil || len(key) != 32 {
			t.Fatalf("got a secret of %d bytes, %v", len(key), err)
		}
		r.secret = key
		p = admin.Get("/en/admin/vuorela/hooks").MustText(door.URL, say(l, "hooks.state_good"))
		p.Form(say(l, "hooks.test") + " " + door.URL).Submit(say(l, "hooks.test") + " " + door.URL).MustText(say(l, "hooks.done_tested"))

		first := h.sendTo(t, "Canary", "The first canary.", mailbox.Verifiable)
		r.until(first.ID, mailbox.Published)
		r.mu.Lock()
		asShown(t, "a message", example, []byte(r.last))
		r.mu.Unlock()
		// It fails: the page says so, and nothing that happens meanwhile is lost.
		r.set("fails")
		c.Get(my(l, "mailbox", "letter", string(first.ID), "confirm")).Click(say(l, "mailbox.confirm.button"))
		second := h.sendTo(t, "Canary", "The second canary.", mailbox.Ordinary)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			if p = admin.Get("/en/admin/vuorela/hooks"); p.HasText("it answered 500") {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the page does not say that it fails: %s", p.Text())
			}
		}
		r.set("slow")
		h.skip(2 * time.Hour) // longer than it waits before it tries again
		r.until(second.ID, mailbox.Published)
		r.until(first.ID, mailbox.Confirmed)
		r.set("")
		// It fails for so long that it is switched off.
		r.set("fails")
		third := h.sendTo(t, "Canary", "The third canary.", mailbox.Ordinary)
		for end := time.Now().Add(40 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			if p = admin.Get("/en/admin/vuorela/hooks"); p.HasText(say(l, "hooks.disabled")) {
				admin.Get("/en/staff").MustText(say(l, "hooks.note_disabled"))
				break
			}
			if time.Now().After(end) {
				t.Fatalf("it is never switched off: %s", p.Text())
			}
			h.skip(20 * time.Hour)
			admin = h.administrator(t, "Anna Again "+time.Now().Format("150405.000"))
		}
		_, asked := r.seen()
		h.skip(3 * time.Hour)
		time.Sleep(3 * time.Second)
		if _, again := r.seen(); again != asked {
			t.Error("what was switched off is still asked")
		}
		r.set("")
		admin = h.administrator(t, "Anna Last")
		p = admin.Get("/en/admin/vuorela/hooks")
		p.Form(say(l, "hooks.enable") + " " + door.URL).Submit(say(l, "hooks.enable") + " " + door.URL).MustText(say(l, "hooks.done_enabled"))
		r.until(third.ID, mailbox.Published)

		// In order for each letter, none before the hook was there, and each once where nothing was lost.
		list, _ := r.seen()
		last := int64(0)
		for _, e := range list {
			if e.Seq <= last {
				t.Errorf("number %d comes after %d", e.Seq, last)
			}
			last = e.Seq
			if e.Letter == before.ID && e.What == mailbox.Published {
				t.Error("it was told of what happened before")
			}
		}
		p = admin.Get("/en/admin/vuorela/hooks").Click(say(l, "hooks.remove") + " " + door.URL)
		p.Click(say(l, "hooks.remove")).MustText(say(l, "hooks.done_removed"), say(l, "hooks.none"))
	})
}

// An office without a print service prints its letters itself: it takes them, downloads them, says what became of them; letters of which nothing is said are late, go back into the queue, and say that they
// were in a batch before.
func TestS4_7_AnOfficePrintsItsLettersItself(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		sent, _ := h.paperLetters(t)
		desk := h.clerk(t, "Minna Manager", actor.Grant{Role: actor.RoleManager, Org: vuorela})
		room := "/en/staff/vuorela/paper"
		take := say(l, "paper.room.take")
		p := desk.Get(room).MustText("4 letters wait to be printed")
		f := p.Form(take)
		p = f.Submit(take).MustText(say(l, "paper.room.done_taken"))
		if again := f.Submit(take); again.Path() != p.Path() {
			t.Errorf("taken twice it is two batches: %s and %s", p.Path(), again.Path())
		}
		batch := strings.Split(p.Path(), "?")[0]
		files, m := unzip(t, desk.Get(batch+"/letters.zip").MustStatus(http.StatusOK).Body)
		if len(files) != len(sent) || m.Letters[0].Before != 0 {
			t.Fatalf("got %d files, want %d", len(files), len(sent))
		}
		desk.Get(batch + "/" + string(sent[0]) + "/document.pdf").MustStatus(http.StatusOK)
		record := say(l, "paper.room.record")
		p = desk.Get(batch)
		p.Form(record).Submit(record).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "paper.room.what_none"))
		p = p.Form(record).Set(say(l, "paper.room.what"), say(l, "paper.room.say_printed")).Check(string(sent[0])).Submit(record).MustText(say(l, "paper.room.done_said"))
		p = p.Form(record).Set(say(l, "paper.room.what"), say(l, "paper.room.say_returned")).Check(string(sent[0])).Submit(record).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(say(l, "letter.not_posted"))
		p = p.Form(record).Set(say(l, "paper.room.what"), say(l, "paper.room.say_posted")).Check(string(sent[0])).Submit(record).MustText(say(l, "paper.room.done_said"))
		p.Form(record).Set(say(l, "paper.room.what"), say(l, "paper.room.say_returned")).Check(string(sent[0])).Submit(record).MustText(say(l, "paper.room.done_said"))
		desk.Get(room).MustText(say(l, "paper.room.came_back"), string(sent[0]))
		// Nothing is heard of the others.
		h.troubled = true // so is that nothing was heard of a batch
		h.skip(mailbox.PrintLate*time.Second + time.Minute)
		desk = h.clerk(t, "Mikko Manager", actor.Grant{Role: actor.RoleManager, Org: vuorela})
		desk.Get(room).MustText(say(l, "paper.room.state_late"))
		desk.Get("/" + string(l) + "/staff").MustText(say(l, "paper.room.note_late"))
		release := say(l, "paper.room.release")
		desk.Get(batch).Click(release).Click(release).MustText(say(l, "paper.room.done_released"), "3 letters wait to be printed")
		p = desk.Get(room)
		p = p.Form(take).Submit(take).MustText(say(l, "paper.room.again"))
		files, m = unzip(t, desk.Get(strings.Split(p.Path(), "?")[0]+"/letters.zip").Body)
		if len(files) != 3 || m.Letters[0].Before != 1 {
			t.Errorf("got %d files and %+v, want the others, and said that they were in a batch", len(files), m.Letters[0])
		}
		p = desk.Get(strings.Split(p.Path(), "?")[0])
		p.Form(record).Set(say(l, "paper.room.what"), say(l, "paper.room.say_posted")).Check(say(l, "paper.room.all")).Submit(record).MustText(say(l, "paper.room.done_said"))
		desk.Get(room).MustText(say(l, "paper.room.nothing_waits"))
		h.administrator(t, "Anna Admin").Get(room).MustStatus(http.StatusNotFound)
	})
}
