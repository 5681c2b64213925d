package client_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"luukku/e2e/client"
)

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

// refused runs steps against the server and returns what ended them; "" when nothing did.
func refused(t *testing.T, base string, steps func(*client.Client)) string {
	t.Helper()
	caught := &trap{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		steps(client.New(caught, base))
	}()
	<-done
	return caught.said
}

func serve(t *testing.T, routes map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range routes {
		mux.HandleFunc(pattern, h)
	}
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func page(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, "<!doctype html><html lang=en><head><title>A page</title></head><body>%s</body></html>", body)
	}
}

// echo answers with the request's headers and form, one per line.
func echo(names ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s\n", r.Method, r.URL.RequestURI())
		for _, n := range names {
			fmt.Fprintf(w, "%s: %s\n", n, r.Header.Get(n))
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s", body)
	}
}

const everything = `
<main><h1>Your details</h1>
<form action="/send" method="post" novalidate>
  <input type="hidden" name="key" value="k1">
  <label for="n">Your name</label><input id="n" name="name" value="Testi" maxlength="5">
  <label>Email <input type="email" name="email" required></label>
  <label for="o">Office</label><select id="o" name="office"><option value="">Choose</option><option value="7">Kallio</option><option>Itäkeskus</option><option disabled value="9">Closed</option></select>
  <fieldset><legend>How to remind you</legend>
    <label><input type="radio" name="way" value="mail"> By email</label>
    <label><input type="radio" name="way" value="sms" checked> By text message</label></fieldset>
  <fieldset><legend>Child's birth date</legend><label>Day <input name="cd"></label></fieldset>
  <fieldset><legend>Your birth date</legend><label>Day <input name="yd"></label></fieldset>
  <fieldset disabled><legend>Off</legend><label>Gone <input name="gone" value="1"></label></fieldset>
  <label><input type="checkbox" name="agree" value="yes"> I agree</label>
  <label>Fixed <input name="fixed" value="f" readonly></label>
  <label for="m">Message</label><textarea id="m" name="message">
old</textarea>
  <input name="nothing-named" type="hidden" disabled value="1">
  <button name="do" value="save">Save</button><button name="do" value="drop" formaction="/drop">Drop</button><button type="button">Nothing</button>
</form>
<label for="far">Outside</label>
</main>`

func TestFormSendsWhatABrowserSends(t *testing.T) {
	t.Parallel()
	base := serve(t, map[string]http.HandlerFunc{"GET /{$}": page(everything), "POST /send": echo(), "POST /drop": echo()})
	p := client.New(t, base).Get("/")
	f := p.Form("Your details").Set("Your name", "Ä&b").Set("Email", "a@b.example").Set("Office", "Itäkeskus").
		Set("How to remind you", "By email").Set("Your birth date > Day", "3").Check("I agree").Set("Message", "one\ntwo")
	got := string(f.Submit("Save").Body)
	want := "POST /send\nkey=k1&name=%C3%84%26b&email=a%40b.example&office=It%C3%A4keskus&way=mail&cd=&yd=3&agree=yes&fixed=f&message=one%0D%0Atwo&do=save"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := string(p.Form("").Submit("Drop").Body); !strings.HasPrefix(got, "POST /drop\nkey=k1&name=Testi&email=&office=&way=sms") || !strings.HasSuffix(got, "message=old&do=drop") {
		t.Errorf("got %q, want the untouched form at /drop", got)
	}
	if got, want := p.Click("Drop").Path(), "/drop"; got != want {
		t.Errorf("clicking the button: got %s, want %s", got, want)
	}
	forced := string(p.Form("Save").Force("key", "k2").Force("name", "far too long").Uncheck("I agree").Submit("Save").Body)
	if !strings.Contains(forced, "name=far+too+long") || !strings.Contains(forced, "key=k2") || strings.Contains(forced, "k1") || strings.Contains(forced, "agree") {
		t.Errorf("got %q, want the forced fields", forced)
	}
}

