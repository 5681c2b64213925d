package model

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/faults/report"
	"luukku/store/sqldb"
)

// A hold of Ann's is good up to and including the second T. What can happen around it: she confirms, asks for more time, cancels what she confirmed; Bob
// picks the same time, and confirms what he picked, or books it without a hold when he has none; Cid moves his appointment onto it; what has run out is
// swept away. Every order of six of these, at every second from T-1 to T+1, must come out as a model says that knows one time and who has it: in what
// each is told, in the appointments, in the taken cells, in the mails and in the audit.

// event is something that happens.
type event int

const (
	annConfirms event = iota
	annProlongs
	annCancels
	bobPicks
	bobConfirms
	cidMoves
	sweeps
	events
)

func (e event) String() string {
	return [...]string{"Ann confirms", "Ann asks for more time", "Ann cancels", "Bob picks", "Bob confirms", "Cid moves", "a sweep"}[e]
}

// step is an event with when it happens, in seconds after T.
type step struct {
	event event
	at    int64
}

type script []step

func (s script) String() string {
	var words []string
	for _, x := range s {
		words = append(words, fmt.Sprintf("%s at T%+d", x.event, x.at))
	}
	return strings.Join(words, ", ")
}

// scripts are all orders of n different events, each with all ways to spread them over the three seconds.
func scripts(n int) iter.Seq[script] {
	return func(yield func(script) bool) {
		var extend func(s script, used uint) bool
		extend = func(s script, used uint) bool {
			if len(s) == n {
				return yield(slices.Clone(s))
			}
			first := int64(-1)
			if len(s) > 0 {
				first = s[len(s)-1].at
			}
			for e := range events {
				for at := first; at <= 1 && used&(1<<e) == 0; at++ {
					if !extend(append(s, step{e, at}), used|1<<e) {
						return false
					}
				}
			}
			return true
		}
		extend(nil, 0)
	}
}

// The names of who has a time.
const (
	ann = "ann"
	bob = "bob"
	cid = "cid"
)

// holdFor is the hold of the harness, in seconds.
const holdFor = 60

// expected is the model: one time, who has it, and what was written of it.
type expected struct {
	owner   string // of the time; "" when nobody has it
	until   int64  // the last second of the owner's hold, relative to T; booked when never
	annHold int64  // the last second of Ann's hold, whoever has the time since; gone when confirmed
	holding bool   // whether Ann still has that hold's record
	annDone bool   // whether Ann's draft has become an appointment
	bobHas  bool   // whether Bob has a draft
	booked  map[string]string
	mails   []string
	audit   []string
}

const forGood = int64(1) << 40

func newExpected() *expected {
	return &expected{
		owner: ann, until: 0, holding: true, booked: map[string]string{cid: "elsewhere"},
		mails: []string{"cid booked"}, audit: []string{"cid booked", "hold taken"},
	}
}

// open says whether who can have the time.
func (m *expected) open(who string, now int64) bool {
	return m.owner == "" || now > m.until || m.owner == who && m.until != forGood
}

// take gives the time to somebody for good, or says that it is taken.
func (m *expected) take(who, what string, now int64) string {
	if !m.open(who, now) {
		return "booking.taken"
	}
	m.owner, m.until = who, forGood
	m.booked[who] = "here"
	m.mails = append(m.mails, who+" "+what)
	m.audit = append(m.audit, who+" "+what)
	return ""
}

func (m *expected) hold(who string, now int64) string {
	if !m.open(who, now) {
		return "booking.taken"
	}
	m.owner, m.until = who, now+holdFor
	m.audit = append(m.audit, "hold taken")
	return ""
}

// does plays an event and returns the key of the fault that it ends with, "" for none.
func (m *expected) does(e event, now int64) string {
	switch e {
	case annConfirms:
		key := m.take(ann, "booked", now)
		if key == "" {
			m.holding, m.annDone = false, true
		}
		return key
	case annProlongs:
		if m.holding && now <= m.annHold {
			m.annHold, m.until = now+holdFor, now+holdFor
			return ""
		}
		key := m.hold(ann, now)
		if key == "" {
			m.annHold, m.holding = now+holdFor, true
		}
		return key
	case annCancels:
		if m.booked[ann] != "here" {
			return ""
		}
		m.owner = ""
		m.booked[ann] = "cancelled"
		m.mails = append(m.mails, "ann cancelled")
		m.audit = append(m.audit, "ann cancelled")
		return ""
	case bobPicks:
		key := m.hold(bob, now)
		m.bobHas = key == ""
		return key
	case bobConfirms:
		return m.take(bob, "booked", now)
	case cidMoves:
		return m.take(cid, "moved", now)
	}
	return ""
}

