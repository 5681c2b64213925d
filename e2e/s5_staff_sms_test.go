package e2e

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/conversation"
	"luukku/domain/identity"
	"luukku/domain/staff"
	"luukku/domain/texting"
	"luukku/e2e/browser"
	"luukku/e2e/client"
)

// bothRoles is a browser of a clerk who answers messages, too.
func (h *house) bothRoles(t *testing.T, name string, o ids.Org) (*client.Client, ids.Staff) {
	t.Helper()
	k := caller{name: name, staff: h.member(t, name, actor.Grant{Role: actor.RoleClerk, Org: o})}
	h.alsoGive(t, k.staff, actor.Grant{Role: actor.RoleInbox, Org: o})
	c := h.person(t)
	for cookie, value := range h.cookies(t, k, o, "") {
		if value != "" {
			c.SetCookie(&http.Cookie{Name: cookie, Value: value, Path: "/"})
		}
	}
	return c, k.staff
}

// alsoGive gives one of the staff another role.
func (h *house) alsoGive(t *testing.T, id ids.Staff, g actor.Grant) {
	t.Helper()
	err := h.app.Store.Workers().InTx(t.Context(), func(ctx context.Context, tx staff.Tx) error {
		_, err := tx.PutRole(ctx, id, staff.Granted{Grant: g, At: h.app.Now().Unix()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// audited counts the lines of the audit log that say something.
func (h *house) audited(t *testing.T, o ids.Org, what audit.Action) int {
	t.Helper()
	all, err := h.app.Store.AuditOf(t.Context(), o, audit.Filter{Action: what}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// textsIn counts the texts that say something on a page.
func textsIn(p *client.Page, what string) int { return strings.Count(p.Text(), what) }

// A clerk writes first, to the number of a booking: it goes out once and is a conversation of those who answer; who may not read those learns nothing of them; a
// number that said STOP gets nothing, and both are told why.
func TestS5_10_StaffWriteFirstToTheNumberOnRecord(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		clerk := h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		both, _ := h.bothRoles(t, "both", vuorela)
		o := passport(l)
		o.phone, o.email = "040 123 4567", "erika@example.org"
		booked, start := byPhone(t, clerk, o, 0)
		write := clerk.Get(bare(booked)).Click(say(l, "inbox.write_title")).MustStatus(http.StatusOK).MustText(o.name)
		write.Form("text-form").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.required"))
		// What is put in stands behind what is typed, and nothing goes out by it.
		p := write.Form("text-form").Set("text", "Please bring your old passport.").Submit(say(l, "inbox.appointments_put")).MustStatus(http.StatusOK)
		p = p.Form("text-form").Submit(say(l, "inbox.link_put")).MustStatus(http.StatusOK)
		// In the client's language, not in the clerk's.
		typed := p.Form("text-form").Value("text")
		day, err := time.Parse(time.RFC3339, start)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Please bring your old passport.\n", say("fi", "inbox.appointments"), strings.TrimPrefix(day.Format("15.04"), "0"), h.base + "/fi/vuorela/services/passport-or-id"} {
			if !strings.Contains(strings.ReplaceAll(typed, "\r", ""), want) {
				t.Errorf("%q is not in %q", want, typed)
			}
		}
		sent := p.Form("text-form").Set("text", "Please bring your old passport.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK).MustText(say(l, "desk.done.texted"))
		if got := bare(sent); got != bare(booked) {
			t.Errorf("the clerk is led to %s", got)
		}
		p.Form("text-form").Set("text", "Please bring your old passport.").Submit(say(l, "inbox.send_key")) // the same form again
		h.eventually(t, "the text is out", func() bool { return len(h.textsTo(t, number, "old passport")) == 1 })
		clerk.Get(inboxAt(l, vuorela)).MustStatus(http.StatusNotFound)

		// It is a conversation, that waits for the client and is nobody's yet; the number says nothing of who answers.
		talk := h.opened(t, both, l, vuorela, number).MustText("old passport", say(l, "inbox.state.waiting"), say(l, "inbox.about_booking"))
		if !strings.Contains(talk.Text(), say(l, "inbox.known.none")) {
			t.Errorf("who answers is said to be known: %s", talk)
		}
		if got := bare(talk.Click(say(l, "inbox.about_booking")).MustStatus(http.StatusOK)); got != bare(booked) {
			t.Errorf("the conversation leads to %s", got)
		}
		h.texts(t, vuorela, number, "Which one?")
		h.eventually(t, "the answer is in the same conversation", func() bool { return strings.Contains(both.Get(bare(talk)).Text(), "Which one?") })

		// Who may read it is led there, with what was typed; who may not, adds to it unseen, and what waits goes on waiting.
		p = both.Get(bare(booked)+"/text").Form("text-form").Set("text", "The red one.").Submit(say(l, "inbox.send_key"))
		p.MustStatus(http.StatusConflict).MustText(say(l, "inbox.open_already"), "The red one.")
		if got := bare(p.Click(say(l, "inbox.open_talk"))); got != bare(talk) {
			t.Errorf("it leads to %s", got)
		}
		p = clerk.Get(bare(booked) + "/text")
		p.Form("text-form").Set("text", "We close at three today.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK).MustText(say(l, "desk.done.texted"))
		if p := both.Get(bare(talk)).MustText("We close at three today."); textsIn(both.Get(inboxAt(l, vuorela)), "1 new message") != 1 {
			t.Errorf("what waited for an answer does not wait any more: %s", p)
		}

		// STOP: nobody writes any more, and each is told why; until they write again.
		h.skip(time.Minute)
		h.texts(t, vuorela, number, "STOP")
		h.eventually(t, "STOP is heard", func() bool {
			at, err := h.app.Consent.RefusedAt(t.Context(), vuorela, number)
			return err == nil && at > 0
		})
		clerk.Get(bare(booked) + "/text").MustStatus(http.StatusOK).MustText(say(l, "inbox.refused"))
		if p := both.Get(bare(talk)).MustStatus(http.StatusOK); strings.Contains(p.Text(), say(l, "inbox.send_key")) {
			t.Errorf("a number that said STOP can be answered: %s", p)
		}
		talk.Form("answer").Set("text", "Still here?").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.refused"))
		p.Form("text-form").Force("key", string(h.app.Site.Gen.FormKey())).Set("text", "Still here?").Submit(say(l, "inbox.send_key")).MustText(say(l, "inbox.refused"))
		if got := h.textsTo(t, number, "Still here?"); len(got) != 0 {
			t.Errorf("got %d texts after STOP", len(got))
		}
		h.skip(time.Minute)
		h.texts(t, vuorela, number, "One more question")
		h.eventually(t, "it is there", func() bool { return strings.Contains(both.Get(bare(talk)).Text(), "One more question") })
		both.Get(bare(talk)).Form("answer").Set("text", "Ask away.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		h.eventually(t, "who asks is answered", func() bool { return len(h.textsTo(t, number, "Ask away.")) == 1 })
	})
}

// textsTo are the texts to a number that say something.
func (h *house) textsTo(t *testing.T, number, what string) []mail {
	t.Helper()
	var out []mail
	for _, m := range h.mails(t, number) {
		if strings.Contains(m.Text, what) {
			out = append(out, m)
		}
	}
	return out
}

// A conversation is given to a colleague who may read it and to nobody else, taken, given back; it has a day by which it is to be answered, and what is overdue is
// first, is marked, and can be looked at alone.
func TestS5_8_ConversationIsAssignedAndHasADay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, first, second = i18n.Lang("en"), "+358401234567", "+358401234568"
		anna, _ := h.bothRoles(t, "anna", vuorela)
		bela := h.answersMessages(t, "bela", vuorela)
		h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		h.answersMessages(t, "elsewhere", registerOffice)
		h.texts(t, vuorela, first, "First question")
		h.opened(t, anna, l, vuorela, first)
		h.skip(time.Minute)
		h.texts(t, vuorela, second, "Second question")
		p := h.opened(t, anna, l, vuorela, second)
		give := p.Form(say(l, "inbox.give"))
		var names []string
		for _, o := range p.All("select[name=staff] option") {
			names = append(names, o.Text())
		}
		if got := strings.Join(names, " "); got != "bela" {
			t.Errorf("it can be given to %q, want bela alone", got)
		}
		outsider := h.member(t, "outsider", actor.Grant{Role: actor.RoleClerk, Org: vuorela})
		give.Force("staff", string(outsider)).Submit(say(l, "inbox.give")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "work.no_such_colleague"))
		p = anna.Get(bare(p)).Form(say(l, "inbox.give")).Submit(say(l, "inbox.give")).MustStatus(http.StatusOK).MustText("anna gave it to bela")
		if got := bela.Get(inboxAt(l, vuorela) + "?view=mine").Text(); !strings.Contains(got, "4568") || strings.Contains(got, "4567") {
			t.Errorf("bela's are %s", got)
		}
		if got := anna.Get(inboxAt(l, vuorela) + "?view=unassigned").Text(); strings.Contains(got, "4568") || !strings.Contains(got, "4567") {
			t.Errorf("nobody's are %s", got)
		}
		p = bela.Get(bare(p)).Click(say(l, "inbox.release")).MustText(say(l, "inbox.take"))

		// The day: today at the earliest; overdue from the first second of the day after.
		day := func(n int) string {
			return h.app.Now().In(h.config(t, vuorela).Zone()).AddDate(0, 0, n).Format(time.DateOnly)
		}
		p.Form(say(l, "inbox.due_set")).Force("due", day(-1)).Submit(say(l, "inbox.due_set")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "work.due_past"))
		p = anna.Get(bare(p))
		p.Form(say(l, "inbox.due_set")).Force("due", day(1)).Submit(say(l, "inbox.due_set")).MustStatus(http.StatusOK).MustText("anna set the due day")
		if p := anna.Get(inboxAt(l, vuorela)).MustText(say(l, "inbox.view_count", "view", say(l, "inbox.view.overdue"), "n", 0)); strings.Index(p.Text(), "4567") > strings.Index(p.Text(), "4568") {
			t.Errorf("the older one is not first: %s", p)
		}
		h.skip(48 * time.Hour)
		list := anna.Get(inboxAt(l, vuorela))
		if list.Path() != inboxAt(l, vuorela) { // the session is over by then
			anna, _ = h.bothRoles(t, "anna2", vuorela)
			list = anna.Get(inboxAt(l, vuorela))
		}
		list.MustText(say(l, "inbox.view_count", "view", say(l, "inbox.view.overdue"), "n", 1), "Overdue:")
		if strings.Index(list.Text(), "4567") < strings.Index(list.Text(), "4568") {
			t.Errorf("what is overdue is not first: %s", list)
		}
		late := anna.Get(inboxAt(l, vuorela) + "?view=overdue")
		if late.MustText("4568"); strings.Contains(late.Text(), "4567") {
			t.Errorf("what is not overdue is among what is: %s", late)
		}
	})
}

// A code told on the phone is checked, matched, hidden and written down; a wrong one, one that nobody has, and somebody else's are told; the number alone is nothing.
func TestS5_8_IdentityCodeToldIsChecked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		h.settle(t, h.person(t), l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		c, _ := h.bothRoles(t, "anna", vuorela)
		h.texts(t, vuorela, number, "I am Maija, call me")
		p := h.opened(t, c, l, vuorela, number).MustText(say(l, "inbox.known.none"))
		check := func(code string) *client.Page {
			return c.Get(bare(p)).Form(say(l, "inbox.code_check")).Set("code", code).Submit(say(l, "inbox.code_check"))
		}
		check("").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "field.required"))
		check("140385-902G").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "natid.check"))
		check("131052-308T").MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.code_unknown"))
		after := check("140385-902f").MustStatus(http.StatusOK).MustText(say(l, "inbox.known.staff"), "Maija Meikäläinen", "anna checked the identity code")
		if strings.Contains(string(after.Body), "902F") || strings.Contains(string(after.Body), "902f") {
			t.Errorf("the code is shown: %s", after)
		}
		if n := h.audited(t, vuorela, audit.CodeTried); n != 2 {
			t.Errorf("%d checks of a code are written down, want 2: the one that is none names nobody", n)
		}
		for _, who := range []string{"140385", "902F", "131052"} {
			if strings.Contains(h.log.String(), who) {
				t.Errorf("the log tells %q", who)
			}
		}
		// Another person's code than the one that was written.
		const other = "+358401234599"
		h.settle(t, h.person(t), l, "card", "Veikko Mallikas", "veikko@example.org", false)
		h.texts(t, vuorela, other, "Call me. 140385-902F")
		p = h.opened(t, c, l, vuorela, other).MustText(say(l, "inbox.known.other"))
		check(codeOfVeikko).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.code_of_another"))
		c.Get(bare(p)).MustText(say(l, "inbox.known.other"))
		check("140385-902F").MustStatus(http.StatusOK).MustText(say(l, "inbox.known.staff"))
		// What else she wrote, from another number, is shown with it.
		if got := bare(c.Get(bare(p)).Click("number ending 4567")); got == bare(p) {
			t.Error("the earlier conversation is this one")
		}
	})
}

