-- +goose Up
-- After the last number of a range the first is given again, when the ticket that had it has ended.
DROP INDEX ticket_number;
CREATE INDEX ticket_number ON ticket (org, office, day, prefix, number);
