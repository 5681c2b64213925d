package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/e2e/browser"
	"luukku/e2e/client"
	"luukku/web"
)

const wordingsAt = "/en/admin/vuorela/wordings"

// worded types an organisation's own words of a notice, and presses a button.
func worded(c *client.Client, o notify.Occasion, l i18n.Lang, button string, parts map[notify.Part]string) *client.Page {
	f := c.Get(wordingsAt + "/" + string(o) + "?in=" + string(l)).Form(en("thing.save"))
	for p, text := range parts {
		f.Set(string(p), text)
	}
	return f.Submit(button)
}

// publishes makes what an administrator changed the configuration.
func (h *house) publishes(c *client.Client) {
	h.skip(time.Minute)
	c.Get(configAt + "/publish").Form(en("publish.do")).Submit(en("publish.do")).MustText(en("config.done.published"))
}

// A town words the confirmation and the reminder itself, in Finnish and Swedish: a wording that loses the code is refused and kept in the form; what is typed is
// previewed and counted before it is saved; nothing goes out before it is published; then the next booking's mail and text message carry it in the person's
// language, with all facts in the mail, and others get the product's words. The file of the configuration has it, and the product's words come back by one button.
func TestA6_TownWordsItsOwnNotices(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC))
		o := passport("fi")
		h.setPolicy(t, o, `sms = "always", reminders = "2h", reminder_channels = "both", quiet_hours = "none"`)
		admin := h.administrator(t, "admin")

		// Refused, and nothing that was typed is lost.
		const ours = "Vuorela kiittää: {time} {place}. Koodinne on {code} €"
		p := worded(admin, "booked", "fi", en("thing.save"), map[notify.Part]string{notify.PartSMS: "Tervetuloa {time} {nimi}", notify.PartSubject: "Koodi {code}"})
		p.MustStatus(http.StatusUnprocessableEntity).MustText(en("problem.needed_place", "v1", "{code}"), en("problem.below_place", "v1", "{code}"), "{nimi}")
		if got := p.Form(en("thing.save")).Value(string(notify.PartSMS)); got != "Tervetuloa {time} {nimi}" {
			t.Errorf("what was typed is lost: %q", got)
		}
		p = worded(admin, "pending", "fi", en("wording.preview"), map[notify.Part]string{notify.PartSMS: "Vahvistakaa {time} viimeistään {until}"})
		p.MustStatus(http.StatusUnprocessableEntity).MustText(en("problem.needed_place", "v1", "{link}"))
		worded(admin, "booked", "fi", en("thing.save"), map[notify.Part]string{notify.PartSMS: "{time} {code}" + strings.Repeat("x", 601)}).MustStatus(http.StatusUnprocessableEntity)

		// Previewed and counted, and not kept by that.
		fi := map[notify.Part]string{
			notify.PartSMS: ours, notify.PartSubject: "Terveisin {organisation}: {time}", notify.PartOpening: "Hienoa, että tulette!\n\n{place} odottaa <teitä>.",
		}
		p = worded(admin, "booked", "fi", en("wording.preview"), fi).MustStatus(http.StatusOK).MustText(en("wording.not_saved"), "Koodinne on K7PQ-3M9X-TR €", "Hienoa, että tulette!")
		shown := p.Find("#shown-sms").Text()
		size := notify.SizeOf(shown)
		p.MustText(en("ui.parts.count", "parts", 1, "used", size.Units, "left", size.Left))
		if admin.Get(configAt).MustText(en("config.no_draft")); size.Parts != 1 || size.Units != len([]rune(shown))+1 {
			t.Errorf("got %+v for %q, want one part with a sign that counts as two", size, shown)
		}
		wide := worded(admin, "booked", "fi", en("wording.preview"), map[notify.Part]string{notify.PartSMS: "{time} {code} Ж"}).MustStatus(http.StatusOK)
		wide.MustText(en("ui.parts.odd", "odd", "Ж"))

		// Saved and published; until then the product's words go out.
		worded(admin, "booked", "fi", en("thing.save"), fi).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
		worded(admin, "booked", "sv", en("thing.save"), map[notify.Part]string{notify.PartSMS: "Välkommen {time}! {code} {link}"}).MustStatus(http.StatusOK)
		worded(admin, "reminder", "fi", en("thing.save"), map[notify.Part]string{notify.PartSMS: "Nähdään {time}. {link}", notify.PartOpening: "Pian nähdään."}).MustStatus(http.StatusOK)
		n := 0
		booked := func(l i18n.Lang) (code, start string, sms, mail mail) {
			t.Helper()
			n++
			o := passport(l)
			o.email, o.phone = "p"+string(rune('0'+n))+"@example.org", "+35840123456"+string(rune('0'+n))
			_, code, start = o.book(t, h.person(t), 20+n)
			return code, start, h.awaitMails(t, o.phone, 1)[0], h.awaitMails(t, o.email, 1)[0]
		}
		if _, _, sms, mail := booked("fi"); strings.Contains(sms.Text, "kiittää") || strings.Contains(mail.Subject, "Terveisin") {
			t.Errorf("words of a draft were sent: %q, %q", sms.Text, mail.Subject)
		}
		admin.Get(configAt+"/publish").MustText("kiittää", "Välkommen {time}!")
		h.publishes(admin)
		h.stopAt(time.Date(2026, time.November, 23, 6, 2, 0, 0, time.UTC))

		code, start, sms, told := booked("fi")
		if want := "Vuorela kiittää: "; !strings.HasPrefix(sms.Text, want) || !strings.HasSuffix(sms.Text, ". Koodinne on "+code+" €") || strings.Contains(sms.Text, "{") {
			t.Errorf("got %q, want the town's own words with the code %s", sms.Text, code)
		}
		if !strings.HasPrefix(told.Subject, "Terveisin Vuorela") || !strings.Contains(told.Text, "Hienoa, että tulette!") || !strings.Contains(told.Text, code) ||
			!strings.Contains(told.HTML, "odottaa &lt;teitä&gt;.") || !strings.Contains(told.HTML, code) || len(told.Links) == 0 || told.Calendar == "" {
			t.Errorf("got %+v, want the town's own subject and opening, and every fact", told)
		}
		if code, _, sms, told := booked("sv"); !strings.HasPrefix(sms.Text, "Välkommen ") || !strings.Contains(sms.Text, code) || !shortLink.MatchString(sms.Text) ||
			!strings.HasPrefix(told.Subject, say("sv", "mail.booked.title")) {
			t.Errorf("in Swedish: got %q and %q, want the own text message and the product's mail", sms.Text, told.Subject)
		}
		if code, _, sms, told := booked("en"); !strings.Contains(sms.Text, ": Booked ") || !strings.Contains(sms.Text, code) || !strings.HasPrefix(told.Subject, say("en", "mail.booked.title")) {
			t.Errorf("in English: got %q and %q, want the product's words", sms.Text, told.Subject)
		}

		// The reminder, too.
		h.stopAt(moment(t, start).Add(-2 * time.Hour))
		last := h.awaitMails(t, "+358401234562", 2)[1]
		reminder := h.awaitMails(t, "p2@example.org", 2)[1]
		if !strings.HasPrefix(last.Text, "Nähdään ") || !shortLink.MatchString(last.Text) || !strings.Contains(reminder.Text, "Pian nähdään.") || reminder.Unsubscribe == "" {
			t.Errorf("got %q and %+v, want the town's own reminder", last.Text, reminder)
		}

		// In the file, in the history, and back to the product's words.
		h.stopAt(h.app.Now().Add(time.Minute))
		admin = h.administrator(t, "the next day")
		file := string(admin.Get(configAt + "/blueprint.toml").MustStatus(http.StatusOK).Body)
		if !strings.Contains(file, "[organisations.vuorela.wordings.booked]") || !strings.Contains(file, "Välkommen {time}!") {
			t.Errorf("the file of the configuration has no such wording:\n%s", file)
		}
		worded(admin, "booked", "sv", en("wording.back_to_ready"), nil).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
		h.publishes(admin)
		if got := h.config(t, vuorela).Wordings; len(got) != 2 || got[0].SMS["sv"] != "" || got[0].SMS["fi"] != ours {
			t.Errorf("got %+v, want Finnish alone", got)
		}
	})
}

