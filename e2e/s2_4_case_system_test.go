package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/api"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/e2e/client"
)

// caseExamples are the JSON of docs/casework.md.
func caseExamples(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "docs", "casework.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, found := range jsonBlock.FindAllStringSubmatch(string(b), -1) {
		out = append(out, found[1])
	}
	if len(out) != 5 {
		t.Fatalf("got %d examples, want 5", len(out))
	}
	return out
}

// sendsDayCare fills in an application for day care with a payslip, and sends it; it returns the page of what was sent.
func sendsDayCare(t *testing.T, h *house, c *client.Client, street string) *client.Page {
	t.Helper()
	return sendsDayCareWith(t, h, c, street, onePage)
}

// sendsDayCareWith is the same with a payslip of one's own.
func sendsDayCareWith(t *testing.T, h *house, c *client.Client, street string, payslip []byte) *client.Page {
	t.Helper()
	const l = i18n.Lang("en")
	next := say(l, "common.continue")
	p := c.Get(my(l, "forms", dayCare)).MustStatus(http.StatusOK)
	p = p.Form(say(l, "eform.start.begin")).Submit(say(l, "eform.start.begin")).MustStatus(http.StatusOK).Click(say(l, "eform.tasks.go_on"))
	p = family(p).Set("Street address", street).Submit(next).MustText("The children")
	p = p.Form(next).Set("The child’s name", "Liisa Meikäläinen").Set("Date of birth", "1.2.2024").Set("From which day is the place needed?", h.app.Now().AddDate(0, 6, 0).Format("2.1.2006")).
		Set("Hours of care in a week (h)", "37,5").Set("Is care needed in the evening, at night or at weekends?", say(l, "eform.no")).
		Set("Does the child have an allergy or a special diet?", say(l, "eform.no")).Set("Does the child need support or aids?", say(l, "eform.no")).Submit(next).MustText("The place")
	p = p.Form(next).Set("What kind of care do you want?", "Open club").Submit(next).MustText("Income and attachments")
	p = p.Form(next).Set("How is the fee worked out?", "By income").Submit(next).MustText(say(l, "eform.step.shown"))
	field := "Proof of income"
	p = p.Form(next).Set("Your income in a month, before tax (EUR)", "2500,50").Attach(field, "payslip.pdf", "application/pdf", payslip).Submit(say(l, "eform.attach") + " " + field).MustText("payslip.pdf")
	p = p.Form(next).Submit(next).MustText("Declaration")
	p = p.Form(next).Check("I declare that what I have written is true").Submit(next).MustText(say(l, "eform.check.title"))
	return p.Form(say(l, "eform.check.send")).Submit(say(l, "eform.check.send")).MustStatus(http.StatusOK)
}

// sentFresh are the forms that were sent or changed after a number, and where the feed goes on.
func (m *mailProgram) sentFresh(after int64, with string) (list []api.ListedSubmission, next int64) {
	m.t.Helper()
	for {
		var page api.SubmissionFeed
		m.read(m.ask(http.MethodGet, fmt.Sprintf("/submissions?limit=1&after=%d%s", after, with), ""), http.StatusOK, &page)
		list = append(list, page.Submissions...)
		if after = page.Next; !page.More {
			return list, after
		}
	}
}

// done is what was sent after something was done with it.
func (m *mailProgram) done(p *client.Page, status int) (x api.ListedSubmission) {
	m.t.Helper()
	m.read(p, status, &x)
	if got := p.Header.Get("ETag"); got != fmt.Sprintf("%q", fmt.Sprint(x.Version)) {
		m.t.Errorf("the ETag is %s, the version %d", got, x.Version)
	}
	return x
}

func digestHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A case system behind the desk follows the forms that are sent, reads one with its answers, the form that it answers and what is attached, takes it, asks for more, hears that it was answered, and decides, once, never by what has
// changed since it looked. Each reading is written down, at the person, too. With the examples of docs/casework.md.
func TestS2_4_ACaseSystemWorksThroughTheAPI(t *testing.T) {
	t.Parallel()
	examples := caseExamples(t)
	onBoth(t, func(t *testing.T, h *house) {
		const l = i18n.Lang("en")
		c := h.withBox(t, l)
		p := h.mailKey(t, actor.SubmissionWork)
		if list, next := p.sentFresh(0, ""); len(list) != 0 || next != 0 {
			t.Fatalf("got %+v and %d before anybody sent anything", list, next)
		}
		mine := bare(sendsDayCare(t, h, c, "Mallikatu 4711"))
		feed := p.ask(http.MethodGet, "/submissions", "").MustStatus(http.StatusOK)
		asShown(t, "the feed", examples[0], feed.Body)
		if s := string(feed.Body); strings.Contains(s, "4711") || strings.Contains(s, "Maija") {
			t.Fatalf("the feed is %s, want it without whose it is and what it says", s)
		}
		list, after := p.sentFresh(0, "")
		if len(list) != 1 || list[0].State != eservice.Received || list[0].Form != "day-care" || !strings.Contains(mine, string(list[0].ID)) {
			t.Fatalf("got %+v, want the one that was sent, %s", list, mine)
		}
		one := "/submissions/" + string(list[0].ID)
		p.opensNothingElse(h, one)
		got := p.readsTheForm(h, one, examples[1])
		p.handles(h, c, one, mine, got, after, examples)
	})
}

