-- +goose Up
-- Bookings that wait for an answer, PINs for the kiosk, the waiting list and its offers.

-- expires_at is the last second in which a pending or proposed appointment can be confirmed; its cells have the same. NULL for every other.
-- moves counts the moves made online; outcome is what came of the visit; pin is the kiosk PIN, sealed under the person's key.
ALTER TABLE appointment ADD COLUMN expires_at BIGINT;
ALTER TABLE appointment ADD COLUMN moves BIGINT NOT NULL DEFAULT 0;
ALTER TABLE appointment ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE appointment ADD COLUMN pin BYTEA;
CREATE INDEX appointment_expiry ON appointment (org, expires_at) WHERE expires_at IS NOT NULL;

-- The PINs of one office on one local day are unique. pin is a keyed hash.
CREATE TABLE kiosk_pin (
    org         TEXT NOT NULL,
    office      TEXT NOT NULL,
    day         TEXT NOT NULL,
    pin         BYTEA NOT NULL,
    appointment TEXT NOT NULL,
    PRIMARY KEY (org, office, day, pin)
);
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
    offers     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT,
    PRIMARY KEY (org, id)
);
CREATE INDEX waiting_line ON waiting (org, service, created_at, id) WHERE state = 'waiting';
CREATE INDEX waiting_account ON waiting (account, created_at) WHERE account IS NOT NULL;

-- A time that became free and is kept, cells and all, for those to whom it is offered. round counts the turns of offering.
CREATE TABLE freed (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    service    TEXT    NOT NULL,
    office     TEXT    NOT NULL,
    unit       TEXT    NOT NULL,
    start_at   BIGINT NOT NULL,
    end_at     BIGINT NOT NULL,
    busy_until BIGINT NOT NULL,
    state      TEXT    NOT NULL,
    round      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX freed_open ON freed (org, expires_at) WHERE state = 'open';

-- To whom a freed time was offered, and what they answered.
CREATE TABLE time_offer (
    org         TEXT    NOT NULL,
    freed       TEXT    NOT NULL,
    waiting     TEXT    NOT NULL,
    round       BIGINT NOT NULL,
    state       TEXT    NOT NULL,
    expires_at  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    answered_at BIGINT,
    PRIMARY KEY (org, freed, waiting)
);
CREATE INDEX time_offer_of ON time_offer (org, waiting, created_at);

-- A notice about somebody's place on the waiting list; empty for one about an appointment.
ALTER TABLE notice ADD COLUMN waiting TEXT NOT NULL DEFAULT '';
