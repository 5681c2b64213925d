package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/e2e/browser"
)

// party is what the form of the story says, in four languages.
var party = map[string]i18n.Text{
	"form":      {"fi": "Ilmoitus katujuhlasta", "sv": "Anmälan om gatufest", "en": "Notice of a street party", "cs": "Oznámení pouliční slavnosti"},
	"summary":   {"fi": "Kerro juhlasta kaksi viikkoa aiemmin.", "sv": "Berätta om festen två veckor före.", "en": "Tell us of the party two weeks before.", "cs": "Řekněte nám o slavnosti dva týdny předem."},
	"follows":   {"fi": "Saat päätöksen viikossa.", "sv": "Du får beslutet inom en vecka.", "en": "You get the decision within a week.", "cs": "Rozhodnutí dostanete do týdne."},
	"event":     {"fi": "Juhla", "sv": "Festen", "en": "The party", "cs": "Slavnost"},
	"name":      {"fi": "Juhlan nimi", "sv": "Festens namn", "en": "What is the party called?", "cs": "Jak se slavnost jmenuje?"},
	"day":       {"fi": "Juhlan päivä", "sv": "Festens dag", "en": "On which day?", "cs": "Který den?"},
	"where":     {"fi": "Missä juhlitaan?", "sv": "Var firas det?", "en": "Where is it held?", "cs": "Kde se koná?"},
	"street":    {"fi": "Kadulla", "sv": "På en gata", "en": "In a street", "cs": "Na ulici"},
	"park":      {"fi": "Puistossa", "sv": "I en park", "en": "In a park", "cs": "V parku"},
	"closed":    {"fi": "Mikä katu suljetaan?", "sv": "Vilken gata stängs?", "en": "Which street is closed?", "cs": "Která ulice se uzavře?"},
	"stall":     {"fi": "Koju", "sv": "Ett stånd", "en": "Stall", "cs": "Stánek"},
	"add_stall": {"fi": "Lisää koju", "sv": "Lägg till ett stånd", "en": "Add a stall", "cs": "Přidat stánek"},
	"stalls":    {"fi": "Kojut", "sv": "Stånd", "en": "Stalls", "cs": "Stánky"},
	"seller":    {"fi": "Kuka myy?", "sv": "Vem säljer?", "en": "Who sells?", "cs": "Kdo prodává?"},
	"tables":    {"fi": "Pöytiä", "sv": "Antal bord", "en": "How many tables?", "cs": "Kolik stolů?"},
	"all":       {"fi": "Pöytiä yhteensä", "sv": "Bord sammanlagt", "en": "Tables together", "cs": "Stolů celkem"},
	"true":      {"fi": "Ilmoitan oikein", "sv": "Uppgifterna är riktiga", "en": "What I tell is true", "cs": "Uvádím pravdu"},
	"last":      {"fi": "Myynti ja lähetys", "sv": "Försäljning och sändning", "en": "Selling and sending", "cs": "Prodej a odeslání"},
}

// What issues are for, in one day: by docs/forms.md alone somebody who has never built a form builds one in the browser, with two steps, several kinds of questions, a condition, a repeated group and a sum, and
// publishes it; it is found on the public pages and sent, by a person and by an association; the desk decides both; the decisions are read in the mailboxes. Without JavaScript, in each of four languages, and
// once by the keyboard alone. Each page on the way is there in each language.
func TestS2_4_ANewcomerBuildsAFormAndTheDecisionArrives(t *testing.T) {
	t.Parallel()
	b := browser.Start(t)
	for _, l := range languages() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			if l == "cs" { // each of the others on the one engine, one of them on both
				onBoth(t, func(t *testing.T, h *house) { newcomer{h, b, l, false}.day(t) })
				return
			}
			newcomer{open(t, sqlite), b, l, false}.day(t)
		})
	}
	t.Run("keyboard", func(t *testing.T) {
		t.Parallel()
		newcomer{open(t, sqlite), b, "en", true}.day(t)
	})
}

// newcomer is the day in one house and language.
type newcomer struct {
	*house
	browser *browser.Browser
	l       i18n.Lang
	keys    bool // by the keyboard alone
}