// state is what is to be seen of the model.
func (m *expected) state(now int64) string {
	owner := m.owner
	if now > m.until {
		owner = "" // a hold that has run out
	}
	elsewhere := ""
	if m.booked[cid] == "elsewhere" {
		elsewhere = cid
	}
	return render(owner, elsewhere, m.booked, m.mails, m.audit)
}

func render(here, elsewhere string, booked map[string]string, mails, audit []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "here %q, elsewhere %q;", here, elsewhere)
	for _, who := range []string{ann, bob, cid} {
		if booked[who] != "" {
			fmt.Fprintf(&b, " %s %s", who, booked[who])
		}
	}
	mails, audit = slices.Sorted(slices.Values(mails)), slices.Sorted(slices.Values(audit))
	fmt.Fprintf(&b, "; mails %v; audit %v", mails, audit)
	return b.String()
}

// expiry plays scripts in a real house.
type expiry struct {
	t     *testing.T
	h     *house
	until func(time.Time) // waits until a moment
	n     int             // scripts so far
	begin int64           // local midnight of the first day whose times are used
}

// The offices of the house, each with one unit and times of five minutes round the clock.
const expiryOffices = 8

func expiryPlan() plan {
	p := plan{zone: "Europe/Helsinki", offices: map[ids.Office]officePlan{}, services: map[ids.Service]string{
		"visit": `{"length":"5m","hold":"1m","notice":"0m","horizon":"400d","change_cutoff":"0m","cancel_cutoff":"0m","max_live":0}`,
	}}
	for i := range expiryOffices {
		p.offices[ids.Office(fmt.Sprint("office-", i))] = officePlan{hours: []string{"mon-sun 00:00-24:00"}, units: []unitPlan{{}}}
	}
	return p
}

// scene is one script being played: a time of its own at an office of its own, and who does what with it.
type scene struct {
	*expiry
	script  script
	office  ids.Office
	unit    ids.Unit
	here    int64 // the time
	there   int64 // the time of Cid's appointment before he moves
	name    string
	drafts  map[string]ids.Draft
	holds   []ids.Hold
	booked  map[string]ids.Appointment
	problem error // of the engine, not of the rules
}

func (x *expiry) scene(s script) *scene {
	n := x.n
	x.n++
	office := ids.Office(fmt.Sprint("office-", n%expiryOffices))
	here := x.begin + int64(n/expiryOffices)*2*booking.CellSeconds
	return &scene{
		expiry: x, script: s, office: office, unit: unitID(office, 0), here: here, there: here + booking.CellSeconds, name: fmt.Sprint("-", n),
		drafts: map[string]ids.Draft{}, booked: map[string]ids.Appointment{},
	}
}

// key is the key of a rule's fault; anything else ends the scene.
func (s *scene) key(err error) string {
	switch {
	case err == nil:
		return ""
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		return fault.Of(err).Key
	}
	s.problem = err
	return err.Error()
}

func (s *scene) pick(who string, draft ids.Draft) string {
	d, err := s.h.room.Pick(s.t.Context(), visitor(who+s.name), booking.PickRequest{
		Org: town, Service: "visit", Office: s.office, Start: s.here, Lang: "en", Draft: draft,
	})
	if err != nil {
		return s.key(err)
	}
	s.holds = append(s.holds, d.Hold)
	s.drafts[who] = d.ID
	_, err = s.h.room.SaveDetails(s.t.Context(), visitor(who+s.name), town, d.ID, details(who))
	return s.key(err)
}

func (s *scene) confirm(who string) string {
	b, err := s.h.room.BookDraft(s.t.Context(), visitor(who+s.name), town, s.drafts[who])
	if err == nil {
		s.booked[who] = b.Appointment.ID
	}
	return s.key(err)
}

func (s *scene) book(who string, start int64) string {
	b, err := s.h.room.Book(s.t.Context(), visitor(who+s.name), booking.BookRequest{
		Org: town, Service: "visit", Office: s.office, Start: start, Details: details(who), Key: s.h.room.Gen.FormKey(),
	})
	if err == nil {
		s.booked[who] = b.Appointment.ID
	}
	return s.key(err)
}

