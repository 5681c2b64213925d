package booking

import (
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

func TestTimeIsSetAsideWhileItCanBeConfirmed(t *testing.T) {
	t.Parallel()
	// Two weeks before nine o'clock on 2 November are eight o'clock of the clock of 19 October: summer time ends between them, and periods are seconds.
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, helsinki)
	p := catalog.Policy{PreLapse: 14 * 24 * time.Hour}
	last := time.Unix(ProposedUntil(p, start.Unix()), 0).In(helsinki)
	if got := last.Format(time.DateTime); got != "2026-10-19 10:00:00" {
		t.Errorf("it lapses after %s, want fourteen times 24 hours before", got)
	}
	for offset, want := range map[time.Duration]string{-time.Second: "", 0: "propose.too_close", time.Second: "propose.too_close"} {
		if got := key(CheckProposal(p, start.Unix(), last.Add(offset).Unix())); got != want {
			t.Errorf("set aside %v from the last second: got %q, want %q", offset, got, want)
		}
	}
	a := Appointment{Status: Proposed, Start: start.Unix(), ExpiresAt: last.Unix()}
	for offset, want := range map[time.Duration]Status{-time.Second: Proposed, 0: Proposed, time.Second: Lapsed} {
		if got := a.StatusAt(last.Add(offset).Unix()); got != want {
			t.Errorf("%v from the last second: got %s, want %s", offset, got, want)
		}
	}
}

func TestUndoForFiveMinutesToTheSecond(t *testing.T) {
	t.Parallel()
	const done = 1_795_780_800
	for offset, want := range map[int64]string{0: "", 299: "", 300: "", 301: "desk.undo_late"} {
		if got := key(CheckUndo(done, done+offset)); got != want {
			t.Errorf("after %d seconds: got %q, want %q", offset, got, want)
		}
	}
}

func TestNamesAreFoundByTheBeginningOfEachWord(t *testing.T) {
	t.Parallel()
	first, last := NameKeys("Ässä  Maria Meikäläinen")
	if first != "assa maria meikalainen" || last != "meikalainen assa maria" {
		t.Errorf("got %q and %q", first, last)
	}
	for typed, want := range map[string]bool{
		"meik": true, "MEIKÄ": true, "ass": true, "meikäläinen ässä": true, "mar meik": true, "maija": false, "eik": false, "": true,
	} {
		if got := named("Ässä Maria Meikäläinen", typed); got != want {
			t.Errorf("%q: got %v, want %v", typed, got, want)
		}
	}
	if first, last = NameKeys("--- 李"); first != "李" || last != "李" {
		t.Errorf("got %q and %q, want what of a name is a word", first, last)
	}
}

