-- name: PutTask :execrows
INSERT INTO task (bucket, id, kind, uniq, args, run_at, tries, last_error, created_at, lane)
VALUES (@bucket, @id, @kind, @uniq, @args, @run_at, 0, '', @created_at, @lane)
ON CONFLICT (bucket, kind, uniq) DO NOTHING;

-- name: LeaseTask :execrows
UPDATE task SET run_at = @lease_until, tries = tries + 1 WHERE bucket = @bucket AND id = @id;

-- name: DoneTask :execrows
DELETE FROM task WHERE bucket = @bucket AND id = @id AND tries = @tries AND dead_at IS NULL;

-- name: RetryTask :execrows
UPDATE task SET run_at = @run_at, last_error = @last_error
WHERE bucket = @bucket AND id = @id AND tries = @tries AND dead_at IS NULL;

-- name: DeadTask :execrows
UPDATE task SET dead_at = @dead_at, last_error = @last_error
WHERE bucket = @bucket AND id = @id AND tries = @tries AND dead_at IS NULL;
