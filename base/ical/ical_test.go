package ical_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/google/go-cmp/cmp"

	"luukku/base/ical"
)

func sample() ical.Event {
	helsinki := time.FixedZone("EET", 2*3600)
	return ical.Event{
		UID: "A7K2M9XQ4T@booking.example.org", Sequence: 2, Method: ical.Request,
		Summary: "Name change, adults; bring your ID", Location: "Lintulahdenkuja 2, Helsinki", Description: "Bring:\n- ID\\card; photo, form",
		URL:   "https://booking.example.org/en/b?x=1,2;3",
		Start: time.Date(2026, 11, 23, 9, 20, 0, 0, helsinki), End: time.Date(2026, 11, 23, 9, 40, 0, 0, helsinki),
		Stamp:     time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
		Organizer: ical.Party{Name: "Register Office; Helsinki, FI", Email: "office@example.org"},
		Attendee:  ical.Party{Name: `Doe, "J": X`, Email: "specimen+a@example.org"},
		Geo:       &ical.Point{Lat: 60.1889, Lon: 24.9602}, Alarm: true,
	}
}

func write(t *testing.T, e ical.Event) []byte {
	t.Helper()
	b, err := ical.Bytes(e)
	if err != nil {
		t.Fatalf("Bytes: %v", err)
	}
	checkWire(t, b)
	return b
}

// checkWire holds what every file must keep, whatever was put in.
func checkWire(t *testing.T, b []byte) {
	t.Helper()
	if !utf8.Valid(b) {
		t.Errorf("not UTF-8: %q", b)
	}
	if !bytes.HasSuffix(b, []byte("END:VCALENDAR\r\n")) {
		t.Errorf("does not end in END:VCALENDAR: %q", b)
	}
	for _, l := range strings.Split(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
		if len(l) > 75 {
			t.Errorf("line of %d octets: %q", len(l), l)
		}
		if !utf8.ValidString(l) {
			t.Errorf("fold splits a character: %q", l)
		}
		if strings.ContainsFunc(l, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 }) {
			t.Errorf("control character in line %q", l)
		}
	}
}

// lines unfolds as RFC 5545 says, without the library.
func lines(b []byte) []string {
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n ", ""), "\r\n"), "\r\n")
}

func names(b []byte) []string {
	var out []string
	for _, l := range lines(b) {
		if strings.HasPrefix(l, "BEGIN:") || strings.HasPrefix(l, "END:") {
			out = append(out, l)
			continue
		}
		out = append(out, l[:strings.IndexAny(l, ";:")])
	}
	return out
}

func parse(t *testing.T, b []byte) *ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("parse back: %v\n%s", err, b)
	}
	if len(cal.Events()) != 1 {
		t.Fatalf("got %d events, want 1", len(cal.Events()))
	}
	return cal.Events()[0]
}

func TestAnEventIsWrittenAsTheStandardSays(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "request.ics")
	got := write(t, sample())
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), strings.ReplaceAll(string(got), "\r\n", "\n")); d != "" {
		t.Errorf("differs from %s (-want +got):\n%s", golden, d)
	}
}

func TestAnEventParsesBackAsItWas(t *testing.T) {
	t.Parallel()
	e := sample()
	ev := parse(t, write(t, e))
	for p, want := range map[ics.ComponentProperty]string{
		ics.ComponentPropertyUniqueId: e.UID, ics.ComponentPropertySummary: e.Summary, ics.ComponentPropertyLocation: e.Location,
		ics.ComponentPropertyDescription: e.Description, ics.ComponentPropertyUrl: e.URL, ics.ComponentPropertySequence: "2",
		ics.ComponentPropertyStatus: "CONFIRMED", ics.ComponentPropertyGeo: "60.188900;24.960200",
		ics.ComponentPropertyDtStart: "20261123T072000Z", ics.ComponentPropertyDtEnd: "20261123T074000Z", ics.ComponentPropertyDtstamp: "20261120T080000Z",
		ics.ComponentPropertyOrganizer: "mailto:office@example.org", ics.ComponentPropertyAttendee: "mailto:specimen+a@example.org",
	} {
		if got := ev.GetProperty(p); got == nil || got.Value != want {
			t.Errorf("%s: got %+v, want %q", p, got, want)
		}
	}
	if got := ev.GetProperty(ics.ComponentPropertyOrganizer).ICalParameters["CN"]; !cmp.Equal(got, []string{e.Organizer.Name}) {
		t.Errorf("organizer's name: got %q", got)
	}
	if got := ev.GetProperty(ics.ComponentPropertyAttendee).ICalParameters["CN"]; !cmp.Equal(got, []string{"Doe, 'J': X"}) {
		t.Errorf("attendee's name: got %q", got)
	}
	if got := len(ev.Alarms()); got != 1 {
		t.Errorf("got %d alarms, want 1", got)
	}
}

