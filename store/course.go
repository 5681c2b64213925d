package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/course"
	"luukku/domain/notify"
	"luukku/store/db"
	"luukku/store/sqldb"
)

var (
	_ course.Store = (*Courses)(nil)
	_ course.Tx    = (*courseTx)(nil)
)

// Courses is the store as domain/course sees it.
type Courses struct {
	*Store
	courses
}

// CourseRoom returns the courses and who enrolled.
func (s *Store) CourseRoom() *Courses { return &Courses{s, courses{s.read, s.found, s.fault}} }

// courses reads what is read alike in and outside of a transaction.
type courses struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
}

// courseTx is one open transaction as domain/course sees it.
type courseTx struct {
	courses
	store *Store
}

// courseTurns are the turns of courses on PostgreSQL: many who want a place on one wait here, each without a connection, and not in the database, where nobody else would have one. What decides
// is the lock of the row all the same, since other nodes write, too. SQLite writes one after the other, and several with one flush.
type courseTurns [16]chan struct{}

func newCourseTurns() (t courseTurns) {
	for i := range t {
		t[i] = make(chan struct{}, 1)
	}
	return t
}

// take waits for a course's turn, and returns what ends it.
func (t *courseTurns) take(ctx context.Context, o ids.Org, id ids.Course) (end func(), err error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(string(o) + "/" + string(id)))
	turn := t[h.Sum32()%uint32(len(t))]
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// InTx runs do in one transaction that locks one course.
func (s *Courses) InTx(ctx context.Context, o ids.Org, id ids.Course, do func(ctx context.Context, tx course.Tx) error) error {
	if s.db.Engine() == sqldb.Postgres {
		end, err := s.turns.take(ctx, o, id)
		if err != nil {
			return err
		}
		defer end()
	}
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, &courseTx{courses{q, s.Store.found, func(err error) error { return err }}, s.Store})
	})
}

func courseOf(r db.Course) (course.Course, error) {
	c := course.Course{Org: ids.Org(r.Org), ID: ids.Course(r.ID), State: course.State(r.State), Version: r.Version, Last: r.Last, Line: r.Line, ChangedAt: r.ChangedAt}
	if err := json.Unmarshal([]byte(r.Doc), &c.Details); err != nil {
		return course.Course{}, fmt.Errorf("read course %s: %w", r.ID, err)
	}
	return c, nil
}

// Course returns a course, or NotFound "course.not_found".
func (c courses) Course(ctx context.Context, o ids.Org, id ids.Course) (course.Course, error) {
	r, err := c.q.Course(ctx, db.CourseParams{Org: string(o), ID: string(id)})
	if err != nil {
		return course.Course{}, c.found(err, "course.not_found", "read course")
	}
	return courseOf(r)
}

// Taken is how many places have gone, by quota.
func (c courses) Taken(ctx context.Context, o ids.Org, id ids.Course, now int64) (course.Taken, error) {
	rows, err := c.q.TakenOfCourse(ctx, db.TakenOfCourseParams{Org: string(o), Course: string(id), Now: now})
	out := course.Taken{}
	for _, r := range rows {
		out[r.Quota] = int(r.N)
	}
	return out, c.fault(err)
}

func enrolmentOf(r db.Enrolment) course.Enrolment {
	e := course.Enrolment{
		Org: ids.Org(r.Org), ID: ids.Enrolment(r.ID), Course: ids.Course(r.Course), Batch: ids.Draft(r.Batch), Status: course.Status(r.Status), Person: ids.Person(r.Person),
		Account: ids.Person(r.Account), Company: ids.Company(r.Company), By: ids.Person(r.MadeBy), Clerk: ids.Staff(r.Clerk), Session: r.Session, Number: r.Number, Name: r.Name, Email: r.Email,
		Phone: r.Phone, Lang: i18n.Lang(r.Lang), Quota: r.Quota, Until: r.UntilAt, Line: r.Line, Mark: course.Mark(r.Mark), WhoKey: r.WhoKey, Sealed: r.Sealed, Version: r.Version,
		CreatedAt: r.CreatedAt, ChangedAt: r.ChangedAt,
	}
	if r.Fits != "" {
		e.Fits = strings.Split(r.Fits, ",")
	}
	return e
}

func enrolmentsOf(rows []db.Enrolment) []course.Enrolment {
	out := make([]course.Enrolment, len(rows))
	for i, r := range rows {
		out[i] = enrolmentOf(r)
	}
	return out
}

// Enrolment returns an enrolment, or NotFound "course.not_found".
func (c courses) Enrolment(ctx context.Context, o ids.Org, id ids.Enrolment) (course.Enrolment, error) {
	r, err := c.q.Enrolment(ctx, db.EnrolmentParams{Org: string(o), ID: string(id)})
	if err != nil {
		return course.Enrolment{}, c.found(err, "course.not_found", "read enrolment")
	}
	return enrolmentOf(r), nil
}