// Whose data is protected is hidden: in the list, in the conversation, from the API's neighbours, and while a code is checked.
func TestS5_8_ProtectedPersonsConversationIsHidden(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number, name = i18n.Lang("en"), "+358401234567", "Maija Meikäläinen"
		h.settle(t, h.person(t), l, "bank", name, "maija@example.org", false)
		c := h.answersMessages(t, "anna", vuorela)
		h.texts(t, vuorela, number, "Secret matter. 140385-902F")
		p := h.opened(t, c, l, vuorela, number).MustText(name, "Secret matter") // before the protection: else the test proves nothing
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "maija@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		h.protect(t, found[0].Person)
		for _, page := range []*client.Page{c.Get(bare(p)), c.Get(inboxAt(l, vuorela)), c.Raw(http.MethodPost, bare(p)+"/codes", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "")} {
			for _, s := range []string{"Meikäläinen", "Secret matter", "4567", "140385"} {
				if strings.Contains(string(page.Body), s) {
					t.Errorf("%s tells %q of somebody whose data is protected", page.Path(), s)
				}
			}
		}
		c.Get(inboxAt(l, vuorela)).MustText(say(l, "inbox.protected"))
		p.Form("answer").Set("text", "Hello").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusNotFound)
		p.Form(say(l, "inbox.confirm")).Submit(say(l, "inbox.confirm")).MustStatus(http.StatusNotFound)
		const other = "+358401234599"
		h.texts(t, vuorela, other, "Who am I?")
		q := h.opened(t, c, l, vuorela, other)
		q = q.Form(say(l, "inbox.code_check")).Set("code", "140385-902F").Submit(say(l, "inbox.code_check")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "person.protected"))
		if strings.Contains(string(q.Body), "Meikäläinen") {
			t.Errorf("the check of a code tells who is protected: %s", q)
		}
		if got := h.textsTo(t, number, "Hello"); len(got) != 0 {
			t.Errorf("got %d texts", len(got))
		}
	})
}

