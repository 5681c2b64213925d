-- +goose Up
-- Changes of opening hours, who is affected by them, and the history of what was configured.

-- What was configured to be otherwise: from what to what, when and by whom. Office is empty for what is no office's; area is 'hours' for opening hours.
CREATE TABLE config_history (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    office     TEXT    NOT NULL,
    area       TEXT    NOT NULL,
    at_us      BIGINT  NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    op         TEXT    NOT NULL,
    what       TEXT    NOT NULL,
    was        TEXT    NOT NULL,
    became     TEXT    NOT NULL,
    PRIMARY KEY (org, id)
);
CREATE INDEX config_history_office ON config_history (org, office, area, id);

-- A change of an office's opening hours on its way: what is to change, and the version of the configuration that it was last looked at against.
CREATE TABLE hours_change (
    org        TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    office     TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    created_by TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    applied_at BIGINT  NOT NULL,
    PRIMARY KEY (org, id)
);

-- What is done about each appointment that loses its place by a change.
CREATE TABLE hours_visit (
    org         TEXT    NOT NULL,
    change      TEXT    NOT NULL,
    appointment TEXT    NOT NULL,
    was_at      BIGINT  NOT NULL,
    choice      TEXT    NOT NULL,
    to_at       BIGINT  NOT NULL,
    state       TEXT    NOT NULL,
    settled_at  BIGINT  NOT NULL,
    PRIMARY KEY (org, change, appointment),
    FOREIGN KEY (org, change) REFERENCES hours_change (org, id) ON DELETE CASCADE
);