// OfBatch returns what one form asked for.
func (c courses) OfBatch(ctx context.Context, o ids.Org, batch ids.Draft) ([]course.Enrolment, error) {
	rows, err := c.q.EnrolmentsOfBatch(ctx, db.EnrolmentsOfBatchParams{Org: string(o), Batch: string(batch)})
	return enrolmentsOf(rows), c.fault(err)
}

// Courses returns those that end after a moment, the first to begin first.
func (s *Courses) Courses(ctx context.Context, o ids.Org, after int64, most int) ([]course.Course, error) {
	rows, err := s.q.Courses(ctx, db.CoursesParams{Org: string(o), After: after, Most: int32(most)})
	if err != nil {
		return nil, s.Store.fault(err)
	}
	out := make([]course.Course, len(rows))
	for i, r := range rows {
		if out[i], err = courseOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// OfCourse returns who has, had or waits for a place.
func (s *Courses) OfCourse(ctx context.Context, o ids.Org, id ids.Course, most int) ([]course.Enrolment, error) {
	rows, err := s.q.EnrolmentsOfCourse(ctx, db.EnrolmentsOfCourseParams{Org: string(o), Course: string(id), Most: int32(most)})
	return enrolmentsOf(rows), s.Store.fault(err)
}

// OfOwner returns the enrolments in somebody's folder, the newest first.
func (s *Courses) OfOwner(ctx context.Context, of actor.Owner) ([]course.Enrolment, error) {
	var rows []db.Enrolment
	var err error
	if of.Company != "" {
		rows, err = s.q.EnrolmentsOfCompany(ctx, string(of.Company))
	} else {
		rows, err = s.q.EnrolmentsOfAccount(ctx, string(of.Person))
	}
	return enrolmentsOf(rows), s.Store.fault(err)
}

// OfPerson returns a person's own enrolments and those that they made for people without an account.
func (s *Courses) OfPerson(ctx context.Context, p ids.Person) ([]course.Enrolment, error) {
	own, err := s.q.EnrolmentsKeptOf(ctx, string(p))
	if err != nil {
		return nil, s.Store.fault(err)
	}
	made, err := s.q.EnrolmentsMadeBy(ctx, string(p))
	return enrolmentsOf(append(own, made...)), s.Store.fault(err)
}

// Waiting is how many wait for a place on a course.
func (s *Courses) Waiting(ctx context.Context, o ids.Org, id ids.Course) (int, error) {
	n, err := s.q.CountLine(ctx, db.CountLineParams{Org: string(o), Course: string(id)})
	return int(n), s.Store.fault(err)
}

// enrolmentKind is a link to an enrolment.
const enrolmentKind = "enrolment"

// PutEnrolmentLink keeps the hash of a link that a message about an enrolment carries.
func (s *Store) PutEnrolmentLink(ctx context.Context, o ids.Org, id ids.Enrolment, hash []byte, expires int64) error {
	return s.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return s.putLinks(ctx, q, Link{hash, enrolmentKind, string(id), o, expires})
	})
}

// Subject is the enrolment that a mailed link is about, or NotFound "link.not_found".
func (s *Courses) Subject(ctx context.Context, hash []byte, now int64) (ids.Org, ids.Enrolment, error) {
	r, err := s.q.Secret(ctx, hash)
	if err == nil && (r.Kind != enrolmentKind || now > r.ExpiresAt) {
		err = errNoRows
	}
	if err != nil {
		return "", "", s.Store.found(err, "link.not_found", "read link")
	}
	return ids.Org(r.Org), ids.Enrolment(r.Subject), nil
}

// Message returns what was written to all, sealed; NotFound "course.not_found".
func (s *Courses) Message(ctx context.Context, o ids.Org, id string) (course.Message, error) {
	r, err := s.q.CourseMessage(ctx, db.CourseMessageParams{Org: string(o), ID: id})
	if err != nil {
		return course.Message{}, s.Store.found(err, "course.not_found", "read message")
	}
	return course.Message{Org: o, ID: r.ID, Course: ids.Course(r.Course), Sealed: r.Body, By: ids.Staff(r.MadeBy), At: r.MadeAt}, nil
}

// PutMessage keeps what is written to all; false when it is there.
func (t *courseTx) PutMessage(ctx context.Context, m course.Message) (bool, error) {
	return one(t.q.PutCourseMessage(ctx, db.PutCourseMessageParams{Org: string(m.Org), ID: m.ID, Course: string(m.Course), Body: m.Sealed, MadeBy: string(m.By), MadeAt: m.At}))
}

