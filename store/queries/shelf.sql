-- name: PutLetterShelf :exec
INSERT INTO letter_shelf (org, letter, owner, folder, fresh, waits, publish_at, expires_at, unmet)
VALUES (@org, @letter, @owner, @folder, @fresh, @waits, @publish_at, @expires_at, @unmet)
ON CONFLICT (org, letter) DO UPDATE SET folder = excluded.folder, fresh = excluded.fresh, waits = excluded.waits, unmet = excluded.unmet;

-- name: UnmetLetters :many
SELECT org, letter FROM letter_shelf WHERE owner = @owner AND unmet = 1 AND publish_at <= @now AND (expires_at = 0 OR expires_at >= @now) ORDER BY letter LIMIT @most;

-- name: DropLetterShelf :exec
DELETE FROM letter_shelf WHERE org = @org AND letter = @letter;

-- name: FreshLetters :one
SELECT COUNT(*) FROM letter_shelf WHERE owner = @owner AND folder = @folder AND fresh = 1 AND publish_at <= @now AND (expires_at = 0 OR expires_at >= @now);

-- name: NextFreshLetter :one
SELECT CAST(COALESCE(MIN(publish_at), 0) AS BIGINT) AS at FROM letter_shelf WHERE owner = @owner AND folder = @folder AND fresh = 1 AND publish_at > @now;

-- name: NextLetterEnd :one
SELECT CAST(COALESCE(MIN(expires_at), 0) AS BIGINT) AS at FROM letter_shelf WHERE owner = @owner AND expires_at > 0 AND expires_at >= @now;

-- name: ShelfLetters :many
SELECT s.org, s.letter, s.fresh, s.waits, l.inward, l.kind, l.publish_at, l.content FROM letter_shelf s JOIN letter l ON l.org = s.org AND l.id = s.letter
WHERE s.owner = @owner AND s.folder = @folder AND s.letter < @before_id AND s.publish_at <= @now AND (s.expires_at = 0 OR s.expires_at >= @now)
    AND s.publish_at >= @from_at AND s.publish_at <= @until_at AND (CAST(@of_org AS TEXT) = '' OR s.org = @of_org) AND s.fresh >= @least_fresh
ORDER BY s.letter DESC LIMIT @most;

-- name: ShelfContents :many
SELECT s.org, s.letter, s.waits, l.ref, l.content FROM letter_shelf s JOIN letter l ON l.org = s.org AND l.id = s.letter
WHERE s.owner = @owner AND s.folder = @folder AND s.letter < @before_id AND s.publish_at <= @now AND (s.expires_at = 0 OR s.expires_at >= @now)
    AND s.publish_at >= @from_at AND s.publish_at <= @until_at AND (CAST(@of_org AS TEXT) = '' OR s.org = @of_org) AND s.fresh >= @least_fresh
ORDER BY s.letter DESC LIMIT @most;

-- name: CheckLetters :many
SELECT l.org, l.id, l.account, l.company, l.inward, l.mode, l.channel, l.publish_at, l.expires_at, s.owner, s.folder, s.fresh, s.waits, s.unmet, s.publish_at AS shelf_publish_at, s.expires_at AS shelf_expires_at
FROM letter l LEFT JOIN letter_shelf s ON s.org = l.org AND s.letter = l.id WHERE l.org = @org AND l.id > @after_id ORDER BY l.id LIMIT @most;

-- name: CheckLetterEvents :many
SELECT letter, at, what, detail FROM letter_event WHERE org = @org AND letter >= @from_id AND letter <= @until_id ORDER BY letter, seq;

-- name: ShelvedWithoutLetter :many
SELECT s.org, s.letter FROM letter_shelf s LEFT JOIN letter l ON l.org = s.org AND l.id = s.letter WHERE l.id IS NULL;
