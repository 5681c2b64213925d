package course

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
)

// Named is somebody to be enrolled: one of those that are known, or with a name that was typed.
type Named struct {
	Known ids.Person
	Name  string
	Birth string // YYYY-MM-DD
	Code  string // postal code
}

// BeginRequest asks for places for some people.
type BeginRequest struct {
	Org    ids.Org
	Course ids.Course
	// Batch comes from the form: the same form sent twice asks once.
	Batch  ids.Draft
	Lang   i18n.Lang
	People []Named
}

// Contact is where those who were enrolled are reached.
type Contact struct {
	Email, Phone, Note string
	// Wait says that a place on the waiting list will do where there is none on the course.
	Wait bool
}

// maxName and maxNote are the longest that are taken, in characters.
const (
	maxName = 120
	maxNote = 1000
)

// mostHold is how long a hold may last by asking for more time, in seconds.
const mostHold = 150 * 60

// MayEnrol is nil when somebody may begin to enrol; SignInRequired for who must be known, or more surely.
func (s *Service) MayEnrol(who actor.Actor, c Course) error {
	level := c.Needs()
	if level == actor.LevelNone {
		return nil
	}
	switch {
	case who.Kind != actor.KindCitizen:
		return actor.SignInAt("sign_in.required", level)
	case who.Level < level:
		return actor.SignInAt("sign_in.stronger", level)
	}
	return nil
}

// MayUse is nil when a service that a course is part of is open to somebody: it may take a contact with the office, or acting for a company. Its faults are those of access.Check.
func (s *Service) MayUse(ctx context.Context, who actor.Actor, cfg *catalog.Config, c Course) error {
	if c.Service == "" {
		return nil
	}
	return s.Access.Check(ctx, who, cfg, c.Service, "")
}

// stillMay is nil when who was enrolled may use the service of the course now, or who enrolled them: whoever answers an offer may do so by a link alone.
func (s *Service) stillMay(ctx context.Context, e Enrolment) error {
	c, err := s.Store.Course(ctx, e.Org, e.Course)
	if err != nil || c.Service == "" {
		return err
	}
	cfg, err := s.Store.Config(ctx, e.Org)
	if err != nil {
		return err
	}
	for _, of := range []actor.Owner{{Company: e.Company}, {Person: e.Account}, {Person: e.By}, {}} {
		if e.Company != "" && of.Company == "" {
			break
		}
		if may, err := s.Access.Has(ctx, of, cfg, c.Service, ""); may || err != nil {
			return err
		}
	}
	return fault.Conflict("course.access_over", nil)
}

// Public returns a course that everybody may see, with how many places have gone; NotFound for a draft.
func (s *Service) Public(ctx context.Context, o ids.Org, id ids.Course) (Course, Taken, error) {
	c, err := s.Store.Course(ctx, o, id)
	if err == nil && c.State == Draft {
		err = notFound()
	}
	if err != nil {
		return Course{}, nil, err
	}
	t, err := s.Store.Taken(ctx, o, id, s.Now().Unix())
	return c, t, err
}

// Waits is how many wait for a place, or waited a second ago.
func (s *Service) Waits(ctx context.Context, c Course) (int, error) {
	return s.running.count(c, s.Now().Unix(), func() (int, error) { return s.Store.Waiting(ctx, c.Org, c.ID) })
}

// Participants are those whom the actor may enrol without typing who they are.
func (s *Service) Participants(ctx context.Context, who actor.Actor) ([]Known, error) {
	if who.Kind != actor.KindCitizen {
		return nil, nil
	}
	return s.People.Participants(ctx, who)
}

// ContactOf is where the actor is reached; empty for who has not signed in.
func (s *Service) ContactOf(ctx context.Context, who actor.Actor) (Known, error) {
	if who.Kind != actor.KindCitizen {
		return Known{}, nil
	}
	return s.People.Contact(ctx, who)
}

