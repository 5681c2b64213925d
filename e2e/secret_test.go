package e2e

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"luukku/e2e/client"
)

// guess is a code of the right form, as somebody would try.
func guess(r *rand.Rand) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := make([]byte, 10)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// A thousand guesses from one address: ten are answered, the others are told when to come back. The holder is served by the mailed link from the same
// address, and by the code from any other.
func TestGuessingCodesIsThrottled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		o := notary("en")
		o.email = "holder@example.org"
		_, code, _ := o.book(t, h.personAt(t, "198.51.100.7"), 0)
		mailed := h.awaitMails(t, o.email, 1)[0]
		r := rand.New(rand.NewPCG(1, 2))
		guesser := h.personAt(t, "203.0.113.9")
		form := guesser.Get(o.url("appointment")).Form(say("en", "code.open"))
		got := map[int]int{}
		for range 1000 {
			p := form.Set("code", guess(r)).Submit("")
			got[p.Status]++
			if p.Status == http.StatusTooManyRequests {
				if s, err := strconv.Atoi(p.Header.Get("Retry-After")); err != nil || s < 1 || len(p.Errors()) != 1 {
					t.Fatalf("want when to come back, as a header and in words: %s", p)
				}
			}
			if p.HasText(o.name) {
				t.Fatalf("a guess opened a booking: %s", p)
			}
		}
		if answered := got[http.StatusUnprocessableEntity]; answered > 15 || answered+got[http.StatusTooManyRequests] != 1000 {
			t.Errorf("got %v, want about ten answers and the rest slowed", got)
		}
		if p := o.open(guesser, code); p.Status != http.StatusTooManyRequests {
			t.Errorf("the right code after a thousand guesses from one address: want it slowed too: %s", p)
		}
		// The same address, as in a library: the link in the mail is no guess.
		for _, link := range mailed.Links {
			if strings.Contains(link, "/link/") {
				h.personAt(t, "203.0.113.9").Get(h.path(t, link)).Click(say("en", "link.open")).MustStatus(http.StatusOK).MustText(code, o.name)
			}
		}
		o.open(h.personAt(t, "198.51.100.8"), code).MustStatus(http.StatusOK).MustText(o.name)
		h.pass(t, anHour) // the slowed address is served again later
		o.open(guesser, code).MustStatus(http.StatusOK).MustText(o.name)
	})
}

// A thousand guesses from a thousand addresses: whoever has not guessed is served.
func TestGuessingFromManyAddresses(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	o := notary("en")
	_, code, _ := o.book(t, h.person(t), 0)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 1000 {
		c := h.personAt(t, "10.1."+strconv.Itoa(i/250)+"."+strconv.Itoa(i%250))
		if p := o.open(c, guess(r)); p.HasText(o.name) {
			t.Fatalf("a guess opened a booking: %s", p)
		}
	}
	o.open(h.personAt(t, "198.51.100.8"), code).MustStatus(http.StatusOK).MustText(o.name)
}

// watcher stands between people and the house and writes down every address that is asked for or led to.
type watcher struct {
	mu   sync.Mutex
	seen []string
}

func (w *watcher) note(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, s)
}

func (h *house) watched(t *testing.T) (*watcher, string) {
	t.Helper()
	target, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			w.note(r.In.URL.RequestURI())
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			w.note("Location: " + r.Header.Get("Location") + " Link: " + strings.Join(r.Header.Values("Link"), " "))
			return nil
		},
	}
	srv := httptest.NewServer(proxy)
	t.Cleanup(srv.Close)
	return w, srv.URL
}

// Whatever somebody types or is given is in no address, no log line, and, where it is nobody's business, not readable in the database file.
func TestNothingPersonalInURLsOrLogs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		w, base := h.watched(t)
		person := func() *client.Client { return client.New(t, base) }
		o := notary("en")
		o.name, o.email, o.phone, o.note = "Zyxname Canary", "zyxmail@example.org", "040 765 4321", "zyxnote zeppelinchair"
		c := person()
		bad := o
		bad.email = "zyxbadmail(at)example.org"
		p, _ := o.pick(t, c, 20)
		bad.fill(p).MustStatus(http.StatusUnprocessableEntity)
		done := o.save(o.fill(p))
		code := codeOn(t, "en", done)
		for _, link := range []string{say("en", "done.print"), say("en", "done.calendar"), say("en", "done.manage")} {
			if done.HasLink(link) {
				done.Click(link)
			}
		}
		mailed := h.awaitMails(t, o.email, 1)[0]
		for _, link := range mailed.Links {
			if strings.Contains(link, "/link/") {
				person().Get(h.path(t, link)).Click(say("en", "link.open"))
			}
		}
		o.open(person(), "ZYXN-OTAC-OD")
		own := person()
		p = o.open(own, code).Click(say("en", "manage.edit"))
		o.name = "Zyxother Canary"
		p = o.answers(p.Form(say("en", "edit.save"))).Submit(say("en", "edit.save"))
		p = p.Click(say("en", "manage.move"))
		p = press(t, p, times(p)[30]).Click(say("en", "move.move"))
		p = p.Click(say("en", "manage.cancel"))
		p.Form(say("en", "cancel.cancel")).Set("reason", "zyxreason flu").Submit(say("en", "cancel.cancel")).MustText(say("en", "manage.done.cancelled"))
		own.FromElsewhere(o.url("appointment/details"), url.Values{"name": {"zyxevil"}})
		api := book(person(), o, times(person().Get(o.calendar()))[25], "zyxkey-of-a-program")

		plain := strings.ReplaceAll(code, "-", "")
		apiCode := codeForm.FindString(string(api.Body))
		canaries := []string{"zyx", "canary", "0407654321", "407654321", "765 4321", code, plain, apiCode, "zeppelinchair", "203.0.113"}
		if apiCode == "" {
			t.Fatalf("the API did not book: %s", api)
		}
		search := func(where, text string, canaries ...string) {
			for _, s := range canaries {
				if i := strings.Index(strings.ToLower(text), strings.ToLower(s)); i >= 0 {
					t.Errorf("%s: %q is in it: …%s…", where, s, text[max(0, i-80):min(len(text), i+80)])
				}
			}
		}
		if len(w.seen) < 60 {
			t.Fatalf("got %d addresses, want those of the whole journey", len(w.seen))
		}
		for _, address := range w.seen {
			search("an address", address, canaries...)
		}
		search("the log", h.log.String(), canaries...)
		if h.file != "" {
			var stored bytes.Buffer
			for _, name := range []string{h.file, h.file + "-wal"} {
				b, err := os.ReadFile(name)
				if err != nil && name == h.file {
					t.Fatal(err)
				}
				stored.Write(b)
			}
			if !bytes.Contains(stored.Bytes(), []byte("Zyxother")) {
				t.Error("the database file does not hold the name, which stays readable: the search looks in the wrong place")
			}
			// The code is computed, never stored; but the demo's outbox keeps mails, and one of them told it. The API's booking was mailed to nobody.
			search("the database file", stored.String(), "zyxnote", "zyxreason", "zeppelinchair", apiCode, strings.ReplaceAll(apiCode, "-", ""))
		}
	})
}
