-- +goose Up
-- Courses and events. What those who work on one say of it is a document; turn grows with each change of who has a place, and is what such changes wait for each other at.
CREATE TABLE course (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    start_at   BIGINT NOT NULL,
    end_at     BIGINT NOT NULL,
    last       BIGINT NOT NULL DEFAULT 0,
    turn       BIGINT NOT NULL DEFAULT 0,
    version    BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT    NOT NULL DEFAULT '',
    PRIMARY KEY (org, id)
);

CREATE INDEX course_end ON course (org, end_at);

-- Who has a place on a course, waits for one, or asked for one.
CREATE TABLE enrolment (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    course     TEXT    NOT NULL,
    batch      TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    account    TEXT    NOT NULL DEFAULT '',
    company    TEXT    NOT NULL DEFAULT '',
    made_by    TEXT    NOT NULL DEFAULT '',
    clerk      TEXT    NOT NULL DEFAULT '',
    session    BYTEA,
    number     BIGINT NOT NULL DEFAULT 0,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL DEFAULT '',
    phone      TEXT    NOT NULL DEFAULT '',
    lang       TEXT    NOT NULL,
    quota      TEXT    NOT NULL DEFAULT '',
    fits       TEXT    NOT NULL DEFAULT '',
    until_at   BIGINT NOT NULL DEFAULT 0,
    line       BIGINT NOT NULL DEFAULT 0,
    mark       TEXT    NOT NULL DEFAULT '',
    who_key    BYTEA    NOT NULL,
    sealed     BYTEA,
    version    BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, course) REFERENCES course (org, id)
);

CREATE INDEX enrolment_of_course ON enrolment (org, course, status, line, id);
CREATE INDEX enrolment_of_batch ON enrolment (org, batch, id);
CREATE INDEX enrolment_of_account ON enrolment (account, id) WHERE account <> '';
CREATE INDEX enrolment_of_company ON enrolment (company, id) WHERE company <> '';
CREATE INDEX enrolment_filling ON enrolment (org, until_at, id) WHERE status IN ('filling', 'held');

-- One person has one place on a course, or waits for one once.
CREATE UNIQUE INDEX enrolment_once ON enrolment (org, course, who_key) WHERE status IN ('attending', 'waiting', 'offered');

-- What those who run a course wrote to all who come, or wait.
CREATE TABLE course_message (
    org     TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    course  TEXT    NOT NULL,
    body    BYTEA    NOT NULL,
    made_by TEXT    NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);

CREATE INDEX course_message_of ON course_message (org, course, made_at);