// Two texts at once from one number are one conversation with both, in their order; and an answer posted twice at once goes out once.
func TestS5_8_TwoTextsAtOnceAndOneAnswerTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		c := h.answersMessages(t, "anna", vuorela)
		at := h.app.Now().Unix()
		var all sync.WaitGroup
		for i, body := range []string{"Part the first", "Part the second"} {
			all.Go(func() {
				err := h.app.Texting.Receive(t.Context(), texting.Inbound{Org: vuorela, Gateway: "test", Ref: "once-" + body, From: number, To: "+358457000111", Body: body, At: at - 2 + int64(i)})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		h.eventually(t, "both are there", func() bool {
			p := c.Get(inboxAt(l, vuorela))
			return strings.Contains(p.Text(), say(l, "inbox.view_count", "view", say(l, "inbox.view.all"), "n", 1)) && strings.Contains(p.Text(), "2 new messages")
		})
		p := h.opened(t, c, l, vuorela, number).MustText("Part the first", "Part the second")
		if strings.Index(p.Text(), "Part the first") > strings.Index(p.Text(), "Part the second") {
			t.Errorf("the parts are out of order: %s", p)
		}
		f := p.Form("answer").Set("text", "Heard you.")
		key, _ := f.Hidden("key")
		item := ids.Work(bare(p)[strings.LastIndexByte(bare(p), '/')+1:])
		item0, err := h.app.Store.WorkItem(t.Context(), vuorela, item)
		if err != nil {
			t.Fatal(err)
		}
		who := actor.Actor{Kind: actor.KindStaff, Staff: "anna", Grants: []actor.Grant{{Role: actor.RoleInbox, Org: vuorela}}}
		for range 4 {
			all.Go(func() {
				err := h.app.Talks.Answer(t.Context(), who, conversation.Answer{Org: vuorela, ID: item, Seen: item0.Version, Key: ids.FormKey(key), Body: "Heard you."})
				if err != nil && !fault.IsKey(err, "work.changed") {
					t.Error(err)
				}
			})
		}
		all.Wait()
		f.Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		h.eventually(t, "it is out", func() bool { return len(h.textsTo(t, number, "Heard you.")) > 0 })
		h.rest(t)
		if got := h.textsTo(t, number, "Heard you."); len(got) != 1 {
			t.Errorf("the answer went out %d times", len(got))
		}
		if n := textsIn(c.Get(bare(p)), "Heard you."); n != 1 {
			t.Errorf("the answer stands %d times in the conversation", n)
		}
	})
}

