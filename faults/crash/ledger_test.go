package crash

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	"luukku/faults/report"
	"luukku/store"
	"luukku/store/sqldb"
)

// entry is what was last acknowledged of an appointment.
type entry struct {
	unit       string
	start      int64
	busyUntil  int64
	sequence   int64
	status     string
	open       bool // a change of it was asked for and not answered
	ownChanges int  // what was acknowledged of it: the booking, its moves, its cancelling
}

// held is what was acknowledged of a hold.
type held struct {
	draft string
	until int64
	open  bool // it is being made a booking
}

// ledger is everything that was acknowledged on one database, as the clients know it.
type ledger struct {
	appointments map[string]entry
	holds        map[string]held
	answers      map[string]answered // by their form keys
	texts        map[string]bool     // that came in; true for those that are in a conversation
	post         letters
	acknowledged int
	unavailable  int
	errors       []string
	cut          bool // the disk is gone; what clients are told besides answers does not count any more
	oddities     int  // what they were told then

	lost, torn, doubles, contradictions int
}

func newLedger() *ledger {
	return &ledger{appointments: map[string]entry{}, holds: map[string]held{}, answers: map[string]answered{}, texts: map[string]bool{}, post: letters{printed: map[string]string{}, batches: map[string]bool{}}}
}

// note writes down a line of the child; a line that was cut off by its end says nothing.
func (l *ledger) note(line string) {
	var id, draft string
	var e entry
	var h held
	switch {
	case l.noteLetters(line):
	case scan(line, "appointment %s %s %d %d %d %s", &id, &e.unit, &e.start, &e.busyUntil, &e.sequence, &e.status):
		e.ownChanges = l.appointments[id].ownChanges + 1
		l.appointments[id] = e
		l.acknowledged++
	case scan(line, "hold %s %s %d", &id, &draft, &h.until):
		h.draft = draft
		l.holds[id] = h
		l.acknowledged++
	case scan(line, "stake %s", &id):
		if e, ok := l.appointments[id]; ok {
			e.open = true
			l.appointments[id] = e
		}
		if h, ok := l.holds[id]; ok {
			h.open = true
			l.holds[id] = h
		}
	case scan(line, "texted %s", &id):
		if _, known := l.texts[id]; !known {
			l.texts[id] = false
		}
		l.acknowledged++
	case scan(line, "taken %s", &id):
		l.texts[id] = true
	case scan(line, "answering %s %s", &id, &draft):
		l.answers[id] = answered{item: draft}
	case scan(line, "answered %s", &id):
		l.answers[id] = answered{l.answers[id].item, true}
		l.acknowledged++
	case scan(line, "unavailable %s", &id):
		l.unavailable++
	case len(line) > 6 && line[:6] == "error " && l.cut:
		l.oddities++
	case len(line) > 6 && line[:6] == "error ":
		l.errors = append(l.errors, line[6:])
	}
}

func scan(line, format string, into ...any) bool {
	n, err := fmt.Sscanf(line, format, into...)
	return err == nil && n == len(into)
}

// found is what the database has of an appointment.
type found struct {
	entry
	cells, people, notices, tasks int64
}

const appointmentsOnDisk = `SELECT a.id, a.unit, a.start_at, a.busy_until, a.sequence, a.status,
(SELECT count(*) FROM occupancy o WHERE o.org = a.org AND o.unit = a.unit AND o.holder = a.id AND o.cell >= a.start_at / 300 AND o.cell < a.busy_until / 300),
(SELECT count(*) FROM person p WHERE p.person = a.person),
(SELECT count(*) FROM notice n WHERE n.org = a.org AND n.appointment = a.id)
FROM appointment a WHERE a.org = $1`

const tasksOnDisk = `SELECT n.appointment, count(*) FROM task t, notice n WHERE n.org = $1 AND n.id = t.uniq AND t.kind = 'notice.send' GROUP BY n.appointment`

const holdsOnDisk = `SELECT h.id, h.expires_at, (h.busy_until - h.start_at) / 300 -
(SELECT count(*) FROM occupancy o WHERE o.org = h.org AND o.unit = h.unit AND o.holder = h.id AND o.cell >= h.start_at / 300 AND o.cell < h.busy_until / 300)
FROM hold h WHERE h.org = $1`

const draftsOnDisk = `SELECT id FROM draft WHERE org = $1`

// check holds the ledger against what is on disk after the end. What was asked for and not answered may have been done or not, and counts from now on as
// it is found.
func (l *ledger) check(ctx context.Context, t *testing.T, read sqldb.DBTX) {
	t.Helper()
	l.appointmentsAre(ctx, t, read)
	l.holdsAre(ctx, t, read)
	contradictions, err := store.CheckInvariants(ctx, read)
	if err != nil {
		t.Fatalf("check invariants: %v", err)
	}
	for _, c := range contradictions {
		t.Errorf("contradiction: %s", c)
	}
	l.contradictions += len(contradictions)
}

