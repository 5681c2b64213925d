-- +goose Up
-- So that one person is not offered more than they want to be in a day, on however many lists they are.
CREATE INDEX waiting_phone ON waiting (org, phone);
CREATE INDEX waiting_email ON waiting (org, email);