func (n newcomer) say(key string, args ...any) string { return say(n.l, key, args...) }
func (n newcomer) word(key string) string             { return party[key][n.l] }

// tab opens a window without JavaScript, and returns what somebody does in it.
func (n newcomer) tab(t *testing.T, width int) hands {
	t.Helper()
	tab := n.browser.Tab(t, browser.Options{NoScript: true, Width: width, Height: 900, Lang: string(n.l)})
	if n.keys {
		return &keyboard{tab}
	}
	return &mouse{tab}
}

func (n newcomer) day(t *testing.T) {
	t.Helper()
	maija := n.person(t)
	n.settle(t, maija, n.l, "bank", "Maija Meikäläinen", "maija@example.org", true)
	openBox(t, maija, n.l)
	actFor(t, maija, n.l, village)
	open := n.say("mailbox.open.button")
	maija.Get(my(n.l, "mailbox")).Form(open).Check(n.say("mailbox.open.accept")).Check(n.say("mailbox.tell.email")).Submit(open).MustStatus(http.StatusOK)

	admin := n.tab(t, 1280)
	n.worksAt(t, admin, actor.RoleOrgAdmin)
	at := n.builds(t, admin)
	n.publishes(t, admin, at)

	citizen := n.tab(t, 390)
	n.finds(t, citizen)
	first := n.sends(t, citizen, true)
	citizen.where().Go(n.base + my(n.l, "acting"))
	citizen.choose(n.say("acting.legend"), village)
	citizen.press(n.say("common.continue"))
	citizen.where().Go(n.base + "/" + string(n.l) + "/vuorela/forms/" + strings.TrimPrefix(at[strings.LastIndex(at, "/"):], "/"))
	citizen.press(n.say("forms.page.begin"))
	citizen.where().MustText(n.say("eform.start.for", "name", village))
	second := n.sends(t, citizen, false)
	if first == second {
		t.Fatalf("both are %s", first)
	}

	clerk := n.tab(t, 1280)
	n.worksAt(t, clerk, actor.RoleInbox)
	n.decides(t, clerk, first, "4711")
	n.decides(t, clerk, second, "4712")

	// What the association is told lies in its mailbox, and what the person is told in hers.
	n.reads(t, citizen, second, "4712", "4711")
	citizen.where().Go(n.base + my(n.l, "acting"))
	citizen.choose(n.say("acting.legend"), n.say("acting.myself", "name", "Maija Meikäläinen"))
	citizen.press(n.say("common.continue"))
	n.reads(t, citizen, first, "4711", "4712")
	for _, h := range []hands{admin, citizen, clerk} {
		h.where().MustBeClean()
	}
}

// worksAt signs one of the staff of Vuorela in.
func (n newcomer) worksAt(t *testing.T, h hands, r actor.RoleID) {
	t.Helper()
	id := n.member(t, string(r), actor.Grant{Role: r, Org: vuorela})
	token := n.cookies(t, caller{staff: id}, vuorela, "")["luukku-staff"]
	h.where().Go(n.base + "/" + string(n.l) + "/dev/clock")
	h.where().Eval(fmt.Sprintf("document.cookie = 'luukku-staff=%s; path=/'", token), nil)
}