// Begin holds places while a form is filled in; for those for whom there is none the form can still be sent, for the waiting list. Invalid "form.invalid" says at each person, as
// "person-1" and so on, why they cannot come; Conflict "course.full" when there is no place and no list.
func (s *Service) Begin(ctx context.Context, who actor.Actor, r BeginRequest) ([]Enrolment, error) {
	cfg, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return nil, err
	}
	c, taken, err := s.Public(ctx, r.Org, r.Course)
	if err != nil {
		return nil, err
	}
	if err := s.MayEnrol(who, c); err != nil {
		return nil, err
	}
	if err := s.MayUse(ctx, who, cfg, c); err != nil {
		return nil, err
	}
	made, err := s.prepare(ctx, who, c, cfg, r, false)
	if err != nil {
		return nil, err
	}
	if !c.Details.Waiting { // who comes too late is told before anything is written; what is read here is a hint, the decision is made below
		before, err := s.Store.OfBatch(ctx, r.Org, r.Batch)
		if err != nil {
			return nil, err
		}
		if len(before) == 0 && c.Free(taken, s.Now().Unix()) == 0 {
			return nil, fault.Conflict("course.full", nil)
		}
	}
	var out []Enrolment
	err = s.Store.InTx(ctx, r.Org, r.Course, func(ctx context.Context, tx Tx) error {
		if out, err = tx.OfBatch(ctx, r.Org, r.Batch); err != nil || len(out) > 0 {
			if err == nil && !s.mineToFill(who, out) {
				err = notFound()
			}
			return err
		}
		c, err := tx.Lock(ctx, r.Org, r.Course, 0)
		if err != nil {
			return err
		}
		now := s.Now().Unix()
		if list := c.Refusals(now, false); len(list) > 0 {
			return fault.Conflict(list[0].Key, list[0].Args)
		}
		if err := s.letGo(ctx, tx, who, c); err != nil {
			return err
		}
		taken, err := s.settle(ctx, tx, c)
		if err != nil {
			return err
		}
		out, err = s.hold(ctx, tx, who, c, taken, made)
		return err
	})
	return out, err
}

// made is an enrolment that is to be written, with the key of whom it is about where that is new.
type made struct {
	Enrolment
	wrapped []byte
}

// prepare makes the enrolments of a form: who they are, whether they may come, and what is sealed.
func (s *Service) prepare(ctx context.Context, who actor.Actor, c Course, cfg *catalog.Config, r BeginRequest, staff bool) ([]made, error) {
	if list := c.Refusals(s.Now().Unix(), staff); len(list) > 0 {
		return nil, fault.Conflict(list[0].Key, list[0].Args)
	}
	known, err := s.Participants(ctx, who)
	if err != nil {
		return nil, err
	}
	switch n := len(r.People); {
	case n == 0:
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "person-1", Key: "course.who_missing"})
	case n > max(c.AtOnce, 1):
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "person-1", Key: "course.too_many", Args: fault.Args{"n": max(c.AtOnce, 1)}})
	}
	var wrong []fault.Field
	var out []made
	seen := map[string]bool{}
	for i, n := range r.People {
		e, w, bad := s.person(who, c, known, n, r.Lang)
		field := fmt.Sprintf("person-%d", i+1)
		if bad.Key != "" {
			bad.Name = fieldOf(bad.Name, field, i)
			wrong = append(wrong, bad)
			continue
		}
		day := c.AgeDay(org.DateOf(s.Now().In(cfg.Zone())), org.DateOf(time.Unix(c.Start(), 0).In(cfg.Zone())))
		for _, no := range c.RefusalsOf(w, day) {
			at := field
			switch {
			case no.Key == "course.no.birth" && n.Known == "":
				at = fmt.Sprintf("birth-%d", i+1)
			case no.Key == "course.no.elsewhere" && w.Code == "":
				at, no.Key = fmt.Sprintf("code-%d", i+1), "course.code_missing"
			}
			no.Args = withName(no.Args, e.Name)
			wrong = append(wrong, fault.Field{Name: at, Key: no.Key, Args: no.Args})
		}
		e.Fits = c.Fits(w, day)
		e.WhoKey = s.whoKey(e, w)
		if key := string(e.WhoKey); seen[key] {
			wrong = append(wrong, fault.Field{Name: field, Key: "course.twice", Args: fault.Args{"name": e.Name}})
		} else {
			seen[key] = true
		}
		e.Org, e.Course, e.Batch, e.ID = r.Org, r.Course, r.Batch, s.Gen.Enrolment()
		m := made{Enrolment: e}
		if m.wrapped, m.Sealed, m.Person, err = s.sealNew(ctx, e, Private{Birth: w.Birth, Code: w.Code}); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	if len(wrong) > 0 {
		return nil, fault.Invalid("form.invalid", nil, wrong...)
	}
	return out, nil
}