func (s *scene) prolong() string {
	d, err := s.h.room.Extend(s.t.Context(), visitor(ann+s.name), town, s.drafts[ann])
	if err == nil {
		s.drafts[ann] = d.ID
		if !slices.Contains(s.holds, d.Hold) {
			s.holds = append(s.holds, d.Hold)
		}
	}
	return s.key(err)
}

func (s *scene) does(e event) string {
	ctx := s.t.Context()
	switch e {
	case annConfirms:
		return s.confirm(ann)
	case annProlongs:
		return s.prolong()
	case annCancels:
		id := s.booked[ann]
		if id == "" {
			return ""
		}
		_, err := s.h.room.Cancel(ctx, proven(ann+s.name, id), booking.CancelRequest{Org: town, ID: id, Key: s.h.room.Gen.FormKey()})
		return s.key(err)
	case bobPicks:
		return s.pick(bob, "")
	case bobConfirms:
		if s.drafts[bob] == "" {
			return s.book(bob, s.here)
		}
		return s.confirm(bob)
	case cidMoves:
		id := s.booked[cid]
		_, err := s.h.room.Move(ctx, proven(cid+s.name, id), booking.MoveRequest{Org: town, ID: id, Start: s.here, Key: s.h.room.Gen.FormKey()})
		return s.key(err)
	}
	_, err := s.h.st.Sweep(ctx, s.h.now().Unix(), 100)
	return s.key(err)
}

// play plays the scene and returns what differed from the model.
func (s *scene) play() error {
	if key := s.book(cid, s.there); key != "" {
		return fmt.Errorf("Cid cannot book: %s", key)
	}
	begin := s.h.now()
	if key := s.pick(ann, ""); key != "" {
		return fmt.Errorf("Ann cannot pick: %s", key)
	}
	last := begin.Unix() + holdFor
	m := newExpected()
	for i, x := range s.script {
		s.until(time.Unix(last+x.at, 0))
		want, got := m.does(x.event, x.at), s.does(x.event)
		if s.problem != nil {
			return s.problem
		}
		if got != want {
			return fmt.Errorf("after %d events: told %q, want %q", i+1, got, want)
		}
		if err := s.compare(m, x.at); err != nil {
			return fmt.Errorf("after %d events: %w", i+1, err)
		}
	}
	return nil
}

func (s *scene) compare(m *expected, now int64) error {
	got, err := s.state()
	if err != nil {
		return err
	}
	if want := m.state(now); got != want {
		return fmt.Errorf("got\n  %s, want\n  %s", got, want)
	}
	return s.memory(m, now)
}

// memory checks that the free times in memory say the same.
func (s *scene) memory(m *expected, now int64) error {
	sch, err := s.h.room.Schedule(s.t.Context(), town, "visit", s.office)
	if err != nil {
		return err
	}
	board := s.h.room.Board
	if !board.Ready(town) {
		return nil
	}
	cell := booking.FirstCell(s.here)
	taken := board.View(town, sch.Now.Unix()).AnyIn(s.unit, cell, cell+1)
	if want := m.owner != "" && now <= m.until; taken != want {
		return fmt.Errorf("in memory the time is taken: %t, want %t", taken, want)
	}
	return nil
}

// state reads what the database has of the scene.
func (s *scene) state() (string, error) {
	owner, err := s.owner(s.here)
	if err != nil {
		return "", err
	}
	elsewhere, err := s.owner(s.there)
	if err != nil {
		return "", err
	}
	booked, mails := map[string]string{}, []string{}
	for who, id := range s.booked {
		a, err := s.h.st.Appointment(s.t.Context(), town, id)
		if err != nil {
			return "", err
		}
		switch {
		case a.Status == booking.Cancelled:
			booked[who] = "cancelled"
		case a.Start == s.here:
			booked[who] = "here"
		default:
			booked[who] = "elsewhere"
		}
		// A notice whose task is not there would never be sent, so it does not count.
		told, err := s.column("SELECT n.event FROM notice n JOIN task t ON t.uniq = n.id WHERE n.org = $1 AND n.appointment = $2", string(town), string(id))
		if err != nil {
			return "", err
		}
		mails = append(mails, named(who, told)...)
	}
	audit, err := s.audit()
	return render(owner, elsewhere, booked, mails, audit), err
}

func named(who string, events []string) (out []string) {
	for _, e := range events {
		out = append(out, who+" "+strings.TrimPrefix(e, "appointment."))
	}
	return out
}

