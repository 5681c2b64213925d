-- name: PutWaiting :exec
INSERT INTO waiting (org, id, service, state, person, name, email, phone, lang, account, wish, moves, made_by, offers, created_at)
VALUES (@org, @id, @service, @state, @person, @name, @email, @phone, @lang, @account, @wish, @moves, @made_by, 0, @created_at);

-- name: Waiting :one
SELECT org, id, service, state, person, name, email, phone, lang, account, wish, moves, made_by, offers, created_at, ended_at
FROM waiting WHERE org = @org AND id = @id;

-- name: AnyWaiting :one
SELECT id FROM waiting WHERE org = @org AND service = @service AND state = 'waiting' LIMIT 1;

-- name: WaitingLine :many
SELECT org, id, service, state, person, name, email, phone, lang, account, wish, moves, made_by, offers, created_at, ended_at
FROM waiting WHERE org = @org AND service = @service AND state = 'waiting' ORDER BY created_at, id LIMIT 1000;

-- name: WaitingOfAccount :many
SELECT org, id, service, state, person, name, email, phone, lang, account, wish, moves, made_by, offers, created_at, ended_at
FROM waiting WHERE account = @account AND state = 'waiting' ORDER BY created_at, id LIMIT 100;

-- name: EndWaiting :execrows
UPDATE waiting SET state = @state, ended_at = @ended_at WHERE org = @org AND id = @id AND state IN ('waiting', 'asked');

-- name: ProveWaiting :execrows
UPDATE waiting SET state = 'waiting' WHERE org = @org AND id = @id AND state = 'asked';

-- name: SweepAsked :execrows
UPDATE waiting SET state = 'left', ended_at = @now, name = '', phone = '', email = '' WHERE waiting.org = @org AND waiting.id IN
    (SELECT w.id FROM waiting w WHERE w.org = @org AND w.state = 'asked' AND w.created_at < @before ORDER BY w.created_at LIMIT @most);

-- name: CountOffer :exec
UPDATE waiting SET offers = offers + 1 WHERE org = @org AND id = @id;

-- name: PutFreed :exec
INSERT INTO freed (org, id, service, office, unit, start_at, end_at, busy_until, state, round, expires_at, created_at)
VALUES (@org, @id, @service, @office, @unit, @start_at, @end_at, @busy_until, 'open', 0, @expires_at, @created_at);

-- name: Freed :one
SELECT org, id, service, office, unit, start_at, end_at, busy_until, state, round, expires_at, created_at
FROM freed WHERE org = @org AND id = @id;

-- name: OpenFreed :many
SELECT org, id, service, office, unit, start_at, end_at, busy_until, state, round, expires_at, created_at
FROM freed WHERE org = @org AND state = 'open' AND expires_at >= @now ORDER BY expires_at;

-- name: ClaimFreed :execrows
UPDATE freed SET state = @state, round = round + @more, expires_at = @expires_at
WHERE org = @org AND id = @id AND state = 'open' AND round = @round AND expires_at >= @good_at;

-- name: PutTimeOffer :exec
INSERT INTO time_offer (org, freed, waiting, round, state, expires_at, created_at)
VALUES (@org, @freed, @waiting, @round, 'offered', @expires_at, @created_at);

-- name: AnswerOffer :execrows
UPDATE time_offer SET state = @state, answered_at = @answered_at
WHERE org = @org AND freed = @freed AND waiting = @waiting AND state = 'offered' AND expires_at >= @good_at;

-- name: EndOffers :exec
UPDATE time_offer SET state = 'gone' WHERE org = @org AND freed = @freed AND state = 'offered';

-- name: OffersOf :many
SELECT freed, waiting, round, state, expires_at, created_at FROM time_offer WHERE org = @org AND freed = @freed ORDER BY created_at, waiting;

-- name: OffersSincePhone :one
SELECT count(*) FROM time_offer t WHERE t.org = @org AND t.created_at > @since
    AND t.waiting IN (SELECT w.id FROM waiting w WHERE w.org = @org AND w.phone = @phone);

-- name: OffersSinceEmail :one
SELECT count(*) FROM time_offer t WHERE t.org = @org AND t.created_at > @since
    AND t.waiting IN (SELECT w.id FROM waiting w WHERE w.org = @org AND w.email = @email);