// hold writes the enrolments of a form, each with a place while there is one, and counts those among the places that have gone.
func (s *Service) hold(ctx context.Context, tx Tx, who actor.Actor, c Course, taken Taken, list []made) (out []Enrolment, err error) {
	now := s.Now().Unix()
	for i, m := range list {
		twice, err := tx.EnrolledAs(ctx, c.Org, c.ID, m.WhoKey)
		if err != nil {
			return nil, err
		}
		if twice {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: fmt.Sprintf("person-%d", i+1), Key: "course.already", Args: fault.Args{"name": m.Name}})
		}
		e := m.Enrolment
		e.Status, e.Until, e.CreatedAt, e.ChangedAt, e.Version, e.Session = Filling, now, now, now, 1, who.Session
		if quota, ok := c.Seat(e.Fits, taken, now); ok {
			e.Status, e.Quota, e.Until = Held, quota, c.HoldEnds(now)
			taken[quota]++
		} else if !c.Details.Waiting {
			return nil, fault.Conflict("course.full", nil)
		}
		if m.wrapped != nil {
			if err := tx.PutPerson(ctx, e.Person, m.wrapped, now); err != nil {
				return nil, err
			}
		}
		if err := tx.Put(ctx, e); err != nil {
			return nil, err
		}
		if err := s.lookAfter(ctx, tx, c, e); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// lookAfter has the course looked at once a hold may have run out: whoever leaves the form and does not come back keeps nobody waiting for longer.
func (s *Service) lookAfter(ctx context.Context, tx Tx, c Course, e Enrolment) error {
	if e.Status != Held || !c.Details.Waiting {
		return nil
	}
	return tx.Settle(ctx, SettleArgs{Org: c.Org, Course: c.ID, At: e.Until + 1})
}