// Lock has other changes of who has a place on a course wait, gives out so many numbers and places in the line, and returns the course.
func (t *courseTx) Lock(ctx context.Context, o ids.Org, id ids.Course, numbers int) (course.Course, error) {
	var now int64
	if numbers > 0 {
		now = t.store.opts.Now().UnixMicro()
	}
	r, err := t.q.LockCourse(ctx, db.LockCourseParams{Numbers: int64(numbers), Now: now, Org: string(o), ID: string(id)})
	if noRows(err) {
		return course.Course{}, fault.NotFound("course.not_found")
	}
	if err != nil {
		return course.Course{}, err
	}
	return courseOf(r)
}

// Over returns the offers and holds that ended before a moment and were not written down.
func (t *courseTx) Over(ctx context.Context, o ids.Org, id ids.Course, now int64) ([]course.Enrolment, error) {
	rows, err := t.q.EnrolmentsOver(ctx, db.EnrolmentsOverParams{Org: string(o), Course: string(id), Now: now})
	return enrolmentsOf(rows), err
}

// Line returns those who wait from a place in the line on, the first first.
func (t *courseTx) Line(ctx context.Context, o ids.Org, id ids.Course, from int64, most int) ([]course.Enrolment, error) {
	rows, err := t.q.EnrolmentLine(ctx, db.EnrolmentLineParams{Org: string(o), Course: string(id), Line: from, Most: int32(most)})
	return enrolmentsOf(rows), err
}

// EnrolledAs reports whether somebody has a place, or waits for one.
func (t *courseTx) EnrolledAs(ctx context.Context, o ids.Org, id ids.Course, whoKey []byte) (bool, error) {
	_, err := t.q.EnrolledAs(ctx, db.EnrolledAsParams{Org: string(o), Course: string(id), WhoKey: whoKey})
	if noRows(err) {
		return false, nil
	}
	return err == nil, err
}

// HeldBy returns what a visitor holds of a course.
func (t *courseTx) HeldBy(ctx context.Context, o ids.Org, id ids.Course, session []byte) ([]course.Enrolment, error) {
	rows, err := t.q.HeldBySession(ctx, db.HeldBySessionParams{Org: string(o), Course: string(id), Session: session})
	return enrolmentsOf(rows), err
}

// PutPerson keeps the key of somebody who has no account.
func (t *courseTx) PutPerson(ctx context.Context, p ids.Person, wrapped []byte, at int64) error {
	return t.q.PutPerson(ctx, db.PutPersonParams{Person: string(p), WrappedKey: wrapped, CreatedAt: at})
}

// Put writes a new enrolment.
func (t *courseTx) Put(ctx context.Context, e course.Enrolment) error {
	return t.q.PutEnrolment(ctx, db.PutEnrolmentParams{
		Org: string(e.Org), ID: string(e.ID), Course: string(e.Course), Batch: string(e.Batch), Status: string(e.Status), Person: string(e.Person), Account: string(e.Account), Company: string(e.Company),
		MadeBy: string(e.By), Clerk: string(e.Clerk), Session: e.Session, Number: e.Number, Name: e.Name, Email: e.Email, Phone: e.Phone, Lang: string(e.Lang), Quota: e.Quota,
		Fits: strings.Join(e.Fits, ","), UntilAt: e.Until, Line: e.Line, Mark: string(e.Mark), WhoKey: e.WhoKey, Sealed: e.Sealed, CreatedAt: e.CreatedAt, ChangedAt: e.ChangedAt,
	})
}

// Set writes an enrolment whose Version is the one that was read; Conflict "course.changed" when it is another by now.
func (t *courseTx) Set(ctx context.Context, e course.Enrolment) error {
	switch e.Status {
	case course.Filling, course.Held, course.Waiting: // who waits becomes none of these
	default:
		if err := t.q.LeaveLine(ctx, db.LeaveLineParams{Org: string(e.Org), Course: string(e.Course), ID: string(e.ID)}); err != nil {
			return err
		}
	}
	n, err := t.q.SetEnrolment(ctx, db.SetEnrolmentParams{
		Status: string(e.Status), Session: e.Session, Number: e.Number, Name: e.Name, Email: e.Email, Phone: e.Phone, Lang: string(e.Lang), Quota: e.Quota, UntilAt: e.Until, Line: e.Line,
		Mark: string(e.Mark), Sealed: e.Sealed, ChangedAt: e.ChangedAt, Org: string(e.Org), ID: string(e.ID), Seen: e.Version,
	})
	if err == nil && n == 0 {
		err = fault.Conflict("course.changed", nil)
	}
	return err
}