// builds builds the form as docs/forms.md says, and returns its address below the administration.
func (n newcomer) builds(t *testing.T, h hands) string {
	t.Helper()
	tab := h.where()
	tab.Go(n.base + "/" + string(n.l) + "/admin/vuorela/forms")
	h.fill(n.say("forms.build.name"), n.word("form"))
	h.press(n.say("forms.build.begin"))
	at := tab.Path()
	n.everywhere(t, tab, at, "")
	kept := func() {
		t.Helper()
		h.press(n.say("forms.build.keep"))
		tab.MustText(n.say("forms.build.done.kept"))
	}
	others := func(key string) { // the words in the other languages
		t.Helper()
		for _, l := range n.config(t, vuorela).Org.Languages {
			if l != n.l {
				h.fill(n.say("forms.build.label_in", "language", n.say("common.languages."+string(l))), party[key][l])
			}
		}
	}
	change := func(name string) { t.Helper(); h.press(n.say("forms.build.edit") + " " + name) }
	in := n.say("forms.build.step_n", "n", 1, "name", n.word("event"))
	add := func(key, kind string) {
		t.Helper()
		h.fill(n.say("forms.build.label"), n.word(key))
		h.choose(n.say("forms.build.answer"), n.say("forms.kind."+kind))
		h.choose(n.say("forms.build.in"), in)
		h.press(n.say("forms.build.add_button"))
		tab.MustText(n.word(key))
		others(key)
	}
	must := func() { t.Helper(); h.tick(n.say("forms.build.must")) }

	// The first step has no name yet.
	change(n.say("forms.build.unnamed"))
	h.fill(n.say("forms.build.label_in", "language", n.say("common.languages."+string(n.l))), n.word("event"))
	others("event")
	kept()
	add("name", "line")
	must()
	h.fill(n.say("forms.build.max_length"), "80")
	kept()
	add("day", "date")
	must()
	h.fill(n.say("forms.build.min_days"), "14")
	kept()
	add("where", "choice")
	must()
	h.fill(n.say("forms.build.choices", "language", n.say("common.languages."+string(n.l))), n.word("street")+"\n"+n.word("park"))
	kept()
	change(n.word("where"))
	for _, l := range n.config(t, vuorela).Org.Languages {
		if group := n.say("forms.build.choices_in", "language", n.say("common.languages."+string(l))); l != n.l {
			h.fill(group+" > "+n.word("street"), party["street"][l])
			h.fill(group+" > "+n.word("park"), party["park"][l])
		}
	}
	kept()
	add("closed", "line")
	must()
	h.choose(n.say("forms.build.when_field"), n.word("where"))
	h.choose(n.say("forms.build.when_test"), n.say("forms.test.is"))
	h.fill(n.say("forms.build.when_value"), n.word("street"))
	kept()
	tab.MustText(n.say("forms.build.conditional"))

	h.fill(n.say("forms.build.step_name"), n.word("last"))
	h.press(n.say("forms.build.add_step"))
	change(n.word("last"))
	others("last")
	kept()
	in = n.say("forms.build.step_n", "n", 2, "name", n.word("last"))
	add("stalls", "rows")
	h.fill(n.say("forms.build.min_count"), "1")
	for _, l := range n.config(t, vuorela).Org.Languages {
		name := n.say("common.languages." + string(l))
		h.fill(n.say("forms.build.words_row")+" > "+name, party["stall"][l])
		h.fill(n.say("forms.build.words_add")+" > "+name, party["add_stall"][l])
	}
	kept()
	in = n.say("forms.build.within", "name", n.word("stalls"))
	add("seller", "line")
	must()
	kept()
	add("tables", "integer")
	must()
	h.fill(n.say("forms.build.min_value"), "1")
	kept()
	in = n.say("forms.build.step_n", "n", 2, "name", n.word("last"))
	add("all", "integer")
	h.choose(n.say("forms.build.sum"), n.say("forms.sum.sum"))
	h.tick(n.word("tables"))
	kept()
	tab.MustText(n.say("forms.build.calculated"))
	add("true", "tick")
	h.choose(n.say("forms.build.tick"), n.say("forms.build.tick_declare"))
	kept()
	tab.MustText(n.say("forms.build.sound"))

	h.press(n.say("forms.build.settings"))
	for _, l := range n.config(t, vuorela).Org.Languages {
		name := n.say("common.languages." + string(l))
		h.fill(n.say("thing.forms.name.label")+" > "+name, party["form"][l])
		h.fill(n.say("thing.forms.summary.label")+" > "+name, party["summary"][l])
		h.fill(n.say("thing.forms.follows.label")+" > "+name, party["follows"][l])
	}
	h.choose(n.say("thing.forms.level.label"), n.say("forms.level.substantial"))
	h.choose(n.say("thing.forms.inbox.label"), n.config(t, vuorela).Inbox("permits").Name.In(n.l))
	h.fill(n.say("thing.forms.due_days.label"), "14")
	kept()
	for _, page := range []string{"/item?at=0/2", "/item?at=1/0/1", "/settings", "/document", "/versions", "/publish"} {
		n.everywhere(t, tab, at+page, "")
	}
	n.everywhere(t, tab, at+"/try", "name")
	return at
}