// letGo gives back what the visitor held of the course by another form.
func (s *Service) letGo(ctx context.Context, tx Tx, who actor.Actor, c Course) error {
	if len(who.Session) == 0 {
		return nil
	}
	list, err := tx.HeldBy(ctx, c.Org, c.ID, who.Session)
	if err != nil {
		return err
	}
	for _, e := range list {
		e.Status, e.Until = Filling, s.Now().Unix()
		if err := tx.Set(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// mineToFill reports whether a form is the visitor's: begun in their session, or signed in as they are.
func (s *Service) mineToFill(who actor.Actor, list []Enrolment) bool {
	return !slices.ContainsFunc(list, func(e Enrolment) bool {
		mine := len(who.Session) > 0 && slices.Equal(e.Session, who.Session) || who.Kind == actor.KindCitizen && e.By == who.Person && e.By != ""
		return !mine
	})
}

// Form returns what a form asks for, and its course; NotFound when it is not the visitor's.
func (s *Service) Form(ctx context.Context, who actor.Actor, o ids.Org, batch ids.Draft) ([]Enrolment, Course, error) {
	list, err := s.Store.OfBatch(ctx, o, batch)
	if err != nil {
		return nil, Course{}, err
	}
	if len(list) == 0 || !s.mineToFill(who, list) {
		return nil, Course{}, notFound()
	}
	c, err := s.Store.Course(ctx, o, list[0].Course)
	return list, c, err
}

// Longer holds the places of a form anew, up to two and a half hours after it was begun.
func (s *Service) Longer(ctx context.Context, who actor.Actor, o ids.Org, batch ids.Draft) error {
	list, _, err := s.Form(ctx, who, o, batch)
	if err != nil {
		return err
	}
	return s.changeForm(ctx, list[0], 0, func(ctx context.Context, tx Tx, _ Taken, c Course, list []Enrolment) error {
		now := s.Now().Unix()
		for _, e := range list {
			if e.At(now) == Held {
				e.Until = max(e.Until, min(c.HoldEnds(now), e.CreatedAt+mostHold))
				if err := tx.Set(ctx, e); err != nil {
					return err
				}
				if err := s.lookAfter(ctx, tx, c, e); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// changeForm does something to the enrolments of the form that one of them came by, which is the visitor's, with the course locked and settled and the places counted.
func (s *Service) changeForm(ctx context.Context, of Enrolment, numbers int, do func(ctx context.Context, tx Tx, taken Taken, c Course, list []Enrolment) error) error {
	err := s.Store.InTx(ctx, of.Org, of.Course, func(ctx context.Context, tx Tx) error {
		c, err := tx.Lock(ctx, of.Org, of.Course, numbers)
		if err != nil {
			return err
		}
		taken, err := s.settle(ctx, tx, c)
		if err != nil {
			return err
		}
		now, err := tx.OfBatch(ctx, of.Org, of.Batch)
		if err != nil {
			return err
		}
		return do(ctx, tx, taken, c, now)
	})
	s.committed()
	return err
}

// Clean returns a contact as it is kept. Invalid names the fields that are wrong.
func (c Contact) Clean(countries []string) (Contact, error) {
	var wrong []fault.Field
	bad := func(name string, err error) {
		f := fault.Of(err)
		wrong = append(wrong, fault.Field{Name: name, Key: f.Key, Args: f.Args})
	}
	if c.Email = strings.TrimSpace(c.Email); c.Email != "" {
		a, err := notify.ParseEmail(c.Email)
		if err != nil {
			bad("email", err)
		}
		c.Email = a
	}
	if c.Phone = strings.TrimSpace(c.Phone); c.Phone != "" {
		n, err := notify.ParsePhone(c.Phone, append(countries, "FI")[0], countries)
		if err != nil {
			bad("phone", err)
		}
		c.Phone = n
	}
	if c.Email == "" && c.Phone == "" && len(wrong) == 0 {
		wrong = append(wrong, fault.Field{Name: "email", Key: "course.contact_missing"})
	}
	note, ok := i18n.CleanText(c.Note)
	if c.Note = strings.TrimSpace(note); !ok || len([]rune(c.Note)) > maxNote {
		wrong = append(wrong, fault.Field{Name: "note", Key: "field.too_long", Args: fault.Args{"max": maxNote}})
	}
	if len(wrong) > 0 {
		return c, fault.Invalid("form.invalid", nil, wrong...)
	}
	return c, nil
}

// Send enrols those of a form: on the course where there is a place, else on its waiting list. Sent twice it enrols once. Conflict "course.hold_gone" when a place that was held is gone
// by now and nobody agreed to wait.
func (s *Service) Send(ctx context.Context, who actor.Actor, o ids.Org, batch ids.Draft, typed Contact) ([]Enrolment, error) {
	cfg, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	before, c, err := s.Form(ctx, who, o, batch)
	if err != nil {
		return nil, err
	}
	if sent(before) {
		return before, nil
	}
	if err := s.MayUse(ctx, who, cfg, c); err != nil {
		return nil, err
	}
	at, err := typed.Clean(cfg.Installation.PhoneCountries)
	if err != nil {
		return nil, err
	}
	for i := range before { // outside of the transaction: sealing asks for keys
		p, err := s.private(ctx, before[i])
		if err != nil {
			return nil, err
		}
		p.Note = at.Note
		if before[i].Sealed, err = s.reseal(ctx, before[i], p); err != nil {
			return nil, err
		}
	}
	var out []Enrolment
	err = s.changeForm(ctx, before[0], len(before), func(ctx context.Context, tx Tx, taken Taken, c Course, list []Enrolment) error {
		out = nil
		if sent(list) {
			out = list
			return nil
		}
		for i := range list {
			list[i].Email, list[i].Phone = at.Email, at.Phone
			if k := slices.IndexFunc(before, func(e Enrolment) bool { return e.ID == list[i].ID }); k >= 0 {
				list[i].Sealed = before[k].Sealed
			}
		}
		var err error
		out, err = s.enrol(ctx, tx, who, c, taken, list, at.Wait)
		return err
	})
	return out, err
}

func sent(list []Enrolment) bool {
	return len(list) > 0 && list[0].Status != Held && list[0].Status != Filling
}

func (s *Service) reseal(ctx context.Context, e Enrolment, p Private) ([]byte, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	key, err := s.keyOf(ctx, e.Person)
	if err != nil {
		return nil, err
	}
	return key.Seal(b, sealedPlace(e))
}

// enrol gives those of a form their places, or puts them on the waiting list. The course is locked and settled, and taken are the places that have gone.
func (s *Service) enrol(ctx context.Context, tx Tx, who actor.Actor, c Course, taken Taken, list []Enrolment, wait bool) ([]Enrolment, error) {
	unix := s.Now().Unix()
	staff := who.Kind == actor.KindStaff || who.Kind == actor.KindClient
	if no := c.Refusals(unix, staff); len(no) > 0 && !(no[0].Key == "course.no.shut" && heldNow(list, unix)) { // who began in time may end
		return nil, fault.Conflict(no[0].Key, no[0].Args)
	}
	number, line := c.Last-int64(len(list)), c.Line-int64(len(list))
	for i := range list {
		e := &list[i]
		if twice, err := tx.EnrolledAs(ctx, c.Org, c.ID, e.WhoKey); err != nil || twice {
			if err == nil {
				err = fault.Conflict("course.already", fault.Args{"name": e.Name})
			}
			return nil, err
		}
		number, line = number+1, line+1
		what, action := ToldPlace, audit.EnrolmentMade
		switch quota, ok := c.Seat(e.Fits, taken, unix); {
		case e.At(unix) == Held:
			e.Status = Attending
		case ok:
			e.Status, e.Quota = Attending, quota
			taken[quota]++
		case !c.Details.Waiting:
			return nil, fault.Conflict("course.full", nil)
		case !wait:
			return nil, fault.Conflict("course.hold_gone", nil)
		default:
			e.Status, e.Quota, e.Line = Waiting, "", line
			what, action = ToldWaiting, audit.EnrolmentWaits
		}
		if e.Line == 0 {
			e.Line = line
		}
		e.Number, e.Until, e.ChangedAt = number, 0, unix
		if err := tx.Set(ctx, *e); err != nil {
			return nil, err
		}
		e.Version++
		if err := s.told(ctx, tx, who, *e, what, action); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func heldNow(list []Enrolment, now int64) bool {
	return !slices.ContainsFunc(list, func(e Enrolment) bool { return e.At(now) != Held })
}

// told writes down what became of an enrolment, and has the person told.
func (s *Service) told(ctx context.Context, tx Tx, who actor.Actor, e Enrolment, what What, action audit.Action) error {
	if err := tx.Audit(ctx, s.enrolmentLine(who, action, e)); err != nil {
		return err
	}
	return tx.Tell(ctx, TellArgs{Org: e.Org, Enrolment: e.ID, What: what, Version: e.Version})
}