// Two administrators at one notice: the second to save is shown both. Who does not configure sees no such page.
func TestA6_TwoAtOneNotice(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	first, second := h.administrator(t, "first"), h.administrator(t, "second")
	const page = wordingsAt + "/reminder?in=en"
	a, b := first.Get(page).Form(en("thing.save")), second.Get(page).Form(en("thing.save"))
	other := second.Get(wordingsAt + "/reminder?in=fi").Form(en("thing.save"))
	a.Set("sms", "First {time}").Submit(en("thing.save")).MustText(en("config.done.saved"))
	other.Set("sms", "Toinen kieli {time}").Submit(en("thing.save")).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
	p := b.Set("sms", "Second {time}").Submit(en("thing.save")).MustStatus(http.StatusUnprocessableEntity)
	p.MustText(en("thing.changed_meanwhile", "who", "second"), "First {time}", "Second {time}")
	p.Form(en("thing.save_mine")).Submit(en("thing.save_mine")).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
	first.Get(wordingsAt).MustText(en("wording.own", "parts", en("wording.part.sms")))
	first.Get(configAt+"/publish").MustText("Second {time}", "Toinen kieli {time}")
	for _, gone := range []string{wordingsAt + "/nothing", wordingsAt + "/reminder?in=xx", configAt + "/thing/wordings/reminder"} {
		first.Get(gone).MustStatus(http.StatusNotFound)
	}
	clerk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
	clerk.Get(wordingsAt).MustStatus(http.StatusNotFound)
	clerk.Get(web.Path("en", "", "admin", "vuorela", "wordings", "reminder")).MustStatus(http.StatusNotFound)
}