// publishes tries the form out and publishes it.
func (n newcomer) publishes(t *testing.T, h hands, at string) {
	t.Helper()
	tab := h.where()
	tab.Go(n.base + at)
	h.press(n.say("forms.build.try"))
	h.press(n.say("common.continue"))
	tab.MustText(n.say("answers.required"))
	tab.Go(n.base + at)
	h.press(n.say("forms.build.publish"))
	tab.MustText(n.say("forms.build.publish_means"))
	h.press(n.say("forms.build.publish"))
	tab.MustText(n.say("forms.build.done.published"))
	tab.MustBeClean()
}

// finds finds the form from the front page on, signs in, and begins it.
func (n newcomer) finds(t *testing.T, h hands) {
	t.Helper()
	tab := h.where()
	tab.Go(n.base + "/" + string(n.l) + "/vuorela/")
	h.press(n.say("front.forms"))
	n.everywhere(t, tab, tab.Path(), "form")
	h.press(n.word("form"))
	tab.MustText(n.word("summary"), n.word("follows"), n.word("event"), n.word("last"))
	n.everywhere(t, tab, tab.Path(), "follows")
	h.press(n.say("forms.page.begin"))
	h.press(n.say("demo_eid.provider.bank"))
	h.press(n.say("demo_eid.as", "name", "Maija Meikäläinen"))
	tab.MustText(n.say("sign_in.done_title"))
	h.press(n.say("common.continue"))
	tab.MustText(n.say("eform.start.for_self"))
}

// sends fills the form in from its first page on, sends it, and returns its number.
func (n newcomer) sends(t *testing.T, h hands, street bool) string {
	t.Helper()
	tab := h.where()
	next := n.say("common.continue")
	h.press(n.say("eform.start.begin"))
	draft := tab.Path()
	n.everywhere(t, tab, draft, "event")
	h.press(n.say("eform.tasks.go_on"))
	tab.MustNotText(n.word("closed"))
	h.press(next) // nothing answered
	tab.MustText(n.say("answers.required"))
	h.fill(n.word("name"), "Kesäjuhla 4711")
	h.fill(n.word("day"), n.app.Now().AddDate(0, 1, 0).Format("2.1.2006"))
	if street {
		h.choose(n.word("where"), n.word("street"))
		h.press(next)
		tab.MustText(n.say("eform.step.shown"))
		h.fill(n.word("closed"), "Mallikatu")
	} else {
		h.choose(n.word("where"), n.word("park"))
	}
	h.press(next)
	tab.MustText(n.word("last"))
	n.everywhere(t, tab, draft+"/step/1", "where")
	row := func(i int, seller, tables string) {
		t.Helper()
		group := n.say("eform.row", "name", n.word("stall"), "n", i)
		h.fill(group+" > "+n.word("seller"), seller)
		h.fill(group+" > "+n.word("tables"), tables)
	}
	row(1, "Matti", "3") // one row must be, and is there
	h.press(n.word("add_stall"))
	row(2, "Liisa", "4")
	h.tick(n.word("true"))
	h.press(next)
	tab.MustText(n.say("eform.check.title"), n.say("eform.row", "name", n.word("stall"), "n", 2), "Kesäjuhla 4711", n.word("all"), n.word("follows"))
	if got := summaryOf(tab, n.word("all")); got != "7" {
		t.Errorf("three tables and four are %q", got)
	}
	if street {
		tab.MustText("Mallikatu")
	} else {
		tab.MustNotText(n.word("closed"))
	}
	n.everywhere(t, tab, draft+"/step/2", "stalls")
	n.everywhere(t, tab, draft+"/check", "tables")
	tab.MustBeClean()
	h.press(n.say("eform.check.send"))
	tab.MustText(n.say("submission.done_sent"), n.say("submission.state.received"))
	n.everywhere(t, tab, tab.Path(), "seller")
	number := numbered.FindString(tab.Text())
	if number == "" {
		t.Fatalf("there is no number: %s", tab.Text())
	}
	return number
}