func TestHardNamesKeepTheirPlace(t *testing.T) {
	t.Parallel()
	plain := names(write(t, sample()))
	for name, s := range map[string]string{
		"ten thousand characters": strings.Repeat("Pitkänen ", 1111),
		"no spaces":               strings.Repeat("ž", 5000),
		"emoji":                   strings.Repeat("👩‍👩‍👧‍👦", 200),
		"right to left":           strings.Repeat("שלום עולם مرحبا ", 50),
		"angle brackets":          strings.Repeat("<b>a b</b>", 60),
		"commas and semicolons":   `a,b;c\,d\;e\n:"f"`,
		"leading spaces":          "   x   ",
	} {
		e := sample()
		e.Summary, e.Location, e.Description, e.Organizer.Name, e.Attendee.Name = s, s, s, s, s
		b := write(t, e)
		if d := cmp.Diff(plain, names(b)); d != "" {
			t.Errorf("%s: properties (-want +got):\n%s", name, d)
		}
		want := strings.TrimSpace(s)
		if name != "leading spaces" {
			want = strings.Join(strings.Fields(s), " ")
		}
		if got := parse(t, b).GetProperty(ics.ComponentPropertySummary).Value; got != want {
			t.Errorf("%s: got %.80q, want %.80q", name, got, want)
		}
	}
}

func TestNothingTypedAddsALine(t *testing.T) {
	t.Parallel()
	plain := names(write(t, sample()))
	for _, brk := range []string{"\r\n", "\n", "\r", "\x00", "\v", "\f", "\u0085", "\u2028", "\xff\r\n", "\r\r\n\n", "\r\n "} {
		s := "x" + brk + "ATTACH:http://evil.example" + brk + "END:VEVENT"
		e := sample()
		e.UID, e.Summary, e.Location, e.Description, e.Organizer.Name, e.Attendee.Name = s, s, s, s, s, s+`";X="y`
		if d := cmp.Diff(plain, names(write(t, e))); d != "" {
			t.Errorf("%q: properties (-want +got):\n%s", brk, d)
		}
	}
}

func TestSeveralLinesStayInTheDescriptionOnly(t *testing.T) {
	t.Parallel()
	e := sample()
	e.Description, e.Location = "one\r\ntwo\rthree\n", "one\r\ntwo"
	ev := parse(t, write(t, e))
	if got, want := ev.GetProperty(ics.ComponentPropertyDescription).Value, "one\ntwo\nthree"; got != want {
		t.Errorf("description: got %q, want %q", got, want)
	}
	if got, want := ev.GetProperty(ics.ComponentPropertyLocation).Value, "one two"; got != want {
		t.Errorf("location: got %q, want %q", got, want)
	}
}

func TestACancellationSaysSoAndRemindsNobody(t *testing.T) {
	t.Parallel()
	e := sample()
	e.Method = ical.Cancel
	b := write(t, e)
	got := strings.Join(lines(b), "\n")
	for _, want := range []string{"METHOD:CANCEL", "STATUS:CANCELLED", "ATTENDEE;"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "VALARM") {
		t.Error("a cancelled event has an alarm")
	}
}