func TestProtectedAreSeenThroughTheBrokenGlassAlone(t *testing.T) {
	t.Parallel()
	clerk := actor.Actor{Kind: actor.KindStaff, Staff: "s"}
	broken := clerk
	broken.Glass = []ids.Person{"p"}
	for name, c := range map[string]struct {
		who       actor.Actor
		protected bool
		want      bool
	}{
		"not protected": {clerk, false, true}, "protected": {clerk, true, false}, "through the glass": {broken, true, true},
		"a program": {actor.Actor{Kind: actor.KindClient, Scopes: []actor.Right{actor.BookingDesk}}, true, false}, "the person": {actor.Actor{Kind: actor.KindCitizen}, true, true},
	} {
		if got := meets(c.who, "p", c.protected); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	s := &Service{}
	rows := []DeskRow{{Listed: Listed{ID: "0123456789", Service: "passport", Unit: "u", Start: 5}, Name: "Maija", Email: "m@example.org", Phone: "+358", Account: "p", Protected: true}}
	if err := s.openRows(clerk, rows); err != nil {
		t.Fatal(err)
	}
	if r := rows[0]; !r.Hidden || r.Name+r.Email+r.Phone+r.Note+r.Code+string(r.ID)+string(r.Account)+string(r.Service) != "" || r.Start != 5 {
		t.Errorf("got %+v, want a time that is taken and nothing else", r)
	}
}

func importConfig(t *testing.T) *catalog.Config {
	t.Helper()
	hours, err := org.ParseWeekly("mon-fri 08:00-16:00")
	if err != nil {
		t.Fatal(err)
	}
	c := &catalog.Config{
		Version: 1, Installation: org.Installation{PhoneCountries: []string{"FI"}, Languages: []i18n.Lang{"fi"}, Default: "fi"},
		Org:      org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi"}, Name: i18n.Text{"fi": "Kunta"}},
		Offices:  []org.Office{{ID: "hall", Name: i18n.Text{"fi": "Talo"}, Hours: []org.Weekly{hours}, Units: []org.Unit{{ID: "one", Name: i18n.Text{"fi": "Tiski 1"}}}}},
		Services: []catalog.Service{{ID: "visit", Name: i18n.Text{"fi": "Käynti"}}, {ID: "other", Name: i18n.Text{"fi": "Muu"}}},
		Offers:   []catalog.Offer{{Service: "visit", Office: "hall"}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestImportNamesEachFaultByItsLine(t *testing.T) {
	t.Parallel()
	c := importConfig(t)
	for text, want := range map[string]string{
		"": "import.empty", "office,service,start,name\n": "import.empty", "office,service,name\na,b,c\n": "import.no_column", "office\xff": "import.not_text",
		"office,service,start,name\n" + strings.Repeat("hall,visit,2026-12-01 09:00,Maija\n", MostLines+1): "import.too_long",
	} {
		if _, err := ParseImport(c, text); key(err) != want {
			t.Errorf("%.40q: got %q, want %q", text, key(err), want)
		}
	}
	in, err := ParseImport(c, "\ufeffStart;Service;OFFICE;name;email;unit;phone\r\n"+
		"2026-12-01 09:00;visit;hall;Maija;;;\r\n"+ // 2
		"1.12.2026 9.30;visit;hall;Maija;maija@example.org;Tiski 1;040 123 4567\r\n"+ // 3
		"2026-12-01 09:00;visit;hull;Maija;;;\r\n"+ // 4
		"2026-12-01 09:00;vist;hall;Maija;;;\r\n"+ // 5
		"2026-12-01 09:00;other;hall;Maija;;;\r\n"+ // 6
		"2026-02-30 09:00;visit;hall;Maija;;;\r\n"+ // 7
		"2027-03-28 03:30;visit;hall;Maija;;;\r\n"+ // 8: the clocks skip it
		"2026-12-01 09:00;visit;hall;Maija;;two;\r\n"+ // 9
		"2026-12-01 09:00;visit;hall;;no address;;12\r\n"+ // 10
		"\r\n"+
		"2026-12-01 09:00;visit;hall\r\n") // 12: no name
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range in.Lines {
		got = append(got, strings.TrimSpace(strings.Join([]string{string(rune('0' + l.Line)), key(l.Fault)}, " ")))
	}
	want := []string{
		"2", "3", "4 import.office", "5 import.service", "6 import.not_offered", "7 import.start", "8 import.start", "9 import.unit", ": form.invalid", "< form.invalid",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if r := in.Lines[1].Request; r.Unit != "one" || r.Details.Phone != "+358401234567" || r.Start != time.Date(2026, 12, 1, 9, 30, 0, 0, helsinki).Unix() {
		t.Errorf("got %+v", r)
	}
	if in.Lines[0].Request.Key == in.Lines[1].Request.Key || len(in.Lines[0].Request.Key) < 8 {
		t.Error("different lines have one key")
	}
}

func FuzzParseImport(f *testing.F) {
	for _, s := range []string{"office,service,start,name\nhall,visit,2026-12-01 09:00,Maija\n", "office;service;start;name\n\"hall;visit\n;;;\"\"\"", "a\x00,\"", "\ufeff"} {
		f.Add(s)
	}
	c := &catalog.Config{Org: org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi"}}}
	if err := c.Prepare(); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		in, err := ParseImport(c, text)
		if err == nil && len(in.Lines) == 0 {
			t.Error("a file without lines is no fault")
		}
	})
}
