package e2e

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	message "net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/e2e/client"
	"luukku/store/pgtest"
)

// postOffice is a mail server of a town: it takes what it gets and keeps it.
type postOffice struct {
	mu   sync.Mutex
	sent []string
	port string
}

// openPostOffice answers on a port of its own until the test ends.
func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{}
	_, p.port, _ = net.SplitHostPort(l.Addr().String())
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

// serve speaks as much of SMTP as a mail needs.
func (p *postOffice) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 post.example")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "DATA"):
			say("354 go on")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(line, "."))
			}
			p.mu.Lock()
			p.sent = append(p.sent, b.String())
			p.mu.Unlock()
			say("250 kept")
		case strings.HasPrefix(verb, "QUIT"):
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

// await waits for a mail to an address and returns its plain text.
func (p *postOffice) await(t *testing.T, to string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		p.mu.Lock()
		all := append([]string(nil), p.sent...)
		p.mu.Unlock()
		for _, raw := range all {
			m, err := message.ReadMessage(strings.NewReader(raw))
			if err == nil && strings.Contains(m.Header.Get("To"), to) {
				return plainPart(t, m)
			}
		}
	}
	t.Fatalf("no mail to %s", to)
	return ""
}

var partBreak = regexp.MustCompile(`(?s)Content-Type: text/plain.*?\r?\n\r?\n(.*?)\r?\n--`)

// plainPart is the plain text of a mail.
func plainPart(t *testing.T, m *message.Message) string {
	t.Helper()
	kind, _, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	body, readErr := io.ReadAll(m.Body)
	if err != nil || readErr != nil {
		t.Fatal(err, readErr)
	}
	text := string(body)
	if strings.HasPrefix(kind, "multipart/") {
		found := partBreak.FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("no plain text in %s", text)
		}
		text = found[1]
	}
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// empty opens the program as "luukku serve" does on an empty data directory, with a mail server; it returns the link that is printed.
func empty(t *testing.T, e engine) (h *house, post *postOffice, link string) {
	t.Helper()
	h, post = &house{log: &record{}}, openPostOffice(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"LUUKKU_LISTEN": l.Addr().String(), "LUUKKU_DATA": t.TempDir(), "LUUKKU_BASE_URL": "http://" + l.Addr().String(), "LUUKKU_SMTP_HOST": "127.0.0.1",
		"LUUKKU_SMTP_PORT": post.port, "LUUKKU_SMTP_TLS": "none", "LUUKKU_SMTP_FROM": "no-reply@town.example",
	}
	if e == postgres {
		env["LUUKKU_DATABASE"] = pgtest.DSN(t, migrate)
	}
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	c.Limits.RequestsPerSecond, c.Limits.Wait = 1000, 0
	h.base = "http://" + l.Addr().String()
	started := time.Now()
	h.app, err = app.Open(t.Context(), c, app.Options{
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return begin.Add(time.Since(started) + time.Duration(h.gone.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if link, err = h.app.SetupLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.app.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the server ended: %v", err)
		}
		h.sound(t)
		if err := h.app.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return h, post, link
}

// en is a text of the pages of the tutorial, which are read in English there.
func en(key string, args ...any) string { return say("en", key, args...) }

// in sets a text of the form in the town's two languages.
func in(f *client.Form, label, czech, english string) *client.Form {
	return f.Set(label+" > "+en("common.languages.cs"), czech).Set(label+" > "+en("common.languages.en"), english)
}

// label is the name of a field of a thing.
func label(section, field string) string { return en("thing." + section + "." + field + ".label") }

// saved saves a form in the draft.
func saved(f *client.Form) *client.Page {
	return f.Submit(en("thing.save")).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
}

// Docs: docs/tutorial-town-hall.md, step by step. From an empty installation to a booked and confirmed appointment, in the browser alone.
func TestTutorial_TownHallFromEmpty(t *testing.T) {
	t.Parallel()
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			h, post, link := empty(t, e)
			admin := tutorialBegin(t, h, link)
			tutorialRules(admin)
			tutorialServices(admin)
			tutorialOffice(admin)
			tutorialLook(admin)
			tutorialPublish(t, h, admin)
			tutorialBook(t, h, post)
		})
	}
}

