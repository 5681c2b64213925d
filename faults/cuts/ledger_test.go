package cuts

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/domain/audit"
	"luukku/domain/notify"
	"luukku/store"
	"luukku/store/sqldb"
)

// kept is what a person knows of a booking that was acknowledged to them.
type kept struct {
	code, start string
	moves       int
	cancelled   bool
	refused     []answer // to what was asked for later, and not done
}

// ledger is what everybody was told in the end. Each booking is asked for under an email address of its own.
type ledger struct {
	mu       sync.Mutex
	yes      map[string]*kept // by email
	no       map[string]answer
	unknowns int
	wrong    []string // what was found to be wrong while it happened
	awaited  bool
	first    chan time.Time // of the first yes since await
}

func newLedger() *ledger {
	return &ledger{yes: map[string]*kept{}, no: map[string]answer{}, first: make(chan time.Time, 1)}
}

// told keeps what somebody was told of their booking: k, or nil and the answer that said no.
func (l *ledger) told(email string, k *kept, a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k == nil {
		l.no[email] = a
		return
	}
	l.yes[email] = k
}

// await has the next yes tell its time.
func (l *ledger) await() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaited = true
}

func (l *ledger) saidYes() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.awaited {
		l.awaited = false
		l.first <- time.Now()
	}
}

func (l *ledger) open(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unknowns += n
}

func (l *ledger) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
}

func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, k := range l.yes {
		n += 1 + k.moves
		if k.cancelled {
			n++
		}
	}
	return n
}

// stored is an appointment as the database has it, with what was written beside it.
type stored struct {
	id, email, unit, status string
	start, busyUntil        int64
	cells                   int
	notices, audits         map[string]int
}

// findings are what the ledger and the database do not agree about.
type findings struct {
	lost, doubles int
	sentences     []string
}

func (f *findings) say(format string, args ...any) {
	f.sentences = append(f.sentences, fmt.Sprintf(format, args...))
}

// report fails the test for each finding, the first twenty in words.
func (f *findings) report(t *testing.T) {
	t.Helper()
	for i, s := range f.sentences {
		if i == 20 {
			t.Errorf("and %d more", len(f.sentences)-i)
			return
		}
		t.Error(s)
	}
}

// compare holds the ledger against the database, which nobody writes to any more.
func (l *ledger) compare(t *testing.T, d *sqldb.DB) *findings {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &findings{sentences: slices.Clone(l.wrong)}
	rows := appointments(t, d)
	of := map[string][]*stored{}
	for _, s := range rows {
		of[s.email] = append(of[s.email], s)
	}
	for email, k := range l.yes {
		switch n := len(of[email]); {
		case n == 0:
			f.lost++
			f.say("lost: %s was told %s at %s, and there is no such appointment", email, k.code, k.start)
		default:
			k.agrees(f, of[email][0])
		}
	}
	for email, list := range of {
		if len(list) > 1 {
			f.doubles++
			f.say("double: %d appointments of one request, %s", len(list), email)
		}
		if l.yes[email] == nil {
			f.say("told no, and done: %s has appointment %s at %d, and got %s", email, list[0].id, list[0].start, l.no[email])
		}
	}
	overlaps(f, rows)
	broken, err := store.CheckInvariants(context.Background(), d.Reader())
	if err != nil {
		t.Fatal(err)
	}
	f.sentences = append(f.sentences, broken...)
	return f
}

// agrees holds one booking against what its person knows.
func (k *kept) agrees(f *findings, s *stored) {
	start, err := time.Parse(time.RFC3339, k.start)
	if err != nil || start.Unix() != s.start {
		f.lost++
		f.say("%s is at %d, and was told %s, and got %s", s.email, s.start, k.start, k.refused)
	}
	status, cells := "booked", int((s.busyUntil-s.start)/300)
	if k.cancelled {
		status, cells = "cancelled", 0
	}
	if s.status != status {
		f.lost++
		f.say("%s is %s, and was told %s, and got %s", s.email, s.status, status, k.refused)
	}
	if s.cells != cells {
		f.say("%s is %s and has %d cells, want %d", s.email, s.status, s.cells, cells)
	}
	cancels := 0
	if k.cancelled {
		cancels = 1
	}
	for what, n := range map[[2]string]int{
		{string(notify.AppointmentBooked), string(audit.AppointmentBooked)}:       1,
		{string(notify.AppointmentMoved), string(audit.AppointmentMoved)}:         k.moves,
		{string(notify.AppointmentCancelled), string(audit.AppointmentCancelled)}: cancels,
	} {
		if s.notices[what[0]] != n || s.audits[what[1]] != n {
			f.say("%s: %d notices and %d audit lines of %s, want %d each", s.email, s.notices[what[0]], s.audits[what[1]], what[0], n)
		}
	}
}

