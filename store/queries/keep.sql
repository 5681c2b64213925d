-- name: LetterKept :one
SELECT org, letter, owner, class, delete_at, files_at FROM letter_keep WHERE org = @org AND letter = @letter;

-- name: PutLetterKept :exec
INSERT INTO letter_keep (org, letter, owner, class, delete_at, files_at) VALUES (@org, @letter, @owner, @class, @delete_at, @files_at)
ON CONFLICT (org, letter) DO UPDATE SET owner = excluded.owner, class = excluded.class, delete_at = excluded.delete_at, files_at = excluded.files_at;

-- name: DropLetterKept :exec
DELETE FROM letter_keep WHERE org = @org AND letter = @letter;

-- name: LettersLapsing :one
SELECT COUNT(*) AS letters, CAST(COALESCE(MIN(k.delete_at), 0) AS BIGINT) AS first FROM letter_keep k JOIN letter_shelf s ON s.org = k.org AND s.letter = k.letter
WHERE k.owner = @owner AND k.delete_at > 0 AND k.delete_at >= @from_at AND k.delete_at < @until_at;

-- name: FilesLapsing :one
SELECT COUNT(*) AS letters, CAST(COALESCE(MIN(k.files_at), 0) AS BIGINT) AS first FROM letter_keep k JOIN letter_shelf s ON s.org = k.org AND s.letter = k.letter
WHERE k.owner = @owner AND k.files_at > 0 AND k.files_at >= @from_at AND k.files_at < @until_at;

-- name: LetterHold :one
SELECT org, letter, why, ref, held_by, at FROM letter_hold WHERE org = @org AND letter = @letter;

-- name: LetterHolds :many
SELECT h.org, h.letter, h.why, h.ref, h.held_by, h.at, l.kind, l.ref AS sent_ref, l.created_at FROM letter_hold h JOIN letter l ON l.org = h.org AND l.id = h.letter
WHERE h.org = @org ORDER BY h.at DESC, h.letter DESC LIMIT @most;

-- name: PutLetterHold :execrows
INSERT INTO letter_hold (org, letter, why, ref, held_by, at) VALUES (@org, @letter, @why, @ref, @held_by, @at)
ON CONFLICT (org, letter) DO NOTHING;

-- name: DropLetterHold :execrows
DELETE FROM letter_hold WHERE org = @org AND letter = @letter;