// summaryOf is what stands beside a term of the page.
func summaryOf(tab *browser.Tab, term string) (value string) {
	tab.Eval(fmt.Sprintf(`[...document.querySelectorAll("dt")].filter(e => e.innerText.trim() === %q).map(e => e.nextElementSibling.innerText.trim())[0] ?? ""`, term), &value)
	return value
}

// decides takes what was sent up at the desk, and sends a decision.
func (n newcomer) decides(t *testing.T, h hands, number, word string) {
	t.Helper()
	tab := h.where()
	tab.Go(n.base + inboxAt(n.l, vuorela))
	tab.MustText(number)
	h.fill(n.say("inbox.form.number"), number)
	h.press(n.say("inbox.form.number_open"))
	tab.MustText(number, "Kesäjuhla 4711", n.word("tables"))
	n.everywhere(t, tab, tab.Path(), "seller")
	h.press(n.say("inbox.take"))
	tab.MustText(n.say("submission.state.in_progress"))
	h.fill(n.say("inbox.letter.body"), "The party may be held: "+word+".")
	h.press(n.say("inbox.form.decide"))
	tab.MustText(n.say("inbox.form.done_decided"), n.say("submission.state.decided"))
	tab.MustBeClean()
}

// reads opens the decision in the mailbox.
func (n newcomer) reads(t *testing.T, h hands, number, word, other string) {
	t.Helper()
	tab := h.where()
	tab.Go(n.base + my(n.l, "mailbox"))
	h.press(n.say("inbox.form.decision_subject", "form", n.word("form"), "number", number))
	tab.MustText("The party may be held: " + word + ".")
	tab.MustNotText(other)
	n.everywhere(t, tab, tab.Path(), "form")
	tab.Go(n.base + my(n.l, "sent"))
	tab.MustText(number, n.say("submission.state.decided"))
	n.everywhere(t, tab, tab.Path(), "")
}

// everywhere asks for a page in each language, as whoever sits at the tab: it is there, no text of ours is missing, and a word of the form is in the language of the page.
func (n newcomer) everywhere(t *testing.T, tab *browser.Tab, path, word string) {
	t.Helper()
	c := n.person(t)
	for _, k := range tab.Cookies() {
		c.SetCookie(&http.Cookie{Name: k.Name, Value: k.Value, Path: "/"})
	}
	for _, l := range languages() {
		p := c.Get("/" + string(l) + path[strings.Index(path[1:], "/")+1:]).MustStatus(http.StatusOK)
		if !strings.HasPrefix(p.Lang(), string(l)) || strings.Contains(string(p.Body), "⟦") {
			t.Errorf("%s in %s says that it is in %q, or a text is missing: %s", path, l, p.Lang(), bracketed.FindString(string(p.Body)))
		}
		if word != "" && l != n.l && word != "form" && !strings.Contains(p.Text(), party[word][l]) {
			t.Errorf("%s in %s lacks %q", path, l, party[word][l])
		}
	}
}

var bracketed = regexp.MustCompile(`⟦[^⟧]*⟧`)

// hands do what somebody does at a page.
type hands interface {
	where() *browser.Tab
	fill(label, value string)
	choose(label, option string)
	tick(label string)
	press(name string)
}

// mouse presses where the thing is.
type mouse struct{ tab *browser.Tab }

func (m *mouse) where() *browser.Tab         { return m.tab }
func (m *mouse) fill(label, value string)    { m.tab.Fill(label, value) }
func (m *mouse) choose(label, option string) { m.tab.Select(label, option) }
func (m *mouse) tick(label string)           { m.tab.Check(label) }
func (m *mouse) press(name string)           { m.tab.Click(name) }

// keyboard goes from one thing to the next with the Tab key.
type keyboard struct{ tab *browser.Tab }

func (k *keyboard) where() *browser.Tab { return k.tab }