// opensNothingElse checks that other keys open none of it, and this one opens nothing else.
func (m *mailProgram) opensNothingElse(h *house, one string) {
	m.t.Helper()
	for _, other := range []actor.Right{actor.LetterWork, actor.InboxWork, actor.AuditRead} {
		q := h.mailKey(m.t, other)
		for _, path := range []string{"/submissions", one, one + "/sent", one + "/form", one + "/pdf", one + "/assignees"} {
			q.ask(http.MethodGet, path, "").MustStatus(http.StatusNotFound)
		}
		q.seen(http.MethodPost, one+"/close", `{}`, 1).MustStatus(http.StatusNotFound)
	}
	for _, path := range []string{"/matters", "/conversations", "/letters/events", "/audit", "/submissions/01jd3v0c9t9xk8m2w4h6q5s7ra", "/matters/" + strings.TrimPrefix(one, "/submissions/")} {
		m.ask(http.MethodGet, path, "").MustStatus(http.StatusNotFound)
	}
	// Another organisation's, by the same key and by a key of its own.
	head := func(key string) http.Header { return http.Header{"Authorization": {"Bearer " + key}} }
	m.c.Raw(http.MethodGet, "/api/v1/organisations/aavaniemi/submissions", head(m.key), "").MustStatus(http.StatusNotFound)
	_, theirs, err := h.app.Staff.MakeClient(m.t.Context(), actor.System("test"), "aavaniemi", "Elsewhere", []actor.Right{actor.SubmissionWork}, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	m.c.Raw(http.MethodGet, "/api/v1/organisations/vuorela"+one, head(theirs), "").MustStatus(http.StatusNotFound)
	m.c.Raw(http.MethodGet, "/api/v1/organisations/aavaniemi"+one, head(theirs), "").MustStatus(http.StatusNotFound)
	m.c.Raw(http.MethodGet, "/api/v1/organisations/vuorela"+one, nil, "").MustStatus(http.StatusUnauthorized)
	if n := h.audited(m.t, vuorela, audit.SubmissionRead); n != 0 {
		m.t.Errorf("%d readings are written down, and nobody has read it", n)
	}
	m.ask(http.MethodGet, "/submissions?state=lost", "").MustStatus(http.StatusUnprocessableEntity)
	m.ask(http.MethodGet, "/submissions?after=-1", "").MustStatus(http.StatusUnprocessableEntity)
	if list, _ := m.sentFresh(0, "&form=no-such-form"); len(list) != 0 {
		m.t.Errorf("of another form there is %+v", list)
	}
	if list, _ := m.sentFresh(0, "&state=received&form=day-care"); len(list) != 1 {
		m.t.Errorf("of this form there is %+v", list)
	}
}

// readsTheForm reads it with all that belongs to it.
func (m *mailProgram) readsTheForm(h *house, one, example string) (got api.Submission) {
	m.t.Helper()
	asShown(m.t, "a form that was sent", example, m.read(m.ask(http.MethodGet, one, ""), http.StatusOK, &got))
	if got.From.Identifier != "140385-902F" || got.From.Name != "Maija Meikäläinen" || got.Reach != mailbox.Reachable || got.Level != "high" && got.Level != "substantial" {
		m.t.Errorf("it is from %+v, %s, %s", got.From, got.Reach, got.Level)
	}
	if n := h.audited(m.t, vuorela, audit.SubmissionRead); n != 2 { // of what was sent, and at the person
		m.t.Errorf("%d readings are written down, want 2", n)
	}
	if b, _ := json.Marshal(got.Answers); !strings.Contains(string(b), "Mallikatu 4711") || !strings.Contains(string(b), "2500.5") || strings.Contains(string(b), "partner_name") {
		m.t.Errorf("the answers are %s", b)
	}
	words := fmt.Sprint(got.Steps)
	if !strings.Contains(words, "Street address") || !strings.Contains(words, "Open club") || !strings.Contains(words, "37.5") {
		m.t.Errorf("in words it is %s", words)
	}
	sent := m.ask(http.MethodGet, one+"/sent", "").MustStatus(http.StatusOK)
	if digestHex(sent.Body) != got.Digest {
		m.t.Errorf("what was sent has another digest than the acknowledgement")
	}
	form := m.ask(http.MethodGet, one+"/form", "").MustStatus(http.StatusOK)
	var document map[string]any
	if err := json.Unmarshal(form.Body, &document); err != nil || digestHex(form.Body) != got.FormDigest {
		m.t.Errorf("the form is %v, with another digest than what was sent names", err)
	}
	if pdf := m.ask(http.MethodGet, one+"/pdf", "").MustStatus(http.StatusOK); !strings.HasPrefix(string(pdf.Body), "%PDF-") {
		m.t.Errorf("the document begins with %.10q", pdf.Body)
	}
	if len(got.Files) != 1 || got.Files[0].Name != "payslip.pdf" {
		m.t.Fatalf("attached is %+v", got.Files)
	}
	at := one + "/files/" + string(got.Files[0].ID)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if m.read(m.ask(http.MethodGet, one, ""), http.StatusOK, &got); got.Files[0].State == "clean" {
			break
		}
		if time.Now().After(end) {
			m.t.Fatalf("the attachment is still %s", got.Files[0].State)
		}
	}
	if b := m.ask(http.MethodGet, at, "").MustStatus(http.StatusOK); digestHex(b.Body) != got.Files[0].Digest || b.Header.Get("Content-Type") != "application/pdf" {
		m.t.Errorf("got a file of %d bytes as %s", len(b.Body), b.Header.Get("Content-Type"))
	}
	m.ask(http.MethodGet, one+"/files/01jd3v0c9t9xk8m2w4h6q5s7ra", "").MustStatus(http.StatusNotFound)
	if n := h.audited(m.t, vuorela, audit.SubmissionFile); n != 1 {
		m.t.Errorf("%d openings of the attachment are written down, want 1", n)
	}
	return got
}

