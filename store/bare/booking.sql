-- What PostgreSQL makes of one booking in a single statement: the rows that the product writes for it, with the same preconditions, for pgbench. Ids come from a
-- sequence, since the product's grow, too; the unit and the time are random, which is the best case: nobody meets anybody.
\set unit random(1, 2000)
\set time random(0, 20000)
WITH made AS MATERIALIZED (
    SELECT nextval('bare_booking') AS n, CAST(extract(epoch FROM now()) AS bigint) AS now, 'unit-' || CAST(:unit AS integer) AS unit,
        CAST(extract(epoch FROM now()) AS bigint) / 1200 * 1200 + 86400 + CAST(:time AS bigint) * 1200 AS start
), booking AS MATERIALIZED (
    SELECT n, now, unit, start, 'a' || lpad(CAST(n AS text), 9, '0') AS id, 'p' || lpad(CAST(n AS text), 25, '0') AS person,
        's' || lpad(CAST(n AS text), 25, '0') AS other, sha256(convert_to('email ' || n, 'UTF8')) AS email, sha256(convert_to('phone ' || n, 'UTF8')) AS phone
    FROM made
), form AS (
    INSERT INTO form_key (org, id, kind, digest, result, expires_at)
    SELECT 'bare', other, 'book', CAST('' AS bytea), id, now + 86400 FROM booking
    ON CONFLICT (org, id) DO NOTHING RETURNING id
), locked AS (
    INSERT INTO contact_lock (org, contact, at)
    SELECT 'bare', contact, now FROM booking, LATERAL (VALUES (email), (phone)) AS c (contact)
    ON CONFLICT (org, contact) DO UPDATE SET at = excluded.at RETURNING contact
), within AS (
    SELECT count(*) < 5 AS ok FROM locked
    JOIN appointment_contact c ON c.org = 'bare' AND c.contact = locked.contact
    WHERE (SELECT a.end_at FROM appointment a WHERE a.org = c.org AND a.id = c.appointment
        AND (a.status = 'booked' OR a.status = 'pending' AND a.expires_at >= (SELECT now FROM made))) > (SELECT now FROM made)
), cells AS (
    INSERT INTO occupancy (org, unit, cell, holder)
    SELECT 'bare', booking.unit, booking.start / 300 + k, booking.id FROM booking, generate_series(0, 3) AS k, form, within WHERE within.ok
    ON CONFLICT (org, unit, cell) DO NOTHING RETURNING cell
), booked AS MATERIALIZED (
    SELECT booking.* FROM booking WHERE (SELECT count(*) FROM cells) = 4
), person_row AS (
    INSERT INTO person (person, wrapped_key, created_at) SELECT person, decode(repeat('00', 63), 'hex'), now FROM booked
), appointment_row AS (
    INSERT INTO appointment (org, id, service, office, unit, start_at, end_at, busy_until, status, person, name, email, phone, lang, policy_version, sequence,
        created_at, changed_at, cancelled_by)
    SELECT 'bare', id, 'passport', 'office-001', unit, start, start + 1200, start + 1200, 'booked', person, 'Specimen ' || n,
        'specimen.' || n || '@people.example', '+35840' || n, 'fi', 1, 0, now, now, '' FROM booked
), contacts AS (
    INSERT INTO appointment_contact (org, contact, appointment)
    SELECT 'bare', contact, id FROM booked, LATERAL (VALUES (email), (phone)) AS c (contact)
), notice_row AS (
    INSERT INTO notice (org, id, event, appointment, person, args, created_at, state)
    SELECT 'bare', other, 'appointment.booked', id, person, '{}', now, 'waiting' FROM booked
), task_row AS (
    INSERT INTO task (bucket, id, kind, uniq, args, run_at, tries, last_error, created_at)
    SELECT n % 64, other, 'notice.send', other, '{"org":"bare","notice":"' || other || '"}', now, 0, '', now FROM booked
    ON CONFLICT (bucket, kind, uniq) DO NOTHING
), audit_row AS (
    INSERT INTO audit (org, id, at_us, actor_kind, actor, action, subject_kind, subject, detail)
    SELECT 'bare', other, now * 1000000, 'visitor', '', 'appointment.booked', 'appointment', id, '{}' FROM booked
)
INSERT INTO feed (node, seq, topic, at) SELECT 1000, n, 'booking/bare/office-001/2000-01-01', now FROM booked;