// reach goes to a thing; in which group it stands can be written before it, as "Group > thing". A choice of several is reached by its group.
func (k *keyboard) reach(kind, what string) {
	group, name, grouped := strings.Cut(what, " > ")
	if !grouped {
		group, name = "", what
	}
	there := fmt.Sprintf(`(() => {
		const squeeze = s => (s ?? "").replace(/[\u00ad\u200b]/g, "").replace(/\s+/g, " ").trim();
		const groupOf = e => { const g = e.closest("fieldset, [role=group]"); return g ? squeeze(g.querySelector("legend")?.innerText) : ""; };
		const nameOf = e => squeeze(e.labels?.length ? e.labels[0].innerText : e.innerText);
		const fits = (s, want) => s === want || s.startsWith(want + " (");
		const is = e => {
			const kind = %q, group = %q, name = %q;
			if (group && !groupOf(e).startsWith(group)) return false;
			switch (kind) {
			case "field": return e.matches("input:not([type=radio],[type=checkbox]), textarea") && fits(nameOf(e), name);
			case "choice": return e.matches("select") && fits(nameOf(e), name) || e.matches("input[type=radio]") && fits(groupOf(e), name);
			case "tick": return e.matches("input[type=checkbox]") && fits(nameOf(e), name);
			}
			return e.matches("a[href], button, summary") && (nameOf(e) === name || kind === "begins" && nameOf(e).startsWith(name));
		};
		if (is(document.activeElement)) return 1;
		const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter(e => e.checkVisibility());
		const at = all.findIndex(is), now = all.indexOf(document.activeElement);
		if (at < 0) return 2;
		return now < 0 && at > all.length / 2 || at < now ? -1 : 0; // backwards is nearer
	})()`, kind, group, name)
	for range 400 {
		var way int
		switch k.tab.Eval(there, &way); way {
		case 1:
			return
		case 2: // there is none of that name: one that begins so
			if kind != "press" {
				break
			}
			k.reach("begins", what)
			return
		case 0:
			k.tab.Press("Tab")
		default:
			k.tab.Press("Shift+Tab")
		}
	}
	k.tab.MustText("reached by the keyboard: " + what)
}

func (k *keyboard) types(text string) {
	for _, r := range text {
		switch {
		case r == ' ':
			k.tab.Press("Space")
		case r == '\n':
			k.tab.Press("Enter")
		case r > 0xff: // no key of the browser's harness has it: it comes as from a method of input
			k.tab.Eval(fmt.Sprintf("document.execCommand('insertText', false, '%c')", r), nil)
		default:
			k.tab.Press(string(r))
		}
	}
}

// fill types over what stands there: who comes to a line by the Tab key has all of it marked, and who comes to several lines stands before the first letter.
func (k *keyboard) fill(label, value string) {
	k.reach("field", label)
	var stands int
	k.tab.Eval(`document.activeElement.localName === "textarea" ? document.activeElement.value.length : 0`, &stands)
	for range stands {
		k.tab.Press("Delete")
	}
	k.types(value)
	var got string
	if k.tab.Eval("document.activeElement.value", &got); got != value {
		k.tab.MustText(fmt.Sprintf("typing %q into %q left %q", value, label, got))
	}
}

func (k *keyboard) choose(label, option string) {
	k.reach("choice", label)
	chosen := fmt.Sprintf(`(() => {
		const e = document.activeElement, is = s => s.replace(/\s+/g, " ").trim() === %q;
		if (e.localName === "select") return is(e.selectedOptions[0]?.text ?? "") ? 1 : 0;
		return is(e.labels[0].innerText) ? (e.checked ? 1 : 2) : 0;
	})()`, option)
	k.tab.Press("Home")
	for range 400 {
		var is int
		switch k.tab.Eval(chosen, &is); is {
		case 1:
			return
		case 2:
			k.tab.Press("Space")
		default:
			k.tab.Press("ArrowDown")
		}
	}
	k.tab.MustText("chosen by the keyboard: " + option)
}

func (k *keyboard) tick(label string) {
	k.reach("tick", label)
	var on bool
	if k.tab.Eval("document.activeElement.checked", &on); !on {
		k.tab.Press("Space")
	}
}

func (k *keyboard) press(name string) {
	k.reach("press", name)
	k.tab.Press("Enter")
}
