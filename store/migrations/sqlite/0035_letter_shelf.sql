-- +goose Up
-- Where a letter lies for whom it is, as its events say: a cache of them by which a mailbox is listed, written with the event that changes it. A letter that is there for nobody has no row.
-- owner is a person's or a company's id; waits says that it is not shown before it is confirmed, fresh that it is shown as new.
CREATE TABLE letter_shelf (
    org        TEXT    NOT NULL,
    letter     TEXT    NOT NULL,
    owner      TEXT    NOT NULL,
    folder     TEXT    NOT NULL,
    fresh      INTEGER NOT NULL,
    waits      INTEGER NOT NULL,
    publish_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (org, letter)
) STRICT;
CREATE INDEX letter_shelf_folder ON letter_shelf (owner, folder, letter);
CREATE INDEX letter_shelf_fresh ON letter_shelf (owner, folder, letter) WHERE fresh = 1;

INSERT INTO letter_shelf (org, letter, owner, folder, fresh, waits, publish_at, expires_at)
SELECT l.org, l.id, COALESCE(l.company, l.account),
    CASE WHEN COALESCE((SELECT e.what FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what IN ('deleted', 'restored') ORDER BY e.seq DESC LIMIT 1), '') = 'deleted' THEN 'bin'
        WHEN COALESCE((SELECT e.what FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what IN ('archived', 'unarchived') ORDER BY e.seq DESC LIMIT 1), '') = 'archived' THEN 'archive'
        WHEN l.inward = 1 THEN 'sent' ELSE 'inbox' END,
    CASE WHEN l.inward = 0 AND COALESCE((SELECT e.what FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what IN ('read', 'unread') ORDER BY e.seq DESC LIMIT 1), 'unread') = 'unread'
        THEN 1 ELSE 0 END,
    CASE WHEN l.mode = 'verifiable' AND l.inward = 0 AND NOT EXISTS (SELECT 1 FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what = 'confirmed') THEN 1 ELSE 0 END,
    l.publish_at, l.expires_at
FROM letter l
WHERE l.channel = 'mailbox' AND COALESCE(l.company, l.account) IS NOT NULL
    AND (l.inward = 1 OR EXISTS (SELECT 1 FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what = 'published'))
    AND NOT EXISTS (SELECT 1 FROM letter_event e WHERE e.org = l.org AND e.letter = l.id AND e.what IN ('recalled', 'expired', 'purged'));
