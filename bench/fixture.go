package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// The organisation of every fixture: a register office with some hundred service points, as the product is bought for. Passports are booked; the other
// services stand beside them.
const (
	fixtureOrg     ids.Org     = "register-office"
	fixtureService ids.Service = "passport"
	fixtureLength              = 20 * time.Minute
)

// FixtureSpec says how much there is. The same spec at the same moment gives the same bookings.
type FixtureSpec struct {
	Offices int           `json:"offices"`
	Units   int           `json:"units"`            // of each office
	Days    int           `json:"days"`             // of the horizon, today not counted
	Hold    time.Duration `json:"hold,omitempty"`   // 0 holds nothing
	Notice  time.Duration `json:"notice,omitempty"` // how long before its start a time can still be booked
	Hours   string        `json:"hours"`            // of each office, as a blueprint has them
	Always  bool          `json:"always,omitempty"` // open on holidays, too
	Live    int           `json:"live"`             // appointments to come
	Past    int           `json:"past,omitempty"`   // appointments that are over
	// Free, if it is not 0, books all times but so many, and Live is what that makes.
	Free int `json:"free,omitempty"`
	// Full is how many of the first days, today counted, are full everywhere; otherwise chance says it of each office.
	Full int    `json:"full,omitempty"`
	Seed uint64 `json:"seed,omitempty"`
	// Texts has people told by text message, and reminded a day before.
	Texts bool `json:"texts,omitempty"`
	// Silent leaves it out that people are told of the bookings that are there.
	Silent bool `json:"silent,omitempty"`
	// Mail has the installation keep mailboxes.
	Mail bool `json:"mail,omitempty"`
}

// standardFixture is the installation that most rows measure: 400 offices of five counters, 25 times a day at each, open to 60 days ahead. A million live
// bookings fill a bit less than half of it.
func standardFixture(live int) FixtureSpec {
	return FixtureSpec{Offices: 400, Units: 5, Days: 60, Hours: "mon-fri 08:00-16:20", Live: live}
}

// Fixture is what a filled database has, as far as rows need to know: which times there are, and how many units of each are free.
type Fixture struct {
	Spec    FixtureSpec
	Org     ids.Org
	Service ids.Service
	Offices []ids.Office
	Days    []FixtureDay // with times to come, from today on
	taken   []uint8      // how many units are taken, by office, day and time
	perDay  int          // the most times of a day

	tomorrow int64 // its first second: times of today pass by while something is measured
}

// FixtureDay is a local day with its times, the same at each office.
type FixtureDay struct {
	Date   org.Date
	Starts []int64 // Unix seconds
}

// FixtureTime is a time with the number of units that are free then.
type FixtureTime struct {
	Office ids.Office
	Start  int64
	Free   int
}

// Times are the times of all offices in the order of days: first those of the first day, office by office.
func (f *Fixture) Times(yield func(FixtureTime) bool) {
	for d := range f.Days {
		for o := range f.Offices {
			for s := range f.Days[d].Starts {
				if !yield(FixtureTime{f.Offices[o], f.Days[d].Starts[s], f.Spec.Units - int(*f.at(o, d, s))}) {
					return
				}
			}
		}
	}
}

// FreeTimes returns n free times of tomorrow or later with an entry for each free unit, spread over offices and days: neighbours in the list are far
// apart. It fails when there are fewer.
func (f *Fixture) FreeTimes(n int) ([]FixtureTime, error) {
	var all []FixtureTime
	for t := range f.Times {
		for range t.Free {
			if t.Start >= f.tomorrow {
				all = append(all, t)
			}
		}
	}
	if len(all) < n {
		return nil, fmt.Errorf("the fixture has %d free times, and %d are needed", len(all), n)
	}
	c := &chance{state: f.Spec.Seed ^ 0x66726565}
	for i := range n {
		j := i + c.below(len(all)-i)
		all[i], all[j] = all[j], all[i]
	}
	return all[:n], nil
}

