package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// strict is the policy our own pages are sent with.
const strict = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// good is a page without a fault, in the shape of ours.
const good = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Your details - Vuorela</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/" class="home">Vuorela</a></header>
<main id="main">
<h1>Your details</h1>
<p>We need your name. Read <a href="/why">why we ask</a> before you go on.</p>
<form action="/send" method="post" novalidate>
<p><label for="name">Your name</label><br><input id="name" name="name" type="text" autocomplete="name"></p>
<p><label for="msg">Message</label><br><textarea id="msg" name="msg" rows="3" cols="20"></textarea></p>
<p><label for="office">Office</label><br><select id="office" name="office"><option value="">Choose</option><option value="7">Kallio</option></select></p>
<fieldset><legend>Reminder</legend>
<p><input type="radio" id="r1" name="way" value="mail"><label for="r1">By email</label></p>
<p><input type="radio" id="r2" name="way" value="sms"><label for="r2">By text message</label></p>
</fieldset>
<p><input type="checkbox" id="ok" name="ok" value="yes"><label for="ok">I agree</label></p>
<p><button type="submit" name="do" value="go">Continue</button></p>
</form>
</main>
</body>
</html>`

const style = `
body { font: 1rem/1.5 sans-serif; margin: 0 1rem; color: #111; background: #fff; }
button, input, select, textarea { font: inherit; max-width: 100%; box-sizing: border-box; }
button, select, input[type=text] { min-height: 2.75rem; }
body { overflow-wrap: break-word; } fieldset { min-width: 0; } /* whatever fonts there are */
label { display: inline-block; min-height: 1.75rem; }
.home { display: inline-block; min-height: 2rem; }
a { color: #00449e; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 0; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111; } a { color: #9cf; } }
`

// with puts a fragment into the good page's main part.
func with(fragment string) string { return strings.Replace(good, "</main>", fragment+"</main>", 1) }

// site serves pages by path under the strict policy, a style sheet, a script that says that it ran, and a form's echo.
func site(t *testing.T, pages map[string]string) string {
	t.Helper()
	mux := http.NewServeMux()
	for path, body := range pages {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { html(w, http.StatusOK, body) })
	}
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, style)
	})
	mux.HandleFunc("GET /ran.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.querySelector('h1').textContent = 'The script ran'`)
	})
	mux.HandleFunc("GET /fail.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `console.error('it hurts', 7); setTimeout(() => { throw new Error('thrown late') })`)
	})
	mux.HandleFunc("GET /calm.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.querySelector('button').addEventListener('click', (e) => { e.preventDefault(); setTimeout(() => { document.querySelector('h1').textContent = 'Later' }, 50) })`)
	})
	mux.HandleFunc("POST /send", func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.PostForm.Get("name") == "" {
			html(w, http.StatusUnprocessableEntity, with("<p>Error: give a name</p>"))
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "sent", Value: "1", Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode})
		http.Redirect(w, r, "/sent?"+r.PostForm.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /sent", func(w http.ResponseWriter, r *http.Request) {
		html(w, http.StatusOK, strings.ReplaceAll(good, "Your details", "Sent")+"<p id=q>"+strings.ReplaceAll(r.URL.RawQuery, "&", "&amp;")+"</p>")
	})
	mux.HandleFunc("GET /headers", func(w http.ResponseWriter, r *http.Request) {
		html(w, http.StatusOK, "<p>Accept-Language: "+r.Header.Get("Accept-Language")+"</p>")
	})
	mux.HandleFunc("GET /file.ics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/calendar")
		w.Header().Set("Content-Disposition", "attachment")
		fmt.Fprint(w, "BEGIN:VCALENDAR")
	})
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func html(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", strict)
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// trap is a test that notes its end instead of failing.
type trap struct {
	testing.TB
	said string
}

func (t *trap) Helper() {}
func (t *trap) Fatalf(format string, args ...any) {
	t.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// refused runs steps in a tab, for once of little patience, and returns what ended them; "" when nothing did.
func refused(t *testing.T, tab *Tab, steps func(*Tab)) string {
	t.Helper()
	caught := &trap{TB: t}
	tab.tb, tab.hasty = caught, 60*time.Millisecond
	done := make(chan struct{})
	go func() {
		defer close(done)
		steps(tab)
	}()
	<-done
	tab.tb, tab.hasty = t, 0
	return caught.said
}
