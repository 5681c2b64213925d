-- name: PutCourse :execrows
INSERT INTO course (org, id, state, doc, start_at, end_at, created_at, changed_at, changed_by)
VALUES (@org, @id, @state, @doc, @start_at, @end_at, @created_at, @changed_at, @changed_by)
ON CONFLICT (org, id) DO NOTHING;

-- name: SetCourse :execrows
UPDATE course SET state = @state, doc = @doc, start_at = @start_at, end_at = @end_at, version = version + 1, changed_at = @changed_at, changed_by = @changed_by
WHERE org = @org AND id = @id AND version = @seen;

-- name: LockCourse :one
UPDATE course SET turn = turn + 1, last = last + @numbers, line = CASE WHEN line + @numbers >= @now THEN line + @numbers ELSE @now END WHERE org = @org AND id = @id
RETURNING org, id, state, doc, start_at, end_at, last, turn, version, created_at, changed_at, changed_by, line, shifts;

-- name: Course :one
SELECT org, id, state, doc, start_at, end_at, last, turn, version, created_at, changed_at, changed_by, line, shifts FROM course WHERE org = @org AND id = @id;

-- name: Courses :many
SELECT org, id, state, doc, start_at, end_at, last, turn, version, created_at, changed_at, changed_by, line, shifts
FROM course WHERE org = @org AND end_at > @after ORDER BY start_at, id LIMIT @most;

-- name: DropCourse :execrows
DELETE FROM course WHERE course.org = @org AND course.id = @id AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.org = @org AND e.course = @id);

-- name: TakenOfCourse :many
SELECT quota, count(*) AS n FROM enrolment
WHERE org = @org AND course = @course AND status IN ('attending', 'offered', 'held') AND (status = 'attending' OR until_at >= @now) GROUP BY quota;

-- name: EnrolmentsOver :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND course = @course AND status IN ('offered', 'held') AND until_at < @now ORDER BY until_at, id;

-- name: EnrolmentLine :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND course = @course AND status = 'waiting' AND line >= @line ORDER BY line, id LIMIT @most;

-- name: LineBetween :one
SELECT c.shifts, c.created_at,
    (SELECT count(*) FROM enrolment e WHERE e.org = @org AND e.course = @course AND e.status = 'waiting' AND e.line >= @from_line AND e.line < @to_line) AS between_them,
    (SELECT count(*) FROM enrolment e WHERE e.org = @org AND e.course = @course AND e.status = 'waiting' AND e.line = @line AND e.id < @id) AS beside
FROM course c WHERE c.org = @org AND c.id = @course;

-- name: LeaveLine :exec
UPDATE course SET shifts = shifts + 1
WHERE course.org = @org AND course.id = @course AND EXISTS (SELECT 1 FROM enrolment e WHERE e.org = @org AND e.id = @id AND e.status = 'waiting');

-- name: ShiftLine :exec
UPDATE course SET shifts = shifts + 1 WHERE org = @org AND id = @course;

-- name: CountLine :one
SELECT count(*) FROM enrolment WHERE org = @org AND course = @course AND status = 'waiting';

-- name: EnrolmentsOfBatch :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND batch = @batch ORDER BY id;

-- name: EnrolmentsOfCourse :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND course = @course AND status NOT IN ('filling', 'held') ORDER BY line, id LIMIT @most;

-- name: EnrolmentsOfAccount :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE account = @account AND account <> '' AND status NOT IN ('filling', 'held') ORDER BY id DESC LIMIT 200;

-- name: EnrolmentsOfCompany :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE company = @company AND company <> '' AND status NOT IN ('filling', 'held') ORDER BY id DESC LIMIT 200;

-- name: EnrolmentsKeptOf :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE account = @account AND account <> '' AND status NOT IN ('filling', 'held') ORDER BY id LIMIT 10000;

-- name: EnrolmentsMadeBy :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE made_by = @made_by AND made_by <> '' AND account = '' AND company = '' AND status NOT IN ('filling', 'held') ORDER BY id LIMIT 10000;

-- name: HeldBySession :many
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND course = @course AND status = 'held' AND session = @session;

-- name: Enrolment :one
SELECT org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed, version, created_at,
    changed_at
FROM enrolment WHERE org = @org AND id = @id;

-- name: EnrolledAs :one
SELECT id FROM enrolment WHERE org = @org AND course = @course AND who_key = @who_key AND status IN ('attending', 'waiting', 'offered') LIMIT 1;

-- name: PutEnrolment :exec
INSERT INTO enrolment (org, id, course, batch, status, person, account, company, made_by, clerk, session, number, name, email, phone, lang, quota, fits, until_at, line, mark, who_key, sealed,
    created_at, changed_at)
VALUES (@org, @id, @course, @batch, @status, @person, @account, @company, @made_by, @clerk, @session, @number, @name, @email, @phone, @lang, @quota, @fits, @until_at, @line, @mark, @who_key,
    @sealed, @created_at, @changed_at);

-- name: SetEnrolment :execrows
UPDATE enrolment SET status = @status, session = @session, number = @number, name = @name, email = @email, phone = @phone, lang = @lang, quota = @quota, until_at = @until_at, line = @line,
    mark = @mark, sealed = @sealed, version = version + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND version = @seen;

-- name: EraseEnrolment :execrows
UPDATE enrolment SET person = '', account = '', made_by = '', name = '', email = '', phone = '', session = NULL, sealed = NULL, who_key = @who_key, version = version + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND version = @seen;

-- name: EraseEnrolled :exec
UPDATE person SET wrapped_key = NULL, erased_at = @at WHERE person = @person;

-- name: SweepFilling :execrows
DELETE FROM enrolment WHERE enrolment.org = @org AND enrolment.id IN
    (SELECT e.id FROM enrolment e WHERE e.org = @org AND e.status IN ('filling', 'held') AND e.until_at < @before ORDER BY e.until_at, e.id LIMIT @most);

-- name: CoursesEnded :many
SELECT id FROM course WHERE org = @org AND end_at < @before ORDER BY end_at LIMIT @most;

-- name: SweepEnrolments :execrows
DELETE FROM enrolment WHERE enrolment.org = @org AND enrolment.course = @course AND enrolment.id IN
    (SELECT e.id FROM enrolment e WHERE e.org = @org AND e.course = @course ORDER BY e.status, e.line, e.id LIMIT @most);

-- name: PutCourseMessage :execrows
INSERT INTO course_message (org, id, course, body, made_by, made_at) VALUES (@org, @id, @course, @body, @made_by, @made_at)
ON CONFLICT (org, id) DO NOTHING;

-- name: CourseMessage :one
SELECT org, id, course, body, made_by, made_at FROM course_message WHERE org = @org AND id = @id;

-- name: DropCourseMessages :exec
DELETE FROM course_message WHERE org = @org AND course = @course;