// TakenTimes returns n times of tomorrow or later of which no unit is free, spread as FreeTimes are. It fails when there are none; the same ones come again when there are fewer.
func (f *Fixture) TakenTimes(n int) ([]FixtureTime, error) {
	var all []FixtureTime
	for t := range f.Times {
		if t.Free == 0 && t.Start >= f.tomorrow {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the fixture has no time that is taken")
	}
	c := &chance{state: f.Spec.Seed ^ 0x74616b656e}
	out := make([]FixtureTime, n)
	for i := range out {
		out[i] = all[c.below(len(all))]
	}
	return out, nil
}

func (f *Fixture) at(office, day, start int) *uint8 {
	return &f.taken[(office*len(f.Days)+day)*f.perDay+start]
}

// Fill configures an empty installation and books as many times as the spec says. Progress may be nil.
func (s FixtureSpec) Fill(ctx context.Context, a *app.App, progress func(format string, args ...any)) (*Fixture, error) {
	if progress == nil {
		progress = func(string, ...any) {}
	}
	orgs, err := a.Store.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	if len(orgs) > 0 {
		return nil, fmt.Errorf("the database has data already (%d organisations): the bench measures in an empty one", len(orgs))
	}
	if err := s.configure(ctx, a); err != nil {
		return nil, err
	}
	w := &fixtureWriter{spec: s, app: a, progress: progress, begun: time.Now()}
	if err := w.plan(ctx); err != nil {
		return nil, err
	}
	return w.fixture, w.write(ctx)
}

// configure applies the spec's blueprint.
func (s FixtureSpec) configure(ctx context.Context, a *app.App) error {
	doc, problems := blueprint.Parse([]byte(s.blueprint()))
	if bad := blueprint.Faults(problems); len(bad) > 0 {
		return fmt.Errorf("the fixture's blueprint: %s", bad[0])
	}
	if _, err := a.Blueprints.Apply(ctx, actor.System("bench"), doc, blueprint.Options{}); err != nil {
		return fmt.Errorf("configure the fixture: %w", err)
	}
	return nil
}

// blueprint is the configuration as a file.
func (s FixtureSpec) blueprint() string {
	var b strings.Builder
	text := func(t string) string { return fmt.Sprintf("{ fi = %[1]q, sv = %[1]q, en = %[1]q, cs = %[1]q }", t) }
	policy := ""
	if s.Texts {
		policy = fmt.Sprintf("\nsms = \"always\"\nreminders = \"%dh\"\nreminder_channels = \"sms\"\nquiet_hours = \"none\"\nwaiting_list = \"turn\"\nsms_booking = true", remindBefore/time.Hour)
	}
	fmt.Fprintf(&b, `format = 1

[installation]
name = %s
languages = ["fi", "sv", "en", "cs"]
default = "fi"
phone_countries = ["FI"]

[organisations.%s]
name = %s
country = "FI"
zone = "Europe/Helsinki"
languages = ["fi", "sv", "en", "cs"]
phone = "029 000 0100"
email = "advice@offices.example"
closed_on_holidays = %[8]t
receives_letters = %[12]t
front = %[9]s

[organisations.%[2]s.policy]
hold = "%[5]dm"
horizon = "%[6]dd"
notice = "%[10]dm"
max_live = 5%[11]s

[organisations.%[2]s.categories.papers]
name = %[7]s
`, text("Bench"), fixtureOrg, text("Register office"), "", s.Hold/time.Minute, s.Days, text("Papers"), !s.Always,
		text("Book a time at one of our offices."), s.Notice/time.Minute, policy, s.Mail)
	services := []struct {
		id, name string
		minutes  int
	}{{string(fixtureService), "Passport", int(fixtureLength / time.Minute)}, {"name-change", "Name change", 30}, {"moving-notice", "Moving notice", 15}}
	for i, v := range services {
		fmt.Fprintf(&b, `
[organisations.%s.services.%s]
category = "papers"
order = %d
popular = true
name = %s
summary = %s
description = %s
bring = { fi = ["Passi"], sv = ["Pass"], en = ["Your passport"], cs = ["Pas"] }
policy = { length = "%dm" }
`, fixtureOrg, v.id, i+1, text(v.name), text(v.name+" at our counter."), text("We fill in the application together. It takes a quarter of an hour."), v.minutes)
	}
	units := make([]string, s.Units)
	for i := range units {
		units[i] = fmt.Sprintf("%q", fmt.Sprintf("desk-%d", i+1))
	}
	for i := range s.Offices {
		name := fmt.Sprintf("Office %d", i+1)
		fmt.Fprintf(&b, `
[organisations.%s.offices.%s]
name = %s
street = %s
postcode = "%05d"
town = %s
hours = [%q]
units = [%s]
services = ["passport", "name-change", "moving-notice"]
`, fixtureOrg, officeName(i), text(name), text(fmt.Sprintf("Main street %d", i+1)), 10000+i, text(name), s.Hours, strings.Join(units, ", "))
	}
	if s.Mail {
		fmt.Fprintf(&b, "\n[installation.mailbox]\nkeeper = %q\n\n[[installation.mailbox.terms]]\nversion = %q\ntext = %s\n", fixtureOrg, mailTerms, text("The mailbox is for yourself alone."))
	}
	return b.String()
}

func officeName(i int) string { return fmt.Sprintf("office-%03d", i+1) }

// fixtureWriter fills a database.
type fixtureWriter struct {
	spec     FixtureSpec
	app      *app.App
	progress func(format string, args ...any)
	begun    time.Time

	fixture *Fixture
	now     time.Time
	today   org.Date
	version int64
	units   [][]ids.Unit // by office
	past    []FixtureDay // the earliest first
	gen     *ids.Gen
	made    time.Time // when the next booking is made, by the generator's clock
	chance  chance

	batch   []booking.Change
	decided int                   // bookings
	writing chan []booking.Change // to the goroutine that writes, while the next batch is decided
}

// batchSize is how many bookings go into one transaction.
const batchSize = 25_000

// plan finds the times that there are.
func (w *fixtureWriter) plan(ctx context.Context) error {
	w.now, w.chance = w.app.Now(), chance{state: w.spec.Seed}
	c, err := w.app.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return err
	}
	w.version = c.Version
	f := &Fixture{Spec: w.spec, Org: fixtureOrg, Service: fixtureService}
	w.fixture = f
	for i := range c.Offices {
		o := &c.Offices[i]
		f.Offices = append(f.Offices, o.ID)
		var units []ids.Unit
		for _, u := range c.Units(fixtureService, o.ID) {
			units = append(units, u.ID)
		}
		w.units = append(w.units, units)
	}
	sch, err := booking.NewSchedule(c, fixtureService, f.Offices[0], w.now)
	if err != nil {
		return err
	}
	day := func(d org.Date) FixtureDay {
		out := FixtureDay{Date: d}
		for _, slot := range sch.Grid(d) {
			out.Starts = append(out.Starts, slot.Start)
		}
		return out
	}
	for d := sch.Today(); !d.After(sch.LastDay()); d = d.Add(1) {
		x := day(d)
		x.Starts = slices.DeleteFunc(x.Starts, func(start int64) bool { return start <= w.now.Unix() })
		if len(x.Starts) > 0 {
			f.Days, f.perDay = append(f.Days, x), max(f.perDay, len(x.Starts))
		}
	}
	f.taken = make([]uint8, len(f.Offices)*len(f.Days)*f.perDay)
	room := w.room(f.Days)
	if w.spec.Free > 0 {
		w.spec.Live = room - w.spec.Free
		f.Spec.Live = w.spec.Live
	}
	if w.spec.Live > room || w.spec.Live < 0 {
		return fmt.Errorf("the fixture has %d times to come: too few for %d booked and %d free ones", room, max(w.spec.Live, 0), w.spec.Free)
	}
	w.today, f.tomorrow = sch.Today(), sch.Today().Add(1).At(0, sch.Zone()).Unix()
	return w.planPast(day)
}