// tutorialBegin is steps 1 to 3: the link, the first administrator, the page from which everything is changed.
func tutorialBegin(t *testing.T, h *house, link string) *client.Page {
	t.Helper()
	c := h.person(t)
	c.Lang = "en"
	p := c.Get(h.path(t, link)).MustText(en("setup.title"))
	f := p.Form(en("setup.save")).Set(en("setup.name"), "Trutnov").Set("org-name-cs", "Městský úřad Trutnov").Set("org-name-en", "Trutnov Town Hall").
		Set("slug", "town-hall").Set("country", "CZ").Set("phone", "499 000 165").Set("hours-cs", "po a st 8:00–17:00").Set("email", "podatelna@trutnov.example").
		Set("begin", "empty").Set("default", "cs")
	f = f.Force("languages", "cs", "en")
	p = f.Submit(en("setup.save")).MustStatus(http.StatusOK).MustText(en("setup.done_title"))
	p = p.Click(en("setup.administrator_link")).MustText(en("staff.invitation_title"))
	p = p.Form(en("staff.start_password")).Set(en("staff.your_name"), "Jana Správcová").Set(en("common.email"), "jana@trutnov.example").
		Set(en("staff.password"), "modré kolo u řeky 4").Submit(en("staff.start_password")).MustText(en("staff.app_title"))
	secret := appKey(t, p)
	p = p.Form(en("common.continue")).Set(en("staff.code"), h.authenticator(t, secret)).Submit(en("common.continue")).MustText(en("staff.codes_title"))
	p = p.Click(en("staff.codes_kept")).MustText(en("staff.front_lead", "name", "Jana Správcová"))
	p = p.Click(en("admin.page_at", "page", en("config.title"), "org", "Trutnov Town Hall")).MustText(en("config.title"), en("config.no_draft"), en("config.first_category"))
	return p
}

// tutorialRules is step 4: the rules that hold for all services.
func tutorialRules(admin *client.Page) {
	p := admin.Click(en("rules.title_organisation")).MustText(en("rules.means"))
	f := p.Form("rules")
	set := func(name, value, unit string) {
		f.Set("set-"+name, "1").Set(name, value)
		if unit != "" {
			f.Set(name+"-unit", unit)
		}
	}
	set("notice", "30", "m")
	set("confirm_window", "15", "m")
	set("change_cutoff", "30", "m")
	set("cancel_cutoff", "30", "m")
	set("pin", "true", "")
	minutes := func(n int) string { return texts().Printer("en").N("common.minutes", n) }
	shown := f.Submit(en("rules.preview")).MustStatus(http.StatusOK).MustText(en("rules.means_typed"), en("means.confirm", "window", minutes(15)))
	saved(shown.Form("rules")).MustText(en("rules.means"), en("means.confirm", "window", minutes(15)))
}

// tutorialServices is step 5: a category with its services.
func tutorialServices(admin *client.Page) {
	p := admin.Click(en("thing.categories.new"))
	in(p.Form(en("thing.add")), label("categories", "name"), "Občanské průkazy", "Identity cards").Submit(en("thing.add")).MustText(en("config.done.added"))
	for _, s := range []struct{ czech, english, what, length string }{
		{"Podání žádosti o občanský průkaz", "Apply for an identity card", "Žádost o nový občanský průkaz.", "15"},
		{"Převzetí občanského průkazu", "Collect an identity card", "Převzetí hotového průkazu.", "10"},
	} {
		p = admin.Again().Click(en("thing.services.new"))
		f := in(p.Form(en("thing.add")), label("services", "name"), s.czech, s.english).Set(label("services", "category"), "Identity cards")
		f.Set(label("services", "summary")+" > "+en("common.languages.cs"), s.what)
		p = f.Submit(en("thing.add")).MustText(en("config.done.added"), en("thing.untranslated", "language", en("common.languages.en")))
		f = p.Form(en("thing.save")).Set(label("services", "bring")+" > "+en("common.languages.cs"), "dosavadní průkaz\nrodný list").
			Set(label("services", "bring")+" > "+en("common.languages.en"), "your present card\nbirth certificate").
			Set(label("services", "summary")+" > "+en("common.languages.en"), "What it says.")
		p = saved(f).Click(en("rules.link_service"))
		saved(p.Form("rules").Set("set-length", "1").Set("length", s.length))
	}
}

// tutorialOffice is step 6: the office with its hours and four counters.
func tutorialOffice(admin *client.Page) {
	p := admin.Again().Click(en("thing.offices.new"))
	f := in(p.Form(en("thing.add")), label("offices", "name"), "Odbor správní", "Administrative department")
	f = in(f, label("offices", "street"), "Slovanské náměstí 165", "Slovanské náměstí 165").Set(label("offices", "postcode"), "541 01")
	p = in(f, label("offices", "town"), "Trutnov", "Trutnov").Submit(en("thing.add")).MustText(en("config.done.added"))
	f = p.Form(en("thing.save"))
	f = in(f, label("offices", "door"), "dveře 183", "door 183")
	f = in(f, label("offices", "access"), "Bezbariérový přístup.", "Step-free.")
	f.Check("Apply for an identity card").Check("Collect an identity card")
	for day, hours := range map[int][2]string{0: {"8", "17"}, 1: {"8:00", "15:00"}, 2: {"8", "17"}, 3: {"8:00", "15:00"}, 4: {"8:00", "14.30"}} {
		name := en("thing.weekday." + string(rune('1'+day)))
		f.Set(en("thing.offices.usual.of", "day", name, "end", en("thing.offices.usual.from")), hours[0])
		f.Set(en("thing.offices.usual.of", "day", name, "end", en("thing.offices.usual.to")), hours[1])
	}
	p = saved(f)
	for _, n := range []string{"1", "2", "3", "4"} {
		p = p.Click(en("thing.units.new"))
		p = in(p.Form(en("thing.add")), label("units", "name"), "Přepážka "+n, "Counter "+n).Submit(en("thing.add")).MustText(en("config.done.added"))
		p = p.Click(en("ui.back")).MustText("Counter " + n)
	}
}