// Where the policy says that messages tell nothing of a visit, no wording may; words from before are not sent any more.
func TestA6_DiscreetWordings(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	h.stopAt(time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC))
	admin := h.administrator(t, "admin")
	h.apply(t, "format = 1\n[organisations.vuorela.wordings.booked]\nsms = { en = \"Ours: {service} {time} {code}\", sv = \"Vår: {time} {code}\" }\n")
	h.skip(time.Minute)
	h.setPolicy(t, passport("en"), `sms = "always", notice_content = "discreet"`)
	for l, want := range map[i18n.Lang]string{"en": "Town of Vuorela: Booked \x00", "sv": "Vår: \x00"} {
		o := passport(l)
		o.phone = "+3584012345" + map[i18n.Lang]string{"en": "60", "sv": "61"}[l]
		o.book(t, h.person(t), 20)
		before, _, _ := strings.Cut(want, "\x00")
		if got := h.awaitMails(t, o.phone, 1)[0].Text; !strings.HasPrefix(got, before) || strings.Contains(got, "Ours") {
			t.Errorf("%s: got %q, want it to begin with %q", l, got, before)
		}
	}
	admin.Get(configAt).MustText(en("problem.product_sent", "v1", "passport-or-id"))
}

// While somebody types, the script counts and fills as the server does: what it says is held against domain/notify, for texts at every edge.
func TestA6_CountedWhileTypedAsTheServerCounts(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	tab := browser.Start(t).Tab(t, browser.Options{Width: 1280, Height: 900})
	typed := []string{
		"a", strings.Repeat("a", 160), strings.Repeat("a", 161), strings.Repeat("a", 159) + "€", strings.Repeat("a", 152) + "€" + strings.Repeat("b", 200), "Málaga – ”x” … `y` ’z’",
		"Příliš žluťoučký kůň úpěl ďábelské ódy", "Ж Málaga", strings.Repeat("Ж", 70), strings.Repeat("Ж", 71), strings.Repeat("Ж", 66) + "😀" + strings.Repeat("Ж", 70),
		"{time} {code} .", "{time}{nothing} , {link", "{} } {{time}", "a\n\n  b\tc", "  ", "[~]^{time}|\\", "😀{pin}!", "Hyvää päivää {organisation} : {phone}  ?",
	}
	type counted struct{ Count, Odd, Shown string }
	count := func(text, field string) (c counted) {
		t.Helper()
		tab.Eval(`(() => { const f = document.getElementById("`+field+`"); f.value = `+quoted(t, text)+`; f.dispatchEvent(new Event("input", { bubbles: true })); return 0; })()`, new(int))
		time.Sleep(400 * time.Millisecond) // the script waits until nobody types
		tab.Eval(`(() => { const [n, odd] = document.querySelectorAll("[data-parts-of] p"); const s = document.getElementById("shown-sms");
			return { Count: n.textContent, Odd: odd.hidden ? "" : odd.textContent, Shown: s ? s.textContent : "" }; })()`, &c)
		return c
	}
	want := func(text string) counted {
		s := notify.SizeOf(text)
		c := counted{Count: en("ui.parts.count", "parts", s.Parts, "used", s.Units, "left", s.Left)}
		if s.Odd != "" {
			c.Odd = en("ui.parts.odd", "odd", s.Odd)
		}
		return c
	}

	tab.Go(h.base + "/en/dev/gallery/admin-wordings--edit?org=vuorela")
	var facts map[string]string
	tab.Eval(`JSON.parse(document.querySelector("[data-facts]").dataset.facts)`, &facts)
	for _, text := range typed {
		wording := text
		if strings.TrimSpace(text) == "" {
			wording = notify.ProductWording(texts().Printer("en"), "reminder", notify.PartSMS)
		}
		filled := notify.FillText(wording, facts)
		w := want(filled)
		w.Shown = filled
		if got := count(text, "sms"); got != w {
			t.Errorf("wording %q:\ngot  %+v\nwant %+v", text, got, w)
		}
	}
	tab.Go(h.base + "/en/dev/gallery/inbox-talk?org=oral-health")
	for _, text := range typed {
		if got, want := count(text, "text"), want(strings.TrimSpace(text)); got != want {
			t.Errorf("answer %q:\ngot  %+v\nwant %+v", text, got, want)
		}
	}
	tab.MustBeClean()
}

func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