// twoInboxes gives the town two inboxes, of two offices.
const twoInboxes = `format = 1
[organisations.vuorela.inboxes.north]
name = { en = "North", fi = "Pohjoinen", sv = "Norr", cs = "Sever" }
office = "kallio"
numbers = ["+358457000222"]
acknowledge = { en = "We have got it.", fi = "We have got it.", sv = "We have got it.", cs = "We have got it." }
[organisations.vuorela.inboxes.south]
name = { en = "South", fi = "Etelä", sv = "Söder", cs = "Jih" }
office = "itakeskus"
numbers = ["+358457000333"]
`

// Handed over to another unit: it lies in that unit's inbox, open, nobody's; who may read that one alone sees it from then on, and its answers go on.
func TestS5_8_HandedOverToAnotherUnit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		const o = vuorela
		h.apply(t, twoInboxes)
		at := func(name string, office ids.Office) *client.Client {
			return h.clerk(t, name, actor.Grant{Role: actor.RoleInbox, Org: o, Office: office})
		}
		north, south, all := at("north", "kallio"), at("south", "itakeskus"), at("all", "")
		send := func(body string) {
			t.Helper()
			err := h.app.Texting.Receive(t.Context(), texting.Inbound{Org: o, Gateway: "test", Ref: body, From: number, To: "+358457000222", Body: body})
			if err != nil {
				t.Fatal(err)
			}
		}
		send("My tooth hurts")
		p := h.opened(t, north, l, o, number)
		// Within the hours it is acknowledged: once, when it begins.
		h.eventually(t, "it is acknowledged", func() bool { return len(h.textsTo(t, number, "We have got it.")) == 1 })
		send("Badly")
		south.Get(bare(p)).MustStatus(http.StatusNotFound)
		if got := south.Get(inboxAt(l, o)).MustStatus(http.StatusOK).Text(); strings.Contains(got, "4567") {
			t.Errorf("the other unit sees it: %s", got)
		}
		h.eventually(t, "the second text is there", func() bool { return strings.Contains(north.Get(bare(p)).Text(), "Badly") })
		p = all.Get(bare(p))
		p.Form(say(l, "inbox.hand_over")).Force("inbox", "nowhere").Submit(say(l, "inbox.hand_over")).MustStatus(http.StatusUnprocessableEntity)
		p = all.Get(bare(p))
		p.Form(say(l, "inbox.hand_over")).Set(say(l, "inbox.hand_to"), "South").Submit(say(l, "inbox.hand_over")).MustStatus(http.StatusOK)
		north.Get(bare(p)).MustStatus(http.StatusNotFound)
		q := south.Get(bare(p)).MustStatus(http.StatusOK).MustText("My tooth hurts", "Badly", "all handed it over to South")
		q.Form("answer").Set("text", "Come at noon.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		h.eventually(t, "it is answered", func() bool { return len(h.textsTo(t, number, "Come at noon.")) == 1 })
		send("Thank you")
		h.eventually(t, "the answer stays with the unit", func() bool { return strings.Contains(south.Get(bare(p)).Text(), "Thank you") })
		if got := h.textsTo(t, number, "We have got it."); len(got) != 1 {
			t.Errorf("it is acknowledged %d times", len(got))
		}
	})
}