func TestAPublishedEventNamesNobodyWhoAttends(t *testing.T) {
	t.Parallel()
	e := sample()
	e.Method = ""
	got := string(write(t, e))
	if strings.Contains(got, "ATTENDEE") || !strings.Contains(got, "METHOD:PUBLISH\r\n") {
		t.Errorf("got\n%s", got)
	}
	e.Organizer, e.Geo, e.URL, e.Location, e.Description, e.Alarm = ical.Party{}, nil, "", "", "", false
	want := []string{"BEGIN:VCALENDAR", "VERSION", "PRODID", "CALSCALE", "METHOD", "BEGIN:VEVENT", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY",
		"END:VEVENT", "END:VCALENDAR"}
	if d := cmp.Diff(want, names(write(t, e))); d != "" {
		t.Errorf("properties (-want +got):\n%s", d)
	}
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*ical.Event){
		"no uid":                 func(e *ical.Event) { e.UID = " \r\n" },
		"no summary":             func(e *ical.Event) { e.Summary = "\x00" },
		"no stamp":               func(e *ical.Event) { e.Stamp = time.Time{} },
		"ends when it starts":    func(e *ical.Event) { e.End = e.Start.Add(900 * time.Millisecond) },
		"year 10000":             func(e *ical.Event) { e.End = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"negative sequence":      func(e *ical.Event) { e.Sequence = -1 },
		"unknown method":         func(e *ical.Event) { e.Method = "REPLY\r\nX:y" },
		"unknown status":         func(e *ical.Event) { e.Status = "MAYBE" },
		"cancel, confirmed":      func(e *ical.Event) { e.Method, e.Status = ical.Cancel, ical.Confirmed },
		"script address":         func(e *ical.Event) { e.URL = "javascript:alert(1)" },
		"address with a break":   func(e *ical.Event) { e.URL = "https://a.example/\r\nX:y" },
		"relative address":       func(e *ical.Event) { e.URL = "/b" },
		"north of north":         func(e *ical.Event) { e.Geo.Lat = 90.1 },
		"request from nobody":    func(e *ical.Event) { e.Organizer = ical.Party{} },
		"request to nobody":      func(e *ical.Event) { e.Attendee.Email = "" },
		"email with a break":     func(e *ical.Event) { e.Attendee.Email = "a@b.example\r\nX:y" },
		"organizer not an email": func(e *ical.Event) { e.Organizer.Email = "office" },
	} {
		e := sample()
		spoil(&e)
		if b, err := ical.Bytes(e); err == nil {
			t.Errorf("%s: got\n%s\nwant an error", name, b)
		}
	}
}

func FuzzBytes(f *testing.F) {
	f.Add("uid", "sum\r\nmary", "loc", "desc\u2028x", "https://a.example/ä?b=ö", `na"me`, "a;b@example.org")
	f.Add("\x00", "👩‍👩‍👧‍👦", "\xff\xfe", strings.Repeat("a,", 80), "http://[::1]/", "^n", "ä@example.org")
	f.Fuzz(func(t *testing.T, uid, summary, location, description, url, name, email string) {
		e := sample()
		e.UID, e.Summary, e.Location, e.Description, e.URL, e.Organizer, e.Attendee = uid, summary, location, description, url,
			ical.Party{Name: name, Email: email}, ical.Party{Name: name, Email: email}
		b, err := ical.Bytes(e)
		if err != nil {
			return
		}
		checkWire(t, b)
		if got := strings.Count("\r\n"+strings.Join(lines(b), "\r\n"), "\r\nATTENDEE;"); got != 1 {
			t.Errorf("got %d attendees, want 1:\n%s", got, b)
		}
		if got, most := len(lines(b)), len(lines(mustBytes(t))); got > most {
			t.Errorf("got %d properties, want at most %d:\n%s", got, most, b)
		}
		parse(t, b)
	})
}

func mustBytes(t *testing.T) []byte {
	b, err := ical.Bytes(sample())
	if err != nil {
		t.Fatal(err)
	}
	return b
}