// handles takes it, asks for more, and decides.
func (m *mailProgram) handles(h *house, c *client.Client, one, mine string, got api.Submission, after int64, examples []string) {
	const l = i18n.Lang("en")
	t := m.t
	t.Helper()
	x := m.done(m.seen(http.MethodPut, one+"/assignee", `{"program":true}`, got.Version), http.StatusOK)
	if x.State != eservice.InProgress || x.Assignee == "" {
		t.Errorf("taken it is %+v", x)
	}
	m.seen(http.MethodPut, one+"/due", `{}`, got.Version).MustStatus(http.StatusPreconditionFailed).MustText("/problems/api.changed_since")
	m.ask(http.MethodPut, one+"/due", `{}`).MustStatus(http.StatusUnprocessableEntity) // without a version
	due := h.app.Now().In(h.config(t, vuorela).Zone()).AddDate(0, 0, 9).Format(time.RFC3339)
	if x = m.done(m.seen(http.MethodPut, one+"/due", `{"due":"`+due+`"}`, x.Version), http.StatusOK); x.Due != due {
		t.Errorf("it is due at %s, want %s", x.Due, due)
	}
	m.seen(http.MethodPut, one+"/due", `{"due":"2020-01-01T00:00:00+02:00"}`, x.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"due"`)
	m.seen(http.MethodPost, one+"/hand-over", `{"inbox":"no-such-inbox"}`, x.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"inbox"`)

	// A note, once for its key; another text under it is a conflict.
	noted := func(text string) *client.Page {
		head := http.Header{"Authorization": {"Bearer " + m.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {"the-only-note"}}
		return m.c.Raw(http.MethodPost, "/api/v1/organisations/vuorela"+one+"/notes", head, `{"text":"`+text+`"}`)
	}
	noted("Room in Kallio.").MustStatus(http.StatusCreated)
	x = m.done(noted("Room in Kallio."), http.StatusCreated)
	noted("No room.").MustStatus(http.StatusConflict).MustText("/problems/form.key_reused")
	if m.read(m.ask(http.MethodGet, one, ""), http.StatusOK, &got); len(got.Notes) != 1 || got.Notes[0].Text != "Room in Kallio." || got.Notes[0].By != actor.KindClient {
		t.Errorf("the notes are %+v", got.Notes)
	}

	// The person is asked for more, answers in place, and the feed says so.
	m.seen(http.MethodPost, one+"/requests", `{"text":"More.","until":"2020-01-01"}`, x.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"until"`)
	m.seen(http.MethodPost, one+"/requests", `{"text":" "}`, x.Version).MustStatus(http.StatusUnprocessableEntity).MustText(`"text"`)
	more := map[string]any{}
	if err := json.Unmarshal([]byte(examples[2]), &more); err != nil {
		t.Fatal(err)
	}
	more["until"] = h.app.Now().AddDate(0, 0, 10).Format("2006-01-02")
	body, _ := json.Marshal(more)
	if x = m.done(m.seen(http.MethodPost, one+"/requests", string(body), x.Version), http.StatusCreated); x.State != eservice.MoreAsked || x.AskedUntil == "" {
		t.Errorf("asked it is %+v", x)
	}
	c.Get(mine).MustText("Please send the payslip of November.")
	button := say(l, "submission.add_send")
	add := c.Get(mine).Form(button).Set(say(l, "submission.add_text"), "It is attached already: 4712.").Submit(button)
	add.MustStatus(http.StatusOK)
	list, next := m.sentFresh(after, "")
	if len(list) != 1 || list[0].State != eservice.InProgress || next <= after {
		t.Fatalf("the feed goes on with %+v, want that it was answered", list)
	}
	m.seen(http.MethodPost, one+"/close", `{}`, x.Version).MustStatus(http.StatusPreconditionFailed) // by what it had seen before
	m.read(m.ask(http.MethodGet, one, ""), http.StatusOK, &got)
	if i := slices.IndexFunc(got.Events, func(e api.SubmissionEvent) bool { return e.What == eservice.Added }); i < 0 || got.Events[i].Text != "It is attached already: 4712." {
		t.Errorf("what happened is %+v", got.Events)
	}

	// Decided once under its key, and never twice.
	decide := func(key, body string) *client.Page {
		head := http.Header{"Authorization": {"Bearer " + m.key}, "Content-Type": {"application/json"}, "Idempotency-Key": {key}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(got.Version))}}
		return m.c.Raw(http.MethodPost, "/api/v1/organisations/vuorela"+one+"/decision", head, body)
	}
	decide("the-decision", `{"service":"ordinary","subject":"Päätös","body":"Kyllä.","attachments":["01jd3v0c9t9xk8m2w4h6q5s7ra"]}`).MustStatus(http.StatusUnprocessableEntity).MustText(`"attachments"`)
	x = m.done(decide("the-decision", examples[3]), http.StatusCreated)
	again := decide("the-decision", examples[3])
	if y := m.done(again, http.StatusCreated); y.Version != x.Version || again.Header.Get("Idempotent-Replayed") != "true" || x.State != eservice.Decided || x.EndedAt == "" {
		t.Errorf("decided it is %+v, again %+v, replayed %q", x, y, again.Header.Get("Idempotent-Replayed"))
	}
	decide("the-decision", strings.ReplaceAll(examples[3], "Kallio", "Sörnäinen")).MustStatus(http.StatusConflict).MustText("/problems/form.key_reused")
	decide("a-second-decision", examples[3]).MustStatus(http.StatusPreconditionFailed)
	m.seen(http.MethodPost, one+"/decision", examples[3], x.Version).MustStatus(http.StatusConflict).MustText("/problems/submission.not_now")
	m.seen(http.MethodPost, one+"/close", `{}`, x.Version).MustStatus(http.StatusConflict).MustText("/problems/submission.not_now")
	c.Get(my(l, "mailbox")).Click("Decision on day care").MustText("Liisa has a place at the day care centre of Kallio from 1 March.")
	m.read(m.ask(http.MethodGet, one, ""), http.StatusOK, &got)
	if last := got.Events[len(got.Events)-1]; last.What != eservice.Answered || last.By != actor.KindClient || last.Letter == "" {
		t.Errorf("the last thing that happened is %+v", last)
	}
	if n := h.audited(t, vuorela, audit.SubmissionDecided); n != 1 {
		t.Errorf("%d decisions are written down, want 1", n)
	}
	x = m.done(m.seen(http.MethodPost, one+"/reopen", "", x.Version), http.StatusOK)
	if x = m.done(m.seen(http.MethodPost, one+"/close", `{"text":"Decided by mistake."}`, x.Version), http.StatusOK); x.State != eservice.Closed {
		t.Errorf("closed it is %+v", x)
	}
	c.Get(mine).MustText("Decided by mistake.")
}