func TestWhatAPersonCannotDoEndsTheTest(t *testing.T) {
	t.Parallel()
	strict := `<form><label>Name <input name=n required></label><button>Go</button></form>`
	base := serve(t, map[string]http.HandlerFunc{
		"GET /{$}": page(everything), "GET /strict": page(strict), "GET /away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		},
		"GET /loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) },
		"GET /two":  page(`<a href=/a>Change</a> <a href=/b>Change time</a> <a href=/c>Change place</a>`),
	})
	form := func(c *client.Client) *client.Form { return c.Get("/").Form("") }
	for name, tt := range map[string]struct {
		do   func(*client.Client)
		want string
	}{
		"maxlength":       {func(c *client.Client) { form(c).Set("Your name", "Testinen") }, "at most 5 characters"},
		"read-only":       {func(c *client.Client) { form(c).Set("Fixed", "x") }, "cannot be changed"},
		"switched off":    {func(c *client.Client) { form(c).Set("Gone", "x") }, "cannot be changed"},
		"hidden":          {func(c *client.Client) { form(c).Set("key", "x") }, "cannot be changed"},
		"closed option":   {func(c *client.Client) { form(c).Set("Office", "Closed") }, `no option of Office "Closed"`},
		"unknown choice":  {func(c *client.Client) { form(c).Set("How to remind you", "By pigeon") }, "By text message"},
		"unknown field":   {func(c *client.Client) { form(c).Set("Shoe size", "43") }, `no field "Shoe size"`},
		"two fields":      {func(c *client.Client) { form(c).Set("Day", "1") }, "2 fields"},
		"tick a text":     {func(c *client.Client) { form(c).Check("Your name") }, `no field`},
		"no such button":  {func(c *client.Client) { form(c).Submit("Nothing") }, `no button "Nothing"`},
		"label only":      {func(c *client.Client) { form(c).Set("Outside", "1") }, "no field"},
		"no such form":    {func(c *client.Client) { c.Get("/").Form("Search") }, "no form"},
		"required":        {func(c *client.Client) { c.Get("/strict").Form("").Submit("Go") }, "required and empty"},
		"elsewhere":       {func(c *client.Client) { c.Get("/away") }, "stay on this machine"},
		"endless":         {func(c *client.Client) { c.Get("/loop") }, "redirects in a row"},
		"no such link":    {func(c *client.Client) { c.Get("/two").Link("Cancel") }, `no link "Cancel"`},
		"ambiguous link":  {func(c *client.Client) { c.Get("/two").Link("change ") }, "more than one link"},
		"missing text":    {func(c *client.Client) { c.Get("/two").MustText("Change  time", "Cancel") }, `does not say "Cancel"`},
		"other status":    {func(c *client.Client) { c.Get("/nowhere").MustStatus(200) }, "got status 404, want 200"},
		"absent element":  {func(c *client.Client) { c.Get("/two").Find("main > p") }, "nothing fits"},
		"strange pattern": {func(c *client.Client) { c.Get("/two").Find("p:first-child") }, "not understood"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := refused(t, base, tt.do); !strings.Contains(got, tt.want) {
				t.Errorf("ended with %q, want %q in it", got, tt.want)
			}
		})
	}
	if got := refused(t, base, func(c *client.Client) { c.Get("/two").Click("Change") }); strings.Contains(got, "more than one") {
		t.Errorf("an exact name was called ambiguous: %s", got)
	}
}

func TestRedirectsTurnPostIntoGetAndAreRecorded(t *testing.T) {
	t.Parallel()
	base := serve(t, map[string]http.HandlerFunc{
		"GET /{$}":  page(`<form method=post action=/act><input name=a value=1><button>Go</button></form><form method=post action=/keep><input name=a value=1><button>Keep</button></form>`),
		"POST /act": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/done#top", http.StatusSeeOther) },
		"POST /keep": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/done", http.StatusTemporaryRedirect)
		},
		"POST /done":  echo(),
		"GET /done":   echo("Content-Type", "Origin"),
		"GET /cached": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
	})
	p := client.New(t, base).Get("/")
	done := p.Click("Go")
	if got, want := string(done.Body), "GET /done\nContent-Type: \nOrigin: \n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if diff := cmp.Diff([]client.Hop{{Status: 303, From: base + "/act", To: base + "/done#top"}}, done.Trail); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
	if got, want := done.Path(), "/done#top"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(p.Click("Keep").Body), "POST /done\na=1"; got != want {
		t.Errorf("307: got %q, want %q", got, want)
	}
}