// Erase overwrites who an enrolment is about, whose Version is the one that was read, and takes the key of who has no account; Conflict "course.changed" when it is another by now.
func (t *courseTx) Erase(ctx context.Context, e course.Enrolment) error {
	n, err := t.q.EraseEnrolment(ctx, db.EraseEnrolmentParams{WhoKey: e.WhoKey, ChangedAt: e.ChangedAt, Org: string(e.Org), ID: string(e.ID), Seen: e.Version})
	if err == nil && n == 0 {
		err = fault.Conflict("course.changed", nil)
	}
	if err != nil || e.Account != "" {
		return err
	}
	return t.q.EraseEnrolled(ctx, db.EraseEnrolledParams{At: sql.NullInt64{Int64: e.ChangedAt, Valid: true}, Person: string(e.Person)})
}

// PutCourse writes a new course; false when there is one of that name.
func (t *courseTx) PutCourse(ctx context.Context, c course.Course, by ids.Staff) (bool, error) {
	doc, err := json.Marshal(c.Details)
	if err != nil {
		return false, err
	}
	return one(t.q.PutCourse(ctx, db.PutCourseParams{
		Org: string(c.Org), ID: string(c.ID), State: string(c.State), Doc: string(doc), StartAt: c.Start(), EndAt: c.End(), CreatedAt: c.ChangedAt, ChangedAt: c.ChangedAt, ChangedBy: string(by),
	}))
}

// SetCourse writes a course whose Version is the one that was read; false when it is another by now.
func (t *courseTx) SetCourse(ctx context.Context, c course.Course, by ids.Staff) (bool, error) {
	doc, err := json.Marshal(c.Details)
	if err != nil {
		return false, err
	}
	return one(t.q.SetCourse(ctx, db.SetCourseParams{
		State: string(c.State), Doc: string(doc), StartAt: c.Start(), EndAt: c.End(), ChangedAt: c.ChangedAt, ChangedBy: string(by), Org: string(c.Org), ID: string(c.ID), Seen: c.Version,
	}))
}

// Tell has somebody told what became of their enrolment: each change once.
func (t *courseTx) Tell(ctx context.Context, a course.TellArgs) error {
	lane := notify.LaneMail
	if a.What == course.ToldOffer {
		lane = notify.LaneMailUrgent
	}
	id := string(a.Org) + "/" + string(a.Enrolment) + "/" + strconv.FormatInt(a.Version, 10) + a.Message
	if a.Message != "" {
		lane = notify.LaneMailLater
	}
	return t.task(ctx, course.TaskTell, id, a, t.store.opts.Now().Unix(), lane)
}

// Settle has a course looked at once an offer may have run out.
func (t *courseTx) Settle(ctx context.Context, a course.SettleArgs) error {
	id := string(a.Org) + "/" + string(a.Course) + "/" + strconv.FormatInt(a.At, 10)
	return t.task(ctx, course.TaskSettle, id, a, a.At, notify.LaneHouse)
}

func (t *courseTx) task(ctx context.Context, kind, id string, args any, at int64, lane int) error {
	b, err := json.Marshal(args)
	if err != nil {
		return err
	}
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: kind, Uniq: id, Args: string(b), RunAt: at, CreatedAt: t.store.opts.Now().Unix(), Lane: int64(lane),
	})
	return err
}

// Audit writes a line of the audit log.
func (t *courseTx) Audit(ctx context.Context, e audit.Entry) error { return putAudit(ctx, t.q, e) }

// enrolmentLife is how long enrolments are kept after their course was over, in seconds; formLife how long after its end a form that was never sent is.
const (
	enrolmentLife = 366 * 24 * 60 * 60
	formLife      = 24 * 60 * 60
)

// sweepCourses takes away forms that were begun and never sent, and enrolments on courses that were over a year ago, with the courses.
func sweepCourses(ctx context.Context, q *db.Queries, o ids.Org, now int64, most int32) (int64, error) {
	forms, err := q.SweepFilling(ctx, db.SweepFillingParams{Org: string(o), Before: now - formLife, Most: most})
	if err != nil {
		return 0, err
	}
	ended, err := q.CoursesEnded(ctx, db.CoursesEndedParams{Org: string(o), Before: now - enrolmentLife, Most: most})
	if err != nil {
		return 0, err
	}
	for _, id := range ended {
		n, err := q.SweepEnrolments(ctx, db.SweepEnrolmentsParams{Org: string(o), Course: id, Most: most})
		if err == nil && n > 0 {
			err = q.ShiftLine(ctx, db.ShiftLineParams{Org: string(o), Course: id})
		}
		if err != nil {
			return 0, err
		}
		if forms = cmp.Or(forms, n); n < int64(most) {
			if err := q.DropCourseMessages(ctx, db.DropCourseMessagesParams{Org: string(o), Course: id}); err != nil {
				return 0, err
			}
			if _, err := q.DropCourse(ctx, db.DropCourseParams{Org: string(o), ID: id}); err != nil {
				return 0, err
			}
		}
	}
	return forms, nil
}
