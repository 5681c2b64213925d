package mailbox

import (
	"testing"
	"time"

	"luukku/domain/org"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A letter is there until the last second of a local day, whatever the clocks do in between; what is attached to it has a day of its own only where that comes first.
func TestALetterIsKeptToTheEndOfADay(t *testing.T) {
	t.Parallel()
	helsinki := zoneOf(t, "Europe/Helsinki")
	at := func(s string) int64 {
		if s == "" {
			return 0
		}
		v, err := time.ParseInLocation("2006-01-02 15:04:05", s, helsinki)
		if err != nil {
			t.Fatal(err)
		}
		return v.Unix()
	}
	for _, c := range []struct {
		published            string
		letters, attachments org.Keep
		letter, files        string
	}{
		{"2026-11-20 00:00:00", "60d", "", "2027-01-20 00:00:00", ""},
		{"2026-11-20 23:59:59", "60d", "", "2027-01-20 00:00:00", ""},
		{"2026-11-21 00:00:00", "60d", "", "2027-01-21 00:00:00", ""},
		{"2027-01-28 12:00:00", "60d", "", "2027-03-30 00:00:00", ""}, // over the day of 23 hours
		{"2026-08-27 12:00:00", "60d", "", "2026-10-27 00:00:00", ""}, // over the one of 25
		{"2027-01-26 12:00:00", "60d", "", "2027-03-28 00:00:00", ""}, // up to it
		{"2027-01-27 12:00:00", "60d", "", "2027-03-29 00:00:00", ""}, // including it
		{"2026-11-20 12:00:00", "", "5y", "", "2031-11-21 00:00:00"},
		{"2028-02-29 12:00:00", "5y", "1y", "2033-03-02 00:00:00", "2029-03-02 00:00:00"},
		{"2026-11-20 12:00:00", "3y", "3y", "2029-11-21 00:00:00", ""}, // together
		{"2026-11-20 12:00:00", "1y", "5y", "2027-11-21 00:00:00", ""}, // and never longer
		{"2026-11-20 12:00:00", "", "", "", ""},
	} {
		letter, files := KeptUntil(org.Retention{Letters: c.letters, Attachments: c.attachments}, at(c.published), helsinki)
		if letter != at(c.letter) || files != at(c.files) {
			t.Errorf("%s, %q, %q: got %d and %d, want %s and %s", c.published, c.letters, c.attachments, letter, files, c.letter, c.files)
		}
		if letter > 0 && LastDayKept(letter, helsinki).Add(1) != org.DateOf(time.Unix(letter, 0).In(helsinki)) {
			t.Errorf("%s: its last day is %s", c.published, LastDayKept(letter, helsinki))
		}
	}
}

// Who is told has thirty whole days after that one, also when they are told late, and over a change of the clocks.
func TestNobodyLosesALetterBeforeThirtyDaysAfterTheyWereTold(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Helsinki", "Europe/Prague"} {
		zone := zoneOf(t, name)
		moment := func(month time.Month, day, hour, second int) int64 {
			return time.Date(2027, month, day, hour, 0, second, 0, zone).Unix()
		}
		for _, c := range []struct {
			what              string
			deleteAt, told, w int64
		}{
			{"in time, over the day of 23 hours", moment(4, 15, 0, 0), moment(3, 15, 9, 0), moment(4, 15, 0, 0)},
			{"in the last second of that day", moment(4, 15, 0, 0), moment(3, 16, 0, -1), moment(4, 15, 0, 0)},
			{"a second later: a day more", moment(4, 15, 0, 0), moment(3, 16, 0, 0), moment(4, 16, 0, 0)},
			{"over the day of 25 hours", moment(11, 5, 0, 0), moment(10, 5, 9, 0), moment(11, 5, 0, 0)},
			{"after its time", moment(4, 15, 0, 0), moment(6, 1, 12, 0), moment(7, 2, 0, 0)},
		} {
			if got := LapsesFrom(c.deleteAt, c.told, zone); got != c.w {
				t.Errorf("%s, %s: got %s, want %s", name, c.what, time.Unix(got, 0).In(zone), time.Unix(c.w, 0).In(zone))
			}
		}
		for _, deleteAt := range []int64{moment(4, 15, 0, 0), moment(11, 5, 0, 0), moment(1, 1, 0, 0)} {
			told := LapseNoticeAt(deleteAt, zone)
			if got := LapsesFrom(deleteAt, told, zone); got != deleteAt {
				t.Errorf("%s: told at %s it goes at %s, want %s", name, time.Unix(told, 0).In(zone), time.Unix(got, 0).In(zone), time.Unix(deleteAt, 0).In(zone))
			}
			if h := time.Unix(told, 0).In(zone).Hour(); h != lapseHour {
				t.Errorf("%s: told at %d o'clock", name, h)
			}
		}
	}
}

// The class that the sender named goes before that of the kind, and both before what the country's own mailbox does.
func TestTheClassOfALetter(t *testing.T) {
	t.Parallel()
	o := org.Organisation{Country: "FI", Retention: []org.Retention{{ID: "decisions", Kinds: []string{"decision"}, Letters: "10y"}, {ID: "short", Letters: "90d"}}}
	for _, c := range []struct {
		country string
		kind    Kind
		named   string
		want    org.Retention
	}{
		{"FI", Decision, "", o.Retention[0]}, {"FI", Decision, "short", o.Retention[1]}, {"FI", Notice, "", defaultRetention["FI"]}, {"CZ", Message, "", defaultRetention["CZ"]},
		{"SE", Message, "", org.Retention{}},
	} {
		o.Country = c.country
		if got := RetentionOf(o, c.kind, c.named); got.ID != c.want.ID || got.Letters != c.want.Letters || got.Attachments != c.want.Attachments {
			t.Errorf("%s %s %q: got %+v, want %+v", c.country, c.kind, c.named, got, c.want)
		}
	}
	for _, r := range defaultRetention {
		if r.Source == "" || r.Letters.Check() != nil || r.Attachments.Check() != nil {
			t.Errorf("a default without a source, or that is no time: %+v", r)
		}
	}
}

func TestAListThatNobodySentIsDeletedAfterItsLastSecond(t *testing.T) {
	t.Parallel()
	if got := MailingGoneAt(1_000_000); got != 1_000_000+14*24*60*60+1 {
		t.Errorf("got %d, want the second after fourteen days", got)
	}
}