func TestHeadersOfANavigation(t *testing.T) {
	t.Parallel()
	other := serve(t, map[string]http.HandlerFunc{"/": echo("Sec-Fetch-Site", "Origin", "Referer")})
	form := page(`<a href=/see>See</a><a href="` + other + `/">Other</a><form method=post action=/see><button>Send</button></form><form method=post action="` + other + `/"><button>Send away</button></form>`)
	base := serve(t, map[string]http.HandlerFunc{
		"GET /{$}": form,
		"GET /shy": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Referrer-Policy", "no-referrer")
			form(w, r)
		},
		"/see": echo("Sec-Fetch-Site", "Origin", "Referer"),
		"/bounce": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/see", http.StatusFound)
		},
		"/lang": echo("Accept-Language", "Sec-Fetch-Site", "X-Extra"),
	})
	c := client.New(t, base)
	says := func(site, origin, referer string) string {
		return fmt.Sprintf("Sec-Fetch-Site: %s\nOrigin: %s\nReferer: %s\n", site, origin, referer)
	}
	for _, tt := range []struct {
		name string
		page *client.Page
		want string
	}{
		{"typed", c.Get("/see"), says("none", "", "")},
		{"clicked", c.Get("/").Click("See"), says("same-origin", "", base+"/")},
		{"posted", c.Get("/").Click("Send"), says("same-origin", base, base+"/")},
		{"clicked, no referrer", c.Get("/shy").Click("See"), says("same-origin", "", "")},
		{"posted, no referrer", c.Get("/shy").Click("Send"), says("same-origin", "null", "")},
		{"another port", c.Get("/").Click("Other"), says("same-site", "", base+"/")},
		{"posted to another port", c.Get("/").Click("Send away"), says("same-site", base, base+"/")},
		{"from elsewhere", c.FromElsewhere("/see", url.Values{"a": {"1"}}), says("cross-site", "https://elsewhere.example", "")},
		{"raw", c.Raw("PUT", "/see", http.Header{"Sec-Fetch-Site": {""}, "origin": {"null"}}, ""), says("", "null", "")},
	} {
		_, got, _ := strings.Cut(string(tt.page.Body), "\n")
		got, _, _ = strings.Cut(got, "a=1")
		if got != tt.want {
			t.Errorf("%s: got\n%s want\n%s", tt.name, got, tt.want)
		}
	}
	c.Lang, c.Old, c.Header = "sv", true, http.Header{"X-Extra": {"e"}}
	if got, want := string(c.Get("/lang").Body), "GET /lang\nAccept-Language: sv\nSec-Fetch-Site: \nX-Extra: e\n"; got != want {
		t.Errorf("old browser: got %q, want %q", got, want)
	}
}

func TestCrossOriginProtectionTellsTheFormsApart(t *testing.T) {
	t.Parallel()
	var guard http.CrossOriginProtection
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page(`<form method=post action=/act><button>Send</button></form>`))
	mux.HandleFunc("POST /act", page("done"))
	srv := httptest.NewServer(guard.Handler(mux))
	t.Cleanup(srv.Close)
	c := client.New(t, srv.URL)
	c.Get("/").Click("Send").MustStatus(200)
	c.FromElsewhere("/act", nil).MustStatus(http.StatusForbidden)
	c.Old = true
	c.Get("/").Click("Send").MustStatus(200)
	c.FromElsewhere("/act", nil).MustStatus(http.StatusForbidden)
}

func TestCookiesLastAndStayInTheirWindow(t *testing.T) {
	t.Parallel()
	base := serve(t, map[string]http.HandlerFunc{
		"/set": func(w http.ResponseWriter, r *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "__Host-s", Value: "1", Path: "/", Secure: true, HttpOnly: true})
			http.Redirect(w, r, "/see", http.StatusSeeOther)
		},
		"/see": echo("Cookie"),
		"/unset": func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "__Host-s", Path: "/", Secure: true, MaxAge: -1})
		},
	})
	c := client.New(t, base)
	if got, want := string(c.Get("/set").Body), "GET /see\nCookie: __Host-s=1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if k, ok := c.Cookie("/", "__Host-s"); !ok || k.Value != "1" {
		t.Errorf("got cookie %v, %v, want 1", k, ok)
	}
	if got, want := string(client.New(t, base).Get("/see").Body), "GET /see\nCookie: \n"; got != want {
		t.Errorf("another window: got %q, want %q", got, want)
	}
	c.Get("/unset")
	if got, want := string(c.Get("/see").Body), "GET /see\nCookie: \n"; got != want {
		t.Errorf("after it expired: got %q, want %q", got, want)
	}
}