// tutorialLogo is a drawing as a town has it, with something in it that must not reach a visitor.
const tutorialLogo = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" onload="alert(1)"><script>alert(2)</script><path d="M0 0h8v8z" fill="#7a1f2b"/></svg>`

// tutorialLook is step 7: the colours and the logo.
func tutorialLook(admin *client.Page) {
	p := admin.Again().Click(en("brand.title"))
	f := p.Form(en("brand.preview")).Set("primary", "#7a1f2b").Set("accent", "d9a441").Attach("file", "logo.svg", "image/svg+xml", []byte(tutorialLogo))
	p = f.Submit(en("thing.save")).MustStatus(http.StatusUnprocessableEntity).MustText(en("brand.alt_missing"))
	saved(p.Form(en("brand.preview")).Set(en("brand.alt")+" > "+en("common.languages.cs"), "Znak města").Set(en("brand.alt")+" > "+en("common.languages.en"), "Coat of arms"))
}

// tutorialPublish is steps 8 and 9: looking at it as a citizen, and publishing.
func tutorialPublish(t *testing.T, h *house, admin *client.Page) {
	t.Helper()
	p := admin.Again().MustText(en("config.draft_title"))
	if p.HasText(en("config.todo")) {
		t.Errorf("something is still to do: %s", p)
	}
	visitor := h.person(t)
	if seen := visitor.Get("/en/town-hall/"); seen.HasText("identity card") {
		t.Errorf("a visitor sees the draft: %s", seen)
	}
	preview := p.Click(en("config.preview")).MustStatus(http.StatusOK).MustText(en("preview.bar"))
	day := preview.Click(en("front.book")).Click("Apply for an identity card").MustText(en("preview.bar"), "birth certificate").Click(en("service.book")).MustStatus(http.StatusOK)
	free := times(day)
	if len(free) == 0 {
		t.Fatalf("the preview shows no times: %s", day)
	}
	press(t, day, free[0]).MustStatus(http.StatusConflict).MustText(en("preview.nothing_done"))
	visitor.Get("/en/town-hall/services/podani-zadosti-o-obcansky-prukaz").MustStatus(http.StatusNotFound)
	p = p.Click(en("config.publish")).MustStatus(http.StatusOK)
	p = p.Form(en("publish.do")).Submit(en("publish.do")).MustStatus(http.StatusUnprocessableEntity).MustText(en("publish.choose"))
	p.Form(en("publish.do")).Set("touches", "no").Submit(en("publish.do")).MustStatus(http.StatusOK).MustText(en("config.done.published"), en("config.no_draft"))
	page := visitor.Get("/en/town-hall/").MustStatus(http.StatusOK)
	page.Click(en("front.book")).MustText("Identity cards")
	logo := page.Find("header img").Attr("src")
	drawn := visitor.Get(logo).MustStatus(http.StatusOK)
	if strings.Contains(string(drawn.Body), "alert") || !strings.Contains(string(drawn.Body), "<path") {
		t.Errorf("the logo is %s", drawn.Body)
	}
}

// tutorialBook is step 10: a citizen books and confirms by the mailed link.
func tutorialBook(t *testing.T, h *house, post *postOffice) {
	t.Helper()
	o := order{lang: "en", org: "town-hall", service: "podani-zadosti-o-obcansky-prukaz", office: "odbor-spravni", name: "Karel Novák", email: "karel@example.org"}
	c := h.person(t)
	p := c.Get("/en/town-hall/").Click(en("front.book")).Click("Apply for an identity card").Click(en("service.book")).MustStatus(http.StatusOK)
	free := times(p)
	zone, err := time.LoadLocation("Europe/Prague")
	if err != nil {
		t.Fatal(err)
	}
	if len(free) == 0 {
		t.Fatalf("no times: %s", p)
	}
	for _, s := range free { // Monday and Wednesday until 17:00, Tuesday and Thursday until 15:00, Friday until 14:30
		at := moment(t, s).In(zone)
		until := map[time.Weekday]string{1: "16:45", 2: "14:45", 3: "16:45", 4: "14:45", 5: "14:15"}[at.Weekday()]
		if clock := at.Format("15:04"); clock < "08:00" || clock > until {
			t.Errorf("%s is outside of the hours", at)
		}
	}
	p = press(t, p, free[0])
	p = o.save(o.fill(p)).MustStatus(http.StatusOK)
	if p.H1() != en("confirm.title") {
		t.Fatalf("want a booking that waits for its link: %s", p)
	}
	text := post.await(t, o.email)
	link := regexp.MustCompile(regexp.QuoteMeta(h.base) + `/\S*/link/\S+`).FindString(text)
	if link == "" {
		t.Fatalf("no link in %q", text)
	}
	h.person(t).Get(h.path(t, link)).Click(say(i18n.Lang(strings.Split(h.path(t, link), "/")[1]), "link.confirm")).MustStatus(http.StatusOK)
}
