-- +goose Up
-- Those who wait for a course, as they stand. PostgreSQL takes the smallest index before a table has been analysed, which a rush is over before: so the one by the line must be it.
CREATE INDEX enrolment_line ON enrolment (org, course, line, id) WHERE status = 'waiting';
