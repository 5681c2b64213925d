-- name: PutSignIn :exec
INSERT INTO sign_in (state, data, expires_at) VALUES (@state, @data, @expires_at);

-- name: TakeSignIn :one
DELETE FROM sign_in WHERE state = @state RETURNING data, expires_at;

-- name: SweepSignIns :execrows
DELETE FROM sign_in WHERE sign_in.state IN
    (SELECT o.state FROM sign_in o WHERE o.expires_at < @before ORDER BY o.expires_at LIMIT @most);

-- name: UseToken :execrows
INSERT INTO used_token (hash, expires_at) VALUES (@hash, @expires_at) ON CONFLICT (hash) DO NOTHING;

-- name: SweepTokens :execrows
DELETE FROM used_token WHERE used_token.hash IN
    (SELECT o.hash FROM used_token o WHERE o.expires_at < @before ORDER BY o.expires_at LIMIT @most);

-- name: PutSession :exec
INSERT INTO session (hash, of_kind, subject, provider, issuer, acr, amr, auth_at, level, sid, id_token, for_person, for_company, agent, created_at, seen_at, ends_at)
VALUES (@hash, @of_kind, @subject, @provider, @issuer, @acr, @amr, @auth_at, @level, @sid, @id_token, @for_person, @for_company, @agent, @created_at, @seen_at, @ends_at);

-- name: Session :one
SELECT hash, of_kind, subject, provider, issuer, acr, amr, auth_at, level, sid, id_token, for_person, for_company, agent, created_at, seen_at, ends_at
FROM session WHERE hash = @hash;

-- name: SignedSession :one
SELECT s.hash, s.of_kind, s.subject, s.provider, s.issuer, s.acr, s.amr, s.auth_at, s.level, s.sid, s.id_token, s.for_person, s.for_company, s.agent, s.created_at, s.seen_at, s.ends_at,
    a.name, a.given, a.family, a.welcomed_at
FROM session s JOIN account a ON a.person = s.subject WHERE s.hash = @hash AND s.of_kind = 'citizen';

-- name: SessionsOf :many
SELECT hash, of_kind, subject, provider, issuer, acr, amr, auth_at, level, sid, id_token, for_person, for_company, agent, created_at, seen_at, ends_at
FROM session WHERE of_kind = @of_kind AND subject = @subject ORDER BY created_at DESC;

-- name: TouchSession :exec
UPDATE session SET seen_at = @seen_at WHERE hash = @hash AND seen_at < @seen_at;

-- name: SetActing :exec
UPDATE session SET for_person = @for_person, for_company = @for_company WHERE hash = @hash;

-- name: EndSession :exec
DELETE FROM session WHERE hash = @hash;

-- name: EndSessionsOf :execrows
DELETE FROM session WHERE of_kind = @of_kind AND subject = @subject AND hash <> @but;

-- name: EndSessionsBySID :execrows
DELETE FROM session WHERE sid = @sid;

-- name: SweepSessions :execrows
DELETE FROM session WHERE session.hash IN
    (SELECT o.hash FROM session o WHERE o.ends_at < @before ORDER BY o.ends_at LIMIT @most);

-- name: PersonOfIdentity :one
SELECT person FROM external_identity WHERE issuer = @issuer AND subject = @subject;

-- name: PutIdentity :exec
INSERT INTO external_identity (issuer, subject, person, provider, created_at, last_used_at)
VALUES (@issuer, @subject, @person, @provider, @at, @at)
ON CONFLICT (issuer, subject) DO UPDATE SET person = excluded.person, provider = excluded.provider, last_used_at = excluded.last_used_at;

-- name: PersonOfIdentifier :one
SELECT person FROM identifier WHERE kind = @kind AND lookup = @lookup;

-- name: ClaimIdentity :execrows
INSERT INTO external_identity (issuer, subject, person, provider, created_at, last_used_at)
VALUES (@issuer, @subject, @person, @provider, @at, @at)
ON CONFLICT (issuer, subject) DO NOTHING;

-- name: PutIdentifier :one
INSERT INTO identifier (kind, lookup, person, value, verified_by, verified_at) VALUES (@kind, @lookup, @person, @value, @verified_by, @verified_at)
ON CONFLICT (kind, lookup) DO UPDATE SET verified_by = excluded.verified_by, verified_at = excluded.verified_at
RETURNING person;

-- name: IdentifiersOf :many
SELECT kind, lookup, person, value, verified_by, verified_at FROM identifier WHERE person = @person ORDER BY verified_at, kind;