// planPast goes back as far as the past bookings need, at the density of those to come.
func (w *fixtureWriter) planPast(day func(org.Date) FixtureDay) error {
	if w.spec.Past == 0 {
		return nil
	}
	if w.spec.Live == 0 {
		return fmt.Errorf("a fixture with a past needs bookings to come, too")
	}
	density := float64(w.spec.Live) / float64(w.room(w.fixture.Days))
	room, first := 0, w.today
	var back []FixtureDay
	for float64(room)*density < float64(w.spec.Past) {
		first = first.Add(-1)
		if x := day(first); len(x.Starts) > 0 {
			back, room = append(back, x), room+w.room([]FixtureDay{x})
		}
	}
	for i := len(back) - 1; i >= 0; i-- {
		w.past = append(w.past, back[i])
	}
	return nil
}

// room is how many appointments fit into some days.
func (w *fixtureWriter) room(days []FixtureDay) int {
	n := 0
	for _, d := range days {
		n += len(d.Starts)
	}
	return n * w.spec.Offices * w.spec.Units
}

// write books: the past first, each booking a month or more before its day.
func (w *fixtureWriter) write(ctx context.Context) error {
	if w.spec.Live+w.spec.Past == 0 {
		return nil
	}
	w.writing = make(chan []booking.Change)
	failed := make(chan error, 1)
	go func() { failed <- w.store(ctx) }()
	err := w.decide(ctx)
	close(w.writing)
	return errors.Join(err, <-failed)
}

