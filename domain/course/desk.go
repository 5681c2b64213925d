package course

import (
	"context"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// mostCourses and mostOfCourse bound what is read at once.
const (
	mostCourses  = 500
	mostOfCourse = 20_000
)

// may is nil for those who work on courses.
func may(who actor.Actor, o ids.Org) error {
	return who.May(actor.CourseWork, actor.Object{Org: o})
}

// Listed is a course in a list, with how full it is.
type Listed struct {
	Course
	Taken Taken
}

// Filter narrows the public list. What is empty does not matter.
type Filter struct {
	Text  string
	Topic ids.Category
	Kind  Kind
	// Service is one of which the courses are shown.
	Service ids.Service
	Age     int // a person of this age may come; -1 is any
	From    org.Date
	Place   string
	Free    bool // there are places, now or later
}

// List returns what an organisation has published and is not over, the first to begin first.
func (s *Service) List(ctx context.Context, o ids.Org) ([]Listed, error) {
	now := s.Now().Unix()
	list, err := s.public(ctx, o, now)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, list, now)
}

// public are the courses of the public list.
func (s *Service) public(ctx context.Context, o ids.Org, now int64) ([]Course, error) {
	list, err := s.Store.Courses(ctx, o, now, mostCourses)
	return slices.DeleteFunc(list, func(c Course) bool { return c.State == Draft }), err
}

func (s *Service) listed(ctx context.Context, list []Course, now int64) ([]Listed, error) {
	out := make([]Listed, len(list))
	for i, c := range list {
		t, err := s.Store.Taken(ctx, c.Org, c.ID, now)
		if err != nil {
			return nil, err
		}
		out[i] = Listed{c, t}
	}
	return out, nil
}

// All returns every course that is not long over, for those who work on them.
func (s *Service) All(ctx context.Context, who actor.Actor, o ids.Org) ([]Listed, error) {
	if err := may(who, o); err != nil {
		return nil, err
	}
	now := s.Now().Unix()
	list, err := s.Store.Courses(ctx, o, now-400*24*60*60, mostCourses)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, list, now)
}

// Edited returns a course to those who work on it.
func (s *Service) Edited(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course) (Course, error) {
	if err := may(who, o); err != nil {
		return Course{}, err
	}
	return s.Store.Course(ctx, o, id)
}

// Check says what is wrong with what was written of a course, field by field.
func (d Details) Check(langs []i18n.Lang) error {
	var wrong []fault.Field
	bad := func(name, key string, args fault.Args) {
		wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
	}
	if len(langs) > 0 && d.Title[langs[0]] == "" {
		bad("title-"+string(langs[0]), "course.title_missing", nil)
	}
	if len(d.Sessions) == 0 || len(d.Sessions) > maxTimes {
		bad("sessions", "course.sessions_missing", fault.Args{"n": maxTimes})
	}
	for _, x := range d.Sessions {
		if x.End <= x.Start {
			bad("sessions", "course.sessions_wrong", nil)
			break
		}
	}
	if d.Places < 1 || d.Places > 10_000 {
		bad("places", "course.places_wrong", nil)
	}
	kept := 0
	for i, q := range d.Quotas {
		kept += q.Places
		if q.Places < 1 || q.ID == "" || slices.ContainsFunc(d.Quotas[:i], func(o Quota) bool { return o.ID == q.ID }) || q.MaxAge > 0 && q.MaxAge < q.MinAge {
			bad("quotas", "course.quotas_wrong", nil)
			break
		}
	}
	if kept > d.Places {
		bad("quotas", "course.quotas_many", nil)
	}
	if d.MaxAge > 0 && d.MaxAge < d.MinAge {
		bad("max-age", "course.ages_wrong", nil)
	}
	if d.Closes != 0 && d.Closes <= d.Opens || d.Opens >= d.Start() && len(d.Sessions) > 0 {
		bad("opens", "course.period_wrong", nil)
	}
	if d.Hold < 1 || d.Hold > 120 {
		bad("hold", "course.hold_wrong", nil)
	}
	if d.Offer < 1 || d.Offer > 14*24 {
		bad("offer", "course.offer_wrong", nil)
	}
	if d.AtOnce < 1 || d.AtOnce > 20 {
		bad("at-once", "course.at_once_wrong", nil)
	}
	if _, ok := actor.ParseLevel(d.Level); !ok {
		bad("level", "course.level_wrong", nil)
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// Create writes a new course as a draft. Invalid "form.invalid" at "id" when there is one of that name.
func (s *Service) Create(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, d Details) error {
	if err := may(who, o); err != nil {
		return err
	}
	cfg, err := s.Store.Config(ctx, o)
	if err != nil {
		return err
	}
	if !ids.ValidSlug(string(id)) {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "id", Key: "course.id_wrong"})
	}
	if err := d.Check(cfg.Org.Languages); err != nil {
		return err
	}
	return s.Store.InTx(ctx, o, id, func(ctx context.Context, tx Tx) error {
		ok, err := tx.PutCourse(ctx, Course{Org: o, ID: id, State: Draft, Details: d, ChangedAt: s.Now().Unix()}, who.Staff)
		if err == nil && !ok {
			err = fault.Invalid("form.invalid", nil, fault.Field{Name: "id", Key: "course.id_taken"})
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, s.line(o, who, audit.CourseSaved, "course", string(id), nil))
	})
}