-- name: PutAccount :exec
INSERT INTO account (person, name, given, family, birth, email, phone, lang, email_verified, phone_verified, protected, register_consent_at, register_at,
    welcomed_at, created_at, changed_at, phone_since)
VALUES (@person, @name, @given, @family, @birth, @email, @phone, @lang, @email_verified, @phone_verified, @protected, @register_consent_at, @register_at, @welcomed_at,
    @created_at, @changed_at, @phone_since)
ON CONFLICT (person) DO UPDATE SET name = excluded.name, given = excluded.given, family = excluded.family, birth = excluded.birth, email = excluded.email,
    phone = excluded.phone, lang = excluded.lang, email_verified = excluded.email_verified, phone_verified = excluded.phone_verified,
    register_consent_at = excluded.register_consent_at, register_at = excluded.register_at, welcomed_at = excluded.welcomed_at,
    changed_at = excluded.changed_at, phone_since = excluded.phone_since;

-- name: SetProtected :exec
UPDATE account SET protected = @protected WHERE person = @person;

-- name: IsProtected :one
SELECT protected FROM account WHERE person = @person;

-- name: AddressesShown :many
SELECT h.person, h.source, h.provider, h.protected, h.address, h.said_at FROM postal_address h JOIN account a ON a.person = h.person
WHERE h.person = @person AND a.protected = 0 ORDER BY h.source;

-- name: AddressesKept :many
SELECT person, source, provider, protected, address, said_at FROM postal_address WHERE person = @person ORDER BY source;

-- name: PutAddress :exec
INSERT INTO postal_address (person, source, provider, protected, address, said_at) VALUES (@person, @source, @provider, @protected, @address, @said_at)
ON CONFLICT (person, source) DO UPDATE SET provider = excluded.provider, protected = excluded.protected, address = excluded.address, said_at = excluded.said_at;

-- name: DropAddress :exec
DELETE FROM postal_address WHERE person = @person AND source = @source;

-- name: EraseAddresses :exec
DELETE FROM postal_address WHERE person = @person;

-- name: Account :one
SELECT a.person, a.name, a.given, a.family, a.birth, a.email, a.phone, a.lang, a.email_verified, a.phone_verified, a.protected, a.register_consent_at, a.register_at,
    a.welcomed_at, a.created_at, a.changed_at, a.phone_since, p.wrapped_key
FROM account a JOIN person p ON p.person = a.person WHERE a.person = @person;

-- name: AccountName :one
SELECT name, given, family, welcomed_at FROM account WHERE person = @person;

-- name: AccountsByFamily :many
SELECT person, name, given, family, email, phone, lang, email_verified, phone_verified, protected, created_at FROM account
WHERE family = @family ORDER BY given, person LIMIT @most;

-- name: AccountsByEmail :many
SELECT person, name, given, family, email, phone, lang, email_verified, phone_verified, protected, created_at FROM account
WHERE email = @email ORDER BY person LIMIT @most;

-- name: AccountsByPhone :many
SELECT person, name, given, family, email, phone, lang, email_verified, phone_verified, protected, created_at FROM account
WHERE phone = @phone AND phone_verified = 1 ORDER BY person LIMIT @most;

-- name: PutVerification :exec
INSERT INTO verification (person, id, channel, address, code, tries, expires_at) VALUES (@person, @id, @channel, @address, @code, @tries, @expires_at)
ON CONFLICT (person, id) DO UPDATE SET code = excluded.code, tries = excluded.tries, expires_at = excluded.expires_at;

-- name: Verification :one
SELECT person, id, channel, address, code, tries, expires_at FROM verification WHERE person = @person AND id = @id;

-- name: SpendTry :one
UPDATE verification SET tries = tries - 1 WHERE person = @person AND id = @id AND tries > 0 RETURNING tries;

-- name: SweepVerifications :execrows
DELETE FROM verification WHERE expires_at < @before;

-- name: DropVerifications :exec
DELETE FROM verification WHERE person = @person;

-- name: PutGuardianship :exec
INSERT INTO guardianship (person, id, dependant, source, from_date, until_date, org, recorded_by, evidence, created_at, checked_at, revoked_at, revoked_by)
VALUES (@person, @id, @dependant, @source, @from_date, @until_date, @org, @recorded_by, @evidence, @created_at, @checked_at, 0, '')
ON CONFLICT (person, id) DO UPDATE SET until_date = excluded.until_date, checked_at = excluded.checked_at;

-- name: RevokeGuardianship :execrows
UPDATE guardianship SET revoked_at = @revoked_at, revoked_by = @revoked_by WHERE person = @person AND id = @id AND revoked_at = 0;