// store writes the batches as they come. After an error it takes the rest in and does nothing with it.
func (w *fixtureWriter) store(ctx context.Context) (err error) {
	written, all := 0, w.spec.Live+w.spec.Past
	for batch := range w.writing {
		if err != nil {
			continue
		}
		if err = w.app.Store.Fill(ctx, batch); err != nil {
			continue
		}
		if written += len(batch); written%(10*batchSize) == 0 || written == all {
			w.progress("%d of %d bookings are there, after %s", written, all, time.Since(w.begun).Round(100*time.Millisecond))
		}
	}
	return err
}

// decide says what is booked.
func (w *fixtureWriter) decide(ctx context.Context) error {
	first := w.now
	if len(w.past) > 0 {
		first = time.Unix(w.past[0].Starts[0], 0)
	}
	w.made = first.AddDate(0, 0, -30)
	step := w.now.Add(-time.Minute).Sub(w.made) / time.Duration(w.spec.Live+w.spec.Past)
	w.gen = &ids.Gen{Now: func() time.Time { return w.made }, Rand: &w.chance, Node: w.app.Config.Node}
	book := func(office int, unit ids.Unit, start int64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.made = w.made.Add(step)
		return w.book(office, unit, start)
	}
	past := sampling{want: w.spec.Past, of: w.room(w.past), chance: &w.chance}
	for _, d := range w.past {
		for o := range w.units {
			for _, u := range w.units[o] {
				for _, start := range d.Starts {
					if !past.take() {
						continue
					}
					if err := book(o, u, start); err != nil {
						return err
					}
				}
			}
		}
	}
	if err := w.decideLive(book); err != nil {
		return err
	}
	w.flush()
	return nil
}