// Save writes what somebody changed of a course that they saw as version seen. More places are offered to those who wait at once. Whom quotas are for stays once somebody enrolled, since
// those who wait were asked for that: only their names, places and times change then.
func (s *Service) Save(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64, d Details) error {
	cfg, err := s.Store.Config(ctx, o)
	if err != nil {
		return err
	}
	if err := d.Check(cfg.Org.Languages); err != nil {
		return err
	}
	return s.write(ctx, who, o, id, seen, audit.CourseSaved, func(c *Course) error {
		if c.Last > 0 && !sameQuotas(c.Quotas, d.Quotas) {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "quotas", Key: "course.quotas_fixed"})
		}
		c.Details = d
		return nil
	})
}

// sameQuotas reports whether two lists of quotas are for the same people.
func sameQuotas(a, b []Quota) bool {
	return slices.EqualFunc(a, b, func(x, y Quota) bool {
		return x.ID == y.ID && x.MinAge == y.MinAge && x.MaxAge == y.MaxAge && slices.Equal(x.Codes, y.Codes) && slices.Equal(x.Langs, y.Langs)
	})
}

// Places changes how many places there are.
func (s *Service) Places(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64, n int) error {
	return s.write(ctx, who, o, id, seen, audit.CourseSaved, func(c *Course) error {
		kept := 0
		for _, q := range c.Quotas {
			kept += q.Places
		}
		if n < max(kept, 1) || n > 10_000 {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "places", Key: "course.places_wrong"})
		}
		c.Details.Places = n
		return nil
	})
}

// Publish shows a course to everybody.
func (s *Service) Publish(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64) error {
	return s.write(ctx, who, o, id, seen, audit.CoursePublished, func(c *Course) error {
		c.State = Published
		return nil
	})
}