func (l *ledger) appointmentsAre(ctx context.Context, t *testing.T, read sqldb.DBTX) {
	t.Helper()
	disk := map[string]found{}
	rows(ctx, t, read, appointmentsOnDisk, func(scan func(...any) error) error {
		var id string
		var f found
		err := scan(&id, &f.unit, &f.start, &f.busyUntil, &f.sequence, &f.status, &f.cells, &f.people, &f.notices)
		disk[id] = f
		return err
	})
	rows(ctx, t, read, tasksOnDisk, func(scan func(...any) error) error {
		var id string
		var n int64
		err := scan(&id, &n)
		f := disk[id]
		f.tasks = n
		disk[id] = f
		return err
	})
	taken := map[string]string{} // unit and cell -> appointment, of what was acknowledged
	for id, e := range l.appointments {
		f, there := disk[id]
		switch {
		case !there:
			l.lost++
			complain(t, l.lost, "appointment %s was acknowledged and is not there", id)
			delete(l.appointments, id)
			continue
		case !e.kept(f.entry):
			l.lost++
			complain(t, l.lost, "appointment %s was acknowledged as %+v and is there as %+v", id, e, f.entry)
		case !f.whole(e):
			l.torn++
			complain(t, l.torn, "appointment %s is not whole: %+v", id, f)
		}
		f.entry.ownChanges, f.entry.open = e.ownChanges, false
		l.appointments[id] = f.entry
		if f.status != "booked" {
			continue
		}
		for cell := f.start / 300; cell < f.busyUntil/300; cell++ {
			key := fmt.Sprintf("%s %d", f.unit, cell)
			if other, double := taken[key]; double {
				l.doubles++
				complain(t, l.doubles, "appointments %s and %s both have cell %s", id, other, key)
			}
			taken[key] = id
		}
	}
}

// kept says whether what is on disk is what was acknowledged, or, where an answer is outstanding, what comes after it.
func (e entry) kept(f entry) bool {
	e.ownChanges = 0
	open := e.open
	e.open = false
	return f == e || open && f.sequence == e.sequence+1
}

// whole says whether everything that goes with an appointment is there.
func (f found) whole(e entry) bool {
	cells := (f.busyUntil - f.start) / 300
	if f.status != "booked" {
		cells = 0
	}
	return f.cells == cells && f.people == 1 && f.notices >= int64(e.ownChanges) && f.tasks == f.notices
}

func (l *ledger) holdsAre(ctx context.Context, t *testing.T, read sqldb.DBTX) {
	t.Helper()
	type row struct{ until, missing int64 }
	disk, drafts := map[string]row{}, map[string]bool{}
	rows(ctx, t, read, holdsOnDisk, func(scan func(...any) error) error {
		var id string
		var r row
		err := scan(&id, &r.until, &r.missing)
		disk[id] = r
		return err
	})
	rows(ctx, t, read, draftsOnDisk, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		drafts[id] = true
		return err
	})
	for _, id := range slices.Sorted(maps.Keys(l.holds)) {
		h := l.holds[id]
		r, there := disk[id]
		switch {
		case !drafts[h.draft]:
			l.lost++
			complain(t, l.lost, "draft %s was acknowledged and is not there", h.draft)
		case !there && !h.open, there && r.until != h.until:
			l.lost++
			complain(t, l.lost, "hold %s was acknowledged and is not there", id)
		case there && r.missing != 0:
			l.torn++
			complain(t, l.torn, "hold %s lacks %d of its cells", id, r.missing)
		}
		if !there {
			delete(l.holds, id)
		}
	}
}

// complain fails the test; the first findings are shown, the rest is counted.
func complain(t *testing.T, n int, format string, args ...any) {
	t.Helper()
	if n <= 5 {
		t.Errorf(format, args...)
	} else {
		t.Fail()
	}
}

func rows(ctx context.Context, t *testing.T, read sqldb.DBTX, query string, each func(scan func(...any) error) error) {
	t.Helper()
	rs, err := read.QueryContext(ctx, query, town)
	if err != nil {
		t.Fatalf("read what is on disk: %v", err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := each(rs.Scan); err != nil {
			t.Fatalf("read what is on disk: %v", err)
		}
	}
	if err := rs.Err(); err != nil {
		t.Fatalf("read what is on disk: %v", err)
	}
}

// tally adds up the ledgers of a harness.
type tally struct{ runs, acknowledged, lost, torn, doubles, contradictions int }

// add adds a ledger that is done with. What its clients were told besides refusals fails the test.
func (s *tally) add(t *testing.T, l *ledger) {
	t.Helper()
	for i, e := range l.errors {
		complain(t, i+1, "a client was told: %s", e)
	}
	s.acknowledged += l.acknowledged
	s.lost += l.lost
	s.torn += l.torn
	s.doubles += l.doubles
	s.contradictions += l.contradictions
}

func (s *tally) report(t *testing.T, name string, more ...report.Count) {
	t.Helper()
	report.Line(t, name, append([]report.Count{
		report.Of(s.runs, "runs"), report.Of(s.acknowledged, "acknowledged"), report.Of(s.lost, "lost"), report.Of(s.doubles, "doubles"),
		report.Of(s.torn, "torn"), report.Of(s.contradictions, "contradictions"),
	}, more...)...)
}
