package jobs_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/notify"
)

var update = flag.Bool("update", false, "write the mails' texts into testdata")

// story is every event of one booking, told in one language.
func story(t *testing.T, lang i18n.Lang) (house, booking.Appointment, []notify.Message) {
	t.Helper()
	h, m := open(t), &mailer{}
	d := h.deps(m)
	a := h.book(t, lang)
	h.run(t, d)
	h.clock.Advance(time.Minute)
	a = h.edit(t, a, details(lang))
	h.run(t, d)
	h.clock.Advance(time.Minute)
	a = h.move(t, a, harbour, at(24+10, 40))
	h.run(t, d)
	h.clock.Advance(time.Minute)
	a = h.cancel(t, a)
	h.run(t, d)
	wantSends(t, m, 4, 4)
	if len(m.taken) != 4 {
		t.FailNow()
	}
	return h, a, m.taken
}

var events = []notify.Event{notify.AppointmentBooked, notify.AppointmentChanged, notify.AppointmentMoved, notify.AppointmentCancelled}

var linkToken = regexp.MustCompile(`/link/([0-9A-Za-z]+)`)

// TestEachMailInEachLanguage holds the words of every mail against testdata, where people can read them; -update writes them anew.
func TestEachMailInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Languages() {
		t.Run(string(l.Code), func(t *testing.T) {
			t.Parallel()
			h, a, mails := story(t, l.Code)
			code, err := h.Booking.Code(a.ID)
			if err != nil {
				t.Fatal(err)
			}
			for i, m := range mails {
				if m.Event != events[i] || m.Lang != l.Code || m.To != (notify.Address{Email: email}) {
					t.Errorf("got %s in %s to %+v, want %s", m.Event, m.Lang, m.To, events[i])
				}
				if got, want := m.From.Email, "no-reply@office.example.org"; got != want || m.From.Name == "" {
					t.Errorf("got sender %+v, want %s with the organisation's name", m.From, want)
				}
				got := "Subject: " + m.Subject + "\n\n" + m.Text
				got = linkToken.ReplaceAllString(got, "/link/TOKEN")
				got = strings.ReplaceAll(got, ids.FormatCode(code), "CODE")
				golden(t, string(l.Code)+"-"+strings.TrimPrefix(string(m.Event), "appointment.")+".txt", got)
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

func TestTheHTMLSaysTheSameAndLoadsNothing(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Languages() {
		t.Run(string(l.Code), func(t *testing.T) {
			t.Parallel()
			_, _, mails := story(t, l.Code)
			for _, m := range mails {
				doc, err := html.Parse(strings.NewReader(m.HTML))
				if err != nil {
					t.Fatal(err)
				}
				words := strings.Join(strings.Fields(textOf(t, m, doc)), " ")
				for line := range strings.Lines(m.Text) {
					line = strings.TrimSpace(strings.TrimPrefix(line, "- "))
					if key, value, ok := strings.Cut(line, ": "); ok && strings.Contains(words, key+" "+value) {
						continue
					}
					if line == "--" || strings.HasPrefix(line, base) || strings.Contains(words, strings.TrimSuffix(line, ":")) {
						continue
					}
					t.Errorf("%s: the HTML does not say %q", m.Event, line)
				}
			}
		})
	}
}

// textOf is the text of a mail, which holds nothing that a client would have to load or run, and no address but ours.
func textOf(t *testing.T, m notify.Message, doc *html.Node) string {
	t.Helper()
	var b strings.Builder
	for n := range doc.Descendants() {
		switch {
		case n.Type == html.TextNode:
			b.WriteString(n.Data + " ")
		case n.Type != html.ElementNode:
		case slices.Contains([]string{"img", "script", "link", "iframe", "object", "form", "style", "base"}, n.Data):
			t.Errorf("%s: the HTML has a %s", m.Event, n.Data)
		case n.Data == "html" && (len(n.Attr) != 1 || n.Attr[0].Val != string(m.Lang)):
			t.Errorf("%s: got attributes %v, want lang %s", m.Event, n.Attr, m.Lang)
		}
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "background" || strings.Contains(a.Val, "url(") || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: the HTML loads or runs %s=%q", m.Event, a.Key, a.Val)
			}
			if a.Key == "href" && (!strings.HasPrefix(a.Val, base+"/"+string(m.Lang)+"/"+string(town)+"/") || !strings.Contains(m.Text, a.Val)) {
				t.Errorf("%s: the link %s is not the text's", m.Event, a.Val)
			}
		}
	}
	return b.String()
}

func TestTheLinkOfAMailOpensTheBooking(t *testing.T) {
	t.Parallel()
	h, a, mails := story(t, "en")
	for _, m := range mails {
		found := linkToken.FindStringSubmatch(m.Text)
		if m.Event == notify.AppointmentCancelled {
			if found != nil {
				t.Errorf("the mail of a cancellation has the link %s", found[0])
			}
			continue
		}
		if found == nil {
			t.Fatalf("%s: no link in\n%s", m.Event, m.Text)
		}
		for _, when := range []struct {
			at   int64
			good bool
		}{{at(24+10, 40), true}, {a.End + int64(booking.LinkLife/time.Second), true}, {a.End + int64(booking.LinkLife/time.Second) + 1, false}} {
			h.clock.Set(time.Unix(when.at, 0))
			o, id, err := h.Booking.FollowLink(t.Context(), found[1])
			if good := err == nil && o == a.Org && id == a.ID; good != when.good {
				t.Errorf("%s: at %s got %s, %s, %v; want good %v", m.Event, time.Unix(when.at, 0).UTC(), o, id, err, when.good)
			}
		}
	}
}

func TestNothingConfidentialIsInAMail(t *testing.T) {
	t.Parallel()
	_, _, mails := story(t, "en")
	for _, m := range mails {
		calendar := strings.ReplaceAll(string(m.Calendar), "\r\n ", "")
		for part, s := range map[string]string{"subject": m.Subject, "text": m.Text, "html": m.HTML, "calendar": calendar, "to": m.To.Name, "from": m.From.Name} {
			for _, word := range []string{"anarina", "canary", "wheelchair", "fell ill", "40 1234567", "401234567"} {
				if strings.Contains(s, word) {
					t.Errorf("%s: its %s tells %q", m.Event, part, word)
				}
			}
		}
	}
}

func TestCalendarsFollowTheBooking(t *testing.T) {
	t.Parallel()
	h, a, mails := story(t, "sv")
	code, err := h.Booking.Code(a.ID)
	if err != nil {
		t.Fatal(err)
	}
	type event struct {
		Method, Status, UID, Start, Sequence string
	}
	first, moved := "20261130T072000Z", "20261201T084000Z"
	uid := string(a.ID) + "@booking.example.org"
	want := []event{
		{"REQUEST", "CONFIRMED", uid, first, "0"}, {"REQUEST", "CONFIRMED", uid, first, "1"}, {"REQUEST", "CONFIRMED", uid, moved, "2"},
		{"CANCEL", "CANCELLED", uid, moved, "3"},
	}
	var got []event
	for _, m := range mails {
		cal, err := ics.ParseCalendar(strings.NewReader(string(m.Calendar)))
		if err != nil {
			t.Fatal(err)
		}
		if len(cal.Events()) != 1 {
			t.Fatalf("got %d events, want 1", len(cal.Events()))
		}
		e := cal.Events()[0]
		prop := func(p ics.ComponentProperty) string {
			if v := e.GetProperty(p); v != nil {
				return v.Value
			}
			return ""
		}
		got = append(got, event{m.CalendarMethod, prop(ics.ComponentPropertyStatus), prop(ics.ComponentPropertyUniqueId), prop(ics.ComponentPropertyDtStart), prop(ics.ComponentPropertySequence)})
		if !strings.Contains(string(m.Calendar), "METHOD:"+m.CalendarMethod+"\r\n") {
			t.Errorf("%s: the calendar's method is not %s", m.Event, m.CalendarMethod)
		}
		if to := prop(ics.ComponentPropertyAttendee); to != "mailto:"+email {
			t.Errorf("%s: got attendee %q", m.Event, to)
		}
		if strings.Contains(string(m.Calendar), code) || strings.Contains(string(m.Calendar), ids.FormatCode(code)) || strings.Contains(string(m.Calendar), "/link/") {
			t.Errorf("%s: the calendar part opens the booking", m.Event)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("calendar parts (-want +got):\n%s", d)
	}
}

func TestAMailTellsHowLongTheBookingCanBeChanged(t *testing.T) {
	t.Parallel()
	h, m := open(t), &mailer{}
	h.book(t, "en")
	h.clock.Set(time.Unix(at(9, 20), 0)) // its mail is so late that nothing can be changed any more
	h.run(t, h.deps(m))
	got := m.last(t).Text
	if strings.Contains(got, "online until") || !strings.Contains(got, "09 000 0001") {
		t.Errorf("got\n%s\nwant the phone alone", got)
	}
}
