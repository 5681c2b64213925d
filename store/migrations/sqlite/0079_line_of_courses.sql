-- +goose Up
-- line is the last place in the line that was given out: who joins stands behind everybody who has joined. shifts grows when somebody leaves the line, so that what was counted before is not counted again
-- while nobody has.
ALTER TABLE course ADD COLUMN line INTEGER NOT NULL DEFAULT 0;
ALTER TABLE course ADD COLUMN shifts INTEGER NOT NULL DEFAULT 0;
UPDATE course SET line = COALESCE((SELECT max(e.line) FROM enrolment e WHERE e.org = course.org AND e.course = course.id), 0);