// When messages are read, and what who writes at other times is told, an administrator sets on a page that shows each answer as it goes out, in every language, with
// its length; a wrong time is told and nothing typed is lost; what is published counts from the next message on.
func TestS5_8_InboxHoursAreSetInAdministration(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		admin := h.administrator(t, "anna")
		p := admin.Get(configAt + "/new/inboxes").MustStatus(http.StatusOK)
		p = p.Form(say(l, "thing.add")).Set("name-en", "Town messages").Set("name-fi", "Kaupungin viestit").Set("numbers", "+358457000444").Submit(say(l, "thing.add")).MustStatus(http.StatusOK)
		// Empty, the product's own answer goes out, with the emergency number: shown in each language.
		own := h.app.Site.Texts.Printer("fi").T("inbox.out_of_hours", "org", h.config(t, vuorela).Org.ShortName().In("fi"))
		p.MustText(own, "112")
		f := p.Form(say(l, "thing.save"))
		f.Set("usual--0--from", "8.30").Set("usual--0--to", "7").Set("out_of_hours-en", "Closed now. Call 112.").Set("out_of_hours-fi", "Emme lue nyt. Hätä: 112 ☎")
		p = f.Submit(say(l, "thing.save")).MustStatus(http.StatusUnprocessableEntity)
		f = p.Form(say(l, "thing.save"))
		if got := f.Value("out_of_hours-en") + f.Value("usual--0--from"); got != "Closed now. Call 112.8.30" {
			t.Errorf("what was typed is lost: %q", got)
		}
		p = f.Set("usual--0--to", "16").Submit(say(l, "thing.save")).MustStatus(http.StatusOK).MustText("Closed now. Call 112.", "Emme lue nyt. Hätä: 112 ☎", "☎")
		if got := p.Form(say(l, "thing.save")).Value("usual--0--to"); got != "16:00" {
			t.Errorf("the hours are %q", got)
		}
		publish := admin.Get(configAt + "/publish").MustStatus(http.StatusOK)
		publish.Form(say(l, "publish.do")).Submit(say(l, "publish.do")).MustStatus(http.StatusOK)
		zone := h.config(t, vuorela).Zone()
		at := func(hour int) { // Monday is open from half past eight until four
			now := begin.In(zone)
			h.stopAt(time.Date(now.Year(), now.Month(), now.Day()+7-(int(now.Weekday())+6)%7, hour, 0, 0, 0, zone))
		}
		send := func(from string) {
			t.Helper()
			if err := h.app.Texting.Receive(t.Context(), texting.Inbound{Org: vuorela, Gateway: "test", Ref: from, From: from, To: "+358457000444", Body: "Hei"}); err != nil {
				t.Fatal(err)
			}
		}
		at(9)
		send(number)
		h.rest(t)
		if got := h.mails(t, number); len(got) != 0 {
			t.Errorf("an answer within the hours: %+v", got)
		}
		at(18)
		send("+358401234568")
		h.eventually(t, "it is answered at other times", func() bool { return len(h.textsTo(t, "+358401234568", "Emme lue nyt. Hätä: 112 ☎")) == 1 })
	})
}

