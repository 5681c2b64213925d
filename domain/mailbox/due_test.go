package mailbox

import (
	"testing"

	"luukku/base/fault"
)

func TestALetterIsOverdueInTheSecondAfterItsLast(t *testing.T) {
	t.Parallel()
	const by = 1_000_000
	l := Letter{Mode: Verifiable, Channel: Electronic, ConfirmBy: by, ExpiresAt: by}
	for now, want := range map[int64]bool{by - 1: false, by: false, by + 1: true} {
		if got := Overdue(l, Standing{}, now); got != want {
			t.Errorf("%d s after the last second: got %t, want %t", now-by, got, want)
		}
		if got := HasExpired(l, now); got != want {
			t.Errorf("expired %d s after the last second: got %t, want %t", now-by, got, want)
		}
	}
	for what, is := range map[string]struct {
		l Letter
		s Standing
	}{
		"confirmed": {l, Standing{Confirmed: by}}, "recalled": {l, Standing{Recalled: by}}, "without an end": {Letter{Mode: Verifiable, Channel: Electronic}, Standing{}},
		"ordinary": {Letter{Mode: Ordinary, Channel: Electronic, ConfirmBy: by}, Standing{}}, "on paper": {Letter{Mode: Verifiable, Channel: Paper, ConfirmBy: by}, Standing{}},
		"inward": {Letter{Mode: Verifiable, Channel: Electronic, ConfirmBy: by, Inward: true}, Standing{}},
	} {
		if Overdue(is.l, is.s, by+1) {
			t.Errorf("a letter is overdue that is %s", what)
		}
	}
	if got := PurgeAt(by); got != by+60*24*60*60+1 {
		t.Errorf("purged at %d, want the second after sixty days", got)
	}
}

func TestWhatAPrinterMaySay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s    Standing
		what What
		done bool
		key  string
	}{
		{Standing{}, Printed, false, ""}, {Standing{Printed: 1}, Printed, true, ""},
		{Standing{}, Posted, false, ""}, // the word that it was printed may come late
		{Standing{Posted: 1}, Printed, false, ""}, {Standing{Posted: 1}, Returned, false, ""}, {Standing{Printed: 1}, Returned, false, "letter.not_posted"},
		{Standing{Recalled: 1}, Printed, false, "letter.recalled_already"}, {Standing{Posted: 1, Returned: 1}, Returned, true, ""},
	} {
		done, err := MayPaper(c.s, c.what)
		if done != c.done || (c.key == "") != (err == nil) || c.key != "" && !fault.IsKey(err, c.key) {
			t.Errorf("%s of %+v: got %t, %v, want %t, %q", c.what, c.s, done, err, c.done, c.key)
		}
	}
}

func TestAnAddressHasANameAndLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		post []string
		ok   bool
	}{
		{nil, true}, {[]string{"Name", "Street 1"}, true}, {[]string{"Name"}, false}, {[]string{"Name", " "}, false}, {[]string{"Name", "a\tb"}, false},
		{[]string{"1", "2", "3", "4", "5", "6", "7"}, true}, {[]string{"1", "2", "3", "4", "5", "6", "7", "8"}, false},
	} {
		err := Content{Subject: "Subject", Body: "Body", Post: c.post}.check()
		if (err == nil) != c.ok || err != nil && fault.Of(err).Fields[0].Name != "post" {
			t.Errorf("%q: got %v, want it right: %t", c.post, err, c.ok)
		}
	}
}