func (s *scene) audit() (out []string, err error) {
	for who, id := range s.booked {
		done, err := s.column("SELECT action FROM audit WHERE org = $1 AND subject_kind = 'appointment' AND subject = $2", string(town), string(id))
		if err != nil {
			return nil, err
		}
		out = append(out, named(who, done)...)
	}
	for _, id := range s.holds {
		done, err := s.column("SELECT action FROM audit WHERE org = $1 AND subject_kind = 'hold' AND subject = $2", string(town), string(id))
		if err != nil {
			return nil, err
		}
		for range done {
			out = append(out, "hold taken")
		}
	}
	return out, nil
}

// owner says who has a time now, by the database.
func (s *scene) owner(start int64) (string, error) {
	holders, err := s.column("SELECT holder FROM occupancy WHERE org = $1 AND unit = $2 AND cell = $3 AND (expires_at IS NULL OR expires_at >= $4)",
		string(town), string(s.unit), booking.FirstCell(start), s.h.now().Unix())
	if err != nil || len(holders) == 0 {
		return "", err
	}
	for who, id := range s.booked {
		if holders[0] == string(id) {
			return who, nil
		}
	}
	h, err := s.h.st.Hold(s.t.Context(), town, ids.Hold(holders[0]))
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(h.Session), "session of "), s.name), nil
}

// column reads the texts of a query's one column.
func (s *scene) column(query string, args ...any) ([]string, error) {
	return column(s.t.Context(), s.h.db, query, args...)
}

func column(ctx context.Context, d *sqldb.DB, query string, args ...any) (out []string, err error) {
	rows, err := d.Reader().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// plays plays scripts one after another, in one house.
func (x *expiry) plays(list []script) {
	x.begin = x.h.now().Unix()/day*day + 2*day
	for _, s := range list {
		if err := x.scene(s).play(); err != nil {
			x.t.Errorf("%s: %v", s, err)
			return
		}
	}
}

// inBubble plays scripts in a synctest bubble: the house lives in it as a whole, with the goroutines of its database, and its clock is time itself, so
// that nothing happens before the second has come. Nothing in the product had to be made for it. Without memory the database alone decides, as it does
// when a node has just begun; with it, both must err alike to be wrong.
func inBubble(t *testing.T, list []script, memory bool) {
	synctest.Test(t, func(t *testing.T) {
		x := &expiry{t: t, h: open(t, "sqlite::memory:", time.Now, expiryPlan()), until: func(at time.Time) { time.Sleep(time.Until(at)) }}
		if !memory {
			x.h.room.Board.Doubt(town)
		}
		x.plays(list)
	})
}

// shortScripts are every second order of three events, and some of six.
func shortScripts() (list []script) {
	n := 0
	for s := range scripts(3) {
		if n++; n%2 == 0 {
			list = append(list, s)
		}
	}
	for s := range scripts(6) {
		if n++; n%389 == 0 {
			list = append(list, s)
		}
	}
	return list
}

// bubbleScripts is how many scripts one house plays, so that its database stays small.
const bubbleScripts = 1500

func TestHoldExpiryInEveryOrder(t *testing.T) {
	t.Parallel()
	list := shortScripts()
	if report.Night() {
		list = slices.Collect(scripts(6))
	}
	halves := map[bool][]script{true: slices.Collect(scripts(2))}
	for i, s := range list {
		halves[i%2 == 0] = append(halves[i%2 == 0], s)
	}
	done := 0
	for memory, half := range halves {
		for chunk := range slices.Chunk(half, bubbleScripts) {
			if inBubble(t, chunk, memory); t.Failed() {
				return
			}
			done += len(chunk)
		}
	}
	report.Line(t, "hold expiry in every order, SQLite in a bubble", report.Of(done, "runs"))
}

// On PostgreSQL the clock is one that is set: a real connection does not go into a bubble.
func TestHoldExpiryInEveryOrderOnPostgres(t *testing.T) {
	t.Parallel()
	list := slices.Collect(scripts(2))
	n := 0
	for s := range scripts(6) {
		if n++; n%report.Size(1999, 97) == 0 {
			list = append(list, s)
		}
	}
	c := clock.NewFixed(time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC))
	x := &expiry{t: t, h: open(t, postgresDSN(t), c.Now, expiryPlan()), until: c.Set}
	x.plays(list)
	report.Line(t, "hold expiry in every order, PostgreSQL", report.Of(x.n, "runs"))
}