func TestPageIsReadAsAPersonReadsIt(t *testing.T) {
	t.Parallel()
	base := serve(t, map[string]http.HandlerFunc{
		"GET /{$}": page(`<script>var a = "not said"</script><noscript>Without script</noscript><style>p{}</style>
<main><div class="ds-error-summary box"><h2>Mend this</h2><ul><li><a href="#e">Give an email&nbsp;address</a></li><li>Choose an <b>office</b></li></ul></div>
<h1>Choose
 a time</h1><p>Mon 23&nbsp;Nov<br>9:20</p><p hidden>secret</p><table><tr><th>A</th><td>1</td></tr></table><img src=x alt="A map">
<form action=/q><label for=e>Email</label> <input id=e name=e aria-invalid=true aria-describedby="h x"><p id=h>Hint.</p><p id=x>Give an email address</p>
<label>Town <input name=t></label><button aria-label="Search offices">S</button></form>
<ul class="list wide"><li data-code="ABC"><a href="/one?x=1#y">One</a></li><li><a href="two"><img alt="Two" src=y></a></li></ul></main>`),
		"GET /file": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/calendar")
			fmt.Fprint(w, "BEGIN:VCALENDAR")
		},
		"GET /q":   echo(),
		"GET /one": echo(), "GET /two": echo(),
	})
	c := client.New(t, base)
	p := c.Get("/")
	want := "Without script\nMend this\nGive an email address\nChoose an office\nChoose a time\nMon 23 Nov\n9:20\nA 1\nA map\nEmail\nHint.\nGive an email address\nTown\nS\nOne\nTwo"
	if diff := cmp.Diff(want, p.Text()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	for what, pair := range map[string][2]string{
		"title": {p.Title(), "A page"}, "h1": {p.H1(), "Choose a time"}, "lang": {p.Lang(), "en"},
		"href": {p.Link("One").Href(), base + "/one?x=1#y"}, "click": {string(p.Click("One").Body), "GET /one?x=1\n"},
		"image link": {string(p.Click("two").Body), "GET /two\n"}, "get form": {string(p.Form("/q").Set("Email", "a b").Submit("Search offices").Body), "GET /q?e=a+b&t=\n"},
		"field error": {p.Form("").FieldError("Email"), "Hint. Give an email address"}, "no field error": {p.Form("").FieldError("Town"), ""},
		"attr": {p.Find("ul.list.wide > li[data-code^=A]").Attr("data-code"), "ABC"}, "descendant": {p.Find("main li img[alt='Two']").Tag(), "img"},
		"file": {c.Get("/file").Text(), "BEGIN:VCALENDAR"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	if diff := cmp.Diff([]string{"Give an email address", "Choose an office"}, p.Errors()); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if got, want := len(p.All("h1, main > p")), 3; got != want {
		t.Errorf("alternatives: got %d elements, want %d", got, want)
	}
	if p.HasText("secret") || p.HasText("not said") || !p.HasText("Mon 23 Nov 9:20") || p.HasLink("Three") || c.Get("/file").IsHTML() {
		t.Errorf("the page says what it should not, or not what it should:\n%s", p)
	}
}

func TestFilesGoAsMultipart(t *testing.T) {
	t.Parallel()
	base := serve(t, map[string]http.HandlerFunc{
		"GET /{$}": page(`<form method=post enctype=multipart/form-data action=/up><label>Note <input name=note></label><label>Paper <input type=file name=paper></label><button>Send</button></form>`),
		"POST /up": func(w http.ResponseWriter, r *http.Request) {
			file, head, err := r.FormFile("paper")
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			data, _ := io.ReadAll(file)
			fmt.Fprintf(w, "%s %s %s %s", head.Filename, head.Header.Get("Content-Type"), data, r.FormValue("note"))
		},
	})
	got := client.New(t, base).Get("/").Form("").Set("Note", "n").Attach("Paper", `a "b".pdf`, "application/pdf", []byte("%PDF")).Submit("Send").Text()
	if want := `a %22b%22.pdf application/pdf %PDF n`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
