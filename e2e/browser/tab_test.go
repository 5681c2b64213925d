package browser

import (
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPersonFillsInAForm(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": good})
	for name, o := range map[string]Options{"with scripts": {}, "without scripts": {NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := Start(t).Tab(t, o)
			if got := tab.Go(base + "/"); got.Status != 200 || got.Header.Get("Content-Security-Policy") != strict {
				t.Errorf("got %+v, want status 200 and the policy", got)
			}
			if got, want := tab.Title(), "Your details - Vuorela"; got != want {
				t.Errorf("title: got %q, want %q", got, want)
			}
			tab.Click("Continue")
			tab.MustText("Error: give a name")
			if got, want := tab.Status(), http.StatusUnprocessableEntity; got != want {
				t.Errorf("status: got %d, want %d", got, want)
			}
			tab.Fill("Your name", "Someone else")
			tab.Fill("Your name", "Testi Ä")
			tab.Fill("Message", "one\ntwo")
			tab.Select("Office", "Kallio")
			tab.Select("Reminder", "By text message")
			tab.Check("I agree")
			tab.Check("I agree")
			if got, want := tab.Value("Office"), "Kallio"; got != want {
				t.Errorf("office: got %q, want %q", got, want)
			}
			tab.Click("Continue")
			if got, want := tab.H1(), "Sent"; got != want {
				t.Fatalf("h1: got %q, want %q", got, want)
			}
			u, err := url.Parse(tab.URL())
			if err != nil {
				t.Fatal(err)
			}
			want := url.Values{"name": {"Testi Ä"}, "msg": {"one\r\ntwo"}, "office": {"7"}, "way": {"sms"}, "ok": {"yes"}, "do": {"go"}}
			if got := u.Query().Encode(); got != want.Encode() {
				t.Errorf("sent: got %s, want %s", got, want.Encode())
			}
			if got := tab.Cookies(); len(got) != 1 || got[0].Name != "sent" || !got[0].Secure || !got[0].HttpOnly || got[0].SameSite != http.SameSiteLaxMode {
				t.Errorf("cookies: got %v, want the one of the form, Secure kept on the loopback address", got)
			}
			if got := tab.Status(); got != 200 {
				t.Errorf("status: got %d, want 200", got)
			}
			tab.Back()
			if got, want := tab.H1(), "Your details"; got != want {
				t.Errorf("after back: got %q, want %q", got, want)
			}
			tab.MustBeClean()
		})
	}
}

func TestKeyboardSendsAForm(t *testing.T) {
	t.Parallel()
	tab := Start(t).Tab(t, Options{})
	tab.Go(site(t, map[string]string{"/{$}": good}) + "/")
	for _, want := range []string{"Skip to content", "Vuorela", "why we ask", "Your name"} {
		tab.Press("Tab")
		if got := tab.Focused(); got != want {
			t.Fatalf("focus: got %q, want %q", got, want)
		}
	}
	tab.Press("Shift+Tab")
	tab.Press("Tab")
	tab.Press("x")
	tab.Press("Enter")
	if got, want := tab.H1(), "Sent"; got != want {
		t.Errorf("h1: got %q, want %q", got, want)
	}
}

func TestNoScriptRunsNoScript(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": strings.Replace(good, "</body>", `<noscript><p>You have no scripts</p></noscript><script src="/ran.js"></script></body>`, 1)})
	tab := Start(t).Tab(t, Options{NoScript: true})
	tab.Go(base + "/")
	if got, want := tab.H1(), "Your details"; got != want {
		t.Errorf("without scripts: got %q, want %q", got, want)
	}
	if !tab.HasText("You have no scripts") {
		t.Error("the text for people without scripts is not shown")
	}
	var sum int
	if tab.Eval("1 + 2", &sum); sum != 3 {
		t.Errorf("the test's own expression: got %d, want 3", sum)
	}
	Axe(tab, AxeOptions{})
	if got, want := tab.H1(), "Your details"; got != want {
		t.Errorf("after the accessibility check: got %q, want %q", got, want)
	}
	tab.Go(base + "/?again")
	if got, want := tab.H1(), "Your details"; got != want {
		t.Errorf("on the page after it: got %q, want %q", got, want)
	}
	other := Start(t).Tab(t, Options{})
	other.Go(base + "/")
	if got, want := other.H1(), "The script ran"; got != want || other.HasText("You have no scripts") {
		t.Errorf("with scripts: got %q, want %q", got, want)
	}
	other.MustBeClean()
}

func TestTabsDoNotShareCookies(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": good})
	a, b := Start(t).Tab(t, Options{}), Start(t).Tab(t, Options{})
	a.Go(base + "/")
	a.Fill("Your name", "Testi")
	a.Click("Continue")
	b.Go(base + "/")
	if len(a.Cookies()) != 1 || len(b.Cookies()) != 0 {
		t.Errorf("got cookies %v and %v, want one and none", a.Cookies(), b.Cookies())
	}
}

