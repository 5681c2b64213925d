package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/eservice"
)

// A form is sent while the scanner still looks at what is attached. Malware that is found then is opened for nobody: it is an event of what was sent, once, at the desk, for the case system and for whose it
// is, who is told that there is something new, and not what; the work comes anew, and another attachment can be sent.
func TestS2_4_MalwareFoundAfterAFormWasSent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		const l, email = i18n.Lang("en"), "maija@example.org"
		h.troubled = true // the log says that a file was refused
		bad := make(chan struct{})
		h.app.Files.Scanner = slowScanner{h.app.Files.Scanner, map[string]chan struct{}{"EICAR": bad}}
		c := h.withBox(t, l)
		mine := bare(sendsDayCareWith(t, h, c, "Mallikatu 4711", slices.Concat(onePage, eicar)))
		p := h.mailKey(t, actor.SubmissionWork)
		list, _ := p.sentFresh(0, "")
		one := "/submissions/" + string(list[0].ID)
		var was api.Submission
		p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &was)
		clerk := h.answersMessages(t, "unclean", vuorela)
		open := say(l, "inbox.form.number_open")
		work := bare(clerk.Get(inboxAt(l, vuorela)).Form(open).Set(say(l, "inbox.form.number"), list[0].Number).Submit(open).MustStatus(http.StatusOK).MustText("payslip.pdf"))
		file := mine + "/file/" + string(was.Files[0].ID)
		if got := c.Get(file).Status; got == http.StatusOK {
			t.Error("a file that was not looked at is given out")
		}

		close(bad)
		says := say(l, "submission.file_refused", "name", "payslip.pdf")
		until(t, c, mine, says)
		clerk.Get(work).MustStatus(http.StatusOK).MustText(says)
		if got := c.Get(file); got.Status == http.StatusOK || strings.Contains(string(got.Body), "EICAR") {
			t.Errorf("malware is given out: %d", got.Status)
		}
		mails := h.awaitMails(t, email, 2) // the code that proved the address, and this
		if !slices.ContainsFunc(mails, func(m mail) bool { return m.Event == "sent_form.told" }) {
			t.Errorf("got %+v", mails)
		}
		for _, m := range mails {
			if strings.Contains(m.Subject+m.Text, "payslip") || strings.Contains(m.Subject+m.Text, "alware") {
				t.Errorf("the mail says what it is about: %s", m.Text)
			}
		}
		var now api.Submission
		p.read(p.ask(http.MethodGet, one, ""), http.StatusOK, &now)
		found := 0
		for _, e := range now.Events {
			if e.What == eservice.Unclean {
				found++
			}
		}
		if found != 1 || now.State != was.State || now.Version == was.Version {
			t.Errorf("it was found %d times, and stands as %s", found, now.State)
		}

		// The desk asks for another, which comes as any.
		ask := say(l, "inbox.form.ask")
		clerk.Get(work).Form(ask).Set(say(l, "inbox.form.ask_text"), "Please send the payslip again.").Submit(ask).MustStatus(http.StatusOK).MustText(say(l, "inbox.form.done_asked"))
		c.Get(mine).MustStatus(http.StatusOK).MustText("Please send the payslip again.", says)
	})
}
