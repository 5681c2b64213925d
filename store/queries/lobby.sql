-- name: Ticket :one
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE org = @org AND id = @id;

-- name: TicketOfAppointment :one
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE org = @org AND appointment = @appointment ORDER BY day DESC LIMIT 1;

-- name: TicketByToken :one
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE org = @org AND token = @token;

-- name: LiveTickets :many
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket
WHERE org = @org AND office = @office AND day = @day AND state IN ('waiting', 'called', 'serving', 'parked') ORDER BY arrived_at, id;

-- name: TicketsOfDay :many
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE org = @org AND office = @office AND day = @day ORDER BY arrived_at, id;

-- name: TicketsOfDays :many
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE org = @org AND office = @office AND day >= @from_day AND day <= @until_day ORDER BY day, arrived_at, id;

-- name: TicketsOfAccount :many
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE account = @account ORDER BY arrived_at DESC LIMIT @most;

-- name: TicketsOfCompany :many
SELECT org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token FROM ticket WHERE company = @company ORDER BY arrived_at DESC LIMIT @most;

-- name: PutTicket :execrows
INSERT INTO ticket (org, id, office, day, service, prefix, number, kind, priority, reason, appointment, account, company, unit, lang, speaks, state, booked_at, arrived_at, service_since, called_at, begun_at, ended_at, calls, counter, called_by, parked_until, estimate, rev, token, sealed_token)
VALUES (@org, @id, @office, @day, @service, @prefix, @number, @kind, @priority, @reason, @appointment, @account, @company, @unit, @lang, @speaks, @state, @booked_at, @arrived_at, @service_since, @called_at, @begun_at, @ended_at, @calls, @counter, @called_by, @parked_until, @estimate, @rev, @token, @sealed_token)
ON CONFLICT DO NOTHING;

-- name: SetTicket :execrows
UPDATE ticket SET service = @service, priority = @priority, reason = @reason, unit = @unit, lang = @lang, speaks = @speaks, state = @state,
    service_since = @service_since, called_at = @called_at, begun_at = @begun_at, ended_at = @ended_at, calls = @calls, counter = @counter, called_by = @called_by,
    parked_until = @parked_until, rev = rev + 1
WHERE org = @org AND id = @id AND rev = @seen;

-- name: NextTicketNumber :one
INSERT INTO ticket_last (org, office, day, prefix, number) VALUES (@org, @office, @day, @prefix, @first)
ON CONFLICT (org, office, day, prefix) DO UPDATE SET number = CASE WHEN ticket_last.number >= @last OR ticket_last.number < @first THEN @first ELSE ticket_last.number + 1 END
RETURNING number;

-- name: LockTicketNumbers :exec
INSERT INTO ticket_last (org, office, day, prefix, number) VALUES (@org, @office, @day, @prefix, 0)
ON CONFLICT (org, office, day, prefix) DO UPDATE SET number = ticket_last.number;

-- name: SetLastTicketNumber :exec
UPDATE ticket_last SET number = @number WHERE org = @org AND office = @office AND day = @day AND prefix = @prefix;

-- name: TicketsOfNumber :one
SELECT count(*) FROM ticket WHERE org = @org AND office = @office AND day = @day AND prefix = @prefix AND number = @number;

-- name: TicketNumbers :many
SELECT number, state FROM ticket WHERE org = @org AND office = @office AND day = @day AND prefix = @prefix;

-- name: PutTicketStep :exec
INSERT INTO ticket_step (org, ticket, seq, office, day, what, at, service, unit, made_by, reason, before)
VALUES (@org, @ticket, @seq, @office, @day, @what, @at, @service, @unit, @made_by, @reason, @before);

-- name: TicketSteps :many
SELECT org, ticket, seq, office, day, what, at, service, unit, made_by, reason, before FROM ticket_step WHERE org = @org AND ticket = @ticket ORDER BY seq;

-- name: TicketStepsOfDay :many
SELECT org, ticket, seq, office, day, what, at, service, unit, made_by, reason, before FROM ticket_step
WHERE org = @org AND office = @office AND day = @day ORDER BY at, ticket, seq;

-- name: Counters :many
SELECT org, office, unit, staff, since, break_since, services, ticket, rev FROM counter WHERE org = @org AND office = @office AND staff <> '' ORDER BY unit;

-- name: Counter :one
SELECT org, office, unit, staff, since, break_since, services, ticket, rev FROM counter WHERE org = @org AND office = @office AND unit = @unit;

-- name: PutCounter :execrows
INSERT INTO counter (org, office, unit, staff, since, break_since, services, ticket, rev)
VALUES (@org, @office, @unit, @staff, @since, @break_since, @services, @ticket, 1)
ON CONFLICT (org, office, unit) DO NOTHING;

-- name: SetCounter :execrows
UPDATE counter SET staff = @staff, since = @since, break_since = @break_since, services = @services, ticket = @ticket, rev = rev + 1
WHERE org = @org AND office = @office AND unit = @unit AND rev = @seen;

-- name: AppointmentOfPIN :one
SELECT appointment FROM kiosk_pin WHERE org = @org AND office = @office AND day = @day AND pin = @pin;

-- name: AppointmentArrived :execrows
UPDATE appointment SET outcome = 'came', sequence = sequence + 1, changed_at = @changed_at
WHERE org = @org AND id = @id AND sequence = @sequence AND status = 'booked';

-- name: AppointmentOutcome :execrows
UPDATE appointment SET outcome = @outcome, sequence = sequence + 1, changed_at = @changed_at WHERE org = @org AND id = @id AND status = 'booked';