// While a conversation is open in a browser, the page says that something new has come, by itself; what is typed stays, and nothing moves under the reader's hands.
func TestS5_8_NewMessagesAreToldOnAnOpenPage(t *testing.T) {
	t.Parallel()
	const l, number = i18n.Lang("en"), "+358401234567"
	h := open(t, sqlite)
	k := caller{name: "anna", staff: h.member(t, "anna", actor.Grant{Role: actor.RoleInbox, Org: vuorela})}
	reader := h.answersMessages(t, "bela", vuorela)
	h.texts(t, vuorela, number, "First question")
	p := h.opened(t, reader, l, vuorela, number)
	tab := browser.Start(t).Tab(t, browser.Options{Lang: string(l)})
	tab.Go(h.base + "/en/vuorela/")
	tab.Eval("document.cookie = 'luukku-staff="+h.cookies(t, k, vuorela, "")["luukku-staff"]+"; path=/'", nil)
	tab.Go(h.base + bare(p))
	tab.MustText("First question")
	tab.MustNotText(say(l, "inbox.came"))
	tab.Fill(say(l, "inbox.text"), "Half an answer")
	h.texts(t, vuorela, number, "Second question")
	told := "document.querySelector('[data-fresh]').innerText.includes('" + say(l, "inbox.came") + "')"
	for end := time.Now().Add(time.Minute); ; time.Sleep(250 * time.Millisecond) {
		var is bool
		if tab.Eval(told, &is); is {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("nothing is told: %s", tab.Text())
		}
	}
	tab.MustNotText("Second question")
	if got := tab.Value(say(l, "inbox.text")); got != "Half an answer" {
		t.Errorf("what was typed is %q", got)
	}
	tab.Click(say(l, "inbox.came_show"))
	tab.MustText("Second question")
	tab.MustBeClean()
}