func TestStepsAPersonCannotTakeEndTheTest(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": with(`
<button type="button" id="off" disabled>Switched off</button>
<button type="button" hidden>Hidden</button>
<p><label for="ro">Read only</label><input id="ro" readonly value="1"></p>
<p><label for="short">Short</label><input id="short" maxlength="3"></p>
<a href="/a">Change time</a> <a href="/b">Change place</a>`)})
	tab := Start(t).Tab(t, Options{})
	for name, tt := range map[string]struct {
		do   func(*Tab)
		want string
	}{
		"switched off": {func(t *Tab) { t.Click("Switched off") }, "switched off"},
		"hidden":       {func(t *Tab) { t.Click("Hidden") }, `no link or button "Hidden"`},
		"ambiguous":    {func(t *Tab) { t.Click("change") }, "more than one"},
		"read-only":    {func(t *Tab) { t.Fill("Read only", "2") }, "cannot be changed"},
		"too long":     {func(t *Tab) { t.Fill("Short", "1234") }, `left "123" there`},
		"no field":     {func(t *Tab) { t.Fill("Shoe size", "43") }, `no field "Shoe size"`},
		"no option":    {func(t *Tab) { t.Select("Office", "Paris") }, `no option of Office "Paris"; there is: "Choose", "Kallio"`},
		"no text":      {func(t *Tab) { t.MustText("Not there") }, `the page shows "Not there"`},
		"still there":  {func(t *Tab) { t.MustNotText("Your details") }, "does not show"},
		"no key":       {func(t *Tab) { t.Press("Any") }, `no key "Any"`},
		"elsewhere":    {func(t *Tab) { t.Go("http://elsewhere.example/") }, "ERR_NAME_NOT_RESOLVED"},
		"covered": {func(t *Tab) {
			t.Eval(`(() => { const veil = document.body.appendChild(document.createElement('div')); veil.id = 'veil'; veil.style.position = 'fixed'; veil.style.inset = '0' })()`, nil)
			t.Click("Continue")
		}, "covered by <div#veil>"},
		"no selector": {func(t *Tab) { t.Click("#nowhere") }, "fits #nowhere"},
	} {
		got := refused(t, tab, func(tab *Tab) { tab.Go(base + "/"); tt.do(tab) })
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: ended with %q, want %q in it", name, got, tt.want)
		}
		if name == "no text" && (!strings.Contains(got, "We need your name") || !strings.Contains(got, ".png")) {
			t.Errorf("%s: ended with %q, want the page's text and a picture", name, got)
		}
	}
}

func TestBackNeedsAPast(t *testing.T) {
	t.Parallel()
	got := refused(t, Start(t).Tab(t, Options{}), func(tab *Tab) { tab.Back() })
	if want := "nothing to go back to"; !strings.Contains(got, want) {
		t.Errorf("ended with %q, want %q in it", got, want)
	}
}

func TestScriptMayTakeAPress(t *testing.T) {
	t.Parallel()
	tab := Start(t).Tab(t, Options{})
	tab.Go(site(t, map[string]string{"/{$}": strings.Replace(good, "</body>", `<script src="/calm.js"></script></body>`, 1)}) + "/")
	tab.Click("Continue")
	tab.MustText("Later")
	if got, want := tab.Path(), "/"; got != want {
		t.Errorf("path: got %s, want %s", got, want)
	}
}

func TestVisitorsOfEachKind(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": good})
	for _, tt := range []struct {
		visitor Options
		queries []string
	}{
		{Options{}, []string{"screen and (width: 1280px) and (height: 800px)", "(prefers-color-scheme: light)", "(prefers-reduced-motion: reduce)", "(forced-colors: none)", "(min-width: 80em)"}},
		{Options{Width: 320, Height: 480, Dark: true, Motion: true}, []string{"(width: 320px) and (height: 480px)", "(prefers-color-scheme: dark)", "(prefers-reduced-motion: no-preference)"}},
		{Options{Print: true, ForcedColours: true, TextZoom: 2}, []string{"print", "(forced-colors: active)", "(max-width: 79.9em)"}},
	} {
		tab := Start(t).Tab(t, tt.visitor)
		tab.Go(base + "/")
		for _, q := range tt.queries {
			var holds bool
			if tab.Eval("matchMedia("+quote(q)+").matches", &holds); !holds {
				t.Errorf("%s does not hold for %+v", q, tt.visitor)
			}
		}
	}
	tab := Start(t).Tab(t, Options{Lang: "fi", TextZoom: 2})
	tab.Go(base + "/headers")
	tab.MustText("Accept-Language: fi")
	var size string
	if tab.Eval("getComputedStyle(document.documentElement).fontSize", &size); size != "32px" {
		t.Errorf("text size: got %s, want 32px", size)
	}
}

func TestDownloadIsNoPage(t *testing.T) {
	t.Parallel()
	base := site(t, map[string]string{"/{$}": with(`<a href="/file.ics">Add to calendar</a>`)})
	tab := Start(t).Tab(t, Options{})
	tab.Go(base + "/")
	tab.Click("Add to calendar")
	if got, want := tab.H1(), "Your details"; got != want {
		t.Errorf("h1: got %q, want %q", got, want)
	}
	if got := tab.Go(base + "/file.ics"); !got.Download || got.Status != 200 {
		t.Errorf("got %+v, want a download of status 200", got)
	}
	tab.MustBeClean()
}

func TestScreenshotIsAsLongAsThePage(t *testing.T) {
	t.Parallel()
	tab := Start(t).Tab(t, Options{Width: 320, Height: 200})
	tab.Go(site(t, map[string]string{"/{$}": good}) + "/")
	for full, enough := range map[bool]func(int) bool{false: func(h int) bool { return h == 200 }, true: func(h int) bool { return h > 400 }} {
		path := filepath.Join(t.TempDir(), "deep", "shot.png")
		tab.Screenshot(path, full)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		got, err := png.DecodeConfig(f)
		if err != nil || got.Width != 320 || !enough(got.Height) {
			t.Errorf("full %v: got %dx%d (%v), want 320 wide and its height", full, got.Width, got.Height, err)
		}
	}
}
