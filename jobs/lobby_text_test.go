package jobs

import (
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/domain/queue"
)

// Every text about a ticket is one part, in each language, with and without the letters that cost more, whatever the office, its counters and its numbers are
// called: the name of whoever sends it goes first, then that of the counter, and never the number.
func TestLobbyTextsFitInOnePart(t *testing.T) {
	t.Parallel()
	texts := i18n.MustLoad()
	long := strings.Repeat("Žluťoučký kůň ", 12)
	names := []string{"", "Vuorela", "Vuorelan kaupungin asiakaspalvelukeskus", long}
	for _, l := range i18n.Languages() {
		for _, marks := range []bool{false, true} {
			for _, name := range names {
				for _, counter := range names {
					for _, told := range []struct {
						telling queue.Telling
						ahead   int
					}{{queue.TellNear, 2}, {queue.TellNear, 1}, {queue.TellNear, 0}, {queue.TellCalled, -1}} {
						d := queue.DueText{Ticket: queue.Ticket{Prefix: "WWW", Number: 9999, Lang: l.Code}, Telling: told.telling, Ahead: told.ahead, Marks: marks, Counter: i18n.Text{l.Code: counter}}
						got := lobbyText(texts, &catalog.Config{Org: org.Organisation{Name: i18n.Text{l.Code: name}}}, d)
						size := notify.SizeOf(got)
						if size.Parts != 1 || !marks && size.Alphabet != notify.GSM7 {
							t.Errorf("%s, %s, marks %t: %d parts, %d units: %q", l.Code, told.telling, marks, size.Parts, size.Units, got)
						}
						if !strings.Contains(got, d.Ticket.Name()) {
							t.Errorf("%s, %s: the number is not in %q", l.Code, told.telling, got)
						}
						if name == "Vuorela" && counter == "" && !strings.HasPrefix(got, name) {
							t.Errorf("%s, %s, marks %t: there is room for who sends it: %q", l.Code, told.telling, marks, got)
						}
					}
				}
			}
		}
	}
}
