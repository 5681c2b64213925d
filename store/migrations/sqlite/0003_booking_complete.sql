-- +goose Up
-- Bookings that wait for an answer, PINs for the kiosk, the waiting list and its offers.

-- expires_at is the last second in which a pending or proposed appointment can be confirmed; its cells have the same. NULL for every other.
-- moves counts the moves made online; outcome is what came of the visit; pin is the kiosk PIN, sealed under the person's key.
ALTER TABLE appointment ADD COLUMN expires_at INTEGER;
ALTER TABLE appointment ADD COLUMN moves INTEGER NOT NULL DEFAULT 0;
ALTER TABLE appointment ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment ADD COLUMN pin BLOB;
CREATE INDEX appointment_expiry ON appointment (org, expires_at) WHERE expires_at IS NOT NULL;

-- The PINs of one office on one local day are unique. pin is a keyed hash.
CREATE TABLE kiosk_pin (
    org         TEXT NOT NULL,
    office      TEXT NOT NULL,
    day         TEXT NOT NULL,
    pin         BLOB NOT NULL,
    appointment TEXT NOT NULL,
    PRIMARY KEY (org, office, day, pin)
) STRICT, WITHOUT ROWID;
CREATE INDEX kiosk_pin_of ON kiosk_pin (org, appointment);
CREATE INDEX kiosk_pin_day ON kiosk_pin (org, day);

-- Who waits for an earlier or any time of a service. wish says which times would do; moves is the appointment they would give up for it.
CREATE TABLE waiting (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    person     TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    lang       TEXT    NOT NULL,
    account    TEXT,
    wish       TEXT    NOT NULL,
    moves      TEXT    NOT NULL,
    made_by    TEXT    NOT NULL,
    offers     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX waiting_line ON waiting (org, service, created_at, id) WHERE state = 'waiting';
CREATE INDEX waiting_account ON waiting (account, created_at) WHERE account IS NOT NULL;

-- A time that became free and is kept, cells and all, for those to whom it is offered. round counts the turns of offering.
CREATE TABLE freed (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    office     TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    start_at   INTEGER NOT NULL,
    end_at     INTEGER NOT NULL,
    busy_until INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    round      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX freed_open ON freed (org, expires_at) WHERE state = 'open';

-- To whom a freed time was offered, and what they answered.
CREATE TABLE time_offer (
    org         TEXT    NOT NULL,
    freed       TEXT    NOT NULL,
    waiting     TEXT    NOT NULL,
    round       INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    expires_at  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    answered_at INTEGER,
    PRIMARY KEY (org, freed, waiting)
) STRICT;
CREATE INDEX time_offer_of ON time_offer (org, waiting, created_at);

-- A notice about somebody's place on the waiting list; empty for one about an appointment.
ALTER TABLE notice ADD COLUMN waiting TEXT NOT NULL DEFAULT '';