// From a person who is open, too: to the number on record. Who answers is on record and not identified, until a code fits or staff make sure; then their appointments
// and a way to book can be sent in the conversation. Without an open person there is nothing.
func TestS5_10_StaffWriteToAPersonOnRecord(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, number = i18n.Lang("en"), "+358401234567"
		h.settle(t, h.person(t), l, "bank", "Maija Meikäläinen", "maija@example.org", false)
		found, err := h.app.Store.People().AccountsNamed(t.Context(), "", "maija@example.org", 1)
		if err != nil || len(found) != 1 {
			t.Fatalf("got %d accounts, %v", len(found), err)
		}
		a, err := h.app.Store.People().Account(t.Context(), found[0].Person)
		if err != nil {
			t.Fatal(err)
		}
		a.Phone, a.PhoneVerified, a.Lang = number, true, "en"
		if err := h.app.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error { return tx.PutAccount(ctx, a) }); err != nil {
			t.Fatal(err)
		}
		c, _ := h.bothRoles(t, "anna", vuorela)
		c.Get(deskAt(l, vuorela, "text")).MustStatus(http.StatusNotFound)
		p := c.Get("/en/staff/vuorela/people").MustStatus(http.StatusOK)
		p = p.Form(say(l, "people.search")).Set("identifier", "140385-902F").Submit(say(l, "people.search")).MustStatus(http.StatusOK)
		p = p.Form(say(l, "people.open")).Set("reason", "Asks for a call").Submit(say(l, "people.open")).MustStatus(http.StatusOK).MustText("Maija")
		p = p.Click(say(l, "inbox.write_title")).MustStatus(http.StatusOK).MustText("Maija Meikäläinen")
		if strings.Contains(p.Path(), string(a.Person)) {
			t.Errorf("the address says who it is: %s", p.Path())
		}
		p = p.Form("text-form").Set("text", "Call us, please.").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		p.MustText(say(l, "inbox.done_sent"), "Call us, please.", say(l, "inbox.known.record"), say(l, "inbox.on_record_of"), "Maija Meikäläinen")
		h.eventually(t, "it is out", func() bool { return len(h.textsTo(t, number, "Call us, please.")) == 1 })
		if strings.Contains(p.Text(), say(l, "inbox.appointments_put")) {
			t.Error("the appointments of who is not known can be sent")
		}
		h.texts(t, vuorela, number, "It is me")
		h.eventually(t, "the answer is there", func() bool { return strings.Contains(c.Get(bare(p)).Text(), "It is me") })
		p = c.Get(bare(p)).MustText(say(l, "inbox.known.record"))
		q := p.Form(say(l, "inbox.code_check")).Set("code", codeOfVeikko).Submit(say(l, "inbox.code_check")).MustStatus(http.StatusUnprocessableEntity)
		q.MustText(say(l, "inbox.code_unknown"))
		h.settle(t, h.person(t), l, "card", "Veikko Mallikas", "veikko@example.org", false)
		q = q.Form(say(l, "inbox.code_check")).Submit(say(l, "inbox.code_check")).MustStatus(http.StatusUnprocessableEntity).MustText(say(l, "inbox.code_not_on_record"))
		q = q.Form(say(l, "inbox.code_check")).Set("code", "140385-902F").Submit(say(l, "inbox.code_check")).MustStatus(http.StatusOK).MustText(say(l, "inbox.known.staff"))
		q = q.Form("answer").Submit(say(l, "inbox.appointments_put")).MustStatus(http.StatusOK)
		q = q.Form("answer").Submit(say(l, "inbox.link_put")).MustStatus(http.StatusOK)
		if got := q.Form("answer").Value("text"); !strings.Contains(got, say(l, "inbox.no_appointments")) || !strings.Contains(got, h.base+"/en/vuorela/") {
			t.Errorf("what was put in is %q", got)
		}
		q.Form("answer").Submit(say(l, "inbox.send_key")).MustStatus(http.StatusOK)
		h.eventually(t, "the link is out", func() bool { return len(h.textsTo(t, number, h.base+"/en/vuorela/")) == 1 })
	})
}