-- name: GuardianshipsOf :many
SELECT person, id, dependant, source, from_date, until_date, org, recorded_by, created_at, checked_at, revoked_at, revoked_by
FROM guardianship WHERE person = @person ORDER BY id;

-- name: GuardiansOf :many
SELECT person, id, dependant, source, from_date, until_date, org, recorded_by, created_at, checked_at, revoked_at, revoked_by
FROM guardianship WHERE dependant = @dependant ORDER BY person, id;

-- name: PutCompany :one
INSERT INTO company (id, business_id, name, kind, email, phone, lang, registered_at, created_at)
VALUES (@id, @business_id, @name, @kind, @email, @phone, @lang, @registered_at, @created_at)
ON CONFLICT (business_id) DO UPDATE SET name = excluded.name, email = excluded.email, phone = excluded.phone, lang = excluded.lang,
    registered_at = excluded.registered_at
RETURNING id;

-- name: Company :one
SELECT id, business_id, name, kind, email, phone, lang, registered_at, created_at FROM company WHERE id = @id;

-- name: CompanyByNumber :one
SELECT id, business_id, name, kind, email, phone, lang, registered_at, created_at FROM company WHERE business_id = @business_id;

-- name: PutMandate :exec
INSERT INTO mandate (person, id, company, role, source, from_date, until_date, org, recorded_by, evidence, created_at, checked_at, revoked_at, revoked_by)
VALUES (@person, @id, @company, @role, @source, @from_date, @until_date, @org, @recorded_by, @evidence, @created_at, @checked_at, 0, '')
ON CONFLICT (person, id) DO UPDATE SET from_date = excluded.from_date, until_date = excluded.until_date, checked_at = excluded.checked_at;

-- name: RevokeMandate :execrows
UPDATE mandate SET revoked_at = @revoked_at, revoked_by = @revoked_by WHERE person = @person AND id = @id AND revoked_at = 0;

-- name: MandatesOf :many
SELECT person, id, company, role, source, from_date, until_date, org, recorded_by, created_at, checked_at, revoked_at, revoked_by
FROM mandate WHERE person = @person ORDER BY id;

-- name: MandatesFor :many
SELECT person, id, company, role, source, from_date, until_date, org, recorded_by, created_at, checked_at, revoked_at, revoked_by
FROM mandate WHERE company = @company ORDER BY person, id;

-- name: ProvidersOf :many
SELECT org, id, position, enabled, doc, secret FROM provider WHERE org = @org ORDER BY position, id;

-- name: Provider :one
SELECT org, id, position, enabled, doc, secret FROM provider WHERE org = @org AND id = @id;

-- name: PutProvider :exec
INSERT INTO provider (org, id, position, enabled, doc, secret) VALUES (@org, @id, @position, @enabled, @doc, @secret)
ON CONFLICT (org, id) DO UPDATE SET position = excluded.position, enabled = excluded.enabled, doc = excluded.doc, secret = excluded.secret;

-- name: DropProvider :execrows
DELETE FROM provider WHERE org = @org AND id = @id;

-- name: EIDKeys :many
SELECT id, use_for, alg, private, created_at, retired_at FROM eid_key ORDER BY created_at, id;

-- name: PutEIDKey :exec
INSERT INTO eid_key (id, use_for, alg, private, created_at, retired_at) VALUES (@id, @use_for, @alg, @private, @created_at, @retired_at)
ON CONFLICT (id) DO UPDATE SET retired_at = excluded.retired_at;

-- name: AppointmentsOfAccount :many
SELECT org, id, service, office, start_at, end_at, status, made_by, created_at, expires_at FROM appointment
WHERE account = @account AND start_at >= @since ORDER BY start_at, id LIMIT 200;

-- name: AppointmentsOfCompany :many
SELECT org, id, service, office, start_at, end_at, status, made_by, created_at, expires_at FROM appointment
WHERE company = @company AND start_at >= @since ORDER BY start_at, id LIMIT 200;

-- name: Death :one
SELECT died_on FROM death WHERE person = @person;

-- name: LockAccount :one
SELECT person FROM account WHERE person = @person FOR UPDATE;

-- name: PutDeath :exec
INSERT INTO death (person, died_on, org, at) VALUES (@person, @died_on, @org, @at)
ON CONFLICT (person) DO UPDATE SET died_on = excluded.died_on, org = excluded.org, at = excluded.at;

-- name: DropDeath :execrows
DELETE FROM death WHERE person = @person;