// decideLive books times to come. The first days are full: of each office as many as chance says, half of all bookings at most, as calendars are; the rest is
// spread evenly.
func (w *fixtureWriter) decideLive(book func(office int, unit ids.Unit, start int64) error) error {
	f := w.fixture
	full, certain := w.fullDays()
	if certain > w.spec.Live {
		return fmt.Errorf("the first %d days have %d times, and only %d are to be booked", w.spec.Full, certain, w.spec.Live)
	}
	rest := sampling{want: w.spec.Live - certain, of: w.room(f.Days) - certain, chance: &w.chance}
	for d := range f.Days {
		for o := range f.Offices {
			for _, u := range w.units[o] {
				for s, start := range f.Days[d].Starts {
					if d >= full[o] && !rest.take() {
						continue
					}
					*f.at(o, d, s)++
					if err := book(o, u, start); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// fullDays is for how many of the first days each office is full, and how many bookings that makes.
func (w *fixtureWriter) fullDays() (full []int, bookings int) {
	f := w.fixture
	if w.spec.Full > 0 {
		last := w.today.Add(w.spec.Full)
		days, _ := slices.BinarySearchFunc(f.Days, last, func(d FixtureDay, t org.Date) int { return -d.Date.DaysTo(t) })
		return slices.Repeat([]int{days}, len(f.Offices)), w.room(f.Days[:days])
	}
	full = make([]int, len(f.Offices))
	mean := 0
	for mean < len(f.Days) && w.room(f.Days[:mean+1]) <= w.spec.Live/2 {
		mean++
	}
	for o := range full {
		full[o] = min(w.chance.below(2*mean+1), len(f.Days))
		bookings += w.room(f.Days[:full[o]]) / w.spec.Offices
	}
	if bookings > w.spec.Live { // chance made too many full: none is, then
		return make([]int, len(f.Offices)), 0
	}
	return full, bookings
}

// book adds one booking to the batch, with everything that a real one leaves.
func (w *fixtureWriter) book(office int, unit ids.Unit, start int64) error {
	c, err := w.change(office, unit, start)
	if err != nil {
		return err
	}
	w.decided++
	if w.batch = append(w.batch, c); len(w.batch) == batchSize {
		w.flush()
	}
	return nil
}

func (w *fixtureWriter) flush() {
	if len(w.batch) > 0 {
		w.writing <- w.batch
	}
	w.batch = nil
}

func (w *fixtureWriter) change(office int, unit ids.Unit, start int64) (booking.Change, error) {
	n := w.decided
	keys, made := w.app.Site.Seals, w.made.Unix()
	person := w.gen.Person()
	key, wrapped, err := keys.NewPersonKey(string(person))
	if err != nil {
		return booking.Change{}, fmt.Errorf("make a person's key: %w", err)
	}
	a := booking.Appointment{
		Org: fixtureOrg, ID: w.gen.Appointment(), Service: fixtureService, Office: w.fixture.Offices[office], Start: start,
		End: start + int64(fixtureLength/time.Second), BusyUntil: start + int64(fixtureLength/time.Second), Status: booking.Booked, Person: person,
		Details: booking.Details{
			Name: fmt.Sprintf("Specimen %07d", n), Email: fmt.Sprintf("specimen.%07d@people.example", n), Phone: fixturePhone(n), Lang: "fi",
		},
		PolicyVersion: w.version, CreatedAt: made, ChangedAt: made,
	}
	if n%10 == 0 { // one in ten asks for help
		note, err := key.Seal([]byte("I come with a wheelchair."), seal.Place{Table: "appointment", Column: "note", Row: string(a.ID)})
		if err != nil {
			return booking.Change{}, fmt.Errorf("seal a note: %w", err)
		}
		a = a.WithSealed(note, nil, nil)
	}
	return booking.Change{
		Org: fixtureOrg, Now: made,
		Take:      &booking.Take{Units: []ids.Unit{unit}, Holder: string(a.ID), From: a.Start, To: a.BusyUntil},
		PutPerson: &booking.Person{ID: person, WrappedKey: wrapped}, PutAppointment: &a,
		Contacts: &booking.Contacts{Appointment: a.ID, Hashes: [][]byte{
			keys.LookupHash("contact.email", a.Details.Email), keys.LookupHash("contact.phone", a.Details.Phone),
		}},
		LinksUntil: &booking.LinksUntil{Appointment: a.ID, ExpiresAt: a.End + int64(booking.LinkLife/time.Second)},
		Notices:    w.told(a, made),
		Audit: []audit.Entry{audit.New(fixtureOrg, w.gen.Audit(), w.made.UnixMicro(), actor.Visitor(nil, ""), audit.AppointmentBooked, "appointment",
			string(a.ID), nil)},
	}, nil
}

// told is what people are told of a booking.
func (w *fixtureWriter) told(a booking.Appointment, at int64) []notify.Notice {
	if w.spec.Silent {
		return nil
	}
	return []notify.Notice{{Org: fixtureOrg, ID: w.gen.Notice(), Event: notify.AppointmentBooked, Appointment: a.ID, Person: a.Person, CreatedAt: at}}
}

// fixturePhone, visitorPhone and waiterPhone are numbers of somebody's own, which lie as far apart as those of a town do: neighbouring numbers, written to one
// after another, are stopped.
func fixturePhone(n int) string { return farApart("+35840", n) }
func visitorPhone(n int) string { return farApart("+35850", n) }
func waiterPhone(n int) string  { return farApart("+35844", n) }

func farApart(prefix string, n int) string {
	const step, all = 7919, 10_000_000 // without a common divisor
	return fmt.Sprintf("%s%07d", prefix, n*step%all)
}

// sampling picks want of a number of things that come one after another, each set of them with the same chance (Knuth's algorithm S).
type sampling struct {
	want, of int
	chance   *chance
}

func (s *sampling) take() bool {
	taken := s.chance.below(s.of) < s.want
	s.of--
	if taken {
		s.want--
	}
	return taken
}

// chance is splitmix64: numbers that look like chance and are the same every time. It keeps no secret.
type chance struct{ state uint64 }

func (c *chance) next() uint64 {
	c.state += 0x9e3779b97f4a7c15
	z := c.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 up to n, excluded.
func (c *chance) below(n int) int { return int(c.next() % uint64(max(n, 1))) }

// Read fills b, for what wants bytes of chance.
func (c *chance) Read(b []byte) (int, error) {
	var word [8]byte
	for i := 0; i < len(b); i += len(word) {
		binary.LittleEndian.PutUint64(word[:], c.next())
		copy(b[i:], word[:])
	}
	return len(b), nil
}
