-- +goose Up
-- The first thread: who runs the counter, what can be booked, and the appointments themselves.
-- Times are UTC Unix seconds (audit: microseconds); local dates YYYY-MM-DD; documents are JSON objects; sealed columns are ciphertext of base/seal.

-- The installation's own settings: one row. Directory table.
CREATE TABLE installation (
    id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    doc        TEXT   NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What a node or the demo must remember between two starts (clock offset, set-up link). Directory table.
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE organisation (
    org        TEXT   NOT NULL PRIMARY KEY,
    doc        TEXT   NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Host name -> organisation. Directory table.
CREATE TABLE host (
    host TEXT NOT NULL PRIMARY KEY,
    org  TEXT NOT NULL
) STRICT;

CREATE TABLE office_group (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

CREATE TABLE office (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- A bookable unit: a counter lane or a professional. Capacity n is n units.
CREATE TABLE unit (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    office   TEXT   NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, office) REFERENCES office (org, id)
) STRICT;

CREATE TABLE category (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

CREATE TABLE service (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    position INTEGER NOT NULL,
    doc      TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;

-- Which office offers which service.
CREATE TABLE offer (
    org     TEXT NOT NULL,
    service TEXT NOT NULL,
    office  TEXT NOT NULL,
    PRIMARY KEY (org, service, office),
    FOREIGN KEY (org, service) REFERENCES service (org, id),
    FOREIGN KEY (org, office) REFERENCES office (org, id)
) STRICT;

-- Policy documents: only the keys that were set. Append-only, so that an appointment can be judged by the version it was made under.
-- service and office are empty for the wider scopes; org is empty for the installation's own.
CREATE TABLE policy (
    org              TEXT    NOT NULL,
    service          TEXT    NOT NULL,
    office           TEXT    NOT NULL,
    version          INTEGER  NOT NULL,
    fields           TEXT    NOT NULL,
    touches_existing INTEGER NOT NULL,
    created_at       INTEGER  NOT NULL,
    PRIMARY KEY (org, service, office, version)
) STRICT;

-- Whoever data is about. wrapped_key is the person's own key, wrapped by the key ring; erasing it erases what is sealed under it.
CREATE TABLE person (
    person      TEXT   NOT NULL PRIMARY KEY,
    wrapped_key BLOB,
    created_at  INTEGER NOT NULL,
    erased_at   INTEGER
) STRICT, WITHOUT ROWID;

-- A double booking is impossible here: one row for each five minutes (Unix time / 300) of one unit.
-- expires_at is set for a hold: good up to and including that second, then free for the next taker.
CREATE TABLE occupancy (
    org        TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    cell       INTEGER NOT NULL,
    holder     TEXT   NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (org, unit, cell)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    service    TEXT   NOT NULL,
    office     TEXT   NOT NULL,
    unit       TEXT   NOT NULL,
    start_at   INTEGER NOT NULL,
    end_at     INTEGER NOT NULL,
    busy_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    session    BLOB  NOT NULL,
    extended   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX hold_session ON hold (org, session, id);
CREATE INDEX hold_expiry ON hold (org, expires_at);

-- A booking on its way: what was chosen and typed, sealed, bound to one visitor's session.
CREATE TABLE draft (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    session    BLOB  NOT NULL,
    data       BLOB  NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX draft_expiry ON draft (org, expires_at);

CREATE TABLE appointment (
    org            TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    service        TEXT   NOT NULL,
    office         TEXT   NOT NULL,
    unit           TEXT   NOT NULL,
    start_at       INTEGER NOT NULL,
    end_at         INTEGER NOT NULL,
    busy_until     INTEGER NOT NULL,
    status         TEXT   NOT NULL,
    person         TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    email          TEXT   NOT NULL,
    phone          TEXT   NOT NULL,
    lang           TEXT   NOT NULL,
    note           BLOB,
    policy_version INTEGER NOT NULL,
    sequence       INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    cancelled_at   INTEGER,
    cancelled_by   TEXT   NOT NULL,
    cancel_reason  BLOB,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX appointment_day ON appointment (org, office, start_at);

-- Keyed hashes of an appointment's email and phone, for the limit of live bookings per contact.
CREATE TABLE appointment_contact (
    org         TEXT  NOT NULL,
    contact     BLOB NOT NULL,
    appointment TEXT  NOT NULL,
    PRIMARY KEY (org, contact, appointment)
) STRICT, WITHOUT ROWID;
CREATE INDEX appointment_contact_of ON appointment_contact (org, appointment);

-- The lock row that makes counting the live bookings of one contact safe on every engine.
CREATE TABLE contact_lock (
    org     TEXT   NOT NULL,
    contact BLOB  NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (org, contact)
) STRICT, WITHOUT ROWID;

-- A form posted twice is answered twice, and done once. Written in the change's own transaction.
CREATE TABLE form_key (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    digest     BLOB  NOT NULL,
    result     TEXT   NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_key_expiry ON form_key (org, expires_at);

-- Secrets that letters carry, as hashes. Directory table: whoever holds the secret does not know whose it is.
CREATE TABLE secret (
    hash       BLOB  NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    org        TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_expiry ON secret (expires_at);
CREATE INDEX secret_subject ON secret (org, subject);

-- What a person is told: an event and its arguments, never the wording.
CREATE TABLE notice (
    org         TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    event       TEXT   NOT NULL,
    appointment TEXT   NOT NULL,
    person      TEXT   NOT NULL,
    args        TEXT   NOT NULL,
    created_at  INTEGER NOT NULL,
    state       TEXT   NOT NULL,
    settled_at  INTEGER,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX notice_appointment ON notice (org, appointment, id);

-- What became of each try to hand a notice to a gateway. Append-only.
CREATE TABLE delivery (
    org       TEXT   NOT NULL,
    notice    TEXT   NOT NULL,
    at_us     INTEGER NOT NULL,
    channel   TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    reference TEXT   NOT NULL,
    PRIMARY KEY (org, notice, at_us)
) STRICT, WITHOUT ROWID;

-- Durable jobs, claimed by bucket; the lease is a run_at in the future. Directory table.
CREATE TABLE task (
    bucket     INTEGER NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    uniq       TEXT   NOT NULL,
    args       TEXT   NOT NULL,
    run_at     INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    last_error TEXT   NOT NULL,
    dead_at    INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (bucket, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX task_uniq ON task (bucket, kind, uniq);
CREATE INDEX task_due ON task (bucket, run_at) WHERE dead_at IS NULL;

-- The change feed, numbered per node by that node's row of feed_node. Directory tables.
CREATE TABLE feed_node (
    node INTEGER NOT NULL PRIMARY KEY,
    seq  INTEGER NOT NULL
) STRICT;
CREATE TABLE feed (
    node  INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    topic TEXT   NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (node, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    org          TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    at_us        INTEGER NOT NULL,
    actor_kind   TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    detail       TEXT   NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
CREATE INDEX audit_subject ON audit (org, subject_kind, subject, id);

-- The demo's outbox: every mail that would have been sent. Empty wherever mail is really sent. Directory table.
CREATE TABLE outbox_message (
    id         TEXT   NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    event      TEXT   NOT NULL,
    lang       TEXT   NOT NULL,
    created_at INTEGER NOT NULL,
    message    BLOB  NOT NULL
) STRICT;
CREATE INDEX outbox_message_newest ON outbox_message (created_at);