-- name: PutLobbyAlert :exec
INSERT INTO lobby_alert (org, id, office, kind, device, unit, at, done_at, done_by) VALUES (@org, @id, @office, @kind, @device, @unit, @at, 0, '');

-- name: EndLobbyAlert :execrows
UPDATE lobby_alert SET done_at = @done_at, done_by = @done_by WHERE org = @org AND id = @id AND done_at = 0;

-- name: OpenLobbyAlerts :many
SELECT org, id, office, kind, device, unit, at, done_at, done_by FROM lobby_alert WHERE org = @org AND office = @office AND done_at = 0 ORDER BY at DESC, id DESC LIMIT 200;

-- name: RestingKiosks :many
SELECT org, id, office, kind, device, unit, at, done_at, done_by FROM lobby_alert WHERE org = @org AND office = @office AND kind = 'resting' AND at >= @since ORDER BY at DESC LIMIT 200;

-- name: DarkDevices :many
SELECT org, id, office, kind, device, unit, at, done_at, done_by FROM lobby_alert WHERE org = @org AND office = @office AND kind = 'dark' AND at >= @since ORDER BY at DESC LIMIT 200;

-- name: PutLobbyMessage :exec
INSERT INTO lobby_message (org, id, office, doc, until_at, at, made_by) VALUES (@org, @id, @office, @doc, @until_at, @at, @made_by);

-- name: DropLobbyMessage :execrows
DELETE FROM lobby_message WHERE org = @org AND id = @id;

-- name: LobbyMessages :many
SELECT org, id, office, doc, until_at, at, made_by FROM lobby_message WHERE org = @org AND office = @office AND until_at > @now ORDER BY until_at, id LIMIT 20;

-- name: SweepTickets :execrows
DELETE FROM ticket WHERE ticket.org = @org AND ticket.id IN (SELECT t.id FROM ticket t WHERE t.org = @org AND t.day < @before ORDER BY t.day LIMIT @most) AND ticket.day < @before;

-- name: SweepTicketSteps :execrows
DELETE FROM ticket_step WHERE ticket_step.org = @org AND ticket_step.ticket IN
    (SELECT s.ticket FROM ticket_step s WHERE s.org = @org AND s.day < @before ORDER BY s.day LIMIT @most) AND ticket_step.day < @before;

-- name: SweepTicketNumbers :execrows
DELETE FROM ticket_last WHERE ticket_last.org = @org AND ticket_last.day < @before;

-- name: SweepLobbyAlerts :execrows
DELETE FROM lobby_alert WHERE lobby_alert.org = @org AND lobby_alert.id IN
    (SELECT a.id FROM lobby_alert a WHERE a.org = @org AND a.at < @before ORDER BY a.at LIMIT @most) AND lobby_alert.at < @before;

-- name: SweepLobbyMessages :execrows
DELETE FROM lobby_message WHERE lobby_message.org = @org AND lobby_message.until_at < @before;

-- name: CountersWithoutTicket :many
SELECT c.org, c.office, c.unit, c.ticket FROM counter c LEFT JOIN ticket t ON t.org = c.org AND t.id = c.ticket
WHERE c.ticket <> '' AND (t.id IS NULL OR t.counter <> c.unit OR t.state NOT IN ('called', 'serving'));

-- name: TicketsWithoutCounter :many
SELECT t.org, t.id FROM ticket t LEFT JOIN counter c ON c.org = t.org AND c.office = t.office AND c.unit = t.counter
WHERE t.state IN ('called', 'serving') AND (c.unit IS NULL OR c.ticket <> t.id);

-- name: TicketsWithoutSteps :many
SELECT t.org, t.id FROM ticket t LEFT JOIN ticket_step s ON s.org = t.org AND s.ticket = t.id AND s.seq = t.rev WHERE s.seq IS NULL;

-- name: TicketText :one
SELECT org, ticket, office, number, near_at, called_at, until_at FROM ticket_text WHERE org = @org AND ticket = @ticket;

-- name: TicketTextsAt :many
SELECT org, ticket, office, number, near_at, called_at, until_at FROM ticket_text WHERE org = @org AND office = @office AND number IS NOT NULL ORDER BY ticket;

-- name: CountTicketTextsAt :one
SELECT count(*) FROM ticket_text WHERE org = @org AND office = @office AND number IS NOT NULL;

-- name: PutTicketText :exec
INSERT INTO ticket_text (org, ticket, office, number, near_at, called_at, until_at) VALUES (@org, @ticket, @office, @number, 0, 0, @until_at)
ON CONFLICT (org, ticket) DO UPDATE SET number = excluded.number;

-- name: DropTicketText :execrows
UPDATE ticket_text SET number = NULL WHERE org = @org AND ticket = @ticket AND number IS NOT NULL;

-- name: ToldTicketNear :execrows
UPDATE ticket_text SET near_at = @at WHERE org = @org AND ticket = @ticket AND number = @number AND near_at = 0 AND called_at = 0;

-- name: ToldTicketCalled :execrows
UPDATE ticket_text SET called_at = @at, number = NULL WHERE org = @org AND ticket = @ticket AND number = @number AND called_at = 0;

-- name: SweepTicketTexts :execrows
DELETE FROM ticket_text WHERE ticket_text.org = @org AND ticket_text.until_at < @before;

-- name: SweepLobbyTexts :execrows
DELETE FROM text_out WHERE text_out.org = @org AND text_out.id IN
    (SELECT t.id FROM text_out t WHERE t.org = @org AND t.event = 'lobby.text' AND t.created_at < @before AND t.state NOT IN ('waiting', 'begun')
     ORDER BY t.created_at LIMIT @most);
