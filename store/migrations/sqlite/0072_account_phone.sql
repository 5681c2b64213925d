-- +goose Up
-- Those who have proven a number are found by it.
CREATE INDEX account_phone ON account (phone);
