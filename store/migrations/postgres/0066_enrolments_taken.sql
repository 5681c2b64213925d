-- +goose Up
-- How many places of a course have gone, by quota, is counted in this index alone.
CREATE INDEX enrolment_taken ON enrolment (org, course, quota, status, until_at) WHERE status IN ('attending', 'offered', 'held');