// overlaps finds two bookings at one counter at one time.
func overlaps(f *findings, rows []*stored) {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b *stored) int {
		if a.unit != b.unit {
			return compareText(a.unit, b.unit)
		}
		return int(a.start - b.start)
	})
	var last *stored
	for _, s := range rows {
		if s.status != "booked" {
			continue
		}
		if last != nil && last.unit == s.unit && s.start < last.busyUntil {
			f.doubles++
			f.say("double: %s and %s are both at %s at %d", last.id, s.id, s.unit, s.start)
		}
		last = s
	}
}

func compareText(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func appointments(t *testing.T, d *sqldb.DB) []*stored {
	t.Helper()
	var all []*stored
	byID := map[string]*stored{}
	query(t, d, "SELECT id, email, unit, status, start_at, busy_until FROM appointment WHERE org = 'town'", func(scan func(...any) error) error {
		s := &stored{notices: map[string]int{}, audits: map[string]int{}}
		all = append(all, s)
		err := scan(&s.id, &s.email, &s.unit, &s.status, &s.start, &s.busyUntil)
		byID[s.id] = s
		return err
	})
	count := func(text string, add func(s *stored, what string, n int)) {
		query(t, d, text, func(scan func(...any) error) error {
			var id, what string
			var n int
			err := scan(&id, &what, &n)
			if s := byID[id]; s != nil {
				add(s, what, n)
			}
			return err
		})
	}
	count("SELECT holder, '', count(*) FROM occupancy WHERE org = 'town' GROUP BY holder", func(s *stored, _ string, n int) { s.cells = n })
	count("SELECT appointment, event, count(*) FROM notice WHERE org = 'town' GROUP BY appointment, event", func(s *stored, e string, n int) { s.notices[e] = n })
	count("SELECT subject, action, count(*) FROM audit WHERE org = 'town' GROUP BY subject, action", func(s *stored, a string, n int) { s.audits[a] = n })
	return all
}

func query(t *testing.T, d *sqldb.DB, text string, row func(scan func(...any) error) error) {
	t.Helper()
	rows, err := d.Reader().QueryContext(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// quiet waits until no mail is waiting to be sent, or for so long, and returns the notices by their state. A mail that came twice is a finding, and so is one
// that waits without a task that will send it.
func quiet(t *testing.T, d *sqldb.DB, mail *postOffice, within time.Duration) map[string]int {
	t.Helper()
	states := map[string]int{}
	for end := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		clear(states)
		query(t, d, "SELECT state, count(*) FROM notice GROUP BY state", func(scan func(...any) error) error {
			var state string
			var n int
			err := scan(&state, &n)
			states[state] = n
			return err
		})
		if states[string(notify.StateWaiting)] == 0 || time.Now().After(end) {
			break
		}
	}
	const forgotten = `SELECT n.id FROM notice n WHERE n.state = 'waiting'
		AND NOT EXISTS (SELECT 1 FROM task k WHERE k.uniq = n.id AND k.kind = 'notice.send' AND k.dead_at IS NULL)`
	query(t, d, forgotten, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		t.Errorf("notice %s is waiting, and no task will send it", id)
		return err
	})
	for id, n := range mail.mails() {
		if n > 1 {
			t.Errorf("the mail of notice %s came %d times; its tries: %s", id, n, tries(t, d, id))
		}
	}
	return states
}

// tries are the outcomes of a notice's tries in their order, each with its microsecond.
func tries(t *testing.T, d *sqldb.DB, id string) string {
	t.Helper()
	var all []string
	query(t, d, "SELECT at_us, outcome FROM delivery WHERE notice = '"+id+"' ORDER BY at_us", func(scan func(...any) error) error {
		var at int64
		var outcome string
		err := scan(&at, &outcome)
		all = append(all, fmt.Sprintf("%s %s", time.UnixMicro(at).UTC().Format("05.000000"), outcome))
		return err
	})
	return strings.Join(all, ", ")
}

// openDirect opens a database beside the server, past every proxy, to look at it.
func openDirect(t *testing.T, dsn string) *sqldb.DB {
	t.Helper()
	d, err := sqldb.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}