// CallOff says that a course does not take place. Everybody who has a place or waits for one is told.
func (s *Service) CallOff(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64) error {
	list, err := s.Store.OfCourse(ctx, o, id, mostOfCourse)
	if err != nil {
		return err
	}
	return s.writeAnd(ctx, who, o, id, seen, audit.CourseCalledOff, func(c *Course) error {
		c.State = CalledOff
		return nil
	}, func(ctx context.Context, tx Tx) error {
		now := s.Now().Unix()
		for _, e := range list {
			e, err := tx.Enrolment(ctx, o, e.ID)
			if err != nil {
				return err
			}
			if !e.Live(now) {
				continue
			}
			e.Status, e.Until, e.ChangedAt = Off, 0, now
			if err := tx.Set(ctx, e); err != nil {
				return err
			}
			e.Version++
			if err := s.told(ctx, tx, who, e, ToldOff, audit.EnrolmentCancelled); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) write(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64, action audit.Action, change func(c *Course) error) error {
	return s.writeAnd(ctx, who, o, id, seen, action, change, nil)
}

// writeAnd changes a course, does something more, and offers what is free then.
func (s *Service) writeAnd(
	ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, seen int64, action audit.Action, change func(c *Course) error, more func(ctx context.Context, tx Tx) error,
) error {
	if err := may(who, o); err != nil {
		return err
	}
	err := s.Store.InTx(ctx, o, id, func(ctx context.Context, tx Tx) error {
		c, err := tx.Lock(ctx, o, id, 0)
		if err != nil {
			return err
		}
		if c.Version != seen {
			return fault.Conflict("course.changed", nil)
		}
		if c.State == CalledOff {
			return fault.Conflict("course.no.off", nil)
		}
		if err := change(&c); err != nil {
			return err
		}
		c.ChangedAt = s.Now().Unix()
		if ok, err := tx.SetCourse(ctx, c, who.Staff); err != nil || !ok {
			if err == nil {
				err = fault.Conflict("course.changed", nil)
			}
			return err
		}
		if more != nil {
			if err := more(ctx, tx); err != nil {
				return err
			}
		}
		if err := tx.Audit(ctx, s.line(o, who, action, "course", string(id), nil)); err != nil {
			return err
		}
		for _, q := range c.Quotas { // what a quota did not need goes to those who wait as soon as it is everybody's
			if c.State == Published && c.Details.Waiting && q.Until >= s.Now().Unix() {
				if err := tx.Settle(ctx, SettleArgs{Org: o, Course: id, At: q.Until + 1}); err != nil {
					return err
				}
			}
		}
		_, err = s.settle(ctx, tx, c)
		return err
	})
	s.running.forget(o)
	s.committed()
	return err
}

// Row is somebody on a course's list, as those who work on it see them.
type Row struct {
	Enrolment
	Private
	Place int // in the line, of who waits
	// Hidden says that the person is protected: neither the name nor anything else is here.
	Hidden bool
}

// Roll is who has a place on a course, in the order in which they enrolled, and who waits, in theirs. That it was read is written down.
func (s *Service) Roll(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course) (Course, Taken, []Row, error) {
	if err := may(who, o); err != nil {
		return Course{}, nil, nil, err
	}
	c, err := s.Store.Course(ctx, o, id)
	if err != nil {
		return Course{}, nil, nil, err
	}
	now := s.Now().Unix()
	t, err := s.Store.Taken(ctx, o, id, now)
	if err != nil {
		return Course{}, nil, nil, err
	}
	list, err := s.Store.OfCourse(ctx, o, id, mostOfCourse)
	if err != nil {
		return Course{}, nil, nil, err
	}
	Line(list)
	rows := make([]Row, len(list))
	place := 0
	for i, e := range list {
		rows[i].Enrolment = e
		if e.Status == Waiting {
			place++
			rows[i].Place = place
		}
		if e.Account != "" {
			if rows[i].Hidden, err = s.People.Protected(ctx, who, e.Account); err != nil {
				return Course{}, nil, nil, err
			}
		}
		if rows[i].Hidden {
			rows[i].Name, rows[i].Email, rows[i].Phone, rows[i].Sealed = "", "", "", nil
		} else if e.Live(now) {
			if rows[i].Private, err = s.private(ctx, e); err != nil {
				return Course{}, nil, nil, err
			}
		}
	}
	return c, t, rows, s.Store.PutAudit(ctx, s.line(o, who, audit.EnrolmentsListed, "course", string(id), nil))
}

// At returns an enrolment of a course to those who work on it.
func (s *Service) At(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, e ids.Enrolment) (Enrolment, error) {
	if err := may(who, o); err != nil {
		return Enrolment{}, err
	}
	out, err := s.Store.Enrolment(ctx, o, e)
	if err == nil && out.Course != id {
		err = notFound()
	}
	return out, err
}

// MarkAll says of several who came and who did not.
func (s *Service) MarkAll(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, marks map[ids.Enrolment]Mark) error {
	if err := may(who, o); err != nil {
		return err
	}
	return s.Store.InTx(ctx, o, id, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Lock(ctx, o, id, 0); err != nil {
			return err
		}
		for eid, m := range marks {
			e, err := tx.Enrolment(ctx, o, eid)
			if err != nil {
				return err
			}
			if e.Course != id || e.Status != Attending || e.Mark == m || m != Came && m != Absent && m != "" {
				continue
			}
			e.Mark, e.ChangedAt = m, s.Now().Unix()
			if err := tx.Set(ctx, e); err != nil {
				return err
			}
			if err := tx.Audit(ctx, s.enrolmentLine(who, audit.EnrolmentMarked, e)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Enrol enrols somebody at once, for those who work on courses and for programs: by phone, or from another system. Where there is no place they wait. The same batch enrols once.
func (s *Service) Enrol(ctx context.Context, who actor.Actor, r BeginRequest, at Contact) ([]Enrolment, error) {
	if err := may(who, r.Org); err != nil {
		return nil, err
	}
	cfg, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return nil, err
	}
	c, err := s.Store.Course(ctx, r.Org, r.Course)
	if err != nil {
		return nil, err
	}
	list, err := s.prepare(ctx, who, c, cfg, r, true)
	if err != nil {
		return nil, err
	}
	if at.Email == "" && at.Phone == "" { // somebody who is reached by neither is told on the phone
		note := at.Note
		if at, err = (Contact{Email: "a@example.org", Note: note, Wait: at.Wait}).Clean(cfg.Installation.PhoneCountries); err == nil {
			at.Email = ""
		}
	} else {
		at, err = at.Clean(cfg.Installation.PhoneCountries)
	}
	if err != nil {
		return nil, err
	}
	var out []Enrolment
	err = s.Store.InTx(ctx, r.Org, r.Course, func(ctx context.Context, tx Tx) error {
		was, err := tx.OfBatch(ctx, r.Org, r.Batch)
		if err != nil || len(was) > 0 {
			out = was
			return err
		}
		c, err := tx.Lock(ctx, r.Org, r.Course, len(list))
		if err != nil {
			return err
		}
		taken, err := s.settle(ctx, tx, c)
		if err != nil {
			return err
		}
		held, err := s.hold(ctx, tx, who, c, taken, list)
		if err != nil {
			return err
		}
		for i := range held {
			held[i].Email, held[i].Phone, held[i].Clerk = at.Email, at.Phone, who.Staff
		}
		out, err = s.enrol(ctx, tx, who, c, taken, held, at.Wait)
		return err
	})
	s.committed()
	return out, err
}

// TellAll writes to all who have a place, and those who wait when they are meant, too. Each is told as they can be reached. The same id is sent once.
func (s *Service) TellAll(ctx context.Context, who actor.Actor, o ids.Org, id ids.Course, message, text string, waiting bool) (int, error) {
	if err := may(who, o); err != nil {
		return 0, err
	}
	clean, ok := i18n.CleanText(text)
	switch {
	case !ok || len([]rune(clean)) > maxMessage:
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "field.too_long", Args: fault.Args{"max": maxMessage}})
	case clean == "":
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: "text", Key: "course.text_missing"})
	}
	m := Message{Org: o, ID: message, Course: id, By: who.Staff, At: s.Now().Unix()}
	var err error
	if m.Sealed, err = s.Seals.Seal([]byte(clean), messagePlace(o, message)); err != nil {
		return 0, err
	}
	list, err := s.Store.OfCourse(ctx, o, id, mostOfCourse)
	if err != nil {
		return 0, err
	}
	now, n := s.Now().Unix(), 0
	list = slices.DeleteFunc(list, func(e Enrolment) bool {
		return !e.Live(now) || e.At(now) != Attending && !waiting || !e.reached()
	})
	err = s.Store.InTx(ctx, o, id, func(ctx context.Context, tx Tx) error {
		fresh, err := tx.PutMessage(ctx, m)
		if err != nil || !fresh {
			return err
		}
		n = len(list)
		for _, e := range list {
			if err := tx.Tell(ctx, TellArgs{Org: o, Enrolment: e.ID, What: ToldMessage, Version: e.Version, Message: message}); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, s.line(o, who, audit.EnrolmentsTold, "course", string(id), map[string]string{"message": message}))
	})
	s.committed()
	return n, err
}

// maxMessage is the longest that is written to all, in characters.
const maxMessage = 2000

func messagePlace(o ids.Org, id string) seal.Place {
	return seal.Place{Table: "course_message", Column: "body", Row: string(o) + "/" + id}
}

// Told is what somebody is told, as it is when it is told.
type Told struct {
	View
	What What
	Text string // of a message
}

// Telling returns what somebody is to be told; false when that is not so any more.
func (s *Service) Telling(ctx context.Context, a TellArgs) (t Told, still bool, err error) {
	e, err := s.Store.Enrolment(ctx, a.Org, a.Enrolment)
	if fault.Is(err, fault.KindNotFound) {
		return t, false, nil
	}
	if err != nil {
		return t, false, err
	}
	if t.View, err = s.View(ctx, e); err != nil {
		return t, false, err
	}
	t.What = a.What
	if a.What == ToldMessage {
		m, err := s.Store.Message(ctx, a.Org, a.Message)
		if err != nil {
			return t, false, err
		}
		b, err := s.Seals.Open(m.Sealed, messagePlace(a.Org, a.Message))
		t.Text = string(b)
		return t, err == nil, err
	}
	now := s.Now().Unix()
	want := map[What][]Status{
		ToldPlace: {Attending}, ToldWaiting: {Waiting}, ToldOffer: {Offered}, ToldLapsed: {Lapsed}, ToldCancelled: {Cancelled, Declined}, ToldOff: {Off},
	}[a.What]
	return t, slices.Contains(want, e.At(now)) && e.reached(), nil
}

// reached reports whether there is a way to tell somebody of their enrolment: an address, a number, or a folder in which a mailbox may be.
func (e Enrolment) reached() bool {
	return e.Email != "" || e.Phone != "" || e.Account != "" || e.Company != "" || e.By != ""
}

// Keepers are whose mailboxes are asked in turn for one that takes what is told of an enrolment: the company's; else that of who comes, and of who enrolled them.
func (e Enrolment) Keepers() []actor.Owner {
	if e.Company != "" {
		return []actor.Owner{{Company: e.Company}}
	}
	var out []actor.Owner
	for _, p := range []ids.Person{e.Account, e.By} {
		if p != "" && !slices.Contains(out, actor.Owner{Person: p}) {
			out = append(out, actor.Owner{Person: p})
		}
	}
	return out
}
