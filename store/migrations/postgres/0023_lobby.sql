-- +goose Up
-- A place in the lobby's queue. day is the office's date; the number is given once a day with its prefix. state is waiting, called, serving, parked (live), done,
-- missed or left. appointment is what was checked in for, or came too late for. rev counts the changes. token is the hash of what its paper carries.
CREATE TABLE ticket (
    org           TEXT    NOT NULL,
    id            TEXT    NOT NULL,
    office        TEXT    NOT NULL,
    day           TEXT    NOT NULL,
    service       TEXT    NOT NULL,
    prefix        TEXT    NOT NULL,
    number        BIGINT NOT NULL,
    kind          TEXT    NOT NULL,
    priority      BIGINT NOT NULL,
    reason        TEXT    NOT NULL,
    appointment   TEXT,
    account       TEXT,
    company       TEXT,
    unit          TEXT    NOT NULL,
    lang          TEXT    NOT NULL,
    speaks        BIGINT NOT NULL,
    state         TEXT    NOT NULL,
    booked_at     BIGINT NOT NULL,
    arrived_at    BIGINT NOT NULL,
    service_since BIGINT NOT NULL,
    called_at     BIGINT NOT NULL,
    begun_at      BIGINT NOT NULL,
    ended_at      BIGINT NOT NULL,
    calls         BIGINT NOT NULL,
    counter       TEXT    NOT NULL,
    called_by     TEXT    NOT NULL,
    parked_until  BIGINT NOT NULL,
    estimate      BIGINT NOT NULL,
    rev           BIGINT NOT NULL,
    token         BYTEA NOT NULL,
    sealed_token  BYTEA NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE UNIQUE INDEX ticket_number ON ticket (org, office, day, prefix, number);
CREATE UNIQUE INDEX ticket_token ON ticket (org, token);
CREATE UNIQUE INDEX ticket_appointment ON ticket (org, appointment, day) WHERE appointment IS NOT NULL;
CREATE INDEX ticket_state ON ticket (org, office, day, state, arrived_at);
CREATE INDEX ticket_day ON ticket (org, day);
CREATE INDEX ticket_account ON ticket (account, arrived_at) WHERE account IS NOT NULL;
CREATE INDEX ticket_company ON ticket (company, arrived_at) WHERE company IS NOT NULL;

-- The last number that was given of each prefix on a day.
CREATE TABLE ticket_last (
    org    TEXT    NOT NULL,
    office TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    prefix TEXT    NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (org, office, day, prefix)
);
CREATE INDEX ticket_last_day ON ticket_last (org, day);

-- What happened to a ticket, in its order. before is the ticket as it was, so that the step can be undone.
CREATE TABLE ticket_step (
    org     TEXT    NOT NULL,
    ticket  TEXT    NOT NULL,
    seq     BIGINT NOT NULL,
    office  TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    at      BIGINT NOT NULL,
    service TEXT    NOT NULL,
    unit    TEXT    NOT NULL,
    made_by TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    before  TEXT    NOT NULL,
    PRIMARY KEY (org, ticket, seq)
);
CREATE INDEX ticket_step_day ON ticket_step (org, office, day, at);
CREATE INDEX ticket_step_of_day ON ticket_step (org, day);

-- Who works at which counter. ticket is who is called to it or served at it; empty for nobody. services are those called for now, as JSON.
CREATE TABLE counter (
    org         TEXT    NOT NULL,
    office      TEXT    NOT NULL,
    unit        TEXT    NOT NULL,
    staff       TEXT    NOT NULL,
    since       BIGINT NOT NULL,
    break_since BIGINT NOT NULL,
    services    TEXT    NOT NULL,
    ticket      TEXT    NOT NULL,
    rev         BIGINT NOT NULL,
    PRIMARY KEY (org, office, unit)
);

-- What the staff of an office should see to. done_at is 0 until somebody did.
CREATE TABLE lobby_alert (
    org     TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    office  TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    device  TEXT    NOT NULL,
    unit    TEXT    NOT NULL,
    at      BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by TEXT    NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX lobby_alert_open ON lobby_alert (org, office, done_at, at);
CREATE INDEX lobby_alert_at ON lobby_alert (org, at);

-- What everybody is told who waits, until a moment; doc is the text in each language.
CREATE TABLE lobby_message (
    org      TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    office   TEXT    NOT NULL,
    doc      TEXT    NOT NULL,
    until_at BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    made_by  TEXT    NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX lobby_message_until ON lobby_message (org, office, until_at);
CREATE INDEX lobby_message_over ON lobby_message (org, until_at);
